"""Rejects below a score are bad, those above are good."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from creditscore._typing import Float1D
from creditscore._validation import check_real
from creditscore._warn import warn_user
from creditscore.exceptions import InvalidParameterError, RejectInferenceWarning
from creditscore.scorecard.reject._method import RejectMethod, ScoredApplications
from creditscore.scorecard.reject._sample import AugmentedSample

_FAR = 0.02
"""Difference of the bad rate from what was asked for above which a word is said."""


@dataclass(frozen=True, kw_only=True)
class HardCutoff(RejectMethod):
    """Call the rejected below a cut-off bad, and the others good.

    Parameters
    ----------
    cutoff_score : float, optional
        Score of the card of the accepted; a rejected case below it is bad, on a reversed scale
        one above it.
    bad_rate : float, optional
        Bad rate among the rejected, a fraction in (0, 1): the cut-off is put where it comes
        nearest to that. Give one of the two.

    Raises
    ------
    InvalidParameterError
        Both are given, or none.

    Notes
    -----
    The cases are told apart without error by the score that made them so; a fit on them finds
    more separation than there is (Hand and Henley's classification maximum likelihood). It is
    here because it is in use, and as the far end of the sensitivity report. Cases of one score
    get one outcome, so a bad rate is met as nearly as ties allow.

    Examples
    --------
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.scorecard.reject import HardCutoff, simulate_applications
    >>> applications = simulate_applications(1_000, random_state=0)
    >>> model = LogisticScorecard().fit(applications.accepted, applications.is_bad)
    >>> HardCutoff(bad_rate=0.4).augment(applications, model.scorecard_)
    <AugmentedSample: 600 accepted rows and 400 of inferred outcome, 39.8% of these bad by weight>
    """

    cutoff_score: float | None = None
    bad_rate: float | None = None

    def __post_init__(self) -> None:
        """Check that one of the two is given."""
        owner = type(self).__name__
        if (self.cutoff_score is None) == (self.bad_rate is None):
            msg = (
                f"{owner} needs one of 'cutoff_score' and 'bad_rate'. Got "
                f"{self.cutoff_score!r} and {self.bad_rate!r}."
            )
            raise InvalidParameterError(msg)
        if self.cutoff_score is not None:
            check_real(self.cutoff_score, "cutoff_score", owner, low=-math.inf, high=math.inf)
        if self.bad_rate is not None:
            check_real(self.bad_rate, "bad_rate", owner, low=0, high=1)

    def _augment(self, scored: ScoredApplications) -> AugmentedSample:
        safety, weights = scored.rejected, scored.applications.rejected_weights
        if self.bad_rate is not None:
            cutoff = _cutoff_at(safety, weights, self.bad_rate)
        else:
            cutoff = scored.sign * float(self.cutoff_score or 0)
        is_bad = safety < cutoff
        rate = float(weights[is_bad].sum() / weights.sum())
        if rate in (0.0, 1.0):
            what = "bad: none is as safe as" if rate else "good: none is riskier than"
            ends = sorted([scored.sign * safety.min(), scored.sign * safety.max()])
            warn_user(
                f"{self}: all rejected cases are {what} the cut-off of "
                f"{scored.sign * cutoff:.6g}. They score from {ends[0]:.6g} to {ends[1]:.6g}.",
                RejectInferenceWarning,
            )
        elif self.bad_rate is not None and abs(rate - self.bad_rate) > _FAR:
            warn_user(
                f"{self}: ties among the scores allow a bad rate of {rate:.1%} among the "
                f"rejected, and no nearer one to the {self.bad_rate:.1%} asked for.",
                RejectInferenceWarning,
            )
        return self._known(scored, is_bad)


def _cutoff_at(safety: Float1D, weights: Float1D, bad_rate: float) -> float:
    """Return the cut-off below which the share of the weight is nearest to the bad rate."""
    distinct, codes = np.unique(safety, return_inverse=True)
    below = np.append(0.0, np.cumsum(np.bincount(codes, weights=weights))) / weights.sum()
    cutoffs = np.append(distinct, np.nextafter(distinct[-1], np.inf))
    return float(cutoffs[np.abs(below - bad_rate).argmin()])
