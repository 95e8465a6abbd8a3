"""The percentile of a value in a reference sample that is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from creditscore._typing import Float1D
from creditscore._validation import check_choice, check_integer, check_real
from creditscore.exceptions import InvalidParameterError
from creditscore.expert._subscore._anchors import (
    DIRECTIONS,
    Direction,
    check_increasing,
    read_numbers,
    read_sample,
)
from creditscore.expert._subscore._pieces import Pieces
from creditscore.expert._subscore._subscore import NumericSubScore


@dataclass(frozen=True, kw_only=True, repr=False)
class PercentileScore(NumericSubScore, written_as="percentile"):
    """The mid-rank percentile of a value in a frozen reference sample.

    Made by :meth:`from_sample`; the parameters are what it keeps of the sample.

    Parameters
    ----------
    values : sequence of float
        Values of the sample, or some of them, strictly increasing.
    percentiles : sequence of float
        Mid-rank percentile of each, strictly increasing in (0, 100).
    n_sample : int
        Values that the sample had.
    direction : {"higher", "lower"}, default="higher"
        Whether a higher or a lower value is better; with "lower", the score is 100 less the
        percentile.
    missing_score : float or None, default=None
        Score of a missing value; None refuses it.
    special_scores : mapping of float to float, default={}
        Scores of special codes, numbers that are no amounts.

    Raises
    ------
    InvalidParameterError
        Values and percentiles that are not as many, do not increase, or lie outside (0, 100).

    Notes
    -----
    The mid-rank percentile of x is 100 · (below + equal / 2) / n, of the values below x and equal
    to it. Between values of the sample the score is linear; below the smallest the percentile is
    0, above the largest 100.

    Examples
    --------
    >>> from creditscore.expert import PercentileScore
    >>> rule = PercentileScore.from_sample([1, 2, 2, 5])
    >>> rule.score([0, 1, 2, 3.5, 5, 6]).round(6).tolist()
    [0.0, 12.5, 50.0, 68.75, 87.5, 100.0]
    """

    values: Sequence[float]
    percentiles: Sequence[float]
    n_sample: int
    direction: Direction = "higher"

    def __post_init__(self) -> None:
        """Check that values and percentiles fit together."""
        owner = type(self).__name__
        check_choice(self.direction, "direction", owner, DIRECTIONS)
        check_integer(self.n_sample, "n_sample", owner, low=1)
        for name in ("values", "percentiles"):
            object.__setattr__(self, name, read_numbers(getattr(self, name), name, owner))
            check_increasing(getattr(self, name), name, owner)
        within = all(0 < percentile < 100 for percentile in self.percentiles)
        if not self.values or len(self.values) != len(self.percentiles) or not within:
            msg = (
                f"{owner} needs a percentile in (0, 100) for each of its values, one or more. "
                f"Got {len(self.values)} values and the percentiles {self.percentiles!r}."
            )
            raise InvalidParameterError(msg)
        super().__post_init__()

    @classmethod
    def from_sample(
        cls,
        values: Any,
        *,
        resolution: float = 1.0,
        direction: Direction = "higher",
        missing_score: float | None = None,
        special_scores: Mapping[float, float] | None = None,
    ) -> Self:
        """Keep what is needed of a reference sample, once.

        Parameters
        ----------
        values : array-like of shape (n_values,)
            Numbers without missing ones and special codes.
        resolution : float, default=1
            How far, in percentiles, a score may be off at a value of the sample, in (0, 100]:
            values that this allows are left out. A sample of 100 / `resolution` different values
            or fewer is kept whole.
        direction : {"higher", "lower"}, default="higher"
            Whether a higher or a lower value is better.
        missing_score : float or None, default=None
            As in :class:`PercentileScore`.
        special_scores : mapping of float to float, optional
            As in :class:`PercentileScore`.

        Raises
        ------
        InvalidDataError
            A value is missing, infinite or a special code.

        Notes
        -----
        O(n log n). The neighbours of each multiple of `resolution` are kept, 2 · 100 / resolution
        + 2 values at most. Any value between two that are kept has a percentile between theirs,
        which lie in one such step.

        Examples
        --------
        >>> import numpy as np
        >>> from creditscore.expert import PercentileScore
        >>> rule = PercentileScore.from_sample(np.arange(100_000), resolution=5)
        >>> len(rule.values), rule.score([25_000]).round(2).tolist()
        (40, [25.0])
        """
        special = special_scores or {}
        owner = f"{cls.__name__}.from_sample"
        step = check_real(resolution, "resolution", owner, low=0, high=100, closed="right")
        sample = read_sample(values, owner, special)
        found, counts = np.unique(sample, return_counts=True)
        percentiles = 100 * (np.cumsum(counts) - counts / 2) / len(sample)
        kept = _kept(percentiles, step)
        return cls(
            values=tuple(found[kept].tolist()),
            percentiles=tuple(percentiles[kept].tolist()),
            n_sample=len(sample),
            direction=direction,
            missing_score=missing_score,
            special_scores=special,
        )

    @property
    def neutral_score(self) -> float:
        """Score of the median, 50."""
        return 50.0

    @property
    def in_words(self) -> str:
        """The rule in words."""
        best = "highest" if self.direction == "higher" else "lowest"
        n = self.n_sample
        return (
            f"percentile among {n:,} value{'s' * (n > 1)} from {self.values[0]:g} to "
            f"{self.values[-1]:g}, the {best} best"
        )

    def _pieces(self) -> Pieces:
        higher = self.direction == "higher"
        scores = [p if higher else 100 - p for p in self.percentiles]
        below, above = (0.0, 100.0) if higher else (100.0, 0.0)
        owner = type(self).__name__
        return Pieces.through(self.values, scores, owner, below=below, above=above)


def _kept(percentiles: Float1D, step: float) -> Any:
    """Return the places of the percentiles on both sides of each multiple of a step."""
    if len(percentiles) * step <= 100:
        return np.arange(len(percentiles))
    targets = np.arange(1, np.ceil(100 / step)) * step
    last = len(percentiles) - 1
    before = np.searchsorted(percentiles, targets, side="right") - 1
    after = np.searchsorted(percentiles, targets, side="left")
    return np.unique(np.clip([0, last, *before, *after], 0, last))
