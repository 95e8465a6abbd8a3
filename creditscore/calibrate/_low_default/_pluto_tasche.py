"""The most prudent estimation: each grade pooled with all worse ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from creditscore._typing import Float1D
from creditscore._validation import check_order, check_real
from creditscore._warn import warn_user
from creditscore.calibrate._low_default._counts import (
    falls,
    read_counts,
    read_names,
    with_all_worse,
)
from creditscore.calibrate._low_default._estimate import LowDefaultEstimate
from creditscore.calibrate._low_default._factor import Factor
from creditscore.calibrate._low_default._pooled import bounds_of, read_confidences
from creditscore.exceptions import GradeOrderWarning, SmallSampleWarning

CONFIDENCES = (0.5, 0.75, 0.9, 0.95, 0.99, 0.999)
"""Levels of the tables of Pluto and Tasche."""


def pluto_tasche(
    n_customers: Any,
    n_defaults: Any,
    *,
    confidence: float = 0.75,
    correlation: float = 0.0,
    n_periods: int = 1,
    period_correlation: float = 0.0,
    grades: Any = None,
) -> LowDefaultEstimate:
    """Bound the probabilities of default of grades with few defaults, or none (Pluto, Tasche).

    Parameters
    ----------
    n_customers : array-like of int of shape (n_grades,)
        Customers of each grade at the start, **the safest grade first**. A number is one grade.
    n_defaults : array-like of int of shape (n_grades,)
        How many of them defaulted, over all periods.
    confidence : float, default=0.75
        Confidence level of each bound, in (0, 1).
    correlation : float, default=0.0
        Correlation of the asset values of any two customers, in [0, 1); 0 for defaults that are
        independent, 0.12 in the publication.
    n_periods : int, default=1
        Periods (years) that customers were observed for; who defaults, leaves.
    period_correlation : float, default=0.0
        Correlation of the factors of neighbouring periods, in [0, 1]; 0.3 in the publication.
        It has no effect in one period, or without a correlation.
    grades : list of str, optional
        Names of the grades; numbers from 1 without them.

    Returns
    -------
    LowDefaultEstimate
        Its `prob_default` is one-period; with a correlation its `philosophy` is
        "through_the_cycle".

    Raises
    ------
    InvalidParameterError
        A parameter is out of range.
    InvalidDataError
        Counts that are negative, missing or no whole numbers; more defaults than customers.
    EmptyDataError
        No customer at all.

    Warns
    -----
    GradeOrderWarning
        A bound falls from a grade to a worse one: worse grades have had fewer defaults, which
        this method does not expect. Often the grades came worst first.
    SmallSampleWarning
        The worst grades have no customer, and so the bound 1.

    See Also
    --------
    pluto_tasche_table : Several confidence levels at once.
    benjamin_cathcart_ryan : Scales given probabilities to the bound of the portfolio.
    bayesian_pd : Estimates in place of bounds.

    Notes
    -----
    If the order of the grades is right, the probability of default of a grade is at most that of
    a worse one; the most prudent assumption is that they are equal. So each grade is
    pooled with all worse ones, and gets the :func:`default_rate_bound` of that pool [1]_. The
    safest grade gets the bound of the whole portfolio. An empty grade gets that of the next worse
    one.

    The R package LDPD takes grades worst first. Its results are these in the other order, up to
    the tolerance of R's uniroot, about 1e-4: those of its own example differ by 3e-5. Over several
    periods it averages 1,000 random paths.

    Tables 5.4 and 5.8 of the book chapter print some bounds up to 0.01 percentage points above
    the exact solution that is returned here, and its tables for several periods, which were
    simulated, up to five per cent above it.

    References
    ----------
    .. [1] K. Pluto and D. Tasche, "Estimating probabilities of default for low default
       portfolios", in B. Engelmann and R. Rauhmeier (eds), *The Basel II Risk Parameters*,
       Springer, 2006, ch. 5.

    Examples
    --------
    >>> from creditscore.calibrate import pluto_tasche
    >>> bounds = pluto_tasche([100, 400, 300], [0, 0, 0], confidence=0.9, grades=["A", "B", "C"])
    >>> bounds.table()[["grade", "pooled_customers", "pooled_defaults", "pd"]].round(4)
      grade  pooled_customers  pooled_defaults      pd
    0     A               800                0  0.0029
    1     B               700                0  0.0033
    2     C               300                0  0.0076
    >>> pluto_tasche([100, 400, 300], [0, 0, 0], correlation=0.12).prob_default.round(4).tolist()
    [0.004, 0.0045, 0.0093]
    """
    owner = "pluto_tasche"
    check_real(confidence, "confidence", owner, low=0, high=1)
    factor = Factor.checked(correlation, n_periods, period_correlation, owner)
    customers, defaults = read_counts(n_customers, n_defaults)
    check_order(n_customers=n_customers, grades=grades)
    names = read_names(grades, len(customers), "grades")
    levels = np.array([float(confidence)])
    bounds = _pooled_bounds(customers, defaults, levels, factor)[:, 0]
    _warn_of_order(bounds, names)
    _warn_of_empty(customers, names)
    return LowDefaultEstimate(
        grades=names,
        n_customers=customers,
        n_defaults=defaults,
        prob_default=bounds,
        confidence=float(confidence),
        correlation=factor.correlation,
        n_periods=factor.n_periods,
        period_correlation=factor.period_correlation,
        philosophy=factor.philosophy,
    )


def pluto_tasche_table(
    n_customers: Any,
    n_defaults: Any,
    *,
    confidences: Any = CONFIDENCES,
    correlation: float = 0.0,
    n_periods: int = 1,
    period_correlation: float = 0.0,
    grades: Any = None,
) -> pd.DataFrame:
    """Bound the probabilities of default of grades at several confidence levels.

    Parameters
    ----------
    n_customers : array-like of int of shape (n_grades,)
        Customers of each grade, **the safest grade first**.
    n_defaults : array-like of int of shape (n_grades,)
        Defaults of each grade.
    confidences : array-like of float, default=(0.5, …, 0.999)
        Confidence levels in (0, 1).
    correlation : float, default=0.0
        As in :func:`pluto_tasche`.
    n_periods : int, default=1
        As in :func:`pluto_tasche`.
    period_correlation : float, default=0.0
        As in :func:`pluto_tasche`.
    grades : list of str, optional
        As in :func:`pluto_tasche`.

    Returns
    -------
    DataFrame
        A row a grade, a column a confidence level; fractions.

    Raises
    ------
    InvalidParameterError, InvalidDataError, EmptyDataError
        As in :func:`pluto_tasche`.

    Warns
    -----
    GradeOrderWarning, SmallSampleWarning
        As in :func:`pluto_tasche`.

    Notes
    -----
    All bounds of a table are found together: 20 grades at 6 levels take about 10 milliseconds in
    one period, and some tenths of a second in five. Where defaults are not few, over several
    periods, each pool of a hundred or more takes about a second.

    Examples
    --------
    >>> from creditscore.calibrate import pluto_tasche_table
    >>> pluto_tasche_table([100, 400, 300], [0, 2, 1], grades=["A", "B", "C"]).round(4)
    confidence   0.500   0.750   0.900   0.950   0.990   0.999
    grade
    A           0.0046  0.0064  0.0083  0.0097  0.0125  0.0162
    B           0.0052  0.0073  0.0095  0.0110  0.0143  0.0185
    C           0.0056  0.0090  0.0129  0.0157  0.0219  0.0304
    """
    owner = "pluto_tasche_table"
    levels = np.atleast_1d(read_confidences(confidences, owner)).ravel()
    factor = Factor.checked(correlation, n_periods, period_correlation, owner)
    customers, defaults = read_counts(n_customers, n_defaults)
    check_order(n_customers=n_customers, grades=grades)
    names = read_names(grades, len(customers), "grades")
    bounds = _pooled_bounds(customers, defaults, levels, factor)
    for column in bounds.T:
        if _warn_of_order(column, names):
            break
    _warn_of_empty(customers, names)
    columns = pd.Index(levels, name="confidence")
    return pd.DataFrame(bounds, index=pd.Index(names, name="grade"), columns=columns)


def _pooled_bounds(
    customers: Float1D, defaults: Float1D, levels: Float1D, factor: Factor
) -> Float1D:
    """Return the bounds of grades (rows) at confidence levels (columns)."""
    n = len(levels)
    size, bad = (np.repeat(with_all_worse(counts), n) for counts in (customers, defaults))
    bounds = bounds_of(size, bad, np.tile(levels, len(customers)), factor)
    return bounds.reshape(len(customers), n)


def _warn_of_order(bounds: Float1D, names: tuple[str, ...]) -> bool:
    if not falls(bounds):
        return False
    at = int(np.diff(bounds).argmin())
    warn_user(
        f"The bound falls from {bounds[at]:.3%} of grade {names[at]!r} to {bounds[at + 1]:.3%} of "
        f"the worse grade {names[at + 1]!r}: its default rate is higher. Grades come safest first; "
        "if they do, their order is not what the defaults say.",
        GradeOrderWarning,
    )
    return True


def _warn_of_empty(customers: Float1D, names: tuple[str, ...]) -> None:
    empty = with_all_worse(customers) == 0
    if empty.any():
        first = names[int(empty.argmax())]
        warn_user(
            f"There is no customer in grade {first!r} or worse, so that nothing bounds the "
            "probability of default there: it is at most 1. Leave such grades out, or join them "
            "to the next better one.",
            SmallSampleWarning,
        )
