"""Derivations that are ready: of invoices, payments, trade and related parties."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from creditscore.collect._derived._concentration import concentration
from creditscore.collect._derived._derivation import Derivation
from creditscore.collect._derived._facts import DerivationInputs
from creditscore.collect._derived._payment_behaviour import (
    average_balance,
    average_days_late,
    days_late_trend,
)
from creditscore.collect._derived._purchases import (
    average_purchases,
    days_since_purchase,
    purchase_seasonal_strength,
    purchase_seasonality,
    purchase_trend,
)
from creditscore.collect._derived._related import RelatedParties, related_parties
from creditscore.collect._observation._item import Item

_SETTLED = ("invoice.due_on", "invoice.settled_on")
_BOUGHT = ("invoice.invoiced_on", "invoice.amount")
_RELATED = ("address", "phone", "parent", "ownership_share", "payment.payer")


def derived_items() -> tuple[Item, ...]:
    """Return the items of ready derivations that the standard catalogue does not have.

    Returns
    -------
    tuple of Item
        To be added by :meth:`ItemCatalogue.with_items`.

    Examples
    --------
    >>> from creditscore.collect import derived_items
    >>> derived_items()[0]
    Item(average_balance: number, financial)
    """
    shares: dict[str, Any] = {"unit": "fraction", "low": 0, "high": 1}
    return (
        Item(
            name="average_balance", group="financial", label="Owed on an average day",
            label_zh="平均应收余额", low=0, shelf_life_days=95, weight=0,
        ),
        Item(
            name="average_purchases", group="operating", label="Purchases of a month, mean",
            label_zh="月均采购额", low=0, shelf_life_days=95, weight=0,
        ),
        Item(
            name="days_since_purchase", group="operating", unit="days",
            label="Days since the last purchase", label_zh="距上次采购天数", low=0,
            shelf_life_days=35, weight=0,
        ),
        Item(
            name="purchase_seasonal_strength", group="operating", label="Strength of the season",
            label_zh="采购季节性强度", shelf_life_days=185, weight=0, **shares,
        ),
        Item(
            name="payer_concentration", group="reputation", label="Concentration of payers",
            label_zh="付款方集中度", shelf_life_days=185, weight=0, **shares,
        ),
        Item(
            name="related_degree", group="operating", unit="count",
            label="Parties it is connected with directly", label_zh="直接关联方数量", low=0,
            shelf_life_days=365, weight=0,
        ),
        Item(
            name="related_exposure", group="financial", label="Open amount of related parties",
            label_zh="关联方合计敞口", low=0, shelf_life_days=95, weight=0,
        ),
    )  # fmt: skip


def ready_derivations() -> dict[str, Derivation]:
    """Return the derivations that come with the library, by the item that they make.

    Returns
    -------
    dict of str to Derivation
        average_days_late, days_late_trend, average_balance, average_purchases, purchase_trend,
        purchase_seasonality, purchase_seasonal_strength, days_since_purchase, payer_concentration
        (of payments), customer_concentration (share of the largest buyer in a customer's trade),
        related_parties, related_degree and related_exposure (open invoices of all that are
        connected). Each is a copy that may be changed by its methods.

    Notes
    -----
    Formulas stand with the functions of the same names, and with :func:`concentration` and
    :func:`related_parties`. Parties are related by address, telephone, payer, and shares of
    0.25 or more.

    Examples
    --------
    >>> from creditscore.collect import ready_derivations
    >>> ready_derivations()["purchase_trend"].with_parameters(method="least_squares")
    Derivation(purchase_trend of invoice.invoiced_on, invoice.amount; purchase_trend 1, \
{"method": "least_squares"}, 12 months)
    """
    made = [
        _of_invoices("average_days_late", _SETTLED, average_days_late, 12),
        _of_invoices("days_late_trend", _SETTLED, days_late_trend, 12),
        _of_invoices("average_balance", (*_BOUGHT, "invoice.settled_on"), average_balance, 12),
        _of_invoices("average_purchases", _BOUGHT, average_purchases, 12),
        _of_invoices("purchase_trend", _BOUGHT, purchase_trend, 12),
        _of_invoices("purchase_seasonality", _BOUGHT, purchase_seasonality, 12),
        _of_invoices("purchase_seasonal_strength", _BOUGHT, purchase_seasonal_strength, 36),
        _of_invoices("days_since_purchase", _BOUGHT[:1], days_since_purchase, None),
        Derivation(
            item="payer_concentration", name="payer_concentration", function=_payers,
            inputs=("payment.paid_on", "payment.amount", "payment.payer"), window_months=12,
        ),
        Derivation(
            item="customer_concentration", name="customer_concentration", function=_largest_buyer,
            inputs=("trade.role", "trade.amount"),
        ),
        *(_of_network(item) for item in ("related_parties", "related_degree", "related_exposure")),
    ]  # fmt: skip
    return {one.item: one for one in made}


def _of_invoices(
    item: str, inputs: tuple[str, ...], measure: Callable[..., pd.Series], months: int | None
) -> Derivation:
    def function(given: DerivationInputs, **parameters: Any) -> pd.Series:
        window = {} if months is None else {"window_months": _months(given)}
        return measure(given.records("invoice"), given.as_of, **window, **parameters)

    return Derivation(item=item, inputs=inputs, function=function, name=item, window_months=months)


def _months(given: DerivationInputs) -> int:
    """Return the months of the window, which a ready derivation of invoices needs."""
    start = given.start
    if start is None:
        return 1200
    months = given.as_of.astype("datetime64[M]") - start.astype("datetime64[M]")
    return int(months.astype(np.int64))


def _payers(given: DerivationInputs) -> pd.Series:
    payments = given.records("payment")
    paid = payments["paid_on"].to_numpy().astype("datetime64[D]")
    inside = paid <= given.as_of
    if given.start is not None:
        inside &= paid > given.start
    return concentration(payments[inside], "payer")


def _largest_buyer(given: DerivationInputs) -> pd.Series:
    trade = given.records("trade")
    buyers = trade[trade["role"] == "customer"]
    # each record of trade is of another counterparty
    return concentration(buyers, "record", measure="largest")


def _of_network(item: str) -> Derivation:
    column = {"related_parties": "n_related", "related_degree": "degree"}.get(item, "exposure")
    invoices = (*_BOUGHT, "invoice.settled_on") if column == "exposure" else ()

    def function(given: DerivationInputs, **parameters: Any) -> pd.DataFrame:
        owed = _open_amounts(given) if invoices else None
        table = _network(given, owed, **parameters).table
        return pd.DataFrame({"value": table[column], "group": table["component"]})

    return Derivation(
        item=item, inputs=(*_RELATED, *invoices), function=function, name=item, across=True,
    )  # fmt: skip


def _network(given: DerivationInputs, owed: Any, **parameters: Any) -> RelatedParties:
    shared = {
        name: given.values(name).rename("value").reset_index() for name in ("address", "phone")
    }
    payments = given.records("payment")[["customer", "payer"]]
    shared["payer"] = payments.rename(columns={"payer": "value"})
    parent = given.values("parent").rename("parent").to_frame()
    parent["share"] = given.values("ownership_share").reindex(parent.index)
    return related_parties(
        shared, ownership=parent.reset_index(), customers=given.customers, exposure=owed,
        **parameters,
    )  # fmt: skip


def _open_amounts(given: DerivationInputs) -> pd.Series:
    """Return what each customer owes on the day: invoices that are not settled by then."""
    invoices = given.records("invoice")
    begun = invoices["invoiced_on"].to_numpy().astype("datetime64[D]")
    settled = invoices["settled_on"].to_numpy().astype("datetime64[D]")
    is_open = (begun <= given.as_of) & ~(settled <= given.as_of)
    return invoices[is_open].groupby("customer")["amount"].sum()
