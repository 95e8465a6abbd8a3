"""Units as people write them: "thousand CNY", "万元", "percent" → a factor and a unit."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from creditscore._cells import folded
from creditscore._currency import CODES, COMMON, currency_code
from creditscore.collect._observation._item import Item
from creditscore.exceptions import InvalidParameterError

SCALES = {
    "hundred": 2, "thousand": 3, "thousands": 3, "million": 6, "millions": 6, "billion": 9,
    "billions": 9, "k": 3, "m": 6, "mn": 6, "mln": 6, "bn": 9, "tsd": 3, "mio": 6, "mrd": 9,
    "tausend": 3, "millionen": 6, "milliarden": 9, "十": 1, "百": 2, "千": 3, "万": 4, "萬": 4,
    "百万": 6, "千万": 7, "亿": 8, "億": 8, "천": 3, "만": 4, "백만": 6, "억": 8,
}  # fmt: skip
"""Words before a unit, and the power of ten that each stands for."""
_CHINESE = sorted((scale for scale in SCALES if not scale.isascii()), key=len, reverse=True)
_PARTS = ("分", "克", "米", "瓦", "卡", "帕", "赫", "伏", "升", "字节")
"""What 百 and 千 are a part of, and no scale, as in 千克 and 百分点."""
_MYRIAD = 4
_COMPACT = re.compile(r"(?P<head>[TKkM]?)(?P<unit>[A-Z]{3}|US\$|HK\$|[€£$¥])(?P<tail>.*)")
_HEADS = {"": 0, "T": 3, "K": 3, "k": 3, "M": 6}
_TAILS = {"": 0, "'000": 3, "000": 3, "k": 3, "m": 6, "mn": 6, "mln": 6, "bn": 9}
"""What stands behind a currency without a blank: RMB'000, EURm."""
_LEAST_COUNT = 3
_DIGIT = re.compile(r"(?<!\w)'?\d")
_ROUND = re.compile(
    r"(?:1(?P<zeros>0+|0{0,2}(?:[,.' ]000)+)|(?P<thousand>'?000'?s?)|ten)"
    r"(?: ?(?P<scale>k|m|mn|mln|thousand|million|bn|billion))?(?: of)?"
)
"""A round number beside a unit: 10,000 CNY, RMB 10,000, ten thousand yuan, '000 shares."""
_WITH_POINT = re.compile(r"(?<=[a-z])\.(?=[€$£¥]|[A-Z]{3}\b)")
"""The point of a word before a currency: Tsd.€"""
_PERCENTS = ("percent", "per cent", "%", "prozent", "百分比")

SIGNS = {
    "¥": ("CNY", "JPY"),
    "$": ("ARS", "AUD", "CAD", "CLP", "COP", "HKD", "MXN", "NZD", "SGD", "TWD", "USD"),
    "kr": ("DKK", "ISK", "NOK", "SEK"), "Rs": ("INR", "LKR", "MUR", "NPR", "PKR"),
    "C$": ("CAD", "NIO"), "CFA": ("XAF", "XOF"), "Bs": ("BOB", "VES"), "Br": ("BYN", "ETB"),
    "lei": ("MDL", "RON"), "р": ("BYN", "RUB"), "卢比": ("INR", "LKR", "MUR", "NPR", "PKR"),
}  # fmt: skip
"""Signs that currencies share: they agree with each of them, and stand for none."""

PERCENT = "percent"
"""The one name of per cent."""
ONE = Decimal(1)
HUNDREDTH = Decimal("0.01")


def split_unit(text: str) -> tuple[Decimal, str]:
    """Return the factor and the unit that a text stands for.

    The first word may be a scale, and the last one behind a currency; in Chinese, the first
    letters: 万元 is 10,000 CNY. So may T, k or M before a currency, and '000, m or bn behind it,
    and a round number before a unit, or on either side of a currency: 10,000 CNY.
    """
    plain = _WITH_POINT.sub(". ", unicodedata.normalize("NFKC", text).replace("\u2019", "'"))
    unit = " ".join(plain.split())
    if is_percent(unit):
        return ONE, unit
    if unit.startswith("人民币") and not currency_code(unit):
        unit = unit.removeprefix("人民币").strip(" ()")
    return _in_front(unit) or _behind(unit) or _beside_round(unit) or (ONE, _plain(unit))


def _in_front(unit: str) -> tuple[Decimal, str] | None:
    """Return the scale before a unit, and the unit; None where there is none."""
    first, _, rest = unit.partition(" ")
    power = SCALES.get(first.casefold().rstrip("."))
    # a letter alone is a scale only before a unit: m may be metres
    if power is not None and first.isascii() and (rest or len(first) > 2):
        factor, name = split_unit(rest.removeprefix("of "))
        return Decimal(10) ** power * factor, name
    for scale in _CHINESE:
        if unit.startswith(scale):
            rest = unit[len(scale) :].strip()
            # 千米 is a unit, and 万米 are 10,000 of one
            if rest.startswith(_PARTS) and (SCALES[scale] < _MYRIAD or rest.startswith("分")):
                return ONE, unit
            factor, name = split_unit(rest)
            return Decimal(10) ** SCALES[scale] * factor, name
    return None


def _behind(unit: str) -> tuple[Decimal, str] | None:
    """Return the scale behind a currency, or about it without a blank, and the currency.

    A word after another unit may be a part of its name.
    """
    head, _, last = unit.replace("(", " ").replace(")", "").rpartition(" ")
    power = SCALES.get(last.casefold().rstrip("."))
    if power is not None and is_money(_plain(head.strip())):
        return Decimal(10) ** power, _plain(head.strip())
    compact = _COMPACT.fullmatch(unit)
    if compact is not None and compact["tail"].strip() in _TAILS:
        power = _TAILS[compact["tail"].strip()] + _HEADS[compact["head"]]
        name = _plain(compact["unit"])
        # RMB is a name, and TEAM no thousand of a currency EAM
        if power == 0 or name in COMMON or name in SIGNS:
            return Decimal(10) ** power, name
    return None


def _beside_round(unit: str) -> tuple[Decimal, str] | None:
    """Return the round number beside a unit, and the unit; None where there is none.

    Of what is no currency, it is in thousands at least, and not merely a number behind a name.
    """
    words = unit.split(" ")
    for cut in reversed(range(1, len(words))):
        parts = " ".join(words[:cut]), " ".join(words[cut:])
        for count, rest in (parts, parts[::-1]):
            found = _ROUND.fullmatch(count.casefold().removeprefix("(").removesuffix(")"))
            if found is None:
                continue
            power = found["zeros"].count("0") if found["zeros"] else 3 if found["thousand"] else 1
            power += SCALES.get(found["scale"] or "", 0)
            is_clear = count == parts[0] or count.startswith(("(", "'"))
            factor, name = split_unit(rest.removeprefix("of "))
            is_counted = is_clear and power >= _LEAST_COUNT and not _DIGIT.search(name)
            if is_money(name) or is_counted:
                return Decimal(10) ** power * factor, name
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
    return folded(text) in _PERCENTS


def is_currency(unit: str) -> bool:
    """Tell whether a unit is the code of a currency, in capital letters."""
    return unit in CODES


def is_money(name: str) -> bool:
    """Tell whether a name of a unit is that of a currency, or a sign of several."""
    return is_currency(name) or name in SIGNS


def may_be_one(name: str, other: str) -> bool:
    """Tell whether two names of currencies, codes or signs, may be of one."""
    return bool(set(SIGNS.get(name, (name,))) & set(SIGNS.get(other, (other,))))


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
