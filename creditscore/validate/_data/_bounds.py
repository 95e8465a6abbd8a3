"""Pairs of bounds between the verdicts, and where they are from when no convention has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from creditscore._validation import check_real
from creditscore.exceptions import InvalidParameterError

PRACTICE = "no convention: bounds are practice"


def checked_bounds(bounds: Any, name: str, owner: str, high: float) -> tuple[float, float]:
    """Return the bounds of "watch" and "fail" as two floats, zero or more."""
    pair = tuple(bounds) if isinstance(bounds, Sequence) and not isinstance(bounds, str) else ()
    if len(pair) != 2:
        msg = (
            f"The {name!r} parameter of {owner} must hold two numbers, the bound of 'watch' and "
            f"that of 'fail'. Got {bounds!r} instead."
        )
        raise InvalidParameterError(msg)
    watch, fail = (check_real(end, name, owner, low=0, high=high, closed="left") for end in pair)
    if watch > fail:
        msg = (
            f"The {name!r} parameter of {owner} must hold the bound of 'watch' first, which is "
            f"not above that of 'fail'. Got {watch:g} and {fail:g}."
        )
        raise InvalidParameterError(msg)
    return watch, fail
