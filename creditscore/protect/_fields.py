"""What the fields of frozen values must be: texts, tuples of texts, instants."""

from __future__ import annotations

import datetime as dt
from typing import Any

from creditscore import _days
from creditscore._checks import check_kept, read_entries
from creditscore._days import NoDayError
from creditscore.exceptions import InvalidParameterError
from creditscore.protect._normal import normalised


def set_text(value_object: Any, *names: str, empty: bool = False) -> None:
    """Check that fields of a frozen dataclass are texts, and take off blanks about them."""
    owner = type(value_object).__name__
    for name in names:
        value = getattr(value_object, name)
        if not isinstance(value, str) or not (empty or value.strip()):
            msg = f"The {name!r} parameter of {owner} must be a text. Got {value!r} instead."
            raise InvalidParameterError(msg)
        check_kept(value, name, owner)
        object.__setattr__(value_object, name, value.strip())


def set_texts(value_object: Any, *names: str) -> None:
    """Put a tuple of texts, each once, in the place of fields of a frozen dataclass."""
    owner = type(value_object).__name__
    for name in names:
        texts = read_entries(getattr(value_object, name), name, owner)
        if not all(isinstance(text, str) and text.strip() for text in texts):
            msg = f"The {name!r} parameter of {owner} must hold texts. Got {texts!r} instead."
            raise InvalidParameterError(msg)
        for text in texts:
            check_kept(text, name, owner)
        stripped = (text.strip() for text in texts)
        object.__setattr__(value_object, name, tuple(dict.fromkeys(stripped)))


def set_instant(value_object: Any, *names: str) -> None:
    """Put an instant in UTC in the place of fields of a frozen dataclass; None stays."""
    for name in names:
        value = getattr(value_object, name)
        if value is not None:
            instant = read_instant(value, name, type(value_object).__name__)
            object.__setattr__(value_object, name, instant)


def read_instant(value: Any, name: str, owner: str) -> dt.datetime:
    """Return a parameter that is a time as an instant in UTC, to the microsecond.

    A text has the year first, or it is refused: '03/04/2025' is April to some and March to
    others. A time without a zone is one of UTC, and a day means its beginning.
    """
    try:
        instant = _days.read_instant(value)
    except NoDayError as error:
        msg = (
            f"The {name!r} parameter of {owner} must be a time, such as '2025-01-31T09:30:00Z', or "
            f"a datetime. Got {value!r} instead."
        )
        raise InvalidParameterError(msg) from error
    utc = instant.tz_localize("UTC") if instant.tz is None else instant.tz_convert("UTC")
    moment: dt.datetime = utc.floor("us").to_pydatetime().astimezone(dt.UTC)
    return moment


def now() -> dt.datetime:
    """Return this instant in UTC."""
    return dt.datetime.now(dt.UTC)


def instant_text(instant: dt.datetime) -> str:
    """Write an instant, always with the same number of digits."""
    return instant.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def same_person(name: str) -> str:
    """Return what spellings of one name have in common: its letters, whatever their form."""
    return "".join(normalised(name).split())
