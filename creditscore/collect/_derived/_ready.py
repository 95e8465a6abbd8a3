"""Derivations that are ready: of invoices, payments, trade and related parties."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from creditscore._days import Days
from creditscore._typing import Bool1D
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

_SETTLED = ("invoice.due_on", "invoice.settled_on")
_BOUGHT = ("invoice.invoiced_on", "invoice.amount")
_RELATED = ("address", "phone", "parent", "ownership_share", "payment.payer")
_SEVERAL = "amounts in several currencies"


def ready_derivations() -> dict[str, Derivation]:
    """Return the derivations that come with the library, by the item that they make.

    Returns
    -------
    dict of str to Derivation
        average_days_late, days_late_trend, average_balance, average_purchases, purchase_trend,
        purchase_seasonality, purchase_seasonal_strength, days_since_purchase, payer_concentration
        (of payments), largest_customer_share (share of the largest buyer in a customer's trade),
        related_parties, related_degree and related_exposure (open invoices of all that are
        connected). Each is a copy that may be changed by its methods.

    Notes
    -----
    Formulas stand with the functions of the same names, and with :func:`concentration` and
    :func:`related_parties`. Parties are related by address, telephone, payer, and shares of
    0.25 or more. Amounts in several currencies are not added up: a customer (or group of related
    parties) that has them in the window has no value, and the lineage gives the reason.
    Their items are in :meth:`ItemCatalogue.standard`, where completeness does not count those
    that nobody could ask for.

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
            item="largest_customer_share", name="largest_customer_share", function=_largest_buyer,
            inputs=("trade.role", "trade.amount"),
        ),
        *(_of_network(item) for item in ("related_parties", "related_degree", "related_exposure")),
    ]  # fmt: skip
    return {one.item: one for one in made}


def _of_invoices(
    item: str, inputs: tuple[str, ...], measure: Callable[..., pd.Series], months: int | None
) -> Derivation:
    def function(given: DerivationInputs, **parameters: Any) -> Any:
        window = {} if months is None else {"window_months": _months(given)}
        invoices = given.records("invoice")
        values = measure(invoices, given.as_of, **window, **parameters)
        if "invoice.amount" not in inputs:
            return values
        counts = _begun(invoices, "invoiced_on", given)
        if "invoice.settled_on" in inputs and given.start is not None:
            # what was open when the window began is in it as well
            before = _days(invoices, "invoiced_on") <= given.start
            counts |= before & ~(_days(invoices, "settled_on") <= given.start)
        return _in_one_currency(values, _units(given, "invoice.amount", invoices[counts]))

    return Derivation(item=item, inputs=inputs, function=function, name=item, window_months=months)


def _days(records: pd.DataFrame, name: str) -> Days:
    return np.asarray(records[name].to_numpy().astype("datetime64[D]"))


def _begun(records: pd.DataFrame, name: str, given: DerivationInputs) -> Bool1D:
    """Tell which records have a day within the window."""
    days = _days(records, name)
    inside: Bool1D = days <= given.as_of
    return inside if given.start is None else inside & (days > given.start)


def _units(given: DerivationInputs, item: str, records: pd.DataFrame) -> pd.DataFrame:
    """Return the currencies in which an amount of records is, where they are told."""
    units = given.units(item).merge(records[["customer", "record"]], on=["customer", "record"])
    return units[units["unit"] != ""]


def _in_one_currency(values: pd.Series, units: pd.DataFrame) -> pd.DataFrame:
    """Return values and reasons: none for customers with amounts in several currencies."""
    kinds = units[["customer", "unit"]].drop_duplicates()
    mixed = values.index.isin(kinds.loc[kinds["customer"].duplicated(), "customer"])
    return pd.DataFrame(
        {"value": values.mask(mixed), "reason": [_SEVERAL if one else None for one in mixed]}
    )


def _months(given: DerivationInputs) -> int:
    """Return the months of the window, which a ready derivation of invoices needs."""
    start = given.start
    if start is None:
        return 1200
    months = given.as_of.astype("datetime64[M]") - start.astype("datetime64[M]")
    return int(months.astype(np.int64))


def _payers(given: DerivationInputs) -> pd.DataFrame:
    payments = given.records("payment")
    paid = payments[_begun(payments, "paid_on", given)]
    return _in_one_currency(concentration(paid, "payer"), _units(given, "payment.amount", paid))


def _largest_buyer(given: DerivationInputs) -> pd.DataFrame:
    trade = given.records("trade")
    buyers = trade[trade["role"] == "customer"]
    # each record of trade is of another counterparty
    share = concentration(buyers, "record", measure="largest")
    return _in_one_currency(share, _units(given, "trade.amount", buyers))


def _of_network(item: str) -> Derivation:
    column = {"related_parties": "n_related", "related_degree": "degree"}.get(item, "exposure")
    invoices = (*_BOUGHT, "invoice.settled_on") if column == "exposure" else ()

    def function(given: DerivationInputs, **parameters: Any) -> pd.DataFrame:
        is_open = _open_invoices(given) if invoices else None
        owed = None if is_open is None else is_open.groupby("customer")["amount"].sum()
        table = _network(given, owed, **parameters).table
        group = table["component"]
        if is_open is None:
            return pd.DataFrame({"value": table[column], "group": group})
        # a group owes in one currency, or the sum of it is none
        units = _units(given, "invoice.amount", is_open)
        of_group = units.assign(customer=units["customer"].map(group))
        found = _in_one_currency(table[column].set_axis(group), of_group)
        return found.set_axis(table.index).assign(group=group)

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


def _open_invoices(given: DerivationInputs) -> pd.DataFrame:
    """Return invoices that are not settled by the day."""
    invoices = given.records("invoice")
    is_open = _days(invoices, "invoiced_on") <= given.as_of
    return invoices[is_open & ~(_days(invoices, "settled_on") <= given.as_of)]
