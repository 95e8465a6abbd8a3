"""The lineage of derived items: what each value was made of, and how."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pandas as pd

from creditscore._days import months_later
from creditscore.collect._derived._derivation import Derivation
from creditscore.collect._derived._facts import DerivationInputs, Facts, digests_of
from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._observation._observations import Observations
from creditscore.exceptions import InvalidDataError

LINEAGE_COLUMNS = (
    "lineage", "customer", "item", "value", "reason", "function", "version", "parameters",
    "window_months", "derivation", "as_of", "known_at", "n_inputs", "inputs_digest", "confidence",
)  # fmt: skip
_NO_VALUE = "too few facts for a value"


def lineage_of(
    one: Derivation, facts: Facts, catalogue: ItemCatalogue
) -> tuple[pd.DataFrame, pd.Series | None]:
    """Return the lineage of one item, and the groups of customers whose facts count."""
    own = facts.of(one.inputs)
    start = None
    if one.window_months is not None:
        start = months_later(facts.as_of, -one.window_months)
    inputs = DerivationInputs(own, catalogue, start)
    if not len(own.table):
        return pd.DataFrame(columns=list(LINEAGE_COLUMNS)), None
    result = _read_result(one(inputs), one, inputs.customers)
    group = result["group"] if one.across else None
    keys = groups_of(own.table["customer"], group)
    digests = digests_of(keys, own.table)
    of_customer = digests.loc[groups_of(pd.Series(result.index), group).to_numpy()]
    key = one.key
    table = result[["value", "reason"]].reset_index()
    table["item"] = one.item
    table["function"], table["version"] = one.name, one.version
    table["parameters"], table["derivation"] = one.settings, key
    table["window_months"] = pd.array([one.window_months] * len(table), dtype="Int64")
    table["as_of"], table["known_at"] = pd.Timestamp(facts.as_of), facts.known_at
    for name in ("n_inputs", "inputs_digest", "confidence"):
        table[name] = of_customer[name].to_numpy()
    table["lineage"] = [
        _lineage_id(key, customer, digest, facts.as_of)
        for customer, digest in zip(table["customer"], table["inputs_digest"], strict=True)
    ]
    return table[list(LINEAGE_COLUMNS)], group


def groups_of(customers: pd.Series, group: pd.Series | None) -> pd.Series:
    """Return whose facts count for each customer: its own, or those of its group."""
    names = customers.astype(object).reset_index(drop=True)
    return names if group is None else names.map(group)


def _lineage_id(key: str, customer: str, digest: str, as_of: np.datetime64) -> str:
    text = "\x1f".join((key, customer, digest, str(as_of)))
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]


def _read_result(result: Any, one: Derivation, customers: pd.Index) -> pd.DataFrame:
    """Return value, reason and group of each customer with facts."""
    if isinstance(result, pd.Series):
        result = result.rename("value").to_frame()
    if not isinstance(result, pd.DataFrame) or "value" not in result.columns:
        msg = (
            f"The derivation {one.name!r} must return a Series by customer, or a table with the "
            f"column value. Got {type(result).__name__}."
        )
        raise InvalidDataError(msg)
    if one.across and "group" not in result.columns:
        result = result.assign(group=0)
    table = result.copy()
    table.index = pd.Index(table.index.astype(object), name="customer")
    strange = table.index.difference(customers)
    if len(strange) or not table.index.is_unique:
        told = f"{strange[0]!r}, of whom it saw no facts" if len(strange) else "one customer twice"
        msg = f"The derivation {one.name!r} returned {told}."
        raise InvalidDataError(msg)
    table = table.reindex(customers)
    try:
        values = table["value"].astype(np.float64)
    except (TypeError, ValueError) as error:
        msg = f"The derivation {one.name!r} must return numbers. Got {table['value'].dtype}."
        raise InvalidDataError(msg) from error
    if np.isinf(values).any():
        at = values.index[np.isinf(values)][0]
        msg = f"The derivation {one.name!r} returned infinity for customer {at!r}."
        raise InvalidDataError(msg)
    reasons = table["reason"] if "reason" in table.columns else pd.Series(None, index=customers)
    reasons = reasons.astype(object).where(reasons.notna(), _NO_VALUE).where(values.isna(), "")
    groups = table["group"].astype(object) if one.across else pd.Series(0, index=customers)
    # a customer that the function left out stands for itself
    groups = groups.where(groups.notna(), "alone: " + pd.Series(customers, index=customers))
    return pd.DataFrame({"value": values, "reason": reasons, "group": groups})


def derived_observations(
    lineage: pd.DataFrame, catalogue: ItemCatalogue, collected_by: str
) -> Observations | None:
    """Return the values of a lineage as observations; None where there is none."""
    there = lineage[lineage["value"].notna()]
    if not len(there):
        return None
    table = pd.DataFrame(
        {
            "customer": there["customer"], "item": there["item"], "number": there["value"],
            "true_from": there["as_of"], "source": "internal_record",
            "source_name": there["function"] + " " + there["version"].astype(str),
            "method": "data_analysis", "collected_by": collected_by,
            "collected_at": there["known_at"], "evidence": "lineage:" + there["lineage"],
            "confidence": there["confidence"].astype(np.float64),
        }
    )  # fmt: skip
    units = {item.name: item.unit for item in catalogue}
    return Observations.from_frame(table.assign(unit=there["item"].map(units)), catalogue=catalogue)
