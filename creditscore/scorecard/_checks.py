"""What the parts of a card must be: the right kinds, and finite floats of Python.

Files hold such floats, and cards made of them compare as they should.
"""

from __future__ import annotations

import math
from typing import Any

from creditscore._validation import check_real
from creditscore.exceptions import InvalidParameterError


def set_number(
    value_object: Any, name: str, *, low: float = -math.inf, closed: str = "neither"
) -> None:
    """Check a number of a frozen dataclass, and put a float in the place of what was given."""
    owner = type(value_object).__name__
    value = getattr(value_object, name)
    number = check_real(value, name, owner, low=low, high=math.inf, closed=closed)
    object.__setattr__(value_object, name, number)


def check_kind(value: Any, name: str, owner: str, kind: type) -> None:
    """Check the class of a parameter."""
    if not isinstance(value, kind):
        msg = f"The {name!r} parameter of {owner} must be a {kind.__name__}. Got {value!r} instead."
        raise InvalidParameterError(msg)
