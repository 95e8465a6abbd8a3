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
