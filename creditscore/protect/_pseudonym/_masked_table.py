"""A table of which some columns are masked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._frame import missing_message
from creditscore._typing import NativeFrame
from creditscore._validation import check_choice
from creditscore.exceptions import ColumnTypeError, DuplicateColumnError, MissingColumnError
from creditscore.protect._missing import is_missing
from creditscore.protect._pseudonym._mask import MASK_KINDS, MaskKind, mask


def masked_table(table: NativeFrame, masks: Mapping[str, MaskKind]) -> NativeFrame:
    """Return a table of which columns are masked.

    Parameters
    ----------
    table : table of shape (n_rows, n_columns)
        Any pandas, polars or pyarrow table.
    masks : mapping of str to str
        The kind of mask by column; see :func:`mask`. Other columns stay as they are, so leave out
        what must not be seen at all.

    Returns
    -------
    table
        A copy of the same kind, index kept; masked columns are text. A missing value stays
        missing. A column that is masked as "text" may hold anything; others hold text or whole
        numbers, and floats without fractions, as numbers with gaps are read.

    Raises
    ------
    MissingColumnError
        A column is not in the table.
    DuplicateColumnError
        Two columns have the name of one that is to be masked.
    ColumnTypeError
        A column holds what cannot be masked so, such as dates or lists; or no table.
    InvalidParameterError
        An unknown kind of mask.

    Notes
    -----
    An index of pandas is not masked: reset it first if it identifies anybody.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.protect import masked_table
    >>> table = pd.DataFrame({"name": ["Ana Lee", "张伟"], "phone": [13812345678, 13987654321]})
    >>> masked_table(table, {"name": "name", "phone": "phone"}).to_numpy().tolist()
    [['A*** L***', '****5678'], ['张*', '****4321']]
    """
    if not nw.dependencies.is_into_dataframe(table):
        msg = f"Columns of a table are masked. Got {type(table).__name__} instead."
        raise ColumnTypeError(msg)
    check_kind(masks, "masks", "masked_table", Mapping)
    for kind in masks.values():
        check_choice(kind, "masks", "masked_table", MASK_KINDS)
    if isinstance(table, pd.DataFrame):
        _require(masks, list(table.columns))
        result = table.copy()
        for name, kind in masks.items():
            entries = _masked(name, table[name].tolist(), kind)
            result[name] = pd.Series(entries, index=table.index, dtype="str")
        return result
    frame = nw.from_native(table, eager_only=True)
    _require(masks, frame.columns)
    backend = frame.implementation
    columns = [
        nw.new_series(name, _masked(name, frame[name].to_list(), kind), nw.String, backend=backend)
        for name, kind in masks.items()
    ]
    return frame.with_columns(*columns).to_native()


def _require(masks: Mapping[str, Any], names: list[Any]) -> None:
    missing = [name for name in masks if name not in names]
    if missing:
        raise MissingColumnError(missing_message(missing, [str(name) for name in names]))
    twice = next((name for name in masks if names.count(name) > 1), None)
    if twice is not None:
        msg = f"Two columns have the name {twice!r}. Rename one, so that both can be masked."
        raise DuplicateColumnError(msg)


def _masked(name: str, values: list[Any], kind: MaskKind) -> list[str | None]:
    made: dict[str | int, str] = {}
    found: list[str | None] = []
    for value in values:
        if is_missing(value):
            found.append(None)
            continue
        if kind == "text":
            found.append(mask("-", "text"))
            continue
        plain = _plain(name, value)
        if plain not in made:
            made[plain] = mask(plain, kind)
        found.append(made[plain])
    return found


def _plain(name: str, value: Any) -> str | int:
    if isinstance(value, (str, int, np.integer)) and not isinstance(value, bool):
        return value if isinstance(value, str) else int(value)
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return int(value)
    msg = (
        f"Column {name!r} holds values of the type {type(value).__name__}, which only the mask "
        "'text' hides. Mask it so, or convert it to text."
    )
    raise ColumnTypeError(msg)
