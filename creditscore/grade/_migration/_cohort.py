"""Migrations counted from one day to another: the cohort method."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from creditscore._typing import Float1D, Float2D, Int1D
from creditscore._validation import as_floats, check_choice
from creditscore._warn import warn_user
from creditscore.exceptions import EmptyDataError, InvalidDataError, MigrationWarning
from creditscore.grade._inputs import check_same_rows
from creditscore.grade._migration._matrix import MigrationMatrix
from creditscore.grade._migration._numbers import (
    as_counts,
    as_frame,
    row_names,
    row_of,
    rows_of,
    unit,
)
from creditscore.grade._migration._states import WITHDRAWN, MigrationStates, read_states
from creditscore.grade._migration._withdrawal import Withdrawals, spread_column, treated_shares

Averaging: TypeAlias = Literal["pooled", "mean"]
"""How several cohorts become one matrix."""
EmptyRow: TypeAlias = Literal["missing", "stay"]
"""What the row of a grade is in which nobody was."""


_TREATMENTS = ("remove", "proportional", "no_change", "keep")


def cohort_migration(
    grade_start: Any,
    grade_end: Any,
    *,
    labels: Any,
    cohort: Any = None,
    averaging: Averaging | Mapping[Any, float] = "pooled",
    withdrawals: Withdrawals = "remove",
    empty: EmptyRow = "missing",
    years: float = 1.0,
) -> MigrationMatrix:
    """Estimate a matrix from the grades of customers at the start and at the end of a period.

    Parameters
    ----------
    grade_start : array-like of shape (n_pairs,)
        Grade of each customer at the start; nobody's may be missing.
    grade_end : array-like of shape (n_pairs,)
        Grade at the end; missing or "NR" where the rating was withdrawn meanwhile.
    labels : sequence of str, GradeScale, MasterScale, RatingHistory or MigrationStates
        Grades, the safest first; default, "D", is put behind them where it is not there. States
        say more: other words for default and for withdrawn ratings, and whether there are cures.
    cohort : array-like of shape (n_pairs,), optional
        Which cohort each pair is of, such as the year of its start; all of one without it.
    averaging : {"pooled", "mean"} or mapping, default="pooled"
        Rates of all pairs together, so that a cohort counts by its customers in the grade; or the
        plain mean of the cohorts' rates, over the cohorts that had customers in it; or the mean
        weighted by what a mapping says of each cohort, zero or more, such as how often years like
        it come.
    withdrawals : {"remove", "proportional", "no_change", "keep"}, default="remove"
        What is done about withdrawn ratings: leave their pairs out; spread them over all states
        as the others are; take them as staying; or keep them as a last state. See Notes.
    empty : {"missing", "stay"}, default="missing"
        The row of a grade in which nobody was, or nobody who counts: NaN, or all stay.
    years : float, default=1
        Length of the period.

    Returns
    -------
    MigrationMatrix
        With the counts it is made of.

    Raises
    ------
    InvalidDataError
        Unknown grades, missing ones at the start, columns of different lengths, weights of other
        cohorts. EmptyDataError: there is no pair.

    Warns
    -----
    MigrationWarning
        Customers leave default, which is said to be absorbing: their pairs are in the counts and
        not in the probabilities.

    See Also
    --------
    duration_migration : From the days of all migrations.
    bootstrap_migration : Intervals of any estimate.
    homogeneity_test : Whether cohorts are alike.

    Notes
    -----
    p_ij = n_ij / n_i. "remove" is n_ij / (n_i - n_i,NR), which is also what "proportional" makes
    of one cohort or of pooled ones, p_ij / (1 - p_i,NR). They differ in the mean of cohorts:
    "remove" takes withdrawn ratings out of each one before the mean, "proportional" out of the
    mean, as is done with published averages [1]_. The mean of cohorts is over those with somebody
    in the grade: of "remove", somebody who was still rated at the end.

    A migration there and back within the period is not seen, nor one by way of a grade between;
    for these see :func:`duration_migration`. O(n) for n pairs.

    References
    ----------
    .. [1] A. Bangia, F. X. Diebold, A. Kronimus, C. Schagen and T. Schuermann, "Ratings migration
       and the business cycle, with application to credit portfolio stress testing", *Journal of
       Banking & Finance* 26, 2002, pp. 445-474.

    Examples
    --------
    >>> from creditscore.grade import cohort_migration
    >>> start = ["A"] * 4 + ["B"] * 5
    >>> end = ["A", "A", "A", "B", "A", "B", "B", "D", "NR"]
    >>> cohort_migration(start, end, labels=["A", "B"]).frame()
          A    B     D
    A  0.75  0.25  0.00
    B  0.25  0.50  0.25
    D  0.00  0.00  1.00
    """
    owner = "cohort_migration"
    check_choice(withdrawals, "withdrawals", owner, _TREATMENTS)
    check_choice(empty, "empty", owner, ("missing", "stay"))
    states = read_states(labels, owner)
    start, end = read_pairs(grade_start, grade_end, states)
    places, names = _read_cohorts(cohort, grade_start, len(start))
    weights, told = _read_weights(averaging, names)
    tables = count_pairs(start, end, places, (len(names), len(states.labels)))
    _warn_of_cures(tables.sum(axis=0), states)
    shares = _averaged(tables, weights, withdrawals)
    return _as_matrix(
        shares, tables.sum(axis=0), states, withdrawals=withdrawals, empty=empty, years=years,
        method=f"{told} of {len(names)} cohorts" if len(names) > 1 else "cohort",
        pooled=weights is None or len(names) == 1,
    )  # fmt: skip


def migration_from_counts(
    counts: Any,
    *,
    labels: Any,
    withdrawals: Withdrawals = "remove",
    empty: EmptyRow = "missing",
    years: float = 1.0,
) -> MigrationMatrix:
    """Estimate a matrix from a table of counts, as published or counted elsewhere.

    Parameters
    ----------
    counts : DataFrame or array-like of shape (n_rows, n_columns)
        Customers by grade at the start (row) and at the end (column), in the order of the labels.
        The row of default may be left out; a last column more than there are states is that of
        withdrawn ratings. Columns, and rows of pandas, that have the names of states may be in any
        order; numbered rows are in that of the columns.
    labels : sequence of str, GradeScale, MasterScale, RatingHistory or MigrationStates
        As in :func:`cohort_migration`.
    withdrawals : {"remove", "proportional", "no_change", "keep"}, default="remove"
        As in :func:`cohort_migration`.
    empty : {"missing", "stay"}, default="missing"
        As in :func:`cohort_migration`.
    years : float, default=1
        Length of the period.

    Returns
    -------
    MigrationMatrix

    Raises
    ------
    InvalidDataError
        Numbers that are no counts, such as chances; a table that is not of these states.

    Warns
    -----
    MigrationWarning
        As in :func:`cohort_migration`.

    Examples
    --------
    >>> from creditscore.grade import migration_from_counts
    >>> migration_from_counts([[90, 8, 2, 10], [5, 40, 5, 0]], labels=["A", "B"]).frame()
         A     B     D
    A  0.9  0.08  0.02
    B  0.1  0.80  0.10
    D  0.0  0.00  1.00
    """
    owner = "migration_from_counts"
    check_choice(withdrawals, "withdrawals", owner, _TREATMENTS)
    check_choice(empty, "empty", owner, ("missing", "stay"))
    states = read_states(labels, owner)
    table = _read_table(counts, states)
    _warn_of_cures(table, states)
    shares = _averaged(table[None], None, withdrawals)
    return _as_matrix(shares, table, states, withdrawals=withdrawals, empty=empty, years=years,
                      method="counts")  # fmt: skip


def read_pairs(grade_start: Any, grade_end: Any, states: MigrationStates) -> tuple[Int1D, Int1D]:
    """Return the places of grades at the start and at the end, -1 for withdrawn ratings."""
    check_same_rows(grade_start=grade_start, grade_end=grade_end)
    start = states.codes(grade_start, "grade_start")
    end = states.codes(grade_end, "grade_end")
    if len(start) != len(end):
        msg = (
            f"Each pair has a grade at the start and one at the end. Got {len(start)} of the first "
            f"and {len(end)} of the second."
        )
        raise InvalidDataError(msg)
    if not len(start):
        msg = "There are no pairs of grades to count. Check the period or the filter."
        raise EmptyDataError(msg)
    unrated = start == WITHDRAWN
    if unrated.any():
        msg = (
            f"{int(unrated.sum())} pair(s), the first at row {int(unrated.argmax())}, have no "
            "grade at the start. Who was not rated then is no part of the cohort: leave these out."
        )
        raise InvalidDataError(msg)
    return start, end


def count_pairs(start: Int1D, end: Int1D, cohort: Int1D, shape: tuple[int, int]) -> Float2D:
    """Count pairs by cohort, start and end; the last column is of withdrawn ratings."""
    n_cohorts, n = shape
    column = np.where(end == WITHDRAWN, n, end)
    cells = (cohort * n + start) * (n + 1) + column
    counts = np.bincount(cells, minlength=n_cohorts * n * (n + 1))
    table: Float2D = counts.reshape(n_cohorts, n, n + 1).astype(np.float64)
    return table


def _read_weights(averaging: Any, names: list[Any]) -> tuple[Float1D | None, str]:
    """Return the weights of cohorts, None for those of their customers, and what it is called."""
    if not isinstance(averaging, Mapping):
        check_choice(averaging, "averaging", "cohort_migration", ("pooled", "mean"))
        return (None if averaging == "pooled" else np.ones(len(names))), averaging
    if set(averaging) != set(names):
        msg = (
            "The weights in 'averaging' must be of the cohorts that there are. Missing: "
            f"{[name for name in names if name not in averaging]!r}; not there: "
            f"{[name for name in averaging if name not in names]!r}."
        )
        raise InvalidDataError(msg)
    weights = as_floats([averaging[name] for name in names], "averaging")
    if not ((weights >= 0) & np.isfinite(weights)).all() or not weights.any():
        msg = f"Weights of cohorts must be zero or more, and not all zero. Got {averaging!r}."
        raise InvalidDataError(msg)
    return weights, "weighted mean"


def _read_cohorts(cohort: Any, grade_start: Any, n: int) -> tuple[Int1D, list[Any]]:
    if cohort is None:
        return np.zeros(n, dtype=np.intp), [None]
    check_same_rows(grade_start=grade_start, cohort=cohort)
    places, names = pd.factorize(cohort if isinstance(cohort, pd.Series) else np.asarray(cohort))
    if len(places) != n or (places < 0).any():
        msg = (
            f"cohort must say for each of the {n} pairs which one it is of. Got {len(places)} "
            f"values, {int((places < 0).sum())} of them missing."
        )
        raise InvalidDataError(msg)
    return places.astype(np.intp), pd.Index(names).tolist()


def _read_table(counts: Any, states: MigrationStates) -> Float2D:
    """Return counts with a row a state and a last column for withdrawn ratings."""
    n = len(states.labels)
    found = as_frame(counts)
    values = as_counts(
        _in_order(found, states) if isinstance(found, pd.DataFrame) else found, "counts"
    )
    lengths = (n,) if states.default_label is None else (n - 1, n)
    if values.shape[0] not in lengths or values.shape[1] not in (n, n + 1):
        msg = (
            f"counts must have a row and a column for each of {states.labels!r}; that of default "
            "needs no row, and a column of withdrawn ratings may come last. Got the shape "
            f"{values.shape}."
        )
        raise InvalidDataError(msg)
    table = np.zeros((n, n + 1))
    table[: values.shape[0], : values.shape[1]] = values
    return table


def _in_order(counts: pd.DataFrame, states: MigrationStates) -> pd.DataFrame:
    """Bring a table with names into the order of the states."""
    withdrawn = states.withdrawn_label
    columns = [*states.labels, *([withdrawn] if withdrawn in counts.columns else [])]
    grades = [name for name in counts.columns if name != withdrawn]
    named = counts.set_axis(row_names(counts, grades), axis="index")
    optional = (states.default_label, withdrawn)
    for axis, names, needed in (
        ("column", named.columns, states.labels),
        ("row", named.index, [label for label in states.labels if label not in optional]),
    ):
        strange = [name for name in names if name not in columns]
        missing = [name for name in needed if name not in names]
        if strange or missing or names.has_duplicates:
            what = (
                f"the {axis} {strange[0]!r}" if strange
                else f"a {axis} twice" if names.has_duplicates
                else f"no {axis} {missing[0]!r}"
            )  # fmt: skip
            msg = f"counts has {what}. The states are {columns!r}."
            raise InvalidDataError(msg)
    return named.loc[[label for label in states.labels if label in named.index], columns]


def _warn_of_cures(table: Float2D, states: MigrationStates) -> None:
    if states.fixed is None:
        return
    left = table[states.fixed].sum() - table[states.fixed, states.fixed]
    if left:
        msg = (
            f"{left:.0f} pair(s) begin in {states.default_label!r} and end elsewhere. Default is "
            "absorbing here, so they are in the counts alone. To estimate cures, pass "
            "labels=MigrationStates(labels=…, default_absorbing=False)."
        )
        warn_user(msg, MigrationWarning)


def _averaged(tables: Float2D, weights: Float1D | None, withdrawals: str) -> Float2D:
    """Return the shares of all cohorts; with "keep", a last column for withdrawn ratings."""
    if weights is None:
        tables, weights = tables.sum(axis=0, keepdims=True), np.ones(1)
    shares = np.array([treated_shares(t[:, :-1], t[:, -1], withdrawals) for t in tables])
    counting = np.where(np.isnan(shares), 0.0, weights[:, None, None])
    total = (np.where(np.isnan(shares), 0.0, shares) * counting).sum(axis=0)
    n = counting.sum(axis=0)
    mean: Float2D = np.divide(total, n, out=np.full(total.shape, np.nan), where=n > 0)
    return spread_column(mean) if withdrawals == "proportional" else mean


def _as_matrix(
    shares: Float2D,
    table: Float2D,
    states: MigrationStates,
    *,
    withdrawals: str,
    empty: str,
    **fields: Any,
) -> MigrationMatrix:
    """Close default, fill empty rows, and add the state of withdrawn ratings where it is kept."""
    n = len(states.labels)
    counts, withdrawn = table[:, :-1], table[:, -1]
    labels: tuple[str, ...] = states.labels
    kept = withdrawals == "keep"
    if kept:
        labels = (*labels, withdrawn_name(states))
        shares = np.vstack([shares, unit(n + 1, n)])
        counts = np.vstack([table, np.zeros(n + 1)])
        withdrawn = np.append(withdrawn, 0.0)
    return MigrationMatrix(
        labels=labels,
        probabilities=rows_of(closed_rows(shares, states.fixed, empty)),
        default_label=states.default_label,
        withdrawn_label=labels[-1] if kept else None,
        withdrawals=withdrawals if kept or withdrawn.any() else "none",
        counts=rows_of(counts),
        n_withdrawn=row_of(withdrawn),
        **fields,
    )


def closed_rows(shares: Float2D, fixed: int | None, empty: str) -> Float2D:
    """Close the row of default, and fill rows without anybody where that is asked for."""
    rows = shares.copy()
    if fixed is not None:
        rows[fixed] = unit(len(rows), fixed)
    if empty == "stay":
        none = np.isnan(rows).any(axis=1)
        rows[none] = np.eye(len(rows))[none]
    return rows


def withdrawn_name(states: MigrationStates) -> str:
    """Return how the state of withdrawn ratings is called."""
    return states.withdrawn_label if states.withdrawn_label is not None else "withdrawn"
