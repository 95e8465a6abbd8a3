"""How much judgement should count beside data, by outcomes that neither has seen."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import brentq
from scipy.special import chdtrc, chdtri, expit
from sklearn.base import clone

from creditscore._checks import check_kind
from creditscore._display import p_value_text
from creditscore._typing import Bool1D, Float1D, NativeFrame
from creditscore._validation import check_integer, check_real
from creditscore._warn import warn_user
from creditscore.exceptions import (
    CalibrationWarning,
    InvalidDataError,
    SmallSampleWarning,
)
from creditscore.expert._blend._blended import blend_scorecards
from creditscore.expert._outcomes._cases import (
    LEAST_CASES,
    check_spread,
    counts_of,
    log_odds_of,
    plain_card,
    read_outcomes,
    scale_of,
)
from creditscore.expert._outcomes._logit import fit_logit, log_likelihood
from creditscore.expert._prior._prior_choice import folds_of, held_out_log_odds
from creditscore.metrics import Interval
from creditscore.scorecard import LogisticScorecard, Scorecard

_STEPS = 100
"""Steps of the weight on the curve that is kept."""
_SAME_SAMPLE = 1e-9
"""Relative difference of likelihoods from which two samples are not one."""
_CLEARLY_OFF = 0.01
"""Level at which the log-odds of both cards are held to be off."""


@dataclass(frozen=True, kw_only=True, repr=False)
class BlendFit:
    """The weight of judgement that outcomes ask for; by :func:`fit_blend_weight`.

    Attributes
    ----------
    scorecard : Scorecard
        The blend at that weight.
    weight : float
        Weight of the expert's log-odds, in [0, 1].
    interval : Interval
        Of the weight, by the profile of the likelihood, within [0, 1].
    log_likelihood : float
        At the weight; `expert_log_likelihood` and `statistical_log_likelihood` are those of
        either card alone.
    expert_log_likelihood, statistical_log_likelihood : float
        At the weights 1 and 0.
    n_good, n_bad : float
        Cases (weights).
    n_folds : int
        Folds in which the statistical card was fitted without the cases it was judged by; 0 for a
        card that was given.
    free : tuple of float
        a, b and c of ln(good / bad) = a + b · expert + c · statistical, without any constraint;
        NaN where no finite estimate exists. The blend asks for a = 0 and b + c = 1.
    calibration_p_value : float
        Of the hypothesis that the blend fits as well as that, by the ratio of likelihoods; NaN
        where `free` is.
    curve : tuple of float
        Log-likelihoods at the weights 0, 0.01, …, 1.

    See Also
    --------
    fit_blend_weight : Makes one.
    BlendWeightDisplay : Draws the likelihood of the weights.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from creditscore import PointsScale, Scorecard
    >>> from creditscore.expert import fit_blend_weight
    >>> from creditscore.scorecard import Characteristic
    >>> scale = PointsScale(base_score=600, base_odds=50, pdo=20)
    >>> judged, fitted = (
    ...     Scorecard(characteristics=(
    ...         Characteristic.numeric("years", cuts=[5], points=points, missing_points=540),
    ...     ), scale=scale)
    ...     for points in ([500, 580], [520, 540])
    ... )
    >>> firms = pd.DataFrame({"years": np.tile([2, 9], 200)})
    >>> is_bad = np.arange(400) % 20 < np.where(firms["years"] > 5, 2, 6)
    >>> fit = fit_blend_weight(judged, fitted, firms, is_bad)
    >>> fit
    <BlendFit: expert weight 0.32 (95 % interval 0.06 to 0.60) on 400 cases, 80 bad>
    >>> fit.scorecard.table()[["attribute", "points"]].round(1)
      attribute  points
    0       < 5   513.6
    1      >= 5   552.9
    2   Missing   540.0
    """

    scorecard: Scorecard
    weight: float
    interval: Interval
    log_likelihood: float
    expert_log_likelihood: float
    statistical_log_likelihood: float
    n_good: float
    n_bad: float
    n_folds: int
    free: tuple[float, float, float]
    calibration_p_value: float
    curve: tuple[float, ...] = field(repr=False)

    def __repr__(self) -> str:
        """Say in one line which weight and how surely."""
        share = f"{self.interval.level:.0%}".replace("%", " %")
        folds = f", cross-fitted in {self.n_folds} folds" if self.n_folds else ""
        return (
            f"<{type(self).__name__}: expert weight {self.weight:.2f} ({share} interval "
            f"{self.interval.lower:.2f} to {self.interval.upper:.2f}) on "
            f"{self.n_good + self.n_bad:,.0f} cases, {self.n_bad:,.0f} bad{folds}>"
        )


def fit_blend_weight(
    expert: Any,
    statistical: Scorecard | LogisticScorecard,
    X: NativeFrame,
    is_bad: Any,
    *,
    sample_weight: Any = None,
    level: float = 0.95,
    n_folds: int = 5,
    random_state: int | None = None,
) -> BlendFit:
    """Find the weight of the expert's log-odds in a blend by maximum likelihood.

    Parameters
    ----------
    expert : Scorecard or ExpertScorecard
        The card of judgement, on a scale that was not estimated from these rows.
    statistical : Scorecard or LogisticScorecard
        A card on a scale that was not fitted on these rows; or an estimator, which is fitted in
        folds, each judged by the rows held out, and then on all rows for the blend.
    X : table of shape (n_samples, n_columns)
        Holds the columns of both cards; for an estimator, those that it is fitted on.
    is_bad : array-like of shape (n_samples,)
        1 for bad, 0 for good.
    sample_weight : array-like of shape (n_samples,), optional
        Frequencies, zero or more.
    level : float, default=0.95
        Confidence level of the interval in (0, 1).
    n_folds : int, default=5
        Folds of an estimator, 2 or more; of no effect for a card.
    random_state : int, optional
        Seed of the folds.

    Returns
    -------
    BlendFit

    Raises
    ------
    UncalibratedCardError
        A card has no scale.
    InvalidDataError
        Both cards say the same log-odds of all cases; the statistical card was fitted on these
        very rows; too few cases for the folds.
    InvalidTargetError, InvalidParameterError
        One class; a parameter out of range.

    Warns
    -----
    CalibrationWarning
        Log-odds of both cards that may be moved and stretched at will fit these outcomes clearly
        better (p below 0.01): the cards know different things, of which a mean makes too little,
        or the scale of one of them is off. :func:`calibrated` then stretches the blend.
    SmallSampleWarning
        Fewer than 10 cases of the rarer class.

    Notes
    -----
    The likelihood of ln(odds) = w · expert + (1 - w) · statistical is concave in w, so its maximum
    in [0, 1] is the only one. The interval holds the weights whose log-likelihood is less than
    half the quantile of chi-square with one degree of freedom below it [1]_, cut at 0 and 1; where
    the true weight lies at such an end it covers more than it says. O(n) a step.

    A card that was fitted on the same rows looks better than it is, and the weight of judgement
    comes out too small. That is refused where the counts and the likelihood of the card's fit are
    those of these rows; rows that overlap in part are not seen.

    References
    ----------
    .. [1] D. J. Venzon and S. H. Moolgavkar, "A Method for Computing Profile-Likelihood-Based
       Confidence Intervals", *Applied Statistics* 37, 1988, pp. 87-94.

    Examples
    --------
    >>> from creditscore import LogisticScorecard, Scorecard
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.expert import calibrated, fit_blend_weight
    >>> from creditscore.scorecard import Characteristic
    >>> german = load_german_credit()
    >>> judged = Scorecard(characteristics=(
    ...     Characteristic.numeric(
    ...         "duration_months", cuts=[12, 24, 36], points=[40, 30, 20, 0], missing_points=0,
    ...     ),
    ...     Characteristic.categorical(
    ...         "checking_status",
    ...         points={
    ...             "no checking account": 60, ">= 200 DM or salary account": 40,
    ...             "0 to < 200 DM": 15, "< 0 DM": 0,
    ...         },
    ...         missing_points=20, other_points=20,
    ...     ),
    ... ))
    >>> early, middle, late = german[:400], german[400:550], german[550:]
    >>> judged = calibrated(judged, early, early["is_bad"])
    >>> columns = ["duration_months", "checking_status"]
    >>> fitted = LogisticScorecard().fit(middle[columns], middle["is_bad"]).scorecard_
    >>> fit_blend_weight(judged, fitted, late, late["is_bad"])
    <BlendFit: expert weight 0.58 (95 % interval 0.20 to 0.97) on 450 cases, 146 bad>
    """
    owner = "fit_blend_weight"
    check_real(level, "level", owner, low=0, high=1)
    check_integer(n_folds, "n_folds", owner, low=2)
    judged = plain_card(expert, "expert", owner)
    expert_odds = log_odds_of(judged, scale_of(judged, "expert", owner), X)
    bad, weights = read_outcomes(X, is_bad, sample_weight, len(expert_odds))
    if isinstance(statistical, LogisticScorecard):
        other = np.empty(len(bad))
        for train, test in folds_of(bad, n_folds, random_state, owner):
            other[test] = held_out_log_odds(statistical, X, bad, weights, train, test)
        fitted = clone(statistical).fit(X, bad.astype(np.int64), sample_weight)
        card, folds = fitted.scorecard_, n_folds
    else:
        check_kind(statistical, "statistical", owner, Scorecard)
        card, folds = statistical, 0
        other = log_odds_of(card, scale_of(card, "statistical", owner), X)
        _check_unseen(card, other, bad, weights)
    check_spread(expert_odds - other, weights, "difference of the log-odds of both cards")
    profile = _Profile(expert_odds, other, bad, weights)
    n_good, n_bad = counts_of(bad, weights)
    if min(n_good, n_bad) < 2 * LEAST_CASES:
        warn_user(
            f"The weight is found by {min(n_good, n_bad):,.0f} cases of the rarer class, so that "
            "hardly any weight can be excluded: see the interval.",
            SmallSampleWarning,
        )
    weight = profile.best()
    free, p_value = _calibration(profile, weight)
    return BlendFit(
        scorecard=blend_scorecards(judged, card, weight=weight),
        weight=weight,
        interval=profile.interval(weight, level),
        log_likelihood=profile.value(weight),
        expert_log_likelihood=profile.value(1.0),
        statistical_log_likelihood=profile.value(0.0),
        n_good=n_good,
        n_bad=n_bad,
        n_folds=folds,
        free=free,
        calibration_p_value=p_value,
        curve=tuple(profile.value(step / _STEPS) for step in range(_STEPS + 1)),
    )


@dataclass(frozen=True)
class _Profile:
    """Likelihood of a weight."""

    expert: Float1D
    statistical: Float1D
    is_bad: Bool1D
    weights: Float1D | None

    def value(self, weight: float) -> float:
        log_odds = weight * self.expert + (1 - weight) * self.statistical
        return log_likelihood(log_odds, self.is_bad, self.weights)

    def slope(self, weight: float) -> float:
        log_odds = weight * self.expert + (1 - weight) * self.statistical
        residual = (~self.is_bad - expit(log_odds)) * (self.expert - self.statistical)
        return float(residual.sum() if self.weights is None else residual @ self.weights)

    def best(self) -> float:
        """Return the maximum: where the slope, which falls, is 0, or an end."""
        if self.slope(0.0) <= 0:
            return 0.0
        if self.slope(1.0) >= 0:
            return 1.0
        return float(brentq(self.slope, 0.0, 1.0, xtol=1e-12))

    def interval(self, best: float, level: float) -> Interval:
        least = self.value(best) - float(chdtri(1, 1 - level)) / 2

        def above(weight: float) -> float:
            return self.value(weight) - least

        lower = 0.0 if above(0.0) >= 0 else float(brentq(above, 0.0, best))
        upper = 1.0 if above(1.0) >= 0 else float(brentq(above, best, 1.0))
        return Interval(best, lower, upper, level)


def _calibration(profile: _Profile, weight: float) -> tuple[tuple[float, float, float], float]:
    """Fit both log-odds freely, and test whether that fits better than the blend."""
    features = np.column_stack([profile.expert, profile.statistical])
    fit = fit_logit(features, profile.is_bad, profile.weights)
    if fit.endless or fit.dependent.any():
        return (math.nan, math.nan, math.nan), math.nan
    gain = max(0.0, 2 * (fit.log_likelihood - profile.value(weight)))
    p_value = float(chdtrc(2, gain))
    a, b, c = fit.params.tolist()
    if p_value < _CLEARLY_OFF:
        warn_user(
            f"No blend fits these cases well (p {p_value_text(p_value)}): {a:.2f} + {b:.2f} · "
            f"expert + {c:.2f} · statistical has weights of sum {b + c:.2f}, and those of a blend "
            "add up to 1. Above 1, the cards may know different things, of which a mean makes too "
            "little; else the scale of one of them is off. Calibrate the cards on other rows "
            "before, or the blend after: calibrated(card, X, is_bad).",
            CalibrationWarning,
        )
    return (a, b, c), p_value


def _check_unseen(
    card: Scorecard, log_odds: Float1D, is_bad: Bool1D, weights: Float1D | None
) -> None:
    """Refuse a card whose fit counted these rows and had this likelihood."""
    summary = card.fit_summary
    if summary is None or (summary.n_good, summary.n_bad) != counts_of(is_bad, weights):
        return
    here = log_likelihood(log_odds, is_bad, weights)
    if abs(here - summary.log_likelihood) <= _SAME_SAMPLE * abs(here):
        msg = (
            "The statistical card was fitted on these very rows: it has as many good and bad "
            "cases and the same likelihood, so that it looks better than it is beside the expert. "
            "Bring rows that it has not seen, or pass the estimator, LogisticScorecard(…), which "
            "is then fitted in folds."
        )
        raise InvalidDataError(msg)
