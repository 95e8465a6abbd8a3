"""Votes of experts on a criterion: shares of the judges by grade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from creditscore._typing import Float2D, NativeFrame
from creditscore._validation import as_floats
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.expert._complete_columns import read_complete
from creditscore.expert._fuzzy._operators import ROUNDING

_SUM_TOLERANCE = 0.01 + 1e-9
"""How far from 1 shares may add up, as those that were rounded to two or three decimals do."""


def read_votes(
    shares: NativeFrame, name: str, grades: Sequence[str], *, beside: NativeFrame, n_rows: int
) -> Float2D:
    """Return the votes on a criterion, customers × grades, paired by place with a table."""
    table, found = read_complete(shares, grades, f"FuzzyEvaluation (votes on {name!r})")
    if table.n_rows != n_rows:
        msg = f"The votes on {name!r} have {table.n_rows} rows, and X has {n_rows}: one a customer."
        raise InvalidDataError(msg)
    both = isinstance(shares, pd.DataFrame) and isinstance(beside, pd.DataFrame)
    if both and not shares.index.equals(beside.index):
        msg = (
            f"The votes on {name!r} have other row labels than X, and they are paired by place. "
            "Align them: votes.loc[X.index]."
        )
        raise InvalidDataError(msg)
    return check_votes(found, name, grades)


def matrix_of_votes(votes: Any, grades: Sequence[str]) -> dict[str, Float2D]:
    """Return the votes on one customer, each criterion's as one row."""
    if isinstance(votes, pd.DataFrame):
        _, found = read_complete(votes, grades, "evaluate_votes")
        twice = votes.index[votes.index.duplicated()]
        if len(twice):
            msg = f"The table of votes has two rows of the criterion {twice[0]!r}."
            raise InvalidDataError(msg)
        return {name: row[None] for name, row in zip(votes.index, found, strict=True)}
    if not isinstance(votes, Mapping):
        msg = (
            "The 'votes' parameter of evaluate_votes must be a mapping of each criterion to its "
            "shares by grade, or a pandas table whose index names the criteria: "
            f"pd.DataFrame(R, index=criteria, columns={[*grades]!r}). Got {type(votes).__name__}."
        )
        raise InvalidParameterError(msg)
    rows = {name: as_floats(row, f"The votes on {name!r}") for name, row in votes.items()}
    for name, row in rows.items():
        if row.shape != (len(grades),):
            msg = (
                f"The votes on {name!r} must be {len(grades)} shares, one a grade. Got shape "
                f"{row.shape}."
            )
            raise InvalidDataError(msg)
    return {name: row[None] for name, row in rows.items()}


def check_votes(shares: Float2D, name: str, grades: Sequence[str]) -> Float2D:
    """Check that each row holds fractions that add up to 1, and return it."""
    wrong = ~((shares >= 0) & (shares <= 1 + ROUNDING)).all(axis=1)
    wrong |= ~(np.abs(shares.sum(axis=1) - 1) <= _SUM_TOLERANCE)
    if wrong.any():
        row = int(wrong.argmax())
        shown = ", ".join(f"{g} {s:g}" for g, s in zip(grades, shares[row], strict=True))
        msg = (
            f"The votes on {name!r} must be fractions in [0, 1] that add up to 1 in each row. Got "
            f"{shown}, together {shares[row].sum():g}, at row {row}: divide the counts by the "
            "number of judges."
        )
        raise InvalidDataError(msg)
    return shares
