"""find_grades: the best of all ways to part cases, by plain enumeration; what stands in the way."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy.stats import beta, chi2_contingency

from creditscore.datasets import load_german_credit
from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    InvalidWeightError,
    WeightScaleWarning,
)
from creditscore.grade import FoundScale, GradeDisplay, find_grades
from creditscore.metrics import information_value

PROB = np.arange(1, 8) / 50


def cases(counts: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    """Return outcomes and probabilities of goods and bads at each level."""
    good, bad = np.array(counts).T
    prob = PROB[: len(counts)]
    is_bad = np.concatenate([np.repeat([0, 1], pair) for pair in counts])
    return is_bad, np.repeat(prob, good + bad)


# --- against the enumeration -----------------------------------------------------------


def keeps(grades: list[tuple[int, int]], asked: dict[str, Any]) -> bool:
    """Tell whether grades of (good, bad) keep what is asked, by exact rates."""
    total = sum(map(sum, grades))
    rates = [Fraction(bad, good + bad) for good, bad in grades]
    least, most = asked["n_grades"]
    shares = [Fraction(sum(grade), total) for grade in grades]
    if not least <= len(grades) <= most or any(a >= b for a, b in pairwise(rates)):
        return False
    if min(shares) < asked["min_share"] or max(shares) > asked.get("max_share", 1):
        return False
    if min(bad for _, bad in grades) < asked["min_bad"]:
        return False
    if any(b < Fraction(asked.get("min_ratio", 1)) * a for a, b in pairwise(rates)):
        return False
    if any(
        b > Fraction(asked["max_ratio"]) * a for a, b in pairwise(rates) if "max_ratio" in asked
    ):
        return False
    return "max_p_value" not in asked or all(
        chi2_contingency(pair, correction=False).pvalue <= asked["max_p_value"]
        for pair in pairwise(grades)
    )


def worth(grades: list[tuple[int, int]], objective: str) -> float:
    good, bad = np.array(grades, dtype=float).T
    if objective == "iv":
        return float(information_value(good, bad))
    rate, overall = bad / (good + bad), bad.sum() / (good + bad).sum()
    parts = [
        n * math.log(r / of) if n else 0.0
        for n, r, of in zip([*bad, *good], [*rate, *(1 - rate)],
                            [overall] * len(bad) + [1 - overall] * len(bad), strict=True)
    ]  # fmt: skip
    return math.fsum(parts)


def every_way(counts: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Return all ways to join neighbouring levels."""
    n = len(counts)
    ways = []
    for k in range(n):
        for cuts in combinations(range(1, n), k):
            ends = [0, *cuts, n]
            joined = [np.sum(counts[a:b], axis=0) for a, b in pairwise(ends)]
            ways.append([(int(good), int(bad)) for good, bad in joined])
    return ways


ASKED = st.fixed_dictionaries(
    {
        "n_grades": st.sampled_from([(1, 7), (2, 7), (3, 3), (2, 4), (4, 6)]),
        "min_share": st.sampled_from([0.0, 0.0432, 0.1234]),
        "min_bad": st.sampled_from([0, 1, 3]),
    },
    optional={
        "max_share": st.sampled_from([0.34567, 0.56789]),
        "max_p_value": st.sampled_from([0.0123, 0.1234, 0.5432]),
        "min_ratio": st.sampled_from([1.2345, 1.789]),
        "max_ratio": st.sampled_from([2.3456, 5.678]),
    },
)
"""Bounds that no small counts meet but for rounding."""


@given(
    counts=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 30)), min_size=2, max_size=7).map(
        lambda rows: sorted(rows, key=lambda row: row[1] / (sum(row) or 1))
    ),
    asked=ASKED,
    objective=st.sampled_from(["iv", "log_likelihood"]),
)
@example(
    counts=[(90, 1), (80, 2), (70, 4), (60, 9), (50, 20), (30, 30)],
    asked={
        "n_grades": (2, 6),
        "min_share": 0.0,
        "min_bad": 0,
        "min_ratio": 1.789,
        "max_ratio": 2.3456,
    },
    objective="iv",
)
@settings(max_examples=250, deadline=None)
def test_best_of_all_ways(
    counts: list[tuple[int, int]], asked: dict[str, Any], objective: str
) -> None:
    counts = [row for row in counts if sum(row)]
    assume(len(counts) >= 2)
    assume(sum(good for good, _ in counts) and sum(bad for _, bad in counts))
    is_bad, prob = cases(counts)
    admitted = [way for way in every_way(counts) if keeps(way, asked)]
    if not admitted:
        with pytest.raises(
            InvalidParameterError, match="grades keep all that find_grades was asked"
        ):
            find_grades(is_bad, prob, objective=objective, **asked)
        return
    found = find_grades(is_bad, prob, objective=objective, **asked)
    grades = list(zip(found.n_good, found.n_bad, strict=True))
    assert grades in admitted
    best = max(worth(way, objective) for way in admitted)
    assert worth(grades, objective) == pytest.approx(best, rel=1e-9, abs=1e-9)
    assert found.value == pytest.approx(best, rel=1e-9, abs=1e-9)
    # the bounds make just these grades
    table = found.master.check_table(prob, is_bad)
    assert list(zip(table["count"] - table["n_bad"], table["n_bad"], strict=True)) == grades
    assert found.is_exact


@given(
    counts=st.lists(st.tuples(st.integers(1, 60), st.integers(1, 30)), min_size=2, max_size=7),
    asked=ASKED,
)
@settings(max_examples=60, deadline=None)
def test_what_is_named_helps(counts: list[tuple[int, int]], asked: dict[str, Any]) -> None:
    counts = sorted(counts, key=lambda row: row[1] / sum(row))
    is_bad, prob = cases(counts)
    try:
        find_grades(is_bad, prob, **asked)
    except InvalidParameterError as error:
        message = str(error)
    else:
        return
    assume("What would help: " in message)
    for way in message.partition("What would help: ")[2].rstrip(".").split("; or "):
        eased = dict(asked)
        for part in way.split(" and "):
            if part.startswith("leave out "):
                name = part.removeprefix("leave out ")
                eased.pop(name) if name != "min_share" else eased.update(min_share=0.0)
                continue
            name, _, needed = part.partition(" ")[2].rpartition(" to ")
            least, most = asked["n_grades"]
            number = float(needed)
            eased |= {
                "n_grades": {"n_grades": (int(number), int(number))},
                "the least n_grades": {"n_grades": (int(number), most)},
                "the most n_grades": {"n_grades": (least, int(number))},
            }.get(name, {name: number})
        assert isinstance(find_grades(is_bad, prob, **eased), FoundScale), (message, way)


# --- laws ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def many() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    prob = 1 / (1 + np.exp(-rng.normal(-3, 1.3, 20_000)))
    return (rng.random(20_000) < prob).astype(int), prob


def test_scores_and_probabilities_find_the_same_grades(many: tuple) -> None:
    is_bad, prob = many
    by_prob = find_grades(is_bad, prob, n_grades=6)
    by_score = find_grades(is_bad, -np.log(prob), n_grades=6, measure="score")
    assert (by_prob.n_good, by_prob.n_bad) == (by_score.n_good, by_score.n_bad)
    assert by_prob.master.prob_default == by_score.master.prob_default
    score = by_score.master
    assert score.scale.measure == "score"
    assert score.grade(-np.log(prob)).tolist() == by_prob.master.grade(prob).tolist()
    assert by_score.table()["predicted"].isna().all()


def test_order_of_rows_does_not_matter(many: tuple) -> None:
    is_bad, prob = many
    order = np.random.default_rng(0).permutation(len(prob))
    assert find_grades(is_bad[order], prob[order], n_grades=5).scale == (
        find_grades(is_bad, prob, n_grades=5).scale
    )


def test_more_freedom_is_worth_no_less(many: tuple) -> None:
    is_bad, prob = many
    values = [
        find_grades(is_bad, prob, n_grades=(3, 8), **asked).value
        for asked in (
            {"max_p_value": 1e-9, "max_ratio": 2.2, "min_ratio": 1.7},
            {"max_ratio": 2.2, "min_ratio": 1.7},
            {"max_ratio": 2.2},
            {},
            {"min_share": 0.0},
        )
    ]
    assert values == sorted(values)
    assert len(set(values)) >= 3


def test_asked_bounds_are_kept_on_many_values(many: tuple) -> None:
    is_bad, prob = many
    found = find_grades(
        is_bad, prob, n_grades=(4, 9), min_share=0.05, max_share=0.3, min_bad=30,
        max_p_value=0.01, min_ratio=1.4, max_ratio=2.6,
    )  # fmt: skip
    table = found.table()
    assert not found.is_exact
    assert found.n_places == 200
    assert 4 <= len(table) <= 9
    assert table["share"].between(0.05, 0.3).all()
    assert table["n_bad"].min() >= 30
    assert table["ratio"].iloc[1:].between(1.4, 2.6).all()
    assert table["p_value"].iloc[1:].le(0.01).all()


def test_table_counts_again(many: tuple) -> None:
    is_bad, prob = many
    found = find_grades(is_bad, prob, n_grades=5)
    table, again = found.table(), found.scale.table(prob, is_bad)
    pd.testing.assert_frame_equal(table[list(again)], again, check_dtype=False)
    assert found.master.prob_default == tuple(table["observed"])
    assert (found.master.philosophy, found.master.margin) == (None, "none")
    assert table["hhi_part"].sum() == pytest.approx(found.hhi)
    good, bad = table["count"] - table["n_bad"], table["n_bad"]
    for row in range(1, 5):
        pair = np.array([[good[row - 1], bad[row - 1]], [good[row], bad[row]]])
        expected = chi2_contingency(pair, correction=False).pvalue
        assert table["p_value"][row] == pytest.approx(expected, rel=1e-6)
    lower = beta.ppf(0.025, bad + 0.5, good + 0.5)
    assert table["observed_lower"].tolist() == pytest.approx(lower.tolist(), rel=1e-9)
    assert found.value == pytest.approx(information_value(good.to_numpy(), bad.to_numpy()))
    assert GradeDisplay.from_table(table).frame().equals(table)
    assert "5 grades of 20,000 cases" in found._repr_html_()


def test_probabilities_of_real_credits() -> None:
    german = load_german_credit()
    months = german["duration_months"].astype(float)
    found = find_grades(
        german["is_bad"], -months, measure="score", n_grades=(3, 6), min_share=0.05,
        max_p_value=0.10, labels=None,
    )  # fmt: skip
    table = found.table()
    assert found.is_exact
    assert table["count"].sum() == 1000
    assert table["observed"].is_monotonic_increasing
    assert table["p_value"].iloc[1:].max() <= 0.10


# --- edges -----------------------------------------------------------------------------


def test_bounds_between_neighbouring_floats() -> None:
    for low in (0.1, 0.3, 1 - 2**-53):
        high = np.nextafter(low, 2)
        is_bad = np.tile([1, 0, 0, 1, 1, 1], 5)[:30]
        prob = np.tile([low, low, low, high, high, high], 5)
        found = find_grades(is_bad, prob, n_grades=2)
        assert (found.n_good, found.n_bad) == ((10, 0), (5, 15))
        assert found.master.grade([low, high]).tolist() == ["1", "2"]
        score = find_grades(1 - is_bad, prob, n_grades=2, measure="score", min_bad=0)
        assert score.master.grade([low, high]).tolist() == ["2", "1"]


def test_two_values_of_zero_and_one() -> None:
    found = find_grades([0, 0, 1, 1], [0.0, 0.0, 1.0, 1.0], min_bad=0)
    assert found.scale.bounds == (0.5,)
    assert found.master.prob_default == (0, 1)
    assert found.table()["ratio"].tolist()[1] == math.inf
    assert found.master.with_floor(0.0005).prob_default == (0.0005, 1)


def test_one_grade_where_it_is_asked_for() -> None:
    found = find_grades([0, 1, 0], [0.1, 0.2, 0.3], n_grades=1)
    assert found.scale.bounds == ()
    assert found.hhi == 1
    assert repr(found).startswith("<FoundScale: 1 grade of 3 cases")


def test_labels() -> None:
    is_bad, prob = cases([(90, 2), (80, 8), (60, 20)])
    found = find_grades(is_bad, prob, labels=["优", "良", "差"])
    assert found.scale.labels == ("优", "良", "差")
    letters = find_grades(is_bad, prob, labels=["AAA", "BB", "C"])
    assert letters.master.names_zh == ("信用极好", "信用欠佳", "没有信用")
    with pytest.raises(InvalidParameterError, match="has 3 grades, and there are 2 labels"):
        find_grades(is_bad, prob, labels=["A", "B"], n_grades=(2, 5))
    with pytest.raises(InvalidParameterError, match=r"No 4 grades keep all .* lower n_grades to 3"):
        find_grades(is_bad, prob, labels=["A", "B", "C", "D"])


def test_columns_of_any_library() -> None:
    is_bad, prob = cases([(90, 2), (80, 8), (60, 20)])
    expected = find_grades(is_bad, prob)
    assert find_grades(pl.Series(is_bad), pl.Series(prob)) == expected
    assert find_grades(pd.Series(is_bad).astype(bool), pd.Series(prob)) == expected
    with pytest.raises(InvalidDataError, match="another index"):
        find_grades(pd.Series(is_bad), pd.Series(prob).iloc[::-1])


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        # rates of 2/92, 8/88 and 20/80: ratios 4.18 and 2.75
        ({"min_ratio": 3, "n_grades": 3}, "lower min_ratio to 2.75; or lower n_grades to 2"),
        ({"max_ratio": 3, "n_grades": (2, 3)}, "raise max_ratio to 4.19"),
        ({"min_share": 0.5}, "lower min_share to 0.353|lower min_share to 0.307"),
        ({"min_bad": 15}, "lower min_bad to 10"),
        ({"max_share": 0.3}, "raise max_share to 0.354"),
        ({"max_p_value": 1e-9}, "raise max_p_value to"),
        ({"n_grades": 5}, "No 5 grades keep all .* on 3 groups of values.*lower n_grades to 3"),
        ({"n_grades": (5, 9)}, "No 5 to 9 grades keep .*lower the least n_grades to 3"),
    ],
)
def test_what_stands_in_the_way_is_named(asked: dict[str, Any], message: str) -> None:
    is_bad, prob = cases([(90, 2), (80, 8), (60, 20)])
    with pytest.raises(InvalidParameterError, match=message):
        find_grades(is_bad, prob, **asked)


def test_values_that_rank_the_wrong_way_round() -> None:
    is_bad, prob = cases([(60, 20), (80, 8), (90, 2)])
    with pytest.raises(
        InvalidParameterError, match="measure='prob_default' is what the values are"
    ):
        find_grades(is_bad, prob)
    with pytest.raises(InvalidParameterError, match="no more than 1 different value"):
        find_grades([0, 1], [0.5, 0.5], min_bad=0)


@pytest.mark.parametrize(
    ("is_bad", "values", "error", "message"),
    [
        ([0, 0], [0.1, 0.2], InvalidTargetError, "All 2 cases are good"),
        ([1, 1], [0.1, 0.2], InvalidTargetError, "All 2 cases are bad"),
        ([0, 2], [0.1, 0.2], InvalidTargetError, "is_bad"),
        ([0, 1], [0.1, np.nan], InvalidDataError, "missing"),
        ([0, 1], [0.1, 1.2], InvalidDataError, "fractions in"),
        ([], [], EmptyDataError, "no values to grade"),
    ],
)
def test_cases_that_cannot_be_used(is_bad: Any, values: Any, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        find_grades(is_bad, values)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"n_grades": 0}, "'n_grades'"),
        ({"n_grades": (3, 2)}, "at least 3 and at most 2"),
        ({"n_grades": (1, 2, 3)}, "the least and the most"),
        ({"n_grades": 2.5}, "'n_grades'"),
        ({"min_share": 2}, "'min_share'"),
        ({"max_share": -1}, "'max_share'"),
        ({"min_share": 0.5, "max_share": 0.4}, "min_share=0.5 and max_share=0.4"),
        ({"min_bad": -1}, "'min_bad'"),
        ({"max_p_value": 2}, "'max_p_value'"),
        ({"max_p_value": 0}, "'max_p_value'"),
        ({"min_ratio": 0.5}, "'min_ratio'"),
        ({"max_ratio": math.inf}, "'max_ratio'"),
        ({"min_ratio": 3, "max_ratio": 2}, "min_ratio=3 and max_ratio=2"),
        ({"measure": "pd"}, "'measure'"),
        ({"objective": "gini"}, "'objective'"),
        ({"max_n_prebins": 1}, "'max_n_prebins'"),
        ({"max_n_prebins": 5000}, "'max_n_prebins'"),
        ({"labels": "AB"}, "'labels'"),
    ],
)
def test_parameters(asked: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        find_grades([0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4], **asked)


# --- weights ---------------------------------------------------------------------------


def test_weights_are_how_often_a_case_counts(many: tuple) -> None:
    is_bad, prob = many
    times = np.random.default_rng(5).integers(0, 4, len(prob))
    asked: dict[str, Any] = {"n_grades": (3, 8), "min_ratio": 1.3, "max_p_value": 0.1}
    found = find_grades(is_bad, prob, sample_weight=times, **asked)
    repeated = find_grades(np.repeat(is_bad, times), np.repeat(prob, times), **asked)
    assert found.scale == repeated.scale
    pd.testing.assert_frame_equal(found.table(), repeated.table(), rtol=1e-9)


def test_a_case_for_each_class_and_value_is_enough() -> None:
    counts = [(90, 2), (80, 8), (40, 30)]
    is_bad, prob = cases(counts)
    weights = [n for pair in counts for n in pair]
    found = find_grades([0, 1] * 3, np.repeat(PROB[:3], 2), sample_weight=weights)
    assert (found.n_good, found.n_bad) == ((90, 80, 40), (2, 8, 30))
    assert found == find_grades(is_bad, prob)


def test_goods_that_were_sampled_get_their_rate_back() -> None:
    # one good of ten was kept, and all bads
    counts = [(90, 9), (50, 20)]
    is_bad, prob = cases(counts)
    found = find_grades(is_bad, prob, sample_weight=np.where(is_bad == 1, 1.0, 10.0))
    assert found.master.prob_default == pytest.approx((9 / 909, 20 / 520))


def test_grades_of_one_class_under_weights_that_are_no_whole_numbers() -> None:
    is_bad, prob = cases([(50, 0), (0, 50)])
    found = find_grades(is_bad, prob, sample_weight=np.full(100, 0.1), min_bad=0)
    assert found.master.prob_default == (0.0, 1.0)
    assert "10 cases" in repr(found)
    assert ">5</td>" in found._repr_html_()


@pytest.mark.parametrize(
    ("weights", "error", "message"),
    [
        ([1.0, -1.0, 1.0, 1.0], InvalidWeightError, "must not be negative"),
        ([1.0, np.nan, 1.0, 1.0], InvalidWeightError, "missing"),
        ([1.0, 1.0], InvalidWeightError, "length 4"),
        ([0.0, 1.0, 0.0, 1.0], InvalidTargetError, "All 2 cases with weight are bad"),
    ],
)
def test_weights_that_cannot_be_used(weights: list[float], error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        find_grades([0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4], sample_weight=weights)


def test_weights_that_add_up_to_next_to_nothing(many: tuple) -> None:
    is_bad, prob = many
    weights = np.full(len(prob), 1 / len(prob))
    with pytest.warns(WeightScaleWarning, match="adds up to 1"):
        find_grades(is_bad, prob, sample_weight=weights, min_bad=0)
