"""Intervals of migration estimates by drawing customers again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
from sklearn.utils import check_random_state

from creditscore._frame import read_named
from creditscore._typing import Float2D, Int1D
from creditscore._validation import check_integer, check_real
from creditscore.exceptions import InvalidDataError
from creditscore.grade._migration._matrix import MigrationMatrix
from creditscore.grade._migration._numbers import Rows, as_rows


@dataclass(frozen=True, kw_only=True, repr=False)
class MigrationBootstrap:
    """An estimate with intervals of its cells; by :func:`bootstrap_migration`.

    Attributes
    ----------
    estimate : MigrationMatrix
        Of all customers.
    lower, upper : tuple of tuples of float
        Ends of the interval of each cell; NaN where no sample had anybody in the grade.
    standard_error : tuple of tuples of float
        Of each cell.
    level : float
        Confidence level of each cell by itself.
    n_resamples : int
        Samples that were drawn.
    n_customers : int
        Customers that were drawn from, and in each sample.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.grade import bootstrap_migration, cohort_migration
    >>> pairs = pd.DataFrame({"customer": range(9), "start": ["A"] * 9, "end": ["A"] * 9})
    >>> found = bootstrap_migration(
    ...     pairs, lambda rows: cohort_migration(rows["start"], rows["end"], labels=["A"]),
    ...     n_resamples=20, random_state=0,
    ... )
    >>> found.default_rates()[["grade_start", "probability", "upper"]]
      grade_start  probability  upper
    0           A          0.0    0.0
    """

    estimate: MigrationMatrix
    lower: Rows
    upper: Rows
    standard_error: Rows
    level: float
    n_resamples: int
    n_customers: int

    def frame(self) -> pd.DataFrame:
        """Return the cells of the rows of grades.

        Returns
        -------
        DataFrame
            A row a cell: grade_start, grade_end, probability, lower, upper, standard_error.
        """
        labels = np.array(self.estimate.labels, dtype=object)
        n, held = len(labels), len(self.estimate.grades)
        return pd.DataFrame(
            {
                "grade_start": np.repeat(labels[:held], n),
                "grade_end": np.tile(labels, held),
                "probability": self.estimate.array[:held].ravel(),
                **{
                    name: np.array(getattr(self, name))[:held].ravel()
                    for name in ("lower", "upper", "standard_error")
                },
            }
        )

    def default_rates(self) -> pd.DataFrame:
        """Return the cells of default alone, a row a grade.

        Raises
        ------
        InvalidDataError
            The matrix has no state of default.
        """
        self.estimate.default_rates()
        cells = self.frame()
        return cells[cells["grade_end"] == self.estimate.default_label].reset_index(drop=True)

    def __repr__(self) -> str:
        """Say in one line what was drawn."""
        return (
            f"<{type(self).__name__}: {self.n_resamples} samples of {self.n_customers:,} "
            f"customers, {self.level:.0%} intervals>"
        )


def bootstrap_migration(
    table: Any,
    estimate: Callable[[Any], MigrationMatrix],
    *,
    customer: str = "customer",
    n_resamples: int = 500,
    level: float = 0.95,
    random_state: Any = None,
) -> MigrationBootstrap:
    """Estimate intervals by drawing customers again, with all that is known of each.

    Parameters
    ----------
    table : DataFrame, or table of polars or pyarrow
        Pairs of grades, or spells, a row or several for each customer.
    estimate : callable
        Takes a pandas table of such rows and returns a :class:`MigrationMatrix`.
    customer : str, default="customer"
        Column that says whose a row is.
    n_resamples : int, default=500
        Samples, 2 or more; ends of intervals need some hundreds.
    level : float, default=0.95
        Confidence level in (0, 1).
    random_state : int, RandomState or None, optional
        Seed of the draws.

    Returns
    -------
    MigrationBootstrap

    Raises
    ------
    InvalidDataError
        Rows without a customer. MissingColumnError: the column is not there.

    Notes
    -----
    Customers are drawn with replacement, as many as there are. Ends are quantiles of the estimates;
    samples in which nobody was in a grade do not count for its row. Chances of zero stay zero in
    every sample of a cohort estimate: the interval of such a cell, [0, 0], says nothing, and those
    of :meth:`MigrationMatrix.intervals` do. The time is that of as many estimates.

    References
    ----------
    .. [1] S. Hanson and T. Schuermann, "Confidence intervals for probabilities of default",
       *Journal of Banking & Finance* 30, 2006, pp. 2281-2301.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.grade import bootstrap_migration, cohort_migration
    >>> pairs = pd.DataFrame({
    ...     "customer": range(40), "start": ["A"] * 40, "end": ["A"] * 30 + ["D"] * 10,
    ... })
    >>> found = bootstrap_migration(
    ...     pairs, lambda rows: cohort_migration(rows["start"], rows["end"], labels=["A"]),
    ...     n_resamples=200, random_state=0,
    ... )
    >>> found
    <MigrationBootstrap: 200 samples of 40 customers, 95% intervals>
    """
    owner = "bootstrap_migration"
    check_integer(n_resamples, "n_resamples", owner, low=2)
    check_real(level, "level", owner, low=0, high=1)
    frame, codes = _read(table, customer, owner)
    order = np.argsort(codes, kind="stable")
    n_rows = np.bincount(codes)
    first = np.cumsum(n_rows) - n_rows
    random = check_random_state(random_state)
    drawn = []
    for _ in range(n_resamples):
        whose = random.randint(0, len(n_rows), len(n_rows))
        rows = order[_runs(first[whose], n_rows[whose])]
        drawn.append(estimate(frame.iloc[rows].reset_index(drop=True)).array)
    whole = estimate(frame)
    lower, upper, error = _spread(np.array(drawn), level)
    return MigrationBootstrap(
        estimate=whole,
        lower=as_rows(lower, "lower", owner, len(lower)),
        upper=as_rows(upper, "upper", owner, len(upper)),
        standard_error=as_rows(error, "standard_error", owner, len(error)),
        level=level,
        n_resamples=n_resamples,
        n_customers=len(n_rows),
    )


def _read(table: Any, customer: str, owner: str) -> tuple[pd.DataFrame, Int1D]:
    read_named(table, [customer], reader=owner)
    frame = (
        table
        if isinstance(table, pd.DataFrame)
        else nw.from_native(table, eager_only=True).to_pandas()
    )
    codes, _ = pd.factorize(frame[customer])
    if (codes < 0).any():
        msg = (
            f"Column {customer!r} is missing in {int((codes < 0).sum())} row(s), so that it is not "
            "known what belongs together. Fill it in, or leave these rows out."
        )
        raise InvalidDataError(msg)
    return frame, codes.astype(np.intp)


def _runs(first: Int1D, length: Int1D) -> Int1D:
    """Return first, first + 1 … of each run, one run after the other."""
    ends = np.cumsum(length)
    runs: Int1D = np.arange(ends[-1]) + np.repeat(first - (ends - length), length)
    return runs


def _spread(drawn: np.ndarray[Any, Any], level: float) -> tuple[Float2D, Float2D, Float2D]:
    """Return quantiles and standard deviation of each cell, over the samples that have it."""
    shape = drawn.shape[1:]
    lower, upper, error = (np.full(shape, np.nan) for _ in range(3))
    tail = (1 - level) / 2
    for row in range(shape[0]):
        known = drawn[~np.isnan(drawn[:, row, 0]), row, :]
        if len(known) > 1:
            lower[row], upper[row] = np.quantile(known, [tail, 1 - tail], axis=0)
            error[row] = known.std(axis=0, ddof=1)
    return lower, upper, error
