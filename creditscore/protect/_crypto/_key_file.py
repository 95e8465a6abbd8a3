"""Files that hold secrets: their owner reads them, and nobody else can read or swap them."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

from creditscore.exceptions import KeyStoreError

_MOST_BYTES = 65_536
_PRIVATE = 0o600
_OF_OTHERS = 0o077
_HAS_OWNERS = hasattr(os, "geteuid")


def read_private(path: str | os.PathLike[str]) -> str:
    """Return the text of a file that nobody but its owner, who asks, can read or swap."""
    place = Path(path)
    check_folder(place)
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        handle = os.open(place, flags | getattr(os, "O_CLOEXEC", 0))
    except OSError as error:
        msg = _why_not_opened(place, error)
        raise KeyStoreError(msg) from error
    # what is checked is what is read: the open file, and not whatever has its name by now
    try:
        _check_file(place, os.fstat(handle))
        raw = os.read(handle, _MOST_BYTES + 1)
    finally:
        os.close(handle)
    if len(raw) > _MOST_BYTES:
        del raw
        msg = f"{place} has more than {_MOST_BYTES:,} bytes, and is no file of keys."
        raise KeyStoreError(msg)
    # not raised from the error about the bytes, which holds all of them
    with suppress(UnicodeDecodeError):
        return raw.decode("utf-8")
    del raw
    msg = f"{place} is not text in UTF-8, and no file of keys."
    raise KeyStoreError(msg)


def write_private(path: str | os.PathLike[str], text: str) -> None:
    """Write a new file that nobody but its owner can read; one that is there stays."""
    place = Path(path)
    check_folder(place)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    try:
        handle = os.open(place, flags | getattr(os, "O_CLOEXEC", 0), _PRIVATE)
    except FileExistsError as error:
        del text
        msg = (
            f"{place} is there already. A file of keys is never overwritten, since what only they "
            "can decrypt would be lost. Name a new file."
        )
        raise KeyStoreError(msg) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        _keep_name(place.parent)
    except OSError:
        place.unlink(missing_ok=True)
        raise


def _keep_name(folder: Path) -> None:
    """Write the folder to the disk: a file whose name is lost in a crash is lost, too."""
    if not hasattr(os, "O_DIRECTORY"):  # pragma: no cover - not on the systems that tests run on
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def check_folder(place: Path) -> None:
    """Check that no stranger can put another file in the place of one."""
    folder = Path(os.path.realpath(place.parent))
    if not folder.is_dir():
        msg = f"There is no folder {str(place.parent)!r} for the keys. Make it, for yourself alone."
        raise KeyStoreError(msg)
    if not _HAS_OWNERS:
        return
    for above in (folder, *folder.parents):
        found = above.stat()
        open_to_all = bool(found.st_mode & stat.S_IWOTH)
        # in a sticky folder such as /tmp nobody renames what is another's, but anyone adds files
        if open_to_all and (above == folder or not found.st_mode & stat.S_ISVTX):
            msg = (
                f"Everybody can write into the folder {str(above)!r}, and so swap the keys in "
                f"{str(place)!r}. Put them into a folder of your own: chmod 700."
            )
            raise KeyStoreError(msg)


def _check_file(place: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        msg = f"{place} is no plain file. Keys are not read from folders, pipes or devices."
        raise KeyStoreError(msg)
    if not _HAS_OWNERS:
        return
    if found.st_uid != os.geteuid():
        msg = (
            f"{place} belongs to the user {found.st_uid}, and you are {os.geteuid()}. Who owns a "
            "file can change its keys: make a copy of your own."
        )
        raise KeyStoreError(msg)
    mode = stat.S_IMODE(found.st_mode)
    if mode & _OF_OTHERS:
        msg = (
            f"{place} has the permissions {mode:04o}, so that others can get at the keys. Take "
            f"them back: chmod 600 {place}; and rotate the keys if others may have read them."
        )
        raise KeyStoreError(msg)


def _why_not_opened(place: Path, error: OSError) -> str:
    if error.errno in (errno.ELOOP, errno.EMLINK):
        return f"{place} is a link. Name the file of keys itself, so that nobody can turn the link."
    if isinstance(error, FileNotFoundError):
        return f"There is no file of keys {str(place)!r}. KeyRing.generate().to_file() makes one."
    return f"The file of keys {str(place)!r} cannot be opened: {error.strerror}."
