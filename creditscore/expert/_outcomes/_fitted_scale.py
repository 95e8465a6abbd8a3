"""What the scores of a card mean, once outcomes are known: a scale of points and odds."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from creditscore._checks import check_kind
from creditscore._typing import Bool1D, Float1D, NativeFrame
from creditscore._validation import check_real, check_scores, check_weights
from creditscore._warn import warn_user
from creditscore.exceptions import InvalidDataError, SmallSampleWarning
from creditscore.expert._outcomes._cases import (
    LEAST_CASES,
    check_spread,
    counts_of,
    plain_card,
    read_outcomes,
)
from creditscore.expert._outcomes._logit import fit_logit
from creditscore.scorecard import PointsEdit, PointsScale, Scorecard


def fitted_scale(
    score: Any,
    is_bad: Any,
    *,
    sample_weight: Any = None,
    base_odds: float = 50.0,
    reverse: bool = False,
) -> PointsScale:
    """Estimate which odds belong to a score.

    Parameters
    ----------
    score : array-like of shape (n_samples,)
        Scores of any card.
    is_bad : array-like of shape (n_samples,)
        1 for bad, 0 for good.
    sample_weight : array-like of shape (n_samples,), optional
        Frequencies, zero or more.
    base_odds : float, default=50
        Odds good:bad, above zero, at which the scale says its base score. Another choice
        describes the same scale.
    reverse : bool, default=False
        Whether a higher score is riskier.

    Returns
    -------
    PointsScale

    Raises
    ------
    InvalidDataError
        Scores are infinite or all one; scores tell the classes apart without error, so that no
        finite estimate exists; scores rank the wrong way round.
    InvalidTargetError
        Missing outcomes or one class only.
    InvalidParameterError
        A parameter is out of range.

    Warns
    -----
    SmallSampleWarning
        Fewer than 10 cases of the rarer class for the two parameters.

    See Also
    --------
    calibrated : Gives a card that scale.

    Notes
    -----
    ln(good / bad) = a + b · score by maximum likelihood [1]_. With factor = 1 / b and offset
    = -a / b that is a :class:`PointsScale`: base_score = offset + factor · ln(base_odds) and
    pdo = ln 2 / b. O(n) time a step of Newton's method.

    The order of cases stays that of the score, and the log-odds are a straight line of it. Where
    they bend, look at the observed odds by band of the score first (:func:`backtest_expert`).

    References
    ----------
    .. [1] J. C. Platt, "Probabilistic Outputs for Support Vector Machines and Comparisons to
       Regularized Likelihood Methods", in *Advances in Large Margin Classifiers*, MIT Press,
       1999, pp. 61-74.

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.expert import fitted_scale
    >>> score = np.repeat([40, 60, 80], 400)
    >>> is_bad = np.concatenate([np.arange(400) < n for n in (80, 40, 20)])
    >>> scale = fitted_scale(score, is_bad)
    >>> round(scale.base_score, 1), round(scale.pdo, 1)
    (104.1, 17.6)
    >>> scale.prob_default([40, 60, 80]).round(3)
    array([0.199, 0.102, 0.049])
    """
    owner = "fitted_scale"
    check_real(base_odds, "base_odds", owner, low=0, high=math.inf)
    check_kind(reverse, "reverse", owner, bool)
    bad, values = check_scores(is_bad, score)
    endless = np.flatnonzero(~np.isfinite(values))
    if len(endless):
        msg = (
            f"The score has {len(endless)} infinite value(s), the first at row {endless[0]}, to "
            "which no odds of a straight line belong. Leave these rows out."
        )
        raise InvalidDataError(msg)
    weights = check_weights(sample_weight, n_rows=len(values))
    return _estimated(values, bad, weights, base_odds, reverse=reverse)


def calibrated(
    card: Any,
    X: NativeFrame,
    is_bad: Any,
    *,
    sample_weight: Any = None,
    base_odds: float = 50.0,
    reverse: bool = False,
) -> Scorecard:
    """Give a card the scale that outcomes say its scores have; points stay.

    Parameters
    ----------
    card : Scorecard or ExpertScorecard
        A card whose scores rank customers; a scale that it has is replaced.
    X : table of shape (n_samples, n_columns)
        pandas, polars or pyarrow; holds the card's columns.
    is_bad : array-like of shape (n_samples,)
        1 for bad, 0 for good.
    sample_weight : array-like of shape (n_samples,), optional
        Frequencies, zero or more.
    base_odds : float, default=50
        As in :func:`fitted_scale`.
    reverse : bool, default=False
        Whether a higher score of the card is riskier.

    Returns
    -------
    Scorecard
        The same points and scores, with a scale: it has probabilities of default, and
        :meth:`Scorecard.on_scale` puts it on any other. The summary of a fit is left out, for it
        belongs to the scale before. A history that has begun has one more entry.

    Raises
    ------
    InvalidDataError, InvalidTargetError, InvalidParameterError
        As in :func:`fitted_scale`; also what :meth:`Scorecard.score` refuses.

    Warns
    -----
    SmallSampleWarning
        As in :func:`fitted_scale`.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from creditscore import Scorecard
    >>> from creditscore.expert import calibrated
    >>> from creditscore.scorecard import Characteristic
    >>> years = Characteristic.numeric("years", cuts=[2, 5], points=[0, 20, 40], missing_points=0)
    >>> firms = pd.DataFrame({"years": np.repeat([1, 3, 9], 400)})
    >>> is_bad = np.concatenate([np.arange(400) < n for n in (80, 40, 20)])
    >>> card = calibrated(Scorecard(characteristics=(years,)), firms, is_bad)
    >>> card.prob_default(firms).unique().round(3)
    array([0.199, 0.102, 0.049])
    """
    owner = "calibrated"
    check_real(base_odds, "base_odds", owner, low=0, high=math.inf)
    check_kind(reverse, "reverse", owner, bool)
    plain = plain_card(card, "card", owner)
    score = np.asarray(plain.score(X), dtype=np.float64)
    bad, weights = read_outcomes(X, is_bad, sample_weight, len(score))
    scale = _estimated(score, bad, weights, base_odds, reverse=reverse)
    history = plain.history
    if history:
        detail = f"given the scale that outcomes of {len(score):,} cases say: {scale}"
        history = (*history, PointsEdit(action="rescaled", detail=detail))
    return replace(plain, scale=scale, fit_summary=None, history=history)


def _estimated(
    score: Float1D, is_bad: Bool1D, weights: Float1D | None, base_odds: float, *, reverse: bool
) -> PointsScale:
    check_spread(score, weights, "score")
    fit = fit_logit(score[:, None], is_bad, weights)
    if fit.dependent.any():
        msg = (
            f"Scores differ by rounding only, from {score.min():g} to {score.max():g}, so that "
            "outcomes say nothing of them. Take a constant off the scores first."
        )
        raise InvalidDataError(msg)
    if fit.endless:
        msg = (
            "The score tells good and bad cases apart without error, so that no finite scale fits "
            "best: odds would be 0 or infinite. Bring more cases, or look for what was known only "
            "after the outcome."
        )
        raise InvalidDataError(msg)
    a, b = fit.params.tolist()
    direction = -1.0 if reverse else 1.0
    if not direction * b > 0:
        asked, seen = ("riskier", "safer") if reverse else ("safer", "riskier")
        msg = (
            f"A higher score was said to be {asked}, and among these cases it is {seen} or says "
            f"nothing: the log-odds of being good change by {b:.4g} for a point. Look for scores "
            f"or outcomes that were swapped; pass reverse={not reverse} if that is what the score "
            "means; else the card does not rank these cases and no scale will help it."
        )
        raise InvalidDataError(msg)
    rarer = min(counts_of(is_bad, weights))
    if rarer < 2 * LEAST_CASES:
        warn_user(
            f"The scale has 2 parameters and is estimated from {rarer:,.0f} cases of the rarer "
            f"class, fewer than {LEAST_CASES} for each: odds far from the middle of the scores "
            "mean little. Bring more cases, or give the card a scale by judgement.",
            SmallSampleWarning,
        )
    return PointsScale(
        base_score=(math.log(base_odds) - a) / b,
        base_odds=base_odds,
        pdo=math.log(2) / abs(b),
        reverse=reverse,
    )
