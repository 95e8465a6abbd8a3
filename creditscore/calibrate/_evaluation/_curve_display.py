"""Curves of calibrations over the score, beside the default rates that were observed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import INK, MUTED, clean_axes, panels, percent_axis, shorten
from creditscore._typing import Float1D
from creditscore._validation import check_integer, check_order, check_real
from creditscore.calibrate._curve._axis import Measure, read_values
from creditscore.calibrate._curve._calibration import Calibration
from creditscore.calibrate._evaluation._rate_axes import scale_rates
from creditscore.calibrate._evaluation._reliability_display import COLOURS
from creditscore.exceptions import EmptyDataError, InvalidDataError, InvalidParameterError
from creditscore.metrics import calibration_table

_POINTS = 400
_N_BARS = 40


@dataclass(kw_only=True, repr=False)
class CalibrationCurveDisplay:
    """Probability of default over the score, for several calibrations, beside observed rates.

    Made by :meth:`from_calibrations`. A curve is drawn with margin and floor; the observed rates
    are those of groups of nearly equal size by the score, with their intervals. The lower panel
    shows how many cases have which score.

    Attributes
    ----------
    groups : DataFrame
        value (mean of the group), count, n_bad, observed, observed_lower, observed_upper.
    curves : DataFrame
        value, and a column for each calibration, by its name.
    counts : DataFrame
        lower, upper (ends of a bar) and share (of the cases).
    measure : {"score", "prob_default"}
        What the values are.
    level : float, default=0.95
        Confidence level of the intervals, a fraction.

    See Also
    --------
    ReliabilityDisplay : Observed rates against predicted ones.

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.calibrate import CalibrationCurveDisplay, logistic_calibration
    >>> score = np.repeat([540, 560, 580], 400)
    >>> is_bad = np.concatenate([np.arange(400) < n for n in (80, 40, 20)])
    >>> found = logistic_calibration(is_bad, score, philosophy="point_in_time")
    >>> CalibrationCurveDisplay.from_calibrations({"logistic": found}, score, is_bad)
    <CalibrationCurveDisplay: logistic; 3 groups, 1,200 cases>
    """

    groups: pd.DataFrame
    curves: pd.DataFrame
    counts: pd.DataFrame
    measure: Measure
    level: float = 0.95

    @classmethod
    def from_calibrations(
        cls,
        calibrations: Mapping[str, Calibration],
        values: Any,
        is_bad: Any,
        *,
        n_groups: int = 10,
        sample_weight: Any = None,
        level: float = 0.95,
    ) -> Self:
        """Draw calibrations of one measure over cases.

        Parameters
        ----------
        calibrations : mapping of str to Calibration
            By name, up to five, all of the score or all of a raw probability.
        values : array-like of shape (n_samples,)
            Scores or raw probabilities of the cases.
        is_bad : array-like of shape (n_samples,)
            1 for bad, 0 for good; all of one kind is fine.
        n_groups : int, default=10
            Groups of nearly equal size, 1 or more.
        sample_weight : array-like of shape (n_samples,), optional
            Counts of rows, whole numbers.
        level : float, default=0.95
            Confidence level of Jeffreys' intervals, in (0, 1).

        Returns
        -------
        CalibrationCurveDisplay

        Raises
        ------
        InvalidParameterError
            A parameter out of range, calibrations of different measures, none or too many.
        InvalidDataError, InvalidTargetError
            Values that are missing, or in another order than the outcomes; outcomes as in
            :func:`creditscore.metrics.calibration_table`.
        """
        owner = f"{cls.__name__}.from_calibrations"
        measure = _measure(calibrations, owner)
        check_integer(n_groups, "n_groups", owner, low=1)
        check_real(level, "level", owner, low=0, high=1)
        check_order(values=values, is_bad=is_bad, sample_weight=sample_weight)
        numbers = read_values(values, measure)
        if numbers.ndim != 1:
            msg = f"The values must be one column. Got an array of shape {numbers.shape}."
            raise InvalidDataError(msg)
        if not len(numbers):
            msg = "There are no values to draw calibrations over."
            raise EmptyDataError(msg)
        low, high = float(numbers.min()), float(numbers.max())
        if low == high:
            msg = f"All values are {low:g}, so that no curve runs over them."
            raise InvalidDataError(msg)
        # the table forms groups of fractions, and of them the rate is the same
        table = calibration_table(
            is_bad,
            (numbers - low) / (high - low),
            n_groups=n_groups,
            sample_weight=sample_weight,
            level=level,
        )
        groups = table[["count", "n_bad", "observed", "observed_lower", "observed_upper"]].copy()
        groups.insert(0, "value", low + (high - low) * table["predicted"])
        at = np.linspace(low, high, _POINTS)
        curves = {str(name): found.prob_default(at) for name, found in calibrations.items()}
        shares, edges = np.histogram(numbers, _N_BARS, weights=sample_weight)
        counts = {"lower": edges[:-1], "upper": edges[1:], "share": shares / shares.sum()}
        return cls(
            groups=groups,
            curves=pd.DataFrame({"value": at, **curves}),
            counts=pd.DataFrame(counts),
            measure=measure,
            level=level,
        )

    def frame(self) -> pd.DataFrame:
        """Return the observed rates and, at the mean value of each group, the curves."""
        curves = {
            name: np.interp(self.groups["value"], self.curves["value"], self.curves[name])
            for name in self._names
        }
        return self.groups.assign(**curves)

    def plot(self, ax: Any = None) -> Self:
        """Draw both panels; the axes of the upper are then in ``ax_``."""
        _, (upper, lower) = panels(
            ax, 2, 1, title="Calibration curves", size=(6.4, 5.6), heights=(3, 1)
        )
        observed = self.groups["observed"].to_numpy(dtype=np.float64)
        drawn = self.curves[self._names].to_numpy(dtype=np.float64)
        top = max(float(self.groups["observed_upper"].max()), float(drawn.max()))
        scale_rates([(upper, "y")], observed, top)
        for colour, name in zip(COLOURS, self._names, strict=False):
            upper.plot(self.curves["value"], self.curves[name], color=colour, linewidth=1.8,
                       label=shorten(name, 28), zorder=3)  # fmt: skip
        self._draw_observed(upper, observed)
        bars = self.counts
        lower.stairs(bars["share"], [*bars["lower"], bars["upper"].iloc[-1]], color=MUTED,
                     fill=True)  # fmt: skip
        for one in (upper, lower):
            one.set_xlim(self.curves["value"].iloc[0], self.curves["value"].iloc[-1])
        score = self.measure == "score"
        lower.set_xlabel("score" if score else "raw probability", color=INK)
        lower.set_ylabel("share of cases", color=INK)
        upper.set_ylabel("probability of default", color=INK)
        percent_axis(lower.yaxis)
        if not score:
            percent_axis(upper.xaxis)
            percent_axis(lower.xaxis)
        upper.legend(frameon=False, loc="best", fontsize=9)
        clean_axes(upper, title="", grid="both")
        clean_axes(lower, title="", grid="y")
        self.ax_ = upper
        return self

    @property
    def _names(self) -> list[str]:
        return [str(name) for name in self.curves.columns[1:]]

    def _draw_observed(self, ax: Any, observed: Float1D) -> None:
        groups = self.groups
        # as lists, because matplotlib 3.9 stumbles over arrays of one
        arms = [
            (observed - groups["observed_lower"]).tolist(),
            (groups["observed_upper"] - observed).tolist(),
        ]
        ax.errorbar(groups["value"], observed, yerr=arms, fmt="o", color=INK, markersize=4,
                    capsize=2, linewidth=1, clip_on=False, zorder=4,
                    label=f"observed, {self.level:.0%} interval")  # fmt: skip

    def __repr__(self) -> str:
        """Say in one line which calibrations there are; :meth:`frame` has the groups."""
        return (
            f"<{type(self).__name__}: {', '.join(self._names)}; {len(self.groups)} groups, "
            f"{self.groups['count'].sum():,.0f} cases>"
        )


def _measure(calibrations: Any, owner: str) -> Measure:
    """Return the one measure of calibrations by name."""
    check_kind(calibrations, "calibrations", owner, Mapping)
    for name, calibration in calibrations.items():
        check_kind(calibration, f"calibrations[{name!r}]", owner, Calibration)
    measures: set[Measure] = {calibration.measure for calibration in calibrations.values()}
    if len(measures) != 1 or len(calibrations) > len(COLOURS):
        msg = (
            f"{owner} draws 1 to {len(COLOURS)} calibrations of one measure. Got "
            f"{len(calibrations)} of {', '.join(sorted(measures)) or 'none'}."
        )
        raise InvalidParameterError(msg)
    return measures.pop()
