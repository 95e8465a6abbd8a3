"""A code: what a coder takes a passage of a note to say of an item."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from creditscore._checks import check_kind, set_number
from creditscore._validation import check_integer, check_real
from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._observation._item import Item
from creditscore.collect._reader._measure import factor_to, measure_of
from creditscore.collect._reader._number_column import product_of
from creditscore.collect._reader._units import SIGNS, is_currency
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
    unit : str, default=""
        What a number is counted in, such as ``"million USD"`` or ``"万元"``: it is kept as a
        number of USD or CNY. Amounts have no other currency, and are of no time, such as a year,
        that the unit of their item does not say. Units of other numbers, such as ``"万吨"``, stay
        as they are until the item is known.
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
    unit: str = ""

    def __post_init__(self) -> None:
        """Check each entry."""
        check_kind(self.unit, "unit", "ItemCode", str)
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
        if self.unit.strip():
            self._set_unit()

    def _set_unit(self) -> None:
        """Take the scale out of the unit, so that 5 million USD and 5000 TUSD are one value.

        Of other units only the item can tell what is a scale: 千克 are no thousand.
        """
        owner = f"The code of {self.item!r} by {self.coder!r}"
        if not isinstance(self.value, float):
            msg = f"{owner} has the unit {self.unit!r}, and its value is no number."
            raise InvalidParameterError(msg)
        asked = measure_of(self.unit)
        if asked.base in SIGNS:
            msg = (
                f"{owner} has the unit {self.unit!r}, the sign of {', '.join(SIGNS[asked.base])}: "
                "name the one that is meant."
            )
            raise InvalidParameterError(msg)
        if is_currency(asked.base) and not asked.per:
            object.__setattr__(self, "value", product_of(self.value, asked.scale))
            object.__setattr__(self, "unit", asked.base)

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


def meant_by(code: ItemCode, catalogue: ItemCatalogue) -> tuple[Any, str]:
    """Return value and unit of a code as its item keeps them, or as they are if it cannot."""
    if code.item not in catalogue:
        return code.value, code.unit
    try:
        return in_unit_of(catalogue[code.item], code.value, code.unit)
    except InvalidParameterError:
        return code.value, code.unit


def in_unit_of(item: Item, value: Any, unit: str) -> tuple[Any, str]:
    """Return a value in the unit that an item is kept in, and that unit.

    Raises
    ------
    InvalidParameterError
        The item is kept in another unit, or is an amount and the unit is no currency.
    """
    if item.kind != "number" and unit.strip():
        msg = f"the item {item.name!r} is a {item.kind}, which has no unit"
        raise InvalidParameterError(msg)
    if item.kind != "number" or not unit.strip():
        return value, item.unit
    factor, kept = factor_to(item, unit)
    is_number = isinstance(value, Real) and not isinstance(value, (bool, np.bool_))
    return (product_of(float(value), factor) if is_number else value), kept
