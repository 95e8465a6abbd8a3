"""The accounts of the synthetic enterprises add up, and have what real accounts have."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.datasets import Enterprises, load_enterprises, make_enterprises

AS_OF = pd.Timestamp("2024-06-30")

# Each total and its parts, with their signs. Amounts are whole, so the sums are exact.
IDENTITIES = {
    "gross_profit": {"revenue": 1, "cost_of_sales": -1},
    "ebit": {
        "gross_profit": 1,
        "operating_expenses": -1,
        "depreciation": -1,
        "amortisation": -1,
    },
    "pretax_income": {"ebit": 1, "interest_expense": -1},
    "net_income": {"pretax_income": 1, "tax": -1},
    "funds_from_operations": {"net_income": 1, "depreciation": 1, "amortisation": 1},
    "total_assets": {"current_assets": 1, "fixed_assets": 1, "intangible_assets": 1},
    "total_liabilities": {"current_liabilities": 1, "long_term_debt": 1},
    "equity": {"share_capital": 1, "retained_earnings": 1},
}


@pytest.fixture(scope="module")
def enterprises() -> Enterprises:
    return load_enterprises()


def in_a_row(statements: pd.DataFrame) -> pd.DataFrame:
    """Return the last version of annual statements beside the one of the year before."""
    annual = statements[statements["months"] == 12].drop_duplicates(
        ["customer", "period_end"], keep="last"
    )
    before = annual.groupby("customer").shift(1)
    years = (annual["period_end"] - before["period_end"]).dt.days
    same = (annual["currency"] == before["currency"]) & (
        annual["consolidated"] == before["consolidated"]
    )
    joined = annual.join(before.add_suffix("_before"))
    return joined[years.between(360, 370) & same]


def assert_accounts_add_up(statements: pd.DataFrame) -> None:
    for total, parts in IDENTITIES.items():
        computed = sum(sign * statements[part] for part, sign in parts.items())
        there = (statements[total] - computed).dropna()
        assert len(there) > 0.8 * len(statements), total
        assert (there == 0).all(), total
    balance = statements["total_liabilities"] + statements["equity"]
    assert (statements["total_assets"] == balance).all()


# --- law: the identities, on every row -----------------------------------------------


def test_every_statement_adds_up(enterprises: Enterprises) -> None:
    assert_accounts_add_up(enterprises.statements)


@settings(deadline=None, max_examples=15)
@given(n_firms=st.integers(20, 120), seed=st.integers(0, 2**31))
def test_accounts_add_up_at_any_size_and_seed(n_firms: int, seed: int) -> None:
    made = make_enterprises(n_firms, random_state=seed)
    assert_accounts_add_up(made.statements)
    assert len(made.outcomes) == n_firms


@pytest.mark.parametrize("size", [1, 2, 3])
def test_very_few_firms(size: int) -> None:
    made = make_enterprises(size, random_state=4)
    assert len(made.profile) == size
    assert set(made.statements["customer"]) <= set(made.outcomes["customer"])


def test_retained_earnings_roll_forward(enterprises: Enterprises) -> None:
    pairs = in_a_row(enterprises.statements)
    change = pairs["retained_earnings"] - pairs["retained_earnings_before"]
    difference = (change - pairs["net_income"] + pairs["dividends"]).dropna()
    assert len(difference) > 2_000
    assert (difference == 0).all()


def test_share_capital_rolls_forward(enterprises: Enterprises) -> None:
    pairs = in_a_row(enterprises.statements)
    change = pairs["share_capital"] - pairs["share_capital_before"]
    assert (change == pairs["share_issue_amount"]).all()
    assert ((pairs["shares_issued"] > pairs["shares_issued_before"]) == (change > 0)).all()


def test_cash_changes_as_the_cash_flow_says(enterprises: Enterprises) -> None:
    pairs = in_a_row(enterprises.statements)
    debt, before = (
        pairs[f"short_term_debt{when}"] + pairs[f"long_term_debt{when}"] for when in ("", "_before")
    )
    flow = (
        pairs["operating_cash_flow"]
        - pairs["capital_expenditure"]
        - pairs["dividends"]
        + pairs["share_issue_amount"]
        + (debt - before)
    )
    difference = (pairs["cash"] - pairs["cash_before"] - flow).dropna()
    assert len(difference) > 2_000
    assert (difference == 0).all()


def test_debt_falls_due_as_the_balance_before_says(enterprises: Enterprises) -> None:
    pairs = in_a_row(enterprises.statements)
    assert (pairs["debt_repayment"] == pairs["short_term_debt_before"]).all()


def test_nothing_is_below_zero_that_cannot_be(enterprises: Enterprises) -> None:
    statements = enterprises.statements
    signed = {
        *("gross_profit", "ebit", "pretax_income", "net_income", "funds_from_operations"),
        *("operating_cash_flow", "retained_earnings", "equity"),
    }
    amounts = statements.select_dtypes("float64").drop(columns=list(signed))
    assert (amounts.min() >= 0).all()
    assert (statements["lease_expense"] <= statements["operating_expenses"]).all()
    named = statements[["cash", "receivables", "inventory"]].sum(axis=1)
    assert (named <= statements["current_assets"]).all()
    owed = statements["payables"] + statements["short_term_debt"]
    assert (owed <= statements["current_liabilities"]).all()


# --- edges: each oddity that a reader must meet is there -----------------------------


def test_oddities_of_statements(enterprises: Enterprises) -> None:
    statements = enterprises.statements
    latest = statements[statements["months"] == 12].groupby("customer").tail(1)
    debt = latest["short_term_debt"] + latest["long_term_debt"]
    # Some, but not most.
    for share in (
        (latest["equity"] < 0).mean(),
        (debt == 0).mean(),
        (latest["net_income"] < 0).mean(),
        latest["market_equity"].notna().mean(),
        (latest["known_on"] > AS_OF).mean(),
        (latest["period_end"] < "2022-12-31").mean(),
        statements["operating_cash_flow"].isna().mean(),
        (statements["months"] == 6).mean(),
    ):
        assert 0.01 < share < 0.45
    without_debt = latest[debt == 0]
    assert (without_debt["interest_expense"].dropna() == 0).all()
    assert len(set(enterprises.outcomes["customer"]) - set(statements["customer"])) > 5
    assert len(set(enterprises.outcomes["customer"]) - set(enterprises.ledger["customer"])) > 5


def test_a_restatement_comes_later_and_takes_profit_back(enterprises: Enterprises) -> None:
    annual = enterprises.statements.query("months == 12")
    twice = annual[annual.duplicated(["customer", "period_end"], keep=False)]
    first, second = (
        twice[twice["source"] == source].set_index("customer")
        for source in ("annual report", "restatement")
    )
    assert len(first) == len(second) > 20
    assert (second["known_on"] > first["known_on"]).all()
    assert (second["net_income"] <= first["net_income"]).all()
    assert (second["revenue"] < first["revenue"]).mean() > 0.9
    # What was taken back is the same in the income statement and in the balance sheet.
    for item in ("revenue", "receivables", "equity"):
        assert (first[item] - second[item]).equals(first["ebit"] - second["ebit"])


def test_a_half_year_holds_half_of_the_flows(enterprises: Enterprises) -> None:
    statements = enterprises.statements
    half = statements[statements["months"] == 6].set_index("customer")
    full = statements[statements["months"] == 12].groupby("customer").last().loc[half.index]
    assert len(half) > 50
    assert half["revenue"].to_list() == (full["revenue"] / 2).to_list()
    assert ((full["period_end"] - half["period_end"]).dt.days.between(181, 184)).all()


def test_changes_of_currency_and_of_consolidation(enterprises: Enterprises) -> None:
    by_customer = enterprises.statements.groupby("customer")
    assert (by_customer["currency"].nunique() == 2).sum() > 5
    assert (by_customer["consolidated"].nunique() == 2).sum() > 5
    last = by_customer.tail(1)
    changed = last[last["customer"].map(by_customer["currency"].nunique() == 2)]
    assert set(changed["currency"]) == {"EUR"}


def test_versions_and_periods_are_in_order(enterprises: Enterprises) -> None:
    statements = enterprises.statements
    keys = ["customer", "period_end", "known_on"]
    assert not statements.duplicated(keys).any()
    assert statements[keys].equals(statements.sort_values(keys)[keys])
    lag = (statements["known_on"] - statements["period_end"]).dt.days
    assert lag.min() >= 30


def test_a_statement_ends_after_the_foundation(enterprises: Enterprises) -> None:
    founded = enterprises.profile.set_index("customer")["founded_on"]
    first = enterprises.statements.groupby("customer")["period_end"].min()
    age_days = (first - founded.reindex(first.index)).dt.days.dropna()
    assert age_days.min() > 180
    invoiced = enterprises.ledger.groupby("customer")["invoiced_on"].min()
    assert (invoiced > founded.reindex(invoiced.index).fillna(pd.Timestamp(0))).all()


# --- law: the tables agree with each other -------------------------------------------


def test_partners_make_up_the_sales_and_the_purchases(enterprises: Enterprises) -> None:
    annual = enterprises.statements.query("months == 12 and period_end >= '2023-06-30'")
    annual = annual.drop_duplicates("customer", keep="last").set_index("customer")
    plain = annual[annual["consolidated"] | ~annual.index.isin(_ever_a_group(enterprises))]
    for role, item in (("customer", "revenue"), ("supplier", "cost_of_sales")):
        total = (
            enterprises.trade[enterprises.trade["role"] == role].groupby("customer")["amount"].sum()
        )
        both = plain.index.intersection(total.index)
        assert len(both) > 700
        assert (total[both] == plain.loc[both, item]).all()
    assert not enterprises.trade.duplicated(["customer", "role", "counterparty"]).any()


def _ever_a_group(enterprises: Enterprises) -> list[str]:
    groups = enterprises.statements.groupby("customer")["consolidated"].any()
    return groups.index[groups].to_list()


def test_the_ledger_is_the_one_of_the_day(enterprises: Enterprises) -> None:
    ledger = enterprises.ledger
    assert ledger["invoice"].is_unique
    assert ledger["invoiced_on"].max() <= AS_OF
    terms = (ledger["due_on"] - ledger["invoiced_on"]).dt.days
    assert set(terms) == {14, 30, 45, 60}
    settled = ledger["settled_on"].dropna()
    assert settled.max() <= AS_OF
    assert (settled >= ledger["invoiced_on"].loc[settled.index]).all()
    for share in (
        ledger["settled_on"].isna().mean(),
        (ledger["settled_on"].isna() & (ledger["due_on"] < AS_OF)).mean(),
        ledger["disputed"].mean(),
        (ledger["returned_amount"] > 0).mean(),
    ):
        assert 0.005 < share < 0.15
    assert ledger["disputed"].equals(ledger["disputed_on"].notna())
    assert (ledger["returned_on"].notna() == (ledger["returned_amount"] > 0)).all()
    assert (ledger["returned_amount"] <= ledger["amount"]).all()


def test_contracts_are_open_or_fulfilled(enterprises: Enterprises) -> None:
    contracts = enterprises.contracts
    is_open = contracts["fulfilled_on"].isna()
    assert is_open.equals(contracts["fulfilled_share"].isna())
    assert contracts["fulfilled_share"].dropna().between(0, 1).all()
    assert (contracts["known_on"] < contracts["due_on"]).all()
    assert 0.02 < (contracts["fulfilled_share"] < 1).mean() < 0.3


def test_markets_hold_their_firms(enterprises: Enterprises) -> None:
    market = enterprises.market
    assert (market["largest_competitor_sales"] < market["market_sales"]).all()
    assert market["rank"].between(1, market["n_competitors"] + 1).all()
    one_size = market.groupby(["market", "period_end"])["market_sales"].nunique()
    assert (one_size == 1).all()


def test_environment(enterprises: Enterprises) -> None:
    industries, countries = enterprises.industries, enterprises.countries
    assert (industries["defaults"] < industries["firms"]).all()
    # Eight years of ten industries, so that a standard deviation of growth over five has all.
    assert len(industries) == 80
    assert countries["risk_class"].between(1, 7).all()
    # Two countries were put in a worse class, none in a better one.
    assert countries.groupby("country")["risk_class"].agg(np.ptp).sum() == 2
    assert set(enterprises.profile["industry"]) == set(industries["industry"])
    assert set(enterprises.profile["country"]) <= set(countries["country"])
    events = enterprises.events
    assert set(events["direction"]) == {-1, 1}
    assert (events["exposure"].between(0, 1) & events["severity"].between(0, 1)).all()
    assert (events["known_on"] <= events["effective_on"]).all()
    # One is announced after the day of all else, to show that nobody can see it.
    assert (events["known_on"] > AS_OF).sum() == 1
    judged = set(events["customer"].dropna())
    assert judged
    assert judged <= set(enterprises.outcomes["customer"])


def test_outcomes_are_of_the_year_after(enterprises: Enterprises) -> None:
    outcomes = enterprises.outcomes
    assert outcomes["customer"].is_unique
    assert outcomes["is_bad"].eq(1).equals(outcomes["defaulted_on"].notna())
    days = (outcomes["defaulted_on"].dropna() - AS_OF).dt.days
    assert days.between(1, 365).all()
