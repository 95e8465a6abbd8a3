"""Given probabilities of default, raised to the bound of the portfolio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from creditscore._checks import check_known_philosophy, set_arrays
from creditscore._display import meaning
from creditscore._typing import Float1D, Philosophy
from creditscore._validation import as_floats, check_order, check_real
from creditscore.calibrate._low_default._counts import read_counts
from creditscore.calibrate._low_default._factor import Factor
from creditscore.calibrate._low_default._pooled import bounds_of
from creditscore.exceptions import InvalidDataError


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PortfolioScaling:
    """Probabilities scaled to the bound of a portfolio; by :func:`benjamin_cathcart_ryan`.

    Attributes
    ----------
    prob_default : ndarray
        The scaled probabilities, fractions.
    portfolio_bound : float
        Upper confidence bound of the portfolio, of one period.
    mean_before : float
        Mean of the probabilities that were given.
    scaling : float
        What they were multiplied by; 1 where their mean is not below the bound.
    confidence, correlation : float
        As they were given.
    n_periods : int
        As it was given.
    period_correlation : float
        As it was given.
    philosophy : {"point_in_time", "through_the_cycle", "hybrid"} or None
        What the mean of the probabilities means where they were scaled to a bound of correlated
        defaults: that of an average period, through the cycle. Else None, not said; whoever knows
        says so by ``dataclasses.replace(scaled, philosophy=…)``.

    Examples
    --------
    >>> from creditscore.calibrate import benjamin_cathcart_ryan
    >>> benjamin_cathcart_ryan([0.002, 0.01, 0.03], [500, 300, 200], 6, confidence=0.75)
    <PortfolioScaling: mean PD 1.00%, at most 0.85% with 75% confidence: not scaled;
    philosophy not said, margin none>
    """

    prob_default: Float1D
    portfolio_bound: float
    mean_before: float
    scaling: float
    confidence: float
    correlation: float
    n_periods: int
    period_correlation: float
    philosophy: Philosophy | None = None

    def __post_init__(self) -> None:
        """Make the array read-only, and check what is said of it."""
        set_arrays(self, "prob_default")
        check_known_philosophy(self)

    @property
    def margin(self) -> str:
        """Margin of conservatism added here: "in the bound", or "none" if not scaled to it."""
        return "none" if self.scaling == 1 else "in the bound"

    def __repr__(self) -> str:
        """Say in one line what was scaled to what."""
        told = "not scaled" if self.scaling == 1 else f"scaled by {self.scaling:.3f}"
        return (
            f"<{type(self).__name__}: mean PD {self.mean_before:.2%}, at most "
            f"{self.portfolio_bound:.2%} with {100 * self.confidence:g}% confidence: {told}; "
            f"{meaning(self.philosophy, self.margin)}>"
        )


def benjamin_cathcart_ryan(
    prob_default: Any,
    n_customers: Any,
    n_defaults: Any,
    *,
    confidence: float = 0.75,
    correlation: float = 0.0,
    n_periods: int = 1,
    period_correlation: float = 0.0,
) -> PortfolioScaling:
    """Scale probabilities so that their mean is the upper bound of the portfolio.

    Parameters
    ----------
    prob_default : array-like of shape (n_grades,)
        Probabilities of one period as a model has them, fractions in [0, 1], in any order: of
        grades, or of customers.
    n_customers : int or array-like of int of shape (n_grades,)
        Customers of each grade at the start. A number is that of the portfolio, and the mean is
        then taken over all probabilities alike.
    n_defaults : int or array-like of int
        Their defaults over all periods; only the sum counts.
    confidence : float, default=0.75
        Confidence level of the bound, in (0, 1).
    correlation : float, default=0.0
        As in :func:`default_rate_bound`; 0.12 in [1]_.
    n_periods : int, default=1
        As in :func:`default_rate_bound`.
    period_correlation : float, default=0.0
        As in :func:`default_rate_bound`; 0.3 in [1]_.

    Returns
    -------
    PortfolioScaling

    Raises
    ------
    InvalidParameterError
        A parameter is out of range.
    InvalidDataError
        Counts or probabilities that cannot be, or not as many of one as of the other, or Series of
        one index in different orders; a factor that would take a probability above 1.
    EmptyDataError
        No customer.

    See Also
    --------
    pluto_tasche : Bounds of each grade.

    Notes
    -----
    Benjamin, Cathcart and Ryan [1]_: the data of the whole portfolio decide how high
    probabilities are in the mean, by its :func:`default_rate_bound`, and the model decides how
    they differ. All are multiplied by the ratio of the bound to their mean, and none is lowered:
    where the mean is at the bound or above, they stay.

    References
    ----------
    .. [1] N. Benjamin, A. Cathcart and K. Ryan, *Low Default Portfolios: A Proposal for
       Conservative Estimation of Default Probabilities*, Financial Services Authority, 2006.

    Examples
    --------
    >>> from creditscore.calibrate import benjamin_cathcart_ryan
    >>> scaled = benjamin_cathcart_ryan(
    ...     [0.005, 0.01, 0.03], [50, 30, 20], [0, 1, 3], confidence=0.75, correlation=0.12,
    ...     n_periods=5, period_correlation=0.3,
    ... )
    >>> scaled
    <PortfolioScaling: mean PD 1.15%, at most 1.69% with 75% confidence: scaled by 1.467;
    through the cycle, margin in the bound>
    >>> scaled.prob_default.round(4).tolist()
    [0.0073, 0.0147, 0.044]
    """
    owner = "benjamin_cathcart_ryan"
    check_real(confidence, "confidence", owner, low=0, high=1)
    factor = Factor.checked(correlation, n_periods, period_correlation, owner)
    prob, weights, customers, defaults = _read(prob_default, n_customers, n_defaults)
    mean = float(prob @ weights / weights.sum())
    if mean == 0:
        msg = "prob_default is zero in the mean: no factor takes it to the bound."
        raise InvalidDataError(msg)
    levels = np.array([float(confidence)])
    bound = float(bounds_of(np.array([customers]), np.array([defaults]), levels, factor)[0])
    scaling = max(1.0, bound / mean)
    scaled = prob * scaling
    if scaled.max() > 1:
        msg = (
            f"The bound {bound:.4g} is {scaling:.4g} times the mean of prob_default, by which the "
            f"greatest, {prob.max():.4g}, would be above 1: shift the log-odds by "
            "mean_matching(prob_default, central_tendency=default_rate_bound(…)) instead."
        )
        raise InvalidDataError(msg)
    return PortfolioScaling(
        prob_default=scaled,
        portfolio_bound=bound,
        mean_before=mean,
        scaling=scaling,
        confidence=float(confidence),
        correlation=factor.correlation,
        n_periods=factor.n_periods,
        period_correlation=factor.period_correlation,
        philosophy=factor.philosophy if scaling > 1 else None,
    )


def _read(
    prob_default: Any, n_customers: Any, n_defaults: Any
) -> tuple[Float1D, Float1D, float, float]:
    """Return probabilities, their weights, and the customers and defaults of the portfolio."""
    check_order(prob_default=prob_default, n_customers=n_customers, n_defaults=n_defaults)
    prob = np.atleast_1d(as_floats(prob_default, "prob_default"))
    if prob.ndim != 1 or not len(prob) or not ((prob >= 0) & (prob <= 1)).all():
        msg = "prob_default must be a 1D list of fractions in [0, 1], none missing."
        raise InvalidDataError(msg)
    counts = as_floats(n_customers, "n_customers")
    defaults = as_floats(n_defaults, "n_defaults")
    if counts.ndim == defaults.ndim == 1:
        read_counts(counts, defaults)
    total, bad = read_counts(counts.sum(), defaults.sum())
    if counts.ndim == 0:
        return prob, np.ones(len(prob)), float(total[0]), float(bad[0])
    if counts.shape != prob.shape or (counts < 0).any():
        msg = (
            f"n_customers must be one count, zero or more, for each of the {len(prob)} "
            f"probabilities, or one number for the portfolio. Got shape {counts.shape}."
        )
        raise InvalidDataError(msg)
    return prob, counts, float(total[0]), float(bad[0])
