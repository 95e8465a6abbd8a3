"""Tables of what was known: wide ones of customers and records, and long ones with all sources."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import sqlalchemy as sa

from creditscore._typing import Bool1D, Float1D, Int1D
from creditscore.collect import OBSERVATION_COLUMNS, Item
from creditscore.organise._store import _clock
from creditscore.organise._store._bulk import fetch_columns
from creditscore.organise._store._choice import chosen, versions
from creditscore.organise._store._customers import Customers
from creditscore.organise._store._finding import Found, find
from creditscore.organise._store._happening import emptied, with_beginnings, with_removals
from creditscore.organise._store._names import item_names, origin_frame
from creditscore.organise._store._schema import observations, retractions
from creditscore.organise._store._scope import Batches, Scope, conditions, names_customers
from creditscore.organise._store._units_of_rows import Units
from creditscore.organise._store._values import Reader, Values

_WORDS = ("source", "source_name", "method", "unit", "collected_by")


@dataclass(frozen=True, kw_only=True)
class Tables:
    """Makes tables of a scope by the connection of its customers."""

    customers: Customers
    scope: Scope
    reader: Reader
    seen: list[Int1D] = field(default_factory=list)
    """Customers under whose numbers the facts stand that were read so far."""
    currency: str = ""
    """Item that says the currency of a row; empty where no row is in one."""

    @property
    def connection(self) -> sa.Connection:
        """The connection by which all is read."""
        return self.customers.connection

    def part(self, wanted: Callable[[Item], bool], currency: str = "") -> Tables:
        """Return the same of some of the items, of which none is masked."""
        masked = self.reader.masked
        items = {
            number: item
            for number, item in self.reader.items.items()
            if wanted(item) and item.name not in masked
        }
        scope = self.scope.of_items(tuple(number for number in items if number > 0))
        reader = replace(self.reader, items=items)
        return replace(self, scope=scope, reader=reader, currency=currency)

    def snapshot(self, customers: Int1D | None) -> pd.DataFrame:
        """Return a row a customer, of those asked for or all of whom something is known."""
        found = find(self.customers, self.scope)
        found = found.rows(chosen(found.facts, self.scope.as_of))
        values = self.values(found)
        rows, row = (
            np.unique(found.customer, return_inverse=True)
            if customers is None
            else _places(found.customer, customers)
        )
        inside = row >= 0
        found, row = found.rows(inside), row[inside]
        self._warn_of_units(found, row)
        columns = self._wide(found, _part(values, inside), row, len(rows))
        names = self.customers.names(np.unique(rows))
        index = pd.Index([names[n] for n in rows.tolist()], name="customer", dtype=object)
        table = pd.DataFrame(columns, index=range(len(index)))
        table.index = index
        return table if customers is not None else table.sort_index(kind="stable")

    def records(self) -> pd.DataFrame:
        """Return a row a customer and record, with the day from which the record was known."""
        found = find(self.customers, self.scope, with_record=True)
        found = found.rows(chosen(found.facts, self.scope.as_of))
        values = self.values(found)
        row, heads = _row_of(found.customer, _record_codes(found))
        known = np.full(len(heads), _clock.END)
        day = np.maximum(_clock.day_of(found.facts.known), found.facts.true_from)
        np.minimum.at(known, row, day)
        table = self._named(found, heads)
        table["record"] = _words([] if found.record is None else found.record[heads])
        table["known_on"] = _clock.as_days(known)
        return self._finished(table, found, values, row)

    def history(
        self, *, by_source: bool, with_record: bool = False, with_belief: bool = False,
        warns: bool = False,
    ) -> pd.DataFrame:  # fmt: skip
        """Return a row a customer, day from which facts are true, and day they became known.

        With belief, a column says how far the source of the row is believed. It warns, where that
        is asked for, of columns in several units.
        """
        found = with_removals(find(self.customers, self.scope, with_record=with_record))
        parts: list[Any] = [found.customer, found.facts.true_from]
        if with_record:
            parts.append(_record_codes(found))
        if by_source:
            parts.append(found.facts.source)
        group = _codes(*parts)
        shown, at, full = self._versions(
            found, group, _clock.day_of(found.facts.known), of_day=False
        )
        table, row, heads = self._rows_of(at, *(part[shown] for part in parts))
        facts = found.rows(shown)
        if warns:
            self._warn_of_units(facts.rows(full), row[full])
        table.insert(1, "true_from", _clock.as_days(facts.facts.true_from[heads]))
        if with_record and facts.record is not None:
            table.insert(1, "record", _words(facts.record[heads]))
        if by_source:
            names = origin_frame(self.connection)["source_name"]
            table["source"] = _words(names.loc[facts.origin[heads]])
        if with_belief:
            belief = np.zeros(len(table))
            np.maximum.at(belief, row, facts.facts.reliability)
            table["belief"] = belief
        facts = facts.rows(full)
        return self._finished(table, facts, self._read(facts), row[full])

    def profiles(self) -> pd.DataFrame:
        """Return a row a customer and day on which something new was known and true."""
        found, day = with_beginnings(find(self.customers, self.scope))
        shown, at, full = self._versions(found, found.customer, day, of_day=True)
        table, row, _ = self._rows_of(at, found.customer[shown])
        facts = found.rows(shown[full])
        return self._finished(table, facts, self._read(facts), row[full])

    def values(self, found: Found) -> Values:
        """Return the values of facts, and keep in mind whose they are."""
        self.seen.append(np.unique(found.owner))
        return self.reader.read(self.connection, self.scope, found)

    def _versions(
        self, found: Found, group: Int1D, day: Int1D, *, of_day: bool
    ) -> tuple[Int1D, Int1D, Bool1D]:
        """Return rows that count at each day of their group on which something was added.

        What counts is what is true on that day, or else on the day from which it is true. With
        the rows come their days, and which of them count: the others stand for a group and day
        of which nothing does any more.
        """
        of_group = replace(found.facts, place=_codes(group, found.facts.place))
        shown, at = [np.empty(0, dtype=np.intp)], [np.empty(0, dtype=np.int64)]
        full = [np.empty(0, dtype=bool)]
        for rows, days in versions(group, day):
            facts = of_group.rows(rows)
            best = chosen(facts, days if of_day else facts.true_from)
            for part in (best, emptied(group[rows], facts.once, best)):
                shown.append(rows[part])
                at.append(days[part])
                full.append(np.full(len(part), part is best))
        return np.concatenate(shown), np.concatenate(at), np.concatenate(full)

    def _rows_of(self, at: Int1D, *parts: Any) -> tuple[pd.DataFrame, Int1D, Int1D]:
        """Return customer and day of each row of a table, and which row each fact is in."""
        row, heads = _row_of(*parts, at)
        customers = parts[0][heads]
        names = self.customers.names(np.unique(customers))
        table = pd.DataFrame({"customer": _words([names[n] for n in customers.tolist()])})
        table["known_on"] = _clock.as_days(at[heads])
        return table, row, heads

    def _read(self, found: Found) -> Values:
        """Return values of rows, of which some stand there several times."""
        _, first, back = np.unique(found.facts.id, return_index=True, return_inverse=True)
        return _part(self.values(found.rows(first)), back)

    def _named(self, found: Found, heads: Int1D) -> pd.DataFrame:
        customers = found.customer[heads]
        names = self.customers.names(np.unique(customers))
        return pd.DataFrame({"customer": _words([names[n] for n in customers.tolist()])})

    def _finished(
        self, table: pd.DataFrame, found: Found, values: Values, row: Int1D
    ) -> pd.DataFrame:
        told: dict[str, Any] = {}
        if self.currency:
            values, told = self._in_one_currency(table, found, values, row)
        wide = self._wide(found, values, row, len(table)) | told
        # at once, since pandas warns of a table that grew by many columns one by one
        columns = {name.rpartition(".")[2]: column for name, column in wide.items()}
        return pd.concat([table, pd.DataFrame(columns, index=table.index)], axis=1)

    def _units(self) -> Units:
        return Units.read(self.connection, self.reader.items, self.reader.masked)

    def _warn_of_units(self, found: Found, row: Int1D) -> None:
        self._units().warn_of_mixtures(found, row, self.reader.items, self.customers.names)

    def _in_one_currency(
        self, table: pd.DataFrame, found: Found, values: Values, row: Int1D
    ) -> tuple[Values, dict[str, Any]]:
        """Return values without amounts in another currency than their row, and the currencies."""
        stated = np.full(len(table), None, dtype=object)
        known = self.reader.items
        says = np.isin(found.item, [n for n, item in known.items() if item.name == self.currency])
        stated[row[says]] = values.text[says]
        units = self._units()
        currency, odd = units.of_rows(found, row, stated)
        units.warn_of_stated(stated, currency, table["customer"].to_numpy())
        if odd.any():
            customers = table["customer"].to_numpy()[row]
            units.warn_of_rows(found, odd, customers, currency[row], known)
            values = replace(values, number=np.where(odd, np.nan, values.number))
        return values, {self.currency: _words(currency)}

    def _wide(self, found: Found, values: Values, row: Int1D, n_rows: int) -> dict[str, Any]:
        """Return a column an item, of the type of its kind."""
        order = np.argsort(found.item, kind="stable")
        numbers = np.array(sorted(self.reader.items), dtype=np.int64)
        starts = np.searchsorted(found.item[order], numbers)
        ends = np.searchsorted(found.item[order], numbers, side="right")
        columns = {}
        for number, start, end in zip(numbers.tolist(), starts, ends, strict=True):
            item, of_item = self.reader.items[number], order[start:end]
            column = np.full(n_rows, np.nan)
            texts = np.full(n_rows, None, dtype=object)
            column[row[of_item]] = values.number[of_item]
            texts[row[of_item]] = values.text[of_item]
            masked = item.name in self.reader.masked
            columns[item.name] = _words(texts) if masked else _typed(item, column, texts)
        return {item.name: columns[item.name] for item in self.reader.items.values()}

    def observations(self, *, history: bool) -> pd.DataFrame:
        """Return a row a fact with all that is known of it."""
        return _Tidy(tables=self).table(history=history)


@dataclass(frozen=True, kw_only=True)
class _Tidy:
    """Makes the long table, whose columns are those of observations and some more."""

    tables: Tables

    def table(self, *, history: bool) -> pd.DataFrame:
        connection, scope = self.tables.connection, self.tables.scope
        found = find(self.tables.customers, scope, with_record=True)
        if history:
            order = np.argsort(found.facts.id, kind="stable")
            # of what happens once, later days were found as well
            found = found.rows(order[found.facts.true_from[order] <= scope.as_of])
        else:
            found = found.rows(chosen(found.facts, scope.as_of))
        values = self.tables.values(found)
        more = self._more(found)
        by_number = item_names(connection)
        customers = self.tables.customers.names(np.unique(found.customer))
        origins = origin_frame(connection)
        columns: dict[str, Any] = {
            "customer": _categories(found.customer, customers),
            "record": pd.Categorical(found.record if found.record is not None else []),
            "item": _categories(found.item, by_number),
            "number": values.number,
            "text": _words(values.text),
            "true_from": _clock.as_days(found.facts.true_from),
            "true_to": _clock.as_days(found.facts.true_to),
            "collected_at": _clock.as_instants(more["collected"]),
            "evidence": pd.Categorical(more["evidence"]),
            "confidence": found.facts.confidence,
        }
        for name in _WORDS:
            columns[name] = _categories(found.origin, origins[name].to_dict())
        table = pd.DataFrame({name: columns[name] for name in OBSERVATION_COLUMNS})
        made = Batches.read(connection)
        table.insert(0, "observation", found.facts.id)
        table["batch"] = found.batch
        table["recorded_at"] = _clock.as_instants(made.recorded[found.batch])
        table["known_at"] = _clock.as_instants(found.facts.known)
        return table

    def _more(self, found: Found) -> dict[str, npt.NDArray[Any]]:
        connection = self.tables.connection
        scope = self.tables.scope.over(found.owner)
        if not scope.items:
            return {"collected": np.empty(0, dtype=np.int64), "evidence": np.empty(0, dtype=object)}
        rows = observations.c
        select = sa.select(rows.id, rows.collected_at, rows.evidence, rows.evidence_cipher)
        kinds = {
            "id": np.int64, "collected": np.int64, "evidence": object, "evidence_cipher": object,
        }  # fmt: skip
        made = Batches.read(connection)
        fetched = fetch_columns(
            connection, select.where(*conditions(scope, made)), kinds,
            by_index=names_customers(scope, made),
        )  # fmt: skip
        order = np.argsort(fetched["id"])
        place = order[np.searchsorted(fetched["id"][order], found.facts.id)]
        plain, sealed = (fetched[name][place] for name in ("evidence", "evidence_cipher"))
        told = self.tables.reader.evidence(connection, found, sealed)
        evidence = np.where([word is None for word in told], plain, told)
        return {"collected": fetched["collected"][place], "evidence": evidence}


def retraction_table(connection: sa.Connection) -> pd.DataFrame:
    """Return a row a retraction."""
    rows = connection.execute(sa.select(retractions).order_by(retractions.c.id)).all()
    names = ["retraction", "observation", "reason", "recorded_at", "recorded_by"]
    table = pd.DataFrame(rows, columns=names)
    table["recorded_at"] = _clock.as_instants(table["recorded_at"].to_numpy(dtype=np.int64))
    return table


def _typed(item: Item, number: Float1D, text: npt.NDArray[np.object_]) -> Any:
    """Return a column in the type of its kind; what is missing is missing in each of them."""
    if item.kind == "number":
        return number
    if item.kind == "flag":
        missing = np.isnan(number)
        return pd.arrays.BooleanArray(np.where(missing, 0, number) == 1, missing)
    if item.kind == "day":
        codes, levels = pd.factorize(text)
        days = np.array([*levels, "NaT"], dtype="datetime64[D]").astype("datetime64[s]")
        return days[codes]
    return _words(text)


def _words(texts: Any) -> pd.Series:
    """Return texts as they are: pandas of one release would make others of them than of another."""
    return pd.Series(np.asarray(texts, dtype=object), dtype=object)


def _codes(*parts: Any) -> Int1D:
    """Return one number for each combination of numbers, in their order."""
    codes = np.zeros(len(parts[0]), dtype=np.int64)
    for part in parts:
        _, of_part = np.unique(part, return_inverse=True)
        n = int(of_part.max(initial=0)) + 1
        _, codes = np.unique(codes * n + of_part, return_inverse=True)
    return codes


def _row_of(*parts: Any) -> tuple[Int1D, Int1D]:
    """Return the row that each fact is in, and a fact of each row."""
    codes = _codes(*parts)
    _, heads = np.unique(codes, return_index=True)
    return codes, heads


def _record_codes(found: Found) -> Int1D:
    codes: Int1D = pd.factorize(found.record, sort=True)[0]
    return codes


def _places(values: Int1D, wanted: Int1D) -> tuple[Int1D, Int1D]:
    """Return what is wanted and the place of each value there, -1 where it is not."""
    order = np.argsort(wanted)
    at = np.minimum(np.searchsorted(wanted[order], values), max(len(wanted) - 1, 0))
    if not len(wanted):
        return wanted, np.full(len(values), -1)
    place = order[at]
    return wanted, np.where(wanted[place] == values, place, -1)


def _part(values: Values, rows: Int1D | Bool1D) -> Values:
    return Values(number=values.number[rows], text=values.text[rows])


def _categories(numbers: Int1D, names: Mapping[int, Any]) -> pd.Categorical:
    """Return names for numbers as a column of words."""
    distinct, codes = np.unique(numbers, return_inverse=True)
    levels: Sequence[str] = [str(names[int(n)]) for n in distinct]
    words, sorted_codes = np.unique(np.array(levels, dtype=object), return_inverse=True)
    of_words = sorted_codes[codes] if len(codes) else np.empty(0, dtype=np.intp)
    return pd.Categorical.from_codes(of_words, categories=list(words))
