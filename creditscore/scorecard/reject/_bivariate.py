"""Acceptance and outcome as two probits with correlated errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import ndtr, owens_t

from creditscore._typing import Bool1D, Float1D, Float2D
from creditscore._warn import warn_user
from creditscore.exceptions import NonConvergenceWarning, RejectInferenceWarning
from creditscore.scorecard.reject._acceptance import AcceptanceMethod, Probit, Selected

_LEAST = 1e-15
"""Probabilities below this are rounding."""
_EXTREME = 0.99
"""Correlation beyond which the data say nothing else than that it is extreme."""


@dataclass(frozen=True, kw_only=True)
class BivariateProbit(AcceptanceMethod):
    """Correct for grounds of the acceptance that the columns do not show, by a bivariate probit.

    Parameters
    ----------
    exclusion : tuple of str, default=()
        Columns that moved the decision and not the risk, as in :class:`HeckmanTwoStep`.
    encoder : WOEEncoder, optional
        Bins the columns for the model of the acceptance; None means ``WOEEncoder()``. Cloned.

    See Also
    --------
    HeckmanTwoStep : The model in words, and the older approximation of it.

    Notes
    -----
    The model of :class:`HeckmanTwoStep`, with the exact likelihood in the second step: given the
    index t of the acceptance, coefficients of m and the correlation ρ are those that maximise
    Σ log(P(outcome, accepted) / Φ(t)) over the accepted, where P(bad, accepted) = Φ₂(m, t; ρ)
    [1]_. The rejected are bad with probability Φ₂(m, -t; -ρ) / Φ(-t). Φ₂ comes from Owen's T.
    `details` holds no standard errors of this step; that of the Mills ratio in
    :class:`HeckmanTwoStep` tests ρ = 0.

    O(n · p) time a step of the search, some 30 steps.

    References
    ----------
    .. [1] W. P. M. M. van de Ven and B. M. S. van Praag, "The Demand for Deductibles in Private
       Health Insurance: A Probit Model with Sample Selection", *Journal of Econometrics* 17,
       1981, pp. 229-252.

    Examples
    --------
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.scorecard.reject import BivariateProbit, simulate_applications
    >>> applications = simulate_applications(4_000, hidden=0.4, random_state=0)
    >>> method = BivariateProbit(exclusion=("office_load",))
    >>> model = LogisticScorecard().fit(
    ...     applications.without(method.exclusion).accepted, applications.is_bad
    ... )
    >>> sample = method.augment(applications, model.scorecard_)
    >>> sample.details.tail(1).round(2)
       equation           term  coefficient  std_error
    11  outcome  (correlation)        -0.29        NaN
    """

    def _rejected_prob(self, selected: Selected) -> tuple[Float1D, pd.DataFrame]:
        applications = selected.scored.applications
        names = selected.scored.card.names
        start = Probit.fit(
            selected.woe, names, applications.is_bad, applications.weights, "outcome"
        )
        design = np.column_stack([np.ones(len(selected.woe)), selected.woe])
        estimate = _maximise(
            start.coefficients, design, selected.index, applications.is_bad, applications.weights
        )
        correlation = float(np.tanh(estimate[-1]))
        if abs(correlation) > _EXTREME:
            warn_user(
                f"{self}: the correlation of acceptance and outcome runs to {correlation:.3f}, "
                "the end of its range: the data hardly tell it. Check the excluded columns.",
                RejectInferenceWarning,
            )
        mean = estimate[0] + selected.rejected_woe @ estimate[1:-1]
        index = selected.rejected_index
        both = both_below(mean, -index, np.full(len(mean), -correlation))
        prob = np.clip(both / np.maximum(ndtr(-index), _LEAST), 0.0, 1.0)
        outcome = pd.DataFrame(
            {
                "equation": "outcome",
                "term": ["(constant)", *names, "(correlation)"],
                "coefficient": [*estimate[:-1], correlation],
                "std_error": np.nan,
            }
        )
        return prob, outcome


def _maximise(
    start: Float1D, design: Float2D, index: Float1D, is_bad: Bool1D, weights: Float1D
) -> Float1D:
    """Return coefficients, the constant first, and the inverse hyperbolic tangent of ρ."""
    side = np.where(is_bad, 1.0, -1.0)
    shares = weights / weights.sum()

    def loss(parameters: Float1D) -> tuple[float, Float1D]:
        correlation = np.tanh(parameters[-1])
        rest = np.sqrt(1 - correlation**2)
        mean = design @ parameters[:-1]
        both = np.maximum(both_below(side * mean, index, side * correlation), _LEAST)
        density = np.exp(-0.5 * mean**2) / np.sqrt(2 * np.pi)
        by_mean = side * density * ndtr((index - correlation * mean) / rest)
        # the bivariate density, times the slope of tanh
        squared = (mean**2 - 2 * correlation * mean * index + index**2) / rest**2
        by_last = side * np.exp(-0.5 * squared) / (2 * np.pi) * rest
        slopes = [design.T @ (shares * by_mean / both), shares @ (by_last / both)]
        return -float(shares @ np.log(both)), -np.append(*slopes)

    found = minimize(loss, np.append(start, 0.0), jac=True, method="BFGS", options={"gtol": 1e-7})
    if not found.success and np.abs(found.jac).max() > 1e-5:
        warn_user(
            "The search for the largest likelihood of the bivariate probit did not come to rest, "
            "so the probabilities of the rejected may be off. Look for columns that tell nearly "
            "the same story, and for a column that moved the decision more.",
            NonConvergenceWarning,
        )
    estimate: Float1D = found.x
    return estimate


def both_below(first: Float1D, second: Float1D, correlation: Float1D) -> Float1D:
    """Return Φ₂, the probability that two correlated standard normals are below two bounds.

    Notes
    -----
    By Owen's T: Φ₂(h, k; ρ) = (Φ(h) + Φ(k)) / 2 - T(h, (k/h - ρ)/r) - T(k, (h/k - ρ)/r) - δ with
    r = √(1 - ρ²), and δ = ½ where h and k differ in sign, else 0 (D. B. Owen, *Annals of
    Mathematical Statistics* 27, 1956, pp. 1075-1090).
    """
    # bounds of 0 take the limit from above
    h, k = (np.where(np.abs(bound) < 1e-12, 1e-12, bound) for bound in (first, second))
    rest = np.sqrt(1 - correlation**2)
    apart = owens_t(h, (k / h - correlation) / rest) + owens_t(k, (h / k - correlation) / rest)
    both: Float1D = 0.5 * (ndtr(h) + ndtr(k)) - apart - np.where(h * k < 0, 0.5, 0.0)
    return np.clip(both, 0.0, 1.0)
