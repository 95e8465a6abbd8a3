"""Calibration of a raw probability by two slopes, one for each end (Kull, Silva Filho, Flach)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import expit, xlog1py, xlogy

from creditscore._checks import set_number
from creditscore._newton import LogisticFit, fit_logistic
from creditscore._typing import Float1D
from creditscore.calibrate._curve._axis import Cases, Measure
from creditscore.calibrate._curve._curve import (
    CalibrationCurve,
    check_measure,
    quadratic_form,
    set_covariance,
    wrong_way,
)
from creditscore.calibrate._curve._logistic import (
    check_finite_fit,
    check_inside,
    start_of,
    warn_of_few,
)
from creditscore.exceptions import InvalidParameterError


@dataclass(frozen=True, kw_only=True)
class BetaCurve(CalibrationCurve):
    """Log-odds of default that are a · ln p - b · ln(1 - p) + c of a raw probability p.

    Parameters
    ----------
    a, b : float
        Zero or more, not both zero: the slopes of the log-odds where p is small and where it is
        large.
    c : float
        Level.
    covariance : tuple of 3 tuples of 3 floats, optional
        Of a, b and c; zero for a slope that stands at its bound. Without it there is no interval.

    Raises
    ------
    InvalidParameterError
        A slope below zero, or numbers that are not finite.

    See Also
    --------
    beta_calibration : Estimates one.

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.calibrate import BetaCurve
    >>> BetaCurve(a=1.0, b=1.0, c=0.0).prob_default(np.array([0.1, 0.3]), "prob_default").round(6)
    array([0.1, 0.3])
    """

    kind: ClassVar[str] = "beta"

    a: float
    b: float
    c: float
    covariance: tuple[tuple[float, ...], ...] | None = None

    def __post_init__(self) -> None:
        """Check the numbers."""
        set_number(self, "a", low=0, closed="left")
        set_number(self, "b", low=0, closed="left")
        set_number(self, "c")
        set_covariance(self, 3)

    def prob_default(self, values: Float1D, measure: Measure) -> Float1D:
        """Return the probability; a raw 0 or 1 stays so where the slope at its end is not zero."""
        check_measure(measure, self)
        log_odds = xlogy(self.a, values) - xlog1py(self.b, -values) + self.c
        prob: Float1D = expit(log_odds)
        return prob

    def check(self, measure: Measure) -> None:
        """Refuse scores, and slopes that are both zero."""
        if measure != "prob_default":
            msg = (
                "A beta curve is applied to raw probabilities. Got measure='score': pass those of "
                "the card, card.prob_default(X), or use a logistic or an isotonic calibration."
            )
            raise InvalidParameterError(msg)
        if self.a == 0 and self.b == 0:
            raise wrong_way(measure, "both slopes of the beta curve are zero")

    def describe(self, measure: Measure) -> str:
        """Write the formula with its numbers."""
        del measure
        return f"beta, log-odds {self.a:.4g} · ln p - {self.b:.4g} · ln(1 - p) {self.c:+.4g}"

    def log_odds_error(self, values: Float1D, measure: Measure) -> Float1D:
        """Return the standard error of the log-odds (delta method), of values within (0, 1)."""
        if self.covariance is None:
            return super().log_odds_error(values, measure)
        columns = np.stack([np.log(values), -np.log1p(-values), np.ones_like(values)], axis=-1)
        return quadratic_form(columns, self.covariance)


def fit_beta_curve(cases: Cases) -> BetaCurve:
    """Estimate a, b and c by maximum likelihood with a and b zero or more.

    The likelihood is concave, so that its maximum is that without bounds if that is within them,
    and else the best of those along the bounds.
    """
    measure: Measure = "prob_default"
    check_inside(cases.values, measure)
    columns = np.column_stack([np.log(cases.values), -np.log1p(-cases.values)])
    found = _within(cases, columns, [0, 1])
    if found is None:
        along = [_within(cases, columns, [k]) for k in (0, 1)]
        held = [fit for fit in along if fit is not None]
        if not held:
            seen = "the log-odds of default fall with the logarithm of the probability"
            raise wrong_way(measure, seen)
        found = max(held, key=lambda pair: pair[0])
    curve = found[1]
    warn_of_few(cases, 3)
    return curve


def _within(cases: Cases, columns: Float1D, kept: list[int]) -> tuple[float, BetaCurve] | None:
    """Fit some of the slopes, the others zero; None where one of them is not above zero."""
    start = start_of(cases.is_bad, cases.weights, len(kept))
    fit = fit_logistic(columns[:, kept], cases.is_bad, cases.weights, start=start)
    if not (fit.coefficients > 0).all():
        return None
    check_finite_fit(fit, "prob_default")
    slopes = np.zeros(2)
    slopes[kept] = fit.coefficients
    a, b = slopes.tolist()
    covariance = _in_order(fit, kept)
    return fit.log_likelihood, BetaCurve(a=a, b=b, c=fit.intercept, covariance=covariance)


def _in_order(fit: LogisticFit, kept: list[int]) -> tuple[tuple[float, ...], ...]:
    """Return the covariance of a, b and c, zero for what stands at its bound."""
    places = [2, *kept]
    covariance = np.zeros((3, 3))
    covariance[np.ix_(places, places)] = fit.covariance
    return tuple(map(tuple, covariance.tolist()))
