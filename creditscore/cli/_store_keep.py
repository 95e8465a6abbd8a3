"""Makes stores and keys, backs stores up and restores them, brings them up to date."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from creditscore.cli._outputs import check_outputs
from creditscore.cli._render import counted
from creditscore.cli._store_access import (
    actor_of,
    check_there,
    keys_of,
    needed_files,
    opened,
    place_of,
)
from creditscore.cli._store_options import Access
from creditscore.cli._visible import shown
from creditscore.collect import ItemCatalogue
from creditscore.exceptions import InvalidParameterError
from creditscore.organise import CustomerStore, ErasureRegister
from creditscore.protect import AccessPolicy, KeyRing

STANDARD = "standard"


def init(
    console: Console,
    access: Access,
    *,
    new_keys: Path | None,
    policy: str | None,
    catalogue: Path | None,
) -> None:
    """Make a store, and its keys where they are asked for."""
    place, actor = place_of(access), actor_of(access)
    if new_keys is not None and access.keys is not None:
        msg = "Give either --keys, for keys that are there, or --new-keys, to make some."
        raise InvalidParameterError(msg)
    check_there(catalogue)
    if new_keys is not None:
        check_outputs([new_keys], needed_files(access), overwrite=False)
    items = None if catalogue is None else ItemCatalogue.from_yaml(catalogue)
    rules = None if policy is None else read_policy(policy)
    keys = keys_of(access) if new_keys is None else new_key_file(new_keys)
    try:
        store = CustomerStore.create(place, items, keys=keys, policy=rules, actor=actor)
    except BaseException:
        if new_keys is not None:
            new_keys.unlink()
        raise
    with store:
        console.print(f"Store made: {shown(store.place)}", soft_wrap=True)
        console.print(f"{counted(len(store.catalogue), 'item')} in its catalogue.")
    if new_keys is not None:
        tell_of_keys(console, new_keys)
    if keys is None:
        console.print("It has no keys: protected items, such as names, cannot be kept in it.")
    if rules is None:
        console.print("It has no policy: everybody who has it may do everything.")
    else:
        console.print(f"Roles: {shown(', '.join(rules.names))}.", soft_wrap=True)


def read_policy(given: str) -> AccessPolicy:
    """Return the policy of a file, or the standard one."""
    if given == STANDARD:
        return AccessPolicy.standard()
    path = Path(given)
    check_there(path)
    if path.suffix.lower() == ".json":
        return AccessPolicy.from_json(path)
    return AccessPolicy.from_yaml(path)


def new_key_file(path: Path) -> KeyRing:
    """Make keys, and write them to a file of the user alone."""
    check_outputs([path], [], overwrite=False)
    ring = KeyRing.generate()
    ring.to_file(path)
    return ring


def tell_of_keys(console: Console, path: Path) -> None:
    """Say where new keys are, and what they are worth."""
    console.print(
        f"Keys made: {shown(path)}. Without them nobody can read what is protected: keep a copy "
        "in another place, and not beside backups.",
        soft_wrap=True,
    )


def backup(console: Console, access: Access, path: Path, *, approval: str) -> None:
    """Write all of a store to a file."""
    beside = path.with_name(f"{path.name}.json")
    check_outputs([path, beside], needed_files(access), overwrite=False)
    with opened(access) as store:
        report = store.backup(path, approval=approval)
    console.print(
        f"{counted(report.rows.get('observations', 0), 'observation')} and "
        f"{counted(report.head.number, 'record')} of the trail written: {shown(path)}",
        soft_wrap=True,
    )


def restore(console: Console, access: Access, path: Path, *, register: Path | None) -> None:
    """Make a store of a backup, and erase again whom the register names."""
    check_there(path, register)
    with CustomerStore.restore(
        path, place_of(access), keys=keys_of(access), actor=actor_of(access),
        register=None if register is None else ErasureRegister(register),
    ) as store:  # fmt: skip
        console.print(
            f"Restored to {shown(store.place)}: {counted(len(store.customers()), 'customer')} in "
            f"{len(store.batches()):,} batches. The trail is whole.",
            soft_wrap=True,
        )
    if register is None:
        console.print(
            "No register of erasures was given: who was erased after the backup is back. If there "
            "is a register, delete what was restored, and restore with --register.",
            soft_wrap=True,
        )
    else:
        console.print(f"Who is in {shown(register)} is erased.", soft_wrap=True)


def migrate(console: Console, access: Access) -> None:
    """Bring the tables of a store up to date."""
    with CustomerStore.migrate(
        place_of(access), keys=keys_of(access), actor=actor_of(access)
    ) as store:
        console.print(f"The tables of {shown(store.place)} are up to date.", soft_wrap=True)
