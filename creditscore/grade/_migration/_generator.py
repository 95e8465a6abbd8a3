"""Rates of migration in continuous time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from scipy.linalg import expm

from creditscore._checks import check_kind, read_entries
from creditscore._display import counted
from creditscore._document import JsonDocument
from creditscore._typing import Float2D
from creditscore._validation import check_choice, check_real
from creditscore.exceptions import InvalidParameterError
from creditscore.grade._migration._adjustment import (
    ADJUSTMENTS,
    Adjustment,
    adjusted_generator,
    negative_rates,
)
from creditscore.grade._migration._matrix import MigrationMatrix
from creditscore.grade._migration._matrix_checks import horizons
from creditscore.grade._migration._numbers import Rows, as_row, as_rows, rows_of, to_json
from creditscore.grade._migration._shading import shaded_table
from creditscore.grade._migration._states import check_labels
from creditscore.grade._migration._withdrawal import warn_of_kept


@dataclass(frozen=True, kw_only=True, repr=False)
class GeneratorMatrix(JsonDocument):
    """Rates a year at which customers move from each grade (row) to each other one (column).

    Made by :func:`generator_of` and :func:`duration_generator`.

    Parameters
    ----------
    labels : tuple of str
        States, as of a :class:`MigrationMatrix`.
    rates : table of shape (n_states, n_states)
        Moves a year; the diagonal makes each row sum to zero.
    default_label : str, default="D"
        Which of the states is default; None where none is.
    withdrawn_label : str, optional
        Which of the states, the last one, holds withdrawn ratings.
    method : str, default="given"
        Where the rates are from, in words.
    counts : table of shape (n_states, n_states), optional
        Moves that were seen.
    exposure : tuple of float, optional
        Years that customers spent in each state.
    error : float, default=0
        Sum of the absolute differences between the matrix it was made of and its own of that
        period; zero where it was not made of a matrix.
    n_negative : int, default=0
        Rates beside the diagonal that were below zero before they were adjusted.
    least_rate : float, default=0
        The least of these, a year.

    Raises
    ------
    InvalidParameterError
        Rates below zero beside the diagonal, or rows that do not sum to zero.

    Examples
    --------
    >>> from creditscore.grade import GeneratorMatrix
    >>> rates = [[-0.10, 0.08, 0.02], [0.10, -0.30, 0.20], [0, 0, 0]]
    >>> generator = GeneratorMatrix(labels=("A", "B", "D"), rates=rates)
    >>> generator
    <GeneratorMatrix: 3 states A to D; given>
    >>> generator.over(1).default_rates().round(4).to_dict()
    {'A': 0.0261, 'B': 0.1739}
    """

    _format: ClassVar[str] = "creditscore.generator_matrix"

    labels: tuple[str, ...]
    rates: Rows
    default_label: str | None = "D"
    withdrawn_label: str | None = None
    method: str = "given"
    counts: Rows | None = None
    exposure: tuple[float, ...] | None = None
    error: float = 0.0
    n_negative: int = 0
    least_rate: float = 0.0

    def __post_init__(self) -> None:
        """Check that these are rates."""
        owner = type(self).__name__
        labels = read_entries(self.labels, "labels", owner)
        object.__setattr__(self, "labels", labels)
        check_labels(labels, self.default_label, self.withdrawn_label, owner)
        for name in ("rates", "counts"):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, as_rows(value, name, owner, len(labels)))
        if self.exposure is not None:
            exposure = as_row(self.exposure, "exposure", owner, len(labels))
            object.__setattr__(self, "exposure", exposure)
        rates = self.array
        beside = rates[~np.eye(len(labels), dtype=bool)]
        size = max(1.0, float(np.abs(rates).max()))
        if not (beside >= 0).all() or not (np.abs(rates.sum(axis=1)) <= 1e-9 * size).all():
            msg = (
                f"The 'rates' of {owner} must be zero or more beside the diagonal, and sum to zero "
                f"in each row. Got a least rate of {beside.min():g} and sums up to "
                f"{np.abs(rates.sum(axis=1)).max():.3g}. generator_of(matrix) adjusts logarithms."
            )
            raise InvalidParameterError(msg)

    @property
    def array(self) -> Float2D:
        """Rates as an array of shape (n_states, n_states)."""
        return np.array(self.rates, dtype=np.float64)

    def frame(self) -> pd.DataFrame:
        """Return the rates, rows by the state left, columns by the state entered."""
        return pd.DataFrame(self.array, index=list(self.labels), columns=list(self.labels))

    def over(self, years: float = 1.0) -> MigrationMatrix:
        """Return the matrix of a period, exp(years · rates).

        Parameters
        ----------
        years : float, default=1
            The period, above zero.

        Returns
        -------
        MigrationMatrix
        """
        check_real(years, "years", f"{type(self).__name__}.over", low=0, high=math.inf)
        chances = np.clip(expm(years * self.array), 0.0, 1.0)
        return MigrationMatrix(
            labels=self.labels,
            probabilities=rows_of(chances / chances.sum(axis=1, keepdims=True)),
            default_label=self.default_label,
            withdrawn_label=self.withdrawn_label,
            withdrawals="none" if self.withdrawn_label is None else "keep",
            years=years,
            method=f"generator ({self.method})",
        )

    def cumulative_default(self, years: Any = 10) -> pd.DataFrame:
        """Return the chance to default until the end of each year, by grade.

        Parameters
        ----------
        years : int or sequence of float, default=10
            Number of years, or the horizons, above zero and increasing.

        Returns
        -------
        DataFrame
            A row a grade, a column a horizon in years.

        Warns
        -----
        MigrationWarning
            As in :meth:`MigrationMatrix.power`.
        """
        warn_of_kept(self)
        ends = horizons(years, 1.0, f"{type(self).__name__}.cumulative_default")
        return pd.DataFrame({end: self.over(end).default_rates() for end in ends})

    def _content(self) -> dict[str, Any]:
        return {
            "labels": list(self.labels),
            "rates": to_json(self.rates),
            "default_label": self.default_label,
            "withdrawn_label": self.withdrawn_label,
            "method": self.method,
            "counts": to_json(self.counts),
            "exposure": None if self.exposure is None else list(self.exposure),
            "error": self.error,
            "n_negative": self.n_negative,
            "least_rate": self.least_rate,
        }

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls(**content)

    def __repr__(self) -> str:
        """Say in one line what the rates are of."""
        told = (
            f"<{type(self).__name__}: {len(self.labels)} states {self.labels[0]} to "
            f"{self.labels[-1]}; {self.method}"
        )
        if self.n_negative:
            told += (
                f"; {counted(self.n_negative, 'rate')} below zero adjusted, the least "
                f"{self.least_rate:.2g}, error {self.error:.2g}"
            )
        return f"{told}>"

    def _repr_html_(self) -> str:
        told = repr(self).strip("<>")
        return shaded_table(self.frame(), caption=told, withdrawn=self.withdrawn_label)


def generator_of(matrix: MigrationMatrix, *, method: Adjustment = "diagonal") -> GeneratorMatrix:
    """Find rates of migration whose matrix is, or is near, a given one.

    Parameters
    ----------
    matrix : MigrationMatrix
        Chances within its period.
    method : {"diagonal", "weighted", "quasi_optimisation", "jlt", "none"}, default="diagonal"
        What is done about rates below zero in the logarithm of the matrix: put zero for them and
        take the difference from the diagonal [1]_; or from all entries of the row by their size
        [1]_; take the nearest row of rates by the sum of squares [2]_; or nothing, which is an
        error where there are such rates. "jlt" takes no logarithm and supposes that nobody moves
        twice in a period [3]_.

    Returns
    -------
    GeneratorMatrix
        It says how many rates were below zero, the least of them, and how far its matrix is from
        the given one.

    Raises
    ------
    InvalidDataError
        A grade without customers; an eigenvalue of zero or below, so that there is no logarithm;
        rates below zero with "none".

    Warns
    -----
    MigrationWarning
        As in :meth:`MigrationMatrix.power`.

    See Also
    --------
    embedding_table : Whether the matrix has a generator at all.

    Notes
    -----
    Q = log(P) / years, the principal logarithm. "jlt": q_ii = ln p_ii,
    q_ij = p_ij ln(p_ii) / (p_ii - 1).

    References
    ----------
    .. [1] R. B. Israel, J. S. Rosenthal and J. Z. Wei, "Finding generators for Markov chains via
       empirical transition matrices, with applications to credit ratings", *Mathematical Finance*
       11, 2001, pp. 245-265.
    .. [2] A. Kreinin and M. Sidelnikova, "Regularization algorithms for transition matrices",
       *Algo Research Quarterly* 4, 2001, pp. 23-40.
    .. [3] R. A. Jarrow, D. Lando and S. M. Turnbull, "A Markov model for the term structure of
       credit risk spreads", *Review of Financial Studies* 10, 1997, pp. 481-523.

    Examples
    --------
    >>> from creditscore.grade import MigrationMatrix, generator_of
    >>> year = MigrationMatrix.from_percent([[90, 10, 0], [5, 85, 10]], labels=["A", "B", "D"])
    >>> generator = generator_of(year)
    >>> generator
    <GeneratorMatrix: 3 states A to D; diagonal; 1 rate below zero adjusted, the least -0.006, \
error 0.012>
    >>> generator.frame().round(4)
            A       B       D
    A -0.1146  0.1146  0.0000
    B  0.0573 -0.1659  0.1086
    D  0.0000  0.0000  0.0000
    """
    check_kind(matrix, "matrix", "generator_of", MigrationMatrix)
    check_choice(method, "method", "generator_of", ADJUSTMENTS)
    warn_of_kept(matrix)
    whole = matrix._complete()  # noqa: SLF001 - of this concept
    rates, raw = adjusted_generator(whole, method)
    below = negative_rates(raw) / matrix.years
    return GeneratorMatrix(
        labels=matrix.labels,
        rates=rows_of(rates / matrix.years),
        default_label=matrix.default_label,
        withdrawn_label=matrix.withdrawn_label,
        method=method,
        error=float(np.abs(expm(rates) - whole).sum()),
        n_negative=len(below),
        least_rate=float(below.min()) if len(below) else 0.0,
    )
