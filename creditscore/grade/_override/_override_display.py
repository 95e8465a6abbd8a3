"""From which grades to which overrides move customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import BAD, GOOD, INK, MUTED, clean_axes, counted, name_ticks, new_axes
from creditscore.exceptions import EmptyDataError
from creditscore.grade._override._overridden_grades import OverriddenGrades


@dataclass(kw_only=True, repr=False)
class OverrideDisplay:
    """Matrix of grades before and after overrides: lifted below the diagonal, lowered above it.

    Made by :meth:`from_grades`. A cell holds how many customers moved; the darker, the more of
    those of its row.

    Attributes
    ----------
    counts : DataFrame
        Customers by grade before (rows) and after (columns), grades that nobody has left out.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore import GradeScale
    >>> from creditscore.grade import GradeOverride, OverrideDisplay, OverridePolicy
    >>> lost = GradeOverride(customer="X", grade_before="A", grade_after="BBB", author="Li",
    ...                      reason="adverse_event", decided_on="2025-01-15",
    ...                      text="The largest customer has gone.")
    >>> grades = pd.Series("A", index=["X", "Y", "Z"])
    >>> found = OverridePolicy().apply(grades, [lost], GradeScale.agency(), as_of="2025-02-01")
    >>> display = OverrideDisplay.from_grades(found)
    >>> display
    OverrideDisplay(3 customers, 1 of them overridden)
    >>> display.plot().ax_.get_xlabel()
    'grade after'
    """

    counts: pd.DataFrame

    @classmethod
    def from_grades(cls, overridden: OverriddenGrades) -> Self:
        """Count grades before and after.

        Parameters
        ----------
        overridden : OverriddenGrades
            Of :meth:`OverridePolicy.apply`.

        Returns
        -------
        OverrideDisplay

        Raises
        ------
        EmptyDataError
            There are no customers.
        """
        check_kind(overridden, "overridden", "OverrideDisplay.from_grades", OverriddenGrades)
        if not overridden.before:
            msg = "There are no customers, so there is nothing to draw."
            raise EmptyDataError(msg)
        held = {*overridden.before, *overridden.after}
        order = [grade for grade in overridden.order if grade in held]
        counts = pd.crosstab(
            np.array(overridden.before, dtype=object), np.array(overridden.after, dtype=object)
        ).reindex(index=order, columns=order, fill_value=0)
        counts = counts.rename_axis(index="grade_before", columns="grade_after")
        return cls(counts=counts)

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture: grade_before, grade_after, count, direction."""
        grades = list(self.counts.index)
        places = [(row, column) for row in range(len(grades)) for column in range(len(grades))]
        words = {-1: "up", 0: "none", 1: "down"}
        return pd.DataFrame(
            {
                "grade_before": [grades[row] for row, _ in places],
                "grade_after": [grades[column] for _, column in places],
                "count": self.counts.to_numpy().ravel(),
                "direction": [words[int(np.sign(column - row))] for row, column in places],
            }
        )

    def plot(self, ax: Any = None) -> Self:
        """Draw the matrix; the axes are then in ``ax_``."""
        counts = self.counts.to_numpy(dtype=np.float64)
        n = len(counts)
        side = min(8.0, max(4.2, 0.62 * n + 1.6))
        ax = new_axes(ax, size=(side + 0.6, side))
        ax.set_xlim(-0.5, n - 0.5)
        ax.set_ylim(n - 0.5, -0.5)
        of_row = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        off = of_row[~np.eye(n, dtype=bool)]
        most = float(off.max()) if off.size and off.max() > 0 else 1.0
        for row in range(n):
            for column in range(n):
                self._draw_cell(ax, row, column, of_row[row, column] / most)
        clean_axes(ax, title="Overrides: grades before and after")
        ax.grid(visible=False)
        labels = [str(grade) for grade in self.counts.index]
        name_ticks(ax, range(n), labels)
        ax.set_yticks(range(n), labels, parse_math=False)
        ax.set_xlabel("grade after", color=INK)
        ax.set_ylabel("grade before", color=INK)
        self._legend(ax)
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line what is drawn; the numbers are in :meth:`frame`."""
        total = int(self.counts.to_numpy().sum())
        moved = total - int(np.trace(self.counts.to_numpy()))
        return f"OverrideDisplay({counted(total, 'customer')}, {moved:,} of them overridden)"

    def _draw_cell(self, ax: Any, row: int, column: int, strength: float) -> None:
        count = int(self.counts.iloc[row, column])
        kept = row == column
        colour = MUTED if kept else GOOD if column < row else BAD
        alpha = 0.18 if kept else (0.15 + 0.75 * strength) * (count > 0)
        ax.fill_between([column - 0.47, column + 0.47], row - 0.47, row + 0.47, color=colour,
                        alpha=alpha, linewidth=0)  # fmt: skip
        if count:
            ink = "white" if not kept and strength > 0.6 else INK
            ax.text(column, row, f"{count:,}", ha="center", va="center", color=ink, fontsize=9)

    def _legend(self, ax: Any) -> None:
        from matplotlib.patches import Patch  # noqa: PLC0415 - one second of import, used here only

        counts = self.counts.to_numpy()
        up, down = int(np.tril(counts, -1).sum()), int(np.triu(counts, 1).sum())
        handles = [
            Patch(color=GOOD, alpha=0.7, label=f"lifted, low side ({up:,})"),
            Patch(color=BAD, alpha=0.7, label=f"lowered, high side ({down:,})"),
            Patch(color=MUTED, alpha=0.3, label="kept"),
        ]
        # below the names of the grades, which take more room in lines, or where they are turned
        names = [(name.get_text(), name.get_rotation()) for name in ax.get_xticklabels()]
        lines = max(text.count("\n") for text, _ in names)
        slanted = max(len(text) * (angle > 0) for text, angle in names)
        room = 4.4 + 1.4 * lines + 0.5 * slanted
        ax.legend(handles=handles, frameon=False, fontsize=9, loc="upper center", ncols=3,
                  bbox_to_anchor=(0.5, 0), borderaxespad=room, columnspacing=1.0,
                  handlelength=1.2)  # fmt: skip
