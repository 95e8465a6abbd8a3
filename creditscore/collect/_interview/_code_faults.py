"""What is wrong with the items and values of codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._observation._faults import observation_faults
from creditscore.collect._observation._observations import observation_table
from creditscore.exceptions import InvalidDataError


def code_faults(
    items: Sequence[str], values: Sequence[Any], catalogue: ItemCatalogue
) -> dict[int, str]:
    """Say of which codes, by place, the catalogue does not have the item or allow the value."""
    of_record = [item in catalogue and bool(catalogue[item].record_kind) for item in items]
    table = pd.DataFrame({
        "customer": "any", "record": np.where(of_record, "any", ""), "item": list(items),
        "value": pd.Series(list(values), dtype=object),
        "true_from": "2000-01-01", "source": "site_visit", "method": "interview",
        "collected_at": "2000-01-01",
    })  # fmt: skip
    faults = observation_faults(observation_table(table, catalogue), catalogue)
    reasons = faults["column"] + " " + faults["reason"]
    found: dict[int, str] = dict(zip(faults["row"].tolist(), reasons.tolist(), strict=True))
    for row in faults.loc[faults["column"] == "number", "row"].tolist():
        # a word is read as an empty number
        if isinstance(values[row], str) and values[row].strip():
            found[row] = f"the value is no {catalogue[items[row]].kind}"
    return found


def check_code(item: str, value: Any, catalogue: ItemCatalogue | None, owner: str) -> None:
    """Refuse a code that the catalogue, if any, does not allow.

    Raises
    ------
    InvalidParameterError
        The item is not in it.
    InvalidDataError
        The item cannot have the value.
    """
    if catalogue is None:
        return
    check_kind(catalogue, "catalogue", owner, ItemCatalogue)
    # which names those that are near an unknown one
    _ = catalogue[item]
    for reason in code_faults([item], [value], catalogue).values():
        msg = f"The code of {item!r} cannot be used: {reason}."
        raise InvalidDataError(msg)
