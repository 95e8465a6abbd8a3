"""Cronbach's alpha: how far items that are added up measure one thing, with its interval."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from scipy.stats import f as f_distribution

from creditscore._display import counted
from creditscore._typing import Float1D, NativeFrame
from creditscore._validation import check_choice, check_integer, check_random_state, check_real
from creditscore._warn import warn_user
from creditscore.collect._psychometrics._answer_matrix import (
    AnswerMatrix,
    Float3D,
    MissingAnswers,
)
from creditscore.exceptions import ConstantColumnWarning, InvalidDataError, ResponseWarning
from creditscore.metrics import Interval

AlphaInterval: TypeAlias = Literal["feldt", "bootstrap"]
_METHODS: tuple[str, ...] = get_args(AlphaInterval)
_VALUES_AT_ONCE = 4_000_000
"""Numbers of a batch of resamples: bounds the memory."""


@dataclass(frozen=True, kw_only=True, repr=False)
class CronbachAlpha:
    """Cronbach's alpha with its interval.

    Made by :func:`cronbach_alpha` and :func:`kr20`.

    Attributes
    ----------
    alpha : float
        At most 1; negative where items run against each other.
    lower, upper : float
        Ends of the interval.
    confidence : float
        Its level, a fraction.
    interval_method : {"feldt", "bootstrap"}
        How it was found.
    standardised : float
        Alpha of items brought to one spread; NaN where an item has none.
    items : tuple of str
        The items.
    n_cases : int
        Respondents that were used.
    n_left_out : int
        Respondents that were left out for a gap.
    effective_n : float
        Cases that count in the interval: fewer than `n_cases` where weights differ or pairs lack.
    missing : str
        What became of gaps.

    Examples
    --------
    >>> from creditscore.collect import cronbach_alpha
    >>> cronbach_alpha([[4, 5, 4], [2, 1, 2], [3, 3, 4], [5, 4, 5], [1, 2, 1]])
    CronbachAlpha(0.942, 95 % interval 0.707 to 0.994 (feldt), 3 items, 5 cases)
    """

    alpha: float
    lower: float
    upper: float
    confidence: float
    interval_method: str
    standardised: float
    items: tuple[str, ...]
    n_cases: int
    n_left_out: int
    effective_n: float
    missing: str

    @property
    def interval(self) -> Interval:
        """Alpha with its interval."""
        return Interval(self.alpha, self.lower, self.upper, self.confidence)

    def __repr__(self) -> str:
        """Say in one line what it is and rests on."""
        left = ""
        if self.missing == "listwise":
            left = f", {self.n_left_out} left out for gaps"
        elif self.missing == "pairwise":
            left = ", gaps left out pair by pair"
        return (
            f"CronbachAlpha({self.alpha:.3f}, {100 * self.confidence:g} % interval "
            f"{self.lower:.3f} to {self.upper:.3f} ({self.interval_method}), "
            f"{counted(len(self.items), 'item')}, {counted(self.n_cases, 'case')}{left})"
        )


def cronbach_alpha(
    answers: NativeFrame,
    *,
    missing: MissingAnswers = "refuse",
    weights: Any = None,
    interval: AlphaInterval = "feldt",
    confidence: float = 0.95,
    n_resamples: int = 2000,
    random_state: Any = 0,
) -> CronbachAlpha:
    r"""Measure how far items that are added up measure one thing.

    Parameters
    ----------
    answers : table of shape (n_respondents, n_items)
        Numbers; all items must run the same way, see :func:`item_analysis`.
    missing : {"refuse", "listwise", "pairwise"}, default="refuse"
        What becomes of gaps: an error; respondents with one are left out; or each covariance uses
        the respondents who answered both items.
    weights : array-like of shape (n_respondents,), optional
        How many customers each respondent stands for, such as weights against non-response.
    interval : {"feldt", "bootstrap"}, default="feldt"
        Exact under its model, or quantiles over resamples of the respondents.
    confidence : float in (0, 1), default=0.95
        Level of the interval.
    n_resamples : int, default=2000
        Resamples of the bootstrap, 1 or more.
    random_state : int or numpy.random.Generator, default=0
        Seed of the bootstrap.

    Returns
    -------
    CronbachAlpha

    Raises
    ------
    EmptyDataError
        Fewer than two items or three respondents.
    InvalidDataError
        Gaps that are refused; no spread in the sum of the items (0/0); a pair of items that
        nobody answered.
    ColumnTypeError
        A column of words or days.
    InvalidParameterError
        A parameter outside its range.

    Warns
    -----
    ResponseWarning
        Items run against the sum of the others; the message names them.
    ConstantColumnWarning
        All gave one answer to an item.

    Notes
    -----
    With :math:`k` items of covariances :math:`c_{ij}`,

    .. math:: \alpha = \frac{k}{k-1} \left(1 - \frac{\sum_i c_{ii}}{\sum_{ij} c_{ij}}\right),
       \quad \frac{1 - \rho}{1 - \alpha} \sim F_{n-1,\,(n-1)(k-1)} .

    The second holds [2]_ for items of equal covariances and normal answers, where alpha is the
    reliability :math:`\rho` of the sum; with weights :math:`n` is Kish's effective number
    :math:`(\sum w)^2 / \sum w^2`, with gaps pair by pair that of the pair with the fewest. Alpha
    is high for many items whatever they measure, and is a lower bound of reliability only
    if their errors are independent. O(n_respondents · n_items²) time.

    References
    ----------
    .. [1] L. J. Cronbach, "Coefficient alpha and the internal structure of tests",
       *Psychometrika* 16 (1951), 297-334.
    .. [2] L. S. Feldt, "The approximate sampling distribution of Kuder-Richardson reliability
       coefficient twenty", *Psychometrika* 30 (1965), 357-370.

    Examples
    --------
    >>> from creditscore.collect import cronbach_alpha
    >>> answers = [[4, 5, 4], [2, 1, 2], [3, 3, 4], [5, 4, 5], [1, 2, 1], [3, None, 3]]
    >>> found = cronbach_alpha(answers, missing="listwise")
    >>> print(found.interval, found.n_left_out)
    0.942 (0.707 to 0.994) 1
    """
    owner = "cronbach_alpha"
    check_choice(interval, "interval", owner, _METHODS)
    level = check_real(confidence, "confidence", owner, low=0, high=1)
    matrix = AnswerMatrix.of(answers, owner, weights=weights, missing=missing)
    found = alpha_of(matrix, level)
    if interval == "bootstrap":
        check_integer(n_resamples, "n_resamples", owner, low=1)
        ends = _bootstrap(matrix, level, n_resamples, check_random_state(random_state, owner))
        found = replace(found, lower=ends[0], upper=ends[1], interval_method="bootstrap")
    warn_of_items_against(matrix)
    return found


def kr20(
    answers: NativeFrame,
    *,
    missing: MissingAnswers = "refuse",
    weights: Any = None,
    confidence: float = 0.95,
) -> CronbachAlpha:
    r"""Measure how far items that are right or wrong, yes or no, measure one thing.

    Parameters
    ----------
    answers : table of shape (n_respondents, n_items)
        Only 0 and 1.
    missing : {"refuse", "listwise", "pairwise"}, default="refuse"
        As in :func:`cronbach_alpha`.
    weights : array-like of shape (n_respondents,), optional
        As in :func:`cronbach_alpha`.
    confidence : float in (0, 1), default=0.95
        Level of Feldt's interval.

    Returns
    -------
    CronbachAlpha

    Raises
    ------
    InvalidDataError
        An answer that is neither 0 nor 1, and what :func:`cronbach_alpha` refuses.

    Notes
    -----
    Kuder and Richardson's formula 20,
    :math:`\frac{k}{k-1} (1 - \sum_i p_i (1 - p_i) / \sigma^2)` with the share :math:`p_i` of 1
    and the variance :math:`\sigma^2` of the sum (over n, not n - 1), is alpha of such items.

    References
    ----------
    G. F. Kuder and M. W. Richardson, "The theory of the estimation of test reliability",
    *Psychometrika* 2 (1937), 151-160.

    Examples
    --------
    >>> from creditscore.collect import kr20
    >>> kr20([[1, 1, 1], [1, 1, 0], [1, 0, 0], [0, 0, 0]])
    CronbachAlpha(0.750, 95 % interval -0.650 to 0.983 (feldt), 3 items, 4 cases)
    """
    level = check_real(confidence, "confidence", "kr20", low=0, high=1)
    matrix = AnswerMatrix.of(answers, "kr20", weights=weights, missing=missing)
    values = matrix.values
    odd = ~(np.isnan(values) | (values == 0) | (values == 1))
    if odd.any():
        row, place = (int(at[0]) for at in np.nonzero(odd))
        msg = (
            f"kr20 takes answers of 0 and 1 only. Got {values[row, place]:g} in "
            f"{matrix.names[place]!r}: use cronbach_alpha for other scales."
        )
        raise InvalidDataError(msg)
    found = alpha_of(matrix, level)
    warn_of_items_against(matrix)
    return found


def alpha_of(matrix: AnswerMatrix, confidence: float) -> CronbachAlpha:
    """Return alpha with Feldt's interval.

    Raises
    ------
    InvalidDataError
        The sum of the items has no spread; a pair of items that nobody answered.
    """
    covariances, effective = matrix.covariances()
    covariance, n = covariances[0], float(effective[0])
    if not np.isfinite(covariance).all():
        row, column = (int(at[0]) for at in np.nonzero(~np.isfinite(covariance)))
        msg = (
            f"Fewer than two respondents answered both {matrix.names[row]!r} and "
            f"{matrix.names[column]!r}. Leave one of them out."
        )
        raise InvalidDataError(msg)
    alpha = float(alphas(covariances)[0])
    if np.isnan(alpha):
        msg = (
            "The sum of the items has no spread, and alpha is not defined (0/0): it needs "
            "respondents who differ."
        )
        raise InvalidDataError(msg)
    k = len(matrix.names)
    tail = (1 - confidence) / 2
    high, low = f_distribution.ppf([1 - tail, tail], n - 1, (n - 1) * (k - 1))
    return CronbachAlpha(
        alpha=alpha,
        lower=float(1 - (1 - alpha) * high),
        upper=float(1 - (1 - alpha) * low),
        confidence=confidence,
        interval_method="feldt",
        standardised=_standardised(covariance),
        items=matrix.names,
        n_cases=len(matrix.values),
        n_left_out=matrix.n_left_out,
        effective_n=n,
        missing=matrix.missing,
    )


def alphas(covariances: Float3D) -> Float1D:
    """Return alpha of each matrix of covariances; NaN where the sum of the items is constant."""
    k = covariances.shape[-1]
    own = np.trace(covariances, axis1=1, axis2=2)
    total = covariances.sum(axis=(1, 2))
    # rounding leaves a trace of what cancels
    total = np.where(total <= 1e-12 * np.abs(covariances).sum(axis=(1, 2)), np.nan, total)
    return np.asarray(k / (k - 1) * (1 - own / total))


def rest_correlations(matrix: AnswerMatrix) -> Float1D:
    """Return the correlation of each item with the sum of the others; NaN without spread."""
    covariance = matrix.covariances()[0][0]
    own = np.diag(covariance)
    with_rest = covariance.sum(axis=1) - own
    rest = covariance.sum() - 2 * covariance.sum(axis=1) + own
    product = own * rest
    least = 1e-20 * float(np.abs(covariance).sum()) ** 2
    safe = np.where(product > least, product, np.nan)
    return np.asarray(with_rest / np.sqrt(safe))


def warn_of_items_against(matrix: AnswerMatrix) -> None:
    """Warn of items that run against the sum of the others, and of those without spread."""
    constant = matrix.constant()
    if constant:
        warn_user(
            f"All respondents gave one answer to {', '.join(map(repr, constant))}, which tells "
            "nothing of how they differ. Leave out such items.",
            ConstantColumnWarning,
        )
    correlations = rest_correlations(matrix)
    against = [
        f"{name!r} ({r:.2f})" for name, r in zip(matrix.names, correlations, strict=True) if r < 0
    ]
    if against:
        warn_user(
            f"Items run against the sum of the others: {', '.join(against)}. Where an item is "
            "worded the other way round, turn its answers (item_analysis(…, reversed_items=…)); "
            "else it measures something else.",
            ResponseWarning,
        )


def _standardised(covariance: Float3D) -> float:
    spread = np.sqrt(np.diag(covariance))
    if not (spread > 0).all():
        return float("nan")
    k = len(spread)
    mean = (float((covariance / np.outer(spread, spread)).sum()) - k) / (k * (k - 1))
    return k * mean / (1 + (k - 1) * mean)


def _bootstrap(
    matrix: AnswerMatrix, confidence: float, n_resamples: int, rng: np.random.Generator
) -> tuple[float, float]:
    n, k = matrix.values.shape
    most = max(1, _VALUES_AT_ONCE // max(n, 4 * k * k))
    found = []
    for start in range(0, n_resamples, most):
        size = min(most, n_resamples - start)
        times = rng.multinomial(n, np.full(n, 1 / n), size=size).astype(np.float64)
        found.append(alphas(matrix.covariances(times)[0]))
    values = np.concatenate(found)
    # covariances of different pairs of respondents may not fit together, and alpha then exceeds 1
    values = np.minimum(values[np.isfinite(values)], 1.0)
    tail = (1 - confidence) / 2
    lower, upper = np.quantile(values, [tail, 1 - tail]) if len(values) else (np.nan, np.nan)
    return float(lower), float(upper)
