"""Merges and what takes them back; decisions on the queue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore.exceptions import (
    ConflictWarning,
    InvalidDataError,
    InvalidParameterError,
    StoreError,
)
from creditscore.organise import (
    MergeEvent,
    MergeLog,
    ReviewCase,
    ReviewDecision,
    ReviewQueue,
)
from growth import growth
from stores import facts

WHO = {"by": "ana", "reason": "same number"}
NAMES = list("ABCDEF")
AT = "2024-06-01T08:00Z"


def queue_of(*pairs: str) -> ReviewQueue:
    cases = [ReviewCase(left=p[0], right=p[1], probability=0.5, why="not sure") for p in pairs]
    return ReviewQueue(cases=tuple(cases))


@given(
    st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.booleans()), max_size=25)
)
def test_any_history_is_what_it_says_and_unmerging_restores_it(
    steps: list[tuple[str, str, bool]],
) -> None:
    """Against a plain dictionary; whatever is merged and taken out at once changed nothing."""
    log, into = MergeLog(), {}
    for number, (customer, other, undo) in enumerate(steps):
        at = f"2024-06-01T08:00:{number:02d}Z"
        if undo:
            if customer in into:
                del into[customer]
                log = log.unmerge(customer, at=at, **WHO)
            else:
                with pytest.raises(InvalidDataError, match="merged into nobody"):
                    log.unmerge(customer, at=at, **WHO)
            continue
        root = other
        while root in into:
            root = into[root]
        if customer in into or root == customer:
            with pytest.raises((InvalidDataError, InvalidParameterError)):
                log.merge(customer, other, at=at, **WHO)
            continue
        before = log.resolve(NAMES)
        log = log.merge(customer, other, at=at, **WHO)
        into[customer] = other
        pd.testing.assert_series_equal(log.unmerge(customer, at=at, **WHO).resolve(NAMES), before)
    for name, found in log.resolve(NAMES).items():
        root = str(name)
        while root in into:
            root = into[root]
        assert found == root
    assert MergeLog.from_json(log.to_json()) == log


def test_taking_out_the_middle_of_a_chain() -> None:
    log = MergeLog().merge("A", "B", at=AT, **WHO).merge("B", "C", at=AT, **WHO)
    assert log.resolve(["A", "B", "C"]).tolist() == ["C", "C", "C"]
    log = log.unmerge("B", at=AT, **WHO)
    assert log.resolve(["A", "B", "C"]).tolist() == ["B", "B", "C"]
    assert repr(log) == "MergeLog(3 events, 1 merged)"
    assert log.frame()["into"].tolist() == ["B", "C", None]
    assert "same number" in log._repr_html_()


def test_what_counted_when() -> None:
    log = MergeLog().merge("A", "B", at="2024-06-02T00:00Z", **WHO)
    log = log.unmerge("A", at="2024-06-03T12:00+08:00", **WHO)
    found = {
        at: log.resolve(["A"], at=at).item()
        for at in (
            "2024-06-01", "2024-06-01T23:59:59.999999Z", "2024-06-02T00:00Z", "2024-06-02",
            "2024-06-03T03:59:59Z", "2024-06-03T04:00:00Z", "2024-06-03",
        )
    }  # fmt: skip
    assert list(found.values()) == ["A", "A", "B", "B", "B", "A", "A"]
    zone = dt.timezone(dt.timedelta(hours=8))
    assert log.resolve(["A"], at=dt.datetime(2024, 6, 3, 11, 59, tzinfo=zone)).item() == "B"
    assert log.resolve(["A"], at=dt.date(2024, 6, 2)).item() == "B"
    assert log.resolve(["A"], at=np.datetime64("2024-06-02")).item() == "B"
    assert log.resolve(["A"], at=pd.Timestamp("2024-06-02T00:00")).item() == "B"
    with pytest.raises(InvalidParameterError, match=r"'at' parameter of MergeLog\.resolve"):
        log.resolve(["A"], at="yesterday")


def test_what_is_refused() -> None:
    log = MergeLog().merge("A", "B", at=AT, **WHO)
    with pytest.raises(InvalidDataError, match="'A' is merged into 'B' already"):
        log.merge("A", "C", at=AT, **WHO)
    with pytest.raises(InvalidDataError, match="'B' cannot be merged into 'A'"):
        log.merge("B", "A", at=AT, **WHO)
    with pytest.raises(InvalidDataError, match="earlier than the event before it"):
        log.merge("C", "B", at="2024-05-31", **WHO)
    with pytest.raises(InvalidParameterError, match="into itself"):
        log.merge("C", "C", at=AT, **WHO)
    with pytest.raises(InvalidParameterError, match="'reason'"):
        log.merge("C", "B", at=AT, by="ana", reason=" ")
    with pytest.raises(InvalidParameterError, match="'at'"):
        log.merge("C", "B", at=3, **WHO)
    for text in ("now", "today", "2024"):
        with pytest.raises(InvalidParameterError, match="'at'"):
            log.merge("C", "B", at=text, **WHO)
    with pytest.raises(InvalidParameterError, match="must be MergeEvents"):
        MergeLog(events=("A",))  # type: ignore[arg-type]


def test_merges_of_a_table() -> None:
    merges = pd.DataFrame({"customer": ["B", "C"], "into": ["A", "A"]})
    log = MergeLog().merge_all(merges, at=AT, **WHO)
    assert log.resolve(["A", "B", "C"]).tolist() == ["A"] * 3
    assert MergeLog().merge_all(merges.iloc[:0], at=AT, **WHO) == MergeLog()
    with pytest.raises(InvalidDataError, match="earlier than"):
        log.merge_all(pd.DataFrame({"customer": ["D"], "into": ["A"]}), at="2024-05-01", **WHO)
    # what was merged before goes along
    more = pd.DataFrame({"customer": ["C", "D"], "into": ["E", "B"]})
    log = log.merge_all(more, at=AT, **WHO)
    assert log.resolve(NAMES).tolist() == ["E"] * 5 + ["F"]


def test_a_file_that_is_matched_again_undoes_no_decision() -> None:
    merges = pd.DataFrame({"customer": ["B", "C"], "into": ["A", "A"]})
    log = MergeLog().merge_all(merges, at=AT, **WHO)
    assert log.merge_all(merges, at=AT, **WHO) == log
    log = log.unmerge("B", at="2024-06-02", **WHO)
    with pytest.warns(ConflictWarning, match="'B' from 'A'.* They stay apart"):
        assert log.merge_all(merges, at="2024-06-03", **WHO) == log
    # the first of the table is another one now, and a third record joins them
    turned = pd.DataFrame({"customer": ["A", "C", "D"], "into": ["B", "B", "B"]})
    with pytest.warns(ConflictWarning, match="'A' from 'B', 'C' from 'B'"):
        found = log.merge_all(turned, at="2024-06-03", **WHO)
    assert found.resolve(list("ABCD")).tolist() == ["A", "B", "A", "B"]
    # somebody may change the decision
    again = log.merge("B", "A", at="2024-06-04", **WHO)
    assert again.merge_all(merges, at="2024-06-05", **WHO) == again


def test_a_queue_that_is_applied_again_undoes_no_later_decision() -> None:
    queue = queue_of("AB").decide("A", "B", is_same=True, by="ana", reason="alike", at=AT)
    log = queue.apply(MergeLog()).unmerge("B", at="2024-06-02", **WHO)
    assert queue.apply(log) == log
    later = queue.decide("A", "B", is_same=True, by="li", reason="seen", at="2024-06-03")
    assert later.apply(log).resolve(["B"]).tolist() == ["A"]


def test_decisions_are_kept_when_a_file_is_matched_again() -> None:
    before = queue_of("AB", "CD", "EF")
    before = before.decide("A", "B", is_same=False, by="ana", reason="twins", at=AT)
    before = before.decide("C", "D", is_same=True, by="ana", reason="alike", at=AT)
    queue = queue_of("BA", "EF", "AC").following(before)
    assert [(case.left, case.right) for case in queue.cases] == [
        ("B", "A"), ("E", "F"), ("A", "C"), ("C", "D"),
    ]  # fmt: skip
    assert queue.open()["left"].tolist() == ["E", "A"]
    assert queue.following(before).open().equals(queue.open())
    # what is decided to be different is not merged unseen
    log = MergeLog().merge("B", "A", at="2024-06-02", **WHO)
    with pytest.raises(InvalidDataError, match="'B' and 'A' were decided to be different"):
        queue.apply(log)


def test_many_decisions_take_little_time() -> None:
    def applied(n: int) -> Callable[[], None]:
        cases = tuple(
            ReviewCase(left="A", right=f"B{place}", probability=0.5, why="x") for place in range(n)
        )
        decisions = tuple(
            ReviewDecision(left="A", right=case.right, is_same=True, by="ana", reason="x", at=AT)
            for case in cases
        )
        queue = ReviewQueue(cases=cases, decisions=decisions)

        def run() -> None:
            assert len(queue.apply(MergeLog()).events) == n

        return run

    # eight times the decisions; 64 times where each merge looks at all those before it
    assert growth(applied, 500, 4000) < 24


class Store:
    """What a log needs of a store, which refuses from some call on."""

    def __init__(self, refuses_at: int = 99) -> None:
        self.rows: list[tuple[str, str | None, str]] = []
        self.refuses_at = refuses_at

    def link(self, customer: str, into: str | None, reason: str) -> None:
        if len(self.rows) == self.refuses_at:
            raise StoreError(reason)
        self.rows.append((customer, into, reason))

    def unlink(self, customer: str, reason: str) -> None:
        self.link(customer, None, reason)

    def links(self) -> pd.DataFrame:
        return pd.DataFrame(self.rows, columns=["customer", "into", "reason"], dtype=object)


def test_a_store_gets_what_it_does_not_have() -> None:
    store = Store()
    log = MergeLog().merge("A", "B", at=AT, **WHO)
    assert (log.write_to(store), log.write_to(store)) == (1, 0)
    # what somebody links in the store itself is none of the log's
    store.link("X", "Y", reason="by hand")
    later = log.unmerge("A", at=AT, **WHO).merge("A", "B", at=AT, **WHO)
    assert (later.write_to(store), later.write_to(store), log.write_to(store)) == (2, 0, 0)
    told = "same number (by ana, 2024-06-01T08:00:00.000000Z)"
    assert store.rows == [
        ("A", "B", told), ("X", "Y", "by hand"), ("A", None, told), ("A", "B", told),
    ]  # fmt: skip


def test_writing_goes_on_where_a_store_refused() -> None:
    store = Store(refuses_at=2)
    log = MergeLog()
    for customer in "ABCD":
        log = log.merge(customer, "Z", at=AT, **WHO)
    with pytest.raises(StoreError, match="same number"):
        log.write_to(store)
    store.refuses_at = 99
    assert log.write_to(store) == 2
    assert [row[0] for row in store.rows] == [*"ABCD"]


def test_a_store_of_customers_gets_each_event_once(new_store: Any) -> None:
    store = new_store()
    store.load(facts(*((name, "revenue", 1, "2024-01-01") for name in "AB")))
    log = MergeLog().merge("A", "B", at=AT, **WHO).unmerge("A", at=AT, **WHO)
    assert (log.write_to(store), log.write_to(store)) == (2, 0)
    assert log.merge("A", "B", at=AT, **WHO).write_to(store) == 1
    assert len(store.links()) == 3


def test_who_was_erased_is_not_written_again() -> None:
    store = Store()
    log = MergeLog().merge("A", "B", at=AT, **WHO).merge("C", "A", at=AT, **WHO)
    log.write_to(store)
    store.rows = [("erased:1", *store.rows[0][1:]), ("C", "erased:1", store.rows[1][2])]
    assert log.write_to(store) == 0
    # another log of the same day, by the same person for the same reason
    assert MergeLog().merge("D", "B", at=AT, **WHO).write_to(Store()) == 1
    store.rows = [("E", *store.rows[0][1:])]
    assert MergeLog().merge("D", "B", at=AT, **WHO).write_to(store) == 1


def test_decisions() -> None:
    queue = queue_of("AB", "BC", "DE")
    queue = queue.decide("B", "A", is_same=True, by="ana", reason="one passport", at=AT)
    queue = queue.decide("B", "C", is_same=True, by="li", reason="one address", at="2024-06-02")
    queue = queue.decide("D", "E", is_same=False, by="li", reason="twins", at="2024-06-02")
    assert repr(queue) == "ReviewQueue(3 pairs, 0 of them open)"
    assert len(queue.open()) == 0
    assert queue.frame()["decision"].tolist() == ["same", "same", "different"]
    log = queue.apply(MergeLog())
    assert log.resolve(NAMES).tolist() == ["A", "A", "A", "D", "E", "F"]
    assert [(event.by, event.reason) for event in log.events] == [
        ("ana", "review: one passport"), ("li", "review: one address"),
    ]  # fmt: skip
    # what is one already is not merged again
    assert queue.apply(log) == log
    assert ReviewQueue.from_json(queue.to_json()) == queue
    assert "twins" in queue._repr_html_()


def test_a_decision_may_be_changed_and_both_are_kept() -> None:
    queue = queue_of("AB").decide("A", "B", is_same=True, by="ana", reason="alike", at=AT)
    queue = queue.decide("A", "B", is_same=False, by="li", reason="twins", at="2024-06-02")
    assert len(queue.decisions) == 2
    assert queue.apply(MergeLog()) == MergeLog()


def test_a_pair_that_is_different_does_not_become_one_by_others() -> None:
    queue = queue_of("AB", "BC", "AC")
    for pair, same in (("AB", True), ("BC", True), ("AC", False)):
        queue = queue.decide(*pair, is_same=same, by="ana", reason="seen", at=AT)
    with pytest.raises(InvalidDataError, match="'A' and 'C' were decided to be different"):
        queue.apply(MergeLog())


def test_queues_that_are_none() -> None:
    with pytest.raises(InvalidDataError, match="stands twice"):
        queue_of("AB", "BA")
    with pytest.raises(InvalidDataError, match="no pair 'A' and 'C'"):
        queue_of("AB").decide("A", "C", is_same=True, by="ana", reason="seen", at=AT)
    with pytest.raises(InvalidParameterError, match="of two customers"):
        queue_of("AA")
    with pytest.raises(InvalidParameterError, match="'probability'"):
        ReviewCase(left="A", right="B", probability=2, why="x")
    with pytest.raises(InvalidParameterError, match="'is_same'"):
        ReviewDecision(left="A", right="B", is_same=1, by="a", reason="b", at=AT)  # type: ignore[arg-type]
    assert len(ReviewQueue().frame()) == 0
    assert repr(ReviewQueue()) == "ReviewQueue(0 pairs, 0 of them open)"


def test_instants_are_kept_in_utc() -> None:
    event = MergeEvent(customer="A", into="B", at="2024-10-27T02:30+02:00", **WHO)
    assert event.at == "2024-10-27T00:30:00.000000Z"
    assert repr(event) == "MergeEvent(A into B by ana, 2024-10-27T00:30:00.000000Z)"
    naive = MergeEvent(customer="A", into=None, at=dt.datetime(2024, 1, 1, 8), **WHO)  # noqa: DTZ001
    assert naive.at == "2024-01-01T08:00:00.000000Z"
