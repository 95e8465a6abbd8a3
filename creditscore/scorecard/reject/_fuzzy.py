"""Each of the rejected as good and as bad, by its probability."""

from __future__ import annotations

import math
from dataclasses import dataclass

from creditscore._validation import check_real
from creditscore.scorecard.reject._method import (
    RejectMethod,
    ScoredApplications,
    warn_of_extrapolation,
)
from creditscore.scorecard.reject._sample import AugmentedSample


@dataclass(frozen=True, kw_only=True)
class FuzzyAugmentation(RejectMethod):
    """Count each of the rejected twice, as bad with weight p and as good with weight 1 - p.

    Parameters
    ----------
    odds_ratio : float, default=1
        Odds bad:good of the rejected, to those of accepted cases of the same score, above zero.
        Nothing in the data tells it; above 1 the old policy knew more than the columns.

    Notes
    -----
    p = k·q / (1 - q + k·q) for odds ratio k and the probability of default q by the card of the
    accepted: the log-odds rise by ln k, and no cap is needed.

    With ``odds_ratio=1`` nothing is added that the card did not know. Bins and WOE held as they
    were, the fit without penalty gives the coefficients of the accepted alone, to the last
    digits: the weighted outcomes of the rejected have the mean that the model expects, so they
    add nothing to the slope of the likelihood where it vanishes [1]_. Two things do change: bins
    and WOE, which are counted anew on the whole sample, and the standard errors, which fall as if
    the outcomes had been seen.

    In SAS and in Siddiqi's book "augmentation" is any sample with inferred outcomes added; in
    other works it is what :class:`Reweighting` does.

    References
    ----------
    .. [1] A. Ehrhardt, C. Biernacki, V. Vandewalle, P. Heinrich and S. Beben, "Reject Inference
       Methods in Credit Scoring", *Journal of Applied Statistics* 48, 2021, pp. 2734-2754.

    Examples
    --------
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.scorecard.reject import FuzzyAugmentation, simulate_applications
    >>> applications = simulate_applications(1_000, random_state=0)
    >>> model = LogisticScorecard().fit(applications.accepted, applications.is_bad)
    >>> FuzzyAugmentation(odds_ratio=1.5).augment(applications, model.scorecard_)
    <AugmentedSample: 600 accepted rows and 800 of inferred outcome, 29.3% of these bad by weight>
    """

    odds_ratio: float = 1.0

    def __post_init__(self) -> None:
        """Check the odds ratio."""
        check_real(self.odds_ratio, "odds_ratio", type(self).__name__, low=0, high=math.inf)

    def _augment(self, scored: ScoredApplications) -> AugmentedSample:
        warn_of_extrapolation(scored, str(self))
        prob = scored.prob_rejected
        bad = self.odds_ratio * prob
        return self._assigned(scored, bad / (1 - prob + bad))
