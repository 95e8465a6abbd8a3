"""Statements of three years: a wide table of a register, and facts as the firms filed them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.random import Generator

from creditscore._typing import Bool1D
from creditscore.datasets._enterprises._accounts import N_YEARS
from creditscore.datasets._enterprises._draws import Int1D, chance, numbered, table, whole
from creditscore.datasets._enterprises._firms import AS_OF, LAST_YEAR
from creditscore.datasets._enterprises._statements import ITEMS, STOCK_ITEMS
from creditscore.datasets._trading_firm._parties import Parties
from creditscore.datasets._trading_firm._planting import SHARES, Planted, choose

_YEARS = (2, 3, 4)
"""Columns of the accounts: 2021, 2022, 2023."""
_OVERSTATED = (
    "revenue", "gross_profit", "ebit", "pretax_income", "net_income", "funds_from_operations",
    "receivables", "current_assets", "total_assets", "retained_earnings", "equity",
)  # fmt: skip
"""What a first version shows too high by the sales that a restatement takes back."""
_MAY_BE_MISSING = (
    "inventory", "depreciation", "interest_expense", "operating_cash_flow", "capital_expenditure",
    "retained_earnings",
)  # fmt: skip
_MAY_CHANGE_SIGN = ("cost_of_sales", "interest_expense", "receivables", "payables")
_MAY_UNBALANCE = ("total_assets", "equity", "total_liabilities")

CONCEPTS = {
    "revenue": "ifrs-full:Revenue",
    "cost_of_sales": "ifrs-full:CostOfSales",
    "gross_profit": "ifrs-full:GrossProfit",
    "interest_expense": "ifrs-full:InterestExpense",
    "pretax_income": "ifrs-full:ProfitLossBeforeTax",
    "tax": "ifrs-full:IncomeTaxExpenseContinuingOperations",
    "net_income": "ifrs-full:ProfitLoss",
    "operating_cash_flow": "ifrs-full:CashFlowsFromUsedInOperatingActivities",
    "total_assets": "ifrs-full:Assets",
    "current_assets": "ifrs-full:CurrentAssets",
    "cash": "ifrs-full:CashAndCashEquivalents",
    "receivables": "ifrs-full:TradeAndOtherCurrentReceivables",
    "inventory": "ifrs-full:Inventories",
    "fixed_assets": "ifrs-full:PropertyPlantAndEquipment",
    "total_liabilities": "ifrs-full:Liabilities",
    "current_liabilities": "ifrs-full:CurrentLiabilities",
    "payables": "ifrs-full:TradeAndOtherCurrentPayables",
    "share_capital": "ifrs-full:IssuedCapital",
    "retained_earnings": "ifrs-full:RetainedEarnings",
    "equity": "ifrs-full:Equity",
}
"""Items that filings have, and their concepts in the taxonomy of the IFRS."""


def true_statements(parties: Parties, told: Bool1D, rng: Generator) -> pd.DataFrame:
    """Return the statements without any error; `told` says of which firms there are any."""
    firms, m = parties.firms, parties.n_enterprises
    founded = firms.founded_on.astype("datetime64[Y]").astype(np.int64) + 1970
    years = LAST_YEAR - (N_YEARS - 1) + np.array(_YEARS)
    firm, place = np.nonzero((founded[:, None] < years) & told[:, None])
    year = np.array(_YEARS)[place]
    restated = chance(rng, 0.06, m)[firm] & (year == N_YEARS - 2)
    first = np.flatnonzero(restated)
    firm = np.concatenate([firm, firm[first]])
    year = np.concatenate([year, year[first]])
    is_first = np.arange(len(firm)) >= len(restated)
    is_correction = np.concatenate([restated, np.zeros(len(first), dtype=bool)])
    n = len(firm)
    ends = ((LAST_YEAR - (N_YEARS - 1) + year - 1970 + 1).astype("datetime64[Y]")).astype(
        "datetime64[D]"
    ) - np.timedelta64(1, "D")
    days = np.where(is_correction, 365, 0) + whole(rng, 60, 150, n)
    audited = firms.is_listed | chance(rng, np.clip(0.2 + 0.2 * parties.size[:m], 0, 1), m)
    columns: dict[str, Any] = {
        "customer": parties.customer[firm],
        "period_end": ends,
        "months": np.full(n, 12, dtype=np.int64),
        "known_on": np.minimum(ends + days.astype("timedelta64[D]"), AS_OF),
        "currency": np.full(n, "CNY", dtype=object),
        "audited": audited[firm],
        "consolidated": firms.is_group[firm],
        "version": np.where(is_correction, "restated", "first").astype(object),
    }
    columns |= _amounts(parties, firm, year, is_first, rng)
    order = np.lexsort((columns["known_on"], ends, firm))
    statements = table(columns).iloc[order].reset_index(drop=True)
    statements.insert(0, "statement", numbered("F", np.arange(1, n + 1), max(5, len(str(n)))))
    return statements


def _amounts(
    parties: Parties, firm: Int1D, year: Int1D, is_first: Bool1D, rng: Generator
) -> dict[str, Any]:
    """Return the items in units of CNY."""
    of = parties.accounts.of
    taken_back = np.minimum(
        np.rint((0.02 + 0.05 * rng.random(len(firm))) * of("revenue")[firm, year]),
        of("receivables")[firm, year] // 3,
    )
    excess = np.where(is_first, taken_back, 0)
    amounts = {}
    for name in ITEMS:
        thousands = of(name)[firm, year].astype(float)
        thousands = thousands + (excess if name in _OVERSTATED else 0)
        amounts[name] = thousands * (1 if name == "shares_issued" else 1000)
    listed = parties.firms.is_listed[firm]
    amounts["market_equity"] = np.where(listed, amounts["market_equity"], np.nan)
    return amounts


# --- errors --------------------------------------------------------------------------


def plant_statements(
    clean: pd.DataFrame, weak: Bool1D, planted: Planted, rng: Generator
) -> pd.DataFrame:
    """Return the statements as the register has them, at most one error a row.

    `weak` tells the rows of firms of low quality, of which items are missing more often.
    """
    statements = clean.copy()
    free = np.ones(len(clean), dtype=bool)
    if not len(clean):
        return statements
    rows = choose(SHARES["wrong unit"], free, rng)
    amounts = [name for name in ITEMS if name != "shares_issued"]
    thousands = statements.loc[rows, amounts] / 1000
    statements.loc[rows, amounts] = thousands
    _note(planted, clean, statements, rows, "wrong unit", "revenue", "all amounts in thousands")
    free[rows] = False
    rows = choose(SHARES["outlier"], free & (clean["revenue"] > 0).to_numpy(), rng)
    # Sales and their cost grow by one sum, so that no identity tells.
    more = 24 * clean["revenue"].to_numpy()[rows]
    for column in ("revenue", "cost_of_sales"):
        statements.loc[rows, column] = clean[column].to_numpy()[rows] + more
        _note(planted, clean, statements, rows, "outlier", column, "25 times the sales")
    free[rows] = False
    for kind, names in (("unbalanced", _MAY_UNBALANCE), ("sign error", _MAY_CHANGE_SIGN)):
        _plant_one(clean, statements, free, kind, names, planted, rng)
    weight = np.where(weak, 4.0, 1.0)
    rows = choose(SHARES["missing item"], free, rng, weight)
    _by_column(clean, statements, rows, "missing item", _MAY_BE_MISSING, planted, rng)
    return statements


def _plant_one(
    clean: pd.DataFrame,
    statements: pd.DataFrame,
    free: Bool1D,
    kind: str,
    names: tuple[str, ...],
    planted: Planted,
    rng: Generator,
) -> None:
    """Change one item of each row chosen, and take the rows off the free ones."""
    eligible = free & (clean[list(names)] != 0).all(axis=1).to_numpy()
    rows = choose(SHARES[kind], eligible, rng)
    _by_column(clean, statements, rows, kind, names, planted, rng)
    free[rows] = False


def _by_column(
    clean: pd.DataFrame,
    statements: pd.DataFrame,
    rows: Int1D,
    kind: str,
    names: tuple[str, ...],
    planted: Planted,
    rng: Generator,
) -> None:
    which = whole(rng, 0, len(names) - 1, len(rows))
    for place, name in enumerate(names):
        some = rows[which == place]
        true = clean[name].to_numpy()[some]
        if kind == "missing item":
            changed = np.full(len(some), np.nan)
        elif kind == "sign error":
            changed = -true
        else:
            # Off by something between 3 and 12 percent of assets, in whole thousands.
            part = (0.03 + 0.09 * rng.random(len(some))) * clean["total_assets"].to_numpy()[some]
            changed = true + np.maximum(np.rint(part / 1000), 1) * 1000
        statements.loc[some, name] = changed
        _note(planted, clean, statements, some, kind, name, "")


def _note(
    planted: Planted,
    clean: pd.DataFrame,
    statements: pd.DataFrame,
    rows: Int1D,
    kind: str,
    column: str,
    detail: str,
) -> None:
    planted.note(
        "statements",
        kind,
        column,
        key=clean["statement"].to_numpy(dtype=object)[rows],
        value=statements[column].to_numpy()[rows],
        true_value=clean[column].to_numpy()[rows],
        detail=detail,
    )


# --- filings -------------------------------------------------------------------------


def make_filings(parties: Parties, customers: pd.DataFrame, clean: pd.DataFrame) -> pd.DataFrame:
    """Return the facts of large and listed firms as they filed them, a row a fact.

    A fact has a concept, a period or an instant, a unit and a value. The filings carry no
    planted error: where the register differs, the filing is right.
    """
    m = parties.n_enterprises
    files = parties.firms.is_listed | (parties.size[:m] >= 2)
    chosen = clean[clean["customer"].isin(parties.customer[:m][files])]
    entity = customers.set_index("customer")["registration_number"]
    n = len(chosen)
    codes = entity.reindex(chosen["customer"]).to_numpy(dtype=object)
    year = chosen["period_end"].dt.year.to_numpy()
    parts = []
    for place, (item, concept) in enumerate(CONCEPTS.items()):
        is_stock = item in STOCK_ITEMS
        start = ((year - 1970).astype("datetime64[Y]")).astype("datetime64[D]")
        columns = {
            "filing": chosen["statement"].str.replace("F", "XB", regex=False).to_numpy(object),
            "entity": codes,
            "concept": np.full(n, concept, dtype=object),
            "period_start": np.where(is_stock, np.datetime64("NaT", "D"), start),
            "period_end": chosen["period_end"].to_numpy().astype("datetime64[D]"),
            "unit": np.full(n, "iso4217:CNY", dtype=object),
            "decimals": np.full(n, -3, dtype=np.int64),
            "value": chosen[item].to_numpy(),
            "filed_on": chosen["known_on"].to_numpy().astype("datetime64[D]"),
        }
        parts.append(table(columns).assign(order=np.arange(n) * len(CONCEPTS) + place))
    filings = pd.concat(parts).sort_values("order").drop(columns="order")
    return filings.reset_index(drop=True)
