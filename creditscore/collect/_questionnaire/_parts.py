"""Parts of questions: choices, anchors of a scale, and bands of numbers that earn points."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from creditscore._checks import check_kind
from creditscore.exceptions import InvalidParameterError

KEY = re.compile(r"[a-z0-9][a-z0-9_]*")
"""Small letters, digits and underscores, as names of items have them."""
_UNHELD = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Control and other characters that a form or a cell does not hold, or gives back as others."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One of the answers that a question offers.

    Parameters
    ----------
    key : str
        Small letters, digits and underscores; stays the same whatever the texts.
    text, text_zh : str, default=""
        What people read, in English and Chinese; one of the two at least.
    points : float, optional
        What it earns; without, the question does not count in scores.
    value : str, float or bool, optional
        What the item holds where this is chosen; without, the key.
    alone : bool, default=False
        Whether it can't be chosen together with others, as "none of these".

    Examples
    --------
    >>> from creditscore.collect import Choice
    >>> Choice(key="owner", text="Owner", text_zh="业主", points=5).words("zh")
    '业主'
    """

    key: str
    text: str = ""
    text_zh: str = ""
    points: float | None = None
    value: str | float | bool | None = None
    alone: bool = False

    def __post_init__(self) -> None:
        """Check each entry."""
        check_key(self.key, "Choice")
        owner = f"Choice {self.key!r}"
        check_words(self, owner, "text")
        check_kind(self.alone, "alone", owner, bool)
        if self.points is not None:
            object.__setattr__(self, "points", plain_number(self.points, "points", owner))
        if self.value is not None and not isinstance(self.value, (str, bool)):
            object.__setattr__(self, "value", plain_number(self.value, "value", owner))

    def words(self, language: str) -> str:
        """Return the text in English ("en") or Chinese ("zh"), or the other if it has only that."""
        return in_language(self.text, self.text_zh, language)


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """What a step of a scale means.

    Parameters
    ----------
    value : int
        The step.
    text, text_zh : str, default=""
        What people read, in English and Chinese; one of the two at least.

    Examples
    --------
    >>> from creditscore.collect import Anchor
    >>> Anchor(value=1, text="In disorder").value
    1
    """

    value: int
    text: str = ""
    text_zh: str = ""

    def __post_init__(self) -> None:
        """Check each entry."""
        number = plain_number(self.value, "value", "Anchor")
        if not number.is_integer():
            msg = f"The 'value' parameter of Anchor must be a whole number. Got {self.value!r}."
            raise InvalidParameterError(msg)
        object.__setattr__(self, "value", int(number))
        check_words(self, f"Anchor {self.value}", "text")

    def words(self, language: str) -> str:
        """Return the text in English ("en") or Chinese ("zh"), or the other if it has only that."""
        return in_language(self.text, self.text_zh, language)


@dataclass(frozen=True, kw_only=True)
class PointsBand:
    """Points of numbers from a bound on, until the next band begins.

    Parameters
    ----------
    points : float
        What an answer in the band earns.
    at_least : float, default=-inf
        The least number of the band; the first band of a question has none.

    Examples
    --------
    >>> from creditscore.collect import PointsBand
    >>> bands = (PointsBand(points=0), PointsBand(at_least=3, points=10))
    >>> bands[0].at_least
    -inf
    """

    points: float
    at_least: float = -math.inf

    def __post_init__(self) -> None:
        """Check each entry."""
        object.__setattr__(self, "points", plain_number(self.points, "points", "PointsBand"))
        if self.at_least != -math.inf:
            bound = plain_number(self.at_least, "at_least", "PointsBand")
            object.__setattr__(self, "at_least", bound)


def points_in(bands: Sequence[PointsBand], number: float) -> float:
    """Return the points of the band that holds a number."""
    return next(band.points for band in reversed(bands) if number >= band.at_least)


def check_key(key: Any, owner: str) -> None:
    """Check a key."""
    check_kind(key, "key", owner, str)
    if not KEY.fullmatch(key):
        msg = (
            f"The 'key' parameter of {owner} must be small letters, digits and underscores. Got "
            f"{key!r}."
        )
        raise InvalidParameterError(msg)


def check_words(part: Any, owner: str, name: str, *, needed: bool = True) -> None:
    """Check a text and its Chinese form, of which one must be there."""
    texts = [getattr(part, name), getattr(part, f"{name}_zh")]
    for text, shown in zip(texts, (name, f"{name}_zh"), strict=True):
        check_kind(text, shown, owner, str)
        if _UNHELD.search(text):
            msg = f"The {shown!r} of {owner} holds a control character. Leave it out."
            raise InvalidParameterError(msg)
        object.__setattr__(part, shown, text.strip())
    if needed and not any(text.strip() for text in texts):
        msg = f"{owner} must have a {name!r} or a '{name}_zh', which people read."
        raise InvalidParameterError(msg)


def in_language(text: str, text_zh: str, language: str) -> str:
    """Return the one of two texts that a language asks for, or the other where it is empty."""
    return (text_zh or text) if language == "zh" else (text or text_zh)


def plain_number(value: Any, name: str, owner: str) -> float:
    """Return a finite number."""
    fits = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    if not fits:
        msg = f"The {name!r} parameter of {owner} must be a finite number. Got {value!r} instead."
        raise InvalidParameterError(msg)
    return float(value)


def holds_control_character(text: str) -> bool:
    """Tell whether a text holds what a form or a cell does not hold."""
    return _UNHELD.search(text) is not None
