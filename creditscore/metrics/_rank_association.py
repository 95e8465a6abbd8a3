"""Association of two rankings: Somers' D and Kendall's tau, ties and weights included."""

from __future__ import annotations

import math
from typing import Any, Literal, TypeAlias

from scipy.special import ndtr

from creditscore._validation import check_choice
from creditscore.exceptions import InvalidDataError
from creditscore.metrics._pair_counts import PairCounts
from creditscore.metrics._significance_test import SignificanceTest

TauVariant: TypeAlias = Literal["b", "c"]
"""Which of Kendall's coefficients for ties."""


def somers_d(x: Any, y: Any, *, sample_weight: Any = None) -> float:
    """Somers' D of y given x: surplus of pairs that both order alike, among pairs that x orders.

    Parameters
    ----------
    x : array-like of shape (n_samples,)
        Numbers: what is given, the independent column.
    y : array-like of shape (n_samples,)
        Numbers: what follows from it, the dependent column.
    sample_weight : array-like of shape (n_samples,), optional
        Frequencies, zero or more; fractions will do. With them, a row a cell is a table.

    Returns
    -------
    float
        In [-1, 1]; 0 is no association.

    Raises
    ------
    InvalidDataError
        Different lengths, missing values, text, an x of one value only; pandas Series with one
        index in different orders.

    See Also
    --------
    somers_d_test : Whether it differs from 0 by more than chance.
    kendall_tau : Treats both columns alike.

    Notes
    -----
    D(y|x) = (C - D) / (pairs not tied on x), with C pairs that x and y order alike and D those
    that they order the other way round [1]_; this is ``scipy.stats.somersd(x, y)``. It is not
    symmetric: D(x|y) is ``somers_d(y, x)``.

    With the outcome given, it is the Gini coefficient: as a higher score is safer,
    ``gini(is_bad, score)`` is ``-somers_d(is_bad, score)``. O(n log n) time, O(n) memory.

    References
    ----------
    .. [1] R. H. Somers, "A New Asymmetric Measure of Association for Ordinal Variables",
       *American Sociological Review* 27, 1962, pp. 799-811.

    Examples
    --------
    >>> from creditscore.metrics import somers_d
    >>> somers_d([1, 1, 0, 0], [480, 510, 510, 600])
    -0.75
    >>> somers_d([480, 510, 510, 600], [1, 1, 0, 0])
    -0.6
    """
    pairs = PairCounts.from_columns(x, y, sample_weight)
    _check_varied(pairs, "x", pairs.untied_x)
    return pairs.surplus / pairs.untied_x


def kendall_tau(x: Any, y: Any, *, variant: TauVariant = "b", sample_weight: Any = None) -> float:
    """Kendall's tau: surplus of pairs that x and y order alike, with an allowance for ties.

    Parameters
    ----------
    x, y : array-like of shape (n_samples,)
        Two columns of numbers; the order of the two does not matter.
    variant : {"b", "c"}, default="b"
        "b" divides by the geometric mean of the pairs not tied on x and those not tied on y; "c"
        (Stuart's) allows for tables that are not square, such as grades by outcome.
    sample_weight : array-like of shape (n_samples,), optional
        Frequencies, as in :func:`somers_d`.

    Returns
    -------
    float
        In [-1, 1].

    Raises
    ------
    InvalidDataError
        As in :func:`somers_d`; also a y of one value only.

    Notes
    -----
    With C and D as in :func:`somers_d`, n cases, m the lesser number of distinct values of the
    two columns, tau-b [1]_ is (C - D) / √((pairs not tied on x) · (pairs not tied on y)) and tau-c
    [2]_ is 2 (C - D) m / (n² (m - 1)). Tau-b² is D(y|x) · D(x|y). O(n log n) time.

    References
    ----------
    .. [1] M. G. Kendall, "The treatment of ties in ranking problems", *Biometrika* 33, 1945,
       pp. 239-251.
    .. [2] A. Stuart, "The estimation and comparison of strengths of association in contingency
       tables", *Biometrika* 40, 1953, pp. 105-110.

    Examples
    --------
    >>> from creditscore.metrics import kendall_tau
    >>> round(kendall_tau([1, 1, 0, 0], [480, 510, 510, 600]), 4)
    -0.6708
    >>> kendall_tau([1, 1, 0, 0], [480, 510, 510, 600], variant="c")
    -0.75
    """
    check_choice(variant, "variant", "kendall_tau", ("b", "c"))
    pairs = PairCounts.from_columns(x, y, sample_weight)
    _check_varied(pairs, "x", pairs.untied_x)
    _check_varied(pairs, "y", pairs.untied_y)
    if variant == "b":
        return pairs.surplus / (math.sqrt(pairs.untied_x) * math.sqrt(pairs.untied_y))
    m = min(len(pairs.x_totals), len(pairs.y_totals))
    return 2 * pairs.surplus * m / (pairs.total**2 * (m - 1))


def somers_d_test(x: Any, y: Any, *, sample_weight: Any = None) -> SignificanceTest:
    """Test whether Somers' D differs from 0 by more than chance, two-sided.

    Parameters
    ----------
    x, y : array-like of shape (n_samples,)
        As in :func:`somers_d`.
    sample_weight : array-like of shape (n_samples,), optional
        Counts of rows, whole numbers, zero or more.

    Returns
    -------
    SignificanceTest
        The statistic is D(y|x) over its standard error if there is no association, standard
        normal in large samples; the same for D(x|y) and for tau-b. It and the p-value are NaN
        where that error is 0.

    Raises
    ------
    InvalidDataError
        As in :func:`somers_d`, and weights that are no whole numbers.

    Notes
    -----
    z = (C - D) / √(Σ (Cᵢ - Dᵢ)² - 4 (C - D)² / n), where Cᵢ and Dᵢ are the cases that case i is
    ordered alike with, and the other way round: the asymptotic error of Goodman and Kruskal if
    the association is zero, in the form of Brown and Benedetti [1]_ that
    ``scipy.stats.somersd`` uses. It needs no table: O(n log n) time, O(n) memory, so that a
    million scores without ties are no matter.

    References
    ----------
    .. [1] M. B. Brown and J. K. Benedetti, "Sampling Behavior of Tests for Correlation in Two-Way
       Contingency Tables", *Journal of the American Statistical Association* 72, 1977,
       pp. 309-315.

    Examples
    --------
    >>> from creditscore.metrics import somers_d_test
    >>> somers_d_test([0, 0, 0, 1, 1, 1], [1, 2, 3] * 2, sample_weight=[9, 5, 2, 3, 5, 7])
    <SignificanceTest: Somers' D, statistic 2.758, p = 0.0058>
    """
    pairs = PairCounts.from_columns(x, y, sample_weight, whole=True)
    _check_varied(pairs, "x", pairs.untied_x)
    surplus, total = 2 * pairs.surplus, pairs.total
    apart = pairs.concordant - pairs.discordant
    spread = float(pairs.weight @ (apart - surplus / total) ** 2)
    z = surplus / (2 * math.sqrt(spread)) if spread > 0 else math.nan
    return SignificanceTest(
        name="Somers' D",
        statistic=z,
        p_value=float(2 * ndtr(-abs(z))),
        hypothesis="x and y are not associated: pairs are ordered alike as often as otherwise",
        source="Brown and Benedetti 1977, of Goodman and Kruskal's asymptotic error",
        n=int(total),
    )


def _check_varied(pairs: PairCounts, name: str, untied: float) -> None:
    totals = pairs.x_totals if name == "x" else pairs.y_totals
    if len(totals) < 2 or untied <= 0:
        msg = (
            f"{name} has one value only, so it orders no pair of cases. An association needs two "
            "values or more: check the column."
        )
        raise InvalidDataError(msg)
