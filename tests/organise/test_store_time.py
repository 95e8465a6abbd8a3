"""What was known when, and true when: the rule of the store against a plain account of it."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.collect import OBSERVATION_COLUMNS, Observations
from creditscore.exceptions import InvalidParameterError, KnownRowsWarning
from creditscore.organise import CustomerStore, SourceReliability
from creditscore.organise._store._choice import Candidates, chosen
from creditscore.organise._store._clock import END, last_instant
from creditscore.organise._store._schema import (
    batches,
    customers,
    items,
    observations,
    origins,
)
from stores import CATALOGUE, facts

New = Callable[..., CustomerStore]


def revenue(store: CustomerStore, as_of: Any, known_at: Any = None, **settings: Any) -> Any:
    """Return the revenue of customer A, None where it has none."""
    table = store.snapshot(as_of, known_at, items=["revenue"], **settings)
    return None if "A" not in table.index else table.loc["A", "revenue"]


def fact(value: float, true_from: str, **columns: Any) -> Observations:
    return facts(("A", "revenue", value, true_from), **columns)


# --- valid time: days, closed on the left, open on the right -----------------------------


def test_a_fact_is_true_from_its_first_day_until_before_its_last(new_store: New) -> None:
    store = new_store()
    store.load(fact(1, "2024-01-10", true_to="2024-02-10"))
    found = [
        revenue(store, day) for day in ("2024-01-09", "2024-01-10", "2024-02-09", "2024-02-10")
    ]
    assert found == [None, 1, 1, None]


def test_a_fact_without_an_end_is_true_until_it_is_replaced(new_store: New) -> None:
    store = new_store()
    store.load(facts(("A", "revenue", 1, "2024-01-10"), ("A", "revenue", 2, "2024-03-01")))
    found = [revenue(store, day) for day in ("2024-02-29", "2024-03-01", "9999-12-31")]
    assert found == [1, 2, 2]
    # one that is true for a while lies over one that is true before and after
    store.load(fact(3, "2024-02-01", true_to="2024-02-10"))
    assert [revenue(store, f"2024-02-{day}") for day in ("01", "09", "10")] == [3, 3, 1]


def test_facts_of_the_future_wait_for_their_day(new_store: New) -> None:
    store = new_store()
    store.load(fact(9, "2999-01-01"))
    assert revenue(store, "2998-12-31") is None
    assert revenue(store, "2999-01-01") == 9
    assert store.observations(items=["revenue"]).empty
    assert len(store.observations(items=["revenue"], history=True)) == 1


def test_facts_may_have_ended_before_they_were_known(new_store: New) -> None:
    store = new_store()
    store.load(fact(1, "1969-12-01", true_to="1970-01-02"))
    assert revenue(store, "1969-12-31") == 1
    assert revenue(store, "1970-01-02") is None


def test_days_of_all_centuries(new_store: New) -> None:
    store = new_store()
    store.load(facts(("A", "revenue", 1, "1001-01-01"), ("B", "revenue", 2, "9999-12-31")))
    assert store.snapshot("9999-12-31", items=["revenue"])["revenue"].tolist() == [1, 2]
    days = store.observations(history=True)["true_from"].astype(str).tolist()
    assert days == ["1001-01-01", "9999-12-31"]


# --- corrections -------------------------------------------------------------------------


def test_a_correction_counts_from_when_it_is_known(new_store: New, clock: Any) -> None:
    store = new_store()
    clock.set("2024-02-01T10:00Z")
    store.load(fact(1, "2023-12-31"))
    clock.set("2024-05-01T10:00Z")
    store.load(fact(2, "2023-12-31", collected_at="2024-04-30"))
    found = [
        revenue(store, "2023-12-31", known)
        for known in ("2024-02-01T09:59:59.999999Z", "2024-02-01T10:00Z", "2024-04-30",
                      "2024-05-01T09:59:59Z", "2024-05-01T10:00Z", None)
    ]  # fmt: skip
    assert found == [None, 1, 1, 1, 2, 2]


def test_two_corrections_on_one_day(new_store: New, clock: Any) -> None:
    store = new_store()
    for hour, value in ((9, 1), (10, 2), (11, 3)):
        clock.set(f"2024-02-01T{hour:02}:00Z")
        store.load(fact(value, "2023-12-31"))
    assert revenue(store, "2024-01-01", "2024-02-01T10:30Z") == 2
    assert revenue(store, "2024-01-01", "2024-02-01") == 3
    # of those that became known at once, the one recorded last
    store.load(facts(("A", "revenue", 4, "2023-12-31"), ("A", "revenue", 5, "2023-12-31")))
    assert revenue(store, "2024-01-01") == 5


def test_a_correction_may_end_a_fact(new_store: New) -> None:
    store = new_store()
    store.load(fact(1, "2023-01-01"))
    store.load(fact(1, "2023-01-01", true_to="2023-06-01"))
    assert revenue(store, "2023-05-31") == 1
    # and what it corrected does not come back
    assert revenue(store, "2023-06-01") is None


def test_another_source_corrects_nothing(new_store: New) -> None:
    store = new_store()
    store.load(fact(1, "2023-01-01", source="public_filing"))
    store.load(fact(2, "2023-01-01", source="site_visit", method="interview"))
    assert revenue(store, "2024-01-01") == 1
    store.load(fact(3, "2023-01-01", source="site_visit", method="observation", source_name="x"))
    assert revenue(store, "2024-01-01") == 1
    # it is newer, not better
    store.load(fact(4, "2023-01-02", source="site_visit", method="interview"))
    assert revenue(store, "2024-01-01") == 4


def test_of_equal_sources_the_surer_one_counts(new_store: New) -> None:
    store = new_store()
    store.load(fact(1, "2023-01-01", source_name="one", confidence=0.4))
    store.load(fact(2, "2023-01-01", source_name="two", confidence=0.6))
    store.load(fact(3, "2023-01-01", source_name="three", confidence=0.5))
    assert revenue(store, "2024-01-01") == 2
    store.load(fact(4, "2023-01-01", source_name="four", confidence=0.6))
    assert revenue(store, "2024-01-01") == 4


# --- transaction time: instants of UTC ---------------------------------------------------


def test_known_at_is_an_instant_or_the_end_of_a_day() -> None:
    end = last_instant("2024-06-30", "known_at", "t")
    assert end == last_instant("2024-06-30T23:59:59.999999Z", "known_at", "t")
    assert end == last_instant(dt.date(2024, 6, 30), "known_at", "t")
    assert end == last_instant(np.datetime64("2024-06-30"), "known_at", "t")
    noon = last_instant("2024-06-30 12:00", "known_at", "t")
    assert noon == 1_719_748_800_000_000
    for same in (
        "2024-06-30T12:00Z", "2024-06-30T20:00+08:00", pd.Timestamp("2024-06-30 12:00"),
        pd.Timestamp("2024-06-30 08:00", tz="America/New_York"), dt.datetime(2024, 6, 30, 12),  # noqa: DTZ001
        dt.datetime(2024, 6, 30, 12, tzinfo=dt.UTC), np.datetime64("2024-06-30T12:00"),
    ):  # fmt: skip
        assert last_instant(same, "known_at", "t") == noon, same
    # a midnight that is a time is the instant
    assert last_instant(pd.Timestamp("2024-06-30"), "known_at", "t") == noon - 43_200_000_000
    assert last_instant(None, "known_at", "t") == END


@pytest.mark.parametrize("wrong", [20240630, True, "June", float("nan"), pd.NaT, "2024-13-01", []])
def test_what_is_no_instant(new_store: New, wrong: Any) -> None:
    store = new_store()
    with pytest.raises(InvalidParameterError, match=r"'known_at' parameter of CustomerStore"):
        store.snapshot("2024-06-30", wrong)
    with pytest.raises(InvalidParameterError, match=r"'as_of' parameter of CustomerStore"):
        store.snapshot(wrong)


def test_the_hour_that_comes_twice_in_autumn(new_store: New, clock: Any) -> None:
    """In Berlin 02:30 on 27 October 2024 is two instants; in UTC there is one of each."""
    store = new_store()
    clock.set("2024-10-27T00:30Z")
    store.load(fact(1, "2024-01-01"))
    clock.set("2024-10-27T01:30Z")
    store.load(fact(2, "2024-01-01"))
    first, second = (
        pd.Timestamp("2024-10-27 02:30").tz_localize("Europe/Berlin", ambiguous=summer)
        for summer in (True, False)
    )
    assert [revenue(store, "2024-10-27", at) for at in (first, second)] == [1, 2]
    clock.set("2024-03-31T01:00Z")
    assert store.batches()["recorded_at"].astype(str).tolist() == [
        "2024-10-27 00:30:00+00:00",
        "2024-10-27 01:30:00+00:00",
    ]


def test_a_day_of_the_west_ends_later(new_store: New, clock: Any) -> None:
    store = new_store()
    clock.set("2024-06-30T20:30-04:00")
    store.load(fact(1, "2024-01-01"))
    # it is the first of July in UTC
    assert revenue(store, "2024-06-30", "2024-06-30") is None
    assert revenue(store, "2024-06-30", "2024-07-01") == 1


def test_a_clock_that_is_set_back_does_not_turn_the_order(new_store: New, clock: Any) -> None:
    store = new_store()
    clock.set("2024-06-30T12:00Z")
    store.load(fact(1, "2024-01-01"))
    clock.set("2024-06-30T11:00Z")
    store.load(fact(2, "2024-01-01"))
    first, second = store.batches()["recorded_at"]
    assert first == pd.Timestamp("2024-06-30 12:00Z")
    assert second - first == pd.Timedelta(microseconds=1)
    assert revenue(store, "2024-06-30") == 2


def test_a_snapshot_as_of_before_anything(new_store: New, clock: Any) -> None:
    store = new_store()
    clock.set("2024-06-30T12:00Z")
    store.load(fact(1, "2024-01-01"))
    assert revenue(store, "2023-12-31") is None
    assert revenue(store, "2024-06-30", "2024-06-29") is None
    assert revenue(store, "2024-06-30", "1900-01-01") is None


# --- history brought in from elsewhere ---------------------------------------------------


def test_a_backfill_is_known_from_when_it_was_collected(new_store: New, clock: Any) -> None:
    store = new_store()
    clock.set("2024-06-30T12:00Z")
    store.load(fact(1, "2021-12-31", collected_at="2022-04-01T00:00Z"), backfill=True)
    assert revenue(store, "2021-12-31", "2022-03-31") is None
    assert revenue(store, "2021-12-31", "2022-04-01") == 1
    # what had been recorded by then is another question
    assert revenue(store, "2021-12-31", "2022-04-01", recorded_by="2024-06-29") is None
    assert revenue(store, "2021-12-31", recorded_by="2024-06-30") == 1
    assert store.batches()["is_backfill"].tolist() == [True]
    # nothing is known later than it is recorded
    store.load(fact(2, "2021-12-31", collected_at="2025-01-01"), backfill=True)
    assert revenue(store, "2021-12-31", "2024-06-30") == 2


def test_a_result_is_made_again_though_a_backfill_came_later(new_store: New, clock: Any) -> None:
    store = new_store()
    clock.set("2024-01-01T12:00Z")
    store.load(facts(("A", "revenue", 1, "2022-12-31"), ("B", "revenue", 5, "2022-12-31")))
    then = store.snapshot("2024-01-01", "2024-01-02", items=["revenue"])
    clock.set("2024-06-30T12:00Z")
    store.load(fact(2, "2023-06-30", collected_at="2023-12-01"), backfill=True)
    assert revenue(store, "2024-01-01", "2024-01-02") == 2
    again = store.snapshot("2024-01-01", "2024-01-02", items=["revenue"], recorded_by="2024-01-02")
    pd.testing.assert_frame_equal(again, then)


def test_a_wrong_backfill_leaves_the_past_as_well(new_store: New, clock: Any) -> None:
    store = new_store()
    clock.set("2023-01-01T12:00Z")
    store.load(fact(1, "2020-12-31", collected_at="2021-04-01"), backfill=True)
    clock.set("2024-06-30T12:00Z")
    store.load(fact(999, "2021-12-31", collected_at="2022-04-01"), backfill=True)
    assert revenue(store, "2022-06-30", "2022-06-30") == 999
    clock.set("2024-07-31T12:00Z")
    store.retract([2], reason="another firm's")
    for known_at in ("2022-06-30", "2024-07-01", None):
        assert revenue(store, "2022-06-30", known_at) == 1
        assert store.observations(history=True, known_at=known_at)["number"].tolist() == [1]
    # the result of the days in between is made again by what was recorded then
    assert revenue(store, "2022-06-30", "2022-06-30", recorded_by="2024-07-01") == 999
    assert revenue(store, "2022-06-30", recorded_by="2024-07-31") == 1


def test_what_was_no_backfill_was_known_until_it_was_retracted(new_store: New, clock: Any) -> None:
    store = new_store()
    clock.set("2024-06-30T12:00Z")
    store.load(fact(999, "2021-12-31"))
    clock.set("2024-07-31T12:00Z")
    store.retract([1], reason="another firm's")
    assert revenue(store, "2022-06-30", "2024-07-30") == 999
    assert revenue(store, "2022-06-30", "2024-07-31") is None


def test_a_backfill_of_what_is_known_already_is_told(new_store: New, clock: Any) -> None:
    store = new_store()
    old = facts(
        ("A", "revenue", 1, "2020-12-31"), ("A", "name", "Ana", "2020-12-31"),
        ("B", "revenue", 2, "2020-12-31"), collected_at="2021-04-01",
    )  # fmt: skip
    both = Observations.concat([old, fact(3, "2021-12-31", collected_at="2022-04-01")])
    clock.set("2024-06-30T12:00Z")
    assert store.load(old, backfill=True).n_late == 0
    # what a backfill brought in is known as it should be
    assert store.load(both).n_loaded == 1
    assert store.load(old, backfill=True).n_late == 0
    new = facts(("A", "employees", 3, "2020-12-31"), collected_at="2021-04-01")
    store.load(new)
    with pytest.warns(KnownRowsWarning, match="2 observations of the backfill are in the store"):
        found = store.load(Observations.concat([both, new]), backfill=True)
    assert (found.n_loaded, found.n_known, found.n_late) == (0, 5, 2)
    assert revenue(store, "2022-06-30", "2022-06-30") == 1
    # as the warning says: other facts of somebody else, and the old ones taken back
    again = Observations.from_frame(both.table.assign(collected_by="lee"), catalogue=CATALOGUE)
    assert store.load(again, backfill=True).n_loaded == 4
    kept = store.observations(items=["revenue"], history=True)
    late = kept.loc[(kept["number"] == 3) & (kept["collected_by"] == ""), "observation"]
    assert store.retract(late, reason="known too late") == 1
    assert revenue(store, "2022-06-30", "2022-06-30") == 3
    # collected after it was recorded: a backfill would make it known no earlier
    late = fact(4, "2022-12-31", collected_at="2024-12-31")
    store.load(late)
    assert store.load(late, backfill=True).n_late == 0


def test_history_has_a_row_for_each_correction(new_store: New, clock: Any) -> None:
    store = new_store()
    clock.set("2024-06-30T12:00Z")
    rows = [
        ("A", "revenue", 1, "2022-12-31"), ("A", "employees", 10, "2022-12-31"),
        ("A", "revenue", 2, "2022-12-31"), ("A", "revenue", 3, "2023-12-31"),
    ]  # fmt: skip
    known = ["2023-04-01", "2023-04-01", "2023-09-01", "2024-04-01"]
    store.load(facts(*rows, collected_at=known), backfill=True)
    table = store.history(items=["revenue", "employees"])
    assert table.astype({"true_from": str, "known_on": str}).fillna(-1).values.tolist() == [
        ["A", "2022-12-31", "2023-04-01", 1, 10],
        # the employees of then are still what they were
        ["A", "2022-12-31", "2023-09-01", 2, 10],
        ["A", "2023-12-31", "2024-04-01", 3, -1],
    ]
    assert len(store.history(items=["revenue"], known_at="2023-08-31")) == 1


def test_history_by_source_mixes_no_two(new_store: New) -> None:
    store = new_store()
    store.load(fact(1, "2022-12-31", source_name="report"))
    store.load(
        facts(("A", "employees", 9, "2022-12-31"), source="third_party", source_name="bureau")
    )
    mixed = store.history(items=["revenue", "employees"])
    assert mixed[["revenue", "employees"]].values.tolist() == [[1, 9]]
    apart = store.history(items=["revenue", "employees"], by_source=True)
    assert apart["source"].tolist() == ["report", "bureau"]
    assert apart[["revenue", "employees"]].fillna(-1).values.tolist() == [[1, -1], [-1, 9]]


# --- the rule, told plainly --------------------------------------------------------------


def plainly(rows: list[dict[str, Any]], as_of: int, known_at: int) -> dict[Any, int]:
    """Return the number of the fact that counts for each place, as the documentation tells it."""
    seen = [r for r in rows if r["known"] <= known_at and r["from"] <= as_of]
    counts: dict[Any, int] = {}
    for place in {r["place"] for r in seen}:
        last: dict[Any, dict[str, Any]] = {}
        for r in sorted(
            (r for r in seen if r["place"] == place), key=lambda r: (r["known"], r["id"])
        ):
            last[r["from"], r["source"]] = r
        true = [r for r in last.values() if as_of < r["to"]]
        if true:
            best = max(true, key=lambda r: (r["from"], r["rank"], r["sure"], r["known"], -r["id"]))
            counts[place] = best["id"]
    return counts


ROW = st.fixed_dictionaries(
    {
        "place": st.integers(0, 2), "from": st.integers(-2, 3), "length": st.integers(1, 9),
        "source": st.integers(0, 2), "known": st.integers(0, 3),
        "sure": st.sampled_from([0.2, 0.8]),
    }
)  # fmt: skip
RANKS = (0.5, 0.5, 0.9)


@settings(max_examples=400)
@given(rows=st.lists(ROW, max_size=14), as_of=st.integers(-3, 8), known_at=st.integers(-1, 3),
       seed=st.integers(0, 99))  # fmt: skip
def test_what_counts_is_what_the_rule_says(
    rows: list[dict[str, Any]], as_of: int, known_at: int, seed: int
) -> None:
    table = [
        {
            **r, "id": n + 1, "rank": RANKS[r["source"]],
            "to": END if r["length"] > 5 else r["from"] + r["length"],
        }
        for n, r in enumerate(rows)
    ]  # fmt: skip
    expected = plainly(table, as_of, known_at)
    # the order in which a database gives them is nobody's business
    mixed = [table[i] for i in np.random.default_rng(seed).permutation(len(table))]
    seen = [r for r in mixed if r["known"] <= known_at]

    def column(name: str, kind: Any = np.int64) -> Any:
        return np.array([r[name] for r in seen], dtype=kind)

    facts_ = Candidates(
        id=column("id"), place=column("place"), true_from=column("from"), true_to=column("to"),
        source=column("source", np.int32), known=column("known"),
        reliability=column("rank", float), confidence=column("sure", float),
    )  # fmt: skip
    best = chosen(facts_, as_of)
    assert dict(zip(facts_.place[best], facts_.id[best], strict=True)) == expected
    assert (np.diff(facts_.place[best]) > 0).all()


SOURCES = ("public_filing", "third_party", "site_visit")
LOAD = st.tuples(
    st.booleans(),
    st.lists(
        st.tuples(
            st.sampled_from("AB"), st.sampled_from(["revenue", "employees"]), st.integers(0, 3),
            st.integers(1, 4), st.sampled_from([None, 2, 5]), st.sampled_from(SOURCES),
            st.integers(1, 28),
        ),
        min_size=1, max_size=5,
    ),
    st.integers(0, 4),
)  # fmt: skip


@settings(max_examples=15)
@given(loads=st.lists(LOAD, min_size=1, max_size=4), as_of=st.integers(1, 9),
       known_day=st.integers(1, 28))  # fmt: skip
def test_a_snapshot_is_what_the_rule_says(
    tmp_path_factory: pytest.TempPathFactory, loads: list[Any], as_of: int, known_day: int
) -> None:
    """Loads, backfills and retractions, on days of January 2020 and 2024 by the store's clock."""
    with pytest.MonkeyPatch.context() as patch:
        instants = iter(
            int(pd.Timestamp(f"2024-01-{2 * n + 1:02}T12:00Z").timestamp() * 1e6) for n in range(14)
        )
        now = [0]
        patch.setattr("creditscore.organise._store._clock.now", lambda: now[0])
        place = tmp_path_factory.mktemp("law") / "store.db"
        with CustomerStore.create(place, CATALOGUE) as store:
            gone: dict[int, int] = {}
            for backfill, rows, retracted in loads:
                now[0] = next(instants)
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", KnownRowsWarning)
                    store.load(_observed(rows), backfill=backfill)
                kept = store.observations(history=True)
                if 0 < retracted <= len(kept):
                    now[0] = next(instants)
                    number, batch = kept[["observation", "batch"]].iloc[retracted - 1].tolist()
                    store.retract([number], reason="law")
                    # what a backfill brought in leaves the past as well
                    is_old = bool(store.batches()["is_backfill"].iloc[batch - 1])
                    gone[number] = 0 if is_old else now[0]
            known_at = f"2024-01-{known_day:02}"
            got = store.snapshot(f"2020-01-{as_of:02}", known_at, items=["revenue", "employees"])
            expected = _expected(store, gone, as_of, last_instant(known_at, "k", "t"))
    found = {
        (customer, item): got.loc[customer, item]
        for customer in got.index
        for item in got.columns
        if not np.isnan(got.loc[customer, item])
    }
    assert found == expected


def _observed(rows: list[Any]) -> Observations:
    table = pd.DataFrame(
        [
            {
                "customer": customer, "item": item, "value": float(value),
                "true_from": f"2020-01-{first:02}",
                "true_to": None if length is None else f"2020-01-{first + length:02}",
                "source": source, "method": "data_analysis",
                "collected_at": f"2024-01-{collected:02}T06:00Z",
            }
            for customer, item, value, first, length, source, collected in rows
        ]
    )  # fmt: skip
    return Observations.from_frame(table, catalogue=CATALOGUE)


def _expected(
    store: CustomerStore, gone: dict[int, int], as_of: int, known_at: int
) -> dict[Any, float]:
    with store.engine.connect() as connection:
        o = observations.c
        query = (
            sa.select(
                o.id, customers.c.name, items.c.name, o.number, o.true_from, o.true_to,
                o.collected_at, origins.c.source, origins.c.method, batches.c.recorded_at,
                batches.c.is_backfill,
            )
            .join(customers, customers.c.id == o.customer_id)
            .join(items, items.c.id == o.item_id)
            .join(origins, origins.c.id == o.origin_id)
            .join(batches, batches.c.id == o.batch_id)
        )  # fmt: skip
        raw = connection.execute(query).all()
    epoch = dt.date(1970, 1, 1)
    day = (dt.date(2020, 1, as_of) - epoch).days
    origins_ = pd.DataFrame({"source": SOURCES, "source_name": "", "method": "data_analysis"})
    origins_ = origins_.reindex(columns=list(OBSERVATION_COLUMNS))
    ranks = dict(zip(SOURCES, SourceReliability().of(origins_), strict=True))
    rows = []
    for number, customer, item, value, first, last, collected, source, _, recorded, backfill in raw:
        if number in gone and gone[number] <= known_at:
            continue
        known = min(collected, recorded) if backfill else recorded
        rows.append(
            {
                "id": number, "place": (customer, item), "from": first, "value": value,
                "to": END if last is None else last, "source": source, "known": known,
                "rank": ranks[source], "sure": 1.0,
            }
        )  # fmt: skip
    values = {r["id"]: r["value"] for r in rows}
    return {place: values[n] for place, n in plainly(rows, day, known_at).items()}
