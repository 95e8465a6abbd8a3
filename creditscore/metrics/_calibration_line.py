"""Cox's calibration line: are log-odds as steep, and as high, as they should be."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import chdtrc, log_expit, logit, ndtri

from creditscore._display import p_value_text
from creditscore._newton import LogisticFit, fit_logistic
from creditscore._typing import Bool1D, Float1D
from creditscore._validation import (
    check_both_classes,
    check_fractions,
    check_real,
    check_row_counts,
)
from creditscore.exceptions import InvalidDataError
from creditscore.metrics._inputs import read_cases
from creditscore.metrics._interval import Interval
from creditscore.metrics._significance_test import SignificanceTest

_SOURCE = "Cox 1958; Miller, Hui and Tierney 1991"


@dataclass(frozen=True, kw_only=True, repr=False)
class CalibrationLine:
    """Line of the true log-odds against those predicted; by :func:`calibration_line`.

    Attributes
    ----------
    intercept : Interval
        Height of the line at predicted log-odds of 0; 0 and a slope of 1 are perfect.
    slope : Interval
        Below 1: probabilities are too far apart, as of a model that was fitted too closely.
    in_the_large : Interval
        Intercept where the slope is held at 1: above 0, probabilities are too low on the whole.
    test : SignificanceTest
        Of intercept 0 and slope 1 together; likelihood ratio, 2 degrees of freedom.
    in_the_large_test : SignificanceTest
        Of intercept 0 where the slope is 1; 1 degree of freedom.
    slope_test : SignificanceTest
        Of slope 1 whatever the intercept; 1 degree of freedom. The statistics of the last two add
        up to that of the first.

    See Also
    --------
    calibration_line : Makes one.

    Examples
    --------
    >>> from creditscore.metrics import calibration_line
    >>> calibration_line([0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    <CalibrationLine: slope 2.606 (-1.390 to 6.602), intercept 1.747 (-1.546 to 5.041); p = 0.4411>
    """

    intercept: Interval
    slope: Interval
    in_the_large: Interval
    test: SignificanceTest
    in_the_large_test: SignificanceTest
    slope_test: SignificanceTest

    def __repr__(self) -> str:
        """Say in one line where the line lies."""
        p_value = p_value_text(self.test.p_value)
        sign = "" if p_value.startswith("<") else "= "
        return (
            f"<CalibrationLine: slope {self.slope}, intercept {self.intercept}; p {sign}{p_value}>"
        )


def calibration_line(
    is_bad: Any, prob_default: Any, *, sample_weight: Any = None, level: float = 0.95
) -> CalibrationLine:
    """Fit the true log-odds of being bad as a line of those predicted (Cox).

    Parameters
    ----------
    is_bad : array-like of shape (n_samples,)
        1 for bad, 0 for good; both must occur.
    prob_default : array-like of shape (n_samples,)
        Fractions strictly between 0 and 1, not all the same. They must have been made without
        these cases: on the sample of a logistic fit, the line is perfect by construction.
    sample_weight : array-like of shape (n_samples,), optional
        Counts of rows, whole numbers, zero or more, as the errors need them.
    level : float, default=0.95
        Confidence level in (0, 1).

    Returns
    -------
    CalibrationLine

    Raises
    ------
    InvalidTargetError
        Missing outcomes or one class only.
    InvalidDataError
        A probability outside (0, 1), all the same, or one that parts goods and bads without
        error, so that no line has the greatest likelihood; weights that are no whole numbers.

    Notes
    -----
    logit P(bad) = intercept + slope · logit(prob_default), by maximum likelihood [1]_; intervals
    are normal, from the inverse of the information matrix. The tests compare log-likelihoods at
    (0, 1), at (in_the_large, 1) and at the maximum [2]_. They take cases as independent: defaults
    of one bad year are not, and the calibration in the large is then rejected more easily than it
    should be. O(n) time a step, five or so steps.

    References
    ----------
    .. [1] D. R. Cox, "Two further applications of a model for binary regression", *Biometrika* 45,
       1958, pp. 562-565.
    .. [2] M. E. Miller, S. L. Hui and W. M. Tierney, "Validation techniques for logistic
       regression models", *Statistics in Medicine* 10, 1991, pp. 1213-1226.

    Examples
    --------
    >>> from creditscore.metrics import calibration_line
    >>> line = calibration_line([0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    >>> print(line.in_the_large)
    0.721 (-1.016 to 2.458)
    >>> line.in_the_large_test
    <SignificanceTest: calibration in the large, statistic 0.656, df 1, p = 0.4180>
    """
    check_real(level, "level", "calibration_line", low=0, high=1)
    bad, prob, weights = read_cases(is_bad, prob_default, sample_weight, name="prob_default")
    check_fractions(prob)
    check_both_classes(bad, weights)
    check_row_counts(weights)
    log_odds = _log_odds(prob)
    line = fit_logistic(log_odds[:, None], bad, weights, start=np.array([0.0, 1.0]))
    large = fit_logistic(np.empty((len(bad), 0)), bad, weights, start=np.zeros(1), offset=log_odds)
    _check_line(line)
    likelihoods = (
        _log_likelihood(log_odds, bad, weights), large.log_likelihood, line.log_likelihood
    )  # fmt: skip
    n = len(bad) if weights is None else int(weights.sum())
    return CalibrationLine(
        intercept=_interval(line.intercept, line.covariance[0, 0], level),
        slope=_interval(float(line.coefficients[0]), line.covariance[1, 1], level),
        in_the_large=_interval(large.intercept, large.covariance[0, 0], level),
        test=_test("calibration line", "intercept 0 and slope 1", likelihoods[::2], 2, n),
        in_the_large_test=_test(
            "calibration in the large", "intercept 0 where the slope is 1", likelihoods[:2], 1, n
        ),
        slope_test=_test("calibration slope", "slope 1", likelihoods[1:], 1, n),
    )


def _log_odds(prob: Float1D) -> Float1D:
    sure = (prob == 0) | (prob == 1)
    if sure.any():
        row = int(sure.argmax())
        msg = (
            f"prob_default is 0 or 1 in {int(sure.sum())} case(s), the first at row {row} "
            f"({prob[row]:g}): its log-odds have no end. Put a floor and a ceiling to the "
            "probabilities, such as 0.0005 and 0.9995, or leave those cases out."
        )
        raise InvalidDataError(msg)
    log_odds: Float1D = logit(prob)
    return log_odds


def _check_line(line: LogisticFit) -> None:
    if line.dependent.any():
        msg = (
            "prob_default is the same for all cases, so no line goes through it. The intercept "
            "alone is ln(odds of the bad rate) less that of the probability."
        )
        raise InvalidDataError(msg)
    if line.diverging.any() or not line.converged:
        msg = (
            "prob_default parts goods and bads without error, or nearly so: the steeper the line, "
            "the greater its likelihood, without end. Take more cases, or report that the sample "
            "cannot tell the slope."
        )
        raise InvalidDataError(msg)


def _log_likelihood(log_odds: Float1D, bad: Bool1D, weights: Float1D | None) -> float:
    parts = log_expit(np.where(bad, log_odds, -log_odds))
    return float(parts.sum() if weights is None else parts @ weights)


def _interval(estimate: float, variance: float, level: float) -> Interval:
    margin = float(ndtri(0.5 + level / 2)) * math.sqrt(variance)
    return Interval(estimate, estimate - margin, estimate + margin, level)


def _test(
    name: str, hypothesis: str, likelihoods: tuple[float, ...], df: int, n: int
) -> SignificanceTest:
    statistic = max(0.0, 2 * (likelihoods[1] - likelihoods[0]))
    return SignificanceTest(
        name=name,
        statistic=statistic,
        p_value=float(chdtrc(df, statistic)),
        hypothesis=f"the calibration line has {hypothesis}",
        source=_SOURCE,
        df=df,
        n=n,
    )
