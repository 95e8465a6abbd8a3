"""A backup becomes a store: by a private copy of it, in which all is done before anybody reads."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from creditscore._warn import warn_user
from creditscore.exceptions import ErasureRegisterWarning, StoreError
from creditscore.organise._guard._erasing import erase_again
from creditscore.organise._guard._register import ErasureRegister
from creditscore.organise._store._access import Desk, who
from creditscore.organise._store._added import ADDED
from creditscore.organise._store._backup import Backup, copy_rows, count_rows
from creditscore.organise._store._engine import (
    is_sqlite,
    make_engine,
    make_file,
    place_text,
    reading,
    url_of,
    use_wal,
    writing,
)
from creditscore.organise._store._erased import REGISTER
from creditscore.organise._store._migrating import bring_up_to_date
from creditscore.organise._store._new_file import remove_file, write_anew
from creditscore.organise._store._revisions import HEAD, check_revision, make_tables, revision_of
from creditscore.organise._store._schema import audit
from creditscore.organise._store._settings import PROTECTION
from creditscore.organise._store._subjects import open_vault, settings_of
from creditscore.protect import Actor, KeyRing

_GROWING = ("audit", "subject_keys")
"""Tables to which migrating adds: the record of it, and keys of customers that had none."""


@dataclass(frozen=True, kw_only=True)
class Restoring:
    """What is restored, and by whom.

    Attributes
    ----------
    backup : Backup
        What is restored.
    keys : KeyRing or None
        Master keys of the store that was backed up.
    actor : Actor or None
        Who does it.
    register : ErasureRegister or None
        Whose data were erased since.
    """

    backup: Backup
    keys: KeyRing | None
    actor: Actor | None
    register: ErasureRegister | None

    def to(self, target: sa.Engine) -> Desk:
        """Make a store at a place where there is none; there is one once all of this is done.

        Raises
        ------
        StoreError
            The copy is not what the document says, or there is a file or a store already.
        BrokenTrailError
            The trail or the register is not whole.
        AccessDeniedError, KeyStoreError, StoreVersionError
            As those of opening and of migrating.
        """
        make = self._to_file if is_sqlite(target) else self._to_database
        return make(target).at(target)

    def _to_file(self, target: sa.Engine) -> Desk:
        place = Path(str(target.url.database))
        beside = place.with_name(f"{place.name}.restoring")
        _reserve(place, beside)
        try:
            with _private_copy(self.backup, beside) as copy:
                desk, was_older = self._made(copy)
                if was_older:
                    # scripts leave what they change in parts of pages that hold nothing now
                    write_anew(copy)
                use_wal(copy)
                # all that is in the log goes to the file with the last connection
                copy.dispose()
                beside.replace(place)
        except BaseException:
            place.unlink(missing_ok=True)
            raise
        return desk

    def _to_database(self, target: sa.Engine) -> Desk:
        # of this database alone; who writes to it is alone, too
        told = hashlib.sha256(place_text(target.url).encode()).hexdigest()[:16]
        beside = self.backup.path.with_name(f"{self.backup.path.name}.restoring-{told}")
        with writing(target) as into:
            make_tables(into)
            with _private_copy(self.backup, beside) as copy:
                desk, _ = self._made(copy)
                with reading(copy) as source:
                    copy_rows(source, into)
                    _check_same(self.backup.path, count_rows(source), count_rows(into))
            desk.trail(into).verify().check()
        return desk

    def _made(self, copy: sa.Engine) -> tuple[Desk, bool]:
        """Check the copy, migrate it and erase in it; tell whether it was of older tables."""
        backup = self.backup
        with writing(copy) as connection:
            is_older = revision_of(connection) < HEAD
            if not is_older:
                check_revision(connection)
            vault = open_vault(connection, self.keys)
            backup.check_seal(vault.derive("backup"))
            rows = backup.content["rows"]
            _check_same(backup.path, rows, count_rows(connection, rows))
            register = self.register
            gone = {} if register is None else register.entries(vault.derive(REGISTER))
            desk = Desk(engine=copy, vault=vault, policy=None, actor=who(self.actor))
            if is_older:
                bring_up_to_date(connection, desk)
                _check_same(backup.path, rows, count_rows(connection, rows), growing=_GROWING)
            else:
                desk.trail(connection).verify().check()
            documents = settings_of(connection, vault)
            for name in (PROTECTION, "catalogue", "plan"):
                # what opening the store would refuse is no store yet
                documents.read(name)
            policy = documents.policy()
            if policy is not None:
                # not recorded where it is refused: nothing is left then
                policy.check(desk.under(policy, connection).actor, "restore")
            if register is not None:
                _check_register(connection, register, len(gone))
            n_erased = erase_again(desk.customers(connection), gone, by=desk.actor.name)
            said = {"from": backup.path.name, "register": register is not None, "erased": n_erased}
            desk.record_change(connection, "restore", said)
        return desk, is_older


def _reserve(place: Path, beside: Path) -> None:
    """Make the file of the store, empty, so that nobody else restores to this place."""
    if place.is_file() and place.stat().st_size == 0 and beside.exists():
        msg = (
            f"Somebody restores to {str(place)!r} now, or did so and was interrupted. If nobody is "
            f"at it, delete that empty file and {str(beside)!r}, and restore again."
        )
        raise StoreError(msg)
    make_file(place)


@contextmanager
def _private_copy(backup: Backup, path: Path) -> Iterator[sa.Engine]:
    """Copy a backup to a file that its owner alone may read; what is left of it at last goes."""
    try:
        # of a process that was killed
        remove_file(path)
    except OSError as error:
        msg = (
            f"The file {str(path)!r}, which another restoration left, cannot be deleted: "
            f"{error.strerror}."
        )
        raise StoreError(msg) from error
    engine = make_engine(url_of(path), 0)
    try:
        backup.copy_to(path)
        yield engine
    finally:
        engine.dispose()
        remove_file(path)


def _check_register(connection: sa.Connection, register: ErasureRegister, n_named: int) -> None:
    """Warn of a register that names nobody, or fewer than the trail of the backup tells."""
    rows = connection.execute(sa.select(audit.c.details).where(audit.c.action == "erase")).scalars()
    n_told = sum(_n_registered(json.loads(text)) for text in rows)
    if n_named >= max(n_told, 1):
        return
    msg = (
        f"The register of erasures {str(register.path)!r} names {n_named:,} customer(s), and "
        f"{n_told:,} were put into a register before the backup, by its trail. Is it that of this "
        "store, and whole? Who was erased after the backup and is not in it is back."
    )
    warn_user(msg, ErasureRegisterWarning)


def _n_registered(said: Mapping[str, Any]) -> int:
    """Return how many customers a record says were put into a register.

    It is of one, or of as many as rules of retention let go. Who has a store may add records of an
    own making to its trail, which say nothing of the register.
    """
    if said.get("registered") is not True or not said.keys() & {ADDED, "as_of", "kept"}:
        return 0
    n = said.get("customers", 1)
    return n if type(n) is int and n > 0 else 0


def _check_same(
    path: Path,
    told: Mapping[str, int],
    found: Mapping[str, int],
    *,
    growing: tuple[str, ...] = (),
) -> None:
    """Check that tables have as many rows as they should; growing ones may have more."""
    for name, n in told.items():
        there = found.get(name, 0)
        if there < n or (there > n and name not in growing):
            msg = (
                f"The backup {str(path)!r} was not restored whole: the table {name} should have "
                f"{n:,} rows, and has {there:,}."
            )
            raise StoreError(msg)
