"""A table as its source has it: cells by column, and where in the source each row stands."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from creditscore._cells import is_empty
from creditscore._checks import unknown_name
from creditscore._typing import Int1D
from creditscore.collect._reader._file_form import HEADER_PARTED, FileForm
from creditscore.collect._reader._marked_cell import Merged
from creditscore.collect._reader._merges import Merges
from creditscore.collect._reader._row_limit import RowLimit, check_filled
from creditscore.exceptions import (
    DocumentError,
    DuplicateColumnError,
    EmptyDataError,
)

_ESCAPED = str.maketrans({"%": "%25", "&": "%26", "#": "%23", "=": "%3D"})
"""Signs that part the entries of a place, where they stand in the name of a column."""
_LINE = re.compile(r"\s*(?:-{3,}|={3,}|_{3,})\s*")


@dataclass(frozen=True, kw_only=True, eq=False)
class SourceTable:
    """Cells by column as they stand, with the number of the row that each stands in."""

    name: str
    """What messages call it."""
    origin: str
    """What evidence begins with: the name of a file, a table, or nothing of a frame."""
    columns: Mapping[str, pd.Series]
    places: Sequence[Any]
    digest: str
    """SHA-256 of what was read, in hexadecimal."""
    n_skipped: int = 0
    """Rows that the form of the file leaves out."""
    too_long: Mapping[int, list[Any]] = field(default_factory=dict)
    """Of rows with more cells than the header, by place: those further cells."""
    place_word: str = "row"
    """What evidence calls a place."""
    stands_for: Mapping[str, str] = field(default_factory=dict)
    """Columns that were made here, and the column of the source that each was made of."""

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.places)

    def evidence(self, rows: Iterable[int], column: str) -> list[str]:
        """Say where the cells of a column stand: ``ledger.csv#row=12&column=amount``."""
        column = self.stands_for.get(column, column)
        part = f"&column={column.translate(_ESCAPED)}" if column else ""
        before = f"{self.origin}{'&' if '#' in self.origin else '#'}{self.place_word}="
        return [f"{before}{self.places[row]}{part}" for row in rows]

    def cells(self, rows: Int1D) -> list[str]:
        """Return all cells of rows that are not empty, as JSON, those beyond the header too."""
        taken = {name: list(column.iloc[rows]) for name, column in self.columns.items()
                 if name not in self.stands_for}  # fmt: skip
        found = []
        for n, row in enumerate(rows):
            cells = {name: column[n] for name, column in taken.items()}
            further = self.too_long.get(self.places[row], [])
            cells |= {f"(cell {m})": c for m, c in enumerate(further, len(self.columns) + 1)}
            kept = {name: plain(cell) for name, cell in cells.items() if not _nothing(cell)}
            found.append(_keepable(json.dumps(kept, ensure_ascii=False, default=str)))
        return found


def shown(cell: Any) -> str:
    """Return a cell as text, an empty one for nothing."""
    return "" if _nothing(cell) else _keepable(str(plain(cell)))


def _keepable(text: str) -> str:
    """Return a text in which half characters, which JSON can hold and files cannot, are marked."""
    if text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _nothing(cell: Any) -> bool:
    return is_empty(cell)


def plain(cell: Any) -> Any:
    """Return a cell as JSON holds it."""
    if isinstance(cell, (str, bool, int, list, dict)):
        return cell
    if isinstance(cell, np.generic):
        return plain(cell.item())
    return cell if isinstance(cell, float) else str(cell)


def from_rows(
    rows: Iterator[tuple[int, list[Any]]], form: FileForm, *, name: str, origin: str, digest: str,
    allowed: RowLimit, merges: Merges | None = None,
) -> SourceTable:  # fmt: skip
    """Return the table of rows of cells, of which one, or several, are the header.

    `allowed` is asked after each row whether so many may be kept; `merges` are of a workbook.

    Raises
    ------
    DocumentError
        A column has no name.
    DuplicateColumnError, EmptyDataError
        Two columns of one name; no header.
    UnsafeInputError
        There are too many rows or columns.
    """
    header: list[str] = []
    head: dict[int, Sequence[Any]] = {}
    filled: list[int] = []
    kept: list[Sequence[Any]] = []
    places: list[int] = []
    too_long: dict[int, list[Any]] = {}
    n_skipped, n_given, skipped, stopped = 0, 0, set(form.skip_rows), False
    for place, cells in rows:
        if place <= form.header_rows[-1]:
            if place in form.header_rows:
                head[place] = cells
            if place == form.header_rows[-1]:
                header = _header(head, merges, name, allowed)
                filled = _filled(form.fill_merged, header, name)
            continue
        shown_cells = cells if merges is None else merges.row(place, cells, len(header), filled)
        # most rows begin with a cell that is no blank, so that one look is enough
        if (not cells or _nothing(cells[0])) and all(_nothing(cell) for cell in cells):
            continue
        stopped = stopped or (form.stop_at != "" and _begins(cells, form.stop_at))
        if stopped or place in skipped or _is_line(cells):
            n_skipped += 1
            continue
        places.append(place)
        allowed.check(len(places))
        n_given += len(cells)
        if len(shown_cells) == len(header):
            kept.append(shown_cells)
            continue
        if any(not _nothing(cell) for cell in cells[len(header) :]):
            too_long[place] = cells[len(header) :]
        check_filled(name, len(places), len(header), n_given)
        kept.append([*shown_cells[: len(header)], *[None] * (len(header) - len(shown_cells))])
    if not header:
        msg = f"{name} has no header in row {', '.join(map(str, form.header_rows))}."
        raise EmptyDataError(msg)
    return SourceTable(
        name=name, origin=origin, columns=_columns(header, kept, name), places=places,
        digest=digest, n_skipped=n_skipped, too_long=too_long,
    )  # fmt: skip


def _is_line(cells: Sequence[Any]) -> bool:
    """Tell whether a row is a line between others, of signs such as dashes, and holds nothing."""
    given = (cell for cell in cells if not _nothing(cell))
    return all(isinstance(cell, str) and _LINE.fullmatch(cell) is not None for cell in given)


def _columns(
    header: Sequence[str], kept: Sequence[Sequence[Any]], name: str
) -> dict[str, pd.Series]:
    """Return the cells by column, without those of no name that hold nothing.

    Parts of merged cells are nothing.
    """
    by_column = zip(*kept, strict=True) if kept else [()] * len(header)
    columns, without = {}, set()
    for place, (title, cells) in enumerate(zip(header, by_column, strict=True)):
        if title:
            columns[title] = pd.Series(list(cells), dtype=object)
        elif all(isinstance(cell, Merged) or _nothing(cell) for cell in cells):
            without.add(place)
    check_names(header, name, without)
    return columns


def _begins(cells: list[Any], word: str) -> bool:
    first = str(next((cell for cell in cells if not _nothing(cell)), "")).strip().casefold()
    rest = first.removeprefix(word.casefold())
    # the line of the total, and not the firm Totalenergies; Chinese parts no words
    return rest != first and not (rest[:1].isascii() and rest[:1].isalnum())


def _header(
    head: Mapping[int, Sequence[Any]], merges: Merges | None, name: str, allowed: RowLimit
) -> list[str]:
    """Return the names of the columns; what stands in several rows is joined.

    Where one row has them, columns that merged cells of it cover have none.
    """
    width = max((n for cells in head.values() for n, cell in enumerate(cells, 1)
                 if not _nothing(cell)), default=0)  # fmt: skip
    if not width:
        return []
    allowed.check_columns(width)
    rows, without = [], set()
    for place, cells in head.items():
        found = cells
        if merges is not None:
            found = merges.row(place, cells, width, range(width) if len(head) > 1 else ())
        without |= {n for n, cell in enumerate(found) if isinstance(cell, Merged)}
        found = [None if isinstance(cell, Merged) else cell for cell in found]
        words = ["" if _nothing(cell) else str(cell).strip() for cell in found]
        rows.append([*words, *[""] * (width - len(words))][:width])
    if merges is None:
        _spread(rows)
    # the parts of merged cells that lie below each other are one
    parts = [dict.fromkeys(filter(None, column)) for column in zip(*rows, strict=True)]
    names = [HEADER_PARTED.join(part) for part in parts]
    # a table may begin further to the right, or with a sign that parts its cells
    first = next((n for n, title in enumerate(names) if title), 0)
    check_names(names, name, without | set(range(first)))
    return names


def _spread(rows: list[list[str]]) -> None:
    """Let a name hold of the columns right of it that have none, where it has others below it.

    Files of text do not say what was merged.
    """
    for upper, lower in pairwise(rows):
        for column in range(1, len(upper)):
            if not upper[column] and lower[column] and lower[column - 1]:
                upper[column] = upper[column - 1]


def _filled(named: Sequence[str], header: Sequence[str], name: str) -> list[int]:
    """Return the places of the columns in which merged cells are filled."""
    for column in named:
        if column not in header:
            raise unknown_name(column, list(header), "column", name)
    return [place for place, column in enumerate(header) if column in named]


def check_names(names: Sequence[str], name: str, without: Collection[int] = ()) -> None:
    """Check that each column has a name of its own, but for those that are to be without."""
    bare = [n for n, title in enumerate(names) if not title and n not in without]
    if bare:
        msg = (
            f"{name}: column {bare[0] + 1} has no name in the header. Name it, or "
            "say in which 'header_row' the names stand; of names in two rows, say both: [3, 4]."
        )
        raise DocumentError(msg)
    twice = sorted(title for title, n in Counter(names).items() if title and n > 1)
    if twice:
        msg = f"{name} has more than one column named {', '.join(map(repr, twice))}. Rename one."
        raise DuplicateColumnError(msg)


def from_records(
    records: Sequence[Mapping[str, Any]], *, name: str, origin: str, digest: str, first: int = 1,
    allowed: RowLimit | None = None,
) -> SourceTable:  # fmt: skip
    """Return the table of mappings of names to cells; nested ones get names with dots."""
    flat = [_flattened(record, f"{name}, record {n}") for n, record in enumerate(records, first)]
    names = list(dict.fromkeys(key for record in flat for key in record))
    if allowed is not None:
        allowed.check_columns(len(names))
    check_filled(name, len(flat), len(names), sum(map(len, flat)))
    columns = {key: pd.Series([r.get(key) for r in flat], dtype=object) for key in names}
    places = range(first, first + len(flat))
    return SourceTable(name=name, origin=origin, columns=columns, places=places, digest=digest)


def _flattened(record: Mapping[str, Any], name: str) -> dict[str, Any]:
    cells = list(_flat(record, ""))
    flat = dict(cells)
    if len(flat) < len(cells):
        twice = next(key for key, n in Counter(key for key, _ in cells).items() if n > 1)
        msg = f"{name} holds {twice!r} twice, once as entries within entries. Rename one."
        raise DocumentError(msg)
    return flat


def _flat(record: Mapping[str, Any], before: str) -> Iterator[tuple[str, Any]]:
    for key, value in record.items():
        name = f"{before}{key}"
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{name}.")
        else:
            yield name, value


def digest_of(columns: Mapping[str, pd.Series]) -> str:
    """Return the SHA-256 of the cells of a table that is no file."""
    found = hashlib.sha256()
    for name, column in columns.items():
        found.update(f"\x1d{name}\x1e".encode("utf-8", "surrogatepass"))
        words = "\x1f".join("" if _nothing(cell) else str(cell) for cell in column)
        found.update(words.encode("utf-8", "surrogatepass"))
    return found.hexdigest()
