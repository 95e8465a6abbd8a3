"""Whether a trail is whole, and where and how it was broken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args

from creditscore._checks import check_kind
from creditscore._display import counted
from creditscore.exceptions import BrokenTrailError, InvalidParameterError
from creditscore.protect._audit._anchor import Anchor
from creditscore.protect._audit._chain import audit_key_fault, same
from creditscore.protect._audit._record import (
    AuditRecord,
    TrailHead,
    UnreadableRecordError,
    expected_hash,
)

BreakKind: TypeAlias = Literal[
    "edited", "inserted", "deleted", "reordered", "replaced", "truncated", "forged_anchor",
    "wrong_key", "unreadable", "torn",
]  # fmt: skip
BREAK_KINDS: tuple[str, ...] = get_args(BreakKind)

_TOLD: Mapping[str, str] = {
    "edited": "it was edited after it was written, or inserted without the key",
    "inserted": "a record of an earlier number stands in its place: one was inserted or repeated",
    "deleted": "it is not there: one record or more were deleted",
    "reordered": "it stands further on: records were reordered",
    "replaced": "it follows another record than the one before it: it comes from another trail, or "
    "from another copy of this one",
    "truncated": "an anchor says that it was there: the trail was cut off, or an older copy of it "
    "was put in its place",
    "forged_anchor": "an anchor that reaches so far is not sealed by this key: it was forged or "
    "edited, or the key is another",
    "wrong_key": "all records follow each other, and none has the hash of this key: the key is "
    "another, or the whole trail was written anew without it",
    "unreadable": "what stands in its place is no record",
    "torn": "its line is not finished: its writer was stopped before it told that it was written",
}


@dataclass(frozen=True, kw_only=True, repr=False)
class TrailReport:
    """Whether a trail is whole; by :meth:`AuditTrail.verify` and :func:`verify_records`.

    Attributes
    ----------
    n_records : int
        Records that were read: all of a whole trail, and of a broken one those up to what cannot
        be read.
    head : TrailHead
        Number and hash of the last record before the first that is broken.
    kind : str
        How it was broken: ``"edited"``, ``"inserted"``, ``"deleted"``, ``"reordered"``,
        ``"replaced"``, ``"truncated"``, ``"forged_anchor"``, ``"wrong_key"``, ``"unreadable"``,
        ``"torn"``; empty where it is whole.
    number : int or None
        Number of the first record that is not what it was; the kind is what best explains it.
        Where a whole trail of the same key took the place of this one, it is the first record of
        which an anchor shows it.
    told : str
        Both in words.
    n_unanchored : int
        Records after the last anchor, which could be cut off without being missed.
    n_steps_back : int
        Records that are older by their time than the one before: a clock that was set back.

    Examples
    --------
    >>> from creditscore.protect import Actor, AuditTrail, MemorySink, verify_records
    >>> trail = AuditTrail(MemorySink(), key=b"a secret of 16 bytes or more")
    >>> records = [trail.append(Actor(name="ana"), "read") for _ in range(3)]
    >>> report = verify_records([records[0], records[2]], key=b"a secret of 16 bytes or more")
    >>> report
    <TrailReport: broken at record 2, deleted>
    >>> report.is_whole
    False
    """

    n_records: int
    head: TrailHead
    kind: str
    number: int | None
    told: str
    n_unanchored: int
    n_steps_back: int

    @property
    def is_whole(self) -> bool:
        """Whether nothing is broken."""
        return not self.kind

    def check(self) -> None:
        """Raise an error where the trail is broken.

        Raises
        ------
        BrokenTrailError
            It is; the message names the first record that is not what it was, and how.
        """
        if not self.is_whole:
            raise BrokenTrailError(self.told)

    def __repr__(self) -> str:
        """Say in one line whether it is whole."""
        if not self.is_whole:
            return f"<TrailReport: broken at record {self.number}, {self.kind}>"
        left = "all" if not self.n_unanchored else f"{self.n_records - self.n_unanchored:,}"
        anchored = "none" if self.n_unanchored == self.n_records else left
        n = counted(self.n_records, "record")
        return f"<TrailReport: {n}, whole; {anchored} of them anchored>"


def verify_records(
    records: Iterable[AuditRecord], *, key: bytes | None, anchors: Anchor | Iterable[Anchor] = ()
) -> TrailReport:
    """Check that each record follows the one before it, and that anchored ones are there.

    Parameters
    ----------
    records : iterable of AuditRecord
        All records of a trail, from the first, in the order in which they are kept.
    key : bytes or None
        Secret of the trail; None for a chain without a key.
    anchors : Anchor or iterable of Anchor, default=()
        Anchors of the trail that were kept elsewhere.

    Returns
    -------
    TrailReport

    Raises
    ------
    InvalidParameterError
        The key is too short or no bytes, there are anchors and no key, or what is no anchor.

    Notes
    -----
    One hash a record; memory does not grow with the trail while it is whole. What is found first,
    in the order of the trail, is told; anchors are looked at as they are passed, and last of all
    those beyond the end.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from creditscore.protect import Actor, AuditTrail, MemorySink, verify_records
    >>> key = b"a secret of 16 bytes or more"
    >>> trail = AuditTrail(MemorySink(), key=key)
    >>> one, two = (trail.append(Actor(name=name), "read") for name in ("ana", "bo"))
    >>> verify_records([one, replace(two, actor="ana")], key=key)
    <TrailReport: broken at record 2, edited>
    """
    try:
        given = _anchors(anchors)
    except Exception:
        # whoever shows the variables of a failed call must not show the secret
        del key
        raise
    fault = audit_key_fault(key, "verify_records") if key is not None or given else None
    if fault is not None:
        del key
        raise InvalidParameterError(fault)
    walk = _Walk(key=key, anchors=given)
    # what goes wrong on the way is shown with the variables of this call
    del key
    return walk.report(iter(records))


def _anchors(anchors: Any) -> tuple[Anchor, ...]:
    given = (anchors,) if isinstance(anchors, Anchor) else tuple(anchors)
    for anchor in given:
        check_kind(anchor, "anchors", "verify_records", Anchor)
    return given


@dataclass(eq=False)
class _Walk:
    """Goes along a trail until something is broken."""

    key: bytes | None = field(repr=False)
    anchors: tuple[Anchor, ...] = field(repr=False)
    head: TrailHead = field(default_factory=TrailHead)
    n_records: int = 0
    n_steps_back: int = 0
    last_at: str = ""
    stray: int | None = None
    """Number of a record that was inserted or repeated."""

    def __post_init__(self) -> None:
        self.by_number: dict[int, list[Anchor]] = {}
        for anchor in self.anchors:
            self.by_number.setdefault(anchor.number, []).append(anchor)

    def report(self, records: Iterator[AuditRecord]) -> TrailReport:
        """Go along all of it."""
        found = self._anchor_at_head() or self._first_break(records) or self._beyond_the_end()
        kind, number = found or ("", None)
        told = f"The trail is broken at record {number}: {_TOLD[kind]}." if kind else ""
        if self.stray is not None:
            told = told.replace("a record of an earlier number", f"record {self.stray}", 1)
        reach = max((anchor.number for anchor in self.anchors), default=0)
        return TrailReport(
            n_records=self.n_records,
            head=self.head,
            kind=kind,
            number=number,
            told=told,
            n_unanchored=max(0, self.n_records - reach),
            n_steps_back=self.n_steps_back,
        )

    def _first_break(self, records: Iterator[AuditRecord]) -> tuple[str, int] | None:
        try:
            for record in records:
                self.n_records += 1
                number = self.head.number + 1
                wrong = record.number != number or not same(record.previous, self.head.hash)
                keyed = same(record.hash, expected_hash(record, record.previous, self.key))
                if wrong or not keyed:
                    return self._explain(record, number, records, right_hash=keyed)
                self.n_steps_back += record.at < self.last_at
                self.head, self.last_at = record.head, record.at
                found = self._anchor_at_head()
                if found:
                    return found
        except UnreadableRecordError as error:
            return error.kind, self.head.number + 1
        return None

    def _explain(
        self, record: AuditRecord, number: int, rest: Iterator[AuditRecord], *, right_hash: bool
    ) -> tuple[str, int]:
        """Find what best explains that a record is not the one of this number."""
        if record.number < number:
            self.stray = record.number
            return "inserted", number
        linked = number == 1 and record.number == 1 and same(record.previous, self.head.hash)
        later, keyed, last = False, right_hash, record
        for other in rest:
            self.n_records += 1
            later = later or other.number == number
            linked = linked and other.number == last.number + 1 and same(other.previous, last.hash)
            if linked and not keyed:
                keyed = same(other.hash, expected_hash(other, last.hash, self.key))
            last = other
        if record.number > number:
            return ("reordered" if later else "deleted"), number
        if right_hash:
            return "replaced", number
        alone = last is record
        return ("wrong_key" if linked and not keyed and not alone else "edited"), number

    def _anchor_at_head(self) -> tuple[str, int] | None:
        for anchor in self.by_number.get(self.head.number, ()):
            if self.key is None or not anchor.is_sealed_by(self.key):
                return "forged_anchor", anchor.number
            if not same(anchor.hash, self.head.hash):
                return "replaced", anchor.number
        return None

    def _beyond_the_end(self) -> tuple[str, int] | None:
        for anchor in self.anchors:
            if anchor.number > self.head.number:
                if self.key is None or not anchor.is_sealed_by(self.key):
                    return "forged_anchor", anchor.number
                return "truncated", self.head.number + 1
        return None
