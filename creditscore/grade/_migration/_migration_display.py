"""A matrix of migration as a heat map."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import BAD, GOOD, INK, MUTED, distinct, new_axes
from creditscore._typing import Float2D
from creditscore.grade._migration._matrix import MigrationMatrix

_LEAST = 1e-4
"""Chance at which cells begin to be coloured."""
_INCHES_A_CELL = 0.62
_MOST_WITH_TEXT = 30


@dataclass(kw_only=True, repr=False)
class MigrationDisplay:
    """Chances to migrate, darker on a logarithmic scale; upgrades blue, downgrades red.

    Made by :meth:`from_matrix`. Those who stay are grey, because they are nearly all and would
    drown the rest.

    Attributes
    ----------
    matrix : MigrationMatrix
        What is drawn.

    Examples
    --------
    >>> from creditscore.grade import MigrationDisplay, MigrationMatrix
    >>> year = MigrationMatrix.from_percent([[90, 8, 2], [10, 80, 10]], labels=["A", "B", "D"])
    >>> display = MigrationDisplay.from_matrix(year)
    >>> display
    MigrationDisplay(3 states A to D, 1 year)
    >>> display.plot().ax_.get_xlabel()
    'grade at the end'
    """

    matrix: MigrationMatrix

    @classmethod
    def from_matrix(cls, matrix: MigrationMatrix) -> Self:
        """Take a matrix.

        Parameters
        ----------
        matrix : MigrationMatrix
            Of any method.

        Returns
        -------
        MigrationDisplay
        """
        check_kind(matrix, "matrix", f"{cls.__name__}.from_matrix", MigrationMatrix)
        return cls(matrix=matrix)

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture, a row for each state that customers leave."""
        return self.matrix.frame().iloc[: self._n_rows]

    def plot(self, ax: Any = None) -> Self:
        """Draw the cells; the axes are then in ``ax_``."""
        values = self.frame().to_numpy()
        n, m = values.shape
        size = (max(4.2, 1.3 + _INCHES_A_CELL * m), max(2.6, 1.2 + 0.44 * n))
        ax = new_axes(ax, size=size)
        ax.imshow(
            _colours(values, withdrawn=self.matrix.withdrawn_label is not None),
            aspect="auto",
            interpolation="nearest",
        )
        letters = max(6.0, min(9.0, 9.0 * 17 / max(17, m)))
        if m <= _MOST_WITH_TEXT:
            _write_cells(ax, values, letters)
        names = distinct(self.matrix.labels, 12)
        ax.set_xticks(range(m), names, fontsize=letters, parse_math=False)
        ax.set_yticks(range(n), names[:n], fontsize=letters, parse_math=False)
        if max(map(len, names)) > 5:
            for label in ax.get_xticklabels():
                label.set(rotation=40, ha="left", rotation_mode="anchor")
        ax.xaxis.tick_top()
        ax.xaxis.set_label_position("top")
        ax.set_xlabel("grade at the end", color=INK, labelpad=8)
        ax.set_ylabel("grade at the start", color=INK)
        _draw_frame(ax, n, m)
        ax.set_title(f"Migration within {_span(self.matrix.years)}, %", loc="left", color=INK,
                     fontsize=11, fontweight="bold", parse_math=False)  # fmt: skip
        self.ax_ = ax
        return self

    @property
    def _n_rows(self) -> int:
        """Rows that say something: an absorbing default and withdrawn ratings do not."""
        array, n = self.matrix.array, len(self.matrix.labels)
        while n > len(self.matrix.grades) and array[n - 1, n - 1] == 1:
            n -= 1
        return n

    def __repr__(self) -> str:
        """Say in one line what is drawn; the numbers are in :meth:`frame`."""
        labels = self.matrix.labels
        return (
            f"{type(self).__name__}({len(labels)} states {labels[0]} to {labels[-1]}, "
            f"{_span(self.matrix.years)})"
        )


def _span(years: float) -> str:
    return f"{years:g} year{'' if years == 1 else 's'}"


def _colours(values: Float2D, *, withdrawn: bool) -> npt.NDArray[np.float64]:
    """Return red, green and blue of each cell."""
    from matplotlib.colors import to_rgb  # noqa: PLC0415 - slow

    n, m = values.shape
    place = np.sign(np.arange(m)[None, :] - np.arange(n)[:, None]).astype(np.intp)
    if withdrawn:
        # who withdraws has moved neither up nor down
        place[:, -1] = 0
    base = np.array([to_rgb(MUTED), to_rgb(BAD), to_rgb(GOOD)])[place]
    depth = 1 - np.log(np.clip(np.nan_to_num(values), _LEAST, 1.0)) / math.log(_LEAST)
    stay = np.eye(n, m, dtype=bool)
    depth = np.where(stay, 0.35 * (np.nan_to_num(values) > 0), 0.9 * depth)[:, :, None]
    mixed: npt.NDArray[np.float64] = 1 - depth * (1 - base)
    return mixed


def _write_cells(ax: Any, values: Float2D, letters: float) -> None:
    n, m = values.shape
    for i in range(n):
        for j in range(m):
            value = values[i, j]
            if math.isnan(value):
                text = "-"
            elif value == 0:
                continue
            else:
                text = f"{100 * value:.2f}" if value >= 5e-5 else "<0.01"
            dark = i != j and value > 0.2
            ax.text(j, i, text, ha="center", va="center", fontsize=letters - 1,
                    color="white" if dark else INK)  # fmt: skip


def _draw_frame(ax: Any, n: int, m: int) -> None:
    ax.set_xticks(np.arange(m + 1) - 0.5, minor=True)
    ax.set_yticks(np.arange(n + 1) - 0.5, minor=True)
    ax.grid(which="minor", color="white", linewidth=1.2)
    ax.tick_params(which="both", length=0, colors=INK)
    for spine in ax.spines.values():
        spine.set_visible(False)
