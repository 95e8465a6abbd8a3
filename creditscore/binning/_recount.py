"""Counts on other bins of the same feature: from its bins, its fine counts or data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from creditscore._frame import as_table
from creditscore._typing import Float1D, Level
from creditscore._validation import check_outcomes, check_same_order, check_weights
from creditscore.binning._counts import Outcomes
from creditscore.binning._fine import FineIntervals, FineLevels
from creditscore.binning._partition import NumericPartition, Partition, number_texts
from creditscore.exceptions import InvalidDataError, InvalidParameterError, InvalidWeightError

if TYPE_CHECKING:
    from creditscore.binning._table import BinTable

_PERIODS_GIVEN_UP = "counts by period were given up, because an edit parts bins"


@dataclass(frozen=True, eq=False)
class Recount:
    """Counts on a new partition.

    Attributes
    ----------
    partition : Partition
        The new bins.
    good, bad : ndarray of shape (partition.n_codes,)
        Counts of each attribute.
    heirs : list of list of int
        New regular bins that hold values of each old one.
    fine : FineIntervals, FineLevels or None
        Fine counts of the same rows.
    fresh : bool
        Whether these are counts of other rows, which have no counts by period.
    """

    partition: Partition
    good: Float1D
    bad: Float1D
    heirs: list[list[int]]
    fine: FineIntervals | FineLevels | None
    fresh: bool = False

    def fields(self, table: BinTable) -> dict[str, Any]:
        """Return what changes in the table."""
        periods, notes = table.periods, table.notes
        if periods is not None:
            if not self.fresh and all(len(heirs) == 1 for heirs in self.heirs):
                shift = self.partition.n_regular - table.n_bins
                tail = [code + shift for code in range(table.n_bins, table.partition.n_codes)]
                codes = np.array([*(heirs[0] for heirs in self.heirs), *tail], dtype=np.intp)
                periods = periods.regrouped(codes, self.partition.n_codes)
            else:
                periods, notes = None, (*notes, _PERIODS_GIVEN_UP)
        return {
            "partition": self.partition,
            "n_good": tuple(self.good.tolist()),
            "n_bad": tuple(self.bad.tolist()),
            "joined": self._joined(table),
            "fine": self.fine,
            "ceiling": None if self.fresh else table.ceiling,
            "periods": periods,
            "notes": notes,
        }

    def _joined(self, table: BinTable) -> tuple[tuple[int, int], ...]:
        """Let what was merged with a bin follow it, or the part whose bad rate is nearest."""
        shift = self.partition.n_regular - table.n_bins
        weight = self.good + self.bad
        rate = np.divide(self.bad, weight, out=np.full_like(self.bad, np.inf), where=weight > 0)
        pairs = []
        for code, place in table.joined:
            own = rate[code + shift]
            heirs = self.heirs[place]
            # without rows of its own it follows the larger part
            by_rate = min(heirs, key=lambda heir: abs(rate[heir] - own))
            by_size = max(heirs, key=lambda heir: weight[heir])
            pairs.append((code + shift, by_rate if np.isfinite(own) else by_size))
        return tuple(pairs)


def cuts_of(table: BinTable) -> tuple[float, ...] | None:
    """Return the cuts of a feature that has some, or could have; None for levels."""
    cuts: tuple[float, ...] | None = getattr(table.partition, "cuts", None)
    return cuts


def ordered(table: BinTable) -> bool:
    """Tell whether the levels of a feature have an order of their own."""
    return bool(getattr(table.partition, "ordered", False))


def count_on_cuts(table: BinTable, cuts: Sequence[float]) -> Recount:
    """Count on other cuts from the bins, where a cut is theirs, and from the fine counts."""
    partition = _with_cuts(table.partition, cuts)
    below = np.array([_below(table, cut) for cut in cuts]).reshape(-1, 2)
    n = table.n_bins
    good, bad = (
        _between(below[:, i], side, n) for i, side in enumerate((table.n_good, table.n_bad))
    )
    return Recount(partition, good, bad, _overlaps(table, cuts), table.fine)


def _between(below: Float1D, side: Sequence[float], n: int) -> Float1D:
    """Return the counts of new bins from sums below their cuts, and those that stay."""
    counts = np.diff([0.0, *below.tolist(), float(np.sum(side[:n]))])
    # what is left of cancelled fractions of weights is no row
    counts[np.abs(counts) < 1e-12 * sum(side)] = 0.0
    return np.concatenate([counts, side[n:]])


def _below(table: BinTable, cut: float) -> tuple[float, float]:
    """Return the goods and the bads of the regular values below a cut."""
    cuts = cuts_of(table) or ()
    if cut in cuts:
        end = cuts.index(cut) + 1
        return float(np.sum(table.n_good[:end])), float(np.sum(table.n_bad[:end]))
    fine = table.fine
    if not isinstance(fine, FineIntervals):
        msg = (
            f"The table of {table.feature!r} keeps no counts finer than its bins, so they can be "
            f"merged but not cut at {number_texts((cut,))[0]}. Give the data to with_cuts (values, "
            "is_bad), or fit with these cuts."
        )
        raise InvalidParameterError(msg)
    place = fine.place_of(cut)
    if place is None:
        lower = max((c for c in cuts if c < cut), default=-np.inf)
        upper = min((c for c in cuts if c > cut), default=np.inf)
        near = fine.near(cut, low=lower, high=upper)
        texts = ", ".join(number_texts(near)) if near else "none in this bin"
        msg = (
            f"The counts that the table of {table.feature!r} keeps cannot tell what is below "
            f"{number_texts((cut,))[0]} from what is above. The nearest possible cuts: {texts}. "
            "For others, give the data to with_cuts (values, is_bad)."
        )
        raise InvalidParameterError(msg)
    return float(fine.good[:place].sum()), float(fine.bad[:place].sum())


def _overlaps(table: BinTable, cuts: Sequence[float]) -> list[list[int]]:
    """Return the new intervals that overlap each old one."""
    old, new = [-np.inf, *(cuts_of(table) or ()), np.inf], [-np.inf, *cuts, np.inf]
    return [
        [j for j in range(len(new) - 1) if new[j] < old[i + 1] and old[i] < new[j + 1]]
        for i in range(len(old) - 1)
    ]


def _with_cuts(partition: Partition, cuts: Sequence[float]) -> Partition:
    changed: Any = partition
    new: Partition = replace(changed, cuts=tuple(cuts))
    return new


def count_groups(table: BinTable, groups: Sequence[tuple[Level, ...]]) -> Recount:
    """Count on other groups of the same levels: whole bins together, others from fine counts."""
    whole: Any = table.partition
    partition: Partition = replace(whole, groups=tuple(groups))
    n = table.n_bins
    heirs = [
        [j for j, group in enumerate(groups) if not set(group).isdisjoint(old)]
        for old in whole.groups
    ]
    counts = np.zeros((len(groups), 2))
    for j in range(len(groups)):
        sources = [i for i in range(n) if j in heirs[i]]
        if all(len(heirs[i]) == 1 for i in sources):
            counts[j] = np.sum([(table.n_good[i], table.n_bad[i]) for i in sources], axis=0)
        else:
            counts[j] = _of_levels(table, groups[j])
    good, bad = (
        np.concatenate([counts[:, i], side[n:]])
        for i, side in enumerate((table.n_good, table.n_bad))
    )
    return Recount(partition, good, bad, heirs, table.fine)


def _of_levels(table: BinTable, group: Sequence[Level]) -> tuple[float, float]:
    if not isinstance(table.fine, FineLevels):
        msg = (
            f"The table of {table.feature!r} keeps no counts of single levels, so its bins can be "
            "merged but not parted. Fit with these groups as user_cuts."
        )
        raise InvalidParameterError(msg)
    # a level that stands in a bin by hand may have had no row
    met = set(table.fine.levels)
    return table.fine.counts_of([level for level in group if level in met])


def count_anew(
    table: BinTable, cuts: Sequence[float], values: Any, is_bad: Any, sample_weight: Any
) -> Recount:
    """Count rows on other cuts."""
    if is_bad is None:
        msg = "Values to count need their outcomes: pass is_bad, 1 for bad, beside values."
        raise InvalidParameterError(msg)
    check_same_order(values, is_bad, beside="values", name="is_bad")
    check_same_order(
        values, sample_weight, beside="values", name="sample_weight", error=InvalidWeightError
    )
    column = values.to_numpy() if isinstance(values, pd.Series) else np.asarray(values)
    if column.ndim != 1:
        msg = f"values must be one column. Got {column.ndim} dimensions."
        raise InvalidDataError(msg)
    rows = as_table(pd.DataFrame({table.feature: column}))
    bad = check_outcomes(is_bad, n_rows=rows.n_rows, beside="values")
    weights = check_weights(sample_weight, n_rows=rows.n_rows)
    partition = _with_cuts(table.partition, cuts)
    codes = partition.codes(rows, table.feature)
    kept = np.ones(rows.n_rows, dtype=bool) if weights is None else weights > 0
    outcomes = Outcomes.of(bad[kept], None if weights is None else weights[kept])
    good_counts, bad_counts = outcomes.tally(codes[kept], partition.n_codes)
    fine = None
    if isinstance(partition, NumericPartition):
        regular = codes[kept] < partition.n_regular
        numbers = partition.values(rows, table.feature)[kept][regular]
        if len(numbers):
            fine = FineIntervals.of_values(numbers, outcomes.at(regular), cuts=cuts)
    heirs = _overlaps(table, cuts)
    return Recount(partition, good_counts, bad_counts, heirs, fine, fresh=True)
