"""Points and odds: what a score means."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from creditscore._checks import check_kind, set_number
from creditscore._typing import Float1D
from creditscore._validation import as_floats, check_real
from creditscore.exceptions import InvalidDataError, InvalidParameterError

_LEAST_RESOLVED = 1e-6
"""Doublings of the odds that scores near the base score must at least tell apart."""
_MOST_ROWS = 100_000
"""Rows of a table of scores; more of them are a mistaken step."""


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
        Points to double the odds, above zero, and not so few (or so many) that floats near
        `base_score` cannot tell odds apart.
    reverse : bool, default=False
        Whether a higher score is riskier: it then falls by `pdo` points when the odds double.
        Reasons, exports and pictures of a card follow it. Measures and displays that take
        scores, such as :func:`creditscore.metrics.auc`, hold a higher one for safer: pass them
        ``-score``.

    Raises
    ------
    InvalidParameterError
        A parameter is out of range.

    Notes
    -----
    score = offset + factor · ln(odds) with factor = pdo / ln 2, or -pdo / ln 2 in reverse, and
    offset = base_score - factor · ln(base_odds) [1]_. An infinite score has the odds 0 or
    infinity; a missing one (NaN) is refused, as are odds that have no finite score.

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
    >>> PointsScale(base_score=600, base_odds=50, pdo=20, reverse=True).score([50, 100, 25])
    array([600., 580., 620.])
    """

    base_score: float = 600.0
    base_odds: float = 50.0
    pdo: float = 20.0
    reverse: bool = False

    def __post_init__(self) -> None:
        """Check the parameters."""
        set_number(self, "base_score")
        set_number(self, "base_odds", low=0)
        set_number(self, "pdo", low=0)
        check_kind(self.reverse, "reverse", type(self).__name__, bool)
        far = max(abs(self.base_score), abs(self.offset))
        # a pdo below the distance of two floats is swallowed by the base score
        if not (far < math.inf and math.ulp(far) <= _LEAST_RESOLVED * self.pdo):
            size = "large" if far == math.inf else "small"
            msg = (
                f"The 'pdo' parameter of {type(self).__name__} is too {size} beside the base score "
                f"and odds: floats cannot tell odds apart near {self.base_score:g} points. Got "
                f"{self.pdo:g} instead."
            )
            raise InvalidParameterError(msg)

    def __str__(self) -> str:
        """Say what the points mean."""
        points = f"{self.base_score:g} points at odds of {self.base_odds:g}:1"
        if self.reverse:
            return f"{points}, {self.pdo:g} fewer when they double: a higher score is riskier"
        return f"{points}, {self.pdo:g} to double them"

    @property
    def factor(self) -> float:
        """Points for a unit of the logarithm of the odds; below zero in reverse."""
        return (-self.pdo if self.reverse else self.pdo) / math.log(2)

    @property
    def offset(self) -> float:
        """Score at even odds."""
        return self.base_score - self.factor * math.log(self.base_odds)

    def score(self, odds: npt.ArrayLike) -> Float1D:
        """Return the score of odds good:bad.

        Parameters
        ----------
        odds : float or array-like
            Above zero and finite.

        Returns
        -------
        float64, or ndarray of the shape of `odds`

        Raises
        ------
        InvalidDataError
            Odds that are zero or less, infinite or NaN.

        Examples
        --------
        >>> from creditscore import PointsScale
        >>> PointsScale(base_score=600, base_odds=50, pdo=20).score([50, 100]).round(1)
        array([600., 620.])
        """
        values = as_floats(odds, "odds")
        inside = (values > 0) & (values < np.inf)
        if not inside.all():
            msg = (
                "The odds good:bad of a score must be above zero and finite. Got "
                f"{values[~inside].flat[0]:g}. Odds are (1 - p) / p for a probability of "
                "default p above 0 and below 1."
            )
            raise InvalidDataError(msg)
        score: Float1D = self.offset + self.factor * np.log(values)
        return score

    def log_odds(self, score: npt.ArrayLike) -> Float1D:
        """Return ln(good / bad) of a score.

        Parameters
        ----------
        score : float or array-like
            Points; infinite ones have infinite odds.

        Returns
        -------
        float64, or ndarray of the shape of `score`

        Raises
        ------
        InvalidDataError
            A score that is NaN.

        Examples
        --------
        >>> from creditscore import PointsScale
        >>> PointsScale(base_score=600, base_odds=50, pdo=20).log_odds([600, 620]).round(3)
        array([3.912, 4.605])
        """
        values = as_floats(score, "score")
        if np.isnan(values).any():
            msg = (
                f"A missing score has no odds. Got {int(np.isnan(values).sum()):,} of "
                f"{values.size:,} scores that are NaN: leave these rows out, or score them first."
            )
            raise InvalidDataError(msg)
        log_odds: Float1D = (values - self.offset) / self.factor
        return log_odds

    def odds(self, score: npt.ArrayLike) -> Float1D:
        """Return the odds good:bad of a score, infinite beyond all floats.

        Parameters
        ----------
        score : float or array-like
            Points.

        Returns
        -------
        float64, or ndarray of the shape of `score`

        Raises
        ------
        InvalidDataError
            A score that is NaN.

        Examples
        --------
        >>> from creditscore import PointsScale
        >>> PointsScale(base_score=600, base_odds=50, pdo=20).odds([600, 620]).round(6)
        array([ 50., 100.])
        """
        with np.errstate(over="ignore"):
            odds: Float1D = np.exp(self.log_odds(score))
        return odds

    def prob_default(self, score: npt.ArrayLike) -> Float1D:
        """Return the probability of default of a score, 1 / (1 + odds).

        Parameters
        ----------
        score : float or array-like
            Points.

        Returns
        -------
        float64, or ndarray of the shape of `score`
            Fractions, 0 or 1 where no float is between.

        Raises
        ------
        InvalidDataError
            A score that is NaN.

        Examples
        --------
        >>> from creditscore import PointsScale
        >>> PointsScale(base_score=600, base_odds=50, pdo=20).prob_default([600, 620]).round(4)
        array([0.0196, 0.0099])
        """
        prob: Float1D = expit(-self.log_odds(score))
        return prob

    def score_of_prob(self, prob_default: npt.ArrayLike) -> Float1D:
        """Return the score of a probability of default.

        Parameters
        ----------
        prob_default : float or array-like
            Fractions above 0 and below 1.

        Returns
        -------
        float64, or ndarray of the shape of `prob_default`

        Raises
        ------
        InvalidDataError
            A probability of 0 or 1, which has no finite score, or no fraction at all.

        Examples
        --------
        >>> from creditscore import PointsScale
        >>> PointsScale().score_of_prob([0.5, 1 / 51]).round(1)
        array([487.1, 600. ])
        """
        prob = as_floats(prob_default, "prob_default")
        inside = (prob > 0) & (prob < 1)
        if not inside.all():
            msg = (
                "A probability of default that has a score must be above 0 and below 1. Got "
                f"{prob[~inside].flat[0]:g}."
            )
            raise InvalidDataError(msg)
        score: Float1D = self.offset + self.factor * (np.log1p(-prob) - np.log(prob))
        return score

    def table(
        self,
        scores: npt.ArrayLike | None = None,
        *,
        low: float | None = None,
        high: float | None = None,
        step: float | None = None,
    ) -> pd.DataFrame:
        """Return what scores mean: odds and probabilities side by side.

        Parameters
        ----------
        scores : array-like of shape (n_scores,), optional
            The scores; without them, a range.
        low, high : float, optional
            Ends of the range; by default five times `pdo` below and above `base_score`.
        step : float, optional
            Step of the range, above zero; by default `pdo`.

        Returns
        -------
        DataFrame
            A row a score, in the order given: score, log_odds (ln good / bad), odds (good:bad),
            pd (probability of default, a fraction).

        Raises
        ------
        InvalidParameterError
            Both scores and a range, a range that is none, or more than 100,000 rows.
        InvalidDataError
            Scores that are missing or infinite.

        Examples
        --------
        >>> from creditscore import PointsScale
        >>> PointsScale().table([580, 600, 620]).round(4)
           score  log_odds   odds      pd
        0  580.0    3.2189   25.0  0.0385
        1  600.0    3.9120   50.0  0.0196
        2  620.0    4.6052  100.0  0.0099
        """
        if scores is None:
            values = self._range(low, high, step)
        elif low is None and high is None and step is None:
            values = np.atleast_1d(as_floats(scores, "scores"))
        else:
            msg = "PointsScale.table takes scores, or low, high and step. Got both."
            raise InvalidParameterError(msg)
        if values.ndim != 1 or not np.isfinite(values).all():
            msg = "The scores of a table must be finite numbers in one list."
            raise InvalidDataError(msg)
        return pd.DataFrame(
            {
                "score": values,
                "log_odds": self.log_odds(values),
                "odds": self.odds(values),
                "pd": self.prob_default(values),
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the parameters as plain values; the direction only where it is reversed."""
        content: dict[str, Any] = {
            "base_score": self.base_score,
            "base_odds": self.base_odds,
            "pdo": self.pdo,
        }
        return content | {"reverse": True} if self.reverse else content

    def _range(self, low: float | None, high: float | None, step: float | None) -> Float1D:
        owner = "PointsScale.table"
        wide = 5 * self.pdo
        ends = (self.base_score - wide if low is None else low,
                self.base_score + wide if high is None else high)  # fmt: skip
        start = check_real(ends[0], "low", owner, low=-math.inf, high=math.inf)
        stop = check_real(ends[1], "high", owner, low=start, high=math.inf, closed="left")
        width = check_real(self.pdo if step is None else step, "step", owner, low=0, high=math.inf)
        # a last step that rounding makes a hair too long is one
        n_steps = (stop - start) / width * (1 + 1e-12) + 1e-12
        if n_steps >= _MOST_ROWS:
            msg = (
                f"A table from {start:g} to {stop:g} in steps of {width:g} has more than "
                f"{_MOST_ROWS:,} rows. Take a longer step."
            )
            raise InvalidParameterError(msg)
        values: Float1D = start + width * np.arange(math.floor(n_steps) + 1, dtype=np.float64)
        return values
