"""The one way in which declared tables are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from creditscore._cells import CellError, is_empty, read_cell
from creditscore._checks import check_kind, unknown_name
from creditscore._days import check_day
from creditscore._declared import Declared
from creditscore._frame import missing_message
from creditscore._raw_table import RawTable, read_raw
from creditscore._validation import check_integer
from creditscore.exceptions import InvalidDataError, InvalidParameterError, MissingColumnError
from creditscore.indicators._readers._declared import DeclaredTable, declared_table
from creditscore.indicators._readers._read_result import ReadResult

Row: TypeAlias = dict[str, Any]
Fault: TypeAlias = tuple[str, Any, str]
"""Column, value and reason."""
RowRule: TypeAlias = Callable[[Row], Iterator[Fault]]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How one table is to be read."""

    kind: str
    owner: str
    columns: Mapping[str, str]
    """Name in the table for names here."""
    constants: Mapping[str, Any]
    """What a column holds in all rows, where that is given in place of the column."""
    known_lag_days: int | None = None
    numbers: Sequence[str] = ()
    words: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Numbers for words of a column."""
    rule: RowRule | None = None
    """What a whole row must obey; it may add entries to the row."""
    derived: tuple[str, ...] = ()
    """Columns that the rule adds."""
    strict: bool = True

    @property
    def declared(self) -> DeclaredTable:
        """The declaration of the kind."""
        return declared_table(self.kind, self.owner)

    @property
    def wanted(self) -> tuple[Declared, ...]:
        """All columns that may be read."""
        own = self.declared.columns
        more = (
            Declared(name=name, type="number", description="", example="") for name in self.numbers
        )
        return (*own, *more)


def read_declared(data: Any, reading: Reading) -> ReadResult:
    """Read a path or a frame; each row comes back in the table or among the rejects.

    Raises
    ------
    InvalidParameterError
        A parameter names no column, or says again what the table says.
    MissingColumnError
        A column that is required is not there.
    InvalidDataError
        A row cannot be used, and `strict` holds.
    """
    _check(reading)
    raw = read_raw(data, {reading.columns.get(c.name, c.name): c.type for c in reading.wanted})
    found = _found(raw, reading)
    rows: list[Row] = []
    rejects: list[tuple[int, str, Any, str]] = []
    seen: dict[tuple[Any, ...], int] = {}
    for place, cells in zip(raw.places, _cells(raw, found), strict=True):
        row, faults = _read_row(cells, found, reading)
        row["source"] = row.get("source") or raw.source
        if place in raw.too_long:
            faults.append(("", None, "has more cells than the header has columns"))
        if not faults:
            faults += _repeat(row, reading.declared, seen, place, raw.place_word)
        if faults:
            rejects += [(place, *fault) for fault in faults]
        else:
            rows.append(row)
    if rejects and reading.strict:
        raise InvalidDataError(_first_fault(raw, rejects))
    used = {reading.columns.get(column.name, column.name) for column in found}
    return ReadResult(
        kind=reading.kind, name=raw.name, table=_frame(rows, found, reading),
        rejects=pd.DataFrame(rejects, columns=["row", "column", "value", "reason"]),
        n_rows=len(raw.places), ignored=tuple(name for name in raw.columns if name not in used),
    )  # fmt: skip


def _check(reading: Reading) -> None:
    owner, names = reading.owner, tuple(column.name for column in reading.wanted)
    check_kind(reading.columns, "columns", owner, Mapping)
    check_kind(reading.strict, "strict", owner, bool)
    for name, in_table in reading.columns.items():
        if name not in names and in_table in names:
            msg = (
                f"The 'columns' parameter of {owner} goes from names here to names in the table. "
                f"Did you mean {{{in_table!r}: {name!r}}}?"
            )
            raise InvalidParameterError(msg)
        if name not in names:
            raise unknown_name(name, names, "column", f"{reading.kind} (columns of {owner})")
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        msg = f"The 'numbers' parameter of {owner} names columns that are read anyway: {twice}."
        raise InvalidParameterError(msg)
    if reading.known_lag_days is not None:
        check_integer(reading.known_lag_days, "known_lag_days", owner, low=0)
        if "known_on" in reading.constants:
            msg = f"{owner} takes 'known_on' or 'known_lag_days'. Got both."
            raise InvalidParameterError(msg)


def _found(raw: RawTable, reading: Reading) -> dict[Declared, str | None]:
    """Return the columns to read with their names in the table, None for a constant."""
    told = dict(reading.constants)
    if reading.known_lag_days is not None:
        told["known_on"] = None
    found: dict[Declared, str | None] = {}
    lacking = []
    for column in reading.wanted:
        name = reading.columns.get(column.name, column.name)
        there = name in raw.columns
        if there and column.name in told:
            msg = (
                f"{raw.name} has a column {name!r}, and {reading.owner} was told the same by a "
                "parameter. Leave out one of the two."
            )
            raise InvalidParameterError(msg)
        if there or column.name in told or column.name == "source":
            found[column] = name if there else None
        elif column.required or column.name in reading.columns or column.name in reading.numbers:
            lacking.append(name)
    used = [name for name in found.values() if name is not None]
    twice = next((name for name in used if used.count(name) > 1), None)
    if twice is not None:
        msg = (
            f"The 'columns' parameter of {reading.owner} lets column {twice!r} of {raw.name} stand "
            "for two columns. Name another for one of them."
        )
        raise InvalidParameterError(msg)
    if lacking:
        msg = (
            f"{raw.name}: {missing_message(lacking, list(raw.columns))} Where columns have other "
            f"names, say so: columns={{{lacking[0]!r}: 'name in the table'}}."
        )
        if "known_on" in lacking:
            msg += " Where all rows were known on one day, say so by known_on"
            panel = reading.declared.column("period_end") is not None
            msg += ", or by known_lag_days so many days after their period." if panel else "."
        raise MissingColumnError(msg)
    return found


def _cells(raw: RawTable, found: Mapping[Declared, str | None]) -> Iterator[tuple[Any, ...]]:
    """Yield the cells of each row, of the columns that stand in the table."""
    columns = [raw.columns[name] for name in found.values() if name is not None]
    return zip(*columns, strict=True) if columns else iter([()] * len(raw.places))


def _read_row(
    cells: tuple[Any, ...], found: Mapping[Declared, str | None], reading: Reading
) -> tuple[Row, list[Fault]]:
    """Return what a row holds, and its faults."""
    row: Row = dict(reading.constants)
    faults: list[Fault] = []
    there = [column for column, name in found.items() if name is not None]
    for column, cell in zip(there, cells, strict=True):
        row[column.name] = None
        if is_empty(cell):
            if column.required:
                faults.append((column.name, None, "is empty"))
            continue
        try:
            row[column.name] = read_cell(_coded(cell, column, reading), column)
        except CellError as fault:
            faults.append((column.name, cell, str(fault)))
    if not faults and reading.known_lag_days is not None:
        row["known_on"] = row["period_end"] + np.timedelta64(reading.known_lag_days, "D")
    if not faults:
        faults += _in_order(row)
        faults += [] if reading.rule is None else reading.rule(row)
    return row, faults


def _coded(cell: Any, column: Declared, reading: Reading) -> Any:
    """Return the number that was given for a word, or the cell itself."""
    words = reading.words.get(column.name, {})
    return words.get(cell.strip(), cell) if isinstance(cell, str) else cell


def _in_order(row: Row) -> list[Fault]:
    """Check that nothing was known before its period ended."""
    end, known = row.get("period_end"), row.get("known_on")
    if end is None or known is None or known >= end:
        return []
    return [("known_on", str(known), f"is before the end of its period, {end}")]


def _repeat(
    row: Row, declared: DeclaredTable, seen: dict[tuple[Any, ...], int], place: int, word: str
) -> list[Fault]:
    """Check that no row before says the same."""
    key = tuple(row.get(name) for name in declared.unique)
    before = seen.setdefault(key, place)
    if before == place:
        return []
    return [("", None, f"repeats {', '.join(declared.unique)} of {word} {before}")]


def _first_fault(raw: RawTable, rejects: Sequence[tuple[int, str, Any, str]]) -> str:
    place, column, value, reason = rejects[0]
    where = f"{raw.name}, {raw.place_word} {place}"
    what = f", column {column!r}" if column else ""
    shown = "" if value is None else f"{str(value)!r} "
    n = len({reject[0] for reject in rejects})
    return (
        f"{where}{what}: {shown}{reason}. {n} of {len(raw.places)} rows cannot be used. Correct "
        "them, or pass strict=False and look at the rejects."
    )


def _frame(rows: Sequence[Row], found: Mapping[Declared, str | None], reading: Reading) -> Any:
    """Return the rows as a frame with the types that :class:`CustomerRecords` reads."""
    made: dict[str, Any] = {}
    for column in found:
        values = [row.get(column.name) for row in rows]
        if column.type == "number":
            made[column.name] = np.array([np.nan if v is None else v for v in values], dtype=float)
        elif column.type == "date":
            days = [np.datetime64("NaT") if v is None else v for v in values]
            made[column.name] = np.array(days, dtype="datetime64[s]")
        else:
            made[column.name] = pd.Series(values, dtype=object)
    for name in reading.derived:
        made[name] = pd.Series([row[name] for row in rows]) if rows else pd.Series(dtype=object)
    return pd.DataFrame(made)


def constants_of(owner: str, **given: Any) -> dict[str, Any]:
    """Return the columns that parameters stand for, of those that are given."""
    constants: dict[str, Any] = {}
    for name, value in given.items():
        if name == "known_on" and value is not None:
            constants[name] = check_day(value, name, owner)
        elif name != "known_on":
            check_kind(value, name, owner, str)
            if value:
                constants[name] = value
    return constants
