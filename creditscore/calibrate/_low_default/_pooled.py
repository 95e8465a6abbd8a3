"""The upper bound of the default rate of pools of customers, by one function for all cases."""

from __future__ import annotations

from typing import Any

import numpy as np

from creditscore._typing import Float1D
from creditscore._validation import as_floats, check_order
from creditscore.calibrate._low_default._counts import read_counts
from creditscore.calibrate._low_default._factor import Factor
from creditscore.calibrate._low_default._one_period import correlated_bound, independent_bound
from creditscore.calibrate._low_default._several_periods import several_period_bound
from creditscore.exceptions import EmptyDataError, InvalidParameterError


def default_rate_bound(
    n_customers: Any,
    n_defaults: Any,
    *,
    confidence: Any = 0.75,
    correlation: float = 0.0,
    n_periods: int = 1,
    period_correlation: float = 0.0,
) -> Float1D:
    """Upper confidence bound of the probability of default of a pool of customers.

    Parameters
    ----------
    n_customers : int or array-like of int
        Customers of each pool at the start of the first period, one or more.
    n_defaults : int or array-like of int
        How many of them defaulted in any of the periods.
    confidence : float or array-like of float, default=0.75
        Confidence levels in (0, 1). Counts and confidences are broadcast against each other.
    correlation : float, default=0.0
        Correlation of the asset values of any two customers, in [0, 1); 0 for defaults that are
        independent, 0.12 in [1]_.
    n_periods : int, default=1
        Periods (years) that customers were observed for; who defaults, leaves.
    period_correlation : float, default=0.0
        Correlation of the factors of neighbouring periods, in [0, 1]; periods that are k apart
        have its k-th power. It has no effect in one period, or without a correlation.

    Returns
    -------
    ndarray
        Of one period: probabilities in (0, 1], in the shape of the broadcast. A pool where
        everybody defaulted has the bound 1.

    Raises
    ------
    InvalidParameterError
        A parameter is out of range.
    InvalidDataError
        Counts that are negative, missing or no whole numbers; more defaults than customers.
    EmptyDataError
        A pool without customers.

    See Also
    --------
    pluto_tasche : Bounds of grades, each pooled with all worse ones.
    bayesian_pd : Estimates in place of bounds.

    Notes
    -----
    The probability p that solves P(defaults ≤ n_defaults | p) = 1 - confidence: with any greater
    one, so few defaults were less likely than 1 - confidence [1]_. Independent and in one period,
    the defaults are binomial, and p is the quantile of Beta(n_defaults + 1, n_customers -
    n_defaults) at `confidence`. Otherwise p is averaged over a standard normal factor S a
    period, given which a customer defaults with probability

        Φ((Φ⁻¹(p) - √correlation · S) / √(1 - correlation)),

    and the defaults of n periods are binomial with 1 - Π (1 - that of the period).

    The averages are exact integrals, not simulated: relative errors are about 1e-10 in one
    period, 1e-8 in several. Pools of more than some hundred defaults, or correlations very near
    1, over several periods are averaged over a fixed set of 1,024 paths of the rest that the mean
    of the factors leaves open: there relative errors reach 1e-3.

    One pool and confidence takes microseconds in one period, milliseconds in several, and tenths
    of a second there with a hundred defaults and more.

    References
    ----------
    .. [1] K. Pluto and D. Tasche, "Thinking positively", *Risk* 18(8), 2005, pp. 72-78; and
       "Estimating probabilities of default for low default portfolios", in B. Engelmann and
       R. Rauhmeier (eds), *The Basel II Risk Parameters*, Springer, 2006, ch. 5.

    Examples
    --------
    >>> from creditscore.calibrate import default_rate_bound
    >>> default_rate_bound(800, 0, confidence=[0.5, 0.75, 0.95]).round(5).tolist()
    [0.00087, 0.00173, 0.00374]
    >>> bound = default_rate_bound(
    ...     100, 4, confidence=0.75, correlation=0.12, n_periods=5, period_correlation=0.3
    ... )
    >>> round(float(bound), 5)
    0.01687
    """
    customers, defaults, levels = _broadcast(n_customers, n_defaults, confidence)
    factor = Factor.checked(correlation, n_periods, period_correlation, "default_rate_bound")
    empty = customers == 0
    if empty.any():
        msg = (
            f"n_customers is zero in {int(empty.sum())} pool(s), the first at place "
            f"{int(empty.argmax())}: of customers that are not there, nothing is known."
        )
        raise EmptyDataError(msg)
    bounds = bounds_of(customers.ravel(), defaults.ravel(), levels.ravel(), factor)
    return bounds.reshape(customers.shape)


def bounds_of(
    customers: Float1D, defaults: Float1D, confidence: Float1D, factor: Factor
) -> Float1D:
    """Return the bounds of pools, each at its own confidence; checked counts, in one line."""
    if factor.n_periods == 1:
        if factor.correlation == 0:
            return independent_bound(customers, defaults, confidence)
        return correlated_bound(customers, defaults, confidence, factor.correlation)
    bounds = np.empty(len(customers))
    pools = np.stack([customers, defaults], axis=1)
    for pool in np.unique(pools, axis=0):
        rows = (pools == pool).all(axis=1)
        size, bad = pool.tolist()
        bounds[rows] = several_period_bound(size, bad, confidence[rows], factor)
    return bounds


def read_confidences(confidence: Any, owner: str) -> Float1D:
    """Read confidence levels, one or several."""
    levels = as_floats(confidence, "confidence")
    fine = (levels > 0) & (levels < 1)
    if not levels.size or not fine.all():
        shown = f"{levels[~fine].flat[0]:g}" if levels.size else "none"
        msg = (
            f"The 'confidence' parameter of {owner} must hold fractions in the range (0, 1). "
            f"Got {shown} instead."
        )
        raise InvalidParameterError(msg)
    return levels


def _broadcast(n_customers: Any, n_defaults: Any, confidence: Any) -> list[Float1D]:
    check_order(n_customers=n_customers, n_defaults=n_defaults, confidence=confidence)
    levels = read_confidences(confidence, "default_rate_bound")
    shapes = [np.shape(n_customers), np.shape(n_defaults)]
    try:
        counts = np.broadcast_arrays(
            as_floats(n_customers, "n_customers"), as_floats(n_defaults, "n_defaults")
        )
        read_counts(counts[0].ravel(), counts[1].ravel())
        return [np.array(values) for values in np.broadcast_arrays(*counts, levels)]
    except ValueError as error:
        if "broadcast" not in str(error):
            raise
        msg = (
            "n_customers, n_defaults and confidence must have shapes that go together. Got "
            f"{shapes[0]}, {shapes[1]} and {levels.shape}."
        )
        raise InvalidParameterError(msg) from error
