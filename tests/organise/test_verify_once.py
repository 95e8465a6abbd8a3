"""What happens once: two values of one source, and two sources, whatever the days."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from creditscore.collect import Item, ItemCatalogue, Observations
from creditscore.exceptions import ConflictWarning
from creditscore.organise import find_conflicts, find_duplicates, verification_status, verify

COLUMNS = ["check", "severity", "value", "expected"]


def settled(*rows: tuple[str, str], **columns: Any) -> Observations:
    """Days on which an invoice was settled, each with the day on which that was collected."""
    table = pd.DataFrame(rows, columns=["value", "collected_at"])
    given = {
        "customer": "A", "record": "I1", "item": "invoice.settled_on", "method": "data_analysis",
        "source": "internal_record", "source_name": "ledger", "true_from": table["value"],
        **columns,
    }  # fmt: skip
    return Observations.from_frame(table.assign(**given))


def found(observations: Any, **given: Any) -> list[list[Any]]:
    table = verify(observations, **given).findings
    table = table[table["check"] != "duplicate"]
    assert table["item"].isin(["invoice.settled_on", "invoice.amount", "founded_on"]).all()
    return list(table[COLUMNS].values.tolist())


def test_a_day_that_was_corrected_is_found_with_the_one_that_counts() -> None:
    known = settled(
        ("2023-08-25", "2023-09-30"), ("2023-05-11", "2023-10-31"), ("2023-08-25", "2023-08-31")
    )
    # told twice, found once
    assert found(known) == [["corrected", "doubt", "2023-08-25", "2023-05-11"]]
    hint = "the same source says otherwise, known from 2023-10-31; the last known counts"
    assert verify(known).findings["hint"].tolist()[:1] == [hint]
    status = verification_status(known)
    assert status["why"].tolist() == [
        "first-hand, and replaced by a later word", "first-hand",
        "first-hand, and replaced by a later word",
    ]  # fmt: skip


def test_a_value_that_returns_is_no_error_of_its_own() -> None:
    known = settled(
        ("2023-05-11", "2023-05-31"), ("2023-08-25", "2023-09-30"), ("2023-05-11", "2023-10-31")
    )
    assert found(known) == [["corrected", "doubt", "2023-08-25", "2023-05-11"]]


def test_two_days_at_one_instant_are_an_error() -> None:
    known = settled(("2023-08-25", "2023-09-30"), ("2023-05-11", "2023-09-30"))
    assert found(known) == [["conflict", "error", "2023-08-25", "2023-05-11"]]
    assert set(verify(known).status["why"]) == {
        "an error was found", "first-hand",
    }  # fmt: skip


def test_what_a_store_knew_last_counts_and_not_what_was_collected_last() -> None:
    table = settled(("2023-08-25", "2023-08-25"), ("2023-05-11", "2023-05-11")).table
    known = pd.to_datetime(pd.Series(["2023-08-25", "2024-02-01"]), utc=True)
    table = table.assign(known_at=known, recorded_at=known, observation=[7, 8])
    assert found(table) == [["corrected", "doubt", "2023-08-25", "2023-05-11"]]
    assert verify(table).findings["observation"].tolist() == [7]
    assert verification_status(table)["why"].tolist()[1] == "first-hand"


def test_amounts_of_two_sources_correct_nothing() -> None:
    amount = {"item": "invoice.amount", "true_from": ["2023-04-10", "2023-03-01"]}
    rows = (("100", "2023-04-30"), ("120", "2023-05-31"))
    assert found(settled(*rows, **amount)) == [["corrected", "doubt", 100.0, "120.0"]]
    assert found(settled(("100", "2023-04-30"), ("100", "2023-05-31"), **amount)) == []
    by_two = {**amount, "source_name": ["ledger", "book"]}
    # which are two equals that contradict each other
    assert found(settled(*rows, **by_two)) == [["conflict", "error", 100.0, "120.0"]]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (["100 CNY", "120 USD"], [("100.0 CNY", "120.0 USD")]),
        (["100 CNY", "100 USD"], [("100.0 CNY", "100.0 USD")]),
        (["100 USD", "100 CNY", "100 USD"], [("100.0 CNY", "100.0 USD")]),
        (["100 CNY", "120 CNY", "120 EUR"],
         [("100.0 CNY", "120.0 EUR"), ("120.0 CNY", "120.0 EUR")]),
        # two ways of writing one unit, and none, which contradicts no other
        (["100 CNY", "100 RMB"], []), (["100 CNY", "100 "], []),
        (["100 CNY", "120 "], [(100.0, "120.0")]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("at_once", [True, False])
def test_another_unit_of_one_source_is_another_value(
    told: list[str], expected: list[Any], *, at_once: bool
) -> None:
    words = [word.split(" ") for word in told]
    days = ["2023-05-31"] * 3 if at_once else ["2023-05-31", "2023-06-30", "2023-07-31"]
    known = settled(
        *((number, day) for (number, _), day in zip(words, days, strict=False)),
        item="invoice.amount", unit=[unit for _, unit in words], true_from="2023-04-10",
    )  # fmt: skip
    check = ["conflict", "error"] if at_once else ["corrected", "doubt"]
    table = verify(known).findings
    own = table[table["check"].isin(["conflict", "corrected"])]
    assert own[COLUMNS].values.tolist() == [[*check, *pair] for pair in expected]
    if expected and not at_once:
        why = verification_status(known)["why"].tolist()
        assert why.count("first-hand, and replaced by a later word") == len(expected)
    again = find_duplicates(known)
    n_again = {"100 USD": len(told) - 2, "100 RMB": 1}.get(told[-1], 0)
    assert again["kind"].tolist() == ["told again"] * n_again


def test_a_unit_that_was_loaded_late_is_told() -> None:
    amount = {"item": "revenue", "record": "", "true_from": "2022-12-31", "unit": ["USD", "CNY"]}
    table = settled(("100", "2023-09-30"), ("100", "2023-05-31"), **amount).table
    known = pd.to_datetime(pd.Series(["2023-09-30", "2024-02-01"]), utc=True)
    late = verify(table.assign(known_at=known, recorded_at=known, observation=[7, 8])).findings
    late = late[late["check"] == "outdated"]
    assert late[["value", "expected"]].values.tolist() == [["100.0 CNY", "100.0 USD"]]


def test_sources_contradict_each_other_whatever_the_day() -> None:
    known = settled(
        ("2023-05-11", "2023-05-31"), ("2023-08-25", "2023-09-30"),
        source=["internal_record", "third_party"], source_name=["ledger", "bank"],
        method=["data_analysis", "interview"],
    )  # fmt: skip
    with pytest.warns(ConflictWarning, match="1 fact, first about 'invoice.settled_on'"):
        told = find_conflicts(known)
    assert told[["chosen", "other", "resolved"]].values.tolist() == [
        ["2023-05-11", "2023-08-25", True]
    ]
    assert verification_status(known)["status"].tolist() == ["verified", "contradicted"]


@pytest.mark.parametrize("once", [True, False])
def test_only_what_happens_once(*, once: bool) -> None:
    """An item of the customer itself, in a catalogue of one's own."""
    catalogue = ItemCatalogue(
        items=(Item(name="founded_on", kind="day", group="identity", once=once),)
    )
    known = settled(
        ("2001-05-01", "2023-05-31"), ("1999-05-01", "2023-09-30"), record="", item="founded_on"
    )
    expected = [["corrected", "doubt", "2001-05-01", "1999-05-01"]] if once else []
    assert found(known, catalogue=catalogue) == expected
    follows = Observations.from_frame(
        known.table.assign(item="revenue", text=None, number=[1.0, 2.0], record="")
    )
    assert verify(follows).findings.empty
