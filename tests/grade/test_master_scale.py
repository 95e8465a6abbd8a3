"""MasterScale: published rates and cut-offs, what notches keep, what does not fit together."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError, replace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore import GradeScale, PointsScale
from creditscore.exceptions import InvalidDataError, InvalidParameterError, InvalidTargetError
from creditscore.grade import GradeDisplay, MasterScale, grade_name

LETTERS = ("AAA", "AA", "A", "BBB", "BB", "B", "CCC")
ONE_YEAR = (0.0000, 0.0002, 0.0005, 0.0014, 0.0056, 0.0293, 0.2612)
FIVE_YEARS = (0.0034, 0.0028, 0.0039, 0.0136, 0.0575, 0.1560, 0.4653)
"""S&P Global Ratings, 2024 Annual Global Corporate Default and Rating Transition Study, table
24."""
CUT_OFFS = (0.0141, 0.0316, 0.0837, 0.2800, 1.281, 8.748)
"""Geometric means of neighbouring one-year rates in percent, that of AAA put at 0.01, by R."""


def three() -> MasterScale:
    scale = GradeScale(labels=("A", "B", "C"), bounds=(0.01, 0.05))
    return MasterScale(scale=scale, prob_default=(0.005, 0.02, 0.10))


# --- reference -----------------------------------------------------------------------


def test_agency_cut_offs() -> None:
    percents = [100 * bound for bound in MasterScale.agency().scale.bounds]
    assert [float(f"{p:.4g}") for p in percents] == pytest.approx(CUT_OFFS, rel=4e-3)
    assert MasterScale.agency().scale == GradeScale.agency()
    assert MasterScale.agency().prob_default == (0.0001, *ONE_YEAR[1:])
    assert MasterScale.from_rates(LETTERS, ONE_YEAR).scale == GradeScale.agency()


def test_five_years_smooth_the_inversion_of_aaa_and_aa() -> None:
    # pooled: (0.34 + 0.28) / 2 = 0.31 %; all others stay
    isotonic = MasterScale.agency(horizon=5)
    assert isotonic.prob_default == pytest.approx((0.0031, 0.0031, *FIVE_YEARS[2:]), rel=1e-12)
    line = MasterScale.agency(horizon=5, smoothing="log_linear")
    # the same line by another way
    expected = np.exp(np.polyval(np.polyfit(range(7), np.log(FIVE_YEARS), 1), range(7)))
    assert line.prob_default == pytest.approx(expected.tolist(), rel=1e-12)
    with pytest.raises(InvalidDataError, match=r"rate of 'AA', 0\.28 %, is below that of 'AAA'"):
        MasterScale.agency(horizon=5, smoothing="none")


def test_rates_of_zero_have_no_place_on_the_line() -> None:
    found = MasterScale.agency(smoothing="log_linear", floor=0.0)
    slope, level = np.polyfit(range(1, 7), np.log(ONE_YEAR[1:]), 1)
    assert found.prob_default[0] == pytest.approx(math.exp(level), rel=1e-9)
    assert found.prob_default[6] == pytest.approx(math.exp(level + 6 * slope), rel=1e-9)


def test_floor_of_basel_bounds_what_is_meant_and_not_the_grades() -> None:
    floored = MasterScale.agency(floor=0.0005)
    assert floored.scale == GradeScale.agency()
    assert floored.prob_default == (0.0005, 0.0005, 0.0005, *ONE_YEAR[3:])
    assert floored == MasterScale.agency().with_floor(0.0005)
    # a floor above rates that were observed is none for bounds: half of 0.02 % is
    assert MasterScale.agency(floor=0.0003).scale.bounds[0] == pytest.approx(
        math.sqrt(0.0001 * 0.0002), rel=1e-12
    )


def test_notches_of_an_agency() -> None:
    notched = MasterScale.agency(notches=True)
    assert notched.labels == (
        "AAA", "AA+", "AA", "AA-", "A+", "A", "A-", "BBB+", "BBB", "BBB-", "BB+", "BB", "BB-",
        "B+", "B", "B-", "CCC+", "CCC", "CCC-", "CC", "C",
    )  # fmt: skip
    prob = dict(zip(notched.labels, notched.prob_default, strict=True))
    # closed form: a third of the way on a logarithmic axis
    assert prob["BBB-"] == pytest.approx(0.0014 ** (2 / 3) * 0.0056 ** (1 / 3), rel=1e-12)
    assert prob["BB+"] == pytest.approx(0.0014 ** (1 / 3) * 0.0056 ** (2 / 3), rel=1e-12)
    assert [prob[letter] for letter in LETTERS] == [0.0001, *ONE_YEAR[1:]]
    # four equal ratios from CCC to default
    ratios = np.array([prob["CCC-"], prob["CC"], prob["C"], 1]) / [
        prob["CCC"], prob["CCC-"], prob["CC"], prob["C"],
    ]  # fmt: skip
    assert ratios.tolist() == pytest.approx([0.2612**-0.25] * 4, rel=1e-12)
    assert notched.agency_grades == notched.labels
    assert notched.names_zh[1] == "信用优良"


def test_names() -> None:
    assert grade_name("AAA", language="zh") == "信用极好"
    assert grade_name("CCC+") == grade_name("CCC") == "very weak credit"
    assert grade_name("D", language="zh") == "违约"
    with pytest.raises(InvalidParameterError, match="no name of grade 'E'"):
        grade_name("E")
    with pytest.raises(InvalidParameterError, match=r"no name of grade '[+]'"):
        grade_name("+")
    with pytest.raises(InvalidParameterError, match="no name of grade 5"):
        grade_name(5)  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="'language'"):
        grade_name("A", language="fr")  # type: ignore[arg-type]


# --- laws ----------------------------------------------------------------------------


@given(
    rates=st.lists(st.integers(1, 9000), min_size=3, max_size=6, unique=True).map(
        lambda rates: [rate / 10_000 for rate in sorted(rates)]
    ),
    values=st.lists(st.floats(0, 1), min_size=1, max_size=20),
    data=st.data(),
)
@settings(deadline=None)
def test_notches_only_part_grades(rates: list[float], values: list[float], data: Any) -> None:
    labels = [f"g{i}" for i in range(len(rates))]
    plain = MasterScale.from_rates(labels, rates, floor=0.0)
    chosen = data.draw(st.none() | st.sets(st.sampled_from(labels)))
    notched = plain.with_notches(chosen)
    expected = labels[1:-1] if chosen is None else chosen
    assert len(notched.labels) == len(labels) + 2 * len(expected)
    letters = [grade.rstrip("+-") for grade in notched.grade(values)]
    assert letters == plain.grade(values).tolist()
    means = dict(zip(notched.labels, notched.prob_default, strict=True))
    assert [means[label] for label in labels] == list(plain.prob_default)
    # each notch means a probability within its bounds
    ends = [0, *notched.scale.bounds, 1]
    assert all(
        low < prob < high
        for low, prob, high in zip(ends, notched.prob_default, ends[1:], strict=False)
    )


@given(rates=st.lists(st.integers(1, 9999), min_size=1, max_size=8, unique=True).map(sorted))
def test_rates_get_their_own_grade(rates: list[int]) -> None:
    labels = [str(n) for n in range(len(rates))]
    rates = [rate / 10_000 for rate in rates]
    master = MasterScale.from_rates(labels, rates, floor=0.0)
    assert master.grade(rates).tolist() == labels
    assert MasterScale.from_json(master.to_json()) == master


@given(
    bounds=st.lists(st.floats(1e-6, 0.5), min_size=1, max_size=6, unique=True).map(sorted),
    highest=st.floats(0.6, 1),
)
def test_middles_lie_within_the_bounds(bounds: list[float], highest: float) -> None:
    labels = tuple(map(str, range(len(bounds) + 1)))
    scale = GradeScale(labels=labels, bounds=tuple(bounds))
    middles = MasterScale.from_scale(scale, highest=highest).prob_default
    assert all(m <= b for m, b in zip(middles, bounds, strict=False))
    assert all(m >= b for m, b in zip(middles[1:], bounds, strict=True))
    # the first is as wide as the second on a logarithmic axis
    second = (bounds[1] if len(bounds) > 1 else highest) / bounds[0]
    assert middles[0] == pytest.approx(bounds[0] / math.sqrt(second), rel=1e-9)


def test_ends_are_said() -> None:
    scale = GradeScale(labels=("A", "B"), bounds=(0.04,))
    assert MasterScale.from_scale(scale, lowest=0.01, highest=0.25).prob_default == pytest.approx(
        (0.02, 0.1), rel=1e-12
    )


# --- what grades mean ----------------------------------------------------------------


def test_default_is_certain() -> None:
    grades = three().grade([0.001, 0.2, 0.2], in_default=[False, True, False])
    assert grades.tolist() == ["A", "D", "C"]
    assert three().prob_default_of(grades).tolist() == [0.005, 1.0, 0.10]
    assert three().odds_of(grades).tolist() == pytest.approx([199, 0, 9])


def test_columns_keep_their_library_and_index() -> None:
    grades = pd.Series(["B", "D"], index=["x", "y"], name="rating")
    prob = three().prob_default_of(grades)
    assert prob.to_dict() == {"x": 0.02, "y": 1.0}
    assert prob.name == "prob_default"
    assert three().odds_of(grades).name == "odds"
    polars = three().prob_default_of(pl.Series(["A", "C"]))
    assert isinstance(polars, pl.Series)
    assert polars.to_list() == [0.005, 0.10]
    assert isinstance(three().grade(pl.Series([0.001])), pl.Series)


def test_table_has_a_row_for_default() -> None:
    master = replace(three(), names=("low", "", "high"), agency_grades=("A", "BB", "B"))
    table = master.table()
    assert list(table) == ["grade", "name", "name_zh", "lower", "upper", "prob_default", "agency"]
    assert table["grade"].tolist() == ["A", "B", "C", "D"]
    assert table["prob_default"].tolist() == [0.005, 0.02, 0.10, 1.0]
    assert table["upper"].tolist()[:3] == [0.01, 0.05, 1.0]
    assert np.isnan(table["lower"].iloc[3])
    assert table["name"].tolist() == ["low", "", "high", "in default"]


def test_agency_grades_are_those_of_the_mapping() -> None:
    master = MasterScale.from_rates(["1", "2", "3"], [0.0002, 0.006, 0.3])
    assert master.with_agency_grades().agency_grades == ("AA", "BB", "CCC")
    letters = master.with_agency_grades(MasterScale.agency(), method="interval")
    assert letters.table()["agency"].tolist() == ["AA", "BB", "CCC", ""]


def test_last_grade_may_be_that_of_defaults() -> None:
    scale = GradeScale(labels=("A", "D"), bounds=(0.1,))
    master = MasterScale.from_scale(scale, prob_default=(0.02, 0.5))
    assert master.table()["grade"].tolist() == ["A", "D"]
    assert master.prob_default_of(["D"]).tolist() == [0.5]


def test_probabilities_of_zero_and_one() -> None:
    scale = GradeScale(labels=("A", "B"), bounds=(0.1,))
    master = MasterScale(scale=scale, prob_default=(0, 1))
    assert master.odds_of(["A", "B", "D"]).tolist() == [math.inf, 0, 0]
    assert "inf" in master._repr_html_()


def test_one_grade() -> None:
    scale = GradeScale(labels=("all",), bounds=())
    master = MasterScale.from_scale(scale, prob_default=[0.03])
    assert repr(master) == (
        "MasterScale(1 grade 'all', probability of default 3%; philosophy and margin not said)"
    )
    assert master.grade([0.0, 1.0]).tolist() == ["all", "all"]
    assert MasterScale.from_scale(scale, lowest=0.01).prob_default == pytest.approx((0.1,))
    assert MasterScale.from_rates(["all"], [0.02]).scale.bounds == ()
    with pytest.raises(InvalidParameterError, match="one grade has no width"):
        MasterScale.from_scale(scale)
    with pytest.raises(InvalidParameterError, match="one grade has no width"):
        master.with_notches(["all"])


def test_chinese_labels() -> None:
    scale = GradeScale(labels=("优", "良", "差"), bounds=(0.01, 0.1), default_label="违约")
    master = replace(MasterScale.from_scale(scale), names=("good", "fair", "poor"))
    assert master.grade([0.5, 0.001], in_default=[True, False]).tolist() == ["违约", "优"]
    assert MasterScale.from_json(master.to_json()) == master
    assert "良" in master._repr_html_()


def test_bounds_on_scores() -> None:
    scale = GradeScale.agency().on_score(PointsScale())
    master = MasterScale.from_scale(scale, prob_default=MasterScale.agency().prob_default)
    prob = np.array([0.0003, 0.1])
    scores = PointsScale().score((1 - prob) / prob)
    assert master.grade(scores).tolist() == MasterScale.agency().grade(prob).tolist()
    table = master.check_table(scores, [0, 1])
    assert table["predicted"].tolist() == list(master.prob_default)
    with pytest.raises(InvalidParameterError, match="bounds on scores, and the middle"):
        MasterScale.from_scale(scale)
    with pytest.raises(InvalidParameterError, match="this scale has bounds on scores"):
        master.with_notches()


def test_check_table_has_what_grades_mean() -> None:
    table = three().check_table([0.001, 0.002, 0.03, 0.04], [0, 0, 0, 1])
    assert table["predicted"].tolist() == [0.005, 0.02, 0.10]
    assert table["count"].tolist() == [2, 2, 0]
    assert table["observed"].tolist()[:2] == [0.0, 0.5]
    assert GradeDisplay.from_table(table).frame().equals(table)
    with pytest.raises(InvalidTargetError, match="is_bad"):
        three().check_table([0.1, 0.2], [0, 2])


def test_closed_end_is_kept_and_said() -> None:
    left = replace(three(), scale=replace(three().scale, closed="left"))
    assert three().grade([0.01]).tolist() == ["A"]
    assert left.grade([0.01]).tolist() == ["B"]
    assert "an interval holds its lower end" in left._repr_html_()
    assert "an interval holds its upper end" in three()._repr_html_()
    assert left.with_notches().scale.closed == "left"


def test_what_probabilities_mean_and_their_margin_are_said() -> None:
    agency = MasterScale.agency(notches=True).with_floor(0.0005)
    assert (agency.philosophy, agency.margin) == ("through_the_cycle", "none")
    assert repr(agency).endswith("; through the cycle, margin none)")
    assert "through the cycle, margin none" in agency._repr_html_()
    assert "philosophy and margin not said" in three()._repr_html_()
    assert repr(replace(three(), margin="none")).endswith("; philosophy not said, margin none)")
    told = replace(three(), philosophy="hybrid", margin="A +5 %: 数据有缺")
    assert MasterScale.from_json(told.to_json()) == told
    for kept in (told.with_notches(), told.with_floor(0.01), told.with_agency_grades()):
        assert (kept.philosophy, kept.margin) == (told.philosophy, told.margin)
    half = replace(three(), philosophy="point_in_time")
    assert MasterScale.from_json(half.to_json()) == half
    assert repr(half).endswith("; point in time, margin not said)")


def test_values_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        three().prob_default = ()  # type: ignore[misc]
    assert hash(three()) == hash(three())


# --- bad input -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"scale": "AAA"}, "'scale' parameter of MasterScale must be a GradeScale"),
        ({"prob_default": (0.1, 0.2)}, "a probability for each of the grades"),
        ({"prob_default": (0.2, 0.1, 0.3)}, "none below the one before it"),
        ({"prob_default": (0.2, 0.3, 1.3)}, "'prob_default'"),
        ({"prob_default": (0.2, 0.3, math.nan)}, "'prob_default'"),
        ({"prob_default": 0.2}, "'prob_default'"),
        ({"names": ("a",)}, "'names' parameter"),
        ({"names_zh": (1, 2, 3)}, "'names_zh' parameter"),
        ({"agency_grades": "AAA"}, "'agency_grades' parameter"),
        ({"philosophy": "TTC"}, "'philosophy' parameter of MasterScale must be one of"),
        ({"margin": 0.1}, "'margin' parameter of MasterScale must be text .* Got 0.1"),
        ({"margin": " "}, "'margin' parameter of MasterScale must be text"),
    ],
)
def test_parts_that_do_not_fit(parameters: dict[str, Any], message: str) -> None:
    parts: dict[str, Any] = {"scale": three().scale, "prob_default": three().prob_default}
    with pytest.raises(InvalidParameterError, match=message):
        MasterScale(**(parts | parameters))


@pytest.mark.parametrize(
    ("labels", "rates", "more", "message"),
    [
        (["A", "B"], [0.1], {}, "a rate for each grade. Got 2 grades and 1 rates"),
        ([], [], {}, "a rate for each grade"),
        (["A", "B"], [2, 3], {}, "'rates'"),
        (["A", "B", "C", "D"], [0.1, 0.1, 0.1, 0.2], {}, "three tie"),
        (["A", "B"], [0, 0.1], {"floor": 0}, "Give a floor above zero"),
        (["A", "B"], [0.1, 0.2], {"smoothing": "spline"}, "'smoothing'"),
        (["A", "B"], [0.1, 0.2], {"floor": -1}, "'floor'"),
    ],
)
def test_rates_that_make_no_scale(labels: Any, rates: Any, more: Any, message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        MasterScale.from_rates(labels, rates, **more)


@pytest.mark.parametrize(
    ("rates", "message"),
    [
        ([0.2, 0.1], "falls with the risk"),
        ([0, 0.1], "needs two rates above zero. Got 1"),
        ([0.001, 0.9, 0.9], "ends at .* which is no rate"),
    ],
)
def test_rates_that_no_line_fits(rates: list[float], message: str) -> None:
    labels = [str(n) for n in range(len(rates))]
    with pytest.raises(InvalidDataError, match=message):
        MasterScale.from_rates(labels, rates, smoothing="log_linear")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: MasterScale.agency(horizon=3), "'horizon' .* must be 1 or 5"),
        (lambda: MasterScale.agency(horizon="1"), "'horizon'"),
        (lambda: MasterScale.agency(horizon=True), "'horizon'"),
        (lambda: MasterScale.agency(notches=1), "'notches'"),
        (lambda: MasterScale.agency(horizon=5, notches=True), "'AAA', 0.31 %, is not strictly"),
        (lambda: three().with_notches(["E"]), "no grade 'E'"),
        (lambda: three().with_notches("A"), "'grades' parameter of MasterScale.with_notches must"),
        (lambda: MasterScale.agency().with_notches().with_notches(), "'AA' has notches on this"),
        (lambda: three().with_floor(2), "'floor'"),
        (lambda: MasterScale.from_scale("A"), "'scale'"),
        (lambda: MasterScale.from_scale(three().scale, lowest=0.02), "'lowest'"),
        (lambda: MasterScale.from_scale(three().scale, highest=0.02), "'highest'"),
        (
            lambda: replace(three(), prob_default=(0.02, 0.02, 0.1)).with_notches(),
            "'A', 2 %, is not strictly within",
        ),
    ],
)
def test_what_cannot_be_made(call: Any, message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        call()


@pytest.mark.parametrize("grades", [["A", "E"], ["A", None], [["A"]], ["a"]])
def test_grades_that_are_not_on_the_scale(grades: list[Any]) -> None:
    with pytest.raises(InvalidDataError, match=r"none of the scale|one column"):
        three().prob_default_of(grades)


def test_scales_of_other_horizons_are_not_mapped() -> None:
    year = MasterScale.agency()
    five = MasterScale.agency(horizon=5, smoothing="log_linear")
    assert (year.horizon, five.horizon) == (1, 5)
    assert MasterScale.from_json(five.to_json()) == five
    assert "horizon" not in year.to_json()
    with pytest.raises(InvalidParameterError, match=r"of 1 year\(s\), those of the other of 5"):
        year.map_to(five)
    five.map_to(five)
    with pytest.raises(InvalidParameterError, match="'horizon' parameter of MasterScale"):
        replace(year, horizon=0)
