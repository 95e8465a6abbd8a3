"""One record of an audit trail: who did what, when, for what, and to how many customers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from creditscore.exceptions import BrokenTrailError, InvalidDataError
from creditscore.protect._audit._chain import (
    GENESIS,
    canonical_json,
    encode,
    is_hash,
    linked,
    same,
    subjects_digest,
)
from creditscore.protect._subjects import subjects_of

_TYPES: dict[str, type] = {
    "number": int, "at": str, "actor": str, "roles": list, "purpose": str, "action": str,
    "details": dict, "n_subjects": int, "subjects_digest": str, "previous": str, "hash": str,
}  # fmt: skip


_HASHES = ("hash", "previous", "subjects_digest")
_EMPTY = {"subjects_digest": GENESIS}
"""What an empty one of them stands for, where one may be empty."""


class UnreadableRecordError(BrokenTrailError):
    """What stands in the place of a record is none; `number` says which, `kind` how."""

    def __init__(self, message: str, *, number: int, kind: str) -> None:
        super().__init__(message)
        self.number = number
        self.kind = kind


@dataclass(frozen=True, kw_only=True)
class TrailHead:
    """Where a trail ends: the number and the hash of its last record.

    Parameters
    ----------
    number : int, default=0
        Number of the last record, 0 where there is none.
    hash : str, default="0000000000000000000000000000000000000000000000000000000000000000"
        Its hash, 64 zeros where there is none.

    Examples
    --------
    >>> from creditscore.protect import TrailHead
    >>> TrailHead().number
    0
    """

    number: int = 0
    hash: str = GENESIS

    def __eq__(self, other: object) -> bool:
        """Compare in a time that does not depend on where hashes differ."""
        if not isinstance(other, TrailHead):
            return NotImplemented
        return self.number == other.number and same(self.hash, other.hash)

    def __hash__(self) -> int:
        """Tell heads apart by their numbers."""
        return hash(self.number)


@dataclass(frozen=True, kw_only=True, repr=False)
class AuditRecord:
    """One record of an audit trail; made by :meth:`AuditTrail.append`.

    Attributes
    ----------
    number : int
        Place in the trail, from 1.
    at : str
        Instant in UTC: ``"2025-01-31T09:30:00.000000Z"``.
    actor : str
        Who.
    roles : tuple of str
        In which roles.
    purpose : str
        For what.
    action : str
        What was done: read, write, erase, denied, …
    details : mapping
        Plain values: items, dates and conditions of a read. No values of customers stand here.
    n_subjects : int
        How many customers were read or changed.
    subjects_digest : str
        Keyed digest of the set of them (:func:`subjects_digest`); empty where there are none.
    previous : str
        Hash of the record before.
    hash : str
        Keyed hash of `previous` and of all other entries.

    Examples
    --------
    >>> from creditscore.protect import Actor, AuditTrail, MemorySink
    >>> key = b"a secret of 16 bytes or more"
    >>> trail = AuditTrail(MemorySink(), key=key)
    >>> record = trail.append(Actor(name="ana"), "read", {"items": ["phone"]}, subjects=["X"])
    >>> record.number, record.n_subjects, record.is_of(["X"], key=key), record.is_of(["Y"], key=key)
    (1, 1, True, False)
    """

    number: int
    at: str
    actor: str
    roles: tuple[str, ...]
    purpose: str
    action: str
    details: Mapping[str, Any]
    n_subjects: int
    subjects_digest: str
    previous: str
    hash: str

    def is_of(self, subjects: Iterable[Any], *, key: bytes) -> bool:
        """Tell whether it is about exactly this set of customers.

        Parameters
        ----------
        subjects : iterable of str or int
            Customers.
        key : bytes
            Secret of the trail.
        """
        try:
            customers = subjects_of(subjects)
            digest = subjects_digest(customers, key=key) if customers else ""
        except Exception:
            # whoever shows the variables of a failed call must not show the secret
            del key
            raise
        return same(self.subjects_digest, digest)

    def __eq__(self, other: object) -> bool:
        """Compare in a time that does not depend on where hashes and digests differ."""
        if not isinstance(other, AuditRecord):
            return NotImplemented
        mine, others = self.to_dict(), other.to_dict()
        alike = [same(mine.pop(name), others.pop(name)) for name in _HASHES]
        return all(alike) and mine == others

    def __hash__(self) -> int:
        """Tell records apart by their numbers."""
        return hash(self.number)

    @property
    def head(self) -> TrailHead:
        """Where a trail ends whose last record this is."""
        return TrailHead(number=self.number, hash=self.hash)

    def to_dict(self) -> dict[str, Any]:
        """Return the entries as plain values."""
        plain = {name: getattr(self, name) for name in _TYPES}
        plain["roles"] = list(self.roles)
        plain["details"] = dict(self.details)
        return plain

    @classmethod
    def from_dict(cls, entries: Mapping[str, Any]) -> Self:
        """Read what :meth:`to_dict` gave.

        Raises
        ------
        BrokenTrailError
            The entries are not those of a record.
        """
        if (
            entries.keys() != _TYPES.keys()
            or not all(type(entries[name]) is kind for name, kind in _TYPES.items())
            or not all(is_hash(entries[name] or _EMPTY.get(name)) for name in _HASHES)
        ):
            number = entries.get("number")
            at = number if isinstance(number, int) else 0
            msg = f"Record {at} of the trail does not hold the entries of a record, and no others."
            raise UnreadableRecordError(msg, number=at, kind="unreadable")
        return cls(**{**entries, "roles": tuple(entries["roles"])})

    def __repr__(self) -> str:
        """Say in one line who did what."""
        of = f" of {self.n_subjects:,} subject(s)" if self.n_subjects else ""
        return f"<AuditRecord {self.number}: {self.action}{of} by {self.actor}, {self.at}>"


def expected_hash(record: AuditRecord, previous: str, key: bytes | None) -> str:
    """Return the hash that a record must have after another."""
    body = record.to_dict()
    del body["hash"], body["previous"]
    try:
        return linked(previous, encode(body), key)
    except (ValueError, TypeError, RecursionError):
        # a file may hold what no record does: no number, half a character
        return ""


def written(record: AuditRecord) -> bytes:
    """Write a record as one line of a file, without its end."""
    return canonical_json(record.to_dict()).encode("utf-8")


def read_line(line: bytes, number: int, file: str) -> AuditRecord:
    """Read the line of a file in which the record of this number should stand."""
    why, kind = "is no record of an audit trail", "unreadable"
    try:
        entries = json.loads(line)
        if isinstance(entries, dict):
            record = AuditRecord.from_dict(entries)
            why, kind = "is not as it was written", "edited"
            # an entry that stands twice, or other blanks, are read as if nothing had been done
            if written(record) == line:
                return record
    except (ValueError, RecursionError, InvalidDataError):
        pass
    msg = f"{f'Line {number}' if number else 'The last line'} of {file} {why}."
    raise UnreadableRecordError(msg, number=number, kind=kind)
