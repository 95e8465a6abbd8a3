"""Bands of the score in which accepted and rejected meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from creditscore._typing import Bool1D, Float1D, Int1D
from creditscore._warn import warn_user
from creditscore.exceptions import RejectInferenceWarning
from creditscore.scorecard.reject._applications import Applications


@dataclass(frozen=True)
class ScoreBands:
    """Where accepted and rejected fall, the riskiest band first.

    Attributes
    ----------
    edges : ndarray of shape (n_bands - 1,)
        Between the bands; a score at an edge belongs to the upper band.
    accepted, rejected : ndarray of int
        Band of each case.
    weights, rejected_weights : ndarray
        Weights of the cases.
    sign : int
        -1 where edges are scores of a reversed scale times -1, else 1.
    """

    edges: Float1D
    accepted: Int1D
    rejected: Int1D
    weights: Float1D
    rejected_weights: Float1D
    sign: int = 1

    @classmethod
    def of(
        cls,
        applications: Applications,
        accepted: Float1D,
        rejected: Float1D,
        n_bands: int,
        owner: str,
        *,
        sign: int = 1,
    ) -> Self:
        """Cut the scores, more being safer, of all applications into bands of about equal weight.

        A band without an accepted case is joined to the next safer one that has some (to the
        next riskier one at the top), with a warning.
        """
        weights, others = applications.weights, applications.rejected_weights
        edges = _quantiles(
            np.concatenate([accepted, rejected]), np.concatenate([weights, others]), n_bands
        )
        held = np.bincount(_places(edges, accepted), weights=weights, minlength=len(edges) + 1) > 0
        of_rejected = _places(edges, rejected)
        alone = others[~held[of_rejected]].sum() / others.sum()
        if alone > 0:
            warn_user(
                f"{owner}: {alone:.1%} of the rejected are in bands of the score without an "
                "accepted case. These were joined to the next band that has some, whose cases "
                "are safer: nothing in the data tells their bad rate. Take fewer bands, or raise "
                "the factor where there is one.",
                RejectInferenceWarning,
            )
        # the last band that holds accepted cases has no upper edge
        edges = edges[np.flatnonzero(held)[:-1]]
        places = (_places(edges, accepted), _places(edges, rejected))
        return cls(edges, *places, weights, others, sign)

    @property
    def n(self) -> int:
        """Number of bands."""
        return len(self.edges) + 1

    @property
    def accepted_weight(self) -> Float1D:
        """Weight of the accepted by band."""
        return np.bincount(self.accepted, self.weights, minlength=self.n).astype(np.float64)

    @property
    def rejected_weight(self) -> Float1D:
        """Weight of the rejected by band."""
        weight = np.bincount(self.rejected, self.rejected_weights, minlength=self.n)
        return weight.astype(np.float64)

    def bad_rate(self, is_bad: Bool1D) -> Float1D:
        """Return the bad rate of the accepted by band."""
        bad = np.bincount(self.accepted, weights=self.weights * is_bad, minlength=self.n)
        rate: Float1D = bad / self.accepted_weight
        return rate

    def frame(self, **columns: Float1D) -> pd.DataFrame:
        """Return a row a band: its ends, the weights in it, and further columns."""
        ends = [np.array([-np.inf, *self.edges]), np.array([*self.edges, np.inf])]
        lower, upper = ends if self.sign > 0 else [-end for end in ends[::-1]]
        return pd.DataFrame(
            {
                "lower": lower,
                "upper": upper,
                "accepted": self.accepted_weight,
                "rejected": self.rejected_weight,
                **columns,
            }
        )


def _quantiles(score: Float1D, weights: Float1D, n_bands: int) -> Float1D:
    """Return the scores at which bands begin, the first apart; fewer where scores are tied."""
    # a row of weight 0 is no row, and no band begins at its score
    distinct, codes = np.unique(score[weights > 0], return_inverse=True)
    below = np.cumsum(np.bincount(codes, weights=weights[weights > 0])) / weights.sum()
    starts = np.searchsorted(below, np.arange(1, n_bands) / n_bands, side="left") + 1
    edges: Float1D = distinct[np.unique(starts[starts < len(distinct)])]
    return edges


def _places(edges: Float1D, score: Float1D) -> Int1D:
    return np.searchsorted(edges, score, side="right")
