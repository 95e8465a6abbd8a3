"""Chances to move from each grade to each other one in a period."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from creditscore._checks import read_entries
from creditscore._document import JsonDocument
from creditscore._typing import Float2D
from creditscore._validation import check_choice, check_integer, check_real
from creditscore.exceptions import InvalidDataError
from creditscore.grade._migration._adjustment import ADJUSTMENTS, WHOLE, Adjustment, chances_after
from creditscore.grade._migration._intervals import CellInterval, cell_intervals
from creditscore.grade._migration._matrix_checks import check_complete, check_matrix, horizons
from creditscore.grade._migration._numbers import (
    Rows,
    as_row,
    as_rows,
    from_json,
    row_of,
    rows_of,
    to_json,
)
from creditscore.grade._migration._published import RowSums, read_published
from creditscore.grade._migration._shading import shaded_table
from creditscore.grade._migration._withdrawal import spread_withdrawals, warn_of_kept


@dataclass(frozen=True, kw_only=True, repr=False)
class MigrationMatrix(JsonDocument):
    """Chances to move from each grade (row) to each grade (column) within a period.

    Made by :func:`cohort_migration`, :func:`duration_migration`, :meth:`from_percent` and others.

    Parameters
    ----------
    labels : tuple of str
        States, the safest first, then default, then withdrawn ratings where these are kept.
    probabilities : table of shape (n_states, n_states)
        Fractions; each row sums to 1, or is NaN throughout for a grade in which nobody was.
    default_label : str, default="D"
        Which of the states is default; None where none is.
    withdrawn_label : str, optional
        Which of the states, the last one, holds withdrawn ratings; None where they are not kept.
    years : float, default=1
        Length of the period, above zero.
    method : str, default="given"
        Where the numbers are from, in words.
    withdrawals : str, default="none"
        What was done about withdrawn ratings: "remove", "proportional", "no_change", "keep",
        "censor", or "none" where there were none to be treated.
    counts : table of shape (n_states, n_states), optional
        Customers, or moves of them, from each state to each; withdrawn ones are in `n_withdrawn`.
    n_withdrawn : tuple of float, optional
        Ratings withdrawn in the period, by the grade at its start.
    exposure : tuple of float, optional
        Years that customers spent in each state, for estimates by duration.
    pooled : bool, default=True
        Whether the probabilities of a cohort estimate are those of `counts`; averages of cohorts
        are not.

    Raises
    ------
    InvalidParameterError
        Labels and numbers that do not fit together.

    See Also
    --------
    generator_of : Its rates of migration.
    MigrationDisplay : Its picture.

    Examples
    --------
    >>> from creditscore.grade import MigrationMatrix
    >>> matrix = MigrationMatrix.from_percent([[90, 8, 2], [10, 80, 10]], labels=["A", "B", "D"])
    >>> matrix
    <MigrationMatrix: 3 states A to D, 1 year; given; 2.00% to 10.00% default>
    >>> matrix.power(2).default_rates().round(4).to_dict()
    {'A': 0.046, 'B': 0.182}
    """

    _format: ClassVar[str] = "creditscore.migration_matrix"

    labels: tuple[str, ...]
    probabilities: Rows
    default_label: str | None = "D"
    withdrawn_label: str | None = None
    years: float = 1.0
    method: str = "given"
    withdrawals: str = "none"
    counts: Rows | None = None
    n_withdrawn: tuple[float, ...] | None = None
    exposure: tuple[float, ...] | None = None
    pooled: bool = True

    def __post_init__(self) -> None:
        """Check that labels and numbers fit together."""
        owner = type(self).__name__
        labels = read_entries(self.labels, "labels", owner)
        object.__setattr__(self, "labels", labels)
        years = check_real(self.years, "years", owner, low=0, high=math.inf)
        object.__setattr__(self, "years", years)
        for read, names in ((as_rows, ("probabilities", "counts")),
                            (as_row, ("n_withdrawn", "exposure"))):  # fmt: skip
            for name in names:
                value = getattr(self, name)
                if value is not None:
                    object.__setattr__(self, name, read(value, name, owner, len(labels)))
        check_matrix(self.array, self.labels, self.default_label, self.withdrawn_label)

    @classmethod
    def from_probabilities(
        cls,
        table: Any,
        *,
        labels: Any = None,
        default_label: str | None = "D",
        withdrawn_label: str | None = "NR",
        years: float = 1.0,
        row_sums: RowSums = "refuse",
    ) -> Self:
        """Take a matrix of fractions, as published or made elsewhere.

        Parameters
        ----------
        table : DataFrame or array-like of shape (n_rows, n_columns)
            Fractions in [0, 1], a row for each grade, a column for each state. The rows of default
            and of withdrawn ratings may be left out: nobody leaves these.
        labels : sequence of str, optional
            Names of the columns, the safest first; of a DataFrame, its columns without it.
        default_label : str, default="D"
            The column of default; None where there is none.
        withdrawn_label : str, default="NR"
            The column of withdrawn ratings, if there is one: put last, wherever it stands.
        years : float, default=1
            Length of the period.
        row_sums : {"refuse", "normalise", "diagonal"}, default="refuse"
            What is done about rows that do not sum to 1, as rounded ones: raise an error, divide
            by the sum, or let those who stay make up the difference.

        Returns
        -------
        MigrationMatrix

        Raises
        ------
        InvalidDataError
            Numbers outside [0, 1], rows that do not sum to 1, labels that are not there.

        Warns
        -----
        MigrationWarning
            A row is further from 1 than rounding takes it, by 0.005 or more.

        See Also
        --------
        MigrationMatrix.without_withdrawals : What is mostly done next.

        Examples
        --------
        >>> from creditscore.grade import MigrationMatrix
        >>> table = [[0.90, 0.06, 0.01, 0.03], [0.10, 0.75, 0.05, 0.10]]
        >>> kept = MigrationMatrix.from_probabilities(table, labels=["A", "B", "D", "NR"])
        >>> kept.without_withdrawals().default_rates().round(4).to_dict()
        {'A': 0.0103, 'B': 0.0556}
        """
        owner = f"{cls.__name__}.from_probabilities"
        return cls(
            **read_published(
                table, labels, (default_label, withdrawn_label), row_sums=row_sums, owner=owner
            ),
            years=years,
        )

    @classmethod
    def from_percent(
        cls,
        table: Any,
        *,
        labels: Any = None,
        default_label: str | None = "D",
        withdrawn_label: str | None = "NR",
        years: float = 1.0,
        row_sums: RowSums = "refuse",
    ) -> Self:
        """Take a matrix of percentages, as agencies publish it.

        Parameters and errors are those of :meth:`from_probabilities`, with a `table` of numbers in
        [0, 100] whose rows sum to 100.

        Examples
        --------
        >>> from creditscore.grade import MigrationMatrix
        >>> MigrationMatrix.from_percent([[97, 2, 1], [5, 90, 5]], labels=["A", "B", "D"]).frame()
              A     B     D
        A  0.97  0.02  0.01
        B  0.05  0.90  0.05
        D  0.00  0.00  1.00
        """
        owner = f"{cls.__name__}.from_percent"
        names = (default_label, withdrawn_label)
        return cls(
            **read_published(table, labels, names, row_sums=row_sums, owner=owner, whole=100.0),
            years=years,
        )

    @property
    def array(self) -> Float2D:
        """Probabilities as an array of shape (n_states, n_states)."""
        return np.array(self.probabilities, dtype=np.float64)

    @property
    def grades(self) -> tuple[str, ...]:
        """States that are neither default nor withdrawn."""
        out = (self.default_label, self.withdrawn_label)
        return tuple(label for label in self.labels if label not in out)

    def frame(self) -> pd.DataFrame:
        """Return the probabilities, rows by the state at the start, columns by that at the end."""
        return pd.DataFrame(self.array, index=list(self.labels), columns=list(self.labels))

    def counts_frame(self) -> pd.DataFrame:
        """Return the counts that the probabilities are made of.

        Returns
        -------
        DataFrame
            A row a state; a column a state, then n_withdrawn and exposure (years in the state)
            where they are known.

        Raises
        ------
        InvalidDataError
            There are no counts.
        """
        if self.counts is None:
            msg = "This matrix was made of probabilities, so it has no counts."
            raise InvalidDataError(msg)
        names = list(self.labels)
        table = pd.DataFrame(np.array(self.counts), index=names, columns=names)
        for name in ("n_withdrawn", "exposure"):
            value = getattr(self, name)
            if value is not None:
                table[name] = value
        return table

    def default_rates(self) -> pd.Series:
        """Return the chance to default within the period, by grade.

        Raises
        ------
        InvalidDataError
            The matrix has no state of default.
        """
        place = self._default_place()
        rates = self.array[: len(self.grades), place]
        return pd.Series(rates, index=list(self.grades), name="default_rate")

    def power(self, n: int) -> Self:
        """Return the matrix of n periods, if what happens next depends on the grade alone.

        Parameters
        ----------
        n : int
            Periods, 1 or more.

        Raises
        ------
        InvalidDataError
            A grade without anybody has no probabilities.

        Warns
        -----
        MigrationWarning
            Withdrawn ratings are kept, as a state that nobody leaves and nobody defaults from.
        """
        check_integer(n, "n", f"{type(self).__name__}.power", low=1)
        warn_of_kept(self, [n])
        return self._after(n, n * self.years)

    def over(self, years: float, *, adjustment: Adjustment = "diagonal") -> Self:
        """Return the matrix of another period, if what happens next depends on the grade alone.

        Parameters
        ----------
        years : float
            The period, above zero. A multiple of the matrix's own is a power of it, and any other
            goes by the generator.
        adjustment : {"diagonal", "weighted", "quasi_optimisation", "jlt", "none"}, \
default="diagonal"
            How the generator is made, as in :func:`generator_of`; not looked at for multiples.

        Raises
        ------
        InvalidDataError
            As in :meth:`power` and :func:`generator_of`.

        Warns
        -----
        MigrationWarning
            As in :meth:`power`.

        Notes
        -----
        P(t) = exp(t Q). The generator is one of a matrix near this one, unless this one has a
        generator of its own, so that P(1.001) and P(1) may differ by more than the 0.001.

        Examples
        --------
        >>> from creditscore.grade import MigrationMatrix
        >>> year = MigrationMatrix.from_percent([[90, 8, 2], [10, 80, 10]], labels=["A", "B", "D"])
        >>> half = year.over(0.5)
        >>> half.default_rates().round(4).to_dict()
        {'A': 0.0091, 'B': 0.0526}
        >>> bool(abs(half.power(2).array - year.array).max() < 1e-12)
        True
        """
        owner = f"{type(self).__name__}.over"
        check_real(years, "years", owner, low=0, high=math.inf)
        check_choice(adjustment, "adjustment", owner, ADJUSTMENTS)
        warn_of_kept(self, [years / self.years])
        return self._after(years / self.years, float(years), adjustment)

    def cumulative_default(self, years: Any = 10) -> pd.DataFrame:
        """Return the chance to default until the end of each year, by grade.

        Parameters
        ----------
        years : int or sequence of float, default=10
            Number of periods of the matrix's own length, from the first on; or the horizons in
            years, above zero and increasing.

        Returns
        -------
        DataFrame
            A row a grade, a column a horizon in years.

        Raises
        ------
        InvalidDataError
            As in :meth:`over`.

        Warns
        -----
        MigrationWarning
            As in :meth:`power`.

        Notes
        -----
        With cures, what is returned is the chance to be in default at the horizon. Rates that
        are observed over several years mostly differ, because migrations depend on more than the
        grade.

        Examples
        --------
        >>> from creditscore.grade import MigrationMatrix
        >>> year = MigrationMatrix.from_percent([[90, 8, 2], [10, 80, 10]], labels=["A", "B", "D"])
        >>> year.cumulative_default(3).round(4)
            1.0    2.0     3.0
        A  0.02  0.046  0.0760
        B  0.10  0.182  0.2502
        """
        self._default_place()
        ends = horizons(years, self.years, f"{type(self).__name__}.cumulative_default")
        warn_of_kept(self, [end / self.years for end in ends])
        rates = {end: self._after(end / self.years, end).default_rates() for end in ends}
        return pd.DataFrame(rates)

    def intervals(
        self, level: float = 0.95, *, interval: CellInterval = "jeffreys"
    ) -> pd.DataFrame:
        """Return an interval of each probability of a cohort estimate.

        Parameters
        ----------
        level : float, default=0.95
            Confidence level in (0, 1) of each cell by itself.
        interval : {"jeffreys", "wilson", "clopper_pearson"}, default="jeffreys"
            Functions of :mod:`creditscore.metrics`.

        Returns
        -------
        DataFrame
            A row for each cell of a grade: grade_start, grade_end, n_start (customers the rate is
            of), n_moved, probability, lower, upper.

        Raises
        ------
        InvalidDataError
            No counts, an estimate by duration, an average of cohorts, or a matrix derived from
            another: for these see :func:`bootstrap_migration`.

        Notes
        -----
        Customers are taken as independent, which those of one bad year are not.
        """
        return cell_intervals(self, level, interval)

    def without_withdrawals(self, treatment: str = "proportional") -> Self:
        """Return the matrix without the state of withdrawn ratings.

        Parameters
        ----------
        treatment : {"proportional", "no_change"}, default="proportional"
            Spread them over all states as the others are, which divides a row by 1 less their
            share; or let them stay in their grade.

        Raises
        ------
        InvalidDataError
            There is no such state; nothing but withdrawn ratings is in a row to be spread over.

        Notes
        -----
        The first supposes that withdrawing says nothing about risk, the second that those who
        withdraw are safer than that. Powers of a matrix come after this step.
        """
        check_choice(
            treatment, "treatment", f"{type(self).__name__}.without_withdrawals",
            ("proportional", "no_change"),
        )  # fmt: skip
        if self.withdrawn_label is None:
            msg = "The matrix has no state of withdrawn ratings, so there is none to take out."
            raise InvalidDataError(msg)
        spread, counts, withdrawn = spread_withdrawals(self, treatment)
        return replace(
            self,
            labels=self.labels[:-1],
            probabilities=rows_of(spread),
            withdrawn_label=None,
            withdrawals=treatment,
            counts=None if counts is None else rows_of(counts),
            n_withdrawn=None if withdrawn is None else row_of(withdrawn),
            exposure=None if self.exposure is None else self.exposure[:-1],
        )

    def _complete(self) -> Float2D:
        return check_complete(self.array, self.labels)

    def _after(self, periods: float, years: float, adjustment: Adjustment = "diagonal") -> Self:
        """Return the matrix of another period, which has no counts of its own; of one, this."""
        if abs(periods - 1) < WHOLE:
            return self
        chances, told = chances_after(self._complete(), periods, adjustment)
        within = np.clip(chances, 0.0, 1.0)
        return replace(
            self, probabilities=rows_of(within / within.sum(axis=1, keepdims=True)), years=years,
            method=f"{self.method}, {told}", counts=None, n_withdrawn=None, exposure=None,
        )  # fmt: skip

    def _default_place(self) -> int:
        if self.default_label is None:
            msg = "The matrix has no state of default, so it has no default rates."
            raise InvalidDataError(msg)
        return self.labels.index(self.default_label)

    def _content(self) -> dict[str, Any]:
        return {
            "labels": list(self.labels),
            "probabilities": to_json(self.probabilities),
            "default_label": self.default_label,
            "withdrawn_label": self.withdrawn_label,
            "years": self.years,
            "method": self.method,
            "withdrawals": self.withdrawals,
            "counts": to_json(self.counts),
            "n_withdrawn": None if self.n_withdrawn is None else list(self.n_withdrawn),
            "exposure": None if self.exposure is None else list(self.exposure),
            "pooled": self.pooled,
        }

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        tables = {name: from_json(content[name]) for name in ("probabilities", "counts")}
        return cls(**{**content, **tables})

    def __repr__(self) -> str:
        """Say in one line what the matrix is of."""
        span = f"{self.years:g} year{'' if self.years == 1 else 's'}"
        told = (
            f"<{type(self).__name__}: {len(self.labels)} states {self.labels[0]} to "
            f"{self.labels[-1]}, {span}; {self.method}"
        )
        empty = int(np.isnan(self.array).any(axis=1).sum())
        told += f"; {empty} without customers" if empty else ""
        if self.default_label is None or empty == len(self.grades):
            return f"{told}>"
        rates = self.default_rates()
        return f"{told}; {rates.min():.2%} to {rates.max():.2%} default>"

    def _repr_html_(self) -> str:
        told = repr(self).strip("<>")
        return shaded_table(self.frame(), caption=told, withdrawn=self.withdrawn_label)
