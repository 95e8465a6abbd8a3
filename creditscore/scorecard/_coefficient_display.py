"""Coefficients of a card with their intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import BAD, GOOD, INK, MUTED, clean_axes, counted, distinct, new_axes
from creditscore._typing import Float1D
from creditscore._validation import check_real
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard._scorecard import Scorecard

_ROW_INCHES = 0.3
_LABEL_WIDTH = 34
_ENDLESS_VIF = 1e18
"""Stands for what has no end; see FitSummary."""
_FOREST_END = 0.86
"""Where the intervals end and the column of VIF begins, in widths of the axes."""


@dataclass(kw_only=True, repr=False)
class CoefficientDisplay:
    """Coefficient of each characteristic with its interval, and its variance inflation factor.

    Made by :meth:`from_scorecard`. A safer bin should lower the risk: coefficients below zero are
    drawn in the colour of goods, others in that of bads. At -1 the WOE counts in full, as in a
    card of this characteristic alone; near 0 others say the same already.

    Attributes
    ----------
    coefficients : DataFrame
        characteristic, coefficient, std_error, z, p_value, lower, upper, vif, as
        :meth:`FitSummary.table` has them, without the intercept.
    level : float, default=0.95
        Confidence level of the intervals, a fraction.

    See Also
    --------
    FitSummary : The numbers, and what their errors leave out.

    Examples
    --------
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard import CoefficientDisplay
    >>> german = load_german_credit()
    >>> columns = ["checking_status", "duration_months"]
    >>> card = LogisticScorecard().fit(german[columns], german["is_bad"]).scorecard_
    >>> display = CoefficientDisplay.from_scorecard(card)
    >>> display
    CoefficientDisplay(2 coefficients, 2 below zero, 0 of intervals that hold zero)
    >>> display.plot().ax_.get_title(loc="left")
    'Coefficients of the weights of evidence'
    """

    coefficients: pd.DataFrame
    level: float = 0.95

    @classmethod
    def from_scorecard(
        cls,
        card: Scorecard,
        *,
        level: float = 0.95,
        errors: Literal["model", "robust"] | None = None,
    ) -> Self:
        """Take the coefficients of an estimated card.

        Parameters
        ----------
        card : Scorecard
            One that holds a :class:`FitSummary`; a boosted, penalised or hand-made one has none.
        level : float, default=0.95
            Confidence level of the intervals in (0, 1).
        errors : {"model", "robust"}, optional
            Standard errors to take, as in :meth:`FitSummary.table`.

        Returns
        -------
        CoefficientDisplay

        Raises
        ------
        InvalidParameterError
            No card, or one without a fit_summary; errors that are not known or do not hold.
        """
        owner = f"{cls.__name__}.from_scorecard"
        check_kind(card, "card", owner, Scorecard)
        check_real(level, "level", owner, low=0, high=1)
        if card.fit_summary is None:
            msg = (
                f"{owner} draws coefficients with their errors, and this card has no fit_summary: "
                "its points were written by hand, or come from an estimate that has no such "
                "errors, as a boosted or a penalised one. PointsDisplay draws its points."
            )
            raise InvalidParameterError(msg)
        table = card.fit_summary.table(level=level, errors=errors)
        return cls(coefficients=table.iloc[1:].reset_index(drop=True), level=level)

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.coefficients.copy()

    @property
    def height(self) -> float:
        """Height in inches at which the rows have room."""
        return 1.5 + _ROW_INCHES * len(self.coefficients)

    def plot(self, ax: Any = None) -> Self:
        """Draw the coefficients, the first at the top; the axes are then in ``ax_``."""
        ax = new_axes(ax, size=(7.6, self.height))
        rows = self.coefficients
        at = np.arange(len(rows), dtype=np.float64)
        low, high = self._ends()
        for place in (-1.0, 0.0):
            ax.plot([place, place], [0, 1], color=MUTED, linewidth=1,
                    linestyle="-" if place == 0 else "--",
                    transform=ax.get_xaxis_transform())  # fmt: skip
        for y, estimate, lower, upper in zip(
            at, rows["coefficient"], rows["lower"], rows["upper"], strict=True
        ):
            colour = GOOD if estimate < 0 else BAD
            ax.plot([max(lower, low), min(upper, high)], [y, y], color=colour, linewidth=1.8,
                    solid_capstyle="butt")  # fmt: skip
            # an arrow says that the interval goes on
            for end, limit, mark in ((lower, low, "<"), (upper, high, ">")):
                if (end < low) if mark == "<" else (end > high):
                    ax.plot(limit, y, mark, color=colour, markersize=5, clip_on=False)
            certain = lower > 0 or upper < 0
            ax.plot(estimate, y, "o", color=colour, markersize=6, zorder=4,
                    markerfacecolor=colour if certain else "white")  # fmt: skip
        self._draw_vif(ax, at)
        names = distinct(rows["characteristic"].tolist(), _LABEL_WIDTH)
        ax.set_yticks(at, names, parse_math=False)
        ax.set_ylim(len(at) - 0.4, -1.1)
        self._draw_axis(ax, low, high)
        clean_axes(ax, title="Coefficients of the weights of evidence", grid="x")
        ax.tick_params(axis="y", length=0)
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line how many coefficients are as they should be; :meth:`frame` has them."""
        rows = self.coefficients
        below = int((rows["coefficient"] < 0).sum())
        unsure = int(((rows["lower"] <= 0) & (rows["upper"] >= 0)).sum())
        return (
            f"{type(self).__name__}({counted(len(rows), 'coefficient')}, {below} below zero, "
            f"{unsure} of intervals that hold zero)"
        )

    def _ends(self) -> tuple[float, float]:
        """Return the ends of the axis: all estimates, and intervals as far as sensible."""
        estimate = self.coefficients["coefficient"]
        least, greatest = min(-1.0, float(estimate.min())), max(0.0, float(estimate.max()))
        room = greatest - least
        low = max(float(self.coefficients["lower"].min()), least - room)
        high = min(float(self.coefficients["upper"].max()), greatest + room)
        margin = 0.04 * (high - low)
        return min(low, least) - margin, max(high, greatest) + margin

    def _draw_axis(self, ax: Any, low: float, high: float) -> None:
        """Let the axis end where the column of VIF begins."""
        from matplotlib.ticker import FixedLocator, MaxNLocator  # noqa: PLC0415 - slow to import

        wide = _FOREST_END if self.coefficients["vif"].notna().any() else 1.0
        ax.set_xlim(low, low + (high - low) / wide)
        ticks = MaxNLocator(7, steps=[1, 2, 5, 10]).tick_values(low, high)
        ax.xaxis.set_major_locator(FixedLocator([tick for tick in ticks if low <= tick <= high]))
        ax.spines["bottom"].set_bounds(low, high)
        ax.set_xlabel(f"coefficient in the log-odds of being bad, {self.level:.0%} interval",
                      color=INK, x=wide / 2)  # fmt: skip

    def _draw_vif(self, ax: Any, at: Float1D) -> None:
        vif = self.coefficients["vif"].to_numpy(dtype=np.float64)
        if not np.isfinite(vif).any():
            return
        beside = ax.get_yaxis_transform()
        for y, value in zip(at, vif, strict=True):
            text = "∞" if value >= _ENDLESS_VIF else f"{value:.2f}"
            ax.text(0.99, y, text, ha="right", va="center", fontsize=9, color=INK,
                    transform=beside)  # fmt: skip
        ax.text(0.99, -0.8, "VIF", ha="right", va="center", fontsize=9, fontweight="bold",
                color=INK, transform=beside)  # fmt: skip
