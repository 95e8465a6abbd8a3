"""What numbers are counted in, as a measure: weeks are 7 days, TEUR per month 1,000 EUR of each."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from creditscore._cells import folded
from creditscore.collect._observation._item import Item
from creditscore.collect._reader._units import (
    HUNDREDTH,
    ONE,
    SCALES,
    SIGNS,
    is_currency,
    is_money,
    split_unit,
)
from creditscore.exceptions import InvalidParameterError

FRACTION = "fraction"
_WORDS = {
    (FRACTION, "1"): ("fraction", "ratio", "decimal", "小数"),
    (FRACTION, "0.01"): (
        "percent", "per cent", "pct", "%", "prozent", "百分比", "百分之", "percentage point",
        "percentage points", "pp", "百分点",
    ),
    (FRACTION, "0.001"): ("per mille", "promille", "‰", "千分比"),
    (FRACTION, "0.0001"): ("basis point", "basis points", "bp", "bps", "基点"),
    ("seconds", "1"): ("second", "seconds", "sekunden", "秒"),
    ("seconds", "60"): ("minute", "minutes", "minuten", "分钟"),
    ("seconds", "3600"): ("hour", "hours", "stunde", "stunden", "小时"),
    ("days", "1"): ("day", "days", "tag", "tage", "天", "日"),
    ("days", "7"): ("week", "weeks", "woche", "wochen", "周", "星期"),
    ("months", "1"): ("month", "months", "monat", "monate", "月", "个月"),
    ("months", "3"): ("quarter", "quarters", "quartal", "quartale", "季度"),
    ("months", "12"): ("year", "years", "annum", "jahr", "jahre", "年"),
    ("kg", "0.001"): ("g", "gram", "grams", "克"),
    ("kg", "1"): ("kg", "kilogram", "kilograms", "千克", "公斤"),
    ("kg", "1000"): ("t", "tonne", "tonnes", "tonnen", "吨"),
    ("persons", "1"): ("person", "persons", "people", "personen", "人"),
    ("shares", "1"): ("shares", "aktien", "股"),
}  # fmt: skip
"""Words of a base that numbers are turned into, and how much of it each is.

Hours are no part of a day here: a working day has eight.
"""
_SIZES = {word: (base, Decimal(size)) for (base, size), words in _WORDS.items() for word in words}
BASES = frozenset(base for base, _ in _WORDS)
"""Bases of which each is none of another: days are neither months nor kg."""
_TIMES = ("seconds", "days", "months")
_KNOWN = (FRACTION, *_TIMES)
_PER = re.compile(
    r"(?P<of>.+?)(?:[ (]per (?!cent|mille)| pro |/|每| an? (?=(?:day|week|month|quarter|year)\b))"
    r"(?P<per>.+)|每(?P<lead>个?月|季度|星期|[日天周年])(?P<behind>.+)|(?P<yearly>.+?),? p\. ?a\.?",
    re.IGNORECASE,
)
_OF_RATIOS = ("times", "x", "倍")
"""Other names of a fraction, which may be numbers of events, too."""
_HARMLESS = re.compile(
    r"(?<!\d)(?:19|20)\d\d[-/.年]\d{1,2}(?!\d)(?:[-/.月]\d{1,2}日?)?"
    # a year, but no boxes of 2000, and no 2000 shares
    r"|(?:\d{1,2}[. ]+(?:[^\W\d_]+\.?|\d{1,2}\.) ?)?(?<!\d)(?<!\bof )(?<!\bx )(?<!\bzu )(?<![×à] )"
    r"(?:19|20)\d\d(?!\d)(?! ?(?!年)[^\W\d_])(?: ?= ?\d+)?"
    r"|\d+ ?(?:[-–~至到]|to|bis) ?\d+|(?:out of|top|max\.?) ?\d+",
    re.IGNORECASE,
)
"""Numbers in words for people that others are not counted in: a day or year, that of the level of
an index, from where to where points go, the highest.
"""
_OVER_A_TIME = re.compile(
    r"(?<=\D)(?<!of )\d+[ -]?(?:hour|day|week|month|quarter|year|stunde|tag|woche|monat|jahr|小时"
    r"|个?月|[天日周年])",
    re.IGNORECASE,
)
"""A length of time, over which others than times may be counted: cases in the last 12 months."""
_NUMBER = re.compile(r"(?<!\w)'?\d")
_SCALED = re.compile(
    rf"(?<!\w)(?:{'|'.join(word for word in SCALES if word.isascii() and len(word) > 2)})(?!\w)"
    rf"|(?:\(|\bin )(?:{'|'.join(sorted(SCALES, key=len, reverse=True))})(?![\w/])"
    r"|[万萬亿億]|[十百千][人股台件套个]|\b(?:dozens?|dutzend)\b",
    re.IGNORECASE,
)
"""Words of a scale that stand behind what they count: persons (thousands), 人数(万人)."""
_METRES_OR_MILLIONS = re.compile(r"(?:^| )m ", re.IGNORECASE)
_OTHER_LENGTH = re.compile("half|halb|viertel|半|时|分|秒")
"""What makes another length of time of the word that it stands by."""


def _within(word: str, base: str) -> str:
    """Return the pattern of a known word within others: days may end workdays."""
    if not word.isascii():
        return word
    return rf"{'' if base in _TIMES else '(?<![a-z])'}{re.escape(word)}(?![a-z])"


_WITHIN = re.compile(
    "|".join(
        _within(word, base)
        for word, (base, _) in sorted(_SIZES.items(), key=lambda entry: -len(entry[0]))
        if base in _KNOWN
    )
)


@dataclass(frozen=True)
class Measure:
    """What numbers are counted in.

    Attributes
    ----------
    scale : Decimal
        10,000 of 万元 and of 万吨.
    size : Decimal
        How much of its base the unit itself is: 7 of weeks, which are days.
    base : str
        A currency, by its code or sign; fraction, days or months; else the name of the unit, and
        nothing for a scale alone.
    per : str, default=""
        What the numbers are of, as in EUR per month and % p.a.
    """

    scale: Decimal
    size: Decimal
    base: str
    per: str = ""

    @property
    def is_known(self) -> bool:
        """Whether it is of money, of time or of a fraction, and so of nothing else."""
        return is_money(self.base) or self.base in _KNOWN

    @property
    def is_per_time(self) -> bool:
        """Whether its numbers are of a length of time each."""
        return self.per.partition(" ")[2] in _TIMES

    @property
    def words(self) -> str:
        """How much of its base it is: 1,000 EUR per 1 months."""
        per = f" per {self.per}" if self.per else ""
        return f"{(self.scale * self.size).normalize():,f} {self.base}{per}".rstrip()

    def in_terms_of(self, other: Measure) -> Decimal | None:
        """Return how much of another measure one of this is; None where it is none of it.

        A scale alone counts whatever the other one is counted in.
        """
        if not self.base and not self.per:
            return self.scale / other.scale
        if (self.base, self.per) != (other.base, other.per):
            return None
        return (self.scale * self.size) / (other.scale * other.size)


def measure_of(words: str) -> Measure:
    """Read the words of a unit: 万吨, TEUR per month, weeks."""
    text = " ".join(unicodedata.normalize("NFKC", words).split())
    text = text[3:] if text.casefold().startswith("in ") else text
    found = _PER.fullmatch(text)
    if found is None or text.casefold() in _SIZES:
        return _without_per(text)
    one = _without_per((found["of"] or found["behind"] or found["yearly"]).strip(" ("))
    words = (found["per"] or found["lead"] or "year").strip(" ()")
    of = _without_per(words)
    if of in (one, replace(one, scale=ONE)):
        # in two languages: persons / 人
        return one
    is_named = is_money(one.base) or not {one.base, of.base}.isdisjoint(BASES)
    # a rate of exchange is no amount of one of the two, and pieces/units are none of the other
    if is_money(of.base) or ("/" in text and not is_named):
        return _without_per(text)
    base, size = _SIZES.get(words.casefold(), (words.casefold(), ONE))
    return replace(one, per=f"{size} {base}")


def _without_per(text: str) -> Measure:
    scale, name = split_unit(text)
    if is_money(name):
        return Measure(scale, ONE, name)
    base, size = _SIZES.get(name.casefold(), (name.casefold(), ONE))
    return Measure(scale, size, base)


@lru_cache(maxsize=256)
def kept_measure(unit: str) -> Measure:
    """Return what :func:`measure_of` does, of units that many numbers have: of items and rules."""
    return measure_of(unit)


def factor_to(item: Item, text: str) -> tuple[Decimal, str]:
    """Return the factor that brings numbers of a unit to that of an item, and the unit kept.

    The item's own words are its unit, whatever else they could be read as. Amounts, of items
    without a unit, have whatever currency is named.

    Raises
    ------
    InvalidParameterError
        The item is kept in another unit, which this one cannot be turned into; or it is an
        amount, and the text is no currency, or says over which time amounts are, which the item
        does not.
    """
    if not text.strip() or folded(text) == folded(item.unit):
        return ONE, item.unit
    asked = measure_of(text)
    if item.unit:
        factor = asked.in_terms_of(measure_of(item.unit))
        if factor is None:
            msg = (
                f"the item {item.name!r} is kept in {item.unit}, and {text!r} cannot be turned "
                "into it"
            )
            raise InvalidParameterError(msg)
        return factor, item.unit
    if asked.base in SIGNS:
        msg = f"{text!r} is the sign of {', '.join(SIGNS[asked.base])}: name the one that is meant"
        raise InvalidParameterError(msg)
    if is_currency(asked.base) and asked.is_per_time:
        msg = (
            f"{text!r} says over which time amounts are, and the item {item.name!r} has no unit "
            f"that does: name the currency alone, {asked.base}, and bring the numbers to the time "
            "of the item, as by the 'factor' of a mapping"
        )
        raise InvalidParameterError(msg)
    if asked.base and not (is_currency(asked.base) and not asked.per):
        msg = (
            f"{text!r} is no currency with what it is counted in, such as 'CNY', 'thousand EUR' "
            f"or '万元', and the item {item.name!r} has no other unit"
        )
        raise InvalidParameterError(msg)
    return asked.scale, asked.base


def hundredth_of(item: Item, text: str) -> Decimal | None:
    """Return what a per cent in a cell is, where its rule says a unit; None where it has no place.

    A hundredth of the fraction that is kept; one, where the numbers themselves are per cent.
    """
    asked = measure_of(text if text.strip() else item.unit)
    shares = {ONE: HUNDREDTH, HUNDREDTH: ONE}
    return shares.get(asked.scale * asked.size) if asked.base == FRACTION else None


def times_beside(before: str, after: str, unit: str, scale: Decimal) -> Decimal | None:
    """Return by what to multiply a number beside which a cell says what it is counted in.

    Parameters
    ----------
    before, after : str
        What stands beside the number: ¥, USD, 万, 元, weeks.
    unit : str
        Unit of the row.
    scale : Decimal
        How much of it the numbers of the column are counted in: 1,000 of thousands.

    Returns
    -------
    Decimal or None
        None where it is neither a unit nor a word.

    Raises
    ------
    InvalidParameterError
        It is no unit, or none of the row; or it counts in another one than the column.
    """
    own = kept_measure(unit)
    times = 1 / own.scale
    for text in filter(None, (before, after)):
        named = own if folded(text) == folded(unit) else measure_of(text)
        if named.base and not (is_money(named.base) or any(map(str.isalpha, text))):
            return None
        if not _is_of(named, own):
            wanted = f"is to be in {unit}" if unit else "nothing says its 'unit'"
            msg = f"{_told(named)}, and {wanted}"
            raise InvalidParameterError(msg)
        times *= named.scale * (named.size / own.size if named.base else ONE)
    if times == scale:
        return ONE
    if scale == ONE:
        return times
    msg = f"is counted in {times:,f}, and its column in {scale:,f}"
    raise InvalidParameterError(msg)


def _is_of(named: Measure, own: Measure) -> bool:
    """Tell whether what stands beside a number may be of its unit; so may a currency alone."""
    if is_money(named.base):
        return own.base in SIGNS.get(named.base, (named.base,)) and named.per in ("", own.per)
    return not (named.base or named.per) or (named.base, named.per) == (own.base, own.per)


def _told(named: Measure) -> str:
    """Return what stands beside a number, of which only known units are told: it may be a name."""
    if named.per:
        return "says per what its number is"
    if is_money(named.base):
        return f"names the currency {named.base}"
    is_unit = named.base in BASES
    return f"names {named.base}" if is_unit else "has words beside its number that are no unit"


def may_mean(words: str, unit: str) -> bool:
    """Tell whether words for people may mean the unit of an item: cases of count, persons of 人.

    They are no known unit, and hold neither a scale nor a number that could count. Of a fraction or
    a length of time, they name it themselves, once: working days. Weights have no other words.
    """
    asked, kept = measure_of(words), measure_of(unit)
    rest = asked.base if kept.base in _KNOWN else _OVER_A_TIME.sub("", asked.base)
    has_number = (
        _NUMBER.search(_HARMLESS.sub("", rest))
        or _SCALED.search(asked.base)
        or _METRES_OR_MILLIONS.search(words)
    )
    is_of_other = asked.per != kept.per and (asked.per or kept.base in _KNOWN)
    if asked.is_known or is_of_other or kept.scale != 1 or kept.base == "kg" or has_number:
        return False
    if kept.base not in _KNOWN:
        return True
    if kept.base == FRACTION and kept.size == 1 and asked.base in _OF_RATIOS:
        return True
    known = _WITHIN.findall(asked.base)
    is_other = _OTHER_LENGTH.search(_WITHIN.sub("", asked.base)) is not None
    return len(known) == 1 and _SIZES[known[0]] == (kept.base, kept.size) and not is_other
