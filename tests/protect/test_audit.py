"""The audit trail: every change of it is found, at the first record that is not what it was."""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing
import os
import pickle
import re
import signal
import stat
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.exceptions import (
    BrokenTrailError,
    InvalidDataError,
    InvalidParameterError,
    KeyStoreError,
)
from creditscore.protect import (
    BREAK_KINDS,
    AccessPolicy,
    Actor,
    Anchor,
    AnchorFile,
    ApprovalDesk,
    AuditRecord,
    AuditTrail,
    FileSink,
    MemorySink,
    TrailHead,
    canonical_json,
    chain_hash,
    subjects_digest,
    verify_records,
)
from creditscore.protect._audit import _verify
from trails import write_many

KEY = b"a secret of 16 bytes or more"
OTHER_KEY = b"another secret of 16 or more"
ANA = Actor(name="ana", roles=("analyst", "sales"), purpose="credit decision")


class Listed:
    """A sink of given records, as a file that somebody changed would give them."""

    def __init__(self, records: list[AuditRecord]) -> None:
        self.kept = records

    def append(self, make: Any) -> AuditRecord:
        self.kept.append(make(self.head()))
        return self.kept[-1]

    def records(self, after: int = 0) -> Any:
        yield from self.kept[after:]

    def head(self) -> TrailHead:
        return self.kept[-1].head if self.kept else TrailHead()


def recorded(n: int = 6, key: bytes = KEY, name: str = "ana") -> list[AuditRecord]:
    trail = AuditTrail(MemorySink(), key=key)
    who = replace(ANA, name=name)
    return [trail.append(who, "read", {"n": place}, subjects=["X"]) for place in range(n)]


# --- reference numbers -----------------------------------------------------------------------


def test_the_chain_without_a_key_has_the_known_hashes() -> None:
    """Reference: SHA-256 of the hex text before and the canonical JSON, from 64 zeros."""
    first = chain_hash("0" * 64, {"actor": "u1", "event": "create"})
    assert first == "5b21867293290e6de77286d8392dc189e4650fc5b4a804e9ffba47cd915005ce"
    second = chain_hash(first, {"event": "approve", "actor": "u2"})
    assert second == "c9c774605444f5d91ba3f6297d609c1216499ae19cdb42184f7e0904dae6c4c4"


def test_the_chain_with_a_key_is_hmac_sha256() -> None:
    """By the definition of RFC 2104, block of 64 bytes, with hashlib alone."""
    import hashlib

    block = KEY.ljust(64, b"\0")
    inner = bytes(byte ^ 0x36 for byte in block)
    outer = bytes(byte ^ 0x5C for byte in block)
    message = ("0" * 64 + '{"a":1}').encode()
    expected = hashlib.sha256(outer + hashlib.sha256(inner + message).digest()).hexdigest()
    assert chain_hash("0" * 64, {"a": 1}, key=KEY) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None, 0.1, "é\n"]}, '{"a":[true,null,0.1,"é\\n"],"b":1}'),
        ({"a": (1, 2)}, '{"a":[1,2]}'),
        ([], "[]"),
    ],
)
def test_canonical_json(value: Any, text: str) -> None:
    assert canonical_json(value) == text


@pytest.mark.parametrize(
    "value",
    [{1: "a"}, {None: 1}, {"a": {2: 1}}, [{(1, 2): 1}], float("nan"), {"a": float("inf")}, "\ud800",
     {"a": object()}, {"a": b"x"}, dt.date(2025, 1, 1)],
)  # fmt: skip
def test_what_json_cannot_hold(value: Any) -> None:
    with pytest.raises(InvalidDataError, match="JSON cannot hold the value"):
        canonical_json(value)


# --- by hand ---------------------------------------------------------------------------------


def test_a_record_says_who_what_for_what_and_how_many_but_not_whom() -> None:
    instant = dt.datetime(2025, 1, 31, 17, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    trail = AuditTrail(MemorySink(), key=KEY, clock=lambda: instant)
    record = trail.append(ANA, "read", {"items": ("phone",)}, subjects=["Zhang", "Li", "Li"])
    assert record.at == "2025-01-31T09:30:00.000000Z"
    assert (record.number, record.n_subjects, record.roles) == (1, 2, ("analyst", "sales"))
    assert record.details == {"items": ["phone"]}
    assert "Zhang" not in json.dumps(record.to_dict())
    assert record.is_of(["Li", "Zhang"], key=KEY)
    assert not record.is_of(["Li"], key=KEY)
    assert not record.is_of(["Li", "Zhang"], key=OTHER_KEY)
    nobody = trail.append(ANA, "backup")
    assert (nobody.n_subjects, nobody.subjects_digest, nobody.details) == (0, "", {})
    assert AuditRecord.from_dict(record.to_dict()) == record


def test_details_are_kept_as_they_were() -> None:
    trail = AuditTrail(MemorySink(), key=KEY)
    details = {"items": ["phone"]}
    trail.append(ANA, "read", details)
    details["items"].append("name")
    assert trail.verify().is_whole


def test_digests_tell_sets_from_joined_names() -> None:
    digests = [
        subjects_digest(subjects, key=KEY) for subjects in (["1"], ["1", "2"], ["12"], ['1","2'])
    ]
    assert len({*digests, subjects_digest([], key=KEY)}) == len(digests) + 1
    assert subjects_digest(iter(["b", "a"]), key=KEY) == subjects_digest({"a", "b"}, key=KEY)


@pytest.mark.parametrize(
    "subjects",
    [
        [1, 2],
        ["1", " 2 "],
        [2.0, 1.0],
        np.array([1, 2, 1]),
        pd.Series([1, 2]).unique(),
        {1, "1", 2},
    ],
)
def test_a_number_and_its_text_are_one_customer(subjects: Any) -> None:
    """What was read with numbers is proved with the texts that a store has, and so asked for."""
    trail = AuditTrail(MemorySink(), key=KEY)
    record = trail.append(ANA, "read", subjects=subjects)
    assert record.n_subjects == 2
    assert record.is_of(["1", "2"], key=KEY)
    assert record.is_of(subjects, key=KEY)
    assert record.subjects_digest == trail.digest(subjects)


def test_a_text_is_no_set_of_customers() -> None:
    """Its letters would be customers: C, 1 and 7."""
    trail = AuditTrail(MemorySink(), key=KEY)
    for wrong in ("C17", b"C17", 17):
        for step in (
            lambda wrong=wrong: trail.append(ANA, "read", subjects=wrong),
            lambda wrong=wrong: trail.digest(wrong),
            lambda wrong=wrong: subjects_digest(wrong, key=KEY),
        ):
            with pytest.raises(InvalidParameterError, match="'subjects' must be customers in a"):
                step()
    for strange in (None, " ", True, 1.5, dt.date(2025, 1, 1)):
        with pytest.raises(InvalidDataError, match="A customer must be a text") as error:
            trail.append(ANA, "read", subjects=["X", strange])
        assert "2025" not in str(error.value)
    assert trail.verify().n_records == 0


def test_a_record_of_nobody_is_of_nobody() -> None:
    nobody = AuditTrail(MemorySink(), key=KEY).append(ANA, "backup", subjects=[])
    assert nobody.is_of([], key=KEY)
    assert not nobody.is_of(["X"], key=KEY)


def test_the_table() -> None:
    trail = AuditTrail(MemorySink(), key=KEY)
    for n in range(3):
        trail.append(ANA, "read", {"n": n}, subjects=range(n))
    table = trail.table(after=1)
    assert table["number"].tolist() == [2, 3]
    assert table["n_subjects"].tolist() == [1, 2]
    assert str(table["at"].dtype) == "datetime64[us, UTC]"
    assert table["roles"].tolist() == ["analyst, sales"] * 2
    assert AuditTrail(MemorySink(), key=KEY).table().empty


def test_append_after_a_head_that_has_moved_writes_nothing() -> None:
    trail = AuditTrail(MemorySink(), key=KEY)
    head = trail.append(ANA, "read").head
    assert trail.append_after(head, ANA, "write") is not None
    assert trail.append_after(head, ANA, "write") is None
    assert trail.append_after(TrailHead(), ANA, "write") is None
    assert trail.verify().n_records == 2


def test_a_whole_trail() -> None:
    report = verify_records(recorded(), key=KEY)
    assert (report.is_whole, report.n_records, report.n_unanchored) == (True, 6, 6)
    report.check()
    assert repr(report) == "<TrailReport: 6 records, whole; none of them anchored>"
    assert verify_records([], key=KEY).is_whole


def test_a_clock_that_was_set_back_is_told() -> None:
    hours = iter([3, 2, 4, 1])
    trail = AuditTrail(
        MemorySink(), key=KEY, clock=lambda: dt.datetime(2025, 1, 1, next(hours), tzinfo=dt.UTC)
    )
    for _ in range(4):
        trail.append(ANA, "read")
    assert trail.verify().n_steps_back == 2


# --- what somebody does to a trail -----------------------------------------------------------


def renumbered(records: list[AuditRecord]) -> list[AuditRecord]:
    """Give records the numbers and links that they should have, but no hashes of the key."""
    linked, previous = [], "0" * 64
    for number, record in enumerate(records, 1):
        linked.append(replace(record, number=number, previous=previous))
        previous = record.hash
    return linked


def rewritten(records: list[AuditRecord], key: bytes | None) -> list[AuditRecord]:
    """Make the whole chain anew, as whoever has this key can."""
    made: list[AuditRecord] = []
    for record in records:
        body = record.to_dict()
        previous = made[-1].hash if made else "0" * 64
        del body["hash"], body["previous"]
        body["number"] = len(made) + 1
        hash_ = chain_hash(previous, body, key=key)
        made.append(AuditRecord.from_dict({**body, "previous": previous, "hash": hash_}))
    return made


def put(records: list[AuditRecord], place: int, record: AuditRecord) -> list[AuditRecord]:
    return [*records[:place], record, *records[place:]]


R = recorded()
FOREIGN = recorded(name="bo")
BROKEN: list[tuple[str, int, list[AuditRecord]]] = [
    ("edited", 3, [*R[:2], replace(R[2], actor="bo"), *R[3:]]),
    ("edited", 3, [*R[:2], replace(R[2], details={"n": 99}), *R[3:]]),
    ("edited", 3, [*R[:2], replace(R[2], at="2020-01-01T00:00:00.000000Z"), *R[3:]]),
    ("edited", 3, [*R[:2], replace(R[2], roles=("admin",)), *R[3:]]),
    ("edited", 3, [*R[:2], replace(R[2], purpose="sales"), *R[3:]]),
    ("edited", 3, [*R[:2], replace(R[2], action="write"), *R[3:]]),
    ("edited", 3, [*R[:2], replace(R[2], n_subjects=2), *R[3:]]),
    ("edited", 3, [*R[:2], replace(R[2], subjects_digest="0" * 64), *R[3:]]),
    ("edited", 3, [*R[:2], replace(R[2], hash="0" * 64), *R[3:]]),
    ("edited", 1, [replace(R[0], actor="bo"), *R[1:]]),
    ("edited", 6, [*R[:5], replace(R[5], actor="bo")]),
    ("reordered", 2, [R[0], R[2], R[1], *R[3:]]),
    ("reordered", 1, R[::-1]),
    ("edited", 2, renumbered([R[0], R[2], R[1], *R[3:]])),
    ("deleted", 3, [*R[:2], *R[3:]]),
    ("deleted", 1, R[1:]),
    ("deleted", 2, [R[0], *R[4:]]),
    ("edited", 3, renumbered([*R[:2], *R[3:]])),
    ("inserted", 4, put(R, 3, R[1])),
    ("inserted", 7, [*R, R[5]]),
    ("edited", 3, [*R[:2], replace(R[2], hash="\ud800"), *R[3:]]),
    ("edited", 3, [*R[:2], replace(R[2], details={"n": dt.date(2025, 1, 1)}), *R[3:]]),
    ("edited", 3, [*R[:2], replace(R[2], previous="\ud800"), *R[3:]]),
    ("edited", 4, renumbered(put(R, 3, replace(R[1], actor="bo")))),
    ("replaced", 3, [*R[:2], *FOREIGN[2:]]),
    ("replaced", 3, [*R[:2], FOREIGN[2], *R[3:]]),
    ("wrong_key", 1, rewritten(R, OTHER_KEY)),
    ("wrong_key", 1, rewritten(R, None)),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "number", "records"), BROKEN)
def test_what_was_done_is_found(kind: str, number: int, records: list[AuditRecord]) -> None:
    report = verify_records(records, key=KEY)
    assert (report.kind, report.number) == (kind, number)
    assert report.head.number == number - 1
    assert repr(report) == f"<TrailReport: broken at record {number}, {kind}>"
    assert kind in BREAK_KINDS
    with pytest.raises(BrokenTrailError, match=f"The trail is broken at record {number}: "):
        report.check()


@pytest.mark.parametrize(("kind", "number", "records"), BROKEN)
def test_going_through_a_broken_trail_stops_there(
    kind: str, number: int, records: list[AuditRecord]
) -> None:
    trail = AuditTrail(Listed(records), key=KEY)
    with pytest.raises(BrokenTrailError, match="The trail is broken at record"):
        list(trail.since())


def test_a_chain_without_a_key_can_be_made_anew_and_one_with_a_key_cannot() -> None:
    edited = [*R[:2], replace(R[2], actor="bo"), *R[3:]]
    assert verify_records(rewritten(edited, None), key=None).is_whole
    assert not verify_records(rewritten(edited, None), key=KEY).is_whole


def test_a_cut_end_is_found_by_an_anchor_alone() -> None:
    anchor = AuditTrail(Listed(R), key=KEY).anchor()
    cut = R[:4]
    assert verify_records(cut, key=KEY).is_whole
    report = verify_records(cut, key=KEY, anchors=anchor)
    assert (report.kind, report.number) == ("truncated", 5)
    report = verify_records([], key=KEY, anchors=[anchor])
    assert (report.kind, report.number) == ("truncated", 1)


def test_an_older_copy_that_went_on_otherwise_is_found() -> None:
    anchor = AuditTrail(Listed(R), key=KEY).anchor()
    old = Listed(list(R[:3]))
    replayed = AuditTrail(old, key=KEY)
    for _ in range(5):
        replayed.append(ANA, "read")
    assert replayed.verify().is_whole
    report = replayed.verify(anchor)
    assert (report.kind, report.number) == ("replaced", 6)


def test_anchors_of_the_past_still_hold() -> None:
    sink = MemorySink()
    trail = AuditTrail(sink, key=KEY)
    anchors = [trail.anchor()]
    for _ in range(3):
        trail.append(ANA, "read")
        anchors.append(trail.anchor())
    trail.append(ANA, "read")
    report = trail.verify(anchors)
    assert (report.is_whole, report.n_unanchored) == (True, 1)
    assert repr(report) == "<TrailReport: 4 records, whole; 3 of them anchored>"


@pytest.mark.parametrize(
    "change", [{"number": 5}, {"hash": R[4].hash}, {"at": "2020-01-01T00:00:00.000000Z"},
               {"seal": "0" * 64}, {"number": 99}, {"number": 0}],
)  # fmt: skip
def test_a_forged_anchor_is_found(change: dict[str, Any]) -> None:
    anchor = AuditTrail(Listed(R), key=KEY).anchor()
    report = verify_records(R, key=KEY, anchors=replace(anchor, **change))
    assert report.kind == "forged_anchor"
    assert report.number == change.get("number", 6)


def test_seals_of_one_key_are_not_taken_for_another_use() -> None:
    """A hash of a record, a digest of customers and a seal have keys of their own."""
    anchor = AuditTrail(Listed(R), key=KEY).anchor()
    text = canonical_json([anchor.number, anchor.hash, anchor.at])
    import hashlib
    import hmac

    assert anchor.seal != hmac.new(KEY, text.encode(), hashlib.sha256).hexdigest()
    assert anchor.is_sealed_by(KEY)
    assert not anchor.is_sealed_by(OTHER_KEY)


@settings(deadline=None, max_examples=120)
@given(data=st.data())
def test_no_change_of_any_record_goes_unseen(data: st.DataObject) -> None:
    """Any list of these records, edited ones among them, but the right one is found broken."""
    anchor = AuditTrail(Listed(R), key=KEY).anchor()
    pool = [*R, *FOREIGN, *(replace(record, actor="bo") for record in R)]
    records = data.draw(st.lists(st.sampled_from(pool), max_size=8))
    report = verify_records(records, key=KEY, anchors=anchor)
    assert report.is_whole == (records == R)
    if not report.is_whole:
        common = 0
        while common < min(len(records), len(R)) and records[common] == R[common]:
            common += 1
        if records[:1] == FOREIGN[:1]:
            # a trail of its own, which only the anchor tells from this one
            assert report.number is not None
            return
        # the first record that differs is found, or the earlier one that stands in its place
        assert report.head.number == common
        assert report.number == common + 1 or report.kind == "inserted"


@settings(deadline=None, max_examples=60)
@given(
    key=st.binary(min_size=16, max_size=40),
    actions=st.lists(st.text(min_size=1).map("do {}".format), max_size=5),
    details=st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"])),
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(exclude_categories=["Cs"])),
        max_size=4,
    ),
)  # fmt: skip
def test_whatever_is_appended_verifies_also_from_a_file(
    tmp_path_factory: pytest.TempPathFactory,
    key: bytes,
    actions: list[str],
    details: dict[str, Any],
) -> None:
    path = tmp_path_factory.mktemp("trail") / "trail.jsonl"
    memory, file = AuditTrail(MemorySink(), key=key), AuditTrail(FileSink(path), key=key)
    for action in actions:
        try:
            memory.append(ANA, action, details, subjects=map(repr, details))
        except InvalidDataError:
            # half a character in an action cannot be written
            assert not action.isprintable()
            continue
        file.append(ANA, action, details, subjects=map(repr, details))
    for trail in (memory, file):
        assert trail.verify(trail.anchor()).is_whole
    assert [r.details for r in memory.since()] == [r.details for r in file.since()]


# --- files -----------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "trail.jsonl"


def test_a_file_goes_on_where_it_was(path: Path) -> None:
    for n in range(3):
        trail = AuditTrail(FileSink(path), key=KEY)
        assert trail.append(ANA, "read").number == n + 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    lines = path.read_bytes().splitlines()
    assert [json.loads(line)["number"] for line in lines] == [1, 2, 3]
    assert FileSink(path).path == path
    assert [record.number for record in FileSink(path).records(after=2)] == [3]


def test_a_file_that_is_not_there_has_no_records(path: Path) -> None:
    trail = AuditTrail(FileSink(path), key=KEY)
    assert (list(trail.since()), trail.verify().n_records) == ([], 0)
    assert (FileSink(path).head(), FileSink(path).mend()) == (TrailHead(), 0)


def edit(path: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))


def half_a_letter(line: bytes, entry: bytes) -> bytes:
    """Put half a character into the place of a hash."""
    return re.sub(b'"%s":"[0-9a-f]{64}"' % entry, b'"%s":"\\\\ud800"' % entry, line)


@pytest.mark.parametrize(
    ("change", "kind", "number"),
    [
        (lambda lines: [lines[0].replace(b"ana", b"ena"), *lines[1:]], "edited", 1),
        (lambda lines: [lines[0], lines[2], lines[1]], "reordered", 2),
        (lambda lines: [lines[0], lines[2]], "deleted", 2),
        (lambda lines: [lines[0], lines[0], *lines[1:]], "inserted", 2),
        # entries that stand twice and blanks are read as if nothing had been done to the line
        (
            lambda lines: [lines[0].replace(b'"actor"', b'"actor":"bo","actor"'), *lines[1:]],
            "edited",
            1,
        ),
        (lambda lines: [lines[0], lines[1].replace(b'"n":', b'"n": '), lines[2]], "edited", 2),
        (lambda lines: [lines[0], b"  " + lines[1], lines[2]], "edited", 2),
        (lambda lines: [lines[0], half_a_letter(lines[1], b"hash"), lines[2]], "unreadable", 2),
        (lambda lines: [*lines[:2], half_a_letter(lines[2], b"hash")], "unreadable", 3),
        (lambda lines: [*lines[:2], half_a_letter(lines[2], b"previous")], "unreadable", 3),
        (lambda lines: [lines[0], b"\n", *lines[1:]], "unreadable", 2),
        (lambda lines: [lines[0], b"{}\n", *lines[2:]], "unreadable", 2),
        (lambda lines: [lines[0], b"[1]\n", *lines[2:]], "unreadable", 2),
        (lambda lines: [lines[0], b"\xff\xfe\n", *lines[2:]], "unreadable", 2),
        (lambda lines: [lines[0], b"[" * 100_000 + b"\n", *lines[2:]], "unreadable", 2),
        (lambda lines: [lines[0], lines[1].replace(b'"at"', b'"et"'), lines[2]], "unreadable", 2),
        (lambda lines: [*lines[:2], lines[2].replace(b'"n":2', b'"n":NaN')], "edited", 3),
        (lambda lines: [*lines[:2], lines[2].replace(b'"ana"', b'"\\ud800"')], "edited", 3),
        (lambda lines: [*lines[:2], lines[2][:-20]], "torn", 3),
        (lambda lines: [*lines[:2], lines[2][:-1]], "torn", 3),
        (lambda lines: lines[:2], "truncated", 3),
        (lambda _: [], "truncated", 1),
    ],
)
def test_what_was_done_to_a_file_is_found(path: Path, change: Any, kind: str, number: int) -> None:
    trail = AuditTrail(FileSink(path), key=KEY)
    for n in range(3):
        trail.append(ANA, "read", {"n": n})
    anchor = trail.anchor()
    edit(path, change)
    report = AuditTrail(FileSink(path), key=KEY).verify(anchor)
    assert (report.kind, report.number) == (kind, number)


def test_a_torn_line_is_told_and_mended(path: Path) -> None:
    trail = AuditTrail(FileSink(path), key=KEY)
    for n in range(3):
        trail.append(ANA, "read", {"n": n})
    torn = path.read_bytes().splitlines()[2][:-20]
    edit(path, lambda lines: [*lines[:2], torn])
    for step in (lambda: trail.append(ANA, "read"), trail.anchor, lambda: list(trail.since())):
        with pytest.raises(BrokenTrailError, match=r"is not finished: .* move it aside by mend"):
            step()
    assert FileSink(path).mend() == len(torn)
    assert Path(f"{path}.torn").read_bytes() == torn + b"\n"
    assert stat.S_IMODE(Path(f"{path}.torn").stat().st_mode) == 0o600
    assert trail.append(ANA, "read").number == 3
    assert trail.verify().is_whole
    assert FileSink(path).mend() == 0


def test_a_torn_first_and_a_very_long_line(path: Path) -> None:
    trail = AuditTrail(FileSink(path), key=KEY)
    trail.append(ANA, "read", {"long": "x" * 300_000})
    assert trail.append(ANA, "read", {"long": "y" * 300_000}).number == 2
    assert trail.verify().is_whole
    edit(path, lambda lines: [lines[0][:200_000]])
    assert trail.verify().kind == "torn"
    assert FileSink(path).mend() == 200_000
    assert trail.append(ANA, "read").number == 1


def test_a_write_that_fails_leaves_the_trail_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trail = AuditTrail(FileSink(path), key=KEY)
    trail.append(ANA, "read")
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left on device"):
            trail.append(ANA, "write")
    assert path.read_bytes() == before
    assert trail.append(ANA, "read").number == 2
    assert trail.verify().is_whole


@pytest.mark.skipif(os.name == "nt", reason="files are locked by fcntl, which Windows lacks")
def test_programs_that_write_at_once_keep_one_chain(path: Path) -> None:
    # a new interpreter each, for threads of this one would be copied in the middle of their work
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_many, args=(path, KEY, f"w{n}", 15)) for n in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    trail = AuditTrail(FileSink(path), key=KEY)
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert (trail.verify().is_whole, trail.verify().n_records) == (True, 30)
    assert trail.table()["actor"].value_counts().tolist() == [15, 15]


@pytest.mark.skipif(os.name == "nt", reason="files are locked by fcntl, which Windows lacks")
def test_a_program_that_is_killed_leaves_a_whole_trail_and_no_lock(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writer = context.Process(target=write_many, args=(path, KEY, "killed", 10**9))
    writer.start()
    patience = time.monotonic() + 60
    while (not path.exists() or path.stat().st_size < 20_000) and time.monotonic() < patience:
        time.sleep(0.01)
    os.kill(writer.pid or 0, signal.SIGKILL)
    writer.join(60)
    n = AuditTrail(FileSink(path), key=KEY).verify().n_records
    FileSink(path).mend()
    trail = AuditTrail(FileSink(path), key=KEY)
    assert n > 10
    assert trail.append(ANA, "read").number >= n
    assert trail.verify().is_whole


def test_a_broken_trail_can_still_be_shown(path: Path) -> None:
    trail = AuditTrail(FileSink(path), key=KEY)
    desk = ApprovalDesk(AccessPolicy.standard(), trail)
    trail.append(ANA, "read")
    edit(path, lambda lines: [lines[0][:40]])
    assert repr(trail) == "AuditTrail(records that cannot be read in FileSink)"
    assert repr(desk) == f"ApprovalDesk({trail!r})"


@pytest.mark.parametrize("change", [{"seal": "\ud800"}, {"hash": "\ud800"}, {"at": "\ud800"}])
def test_an_anchor_with_half_a_character_is_forged(change: dict[str, str]) -> None:
    anchor = replace(AuditTrail(Listed(R), key=KEY).anchor(), **change)  # type: ignore[arg-type]
    assert verify_records(R, key=KEY, anchors=anchor).kind == "forged_anchor"
    assert anchor != AuditTrail(Listed(R), key=KEY).anchor()


def test_many_anchors_cost_little() -> None:
    """Each is looked at where it stands, and not at every record."""
    records = recorded(200)
    anchors = [Anchor.of(record.head, record.at, KEY) for record in records]
    looked = 0

    class Counted(Anchor):
        def is_sealed_by(self, key: bytes) -> bool:
            nonlocal looked
            looked += 1
            return super().is_sealed_by(key)

    counted = [Counted(**anchor.to_dict()) for anchor in anchors]
    walk = _verify._Walk(key=KEY, anchors=tuple(counted))
    assert max(map(len, walk.by_number.values())) == 1
    assert walk.report(iter(records)).n_unanchored == 0
    assert looked == len(records)


def test_anchors_in_a_file_only_go_on(path: Path) -> None:
    trail = AuditTrail(Listed(list(R[:3])), key=KEY)
    anchors = AnchorFile(path)
    assert anchors.anchors() == ()
    anchors.append(trail.anchor())
    trail.append(ANA, "read")
    anchors.append(trail.anchor())
    assert [anchor.number for anchor in AnchorFile(path).anchors()] == [3, 4]
    assert anchors.anchors()[1].hash == trail.anchor().hash
    old = AuditTrail(Listed(R[:2]), key=KEY).anchor()
    with pytest.raises(
        BrokenTrailError, match="has 2 records, and had 4 when it was last anchored"
    ):
        anchors.append(old)
    edit(path, lambda lines: [lines[0], b'{"number": 1}\n'])
    with pytest.raises(BrokenTrailError, match=r"Line 2 of .* is no anchor of an audit trail"):
        anchors.anchors()
    assert repr(anchors).startswith("AnchorFile('")


# --- secrets, and errors ---------------------------------------------------------------------


def test_the_key_is_shown_nowhere(path: Path) -> None:
    trail = AuditTrail(FileSink(path), key=KEY)
    trail.append(ANA, "read", subjects=["X"])
    shown = repr(trail) + str(trail) + path.read_text() + repr(trail.anchor())
    assert KEY.decode() not in shown
    assert KEY.hex() not in shown
    with pytest.raises(KeyStoreError, match="AuditTrail is not pickled"):
        pickle.dumps(trail)
    for key in ("text of 16 letters", b"short", None):
        with pytest.raises(InvalidParameterError, match=r"'key' parameter .*16 or more") as error:
            AuditTrail(MemorySink(), key=key)  # type: ignore[arg-type]
        assert str(key) not in str(error.value) or key is None


def test_errors() -> None:
    trail = AuditTrail(MemorySink(), key=KEY)
    with pytest.raises(InvalidParameterError, match=r"'actor' parameter of AuditTrail.append"):
        trail.append("ana", "read")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match=r"'action' parameter of AuditTrail.append"):
        trail.append(ANA, " ")
    with pytest.raises(InvalidDataError, match="JSON cannot hold the value"):
        trail.append(ANA, "read", {"day": dt.date(2025, 1, 1)})
    with pytest.raises(InvalidParameterError, match=r"'head' parameter of AuditTrail.since"):
        list(trail.since(-1))
    for previous in ("0" * 63, "A" * 64, 5):
        with pytest.raises(InvalidParameterError, match="must be 64 hexadecimal digits"):
            chain_hash(previous, {})  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="'key' parameter of chain_hash"):
        chain_hash("0" * 64, {}, key=b"")
    with pytest.raises(InvalidParameterError, match="'key' parameter of verify_records"):
        verify_records([], key=None, anchors=trail.anchor())
    with pytest.raises(BrokenTrailError, match="An anchor holds a number, a hash, a time"):
        Anchor.from_dict({"number": True, "hash": "", "at": "", "seal": ""})
    with pytest.raises(BrokenTrailError, match="An anchor holds a number, a hash, a time"):
        Anchor.from_dict({**trail.anchor().to_dict(), "seal": "\ud800"})
    for action in ("request.approved", " request.made"):
        with pytest.raises(InvalidParameterError, match="which an ApprovalDesk alone does"):
            trail.append(ANA, action)
        with pytest.raises(InvalidParameterError, match="which an ApprovalDesk alone does"):
            trail.append_after(TrailHead(), ANA, action)
    with pytest.raises(BrokenTrailError, match="Record 3 of the trail does not hold the entries"):
        AuditRecord.from_dict({"number": 3})
    assert trail.verify().n_records == 0
