"""Indicators on [0, 1]: directions, targets, edges, new cases, other libraries."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.exceptions import (
    AlteredDocumentError,
    ConstantColumnWarning,
    InfiniteValueError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
)
from creditscore.expert import Orientation, orient

FIRMS = pd.DataFrame(
    {"margin": [-0.1, 0.3, 0.1], "debt": [0.9, 0.4, 0.5], "liquidity": [0.5, 2.0, 6.0]},
    index=["x", "y", "z"],
)

numbers = st.floats(-1e6, 1e6, allow_subnormal=False)
columns = st.lists(numbers, min_size=2, max_size=12).filter(lambda v: max(v) - min(v) > 1e-3)


def test_each_direction_by_its_formula() -> None:
    oriented = orient(FIRMS, {"liquidity": (1.5, 2.5), "debt": "lower", "margin": "higher"})
    assert list(oriented.columns) == ["liquidity", "debt", "margin"]
    assert list(oriented.index) == ["x", "y", "z"]
    np.testing.assert_allclose(oriented["margin"], [0, 1, 0.5], atol=1e-15)
    np.testing.assert_allclose(oriented["debt"], [0, 1, 0.8], atol=1e-15)
    # distances from [1.5, 2.5] are 1, 0 and 3.5
    np.testing.assert_allclose(oriented["liquidity"], [1 - 1 / 3.5, 1, 0], atol=1e-15)


def test_an_interval_may_be_one_value() -> None:
    near = orient(FIRMS, {"liquidity": (2, 2)})
    np.testing.assert_allclose(near["liquidity"], [1 - 1.5 / 4, 1, 0])


def test_new_cases_are_put_where_the_sample_would_put_them() -> None:
    directions: dict[str, Any] = {"margin": "higher", "debt": "lower", "liquidity": (1.5, 2.5)}
    orientation = Orientation.from_table(FIRMS, directions)
    alone = pd.concat([orientation.orient(FIRMS.loc[[name]]) for name in FIRMS.index])
    pd.testing.assert_frame_equal(alone, orient(FIRMS, directions))
    beyond = pd.DataFrame({"margin": [9.0, -9.0], "debt": [9.0, -9.0], "liquidity": [-9.0, 2.2]})
    assert orientation.orient(beyond).to_numpy().tolist() == [[1, 0, 0], [0, 1, 1]]


@pytest.mark.parametrize("direction", ["higher", "lower", (5, 5), (4, 6)])
def test_a_constant_column_warns_and_is_one(direction: Any) -> None:
    flat = pd.DataFrame({"margin": [0.1, 0.2], "flat": [5.0, 5.0]})
    with pytest.warns(ConstantColumnWarning, match="'flat'"):
        orientation = Orientation.from_table(flat, {"margin": "higher", "flat": direction})
    assert orientation.orient(flat)["flat"].tolist() == [1, 1]
    worse = pd.DataFrame({"margin": [0.1], "flat": [9.0 if direction == "lower" else 1.0]})
    assert orientation.orient(worse)["flat"].tolist() == [0]


def test_values_that_all_lie_in_the_interval_are_constant() -> None:
    with pytest.warns(ConstantColumnWarning, match="equally safe"):
        oriented = orient(FIRMS, {"liquidity": (0, 10)})
    assert oriented["liquidity"].tolist() == [1, 1, 1]


def test_other_libraries_give_their_own_tables() -> None:
    directions: dict[str, Any] = {"debt": "lower", "margin": "higher"}
    expected = orient(FIRMS, directions).to_numpy()
    from_polars = orient(pl.from_pandas(FIRMS), directions)
    assert isinstance(from_polars, pl.DataFrame)
    np.testing.assert_array_equal(from_polars.to_numpy(), expected)
    from_arrow = orient(pa.Table.from_pandas(FIRMS), directions)
    assert isinstance(from_arrow, pa.Table)
    np.testing.assert_array_equal(from_arrow.to_pandas().to_numpy(), expected)
    from_array = orient(FIRMS.to_numpy(), {"x1": "lower", "x0": "higher"})
    np.testing.assert_array_equal(from_array, expected)


def test_the_span_of_large_numbers_is_finite() -> None:
    oriented = orient(np.array([[-1.7e308], [0.0], [1.7e308]]), {"x0": "higher"})
    np.testing.assert_allclose(oriented.ravel(), [0, 0.5, 1])


@settings(deadline=None, max_examples=60)
@given(columns, st.floats(0.01, 100), st.floats(-100, 100))
def test_unit_and_zero_do_not_matter(values: list[float], unit: float, zero: float) -> None:
    column = np.array(values)
    one = orient(column[:, None], {"x0": "higher"})
    other = orient((column * unit + zero)[:, None], {"x0": "higher"})
    np.testing.assert_allclose(one, other, atol=1e-6)
    assert one.min() == 0
    assert one.max() == 1


@settings(deadline=None, max_examples=60)
@given(columns)
def test_lower_is_higher_turned_round(values: list[float]) -> None:
    column = np.array(values)[:, None]
    higher, lower = (orient(column, {"x0": word}) for word in ("higher", "lower"))
    np.testing.assert_allclose(higher + lower, 1)


def test_files_give_back_the_same() -> None:
    orientation = Orientation.from_table(
        FIRMS, {"margin": "higher", "debt": (0.4, 0.4), "liquidity": (1, 2)}
    )
    text = orientation.to_json()
    assert Orientation.from_json(text) == orientation
    with pytest.raises(AlteredDocumentError, match="altered"):
        Orientation.from_json(text.replace("higher", "lower"))
    assert repr(orientation) == "Orientation(margin, debt, liquidity)"
    assert orientation.table()["safer"].tolist() == ["higher", "near 0.4", "near 1 to 2"]
    assert "near 1 to 2" in orientation._repr_html_()


# --- errors --------------------------------------------------------------------------


def test_missing_and_infinite_values_are_named() -> None:
    gaps = FIRMS.assign(debt=[np.nan, 0.4, np.nan])
    with pytest.raises(InvalidDataError, match=r"'debt' has 2 missing.* first at row 0"):
        orient(gaps, {"debt": "lower"})
    with pytest.raises(InfiniteValueError, match="'debt'"):
        orient(FIRMS.assign(debt=[np.inf, 0.4, 0.5]), {"debt": "lower"})
    orientation = Orientation.from_table(FIRMS, {"debt": "lower"})
    with pytest.raises(InvalidDataError, match="'debt' has 2 missing"):
        orientation.orient(gaps)


@pytest.mark.parametrize("direction", ["up", (2, 1), (1, 2, 3), None, True, 1, -1, "1"])
def test_directions_that_are_none(direction: Any) -> None:
    """Numbers alone too: 1 and -1 say higher and lower elsewhere, and would be best values here."""
    with pytest.raises(
        InvalidParameterError, match=r"'margin' must be 'higher', 'lower', or a pai"
    ):
        orient(FIRMS, {"margin": direction})


def test_ends_of_intervals_that_are_none() -> None:
    for end in (float("nan"), float("inf"), "2"):
        with pytest.raises(InvalidParameterError, match=r"directions\['margin'\]"):
            orient(FIRMS, {"margin": (1, end)})  # type: ignore[dict-item]


def test_names_and_sizes_are_checked() -> None:
    with pytest.raises(MissingColumnError, match="'margn'"):
        orient(FIRMS, {"margn": "higher"})
    with pytest.raises(InvalidParameterError, match="'directions'"):
        orient(FIRMS, ["higher"])  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="directions for each of its 2"):
        Orientation(names=("a", "b"), directions=("higher",), lows=(0, 0), highs=(1, 1))
    with pytest.raises(InvalidParameterError, match="low of 'a' is above"):
        Orientation(names=("a",), directions=("higher",), lows=(2,), highs=(1,))
