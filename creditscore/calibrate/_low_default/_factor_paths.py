"""Defaults over several periods where there are too many to be counted one by one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from scipy.special import log_ndtr, ndtr, ndtri
from scipy.stats import qmc

from creditscore._typing import Float1D, Float2D
from creditscore.calibrate._low_default._factor import Factor
from creditscore.calibrate._low_default._one_period import normal_places

_POINTS = 10
"""Powers of two of Sobol' points."""
_NODES = 15
_MOST_STEPS = 25
_FAR = 40.0


@dataclass(frozen=True, kw_only=True)
class FactorPaths:
    """As :class:`FactorChain`, by paths of the factor in place of counts of defaults.

    The factors of all periods are what their mean tells of them, and a rest. The mean is
    integrated exactly, the rest over Sobol' points with a fixed shift: each call gives the same,
    with a relative error of the bound of 1e-3 or less.
    """

    customers: float
    defaults: float
    factor: Factor

    def some_more(self, x: float) -> float:
        """Probability of more defaults than were seen, by the normal quantile of the rate.

        With Q as in :func:`correlated_bound`, Q ≤ share of customers gone, which falls as
        the mean of the factors grows: up to the value at which they are equal.
        """
        share, weights = self._shares
        hazard = -np.log1p(-share)
        loadings, rest = self._factors
        own, common = np.sqrt(1 - self.factor.correlation), np.sqrt(self.factor.correlation)
        one = ndtri(-np.expm1(-hazard / self.factor.n_periods))
        start = (x - own * one) / common - rest.mean(axis=1)[:, None]
        at = np.clip(start / loadings.mean(), -_FAR, _FAR)
        for _ in range(_MOST_STEPS):
            factors = rest[:, None, :] + at[:, :, None] * loadings
            places = (x - common * factors) / own
            alive = log_ndtr(-places)
            gap = -alive.sum(axis=2) - hazard
            # the density over the share alive, whose logarithm does not vanish
            slope = np.exp(-0.5 * places**2 - alive) / np.sqrt(2 * np.pi) * (common / own)
            fall = slope @ loadings
            step = np.clip(gap / np.maximum(fall, 1e-300), -4.0, 4.0)
            at = np.clip(at + step, -_FAR, _FAR)
            if np.abs(step).max() < 1e-9:
                break
        return float(ndtr(at).mean(axis=0) @ weights)

    @cached_property
    def _shares(self) -> tuple[Float1D, Float1D]:
        """Quantiles of Q and their weights."""
        nodes, weights = hermegauss(_NODES)
        alpha, beta = self.defaults + 1.0, self.customers - self.defaults
        places = normal_places(np.array([alpha]), np.array([beta]), nodes)[0]
        return ndtr(places), weights / weights.sum()

    @cached_property
    def _factors(self) -> tuple[Float1D, Float2D]:
        """Loadings of the mean of the factors, and the rest of each on each path."""
        period = np.arange(self.factor.n_periods)
        correlations = self.factor.period_correlation ** np.abs(period[:, None] - period)
        loadings = correlations.sum(axis=1) / np.sqrt(correlations.sum())
        values, vectors = np.linalg.eigh(correlations - np.outer(loadings, loadings))
        sobol = qmc.Sobol(self.factor.n_periods - 1, scramble=False).random_base2(_POINTS)
        shift = np.random.default_rng(20050912).random(self.factor.n_periods - 1)
        shocks = ndtri(np.clip((sobol + shift) % 1.0, 1e-12, 1 - 1e-12))
        # of the rest one eigenvalue, the least, is zero
        spread = np.sqrt(np.maximum(values[1:], 0.0)) * vectors[:, 1:]
        return loadings, shocks @ spread.T
