"""What the parts of a frozen value must be: the right kinds, and finite floats of Python.

Files hold such floats, and values made of them compare as they should.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any, get_args

import numpy as np

from creditscore._cells import can_be_kept
from creditscore._typing import Philosophy
from creditscore._validation import check_choice, check_real
from creditscore.exceptions import InvalidParameterError

_MOST_LISTED = 20
PHILOSOPHIES: tuple[str, ...] = get_args(Philosophy)


def set_number(
    value_object: Any, name: str, *, low: float = -math.inf, closed: str = "neither"
) -> None:
    """Check a number of a frozen dataclass, and put a float in the place of what was given."""
    owner = type(value_object).__name__
    value = getattr(value_object, name)
    number = check_real(value, name, owner, low=low, high=math.inf, closed=closed)
    object.__setattr__(value_object, name, number)


def set_arrays(value_object: Any, *names: str) -> None:
    """Put floats of its own, that nobody can change, in the place of arrays that were given."""
    for name in names:
        values = np.array(getattr(value_object, name), dtype=np.float64)
        values.setflags(write=False)
        object.__setattr__(value_object, name, values)


def check_known_philosophy(value_object: Any) -> None:
    """Check what the probabilities of a frozen dataclass mean, where that is said."""
    if value_object.philosophy is not None:
        owner = type(value_object).__name__
        check_choice(value_object.philosophy, "philosophy", owner, PHILOSOPHIES)


def check_kind(value: Any, name: str, owner: str, kind: type) -> None:
    """Check the class of a parameter."""
    if not isinstance(value, kind):
        article = "an" if kind.__name__[0] in "AEIOaeio" else "a"
        msg = (
            f"The {name!r} parameter of {owner} must be {article} {kind.__name__}. Got "
            f"{_told(value)} instead."
        )
        raise InvalidParameterError(msg)


def check_kept(text: str, name: str, owner: str) -> None:
    """Check that files and databases can keep a text."""
    if not can_be_kept(text):
        msg = (
            f"The {name!r} parameter of {owner} holds a character that cannot be kept: the null "
            "character, or half of a pair. Leave it out."
        )
        raise InvalidParameterError(msg)


def _told(value: Any) -> str:
    """Return a value as an error shows it: a table may hold what nobody else may read."""
    plain = value is None or isinstance(value, (str, int, float, type, list, tuple))
    return repr(value) if plain else f"a {type(value).__name__}"


def unknown_name(name: Any, known: Sequence[str], what: str, of: str) -> InvalidParameterError:
    """Return the error about a name that is not known; near names are listed."""
    near = get_close_matches(str(name), known, n=3)
    hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    shown = ", ".join(map(repr, known[:_MOST_LISTED]))
    more = " …" if len(known) > _MOST_LISTED else ""
    return InvalidParameterError(
        f"There is no {what} {name!r} in {of}.{hint} It has: {shown}{more}."
    )


def read_entries(value: Any, name: str, owner: str) -> tuple[Any, ...]:
    """Read a collection that a parameter is; text is one value, not a list of letters."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        msg = f"The {name!r} parameter of {owner} must be a tuple, a list or another "
        msg += f"collection. Got {_told(value)} instead."
        raise InvalidParameterError(msg)
    return tuple(value)
