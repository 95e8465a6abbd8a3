"""Where on the page stands what an indicator was made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from creditscore.indicators import IndicatorTable
from creditscore.report._dossier._reading import Reading
from creditscore.report._dossier._section import observed

KINDS: Mapping[str, str] = {
    "ledger": "invoice", "contracts": "contract", "trade": "trade", "ratings": "rating",
}  # fmt: skip
"""Kinds of records by the table of indicators that they are in."""
_ITEMS = {
    "market.rank": "market_rank", "market.currency": "market_currency",
    "references": "reference_opinion",
}  # fmt: skip
"""Items whose names are others in the tables of indicators."""
_PANELS = ("statements", "operations", "market", "profile", "persons", "told")
_DATED = ("statements", "operations", "market", "told")
_PARTS = {
    "customer_concentration": ("trade.role", "customer"),
    "largest_customer_share": ("trade.role", "customer"),
    "supplier_concentration": ("trade.role", "supplier"),
    "largest_supplier_share": ("trade.role", "supplier"),
    "agency_rating": ("rating.scale", "global"),
    "domestic_agency_rating": ("rating.scale", "china"),
}
"""Indicators of some records of a kind, and what tells which."""
_OF_THE_FIRST = ("relationship_years", "months_since_last_delay")
"""Indicators that may rest on the first invoice, which the page need not list."""


def item_of(table: str, item: str) -> str:
    """Return the item that an indicator reads; of rows of records, an empty text."""
    return _ITEMS.get(f"{table}.{item}".rstrip("."), item)


@dataclass(frozen=True, kw_only=True, eq=False)
class Places:
    """Places on the page by what indicators read.

    Attributes
    ----------
    reading : Reading
        Facts about the customer.
    """

    reading: Reading

    @cached_property
    def _by_item(self) -> Mapping[str, pd.DataFrame]:
        return {str(name): rows for name, rows in self.reading.clear.groupby("item")}

    def of(self, found: IndicatorTable) -> dict[str, tuple[str, ...]]:
        """Return the places that each indicator with a value rests on."""
        known = [name for name, measured in found.measured.items() if not measured.missing[0]]
        told = found.sources(indicators=known, customers=[self.reading.customer])
        panels: dict[str, tuple[str, ...]] = {}
        places: dict[str, dict[str, None]] = {}
        for read in told.itertuples():
            table, _, item = str(read.input).partition("@")[0].partition(".")
            if table in _PANELS:
                if read.input not in panels:
                    panels[read.input] = self._in_panel(table, item_of(table, item), read)
                mine = panels[read.input]
            else:
                mine = self._in_rows(table, str(read.indicator))
            places.setdefault(str(read.indicator), {}).update(dict.fromkeys(mine))
        return {name: tuple(mine) for name, mine in places.items()}

    def _in_panel(self, table: str, item: str, read: Any) -> tuple[str, ...]:
        rows = self._by_item.get(item)
        return () if rows is None else observed_at(rows, table, read)

    def _in_rows(self, table: str, indicator: str) -> tuple[str, ...]:
        if table == "references":
            return self._of_references()
        kind = KINDS.get(table)
        if kind is None:
            return ()
        if kind == "invoice":
            return ("invoices", *(self._first_invoice() if indicator in _OF_THE_FIRST else ()))
        return self._of_records(kind, indicator)

    def _of_records(self, kind: str, indicator: str) -> tuple[str, ...]:
        """Return the places of records: of trade, of the latest period; of an agency, the last."""
        rows = self.reading.of_kind(kind)
        if indicator in _PARTS:
            item, word = _PARTS[indicator]
            fits = rows.loc[(rows["item"] == item) & (rows["value"] == word), "record"]
            rows = rows[rows["record"].isin(fits)]
        if kind == "trade":
            rows = rows[rows["true_from"] == rows["true_from"].max()]
        if kind == "rating":
            agencies = rows[rows["item"] == "rating.agency"].sort_values("known_at", kind="stable")
            last = agencies.drop_duplicates("value", keep="last")["record"]
            rows = rows[rows["record"].isin(last)]
        return observed(list(rows["observation"]))

    def _of_references(self) -> tuple[str, ...]:
        """Return the place of the last opinion of each source, of the window if there are any."""
        rows = self._by_item.get("reference_opinion")
        if rows is None:
            return ()
        rows = rows.sort_values(["known_at", "observation"], kind="stable")
        rows = rows.drop_duplicates(["source", "source_name"], keep="last")
        start = self.reading.window_start.tz_localize("UTC") + pd.Timedelta(days=1)
        recent = rows[rows["known_at"] >= start]
        return observed(list((recent if len(recent) else rows)["observation"]))

    def _first_invoice(self) -> tuple[str, ...]:
        rows = self.reading.facts[self.reading.facts["item"] == "invoice.invoiced_on"]
        return observed(rows.sort_values("value", kind="stable")["observation"].iloc[:1])


def observed_at(rows: pd.DataFrame, table: str, read: Any) -> tuple[str, ...]:
    """Return the place of the fact that was read, of its day and value, or none."""
    value = f"{read.value:%Y-%m-%d}" if isinstance(read.value, pd.Timestamp) else str(read.value)
    same = rows["value"].astype(str) == value
    if table in _DATED and not pd.isna(read.dated):
        same &= rows["true_from"] == pd.Timestamp(read.dated)
    return observed(rows.loc[same, "observation"].iloc[-1:])
