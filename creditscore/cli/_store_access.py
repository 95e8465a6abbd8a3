"""Opens stores for commands: place, keys and actor by options or the environment."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from creditscore.cli._store_options import ACTOR, KEYS, PLACE, PURPOSE, ROLES, Access
from creditscore.collect import ItemCatalogue
from creditscore.exceptions import InvalidParameterError
from creditscore.organise import CustomerStore
from creditscore.protect import Actor, KeyRing, ReadableItems

_OF_A_STORE = ("", "-wal", "-shm", "-journal")
"""Endings of the file of a store, and of those that SQLite lays beside it."""


@contextmanager
def opened(access: Access) -> Iterator[CustomerStore]:
    """Give the store, and close it at the end."""
    keys, actor = keys_of(access), actor_of(access)
    with CustomerStore.open(place_of(access), keys=keys, actor=actor) as store:
        yield store


def place_of(access: Access) -> str:
    """Return the place; a password may stand in the environment, and in no command.

    Raises
    ------
    InvalidParameterError
        No place is said, or a password is in the command.
    """
    if access.place is None:
        place = os.environ.get(PLACE, "")
        if not place:
            msg = f"No store is named. Give its file or URL by --store, or in {PLACE}."
            raise InvalidParameterError(msg)
        return place
    _, there, rest = access.place.partition("://")
    user, _, _ = rest.rpartition("@") if there else ("", "", "")
    if ":" in user or "password=" in rest:
        msg = (
            "--store holds a password, which others see in the list of processes and in the "
            f"history of the shell. Put the URL into {PLACE}, or the password into ~/.pgpass."
        )
        raise InvalidParameterError(msg)
    return access.place


def needed_files(access: Access) -> list[Path]:
    """Return the files that no command may write over: keys, and those of a store in SQLite."""
    keys = [] if access.keys is None else [access.keys]
    if access.place is None and not os.environ.get(PLACE):
        return keys
    place = place_of(access)
    if "://" in place:
        from sqlalchemy.engine import make_url  # noqa: PLC0415 - an extra, told of by the store
        from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

        try:
            url = make_url(place)
        except ArgumentError:
            return keys  # no place at all, which is told where it is opened
        if url.get_backend_name() != "sqlite" or not url.database:
            return keys
        place = url.database
    return [*keys, *(Path(f"{place}{ending}") for ending in _OF_A_STORE)]


def keys_of(access: Access) -> KeyRing | None:
    """Return the keys of the file or the environment, None where there are none."""
    if access.keys is not None:
        check_there(access.keys)
        return KeyRing.from_file(access.keys)
    return KeyRing.from_environment(KEYS) if os.environ.get(KEYS) else None


def actor_of(access: Access) -> Actor:
    """Return who uses the store."""
    named = os.environ.get(ROLES, "").split(",")
    roles = access.roles or tuple(name.strip() for name in named if name.strip())
    return Actor(
        name=access.actor or os.environ.get(ACTOR) or _user(),
        roles=roles,
        purpose=access.purpose or os.environ.get(PURPOSE, ""),
    )


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


def clear_items(store: CustomerStore, *, masked: bool = False) -> ItemCatalogue:
    """Return the items that the actor may read, in the clear or at least masked.

    Raises
    ------
    AccessDeniedError
        There are none.
    """
    catalogue = store.catalogue
    if store.policy is None:
        return catalogue
    found: ReadableItems = store.policy.readable(store.actor, catalogue)
    names = {*found.clear, *(found.masked if masked else ())}
    if not names:
        # says why, and leaves a record
        store.policy.check(store.actor, "read", catalogue.items[0], trail=store.trail)
    return ItemCatalogue(items=tuple(item for item in catalogue if item.name in names))


def check_there(*paths: Path | None) -> None:
    """Let the system say what is wrong with files that cannot be read."""
    for path in paths:
        if path is not None:
            path.open("rb").close()
