"""Units of amounts: currencies as their codes, and so many of one."""

from __future__ import annotations

import re

from creditscore._currency import CODES, COMMON, currency_code
from creditscore.collect import Item

_COUNTS = "thousands?|millions?|billions?|k|m|mn|bn"
_MONEY = re.compile(
    rf"(?<![A-Za-z])[TKk]?({'|'.join(sorted(COMMON))}|RMB)(k|m|mn|bn)?(?![A-Za-z])|(?<!单)元|[€£$¥]"
)
_RARE = re.compile(
    rf"(({_COUNTS}) )?[TKk]?({'|'.join(sorted(CODES))})(k|m|mn|bn)?( ({_COUNTS}))?", re.ASCII
)
"""With nothing beside it but what it counts: codes may be words, as in ALL shares, TOP 10."""


def plain_unit(unit: str) -> str:
    """Return a unit without blanks around it, and a currency as its code."""
    return currency_code(unit) or " ".join(unit.split())


def is_money(unit: str) -> bool:
    """Tell whether a plain unit is a currency, or so many of one: EUR, TEUR, CNY thousand, 万元."""
    return _MONEY.search(unit) is not None or _RARE.fullmatch(unit) is not None


def is_amount(item: Item) -> bool:
    """Tell whether an item is an amount: a number in the unit of each observation."""
    return item.kind == "number" and not item.unit


def is_of_one_currency(item: Item) -> bool:
    """Tell whether an amount is of a statement, or of a record such as an invoice."""
    return bool(item.record_kind) or item.group == "financial"
