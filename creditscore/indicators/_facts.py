"""What is known of customers on a day, as indicators read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from creditscore._checks import check_kind
from creditscore._days import check_day, months_later
from creditscore._display import counted
from creditscore._typing import Bool1D, Int1D, Level
from creditscore.exceptions import InvalidParameterError
from creditscore.indicators._customer_events import events_of
from creditscore.indicators._fact_table import FactTable
from creditscore.indicators._lazy_columns import LazyColumns
from creditscore.indicators._measured import Measured, NegativeDenominator
from creditscore.indicators._panel import Input, PanelFacts, PanelRows
from creditscore.indicators._reason import Reason
from creditscore.indicators._records import CustomerRecords, read_customers
from creditscore.indicators._rows import CURRENCY, CustomerRows
from creditscore.indicators._schema import FLOWS, GROW_STALE, SCHEMAS, STOCKS, TableName
from creditscore.indicators._visible import VisibleRows


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Facts:
    """What was known of customers on a day; the argument of each indicator.

    Items of statements are attributes: ``facts.revenue``, ``facts.before().revenue`` for the
    year before, ``facts.average("total_assets")`` for the mean of both. Other panels stand by
    their names, ``facts.profile.employees``, those of an industry and a country are of the
    customer's own; rows too, ``facts.ledger.within(months=12)``. Made by :func:`facts_on`.

    Parameters
    ----------
    records : CustomerRecords
        The tables.
    as_of : day
        What became known later is not seen.
    customers : tuple
        Whose facts, in this order.
    negative_denominator : {"missing", "keep"}, default="missing"
        What ratios over less than zero are.
    inputs : list of Input, default=[]
        What was read so far.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.indicators import CustomerRecords, facts_on
    >>> facts = facts_on(CustomerRecords(statements=pd.DataFrame({
    ...     "customer": ["A"] * 2, "period_end": pd.to_datetime(["2022-12-31", "2023-12-31"]),
    ...     "known_on": pd.to_datetime(["2023-04-30", "2024-04-30"]), "revenue": [100.0, 120.0],
    ... })), "2024-06-30")
    >>> growth = facts.revenue / facts.before().revenue - 1
    >>> growth.values.round(6).tolist()
    [0.2]
    """

    records: CustomerRecords
    as_of: np.datetime64
    customers: tuple[Level, ...]
    negative_denominator: NegativeDenominator = "missing"
    inputs: list[Input] = field(default_factory=list)
    _panels: dict[tuple[TableName, bool], PanelRows] = field(init=False, default_factory=dict)
    _rows: dict[TableName, CustomerRows] = field(init=False, default_factory=dict)

    def __getattr__(self, name: str) -> Measured:
        """Return whatever is no table as an item of the statements."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self.panel("statements").item(name)

    @property
    def statements(self) -> PanelFacts:
        """Items of the latest statement."""
        return self.panel("statements")

    @property
    def operations(self) -> PanelFacts:
        """Numbers of the latest period of operations."""
        return self.panel("operations")

    @property
    def market(self) -> PanelFacts:
        """Numbers of the market that the customer sells in."""
        return self.panel("market")

    @property
    def profile(self) -> PanelFacts:
        """What is known of the customer itself."""
        return self.panel("profile")

    @property
    def persons(self) -> PanelFacts:
        """Numbers of a person."""
        return self.panel("persons")

    @property
    def industries(self) -> PanelFacts:
        """Numbers of the customer's industry."""
        return self.panel("industries")

    @property
    def peers(self) -> PanelFacts:
        """Benchmarks of the customer's industry, such as the medians of indicators."""
        return self.panel("peers")

    @property
    def countries(self) -> PanelFacts:
        """Numbers of the customer's country."""
        return self.panel("countries")

    @property
    def ledger(self) -> CustomerRows:
        """Invoices to the customer."""
        return self.rows("ledger")

    @property
    def contracts(self) -> CustomerRows:
        """Obligations of the customer."""
        return self.rows("contracts")

    @property
    def trade(self) -> CustomerRows:
        """Customers and suppliers of the customer."""
        return self.rows("trade")

    @property
    def ratings(self) -> CustomerRows:
        """Ratings by agencies."""
        return self.rows("ratings")

    @property
    def references(self) -> CustomerRows:
        """References by associations."""
        return self.rows("references")

    @property
    def told(self) -> PanelFacts:
        """Indicators that were told as they are, for :meth:`Measured.or_told`."""
        return self.panel("told")

    @property
    def surveys(self) -> CustomerRows:
        """Surveys of the customer's industry."""
        return self.rows("surveys")

    @property
    def events(self) -> CustomerRows:
        """Events of policy and regulation that concern the customer."""
        self._touch(Input(table="events"))
        for party in ("industry", "country"):
            self._touch(Input(table="profile", item=party))
        if "events" not in self._rows:
            self._rows["events"] = events_of(self)
        return replace(self._rows["events"], negative_denominator=self.negative_denominator)

    def item(self, name: str) -> Measured:
        """Return an item of the statements by its name."""
        return self.panel("statements").item(name)

    def before(self, years: int = 1) -> PanelFacts:
        """Return the statements of so many years before."""
        return self.panel("statements").before(years)

    def average(self, name: str) -> Measured:
        """Return the mean of an item of the statements now and a year before."""
        return self.panel("statements").average(name)

    def constant(self, value: float) -> Measured:
        """Return the same number for each customer."""
        return Measured.of(f"{value:g}", np.full(len(self.customers), float(value)))

    def with_policy(self, negative_denominator: NegativeDenominator) -> Facts:
        """Return the same facts for another indicator, whose inputs are noted from the start."""
        own = replace(self, negative_denominator=negative_denominator, inputs=[])
        # what was found already does not depend on the indicator
        object.__setattr__(own, "_panels", self._panels)
        object.__setattr__(own, "_rows", self._rows)
        return own

    def panel(self, name: TableName) -> PanelFacts:
        """Return the items of a panel."""
        self._touch_owner(name)
        rows = self.panel_rows(name) if name in self.records.tables else None
        absent = partial(self._absent, name)
        return PanelFacts(rows, absent, self._touch, name, self.negative_denominator, self.as_of)

    def panel_rows(self, name: TableName) -> PanelRows:
        """Return the row of a panel that counts for each customer."""
        place = (name, False)
        if place not in self._panels:
            self._panels[place] = self._statements() if name == "statements" else self._panel(name)
        return self._panels[place]

    def rows(self, name: TableName) -> CustomerRows:
        """Return the rows of a table that were known on the day; of events, of all customers."""
        self._touch(Input(table=name))
        self._touch_owner(name)
        if name == "events":
            return self._known_rows(name)
        if name not in self._rows:
            self._rows[name] = self._known_rows(name)
        return replace(self._rows[name], negative_denominator=self.negative_denominator)

    def _known_rows(self, name: TableName) -> CustomerRows:
        table, schema = self.records.tables.get(name), SCHEMAS[name]
        common: dict[str, Any] = {
            "name": name, "as_of": self.as_of, "dated_by": schema.dated_by,
            "days": schema.dates,
        }  # fmt: skip
        if table is None:
            nobody = np.full(len(self.customers), -1, dtype=np.intp)
            return CustomerRows(
                columns={}, owner=np.array([], dtype=np.intp), key_of=nobody, n_keys=0,
                absent=self._absent(name), **common,
            )  # fmt: skip
        seen = np.flatnonzero(table.known <= self.as_of)
        keys, absent = self._key_of(table)
        # a key of later rows only is not known yet: it has no rows, and not none of them
        met = np.append(np.bincount(table.key_codes[seen], minlength=len(table.keys)) > 0, False)
        key_of = np.where(met[keys], keys, -1)
        return CustomerRows(
            columns=self._columns(table, seen), owner=table.key_codes[seen], key_of=key_of,
            n_keys=max(len(table.keys), 1), absent=self._reasons(table, keys, key_of, absent),
            **common,
        )  # fmt: skip

    def at_statement(self, name: TableName) -> PanelFacts:
        """Return the items of a panel for the month to which each customer's statement runs."""
        place = Input(table=name, at_statement=True)
        tables = self.records.tables
        rows = self.panel_rows_of(place) if name in tables and "statements" in tables else None
        self._touch_owner(name)
        missing: TableName = "statements" if name in tables else name
        return PanelFacts(
            rows, partial(self._absent, missing), self._touch, name, self.negative_denominator,
            self.as_of, place,
        )  # fmt: skip

    def panel_rows_of(self, entry: Input) -> PanelRows:
        """Return the row of a panel that an input of an indicator was read from."""
        place = (entry.table, entry.at_statement)
        if place not in self._panels:
            panel = self.panel_rows(entry.table)
            if entry.at_statement:
                panel = panel.at_statement(self.panel_rows("statements"))
            self._panels[place] = panel
        panel = self._panels[place]
        return panel.before(entry.years_before) if entry.years_before else panel

    def _touch(self, entry: Input) -> None:
        """Note what is read."""
        if entry not in self.inputs:
            self.inputs.append(entry)

    def _touch_owner(self, name: TableName) -> None:
        """Note the industry or the country, by which a customer finds its rows."""
        if SCHEMAS[name].key not in ("customer", ""):
            self._touch(Input(table="profile", item=SCHEMAS[name].key))

    def _columns(self, table: FactTable, seen: Int1D) -> LazyColumns:
        """Return the columns of rows, what was revealed later hidden."""
        currency = self._currency(table)
        names = [*table.numbers, *table.days, *table.words]
        if currency is not None:
            names.append(CURRENCY)

        def column(name: str) -> Any:
            if name == CURRENCY and currency is not None:
                return currency[seen]
            if name in table.words:
                return table.text(name, seen)
            values = (table.numbers if name in table.numbers else table.days)[name][seen]
            dates = table.schema.revealed_by.get(name, ())
            date = next((date for date in dates if date in table.days), None)
            if date is None:
                return values
            day = table.days[date][seen]
            # without a day nothing was revealed: an open invoice shows no dispute
            hidden = np.isnat(day) | (day > self.as_of)
            gap = np.datetime64("NaT") if values.dtype.kind == "M" else np.nan
            return np.where(hidden, gap, values)

        return LazyColumns(names, column)

    def _panel(self, name: TableName) -> PanelRows:
        table = self.records.tables[name]
        keys, absent = self._key_of(table)
        visible = VisibleRows.on(table, self.as_of)
        rows = visible.latest(keys)
        reasons = self._reasons(table, keys, rows, absent)
        panel = PanelRows(
            table=table, visible=visible, keys=keys, rows=rows, reasons=reasons,
            currency=self._currency(table),
        )  # fmt: skip
        return self._without_stale(panel) if name in GROW_STALE else panel

    def _statements(self) -> PanelRows:
        """Return the statement that counts for each customer, by the rules of the records."""
        records, table = self.records, self.records.tables["statements"]
        keys, absent = self._key_of(table)
        months = table.numbers.get("months", np.full(table.n_rows, 12.0))
        eligible = np.ones(table.n_rows, bool) if records.annualise else months == 12
        scope = table.numbers.get("consolidated")
        if scope is not None and records.consolidation != "either":
            eligible &= scope == (records.consolidation == "consolidated")
        visible = VisibleRows.on(table, self.as_of, eligible)
        rows = visible.latest(keys)
        seen = table.known <= self.as_of
        why = _why_not_eligible(table, ~eligible & seen)
        reasons = self._reasons(table, keys, rows, absent, why)
        panel = PanelRows(
            table=table, visible=visible, keys=keys, rows=rows, reasons=reasons,
            currency=self._currency(table), flows=FLOWS | set(records.flows), stocks=STOCKS,
            factor=12.0 / months if records.annualise else None,
        )  # fmt: skip
        return self._without_stale(panel.of_one_scope())

    def _without_stale(self, panel: PanelRows) -> PanelRows:
        limit = self.records.stale_after_months
        if limit is None:
            return panel
        name = panel.table.name
        row = "statement, to" if name == "statements" else f"row of {name}, of"
        days = panel.days(panel.table.schema.dated_by)
        stale = days < months_later(self.as_of, -limit)
        reasons = panel.reasons.copy()
        for customer in np.flatnonzero(stale):
            text = f"the latest {row} {days[customer]}, is older than {limit} months"
            reasons[customer] = Reason("stale", text)
        return replace(panel, rows=np.where(stale, -1, panel.rows), reasons=reasons)

    def _key_of(self, table: FactTable) -> tuple[Int1D, Any]:
        """Return the place of each customer among the keys of a table, or why it has none."""
        key = table.schema.key
        if key in ("customer", ""):
            wanted: Any = self.customers
            absent = self._absent(table.name)
            absent[:] = Reason("not_given", f"{table.name} hold nothing of this customer")
        else:
            wanted = self._owners(key)
            absent = np.array(
                [
                    Reason("not_given", f"the {key} of the customer is not known")
                    if word is None
                    else Reason("not_given", f"{table.name} hold nothing of {key} {word!r}")
                    for word in wanted
                ],
                dtype=object,
            )
        place = {name: code for code, name in enumerate(table.keys)}
        return np.array([place.get(name, -1) for name in wanted], dtype=np.intp), absent

    def _owners(self, key: str) -> Any:
        """Return the industry or the country of each customer, None where not known."""
        if "profile" not in self.records.tables:
            return np.full(len(self.customers), None, dtype=object)
        return self.panel_rows("profile").words(key)

    def _reasons(
        self,
        table: FactTable,
        keys: Int1D,
        rows: Int1D,
        absent: Any,
        why: Mapping[int, Reason] | None = None,
    ) -> Any:
        """Say why customers have no row: none at all, none known yet, none that counts."""
        reasons: Any = np.where(rows >= 0, None, absent)
        first = np.full(len(table.keys) + 1, np.datetime64("2262-01-01", "D"))
        np.minimum.at(first, table.key_codes, table.known)
        other = why or {}
        for customer in np.flatnonzero((rows < 0) & (keys >= 0)).tolist():
            known_on = first[keys[customer]]
            if known_on > self.as_of:
                text = f"{table.name} are known from {known_on} on only"
                reasons[customer] = Reason("not_known_yet", text)
            else:
                reasons[customer] = other.get(int(keys[customer]), absent[customer])
        return reasons

    def _currency(self, table: FactTable) -> Int1D | None:
        """Return the currency of each row as a code that is the same in all tables."""
        if "currency" not in table.words:
            return None
        codes, levels = table.words["currency"]
        known = self.records.currencies
        places = np.array([*(known.index(str(level)) for level in levels), -1], dtype=np.intp)
        return places[codes]

    def _absent(self, name: TableName) -> Any:
        reasons = np.full(len(self.customers), None, dtype=object)
        given = getattr(self.records, name) is not None
        text = f"the table of {name} has no rows" if given else f"no table of {name} is given"
        reasons[:] = Reason("not_given", text)
        return reasons

    def __repr__(self) -> str:
        """Say in one line whose facts these are, and when."""
        return f"Facts({counted(len(self.customers), 'customer')} as of {self.as_of})"


def facts_on(
    records: CustomerRecords, as_of: Any, *, customers: Sequence[Level] | None = None
) -> Facts:
    """Return what was known of customers on a day.

    Parameters
    ----------
    records : CustomerRecords
        The tables.
    as_of : str, date or Timestamp
        The day, without a time zone.
    customers : sequence, optional
        Whose facts, in this order; without them, of all customers of the records
        (:attr:`CustomerRecords.customers`), which are those that can be asked for. One of whom
        nothing was known on the day has all missing.

    Returns
    -------
    Facts

    Raises
    ------
    InvalidParameterError
        The day is none; a customer is in no table, named twice, or by text where the records have
        numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.indicators import CustomerRecords, facts_on
    >>> statements = pd.DataFrame({
    ...     "customer": ["A"], "period_end": pd.to_datetime(["2023-12-31"]),
    ...     "known_on": pd.to_datetime(["2024-04-30"]), "revenue": [120.0],
    ... })
    >>> records = CustomerRecords(statements=statements)
    >>> facts_on(records, "2024-06-30").revenue.values
    array([120.])
    >>> str(facts_on(records, "2024-01-31").revenue.reasons[0])
    'statements are known from 2024-04-30 on only'
    """
    check_kind(records, "records", "facts_on", CustomerRecords)
    wanted = records.customers
    if customers is not None:
        wanted = read_customers(customers, wanted, "facts_on", place="records.customers")
    if len(set(wanted)) != len(wanted):
        msg = "The 'customers' parameter of facts_on must name each customer once."
        raise InvalidParameterError(msg)
    return Facts(records=records, as_of=check_day(as_of, "as_of", "facts_on"), customers=wanted)


def _why_not_eligible(table: FactTable, other: Bool1D) -> dict[int, Reason]:
    """Say of each key whose rows known on the day do not count why that is."""
    months = table.numbers.get("months", np.full(table.n_rows, 12.0))
    lengths: dict[int, set[float]] = {}
    for key, length in zip(table.key_codes[other].tolist(), months[other].tolist(), strict=True):
        lengths.setdefault(key, set()).add(length)
    reasons = {}
    for key, found in lengths.items():
        if 12.0 in found:
            text = "no statement of the kind that counts (consolidation) is known"
            reasons[key] = Reason("consolidation", text)
        else:
            listed = ", ".join(f"{length:g}" for length in sorted(found))
            text = f"only statements of {listed} months are known (annualise)"
            reasons[key] = Reason("period", text)
    return reasons
