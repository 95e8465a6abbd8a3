"""Population stability index: published vectors, laws, empty bins."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.metrics import information_value, psi

VECTORS = [
    # GeeksforGeeks, "Population Stability Index": the parts are .00667657 .00911608 .02876821
    ((0.4, 0.3, 0.3), (0.35, 0.25, 0.40), 0.0445608547),
    # ten bins, recomputed independently
    (
        (0.08, 0.10, 0.09, 0.13, 0.11, 0.10, 0.09, 0.11, 0.10, 0.09),
        (0.06, 0.08, 0.11, 0.10, 0.12, 0.09, 0.11, 0.09, 0.12, 0.12),
        0.0443282944,
    ),
]


@pytest.mark.parametrize(("expected", "actual", "value"), VECTORS)
def test_reference_vectors(expected: tuple, actual: tuple, value: float) -> None:
    assert round(psi(expected, actual), 10) == value


def test_empty_bin_counts_as_the_floor() -> None:
    # shares 1/2, 1/2 against 1 and the floor 0.0001
    value = (1 - 0.5) * math.log(1 / 0.5) + (0.0001 - 0.5) * math.log(0.0001 / 0.5)
    assert psi([5, 5], [9, 0]) == pytest.approx(value, rel=1e-14)
    value = (1 - 0.5) * math.log(1 / 0.5) + (0.01 - 0.5) * math.log(0.01 / 0.5)
    assert psi([5, 5], [9, 0], floor=0.01) == pytest.approx(value, rel=1e-14)


def test_bin_that_is_empty_twice_adds_nothing() -> None:
    assert psi([5, 5, 0], [7, 3, 0]) == psi([5, 5], [7, 3])


bins = st.lists(
    st.tuples(st.integers(0, 1_000), st.integers(0, 1_000)), min_size=1, max_size=15
).filter(lambda rows: all(map(sum, zip(*rows, strict=True))))
Bins = list[tuple[int, int]]


@given(rows=bins, factor=st.floats(1e-3, 1e3))
def test_laws(rows: Bins, factor: float) -> None:
    expected, actual = map(np.array, zip(*rows, strict=True))
    value = psi(expected, actual)
    assert value >= 0
    assert psi(expected, expected) == 0
    assert psi(actual, expected) == pytest.approx(value, rel=1e-12)
    assert psi(expected * factor, actual) == pytest.approx(value, rel=1e-9, abs=1e-12)
    assert psi(expected[::-1], actual[::-1]) == pytest.approx(value, rel=1e-12, abs=1e-15)


@given(rows=bins.filter(lambda rows: all(a and b for a, b in rows)))
def test_stability_is_the_information_value_of_the_sample(rows: Bins) -> None:
    """The formula is that of IV, with old and new for good and bad, where no bin is empty."""
    expected, actual = zip(*rows, strict=True)
    value = information_value(expected, actual, smoothing=0)
    assert psi(expected, actual, floor=1e-9) == pytest.approx(value, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("expected", "actual", "message"),
    [
        ([1, 2], [1, 2, 3], r"same bins\. Got 2 and 3"),
        ([1, -2], [1, 2], r"expected must be a 1D list .* zero or more.* Got -2 at place 1"),
        ([1, 2], [1, math.nan], r"actual must be .* Got nan at place 1"),
        ([0, 0], [1, 2], r"expected must be"),
        ([1, 2], [0, 0], r"actual must be"),
        ([], [], r"expected must be"),
        ([[1, 2]], [[1, 2]], r"expected must be"),
        ([math.inf, 1], [1, 1], r"expected must be"),
    ],
    ids=[
        *("lengths", "negative", "NaN", "nothing before", "nothing now", "empty", "2-D"),
        "infinite",
    ],
)
def test_bins_that_cannot_be_compared(expected: list, actual: list, message: str) -> None:
    with pytest.raises(InvalidDataError, match=message):
        psi(expected, actual)


@pytest.mark.parametrize("floor", [0, 1, -0.1, math.nan, None])
def test_floor_is_a_small_share(floor: object) -> None:
    with pytest.raises(InvalidParameterError, match=r"'floor' parameter of psi .* \(0, 1\)"):
        psi([1, 2], [2, 1], floor=floor)
