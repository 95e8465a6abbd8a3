"""Empty tables to fill in: the columns, what each holds, and an example."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path
from typing import Any

import pandas as pd

from creditscore._files import whole_file
from creditscore._raw_table import COMMENT, openpyxl_module
from creditscore.exceptions import InvalidParameterError
from creditscore.indicators._readers._declared import DeclaredTable, ReadKind, declared_table

_WIDTH = 18


def template_columns(kind: ReadKind) -> pd.DataFrame:
    """Return the columns of a kind of table, and what each holds.

    Parameters
    ----------
    kind : {"industries", "references", "ratings", "surveys", "events"}
        Which table.

    Returns
    -------
    DataFrame
        A row a column: column, type ("text", "number" or "date"), required, values (which it
        takes), description, example.

    Raises
    ------
    InvalidParameterError
        There is no such kind.

    Examples
    --------
    >>> from creditscore.indicators import template_columns
    >>> template_columns("references")[["column", "type", "required"]].values.tolist()[:3]
    [['customer', 'text', True], ['association', 'text', True], ['opinion', 'number', True]]
    """
    table = declared_table(kind, "template_columns")
    return pd.DataFrame(
        [
            {
                "column": column.name,
                "type": column.type,
                "required": column.required,
                "values": column.values_in_words,
                "description": column.description,
                "example": column.example,
            }
            for column in table.columns
        ]
    )


def write_template(kind: ReadKind, path: str | os.PathLike[str]) -> None:
    """Write an empty table to fill in, which the reader of its kind reads.

    Parameters
    ----------
    kind : {"industries", "references", "ratings", "surveys", "events"}
        Which table.
    path : str or path
        A name that ends in .csv or .xlsx. A CSV file explains its columns and shows an example
        in comments above the header; a workbook does so on a second sheet.

    Raises
    ------
    InvalidParameterError
        There is no such kind, or the name ends otherwise; there is a file of this name, which may
        be filled in.
    MissingDependencyError
        A workbook needs openpyxl.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from creditscore.indicators import write_template
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "surveys.csv"
    ...     write_template("surveys", path)
    ...     path.read_text(encoding="utf-8-sig").splitlines()[-1]
    'industry,survey,period_end,known_on,balance,source'
    """
    table = declared_table(kind, "write_template")
    ending = Path(path).suffix.lower()
    if ending not in (".csv", ".xlsx"):
        msg = f"The name of a template must end in .csv or .xlsx. Got {str(path)!r} instead."
        raise InvalidParameterError(msg)
    if Path(path).exists():
        msg = f"There is a file {str(path)!r}, which may be filled in. Name another, or remove it."
        raise InvalidParameterError(msg)
    if ending == ".xlsx":
        _write_workbook(table, path)
        return
    with whole_file(path) as temporary:
        # with the mark by which spreadsheet programs know UTF-8
        temporary.write_text(_csv_text(table), encoding="utf-8-sig", newline="")


def _csv_text(table: DeclaredTable) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([f"{COMMENT} A row for each: {table.row}."])
    for column in table.columns:
        values = f" {column.values_in_words}." if column.values_in_words else ""
        need = "required" if column.required else "may be empty"
        writer.writerow(
            [f"{COMMENT} {column.name}: {column.type}, {need}.{values} {column.description}"]
        )
    first, *others = (column.example for column in table.columns)
    writer.writerow([f"{COMMENT} example: {first}", *others])
    writer.writerow([column.name for column in table.columns])
    return text.getvalue()


def _write_workbook(table: DeclaredTable, path: str | os.PathLike[str]) -> None:
    openpyxl = openpyxl_module()
    bold = openpyxl.styles.Font(bold=True)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = table.name
    about = book.create_sheet("columns")
    described = template_columns(table.name)  # type: ignore[arg-type]
    _fill(sheet, [[column.name for column in table.columns]], bold)
    described["required"] = described["required"].map({True: "yes", False: "no"})
    _fill(about, [list(described.columns), *described.to_numpy().tolist()], bold)
    with whole_file(path) as temporary:
        book.save(temporary)


def _fill(sheet: Any, rows: list[list[Any]], bold: Any) -> None:
    """Write rows as text, the first in bold, and leave it in sight."""
    for row in rows:
        sheet.append(row)
    for place, cell in enumerate(sheet[1], 1):
        cell.font = bold
        letter = cell.column_letter
        longest = max(len(str(row[place - 1])) for row in rows)
        sheet.column_dimensions[letter].width = min(max(_WIDTH, longest + 2), 80)
    sheet.freeze_panes = "A2"
