"""Operating, reputation, environment and person: laws that hold for each of their indicators."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.datasets import load_enterprises
from creditscore.indicators import (
    ENVIRONMENT,
    OPERATING,
    PERSON,
    REPUTATION,
    CustomerRecords,
    IndicatorSet,
    read_ratings,
)

AS_OF = "2024-06-30"
ALL = OPERATING + REPUTATION + ENVIRONMENT + PERSON
Tables = dict[str, pd.DataFrame]


def days(*texts: str | None) -> Any:
    return pd.to_datetime(list(texts))


def yearly(keys: dict[str, list[Any]], years: int, **columns: list[Any]) -> pd.DataFrame:
    """Return a row for each key and year up to 2023, known in the April after."""
    (key, names), *_ = keys.items()
    last = range(2024 - years, 2024)
    return pd.DataFrame(
        {
            key: [name for name in names for _ in last],
            "period_end": days(*[f"{year}-12-31" for _ in names for year in last]),
            "known_on": days(*[f"{year + 1}-04-30" for _ in names for year in last]),
            "source": "register",
            **columns,
        }
    )


def business_tables() -> Tables:
    """Return tables in which A has every indicator of firms, and B and C have some."""
    tables: Tables = {
        "statements": yearly(
            {"customer": ["A", "B"]}, 2, revenue=[100.0, 120.0, 50.0, 60.0], currency="CNY",
            total_assets=[200.0, 220.0, 80.0, 90.0], ebit=[10.0, 18.0, 2.0, -3.0],
        ),
        "operations": yearly(
            {"customer": ["A", "B"]}, 2, output=[80.0, 90.0, 5.0, 6.0],
            capacity=[100.0, 100.0, 10.0, 0.0], employees=[40.0, 50.0, 10.0, 9.0],
        ),
        "market": yearly(
            {"customer": ["A", "B"]}, 2, market_sales=[1000.0, 1100.0, 500.0, 480.0],
            largest_competitor_sales=[150.0, 160.0, 90.0, 100.0], rank=[3.0, 2.0, 9.0, 9.0],
            n_competitors=[10.0, 10.0, 8.0, 8.0], currency="CNY",
        ),
        "profile": pd.DataFrame({
            "customer": ["A", "B", "C"], "known_on": days(*["2020-01-01"] * 3),
            "industry": ["steel", "paper", None], "country": ["CN", "DE", "CN"],
            "founded_on": days("2000-06-30", "2015-01-01", None), "source": "register",
        }),
        "industries": yearly(
            {"industry": ["steel", "paper", "glass"]}, 7,
            firms=[1000.0] * 14 + [80.0] * 7,
            defaults=[*[20.0] * 6, 30.0, *[12.0] * 6, 10.0, *[1.0] * 7],
            output=[100.0, 104.0, 108.0, 113.0, 121.0, 123.0, 119.0] * 3,
            hhi=0.08,
        ),
        "peers": yearly({"industry": ["steel", "paper"]}, 2, operating_margin_median=0.1),
        "countries": pd.DataFrame({
            "country": ["CN", "DE"], "known_on": days("2023-01-01", "2023-01-01"),
            "risk_class": [2.0, 0.0], "source": "OECD",
        }),
        "persons": pd.DataFrame({
            "customer": ["P", "Q"], "known_on": days("2024-05-01", "2024-05-01"),
            "currency": "CNY", "source": "application", "monthly_income": [8000.0, 0.0],
            "annual_income": [96000.0, 0.0], "monthly_debt_service": [2000.0, 10.0],
            "requested_monthly_payment": [1000.0, 10.0], "monthly_living_costs": [3000.0, 10.0],
            "total_debt": [48000.0, 10.0], "revolving_balance": [3000.0, 1.0],
            "revolving_limit": [10000.0, 0.0], "enquiries_6m": [2.0, 0.0],
            "delinquencies_24m": [1.0, 0.0], "worst_status_24m": [1.0, 0.0],
            "age_of_oldest_account_months": [60.0, 1.0], "n_accounts": [3.0, 0.0],
            "months_at_address": [24.0, 1.0], "months_in_job": [36.0, 1.0],
            "savings": [19200.0, 1.0], "loan_amount": [80000.0, 1.0],
            "collateral_value": [100000.0, 0.0],
        }),
    }  # fmt: skip
    return tables | row_tables()


def row_tables() -> Tables:
    ratings = pd.DataFrame({
        "customer": ["A", "A", "A", "B"], "agency": ["S&P", "Moody's", "联合资信", "Fitch"],
        "rating": ["BBB", "Baa3", "AA+", "WD"], "known_on": days(*["2024-01-10"] * 4),
    })  # fmt: skip
    return {
        "ledger": pd.DataFrame({
            "customer": ["A"] * 5 + ["B"], "invoice": list("123456"),
            "invoiced_on": days("2023-08-01", "2023-10-01", "2024-02-01", "2024-03-15",
                                "2024-05-01", "2022-01-01"),
            "due_on": days("2023-09-01", "2023-11-01", "2024-03-01", "2024-04-30", "2024-07-31",
                           "2022-02-01"),
            "settled_on": days("2023-09-01", "2023-11-11", "2024-02-20", None, None,
                               "2022-02-03"),
            "amount": [100.0, 100.0, 200.0, 100.0, 300.0, 50.0], "currency": "CNY",
            "disputed_on": days(None, "2023-11-05", None, None, None, None),
            "returned_on": days("2023-09-20", None, None, None, None, None),
            "returned_amount": [40.0, None, None, None, None, None],
        }),
        "contracts": pd.DataFrame({
            "customer": ["A"] * 3, "contract": list("xyz"), "known_on": days(*["2023-01-01"] * 3),
            "due_on": days("2023-06-30", "2023-12-31", "2024-05-31"),
            "fulfilled_on": days("2023-06-30", "2024-01-31", None),
            "fulfilled_share": [1.0, 0.5, None],
        }),
        "trade": pd.DataFrame({
            "customer": ["A"] * 5, "counterparty": ["K", "L", "M", "S", "T"],
            "role": ["customer"] * 3 + ["supplier"] * 2,
            "period_end": days(*["2023-12-31"] * 5), "known_on": days(*["2024-04-30"] * 5),
            "amount": [50.0, 30.0, 20.0, 60.0, 20.0], "currency": "CNY",
        }),
        "ratings": read_ratings(ratings).table,
        "references": pd.DataFrame({
            "customer": ["A", "A"], "association": ["iron", "trade"], "opinion": [1.0, 0.5],
            "known_on": days("2024-01-01", "2023-01-01"),
        }),
        "surveys": pd.DataFrame({
            "industry": ["steel", "steel"], "survey": ["climate", "orders"],
            "period_end": days("2024-03-31", "2024-05-31"),
            "known_on": days("2024-04-20", "2024-06-20"), "balance": [-0.1, 0.3],
        }),
        "events": pd.DataFrame({
            "event": ["export tax", "subsidy", "carbon price"], "direction": [-1.0, 1.0, -1.0],
            "known_on": days("2024-01-15", "2024-02-01", "2024-06-01"),
            "effective_on": days("2024-03-01", "2024-02-15", "2025-01-01"),
            "ends_on": days(None, "2024-12-31", None), "severity": [0.5, 0.4, 0.8],
            "exposure": [0.4, 0.5, 1.0], "industry": ["steel", None, "steel"],
            "country": [None, "CN", None],
        }),
    }  # fmt: skip


def compute(tables: Tables, indicators: IndicatorSet = ALL, **details: Any) -> Any:
    return indicators.compute(CustomerRecords(**tables), as_of=AS_OF, **details)


def owner_of(name: str) -> str:
    return "P" if name in PERSON.names else "A"


# --- the catalogue -------------------------------------------------------------------


@pytest.mark.parametrize("found", list(ALL), ids=lambda found: found.name)
def test_each_indicator_says_what_a_reader_must_know(found: Any) -> None:
    assert found.label
    assert found.label[0].isupper()
    assert any("\u4e00" <= letter <= "\u9fff" for letter in found.label_zh)
    assert found.formula
    assert found.source
    assert found.five_c
    assert found.low is None or found.high is None or found.low < found.high
    assert found.inputs


def test_groups_and_names() -> None:
    assert len(set(ALL.names)) == len(ALL)
    for group, own in {"operating": OPERATING, "reputation": REPUTATION,
                       "environment": ENVIRONMENT, "person": PERSON}.items():  # fmt: skip
        assert {found.group for found in own} == {group}


def test_protected_attributes_are_no_inputs() -> None:
    read = {str(entry) for found in PERSON for entry in found.inputs}
    words = {word for entry in read for word in entry.split(".")[1].split("_")}
    # "age_of_oldest_account_months" is of an account
    assert not words & {"sex", "gender", "marital", "birth", "born", "religion", "children", "race"}
    assert "persons.age" not in read


# --- values and gaps -----------------------------------------------------------------


def test_the_firm_and_the_person_have_all_of_theirs() -> None:
    found = compute(business_tables())
    firms = [name for name in ALL.names if name not in PERSON.names]
    assert found.values.loc["A", firms].notna().all()
    assert found.values.loc["P", list(PERSON.names)].notna().all()
    assert not len(found.flags[found.flags["customer"].isin(["A", "P"])])


@pytest.mark.parametrize(
    ("name", "entry"),
    # what was told stands in for other inputs and is not needed, see test_told.py
    [(one.name, entry) for one in ALL for entry in one.inputs if entry.table != "told"],
    ids=str,
)
def test_without_an_input_an_indicator_is_missing_and_says_why(name: str, entry: Any) -> None:
    tables = business_tables()
    if entry.item == "":
        del tables[entry.table]
        told = entry.table
    elif entry.years_before:
        frame = tables[entry.table]
        year = 2023 - entry.years_before
        tables[entry.table] = frame[frame["period_end"].dt.year != year]
        told = str(year)
    else:
        tables[entry.table] = tables[entry.table].drop(columns=entry.item)
        told = entry.item
    found = compute(tables, ALL.only([name]), customers=["A", "P"])
    customer = owner_of(name)
    assert np.isnan(found.values.loc[customer, name])
    reason = found.reasons.loc[customer, name]
    # an event that names no industry still concerns a customer whose industry is not known
    assert told in reason or entry.table == "profile"
    assert found.reason_kinds.loc[customer, name] in ("not_given", "period", "no_rows")


@pytest.mark.parametrize("table", business_tables())
def test_without_a_table_nothing_is_zero(table: str) -> None:
    tables = business_tables()
    del tables[table]
    found = compute(tables)
    # without persons, nobody has heard of P
    assert ("P" in found.values.index) == (table != "persons")
    for name in ALL.names:
        if any(entry.table == table for entry in ALL[name].inputs):
            customer = owner_of(name) if owner_of(name) in found.values.index else "A"
            assert np.isnan(found.values.loc[customer, name]), name
            assert found.reasons.loc[customer, name]


def test_customers_of_whom_nothing_is_known_have_reasons_for_all() -> None:
    found = ALL.compute(CustomerRecords(**business_tables()), as_of="1990-01-01")
    assert found.values.isna().all(axis=None)
    assert (found.reasons != "").all(axis=None)


def test_no_number_is_infinite() -> None:
    values = compute(business_tables()).values.to_numpy()
    assert not np.isinf(values).any()


# --- no look ahead, no batch ---------------------------------------------------------


def later_rows(tables: Tables, rng: np.random.Generator) -> Tables:
    """Return the tables with copies of rows that become known after the day, numbers changed."""
    more = {}
    for name, frame in tables.items():
        late = frame.sample(frac=0.7, replace=True, random_state=int(rng.integers(1 << 31)))
        late = late.drop_duplicates().copy()
        moved = "invoiced_on" if name == "ledger" else "known_on"
        late[moved] = pd.Timestamp("2024-07-01")
        if name == "ledger":
            late["invoice"] = "late " + late["invoice"]
        for column in late.select_dtypes("number"):
            if column not in ("direction", "firms", "defaults"):
                late[column] = late[column] * rng.uniform(1.1, 3) + 1
        more[name] = pd.concat([frame, late], ignore_index=True)
    return more


def same(left: Any, right: Any) -> None:
    pd.testing.assert_frame_equal(left.values, right.values, rtol=1e-12, atol=1e-12)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_what_becomes_known_later_changes_nothing(seed: int) -> None:
    tables = business_tables()
    wanted = ["A", "B", "C", "P", "Q"]
    before = compute(tables, customers=wanted)
    after = compute(later_rows(tables, np.random.default_rng(seed)), customers=wanted)
    same(before, after)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    tables = business_tables()
    wanted = ["A", "B", "C", "P", "Q"]
    mixed = {name: frame.sample(frac=1, random_state=seed) for name, frame in tables.items()}
    same(compute(tables, customers=wanted), compute(mixed, customers=wanted))


@pytest.mark.parametrize("customer", ["A", "B", "C", "P", "Q"])
def test_a_customer_alone_has_the_values_it_has_among_others(customer: str) -> None:
    tables = business_tables()
    together = compute(tables).values.loc[[customer]]
    own = {
        name: frame[frame["customer"] == customer]
        for name, frame in tables.items()
        if "customer" in frame and (frame["customer"] == customer).any()
    }
    shared = {
        name: tables[name] for name in ("industries", "peers", "countries", "surveys", "events")
    }
    alone = compute({**own, **shared}, customers=[customer]).values
    pd.testing.assert_frame_equal(together, alone, rtol=1e-12)


def test_each_value_carries_source_and_date() -> None:
    found = compute(business_tables())
    read = found.sources(indicators=["market_share", "industry_default_rate"], customers=["A"])
    assert set(read["source"]) == {"register"}
    # which industry the firm is of was known before
    of_profile = read["input"] == "profile.industry"
    assert set(read[of_profile]["known_on"].astype(str)) == {"2020-01-01"}
    read = read[~of_profile]
    assert set(read["known_on"].astype(str)) == {"2024-04-30"}
    assert set(read["dated"].astype(str)) == {"2023-12-31"}


def test_each_value_of_the_sample_on_the_surroundings_carries_source_and_date() -> None:
    records = CustomerRecords(**load_enterprises().tables)
    read = ENVIRONMENT.compute(records, as_of=AS_OF).sources()
    told = read[~read["input"].str.startswith("profile")]
    # whom no event concerns has none to name
    told = told[(told["input"] != "events") | (told["value"] > 0)]
    assert set(told["input"].str.split(".").str[0]) == {
        "countries", "events", "industries", "surveys",
    }  # fmt: skip
    assert (told["source"] != "").all()
    assert (told["known_on"] <= pd.Timestamp(AS_OF)).all()
