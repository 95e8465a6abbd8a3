"""Observations of customers: who, what, since when true, from where, how, by whom and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._days import NoDayError, read_day
from creditscore._display import counted, html_table
from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._observation._columns import (
    OBSERVATION_COLUMNS,
    REQUIRED,
    TEXT_COLUMNS,
)
from creditscore.collect._observation._faults import first_faults, observation_faults
from creditscore.exceptions import InvalidDataError, MissingColumnError

_DEFAULTS: dict[str, Any] = {
    "record": "", "number": np.nan, "text": None, "unit": "", "true_to": pd.NaT,
    "source_name": "", "collected_by": "", "evidence": "", "confidence": 1.0,
}  # fmt: skip
_SHOWN = ("customer", "record", "item", "value", "unit", "true_from", "source", "method")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Observations:
    """Checked rows of facts about customers; each says since when it is true and who says so.

    Made by :meth:`from_frame`, by the readers of this stage, and by questionnaires.

    Attributes
    ----------
    table : pandas.DataFrame
        customer, record (which invoice, contract or visit of the customer; empty for facts of
        the customer itself), item, number and text (a number or a flag stands in the first, a
        text or a day in the second), unit, true_from and true_to (days; true from the first
        until before the second, which is missing where no end is known), source (internal_record,
        public_filing, third_party or site_visit), source_name, method (questionnaire, interview,
        observation or data_analysis), collected_by, collected_at (time in UTC), evidence (where
        the proof lies) and confidence (from 0 to 1).
    catalogue : ItemCatalogue
        What the items are.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import ItemCatalogue, Observations
    >>> observations = Observations.from_frame(pd.DataFrame({
    ...     "customer": ["C1", "C1"], "item": ["revenue", "industry"], "value": [1200, "retail"],
    ...     "true_from": ["2023-12-31", "2024-02-01"], "source": ["public_filing", "site_visit"],
    ...     "method": ["data_analysis", "observation"],
    ...     "collected_at": ["2024-04-30T09:00Z", "2024-02-01T15:30+08:00"],
    ... }))
    >>> observations
    Observations(2 observations of 1 customer, 2 items)
    >>> str(observations.table["collected_at"][1])
    '2024-02-01 07:30:00+00:00'
    """

    table: pd.DataFrame
    catalogue: ItemCatalogue

    @classmethod
    def from_frame(cls, table: pd.DataFrame, *, catalogue: ItemCatalogue | None = None) -> Self:
        """Check a table of observations.

        Parameters
        ----------
        table : pandas.DataFrame
            With customer, item, true_from, source, method and collected_at; and either number
            and text, or a column value. Other columns of :class:`Observations` may be there.
            Days are text with the year first, or dates; a collected_at without a zone is UTC.
        catalogue : ItemCatalogue, optional
            What the items are; without, the standard one.

        Raises
        ------
        MissingColumnError
            A column that is required is not there, or one is there that is none of these.
        InvalidDataError
            A row cannot be used; the message names row, column, value and reason. Readers put
            such rows into a table of rejects instead.
        """
        catalogue = catalogue or ItemCatalogue.standard()
        check_kind(catalogue, "catalogue", "Observations", ItemCatalogue)
        ready = observation_table(table, catalogue)
        faults = observation_faults(ready, catalogue)
        if len(faults):
            msg = f"Observations cannot be used: {first_faults(faults)}."
            raise InvalidDataError(msg)
        return cls(table=ready, catalogue=catalogue)

    @property
    def values(self) -> pd.Series:
        """What was observed: numbers, texts, days as text, True and False."""
        return observed_values(self.table, self.catalogue)

    @property
    def customers(self) -> tuple[str, ...]:
        """Customers, in the order in which they come first."""
        return tuple(str(name) for name in self.table["customer"].unique())

    def __len__(self) -> int:
        """Return the number of observations."""
        return len(self.table)

    def __add__(self, other: Self) -> Self:
        """Put the observations of another behind these; both have one catalogue."""
        if self.catalogue != other.catalogue:
            msg = "Observations of two catalogues cannot be joined. Read both with one catalogue."
            raise InvalidDataError(msg)
        table = pd.concat([self.table, other.table], ignore_index=True)
        return type(self)(table=table, catalogue=self.catalogue)

    def __repr__(self) -> str:
        """Say in one line how many there are."""
        customers, items = self.table["customer"].nunique(), self.table["item"].nunique()
        return (
            f"Observations({counted(len(self), 'observation')} of "
            f"{counted(customers, 'customer')}, {counted(items, 'item')})"
        )

    def _repr_html_(self) -> str:
        """Show the first rows; protected values are hidden."""
        head = self.table.head(10)
        values = observed_values(head, self.catalogue)
        guarded = [self.catalogue[str(name)].is_protected for name in head["item"]]
        shown = head.assign(value=values.where(~np.array(guarded, dtype=bool), "•••"))
        return html_table(shown[list(_SHOWN)], caption=repr(self), formats={})


def observed_values(table: pd.DataFrame, catalogue: ItemCatalogue) -> pd.Series:
    """Return the value of each row: a number, a text or a day as text, True or False."""
    kinds = table["item"].map({item.name: item.kind for item in catalogue}).astype(object)
    values = table["number"].astype(object)
    values = values.where(~kinds.isin(["text", "day"]), table["text"].astype(object))
    flags = table["number"].map({0.0: False, 1.0: True}).astype(object)
    return values.where(kinds != "flag", flags).rename("value")


def observation_table(table: pd.DataFrame, catalogue: ItemCatalogue) -> pd.DataFrame:
    """Return all columns in order and in their types; what cannot be read is missing there."""
    _check_columns(table)
    columns = {name: table[name] for name in OBSERVATION_COLUMNS if name in table.columns}
    if "value" in table.columns:
        columns["number"], columns["text"] = _parted(table["value"], table["item"], catalogue)
    ready = pd.DataFrame(columns, index=table.index)
    for name, default in _DEFAULTS.items():
        if name not in ready.columns:
            ready[name] = default
    for name in TEXT_COLUMNS:
        ready[name] = _words(ready[name])
    for name in ("number", "confidence"):
        ready[name] = pd.to_numeric(ready[name], errors="coerce").astype(np.float64)
    for name in ("true_from", "true_to"):
        ready[name] = read_days(ready[name])
    ready["collected_at"] = read_instants(ready["collected_at"])
    ready["text"] = ready["text"].astype(object).where(ready["text"].notna(), None)
    return ready[list(OBSERVATION_COLUMNS)].reset_index(drop=True)


def _check_columns(table: pd.DataFrame) -> None:
    lacking = [name for name in REQUIRED if name not in table.columns]
    if not {"value", "number", "text"} & set(table.columns):
        lacking.append("value")
    if lacking:
        msg = (
            f"Observations need the columns {', '.join(map(repr, lacking))}, which are not there. "
            f"The table has: {', '.join(map(repr, table.columns))}."
        )
        raise MissingColumnError(msg)
    strange = [name for name in table.columns if name not in (*OBSERVATION_COLUMNS, "value")]
    twice = "value" in table.columns and {"number", "text"} & set(table.columns)
    if strange or twice:
        names = ", ".join(map(repr, strange or sorted(twice)))  # type: ignore[arg-type]
        msg = f"Observations have no use for the columns {names}. Leave them out."
        raise MissingColumnError(msg)


def _parted(value: pd.Series, item: pd.Series, catalogue: ItemCatalogue) -> Any:
    """Return the numbers and the texts of values, by the kind of each item."""
    kinds = item.map({known.name: known.kind for known in catalogue}).astype(object)
    in_words = kinds.isin(["text", "day"])
    values = value.astype(object)
    flags = values.map({"true": 1.0, "false": 0.0, True: 1.0, False: 0.0})
    numbers = pd.to_numeric(values.where(~in_words), errors="coerce")
    numbers = numbers.where(kinds != "flag", flags.astype(np.float64))
    texts = values.where(in_words & values.notna(), None)
    days = (kinds == "day") & texts.notna()
    if days.any():
        texts = texts.where(~days, read_days(texts.where(days)).dt.strftime("%Y-%m-%d"))
    return numbers, texts.map(lambda text: None if pd.isna(text) else str(text))


def _words(words: pd.Series) -> pd.Series:
    """Return a column of repeated words as categories, without gaps and blanks about them."""
    column = words.astype("category")
    names = ["" if pd.isna(name) else str(name).strip() for name in column.cat.categories]
    codes = column.cat.codes.to_numpy()
    levels, places = np.unique(np.array([*names, ""], dtype=object), return_inverse=True)
    # the last place stands for a gap, whose code is -1
    return pd.Series(
        pd.Categorical.from_codes(places[codes], categories=list(levels)), index=words.index
    )


def read_days(values: pd.Series) -> pd.Series:
    """Return days, read as :func:`creditscore._days.read_day` does; NaT for what is none."""
    if pd.api.types.is_datetime64_dtype(values.dtype):
        return values.dt.floor("D").astype("datetime64[s]")
    column = values.astype("category")
    days = [_day_or_none(level) for level in column.cat.categories]
    levels = np.array([*days, np.datetime64("NaT")], dtype="datetime64[s]")
    return pd.Series(levels[column.cat.codes.to_numpy()], index=values.index)


def _day_or_none(value: Any) -> np.datetime64:
    try:
        return read_day(value)
    except NoDayError:
        return np.datetime64("NaT")


def read_instants(values: pd.Series) -> pd.Series:
    """Return times in UTC; NaT for what is none. A time without a zone is one of UTC."""
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return values.dt.tz_convert("UTC").astype("datetime64[us, UTC]")
    if pd.api.types.is_datetime64_dtype(values.dtype):
        return values.dt.tz_localize("UTC").astype("datetime64[us, UTC]")
    column = values.astype("category")
    levels: Sequence[Any] = [_instant_or_none(level) for level in column.cat.categories]
    instants = pd.DatetimeIndex([*levels, pd.NaT], tz="UTC").as_unit("us")
    return pd.Series(instants[column.cat.codes.to_numpy()], index=values.index)


def _instant_or_none(value: Any) -> Any:
    try:
        instant = pd.Timestamp(value)
    except (ValueError, TypeError):
        return pd.NaT
    if pd.isna(instant):
        return pd.NaT
    return instant.tz_localize("UTC") if instant.tz is None else instant.tz_convert("UTC")
