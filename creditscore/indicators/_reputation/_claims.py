"""Disputes and returns, seen no earlier than they happened."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from creditscore.indicators._facts import Facts
from creditscore.indicators._indicator import Indicator, indicator
from creditscore.indicators._measured import Measured
from creditscore.indicators._reason import Reason
from creditscore.indicators._reputation._debts import debts_of, is_open
from creditscore.indicators._rows import CustomerRows

_DEDUCTIONS = "Credit Research Foundation, deductions and disputes"
_SALES = "IFRS 15 Revenue from Contracts with Customers, sales with a right of return"


@indicator(
    group="reputation", unit="share", direction="lower",
    formula="disputed invoices / all, of invoices issued in the 12 months to the day",
    label="Dispute rate, 12 months", label_zh="近12个月争议率", five_c="character",
    source=_DEDUCTIONS, low=0, high=1,
)  # fmt: skip
def dispute_rate(facts: Facts) -> Measured:
    """With `disputed_on` of all invoices; with a flag alone of settled ones, see Notes there."""
    rows = debts_of(facts).within(months=12, on="invoiced_on")
    if rows.has("disputed_on"):
        return rows.share(~np.isnat(rows.disputed_on))
    rows = rows.where(~is_open(rows), "and settled")
    return rows.mean("disputed") if rows.has("disputed") else _without_column(rows, "disputed")


@indicator(
    group="reputation", unit="share", direction="lower",
    formula="returned_amount / amount, of invoices issued in the 12 months to the day",
    label="Return rate, 12 months", label_zh="近12个月退货率",
    five_c=("character", "conditions"), source=_SALES, low=0, high=1,
)  # fmt: skip
def return_rate(facts: Facts) -> Measured:
    """With `returned_on` of all invoices; without that day of settled ones."""
    rows = debts_of(facts).within(months=12, on="invoiced_on")
    if not rows.has("returned_amount"):
        return _without_column(rows, "returned_amount")
    if rows.has("returned_on"):
        # what has not been returned by the day is no gap
        returned = np.where(np.isnat(rows.returned_on), 0.0, rows.returned_amount)
        rows = replace(rows, columns={**rows.columns, "returned_amount": returned})
    else:
        rows = rows.where(~is_open(rows), "and settled")
    return rows.total("returned_amount") / rows.total("amount")


def _without_column(rows: CustomerRows, column: str) -> Measured:
    """Return what is missing as the table has no such column, or as there are no rows."""
    everywhere = np.ones(len(rows.key_of), dtype=bool)
    why = Reason("not_given", f"{rows.name} have no column {column!r}")
    return rows.total(np.zeros(len(rows))).without(everywhere, why)


CLAIMS: tuple[Indicator, ...] = (dispute_rate, return_rate)
