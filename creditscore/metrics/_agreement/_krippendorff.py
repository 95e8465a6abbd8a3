"""Krippendorff's alpha: agreement of any number of raters, with gaps, on any kind of scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from creditscore._typing import Float1D, Float2D, Int2D, Level, NativeFrame
from creditscore._validation import check_choice
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.metrics._agreement._coincidences import RatedCases, Resamples, coincidences
from creditscore.metrics._agreement._ratings import as_numbers, read_ratings
from creditscore.metrics._interval import Interval

RatingLevel: TypeAlias = Literal["nominal", "ordinal", "interval"]
"""What a scale tells: whether ratings differ, which is more, or by how much."""
_LEVELS: tuple[str, ...] = get_args(RatingLevel)


def krippendorff_alpha(
    ratings: NativeFrame,
    *,
    level: RatingLevel,
    labels: Sequence[Level] | None = None,
    confidence: float = 0.95,
    n_resamples: int = 1000,
    random_state: Any = 0,
) -> Interval:
    r"""Measure how far raters agree, beyond chance, where not all of them rated all cases.

    Parameters
    ----------
    ratings : table of shape (n_raters, n_cases)
        A row a rater, a column a case; gaps where a rater did not rate a case.
    level : {"nominal", "ordinal", "interval"}
        What the scale tells: whether two ratings differ, which of them is more, or by how much.
    labels : sequence of str, float or bool, optional
        All ratings in their order; needed for an ordinal scale of text. An interval scale is one
        of numbers.
    confidence : float in (0, 1), default=0.95
        Level of the interval.
    n_resamples : int, default=1000
        Resamples of the cases for the interval, 1 or more.
    random_state : int or numpy.random.Generator, default=0
        Seed of the resamples.

    Returns
    -------
    Interval
        Alpha: 1 for agreement throughout, 0 for that of chance, negative for less. Of 0.800 and
        more Krippendorff relies on the ratings, of 0.667 and more for tentative conclusions.

    Raises
    ------
    EmptyDataError
        Fewer than two raters.
    InvalidDataError
        No case that two raters rated, or all ratings are one and the same, so that alpha is 0/0;
        text on an interval scale.
    InvalidParameterError
        A parameter outside its range; text on an ordinal scale without `labels`.

    Notes
    -----
    With the coincidences :math:`o_{ck} = \sum_u n_{uc} (n_{uk} - [c = k]) / (n_u - 1)` over the
    cases :math:`u` of two ratings or more, margins :math:`n_c` and their sum :math:`n`,

    .. math:: \alpha = 1 - (n - 1) \frac{\sum_{c<k} o_{ck} \delta^2_{ck}}
       {\sum_{c<k} n_c n_k \delta^2_{ck}},

    where :math:`\delta^2` is 1 (nominal), :math:`(\sum_{g=c}^{k} n_g - (n_c + n_k) / 2)^2`
    (ordinal) or :math:`(c - k)^2` (interval). The interval lies between quantiles of alpha over
    resamples of the cases [2]_. O(n_resamples · n_cases · n_ratings²) time at most.

    References
    ----------
    .. [1] K. Krippendorff, "Computing Krippendorff's Alpha-Reliability", University of
       Pennsylvania, 2011.
    .. [2] A. Zapf and others, "Measuring inter-rater reliability for nominal data: which
       coefficients and confidence intervals are appropriate?", *BMC Medical Research
       Methodology* 16 (2016), 93.

    Examples
    --------
    >>> from creditscore.metrics import krippendorff_alpha
    >>> first, second = [3, 4, 5, 1, None, 2], [3, 4, 4, 1, 2, 2]
    >>> print(krippendorff_alpha([first, second], level="interval"))
    0.947 (0.679 to 1.000)
    """
    owner = "krippendorff_alpha"
    check_choice(level, "level", owner, _LEVELS)
    resamples = Resamples.of(confidence, n_resamples, random_state, owner)
    _, values = read_ratings(ratings, owner)
    if level == "interval":
        values = _as_objects(as_numbers(values, owner))
    if level == "ordinal" and labels is None and any(isinstance(v, str) for v in values.flat):
        msg = (
            "Ratings of text have no order of their own: pass labels=[…], all ratings from one "
            "end of the scale to the other."
        )
        raise InvalidParameterError(msg)
    rated = RatedCases.of(values, labels, owner)
    counts = rated.pairable(owner)
    at = _positions(rated.scale, level)
    estimate = _alpha(coincidences(counts), level, at)
    if np.isnan(estimate):
        msg = (
            "All ratings of cases that two raters rated are one and the same, and alpha is not "
            "defined (0/0): it needs cases of several ratings."
        )
        raise InvalidDataError(msg)
    lower, upper = resamples.ends(_resampled(counts, level, at, resamples))
    return Interval(estimate, lower, upper, resamples.confidence)


def _as_objects(numbers: Float2D) -> np.ndarray[Any, Any]:
    values = numbers.astype(object)
    values[np.isnan(numbers)] = None
    return values


def _positions(scale: Sequence[Level], level: str) -> Float1D:
    """Return where ratings lie, which matters on an interval scale only."""
    if level == "interval":
        return np.array([float(rating) for rating in scale])
    return np.arange(float(len(scale)))


def _resampled(counts: Int2D, level: str, at: Float1D, resamples: Resamples) -> Float1D:
    """Return alpha of resamples; cases of the same ratings are counted together."""
    kinds, kind = np.unique(counts, axis=0, return_inverse=True)
    of_kind = np.zeros((len(counts), len(kinds)))
    of_kind[np.arange(len(counts)), np.ravel(kind)] = 1.0
    n_raters = kinds.sum(axis=1)
    share = kinds / (n_raters - 1.0)[:, None]
    found = []
    for times in resamples.draws(len(counts)):
        for drawn in times @ of_kind:
            matrix = share.T @ (kinds * drawn[:, None])
            matrix[np.diag_indices_from(matrix)] -= share.T @ drawn
            found.append(_alpha(matrix, level, at))
    return np.array(found)


def _alpha(matrix: Float2D, level: str, at: Float1D) -> float:
    """Return alpha of coincidences; NaN where all ratings are one."""
    margin = matrix.sum(axis=1)
    distance = _squared_distances(margin, level, at)
    expected = float(margin @ distance @ margin)
    if expected <= 0:
        return float("nan")
    return 1 - float((matrix * distance).sum()) * (float(margin.sum()) - 1) / expected


def _squared_distances(margin: Float1D, level: str, at: Float1D) -> Float2D:
    if level == "nominal":
        return 1 - np.eye(len(margin))
    if level == "interval":
        return np.asarray((at[:, None] - at) ** 2)
    # from the middle of one rating to the middle of the other, in ratings given
    middle = np.cumsum(margin) - margin / 2
    return np.asarray((middle[:, None] - middle) ** 2)
