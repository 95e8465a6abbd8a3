"""What is known of one probability of default after a prior and a count of defaults."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.interpolate import CubicSpline, PPoly
from scipy.optimize import brentq
from scipy.special import betainc, betaincinv, log_ndtr, ndtr, ndtri

from creditscore._typing import Float1D
from creditscore.calibrate._low_default._factor import Factor
from creditscore.calibrate._low_default._one_period import NODES, normal_places, normal_spread
from creditscore.calibrate._low_default._several_periods import FactorChain
from creditscore.exceptions import InvalidDataError

_PLACES_A_DEVIATION = 40
_LEAST_PLACES, _MOST_PLACES = 600, 20_000
_END = 8.5
"""Standard deviations beyond which nothing is left."""


@dataclass(frozen=True, kw_only=True)
class Prior:
    """A density proportional to p^(a - 1) · (1 - p)^(b - 1) on (0, limit)."""

    a: float
    b: float
    limit: float


class Posterior(ABC):
    """A distribution of a probability of default."""

    @property
    @abstractmethod
    def mean(self) -> float:
        """Its mean."""

    @abstractmethod
    def quantile(self, share: float) -> float:
        """Return the value that it is below with a given probability."""


@dataclass(frozen=True, kw_only=True)
class BetaPosterior(Posterior):
    """Independent defaults of one period: a beta distribution, cut off at the limit."""

    a: float
    b: float
    limit: float

    def __post_init__(self) -> None:
        """Check that the limit leaves something."""
        if not self._held > 0:
            raise _nothing_left(self.limit)

    @cached_property
    def _held(self) -> float:
        return float(betainc(self.a, self.b, self.limit))

    @property
    def mean(self) -> float:
        """Its mean."""
        part = float(betainc(self.a + 1, self.b, self.limit)) / self._held
        return self.a / (self.a + self.b) * part

    def quantile(self, share: float) -> float:
        """Return the value that it is below with a given probability."""
        return float(betaincinv(self.a, self.b, share * self._held))


@dataclass(frozen=True, kw_only=True)
class GridPosterior(Posterior):
    """Any other case: a density over the normal quantile of the probability, on a fine grid."""

    customers: float
    defaults: float
    prior: Prior
    factor: Factor

    @cached_property
    def _places(self) -> Float1D:
        alpha, beta = self.defaults + 1.0, self.customers - self.defaults + 1.0
        ends = normal_places(np.array([alpha]), np.array([beta]), NODES)[0][[0, -1]]
        own, common = math.sqrt(1 - self.factor.correlation), math.sqrt(self.factor.correlation)
        low = -13.0
        if self.defaults:
            # the rate of one of several periods lies below that of all of them
            low = max(low, own * float(ends[0]) - _END * common - math.log(self.factor.n_periods))
        high = min(own * float(ends[1]) + _END * common, 8.2, float(ndtri(self.prior.limit)))
        if not low < high:
            raise _nothing_left(self.prior.limit)
        deviation = math.hypot(own * normal_spread(alpha, beta), common)
        n = math.ceil((high - low) / deviation * _PLACES_A_DEVIATION)
        return np.linspace(low, high, min(_MOST_PLACES, max(_LEAST_PLACES, n)))

    @cached_property
    def _density(self) -> Float1D:
        """Density at the places, up to a factor."""
        at, prior = self._places, self.prior
        dead, alive = log_ndtr(at), log_ndtr(-at)
        log = self._log_likelihood(at, dead, alive) - 0.5 * at**2
        log = log + (prior.a - 1) * dead + (prior.b - 1) * alive
        return np.asarray(np.exp(log - log.max()), dtype=np.float64)

    def _log_likelihood(self, at: Float1D, dead: Float1D, alive: Float1D) -> Float1D:
        if self.factor.correlation == 0:
            periods = self.factor.n_periods
            with np.errstate(divide="ignore"):
                gone = dead if periods == 1 else np.log(-np.expm1(periods * alive))
            return self.defaults * gone + (self.customers - self.defaults) * periods * alive
        chain = FactorChain(customers=self.customers, defaults=self.defaults, factor=self.factor)
        if self.factor.n_periods == 1:
            return _log(chain.likelihood(at))
        # counting year by year is slow, and the logarithm so smooth that fewer places tell it
        some = np.linspace(at[0], at[-1], max(_LEAST_PLACES // 4, len(at) // 4))
        return np.asarray(CubicSpline(some, _log(chain.likelihood(some)))(at), dtype=np.float64)

    @cached_property
    def _cumulated(self) -> PPoly:
        return CubicSpline(self._places, self._density).antiderivative()

    @property
    def mean(self) -> float:
        """Its mean."""
        weighted = CubicSpline(self._places, self._density * ndtr(self._places))
        low, high = self._places[[0, -1]].tolist()
        return float(weighted.integrate(low, high)) / float(self._cumulated(high))

    def quantile(self, share: float) -> float:
        """Return the value that it is below with a given probability."""
        cumulated: Callable[[float], float] = self._cumulated
        goal = share * float(self._cumulated(self._places[-1]))
        known = self._cumulated(self._places)
        after = int(np.clip(np.searchsorted(known, goal), 1, len(known) - 1))
        low, high = self._places[after - 1], self._places[after]
        if not cumulated(low) <= goal <= cumulated(high):
            return float(ndtr(high))
        return float(ndtr(brentq(lambda x: float(cumulated(x)) - goal, low, high, xtol=1e-13)))


def posterior_of(customers: float, defaults: float, prior: Prior, factor: Factor) -> Posterior:
    """Return the posterior of one pool."""
    if factor.correlation == 0 and factor.n_periods == 1:
        a, b = defaults + prior.a, customers - defaults + prior.b
        return BetaPosterior(a=a, b=b, limit=prior.limit)
    return GridPosterior(customers=customers, defaults=defaults, prior=prior, factor=factor)


def _log(likelihood: Float1D) -> Float1D:
    """Return the logarithm, and something very small where floats have come to zero."""
    return np.asarray(np.log(np.maximum(likelihood, 1e-300)), dtype=np.float64)


def _nothing_left(limit: float) -> InvalidDataError:
    msg = (
        f"The defaults rule out a probability of default below the upper_limit {limit:g}: raise it."
    )
    return InvalidDataError(msg)
