"""Parameters that are several numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from creditscore._validation import check_real
from creditscore.exceptions import InvalidParameterError


def finite_numbers(values: Any, name: str, owner: str) -> tuple[float, ...]:
    """Return a parameter as finite floats.

    Raises
    ------
    InvalidParameterError
        It is no sequence, or holds something else than finite numbers.
    """
    if isinstance(values, str) or not isinstance(values, Iterable):
        msg = f"The {name!r} parameter of {owner} must be several numbers. Got {values!r} instead."
        raise InvalidParameterError(msg)
    return tuple(
        check_real(value, f"{name}[{i}]", owner, low=-math.inf, high=math.inf)
        for i, value in enumerate(values)
    )
