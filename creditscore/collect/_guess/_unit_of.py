"""The unit that the name of a column says: total assets (thousand EUR), 营业收入（万元）."""

from __future__ import annotations

import re
from collections.abc import Iterator

from creditscore._currency import COMMON
from creditscore.collect._observation._item import Item
from creditscore.collect._reader._measure import factor_to
from creditscore.collect._reader._units import is_percent, split_unit
from creditscore.exceptions import InvalidParameterError

_BRACKETS = re.compile(r"[(\[（【](.*?)[)\]）】]")
_LEAD = re.compile(r"^(?:in|unit|units|单位)\b\s*[:：]?\s*", re.IGNORECASE)
_BEHIND = re.compile(r"(?:\s+in\s+|\s*[,;/:]\s*|\s+-\s+)(?P<unit>[^,;/:]+)$", re.IGNORECASE)
_CHINESE = re.compile(r"(?P<unit>(?:人民币)?(?:百万|千万|[百千万亿]?)(?:元|美元|欧元|港元))$")
_LAST_WORD = re.compile(r"[\s_](?P<unit>[^\s_]+)$")
_TWO_LAST_WORDS = re.compile(r"[\s_](?P<unit>[^\s_]+[\s_][^\s_]+)$")


def unit_of(column: str, item: Item | None) -> tuple[str, str, str]:
    """Return the name without its unit, the unit, and what is in brackets and may be one.

    Parameters
    ----------
    column : str
        Name of a column.
    item : Item or None
        What it holds, where that is known.

    Returns
    -------
    tuple of str, str and str
        One of the last two is empty at least.
    """
    bare = _BRACKETS.sub(" ", column).strip()
    inside = [_LEAD.sub("", text.strip()).strip() for text in _BRACKETS.findall(column)]
    known = next((text for text in inside if _fits(text, item) or _is_unit(text)), "")
    if inside:
        return bare, known, "" if known else ", ".join(filter(None, inside))
    for name, text in _endings(column):
        unit = next((word for word in (text, text.upper()) if _is_unit(word)), "")
        if unit:
            return name, unit, ""
    return bare, "", ""


def _endings(column: str) -> Iterator[tuple[str, str]]:
    for pattern in (_BEHIND, _CHINESE, _TWO_LAST_WORDS, _LAST_WORD):
        found = pattern.search(column.strip())
        if found is not None and found.start() > 0:
            text = " ".join(found["unit"].replace("_", " ").split())
            yield column.strip()[: found.start()], text


def _fits(text: str, item: Item | None) -> bool:
    """Tell whether a text is a unit that the one of an item can be had from."""
    if not text or item is None or not item.unit:
        return False
    try:
        factor_to(item, text)
    except InvalidParameterError:
        return False
    return True


def _is_unit(text: str) -> bool:
    """Tell whether a text is a unit whatever the item: a scale, a currency, per cent."""
    factor, unit = split_unit(text)
    return unit in COMMON or is_percent(text) or (factor != 1 and not unit)
