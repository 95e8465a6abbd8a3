"""The bins of one feature: a frozen value with its counts, weights of evidence and reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd

from creditscore._display import html_table
from creditscore._frame import Table, as_table
from creditscore._typing import ColumnKind, Float1D, Int1D, NativeFrame, NativeSeries
from creditscore._warn import warn_user
from creditscore.binning._partition import Partition
from creditscore.exceptions import InfiniteValueError, UnseenValueWarning
from creditscore.metrics import iv_parts, woe

BinStatus = Literal["optimal", "user cuts", "single bin", "constant", "all missing"]
"""How the bins of a feature came about; the last two stay out of a card."""


@dataclass(frozen=True, kw_only=True)
class BinTable:
    """Bins of one feature with their counts.

    Attributes
    ----------
    feature : str
        Name of the column.
    partition : NumericPartition or CategoricalPartition
        Which value falls in which bin.
    n_good, n_bad : tuple of float
        Counts (weights) of each attribute: regular bins, special codes, missing, other.
    smoothing : float
        As in :func:`creditscore.metrics.woe`.
    status : {"optimal", "user cuts", "single bin", "constant", "all missing"}
        How the bins came about.

    See Also
    --------
    WOEEncoder : Makes a table for each column.

    Notes
    -----
    Missing values are an attribute of their own, with the WOE of their own counts. An attribute
    that the fit met no row of, be it missing, a special code or a level never seen, is neutral:
    WOE 0.

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

    feature: str
    partition: Partition
    n_good: tuple[float, ...]
    n_bad: tuple[float, ...]
    smoothing: float = 0.5
    status: BinStatus = "optimal"

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
    def _woe(self) -> Float1D:
        return woe(self.n_good, self.n_bad, smoothing=self.smoothing)

    @cached_property
    def _iv_parts(self) -> Float1D:
        return iv_parts(self.n_good, self.n_bad, smoothing=self.smoothing)

    @property
    def woe(self) -> Float1D:
        """Weight of evidence of each attribute, ln(dist_good / dist_bad)."""
        return self._woe.copy()

    @property
    def iv(self) -> float:
        """Information value over all attributes."""
        return float(self._iv_parts.sum())

    @property
    def trend(self) -> str:
        """How the bad rate moves over the regular bins.

        "ascending", "descending", "flat" or "mixed" for intervals; "by rate" for groups of
        levels, which have no order of their own.
        """
        if self.dtype == "categorical":
            return "by rate"
        rates = self.bad_rate[: self.n_bins]
        steps = np.diff(rates[~np.isnan(rates)])
        if not steps.any():
            return "flat"
        if (steps >= 0).all():
            return "ascending"
        return "descending" if (steps <= 0).all() else "mixed"

    @property
    def bad_rate(self) -> Float1D:
        """Share of bads in each attribute, a fraction; NaN where there is no row."""
        good, bad = np.asarray(self.n_good), np.asarray(self.n_bad)
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
        """Return the WOE of each row of the feature's column in `X`, in the library of `X`.

        A bin of infinite WOE (``smoothing=0``) is refused with an InfiniteValueError.
        """
        table = as_table(X)
        table.require([self.feature])
        codes = self.partition.codes(table, self.feature)
        warn_of_unseen(self.unseen(codes))
        return table.to_series(self.feature, self.woe_of(codes))

    def encode_column(self, table: Table) -> Float1D:
        """Return the WOE of each row of the feature's column as an array, without a warning."""
        return self.woe_of(self.partition.codes(table, self.feature))

    def unseen(self, codes: Int1D) -> list[str]:
        """Describe the bins that rows fall in now and that no row of the fit fell in.

        Levels never seen are not listed: the partition names them with its own warning.
        """
        count = np.asarray(self.n_good) + np.asarray(self.n_bad)
        rows = np.bincount(codes, minlength=len(count))
        kinds = np.asarray(self.partition.attribute_kinds)
        found = np.flatnonzero((count == 0) & (rows > 0) & (kinds != "other"))
        labels = self.labels if len(found) else ()
        return [f"column {self.feature!r} is {labels[i]!r} in {rows[i]} row(s)" for i in found]

    def woe_of(self, codes: Int1D) -> Float1D:
        """Return the WOE of the attributes that rows fall in."""
        infinite = np.flatnonzero(np.isinf(self._woe))
        if len(infinite):
            msg = (
                f"Column {self.feature!r} has bins of one class only, whose WOE is infinite "
                f"without smoothing: {', '.join(repr(self.labels[i]) for i in infinite)}. Set "
                "smoothing above 0, or join them to others by user_cuts."
            )
            raise InfiniteValueError(msg)
        return self._woe.take(codes)

    def frame(self) -> pd.DataFrame:
        """Return the bins as a table.

        Returns
        -------
        DataFrame
            A row an attribute: bin, kind (bin, special, missing, other), lower and upper (of an
            interval, else NaN), count, share, n_good, n_bad, bad_rate, woe, iv.
        """
        good, bad = np.asarray(self.n_good), np.asarray(self.n_bad)
        lower, upper = self.partition.bounds()
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
                "woe": self._woe,
                "iv": self._iv_parts,
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that :meth:`from_dict` reads back."""
        return {
            "feature": self.feature,
            "partition": self.partition.to_dict(),
            "n_good": list(self.n_good),
            "n_bad": list(self.n_bad),
            "smoothing": self.smoothing,
            "status": self.status,
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> BinTable:
        """Read back what :meth:`to_dict` wrote."""
        return cls(
            feature=content["feature"],
            partition=Partition.from_dict(content["partition"]),
            n_good=tuple(map(float, content["n_good"])),
            n_bad=tuple(map(float, content["n_bad"])),
            smoothing=float(content["smoothing"]),
            status=content["status"],
        )

    def _repr_html_(self) -> str:
        shown = self.frame().drop(columns=["lower", "upper", "kind"])
        shown = shown[shown["count"] > 0]
        reading = f", bad rate {self.trend}" if self.trend in ("ascending", "descending") else ""
        caption = f"{self.feature}: information value {self.iv:.4f}{reading}"
        return html_table(
            shown,
            caption=caption,
            formats={
                "count": "{:,.0f}",
                "share": "{:.1%}",
                "n_good": "{:,.0f}",
                "n_bad": "{:,.0f}",
                "bad_rate": "{:.1%}",
                "woe": "{:+.3f}",
                "iv": "{:.4f}",
            },
        )


def warn_of_unseen(found: Sequence[str]) -> None:
    """Warn once of all that :meth:`BinTable.unseen` found."""
    if found:
        warn_user(
            f"Values that the fit never met get WOE 0, as neutral: {'; '.join(found)}. Nothing is "
            "known of their risk: find out why they occur now, or fit again with data that hold "
            "them.",
            UnseenValueWarning,
        )
