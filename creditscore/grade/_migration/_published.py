"""Reading published tables of migration: rows left out, sums that are rounded."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from creditscore._checks import read_entries, unknown_name
from creditscore._typing import Float2D
from creditscore._validation import as_floats, check_choice
from creditscore._warn import warn_user
from creditscore.exceptions import InvalidDataError, MigrationWarning
from creditscore.grade._migration._numbers import as_frame, row_names, unit

RowSums: TypeAlias = Literal["refuse", "normalise", "diagonal"]
"""What is done about rows that do not sum to 1."""

_TOLERANCE = 1e-9
_MUCH = 0.005
_FRACTIONS = 0.02
"""Sum of a row of fractions that are read as percentages, and somewhat more."""


def read_published(
    table: Any,
    labels: Any,
    names: tuple[str | None, str | None],
    *,
    row_sums: str,
    owner: str,
    whole: float = 1.0,
) -> dict[str, Any]:
    """Read a table as the fields of a matrix.

    Parameters
    ----------
    table, labels, row_sums
        As in MigrationMatrix.from_probabilities.
    names : tuple of str
        Labels of default and of withdrawn ratings.
    owner : str
        Who reads, for messages.
    whole : float, default=1
        What rows sum to.
    """
    check_choice(row_sums, "row_sums", owner, ("refuse", "normalise", "diagonal"))
    columns, rows, values = _parts(table, labels, owner)
    default_label, withdrawn_label = names
    if withdrawn_label not in columns:
        withdrawn_label = None
    if default_label is not None and default_label not in columns:
        raise unknown_name(default_label, columns, "column", "the table")
    order = [name for name in columns if name not in (default_label, withdrawn_label)]
    order += [name for name in (default_label, withdrawn_label) if name is not None]
    known = _summed(_fractions(values / whole, rows), rows, columns, row_sums, whole)
    square = np.array(
        [
            known[rows.index(name)][[columns.index(other) for other in order]]
            if name in rows
            else _left_out(name, order, (default_label, withdrawn_label))
            for name in order
        ]
    )
    return {
        "labels": tuple(order),
        "probabilities": square,
        "default_label": default_label,
        "withdrawn_label": withdrawn_label,
        "withdrawals": "none" if withdrawn_label is None else "keep",
    }


def _parts(table: Any, labels: Any, owner: str) -> tuple[list[str], list[str], Float2D]:
    """Return the names of columns and rows, and the numbers."""
    table = as_frame(table)
    if isinstance(table, pd.DataFrame):
        columns = table.columns.tolist()
        rows = row_names(table, columns)
        if labels is not None:
            names = [str(label) for label in read_entries(labels, "labels", owner)]
            missing = [name for name in names if name not in columns]
            if missing:
                raise unknown_name(missing[0], columns, "column", "the table")
            table = table[names]
            columns = names
        strange = [name for name in rows if name not in columns]
        if strange:
            raise unknown_name(strange[0], columns, "column for the row", "the table")
        values = as_floats(table.to_numpy(), "table")
    else:
        values = as_floats(table, "table")
        if labels is None:
            msg = f"{owner} needs the 'labels' of the columns, because the table has no names."
            raise InvalidDataError(msg)
        columns = [str(label) for label in read_entries(labels, "labels", owner)]
        rows = columns[: len(values)]
    if values.ndim != 2 or values.shape != (len(rows), len(columns)) or not len(rows):
        msg = (
            f"The table must have a row a grade and a column for each of {columns!r}. Got the "
            f"shape {values.shape}."
        )
        raise InvalidDataError(msg)
    return columns, rows, values


def _fractions(values: Float2D, rows: list[str]) -> Float2D:
    odd = ~((values >= 0) & (values <= 1 + _TOLERANCE))
    if odd.any():
        row, column = np.argwhere(odd)[0]
        msg = (
            f"Row {rows[row]!r} holds {values[row, column]:g}, which is no fraction in [0, 1]. Are "
            "these percentages? from_percent takes those. Put 0 where a table has a blank."
        )
        raise InvalidDataError(msg)
    return values


def _summed(
    values: Float2D, rows: list[str], columns: list[str], row_sums: str, whole: float
) -> Float2D:
    """Make rows sum to 1 as told."""
    total = values.sum(axis=1)
    off = np.abs(total - 1) > _TOLERANCE
    if (total < _FRACTIONS).all() and whole > 1:
        msg = (
            f"The rows sum to about {whole * total.mean():.3g}, and percentages sum to 100. Are "
            "these fractions? from_probabilities takes those."
        )
        raise InvalidDataError(msg)
    if off.any() and row_sums == "refuse":
        shown = ", ".join(f"{rows[i]!r} {total[i]:.6g}" for i in np.flatnonzero(off)[:10].tolist())
        msg = (
            f"Rows do not sum to 1: {shown}. If they are rounded, choose row_sums='normalise' "
            "(divide by the sum) or 'diagonal' (those who stay make up the difference); if "
            "withdrawn ratings were left out, add their column."
        )
        raise InvalidDataError(msg)
    far = np.abs(total - 1) >= _MUCH
    if far.any():
        shown = ", ".join(f"{rows[i]!r} {total[i]:.4g}" for i in np.flatnonzero(far).tolist())
        msg = (
            f"Rows sum to less or more than rounding explains: {shown}. A column, such as that of "
            f"withdrawn ratings, may be missing; the sums were mended by {row_sums!r} as told."
        )
        warn_user(msg, MigrationWarning)
    if row_sums == "diagonal":
        return _with_diagonal(values, rows, columns)
    if not (total > 0).all():
        msg = f"Row {rows[int((total <= 0).argmax())]!r} is zero throughout. Leave the grade out."
        raise InvalidDataError(msg)
    mended: Float2D = values / total[:, None]
    return mended


def _with_diagonal(values: Float2D, rows: list[str], columns: list[str]) -> Float2D:
    mended = values.copy()
    for i, name in enumerate(rows):
        place = columns.index(name)
        mended[i, place] += 1 - values[i].sum()
        if mended[i, place] < 0:
            msg = (
                f"In row {name!r} those who leave sum to more than 1, so that nobody is left to "
                "stay. Check the row, or choose row_sums='normalise'."
            )
            raise InvalidDataError(msg)
    return mended


def _left_out(name: str, order: list[str], closed: tuple[str | None, str | None]) -> Any:
    """Return the row of a state that the table has no row for."""
    if name not in closed:
        msg = (
            f"There is no row for {name!r}. Only default and withdrawn ratings may go without, "
            f"here {closed!r}: say withdrawn_label={name!r} if these are withdrawn ratings."
        )
        raise InvalidDataError(msg)
    return unit(len(order), order.index(name))
