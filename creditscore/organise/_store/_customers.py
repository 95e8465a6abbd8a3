"""Customers and their numbers: found by a keyed digest, with names that go with their keys."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from hmac import compare_digest
from typing import Any

import sqlalchemy as sa

from creditscore.exceptions import DecryptionError, ErasedSubjectError, StoreError
from creditscore.organise._store._erased import (
    ELSEWHERE,
    PSEUDONYM,
    REGISTER,
    erased_digests,
    erased_ids,
    pseudonym,
)
from creditscore.organise._store._names import next_id
from creditscore.organise._store._schema import customers
from creditscore.organise._store._sealed import sealed_events
from creditscore.organise._store._subjects import CUSTOMER, NAME, Vault, cipher_of, keys_of
from creditscore.protect import subjects_digest

_AT_ONCE = 500
"""Customers in one statement, fewer values than any database allows."""
_MOST_ASKED = 50_000
"""Customers beyond which all of the table are read, which is faster."""
_DIGEST_BYTES = 16


class _Names(dict[int, str]):
    """Names by numbers; asking for one that is not there is told as what it is."""

    def __missing__(self, number: int) -> str:
        msg = (
            f"Rows of the store are of customer {number}, who is not in the table 'customers': "
            "somebody deleted the row there, or this log-in of PostgreSQL does not see it. Restore "
            "the store from a backup, or open it by a log-in that sees all customers."
        )
        raise StoreError(msg)


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

    def among(self, names: Sequence[str]) -> set[str]:
        """Return those names that are known, by their digests alone: nothing is decrypted."""
        return set(self._numbers(names))

    def _numbers(self, names: Sequence[str]) -> dict[str, int]:
        asked = {self.digest(name): name for name in names}
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
        """Return those whose data were erased, here or before a backup was restored.

        Raises
        ------
        StoreError
            An erasure is not sealed by the store.
        """
        asked = list(dict.fromkeys(names))
        gone = erased_ids(self.connection)
        found = {name for name, n in self.numbers(asked).items() if n in gone} if gone else set()
        # whatever the table says by now
        mine = set(erased_digests(self.connection, self.vault).values())
        found |= {name for name in asked if self.digest(name) in mine} if mine else set()
        events = sealed_events(self.connection, self.vault, ELSEWHERE)
        digests = {event.content["digest"] for event in events}
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
                "digest": self.digest(name),
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
            A name or its digest was altered or moved, or a name stands in the clear in a store
            with keys, or its key is missing though its customer was not erased.
        """
        asked = dict.fromkeys(int(n) for n in ids)
        gone = erased_ids(self.connection).intersection(asked) if asked else set()
        self.read.update(self._names(sorted(asked.keys() - self.read.keys() - gone)))
        self.read.update(self._pseudonyms(n for n in gone if self.read.get(n) != pseudonym(n)))
        return _Names({n: self.read[n] for n in asked if n in self.read})

    def check(self) -> None:
        """Check that each customer is found by its own name, so that none stands there twice.

        A microsecond each, and ten more where its name was not read so far.

        Raises
        ------
        DecryptionError
            As by :meth:`names`.
        """
        told = self.names(self.ids())
        for n, digest in self.connection.execute(sa.select(customers.c.id, customers.c.digest)):
            if told[n] != pseudonym(n) and not _is_same(digest, self.digest(told[n])):
                raise _not_found_by_name(n)

    def ids(self) -> list[int]:
        """Return the numbers of all customers, in their order."""
        every = sa.select(customers.c.id).order_by(customers.c.id)
        return list(self.connection.execute(every).scalars())

    def _names(self, ids: Sequence[int]) -> Iterator[tuple[int, str]]:
        has_keys = self.vault.has_keys
        told = customers.c.name_cipher if has_keys else customers.c.name
        kept = self._rows_of(customers.c.id, ids, customers.c.digest, told)
        keys = self._keys(ids) if has_keys else {}
        for n, digest, content in kept:
            if not has_keys:
                name = str(content)
            elif n in keys and isinstance(content, bytes):
                name = cipher_of(keys[n]).decrypt_text(content, record=n, field=NAME)
            else:
                msg = (
                    f"The name of customer {n} cannot be decrypted, and its data were not erased: "
                    "rows of customers or subject_keys were changed. Restore the store from a "
                    "backup."
                )
                raise DecryptionError(msg)
            if not _is_same(digest, self.digest(name)):
                raise _not_found_by_name(n)
            yield n, name

    def _pseudonyms(self, ids: Iterable[int]) -> Iterator[tuple[int, str]]:
        """Yield numbers and pseudonyms of erased customers; what their rows say is checked."""
        numbers = sorted(ids)
        if numbers:
            told = erased_digests(self.connection, self.vault)
            for n, digest in self._rows_of(customers.c.id, numbers, customers.c.digest):
                if n in told and not _is_same(digest, told[n]):
                    raise _not_found_by_name(n)
        yield from ((n, pseudonym(n)) for n in numbers)

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
    def _keyed(self) -> blake2b:
        return blake2b(digest_size=_DIGEST_BYTES, key=self.vault.derive("names"))

    def digest(self, name: str) -> bytes:
        """Return the keyed digest by which the customer of a name is found."""
        # copied, since taking in the key takes as long as the name
        made = self._keyed.copy()
        made.update(name.encode("utf-8", "surrogatepass"))
        return made.digest()


def _is_same(found: Any, expected: bytes) -> bool:
    """Tell whether a digest, of whatever type it was put in, is the expected one."""
    return isinstance(found, bytes) and compare_digest(found, expected)


def _not_found_by_name(number: int) -> DecryptionError:
    """Return the error of a customer whose digest is not that of its name."""
    msg = (
        f"The customer {number} is not found by its name: rows of customers were changed, so that "
        "it may be there twice. Restore the store from a backup."
    )
    return DecryptionError(msg)
