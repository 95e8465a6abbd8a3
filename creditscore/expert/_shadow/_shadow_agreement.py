"""How near a shadow rating comes to the grades of the agency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from creditscore._display import html_table
from creditscore._typing import Int1D
from creditscore.metrics import WeightedKappa


@dataclass(frozen=True, kw_only=True, repr=False)
class ShadowAgreement:
    """Grades of a shadow rating beside those of the agency; by :meth:`ShadowRating.agreement`.

    Attributes
    ----------
    labels : tuple
        Grades, the safest first.
    counts : tuple of tuple of int
        Cases by the agency's grade (rows) and that of the shadow rating.

    Examples
    --------
    >>> from creditscore.expert import ShadowAgreement
    >>> found = ShadowAgreement(labels=("A", "B", "C"), counts=((8, 2, 0), (1, 6, 1), (1, 0, 3)))
    >>> found
    <ShadowAgreement: 77.3 % of 22 cases in the same grade, 95.5 % within one notch; weighted \
kappa 0.676>
    """

    labels: tuple[Any, ...]
    counts: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, labels: tuple[Any, ...], external: Int1D, shadow: Int1D) -> ShadowAgreement:
        """Count cases by places of their grades."""
        n = len(labels)
        counts = np.bincount(external * n + shadow, minlength=n * n).reshape(n, n)
        return cls(labels=labels, counts=tuple(map(tuple, counts.tolist())))

    @property
    def n_cases(self) -> int:
        """Cases compared."""
        return int(np.sum(self.counts))

    @property
    def accuracy(self) -> float:
        """Share of cases in the same grade."""
        return self._share_within(0)

    @property
    def within_one_notch(self) -> float:
        """Share of cases at most one grade apart."""
        return self._share_within(1)

    @property
    def mean_notches(self) -> float:
        """Mean of the notches by which the shadow rating is riskier than the agency's."""
        counts = np.array(self.counts)
        rows, columns = np.indices(counts.shape)
        return float(((columns - rows) * counts).sum() / counts.sum())

    @property
    def weighted_kappa(self) -> float:
        """Cohen's kappa with quadratic weights; NaN where both have one grade only."""
        counts = np.array(self.counts)
        if np.count_nonzero(counts.sum(axis=0) + counts.sum(axis=1)) == 1:
            return float("nan")
        return WeightedKappa.from_table(counts, weights="quadratic").kappa

    def table(self) -> pd.DataFrame:
        """Return counts: a row a grade of the agency, a column one of the shadow rating.

        Returns
        -------
        DataFrame
        """
        rows = pd.Index(self.labels, name="external")
        return pd.DataFrame(
            list(self.counts), index=rows, columns=pd.Index(self.labels, name="shadow")
        )

    def _share_within(self, notches: int) -> float:
        counts = np.array(self.counts)
        rows, columns = np.indices(counts.shape)
        return float(counts[np.abs(rows - columns) <= notches].sum() / counts.sum())

    def _said(self) -> str:
        same, near = (
            f"{share:.1%}".replace("%", " %") for share in (self.accuracy, self.within_one_notch)
        )
        return (
            f"{same} of {self.n_cases:,} cases in the same grade, {near} within one notch; "
            f"weighted kappa {self.weighted_kappa:.3f}"
        )

    def __repr__(self) -> str:
        """Say in one line how near both are."""
        return f"<{type(self).__name__}: {self._said()}>"

    def _repr_html_(self) -> str:
        """Show the counts."""
        shown = self.table()
        shown.columns = [str(label) for label in shown.columns]
        shown.insert(0, "external", [str(label) for label in self.labels])
        formats = {str(label): "{:,.0f}" for label in self.labels}
        return html_table(shown, caption=f"Shadow rating: {self._said()}", formats=formats)
