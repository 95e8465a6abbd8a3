"""How many rows records tell of that were made before they told which ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from creditscore.protect import AuditRecord

_EVENTS = {
    "hold": {"reason"},
    "release": {"reason"},
    "consent": {"purpose"},
    "withdrawal": {"purpose"},
    "request": {"kind", "answered"},
}
"""Entries of the details of records of events."""


class OlderCounts:
    """Rows by table, as far as records tell them: of what they leave open, nothing is known.

    Who has a store may add records of an own making to its trail. One that is called as those of
    the store are, and says something else, leaves open what it is about.
    """

    def __init__(self) -> None:
        self._rows: dict[str, int | None] = {}

    def of(self, name: str) -> int | None:
        """Return how many rows a table had; None where that is not known."""
        return self._rows.get(name, 0)

    def drop(self, name: str) -> None:
        """Forget a table, whose rows are told anew."""
        self._rows[name] = 0

    def take(self, record: AuditRecord) -> None:
        """Take in a record."""
        for name, n in _told(record.action, record.details).items():
            self._add(name, n)

    def _add(self, name: str, n: Any) -> None:
        so_far = self._rows.get(name, 0)
        is_known = type(n) is int and so_far is not None
        self._rows[name] = so_far + n if is_known and so_far is not None else None


def _told(action: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return how many rows a record tells of, by table; anything but a number leaves it open."""
    if action in _EVENTS:
        return {"protections": 1 if set(said) == _EVENTS[action] else None}
    if action in _COUNTED:
        return _COUNTED[action](said)
    return _OPEN.get(action, {})


def _of_load(said: Mapping[str, Any]) -> dict[str, Any]:
    names = dict.fromkeys(("customers", "items", "origins"))
    return {"batches": 1 if "batch" in said else None, "rejects": said.get("refused"), **names}


def _of_retraction(said: Mapping[str, Any]) -> dict[str, Any]:
    numbers = said.get("observations")
    return {"retractions": len(numbers) if isinstance(numbers, list) else None}


def _of_erasure(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rows of an erasure; of what was due, in how many events it expired is open."""
    if "as_of" in said:
        return {"erasures": said.get("customers"), "protections": None}
    n = 1 if "kept" in said else None
    return {"erasures": n, "protections": n}


def _of_restoration(said: Mapping[str, Any]) -> dict[str, Any]:
    if said.get("register") is False:
        return {}
    return {"erasures": said.get("erased"), "protections": None}


_COUNTED: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "load": _of_load,
    "reject": lambda said: {"rejects": said.get("rows")},
    "retract": _of_retraction,
    "link": lambda said: {"links": 1 if set(said) == {"reason"} else None},
    "unlink": lambda said: {"links": 1 if set(said) == {"reason"} else None},
    "erase": _of_erasure,
    "restore": _of_restoration,
}
_OPEN: Mapping[str, dict[str, Any]] = {
    "create": {"settings.protection": 1, "settings.catalogue": 1, "settings.policy": None},
    "change_catalogue": {"settings.catalogue": 1},
    "change_policy": {"settings.policy": None},
    "change_plan": {"settings.plan": 1},
    "rotate_keys": {"settings.protection": None},
    "assign": {"assignments": None},
}
