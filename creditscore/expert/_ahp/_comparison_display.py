"""Pairwise comparisons as a picture, with the judgements marked that are most at odds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import BAD, GOOD, INK, MUTED, clean_axes, distinct, name_ticks, new_axes
from creditscore._typing import Bool2D, Float2D
from creditscore._validation import check_integer
from creditscore.expert._ahp._consistency import judgement_text
from creditscore.expert._ahp._pairwise import PairwiseComparison
from creditscore.expert._ahp._random_index import RandomIndex

_STRONGEST = math.log(9)
"""End of Saaty's scale, from where on a cell has the full colour."""
_NOT_COMPARED = "#e9edf0"
_SAME = 1e-6
"""Relative difference up to which a judgement is what the others ask for."""


@dataclass(kw_only=True, repr=False)
class ComparisonDisplay:
    """The matrix of judgements, with those marked that are most at odds with the rest.

    Made by :meth:`from_comparison`.

    Attributes
    ----------
    names : tuple of str
        Criteria.
    matrix : ndarray of shape (n_criteria, n_criteria)
        Judgements of row to column, NaN where there is none.
    implied : ndarray of shape (n_criteria, n_criteria)
        Ratios of the priorities, which are what the judgements come to.
    marked : DataFrame
        What :meth:`PairwiseComparison.most_inconsistent` returns of the judgements that are
        marked.
    consistency_ratio : float
        Of all judgements.

    Examples
    --------
    >>> from creditscore.expert import ComparisonDisplay, PairwiseComparison
    >>> comparison = PairwiseComparison.of(["a", "b", "c", "d"], [2, 1 / 4, 8, 2, 4, 2])
    >>> display = ComparisonDisplay.from_comparison(comparison)
    >>> display.frame().query("marked")
      criterion compared_with  judgement  implied  marked
    2         a             c       0.25  0.826289    True
    8         c             a       4.00  1.210231    True
    >>> display.plot().ax_.get_xlabel().splitlines()[0]
    'compared with'
    """

    names: tuple[str, ...]
    matrix: Float2D
    implied: Float2D
    marked: pd.DataFrame
    consistency_ratio: float

    @classmethod
    def from_comparison(
        cls,
        comparison: PairwiseComparison,
        *,
        n_marked: int = 1,
        on_scale: bool = False,
        random_index: RandomIndex = "saaty_2005",
    ) -> Self:
        """Find the judgements to mark.

        Parameters
        ----------
        comparison : PairwiseComparison
            Its comparisons link all criteria.
        n_marked : int, default=1
            How many judgements to mark, at most; 1 or more. Judgements that are what the others
            ask for are not marked.
        on_scale : bool, default=False
            Suggest the nearest value of Saaty's scale.
        random_index : str or mapping of int to float, default="saaty_2005"
            As in :meth:`PairwiseComparison.consistency_ratio`.

        Returns
        -------
        ComparisonDisplay

        Raises
        ------
        InvalidDataError, InvalidParameterError
            As of :meth:`PairwiseComparison.most_inconsistent`.
        """
        owner = f"{cls.__name__}.from_comparison"
        check_kind(comparison, "comparison", owner, PairwiseComparison)
        check_integer(n_marked, "n_marked", owner, low=1)
        weights = comparison.weights(threshold=math.inf, random_index=random_index)
        found = comparison.most_inconsistent(n_marked, on_scale=on_scale, random_index=random_index)
        off = np.abs(np.log(found["given"] / found["consistent"])) > _SAME
        shares = weights.array()
        return cls(
            names=comparison.names,
            matrix=comparison.matrix,
            implied=shares[:, None] / shares,
            marked=found[off],
            consistency_ratio=weights.evidence["consistency_ratio"],
        )

    def frame(self) -> pd.DataFrame:
        """Return a row a cell of the matrix, row by row.

        Returns
        -------
        DataFrame
            criterion, compared_with, judgement (NaN where there is none), implied (ratio of the
            priorities), marked.
        """
        n = len(self.names)
        return pd.DataFrame(
            {
                "criterion": np.repeat(np.array(self.names, dtype=object), n),
                "compared_with": list(self.names) * n,
                "judgement": self.matrix.ravel(),
                "implied": self.implied.ravel(),
                "marked": self._marks().ravel(),
            }
        )

    def plot(self, ax: Any = None) -> Self:
        """Draw the matrix; the axes are then in ``ax_``."""
        from matplotlib.colors import LinearSegmentedColormap  # noqa: PLC0415 - slow to import

        n = len(self.names)
        ax = new_axes(ax, size=(max(5.2, 0.72 * n + 1.8), max(3.6, 0.52 * n + 1.6)))
        colours = LinearSegmentedColormap.from_list("judgements", [BAD, "white", GOOD])
        # a cell stays light enough for dark text at the end of the scale
        shade = np.clip(np.log(self.matrix) / _STRONGEST, -1, 1) * 0.6
        ax.imshow(
            np.ma.masked_invalid(shade), cmap=colours, vmin=-1, vmax=1, aspect="auto", zorder=0
        )
        ax.set_facecolor(_NOT_COMPARED)
        size = 9 if n <= 9 else 7
        for i, j in np.ndindex(n, n):
            self._write(ax, i, j, size)
        self._outline(ax)
        ax.set(xlim=(-0.5, n - 0.5), ylim=(n - 0.5, -0.5))
        name_ticks(ax, range(n), self.names)
        ax.set_yticks(range(n), distinct(self.names, 24), parse_math=False)
        below = (
            "\noutlined: most at odds with the rest\n→ the value that would mend it"
            if len(self.marked)
            else ""
        )
        ax.set_xlabel(f"compared with{below}", color=INK, fontsize=9)
        ax.set_ylabel("criterion", color=INK)
        title = f"Pairwise comparison, consistency ratio {self.consistency_ratio:.3f}"
        clean_axes(ax, title=title)
        ax.grid(visible=False)
        ax.tick_params(length=0)
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line what it is."""
        return (
            f"<ComparisonDisplay: {len(self.names)} criteria, consistency ratio "
            f"{self.consistency_ratio:.3f}, {len(self.marked)} marked; plot() draws them, frame() "
            "returns the numbers>"
        )

    def _marks(self) -> Bool2D:
        marks = np.zeros(self.matrix.shape, dtype=bool)
        for first, second in self._marked_places():
            marks[first, second] = marks[second, first] = True
        return marks

    def _marked_places(self) -> list[tuple[int, int]]:
        return [
            (self.names.index(first), self.names.index(second))
            for first, second in zip(
                self.marked["criterion"], self.marked["compared_with"], strict=True
            )
        ]

    def _write(self, ax: Any, i: int, j: int, size: float) -> None:
        """Write a judgement into its cell; what was not compared is a dash."""
        value = self.matrix[i, j]
        text = "–" if np.isnan(value) else judgement_text(float(value))
        ax.text(
            j, i, text, ha="center", va="center", fontsize=size,
            color=MUTED if i == j or np.isnan(value) else INK,
        )  # fmt: skip

    def _outline(self, ax: Any) -> None:
        """Outline marked judgements on both sides of the diagonal, their mended values below."""
        from matplotlib.patches import Rectangle  # noqa: PLC0415 - as above

        for place, value in zip(self._marked_places(), self.marked["consistent"], strict=True):
            for (i, j), mended in ((place, value), (place[::-1], 1 / value)):
                ax.add_patch(
                    Rectangle(
                        (j - 0.47, i - 0.47), 0.94, 0.94, fill=False, edgecolor=INK, linewidth=2
                    )
                )
                ax.text(
                    j, i + 0.32, f"→ {judgement_text(float(mended))}", ha="center", va="center",
                    fontsize=6.5, color=INK,
                )  # fmt: skip
