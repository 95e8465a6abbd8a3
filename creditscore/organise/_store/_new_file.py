"""The file of a new store, which is there as a whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from creditscore.organise._store._engine import is_sqlite, make_file, use_wal


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
    for ending in ("", "-wal", "-shm", "-journal"):
        Path(f"{path}{ending}").unlink(missing_ok=True)
