"""Weights in levels as a tree from left to right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import GOOD, INK, MUTED, clean_axes, counted, new_axes, text_width
from creditscore.expert._display._criterion_labels import criterion_labels
from creditscore.expert._weights._hierarchy import WeightHierarchy

_BOX_WIDTH = 0.8
"""Part of a level that its boxes take; the rest is for the lines between levels."""
_ROOT_WIDTH = 0.5
"""Parts of a level that the root takes to the left of the first one."""
_LEAST_SIZE = 5.5
"""Points of letters below which a box has one line, with the weight of the whole alone."""


@dataclass(kw_only=True)
class WeightTreeDisplay:
    """A hierarchy of weights from left to right, each criterion in a box with its weights.

    Made by :meth:`from_hierarchy`. Names in Chinese need a font that holds them, as
    ``plt.rcParams["font.family"] = ["DejaVu Sans", "Noto Sans CJK SC"]`` may set it.

    Attributes
    ----------
    nodes : DataFrame
        A row a criterion, as :meth:`WeightHierarchy.table` returns it, with label, row (its place
        from the top; that of a group lies in the middle of its parts) and parent_row (that of the
        group that it belongs to).

    Examples
    --------
    >>> from creditscore.expert import WeightHierarchy, WeightTreeDisplay
    >>> tree = WeightHierarchy.of({
    ...     "financial": (70, {"return_on_equity": 34, "debt_ratio": 66}), "management": 30,
    ... })
    >>> display = WeightTreeDisplay.from_hierarchy(tree)
    >>> display.frame()[["level", "criterion", "local_weight", "weight", "row"]].round(3)
       level         criterion  local_weight  weight  row
    0      1         financial          0.70   0.700  0.5
    1      2  return_on_equity          0.34   0.238  0.0
    2      2        debt_ratio          0.66   0.462  1.0
    3      1        management          0.30   0.300  2.0
    """

    nodes: pd.DataFrame

    @classmethod
    def from_hierarchy(
        cls, hierarchy: WeightHierarchy, *, labels: Mapping[str, str] | None = None
    ) -> Self:
        """Lay out a tree.

        Parameters
        ----------
        hierarchy : WeightHierarchy
            The weights.
        labels : mapping of str to str, optional
            What criteria are called in the picture, where it is not their name.

        Raises
        ------
        InvalidParameterError
            It is no hierarchy.
        """
        check_kind(hierarchy, "hierarchy", cls.__name__, WeightHierarchy)
        table = hierarchy.table()
        table["label"] = criterion_labels(table["criterion"].tolist(), labels, cls.__name__)
        rows, parents = _rows_of(table["level"].tolist(), table["is_leaf"].tolist())
        table["row"], table["parent_row"] = rows, parents
        return cls(nodes=table)

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.nodes.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw the tree; the axes are then in ``ax_``."""
        n_levels = int(self.nodes["level"].max())
        n_rows = int(self.nodes["is_leaf"].sum())
        size = (1.4 + 2.3 * n_levels, 0.7 + 0.46 * n_rows)
        # axes without ticks and labels take the whole of a figure of their own
        room = (72 * size[0], 72 * (size[1] - 0.35)) if ax is None else _points(ax)
        ax = new_axes(ax, size=size)
        clean_axes(ax, title="Weights of the criteria")
        ax.set_axis_off()
        ax.set_xlim(-_ROOT_WIDTH, n_levels - 1 + _BOX_WIDTH + 0.02)
        ax.set_ylim(n_rows - 0.45, -0.55)
        style = _BoxStyle.of(self.nodes, room[0] / (n_levels + _ROOT_WIDTH), room[1] / n_rows)
        first = self.nodes.loc[self.nodes["level"] == 1, "row"]
        root = float(first.iloc[0] + first.iloc[-1]) / 2
        ax.text(-0.28, root, "total\n100 %", ha="center", va="center", fontsize=style.size,
                color=INK, fontweight="bold")  # fmt: skip
        most = float(self.nodes["weight"].max())
        for node in self.nodes.itertuples():
            left = node.level - 1
            before = (-0.1, root) if left == 0 else (left - 1 + _BOX_WIDTH, node.parent_row)
            middle = (before[0] + left) / 2
            ax.plot([before[0], middle, middle, left], [before[1], before[1], node.row, node.row],
                    color=MUTED, linewidth=0.9, solid_capstyle="butt", zorder=1)  # fmt: skip
            style.draw(ax, node, shade=node.weight / most)
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line what it is."""
        leaves = int(self.nodes["is_leaf"].sum())
        return (
            f"<WeightTreeDisplay: {counted(int(self.nodes['level'].max()), 'level')}, "
            f"{counted(leaves, 'leaf').replace('leafs', 'leaves')}; plot() draws the tree, "
            "frame() returns the weights>"
        )


def _rows_of(levels: list[int], leaves: list[bool]) -> tuple[list[float], list[float]]:
    """Return the row of each node, given before its parts, and that of the group around it."""
    n = len(levels)
    rows = [np.nan] * n
    parents = [-1] * n
    path: list[int] = []
    n_leaves = 0
    for i, (level, leaf) in enumerate(zip(levels, leaves, strict=True)):
        del path[level - 1 :]
        parents[i] = path[-1] if path else -1
        path.append(i)
        if leaf:
            rows[i] = float(n_leaves)
            n_leaves += 1
    # parts come after their group, so that from the end all parts have rows
    for i in reversed(range(n)):
        if not leaves[i]:
            own = [rows[j] for j in range(n) if parents[j] == i]
            rows[i] = (own[0] + own[-1]) / 2
    return rows, [rows[p] if p >= 0 else np.nan for p in parents]


@dataclass(frozen=True)
class _BoxStyle:
    """How boxes are filled: sizes in points, and heights as parts of a row."""

    width: float
    row: float
    size: float
    two_lines: bool
    weight_size: float

    @classmethod
    def of(cls, nodes: pd.DataFrame, level: float, row: float) -> Self:
        """Find the size of letters for levels and rows of so many points."""
        width = _BOX_WIDTH * level
        two_lines = 0.34 * row >= _LEAST_SIZE
        size = min(8.5, 0.34 * row if two_lines else 0.55 * row)
        widest = max(
            text_width(_weights_in_words(node, in_group=two_lines), 0.9 * size)
            for node in nodes.itertuples()
        )
        share = 1.0 if two_lines else 0.4
        return cls(width, row, size, two_lines, 0.9 * size * min(1, share * width * 0.86 / widest))

    def draw(self, ax: Any, node: Any, *, shade: float) -> None:
        """Draw a criterion with its weights; its colour is as strong as its weight of the whole."""
        left = node.level - 1
        height = min(0.8, 3.4 * self.size / self.row)
        top = node.row - height / 2
        ax.add_patch(_rectangle(left, top, height, facecolor=GOOD, alpha=0.06 + 0.4 * shade))
        ax.add_patch(_rectangle(left, top, height, facecolor="none", edgecolor=GOOD))
        weights = _weights_in_words(node, in_group=self.two_lines)
        room = self.width - 0.9 * self.size
        apart = 0.6 * self.size / self.row
        if self.two_lines:
            heights, sides = (node.row - apart, node.row + apart), ("left", "left")
        else:
            room -= text_width(weights, self.weight_size) + 0.5 * self.size
            heights, sides = (node.row, node.row), ("left", "right")
        inset = 0.45 * self.size * _BOX_WIDTH / self.width
        ends = {"left": left + inset, "right": left + _BOX_WIDTH - inset}
        said = (_fitting(node.label, room, self.size), weights)
        for i, (letters, weight) in enumerate(((self.size, "bold"), (self.weight_size, "normal"))):
            ax.text(ends[sides[i]], heights[i], said[i], ha=sides[i], va="center", color=INK,
                    fontsize=letters, fontweight=weight, parse_math=False)  # fmt: skip


def _weights_in_words(node: Any, *, in_group: bool) -> str:
    """Write the weight of the whole, and before it that in the group, where it is another."""
    local, whole = (f"{100 * share:.3g} %" for share in (node.local_weight, node.weight))
    return f"{local} of its group, {whole} of all" if in_group and node.level > 1 else whole


def _points(ax: Any) -> tuple[float, float]:
    """Return the width and the height of axes in points."""
    extent = ax.get_window_extent()
    return float(extent.width) * 72 / ax.figure.dpi, float(extent.height) * 72 / ax.figure.dpi


def _rectangle(left: float, top: float, height: float, **style: Any) -> Any:
    from matplotlib.patches import Rectangle  # noqa: PLC0415 - one second of import, used here only

    return Rectangle((left, top), _BOX_WIDTH, height, linewidth=0.9, zorder=2, **style)


def _fitting(label: str, room: float, size: float) -> str:
    """Cut a label in its middle until it fits."""
    shown = " ".join(label.split())
    keep = len(shown)
    # bold letters are a little wider than those that are measured
    while keep > 3 and 1.12 * text_width(shown, size) > room:
        keep -= 1
        head = (keep + 1) * 2 // 3
        shown = f"{label[:head].rstrip()}…{label[len(label) - (keep - head) :].lstrip()}"
    return shown
