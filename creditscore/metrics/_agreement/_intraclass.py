"""Intraclass correlation: the share of differences between cases in all that ratings differ by."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias, get_args

import numpy as np
import pandas as pd
from scipy.stats import f as f_distribution

from creditscore._typing import Float2D, NativeFrame
from creditscore._validation import check_choice, check_real
from creditscore.exceptions import EmptyDataError, InvalidDataError
from creditscore.metrics._agreement._ratings import read_numbers
from creditscore.metrics._interval import Interval

IccForm: TypeAlias = Literal["1,1", "2,1", "3,1", "1,k", "2,k", "3,k"]
"""Design of the study and what is used: one rating, or the mean of all."""
_FORMS: tuple[str, ...] = get_args(IccForm)
_MEANING = {
    "1": "each case has raters of its own",
    "2": "raters are a sample, agreement counts",
    "3": "these raters only, consistency counts",
}


def intraclass_correlation(
    ratings: NativeFrame, *, form: IccForm = "2,1", confidence: float = 0.95
) -> Interval:
    r"""Measure how far numbers that raters give to cases depend on the case, not on the rater.

    Parameters
    ----------
    ratings : table of shape (n_raters, n_cases)
        Numbers; a row a rater, a column a case; no gaps.
    form : {"1,1", "2,1", "3,1", "1,k", "2,k", "3,k"}, default="2,1"
        1: each case is rated by other raters. 2: the raters are a sample of those who could have
        rated, and their severity counts as disagreement. 3: only these raters matter, and
        severity that is the same for all cases does not count. Then 1 for a single rating, k for
        the mean of all raters.
    confidence : float in (0, 1), default=0.95
        Level of the interval.

    Returns
    -------
    Interval
        At most 1; it can be negative, where ratings of one case differ more than those of
        different cases.

    Raises
    ------
    EmptyDataError
        Fewer than two raters or two cases.
    InvalidDataError
        Gaps, infinite ratings, text; or all ratings are the same (0/0).
    InvalidParameterError
        A parameter outside its range.

    See Also
    --------
    icc_table : All six forms.

    Notes
    -----
    From the analysis of variance of :math:`n` cases by :math:`k` raters with mean squares of
    cases (B), within cases (W), of raters (J) and the rest (E):
    :math:`ICC(1,1) = (B - W) / (B + (k-1) W)`,
    :math:`ICC(2,1) = (B - E) / (B + (k-1) E + k (J - E) / n)`,
    :math:`ICC(3,1) = (B - E) / (B + (k-1) E)`; of means
    :math:`(B - W) / B`, :math:`(B - E) / (B + (J - E) / n)` and :math:`(B - E) / B`. Intervals are
    those of [1]_: exact by F for forms 1 and 3, Satterthwaite's approximation for form 2. They
    suppose normal effects.

    References
    ----------
    .. [1] P. E. Shrout and J. L. Fleiss, "Intraclass correlations: uses in assessing rater
       reliability", *Psychological Bulletin* 86 (1979), 420-428.

    Examples
    --------
    >>> from creditscore.metrics import intraclass_correlation
    >>> judges = [[9, 6, 8, 7, 10, 6], [2, 1, 4, 1, 5, 2], [5, 3, 6, 2, 6, 4], [8, 2, 8, 6, 9, 7]]
    >>> print(intraclass_correlation(judges))
    0.290 (0.019 to 0.761)
    """
    owner = "intraclass_correlation"
    check_choice(form, "form", owner, _FORMS)
    level = check_real(confidence, "confidence", owner, low=0, high=1)
    return _interval(_mean_squares(ratings, owner), form, level)


def icc_table(ratings: NativeFrame, *, confidence: float = 0.95) -> pd.DataFrame:
    """Return the intraclass correlations of all six forms.

    Parameters
    ----------
    ratings : table of shape (n_raters, n_cases)
        Numbers; a row a rater, a column a case; no gaps.
    confidence : float in (0, 1), default=0.95
        Level of the intervals.

    Returns
    -------
    DataFrame
        A row a form: form, icc, lower, upper, meaning.

    Raises
    ------
    EmptyDataError, InvalidDataError, InvalidParameterError
        As in :func:`intraclass_correlation`.

    Examples
    --------
    >>> from creditscore.metrics import icc_table
    >>> judges = [[9, 6, 8, 7, 10, 6], [2, 1, 4, 1, 5, 2], [5, 3, 6, 2, 6, 4], [8, 2, 8, 6, 9, 7]]
    >>> icc_table(judges).set_index("form")["icc"].round(2).to_dict()
    {'1,1': 0.17, '2,1': 0.29, '3,1': 0.71, '1,k': 0.44, '2,k': 0.62, '3,k': 0.91}
    """
    level = check_real(confidence, "confidence", "icc_table", low=0, high=1)
    squares = _mean_squares(ratings, "icc_table")
    rows = []
    for form in _FORMS:
        found = _interval(squares, form, level)
        used = "one rating" if form.endswith("1") else "mean of all raters"
        rows.append((form, *found[:3], f"{_MEANING[form[0]]}; {used}"))
    return pd.DataFrame(rows, columns=["form", "icc", "lower", "upper", "meaning"])


class _MeanSquares(NamedTuple):
    """Mean squares of an analysis of variance of cases by raters."""

    n: int
    k: int
    cases: float
    within: float
    raters: float
    rest: float


def _mean_squares(ratings: NativeFrame, owner: str) -> _MeanSquares:
    values: Float2D = read_numbers(ratings, owner).T
    gaps = np.isnan(values)
    if gaps.any():
        msg = (
            f"{owner} needs a rating of each case by each rater. {int(gaps.sum())} are missing, "
            f"the first in column {int(gaps.any(axis=1).argmax())}. Leave out such cases, or use "
            "krippendorff_alpha."
        )
        raise InvalidDataError(msg)
    n, k = values.shape
    if n < 2:
        msg = f"{owner} needs two cases (columns) or more. Got one."
        raise EmptyDataError(msg)
    if (values == values[0, 0]).all():
        msg = (
            "All ratings are one and the same, and the correlation is not defined (0/0): it needs "
            "cases of several ratings."
        )
        raise InvalidDataError(msg)
    values = values - values.mean()
    of_case, of_rater = values.mean(axis=1), values.mean(axis=0)
    within = float(((values - of_case[:, None]) ** 2).sum())
    rest = float(((values - of_case[:, None] - of_rater) ** 2).sum())
    return _MeanSquares(
        n=n,
        k=k,
        cases=k * float((of_case**2).sum()) / (n - 1),
        within=within / (n * (k - 1)),
        raters=n * float((of_rater**2).sum()) / (k - 1),
        rest=rest / ((n - 1) * (k - 1)),
    )


def _interval(squares: _MeanSquares, form: str, level: float) -> Interval:
    design, used = form.split(",")
    single = _single_of_ratio if design != "2" else None
    if single is None:
        estimate, lower, upper = _two_way(squares, level)
    else:
        error = squares.within if design == "1" else squares.rest
        df = squares.n * (squares.k - 1)
        df = df if design == "1" else df - (squares.k - 1)
        ratio = squares.cases / error if error > 0 else np.inf
        tail = (1 - level) / 2
        high = f_distribution.ppf(1 - tail, squares.n - 1, df)
        low = f_distribution.ppf(tail, squares.n - 1, df)
        ends = (ratio, ratio / high, ratio / low)
        estimate, lower, upper = (single(end, squares.k) for end in ends)
    if used == "k":
        estimate, lower, upper = (_of_mean(end, squares.k) for end in (estimate, lower, upper))
    return Interval(estimate, lower, upper, level)


def _single_of_ratio(ratio: Any, k: int) -> float:
    return 1.0 if np.isinf(ratio) else float((ratio - 1) / (ratio + k - 1))


def _of_mean(single: float, k: int) -> float:
    """Step up the reliability of one rating to that of the mean of k (Spearman and Brown)."""
    if single <= -1 / (k - 1):
        return -np.inf
    return float(k * single / (1 + (k - 1) * single))


def _two_way(squares: _MeanSquares, level: float) -> tuple[float, float, float]:
    n, k, b, _, j, e = squares
    icc = (b - e) / (b + (k - 1) * e + k * (j - e) / n)
    if e <= 0:
        # raters differ by a constant only, or not at all: there is no rest to judge errors by
        return (1.0, 1.0, 1.0) if j <= 0 else (float(icc), float("nan"), float("nan"))
    fj = j / e
    part = k * icc * fj
    whole = n * (1 + (k - 1) * icc) - k * icc
    top = (k - 1) * (n - 1) * (part + whole) ** 2
    v = top / ((n - 1) * part**2 + whole**2)
    tail = (1 - level) / 2
    upper_f = f_distribution.ppf(1 - tail, n - 1, v)
    lower_f = f_distribution.ppf(1 - tail, v, n - 1)
    rest = k * j + (k * n - k - n) * e
    lower = n * (b - upper_f * e) / (upper_f * rest + n * b)
    upper = n * (lower_f * b - e) / (rest + n * lower_f * b)
    return float(icc), float(lower), float(upper)
