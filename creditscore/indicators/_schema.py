"""The tables that facts about customers come in, and how each is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

TableName: TypeAlias = Literal[
    "statements",
    "operations",
    "market",
    "profile",
    "persons",
    "ledger",
    "contracts",
    "trade",
    "ratings",
    "references",
    "told",
    "surveys",
    "industries",
    "peers",
    "countries",
    "events",
]


@dataclass(frozen=True, kw_only=True)
class TableSchema:
    """How one table is read.

    Parameters
    ----------
    key : str
        Column that says whose row it is; empty for events, which may concern several.
    kind : {"panel", "rows"}
        A panel has one row for each key and period; of rows there are as many as there are.
    dated_by : str
        Column of the day a row is about: the end of a period, or the day a fact was known.
    known_by : str
        Column of the day from which a row is visible.
    required : tuple of str, default=()
        Columns that must be there, besides the key and `known_by`.
    dates, texts, flags : tuple of str, default=()
        Columns of days, of words, and of true and false; all others are numbers.
    revealed_by : mapping of str to tuple of str, default={}
        Columns that are seen only from a day on: the first of these columns that is there.
    allowed : mapping of str to tuple of str, default={}
        Columns that hold one of a few words.
    unique_by : str, default=""
        Column of words that no two rows of one key share.
    """

    key: str
    kind: Literal["panel", "rows"]
    dated_by: str
    known_by: str = "known_on"
    required: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    revealed_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unique_by: str = ""

    @property
    def needed(self) -> tuple[str, ...]:
        """Columns that must be there."""
        own = (self.key, self.dated_by, self.known_by, *self.required)
        return tuple(dict.fromkeys(name for name in own if name))


_PERIODS = ("period_end", "known_on")

SCHEMAS: dict[TableName, TableSchema] = {
    "statements": TableSchema(
        key="customer", kind="panel", dated_by="period_end", dates=_PERIODS,
        texts=("source", "currency"), flags=("consolidated", "audited"),
    ),
    "operations": TableSchema(
        key="customer", kind="panel", dated_by="period_end", dates=_PERIODS, texts=("source",)
    ),
    "market": TableSchema(
        key="customer", kind="panel", dated_by="period_end", dates=_PERIODS,
        texts=("source", "market", "currency"),
    ),
    "profile": TableSchema(
        key="customer", kind="panel", dated_by="known_on", dates=("known_on", "founded_on"),
        texts=("source", "name", "industry", "country", "region"),
    ),
    "persons": TableSchema(
        key="customer", kind="panel", dated_by="known_on", dates=("known_on",),
        texts=("source", "currency"),
    ),
    "industries": TableSchema(
        key="industry", kind="panel", dated_by="period_end", dates=_PERIODS, texts=("source",)
    ),
    "peers": TableSchema(
        key="industry", kind="panel", dated_by="period_end", dates=_PERIODS, texts=("source",)
    ),
    "countries": TableSchema(
        key="country", kind="panel", dated_by="known_on", dates=("known_on",), texts=("source",)
    ),
    "ledger": TableSchema(
        key="customer", kind="rows", dated_by="due_on", known_by="invoiced_on",
        required=("invoice", "settled_on", "amount"),
        dates=("invoiced_on", "due_on", "settled_on", "disputed_on", "returned_on"),
        texts=("invoice", "currency", "source"), flags=("disputed",), unique_by="invoice",
        revealed_by={
            "settled_on": ("settled_on",),
            "disputed_on": ("disputed_on",),
            "returned_on": ("returned_on",),
            "disputed": ("disputed_on", "settled_on"),
            "returned_amount": ("returned_on", "settled_on"),
        },
    ),
    "contracts": TableSchema(
        key="customer", kind="rows", dated_by="due_on", required=("contract", "fulfilled_on"),
        dates=("known_on", "due_on", "fulfilled_on"), texts=("contract", "currency", "source"),
        revealed_by={"fulfilled_on": ("fulfilled_on",), "fulfilled_share": ("fulfilled_on",)},
    ),
    "trade": TableSchema(
        key="customer", kind="rows", dated_by="period_end",
        required=("counterparty", "role", "amount"), dates=_PERIODS,
        texts=("counterparty", "role", "currency", "source"),
        allowed={"role": ("customer", "supplier")},
    ),
    "ratings": TableSchema(
        key="customer", kind="rows", dated_by="known_on", required=("agency", "rating"),
        dates=("known_on",), texts=("agency", "rating", "outlook", "scale", "source"),
    ),
    "references": TableSchema(
        key="customer", kind="rows", dated_by="known_on", required=("association", "opinion"),
        dates=("known_on",), texts=("association", "source"),
    ),
    "told": TableSchema(
        key="customer", kind="panel", dated_by="period_end", dates=_PERIODS, texts=("source",)
    ),
    "surveys": TableSchema(
        key="industry", kind="rows", dated_by="period_end", required=("survey", "balance"),
        dates=_PERIODS, texts=("survey", "source"),
    ),
    "events": TableSchema(
        key="", kind="rows", dated_by="effective_on", required=("event", "direction"),
        dates=("known_on", "effective_on", "ends_on"),
        texts=("event", "kind", "industry", "country", "customer", "source"),
    ),
}  # fmt: skip
"""Tables by name."""

FLOWS = frozenset(
    {
        "revenue", "cost_of_sales", "gross_profit", "operating_expenses", "depreciation",
        "amortisation", "ebit", "operating_income", "interest_expense", "lease_expense",
        "pretax_income", "tax", "net_income", "operating_cash_flow", "funds_from_operations",
        "capital_expenditure", "dividends", "share_issue_amount", "purchases", "credit_sales",
        "debt_repayment",
    }
)  # fmt: skip
"""Items of statements that add up over time; a statement of 6 months holds half of a year's."""

STOCKS = frozenset(
    {
        "total_assets", "current_assets", "cash", "receivables", "inventory", "fixed_assets",
        "intangible_assets", "total_liabilities", "current_liabilities", "payables",
        "short_term_debt", "long_term_debt", "retained_earnings", "equity", "market_equity",
        "shares_issued", "gnp_index",
    }
)  # fmt: skip
"""Items of statements on a day."""

GROW_STALE = frozenset({"statements", "operations", "market", "persons", "told"})
"""Panels whose latest row tells nothing any more when it is too old; others hold until replaced."""

EXPENSES = frozenset(
    {
        "cost_of_sales", "operating_expenses", "depreciation", "amortisation", "interest_expense",
        "lease_expense", "capital_expenditure", "dividends", "purchases", "debt_repayment",
    }
)  # fmt: skip
"""Flows that are above zero where money goes out."""

COUNTS = frozenset({"shares_issued", "employees", "months", "gnp_index"})
"""Items that are in no currency."""

AMOUNTS = frozenset({"amount", "returned_amount"})
"""Columns of rows that are in the currency of the row."""

NUMBERS = FLOWS | STOCKS | COUNTS | AMOUNTS | {"direction", "opinion", "balance"}
"""Columns that hold numbers wherever they stand; others are what they hold."""
