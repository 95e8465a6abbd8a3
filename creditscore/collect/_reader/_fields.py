"""The fields that all observations of a row share: whose, which record, since when, by whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from creditscore._days import names_a_day
from creditscore.collect._reader._mapping import SourceMapping
from creditscore.collect._reader._rule import FieldRule
from creditscore.collect._reader._source_table import SourceTable
from creditscore.collect._reader._times import DayReader, InstantReader
from creditscore.collect._reader._units import HUNDREDTH, ONE
from creditscore.collect._reader._values import (
    CellFault,
    NumberReader,
    Read,
    number_of,
    read_column,
    read_text,
)
from creditscore.exceptions import InvalidParameterError

_PARTED = "/"
"""What stands between the texts of several columns that make one name."""
_DAY = pd.Timedelta(days=1) - pd.Timedelta(microseconds=1)
_NO_DAY = np.datetime64("NaT")


@dataclass(kw_only=True, eq=False)
class Fields:
    """Arrays as long as the source has rows, and what is wrong in which column."""

    table: SourceTable
    missing: frozenset[str]
    customer: npt.NDArray[np.object_]
    record: npt.NDArray[np.object_]
    collected_by: npt.NDArray[np.object_]
    unit: npt.NDArray[np.object_]
    true_from: npt.NDArray[np.datetime64]
    true_to: npt.NDArray[np.datetime64]
    collected_at: npt.NDArray[np.datetime64]
    confidence: npt.NDArray[np.float64]
    reasons: list[tuple[str, npt.NDArray[np.object_]]] = field(default_factory=list)

    def days_of(self, rule: FieldRule) -> tuple[npt.NDArray[np.datetime64], Any, str]:
        """Return the days of a further field, why some are none, and its column."""
        reader = _Reader(self.table, self.missing)
        return reader.days(rule, needed=True), *self._told(reader, rule)

    def instants_of(self, rule: FieldRule) -> tuple[npt.NDArray[np.datetime64], Any, str]:
        """Return the instants of a further field, why some are none, and its column."""
        reader = _Reader(self.table, self.missing)
        return reader.instants(rule, None), *self._told(reader, rule)

    def _told(self, reader: _Reader, rule: FieldRule) -> tuple[Any, str]:
        reasons = np.full(self.table.n_rows, None, dtype=object)
        for _, found in reader.reasons:
            reasons = np.where(pd.isna(reasons), found, reasons)
        return reasons, rule.columns[0] if rule.columns else ""


def read_fields(
    table: SourceTable,
    mapping: SourceMapping,
    missing: frozenset[str],
    collected_at: pd.Timestamp | None,
) -> Fields:
    """Read all fields of all rows.

    Raises
    ------
    InvalidParameterError
        Neither the mapping nor the caller says when the facts were collected, or one value for
        all rows is none.
    """
    reader = _Reader(table, missing)
    return Fields(
        table=table,
        missing=missing,
        customer=reader.texts(mapping.customer, needed=True),
        record=reader.texts(mapping.record, needed=True),
        collected_by=reader.texts(mapping.collected_by),
        unit=reader.texts(mapping.unit),
        true_from=reader.days(mapping.true_from, needed=True),
        true_to=reader.days(mapping.true_to),
        collected_at=reader.instants(mapping.collected_at, collected_at),
        confidence=reader.shares(mapping.confidence),
        reasons=reader.reasons,
    )


@dataclass(eq=False)
class _Reader:
    table: SourceTable
    missing: frozenset[str]
    reasons: list[tuple[str, npt.NDArray[np.object_]]] = field(default_factory=list)

    def texts(self, rule: FieldRule | None, *, needed: bool = False) -> npt.NDArray[np.object_]:
        whole = np.full(self.table.n_rows, "", dtype=object)
        if rule is None:
            return whole
        if not rule.columns:
            return np.full(self.table.n_rows, str(rule.value), dtype=object)
        for place, column in enumerate(rule.columns):
            values = self._column(column, read_text, "", needed=needed or len(rule.columns) > 1)
            if len(rule.columns) > 1:
                values = _escaped(values)
            whole = values if place == 0 else whole + _PARTED + values
        return whole

    def days(self, rule: FieldRule | None, *, needed: bool = False) -> npt.NDArray[np.datetime64]:
        if rule is None:
            return np.full(self.table.n_rows, _NO_DAY, dtype="datetime64[s]")
        read = DayReader(format=rule.format, at=rule.at)
        if not rule.columns:
            day = np.datetime64(_of_all(read, rule))
            return np.full(self.table.n_rows, day, dtype="datetime64[s]")
        values = self._column(rule.columns[0], read, None, needed=needed)
        return _by_level(values, "datetime64[s]")

    def instants(
        self, rule: FieldRule | None, told: pd.Timestamp | None
    ) -> npt.NDArray[np.datetime64]:
        if rule is None and told is None:
            msg = (
                "When the facts were collected is not known: give 'collected_at' to the reader, or "
                "name the column of it in the mapping. The time of reading is not taken, for then "
                "the same file would give other observations each time."
            )
            raise InvalidParameterError(msg)
        default = _NO_DAY if told is None else plain_instant(told)
        if rule is None:
            return np.full(self.table.n_rows, default, dtype="datetime64[us]")
        read = InstantReader(format=rule.format, at=rule.at, zone=rule.zone)
        if not rule.columns:
            moment = plain_instant(_of_all(read, rule))
            return np.full(self.table.n_rows, moment, dtype="datetime64[us]")
        values = self._column(rule.columns[0], read, None, needed=told is None)
        plain = [None if value is None else plain_instant(value) for value in values]
        found = np.array(plain, dtype="datetime64[us]")
        return np.where(np.isnat(found), default, found)

    def shares(self, rule: FieldRule | None) -> npt.NDArray[np.float64]:
        if rule is None:
            return np.ones(self.table.n_rows)
        read = NumberReader(
            decimal=".", thousands="", factor=ONE, hundredth=HUNDREDTH,
            nothing=frozenset(map(number_of, self.missing)),
        )  # fmt: skip
        if not rule.columns:
            return np.full(self.table.n_rows, _of_all(read, rule), dtype=np.float64)
        values = self._column(rule.columns[0], read, 1.0, needed=False)
        return values.astype(np.float64)

    def _column(
        self, column: str, read: Callable[[Any], Any], default: Any, *, needed: bool
    ) -> npt.NDArray[np.object_]:
        """Return values, the default where there is none or a fault; note the faults."""
        found: Read = read_column(self.table.columns[column], read, self.missing, default=default)
        reasons = found.reasons
        if needed:
            reasons = np.where(found.empty, "is empty, and must not be", reasons)
        self.reasons.append((column, reasons))
        return found.values


def _escaped(values: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Write out the sign that parts texts, where they hold it: A/B and C are not A and B/C."""
    codes, levels = pd.factorize(values)
    parts = [str(level).replace("%", "%25").replace(_PARTED, "%2F") for level in levels]
    escaped: npt.NDArray[np.object_] = np.array(parts, dtype=object)[codes]
    return escaped


def _of_all(read: Callable[[Any], Any], rule: FieldRule) -> Any:
    try:
        return read(rule.value)
    except CellFault as error:
        msg = f"The mapping has the value {rule.value!r} for all rows, which {error}."
        raise InvalidParameterError(msg) from error


class FileTime(NamedTuple):
    """When a file was made: the first and the last instant that it may have been."""

    first: pd.Timestamp
    last: pd.Timestamp


def file_time(value: Any) -> FileTime | None:
    """Return when a file was made, as it was told; a day lasts until its end."""
    if value is None:
        return None
    first = instant_of(value)
    return FileTime(first, first + _DAY if names_a_day(value) else first)


def instant_of(value: Any) -> pd.Timestamp:
    """Return the time that was told, in UTC."""
    try:
        return InstantReader()(value)
    except CellFault as error:
        msg = (
            "The 'collected_at' parameter of read_source must be a time, such as "
            f"'2024-05-02T08:00Z'. Got {value!r}, which {error}."
        )
        raise InvalidParameterError(msg) from error


def plain_instant(moment: pd.Timestamp) -> np.datetime64:
    """Return an instant in UTC without its zone, as arrays hold them."""
    return np.datetime64(moment.tz_convert("UTC").tz_localize(None).as_unit("us").to_datetime64())


def _by_level(values: npt.NDArray[np.object_], dtype: str) -> npt.NDArray[Any]:
    """Turn texts of days into days, each distinct one once."""
    codes, levels = pd.factorize(values)
    found: npt.NDArray[Any] = np.array([*levels, "NaT"], dtype=dtype)[codes]
    return found
