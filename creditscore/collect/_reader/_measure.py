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
    ("seconds", "1"): ("second", "seconds", "sec", "secs", "sekunden", "秒"),
    ("seconds", "60"): ("minute", "minutes", "min", "mins", "minuten", "分钟"),
    ("seconds", "3600"): ("hour", "hours", "hr", "hrs", "stunde", "stunden", "小时"),
    ("days", "1"): ("day", "days", "tag", "tage", "kalendertage", "天", "日"),
    ("days", "7"): ("week", "weeks", "wk", "wks", "woche", "wochen", "周", "星期"),
    ("months", "1"): (
        "month", "months", "mo", "mos", "mth", "mths", "monat", "monate", "月", "个月",
    ),
    ("months", "3"): ("quarter", "quarters", "qtr", "quartal", "quartale", "季", "季度"),
    ("months", "6"): ("half-year", "half-years", "halbjahr", "halbjahre", "半年"),
    ("months", "12"): ("year", "years", "yr", "yrs", "annum", "jahr", "jahre", "年"),
    ("kg", "0.001"): ("g", "gram", "grams", "克"),
    ("kg", "1"): ("kg", "kilogram", "kilograms", "千克", "公斤"),
    ("kg", "1000"): ("t", "tonne", "tonnes", "tonnen", "吨"),
    ("persons", "1"): (
        "person", "persons", "people", "employee", "employees", "staff", "personen", "mitarbeiter",
        "mitarbeiter/innen", "mitarbeitende", "beschäftigte", "heads", "headcount", "workers", "人",
        "名", "人数",
    ),
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
LETTERS_OF_TIME = {
    "h": "hours", "d": "days", "w": "weeks", "q": "quarters", "y": "years", "a": "years",
}  # fmt: skip
"""Letters that are a time behind what is per it, as in EUR/a, and in formats."""
_PER = re.compile(
    r"(?P<of>.+?)(?:[ (]per (?!cent|mille)| (?:pro|je) |/|每"
    r"| an? (?=(?:day|week|month|quarter|year)\b))(?P<per>.+)"
    r"|每(?P<lead>个?月|季度|星期|[日天周年])(?P<behind>.+)|(?P<yearly>.+?),? p\. ?a\.?",
    re.IGNORECASE,
)
OF_RATIOS = ("times", "x", "倍")
"""Other names of a fraction, which may be numbers of events, too."""
_ONES = frozenset((
    "account", "accounts", "branch", "branches", "buyers", "cards", "case", "cases", "class",
    "clients", "companies", "competitors", "contracts", "count", "customers", "enquiries",
    "entries", "events", "firms", "grade", "inquiries", "instalments", "instalments late",
    "invoices", "items", "judgements", "judgments", "late payments", "lawsuits", "lines", "loans",
    "machines", "notch", "notches", "number", "open accounts", "orders", "parties", "payments",
    "pc", "pcs", "persons", "piece", "pieces", "point", "points", "rank", "score", "shares",
    "shops", "sites", "stars", "stores", "suppliers", "times", "unit", "units", "vehicles", "votes",
    "anfragen", "anzahl", "aufträge", "einheiten", "fall", "fälle", "filialen", "firmen", "klasse",
    "konten", "kredite", "kunden", "lieferanten", "mal", "maschinen", "mitbewerber", "note",
    "platz", "punkt", "punkte", "rang", "raten", "rechnungen", "stk", "stück", "stufe", "stufen",
    "unternehmen", "urteile", "verträge", "wettbewerber",
    "个", "件", "份", "分", "台", "只", "套", "家", "宗", "张", "户", "条", "次", "笔", "起", "辆",
    "项", "位", "级", "类", "期", "人次", "次数", "名次", "个账户",
))  # fmt: skip
"""Words of which each counts one of what an item counts."""
_LEAD = re.compile(r"in |单位[ ::]+", re.IGNORECASE)
"""What stands before a unit, and is none of it."""
_LATE = re.compile(r"^(?:calendar|late) | (?:late|overdue|past due)$|^逾期|数$", re.IGNORECASE)
"""What stands about a length of time, and changes nothing of it: days overdue."""
_COUNTING = re.compile(r"(?:number of|no\. of|anzahl(?: der)?) (?=.)")


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
    lead = _LEAD.match(text)
    text = text[lead.end() :] if lead else text
    text = text[1:-1].strip() if text[:1] == "(" and text[-1:] == ")" else text
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
    word = LETTERS_OF_TIME.get(words.casefold(), words.casefold())
    base, size = _SIZES.get(word, (word, ONE))
    return replace(one, per=f"{size} {base}")


def _without_per(text: str) -> Measure:
    scale, name = split_unit(text)
    if is_money(name):
        return Measure(scale, ONE, name)
    word = name.casefold()
    base, size = _SIZES.get(word) or _SIZES.get(word.removesuffix(".")) or (word, ONE)
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
    """Tell whether words for people mean the unit of an item: cases of count, days overdue of days.

    They name each one of what is counted, or that unit, and nothing else: of other words nobody can
    tell whether they are dozens, working days or per cent of something.
    """
    asked, kept = kept_measure(words), kept_measure(unit)
    if kept.base in _TIMES:
        return measure_of(_LATE.sub("", words.strip())) == kept
    if kept.scale != 1 or asked.per != kept.per:
        return False
    if kept.base == FRACTION:
        return kept.size == 1 and asked.base in OF_RATIOS
    return counts_ones(asked.base) and counts_ones(kept.base)


def counts_ones(base: str) -> bool:
    """Tell whether a name of a unit counts one of something each."""
    word = _COUNTING.sub("", base).removesuffix(".")
    return _SIZES.get(word, (word, ONE))[0] in _ONES
