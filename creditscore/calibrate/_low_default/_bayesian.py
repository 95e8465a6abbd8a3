"""Bayes' estimate of probabilities of default, with credible intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from creditscore._checks import check_known_philosophy, set_arrays
from creditscore._display import counted, html_table, meaning
from creditscore._typing import Float1D, Philosophy
from creditscore._validation import check_choice, check_real
from creditscore.calibrate._low_default._counts import read_counts
from creditscore.calibrate._low_default._factor import Factor
from creditscore.calibrate._low_default._posterior import Posterior, Prior, posterior_of
from creditscore.exceptions import InvalidDataError, InvalidParameterError

_PRIORS = {"jeffreys": (0.5, 0.5), "uniform": (1.0, 1.0), "conservative": (1.0, 0.0)}


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class BayesianEstimate:
    """Posterior of the probability of default of each grade; made by :func:`bayesian_pd`.

    Attributes
    ----------
    n_customers, n_defaults : ndarray of shape (n_grades,)
        Counts of each grade.
    prob_default : ndarray of shape (n_grades,)
        Posterior mean, of one period: the estimate.
    median : ndarray of shape (n_grades,)
        Posterior median.
    lower, upper : ndarray of shape (n_grades,)
        Ends of the credible interval, of equal tails.
    level : float
        Probability that the interval holds, a fraction.
    prior : str
        The prior in words.
    posteriors : tuple
        Distributions of which the above are told; see :meth:`quantile`.
    correlation : float
        Correlation of the asset values of any two customers.
    n_periods : int
        Periods (years) that the counts cover.
    period_correlation : float
        Correlation of the factors of neighbouring periods.
    philosophy : {"point_in_time", "through_the_cycle", "hybrid"} or None
        What the probabilities mean: those of an average period, through the cycle, where there
        is a correlation. Independent defaults do not tell, None; whoever knows which years the
        counts are of says so by ``dataclasses.replace(estimate, philosophy=…)``.

    See Also
    --------
    bayesian_pd : Makes one.

    Examples
    --------
    >>> from creditscore.calibrate import bayesian_pd
    >>> estimate = bayesian_pd([100, 400, 300], [0, 2, 1])
    >>> estimate
    <BayesianEstimate: 3 grades, 3 of 800 customers in default; PD 0.50% to 0.62%, Jeffreys' prior,
    95% credible intervals up to 2.47%, independent defaults; philosophy not said, margin none>
    >>> estimate.quantile(0.75).round(4).tolist()
    [0.0066, 0.0083, 0.0068]
    """

    n_customers: Float1D
    n_defaults: Float1D
    prob_default: Float1D
    median: Float1D
    lower: Float1D
    upper: Float1D
    level: float
    prior: str
    posteriors: tuple[Posterior, ...]
    correlation: float
    n_periods: int
    period_correlation: float
    philosophy: Philosophy | None = None

    def __post_init__(self) -> None:
        """Make the arrays read-only, and check what is said of them."""
        set_arrays(self, "n_customers", "n_defaults", "prob_default", "median", "lower", "upper")
        check_known_philosophy(self)

    @property
    def margin(self) -> str:
        """Margin of conservatism: "in the prior" if that is the conservative one, else "none"."""
        return "in the prior" if self.prior.startswith("conservative") else "none"

    def quantile(self, share: float) -> Float1D:
        """Return the probability of default that each posterior is below with a probability.

        Parameters
        ----------
        share : float
            In (0, 1); 0.75 gives upper bounds of 75 %.

        Returns
        -------
        ndarray of shape (n_grades,)
            Fractions.

        Raises
        ------
        InvalidParameterError
            `share` is outside (0, 1).
        """
        check_real(share, "share", "quantile", low=0, high=1)
        return np.array([posterior.quantile(share) for posterior in self.posteriors])

    def table(self) -> pd.DataFrame:
        """Return a row a grade.

        Returns
        -------
        DataFrame
            grade (a number from 1), n_customers, n_defaults, observed (default rate over all
            periods, NaN for an empty grade), pd (posterior mean), pd_median, pd_lower, pd_upper.
        """
        with np.errstate(invalid="ignore"):
            observed = self.n_defaults / self.n_customers
        return pd.DataFrame(
            {
                "grade": np.arange(1, len(self.n_customers) + 1),
                "n_customers": self.n_customers.astype(np.int64),
                "n_defaults": self.n_defaults.astype(np.int64),
                "observed": observed,
                "pd": self.prob_default,
                "pd_median": self.median,
                "pd_lower": self.lower,
                "pd_upper": self.upper,
            }
        )

    def __repr__(self) -> str:
        """Say in one line what is estimated, and by which prior."""
        return f"<{type(self).__name__}: {self._summary()}>"

    def _repr_html_(self) -> str:
        rates = ("observed", "pd", "pd_median", "pd_lower", "pd_upper")
        formats = dict.fromkeys(rates, "{:.3%}") | dict.fromkeys(
            ("n_customers", "n_defaults"), "{:,.0f}"
        )
        return html_table(self.table(), caption=f"Bayes: {self._summary()}", formats=formats)

    def _summary(self) -> str:
        low, high = float(self.prob_default.min()), float(self.prob_default.max())
        span = f"{low:.2%}" if len(self.prob_default) == 1 else f"{low:.2%} to {high:.2%}"
        factor = Factor(
            correlation=self.correlation,
            n_periods=self.n_periods,
            period_correlation=self.period_correlation,
        )
        total, bad = int(self.n_customers.sum()), int(self.n_defaults.sum())
        return (
            f"{counted(len(self.prob_default), 'grade')}, {bad:,} of "
            f"{counted(total, 'customer')} in default; PD {span}, {self.prior} prior, "
            f"{100 * self.level:g}% credible intervals up to {float(self.upper.max()):.2%}, "
            f"{factor.in_words()}; {meaning(self.philosophy, self.margin)}"
        )


def bayesian_pd(
    n_customers: Any,
    n_defaults: Any,
    *,
    prior: str | tuple[float, float] = "jeffreys",
    upper_limit: float = 1.0,
    correlation: float = 0.0,
    n_periods: int = 1,
    period_correlation: float = 0.0,
    level: float = 0.95,
) -> BayesianEstimate:
    """Estimate probabilities of default from few defaults, or none, by Bayes' rule.

    Parameters
    ----------
    n_customers : int or array-like of int of shape (n_grades,)
        Customers of each grade at the start, in any order; each grade is estimated by itself.
        An empty grade gets the prior.
    n_defaults : int or array-like of int of shape (n_grades,)
        How many of them defaulted, over all periods.
    prior : {"jeffreys", "uniform", "conservative"} or (a, b), default="jeffreys"
        What is known before: Jeffreys' Beta(1/2, 1/2); the uniform distribution, Tasche's neutral
        prior; his conservative one, proportional to 1 / (1 - p); or Beta(a, b).
    upper_limit : float, default=1.0
        The prior is cut off there, in (0, 1]: with "uniform", Tasche's constrained neutral
        estimator.
    correlation : float, default=0.0
        Correlation of the asset values of any two customers, in [0, 1).
    n_periods : int, default=1
        Periods (years) that customers were observed for; who defaults, leaves.
    period_correlation : float, default=0.0
        Correlation of the factors of neighbouring periods, in [0, 1]. It has no effect in one
        period, or without a correlation.
    level : float, default=0.95
        Probability that the credible interval holds, in (0, 1).

    Returns
    -------
    BayesianEstimate
        Its `prob_default` is the posterior mean, of one period.

    Raises
    ------
    InvalidParameterError
        A parameter is out of range.
    InvalidDataError
        Counts as in :func:`pluto_tasche`; a grade with the conservative prior in which everybody
        defaulted, or that is empty: its posterior is none; an upper limit that the defaults rule
        out; more than about a hundred correlated defaults over several periods.
    EmptyDataError
        No customer at all.

    See Also
    --------
    pluto_tasche : Upper confidence bounds of grades.

    Notes
    -----
    Independent and in one period, the posterior of Beta(a, b) is Beta(a + n_defaults, b +
    n_customers - n_defaults), and its mean is (a + n_defaults) / (a + b + n_customers) where
    nothing is cut off. "conservative" is Beta(1, 0): the posterior quantile at `confidence` is
    then the :func:`default_rate_bound` of independent defaults [1]_, and the mean a bound that
    needs no choice of a confidence level. With a correlation or several periods the likelihood is
    averaged over the factors as in :func:`default_rate_bound`, and the posterior found on a grid,
    with relative errors below 1e-6.

    Priors matter where data are few: without a default, the mean of 100 customers is 0.50 % by
    "jeffreys" and 0.98 % by "uniform".

    The probability is that of an average period, through the cycle, where there is a correlation;
    `philosophy` says so. The posterior mean holds no margin of conservatism, but for the
    conservative prior.

    References
    ----------
    .. [1] D. Tasche, "Bayesian estimation of probabilities of default for low default
       portfolios", *Journal of Risk Management in Financial Institutions* 6(3), 2013,
       pp. 302-326.

    Examples
    --------
    >>> from creditscore.calibrate import bayesian_pd
    >>> estimate = bayesian_pd(100, 0, prior="uniform")
    >>> round(float(estimate.prob_default[0]), 5) == round(1 / 102, 5)
    True
    >>> bayesian_pd(800, 3, prior="conservative", correlation=0.12).prob_default.round(4).tolist()
    [0.0193]
    """
    owner = "bayesian_pd"
    check_real(level, "level", owner, low=0, high=1)
    known, said = _read_prior(prior, upper_limit, owner)
    factor = Factor.checked(correlation, n_periods, period_correlation, owner)
    customers, defaults = read_counts(n_customers, n_defaults)
    _check_proper(customers, defaults, known)
    pools = list(zip(customers.tolist(), defaults.tolist(), strict=True))
    found = {pool: posterior_of(*pool, known, factor) for pool in set(pools)}
    posteriors = tuple(found[pool] for pool in pools)
    tail = (1 - level) / 2
    lower, median, upper = (
        np.array([posterior.quantile(share) for posterior in posteriors])
        for share in (tail, 0.5, 1 - tail)
    )
    return BayesianEstimate(
        n_customers=customers,
        n_defaults=defaults,
        prob_default=np.array([posterior.mean for posterior in posteriors]),
        median=median,
        lower=lower,
        upper=upper,
        level=float(level),
        prior=said,
        posteriors=posteriors,
        correlation=factor.correlation,
        n_periods=factor.n_periods,
        period_correlation=factor.period_correlation,
        philosophy=factor.philosophy,
    )


def _read_prior(prior: Any, upper_limit: float, owner: str) -> tuple[Prior, str]:
    limit = check_real(upper_limit, "upper_limit", owner, low=0, high=1, closed="right")
    ending = "" if limit == 1 else f" up to {limit:g}"
    if isinstance(prior, str):
        check_choice(prior, "prior", owner, tuple(_PRIORS))
        a, b = _PRIORS[prior]
        name = "Jeffreys'" if prior == "jeffreys" else prior
        return Prior(a=a, b=b, limit=limit), f"{name}{ending}"
    if not isinstance(prior, (tuple, list)) or len(prior) != 2:
        msg = (
            f"The 'prior' parameter of {owner} must be one of {', '.join(map(repr, _PRIORS))}, or "
            f"the two parameters (a, b) of a beta distribution. Got {prior!r} instead."
        )
        raise InvalidParameterError(msg)
    a, b = (check_real(value, "prior", owner, low=0, high=np.inf) for value in prior)
    return Prior(a=a, b=b, limit=limit), f"Beta({a:g}, {b:g}){ending}"


def _check_proper(customers: Float1D, defaults: Float1D, prior: Prior) -> None:
    improper = (prior.b == 0) & (defaults == customers)
    if improper.any():
        at = int(improper.argmax())
        what = "nobody is in" if customers[at] == 0 else "everybody defaulted in"
        msg = (
            f"With the conservative prior there is no estimate where no customer survived: {what} "
            f"grade {at + 1}. Take another prior, or leave the grade out."
        )
        raise InvalidDataError(msg)
