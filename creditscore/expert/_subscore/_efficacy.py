"""The efficacy coefficient: 60 at the value not allowed, 100 at the satisfactory one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from creditscore._checks import set_number
from creditscore._validation import check_choice
from creditscore.exceptions import InvalidParameterError
from creditscore.expert._subscore._anchors import (
    DIRECTIONS,
    Direction,
    read_sample,
    sample_quantiles,
)
from creditscore.expert._subscore._pieces import Pieces
from creditscore.expert._subscore._subscore import NumericSubScore

_BASE = 60.0
_RISE = 40.0


@dataclass(frozen=True, kw_only=True, repr=False)
class EfficacyScore(NumericSubScore, written_as="efficacy"):
    """The general efficacy coefficient method: 60 + 40 · d, by a value not allowed and a goal.

    Parameters
    ----------
    not_allowed : float
        The value that earns 60 (不允许值).
    satisfactory : float
        The value that earns 100 (满意值). Below `not_allowed`, lower values are better.
    floor : float, default=0
        Least score, 60 or less. Worse values than `not_allowed` lose points on the same line
        until they reach it; with 60, they lose none.
    ceiling : float, default=100
        Highest score, 100 or more. Better values than `satisfactory` gain points on the same line
        until they reach it; with 100, they gain none.
    missing_score : float or None, default=None
        Score of a missing value; None refuses it.
    special_scores : mapping of float to float, default={}
        Scores of special codes, numbers that are no amounts.

    Raises
    ------
    InvalidParameterError
        A number is not finite, the two values are equal, or a bound is on the wrong side.

    Notes
    -----
    d = (x - not_allowed) / (satisfactory - not_allowed). The method (功效系数法) itself has no
    bounds: a value worse than the one not allowed has a negative d. A card needs some, so that
    no single ratio outweighs all others. 0 and 100 are the ends of the scale of 100 points; where
    the two values are the extremes of a sample no value lies outside, and scores run from 60.

    Examples
    --------
    >>> from creditscore.expert import EfficacyScore
    >>> rule = EfficacyScore(not_allowed=0.05, satisfactory=0.15)
    >>> rule.score([0.05, 0.10, 0.15, 0.30, 0.0]).round(6).tolist()
    [60.0, 80.0, 100.0, 100.0, 40.0]
    """

    not_allowed: float
    satisfactory: float
    floor: float = 0.0
    ceiling: float = 100.0

    def __post_init__(self) -> None:
        """Check the anchors and the bounds."""
        for name in ("not_allowed", "satisfactory", "floor", "ceiling"):
            set_number(self, name)
        owner = type(self).__name__
        if self.not_allowed == self.satisfactory:
            msg = (
                f"The values not allowed and satisfactory of {owner} must differ. "
                f"Got {self.satisfactory:g} twice."
            )
            raise InvalidParameterError(msg)
        if self.floor > _BASE or self.ceiling < _BASE + _RISE:
            msg = (
                f"The 'floor' of {owner} must be 60 or less and the 'ceiling' 100 or more. "
                f"Got {self.floor:g} and {self.ceiling:g}."
            )
            raise InvalidParameterError(msg)
        super().__post_init__()

    @classmethod
    def from_sample(
        cls,
        values: Any,
        *,
        quantiles: tuple[float, float] = (0.0, 1.0),
        direction: Direction = "higher",
        missing_score: float | None = None,
        special_scores: Mapping[float, float] | None = None,
    ) -> Self:
        """Take the two values from a reference sample, once.

        Parameters
        ----------
        values : array-like of shape (n_values,)
            Numbers without missing ones and special codes.
        quantiles : tuple of two floats, default=(0, 1)
            Which quantiles are the ends; the worse is not allowed, the better satisfactory.
        direction : {"higher", "lower"}, default="higher"
            Whether a higher or a lower value is better.
        missing_score : float or None, default=None
            As in :class:`EfficacyScore`.
        special_scores : mapping of float to float, optional
            As in :class:`EfficacyScore`.

        Raises
        ------
        InvalidDataError
            A value is missing, infinite or a special code.
        InvalidParameterError
            The two quantiles are equal.

        Examples
        --------
        >>> from creditscore.expert import EfficacyScore
        >>> EfficacyScore.from_sample([30, 60, 90], direction="lower").score([60]).tolist()
        [80.0]
        """
        special = special_scores or {}
        owner = f"{cls.__name__}.from_sample"
        check_choice(direction, "direction", owner, DIRECTIONS)
        ends = sample_quantiles(read_sample(values, owner, special), quantiles, 2, owner)
        worse, better = ends if direction == "higher" else reversed(ends)
        return cls(
            not_allowed=worse,
            satisfactory=better,
            missing_score=missing_score,
            special_scores=special,
        )

    @property
    def in_words(self) -> str:
        """The rule in words."""
        bounds = f"from {self.floor:g} to {self.ceiling:g}"
        return f"60 at {self.not_allowed:g}, 100 at {self.satisfactory:g}, {bounds}"

    def _pieces(self) -> Pieces:
        step = (self.satisfactory - self.not_allowed) / _RISE
        points = {
            self.not_allowed + step * (self.floor - _BASE): self.floor,
            self.not_allowed: _BASE,
            self.satisfactory: _BASE + _RISE,
            self.satisfactory + step * (self.ceiling - _BASE - _RISE): self.ceiling,
        }
        values = sorted(points)
        return Pieces.through(values, [points[v] for v in values], type(self).__name__)
