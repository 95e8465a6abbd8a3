"""What the ledger shows of debts on a day: which are due, and how late they are."""

from __future__ import annotations

import numpy as np

from creditscore._typing import Bool1D, Float1D
from creditscore.indicators._facts import Facts
from creditscore.indicators._rows import CustomerRows

DAYS_A_MONTH = 365.25 / 12


def debts_of(facts: Facts) -> CustomerRows:
    """Return the invoices of more than zero: credit notes owe nothing and are never late.

    An invoice without an amount is a debt; what needs its amount is missing.
    """
    rows = facts.ledger
    return rows.where(~(np.asarray(rows.amount) <= 0), "with amount above zero")


def judged_debts(facts: Facts) -> CustomerRows:
    """Return the debts that are settled, or due before the day; others may still be on time."""
    return judged(debts_of(facts), "settled_on")


def judged(rows: CustomerRows, done_on: str) -> CustomerRows:
    """Return the rows that are done, or due before the day."""
    return rows.where(~np.isnat(rows.column(done_on)) | (rows.due_on < rows.as_of))


def is_open(rows: CustomerRows) -> Bool1D:
    """Tell which invoices are not settled on the day."""
    found: Bool1D = np.isnat(rows.settled_on)
    return found


def days_late(rows: CustomerRows) -> Float1D:
    """Return the days past due of each invoice, until settled or so far; early counts as zero."""
    until = np.where(is_open(rows), rows.as_of, rows.settled_on)
    late: Float1D = np.maximum((until - rows.due_on).astype(np.float64), 0.0)
    return late


def day_numbers(days: np.ndarray[tuple[int], np.dtype[np.datetime64]]) -> Float1D:
    """Return days as numbers, to compare them by customer."""
    return np.asarray(days).astype("datetime64[D]").astype(np.int64).astype(np.float64)
