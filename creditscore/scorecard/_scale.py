"""Points and odds: what a score means."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from creditscore._typing import Float1D
from creditscore.exceptions import InvalidDataError
from creditscore.scorecard._checks import set_number


@dataclass(frozen=True, kw_only=True)
class PointsScale:
    """Linear scale between score and the logarithm of the odds.

    Parameters
    ----------
    base_score : float, default=600
        Score at the base odds.
    base_odds : float, default=50
        Odds good:bad at the base score, above zero.
    pdo : float, default=20
        Points to double the odds, above zero; a higher score is safer.

    Raises
    ------
    InvalidParameterError
        A parameter is out of range.

    Notes
    -----
    score = offset + factor · ln(odds) with factor = pdo / ln 2 and
    offset = base_score - factor · ln(base_odds) [1]_.

    References
    ----------
    .. [1] N. Siddiqi, *Intelligent Credit Scoring*, 2nd ed., Wiley, 2017, ch. 10.

    Examples
    --------
    >>> from creditscore import PointsScale
    >>> scale = PointsScale(base_score=600, base_odds=50, pdo=20)
    >>> round(scale.factor, 4), round(scale.offset, 4)
    (28.8539, 487.1229)
    >>> scale.score([50, 100, 25])
    array([600., 620., 580.])
    """

    base_score: float = 600.0
    base_odds: float = 50.0
    pdo: float = 20.0

    def __post_init__(self) -> None:
        """Check the parameters."""
        set_number(self, "base_score")
        set_number(self, "base_odds", low=0)
        set_number(self, "pdo", low=0)

    def __str__(self) -> str:
        """Say what the points mean."""
        return (
            f"{self.base_score:g} points at odds of {self.base_odds:g}:1, {self.pdo:g} to double "
            "them"
        )

    @property
    def factor(self) -> float:
        """Points for a unit of the logarithm of the odds."""
        return self.pdo / math.log(2)

    @property
    def offset(self) -> float:
        """Score at even odds."""
        return self.base_score - self.factor * math.log(self.base_odds)

    def score(self, odds: npt.ArrayLike) -> Float1D:
        """Return the score of odds good:bad, above zero."""
        values = np.asarray(odds, dtype=np.float64)
        if not (values > 0).all():
            msg = (
                "The odds good:bad of a score must be above zero. Got "
                f"{values[~(values > 0)].flat[0]:g}. Odds are (1 - p) / p for a probability of "
                "default p below 1."
            )
            raise InvalidDataError(msg)
        score: Float1D = self.offset + self.factor * np.log(values)
        return score

    def log_odds(self, score: npt.ArrayLike) -> Float1D:
        """Return ln(good / bad) of a score."""
        log_odds: Float1D = (np.asarray(score, dtype=np.float64) - self.offset) / self.factor
        return log_odds

    def odds(self, score: npt.ArrayLike) -> Float1D:
        """Return the odds good:bad of a score."""
        odds: Float1D = np.exp(self.log_odds(score))
        return odds

    def prob_default(self, score: npt.ArrayLike) -> Float1D:
        """Return the probability of default of a score, 1 / (1 + odds)."""
        prob: Float1D = expit(-self.log_odds(score))
        return prob

    def to_dict(self) -> dict[str, Any]:
        """Return the parameters as plain values."""
        return {"base_score": self.base_score, "base_odds": self.base_odds, "pdo": self.pdo}
