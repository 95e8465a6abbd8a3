"""Whether migrations are the same in several samples, and depend on the grade alone."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
from scipy.special import chdtrc, xlogy

from creditscore._typing import Float2D
from creditscore._validation import check_choice
from creditscore.exceptions import InvalidDataError
from creditscore.grade._inputs import check_same_rows
from creditscore.grade._migration._cohort import read_pairs
from creditscore.grade._migration._states import WITHDRAWN, read_states
from creditscore.grade._migration._tables import (
    check_same_states,
    read_chances,
    read_counts,
    read_table,
    with_default_row,
)
from creditscore.metrics import SignificanceTest

Statistic: TypeAlias = Literal["likelihood_ratio", "chi_square"]
"""What is compared with the chi-square distribution."""

_SOURCE = "T. W. Anderson and L. A. Goodman, Annals of Mathematical Statistics 28, 1957"
_NAMES = {"likelihood_ratio": "likelihood ratio", "chi_square": "chi-square"}


def homogeneity_test(*counts: Any, statistic: Statistic = "likelihood_ratio") -> SignificanceTest:
    """Test whether the chances to migrate are the same in several samples.

    Of samples that are periods it is the test of homogeneity in time, of samples that are
    segments or portfolios that of one matrix for all.

    Parameters
    ----------
    *counts : MigrationMatrix or array-like of shape (n_grades, n_states)
        Counts of customers from each grade (row) to each state (column), two or more tables; or
        one list of such tables, or an array of shape (n_samples, n_grades, n_states).
    statistic : {"likelihood_ratio", "chi_square"}, default="likelihood_ratio"
        2 Σ n ln(n / e), or Σ (n - e)² / e, with the expectation e.

    Returns
    -------
    SignificanceTest

    Raises
    ------
    InvalidDataError
        Tables of different shapes or names, less than two, or numbers that are no counts, such as
        chances.

    Warns
    -----
    MigrationWarning
        Matrices of periods of different lengths.

    See Also
    --------
    markov_order_test : Whether the grade before matters too.
    matrix_distance : How large a difference is.

    Notes
    -----
    Given grade i, the table of samples by states is tested as one of contingency: the expected
    count is the sample's number in grade i times the share of all samples that moved to j [1]_.
    Statistics and degrees of freedom are summed over the grades. Of grade i the degrees are
    (samples with somebody in i - 1) · (states that somebody moved to from i - 1): cells that
    nobody could or did reach count in neither. A row of an absorbing default adds nothing. The
    chi-square distribution is an approximation, which cells with few expected customers make
    worse: grades may be pooled first. Customers are taken as independent.

    References
    ----------
    .. [1] T. W. Anderson and L. A. Goodman, "Statistical inference about Markov chains", *Annals
       of Mathematical Statistics* 28, 1957, pp. 89-110.

    Examples
    --------
    >>> from creditscore.grade import homogeneity_test
    >>> year_1 = [[90, 10, 0], [8, 85, 7]]
    >>> year_2 = [[80, 19, 1], [5, 80, 15]]
    >>> homogeneity_test(year_1, year_2)
    <SignificanceTest: likelihood ratio test of homogeneity, statistic 8.642, df 4, p = 0.0707>
    """
    check_choice(statistic, "statistic", "homogeneity_test", tuple(_NAMES))
    tables = np.array(read_counts(counts))
    value, df = _summed(tables.transpose(1, 0, 2), statistic)
    return _result(value, df, "homogeneity", "all samples have one matrix", statistic, tables.sum())


def markov_order_test(
    grade_before: Any,
    grade_start: Any,
    grade_end: Any,
    *,
    labels: Any,
    statistic: Statistic = "likelihood_ratio",
) -> SignificanceTest:
    """Test whether the grade before the present one matters for what comes next.

    Parameters
    ----------
    grade_before, grade_start, grade_end : array-like of shape (n_triples,)
        Grades of customers on three days that are equally far apart. Missing or "NR" where there
        was none at the end; such triples cannot be looked at before.
    labels : sequence of str, GradeScale, MasterScale, RatingHistory or MigrationStates
        As in :func:`cohort_migration`.
    statistic : {"likelihood_ratio", "chi_square"}, default="likelihood_ratio"
        As in :func:`homogeneity_test`.

    Returns
    -------
    SignificanceTest
        A small p-value speaks against a Markov chain of the first order: mostly, who came down
        goes on falling. `n` counts the triples with a grade at the end.

    Raises
    ------
    InvalidDataError
        Unknown grades, or missing ones on the first two days.

    Notes
    -----
    Given the grade at the start, the grade before and that at the end are tested for independence
    [1]_: the test of homogeneity of the samples that came from each grade. Triples that begin in an
    absorbing default say nothing and add nothing.

    References
    ----------
    .. [1] T. W. Anderson and L. A. Goodman, "Statistical inference about Markov chains", *Annals
       of Mathematical Statistics* 28, 1957, pp. 89-110.

    Examples
    --------
    >>> from creditscore.grade import markov_order_test
    >>> before = ["A"] * 40 + ["B"] * 40
    >>> start = ["B"] * 80
    >>> end = ["B"] * 30 + ["C"] * 10 + ["B"] * 38 + ["C"] * 2
    >>> markov_order_test(before, start, end, labels=["A", "B", "C"])
    <SignificanceTest: likelihood ratio test of the Markov order, statistic 6.765, df 1, p = 0.0093>
    """
    check_choice(statistic, "statistic", "markov_order_test", tuple(_NAMES))
    states = read_states(labels, "markov_order_test")
    before, start = read_pairs(grade_before, grade_start, states)
    check_same_rows(grade_before=grade_before, grade_end=grade_end)
    end = states.codes(grade_end, "grade_end")
    if len(end) != len(start) or (start == WITHDRAWN).any():
        msg = (
            f"Each of the {len(start)} triples needs a grade on the first two days, and one or "
            f"none on the third. Got {len(end)} of the third, and "
            f"{int((start == WITHDRAWN).sum())} without one on the second. Leave these out."
        )
        raise InvalidDataError(msg)
    n, rated = len(states.labels), end != WITHDRAWN
    cells = (start[rated] * n + before[rated]) * n + end[rated]
    cube = np.bincount(cells, minlength=n**3).reshape(n, n, n).astype(np.float64)
    value, df = _summed(cube, statistic)
    return _result(value, df, "the Markov order", "the next grade depends on the present one alone",
                   statistic, cube.sum())  # fmt: skip


def given_matrix_test(
    counts: Any, expected: Any, *, statistic: Statistic = "likelihood_ratio"
) -> SignificanceTest:
    """Test whether migrations are those of a matrix that was given beforehand.

    Parameters
    ----------
    counts : MigrationMatrix or array-like of shape (n_states, n_states)
        Counts of customers from each state (row) to each (column); the row of default may be left
        out.
    expected : MigrationMatrix or array-like of shape (n_states, n_states)
        Chances, not estimated from these customers; the row of default may be left out.
    statistic : {"likelihood_ratio", "chi_square"}, default="likelihood_ratio"
        As in :func:`homogeneity_test`.

    Returns
    -------
    SignificanceTest
        With a statistic that is infinite where somebody moved to where the matrix has no chance.

    Raises
    ------
    InvalidDataError
        Different states, no counts, rows that are no chances.

    Warns
    -----
    MigrationWarning
        As in :func:`homogeneity_test`.

    Notes
    -----
    Degrees of freedom are, summed over rows with customers, the states of some chance less one.

    References
    ----------
    .. [1] T. W. Anderson and L. A. Goodman, "Statistical inference about Markov chains", *Annals
       of Mathematical Statistics* 28, 1957, pp. 89-110.

    Examples
    --------
    >>> from creditscore.grade import given_matrix_test
    >>> counts = [[80, 20, 0], [10, 70, 20], [0, 0, 0]]
    >>> given_matrix_test(counts, [[0.9, 0.09, 0.01], [0.1, 0.8, 0.1], [0, 0, 1]])
    <SignificanceTest: likelihood ratio test of a given matrix, statistic 22.13, df 4, p = 0.0002>
    """
    check_choice(statistic, "statistic", "given_matrix_test", tuple(_NAMES))
    counts = with_default_row(counts, "counts", "zeros")
    expected = with_default_row(expected, "expected", "stay")
    chances = read_chances(expected, "expected")
    table = read_table(counts, "counts")
    check_same_states(counts, expected)
    if table.shape != chances.shape:
        msg = (
            f"counts and expected must be of the same states. Got the shapes {table.shape} and "
            f"{chances.shape}."
        )
        raise InvalidDataError(msg)
    held = table.sum(axis=1) > 0
    table, chances = table[held], chances[held]
    awaited = table.sum(axis=1, keepdims=True) * chances
    impossible = bool(((awaited == 0) & (table > 0)).any())
    value = np.inf if impossible else _statistic(table, awaited, statistic)
    df = float(((chances > 0).sum(axis=1) - 1).sum())
    return _result(value, df, "a given matrix", "migrations are those of the matrix", statistic,
                   table.sum())  # fmt: skip


def _summed(cube: np.ndarray[Any, Any], statistic: str) -> tuple[float, float]:
    """Sum statistics and degrees of freedom over the tables of a cube."""
    value, df = 0.0, 0.0
    for table in cube:
        held = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
        if len(held) < 2:
            continue
        awaited = held.sum(axis=1, keepdims=True) * held.sum(axis=0) / held.sum()
        value += _statistic(held, awaited, statistic)
        df += (held.shape[0] - 1) * (held.shape[1] - 1)
    return value, df


def _statistic(observed: Float2D, awaited: Float2D, statistic: str) -> float:
    some = awaited > 0
    observed, awaited = observed[some], awaited[some]
    if statistic == "chi_square":
        return float(((observed - awaited) ** 2 / awaited).sum())
    # rounding must not take equal samples below zero
    return max(0.0, float(2 * xlogy(observed, observed / awaited).sum()))


def _result(
    value: float, df: float, what: str, hypothesis: str, statistic: str, n: float
) -> SignificanceTest:
    """Return a test; without a degree of freedom there is nothing to test."""
    tested = df > 0
    return SignificanceTest(
        name=f"{_NAMES[statistic]} test of {what}",
        statistic=value if tested else float("nan"),
        p_value=float(chdtrc(df, value)) if tested else float("nan"),
        hypothesis=hypothesis,
        source=_SOURCE,
        df=df,
        n=round(n),
    )
