"""A code: what a coder takes a passage of a note to say of an item."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from creditscore._checks import check_kind, set_number
from creditscore._validation import check_integer, check_real
from creditscore.exceptions import InvalidParameterError


@dataclass(frozen=True, kw_only=True)
class ItemCode:
    """What a coder takes a passage of an interview to say of an item.

    Made by :meth:`Interview.code` and :meth:`Interview.settle`.

    Parameters
    ----------
    item : str
        Name of the item.
    value : float, str or bool
        What it is.
    coder : str
        Who says so.
    start, stop : int
        Where the passage begins in the text, and where it ends, the character there not
        belonging to it.
    confidence : float, default=1
        From 0 to 1.
    settles : bool, default=False
        Whether it decides between coders who disagree.

    Examples
    --------
    >>> from creditscore.collect import ItemCode
    >>> ItemCode(item="strategy", value=4, coder="li", start=0, stop=12)
    ItemCode(strategy by li, characters 0 to 12)
    """

    item: str
    value: float | str | bool
    coder: str
    start: int
    stop: int
    confidence: float = 1.0
    settles: bool = False

    def __post_init__(self) -> None:
        """Check each entry."""
        for name in ("item", "coder"):
            check_kind(getattr(self, name), name, "ItemCode", str)
            if not getattr(self, name).strip():
                msg = f"The {name!r} parameter of ItemCode must not be empty."
                raise InvalidParameterError(msg)
        check_integer(self.start, "start", "ItemCode", low=0)
        check_integer(self.stop, "stop", "ItemCode", low=self.start + 1)
        check_real(self.confidence, "confidence", "ItemCode", low=0, high=1, closed="both")
        set_number(self, "confidence", low=0, closed="left")
        check_kind(self.settles, "settles", "ItemCode", bool)
        object.__setattr__(self, "value", _plain_value(self.value))

    def __repr__(self) -> str:
        """Say in one line whose it is; the value may be a personal one."""
        where = f"characters {self.start} to {self.stop}"
        return f"ItemCode({self.item} by {self.coder}, {where}{', settles' * self.settles})"


def _plain_value(value: object) -> float | str | bool:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, (bool, str)) and value != "":
        return value
    if isinstance(value, (int, float)) and math.isfinite(value):
        return float(value)
    msg = (
        "The 'value' parameter of ItemCode must be a finite number, a text, True or False. Got "
        f"{type(value).__name__}."
    )
    raise InvalidParameterError(msg)
