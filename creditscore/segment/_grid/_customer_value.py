"""What a customer is worth, and could be worth: contribution, share of wallet, untapped sales."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from creditscore._frame import like
from creditscore._typing import Bool1D, Float1D
from creditscore._validation import check_real
from creditscore.exceptions import InvalidDataError
from creditscore.segment._reading import check_same_rows, read_numbers


def customer_value(margin: Any, volume: Any) -> Any:
    """Return the contribution of customers: what their sales leave after the costs they cause.

    Parameters
    ----------
    margin : array-like of shape (n_customers,)
        Contribution margin as a fraction of sales, 1 or less; negative where sales lose money.
    volume : array-like of shape (n_customers,)
        Net sales of a period, such as a year, in money; zero or more.

    Returns
    -------
    Series in the library and index of the first Series given, else ndarray; (n_customers,)
        Contribution of the period in the money of `volume`; NaN where a fact is missing.

    Raises
    ------
    InvalidDataError
        A margin above 1, such as a percentage, or a negative volume, which with a negative margin
        would look like value. InfiniteValueError: an infinite value.

    See Also
    --------
    customer_potential : What is bought elsewhere.

    Notes
    -----
    value = margin · volume. Costs to serve, capital and expected loss belong into the margin, as
    far as they are known. O(n).

    Examples
    --------
    >>> from creditscore.segment import customer_value
    >>> customer_value([0.25, 0.10, -0.05], [200_000, 1_000_000, 40_000])
    array([ 50000., 100000.,  -2000.])
    """
    check_same_rows(margin=margin, volume=volume)
    margins, volumes = read_numbers(margin, "margin"), read_numbers(volume, "volume")
    _refuse(margins > 1, margins, "margin", "a fraction of sales, 1 or less; 25 % is 0.25")
    _refuse(volumes < 0, volumes, "volume", "zero or more: net sales of a period")
    return like(margins * volumes, margin, volume, name="value")


def share_of_wallet(sales: Any, wallet: Any) -> Any:
    """Return the share of a customer's purchases that we serve.

    Parameters
    ----------
    sales : array-like of shape (n_customers,)
        Our sales to the customer in a period, in money; zero or more.
    wallet : array-like of shape (n_customers,)
        All that the customer buys of what we sell, from anybody, in the same period and money;
        above zero.

    Returns
    -------
    Series in the library and index of the first Series given, else ndarray; (n_customers,)
        Fractions in [0, 1]; NaN where a fact is missing.

    Raises
    ------
    InvalidDataError
        Negative sales, a wallet of zero or less, or sales above the wallet: then the wallet is
        estimated too small.

    Notes
    -----
    share = sales / wallet. Nothing is clipped at 1, because an estimate that is proved wrong says
    nothing about what is left. Set it to missing, or estimate it anew. O(n).

    Examples
    --------
    >>> from creditscore.segment import share_of_wallet
    >>> share_of_wallet([200_000, 50_000], [400_000, 1_000_000])
    array([0.5 , 0.05])
    """
    check_same_rows(sales=sales, wallet=wallet)
    sold, bought = read_numbers(sales, "sales"), read_numbers(wallet, "wallet")
    _refuse(sold < 0, sold, "sales", "zero or more")
    _refuse(bought <= 0, bought, "wallet", "above zero: all that the customer buys")
    above = sold > bought
    _refuse(above, bought, "wallet", "at least our own sales; an estimate below is too small")
    return like(sold / bought, sales, wallet, name="share_of_wallet")


def customer_potential(
    wallet: Any, share_of_wallet: Any, growth: Any, *, years: float = 1.0
) -> Any:
    """Return the yearly purchases that a customer will make elsewhere: sales that are untapped.

    Parameters
    ----------
    wallet : array-like of shape (n_customers,)
        All that the customer buys of what we sell, from anybody, in a year, in money; zero or more.
    share_of_wallet : array-like of shape (n_customers,)
        Share of it that we serve, a fraction in [0, 1].
    growth : array-like of shape (n_customers,)
        Growth of the wallet a year as a fraction, above -1; the customer's own sales growth where
        nothing better is known.
    years : float, default=1.0
        How far ahead to look, zero or more; 0 leaves growth out.

    Returns
    -------
    Series in the library and index of the first Series given, else ndarray; (n_customers,)
        Untapped sales a year, in the money of `wallet`; NaN where a fact is missing.

    Raises
    ------
    InvalidDataError
        A share outside [0, 1], a negative wallet, a growth of -1 or less. InvalidParameterError:
        negative years.

    See Also
    --------
    customer_value : Multiply the potential by a margin to have both in contribution.

    Notes
    -----
    potential = wallet · (1 + growth) ** years · (1 - share). It is what competitors serve at the
    horizon if our share stays: large for a large buyer whom we hardly serve, zero for a customer
    who buys all from us, however fast they grow. O(n).

    Examples
    --------
    >>> from creditscore.segment import customer_potential
    >>> customer_potential([400_000, 1_000_000], [0.5, 1.0], [0.10, 0.30])
    array([220000.,      0.])
    """
    check_same_rows(wallet=wallet, share_of_wallet=share_of_wallet, growth=growth)
    check_real(years, "years", "customer_potential", low=0, high=math.inf, closed="left")
    bought = read_numbers(wallet, "wallet")
    share = read_numbers(share_of_wallet, "share_of_wallet")
    rate = read_numbers(growth, "growth")
    _refuse(bought < 0, bought, "wallet", "zero or more")
    _refuse((share < 0) | (share > 1), share, "share_of_wallet", "a fraction in [0, 1]")
    _refuse(rate <= -1, rate, "growth", "a fraction above -1; 5 % is 0.05")
    untapped = bought * (1 + rate) ** years * (1 - share)
    return like(untapped, wallet, share_of_wallet, growth, name="potential")


def _refuse(wrong: Bool1D, values: Float1D, name: str, rule: str) -> None:
    if wrong.any():
        row = int(np.argmax(wrong))
        msg = (
            f"{name} must be {rule}. Got {values[row]:g} at row {row}, and {int(wrong.sum())} such "
            "value(s) in all. Correct them, or set them to missing."
        )
        raise InvalidDataError(msg)
