"""An instant of a frozen value: a text in UTC, and the day that it was where it happened."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from creditscore._days import NoDayError, check_day, read_instant
from creditscore.collect._observation._incoming import read_instants
from creditscore.exceptions import InvalidParameterError

_ZONES = np.timedelta64(1, "D")
"""The day of a place is that of UTC, the one before or the one after."""


def instant_text(value: Any, name: str, owner: str) -> str:
    """Return a time as text in UTC; one without a zone is of UTC.

    Raises
    ------
    InvalidParameterError
        It is no time.
    """
    instant = read_instants(pd.Series([value], dtype=object))[0]
    if pd.isna(instant):
        msg = (
            f"The {name!r} parameter of {owner} must be a time, such as "
            f"'2024-05-06T14:30+08:00'. Got {value!r}."
        )
        raise InvalidParameterError(msg)
    return str(instant.isoformat())


def instant_and_day(value: Any, on: Any, owner: str) -> tuple[str, str]:
    """Return the time `at` as text in UTC, and the day `on`, or else that of the time in its zone.

    Raises
    ------
    InvalidParameterError
        One of them is none, or the day is nowhere that of the time.
    """
    at = instant_text(value, "at", owner)
    if isinstance(on, str) and not on:
        return at, day_in_its_zone(value)
    day = check_day(on, "on", owner)
    if abs(day - np.datetime64(at[:10])) > _ZONES:
        msg = (
            f"The 'on' parameter of {owner} must be the day of 'at' where it happened, which is "
            f"{at[:10]} in UTC, and elsewhere that, the one before or the one after. Got {day}."
        )
        raise InvalidParameterError(msg)
    return at, str(day)


def day_in_its_zone(instant: Any) -> str:
    """Return the day of an instant in the zone that was given with it, or in UTC without one.

    Empty where it is no instant.
    """
    try:
        return str(read_instant(instant).date())
    except NoDayError:
        return ""
