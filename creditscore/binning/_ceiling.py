"""The information value that the pre-bins of a feature admit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from creditscore.binning._constraints import BinConstraints
from creditscore.binning._evidence import Evidence
from creditscore.binning._fine import FineLevels
from creditscore.binning._solver import solve_bins
from creditscore.metrics import iv_parts

if TYPE_CHECKING:
    from creditscore.binning._table import BinTable


def iv_ceiling(table: BinTable, evidence: Evidence) -> float:
    """Return the optimum on the fine counts of a table; NaN where regular rows have none.

    What is no regular bin adds its part as the table has it, or the part of its own counts where
    it is merged with a regular bin, because merging loses information.
    """
    total_good, total_bad = float(sum(table.n_good)), float(sum(table.n_bad))
    if not sum(table.n_good[: table.n_bins]) + sum(table.n_bad[: table.n_bins]):
        return _apart(table, evidence, total_good, total_bad)
    if table.fine is None:
        return float("nan")
    asked = table.constraints
    trend = "auto" if asked is None or asked.trend is None else asked.trend
    good, bad = table.fine.prebins()
    if isinstance(table.fine, FineLevels):
        if not getattr(table.partition, "ordered", False):
            # levels without an order stand by their bad rate
            trend = "ascending"
        elif table.fine.prebin is None:
            good, bad = table.fine.good, table.fine.bad
    found_under = BinConstraints() if asked is None else asked
    solution = solve_bins(
        good,
        bad,
        total_good=total_good,
        total_bad=total_bad,
        constraints=BinConstraints(
            trend=trend,
            min_good=found_under.min_good,
            min_bad=found_under.min_bad,
            min_bend_gain=found_under.min_bend_gain,
            max_bend_p_value=found_under.max_bend_p_value,
        ),
        smoothing=table.smoothing,
    )
    return solution.value + _apart(table, evidence, total_good, total_bad)


def _apart(table: BinTable, evidence: Evidence, total_good: float, total_bad: float) -> float:
    """Return the parts of missing values, special codes and levels never seen."""
    n = table.n_bins
    codes = np.arange(n, table.partition.n_codes)
    with_bin = np.isin(evidence.pool[n:], evidence.pool[:n])
    part = float(evidence.parts[codes[~with_bin]].sum())
    pool = evidence.pool[codes[with_bin]]
    good, bad = (
        np.bincount(pool, np.asarray(side, dtype=np.float64)[codes[with_bin]], minlength=1)
        for side in (table.n_good, table.n_bad)
    )
    return part + float(
        iv_parts(
            good, bad, smoothing=table.smoothing, total_good=total_good, total_bad=total_bad
        ).sum()
    )
