"""The catalogue as a schema of pandera, and what in a snapshot breaks it."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore.collect import Item, ItemCatalogue
from creditscore.exceptions import InvalidParameterError, MissingDependencyError

_DAY = r"\d{4}-\d{2}-\d{2}"


def pandera_module() -> Any:
    """Return pandera for pandas, under the name that its version has."""
    if find_spec("pandera") is None:
        msg = "Schemas need pandera. Install it with: pip install 'creditscore[store]'"
        raise MissingDependencyError(msg)
    try:
        from pandera import pandas  # noqa: PLC0415 - an extra
    except ImportError:
        # before version 0.24
        import pandera  # noqa: PLC0415 - an extra

        return pandera
    return pandas


def catalogue_schema(catalogue: ItemCatalogue, *, record_kind: str = "") -> Any:
    """Return a schema of pandera for tables with a column an item.

    Parameters
    ----------
    catalogue : ItemCatalogue
        What the items are.
    record_kind : str, default=""
        Which records the table holds, such as "invoice"; its columns are without the prefix.
        Without, items of the customers themselves.

    Returns
    -------
    pandera.DataFrameSchema
        Numbers within their range, words among the allowed ones, days, flags. No column has to
        be there, gaps are allowed, and other columns do not matter: what lacks is a matter of
        completeness. Add to it as to any schema of pandera.

    Raises
    ------
    MissingDependencyError
        pandera is not installed.
    InvalidParameterError
        There are no items of this kind of record.

    Examples
    --------
    >>> from creditscore.collect import ItemCatalogue
    >>> from creditscore.organise import catalogue_schema
    >>> schema = catalogue_schema(ItemCatalogue.standard(), record_kind="invoice")
    >>> sorted(schema.columns)[:3]
    ['amount', 'currency', 'disputed_on']
    """
    check_kind(catalogue, "catalogue", "catalogue_schema", ItemCatalogue)
    items = catalogue.of_record(record_kind)
    if not items:
        msg = f"The catalogue has no items of records of the kind {record_kind!r}."
        raise InvalidParameterError(msg)
    return schema_of(items, record_kind)


def schema_of(items: Sequence[Item], name: str = "") -> Any:
    """Return a schema with a column each of some items, without the prefix of their record."""
    pandera = pandera_module()
    columns = {
        item.name.rpartition(".")[2]: pandera.Column(
            checks=_checks(item, pandera), nullable=True, required=False, coerce=False
        )
        for item in items
    }
    return pandera.DataFrameSchema(columns, name=name or "customers")


def _checks(item: Item, pandera: Any) -> list[Any]:
    check = pandera.Check
    if item.kind == "number":
        return [
            check(_is_number, name="number", error="is no number"),
            check(
                lambda column: _within(column, item.low, item.high), name="range",
                error=f"is not within {item.low:g} to {item.high:g}",
            ),
        ]  # fmt: skip
    if item.kind == "flag":
        return [check(lambda c: c.isin([0, 1]), name="flag", error="is neither true nor false")]
    if item.kind == "day":
        return [check(_is_day, name="day", error="is no day")]
    allowed = list(item.allowed)
    if not allowed:
        return []
    words = ", ".join(allowed)
    return [check(lambda c: c.isin(allowed), name="word", error=f"is none of {words}")]


def _is_number(column: pd.Series) -> pd.Series:
    return pd.to_numeric(column, errors="coerce").notna()


def _within(column: pd.Series, low: float, high: float) -> pd.Series:
    # what is no number fails the check before
    number = pd.to_numeric(column, errors="coerce")
    inside = ((number >= low) & (number <= high)) | number.isna()
    return inside & ~np.isinf(number.astype(np.float64).fillna(0.0))


def _is_day(column: pd.Series) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column.notna()
    days = pd.to_datetime(column.where(column.astype(str).str.fullmatch(_DAY)), errors="coerce")
    return days.notna()


def check_snapshot(
    table: pd.DataFrame,
    catalogue: ItemCatalogue,
    *,
    record_kind: str = "",
    schema: Any = None,
) -> pd.DataFrame:
    """Return the cells of a table that break the catalogue, or a schema of one's own.

    Parameters
    ----------
    table : DataFrame
        A row a customer (or record), a column an item; the index says whose it is.
    catalogue : ItemCatalogue
        What the items are.
    record_kind : str, default=""
        As in :func:`catalogue_schema`.
    schema : pandera.DataFrameSchema, optional
        In the place of that of the catalogue.

    Returns
    -------
    DataFrame
        A row a failure: row (label in the index), item, value and reason. All are found, not
        the first alone.

    Raises
    ------
    MissingDependencyError
        pandera is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import ItemCatalogue
    >>> from creditscore.organise import check_snapshot
    >>> firms = pd.DataFrame({"employees": [50.0, -3.0]}, index=["A", "B"])
    >>> check_snapshot(firms, ItemCatalogue.standard()).values.tolist()
    [['B', 'employees', -3.0, 'is not within 0 to inf']]
    """
    pandera = pandera_module()
    schema = schema or catalogue_schema(catalogue, record_kind=record_kind)
    numbered = table.reset_index(drop=True)
    columns = ["row", "item", "value", "reason"]
    try:
        schema.validate(numbered, lazy=True)
    except pandera.errors.SchemaErrors as error:
        failures = error.failure_cases
    else:
        return pd.DataFrame(columns=columns)
    found = pd.DataFrame(
        {
            "row": _labels(failures["index"], table.index),
            "item": failures["column"].astype(object),
            "value": failures["failure_case"].astype(object),
            "reason": failures["check"].astype(object),
        }
    )
    return found.sort_values(["item", "row"], kind="stable", key=_as_text, ignore_index=True)


def _labels(places: pd.Series, index: pd.Index) -> list[Any]:
    labels = index.to_list()
    return [None if pd.isna(place) else labels[int(place)] for place in places]


def _as_text(column: pd.Series) -> pd.Series:
    return column.astype(str)
