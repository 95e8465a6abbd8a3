"""A function of one number that is constant or linear in each of some intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

from creditscore.binning import NumericPartition
from creditscore.exceptions import InvalidParameterError


@dataclass(frozen=True)
class Pieces:
    """Intervals that hold their lower end, as those of a card.

    Attributes
    ----------
    cuts : tuple of float
        Strictly increasing.
    anchors : tuple of float of length len(cuts)
        Where lines begin and end: the cuts, but for a last one just above its anchor.
    starts, ends : tuple of float of length len(cuts) + 1
        Score at the lower and at the upper end of each interval, with a line between them. Equal
        in the first and the last interval.
    """

    cuts: tuple[float, ...]
    anchors: tuple[float, ...]
    starts: tuple[float, ...]
    ends: tuple[float, ...]

    @classmethod
    def steps(cls, cuts: Sequence[float], scores: Sequence[float]) -> Self:
        """Make a function of constant pieces."""
        return cls(tuple(cuts), tuple(cuts), tuple(scores), tuple(scores))

    @classmethod
    def through(
        cls,
        values: Sequence[float],
        scores: Sequence[float],
        owner: str,
        *,
        below: float | None = None,
        above: float | None = None,
    ) -> Self:
        """Join points by lines.

        Parameters
        ----------
        values, scores : sequence of float
            The points, the values strictly increasing.
        owner : str
            Whose points they are.
        below, above : float, optional
            Score beyond the first and the last value; theirs if not given. Neither value is
            beyond itself.
        """
        first = scores[0] if below is None else below
        last = scores[-1] if above is None else above
        anchors, cuts = list(values), list(values)
        starts, ends = [first, *scores[:-1], last], [first, *scores[1:], last]
        if last != scores[-1]:
            # the last value itself is not beyond it
            cuts[-1] = just_above(values[-1], owner)
            if len(values) == 1:
                cuts = anchors = [values[0], cuts[-1]]
                starts = ends = [first, scores[0], last]
        pieces = cls(tuple(cuts), tuple(anchors), tuple(starts), tuple(ends))
        pieces.points(1.0, owner)
        return pieces

    @property
    def score_range(self) -> tuple[float, float]:
        """Lowest and highest score."""
        every = (*self.starts, *self.ends)
        return min(every), max(every)

    def points(self, factor: float, owner: str) -> list[tuple[float, float]]:
        """Return points and slope of each interval, for `factor` points a point of the score."""
        starts = [factor * score for score in self.starts]
        ends = [factor * score for score in self.ends]
        slopes = [0.0] * len(starts)
        for place, (low, high) in enumerate(pairwise(self.anchors), 1):
            slopes[place] = _slope(starts[place], ends[place], high - low)
            if not math.isfinite(slopes[place]):
                msg = (
                    f"The anchors {low!r} and {high!r} of {owner} are too near to each other, or "
                    "too far apart, for a line between them. Choose others, or another unit."
                )
                raise InvalidParameterError(msg)
        return list(zip(starts, slopes, strict=True))

    def partition(self, special_codes: tuple[float, ...]) -> NumericPartition:
        """Return the intervals, with special codes beside them."""
        return NumericPartition(cuts=self.cuts, special_codes=special_codes)


def just_above(value: float, owner: str) -> float:
    """Return a cut that leaves an anchor below it; refuse an anchor beyond which is no number."""
    found = NumericPartition.just_above(value)
    if math.isinf(found):
        msg = f"The anchors of {owner} must be finite, with numbers beyond them. Got {value:g}."
        raise InvalidParameterError(msg)
    return found


def _slope(start: float, end: float, width: float) -> float:
    """Return the rise for each unit, which never leads beyond the end; NaN if there is none."""
    if start == end:
        return 0.0
    if not 0 < width < math.inf:
        return math.nan
    slope = (end - start) / width
    if not math.isfinite(slope):
        return math.nan
    rises = end > start
    while (start + slope * width > end) if rises else (start + slope * width < end):
        slope = math.nextafter(slope, 0.0)
    return slope
