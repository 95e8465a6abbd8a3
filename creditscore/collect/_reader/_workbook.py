"""The cells of a sheet of a workbook: values, and no formula that nobody has computed."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from creditscore._raw_table import openpyxl_module
from creditscore.collect._reader._file_form import FileForm
from creditscore.collect._reader._row_limit import RowLimit
from creditscore.collect._reader._source_table import SourceTable, from_rows
from creditscore.collect._reader._values import Broken
from creditscore.exceptions import DocumentError

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
            rows, form, name=str(path), origin=origin, digest=digest, check=allowed.check
        )


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
    pairs = zip(
        values.iter_rows(values_only=True), formulas.iter_rows(values_only=True), strict=True
    )
    for found, written in pairs:
        yield [
            Broken(NOT_COMPUTED)
            if cell is None and text is not None
            else Broken(cell)
            if isinstance(cell, str) and cell in errors
            else cell
            for cell, text in zip(found, written, strict=True)
        ]
