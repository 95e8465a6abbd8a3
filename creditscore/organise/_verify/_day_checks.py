"""Days that cannot be: in the wrong order, or later than their collection."""

from __future__ import annotations

import numpy as np
import pandas as pd

from creditscore._typing import Bool1D
from creditscore.collect import ItemCatalogue
from creditscore.organise._verify._findings import REPORT, findings, joined, nothing, one_a_report
from creditscore.organise._verify._tidy_facts import codes_of, values_of, words_of

ORDERS = (
    ("invoice.invoiced_on", "invoice.due_on"),
    ("invoice.invoiced_on", "invoice.settled_on"),
    ("invoice.invoiced_on", "invoice.disputed_on"),
    ("invoice.invoiced_on", "invoice.returned_on"),
    ("founded_on", "opened_on"),
)
"""Days of the standard catalogue of which the first cannot be after the second."""
_DONE = frozenset(
    {
        "invoice.invoiced_on", "invoice.settled_on", "invoice.disputed_on", "invoice.returned_on",
        "payment.paid_on", "contract.fulfilled_on", "founded_on", "opened_on",
    }
)  # fmt: skip
"""Days of the standard catalogue on which something was done, which cannot lie ahead."""
_PLANNED = frozenset({"invoice.due_on", "contract.due_on"})
_PLANS = 0.1
"""Share of the days of another item that lie ahead from which it is one of plans."""
_ZONES = pd.Timedelta(days=1)
"""A day begins up to so much earlier elsewhere than in UTC."""


def order_findings(table: pd.DataFrame) -> pd.DataFrame:
    """Return days of one record and source that are before the day that they follow."""
    named = {name for pair in ORDERS for name in pair}
    rows = table[table["item"].isin(list(named)).to_numpy() & table["text"].notna().to_numpy()]
    if not len(rows):
        return nothing()
    rows = rows.assign(record_of=codes_of(rows, ["customer", "record", "source", "source_name"]))
    rows = rows.sort_values("known", kind="stable")
    rows = rows.drop_duplicates(["record_of", "item"], keep="last").assign(day=_days(rows))
    of_item = {
        name: part.set_index("record_of")["day"]
        for name, part in rows.groupby(words_of(rows["item"]))
    }
    parts = []
    for first, second in ORDERS:
        if first not in of_item or second not in of_item:
            continue
        later = rows[(rows["item"] == second).to_numpy()]
        begin = later["record_of"].map(of_item[first])
        wrong = (later["day"] < begin).to_numpy()
        expected = begin[wrong].dt.strftime("%Y-%m-%d or later")
        hint = f"before {first.rpartition('.')[2]}"
        found = later[wrong]
        parts.append(
            findings("order", "error", found, value=found["text"], expected=expected, hint=hint)
        )
    return joined(parts)


def future_findings(
    table: pd.DataFrame, catalogue: ItemCatalogue, known_at: pd.Timestamp
) -> pd.DataFrame:
    """Return what was collected after all was known, and what is told before it was true."""
    collected = table["collected_at"].dt.tz_localize(None)
    late = (collected > known_at).to_numpy()
    limit = collected.clip(upper=known_at)
    early = (table["true_from"] > limit + _ZONES).to_numpy()
    severity = _severity_of_days(table, catalogue, limit)
    days = severity != ""
    rows = table[days | late | early]
    if not len(rows):
        return nothing()
    place = rows.index.to_numpy()
    days, late = days[place], late[place]
    # an address may be told before one moves, and a statement not before its period ends
    past = {item.name for item in catalogue if item.group == "financial" or item.record_kind}
    grave = np.where(rows["item"].isin(list(past)) | late, "error", "doubt")
    rows = rows.assign(
        severity=np.where(days, severity[place], grave),
        expected="by " + limit[place].dt.strftime("%Y-%m-%d"),
        hint=np.where(late & ~days, "collected after all was known", "after it was collected"),
        value=values_of(rows),
    )
    reports = pd.MultiIndex.from_frame(rows[REPORT].astype(object))
    rest, item = one_a_report(rows[~days & ~reports.isin(reports[days])])
    return joined([_told(rows[days], words_of(rows["item"][days])), _told(rest, item)])


def _told(rows: pd.DataFrame, item: pd.Series) -> pd.DataFrame:
    columns = {name: rows[name] for name in ("severity", "expected", "hint")}
    severity = columns.pop("severity")
    value = rows["value"].where(item != "", None)
    return findings("future", severity, rows, item=item, value=value, **columns)


def _severity_of_days(
    table: pd.DataFrame, catalogue: ItemCatalogue, collected: pd.Series
) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """Return how grave it is that a day lies after its collection; empty where it does not."""
    severity = np.full(len(table), "", dtype=object)
    names = [item.name for item in catalogue if item.kind == "day" and item.name not in _PLANNED]
    rows = table[table["item"].isin(names).to_numpy()]
    ahead: Bool1D = (_days(rows) > collected[rows.index] + _ZONES).to_numpy()
    item = words_of(rows["item"])
    done = item.isin(list(_DONE)).to_numpy()
    share = pd.Series(ahead, index=rows.index).groupby(item).transform("mean").to_numpy()
    places = rows.index.to_numpy()
    severity[places[ahead & done]] = "error"
    severity[places[ahead & ~done & (share < _PLANS)]] = "doubt"
    return severity


def _days(rows: pd.DataFrame) -> pd.Series:
    codes, levels = pd.factorize(rows["text"])
    days = pd.to_datetime(pd.Series(levels, dtype=object), errors="coerce", format="%Y-%m-%d")
    found = pd.Series([*days, pd.NaT], dtype="datetime64[ns]").to_numpy()[codes]
    return pd.Series(found, index=rows.index)
