"""Interval of any calibration by resampling the cases."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from creditscore._display import counted
from creditscore._typing import Float1D
from creditscore._validation import check_integer, check_random_state, check_real, check_row_counts
from creditscore._warn import warn_user
from creditscore.calibrate._curve._axis import read_cases
from creditscore.calibrate._curve._calibration import Calibration
from creditscore.exceptions import (
    CreditScoreWarning,
    FailedFitWarning,
    InvalidDataError,
    InvalidParameterError,
)

_MOST_FAILURES = 0.05
"""Share of resamples without a calibration beyond which the rest says little."""


def bootstrap_interval(
    calibrate: Callable[..., Calibration],
    is_bad: Any,
    score: Any,
    *,
    at: Any,
    sample_weight: Any = None,
    level: float = 0.95,
    n_resamples: int = 1000,
    random_state: Any = 0,
) -> tuple[Float1D, Float1D]:
    """Return the interval of the best estimate at some values, by resampling the cases.

    Parameters
    ----------
    calibrate : callable
        Makes a calibration of outcomes and values, ``calibrate(is_bad, score,
        sample_weight=...)``: a function of this package with its settings, by
        :func:`functools.partial`.
    is_bad : array-like of shape (n_samples,)
        1 for bad, 0 for good.
    score : array-like of shape (n_samples,)
        Scores or raw probabilities, as `calibrate` takes them.
    at : array-like of shape (n_values,)
        Values at which the interval is asked.
    sample_weight : array-like of shape (n_samples,), optional
        Counts of rows, whole numbers.
    level : float, default=0.95
        Confidence level in (0, 1), two-sided.
    n_resamples : int, default=1000
        Resamples, 10 or more.
    random_state : int or numpy.random.Generator, default=0
        Seed, zero or more; the same seed gives the same interval.

    Returns
    -------
    lower, upper : ndarray of shape (n_values,)
        Quantiles of the best estimates of the resamples [1]_.

    Raises
    ------
    InvalidDataError
        More than 5 % of the resamples have no calibration, as where few cases are bad; cases as
        in `calibrate`; weights that are no whole numbers.
    InvalidParameterError
        A parameter out of range, or a `calibrate` that makes no calibration.

    Warns
    -----
    FailedFitWarning
        Resamples without a calibration are left out.
    CreditScoreWarning
        What `calibrate` warns of on the cases themselves; of resamples it is not told again.

    See Also
    --------
    Calibration.interval : By the covariance of a logistic or beta curve, at once.

    Notes
    -----
    Cases are drawn with replacement, goods and bads together; resamples whose calibration fails
    are left out. `n_resamples` fits. Of an isotonic curve, whose estimates do not tend to a normal
    distribution, the interval is known to be somewhat too narrow; and where its safest block has
    no bad case, no resample has one, and the interval (0, 0) says nothing: take a floor, or
    :func:`creditscore.metrics.jeffreys_interval` of that block.

    References
    ----------
    .. [1] B. Efron and R. J. Tibshirani, *An Introduction to the Bootstrap*, Chapman & Hall, 1993,
       ch. 13.

    Examples
    --------
    >>> from functools import partial
    >>> import numpy as np
    >>> from creditscore.calibrate import bootstrap_interval, isotonic_calibration
    >>> score = np.repeat([540, 560, 580], 400)
    >>> is_bad = np.concatenate([np.arange(400) < n for n in (80, 40, 20)])
    >>> calibrate = partial(isotonic_calibration, philosophy="point_in_time")
    >>> lower, upper = bootstrap_interval(calibrate, is_bad, score, at=[560], n_resamples=200)
    >>> bool(lower[0] < 0.1 < upper[0])
    True
    """
    owner = "bootstrap_interval"
    check_real(level, "level", owner, low=0, high=1)
    check_integer(n_resamples, "n_resamples", owner, low=10)
    generator = check_random_state(random_state, owner)
    first: Any = calibrate
    if callable(calibrate):
        first = calibrate(is_bad, score, sample_weight=sample_weight)
    if not isinstance(first, Calibration) or first is calibrate:
        msg = (
            f"The 'calibrate' parameter of {owner} must be a function that makes a Calibration, "
            "such as partial(isotonic_calibration, philosophy='point_in_time'). Got "
            f"{type(first).__name__}."
        )
        raise InvalidParameterError(msg)
    cases = read_cases(is_bad, score, sample_weight, first.measure)
    check_row_counts(cases.weights)
    shares = cases.counts / cases.counts.sum()
    found, failures = [], 0
    with warnings.catch_warnings(action="ignore", category=CreditScoreWarning):
        for _ in range(n_resamples):
            counts = generator.multinomial(int(cases.n), shares).astype(np.float64)
            try:
                drawn = calibrate(cases.is_bad, cases.values, sample_weight=counts)
            except InvalidDataError:
                failures += 1
                continue
            found.append(np.asarray(drawn.best_estimate(at), dtype=np.float64))
    if failures > _MOST_FAILURES * n_resamples:
        msg = (
            f"{failures:,} of {n_resamples:,} resamples have no calibration, because they lack a "
            "class or rank the wrong way: the cases are too few for an interval. Bring more, or "
            "use a method for few defaults."
        )
        raise InvalidDataError(msg)
    if failures:
        warn_user(
            f"{counted(failures, 'resample')} of {n_resamples:,} lacked a class or ranked the "
            "wrong way, and had no calibration: the interval is of the others, and too narrow by "
            "a little.",
            FailedFitWarning,
        )
    lower, upper = np.quantile(np.array(found), [(1 - level) / 2, (1 + level) / 2], axis=0)
    return lower, upper
