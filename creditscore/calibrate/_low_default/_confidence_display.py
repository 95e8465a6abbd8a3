"""Bounds of grades over confidence levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

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
    shorten,
    spread,
    wrap,
)
from creditscore.calibrate._low_default._counts import read_counts
from creditscore.calibrate._low_default._factor import Factor
from creditscore.calibrate._low_default._pluto_tasche import CONFIDENCES, pluto_tasche_table

_LETTER_HEIGHT = 0.05
"""Of the height of the axes, between the names of two lines."""
_MOST_NAMES = 12
"""Lines up to which each is named; of more, only those that end apart."""


@dataclass(kw_only=True, repr=False)
class ConfidenceDisplay:
    """How the bound of each grade rises with the confidence that is asked of it.

    Made by :meth:`from_counts`. It shows how much of a probability is data and how much the
    choice of a confidence level. The default rate of all grades together is drawn where there
    is one.

    Attributes
    ----------
    bounds : DataFrame
        As :func:`pluto_tasche_table` makes it.
    default_rate : float
        Of all customers, a period, a fraction.
    assumptions : str
        How defaults depend on each other.

    See Also
    --------
    pluto_tasche_table : The numbers.

    Examples
    --------
    >>> from creditscore.calibrate import ConfidenceDisplay
    >>> display = ConfidenceDisplay.from_counts([100, 400, 300], [0, 2, 1], grades=["A", "B", "C"])
    >>> display
    ConfidenceDisplay(3 grades, 6 confidence levels, PD at most 0.46% to 3.04%, independent
    defaults)
    >>> display.plot().ax_.get_xlabel()
    'confidence'
    """

    bounds: pd.DataFrame
    default_rate: float
    assumptions: str

    @classmethod
    def from_counts(
        cls,
        n_customers: Any,
        n_defaults: Any,
        *,
        confidences: Any = CONFIDENCES,
        correlation: float = 0.0,
        n_periods: int = 1,
        period_correlation: float = 0.0,
        grades: Any = None,
    ) -> Self:
        """Find the bounds at several levels.

        Parameters
        ----------
        n_customers : array-like of int of shape (n_grades,)
            Customers of each grade, **the safest grade first**.
        n_defaults : array-like of int of shape (n_grades,)
            Defaults of each grade.
        confidences : array-like of float, default=(0.5, …, 0.999)
            Confidence levels in (0, 1).
        correlation : float, default=0.0
            As in :func:`pluto_tasche`.
        n_periods : int, default=1
            As in :func:`pluto_tasche`.
        period_correlation : float, default=0.0
            As in :func:`pluto_tasche`.
        grades : list of str, optional
            As in :func:`pluto_tasche`.

        Returns
        -------
        ConfidenceDisplay

        Raises
        ------
        InvalidParameterError, InvalidDataError, EmptyDataError
            As in :func:`pluto_tasche`.
        """
        factor = Factor.checked(correlation, n_periods, period_correlation, cls.__name__)
        bounds = pluto_tasche_table(
            n_customers,
            n_defaults,
            confidences=confidences,
            correlation=correlation,
            n_periods=n_periods,
            period_correlation=period_correlation,
            grades=grades,
        )
        customers, defaults = read_counts(n_customers, n_defaults)
        rate = float(defaults.sum() / customers.sum()) / factor.n_periods
        ordered = bounds[sorted(bounds.columns)]
        return cls(bounds=ordered, default_rate=rate, assumptions=factor.in_words())

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.bounds.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw a line a grade, on a logarithmic axis; the axes are then in ``ax_``."""
        ax = new_axes(ax)
        at = np.arange(self.bounds.shape[1])
        values = self.bounds.to_numpy()
        for place, line in enumerate(values):
            ax.plot(at, line, color=self._colour(place), marker="o", markersize=4, linewidth=1.6)
        ax.set_yscale("log")
        if self.default_rate > 0:
            ax.axhline(self.default_rate, color=MUTED, linestyle="--", linewidth=1)
            ax.annotate("observed, all grades", (0, self.default_rate), xytext=(0, -3),
                        textcoords="offset points", va="top", color=MUTED, fontsize=8)  # fmt: skip
        self._scale(ax)
        self._name_lines(ax)
        ax.set_xlabel("confidence", color=INK)
        ax.set_ylabel("probability of default at most", color=INK)
        clean_axes(ax, title=wrap(f"Bounds by confidence: {self.assumptions}", 54), grid="y")
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line what is drawn; :meth:`frame` has the numbers."""
        low, high = self.bounds.to_numpy().min(), self.bounds.to_numpy().max()
        return (
            f"{type(self).__name__}({counted(len(self.bounds), 'grade')}, "
            f"{counted(self.bounds.shape[1], 'confidence level')}, PD at most {low:.2%} to "
            f"{high:.2%}, {self.assumptions})"
        )

    def _colour(self, place: int) -> tuple[float, float, float]:
        """Return a colour between that of goods, of the safest grade, and that of bads."""
        from matplotlib.colors import to_rgb  # noqa: PLC0415 - matplotlib loads when drawn

        share = place / max(1, len(self.bounds) - 1)
        good, bad = np.array(to_rgb(GOOD)), np.array(to_rgb(BAD))
        red, green, blue = ((1 - share) * good + share * bad).tolist()
        return red, green, blue

    def _scale(self, ax: Any) -> None:
        from matplotlib.ticker import LogLocator, NullLocator  # noqa: PLC0415 - as above

        values = self.bounds.to_numpy()
        low = min(float(values.min()), self.default_rate or np.inf)
        ax.set_ylim(low / 1.5, min(1.0, float(values.max()) * 1.5))
        decades = np.log10(values.max() / low)
        ax.yaxis.set_major_locator(LogLocator(subs=(1.0,) if decades > 4 else (1.0, 2.0, 5.0)))
        ax.yaxis.set_minor_locator(NullLocator())
        percent_axis(ax.yaxis)
        n = self.bounds.shape[1]
        ax.set_xlim(-0.3, n - 1 + 0.3)
        name_ticks(ax, list(range(n)), [f"{100 * level:g}%" for level in self.bounds.columns])

    def _name_lines(self, ax: Any) -> None:
        """Write the name of each grade at the end of its line, none over another."""
        ends = np.log(self.bounds.iloc[:, -1].to_numpy())
        low, high = np.log(ax.get_ylim())
        places = ((ends - low) / (high - low)).tolist()
        named = list(range(len(places)))
        if len(places) > _MOST_NAMES:
            named = _apart(places, _LETTER_HEIGHT)
        heights = spread([places[place] for place in named], _LETTER_HEIGHT)
        for place, height in zip(named, heights, strict=True):
            name = self.bounds.index[place]
            ax.annotate(shorten(str(name), 14), (1.0, height), xycoords="axes fraction",
                        xytext=(2, 0), textcoords="offset points", va="center", fontsize=9,
                        color=self._colour(place), parse_math=False)  # fmt: skip


def _apart(places: list[float], gap: float) -> list[int]:
    """Return which places to keep so that they are apart, the first and the last among them."""
    kept = [0, len(places) - 1]
    for place in range(len(places) - 2, 0, -1):
        if all(abs(places[place] - places[other]) >= gap for other in kept):
            kept.append(place)
    return sorted(kept)
