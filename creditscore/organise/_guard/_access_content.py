"""Gathering all that a store knows of one customer."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from creditscore.collect import Item, ItemCatalogue
from creditscore.exceptions import MissingColumnError
from creditscore.organise._guard._erasing import NamedRejects
from creditscore.organise._guard._events import day_of, plain, read_consents, read_requests
from creditscore.organise._guard._retaining import retention_of
from creditscore.organise._store import _clock
from creditscore.organise._store._access import Desk
from creditscore.organise._store._choice import chosen
from creditscore.organise._store._customers import Customers
from creditscore.organise._store._finding import find
from creditscore.organise._store._linking import link_table
from creditscore.organise._store._names import item_numbers
from creditscore.organise._store._rejecting import reject_table
from creditscore.organise._store._scope import Scope, once_of, retracted
from creditscore.organise._store._tables import Tables
from creditscore.organise._store._values import Reader

_READS = ("read", "export")
_SHOWN = (
    "record", "unit", "true_from", "true_to", "source", "source_name", "method", "collected_by",
    "collected_at", "recorded_at", "evidence", "confidence",
)  # fmt: skip
_REJECTED = ("source", "row", "column", "item", "value", "reason", "cells")


@dataclass(frozen=True, kw_only=True)
class Gathering:
    """One customer of a store, by one state of it."""

    customers: Customers
    desk: Desk
    catalogue: ItemCatalogue
    name: str
    number: int

    @property
    def connection(self) -> sa.Connection:
        """The connection by which all is read."""
        return self.customers.connection

    def content(self, scores: pd.DataFrame | None) -> dict[str, Any]:
        """Return all of it as plain values."""
        return {
            "customer": self.name,
            "made_at": str(_plain(pd.Timestamp(_clock.now(), unit="us", tz="UTC"))),
            "facts": list(self.facts()),
            "rejects": list(self._rejects()),
            "scores": [] if scores is None else _rows_of(scores, self.name),
            "reads": list(self._reads()),
            "labels": {
                item.name: {"label": item.label, "label_zh": item.label_zh}
                for item in self.catalogue
            },
            "purposes": list(self._purposes()),
            "consents": [
                {k: _plain(v) for k, v in plain(consent).items()}
                for consent in read_consents(self.customers) if consent.subject == self.name
            ],
            "requests": [
                {**plain(request), "due_on": request.due_on}
                for request in read_requests(self.customers) if request.subject == self.name
            ],
            "retention": self._retention(),
            "linked": self._linked(),
        }  # fmt: skip

    def facts(self) -> Iterator[dict[str, Any]]:
        """Yield all facts, in the clear, also those that were corrected or taken back."""
        numbers = item_numbers(self.connection, self.catalogue.names)
        owners = np.array([self.number], dtype=np.int64)
        scope = Scope(items=tuple(numbers.values()), customers=owners, with_retracted=True)
        by_number = {number: self.catalogue[name] for name, number in numbers.items()}
        reader = Reader(items=by_number, masked=frozenset(), vault=self.desk.vault)
        tables = Tables(customers=self.customers, scope=scope, reader=reader)
        gone = set(retracted(self.connection, Scope(items=scope.items)).tolist())
        counting = Scope(items=scope.items, customers=owners, once=once_of(by_number))
        now = find(self.customers, counting, with_record=True)
        today = int(_clock.day_of(np.array(_clock.now())))
        counts = set(now.facts.id[chosen(now.facts, today)].tolist())
        for row in tables.observations(history=True).to_dict("records"):
            item = self.catalogue[str(row["item"])]
            yield {
                "observation": int(row["observation"]), "item": item.name,
                "label": item.label, "label_zh": item.label_zh,
                "value": _value(item, row["number"], row["text"]),
                **{name: _plain(row[name]) for name in _SHOWN},
                "counts": row["observation"] in counts, "retracted": row["observation"] in gone,
            }  # fmt: skip

    def _rejects(self) -> Iterator[dict[str, Any]]:
        mine = sorted(NamedRejects.read(self.customers).of(self.name))
        if not mine:
            return
        table = reject_table(self.connection, self.desk.vault, None)
        for row in table.loc[mine].to_dict("records"):
            yield {name: _plain(row[name]) for name in _REJECTED}

    def _reads(self) -> Iterator[dict[str, Any]]:
        """Yield reads of this customer, and those of several at once, which may be of it too."""
        trail = self.desk.trail()
        alone = trail.digest([self.name])
        for record in trail.since():
            if record.action not in _READS or not record.n_subjects:
                continue
            about = hmac.compare_digest(record.subjects_digest, alone)
            if about or record.n_subjects > 1:
                yield {
                    "at": record.at, "actor": record.actor, "roles": list(record.roles),
                    "purpose": record.purpose, "action": record.details.get("call", record.action),
                    "items": list(record.details.get("items", ())),
                    "n_subjects": record.n_subjects, "about": "you" if about else "perhaps",
                }  # fmt: skip

    def _purposes(self) -> Iterator[dict[str, Any]]:
        for purpose in () if self.desk.plan is None else self.desk.plan.purposes:
            yield {
                "name": purpose.name, "text": purpose.text, "text_zh": purpose.text_zh,
                "gdpr": purpose.article("gdpr"), "pipl": purpose.article("pipl"),
            }  # fmt: skip

    def _retention(self) -> list[dict[str, Any]]:
        rules = () if self.desk.plan is None else self.desk.plan.rules
        if not rules:
            return []
        table = retention_of(
            self.connection, self.desk, self.catalogue, rules, day_of(_clock.now()),
            customers=None, owner=self.number,
        ).table  # fmt: skip
        keys = ["item", "status", "due_on", "rule", "kept_by"]
        table = table.assign(**{name: table[name].astype(object) for name in keys[:2]})
        counts = table.groupby(keys, dropna=False, sort=True).size().rename("facts").reset_index()
        return [
            {
                **{name: _plain(row[name]) for name in keys},
                "label": self.catalogue[row["item"]].label,
                "label_zh": self.catalogue[row["item"]].label_zh, "facts": int(row["facts"]),
            }
            for row in counts.to_dict("records")
        ]  # fmt: skip

    def _linked(self) -> list[dict[str, Any]]:
        last = link_table(self.customers).groupby("customer", sort=True).tail(1)
        return [{"customer": str(one)} for one in last["customer"][last["into"] == self.name]]


def _value(item: Item, number: float, text: Any) -> Any:
    if item.kind == "flag":
        return None if np.isnan(number) else bool(number)
    return _plain(number if item.kind == "number" else text)


def _plain(value: Any) -> Any:
    """Return a value as JSON holds it; what is missing is None."""
    if value is None or (not isinstance(value, (str, list, tuple)) and pd.isna(value)):
        return None
    if hasattr(value, "isoformat"):
        at = pd.Timestamp(value)
        return str(at.date()) if at.tz is None and at == at.normalize() else at.isoformat()
    return value.item() if isinstance(value, np.generic) else value


def _rows_of(scores: pd.DataFrame, name: str) -> list[dict[str, Any]]:
    """Return rows of a table of scores that are of a customer, by its column or its index."""
    by_column = "customer" in scores.columns
    if not by_column and scores.index.name != "customer":
        msg = "The table of scores needs a column or an index named 'customer'."
        raise MissingColumnError(msg)
    of = scores["customer"] if by_column else scores.index
    mine = scores[np.array([str(one) == name for one in of], dtype=bool)]
    rows = mine.drop(columns="customer", errors="ignore").to_dict("records")
    return [{str(column): _plain(value) for column, value in row.items()} for row in rows]
