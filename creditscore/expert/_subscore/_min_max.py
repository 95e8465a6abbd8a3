"""Between a worst and a best value, linear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from creditscore._checks import set_number
from creditscore._validation import check_choice
from creditscore.expert._subscore._anchors import (
    DIRECTIONS,
    Direction,
    check_increasing,
    read_sample,
    sample_quantiles,
)
from creditscore.expert._subscore._pieces import Pieces
from creditscore.expert._subscore._subscore import NumericSubScore


@dataclass(frozen=True, kw_only=True, repr=False)
class MinMaxScore(NumericSubScore, written_as="min_max"):
    """Linear from 0 at the worst of two values to 100 at the best, and constant beyond them.

    Parameters
    ----------
    low, high : float
        The two values, `low` below `high`.
    direction : {"higher", "lower"}, default="higher"
        Whether a higher or a lower value is better.
    missing_score : float or None, default=None
        Score of a missing value; None refuses it.
    special_scores : mapping of float to float, default={}
        Scores of special codes, numbers that are no amounts.

    Raises
    ------
    InvalidParameterError
        A number is not finite, or `low` is not below `high`.

    Notes
    -----
    With "higher", 100 · (x - low) / (high - low), held between 0 and 100; with "lower", 100 less
    this.

    Examples
    --------
    >>> from creditscore.expert import MinMaxScore
    >>> MinMaxScore(low=0.4, high=0.8, direction="lower").score([0.3, 0.5, 0.9]).round(6).tolist()
    [100.0, 75.0, 0.0]
    """

    low: float
    high: float
    direction: Direction = "higher"

    def __post_init__(self) -> None:
        """Check the anchors."""
        set_number(self, "low")
        set_number(self, "high")
        owner = type(self).__name__
        check_choice(self.direction, "direction", owner, DIRECTIONS)
        check_increasing((self.low, self.high), "low, high", owner)
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
            Which quantiles become `low` and `high`; (0.05, 0.95) leaves outliers no say.
        direction : {"higher", "lower"}, default="higher"
            Whether a higher or a lower value is better.
        missing_score : float or None, default=None
            As in :class:`MinMaxScore`.
        special_scores : mapping of float to float, optional
            As in :class:`MinMaxScore`.

        Raises
        ------
        InvalidDataError
            A value is missing, infinite or a special code.
        InvalidParameterError
            The two quantiles are equal, as they are in a constant sample.

        Examples
        --------
        >>> from creditscore.expert import MinMaxScore
        >>> MinMaxScore.from_sample([3, 1, 9])
        <MinMaxScore: 0 at 1 or less, 100 at 9 or more; missing refused>
        """
        special = special_scores or {}
        owner = f"{cls.__name__}.from_sample"
        low, high = sample_quantiles(read_sample(values, owner, special), quantiles, 2, owner)
        return cls(
            low=low,
            high=high,
            direction=direction,
            missing_score=missing_score,
            special_scores=special,
        )

    @property
    def in_words(self) -> str:
        """The rule in words."""
        first, last = (0, 100) if self.direction == "higher" else (100, 0)
        return f"{first} at {self.low:g} or less, {last} at {self.high:g} or more"

    def _pieces(self) -> Pieces:
        scores = (0.0, 100.0) if self.direction == "higher" else (100.0, 0.0)
        return Pieces.through((self.low, self.high), scores, type(self).__name__)
