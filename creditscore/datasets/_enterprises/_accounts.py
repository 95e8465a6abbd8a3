"""Accounts of five years that add up to the last unit.

The last balance sheet is drawn, and the years before follow from the flows, so that the latest
ratios have the published medians and weak firms are seen to become weak. All is counted in
thousands, in whole numbers: what is a sum is computed after rounding.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.random import Generator

from creditscore._typing import Float1D, Float2D
from creditscore.datasets._enterprises._draws import chance, spread
from creditscore.datasets._enterprises._firms import Firms
from creditscore.datasets._enterprises._published import (
    DEBT_TO_CAPITAL,
    INTEREST_RATES,
    MARKET_TO_LIABILITIES,
    RETAINED_EARNINGS,
    RETURN_ON_CAPITAL,
    WORKING_CAPITAL,
    by_quality,
)

N_YEARS = 5
"""Balance sheets of a firm; the first only opens the first year and is in no statement."""
CYCLE = (0.0, -0.02, 0.005, 0.01, 0.0)
"""What each year adds to the return on capital; the second is a recession."""
TAX_RATE = 0.25
_LEAST_CASH = 10
"""What a firm needs at least, which rounding does not use up."""

Year: TypeAlias = dict[str, Any]
"""Amounts of all firms in one year, by item."""
Whole: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]
"""Whole thousands: a row a firm, a column a year."""


@dataclass(frozen=True, kw_only=True)
class Traits:
    """What stays the same for a firm over the years, an entry a firm; shares are of assets.

    Parameters
    ----------
    liquid, unpaid : Float1D
        Current assets in the last year, and liabilities that bear no interest.
    receivables, inventory, cash : Float1D
        Parts of current assets; what they leave is other current assets.
    payables, short_debt : Float1D
        Part of the unpaid liabilities, and part of debt that is due within a year.
    rate, margin, wear : Float1D
        Interest by debt, gross profit by sales, depreciation by fixed assets.
    growth : Float1D
        Growth of assets a year.
    intangible, rent : Float1D
        Part of the assets that are not current, and leases by sales.
    """

    liquid: Float1D
    unpaid: Float1D
    receivables: Float1D
    inventory: Float1D
    cash: Float1D
    payables: Float1D
    short_debt: Float1D
    rate: Float1D
    margin: Float1D
    wear: Float1D
    growth: Float1D
    intangible: Float1D
    rent: Float1D


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """Accounts in thousands: a row a firm, a column a year."""

    items: dict[str, Whole] = field(repr=False)

    def of(self, name: str) -> Whole:
        """Return an item of all firms and years."""
        return self.items[name]

    def units(self, name: str, year: int) -> Float1D:
        """Return an item of one year in units of currency."""
        return self.items[name][:, year].astype(np.float64) * 1000


def make_accounts(firms: Firms, rng: Generator) -> Accounts:
    """Draw the last year and walk back from it."""
    traits = _draw_traits(firms, rng)
    closing = _last_balance(firms, traits, rng)
    years = [closing]
    for year in range(N_YEARS - 1, 0, -1):
        flows = _flows(firms, traits, closing, year, rng)
        closing |= flows
        closing = _opening_balance(firms, traits, closing, rng)
        years.append(closing)
    # The first balance sheet has no flows of its own.
    years[-1] |= {name: np.zeros(firms.n) for name in flows}
    years.reverse()
    drawn = {name: _whole(np.stack([year[name] for year in years], axis=1)) for name in years[1]}
    return Accounts(items=_add_up(drawn, traits.intangible[:, None]))


def _whole(values: np.ndarray[Any, Any]) -> Whole:
    numbers: Whole = np.rint(values).astype(np.int64)
    return numbers


# --- drawing ---------------------------------------------------------------------------


def _draw_traits(firms: Firms, rng: Generator) -> Traits:
    """Draw what stays the same for a firm."""
    n, z = firms.n, firms.shown_quality
    unpaid = np.clip(0.26 - 0.02 * z, 0.15, 0.36) * spread(rng, 0.25, n)
    parts = np.stack(
        [
            0.34 * spread(rng, 0.35, n),
            firms.of_industry("stock") * spread(rng, 0.45, n),
            np.clip(0.16 + 0.05 * z, 0.05, 0.4) * np.maximum(spread(rng, 0.6, n), 0.5),
            0.12 * spread(rng, 0.4, n),
        ]
    )
    parts /= parts.sum(axis=0)
    drift = firms.of_industry("growth") + 0.01 * z + 0.05 * rng.standard_normal(n)
    return Traits(
        liquid=firms.of_industry("liquid") + 0.10 * rng.standard_normal(n),
        unpaid=unpaid,
        receivables=parts[0],
        inventory=parts[1],
        cash=parts[2],
        payables=np.clip(0.62 + 0.12 * rng.standard_normal(n), 0.25, 0.95),
        short_debt=np.clip(0.35 - 0.10 * z + 0.12 * rng.standard_normal(n), 0.05, 0.9),
        rate=by_quality(z, INTEREST_RATES) * spread(rng, 0.15, n),
        margin=np.clip(firms.of_industry("gross_margin") * spread(rng, 0.2, n), 0.06, 0.75),
        wear=np.clip(0.10 * spread(rng, 0.25, n), 0.04, 0.25),
        growth=np.clip(drift, -0.12, 0.25),
        intangible=np.where(chance(rng, 0.4, n), 0.0, 0.25 * rng.random(n)),
        rent=0.03 * rng.random(n),
    )


def _last_balance(firms: Firms, traits: Traits, rng: Generator) -> Year:
    """Draw the last balance sheet about the medians of the firm's quality."""
    n, z, assets = firms.n, firms.shown_quality, firms.assets
    unpaid = traits.unpaid * assets
    capital = assets - unpaid
    leverage = by_quality(z, DEBT_TO_CAPITAL) + 0.17 * rng.standard_normal(n)
    debt = np.where(firms.has_debt, np.maximum(leverage, 0.02), 0.0) * capital
    equity = capital - debt
    current_liabilities = unpaid + traits.short_debt * debt
    # Debt due within a year is more than the medians assume in weak firms, less in sound ones.
    liquid = by_quality(z, WORKING_CAPITAL) + traits.liquid + current_liabilities / assets
    current = np.clip(liquid, 0.15, 0.92) * assets
    retained = (by_quality(z, RETAINED_EARNINGS) + 0.18 * rng.standard_normal(n)) * assets
    parts = {
        "payables": traits.payables * unpaid,
        "short_term_debt": traits.short_debt * debt,
        "receivables": traits.receivables * current,
        "inventory": traits.inventory * current,
        "other_current": (1 - traits.receivables - traits.inventory - traits.cash) * current,
    }
    market = by_quality(z, MARKET_TO_LIABILITIES) * spread(rng, 0.4, n) * (unpaid + debt)
    return parts | {
        "lasting": assets - current,
        "unpaid": unpaid,
        "debt": debt,
        "need": traits.cash * current,
        "retained_earnings": np.minimum(retained, equity - 0.03 * assets),
        "equity": equity,
        "assets": assets,
        "revenue": firms.turnover * assets,
        "market": np.where(firms.is_listed, market, 0.0),
    }


def _flows(firms: Firms, traits: Traits, closing: Year, year: int, rng: Generator) -> Year:
    """Return the flows of the year that ends in the closing balance sheet."""
    n, z = firms.n, firms.shown_quality
    weakness = np.clip(-z, 0, 2)
    growth = np.clip(traits.growth + 0.04 * rng.standard_normal(n) + CYCLE[year], -0.2, 0.35)
    # Fixed assets shrink by less than they wear off, so that something is always spent on them.
    renewed = np.maximum(growth, -0.8 * traits.wear)
    wear = traits.wear * closing["lasting"] / (1 + renewed)
    # Weak firms were less weak the longer ago; profits are the more scattered the weaker a firm.
    shift = CYCLE[year] + 0.012 * (N_YEARS - 1 - year) * weakness
    scatter = (0.055 + 0.02 * weakness) * rng.standard_normal(n)
    capital = closing["debt"] + closing["equity"]
    ebit = (by_quality(z, RETURN_ON_CAPITAL) + shift + scatter) * capital
    losses = (0.15 + 0.45 * rng.random(n)) * closing["assets"]
    ebit -= np.where(firms.in_distress & (year == N_YEARS - 1), losses, 0.0)
    ebit = np.minimum(ebit, 0.85 * closing["revenue"] - wear)
    margin = np.maximum(traits.margin, (ebit + wear) / closing["revenue"] + 0.03)
    flows = {
        "cost_of_sales": (1 - margin) * closing["revenue"],
        "ebit": ebit,
        "wear": wear,
        "lease_expense": traits.rent * closing["revenue"],
        "interest_expense": traits.rate * closing["debt"],
    }
    kept = np.maximum(growth, 0) * np.maximum(closing["equity"], 0)
    surplus = np.maximum(np.maximum(_net_income(flows), 0) - kept, 0)
    issue = chance(rng, np.clip(0.08 - 0.05 * z, 0.02, 0.25), n) * (0.03 + 0.07 * rng.random(n))
    paid_in = closing["equity"] - closing["retained_earnings"]
    return flows | {
        "dividends": surplus * chance(rng, 0.85, n),
        "share_issue_amount": np.minimum(issue * closing["assets"], 0.6 * paid_in),
        "growth": growth,
        "sales_growth": growth + 0.05 * rng.standard_normal(n),
    }


def _net_income(year: Year) -> Float1D:
    pretax = year["ebit"] - year["interest_expense"]
    net: Float1D = pretax - TAX_RATE * np.maximum(pretax, 0)
    return net


def _opening_balance(firms: Firms, traits: Traits, closing: Year, rng: Generator) -> Year:
    """Return the balance sheet a year before; debt, or else cash, makes it balance."""
    factor = 1 / (1 + closing["growth"])
    opening = {
        name: closing[name] * factor * spread(rng, 0.08, firms.n)
        for name in ("receivables", "inventory", "other_current", "unpaid")
    }
    opening["lasting"] = closing["wear"] / traits.wear
    owned = sum(opening[name] for name in opening if name != "unpaid")
    kept = _net_income(closing) - closing["dividends"]
    equity = closing["equity"] - kept - closing["share_issue_amount"]
    need = np.maximum(closing["need"] * factor, _LEAST_CASH)
    debt = owned + need - opening["unpaid"] - equity
    # A firm without debt pays out what it has above its needs.
    paid_out = np.where(firms.has_debt, 0.0, np.maximum(debt, 0))
    closing["dividends"] = closing["dividends"] + paid_out
    debt, equity = debt - paid_out, equity + paid_out
    cash = need + np.maximum(-debt, 0)
    retained = closing["retained_earnings"] - kept + paid_out
    debt = np.maximum(debt, 0)
    return opening | {
        "payables": traits.payables * opening["unpaid"],
        "short_term_debt": traits.short_debt * debt,
        "debt": debt,
        "need": need,
        "retained_earnings": retained,
        "equity": equity,
        "assets": owned + cash,
        "revenue": np.maximum(closing["revenue"] / (1 + closing["sales_growth"]), 50),
        "market": closing["market"] * factor,
    }


# --- adding up -------------------------------------------------------------------------


def _add_up(drawn: dict[str, Whole], intangible: Float2D) -> dict[str, Whole]:
    """Return the items of statements, sums computed from whole numbers."""
    lost = -np.diff(drawn["lasting"])
    drawn["wear"][:, 1:] = np.maximum(drawn["wear"][:, 1:], lost)
    drawn["amortisation"] = _whole(intangible * drawn["wear"])
    drawn["intangible_assets"] = _whole(intangible * drawn["lasting"])
    items = _income(drawn)
    net, dividends = items["net_income"], items["dividends"]
    issued = items["share_issue_amount"]
    retained, capital = np.empty_like(net), np.empty_like(net)
    retained[:, -1] = drawn["retained_earnings"][:, -1]
    capital[:, -1] = np.maximum(drawn["equity"][:, -1] - retained[:, -1], 1)
    for year in range(N_YEARS - 1, 0, -1):
        retained[:, year - 1] = retained[:, year] - net[:, year] + dividends[:, year]
        capital[:, year - 1] = capital[:, year] - issued[:, year]
    items |= {"retained_earnings": retained, "share_capital": capital}
    items["equity"] = retained + capital
    items |= _balance(drawn, items["equity"])
    items |= _cash_flow(drawn, items)
    return items


def _income(drawn: dict[str, Whole]) -> dict[str, Whole]:
    """Return the income statement."""
    revenue, cost, wear = (drawn[name] for name in ("revenue", "cost_of_sales", "wear"))
    gross = revenue - cost
    expenses = np.maximum(gross - wear - drawn["ebit"], 0)
    ebit = gross - expenses - wear
    pretax = ebit - drawn["interest_expense"]
    tax = _whole(TAX_RATE * np.maximum(pretax, 0))
    return {
        "revenue": revenue,
        "cost_of_sales": cost,
        "gross_profit": gross,
        "operating_expenses": expenses,
        "lease_expense": np.minimum(drawn["lease_expense"], expenses),
        "depreciation": wear - drawn["amortisation"],
        "amortisation": drawn["amortisation"],
        "ebit": ebit,
        "interest_expense": drawn["interest_expense"],
        "pretax_income": pretax,
        "tax": tax,
        "net_income": pretax - tax,
        "dividends": drawn["dividends"],
        "share_issue_amount": drawn["share_issue_amount"],
    }


def _balance(drawn: dict[str, Whole], equity: Whole) -> dict[str, Whole]:
    """Return the balance sheet; the few units of rounding are in cash."""
    unpaid, debt, lasting = (drawn[name] for name in ("unpaid", "debt", "lasting"))
    short = drawn["short_term_debt"]
    liabilities = unpaid + debt
    other = drawn["receivables"] + drawn["inventory"] + drawn["other_current"]
    cash = liabilities + equity - other - lasting
    return {
        "cash": cash,
        "receivables": drawn["receivables"],
        "inventory": drawn["inventory"],
        "current_assets": cash + other,
        "fixed_assets": lasting - drawn["intangible_assets"],
        "intangible_assets": drawn["intangible_assets"],
        "total_assets": cash + other + lasting,
        "payables": drawn["payables"],
        "short_term_debt": short,
        "current_liabilities": unpaid + short,
        "long_term_debt": debt - short,
        "total_liabilities": liabilities,
    }


def _cash_flow(drawn: dict[str, Whole], items: dict[str, Whole]) -> dict[str, Whole]:
    """Return the cash flow by the indirect method, and the shares."""
    working = items["current_assets"] - items["cash"] - drawn["unpaid"]
    funds = items["net_income"] + drawn["wear"]
    operating, spent, repaid = (np.zeros_like(working) for _ in range(3))
    operating[:, 1:] = funds[:, 1:] - np.diff(working)
    spent[:, 1:] = np.diff(drawn["lasting"]) + drawn["wear"][:, 1:]
    # What was due within a year at its start falls due in it.
    repaid[:, 1:] = items["short_term_debt"][:, :-1]
    return {
        "funds_from_operations": funds,
        "operating_cash_flow": operating,
        "capital_expenditure": spent,
        "debt_repayment": repaid,
        "market_equity": drawn["market"],
        # A hundred shares for each thousand paid in: new shares go with the amount issued.
        "shares_issued": items["share_capital"] * 100,
    }
