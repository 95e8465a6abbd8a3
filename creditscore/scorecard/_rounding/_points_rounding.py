"""What rounding the points of a card together has brought, beside rounding them one by one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from creditscore._display import Format, html_table

if TYPE_CHECKING:
    from creditscore.scorecard._scorecard import Scorecard

_FORMATS: dict[str, Format] = {
    "mean_score": "{:.3f}",
    "max_score": "{:.2f}",
    "mean_prob": "{:.5f}",
    "max_prob": "{:.4f}",
    "turned": "{:.3%}",
    "tied": "{:.3%}",
    "auc": "{:.5f}",
}


@dataclass(frozen=True, kw_only=True)
class ScoreDeviation:
    """How far the scores of a rounded card are from those of the exact one.

    Attributes
    ----------
    mean_score, max_score : float
        Mean and greatest absolute difference of the scores, in points.
    mean_prob, max_prob : float or None
        Of the probabilities of default, fractions; None where the card has no scale.
    turned, tied : float
        Shares of the pairs of cases with different exact scores whose order turns round, and
        whose scores become equal.
    auc : float or None
        Area under the ROC curve; None where no outcomes were given.

    Examples
    --------
    >>> from creditscore.scorecard import ScoreDeviation
    >>> off = ScoreDeviation(
    ...     mean_score=0.4, max_score=1.5, mean_prob=0.002, max_prob=0.01, turned=0.004, tied=0.01,
    ...     auc=None,
    ... )
    >>> off.mean_score
    0.4
    """

    mean_score: float
    max_score: float
    mean_prob: float | None
    max_prob: float | None
    turned: float
    tied: float
    auc: float | None


@dataclass(frozen=True, kw_only=True)
class PointsRounding:
    """A card in whole points, and how near it is to the exact one; see Notes.

    Attributes
    ----------
    card : Scorecard
        The rounded card. Its scale is that of the exact one and says what the score means, so
        that its probabilities differ by what the points were rounded by.
    plain : Scorecard
        The card with each number of points rounded for itself.
    method : {"optimal", "together", "plain"}
        How `card` was rounded: together, and "optimal" only where it is proven that no choice of
        the whole points around the exact ones has a smaller measure on all rows; or each number
        for itself, where nothing better was found.
    unit : float
        Points are multiples of it.
    measure : {"score", "prob_default"}
        What was made small.
    value, plain_value : float
        The measure of `card` and of `plain`.
    status : {"optimal", "time limit", "not solved"}
        Whether the integer programme was searched to the end.
    gap : float
        Part of the smallest value known, for the patterns of the programme, by which a better
        one may be below it; 0 where it is proven that there is none.
    seconds : float
        Time that it all took.
    n_patterns, n_solved : int
        Different rows, and how many of them were in the integer programme.
    share : float
        Share of the rows (by weight) that these make up, a fraction.
    deviation, plain_deviation : ScoreDeviation
        How far the scores of `card` and of `plain` are from the exact ones.
    exact_auc : float or None
        Area under the ROC curve before the rounding.

    See Also
    --------
    Scorecard.rounded_optimally : Makes it.

    Examples
    --------
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.datasets import load_german_credit
    >>> german = load_german_credit()
    >>> X, is_bad = german[["checking_status", "duration_months"]], german["is_bad"]
    >>> rounding = LogisticScorecard().fit(X, is_bad).scorecard_.rounded_optimally(X, is_bad)
    >>> rounding.method, rounding.status, round(rounding.gap, 6)
    ('optimal', 'optimal', 0.0)
    >>> rounding.value < rounding.plain_value
    True
    """

    card: Scorecard
    plain: Scorecard
    method: str
    unit: float
    measure: str
    value: float
    plain_value: float
    status: str
    gap: float
    seconds: float = field(compare=False)
    n_patterns: int
    n_solved: int
    share: float
    deviation: ScoreDeviation
    plain_deviation: ScoreDeviation
    exact_auc: float | None = None

    def table(self) -> pd.DataFrame:
        """Return the exact card, plain rounding and the result side by side.

        Returns
        -------
        DataFrame
            Rows "exact", "plain" and "result"; columns value (of the measure), mean_score,
            max_score, mean_prob, max_prob, turned, tied and auc as in :class:`ScoreDeviation`,
            NaN where they are not known.
        """
        exact = {
            "value": 0.0,
            **dict.fromkeys(("mean_score", "max_score", "turned", "tied"), 0.0),
            **dict.fromkeys(("mean_prob", "max_prob"), self._of_prob(0.0)),
            "auc": self.exact_auc,
        }
        rows = [
            exact,
            {"value": self.plain_value, **vars(self.plain_deviation)},
            {"value": self.value, **vars(self.deviation)},
        ]
        columns = ["value", "mean_score", "max_score", "mean_prob", "max_prob", "turned", "tied",
                   "auc"]  # fmt: skip
        table = pd.DataFrame(rows, columns=columns, dtype="float64")
        return table.set_axis(pd.Index(["exact", "plain", "result"], name="card"))

    def __repr__(self) -> str:
        """Say in one line what it brought; :meth:`table` shows more."""
        what = "of the score" if self.measure == "score" else "of the probability of default"
        how = f"{self.status}, gap {self.gap:.1%}"
        if self.n_solved < self.n_patterns:
            how += f" for {self.n_solved:,} of {self.n_patterns:,} patterns"
        return (
            f"<PointsRounding to multiples of {self.unit:g}: mean deviation {what} "
            f"{self.value:.4g}, plain rounding {self.plain_value:.4g}; {how}>"
        )

    def _repr_html_(self) -> str:
        shown = self.table().reset_index()
        formats: dict[str, Format] = {"value": "{:.5g}", **_FORMATS}
        return html_table(shown, caption=repr(self).strip("<>"), formats=formats)

    def _of_prob(self, value: float) -> float | None:
        return None if self.deviation.mean_prob is None else value
