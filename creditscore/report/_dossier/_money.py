"""What payments and returned goods took off invoices up to a day, given as a ledger gives them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal

import numpy as np
import pandas as pd

from creditscore._allocation import Allocation, Money, OpenInvoice, names_in, shared
from creditscore._days import Days
from creditscore._display import counted
from creditscore.collect import LedgerForm
from creditscore.report._dossier._reading import Reading
from creditscore.report._dossier._words import pair_of

_MONEY = ("payment.amount", "payment.paid_on", "payment.invoice")
_MINE = ""
"""Invoices and money are all of one customer."""
_CELL = "&column="
"""What evidence has that is of one cell, and not of a row or a document."""
NO_DAY = np.datetime64("0001-01-01")
"""Day of what has none: it is there from the start."""


def in_columns(rows: pd.DataFrame, days: Sequence[str], amounts: Sequence[str]) -> pd.DataFrame:
    """Return a row a record, a column an item; items that no record has are missing or 0."""
    column = rows["item"].map(lambda item: item.rpartition(".")[2])
    # each cell holds one value, and pivot_table would work out a mean
    wide = rows.assign(column=column).pivot(index="record", columns="column", values="value")  # noqa: PD010
    for name in days:
        told = wide.get(name, pd.Series(None, index=wide.index, dtype=object))
        # of days there are more than pandas has nanoseconds for
        days_told = told.where(told.notna(), None).to_numpy(dtype=object).astype("datetime64[s]")
        wide[name] = pd.Series(days_told, index=wide.index)
    for name in amounts:
        wide[name] = wide.get(name, pd.Series(0.0, index=wide.index)).astype(float).fillna(0.0)
    return wide


def payments_of(reading: Reading) -> pd.DataFrame | None:
    """Return payments up to the day, or None where the role sees no payments.

    A row a payment: invoice (those that it names, parted by ``;``, or missing), amount, paid_on
    (else the day from which the amount is true), unit, observation (of the amount).
    """
    if not reading.sees(*_MONEY):
        return None
    rows = reading.of_kind("payment")
    wide = in_columns(rows[rows["item"].isin(_MONEY)], ["paid_on"], ["amount"])
    if "invoice" not in wide:
        wide["invoice"] = pd.Series(dtype=object)
    amounts = rows[rows["item"] == "payment.amount"].set_index("record")
    wide = wide.join(amounts[["unit", "observation", "true_from"]])
    wide["paid_on"] = wide["paid_on"].fillna(wide["true_from"])
    return wide[wide["observation"].notna() & (wide["paid_on"] <= pd.Timestamp(reading.day))]


def settled_by_ledger(reading: Reading) -> frozenset[str]:
    """Return the invoices whose day settled a ledger found out from the money that is seen.

    Its evidence is the cell of the money, which no day stands in. No export said it, so it draws
    no payment to the invoice.
    """
    told = reading.history
    seen = told["item"].isin({"payment.amount", "invoice.returned_amount"} - reading.masked)
    of_money = {cell for cell in told.loc[seen, "evidence"].dropna() if _CELL in cell}
    days = reading.facts[reading.facts["item"] == "invoice.settled_on"]
    return frozenset(days.loc[days["evidence"].isin(of_money), "record"])


def taken_off(
    invoices: pd.DataFrame,
    payments: pd.DataFrame | None,
    by_ledger: Collection[str],
    day: np.datetime64,
) -> pd.DataFrame:
    """Return a row an amount that a payment or a return took off an invoice, or off none.

    Parameters
    ----------
    invoices : DataFrame
        By record: amount, returned_amount (up to the day), currency and days; settled_on as told.
    payments : DataFrame or None
        As of :func:`payments_of`.
    by_ledger : collection of str
        Invoices whose settled_on follows from the money.
    day : numpy.datetime64
        Of the dossier.

    Returns
    -------
    DataFrame
        As :class:`~creditscore._allocation.Allocation` gives it, by day, and observation (that of
        the payment; missing of returns).
    """
    # an amount that nobody told is not 0
    told = invoices[invoices["amount"] > 0]
    units = [] if payments is None else payments["unit"]
    named = {*told["currency"], *units} - {""}
    if len(named) == 1:
        # what has none is in the one that there is
        told = told.assign(currency=named.pop())
    own_day = _days(told["invoiced_on"], np.array(NO_DAY))
    due_on = _days(told["due_on"], own_day)
    settled_on = _days(told["settled_on"].where(~told.index.isin(by_ledger)))
    open_invoices = {
        (_MINE, number): OpenInvoice(
            customer=_MINE, number=number, invoiced_on=own, due_on=due,
            settled_on=None if np.isnat(settled) else settled, currency=currency,
            open=_exact(amount),
        )
        for number, own, due, settled, currency, amount in zip(
            told.index, own_day, due_on, settled_on, told["currency"], told["amount"], strict=True
        )
    }  # fmt: skip
    written_on = _days(told["invoiced_on"].fillna(told["due_on"]), np.array(NO_DAY))
    returned_on = np.minimum(_days(told["returned_on"], written_on), day)
    engine = Allocation(invoices=open_invoices, value_days=LedgerForm().value_days)
    monies = [*_returns(told, returned_on)]
    if payments is not None:
        monies += _paid(payments, told["currency"].to_dict())
    lines = engine.run(monies)
    of = {} if payments is None else payments["observation"].to_dict()
    is_payment = lines["kind"] == "payment"
    return lines.assign(observation=lines["number"].where(is_payment).map(of))


def _returns(invoices: pd.DataFrame, days: Days) -> Iterator[Money]:
    rows = zip(invoices.index, days, invoices["currency"], invoices["returned_amount"], strict=True)
    for number, day, currency, amount in rows:
        if amount > 0:
            yield Money(
                customer=_MINE, kind="credit note", number=number, day=day, currency=currency,
                amount=_exact(amount), names=(number,),
            )  # fmt: skip


def _paid(payments: pd.DataFrame, currencies: Mapping[str, str]) -> Iterator[Money]:
    every = set(currencies.values())
    rows = zip(
        payments.index, _days(payments["paid_on"]), payments["unit"], payments["amount"],
        payments["invoice"], strict=True,
    )  # fmt: skip
    for number, day, unit, amount, named in rows:
        names = names_in(named)
        of = [currencies[name] for name in names if name in currencies]
        # of several currencies, nobody knows which one money without any is in
        of = of if names else [*every] if unit or len(every) == 1 else []
        for part, share in shared(named, _exact(amount)):
            yield Money(
                customer=_MINE, kind="payment", number=number, day=day,
                currency=_currency_of(unit, of), amount=share, names=part,
            )  # fmt: skip


def _currency_of(unit: str, currencies: Sequence[str]) -> str:
    """Return the currency of a payment as that of its invoices, where one of both is not told."""
    if unit in currencies or not currencies:
        return unit
    if not unit:
        return currencies[0]
    return "" if "" in currencies else unit


def _exact(amount: float) -> Decimal:
    return Decimal(repr(float(amount)))


def _days(days: pd.Series, others: Days | None = None) -> Days:
    """Return days, and others where there are none."""
    found = days.to_numpy(dtype="datetime64[D]")
    return found if others is None else np.where(np.isnat(found), others, found)


def note_of_lost(lines: pd.DataFrame, payments: pd.DataFrame) -> tuple[tuple[str, str], ...]:
    """Return a note of how much was paid that went to no invoice; none where it is nothing."""
    lost = lines[(lines["kind"] == "payment") & (lines["invoice"] == "")]
    # below half a cent is what was rounded
    lost = lost[lost["amount"].round(2) > 0]
    if not len(lost):
        return ()
    unit = lost["number"].map(payments["unit"])
    sums = lost.groupby(unit.where(unit != "", lost["currency"]), sort=True)["amount"].sum()
    told = [f"{amount:,.2f} {currency}".strip() for currency, amount in sums.items()]
    en, zh = pair_of("note_payments_lost")
    n = len(lost)
    return (
        (
            en.format(payments=counted(n, "payment"), amounts=", ".join(told)),
            zh.format(n=f"{n:,}", amounts="、".join(told)),
        ),
    )
