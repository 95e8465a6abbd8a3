"""What is open by days past due, and how the customer paid, from records of invoices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from creditscore.report._dossier._chart import Chart
from creditscore.report._dossier._facts import short
from creditscore.report._dossier._reading import Reading
from creditscore.report._dossier._section import DossierSection, observed
from creditscore.report._dossier._words import pair_of

BUCKETS = ("not due", "1-30", "31-60", "61-90", "91+", "no due day")
_ENDS = np.array([0, 30, 60, 90])
_DAYS = ("invoiced_on", "due_on", "settled_on", "disputed_on", "returned_on")
_NEEDED = ("invoice.amount", "invoice.due_on", "invoice.settled_on")


def payment(reading: Reading) -> list[DossierSection]:
    """Return sections of exposure, behaviour and invoices; none where the role sees no amounts.

    Settled invoices are those of the last two years; all that are open are listed.
    """
    rows = reading.of_kind("invoice")
    if not len(rows) or not reading.sees(*_NEEDED):
        return []
    found = _invoices(reading, rows)
    if not len(found):
        return []
    return [_exposure(found), _behaviour(found), _listed(rows, found)]


def _invoices(reading: Reading, rows: pd.DataFrame) -> pd.DataFrame:
    clear = rows[~rows["item"].isin(reading.masked)]
    column = clear["item"].str.rpartition(".")[2]
    # each cell holds one value, and pivot_table would work out a mean
    wide = clear.assign(column=column).pivot(index="record", columns="column", values="value")  # noqa: PD010
    today = pd.Timestamp(reading.day)
    for name in _DAYS:
        days = wide.get(name, pd.Series(pd.NaT, index=wide.index))
        wide[name] = pd.to_datetime(days, format="%Y-%m-%d")
    for name in ("amount", "returned_amount"):
        wide[name] = wide.get(name, pd.Series(0.0, index=wide.index)).astype(float).fillna(0.0)
    # what happens after the day has not happened on it
    wide["settled_on"] = wide["settled_on"].where(wide["settled_on"] <= today)
    returned = wide["returned_amount"].where(~(wide["returned_on"] > today), 0.0)
    wide["currency"] = _currency(clear, wide)
    is_open = wide["settled_on"].isna()
    end = wide["settled_on"].fillna(today)
    late = (end - wide["due_on"]).dt.days
    place = np.searchsorted(_ENDS, late.fillna(0).to_numpy(), side="left")
    bucket = np.where(wide["due_on"].isna(), BUCKETS[5], np.array(BUCKETS)[place])
    found = wide.assign(
        is_open=is_open, days_late=late, bucket=np.where(is_open, bucket, ""),
        open_amount=(wide["amount"] - returned).clip(lower=0.0).where(is_open, 0.0),
    )  # fmt: skip
    recent = found["settled_on"] > reading.window_start
    return found[is_open | recent].reset_index()


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
    late, amount = paid["days_late"].astype(float), paid["amount"]
    weight = amount.sum()
    disputed = found["disputed_on"].notna().sum()
    measures = {
        "n_settled": float(len(paid)), "mean_days_late": late.mean(),
        "mean_days_late_amount": (late * amount).sum() / weight if weight else np.nan,
        "share_late": (late > 0).mean() if len(paid) else np.nan,
        "worst_days_late": late.max(), "n_open": float(found["is_open"].sum()),
        "n_disputed": float(disputed),
    }  # fmt: skip
    units = {name: "days" for name in measures if "days" in name} | {"share_late": "fraction"}
    table = pd.DataFrame({
        "measure": list(measures), "value": list(measures.values()),
        "unit": [units.get(name, "") for name in measures],
    })  # fmt: skip
    return DossierSection(
        name="behaviour", table=table, basis={"value": [("invoices",)] * len(table)}
    )


def _listed(rows: pd.DataFrame, found: pd.DataFrame) -> DossierSection:
    order = found.sort_values(["is_open", "invoiced_on", "record"], ascending=[False, True, True])
    columns = ["record", "invoiced_on", "due_on", "settled_on", "amount", "currency", "days_late"]
    table = order[columns].reset_index(drop=True)
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
