"""The units of amounts in tables that have no place for them: one currency a row, told of columns.

An amount is a number of an item without a unit of its own: it is in the unit of its observation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import sqlalchemy as sa

from creditscore._typing import Bool1D, Int1D
from creditscore._warn import warn_user
from creditscore.collect import Item
from creditscore.exceptions import MixedUnitsWarning
from creditscore.organise._store._finding import Found
from creditscore.organise._store._schema import origins
from creditscore.organise._verify._currency import is_code, is_money, plain_unit

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
            if number > 0 and item.kind == "number" and not item.unit and item.name not in masked
        )
        return cls(names=names, of_origin=of_origin, amounts=amounts)

    def warn_of_columns(self, found: Found, known: Mapping[int, Item]) -> None:
        """Warn of columns of amounts that hold several units. O(n) time."""
        n = len(self.names)
        if n <= 2 or not len(found):
            return
        pairs = np.bincount(found.item * n + self.of_origin[found.origin])
        told = []
        for number in self.amounts:
            here = np.flatnonzero(pairs[number * n : (number + 1) * n])
            units = [self.names[code] for code in here if code]
            if len(units) > 1:
                told.append(f"{known[number].name!r} in {', '.join(units)}")
        if told:
            msg = (
                "Columns hold amounts in several units, which the table does not tell apart: "
                f"{_shown(told)}. Ask observations(), which names the unit of each, before they "
                "are compared or added."
            )
            warn_user(msg, MixedUnitsWarning)

    def of_rows(self, found: Found, row: Int1D, stated: _Words) -> tuple[_Words, Bool1D]:
        """Return the currency of each row, and which amounts are in another one.

        It is the one that the row states; else the unit of most of its amounts, and of as many
        the one that comes first in the catalogue.
        """
        unit = self.of_origin[found.origin]
        money = np.array([is_money(name) for name in self.names], dtype=bool)
        at = np.flatnonzero(np.isin(found.item, self.amounts) & money[unit])
        usual = self._usual(row[at], unit[at], found.item[at], len(stated))
        currency, wanted = stated.copy(), self.names[usual]
        empty = np.array([word is None or not str(word).strip() for word in stated], dtype=bool)
        currency[empty] = np.where(usual[empty] > 0, wanted[empty], None)
        for place in np.flatnonzero(~empty & (usual > 0)).tolist():
            code = plain_unit(str(stated[place]))
            # a name such as "Euro" is none that could be compared with a code
            wanted[place] = code if is_code(code) else wanted[place]
        odd = np.zeros(len(found), dtype=bool)
        odd[at] = self.names[unit[at]] != wanted[row[at]]
        return currency, odd

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


def _shown(told: Sequence[str]) -> str:
    rest = len(told) - _MOST_SHOWN
    more = f"; and {rest:,} more" if rest > 0 else ""
    return "; ".join(told[:_MOST_SHOWN]) + more
