"""Migrations by the days on which they happen: the duration method."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np

from creditscore._typing import Float1D, Float2D
from creditscore._validation import check_choice
from creditscore.exceptions import InvalidDataError
from creditscore.grade._migration._cohort import EmptyRow, closed_rows, withdrawn_name
from creditscore.grade._migration._generator import GeneratorMatrix
from creditscore.grade._migration._matrix import MigrationMatrix
from creditscore.grade._migration._numbers import row_of, rows_of
from creditscore.grade._migration._product_integral import product_integral
from creditscore.grade._migration._spells import Spells, columns_of, read_spells

DurationWithdrawals: TypeAlias = Literal["censor", "keep"]
"""What becomes of spells that end because the rating is withdrawn."""


def duration_generator(
    grade: Any,
    next_grade: Any,
    start: Any,
    stop: Any,
    *,
    labels: Any,
    window: tuple[Any, Any] | None = None,
    withdrawals: DurationWithdrawals = "censor",
    empty: EmptyRow = "missing",
) -> GeneratorMatrix:
    """Estimate rates of migration that stay the same over time.

    Parameters
    ----------
    grade : array-like of shape (n_spells,)
        Grade that a customer has from `start` to `stop`.
    next_grade : array-like of shape (n_spells,)
        Grade from `stop` on: missing where the spell still lasts or is lost sight of, "NR" where
        the rating is withdrawn. The same grade again is no migration.
    start, stop : array-like of shape (n_spells,)
        Times in years, or dates, of which 365.25 are a year; `stop` after `start`. Customers come
        under observation at the start of their first spell.
    labels : sequence of str, GradeScale, MasterScale, RatingHistory or MigrationStates
        As in :func:`cohort_migration`.
    window : (start, end), optional
        What is before and after is cut off; a migration at its end counts, one at its start does
        not. From the first start to the last stop without it.
    withdrawals : {"censor", "keep"}, default="censor"
        Withdrawn ratings are lost sight of from then on, or a last state.
    empty : {"missing", "stay"}, default="missing"
        A grade in which nobody spent any time has no rates, which is an error; or nobody leaves it.

    Returns
    -------
    GeneratorMatrix
        Its :meth:`~GeneratorMatrix.over` gives the matrix of any period.

    Raises
    ------
    InvalidDataError
        Unknown grades, spells that do not stop after they start, a grade without any time.

    Warns
    -----
    MigrationWarning
        Customers leave default, which is said to be absorbing: they are in the counts alone.

    See Also
    --------
    duration_migration : The matrix straight away, also without supposing that rates are constant.

    Notes
    -----
    q_ij = N_ij / ∫ Y_i(t) dt: moves from i to j over the years that customers spent in i, the
    estimate of greatest likelihood [1]_. A direct migration that nobody made still gets a chance
    in the matrix where there is a way by other grades. O(n) for n spells.

    References
    ----------
    .. [1] D. Lando and T. M. Skødeberg, "Analyzing rating transitions and rating drift with
       continuous observations", *Journal of Banking & Finance* 26, 2002, pp. 423-444.

    Examples
    --------
    >>> from creditscore.grade import duration_generator
    >>> rates = duration_generator(
    ...     grade=["A", "B", "A"], next_grade=["B", "D", None],
    ...     start=[0.0, 0.5, 0.0], stop=[0.5, 0.9, 1.0], labels=["A", "B"],
    ... )
    >>> rates.frame().round(3)
           A      B    D
    A -0.667  0.667  0.0
    B  0.000 -2.500  2.5
    D  0.000  0.000  0.0
    """
    check_choice(empty, "empty", "duration_generator", ("missing", "stay"))
    spells = read_spells((grade, next_grade, start, stop), labels, window=window,
                         withdrawals=withdrawals, owner="duration_generator")  # fmt: skip
    return _generator(spells, empty)


def duration_migration(
    spells: Any,
    *,
    labels: Any,
    method: Literal["homogeneous", "aalen_johansen"] = "homogeneous",
    years: float | None = None,
    window: tuple[Any, Any] | None = None,
    withdrawals: DurationWithdrawals = "censor",
    empty: EmptyRow = "missing",
) -> MigrationMatrix:
    """Estimate a matrix from the spells of customers in their grades.

    Parameters
    ----------
    spells : table
        A row a spell with the columns grade, next_grade, start and stop, as the parameters of
        :func:`duration_generator`; others do not matter. ``RatingHistory.spells()`` is such.
    labels : sequence of str, GradeScale, MasterScale, RatingHistory or MigrationStates
        As in :func:`cohort_migration`.
    method : {"homogeneous", "aalen_johansen"}, default="homogeneous"
        Rates that stay the same over the window; or any course of rates, for the chances from the
        start to the end of the window.
    years : float, optional
        Period of the matrix. 1 for constant rates; the product integral is of its window, which is
        its period, so that it takes none.
    window : (start, end), optional
        As in :func:`duration_generator`.
    withdrawals : {"censor", "keep"}, default="censor"
        As in :func:`duration_generator`.
    empty : {"missing", "stay"}, default="missing"
        The row of a grade in which nobody spent any time: NaN, or all stay. Constant rates have
        no NaN for it, because others may come by there, so that it is an error.

    Returns
    -------
    MigrationMatrix

    Raises
    ------
    InvalidDataError
        As in :func:`duration_generator`; `years` with the product integral. MissingColumnError: a
        column is not there.

    Warns
    -----
    MigrationWarning
        As in :func:`duration_generator`.

    Notes
    -----
    "homogeneous" is exp(years · Q) of :func:`duration_generator`. "aalen_johansen" is
    Π (I + dA(t)) over the times of migrations, with dA_ij(t) = dN_ij(t) / Y_i(t), where Y_i(t) are
    the customers in i just before t [1]_, [2]_: those that came under observation later, or were
    lost sight of before, are not among them, and those lost at t are. Migrations at one time are
    taken at once. Of m times and n spells it is O(n log n + m K³) for K states.

    References
    ----------
    .. [1] O. O. Aalen and S. Johansen, "An empirical transition matrix for non-homogeneous Markov
       chains based on censored observations", *Scandinavian Journal of Statistics* 5, 1978,
       pp. 141-150.
    .. [2] D. Lando and T. M. Skødeberg, "Analyzing rating transitions and rating drift with
       continuous observations", *Journal of Banking & Finance* 26, 2002, pp. 423-444.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.grade import duration_migration
    >>> spells = pd.DataFrame({
    ...     "grade": ["A", "B", "A", "B"], "next_grade": ["B", "D", None, None],
    ...     "start": [0.0, 0.5, 0.0, 0.0], "stop": [0.5, 0.9, 1.0, 1.0],
    ... })
    >>> duration_migration(spells, labels=["A", "B"], method="aalen_johansen").frame()
         A     B     D
    A  0.5  0.25  0.25
    B  0.0  0.50  0.50
    D  0.0  0.00  1.00
    """
    owner = "duration_migration"
    check_choice(method, "method", owner, ("homogeneous", "aalen_johansen"))
    check_choice(empty, "empty", owner, ("missing", "stay"))
    columns = columns_of(spells, owner)
    read = read_spells(columns, labels, window=window, withdrawals=withdrawals, owner=owner)
    if method == "homogeneous":
        generator = _generator(read, empty)
        matrix = generator.over(1.0 if years is None else years)
        chances, told, span = matrix.array, "duration, constant rates", matrix.years
    else:
        span = read.window[1] - read.window[0]
        _check_span(years, span)
        known = _without_nobody(product_integral(read), read)
        chances = closed_rows(known, read.states.fixed, empty)
        told = "duration, Aalen-Johansen"
    return MigrationMatrix(
        labels=_labels(read),
        probabilities=rows_of(chances),
        default_label=read.states.default_label,
        withdrawn_label=withdrawn_name(read.states) if read.kept else None,
        years=span,
        method=told,
        withdrawals=withdrawals if read.n_withdrawn.any() or read.kept else "none",
        counts=rows_of(read.counts()),
        n_withdrawn=row_of(read.n_withdrawn),
        exposure=row_of(read.exposure()),
    )


def _generator(spells: Spells, empty: str) -> GeneratorMatrix:
    counts, exposure = spells.counts(), spells.exposure()
    left = np.where(_is_closed(spells)[:, None], 0.0, counts)
    idle = (exposure == 0) & ~_is_closed(spells)
    if idle.any() and empty == "missing":
        names = [label for label, none in zip(_labels(spells), idle, strict=True) if none]
        msg = (
            f"Nobody spent any time in {', '.join(map(repr, names))}, so there are no rates from "
            "there. Leave these grades out, pool them, or pass empty='stay': nobody leaves them."
        )
        raise InvalidDataError(msg)
    years = exposure[:, None]
    rates = np.divide(left, years, out=np.zeros_like(left), where=years > 0)
    return GeneratorMatrix(
        labels=_labels(spells),
        rates=rows_of(rates - np.diag(rates.sum(axis=1))),
        default_label=spells.states.default_label,
        withdrawn_label=withdrawn_name(spells.states) if spells.kept else None,
        method="duration",
        counts=rows_of(counts),
        exposure=row_of(exposure),
    )


def _is_closed(spells: Spells) -> np.ndarray[Any, Any]:
    """Tell which states nobody leaves."""
    closed = np.zeros(spells.n, dtype=bool)
    if spells.states.fixed is not None:
        closed[spells.states.fixed] = True
    if spells.kept:
        closed[-1] = True
    return closed


def _without_nobody(chances: Float2D, spells: Spells) -> Float2D:
    """Put NaN for the rows of states in which nobody was."""
    seen: Float1D = spells.exposure()
    nobody = (seen == 0) & ~_is_closed(spells)
    known: Float2D = np.where(nobody[:, None], np.nan, chances)
    return known


def _labels(spells: Spells) -> tuple[str, ...]:
    names = spells.states.labels
    return (*names, withdrawn_name(spells.states)) if spells.kept else names


def _check_span(years: float | None, span: float) -> None:
    if years is not None and abs(years - span) > 0.01:
        msg = (
            f"The product integral is of its window, which is {span:.4g} years long. Got years="
            f"{years!r}: give a window of that length, or use the method 'homogeneous'."
        )
        raise InvalidDataError(msg)
