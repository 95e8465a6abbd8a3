"""Calibrations estimated from outcomes."""

from __future__ import annotations

from typing import Any

from creditscore._checks import check_kind
from creditscore._typing import Philosophy
from creditscore._validation import check_choice
from creditscore.calibrate._curve._axis import MEASURES, Cases, Measure, read_cases
from creditscore.calibrate._curve._beta import fit_beta_curve
from creditscore.calibrate._curve._calibration import Calibration, check_philosophy
from creditscore.calibrate._curve._curve import CalibrationCurve, wrong_way
from creditscore.calibrate._curve._isotonic import (
    BETWEEN,
    Between,
    fit_isotonic_curve,
    warn_of_certainty,
)
from creditscore.calibrate._curve._logistic import fit_logistic_curve
from creditscore.calibrate._curve._sample import CalibrationSample
from creditscore.calibrate._quasi_moment._accuracy_ratio import ImpliedMoments
from creditscore.calibrate._quasi_moment._curve import fit_quasi_moment_curve
from creditscore.calibrate._quasi_moment._match import check_targets
from creditscore.exceptions import InvalidDataError
from creditscore.metrics import gini


def logistic_calibration(
    is_bad: Any,
    score: Any,
    *,
    philosophy: Philosophy,
    measure: Measure = "score",
    sample_weight: Any = None,
    platt_targets: bool = False,
    floor: float = 0.0,
    period: str = "",
) -> Calibration:
    """Estimate log-odds of default that are a straight line of the score (Platt).

    Parameters
    ----------
    is_bad : array-like of shape (n_samples,)
        1 for bad, 0 for good; both are there.
    score : array-like of shape (n_samples,)
        Scores, higher is safer; or raw probabilities of default in (0, 1), with
        ``measure="prob_default"``. Of cases that the score was not fitted on.
    philosophy : {"point_in_time", "through_the_cycle", "hybrid"}
        What the probabilities mean; outcomes of one year say point-in-time.
    measure : {"score", "prob_default"}, default="score"
        What `score` holds. Of probabilities, the line runs over their log-odds.
    sample_weight : array-like of shape (n_samples,), optional
        Frequencies, zero or more.
    platt_targets : bool, default=False
        Whether outcomes are drawn in to (n_bad + 1) / (n_bad + 2) and 1 / (n_good + 2), which keeps
        the estimate finite where classes are told apart. Without it, the mean probability of the
        sample is its default rate.
    floor : float, default=0.0
        Least probability of default, in [0, 1); 0 is none.
    period : str, default=""
        When the cases are from, in words.

    Returns
    -------
    Calibration
        Without a margin; :meth:`Calibration.with_margin` adds one.

    Raises
    ------
    RankingError
        Values that are all one, or that rank the wrong way.
    InvalidDataError
        Values that are missing or infinite; raw probabilities of 0 or 1; classes told apart
        without error.
    InvalidTargetError
        Missing outcomes or one class only.
    InvalidWeightError, InvalidParameterError
        Weights or parameters out of range.

    Warns
    -----
    SmallSampleWarning
        Fewer than 5 cases of the rarer class for each parameter.

    Notes
    -----
    Maximum likelihood by Newton's method: O(n) a step, five steps or so.

    References
    ----------
    .. [1] J. C. Platt, "Probabilistic Outputs for Support Vector Machines and Comparisons to
       Regularized Likelihood Methods", in *Advances in Large Margin Classifiers*, MIT Press,
       1999, pp. 61-74.

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.calibrate import logistic_calibration
    >>> score = np.repeat([540, 560, 580], 400)
    >>> is_bad = np.concatenate([np.arange(400) < n for n in (80, 40, 20)])
    >>> calibration = logistic_calibration(is_bad, score, philosophy="point_in_time")
    >>> calibration.prob_default([540, 560, 580]).round(3)
    array([0.199, 0.102, 0.049])
    """
    owner = "logistic_calibration"
    check_kind(platt_targets, "platt_targets", owner, bool)
    cases = _read(is_bad, score, sample_weight, measure, philosophy, owner)
    curve = fit_logistic_curve(cases, measure, platt_targets=platt_targets)
    return _made(curve, cases, measure, philosophy, floor, period)


def isotonic_calibration(
    is_bad: Any,
    score: Any,
    *,
    philosophy: Philosophy,
    measure: Measure = "score",
    sample_weight: Any = None,
    between: Between = "linear",
    floor: float = 0.0,
    period: str = "",
) -> Calibration:
    """Estimate the likeliest probabilities that never rise as the score gets safer.

    Parameters
    ----------
    is_bad : array-like of shape (n_samples,)
        1 for bad, 0 for good; both are there.
    score : array-like of shape (n_samples,)
        As in :func:`logistic_calibration`; raw probabilities may be 0 and 1.
    philosophy : {"point_in_time", "through_the_cycle", "hybrid"}
        What the probabilities mean.
    measure : {"score", "prob_default"}, default="score"
        What `score` holds.
    sample_weight : array-like of shape (n_samples,), optional
        Frequencies, zero or more.
    between : {"linear", "step"}, default="linear"
        What holds between two blocks: a straight line, as in scikit-learn, or the riskier rate.
    floor : float, default=0.0
        Least probability of default, in [0, 1); 0 is none. Without one, the safest block has a
        probability of 0 if none of it is bad.
    period : str, default=""
        When the cases are from, in words.

    Returns
    -------
    Calibration
        Flat beyond the least and the greatest value that was seen.

    Raises
    ------
    RankingError
        Values that are all one, or that rank the wrong way: an AUC of 1/2 or less.
    InvalidDataError
        Values that are missing or infinite.
    InvalidTargetError
        Missing outcomes or one class only.
    InvalidWeightError, InvalidParameterError
        Weights or parameters out of range.

    Warns
    -----
    SeparationWarning
        A probability of 0 without a floor, or of 1, where all cases of a block came out alike.

    See Also
    --------
    pool_adjacent_violators : The same on the rates of grades.
    bootstrap_interval : Interval of the probabilities.

    Notes
    -----
    Cases of one value are pooled first, so that the order of rows says nothing, and then
    neighbours that rank the wrong way [1]_: O(n log n). It has no form to get wrong and many
    blocks to fit: below about 1,000 bad cases a logistic curve is the safer choice [2]_.

    References
    ----------
    .. [1] B. Zadrozny and C. Elkan, "Transforming classifier scores into accurate multiclass
       probability estimates", *KDD* 2002, pp. 694-699.
    .. [2] A. Niculescu-Mizil and R. Caruana, "Predicting good probabilities with supervised
       learning", *ICML* 2005, pp. 625-632.

    Examples
    --------
    >>> from creditscore.calibrate import isotonic_calibration
    >>> score = [500, 500, 500, 520, 520, 540, 540, 560, 560]
    >>> is_bad = [1, 0, 1, 0, 1, 1, 0, 0, 0]
    >>> calibration = isotonic_calibration(
    ...     is_bad, score, philosophy="point_in_time", floor=0.0005
    ... )
    >>> calibration.prob_default([480, 500, 520, 530, 550, 560]).round(4).tolist()
    [0.6667, 0.6667, 0.5, 0.5, 0.25, 0.0005]
    """
    owner = "isotonic_calibration"
    check_choice(between, "between", owner, BETWEEN)
    cases = _read(is_bad, score, sample_weight, measure, philosophy, owner)
    curve = fit_isotonic_curve(cases, measure, between)
    found = _made(curve, cases, measure, philosophy, floor, period)
    warn_of_certainty(curve, measure, found.floor)
    return found


def beta_calibration(
    is_bad: Any,
    prob_default: Any,
    *,
    philosophy: Philosophy,
    sample_weight: Any = None,
    floor: float = 0.0,
    period: str = "",
) -> Calibration:
    """Estimate a curve of raw probabilities with a slope of its own at each end.

    Parameters
    ----------
    is_bad : array-like of shape (n_samples,)
        1 for bad, 0 for good; both are there.
    prob_default : array-like of shape (n_samples,)
        Raw probabilities in (0, 1), of cases that their model was not fitted on.
    philosophy : {"point_in_time", "through_the_cycle", "hybrid"}
        What the probabilities mean.
    sample_weight : array-like of shape (n_samples,), optional
        Frequencies, zero or more.
    floor : float, default=0.0
        Least probability of default, in [0, 1); 0 is none.
    period : str, default=""
        When the cases are from, in words.

    Returns
    -------
    Calibration
        Of the measure "prob_default".

    Raises
    ------
    RankingError
        Probabilities that are all one, or that rank the wrong way.
    InvalidDataError
        Probabilities of 0 or 1, or missing; classes told apart without error.
    InvalidTargetError
        Missing outcomes or one class only.
    InvalidWeightError, InvalidParameterError
        Weights or parameters out of range.

    Warns
    -----
    SmallSampleWarning
        Fewer than 5 cases of the rarer class for each parameter.

    Notes
    -----
    logit p′ = a · ln p - b · ln(1 - p) + c with a and b zero or more [1]_, by maximum likelihood
    under these bounds. (1, 1, 0) is no change; with a = b it is a logistic calibration of the
    log-odds.

    References
    ----------
    .. [1] M. Kull, T. M. Silva Filho and P. Flach, "Beyond sigmoids: How to obtain
       well-calibrated probabilities from binary classifiers with beta calibration", *Electronic
       Journal of Statistics* 11(2), 2017, pp. 5052-5080.

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.calibrate import beta_calibration
    >>> prob = np.repeat([0.05, 0.2, 0.5], 400)
    >>> is_bad = np.concatenate([np.arange(400) < n for n in (40, 80, 120)])
    >>> calibration = beta_calibration(is_bad, prob, philosophy="point_in_time")
    >>> calibration.prob_default([0.05, 0.2, 0.5]).round(3)
    array([0.1, 0.2, 0.3])
    """
    owner = "beta_calibration"
    cases = _read(is_bad, prob_default, sample_weight, "prob_default", philosophy, owner)
    return _made(fit_beta_curve(cases), cases, "prob_default", philosophy, floor, period)


def quasi_moment_calibration(
    is_bad: Any,
    score: Any,
    *,
    philosophy: Philosophy,
    measure: Measure = "score",
    sample_weight: Any = None,
    central_tendency: float | None = None,
    accuracy_ratio: float | None = None,
    period: str = "",
) -> Calibration:
    """Find the curve of scores that has a given mean and accuracy ratio (Tasche).

    Parameters
    ----------
    is_bad : array-like of shape (n_samples,)
        1 for bad, 0 for good; both are there.
    score : array-like of shape (n_samples,)
        As in :func:`logistic_calibration`; raw probabilities may be 0 and 1.
    philosophy : {"point_in_time", "through_the_cycle", "hybrid"}
        What the probabilities mean.
    measure : {"score", "prob_default"}, default="score"
        What `score` holds.
    sample_weight : array-like of shape (n_samples,), optional
        Frequencies, zero or more.
    central_tendency : float, optional
        Mean probability of these cases, in (0, 1); by default their default rate.
    accuracy_ratio : float, optional
        Accuracy ratio that the probabilities shall imply, in (0, 1); by default the Gini of these
        cases.
    period : str, default=""
        When the cases are from, in words.

    Returns
    -------
    Calibration
        Without floor and margin.

    Raises
    ------
    RankingError
        Values that are all one, or that rank the wrong way.
    InvalidDataError
        Values that are missing or infinite; classes told apart without error.
    InvalidTargetError
        Missing outcomes or one class only.
    InvalidWeightError, InvalidParameterError
        Weights or parameters out of range; an accuracy ratio that the score cannot have.

    See Also
    --------
    quasi_moment_matching : The same for grades, whose counts are all it needs.

    Notes
    -----
    PD = 1 / (1 + exp(α + β Φ⁻¹(F))), where F is the share of cases with riskier values, ties at one
    half. Outcomes give no more than the two targets, so that the curve holds with few defaults,
    whatever the form of the score. F is kept at 1,001 values or fewer, evenly on the normal
    scale, and the targets are met by the curve that is kept. O(n log n).

    References
    ----------
    .. [1] D. Tasche, "The art of probability-of-default curve calibration", *Journal of Credit
       Risk* 9(4), 2013, pp. 63-103.

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.calibrate import quasi_moment_calibration
    >>> score = np.repeat([540, 560, 580], 400)
    >>> is_bad = np.concatenate([np.arange(400) < n for n in (80, 40, 20)])
    >>> found = quasi_moment_calibration(
    ...     is_bad, score, philosophy="through_the_cycle", central_tendency=0.05
    ... )
    >>> found.prob_default([540, 560, 580]).round(3)
    array([0.089, 0.042, 0.019])
    """
    owner = "quasi_moment_calibration"
    cases = _read(is_bad, score, sample_weight, measure, philosophy, owner)
    safer = cases.values if measure == "score" else -cases.values
    observed = gini(cases.is_bad, safer, sample_weight=cases.weights)
    if not observed > 0:
        raise wrong_way(measure, f"its accuracy ratio is {observed:.4f}")
    if accuracy_ratio is None and observed == 1:
        msg = (
            f"The {measure} tells good and bad cases apart without error, and no curve has an "
            "accuracy ratio of 1. Pass the accuracy_ratio of a larger sample."
        )
        raise InvalidDataError(msg)
    targets = ImpliedMoments(
        observed if accuracy_ratio is None else accuracy_ratio,
        cases.n_bad / cases.n if central_tendency is None else central_tendency,
    )
    check_targets(targets.central_tendency, targets.accuracy_ratio, owner)
    curve = fit_quasi_moment_curve(cases, measure, targets)
    return _made(curve, cases, measure, philosophy, 0.0, period)


def _read(
    is_bad: Any, values: Any, weights: Any, measure: Measure, philosophy: Any, owner: str
) -> Cases:
    check_choice(measure, "measure", owner, MEASURES)
    check_philosophy(philosophy, owner)
    return read_cases(is_bad, values, weights, measure)


def _made(
    curve: CalibrationCurve,
    cases: Cases,
    measure: Measure,
    philosophy: Philosophy,
    floor: float,
    period: str,
) -> Calibration:
    sample = CalibrationSample(
        n=cases.n,
        n_bad=cases.n_bad,
        lowest=float(cases.values.min()),
        highest=float(cases.values.max()),
        period=period,
    )
    return Calibration(
        curve=curve, measure=measure, philosophy=philosophy, floor=floor, sample=sample
    )
