"""Several calibrations beside observed default rates, over the spread of their probabilities."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import INK, MUTED, clean_axes, panels, percent_axis, shorten
from creditscore._typing import Float1D
from creditscore._validation import check_integer, check_real
from creditscore.calibrate._evaluation._rate_axes import scale_rates
from creditscore.exceptions import InvalidDataError
from creditscore.metrics import calibration_table

COLOURS = ("#2a7f9e", "#c8553d", "#7a9e3b", "#8464a8", "#d19a2a")
_N_BARS = 30


@dataclass(kw_only=True, repr=False)
class ReliabilityDisplay:
    """Observed default rates of groups against their probabilities, for several calibrations.

    Made by :meth:`from_probabilities`. The upper panel has a line for each calibration, with the
    interval of each observed rate; the lower one how many cases have which probability. Rates
    far apart are drawn on logarithmic axes that become linear near zero.

    Attributes
    ----------
    groups : DataFrame
        calibration (its name), then the columns of :func:`creditscore.metrics.calibration_table`.
    counts : DataFrame
        calibration, lower, upper (ends of a bar) and share (of the cases).
    level : float, default=0.95
        Confidence level of the intervals, a fraction.

    See Also
    --------
    creditscore.metrics.CalibrationDisplay : One set of probabilities, or grades by name.

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.calibrate import ReliabilityDisplay
    >>> prob = np.repeat([0.05, 0.2, 0.5], 400)
    >>> is_bad = np.concatenate([np.arange(400) < n for n in (40, 80, 120)])
    >>> ReliabilityDisplay.from_probabilities({"raw": prob, "shrunk": prob / 2 + 0.1}, is_bad)
    <ReliabilityDisplay: raw, shrunk; 3 to 3 groups, 1,200 cases>
    """

    groups: pd.DataFrame
    counts: pd.DataFrame
    level: float = 0.95

    @classmethod
    def from_probabilities(
        cls,
        prob_default: Mapping[str, Any],
        is_bad: Any,
        *,
        n_groups: int = 10,
        sample_weight: Any = None,
        level: float = 0.95,
    ) -> Self:
        """Compare predictions with outcomes.

        Parameters
        ----------
        prob_default : mapping of str to array-like of shape (n_samples,)
            Probabilities in [0, 1] by the name of their calibration, up to five.
        is_bad : array-like of shape (n_samples,)
            1 for bad, 0 for good; all of one kind is fine.
        n_groups : int, default=10
            Groups of nearly equal size for each calibration, 1 or more.
        sample_weight : array-like of shape (n_samples,), optional
            Counts of rows, whole numbers.
        level : float, default=0.95
            Confidence level of Jeffreys' intervals, in (0, 1).

        Returns
        -------
        ReliabilityDisplay

        Raises
        ------
        InvalidParameterError, InvalidTargetError, InvalidDataError
            As in :func:`creditscore.metrics.calibration_table`; no calibrations, or too many.
        """
        owner = f"{cls.__name__}.from_probabilities"
        check_kind(prob_default, "prob_default", owner, Mapping)
        check_integer(n_groups, "n_groups", owner, low=1)
        check_real(level, "level", owner, low=0, high=1)
        if not 0 < len(prob_default) <= len(COLOURS):
            msg = (
                f"A picture has room for 1 to {len(COLOURS)} calibrations. Got "
                f"{len(prob_default)}: draw some of them."
            )
            raise InvalidDataError(msg)
        tables = []
        for name, prob in prob_default.items():
            table = calibration_table(
                is_bad, prob, n_groups=n_groups, sample_weight=sample_weight, level=level
            )
            table.insert(0, "calibration", str(name))
            tables.append(table)
        # the tables above have checked all of them
        arrays = {str(name): np.asarray(p, dtype=np.float64) for name, p in prob_default.items()}
        top = max(float(prob.max()) for prob in arrays.values())
        bars = [_bars(name, prob, sample_weight, top) for name, prob in arrays.items()]
        return cls(
            groups=pd.concat(tables, ignore_index=True),
            counts=pd.concat(bars, ignore_index=True),
            level=level,
        )

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the upper panel."""
        return self.groups.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw both panels; the axes of the upper are then in ``ax_``."""
        _, (upper, lower) = panels(ax, 2, 1, title="Reliability", size=(5.8, 6.6), heights=(3, 1))
        end = self._scale(upper, lower)
        line = np.concatenate([[0.0], np.geomspace(end * 1e-7, end, 400)])
        upper.plot(line, line, color=MUTED, linestyle="--", linewidth=1, label="as predicted")
        for colour, name in zip(COLOURS, self._names, strict=False):
            self._draw_one(upper, lower, colour, name)
        upper.set_ylabel("observed default rate", color=INK)
        upper.legend(frameon=False, loc="upper left", fontsize=9)
        lower.set_xlabel("predicted probability of default", color=INK)
        lower.set_ylabel("share of cases", color=INK)
        lower.set_ylim(bottom=0)
        percent_axis(lower.yaxis)
        clean_axes(upper, title="", grid="both")
        clean_axes(lower, title="", grid="y")
        self.ax_ = upper
        return self

    @property
    def _names(self) -> list[str]:
        return list(dict.fromkeys(self.groups["calibration"]))

    def _draw_one(self, upper: Any, lower: Any, colour: str, name: str) -> None:
        groups = self.groups[self.groups["calibration"] == name]
        x, y = (groups[column].to_numpy() for column in ("predicted", "observed"))
        # as lists, because matplotlib 3.9 stumbles over arrays of one
        arms = [(y - groups["observed_lower"]).tolist(), (groups["observed_upper"] - y).tolist()]
        upper.errorbar(x, y, yerr=arms, fmt="o-", color=colour, markersize=4, capsize=2,
                       linewidth=1.2, elinewidth=0.8, clip_on=False, zorder=3,
                       label=f"{shorten(name, 24)}, {self.level:.0%} interval")  # fmt: skip
        bars = self.counts[self.counts["calibration"] == name]
        lower.stairs(bars["share"], [*bars["lower"], bars["upper"].iloc[-1]], color=colour,
                     linewidth=1.3)  # fmt: skip

    def _scale(self, upper: Any, lower: Any) -> float:
        """Scale all axes of probabilities alike; return their end."""
        rates = self.groups[["predicted", "observed"]].to_numpy(dtype=np.float64)
        ends = (rates.max(), self.groups["observed_upper"].max(), self.counts["upper"].max())
        return scale_rates([(upper, "x"), (upper, "y"), (lower, "x")], rates, float(max(ends)))

    def __repr__(self) -> str:
        """Say in one line which calibrations there are; :meth:`frame` has the groups."""
        sizes = self.groups.groupby("calibration", sort=False).size()
        first = self.groups["calibration"] == self._names[0]
        cases = self.groups.loc[first, "count"].sum()
        return (
            f"<{type(self).__name__}: {', '.join(self._names)}; {sizes.min()} to {sizes.max()} "
            f"groups, {cases:,.0f} cases>"
        )


def _bars(name: str, prob: Float1D, sample_weight: Any, top: float) -> pd.DataFrame:
    """Count cases by probability, in bars of equal width on the root of it, finer near zero."""
    edges = np.linspace(0, math.sqrt(max(top, 1e-9)), _N_BARS + 1) ** 2
    edges[-1] = max(edges[-1], top)
    counts, _ = np.histogram(prob, edges, weights=sample_weight)
    return pd.DataFrame(
        {
            "calibration": name,
            "lower": edges[:-1],
            "upper": edges[1:],
            "share": counts / counts.sum(),
        }
    )
