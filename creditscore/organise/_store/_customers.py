"""Customers and their numbers: found by a keyed digest, with names that go with their keys."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa

from creditscore.exceptions import DecryptionError, ErasedSubjectError
from creditscore.organise._store._erased import (
    ELSEWHERE,
    PSEUDONYM,
    REGISTER,
    erased_ids,
    pseudonym,
)
from creditscore.organise._store._names import next_id
from creditscore.organise._store._schema import customers, protections
from creditscore.organise._store._subjects import CUSTOMER, NAME, Vault, cipher_of, keys_of
from creditscore.protect import subjects_digest

_AT_ONCE = 500
"""Customers in one statement, fewer values than any database allows."""
_MOST_ASKED = 50_000
"""Customers beyond which all of the table are read, which is faster."""
_DIGEST_BYTES = 16


@dataclass(frozen=True, kw_only=True)
class Customers:
    """Numbers for names and names for numbers, by one connection.

    Where the store has keys, a name is encrypted under the key of its customer, and gone with it.
    What stays is a digest under a key of the store, by which a name that is asked for is found.
    """

    connection: sa.Connection
    vault: Vault
    read: dict[int, str] = field(default_factory=dict)
    """Names that were read so far, which would take as long again; erased ones are asked anew."""

    def numbers(self, names: Sequence[str]) -> dict[str, int]:
        """Return the numbers of those names that are known, also of those who were erased.

        Raises
        ------
        DecryptionError
            A digest leads to a customer of another name: nobody is taken for somebody else.
        """
        found = self._numbers(names)
        if self.vault.has_keys:
            told = self.names(found.values())
            if any(told[n] not in (name, pseudonym(n)) for name, n in found.items()):
                msg = (
                    "A customer that is asked for leads to one of another name: rows of customers "
                    "were changed. Restore the store from a backup."
                )
                raise DecryptionError(msg)
        return found

    def _numbers(self, names: Sequence[str]) -> dict[str, int]:
        asked = {self._digest(name): name for name in names}
        found = self._rows_of(customers.c.digest, asked, customers.c.id)
        return {asked[digest]: n for digest, n in found}

    def asked(self, names: Sequence[str]) -> dict[str, int]:
        """Return the numbers of those who are known, and of erased ones by their pseudonyms.

        Raises
        ------
        ErasedSubjectError
            One is asked for by the name that it had before it was erased.
        """
        gone = erased_ids(self.connection)
        found = self.numbers(names)
        if gone.intersection(found.values()):
            msg = (
                "The data of a customer that is asked for were erased. What is kept of it by law "
                "is read without naming it."
            )
            raise ErasedSubjectError(msg)
        told = ((name, PSEUDONYM.fullmatch(name)) for name in names)
        numbers = {name: int(match[1]) for name, match in told if match is not None}
        return found | {name: number for name, number in numbers.items() if number in gone}

    def present(self, names: Sequence[str]) -> dict[str, int]:
        """Return the numbers of those who are known.

        Raises
        ------
        ErasedSubjectError
            The data of one of them were erased, whatever name it is asked for by.
        """
        found = self.asked(names)
        if any(PSEUDONYM.fullmatch(name) for name in found):
            msg = "The data of this customer were erased."
            raise ErasedSubjectError(msg)
        return found

    def refused(self, names: Iterable[str]) -> set[str]:
        """Return those whose data were erased, here or before a backup was restored."""
        asked = list(dict.fromkeys(names))
        gone = erased_ids(self.connection)
        found = {name for name, n in self.numbers(asked).items() if n in gone} if gone else set()
        told = sa.select(protections.c.content).where(protections.c.kind == ELSEWHERE)
        texts = self.connection.execute(told).scalars()
        digests = {json.loads(text)["digest"] for text in texts}
        if digests:
            key = self.vault.derive(REGISTER)
            found |= {name for name in asked if subjects_digest({name}, key=key) in digests}
        # nor can anybody take the place of one who was erased
        return found | {name for name in asked if PSEUDONYM.fullmatch(name)}

    def add(self, names: Iterable[str]) -> dict[str, int]:
        """Return the numbers of customers; those who are new get a number, and a key."""
        asked = list(dict.fromkeys(names))
        found = self.numbers(asked)
        new = [name for name in asked if name not in found]
        if new:
            first = next_id(self.connection, customers)
            numbers = dict(zip(new, range(first, first + len(new)), strict=True))
            keys = {}
            if self.vault.has_keys:
                keys = self.vault.new_key(self.connection, CUSTOMER, numbers.values())
            self.connection.execute(customers.insert(), self.rows(numbers, keys))
            found |= numbers
        return found

    def rows(self, numbers: Mapping[str, int], keys: Mapping[int, bytes]) -> list[dict[str, Any]]:
        """Return what is kept of names: in a store with keys nothing of those who have none."""
        return [
            {
                "id": n,
                "digest": self._digest(name),
                "name": None if self.vault.has_keys else name,
                "name_cipher": (
                    cipher_of(keys[n]).encrypt_text(name, record=n, field=NAME)
                    if n in keys
                    else None
                ),
            }
            for name, n in numbers.items()
        ]

    def names(self, ids: Iterable[int]) -> dict[int, str]:
        """Return names by numbers, in the order of these; of erased customers, pseudonyms.

        Ten microseconds each where names are decrypted, which is done once while a store is open.

        Raises
        ------
        DecryptionError
            A name was altered or moved, or stands in the clear in a store with keys, or its key
            is missing though its customer was not erased.
        """
        asked = dict.fromkeys(int(n) for n in ids)
        gone = erased_ids(self.connection).intersection(asked) if asked else set()
        self.read.update(self._names(sorted(asked.keys() - self.read.keys() - gone)))
        self.read.update((n, pseudonym(n)) for n in gone)
        return {n: self.read[n] for n in asked if n in self.read}

    def ids(self) -> list[int]:
        """Return the numbers of all customers, in their order."""
        every = sa.select(customers.c.id).order_by(customers.c.id)
        return list(self.connection.execute(every).scalars())

    def _names(self, ids: Sequence[int]) -> Iterator[tuple[int, str]]:
        kept = self._rows_of(customers.c.id, ids, customers.c.name, customers.c.name_cipher)
        if not self.vault.has_keys:
            yield from ((n, str(name)) for n, name, _ in kept)
            return
        keys = self._keys(ids)
        for n, _, sealed in kept:
            if n not in keys or not isinstance(sealed, bytes):
                msg = (
                    f"The name of customer {n} cannot be decrypted, and its data were not erased: "
                    "rows of customers or subject_keys were changed. Restore the store from a "
                    "backup."
                )
                raise DecryptionError(msg)
            yield n, cipher_of(keys[n]).decrypt_text(sealed, record=n, field=NAME)

    def _rows_of(
        self, column: sa.Column[Any], asked: Collection[Any], *more: sa.Column[Any]
    ) -> list[tuple[Any, ...]]:
        """Return those rows of the table in which a column is one of what is asked for."""
        wanted = sa.select(column, *more)
        if len(asked) > _MOST_ASKED:
            every = set(asked)
            return [tuple(row) for row in self.connection.execute(wanted) if row[0] in every]
        values = list(asked)
        found: list[tuple[Any, ...]] = []
        for start in range(0, len(values), _AT_ONCE):
            part = wanted.where(column.in_(values[start : start + _AT_ONCE]))
            found += map(tuple, self.connection.execute(part))
        return found

    def _keys(self, ids: Sequence[int]) -> dict[int, bytes]:
        return keys_of(self.connection, self.vault, CUSTOMER, ids)

    @cached_property
    def _key(self) -> bytes:
        return self.vault.derive("names")

    def _digest(self, name: str) -> bytes:
        return blake2b(
            name.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES, key=self._key
        ).digest()
