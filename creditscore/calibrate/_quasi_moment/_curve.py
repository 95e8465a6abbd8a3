"""Quasi-moment matching as a curve of scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import expit, ndtri

from creditscore._checks import set_number
from creditscore._typing import Float1D
from creditscore.calibrate._curve._axis import Cases, Measure
from creditscore.calibrate._curve._curve import (
    CalibrationCurve,
    check_measure,
    set_floats,
    wrong_way,
)
from creditscore.calibrate._quasi_moment._accuracy_ratio import ImpliedMoments
from creditscore.calibrate._quasi_moment._match import match_moments
from creditscore.exceptions import InvalidParameterError

_MOST_KNOTS = 1001


@dataclass(frozen=True, kw_only=True)
class QuasiMomentCurve(CalibrationCurve):
    """Log-odds of default that are a straight line of the normal score of a customer's rank.

    Parameters
    ----------
    values : tuple of float
        Scores or raw probabilities, rising, at which the rank is known.
    normal_scores : tuple of float
        Φ⁻¹ of the share of customers who are riskier, ties at one half; higher is safer. Between
        the values a straight line, and beyond them that of the outermost.
    alpha, beta : float
        PD = 1 / (1 + exp(alpha + beta · normal score)), beta above zero.

    Raises
    ------
    InvalidParameterError
        Values that do not rise, or normal scores that go up and down.

    See Also
    --------
    quasi_moment_calibration : Finds one.

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.calibrate import QuasiMomentCurve
    >>> curve = QuasiMomentCurve(values=(500, 600), normal_scores=(-1, 1), alpha=3.0, beta=1.0)
    >>> curve.prob_default(np.array([500.0, 550.0, 700.0]), "score").round(4)
    array([0.1192, 0.0474, 0.018 ])
    """

    kind: ClassVar[str] = "quasi_moment"

    values: tuple[float, ...]
    normal_scores: tuple[float, ...]
    alpha: float
    beta: float

    def __post_init__(self) -> None:
        """Check that values rise and ranks are monotone."""
        values, normal = set_floats(self, "values"), set_floats(self, "normal_scores")
        set_number(self, "alpha")
        set_number(self, "beta")
        steps = np.diff(normal)
        fits = len(values) == len(normal) >= 2 and (np.diff(values) > 0).all()
        if not fits or not ((steps >= 0).all() or (steps <= 0).all()):
            msg = (
                f"{type(self).__name__} needs two 'values' or more that rise, with as many "
                "'normal_scores' that only rise or only fall. Got "
                f"{len(values)} and {len(normal)}."
            )
            raise InvalidParameterError(msg)

    def prob_default(self, values: Float1D, measure: Measure) -> Float1D:
        """Return 1 / (1 + exp(alpha + beta z)) at the normal score z of each value."""
        check_measure(measure, self)
        z = np.interp(values, self.values, self.normal_scores)
        prob: Float1D = expit(-self.alpha - self.beta * z)
        return prob

    def check(self, measure: Measure) -> None:
        """Refuse ranks that go the other way, or a beta that is not above zero."""
        rise = (self.normal_scores[-1] - self.normal_scores[0]) * self.beta
        if not (rise > 0 if measure == "score" else rise < 0):
            raise wrong_way(measure, f"beta is {self.beta:.4g}")

    def describe(self, measure: Measure) -> str:
        """Write the curve with its numbers."""
        del measure
        return (
            f"quasi-moment, log-odds {-self.alpha:.4g} {-self.beta:+.4g} · Φ⁻¹(rank), flat beyond"
        )


def fit_quasi_moment_curve(
    cases: Cases, measure: Measure, targets: ImpliedMoments
) -> QuasiMomentCurve:
    """Rank cases and find the curve of a mean and an accuracy ratio."""
    values, places = np.unique(cases.values, return_inverse=True)
    count: Float1D = np.bincount(places, cases.counts).astype(np.float64)
    knots = _knots(values, count, measure)
    z = np.interp(values, *knots)
    safer_last = slice(None) if measure == "score" else slice(None, None, -1)
    alpha, beta = match_moments(
        z[safer_last],
        count[safer_last],
        central_tendency=targets.central_tendency,
        accuracy_ratio=targets.accuracy_ratio,
    )
    curve = QuasiMomentCurve(
        values=tuple(knots[0].tolist()),
        normal_scores=tuple(knots[1].tolist()),
        alpha=alpha,
        beta=beta,
    )
    curve.check(measure)
    return curve


def _knots(values: Float1D, count: Float1D, measure: Measure) -> tuple[Float1D, Float1D]:
    """Return values and the normal scores of their ranks, no more than a file should hold."""
    below = np.cumsum(count) - 0.5 * count
    share = below / count.sum()
    z = ndtri(share if measure == "score" else 1 - share)
    if len(values) > _MOST_KNOTS:
        # evenly by rank on the normal scale, so that the tails keep theirs
        wanted = np.linspace(z[0], z[-1], _MOST_KNOTS)
        sign = 1.0 if measure == "score" else -1.0
        kept = np.unique(np.clip(np.searchsorted(sign * z, sign * wanted), 0, len(z) - 1))
        values, z = values[kept], z[kept]
    return values, z
