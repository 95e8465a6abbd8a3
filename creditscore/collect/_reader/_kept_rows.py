"""What is kept of the rows of a ledger: no credit notes, and of a payment in several rows one."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd

from creditscore._allocation import with_shares
from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._observation._incoming import coded
from creditscore.collect._reader._collected import Collected
from creditscore.collect._reader._ledger_form import LedgerForm

PAYS, KIND = "payment.invoice", "payment.kind"
_AMOUNT, _DAY = "payment.amount", "payment.paid_on"
_RECORD = ["customer", "record"]


def in_lines(table: pd.DataFrame) -> pd.DataFrame:
    """Add which row of the source each observation is of, by its evidence."""
    codes, levels = coded(table["evidence"])
    rows = pd.factorize(np.array([str(word).rpartition("&column=")[0] for word in levels] + [""]))
    return table.assign(line=rows[0][codes])


def kept_of(
    source: Collected, kind: str, form: LedgerForm, catalogue: ItemCatalogue
) -> pd.DataFrame:
    """Return what was read, without credit notes and the items of reading; of rows, records."""
    table = source.observations.table.astype({"customer": str, "record": str, "item": str})
    told = in_lines(table)
    if kind == "invoice":
        says = (told["item"] == "invoice.amount") & (told["number"] < 0)
    else:
        says = (told["item"] == KIND) & told["text"].isin(form.credit_notes)
    keys = pd.MultiIndex.from_frame(told[[*_RECORD, "line"]])
    is_note = keys.isin(keys[says.to_numpy()]) & table["item"].str.startswith(f"{kind}.")
    mine = ~is_note.to_numpy() & table["item"].isin(catalogue.names).to_numpy()
    kept = told[mine]
    several = kept.duplicated([*_RECORD, "item"])
    if kind == "payment" and several.any():
        of = pd.MultiIndex.from_frame(kept[_RECORD])
        rows = of.isin(of[several.to_numpy()])
        kept = pd.concat([kept[~rows], _joined(kept[rows])])
    return kept[list(table)]


def _joined(rows: pd.DataFrame) -> pd.DataFrame:
    """Return payments in several rows as one each: their sum, and what of it is of which invoice.

    They are known when all of their rows are, and paid on the last of their days.
    """
    amounts = rows[rows["item"] == _AMOUNT].set_index([*_RECORD, "line"])["number"]
    named = rows[rows["item"] == PAYS].set_index([*_RECORD, "line"])["text"]
    parts = pd.DataFrame({"amount": amounts, "name": named.reindex(amounts.index).fillna("")})
    parts = parts[parts["amount"].notna()]
    of_record = parts.groupby(level=_RECORD, sort=False)
    sums = of_record["amount"].agg(lambda part: float(sum(Decimal(repr(x)) for x in part)))
    texts = of_record[["name", "amount"]].apply(
        lambda part: with_shares(part["name"], part["amount"])
    )
    known = rows.groupby(_RECORD, sort=False)["collected_at"].max()
    last_day = rows[rows["item"] == _DAY].groupby(_RECORD, sort=False)["text"].max()
    first = rows.drop_duplicates([*_RECORD, "item"])
    record = pd.MultiIndex.from_frame(first[_RECORD])
    joined = first.assign(collected_at=known.reindex(record).to_numpy())
    for item, column, values in (
        (_AMOUNT, "number", sums), (PAYS, "text", texts), (_DAY, "text", last_day),
    ):  # fmt: skip
        mine = (joined["item"] == item).to_numpy()
        joined.loc[mine, column] = values.reindex(record[mine]).to_numpy()
    return joined
