"""Who did something, when and why."""

from __future__ import annotations

import datetime as dt
from typing import Any

from creditscore._days import NoDayError, read_day, read_instant
from creditscore.exceptions import InvalidParameterError

_EXAMPLE = "such as '2024-06-30T12:00:00Z'"


def check_text(value: Any, name: str, owner: str) -> str:
    """Return a parameter that is a text of something."""
    if not isinstance(value, str) or not value.strip():
        msg = f"The {name!r} parameter of {owner} must be a text. Got {value!r} instead."
        raise InvalidParameterError(msg)
    return value


def instant_text(value: Any, name: str, owner: str) -> str:
    """Return an instant in UTC as text of one form, so that texts sort as instants do.

    One without a zone is of UTC; a day is its first instant.
    """
    try:
        instant = read_instant(value)
    except NoDayError as error:
        msg = f"The {name!r} parameter of {owner} must be an instant, {_EXAMPLE}. Got {value!r}."
        raise InvalidParameterError(msg) from error
    utc = instant if instant.tz is None else instant.tz_convert("UTC").tz_localize(None)
    return f"{utc.to_pydatetime().isoformat(timespec='microseconds')}Z"


def end_text(value: Any, name: str, owner: str) -> str:
    """Return the last instant that counts: one that is given, or the end of a day in UTC."""
    if isinstance(value, str) and ":" in value:
        return instant_text(value, name, owner)
    try:
        day = read_day(value)
    except NoDayError:
        return instant_text(value, name, owner)
    if isinstance(value, dt.datetime):
        return instant_text(value, name, owner)
    return f"{day}T23:59:59.999999Z"
