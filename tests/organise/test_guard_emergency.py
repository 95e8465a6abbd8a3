"""Emergencies: who breaks the glass of a store, and who says so without having done it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from creditscore.exceptions import AccessDeniedError, InvalidParameterError, StoreError
from creditscore.organise import CustomerStore
from creditscore.protect import AccessPolicy, Actor, AuditTrail, Grant, KeyRing, Role
from guarded import GUARDED, SECRETS, guarded_facts

PERSON = "P-4711"
STANDARD = AccessPolicy.standard()
ANA = Actor(name="ana", roles=("analyst",), purpose="credit decision")
WEI = Actor(name="wei", roles=("credit_manager",), purpose="credit decision")
SUN = Actor(name="sun", roles=("auditor",), purpose="audit")
REASON = "The claim falls due today, and the person in charge is away."
NUMBER = ["identity_number"]


@pytest.fixture
def place(new_place: Callable[[], Any], keys: KeyRing) -> Any:
    where = new_place()
    with CustomerStore.create(where, GUARDED, keys=keys, policy=STANDARD, actor=ANA) as store:
        store.load(guarded_facts())
    return where


@pytest.fixture
def keys() -> KeyRing:
    return KeyRing.generate()


def _number(store: CustomerStore) -> Any:
    return store.snapshot("2024-06-01", items=NUMBER, customers=[PERSON]).iloc[0, 0]


def test_who_breaks_the_glass_reads_and_leaves_a_record(place: Any, keys: KeyRing) -> None:
    with CustomerStore.open(place, keys=keys, actor=WEI) as store:
        assert _number(store) != SECRETS[1]
        with pytest.raises(AccessDeniedError, match="wei was denied 'audit'"):
            list(store.trail.since())
        now = store.break_glass(reason=REASON)
        assert now.roles == ("credit_manager", "emergency")
        assert store.actor is now
        assert _number(store) == SECRETS[1]
        with pytest.raises(AccessDeniedError, match="has the role emergency by now"):
            store.break_glass(reason=REASON)
    # other programs of the same person, by the actor or by the name of the role
    by_hand = replace(WEI, roles=("credit_manager", "emergency"))
    for actor in (now, by_hand):
        with CustomerStore.open(place, keys=keys, actor=actor) as store:
            assert _number(store) == SECRETS[1]
            assert store.actor.until == now.until
    with CustomerStore.open(place, keys=keys, actor=SUN) as store:
        assert store.verify_trail().is_whole
        record = next(one for one in store.trail.since() if one.action == "break_glass")
        assert (record.actor, record.details["reason"]) == ("wei", REASON)


def test_the_role_is_no_ones_without_a_running_record(
    place: Any, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    mallory = Actor(name="mallory", roles=("emergency",), purpose="credit decision")
    with CustomerStore.open(place, keys=keys, actor=WEI) as store:
        end = store.break_glass(reason=REASON).until
    for actor in (mallory, replace(ANA, roles=("analyst", "emergency"))):
        with pytest.raises(AccessDeniedError, match=f"no emergency of {actor.name} is running"):
            CustomerStore.open(place, keys=keys, actor=actor)
    plain = replace(mallory, roles=("credit_manager",))
    with CustomerStore.open(place, keys=keys, actor=plain) as store:
        with pytest.raises(InvalidParameterError, match="which break_glass alone does"):
            store.trail.append(plain, "break_glass", {"until": "2099-01-01T00:00:00Z"})
        with pytest.raises(InvalidParameterError, match="must have 20 characters"):
            store.break_glass(reason="urgent")
    with (
        CustomerStore.open(place, keys=keys, actor=ANA) as store,
        pytest.raises(AccessDeniedError, match="ana was denied 'break_glass'"),
    ):
        store.break_glass(reason=REASON)
    with CustomerStore.open(place, keys=keys, actor=SUN) as store:
        denied = [one.actor for one in store.trail.since() if one.action == "denied"]
    assert denied == ["mallory", "ana", "ana"]
    monkeypatch.setattr(AuditTrail, "now", lambda _: (end + dt.timedelta(seconds=1)).isoformat())
    with pytest.raises(AccessDeniedError, match="no emergency of wei is running"):
        CustomerStore.open(place, keys=keys, actor=replace(WEI, roles=("emergency",)))


def test_no_store_is_made_restored_or_governed_by_it(tmp_path: Path, keys: KeyRing) -> None:
    roles = (
        Role(name="boss", grants=(Grant(actions=("manage_policy", "backup", "break_glass")),)),
        Role(name="sos", grants=(Grant(actions=("restore", "migrate", "manage_policy")),)),
    )
    policy = AccessPolicy(roles=roles, emergency_role="sos")
    kim, by_hand = (Actor(name="kim", roles=(name,)) for name in ("boss", "sos"))
    path, backup = tmp_path / "a.db", tmp_path / "b.db"
    said = {"keys": keys, "actor": by_hand}
    with pytest.raises(AccessDeniedError, match="no emergency of kim is running"):
        CustomerStore.create(path, GUARDED, policy=policy, **said)
    assert not path.exists()
    # a role that becomes the one for emergencies is that of nobody who has the store open
    before = replace(policy, emergency_role="")
    with CustomerStore.create(path, GUARDED, policy=before, **said) as store:
        with pytest.raises(AccessDeniedError, match="no emergency of kim is running"):
            store.change_policy(policy)
        assert store.policy == before
    with CustomerStore.open(path, keys=keys, actor=kim) as store:
        with pytest.raises(InvalidParameterError, match="no emergency role"):
            store.break_glass(reason=REASON)
        store.change_policy(policy)
        store.backup(backup)
        # after the backup, which does not know of it
        store.break_glass(reason=REASON)
    with pytest.raises(AccessDeniedError, match="no emergency of kim is running"):
        CustomerStore.restore(backup, tmp_path / "c.db", **said)
    assert not (tmp_path / "c.db").exists()
    CustomerStore.migrate(path, **said).close()
    with pytest.raises(AccessDeniedError, match="no emergency of li is running"):
        CustomerStore.migrate(path, keys=keys, actor=replace(by_hand, name="li"))


def test_without_a_policy_there_is_no_emergency(tmp_path: Path) -> None:
    with (
        CustomerStore.create(tmp_path / "a.db") as store,
        pytest.raises(StoreError, match="has no policy, so that everybody may do everything"),
    ):
        store.break_glass(reason=REASON)
