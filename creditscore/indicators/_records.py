"""What is known about customers, as tidy tables with the day each row became known."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np

from creditscore._checks import check_kind, unknown_name
from creditscore._columns import is_level
from creditscore._display import counted
from creditscore._typing import Level, NativeFrame
from creditscore._validation import check_choice, check_integer
from creditscore.exceptions import EmptyDataError, InvalidDataError, InvalidParameterError
from creditscore.indicators._fact_table import FactTable, has_rows, read_facts
from creditscore.indicators._schema import SCHEMAS, TableName

Consolidation: TypeAlias = Literal["either", "consolidated", "separate"]
"""Statements of a firm with its group, or of the firm alone."""

_CUSTOMER_TABLES: tuple[TableName, ...] = tuple(
    name for name, schema in SCHEMAS.items() if schema.key == "customer"
)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CustomerRecords:
    """Facts about customers in tidy tables, from which indicators are computed as of a day.

    Each table is optional. Further columns may be there, and are read as what they hold:
    indicators find them by their names. They are visible as soon as their row is: what became
    known later, such as the days that an invoice was late in the end, must not be among them. All
    tables but the ledger hold `known_on`, the day the
    row became known; an invoice is known from `invoiced_on`.

    Parameters
    ----------
    statements : table, optional
        A row a customer and period: customer, period_end, known_on; months (12 where the column
        is not there), currency, consolidated (true or false), audited, source; and a column an
        item, such as revenue or total_assets. Items are in currency, expenses above zero.
    operations : table, optional
        A row a customer and period: customer, period_end, known_on, and numbers such as
        capacity and output.
    market : table, optional
        A row a customer and period: customer, period_end, known_on, and numbers of the market it
        sells in, such as market_sales or largest_competitor_sales.
    profile : table, optional
        A row a customer and version: customer, known_on, name, founded_on, industry, country,
        region, and numbers such as employees.
    persons : table, optional
        A row a person and version: customer, known_on, and numbers such as monthly_income.
    ledger : table, optional
        A row an invoice to the customer: customer, invoice, invoiced_on, due_on, settled_on
        (missing while open), amount, currency; disputed or disputed_on, returned_amount and
        returned_on.
    contracts : table, optional
        A row an obligation: customer, contract, known_on, due_on, fulfilled_on (missing while
        open), fulfilled_share, amount.
    trade : table, optional
        A row a counterparty of a customer and period: customer, counterparty, role ("customer"
        or "supplier"), period_end, known_on, amount.
    ratings : table, optional
        A row a rating: customer, agency, rating, known_on, outlook.
    references : table, optional
        A row a reference: customer, association, opinion, known_on.
    told : table, optional
        A row a customer and period: customer, period_end, known_on, source, and a column an
        indicator that was told as it is and not computed; the latest row counts as a whole. So
        far `largest_customer_share` takes such a value, where no trade is known to compute it
        from; one of your own does by :meth:`Measured.or_told`.
    surveys : table, optional
        A row a market survey of an industry: industry, survey, period_end, known_on, balance.
    industries : table, optional
        A row an industry and period: industry, period_end, known_on, and numbers such as firms,
        defaults and output.
    peers : table, optional
        A row an industry and period: industry, period_end, known_on, and benchmarks of its firms,
        such as operating_margin_median; :func:`peer_benchmarks` makes such a table. A later row
        takes the place of an earlier one as a whole.
    countries : table, optional
        A row a country and version: country, known_on, risk_class and other numbers.
    events : table, optional
        A row an event: event, known_on, effective_on, ends_on, direction, and whom it concerns:
        industry, country or customer.
    known_lag_days : mapping of str to int, default={}
        For tables without `known_on`: days after the day a row is about (for statements after
        `period_end`) on which it became known.
    consolidation : {"either", "consolidated", "separate"}, default="either"
        Which statements count. With "either", a customer with both kinds for a period has no
        statement of it, and the reason says so.
    annualise : bool, default=False
        Whether statements of other than 12 months count, their flows times 12 / months. A newer
        half-year then takes the place of the last full year, also for what it does not hold: see
        the notes.
    stale_after_months : int or None, default=18
        Months after its period end from which a statement no longer tells anything, and so with
        rows of operations, market, told and trade, and with persons by `known_on`; None for never.
        Profiles, industries, peers and countries hold until a later row is known.
    flows : tuple of str, default=()
        Items of statements that add up over time, beyond the known ones (:data:`FLOWS`).

    Raises
    ------
    MissingColumnError, InvalidDataError, ColumnTypeError
        A table cannot be used as it is; the message names table, column and row.
    InvalidParameterError
        A parameter is none of the above.

    Warns
    -----
    ExpenseSignWarning
        Expenses are below zero in most rows of the statements.

    Notes
    -----
    On a day, a row counts if it was known by then. Of rows of one customer and one month the last
    known counts, so that a correction supersedes from the day it is known; of statements to one
    month, that of 12 months goes before one of fewer. A period that ends by the sixth of a month
    is of the month before, as years of 52 or 53 weeks have it. An invoice that was
    settled later is open on the day. What was disputed or returned counts from the day it was, or
    where that column is not there, from the day the invoice was settled, as a flag without a day
    may come from the future. Statements of one customer in two currencies, or of a firm and of
    its group, are not put together.

    With `annualise`, the statement that ends last counts, whatever its length: after a half-year
    to June 2024, the year to December 2023 is no longer read. What needs the year before (growth,
    returns on averages, DuPont, Piotroski) then asks for a statement to June 2023, and is missing,
    of kind "period", where there is none; with the default it is there, and half a year older.
    Where both are wanted, compute them from two records, and put them side by side.

    O(n log n) time for n rows; tables are read once.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.indicators import CustomerRecords
    >>> statements = pd.DataFrame({
    ...     "customer": ["A", "A"],
    ...     "period_end": pd.to_datetime(["2022-12-31", "2023-12-31"]),
    ...     "known_on": pd.to_datetime(["2023-04-30", "2024-04-30"]),
    ...     "revenue": [100.0, 120.0],
    ... })
    >>> CustomerRecords(statements=statements)
    CustomerRecords(1 customer; statements 2)
    """

    statements: NativeFrame | None = None
    operations: NativeFrame | None = None
    market: NativeFrame | None = None
    profile: NativeFrame | None = None
    persons: NativeFrame | None = None
    ledger: NativeFrame | None = None
    contracts: NativeFrame | None = None
    trade: NativeFrame | None = None
    ratings: NativeFrame | None = None
    references: NativeFrame | None = None
    told: NativeFrame | None = None
    surveys: NativeFrame | None = None
    industries: NativeFrame | None = None
    peers: NativeFrame | None = None
    countries: NativeFrame | None = None
    events: NativeFrame | None = None
    known_lag_days: Mapping[str, int] = field(default_factory=dict)
    consolidation: Consolidation = "either"
    annualise: bool = False
    stale_after_months: int | None = 18
    flows: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Read all tables at once, so that what is wrong with one is said at once."""
        owner = type(self).__name__
        check_choice(
            self.consolidation, "consolidation", owner, ("either", "consolidated", "separate")
        )
        check_kind(self.annualise, "annualise", owner, bool)
        if self.stale_after_months is not None:
            check_integer(self.stale_after_months, "stale_after_months", owner, low=1)
        check_kind(self.known_lag_days, "known_lag_days", owner, Mapping)
        for name, days in self.known_lag_days.items():
            if name not in SCHEMAS:
                raise unknown_name(name, tuple(SCHEMAS), "table", "known_lag_days")
            check_integer(days, f"known_lag_days[{name!r}]", owner, low=0)
        object.__setattr__(self, "flows", tuple(self.flows))
        if not self.tables:
            msg = "Records need at least one table with rows. Got none."
            raise EmptyDataError(msg)
        # customers named in two ways are refused at once, too
        _ = self.customers

    @cached_property
    def tables(self) -> Mapping[TableName, FactTable]:
        """Tables as they were read, by name; those without rows are not among them."""
        return {
            name: read_facts(getattr(self, name), name, self.known_lag_days.get(name))
            for name in SCHEMAS
            if getattr(self, name) is not None and has_rows(getattr(self, name), name)
        }

    @cached_property
    def customers(self) -> tuple[Level, ...]:
        """Customers of all tables, in the order in which they come."""
        found: dict[Level, TableName] = {}
        kinds: dict[type, TableName] = {}
        for name in _CUSTOMER_TABLES:
            for key in self.tables[name].keys if name in self.tables else ():
                found.setdefault(key, name)
                kinds.setdefault(type(key), name)
        if len(kinds) > 1:
            listed = ", ".join(f"{kind.__name__} in {name!r}" for kind, name in kinds.items())
            msg = f"Customers must be named alike in all tables. Got {listed}."
            raise InvalidDataError(msg)
        return tuple(found)

    @cached_property
    def currencies(self) -> tuple[str, ...]:
        """Currencies that occur in any table, sorted."""
        levels = [t.words["currency"][1] for t in self.tables.values() if "currency" in t.words]
        return tuple(sorted({str(level) for found in levels for level in found}))

    def __repr__(self) -> str:
        """Say in one line how much there is."""
        rows = ", ".join(f"{name} {table.n_rows:,}" for name, table in self.tables.items())
        return f"CustomerRecords({counted(len(self.customers), 'customer')}; {rows})"


def read_customers(
    customers: Any, known: Collection[Level], owner: str, *, place: str
) -> tuple[Level, ...]:
    """Read which customers are asked for, as tables name them.

    Raises
    ------
    InvalidParameterError
        They are no sequence of names, one is not among those that are known, or they are text
        where those are numbers.
    """
    several = isinstance(customers, Iterable) and getattr(customers, "ndim", 1) == 1
    if not several or isinstance(customers, (str, bytes)):
        msg = (
            f"The 'customers' parameter of {owner} must be a sequence of customers. Got "
            f"{customers!r} instead."
        )
        raise InvalidParameterError(msg)
    names = tuple(name.item() if isinstance(name, np.generic) else name for name in customers)
    example = next(iter(known), None)
    for name in names:
        alike = example is None or isinstance(name, str) == isinstance(example, str)
        if not is_level(name) or not alike:
            so = f", and the records name them as {example!r}" if example is not None else ""
            msg = (
                f"The 'customers' parameter of {owner} must hold names of customers. Got "
                f"{name!r}{so}."
            )
            raise InvalidParameterError(msg)
    there = set(known)
    strange = list(dict.fromkeys(name for name in names if name not in there))
    if strange:
        raise _unknown_customers(strange, known, place)
    return names


def _unknown_customers(
    strange: Sequence[Level], known: Collection[Level], place: str
) -> InvalidParameterError:
    """Return the error about customers of whom no table holds anything, with near names."""
    by_text = {str(name): name for name in known}
    near = [by_text[text] for text in get_close_matches(str(strange[0]), by_text, n=3)]
    hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    others = f" (and {len(strange) - 1:,} more)" if len(strange) > 1 else ""
    return InvalidParameterError(
        f"There is no customer {strange[0]!r}{others} in {place}, which names "
        f"{counted(len(known), 'customer')}.{hint} Ask for some of these."
    )
