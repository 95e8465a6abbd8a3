"""Another master key: every key of a customer is wrapped anew, or none is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from creditscore.exceptions import (
    AccessDeniedError,
    DecryptionError,
    InvalidParameterError,
    KeyStoreError,
    StoreError,
)
from creditscore.organise import CustomerStore
from creditscore.organise._guard import _keeping_store
from creditscore.protect import KeyRing
from guarded import ANA, GUARDED, OLE, POLICY, all_bytes, approved, guarded_facts
from stores import facts

New = Callable[..., CustomerStore]


def _wrapped(store: CustomerStore) -> dict[tuple[str, int], bytes]:
    with store.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT kind, owner, wrapped FROM subject_keys")).all()
    return {(row[0], row[1]): bytes(row[2]) for row in rows}


def test_after_a_rotation_the_old_keys_open_nothing(new_place: Callable[[], Any]) -> None:
    place, old = new_place(), KeyRing.generate()
    new = old.rotated()
    with CustomerStore.create(place, GUARDED, keys=old) as store:
        store.load(guarded_facts())
        before, table = _wrapped(store), store.snapshot("2024-06-01")
        # three customers, and the store itself
        assert store.rotate_keys(new) == 4
        after = _wrapped(store)
        assert after.keys() == before.keys()
        assert not set(after.values()) & set(before.values())
        # the store that is open goes on
        assert store.snapshot("2024-06-01").equals(table)
        store.load(facts(("Z", "name", "New", "2024-01-01")))
        said = [r for r in store.trail.since() if r.action == "rotate_keys"]
        assert said[0].details.items() >= {"key_version": 2, "keys": 4}.items()
    with pytest.raises(KeyStoreError, match="not the keys of the store"):
        CustomerStore.open(place, keys=old)
    for ring in (new, new.without(1)):
        with CustomerStore.open(place, keys=ring) as store:
            assert store.snapshot("2024-06-01").loc["P-4711"].equals(table.loc["P-4711"])
            # fingerprints are of keys that stayed: what is known is known
            assert store.load(guarded_facts()).n_loaded == 0
            assert store.trail.verify().is_whole


def test_a_rotation_that_is_interrupted_has_not_happened(
    new_place: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, old = new_place(), KeyRing.generate()
    new = old.rotated()
    with CustomerStore.create(place, GUARDED, keys=old) as store:
        store.load(guarded_facts())
        before = _wrapped(store)
        rewrap = _keeping_store.rewrap

        def torn(*given: Any) -> Any:
            rewrap(*given)
            raise KeyboardInterrupt

        monkeypatch.setattr(_keeping_store, "rewrap", torn)
        with pytest.raises(KeyboardInterrupt):
            store.rotate_keys(new)
        monkeypatch.undo()
        assert _wrapped(store) == before
        assert store.snapshot("2024-06-01").loc["P-4711", "income"] == 54321.125
    # either ring opens it, and the new one goes on where it was
    with CustomerStore.open(place, keys=old) as store:
        assert store.trail.verify().is_whole
    with CustomerStore.open(place, keys=new) as store:
        assert store.snapshot("2024-06-01").loc["P-4711", "income"] == 54321.125


def test_who_rotates_with_the_new_ring_open_has_nothing_to_do(new_place: Callable[[], Any]) -> None:
    place, old = new_place(), KeyRing.generate()
    new = old.rotated()
    with CustomerStore.create(place, GUARDED, keys=old) as store:
        store.rotate_keys(new)
        with pytest.raises(KeyStoreError, match="wrapped by version 2 already"):
            store.rotate_keys(new)
        with pytest.raises(InvalidParameterError, match=r"must be a KeyRing\. Got bytes") as told:
            store.rotate_keys(b"\x07" * 32)  # type: ignore[arg-type]
        assert "x07" not in str(told.value)


def test_a_backup_from_before_needs_the_old_version(
    new_place: Callable[[], Any], tmp_path: Path
) -> None:
    old = KeyRing.generate()
    new = old.rotated()
    with CustomerStore.create(new_place(), GUARDED, keys=old) as store:
        store.load(guarded_facts())
        store.backup(tmp_path / "b.db")
        store.rotate_keys(new)
    with CustomerStore.restore(tmp_path / "b.db", new_place(), keys=new) as store:
        assert store.snapshot("2024-06-01").loc["P-4711", "income"] == 54321.125
    # once the old version is destroyed, the backup is too
    with pytest.raises(KeyStoreError, match="not the keys of the store"):
        CustomerStore.restore(tmp_path / "b.db", new_place(), keys=new.without(1))


def test_a_store_without_keys_has_nothing_to_rotate(new_store: New) -> None:
    with pytest.raises(KeyStoreError, match="made without keys"):
        new_store(keys=None).rotate_keys(KeyRing.generate())


def test_a_rotation_needs_four_eyes(tmp_path: Path) -> None:
    place, old = tmp_path / "a.db", KeyRing.generate()
    new = old.rotated()
    CustomerStore.create(place, GUARDED, keys=old, policy=POLICY, actor=ANA).close()
    with (
        CustomerStore.open(place, keys=old, actor=ANA) as store,
        pytest.raises(AccessDeniedError, match="ana was denied 'rotate_keys'"),
    ):
        store.rotate_keys(new)
    with CustomerStore.open(place, keys=old, actor=OLE) as store:
        with pytest.raises(AccessDeniedError, match="approval of a second person"):
            store.rotate_keys(new)
        number = approved(store, "rotate_keys")
        assert store.rotate_keys(new, approval=number) == 1


def test_old_wrapped_keys_do_not_stay_in_the_file(tmp_path: Path) -> None:
    place, old = tmp_path / "a.db", KeyRing.generate()
    with CustomerStore.create(place, GUARDED, keys=old) as store:
        store.load(guarded_facts())
        before = _wrapped(store)
        store.rotate_keys(old.rotated())
        left = all_bytes(place)
        assert not any(wrapped in left for wrapped in before.values())


def test_a_key_moved_to_another_customer_opens_nothing(new_store: New) -> None:
    store = new_store(catalogue=GUARDED)
    store.load(guarded_facts())
    keys = _wrapped(store)
    with store.engine.begin() as connection:
        moved = sa.text("UPDATE subject_keys SET wrapped = :w WHERE kind='customer' AND owner=1")
        connection.execute(moved, {"w": keys["customer", 2]})
    with pytest.raises(DecryptionError):
        store.snapshot("2024-06-01", customers=["P-4711"])
    with pytest.raises((DecryptionError, StoreError)):
        store.rotate_keys(KeyRing({2: bytes(range(32))}))
