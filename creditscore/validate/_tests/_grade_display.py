"""Foretold against observed default rates of grades, with the band that chance allows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy.stats import binom

from creditscore._display import (
    BAD,
    GOOD,
    INK,
    MUTED,
    clean_axes,
    counted,
    name_ticks,
    new_axes,
    percent_axis,
)
from creditscore._typing import Float1D
from creditscore._validation import check_real
from creditscore.exceptions import InvalidDataError
from creditscore.validate._tests._inputs import check_correlation, read_rates
from creditscore.validate._tests._rejection import least_rejected
from creditscore.validate._tests._vasicek import mixture
from creditscore.validate._tests._vasicek_test import vasicek_critical_count, vasicek_test

_VERDICTS = {
    "PD too low": (BAD, "^", "observed above the band: PD too low"),
    "in band": (GOOD, "o", "observed in the band"),
    "PD too high": ("#8a6bb0", "v", "observed below the band: PD too high"),
}
_LINEAR_UP_TO = 30.0
"""Ratio of the largest rate to the least above zero that a linear axis still shows."""


@dataclass(kw_only=True, repr=False)
class GradeBacktestDisplay:
    """Observed default rate of each grade beside its probability and the band of chance.

    Made by :meth:`from_counts`. Grades outside the band differ by colour and by the shape of
    their mark. Rates that are far apart are drawn on a logarithmic axis that becomes linear near
    zero, so that grades without a default keep their place.

    Attributes
    ----------
    grades : DataFrame
        A row a grade: grade, n_bad, n_total, prob_default, observed, band_lower, band_upper,
        p_value (of more defaults than foretold), verdict ("in band", "PD too low", "PD too high"
        or "no customers").
    level : float, default=0.95
        Chance of the band, a fraction.
    correlation : float, default=0.0
        Asset correlation that the band allows for.

    See Also
    --------
    vasicek_test : The test behind the band; the binomial test at a correlation of 0.

    Examples
    --------
    >>> from creditscore.validate import GradeBacktestDisplay
    >>> display = GradeBacktestDisplay.from_counts([1, 9, 60], [300, 400, 300], [0.01, 0.02, 0.1])
    >>> display
    GradeBacktestDisplay(3 grades, 1 with a PD too low, 0 too high)
    >>> display.frame()[["grade", "observed", "band_upper", "verdict"]].round(4)
      grade  observed  band_upper     verdict
    0     1    0.0033      0.0233     in band
    1     2    0.0225      0.0350     in band
    2     3    0.2000      0.1367  PD too low
    """

    grades: pd.DataFrame
    level: float = 0.95
    correlation: float = 0.0

    @classmethod
    def from_counts(
        cls,
        n_bad: Any,
        n_total: Any,
        prob_default: Any,
        *,
        grades: Any = None,
        correlation: float = 0.0,
        level: float = 0.95,
    ) -> Self:
        """Compare default rates with probabilities, grade by grade.

        Parameters
        ----------
        n_bad, n_total : array-like of shape (n_grades,)
            Defaults and customers of each grade, safest first.
        prob_default : array-like of shape (n_grades,)
            Probability of default of each grade, a fraction in [0, 1].
        grades : array-like of shape (n_grades,), optional
            Names of the grades; numbers from 1 without them.
        correlation : float, default=0.0
            Asset correlation in [0, 1) that the band allows for; 0 is the binomial distribution.
        level : float, default=0.95
            Chance of the band, in (0, 1). Either side is left out with (1 - level) / 2 at most.

        Returns
        -------
        GradeBacktestDisplay

        Raises
        ------
        InvalidDataError, InvalidParameterError
            As in :func:`vasicek_test`; not one name a grade.
        """
        owner = f"{cls.__name__}.from_counts"
        rho = check_correlation(correlation, owner)
        check_real(level, "level", owner, low=0, high=1)
        bad, total, prob = (np.atleast_1d(x) for x in read_rates(n_bad, n_total, prob_default))
        names = np.arange(1, len(bad) + 1) if grades is None else np.asarray(grades, dtype=object)
        if bad.ndim != 1 or names.shape != bad.shape:
            msg = (
                "n_bad, n_total, prob_default and grades must have one place for each grade. Got "
                f"shapes {bad.shape} and {names.shape}."
            )
            raise InvalidDataError(msg)
        rate = np.divide(bad, total, out=np.full(len(bad), np.nan), where=total > 0)
        lower, upper = _band(total, prob, rho, (1 - level) / 2)
        table = pd.DataFrame(
            {
                "grade": [str(name) for name in names],
                "n_bad": bad,
                "n_total": total,
                "prob_default": prob,
                "observed": rate,
                "band_lower": lower,
                "band_upper": upper,
                "p_value": vasicek_test(bad, total, prob, correlation=rho).p_value,
                "verdict": _verdicts(rate, lower, upper),
            }
        )
        return cls(grades=table, level=level, correlation=rho)

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.grades.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw the grades; the axes are then in ``ax_``."""
        ax = new_axes(ax, size=(7.0, 4.4))
        table = self.grades
        x = np.arange(len(table))
        ax.bar(x, table["band_upper"] - table["band_lower"], bottom=table["band_lower"], width=0.5,
               color=MUTED, alpha=0.3, linewidth=0,
               label=f"{self.level:.0%} band of chance")  # fmt: skip
        ax.hlines(table["prob_default"], x - 0.32, x + 0.32, color=INK, linewidth=1.6,
                  label="probability of default")  # fmt: skip
        for verdict, (colour, marker, name) in _VERDICTS.items():
            rows = np.flatnonzero(table["verdict"] == verdict)
            if len(rows):
                ax.plot(x[rows], table["observed"].to_numpy()[rows], marker, color=colour,
                        markersize=7, clip_on=False, zorder=3, label=name)  # fmt: skip
        ax.set_xlim(-0.6, len(table) - 0.4)
        self._scale(ax)
        name_ticks(ax, x.tolist(), table["grade"].tolist())
        ax.set_ylabel("default rate", color=INK)
        ax.legend(frameon=False, fontsize=9, ncols=2, loc="upper center",
                  bbox_to_anchor=(0.5, -0.1))  # fmt: skip
        title = "Default rates of grades"
        if self.correlation:
            title += f", correlation {self.correlation:g}"
        clean_axes(ax, title=title)
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line how many grades are off; :meth:`frame` has them."""
        counts = self.grades["verdict"].value_counts()
        low, high = (int(counts.get(name, 0)) for name in ("PD too low", "PD too high"))
        n = counted(len(self.grades), "grade")
        return f"{type(self).__name__}({n}, {low} with a PD too low, {high} too high)"

    def _scale(self, ax: Any) -> None:
        from matplotlib.ticker import FixedLocator, NullLocator  # noqa: PLC0415 - slow

        rates = self.grades[["prob_default", "observed", "band_upper"]].to_numpy(dtype=float)
        top = float(np.nanmax(rates)) or 1.0
        least = float(np.nanmin(np.where(rates > 0, rates, top)))
        if top / least <= _LINEAR_UP_TO:
            ax.set_ylim(0, min(1.02, top * 1.1))
            percent_axis(ax.yaxis)
            return
        lowest = max(math.floor(math.log10(least)), math.floor(math.log10(top)) - 4)
        ax.set_yscale("symlog", linthresh=10.0**lowest, linscale=0.5)
        ax.set_ylim(0, min(1.2, top * 1.6))
        powers = range(lowest, math.floor(math.log10(top)) + 1)
        steps = (1, 3) if len(powers) > 2 else (1, 2, 5)
        ticks = [0.0, *(step * 10.0**power for power in powers for step in steps)]
        ax.yaxis.set_major_locator(FixedLocator([tick for tick in ticks if tick <= 1]))
        ax.yaxis.set_minor_locator(NullLocator())
        percent_axis(ax.yaxis)


def _verdicts(rate: Float1D, lower: Float1D, upper: Float1D) -> list[str]:
    names = np.select(
        [np.isnan(rate), rate > upper, rate < lower],
        ["no customers", "PD too low", "PD too high"],
        default="in band",
    )
    return [str(name) for name in names]


def _band(total: Float1D, prob: Float1D, rho: float, tail: float) -> tuple[Float1D, Float1D]:
    """Return the least and the greatest default rate that neither one-sided test rejects."""
    most = vasicek_critical_count(total, prob, correlation=rho, level=1 - tail) - 1
    least = least_rejected(total, lambda n: mixture(binom.cdf, n, total, prob, rho) > tail)
    with np.errstate(divide="ignore", invalid="ignore"):
        return least / total, most / total
