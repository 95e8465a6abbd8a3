"""The points table as a picture: what each attribute adds or costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._display import BAD, GOOD, INK, MUTED, clean_axes, new_axes, shorten, wrap
from creditscore._typing import Bool1D, Float1D
from creditscore.scorecard._scorecard import Scorecard

_ROW_INCHES = 0.24
_LABEL_WIDTH = 40
_SECOND_LINE = 0.5
"""Rows that the second line of a label takes."""
_HEADING = 1.3
"""Rows that the name of a characteristic takes."""


@dataclass(kw_only=True)
class PointsDisplay:
    """Points of every attribute as bars to the right or left of a characteristic's middle.

    Made by :meth:`from_scorecard`. The middle is the neutral points where the card has them,
    else halfway between the least and the most points of the characteristic.

    Attributes
    ----------
    points : DataFrame
        characteristic, attribute, points, difference (to the middle), of the attributes that
        the sample held rows of, or of all where the card holds no counts.

    Examples
    --------
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard import PointsDisplay
    >>> german = load_german_credit()
    >>> model = LogisticScorecard().fit(german[["savings_status"]], german["is_bad"])
    >>> PointsDisplay.from_scorecard(model.scorecard_).plot().ax_.get_xlabel()
    'points above or below neutral'
    """

    points: pd.DataFrame

    @classmethod
    def from_scorecard(cls, card: Scorecard) -> Self:
        """Take the points of a card."""
        table = card.table()
        table = table[(table["kind"] != "base") & ~(table["count"] == 0)]
        middle = {
            c.name: sum(c.points_range) / 2 if c.neutral_points is None else c.neutral_points
            for c in card.characteristics
        }
        points = table[["characteristic", "attribute", "points"]].reset_index(drop=True)
        points["difference"] = points["points"] - points["characteristic"].map(middle)
        return cls(points=points)

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.points.copy()

    @property
    def height(self) -> float:
        """Height in inches at which the rows have room."""
        rows = float(_rows(self._labels()).sum() + _HEADING * self._starts().sum())
        return 1.0 + _ROW_INCHES * rows

    def plot(self, ax: Any = None) -> Self:
        """Draw the bars; the axes are then in ``ax_``."""
        labels, starts = self._labels(), self._starts()
        rows = _rows(labels)
        at = np.cumsum(rows) - rows / 2 + _HEADING * np.cumsum(starts)
        ax = new_axes(ax, size=(8.0, self.height))
        difference = self.points["difference"].to_numpy()
        colours = [GOOD if value >= 0 else BAD for value in difference]
        ax.barh(at, difference, color=colours, height=0.8, alpha=0.85)
        ax.axvline(0, color=MUTED, linewidth=1)
        span = max(1.0, float(np.abs(difference).max()))
        for y, value, points in zip(at, difference, self.points["points"], strict=True):
            side = 1 if value >= 0 else -1
            ax.text(value + side * 0.015 * span, y, f"{points:.0f}", va="center",
                    ha="left" if side > 0 else "right", fontsize=8, color=INK)  # fmt: skip
        # a level may hold dollar signs, which are no mathematics
        ax.set_yticks(at, labels, parse_math=False)
        top = at - rows / 2
        for first in np.flatnonzero(starts):
            name = shorten(self.points["characteristic"][first], _LABEL_WIDTH)
            ax.text(-0.02, top[first] - 0.45, name, fontsize=9, fontweight="bold", color=INK,
                    ha="right", va="center", parse_math=False,
                    transform=ax.get_yaxis_transform())  # fmt: skip
        ax.set_xlim(-1.18 * span, 1.18 * span)
        ax.set_ylim(at[-1] + rows[-1] / 2 + 0.3, top[0] - 1.1)
        ax.set_xlabel("points above or below neutral", color=INK)
        clean_axes(ax, title="Points table", grid="x")
        ax.tick_params(axis="y", length=0, labelsize=8)
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line what it is."""
        n = int(self._starts().sum())
        return (
            f"<PointsDisplay: {len(self.points)} attributes of {n} "
            f"characteristic{'' if n == 1 else 's'}; plot() draws them, frame() returns the "
            "numbers>"
        )

    def _labels(self) -> list[str]:
        return [wrap(label, _LABEL_WIDTH) for label in self.points["attribute"]]

    def _starts(self) -> Bool1D:
        """Tell at which rows a characteristic begins."""
        names = self.points["characteristic"]
        return np.asarray(names != names.shift())


def _rows(labels: Sequence[str]) -> Float1D:
    """Return the height of each label, in rows of one line."""
    return np.array([1 + _SECOND_LINE * label.count("\n") for label in labels])
