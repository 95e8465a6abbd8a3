"""A day that its customer rectifies: what moves with it, what stays, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from creditscore.collect import Item, ItemCatalogue, Observations
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.organise import CustomerStore

New = Callable[..., CustomerStore]

LEDGER = {"source": "internal_record", "source_name": "ledger", "method": "data_analysis"}
EVENTS = ItemCatalogue(items=(
    Item(name="founded_on", kind="day", group="identity", once=True),
    Item(name="employees", group="identity"),
    Item(name="invoice.invoiced_on", kind="day", group="operating", once=True),
    Item(name="invoice.due_on", kind="day", group="operating", once=True),
    Item(name="payment.paid_on", kind="day", group="operating", once=True),
    Item(name="payment.amount", group="operating", once=True),
    Item(name="payment.payer", kind="text", group="operating", once=True, sensitivity="personal"),
    Item(name="payment.method", kind="text", group="operating"),
))  # fmt: skip
NOW = "2024-12-31"


def of_events(*rows: tuple[Any, ...], **columns: Any) -> Observations:
    table = pd.DataFrame(rows, columns=["customer", "record", "item", "value", "true_from"])
    given = {**LEDGER, "collected_at": "2024-01-01T00:00Z", **columns}
    return Observations.from_frame(table.astype(object).assign(**given), catalogue=EVENTS)


def number_of(store: CustomerStore, record: str, item: str) -> int:
    table = store.observations(items=[item], history=True)
    return int(table.loc[table["record"] == record, "observation"].iloc[0])


@pytest.mark.parametrize(("old", "new"), [("2001-05-01", "1999-03-01"), ("2001-05-01", "2004-1-1")])
def test_a_rectified_day_of_an_event_moves_the_event(
    new_store: New, clock: Any, old: str, new: str
) -> None:
    store = new_store(catalogue=EVENTS)
    store.load(of_events(("A", "", "founded_on", old, old), ("A", "", "employees", 7, old)))
    clock.set("2024-02-01T00:00Z")
    new = str(pd.Timestamp(new).date())
    number = number_of(store, "", "founded_on")
    assert store.rectify(number, new, evidence="letter").n_loaded == 1

    def founded(as_of: str, known_at: str) -> list[str]:
        table = store.snapshot(as_of, known_at, items=["founded_on"])
        return [str(day.date()) for day in table["founded_on"].dropna()]

    for as_of in ("1998-12-31", "2000-06-30", "2003-06-30", "2024-06-30"):
        # before it was known, as before; from then on as if it had been told so at first
        assert founded(as_of, "2024-01-31") == ([old] if old <= as_of else [])
        assert founded(as_of, NOW) == ([new] if new <= as_of else [])
    # what is true from that day by chance, and changes with time, stays
    assert store.snapshot("2002-06-30", items=["employees"]).loc["A", "employees"] == 7


def test_what_is_told_of_an_event_moves_with_its_day(new_store: New, clock: Any) -> None:
    store = new_store(catalogue=EVENTS)
    day = "2023-05-11"
    store.load(of_events(
        ("A", "P1", "payment.paid_on", day, day), ("A", "P1", "payment.amount", 50.0, day),
        ("A", "P1", "payment.payer", "a brother", day), ("A", "P1", "payment.method", "cash", day),
        ("A", "P2", "payment.amount", 9.0, day), ("B", "P1", "payment.amount", 8.0, day),
    ))  # fmt: skip
    store.load(of_events(("A", "P1", "payment.amount", 7.0, day), source_name="bank"))
    clock.set("2024-02-01T00:00Z")
    store.load(of_events(("A", "P1", "payment.amount", 60.0, day)))
    clock.set("2024-03-01T00:00Z")
    number = number_of(store, "P1", "payment.paid_on")
    assert store.rectify(number, "2023-04-02", evidence="letter").n_loaded == 4

    def paid(as_of: str, known_at: str = NOW) -> list[Any]:
        table = store.records("payment", as_of, known_at)
        mine = table[(table["customer"] == "A") & (table["record"] == "P1")]
        names = ["paid_on", "amount", "payer", "method"]
        return [str(word)[:10] for word in mine[names].astype(object).to_numpy().ravel()]

    assert paid("2023-04-30") == ["2023-04-02", "60.0", "a brother", "None"]
    assert paid("2023-06-30") == ["2023-04-02", "60.0", "a brother", "cash"]
    assert paid("2023-04-30", "2024-02-28") == []
    assert paid("2023-06-30", "2024-02-28") == [day, "60.0", "a brother", "cash"]
    # records and customers of the same day are others
    assert sorted(store.records("payment", "2023-04-30")["record"]) == ["P1"]
    assert store.observations(items=["payment.paid_on"])["evidence"].tolist() == ["letter"]


def test_a_rectified_day_that_is_true_from_another_stays_there(new_store: New, clock: Any) -> None:
    store = new_store(catalogue=EVENTS)
    store.load(of_events(
        ("A", "I1", "invoice.invoiced_on", "2023-03-01", "2023-03-01"),
        ("A", "I1", "invoice.due_on", "2023-05-01", "2023-03-01"),
        ("A", "I2", "invoice.invoiced_on", "2023-03-01", "2023-03-01"),
        ("A", "I2", "invoice.due_on", "2023-03-01", "2023-03-01"),
    ))  # fmt: skip
    clock.set("2024-02-01T00:00Z")
    store.rectify(number_of(store, "I1", "invoice.due_on"), "2023-06-01", evidence="letter")
    due = store.records("invoice", "2023-03-31").set_index("record")["due_on"]
    assert str(due["I1"].date()) == "2023-06-01"
    at_once = number_of(store, "I2", "invoice.due_on")
    # due at once: whether that is an event of its own, nobody but a person knows
    with pytest.raises(InvalidParameterError, match=r"so is 'invoice\.invoiced_on' of the same"):
        store.rectify(at_once, "2023-06-01", evidence="letter")
    store.rectify(at_once, "2023-06-01", evidence="letter", true_from="2023-03-01")
    due = store.records("invoice", "2023-03-31").set_index("record")["due_on"]
    assert str(due["I2"].date()) == "2023-06-01"
    invoiced = number_of(store, "I2", "invoice.invoiced_on")
    store.rectify(invoiced, "2023-02-01", evidence="letter", true_from="2023-02-01")
    assert store.records("invoice", "2023-02-28")["record"].tolist() == ["I2"]


def test_a_day_to_be_true_from_is_for_what_happens_once(new_store: New) -> None:
    store = new_store(catalogue=EVENTS)
    store.load(of_events(("A", "", "employees", 7, "2023-03-01")))
    with pytest.raises(InvalidParameterError, match="'employees' changes with time"):
        store.rectify(1, 8, evidence="letter", true_from="2023-01-01")
    store.load(of_events(("A", "P1", "payment.paid_on", "2023-03-01", "2023-03-01")))
    with pytest.raises(InvalidDataError, match="'soon' cannot be read"):
        store.rectify(2, "soon", evidence="letter")
    store.retract([2], reason="another customer's")
    with pytest.raises(InvalidParameterError, match="retracted since, and nothing else counts"):
        store.rectify(2, "2023-02-01", evidence="letter")


# --- what moves with it, and what does not --------------------------------------------------

BANK = {"source": "internal_record", "source_name": "bank"}
DAY = "2023-05-11"


def payments(store: CustomerStore, as_of: str = NOW) -> list[list[str]]:
    table = store.records("payment", as_of)
    return [[str(word)[:10] for word in row] for row in table[["paid_on", "amount"]].to_numpy()]


def test_what_another_source_told_later_counts_after_the_day_has_moved(
    new_store: New, clock: Any
) -> None:
    store = new_store(catalogue=EVENTS)
    about = {"confidence": 0.2, "evidence": "receipt", "collected_by": "bob"}
    store.load(of_events(("A", "P1", "payment.paid_on", DAY, DAY),
                         ("A", "P1", "payment.amount", 100.0, DAY), **about))  # fmt: skip
    clock.set("2024-02-01T00:00Z")
    store.load(of_events(("A", "P1", "payment.amount", 999.0, DAY), **{**BANK, **about}))
    clock.set("2024-03-01T00:00Z")
    store.rectify(number_of(store, "P1", "payment.paid_on"), "2023-06-01", evidence="letter")
    assert payments(store) == [["2023-06-01", "999.0"]]
    names = ["confidence", "evidence", "collected_by", "collected_at"]
    facts = store.observations(history=True)
    moved = facts[facts["true_from"] == "2023-06-01"].set_index("item")[names].astype(str)
    old = ["0.2", "receipt", "bob", "2024-01-01 00:00:00+00:00"]
    assert moved.loc["payment.amount"].to_numpy().tolist() == [old, old]
    assert moved.loc["payment.paid_on"].tolist()[:2] == ["1.0", "letter"]
    # and back, where the same was told before
    last = int(store.observations(items=["payment.paid_on"])["observation"].iloc[0])
    assert store.rectify(last, DAY, evidence="letter").n_loaded == 3
    assert payments(store, DAY) == [[DAY, "999.0"]]


def test_a_source_that_tells_the_day_itself_keeps_what_it_told(new_store: New) -> None:
    store = new_store(catalogue=EVENTS)
    bank = {**BANK, "confidence": 0.5}
    for more in ({}, bank):
        store.load(of_events(("A", "P1", "payment.paid_on", DAY, DAY),
                             ("A", "P1", "payment.amount", 7.0, DAY), **more))  # fmt: skip
    number = number_of(store, "P1", "payment.paid_on")
    assert store.rectify(number, "2023-06-01", evidence="letter").n_loaded == 2
    assert payments(store, DAY) == [[DAY, "7.0"]]
    assert payments(store) == [["2023-06-01", "7.0"]]


def test_what_would_displace_another_source_does_not_move(new_store: New, clock: Any) -> None:
    store = new_store(catalogue=EVENTS)
    store.load(of_events(("A", "P1", "payment.paid_on", DAY, DAY),
                         ("A", "P1", "payment.amount", 100.0, DAY)))  # fmt: skip
    clock.set("2024-02-01T00:00Z")
    store.load(of_events(("A", "P1", "payment.amount", 999.0, "2023-05-12"), **BANK))
    number = number_of(store, "P1", "payment.paid_on")
    with pytest.raises(InvalidParameterError, match="in the place of observation 3, which"):
        store.rectify(number, "2023-06-01", evidence="letter")
    store.rectify(number, "2023-06-01", evidence="letter", true_from="2023-06-01")
    assert payments(store) == [["2023-06-01", "999.0"]]


def test_a_number_that_counts_no_more_is_refused(new_store: New, clock: Any) -> None:
    store = new_store(catalogue=EVENTS)
    store.load(of_events(("A", "P1", "payment.paid_on", DAY, DAY),
                         ("A", "P1", "payment.amount", 100.0, DAY)))  # fmt: skip
    number = number_of(store, "P1", "payment.paid_on")
    clock.set("2024-02-01T00:00Z")
    store.rectify(number, "2023-04-10", evidence="letter")
    last = int(store.observations(items=["payment.paid_on"])["observation"].iloc[0])
    with pytest.raises(InvalidParameterError, match=f"corrected since, and observation {last} "):
        store.rectify(number, "2023-03-05", evidence="letter")
    store.rectify(last, "2023-03-05", evidence="letter")
    assert payments(store, "2023-03-20") == [["2023-03-05", "100.0"]]
    clock.set("2024-03-01T00:00Z")
    new = int(store.observations(items=["payment.paid_on"])["observation"].iloc[0])
    store.retract([new], reason="a mistake")
    with pytest.raises(InvalidParameterError, match=f"retracted since, and observation {last} "):
        store.rectify(new, "2023-03-05", evidence="letter")


def test_an_end_before_the_new_day_is_told(new_store: New) -> None:
    store = new_store(catalogue=EVENTS)
    store.load(of_events(("A", "P1", "payment.paid_on", DAY, DAY)))
    store.load(of_events(("A", "P1", "payment.amount", 7.0, DAY), true_to="2023-05-20"))
    store.load(of_events(("A", "P2", "payment.paid_on", DAY, DAY), true_to="2023-05-20"))
    for record, said in (("P1", r"2, of 'payment\.amount'"), ("P2", r"3, of 'payment\.paid_on'")):
        with pytest.raises(InvalidParameterError, match=f"{said}, is true until 2023-05-20"):
            store.rectify(
                number_of(store, record, "payment.paid_on"), "2023-05-20", evidence="letter"
            )
