"""Registration and identity numbers that cannot be right, and records that point nowhere."""

from __future__ import annotations

import numpy as np
import pandas as pd

from creditscore._allocation import PARTED, names_in
from creditscore.collect import ItemCatalogue
from creditscore.organise._match._number import NumberKind, check_number, number_or_nothing
from creditscore.organise._verify._findings import findings, joined, nothing
from creditscore.organise._verify._tidy_facts import codes_of, words_of

_NUMBERS: dict[str, NumberKind] = {
    "registration_number": "credit_code", "identity_number": "identity_number",
}  # fmt: skip
"""Items that are numbers with a check sign, and which kind they are of in China."""
_HIDDEN = "•"


def number_findings(table: pd.DataFrame) -> pd.DataFrame:
    """Return numbers whose form or check sign is wrong."""
    there = table["item"].isin(list(_NUMBERS)) & table["text"].notna()
    rows = table[there.to_numpy()]
    rows = rows[~rows["text"].astype(str).str.contains(_HIDDEN, regex=False).to_numpy()]
    if not len(rows):
        return nothing()
    countries = table[(table["item"] == "country").to_numpy() & table["text"].notna().to_numpy()]
    countries = countries.drop_duplicates("customer", keep="last")
    home = words_of(countries["customer"])[countries["text"].astype(str).str.upper() == "CN"]
    chinese = rows["customer"].isin(list(home)).to_numpy()
    told = pd.DataFrame({
        "text": rows["text"].astype(str), "item": words_of(rows["item"]), "chinese": chinese,
    })  # fmt: skip
    each = told.drop_duplicates()
    reasons = [_wrong(*entry) for entry in each.itertuples(index=False)]
    why = told.merge(each.assign(why=reasons), how="left")["why"].to_numpy(dtype=object)
    wrong = why != ""
    found = rows[wrong]
    return findings("number", "doubt", found, value=found["text"], hint=why[wrong])


def _wrong(text: str, item: str, chinese: bool) -> str:
    if not number_or_nothing(text):
        return "it stands for a number that is not known"
    check = check_number(text, _NUMBERS[item] if chinese else None)
    # what has no form that is known may be right elsewhere
    return "" if check.is_valid or check.kind == "unknown" else check.why


def reference_findings(table: pd.DataFrame, catalogue: ItemCatalogue) -> pd.DataFrame:
    """Return records that name another of which nothing is known, such as paid invoices.

    An item such as ``payment.invoice``, whose name ends in a kind of record, names one of them.
    """
    kinds = {item.record_kind for item in catalogue} - {""}
    return joined(
        _dangling(table, item.name, item.name.rpartition(".")[2], catalogue)
        for item in catalogue
        if item.kind == "text" and item.record_kind and item.name.rpartition(".")[2] in kinds
    )


def _dangling(table: pd.DataFrame, name: str, kind: str, catalogue: ItemCatalogue) -> pd.DataFrame:
    rows = table[(table["item"] == name).to_numpy() & table["text"].notna().to_numpy()]
    rows = rows.assign(named=rows["text"].astype(str).str.strip())
    several = rows["named"].str.contains(PARTED, regex=False)
    if several.any():
        # one payment may be of several invoices
        apart = rows["named"].where(~several, rows["named"].map(names_in))
        rows = rows.assign(named=apart).explode("named")
        rows["named"] = rows["named"].fillna("")
    # what was returned of an invoice is no invoice
    needed = [item.name for item in catalogue.of_record(kind) if "returned" not in item.name]
    known = table[table["item"].isin(needed).to_numpy()]
    if not len(rows) or not len(known):
        return nothing()
    record = words_of(known["record"]).astype(str)
    there = rows["named"].isin(record.unique()).to_numpy() | (rows["named"] == "").to_numpy()
    pairs = pd.DataFrame({
        "customer": np.r_[words_of(known["customer"]), words_of(rows["customer"])],
        "record": np.r_[record, rows["named"]],
    })  # fmt: skip
    codes = codes_of(pairs, ["customer", "record"])
    own = np.isin(codes[len(known) :], codes[: len(known)]) | (rows["named"] == "").to_numpy()
    wrong = rows[~own]
    hint = np.where(there[~own], f"the {kind} of another customer", f"no {kind} has this number")
    return findings("reference", "doubt", wrong, value=wrong["named"], hint=hint)
