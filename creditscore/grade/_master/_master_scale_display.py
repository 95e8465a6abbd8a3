"""The grades of a master scale on an axis of probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import BAD, GOOD, INK, clean_axes, new_axes, percent_axis, shorten
from creditscore._typing import Closed
from creditscore.grade._master._master_scale import MasterScale

_LEAST = 1e-6
"""Probability of zero is drawn no further out than here."""
_INCHES_A_GRADE = 0.27


@dataclass(kw_only=True, repr=False)
class MasterScaleDisplay:
    """Interval (bar) and probability of default (mark) of each grade, on a logarithmic axis.

    Made by :meth:`from_scale`. Where bounds are on scores, the marks stand alone. Grades of
    probability zero are drawn hollow at the left end.

    Attributes
    ----------
    grades : DataFrame
        A table of :meth:`MasterScale.table`.
    closed : {"left", "right"} or None
        The end at which an interval holds its bound; None where bounds are on scores.

    Examples
    --------
    >>> from creditscore.grade import MasterScale, MasterScaleDisplay
    >>> display = MasterScaleDisplay.from_scale(MasterScale.agency())
    >>> display
    MasterScaleDisplay(8 grades, 0.01% to 100%)
    >>> display.plot().ax_.get_xlabel()
    'probability of default (log scale)'
    """

    grades: pd.DataFrame
    closed: Closed | None = None

    @classmethod
    def from_scale(cls, master: MasterScale) -> Self:
        """Take the grades of a master scale.

        Parameters
        ----------
        master : MasterScale
            The scale.

        Returns
        -------
        MasterScaleDisplay

        Raises
        ------
        InvalidParameterError
            Something else, such as a scale whose grades mean no probability.
        """
        check_kind(master, "master", f"{cls.__name__}.from_scale", MasterScale)
        known = master.scale.measure == "prob_default"
        return cls(grades=master.table(), closed=master.scale.closed if known else None)

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.grades.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw the grades, the safest at the top; the axes are then in ``ax_``."""
        grades, at = self.grades, np.arange(len(self.grades))
        ax = new_axes(ax, size=(7.0, max(2.6, 1.3 + _INCHES_A_GRADE * len(grades))))
        prob = grades["prob_default"].to_numpy(dtype=np.float64)
        left = self._left(prob)
        ax.set_xscale("log")
        ax.set_xlim(left, 1.6)
        if self.closed is not None:
            self._draw_intervals(ax, at, left)
        told = prob > 0
        ax.plot(prob[told], at[told], "o", color=BAD, markersize=5, zorder=3, clip_on=False,
                label="probability of default")  # fmt: skip
        if not told.all():
            # an empty line would be in the layout, far off the axes
            ax.plot(np.full((~told).sum(), left), at[~told], "o", color=BAD,
                    markerfacecolor="white", zorder=3, clip_on=False)  # fmt: skip
        for place, value in zip(at, prob, strict=True):
            ax.annotate(f"{100 * value:.3g}%", (1, place), xycoords=("axes fraction", "data"),
                        xytext=(6, 0), textcoords="offset points", va="center", color=INK,
                        fontsize=8.5)  # fmt: skip
        ax.set_yticks(at, [shorten(str(grade), 24) for grade in grades["grade"]], parse_math=False)
        ax.set_ylim(len(grades) - 0.4, -0.6)
        ax.set_xlabel("probability of default (log scale)", color=INK)
        percent_axis(ax.xaxis)
        ax.xaxis.set_minor_formatter("")
        clean_axes(ax, title="Grades and the probability each means", grid="x")
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line what is drawn; the numbers are in :meth:`frame`."""
        prob = self.grades["prob_default"]
        return (
            f"{type(self).__name__}({len(self.grades)} grades, {100 * prob.iloc[0]:.3g}% to "
            f"{100 * prob.iloc[-1]:.3g}%)"
        )

    def _left(self, prob: np.ndarray[Any, Any]) -> float:
        """Return the left end of the axis: room for the first interval, which begins at zero."""
        upper = self.grades["upper"].to_numpy(dtype=np.float64)
        ends = [*prob, *upper] if self.closed is not None else [*prob]
        least = min((end for end in ends if end > 0), default=0.1)
        return max(_LEAST, float(10.0 ** np.floor(np.log10(least / 1.5))))

    def _draw_intervals(self, ax: Any, at: np.ndarray[Any, Any], left: float) -> None:
        lower, upper = (self.grades[end].to_numpy(dtype=np.float64) for end in ("lower", "upper"))
        held = np.isfinite(lower)
        start = np.maximum(lower[held], left)
        ax.barh(at[held], upper[held] - start, left=start, height=0.62, color=GOOD, alpha=0.35,
                label="interval")  # fmt: skip
