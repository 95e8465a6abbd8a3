"""Which rows of a panel are visible on a day, and the one that counts for each key and period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from creditscore._typing import Bool1D, Int1D
from creditscore.indicators._fact_table import Days, FactTable

_MONTHS = 1_000_000
"""More than there are months, so that key and month together are one number in their order."""


@dataclass(frozen=True, kw_only=True, eq=False)
class VisibleRows:
    """Rows of a panel known on a day, one for each key and month, in their order.

    Of several rows of one key and month the one that was known last counts: a correction
    supersedes what it corrects from the day it is known, and not before. A year goes before a
    shorter or longer period that ends with it.
    """

    ids: Int1D
    place: Int1D
    """Key and month of each row as one number."""
    mixed: Bool1D | None
    """Of each row of the table, whether others of its key and month cover another scope."""

    @classmethod
    def on(
        cls, table: FactTable, as_of: np.datetime64, eligible: Bool1D | None = None
    ) -> VisibleRows:
        """Find them; `eligible` rows only, where given. O(n log n)."""
        seen = table.known <= as_of
        if eligible is not None:
            seen &= eligible
        ids = np.flatnonzero(seen)
        month = month_of(table)[ids]
        place = table.key_codes[ids] * _MONTHS + month
        keys = [table.dated[ids].astype(np.int64), table.known[ids].astype(np.int64)]
        if "months" in table.numbers:
            keys.append(-np.abs(table.numbers["months"][ids] - 12))
        order = np.lexsort((*keys, place))
        ids, place = ids[order], place[order]
        last = np.ones(len(ids), dtype=bool)
        last[:-1] = place[1:] != place[:-1]
        return cls(ids=ids[last], place=place[last], mixed=_mixed(table, ids, place))

    def latest(self, keys: Int1D) -> Int1D:
        """Return the row of the latest period of each key, -1 where there is none."""
        found = np.searchsorted(self.place, (keys + 1) * _MONTHS) - 1
        return self._row(found, (keys >= 0) & (found >= 0), keys)

    def at(self, keys: Int1D, month: Int1D) -> Int1D:
        """Return the row of each key and month, -1 where there is none."""
        wanted = keys * _MONTHS + month
        found = np.searchsorted(self.place, wanted)
        there = (keys >= 0) & (found < len(self.place))
        if len(self.place):
            there &= self.place[np.minimum(found, len(self.place) - 1)] == wanted
        return self._row(found, there, keys)

    def _row(self, found: Int1D, there: Bool1D, keys: Int1D) -> Int1D:
        rows = np.full(len(keys), -1, dtype=np.intp)
        if not len(self.ids):
            return rows
        inside = np.clip(found, 0, len(self.ids) - 1)
        of_key = self.place[inside] // _MONTHS == keys
        take = there & of_key
        rows[take] = self.ids[inside[take]]
        return rows


def month_of(table: FactTable) -> Int1D:
    """Return the month each row is about, as a number that grows by 12 a year."""
    # so that no month is below zero: dates may lie before 1970
    return (closing_month(table.dated).astype(np.int64) + 12 * 10_000).astype(np.intp)


def closing_month(days: Days) -> Days:
    """Return the month that a period up to a day belongs to.

    Years of 52 or 53 weeks end up to some days after their month, one year so and another not: a
    day up to the sixth belongs to the month before.
    """
    return (days - np.timedelta64(6, "D")).astype("datetime64[M]")


def _mixed(table: FactTable, ids: Int1D, place: Int1D) -> Bool1D | None:
    """Tell of rows, in the order of their places, whether their place has several scopes.

    A row that does not say its scope is of no particular one, and speaks against none.
    """
    if "consolidated" not in table.numbers:
        return None
    mixed = np.zeros(table.n_rows, dtype=bool)
    if len(ids):
        scope = table.numbers["consolidated"][ids]
        starts = np.flatnonzero(np.append(True, place[1:] != place[:-1]))
        several = np.fmin.reduceat(scope, starts) < np.fmax.reduceat(scope, starts)
        mixed[ids] = np.repeat(several, np.diff(np.append(starts, len(ids))))
    return mixed
