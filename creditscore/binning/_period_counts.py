"""Counts of the same attributes in one period after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._typing import Float1D, Float2D, Int1D
from creditscore._validation import as_floats
from creditscore.binning._rounding import LEVEL_ROUNDING
from creditscore.exceptions import InvalidDataError
from creditscore.metrics import woe


@dataclass(frozen=True, eq=False)
class PeriodCounts:
    """Goods and bads of each attribute in each period.

    Parameters
    ----------
    labels : sequence of str
        Text of each period, all different, in the order of time.
    good, bad : array-like of shape (n_periods, n_codes)
        Counts (weights) of each attribute in each period.

    Raises
    ------
    InvalidDataError
        Arrays that do not fit together, or counts that are none.

    Examples
    --------
    >>> from creditscore.binning import PeriodCounts
    >>> periods = PeriodCounts(["2023", "2024"], good=[[5, 9], [6, 8]], bad=[[4, 1], [3, 2]])
    >>> periods.bad_rate.round(3).tolist()
    [[0.444, 0.1], [0.333, 0.2]]
    """

    labels: tuple[str, ...]
    good: Float2D
    bad: Float2D

    def __post_init__(self) -> None:
        """Take any lists as arrays that cannot be written to; check that they fit together."""
        object.__setattr__(self, "labels", tuple(map(str, self.labels)))
        for name in ("good", "bad"):
            counts = as_floats(getattr(self, name), f"{name} by period").copy()
            counts.flags.writeable = False
            object.__setattr__(self, name, counts)
        shapes = self.good.shape, self.bad.shape
        n = len(self.labels)
        fits = shapes[0] == shapes[1] and self.good.ndim == 2 and shapes[0][0] == n > 0
        counts_fine = all((np.isfinite(c) & (c >= 0)).all() for c in (self.good, self.bad))
        if not fits or not counts_fine or len(set(self.labels)) < n:
            msg = (
                "Counts by period must be finite, zero or more, a row for each of the different "
                f"periods. Got shapes {shapes[0]} and {shapes[1]} for {n} periods: "
                f"{', '.join(self.labels[:5])}."
            )
            raise InvalidDataError(msg)

    @property
    def bad_rate(self) -> Float2D:
        """Share of bads in each attribute of each period; NaN where there is no row."""
        total = self.good + self.bad
        rate: Float2D = np.divide(
            self.bad, total, out=np.full_like(self.bad, np.nan), where=total > 0
        )
        return rate

    def woe(self, *, smoothing: float = 0.5) -> Float2D:
        """Return the WOE of each attribute within its period, by that period's own totals.

        Parameters
        ----------
        smoothing : float, default=0.5
            As in :func:`creditscore.metrics.woe`.

        Returns
        -------
        ndarray of shape (n_periods, n_codes)
            NaN where the attribute has no row in the period, and in a period of one class.
        """
        weights = np.full_like(self.good, np.nan)
        for period, (good, bad) in enumerate(zip(self.good, self.bad, strict=True)):
            if good.any() and bad.any():
                weights[period] = woe(good, bad, smoothing=smoothing)
        return np.where(self.good + self.bad > 0, weights, np.nan)

    def regrouped(self, new_of_old: Int1D, n_codes: int) -> PeriodCounts:
        """Return the counts on coarser attributes; `new_of_old` holds the new code of each."""
        # a column for each old code, with a 1 where it goes
        goes_to = (np.asarray(new_of_old)[:, None] == np.arange(n_codes)).astype(np.float64)
        return PeriodCounts(self.labels, self.good @ goes_to, self.bad @ goes_to)

    def frame(self, bins: tuple[str, ...], *, smoothing: float = 0.5) -> pd.DataFrame:
        """Return the counts as a table of a row for each period and attribute.

        Parameters
        ----------
        bins : tuple of str
            Text of each attribute.
        smoothing : float, default=0.5
            As in :meth:`woe`.
        """
        count = self.good + self.bad
        total = count.sum(axis=1, keepdims=True)
        share = np.divide(count, total, out=np.full_like(count, np.nan), where=total > 0)
        n_periods, n_codes = count.shape
        return pd.DataFrame(
            {
                "period": np.repeat(np.array(self.labels, dtype=object), n_codes),
                "bin": list(bins) * n_periods,
                "count": count.ravel(),
                "share": share.ravel(),
                "n_bad": self.bad.ravel(),
                "bad_rate": self.bad_rate.ravel(),
                "woe": self.woe(smoothing=smoothing).ravel(),
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that :meth:`from_dict` reads back."""
        return {
            "labels": list(self.labels),
            "good": self.good.tolist(),
            "bad": self.bad.tolist(),
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """Read back what :meth:`to_dict` wrote."""
        return cls(**content)

    def __eq__(self, other: object) -> bool:
        """Compare place by place."""
        return isinstance(other, PeriodCounts) and self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        """Hash by periods and sums."""
        return hash((self.labels, float(self.good.sum()), float(self.bad.sum())))


def keeps_steps(rates: Float1D, overall: Float1D) -> bool:
    """Tell whether no step goes against its direction over all; empty bins are passed over."""
    held = ~(np.isnan(rates) | np.isnan(overall))
    steps, directions = np.diff(rates[held]), np.sign(np.diff(overall[held]))
    return bool((steps * directions >= -LEVEL_ROUNDING).all())


def follows(rates: Float1D, trend: str) -> bool:
    """Tell whether bad rates move as a trend says; bins without a row (NaN) are passed over.

    Equal neighbours are no breach. What is no shape, such as "none", is always followed.
    """
    held = rates[~np.isnan(rates)]
    steps = np.diff(held)
    rising, falling = steps >= -LEVEL_ROUNDING, steps <= LEVEL_ROUNDING
    if trend in ("peak", "valley"):
        first, then = (rising, falling) if trend == "peak" else (falling, rising)
        return any(first[:k].all() and then[k:].all() for k in range(len(steps) + 1))
    if trend in ("concave", "convex"):
        bends = np.diff(steps) if trend == "concave" else -np.diff(steps)
        return bool((bends <= LEVEL_ROUNDING).all())
    if trend == "auto":
        return bool(rising.all() or falling.all())
    if trend == "auto_one_bend":
        return follows(held, "peak") or follows(held, "valley")
    if trend == "flat":
        return bool((rising & falling).all())
    return {"ascending": bool(rising.all()), "descending": bool(falling.all())}.get(trend, True)
