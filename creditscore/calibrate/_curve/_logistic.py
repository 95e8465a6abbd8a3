"""Calibration by a straight line of the log-odds (Platt)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import expit, logit

from creditscore._checks import set_number
from creditscore._newton import LogisticFit, fit_logistic
from creditscore._typing import Bool1D, Float1D
from creditscore._warn import warn_user
from creditscore.calibrate._curve._axis import Cases, Measure
from creditscore.calibrate._curve._curve import (
    CalibrationCurve,
    check_measure,
    quadratic_form,
    set_covariance,
    wrong_way,
)
from creditscore.exceptions import InvalidDataError, RankingError, SmallSampleWarning

LEAST_CASES = 5
"""Cases of the rarer class for each parameter, below which errors mean little."""


@dataclass(frozen=True, kw_only=True)
class LogisticCurve(CalibrationCurve):
    """Log-odds of default that are a straight line: intercept + slope · x.

    x is the score, or the log-odds of a raw probability.

    Parameters
    ----------
    intercept : float
        Log-odds of default at x = 0.
    slope : float
        Change for a unit of x: below 0 on a score, above 0 on a probability.
    covariance : tuple of 2 tuples of 2 floats, optional
        Of intercept and slope; without it there is no interval.

    Raises
    ------
    InvalidParameterError
        Numbers that are not finite.

    See Also
    --------
    logistic_calibration : Estimates one.

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.calibrate import LogisticCurve
    >>> curve = LogisticCurve(intercept=12.0, slope=-0.025)
    >>> curve.prob_default(np.array([600.0]), "score").round(4)
    array([0.0474])
    """

    kind: ClassVar[str] = "logistic"

    intercept: float
    slope: float
    covariance: tuple[tuple[float, ...], ...] | None = None

    def __post_init__(self) -> None:
        """Check the numbers."""
        set_number(self, "intercept")
        set_number(self, "slope")
        set_covariance(self, 2)

    def prob_default(self, values: Float1D, measure: Measure) -> Float1D:
        """Return 1 / (1 + exp(-intercept - slope · x)); a raw 0 or 1 stays what it is."""
        check_measure(measure, self)
        prob: Float1D = expit(self.intercept + self.slope * _axis(values, measure))
        return prob

    def check(self, measure: Measure) -> None:
        """Refuse a slope of the other sign."""
        if not (self.slope < 0 if measure == "score" else self.slope > 0):
            seen = f"the log-odds of default change by {self.slope:.4g} for a unit"
            raise wrong_way(measure, seen)

    def describe(self, measure: Measure) -> str:
        """Write the line with its numbers."""
        x = "score" if measure == "score" else "logit of the raw probability"
        return f"logistic, log-odds {self.intercept:.4g} {self.slope:+.4g} · {x}"

    def log_odds_error(self, values: Float1D, measure: Measure) -> Float1D:
        """Return the standard error of the line (delta method)."""
        if self.covariance is None:
            return super().log_odds_error(values, measure)
        x = _axis(values, measure)
        return quadratic_form(np.stack([np.ones_like(x), x], axis=-1), self.covariance)


def fit_logistic_curve(cases: Cases, measure: Measure, *, platt_targets: bool) -> LogisticCurve:
    """Estimate intercept and slope by maximum likelihood."""
    check_inside(cases.values, measure)
    fit = _fit(cases, _axis(cases.values, measure), platt_targets=platt_targets)
    if fit.dependent.any():
        low, high = cases.values.min(), cases.values.max()
        msg = (
            f"The {measure} differs by rounding only, from {low:g} to {high:g}, so that outcomes "
            "say nothing of it. Take a constant off it first."
        )
        raise RankingError(msg)
    check_finite_fit(fit, measure)
    curve = LogisticCurve(
        intercept=fit.intercept,
        slope=float(fit.coefficients[0]),
        covariance=tuple(map(tuple, fit.covariance.tolist())),
    )
    curve.check(measure)
    warn_of_few(cases, 2)
    return curve


def check_inside(values: Float1D, measure: Measure) -> None:
    """Refuse raw probabilities of 0 and 1, which have no log-odds to fit a line to."""
    ends = (values <= 0) | (values >= 1) if measure == "prob_default" else np.zeros(0, dtype=bool)
    if ends.any():
        row = int(ends.argmax())
        msg = (
            f"{int(ends.sum()):,} raw probabilities are 0 or 1, the first at row {row}, and their "
            "log-odds are infinite. Calibrate them by isotonic_calibration, or clip them yourself "
            "at a bound that you can defend, such as 1e-6."
        )
        raise InvalidDataError(msg)


def check_finite_fit(fit: LogisticFit, measure: Measure) -> None:
    """Refuse a likelihood that climbs for ever."""
    if fit.diverging.any():
        msg = (
            f"The {measure} tells good and bad cases apart without error, so that no finite curve "
            "fits best: probabilities would be 0 or 1. Bring more cases, look for what was known "
            "only after the outcome, or use logistic_calibration with platt_targets=True."
        )
        raise InvalidDataError(msg)


def warn_of_few(cases: Cases, n_parameters: int) -> None:
    """Warn of too few cases of the rarer class for the parameters."""
    rarer = min(cases.n_bad, cases.n - cases.n_bad)
    if rarer < n_parameters * LEAST_CASES:
        warn_user(
            f"The curve has {n_parameters} parameters and is estimated from {rarer:,.0f} cases of "
            f"the rarer class, fewer than {LEAST_CASES} for each: its interval means little. Bring "
            "more cases, or use a method for few defaults, such as quasi_moment_matching.",
            SmallSampleWarning,
        )


def start_of(is_bad: Bool1D, weights: Float1D | None, n_features: int) -> Float1D:
    """Return the first guess of a fit: one rate for all."""
    rate = float(np.average(is_bad, weights=weights))
    return np.append(float(logit(rate)), np.zeros(n_features))


def _fit(cases: Cases, x: Float1D, *, platt_targets: bool) -> LogisticFit:
    if not platt_targets:
        start = start_of(cases.is_bad, cases.weights, 1)
        return fit_logistic(x[:, None], cases.is_bad, cases.weights, start=start)
    n_good, n_bad = cases.n - cases.n_bad, cases.n_bad
    target = np.where(cases.is_bad, (n_bad + 1) / (n_bad + 2), 1 / (n_good + 2))
    # a target between 0 and 1 is a bad row and a good one that share the weight
    weights = np.concatenate([cases.counts * target, cases.counts * (1 - target)])
    is_bad = np.repeat([True, False], len(x))
    start = start_of(is_bad, weights, 1)
    return fit_logistic(np.tile(x, 2)[:, None], is_bad, weights, start=start)


def _axis(values: Float1D, measure: Measure) -> Float1D:
    on_line: Float1D = logit(values) if measure == "prob_default" else values
    return on_line
