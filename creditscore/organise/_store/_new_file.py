"""The file of a new store, which is there as a whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy as sa

from creditscore.organise._store._engine import is_sqlite, make_file, told, use_wal

_ANEW = "-anew"
"""Ending of what is written in the place of a file."""


@contextmanager
def new_file(engine: sa.Engine) -> Iterator[None]:
    """Make the file of a new store in SQLite; it is gone again where the block fails."""
    path = Path(str(engine.url.database)) if is_sqlite(engine) else None
    if path is not None:
        make_file(path)
    try:
        if path is not None:
            use_wal(engine)
        yield
    except BaseException:
        engine.dispose()
        if path is not None:
            remove_file(path)
        raise


def remove_file(path: Path) -> None:
    """Delete the file of a store and what lies beside it, where they are there."""
    for ending in ("", "-wal", "-shm", "-journal", _ANEW):
        file = Path(f"{path}{ending}")
        # where nothing may be written, not even what is not there is deleted
        if file.exists() or file.is_symlink():
            file.unlink(missing_ok=True)


def write_anew(engine: sa.Engine) -> None:
    """Let a file of SQLite hold its rows alone, and nothing that once stood in its pages.

    Another file takes its place, so that memory need not hold all of it. Nobody else may use it.
    """
    path = Path(str(engine.url.database))
    anew = Path(f"{path}{_ANEW}")
    make_file(anew)
    with told(engine), closing(engine.raw_connection()) as raw:
        raw.cursor().execute("VACUUM INTO ?", (str(anew),))
    engine.dispose()
    anew.replace(path)
