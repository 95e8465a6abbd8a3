"""A file to which lines are only ever added, by several programs at once, each line whole."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from creditscore.exceptions import MissingDependencyError
from creditscore.protect._audit._record import UnreadableRecordError

_BLOCK = 2**16


class LineFile:
    """Lines of a file, written through to the disk one by one."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)

    def append(self, make: Callable[[bytes | None], bytes]) -> None:
        """Add the line that `make` returns for the last one; nobody else writes meanwhile."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        # without a buffer, which would be written when the file is closed, whatever went wrong
        with os.fdopen(descriptor, "rb+", buffering=0) as file, _locked(file, alone=True):
            left = memoryview(make(self._last_of(file)) + b"\n")
            end = file.seek(0, os.SEEK_END)
            try:
                while left:
                    left = left[file.write(left) :]
                os.fsync(file.fileno())
            except OSError:
                # such as a full disk: what was begun is taken back, and the caller is told
                file.truncate(end)
                raise

    def last(self) -> bytes | None:
        """Return the last line, None where there is none."""
        if not self.path.exists():
            return None
        with self.path.open("rb") as file, _locked(file, alone=False):
            return self._last_of(file)

    def lines(self, after: int = 0) -> Iterator[bytes]:
        """Yield the lines that are there now, from the one after so many."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            # what others write later is left for the next time
            with _locked(file, alone=False):
                left = file.seek(0, os.SEEK_END)
            file.seek(0)
            for number, line in enumerate(file, 1):
                left -= len(line)
                if left < 0 or not line.endswith(b"\n"):
                    raise self._torn(number)
                if number > after:
                    yield line[:-1]
                if not left:
                    return

    def mend(self) -> int:
        """Move an unfinished last line into a file beside this one; return its bytes."""
        if not self.path.exists():
            return 0
        with self.path.open("rb+") as file, _locked(file, alone=True):
            torn = self._tail(file)
            if torn:
                flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
                # who may not read the file may not read what was in it
                with os.fdopen(os.open(f"{self.path}.torn", flags, 0o600), "ab") as aside:
                    aside.write(torn + b"\n")
                    aside.flush()
                    os.fsync(aside.fileno())
                file.truncate(file.seek(0, os.SEEK_END) - len(torn))
                os.fsync(file.fileno())
        return len(torn)

    def _last_of(self, file: IO[bytes]) -> bytes | None:
        if not file.seek(0, os.SEEK_END):
            return None
        if self._tail(file):
            raise self._torn(0)
        return self._tail(file, skip=1)

    def _tail(self, file: IO[bytes], skip: int = 0) -> bytes:
        """Return what follows the last end of a line before the last `skip` bytes."""
        place = file.seek(0, os.SEEK_END) - skip
        tail = b""
        while place > 0:
            size = min(_BLOCK, place)
            place -= size
            file.seek(place)
            tail = file.read(size) + tail
            if b"\n" in tail:
                return tail.rpartition(b"\n")[2]
        return tail

    def _torn(self, number: int) -> UnreadableRecordError:
        msg = (
            f"The last line of {self.path} is not finished: its writer was stopped, and never "
            "told that it was written. Look at it, then move it aside by mend()."
        )
        return UnreadableRecordError(msg, number=number, kind="torn")


@contextmanager
def _locked(file: IO[bytes], *, alone: bool) -> Iterator[None]:
    """Keep a file from others: from all of them, or from those that write."""
    try:
        import fcntl  # noqa: PLC0415 - not on every system
    except ImportError as error:  # pragma: no cover - not on the systems that tests run on
        msg = (
            "A file that several programs add to needs locks of the module fcntl, which this "
            "system lacks. Keep the trail in the store of customers."
        )
        raise MissingDependencyError(msg) from error
    fcntl.flock(file, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)
