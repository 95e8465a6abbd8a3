"""What people write into consents, requests and holds: it goes with the key of the customer."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from creditscore.exceptions import DecryptionError, RejectedRowsWarning
from creditscore.organise import CustomerStore, ErasureRegister
from creditscore.organise._guard import _events
from creditscore.organise._store import _access
from creditscore.organise._store._sealed import SEALED, SEALS
from creditscore.organise._store._settings import seal
from creditscore.protect import Consent, KeyRing, LegalHold, SubjectRequest
from guarded import ANA, BO, GUARDED, OLE, PLAN, POLICY, all_bytes, guarded_facts
from older_stores import made_by, make_older
from stores import facts

New = Callable[..., CustomerStore]
PERSON, OTHER = "P-4711", "P-4712"
WORDS = ("scan of Zoë's form", "told her of 9,000 owed", "suit of Quaresma", "Quaresma paid")
TEXTS = {
    "consent": {"evidence": WORDS[0]}, "request": {"outcome": WORDS[1]},
    "hold": {"reason": WORDS[2]}, "release": {"reason": WORDS[3]},
}  # fmt: skip


def written(store: CustomerStore, customer: str = PERSON) -> None:
    """Record an event of each kind, with words about the customer."""
    store.record_consent(
        Consent(subject=customer, purpose="selling", given_at="2024-01-31", evidence=WORDS[0])
    )
    store.record_request(
        SubjectRequest(
            subject=customer, kind="access", received_on="2024-01-31", answered_on="2024-02-01",
            outcome=WORDS[1],
        )
    )  # fmt: skip
    store.place_hold(customer, reason=WORDS[2], starts_on="2024-01-31")
    store.release_hold(customer, reason=WORDS[3])


def shown(store: CustomerStore) -> tuple[Any, ...]:
    """Return what is read of the first customer that has events."""
    return (store.consents()[0], store.requests()[0], store.holds()[0])


def texts(store: CustomerStore) -> tuple[str, ...]:
    consent, request, hold = shown(store)
    return consent.evidence, request.outcome, hold.reason


def kept(store: CustomerStore) -> list[dict[str, Any]]:
    """Return what stands in the table of events."""
    asked = sa.text("SELECT id, kind, customer_id, content, recorded_at FROM protections")
    with store.engine.connect() as connection:
        rows = connection.execute(asked).mappings()
        return [{**row, "content": json.loads(row["content"])} for row in rows]


def test_what_is_written_of_a_customer_goes_with_its_key(new_store: New) -> None:
    store = new_store(catalogue=GUARDED)
    store.load(guarded_facts())
    written(store)
    for event in kept(store):
        (name,) = TEXTS[event["kind"]]
        assert list(event["content"][name]) == ["cipher"]
    # what the law wants to be shown, and what the database asks for
    assert kept(store)[0]["content"]["purpose"] == "selling"
    assert texts(store) == WORDS[:3]
    assert store.subject_access(PERSON).content["consents"][0]["evidence"] == WORDS[0]
    told = "".join(str(record.details) for record in store.trail.since())
    assert not any(word in told for word in WORDS)

    before = shown(store)
    store.erase(PERSON, reason="by letter", rules=[])
    consent, request, hold = shown(store)
    assert texts(store) == ("(erased)",) * 3
    assert consent.subject == request.subject == hold.subject == "erased:1"
    assert (consent.purpose, consent.given_at) == ("selling", before[0].given_at)
    assert (request.kind, request.answered_on) == ("access", "2024-02-01")
    assert (hold.starts_on, hold.ends_on) == (before[2].starts_on, before[2].ends_on)
    store.change_plan(PLAN)
    assert store.protection_report().frame() is not None
    store.verify_trail().check()


def test_the_file_shows_nothing_that_was_written_of_a_customer(tmp_path: Path) -> None:
    with CustomerStore.create(tmp_path / "a.db", GUARDED, keys=KeyRing.generate()) as store:
        store.load(guarded_facts())
        written(store)
        found = all_bytes(tmp_path / "a.db")
    assert not any(word.encode() in found for word in WORDS)
    assert not any(json.dumps(word)[1:-1].encode() in found for word in WORDS)


def test_texts_stay_under_other_keys_and_in_a_restored_store(
    new_place: Callable[[], Any], tmp_path: Path
) -> None:
    keys, register = KeyRing.generate(), ErasureRegister(tmp_path / "register.jsonl")
    path, place, newer = tmp_path / "backup.db", new_place(), keys.rotated()
    with CustomerStore.create(place, GUARDED, keys=keys) as store:
        store.load(guarded_facts())
        written(store)
        store.rotate_keys(newer)
    with CustomerStore.open(place, keys=newer) as store:
        assert texts(store) == WORDS[:3]
        store.backup(path)
        store.erase(PERSON, reason="by letter", rules=[], register=register)
    with CustomerStore.restore(path, new_place(), keys=newer) as back:
        assert texts(back) == WORDS[:3]
    with CustomerStore.restore(path, new_place(), keys=newer, register=register) as back:
        assert texts(back) == ("(erased)",) * 3
        back.verify_trail().check()


def test_a_text_that_is_moved_opens_nothing(tmp_path: Path) -> None:
    """Not even where somebody with the key of seals moves it, to another event of the same."""
    with CustomerStore.create(tmp_path / "a.db", GUARDED, keys=KeyRing.generate()) as store:
        store.load(guarded_facts())
        written(store)
        written(store)
        first, *_, other = [row for row in kept(store) if row["kind"] == "consent"]
        other["content"] = json.dumps(first["content"])
        key = store._desk.vault.derive(SEALS)
        made = {**other, "seal": seal(key, *(other[name] for name in SEALED))}
        with store.engine.begin() as connection:
            connection.execute(sa.text("DROP TRIGGER protections_no_update"))
            change = "UPDATE protections SET content = :content, seal = :seal WHERE id = :id"
            connection.execute(sa.text(change), made)
        with pytest.raises(DecryptionError, match="'consent evidence' in record 5"):
            store.consents()
        # nobody is asked for a text that only wants to know whether a consent holds
        with store.engine.connect() as connection:
            known = store._desk.customers(connection)
            assert {c.evidence for c in _events.read_consents(known, with_evidence=False)} == {
                "•••"
            }


def test_a_key_that_is_missing_is_no_erasure(tmp_path: Path) -> None:
    with CustomerStore.create(tmp_path / "a.db", GUARDED, keys=KeyRing.generate()) as store:
        store.load(guarded_facts())
        written(store)
        assert store.customers()[0] == PERSON
        with store.engine.begin() as connection:
            connection.execute(
                sa.text("DELETE FROM subject_keys WHERE kind = 'customer' AND owner = 1")
            )
        with pytest.raises(DecryptionError, match=r"What was written of customer 1 cannot be decr"):
            store.holds()


def test_purposes_are_followed_without_a_look_at_evidence(
    new_place: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, keys = new_place(), KeyRing.generate()
    with CustomerStore.create(place, GUARDED, keys=keys, policy=POLICY, actor=OLE) as ole:
        ole.change_plan(PLAN)
    with CustomerStore.open(place, keys=keys, actor=ANA) as ana:
        ana.load(guarded_facts())
    with CustomerStore.open(place, keys=keys, actor=OLE) as ole:
        for customer in (PERSON, OTHER):
            written(ole, customer)

    def none(*_: Any) -> Any:
        raise AssertionError

    monkeypatch.setattr(_events, "keys_of", none)
    with CustomerStore.open(place, keys=keys, actor=BO) as bo:
        found = bo.snapshot("2024-06-01", items=["name"])
        assert found.loc[OTHER, "name"] == "Ana Maria"


def test_without_keys_texts_are_kept_as_they_are(new_store: New) -> None:
    store = new_store(keys=None)
    store.load(facts((PERSON, "revenue", 5, "2023-12-31")))
    written(store)
    assert texts(store) == WORDS[:3]
    assert kept(store)[0]["content"]["evidence"] == WORDS[0]


# --- events of before ------------------------------------------------------------------


def as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write events as they were before their texts were encrypted."""
    monkeypatch.setattr(_events, "without_text", lambda content, *_: dict(content))


def test_what_lies_open_of_before_is_read_until_its_customer_is_erased(new_store: New) -> None:
    store = new_store(catalogue=GUARDED)
    store.load(guarded_facts())
    with pytest.MonkeyPatch.context() as patch:
        as_before(patch)
        written(store)
    written(store, OTHER)
    assert kept(store)[0]["content"]["evidence"] == WORDS[0]
    assert [hold.reason for hold in store.holds()] == [WORDS[2]] * 2
    store.erase(PERSON, reason="by letter", rules=[])
    assert [consent.evidence for consent in store.consents()] == ["(erased)", WORDS[0]]
    assert [request.outcome for request in store.requests()] == ["(erased)", WORDS[1]]


@pytest.mark.parametrize("with_keys", [True, False])
def test_an_older_store_hides_what_lay_open(
    new_place: Callable[[], Any], monkeypatch: pytest.MonkeyPatch, with_keys: bool
) -> None:
    old, keys = new_place(), KeyRing.generate() if with_keys else None
    made_by(monkeypatch, "0004")
    both = facts(*((name, "revenue", 5, "2023-12-31") for name in (PERSON, OTHER)))
    with monkeypatch.context() as patch:
        as_before(patch)
        # nor did records tell which rows they added
        patch.setattr(_access, "added_to", lambda *_: {})
        with CustomerStore.create(new_place(), GUARDED, keys=keys) as store:
            store.load(both)
            for name in (PERSON, OTHER):
                written(store, name)
            if with_keys:
                store.erase(PERSON, reason="by letter")
            make_older(store, old, "0004", erased={1: PERSON} if with_keys else None)
            expected = (store.consents(), store.requests(), store.holds())
    assert not isinstance(old, Path) or WORDS[1].encode() in old.read_bytes()
    with CustomerStore.migrate(old, keys=keys) as store:
        assert (store.consents(), store.requests(), store.holds()) == expected
        assert store.requests()[1].outcome == WORDS[1]
        kinds = {str(type(row["content"].get("evidence")).__name__) for row in kept(store)}
        assert kinds == ({"str", "dict", "NoneType"} if with_keys else {"str", "NoneType"})
        if with_keys:
            told = json.dumps(kept(store), ensure_ascii=False)
            assert not any(word in told for word in WORDS)
            with pytest.warns(RejectedRowsWarning):
                store.load(both)
        store.verify_trail().check()
    if isinstance(old, Path) and with_keys:
        assert WORDS[1].encode() not in all_bytes(old)


def test_nothing_but_the_text_of_an_event_is_hidden() -> None:
    hold = LegalHold(subject="X", reason="a", placed_by="wei", starts_on="2024-01-01")
    content = _events.plain(hold)
    sealed = _events.without_text(content, "hold", 7, bytes(32))
    assert {**sealed, "reason": "a"} == content
    assert _events.without_text({"outcome": ""}, "request", 7, None) == {"outcome": ""}
    assert _events.without_text(content, "hold", 7, None)["reason"] == _events.GONE
    assert _events.without_text({"kept": ["a"]}, "erased", 7, None) == {"kept": ["a"]}
