"""What is open by days past due, and how the customer paid, from records of invoices."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from creditscore._allocation import GIVEN
from creditscore.report._dossier._chart import Chart
from creditscore.report._dossier._facts import short
from creditscore.report._dossier._money import (
    NO_DAY,
    in_columns,
    note_of_lost,
    payments_of,
    settled_by_ledger,
    taken_off,
)
from creditscore.report._dossier._reading import Reading
from creditscore.report._dossier._section import DossierSection, observed
from creditscore.report._dossier._words import pair_of

BUCKETS = ("not due", "1-30", "31-60", "61-90", "91+", "no due day")
_ENDS = np.array([0, 30, 60, 90])
_DAYS = ("invoiced_on", "due_on", "settled_on", "disputed_on", "returned_on")
_NEEDED = ("invoice.amount", "invoice.due_on", "invoice.settled_on")
_CENTS = 6
"""Places to which amounts are rounded: what is left below is of the sum in floats."""


def payment(reading: Reading) -> list[DossierSection]:
    """Return sections of exposure, behaviour and invoices; none where the role sees no amounts.

    Settled invoices are those of the last two years; all that are open are listed.
    """
    rows = reading.of_kind("invoice")
    if not len(rows) or not reading.sees(*_NEEDED):
        return []
    money = payments_of(reading)
    found, lines = _invoices(reading, rows, money)
    if not len(found):
        return []
    exposure, behaviour = _exposure(found), _behaviour(found)
    notes = (pair_of("note_payments_hidden"),) if money is None else note_of_lost(lines, money)
    if not reading.sees("invoice.returned_amount"):
        notes += (pair_of("note_returns_hidden"),)
    if len(exposure.table):
        exposure = replace(exposure, notes=notes)
    else:
        # a section without rows is not shown
        behaviour = replace(behaviour, notes=notes)
    return [exposure, behaviour, _listed(rows, found, lines)]


def _invoices(
    reading: Reading, rows: pd.DataFrame, money: pd.DataFrame | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the invoices that are open or were settled of late, and what was taken off which."""
    clear = rows[~rows["item"].isin(reading.masked)]
    wide = in_columns(clear, _DAYS, ("amount", "returned_amount"))
    today = pd.Timestamp(reading.day)
    # what happens after the day has not happened on it
    wide["settled_on"] = wide["settled_on"].where(wide["settled_on"] <= today)
    wide["returned_amount"] = wide["returned_amount"].where(~(wide["returned_on"] > today), 0.0)
    wide["currency"] = _currency(clear, wide)
    by_ledger = settled_by_ledger(reading)
    lines = taken_off(wide, money, by_ledger, reading.day)
    given = lines[lines["how"].isin(GIVEN)]
    off = given.groupby("invoice")["amount"].sum().reindex(wide.index).fillna(0.0)
    rest = (wide["amount"] - off).round(_CENTS)
    # money settles what the export calls open
    paid_off = _paid_off(wide, given, today)
    if money is not None and reading.sees("invoice.returned_amount"):
        # a day that followed from money holds no more where the money has changed since
        stale = wide.index.isin(by_ledger) & paid_off.isna()
        wide["settled_on"] = wide["settled_on"].where(~stale)
    by_money = wide["settled_on"].isna() & paid_off.notna()
    wide["settled_on"] = wide["settled_on"].fillna(paid_off)
    is_open = wide["settled_on"].isna()
    end = wide["settled_on"].fillna(today)
    late = (end - wide["due_on"]).dt.days
    place = np.searchsorted(_ENDS, late.fillna(0).to_numpy(), side="left")
    bucket = np.where(wide["due_on"].isna(), BUCKETS[5], np.array(BUCKETS)[place])
    found = wide.assign(
        is_open=is_open, by_money=by_money, days_late=late, bucket=np.where(is_open, bucket, ""),
        open_amount=rest.clip(lower=0.0).where(is_open, 0.0),
    )  # fmt: skip
    recent = found["settled_on"] > reading.window_start
    return found[is_open | recent].reset_index(), lines


def _paid_off(wide: pd.DataFrame, given: pd.DataFrame, today: pd.Timestamp) -> pd.Series:
    """Return the day on which nothing of each invoice was open, not before its own."""
    so_far = given.groupby("invoice")["amount"].cumsum()
    rest = wide["amount"].reindex(given["invoice"]).to_numpy() - so_far
    days = given[rest.round(_CENTS) <= 0].groupby("invoice")["day"].min().reindex(wide.index)
    own = wide["invoiced_on"].clip(upper=today)
    days = days.where(days > NO_DAY).astype(own.dtype)
    # where it was paid ahead, it is settled on its own day
    return days.where(days.isna() | own.isna() | (days > own), own)


def _currency(rows: pd.DataFrame, wide: pd.DataFrame) -> pd.Series:
    """Return the currency of each invoice: its own item, or else the unit of its amount."""
    amounts = rows[rows["item"] == "invoice.amount"].set_index("record")["unit"]
    own = wide.get("currency", pd.Series(None, index=wide.index, dtype=object))
    return own.fillna(amounts.reindex(wide.index)).fillna("")


def _exposure(found: pd.DataFrame) -> DossierSection:
    rows: list[dict[str, Any]] = []
    for currency, mine in found[found["is_open"]].groupby("currency", sort=True):
        total = mine["open_amount"].sum()
        for bucket in (
            *BUCKETS[:5],
            *(BUCKETS[5:] if (mine["bucket"] == BUCKETS[5]).any() else ()),
        ):
            of_bucket = mine[mine["bucket"] == bucket]
            amount = of_bucket["open_amount"].sum()
            rows.append({"bucket": bucket, "currency": currency, "n": len(of_bucket),
                         "amount": amount,
                         "share": amount / total if total else np.nan})  # fmt: skip
        rows.append({"bucket": "total", "currency": currency, "n": len(mine), "amount": total,
                     "share": 1.0 if total else np.nan})  # fmt: skip
    table = pd.DataFrame(rows, columns=["bucket", "currency", "n", "amount", "share"])
    names = ["" if total else bucket for bucket, total in zip(
        table["bucket"], table["bucket"] == "total", strict=True)]  # fmt: skip
    to_rows = [(f"due-{name}".replace("+", "").replace(" ", "-"),) if n and name else ("invoices",)
               for name, n in zip(names, table["n"], strict=True)]  # fmt: skip
    basis = dict.fromkeys(("n", "amount", "share"), to_rows)
    return DossierSection(name="exposure", table=table, basis=basis, charts=_bars(table))


def _bars(table: pd.DataFrame) -> tuple[Chart, ...]:
    charts = []
    for currency, mine in table[table["bucket"] != "total"].groupby("currency", sort=True):
        en, zh = pair_of("chart_ageing")
        notes = [short(amount) for amount in mine["amount"]]
        charts.append(Chart(
            kind="bars", title=(f"{en} {currency}".strip(), f"{zh} {currency}".strip()),
            names=tuple(pair_of(bucket) for bucket in mine["bucket"]),
            values=tuple(float(amount) for amount in mine["amount"]),
            notes=tuple((note, note) for note in notes),
        ))  # fmt: skip
    return tuple(charts)


def _behaviour(found: pd.DataFrame) -> DossierSection:
    paid = found[~found["is_open"] & found["days_late"].notna()]
    late = paid["days_late"].astype(float)
    disputed = found["disputed_on"].notna().sum()
    # amounts of one currency alone can be weights of one mean
    by_amount = [
        ("mean_days_late_amount", _mean(mine["days_late"], mine["amount"]), "days", currency)
        for currency, mine in paid.groupby("currency", sort=True)
    ] or [("mean_days_late_amount", np.nan, "days", "")]
    rows = [
        ("n_settled", float(len(paid)), "", ""), ("mean_days_late", late.mean(), "days", ""),
        *by_amount,
        ("share_late", (late > 0).mean() if len(paid) else np.nan, "fraction", ""),
        ("worst_days_late", late.max(), "days", ""),
        ("n_open", float(found["is_open"].sum()), "", ""), ("n_disputed", float(disputed), "", ""),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["measure", "value", "unit", "currency"])
    if len(by_amount) < 2:
        table = table.drop(columns="currency")
    return DossierSection(
        name="behaviour", table=table, basis={"value": [("invoices",)] * len(table)}
    )


def _mean(values: pd.Series, weights: pd.Series) -> float:
    """Return the mean by weights; NaN where they add up to nothing."""
    total = weights.sum()
    return float((values.astype(float) * weights).sum() / total) if total else np.nan


def _listed(rows: pd.DataFrame, found: pd.DataFrame, lines: pd.DataFrame) -> DossierSection:
    order = found.sort_values(["is_open", "invoiced_on", "record"], ascending=[False, True, True])
    columns = ["record", "invoiced_on", "due_on", "settled_on", "amount", "currency", "days_late"]
    table = order[columns].reset_index(drop=True)
    table.insert(5, "open_amount", order["open_amount"].to_numpy())
    table["bucket"] = order["bucket"].where(order["is_open"], "settled").to_numpy()
    numbers = rows.set_index(["record", "item"])["observation"].to_dict()
    basis = {}
    for column in ("invoiced_on", "due_on", "settled_on", "amount"):
        of = [numbers.get((record, f"invoice.{column}")) for record in table["record"]]
        filled = table[column].notna()
        basis[column] = [
            observed(number) if number is not None and there else ()
            for number, there in zip(of, filled, strict=True)
        ]
    given = lines[lines["how"].isin(GIVEN)]
    paid = given[given["kind"] == "payment"].groupby("invoice")["observation"].agg(list).to_dict()
    returned = given.loc[given["kind"] == "credit note", "invoice"].unique()
    back = {record: numbers.get((record, "invoice.returned_amount")) for record in returned}
    basis["open_amount"] = [
        amount + observed([*paid.get(record, ()), *filter(None, [back.get(record)])])
        for record, amount in zip(table["record"], basis["amount"], strict=True)
    ]
    of_lines = given["observation"].fillna(given["invoice"].map(back))
    last = of_lines.groupby(given["invoice"]).last().to_dict()
    basis["settled_on"] = [
        observed(last[record]) if by_money else told
        for record, told, by_money in zip(
            table["record"], basis["settled_on"], order["by_money"], strict=True
        )
    ]
    basis["days_late"] = [a + b for a, b in zip(basis["due_on"], basis["settled_on"], strict=True)]
    return DossierSection(name="invoices", table=table, basis=basis, anchors=_first_of(table))


def _first_of(table: pd.DataFrame) -> tuple[str, ...]:
    """Return the place of each row, to which the amount of its bucket leads."""
    seen: set[str] = set()
    places = []
    for bucket in table["bucket"]:
        name = f"due-{bucket}".replace("+", "").replace(" ", "-")
        places.append("" if name in seen else name)
        seen.add(name)
    return tuple(places)
