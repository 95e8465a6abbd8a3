"""Sub-scores: published numbers, the law that points are weight × score, edges and errors."""

from __future__ import annotations

import math
import sys
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore._frame import as_table
from creditscore.exceptions import (
    ColumnTypeError,
    EmptyDataError,
    InfiniteValueError,
    InvalidDataError,
    InvalidParameterError,
    RefusedValueError,
    UnseenCategoryWarning,
)
from creditscore.expert import (
    BandScore,
    CategoryScore,
    EfficacyScore,
    MinMaxScore,
    NumericSubScore,
    PercentileScore,
    StandardBandScore,
    SubScore,
    UtilityScore,
)

EQUITY = StandardBandScore(excellent=13.9, good=9.5, average=6.0, lower=1.0, poor=-5.0)
DEBT = StandardBandScore(excellent=0.45, good=0.52, average=0.60, lower=0.72, poor=0.85)
RULES: tuple[SubScore, ...] = (
    MinMaxScore(low=0.4, high=0.8, direction="lower", missing_score=3),
    EfficacyScore(not_allowed=0.05, satisfactory=0.15, special_scores={-9: 12.5}),
    EQUITY,
    DEBT,
    UtilityScore(points=[(0.5, 0), (1.5, 100), (2.5, 100), (5, 60)], missing_score=40),
    PercentileScore.from_sample([1, 2, 2, 5], direction="lower", missing_score=0),
    BandScore(cuts=[0, 30, 90], scores=[100, 70, 30, 0], closed="right", missing_score=50),
    CategoryScore(scores={"clean": 100, "qualified": 40, 3: 1.5, True: 7}, missing_score=20),
)

finite = st.floats(-1e300, 1e300)
scores = st.floats(-1000, 1000)
anchors = st.lists(
    st.one_of(st.integers(-50, 50).map(float), st.floats(-1e6, 1e6)),
    min_size=2, max_size=6, unique=True,
).map(sorted)  # fmt: skip


def distinct_enough(values: list[float]) -> bool:
    return all(b - a > 1e-9 for a, b in pairwise(values))


anchors = anchors.filter(distinct_enough)


@st.composite
def rules(draw: st.DrawFn) -> NumericSubScore:
    """Draw a rule for numbers of any kind."""
    values = draw(anchors)
    options: dict[str, Any] = {
        "missing_score": draw(scores),
        "special_scores": draw(
            st.dictionaries(st.integers(-99, -51).map(float), scores, max_size=2)
        ),
    }
    direction: Any = draw(st.sampled_from(["higher", "lower"]))
    five = [values[0] + step * (values[-1] - values[0]) / 4 for step in range(5)]
    bands = ("excellent", "good", "average", "lower", "poor")
    standards = dict(zip(bands, five if direction == "lower" else five[::-1], strict=True))
    some = draw(st.lists(scores, min_size=len(values) + 1, max_size=len(values) + 1))
    closed: Any = draw(st.sampled_from(["left", "right"]))
    makers = [
        lambda: MinMaxScore(low=values[0], high=values[-1], direction=direction, **options),
        lambda: EfficacyScore(
            not_allowed=values[0 if direction == "higher" else -1],
            satisfactory=values[-1 if direction == "higher" else 0],
            floor=draw(st.sampled_from([-20, 0, 60])),
            ceiling=draw(st.sampled_from([100, 130])),
            **options,
        ),
        lambda: StandardBandScore(**standards, **options),
        lambda: UtilityScore(points=list(zip(values, some[1:], strict=True)), **options),
        lambda: PercentileScore.from_sample(
            values * 2 + values[:1], direction=direction, **options
        ),
        lambda: BandScore(cuts=values, scores=some, closed=closed, **options),
    ]
    return draw(st.sampled_from(makers))()


def by_hand(rule: Any, value: float) -> float:  # noqa: PLR0911 - a case each
    """Score one number as the definitions have it, without pieces."""
    if math.isnan(value):
        return rule.missing_score
    if value in rule.special_scores:
        return rule.special_scores[value]
    if isinstance(rule, MinMaxScore):
        share = min(1.0, max(0.0, (value - rule.low) / (rule.high - rule.low)))
        return 100 * (share if rule.direction == "higher" else 1 - share)
    if isinstance(rule, EfficacyScore):
        d = (value - rule.not_allowed) / (rule.satisfactory - rule.not_allowed)
        return min(rule.ceiling, max(rule.floor, 60 + 40 * d))
    if isinstance(rule, StandardBandScore):
        return standard_bands(rule, value)
    if isinstance(rule, UtilityScore):
        return float(np.interp(value, *zip(*rule.points, strict=True)))
    if isinstance(rule, PercentileScore):
        found = np.interp(value, rule.values, rule.percentiles, left=0, right=100)
        return float(found if rule.direction == "higher" else 100 - found)
    side: Any = "right" if rule.closed == "left" else "left"
    return rule.scores[int(np.searchsorted(rule.cuts, value, side=side))]


def standard_bands(rule: StandardBandScore, value: float) -> float:
    """Score as the measures of 2006 word it: own band, next band, efficacy coefficient."""
    sign = 1 if rule.excellent > rule.poor else -1
    standards = [sign * standard for standard in rule.standards]
    bases = [100 * coefficient for coefficient in rule.coefficients]
    if sign * value >= standards[0]:
        return bases[0]
    for place in range(1, 5):
        if sign * value >= standards[place]:
            efficacy = (sign * value - standards[place]) / (standards[place - 1] - standards[place])
            return bases[place] + efficacy * (bases[place - 1] - bases[place])
    return 0.0


def ends(rule: Any) -> list[float]:
    """Return the anchors at which a rule holds the upper end of an interval."""
    if isinstance(rule, BandScore) and rule.closed == "right":
        return list(rule.cuts)
    if isinstance(rule, PercentileScore):
        return [rule.values[-1]]
    lower = isinstance(rule, StandardBandScore) and rule.excellent < rule.poor
    return [rule.poor] if lower else []


def settled(rule: Any, value: float) -> float:
    """Return the anchor that a value nearly is, where the rule holds it from above."""
    for end in ends(rule):
        if end < value < (end + 1e-13 * abs(end) if end else 1e-13):
            return end
    return value


def interesting(rule: SubScore) -> list[float]:
    """Return anchors, their neighbours, huge values, codes and NaN."""
    partition: Any = rule.characteristic("x").partition
    near = [
        value
        for cut in (*partition.cuts, *ends(rule))
        for value in (cut, math.nextafter(cut, math.inf), math.nextafter(cut, -math.inf))
    ]
    return [*near, *partition.special_codes, 0.0, 1e300, -1e300, 1.7e308, -1.7e308, math.nan]


# --- reference -------------------------------------------------------------------------------


def test_five_band_standard_of_the_measures_of_2006() -> None:
    # closed form of the rules 国资发评价〔2006〕157号: 16 + (11.7 - 9.5) / (13.9 - 9.5) · (20 - 16)
    assert EQUITY.score([11.7])[0] * 20 / 100 == pytest.approx(18.0, abs=1e-12)
    # at a standard its base, beyond excellent all, below poor nothing
    assert EQUITY.score([13.9, 20, 9.5, 6, 1, -5]).tolist() == pytest.approx(
        [100, 100, 80, 60, 40, 20]
    )
    assert EQUITY.score([np.nextafter(-5, -6), -100]).tolist() == [0, 0]
    assert EQUITY.neutral_score == 60


def test_standards_of_a_lower_is_better_indicator_hold_the_poor_standard() -> None:
    assert DEBT.score([0.3, 0.45, 0.56, 0.85]).tolist() == pytest.approx([100, 100, 70, 20])
    assert DEBT.score([0.85 + 1e-12, 2.0]).tolist() == [0, 0]
    # what the rounding of a ratio may add to it
    assert DEBT.score([0.85 + 1e-15, 1.7 / 2]).tolist() == pytest.approx([20, 20])


def test_general_efficacy_coefficient() -> None:
    # 60 + 40 · (x - x_min) / (x_max - x_min)
    rule = EfficacyScore(not_allowed=10, satisfactory=30)
    assert rule.score([10, 15, 20, 30]).tolist() == pytest.approx([60, 70, 80, 100])
    assert rule.score([40, 0, -20, -21]).tolist() == pytest.approx([100, 40, 0, 0])
    classic = EfficacyScore(not_allowed=10, satisfactory=30, floor=60)
    assert classic.score([-50, 10]).tolist() == [60, 60]
    days = EfficacyScore(not_allowed=90, satisfactory=30, ceiling=120)
    assert days.score([90, 60, 30, 15, 0, -9]).tolist() == pytest.approx(
        [60, 80, 100, 110, 120, 120]
    )


def test_percentile_is_scipys_mean_percentile_at_values_of_the_sample() -> None:
    from scipy.stats import percentileofscore

    sample = np.random.default_rng(1).integers(0, 30, 200)
    rule = PercentileScore.from_sample(sample)
    values = np.unique(sample)
    expected = percentileofscore(sample, values, kind="mean")
    np.testing.assert_allclose(rule.score(values), expected, atol=1e-9)
    assert rule.score([-1, 30]).tolist() == [0, 100]


@pytest.mark.parametrize("resolution", [0.5, 1, 7])
@pytest.mark.parametrize("ties", [False, True])
def test_percentile_of_a_large_sample_is_as_near_as_it_says(resolution: float, ties: bool) -> None:
    rng = np.random.default_rng(2)
    sample = rng.lognormal(size=20_000)
    if ties:
        sample[:9_000] = 1.0
    rule = PercentileScore.from_sample(sample, resolution=resolution)
    ordered = np.sort(sample)
    below = np.searchsorted(ordered, sample, side="left")
    upto = np.searchsorted(ordered, sample, side="right")
    exact = 50 * (below + upto) / len(sample)
    assert np.abs(rule.score(sample) - exact).max() <= resolution + 1e-9
    assert len(rule.values) <= 2 * 100 / resolution + 2


# --- laws ------------------------------------------------------------------------------------


@given(rule=rules(), weight=st.floats(0, 100), more=st.lists(finite, max_size=5))
@settings(max_examples=150)
def test_points_are_weight_times_score_and_score_is_the_definition(
    rule: NumericSubScore, weight: float, more: list[float]
) -> None:
    values = np.array([*interesting(rule), *more])
    table = as_table(pd.DataFrame({"x": values}))
    score = rule.score(values)
    points = rule.characteristic("x", weight).points(table)
    np.testing.assert_allclose(points, weight * score, rtol=1e-12, atol=1e-9)
    expected = [by_hand(rule, settled(rule, value)) for value in values.tolist()]
    # a double of the anchors' size is as exact as the value itself allows
    np.testing.assert_allclose(score, expected, rtol=1e-9, atol=1e-5)


@given(rule=rules(), more=st.lists(finite, max_size=5))
def test_scores_never_leave_their_range(rule: NumericSubScore, more: list[float]) -> None:
    low, high = rule.score_range
    score = rule.score(np.array([*interesting(rule), *more]))
    assert low <= score.min() <= score.max() <= high


@given(rule=rules(), values=st.lists(finite, min_size=2, max_size=8))
def test_a_value_alone_scores_as_among_others(rule: NumericSubScore, values: list[float]) -> None:
    together = rule.score(values)
    assert [rule.score([value])[0] for value in values] == together.tolist()


@given(rule=rules())
def test_what_is_written_is_read_back(rule: NumericSubScore) -> None:
    assert SubScore.from_dict(rule.to_dict()) == rule


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.kind)
def test_kinds_are_read_back(rule: SubScore) -> None:
    assert SubScore.from_dict(rule.to_dict()) == rule
    assert type(SubScore.from_dict(rule.to_dict())) is type(rule)


@given(values=anchors)
def test_directions_mirror_each_other(values: list[float]) -> None:
    up = PercentileScore.from_sample(values)
    down = PercentileScore.from_sample(values, direction="lower")
    np.testing.assert_allclose(up.score(values) + down.score(values), 100, atol=1e-9)


# --- edges -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make", [list, np.array, pd.Series, pl.Series, tuple], ids=lambda make: make.__module__
)
def test_columns_of_any_kind(make: Any) -> None:
    assert MinMaxScore(low=0, high=10).score(make([5.0, 20.0])).tolist() == [50, 100]


def test_missing_is_refused_unless_it_has_a_score() -> None:
    rule = MinMaxScore(low=0, high=1)
    with pytest.raises(
        RefusedValueError, match=r"2 value\(s\) that are missing; the first is at row 1"
    ):
        rule.score([0.5, None, np.nan])
    assert MinMaxScore(low=0, high=1, missing_score=0).score([None, 1]).tolist() == [0, 100]


def test_infinity_and_text_are_refused_as_elsewhere() -> None:
    for rule in RULES[:-1]:
        with pytest.raises(InfiniteValueError, match="infinite"):
            rule.score([1.0, np.inf])
        with pytest.raises(ColumnTypeError, match="holds text"):
            rule.score(["a", "b"])


def test_special_codes_are_no_amounts() -> None:
    rule = MinMaxScore(low=0, high=1, special_scores={-9: 33, -8: 44})
    assert rule.score([-9, -8, -7]).tolist() == [33, 44, 0]
    assert rule.score_range == (0, 100)
    assert MinMaxScore(low=0, high=1, special_scores={-9: 133}).score_range == (0, 133)


def test_categories_refuse_or_score_what_they_do_not_know() -> None:
    strict = CategoryScore(scores={"clean": 100, "adverse": 0})
    with pytest.raises(RefusedValueError, match=r"in no category: 'Clean'; the first is at row 1"):
        strict.score(["clean", "Clean"])
    with pytest.raises(RefusedValueError, match="give the sub-score a missing_score"):
        strict.score(["clean", None])
    open_ = CategoryScore(scores={"clean": 100}, other_score=10, missing_score=5)
    with pytest.warns(UnseenCategoryWarning, match="'odd'"):
        assert open_.score(["clean", "odd", None]).tolist() == [100, 10, 5]
    assert CategoryScore(scores={True: 0, False: 100}).score([True, False]).tolist() == [0, 100]
    assert CategoryScore(scores={1: 10, 2: 20}).score(np.array([2, 1])).tolist() == [20, 10]
    with pytest.raises(ColumnTypeError, match="numbers or booleans"):
        strict.score([1, 2])


def test_a_right_closed_band_at_zero() -> None:
    rule = BandScore(cuts=[0], scores=[100, 0], closed="right")
    # 0.1 + 0.2 - 0.3 is 5.6e-17
    assert rule.score([-1, 0, 0.1 + 0.2 - 0.3, 1e-13, 1]).tolist() == [100, 100, 100, 0, 0]


def test_a_constant_sample_has_three_percentiles() -> None:
    rule = PercentileScore.from_sample([4, 4, 4])
    assert rule.score([3.9, 4, 4.1]).tolist() == [0, 50, 100]


def test_weight_zero_gives_no_points() -> None:
    assert EQUITY.characteristic("x", 0).points_range == (0, 0)


def test_neutral_scores() -> None:
    assert MinMaxScore(low=0, high=1).neutral_score == 50
    assert EfficacyScore(not_allowed=0, satisfactory=1, floor=60).neutral_score == 80
    assert RULES[5].neutral_score == 50
    assert CategoryScore(scores={"a": 100, "b": 40}).neutral_score == 70
    assert BandScore(cuts=[1], scores=[0, 30]).characteristic("x", 0.5).neutral_points == 7.5


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (RULES[0], "<MinMaxScore: 100 at 0.4 or less, 0 at 0.8 or more; missing 3>"),
        (DEBT, "80 at 0.52, 60 at 0.6, 40 at 0.72, 20 at 0.85, 0 above 0.85; missing refused"),
        (RULES[6], "100 up to 0, 70 above 0, 30 above 30, 0 above 90"),
        (RULES[5], "percentile among 4 values from 1 to 5, the lowest best"),
        (RULES[1], "60 at 0.05, 100 at 0.15, from 0 to 100"),
    ],
)
def test_rules_in_words(rule: SubScore, words: str) -> None:
    assert words in repr(rule)


def test_from_sample_keeps_anchors() -> None:
    sample = np.arange(101.0)
    assert MinMaxScore.from_sample(sample, quantiles=(0.05, 0.95)) == MinMaxScore(low=5, high=95)
    turned = EfficacyScore.from_sample(sample, direction="lower", missing_score=1)
    assert turned == EfficacyScore(not_allowed=100, satisfactory=0, missing_score=1)
    five = StandardBandScore.from_sample(sample, direction="lower", special_scores={-9: 0})
    assert five.standards == (10, 30, 50, 70, 90)
    assert StandardBandScore.from_sample(sample).standards == (90, 70, 50, 30, 10)


# --- errors ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: MinMaxScore(low=1, high=1), "must strictly increase"),
        (lambda: MinMaxScore(low=0, high=math.inf), "'high' parameter of MinMaxScore"),
        (lambda: MinMaxScore(low=0, high=1, direction="up"), "'direction'"),
        (lambda: MinMaxScore(low=0, high=5e-324), "too near to each other"),
        (lambda: MinMaxScore(low=-1.7e308, high=1.7e308), "too far apart"),
        (lambda: MinMaxScore(low=0, high=1, missing_score=math.nan), "'missing_score'"),
        (lambda: MinMaxScore(low=0, high=1, special_scores={"a": 1}), "'special_scores'"),
        (lambda: MinMaxScore(low=0, high=1, special_scores=3), "must be a mapping, or pairs"),
        (
            lambda: MinMaxScore(low=0, high=1, special_scores=[(1, 2), (1, 3)]),
            "names a value twice",
        ),
        (lambda: EfficacyScore(not_allowed=1, satisfactory=1), "must differ"),
        (lambda: EfficacyScore(not_allowed=0, satisfactory=1, floor=61), "60 or less"),
        (lambda: EfficacyScore(not_allowed=0, satisfactory=1, ceiling=99), "100 or more"),
        (
            lambda: StandardBandScore(excellent=5, good=4, average=4, lower=2, poor=1),
            "excellent 5, good 4, average 4",
        ),
        (
            lambda: StandardBandScore(
                excellent=5, good=4, average=3, lower=2, poor=1, coefficients=(1, 0.8, 0.6, 0.4)
            ),
            "five fractions",
        ),
        (
            lambda: StandardBandScore(
                excellent=5, good=4, average=3, lower=2, poor=1, coefficients=(100, 80, 60, 40, 20)
            ),
            "five fractions",
        ),
        (
            lambda: StandardBandScore(
                excellent=1, good=2, average=3, lower=4, poor=sys.float_info.max
            ),
            "numbers beyond them",
        ),
        (lambda: UtilityScore(points=[(1, 0)]), "two or more"),
        (lambda: UtilityScore(points=[(1, 0), (1, 5)]), "names a value twice"),
        (lambda: UtilityScore(points=[(2, 0), (1, 5)]), "strictly increase"),
        (lambda: UtilityScore(points="ab"), "mapping, or pairs"),
        (lambda: BandScore(cuts=[], scores=[1]), "one cut or more"),
        (lambda: BandScore(cuts=[1], scores=[1]), "Got 1 cuts and 1 scores"),
        (lambda: BandScore(cuts=[2, 1], scores=[1, 2, 3]), "strictly increase"),
        (lambda: BandScore(cuts="1", scores=[1, 2]), "several numbers"),
        (lambda: CategoryScore(scores={}), "a level or more"),
        (lambda: CategoryScore(scores={"a": math.inf}), "'scores'"),
        (lambda: CategoryScore(scores={None: 1}), "text, finite numbers or booleans"),
        (lambda: PercentileScore(values=[1], percentiles=[100], n_sample=1), r"in \(0, 100\)"),
        (lambda: PercentileScore(values=[1, 2], percentiles=[50], n_sample=1), "2 values"),
        (lambda: PercentileScore.from_sample([1, 2], resolution=0), "'resolution'"),
        (lambda: MinMaxScore.from_sample([3, 3]), "strictly increase"),
        (lambda: MinMaxScore.from_sample([3, 4], quantiles=(0, 0.5, 1)), "2 fractions"),
        (lambda: EQUITY.characteristic("x", -1), "'weight'"),
        (lambda: SubScore.from_dict({"low": 1}), "needs the entry 'kind'"),
        (lambda: SubScore.from_dict({"kind": "minmax"}), "Did you mean 'min_max'"),
        (lambda: SubScore.from_dict({"kind": "min_max", "lo": 1}), "Did you mean 'low'"),
        (lambda: SubScore.from_dict({"kind": "min_max", "low": 1}), "needs the entries high"),
        (lambda: SubScore.from_dict([1]), "must be a Mapping"),
    ],
)
def test_what_is_refused(make: Any, match: str) -> None:
    with pytest.raises(InvalidParameterError, match=match):
        make()


@pytest.mark.parametrize(
    ("sample", "error", "match"),
    [
        ([], EmptyDataError, "is empty"),
        ([1, np.nan], InvalidDataError, "the first at row 1: nan"),
        ([1, np.inf], InvalidDataError, "the first at row 1: inf"),
        ([1, -9], InvalidDataError, "the first at row 1: -9"),
        (["a"], InvalidDataError, "must hold numbers"),
        ([[1, 2]], InvalidDataError, "one column"),
    ],
)
def test_samples_that_are_refused(sample: Any, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        PercentileScore.from_sample(sample, special_scores={-9: 0})


def test_tables_are_no_column() -> None:
    with pytest.raises(InvalidDataError, match=r"one column of values.* shape \(1, 2\)"):
        EQUITY.score([[1, 2]])
