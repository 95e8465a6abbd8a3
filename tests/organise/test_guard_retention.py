"""Retention and erasure where there is nothing to do, or too little to go by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from creditscore.exceptions import (
    ErasureRegisterWarning,
    InvalidDataError,
    InvalidParameterError,
    StoreError,
)
from creditscore.organise import CustomerStore, ErasureRegister, RetentionApplied
from creditscore.organise._guard import _erasing_store
from creditscore.protect import Consent, KeyRing, RetentionRule
from guarded import GUARDED, OLE, PLAN, guarded_facts

New = Callable[..., CustomerStore]
PERSON = "P-4711"
_ENDED = RetentionRule(name="ended", after="relationship_ended_on", months=12)
_LETTER = {"reason": "asked for by letter"}


@pytest.fixture
def store(new_store: New) -> CustomerStore:
    store = new_store(catalogue=GUARDED, actor=OLE)
    store.load(guarded_facts())
    return store


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (pd.DataFrame({"customer": [PERSON]}), r"has a column 'customer'.*set_index\('customer'\)"),
        (pd.DataFrame({_ENDED.after: ["01/02/2010"]}), "None of the 1 customers in the index"),
        (
            pd.DataFrame({"relationship_end": ["2010-01-01"]}, index=[PERSON]),
            "no column that the rules ask for: 'relationship_ended_on', 'customer_kind'. Its col",
        ),
        (pd.DataFrame({_ENDED.after: ["01/02/2010"]}, index=[PERSON]), "text of another form"),
    ],
)
def test_events_that_tell_nothing_are_refused(
    store: CustomerStore, table: pd.DataFrame, message: str
) -> None:
    keep = replace(_ENDED, keep=True)
    with pytest.raises(InvalidDataError, match=message):
        store.retention([_ENDED], "2024-06-01", customers=table)
    with pytest.raises(InvalidDataError, match=message):
        store.erase(PERSON, **_LETTER, rules=[keep], customers=table)
    with pytest.raises(InvalidParameterError, match=r"'customers' parameter of .*must be a DataFr"):
        store.retention([_ENDED], customers=[PERSON])
    # some of the customers, and columns that no rule asks for, are as good as before
    events = {_ENDED.after: ["2010-01-01"] * 2, "owner": "li"}
    some = pd.DataFrame(events, index=[f" {PERSON}", "X-9"])
    assert set(store.retention([_ENDED], "2024-06-01", customers=some).due()["customer"]) == {
        PERSON
    }


def test_what_is_done_is_not_done_again(store: CustomerStore) -> None:
    by_age = RetentionRule(
        name="age", after="true_from", months=24, sensitivities=("public", "internal")
    )
    due = store.retention([*PLAN.rules, by_age], "2024-06-01")
    first = store.apply_retention(due, reason="time")
    assert (len(first.erasures), first.n_expired) == (2, 4)
    head = store.trail.sink.head()
    assert store.apply_retention(due, reason="time") == RetentionApplied(
        erasures=(), n_expired=0, n_held=0
    )
    assert store.trail.sink.head() == head


def _in_force(store: CustomerStore) -> int:
    table = store.protection_report().frame().set_index("measure")["value"]
    return int(table["consents in force"])


def test_a_consent_ends_with_its_customer(store: CustomerStore) -> None:
    store.change_plan(PLAN)
    for given in ("2024-01-01", "2999-01-01"):
        store.record_consent(
            Consent(subject=PERSON, purpose="selling", given_at=given, evidence="form")
        )
    other = Consent(subject="P-4712", purpose="credit", given_at="2024-01-01", evidence="form")
    store.record_consent(other)
    assert _in_force(store) == 2
    found = store.erase(PERSON, **_LETTER)
    assert _in_force(store) == 1
    gone = [one for one in store.consents() if one.subject == "erased:1"]
    assert [one.holds_at("3000-01-01") for one in gone] == [False, False]
    assert gone[0].withdrawn_at == found.erased_at
    assert other in store.consents()


def test_an_erasure_says_what_the_database_keeps(
    store: CustomerStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "still keeps" not in repr(store.erase("P-4712", **_LETTER))
    monkeypatch.setattr(_erasing_store, "clean", lambda *_, **__: False)
    assert "; the database still keeps what it deleted>" in repr(store.erase(PERSON, **_LETTER))


def test_a_register_that_cannot_be_right_is_told(tmp_path: Path) -> None:
    path, keys = tmp_path / "a.db", KeyRing.generate()
    right, empty = (ErasureRegister(tmp_path / name) for name in ("right", "empty"))
    empty.path.touch(0o600)
    with CustomerStore.create(path, GUARDED, keys=keys) as store:
        store.load(guarded_facts())
        store.backup(tmp_path / "b0.db")
        due = store.retention([replace(PLAN.rules[0], of=("enterprise",))], "2024-06-01")
        assert len(store.apply_retention(due, reason="time", register=right).erasures) == 1
        store.erase("P-4712", **_LETTER, register=right)
        # records of an own making tell nothing
        for own in ({"customers": "many"}, {"customers": -9, "kept": []}, {"note": "x"}):
            store.trail.append(store.actor, "erase", {"registered": True, **own})
        store.backup(tmp_path / "b2.db")
        store.erase(PERSON, **_LETTER, register=right)

    def restored(backup: str, register: ErasureRegister) -> tuple[str, ...]:
        place = tmp_path / "c.db"
        with CustomerStore.restore(tmp_path / backup, place, keys=keys, register=register) as made:
            names = made.customers()
        place.unlink()
        return names

    with pytest.raises(StoreError, match=r"no register of erasures '.*typo', which the first er"):
        restored("b0.db", ErasureRegister(tmp_path / "typo"))
    assert not (tmp_path / "c.db").exists()
    with pytest.warns(ErasureRegisterWarning, match="names 0 customer.*and 0 were put"):
        assert PERSON in restored("b0.db", empty)
    cut = ErasureRegister(tmp_path / "cut")
    cut.path.write_bytes(right.path.read_bytes().splitlines(keepends=True)[0])
    cut.path.chmod(0o600)
    with pytest.warns(ErasureRegisterWarning, match="names 1 customer.*and 2 were put"):
        assert PERSON in restored("b2.db", cut)
    for backup in ("b0.db", "b2.db"):
        assert restored(backup, right) == ("erased:1", "erased:2", "erased:3")
