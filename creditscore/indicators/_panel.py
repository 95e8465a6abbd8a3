"""The row of a panel that counts for each customer on a day, and the items in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

import numpy as np

from creditscore._display import counted
from creditscore._typing import Float1D, Int1D
from creditscore._validation import check_integer
from creditscore.exceptions import InvalidParameterError
from creditscore.indicators._fact_table import FactTable
from creditscore.indicators._measured import Measured, NegativeDenominator, reasons_where
from creditscore.indicators._reason import Reason
from creditscore.indicators._schema import COUNTS, TableName
from creditscore.indicators._visible import VisibleRows, closing_month, month_of

_DAYS_A_YEAR = 365.25


@dataclass(frozen=True, kw_only=True)
class Input:
    """One thing that an indicator reads: an item of a table, or the rows of one.

    Parameters
    ----------
    table : str
        Name of the table, as in :class:`CustomerRecords`.
    item : str, default=""
        Column; empty where rows are read.
    years_before : int, default=0
        How many years before the latest period.
    at_statement : bool, default=False
        Whether it is of the month to which the statement runs, not of the latest.

    Examples
    --------
    >>> from creditscore.indicators import Input
    >>> str(Input(table="statements", item="revenue", years_before=1))
    'statements.revenue@-1'
    """

    table: TableName
    item: str = ""
    years_before: int = 0
    at_statement: bool = False

    def __str__(self) -> str:
        """Write it as ``table.item``, with ``@-1`` for the year before."""
        before = f"@-{self.years_before}" if self.years_before else ""
        return f"{self.table}{'.' + self.item if self.item else ''}{before}"


@dataclass(frozen=True, kw_only=True, eq=False)
class PanelRows:
    """For each customer the row of one table that counts, or why there is none."""

    table: FactTable
    visible: VisibleRows
    keys: Int1D
    rows: Int1D
    reasons: Any
    currency: Int1D | None = None
    """Code of the currency of each row of the table."""
    factor: Float1D | None = None
    """What flows of each row are multiplied by, NaN where a flow cannot be made annual."""
    flows: frozenset[str] = frozenset()
    stocks: frozenset[str] = frozenset()
    years_before: int = 0
    _before: dict[int, PanelRows] = field(init=False, default_factory=dict)

    def taken(self, customers: Int1D) -> PanelRows:
        """Return the rows of some of the customers."""
        return replace(
            self,
            keys=self.keys[customers],
            rows=self.rows[customers],
            reasons=self.reasons[customers],
        )

    def before(self, years: int) -> PanelRows:
        """Return the rows of the same month so many years before."""
        check_integer(years, "years", "before", low=1)
        if years not in self._before:
            self._before[years] = self._years_before(years)
        return self._before[years]

    def _years_before(self, years: int) -> PanelRows:
        there = self.rows >= 0
        wanted = np.where(there, month_of(self.table)[self.rows] - 12 * years, 0)
        rows = np.where(there, self.visible.at(self.keys, wanted), -1)
        gap = there & (rows < 0)
        months = closing_month(self.table.dated[self.rows]) - 12 * years
        reasons = self.reasons.copy()
        for month in np.unique(months[gap]):
            text = f"no {_singular(self.table.name)} to {month} is known"
            reasons[gap & (months == month)] = Reason("period", text)
        found = replace(self, rows=rows, reasons=reasons, years_before=self.years_before + years)
        return found.of_one_scope()

    def at_statement(self, statement: PanelRows) -> PanelRows:
        """Return the rows of the month to which each customer's statement runs.

        Sales of one year over the market of another are no market share, so where there is no row
        of that month, that is the reason.
        """
        there = statement.rows >= 0
        month = np.where(there, month_of(statement.table)[statement.rows], 0)
        rows = np.where(there, self.visible.at(self.keys, month), -1)
        reasons: Any = np.where(there, self.reasons, statement.reasons)
        ends = closing_month(statement.days("period_end"))
        gap = there & (rows < 0) & (self.rows >= 0)
        for end in np.unique(ends[gap]):
            row = _singular(self.table.name)
            text = f"no {row} to {end}, where the statement ends, is known"
            reasons[gap & (ends == end)] = Reason("period", text)
        return replace(self, rows=rows, reasons=np.where(rows >= 0, None, reasons))

    def of_one_scope(self) -> PanelRows:
        """Leave out customers whose period has statements of the firm and of its group."""
        if self.visible.mixed is None:
            return self
        mixed = (self.rows >= 0) & self.visible.mixed[self.rows]
        reasons = self.reasons.copy()
        reasons[mixed] = Reason(
            "consolidation",
            "a period has statements of the firm and of its group: say which count (consolidation)",
        )
        return replace(self, rows=np.where(mixed, -1, self.rows), reasons=reasons)

    def days(self, column: str) -> np.ndarray[Any, np.dtype[np.datetime64]]:
        """Return a column of days by customer, NaT where there is none."""
        found = np.full(len(self.rows), np.datetime64("NaT", "D"))
        if column in self.table.days:
            there = self.rows >= 0
            found[there] = self.table.days[column][self.rows[there]]
        return found

    def words(self, column: str) -> np.ndarray[Any, Any]:
        """Return a column of words by customer, None where there is none."""
        found = np.full(len(self.rows), None, dtype=object)
        if column in self.table.words:
            codes, levels = self.table.words[column]
            there = self.rows >= 0
            found[there] = np.array([*levels, None], dtype=object)[codes[self.rows[there]]]
        return found

    def numbers(self, item: str) -> Measured:
        """Return an item by customer."""
        name = item + _before_words(self.years_before)
        if item not in self.table.numbers:
            why = Reason("not_given", self._why_no_numbers(item))
            gaps = np.full(len(self.rows), np.nan)
            there = self.rows >= 0
            reasons: Any = np.where(there, reasons_where(there, why), self.reasons)
            return Measured(name=name, values=gaps, reasons=reasons)
        column, there = self.table.numbers[item], self.rows >= 0
        values = np.where(there, column[self.rows], np.nan)
        reasons = np.where(np.isnan(values), self.reasons, None)
        reasons[there & np.isnan(values)] = Reason("not_given", f"{name} is not given")
        found = Measured(name=name, values=values, reasons=reasons)
        return self._annual(
            replace(found, currency=self._currency(item), scope=self._scope()), item
        )

    def _why_no_numbers(self, item: str) -> str:
        if item in self.table.words:
            return f"column {item!r} of {self.table.name} holds words, not numbers"
        if item in self.table.days:
            return f"column {item!r} of {self.table.name} holds days, not numbers"
        near = get_close_matches(item, list(self.table.numbers), n=1)
        hint = f" (near: {near[0]!r})" if near else ""
        return f"{self.table.name} have no column {item!r}{hint}"

    def _currency(self, item: str) -> Int1D | None:
        if self.currency is None or item in COUNTS:
            return None
        return np.where(self.rows >= 0, self.currency[self.rows], -1)

    def _scope(self) -> Int1D | None:
        flag = self.table.numbers.get("consolidated")
        if flag is None:
            return None
        known = np.where(self.rows >= 0, flag[self.rows], np.nan)
        return np.nan_to_num(known, nan=-1.0).astype(np.intp)

    def _annual(self, found: Measured, item: str) -> Measured:
        """Turn a flow of other than 12 months into that of a year."""
        if self.factor is None or item in self.stocks:
            return found
        factor = np.where(self.rows >= 0, self.factor[self.rows], 1.0)
        if item not in self.flows:
            text = (
                f"{item} is of a statement of other than 12 months, and whether it adds up over "
                "time is not said (flows)"
            )
            return found.without(factor != 1, Reason("period", text))
        return replace(found, values=found.values * factor)


class PanelFacts:
    """The items of one panel, each by its name: ``facts.profile.employees``.

    Made by :class:`Facts`.
    """

    def __init__(
        self,
        rows: PanelRows | None,
        absent: Callable[[], Any],
        touch: Callable[[Input], None],
        name: TableName,
        policy: NegativeDenominator,
        as_of: np.datetime64,
        place: Input | None = None,
    ) -> None:
        self._rows = rows
        self._absent = absent
        self._touch = touch
        self._name = name
        self._policy = policy
        self._as_of = as_of
        self._place = place or Input(table=name)

    def __repr__(self) -> str:
        """Say in one line which table it is, when, and for how many customers."""
        if self._rows is None:
            return f"PanelFacts({self._name}: no such table is given)"
        n = int((self._rows.rows >= 0).sum())
        before = _before_words(self._place.years_before)
        all_ = counted(len(self._rows.rows), "customer")
        return f"PanelFacts({self._name}{before}: {n:,} of {all_})"

    def item(self, name: str) -> Measured:
        """Return an item by its name, missing with its reason where it is not there."""
        self._touch(replace(self._place, item=name))
        if self._rows is None:
            reasons = self._absent()
            found = Measured(name=name, values=np.full(len(reasons), np.nan), reasons=reasons)
        else:
            found = self._rows.numbers(name)
        return replace(found, negative_denominator=self._policy)

    def __getattr__(self, name: str) -> Measured:
        """Return an item by its name."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self.item(name)

    def before(self, years: int = 1) -> PanelFacts:
        """Return the items of the period so many years before."""
        if self._name in ("profile", "persons", "countries"):
            msg = f"Table {self._name!r} has versions and no periods, so there is no year before."
            raise InvalidParameterError(msg)
        rows = None if self._rows is None else self._rows.before(years)
        place = replace(self._place, years_before=self._place.years_before + years)
        return PanelFacts(
            rows, self._absent, self._touch, self._name, self._policy, self._as_of, place
        )

    def average(self, name: str) -> Measured:
        """Return the mean of an item now and a year before."""
        return ((self.item(name) + self.before().item(name)) / 2).named(f"average {name}")

    def words(self, name: str) -> np.ndarray[Any, Any]:
        """Return a column of words by customer, None where there is none."""
        self._touch(replace(self._place, item=name))
        if self._rows is None:
            return np.full(len(self._absent()), None, dtype=object)
        return self._rows.words(name)

    def years_since(self, name: str) -> Measured:
        """Return the years from a day to the day of the indicators; a later day is missing."""
        self._touch(replace(self._place, item=name))
        if self._rows is None:
            reasons: Any = self._absent()
            return Measured(name=name, values=np.full(len(reasons), np.nan), reasons=reasons)
        days = self._rows.days(name)
        gap = np.isnat(days)
        reasons = np.where(gap, self._rows.reasons, None)
        reasons[gap & (self._rows.rows >= 0)] = Reason("not_given", f"{name} is not given")
        elapsed = (self._as_of - days).astype(np.float64) / _DAYS_A_YEAR
        since = Measured(
            name=f"years since {name}", values=np.where(gap, np.nan, elapsed), reasons=reasons
        )
        return since.without(since.values < 0, Reason("undefined", f"{name} lies ahead"))


def _before_words(years: int) -> str:
    return {0: "", 1: " of the year before"}.get(years, f" of {years} years before")


def _singular(name: TableName) -> str:
    return {"statements": "statement", "industries": "row of industries"}.get(
        name, f"row of {name}"
    )
