"""One number for the risk of an industry, between reference points that are kept."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from creditscore._typing import Float1D
from creditscore._validation import as_floats, check_real
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.indicators._environment._industry import (
    industry_concentration,
    industry_default_rate,
    industry_growth,
    industry_volatility,
)
from creditscore.indicators._facts import Facts
from creditscore.indicators._indicator import Indicator
from creditscore.indicators._measured import Measured

_PARTS = {
    "default_rate": industry_default_rate,
    "growth": industry_growth,
    "volatility": industry_volatility,
    "concentration": industry_concentration,
}


@dataclass(frozen=True, kw_only=True)
class IndustryIndex:
    """Default rate, growth, volatility and concentration of an industry as one index, 0 to 100.

    Parameters
    ----------
    default_rate : tuple of two floats, default=(0.08, 0.0)
        The values worth 0 and 100: the worst reference point, then the best.
    growth : tuple of two floats, default=(-0.1, 0.1)
        The same, for the growth of output.
    volatility : tuple of two floats, default=(0.15, 0.01)
        The same, for the standard deviation of growth.
    concentration : tuple of two floats, default=(0.0, 0.25)
        The same, for the Herfindahl–Hirschman index. By default a concentrated industry is safer,
        as its firms set prices; turn the two round where that is not so.
    weights : tuple of four floats, default=(0.5, 0.2, 0.2, 0.1)
        Weights of the four in this order, 0 or more, summing to 1. What has no weight is not
        read.

    Raises
    ------
    InvalidParameterError
        Two reference points are equal or not finite; weights are not four, or do not sum to 1.

    Notes
    -----
    Each part earns :math:`100 (x - x_0) / (x_{100} - x_0)`, at least 0 and at most 100, and the
    index is their weighted mean; higher is safer. The reference points are parameters of the
    index and never come from the industries at hand; as an indicator its default rate is drawn
    towards that of all industries known on the day, see :func:`shrunken_rates`. The defaults
    are conventions of this library and no standard: set them by the history at hand.

    Examples
    --------
    >>> from creditscore.indicators import IndustryIndex
    >>> index = IndustryIndex()
    >>> index.score(default_rate=0.02, growth=0.03, volatility=0.08, concentration=0.1).tolist()
    [64.5]
    """

    default_rate: tuple[float, float] = (0.08, 0.0)
    growth: tuple[float, float] = (-0.1, 0.1)
    volatility: tuple[float, float] = (0.15, 0.01)
    concentration: tuple[float, float] = (0.0, 0.25)
    weights: tuple[float, float, float, float] = (0.5, 0.2, 0.2, 0.1)

    def __post_init__(self) -> None:
        """Check reference points and weights."""
        owner = type(self).__name__
        for name in _PARTS:
            points = getattr(self, name)
            if not isinstance(points, (tuple, list)) or len(points) != 2:
                msg = (
                    f"The {name!r} parameter of {owner} must be two numbers, the values worth 0 "
                    f"and 100. Got {points!r} instead."
                )
                raise InvalidParameterError(msg)
            worst, best = (
                check_real(value, name, owner, low=-math.inf, high=math.inf) for value in points
            )
            if worst == best:
                msg = f"The {name!r} parameter of {owner} needs two different values. Got {points}."
                raise InvalidParameterError(msg)
            object.__setattr__(self, name, (worst, best))
        self._check_weights()

    def _check_weights(self) -> None:
        owner = type(self).__name__
        if not isinstance(self.weights, (tuple, list)) or len(self.weights) != len(_PARTS):
            msg = (
                f"The 'weights' parameter of {owner} must be four numbers, of "
                f"{', '.join(_PARTS)}. Got {self.weights!r} instead."
            )
            raise InvalidParameterError(msg)
        weights = tuple(
            check_real(value, "weights", owner, low=0.0, high=1.0, closed="both")
            for value in self.weights
        )
        if not math.isclose(sum(weights), 1, abs_tol=1e-9):
            msg = f"The 'weights' parameter of {owner} must sum to 1. Got {sum(weights):g} instead."
            raise InvalidParameterError(msg)
        object.__setattr__(self, "weights", weights)

    def _weighted(self) -> dict[str, float]:
        """Return the parts that have a weight, with it."""
        pairs = zip(_PARTS, self.weights, strict=True)
        return {name: weight for name, weight in pairs if weight > 0}

    def score(
        self, *, default_rate: Any, growth: Any, volatility: Any, concentration: Any
    ) -> Float1D:
        """Return the index of industries.

        Parameters
        ----------
        default_rate, growth, volatility, concentration : float or array-like
            Values of one industry or of several; NaN where missing.

        Returns
        -------
        array of shape (n_industries,)
            From 0 to 100, NaN where a part that has a weight is missing.

        Raises
        ------
        InvalidDataError
            Values are no numbers, infinite, or of different lengths.
        """
        given = {
            "default_rate": default_rate,
            "growth": growth,
            "volatility": volatility,
            "concentration": concentration,
        }
        columns = {name: np.atleast_1d(as_floats(value, name)) for name, value in given.items()}
        lengths = {name: column.size for name, column in columns.items() if column.size != 1}
        if len(set(lengths.values())) > 1:
            listed = ", ".join(f"{n} of {name}" for name, n in lengths.items())
            msg = f"The index needs as many values for each part, or one for all. Got {listed}."
            raise InvalidDataError(msg)
        for name, column in columns.items():
            if column.ndim > 1 or np.isinf(column).any():
                msg = (
                    f"{name} must hold finite numbers, or NaN where missing, in one row. Got "
                    f"{given[name]!r}."
                )
                raise InvalidDataError(msg)
        parts = [
            weight * _between(columns[name], *getattr(self, name))
            for name, weight in self._weighted().items()
        ]
        total: Float1D = np.sum(parts, axis=0)
        return total

    def indicator(self, name: str = "industry_index") -> Indicator:
        """Return the index as an indicator of the customers of each industry.

        Parameters
        ----------
        name : str, default="industry_index"
            Name of the indicator.
        """

        def compute(facts: Facts) -> Measured:
            parts = [
                weight * _measured_between(_PARTS[part].compute(facts), *getattr(self, part))
                for part, weight in self._weighted().items()
            ]
            return sum(parts[1:], parts[0])

        formula = " + ".join(
            f"{weight:g} · {part} ({worst:g} is 0, {best:g} is 100)"
            for part, weight in self._weighted().items()
            for worst, best in [getattr(self, part)]
        )
        return Indicator(
            name=name, compute=compute, group="environment", unit="index", direction="higher",
            formula=formula, label="Industry index", label_zh="行业风险指数",
            five_c=("conditions",),
            source="weighted mean between reference points that are kept (IndustryIndex)",
            low=0, high=100,
        )  # fmt: skip


def _between(values: Float1D, worst: float, best: float) -> Float1D:
    """Return 0 at the worst point, 100 at the best, and never more or less."""
    found: Float1D = np.clip(100 * (values - worst) / (best - worst), 0, 100)
    return found


def _measured_between(found: Measured, worst: float, best: float) -> Measured:
    score = (found - worst) * (100 / (best - worst))
    score = score.where(score > 0, 0.0)
    return score.where(score < 100, 100.0)
