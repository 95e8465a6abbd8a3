"""What the numbers of a question are counted in, read as the units of readers' rules are."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from creditscore.collect._observation._item import Item
from creditscore.collect._reader._units import (
    ONE,
    SIGNS,
    factor_to,
    is_currency,
    is_percent,
    split_unit,
)
from creditscore.exceptions import InvalidParameterError

if TYPE_CHECKING:
    from creditscore.collect._questionnaire._question import Question

_BEHIND_PREFIXES = ("分", "克", "米", "瓦", "卡", "帕", "赫", "伏", "升", "字节")
"""What 百, 千 and 万 are a part of, as in 千克 and 百分点, and no scale."""
_MYRIAD = 10_000
_WHOLE = ("元", "百元", "千元", "万元", "亿元")
"""Chinese words for whatever currency is asked."""
_OF_TIME = {
    "day": "days", "天": "days", "日": "days", "week": "weeks", "周": "weeks", "month": "months",
    "月": "months", "个月": "months", "quarter": "quarters", "季度": "quarters", "year": "years",
    "年": "years",
}  # fmt: skip
"""Words for units of time, which none of another length may be taken for."""
_OF_RATIOS = ("ratio", "decimal", "times", "x", "小数", "倍")
"""Other names of a fraction."""
_OTHER_LENGTH = re.compile(
    r"\d|half|hour|minute|second|半|时|分|秒|" + "|".join(sorted(_OF_TIME, key=len, reverse=True))
)
_PER = re.compile(r"(?: per |/| p\. ?a\.|每)(?P<of>.*)")
"""What amounts are of, as in EUR per month, EUR/kg and 元/月."""


def counted_in(words: str) -> tuple[Decimal, str]:
    """Return the scale that words for a unit name, and the unit: 10,000 and CNY of 万元."""
    scale, name = split_unit(_amount_of(words))
    # 千米 is a unit, and 万米 are 10,000 of one
    is_part = name.startswith(_BEHIND_PREFIXES) and (scale < _MYRIAD or name.startswith("分"))
    return (ONE, words) if scale != 1 and is_part else (scale, name)


def _amount_of(words: str) -> str:
    """Return the words without what an amount is of: EUR of EUR per month, and of in EUR."""
    text = re.sub(r"^in ", "", " ".join(words.split()))
    per = _PER.search(text)
    if per is not None and not names_currency(split_unit(per["of"])[1]):
        text = text[: per.start()]
    return text if names_currency(split_unit(text)[1]) else words


def names_currency(name: str) -> bool:
    """Tell whether the unit of :func:`counted_in` is a currency, or a sign of several."""
    return is_currency(name) or name in SIGNS


def may_be_one(name: str, other: str) -> bool:
    """Tell whether two names of currencies, codes or signs, may be of one."""
    return bool(set(SIGNS.get(name, (name,))) & set(SIGNS.get(other, (other,))))


def check_counted(question: Question, owner: str) -> None:
    """Refuse units of a question that contradict each other, its factor or its 'unit_from'.

    Raises
    ------
    InvalidParameterError
        They do, or the unit of an item is a sign of several currencies.
    """
    told = _told(question)
    if not told:
        return
    factor = abs(Decimal(repr(question.factor)))
    _check_languages(question, owner, factor)
    scale, name = counted_in(told[0])
    # by 12 for a year, EUR per month may be multiplied
    is_whole = names_currency(name) and _PER.search(told[0]) is None
    if (scale != 1 or is_whole) and factor not in (1, scale):
        msg = (
            f"{owner} has the unit {told[0]!r}, which counts in {scale:,}, and the factor "
            f"{question.factor:,g}. Leave the factor out: it is read from words such as 'thousand "
            "CNY', '万元' or 'TEUR'."
        )
        raise InvalidParameterError(msg)
    if question.unit_from:
        named = [words for words in told if names_currency(counted_in(words)[1])]
        named = [words for words in named if _amount_of(words) not in _WHOLE]
        if named:
            msg = (
                f"{owner} has the unit {named[0]!r}, and gets another by 'unit_from'. Leave the "
                "currency out of the one, or leave out the other."
            )
            raise InvalidParameterError(msg)
    elif question.item and name in SIGNS:
        msg = (
            f"{owner} has the unit {told[0]!r}, the sign of {', '.join(SIGNS[name])}: name the one "
            "that is meant."
        )
        raise InvalidParameterError(msg)


def told_unit(question: Question) -> str:
    """Return the unit of a question in the language that says it, English first."""
    return next(iter(_told(question)), "")


def _told(question: Question) -> list[str]:
    """Return the units of a question, that which names a currency or a scale first."""
    told = [words for words in (question.unit, question.unit_zh) if words.strip()]
    return sorted(told, key=_says_little)


def _says_little(words: str) -> bool:
    """Tell whether words name neither a currency nor a scale."""
    scale, name = counted_in(words)
    return scale == 1 and not names_currency(name)


def _check_languages(question: Question, owner: str, factor: Decimal) -> None:
    """Refuse an English and a Chinese unit of which readers would answer other numbers."""
    told = [words for words in (question.unit, question.unit_zh) if words.strip()]
    (scale, name), (other_scale, other) = (counted_in(words) for words in (told[0], told[-1]))
    both = names_currency(name) and names_currency(other)
    # tens of thousands and 万元: an amount, of which the factor says the scale
    is_one_silent = names_currency(name) != names_currency(other) and 1 in (scale, other_scale)
    if is_one_silent and factor == max(scale, other_scale) != 1:
        return
    if scale != other_scale or (both and not may_be_one(name, other)):
        read = (f"{n:,} {word}".rstrip() for n, word in ((scale, name), (other_scale, other)))
        msg = (
            f"{owner} has the units {told[0]!r} and {told[-1]!r}, which are read as "
            f"{' and '.join(read)}. Let both mean the same."
        )
        raise InvalidParameterError(msg)


def kept_in(question: Question, item: Item, told: str = "") -> tuple[Decimal, str]:
    """Return by what answers are multiplied for an item, and the unit that it is kept in.

    Parameters
    ----------
    question : Question
        One of numbers.
    item : Item
        What it fills.
    told : str, default=""
        The answer to the question that holds the unit.

    Raises
    ------
    InvalidParameterError
        Units or factors contradict each other, or an amount has a unit that is no currency.
    """
    own = Decimal(repr(question.factor))
    words = told_unit(question)
    read, unit = _turned(item, _amount_of(words), own)
    factor = read.copy_sign(own) if abs(own) == 1 else own
    if not told:
        return factor, unit
    times, unit = factor_to(item, _amount_of(told))
    if times != 1 and abs(factor) != 1:
        msg = (
            f"the unit {told!r} that is answered counts in {times:,}, and the numbers are "
            f"multiplied by {factor.normalize():,f} already"
        )
        raise InvalidParameterError(msg)
    return factor * times, unit


def _turned(item: Item, words: str, own: Decimal) -> tuple[Decimal, str]:
    """Return the factor that words for a unit stand for, and the unit kept."""
    scale, name = counted_in(words)
    word, kept = (_OF_TIME.get(_plain(text), _plain(text)) for text in (words, item.unit))
    if (is_percent(words) and is_percent(item.unit)) or (word == kept and item.unit):
        factor, unit = ONE, item.unit
    else:
        try:
            factor, unit = factor_to(item, word if word in _OF_TIME.values() else words)
        except InvalidParameterError as error:
            # words for people, 人 for persons, mean the unit of the item, but no currency does
            is_in_words = bool(item.unit) and not names_currency(name)
            is_other_time = {word, kept} <= set(_OF_TIME.values()) and own == 1
            if not is_in_words or is_other_time:
                raise
            if abs(own) == 1 and not _may_be_own(words, _plain(name), _plain(item.unit)):
                msg = f"{error}; name its unit alone, such as '%' or 'days', or give its factor"
                raise InvalidParameterError(msg) from error
            return scale, item.unit
    is_own = bool(words.strip()) and (factor != 1 or word == kept or is_percent(words))
    if is_own and abs(own) not in (1, factor):
        msg = (
            f"{words!r} stands for {factor.normalize():,f} of the item {item.name!r}, and the "
            f"factor is {own.normalize():,f}"
        )
        raise InvalidParameterError(msg)
    return factor, unit


def _may_be_own(words: str, name: str, kept: str) -> bool:
    """Tell whether words may mean the unit of an item: persons of 人, days of working days."""
    if words.strip().casefold().startswith("m "):
        # metres or millions
        return False
    if kept == "fraction":
        return name in _OF_RATIOS
    if is_percent(kept):
        return name.startswith(("%", "percent", "per cent", "pp", "百分"))
    if kept not in _OF_TIME.values():
        return True
    own = sorted((word for word, unit in _OF_TIME.items() if unit == kept), key=len, reverse=True)
    rest, n = re.subn("|".join([kept, *own]), "", name)
    return n == 1 and _OTHER_LENGTH.search(rest) is None


def _plain(text: str) -> str:
    """Return a text such that writings of one word are equal."""
    return text.strip().casefold()
