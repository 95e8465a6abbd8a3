"""What is wrong with the items and values of codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from creditscore._cells import word_of
from creditscore._checks import check_kind
from creditscore.collect._interview._item_code import in_unit_of
from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._observation._faults import observation_faults
from creditscore.collect._observation._observations import observation_table
from creditscore.exceptions import InvalidDataError, InvalidParameterError


def code_faults(
    items: Sequence[str], values: Sequence[Any], units: Sequence[Any], catalogue: ItemCatalogue
) -> dict[int, str]:
    """Say of which codes, by place, the catalogue does not have the item or allow the value."""
    values, of_units = _in_units_of_items(items, values, units, catalogue)
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
    return found | of_units


def _in_units_of_items(
    items: Sequence[str], values: Sequence[Any], units: Sequence[Any], catalogue: ItemCatalogue
) -> tuple[list[Any], dict[int, str]]:
    """Return values in the units that items are kept in, and why some are none."""
    found, faults = list(values), {}
    for row, (name, value, unit) in enumerate(zip(items, values, units, strict=True)):
        if name in catalogue and word_of(unit):
            try:
                found[row], _ = in_unit_of(catalogue[name], value, word_of(unit))
            except InvalidParameterError as error:
                faults[row] = str(error)
    return found, faults


def check_code(
    item: str, value: Any, unit: str, catalogue: ItemCatalogue | None, owner: str
) -> None:
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
    for reason in code_faults([item], [value], [unit], catalogue).values():
        msg = f"The code of {item!r} cannot be used: {reason}."
        raise InvalidDataError(msg)
