"""Attributes and characteristics written by hand: what they earn and what they refuse."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore import Scorecard
from creditscore.binning import CategoricalPartition, NumericPartition
from creditscore.exceptions import CreditScoreError, InvalidParameterError, UnseenCategoryWarning
from creditscore.scorecard import Attribute, Characteristic

YEARS = Characteristic.numeric(
    "years",
    cuts=[2, 10],
    points=[0, 4, 40],
    slopes=[0, 4.5, 0],
    special_points={-9: 7},
    missing_points=1,
)
AUDIT = Characteristic.categorical(
    "audit",
    points={"clean": 30, ("qualified", "none"): 5},
    missing_points=2,
    other_points=-3,
)


def score(characteristic: Characteristic, values: list[object]) -> list[float]:
    frame = pd.DataFrame({characteristic.name: values})
    return Scorecard(characteristics=(characteristic,)).score(frame).tolist()


# --- what a value earns --------------------------------------------------------------


def test_points_of_intervals_slopes_and_codes() -> None:
    values = [-100.0, 1.99, 2.0, 4.0, 9.0, 10.0, 1e9, -9.0, math.nan]
    assert score(YEARS, values) == [0, 0, 4, 13, 35.5, 40, 40, 7, 1]


@pytest.mark.filterwarnings("ignore::creditscore.exceptions.UnseenCategoryWarning")
def test_points_of_levels() -> None:
    values = ["clean", "none", "qualified", None, "Clean", ""]
    assert score(AUDIT, values) == [30, 5, 5, 2, -3, -3]


def test_unseen_levels_are_named() -> None:
    expected = r"'audit' holds 1 level\(s\) .* in 2 row\(s\): 'Clean'\. They count as 'Other'"
    with pytest.warns(UnseenCategoryWarning, match=expected):
        score(AUDIT, ["Clean", "clean", "Clean"])


def test_special_codes_win_over_intervals_and_slopes() -> None:
    codes = Characteristic.numeric(
        "x", cuts=[0, 10], points=[0, 0, 10], slopes=[0, 1, 0], special_points={5: 99},
        missing_points=-1,
    )  # fmt: skip
    assert score(codes, [4.0, 5.0, 6.0]) == [4, 99, 6]


def test_labels_and_kinds() -> None:
    assert YEARS.partition.labels == ("< 2", "[2, 10)", ">= 10", "Special -9", "Missing")
    assert AUDIT.partition.labels == ("clean", "qualified, none", "Missing", "Other")
    assert AUDIT.partition.attribute_kinds == ("bin", "bin", "missing", "other")


def test_points_range_holds_the_ends_of_slopes() -> None:
    assert YEARS.points_range == (0, 40)
    assert AUDIT.points_range == (-3, 30)
    falling = Characteristic.numeric(
        "x", cuts=[0, 10], points=[0, 5, 0], slopes=[0, -2, 0], missing_points=0
    )
    assert falling.points_range == (-15, 5)


# --- law: linear attributes meet where they are built to -----------------------------


@given(
    knots=st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=7, unique=True).map(sorted),
    data=st.data(),
)
def test_a_polygon_is_continuous_and_stays_between_its_knots(
    knots: list[float], data: st.DataObject
) -> None:
    if min(b - a for a, b in pairwise(knots)) < 1e-3:
        knots = [float(i) for i in range(len(knots))]
    size = len(knots)
    heights = data.draw(st.lists(st.floats(-500, 500), min_size=size, max_size=size))
    slopes = [(heights[i + 1] - heights[i]) / (knots[i + 1] - knots[i]) for i in range(size - 1)]
    polygon = Characteristic.numeric(
        "x",
        cuts=knots,
        points=[heights[0], *heights],
        slopes=[0.0, *slopes, 0.0],
        missing_points=0,
    )
    just_below = [math.nextafter(knot, -math.inf) for knot in knots]
    assert score(polygon, knots) == pytest.approx(heights, abs=1e-6)
    assert score(polygon, just_below) == pytest.approx(heights, abs=1e-6)
    inside = np.linspace(knots[0], knots[-1], 50)
    expected = np.interp(inside, knots, heights)
    assert score(polygon, inside.tolist()) == pytest.approx(expected.tolist(), abs=1e-6)


# --- bad input -----------------------------------------------------------------------


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("field", ["points", "slope"])
def test_points_and_slopes_are_finite(field: str, value: float) -> None:
    given_values = {"points": 1.0, field: value}
    with pytest.raises(InvalidParameterError, match="points of an attribute must be finite"):
        Attribute(**given_values)


@pytest.mark.parametrize("value", ["5", None, [5.0]])
def test_points_are_numbers(value: object) -> None:
    with pytest.raises(CreditScoreError, match="points"):
        Attribute(points=value)


@pytest.mark.parametrize("points", ["5", None, True, math.nan])
def test_points_of_a_shortcut_are_numbers(points: object) -> None:
    with pytest.raises(InvalidParameterError, match="points"):
        Characteristic.numeric("x", cuts=[1], points=[0, points], missing_points=0)
    with pytest.raises(InvalidParameterError, match="points"):
        Characteristic.categorical("x", points={"a": 1}, missing_points=points, other_points=0)


@pytest.mark.parametrize(
    ("name", "value"),
    [("n_good", -1), ("n_bad", math.nan), ("n_bad", "5"), ("woe", math.inf), ("woe", True)],
)
def test_evidence_is_of_numbers(name: str, value: object) -> None:
    with pytest.raises(InvalidParameterError, match=f"'{name}' parameter of Attribute"):
        Attribute(points=1, **{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [("name", 5), ("partition", "x"), ("attributes", [1, 2]), ("coefficient", math.inf)],
)
def test_parts_are_of_their_kind(name: str, value: object) -> None:
    parts = {
        "name": "x",
        "partition": NumericPartition(),
        "attributes": [Attribute(points=1), Attribute(points=2)],
    }
    assert Characteristic(**parts).attributes == tuple(parts["attributes"])
    with pytest.raises(InvalidParameterError, match=f"'{name}' parameter of Characteristic"):
        Characteristic(**parts | {name: value})


@pytest.mark.parametrize("slopes", [[1, 0, 0], [0, 0, 1], [1, 1, 1]])
def test_slope_without_end_is_refused(slopes: list[float]) -> None:
    expected = r"Attribute '(< 2|>= 10)' of 'years' has a slope but no finite ends"
    with pytest.raises(InvalidParameterError, match=expected):
        Characteristic.numeric(
            "years", cuts=[2, 10], points=[0, 1, 2], slopes=slopes, missing_points=0
        )


@pytest.mark.parametrize("sloped", [0, 1, 2, 3])
def test_slope_is_for_bounded_intervals_only(sloped: int) -> None:
    # one cut: two open intervals, one special code, missing
    attributes = [Attribute(points=0.0, slope=float(i == sloped)) for i in range(4)]
    partition = NumericPartition(cuts=(1.0,), special_codes=(-9.0,))
    with pytest.raises(InvalidParameterError, match="has a slope but no finite ends"):
        Characteristic(name="x", partition=partition, attributes=tuple(attributes))


def test_slope_on_levels_is_refused() -> None:
    attributes = [Attribute(points=0.0, slope=float(i == 1)) for i in range(4)]
    partition = CategoricalPartition(groups=(("a",), ("b",)))
    with pytest.raises(InvalidParameterError, match="Attribute 'b' of 'x' has a slope"):
        Characteristic(name="x", partition=partition, attributes=tuple(attributes))


@pytest.mark.parametrize("points", [[], [1], [1, 2], [1, 2, 3, 4]])
def test_number_of_points_must_fit_the_cuts(points: list[float]) -> None:
    expected = rf"'points' of 'years' .* each of the 3 intervals < 2, .*>= 10. Got {len(points)}"
    with pytest.raises(InvalidParameterError, match=expected):
        Characteristic.numeric("years", cuts=[2, 10], points=points, missing_points=0)


def test_number_of_slopes_must_fit_the_points() -> None:
    with pytest.raises(InvalidParameterError, match=r"'slopes' of 'years' .* each of the 3 points"):
        Characteristic.numeric(
            "years", cuts=[2, 10], points=[0, 1, 2], slopes=[0], missing_points=0
        )


@pytest.mark.parametrize("cuts", [[2, 2], [3, 1], [math.nan], [math.inf], [-math.inf, 0]])
def test_cuts_increase(cuts: list[float]) -> None:
    with pytest.raises(InvalidParameterError, match="finite and strictly increasing"):
        Characteristic.numeric("x", cuts=cuts, points=[0] * (len(cuts) + 1), missing_points=0)


def test_a_level_stands_once() -> None:
    with pytest.raises(InvalidParameterError, match=r"more than once: 'none'"):
        Characteristic.categorical(
            "audit", points={"none": 1, ("clean", "none"): 2}, missing_points=0, other_points=0
        )


@pytest.mark.parametrize("code", [math.nan, math.inf, -math.inf])
def test_special_codes_that_no_value_equals_are_refused(code: float) -> None:
    with pytest.raises(InvalidParameterError, match="special"):
        Characteristic.numeric(
            "x", cuts=[1], points=[0, 1], special_points={code: 5}, missing_points=0
        )


def test_a_special_code_stands_once() -> None:
    with pytest.raises(InvalidParameterError, match="special"):
        NumericPartition(cuts=(1.0,), special_codes=(-9.0, -9.0))


@pytest.mark.parametrize("level", [math.nan, None])
def test_missing_is_no_level(level: object) -> None:
    # such a group would never be met: missing values have their own points
    with pytest.raises(InvalidParameterError, match="level"):
        Characteristic.categorical("x", points={level: 5}, missing_points=0, other_points=0)


def test_repr_is_a_line_that_says_what_it_is() -> None:
    assert repr(YEARS) == "<Characteristic 'years': linear, 5 attributes, 0 to 40 points>"
    assert repr(AUDIT) == "<Characteristic 'audit': categorical, 4 attributes, -3 to 30 points>"
    plain = Characteristic.numeric("x", cuts=[1], points=[0, 2.5], missing_points=0)
    assert repr(plain) == "<Characteristic 'x': numeric, 3 attributes, 0 to 2.5 points>"


def test_a_characteristic_that_refuses_every_value_is_refused() -> None:
    refused = Attribute(points=1, treatment="error")
    with pytest.raises(InvalidParameterError, match=r"'x' refuses every value.*Leave it out"):
        Characteristic(name="x", partition=CategoricalPartition(), attributes=(refused, refused))
    taken = Characteristic(
        name="x", partition=CategoricalPartition(), attributes=(refused, Attribute(points=1))
    )
    assert "scores from 1 to 1" in repr(Scorecard(characteristics=(taken,)))
