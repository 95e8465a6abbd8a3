"""The relation of score and risk, read off where only the rejected are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from creditscore._newton import fit_logistic
from creditscore._typing import Bool1D, Float1D
from creditscore._warn import warn_user
from creditscore.exceptions import InvalidParameterError, RejectInferenceWarning
from creditscore.scorecard.reject._method import (
    Assignment,
    RejectMethod,
    ScoredApplications,
    check_assignment,
    warn_of_extrapolation,
)
from creditscore.scorecard.reject._sample import AugmentedSample


@dataclass(frozen=True, kw_only=True)
class Extrapolation(RejectMethod):
    """Fit the log-odds of the accepted on their score, and read them off for the rejected.

    Parameters
    ----------
    degree : {1, 2}, default=1
        Log-odds as a straight line in the score, or as a parabola, which lets the relation bend
        where the rejected are.
    assignment : {"random", "expected"}, default="random"
        Outcomes are drawn, or each case counts as bad and as good by its probability.
    random_state : int, optional
        Seed of the draw; without one each draw is another.

    Notes
    -----
    A straight line through the scores of a card fitted on the same cases is the card's own
    probability; "expected" is then :class:`FuzzyAugmentation`, and "random" the same with noise.
    The line matters for a card from elsewhere, whose odds it sets right on the accepted. A parabola
    that turns within the scores of the applications would make the worst safer again: a warning
    says so.

    Examples
    --------
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.scorecard.reject import Extrapolation, simulate_applications
    >>> applications = simulate_applications(1_000, random_state=0)
    >>> model = LogisticScorecard().fit(applications.accepted, applications.is_bad)
    >>> Extrapolation(random_state=0).augment(applications, model.scorecard_)
    <AugmentedSample: 600 accepted rows and 400 of inferred outcome, 24.2% of these bad by weight>
    """

    degree: int = 1
    assignment: Assignment = "random"
    random_state: int | None = None

    def __post_init__(self) -> None:
        """Check the parameters."""
        owner = type(self).__name__
        if isinstance(self.degree, bool) or self.degree not in (1, 2):
            msg = f"The 'degree' parameter of {owner} must be 1 or 2. Got {self.degree!r} instead."
            raise InvalidParameterError(msg)
        check_assignment(self.assignment, self.random_state, owner)

    def _augment(self, scored: ScoredApplications) -> AugmentedSample:
        warn_of_extrapolation(scored, str(self))
        applications = scored.applications
        middle, spread = scored.accepted.mean(), scored.accepted.std() or 1.0
        known, new = ((safety - middle) / spread for safety in (scored.accepted, scored.rejected))
        curve, endless = _curve(known, applications.is_bad, applications.weights, self.degree)
        if endless:
            warn_user(
                f"{self}: the score tells good from bad among the accepted without error, so the "
                "log-odds have no finite slope, and what they are for the rejected depends on "
                "where the search stopped. Take Parcelling, or a card of more cases.",
                RejectInferenceWarning,
            )
        ends = [min(known.min(), new.min()), max(known.max(), new.max())]
        if (np.polyval(np.polyder(curve), ends) > 0).any():
            warn_user(
                f"{self}: the log-odds of being bad turn somewhere among the scores of the "
                "applications, so that riskier scores get lower bad rates. Take degree=1.",
                RejectInferenceWarning,
            )
        prob: Float1D = expit(np.polyval(curve, new))
        return self._assigned(scored, prob, self.assignment, self.random_state)


def _curve(safety: Float1D, is_bad: Bool1D, weights: Float1D, degree: int) -> tuple[Float1D, bool]:
    """Return the polynomial of the log-odds of being bad, the highest power first.

    And whether the likelihood has no maximum, because the score parts good from bad.
    """
    powers = np.column_stack([safety**power for power in range(degree, 0, -1)])
    fit = fit_logistic(powers, is_bad, weights, start=np.zeros(degree + 1))
    return np.append(fit.coefficients, fit.intercept), bool(fit.diverging.any())
