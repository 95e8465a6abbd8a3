"""The picture of a learning curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import BAD, GOOD, INK, clean_axes, new_axes
from creditscore.validate._overfit._learning_curve import LearningCurve


@dataclass(kw_only=True, repr=False)
class LearningCurveDisplay:
    """AUC on rows of the fit and on others, by the number of cases.

    Made by :meth:`from_curve`.

    Attributes
    ----------
    table : DataFrame
        As :class:`LearningCurve` has it.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.validate import LearningCurveDisplay, learning_curve
    >>> german = load_german_credit()
    >>> X = german[["duration_months", "age_years", "installment_rate"]]
    >>> curve = learning_curve(LogisticRegression(), X, german["is_bad"], shares=(0.5, 1))
    >>> LearningCurveDisplay.from_curve(curve)
    LearningCurveDisplay(2 sizes)
    """

    table: pd.DataFrame

    @classmethod
    def from_curve(cls, curve: LearningCurve) -> Self:
        """Take the sizes of a curve.

        Parameters
        ----------
        curve : LearningCurve
            As :func:`learning_curve` gives it.

        Returns
        -------
        LearningCurveDisplay

        Raises
        ------
        InvalidParameterError
            Something else.
        """
        check_kind(curve, "curve", f"{cls.__name__}.from_curve", LearningCurve)
        return cls(table=curve.table.copy())

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.table.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw both curves; the axes are then in ``ax_``."""
        ax = new_axes(ax)
        n, test = self.table["n_train"].to_numpy(), self.table["auc_test"].to_numpy()
        spread = self.table["auc_test_sd"].to_numpy()
        ax.plot(n, self.table["auc_train"], marker="o", markersize=4, color=BAD,
                label="rows of the fit")  # fmt: skip
        ax.plot(n, test, marker="o", markersize=4, color=GOOD, label="other rows")
        ax.fill_between(n, test - spread, test + spread, color=GOOD, alpha=0.2, linewidth=0,
                        label="spread over folds")  # fmt: skip
        ax.set_xlabel("cases that the model is fitted on", color=INK)
        ax.set_ylabel("AUC", color=INK)
        ax.legend(frameon=False, loc="best", fontsize=9)
        clean_axes(ax, title="Learning curve")
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line how many sizes there are."""
        return f"{type(self).__name__}({len(self.table)} sizes)"
