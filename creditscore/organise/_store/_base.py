"""A store that is open: where it is, what its items are, who uses it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn, Self

import sqlalchemy as sa

from creditscore._checks import check_kept
from creditscore._display import counted
from creditscore.collect import ItemCatalogue
from creditscore.exceptions import InvalidParameterError, KeyStoreError, StoreError
from creditscore.organise._store._access import Desk
from creditscore.organise._store._added import begun
from creditscore.organise._store._engine import place_text, reading, state_purpose, writing
from creditscore.organise._store._schema import batches, customers
from creditscore.organise._store._settings import PROTECTION, versions_of
from creditscore.organise._store._subjects import settings_of
from creditscore.organise._store._trail import GuardedSink
from creditscore.protect import AccessPolicy, Actor, AuditTrail

OWNER = "CustomerStore"


class StoreBase:
    """What all parts of a store share."""

    _engine: sa.Engine
    _desk: Desk
    _catalogue: ItemCatalogue
    _versions: dict[str, int]
    _closed: bool

    @classmethod
    def _of(cls, engine: sa.Engine, desk: Desk) -> Self:
        store = cls.__new__(cls)
        store._engine, store._desk, store._closed = engine, desk, False  # noqa: SLF001 - its own
        state_purpose(engine, desk.actor.name, desk.actor.purpose)
        store._read_settings()  # noqa: SLF001
        return store

    def _read_settings(self) -> None:
        """Read catalogue, policy and plan, and which versions of them these are."""
        with reading(self._engine) as connection:
            self._versions = versions_of(connection)
            documents = settings_of(connection, self._desk.vault)
            documents.read(PROTECTION)
            self._catalogue = documents.catalogue()
            policy, plan = documents.policy(), documents.plan()
        self._desk = self._desk.under(policy).planned(plan)

    @property
    def engine(self) -> sa.Engine:
        """Engine of SQLAlchemy, for what the store itself does not do."""
        self._check_open()
        return self._engine

    @property
    def place(self) -> str:
        """Path or URL, without a password."""
        return place_text(self._engine.url)

    @property
    def catalogue(self) -> ItemCatalogue:
        """What the items are."""
        return self._catalogue

    @property
    def policy(self) -> AccessPolicy | None:
        """Who may do what; None where everybody may do everything."""
        return self._desk.policy

    @property
    def actor(self) -> Actor:
        """Who uses the store."""
        return self._desk.actor

    @property
    def trail(self) -> AuditTrail:
        """The audit trail of the store.

        Where there is a policy, it is read by those who may audit, and others add records in their
        own name alone. Without keys, its secret lies in the store itself: it then finds accidents,
        and no intent.
        """
        self._check_open()
        desk = self._desk
        return desk.trail() if desk.policy is None else desk.trail_at(GuardedSink(desk))

    def close(self) -> None:
        """Close all connections; a closed store is opened anew by :meth:`open`."""
        self._engine.dispose()
        self._closed = True

    def __enter__(self) -> Self:
        """Return itself, to be closed at the end of the block."""
        self._check_open()
        return self

    def __exit__(self, *_: object) -> None:
        """Close the store."""
        self.close()

    def _check_open(self) -> None:
        if self._closed:
            msg = f"The store {self.place!r} was closed. Open it again."
            raise StoreError(msg)

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        self._check_open()
        with reading(self._engine) as connection:
            self._check_current(connection)
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        self._check_open()
        with writing(self._engine) as connection:
            self._check_current(connection)
            yield begun(connection)

    def _check_reason(self, reason: Any, call: str) -> None:
        """Check that a text says why, and can be kept; it is not shown, for it may be personal."""
        if not isinstance(reason, str) or not reason.strip():
            msg = f"The 'reason' parameter of {OWNER}.{call} must say why."
            raise InvalidParameterError(msg)
        check_kept(reason, "reason", f"{OWNER}.{call}")

    def _check_reader(self, *actions: str) -> None:
        """Refuse who may read no item at all, nor audit, nor do one of some other actions."""
        self._desk.check_any("audit", *actions, items=self.catalogue.items)

    def _check_current(self, connection: sa.Connection) -> None:
        """Check that nobody gave the store another catalogue, policy or plan since it was opened.

        By an old catalogue a value that is protected by now would be kept in the clear.
        """
        found = versions_of(connection)
        if found != self._versions:
            name = next(n for n in found if found[n] != self._versions.get(n))
            msg = (
                f"The {name} of the store {self.place!r} was changed since it was opened here. "
                "Nothing was done; open it again."
            )
            raise StoreError(msg)

    def __repr__(self) -> str:
        """Say in one line where it is and how much it holds."""
        if self._closed:
            return f"<CustomerStore {self.place!r}, closed>"
        with reading(self._engine) as connection:
            n_customers, n_batches = (
                int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() or 0)
                for table in (customers, batches)
            )
            # numbers may have gaps, and counting ten million rows takes a while
            total = sa.select(sa.func.coalesce(sa.func.sum(batches.c.n_loaded), 0))
            n_observations = int(connection.execute(total).scalar() or 0)
        return (
            f"<CustomerStore {self.place!r}: {counted(n_customers, 'customer')}, "
            f"{counted(n_observations, 'observation')} in {counted(n_batches, 'load')}>"
        )

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        """Refuse to be pickled: the pickle would hold the keys."""
        msg = "A store is not pickled, for its keys would be in the bytes. Open it anew."
        raise KeyStoreError(msg)
