"""Archives that unpack to more than anybody has room for, or to where they should not."""

from __future__ import annotations

import lzma
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import IO

from creditscore.exceptions import DocumentError, UnsafeInputError
from creditscore.protect._safe._limits import InputLimits, check_size
from creditscore.protect._safe._paths import name_fault

_NESTED = re.compile(
    r"\.(?:zip|jar|war|7z|rar|t?gz|t?bz2|t?xz|zst|lz4?|tar|cab|iso|docx|docm|xlsx|xlsm|xlsb|pptx"
    r"|ods|odt|odp|whl|apk)",
    re.IGNORECASE,
)
_MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!")
_DOCTYPE = b"<!doctype"
_DAMAGE = (
    zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, OSError, zlib.error,
    lzma.LZMAError,
)  # fmt: skip
_END = struct.Struct("<10xHI6x")
_LARGE_END = struct.Struct("<32xQQ8x")
_LARGE_LOCATOR = 20
_MOST_END_BYTES = 65_557 + _LARGE_END.size + _LARGE_LOCATOR
_BYTES_AN_ENTRY = 256
_LEAST_DIRECTORY = 65_536
"""How long the list of files may be, whatever it says that it holds."""
_ENCRYPTED = 0x1
_LOCAL_HEADER = 30
_FREE_BYTES = 1_048_576
_BLOCK = 65_536
_SHOWN = 60


def check_archive(path: str | os.PathLike[str], *, limits: InputLimits | None = None) -> None:
    """Refuse a zip archive that could do harm when it is unpacked; a workbook (xlsx) is one.

    Parameters
    ----------
    path : path-like
        File.
    limits : InputLimits, optional
        What it may hold; without, the standard ones.

    Raises
    ------
    UnsafeInputError
        Too large, as it is or unpacked; a file that unpacks to too many times its bytes (a zip
        bomb); too many files; an archive in the archive; two files of one name, or that share
        bytes; an encrypted file, a link, or a name that leads out of the folder; XML with a
        document type, whose entities can stand for billions.
    DocumentError
        No zip archive, or a damaged one, such as one with a file that is longer than it says.
    DocumentNotFoundError
        There is no file at the path, or it is a folder.

    Notes
    -----
    Each file is unpacked once, in blocks that are thrown away, and counted: memory of a block, and
    the time of one unpacking. What the archive says of itself is checked first, since it costs
    little, and is not believed: how many files it lists, before the list is read, and then each.

    References
    ----------
    .. [1] D. Fifield, *A better zip bomb*, USENIX WOOT, 2019.

    Examples
    --------
    >>> import tempfile, zipfile
    >>> from creditscore.protect import check_archive
    >>> bomb = tempfile.mkdtemp() + "/bomb.xlsx"
    >>> with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
    ...     archive.writestr("xl/worksheets/sheet1.xml", bytes(5_000_000))
    >>> check_archive(bomb)
    Traceback (most recent call last):
    creditscore.exceptions.UnsafeInputError: .../bomb.xlsx is refused: 'xl/worksheets/sheet1.xml'
    unpacks to 5,000,000 bytes, ... times what it takes up; 100 times are allowed. ...
    """
    allowed = limits or InputLimits()
    check_size(path, limits=allowed)
    try:
        with Path(path).open("rb") as file:
            # before the list of files is read, of which a small file may hold millions
            why = _directory_fault(file, allowed)
            if why is None:
                with zipfile.ZipFile(file) as archive:
                    entries = archive.infolist()
                    why = _declared_fault(entries, allowed)
                    why = why or _unpacked_fault(archive, entries, allowed)
    except _DAMAGE as error:
        msg = f"{path} is no zip archive, or a damaged one: {error}."
        raise DocumentError(msg) from error
    if why is not None:
        msg = f"{path} is refused: {why}. If you trust it, unpack it by hand, or raise the limits."
        raise UnsafeInputError(msg)


def _directory_fault(file: IO[bytes], limits: InputLimits) -> str | None:
    """Say that an archive lists too many files, by the number and the bytes that it tells.

    The record at the end is looked for as the module does; where more than one place looks like
    it, the largest counts, since which of them the module takes is not known.
    """
    n_bytes = file.seek(0, os.SEEK_END)
    file.seek(max(0, n_bytes - _MOST_END_BYTES))
    tail = file.read(_MOST_END_BYTES)
    for start in (found.start() for found in re.finditer(b"PK\x05\x06", tail)):
        if len(tail) - start < _END.size:
            continue
        n_files, length = _END.unpack_from(tail, start)[:2]
        large = start - _LARGE_LOCATOR - _LARGE_END.size
        if large >= 0 and tail[large : large + 4] == b"PK\x06\x06":
            n_files, length = _LARGE_END.unpack_from(tail, large)[:2]
        if n_files > limits.max_entries:
            return f"it holds {n_files:,} files; {limits.max_entries:,} are allowed"
        if length > max(_LEAST_DIRECTORY, limits.max_entries * _BYTES_AN_ENTRY):
            return f"its list of files has {length:,} bytes, too many for the files allowed"
    file.seek(0)
    return None


def _declared_fault(entries: list[zipfile.ZipInfo], limits: InputLimits) -> str | None:
    """Say what is wrong with what an archive says of itself."""
    if len(entries) > limits.max_entries:
        return f"it holds {len(entries):,} files; {limits.max_entries:,} are allowed"
    seen: set[str] = set()
    for entry in entries:
        why = _entry_fault(entry)
        if entry.filename.casefold() in seen:
            why = "two files have this name"
        if why is not None:
            return f"{_shown(entry)}: {why}"
        seen.add(entry.filename.casefold())
    total = sum(entry.file_size for entry in entries)
    if total > limits.max_unpacked_bytes:
        return _too_long(total, limits)
    return _overlap(entries) or _first(_ratio_fault(e, e.file_size, limits) for e in entries)


def _entry_fault(entry: zipfile.ZipInfo) -> str | None:
    name = entry.filename.removesuffix("/")
    # on some systems the module itself cuts a name at a null byte
    why = name_fault(name) or name_fault(entry.orig_filename.removesuffix("/"))
    if why is not None:
        return why
    if entry.flag_bits & _ENCRYPTED:
        return "it is encrypted, and cannot be looked into"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "it is a link"
    if _NESTED.fullmatch(Path(name).suffix):
        return "it is an archive in the archive"
    return None


def _overlap(entries: list[zipfile.ZipInfo]) -> str | None:
    """Find files that share bytes, by which a small archive unpacks to any size."""
    in_order = sorted(entries, key=lambda entry: entry.header_offset)
    for entry, after in pairwise(in_order):
        end = entry.header_offset + _LOCAL_HEADER + entry.compress_size
        if end > after.header_offset:
            return f"{_shown(after)}: it shares bytes with another file"
    return None


def _unpacked_fault(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], limits: InputLimits
) -> str | None:
    """Unpack each file, keep nothing of it, and say what is wrong with what came out."""
    total = 0
    for entry in entries:
        n_bytes, head, tail = 0, b"", b""
        with archive.open(entry) as unpacked:
            while block := unpacked.read(_BLOCK):
                head = head or block
                n_bytes += len(block)
                total += len(block)
                if total > limits.max_unpacked_bytes:
                    return _too_long(total, limits)
                if (why := _ratio_fault(entry, n_bytes, limits)) is not None:
                    return why
                if _is_xml(entry, head):
                    # XML of two bytes a letter has null bytes between them
                    tail += block.replace(b"\0", b"").lower()
                    if _DOCTYPE in tail:
                        return f"{_shown(entry)}: it is XML that declares a document type"
                    # which may begin in one block and end in the next
                    tail = tail[1 - len(_DOCTYPE) :]
        if head.startswith(_MAGIC):
            return f"{_shown(entry)}: it is an archive in the archive"
    return None


def _is_xml(entry: zipfile.ZipInfo, head: bytes) -> bool:
    bare = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return entry.filename.lower().endswith((".xml", ".rels", ".vml")) or bare.startswith(b"<?xml")


def _ratio_fault(entry: zipfile.ZipInfo, n_bytes: int, limits: InputLimits) -> str | None:
    ratio = n_bytes / max(entry.compress_size, 1)
    if n_bytes <= _FREE_BYTES or ratio <= limits.max_ratio:
        return None
    return (
        f"{_shown(entry)} unpacks to {n_bytes:,} bytes, {ratio:,.0f} times what it takes up; "
        f"{limits.max_ratio:,} times are allowed"
    )


def _too_long(total: int, limits: InputLimits) -> str:
    return f"it unpacks to {total:,} bytes; {limits.max_unpacked_bytes:,} are allowed"


def _first(faults: Iterable[str | None]) -> str | None:
    return next((fault for fault in faults if fault is not None), None)


def _shown(entry: zipfile.ZipInfo) -> str:
    return repr(entry.filename[:_SHOWN])
