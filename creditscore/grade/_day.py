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

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def read_day(value: Any, name: str, owner: str) -> np.datetime64:
    """Return a parameter that is a day: text YYYY-MM-DD, a date, or a time without a zone."""
    if isinstance(value, np.datetime64) and not np.isnat(value):
        day: np.datetime64 = value.astype("datetime64[D]")
        return day
    if isinstance(value, dt.datetime) and not pd.isna(value) and value.tzinfo is None:
        value = value.date()
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return np.datetime64(value, "D")
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return np.datetime64(value, "D")
        except ValueError:
            # no such day
            pass
    msg = (
        f"The {name!r} parameter of {owner} must be a day: a date, or text such as '2025-06-30'. "
        f"Got {value!r} instead."
    )
    raise InvalidParameterError(msg)
