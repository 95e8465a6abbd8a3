"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary path beside `path`; what is written there takes its place at the end.

    An error inside the block leaves `path` as it was. The new file gets the permissions that a
    plainly created file would have.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    # the ending stays, because writers such as matplotlib's choose the format by it
    handle, name = tempfile.mkstemp(prefix=".unfinished-", suffix=target.suffix, dir=target.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
