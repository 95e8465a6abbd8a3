"""Facts and invoices that are there twice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from creditscore.organise._verify._same_fact import FACT, unit_codes
from creditscore.organise._verify._tidy_facts import sources_of, tidy_facts, values_of, words_of

_ABOUT = ("invoiced_on", "amount")


def find_duplicates(observations: Any) -> pd.DataFrame:
    """Return what is there twice: facts told again, and invoices under two numbers.

    Parameters
    ----------
    observations : Observations or DataFrame
        Tidy observations.

    Returns
    -------
    DataFrame
        A row for each that repeats an earlier one: kind, customer, record, item, value, other
        (the record, customer or source that it repeats) and row (place in the table). Kinds:
        "told again" (a source said the same of the same day before), "same invoice" (another
        number, but the day, amount and unit of an earlier invoice to the same customer) and "number
        of another" (an invoice number that another customer has as well).

    Raises
    ------
    MissingColumnError
        The table is none of observations.

    Notes
    -----
    Nothing is removed: what was told again is proof that it still holds, and two equal invoices
    of one day may both be right. A person decides. O(n log n) time.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import Observations
    >>> from creditscore.organise import find_duplicates
    >>> booked = Observations.from_frame(pd.DataFrame({
    ...     "customer": "A", "record": ["R1", "R1", "R2", "R2"], "true_from": "2024-03-01",
    ...     "item": ["invoice.amount", "invoice.invoiced_on"] * 2,
    ...     "value": [500.0, "2024-03-01"] * 2, "source": "internal_record",
    ...     "method": "data_analysis", "collected_at": "2024-05-01",
    ... }))
    >>> find_duplicates(booked)[["kind", "record", "other"]].values.tolist()
    [['same invoice', 'R2', 'R1']]
    """
    return duplicates_of(tidy_facts(observations, "find_duplicates"))


def duplicates_of(table: pd.DataFrame) -> pd.DataFrame:
    """Return what of a table of facts is there twice."""
    parts = [_told_again(table), *_invoices(table)]
    return pd.concat(parts, ignore_index=True)


def _told_again(table: pd.DataFrame) -> pd.DataFrame:
    same = [*FACT, "number", "text", "source", "source_name", "method"]
    again = table.assign(in_unit=unit_codes(table)).duplicated([*same, "in_unit"]).to_numpy()
    rows = table[again]
    return _listed("told again", rows, sources_of(rows))


def _invoices(table: pd.DataFrame) -> list[pd.DataFrame]:
    wanted = [f"invoice.{name}" for name in _ABOUT]
    rows = table[table["item"].isin(wanted).to_numpy()]
    if not len(rows):
        return []
    keys = ["customer", "record"]
    last = rows.sort_values("known", kind="stable").drop_duplicates([*keys, "item"], keep="last")
    amounts = last[last["item"] == "invoice.amount"].astype({"customer": object, "record": object})
    days = last[last["item"] == "invoice.invoiced_on"].astype(
        {"customer": object, "record": object}
    )
    day = days.set_index(keys)["text"]
    at = pd.MultiIndex.from_frame(amounts[keys])
    amounts = amounts.assign(day=day.reindex(at).to_numpy()).sort_index()
    dated = amounts[amounts["day"].notna()]
    same = ["customer", "day", "number"]
    unit = pd.Series(unit_codes(dated), index=dated.index, dtype=np.float64).replace(-1, np.nan)
    # an invoice without a unit may be in that of the first that has one
    told = unit.fillna(dated.assign(unit=unit).groupby(same)["unit"].transform("first"))
    first = dated.assign(unit=told.fillna(-1)).groupby([*same, "unit"])["record"].transform("first")
    twice = dated["record"] != first
    owner = amounts.groupby("record")["customer"].transform("first")
    taken = amounts["customer"] != owner
    return [
        _listed("same invoice", dated[twice], first[twice]),
        _listed("number of another", amounts[taken], owner[taken]),
    ]


def _listed(kind: str, rows: pd.DataFrame, other: pd.Series) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "kind": kind, "customer": words_of(rows["customer"]),
            "record": words_of(rows["record"]), "item": words_of(rows["item"]),
            "value": values_of(rows), "other": other.astype(object),
            "row": rows.index.to_numpy(dtype=np.int64),
        }
    )  # fmt: skip
