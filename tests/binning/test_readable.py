"""Cuts that people can read: between the values, few digits, the same side for all programs."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from creditscore.binning._readable import of_digits_between, readable_between

finite = st.floats(allow_nan=False, allow_infinity=False)


@given(values=st.tuples(finite, finite).filter(lambda pair: pair[0] != pair[1]))
def test_a_cut_parts_the_values(values: tuple[float, float]) -> None:
    below, above = sorted(values)
    assert below < readable_between(below, above) <= above


@given(
    below=st.floats(-1e6, 1e6, width=32),
    gap=st.floats(1e-3, 1e3),
)
def test_values_held_with_fewer_digits_fall_on_the_same_side(below: float, gap: float) -> None:
    above = below + max(gap, 1e-5 * abs(below))
    cut = readable_between(below, above)
    assert float(np.float32(below)) < cut <= float(np.float32(above))


@given(
    below=st.floats(-1e6, 1e6) | st.integers(-5_000, 5_000).map(float),
    gap=st.floats(1e-6, 1e3) | st.just(1.0),
    digits=st.integers(1, 6),
)
def test_a_cut_of_few_digits_is_found_where_there_is_one(
    below: float, gap: float, digits: int
) -> None:
    above = below + gap
    assume(above > below)
    cut = of_digits_between(below, above, digits)
    assert float(f"{cut:.{digits}g}") == cut
    if not below < cut <= above:
        # between the ends, in steps of the last digit, no number has so few
        step = Decimal(10) ** (max(Decimal(below).adjusted(), Decimal(above).adjusted()) - digits)
        first = (Decimal(below) / step).to_integral_value(ROUND_FLOOR)
        tried = [float((first + i) * step) for i in range(2, 60)]
        assert not any(
            below < number <= above and float(f"{number:.{digits}g}") == number for number in tried
        )


@pytest.mark.parametrize(
    ("below", "above", "cut"),
    [
        (12.0, 13.0, 13.0),
        (0.0, 1.0, 1.0),
        (11.0, 17.0, 15.0),
        (1204.37, 1310.11, 1250.0),
        (0.2, 0.3, 0.25),
        (-0.3, 0.2, 0.0),
        (999.2, 1001.7, 1000.0),
        (0.7, np.nextafter(0.7, 1.0), np.nextafter(0.7, 1.0)),
        (-1e308, 1.7e308, 1.7e308),
    ],
)
def test_few_digits(below: float, above: float, cut: float) -> None:
    assert readable_between(below, above) == cut


def test_a_cut_at_zero_has_no_sign() -> None:
    assert str(readable_between(-5e-324, -0.0)) == "0.0"
