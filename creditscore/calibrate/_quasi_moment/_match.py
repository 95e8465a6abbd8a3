"""The two parameters of a curve by its mean and its accuracy ratio."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

from creditscore._typing import Float1D
from creditscore._validation import check_real
from creditscore.calibrate._quasi_moment._accuracy_ratio import moments
from creditscore.exceptions import InvalidParameterError

_STEEPEST = 1e3
"""Slope of the log-odds by the normal score at which any curve is a step."""
_MANY = 20_000
"""Ranks beyond which a first guess comes from cells of them."""
_CELLS = 2_000
_NEWTON_STEPS = 30


def check_targets(central_tendency: float, accuracy_ratio: float, owner: str) -> None:
    """Check what a curve is to have."""
    check_real(central_tendency, "central_tendency", owner, low=0, high=1)
    check_real(accuracy_ratio, "accuracy_ratio", owner, low=0, high=1)


def match_moments(
    z: Float1D, counts: Float1D, *, central_tendency: float, accuracy_ratio: float
) -> tuple[float, float]:
    """Find alpha and beta of 1 / (1 + exp(alpha + beta z)) by mean and accuracy ratio.

    `z` rises from the riskiest to the safest. For each beta there is one alpha of the mean; the
    accuracy ratio rises with beta. O(n) for each of some fifty evaluations.
    """
    curves = _Curves(z, counts / counts.sum(), central_tendency)

    def gap(beta: float) -> float:
        return curves.ratio_at(beta) - accuracy_ratio

    low, high = 0.0, 1.0
    if len(z) > _MANY:
        cells = np.minimum((np.cumsum(counts) / counts.sum() * _CELLS).astype(np.intp), _CELLS - 1)
        held: Float1D = np.bincount(cells, counts, minlength=_CELLS).astype(np.float64)
        kept = held > 0
        middle = np.bincount(cells, counts * z, minlength=_CELLS)[kept] / held[kept]
        _, near = match_moments(
            middle, held[kept], central_tendency=central_tendency, accuracy_ratio=accuracy_ratio
        )
        low, high = 0.98 * near, 1.02 * near
        if gap(low) > 0:
            low = 0.0
    while gap(high) < 0:
        low, high = high, high * 2
        if high > _STEEPEST:
            msg = (
                f"No curve of mean {central_tendency:g} has an accuracy ratio of "
                f"{accuracy_ratio:g} on these grades or scores: the most is "
                f"{gap(high) + accuracy_ratio:.4f}, because those within one grade are not told "
                "apart. Ask for less, or part the grades."
            )
            raise InvalidParameterError(msg)
    beta = float(brentq(gap, low, high, xtol=1e-13, rtol=1e-14, maxiter=500))
    return curves.alpha_at(beta), beta


@dataclass
class _Curves:
    """Curves of one mean, one for each beta."""

    z: Float1D
    shares: Float1D
    mean: float
    alpha: float = 0.0
    """That of the last curve, where the search for the next begins."""

    def prob_at(self, alpha: float, beta: float) -> Float1D:
        prob: Float1D = expit(-alpha - beta * self.z)
        return prob

    def alpha_at(self, beta: float) -> float:
        """Find the alpha of the mean, by Newton's method or, where that strays, by bisection."""
        alpha = self.alpha
        for _ in range(_NEWTON_STEPS):
            prob = self.prob_at(alpha, beta)
            slope = float((prob * (1 - prob)) @ self.shares)
            if slope <= 0:
                break
            step = (float(prob @ self.shares) - self.mean) / slope
            alpha += step
            if abs(step) < 1e-13 * max(1.0, abs(alpha)):
                self.alpha = alpha
                return alpha
        reach = 40.0 + beta * float(np.abs(self.z).max())
        self.alpha = float(
            brentq(
                lambda at: float(self.prob_at(at, beta) @ self.shares) - self.mean,
                *(-reach, reach),
                xtol=1e-14,
                rtol=1e-15,
                maxiter=500,
            )
        )
        return self.alpha

    def ratio_at(self, beta: float) -> float:
        """Return the accuracy ratio of the curve."""
        return moments(self.prob_at(self.alpha_at(beta), beta), self.shares).accuracy_ratio
