"""Rejected rows in a store: whose they are, what erasure takes, and what comes back or is new."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from creditscore.collect import (
    CodedInterviews,
    FieldRule,
    ItemCatalogue,
    ItemRule,
    Observations,
    SourceMapping,
    read_bureau_reports,
    read_ledger,
    read_source,
    read_statements,
)
from creditscore.exceptions import RejectedRowsWarning
from creditscore.organise import CustomerStore, ErasureRegister
from creditscore.organise._store import _rejecting
from creditscore.organise._store._erased import REGISTER
from creditscore.protect import Actor, AuditTrail, FileSink, KeyRing

New = Callable[..., CustomerStore]
AT = "2024-06-01"
NAME = "Zoe Quicksilver"
LETTERS = ("Carla Zed", "CARLA ZED", "carla zed", " Ｃarla Zed")
ROW = {
    "source": "list.csv", "row": "2", "column": "staff", "item": "employees", "value": "many",
    "reason": "is no number", "protected": False,
}  # fmt: skip


def _mapping(*columns: str) -> SourceMapping:
    return SourceMapping(
        source="internal_record", method="data_analysis", true_from=FieldRule(value="2023-12-31"),
        customer=FieldRule(columns=columns or ("firm",)),
        columns={"staff": ItemRule(item="employees")},
    )  # fmt: skip


def _frame(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    return read_source(table, _mapping(*columns), collected_at=AT).rejects.table


def _numbers() -> pd.DataFrame:
    # a gap makes decimal numbers of whole ones
    cells = {"firm": [10001.0, None], "staff": ["many", ""], "name": [NAME, ""]}
    return _frame(pd.DataFrame(cells)).head(1)


def _columns() -> pd.DataFrame:
    cells = {"area": ["1000"], "number": ["4711"], "staff": ["many"], "name": [NAME]}
    return _frame(pd.DataFrame(cells), "area", "number")


def _report(customer: str = "P1") -> dict[str, Any]:
    return {
        "report": {"reported_on": "2024-05-31"}, "subject": {"customer": customer, "name": NAME},
        "tradelines": [{"kind": "strange", "opened_on": "2020-02-10", "payments": "N" * 24}],
    }  # fmt: skip


def _bureau() -> pd.DataFrame:
    return read_bureau_reports(_report()).rejects.table


def _bureau_by_number() -> pd.DataFrame:
    report = _report()
    report["subject"] = {"identity_number": "110101", "name": NAME}
    return read_bureau_reports(report, customers={"110101": "P2"}).rejects.table


def _statements() -> pd.DataFrame:
    fact = {"entity": "E 5", "concept": "us-gaap:Assets", "end": "2023-12-31", "value": NAME}
    return read_statements(
        pd.DataFrame([fact]), customers={"E 5": "S1"}, collected_at=AT
    ).rejects.table


def _ledger() -> pd.DataFrame:
    cells = {"firm": ["L1"], "number": ["I1"], "day": ["2024-01-10"], "amount": [NAME]}
    mapping = SourceMapping(
        source="internal_record", method="data_analysis", customer=FieldRule(columns=("firm",)),
        record=FieldRule(columns=("number",)), true_from=FieldRule(columns=("day",)),
        unit=FieldRule(value="CNY"),
        columns={"amount": ItemRule(item="invoice.amount"),
                 "day": ItemRule(item="invoice.invoiced_on")},
    )  # fmt: skip
    return read_ledger(pd.DataFrame(cells), mapping, collected_at=AT).rejects.table


def _interview() -> pd.DataFrame:
    notes = {"interview": "G1", "customer": "V1", "interviewer": "wu", "at": "2024-05-06",
             "text": "A plan."}  # fmt: skip
    code = {"interview": "G1", "item": "strategy", "value": 5, "coder": "li", "passage": NAME}
    made = CodedInterviews.from_frames(
        pd.DataFrame([notes]), pd.DataFrame([code]), source="site_visit"
    )
    return made.rejects.table


SOURCES = {
    "10001": _numbers, "1000/4711": _columns, "P1": _bureau, "P2": _bureau_by_number,
    "S1": _statements, "L1": _ledger, "V1": _interview,
}  # fmt: skip


def _facts(*names: str) -> Observations:
    row = {"item": "employees", "value": 1.0, "true_from": "2023-12-31", "collected_at": AT,
           "source": "internal_record", "method": "data_analysis"}  # fmt: skip
    return Observations.from_frame(pd.DataFrame([{**row, "customer": name} for name in names]))


def _store(new_store: New, *names: str, **settings: Any) -> CustomerStore:
    store = new_store(catalogue=ItemCatalogue.standard(), **settings)
    store.load(_facts(*names))
    return store


def _values(store: CustomerStore) -> list[str]:
    return list(store.rejects()["value"].fillna(""))


# --- whose they are ---------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::creditscore.exceptions.RejectedRowsWarning")
def test_rejects_of_every_reader_are_found_by_the_customer_that_it_read(new_store: New) -> None:
    store = _store(new_store, *SOURCES)
    every = pd.concat([read() for read in SOURCES.values()], ignore_index=True)
    assert store.reject(every, batch=1) == len(SOURCES)
    assert store.rejects()["customer"].tolist() == [*SOURCES]
    for name in ("10001", "P1"):
        shown = store.subject_access(name).content["rejects"]
        assert [NAME in str(entry) for entry in shown] == [True], name
    for name in SOURCES:
        assert store.erase(name, reason="asked for").n_rejects == 1, name
    left = store.rejects()
    assert NAME not in left.to_csv()
    assert left[["value", "cells", "customer"]].isna().all(axis=None)
    # and none of them comes back
    with pytest.warns(RejectedRowsWarning, match="7 rejected rows are of, or may name, cus"):
        assert store.reject(every, batch=1) == 0
    store.verify_trail().check()


@pytest.mark.filterwarnings("ignore::creditscore.exceptions.RejectedRowsWarning")
def test_a_row_is_of_the_customer_that_was_read_and_not_of_others_with_such_a_cell(
    new_store: New,
) -> None:
    store = _store(new_store, "12", "B", "A")
    cells = {"firm": ["12", "B", "shifted"], "staff": ["many", "zz", "A"], "rooms": ["", "12", ""]}
    store.reject(_frame(pd.DataFrame(cells)), batch=1)
    assert len(store.subject_access("12").content["rejects"]) == 1
    assert store.erase("12", reason="asked for").n_rejects == 1
    assert _values(store) == ["", "zz", "A"]
    # what was read is no customer, so that a cell may tell
    assert store.erase("A", reason="asked for").n_rejects == 1
    assert _values(store) == ["", "zz", ""]


@pytest.mark.filterwarnings("ignore::creditscore.exceptions.RejectedRowsWarning")
def test_rejects_without_a_customer_are_found_by_their_cells(new_store: New) -> None:
    """So were all kept by releases that did not keep the customer."""
    store = _store(new_store, "10001", "P1", "P2")
    lists = pd.DataFrame({
        "source": "a.json", "row": 1, "column": "", "item": "", "value": "", "reason": "x",
        "protected": True, "cells": [json.dumps([{"about": [{"who": "p2 "}]}])],
    })  # fmt: skip
    for table in (_numbers(), _bureau(), lists):
        assert store.reject(table.drop(columns=["customer", "digest"], errors="ignore"), batch=1)
    assert store.rejects()["customer"].isna().all()
    for name in ("10001", "P1", "P2"):
        assert len(store.subject_access(name).content["rejects"]) == 1, name
        assert store.erase(name, reason="asked for").n_rejects == 1, name
    assert store.rejects()["cells"].isna().all()


# --- what comes back, and what is new ---------------------------------------------------


@pytest.mark.filterwarnings("ignore::creditscore.exceptions.RejectedRowsWarning")
@pytest.mark.parametrize("by_hand", [False, True])
def test_what_was_erased_stays_so_and_what_is_new_is_kept(
    new_store: New, tmp_path: Path, *, by_hand: bool
) -> None:
    store = _store(new_store, "A", "B")
    file = tmp_path / "debtors.csv"

    def kept(*rows: str) -> int:
        file.write_text("\n".join(["firm,staff", *rows]), encoding="utf-8")
        table = read_source(file, _mapping(), collected_at=AT).rejects.table
        # by hand, no customer is told, and a cell names it in other letters
        table = table.drop(columns=["customer", "digest"]) if by_hand else table
        return store.reject(table, batch=1)

    june = "a,zz" if by_hand else "A,zz"
    assert kept(june, "B,yy") == 2
    assert kept(june, "B,yy") == 0
    assert store.erase("A", reason="asked for").n_rejects == 1
    with pytest.warns(RejectedRowsWarning, match="1 rejected rows are of, or may name, cus"):
        assert kept(june, "B,yy") == 0
    record = list(store.trail.since())[-1]
    assert {name: record.details[name] for name in ("batch", "rows", "refused")} == {
        "batch": 1, "rows": 0, "refused": 1,
    }  # fmt: skip
    # another file of the same name: in the place of the row of A stands one of B
    assert kept("B,zz", "B,yy") == 1
    assert _values(store) == ["", "yy", "zz"]
    if not by_hand:
        with pytest.warns(RejectedRowsWarning, match="1 rejected rows are of, or may name, cus"):
            assert kept("B,zz", "A,ww", "B,ww") == 1
    store.verify_trail().check()


def test_a_row_that_names_who_was_erased_is_refused_whoever_it_is_of(new_store: New) -> None:
    store = _store(new_store, "A", "Carla Zed")
    store.erase("Carla Zed", reason="asked for")
    named = {**ROW, "cells": '["Carla Zed", {"phone": ["12"]}]'}
    nested = {**ROW, "row": "3", "cells": '[{"who": ["Carla Zed"]}]', "customer": "shifted"}
    # of a customer that is known, another may be named in it
    other = {**ROW, "row": "4", "cells": '["A", "Carla Zed"]', "customer": "A"}
    with pytest.warns(RejectedRowsWarning, match="2 rejected rows are of, or may name, cus"):
        assert store.reject(pd.DataFrame([named, nested, other]), batch=1) == 1
    assert store.rejects()["row"].tolist() == ["4"]


def _named(*names: str, **given: Any) -> pd.DataFrame:
    """Return a row each with a cell that names somebody, beside a telephone number."""
    cells = [json.dumps([name, {"phone": "0171 555"}]) for name in names]
    rows = [{**ROW, "row": f"{n}", "cells": text, **given} for n, text in enumerate(cells)]
    return pd.DataFrame(rows)


def test_who_was_erased_is_refused_in_whatever_letters_as_it_was_erased(new_store: New) -> None:
    store = _store(new_store, "Carla Zed", "A", "CARLA  ZED")
    assert store.reject(_named(*LETTERS), batch=1) == len(LETTERS)
    assert store.erase("Carla Zed", reason="asked for").n_rejects == len(LETTERS)
    for customer, n in (("", 4), ("shifted", 4), ("CARLA ZED", 4)):
        again = _named(*LETTERS, customer=customer).assign(source=f"{customer}.csv")
        told = f"{n} rejected rows are of, or may name, .* not kept: row 0 of '{customer}.csv', "
        with pytest.warns(RejectedRowsWarning, match=rf"{told}row 1 .*, row 2 .*, 1 more\."):
            assert store.reject(again, batch=1) == 0
    # other names, and rows that are of somebody who is known
    for table in (_named("Carla Zedd", "CARLA  ZED"), _named("carla zed", customer="A")):
        assert store.reject(table, batch=1) == len(table)
    # who is read as a customer that the store knows is not taken for one of other letters
    store.load(_facts("carla zed"))
    assert store.reject(_named("x", customer="carla zed"), batch=1) == 1


@pytest.mark.filterwarnings("ignore::creditscore.exceptions.RejectedRowsWarning")
def test_a_number_names_nobody_where_a_customer_was_read(new_store: New) -> None:
    cells = {"firm": ["New Co", "Other Co"], "staff": ["many", "few"], "months": [12, 6]}
    new = _frame(pd.DataFrame(cells))
    # the cell with the fault may be a number itself
    new.loc[1, ["value", "cells"]] = ["12", '{"firm": "Other Co", "staff": 12.0}']
    store = _store(new_store, "12", "B")
    assert store.reject(new, batch=1) == 2
    assert store.erase("12", reason="asked for").n_rejects == 0
    later = new.assign(source="later.csv")
    assert store.reject(later, batch=1) == 2
    # so it is in a file of texts
    texts = new.assign(source="texts.csv", cells='{"firm": "New Co", "months": "12", "x": "-1.5"}')
    assert store.reject(texts, batch=1) == 2
    # a number in a row of nobody may be the customer's
    nobody = later.assign(customer="", cells='{"months": 12}')
    read = later.assign(customer="12", cells="[]")
    for table in (nobody, read):
        with pytest.warns(RejectedRowsWarning, match="2 rejected rows are of, or may name, cust"):
            assert store.reject(table, batch=1) == 0
    assert _values(store) == ["many", "12"] * 3


def test_cells_are_not_looked_at_where_nobody_was_erased(
    new_store: New, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = _store(new_store, "A", "B")
    with monkeypatch.context() as patch:
        patch.setattr(_rejecting, "words_of", None)
        assert store.reject(_named("A", "B", "C"), batch=1) == 3
    store.erase("A", reason="asked for")
    with pytest.warns(RejectedRowsWarning, match="1 rejected rows"):
        assert store.reject(_named("A", "D"), batch=1) == 1


@pytest.mark.filterwarnings("ignore::creditscore.exceptions.RejectedRowsWarning")
def test_without_keys_another_file_of_the_same_name_is_new(new_store: New, tmp_path: Path) -> None:
    store = _store(new_store, "A", "B", keys=None)
    file = tmp_path / "debtors.csv"

    def kept(row: str) -> int:
        file.write_text(f"firm,staff\n{row}\n", encoding="utf-8")
        return store.reject(read_source(file, _mapping(), collected_at=AT).rejects, batch=1)

    assert [kept("A,zz"), kept("A,zz"), kept("B,zz"), kept("A,zz"), kept("B,zz")] == [1, 0, 1, 0, 0]
    assert _values(store) == ["zz", "zz"]
    assert store.rejects()[["cells", "customer"]].isna().all(axis=None)
    store.verify_trail().check()


@pytest.mark.filterwarnings("ignore::creditscore.exceptions.RejectedRowsWarning")
def test_who_was_erased_before_a_backup_was_restored_is_refused(tmp_path: Path) -> None:
    keys, register = KeyRing.generate(), ErasureRegister(tmp_path / "register.jsonl")
    with CustomerStore.create(tmp_path / "a.db", keys=keys) as store:
        store.load(_facts("B"))
        store.reject(_frame(pd.DataFrame({"firm": ["B"], "staff": ["zz"]})), batch=1)
        store.backup(tmp_path / "backup.db")
        store.load(_facts("A"))
        for name in ("A", "B"):
            store.erase(name, reason="asked for", register=register)
    place = tmp_path / "b.db"
    with CustomerStore.restore(
        tmp_path / "backup.db", place, keys=keys, register=register
    ) as store:
        assert store.rejects()["customer"].isna().all()
        both = _frame(pd.DataFrame({"firm": ["B", "A", "C"], "staff": ["zz", "yy", "ww"]}))
        with pytest.warns(RejectedRowsWarning, match="2 rejected rows are of, or may name, cus"):
            assert store.reject(both, batch=1) == 1
        assert store.rejects()["customer"].fillna("").tolist() == ["", "C"]
        store.verify_trail().check()


@pytest.mark.filterwarnings("ignore::creditscore.exceptions.RejectedRowsWarning")
def test_rejects_of_who_was_not_known_yet_are_erased_again(
    new_place: Callable[[], Any], tmp_path: Path
) -> None:
    """A backup has rejects of a customer whose facts came later, and the register its erasure."""
    keys, register = KeyRing.generate(), ErasureRegister(tmp_path / "register.jsonl")
    rows = _frame(pd.DataFrame({"firm": ["A", "C", "A"], "staff": ["many", "few", "lots"]}))
    # one was kept by a release that kept no customers, the customer a number there
    before = rows.iloc[:1].drop(columns="customer").assign(row="9", cells='{"x": ["y", 4711.0]}')
    table = pd.concat([rows, before, before.assign(row="10", cells='{"x": "B 4711"}')])
    path = tmp_path / "backup.db"
    with CustomerStore.create(new_place(), keys=keys) as store:
        store.load(_facts("C"))
        store.reject(table, batch=1)
        store.backup(path)
        store.load(_facts("A", "4711"))
        for name in ("A", "4711"):
            store.erase(name, reason="asked for", register=register)
        expected = store.rejects()
    with CustomerStore.restore(path, new_place(), keys=keys, register=register) as store:
        found = store.rejects()
        pd.testing.assert_frame_equal(found, expected)
        assert found["cells"].isna().tolist() == [True, False, True, True, False]
        assert store.customers() == ("C",)
        # nor does the same file bring them back, that of which no customer was read either
        with pytest.warns(RejectedRowsWarning, match="3 rejected rows are of, or may name, cus"):
            assert store.reject(table, batch=1) == 0
        store.verify_trail().check()


def test_other_letters_are_refused_after_a_backup_was_restored(
    new_place: Callable[[], Any], tmp_path: Path
) -> None:
    """One is in the backup, another came later; of a third an older register has no such digest."""
    keys, register = KeyRing.generate(), ErasureRegister(tmp_path / "register.jsonl")
    names = ("Carla Zed", "Dora Qux", "Eva Ypsilon")
    path = tmp_path / "backup.db"
    with CustomerStore.create(new_place(), keys=keys) as store:
        store.load(_facts("A", names[0]))
        assert store.reject(_named(*map(str.upper, names)), batch=1) == 3
        store.backup(path)
        store.load(_facts(*names[1:]))
        for name in names[:2]:
            store.erase(name, reason="asked for", register=register)
        key = store._desk.vault.derive(REGISTER)
        said = {"kept": []}
        trail = AuditTrail(FileSink(register.path), key=key)
        trail.append(Actor(name="before"), "erase", said, subjects=names[2:])
    with CustomerStore.restore(path, new_place(), keys=keys, register=register) as store:
        assert store.rejects()["cells"].isna().tolist() == [True, True, False]
        again = _named(*map(str.lower, names)).assign(source="again.csv")
        with pytest.warns(RejectedRowsWarning, match="2 rejected rows are of, or may name, cust"):
            assert store.reject(again, batch=1) == 1
        with pytest.warns(RejectedRowsWarning, match="3 rejected rows are of, or may name, cust"):
            assert store.reject(_named(*names), batch=1) == 0
        store.verify_trail().check()
