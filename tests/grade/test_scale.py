"""GradeScale: published bands and bounds, what fits together and what does not."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore import GradeScale, PointsScale
from creditscore.exceptions import InvalidParameterError

CUSTOMER_LABELS = ("AAA", "AA", "A", "BBB", "BB", "B", "C")
CUSTOMER_BOUNDS = (90.0, 80.0, 70.0, 60.0, 50.0, 40.0)


def customer_scale(closed: str) -> GradeScale:
    return GradeScale(
        labels=CUSTOMER_LABELS, bounds=CUSTOMER_BOUNDS, measure="score", closed=closed
    )


# --- reference -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("closed", "expected"),
    [
        # jendow.com.tw, "AAA級": >90-100 AAA, >80-90 AA, >70-80 A, >60-70 BBB, >50-60 BB,
        # >40-50 B; no credit sales below
        ("right", ["AAA", "AAA", "AA", "AA", "AA", "A", "BBB", "BB", "B", "C", "C"]),
        # manuals that write ">= 90 AAA"
        ("left", ["AAA", "AAA", "AAA", "AA", "AA", "AA", "A", "BBB", "BB", "B", "C"]),
    ],
)
def test_customer_bands(closed: str, expected: list[str]) -> None:
    scores = [100, 90.01, 90, 89.99, 80.01, 80, 70, 60, 50, 40, 39.99]
    assert customer_scale(closed).grade(scores).tolist() == expected


def test_agency_bounds() -> None:
    # geometric means of neighbouring one-year default rates in S&P's 2024 study, table 24
    # (0.01 for AAA, 0.02, 0.05, 0.14, 0.56, 2.93, 26.12 %), by sqrt in R
    percents = [100 * bound for bound in GradeScale.agency().bounds]
    assert percents == pytest.approx([0.0141, 0.0316, 0.0837, 0.2800, 1.281, 8.748], rel=4e-3)
    assert [float(f"{p:.3g}") for p in percents] == [0.0141, 0.0316, 0.0837, 0.28, 1.28, 8.75]
    assert GradeScale.agency().labels == ("AAA", "AA", "A", "BBB", "BB", "B", "CCC")


def test_agency_rates_get_the_grades_they_belong_to() -> None:
    rates = np.array([0.01, 0.02, 0.05, 0.14, 0.56, 2.93, 26.12]) / 100
    scale = GradeScale.agency()
    assert tuple(scale.grade(rates)) == scale.labels


def test_ladder_bounds() -> None:
    # closed form: odds 64, 32, 16, ... good:bad
    expected = [1 / 65, 1 / 33, 1 / 17, 1 / 9, 1 / 5, 1 / 3, 1 / 2, 2 / 3]
    assert GradeScale.odds_ladder().bounds == pytest.approx(expected, rel=1e-15)
    assert GradeScale.odds_ladder().labels == (
        "AAA", "AA", "A", "BBB", "BB", "B", "CCC", "CC", "C",
    )  # fmt: skip


# --- laws ----------------------------------------------------------------------------


@given(
    best_odds=st.floats(0.1, 1e4),
    ratio=st.floats(1.1, 4),
    pdo=st.floats(1, 100),
    base_odds=st.floats(0.1, 1e3),
)
def test_ladder_steps_are_equal_in_points(
    best_odds: float, ratio: float, pdo: float, base_odds: float
) -> None:
    scale = PointsScale(base_score=600, base_odds=base_odds, pdo=pdo)
    ladder = GradeScale.odds_ladder(best_odds=best_odds, ratio=ratio, labels=tuple("abcdef"))
    on_score = ladder.on_score(scale)
    step = scale.factor * math.log(ratio)
    assert np.diff(on_score.bounds).tolist() == pytest.approx([-step] * 4, rel=1e-8)
    assert on_score.bounds[0] == pytest.approx(float(scale.score(best_odds)), rel=1e-9)


def test_ladder_of_ratio_2_is_as_wide_as_the_points_that_double_the_odds() -> None:
    on_score = GradeScale.odds_ladder().on_score(PointsScale(pdo=20))
    assert np.diff(on_score.bounds).tolist() == pytest.approx([-20] * 7, rel=1e-12)


def test_on_score_of_a_scale_on_scores_is_itself() -> None:
    assert customer_scale("left").on_score(PointsScale()) == customer_scale("left")


def test_on_score_keeps_which_side_a_bound_belongs_to() -> None:
    safer = GradeScale(labels=("A", "B"), bounds=(0.1,), closed="right")
    riskier = replace(safer, closed="left")
    assert safer.grade([0.1]).tolist() == ["A"]
    assert riskier.grade([0.1]).tolist() == ["B"]
    for scale in (safer, riskier):
        on_score = scale.on_score(PointsScale())
        assert on_score.grade(on_score.bounds).tolist() == scale.grade([0.1]).tolist()


def test_intervals_meet_without_gap() -> None:
    for scale in (GradeScale.agency(), customer_scale("left")):
        ends = scale.intervals()
        assert tuple(ends["grade"]) == scale.labels
        assert (ends["lower"] < ends["upper"]).all()
        by_value = ends.sort_values("lower")
        assert by_value["upper"].tolist()[:-1] == by_value["lower"].tolist()[1:]
    assert GradeScale.agency().intervals()["upper"].iloc[-1] == 1
    assert customer_scale("left").intervals()["lower"].iloc[-1] == -math.inf


@given(best_odds=st.floats(0.1, 1e4), ratio=st.floats(1.1, 4))
def test_ladder_has_its_odds_beside_its_probabilities(best_odds: float, ratio: float) -> None:
    ladder = GradeScale.odds_ladder(best_odds=best_odds, ratio=ratio, labels=tuple("abcd"))
    ends = ladder.intervals()
    steps = [best_odds, best_odds / ratio, best_odds / ratio**2]
    assert ends["odds_upper"].tolist() == pytest.approx([math.inf, *steps], rel=1e-9)
    assert ends["odds_lower"].tolist() == pytest.approx([*steps, 0], rel=1e-9)
    odds = (1 - ends["upper"]) / ends["upper"]
    assert ends["odds_lower"].tolist() == pytest.approx(odds.tolist())


def test_columns_of_the_ends() -> None:
    measured = ["grade", "lower", "upper"]
    of_score = customer_scale("left")
    assert list(of_score.intervals()) == measured
    assert list(GradeScale.agency().intervals()) == [*measured, "odds_lower", "odds_upper"]
    for scale, values in ((of_score, [95.0, 10.0]), (GradeScale.agency(), [0.1, 0.2])):
        table = scale.table(values, [0, 1])
        ends = scale.intervals()
        assert list(table)[: len(list(ends)) + 1] == [*ends, "count"]
        assert table[list(ends)].equals(ends)


def test_values_are_frozen_and_compare_by_content() -> None:
    scale = customer_scale("left")
    with pytest.raises(FrozenInstanceError):
        scale.closed = "right"
    assert scale == customer_scale("left") != customer_scale("right")
    assert hash(scale) == hash(customer_scale("left"))
    lists = GradeScale(labels=["A", "B"], bounds=[0.1])
    assert lists == GradeScale(labels=("A", "B"), bounds=(0.1,))


# --- bad input -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"labels": ("A", "A"), "bounds": (0.1,)}, "'labels' parameter of GradeScale"),
        ({"labels": ("A",), "bounds": (0.1,)}, "'labels' parameter of GradeScale"),
        ({"labels": (), "bounds": ()}, "'labels' parameter of GradeScale"),
        ({"labels": ("A", "B", "C"), "bounds": (0.1,)}, "'labels' .* one more than"),
        ({"labels": "AB", "bounds": (0.1,)}, "'labels'"),
        ({"labels": (1, 2), "bounds": (0.1,)}, "'labels'"),
        ({"labels": ("A", "B", "C"), "bounds": (0.2, 0.1)}, "'bounds' .* increasing fractions"),
        ({"labels": ("A", "B", "C"), "bounds": (0.1, 0.1)}, "'bounds' .* increasing fractions"),
        ({"labels": ("A", "B"), "bounds": (0.0,)}, "'bounds' .* increasing fractions"),
        ({"labels": ("A", "B"), "bounds": (1.0,)}, "'bounds' .* increasing fractions"),
        ({"labels": ("A", "B"), "bounds": (5.0,)}, "'bounds' .* increasing fractions"),
        ({"labels": ("A", "B"), "bounds": (math.nan,)}, "'bounds'"),
        ({"labels": ("A", "B"), "bounds": ("0.1",)}, "'bounds'"),
        ({"labels": ("A", "B"), "bounds": (None,)}, "'bounds'"),
        ({"labels": ("A", "B"), "bounds": 0.1}, "'bounds'"),
        (
            {"labels": ("A", "B", "C"), "bounds": (1.0, 2.0), "measure": "score"},
            "'bounds' .* decreasing numbers",
        ),
        (
            {"labels": ("A", "B"), "bounds": (math.inf,), "measure": "score"},
            "'bounds' .* decreasing numbers",
        ),
        ({"labels": ("A", "B"), "bounds": (0.1,), "measure": "pd"}, "'measure' .* one of"),
        ({"labels": ("A", "B"), "bounds": (0.1,), "closed": "both"}, "'closed' .* one of"),
        ({"labels": ("A", "B"), "bounds": (0.1,), "default_label": None}, "'default_label'"),
    ],
)
def test_what_does_not_fit_together(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        GradeScale(**parameters)


@pytest.mark.parametrize(
    "parameters",
    [
        {"best_odds": 0}, {"best_odds": -1}, {"best_odds": math.inf}, {"best_odds": math.nan},
        {"ratio": 1}, {"ratio": 0.5}, {"ratio": math.inf}, {"ratio": "2"},
    ],
)  # fmt: skip
def test_ladder_parameters(parameters: dict[str, Any]) -> None:
    (name,) = parameters
    with pytest.raises(
        InvalidParameterError, match=f"'{name}' parameter of GradeScale.odds_ladder"
    ):
        GradeScale.odds_ladder(**parameters)


def test_scale_of_one_grade() -> None:
    assert GradeScale(labels=("A",), bounds=()).grade([0.0, 1.0]).tolist() == ["A", "A"]


def test_html_names_the_default_grade() -> None:
    html = GradeScale.agency()._repr_html_()
    assert "D is a customer in default" in html
    assert "8.75%" in html


def test_a_value_at_a_bound_gets_the_safer_grade_unless_told() -> None:
    by_rate = GradeScale(labels=("A", "B"), bounds=(0.1,))
    by_score = GradeScale(labels=("A", "B"), bounds=(70.0,), measure="score")
    assert (by_rate.closed, by_score.closed) == ("right", "left")
    assert by_rate.grade([0.1]).tolist() == ["A"]
    assert by_score.grade([70.0]).tolist() == ["A"]
    assert replace(by_score, closed="right").grade([70.0]).tolist() == ["B"]
    assert GradeScale.from_json(by_score.to_json()) == by_score


def test_defaults_are_not_called_by_a_grade_safer_than_the_last() -> None:
    scale = GradeScale(labels=tuple("ABCDE"), bounds=(85, 70, 50, 40), measure="score")
    assert scale.grade([90, 20]).tolist() == ["A", "E"]
    with pytest.raises(
        InvalidParameterError, match="'D', which is a grade of this scale and safer"
    ):
        scale.grade([90, 20], in_default=[True, False])
    last = replace(scale, default_label="E")
    assert last.grade([90, 20], in_default=[True, False]).tolist() == ["E", "E"]
