"""Parts of what a user gave, of whatever library, put together again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from creditscore._typing import Int1D, NativeFrame, NativeSeries


def reunited(
    parts: Sequence[NativeFrame | NativeSeries],
    rows: Sequence[Int1D],
    index: pd.Index | None,
) -> NativeFrame | NativeSeries:
    """Put answers about parts of a table below each other, in the order of the whole.

    Parameters
    ----------
    parts : sequence of tables or columns
        One or more, of one library and with the same columns.
    rows : sequence of ndarray of int
        The rows of the whole that each part is about; together, each row once.
    index : Index or None
        The index of the whole, where it is a pandas table.

    Returns
    -------
    table or column of the same library
    """
    order = np.argsort(np.concatenate(rows), kind="stable")
    if isinstance(parts[0], (pd.DataFrame, pd.Series)):
        whole = pd.concat(parts).iloc[order]
        # the very index, with its name and its kind
        whole.index = index
        return whole
    if isinstance(parts[0], np.ndarray):
        return np.concatenate(parts)[order]
    wrapped: list[Any] = [
        nw.from_native(part, allow_series=True, eager_only=True) for part in parts
    ]
    joined: Any = nw.concat(_as_frames(wrapped), how="vertical")
    if isinstance(wrapped[0], nw.Series):
        return joined[wrapped[0].name][order].to_native()
    return joined[order, :].to_native()


def _as_frames(parts: Sequence[Any]) -> list[Any]:
    return [part.to_frame() if isinstance(part, nw.Series) else part for part in parts]
