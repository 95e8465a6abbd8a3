"""What the format of a cell says of its number: per cent, the currency, what it is counted in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from creditscore._cells import folded
from creditscore._currency import COMMON
from creditscore.collect._reader._format_currency import currency_of_sign, may_be_sign_of
from creditscore.collect._reader._measure import (
    BASES,
    LETTERS_OF_TIME,
    OF_RATIOS,
    Measure,
    counts_ones,
    kept_measure,
    may_mean,
    measure_of,
)
from creditscore.collect._reader._units import ONE, SCALES, SIGNS, is_money, may_be_one

_SIGN = re.compile(
    r'"(?P<text>[^"]*)"|[\\!](?P<letter>.)|\[\$(?P<unit>[^\]-]*)-?(?P<country>[^\]]*)\]|_.|\*.|\[[^\]]*\]'
    r"|(?P<place>General|(?<=[0#?])/[1-9]\d*|[0#?.,]|E(?=[+-]))|(?P<end>;)|(?P<bare>.)",
    re.DOTALL | re.IGNORECASE,
)
"""Texts in quotes, letters that are shown as they are, [$€-407], widths and colours, digits."""
_ABOUT = " -+()"
"""What may stand about a unit: (5 TEUR)."""
_POINT = "!"
"""A point that is shown as it is, between digits: 0!.0, parts ten thousands."""
_PER_BEHIND = re.compile(
    r"/|per |pro |p\. ?a|每|an? (?=(?:day|week|month|quarter|year)\b)", re.IGNORECASE
)
"""How what stands behind a number begins that says per what the currency before it is."""
_LETTERS = {"T": 3, "M": 6, "MM": 6, "B": 9, "Th": 3, "th": 3}
"""Scales in formats, and the power of ten of each; m may be metres, and mm, too."""
_WORDS_TOO = ("SEK", "PEN")
"""Codes that stand for something else in small letters: 12 Sek are seconds."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a format says of the numbers that it shows.

    Attributes
    ----------
    currency : str
        Code or sign of the currency, empty for none.
    counted : tuple of Measure
        What the number that the workbook has is counted in, by each part of the format that says
        so: thousands by ``0" TEUR"``, and whole units by ``0," TEUR"``, which divides what it
        shows; days by ``0" days"``.
    unread : tuple of str
        Other words beside its digits, of which nobody can tell whether they count.
    """

    currency: str = ""
    counted: tuple[Measure, ...] = ()
    unread: tuple[str, ...] = ()

    def fault(self, unit: str, counted: Decimal, way_out: str) -> str:
        """Return why a number that is to be in a unit cannot be shown so; empty where it can.

        `counted` is what it is to be counted in, and `way_out` says what to do where it is not.
        """
        own = kept_measure(unit)
        told = f"is to be in {unit}" if unit else "nothing says its unit"
        if self.currency and not may_be_one(self.currency, own.base):
            asked = f"is to be in {own.base}" if is_money(own.base) else told
            return f"is shown with the currency {self.currency}, and {asked}"
        if not all(_is_harmless(words, unit) for words in self.unread):
            # which are not told: they may be a name
            return (
                "is shown with words that are neither a unit nor a scale, by the format of its "
                f"cell, and {told}: mend the format"
            )
        for shown in self.counted:
            if _is_other(shown, own):
                return (
                    f"is counted in {shown.words} by the format of its cell, and {told}: {way_out}"
                )
            # weeks are 7 days, but words for people may mean whatever the item does
            sizes = (shown.size, own.size) if shown.base == own.base else (ONE, ONE)
            found, wanted = shown.scale * sizes[0], counted * own.scale * sizes[1]
            if found != wanted:
                return (
                    f"is counted in {found.normalize():,f} by the format of its cell, and is to be "
                    f"in {wanted.normalize():,f}: {way_out}"
                )
        return ""


NOTHING_SHOWN = Shown()
"""What formats say that name neither."""


def _is_other(shown: Measure, own: Measure) -> bool:
    """Tell whether a unit is known to be none of another: days of months, EUR p.a. of EUR.

    A currency alone says nothing of what amounts are per.
    """
    if shown.base in BASES and shown.base != own.base:
        if own.base in BASES:
            return True
        is_counted = not own.base or counts_ones(own.base)
        # of words that nobody can read, such as years at work, nobody can tell
        return is_money(own.base) or (is_counted and not counts_ones(shown.base))
    return shown.per not in ("", own.per) and (own.per != "" or is_money(shown.base))


def _is_harmless(words: str, unit: str) -> bool:
    """Tell whether words beside a number count as its unit does: those of its rule, pcs of units.

    What has no unit may be any number of things, or of times something.
    """
    base = kept_measure(unit).base
    if folded(words) == folded(unit) or may_mean(words, unit) or may_be_sign_of(words, base):
        return True
    if folded(words) in OF_RATIOS:
        return not unit or base in OF_RATIOS
    return not unit and may_mean(words, "units")


def scale_of(factor: Decimal) -> Decimal:
    """Return what a factor may say that numbers are counted in: 1,000; and 1 where it is none."""
    is_round = abs(factor) > 1 and factor.normalize().as_tuple().digits == (1,)
    return Decimal(int(abs(factor))) if is_round else ONE


@cache
def shows_percent(number_format: str) -> bool:
    """Tell whether a format shows a number times 100; a sign in quotes is a text."""
    return any(sign["bare"] == "%" for sign in _SIGN.finditer(number_format))


@cache
def shown_by(number_format: str) -> Shown:
    """Return what a format says of its numbers.

    A format divides by 1,000 for each comma behind its digits. Together with the scale that it
    names, that tells what the number is counted in; a currency alone does not.
    """
    from openpyxl.styles.numbers import BUILTIN_FORMATS_REVERSE  # noqa: PLC0415 - an extra

    if number_format in BUILTIN_FORMATS_REVERSE:
        # of these each machine shows the currency of its own country
        return NOTHING_SHOWN
    parts = [_said(*part) for part in _parts(number_format)]
    found = Shown(
        currency=next((part.currency for part in parts if part.currency), ""),
        counted=tuple(dict.fromkeys(counted for part in parts for counted in part.counted)),
        unread=tuple(dict.fromkeys(words for part in parts for words in part.unread)),
    )
    return NOTHING_SHOWN if found == NOTHING_SHOWN else found


def _parts(number_format: str) -> Iterator[tuple[str, str, str, str]]:
    """Return what each part shows before its digits, these, what behind, and the code it names."""
    number, beside, code = "", ["", ""], ""
    for sign in _SIGN.finditer(f"{number_format};"):
        text = sign["text"] or sign["letter"] or sign["bare"] or sign["unit"] or ""
        if sign["end"]:
            if number.strip(",."):
                yield beside[0], number, beside[1], code
            number, beside, code = "", ["", ""], ""
        elif sign["place"]:
            number += sign["place"]
        elif sign["bare"] == "%":
            # the program of the workbook multiplies by it: the number is whole
            continue
        elif text == "." and number:
            number += _POINT
        else:
            shown = sign["unit"] or ""
            # [$万元-804] says more than the currency
            named = "" if _counts(shown) else currency_of_sign(shown, sign["country"] or "")
            code = named or code
            beside[bool(number)] += named or text or " "


def _said(before: str, number: str, behind: str, code: str) -> Shown:
    """Return what one part of a format says; `code` is that of a currency which it names itself."""
    whole, _, decimals = number.partition(".")
    power = 3 * sum(len(part) - len(part.rstrip(",")) for part in (whole, decimals))
    power += len(re.findall("[0#?]", number.partition(_POINT)[2]))
    texts = [text for text in (before.strip(_ABOUT), behind.strip(_ABOUT)) if text]
    if len(texts) > 1 and _say_per(*texts):
        texts = [" ".join(texts)]
    read = [(text, measure_of(LETTERS_OF_TIME.get(text, text))) for text in texts]
    money = [asked.base for text, asked in read if _is_money(asked.base, text)]
    scale, unit, unread = ONE, measure_of(""), []
    for text, asked in read:
        of_ten = _power_of(text, is_metre=not (power or money or code))
        is_scale = of_ten is not None
        scale *= asked.scale if of_ten is None else Decimal(10) ** of_ten
        unit = unit if is_scale or not asked.base else asked
        is_read = is_scale or not asked.base or asked.base in (*BASES, *money, code)
        if not is_read and any(map(_may_count, text)):
            unread.append(text)
    # what is divided by as much as its unit is whole: kilograms that are shown as tonnes
    size = ONE if scale == 1 and unit.size == 10**power else unit.size
    counted = replace(unit, scale=scale / 10**power if scale != 1 else ONE, size=size)
    return Shown(
        currency=code or "".join(money[:1]),
        counted=(counted,) if power or scale != 1 or unit.per or unit.base in BASES else (),
        unread=tuple(unread),
    )


def _counts(text: str) -> bool:
    """Tell whether a text is a scale or a unit, or a currency with its scale."""
    asked = measure_of(text)
    is_scale = _power_of(text, is_metre=False) is not None
    return is_scale or asked.scale != 1 or asked.per != "" or asked.base in BASES


def _power_of(text: str, *, is_metre: bool) -> int | None:
    """Return the power of ten of a word that is a scale; m may be metres, but not of money."""
    word = text.rstrip(".")
    power = _LETTERS.get(word, SCALES.get(word.casefold()))
    return None if word == "m" and is_metre else power


def _may_count(char: str) -> bool:
    """Tell whether a character may be of a unit or a scale: letters, digits, signs of money."""
    return char.isalnum() or unicodedata.category(char) == "Sc"


def _say_per(before: str, behind: str) -> bool:
    """Tell whether what stands about a number says together what it is and per what."""
    if _PER_BEHIND.match(behind) or before.startswith("每"):
        return True
    return bool(measure_of(behind).per) and is_money(measure_of(before).base)


def _is_money(name: str, text: str) -> bool:
    """Tell whether a name is that of a currency; of codes that are words, in capitals only."""
    is_word = name in _WORDS_TOO and name not in text
    return (name in COMMON or name in SIGNS) and not is_word
