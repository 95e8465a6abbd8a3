"""Days as they are written: with the year first, for 3/4 may be April or March."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from creditscore.exceptions import InvalidParameterError

Days: TypeAlias = npt.NDArray[np.datetime64]
"""Days, NaT where there is none."""

_DAY = re.compile(
    r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日)"
    r"(?:[T ]00:00(?::00(?:\.0+)?)?)?"
)
"""A day, year first, and at most its midnight."""
_ISO_TIME = re.compile(r"\d{4}(-?)\d{2}\1\d{2}(?:[T ].+)?")
_TIME = re.compile(r"(.+?)[T ]+(\d{1,2}:\d{2}.*)")
"""A day of any of these forms, and a time of it."""


class NoDayError(Exception):
    """Why a value is no day."""


def read_day(value: Any) -> np.datetime64:
    """Return a day given as a text, a date, or a time without a zone.

    Raises
    ------
    NoDayError
        It is none of these, or a text of another form: what it means is not guessed.
    """
    if isinstance(value, np.datetime64) and not np.isnat(value):
        day: np.datetime64 = value.astype("datetime64[D]")
        return day
    if isinstance(value, dt.datetime) and not pd.isna(value):
        if value.tzinfo is not None:
            msg = "is a time with a zone"
            raise NoDayError(msg)
        value = value.date()
    if isinstance(value, dt.date) and not pd.isna(value):
        return np.datetime64(value, "D")
    found = _DAY.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is not None:
        year, _, *parts = found.groups()
        month, day_of_month = (int(part) for part in parts if part is not None)
        try:
            return np.datetime64(dt.date(int(year), month, day_of_month), "D")
        except ValueError:
            # no such day
            pass
    msg = "is no day written YYYY-MM-DD"
    raise NoDayError(msg)


def read_instant(value: Any) -> pd.Timestamp:
    """Return a time given as a text with the year first, a date or a time; a day is its begin.

    It has the zone that was given, or none.

    Raises
    ------
    NoDayError
        It is none of these, or a text of another form: what it means is not guessed, and the
        clock of the machine is not read.
    """
    msg = "is no time written YYYY-MM-DD HH:MM, with or without a zone, nor a day"
    if not isinstance(value, (str, dt.date, np.datetime64)):
        # such as a number: of what, since when?
        raise NoDayError(msg)
    try:
        instant = pd.Timestamp(_moment(value) if isinstance(value, str) else value)
    except (ValueError, TypeError, OverflowError) as error:
        raise NoDayError(msg) from error
    if pd.isna(instant):
        raise NoDayError(msg)
    return instant


def names_a_day(value: Any) -> bool:
    """Tell whether what was given says no time of the day; a midnight that is said is one."""
    if isinstance(value, str):
        return ":" not in value and "T" not in value.upper()
    if isinstance(value, np.datetime64):
        return bool(np.datetime_data(value)[0] == "D")
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime)


def last_instant(value: Any, name: str, owner: str) -> pd.Timestamp:
    """Return the last instant of UTC up to which something counts: itself, or the end of a day.

    A time without a zone is one of UTC; what a text of another form means is not guessed.
    """
    try:
        if names_a_day(value):
            day = read_day(value).astype("datetime64[us]")
            return pd.Timestamp(day + np.timedelta64(86_400_000_000 - 1, "us")).tz_localize("UTC")
        instant = read_instant(value)
    except NoDayError as error:
        msg = (
            f"The {name!r} parameter of {owner} must be an instant, such as "
            "'2024-06-30T12:00+08:00', or a day, which means its end in UTC. "
            f"Got {value!r} instead."
        )
        raise InvalidParameterError(msg) from error
    return instant.tz_localize("UTC") if instant.tz is None else instant.tz_convert("UTC")


def _moment(text: str) -> Any:
    word = text.strip()
    if _ISO_TIME.fullmatch(word):
        return dt.datetime.fromisoformat(word)
    parts = _TIME.fullmatch(word)
    if parts is None:
        return read_day(word)
    time = parts[2].replace(" ", "")
    time = time if time[2] == ":" else f"0{time}"
    return dt.datetime.fromisoformat(f"{read_day(parts[1])}T{time}")


def check_day(value: Any, name: str, owner: str) -> np.datetime64:
    """Return a parameter that is a day; see :func:`read_day`."""
    try:
        return read_day(value)
    except NoDayError as error:
        msg = (
            f"The {name!r} parameter of {owner} must be a day, such as '2024-06-30', or a date or "
            f"timestamp without a time zone. Got {value!r}, which {error}."
        )
        raise InvalidParameterError(msg) from error


def months_later(days: Any, months: int) -> Any:
    """Return days, or one, some months later; the last of its month where there is no such day."""
    month = days.astype("datetime64[M]")
    of_month = days - month.astype("datetime64[D]")
    first = (month + months).astype("datetime64[D]")
    last = (month + months + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    return np.minimum(first + of_month, last)
