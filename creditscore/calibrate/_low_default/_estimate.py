"""Upper bounds of the probabilities of default of grades, and what they rest on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pandas as pd

from creditscore._checks import check_known_philosophy, set_arrays
from creditscore._display import counted, html_table, meaning
from creditscore._typing import Float1D, Philosophy
from creditscore._validation import check_real
from creditscore.calibrate._low_default._counts import with_all_worse
from creditscore.calibrate._low_default._factor import Factor
from creditscore.exceptions import InvalidParameterError


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class LowDefaultEstimate:
    """Upper confidence bounds of the probabilities of default of grades; by :func:`pluto_tasche`.

    Attributes
    ----------
    grades : tuple of str
        Names of the grades, the safest first.
    n_customers, n_defaults : ndarray of shape (n_grades,)
        Counts of each grade by itself.
    prob_default : ndarray of shape (n_grades,)
        Bound of each grade, of one period; after :meth:`scaled_to`, the scaled one.
    confidence : float
        Confidence level of each bound by itself, a fraction.
    correlation : float
        Correlation of the asset values of any two customers.
    n_periods : int
        Periods (years) that the counts cover.
    period_correlation : float
        Correlation of the factors of neighbouring periods.
    scaling : float
        What the bounds were multiplied by; 1 as long as they are bounds.
    philosophy : {"point_in_time", "through_the_cycle", "hybrid"} or None
        What the probabilities mean: those of an average period, through the cycle, where there
        is a correlation. Independent defaults do not tell, None; whoever knows which years the
        counts are of says so by ``dataclasses.replace(estimate, philosophy=…)``.

    See Also
    --------
    pluto_tasche : Makes one.
    pluto_tasche_table : Bounds at several confidence levels.

    Examples
    --------
    >>> from creditscore.calibrate import pluto_tasche
    >>> bounds = pluto_tasche([100, 400, 300], [0, 2, 1], confidence=0.9)
    >>> bounds
    <LowDefaultEstimate: 3 grades, 3 of 800 customers in default; PD at most 0.83% to 1.29%, each
    with 90% confidence, independent defaults; philosophy not said, margin in the bounds>
    >>> scaled = bounds.scaled_to(3 / 800)
    >>> scaled.prob_default.round(4).tolist(), round(scaled.scaling, 2)
    ([0.0029, 0.0034, 0.0045], 0.35)
    """

    grades: tuple[str, ...]
    n_customers: Float1D
    n_defaults: Float1D
    prob_default: Float1D
    confidence: float
    correlation: float
    n_periods: int
    period_correlation: float
    scaling: float = 1.0
    philosophy: Philosophy | None = None

    def __post_init__(self) -> None:
        """Make the arrays read-only, and check what is said of them."""
        set_arrays(self, "n_customers", "n_defaults", "prob_default")
        check_known_philosophy(self)

    @property
    def margin(self) -> str:
        """Margin of conservatism: "in the bounds", or that of the mean they were scaled to."""
        return "in the bounds" if self.scaling == 1 else "that of the mean"

    @property
    def mean(self) -> float:
        """Mean probability of default over the customers, a fraction."""
        return float(self.prob_default @ self.n_customers / self.n_customers.sum())

    @property
    def portfolio_bound(self) -> float:
        """Bound of all customers pooled, a fraction: that of the safest grade, before scaling."""
        return float(self.prob_default[0]) / self.scaling

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the numbers rest on, in sentences."""
        told = [
            f"Each is an upper bound with {self.confidence:.3%} confidence by itself, of a grade "
            "pooled with all worse ones, whose order is taken to be right.".replace(".000%", "%"),
            f"{self._dependence().capitalize()}.",
        ]
        if self.correlation:
            told.append(
                "The probability is that of an average period, through the cycle: of one in which "
                "the factor is not known."
            )
        else:
            told.append(
                "The probability is that of the periods observed: as independent defaults would "
                "have it, good and bad years do not differ."
            )
        if self.scaling != 1:
            told.append(
                f"The bounds were multiplied by {self.scaling:.4f}, so that their mean is "
                f"{self.mean:.4%}: they no longer have that confidence."
            )
        return tuple(told)

    def table(self) -> pd.DataFrame:
        """Return a row a grade, the safest first.

        Returns
        -------
        DataFrame
            grade, n_customers, n_defaults, observed (default rate over all periods, NaN for an
            empty grade), pooled_customers and pooled_defaults (with all worse grades), pd.
        """
        with np.errstate(invalid="ignore"):
            observed = self.n_defaults / self.n_customers
        return pd.DataFrame(
            {
                "grade": list(self.grades),
                "n_customers": self.n_customers.astype(np.int64),
                "n_defaults": self.n_defaults.astype(np.int64),
                "observed": observed,
                "pooled_customers": with_all_worse(self.n_customers).astype(np.int64),
                "pooled_defaults": with_all_worse(self.n_defaults).astype(np.int64),
                "pd": self.prob_default,
            }
        )

    def scaled_to(self, central_tendency: float) -> Self:
        """Multiply all probabilities by one factor so that their mean is a target.

        Parameters
        ----------
        central_tendency : float
            Mean probability of default over the customers, in (0, 1): the default rate of the
            portfolio, a long-run average, or :attr:`portfolio_bound` for a conservative one.

        Returns
        -------
        LowDefaultEstimate
            Its `scaling` says by how much.

        Raises
        ------
        InvalidParameterError
            Out of range, or so high that a probability would be above 1.

        Notes
        -----
        Pluto and Tasche, section 5.6: bounds by grade are each prudent, and their mean is far
        above what the portfolio as a whole has shown. Scaled to the default rate, the mean is
        that of the data and only the ratios of the grades are prudent.
        """
        check_real(central_tendency, "central_tendency", "scaled_to", low=0, high=1)
        factor = central_tendency / self.mean
        scaled = self.prob_default * factor
        if scaled.max() > 1:
            msg = (
                f"The 'central_tendency' parameter of scaled_to must leave probabilities at 1 or "
                f"below. Got {central_tendency!r}, by which the greatest, "
                f"{self.prob_default.max():.4g}, would be {scaled.max():.4g}: shift the log-odds "
                "by mean_matching instead."
            )
            raise InvalidParameterError(msg)
        return replace(self, prob_default=scaled, scaling=self.scaling * factor)

    def __repr__(self) -> str:
        """Say in one line how high the bounds are, and of which confidence."""
        return f"<{type(self).__name__}: {self._summary()}>"

    def _repr_html_(self) -> str:
        formats = {
            **dict.fromkeys(
                ("n_customers", "n_defaults", "pooled_customers", "pooled_defaults"), "{:,.0f}"
            ),
            **dict.fromkeys(("observed", "pd"), "{:.3%}"),
        }
        return html_table(self.table(), caption=f"Few defaults: {self._summary()}", formats=formats)

    def _summary(self) -> str:
        total, bad = int(self.n_customers.sum()), int(self.n_defaults.sum())
        low, high = float(self.prob_default.min()), float(self.prob_default.max())
        span = f"{low:.2%}" if len(self.grades) == 1 else f"{low:.2%} to {high:.2%}"
        level = f"{100 * self.confidence:g}% confidence"
        told = f"PD at most {span}, each with {level}"
        if self.scaling != 1:
            told = f"PD {span}, bounds of {level} scaled by {self.scaling:.3g} to a mean of"
            told += f" {self.mean:.3%}"
        return (
            f"{counted(len(self.grades), 'grade')}, {bad:,} of {counted(total, 'customer')} in "
            f"default; {told}, {self._dependence()}; {meaning(self.philosophy, self.margin)}"
        )

    def _dependence(self) -> str:
        return Factor(
            correlation=self.correlation,
            n_periods=self.n_periods,
            period_correlation=self.period_correlation,
        ).in_words()
