"""The line from WOE to points in a card of optbinning, and what it says of odds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from creditscore._typing import Float1D
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard._scale import PointsScale

_MOST_ROUNDED = 1.0 + 1e-6
"""Rounding, to the nearest or by optbinning's programme, moves points by less."""


@dataclass(frozen=True)
class PointsLine:
    """Points of a bin are `start` + `slope` · WOE · coefficient, before any rounding.

    Attributes
    ----------
    start, slope : float
        The line; of WOE times the coefficient, whose sum with the intercept is the log-odds of
        being bad.
    offset : float
        Score at log-odds 0, base points included.
    """

    start: float
    slope: float
    offset: float

    @classmethod
    def of(cls, card: Any, raw: Sequence[Float1D], intercept: float) -> PointsLine:
        """Work the line out from the settings of a card.

        Parameters
        ----------
        card : Scorecard of optbinning
            Fitted.
        raw : sequence of ndarray
            WOE times coefficient of all bins, by variable.
        intercept : float
            Of the model.
        """
        n, sense = len(raw), -1.0 if card.reverse_scorecard else 1.0
        settings = card.scaling_method_params or {}
        if card.scaling_method is None:
            return cls(0.0, 1.0, -intercept)
        if card.scaling_method == "pdo_odds":
            factor = settings["pdo"] / math.log(2)
            offset = settings["scorecard_points"] - factor * math.log(settings["odds"])
            start, slope = (offset - factor * intercept) / n, -sense * factor
        elif card.scaling_method == "min_max":
            low, high = settings["min"], settings["max"]
            least = intercept + sum(float(values.min()) for values in raw)
            most = intercept + sum(float(values.max()) for values in raw)
            slope = sense * (low - high) / (most - least) if most > least else math.nan
            shift = (low if card.reverse_scorecard else high) - slope * least
            start = (shift + slope * intercept) / n
        else:
            msg = (
                "scorecard_from_optbinning knows the scaling methods 'pdo_odds', 'min_max' and "
                f"None. Got {card.scaling_method!r}."
            )
            raise InvalidParameterError(msg)
        return cls(start, slope, n * start - slope * intercept)

    def points(self, raw: Float1D) -> Float1D:
        """Return the points of WOE times coefficient."""
        return self.start + self.slope * raw

    def holds(self, raw: Sequence[Float1D], points: Sequence[Float1D], *, rounded: bool) -> bool:
        """Tell whether the points of a card, less a constant by variable, lie on the line."""
        allowed = _MOST_ROUNDED if rounded else 1e-9 * max(1.0, abs(self.offset), abs(self.slope))
        return all(
            bool((np.abs(given - self.points(values)) <= allowed).all())
            for values, given in zip(raw, points, strict=True)
        )

    def scale(self, card: Any) -> PointsScale | None:
        """Return what a score says of odds; None where all scores are one."""
        if not self.slope or not math.isfinite(self.slope):
            return None
        if card.scaling_method == "pdo_odds" and not card.reverse_scorecard:
            given = card.scaling_method_params
            return PointsScale(
                base_score=given["scorecard_points"], base_odds=given["odds"], pdo=given["pdo"]
            )
        return PointsScale(
            base_score=self.offset,
            base_odds=1,
            pdo=abs(self.slope) * math.log(2),
            reverse=self.slope > 0,
        )


def is_logistic(estimator: Any, woe: pd.DataFrame, coefficients: Float1D, intercept: float) -> bool:
    """Tell by trying some rows whether the probabilities of a model are its coefficients'."""
    if not hasattr(estimator, "predict_proba"):
        return False
    rows = woe if hasattr(estimator, "feature_names_in_") else woe.to_numpy()
    found = np.asarray(estimator.predict_proba(rows), dtype=np.float64)[:, 1]
    expected = expit(intercept + woe.to_numpy() @ coefficients)
    return bool(np.allclose(found, expected, rtol=1e-9, atol=1e-12))
