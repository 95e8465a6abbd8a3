"""Who read what, as one table: from records of an audit trail, or from another log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from creditscore._cells import word_of
from creditscore._frame import as_table
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.protect import AuditRecord

ACCESS_COLUMNS = (
    "entry", "at", "actor", "roles", "purpose", "action", "item", "customer", "n_subjects",
    "was_denied",
)  # fmt: skip
_NEEDED = ("at", "actor", "purpose", "item")
_READS = ("read", "read_masked", "export")


def access_table(accesses: Any) -> pd.DataFrame:
    """Return a row an access to an item: `ACCESS_COLUMNS`.

    Records of a trail name no customers, so that `customer` is empty there and `n_subjects` says
    how many they were.
    """
    if isinstance(accesses, Iterable) and not hasattr(accesses, "columns"):
        entries = list(accesses)
        if all(isinstance(entry, AuditRecord) for entry in entries):
            rows = [row for entry in entries for row in _of_record(entry)]
            return _typed(pd.DataFrame(rows, columns=list(ACCESS_COLUMNS)))
        msg = (
            "The accesses must be a table, or records of an audit trail. Got an entry that is "
            f"a {type(next(e for e in entries if not isinstance(e, AuditRecord))).__name__}."
        )
        raise InvalidParameterError(msg)
    return _typed(_of_log(accesses))


def _of_record(record: AuditRecord) -> list[list[Any]]:
    """Return a row an item; what is no access to items leaves none."""
    details = record.details
    was_denied = record.action == "denied"
    if was_denied:
        action = str(details.get("asked", ""))
        items = [details["item"]] if "item" in details else []
    else:
        action, items = record.action, list(details.get("items", ()))
    if action not in _READS:
        return []
    masked = set(details.get("masked", ()))
    start = [record.number, record.at, record.actor, record.roles, record.purpose]
    return [
        [*start, "read_masked" if item in masked else action, str(item), "", record.n_subjects,
         was_denied]
        for item in items
    ]  # fmt: skip


def _of_log(log: Any) -> pd.DataFrame:
    table = as_table(log)
    roles = "roles" if "roles" in table.names else "role"
    table.require((*_NEEDED, roles))
    frame = pd.DataFrame({name: _texts(table, name) for name in ("actor", "purpose", "item")})
    for name in ("actor", "item"):
        empty = np.flatnonzero((frame[name] == "").to_numpy())
        if len(empty):
            msg = f"The column {name!r} of the accesses is empty in row {empty[0]}."
            raise InvalidDataError(msg)
    frame["at"] = list(log["at"])
    words = _texts(table, roles)
    frame["roles"] = [tuple(part.strip() for part in word.split(";") if part.strip())
                      for word in words]  # fmt: skip
    for name, default in (("action", "read"), ("customer", "")):
        frame[name] = _texts(table, name) if name in table.names else default
    frame["entry"] = _texts(table, "entry") if "entry" in table.names else range(len(frame))
    return frame.assign(n_subjects=1, was_denied=False)


def _texts(table: Any, name: str) -> list[str]:
    codes, levels = table.levels(name)
    words = [*map(word_of, levels), ""]
    return [words[code] for code in codes]


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    try:
        at = pd.to_datetime(frame["at"], utc=True, format="ISO8601")
    except (ValueError, TypeError) as error:
        msg = f"The column 'at' of the accesses must hold instants: {error}."
        raise InvalidDataError(msg) from error
    if at.isna().any():
        place = int(np.flatnonzero(at.isna().to_numpy())[0])
        msg = f"The column 'at' of the accesses is empty in row {place}."
        raise InvalidDataError(msg)
    return frame.assign(at=at)[list(ACCESS_COLUMNS)]
