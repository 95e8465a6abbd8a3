"""How long a trail was at some time, kept where those who keep the trail cannot write."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from creditscore.exceptions import BrokenTrailError, InvalidDataError
from creditscore.protect._audit._chain import canonical_json, is_hash, same, sealed
from creditscore.protect._audit._lines import LineFile
from creditscore.protect._audit._record import TrailHead, UnreadableRecordError

_TYPES = {"number": int, "hash": str, "at": str, "seal": str}


@dataclass(frozen=True, kw_only=True, repr=False)
class Anchor:
    """What a trail came to at some time; made by :meth:`AuditTrail.anchor`.

    Attributes
    ----------
    number : int
        Number of the last record.
    hash : str
        Its hash.
    at : str
        Instant in UTC.
    seal : str
        HMAC-SHA256 of the other entries, under a key derived from that of the trail.

    Notes
    -----
    A chain shows what was changed before its end, and not that its end was cut off: a shorter
    trail is as good a trail. So is an older copy of it. An anchor that is kept elsewhere shows
    both, for all records up to its own; what came after the last anchor can still be cut off
    unseen, so anchors should be made often.

    Examples
    --------
    >>> from creditscore.protect import Actor, AuditTrail, MemorySink
    >>> trail = AuditTrail(MemorySink(), key=b"a secret of 16 bytes or more")
    >>> _ = trail.append(Actor(name="ana"), "read")
    >>> anchor = trail.anchor()
    >>> anchor.number
    1
    >>> trail.verify(anchor)
    <TrailReport: 1 record, whole; all of them anchored>
    """

    number: int
    hash: str
    at: str
    seal: str

    @classmethod
    def of(cls, head: TrailHead, at: str, key: bytes) -> Self:
        """Seal a head."""
        return cls(number=head.number, hash=head.hash, at=at, seal=_seal(head, at, key))

    def is_sealed_by(self, key: bytes) -> bool:
        """Tell whether the seal is that of this key, so that nobody else made the anchor.

        Parameters
        ----------
        key : bytes
            Secret of the trail.
        """
        head = TrailHead(number=self.number, hash=self.hash)
        try:
            return same(self.seal, _seal(head, self.at, key))
        except InvalidDataError:
            # nobody seals what JSON cannot hold, such as half a character
            return False

    def __eq__(self, other: object) -> bool:
        """Compare in a time that does not depend on where seals differ."""
        if not isinstance(other, Anchor):
            return NotImplemented
        alike = (self.number, self.at) == (other.number, other.at)
        return alike and same(self.hash, other.hash) and same(self.seal, other.seal)

    def __hash__(self) -> int:
        """Tell anchors apart by what is no secret."""
        return hash((self.number, self.at))

    def to_dict(self) -> dict[str, Any]:
        """Return the entries as plain values."""
        return {name: getattr(self, name) for name in _TYPES}

    @classmethod
    def from_dict(cls, entries: Mapping[str, Any]) -> Self:
        """Read what :meth:`to_dict` gave.

        Raises
        ------
        BrokenTrailError
            The entries are not those of an anchor.
        """
        if (
            entries.keys() != _TYPES.keys()
            or not all(type(entries[name]) is kind for name, kind in _TYPES.items())
            or not (is_hash(entries["hash"]) and is_hash(entries["seal"]))
        ):
            msg = "An anchor holds a number, a hash, a time and a seal, and nothing else."
            raise BrokenTrailError(msg)
        return cls(**entries)

    def __repr__(self) -> str:
        """Say in one line how far it reaches."""
        return f"<Anchor: {self.number:,} records at {self.at}>"


@dataclass(repr=False, eq=False)
class AnchorFile:
    """A file of anchors, to which lines are only added; kept away from the trail.

    Parameters
    ----------
    path : path-like
        File, which the first anchor makes; only its owner may read it then.

    Raises
    ------
    BrokenTrailError
        From :meth:`append`: the trail is shorter than it was. From both methods: a line is no
        anchor, or not finished.

    Notes
    -----
    Whoever can write both the trail and this file can cut both. Keep it on another machine, under
    another account, or on a medium that is written once; and send the last anchor to somebody
    outside from time to time.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from creditscore.protect import Actor, AnchorFile, AuditTrail, MemorySink
    >>> trail = AuditTrail(MemorySink(), key=b"a secret of 16 bytes or more")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     anchors = AnchorFile(Path(folder) / "anchors.jsonl")
    ...     _ = trail.append(Actor(name="ana"), "read")
    ...     anchors.append(trail.anchor())
    ...     trail.verify(anchors.anchors()).n_unanchored
    0
    """

    path: str | os.PathLike[str]

    def __post_init__(self) -> None:
        """Keep the path as such."""
        self._file = LineFile(self.path)
        self.path = self._file.path

    def append(self, anchor: Anchor) -> None:
        """Add an anchor, which reaches as far as the last one or farther."""

        def line(last: bytes | None) -> bytes:
            before = 0 if last is None else self._read(last, 0).number
            if anchor.number < before:
                msg = (
                    f"The trail has {anchor.number:,} records, and had {before:,} when it was last "
                    "anchored: it was cut off, or an older copy took its place."
                )
                raise BrokenTrailError(msg)
            return canonical_json(anchor.to_dict()).encode("utf-8")

        self._file.append(line)

    def anchors(self) -> tuple[Anchor, ...]:
        """Return all anchors, in the order in which they were added."""
        return tuple(self._read(line, n) for n, line in enumerate(self._file.lines(), 1))

    def _read(self, line: bytes, number: int) -> Anchor:
        try:
            entries = json.loads(line)
            if isinstance(entries, dict):
                return Anchor.from_dict(entries)
        except (ValueError, RecursionError, BrokenTrailError):
            pass
        line_of = f"Line {number}" if number else "The last line"
        msg = f"{line_of} of {self.path} is no anchor of an audit trail."
        raise UnreadableRecordError(msg, number=number, kind="unreadable")

    def __repr__(self) -> str:
        """Say in one line where the anchors are."""
        return f"AnchorFile({str(self.path)!r})"


def _seal(head: TrailHead, at: str, key: bytes) -> str:
    return sealed(canonical_json([head.number, head.hash, at]), key, "anchor")
