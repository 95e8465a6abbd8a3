"""Loading: facts become rows in one transaction, in the order in which they will be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import sqlalchemy as sa

from creditscore._progress import tracked
from creditscore._typing import Bool1D, Float1D, Int1D
from creditscore.collect import ItemCatalogue, Observations
from creditscore.exceptions import InvalidDataError
from creditscore.organise._store import _clock
from creditscore.organise._store._blocks import add_block
from creditscore.organise._store._bulk import insert_observations
from creditscore.organise._store._customers import Customers
from creditscore.organise._store._engine import wide_cache
from creditscore.organise._store._erased import OF_ERASED
from creditscore.organise._store._fingerprint import Facts
from creditscore.organise._store._guards import lifted
from creditscore.organise._store._known_late import n_known_late
from creditscore.organise._store._load_result import LoadResult
from creditscore.organise._store._names import add_items, add_origins, next_id
from creditscore.organise._store._schema import (
    batches,
    erasures,
    links,
    observations,
    rejects,
    retractions,
)
from creditscore.organise._store._settings import what_it_holds
from creditscore.organise._store._subjects import (
    CUSTOMER,
    EVIDENCE,
    Vault,
    cipher_of,
    fingerprint_key,
    keys_of,
)
from creditscore.protect import FieldCipher

_AT_ONCE = 250_000
"""Rows in one go: their columns as objects are what takes memory."""


@dataclass(frozen=True, kw_only=True)
class Load:
    """One load: what is written, by whom, and whether it is history from elsewhere."""

    observations: Observations
    catalogue: ItemCatalogue
    vault: Vault
    note: str
    backfill: bool
    by: str
    progress: bool

    def run(self, connection: sa.Connection) -> LoadResult:
        """Write all in the transaction of the connection, which nobody else may write in.

        The batch is written last: the instant of its record is that of the commit, as nearly as
        can be, so that what is known at an instant that has passed does not change any more.
        """
        batch = next_id(connection, batches)
        table = self.observations.table
        known = Customers(connection=connection, vault=self.vault)
        kept, n_refused = self._without_erased(known, table, batch)
        with wide_cache(connection):
            n_loaded, n_late = self._write(known, kept, batch) if len(kept) else (0, 0)
        recorded_at = next_instant(connection)
        n_known = len(kept) - n_loaded
        connection.execute(
            batches.insert().values(
                id=batch, recorded_at=recorded_at, recorded_by=self.by,
                is_backfill=self.backfill, note=self.note, n_loaded=n_loaded, n_known=n_known,
                n_refused=n_refused,
            )
        )  # fmt: skip
        at = pd.Timestamp(recorded_at, unit="us", tz="UTC")
        return LoadResult(
            batch=batch, recorded_at=at, n_loaded=n_loaded, n_known=n_known, n_refused=n_refused,
            n_late=n_late,
        )  # fmt: skip

    def _without_erased(
        self, known: Customers, table: pd.DataFrame, batch: int
    ) -> tuple[pd.DataFrame, int]:
        """Leave out those whose data were erased, and note each row as a reject without values."""
        names = known.refused(_used(table["customer"]))
        refused = table["customer"].isin(list(names)).to_numpy() if names else None
        if refused is None or not refused.any():
            return table, 0
        first = next_id(known.connection, rejects)
        rows = [
            {
                "id": first + place, "batch_id": batch, "source": "load", "row": str(row),
                "column_name": "customer", "item": str(table["item"].iloc[row]),
                "reason": OF_ERASED, "is_protected": True,
            }
            for place, row in enumerate(np.flatnonzero(refused).tolist())
        ]  # fmt: skip
        known.connection.execute(rejects.insert(), rows)
        return table[~refused].reset_index(drop=True), len(rows)

    def _write(self, known: Customers, table: pd.DataFrame, batch: int) -> tuple[int, int]:
        """Return how many rows were added, and how many of the others were known too late."""
        connection = known.connection
        found = known.add(_used(table["customer"]))
        of_items = add_items(connection, _used(table["item"]))
        customer = _numbers(table["customer"], found)
        item = _numbers(table["item"], of_items)
        true_from = _clock.day_numbers(table["true_from"], missing=0)
        order = np.lexsort((true_from, item, customer))
        is_sorted = bool((np.diff(order) == 1).all())
        rows = _Rows(
            table=table if is_sorted else table.iloc[order].reset_index(drop=True),
            customer=customer[order], item=item[order], true_from=true_from[order],
            protected=self._protected(table["item"])[order],
            origin=add_origins(connection, table)[order],
        )  # fmt: skip
        first = next_id(connection, observations)
        starts = range(0, len(table), _AT_ONCE)
        n_loaded = n_late = 0
        with lifted(connection):
            for start in tracked(starts, "Loading", progress=self.progress):
                part = rows.part(start, start + _AT_ONCE)
                columns = part.columns(connection, self.vault, first + start, batch)
                n_added = insert_observations(connection, columns)
                add_block(connection, columns, n_added)
                n_loaded += n_added
                if self.backfill and n_added < len(columns["id"]):
                    n_late += n_known_late(connection, columns)
        return n_loaded, n_late

    def _protected(self, item: pd.Series) -> Bool1D:
        guarded = [known.name for known in self.catalogue if known.is_protected]
        protected: Bool1D = item.isin(guarded).to_numpy(dtype=bool)
        return protected


@dataclass(frozen=True, kw_only=True, eq=False)
class _Rows:
    """Rows in the order of customers, items and days, with their numbers."""

    table: pd.DataFrame
    customer: Int1D
    item: Int1D
    true_from: Int1D
    protected: Bool1D
    origin: Int1D

    def part(self, start: int, stop: int) -> _Rows:
        """Return some rows that follow each other."""
        return _Rows(
            table=self.table.iloc[start:stop], customer=self.customer[start:stop],
            item=self.item[start:stop], true_from=self.true_from[start:stop],
            protected=self.protected[start:stop], origin=self.origin[start:stop],
        )  # fmt: skip

    def columns(
        self, connection: sa.Connection, vault: Vault, first: int, batch: int
    ) -> dict[str, list[Any] | npt.NDArray[Any]]:
        """Return what is written, a column each."""
        n = len(self.table)
        ids = np.arange(first, first + n)
        true_to = _clock.day_numbers(self.table["true_to"], missing=_clock.END)
        collected = _clock.instant_numbers(self.table["collected_at"])
        facts = Facts(
            table=self.table, true_from=self.true_from, true_to=true_to, collected_at=collected
        )
        prints: list[bytes] = facts.digests(vault.derive("fingerprint")[:32])
        number = self.table["number"].to_numpy(dtype=np.float64, copy=True)
        text = _with_gaps(self.table["text"])
        cipher: list[bytes | None] = [None] * n
        evidence = _words(self.table["evidence"])
        evidence_cipher: list[bytes | None] = [None] * n
        told = np.array([word != "" for word in evidence], dtype=bool) & vault.has_keys
        owners = np.unique(self.customer[self.protected | told]).tolist()
        keys = _made_keys(connection, vault, owners) if owners else {}
        ciphers = {owner: cipher_of(key) for owner, key in keys.items()}
        if told.any():
            self._encrypt_evidence(ciphers, ids, told, evidence, evidence_cipher)
        if self.protected.any():
            self._encrypt(ciphers, ids, number, text, cipher)
            guarded = facts.digests_of_subjects(
                self.protected, self.customer, {n: fingerprint_key(k) for n, k in keys.items()}
            )
            for row, print_ in zip(np.flatnonzero(self.protected), guarded, strict=True):
                prints[row] = print_
        return {
            "id": ids, "customer_id": self.customer, "item_id": self.item,
            "record": _words(self.table["record"]), "number": number, "text": text,
            "cipher": cipher, "true_from": self.true_from,
            "true_to": [None if day >= _clock.END else day for day in true_to.tolist()],
            "origin_id": self.origin, "collected_at": collected, "evidence": evidence,
            "batch_id": np.full(n, batch), "fingerprint": prints,
            "evidence_cipher": evidence_cipher,
        }  # fmt: skip

    def _encrypt_evidence(
        self, ciphers: Mapping[int, FieldCipher], ids: Int1D, told: Bool1D, evidence: list[str],
        cipher: list[bytes | None],
    ) -> None:  # fmt: skip
        """Put ciphers in the place of evidence, whose words may be about a person."""
        for row in np.flatnonzero(told).tolist():
            use, where = ciphers[int(self.customer[row])], int(ids[row])
            cipher[row] = use.encrypt_text(evidence[row], record=where, field=EVIDENCE)
            evidence[row] = ""

    def _encrypt(
        self, ciphers: Mapping[int, FieldCipher], ids: Int1D, number: Float1D, text: list[Any],
        cipher: list[bytes | None],
    ) -> None:  # fmt: skip
        """Put ciphers in the place of protected values, each for its own row and item."""
        names = _words(self.table["item"])
        for row in np.flatnonzero(self.protected).tolist():
            use, where = ciphers[int(self.customer[row])], int(ids[row])
            if text[row] is None:
                value = float(number[row])
                cipher[row] = use.encrypt_number(value, record=where, field=names[row])
            else:
                cipher[row] = use.encrypt_text(text[row], record=where, field=names[row])
            number[row], text[row] = np.nan, None


def _made_keys(connection: sa.Connection, vault: Vault, owners: Sequence[int]) -> dict[int, bytes]:
    """Return the keys of customers; those who have none yet get one."""
    keys = keys_of(connection, vault, CUSTOMER, owners)
    lacking = [owner for owner in owners if owner not in keys]
    return keys | vault.new_key(connection, CUSTOMER, lacking)


def check_items(given: Observations, kept: ItemCatalogue) -> None:
    """Check that the items of observations are those of the store.

    Raises
    ------
    InvalidDataError
        An item is unknown to the store, or is there of another kind, in another unit, or otherwise
        protected.
    """
    known = {item.name: item for item in kept}
    for name in _used(given.table["item"]):
        here, there = known.get(name), given.catalogue[name]
        if here is None:
            msg = (
                f"Observations hold the item {name!r}, which the catalogue of the store does not "
                "have. Give the store the catalogue first: store.change_catalogue(catalogue)."
            )
            raise InvalidDataError(msg)
        if what_it_holds(here) != what_it_holds(there):
            msg = (
                f"Observations hold the item {name!r} as a {what_it_holds(there)}, and the store "
                f"keeps it as a {what_it_holds(here)}. Make them with the catalogue of the store, "
                "store.catalogue, and numbers of another unit in its unit."
            )
            raise InvalidDataError(msg)


def next_instant(connection: sa.Connection) -> int:
    """Return an instant after all that were recorded, even if the clock was set back."""
    last = 0
    for table in (batches, retractions, links, erasures):
        newest = sa.select(table.c.recorded_at).order_by(table.c.id.desc()).limit(1)
        last = max(last, connection.execute(newest).scalar() or 0)
    return max(_clock.now(), last + 1)


def _used(words: pd.Series) -> list[str]:
    return [str(word) for word in words.unique()]


def _numbers(words: pd.Series, numbers: Mapping[str, int]) -> Int1D:
    codes, levels = pd.factorize(words)
    of_rows: Int1D = np.array([numbers[str(x)] for x in levels], dtype=np.int64)[codes]
    return of_rows


def _words(words: pd.Series) -> list[str]:
    if isinstance(words.dtype, pd.CategoricalDtype):
        levels: npt.NDArray[np.object_] = np.array(list(words.cat.categories), dtype=object)
        return list(levels[words.cat.codes.to_numpy()])
    return [str(word) for word in words]


def _with_gaps(texts: pd.Series) -> list[str | None]:
    """Return texts with None for what is missing."""
    return [None if text is None or text != text else text for text in texts]  # noqa: PLR0124
