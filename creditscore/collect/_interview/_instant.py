"""An instant of a frozen value: a text in UTC."""

from __future__ import annotations

from typing import Any

import pandas as pd

from creditscore.collect._observation._incoming import read_instants
from creditscore.exceptions import InvalidParameterError


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
