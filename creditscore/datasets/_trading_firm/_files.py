"""The tables as files: CSV, compressed where large, and the bureau's reports as JSON."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

BUREAU = ("bureau_reports", "bureau_accounts", "bureau_enquiries", "bureau_records")
"""Tables that are in one JSON file."""
BUREAU_FILE = "bureau.json"
LARGE = (
    "filings", "statements", "invoices", "payments", "performance", "contacts", "access_log",
)  # fmt: skip
"""Tables whose files are compressed."""
_IDENTITY = ("customer", "name", "identity_number")
_PARTS = {
    "bureau_accounts": "tradelines",
    "bureau_enquiries": "enquiries",
    "bureau_records": "public_records",
}
"""What the details of a report are called in the file."""


def file_of(table: str) -> str:
    """Return the name of the file that holds a table."""
    if table in BUREAU:
        return BUREAU_FILE
    return f"{table}.csv.gz" if table in LARGE else f"{table}.csv"


def firm_files(tables: Mapping[str, pd.DataFrame]) -> dict[str, bytes]:
    """Return the content of each file by its name, not compressed."""
    files = {
        file_of(name): table_csv(frame) for name, frame in tables.items() if name not in BUREAU
    }
    return files | {BUREAU_FILE: bureau_json(tables)}


def write_files(files: Mapping[str, bytes], folder: Path) -> tuple[Path, ...]:
    """Write the files; one that holds the same content already is left as it is.

    Versions of zlib compress to other bytes, which would look like a change.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, content in files.items():
        path = folder / name
        if not (path.is_file() and read_content(path) == content):
            packed = path.suffix == ".gz"
            path.write_bytes(gzip.compress(content, 9, mtime=0) if packed else content)
        paths.append(path)
    return tuple(paths)


def read_content(path: Path) -> bytes:
    """Return the content of a file, which may be compressed."""
    content = path.read_bytes()
    return gzip.decompress(content) if path.suffix == ".gz" else content


def table_csv(frame: pd.DataFrame) -> bytes:
    """Return a table as CSV: whole numbers without a point, days and instants by ISO 8601."""
    written = frame.copy()
    for name in frame.columns:
        values = frame[name]
        if isinstance(values.dtype, pd.DatetimeTZDtype):
            written[name] = values.dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        elif values.dtype == "float64" and (values.dropna() % 1 == 0).all():
            written[name] = values.astype("Int64")
    text: str = written.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d")
    return text.encode("utf-8")


# --- the bureau's reports ------------------------------------------------------------


def bureau_json(tables: Mapping[str, pd.DataFrame]) -> bytes:
    """Return the reports as JSON: identity, summary, accounts, enquiries and public records."""
    reports = _records(tables["bureau_reports"])
    details: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for name, part in _PARTS.items():
        for row in _records(tables[name]):
            parts = details.setdefault(row.pop("report"), {})
            parts.setdefault(part, []).append(row)
    document = []
    for row in reports:
        report = {key: row.pop(key) for key in ("report", "reported_on")}
        identity = {key: row.pop(key) for key in _IDENTITY}
        parts = details.get(report["report"], {})
        lists = {part: parts.get(part, []) for part in _PARTS.values()}
        document.append(report | {"identity": identity, "summary": row} | lists)
    lines = ",\n".join(json.dumps(report, ensure_ascii=False) for report in document)
    return f"[\n{lines}\n]\n".encode()


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as plain values: days as text, whole numbers as such."""
    columns: dict[str, list[Any]] = {}
    for name in frame.columns:
        values = frame[name]
        if values.dtype.kind == "M":
            columns[name] = values.dt.strftime("%Y-%m-%d").tolist()
        elif values.dtype == "float64":
            columns[name] = [int(value) if value % 1 == 0 else value for value in values]
        else:
            columns[name] = values.tolist()
    rows = zip(*columns.values(), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def bureau_rows(content: bytes) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each of the bureau's tables, from its JSON file."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in BUREAU}
    for report in json.loads(content):
        number = {"report": report["report"]}
        rows["bureau_reports"].append(
            number | report["identity"] | {"reported_on": report["reported_on"]} | report["summary"]
        )
        for name, part in _PARTS.items():
            rows[name] += [number | row for row in report[part]]
    return rows
