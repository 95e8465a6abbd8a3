"""What a selection chooses from."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from creditscore._curvature import weighted_products
from creditscore._typing import Bool1D, Float1D, Float2D
from creditscore.binning import BinTable
from creditscore.scorecard.selection._fate import Fate

NO_BOUNDS = (-math.inf, math.inf)
_DETERMINED = 1e-9
"""1 - R² of a column on others below which they determine it."""


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """Columns that may still enter the card.

    Attributes
    ----------
    tables : tuple of BinTable
        Their bins.
    features : ndarray of shape (n_rows, n_columns)
        Their WOE; of no columns before the WOE is asked for.
    is_bad, weights
        Outcomes of the rows, and weights that count cases: sampling weights are scaled to the
        effective number of cases.
    cases_per_weight : float
        What they were multiplied by; 1 for frequencies.
    forced : frozenset of str
        Columns that stay whatever happens.
    groups : mapping of str to str
        The group of a column, where it has one.
    caps : mapping of str to int
        Most columns of a group.
    max_features : int or None
        Most columns in all.
    bounds : mapping of str to pair of float
        Lower and upper bound of a column's coefficient, where it has any.
    counts_elsewhere : callable or None
        From a column's bins to their counts in another table.
    """

    tables: tuple[BinTable, ...]
    features: Float2D = field(repr=False)
    is_bad: Bool1D = field(repr=False)
    weights: Float1D | None = field(repr=False)
    forced: frozenset[str] = frozenset()
    groups: Mapping[str, str] = field(default_factory=dict)
    caps: Mapping[str, int] = field(default_factory=dict)
    max_features: int | None = None
    bounds: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    cases_per_weight: float = 1.0
    counts_elsewhere: Callable[[BinTable], Float1D] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The columns."""
        return tuple(table.feature for table in self.tables)

    @property
    def ivs(self) -> Float1D:
        """Their information values."""
        return np.array([table.iv for table in self.tables])

    @property
    def is_forced(self) -> Bool1D:
        """Whether each of them is forced in."""
        return np.array([name in self.forced for name in self.names], dtype=bool)

    @property
    def box(self) -> tuple[Float1D, Float1D]:
        """Lower and upper bounds of their coefficients."""
        ends = [self.bounds.get(name, NO_BOUNDS) for name in self.names]
        low, high = np.array(ends, dtype=np.float64).reshape(-1, 2).T
        return low, high

    @property
    def n_cases(self) -> float:
        """Rows, by weight."""
        return float(len(self.is_bad) if self.weights is None else self.weights.sum())

    @property
    def by_worth(self) -> list[int]:
        """Places of the columns, forced ones first, then by information value downwards."""
        return np.lexsort((-self.ivs, ~self.is_forced)).tolist()  # type: ignore[no-any-return]

    def without(self, fates: Sequence[Fate]) -> Candidates:
        """Return the candidates that none of the fates concerns."""
        gone = {fate.feature for fate in fates}
        kept = [i for i, name in enumerate(self.names) if name not in gone]
        if len(kept) == len(self.tables):
            return self
        encoded = self.features.shape[1] > 0
        return replace(
            self,
            tables=tuple(self.tables[i] for i in kept),
            features=self.features[:, kept] if encoded else self.features,
        )

    def correlations(self) -> Float2D:
        """Return the correlations of the WOE; 0 for a column without spread."""
        shares = np.ones(len(self.is_bad)) if self.weights is None else self.weights
        shares = shares / shares.sum()
        spread = weighted_products(self.features - shares @ self.features, shares)
        scale = np.sqrt(np.diag(spread))
        scale[scale == 0] = np.inf
        found: Float2D = spread / np.outer(scale, scale)
        np.fill_diagonal(found, 1.0)
        return found


def determined(correlations: Float2D, order: Sequence[int]) -> list[int]:
    """Return the columns that those before them in the order determine.

    Parameters
    ----------
    correlations : ndarray of shape (n_columns, n_columns)
        Of the columns.
    order : sequence of int
        Places of all columns, those first that should stay.

    Returns
    -------
    list of int
        Without them, no column is a sum of others; and of all sets with that property the one
        that is left comes first in the order. O(p³) for p columns.
    """
    left = correlations[np.ix_(order, order)].copy()
    found = []
    for k, column in enumerate(order):
        if left[k, k] < _DETERMINED:
            found.append(column)
            continue
        # what this column says is taken out of those after it
        loads = left[k + 1 :, k] / left[k, k]
        left[k + 1 :, k + 1 :] -= np.outer(loads, left[k, k + 1 :])
    return found
