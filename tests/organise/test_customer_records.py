"""From the store to indicators: the numbers are those of the tables that went in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from creditscore.collect import Item, ItemCatalogue, Observations
from creditscore.datasets import load_enterprises
from creditscore.exceptions import AccessDeniedError, InvalidParameterError
from creditscore.indicators import ENTERPRISE, PERSON, CustomerRecords
from creditscore.organise import CustomerStore, customer_records, merged_customers
from creditscore.protect import AccessPolicy, Actor, Grant, KeyRing, Role

AS_OF = "2024-06-30"
CATALOGUE = ItemCatalogue.standard().with_items(
    Item(name="n_competitors", group="operating"),
    Item(name="market_currency", kind="text", group="operating"),
    Item(name="rating.agency", kind="text", group="reputation"),
    Item(name="rating.rating", kind="text", group="reputation"),
    Item(name="rating.outlook", kind="text", group="reputation"),
    Item(name="rating.scale", kind="text", group="reputation"),
    Item(name="rating.notch", group="reputation"),
    Item(name="trade.currency", kind="text", group="operating"),
    Item(name="contract.currency", kind="text", group="reputation"),
)


def melted(
    table: pd.DataFrame, names: dict[str, str], *, first: str, known: str, record: str = "",
    source_name: str = "", prefix: str = "",
) -> pd.DataFrame:  # fmt: skip
    """Return a row a cell; a day that is a cell is true from itself, as a settlement is."""
    parts = []
    for column, item in names.items():
        value = table[column]
        there = value.notna()
        part = pd.DataFrame(
            {
                "customer": table["customer"], "item": prefix + item, "value": value.astype(object),
                "true_from": table[first], "collected_at": table[known].dt.tz_localize("UTC"),
            }
        )[there]  # fmt: skip
        if column in ("settled_on", "fulfilled_on", "disputed_on", "returned_on"):
            part["true_from"] = value[there]
            part["collected_at"] = value[there].dt.tz_localize("UTC")
        part["record"] = table[record][there] if record else ""
        part["source_name"] = table[source_name][there] if source_name else ""
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def enterprise_observations(tables: Any) -> Observations:
    """Make observations of the tables that are about customers."""
    statements = tables.statements
    items = [c for c in statements if c not in ("customer", "period_end", "known_on", "source")]
    ledger = tables.ledger.assign(
        # nothing of it is known before it came back
        returned_amount=tables.ledger["returned_amount"].where(tables.ledger["returned_on"].notna())
    )
    returned = ledger[ledger["returned_on"].notna()]
    contracts = tables.contracts
    fulfilled = contracts[contracts["fulfilled_on"].notna()]
    references = tables.references.assign(day=tables.references["known_on"])
    ratings = tables.ratings.assign(number=range(len(tables.ratings)))
    same = {"first": "period_end", "known": "known_on"}
    parts = [
        melted(statements, dict(zip(items, items, strict=True)), **same, source_name="source"),
        melted(tables.operations, {c: c for c in ("capacity", "output", "employees")}, **same),
        melted(
            tables.market,
            {"market_sales": "market_sales", "currency": "market_currency", "rank": "market_rank",
             "largest_competitor_sales": "largest_competitor_sales",
             "n_competitors": "n_competitors"}, **same,
        ),
        melted(
            tables.profile, {c: c for c in ("name", "founded_on", "industry", "country")},
            first="known_on", known="known_on",
        ),
        melted(
            ledger,
            {c: c for c in ("invoiced_on", "due_on", "settled_on", "amount", "currency",
                            "disputed_on")},
            first="invoiced_on", known="invoiced_on", record="invoice", prefix="invoice.",
        ),
        melted(
            returned, {"returned_on": "returned_on", "returned_amount": "returned_amount"},
            first="returned_on", known="returned_on", record="invoice", prefix="invoice.",
        ),
        melted(
            contracts, {c: c for c in ("due_on", "fulfilled_on", "amount", "currency")},
            first="known_on", known="known_on", record="contract", prefix="contract.",
        ),
        melted(
            fulfilled, {"fulfilled_share": "fulfilled_share"}, first="fulfilled_on",
            known="fulfilled_on", record="contract", prefix="contract.",
        ),
        melted(
            tables.trade, {c: c for c in ("role", "amount", "currency")}, **same,
            record="counterparty", prefix="trade.",
        ),
        melted(
            ratings, {c: c for c in ("agency", "rating", "outlook", "scale", "notch")},
            first="known_on", known="known_on", record="number", prefix="rating.",
        ),
        melted(
            references, {"opinion": "reference_opinion"}, first="day", known="known_on",
            source_name="association",
        ),
    ]  # fmt: skip
    every = pd.concat(parts, ignore_index=True)
    every["source"], every["method"] = "internal_record", "data_analysis"
    every["record"] = every["record"].astype(str)
    return Observations.from_frame(every, catalogue=CATALOGUE)


@pytest.fixture(scope="module")
def enterprises() -> Any:
    return load_enterprises()


@pytest.fixture(scope="module")
def enterprise_store(enterprises: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    place = tmp_path_factory.mktemp("enterprises") / "store.db"
    with CustomerStore.create(place, CATALOGUE, keys=KeyRing.generate()) as store:
        store.load(enterprise_observations(enterprises), backfill=True)
        yield store


@pytest.mark.parametrize("as_of", [AS_OF, "2023-05-15"])
def test_indicators_of_enterprises_are_the_same(
    enterprises: Any, enterprise_store: CustomerStore, as_of: str
) -> None:
    others = {
        name: getattr(enterprises, name)
        for name in ("industries", "peers", "surveys", "countries", "events")
    }
    own = {
        name: getattr(enterprises, name)
        for name in ("statements", "ledger", "contracts", "trade", "profile", "operations",
                     "market", "ratings", "references")
    }  # fmt: skip
    tables = customer_records(enterprise_store, as_of, as_of)
    assert set(tables) <= {*own, "persons"}
    assert all(isinstance(table, pd.DataFrame) for table in tables.values())
    ready = CustomerRecords(**tables, **others)
    expected = ENTERPRISE.compute(CustomerRecords(**own, **others), as_of=as_of)
    got = ENTERPRISE.compute(ready, as_of=as_of, customers=list(ready.customers))
    there = list(got.values.index)
    wanted = expected.values.loc[there]
    assert wanted.notna().to_numpy().mean() > 0.5
    pd.testing.assert_frame_equal(got.values, wanted, check_exact=False, rtol=1e-12)
    # who is not in the store's tables was not known either
    missing = expected.values.drop(index=there)
    of_customers = [name for name in missing if name in ("current_ratio", "log_revenue")]
    assert missing[of_customers].isna().all(axis=None)


def test_nothing_of_later_is_in_the_tables(enterprise_store: CustomerStore) -> None:
    tables = customer_records(enterprise_store, "2023-05-15", "2023-05-15")
    day = pd.Timestamp("2023-05-15")
    for name, table in tables.items():
        for column in table:
            if column == "known_on" or (name == "ledger" and column == "settled_on"):
                assert (table[column].dropna() <= day).all(), (name, column)


def test_persons_are_a_row_a_version(new_place: Callable[[], Any]) -> None:
    rows = [
        ("P", "monthly_income", 4000, "2023-01-01", "2023-01-05"),
        ("P", "total_debt", 9000, "2023-01-01", "2023-01-05"),
        ("P", "annual_income", 48000, "2023-01-01", "2023-01-05"),
        ("P", "total_debt", 12000, "2024-01-01", "2024-02-01"),
    ]
    names = ["customer", "item", "value", "true_from", "collected_at"]
    table = pd.DataFrame(rows, columns=names).assign(source="third_party", method="interview")
    with CustomerStore.create(new_place(), keys=KeyRing.generate()) as store:
        store.load(Observations.from_frame(table), backfill=True)
        persons = customer_records(store, AS_OF)["persons"]
        assert persons["known_on"].astype(str).tolist() == ["2023-01-05", "2024-02-01"]
        assert persons["total_debt"].tolist() == [9000, 12000]
        assert persons["annual_income"].tolist() == [48000, 48000]
        values = PERSON.compute(CustomerRecords(persons=persons), as_of=AS_OF).values
        assert values.loc["P", "debt_to_income"] == pytest.approx(0.25)
        # one record for the one call
        assert store.trail.table()["action"].tolist() == ["create", "load", "read"]
        assert customer_records(store, "2022-12-31") == {}


def test_what_the_actor_may_not_read_is_not_there(new_place: Callable[[], Any]) -> None:
    policy = AccessPolicy(
        roles=(
            Role(
                name="analyst",
                grants=(
                    Grant(actions=("write",), sensitivities=("public", "internal", "personal"),
                          purposes=("*",)),
                    Grant(actions=("read",), sensitivities=("internal",), purposes=("*",)),
                    Grant(actions=("read_masked",), items=("name",), purposes=("*",)),
                ),
            ),
        ),
        purposes=("credit decision",),
    )  # fmt: skip
    table = pd.DataFrame(
        {
            "customer": "E", "item": ["name", "industry", "monthly_income"],
            "value": ["Ana Ltd", "retail", 5], "true_from": "2023-01-01",
            "source": "third_party", "method": "interview", "collected_at": "2023-01-01",
        }
    )  # fmt: skip
    actor = Actor(name="bo", roles=("analyst",), purpose="credit decision")
    made = CustomerStore.create(new_place(), keys=KeyRing.generate(), policy=policy, actor=actor)
    with made as store:
        store.load(Observations.from_frame(table), backfill=True)
        tables = customer_records(store, AS_OF)
    assert list(tables) == ["profile"]
    assert "name" not in tables["profile"]
    assert tables["profile"]["industry"].tolist() == ["retail"]
    assert np.isin(["Ana Ltd", "•••"], tables["profile"].astype(str)).sum() == 0


def told(*rows: tuple[Any, ...]) -> Observations:
    """Make observations of: customer, item, value, true from, collected, source, its name."""
    names = ["customer", "item", "value", "true_from", "collected_at", "source", "source_name"]
    table = pd.DataFrame(rows, columns=names).assign(method="data_analysis")
    invoice = table["item"].str.startswith("invoice.")
    return Observations.from_frame(table.assign(record=np.where(invoice, "R1", "")))


def invoice(customer: str, amount: float, collected: str) -> Observations:
    name = "internal_record", "ledger"
    return told(
        (customer, "invoice.amount", amount, "2023-01-10", collected, *name),
        (customer, "invoice.invoiced_on", "2023-01-10", "2023-01-10", "2023-01-10", *name),
        (customer, "invoice.due_on", "2023-02-10", "2023-01-10", "2023-01-10", *name),
    )


def test_what_was_corrected_later_is_not_in_the_ledger(new_place: Callable[[], Any]) -> None:
    with CustomerStore.create(new_place(), keys=KeyRing.generate()) as store:
        before = store.load(invoice("E", 100, "2023-01-10"), backfill=True).recorded_at
        store.load(invoice("E", 7, "2024-11-01"), backfill=True)

        def amounts(*when: Any, **more: Any) -> list[float]:
            return list(customer_records(store, "2023-06-30", *when, **more)["ledger"]["amount"])

        # without an instant, that of the day: no model is made of what came later
        assert amounts() == amounts("2023-06-30") == [100]
        assert amounts("2024-12-31") == [7]
        assert amounts("2024-12-31", recorded_by=before) == [100]
        # loaded today, and not as history: nobody knew it then
        store.load(invoice("F", 5, "2023-01-10"))
        assert customer_records(store, "2023-06-30", customers=["F"]) == {}


def test_merged_customers_are_one(new_place: Callable[[], Any]) -> None:
    with CustomerStore.create(new_place(), keys=KeyRing.generate()) as store:
        store.load(invoice("E", 100, "2023-01-10"), backfill=True)
        store.load(invoice("F", 7, "2023-01-10"), backfill=True)
        store.link("F", "E", reason="the same firm")
        now = pd.Timestamp.now("UTC")
        found = customer_records(store, AS_OF, now, customers=["E"])["ledger"]
        assert found["amount"].tolist() == [100]
        found = customer_records(store, AS_OF, now, resolve=True)["ledger"]
        assert found["customer"].tolist() == ["E"]


def test_whom_merged_customers_are_is_told_as_it_was_known(new_place: Callable[[], Any]) -> None:
    place, keys = new_place(), KeyRing.generate()
    nobody = Role(name="nobody", grants=(Grant(actions=("read",), items=("x",), purposes=("*",)),))
    with CustomerStore.create(place, keys=keys) as store:
        for name in "EFG":
            store.load(invoice(name, 100, "2023-01-10"), backfill=True)
        assert merged_customers(store) == {}
        store.link("F", "E", reason="the same firm")
        store.link("E", "G", reason="the same number")
        both = store.links()["recorded_at"]
        store.unlink("E", reason="another firm")
        assert merged_customers(store) == {"F": "E"}
        assert merged_customers(store, both[0]) == {"F": "E"}
        assert merged_customers(store, both[1]) == {"F": "G", "E": "G"}
        assert merged_customers(store, "2023-01-10") == {}
        with pytest.raises(InvalidParameterError, match=r"'known_at' .* merged_customers"):
            merged_customers(store, "soon")
        store.change_policy(AccessPolicy(roles=(nobody,)))
    actor = Actor(name="bo", roles=("nobody",))
    with (
        CustomerStore.open(place, keys=keys, actor=actor) as store,
        pytest.raises(AccessDeniedError, match="bo was denied"),
    ):
        merged_customers(store)


FULL = {"revenue": 1200.0, "total_assets": 900.0, "months": 12.0}
PRESS, HALF, BUREAU = {"revenue": 5.0}, {**FULL, "months": 6.0}, {**FULL, "revenue": 6.0}
THIN = {"revenue": 7.0, "months": 12.0}
CASES: tuple[tuple[list[tuple[dict[str, float], str, str]], list[float]], ...] = (
    # a figure of the press is no statement, whenever it comes
    ([(FULL, "2023-04-01", "Register"), (PRESS, "2023-05-01", "Press")], [1200]),
    ([(PRESS, "2023-03-01", "Press"), (FULL, "2023-04-01", "Register")], [1200]),
    # a less reliable source counts until the better one is known, on the same day not at all
    ([(FULL, "2023-04-01", "Register"), (BUREAU, "2023-05-01", "Bureau")], [1200]),
    ([(BUREAU, "2023-03-01", "Bureau"), (FULL, "2023-04-01", "Register")], [6, 1200]),
    ([(BUREAU, "2023-04-01", "Bureau"), (FULL, "2023-04-01", "Register")], [1200]),
    # a half-year is no other word on the year
    ([(HALF, "2023-04-01", "Register"), (BUREAU, "2023-05-01", "Bureau")], [1200, 6]),
    # what the source itself corrects
    ([(FULL, "2023-04-01", "Register"), ({"revenue": 1100.0}, "2023-06-01", "Register")],
     [1200, 1100]),
    # what was foretold is known once it is true
    ([(FULL, "2022-11-01", "Register")], [1200]),
    # of equals that are known on one day the fuller one stays, whichever name comes first
    ([(FULL, "2023-04-01", "Register"), (THIN, "2023-04-01", "Exchange")], [1200]),
    ([(THIN, "2023-04-01", "Tribunal"), (FULL, "2023-04-01", "Register")], [1200]),
)  # fmt: skip


def statements(name: str, parts: list[tuple[dict[str, float], str, str]]) -> list[Any]:
    others = ("Bureau", "Press")
    return [
        (
            name,
            item,
            value,
            "2022-12-31",
            day,
            "third_party" if source in others else "public_filing",
            source,
        )
        for values, day, source in parts
        for item, value in values.items()
    ]


def test_of_a_period_the_better_source_counts_once_it_is_known(tmp_path: Any) -> None:
    rows = [row for k, (parts, _) in enumerate(CASES) for row in statements(f"E{k}", parts)]
    with CustomerStore.create(tmp_path / "store.db", keys=KeyRing.generate()) as store:
        store.load(told(*rows), backfill=True)
        tables = customer_records(store, AS_OF)
        # what is left out is told all the same
        assert len(store.observations(history=True)) == len(rows)
    found = tables["statements"].sort_values("known_on", kind="stable")
    for k, (_, revenue) in enumerate(CASES):
        assert found[found["customer"] == f"E{k}"]["revenue"].tolist() == revenue, k
    values = ENTERPRISE.only(["log_revenue"]).compute(CustomerRecords(**tables), as_of=AS_OF).values
    last = [1200, 1200, 1200, 1200, 1200, 6, 1100, 1200, 1200, 1200]
    assert np.exp(values["log_revenue"]).tolist() == pytest.approx(last)


def test_a_firm_and_its_group_stay_two_statements(tmp_path: Any) -> None:
    group, alone = {**FULL, "consolidated": True}, {**FULL, "consolidated": False, "revenue": 8.0}
    parts = [(group, "2023-04-01", "Register"), (alone, "2023-04-01", "Exchange")]
    # who does not say whose figures they are speaks of what the others do
    thin = [(group, "2023-04-01", "Register"), (THIN, "2023-04-01", "Exchange")]
    with CustomerStore.create(tmp_path / "store.db", keys=KeyRing.generate()) as store:
        store.load(told(*statements("E", parts), *statements("F", thin)), backfill=True)
        found = customer_records(store, AS_OF)["statements"]
    assert sorted(found[found["customer"] == "E"]["revenue"]) == [8, 1200]
    assert found[found["customer"] == "F"]["revenue"].tolist() == [1200]


def test_where_nobody_names_months_a_figure_stays(tmp_path: Any) -> None:
    output = ("E", "output", 90, "2022-12-31", "2023-02-01", "public_filing", "Register")
    other = ("E", "output", 40, "2022-12-31", "2023-03-01", "third_party", "Press")
    with CustomerStore.create(tmp_path / "store.db", keys=KeyRing.generate()) as store:
        rows = statements("E", [(PRESS, "2023-05-01", "Press")])
        store.load(told(*rows, output, other), backfill=True)
        tables = customer_records(store, AS_OF)
        assert tables["statements"]["revenue"].tolist() == [5]
        # other periods follow the better source, as a snapshot does
        assert tables["operations"]["output"].tolist() == [90]
        assert store.snapshot(AS_OF, items=["output"])["output"].tolist() == [90]


def test_what_a_customer_told_of_its_buyers_is_an_indicator(new_place: Callable[[], Any]) -> None:
    def share(value: float, known: str, source: str, name: str) -> tuple[Any, ...]:
        return "E", "largest_customer_share", value, "2024-03-01", known, source, name

    asked = share(0.35, "2024-03-05", "third_party", "campaign")
    with CustomerStore.create(new_place(), keys=KeyRing.generate()) as store:
        store.load(told(asked), backfill=True)
        tables = customer_records(store, AS_OF)
        row = tables["told"].iloc[0]
        assert (row["largest_customer_share"], row["source"]) == (0.35, "campaign")
        assert row["period_end"] == pd.Timestamp("2024-03-01")
        assert row["known_on"] == pd.Timestamp("2024-03-05")
        found = ENTERPRISE.compute(CustomerRecords(**tables), as_of=AS_OF)
        assert found.values.loc["E", "largest_customer_share"] == 0.35
        assert found.told.loc["E", "largest_customer_share"]
        # the largest buyer's share is no index of all of them
        assert np.isnan(found.values.loc["E", "customer_concentration"])
        # before it was told nobody knew, and a better source counts once it is known
        assert customer_records(store, "2024-03-04") == {}
        store.load(told(share(0.4, "2024-05-01", "public_filing", "report")), backfill=True)
        for day, value in (("2024-04-30", 0.35), (AS_OF, 0.4)):
            records = CustomerRecords(**customer_records(store, day))
            assert ENTERPRISE.compute(records, as_of=day).values.loc[
                "E", "largest_customer_share"
            ] == pytest.approx(value)
