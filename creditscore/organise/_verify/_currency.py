"""Units of amounts: currencies as their codes, and so many of one."""

from __future__ import annotations

import re

from creditscore._currency import CODES, currency_code
from creditscore.collect import Item

_MONEY = re.compile(
    rf"(?<![A-Za-z])[TKk]?({'|'.join(sorted(CODES))})(k|m|mn|bn)?(?![A-Za-z])|[元€£$¥]"
)


def plain_unit(unit: str) -> str:
    """Return a unit without blanks around it, and a currency as its code."""
    return currency_code(unit) or " ".join(unit.split())


def is_money(unit: str) -> bool:
    """Tell whether a plain unit is a currency, or so many of one: EUR, TEUR, CNY thousand, 万元."""
    return _MONEY.search(unit) is not None


def is_amount(item: Item) -> bool:
    """Tell whether an item is an amount: a number in the unit of each observation."""
    return item.kind == "number" and not item.unit


def is_of_one_currency(item: Item) -> bool:
    """Tell whether an amount is of a statement, or of a record such as an invoice."""
    return bool(item.record_kind) or item.group == "financial"
