"""Units that name a currency, whatever they are counted in."""

from __future__ import annotations

import re

_MONEY = re.compile(r"[A-Z]{3}|[元€£$¥]")
_OTHER_NAMES = {"RMB": "CNY"}


def plain_unit(unit: str) -> str:
    """Return a unit without blanks around it, and the code of a currency in capital letters."""
    word = " ".join(unit.split())
    code = word.upper()
    return _OTHER_NAMES.get(code, code) if is_code(code) else word


def is_code(word: str) -> bool:
    """Tell whether a word is written as the code of a currency."""
    return len(word) == 3 and word.isascii() and word.isalpha() and word.isupper()


def is_money(unit: str) -> bool:
    """Tell whether a plain unit is a currency or so many of one: EUR, TEUR, CNY thousand, 万元."""
    return _MONEY.search(unit) is not None
