"""One probability of default through the cycle, and those of good and bad years."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from creditscore._typing import Float1D
from creditscore._validation import as_floats, check_choice, check_order, check_real
from creditscore.calibrate._level._shift import read_probabilities
from creditscore.exceptions import InvalidDataError, InvalidParameterError

_MOST_SALES = 10_000.0
"""Millions of euros, above which sales are rather in another unit."""


def vasicek_pd(prob_default: Any, *, systematic_factor: Any, correlation: Any) -> Float1D:
    """Point-in-time probability of default in a given state of the economy (Vasicek).

    Parameters
    ----------
    prob_default : array-like
        Through-the-cycle probabilities, fractions in [0, 1].
    systematic_factor : float or array-like
        State of the economy in standard deviations: 0 is the median year, **below 0 is bad**,
        -3.09 the year that one in a thousand is worse than.
    correlation : float or array-like
        Correlation of the asset values of any two customers, in [0, 1).

    Returns
    -------
    ndarray
        Fractions, in the shape of the three broadcast. They are point-in-time.

    Raises
    ------
    InvalidDataError
        A probability outside [0, 1] or missing; a factor that is missing or infinite; shapes that
        do not go together; Series of one index in different orders.
    InvalidParameterError
        A correlation outside [0, 1).

    See Also
    --------
    through_the_cycle_pd : The other way.
    basel_correlation : The correlation by regulation.

    Notes
    -----
    Φ((Φ⁻¹(prob_default) - √correlation · systematic_factor) / √(1 - correlation)) [1]_. Its mean
    over a standard normal factor is `prob_default`; in the median year it is less. With the
    factor -Φ⁻¹(0.999) it is the conditional probability of the capital formulas of CRE31.

    References
    ----------
    .. [1] O. Vasicek, "The distribution of loan portfolio value", *Risk* 15(12), 2002,
       pp. 160-162.

    Examples
    --------
    >>> from creditscore.calibrate import vasicek_pd
    >>> vasicek_pd(0.01, systematic_factor=[-3.0902, 0, 1], correlation=0.12).round(5).tolist()
    [0.09032, 0.00657, 0.00219]
    """
    prob, factor, rho = _read(prob_default, systematic_factor, correlation, "vasicek_pd")
    moved: Float1D = ndtr((ndtri(prob) - np.sqrt(rho) * factor) / np.sqrt(1 - rho))
    return moved


def through_the_cycle_pd(prob_default: Any, *, systematic_factor: Any, correlation: Any) -> Float1D:
    """Through-the-cycle probability of default from that of a given state of the economy.

    Parameters
    ----------
    prob_default : array-like
        Point-in-time probabilities, fractions in [0, 1].
    systematic_factor : float or array-like
        State of the economy that they belong to, as in :func:`vasicek_pd`; below 0 is bad.
    correlation : float or array-like
        Correlation of the asset values of any two customers, in [0, 1).

    Returns
    -------
    ndarray
        Fractions, in the shape of the three broadcast. They are through-the-cycle.

    Raises
    ------
    InvalidDataError, InvalidParameterError
        As in :func:`vasicek_pd`.

    See Also
    --------
    vasicek_pd : The other way.

    Notes
    -----
    Φ(√(1 - correlation) · Φ⁻¹(prob_default) + √correlation · systematic_factor), the inverse of
    :func:`vasicek_pd`.

    Examples
    --------
    >>> from creditscore.calibrate import through_the_cycle_pd, vasicek_pd
    >>> bad_year = vasicek_pd([0.01, 0.05], systematic_factor=-1, correlation=0.12)
    >>> cycle = through_the_cycle_pd(bad_year, systematic_factor=-1, correlation=0.12)
    >>> cycle.round(6).tolist()
    [0.01, 0.05]
    """
    owner = "through_the_cycle_pd"
    prob, factor, rho = _read(prob_default, systematic_factor, correlation, owner)
    moved: Float1D = ndtr(np.sqrt(1 - rho) * ndtri(prob) + np.sqrt(rho) * factor)
    return moved


def basel_correlation(
    prob_default: Any, kind: str = "corporate", *, turnover: Any = None
) -> Float1D:
    """Asset correlation of the internal ratings-based approach of Basel III.

    Parameters
    ----------
    prob_default : array-like of any shape
        Fractions in [0, 1].
    kind : {"corporate", "retail_mortgage", "qrre", "retail_other"}, default="corporate"
        Exposure class; "corporate" also serves sovereigns and banks, and "qrre" is qualifying
        revolving retail. The factor 1.25 of large or unregulated financial institutions is not
        applied.
    turnover : float or array-like, optional
        Annual sales in millions of euros, from 0 to 10,000, for the firm-size adjustment of
        corporates: below 5 counts as 5, and 50 and more leaves the correlation as it is.

    Returns
    -------
    ndarray of the same shape
        Correlations, fractions.

    Raises
    ------
    InvalidParameterError
        Another kind, or a turnover of a kind that is no corporate.
    InvalidDataError
        A probability outside [0, 1] or missing; a turnover below zero or missing, or so high that
        it is hardly one in millions.

    Notes
    -----
    With a weight w = (1 - exp(-k · PD)) / (1 - exp(-k)) [1]_:

    * corporate: 0.12 · w + 0.24 · (1 - w), k = 50, less 0.04 · (1 - (turnover - 5) / 45) for
      small and medium-sized firms;
    * retail_mortgage: 0.15; qrre: 0.04;
    * retail_other: 0.03 · w + 0.16 · (1 - w), k = 35.

    References
    ----------
    .. [1] Basel Committee on Banking Supervision, *Basel Framework*, CRE31.5, CRE31.8 and
       CRE31.14 to CRE31.16, version effective as of 1 January 2023.

    Examples
    --------
    >>> from creditscore.calibrate import basel_correlation
    >>> basel_correlation([0.0005, 0.01, 0.2]).round(4).tolist()
    [0.237, 0.1928, 0.12]
    >>> basel_correlation(0.01, turnover=20).round(4).item()
    0.1661
    """
    owner = "basel_correlation"
    check_order(prob_default=prob_default, turnover=turnover)
    check_choice(kind, "kind", owner, ("corporate", "retail_mortgage", "qrre", "retail_other"))
    prob = read_probabilities(prob_default)
    if turnover is not None and kind != "corporate":
        msg = (
            f"The 'turnover' parameter of {owner} adjusts corporates only. Got it with the kind "
            f"{kind!r}: leave it out."
        )
        raise InvalidParameterError(msg)
    if kind == "corporate":
        between = _between(prob, 0.12, 0.24, 50.0)
        return between if turnover is None else between - _size_discount(turnover, prob)
    if kind == "retail_other":
        return _between(prob, 0.03, 0.16, 35.0)
    return np.full(prob.shape, 0.15 if kind == "retail_mortgage" else 0.04)


def _between(prob: Float1D, least: float, most: float, steepness: float) -> Float1D:
    weight = np.expm1(-steepness * prob) / np.expm1(-steepness)
    correlation: Float1D = least * weight + most * (1 - weight)
    return correlation


def _size_discount(turnover: Any, prob: Float1D) -> Float1D:
    sales = as_floats(turnover, "turnover")
    if not (sales >= 0).all():
        msg = "turnover must hold annual sales in millions of euros, zero or more, none missing."
        raise InvalidDataError(msg)
    if (sales > _MOST_SALES).any():
        msg = (
            f"turnover holds {sales.max():,.0f}, in millions of euros. Are these euros, or "
            f"thousands? Divide them. If firms do sell for more than {_MOST_SALES:,.0f} millions, "
            "give 50 for them: from there on size does not matter."
        )
        raise InvalidDataError(msg)
    if sales.ndim and sales.shape != prob.shape:
        msg = f"turnover must be one number, or one for each of {prob.shape}. Got {sales.shape}."
        raise InvalidDataError(msg)
    discount: Float1D = 0.04 * (1 - (np.clip(sales, 5.0, 50.0) - 5.0) / 45.0)
    return discount


def _read(
    prob_default: Any, systematic_factor: Any, correlation: Any, owner: str
) -> tuple[Float1D, Float1D, Float1D]:
    check_order(
        prob_default=prob_default, systematic_factor=systematic_factor, correlation=correlation
    )
    prob = read_probabilities(prob_default)
    factor = as_floats(systematic_factor, "systematic_factor")
    if not np.isfinite(factor).all():
        odd = int((~np.isfinite(factor)).sum())
        msg = f"systematic_factor must hold finite numbers. Got {odd} missing or infinite one(s)."
        raise InvalidDataError(msg)
    rho = as_floats(correlation, "correlation")
    for value in rho.ravel()[~((rho >= 0) & (rho < 1)).ravel()][:1]:
        check_real(value, "correlation", owner, low=0, high=1, closed="left")
    try:
        np.broadcast_shapes(prob.shape, factor.shape, rho.shape)
    except ValueError as error:
        msg = (
            "prob_default, systematic_factor and correlation must have shapes that go together. "
            f"Got {prob.shape}, {factor.shape} and {rho.shape}."
        )
        raise InvalidDataError(msg) from error
    return prob, factor, rho
