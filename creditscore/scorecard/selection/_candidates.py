"""What a selection chooses from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from creditscore._typing import Bool1D, Float1D, Float2D
from creditscore.binning import BinTable
from creditscore.scorecard.selection._log import Fate


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """Columns that may still enter the card.

    Attributes
    ----------
    tables : tuple of BinTable
        Their bins.
    features : ndarray of shape (n_rows, n_columns)
        Their WOE.
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
    negative : bool
        Whether all coefficients must be negative.
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
    negative: bool = False
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
    def n_cases(self) -> float:
        """Rows, by weight."""
        return float(len(self.is_bad) if self.weights is None else self.weights.sum())

    def without(self, fates: Sequence[Fate]) -> Candidates:
        """Return the candidates that none of the fates concerns."""
        gone = {fate.feature for fate in fates}
        kept = [i for i, name in enumerate(self.names) if name not in gone]
        if len(kept) == len(self.tables):
            return self
        return replace(
            self,
            tables=tuple(self.tables[i] for i in kept),
            features=self.features[:, kept],
        )

    def correlations(self) -> Float2D:
        """Return the correlations of the WOE; 0 for a column without spread."""
        shares = np.ones(len(self.is_bad)) if self.weights is None else self.weights
        shares = shares / shares.sum()
        centred = self.features - shares @ self.features
        spread = (centred.T * shares) @ centred
        scale = np.sqrt(np.diag(spread))
        scale[scale == 0] = np.inf
        found: Float2D = spread / np.outer(scale, scale)
        np.fill_diagonal(found, 1.0)
        return found
