"""Bad rates of the rejected by bands of the score."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from creditscore._typing import Float1D
from creditscore._validation import check_integer, check_real
from creditscore._warn import warn_user
from creditscore.exceptions import InvalidParameterError, RejectInferenceWarning
from creditscore.scorecard.reject._bands import ScoreBands
from creditscore.scorecard.reject._method import (
    Assignment,
    RejectMethod,
    ScoredApplications,
    check_assignment,
)
from creditscore.scorecard.reject._sample import AugmentedSample


@dataclass(frozen=True, kw_only=True)
class Parcelling(RejectMethod):
    """Make the rejected of a score band bad at a multiple of the band's bad rate.

    Parameters
    ----------
    n_bands : int, default=10
        Bands of the score, of about equal weight among all applications, 1 or more.
    factor : float or sequence of float, default=1
        The rejected of a band are so many times as risky as its accepted cases, 1 or more;
        customary are 2 to 4 [1]_. Nothing in the data tells it. One for all bands, or one for
        each of the `n_bands`, the riskiest band first.
    assignment : {"random", "expected"}, default="random"
        Which of a band are bad is drawn, or each counts as bad and as good by the rate.
    random_state : int, optional
        Seed of the draw; without one each draw is another.

    Notes
    -----
    In band j with bad rate rⱼ of the accepted, the rejected are bad with rate
    min(1, factorⱼ · rⱼ); where that is capped, a warning says for how many. A draw meets the rate
    of the bands as nearly as whole cases allow. A band without an accepted case is joined to the
    next safer one, with a warning; where factors are given by band, that is refused, as are bands
    that ties among the scores leave out. `details` of the sample holds the bands.

    References
    ----------
    .. [1] N. Siddiqi, *Intelligent Credit Scoring*, 2nd ed., Wiley, 2017, ch. 11.

    Examples
    --------
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.scorecard.reject import Parcelling, simulate_applications
    >>> applications = simulate_applications(1_000, random_state=0)
    >>> model = LogisticScorecard().fit(applications.accepted, applications.is_bad)
    >>> method = Parcelling(n_bands=3, factor=1.5, random_state=0)
    >>> method.augment(applications, model.scorecard_).details.round(3)
         lower    upper  accepted  rejected  bad_rate  reject_bad_rate
    0     -inf  535.263     149.0     186.0     0.362            0.544
    1  535.263  585.712     207.0     125.0     0.092            0.138
    2  585.712      inf     244.0      89.0     0.012            0.018
    """

    n_bands: int = 10
    factor: float | tuple[float, ...] = 1.0
    assignment: Assignment = "random"
    random_state: int | None = None

    def __post_init__(self) -> None:
        """Check the parameters."""
        owner = type(self).__name__
        check_integer(self.n_bands, "n_bands", owner, low=1)
        object.__setattr__(self, "factor", _read_factor(self.factor, self.n_bands, owner))
        check_assignment(self.assignment, self.random_state, owner)

    def _augment(self, scored: ScoredApplications) -> AugmentedSample:
        applications = scored.applications
        bands = ScoreBands.of(
            applications,
            scored.accepted,
            scored.rejected,
            self.n_bands,
            str(self),
            sign=scored.sign,
        )
        rate = bands.bad_rate(applications.is_bad)
        raised = self._factors(bands.n) * rate
        prob = _capped(raised[bands.rejected], applications.rejected_weights, str(self))
        details = bands.frame(bad_rate=rate, reject_bad_rate=np.minimum(1.0, raised))
        return self._assigned(scored, prob, self.assignment, self.random_state, details)

    def _factors(self, n_bands: int) -> Float1D:
        """Return the factor of each of the bands that the scores give."""
        if isinstance(self.factor, tuple) and len(self.factor) != n_bands:
            msg = (
                f"{self}: there are {len(self.factor)} factors, and the scores give {n_bands} "
                f"band{'' if n_bands == 1 else 's'} with accepted cases, because of ties or of "
                "bands where all were rejected. Give as many bands and factors, or fewer."
            )
            raise InvalidParameterError(msg)
        return np.broadcast_to(np.asarray(self.factor), n_bands)


def _read_factor(factor: Any, n_bands: int, owner: str) -> float | tuple[float, ...]:
    """Check one factor, or one for each band."""
    factor = factor.tolist() if isinstance(factor, np.ndarray) else factor
    if isinstance(factor, (list, tuple)):
        if len(factor) != n_bands:
            msg = (
                f"The 'factor' parameter of {owner} must be a number or one for each of the "
                f"{n_bands} bands, the riskiest first. Got {len(factor)} of them."
            )
            raise InvalidParameterError(msg)
        return tuple(
            check_real(one, "factor", owner, low=1, high=math.inf, closed="left") for one in factor
        )
    check_real(factor, "factor", owner, low=1, high=math.inf, closed="left")
    number: float = factor
    return number


def _capped(prob: Float1D, weights: Float1D, owner: str) -> Float1D:
    """Cap rates at 1, and say where that was needed."""
    above = prob > 1
    if above.any():
        share = float(weights[above].sum() / weights.sum())
        warn_user(
            f"{owner}: the factor makes the bad rate of {share:.1%} of the rejected higher than 1 "
            f"(up to {float(prob.max()):.2f}), and it was capped at 1: all of these count as bad. "
            "Choose a smaller factor, or FuzzyAugmentation, whose odds_ratio needs no cap.",
            RejectInferenceWarning,
        )
    return np.minimum(prob, 1.0)
