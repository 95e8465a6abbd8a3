"""A store that is open: where it is, what its items are, who uses it."""

from __future__ import annotations

from typing import Any, NoReturn, Self

import sqlalchemy as sa

from creditscore.collect import ItemCatalogue
from creditscore.exceptions import KeyStoreError, StoreError
from creditscore.organise._store._access import Desk
from creditscore.organise._store._engine import place_text, reading, state_purpose
from creditscore.organise._store._schema import batches, customers, observations
from creditscore.organise._store._settings import read_catalogue
from creditscore.protect import AccessPolicy, Actor, AuditTrail

OWNER = "CustomerStore"


class StoreBase:
    """What all parts of a store share."""

    _engine: sa.Engine
    _desk: Desk
    _catalogue: ItemCatalogue
    _closed: bool

    @classmethod
    def _of(cls, engine: sa.Engine, desk: Desk) -> Self:
        store = cls.__new__(cls)
        store._engine, store._desk, store._closed = engine, desk, False  # noqa: SLF001 - its own
        state_purpose(engine, desk.actor.name, desk.actor.purpose)
        with reading(engine) as connection:
            store._catalogue = read_catalogue(connection)  # noqa: SLF001
        return store

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

        Without keys, its secret lies in the store itself: it then finds accidents, and no intent.
        """
        self._check_open()
        return self._desk.trail()

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

    def __repr__(self) -> str:
        """Say in one line where it is and how much it holds."""
        if self._closed:
            return f"<CustomerStore {self.place!r}, closed>"
        with reading(self._engine) as connection:
            n_customers, n_batches = (
                connection.execute(sa.select(sa.func.count()).select_from(table)).scalar()
                for table in (customers, batches)
            )
            # numbers may have gaps, and counting ten million rows takes a while
            total = sa.select(sa.func.coalesce(sa.func.sum(batches.c.n_loaded), 0))
            n_observations = connection.execute(total).scalar()
        return (
            f"<CustomerStore {self.place!r}: {n_customers:,} customers, "
            f"{n_observations:,} {observations.name} in {n_batches:,} batches>"
        )

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        """Refuse to be pickled: the pickle would hold the keys."""
        msg = "A store is not pickled, for its keys would be in the bytes. Open it anew."
        raise KeyStoreError(msg)
