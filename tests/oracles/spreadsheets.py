"""Workbooks filled and recalculated: by LibreOffice, and by the package formulas."""

from __future__ import annotations

import shutil
import subprocess
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl

_GROUPS, _NAMES, _FIRST = 4, 6, 7
NOT_AVAILABLE = object()
"""Stands for #N/A in rows."""


@dataclass(frozen=True)
class Scored:
    """What the sheet Score says of a row."""

    score: float | None
    pd: float | None
    reasons: tuple[str, ...]
    check: str
    points: dict[str, Any]
    segment: str = ""


def fill(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Enter rows as a user would, texts as texts; a value of None leaves its cell empty."""
    workbook = openpyxl.load_workbook(path)
    sheet = workbook["Score"]
    columns = {_decoded(sheet.cell(_NAMES, i).value): i for i in range(2, 2 + len(rows[0]))}
    for number, row in enumerate(rows, _FIRST):
        sheet.cell(number, 1).value = f"no. {number}"
        for name, value in row.items():
            cell = sheet.cell(number, columns[name])
            if value is NOT_AVAILABLE:
                cell.value, cell.data_type = "#N/A", "e"
            elif isinstance(value, str):
                # as a spreadsheet writes a text that looks like the code of a letter
                cell.value = value.replace("_x", "_x005F_x")
                cell.data_type = "s"
            elif value is not None:
                cell.value = value
    workbook.save(path)


def change_points(path: Path, characteristic: str, attribute: str, points: float) -> None:
    """Change the points of an attribute on the sheet Card."""
    workbook = openpyxl.load_workbook(path)
    name = None
    for row in workbook["Card"].iter_rows(min_row=9):
        name = _decoded(row[0].value) or name
        if (name, _decoded(row[1].value)) == (characteristic, attribute):
            row[2].value = points
            workbook.save(path)
            return
    raise LookupError((characteristic, attribute))


def libreoffice() -> str | None:
    """Find the program."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def by_libreoffice(paths: Sequence[Path], folder: Path) -> list[Path]:
    """Recalculate workbooks of different names, and return where the results are."""
    program = libreoffice()
    assert program is not None
    results, profile = folder / "recalculated", (folder / "profile").resolve().as_uri()
    done = subprocess.run(  # noqa: S603 - the program of the engine
        [program, f"-env:UserInstallation={profile}", "--headless", "--convert-to",
         "xlsx:Calc MS Excel 2007 XML", "--outdir", str(results), *map(str, paths)],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    found = [results / path.name for path in paths]
    assert all(path.exists() for path in found), done.stderr
    return found


def read_scores(path: Path, n: int) -> list[Scored]:
    """Read the first rows of the sheet Score, as the program that saved it worked them out."""
    sheet = openpyxl.load_workbook(path, data_only=True)["Score"]
    cells = {(c.row, c.column): _decoded(c.value) for row in sheet.iter_rows() for c in row}
    return _read(cells, n)


def by_formulas(path: Path, n: int) -> list[Scored]:
    """Recalculate with the package formulas."""
    with warnings.catch_warnings(action="ignore"):
        import formulas

        model = formulas.ExcelModel().loads(str(path)).finish()
        solution = model.calculate()
    cells: dict[tuple[int, int], Any] = {}
    sheet = f"'[{path.name.lower()}]score'!"
    for name, found in solution.items():
        place = str(name).lower()
        if place.startswith(sheet) and ":" not in place:
            row, column = openpyxl.utils.cell.coordinate_to_tuple(place[len(sheet) :].upper())
            value = found.value[0, 0]
            cells[row, column] = None if str(value) in ("", "empty") else _decoded(value)
    return _read(cells, n)


def _read(cells: Mapping[tuple[int, int], Any], n: int) -> list[Scored]:
    titles = {column: value for (row, column), value in cells.items() if row == _NAMES and value}
    score = next(column for column, title in titles.items() if title == "Score")
    check = next(column for column, title in titles.items() if title == "Check")
    reasons = [c for c, title in titles.items() if str(title).startswith("Reason ")]
    pd = next((c for c, title in titles.items() if title == "Probability of default"), None)
    segment = next((c for c, title in titles.items() if (c, title) == (score - 1, "Segment")), None)
    points = {c: str(titles[c]) for c in titles if c > check and _is_points(cells, c)}
    found = []
    for row in range(_FIRST, _FIRST + n):
        values = {column: cells.get((row, column)) for column in titles}
        named = [values[column] for column in sorted(reasons)]
        found.append(
            Scored(
                score=_number(values[score]),
                pd=None if pd is None else _number(values[pd]),
                reasons=tuple(str(name) for name in named if name not in (None, "")),
                check=str(values[check] or ""),
                points=_points(values, points),
                segment=str((values[segment] if segment else None) or ""),
            )
        )
    return found


def _is_points(cells: Mapping[tuple[int, int], Any], column: int) -> bool:
    """Tell by the groups whether a column holds points; scores of segments end each group."""
    groups = {c: str(value) for (row, c), value in cells.items() if row == _GROUPS and value}
    group = groups[max(c for c in groups if c <= column)]
    is_score = f"Points{str(cells[_NAMES, column]).removeprefix('Score')}" == group
    return group.startswith("Points") and not is_score


def _points(values: Mapping[int, Any], titles: Mapping[int, str]) -> dict[str, Any]:
    """Return points by name; of several cards, those of the card that has any."""
    found: dict[str, Any] = {}
    for column, title in titles.items():
        if found.get(title) is None:
            found[title] = _unless_empty(values[column])
    return found


def _decoded(value: Any) -> Any:
    """Return a text as a spreadsheet shows it; openpyxl leaves the codes of letters in it."""
    return value.replace("_x005F_", "_") if isinstance(value, str) else value


def _unless_empty(value: Any) -> Any:
    return None if value == "" else value


def _number(value: Any) -> float | None:
    return None if value in (None, "") else float(value)
