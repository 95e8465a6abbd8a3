"""Units as people write them: "thousand CNY", "万元", "percent" → a factor and a unit."""

from __future__ import annotations

from decimal import Decimal

from creditscore.collect._observation._item import Item
from creditscore.exceptions import InvalidParameterError

SCALES = {
    "hundred": 2, "thousand": 3, "thousands": 3, "million": 6, "millions": 6, "billion": 9,
    "billions": 9, "k": 3, "m": 6, "mn": 6, "bn": 9, "tsd": 3, "mio": 6, "mrd": 9,
    "百": 2, "千": 3, "万": 4, "萬": 4, "百万": 6, "千万": 7, "亿": 8, "億": 8,
}  # fmt: skip
"""Words before a unit, and the power of ten that each stands for."""
_SIGNS = {
    "元": "CNY",
    "人民币元": "CNY",
    "人民币": "CNY",
    "rmb": "CNY",
    "美元": "USD",
    "欧元": "EUR",
}
_OF_A_FRACTION = {"percent": "0.01", "%": "0.01", "per mille": "0.001", "‰": "0.001",
                  "basis points": "0.0001"}  # fmt: skip
_OF_TIME = {("years", "months"): "12", ("quarters", "months"): "3", ("weeks", "days"): "7"}

ONE = Decimal(1)


def split_unit(text: str) -> tuple[Decimal, str]:
    """Return the factor and the unit that a text stands for.

    The first word may be a scale; in Chinese, the first letters: 万元 is 10,000 CNY.
    """
    unit = " ".join(text.split())
    first, _, rest = unit.partition(" ")
    # a letter alone is a scale only before a unit: m may be metres
    if first.casefold().rstrip(".") in SCALES and (rest or len(first) > 2):
        return Decimal(10) ** SCALES[first.casefold().rstrip(".")], _plain(rest)
    for scale in sorted(SCALES, key=len, reverse=True):
        if unit.startswith(scale) and not scale.isascii():
            return Decimal(10) ** SCALES[scale], _plain(unit[len(scale) :].strip())
    return Decimal(1), _plain(unit)


def _plain(unit: str) -> str:
    return _SIGNS.get(unit.casefold(), unit)


def factor_to(item: Item, text: str) -> tuple[Decimal, str]:
    """Return the factor that brings numbers of a unit to that of an item, and the unit kept.

    Raises
    ------
    InvalidParameterError
        The item is kept in another unit, which this one cannot be turned into.
    """
    factor, unit = split_unit(text)
    if not item.unit and " " in unit:
        msg = f"{text!r} is no unit such as 'CNY', 'thousand CNY' or '万元'"
        raise InvalidParameterError(msg)
    if not unit or not item.unit or unit.casefold() == item.unit.casefold():
        return factor, item.unit or unit
    if item.unit == "fraction" and unit.casefold() in _OF_A_FRACTION:
        return factor * Decimal(_OF_A_FRACTION[unit.casefold()]), item.unit
    months = _OF_TIME.get((unit.casefold(), item.unit))
    if months is not None:
        return factor * Decimal(months), item.unit
    msg = f"the item {item.name!r} is kept in {item.unit}, and {text!r} cannot be turned into it"
    raise InvalidParameterError(msg)
