"""Tables in the form that indicators read, made of the items and records of a catalogue."""

from __future__ import annotations

import numpy as np
import pandas as pd

from creditscore.collect import Item
from creditscore.organise._store._tables import Tables

_OPERATIONS = {"capacity": "capacity", "output": "output", "employees": "employees"}
_MARKET = {
    "market_sales": "market_sales", "largest_competitor_sales": "largest_competitor_sales",
    "market_rank": "rank", "n_competitors": "n_competitors", "market_currency": "currency",
}  # fmt: skip
_TOLD = {"largest_customer_share": "largest_customer_share"}
"""Items that are an indicator as they stand."""
_PROFILE = ("name", "founded_on", "industry", "country", "region", "employees")
_KEPT = {
    "ledger": ("invoiced_on", "due_on", "settled_on", "amount"),
    "contracts": ("due_on", "fulfilled_on"),
    "trade": ("role", "amount"),
    "ratings": ("agency", "rating"),
}
"""Columns that stay even where they are empty, because their table must have them."""


def indicator_tables(tables: Tables) -> dict[str, pd.DataFrame]:
    """Return those tables that have rows."""
    made = {
        "statements": _statements, "operations": _operations, "market": _market,
        "profile": _profile, "persons": _persons, "ledger": _ledger, "contracts": _contracts,
        "trade": _trade, "ratings": _ratings, "references": _references,
        "told": _told,
    }  # fmt: skip
    found = {}
    for name, make in made.items():
        table = _tidied(make(tables), _KEPT.get(name, ()))
        if len(table):
            found[name] = table
    return found


def _statements(tables: Tables) -> pd.DataFrame:
    return _periods(tables.part(_is_of_statements, "currency"))


def _is_of_statements(item: Item) -> bool:
    return item.group == "financial" and item.of == ("enterprise",) and not item.record_kind


def _operations(tables: Tables) -> pd.DataFrame:
    return _panel(tables, _OPERATIONS)


def _market(tables: Tables) -> pd.DataFrame:
    return _panel(tables, _MARKET, "market_currency")


def _told(tables: Tables) -> pd.DataFrame:
    return _panel(tables, _TOLD)


def _panel(tables: Tables, names: dict[str, str], currency: str = "") -> pd.DataFrame:
    return _periods(tables.part(lambda item: item.name in names, currency)).rename(columns=names)


def _periods(tables: Tables) -> pd.DataFrame:
    """Return a row a source and period; of a period the better source counts once it is known.

    Indicators take the row that was known last, whoever said it. So rows are left out of a source
    from when a more reliable one is known about the same months, as in a snapshot; of equals known
    on one day the fuller one stays. Where statements name their months, what names none is no
    statement.
    """
    table = _dated(tables.history(by_source=True, with_belief=True))
    by = ["customer", "_month"]
    if "months" in table and table["months"].notna().any():
        table = table[table["months"].notna()]
        by.append("months")
    # a period that ends up to the sixth belongs to the month before, as for indicators
    end = table["period_end"].to_numpy() - np.timedelta64(6, "D")
    table = table.assign(_month=end.astype("datetime64[M]").astype(np.int64))
    order = table.sort_values(["known_on", "belief"], ascending=[True, False], kind="stable")
    is_best = order["belief"] >= order.groupby(by)["belief"].cummax()
    return _one_a_day(table[is_best.reindex(table.index)], by).drop(columns=["belief", "_month"])


def _one_a_day(table: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return the fullest of the rows about one thing that are known on one day.

    A firm and its group are two things; who does not say which speaks of what the others do.
    """
    by = [*by, "known_on"]
    if "consolidated" in table:
        scope = table["consolidated"]
        table = table.assign(
            _scope=scope.fillna(scope.groupby([table[n] for n in by]).transform("first"))
        )
        by.append("_scope")
    order = table.notna().sum(axis=1).sort_values(kind="stable").index
    stays = ~table.loc[order].duplicated(by, keep="last")
    return table[stays.reindex(table.index)].drop(columns="_scope", errors="ignore")


def _dated(table: pd.DataFrame) -> pd.DataFrame:
    """Return a history with the ends of periods; what was foretold is known once it is true."""
    table = table.rename(columns={"true_from": "period_end"})
    return table.assign(known_on=table[["known_on", "period_end"]].max(axis=1))


def _profile(tables: Tables) -> pd.DataFrame:
    return tables.part(lambda item: item.name in _PROFILE).profiles()


def _persons(tables: Tables) -> pd.DataFrame:
    return tables.part(_is_of_persons).profiles()


def _is_of_persons(item: Item) -> bool:
    numeric = item.kind in ("number", "flag")
    return numeric and item.of == ("person",) and not item.record_kind


def _ledger(tables: Tables) -> pd.DataFrame:
    table = _of_kind(tables, "invoice").records().drop(columns="known_on")
    table = table.rename(columns={"record": "invoice"})
    if "disputed_on" in table:
        table["disputed"] = table["disputed_on"].notna()
    if {"returned_amount", "returned_on"} <= set(table.columns):
        # nothing came back of an invoice of which nobody said so
        never = table["returned_on"].isna() & table["returned_amount"].isna()
        table["returned_amount"] = table["returned_amount"].mask(never, 0.0)
    # an invoice is known from its day; without one there is nothing to know
    return table[table["invoiced_on"].notna()] if "invoiced_on" in table else table.head(0)


def _contracts(tables: Tables) -> pd.DataFrame:
    return _of_kind(tables, "contract").records().rename(columns={"record": "contract"})


def _trade(tables: Tables) -> pd.DataFrame:
    table = _of_kind(tables, "trade").history(by_source=False, with_record=True)
    return _dated(table).rename(columns={"record": "counterparty"})


def _ratings(tables: Tables) -> pd.DataFrame:
    table = _of_kind(tables, "rating").history(by_source=False, with_record=True)
    return table.drop(columns=["record", "true_from"])


def _references(tables: Tables) -> pd.DataFrame:
    table = tables.part(lambda item: item.name == "reference_opinion").history(by_source=True)
    names = {"source": "association", "reference_opinion": "opinion"}
    return table.rename(columns=names).drop(columns="true_from")


def _of_kind(tables: Tables, kind: str) -> Tables:
    return tables.part(lambda item: item.record_kind == kind, f"{kind}.currency")


def _tidied(table: pd.DataFrame, kept: tuple[str, ...]) -> pd.DataFrame:
    """Leave out columns that hold nothing: they are of items that nobody collected."""
    empty = [name for name in table if name not in kept and table[name].isna().all()]
    return table.drop(columns=empty).reset_index(drop=True)
