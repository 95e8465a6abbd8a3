"""The upper confidence bound of a default rate, of independent or of correlated defaults."""

from __future__ import annotations

import numpy as np
from scipy.special import betainc, betaincinv, ndtr, ndtri

from creditscore._typing import Float1D, Float2D
from creditscore.calibrate._low_default._root import increasing_root


def normal_weights(places: Float1D) -> Float1D:
    """Return the weights of equally spaced places under a normal density."""
    density = np.exp(-0.5 * places**2)
    return np.asarray(density / density.sum(), dtype=np.float64)


NODES: Float1D = np.asarray(np.arange(-34, 35) * 0.25, dtype=np.float64)
"""Places of the trapezoidal rule under a normal density: its error is below 1e-15."""
WEIGHTS: Float1D = normal_weights(NODES)


def independent_bound(customers: Float1D, defaults: Float1D, confidence: Float1D) -> Float1D:
    """Solve P(Bin(customers, p) ≤ defaults) = 1 - confidence; 1 where everybody defaulted."""
    every = defaults >= customers
    free = np.where(every, 1.0, customers - defaults)
    bound: Float1D = np.where(every, 1.0, betaincinv(defaults + 1.0, free, confidence))
    return bound


def correlated_bound(
    customers: Float1D, defaults: Float1D, confidence: Float1D, correlation: float
) -> Float1D:
    """Solve the same for the mean over a normal factor that moves all customers at once.

    Places pair one pool with one confidence. With Q ~ Beta(defaults + 1, customers - defaults),
    P(Bin(customers, q) ≤ defaults) = P(Q > q), so that the bound is the quantile of
    √(1 - correlation) · Φ⁻¹(Q) + √correlation · Y for a standard normal Y. The distribution of
    this sum is an integral over Q or over Y; the one over the narrower of both terms is smooth.
    """
    every = defaults >= customers
    alpha, beta = defaults + 1.0, np.where(every, 1.0, customers - defaults)
    own, common = np.sqrt(1 - correlation), np.sqrt(correlation)
    pools, rows = np.unique(np.stack([alpha, beta], axis=1), axis=0, return_inverse=True)
    places = normal_places(pools[:, 0], pools[:, 1], NODES)[rows.ravel()]
    mean, deviation = _moments(places)
    narrow = own * deviation <= common
    wide = ~narrow

    def distribution(x: Float1D) -> Float1D:
        reached = np.empty_like(x)
        reached[narrow] = ndtr((x[narrow, None] - own * places[narrow]) / common) @ WEIGHTS
        shifted = ndtr((x[wide, None] - common * NODES) / own)
        reached[wide] = betainc(alpha[wide, None], beta[wide, None], shifted) @ WEIGHTS
        return reached

    scale = np.sqrt((own * deviation) ** 2 + correlation)
    start = own * mean + ndtri(confidence) * scale
    root = increasing_root(distribution, start, confidence, scale)
    bound: Float1D = np.where(every, 1.0, ndtr(root))
    return bound


def normal_spread(alpha: float, beta: float) -> float:
    """Return the standard deviation of Φ⁻¹(Q) for Q ~ Beta(alpha, beta)."""
    return float(_moments(normal_places(np.array([alpha]), np.array([beta]), NODES))[1][0])


def _moments(places: Float2D) -> tuple[Float1D, Float1D]:
    mean = places @ WEIGHTS
    return mean, np.sqrt(((places - mean[:, None]) ** 2) @ WEIGHTS)


def normal_places(alpha: Float1D, beta: Float1D, nodes: Float1D) -> Float2D:
    """Return Φ⁻¹(Q) at the quantiles of Q ~ Beta that nodes are of the normal distribution."""
    upper = nodes > 0
    places = np.empty((len(alpha), len(nodes)))
    share = ndtr(-np.abs(nodes))
    places[:, ~upper] = ndtri(betaincinv(alpha[:, None], beta[:, None], share[~upper]))
    # the upper tail by the complement, which keeps its digits
    places[:, upper] = -ndtri(betaincinv(beta[:, None], alpha[:, None], share[upper]))
    return places
