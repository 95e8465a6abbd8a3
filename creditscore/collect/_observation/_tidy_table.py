"""The table of observations that a function was given, with the columns that it needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from creditscore.collect._observation._columns import TEXT_COLUMNS
from creditscore.collect._observation._incoming import categories
from creditscore.collect._observation._observations import Observations
from creditscore.exceptions import InvalidDataError, InvalidParameterError, MissingColumnError

_NEVER_EMPTY = ("customer", "item", "true_from", "collected_at")


def tidy_table(observations: Any, needed: Sequence[str], owner: str) -> pd.DataFrame:
    """Return the table of observations, which has the columns that are needed.

    What reads observations begins with it, so that tables of a store, of
    :class:`Observations` and of other programs are read alike.

    Parameters
    ----------
    observations : Observations or DataFrame
        Or a table with some of their columns, such as a store gives.
    needed : sequence of str
        Columns that must be there. Of these, columns of words hold texts afterwards: numbers are
        written out, and gaps are empty texts, as in observations.
    owner : str
        Who reads it, for errors.

    Returns
    -------
    DataFrame
        With the index that it came with; not copied where nothing changes.

    Raises
    ------
    InvalidParameterError
        It is something else.
    MissingColumnError
        A column is not there.
    InvalidDataError
        A customer, an item, or when a fact is true or was collected, is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import tidy_table
    >>> table = pd.DataFrame({"customer": [1001], "item": ["revenue"], "record": [None]})
    >>> read = tidy_table(table, ("customer", "record"), "my_check")
    >>> read["customer"].tolist(), read["record"].tolist()
    (['1001'], [''])
    """
    table = observations.table if isinstance(observations, Observations) else observations
    if not isinstance(table, pd.DataFrame):
        msg = (
            f"{owner} takes Observations, or a table of them such as a store gives. Got "
            f"{type(observations).__name__}."
        )
        raise InvalidParameterError(msg)
    lacking = [name for name in needed if name not in table.columns]
    if lacking:
        msg = (
            f"{owner} reads observations, and the columns {', '.join(map(repr, lacking))} are not "
            f"in the table. It has: {', '.join(map(repr, table.columns))}."
        )
        raise MissingColumnError(msg)
    written: dict[str, Any] = {}
    for name in needed:
        if name not in TEXT_COLUMNS and name not in _NEVER_EMPTY:
            continue
        gaps = table[name].isna().to_numpy()
        if name in _NEVER_EMPTY and gaps.any():
            row = int(np.flatnonzero(gaps)[0])
            msg = f"{owner} reads observations, and the column {name!r} is empty in row {row}."
            raise InvalidDataError(msg)
        if name not in TEXT_COLUMNS:
            continue
        if gaps.any() or is_numeric_dtype(table[name].dtype):
            written[name] = categories(table[name])
    return table.assign(**written) if written else table
