"""The columns of each kind of table that is read, and what may stand in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from creditscore._checks import unknown_name
from creditscore._declared import Declared
from creditscore.indicators._schema import TableName

ReadKind: TypeAlias = Literal["industries", "references", "ratings", "surveys", "events"]
"""Tables that have readers and templates."""


@dataclass(frozen=True, kw_only=True)
class DeclaredTable:
    """One kind of table: what a row of it is, its columns, and which of them make a row unique."""

    name: TableName
    row: str
    columns: tuple[Declared, ...]
    unique: tuple[str, ...]

    def column(self, name: str) -> Declared | None:
        """Return a column by its name."""
        return next((column for column in self.columns if column.name == name), None)


_KNOWN = Declared(
    name="known_on", type="date", required=True, example="2024-03-15",
    description="Day from which the row was known, such as that of its publication.",
)  # fmt: skip
_PERIOD = Declared(
    name="period_end", type="date", required=True, example="2023-12-31",
    description="Last day of the period that the row is about.",
)  # fmt: skip
_SOURCE = Declared(
    name="source", type="text", example="Statistical office",
    description="Where the row comes from; where that is empty, the file itself.",
)  # fmt: skip
_CUSTOMER = Declared(
    name="customer", type="text", required=True, example="C-1001",
    description="The customer, named as in all other tables.",
)  # fmt: skip
_INDUSTRY = Declared(
    name="industry", type="text", required=True, example="steel",
    description="The industry, named as in the profile of customers.",
)  # fmt: skip

_TABLES = (
    DeclaredTable(
        name="industries",
        row="an industry and a year",
        unique=("industry", "period_end", "known_on"),
        columns=(
            _INDUSTRY,
            _PERIOD,
            _KNOWN,
            _SOURCE,
            Declared(
                name="firms", type="number", low=0, example="1200",
                description="Firms observed over the year.",
            ),
            Declared(
                name="defaults", type="number", low=0, example="18",
                description="Firms of these that defaulted in the year.",
            ),
            Declared(
                name="output", type="number", low=0, example="104.2",
                description="Output of the year in constant prices, or an index of it.",
            ),
            Declared(
                name="hhi", type="number", low=0, high=1, example="0.06",
                description="Herfindahl-Hirschman index: sum of squared shares of firms.",
            ),
        ),
    ),
    DeclaredTable(
        name="references",
        row="a reference on a customer",
        unique=("customer", "association", "known_on"),
        columns=(
            _CUSTOMER,
            Declared(
                name="association", type="text", required=True, example="Steel Traders Association",
                description="Who gives the reference.",
            ),
            Declared(
                name="opinion", type="number", required=True, low=0, high=1, example="0.8",
                description="From 0 (warns) to 1 (recommends).",
            ),
            _KNOWN,
            _SOURCE,
        ),
    ),
    DeclaredTable(
        name="ratings",
        row="a rating action on a customer",
        unique=("customer", "agency", "known_on"),
        columns=(
            _CUSTOMER,
            Declared(
                name="agency", type="text", required=True, example="S&P",
                description="The rating agency.",
            ),
            Declared(
                name="rating", type="text", required=True, example="BBB+",
                description="Its symbol; NR, WR or WD where the rating was withdrawn.",
            ),
            _KNOWN,
            Declared(
                name="outlook", type="text", example="stable", description="Its outlook, if any."
            ),
            _SOURCE,
        ),
    ),
    DeclaredTable(
        name="surveys",
        row="a survey of an industry and a period",
        unique=("industry", "survey", "period_end", "known_on"),
        columns=(
            _INDUSTRY,
            Declared(
                name="survey", type="text", required=True, example="business climate",
                description="Which survey.",
            ),
            _PERIOD,
            _KNOWN,
            Declared(
                name="balance", type="number", required=True, low=-1, high=1, example="-0.12",
                description="Share of positive answers less share of negative ones.",
            ),
            _SOURCE,
        ),
    ),
    DeclaredTable(
        name="events",
        row="an event of policy or regulation, and whom it concerns",
        unique=("event", "industry", "country", "customer", "known_on"),
        columns=(
            Declared(
                name="event", type="text", required=True, example="Export tax on steel",
                description="What happens.",
            ),
            _KNOWN,
            Declared(
                name="effective_on", type="date", required=True, example="2024-07-01",
                description="First day in effect.",
            ),
            Declared(
                name="ends_on", type="date", example="2026-06-30",
                description="Last day in effect; empty while no end is set.",
            ),
            Declared(
                name="direction", type="number", required=True, allowed=(-1, 1), example="-1",
                description="-1 where it harms those concerned, 1 where it helps.",
            ),
            Declared(
                name="severity", type="number", low=0, high=1, example="0.5",
                description="How much, from 0 to 1.",
            ),
            Declared(
                name="exposure", type="number", low=0, high=1, example="0.4",
                description="Share of business that it touches.",
            ),
            Declared(
                name="industry", type="text", example="steel",
                description="Industry concerned; empty for all.",
            ),
            Declared(
                name="country", type="text", example="CN",
                description="Country concerned; empty for all.",
            ),
            Declared(
                name="customer", type="text", example="",
                description="Customer concerned; empty for all.",
            ),
            Declared(
                name="kind", type="text", example="tax", description="Kind of event, in a word."
            ),
            _SOURCE,
        ),
    ),
)  # fmt: skip

DECLARED: Mapping[str, DeclaredTable] = {table.name: table for table in _TABLES}
"""Tables by name."""


def declared_table(kind: str, owner: str) -> DeclaredTable:
    """Return the declaration of a kind of table."""
    if kind not in DECLARED:
        raise unknown_name(kind, tuple(DECLARED), "kind of table", owner)
    return DECLARED[kind]
