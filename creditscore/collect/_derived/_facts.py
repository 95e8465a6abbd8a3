"""What may be seen of a table of observations on a day, by what was known at an instant."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from creditscore._days import check_day, last_instant
from creditscore._typing import Int1D
from creditscore.collect._derived._reliability import reliability_of
from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._observation._incoming import day_or_none
from creditscore.collect._observation._tidy_table import tidy_table

_NEEDED = (
    "customer", "record", "item", "number", "text", "true_from", "true_to", "source",
    "source_name", "method", "collected_at", "confidence", "unit",
)  # fmt: skip
_CONTENT = (*_NEEDED, "collected_by", "evidence")
UInt1D = npt.NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class Facts:
    """Observations that may be seen, one for each customer, record, item and day of truth.

    Of what happens once there is one whatever the day.

    Attributes
    ----------
    table : DataFrame
        customer, record, item, number, text, unit, true_from, is_over (whether it was true until a
        day that is past), confidence and id.
    as_of : numpy.datetime64
        The day of which all is seen.
    known_at : Timestamp
        The instant up to which it was known, in UTC.
    """

    table: pd.DataFrame
    as_of: np.datetime64
    known_at: pd.Timestamp

    def of(self, items: tuple[str, ...], customers: Any = None) -> Facts:
        """Return the facts of some items, and of some customers."""
        keep = self.table["item"].isin(items)
        if customers is not None:
            keep &= self.table["customer"].isin(customers)
        return Facts(self.table[keep].reset_index(drop=True), self.as_of, self.known_at)

    def digests(self) -> pd.DataFrame:
        """Return for each customer n_inputs, inputs_digest and confidence (the least)."""
        return digests_of(self.table["customer"], self.table)


def seen_facts(
    observations: Any, items: tuple[str, ...], catalogue: ItemCatalogue, *,
    as_of: Any, known_at: Any, owner: str,
) -> Facts:  # fmt: skip
    """Return the facts of some items that could be seen.

    Raises
    ------
    InvalidParameterError
        No table, or no day or instant.
    MissingColumnError
        It is no table of observations.
    """
    day = check_day(as_of, "as_of", owner)
    instant = last_instant(day if known_at is None else known_at, "known_at", owner)
    table = tidy_table(observations, _NEEDED, owner)
    known = table["known_at"] if "known_at" in table.columns else table["collected_at"]
    begun = (table["true_from"] <= pd.Timestamp(day)).to_numpy()
    once = table["item"].isin([name for name in items if catalogue[name].once]).to_numpy()
    keep = table["item"].isin(items).to_numpy() & (known <= instant).to_numpy() & (begun | once)
    rows = table[keep].assign(known=known[keep], begun=begun[keep], once=once[keep])
    rows = rows.assign(id=ids_of(rows))
    rows["is_over"] = (rows["true_to"] <= pd.Timestamp(day)).to_numpy()
    return Facts(_chosen(rows), day, instant)


def _chosen(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep of each customer, record, item and day of truth the fact that counts, as a store does.

    Of each source the one known last corrects the others, of what happens once those of other
    days too; of sources the more reliable one counts, then the higher confidence, then the one
    known last, then the one recorded first.
    """
    names = ("customer", "record", "item", "source", "source_name", "unit")
    table = rows.assign(
        believed=reliability_of(rows), **{name: rows[name].astype(str) for name in names}
    )
    table["day"] = table["true_from"].where(~table["once"], pd.Timestamp(0))
    place = ["customer", "record", "item", "day"]
    table = table.sort_values(["known", "id"], kind="stable")
    table = table.drop_duplicates([*place, "source", "source_name"], keep="last")
    table = table[table["begun"]].sort_values("id", kind="stable", ascending=False)
    table = table.sort_values(["believed", "confidence", "known"], kind="stable")
    table = table.drop_duplicates(place, keep="last").sort_values(place, kind="stable")
    columns = [*place[:3], "true_from", "number", "text", "unit", "is_over", "confidence", "id"]
    return table[columns].reset_index(drop=True)


def ids_of(table: pd.DataFrame) -> UInt1D:
    """Return the numbers of observations in the store, or where there are none their content's."""
    if "observation" in table.columns:
        numbers: UInt1D = table["observation"].to_numpy().astype(np.uint64)
        return numbers
    names = [name for name in _CONTENT if name in table.columns]
    content = pd.DataFrame({name: _comparable(table[name]) for name in names})
    hashes: UInt1D = pd.util.hash_pandas_object(content, index=False).to_numpy(dtype=np.uint64)
    return hashes


def _comparable(values: pd.Series) -> Any:
    """Return a column so that equal content is equal whatever its type: instants, floats, texts."""
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        values = values.dt.tz_convert("UTC").dt.tz_localize(None)
    if pd.api.types.is_datetime64_dtype(values.dtype):
        return values.to_numpy().astype("datetime64[us]").astype(np.int64)
    if pd.api.types.is_numeric_dtype(values.dtype):
        return values.to_numpy(dtype=np.float64)
    return values.astype(object).where(values.notna(), "").astype(str).to_numpy(dtype=object)


def digests_of(groups: pd.Series, table: pd.DataFrame) -> pd.DataFrame:
    """Return for each group of facts their number, a digest of them, and the least confidence."""
    codes, names = pd.factorize(groups, sort=True)
    ids = table["id"].to_numpy().astype(np.uint64)
    order = np.lexsort((ids, codes))
    bounds = np.searchsorted(codes[order], np.arange(len(names) + 1))
    raw = ids[order].astype("<u8").tobytes()
    digests = [
        hashlib.sha256(raw[8 * start : 8 * stop]).hexdigest()[:32]
        for start, stop in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)
    ]
    confidence = table["confidence"].groupby(codes, sort=True).min()
    return pd.DataFrame(
        {
            "n_inputs": np.diff(bounds),
            "inputs_digest": np.array(digests, dtype=object),
            "confidence": confidence.to_numpy(),
        },
        index=pd.Index(names, name="customer"),
    )


@dataclass(frozen=True, eq=False)
class DerivationInputs:
    """What a derivation may read: facts that could be seen on a day, in three shapes.

    Made by :func:`derive`, and handed to the function of a :class:`Derivation`.

    Parameters
    ----------
    facts : Facts
        Those of its inputs.
    catalogue : ItemCatalogue
        What the items are.
    start : numpy.datetime64 or None
        The window holds days after it, up to `as_of`; None where all count.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import DerivationInputs, Observations, derivation, derive
    >>> known = Observations.from_frame(pd.DataFrame({
    ...     "customer": "A", "item": "revenue", "value": [100, 130], "source": "public_filing",
    ...     "true_from": ["2022-12-31", "2023-12-31"], "method": "data_analysis",
    ...     "collected_at": ["2023-04-30", "2024-04-30"],
    ... }))
    >>> @derivation("purchase_trend", ("revenue",))
    ... def growth(inputs: DerivationInputs):
    ...     revenue = inputs.history("revenue").groupby("customer")["value"]
    ...     return revenue.last() / revenue.first() - 1
    >>> derive(known, [growth], as_of="2024-06-30").lineage["value"].round(2).tolist()
    [0.3]
    """

    facts: Facts
    catalogue: ItemCatalogue
    start: np.datetime64 | None

    @property
    def as_of(self) -> np.datetime64:
        """The day of which all is seen."""
        return self.facts.as_of

    @property
    def customers(self) -> pd.Index:
        """Customers who have any of the facts, sorted."""
        return pd.Index(sorted(self.facts.table["customer"].unique()), name="customer")

    def records(self, kind: str) -> pd.DataFrame:
        """Return the records of a kind as they stand, such as invoices.

        Parameters
        ----------
        kind : str
            Such as "invoice".

        Returns
        -------
        DataFrame
            A row a customer and record: customer, record, and a column for each item of the kind
            that is among the inputs, without the prefix: numbers, days, texts.
        """
        items = {item.name: item for item in self.catalogue.of_record(kind)}
        table = self.facts.table
        rows = table[table["item"].isin(items) & ~table["is_over"]]
        keys = ["customer", "record"]
        rows = rows.drop_duplicates([*keys, "item"], keep="last")
        codes = rows.groupby(keys, sort=True).ngroup().to_numpy()
        first = rows[keys].drop_duplicates().sort_values(keys, kind="stable")
        wide = first.reset_index(drop=True)
        for name, item in items.items():
            is_item = (rows["item"] == name).to_numpy()
            values = rows["number" if item.kind in ("number", "flag") else "text"].to_numpy()
            wide[name.partition(".")[2]] = _placed(
                codes[is_item], values[is_item], len(wide), item.kind
            )
        return wide

    def units(self, item: str) -> pd.DataFrame:
        """Return the unit of an item of records as it stands: customer, record, unit.

        Parameters
        ----------
        item : str
            An amount among the inputs, such as "invoice.amount"; its unit is a currency.
        """
        table = self.facts.table
        rows = table[(table["item"] == item) & ~table["is_over"]]
        rows = rows.drop_duplicates(["customer", "record"], keep="last")
        return rows[["customer", "record", "unit"]].reset_index(drop=True)

    def history(self, item: str) -> pd.DataFrame:
        """Return an item of customers through time: customer, true_from, value."""
        table = self.facts.table
        rows = table[table["item"] == item].reset_index(drop=True)
        kind = self.catalogue[item].kind
        column = "number" if kind in ("number", "flag") else "text"
        return rows[["customer", "true_from"]].assign(value=rows[column])

    def values(self, item: str) -> pd.Series:
        """Return an item of customers as it stands on the day; index customer."""
        table = self.facts.table
        rows = table[(table["item"] == item) & ~table["is_over"]]
        rows = rows.drop_duplicates("customer", keep="last")
        kind = self.catalogue[item].kind
        column = "number" if kind in ("number", "flag") else "text"
        return pd.Series(
            rows[column].to_numpy(), index=pd.Index(rows["customer"], name="customer"), name=item
        )


def _placed(codes: Int1D, values: Any, n: int, kind: str) -> Any:
    """Return values at their rows; days as days."""
    if kind in ("number", "flag"):
        numbers = np.full(n, np.nan)
        numbers[codes] = values
        return numbers
    if kind == "day":
        days = np.full(n, np.datetime64("NaT"), dtype="datetime64[s]")
        levels, names = pd.factorize(values)
        known = np.array([*map(day_or_none, names), np.datetime64("NaT")], dtype="datetime64[s]")
        days[codes] = known[levels]
        return days
    texts = np.full(n, None, dtype=object)
    texts[codes] = values
    return texts
