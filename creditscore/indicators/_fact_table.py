"""One table of facts, read and checked once: keys, days, numbers, words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from creditscore._frame import Table, as_table, missing_message
from creditscore._typing import Float1D, Int1D, Level, NativeFrame
from creditscore._warn import warn_user
from creditscore.exceptions import (
    ColumnTypeError,
    EmptyDataError,
    ExpenseSignWarning,
    InvalidDataError,
    MissingColumnError,
)
from creditscore.indicators._schema import EXPENSES, NUMBERS, SCHEMAS, TableName, TableSchema

Days = np.ndarray[Any, np.dtype[np.datetime64]]


@dataclass(frozen=True, kw_only=True, eq=False)
class FactTable:
    """The columns of one table as arrays of one length."""

    name: TableName
    n_rows: int
    keys: tuple[Level, ...]
    key_codes: Int1D
    days: Mapping[str, Days]
    numbers: Mapping[str, Float1D]
    words: Mapping[str, tuple[Int1D, tuple[Level, ...]]]

    @property
    def schema(self) -> TableSchema:
        """How the table is read."""
        return SCHEMAS[self.name]

    @property
    def dated(self) -> Days:
        """The day that each row is about."""
        return self.days[self.schema.dated_by]

    @property
    def known(self) -> Days:
        """The day from which each row is visible."""
        return self.days[self.schema.known_by]

    def text(self, column: str, rows: Int1D) -> np.ndarray[Any, Any]:
        """Return words of some rows as objects, None where missing."""
        codes, levels = self.words[column]
        return np.array([*levels, None], dtype=object)[codes[rows]]


def read_facts(native: NativeFrame, name: TableName, lag_days: int | None) -> FactTable:
    """Read a table and check all that can be checked without the others.

    Raises
    ------
    EmptyDataError
        There are no rows or no columns.
    MissingColumnError
        A column that the table needs is not there.
    InvalidDataError
        A key or a day is missing, an amount is infinite, a period was known before it ended, two
        rows of a panel are of one key, period and day, or two rows of one invoice.
    ColumnTypeError
        A column of dates holds none, or one of numbers holds words.
    """
    try:
        return _read(as_table(native), name, lag_days)
    except EmptyDataError as error:
        msg = f"Table {name!r} is empty. Leave it out, or check the filter that made it."
        raise EmptyDataError(msg) from error
    except InvalidDataError as error:
        if str(error).startswith("Table "):
            raise
        # errors about single columns know nothing of the table
        msg = f"Table {name!r}: {error}"
        raise type(error)(msg) from error


def _read(table: Table, name: TableName, lag_days: int | None) -> FactTable:
    schema = SCHEMAS[name]
    from_lag = lag_days is not None and schema.known_by not in table.names
    needed = [column for column in schema.needed if not (from_lag and column == schema.known_by)]
    lacking = [column for column in needed if column not in table.names]
    if lacking:
        msg = missing_message(lacking, table.names) + _hint(schema, lacking)
        raise MissingColumnError(msg)
    kinds = {column: _kind(table, name, column) for column in table.names if column != schema.key}
    days = {column: table.days(column) for column, kind in kinds.items() if kind == "days"}
    if from_lag:
        days[schema.known_by] = days[schema.dated_by] + np.timedelta64(int(lag_days or 0), "D")
    words = {column: table.levels(column) for column, kind in kinds.items() if kind == "words"}
    codes, keys = table.levels(schema.key) if schema.key else (np.zeros(table.n_rows, np.intp), ())
    read = FactTable(
        name=name,
        n_rows=table.n_rows,
        keys=keys,
        key_codes=codes,
        days=days,
        numbers={
            column: _flag(table, name, column) if kind == "flag" else _number(table, name, column)
            for column, kind in kinds.items()
            if kind in ("flag", "number")
        },
        words=words,
    )
    _check_complete(read)
    _check_revealed(read)
    _warn_of_signs(read)
    if schema.kind == "panel":
        _check_no_repeats(read)
    if schema.unique_by:
        _check_unique(read)
    return read


def has_rows(native: NativeFrame, name: TableName) -> bool:
    """Tell whether a table has rows; one that a filter has emptied must have its columns.

    Raises
    ------
    MissingColumnError
        It has no rows and is no table of this kind either.
    """
    if not nw.dependencies.is_into_dataframe(native):
        return True
    # not by narwhals, which refuses two columns of one name in other words than ours
    columns = list(native.column_names if hasattr(native, "column_names") else native.columns)
    if native.shape[0] or not columns:
        return True
    schema = SCHEMAS[name]
    lacking = [column for column in schema.needed if column not in columns]
    if set(lacking) - {schema.known_by}:
        msg = f"Table {name!r}: {missing_message(lacking, columns)}"
        raise MissingColumnError(msg)
    return False


def _hint(schema: TableSchema, lacking: list[str]) -> str:
    if schema.known_by not in lacking:
        return ""
    return (
        f" {schema.known_by!r} is the day a row became known: without it, what was known on a "
        "day cannot be told. Where all rows come so many days after the day they are about, say "
        "so by known_lag_days."
    )


def _kind(table: Table, name: TableName, column: str) -> str:
    """Tell how a column is read: as the schema says, or by what it holds."""
    schema = SCHEMAS[name]
    for kind, told in (("days", schema.dates), ("words", schema.texts), ("flag", schema.flags)):
        if column in told:
            return kind
    try:
        found = table.kind(column)
    except ColumnTypeError as error:
        try:
            # dates, of which the schema knows nothing
            table.days(column)
        except ColumnTypeError:
            raise error from None
        return "days"
    if found == "numeric":
        return "number"
    if found == "categorical" and table.is_whole(column):
        return "flag"
    if column in NUMBERS:
        msg = (
            f"Table {name!r}: column {column!r} must hold numbers. Got text: convert it, in pandas "
            "with pd.to_numeric()."
        )
        raise ColumnTypeError(msg)
    return "words"


def _number(table: Table, name: TableName, column: str) -> Float1D:
    values = table.numeric(column)
    if np.isinf(values).any():
        row = int(np.isinf(values).argmax())
        msg = (
            f"Table {name!r}: column {column!r} is infinite at row {row}. Leave it missing, or "
            "correct it."
        )
        raise InvalidDataError(msg)
    # copied, so that facts stay as they are when the caller goes on to change the table
    return np.array(values, dtype=np.float64)


def _flag(table: Table, name: TableName, column: str) -> Float1D:
    """Read true and false, or 1 and 0, as numbers, NaN where missing."""
    codes, levels = table.levels(column)
    strange = [level for level in levels if level not in (0, 1)]
    if strange:
        msg = (
            f"Table {name!r}: column {column!r} must hold true or false (or 1 and 0). Got "
            f"{strange[0]!r}."
        )
        raise InvalidDataError(msg)
    values: Float1D = np.array([*map(float, levels), np.nan])[codes]
    return values


def _check_complete(table: FactTable) -> None:
    """Check that each row has a key and its days, in order."""
    schema = table.schema
    for column, allowed in schema.allowed.items():
        strange = [word for word in table.words[column][1] if word not in allowed]
        if strange or (table.words[column][0] < 0).any():
            listed = " or ".join(map(repr, allowed))
            got = f"{strange[0]!r}" if strange else "a row without it"
            msg = f"Table {table.name!r}: column {column!r} must be {listed}. Got {got}."
            raise InvalidDataError(msg)
    if (table.key_codes < 0).any():
        row = int((table.key_codes < 0).argmax())
        msg = f"Table {table.name!r}: row {row} has no {schema.key}."
        raise InvalidDataError(msg)
    for column in dict.fromkeys((schema.dated_by, schema.known_by)):
        gone = np.isnat(table.days[column])
        if gone.any():
            msg = (
                f"Table {table.name!r}: column {column!r} is missing in {int(gone.sum())} row(s), "
                f"the first at row {int(gone.argmax())}. When a fact is true and when it was known "
                "must be said."
            )
            raise InvalidDataError(msg)
    if schema.dated_by == "period_end":
        early = table.known < table.dated
        if early.any():
            row = int(early.argmax())
            msg = (
                f"Table {table.name!r}: row {row} was known on {table.known[row]}, before its "
                f"period ended on {table.dated[row]}. Correct one of the two."
            )
            raise InvalidDataError(msg)
    months = table.numbers.get("months")
    if months is not None and (np.isnan(months) | (months <= 0)).any():
        row = int((np.isnan(months) | (months <= 0)).argmax())
        msg = f"Table {table.name!r}: 'months' must be above zero. Got {months[row]} at row {row}."
        raise InvalidDataError(msg)


def _warn_of_signs(table: FactTable) -> None:
    """Warn of expenses that are below zero in most rows, as some systems write them."""
    turned = []
    for column in sorted(EXPENSES & table.numbers.keys()):
        values = table.numbers[column]
        below, above = int((values < 0).sum()), int((values > 0).sum())
        if below > above:
            turned.append(f"{column!r} ({below} of {below + above})")
    if turned:
        warn_user(
            f"Table {table.name!r}: expenses are mostly below zero in {', '.join(turned)}, and "
            "indicators expect them above zero: a cost of 70 is 70. Turn their signs round.",
            ExpenseSignWarning,
        )


def _check_revealed(table: FactTable) -> None:
    """Check that what is seen from a day on has that day, as it would never be seen without."""
    for column, dates in table.schema.revealed_by.items():
        if column not in table.numbers or dates[0] not in table.days:
            continue
        undated = (table.numbers[column] > 0) & np.isnat(table.days[dates[0]])
        if undated.any():
            row = int(undated.argmax())
            msg = (
                f"Table {table.name!r}: row {row} has {column} {table.numbers[column][row]:g} and "
                f"no {dates[0]}, so it would never count. Give the day."
            )
            raise InvalidDataError(msg)


def _check_unique(table: FactTable) -> None:
    """Check that no row comes twice, as it would count twice; rows without a number may."""
    column = table.schema.unique_by
    codes, levels = table.words[column]
    place = table.key_codes * (len(levels) + 1) + codes
    repeated = pd.Series(place).duplicated().to_numpy() & (codes >= 0)
    if repeated.any():
        second = int(repeated.argmax())
        first = int((place == place[second]).argmax())
        msg = (
            f"Table {table.name!r}: rows {first} and {second} are of the same {column} "
            f"{levels[codes[second]]!r} of {table.schema.key} "
            f"{table.keys[table.key_codes[second]]!r}, and would count twice. Leave one out."
        )
        raise InvalidDataError(msg)


def _check_no_repeats(table: FactTable) -> None:
    """Check that no two rows of a panel are of one key, period, scope and day of knowledge."""
    parts = [table.known.astype(np.int64), table.dated.astype(np.int64), table.key_codes]
    for name in ("months", "consolidated"):
        if name in table.numbers:
            parts.insert(0, np.nan_to_num(table.numbers[name], nan=-1.0))
    order = np.lexsort(parts)
    same = np.ones(max(table.n_rows - 1, 0), dtype=bool)
    for part in parts:
        same &= part[order][1:] == part[order][:-1]
    if same.any():
        place = int(same.argmax())
        first, second = sorted((int(order[place]), int(order[place + 1])))
        msg = (
            f"Table {table.name!r}: rows {first} and {second} are of the same "
            f"{table.schema.key} {table.keys[table.key_codes[first]]!r}, the same period and the "
            "same day of knowledge, so which one counts cannot be told. Leave one out, or give "
            "the correction its own known_on."
        )
        raise InvalidDataError(msg)
