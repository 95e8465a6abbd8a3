"""A registry of indicators, and their values for customers on a day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import pandas as pd

from creditscore._checks import check_kind, unknown_name
from creditscore._display import counted, html_table
from creditscore._typing import Level
from creditscore._validation import check_choice
from creditscore.exceptions import EmptyDataError, InvalidParameterError
from creditscore.indicators._facts import facts_on
from creditscore.indicators._indicator import FIVE_C, GROUPS, FiveC, Group, Indicator
from creditscore.indicators._indicator_table import IndicatorTable, check_names
from creditscore.indicators._records import CustomerRecords


@dataclass(frozen=True, kw_only=True, repr=False)
class IndicatorSet:
    """Indicators by name, in an order: a registry that a user extends.

    Parameters
    ----------
    indicators : tuple of Indicator
        One or more, of different names.

    Raises
    ------
    EmptyDataError, InvalidParameterError
        No indicator; two of one name.

    Examples
    --------
    >>> from creditscore.indicators import IndicatorSet, indicator
    >>> @indicator(group="financial", unit="ratio", direction="higher", formula="cash / revenue")
    ... def cash_to_sales(facts):
    ...     return facts.cash / facts.revenue
    >>> own = IndicatorSet(indicators=(cash_to_sales,))
    >>> own.names
    ('cash_to_sales',)
    """

    indicators: tuple[Indicator, ...]

    def __post_init__(self) -> None:
        """Check that there are indicators, of different names."""
        object.__setattr__(self, "indicators", tuple(self.indicators))
        for found in self.indicators:
            check_kind(found, "indicators", type(self).__name__, Indicator)
        if not self.indicators:
            msg = "A set needs at least one indicator. Got none."
            raise EmptyDataError(msg)
        twice = sorted({name for name in self.names if self.names.count(name) > 1})
        if twice:
            msg = f"Indicators must have different names. Seen more than once: {twice}."
            raise InvalidParameterError(msg)

    @property
    def names(self) -> tuple[str, ...]:
        """Names, in their order."""
        return tuple(found.name for found in self.indicators)

    def __iter__(self) -> Iterator[Indicator]:
        """Go through the indicators."""
        return iter(self.indicators)

    def __len__(self) -> int:
        """Count the indicators."""
        return len(self.indicators)

    def __contains__(self, found: object) -> bool:
        """Tell whether there is an indicator of a name, or this indicator."""
        return found in self.names if isinstance(found, str) else found in self.indicators

    def __getitem__(self, name: str) -> Indicator:
        """Return an indicator by its name."""
        if name not in self.names:
            raise unknown_name(name, self.names, "indicator", "this set")
        return self.indicators[self.names.index(name)]

    def __add__(self, other: IndicatorSet) -> Self:
        """Return both sets together."""
        return type(self)(indicators=self.indicators + other.indicators)

    def only(self, names: Sequence[str]) -> Self:
        """Return some of the indicators, in the order of `names`."""
        check_names(names, "names", "IndicatorSet.only")
        return type(self)(indicators=tuple(self[name] for name in names))

    def of_group(self, *groups: Group) -> Self:
        """Return the indicators of some groups, such as financial and reputation."""
        for group in groups:
            check_choice(group, "groups", "IndicatorSet.of_group", GROUPS)
        return type(self)(indicators=tuple(i for i in self if i.group in groups))

    def of_five_c(self, tag: FiveC) -> Self:
        """Return the indicators that speak of one of the five Cs."""
        check_choice(tag, "tag", "IndicatorSet.of_five_c", FIVE_C)
        return type(self)(indicators=tuple(i for i in self if tag in i.five_c))

    def with_indicators(self, *indicators: Indicator) -> Self:
        """Return a set with further indicators; one of a name that is there takes its place."""
        for found in indicators:
            check_kind(found, "indicators", "IndicatorSet.with_indicators", Indicator)
        merged = {found.name: found for found in (*self.indicators, *indicators)}
        return type(self)(indicators=tuple(merged.values()))

    def table(self) -> pd.DataFrame:
        """Return the catalogue.

        Returns
        -------
        DataFrame
            A row an indicator: name, label, label_zh, group, five_c, formula, unit, direction,
            low, high, negative_denominator, inputs, source.
        """
        return pd.DataFrame(
            [
                {
                    "name": i.name,
                    "label": i.label,
                    "label_zh": i.label_zh,
                    "group": i.group,
                    "five_c": ", ".join(i.five_c),
                    "formula": i.formula,
                    "unit": i.unit,
                    "direction": i.direction,
                    "low": i.low,
                    "high": i.high,
                    "negative_denominator": i.negative_denominator,
                    "inputs": ", ".join(map(str, i.inputs)),
                    "source": i.source,
                }
                for i in self
            ]
        )

    def compute(
        self, records: CustomerRecords, *, as_of: Any, customers: Sequence[Level] | None = None
    ) -> IndicatorTable:
        """Compute all indicators from what was known on a day.

        Parameters
        ----------
        records : CustomerRecords
            The tables.
        as_of : str, date or Timestamp
            The day: nothing that became known later has any effect.
        customers : sequence, optional
            Whose indicators, a row each in this order; without them, of all customers of the
            records, in the order in which their tables name them. Give it where the rows are to be
            in an order of one's own, such as that of a table of outcomes.

        Returns
        -------
        IndicatorTable
            Values, and the reason of each that is missing.

        Raises
        ------
        InvalidParameterError
            The day is none; a customer is in no table of the records, or named twice.

        Notes
        -----
        The value of a customer does not depend on which other customers are in the records.
        O(n_rows · log n_rows + n_customers · n_indicators) time, and
        O(n_customers · n_indicators) memory.
        """
        facts = facts_on(records, as_of, customers=customers)
        measured = {found.name: found.measured_with_inputs(facts) for found in self}
        return IndicatorTable(
            indicators=self.indicators,
            facts=facts,
            measured={name: values for name, (values, _) in measured.items()},
            inputs={name: read for name, (_, read) in measured.items()},
        )

    def __repr__(self) -> str:
        """Say in one line how many there are of each group."""
        groups = [(g, sum(i.group == g for i in self)) for g in GROUPS]
        listed = ", ".join(f"{g} {n}" for g, n in groups if n)
        return f"IndicatorSet({counted(len(self), 'indicator')}: {listed})"

    def _repr_html_(self) -> str:
        """Show the catalogue without its longer columns."""
        shown = self.table()[["name", "label_zh", "group", "formula", "unit", "direction"]]
        return html_table(shown, caption=repr(self), formats={})
