"""Observed against predicted default rates of groups."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._display import BAD, GOOD, INK, MUTED, clean_axes, new_axes, percent_axis, shorten
from creditscore._typing import Bool1D, Float1D
from creditscore._validation import check_real
from creditscore.metrics._calibration_table import RateInterval, calibration_table

_LINEAR_UP_TO = 30.0
"""Ratio of the largest rate to the least above zero that linear axes still show."""
_MOST_DECADES = 5
_MOST_NAMES = 15
"""Groups beside whose marks their names still find room."""


@dataclass(kw_only=True, repr=False)
class CalibrationDisplay:
    """Observed default rate, with its interval, against the predicted one, group by group.

    Made by :meth:`from_probabilities`. Groups whose interval does not hold the prediction are
    drawn in the colour of bads. Rates that are far apart are drawn on logarithmic axes that become
    linear near zero, so that groups without a default keep their place.

    Attributes
    ----------
    groups : DataFrame
        As :func:`calibration_table` makes it.
    named : bool, default=False
        Whether the groups are grades, whose names are drawn.
    level : float, default=0.95
        Confidence level of the intervals, a fraction.

    See Also
    --------
    calibration_table : The numbers.

    Examples
    --------
    >>> from creditscore.metrics import CalibrationDisplay
    >>> prob, is_bad = [0.1, 0.1, 0.2, 0.2, 0.3, 0.3], [0, 0, 0, 1, 0, 1]
    >>> display = CalibrationDisplay.from_probabilities(prob, is_bad, n_groups=3)
    >>> display
    CalibrationDisplay(3 groups, predicted 20.00%, observed 33.33%, 0 outside their interval)
    >>> display.plot().ax_.get_xlabel()
    'predicted default rate'
    """

    groups: pd.DataFrame
    named: bool = False
    level: float = 0.95

    @classmethod
    def from_probabilities(
        cls,
        prob_default: Any,
        is_bad: Any,
        *,
        n_groups: int = 10,
        grades: Any = None,
        sample_weight: Any = None,
        interval: RateInterval = "jeffreys",
        level: float = 0.95,
    ) -> Self:
        """Compare predictions with outcomes.

        Parameters
        ----------
        prob_default : array-like of shape (n_samples,)
            Fractions in [0, 1]. They come first here, and second in :func:`calibration_table`.
        is_bad : array-like of shape (n_samples,)
            1 for bad, 0 for good; all of one kind is fine.
        n_groups : int, default=10
            As in :func:`calibration_table`.
        grades : array-like of shape (n_samples,), optional
            As in :func:`calibration_table`.
        sample_weight : array-like of shape (n_samples,), optional
            Counts of rows, as in :func:`calibration_table`.
        interval : {"jeffreys", "wilson", "clopper_pearson"}, default="jeffreys"
            Interval of the observed rate.
        level : float, default=0.95
            Its confidence level in (0, 1).

        Returns
        -------
        CalibrationDisplay

        Raises
        ------
        InvalidParameterError, InvalidTargetError, InvalidDataError
            As in :func:`calibration_table`.
        """
        check_real(level, "level", f"{cls.__name__}.from_probabilities", low=0, high=1)
        groups = calibration_table(
            is_bad,
            prob_default,
            n_groups=n_groups,
            grades=grades,
            sample_weight=sample_weight,
            interval=interval,
            level=level,
        )
        return cls(groups=groups, named=grades is not None, level=level)

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.groups.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw the rates; the axes are then in ``ax_``."""
        ax = new_axes(ax, size=(5.4, 5.2))
        rates = self.groups[["predicted", "observed"]].to_numpy(dtype=np.float64)
        top = float(self.groups[["predicted", "observed_upper"]].to_numpy().max())
        threshold = _scale(ax, rates, top)
        end = ax.get_xlim()[1]
        # a line through a scale that bends is drawn by many points
        line = np.linspace(0, end, 400) if threshold is None else _bent_line(threshold, end)
        ax.plot(line, line, color=MUTED, linestyle="--", linewidth=1, label="as predicted")
        outside = self._outside()
        said = f"{self.level:.0%} interval"
        for rows, colour, name in (
            (~outside, GOOD, f"observed, {said}"),
            (outside, BAD, f"prediction outside the {said}"),
        ):
            self._draw_groups(ax, rows, colour, name)
        self._name_groups(ax)
        ax.set_xlabel("predicted default rate", color=INK)
        ax.set_ylabel("observed default rate", color=INK)
        ax.legend(frameon=False, loc="best", fontsize=9)
        clean_axes(ax, title="Calibration", grid="both")
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line how well outcomes meet predictions; :meth:`frame` has the groups."""
        count, n = self.groups["count"], len(self.groups)
        predicted = (self.groups["predicted"] * count).sum() / count.sum()
        observed = self.groups["n_bad"].sum() / count.sum()
        what = "grade" if self.named else "group"
        return (
            f"{type(self).__name__}({n} {what}{'s' * (n > 1)}, predicted {predicted:.2%}, observed "
            f"{observed:.2%}, {int(self._outside().sum())} outside their interval)"
        )

    def _outside(self) -> Bool1D:
        """Tell which groups have a prediction outside their interval."""
        groups = self.groups
        inside = groups["predicted"].between(groups["observed_lower"], groups["observed_upper"])
        outside: Bool1D = ~inside.to_numpy(dtype=bool)
        return outside

    def _draw_groups(self, ax: Any, rows: Bool1D, colour: str, name: str) -> None:
        groups = self.groups[rows]
        if not len(groups):
            return
        x, y = (groups[column].to_numpy() for column in ("predicted", "observed"))
        # as lists, because matplotlib 3.9 stumbles over arrays of one
        arms = [(y - groups["observed_lower"]).tolist(), (groups["observed_upper"] - y).tolist()]
        ax.errorbar(x, y, yerr=arms, fmt="o", color=colour, markersize=5, capsize=3, linewidth=1.3,
                    clip_on=False, zorder=3, label=name)  # fmt: skip

    def _name_groups(self, ax: Any) -> None:
        if not self.named or len(self.groups) > _MOST_NAMES:
            return
        places = self.groups[["group", "predicted", "observed_upper"]]
        for group, x, y in places.itertuples(index=False):
            ax.annotate(shorten(group, 12), (x, y), xytext=(0, 3), textcoords="offset points",
                        ha="center", color=INK, fontsize=8, parse_math=False)  # fmt: skip


def _scale(ax: Any, rates: Float1D, top: float) -> float | None:
    """Scale both axes alike; return where they become linear, or None where they are throughout."""
    from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator  # noqa: PLC0415 - slow

    least = float(np.min(rates, where=rates > 0, initial=top))
    # predictions and outcomes that are all zero have nothing to be scaled by
    top = top or 1.0
    threshold = None
    if top / (least or top) > _LINEAR_UP_TO:
        threshold = 10.0 ** math.floor(math.log10(max(least, top * 10.0**-_MOST_DECADES)))
        for name in ("x", "y"):
            getattr(ax, f"set_{name}scale")("symlog", linthresh=threshold, linscale=0.4)
        powers = range(round(math.log10(threshold)), 1)
        steps = (1, 2, 5) if len(powers) <= 3 else (1,)
        ticks = [0.0, *(step * 10.0**power for power in powers for step in steps)]
        end = min(1.0, top * 1.6)
    else:
        end = min(1.0, top * 1.08)
        ticks = list(MaxNLocator(6, steps=[1, 2, 5, 10]).tick_values(0, end))
    ax.set(xlim=(0, end), ylim=(0, end))
    ax.set_aspect("equal", adjustable="box")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(FixedLocator([tick for tick in ticks if 0 <= tick <= end]))
        axis.set_minor_locator(NullLocator())
        percent_axis(axis)
    return threshold


def _bent_line(threshold: float, end: float) -> Float1D:
    bent: Float1D = np.concatenate(
        [np.linspace(0, threshold, 50), np.geomspace(threshold, max(end, 2 * threshold), 200)]
    )
    return bent
