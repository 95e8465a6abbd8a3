"""Intervals of the cells of a cohort matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import pandas as pd

from creditscore._typing import Float2D
from creditscore._validation import check_choice, check_real
from creditscore.exceptions import InvalidDataError
from creditscore.metrics import clopper_pearson_interval, jeffreys_interval, wilson_interval

if TYPE_CHECKING:
    from creditscore.grade._migration._matrix import MigrationMatrix

CellInterval: TypeAlias = Literal["jeffreys", "wilson", "clopper_pearson"]
"""Interval of a share, a function of `creditscore.metrics`."""

_INTERVALS = {
    "jeffreys": jeffreys_interval,
    "wilson": wilson_interval,
    "clopper_pearson": clopper_pearson_interval,
}


def cell_intervals(matrix: MigrationMatrix, level: float, interval: str) -> pd.DataFrame:
    """Return an interval of each cell in the rows of grades."""
    owner = f"{type(matrix).__name__}.intervals"
    check_real(level, "level", owner, low=0, high=1)
    check_choice(interval, "interval", owner, tuple(_INTERVALS))
    counts = _counts_behind(matrix)
    n, m = len(matrix.grades), len(matrix.labels)
    moved = counts[:n]
    total = np.repeat(moved.sum(axis=1), m)
    lower, upper = _INTERVALS[interval](moved.ravel(), total, level=level)
    return pd.DataFrame(
        {
            "grade_start": np.repeat(np.array(matrix.grades, dtype=object), m),
            "grade_end": np.tile(np.array(matrix.labels, dtype=object), n),
            "n_start": total,
            "n_moved": moved.ravel(),
            "probability": matrix.array[:n].ravel(),
            "lower": lower,
            "upper": upper,
        }
    )


def _counts_behind(matrix: MigrationMatrix) -> Float2D:
    """Return the counts that the rates are shares of."""
    if matrix.counts is None or matrix.exposure is not None or not matrix.pooled:
        what = (
            "has no counts of customers" if matrix.counts is None
            else "is an estimate by duration" if matrix.exposure is not None
            else "is an average of cohorts"
        )  # fmt: skip
        msg = (
            f"The matrix {what}, so its cells are no shares of customers. bootstrap_migration "
            "gives intervals of any estimate, from the customers."
        )
        raise InvalidDataError(msg)
    counts = np.array(matrix.counts)
    if matrix.withdrawals == "no_change" and matrix.n_withdrawn is not None:
        counts += np.diag(matrix.n_withdrawn)
    return counts
