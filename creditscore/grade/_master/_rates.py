"""A grade scale of known default rates."""

from __future__ import annotations

from collections.abc import Sequence

from creditscore._checks import read_entries
from creditscore._validation import check_choice, check_real
from creditscore.exceptions import InvalidParameterError
from creditscore.grade._agency_rates import bounds_between
from creditscore.grade._master._smoothing import SMOOTHINGS, Smoothing, smoothed
from creditscore.grade._scale import GradeScale

_OWNER = "MasterScale.from_rates"


def scale_of_rates(
    labels: Sequence[str],
    rates: Sequence[float],
    floor: float,
    smoothing: Smoothing,
    default_label: str,
) -> tuple[GradeScale, tuple[float, ...]]:
    """Return a scale with bounds half-way between rates, and the rates, none of them zero."""
    check_choice(smoothing, "smoothing", _OWNER, SMOOTHINGS)
    check_real(floor, "floor", _OWNER, low=0, high=1, closed="left")
    grades = read_entries(labels, "labels", _OWNER)
    given = [
        check_real(rate, "rates", _OWNER, low=0, high=1, closed="both")
        for rate in read_entries(rates, "rates", _OWNER)
    ]
    if not grades or len(grades) != len(given):
        msg = (
            f"{_OWNER} needs a rate for each grade. Got {len(grades)} grades and {len(given)} "
            "rates."
        )
        raise InvalidParameterError(msg)
    found = smoothed(grades, given, smoothing)
    zero = min([floor, *(rate / 2 for rate in found if rate > 0)])
    found = tuple(rate or zero for rate in found)
    bounds = bounds_between(found)
    if 0 in bounds or len(set(bounds)) < len(bounds) or 1 in bounds:
        listed = ", ".join(f"{100 * rate:.4g} %" for rate in found)
        msg = (
            f"No bounds part grades of the rates {listed}, because rates are zero or one, or three "
            f"tie. Give a floor above zero (it is {floor:g}) or smoothing='log_linear', or join "
            "grades."
        )
        raise InvalidParameterError(msg)
    return GradeScale(labels=grades, bounds=bounds, default_label=default_label), found
