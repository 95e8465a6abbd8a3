"""Whether neighbouring grades differ, and whether a grade is one."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from scipy.special import chdtrc
from scipy.stats import fisher_exact

from creditscore._typing import Float1D, Float2D
from creditscore._validation import check_choice, check_integer, check_order
from creditscore.exceptions import InvalidDataError
from creditscore.validate._tests._inputs import (
    ALTERNATIVES,
    Alternative,
    read_cases,
    read_counts,
    read_groups,
)
from creditscore.validate._tests._normal import normal_p_value
from creditscore.validate._tests._rate_test import RateTest, rate_test

PairTest: TypeAlias = Literal["normal", "fisher"]


class GradeParts(NamedTuple):
    """Defaults and customers of parts of each grade; by :func:`split_grades`.

    Attributes
    ----------
    grades : tuple
        The grades, safest first.
    n_bad, n_total : ndarray of shape (n_grades, n_parts)
        Defaults and customers, the safer part of each grade first.

    Examples
    --------
    >>> from creditscore.validate import split_grades
    >>> parts = split_grades([0, 0, 0, 1], [9, 8, 7, 6], ["A", "A", "B", "B"])
    >>> parts.grades, parts.n_bad.tolist()
    (('A', 'B'), [[0.0, 0.0], [0.0, 1.0]])
    """

    grades: tuple[Any, ...]
    n_bad: Float2D
    n_total: Float2D


def heterogeneity_test(
    n_bad: Any,
    n_total: Any,
    *,
    alternative: Alternative = "greater",
    method: PairTest = "normal",
) -> RateTest:
    """Test of each grade and the next whether their default rates differ.

    Parameters
    ----------
    n_bad, n_total : array-like of shape (n_grades,)
        Defaults and customers of each grade, safest first; two grades or more.
    alternative : {"greater", "less", "two-sided"}, default="greater"
        What is looked for: "greater", that the riskier grade of a pair defaults more often.
    method : {"normal", "fisher"}, default="normal"
        "normal", the test of two proportions with a pooled rate and no correction for
        continuity; "fisher", Fisher's exact test, for grades of few defaults.

    Returns
    -------
    RateTest
        One place a pair, one fewer than grades. The hypothesis is that both grades default alike:
        small p-values show that they are **different**, which is what a scale should be. The
        statistic is z, above zero where the riskier grade has the higher rate; for "fisher" the
        odds ratio. NaN where a grade is empty, or where all or none of both defaulted (no
        variance), but for Fisher's p-value of 1 there.

    Raises
    ------
    InvalidDataError
        As in :func:`binomial_test`; fewer than two grades.
    InvalidParameterError
        An unknown alternative or method.

    See Also
    --------
    homogeneity_test : Whether a grade is one.
    adjust_p_values : For many pairs.

    Notes
    -----
    z = (r₂ - r₁) / √(r (1 - r) (1/n₁ + 1/n₂)) with the rate r of both together. A pair that does
    not differ significantly may still be two grades: the sample may be small. O(1) time a pair.

    References
    ----------
    .. [1] European Banking Authority, *Supervisory handbook on the validation of rating systems
       under the internal ratings based approach*, EBA/REP/2023/29, 2023.
    .. [2] R. A. Fisher, *Statistical Methods for Research Workers*, 5th ed., 1934, section 21.02.

    Examples
    --------
    >>> from creditscore.validate import heterogeneity_test
    >>> z, p_value = heterogeneity_test([3, 10, 47], [170, 118, 274])
    >>> z.round(3), p_value.round(4)
    (array([2.697, 2.236]), array([0.0035, 0.0127]))
    """
    check_choice(alternative, "alternative", "heterogeneity_test", ALTERNATIVES)
    check_choice(method, "method", "heterogeneity_test", ("normal", "fisher"))
    bad, total = read_counts(n_bad, n_total)
    if bad.ndim != 1 or len(bad) < 2:
        msg = f"n_bad and n_total must list two grades or more. Got shape {bad.shape}."
        raise InvalidDataError(msg)
    if method == "fisher":
        return _by_fisher(bad, total, alternative)
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = (bad[1:] + bad[:-1]) / (total[1:] + total[:-1])
        apart = bad[1:] / total[1:] - bad[:-1] / total[:-1]
        z = apart / np.sqrt(pooled * (1 - pooled) * (1 / total[1:] + 1 / total[:-1]))
    return rate_test(z, normal_p_value(z, alternative))


def homogeneity_test(n_bad: Any, n_total: Any) -> RateTest:
    """Test of each grade whether its parts default alike.

    Parameters
    ----------
    n_bad, n_total : array-like of shape (n_grades, n_parts)
        Defaults and customers of the parts of each grade, such as halves by score
        (:func:`split_grades`), regions or years.

    Returns
    -------
    RateTest
        One place a grade. The hypothesis is that all its parts default alike: small p-values show
        that the grade is **not** one. The statistic is chi-squared. NaN where fewer than two
        parts hold customers, or all or none defaulted.

    Raises
    ------
    InvalidDataError
        As in :func:`binomial_test`; no table of two parts or more.

    See Also
    --------
    heterogeneity_test : Whether neighbouring grades differ.

    Notes
    -----
    Σ (n_bad - n · r)² / (n · r · (1 - r)) over parts of n customers, with the rate r of the grade,
    has one degree of freedom fewer than parts with customers [1]_. For two parts it is the square
    of the z of two proportions. O(1) time a part.

    References
    ----------
    .. [1] European Banking Authority, *Supervisory handbook on the validation of rating systems
       under the internal ratings based approach*, EBA/REP/2023/29, 2023.

    Examples
    --------
    >>> from creditscore.validate import homogeneity_test
    >>> statistic, p_value = homogeneity_test([[2, 3], [5, 15]], [[100, 100], [100, 100]])
    >>> statistic.round(3), p_value.round(4)
    (array([0.205, 5.556]), array([0.6506, 0.0184]))
    """
    bad, total = read_counts(n_bad, n_total)
    if bad.ndim != 2 or bad.shape[1] < 2:
        msg = (
            "n_bad and n_total must be tables, a row for each grade and a column for each of two "
            f"parts or more. Got shape {bad.shape}."
        )
        raise InvalidDataError(msg)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = (bad.sum(axis=1) / total.sum(axis=1))[:, None]
        parts = (bad - total * rate) ** 2 / (total * rate * (1 - rate))
    held = total > 0
    df = held.sum(axis=1) - 1
    statistic = np.where(held, parts, 0.0).sum(axis=1)
    statistic[df < 1] = np.nan
    return rate_test(statistic, chdtrc(np.maximum(df, 1), statistic))


def split_grades(
    is_bad: Any, score: Any, grades: Any, *, n_parts: int = 2, sample_weight: Any = None
) -> GradeParts:
    """Part each grade by its score, and count defaults, for :func:`homogeneity_test`.

    Parameters
    ----------
    is_bad : array-like of shape (n_samples,)
        1 for bad, 0 for good.
    score : array-like of shape (n_samples,)
        Higher is safer. For a probability of default, pass ``-prob_default``.
    grades : array-like of shape (n_samples,)
        Grade of each case.
    n_parts : int, default=2
        Parts of nearly equal size, 2 or more. Equal scores are never parted: a grade of one score
        has customers in one part only.
    sample_weight : array-like of shape (n_samples,), optional
        Counts of rows, whole numbers, zero or more.

    Returns
    -------
    GradeParts

    Raises
    ------
    InvalidParameterError
        Fewer than two parts.
    InvalidTargetError, InvalidDataError
        Missing or infinite scores, missing outcomes or grades; weights that are no whole numbers.

    Notes
    -----
    Grades come in the order of their mean score, safest first; of one mean, by their names.
    O(n log n) time.

    Examples
    --------
    >>> from creditscore.validate import homogeneity_test, split_grades
    >>> is_bad, score = [0, 1, 0, 0, 1, 1, 0, 1], [8, 7, 6, 5, 4, 3, 2, 1]
    >>> parts = split_grades(is_bad, score, list("AAAABBBB"))
    >>> parts.n_bad.tolist()
    [[1.0, 0.0], [2.0, 1.0]]
    >>> homogeneity_test(parts.n_bad, parts.n_total).p_value.round(3)
    array([0.248, 0.248])
    """
    check_integer(n_parts, "n_parts", "split_grades", low=2)
    check_order(is_bad=is_bad, score=score, grades=grades)
    bad, values, counts = read_cases(is_bad, score, sample_weight, name="score")
    if not np.isfinite(values).all():
        msg = "The score holds infinite values, whose grade has no mean: leave these rows out."
        raise InvalidDataError(msg)
    codes, names = read_groups(grades, len(values))
    held = counts > 0
    codes, values = codes[held], values[held]
    weight = np.bincount(codes, counts[held], minlength=len(names))
    with np.errstate(invalid="ignore"):
        mean = np.bincount(codes, counts[held] * values, minlength=len(names)) / weight
    order = sorted(
        (i for i in range(len(names)) if weight[i] > 0), key=lambda i: (-mean[i], str(names[i]))
    )
    shape = (len(names), n_parts)
    place = codes * n_parts + _parts(codes, values, counts[held], n_parts)
    n_bad, n_total = (
        np.bincount(place, each, minlength=shape[0] * n_parts).astype(float).reshape(shape)[order]
        for each in (counts[held] * bad[held], counts[held])
    )
    return GradeParts(tuple(names[i] for i in order), n_bad, n_total)


def _parts(codes: Any, values: Float1D, counts: Float1D, n_parts: int) -> Any:
    """Return the part of its grade that each case is in, the safest 0, by its middle rank."""
    order = np.lexsort((-values, codes))
    code, value, count = codes[order], values[order], counts[order]
    first_of_tie = np.r_[True, (np.diff(code) != 0) | (np.diff(value) != 0)]
    tie = np.cumsum(first_of_tie) - 1
    size = np.bincount(tie, count)
    grade = code[first_of_tie]
    total = np.bincount(grade, size)
    before = np.cumsum(size) - size
    start = np.full(len(total), np.inf)
    np.minimum.at(start, grade, before)
    middle = (before - start[grade] + size / 2) / total[grade]
    part = np.empty(len(codes), dtype=np.intp)
    part[order] = np.floor(middle * n_parts).astype(np.intp)[tie]
    return part


def _by_fisher(bad: Float1D, total: Float1D, alternative: str) -> RateTest:
    ratios, p_values = [], []
    for i in range(len(bad) - 1):
        table = [
            [bad[i + 1], total[i + 1] - bad[i + 1]],
            [bad[i], total[i] - bad[i]],
        ]
        if not total[i] or not total[i + 1]:
            found = (np.nan, np.nan)
        else:
            found = fisher_exact(np.array(table, dtype=np.int64), alternative=alternative)
        ratios.append(float(found[0]))
        p_values.append(float(found[1]))
    return rate_test(np.array(ratios), np.array(p_values))
