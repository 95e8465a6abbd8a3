"""The same bound for customers who are observed over several periods with correlated factors."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import gammaln, log_ndtr, ndtr, ndtri

from creditscore._typing import Float1D, Float2D, Int2D
from creditscore.calibrate._low_default._factor import Factor
from creditscore.calibrate._low_default._factor_paths import FactorPaths
from creditscore.calibrate._low_default._one_period import (
    correlated_bound,
    independent_bound,
    normal_spread,
    normal_weights,
)
from creditscore.calibrate._low_default._root import increasing_root
from creditscore.exceptions import InvalidDataError

_END = 8.5
"""Standard deviations of the factor that the quadrature goes to either side."""
_MOST_CELLS = 4e6
_MOST_NODES = 1200
"""Nodes, and nodes times pairs of counts, up to which defaults are counted year by year."""


def several_period_bound(
    customers: float, defaults: float, confidence: Float1D, factor: Factor
) -> Float1D:
    """Return the bound of the one-period rate of one pool, for several confidences."""
    pool = np.full(len(confidence), customers), np.full(len(confidence), defaults)
    if defaults >= customers:
        return np.ones(len(confidence))
    if factor.correlation == 0:
        return _per_period(independent_bound(*pool, confidence), factor.n_periods)
    chain = FactorChain(customers=customers, defaults=defaults, factor=factor)
    some_more = chain.some_more
    in_all = correlated_bound(*pool, confidence, factor.correlation)
    start = ndtri(_per_period(in_all, factor.n_periods))
    scale = np.full(len(confidence), math.sqrt(chain.spread**2 + factor.correlation))
    root = increasing_root(
        lambda at: np.array([some_more(x) for x in at.tolist()]), start, confidence, scale
    )
    bound: Float1D = ndtr(root)
    return bound


@dataclass(frozen=True, kw_only=True)
class FactorChain:
    """Customers of one rate who may default in each of several periods, and leave by it.

    A customer who is left defaults in period t with probability
    Φ((Φ⁻¹(p) - √correlation · S_t) / √(1 - correlation)), where the S_t are normal with the
    correlation period_correlation^|s - t|: a Markov chain, which is walked on a grid.
    """

    customers: float
    defaults: float
    factor: Factor

    @cached_property
    def spread(self) -> float:
        """Standard deviation of the normal quantile of the rate, of independent defaults."""
        return normal_spread(self.defaults + 1.0, self.customers - self.defaults)

    @cached_property
    def some_more(self) -> Callable[[float], float]:
        """Probability of more defaults than were seen, by the normal quantile of the rate."""
        cells = len(self._places) * (self.defaults + 1) ** 2
        if len(self._places) > _MOST_NODES or cells > _MOST_CELLS:
            return FactorPaths(
                customers=self.customers, defaults=self.defaults, factor=self.factor
            ).some_more
        return lambda x: 1.0 - float(self.counted(x).sum())

    def counted(self, x: float) -> Float1D:
        """Probability of 0, 1, … defaults up to those that were seen, in all periods."""
        steps = self._default_steps(x)
        held = np.zeros((len(self._places), steps.shape[1]))
        held[:, 0] = self._weights
        for period in range(self.factor.n_periods):
            if period and self.factor.period_correlation < 1:
                held = self._transitions.T @ held
            held = np.matmul(held[:, None, :], steps)[:, 0, :]
        counted: Float1D = held.sum(axis=0)
        return counted

    def likelihood(self, at: Float1D) -> Float1D:
        """Probability of as many defaults as were seen, by normal quantiles of the rate."""
        if self.factor.n_periods > 1:
            if len(self._places) * (self.defaults + 1) ** 2 > _MOST_CELLS:
                msg = (
                    f"{self.defaults:g} correlated defaults over several periods are too many to "
                    "be counted one by one: take one period, or default_rate_bound."
                )
                raise InvalidDataError(msg)
            return np.array([self.counted(x)[-1] for x in at.tolist()])
        size, bad = self.customers, self.defaults
        ways = gammaln(size + 1) - gammaln(bad + 1) - gammaln(size - bad + 1)
        likelihood = np.empty(len(at))
        # in parts, so that memory stays small where places are many
        step = max(1, int(_MOST_CELLS // len(self._places)))
        for start in range(0, len(at), step):
            own = self._own(at[start : start + step, None])
            log = ways + bad * log_ndtr(own) + (size - bad) * log_ndtr(-own)
            likelihood[start : start + step] = np.exp(log) @ self._weights
        return likelihood

    @cached_property
    def _places(self) -> Float1D:
        """Places of the factor, so close that nothing it moves is narrower than they."""
        ratio = math.sqrt((1 - self.factor.correlation) / self.factor.correlation)
        gap = min(0.25, 0.4 * ratio * self.spread)
        if self.factor.period_correlation < 1:
            gap = min(gap, 0.7 * math.sqrt(1 - self.factor.period_correlation**2))
        n = math.ceil(_END / gap)
        return np.asarray(np.arange(-n, n + 1) * (_END / n), dtype=np.float64)

    @cached_property
    def _weights(self) -> Float1D:
        return normal_weights(self._places)

    @cached_property
    def _transitions(self) -> Float2D:
        """Probability of each place in the next period (columns), from each place (rows)."""
        left = math.sqrt(1 - self.factor.period_correlation**2)
        apart = self._places[None, :] - self.factor.period_correlation * self._places[:, None]
        density = np.exp(-0.5 * (apart / left) ** 2)
        transitions: Float2D = density / density.sum(axis=1, keepdims=True)
        return transitions

    def _own(self, x: Float2D) -> Float2D:
        """Return the normal quantile of a customer's rate at each place of the factor."""
        rho = self.factor.correlation
        own: Float2D = (x - math.sqrt(rho) * self._places) / math.sqrt(1 - rho)
        return own

    def _default_steps(self, x: float) -> Float2D:
        """Probability at each place to go from one count of defaults to another.

        Of n customers gone, j more go by C(N - n, j) · q^j · (1 - q)^(N - n - j).
        """
        own = self._own(np.array([[x]]))[0]
        dead, alive = log_ndtr(own)[:, None], log_ndtr(-own)[:, None]
        most = self.defaults
        n = np.arange(int(most) + 1)
        forward, ratio = self._fewer
        first = np.exp(self._ways + n * dead + (self.customers - most) * alive)
        steps: Float2D = first[:, forward] * ratio * np.exp((most - n) * alive)[:, None, :]
        return steps

    @cached_property
    def _ways(self) -> Float1D:
        """Logarithm of the ways to choose 0, 1, … of all customers."""
        n = np.arange(int(self.defaults) + 1)
        size = self.customers
        ways: Float1D = gammaln(size + 1) - gammaln(n + 1) - gammaln(size - n + 1)
        return ways

    @cached_property
    def _fewer(self) -> tuple[Int2D, Float2D]:
        """How many go from each count (rows) to each (columns), and the part of the ways left."""
        n = np.arange(int(self.defaults) + 1)
        more = n[None, :] - n[:, None]
        forward = np.maximum(more, 0)
        left = gammaln(self.customers - n + 1)
        fewer = left[:, None] - left[None, :]
        fewer -= gammaln(self.customers + 1) - gammaln(self.customers - forward + 1)
        return forward, np.where(more >= 0, np.exp(np.minimum(fewer, 0.0)), 0.0)


def _per_period(total: Float1D, n_periods: int) -> Float1D:
    """Return the rate of one period that leaves as many alive after all of them."""
    rate: Float1D = -np.expm1(np.log1p(-np.minimum(total, 1 - 1e-15)) / n_periods)
    return rate
