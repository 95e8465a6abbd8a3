"""Whatever data a reader is given → a source table: files by their ending, frames, databases."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import os
import zlib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pandas as pd

from creditscore.collect._observation._incoming import incoming_frame
from creditscore.collect._reader._database import DatabaseTable, database_table
from creditscore.collect._reader._file_form import FileForm
from creditscore.collect._reader._row_limit import RowLimit
from creditscore.collect._reader._source_table import (
    SourceTable,
    check_names,
    digest_of,
    from_records,
    from_rows,
)
from creditscore.collect._reader._workbook import workbook_table
from creditscore.exceptions import (
    DocumentError,
    DocumentNotFoundError,
    InvalidParameterError,
    UnsafeInputError,
)
from creditscore.protect import InputLimits, check_archive, check_size

_MARKS = {
    b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16",
    b"\x84\x31\x95\x33": "gb18030",
}  # fmt: skip
"""Byte order marks at the begin of a text file."""
_BYTES_OF_A_CELL = 8
_FREE_BYTES = 1_048_576
"""What gzip may pack as small as it can: it fills no memory."""
_ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".parquet", ".json", ".jsonl", ".ndjson")


def open_source(data: Any, form: FileForm, limits: InputLimits | None = None) -> SourceTable:
    """Return the cells of a file, a frame, a list of records or a table of a database.

    Limits are of files; without, the standard ones.

    Raises
    ------
    DocumentNotFoundError, DocumentError
        There is no such file; it is not what its ending says, or in another encoding.
    InvalidParameterError
        The data, or the ending, are of a kind that is not read.
    DuplicateColumnError, EmptyDataError
        Two columns of one name; no header.
    UnsafeInputError
        A file is too large, has too many rows or columns, or is an archive that could do harm.
    """
    if isinstance(data, SourceTable):
        return data
    if isinstance(data, DatabaseTable):
        return database_table(data)
    if isinstance(data, (str, os.PathLike)):
        limits = limits or InputLimits()
        return _open_file(checked_file(data, limits), form, limits)
    if isinstance(data, list) and all(isinstance(record, Mapping) for record in data):
        text = json.dumps(data, sort_keys=True, default=str, ensure_ascii=False)
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        return from_records(data, name="the records", origin="", digest=digest)
    frame = incoming_frame(data)
    return _of_frame(frame, name="the table", origin="", digest="", first=0)


def checked_file(path: str | os.PathLike[str], limits: InputLimits | None = None) -> Path:
    """Return the path of a file that is there, and neither too large nor a harmful archive."""
    file = Path(path)
    if file.is_file():
        check_size(file, limits=limits)
        if file.suffix.lower() == ".xlsx":
            check_archive(file, limits=limits)
        return file
    if file.is_dir():
        msg = f"{file} is a folder. Name the file in it."
        raise DocumentNotFoundError(msg)
    others = [p.name for p in file.parent.iterdir()] if file.parent.is_dir() else []
    near = get_close_matches(file.name, others, n=3)
    hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    msg = f"There is no file {str(file)[:300]!r}.{hint} Check the path."
    raise DocumentNotFoundError(msg)


def _open_file(path: Path, form: FileForm, limits: InputLimits) -> SourceTable:
    is_packed, ending = path.suffix.lower() == ".gz", ending_of(path)
    if ending not in _ENDINGS or (is_packed and ending in (".xlsx", ".parquet")):
        msg = (
            f"Files are read that end in {', '.join(_ENDINGS)}; those of text may be packed by "
            f"gzip (.gz). Got {path.name!r}."
        )
        raise InvalidParameterError(msg)
    allowed = RowLimit.of(path, limits)
    if ending == ".xlsx":
        return workbook_table(path, form, allowed)
    raw = unpacked(path, limits)
    digest = hashlib.sha256(raw).hexdigest()
    if ending == ".parquet":
        return _parquet(path, digest, limits, allowed)
    if ending in (".json", ".jsonl", ".ndjson"):
        records = _json_records(raw, path, form, allowed, by_line=ending != ".json")
        allowed.check(len(records))
        return from_records(
            records, name=str(path), origin=path.name, digest=digest, allowed=allowed
        )
    separator = "tab" if ending == ".tsv" else form.separator
    rows = _csv_rows(decoded(raw, path, form), path, separator)
    return from_rows(rows, form, name=str(path), origin=path.name, digest=digest, allowed=allowed)


def unpacked(path: Path, limits: InputLimits | None = None) -> bytes:
    """Return the bytes of a file; those of one that gzip packed, up to the limits of archives."""
    if path.suffix.lower() != ".gz":
        return path.read_bytes()
    limits = limits or InputLimits()
    ratio = limits.max_ratio
    by_ratio = max(_FREE_BYTES, ratio * path.stat().st_size)
    most = min(limits.max_unpacked_bytes, by_ratio)
    try:
        with gzip.open(path) as file:
            raw = file.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        msg = f"{path} cannot be unpacked: {error}. Is it cut off, or another kind of file?"
        raise DocumentError(msg) from error
    if len(raw) > most:
        times = f", {ratio:,} times what it takes up" if most == by_ratio else ""
        msg = (
            f"{path} is refused: it unpacks to more than {most:,} bytes{times}. If you trust it, "
            "unpack it by hand."
        )
        raise UnsafeInputError(msg)
    return raw


def decoded(raw: bytes, path: Path, form: FileForm) -> str:
    """Return the text of a file in the encoding that was said; a mark must agree with it."""
    marked = next((name for mark, name in _MARKS.items() if raw.startswith(mark)), None)
    if marked is not None and form.encoding not in (marked, "utf-8"):
        msg = f"{path} begins with the mark of {marked}, and 'encoding' says {form.encoding}."
        raise DocumentError(msg)
    encoding = marked or form.encoding
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        hint = "gb18030 is that of many files from China" if encoding == "utf-8" else "try utf-8"
        msg = (
            f"{path} is not a text in {encoding}: byte {error.start + 1} does not fit. Say its "
            f"'encoding' in the entry 'file' of the mapping; {hint}."
        )
        raise DocumentError(msg) from error
    return text.removeprefix("\ufeff")


def _csv_rows(text: str, path: Path, separator: str) -> Iterator[tuple[int, list[Any]]]:
    """Yield the rows with their numbers from 1, as spreadsheets count them."""
    sign = "\t" if separator == "tab" else separator
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
    first: list[str] = []
    try:
        for number, cells in enumerate(reader, 1):
            first = first or cells
            yield number, cells
    except csv.Error as error:
        msg = f"{path} cannot be read as text with cells parted by {separator!r}: {error}."
        raise DocumentError(msg) from error
    others = [other for other in (";", "\t", "|", ",") if other != sign and other in "".join(first)]
    if len(first) == 1 and others:
        msg = (
            f"{path} has one column only, named {first[0][:80]!r}. Say the 'separator' of its "
            f"cells in the entry 'file' of the mapping: {others[0]!r}?"
        )
        raise DocumentError(msg)


def _parquet(path: Path, digest: str, limits: InputLimits, allowed: RowLimit) -> SourceTable:
    import pyarrow as pa  # noqa: PLC0415 - takes time to import
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        about = pq.read_metadata(path)
        _check_unpacked(path, about, limits.max_unpacked_bytes)
        allowed.check(about.num_rows)
        allowed.check_columns(about.num_columns)
        table = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        msg = f"{path} cannot be read as Parquet: {error}."
        raise DocumentError(msg) from error
    frame = incoming_frame(table)
    return _of_frame(frame, name=str(path), origin=path.name, digest=digest, first=1)


def _check_unpacked(path: Path, about: Any, most: int) -> None:
    """Refuse a file whose columns take more memory than an archive may unpack to.

    A few bytes can stand for as many equal cells as one likes.
    """
    told = sum(about.row_group(n).total_byte_size for n in range(about.num_row_groups))
    needed = max(told, about.num_rows * about.num_columns * _BYTES_OF_A_CELL)
    if needed > most:
        msg = f"{path} is refused: it unpacks to {needed:,} bytes, and {most:,} are allowed."
        raise UnsafeInputError(msg)


def _of_frame(
    frame: pd.DataFrame, *, name: str, origin: str, digest: str, first: int
) -> SourceTable:
    names = [str(column).strip() for column in frame.columns]
    check_names(names, name)
    columns = {title: frame.iloc[:, place] for place, title in enumerate(names)}
    return SourceTable(
        name=name, origin=origin, columns=columns, places=range(first, first + len(frame)),
        digest=digest or digest_of(columns),
    )  # fmt: skip


def _json_records(
    raw: bytes, path: Path, form: FileForm, allowed: RowLimit, *, by_line: bool
) -> list[Mapping[str, Any]]:
    """Return the records of a JSON file, or of one that has a record a line."""
    content = json_content(raw, path, form, allowed, by_line=by_line)
    if not by_line:
        found = at_path(content, form.path, str(path))
    else:
        found = [at_path(entry, form.path, str(path)) for entry in content]
    if not isinstance(found, list) or not all(isinstance(entry, Mapping) for entry in found):
        msg = (
            f"{path} holds no list of records at {form.path or 'its top'!r}. Say where it lies by "
            "'path' in the entry 'file' of the mapping, names parted by dots."
        )
        raise DocumentError(msg)
    return found


def json_content(
    raw: bytes, path: Path, form: FileForm, allowed: RowLimit, *, by_line: bool
) -> Any:
    """Return what a JSON file holds, or the list of what its lines hold, if memory can, too.

    Raises
    ------
    DocumentError
        It is no JSON.
    UnsafeInputError
        It has far more parts than may be rows.
    """
    text = decoded(raw, path, form)
    # an object of two signs takes many times that once it is parsed
    allowed.check_parts(max(map(text.count, "{[\n" if by_line else "{[")))
    return parsed_lines(text, str(path)) if by_line else parsed_json(text, str(path))


def parsed_lines(text: str, name: str) -> list[Any]:
    """Read a JSON text a line; signs within texts that part lines elsewhere part none here."""
    lines = enumerate(text.split("\n"), 1)
    return [parsed_json(line, f"{name}, line {n}") for n, line in lines if line.strip()]


def ending_of(path: Path) -> str:
    """Return the ending of a file in small letters, without that of gzip."""
    return Path(path.stem if path.suffix.lower() == ".gz" else path).suffix.lower()


def parsed_json(text: str, name: str) -> Any:
    """Read a JSON text; each key once, and finite numbers."""
    try:
        return json.loads(text, parse_constant=_no_number, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        msg = f"{name} is not JSON: {str(error)[:200]}."
        raise DocumentError(msg) from error


def _no_number(text: str) -> float:
    msg = f"{text} is no number"
    raise ValueError(msg)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # a name of half characters, which JSON can hold and tables cannot, is written out
    entries = {
        name if name.isascii() else name.encode("utf-8", "backslashreplace").decode("utf-8"): value
        for name, value in pairs
    }
    if len(entries) < len(pairs):
        msg = "a key stands twice in one object"
        raise ValueError(msg)
    return entries


def at_path(content: Any, path: str, name: str) -> Any:
    """Return what lies at names parted by dots."""
    for part in path.split(".") if path else ():
        if not isinstance(content, Mapping) or part not in content:
            known = ", ".join(map(repr, list(content)[:10])) if isinstance(content, Mapping) else ""
            msg = f"{name} has no entry {part!r} of the path {path!r}. There: {known or 'none'}."
            raise DocumentError(msg)
        content = content[part]
    return content
