"""Invoices, payments and days past due, all from one simulation of three years."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.random import Generator

from creditscore._typing import Bool1D, Float1D
from creditscore.datasets._enterprises._draws import (
    UNKNOWN_DAY,
    Int1D,
    Text1D,
    chance,
    logistic,
    numbered,
    pick,
    spread,
    table,
    whole,
)
from creditscore.datasets._enterprises._firms import AS_OF
from creditscore.datasets._trading_firm._parties import (
    LAST_DAY,
    LAST_KNOWN,
    NEVER,
    START,
    Parties,
    day_of,
    typical_amounts,
)

N_MONTHS = 36
LAST_MONTH = 23
"""Place of June 2024 among the months."""
CURRENCY = "CNY"
_TERMS = (14, 30, 45, 60)
_TERM_SHARES = (0.15, 0.50, 0.20, 0.15)
_LONGEST_DELAY = 80
"""Days late of a customer that pays at all: 90 days are reached by those that stopped."""
_CHANNELS = np.array(["bank transfer", "acceptance bill", "card", "cash"], dtype=object)


@dataclass(frozen=True, kw_only=True)
class Sales:
    """All invoices of three years, an entry an invoice; days count from `START`.

    Parameters
    ----------
    who : Int1D
        Place of the customer.
    invoiced, due, planned, settled : Int1D
        Days of the invoice, when due, when its payer would have paid it, and when it was settled.
    cents : Int1D
        Amount in hundredths.
    disputed : Int1D
        Day of a dispute, or `NEVER`.
    """

    who: Int1D
    invoiced: Int1D
    due: Int1D
    planned: Int1D
    cents: Int1D
    disputed: Int1D
    settled: Int1D = field(default_factory=lambda: np.empty(0, dtype=np.int64))


@dataclass(frozen=True, kw_only=True)
class Receipts:
    """Payments and credit notes, an entry each, sorted by invoice and day.

    Parameters
    ----------
    sale : Int1D
        Place of the invoice.
    paid : Int1D
        Day, `NEVER` where it never comes.
    cents : Int1D
        Amount in hundredths.
    is_credit_note : Bool1D
        Whether it takes back goods and is no money.
    """

    sale: Int1D
    paid: Int1D
    cents: Int1D
    is_credit_note: Bool1D


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """The simulation, and its history by month.

    Parameters
    ----------
    sales, receipts : Sales, Receipts
        All of three years, also what was not known on `AS_OF`.
    days_past_due : numpy.ndarray of shape (n, 36)
        Days that the oldest open invoice is past due at each month's end; 0 where none is.
    balance, overdue : numpy.ndarray of shape (n, 36)
        What is open, and what of it is past due, in hundredths.
    """

    sales: Sales
    receipts: Receipts
    days_past_due: np.ndarray[Any, np.dtype[np.int64]] = field(repr=False)
    balance: np.ndarray[Any, np.dtype[np.int64]] = field(repr=False)
    overdue: np.ndarray[Any, np.dtype[np.int64]] = field(repr=False)


def month_ends() -> Int1D:
    """Return the number of the last day of each month, July 2022 to June 2025."""
    months = START.astype("datetime64[M]") + np.arange(1, N_MONTHS + 1)
    ends: Int1D = (months.astype("datetime64[D]") - START).astype(np.int64) - 1
    return ends


def make_ledger(parties: Parties, rng: Generator) -> Ledger:
    """Draw the invoices, and how each is paid, in parts or not at all."""
    sales = _draw_sales(parties, rng)
    receipts = _draw_receipts(parties, sales, rng)
    sales = replace(sales, settled=_settled(sales, receipts))
    return Ledger(sales=sales, receipts=receipts, **_by_month(parties, sales, receipts))


# --- drawing -------------------------------------------------------------------------


def _draw_sales(parties: Parties, rng: Generator) -> Sales:
    n = parties.n
    monthly = np.where(parties.is_person, 0.6, 0.85) * spread(rng, 0.4, n)
    begin = np.maximum(parties.opened, 0)
    end = np.full(n, LAST_DAY)
    # Who does not come back gets no more goods after two months.
    lost = (parties.stops < NEVER) & (parties.resumes >= NEVER)
    end = np.minimum(end, np.where(lost, parties.stops + 60, NEVER).min(axis=1))
    months = (end - begin) / 30.4
    counts = np.maximum(2, np.rint(np.clip(monthly, 0.3, 3) * months)).astype(np.int64)
    who = np.repeat(np.arange(n), counts)
    rows = len(who)
    # Sorted by customer and day at once: each customer has a stretch of its own.
    stretch = LAST_DAY + 1.0
    at = np.sort(who * stretch + begin[who] + rng.random(rows) * (end - begin)[who])
    invoiced = np.floor(at - who * stretch).astype(np.int64)
    terms = np.array(_TERMS)[pick(rng, n, _TERM_SHARES)]
    amount = typical_amounts(parties, rng)[who] * spread(rng, 0.6, rows)
    disputed = chance(rng, 0.03, rows)
    delay = _delays(parties, who, invoiced, rng)
    delay = np.where(disputed, np.maximum(delay, 0) + whole(rng, 5, 30, rows), delay)
    due = invoiced + terms[who]
    return Sales(
        who=who,
        invoiced=invoiced,
        due=due,
        planned=np.maximum(due + np.minimum(delay, _LONGEST_DELAY), invoiced + 1),
        cents=np.maximum(np.rint(amount * 100), 2000).astype(np.int64),
        disputed=np.where(disputed, invoiced + whole(rng, 1, 12, rows), NEVER),
    )


def _delays(parties: Parties, who: Int1D, invoiced: Int1D, rng: Generator) -> Int1D:
    """Draw days from due day to payment: early by up to 9 days, or late with a long tail."""
    rows = len(who)
    weakness = -parties.quality + 0.9 * rng.standard_normal(parties.n)
    late = chance(rng, logistic(-0.5 + 0.6 * weakness)[who], rows)
    mean = (8.0 * np.exp(0.35 * weakness))[who]
    # Half a year before it stops a customer pays slower and slower.
    stop = parties.stops.min(axis=1)[who]
    strained = (invoiced < stop) & (invoiced > stop - 180)
    mean = mean * np.where(strained, 1.6, 1.0)
    delay = 1 + np.floor(-np.log1p(-rng.random(rows)) * np.maximum(mean - 0.5, 0.5))
    return np.where(late, delay, whole(rng, -9, 0, rows)).astype(np.int64)


def _draw_receipts(parties: Parties, sales: Sales, rng: Generator) -> Receipts:
    """Return what settles each invoice: a credit note, a first part, the rest."""
    rows = len(sales.who)
    returned = chance(rng, 0.04, rows)
    share = np.where(chance(rng, 0.15, rows), 1.0, 0.05 + 0.35 * rng.random(rows))
    credit = np.where(returned, np.rint(share * sales.cents), 0).astype(np.int64)
    in_parts = chance(rng, 0.12, rows)
    part = np.rint((0.3 + 0.4 * rng.random(rows)) * (sales.cents - credit))
    part = np.where(in_parts, part, 0).astype(np.int64)
    rest = sales.cents - credit - part
    earlier = np.maximum(sales.planned - whole(rng, 3, 25, rows), sales.invoiced + 1)
    first = np.minimum(earlier, sales.planned)
    noted = np.minimum(sales.invoiced + whole(rng, 3, 40, rows), sales.planned)
    wait = whole(rng, 0, 12, rows)
    days = np.concatenate(
        [
            noted,
            _held_back(parties, sales.who, first, wait),
            _held_back(parties, sales.who, sales.planned, wait),
        ]
    )
    cents = np.concatenate([credit, part, rest])
    sale = np.tile(np.arange(rows), 3)
    keep = cents > 0
    order = np.lexsort((days[keep], sale[keep]))
    return Receipts(
        sale=sale[keep][order],
        paid=days[keep][order],
        cents=cents[keep][order],
        is_credit_note=(np.arange(3 * rows) < rows)[keep][order],
    )


def _held_back(parties: Parties, who: Int1D, planned: Int1D, wait: Int1D) -> Int1D:
    """Return when a payment comes: later, or never, where its payer has stopped paying."""
    paid = planned
    for year in range(parties.stops.shape[1]):
        stop, resume = parties.stops[who, year], parties.resumes[who, year]
        held = (planned >= stop) & (planned < resume)
        paid = np.where(held, np.where(resume < NEVER, resume + wait, NEVER), paid)
    return paid


# --- history -------------------------------------------------------------------------


def _settled(sales: Sales, receipts: Receipts) -> Int1D:
    """Return the day of the last receipt of each invoice: receipts make up the amount."""
    last = np.zeros(len(sales.who), dtype=np.int64)
    np.maximum.at(last, receipts.sale, receipts.paid)
    return last


def _by_month(parties: Parties, sales: Sales, receipts: Receipts) -> dict[str, Any]:
    ends = month_ends()
    past_due = np.zeros((parties.n, N_MONTHS), dtype=np.int64)
    for place, end in enumerate(ends):
        late = np.flatnonzero((sales.due < end) & (sales.settled > end) & (sales.invoiced <= end))
        np.maximum.at(past_due[:, place], sales.who[late], end - sales.due[late])
    paid_by = sales.who[receipts.sale]
    # A receipt counts against what is overdue from when both it and the due day have come.
    both = np.maximum(receipts.paid, sales.due[receipts.sale] + 1)
    balance = _running(parties.n, sales.who, sales.invoiced, sales.cents)
    balance -= _running(parties.n, paid_by, receipts.paid, receipts.cents)
    overdue = _running(parties.n, sales.who, sales.due + 1, sales.cents)
    overdue -= _running(parties.n, paid_by, both, receipts.cents)
    return {"days_past_due": past_due, "balance": balance, "overdue": overdue}


def _running(n: int, who: Int1D, day: Int1D, cents: Int1D) -> np.ndarray[Any, Any]:
    """Return the sum of all amounts up to each month's end, a row a customer."""
    month = np.searchsorted(month_ends(), day)
    known = month < N_MONTHS
    place = who[known] * N_MONTHS + month[known]
    # Sums of whole numbers below 2^53 are exact in floating point too.
    sums = np.bincount(place, cents[known].astype(np.float64), minlength=n * N_MONTHS)
    return np.rint(sums).astype(np.int64).reshape(n, N_MONTHS).cumsum(axis=1)


# --- tables --------------------------------------------------------------------------


def invoice_numbers(sales: Sales) -> Text1D:
    """Return the number of each invoice, in the order of customers."""
    rows = len(sales.who)
    return numbered("I", np.arange(1, rows + 1), max(6, len(str(rows))))


def invoices_table(parties: Parties, ledger: Ledger) -> pd.DataFrame:
    """Return the invoices as the books stood at `AS_OF`."""
    sales, receipts = ledger.sales, ledger.receipts
    known = sales.invoiced <= LAST_KNOWN
    paid = receipts.paid <= LAST_KNOWN
    received = np.bincount(
        receipts.sale[paid], receipts.cents[paid].astype(np.float64), minlength=len(known)
    )
    left = sales.cents - np.rint(received).astype(np.int64)
    settled = np.where(left == 0, sales.settled, NEVER)
    columns = {
        "invoice": invoice_numbers(sales)[known],
        "customer": parties.customer[sales.who[known]],
        "branch": parties.region_names()[sales.who[known]],
        "invoiced_on": day_of(sales.invoiced[known]),
        "due_on": day_of(sales.due[known]),
        "amount": sales.cents[known] / 100,
        "currency": np.full(int(known.sum()), CURRENCY, dtype=object),
        "open_amount": left[known] / 100,
        "settled_on": day_of(settled[known]),
        "disputed_on": day_of(sales.disputed[known]),
    }
    return _up_to_known(table(columns), "disputed_on")


def _up_to_known(invoices: pd.DataFrame, column: str) -> pd.DataFrame:
    """Leave out days that come after `AS_OF`."""
    later = invoices[column] > pd.Timestamp(AS_OF)
    invoices.loc[later, column] = pd.NaT
    return invoices


def payments_table(
    parties: Parties, ledger: Ledger, payers: Text1D, paid_by_parent: Int1D, rng: Generator
) -> pd.DataFrame:
    """Return the payments and credit notes up to `AS_OF`, in the order of their days."""
    sales, receipts = ledger.sales, ledger.receipts
    known = np.flatnonzero(receipts.paid <= LAST_KNOWN)
    known = known[np.lexsort((receipts.sale[known], receipts.paid[known]))]
    rows = len(known)
    sale = receipts.sale[known]
    who = sales.who[sale]
    note = receipts.is_credit_note[known]
    parent = paid_by_parent[who]
    by_parent = chance(rng, 0.3, rows) & (parent >= 0)
    payer = np.where(by_parent, payers[np.where(by_parent, parent, who)], payers[who])
    channel = _CHANNELS[pick(rng, rows, [0.62, 0.14, 0.14, 0.10])]
    return table(
        {
            "payment": numbered("Z", np.arange(1, rows + 1), max(6, len(str(rows)))),
            "customer": parties.customer[who],
            "invoice": invoice_numbers(sales)[sale],
            "paid_on": day_of(receipts.paid[known]),
            "kind": np.where(note, "credit note", "payment").astype(object),
            "amount": receipts.cents[known] / 100,
            "currency": np.full(rows, CURRENCY, dtype=object),
            "channel": np.where(note, np.nan, channel),
            "payer": np.where(note, np.nan, payer),
        }
    )


def performance_table(parties: Parties, ledger: Ledger) -> pd.DataFrame:
    """Return days past due and balances at each month's end from the first business on."""
    ends = month_ends()
    who, month = np.nonzero(ends >= parties.opened[:, None])
    return table(
        {
            "customer": parties.customer[who],
            "month_end": day_of(ends[month]),
            "months_on_book": _months_since(parties, who, month).astype(float),
            "balance": ledger.balance[who, month] / 100,
            "overdue_amount": ledger.overdue[who, month] / 100,
            "days_past_due": ledger.days_past_due[who, month].astype(float),
        }
    )


def _months_since(parties: Parties, who: Int1D, month: Int1D) -> Int1D:
    """Return whole months from the month of opening to each month."""
    opened = parties.opened_on.astype("datetime64[M]").astype(np.int64)
    first = START.astype("datetime64[M]").astype(np.int64)
    since: Int1D = first + month - opened[who]
    return since


def reached_ninety(ledger: Ledger, month: int) -> Bool1D:
    """Tell who is 90 days past due at a month's end in the 12 months after a month."""
    late = ledger.days_past_due[:, month + 1 : month + 13] >= 90
    reached: Bool1D = np.max(late, axis=1)
    return reached


def outcomes_table(parties: Parties, ledger: Ledger) -> pd.DataFrame:
    """Return who was 90 days past due at a month's end in the year after `AS_OF`."""
    after = ledger.days_past_due[:, LAST_MONTH + 1 :] >= 90
    is_bad = reached_ninety(ledger, LAST_MONTH)
    first = day_of(month_ends()[LAST_MONTH + 1 + after.argmax(axis=1)])
    worst = ledger.days_past_due[:, LAST_MONTH + 1 :].max(axis=1)
    return table(
        {
            "customer": parties.customer,
            "as_of": np.full(parties.n, AS_OF),
            "is_bad": is_bad.astype(np.int64),
            "first_bad_on": np.where(is_bad, first, UNKNOWN_DAY),
            "worst_days_past_due": worst.astype(float),
            "in_default": (ledger.days_past_due[:, LAST_MONTH] >= 90),
            "quality": np.round(parties.quality, 3),
        }
    )


def exposure(ledger: Ledger) -> Float1D:
    """Return what each customer owes at `AS_OF`."""
    owed: Float1D = ledger.balance[:, LAST_MONTH] / 100
    return owed
