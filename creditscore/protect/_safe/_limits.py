"""How much of an input is taken before it is refused."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, fields
from pathlib import Path

from creditscore._validation import check_integer
from creditscore.exceptions import DocumentNotFoundError, UnsafeInputError


@dataclass(frozen=True, kw_only=True)
class InputLimits:
    """What a file, or an archive and what it unpacks to, may measure at most.

    Parameters
    ----------
    max_bytes : int, default=1_073_741_824
        Bytes of a file as it is; 1 GiB.
    max_entries : int, default=10_000
        Files in an archive.
    max_unpacked_bytes : int, default=1_073_741_824
        Bytes of all files of an archive together, unpacked; 1 GiB.
    max_ratio : int, default=100
        How many times its packed bytes a file, alone or in an archive, may unpack to. Files of
        up to 1 MiB, which fill no memory, may do so more: a short text of blanks does.
    max_rows : int, default=5_000_000
        Rows of a table that is read from a file; each takes about 1 kB of memory. A JSON text may
        have twice as many objects.
    max_rows_per_kib : int, default=1_000
        Rows for each KiB (1,024 bytes) that the file takes up, packed as it is. Tables of up to
        100,000 rows, which fill no memory, may have more: those of one word over and over do.
    max_columns : int, default=10_000
        Columns of a table that is read from a file.

    Raises
    ------
    InvalidParameterError
        A limit that is no integer of 1 or more.

    Examples
    --------
    >>> from creditscore.protect import InputLimits
    >>> InputLimits(max_bytes=1_000_000).max_entries
    10000
    """

    max_bytes: int = 1_073_741_824
    max_entries: int = 10_000
    max_unpacked_bytes: int = 1_073_741_824
    max_ratio: int = 100
    max_rows: int = 5_000_000
    max_rows_per_kib: int = 1_000
    max_columns: int = 10_000

    def __post_init__(self) -> None:
        """Check each limit."""
        for field in fields(self):
            check_integer(getattr(self, field.name), field.name, "InputLimits", low=1)


def check_size(path: str | os.PathLike[str] | bytes, *, limits: InputLimits | None = None) -> None:
    """Refuse a file that is too large, or no plain file, before any of it is read.

    Parameters
    ----------
    path : path-like or bytes
        File, or what was read or received already.
    limits : InputLimits, optional
        Of which `max_bytes` counts; without, the standard ones.

    Raises
    ------
    UnsafeInputError
        Too large; or a device or a pipe, which may have no end.
    DocumentNotFoundError
        There is no file at the path, or it is a folder.

    Notes
    -----
    A file can grow after it was looked at: read no more of it than `max_bytes`.

    Examples
    --------
    >>> from creditscore.protect import InputLimits, check_size
    >>> check_size(b"customer,amount", limits=InputLimits(max_bytes=10))
    Traceback (most recent call last):
    creditscore.exceptions.UnsafeInputError: The input has 15 bytes, and at most 10 are read. ...
    """
    most = (limits or InputLimits()).max_bytes
    if isinstance(path, bytes):
        name, n_bytes = "The input", len(path)
    else:
        name, n_bytes = str(path), _size_of_file(Path(path))
    if n_bytes > most:
        msg = (
            f"{name} has {n_bytes:,} bytes, and at most {most:,} are read. Is it the right file? "
            "Then split it, or raise the limit: InputLimits(max_bytes=…)."
        )
        raise UnsafeInputError(msg)


def _size_of_file(path: Path) -> int:
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        # a null byte is no part of any path, and said so by another error
        msg = f"There is no file {str(path)!r}. Check the path."
        raise DocumentNotFoundError(msg) from error
    if stat.S_ISDIR(found.st_mode):
        msg = f"{path} is a folder. Name the file in it."
        raise DocumentNotFoundError(msg)
    if not stat.S_ISREG(found.st_mode):
        msg = f"{path} is a device or a pipe, which may have no end. Only plain files are read."
        raise UnsafeInputError(msg)
    return found.st_size
