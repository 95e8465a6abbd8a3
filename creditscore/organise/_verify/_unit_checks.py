"""Amounts in another currency or unit than the customer's others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from creditscore.collect import ItemCatalogue
from creditscore.organise._verify._currency import (
    is_amount,
    is_money,
    is_of_one_currency,
    plain_unit,
)
from creditscore.organise._verify._findings import REPORT, findings, joined, nothing, one_a_report
from creditscore.organise._verify._jump import statements_in_other_units
from creditscore.organise._verify._same_fact import SameFact
from creditscore.organise._verify._tidy_facts import codes_of, words_of

_RARE = 0.1
"""Share of a customer's reports up to which one in another unit is unlike the others."""
_USUAL = 0.9
"""Share of all reports in one unit from which it is usual where the customer's own do not tell."""


def amounts_of(catalogue: ItemCatalogue, *, record: str | None = None) -> list[str]:
    """Return the items that are amounts of money, in the currency of each observation."""
    return [
        item.name for item in catalogue if is_amount(item) and record in (None, item.record_kind)
    ]


def unit_findings(
    table: pd.DataFrame, catalogue: ItemCatalogue, words: SameFact, changes: pd.DataFrame
) -> pd.DataFrame:
    """Return reports in unlike units, words that cannot be compared, and whole statements."""
    amounts = amounts_of(catalogue)
    of_one = [name for name in amounts if is_of_one_currency(catalogue[name])]
    mixed, rows = _several(table, of_one)
    parts = [
        mixed,
        _unlike(table.drop(index=rows), amounts),
        _not_comparable(table, words),
        _whole(table, amounts, changes),
    ]
    return joined(parts)


def _several(table: pd.DataFrame, amounts: Sequence[str]) -> tuple[pd.DataFrame, pd.Index]:
    """Return amounts in another currency than most of their statement or record, and their rows.

    The last word of a source on an amount counts, so that what was corrected is not found.
    """
    money = [unit for unit in table["unit"].cat.categories if is_money(plain_unit(unit))]
    rows = table[
        table["item"].isin(list(amounts)).to_numpy()
        & table["number"].notna().to_numpy()
        & table["unit"].isin(money).to_numpy()
    ]
    if not len(rows) or (rows["unit"] == rows["unit"].iloc[0]).all():
        return nothing(), rows.index[:0]
    rows = rows.sort_values("known", kind="stable")
    rows = rows[~rows.duplicated([*REPORT, "item"], keep="last")].sort_index()
    unit = words_of(rows["unit"].map(plain_unit))
    report = pd.Series(codes_of(rows, REPORT), index=rows.index)
    kind = words_of(rows["item"]).str.rpartition(".")[0]
    n = unit.groupby([report, kind, unit]).transform("size")
    # of as many, the one that is told first
    usual = unit.loc[n.sort_values(ascending=False, kind="stable").index]
    usual = usual.groupby([report, kind]).transform("first").reindex(rows.index)
    wrong = (unit != usual).to_numpy()
    found = findings(
        "unit", "error", rows[wrong], value=words_of(rows["unit"])[wrong], expected=usual[wrong],
        hint="several currencies in one statement or record",
    )  # fmt: skip
    return found, rows.index[wrong]


def _unlike(table: pd.DataFrame, amounts: Sequence[str]) -> pd.DataFrame:
    """Return the reports whose currency hardly any other report of the customer has."""
    rows = table[
        table["item"].isin(list(amounts)).to_numpy()
        & table["number"].notna().to_numpy()
        & (table["unit"] != "").to_numpy()
    ]
    rows = rows.assign(unit=words_of(rows["unit"].map(plain_unit)))
    if not len(rows) or (rows["unit"] == rows["unit"].iloc[0]).all():
        return nothing()
    rows, item = one_a_report(rows, "unit")
    kind = words_of(rows["item"]).str.rpartition(".")[0].to_numpy()
    keys = ["customer", "kind"]
    told = pd.DataFrame({
        "customer": words_of(rows["customer"]), "kind": kind, "unit": rows["unit"], "n": 1,
    })  # fmt: skip
    n = told.groupby(keys)["n"].transform("sum")
    mine = told.groupby([*keys, "unit"])["n"].transform("sum")
    own = told["unit"].where(mine > 0.5 * n)
    usual = own.groupby([told["customer"], told["kind"]]).transform("first")
    everywhere = told["n"].groupby([told["kind"], told["unit"]]).transform("sum")
    most = everywhere / told["n"].groupby(told["kind"]).transform("sum")
    common = told["unit"].where(most >= _USUAL).groupby(told["kind"]).transform("first")
    alone = n == mine
    expected = usual.where(usual.notna() & ~alone, common)
    rare = mine <= np.maximum(1.0, _RARE * n)
    wrong = (rare & expected.notna() & (expected != told["unit"])).to_numpy()
    hint = np.where(alone[wrong], "unlike that of most customers", "unlike the customer's others")
    return findings(
        "unit", "doubt", rows[wrong], item=item[wrong], value=told["unit"][wrong],
        expected=expected[wrong], hint=hint,
    )  # fmt: skip


def _not_comparable(table: pd.DataFrame, words: SameFact) -> pd.DataFrame:
    """Return words on a fact of which another source tells in another unit."""
    at = np.flatnonzero(words.other_unit)
    if not len(at):
        return nothing()
    pairs = pd.DataFrame({"row": words.rows[at], "first": words.rows[words.first[at]]})
    pairs = pairs.drop_duplicates("row")
    rows = table.iloc[pairs["row"].to_numpy()]
    unit = words_of(table["unit"]).to_numpy()
    rows = rows.assign(expected=unit[pairs["first"].to_numpy()])
    rows, item = one_a_report(rows)
    return findings(
        "unit", "doubt", rows, item=item, value=words_of(rows["unit"]), expected=rows["expected"],
        hint="another source tells it in another unit: not compared",
    )  # fmt: skip


def _whole(table: pd.DataFrame, amounts: Sequence[str], changes: pd.DataFrame) -> pd.DataFrame:
    """Return statements whose amounts are all 1,000 times the others', or a part of them."""
    found = statements_in_other_units(changes, amounts)
    power = found["power"].to_numpy()
    told = [f"{'times' if one > 0 else 'divided by'} {10 ** abs(round(one)):,}" for one in power]
    return findings(
        "unit", "error", table.iloc[found.index], item="", value=told,
        expected="the unit of the customer's others", hint="the whole statement",
    )  # fmt: skip
