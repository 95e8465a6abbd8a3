"""The store of customers: made, opened, backed up, restored and brought to this version."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.engine import URL

from creditscore._checks import check_kind
from creditscore._validation import check_real
from creditscore._warn import warn_user
from creditscore.collect import ItemCatalogue
from creditscore.exceptions import InvalidParameterError, NotCleanedWarning
from creditscore.organise._guard._cleaning import clean
from creditscore.organise._guard._keeping_store import StoreKeeping
from creditscore.organise._guard._register import ErasureRegister
from creditscore.organise._guard._rights_store import StoreRights
from creditscore.organise._store._access import Desk, who
from creditscore.organise._store._added import begun
from creditscore.organise._store._against_trail import check_sees_all
from creditscore.organise._store._backup import Backup, back_up
from creditscore.organise._store._backup_report import BackupReport
from creditscore.organise._store._base import OWNER
from creditscore.organise._store._engine import (
    check_file,
    is_sqlite,
    make_engine,
    reading,
    url_of,
    writing,
)
from creditscore.organise._store._migrating import bring_up_to_date
from creditscore.organise._store._new_file import new_file
from creditscore.organise._store._reads import StoreReads
from creditscore.organise._store._restoring import Restoring
from creditscore.organise._store._revisions import (
    HEAD,
    check_revision,
    make_tables,
    revision_of,
)
from creditscore.organise._store._subjects import make_vault, open_vault, settings_of
from creditscore.protect import AccessPolicy, Actor, KeyRing

_MOST_SECONDS = 86_400
_CLEANED = ("customers", "protections", "rejects", "subject_keys", "pg_statistic")
"""Tables of PostgreSQL that held names, texts and keys; the last one has samples of columns."""


class CustomerStore(StoreReads, StoreRights, StoreKeeping):
    """The customers' credit file: facts with their history, of which none is ever overwritten.

    Made by :meth:`create` and opened by :meth:`open`; a file of SQLite, or a PostgreSQL database
    that a team shares. It is bitemporal: each fact has days between which it is true, and an
    instant from which it was known, which the store's clock sets.

    Attributes
    ----------
    place : str
        Path or URL, without a password.
    catalogue : ItemCatalogue
        What the items are.
    policy : AccessPolicy or None
        Who may do what.
    actor : Actor
        Who uses it.
    trail : AuditTrail
        Records of all changes, and of all reads of protected items.
    engine : sqlalchemy.Engine
        For what the store itself does not do; rows can be added by it, and not changed.

    See Also
    --------
    creditscore.collect.Observations : What is loaded.

    Notes
    -----
    *Append-only.* Triggers of the database refuse to change or delete rows; corrections are newer
    rows, of the same day or, where an item happens once, of any, and retractions say of a row that
    it counts no more.

    *Writers* come one after another: SQLite locks the file from the first statement of a change
    (BEGIN IMMEDIATE), PostgreSQL by an advisory lock. Who waits longer than `busy_seconds` gets a
    :class:`~creditscore.exceptions.StoreBusyError`. Readers see the state as it was when they
    began, and wait for nobody: SQLite keeps a write-ahead log beside the file (``-wal``, ``-shm``)
    while a store is open; keep the three together, and on a disk of the machine itself. Changes
    are on the disk when a call returns (synchronous=FULL), what is deleted is overwritten
    (secure_delete=ON), and sorting leaves no temporary files.

    *Protection.* In a store with keys, names of customers, values of protected items and evidence
    are encrypted, each under the key of its customer, which is wrapped by the current master key;
    rejected rows are, each under a key of its own. Catalogue, policy, plan, consents and holds are
    sealed: the store goes by none that it did not write. Other values, days and names of sources
    lie open in the file, and a store without keys hides nothing. A new file may be read by its
    owner alone.

    Examples
    --------
    >>> import pandas as pd, tempfile
    >>> from pathlib import Path
    >>> from creditscore.collect import Observations
    >>> from creditscore.organise import CustomerStore
    >>> facts = Observations.from_frame(pd.DataFrame({
    ...     "customer": ["C1", "C1"], "item": ["revenue", "revenue"], "value": [1200, 1500],
    ...     "true_from": ["2022-12-31", "2023-12-31"], "source": "public_filing",
    ...     "method": "data_analysis", "collected_at": ["2023-04-30", "2024-04-30"],
    ... }))
    >>> place = Path(tempfile.mkdtemp()) / "customers.db"
    >>> with CustomerStore.create(place) as store:
    ...     print(store.load(facts, backfill=True))
    ...     print(store.snapshot("2024-06-30", known_at="2024-03-31", items=["revenue"]))
    <LoadResult: batch 1, 2 observations loaded, 0 known already>
              revenue
    customer
    C1         1200.0
    """

    @classmethod
    def create(
        cls,
        place: str | os.PathLike[str] | URL,
        catalogue: ItemCatalogue | None = None,
        *,
        keys: KeyRing | None = None,
        policy: AccessPolicy | None = None,
        actor: Actor | None = None,
        busy_seconds: float = 30,
    ) -> Self:
        """Make a store, and open it.

        Parameters
        ----------
        place : path-like or URL
            File of SQLite that is not there yet, or the URL of an empty database of PostgreSQL, 14
            or newer (``"postgresql://user@host/name"``).
        catalogue : ItemCatalogue, optional
            What the items are; without, the standard one.
        keys : KeyRing, optional
            Master keys; without, protected items cannot be kept.
        policy : AccessPolicy, optional
            Who may do what; without, everybody everything.
        actor : Actor, optional
            Who uses it; without, the user of the machine, without a role.
        busy_seconds : float, default=30
            How long to wait for others that write, from 0 to 86,400.

        Returns
        -------
        CustomerStore

        Raises
        ------
        StoreError
            There is a file or a store already.
        AccessDeniedError
            The actor has the emergency role of the policy.
        InvalidParameterError
            No place for a store, or something else is of the wrong kind.
        MissingDependencyError
            PostgreSQL needs the extra ``postgres``.
        """
        engine = _engine(place, keys, actor, busy_seconds, "create")
        catalogue = ItemCatalogue.standard() if catalogue is None else catalogue
        check_kind(catalogue, "catalogue", f"{OWNER}.create", ItemCatalogue)
        if policy is not None:
            check_kind(policy, "policy", f"{OWNER}.create", AccessPolicy)
        with new_file(engine):
            with writing(engine) as connection:
                make_tables(connection)
                begun(connection)
                vault = make_vault(connection, keys)
                documents = settings_of(connection, vault)
                documents.add("catalogue", str(catalogue.to_json()))
                if policy is not None:
                    documents.add("policy", str(policy.to_json()))
                desk = Desk(engine=engine, vault=vault, policy=None, actor=who(actor))
                # in an emergency there is a store already
                desk = desk.under(policy, connection)
                said = {"key_version": vault.version, "tables": HEAD}
                desk.record_change(connection, "create", said)
            return cls._of(engine, desk)

    @classmethod
    def open(
        cls,
        place: str | os.PathLike[str] | URL,
        *,
        keys: KeyRing | None = None,
        actor: Actor | None = None,
        busy_seconds: float = 30,
    ) -> Self:
        """Open a store.

        Parameters
        ----------
        place : path-like or URL
            Where it is.
        keys : KeyRing, optional
            Master keys that it was made with, or last changed to.
        actor : Actor, optional
            As that of :meth:`create`.
        busy_seconds : float, default=30
            As that of :meth:`create`.

        Returns
        -------
        CustomerStore

        Raises
        ------
        StoreNotFoundError
            There is no store.
        StoreVersionError
            It is of an older version: :meth:`migrate` brings it to this one. Or of a newer one.
        KeyStoreError
            The keys are missing, or those of another store.
        AccessDeniedError
            The actor has the role for emergencies, and none of that person is running
            (:meth:`break_glass`).
        StoreError
            The database cannot be reached, or is no store.
        """
        engine = _engine(place, keys, actor, busy_seconds, "open")
        check_file(engine.url)
        try:
            with reading(engine) as connection:
                check_revision(connection)
                vault = open_vault(connection, keys)
            # policy and plan are read with the catalogue
            desk = Desk(engine=engine, vault=vault, policy=None, actor=who(actor))
            return cls._of(engine, desk)
        except BaseException:
            engine.dispose()
            raise

    @classmethod
    def migrate(
        cls,
        place: str | os.PathLike[str] | URL,
        *,
        keys: KeyRing | None = None,
        actor: Actor | None = None,
        busy_seconds: float = 30,
    ) -> Self:
        """Bring an older store to the tables of this version, mend what can be, and open it.

        Parameters
        ----------
        place : path-like or URL
            Where it is. Copy the file or the database before.
        keys : KeyRing, optional
            Master keys, as those of :meth:`open`, with the same errors.
        actor : Actor, optional
            As that of :meth:`create`.
        busy_seconds : float, default=30
            As that of :meth:`create`.

        Returns
        -------
        CustomerStore

        Raises
        ------
        AccessDeniedError
            The policy does not let the actor do this.
        BrokenTrailError
            The audit trail is not whole.
        StoreError
            The trail remembers newer tables than there are; or the log-in of PostgreSQL does not
            see all rows.

        Warns
        -----
        NotCleanedWarning
            The database may still hold what was encrypted, or deleted: others read, or the log-in
            of PostgreSQL may not vacuum the tables. Another call makes up for it.

        Notes
        -----
        One transaction, and then, in a store with keys, the database is made to let go of names
        and texts that lay open and of keys that were destroyed: SQLite empties the log, PostgreSQL
        writes the tables of customers, of events about them, of rejected rows and of keys anew,
        for which it waits until nobody reads them. This is done where the tables are those of this
        version, too.

        What the older tables hold is believed as it stands: seals and ciphers that a newer version
        brings are made of it. Rejected rows are written anew, and the record of that takes the
        place of what the trail told of them, where they were still what it told. In SQLite, blocks
        that repeat the numbers of facts, so that they are read faster, are made anew where they
        are older or damaged.

        O(customers + rejects) time, and O(observations) where blocks are made.
        """
        engine = _engine(place, keys, actor, busy_seconds, "migrate")
        check_file(engine.url)
        try:
            with writing(engine) as connection:
                # first, since what is no store has no settings either
                revision_of(connection)
                check_sees_all(connection, "Migrate")
                vault = open_vault(connection, keys)
                desk = Desk(engine=engine, vault=vault, policy=None, actor=who(actor))
                bring_up_to_date(connection, desk)
            # names that lay open are gone from the rows, and not yet from what is beside them;
            # each time, since an earlier call may have been killed before it came to this
            is_clean = not vault.has_keys or clean(
                engine, vacuum=not is_sqlite(engine), tables=_CLEANED
            )
        finally:
            engine.dispose()
        if not is_clean:
            msg = (
                "The tables of the store are up to date, but the database may still hold names of "
                "customers and keys as they were before: somebody else reads the store, or this "
                "log-in may not vacuum its tables. Migrate again when nobody reads."
            )
            warn_user(msg, NotCleanedWarning)
        return cls.open(place, keys=keys, actor=actor, busy_seconds=busy_seconds)

    def backup(self, path: str | os.PathLike[str], *, approval: str = "") -> BackupReport:
        """Write all of the store to a file, which is itself a store in SQLite.

        Parameters
        ----------
        path : path-like
            File that is not there yet. Beside it comes a document, ``….json``, with its hash, the
            rows of each table and the head of the trail, sealed by a key of the store.
        approval : str, default=""
            Number of an approved request, where the policy asks for four eyes.

        Returns
        -------
        BackupReport

        Raises
        ------
        StoreError
            There is such a file.
        AccessDeniedError
            The policy does not let the actor do this, or nobody approved it.

        Notes
        -----
        The file is the same whether the store is in SQLite or in PostgreSQL, and can be restored
        to either. It holds one state of the store; others may write meanwhile. Keys of customers
        are in it as the store has them, wrapped by the master key, which is not.
        """
        with self._reading():
            # under the policy of now
            pass
        self._desk.allow("backup", approval)
        report = back_up(self._engine, Path(path), self._desk.vault.derive("backup"))
        said = {"sha256": report.sha256, "head": report.head.number}
        self._desk.trail().append(self.actor, "backup", said)
        return report

    @classmethod
    def restore(
        cls,
        path: str | os.PathLike[str],
        place: str | os.PathLike[str] | URL,
        *,
        keys: KeyRing | None = None,
        actor: Actor | None = None,
        register: ErasureRegister | None = None,
        busy_seconds: float = 30,
    ) -> Self:
        """Make a store of a backup, and open it.

        Parameters
        ----------
        path : path-like
            Of :meth:`backup` of this release or of an older one, with its document beside it.
        place : path-like or URL
            Where the store will be; there must be none.
        keys : KeyRing, optional
            Master keys of the store that was backed up.
        actor : Actor, optional
            As that of :meth:`create`.
        busy_seconds : float, default=30
            As that of :meth:`create`.
        register : ErasureRegister, optional
            File that remembers whose data were erased since: they are erased again in the same
            step, before there is a store that anybody could read. Without it those customers are
            back.

        Returns
        -------
        CustomerStore

        Raises
        ------
        StoreError
            The file is not what the document says, rows are missing, there is a store already or
            no such register; or its trail remembers newer tables than there are.
        BrokenTrailError
            The audit trail in it is not whole, or the register is not.
        KeyStoreError
            The keys are those of another store.
        StoreVersionError
            The tables in the backup are newer than this release.
        AccessDeniedError
            The policy in the backup does not let the actor do this, or migrate, where it has to.

        Warns
        -----
        ErasureRegisterWarning
            The register names nobody, or fewer than were put into one before the backup.

        Notes
        -----
        The backup is never changed. It is copied to a file that its owner alone may read, beside
        that of the store (``….restoring``), or beside the backup where the store will be in
        PostgreSQL. By the copy it is checked: hash, seal, rows of each table, trail. There older
        tables are migrated, as by :meth:`migrate` and with its errors, and their file is written
        anew, so that no name that lay open in them stays in its bytes; there is erased whom the
        register names. Then the copy becomes the store, or its rows go to PostgreSQL in one
        transaction, with no key that was destroyed. Whatever fails before leaves no store and no
        copy. A process that is killed leaves the copy: the next restoration to that place deletes
        it, in SQLite once the empty file of the store was deleted.

        O(bytes) time, and that of migrating; on the disk it needs the size of the backup, and
        twice that where its tables are older.
        """
        engine = _engine(place, keys, actor, busy_seconds, "restore")
        backup = Backup.read(Path(path))
        restoring = Restoring(backup=backup, keys=keys, actor=actor, register=register)
        try:
            return cls._of(engine, restoring.to(engine))
        except BaseException:
            engine.dispose()
            raise


def _engine(place: Any, keys: Any, actor: Any, busy_seconds: Any, call: str) -> sa.Engine:
    owner = f"{OWNER}.{call}"
    if keys is not None and not isinstance(keys, KeyRing):
        # what was given may be a key itself
        msg = f"The 'keys' parameter of {owner} must be a KeyRing. Got {type(keys).__name__}."
        raise InvalidParameterError(msg)
    if actor is not None:
        check_kind(actor, "actor", owner, Actor)
    seconds = check_real(
        busy_seconds, "busy_seconds", owner, low=0, high=_MOST_SECONDS, closed="both"
    )
    return make_engine(url_of(place), seconds)
