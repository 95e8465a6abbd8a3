"""Categories: a score for each level of an opinion, a class, an answer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from creditscore._checks import set_number
from creditscore._typing import Level
from creditscore._validation import check_real
from creditscore.binning import CategoricalPartition
from creditscore.exceptions import InvalidParameterError
from creditscore.expert._subscore._subscore import SubScore, check_weight, read_pairs, refusable
from creditscore.scorecard import Attribute, Characteristic


@dataclass(frozen=True, kw_only=True, repr=False)
class CategoryScore(SubScore, written_as="categories"):
    """One score for each level.

    Parameters
    ----------
    scores : mapping of level to float
        Levels (text, numbers or booleans), one or more, with their scores.
    other_score : float or None, default=None
        Score of any other level, which is warned of; None refuses it.
    missing_score : float or None, default=None
        Score of a missing value; None refuses it.

    Raises
    ------
    InvalidParameterError
        No level, one that is none, or a score that is no finite number.

    Warns
    -----
    UnseenCategoryWarning
        On scoring: levels that have no score of their own earn `other_score`.

    Examples
    --------
    >>> from creditscore.expert import CategoryScore
    >>> opinion = CategoryScore(
    ...     scores={"unqualified": 100, "qualified": 40, "adverse": 0}, missing_score=20
    ... )
    >>> opinion.score(["qualified", None]).tolist()
    [40.0, 20.0]
    """

    scores: Mapping[Level, float]
    other_score: float | None = None

    def __post_init__(self) -> None:
        """Check levels and scores."""
        super().__post_init__()
        owner = type(self).__name__
        if self.other_score is not None:
            set_number(self, "other_score")
        scores = {
            _plain(level): check_real(score, "scores", owner, low=-math.inf, high=math.inf)
            for level, score in read_pairs(self.scores, "scores", owner)
        }
        if not scores:
            msg = f"The 'scores' parameter of {owner} must name a level or more. Got none."
            raise InvalidParameterError(msg)
        object.__setattr__(self, "scores", scores)
        # tells early what no card could hold
        self.characteristic("values")

    @property
    def neutral_score(self) -> float:
        """The middle between the lowest and the highest score of a level."""
        low, high = min(self.scores.values()), max(self.scores.values())
        return low + (high - low) / 2

    @property
    def in_words(self) -> str:
        """The rule in words."""
        other = "refused" if self.other_score is None else f"{self.other_score:g}"
        return ", ".join(f"{s:g} for {level}" for level, s in self.scores.items()) + (
            f", others {other}"
        )

    def characteristic(self, name: str, weight: float = 1.0) -> Characteristic:
        """Return the characteristic of a card; see :meth:`SubScore.characteristic`."""
        factor = check_weight(weight)
        attributes = [Attribute(points=factor * score) for score in self.scores.values()]
        return Characteristic(
            name=name,
            partition=CategoricalPartition(groups=tuple((level,) for level in self.scores)),
            attributes=(
                *attributes,
                refusable(self.missing_score, factor),
                refusable(self.other_score, factor),
            ),
            neutral_points=factor * self.neutral_score,
        )


def _plain(level: Any) -> Any:
    """Return a level of numpy as Python's own, which a file can hold."""
    return level.item() if isinstance(level, np.generic) else level
