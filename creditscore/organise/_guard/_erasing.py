"""Destroying the key of a customer, and what goes with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import pandas as pd
import sqlalchemy as sa

from creditscore.organise._guard._events import add_event
from creditscore.organise._guard._register import Registered
from creditscore.organise._store._added import begun
from creditscore.organise._store._alike import ALIKE, alike_digest, plain_name
from creditscore.organise._store._customers import Customers
from creditscore.organise._store._erased import (
    DIGEST,
    ELSEWHERE,
    ERASED,
    REGISTER,
    REJECTS_OF,
    erased_ids,
)
from creditscore.organise._store._names import next_id
from creditscore.organise._store._rejecting import reject_digest, reject_table, words_of
from creditscore.organise._store._schema import (
    erasures,
    items,
    observations,
    subject_keys,
)
from creditscore.organise._store._scope import roots
from creditscore.organise._store._subjects import CUSTOMER, REJECTS, Vault
from creditscore.organise._store._writing import next_instant
from creditscore.protect import subjects_digest

_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How much of a customer was encrypted, kept in the clear, and rejected."""

    at: int
    values: int
    kept: int
    left: int
    evidence: int
    rejects: int
    linked: int


@dataclass(frozen=True, kw_only=True)
class Erasing:
    """Erases customers, with what takes long to find out for many and for one."""

    known: Customers
    named: NamedRejects
    into: Mapping[int, int]

    @classmethod
    def of(cls, known: Customers) -> Self:
        """Read which rejects name whom, and who is one with whom.

        Raises
        ------
        DecryptionError
            A customer may stand in the store twice, so that some of its data would stay.
        """
        known.check()
        named = NamedRejects.read(known)
        return cls(known=known, named=named, into=roots(known.connection))

    def destroy(self, number: int, *, reason: str, by: str, kept: Sequence[str]) -> Counts:
        """Delete the keys of a customer and of its rejects, and note that; the rest stays."""
        connection = self.known.connection
        name = self.known.names([number])[number]
        about = self.named.of(name)
        at = next_instant(connection)
        n_rejects = _delete_keys(connection, REJECTS, about)
        # of all but the one that they lead into, be that the customer or another
        n_linked = list(self.into.values()).count(self.into.get(number, number))
        counted = _counted(connection, number, kept, at=at, n_rejects=n_rejects, n_linked=n_linked)
        _delete_keys(connection, CUSTOMER, [number])
        row = {
            "id": next_id(connection, erasures), "customer_id": number, "reason": reason,
            "recorded_at": at, "recorded_by": by,
        }  # fmt: skip
        connection.execute(erasures.insert().values(**row))
        content = {
            "kept": sorted(kept), DIGEST: self.known.digest(name).hex(),
            ALIKE: alike_digest(name, self.known.vault.derive(REGISTER)),
        }  # fmt: skip
        if about:
            content[REJECTS_OF] = self.named.digests_of(about)
        add_event(self.known, ERASED, number, content, at=at, by=by)
        return counted


def _counted(
    connection: sa.Connection, number: int, kept: Sequence[str], *, at: int, n_rejects: int,
    n_linked: int,
) -> Counts:  # fmt: skip
    rows = observations.c
    sealed = (rows.cipher.is_not(None) | rows.evidence_cipher.is_not(None)).label("sealed")
    is_kept = (rows.cipher.is_(None) & items.c.name.in_(list(kept))).label("is_kept")
    is_open = rows.cipher.is_(None).label("is_open")
    asked = (
        sa.select(sealed, is_kept, is_open, sa.func.count())
        .join(items, items.c.id == rows.item_id)
        .where(rows.customer_id == number)
        .group_by(sealed, is_kept, is_open)
    )
    found = [(bool(a), bool(b), bool(c), int(n)) for a, b, c, n in connection.execute(asked)]
    return Counts(
        at=at, rejects=n_rejects, linked=n_linked,
        values=sum(n for sealed, _, _, n in found if sealed),
        kept=sum(n for _, of_law, _, n in found if of_law),
        left=sum(n for _, of_law, lies_open, n in found if lies_open and not of_law),
        evidence=sum(n for sealed, of_law, _, n in found if sealed and of_law),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class NamedRejects:
    """Which rejects are of whom: only what is encrypted says that, so all are decrypted once.

    One is of the customer that its reader read. Where it read none, or one that the store does
    not know, as in a row that is shifted, it is of each whom one of its words names, in whatever
    letters. What somebody put beside the ciphers, or in their place, names nobody and stops no
    erasure.
    """

    by_customer: Mapping[str, Sequence[int]]
    by_word: Mapping[str, Sequence[int]]
    by_plain: Mapping[str, Sequence[int]]
    vault: Vault
    table: pd.DataFrame

    @classmethod
    def read(cls, known: Customers) -> Self:
        """Read all of them. O(rejects) time."""
        by_customer: dict[str, list[int]] = {}
        by_word: dict[str, list[int]] = {}
        by_plain: dict[str, list[int]] = {}
        table = pd.DataFrame()
        if known.vault.has_keys:
            table = reject_table(known.connection, known.vault, None, strict=False)
            customers = known.among(list(table["customer"].dropna().unique()))
            for number, row in zip(table.index, table.to_dict("records"), strict=True):
                if row["customer"] in customers:
                    by_customer.setdefault(str(row["customer"]), []).append(number)
                    continue
                words = words_of({str(name): cell for name, cell in row.items()})
                for found, told in ((by_word, words), (by_plain, set(map(plain_name, words)))):
                    for word in told:
                        found.setdefault(word, []).append(number)
        return cls(
            by_customer=by_customer, by_word=by_word, by_plain=by_plain, vault=known.vault,
            table=table,
        )  # fmt: skip

    def of(self, name: str) -> Sequence[int]:
        """Return the rejects that are of a customer."""
        return [*self.by_customer.get(name, ()), *self.by_plain.get(plain_name(name), ())]

    def of_unknown(self, key: bytes) -> dict[str, Sequence[int]]:
        """Return the rejects of whoever the store does not know, by digests of a register.

        Those of names as they are written, and of names in whatever letters.
        """
        exact = {subjects_digest({word}, key=key): found for word, found in self.by_word.items()}
        alike = {alike_digest(word, key): found for word, found in self.by_plain.items()}
        return {**exact, **alike}

    def digests_of(self, numbers: Sequence[int]) -> list[str]:
        """Return digests of rejects, by which they are known when they come again."""
        rows = self.table.loc[list(numbers)].to_dict("records")
        return sorted({reject_digest(self.vault, dict(row)) for row in rows})


def _delete_keys(connection: sa.Connection, kind: str, owners: Sequence[int]) -> int:
    n_deleted = 0
    for start in range(0, len(owners), _AT_ONCE):
        part = list(owners[start : start + _AT_ONCE])
        mine = (subject_keys.c.kind == kind) & subject_keys.c.owner.in_(part)
        n_deleted += connection.execute(subject_keys.delete().where(mine)).rowcount
    return n_deleted


def erase_again(known: Customers, entries: Mapping[str, Registered], *, by: str) -> int:
    """Erase those whom a register names, after an older backup was restored.

    Of those who are not in the backup the digest is kept, so that they are refused when they are
    loaded again, and their rejects are erased. O(customers + cells of rejects) time.
    """
    connection, key = begun(known.connection), known.vault.derive(REGISTER)
    gone = erased_ids(connection)
    there = known.names(n for n in known.ids() if n not in gone) if entries else {}
    found = {subjects_digest({name}, key=key): number for number, name in there.items()}
    erasing = Erasing.of(known) if entries else None
    unknown = {} if erasing is None else erasing.named.of_unknown(key)
    n_erased = 0
    for digest, entry in sorted(entries.items()):
        number = found.get(digest)
        if number is None:
            at = next_instant(connection)
            content: dict[str, Any] = {"digest": digest}
            if entry.alike:
                content[ALIKE] = entry.alike
            about = sorted({*unknown.get(digest, ()), *unknown.get(entry.alike, ())})
            if erasing is not None and about:
                _delete_keys(connection, REJECTS, about)
                content[REJECTS_OF] = erasing.named.digests_of(about)
            add_event(known, ELSEWHERE, None, content, at=at, by=by)
        elif erasing is not None:
            reason = "erased before the backup was restored"
            erasing.destroy(number, reason=reason, by=by, kept=entry.kept)
            n_erased += 1
    return n_erased
