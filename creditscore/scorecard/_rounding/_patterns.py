"""Rows that a card is rounded for, those that earn the same points in all characteristics as one.

Rows come from a table, or are drawn from the counts of the attributes as if the characteristics
were independent.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from creditscore._frame import Table
from creditscore._typing import Float1D, Float2D, Int1D, Int2D
from creditscore.exceptions import UncalibratedCardError
from creditscore.scorecard._characteristic import Characteristic
from creditscore.scorecard._rounding._levels import Levels
from creditscore.scorecard._unseen import codes_and_points

if TYPE_CHECKING:
    from creditscore.scorecard._scorecard import Scorecard

N_DRAWN = 4_000
"""Rows drawn where there are none; up to so many combinations are taken as they are."""

_LARGEST = 2**62
"""Keys of patterns stay below it."""


@dataclass(frozen=True, eq=False)
class Patterns:
    """Different rows in the levels of their points.

    Attributes
    ----------
    start, end : ndarray of int of shape (n_patterns, n_characteristics)
        Levels between which a row lies; one and the same where points are constant.
    along : ndarray of shape (n_patterns, n_characteristics)
        How far it lies from the one to the other, a fraction.
    weights : ndarray of shape (n_patterns,)
        How many rows are so.
    of_row : ndarray of int of shape (n_rows,)
        Pattern of each row.
    """

    start: Int2D
    end: Int2D
    along: Float2D
    weights: Float1D
    of_row: Int1D

    def __len__(self) -> int:
        return len(self.weights)

    def scores(self, levels: Sequence[Float1D] | Sequence[Int1D], base: float) -> Float1D:
        """Return what each pattern scores where the levels earn these points."""
        score = np.full(len(self), float(base))
        for place, points in enumerate(levels):
            along = self.along[:, place]
            score += (1 - along) * points[self.start[:, place]]
            score += along * points[self.end[:, place]]
        return score


def patterns_of(
    card: Scorecard, levels: Sequence[Levels], table: Table | None, weights: Float1D | None
) -> Patterns:
    """Return the patterns of a table, or of rows drawn from the counts of the card."""
    if table is None:
        codes, weights = _drawn(card)
        parts = [_constant(of_one, code) for of_one, code in zip(levels, codes, strict=True)]
    else:
        earned = codes_and_points(card.characteristics, table)
        parts = [
            _placed(of_one, code, points)
            for of_one, (code, points) in zip(levels, earned, strict=True)
        ]
        if weights is None:
            weights = np.ones(table.n_rows)
    first, of_row = _different(parts)
    return Patterns(
        start=np.column_stack([start[first] for start, _, _ in parts]),
        end=np.column_stack([end[first] for _, end, _ in parts]),
        along=np.column_stack([along[first] for _, _, along in parts]),
        weights=np.asarray(np.bincount(of_row, weights=weights), dtype=np.float64),
        of_row=of_row,
    )


_Part = tuple[Int1D, Int1D, Float1D]


def _placed(levels: Levels, codes: Int1D, points: Float1D) -> _Part:
    start, end = levels.start[codes], levels.end[codes]
    along = np.zeros(len(codes))
    linear = start != end
    if linear.any():
        of = levels.characteristic.attributes
        lower = np.array([attribute.points for attribute in of])[codes[linear]]
        rise = np.array([attribute.slope for attribute in of]) * levels.width
        along[linear] = np.clip((points[linear] - lower) / rise[codes[linear]], 0, 1)
    return start, end, along


def _constant(levels: Levels, codes: Int1D) -> _Part:
    return levels.start[codes], levels.start[codes], np.zeros(len(codes))


def _different(parts: Sequence[_Part]) -> tuple[Int1D, Int1D]:
    """Return the first row of each pattern, and the pattern of each row."""
    key, size = np.zeros(len(parts[0][0]), dtype=np.int64), 1
    for start, end, along in parts:
        places = [start]
        if (start != end).any():
            places += [end, np.unique(along, return_inverse=True)[1]]
        for place in places:
            n = int(place.max()) + 1
            if size * n > _LARGEST:
                # as few numbers as there are patterns by now
                key = np.unique(key, return_inverse=True)[1]
                size = int(key.max()) + 1
            key, size = key * n + place, size * n
    _, first, of_row = np.unique(key, return_index=True, return_inverse=True)
    return first.astype(np.intp), of_row.astype(np.intp)


def _drawn(card: Scorecard) -> tuple[list[Int1D], Float1D]:
    """Return attributes of rows whose characteristics are independent, and their weights."""
    shares = list(_shares(card))
    held = [np.flatnonzero(share) for share in shares]
    sizes = [len(codes) for codes in held]
    if math.prod(sizes) <= N_DRAWN:
        places = np.indices(sizes).reshape(len(sizes), -1)
        codes = [of_one[place] for of_one, place in zip(held, places, strict=True)]
        chances = [share[code] for share, code in zip(shares, codes, strict=True)]
        return codes, np.prod(chances, axis=0)
    # the same rows each time; each characteristic by itself has its shares as near as can be
    rng = np.random.default_rng(0)
    middle = (np.arange(N_DRAWN) + 0.5) / N_DRAWN
    codes = [
        np.minimum(np.searchsorted(np.cumsum(share), rng.permutation(middle)), len(share) - 1)
        for share in shares
    ]
    return codes, np.full(N_DRAWN, 1 / N_DRAWN)


def _shares(card: Scorecard) -> Iterator[Float1D]:
    for characteristic in card.characteristics:
        counts = np.array(list(_counts(characteristic)))
        if not counts.any():
            raise _no_rows(characteristic, "has counts of 0 only")
        yield counts / counts.sum()


def _counts(characteristic: Characteristic) -> Iterator[float]:
    for attribute in characteristic.attributes:
        if attribute.n_good is None or attribute.n_bad is None:
            raise _no_rows(characteristic, "holds no counts")
        count = attribute.n_good + attribute.n_bad
        if attribute.slope and count:
            # counts say how many rows an interval holds, not where in it they lie
            raise _no_rows(characteristic, "has linear points")
        yield 0.0 if attribute.refused else count


def _no_rows(characteristic: Characteristic, why: str) -> UncalibratedCardError:
    return UncalibratedCardError(
        f"Characteristic {characteristic.name!r} {why}, so the card does not say which rows there "
        "are. Pass a table of rows to round it for."
    )
