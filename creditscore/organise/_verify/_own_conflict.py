"""Sources that contradict themselves: two values of one fact, at one instant or one later."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from creditscore._typing import Int1D
from creditscore.collect import ItemCatalogue
from creditscore.organise._verify._findings import findings, joined
from creditscore.organise._verify._same_fact import (
    SOURCE,
    are_once,
    facts_of,
    other_unit,
    same_values,
    unit_codes,
)
from creditscore.organise._verify._tidy_facts import (
    codes_of,
    numbers_of,
    values_of,
    words_of,
)

_PLACE = ["fact", *SOURCE]
_LOADED = "recorded_at"
"""Of facts from a store: what a later load says of the same instant corrects the earlier."""


def own_conflicts(table: pd.DataFrame, catalogue: ItemCatalogue) -> pd.DataFrame:
    """Return values at odds with another that the same source told of the same fact.

    Those that were replaced at the very instant at which they were told; those that count because
    they were loaded last, though their source told another value later; and those replaced later,
    of what happens once, where no value follows another, or by another method. A value is found
    once a fact, however often it was told.
    """
    told = table.assign(fact=facts_of(table, catalogue), once=are_once(table, catalogue))
    at_once = _at_one_instant(told)
    told = told[~told.index.isin(at_once.index)]
    told = told[told.duplicated(_PLACE, keep=False).to_numpy()]
    # of events the day of collection is often their own day, which tells no order
    outdated = _outdated(told[~told["once"].to_numpy()])
    rest = told[~told["fact"].isin(told["fact"].loc[outdated.index]).to_numpy()]
    return joined([at_once, outdated, _replaced_later(rest)])


def _at_one_instant(table: pd.DataFrame) -> pd.DataFrame:
    together = [*_PLACE, "method", "collected_at", *(_LOADED for _ in {_LOADED} & set(table))]
    rows = table[table.duplicated(together, keep=False).to_numpy()].dropna(subset=together)
    rows, last = _replaced(rows, codes_of(rows, together))
    return findings(
        "conflict", "error", rows, value=_told(rows, last), expected=_words(last, rows),
        hint="the same source told both at one instant; the last counts",
    )  # fmt: skip


def _outdated(table: pd.DataFrame) -> pd.DataFrame:
    """Return the values that count although their source told another one later."""
    code = codes_of(table, _PLACE)
    counting = np.unique(_last(table, code, "known"))
    newest = _last(table, code, "collected_at")[counting]
    told = table["collected_at"].astype("int64").to_numpy()
    wrong = (told[newest] > told[counting]) & (
        ~same_values(table, counting, newest, 0.0) | other_unit(table, counting, newest)
    )
    rows, newer = table.iloc[counting[wrong]], table.iloc[newest[wrong]]
    hint = "collected " + _days(rows["collected_at"]) + ", and loaded after what the same source"
    return findings(
        "outdated", "doubt", rows, value=_told(rows, newer), expected=_words(newer, rows),
        hint=hint + " said on " + _days(newer["collected_at"]) + "; it counts",
    )  # fmt: skip


def _replaced_later(table: pd.DataFrame) -> pd.DataFrame:
    rows, last = _replaced(table, codes_of(table, _PLACE))
    once = rows["once"].to_numpy()
    method = words_of(last["method"]).to_numpy()
    told = once | (words_of(rows["method"]).to_numpy() != method)
    rows, last, once = rows[told], last[told], once[told]
    how = np.where(once, "", " by " + words_of(last["method"]))
    hint = "the same source says otherwise" + how + ", known from " + _days(last["known"])
    return findings(
        np.where(once, "corrected", "conflict"), "doubt", rows, value=_told(rows, last),
        expected=_words(last, rows), hint=hint + "; the last known counts",
    )  # fmt: skip


def _replaced(rows: pd.DataFrame, code: Int1D) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return rows that say something else than the last of their code, each value once, and it."""
    one, other = np.arange(len(rows)), _last(rows, code, "known")
    differs = ~same_values(rows, one, other, 0.0) | other_unit(rows, one, other)
    at_odds = rows.assign(code=code, in_unit=unit_codes(rows))[differs]
    again = at_odds.duplicated(["code", "number", "text", "in_unit"]).to_numpy()
    one = np.flatnonzero(differs)[~again]
    return rows.iloc[one], rows.iloc[other[one]]


def _last(rows: pd.DataFrame, code: Int1D, instant: str) -> Int1D:
    """Return for each row the place of the last one of its code."""
    order = np.lexsort((numbers_of(rows), rows[instant].astype("int64"), code))
    ends = np.append(np.diff(code[order]) != 0, True)[: len(order)]
    last = np.zeros(len(rows), dtype=np.int64)
    last[code[order[ends]]] = order[ends]
    return last[code]


def _told(rows: pd.DataFrame, others: pd.DataFrame) -> Any:
    """Return what rows say, with its unit where the others say theirs in another."""
    value = values_of(rows).to_numpy(dtype=object, copy=True)
    mine, other = (words_of(of["unit"]).to_numpy(dtype=object) for of in (rows, others))
    apart = (mine != other) & (mine != "") & (other != "") & rows["number"].notna().to_numpy()
    value[apart] = [f"{one} {unit}" for one, unit in zip(value[apart], mine[apart], strict=True)]
    return value


def _words(rows: pd.DataFrame, others: pd.DataFrame) -> Any:
    return _told(rows, others).astype(str)


def _days(instants: pd.Series) -> Any:
    return instants.dt.strftime("%Y-%m-%d").to_numpy(dtype=object)
