"""The cells of a sheet of a workbook: values as they are shown, and which cells are merged."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from creditscore._raw_table import openpyxl_module
from creditscore.collect._reader._file_form import FileForm
from creditscore.collect._reader._marked_cell import Broken, Money, Percent
from creditscore.collect._reader._merges import Merges
from creditscore.collect._reader._number_format import NOTHING_SHOWN, shown_by, shows_percent
from creditscore.collect._reader._row_limit import RowLimit
from creditscore.collect._reader._source_table import SourceTable, from_rows
from creditscore.exceptions import DocumentError

_END_OF_ROWS = re.compile(rb"</(?:\w+:)?sheetData\s*>|<(?:\w+:)?sheetData\s*/>")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^<>]*?ref=[\"']([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})")
_LONGEST_TAG = 64
_PART = 1_048_576
NOT_COMPUTED = "#formula without a value"
"""What stands for a formula whose value was not stored; as a cell it is a fault, not a gap."""


def workbook_table(path: Path, form: FileForm, allowed: RowLimit) -> SourceTable:
    """Return the cells of one sheet."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    with ExitStack() as stack:
        values = _sheet(path, form, stack, data_only=True)
        formulas = _sheet(path, form, stack, data_only=False)
        rows = enumerate(_cells(values, formulas), 1)
        origin = f"{path.name}#sheet={values.title}"
        return from_rows(
            rows, form, name=str(path), origin=origin, digest=digest, allowed=allowed,
            merges=Merges(_merged(values)),
        )  # fmt: skip


def _sheet(path: Path, form: FileForm, stack: ExitStack, *, data_only: bool) -> Any:
    openpyxl = openpyxl_module()
    try:
        # opened here, as openpyxl 3.1.0 leaves a file open that it cannot read
        file = stack.enter_context(path.open("rb"))
        book = openpyxl.load_workbook(file, read_only=True, data_only=data_only)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        msg = f"{path} cannot be read as a workbook: {error}. Is it cut off, or another kind?"
        raise DocumentError(msg) from error
    stack.callback(book.close)
    names = [sheet.title for sheet in book.worksheets]
    if form.sheet not in names and (form.sheet or len(names) != 1):
        what = f"no sheet {form.sheet!r}" if form.sheet else f"{len(names)} sheets"
        msg = (
            f"{path} has {what}: name one of {', '.join(map(repr, names))} as 'sheet' in the entry "
            "'file' of the mapping."
        )
        raise DocumentError(msg)
    sheet = book[form.sheet or names[0]]
    # what a file says of its size may be wrong
    sheet.reset_dimensions()
    return sheet


def _cells(values: Any, formulas: Any) -> Iterator[list[Any]]:
    from openpyxl.cell.cell import ERROR_CODES  # noqa: PLC0415 - an extra

    errors = frozenset(ERROR_CODES)
    pairs = zip(values.iter_rows(values_only=True), formulas.iter_rows(), strict=True)
    for found, written in pairs:
        yield [
            _shown(cell, beside, errors) for cell, beside in zip(found, written, strict=True)
        ]  # fmt: skip


def _shown(value: Any, cell: Any, errors: frozenset[str]) -> Any:
    """Return a value, marked where it is none, a per cent or money; the cell has the format."""
    if value is None:
        return None if cell.value is None else Broken(NOT_COMPUTED)
    if isinstance(value, str):
        return Broken(value) if value in errors else value
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if is_number and shows_percent(cell.number_format):
        return Percent.of(value)
    shown = shown_by(cell.number_format) if is_number else None
    return Money.of(value, shown) if shown and shown is not NOTHING_SHOWN else value


def _merged(sheet: Any) -> list[str]:
    """Return the names of merged cells, such as A2:A5, which a sheet has behind its rows."""
    rest, is_behind = b"", False
    # sheets that are read row by row do not tell them
    with sheet._get_source() as source:  # noqa: SLF001 - the same part, which has no other name
        while part := source.read(_PART):
            rest += part
            if not is_behind:
                end = _END_OF_ROWS.search(rest)
                is_behind = end is not None
                rest = rest[end.end() :] if end else rest[-_LONGEST_TAG:]
    return [name.decode() for name in _MERGED.findall(rest)] if is_behind else []
