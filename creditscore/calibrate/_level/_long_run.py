"""The average default rate of many years, and how sure one may be of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, Self, TypeAlias

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from creditscore._checks import set_arrays
from creditscore._display import counted, html_table, meaning
from creditscore._typing import Float1D, Philosophy
from creditscore._validation import check_choice, check_order, check_real, check_weights
from creditscore.calibrate._level._hints import hints_of
from creditscore.calibrate._low_default._counts import read_counts, read_names
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.metrics import jeffreys_interval

AverageMethod: TypeAlias = Literal["mean_of_rates", "pooled"]

_MOST_CORRELATION = 0.9


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class LongRunAverage:
    """Average of yearly default rates with its interval; made by :func:`long_run_average`.

    Attributes
    ----------
    years : tuple of str
        Names of the years, the oldest first.
    n_customers, n_defaults : ndarray of shape (n_years,)
        Customers at the start of each year, and how many of them defaulted in it.
    weights : ndarray of shape (n_years,)
        Part of each year in the average; they add up to 1.
    method : {"mean_of_rates", "pooled"}
        How the years were averaged.
    average : float
        The long-run average default rate, a fraction.
    lower, upper : float
        Ends of its confidence interval; NaN for one year by "mean_of_rates".
    level : float
        Confidence level of the interval, a fraction.
    autocorrelation : float
        Correlation of the rates of neighbouring years that the interval reckons with; NaN where
        it was not asked of them.
    bad_years : tuple of bool
        Which years were bad ones; empty where that was not told.
    bad_year_share : float
        Part of bad years in a whole cycle, a fraction; NaN where that was not told.
    adjustments : tuple of pairs of str and float
        Reasons, and what is added to the average for each.

    See Also
    --------
    long_run_average : Makes one.

    Examples
    --------
    >>> from creditscore.calibrate import long_run_average
    >>> history = long_run_average(
    ...     [900, 950, 1000, 1050, 1100], [9, 12, 31, 20, 11], years=range(2019, 2024)
    ... )
    >>> history
    <LongRunAverage: 1.65% over 5 years (95% interval 0.34% to 2.96%), mean of yearly rates;
    through the cycle, margin none>
    >>> history.adjusted(0.001, "defaults of 2019 were counted late")
    <LongRunAverage: 1.65% over 5 years (95% interval 0.34% to 2.96%), mean of yearly rates;
    adjusted to 1.75%; through the cycle, margin none>
    """

    years: tuple[str, ...]
    n_customers: Float1D
    n_defaults: Float1D
    weights: Float1D
    method: AverageMethod
    average: float
    lower: float
    upper: float
    level: float
    autocorrelation: float
    bad_years: tuple[bool, ...] = ()
    bad_year_share: float = float("nan")
    adjustments: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        set_arrays(self, "n_customers", "n_defaults", "weights")

    @property
    def philosophy(self) -> Philosophy:
        """What the average means: "through_the_cycle", as far as the years are a whole cycle."""
        return "through_the_cycle"

    @property
    def margin(self) -> str:
        """Margin of conservatism: "none", as adjustments mend the best estimate itself."""
        return "none"

    @property
    def rates(self) -> Float1D:
        """Default rate of each year, a fraction."""
        rates: Float1D = self.n_defaults / self.n_customers
        return rates

    @property
    def central_tendency(self) -> float:
        """The average with all adjustments: what probabilities are calibrated to."""
        return self.average + sum(amount for _, amount in self.adjustments)

    @property
    def cycle_average(self) -> float:
        """Average with bad and good years in the proportion of a whole cycle; NaN if not told."""
        bad = np.array(self.bad_years, dtype=bool)
        if not len(bad) or bad.all() or not bad.any() or np.isnan(self.bad_year_share):
            return float("nan")
        means = [float(self.rates[rows].mean()) for rows in (bad, ~bad)]
        return self.bad_year_share * means[0] + (1 - self.bad_year_share) * means[1]

    @property
    def hints(self) -> tuple[str, ...]:
        """What a reviewer would ask about this history, in sentences; empty if nothing."""
        return hints_of(
            self.rates,
            self.n_customers,
            average=self.average,
            bad_years=np.array(self.bad_years, dtype=bool),
            bad_year_share=self.bad_year_share,
        )

    def adjusted(self, amount: float, reason: str) -> Self:
        """Add an adjustment to the average.

        Parameters
        ----------
        amount : float
            Added to the average, a fraction; below zero lowers it.
        reason : str
            Why; it stays with the number.

        Returns
        -------
        LongRunAverage
            Its `average` stays as it is; `central_tendency` has the adjustment.

        Raises
        ------
        InvalidParameterError
            No reason, or a central tendency outside (0, 1).
        """
        check_real(amount, "amount", "adjusted", low=-1, high=1)
        if not isinstance(reason, str) or not reason.strip():
            msg = "The 'reason' parameter of adjusted must say why, in words. Got none."
            raise InvalidParameterError(msg)
        moved = self.central_tendency + amount
        if not 0 < moved < 1:
            msg = (
                f"The 'amount' parameter of adjusted must leave the central tendency in (0, 1). "
                f"Got {amount!r}, by which {self.central_tendency:.4g} would become {moved:.4g}."
            )
            raise InvalidParameterError(msg)
        return replace(self, adjustments=(*self.adjustments, (reason, float(amount))))

    def table(self) -> pd.DataFrame:
        """Return a row a year, the oldest first.

        Returns
        -------
        DataFrame
            year, n_customers, n_defaults, observed (default rate), observed_lower and
            observed_upper (Jeffreys' interval of the year by itself), weight, bad_year (missing
            where that was not told).
        """
        lower, upper = jeffreys_interval(self.n_defaults, self.n_customers, level=self.level)
        return pd.DataFrame(
            {
                "year": list(self.years),
                "n_customers": self.n_customers.astype(np.int64),
                "n_defaults": self.n_defaults.astype(np.int64),
                "observed": self.rates,
                "observed_lower": lower,
                "observed_upper": upper,
                "weight": self.weights,
                "bad_year": pd.array(self.bad_years or [None] * len(self.years), dtype="boolean"),
            }
        )

    def __repr__(self) -> str:
        """Say in one line how high the average is, and how sure."""
        return f"<{type(self).__name__}: {self._summary()}>"

    def _repr_html_(self) -> str:
        formats = {
            **dict.fromkeys(("n_customers", "n_defaults"), "{:,.0f}"),
            **dict.fromkeys(("observed", "observed_lower", "observed_upper"), "{:.2%}"),
            "weight": "{:.1%}",
        }
        table = self.table()
        if not self.bad_years:
            table = table.drop(columns="bad_year")
        caption = f"Long-run average: {self._summary()}"
        return html_table(table, caption=caption, formats=formats)

    def _summary(self) -> str:
        told = "mean of yearly rates" if self.method == "mean_of_rates" else "pooled years"
        text = f"{self.average:.2%} over {counted(len(self.years), 'year')}"
        if not np.isnan(self.lower):
            text += f" ({100 * self.level:g}% interval {self.lower:.2%} to {self.upper:.2%})"
        text += f", {told}"
        if self.adjustments:
            text += f"; adjusted to {self.central_tendency:.2%}"
        return f"{text}; {meaning(self.philosophy, self.margin)}"


def long_run_average(
    n_customers: Any,
    n_defaults: Any,
    *,
    years: Any = None,
    weights: Any = None,
    method: AverageMethod = "mean_of_rates",
    level: float = 0.95,
    bad_years: Any = None,
    bad_year_share: float | None = None,
) -> LongRunAverage:
    """Average the one-year default rates of a history of years.

    Parameters
    ----------
    n_customers : array-like of int of shape (n_years,)
        Customers not in default at the start of each year, **the oldest year first**.
    n_defaults : array-like of int of shape (n_years,)
        How many of them defaulted in that year.
    years : list, optional
        Names of the years, the oldest first; numbers from 1 without them.
    weights : array-like of shape (n_years,), optional
        Weight of each year in the mean of the rates, zero or more; all alike without it.
    method : {"mean_of_rates", "pooled"}, default="mean_of_rates"
        Mean of the yearly rates, so that each year counts alike [1]_, or all defaults over all
        customers, so that each customer does.
    level : float, default=0.95
        Confidence level of the interval, in (0, 1).
    bad_years : array-like of bool of shape (n_years,), optional
        Which years were bad ones for the economy.
    bad_year_share : float, optional
        Part of bad years in a whole cycle, in (0, 1), to compare the history with.

    Returns
    -------
    LongRunAverage
        Through-the-cycle as far as the years are a whole cycle; its `hints` say what speaks
        against that.

    Raises
    ------
    InvalidParameterError
        A parameter is out of range; weights of pooled years.
    InvalidDataError
        Counts that are negative, missing or no whole numbers; more defaults than customers; a
        year without customers; years in another order; marks that are not one a year.
    InvalidWeightError
        Weights that are negative, missing, all zero or not one a year.

    Notes
    -----
    The regulation's choice is the mean of the rates [1]_, [2]_: in the pooled rate, years of a
    large portfolio count more, whether they were good or bad.

    Rates of one year are alike for all customers of it, so that customers of many years are not
    as many independent cases. The interval of "mean_of_rates" therefore goes by the spread
    *between* years: a Student interval with n_years - 1 degrees of freedom, whose variance is
    s² · w′Rw, where R holds the powers of the correlation of neighbouring years and s² is
    the weighted variance of the rates over 1 - w′Rw. That correlation is the sample's plus
    1 / n_years, the bias of a short series, kept within 0 and 0.9. The variance is at least that
    of independent defaults; without any default, the ends are those of Jeffreys' interval. Few
    years cannot tell much of a cycle: simulated, intervals of 95 % from 7 to 10 years held the
    true average 9 times in 10 where years were independent, and 3 times in 4 where neighbouring
    ones were correlated by 0.6.

    The interval of "pooled" is Jeffreys', as if all defaults were independent: a lower limit of
    the uncertainty.

    References
    ----------
    .. [1] European Banking Authority, *Guidelines on PD estimation, LGD estimation and the
       treatment of defaulted exposures*, EBA/GL/2017/16, section 5.3.
    .. [2] Regulation (EU) No 575/2013 (CRR), Article 180.

    Examples
    --------
    >>> from creditscore.calibrate import long_run_average
    >>> n_customers, n_defaults = [900, 950, 1000, 1050, 1100], [9, 12, 31, 20, 11]
    >>> round(long_run_average(n_customers, n_defaults).average, 5)
    0.01654
    >>> long_run_average(n_customers, n_defaults, method="pooled")
    <LongRunAverage: 1.66% over 5 years (95% interval 1.33% to 2.04%), pooled years; through the
    cycle, margin none>
    >>> marked = long_run_average(
    ...     n_customers, n_defaults, bad_years=[0, 0, 1, 0, 0], bad_year_share=0.4
    ... )
    >>> round(marked.cycle_average, 5)
    0.02015
    """
    owner = "long_run_average"
    check_choice(method, "method", owner, ("mean_of_rates", "pooled"))
    check_real(level, "level", owner, low=0, high=1)
    customers, defaults = read_counts(n_customers, n_defaults)
    check_order(n_customers=n_customers, years=years, weights=weights, bad_years=bad_years)
    n = len(customers)
    names = read_names(years, n, "years")
    _check_order(years)
    if not customers.all():
        msg = (
            f"n_customers is zero in the year {names[int(customers.argmin())]!r}, which has no "
            "default rate: leave it out."
        )
        raise InvalidDataError(msg)
    if bad_year_share is not None:
        check_real(bad_year_share, "bad_year_share", owner, low=0, high=1)
    share = _read_weights(weights, n, method, customers)
    average = float(share @ (defaults / customers))
    lower, upper, correlation = (
        _interval_between(customers, defaults, share, level)
        if method == "mean_of_rates"
        else (*_jeffreys(customers, defaults, level), float("nan"))
    )
    return LongRunAverage(
        years=names,
        n_customers=customers,
        n_defaults=defaults,
        weights=share,
        method=method,
        average=average,
        lower=lower,
        upper=upper,
        level=float(level),
        autocorrelation=correlation,
        bad_years=_read_marks(bad_years, n),
        bad_year_share=float("nan") if bad_year_share is None else float(bad_year_share),
    )


def _check_order(years: Any) -> None:
    """Refuse years that are known to come in another order; texts may be any names."""
    given = np.asarray([] if years is None else list(years))
    if given.dtype.kind in "iuf" and (np.diff(given) < 0).any():
        msg = (
            "years must come with the oldest first, and n_customers and n_defaults in their order. "
            f"Got {given.tolist()}."
        )
        raise InvalidDataError(msg)


def _read_weights(weights: Any, n: int, method: str, customers: Float1D) -> Float1D:
    """Return the part of each year in the average."""
    if method == "pooled":
        if weights is not None:
            msg = (
                "The 'weights' parameter of long_run_average weighs yearly rates, and pooled years "
                "weigh by their customers: leave it out, or use method='mean_of_rates'."
            )
            raise InvalidParameterError(msg)
        return np.asarray(customers / customers.sum(), dtype=np.float64)
    given = check_weights(weights, n_rows=n, name="weights")
    shares = np.ones(n) if given is None else given
    return np.asarray(shares / shares.sum(), dtype=np.float64)


def _read_marks(bad_years: Any, n: int) -> tuple[bool, ...]:
    if bad_years is None:
        return ()
    marks = np.asarray(bad_years)
    fine = marks.shape == (n,) and marks.dtype.kind in "bi" and np.isin(marks, (0, 1)).all()
    if not fine:
        msg = f"bad_years must hold one boolean for each of the {n} years. Got {bad_years!r}."
        raise InvalidDataError(msg)
    return tuple(bool(mark) for mark in marks)


def _interval_between(
    customers: Float1D, defaults: Float1D, weights: Float1D, level: float
) -> tuple[float, float, float]:
    """Return the ends of the interval of the mean of rates, and the correlation it goes by."""
    if not defaults.any():
        return (*_jeffreys(customers, defaults, level), float("nan"))
    rates = defaults / customers
    average = float(weights @ rates)
    held = np.flatnonzero(weights > 0)
    if len(held) < 2:
        return float("nan"), float("nan"), float("nan")
    correlation = _autocorrelation(rates)
    years = np.arange(len(rates))
    correlations = correlation ** np.abs(years[:, None] - years)
    shared = float(weights @ correlations @ weights)
    spread = float(weights @ (rates - average) ** 2) / (1 - shared)
    alone = float(weights**2 @ (rates * (1 - rates) / customers))
    half = float(stdtrit(len(held) - 1, 0.5 + level / 2)) * max(spread * shared, alone) ** 0.5
    return max(0.0, average - half), min(1.0, average + half), correlation


def _autocorrelation(rates: Float1D) -> float:
    apart = rates - rates.mean()
    square = float(apart @ apart)
    found = float(apart[1:] @ apart[:-1]) / square if square > 0 else 0.0
    return min(_MOST_CORRELATION, max(0.0, found + 1 / len(rates)))


def _jeffreys(customers: Float1D, defaults: Float1D, level: float) -> tuple[float, float]:
    lower, upper = jeffreys_interval(defaults.sum(), customers.sum(), level=level)
    return float(lower), float(upper)
