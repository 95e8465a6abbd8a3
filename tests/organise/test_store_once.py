"""What happens once: of each source the last known version counts, whatever its day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from creditscore.collect import (
    Item,
    ItemCatalogue,
    Observations,
    SourceMapping,
    derive,
    read_source,
    ready_derivations,
)
from creditscore.datasets import trading_firm_mappings
from creditscore.organise import CustomerStore, SourceReliability, customer_records, verify
from creditscore.organise._store import _blocks
from creditscore.organise._store._choice import Candidates, chosen
from creditscore.organise._store._clock import END

New = Callable[..., CustomerStore]

CATALOGUE = ItemCatalogue(
    items=(
        Item(name="founded_on", kind="day", group="identity", once=True),
        Item(name="region", kind="text", group="identity", once=True, sensitivity="personal"),
        Item(name="employees", group="identity"),
        Item(name="invoice.amount", group="operating", once=True),
        Item(name="invoice.settled_on", kind="day", group="operating", once=True),
        Item(name="invoice.limit", group="operating"),
    )
)
OF_CUSTOMER = ["founded_on", "region", "employees"]
LEDGER = {
    "source": "internal_record", "source_name": "ledger", "method": "data_analysis",
}  # fmt: skip


def told(*rows: tuple[Any, ...], **columns: Any) -> Observations:
    """Make observations of rows (customer, record, item, value, true_from)."""
    names = ["customer", "record", "item", "value", "true_from"]
    table = pd.DataFrame(rows, columns=names).astype(object)
    given = {**LEDGER, "collected_at": "2024-01-01T00:00Z", **columns}
    return Observations.from_frame(table.assign(**given), catalogue=CATALOGUE)


def settled(day: str, **columns: Any) -> Observations:
    return told(("A", "I1", "invoice.settled_on", day, day), **columns)


def shown(store: CustomerStore, as_of: str, known_at: Any = None) -> list[str]:
    table = store.records("invoice", as_of, known_at)
    return [str(day.date()) for day in table["settled_on"].dropna()]


# --- a corrected day ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second"), [("2023-08-25", "2023-05-11"), ("2023-05-11", "2023-08-25")]
)
def test_a_corrected_day_counts_from_when_it_is_known(
    new_store: New, clock: Any, first: str, second: str
) -> None:
    store = new_store(catalogue=CATALOGUE)
    store.load(settled(first))
    clock.set("2024-02-01T00:00Z")
    store.load(settled(second))
    assert shown(store, "2024-03-31") == [second]
    assert shown(store, "2024-03-31", "2024-01-31") == [first]
    # between both days, it was settled by the earlier one alone
    assert shown(store, "2023-06-30") == ([second] if second < first else [])
    assert shown(store, "2023-06-30", "2024-01-31") == ([first] if first < second else [])
    counting = store.observations(as_of="2024-03-31")
    assert counting["text"].tolist() == [second]
    assert store.observations(history=True)["text"].tolist() == [first, second]
    by_then = store.observations(history=True, as_of="2023-06-30")["text"].tolist()
    assert by_then == [min(first, second)]


def test_what_was_retracted_corrects_nothing(new_store: New, clock: Any) -> None:
    store = new_store(catalogue=CATALOGUE)
    store.load(settled("2023-05-11"))
    clock.set("2024-02-01T00:00Z")
    store.load(settled("2023-08-25"))
    clock.set("2024-03-01T00:00Z")
    store.retract([2], reason="another invoice")
    assert shown(store, "2023-06-30") == ["2023-05-11"]
    assert shown(store, "2023-12-31", "2024-02-28") == ["2023-08-25"]


def test_a_correction_that_has_ended_leaves_nothing(new_store: New, clock: Any) -> None:
    store = new_store(catalogue=CATALOGUE)
    store.load(settled("2023-05-11"))
    clock.set("2024-02-01T00:00Z")
    store.load(settled("2023-08-25", true_to="2023-09-01"))
    assert shown(store, "2023-08-31") == ["2023-08-25"]
    assert shown(store, "2023-09-01") == []


def test_another_source_is_not_displaced_and_the_better_one_counts(new_store: New) -> None:
    store = new_store(catalogue=CATALOGUE)
    bank = {"source": "third_party", "source_name": "bank", "method": "interview"}
    store.load(settled("2023-05-11"))
    store.load(settled("2023-08-25", **bank))
    # an event has one day: not the later one counts, but the one of the better source
    assert shown(store, "2024-03-31") == ["2023-05-11"]
    store.load(settled("2024-06-30"))
    assert shown(store, "2024-03-31") == ["2023-08-25"]
    assert shown(store, "2024-06-30") == ["2024-06-30"]


def test_what_changes_with_time_follows_as_before(new_store: New) -> None:
    store = new_store(catalogue=CATALOGUE)
    store.load(told(("A", "I1", "invoice.limit", 9, "2023-06-30")))
    store.load(told(("A", "I1", "invoice.limit", 5, "2023-01-31")))
    for day, limit in (("2023-02-28", 5.0), ("2024-01-01", 9.0)):
        assert store.records("invoice", day)["limit"].tolist() == [limit]


def test_the_page_of_a_customer_says_what_counts(new_store: New, clock: Any) -> None:
    store = new_store(catalogue=CATALOGUE)
    store.load(settled("2023-08-25"))
    clock.set("2024-02-01T00:00Z")
    store.load(settled("2023-05-11"))
    facts = store.subject_access("A").content["facts"]
    assert [(fact["value"], fact["counts"]) for fact in facts] == [
        ("2023-08-25", False), ("2023-05-11", True),
    ]  # fmt: skip


# --- history and profiles ----------------------------------------------------------------


def test_history_shows_that_a_day_was_corrected(new_store: New, clock: Any) -> None:
    store = new_store(catalogue=CATALOGUE)
    store.load(told(("A", "", "founded_on", "2001-05-01", "2001-05-01"),
                    ("A", "", "employees", 7, "2001-05-01"),
                    ("B", "", "founded_on", "2002-05-01", "2002-05-01")))  # fmt: skip
    clock.set("2024-02-01T00:00Z")
    store.load(told(("A", "", "founded_on", "1999-05-01", "1999-05-01"),
                    ("B", "", "founded_on", "2003-05-01", "2003-05-01")))  # fmt: skip
    found = store.history(items=["founded_on", "employees"])
    names = ["customer", "true_from", "known_on", "founded_on", "employees"]
    rows = found.sort_values(names[:3])[names].astype(object).values.tolist()
    assert [[str(word)[:10] for word in row] for row in rows] == [
        ["A", "1999-05-01", "2024-02-01", "1999-05-01", "nan"],
        ["A", "2001-05-01", "2024-01-01", "2001-05-01", "7.0"],
        ["A", "2001-05-01", "2024-02-01", "NaT", "7.0"],
        ["B", "2002-05-01", "2024-01-01", "2002-05-01", "nan"],
        # a row of nothing takes the place of the one before
        ["B", "2002-05-01", "2024-02-01", "NaT", "nan"],
        ["B", "2003-05-01", "2024-02-01", "2003-05-01", "nan"],
    ]


def test_tables_of_indicators_see_it(new_store: New, clock: Any) -> None:
    store = new_store(catalogue=CATALOGUE)
    days = told(("A", "", "founded_on", "2001-05-01", "2001-05-01"),
                ("A", "I1", "invoice.settled_on", "2023-05-11", "2023-05-11"))  # fmt: skip
    store.load(days)
    clock.set("2024-02-01T00:00Z")
    store.load(told(("A", "", "founded_on", "2024-03-01", "2024-03-01")))
    profile = customer_records(store, "2024-12-31", "2024-12-31")["profile"]
    known = profile.set_index("known_on")["founded_on"]
    assert known.index.astype(str).tolist() == ["2024-01-01", "2024-02-01", "2024-03-01"]
    assert [str(day)[:10] for day in known] == ["2001-05-01", "NaT", "2024-03-01"]


# --- the sample's mapping, from the export to the derived item ---------------------------


def invoice(settled_on: str, invoiced_on: str = "2023-04-10") -> Observations:
    table = pd.DataFrame({
        "invoice": ["I1"], "customer": ["K1"], "branch": ["n"], "invoiced_on": [invoiced_on],
        "due_on": ["2023-05-10"], "amount": [100.0], "currency": ["CNY"], "open_amount": [0],
        "settled_on": [settled_on], "disputed_on": [None],
    })  # fmt: skip
    mapping = SourceMapping.from_yaml(trading_firm_mappings()["invoices"])
    return read_source(table, mapping).observations


def test_two_exports_of_a_ledger(tmp_path: Path, clock: Any) -> None:
    with CustomerStore.create(tmp_path / "store.db") as store:
        store.load(invoice("2023-08-25"), backfill=True)
        clock.set("2024-02-01T00:00Z")
        store.load(invoice("2023-05-11", "2023-03-01"))
        ledger = customer_records(store, "2024-03-31")["ledger"]
        facts = store.observations(history=True)
    assert ledger["settled_on"].astype(str).tolist() == ["2023-05-11"]
    assert ledger["invoiced_on"].astype(str).tolist() == ["2023-03-01"]
    late = [ready_derivations()["average_days_late"]]
    for known_at, days in (("2024-03-31", 1.0), ("2024-01-31", 107.0)):
        found = derive(facts, late, as_of="2024-03-31", known_at=known_at)
        assert found.lineage["value"].tolist() == [days]
    checked = verify(facts, known_at="2024-03-31")
    columns = ["check", "severity", "item", "value", "expected"]
    assert checked.findings[columns].values.tolist() == [
        ["corrected", "doubt", "invoice.invoiced_on", "2023-04-10", "2023-03-01"],
        ["corrected", "doubt", "invoice.settled_on", "2023-08-25", "2023-05-11"],
    ]
    assert set(checked.findings["hint"]) == {
        "the same source says otherwise, known from 2024-02-01; the last known counts"
    }


def test_a_store_of_an_older_catalogue_reads_as_before(new_store: New, clock: Any) -> None:
    old = ItemCatalogue(items=tuple(
        Item(**{**vars(item), "once": False}) for item in CATALOGUE
    ))  # fmt: skip
    store = new_store(catalogue=old)
    store.load(settled("2023-08-25"))
    clock.set("2024-02-01T00:00Z")
    store.load(settled("2023-05-11"))
    assert shown(store, "2024-03-31") == ["2023-08-25"]
    store.change_catalogue(CATALOGUE)
    assert shown(store, "2024-03-31") == ["2023-05-11"]


# --- the rule, told plainly --------------------------------------------------------------


def plainly(rows: list[dict[str, Any]], as_of: int, known_at: int) -> dict[Any, int]:
    """Return the number of the fact that counts for each place, as the documentation tells it."""
    seen = [r for r in rows if r["known"] <= known_at < r.get("gone", END + 1)]
    counts: dict[Any, int] = {}
    for place in {r["place"] for r in seen}:
        last: dict[Any, dict[str, Any]] = {}
        mine = (r for r in seen if r["place"] == place)
        for r in sorted(mine, key=lambda r: (r["known"], r["id"])):
            last[None if r["once"] else r["from"], r["source"]] = r
        true = [r for r in last.values() if r["from"] <= as_of < r["to"]]
        if true:
            best = max(true, key=lambda r: (
                not r["once"] and r["from"], r["rank"], r["sure"], r["known"], -r["id"],
            ))  # fmt: skip
            counts[place] = best["id"]
    return counts


ROW = st.fixed_dictionaries(
    {
        "place": st.integers(0, 3), "from": st.integers(-2, 3), "length": st.integers(1, 9),
        "source": st.integers(0, 2), "known": st.integers(0, 3),
        "sure": st.sampled_from([0.2, 0.8]),
    }
)  # fmt: skip
RANKS = (0.5, 0.5, 0.9)


@settings(max_examples=300)
@given(rows=st.lists(ROW, max_size=14), as_of=st.integers(-3, 8), once=st.sets(st.integers(0, 3)))
def test_what_counts_is_what_the_rule_says(
    rows: list[dict[str, Any]], as_of: int, once: set[int]
) -> None:
    table = [
        {
            **r, "id": n + 1, "rank": RANKS[r["source"]], "once": r["place"] in once,
            "to": END if r["length"] > 5 else r["from"] + r["length"],
        }
        for n, r in enumerate(rows)
    ]  # fmt: skip
    kinds = {"source": np.int32, "rank": float, "sure": float, "once": bool}
    columns = {
        name: np.array([r[name] for r in table], dtype=kinds.get(name, np.int64))
        for name in ("id", "place", "from", "to", "source", "known", "rank", "sure", "once")
    }
    names = {"from": "true_from", "to": "true_to", "rank": "reliability", "sure": "confidence"}
    facts = Candidates(**{names.get(name, name): column for name, column in columns.items()})
    best = chosen(facts, as_of)
    found = dict(zip(facts.place[best].tolist(), facts.id[best].tolist(), strict=True))
    assert found == plainly(table, as_of, END)


SOURCES = (("internal_record", "ledger"), ("internal_record", "book"), ("public_filing", ""))
FACT = st.tuples(
    st.sampled_from(CATALOGUE.names), st.integers(1, 6), st.integers(0, 2), st.integers(1, 9),
    st.sampled_from([None, None, 1, 3]),
)  # fmt: skip
LOAD = st.tuples(st.booleans(), st.lists(FACT, min_size=1, max_size=7), st.integers(0, 6))
LIFE = st.lists(LOAD, min_size=1, max_size=4)
MONTH = pd.Timestamp("2024-01-01")


def _row(item: str, day: int, source: int, known: int, length: int | None) -> dict[str, Any]:
    true_from = f"2020-01-{day:02}"
    kind = CATALOGUE[item].kind
    number = 100 * day + 10 * source + known
    value = {"day": true_from, "text": f"told {number}"}.get(kind, float(number))
    return {
        "customer": "A", "record": "I1" if "." in item else "", "item": item, "value": value,
        "true_from": true_from, "source": SOURCES[source][0], "source_name": SOURCES[source][1],
        "true_to": None if length is None else f"2020-01-{day + length:02}",
        "method": "data_analysis", "collected_at": f"2024-01-0{known}T06:00Z",
    }  # fmt: skip


@contextmanager
def lived(make: New, life: list[Any]) -> Iterator[tuple[CustomerStore, list[dict[str, Any]]]]:
    """Give a store after loads, backfills and retractions, and its facts as plain rows."""
    with pytest.MonkeyPatch.context() as patch:
        now = [0]
        patch.setattr("creditscore.organise._store._clock.now", lambda: now[0])
        steps = iter(int((MONTH + pd.Timedelta(days=n, hours=12)).value // 1000) for n in range(20))
        store = make(catalogue=CATALOGUE)
        rows: list[dict[str, Any]] = []
        for backfill, facts, retracted in life:
            now[0] = next(steps)
            table = pd.DataFrame([_row(*fact) for fact in facts])
            store.load(Observations.from_frame(table, catalogue=CATALOGUE), backfill=backfill)
            new = _plain(store, {row["id"] for row in rows})
            rows = rows + [{**row, "is_old": backfill} for row in new]
            alive = [row for row in rows if "gone" not in row]
            if 0 < retracted <= len(alive):
                now[0] = next(steps)
                store.retract([alive[retracted - 1]["id"]], reason="law")
                # what a backfill brought in was never known: it goes from all the past
                alive[retracted - 1]["gone"] = 0 if alive[retracted - 1]["is_old"] else now[0]
        now[0] = next(steps)
        yield store, rows


def _plain(store: CustomerStore, old: set[int]) -> list[dict[str, Any]]:
    table = store.observations(history=True)
    rank = SourceReliability().of(table)
    day = table["true_from"].astype("datetime64[s]").to_numpy().astype("datetime64[D]").astype(int)
    ends = table["true_to"].astype("datetime64[s]").to_numpy().astype("datetime64[D]")
    return [
        {
            "id": int(row.observation), "place": str(row.item), "from": int(first),
            "to": END if np.isnat(end) else int(end.astype(int)), "source": row.source_name,
            "known": int(row.known_at.value // 1000), "rank": believed, "sure": row.confidence,
            "once": CATALOGUE[str(row.item)].once,
            "value": row.text if isinstance(row.text, str) else row.number,
        }
        for row, first, end, believed in zip(table.itertuples(), day, ends, rank, strict=True)
        if row.observation not in old
    ]  # fmt: skip


def _values(row: Any, names: list[str]) -> dict[str, Any]:
    """Return what a row of a table holds, days as text."""
    return {
        name: str(row[name])[:10] if CATALOGUE_KINDS[name] == "day" else row[name]
        for name in names
        if not pd.isna(row[name])
    }


CATALOGUE_KINDS = {item.name.rpartition(".")[2]: item.kind for item in CATALOGUE}


def check(store: CustomerStore, rows: list[dict[str, Any]], day: int, known: int) -> None:
    """Compare tables of a store on a day with what the rule says of its facts."""
    said = {row["id"]: row["value"] for row in rows}
    as_of, known_at = f"2020-01-{day:02}", f"2024-01-{known:02}"
    instant = int((MONTH + pd.Timedelta(days=known)).value // 1000) - 1
    number = int(np.datetime64(as_of).astype(int))
    counts = {item: said[n] for item, n in plainly(rows, number, instant).items()}
    snapshot = store.snapshot(as_of, known_at, items=OF_CUSTOMER)
    records = store.records("invoice", as_of, known_at)
    found = _values(snapshot.loc["A"], OF_CUSTOMER) if len(snapshot) else {}
    if len(records):
        of_record = _values(records.iloc[0], ["amount", "settled_on", "limit"])
        found |= {f"invoice.{name}": value for name, value in of_record.items()}
    assert found == counts
    facts = store.observations(as_of=as_of, known_at=known_at)
    text = facts["text"].where(facts["text"].notna(), facts["number"])
    assert dict(zip(facts["item"].astype(str), text, strict=True)) == counts
    check_history(store.history(known_at=known_at), rows, instant)


def check_history(history: pd.DataFrame, rows: list[dict[str, Any]], instant: int) -> None:
    """Compare the last row of each day of truth by each day of knowledge with the rule."""
    rows = [row for row in rows if row["place"] in OF_CUSTOMER and instant < row.get("gone", END)]
    for first in {row["from"] for row in rows}:
        day = np.datetime64(first, "D")
        mine = history[history["true_from"] == day].sort_values("known_on")
        for end in (MONTH + pd.Timedelta(days=k) for k in range(1, 14)):
            by_then = min(int(end.value // 1000) - 1, instant)
            last: dict[Any, dict[str, Any]] = {}
            for row in sorted(rows, key=lambda row: (row["known"], row["id"])):
                if row["known"] <= by_then:
                    last[row["place"], row["source"], None if row["once"] else row["from"]] = row
            of_day = {row["id"]: row for row in last.values() if row["from"] == first}
            counts = plainly(list(of_day.values()), first, instant)
            seen = mine[mine["known_on"] < end]
            found = _values(seen.iloc[-1], OF_CUSTOMER) if len(seen) else {}
            assert found == {item: of_day[number]["value"] for item, number in counts.items()}


@pytest.mark.filterwarnings("ignore::creditscore.exceptions.KnownRowsWarning")
@settings(
    max_examples=4, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(life=LIFE, day=st.integers(2, 7), known=st.sampled_from([1, 3, 6, 14]),
       in_blocks=st.booleans())  # fmt: skip
def test_a_store_counts_as_the_rule_says(
    new_store: New, life: list[Any], day: int, known: int, *, in_blocks: bool
) -> None:
    """Loads, backfills and retractions; in SQLite with blocks of numbers, and without."""
    with pytest.MonkeyPatch.context() as patch:
        if in_blocks:
            patch.setattr(_blocks, "_FEWEST", 1)
            patch.setattr(_blocks, "_AT_ONCE", 4)
        with lived(new_store, life) as (store, rows):
            check(store, rows, day, known)
