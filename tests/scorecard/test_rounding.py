"""Rounding: plain and together, its measure by brute force, order kept, and what it reports."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore import LogisticScorecard, PointsScale, Scorecard
from creditscore._frame import as_table
from creditscore.exceptions import (
    InvalidParameterError,
    InvalidTargetError,
    InvalidWeightError,
    MissingColumnError,
    UncalibratedCardError,
)
from creditscore.metrics import auc
from creditscore.scorecard import Characteristic, PointsRounding
from creditscore.scorecard._rounding._integer_problem import Choice, Problem, choice_of, problem_of
from creditscore.scorecard._rounding._integer_search import Search, solved
from creditscore.scorecard._rounding._levels import Levels, multiples, nearest
from creditscore.scorecard._rounding._order_kept import turned_and_tied
from creditscore.scorecard._rounding._patterns import patterns_of

quick = {"time_limit": 0.5, "max_patterns": 200}


def points_of(card: Scorecard) -> list[list[float]]:
    return [[attribute.points for attribute in c.attributes] for c in card.characteristics]


# --- plain ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        (1, [3, -1, 13, 13, -12]),
        (5, [5, 0, 15, 10, -10]),
        (0.5, [3, -1.5, 12.5, 12.5, -12.5]),
        (0.1, [3.2, -1.4, 12.5, 12.5, -12.5]),
    ],
)
def test_each_number_is_rounded_halves_up(unit: float, expected: list[float]) -> None:
    years = Characteristic.numeric(
        "years", cuts=[2, 4, 6], points=[3.2, -1.4, 12.5, 12.5 - 1e-12], missing_points=-12.5
    )
    card = Scorecard(characteristics=(years,), base_points=7.26).rounded(unit)
    if unit == 5:
        expected[3] = 15.0
        expected[2] = 15.0
    assert points_of(card) == [pytest.approx(expected)]
    assert card.base_points == pytest.approx({1: 7, 5: 5, 0.5: 7.5, 0.1: 7.3}[unit])


def test_decimals_are_the_floats_that_are_written_so() -> None:
    assert multiples(np.array([1, 3, 7]), 0.1).tolist() == [0.1, 0.3, 0.7]
    assert multiples(np.array([1, 3, 7]), 0.01).tolist() == [0.01, 0.03, 0.07]
    assert multiples(np.array([1, -3]), 2.5).tolist() == [2.5, -7.5]
    assert nearest(np.array([0.5, -0.5, 1.4999, -2.5])).tolist() == [1, 0, 1, -2]


def test_linear_pieces_have_whole_points_at_their_ends() -> None:
    years = Characteristic.numeric(
        "years", cuts=[2, 10, 20], points=[0.4, 0.4, 36.4, 12.2], slopes=[0, 4.5, -2.42, 0],
        missing_points=1.7,
    )  # fmt: skip
    card = Scorecard(characteristics=(years,)).rounded()
    assert points_of(card) == [[0, 0, 36, 12, 2]]
    at = pd.DataFrame({"years": [2.0, 6.0, 10.0, 15.0, 20.0]})
    # joined where it was joined: 36 at 10, 12 at 20
    assert card.score(at).tolist() == pytest.approx([0, 18, 36, 24, 12])


@settings(max_examples=60, deadline=None)
@given(
    points=st.lists(st.floats(-1e4, 1e4), min_size=3, max_size=8),
    unit=st.sampled_from([1.0, 5.0, 0.1, 0.25, 3.7]),
)
def test_no_number_is_off_by_more_than_half_a_unit_and_order_stays(
    points: list[float], unit: float
) -> None:
    years = Characteristic.numeric(
        "years", cuts=range(len(points) - 2), points=points[:-1], missing_points=points[-1]
    )
    card = Scorecard(characteristics=(years,)).rounded(unit)
    (found,) = points_of(card)
    assert np.abs(np.subtract(found, points)).max() <= unit / 2 * (1 + 1e-6)
    order = np.argsort(points, kind="stable")
    assert (np.diff(np.array(found)[order]) >= 0).all()
    again = card.rounded(unit)
    assert points_of(again) == points_of(card)


def test_rounding_an_estimate(fitted: LogisticScorecard, german: pd.DataFrame) -> None:
    card = fitted.scorecard_.rounded()
    assert card.fit_summary == fitted.scorecard_.fit_summary
    assert card.scale == fitted.scale_
    off = card.score(german) - fitted.scorecard_.score(german)
    assert 0 < off.abs().max() <= 1
    assert (card.score(german) % 1 == 0).all()
    assert (
        card.prob_default(german).tolist() == card.scale.prob_default(card.score(german)).tolist()
    )
    # no check of the estimate may stand in the way of what comes after
    for after in (card.with_layout("base"), card.on_scale(PointsScale(pdo=40)), card.rounded(5)):
        assert Scorecard.from_json(after.to_json()) == after


def test_what_the_fit_never_met_still_warns(card: Scorecard, features: pd.DataFrame) -> None:
    # its points are the neutral ones, which are rounded alike
    gap = features.head(1).assign(insured=np.array([None], dtype=object))
    optimal = card.rounded_optimally(features, **quick).card
    for rounded in (card.rounded(), optimal):
        with pytest.warns(match="'insured' is 'Missing'"):
            rounded.score(gap)


# --- together ------------------------------------------------------------------------


def small_card(rng: np.random.Generator) -> tuple[Scorecard, pd.DataFrame]:
    """Two characteristics of two or three levels, and thirty rows."""
    sizes = rng.integers(2, 4, 2)
    levels = [np.round(np.sort(rng.uniform(-6, 6, size)), 2) for size in sizes]
    parts = tuple(
        Characteristic.categorical(
            f"c{place}", points={f"l{i}": value for i, value in enumerate(points.tolist())},
            missing_points=points[0], other_points=points[-1],
        )
        for place, points in enumerate(levels)
    )  # fmt: skip
    rows = {f"c{j}": [f"l{i}" for i in rng.integers(0, k, 30)] for j, k in enumerate(sizes)}
    card = Scorecard(characteristics=parts, base_points=round(rng.uniform(-3, 3), 2))
    return card, pd.DataFrame(rows)


def least_deviation(card: Scorecard, rows: pd.DataFrame) -> float:
    """Try all distances within three of the exact ones, in order, and all constants near."""
    exact = [np.array(p)[: len(p) - 2] for p in points_of(card)]
    codes = [rows[f"c{j}"].str[1:].astype(int).to_numpy() for j in range(2)]
    score = card.score(rows).to_numpy()
    tried = []
    for points in exact:
        steps = itertools.product(*[range(-2, 4)] * (len(points) - 1))
        apart = np.floor(points - points[0]) + np.array([(0, *step) for step in steps])
        tried.append(apart[(np.diff(apart, axis=1) >= 0).all(axis=1)])
    least = np.inf
    for first in tried[0]:
        without = first[codes[0]] + tried[1][:, codes[1]] - score
        for constant in range(-20, 21):
            least = min(least, np.abs(without + constant).mean(axis=1).min())
    return float(least)


@pytest.mark.parametrize("seed", range(12))
def test_no_whole_points_are_nearer_by_brute_force(seed: int) -> None:
    card, rows = small_card(np.random.default_rng(seed))
    rounding = card.rounded_optimally(rows)
    assert rounding.status == "optimal"
    assert rounding.gap == pytest.approx(0, abs=1e-6)
    assert rounding.value == pytest.approx(least_deviation(card, rows), abs=1e-9)
    off = rounding.card.score(rows) - card.score(rows)
    assert off.abs().mean() == pytest.approx(rounding.value, abs=1e-9)


def problem_for(card: Scorecard, rows: pd.DataFrame) -> tuple[Problem, Choice]:
    """State the problem of some rows, and the choice that plain rounding is."""
    levels = [Levels.of(c, 1.0) for c in card.characteristics]
    patterns = patterns_of(card, levels, as_table(rows), None)
    problem = problem_of(patterns, levels, card.base_points, patterns.weights / len(rows))
    base = int(nearest(np.array([card.base_points]))[0])
    return problem, choice_of(problem, [nearest(of_one.values) for of_one in levels], base)


@pytest.mark.parametrize("seed", range(12))
def test_search_and_programme_find_the_same_each_for_itself(seed: int) -> None:
    card, rows = small_card(np.random.default_rng(seed))
    problem, plain = problem_for(card, rows)
    off = (card.rounded().score(rows) - card.score(rows)).abs().mean()
    assert problem.value(plain) == pytest.approx(off, abs=1e-9)
    least = least_deviation(card, rows)
    answer = solved(problem, 10)
    assert answer.choice is not None
    assert problem.value(answer.choice) == pytest.approx(least, abs=1e-9)
    assert answer.bound == pytest.approx(least, abs=1e-6)
    assert problem.value(Search(problem).search(plain)) == pytest.approx(least, abs=1e-9)


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_points_between_the_same_whole_numbers_stay_in_order(seed: int) -> None:
    # six levels within two points: each step must look at the one above
    rng = np.random.default_rng(seed)
    parts = tuple(
        Characteristic.numeric(
            f"x{j}", cuts=range(4), points=np.sort(rng.uniform(0, 2, 5)), missing_points=2
        )
        for j in range(3)
    )
    card = Scorecard(characteristics=parts, base_points=0.5)
    rows = pd.DataFrame(rng.uniform(-1, 4, (12, 3)), columns=[c.name for c in parts])
    problem, plain = problem_for(card, rows)
    answer = solved(problem, 2)
    steps = Search(problem)
    for choice in (answer.choice, steps.descend(plain), steps.search(plain)):
        assert choice is not None
        lower = np.flatnonzero(problem.above >= 0)
        assert (choice.up[lower] <= choice.up[problem.above[lower]]).all()
    for points in points_of(card.rounded_optimally(rows, time_limit=0.5).card):
        assert (np.diff(points[:5]) >= 0).all()


@pytest.mark.parametrize("seed", range(4))
def test_only_what_is_proven_is_called_optimal(seed: int) -> None:
    card, rows = small_card(np.random.default_rng(seed))
    proven = card.rounded_optimally(rows)
    assert (proven.status, proven.gap) == ("optimal", 0)
    assert proven.method == ("optimal" if proven.value < proven.plain_value else "plain")
    part = card.rounded_optimally(rows, max_patterns=2)
    assert part.n_solved < part.n_patterns
    assert part.method == ("together" if part.value < part.plain_value else "plain")
    assert isinstance(proven.deviation.turned, float)
    assert type(proven.deviation.turned) is type(proven.deviation.tied) is float


@pytest.mark.parametrize("layout", ["spread", "base", "lowest"])
@pytest.mark.parametrize("unit", [1.0, 5.0])
def test_what_it_reports_is_what_the_scores_say(
    card: Scorecard, features: pd.DataFrame, applicants: pd.DataFrame, unit: float, layout: str
) -> None:
    exact = card.with_layout(layout)
    rounding = exact.rounded_optimally(features, applicants["is_bad"], unit=unit, **quick)
    # of two hundred patterns nothing is proven of the others
    assert rounding.method == "together"
    assert rounding.value < rounding.plain_value
    assert rounding.plain == exact.rounded(unit)
    # frequent patterns may stand for two of the two hundred
    assert 100 < rounding.n_solved <= 200 < rounding.n_patterns
    assert 0 < rounding.share < 1
    assert 0 <= rounding.gap <= 1
    for name, result in (("plain", rounding.plain), ("result", rounding.card)):
        row = rounding.table().loc[name]
        score, prob = result.score(features), result.prob_default(features)
        off = (score - exact.score(features)).abs()
        change = (prob - exact.prob_default(features)).abs()
        assert (row["value"], row["mean_score"]) == pytest.approx((off.mean(),) * 2, rel=1e-9)
        assert row["max_score"] == pytest.approx(off.max(), rel=1e-9)
        assert row["mean_prob"] == pytest.approx(change.mean(), rel=1e-9)
        assert row["max_prob"] == pytest.approx(change.max(), rel=1e-9)
        assert row["auc"] == pytest.approx(auc(applicants["is_bad"], score), abs=1e-12)
        shares = turned_and_tied(exact.score(features).to_numpy(), score.to_numpy(),
                                 np.ones(len(score)))  # fmt: skip
        assert (row["turned"], row["tied"]) == pytest.approx(shares)
    assert rounding.exact_auc == pytest.approx(auc(applicants["is_bad"], exact.score(features)))


@pytest.mark.parametrize("layout", ["spread", "base", "lowest"])
def test_order_layout_and_unit_are_kept(
    card: Scorecard, features: pd.DataFrame, layout: str
) -> None:
    exact = card.with_layout(layout)
    result = exact.rounded_optimally(features, unit=2, **quick).card
    for before, after in zip(exact.characteristics, result.characteristics, strict=True):
        first = np.array([a.points for a in before.attributes] + [before.neutral_points])
        second = np.array([a.points for a in after.attributes] + [after.neutral_points])
        assert (second % 2 == 0).all()
        higher = first[:, None] - first > 1e-9
        assert ((second[:, None] - second)[higher] >= 0).all()
        same = np.abs(first[:, None] - first) < 1e-9
        assert ((second[:, None] - second)[same] == 0).all()
    if layout == "lowest":
        assert [c.points_range[0] for c in result.characteristics] == [0] * 4
    if layout == "base":
        assert [c.neutral_points for c in result.characteristics] == [0] * 4
    assert (result.base_points == 0) is (layout == "spread")
    assert result.history[-1].action == "rounded"


def test_layouts_do_not_change_how_near_scores_can_be(
    fitted: LogisticScorecard, german: pd.DataFrame
) -> None:
    values = [
        fitted.scorecard_.with_layout(layout).rounded_optimally(german).value
        for layout in ("spread", "base", "lowest")
    ]
    assert values == pytest.approx([values[0]] * 3, rel=1e-6)


def test_by_probability(card: Scorecard, features: pd.DataFrame) -> None:
    rounding = card.rounded_optimally(features, measure="prob_default", **quick)
    prob = card.prob_default(features)
    cost = prob * (1 - prob) / card.scale.factor
    off = (rounding.card.score(features) - card.score(features)).abs()
    assert rounding.value == pytest.approx((cost * off).mean(), rel=1e-9)
    # to first order that is what the probability changes by
    assert rounding.deviation.mean_prob == pytest.approx(rounding.value, rel=0.02)
    assert rounding.deviation.mean_prob < rounding.plain_deviation.mean_prob
    reversed_card = card.on_scale(PointsScale(reverse=True))
    turned = reversed_card.rounded_optimally(features, measure="prob_default", **quick)
    assert 0 < turned.value < turned.plain_value


def test_weights_count_as_rows(card: Scorecard, features: pd.DataFrame) -> None:
    rows, rng = features.head(120), np.random.default_rng(3)
    weights = rng.integers(0, 4, len(rows))
    is_bad = rng.integers(0, 2, len(rows))
    repeated = np.repeat(np.arange(len(rows)), weights)
    first = card.rounded_optimally(rows, is_bad, sample_weight=weights, **quick)
    second = card.rounded_optimally(rows.iloc[repeated], is_bad[repeated], **quick)
    assert first.plain_value == pytest.approx(second.plain_value, rel=1e-12)
    pd.testing.assert_frame_equal(
        first.table().loc[["exact", "plain"]], second.table().loc[["exact", "plain"]], rtol=1e-9
    )
    assert first.value == pytest.approx(second.value, rel=0.05)


def test_rows_are_drawn_from_the_counts_where_there_are_none(
    fitted: LogisticScorecard, german: pd.DataFrame
) -> None:
    # 4 · 5 combinations: all of them, by the product of their shares
    card = fitted.scorecard_
    rounding = card.rounded_optimally()
    assert rounding.n_patterns == 20
    values, shares = np.zeros(1), np.ones(1)
    rounded = rounding.card
    for before, after in zip(card.characteristics, rounded.characteristics, strict=True):
        counts = np.array([a.n_good + a.n_bad for a in before.attributes])
        off = np.array([b.points - a.points for a, b in
                        zip(before.attributes, after.attributes, strict=True)])  # fmt: skip
        values = (values[:, None] + off).ravel()
        shares = (shares[:, None] * counts / counts.sum()).ravel()
    expected = np.abs(values + rounded.base_points - card.base_points) @ shares
    assert rounding.value == pytest.approx(expected, rel=1e-9)
    assert rounding.value <= rounding.plain_value


def test_drawn_rows_are_the_same_each_time(card: Scorecard) -> None:
    first, second = (card.rounded_optimally(time_limit=0.2, max_patterns=5) for _ in range(2))
    assert first.plain_value == second.plain_value
    assert first.value == second.value
    assert first.n_solved <= 5


def test_whole_points_stay_as_they_are(card: Scorecard, features: pd.DataFrame) -> None:
    rounded = card.rounded()
    rounding = rounded.rounded_optimally(features)
    assert (rounding.method, rounding.value, rounding.plain_value) == ("plain", 0, 0)
    assert (rounding.status, rounding.gap) == ("optimal", 0)
    assert points_of(rounding.card) == points_of(rounded)


def test_plain_rounding_is_the_result_where_none_is_nearer() -> None:
    years = Characteristic.numeric("years", cuts=[2], points=[0.25, 10.25], missing_points=0.25)
    rows = pd.DataFrame({"years": [1.0, 3.0]})
    rounding = Scorecard(characteristics=(years,)).rounded_optimally(rows)
    assert (rounding.method, rounding.status) == ("plain", "optimal")
    assert rounding.value == rounding.plain_value == 0.25
    assert rounding.card == rounding.plain


@pytest.mark.parametrize("rows", [{"years": [1.0]}, {"years": [1.0, np.nan, 5.5, 9.0]}])
def test_linear_pieces(rows: dict[str, list[float]]) -> None:
    years = Characteristic.numeric(
        "years", cuts=[2, 10], points=[0.4, 0.4, 36.7], slopes=[0, 4.5375, 0], missing_points=1.45
    )
    audit = Characteristic.categorical(
        "audit", points={"clean": 7.3}, missing_points=0.2, other_points=0.2
    )
    card = Scorecard(characteristics=(years, audit), base_points=0.45)
    frame = pd.DataFrame(rows).assign(audit="clean")
    rounding = card.rounded_optimally(frame)
    off = (rounding.card.score(frame) - card.score(frame)).abs().mean()
    assert off == pytest.approx(rounding.value, abs=1e-12)
    assert rounding.value <= rounding.plain_value + 1e-12
    first = rounding.card.characteristics[0].attributes
    assert first[1].points + 8 * first[1].slope == pytest.approx(first[2].points)
    assert first[0].points == first[1].points


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), unit=st.sampled_from([0.5, 1.0, 3.0]))
def test_it_is_never_worse_than_plain_rounding(seed: int, unit: float) -> None:
    rng = np.random.default_rng(seed)
    sloped = Characteristic.numeric(
        "x", cuts=[0, 1, 2], points=rng.normal(scale=9, size=4), slopes=[0, *rng.normal(size=2), 0],
        missing_points=rng.normal(), special_points={-9: rng.normal()},
    )  # fmt: skip
    others = tuple(
        Characteristic.numeric(
            f"x{j}", cuts=[0, 1], points=rng.normal(scale=9, size=3), missing_points=0
        )
        for j in range(2)
    )
    card = Scorecard(characteristics=(sloped, *others), base_points=rng.choice([0.0, 3.3]))
    names = [c.name for c in card.characteristics]
    rows = pd.DataFrame(rng.normal(1, 1, size=(25, 3)).round(1), columns=names)
    rounding = card.rounded_optimally(rows, unit=unit, time_limit=0.3, max_patterns=10)
    off = (rounding.card.score(rows) - card.score(rows)).abs().mean()
    plain = (card.rounded(unit).score(rows) - card.score(rows)).abs().mean()
    assert off == pytest.approx(rounding.value, abs=1e-9)
    assert plain == pytest.approx(rounding.plain_value, abs=1e-9)
    assert off <= plain + 1e-9


def test_one_row_and_one_level() -> None:
    flat = Characteristic.numeric("years", cuts=[], points=[2.6], missing_points=2.6)
    rounding = Scorecard(characteristics=(flat,), base_points=0.8).rounded_optimally(
        pd.DataFrame({"years": [1.0]})
    )
    # 3.4 is nearest 3, and 2.6 and 0.8 rounded by themselves are 4
    assert (rounding.value, rounding.plain_value) == pytest.approx((0.4, 0.6))
    assert rounding.deviation.turned == rounding.deviation.tied == 0


def test_a_rounding_is_a_line_and_a_page(card: Scorecard, features: pd.DataFrame) -> None:
    rounding = card.rounded_optimally(features, time_limit=0.5, max_patterns=100)
    assert repr(rounding).startswith("<PointsRounding to multiples of 1: mean deviation of the sc")
    assert f"for 100 of {rounding.n_patterns:,} patterns>" in repr(rounding)
    assert "<table" in rounding._repr_html_()
    assert isinstance(rounding, PointsRounding)
    assert rounding.table()["auc"].isna().all()
    assert replace(rounding, seconds=99.0) == rounding


def test_sample_of_germans(german: pd.DataFrame) -> None:
    columns = ["checking_status", "duration_months", "credit_history", "purpose", "savings_status",
               "age_years", "property", "credit_amount"]  # fmt: skip
    model = LogisticScorecard().fit(german[columns], german["is_bad"])
    rounding = model.scorecard_.rounded_optimally(german, german["is_bad"], time_limit=1)
    assert rounding.value < 0.9 * rounding.plain_value
    # by the distances from whole numbers alone, no rounding is nearer than half of this
    assert rounding.gap < 0.5
    assert abs(rounding.deviation.auc - rounding.exact_auc) < 0.001
    assert rounding.deviation.turned < 0.01


# --- the order of cases --------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(
    cases=st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 3)), min_size=1, max_size=12
    )
)
def test_turned_and_tied_pairs_are_those_that_are_counted_one_by_one(
    cases: list[tuple[int, int, int]],
) -> None:
    before, after, weight = (np.array(column, dtype=float) for column in zip(*cases, strict=True))
    pairs = turned = tied = 0.0
    for i, k in itertools.combinations(range(len(cases)), 2):
        if before[i] != before[k]:
            both = weight[i] * weight[k]
            pairs += both
            tied += both * (after[i] == after[k])
            turned += both * ((before[i] - before[k]) * (after[i] - after[k]) < 0)
    expected = (turned / pairs, tied / pairs) if pairs else (0, 0)
    assert turned_and_tied(before, after, weight) == pytest.approx(expected, abs=1e-12)


# --- what is refused -----------------------------------------------------------------


@pytest.mark.parametrize("unit", [0, -1, np.inf, np.nan, "1", None, 1e-9])
def test_units_that_are_none(card: Scorecard, unit: object) -> None:
    with pytest.raises(InvalidParameterError, match=r"'unit' parameter of Scorecard\.rounded must"):
        card.rounded(unit)
    expected = "'unit' parameter of Scorecard.rounded_optimally must"
    with pytest.raises(InvalidParameterError, match=expected):
        card.rounded_optimally(unit=unit)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"measure": "odds"}, "'measure' parameter of Scorecard.rounded_optimally"),
        ({"time_limit": 0}, "'time_limit' parameter of Scorecard.rounded_optimally"),
        ({"max_patterns": 0}, "'max_patterns' parameter of Scorecard.rounded_optimally"),
        ({"is_bad": [1, 0]}, "beside rows only: pass X too"),
        ({"sample_weight": [1, 0]}, "beside rows only: pass X too"),
    ],
)
def test_parameters_out_of_range(card: Scorecard, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        card.rounded_optimally(**options)


def test_rows_outcomes_and_weights_must_be_such(card: Scorecard, features: pd.DataFrame) -> None:
    rows = features.head(4)
    with pytest.raises(MissingColumnError, match="housing"):
        card.rounded_optimally(rows.drop(columns="housing"))
    with pytest.raises(InvalidTargetError, match="one class only"):
        card.rounded_optimally(rows, [1, 1, 1, 1])
    with pytest.raises(InvalidTargetError, match="inconsistent numbers"):
        card.rounded_optimally(rows, [1, 0])
    with pytest.raises(InvalidWeightError, match="negative"):
        card.rounded_optimally(rows, sample_weight=[1, 1, 1, -1])
    with pytest.raises(InvalidTargetError, match="After rows of weight 0"):
        card.rounded_optimally(rows, [1, 0, 0, 0], sample_weight=[0, 1, 1, 1])
    turned = pd.Series([1, 0, 0, 1], index=rows.index[::-1])
    with pytest.raises(InvalidTargetError, match="different orders"):
        card.rounded_optimally(rows, turned)


def test_cards_that_do_not_say_which_rows_there_are(card: Scorecard) -> None:
    years = Characteristic.numeric("years", cuts=[2], points=[0.3, 5], missing_points=0)
    with pytest.raises(UncalibratedCardError, match=r"'years' holds no counts.*Pass a table"):
        Scorecard(characteristics=(years,)).rounded_optimally()
    with pytest.raises(UncalibratedCardError, match="this card has no scale"):
        Scorecard(characteristics=(years,)).rounded_optimally(
            pd.DataFrame({"years": [1]}), measure="prob_default"
        )
    counted = tuple(replace(a, n_good=0, n_bad=0) for a in years.attributes)
    with pytest.raises(UncalibratedCardError, match="'years' has counts of 0 only"):
        Scorecard(characteristics=(replace(years, attributes=counted),)).rounded_optimally()
    sloped = Characteristic.numeric(
        "years", cuts=[2, 4], points=[0, 0, 9], slopes=[0, 4.5, 0], missing_points=0
    )
    counted = tuple(replace(a, n_good=5, n_bad=5) for a in sloped.attributes)
    with pytest.raises(UncalibratedCardError, match="'years' has linear points"):
        Scorecard(characteristics=(replace(sloped, attributes=counted),)).rounded_optimally()
