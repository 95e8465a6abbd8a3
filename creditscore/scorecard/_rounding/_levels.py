"""The different points of a characteristic, which rounding keeps in order and equal where equal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from creditscore._typing import Float1D, Int1D
from creditscore.binning import NumericPartition
from creditscore.scorecard._characteristic import Characteristic
from creditscore.scorecard._history import PointsEdit

if TYPE_CHECKING:
    from creditscore.scorecard._scorecard import Scorecard

_SAME = 1e-9
"""Units up to which points are the same but for rounding."""


@dataclass(frozen=True, eq=False)
class Levels:
    """Different points of a characteristic, in units.

    Attributes
    ----------
    characteristic : Characteristic
        Whose points they are.
    values : ndarray of shape (n_levels,)
        Increasing.
    start, end : ndarray of int of shape (n_attributes,)
        Level at the lower and at the upper end of each attribute; the same where its points are
        constant.
    width : ndarray of shape (n_attributes,)
        Width of a linear piece, 1 of a constant one.
    neutral : int or None
        Level of the neutral points.
    """

    characteristic: Characteristic
    values: Float1D
    start: Int1D
    end: Int1D
    width: Float1D
    neutral: int | None

    @classmethod
    def of(cls, characteristic: Characteristic, unit: float) -> Levels:
        """Find the different points of a characteristic."""
        attributes = characteristic.attributes
        start = np.array([attribute.points for attribute in attributes])
        slope = np.array([attribute.slope for attribute in attributes])
        width = _widths(characteristic)
        neutral = characteristic.neutral_points
        every = np.concatenate([start, start + slope * width, [] if neutral is None else [neutral]])
        values, level = _distinct(every / unit)
        n = len(attributes)
        return cls(
            characteristic,
            values,
            level[:n],
            level[n : 2 * n],
            width,
            None if neutral is None else int(level[-1]),
        )

    def with_points(self, whole: Int1D, unit: float) -> Characteristic:
        """Return the characteristic with whole units for its levels."""
        points = multiples(whole, unit)
        attributes = tuple(
            replace(attribute, points=points[first], slope=(points[last] - points[first]) / wide)
            for attribute, first, last, wide in zip(
                self.characteristic.attributes, self.start, self.end, self.width, strict=True
            )
        )
        neutral = None if self.neutral is None else float(points[self.neutral])
        return replace(self.characteristic, attributes=attributes, neutral_points=neutral)


def rounded(card: Scorecard, levels: Sequence[Levels], unit: float) -> Scorecard:
    """Return the card with each number of points rounded for itself."""
    wholes = [nearest(of_one.values) for of_one in levels]
    base = nearest(np.array([card.base_points / unit]))
    detail = f"to multiples of {unit:g}, each number for itself"
    return with_wholes(card, levels, wholes, int(base[0]), unit, detail)


def with_wholes(
    card: Scorecard,
    levels: Sequence[Levels],
    wholes: Sequence[Int1D],
    base: int,
    unit: float,
    detail: str,
) -> Scorecard:
    """Return the card with whole units for all levels and the base points."""
    characteristics = tuple(
        of_one.with_points(whole, unit) for of_one, whole in zip(levels, wholes, strict=True)
    )
    return replace(
        card,
        characteristics=characteristics,
        base_points=float(multiples(np.array([base]), unit)[0]),
        history=(*card.history, PointsEdit(action="rounded", detail=detail)),
    )


def nearest(values: Float1D) -> Int1D:
    """Return the nearest whole numbers, halves up."""
    # a half that rounding makes a hair too small is one
    return np.floor(values + 0.5 + _SAME).astype(np.intp)


def multiples(whole: Int1D, unit: float) -> Float1D:
    """Return multiples of a unit: of 0.1 the floats that are written with one decimal."""
    inverse = round(1 / unit)
    decimal = inverse > 1 and inverse * unit == 1
    points: Float1D = whole.astype(np.float64)
    return points / inverse if decimal else points * unit


def _widths(characteristic: Characteristic) -> Float1D:
    """Return the width of the linear pieces, and 1 where points are constant."""
    width = np.ones(len(characteristic.attributes))
    if isinstance(characteristic.partition, NumericPartition):
        lower, upper = characteristic.partition.bounds()
        for code, attribute in enumerate(characteristic.attributes):
            if attribute.slope:
                width[code] = upper[code] - lower[code]
    return width


def _distinct(values: Float1D) -> tuple[Float1D, Int1D]:
    """Return different values, increasing, and the place of each value among them."""
    order = np.argsort(values, kind="stable")
    ascending = values[order]
    first = np.concatenate([[True], np.diff(ascending) > _SAME])
    place = np.empty(len(values), dtype=np.intp)
    place[order] = np.cumsum(first) - 1
    return ascending[first], place
