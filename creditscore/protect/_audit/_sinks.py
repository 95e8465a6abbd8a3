"""Where the records of a trail are kept."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from creditscore.protect._audit._lines import LineFile
from creditscore.protect._audit._record import AuditRecord, TrailHead, read_line, written


class AuditSink(Protocol):
    """What keeps the records of a trail: a list, a file, a table of a database.

    Notes
    -----
    A sink only ever adds. Records of one trail come from several threads and programs, and each
    takes in the hash of the one before, so `append` must let nobody else append between reading
    the head and writing the record: a file by a lock, SQLite by BEGIN IMMEDIATE, PostgreSQL by an
    advisory lock of the transaction. Two records after one head would be a broken trail.

    Examples
    --------
    >>> from creditscore.protect import AuditSink, MemorySink
    >>> sink: AuditSink = MemorySink()
    >>> sink.head().number
    0
    """

    def append(self, make: Callable[[TrailHead], AuditRecord]) -> AuditRecord:
        """Call `make` with the head, write the record that it returns, and return it.

        What `make` raises passes through, and nothing is written then. On return, the record
        outlives the program.
        """
        ...

    def records(self, after: int = 0) -> Iterator[AuditRecord]:
        """Yield the records from the one after this number on, in the order they are kept in.

        A :class:`~creditscore.exceptions.BrokenTrailError` says that one cannot be read.
        """
        ...

    def head(self) -> TrailHead:
        """Return the number and the hash of the last record."""
        ...


class MemorySink:
    """Records in memory, gone with the program: for tests, and for trying things out.

    Examples
    --------
    >>> from creditscore.protect import Actor, AuditTrail, MemorySink
    >>> sink = MemorySink()
    >>> _ = AuditTrail(sink, key=b"a secret of 16 bytes or more").append(Actor(name="ana"), "read")
    >>> sink
    MemorySink(1 record)
    """

    def __init__(self) -> None:
        self._records: list[AuditRecord] = []
        self._lock = threading.Lock()

    def append(self, make: Callable[[TrailHead], AuditRecord]) -> AuditRecord:
        """Add the record that `make` returns for the head."""
        with self._lock:
            record = make(self.head())
            self._records.append(record)
        return record

    def records(self, after: int = 0) -> Iterator[AuditRecord]:
        """Yield the records from the one after this number on."""
        yield from self._records[after:]

    def head(self) -> TrailHead:
        """Return the number and the hash of the last record."""
        return self._records[-1].head if self._records else TrailHead()

    def __repr__(self) -> str:
        """Say in one line how many records there are."""
        n = len(self._records)
        return f"MemorySink({n:,} record{'' if n == 1 else 's'})"


@dataclass(repr=False, eq=False)
class FileSink:
    """Records in a file, a line of JSON each, to which several programs may add.

    Parameters
    ----------
    path : path-like
        File, which the first record makes; only its owner may read it then.

    Raises
    ------
    BrokenTrailError
        From :meth:`append` and :meth:`records`: the last line is not finished, since its writer
        was stopped. :meth:`mend` moves it aside. From :meth:`records`: a line is no record.
    MissingDependencyError
        From every method: the system has no module fcntl, as Windows has none.

    Notes
    -----
    A record is written under a lock on the file and flushed to the disk before `append` returns;
    a lock of a program that dies is gone with it. The lock is one among programs of one machine:
    on a disk of the network it holds only where the file system says so. Appending costs a flush
    to the disk, whatever the length of the trail.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from creditscore.protect import Actor, AuditTrail, FileSink
    >>> key = b"a secret of 16 bytes or more"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "trail.jsonl"
    ...     _ = AuditTrail(FileSink(path), key=key).append(Actor(name="ana"), "read")
    ...     AuditTrail(FileSink(path), key=key).verify()
    <TrailReport: 1 record, whole; none of them anchored>
    """

    path: str | os.PathLike[str]

    def __post_init__(self) -> None:
        """Keep the path as such."""
        self._file = LineFile(self.path)
        self.path = self._file.path

    def append(self, make: Callable[[TrailHead], AuditRecord]) -> AuditRecord:
        """Add the record that `make` returns for the head."""
        made: list[AuditRecord] = []

        def line(last: bytes | None) -> bytes:
            made.append(make(self._head_of(last)))
            return written(made[0])

        self._file.append(line)
        return made[0]

    def records(self, after: int = 0) -> Iterator[AuditRecord]:
        """Yield the records from the one after this number on."""
        name = str(self.path)
        for number, line in enumerate(self._file.lines(after), after + 1):
            yield read_line(line, number, name)

    def head(self) -> TrailHead:
        """Return the number and the hash of the last record."""
        return self._head_of(self._file.last())

    def mend(self) -> int:
        """Move an unfinished last line into a file beside, named ….torn.

        Returns
        -------
        int
            Bytes that were moved, 0 where the last line is finished.
        """
        return self._file.mend()

    def _head_of(self, last: bytes | None) -> TrailHead:
        return TrailHead() if last is None else read_line(last, 0, str(self.path)).head

    def __repr__(self) -> str:
        """Say in one line where the records are."""
        return f"FileSink({str(self.path)!r})"
