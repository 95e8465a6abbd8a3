"""Units as people write them: "thousand CNY", "万元", "percent" → a factor and a unit."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from creditscore._currency import CODES, COMMON, currency_code
from creditscore.collect._observation._item import Item
from creditscore.exceptions import InvalidParameterError

SCALES = {
    "hundred": 2, "thousand": 3, "thousands": 3, "million": 6, "millions": 6, "billion": 9,
    "billions": 9, "k": 3, "m": 6, "mn": 6, "mln": 6, "bn": 9, "tsd": 3, "mio": 6, "mrd": 9,
    "百": 2, "千": 3, "万": 4, "萬": 4, "百万": 6, "千万": 7, "亿": 8, "億": 8,
}  # fmt: skip
"""Words before a unit, and the power of ten that each stands for."""
_COMPACT = re.compile(r"(?P<head>[TKk]?)(?P<unit>[A-Z]{3}|US\$|HK\$|[€£])(?P<tail>.*)")
_TAILS = {"": 0, "'000": 3, "000": 3, "k": 3, "m": 6, "mn": 6, "mln": 6, "bn": 9}
"""What stands behind a currency without a blank: RMB'000, EURm."""
_ROUND = re.compile(
    r"(?:1(?P<zeros>0+|0{0,2}(?:[,']000)+)|ten)"
    r"(?: ?(?P<scale>k|m|mn|mln|thousand|million|bn|billion))?(?: of)?"
)
"""A round number beside a currency: 10,000 CNY, RMB 10,000, ten thousand yuan."""
_OF_A_FRACTION = {
    "percent": "0.01", "per cent": "0.01", "%": "0.01", "百分比": "0.01", "per mille": "0.001",
    "‰": "0.001", "basis points": "0.0001",
}  # fmt: skip
_OF_TIME = {("years", "months"): "12", ("quarters", "months"): "3", ("weeks", "days"): "7"}

SIGNS = {
    "¥": ("CNY", "JPY"),
    "$": ("ARS", "AUD", "CAD", "CLP", "COP", "HKD", "MXN", "NZD", "SGD", "TWD", "USD"),
}
"""Signs that currencies share: they agree with each of them, and stand for none."""

PERCENT = "percent"
"""The one name of per cent."""
ONE = Decimal(1)
HUNDREDTH = Decimal("0.01")


def split_unit(text: str) -> tuple[Decimal, str]:
    """Return the factor and the unit that a text stands for.

    The first word may be a scale, and the last one behind a currency; in Chinese, the first
    letters: 万元 is 10,000 CNY. So may T or k before a currency, and '000, m or bn behind it, and
    a round number on either side: 10,000 CNY.
    """
    unit = " ".join(unicodedata.normalize("NFKC", text).split())
    if is_percent(unit):
        return ONE, unit
    if unit.startswith("人民币") and not currency_code(unit):
        unit = unit.removeprefix("人民币").strip()
    first, _, rest = unit.partition(" ")
    # a letter alone is a scale only before a unit: m may be metres
    if first.casefold().rstrip(".") in SCALES and (rest or len(first) > 2):
        return Decimal(10) ** SCALES[first.casefold().rstrip(".")], _plain(rest.removeprefix("of "))
    for scale in sorted(SCALES, key=len, reverse=True):
        if unit.startswith(scale) and not scale.isascii():
            return Decimal(10) ** SCALES[scale], _plain(unit[len(scale) :].strip())
    # only behind a currency: a word after another unit may be a part of its name
    head, _, last = unit.rpartition(" ")
    if last.casefold().rstrip(".") in SCALES and _plain(head) in CODES:
        return Decimal(10) ** SCALES[last.casefold().rstrip(".")], _plain(head)
    compact = _COMPACT.fullmatch(unit.replace("\u2019", "'"))
    if compact is not None and compact["tail"].strip() in _TAILS:
        power = _TAILS[compact["tail"].strip()] + 3 * bool(compact["head"])
        # RMB is a name, and TEAM no thousand of a currency EAM
        if power == 0 or _plain(compact["unit"]) in COMMON:
            return Decimal(10) ** power, _plain(compact["unit"])
    return _beside_round(unit) or (ONE, _plain(unit))


def _beside_round(unit: str) -> tuple[Decimal, str] | None:
    """Return the round number beside a currency, and the currency; None where there is none."""
    words = unit.split(" ")
    for cut in range(1, len(words)):
        parts = " ".join(words[:cut]), " ".join(words[cut:])
        for count, name in (parts, parts[::-1]):
            found = _ROUND.fullmatch(count.casefold().removeprefix("(").removesuffix(")"))
            if found is not None and (_plain(name) in CODES or name in SIGNS):
                power = found["zeros"].count("0") if found["zeros"] else 1
                return Decimal(10) ** (power + SCALES.get(found["scale"] or "", 0)), _plain(name)
    return None


def _plain(unit: str) -> str:
    """Return the code of what is a currency, by its code, sign or name; other words stay.

    So do codes in small letters that are words, too: all, top.
    """
    code = unit.upper()
    if code in CODES:
        return code if code in COMMON else unit
    return currency_code(unit) or unit


def is_percent(text: str) -> bool:
    """Tell whether a unit is a hundredth."""
    return _OF_A_FRACTION.get(_folded(text)) == "0.01"


def _folded(text: str) -> str:
    """Return a unit such that writings of one are equal: width, case, blanks about it."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def factor_to(item: Item, text: str) -> tuple[Decimal, str]:
    """Return the factor that brings numbers of a unit to that of an item, and the unit kept.

    Raises
    ------
    InvalidParameterError
        The item is kept in another unit, which this one cannot be turned into; or it is an
        amount, and the text is no currency.
    """
    factor, unit = split_unit(text)
    if not item.unit and unit in SIGNS:
        msg = f"{text!r} is the sign of {', '.join(SIGNS[unit])}: name the one that is meant"
        raise InvalidParameterError(msg)
    if not item.unit and unit and not is_currency(unit):
        msg = (
            f"{text!r} is no currency with what it is counted in, such as 'CNY', 'thousand EUR' "
            f"or '万元', and the item {item.name!r} has no other unit"
        )
        raise InvalidParameterError(msg)
    if not unit or not item.unit or _folded(unit) == _folded(item.unit):
        return factor, item.unit or unit
    if item.unit == "fraction" and unit.casefold() in _OF_A_FRACTION:
        return factor * Decimal(_OF_A_FRACTION[unit.casefold()]), item.unit
    months = _OF_TIME.get((unit.casefold(), item.unit))
    if months is not None:
        return factor * Decimal(months), item.unit
    msg = f"the item {item.name!r} is kept in {item.unit}, and {text!r} cannot be turned into it"
    raise InvalidParameterError(msg)


def is_currency(unit: str) -> bool:
    """Tell whether a unit is the code of a currency, in capital letters."""
    return unit in CODES


def hundredth_of(item: Item, text: str) -> Decimal | None:
    """Return what a per cent in a cell is, where its rule says a unit; None where it has no place.

    A hundredth of the fraction that is kept; one, where the numbers themselves are per cent.
    """
    told = _folded(text)
    if is_percent(told or item.unit):
        return ONE
    return HUNDREDTH if item.unit == "fraction" and told in ("", item.unit) else None


def times_beside(before: str, after: str, unit: str, scale: Decimal) -> Decimal | None:
    """Return by what to multiply a number beside which a cell says what it is counted in.

    Parameters
    ----------
    before, after : str
        What stands beside the number: ¥, USD, 万, 元.
    unit : str
        Unit of the row.
    scale : Decimal
        What the numbers of the column are counted in: 1,000 of thousands.

    Returns
    -------
    Decimal or None
        None where it is no unit.

    Raises
    ------
    InvalidParameterError
        It is a currency, and not that of the row, or a scale, and not that of the column.
    """
    times = ONE
    for text in filter(None, (before, after)):
        factor, name = split_unit(text)
        meant = SIGNS.get(name, (name,))
        if name and name not in CODES and name not in SIGNS and name != unit:
            return None
        if name and unit not in meant:
            wanted = f"is to be in {unit}" if unit else "nothing says its 'unit'"
            msg = f"names the currency {name}, and {wanted}"
            raise InvalidParameterError(msg)
        times *= factor
    if times == scale:
        return ONE
    if scale == ONE:
        return times
    msg = f"is counted in {times:,}, and its column in {scale:,}"
    raise InvalidParameterError(msg)


def named_beside(before: str, after: str) -> str:
    """Return the unit that stands beside a number: a code or sign of a currency, or another word.

    It is empty where there is none, or a scale alone; per cent has one name. A code says more than
    a sign.
    """
    if is_percent(after) and not before:
        return PERCENT
    names = [split_unit(text)[1] for text in (before, after) if text]
    return next((name for name in names if name and name not in SIGNS), "") or "".join(names[:1])


def says_a_currency(item: Item) -> bool:
    """Tell whether a text is a currency, by its name: currency, invoice.currency."""
    return item.kind == "text" and re.split("[._]", item.name)[-1] == "currency"


def currency_of(text: str, *, may_count: bool = False) -> str:
    """Return the code of a currency: 人民币 and RMB are CNY, and so is 万元 where it may count.

    Raises
    ------
    InvalidParameterError
        It is the sign of several, or none that is known; or it says what amounts are counted in,
        which would be lost.
    """
    word = unicodedata.normalize("NFKC", text).strip()
    if word in SIGNS:
        msg = f"is the sign of {', '.join(SIGNS[word])}: say in 'words' which is meant"
        raise InvalidParameterError(msg)
    factor, unit = split_unit(word)
    code = unit.upper() if unit.upper() in CODES else unit
    if not is_currency(code):
        msg = "is no currency that is known, such as CNY: say in 'words' which is meant"
        raise InvalidParameterError(msg)
    if factor != 1 and not may_count:
        msg = (
            f"is counted in {factor:,}: name its column as 'unit', or say in 'words' which "
            "currency is meant"
        )
        raise InvalidParameterError(msg)
    return code
