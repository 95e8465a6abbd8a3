"""Cuts, levels and codes as they are given: checked, met in data, and written as text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from numbers import Real
from typing import Any

import numpy as np

from creditscore._frame import is_level
from creditscore._typing import Bool1D, Float1D, Level
from creditscore._warn import warn_user
from creditscore.exceptions import ColumnTypeError, InvalidParameterError, UnseenCategoryWarning

MISSING = "Missing"
"""Label of the attribute of missing values."""
OTHER = "Other"
"""Label of the attribute of levels never seen."""


def code_values(code: float) -> tuple[float, ...]:
    """Return the numbers that are a special code: itself, and what 32-bit floats make of it.

    Whole numbers and extreme ones are met as they are only: rounded to 32 bits, they may be
    amounts that occur.
    """
    if code.is_integer() or not 1e-30 < abs(code) < 1e30:
        return (code,)
    return code, float(np.float32(code))


def is_code(values: Float1D, code: float) -> Bool1D:
    """Tell which values are a special code."""
    first, *others = code_values(code)
    found: Bool1D = values == first
    for other in others:
        found |= values == other
    return found


def is_listed(values: Any) -> bool:
    """Tell whether values come as a list, and not as one text that would fall into letters."""
    return isinstance(values, (Sequence, np.ndarray)) and not isinstance(values, (str, bytes))


def number_texts(values: tuple[float, ...]) -> tuple[str, ...]:
    """Write numbers with the fewest digits, six or more, that tell neighbours apart."""
    for digits in range(6, 18):
        texts = tuple(_plain(f"{value:.{digits}g}") for value in values)
        whole = all(
            float(text) == value
            for text, value in zip(texts, values, strict=True)
            if value.is_integer() and abs(value) < 1e15
        )
        if whole and len(set(texts)) == len(values):
            return texts
    return tuple(repr(value) for value in values)


def _plain(text: str) -> str:
    """Write 1e+06 as 1000000, and leave what is truly large or small."""
    value = float(text)
    if "e" in text and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return text


def level_texts(levels: Sequence[Level], *, ordered: bool = False) -> dict[Level, str]:
    """Write each level such that levels joined by commas, or by "to", can be told apart."""
    reals = tuple(level for level in levels if isinstance(level, float))
    texts: dict[Level, str] = {
        level: str(level) for level in levels if not isinstance(level, float)
    }
    # a shortened 1.0000001 could read as the whole number beside it
    whole = any(isinstance(level, int) for level in levels)
    written = tuple(map(repr, reals)) if whole else number_texts(reals)
    texts |= dict(zip(reals, written, strict=True))
    numbers = {text for level, text in texts.items() if not isinstance(level, str)}
    return {
        level: repr(level)
        if isinstance(level, str) and _ambiguous(level, numbers, ordered=ordered)
        else text
        for level, text in texts.items()
    }


def _ambiguous(level: str, numbers: set[str], *, ordered: bool) -> bool:
    joined = ", " in level or (ordered and " to " in level)
    return not level or joined or level[0] in "'\"" or level in numbers


def warn_of_unseen_levels(name: str, unseen: Sequence[Level], n_rows: int) -> None:
    """Warn of levels or words that the bins do not know."""
    shown = ", ".join(map(repr, unseen[:5])) + (", …" if len(unseen) > 5 else "")
    warn_user(
        f"Column {name!r} holds {len(unseen)} level(s) that the bins do not know, in "
        f"{n_rows} row(s): {shown}. They count as {OTHER!r}. Check the spelling, give them a "
        "group, or fit again with data that hold them.",
        UnseenCategoryWarning,
    )


def listed(values: Any, what: str) -> list[Any]:
    if not is_listed(values):
        msg = f"The {what} of a characteristic must be given as a list. Got {values!r} instead."
        raise InvalidParameterError(msg)
    # as objects, so that numpy does not turn the numbers of a mixed list into text
    return [value.item() if isinstance(value, np.generic) else value for value in values]


def floats(values: Any, what: str) -> tuple[float, ...]:
    numbers = listed(values, what)
    try:
        if all(isinstance(n, Real) and not isinstance(n, bool) for n in numbers):
            return tuple(map(float, numbers))
    except OverflowError:
        pass  # refused below as any other value that is no float
    msg = f"The {what} of a numeric characteristic must be numbers. Got {values!r} instead."
    raise InvalidParameterError(msg)


def checked_cuts(values: Any) -> tuple[float, ...]:
    """Take any list of numbers that increase."""
    cuts = floats(values, "cuts")
    if not all(map(math.isfinite, cuts)) or any(a >= b for a, b in pairwise(cuts)):
        msg = (
            "The cuts of a numeric characteristic must be finite and strictly increasing. "
            f"Got {cuts!r} instead."
        )
        raise InvalidParameterError(msg)
    return cuts


def checked_levels(values: Any, what: str) -> tuple[Level, ...]:
    levels = listed(values, what)
    strange = [level for level in levels if not is_level(level)]
    if strange:
        msg = (
            f"The levels of a {what} must be text, finite numbers or booleans. "
            f"Got {strange[0]!r} instead."
        )
        raise InvalidParameterError(msg)
    return tuple(levels)


def check_sorts(name: str, found: Sequence[Level], known: Sequence[Level]) -> None:
    """Refuse levels that no bin could hold, such as numbers where the bins know text only."""
    if _sorts(found) <= _sorts(known) or not known:
        return
    strange = next(level for level in found if not _sorts([level]) <= _sorts(known))
    msg = (
        f"Column {name!r} holds {_sort(strange)}, such as {strange!r}, and its bins are "
        f"groups of {_sort(known[0])}, such as {known[0]!r}. Convert the column to what it was "
        "when the bins were made."
    )
    raise ColumnTypeError(msg)


def _sorts(levels: Sequence[Level]) -> set[bool]:
    """Tell text from all else: booleans equal the numbers 1 and 0."""
    return {issubclass(kind, str) for kind in set(map(type, levels))}


def _sort(level: Level) -> str:
    return "text" if isinstance(level, str) else "numbers or booleans"
