"""What a fuzzy evaluation says of customers: memberships of all levels, scores, grades."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from creditscore._display import counted, html_table
from creditscore._frame import Table
from creditscore._typing import Float1D, Float2D, NativeFrame, NativeSeries

_SAME = 1e-9
"""Part of the largest membership up to which two are the same but for rounding."""
_LOW_EFFECT = 0.5
"""Effectiveness below which the largest membership stands out too little."""


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class FuzzyResult:
    """Memberships, scores and grades of customers. Made by :meth:`FuzzyEvaluation.evaluate`.

    Attributes
    ----------
    grades : tuple of str
        The safest first.
    memberships : table of shape (n_customers, n_grades)
        How far each customer belongs to each grade, as composed; rows need not add up to 1.
    score : Series of float64, named "score"
        Mean of the grades' values, weighted by the memberships; a higher one is safer.
    grade : Series of str, named "grade"
        The grade of the largest membership; of several that share it, the riskiest.
    n_tied : Series of int, named "n_tied"
        Grades that share the largest membership; 1 where it is one grade's own.
    effectiveness : Series of float64, named "effectiveness"
        How clearly the largest membership stands out: see the Notes.
    levels : mapping of str to table
        Memberships of each criterion of each level, such as "financial" and
        "financial/debt_ratio", customers × grades.

    Notes
    -----
    With β and γ the largest and the second largest membership once they add up to 1, and n grades,
    the effectiveness is α = (nβ − 1) / (2γ(n − 1)): infinite where γ = 0, 1 or more where the
    principle of the maximum membership is very effective, from ½ to 1 rather so, below ½ little,
    and 0 where all are alike. The score serves where α is below ½. All columns and tables have the
    library and the index of the table that was evaluated.

    Examples
    --------
    >>> from creditscore.expert import FuzzyEvaluation, Weights
    >>> judged = FuzzyEvaluation(
    ...     grades=("good", "fair", "poor"), grade_values=(90, 70, 50),
    ...     weights=Weights.of({"management": 60, "market": 40}),
    ... )
    >>> result = judged.evaluate_votes({"management": [0.5, 0.5, 0], "market": [0.2, 0.3, 0.5]})
    >>> result.table().round(2)
       score grade  n_tied  effectiveness  good  fair  poor
    0   73.6  fair       1           0.17  0.38  0.42   0.2
    """

    grades: tuple[str, ...]
    memberships: NativeFrame
    score: NativeSeries
    grade: NativeSeries
    n_tied: NativeSeries
    effectiveness: NativeSeries
    levels: Mapping[str, NativeFrame]

    @classmethod
    def _of(
        cls,
        table: Table,
        grades: Sequence[str],
        values: Float1D,
        levels: Mapping[str, Float2D],
        whole: Float2D,
    ) -> FuzzyResult:
        """Judge the memberships of the whole, with the index of a table."""
        shares = whole / whole.sum(axis=1, keepdims=True)
        largest = shares.max(axis=1)
        tied = shares >= largest[:, None] * (1 - _SAME)
        # the last one that is tied is the riskiest
        place = shares.shape[1] - 1 - tied[:, ::-1].argmax(axis=1)

        def frame(numbers: Float2D) -> NativeFrame:
            return table.to_frame(dict(zip(grades, numbers.T.copy(), strict=True)))

        return cls(
            grades=tuple(grades),
            memberships=frame(whole),
            score=table.to_series("score", shares @ values),
            grade=table.to_series("grade", [grades[i] for i in place], text=True),
            n_tied=table.to_series("n_tied", tied.sum(axis=1)),
            effectiveness=table.to_series("effectiveness", _effectiveness(shares)),
            levels={name: frame(numbers) for name, numbers in levels.items()},
        )

    def table(self) -> pd.DataFrame:
        """Return a row a customer: score, grade, n_tied, effectiveness, memberships of the grades.

        Returns
        -------
        DataFrame
            With the index of the table that was evaluated, where that was a pandas one.
        """
        columns = (self.score, self.grade, self.n_tied, self.effectiveness)
        names = ("score", "grade", "n_tied", "effectiveness")
        index = self.score.index if isinstance(self.score, pd.Series) else None
        found = {name: _plain(column) for name, column in zip(names, columns, strict=True)}
        for name in self.grades:
            found[name] = _plain(self.memberships[name])
        return pd.DataFrame(found, index=index)

    def __repr__(self) -> str:
        """Say in one line how many customers are in which grade."""
        found = _plain(self.grade).tolist()
        listed = ", ".join(f"{found.count(name):,} {name}" for name in self.grades)
        weak = int((_plain(self.effectiveness) < _LOW_EFFECT).sum())
        return (
            f"FuzzyResult({counted(len(found), 'customer')}: {listed}; the largest membership "
            f"stands out little for {weak:,})"
        )

    def _repr_html_(self) -> str:
        """Show the first customers."""
        table = self.table().head(10)
        formats = dict.fromkeys(("effectiveness", *self.grades), "{:.3f}") | {"score": "{:.2f}"}
        caption = f"Fuzzy evaluation of {counted(len(_plain(self.score)), 'customer')}"
        return html_table(table, caption=caption, formats=formats)


def _effectiveness(shares: Float2D) -> Float1D:
    """Return how clearly the largest share of each row stands out; infinite where it is alone."""
    n = shares.shape[1]
    ordered = np.sort(shares, axis=1)
    above = np.maximum(n * ordered[:, -1] - 1, 0.0)
    second = 2 * (n - 1) * ordered[:, -2]
    alone = second == 0
    return np.where(alone, np.inf, above / np.where(alone, 1.0, second))


def _plain(column: Any) -> Any:
    return (
        column.to_numpy(zero_copy_only=False) if hasattr(column, "chunks") else np.asarray(column)
    )
