"""One applicant, given as a mapping, as a table of one row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from creditscore._frame import Table, as_table, missing_message
from creditscore.exceptions import MissingColumnError

_TO_PLAIN: dict[type, Callable[[Any], Any]] = {
    **dict.fromkeys((np.float64, np.float32, np.float16), float),
    **dict.fromkeys((np.int64, np.int32, np.int16, np.int8), int),
    **dict.fromkeys((np.uint64, np.uint32, np.uint16, np.uint8), int),
    np.bool_: bool,
    np.str_: str,
    type(pd.NA): lambda _: None,
}


def plain_value(value: Any) -> Any:
    """Return a scalar of numpy as Python's own, and NA as None; other values as they are.

    A table of one row reads either alike.
    """
    convert = _TO_PLAIN.get(type(value))
    return value if convert is None else convert(value)


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
