"""Files that a command writes: all of them or none, and never over another unasked."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from creditscore._files import whole_file
from creditscore.cli._pictures import PICTURES, draw_picture
from creditscore.cli._tables import write_table
from creditscore.cli._workflow import Run
from creditscore.exceptions import InvalidParameterError

_WRITERS: dict[str, Callable[[Run, Path], None]] = {
    "scorecard.json": lambda run, path: run.card.to_json(path),
    "grade_scale.json": lambda run, path: run.grades.to_json(path),
    "scores.csv": lambda run, path: write_table(run.scores.reset_index(names="row"), path),
    "points.csv": lambda run, path: write_table(run.card.table(), path),
    "columns.csv": lambda run, path: write_table(run.model.summary(), path),
    **dict.fromkeys(PICTURES, draw_picture),
}


def check_outputs(paths: Iterable[Path], inputs: Iterable[Path], *, overwrite: bool) -> None:
    """Refuse, before any work, files that cannot or should not be written.

    Parameters
    ----------
    paths : iterable of Path
        Files to write.
    inputs : iterable of Path
        Files that are needed, there or not yet; these are never replaced.
    overwrite : bool
        Whether other files may be replaced.
    """
    needed = list(inputs)
    for path in paths:
        _check_folder(path.parent)
        if path.is_dir():
            raise _trouble(errno.EISDIR, path)
        if any(_is_same(path, other) for other in needed):
            msg = f"This would write over {path}, which is read or needed. Choose another name."
            raise InvalidParameterError(msg)
        if path.exists() and not overwrite:
            raise _trouble(errno.EEXIST, path)


def _is_same(path: Path, other: Path) -> bool:
    if path.exists() and other.exists():
        return path.samefile(other)
    return path.resolve() == other.resolve()


def run_files(folder: Path) -> list[Path]:
    """List the files that :func:`write_run` will write."""
    return [folder / name for name in _WRITERS]


def write_run(run: Run, folder: Path) -> list[Path]:
    """Write card, tables and pictures, and list what was written."""
    with _whole_folder(folder) as temporary:
        for name, write in _WRITERS.items():
            write(run, temporary / name)
    return run_files(folder)


@contextmanager
def _whole_folder(folder: Path) -> Iterator[Path]:
    """Give a temporary folder, whose files move to `folder` at the end.

    An error inside the block leaves the files of `folder` as they were.
    """
    new = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with TemporaryDirectory(prefix=".unfinished-", dir=folder) as temporary:
            yield Path(temporary)
            for file in sorted(Path(temporary).iterdir()):
                target = folder / file.name
                if target.exists():
                    shutil.copymode(target, file)
                with whole_file(target) as place:
                    shutil.move(file, place)
    except BaseException:
        for path in new:
            with suppress(OSError):  # such as that others have written there meanwhile
                path.rmdir()
        raise


def _check_folder(folder: Path) -> None:
    """Refuse a folder in which nothing can be made, or that is a file."""
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not there.is_dir():
        raise _trouble(errno.ENOTDIR, there)
    if not os.access(there, os.W_OK):
        raise _trouble(errno.EACCES, there)


def _trouble(number: int, path: Path) -> OSError:
    """Return the system's own error, so that it is told in the same words."""
    return OSError(number, os.strerror(number), str(path))
