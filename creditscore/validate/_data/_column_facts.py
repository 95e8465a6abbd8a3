"""What one column says of the outcome, alone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from creditscore._frame import Table, as_table
from creditscore._typing import Bool1D, ColumnKind, Float1D, Float2D, Int1D
from creditscore.binning import Partition
from creditscore.metrics import auc, information_value
from creditscore.validate._data._attributes import (
    class_counts,
    numbers_of,
    simple_partition,
    strange_among,
)
from creditscore.validate._data._leakage_settings import LeakageSettings

_CASES_A_BIN = 10
"""Goods and bads that there are for each bin of a number, at least."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """Who is bad, and how much each row counts."""

    is_bad: Bool1D
    weights: Float1D | None

    @cached_property
    def n_bad(self) -> int:
        """Rows that are bad."""
        return int(self.is_bad.sum())

    @property
    def n_good(self) -> int:
        """Rows that are good."""
        return len(self.is_bad) - self.n_bad

    @property
    def bad_rate(self) -> float:
        """Share of rows that are bad."""
        return self.n_bad / len(self.is_bad)

    def share(self, rows: Bool1D, *, bad: bool) -> float:
        """Share of the bads, or of the goods, that some rows are, by weight."""
        of = self.is_bad == bad
        if self.weights is None:
            return float(rows[of].mean())
        return float(self.weights[of & rows].sum() / self.weights[of].sum())


@dataclass(frozen=True, eq=False)
class Periods:
    """The period of each row, as a code into labels that are sorted."""

    codes: Int1D
    labels: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class ColumnFacts:
    """A column in attributes, and the goods and bads of each."""

    name: str
    kind: ColumnKind | Literal["date"]
    partition: Partition
    codes: Int1D
    numbers: Float1D | None
    is_whole: bool
    n_distinct: int
    outcome: Outcome

    @classmethod
    def of(
        cls, table: Table, name: str, outcome: Outcome, settings: LeakageSettings
    ) -> ColumnFacts:
        """Read a column once; dates as days."""
        is_date = bool(strange_among(table, [name]))
        if is_date:
            table = _in_days(table, name)
        least = min(outcome.n_bad, outcome.n_good)
        n_bins = max(2, min(settings.n_bins, least // _CASES_A_BIN))
        partition = simple_partition(table, name, n_bins)
        kind = table.kind(name)
        numbers = numbers_of(partition, table, name)
        if numbers is None or kind == "mixed":
            n_distinct = len(table.levels(name)[1])
        else:
            n_distinct = len(np.unique(numbers[~np.isnan(numbers)]))
        return cls(
            name=name,
            kind="date" if is_date else kind,
            partition=partition,
            codes=partition.coded(table, name)[0],
            numbers=numbers,
            # days are floats here, so that dates are no identifier
            is_whole=kind == "numeric" and table.is_whole(name),
            n_distinct=n_distinct,
            outcome=outcome,
        )

    @cached_property
    def counts(self) -> tuple[Float1D, Float1D]:
        """Goods and bads of each attribute, as rows."""
        return class_counts(self.codes, self.partition.n_codes, self.outcome.is_bad)

    @property
    def held(self) -> Bool1D:
        """Which attributes hold a row."""
        good, bad = self.counts
        return good + bad > 0

    @property
    def is_missing(self) -> Bool1D:
        """Which rows have no value."""
        missing: Bool1D = self.codes == self.partition.missing_code
        return missing

    @cached_property
    def iv(self) -> float:
        """Information value by weight, less what chance makes of so many attributes."""
        weighted = self.weighted_counts()
        good, bad = (part[self.held] for part in weighted)
        if len(good) < 2:
            return 0.0
        n_good, n_bad = self.outcome.n_good, self.outcome.n_bad
        noise = (len(good) - 1) * (1 / n_good + 1 / n_bad)
        return max(0.0, information_value(good, bad) - noise)

    @cached_property
    def p_value(self) -> float:
        """Chance of so large an information value, of rows, where the column tells nothing."""
        good, bad = (part[self.held] for part in self.counts)
        if len(good) < 2:
            return 1.0
        scale = 1 / self.outcome.n_good + 1 / self.outcome.n_bad
        return float(chdtrc(len(good) - 1, information_value(good, bad) / scale))

    @cached_property
    def order_auc(self) -> float:
        """AUC of the order of the numbers, 0.5 or more; rows without a number are ties."""
        if self.numbers is None:
            return 0.5
        known = ~np.isnan(self.numbers)
        # pairs of a good and a bad that both have a number, as a share of all
        pairs = self.outcome.share(known, bad=True) * self.outcome.share(known, bad=False)
        if not pairs:
            return 0.5
        return 0.5 + abs(self._area(self.numbers[known], known) - 0.5) * pairs

    @cached_property
    def auc(self) -> float:
        """AUC of the column alone, the better of its order and of its attributes by bad rate."""
        good, bad = self.weighted_counts()
        risk = (bad + 0.5 * self.outcome.bad_rate) / (good + bad + 0.5)
        area = self._area(risk.take(self.codes), slice(None))
        return max(area, self.order_auc)

    @cached_property
    def missing_gap(self) -> float:
        """Share of missing values of the bads, less that of the goods."""
        good, bad = (part[self.partition.missing_code] for part in self.counts)
        return float(bad / self.outcome.n_bad - good / self.outcome.n_good)

    def label(self, code: int) -> str:
        """Name an attribute; of dates by its days."""
        partition = self.partition
        if self.kind != "date" or code >= partition.n_regular:
            return partition.labels[code]
        cuts = [_day(cut) for cut in getattr(partition, "cuts", ())]
        if not 0 < code < len(cuts):
            return (f"before {cuts[0]}" if code == 0 else f"from {cuts[-1]}") if cuts else "all"
        return f"from {cuts[code - 1]} to before {cuts[code]}"

    def text_of(self, number: float) -> str:
        """Write a value; of dates the day."""
        return _day(number) if self.kind == "date" else f"{number:g}"

    def weighted_counts(self) -> tuple[Float1D, Float1D]:
        """Goods and bads of each attribute, by weight."""
        outcome = self.outcome
        return class_counts(self.codes, self.partition.n_codes, outcome.is_bad, outcome.weights)

    def counts_by(self, periods: Periods) -> tuple[Float2D, Float2D]:
        """Goods and bads of each period and attribute, by weight."""
        outcome, n_codes, n_periods = self.outcome, self.partition.n_codes, len(periods.labels)
        cells = periods.codes * n_codes + self.codes
        good, bad = class_counts(cells, n_periods * n_codes, outcome.is_bad, outcome.weights)
        return good.reshape(n_periods, n_codes), bad.reshape(n_periods, n_codes)

    def as_row(self) -> dict[str, Any]:
        """Return the measures of the column."""
        return {
            "column": self.name,
            "kind": self.kind,
            "n_distinct": self.n_distinct,
            "missing": float(self.is_missing.mean()),
            "iv": self.iv,
            "auc": self.auc,
            "missing_gap": self.missing_gap,
        }

    def _area(self, risk: Float1D, rows: Any) -> float:
        weights = self.outcome.weights
        kept = None if weights is None else weights[rows]
        return auc(self.outcome.is_bad[rows], -risk, sample_weight=kept)


def _in_days(table: Table, name: str) -> Table:
    """Return a column of dates as numbers of days."""
    days = table.days(name).astype("datetime64[D]")
    numbers = np.where(np.isnat(days), np.nan, days.astype(np.int64))
    return as_table(pd.DataFrame({name: numbers}))


def _day(number: float) -> str:
    """Write a number of days as a date; a cut between days falls to the later one."""
    return str(np.datetime64(math.ceil(number), "D"))


def log_choices(n: int, k: int) -> float:
    """Return the logarithm of the number of ways to choose k of n."""
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
