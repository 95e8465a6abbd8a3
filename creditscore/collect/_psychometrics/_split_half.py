"""Split-half reliability: the two halves of a questionnaire as two measurements."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from creditscore._checks import read_entries, unknown_name
from creditscore._typing import Float1D, NativeFrame
from creditscore._validation import check_choice
from creditscore.collect._psychometrics._answer_matrix import AnswerMatrix
from creditscore.exceptions import InvalidDataError, InvalidParameterError


@dataclass(frozen=True, kw_only=True)
class SplitHalf:
    """Reliability of the sum of items by its halves.

    Made by :func:`split_half`.

    Attributes
    ----------
    spearman_brown : float
        Reliability of the whole, if both halves are alike.
    guttman : float
        Reliability of the whole, whatever the spreads of the halves (lambda 4 of this split).
    correlation : float
        Of the sums of both halves.
    first, second : tuple of str
        Items of the halves.
    n_cases, n_left_out : int
        Respondents that were used, and left out for a gap.

    Examples
    --------
    >>> from creditscore.collect import split_half
    >>> found = split_half([[4, 5, 4, 4], [2, 1, 2, 3], [3, 3, 4, 2], [5, 4, 5, 5], [1, 2, 1, 2]])
    >>> round(found.spearman_brown, 3), found.first
    (0.931, ('x0', 'x2'))
    """

    spearman_brown: float
    guttman: float
    correlation: float
    first: tuple[str, ...]
    second: tuple[str, ...]
    n_cases: int
    n_left_out: int


def split_half(
    answers: NativeFrame,
    *,
    first: Collection[str] | None = None,
    missing: str = "refuse",
    weights: Any = None,
) -> SplitHalf:
    r"""Measure the reliability of a sum of items by the correlation of its halves.

    Parameters
    ----------
    answers : table of shape (n_respondents, n_items)
        Numbers; all items must run the same way.
    first : collection of str, optional
        Items of one half; without it, the first, third, fifth and so on.
    missing : {"refuse", "listwise"}, default="refuse"
        What becomes of respondents with gaps: an error, or they are left out.
    weights : array-like of shape (n_respondents,), optional
        How many customers each respondent stands for.

    Returns
    -------
    SplitHalf

    Raises
    ------
    EmptyDataError
        Fewer than two items or three respondents.
    InvalidDataError
        Gaps that are refused; a half without spread.
    ColumnTypeError
        A column of words or days.
    InvalidParameterError
        A parameter outside its range; halves that are empty, or of items that are not there.

    Notes
    -----
    Spearman and Brown's formula is :math:`2 r / (1 + r)`, Guttman's
    :math:`4 c_{12} / \sigma^2` with the covariance of the halves and the variance of the whole.
    The figure depends on the split: :func:`cronbach_alpha` is the mean of Guttman's over all.

    References
    ----------
    W. Brown, "Some experimental results in the correlation of mental abilities", *British
    Journal of Psychology* 3 (1910), 296-322. L. Guttman, "A basis for analyzing test-retest
    reliability", *Psychometrika* 10 (1945), 255-282.

    Examples
    --------
    >>> from creditscore.collect import split_half
    >>> answers = [[1, 1, 2, 1], [2, 2, 2, 3], [3, 3, 2, 3], [4, 3, 4, 4]]
    >>> round(split_half(answers).guttman, 3)
    0.923
    """
    owner = "split_half"
    check_choice(missing, "missing", owner, ("refuse", "listwise"))
    matrix = AnswerMatrix.of(answers, owner, weights=weights, missing=missing)
    one, other = _halves(matrix.names, first, owner)
    sums = [_sum(matrix, half) for half in (one, other)]
    covariance = np.cov(np.array(sums), aweights=matrix.weights, bias=True)
    if not (np.diag(covariance) > 0).all():
        msg = (
            "A half of the items has no spread, and its correlation is not defined (0/0): it "
            "needs respondents who differ."
        )
        raise InvalidDataError(msg)
    shared = float(covariance[0, 1])
    r = shared / float(np.sqrt(covariance[0, 0] * covariance[1, 1]))
    total = float(covariance.sum())
    return SplitHalf(
        spearman_brown=2 * r / (1 + r) if r > -1 else float("-inf"),
        guttman=4 * shared / total if total > 0 else float("-inf"),
        correlation=r,
        first=one,
        second=other,
        n_cases=len(matrix.values),
        n_left_out=matrix.n_left_out,
    )


def _halves(
    names: tuple[str, ...], first: Collection[str] | None, owner: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if first is None:
        return names[::2], names[1::2]
    chosen = read_entries(first, "first", owner)
    for name in chosen:
        if name not in names:
            raise unknown_name(name, names, "item", "the table")
    one = tuple(name for name in names if name in chosen)
    other = tuple(name for name in names if name not in chosen)
    if not one or not other:
        msg = "The 'first' half of split_half must hold some of the items, and not all of them."
        raise InvalidParameterError(msg)
    return one, other


def _sum(matrix: AnswerMatrix, half: tuple[str, ...]) -> Float1D:
    places = [matrix.names.index(name) for name in half]
    return np.asarray(matrix.values[:, places].sum(axis=1))
