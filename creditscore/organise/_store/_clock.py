"""Days and instants as the store keeps them: whole numbers since 1970, in UTC."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pandas as pd

from creditscore import _days
from creditscore._days import check_day
from creditscore._typing import Int1D

END = 2**62
"""After all days and instants."""
_DAY_MICROSECONDS = 86_400_000_000


def now() -> int:
    """Return this instant by the clock of the machine."""
    return time.time_ns() // 1000


def day_number(value: Any, name: str, owner: str) -> int:
    """Return a parameter that is a day, as days since 1970-01-01."""
    return int(check_day(value, name, owner).astype("datetime64[D]").astype(np.int64))


def last_instant(value: Any, name: str, owner: str) -> int:
    """Return the last microsecond up to which something counts: an instant, or the end of a day.

    A day is one of UTC and means all of it; an instant without a zone is one of UTC.
    """
    if value is None:
        return END
    utc = _days.last_instant(value, name, owner).tz_localize(None)
    return int(utc.to_datetime64().astype("datetime64[us]").astype(np.int64))


def day_numbers(days: pd.Series, *, missing: int) -> Int1D:
    """Return days of a column as numbers."""
    numbers = days.to_numpy().astype("datetime64[D]").astype(np.int64)
    return np.where(days.isna().to_numpy(), missing, numbers)


def instant_numbers(instants: pd.Series) -> Int1D:
    """Return instants of a column, with a zone, as microseconds."""
    naive = instants.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy()
    micros: Int1D = naive.astype("datetime64[us]").astype(np.int64)
    return micros


def as_days(numbers: Int1D) -> pd.Series:
    """Return numbers as days, NaT beyond the end."""
    days = np.asarray(numbers, dtype=np.int64)
    out = np.where(days >= END, np.datetime64("NaT", "D"), days.astype("datetime64[D]"))
    return pd.Series(out.astype("datetime64[s]"))


def as_instants(numbers: Int1D) -> pd.Series:
    """Return numbers as instants of UTC, NaT beyond the end."""
    micros = np.asarray(numbers, dtype=np.int64)
    out = np.where(micros >= END, np.datetime64("NaT", "us"), micros.astype("datetime64[us]"))
    return pd.Series(out).dt.tz_localize("UTC")


def day_of(micros: Int1D) -> Int1D:
    """Return the day of UTC in which instants lie."""
    return np.floor_divide(micros, _DAY_MICROSECONDS)
