"""What the numbers of a question are counted in, read as the units of readers' rules are."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from creditscore.collect._observation._item import Item
from creditscore.collect._reader._measure import Measure, factor_to, may_mean, measure_of
from creditscore.collect._reader._units import ONE, SIGNS, is_currency, is_money, may_be_one
from creditscore.exceptions import InvalidParameterError

if TYPE_CHECKING:
    from creditscore.collect._questionnaire._question import Question

_YUAN = re.compile("[十百千万亿]*元(?:$|[/每(（])")
"""Chinese words for whatever currency is asked."""


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
    factor = abs(factor_of(question))
    if len(told) > 1:
        _check_languages(question, owner, factor)
    _check_factor(question, told[0], owner, factor)
    asked = measure_of(told[0])
    if question.unit_from:
        named = [words for words in told if measure_of(words).is_known and not _YUAN.match(words)]
        if named:
            msg = (
                f"{owner} has the unit {named[0]!r}, and gets another by 'unit_from'. Leave all "
                "but its scale out of the one, or leave out the other."
            )
            raise InvalidParameterError(msg)
    elif question.item and asked.base in SIGNS:
        msg = (
            f"{owner} has the unit {told[0]!r}, the sign of {', '.join(SIGNS[asked.base])}: name "
            "the one that is meant."
        )
        raise InvalidParameterError(msg)


def factor_of(question: Question) -> Decimal:
    """Return the factor of a question, 1 where none is given."""
    return ONE if question.factor is None else Decimal(repr(question.factor)).normalize()


def told_unit(question: Question) -> str:
    """Return the unit of a question in the language that says it, English first."""
    return next(iter(_told(question)), "")


def _told(question: Question) -> list[str]:
    """Return the units of a question, that which names a currency or a scale first."""
    told = [words for words in (question.unit, question.unit_zh) if words.strip()]
    return sorted(told, key=lambda words: _says_little(measure_of(words)))


def _says_little(asked: Measure) -> bool:
    return asked.scale == 1 and not is_money(asked.base)


def _check_languages(question: Question, owner: str, factor: Decimal) -> None:
    """Refuse an English and a Chinese unit of which readers would answer other numbers."""
    one, other = measure_of(question.unit), measure_of(question.unit_zh)
    # tens of thousands and 万元: an amount, of which the factor says the scale
    amount, words = (one, other) if is_money(one.base) else (other, one)
    is_in_words = is_money(amount.base) and not words.is_known and words.scale == 1
    if is_in_words and factor == amount.scale != 1:
        return
    is_one = one.scale == other.scale
    # of words that are no known unit, nobody can tell
    if is_one and (one.base == other.base or (one.is_known and other.is_known)):
        is_one = may_be_one(one.base, other.base) and one.size == other.size
        is_one = is_one and (one.per == other.per or not (one.per and other.per))
    if not is_one:
        msg = (
            f"{owner} has the units {question.unit!r} and {question.unit_zh!r}, which are read as "
            f"{one.words} and {other.words}. Let both mean the same."
        )
        raise InvalidParameterError(msg)


def _check_factor(question: Question, words: str, owner: str, factor: Decimal) -> None:
    """Refuse a factor beside words that say another one."""
    asked = measure_of(words)
    if factor in (1, asked.scale) or (asked.scale == 1 and not is_money(asked.base)):
        return
    if not asked.per:
        out = "Leave the factor out: it is read from words such as 'thousand CNY', '万元' or 'TEUR'"
    elif asked.scale == 1 or factor % asked.scale == 0:
        # by 12 for a year, EUR per month may be multiplied, and TEUR per month by 12,000
        return
    else:
        whole = (factor * asked.scale).normalize()
        out = f"Give the whole factor: {whole:,f}, if the item is {factor.normalize():,f} of these"
    msg = (
        f"{owner} has the unit {words!r}, which counts in {asked.scale:,}, and the factor "
        f"{factor_of(question):,f}. {out}."
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
    own = factor_of(question)
    words = _told(question)
    if not item.unit:
        _check_amounts(item, words, question)
        words = words[:1]
    read = [_turned(item, said, question) for said in words] or [(ONE, item.unit)]
    if read[0] != read[-1]:
        (one, _), (other, _) = read[0], read[-1]
        msg = (
            f"{words[0]!r} stands for {one.normalize():,f} {item.unit}, and {words[-1]!r} for "
            f"{other.normalize():,f}; let both mean the same"
        )
        raise InvalidParameterError(msg)
    times, unit = read[0]
    factor = times.copy_sign(own) if abs(own) == 1 else own
    if not told:
        return factor, unit
    times, unit = factor_to(item, told)
    if times != 1 and abs(factor) != 1:
        msg = (
            f"the unit {told!r} that is answered counts in {times:,f}, and the numbers are "
            f"multiplied by {factor.normalize():,f} already"
        )
        raise InvalidParameterError(msg)
    return factor * times, unit


def _check_amounts(item: Item, words: list[str], question: Question) -> None:
    """Refuse words beside a currency in the other language that could count in another scale."""
    for other in words[1:]:
        asked = measure_of(other)
        if question.factor is None and (asked.per or (asked.base and not is_money(asked.base))):
            msg = (
                f"{other!r} is neither a currency nor a scale alone, beside {words[0]!r} for the "
                f"item {item.name!r}: let both mean the same, or give the factor, 1 where they do"
            )
            raise InvalidParameterError(msg)


def _turned(item: Item, words: str, question: Question) -> tuple[Decimal, str]:
    """Return the factor that words for a unit stand for beside that of a question."""
    asked, own = measure_of(words), abs(factor_of(question))
    if not item.unit and is_currency(asked.base):
        if asked.per and question.factor is None:
            msg = (
                f"{words!r} says per what amounts are, and the item {item.name!r} has no unit "
                "that does: give the factor that brings answers to what it is per, 1 where it is "
                "the same"
            )
            raise InvalidParameterError(msg)
        return asked.scale, asked.base
    try:
        factor, unit = factor_to(item, words)
    except InvalidParameterError as error:
        if not item.unit or (is_money(asked.base) and asked.base != measure_of(item.unit).base):
            raise
        if question.factor is not None:
            return own, item.unit
        if may_mean(words, item.unit):
            return asked.scale, item.unit
        msg = (
            f"{error}; name its unit alone, such as {item.unit!r}, or give its factor, 1 where it "
            "means the same"
        )
        raise InvalidParameterError(msg) from error
    if item.unit and own not in (1, factor):
        msg = (
            f"{words!r} stands for {factor.normalize():,f} of the item {item.name!r}, and the "
            f"factor is {own.normalize():,f}"
        )
        raise InvalidParameterError(msg)
    return factor, unit
