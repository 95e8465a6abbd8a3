"""A table as it stands in a file or a frame: cells by column, and where each row stands."""

from __future__ import annotations

import csv
import os
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

from creditscore._cells import is_empty
from creditscore._declared import ColumnType
from creditscore._frame import Table, as_table
from creditscore.exceptions import (
    ColumnTypeError,
    DocumentError,
    DocumentNotFoundError,
    DuplicateColumnError,
    EmptyDataError,
    InvalidParameterError,
    MissingDependencyError,
)

COMMENT = "#"
"""Lines that begin so above the header are comments, as templates have them."""
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}


@dataclass(frozen=True, kw_only=True)
class RawTable:
    """Cells by column as they stand, with the line or row that each stands in."""

    name: str
    columns: Mapping[str, Sequence[Any]]
    places: Sequence[int]
    place_word: str
    too_long: frozenset[int]
    """Places of rows with more cells than the header."""
    source: str
    """Where rows come from that do not say it."""


def read_raw(data: Any, types: Mapping[str, ColumnType]) -> RawTable:
    """Return a table from a path or a frame, of which only the columns in `types` are looked at.

    Raises
    ------
    DocumentNotFoundError, DocumentError
        There is no such file; it cannot be read as what its ending says.
    DuplicateColumnError, EmptyDataError
        Two columns of one name; no row.
    ColumnTypeError
        A column of a frame holds what no cell can be, such as times with a zone.
    MissingDependencyError
        A workbook needs openpyxl.
    """
    if not isinstance(data, (str, os.PathLike)):
        return _from_frame(data, types)
    path = Path(data)
    _check_there(path)
    ending = path.suffix.lower()
    if ending == ".csv":
        return _from_rows(path, _csv_rows(path), "line")
    if ending == ".xlsx":
        return _from_rows(path, _sheet_rows(path), "row")
    msg = f"Tables are read from .csv and .xlsx files, or given as frames. Got {str(path)!r}."
    raise InvalidParameterError(msg)


def openpyxl_module() -> Any:
    """Return openpyxl, which the extra installs."""
    try:
        import openpyxl  # noqa: PLC0415 - an extra
    except ImportError as error:
        msg = 'openpyxl is needed for workbooks: pip install "creditscore[excel]".'
        raise MissingDependencyError(msg) from error
    return openpyxl


def _check_there(path: Path) -> None:
    if path.is_file():
        return
    if path.is_dir():
        msg = f"{path} is a folder. Name the file in it."
        raise DocumentNotFoundError(msg)
    others = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
    near = get_close_matches(path.name, others, n=3)
    hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    msg = f"There is no file {str(path)!r}.{hint} Check the path."
    raise DocumentNotFoundError(msg)


def _csv_rows(path: Path) -> Iterator[tuple[int, list[Any]]]:
    """Yield the rows of a file with the line that each ends in."""
    try:
        # the mark that spreadsheet programs put before UTF-8 is no part of the first name
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines, strict=True)
            for cells in reader:
                yield reader.line_num, cells
    except UnicodeDecodeError as error:
        msg = (
            f"{path} is not a text file in UTF-8. Save it as CSV in that encoding, which "
            "spreadsheet programs call 'CSV UTF-8', or pass a frame."
        )
        raise DocumentError(msg) from error
    except csv.Error as error:
        msg = f"{path} cannot be read as CSV: {error}."
        raise DocumentError(msg) from error


def _sheet_rows(path: Path) -> Iterator[tuple[int, list[Any]]]:
    """Yield the rows of the first sheet with their numbers."""
    openpyxl = openpyxl_module()
    with ExitStack() as stack:
        try:
            # opened here, as openpyxl 3.1.0 leaves a file open that it cannot read
            file = stack.enter_context(path.open("rb"))
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
            msg = (
                f"{path} cannot be read as a workbook: {error}. Is it cut off, or another kind of "
                "file?"
            )
            raise DocumentError(msg) from error
        stack.callback(book.close)
        sheet = book.worksheets[0]
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            yield number, _without_tail([_as_written(cell) for cell in cells])


def _as_written(cell: Any) -> Any:
    """Return numbers as text, as a CSV file has them: names may be numbers, too."""
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        return cell
    return str(int(cell)) if float(cell).is_integer() else repr(cell)


def _without_tail(cells: list[Any]) -> list[Any]:
    """Leave out the empty cells at the end, of which a sheet has any number."""
    while cells and is_empty(cells[-1]):
        cells.pop()
    return cells


def _from_rows(path: Path, rows: Iterable[tuple[int, list[Any]]], word: str) -> RawTable:
    header: list[str] | None = None
    kept: list[list[Any]] = []
    places: list[int] = []
    too_long: set[int] = set()
    for place, cells in rows:
        if all(is_empty(cell) for cell in cells):
            continue
        if header is None:
            if not str(cells[0]).startswith(COMMENT):
                names = _without_tail(cells)
                header = ["" if is_empty(cell) else str(cell).strip() for cell in names]
                _check_header(path, header)
            continue
        if any(not is_empty(cell) for cell in cells[len(header) :]):
            too_long.add(place)
        # rows end where their last value stands
        kept.append([*cells[: len(header)], *[None] * (len(header) - len(cells))])
        places.append(place)
    if header is None or not kept:
        what = "header and no row" if header is None else "row below its header"
        msg = f"{path} is empty: there is no {what}."
        raise EmptyDataError(msg)
    columns = {name: [row[j] for row in kept] for j, name in enumerate(header)}
    return RawTable(
        name=str(path), columns=columns, places=places, place_word=word,
        too_long=frozenset(too_long), source=path.name,
    )  # fmt: skip


def _check_header(path: Path, names: list[str]) -> None:
    used = next((mark for mark in _SEPARATORS if mark in names[0]), None)
    if len(names) == 1 and used is not None:
        msg = (
            f"{path} seems to part its cells by {_SEPARATORS[used]}, and commas are needed: its "
            f"header is {names[0]!r}. Save it as CSV with commas."
        )
        raise DocumentError(msg)
    if "" in names:
        msg = (
            f"{path}: column {names.index('') + 1} has no name in the header, which is the first "
            "row that is no comment. Name it, or leave it out; split cells that were merged."
        )
        raise DocumentError(msg)
    twice = sorted(name for name, n in Counter(names).items() if n > 1)
    if twice:
        msg = f"{path} has more than one column named {', '.join(map(repr, twice))}. Rename one."
        raise DuplicateColumnError(msg)


def _from_frame(data: Any, types: Mapping[str, ColumnType]) -> RawTable:
    if data is None or isinstance(data, (np.ndarray, Mapping, Sequence)):
        msg = (
            "Readers need named columns: give a path, or a table of pandas, polars or pyarrow. Got "
            f"{type(data).__name__}."
        )
        raise InvalidParameterError(msg)
    table = as_table(data)
    columns = {
        name: _cells(table, name, types[name]) if name in types else () for name in table.names
    }
    return RawTable(
        name="the table", columns=columns, places=range(table.n_rows), place_word="row",
        too_long=frozenset(), source="a table without a source",
    )  # fmt: skip


def _cells(table: Table, name: str, kind: ColumnType) -> list[Any]:
    """Return a column as objects, None or not a number where missing."""
    if kind == "number" and table.kind(name) == "numeric":
        return list(table.numeric(name).tolist())
    if kind == "date":
        try:
            return list(table.days(name))
        except ColumnTypeError as fault:
            try:
                return _levels(table, name)
            except ColumnTypeError:
                # no text either, of which each cell could be looked at
                raise fault from None
    return _levels(table, name)


def _levels(table: Table, name: str) -> list[Any]:
    codes, levels = table.levels(name)
    values = [*levels, None]
    return [values[code] for code in codes]
