"""Errors planted in invoices and payments, at most one a row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.random import Generator

from creditscore._typing import Bool1D
from creditscore.datasets._enterprises._draws import Int1D, numbered
from creditscore.datasets._trading_firm._planting import SHARES, Planted, choose


def plant_invoices(clean: pd.DataFrame, planted: Planted, rng: Generator) -> pd.DataFrame:
    """Return invoices with days changed over, a currency or a sign wrong, and some twice."""
    invoices = clean.copy()
    free = np.ones(len(clean), dtype=bool)
    rows = choose(SHARES["date order"], free, rng)
    for column, other in (("invoiced_on", "due_on"), ("due_on", "invoiced_on")):
        values = clean[other].to_numpy()[rows]
        _change(clean, invoices, rows, column, values, ("invoices", "date order"), planted)
    free[rows] = False
    rows = choose(SHARES["wrong currency"], free, rng)
    values = np.full(len(rows), "USD", dtype=object)
    _change(clean, invoices, rows, "currency", values, ("invoices", "wrong currency"), planted)
    free[rows] = False
    rows = choose(SHARES["negative amount"], free, rng)
    values = -clean["amount"].to_numpy()[rows]
    _change(clean, invoices, rows, "amount", values, ("invoices", "negative amount"), planted)
    free[rows] = False
    return _with_duplicates(invoices, free, planted, rng)


def _change(
    clean: pd.DataFrame,
    changed: pd.DataFrame,
    rows: Int1D,
    column: str,
    values: Any,
    what: tuple[str, str],
    planted: Planted,
) -> None:
    """Put values into the rows of a column, and write down what was there."""
    changed.iloc[rows, changed.columns.get_loc(column)] = values
    planted.note(
        *what,
        column,
        key=clean.iloc[:, 0].to_numpy(dtype=object)[rows],
        value=changed[column].to_numpy()[rows],
        true_value=clean[column].to_numpy()[rows],
    )


def _with_duplicates(
    invoices: pd.DataFrame, free: Bool1D, planted: Planted, rng: Generator
) -> pd.DataFrame:
    """Return invoices of which some stand there twice: under one number, or under a new one."""
    rows = choose(SHARES["duplicate invoice"], free, rng)
    again = invoices.iloc[rows].reset_index(drop=True)
    keys = again["invoice"].to_numpy(dtype=object)
    # Half of them are booked again by hand: the number is new, nobody ever pays it.
    by_hand = np.arange(len(rows)) % 2 == 1
    numbers = numbered("H", np.arange(1, len(rows) + 1), 6)
    again["invoice"] = np.where(by_hand, numbers, keys)
    again.loc[by_hand, "open_amount"] = again.loc[by_hand, "amount"]
    again.loc[by_hand, "settled_on"] = pd.NaT
    planted.note(
        "invoices",
        "duplicate invoice",
        "invoice",
        key=again["invoice"].to_numpy(dtype=object),
        value=again["invoice"].to_numpy(dtype=object),
        true_value=keys,
        detail=np.where(by_hand, "new number", "same number").astype(object),
    )
    return pd.concat([invoices, again], ignore_index=True)


def plant_payments(clean: pd.DataFrame, planted: Planted, rng: Generator) -> pd.DataFrame:
    """Return payments of which some are of the year to come, and some of unknown invoices."""
    payments = clean.copy()
    money = (clean["kind"] == "payment").to_numpy(copy=True)
    late = (clean["paid_on"] > "2023-07-05").to_numpy()
    rows = choose(SHARES["future date"], money & late, rng)
    values = clean["paid_on"].to_numpy()[rows] + np.timedelta64(365, "D")
    _change(clean, payments, rows, "paid_on", values, ("payments", "future date"), planted)
    money[rows] = False
    rows = choose(SHARES["orphan payment"], money, rng)
    # Numbers that no invoice has.
    values = "N" + clean["invoice"].to_numpy(dtype=object)[rows]
    _change(clean, payments, rows, "invoice", values, ("payments", "orphan payment"), planted)
    return payments
