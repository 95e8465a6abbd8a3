"""Facts of financial statements → one set of items a firm and period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._validation import check_choice, check_integer
from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._observation._columns import SOURCE_KINDS, SourceKind
from creditscore.collect._reader._collect import Collecting
from creditscore.collect._reader._collected import Collected
from creditscore.collect._reader._concepts import ConceptMap
from creditscore.collect._reader._facts import Fact, fact_table, read_facts
from creditscore.collect._reader._fields import file_time
from creditscore.collect._reader._file_form import FileForm
from creditscore.collect._reader._long_rule import LongRule
from creditscore.collect._reader._mapping import SourceMapping
from creditscore.collect._reader._read_source import told_of
from creditscore.collect._reader._rule import FieldRule, ItemRule
from creditscore.collect._reader._source_table import SourceTable
from creditscore.collect._reader._units import is_currency, split_unit

_DAYS_OF_MONTH = 365.25 / 12
_COLUMNS = {
    "(customer)": "entity", "(item)": "concept", "(number)": "value", "(end)": "end",
    "(unit)": "unit",
}  # fmt: skip
_KNOWN = ("entity", "concept", "start", "end", "period", "unit", "value", "decimals", "scale",
          "sign", "dimensions", "consolidated", "fact", "filing")  # fmt: skip


def read_statements(
    data: Any,
    *,
    concepts: ConceptMap | None = None,
    customers: Mapping[str, str] | None = None,
    months: int = 12,
    source: SourceKind = "public_filing",
    source_name: str = "",
    catalogue: ItemCatalogue | None = None,
    collected_at: Any = None,
) -> Collected:
    """Read statements that have a row a fact, as XBRL has them.

    Parameters
    ----------
    data : path, DataFrame, or mapping
        xBRL-JSON, as a file or as what it holds; or a table with entity, concept, end and
        value, and where they are there start, unit, scale, sign, decimals, dimensions,
        consolidated and filed_at. Known besides are period_start, period_end and filed_on.
    concepts : ConceptMap, optional
        Which concept stands for which item; without, the one that comes with the library.
    customers : mapping of str to str, optional
        The customer of each entity; without, entities are customers.
    months : int, default=12
        Length of the periods that are read, in months; balance sheets belong to each.
    source : {"internal_record", "public_filing", "third_party", "site_visit"}, \
default="public_filing"
        Kind of the source.
    source_name : str, default=""
        Which register.
    catalogue : ItemCatalogue, optional
        What the items are; without, the standard one.
    collected_at : datetime or str, optional
        When the facts were published or fetched; used where filed_at is empty, or later.

    Returns
    -------
    Collected
        Items of each firm, true from the last day of the period; its months, currency and
        whether it is consolidated, where a fact that is used tells it.

    Raises
    ------
    DocumentError, DocumentNotFoundError
        The file is not there or no report.
    MissingColumnError
        A column of facts is not there.
    InvalidParameterError
        A parameter is outside its range.

    Warns
    -----
    RejectedRowsWarning
        Some facts cannot be used.
    FutureRowsWarning
        Some facts were filed after `collected_at`.

    Notes
    -----
    - Concepts of no item are skipped and counted.
    - The consolidated fact without dimensions is read; others are rejected.
    - Where two concepts stand for one item, the first in the map is read.
    - Facts that stand twice are one, if they agree within the rounding that their decimals
      say; the more exact is read, and the other rejected. If not, all of them are rejected.
    - A later filing may restate a period: facts of another filed_at, or else another filing, are
      no contradiction, and all of them are read.
    - The value is multiplied by ten to its scale, and turned by its sign. In xBRL-JSON it is
      already; ``decimals`` tells the precision only. A fact that has a scale, and a unit that
      counts, such as thousands, is rejected.
    - An end of a table is the last day of the period; in xBRL-JSON it is the midnight after.

    References
    ----------
    XBRL International (2021). *xBRL-JSON 1.0* and *Open Information Model 1.0*,
    Recommendations of 13 October 2021.

    Examples
    --------
    >>> from creditscore.collect import read_statements
    >>> facts = {"facts": {"f1": {"value": "352583000000", "decimals": -6, "dimensions": {
    ...     "concept": "us-gaap:Assets", "entity": "cik:0000320193", "unit": "iso4217:USD",
    ...     "period": "2023-10-01T00:00:00"}}}}
    >>> collected = read_statements(facts, collected_at="2023-11-03")
    >>> collected.observations.table[["item", "number", "text", "unit", "true_from"]].head(2)
               item        number  text unit  true_from
    0  total_assets  3.525830e+11  None  USD 2023-09-30
    1      currency           NaN   USD      2023-09-30
    """
    concepts = concepts or ConceptMap.standard()
    check_kind(concepts, "concepts", "read_statements", ConceptMap)
    check_integer(months, "months", "read_statements", low=1)
    check_choice(source, "source", "read_statements", SOURCE_KINDS)
    catalogue = ItemCatalogue.standard() if catalogue is None else catalogue
    check_kind(catalogue, "catalogue", "read_statements", ItemCatalogue)
    given, is_json = fact_table(data, FileForm())
    facts = read_facts(given, is_json=is_json)
    chosen = _Chosen(facts, concepts, months, customers)
    mapping = SourceMapping(
        source=source, method="data_analysis", source_name=source_name,
        customer=FieldRule(columns=("(customer)",)),
        true_from=FieldRule(columns=("(end)",)),
        unit=FieldRule(columns=("(unit)",)),
        collected_at=(
            FieldRule(columns=("filed_at",)) if "filed_at" in given.columns else None
        ),
        long=LongRule(
            item="(item)", value="(number)",
            items={item: ItemRule(item=item) for item in _items(concepts)},
        ),
        ignore=tuple(name for name in _KNOWN if name in given.columns),
    )  # fmt: skip
    noted = [(np.array([row]), column, why) for row, (column, why) in chosen.faults.items()]

    def collected_of(table: SourceTable) -> tuple[Collected, set[int]]:
        n = table.n_rows - given.n_rows
        useless = np.array([fact.row in chosen.useless for fact in facts] + [False] * n, dtype=bool)
        run = Collecting(
            table=table, mapping=mapping, catalogue=catalogue,
            collected_at=file_time(collected_at), noted=noted, useless=useless,
        )  # fmt: skip
        found = run.collected()
        rejected = {int(row) for fault in run.faults for row in fault.rows if row < given.n_rows}
        return replace(found, n_rows=found.n_rows - n), rejected

    collected, rejected = collected_of(_with_columns(given, chosen, customers, is_json=is_json))
    if rejected - chosen.faults.keys():
        # what holds of a period is told by facts of it that are used
        chosen.rejected = rejected
        collected, _ = collected_of(_with_columns(given, chosen, customers, is_json=is_json))
    return told_of(collected, strict=False)


def _items(concepts: ConceptMap) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*concepts.items, "months", "currency", "consolidated")))


class _Chosen:
    """Which facts are read, and why the others are not."""

    def __init__(
        self, facts: Sequence[Fact], concepts: ConceptMap, months: int,
        customers: Mapping[str, str] | None,
    ) -> None:  # fmt: skip
        self.item: dict[int, str] = {}
        self.facts = {fact.row: fact for fact in facts}
        self.useless: set[int] = set()
        self.faults: dict[int, tuple[str, str]] = {}
        self.rejected: set[int] = set()
        groups: dict[tuple[Any, ...], list[tuple[int, Fact]]] = {}
        for fact in facts:
            found = concepts.find(fact.concept)
            if found is None:
                self.useless.add(fact.row)
                continue
            item, rank = found
            self.item[fact.row] = item
            fault = fact.fault or _of_period(fact, months)
            if customers is not None and fact.entity not in customers:
                fault = "entity", "is no entity of a customer"
            if fault is not None:
                self.faults[fact.row] = fault
                continue
            groups.setdefault((fact.entity, item, fact.end, fact.filing), []).append((rank, fact))
        for ranked in groups.values():
            self._choose(ranked)

    def _choose(self, ranked: list[tuple[int, Fact]]) -> None:
        best = min(rank for rank, _ in ranked)
        first = [fact for rank, fact in ranked if rank == best]
        for rank, fact in ranked:
            if rank != best:
                why = f"is not read: {first[0].concept} comes first for {self.item[fact.row]}"
                self.faults[fact.row] = "concept", why
        exact = max(first, key=lambda fact: (fact.decimals, -fact.row))
        if not all(_agree(exact, fact) for fact in first):
            for fact in first:
                self.faults[fact.row] = "value", "contradicts another fact of the same period"
            return
        for fact in first:
            if fact is not exact:
                self.faults[fact.row] = "value", "stands twice, the other time no less exactly"

    @property
    def read(self) -> list[Fact]:
        """The facts that are read."""
        put_aside = self.faults.keys() | self.rejected
        return [self.facts[row] for row in self.item if row not in put_aside]


def _of_period(fact: Fact, months: int) -> tuple[str, str] | None:
    if fact.start is None or fact.end is None:
        return None
    days = int((fact.end - fact.start) / np.timedelta64(1, "D")) + 1
    found = round(days / _DAYS_OF_MONTH)
    # a year of 52 or 53 weeks counts as one
    if abs(days - months * _DAYS_OF_MONTH) <= 8 and days > 0:
        return None
    return "(end)", f"is the end of {found} months, and periods of {months} are read"


def _agree(exact: Fact, other: Fact) -> bool:
    """Tell whether two facts are one number, each rounded as it says."""
    if exact.number is None or other.number is None or exact.unit != other.unit:
        return False
    room = sum((_half_step(fact.decimals) for fact in (exact, other)), Decimal(0))
    return abs(exact.number - other.number) <= room


def _half_step(decimals: float) -> Decimal:
    return Decimal(0) if np.isinf(decimals) else Decimal(5).scaleb(-int(decimals) - 1)


def _with_columns(
    given: SourceTable, chosen: _Chosen, customers: Mapping[str, str] | None, *, is_json: bool
) -> SourceTable:
    """Add what was read of the facts, and rows for what holds of a period as a whole."""
    rows = [
        _cells(fact, chosen.item.get(fact.row, ""), customers) for fact in chosen.facts.values()
    ]
    sources = list(range(given.n_rows))
    seen: set[tuple[Any, ...]] = set()
    for fact in chosen.read:
        for item, value in _of_whole(fact):
            key = (fact.entity, fact.end, fact.filing, item)
            if key not in seen:
                seen.add(key)
                rows.append(_cells(fact, item, customers) | {"(number)": value, "(unit)": ""})
                sources.append(fact.row)
    columns = {name: column.iloc[sources].reset_index(drop=True)
               for name, column in given.columns.items()}  # fmt: skip
    columns |= {name: pd.Series([row[name] for row in rows], dtype=object) for name in _COLUMNS}
    stands_for = {**_COLUMNS, "(end)": "period" if is_json else "end"}
    return replace(
        given, columns=columns, places=[given.places[row] for row in sources],
        stands_for=stands_for,
    )  # fmt: skip


def _of_whole(fact: Fact) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    if fact.start is not None and fact.end is not None:
        days = int((fact.end - fact.start) / np.timedelta64(1, "D")) + 1
        found.append(("months", round(days / _DAYS_OF_MONTH)))
    _, unit = split_unit(fact.unit)
    if is_currency(unit):
        found.append(("currency", unit))
    return [*found, ("consolidated", True)] if fact.is_whole else found


def _cells(fact: Fact, item: str, customers: Mapping[str, str] | None) -> dict[str, Any]:
    entity = fact.entity if customers is None else customers.get(fact.entity, "")
    return {
        "(customer)": entity or fact.entity,
        "(item)": item,
        "(number)": "" if fact.number is None else str(fact.number),
        "(end)": None if fact.end is None else str(fact.end),
        "(unit)": fact.unit,
    }
