"""Accounts as statements reach a creditor: late, restated, half-yearly, with items missing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.random import Generator

from creditscore._typing import Bool1D
from creditscore.datasets._enterprises._accounts import N_YEARS, Accounts, Whole
from creditscore.datasets._enterprises._draws import Days, Int1D, Text1D, chance, table, whole
from creditscore.datasets._enterprises._firms import LAST_YEAR, Firms

Flags: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]
"""True or false: a row a firm, a column a year."""

FLOW_ITEMS = (
    "revenue", "cost_of_sales", "gross_profit", "operating_expenses", "lease_expense",
    "depreciation", "amortisation", "ebit", "interest_expense", "pretax_income", "tax",
    "net_income", "funds_from_operations", "operating_cash_flow", "capital_expenditure",
    "debt_repayment", "dividends", "share_issue_amount",
)  # fmt: skip
STOCK_ITEMS = (
    "total_assets", "current_assets", "cash", "receivables", "inventory", "fixed_assets",
    "intangible_assets", "total_liabilities", "current_liabilities", "payables",
    "short_term_debt", "long_term_debt", "share_capital", "retained_earnings", "equity",
    "market_equity", "shares_issued",
)  # fmt: skip
ITEMS = FLOW_ITEMS + STOCK_ITEMS

_OVERSTATED = (
    "revenue", "gross_profit", "ebit", "pretax_income", "net_income", "funds_from_operations",
    "receivables", "current_assets", "total_assets", "retained_earnings", "equity",
)  # fmt: skip
"""Items that a first version shows too high by the sales that a restatement takes back."""
_OFTEN_MISSING = {
    "inventory": 0.02,
    "depreciation": 0.02,
    "interest_expense": 0.02,
    "operating_cash_flow": 0.08,
    "capital_expenditure": 0.08,
    "dividends": 0.05,
    "retained_earnings": 0.02,
}
_EUR, _USD, _PARENT = 1000, 1100, 700
"""Units by thousand: plain, in a currency of which 1.1 make one, and for 70 % of a group."""
_LAST = N_YEARS - 1


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Statements to write: which firm and year, and in which form.

    Parameters
    ----------
    firm, year : Int1D
        Row and column of the accounts.
    is_half : Bool1D
        Whether it is the statement of the first six months of the year.
    is_first_version : Bool1D
        Whether it was restated later.
    """

    firm: Int1D
    year: Int1D
    is_half: Bool1D = field(repr=False)
    is_first_version: Bool1D = field(repr=False)


def make_statements(firms: Firms, accounts: Accounts, rng: Generator) -> pd.DataFrame:
    """Return the statements, a row a version, sorted by customer, period and day known."""
    n = firms.n
    has = _years_filed(firms, rng)
    restated = chance(rng, 0.04, n) & has[:, _LAST - 1] & has[:, _LAST]
    halves = chance(rng, 0.10, n) & has[:, _LAST]
    rows = _choose_rows(has, restated, halves)
    new_currency = (firms.currencies() == "USD") & chance(rng, 0.10, n)
    alone = firms.is_group & chance(rng, 0.06, n)
    ends = _period_ends(firms, rows)
    known = ends + _days_to_file(firms, rows, restated, rng)
    early = rows.year < _LAST - 1
    dollars = (firms.currencies() == "USD")[rows.firm] & ~(new_currency[rows.firm] & ~early)
    parent = alone[rows.firm] & (rows.year == _LAST)
    share_audited = np.clip(0.35 + 0.1 * np.log(firms.assets / 4000), 0.05, 1)
    audited = firms.is_listed | chance(rng, share_audited, n)
    columns: dict[str, Any] = {
        "customer": firms.customer[rows.firm],
        "period_end": ends,
        "months": np.where(rows.is_half, 6, 12).astype(np.int64),
        "known_on": known,
        "currency": np.where(dollars, "USD", "EUR").astype(object),
        "consolidated": firms.is_group[rows.firm] & ~parent,
        "audited": audited[rows.firm] & ~rows.is_half,
        "source": _sources(rows, restated),
    }
    # A firm that changes to EUR restates nothing: its earlier statements stay in USD.
    factor = np.where(dollars & new_currency[rows.firm], _USD, _EUR)
    columns |= _amounts(accounts, rows, np.where(parent, _PARENT, factor), rng)
    columns |= _drop_items(columns, rng)
    order = np.lexsort((known, ends, rows.firm))
    return table(columns).iloc[order].reset_index(drop=True)


def _years_filed(firms: Firms, rng: Generator) -> Flags:
    """Return of which years there are statements."""
    # The first full year after the foundation is the first of which there is a statement.
    founded = firms.founded_on.astype("datetime64[Y]").astype(np.int64) + 1970
    first = np.maximum(1, founded + 1 - (LAST_YEAR - _LAST))
    # Some firms filed their last statement years ago, and some never filed.
    fate = rng.random(firms.n)
    last = np.where(fate < 0.03, _LAST - 2, np.where(fate < 0.05, 0, _LAST))
    years = np.arange(N_YEARS)
    filed: Flags = (years >= first[:, None]) & (years <= last[:, None])
    return filed


def _choose_rows(has: Flags, restated: Bool1D, halves: Bool1D) -> Rows:
    """Return the annual statements, then first versions, then half-years."""
    firm, year = np.nonzero(has)
    again, half = np.flatnonzero(restated), np.flatnonzero(halves)
    kind = np.repeat([0, 1, 2], [len(firm), len(again), len(half)])
    return Rows(
        firm=np.concatenate([firm, again, half]),
        year=np.concatenate([year, np.full(len(again), _LAST - 1), np.full(len(half), _LAST)]),
        is_half=kind == 2,
        is_first_version=kind == 1,
    )


def _period_ends(firms: Firms, rows: Rows) -> Days:
    """Return the last day of each period."""
    ends = np.stack([firms.year_ends(_LAST - year) for year in range(N_YEARS)], axis=1)
    full: Days = ends[rows.firm, rows.year]
    first_half = (full.astype("datetime64[M]") - 5).astype("datetime64[D]")
    return np.where(rows.is_half, first_half - np.timedelta64(1, "D"), full)


def _days_to_file(
    firms: Firms, rows: Rows, restated: Bool1D, rng: Generator
) -> np.ndarray[Any, Any]:
    """Return days from the end of a period to the day its statement is known."""
    n = len(rows.firm)
    days = whole(rng, 60, 150, n)
    slow = chance(rng, np.clip(0.06 - 0.05 * firms.quality, 0.01, 0.3)[rows.firm], n)
    days = np.where(slow, days + whole(rng, 60, 200, n), days)
    days = np.where(rows.is_half, 30 + days // 2, days)
    # A restatement comes with the statements of the year after.
    return np.where(_is_correction(rows, restated), 365 + days, days).astype("timedelta64[D]")


def _is_correction(rows: Rows, restated: Bool1D) -> Bool1D:
    """Tell the later versions of statements that were restated."""
    later: Bool1D = restated[rows.firm] & (rows.year == _LAST - 1) & ~rows.is_first_version
    return later


def _sources(rows: Rows, restated: Bool1D) -> Text1D:
    """Return what each statement was published as."""
    names = np.array(["annual report", "half-year report", "restatement"], dtype=object)
    return names[np.where(rows.is_half, 1, np.where(_is_correction(rows, restated), 2, 0))]


def _amounts(
    accounts: Accounts, rows: Rows, factor: Int1D, rng: Generator
) -> dict[str, np.ndarray[Any, Any]]:
    """Return the items in units of currency; whatever adds up in thousands still does."""
    revenue = accounts.of("revenue")[rows.firm, rows.year]
    receivables = accounts.of("receivables")[rows.firm, rows.year]
    taken_back = np.minimum(
        np.rint((0.02 + 0.05 * rng.random(len(revenue))) * revenue), receivables // 3
    )
    excess = np.where(rows.is_first_version, taken_back, 0).astype(np.int64)
    amounts = {}
    for name in ITEMS:
        thousands = _of_rows(accounts.of(name), rows, is_flow=name in FLOW_ITEMS)
        if name in _OVERSTATED:
            thousands = thousands + excess
        scale = 1 if name == "shares_issued" else factor
        amounts[name] = thousands * scale
    amounts["market_equity"] = np.where(
        amounts["market_equity"] > 0, amounts["market_equity"], np.nan
    )
    return amounts


def _of_rows(item: Whole, rows: Rows, *, is_flow: bool) -> np.ndarray[Any, Any]:
    """Return an item of each row: half of the flow for a half-year, the mean of two stocks."""
    full = item[rows.firm, rows.year]
    other = 0 if is_flow else item[rows.firm, np.maximum(rows.year - 1, 0)]
    return np.where(rows.is_half, (full + other) / 2, full)


def _drop_items(columns: dict[str, Any], rng: Generator) -> dict[str, np.ndarray[Any, Any]]:
    """Return the items that are at times missing, more often where nobody audited."""
    n = len(columns["customer"])
    rates = np.where(columns["audited"], 0.5, 1.5)
    return {
        name: np.where(chance(rng, share * rates, n), np.nan, columns[name])
        for name, share in _OFTEN_MISSING.items()
    }
