"""How old facts are, and whom to ask."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.collect import Item, ItemCatalogue, Observations
from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
    RejectedRowsWarning,
    StaleDataWarning,
)
from creditscore.organise import FreshnessDisplay, freshness, refresh_tasks

CATALOGUE = ItemCatalogue(
    items=(
        Item(name="customer_kind", kind="text", group="identity", weight=0),
        Item(name="revenue", group="financial", shelf_life_days=400, weight=3, of=("enterprise",)),
        Item(name="income", group="financial", shelf_life_days=400, weight=3, of=("person",)),
        Item(name="phone", kind="text", group="identity", shelf_life_days=100),
        Item(name="founded_on", kind="day", group="identity", weight=2),
        Item(name="invoice.amount", group="operating"),
    )
)


def seen(*rows: tuple[str, str, Any, str], **columns: Any) -> Observations:
    table = pd.DataFrame(rows, columns=["customer", "item", "value", "true_from"])
    defaults = {"source": "internal_record", "method": "interview", "collected_at": "2030-01-01"}
    return Observations.from_frame(table.assign(**{**defaults, **columns}), catalogue=CATALOGUE)


def states(observations: Observations, as_of: str, **options: Any) -> dict[tuple[str, str], str]:
    table = freshness(observations, as_of=as_of, **options).table
    keys = zip(table["customer"], table["item"], strict=True)
    return dict(zip(keys, table["state"].astype(str), strict=True))


def test_bounds_of_the_shelf_life() -> None:
    facts = seen(("a", "phone", "1", "2024-01-01"), ("a", "founded_on", "2000-01-01", "2001-01-01"))
    last = "2024-04-10"  # the hundredth day
    assert states(facts, last, horizon_days=0) == {
        ("a", "phone"): "due soon", ("a", "founded_on"): "fresh",
    }  # fmt: skip
    assert states(facts, "2024-04-11", horizon_days=0)["a", "phone"] == "stale"
    assert states(facts, "2024-04-09", horizon_days=0)["a", "phone"] == "fresh"
    assert states(facts, "2024-03-11", horizon_days=30)["a", "phone"] == "due soon"


def test_items_of_the_kind_are_expected_and_records_are_not() -> None:
    facts = seen(
        ("a", "customer_kind", "enterprise", "2024-01-01"),
        ("b", "customer_kind", "person", "2024-01-01"),
        ("c", "phone", "1", "2024-01-01"),
    )
    found = states(facts, "2024-01-31")
    assert {item for name, item in found if name == "a"} == {"revenue", "phone", "founded_on"}
    assert {item for name, item in found if name == "b"} == {"income", "phone", "founded_on"}
    assert {item for name, item in found if name == "c"} == {"phone", "founded_on"}


def test_kinds_may_be_given_and_customers_never_seen() -> None:
    facts = seen(("a", "phone", "1", "2024-01-01"))
    found = states(facts, "2024-01-31", customers={"a": "enterprise", "z": "person"})
    assert found["a", "revenue"] == "missing"
    assert found["z", "income"] == "missing"
    assert states(facts, "2024-01-31", customers=["z"])["z", "phone"] == "missing"


def test_a_confirmation_makes_a_fact_fresh_and_the_future_is_not_seen() -> None:
    facts = seen(("a", "phone", "1", "2024-01-01"), ("a", "phone", "1", "2024-06-01"))
    assert states(facts, "2024-06-02")["a", "phone"] == "fresh"
    assert states(facts, "2024-05-31")["a", "phone"] == "stale"
    assert freshness(facts, as_of="2023-01-01", customers=["a"]).counts()["missing"].item() == 2


def test_what_has_ended_is_stale() -> None:
    facts = seen(("a", "phone", "1", "2024-01-01"), true_to="2024-02-01")
    assert states(facts, "2024-01-31", horizon_days=0)["a", "phone"] == "due soon"
    assert states(facts, "2024-02-01", horizon_days=0)["a", "phone"] == "stale"


def test_shares_are_by_weight() -> None:
    facts = seen(
        ("a", "customer_kind", "enterprise", "2024-01-01"), ("a", "revenue", 5, "2024-01-01")
    )
    result = freshness(facts, as_of="2024-01-02")
    # revenue 3 of revenue 3, phone 1, founded_on 2
    assert result.shares().to_dict() == {"a": 0.5}
    assert "financial" in result._repr_html_()


def test_the_watched_are_stale_sooner() -> None:
    facts = seen(("a", "phone", "1", "2024-01-01"), ("b", "phone", "1", "2024-01-01"))
    found = states(facts, "2024-03-01", horizon_days=0, factors={"a": 0.5})
    assert (found["a", "phone"], found["b", "phone"]) == ("stale", "fresh")
    for factor in (0, -1, np.nan, np.inf):
        with pytest.raises(InvalidParameterError, match="customer 'a'"):
            freshness(facts, as_of="2024-03-01", factors={"a": factor})


def test_a_warning_where_most_is_old() -> None:
    facts = seen(("a", "phone", "1", "2020-01-01"))
    only = ItemCatalogue(items=(CATALOGUE["phone"],))
    with pytest.warns(StaleDataWarning, match="100% of what the files should hold"):
        freshness(facts, as_of="2024-01-01", catalogue=only)


def test_tables_that_cannot_be_used() -> None:
    facts = seen(("a", "phone", "1", "2024-01-01"))
    with pytest.raises(MissingColumnError, match="'true_from'"):
        freshness(facts.table.drop(columns="true_from"), as_of="2024-01-01")
    with pytest.raises(InvalidParameterError, match="takes Observations, or a table"):
        freshness([1], as_of="2024-01-01")
    with pytest.raises(EmptyDataError, match="no customers"):
        freshness(facts, as_of="2023-01-01")
    with pytest.raises(InvalidParameterError, match="enterprise or person"):
        freshness(facts, as_of="2024-01-01", customers={"a": "firm"})
    with pytest.raises(InvalidDataError, match="stands twice"):
        freshness(facts, as_of="2024-01-01", customers=["a", "a"])


def test_most_at_stake_comes_first_and_one_call_asks_for_all() -> None:
    facts = freshness(
        seen(
            ("a", "customer_kind", "enterprise", "2024-01-01"),
            ("b", "phone", "1", "2020-01-01"),
        ),
        as_of="2024-06-30", horizon_days=0,
    )  # fmt: skip
    tasks = refresh_tasks(facts, exposure={"a": 600.0, "b": 30.0}, owners={"a": "Li"})
    first = tasks.table.iloc[:2]
    assert first[["customer", "items", "owner", "value_at_risk"]].to_numpy().tolist() == [
        ["a", "founded_on, phone", "Li", 300.0], ["a", "revenue", "Li", 300.0],
    ]  # fmt: skip
    assert tasks.table["value_at_risk"].sum() == pytest.approx(630)
    mine = tasks.table[tasks.table["customer"] == "b"]
    assert mine["items"].tolist() == ["founded_on, phone"]
    assert mine[["n_items", "n_stale", "n_missing"]].to_numpy().tolist() == [[2, 1, 1]]
    assert tasks.of("Li")["customer"].unique().tolist() == ["a"]


def test_due_soon_counts_half_and_is_asked_for_as_it_came() -> None:
    facts = freshness(
        seen(("a", "phone", "1", "2024-06-01"), source="third_party", method="data_analysis"),
        as_of="2024-06-30", horizon_days=90,
    )  # fmt: skip
    tasks = refresh_tasks(facts)
    phone = tasks.due[tasks.due["item"] == "phone"].iloc[0]
    assert phone["value_at_risk"] == pytest.approx(0.5 / 3)
    assert (phone["source"], phone["method"]) == ("third_party", "data_analysis")
    assert phone["due_on"] == pd.Timestamp("2024-09-09")


@settings(deadline=None, max_examples=12)
@given(ages=st.lists(st.integers(0, 1000), min_size=1, max_size=8), horizon=st.integers(0, 400))
def test_value_at_risk_never_exceeds_the_exposure(ages: list[int], horizon: int) -> None:
    today = pd.Timestamp("2024-06-30")
    rows = [
        (f"c{k}", "phone", "1", str((today - pd.Timedelta(days=age)).date()))
        for k, age in enumerate(ages)
    ]
    facts = freshness(seen(*rows), as_of="2024-06-30", horizon_days=horizon)
    due = refresh_tasks(facts, exposure={f"c{k}": 10.0 for k in range(len(ages))}).due
    assert (due.groupby("customer")["value_at_risk"].sum() <= 10 + 1e-9).all()
    assert int(facts.counts().to_numpy().sum()) == len(facts.table)
    assert facts.shares().between(0, 1).all()


def test_customers_of_a_ledger_may_be_numbers() -> None:
    facts = seen(("1001", "phone", "1", "2024-01-01"), ("1002", "phone", "1", "2024-01-01"))
    ledger = pd.DataFrame({"customer": [1001, 1002.0], "kind": ["enterprise", "person"]})
    kinds = ledger.set_index("customer")["kind"]
    assert states(facts, "2024-01-31", customers=kinds)["1001", "revenue"] == "missing"
    named = states(facts, "2024-01-31", customers=ledger["customer"].tolist())
    assert named.keys() == states(facts, "2024-01-31").keys()
    watched = {"as_of": "2024-03-01", "horizon_days": 0, "factors": {1001: 0.5}}
    assert states(facts, **watched)["1001", "phone"] == "stale"
    fresh = freshness(facts, as_of="2024-03-01")
    tasks = refresh_tasks(fresh, exposure=pd.Series({1001: 90.0, 1002: 0}), owners={1001: "Li"})
    # founded_on is missing, and phone, a third of the weight, is due soon
    assert tasks.table["value_at_risk"].sum() == pytest.approx(90 * (2 / 3 + 1 / 3 / 2))
    assert tasks.of("Li")["customer"].unique().tolist() == ["1001"]
    assert tasks.table.iloc[-1]["owner"] == ""


def test_what_is_told_of_nobody_is_no_silent_zero() -> None:
    facts = freshness(seen(("a", "phone", "1", "2024-06-01")), as_of="2024-06-30")
    for told in ({"exposure": {"A": 5.0}}, {"owners": {"A": "Li"}}):
        with pytest.raises(InvalidDataError, match="tells of 'A', and there is 'a'"):
            refresh_tasks(facts, **told)  # type: ignore[arg-type]
    with pytest.raises(InvalidDataError, match="'factors' of freshness is known"):
        freshness(seen(("a", "phone", "1", "2024-06-01")), as_of="2024-06-30", factors={"A": 1})
    with pytest.warns(RejectedRowsWarning, match="1 customer with an exposure of 999,999 in all"):
        tasks = refresh_tasks(facts, exposure={"a": 30.0, "ZZZ": 999_999, "paid": 0.0})
    assert tasks.table["value_at_risk"].sum() == pytest.approx(20)
    twice = pd.Series([1.0, 2.0], index=["a", "a"])
    with pytest.raises(InvalidDataError, match="'a' stands twice in 'exposure'"):
        refresh_tasks(facts, exposure=twice)


def test_one_name_is_not_a_list_of_letters() -> None:
    with pytest.raises(InvalidParameterError, match=r"must be a tuple"):
        freshness(seen(("A", "phone", "1", "2024-06-01")), as_of="2024-06-30", customers="AB")


def test_statements_are_not_asked_for_by_telephone() -> None:
    filed = {"source": ["public_filing", "internal_record"], "method": ["data_analysis",
             "interview"]}  # fmt: skip
    kind = {"a": "enterprise"}
    for item, asked in (("revenue", "public_filing"), ("phone", "internal_record")):
        both = seen(("a", item, 5, "2022-12-31"), ("a", item, 5, "2023-03-31"), **filed)
        facts = freshness(both, as_of="2024-12-31", customers=kind)
        row = facts.table.set_index("item").loc[item]
        assert (row["source"], row["true_from"]) == (asked, pd.Timestamp("2023-03-31"))
        due = refresh_tasks(facts).due.set_index("item")
        assert due.loc[item, "source"] == asked
    told = seen(("a", "revenue", 5, "2023-03-31"))
    alone = freshness(told, as_of="2024-12-31", customers=kind).table.set_index("item")
    assert alone.loc["revenue", "method"] == "interview"


def test_what_is_worked_out_of_records_is_asked_of_nobody() -> None:
    known = Observations.from_frame(pd.DataFrame({
        "customer": ["A"], "item": "employees", "value": 5, "true_from": "2024-01-01",
        "source": "site_visit", "method": "interview", "collected_at": "2024-01-02",
    }))  # fmt: skip
    standard = ItemCatalogue.standard()
    trend = replace(standard["purchase_trend"], weight=1.0)
    catalogue = ItemCatalogue(items=(standard["employees"], standard["visit.order"], trend))
    due = refresh_tasks(freshness(known, as_of="2024-06-30", catalogue=catalogue)).due
    asked = due.set_index("item")[["source", "method"]].loc["purchase_trend"]
    assert asked.tolist() == ["internal_record", "data_analysis"]


@pytest.mark.parametrize("exposure", [-1.0, np.nan, np.inf])
def test_exposures_that_cannot_be(exposure: float) -> None:
    facts = freshness(seen(("a", "phone", "1", "2024-06-01")), as_of="2024-06-30")
    with pytest.raises(InvalidDataError, match="exposure of customer 'a'"):
        refresh_tasks(facts, exposure={"a": exposure})


def test_a_table_is_no_list_of_customers() -> None:
    facts = seen(("a", "phone", "1", "2024-06-01"))
    with pytest.raises(InvalidParameterError, match=r"no whole table. Give one column"):
        freshness(facts, as_of="2024-06-30", customers=pd.DataFrame({"customer": ["a"]}))
    found = freshness(facts, as_of="2024-06-30", customers=pd.Index(["a"]))
    assert set(found.table["customer"]) == {"a"}


def test_persons_are_not_asked_for_what_firms_have() -> None:
    catalogue = ItemCatalogue.standard()
    rows = pd.DataFrame({"customer": ["p", "e"], "item": "customer_kind", "source": "site_visit",
                         "value": ["person", "enterprise"], "true_from": "2024-01-01",
                         "method": "interview", "collected_at": "2024-02-01"})  # fmt: skip
    table = freshness(Observations.from_frame(rows), as_of="2024-06-30").table
    asked = {name: set(part["item"]) for name, part in table.groupby("customer")}
    of_firms = {"industry", "industry_default_rate", "strategy", "largest_customer_share",
                "management_quality"}  # fmt: skip
    assert of_firms <= asked["e"]
    assert not of_firms & asked["p"]
    assert {"payment_morale", "address"} <= asked["p"]
    assert all(catalogue[name].of == ("enterprise",) for name in of_firms)


def test_no_formula_reaches_a_spreadsheet(tmp_path: Path) -> None:
    facts = freshness(seen(("=1+1", "phone", "1", "2024-06-01")), as_of="2024-06-30")
    path = tmp_path / "tasks.csv"
    refresh_tasks(facts).to_csv(path)
    cells = path.read_text(encoding="utf-8-sig").splitlines()[1]
    assert not cells.startswith("=")
    assert "1+1" in cells


def test_the_picture_has_its_numbers() -> None:
    facts = freshness(seen(("a", "phone", "1", "2024-06-01")), as_of="2024-06-30")
    display = FreshnessDisplay.from_freshness(facts).plot()
    assert display.frame().loc["identity"].to_dict() == {
        "fresh": pytest.approx(1 / 3), "due soon": 0.0, "stale": 0.0,
        "missing": pytest.approx(2 / 3),
    }  # fmt: skip
    assert sum(bar.get_width() for bar in display.ax_.patches) == pytest.approx(1)
