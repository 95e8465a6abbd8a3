"""Scores, ranks and grades under many drawn weights, counted in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from creditscore._display import counted, html_table
from creditscore._typing import Float1D, Float2D, Int1D
from creditscore._validation import check_integer
from creditscore.exceptions import InvalidParameterError
from creditscore.expert._sensitivity._score_lines import (
    SAME,
    grade_places,
    shown_scores,
    tied_runs,
    weighed_scores,
)

if TYPE_CHECKING:
    from creditscore.expert._sensitivity._one_at_a_time import WeightSensitivity

_BLOCK = 2**21
"""Scores that are held at a time."""
_QUANTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class WeightSimulation:
    """What scores, ranks and grades do when all weights move at once.

    Made by :meth:`WeightSensitivity.simulate` and :meth:`WeightSensitivity.simulate_judgements`.

    Attributes
    ----------
    customers : tuple
        Their labels.
    criteria : tuple of str
        Names of the criteria.
    labels : tuple of str
        Grades, the safest first; empty where nobody is graded.
    bounds : tuple of float
        Between each grade and the next on the score, decreasing.
    method : str
        How the weights were drawn.
    weights : array of shape (n_draws, n_criteria)
        The weights that were drawn.
    scores : array of shape (n_customers,)
        Scores under the weights as they are.
    grades : tuple of str
        Grades under the weights as they are; empty where nobody is graded.
    mean, sd : array of shape (n_customers,)
        Mean and standard deviation of the scores over the draws.
    quantiles : array of shape (n_customers, 3)
        The 5 %, 50 % and 95 % quantile of the scores.
    rank_shares : array of shape (n_customers, n_ranks)
        Shares of the draws in which a customer has each of the first ranks; equal scores share
        the better rank.
    grade_shares : array of shape (n_customers, n_grades)
        Shares of the draws in which a customer has each grade; no columns without bounds.
    share_same_winner : float
        Share of the draws in which whoever is first now is still first.
    share_same_order : float
        Share of the draws in which no pair of customers has changed places.

    See Also
    --------
    SimulationDisplay : The spread of the scores as a picture.

    References
    ----------
    Lahdelma, R., Hokkanen, J. and Salminen, P. (1998), "SMAA - stochastic multiobjective
    acceptability analysis", European Journal of Operational Research 106, 137-143: the shares of
    ranks.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.expert import WeightSensitivity, Weights
    >>> subscores = pd.DataFrame(
    ...     {"financial": [90, 60], "management": [50, 70]}, index=["Alder", "Birch"]
    ... )
    >>> weights = Weights.of({"financial": 60, "management": 40})
    >>> sensitivity = WeightSensitivity.of(subscores, weights, bounds=[70], labels=["A", "B"])
    >>> simulation = sensitivity.simulate(concentration=50, random_state=1)
    >>> simulation.table()[["customer", "score", "share_first", "grade"]]
      customer  score  share_first grade
    0    Alder   74.0       0.9974     A
    1    Birch   64.0       0.0026     B
    """

    customers: tuple[Any, ...]
    criteria: tuple[str, ...]
    labels: tuple[str, ...]
    bounds: tuple[float, ...]
    method: str
    weights: Float2D
    scores: Float1D
    grades: tuple[str, ...]
    mean: Float1D
    sd: Float1D
    quantiles: Float2D
    rank_shares: Float2D
    grade_shares: Float2D
    share_same_winner: float
    share_same_order: float

    def table(self) -> pd.DataFrame:
        """Return a row a customer.

        Returns
        -------
        DataFrame
            customer, score, mean, sd, low (5 % quantile), high (95 %), rank, share_first (of the
            draws, first), and with bounds grade and share_same_grade (of the draws).
        """
        found = {
            "customer": self.customers,
            "score": self.scores,
            "mean": self.mean,
            "sd": self.sd,
            "low": self.quantiles[:, 0],
            "high": self.quantiles[:, 2],
            "rank": _ranks(self.scores[None])[0],
            "share_first": self.rank_shares[:, 0],
        }
        if self.labels:
            places = [self.labels.index(grade) for grade in self.grades]
            found["grade"] = self.grades
            found["share_same_grade"] = self.grade_shares[np.arange(len(places)), places]
        return pd.DataFrame(found)

    def rank_table(self) -> pd.DataFrame:
        """Return the shares of the draws with each of the first ranks, customers × ranks.

        Returns
        -------
        DataFrame
            A row a customer, by its label; columns 1, 2, … up to the last rank that was counted.
        """
        columns = range(1, self.rank_shares.shape[1] + 1)
        return pd.DataFrame(self.rank_shares, index=pd.Index(self.customers), columns=columns)

    def grade_table(self) -> pd.DataFrame:
        """Return the shares of the draws with each grade, customers × grades.

        Returns
        -------
        DataFrame
            A row a customer, by its label; a column a grade.

        Raises
        ------
        InvalidParameterError
            No bounds were given.
        """
        if not self.labels:
            msg = (
                "No grades are known: give the bounds between them, WeightSensitivity.of(bounds=)."
            )
            raise InvalidParameterError(msg)
        return pd.DataFrame(
            self.grade_shares, index=pd.Index(self.customers), columns=list(self.labels)
        )

    def __repr__(self) -> str:
        """Say in one line how stable the first place and the order are."""
        return (
            f"WeightSimulation({counted(len(self.customers), 'customer')}, {len(self.weights):,} "
            f"draws ({self.method}): the same first in {self.share_same_winner:.1%}, the same "
            f"order in {self.share_same_order:.1%})"
        ).replace("%", " %")

    def _repr_html_(self) -> str:
        """Show the first customers."""
        formats = dict.fromkeys(("score", "mean", "sd", "low", "high"), "{:.2f}")
        shares = ("share_first", "share_same_grade") if self.labels else ("share_first",)
        formats |= dict.fromkeys(shares, "{:.3f}")
        caption = f"Scores under drawn weights ({self.method})"
        return html_table(self.table().head(10), caption=caption, formats=formats)


def simulated(
    weighed: WeightSensitivity, drawn: Float2D, *, method: str, n_ranks: int
) -> WeightSimulation:
    """Count scores, ranks and grades of customers under drawn weights."""
    check_integer(n_ranks, "n_ranks", "WeightSensitivity", low=1)
    scores = shown_scores(weighed_scores(weighed.subscores, weighed.weights.array()))
    ranks, winner, order = _count_ranks(
        weighed.subscores, scores, drawn, n_ranks=min(n_ranks, len(scores))
    )
    bounds = np.array(weighed.bounds)
    spread = _spread(weighed.subscores, scores, drawn, bounds)
    places = grade_places(scores, bounds) if weighed.labels else ()
    grades = tuple(weighed.labels[place] for place in places)
    return WeightSimulation(
        customers=weighed.customers,
        criteria=weighed.weights.names,
        labels=weighed.labels,
        bounds=weighed.bounds,
        method=method,
        weights=drawn,
        scores=scores,
        grades=grades,
        mean=spread[:, 0],
        sd=spread[:, 1],
        quantiles=spread[:, 2:5],
        rank_shares=ranks,
        grade_shares=spread[:, 5:] if weighed.labels else np.empty((len(scores), 0)),
        share_same_winner=winner,
        share_same_order=order,
    )


def _count_ranks(
    subscores: Float2D, scores: Float1D, drawn: Float2D, *, n_ranks: int
) -> tuple[Float2D, float, float]:
    """Return shares of ranks, of draws with the same first, and with the same order."""
    order, starts = tied_runs(scores)
    counts = np.zeros((len(scores), n_ranks))
    n_winner = n_order = 0
    size = max(1, _BLOCK // len(scores))
    for start in range(0, len(drawn), size):
        found = drawn[start : start + size] @ subscores.T
        ranks = _ranks(found)
        for rank in range(n_ranks):
            counts[:, rank] += (ranks == rank + 1).sum(axis=0)
        ordered = found[:, order]
        slack = SAME * np.abs(found).max(axis=1)
        lowest = np.minimum.reduceat(ordered, starts, axis=1)
        highest = np.maximum.reduceat(ordered, starts, axis=1)
        n_order += int((lowest[:, :-1] >= highest[:, 1:] - slack[:, None]).all(axis=1).sum())
        others = highest[:, 1:].max(axis=1, initial=-np.inf)
        n_winner += int((lowest[:, 0] >= others - slack).sum())
    return counts / len(drawn), n_winner / len(drawn), n_order / len(drawn)


def _ranks(scores: Float2D) -> Int1D:
    """Return ranks by row, 1 the highest score; equal ones, but for rounding, share the better."""
    scale = np.abs(scores).max(axis=1, keepdims=True)
    plain = np.round(scores / np.where(scale > 0, scale, 1.0), 10)
    return np.asarray(rankdata(-plain, method="min", axis=1), dtype=np.intp)


def _spread(subscores: Float2D, now: Float1D, drawn: Float2D, bounds: Float1D) -> Float2D:
    """Return by customer the mean, the sd, three quantiles and the shares of the grades."""
    found = np.empty((len(subscores), 5 + len(bounds) + 1))
    size = max(1, _BLOCK // len(drawn))
    for start in range(0, len(subscores), size):
        rows = slice(start, start + size)
        scores = subscores[rows] @ drawn.T
        # a score that no weight moves stays what it is: by rounding it could cross a bound
        own = now[rows, None]
        scores = np.where(np.abs(scores - own) <= SAME * np.abs(own), own, scores)
        found[rows, 0], found[rows, 1] = scores.mean(axis=1), scores.std(axis=1)
        found[rows, 2:5] = np.quantile(scores, _QUANTILES, axis=1).T
        reached = np.column_stack(
            [(scores >= bound).mean(axis=1) for bound in bounds] + [np.ones(len(scores))]
        )
        found[rows, 5:] = np.diff(reached, axis=1, prepend=0.0)
    return found
