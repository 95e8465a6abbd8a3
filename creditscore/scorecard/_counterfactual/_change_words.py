"""Changes in words: what value is needed, in English and in Chinese."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

from creditscore._typing import Level

_MOST_DIGITS = 6

_MISSING = {"en": "not stated", "zh": "未提供"}
_OR = {"en": " or ", "zh": " 或 "}
_ALL = {"en": "any amount", "zh": "任何数值"}
_FROM = {"en": "at least {low}", "zh": "至少 {low}"}
_BELOW = {"en": "below {high}", "zh": "低于 {high}"}
_BETWEEN = {"en": "at least {low} and below {high}", "zh": "至少 {low} 且低于 {high}"}
_AT_MOST = {"en": "at most {high}", "zh": "至多 {high}"}
_WITHIN = {"en": "at least {low} and at most {high}", "zh": "至少 {low} 且至多 {high}"}
_JUST_BELOW = {"en": "just below {high}", "zh": "略低于 {high}"}


def value_in_words(value: Level | None, language: str, *, label: str = "") -> str:
    """Write a value; one that is a special code by the label of its attribute."""
    if label.startswith("Special "):
        code = label.removeprefix("Special ")
        return f"code {code}" if language == "en" else f"代码 {code}"
    if value is None:
        return _MISSING[language]
    if isinstance(value, float):
        return _number(value)
    return str(value)


@dataclass(frozen=True)
class Aim:
    """What is needed: an amount of a range, one of some levels, or no value.

    Attributes
    ----------
    low, high : float or None
        Ends of the range, None where there is none.
    high_included : bool
        Whether the upper end is in the range.
    levels : tuple of str, float or bool
        Levels, of which each will do.
    """

    low: float | None
    high: float | None
    high_included: bool
    levels: tuple[Level, ...]

    def in_words(self, language: str) -> str:
        """Write what is needed, amounts rounded so that they suffice."""
        if self.levels:
            return _OR[language].join(str(level) for level in self.levels)
        low, high = self.low, self.high
        if low is not None and low == high:
            return _number(low)
        if low is not None and high is not None and math.nextafter(low, math.inf) >= high:
            return _JUST_BELOW[language].format(high=_number(high))
        least = "" if low is None else _number(low, up=True, short_of=high)
        if high is None:
            return (_ALL if low is None else _FROM)[language].format(low=least)
        most = _number(high, up=False)
        if self.high_included:
            words = _AT_MOST if low is None else _WITHIN
        else:
            words = _BELOW if low is None else _BETWEEN
        return words[language].format(low=least, high=most)


def _number(value: float, *, up: bool | None = None, short_of: float | None = None) -> str:
    """Write a number with six digits, or as many as a whole one has; rounded as told."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    plain = f"{value:.{_MOST_DIGITS}g}"
    if up is None or float(plain) == value:
        return plain
    rounding = ROUND_CEILING if up else ROUND_FLOOR
    short = Context(prec=_MOST_DIGITS, rounding=rounding).create_decimal(Decimal(value))
    rounded = float(short)
    enough = rounded >= value if up else rounded <= value
    if not enough or (short_of is not None and rounded >= short_of):
        return repr(value)
    return f"{short.normalize():f}" if 1e-4 <= abs(rounded) < 1e15 else f"{rounded:g}"
