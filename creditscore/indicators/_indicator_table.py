"""Values of indicators, why some are missing, and where each comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from creditscore._checks import unknown_name
from creditscore._display import counted, html_table
from creditscore._validation import check_choice, check_real
from creditscore.exceptions import InvalidParameterError
from creditscore.indicators._facts import Facts
from creditscore.indicators._indicator import Indicator
from creditscore.indicators._measured import Measured, reason_words
from creditscore.indicators._panel import Input, PanelRows
from creditscore.indicators._reason import REASON_KINDS
from creditscore.indicators._records import read_customers
from creditscore.indicators._schema import SCHEMAS

_SHOWN_COLUMNS = 8


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class IndicatorTable:
    """Indicators of customers on a day; made by :meth:`IndicatorSet.compute`.

    Attributes
    ----------
    indicators : tuple of Indicator
        What was computed.
    facts : Facts
        What was known on the day.
    measured : mapping of str to Measured
        Values and reasons of each indicator.
    inputs : mapping of str to tuple of Input
        What was read for each.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.indicators import CustomerRecords, IndicatorSet, indicator
    >>> @indicator(group="financial", unit="ratio", direction="higher", formula="cash / revenue")
    ... def cash_to_sales(facts):
    ...     return facts.cash / facts.revenue
    >>> records = CustomerRecords(statements=pd.DataFrame({
    ...     "customer": ["A", "B"], "period_end": pd.to_datetime(["2023-12-31"] * 2),
    ...     "known_on": pd.to_datetime(["2024-04-30"] * 2),
    ...     "revenue": [120.0, 80.0], "cash": [6.0, None],
    ... }))
    >>> found = IndicatorSet(indicators=(cash_to_sales,)).compute(records, as_of="2024-06-30")
    >>> found.values
              cash_to_sales
    customer
    A                  0.05
    B                   NaN
    >>> found.reasons.loc["B", "cash_to_sales"]
    'cash is not given'
    >>> found.sources(customers=["A"])[["input", "value", "dated"]]
                    input  value      dated
    0     statements.cash    6.0 2023-12-31
    1  statements.revenue  120.0 2023-12-31
    """

    indicators: tuple[Indicator, ...]
    facts: Facts
    measured: Mapping[str, Measured]
    inputs: Mapping[str, tuple[Input, ...]]

    @property
    def as_of(self) -> np.datetime64:
        """The day."""
        return self.facts.as_of

    @cached_property
    def _index(self) -> pd.Index:
        return pd.Index(self.facts.customers, name="customer")

    @property
    def values(self) -> pd.DataFrame:
        """Values: a row a customer, a column an indicator, NaN where missing."""
        columns = {name: found.values for name, found in self.measured.items()}
        return pd.DataFrame(columns, index=self._index)

    @property
    def reasons(self) -> pd.DataFrame:
        """Why values are missing, in words; empty where there is one."""
        return self._by_reason(str)

    @property
    def reason_kinds(self) -> pd.DataFrame:
        """Why values are missing, as kinds (:data:`REASON_KINDS`); empty where there is one."""
        return self._by_reason(lambda reason: reason.kind)

    @property
    def told(self) -> pd.DataFrame:
        """Which values rest on what was told as it is, and were not computed from records."""
        columns = {
            name: np.zeros(len(found), dtype=bool) if found.told is None else found.told
            for name, found in self.measured.items()
        }
        return pd.DataFrame(columns, index=self._index) & self.values.notna()

    def coded(self, codes: Mapping[str, float | Mapping[str, float]]) -> pd.DataFrame:
        """Return the values with a special code for some kinds of reasons.

        A firm without interest has no interest cover, and that is another matter than a firm that
        does not report: bins and sub-scores can treat a code of its own as they like.

        Parameters
        ----------
        codes : mapping of str to float, or to mapping of str to float
            Code for each kind of reason, such as ``{"zero_denominator": -99.0}``, of all
            indicators; or one for each of some indicators, by their names. The others keep the gap.

        Returns
        -------
        DataFrame
            As :attr:`values`, with the codes in the place of gaps of their kinds.

        Raises
        ------
        InvalidParameterError
            There is no such kind or indicator; a code is a value of an indicator that it is for;
            what is not given and what is not known yet have different codes, though on the day
            nobody can tell one from the other.

        Notes
        -----
        Where the order of values matters (a rank, a measure of separation), the code must lie at
        the right end, and that depends on the indicator: negative equity is the worst debt to
        equity, which is high, and the worst return on equity, which is low. See the example.

        Examples
        --------
        >>> import pandas as pd
        >>> from creditscore.indicators import FINANCIAL, CustomerRecords
        >>> records = CustomerRecords(statements=pd.DataFrame({
        ...     "customer": ["A"] * 2, "period_end": pd.to_datetime(["2022-12-31", "2023-12-31"]),
        ...     "known_on": pd.to_datetime(["2023-04-30", "2024-04-30"]), "equity": [-10.0, -5.0],
        ...     "net_income": [-3.0, 5.0], "total_liabilities": [50.0, 50.0],
        ... }))
        >>> found = FINANCIAL.only(["debt_to_equity", "return_on_equity"]).compute(
        ...     records, as_of="2024-06-30"
        ... )
        >>> worst = {i.name: 1e6 if i.direction == "lower" else -1e6 for i in found.indicators}
        >>> found.coded({"negative_denominator": worst})
                  debt_to_equity  return_on_equity
        customer
        A              1000000.0        -1000000.0
        """
        by_kind = {kind: self._codes_of(kind, code) for kind, code in codes.items()}
        if codes.get("not_given") != codes.get("not_known_yet"):
            msg = (
                "The 'codes' parameter of IndicatorTable.coded must have one code for 'not_given' "
                f"and 'not_known_yet': only the future tells which it is. Got {dict(codes)!r}."
            )
            raise InvalidParameterError(msg)
        values, kinds = self.values, self.reason_kinds
        for name in values:
            own = {kind: found[name] for kind, found in by_kind.items() if name in found}
            taken = sorted(set(own.values()) & set(values[name].dropna().unique().tolist()))
            if taken:
                msg = f"Code {taken[0]:g} is also a value of indicator {name!r}. Choose another."
                raise InvalidParameterError(msg)
            for kind, code in own.items():
                values[name] = values[name].mask(kinds[name] == kind, code)
        return values

    def _codes_of(self, kind: str, code: float | Mapping[str, float]) -> dict[str, float]:
        """Return the code of a kind of reason for each indicator that has one."""
        owner = "IndicatorTable.coded"
        check_choice(kind, "codes", owner, REASON_KINDS)
        if not isinstance(code, Mapping):
            code = dict.fromkeys(self.measured, code)
        for name, own in code.items():
            if name not in self.measured:
                raise unknown_name(name, tuple(self.measured), "indicator", "this table")
            check_real(own, f"codes[{kind!r}]", owner, low=-np.inf, high=np.inf)
        return dict(code)

    @property
    def flags(self) -> pd.DataFrame:
        """Values outside the sensible range of their indicator, a row each, with the range."""
        parts = []
        for found in self.indicators:
            low, high = found.sensible_range
            values = self.measured[found.name].values
            rows = np.flatnonzero((values < low) | (values > high))
            ends = {"indicator": found.name, "value": values[rows], "low": low, "high": high}
            parts.append(pd.DataFrame({"customer": self._index[rows], **ends}))
        filled = [part for part in parts if len(part)] or parts[:1]
        return pd.concat(filled, ignore_index=True)

    def coverage(self) -> pd.DataFrame:
        """Return how many customers have each indicator, and why the others have not.

        Returns
        -------
        DataFrame
            A row an indicator: indicator, group, n, share (of customers with a value), and a
            column for each kind of reason that occurs, with its count.
        """
        kinds = self.reason_kinds
        rows = []
        for found in self.indicators:
            counts = kinds[found.name].value_counts()
            present = int(counts.pop("")) if "" in counts else 0
            n = max(len(kinds), 1)
            row = {"indicator": found.name, "group": found.group, "n": present}
            rows.append({**row, "share": present / n, **counts.to_dict()})
        table = pd.DataFrame(rows)
        others = [kind for kind in REASON_KINDS if kind in table]
        table[others] = table[others].fillna(0).astype(int)
        return table[["indicator", "group", "n", "share", *others]]

    def sources(
        self, *, indicators: Sequence[str] | None = None, customers: Sequence[Any] | None = None
    ) -> pd.DataFrame:
        """Return what each value was computed from, with source and dates.

        Parameters
        ----------
        indicators : sequence of str, optional
            Which ones; without them, all.
        customers : sequence, optional
            Whose; without them, all.

        Returns
        -------
        DataFrame
            A row a customer, indicator and input: customer, indicator, input (table.item, with
            @-1 for the year before), value (an item's: a number, a word or a day, hence of dtype
            object, and missing where there is none; of rows, how many were known), dated (the day
            it is about; of rows, the latest), known_on (the day it became known; of rows, the
            latest), source (where the table names it). What was told has value, days and source
            where the indicator is that, and none where it was computed. That is a row for each
            thing read: for many customers, ask for some of the indicators.

        Raises
        ------
        InvalidParameterError
            There is no such indicator, or no such customer in this table.
        """
        names = tuple(self.measured) if indicators is None else tuple(indicators)
        check_names(indicators or (), "indicators", "IndicatorTable.sources")
        for name in names:
            if name not in self.measured:
                raise unknown_name(name, tuple(self.measured), "indicator", "this table")
        place = {customer: row for row, customer in enumerate(self.facts.customers)}
        wanted = self.facts.customers
        if customers is not None:
            wanted = read_customers(
                customers, wanted, "IndicatorTable.sources", place="facts.customers"
            )
        rows = np.array([place[customer] for customer in wanted], dtype=np.intp)
        read = {entry for name in names for entry in self.inputs[name]}
        parts = {entry: self._source(entry, rows) for entry in read}
        tables = [
            self._counted(name, entry, parts[entry], rows).assign(indicator=name, input=str(entry))
            for name in names
            for entry in self.inputs[name]
        ]
        columns = ["customer", "indicator", "input", "value", "dated", "known_on", "source"]
        if not tables:
            return pd.DataFrame(columns=columns)
        return pd.concat(tables, ignore_index=True)[columns]

    def _source(self, entry: Input, rows: Any) -> pd.DataFrame:
        """Return value, dates and source of one input."""
        facts = self.facts.with_policy("missing")
        customers = [self.facts.customers[row] for row in rows]
        days = np.full(len(rows), np.datetime64("NaT", "D"))
        nothing = np.full(len(rows), np.nan, dtype=object)
        empty = {"value": nothing, "dated": days, "known_on": days, "source": ""}
        if entry.table not in facts.records.tables:
            return pd.DataFrame({"customer": customers, **empty})
        if SCHEMAS[entry.table].kind == "rows":
            found = {name: all_[rows] for name, all_ in _rows_source(facts, entry).items()}
        else:
            found = _panel_source(facts, entry, rows)
        return pd.DataFrame({"customer": customers, **found})

    def _counted(self, name: str, entry: Input, part: pd.DataFrame, rows: Any) -> pd.DataFrame:
        """Return the source of an input, of what was told only where that is the value."""
        if entry.table != "told":
            return part
        told = self.measured[name].told
        counts = np.zeros(len(rows), dtype=bool) if told is None else told[rows]
        kept = {column: part[column].where(counts) for column in ("value", "dated", "known_on")}
        return part.assign(**kept, source=part["source"].where(counts, ""))

    def _head(self, n: int) -> IndicatorTable:
        """Return the table of the first customers."""
        facts = replace(self.facts, customers=self.facts.customers[:n])
        first = {
            name: replace(
                found,
                values=found.values[:n],
                reasons=found.reasons[:n],
                currency=None,
                scope=None,
                told=None if found.told is None else found.told[:n],
            )
            for name, found in self.measured.items()
        }
        return replace(self, facts=facts, measured=first)

    def _by_reason(self, told: Any) -> pd.DataFrame:
        columns = {name: reason_words(found, told) for name, found in self.measured.items()}
        return pd.DataFrame(columns, index=self._index)

    def __repr__(self) -> str:
        """Say in one line how much there is."""
        values = self.values
        share = float(values.notna().to_numpy().mean()) if values.size else 0.0
        return (
            f"IndicatorTable({counted(len(values), 'customer')} × "
            f"{counted(values.shape[1], 'indicator')} as of {self.as_of}, {share:.0%} known)"
        )

    def _repr_html_(self) -> str:
        """Show the first customers, with the kind of reason where a value is missing."""
        head = self._head(_SHOWN_COLUMNS)
        values, kinds, told = head.values, head.reason_kinds, head.told
        shown = pd.DataFrame({"indicator": [found.label for found in self.indicators]})
        for customer in values.index:
            shown[str(customer)] = [
                _in_cell(*cell)
                for cell in zip(
                    values.loc[customer], kinds.loc[customer], told.loc[customer], strict=True
                )
            ]
        formats = dict.fromkeys(map(str, values.index), "{}")
        return html_table(shown, caption=repr(self), formats=formats)


def _in_cell(value: float, kind: str, is_told: bool) -> str:
    """Write a value, whether it was told, or the kind of reason why there is none."""
    if kind:
        return kind.replace("_", " ")
    return short_number(value) + (" (told)" if is_told else "")


def short_number(value: float, digits: int = 4) -> str:
    """Write a number with some digits, and an amount whole, its thousands apart."""
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e15 else f"{value:.{digits}g}"


def check_names(names: Sequence[str], parameter: str, owner: str) -> None:
    """Check that names are several, as the letters of one name are none."""
    if isinstance(names, str):
        msg = f"The {parameter!r} parameter of {owner} must be a sequence, such as [{names!r}]."
        raise InvalidParameterError(msg)


def _panel_source(facts: Facts, entry: Input, rows: Any) -> dict[str, Any]:
    panel = facts.panel_rows_of(entry).taken(rows)
    table = panel.table
    words = panel.words("source")
    return {
        "value": _item_values(panel, entry.item),
        "dated": panel.days(table.schema.dated_by),
        "known_on": panel.days(table.schema.known_by),
        "source": np.array(["" if word is None else word for word in words], dtype=object),
    }


def _item_values(panel: PanelRows, item: str) -> Any:
    """Return what a column of a panel holds for each customer: numbers, words or days."""
    if item in panel.table.words:
        found: Any = panel.words(item)
    elif item in panel.table.days:
        found = np.array([pd.Timestamp(day) for day in panel.days(item)], dtype=object)
    else:
        found = panel.numbers(item).values.astype(object)
    return np.where(pd.isna(found), np.nan, found)


def _rows_source(facts: Facts, entry: Input) -> dict[str, Any]:
    rows = facts.events if entry.table == "events" else facts.rows(entry.table)
    schema = SCHEMAS[entry.table]
    counts = np.where(rows.key_of >= 0, rows.count().values, np.nan)
    found: dict[str, Any] = {"value": counts.astype(object)}
    for name, column in (("dated", schema.dated_by), ("known_on", schema.known_by)):
        latest = np.full(rows.n_keys + 1, np.datetime64("0001-01-01", "D"))
        np.maximum.at(latest, rows.owner, rows.column(column))
        days = latest[rows.key_of]
        nothing = (rows.key_of < 0) | (days == latest[-1])
        found[name] = np.where(nothing, np.datetime64("NaT", "D"), days)
    found["source"] = np.full(len(rows.key_of), "", dtype=object)
    if rows.has("source") and len(rows):
        frame = pd.DataFrame({"owner": rows.owner, "source": rows.column("source")}).dropna()
        listed = frame.groupby("owner")["source"].agg(lambda s: ", ".join(sorted(set(s))))
        by_key = listed.reindex(range(rows.n_keys)).fillna("").to_numpy(dtype=object)
        found["source"] = np.where(rows.key_of >= 0, np.append(by_key, "")[rows.key_of], "")
    return found
