"""The bins of one feature: a frozen value with its counts, weights of evidence and reading."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd
from scipy.special import ndtri

from creditscore._document import JsonDocument
from creditscore._frame import Table, as_table
from creditscore._typing import ColumnKind, Float1D, Int1D, NativeFrame, NativeSeries
from creditscore._validation import check_real
from creditscore._warn import warn_user
from creditscore.binning._ceiling import iv_ceiling
from creditscore.binning._constraints import BinConstraints
from creditscore.binning._edit import Edit
from creditscore.binning._editable import EditableBins
from creditscore.binning._evidence import Evidence, iv_error, weigh, woe_errors
from creditscore.binning._fine import FineCounts
from creditscore.binning._partition import CategoricalPartition, Partition
from creditscore.binning._period_counts import PeriodCounts, follows, keeps_steps
from creditscore.binning._policy import BinPolicy
from creditscore.binning._table_content import check_parts, table_content, table_parts
from creditscore.binning._table_html import table_html
from creditscore.exceptions import (
    InfiniteValueError,
    InvalidParameterError,
    RefusedValueError,
    UnseenValueWarning,
)

BinStatus = Literal[
    "optimal",
    "not proven",
    "user cuts",
    "edited",
    "infeasible",
    "single bin",
    "constant",
    "all missing",
]
"""How the bins of a feature came about; the last two stay out of a card.

"not proven" are the best bins that a solver of others had seen when its time ran out.
"""

_SHAPES = ("flat", "ascending", "descending", "peak", "valley")
"""What the trend of a table is called, the simplest first."""
_EMPIRICAL = BinPolicy()


@dataclass(frozen=True, kw_only=True, repr=False)
class BinTable(EditableBins, JsonDocument):
    """Bins of one feature with their counts.

    Attributes
    ----------
    feature : str
        Name of the column.
    partition : NumericPartition, MixedPartition or CategoricalPartition
        Which value falls in which bin.
    n_good, n_bad : tuple of float
        Counts (weights) of each attribute: regular bins, special codes, missing, other.
    smoothing : float
        As in :func:`creditscore.metrics.woe`.
    status : {"optimal", "not proven", "user cuts", "edited", "infeasible", "single bin", \
"constant", "all missing"}
        How the bins came about.
    policy : BinPolicy
        How missing values, special codes, levels never seen and bins without a row are treated.
    joined : tuple of (int, int)
        Codes of attributes that were merged by hand, each with the regular bin that it follows.
    fine : FineIntervals, FineLevels or None
        Counts on finer pre-bins, from which bins can be split without the data.
    constraints : BinConstraints or None
        What was asked of the bins.
    periods : PeriodCounts or None
        Counts of the same attributes by period.
    stability_cost : float or None
        Information value given up so that the trend holds in every period.
    ceiling : float or None
        :attr:`iv_ceiling` as a number, where the fine counts are not kept.
    history : tuple of Edit
        Who changed the bins by hand, how and why.
    notes : tuple of str
        What stood in the way of more bins, or better ones.

    See Also
    --------
    WOEEncoder : Makes a table for each column.
    compare : Two tables side by side.

    Notes
    -----
    Missing values are an attribute of their own, with the WOE of their own counts, unless the
    policy says otherwise. An attribute that the fit met no row of, be it missing, a special code
    or a level never seen, is neutral: WOE 0.

    Attributes that are merged (:meth:`merge`, or "nearest" in the policy) have the WOE of their
    counts together. The part of such a pool in the information value is split over its attributes
    by their shares of its rows. An attribute whose WOE is set or borrowed has the part
    (dist_good - dist_bad) · WOE, below 0 where its own rows speak against that WOE.

    Two tables are equal where all their attributes are.

    Examples
    --------
    >>> from creditscore import WOEEncoder
    >>> from creditscore.datasets import load_german_credit
    >>> german = load_german_credit()
    >>> encoder = WOEEncoder(user_cuts={"duration_months": [8, 16, 36, 45]})
    >>> encoder = encoder.fit(german[["duration_months"]], german["is_bad"])
    >>> table = encoder.tables_["duration_months"]
    >>> table.frame()[["bin", "count", "n_bad", "woe"]].head(5).round(6)
            bin  count  n_bad       woe
    0       < 8   87.0    9.0  1.312186
    1   [8, 16)  344.0   80.0  0.346625
    2  [16, 36)  399.0  129.0 -0.108688
    3  [36, 45)  100.0   42.0 -0.524524
    4     >= 45   70.0   40.0 -1.134980
    >>> round(table.iv, 7)
    0.2826181
    """

    _format: ClassVar[str] = "creditscore.bins"

    feature: str
    partition: Partition
    n_good: tuple[float, ...]
    n_bad: tuple[float, ...]
    smoothing: float = 0.5
    status: BinStatus = "optimal"
    policy: BinPolicy = _EMPIRICAL
    joined: tuple[tuple[int, int], ...] = ()
    fine: FineCounts | None = None
    constraints: BinConstraints | None = None
    periods: PeriodCounts | None = None
    stability_cost: float | None = None
    ceiling: float | None = None
    history: tuple[Edit, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Take counts as floats of Python; check that the parts belong together."""
        for name in ("n_good", "n_bad"):
            object.__setattr__(self, name, tuple(map(float, getattr(self, name))))
        for name in ("joined", "history", "notes"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        check_parts(self)

    @property
    def dtype(self) -> ColumnKind:
        """Kind of the feature, "numeric" or "categorical"."""
        return self.partition.kind

    @property
    def n_bins(self) -> int:
        """Number of regular bins, special codes and missing values apart."""
        return self.partition.n_regular

    @property
    def labels(self) -> tuple[str, ...]:
        """Text of each attribute."""
        return self.partition.labels

    @cached_property
    def _evidence(self) -> Evidence:
        return weigh(
            self.partition,
            *self._counts,
            smoothing=self.smoothing,
            policy=self.policy,
            joined=self.joined,
        )

    @property
    def _counts(self) -> tuple[Float1D, Float1D]:
        return np.array(self.n_good), np.array(self.n_bad)

    @property
    def woe(self) -> Float1D:
        """Weight of evidence of each attribute, ln(dist_good / dist_bad), as the policy has it.

        It is 0 where the policy refuses the rows of an attribute.
        """
        return self._evidence.woe.copy()

    @property
    def woe_se(self) -> Float1D:
        """Standard error of each WOE, as :func:`creditscore.metrics.woe_se`; NaN where it is set.

        Attributes that share a WOE share its error.
        """
        return woe_errors(self._evidence, *self._counts, smoothing=self.smoothing)

    @property
    def treatments(self) -> tuple[str, ...]:
        """What was done with each attribute.

        "empirical" (its own counts), "merged" (its counts and those of others), or what
        :class:`BinPolicy` calls it; "unmet neutral" and so on where the fit met no row of it.
        """
        return self._evidence.treatments

    @property
    def iv(self) -> float:
        """Information value over all attributes; NaN where infinite parts oppose each other."""
        with np.errstate(invalid="ignore"):
            return float(self._evidence.parts.sum())

    @property
    def iv_se(self) -> float:
        """Standard error of the information value, as :func:`creditscore.metrics.iv_se`.

        Merged attributes are one cell of it; WOE that is borrowed moves with its lender.
        """
        return iv_error(self._evidence, *self._counts, smoothing=self.smoothing)

    @cached_property
    def iv_ceiling(self) -> float:
        """Highest information value that the pre-bins admit; NaN without fine counts.

        The optimum under the trend and the least goods and bads of `constraints` alone, without
        limits of size or number, plus the parts of what is no regular bin. What it is above
        :attr:`iv` is the price of those limits. Bins by hand that break the trend may reach more
        than any that keep it: then it is what they reach.
        """
        found = iv_ceiling(self, self._evidence) if self.ceiling is None else self.ceiling
        return found if math.isnan(found) else max(found, self.iv)

    @property
    def trend(self) -> str:
        """How the bad rate moves over the regular bins.

        "ascending", "descending", "flat", "peak", "valley" or "mixed"; "by rate" for groups of
        levels that have no order of their own.
        """
        if isinstance(self.partition, CategoricalPartition) and not self._ordered:
            return "by rate"
        rates = self.bad_rate[: self.n_bins]
        return next((shape for shape in _SHAPES if follows(rates, shape)), "mixed")

    @property
    def holds_trend_in_every_period(self) -> bool | None:
        """Whether the bad rates move in every period as over all; None without periods.

        The trend is the one of `constraints` where that names one, else the one seen. Where it is
        no shape ("none", "mixed"), each step must keep its direction. Groups of levels must keep
        their order by bad rate. Bins without a row in a period are passed over.
        """
        if self.periods is None:
            return None
        asked = None if self.constraints is None else self.constraints.trend
        trend = self.trend if asked in (None, "auto", "auto_one_bend") else str(asked)
        order, overall = np.arange(self.n_bins), self.bad_rate[: self.n_bins]
        if self.trend == "by rate":
            order = np.argsort(overall, kind="stable")
            trend = "ascending"
        elif trend in ("none", "mixed"):
            return all(keeps_steps(rates[order], overall) for rates in self.periods.bad_rate)
        return all(follows(rates[order], trend) for rates in self.periods.bad_rate)

    @property
    def bad_rate(self) -> Float1D:
        """Share of bads in each attribute, a fraction; NaN where there is no row."""
        good, bad = self._counts
        total = good + bad
        rate: Float1D = np.divide(bad, total, out=np.full_like(bad, np.nan), where=total > 0)
        return rate

    @property
    def missing_share(self) -> float:
        """Share of rows (by weight) without a value, a fraction."""
        code = self.partition.missing_code
        total = sum(self.n_good) + sum(self.n_bad)
        return (self.n_good[code] + self.n_bad[code]) / total

    def encode(self, X: NativeFrame | Table) -> NativeSeries:
        """Return the WOE of each row of the feature's column, in the library of the table.

        Parameters
        ----------
        X : table of pandas, polars or pyarrow
            Holds the column; others are ignored.

        Raises
        ------
        InfiniteValueError, RefusedValueError
            A bin has an infinite WOE (``smoothing=0``); the policy refuses a value.
        """
        table = as_table(X)
        table.require([self.feature])
        codes = self.partition.codes(table, self.feature)
        weights = self.woe_of(codes)
        warn_of_unseen(self.unseen(codes))
        return table.to_series(self.feature, weights)

    def encode_column(self, table: Table) -> Float1D:
        """Return the WOE of each row of the feature's column as an array, without a warning."""
        return self.woe_of(self.partition.codes(table, self.feature))

    def unseen(self, codes: Int1D) -> list[str]:
        """Describe the bins that rows fall in now and that no row of the fit fell in.

        Levels never seen are not listed: the partition names them with its own warning. Nor is
        what the policy gives a WOE of its own, which says that somebody thought of it.
        """
        if not len(self._unmet):
            return []
        rows = np.bincount(codes, minlength=self.partition.n_codes)
        found = self._unmet[rows[self._unmet] > 0]
        labels = self.labels if len(found) else ()
        return [
            f"column {self.feature!r} is {labels[i]!r} in {rows[i]} row(s)"
            + (f", WOE {self._evidence.woe[i]:.3f}" if self._evidence.woe[i] else "")
            for i in found
        ]

    @cached_property
    def _unmet(self) -> Int1D:
        """Codes of the attributes without rows that :meth:`unseen` speaks of."""
        told = zip(self.treatments, self.partition.attribute_kinds, strict=True)
        unmet = [i for i, (how, kind) in enumerate(told) if how[:5] == "unmet" and kind != "other"]
        return np.array(unmet, dtype=np.intp)

    def woe_of(self, codes: Int1D) -> Float1D:
        """Return the WOE of the attributes that rows fall in.

        Rows that the policy refuses raise a RefusedValueError, bins of infinite WOE an
        InfiniteValueError.

        Parameters
        ----------
        codes : ndarray of int
            Places of attributes, one a row.
        """
        evidence = self._evidence
        infinite = np.flatnonzero(np.isinf(evidence.woe))
        if len(infinite):
            msg = (
                f"Column {self.feature!r} has bins of one class only, whose WOE is infinite "
                f"without smoothing: {', '.join(repr(self.labels[i]) for i in infinite)}. Set "
                "smoothing above 0, or join them to others by user_cuts."
            )
            raise InfiniteValueError(msg)
        if evidence.refused.any():
            self._refuse(codes)
        return evidence.woe.take(codes)

    def shown_as(self, output: str, codes: Int1D) -> np.ndarray[Any, Any]:
        """Return what an encoder shows for the attributes of rows: see :class:`WOEEncoder`."""
        weights = self.woe_of(codes)
        if output == "woe":
            return weights
        if output == "bad_rate":
            # the odds of the sample, moved by the WOE
            odds = sum(self.n_good) / sum(self.n_bad) * np.exp(self._evidence.woe)
            rate: Float1D = (1 / (1 + odds)).take(codes)
            return rate
        if output == "label":
            return np.array(self.labels, dtype=object).take(codes)
        return codes.astype(np.int64)

    @property
    def status_text(self) -> str:
        """The status, and what would help where constraints leave one bin."""
        blocked = self.status in ("single bin", "infeasible") and self.notes
        return f"{self.status}: {self.notes[0]}" if blocked else self.status

    def _refuse(self, codes: Int1D) -> None:
        rows = np.bincount(codes, minlength=self.partition.n_codes)
        found = np.flatnonzero(self._evidence.refused & (rows > 0))
        if len(found):
            listed = ", ".join(f"{self.labels[i]!r} in {rows[i]} row(s)" for i in found)
            msg = (
                f"Column {self.feature!r} holds what the policy of its bins refuses: {listed}. "
                "Correct or leave out these rows, or state another treatment in BinPolicy."
            )
            raise RefusedValueError(msg)

    def frame(self, level: float = 0.95) -> pd.DataFrame:
        """Return the bins as a table.

        Parameters
        ----------
        level : float, default=0.95
            Confidence level of the interval of the WOE, a fraction.

        Returns
        -------
        DataFrame
            A row an attribute: bin, kind (bin, special, missing, other), lower and upper (of an
            interval, else NaN), count, share, n_good, n_bad, bad_rate, woe (NaN where rows are
            refused), iv, woe_se, woe_low and woe_high (the normal interval, woe ± z · woe_se).
        """
        check_real(level, "level", "BinTable.frame", low=0, high=1)
        good, bad = self._counts
        lower, upper = self.partition.bounds()
        evidence = self._evidence
        weight = np.where(evidence.refused, np.nan, evidence.woe)
        errors = self.woe_se
        reach = float(ndtri((1 + level) / 2)) * errors
        with np.errstate(invalid="ignore"):
            # an infinite WOE, which smoothing=0 admits, has no interval
            low, high = weight - reach, weight + reach
        return pd.DataFrame(
            {
                "bin": self.labels,
                "kind": self.partition.attribute_kinds,
                "lower": lower,
                "upper": upper,
                "count": good + bad,
                "share": (good + bad) / (good + bad).sum(),
                "n_good": good,
                "n_bad": bad,
                "bad_rate": self.bad_rate,
                "woe": weight,
                "iv": evidence.parts,
                "woe_se": errors,
                "woe_low": low,
                "woe_high": high,
            }
        )

    def frame_by_period(self) -> pd.DataFrame:
        """Return the bins period by period.

        Returns
        -------
        DataFrame
            A row for each period and attribute: period, bin, count, share (of the period's
            rows), n_bad, bad_rate, woe. The WOE is that of the period's own counts and totals,
            whatever the policy; NaN where there is no row.

        Raises
        ------
        InvalidParameterError
            The table holds no counts by period.
        """
        if self.periods is None:
            msg = (
                f"The bins of {self.feature!r} hold no counts by period. Give the periods to the "
                "fit; an edit that parts bins gives such counts up."
            )
            raise InvalidParameterError(msg)
        return self.periods.frame(self.labels, smoothing=self.smoothing)

    def without_fine(self) -> BinTable:
        """Return the table without its fine counts, for a small file; the ceiling stays."""
        known = None if math.isnan(self.iv_ceiling) else self.iv_ceiling
        return replace(self, fine=None, ceiling=known)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that :meth:`from_dict` reads back."""
        return table_content(self)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> BinTable:
        """Read back what :meth:`to_dict` wrote."""
        return cls(**table_parts(content))

    def _content(self) -> dict[str, Any]:
        return self.to_dict()

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> BinTable:
        return cls.from_dict(content)

    def __repr__(self) -> str:
        """Write what bins these are; :meth:`frame` has their counts."""
        edits = f", {len(self.history)} edit(s)" if self.history else ""
        return (
            f"<BinTable {self.feature!r}: {self.n_bins} bin(s), IV {self.iv:.4f}, "
            f"{self.status}{edits}>"
        )

    @property
    def _ordered(self) -> bool:
        return bool(getattr(self.partition, "ordered", False))

    def _repr_html_(self) -> str:
        return table_html(self)


def warn_of_unseen(found: Sequence[str]) -> None:
    """Warn once of all that :meth:`BinTable.unseen` found."""
    if found:
        warn_user(
            "Values that the fit never met get WOE 0, as neutral, unless another is named: "
            f"{'; '.join(found)}. Nothing is "
            "known of their risk: find out why they occur now, or fit again with data that hold "
            "them.",
            UnseenValueWarning,
        )
