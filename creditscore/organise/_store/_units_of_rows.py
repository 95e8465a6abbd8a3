"""The units of amounts in tables that have no place for them: one currency a row, or it is told.

An amount is a number of an item without a unit of its own: it is in the unit of its observation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import sqlalchemy as sa

from creditscore._currency import currency_code
from creditscore._typing import Bool1D, Int1D
from creditscore._warn import warn_user
from creditscore.collect import Item
from creditscore.exceptions import MixedUnitsWarning
from creditscore.organise._store._finding import Found
from creditscore.organise._store._schema import origins
from creditscore.organise._store._scope import are_of
from creditscore.organise._verify._currency import (
    is_amount,
    is_money,
    is_of_one_currency,
    plain_unit,
)

_MOST_SHOWN = 3

_Words = npt.NDArray[np.object_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Units:
    """The units of the facts of a store.

    Attributes
    ----------
    names : ndarray of str
        Units, the first of which is none.
    of_origin : ndarray of int
        The unit of each origin, which facts name; no row of a fact is read for it.
    amounts : tuple of int
        Numbers of the items that are amounts and may be seen, in the order of the catalogue.
    """

    names: _Words
    of_origin: Int1D
    amounts: tuple[int, ...]

    @classmethod
    def read(
        cls, connection: sa.Connection, known: Mapping[int, Item], masked: frozenset[str]
    ) -> Units:
        """Return the units of all origins, for the amounts among items."""
        rows = connection.execute(sa.select(origins.c.id, origins.c.unit)).all()
        words = [plain_unit(str(unit)) for _, unit in rows]
        names = np.array(["", *sorted(set(words) - {""})], dtype=object)
        of_origin = np.zeros(max((number for number, _ in rows), default=0) + 1, dtype=np.int64)
        place = {name: code for code, name in enumerate(names)}
        for (number, _), word in zip(rows, words, strict=True):
            of_origin[number] = place[word]
        amounts = tuple(
            number
            for number, item in known.items()
            if number > 0 and is_amount(item) and item.name not in masked
        )
        return cls(names=names, of_origin=of_origin, amounts=amounts)

    def warn_of_mixtures(
        self, found: Found, row: Int1D, known: Mapping[int, Item],
        names: Callable[[Sequence[int]], Mapping[int, str]],
    ) -> None:  # fmt: skip
        """Warn of columns of amounts in several units, and of rows in several currencies.

        O(n) time. `names` gives those of customers.
        """
        n = len(self.names)
        if n == 1 or not len(found):
            return
        unit = self.of_origin[found.origin]
        pairs = np.bincount(found.item * n + unit)
        used = {
            number: np.flatnonzero(pairs[number * n : (number + 1) * n]) for number in self.amounts
        }
        told = [
            f"{known[number].name!r} {self._listed(here)}"
            for number, here in used.items()
            if len(here) > 1
        ]
        if told:
            msg = (
                "Columns hold amounts in several units, which the table does not tell apart: "
                f"{_shown(told)}. Ask observations(), which names the unit of each, before they "
                "are compared or added."
            )
            warn_user(msg, MixedUnitsWarning)
        compared = [number for number in self.amounts if is_of_one_currency(known[number])]
        if len({code for number in compared for code in used[number].tolist()} - {0}) > 1:
            self._warn_of_statements(found, row, known, names, tuple(compared))

    def _warn_of_statements(
        self, found: Found, row: Int1D, known: Mapping[int, Item],
        names: Callable[[Sequence[int]], Mapping[int, str]], compared: tuple[int, ...],
    ) -> None:  # fmt: skip
        """Warn of rows whose amounts of statements, of which ratios are made, are in several."""
        unit = self.of_origin[found.origin]
        at = np.flatnonzero(are_of(compared, found.item) & self._money[unit])
        last = np.zeros(int(row.max()) + 1, dtype=np.int64)
        last[row[at]] = unit[at]
        odd = at[last[row[at]] != unit[at]]
        if not len(odd):
            return
        customers = pd.unique(found.customer[odd])
        shown = customers[:_MOST_SHOWN].tolist()
        name, told = names(shown), []
        for customer in shown:
            # the first of its rows of which this holds
            of_row = at[row[at] == row[odd[found.customer[odd] == customer][0]]]
            told.append(f"{name[customer]!r} has {self._each_unit(found, of_row, known)}")
        msg = (
            "Rows hold amounts in several currencies, of which no ratio can be made: "
            f"{_shown(told, len(customers))}. Ask observations(), which names the unit of each, or "
            "customer_records(), which keeps one currency a row."
        )
        warn_user(msg, MixedUnitsWarning)

    def _each_unit(self, found: Found, at: Int1D, known: Mapping[int, Item]) -> str:
        """Return the first item of the catalogue in each unit, of some facts."""
        place = {number: place for place, number in enumerate(self.amounts)}
        at = at[np.argsort([place[number] for number in found.item[at].tolist()], kind="stable")]
        unit = self.of_origin[found.origin[at]]
        firsts = at[np.sort(np.unique(unit, return_index=True)[1])]
        return " and ".join(
            f"{known[int(found.item[n])].name!r} in {self.names[self.of_origin[found.origin[n]]]}"
            for n in firsts.tolist()
        )

    def _listed(self, units: Int1D) -> str:
        named = ", ".join(self.names[code] for code in units if code)
        return f"in {named}" if units[0] else f"in {named} and without a unit"

    @property
    def _money(self) -> Bool1D:
        return np.array([is_money(name) for name in self.names], dtype=bool)

    def of_rows(self, found: Found, row: Int1D, stated: _Words) -> tuple[_Words, Bool1D]:
        """Return the currency of each row, and which amounts are in another one.

        It is the one that the row states; else, or where that is the name of none that is known,
        the unit of most of its amounts, and of as many the one that comes first in the catalogue.
        """
        unit = self.of_origin[found.origin]
        at = np.flatnonzero(are_of(self.amounts, found.item) & self._money[unit])
        usual = self._usual(row[at], unit[at], found.item[at], len(stated))
        codes = _codes(stated)
        currency = np.where(codes != "", codes, self.names[usual])
        odd = np.zeros(len(found), dtype=bool)
        odd[at] = self.names[unit[at]] != currency[row[at]]
        # a word that nobody knows is all that is told of amounts without a unit
        return np.where(currency != "", currency, stated), odd

    def _usual(self, row: Int1D, unit: Int1D, item: Int1D, n_rows: int) -> Int1D:
        """Return the unit of most amounts of each row, 0 where none has one."""
        usual = np.zeros(n_rows, dtype=np.int64)
        usual[row] = unit
        mixed = np.zeros(n_rows, dtype=bool)
        mixed[row[usual[row] != unit]] = True
        some = mixed[row]
        if some.any():
            places = {number: place for place, number in enumerate(self.amounts)}
            place = [places[number] for number in item[some].tolist()]
            table = pd.DataFrame({"row": row[some], "unit": unit[some], "place": place})
            told = table.groupby(["row", "unit"])["place"].agg(["size", "min"]).reset_index()
            told = told.sort_values(["row", "size", "min"], ascending=[True, False, True])
            told = told.drop_duplicates("row")
            usual[told["row"].to_numpy()] = told["unit"].to_numpy()
        return usual

    def warn_of_stated(self, stated: _Words, currency: _Words, customers: _Words) -> None:
        """Warn of rows that state a currency by a word that is none, an entry a row."""
        other = (_codes(stated) == "") & ~pd.isna(stated) & (stated != currency)
        told = dict.fromkeys(
            f"{stated[n]!r} of {customers[n]!r}, whose amounts are in {currency[n]}"
            for n in np.flatnonzero(other).tolist()
        )
        if told:
            msg = (
                "Currencies are the units of the amounts, since what is stated is no code of ISO "
                f"4217: {_shown(list(told))}. Load the code in the place of the word."
            )
            warn_user(msg, MixedUnitsWarning)

    def warn_of_rows(
        self, found: Found, odd: Bool1D, customers: _Words, currencies: _Words,
        known: Mapping[int, Item],
    ) -> None:  # fmt: skip
        """Warn of amounts that are in another unit than their rows.

        Customers and currencies are those of the rows, an entry a fact.
        """
        told = dict.fromkeys(
            f"{known[int(found.item[n])].name!r} of {customers[n]!r} in "
            f"{self.names[self.of_origin[found.origin[n]]]}, the rest of its row in {currencies[n]}"
            for n in np.flatnonzero(odd).tolist()
        )
        msg = (
            "Amounts are left out (missing), since one row cannot hold several currencies: "
            f"{_shown(list(told))}. Look at their units in observations(), and load them again in "
            "the currency of their row."
        )
        warn_user(msg, MixedUnitsWarning)


def _codes(stated: _Words) -> _Words:
    """Return the codes of currencies that rows state, empty where they state none."""
    place, words = pd.factorize(stated)
    codes: _Words = np.array([*map(currency_code, map(str, words)), ""], dtype=object)[place]
    return codes


def _shown(told: Sequence[str], n: int | None = None) -> str:
    """Return some of what is told, and how many more there are."""
    rest = (len(told) if n is None else n) - _MOST_SHOWN
    more = f"; and {rest:,} more" if rest > 0 else ""
    return "; ".join(told[:_MOST_SHOWN]) + more
