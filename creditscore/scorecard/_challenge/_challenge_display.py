"""Challengers against a card: differences in AUC with their intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import BAD, GOOD, INK, MUTED, clean_axes, distinct, new_axes
from creditscore.scorecard._challenge._challenge_result import ChallengeResult


@dataclass(kw_only=True, repr=False)
class ChallengeDisplay:
    """Difference in AUC of each challenger to the card, with its interval and its folds.

    Made by :meth:`from_result`.

    Attributes
    ----------
    table : DataFrame
        A row a challenger, the best first, as in :meth:`ChallengeResult.table`.
    folds : DataFrame
        Their differences by fold, as in :meth:`ChallengeResult.by_fold`.
    card_auc : float
        AUC of the card.
    level : float
        Confidence level of the intervals.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard import Challenger, ChallengeDisplay, challenge
    >>> german = load_german_credit()
    >>> X, y = german[["checking_status", "duration_months"]], german["is_bad"]
    >>> ridge = Challenger(name="ridge", estimator=LogisticRegression(), encoding="woe")
    >>> display = ChallengeDisplay.from_result(challenge(LogisticScorecard(), X, y, [ridge]))
    >>> display.plot().ax_.get_xlabel()
    'AUC less that of the card; line: 95% interval, strokes: folds'
    """

    table: pd.DataFrame
    folds: pd.DataFrame
    card_auc: float
    level: float

    @classmethod
    def from_result(cls, result: ChallengeResult, *, level: float = 0.95) -> Self:
        """Collect the differences.

        Parameters
        ----------
        result : ChallengeResult
            Of :func:`challenge`.
        level : float, default=0.95
            Confidence level of the intervals, in (0, 1).

        Returns
        -------
        ChallengeDisplay
        """
        check_kind(result, "result", "ChallengeDisplay.from_result", ChallengeResult)
        table = result.table(level=level)
        folds = result.by_fold()
        return cls(
            table=table.iloc[1:].reset_index(drop=True),
            folds=folds[folds["model"] != result.names[0]].reset_index(drop=True),
            card_auc=float(table["auc"].iloc[0]),
            level=level,
        )

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture: model, auc, difference, lower, upper."""
        return self.table[["model", "auc", "difference", "lower", "upper"]].copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw a row for each challenger; the axes are then in ``ax_``."""
        n = len(self.table)
        ax = new_axes(ax, size=(7.0, 1.6 + 0.55 * n))
        ax.axvline(0, color=INK, linewidth=1)
        for place, one in self.table.iterrows():
            colour = GOOD if one["lower"] > 0 else BAD if one["upper"] < 0 else MUTED
            by_fold = self.folds.loc[self.folds["model"] == one["model"], "difference"]
            ax.plot(by_fold, [place] * len(by_fold), "|", color=colour, alpha=0.7, markersize=9)
            ax.plot([one["lower"], one["upper"]], [place, place], color=colour, linewidth=2.5,
                    solid_capstyle="butt")  # fmt: skip
            ax.plot(one["difference"], place, "o", color=colour, markersize=7)
            failed = pd.isna(one["difference"])
            ax.annotate(
                "failed" if failed
                else f"{one['difference']:+.3f} ({one['lower']:+.3f} to {one['upper']:+.3f})",
                (1.01, place), xycoords=("axes fraction", "data"), va="center", color=INK,
                fontsize=9,
            )  # fmt: skip
        ax.set_yticks(range(n), distinct(self.table["model"].tolist(), 28), parse_math=False)
        ax.set_ylim(n - 0.5, -0.5)
        ax.set_xlabel(
            f"AUC less that of the card; line: {self.level:.0%} interval, strokes: folds", color=INK
        )
        clean_axes(ax, title=f"Challengers beside the card, AUC {self.card_auc:.3f}", grid="x")
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line what it is."""
        return (
            f"<{type(self).__name__}: {len(self.table)} challengers beside a card of AUC "
            f"{self.card_auc:.3f}; plot() draws them, frame() returns the numbers>"
        )
