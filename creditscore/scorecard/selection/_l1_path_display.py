"""Coefficients along the path of an L1 penalty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import GOOD, INK, MUTED, clean_axes, distinct, new_axes, spread
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard.selection._log import SelectionLog

_MOST_NAMED = 14
"""Columns whose line bears its name."""
_LABEL_WIDTH = 26


@dataclass(kw_only=True, repr=False)
class L1PathDisplay:
    """Coefficient of each candidate against the penalty, and the set that was chosen.

    Made by :meth:`from_log`. The penalty falls from left to right, so columns come in one after
    the other; those in the chosen set are in colour, the others grey. The coefficients are shrunk
    by the penalty; those of the card are fitted without it.

    Attributes
    ----------
    coefficients : DataFrame
        As :meth:`SelectionLog.coefficient_path` has them: a row a penalty, a column a candidate.
    kept : tuple of str
        Columns in the chosen set.
    chosen : float
        Largest penalty that has this set.

    See Also
    --------
    L1Path : The search.

    Examples
    --------
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard.selection import L1Path, L1PathDisplay, Selection
    >>> german = load_german_credit()
    >>> X = german[["checking_status", "duration_months", "credit_amount"]]
    >>> model = LogisticScorecard(selection=Selection(search=L1Path())).fit(X, german["is_bad"])
    >>> display = L1PathDisplay.from_log(model.selection_)
    >>> display
    L1PathDisplay(3 columns at 60 penalties, 2 in the chosen set)
    >>> display.plot().ax_.get_title(loc="left")
    'Coefficients along the L1 path'
    """

    coefficients: pd.DataFrame
    kept: tuple[str, ...]
    chosen: float

    @classmethod
    def from_log(cls, log: SelectionLog) -> Self:
        """Take the path of a selection.

        Parameters
        ----------
        log : SelectionLog
            Of a search by :class:`L1Path`.

        Returns
        -------
        L1PathDisplay

        Raises
        ------
        InvalidParameterError
            No log, or one of another search.
        """
        owner = f"{cls.__name__}.from_log"
        check_kind(log, "log", owner, SelectionLog)
        path = log.penalty_path
        if path is None:
            msg = (
                f"{owner} draws the path of an L1 penalty, and this log has none: it is of "
                f"{log.said or 'filters without a search'}. Select by "
                "Selection(search=L1Path())."
            )
            raise InvalidParameterError(msg)
        return cls(coefficients=path.table(), kept=log.kept, chosen=path.penalties[path.chosen])

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.coefficients.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw the paths, the largest penalty at the left; the axes are then in ``ax_``."""
        ax = new_axes(ax, size=(8.2, 4.6))
        table = self.coefficients
        penalties = table.index.to_numpy(dtype=np.float64)
        ax.axhline(0.0, color=MUTED, linewidth=1)
        for name in sorted(table, key=lambda name: name in self.kept):
            inside = name in self.kept
            ax.plot(penalties, table[name], color=GOOD if inside else MUTED,
                    linewidth=1.6 if inside else 0.9, alpha=1.0 if inside else 0.6)  # fmt: skip
        ax.axvline(self.chosen, color=INK, linewidth=1, linestyle="--")
        if len(penalties) > 1:
            ax.set_xscale("log")
            ax.set_xlim(penalties[0], penalties[-1])
        ax.set_xlabel("penalty (logarithmic, falling)", color=INK)
        ax.set_ylabel("coefficient in the log-odds of being bad", color=INK)
        clean_axes(ax, title="Coefficients along the L1 path")
        self._name_choice(ax)
        self._name_lines(ax)
        self.ax_ = ax
        return self

    def _name_choice(self, ax: Any) -> None:
        noun = "column" if len(self.kept) == 1 else "columns"
        penalties = self.coefficients.index
        late = list(penalties).index(self.chosen) > len(penalties) / 2
        ax.annotate(f"chosen: {len(self.kept)} {noun}", (self.chosen, 1.0),
                    xycoords=("data", "axes fraction"), xytext=(-4 if late else 4, -2),
                    textcoords="offset points", fontsize=8.5, color=INK, va="top",
                    ha="right" if late else "left",
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})  # fmt: skip

    def _name_lines(self, ax: Any) -> None:
        """Write the names of the chosen columns of the largest coefficients at the right."""
        last = self.coefficients.iloc[-1]
        named = [name for name in last.abs().sort_values(ascending=False).index
                 if name in self.kept][:_MOST_NAMED]  # fmt: skip
        low, high = ax.get_ylim()
        heights = [(float(last[name]) - low) / (high - low) for name in named]
        labels = distinct(named, _LABEL_WIDTH)
        for label, height, place in zip(labels, heights, spread(heights, 0.055), strict=True):
            ax.annotate(label, (1.0, height), xycoords="axes fraction", xytext=(1.04, place),
                        textcoords="axes fraction", fontsize=8.5, color=INK, va="center",
                        parse_math=False,
                        arrowprops={"arrowstyle": "-", "color": MUTED, "linewidth": 0.6,
                                    "shrinkA": 1, "shrinkB": 0})  # fmt: skip

    def __repr__(self) -> str:
        """Say in one line what is drawn; :meth:`frame` has the numbers."""
        n_penalties, n = self.coefficients.shape
        noun = "column" if n == 1 else "columns"
        return (
            f"{type(self).__name__}({n} {noun} at {n_penalties} penalties, {len(self.kept)} in the "
            "chosen set)"
        )
