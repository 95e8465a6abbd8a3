"""Where all applications stand by one card: scores, cut-offs, who is approved."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np

from creditscore._typing import Bool1D, Float1D
from creditscore.metrics import auc, brier_score
from creditscore.scorecard._scorecard import Scorecard
from creditscore.scorecard.reject._applications import Applications


@dataclass(frozen=True)
class Standing:
    """All applications, the accepted first, by one card.

    Attributes
    ----------
    card : Scorecard
        The card.
    score, log_odds, prob_default : ndarray of shape (n,)
        What it says of each; the log-odds are of being good.
    weights : ndarray of shape (n,)
        Weights, at which the approval rate holds.
    accepted : ndarray of bool, shape (n,)
        What the old policy decided.
    is_bad : ndarray of bool, shape (n_accepted,)
        Outcomes of the accepted.
    reject_bad_rate : float
        Bad rate of the rejected, as a method has it, or by the card.
    auc_all, brier_all : float
        AUC and Brier score on all, NaN where the outcomes of the rejected are not known.
    """

    card: Scorecard
    score: Float1D
    log_odds: Float1D
    prob_default: Float1D
    weights: Float1D
    accepted: Bool1D
    is_bad: Bool1D
    reject_bad_rate: float
    auc_all: float
    brier_all: float

    @classmethod
    def of(
        cls, card: Scorecard, applications: Applications, reject_bad_rate: float = math.nan
    ) -> Self:
        """Score all applications."""
        scale = card.scale
        assert scale is not None  # noqa: S101 - an estimated card has one
        scores = [card.score_array(t) for t in (applications.table, applications.rejected_table)]
        score = np.concatenate(scores)
        weights = np.concatenate([applications.weights, applications.rejected_weights])
        accepted = np.arange(len(score)) < len(scores[0])
        prob, log_odds = scale.prob_default(score), scale.log_odds(score)
        if math.isnan(reject_bad_rate):
            reject_bad_rate = float(np.average(prob[~accepted], weights=weights[~accepted]))
        truth = applications.rejected_is_bad
        measured = (math.nan, math.nan)
        if truth is not None:
            outcomes = np.concatenate([applications.is_bad, truth])
            measured = (
                auc(outcomes, log_odds, sample_weight=weights),
                brier_score(outcomes, prob, sample_weight=weights),
            )
        return cls(
            card=card,
            score=score,
            log_odds=log_odds,
            prob_default=prob,
            weights=weights,
            accepted=accepted,
            is_bad=applications.is_bad,
            reject_bad_rate=reject_bad_rate,
            auc_all=measured[0],
            brier_all=measured[1],
        )

    @property
    def share_accepted(self) -> float:
        """Share that the old policy accepted."""
        return float(self.weights[self.accepted].sum() / self.weights.sum())

    @property
    def bad_rate(self) -> float:
        """Bad rate of all: known of the accepted, and as `reject_bad_rate` has it of the others."""
        known = float(np.average(self.is_bad, weights=self.weights[self.accepted]))
        share = self.share_accepted
        return share * known + (1 - share) * self.reject_bad_rate

    def expected_bad_rate(self, approved: Bool1D) -> float:
        """Return the mean probability of default of some; NaN of none."""
        weight = float(self.weights[approved].sum())
        if not weight:
            return math.nan
        return float(self.weights[approved] @ self.prob_default[approved]) / weight

    def cutoff_at(self, bad_rate: float) -> tuple[float, float]:
        """Return the riskiest cut-off at which those approved have this rate, and their share."""
        distinct, weight, bad = self._from_the_top()
        fine = np.flatnonzero(bad <= bad_rate * weight)
        if not len(fine):
            return self._sign * math.inf, 0.0
        # rates of those approved rise as the cut-off falls, for the card's own probabilities do
        return self._sign * float(distinct[fine[-1]]), float(weight[fine[-1]] / weight[-1])

    def approving(self, share: float) -> tuple[float, Bool1D]:
        """Return the cut-off that approves a share, as nearly as ties allow, and who gets it."""
        distinct, weight, _ = self._from_the_top()
        cutoff = float(distinct[np.abs(weight / weight[-1] - share).argmin()])
        return self._sign * cutoff, self._sign * self.score >= cutoff

    @property
    def _sign(self) -> int:
        """-1 on a reversed scale, times which more is safer, else 1."""
        return 1 if self.card.higher_is_safer else -1

    def _from_the_top(self) -> tuple[Float1D, Float1D, Float1D]:
        """Return distinct scores times the sign, the safest first, and what is as safe or safer."""
        # a row of weight 0 is no row, and its score no cut-off
        rows = self.weights > 0
        weights = self.weights[rows]
        distinct, codes = np.unique(-self._sign * self.score[rows], return_inverse=True)
        weight: Float1D = np.cumsum(np.bincount(codes, weights)).astype(np.float64)
        expected = np.bincount(codes, weights * self.prob_default[rows])
        bad: Float1D = np.cumsum(expected).astype(np.float64)
        return -distinct, weight, bad
