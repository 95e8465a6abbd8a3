"""What a stepwise search did, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import BAD, GOOD, INK, MUTED, clean_axes, name_ticks, new_axes
from creditscore._validation import check_choice
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard.selection._log import SelectionLog

_CRITERIA = {"bic": "BIC", "aic": "AIC", "log_likelihood": "log-likelihood"}
_MOST_NAMED = 40


@dataclass(kw_only=True, repr=False)
class StepwiseDisplay:
    """Criterion of the model after each step of a search, with the column that came or went.

    Made by :meth:`from_log`.

    Attributes
    ----------
    steps : DataFrame
        As :meth:`SelectionLog.path` has them.
    criterion : {"bic", "aic", "log_likelihood"}, default="bic"
        What is drawn.

    See Also
    --------
    Stepwise : The search.

    Examples
    --------
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard.selection import Selection, Stepwise, StepwiseDisplay
    >>> german = load_german_credit()
    >>> X = german[["checking_status", "duration_months", "credit_amount"]]
    >>> model = LogisticScorecard(selection=Selection(search=Stepwise())).fit(X, german["is_bad"])
    >>> display = StepwiseDisplay.from_log(model.selection_)
    >>> display
    StepwiseDisplay(BIC after 2 steps, 1228.6 → 1061.1)
    >>> display.plot().ax_.get_title(loc="left")
    'BIC after each step of the search'
    """

    steps: pd.DataFrame
    criterion: str = "bic"

    @classmethod
    def from_log(cls, log: SelectionLog, *, criterion: str = "bic") -> Self:
        """Take the steps of a selection.

        Parameters
        ----------
        log : SelectionLog
            Of a search by :class:`Stepwise`.
        criterion : {"bic", "aic", "log_likelihood"}, default="bic"
            What to draw.

        Returns
        -------
        StepwiseDisplay

        Raises
        ------
        InvalidParameterError
            No log, one of another search, or a criterion that is not known.
        """
        owner = f"{cls.__name__}.from_log"
        check_kind(log, "log", owner, SelectionLog)
        check_choice(criterion, "criterion", owner, tuple(_CRITERIA))
        if not log.steps or log.penalty_path is not None:
            msg = (
                f"{owner} draws the steps of a stepwise search, and this log is of "
                f"{log.said or 'filters without a search'}. Select by "
                "Selection(search=Stepwise())."
            )
            raise InvalidParameterError(msg)
        return cls(steps=log.path(), criterion=criterion)

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.steps.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw the criterion by step; the axes are then in ``ax_``."""
        steps = self.steps
        ax = new_axes(ax, size=(min(14.0, 4.5 + 0.3 * len(steps)), 4.6))
        at = np.arange(len(steps), dtype=np.float64)
        values = steps[self.criterion].to_numpy(dtype=np.float64)
        ax.plot(at, values, color=MUTED, linewidth=1.2, zorder=2)
        for action, colour, mark, label in (
            ("start", INK, "s", "start"),
            ("enter", GOOD, "o", "enters"),
            ("leave", BAD, "X", "leaves"),
        ):
            of_kind = (steps["action"] == action).to_numpy()
            if of_kind.any():
                ax.plot(at[of_kind], values[of_kind], mark, color=colour, label=label,
                        markersize=6.5, zorder=3)  # fmt: skip
        ax.set_xlim(-0.6, len(steps) - 0.4)
        if len(steps) <= _MOST_NAMED:
            labels = ["start", *steps["feature"].tolist()[1:]]
            name_ticks(ax, at.tolist(), labels)
        else:
            ax.set_xlabel("step", color=INK)
        name = _CRITERIA[self.criterion]
        ax.set_ylabel(name, color=INK)
        ax.ticklabel_format(axis="y", useOffset=False)
        clean_axes(ax, title=f"{name} after each step of the search")
        ax.legend(frameon=False, fontsize=8.5, labelcolor=INK)
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line what is drawn; :meth:`frame` has the numbers."""
        values = self.steps[self.criterion]
        n = len(values) - 1
        return (
            f"{type(self).__name__}({_CRITERIA[self.criterion]} after {n} "
            f"step{'' if n == 1 else 's'}, {values.iloc[0]:.1f} → {values.iloc[-1]:.1f})"
        )
