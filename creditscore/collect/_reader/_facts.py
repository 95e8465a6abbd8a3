"""Facts of financial statements, from a table or from xBRL-JSON, in one form."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import numpy as np

from creditscore._cells import is_empty, word_of
from creditscore._days import NoDayError, read_day, read_instant
from creditscore.collect._reader._file_form import FileForm
from creditscore.collect._reader._marked_cell import Broken
from creditscore.collect._reader._open import (
    checked_file,
    decoded,
    ending_of,
    open_source,
    parsed_json,
    unpacked,
)
from creditscore.collect._reader._source_table import SourceTable, from_records
from creditscore.collect._reader._units import split_unit
from creditscore.collect._reader._values import is_nested
from creditscore.exceptions import DocumentError, MissingColumnError

_CORE = ("concept", "entity", "period", "unit")
_MEANT = {("ConsolidatedAndSeparateFinancialStatementsAxis", "ConsolidatedMember")}
"""Members of dimensions that say what a fact without dimensions means, too."""
_OTHER_NAMES = {"period_start": "start", "period_end": "end", "instant": "end",
                "filed_on": "filed_at"}  # fmt: skip
_NEEDED = ("entity", "concept", "end", "value")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?")
_MOST_DIGITS = 30
_SIMPLE = ("language", "noteId")


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One number of a statement; `fault` says why it cannot be used."""

    row: int
    entity: str
    concept: str
    start: np.datetime64 | None
    end: np.datetime64 | None
    unit: str
    number: Decimal | None
    decimals: float
    filing: str
    """Day, or number, of the filing: a later one may restate a period."""
    is_whole: bool
    """Whether it is known to be of the consolidated statement."""
    fault: tuple[str, str] | None
    """The column, and the reason."""


class FactFault(Exception):  # noqa: N818 - it never leaves this stage
    """Why a cell of a fact cannot be used."""


def fact_table(data: Any, form: FileForm) -> tuple[SourceTable, bool]:
    """Return facts as a table, and whether they are of xBRL-JSON."""
    if isinstance(data, Mapping):
        return _of_json(data, name="the facts", origin="", digest=""), True
    if isinstance(data, (str, Path)) and ending_of(Path(data)) == ".json":
        path = checked_file(data)
        raw = unpacked(path)
        content = parsed_json(decoded(raw, path, form), str(path))
        if isinstance(content, Mapping) and "facts" in content:
            digest = hashlib.sha256(raw).hexdigest()
            return _of_json(content, name=str(path), origin=path.name, digest=digest), True
    table = open_source(data, form)
    names = {name: _OTHER_NAMES.get(name, name) for name in table.columns}
    if len(set(names.values())) == len(names):
        table = replace(table, columns={names[name]: c for name, c in table.columns.items()})
    lacking = [name for name in _NEEDED if name not in table.columns]
    if lacking:
        msg = (
            f"{table.name} lacks {', '.join(map(repr, lacking))}. Facts need the columns entity, "
            "concept, end and value; start, unit, scale, sign, decimals, dimensions and "
            "consolidated may be there."
        )
        raise MissingColumnError(msg)
    return table, False


def _of_json(content: Mapping[str, Any], *, name: str, origin: str, digest: str) -> SourceTable:
    facts = content.get("facts")
    if not isinstance(facts, Mapping):
        msg = f"{name} is no report of xBRL-JSON: it has no mapping 'facts'."
        raise DocumentError(msg)
    records = []
    for key, fact in facts.items():
        known = isinstance(fact, Mapping) and isinstance(fact.get("dimensions"), Mapping)
        if not known:
            msg = f"{name}: the fact {key!r} has no 'dimensions'."
            raise DocumentError(msg)
        aspects = dict(fact["dimensions"])
        record = {"fact": key, **{part: aspects.pop(part, None) for part in _CORE}}
        rest = {k: v for k, v in aspects.items() if k not in _SIMPLE}
        record |= {"value": fact.get("value"), "decimals": fact.get("decimals")}
        records.append(record | {"dimensions": "; ".join(f"{k}={v}" for k, v in rest.items())})
    if not records:
        records = [dict.fromkeys(("fact", *_CORE, "value", "decimals", "dimensions"))]
    digest = digest or hashlib.sha256(repr(content).encode()).hexdigest()
    table = from_records(records, name=name, origin=origin, digest=digest)
    places = [record["fact"] for record in records]
    return SourceTable(
        name=name, origin=origin, columns=table.columns, places=places, digest=digest,
        place_word="fact",
    )  # fmt: skip


def read_facts(table: SourceTable, *, is_json: bool) -> list[Fact]:
    """Return a fact a row, with the first thing that is wrong with it."""
    columns = {name: column.tolist() for name, column in table.columns.items()}
    return [
        _fact(row, {name: cells[row] for name, cells in columns.items()}, is_json=is_json)
        for row in range(table.n_rows)
    ]


def _fact(row: int, cells: Mapping[str, Any], *, is_json: bool) -> Fact:
    text = {name: _word(cell) for name, cell in cells.items()}
    start: np.datetime64 | None = None
    end: np.datetime64 | None = None
    number: Decimal | None = None
    fault: tuple[str, str] | None = None
    column, is_whole = "dimensions", is_json
    try:
        for name, cell in cells.items():
            column = name
            _check_cell(cell)
        column = "dimensions"
        _check_dimensions(text.get("dimensions", ""))
        column = "consolidated"
        is_whole = is_json or _is_consolidated(text.get("consolidated", ""))
        column = "period" if is_json else "end"
        start, end = _period(text["period"]) if is_json else _days(cells)
        column = "value"
        number = _number(text)
        column = "scale"
        _check_scale(text)
    except FactFault as error:
        fault = column, str(error)
    return Fact(
        row=row, entity=text.get("entity", ""), concept=text.get("concept", ""), start=start,
        end=end, unit=_unit(text.get("unit", "")), number=number,
        decimals=_decimals(text.get("decimals", "")),
        filing=text.get("filed_at") or text.get("filing", ""), is_whole=is_whole, fault=fault,
    )  # fmt: skip


def _check_dimensions(text: str) -> None:
    for part in filter(None, (part.strip() for part in text.split(";"))):
        axis, _, member = part.partition("=")
        if (axis.rpartition(":")[2], member.rpartition(":")[2]) not in _MEANT:
            msg = "is of a part of the firm, and the whole is read: it has a dimension"
            raise FactFault(msg)


def _word(cell: Any) -> str:
    return "" if is_nested(cell) else word_of(cell)


def _check_cell(cell: Any) -> None:
    if is_nested(cell):
        msg = "is a list or a mapping, and no single value"
        raise FactFault(msg)
    if isinstance(cell, Broken):
        raise FactFault(cell.reason)


def _is_consolidated(text: str) -> bool:
    """Tell whether a fact is said to be consolidated; where nothing is said, that is not known."""
    word = text.casefold()
    if word in ("false", "0", "no", "否", "母公司"):
        msg = "is of the parent alone, and the consolidated statement is read"
        raise FactFault(msg)
    if word not in ("", "true", "1", "yes", "是", "合并"):
        msg = "is neither true nor false"
        raise FactFault(msg)
    return word != ""


def _period(text: str) -> tuple[np.datetime64 | None, np.datetime64]:
    """Read a period of xBRL-JSON, whose end is the midnight after its last day."""
    start, slash, end = text.partition("/")
    if not slash:
        return None, _midnight(start) - np.timedelta64(1, "D")
    return _midnight(start), _midnight(end) - np.timedelta64(1, "D")


def _midnight(text: str) -> np.datetime64:
    try:
        moment = read_instant(text)
    except NoDayError as error:
        msg = "is no period such as 2023-01-01T00:00:00/2024-01-01T00:00:00"
        raise FactFault(msg) from error
    if moment.tz is not None or moment != moment.normalize():
        msg = "is no period from midnight to midnight"
        raise FactFault(msg)
    return np.datetime64(moment.date(), "D")


def _days(cells: Mapping[str, Any]) -> tuple[np.datetime64 | None, np.datetime64]:
    start = cells.get("start")
    try:
        return None if is_empty(start) else read_day(start), read_day(cells["end"])
    except NoDayError as error:
        raise FactFault(str(error)) from error


def _number(text: Mapping[str, str]) -> Decimal:
    """Return a value times ten to its scale, with its sign."""
    try:
        value = text["value"]
        number = _decimal(value)
        scale = int(_plain(text.get("scale", "") or "0"))
    except (InvalidOperation, ValueError) as error:
        msg = "is no number" if text["value"] else "is empty"
        raise FactFault(msg) from error
    if not number.is_finite() or max(abs(scale), abs(number.adjusted())) > _MOST_DIGITS:
        msg = f"is not finite, or has more than {_MOST_DIGITS} digits"
        raise FactFault(msg)
    sign = text.get("sign", "")
    if sign not in ("", "-", "+"):
        msg = "has a sign that is neither + nor -"
        raise FactFault(msg)
    return number.scaleb(scale) * (-1 if sign == "-" else 1)


def _decimal(text: str) -> Decimal:
    # a comma may part thousands; elsewhere it could be one of decimals
    return Decimal(text.replace(",", "") if _THOUSANDS.fullmatch(text) else _plain(text))


def _plain(text: str) -> str:
    if "_" in text:
        # programs part thousands so, and nobody else
        raise InvalidOperation
    return text


def _check_scale(text: Mapping[str, str]) -> None:
    times, _ = split_unit(_unit(text.get("unit", "")))
    if times != 1 and int(text.get("scale", "") or 0):
        msg = f"is one more than that of its unit, which counts in {times:,}"
        raise FactFault(msg)


def _decimals(text: str) -> float:
    """Return how many decimals are exact: -3 for thousands; infinite where all are."""
    if not text or text.upper() == "INF":
        return np.inf
    try:
        exact = float(_plain(text))
    except (ValueError, InvalidOperation):
        return -np.inf
    # so many digits no amount has
    return exact if abs(exact) <= _MOST_DIGITS else -np.inf


def _unit(text: str) -> str:
    name = text.rpartition(":")[2]
    return {"shares": "shares", "pure": ""}.get(name, name)
