"""Operating indicators: hand-computed values, periods that must agree, peers that are frozen."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
)
from creditscore.indicators import (
    OPERATING,
    CustomerRecords,
    IndicatorSet,
    against_peers,
    facts_on,
    indicator,
    peer_benchmarks,
)

AS_OF = "2024-06-30"


def days(*texts: str | None) -> Any:
    return pd.to_datetime(list(texts))


def panel(**columns: Any) -> pd.DataFrame:
    """Return rows of A for 2022 and 2023, each known in the April after."""
    return pd.DataFrame(
        {
            "customer": "A",
            "period_end": days("2022-12-31", "2023-12-31"),
            "known_on": days("2023-04-30", "2024-04-30"),
            **columns,
        }
    )


STATEMENTS = panel(revenue=[100.0, 120.0], total_assets=[200.0, 220.0], ebit=[10.0, 18.0])
OPERATIONS = panel(output=[80.0, 90.0], capacity=[100.0, 100.0], employees=[40.0, 50.0])
MARKET = panel(
    market_sales=[1000.0, 1100.0], largest_competitor_sales=[150.0, 160.0], rank=[3.0, 2.0],
    n_competitors=[10.0, 10.0],
)  # fmt: skip
PROFILE = pd.DataFrame(
    {
        "customer": ["A"],
        "known_on": days("2020-01-01"),
        "industry": ["steel"],
        "founded_on": days("2000-06-30"),
    }
)
PEERS_OF_STEEL = pd.DataFrame(
    {
        "industry": ["steel"],
        "period_end": days("2022-12-31"),
        "known_on": days("2023-06-30"),
        "operating_margin_median": [0.1],
    }
)


def trade(role: str, amounts: dict[str, float], **columns: Any) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer": "A",
            "counterparty": list(amounts),
            "role": role,
            "period_end": pd.Timestamp("2023-12-31"),
            "known_on": pd.Timestamp("2024-04-30"),
            "amount": list(amounts.values()),
            **columns,
        }
    )


CUSTOMERS = trade("customer", {"K": 50.0, "L": 30.0, "M": 20.0})
SUPPLIERS = trade("supplier", {"S": 60.0, "T": 20.0})
TABLES = {
    "statements": STATEMENTS, "operations": OPERATIONS, "market": MARKET, "profile": PROFILE,
    "peers": PEERS_OF_STEEL, "trade": pd.concat([CUSTOMERS, SUPPLIERS]),
}  # fmt: skip

EXPECTED = {
    "log_revenue": math.log(120),
    "log_assets": math.log(220),
    "log_employees": math.log(50),
    "market_share": 120 / 1100,
    "relative_market_share": 0.75,
    "market_share_change": 120 / 1100 - 0.1,
    "market_rank": 0.9,
    "growth_against_market": 0.1,
    "market_growth": 0.1,
    "margin_against_peers": 0.05,
    "capacity_use": 0.9,
    "output_growth": 0.125,
    "employee_growth": 0.25,
    "sales_per_employee": 2.4,
    "years_in_business": 24.0,
    "customer_concentration": 0.38,
    "supplier_concentration": 0.625,
    "largest_customer_share": 0.5,
    "largest_supplier_share": 0.75,
}


def compute(as_of: str = AS_OF, **tables: Any) -> Any:
    given = {name: frame for name, frame in (TABLES | tables).items() if frame is not None}
    return OPERATING.compute(CustomerRecords(**given), as_of=as_of, customers=["A"])


def value(name: str, **tables: Any) -> float:
    return float(compute(**tables).values.loc["A", name])


def why(name: str, **tables: Any) -> tuple[str, str]:
    found = compute(**tables)
    assert np.isnan(found.values.loc["A", name])
    return str(found.reason_kinds.loc["A", name]), str(found.reasons.loc["A", name])


def test_values_by_hand() -> None:
    found = compute().values.loc["A"]
    assert found.to_dict() == pytest.approx(EXPECTED, rel=1e-12)
    assert set(OPERATING.names) == set(EXPECTED)


@pytest.mark.parametrize("kind", ["polars", "arrow"])
def test_any_library_gives_the_same(kind: str) -> None:
    tables: dict[str, Any] = {name: pl.from_pandas(frame) for name, frame in TABLES.items()}
    if kind == "arrow":
        tables = {name: frame.to_arrow() for name, frame in tables.items()}
    assert compute(**tables).values.loc["A"].to_dict() == pytest.approx(EXPECTED, rel=1e-12)


# --- periods, currencies -------------------------------------------------------------


def test_a_market_of_a_later_year_does_not_replace_that_of_the_statement() -> None:
    later = pd.concat([
        MARKET,
        MARKET.tail(1).assign(
            period_end=pd.Timestamp("2024-03-31"), known_on=pd.Timestamp("2024-06-01"),
            market_sales=9999.0,
        ),
    ])  # fmt: skip
    assert value("market_share", market=later) == pytest.approx(120 / 1100)
    assert value("growth_against_market", market=later) == pytest.approx(0.1)


def test_a_market_without_the_year_of_the_statement_is_no_market() -> None:
    kind, text = why("market_share", market=MARKET.head(1))
    assert kind == "period"
    assert text == "no row of market to 2023-12, where the statement ends, is known"
    assert value("market_share", market=MARKET.head(1), statements=STATEMENTS.head(1)) == 0.1


def test_a_market_in_another_currency_is_no_market() -> None:
    found = why(
        "market_share",
        statements=STATEMENTS.assign(currency="CNY"),
        market=MARKET.assign(currency="USD"),
    )
    assert found == ("currency", "revenue and market_sales are of two currencies")


def test_the_market_is_not_seen_before_it_was_known() -> None:
    late = MARKET.assign(known_on=days("2023-04-30", "2024-07-01"))
    assert why("market_share", market=late)[0] == "period"
    assert np.isnan(value("market_growth", market=late))


@pytest.mark.parametrize(
    ("name", "tables", "kind"),
    [
        ("log_revenue", {"statements": STATEMENTS.assign(revenue=0.0)}, "undefined"),
        ("market_share", {"market": MARKET.assign(market_sales=0.0)}, "zero_denominator"),
        ("market_rank", {"market": MARKET.assign(n_competitors=0.0)}, "zero_denominator"),
        ("capacity_use", {"operations": OPERATIONS.assign(capacity=0.0)}, "zero_denominator"),
        ("sales_per_employee", {"operations": OPERATIONS.assign(employees=0)}, "zero_denominator"),
        ("output_growth", {"operations": OPERATIONS.tail(1)}, "period"),
        ("years_in_business", {"profile": PROFILE.assign(founded_on=days("2030-01-01"))},
         "undefined"),
        ("market_share", {"statements": None}, "not_given"),
        ("market_share", {"statements": STATEMENTS.assign(known_on=days(*["2025-01-01"] * 2))},
         "not_known_yet"),
        ("customer_concentration", {"trade": SUPPLIERS}, "no_rows"),
    ],
)  # fmt: skip
def test_what_has_no_meaning_is_missing(name: str, tables: Any, kind: str) -> None:
    assert why(name, **tables)[0] == kind


@pytest.mark.parametrize(
    ("table", "name"), [("operations", "capacity_use"), ("market", "market_rank")]
)
def test_old_operations_and_markets_are_stale(table: str, name: str) -> None:
    old = TABLES[table].assign(period_end=days("2020-12-31", "2021-12-31"))
    kind, text = why(name, **{table: old})
    assert kind == "stale"
    assert text == f"the latest row of {table}, of 2021-12-31, is older than 18 months"


# --- concentration -------------------------------------------------------------------


def test_one_counterparty_and_equal_ones() -> None:
    one = trade("customer", {"K": 7.0})
    assert value("customer_concentration", trade=one) == 1.0
    assert value("largest_customer_share", trade=one) == 1.0
    four = trade("customer", dict.fromkeys("KLMN", 7.0))
    assert value("customer_concentration", trade=four) == pytest.approx(0.25)
    assert value("largest_customer_share", trade=four) == pytest.approx(0.25)


def test_two_rows_of_one_counterparty_are_one() -> None:
    split = pd.concat([trade("customer", {"K": 30.0, "L": 50.0}), trade("customer", {"K": 20.0})])
    assert value("customer_concentration", trade=split) == pytest.approx(0.5)
    assert value("largest_customer_share", trade=split) == pytest.approx(0.5)


def test_the_latest_period_counts_and_a_correction_supersedes() -> None:
    before = CUSTOMERS.assign(period_end=pd.Timestamp("2022-12-31"), amount=[1.0, 1.0, 98.0])
    mended = trade("customer", {"K": 80.0}, known_on=pd.Timestamp("2024-05-31"))
    both = pd.concat([before, CUSTOMERS, mended])
    assert value("largest_customer_share", trade=both) == pytest.approx(80 / 130)
    early = OPERATING.compute(CustomerRecords(trade=both), as_of="2024-05-30").values
    assert early.loc["A", "largest_customer_share"] == pytest.approx(0.5)
    earlier = OPERATING.compute(CustomerRecords(trade=both), as_of="2024-04-29")
    assert earlier.reason_kinds.loc["A", "largest_customer_share"] != ""


def test_a_period_as_old_as_a_stale_statement_does_not_count() -> None:
    old = CUSTOMERS.assign(period_end=pd.Timestamp("2022-12-30"))
    kind, text = why("customer_concentration", trade=old)
    assert kind == "no_rows"
    assert "with role customer with period_end in the 18 months to 2024-06-30" in text
    records = CustomerRecords(trade=old, stale_after_months=None)
    found = OPERATING.compute(records, as_of=AS_OF).values.loc["A", "customer_concentration"]
    assert found == pytest.approx(0.38)


@pytest.mark.parametrize("name", ["customer_concentration", "largest_customer_share"])
def test_counterparties_without_a_name_may_be_one_or_many(name: str) -> None:
    nameless = CUSTOMERS.assign(counterparty=["K", None, None])
    assert why(name, trade=nameless) == (
        "not_given",
        "counterparty is missing in a row of trade",
    )
    assert value("supplier_concentration", trade=pd.concat([nameless, SUPPLIERS])) == 0.625


@pytest.mark.parametrize("name", ["customer_concentration", "largest_customer_share"])
def test_amounts_that_are_no_parts_have_no_concentration(name: str) -> None:
    assert why(name, trade=trade("customer", {"K": 9.0, "L": -1.0}))[0] == "undefined"
    assert why(name, trade=trade("customer", {"K": 0.0, "L": 0.0}))[0] == "undefined"
    gap = trade("customer", {"K": 9.0, "L": float("nan")})
    assert why(name, trade=gap) == ("not_given", "amount is missing in a row of trade")
    mixed = trade("customer", {"K": 9.0, "L": 1.0}, currency=["CNY", "USD"])
    assert why(name, trade=mixed)[0] == "currency"
    half = trade("customer", {"K": 9.0, "L": 1.0}, currency=["CNY", None])
    assert why(name, trade=half)[0] == "currency"


# --- peers ---------------------------------------------------------------------------

PEERS = pd.DataFrame(
    {
        "industry": ["steel"] * 5 + ["paper"] * 4,
        "operating_margin": [0.01, 0.02, 0.03, 0.05, 0.09, 0.1, 0.2, 0.3, None],
    }
)


@indicator(group="financial", unit="share", direction="higher", formula="ebit / revenue")
def operating_margin(facts: Any) -> Any:
    return facts.ebit / facts.revenue


DATES: dict[str, Any] = {"period_end": "2023-12-31", "known_on": "2024-06-01"}


def test_quartiles_by_hand() -> None:
    made = peer_benchmarks(PEERS, min_customers=4, **DATES).set_index("industry")
    steel = made.loc["steel"]
    assert steel["operating_margin_n"] == 5
    quartiles = [f"operating_margin_{q}" for q in ("lower_quartile", "median", "upper_quartile")]
    assert steel[quartiles].tolist() == pytest.approx([0.02, 0.03, 0.05])
    # three values of four peers are too few
    assert made.loc["paper", "operating_margin_n"] == 3
    assert made.loc["paper", quartiles].isna().all()
    assert str(made.loc["steel", "known_on"].date()) == "2024-06-01"


def test_benchmarks_serve_as_the_peers_of_later_customers() -> None:
    made = peer_benchmarks(PEERS, min_customers=4, source="own portfolio", **DATES)
    assert value("margin_against_peers", peers=made) == pytest.approx(0.15 - 0.03)
    found = compute(peers=made).sources(indicators=["margin_against_peers"])
    row = found[found["input"] == "peers.operating_margin_median"].iloc[0]
    assert (row["source"], str(row["known_on"].date())) == ("own portfolio", "2024-06-01")
    assert np.isnan(compute("2024-05-31", peers=made).values["margin_against_peers"]).all()


def test_benchmarks_of_an_indicator_table() -> None:
    n = 12
    statements = pd.concat([
        STATEMENTS.assign(customer=f"F{i}", ebit=[1.0, 12.0 * i / 10]) for i in range(n)
    ])  # fmt: skip
    profile = pd.DataFrame({
        "customer": [f"F{i}" for i in range(n)], "known_on": pd.Timestamp("2020-01-01"),
        "industry": "steel",
    })  # fmt: skip

    own = IndicatorSet(indicators=(operating_margin,))
    records = CustomerRecords(statements=statements, profile=profile)
    peers = own.compute(records, as_of="2024-05-01")
    made = peer_benchmarks(peers, **DATES)
    assert made.loc[0, "operating_margin_median"] == pytest.approx(0.055)
    against = IndicatorSet(indicators=(against_peers(operating_margin),))
    records = CustomerRecords(statements=statements, profile=profile, peers=made)
    found = against.compute(records, as_of=AS_OF).values["operating_margin_against_peers"]
    assert found.tolist() == pytest.approx([i / 100 - 0.055 for i in range(n)])
    with pytest.raises(InvalidParameterError, match="not be before the day of the indicators"):
        peer_benchmarks(peers, period_end="2023-12-31", known_on="2024-04-30")


def test_benchmarks_and_figures_of_industries_do_not_hide_each_other() -> None:
    when = days("2022-12-31"), days("2023-06-30")
    figures = pd.DataFrame({
        "industry": ["steel"], "period_end": when[0], "known_on": when[1], "hhi": [0.2],
        "operating_margin_median": [0.9],
    })  # fmt: skip
    made = peer_benchmarks(PEERS, min_customers=4, **DATES)
    facts = facts_on(
        CustomerRecords(profile=PROFILE, industries=figures, peers=made), AS_OF, customers=["A"]
    )
    assert facts.industries.hhi.values.tolist() == [0.2]
    assert facts.peers.operating_margin_median.values.tolist() == pytest.approx([0.03])
    # a median among the figures of industries is no benchmark
    assert why("margin_against_peers", industries=figures, peers=None) == (
        "not_given", "no table of peers is given"
    )  # fmt: skip
    other = made[made["industry"] == "paper"]
    assert why("margin_against_peers", peers=other)[1] == "peers hold nothing of industry 'steel'"


def test_customers_of_unknown_industry_and_small_groups_are_left_out_by_name() -> None:
    names = [f"F{i}" for i in range(8)]
    statements = pd.concat([STATEMENTS.assign(customer=n, ebit=[1.0, 12.0]) for n in names])
    profile = pd.DataFrame({
        "customer": names, "known_on": pd.Timestamp("2020-01-01"),
        "industry": ["steel"] * 5 + ["paper"] + [None] * 2,
    })  # fmt: skip
    records = CustomerRecords(statements=statements, profile=profile)
    found = IndicatorSet(indicators=(operating_margin,)).compute(records, as_of=AS_OF)
    dates: dict[str, Any] = {"period_end": "2023-12-31", "known_on": AS_OF, "min_customers": 3}
    with pytest.raises(InvalidDataError, match=r"2 peer\(s\) have no industry.*\(customers: name"):
        peer_benchmarks(found, **dates)
    with pytest.raises(InvalidDataError, match=r"'paper' \(1\)\. .*leave them out \(customers"):
        peer_benchmarks(found, customers=names[:6], **dates)
    made = peer_benchmarks(found, customers=names[4:1:-1], **dates)
    assert made[["industry", "operating_margin_n", "operating_margin_median"]].values.tolist() == [
        ["steel", 3, pytest.approx(0.1)]
    ]
    for wrong in (["F1", "F1"], []):
        with pytest.raises(InvalidParameterError, match="one or more, each once"):
            peer_benchmarks(found, customers=wrong, **dates)
    with pytest.raises(InvalidParameterError, match="no customer 'G1' in the table's customers"):
        peer_benchmarks(found, customers=["G1"], **dates)
    with pytest.raises(InvalidParameterError, match="among those of an IndicatorTable"):
        peer_benchmarks(PEERS, customers=["F1"], **dates)


def test_benchmarks_refuse_what_they_cannot_stand_for() -> None:
    with pytest.raises(InvalidDataError, match=r"2 group\(s\) of 'industry' have fewer than 10"):
        peer_benchmarks(PEERS, **DATES)
    with pytest.raises(InvalidDataError, match=r"1 peer\(s\) have no industry, the first at row 0"):
        peer_benchmarks(PEERS.assign(industry=[None, *PEERS["industry"][1:]]), **DATES)
    with pytest.raises(InvalidParameterError, match="must not be before period_end, 2023-12-31"):
        peer_benchmarks(PEERS, period_end="2023-12-31", known_on="2023-12-30", min_customers=4)
    with pytest.raises(MissingColumnError, match="'region' is not in the table"):
        peer_benchmarks(PEERS, by="region", **DATES)
    with pytest.raises(EmptyDataError, match="no indicator beside 'industry'"):
        peer_benchmarks(PEERS[["industry"]], **DATES)
    with pytest.raises(InvalidDataError, match="'operating_margin' is infinite at row 1"):
        peer_benchmarks(PEERS.assign(operating_margin=[0.0, np.inf, *[0.1] * 7]), **DATES)
    with pytest.raises(InvalidParameterError, match="'min_customers'"):
        peer_benchmarks(PEERS, min_customers=1, **DATES)
