"""What two cards gain over one, row by row, and how sure that is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import log_expit

from creditscore._typing import Bool1D, Float1D, Int1D
from creditscore.metrics import auc


@dataclass(frozen=True, kw_only=True)
class PairedGain:
    """Mean difference of log-likelihoods on rows that neither model was fitted on.

    Attributes
    ----------
    gain : float
        Of the second over the first, a row.
    error : float
        Its standard error; NaN for one row.
    z : float
        Gain over error; infinite where the error is zero, NaN where both are.
    auc_one, auc_two : float
        AUC of both; NaN where the rows hold one class only.
    """

    gain: float
    error: float
    z: float
    auc_one: float
    auc_two: float


def paired_gain(
    is_bad: Bool1D, one: Float1D, two: Float1D, weights: Float1D, *, sampling: bool = False
) -> PairedGain:
    """Compare two models by the log-odds of being good that they give the same rows.

    The test of Q. H. Vuong, "Likelihood ratio tests for model selection and non-nested
    hypotheses", *Econometrica* 57, 1989, pp. 307-333, on rows held out, where no term for the
    number of parameters is due: the mean of the differences over its standard error.
    """
    difference = _log_likelihood(is_bad, two) - _log_likelihood(is_bad, one)
    total = float(weights.sum())
    gain = float(weights @ difference) / total
    apart = difference - gain
    # a frequency of 3 is three rows; one row that stands for three was seen once
    squares = float((weights**2 if sampling else weights) @ apart**2)
    n = len(difference) if sampling else total
    error = math.sqrt(squares * n / (n - 1)) / total if n > 1 else math.nan
    return PairedGain(
        gain=gain,
        error=error,
        z=gain / error if error else math.copysign(math.inf, gain) if gain else math.nan,
        auc_one=_auc(is_bad, one, weights),
        auc_two=_auc(is_bad, two, weights),
    )


def fold_of_rows(is_bad: Bool1D, n_folds: int, random: np.random.RandomState) -> Int1D:
    """Deal the rows of each class out to folds at random, such that their shares are equal."""
    fold_of = np.empty(len(is_bad), dtype=np.intp)
    for rows in (np.flatnonzero(is_bad), np.flatnonzero(~is_bad)):
        dealt = (np.arange(len(rows)) * n_folds) // max(len(rows), 1)
        fold_of[random.permutation(rows)] = dealt
    return fold_of


def _log_likelihood(is_bad: Bool1D, log_odds: Float1D) -> Float1D:
    value: Float1D = log_expit(np.where(is_bad, -log_odds, log_odds))
    return value


def _auc(is_bad: Bool1D, log_odds: Float1D, weights: Float1D) -> float:
    if is_bad.all() or not is_bad.any():
        return math.nan
    return float(auc(is_bad, log_odds, sample_weight=weights))
