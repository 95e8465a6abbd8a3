"""Tables of indicators as matrices of numbers, for weights that are computed from data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from creditscore._frame import as_table
from creditscore._typing import Bool1D, Float1D, Float2D
from creditscore._warn import warn_user
from creditscore.exceptions import ConstantColumnWarning, EmptyDataError, InvalidDataError
from creditscore.expert._complete_columns import complete_column


class IndicatorMatrix(NamedTuple):
    """Cases in rows, indicators in columns, and which of these hold more than one value."""

    names: tuple[str, ...]
    values: Float2D
    varies: Bool1D


def read_indicators(X: Any, owner: str, *, signed: bool) -> IndicatorMatrix:
    """Read a table of two rows or more; warn of constant columns, and refuse if all are.

    Negative numbers are refused where they have no meaning, which is where not `signed`.
    """
    table = as_table(X)
    if table.n_rows < 2:
        msg = f"{owner} needs two rows or more, as weights come from differences. Got one row."
        raise EmptyDataError(msg)
    values = np.column_stack([complete_column(table, name, owner) for name in table.names])
    if not signed:
        _refuse_negative(values, table.names, owner)
    varies = np.asarray(values.max(axis=0) > values.min(axis=0))
    _tell_constant([name for name, one in zip(table.names, varies, strict=True) if not one],
                   len(table.names), owner)  # fmt: skip
    return IndicatorMatrix(table.names, values, varies)


def on_unit(values: Float2D) -> Float2D:
    """Put columns that vary on [0, 1] by their smallest and largest values."""
    # halves, as the difference of two large numbers could be infinite
    low, high = values.min(axis=0) / 2, values.max(axis=0) / 2
    return np.asarray((values / 2 - low) / (high - low))


def by_name(names: Sequence[str], values: Float1D) -> dict[str, float]:
    """Pair names with numbers of Python, as files hold them."""
    return dict(zip(names, values.tolist(), strict=True))


def _refuse_negative(values: Float2D, names: Sequence[str], owner: str) -> None:
    negative = values < 0
    for name, below in zip(names, negative.T, strict=True):
        if below.any():
            msg = (
                f"{owner} needs numbers that are zero or more. Column {name!r} has "
                f"{int(below.sum())} negative one(s), the first at row {int(below.argmax())}: "
                "orient(X, directions) puts each column on [0, 1]."
            )
            raise InvalidDataError(msg)


def _tell_constant(constant: list[str], n_columns: int, owner: str) -> None:
    listed = ", ".join(map(repr, constant))
    if len(constant) == n_columns:
        msg = (
            f"Every column holds one value only ({listed}), so that nothing tells the cases apart "
            f"and {owner} has nothing to weigh by. Use subjective weights, or other cases."
        )
        raise InvalidDataError(msg)
    if constant:
        warn_user(
            f"Column(s) {listed} hold one value only and tell no case from another: {owner} gives "
            "them weight 0. Leave them out, or weigh them by judgement.",
            ConstantColumnWarning,
        )
