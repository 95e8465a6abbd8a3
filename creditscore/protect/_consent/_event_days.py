"""Days of events, on which what is erased for good depends: read, and never guessed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from creditscore._days import Days
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.protect._fields import read_instant
from creditscore.protect._missing import is_missing


def event_days(column: pd.Series) -> Days:
    """Return the days of UTC of a column of days or instants, NaT where there is none.

    Raises
    ------
    InvalidDataError
        Numbers, or texts of another form than YYYY-MM-DD or an ISO 8601 time: 20240131 may be a
        day or nanoseconds, and 03/04/2024 March or April.
    """
    dtype = column.dtype
    if isinstance(dtype, pd.DatetimeTZDtype):
        column = column.dt.tz_convert("UTC").dt.tz_localize(None)
    if isinstance(column.dtype, np.dtype) and column.dtype.kind == "M":
        known: Days = column.to_numpy().astype("datetime64[D]")
        return known
    codes, values = pd.factorize(column.astype(object))
    days = [_day(value, str(column.name)) for value in values]
    # the last place is that of the code -1, a missing one
    found: Days = np.array([*days, np.datetime64("NaT", "D")], dtype="datetime64[D]")[codes]
    return found


def _day(value: object, name: str) -> np.datetime64:
    if is_missing(value):
        return np.datetime64("NaT", "D")
    try:
        instant = read_instant(value, name, "due_for_erasure")
    except InvalidParameterError as error:
        got = "text of another form" if isinstance(value, str) else f"a {type(value).__name__}"
        msg = (
            f"Column {name!r} must hold days or instants, or missing values, and holds {got}. "
            "Write text as YYYY-MM-DD, and convert numbers yourself: none is guessed at."
        )
        raise InvalidDataError(msg) from error
    return np.datetime64(instant.date(), "D")
