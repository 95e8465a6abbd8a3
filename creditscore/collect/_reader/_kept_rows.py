"""What is kept of the rows of a ledger: no credit notes, and of a payment in several rows one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from creditscore._allocation import PARTED, Money, names_in
from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._observation._incoming import coded
from creditscore.collect._reader._collected import Collected
from creditscore.collect._reader._ledger_form import LedgerForm

PAYS, KIND = "payment.invoice", "payment.kind"
_FACT = ["customer", "record", "item"]


def in_lines(table: pd.DataFrame) -> pd.DataFrame:
    """Add which row of the source each observation is of, by its evidence."""
    codes, levels = coded(table["evidence"])
    rows = pd.factorize(np.array([str(word).rpartition("&column=")[0] for word in levels] + [""]))
    return table.assign(line=rows[0][codes])


def kept_of(
    source: Collected, kind: str, form: LedgerForm, catalogue: ItemCatalogue,
    settled: Mapping[tuple[str, str], Money],
) -> pd.DataFrame:  # fmt: skip
    """Return what was read, without credit notes and the items of reading; of rows, records."""
    table = source.observations.table.astype({"customer": str, "record": str, "item": str})
    told = in_lines(table)
    if kind == "invoice":
        says = (told["item"] == "invoice.amount") & (told["number"] < 0)
    else:
        says = (told["item"] == KIND) & told["text"].isin(form.credit_notes)
    keys = pd.MultiIndex.from_frame(told[["customer", "record", "line"]])
    is_note = keys.isin(keys[says.to_numpy()]) & table["item"].str.startswith(f"{kind}.")
    kept = table[~is_note.to_numpy() & table["item"].isin(catalogue.names).to_numpy()]
    several = kept.duplicated(_FACT, keep=False)
    if kind != "payment" or not several.any():
        return kept
    return pd.concat([kept[~several], _joined(kept[several], settled)])


def _joined(rows: pd.DataFrame, settled: Mapping[tuple[str, str], Money]) -> pd.DataFrame:
    """Return payments in several rows as one each: what they are together, and of which invoices.

    How much is of which is not kept, so those that it paid the last of come first.
    """
    by_record = rows.groupby(_FACT, sort=False)
    joined = by_record.head(1).set_index(_FACT)
    joined["number"] = by_record["number"].sum(min_count=1)

    def in_order(words: pd.Series) -> str:
        customer, number = rows.loc[words.index[0], ["customer", "record"]]
        names = [name for text in words for name in names_in(text)]
        last = [settled.get((customer, name)) for name in names]
        rank = {name: money is None or money.number != number
                for name, money in zip(names, last, strict=True)}  # fmt: skip
        return PARTED.join(sorted(rank, key=rank.__getitem__))

    named = joined.index.get_level_values("item") == PAYS
    joined.loc[named, "text"] = by_record["text"].agg(in_order)
    return joined.reset_index()[list(rows)]
