"""Opinions of a Delphi study from round to round, as a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import GOOD, INK, MUTED, clean_axes, counted, distinct, new_axes
from creditscore.exceptions import InvalidDataError
from creditscore.expert._delphi._study import DelphiStudy

_LANE = 0.7
"""Part of the height of an item that its rounds share."""


@dataclass(kw_only=True)
class DelphiDisplay:
    """Median and quartiles of each item, a line a round: do opinions come together.

    Made by :meth:`from_study`.

    Attributes
    ----------
    table : DataFrame
        round_number, item, n, q1, median, q3.
    scale : pair of float
        Least and most that an answer may be.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.expert import DelphiDisplay, DelphiStudy
    >>> study = DelphiStudy(experts=("A", "B", "C"), items=("profit", "age"), scale=(1, 5))
    >>> opinions = pd.DataFrame({"profit": [5, 4, 5], "age": [1, 4, 4]}, index=["A", "B", "C"])
    >>> DelphiDisplay.from_study(study.with_round(opinions)).frame()
       round_number    item  n   q1  median   q3
    0             1  profit  3  4.5     5.0  5.0
    1             1     age  3  2.5     4.0  4.0
    """

    table: pd.DataFrame
    scale: tuple[float, float]

    @classmethod
    def from_study(cls, study: DelphiStudy) -> Self:
        """Take the figures of all rounds.

        Parameters
        ----------
        study : DelphiStudy
            With one round or more.

        Raises
        ------
        InvalidDataError
            There is no round yet.
        """
        check_kind(study, "study", "DelphiDisplay.from_study", DelphiStudy)
        if not study.rounds:
            msg = "The study has no round yet, so there is nothing to draw."
            raise InvalidDataError(msg)
        tables = []
        for number in range(1, len(study.rounds) + 1):
            spread = study.spread(number)[["item", "n", "q1", "median", "q3"]]
            spread.insert(0, "round_number", number)
            tables.append(spread)
        return cls(table=pd.concat(tables, ignore_index=True), scale=study.scale)

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.table.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw the items one below the other; the axes are then in ``ax_``."""
        items = list(dict.fromkeys(self.table["item"]))
        n_rounds = int(self.table["round_number"].max())
        height = max(2.6, 1.3 + len(items) * (0.25 + 0.12 * n_rounds))
        ax = new_axes(ax, size=(7.0, height))
        step = _LANE / n_rounds
        for row in self.table.itertuples(index=False):
            if not row.n:
                continue  # nobody answered: there is no place to draw at
            number = int(row.round_number)
            y = items.index(row.item) + (number - (n_rounds + 1) / 2) * step
            is_last = number == n_rounds
            colour = GOOD if is_last else MUTED
            ax.plot([row.q1, row.q3], [y, y], color=colour, linewidth=3, solid_capstyle="butt")
            ax.plot([row.median], [y], "o", color=INK if is_last else MUTED, markersize=5, zorder=3)
            # beside the quartiles, to the side where the scale has room
            right = row.q3 <= sum(self.scale) / 2
            ax.annotate(
                f"{number}",
                (row.q3 if right else row.q1, y),
                xytext=(8 if right else -8, 0),
                textcoords="offset points",
                ha="left" if right else "right",
                va="center",
                fontsize=7,
                color=INK if is_last else MUTED,
            )
        ax.set_yticks(range(len(items)), distinct(items, 28), parse_math=False)
        ax.set_ylim(len(items) - 0.4, -0.6)
        margin = 0.04 * (self.scale[1] - self.scale[0])
        ax.set_xlim(self.scale[0] - margin, self.scale[1] + margin)
        ax.set_xlabel("answer: median and quartiles, by number of the round", color=INK)
        clean_axes(ax, title="Opinions from round to round", grid="x")
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line what it is."""
        n_rounds = int(self.table["round_number"].max())
        return (
            f"<DelphiDisplay: {counted(self.table['item'].nunique(), 'item')} in "
            f"{counted(n_rounds, 'round')}; plot() draws them, frame() returns the numbers>"
        )
