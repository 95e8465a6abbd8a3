"""Observations of customers: who, what, since when true, from where, how, by whom and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from creditscore._cells import word_of
from creditscore._checks import check_kind, read_entries
from creditscore._display import counted, html_table
from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._observation._columns import (
    OBSERVATION_COLUMNS,
    REQUIRED,
    TEXT_COLUMNS,
)
from creditscore.collect._observation._faults import HIDDEN, first_faults, observation_faults
from creditscore.collect._observation._incoming import (
    categories,
    coded,
    day_texts,
    flags,
    incoming_frame,
    numbers,
    read_days,
    read_instants,
    texts,
)
from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    MissingColumnError,
)

_MOST_TOLD = 10
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
    def from_frame(cls, table: Any, *, catalogue: ItemCatalogue | None = None) -> Self:
        """Check a table of observations.

        Parameters
        ----------
        table : DataFrame of pandas, polars or pyarrow
            With customer, item, true_from, source, method and collected_at; and either number
            and text, or a column value. Other columns of :class:`Observations` may be there.
            Days are text with the year first, or dates; a collected_at without a zone is UTC. A
            unit of numbers is that of their item, or a currency where the item has none, or empty;
            readers turn other units into these.
        catalogue : ItemCatalogue, optional
            What the items are; without, the standard one.

        Raises
        ------
        MissingColumnError
            A column that is required is not there, or one is there that is none of these.
        DuplicateColumnError, InvalidParameterError, ColumnTypeError
            Two columns of one name; no table; a column of lists or mappings.
        InvalidDataError
            A row cannot be used; the message names row, column, value and reason. Readers put
            such rows into a table of rejects instead. Protected values are not shown.

        Notes
        -----
        O(n_rows) time: columns are read by their distinct values, and what the catalogue says
        of an item is looked up by row.
        """
        catalogue = ItemCatalogue.standard() if catalogue is None else catalogue
        check_kind(catalogue, "catalogue", "Observations", ItemCatalogue)
        given = incoming_frame(table)
        ready = observation_table(given, catalogue)
        faults = observation_faults(ready, catalogue)
        if len(faults):
            told = first_faults(_as_given(faults, given, ready, catalogue))
            msg = f"Observations cannot be used: {told}."
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

    @classmethod
    def concat(cls, parts: Iterable[Self]) -> Self:
        """Put observations behind each other.

        Parameters
        ----------
        parts : iterable of Observations
            One or more, of one catalogue.

        Raises
        ------
        EmptyDataError
            There are no parts.
        InvalidParameterError
            One of them is something else, such as a table.
        InvalidDataError
            Two of them have different catalogues.

        Examples
        --------
        >>> import pandas as pd
        >>> from creditscore.collect import Observations
        >>> one = Observations.from_frame(pd.DataFrame({
        ...     "customer": ["A"], "item": ["revenue"], "value": [5.0], "true_from": ["2023-12-31"],
        ...     "source": ["public_filing"], "method": ["data_analysis"],
        ...     "collected_at": ["2024-04-30"],
        ... }))
        >>> len(Observations.concat([one, one, one]))
        3
        """
        given = read_entries(parts, "parts", "Observations.concat")
        for part in given:
            check_kind(part, "parts", "Observations.concat", Observations)
        if not given:
            msg = "There are no observations to put together."
            raise EmptyDataError(msg)
        catalogue = given[0].catalogue
        if any(part.catalogue != catalogue for part in given):
            msg = (
                "Observations of two catalogues cannot be joined. Read all with one catalogue, "
                "such as ItemCatalogue.standard() with further items by its with_items()."
            )
            raise InvalidDataError(msg)
        tables = [part.table for part in given]
        joined = {
            name: categories(
                pd.concat([table[name].astype(object) for table in tables]),
                sort=name != "evidence",
            )
            if name in TEXT_COLUMNS
            else pd.concat([table[name] for table in tables], ignore_index=True)
            for name in OBSERVATION_COLUMNS
        }
        return cls(table=pd.DataFrame(joined), catalogue=catalogue)

    def __add__(self, other: Self) -> Self:
        """Put the observations of another behind these; both have one catalogue."""
        return self.concat([self, other])

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
        shown = head.assign(value=values.where(~np.array(guarded, dtype=bool), HIDDEN))
        return html_table(shown[list(_SHOWN)], caption=repr(self), formats={})


def observed_values(table: pd.DataFrame, catalogue: ItemCatalogue) -> pd.Series:
    """Return the value of each row: a number, a text or a day as text, True or False.

    Parameters
    ----------
    table : pandas.DataFrame
        Observations, with item, number and text.
    catalogue : ItemCatalogue
        What the items are.

    Returns
    -------
    pandas.Series of objects
        Values with the index of the table.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import ItemCatalogue, observed_values
    >>> table = pd.DataFrame({"item": ["audited", "industry"], "number": [1.0, None],
    ...                       "text": [None, "retail"]})
    >>> observed_values(table, ItemCatalogue.standard()).tolist()
    [True, 'retail']
    """
    kinds = _kinds_of(table["item"], catalogue)
    values = table["number"].to_numpy().astype(object)
    in_words = np.isin(kinds, (_TEXT, _DAY))
    values[in_words] = table["text"].to_numpy()[in_words]
    is_flag = kinds == _FLAG
    values[is_flag] = table["number"].to_numpy()[is_flag] == 1
    return pd.Series(values, index=table.index, name="value", dtype=object)


_NUMBER, _TEXT, _DAY, _FLAG, _UNKNOWN = range(5)
_KINDS = {"number": _NUMBER, "text": _TEXT, "day": _DAY, "flag": _FLAG}


def _kinds_of(item: pd.Series, catalogue: ItemCatalogue) -> npt.NDArray[np.int8]:
    """Return the kind of the item of each row, as a small number."""
    codes, levels = coded(item)
    known = {name.name: _KINDS[name.kind] for name in catalogue}
    kinds = [known.get(word_of(level), _UNKNOWN) for level in levels]
    return np.array([*kinds, _UNKNOWN], dtype=np.int8)[codes]


def observation_table(table: pd.DataFrame, catalogue: ItemCatalogue) -> pd.DataFrame:
    """Return all columns in order and in their types; what cannot be read is missing there.

    Parameters
    ----------
    table : pandas.DataFrame
        As :meth:`Observations.from_frame` takes it.
    catalogue : ItemCatalogue
        What the items are.

    Returns
    -------
    pandas.DataFrame
        The columns of :class:`Observations`, rows numbered from 0; it need not be without fault.

    Raises
    ------
    MissingColumnError
        A column that is required is not there, or one is there that is none of these.
    ColumnTypeError
        A column holds lists or mappings.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import ItemCatalogue, observation_table
    >>> table = pd.DataFrame({
    ...     "customer": ["C1"], "item": ["revenue"], "value": ["12"], "true_from": ["2023/12/31"],
    ...     "source": ["public_filing"], "method": ["data_analysis"],
    ...     "collected_at": ["2024-04-30"],
    ... })
    >>> observation_table(table, ItemCatalogue.standard())["number"].tolist()
    [12.0]
    """
    _check_columns(table)
    given = table.reset_index(drop=True)
    n = len(given)
    ready: dict[str, Any] = {}
    for name in OBSERVATION_COLUMNS:
        if name not in given.columns:
            ready[name] = _default(name, n)
        elif name in TEXT_COLUMNS:
            # each may stand for a cell of its own, and sorting as many takes long
            ready[name] = categories(given[name], sort=name != "evidence")
        elif name in ("true_from", "true_to"):
            ready[name] = read_days(given[name])
        elif name == "collected_at":
            ready[name] = read_instants(given[name])
        else:
            ready[name] = texts(given[name]) if name == "text" else numbers(given[name])
    if "value" in given.columns:
        ready["number"], ready["text"] = _parted(given["value"], given["item"], catalogue)
    ready["text"] = pd.Series(ready["text"], dtype=object)
    return pd.DataFrame(ready, columns=list(OBSERVATION_COLUMNS))


def _default(name: str, n: int) -> Any:
    if name in TEXT_COLUMNS:
        return pd.Categorical.from_codes(np.zeros(n, dtype=np.int8), categories=[""])
    if name == "true_to":
        return np.full(n, np.datetime64("NaT"), dtype="datetime64[s]")
    if name == "text":
        return np.full(n, None, dtype=object)
    return np.full(n, 1.0 if name == "confidence" else np.nan)


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
    kinds = _kinds_of(item, catalogue)
    number = np.full(len(value), np.nan)
    text = np.full(len(value), None, dtype=object)
    for kind, column, read in (
        (_NUMBER, number, numbers), (_FLAG, number, flags), (_TEXT, text, texts),
        (_DAY, text, day_texts),
    ):  # fmt: skip
        rows = np.flatnonzero(kinds == kind)
        if len(rows):
            column[rows] = read(value.iloc[rows])
    return number, text


def _as_given(
    faults: pd.DataFrame, given: pd.DataFrame, ready: pd.DataFrame, catalogue: ItemCatalogue
) -> pd.DataFrame:
    """Say of what could not be read what it was, and hide protected values."""
    values, reasons = list(faults["value"]), list(faults["reason"])
    for place, (row, column, _, reason) in enumerate(
        faults.head(_MOST_TOLD).itertuples(index=False)
    ):
        item = str(ready["item"].iloc[row])
        in_value = column in ("number", "text") and column not in given.columns
        source = "value" if in_value else column
        value = given[source].iloc[row] if source in given.columns else None
        if reason.startswith("is empty") and not pd.isna(value) and str(value).strip():
            values[place], reasons[place] = value, "cannot be read as what it should be"
        if column in ("number", "text") and item in catalogue and catalogue[item].is_protected:
            values[place] = HIDDEN
    return faults.assign(value=pd.Series(values, dtype=object), reason=reasons)
