"""Utility: a line through points that somebody chose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from creditscore.exceptions import InvalidParameterError
from creditscore.expert._subscore._anchors import check_increasing, read_numbers
from creditscore.expert._subscore._pieces import Pieces
from creditscore.expert._subscore._subscore import NumericSubScore, read_pairs


@dataclass(frozen=True, kw_only=True, repr=False)
class UtilityScore(NumericSubScore, written_as="utility"):
    """Piecewise linear through points, rising, falling or both, and constant beyond them.

    Parameters
    ----------
    points : sequence of pairs of floats, or mapping of float to float
        Values with their scores, two or more, in strictly increasing order of the values.
    missing_score : float or None, default=None
        Score of a missing value; None refuses it.
    special_scores : mapping of float to float, default={}
        Scores of special codes, numbers that are no amounts.

    Raises
    ------
    InvalidParameterError
        Fewer than two points, a number that is not finite, or values that do not increase.

    Examples
    --------
    A current ratio of 1.5 to 2.5 is best; far less is short of cash, far more lets cash idle:

    >>> from creditscore.expert import UtilityScore
    >>> rule = UtilityScore(points=[(0.5, 0), (1.5, 100), (2.5, 100), (5, 60)])
    >>> rule.score([0.4, 1.0, 2.0, 10.0]).tolist()
    [0.0, 50.0, 100.0, 60.0]
    """

    points: Sequence[tuple[float, float]] | Mapping[float, float]

    def __post_init__(self) -> None:
        """Check the points."""
        owner = type(self).__name__
        pairs = read_pairs(self.points, "points", owner)
        values = read_numbers([value for value, _ in pairs], "points", owner)
        scores = read_numbers([score for _, score in pairs], "points", owner)
        if len(values) < 2:
            msg = f"The 'points' parameter of {owner} must be two or more. Got {len(values)}."
            raise InvalidParameterError(msg)
        check_increasing(values, "points", owner)
        object.__setattr__(self, "points", tuple(zip(values, scores, strict=True)))
        super().__post_init__()

    @property
    def in_words(self) -> str:
        """The rule in words."""
        return ", ".join(f"{score:g} at {value:g}" for value, score in self._pairs)

    @property
    def _pairs(self) -> list[tuple[float, float]]:
        points = self.points
        return list(points.items()) if isinstance(points, Mapping) else list(points)

    def _pieces(self) -> Pieces:
        values, scores = zip(*self._pairs, strict=True)
        return Pieces.through(values, scores, type(self).__name__)
