"""One applicant, given as a mapping, as a table of one row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from creditscore._frame import Table, as_table, missing_message
from creditscore.exceptions import MissingColumnError


def one_row(applicant: Mapping[str, Any], names: Sequence[str]) -> Table:
    """Read some columns of an applicant, each value in a column of its own type.

    Raises
    ------
    MissingColumnError
        A column is not there; near names are listed.
    """
    lacking = [name for name in names if name not in applicant]
    if lacking:
        raise MissingColumnError(missing_message(lacking, list(map(str, applicant))))
    return as_table(pd.DataFrame({name: _column(applicant[name]) for name in names}))


def _column(value: Any) -> Any:
    if value is None or isinstance(value, (str, bool)) or not np.isscalar(value):
        values = np.empty(1, dtype=object)
        values[0] = value
        # as objects: the text type of pandas holds no half of a character
        return pd.Series(values, dtype=object)
    return [value]
