"""The five-band standard of the Chinese measures of 2006 on the performance of enterprises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

from creditscore._checks import set_number
from creditscore._validation import check_choice
from creditscore.exceptions import InvalidParameterError
from creditscore.expert._subscore._anchors import (
    DIRECTIONS,
    Direction,
    read_numbers,
    read_sample,
    sample_quantiles,
)
from creditscore.expert._subscore._pieces import Pieces
from creditscore.expert._subscore._subscore import NumericSubScore

_BANDS = ("excellent", "good", "average", "lower", "poor")
_COEFFICIENTS = (1.0, 0.8, 0.6, 0.4, 0.2)
_QUANTILES = (0.9, 0.7, 0.5, 0.3, 0.1)


@dataclass(frozen=True, kw_only=True, repr=False)
class StandardBandScore(NumericSubScore, written_as="standard_bands"):
    """Scores by five published standard values, linear between neighbours.

    Parameters
    ----------
    excellent, good, average, lower, poor : float
        Standard values (优秀, 良好, 平均, 较低, 较差), strictly falling; strictly rising where a
        lower value is better.
    coefficients : sequence of five floats, default=(1, 0.8, 0.6, 0.4, 0.2)
        Standard coefficients: the fraction of 100 that each standard value earns, falling.
    missing_score : float or None, default=None
        Score of a missing value; None refuses it.
    special_scores : mapping of float to float, default={}
        Scores of special codes, numbers that are no amounts.

    Raises
    ------
    InvalidParameterError
        The standards neither fall nor rise, or the coefficients do not fall within [0, 1].

    See Also
    --------
    UtilityScore : For indicators that are best at a middle value.

    Notes
    -----
    With the standard value at or next below x as its own band, and that next above [1]_:

    score = base + (x - standard) / (next standard - standard) · (next base - base),

    where a base is 100 × the coefficient. A value beyond the excellent standard earns 100. One
    worse than the poor standard has the coefficient 0 and no standard value to be measured from:
    it earns 0, and the score falls by 20 where it passes the poor standard. The standard value
    itself earns its base.

    References
    ----------
    .. [1] State-owned Assets Supervision and Administration Commission, Detailed rules for the
       comprehensive performance evaluation of central enterprises, 国资发评价〔2006〕157号.

    Examples
    --------
    Return on equity has the weight 20; 11.7 % lies between good (9.5 %) and excellent (13.9 %):

    >>> from creditscore.expert import StandardBandScore
    >>> equity = StandardBandScore(excellent=13.9, good=9.5, average=6.0, lower=1.0, poor=-5.0)
    >>> (20 / 100 * equity.score([11.7])).round(6).tolist()
    [18.0]
    """

    excellent: float
    good: float
    average: float
    lower: float
    poor: float
    coefficients: Sequence[float] = _COEFFICIENTS

    def __post_init__(self) -> None:
        """Check that standards and coefficients have an order."""
        for band in _BANDS:
            set_number(self, band)
        owner = type(self).__name__
        numbers = read_numbers(self.coefficients, "coefficients", owner)
        object.__setattr__(self, "coefficients", numbers)
        if not _falls(self.standards) and not _falls(self.standards[::-1]):
            listed = ", ".join(f"{b} {v:g}" for b, v in zip(_BANDS, self.standards, strict=True))
            msg = (
                f"The standards of {owner} must strictly fall from excellent to poor, or strictly "
                f"rise where a lower value is better. Got {listed}."
            )
            raise InvalidParameterError(msg)
        within = all(0 <= coefficient <= 1 for coefficient in numbers)
        if len(numbers) != len(_BANDS) or not within or not _falls(numbers):
            msg = (
                f"The 'coefficients' parameter of {owner} must be five fractions in [0, 1] that "
                f"strictly fall. Got {numbers!r} instead."
            )
            raise InvalidParameterError(msg)
        super().__post_init__()

    @classmethod
    def from_sample(
        cls,
        values: Any,
        *,
        quantiles: Sequence[float] = _QUANTILES,
        direction: Direction = "higher",
        missing_score: float | None = None,
        special_scores: Mapping[float, float] | None = None,
    ) -> Self:
        """Take the five standards from a reference sample, such as the firms of an industry.

        Parameters
        ----------
        values : array-like of shape (n_values,)
            Numbers without missing ones and special codes.
        quantiles : sequence of five floats, default=(0.9, 0.7, 0.5, 0.3, 0.1)
            Quantiles of the standards where a higher value is better, excellent first; with
            "lower" they count from the other end.
        direction : {"higher", "lower"}, default="higher"
            Whether a higher or a lower value is better.
        missing_score : float or None, default=None
            As in :class:`StandardBandScore`.
        special_scores : mapping of float to float, optional
            As in :class:`StandardBandScore`.

        Raises
        ------
        InvalidDataError
            A value is missing, infinite or a special code.
        InvalidParameterError
            Two of the quantiles are equal.

        Examples
        --------
        >>> from creditscore.expert import StandardBandScore
        >>> StandardBandScore.from_sample(range(101), direction="lower").standards
        (10.0, 30.0, 50.0, 70.0, 90.0)
        """
        special = special_scores or {}
        owner = f"{cls.__name__}.from_sample"
        check_choice(direction, "direction", owner, DIRECTIONS)
        asked = read_numbers(quantiles, "quantiles", owner)
        sample, sign = read_sample(values, owner, special), 1 if direction == "higher" else -1
        # turned round, so that quantiles count from the better end without a rounding of theirs
        excellent, good, average, lower, poor = (
            sign * value for value in sample_quantiles(sign * sample, asked, len(_BANDS), owner)
        )
        return cls(
            excellent=excellent,
            good=good,
            average=average,
            lower=lower,
            poor=poor,
            missing_score=missing_score,
            special_scores=special,
        )

    @property
    def standards(self) -> tuple[float, ...]:
        """The five standard values, excellent first."""
        return (self.excellent, self.good, self.average, self.lower, self.poor)

    @property
    def neutral_score(self) -> float:
        """Score of the average standard."""
        return 100 * self.coefficients[2]

    @property
    def in_words(self) -> str:
        """The rule in words."""
        pairs = zip(self.coefficients, self.standards, strict=True)
        worse = "below" if self.excellent > self.poor else "above"
        return ", ".join(f"{100 * c:g} at {v:g}" for c, v in pairs) + f", 0 {worse} {self.poor:g}"

    def _pieces(self) -> Pieces:
        scores = [100 * c for c in self.coefficients]
        owner = type(self).__name__
        if self.excellent > self.poor:
            return Pieces.through(self.standards[::-1], scores[::-1], owner, below=0.0)
        return Pieces.through(self.standards, scores, owner, above=0.0)


def _falls(values: Sequence[float]) -> bool:
    return all(a > b for a, b in pairwise(values))
