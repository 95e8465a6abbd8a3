"""Indicators of the customer beside its peers, each with the observations that it was made of."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from creditscore.exceptions import MissingColumnError
from creditscore.indicators import (
    ENTERPRISE,
    PERSON,
    CustomerRecords,
    Indicator,
    IndicatorSet,
    IndicatorTable,
)
from creditscore.report._dossier._chart import Chart
from creditscore.report._dossier._facts import short
from creditscore.report._dossier._places import KINDS, Places, item_of
from creditscore.report._dossier._reading import Reading
from creditscore.report._dossier._section import DossierSection
from creditscore.report._dossier._words import pair_of

if TYPE_CHECKING:
    from creditscore.organise import CustomerStore

PEERS_BY = ("industry", "region", "country")
_COLUMNS = ["indicator", "group", "value", "unit", "direction", "median", "against_peers", "place"]
_MOST_DRAWN = 20


@dataclass(frozen=True, kw_only=True, eq=False)
class FoundIndicators:
    """Indicators that a role may know, of one customer.

    Attributes
    ----------
    table : IndicatorTable or None
        None where there is nothing to make them of.
    names : frozenset of str
        All that the role may know, with a value or without.
    sections : tuple of DossierSection
        What the dossier shows: those with a value, and those without by reason.
    """

    table: IndicatorTable | None
    names: frozenset[str]
    sections: tuple[DossierSection, ...] = ()

    @property
    def values(self) -> Mapping[str, float]:
        """Value by name of indicator, NaN where there is none."""
        if self.table is None:
            return {}
        return {name: float(found.values[0]) for name, found in self.table.measured.items()}

    def is_not_given(self, name: str) -> bool:
        """Tell whether nothing was there that an indicator of this name could be made of."""
        if self.table is None or name not in self.table.measured:
            return True
        reason = self.table.measured[name].reasons[0]
        return reason is not None and reason.kind == "not_given"

    @property
    def labels(self) -> Mapping[str, tuple[str, str]]:
        """What they are called in English and Chinese."""
        if self.table is None:
            return {}
        return {one.name: (one.label, one.label_zh or one.label) for one in self.table.indicators}


def find_indicators(
    store: CustomerStore, reading: Reading, given: IndicatorSet | None, peers: pd.DataFrame | None
) -> FoundIndicators:
    """Compute the indicators whose inputs the role reads in the clear."""
    from creditscore.organise import customer_records  # noqa: PLC0415 - an extra

    chosen = given or (PERSON if reading.kind == "person" else ENTERPRISE)
    every = {one.name: one for one in known_indicators(given)}
    may_know = frozenset(n for n, one in every.items() if _may_know(one, store, reading))
    names = [one.name for one in chosen.indicators if one.name in may_know]
    tables = customer_records(
        store, reading.day.astype(object), reading.instant, customers=[reading.customer],
        resolve=True,
    )  # fmt: skip
    tables = {name: table for name, table in tables.items() if _whole(name, table)}
    nothing = FoundIndicators(table=None, names=may_know)
    if not names or not tables:
        return nothing
    records = CustomerRecords(**tables)
    if reading.customer not in records.customers:
        return nothing
    found = chosen.only(names).compute(records, as_of=reading.day, customers=[reading.customer])
    return FoundIndicators(table=found, names=may_know, sections=_sections(reading, found, peers))


def known_indicators(given: IndicatorSet | None) -> tuple[Indicator, ...]:
    """Return those that a dossier can be asked for: the given ones, or those of either kind."""
    return given.indicators if given else (*ENTERPRISE.indicators, *PERSON.indicators)


def _may_know(one: Indicator, store: CustomerStore, reading: Reading) -> bool:
    """Tell whether a role reads all that an indicator is made of in the clear."""
    needed: set[str] = set()
    for read in one.inputs:
        kind, item = KINDS.get(read.table), item_of(read.table, read.item)
        if kind is not None:
            needed |= {item.name for item in store.catalogue if item.record_kind == kind}
        elif item in store.catalogue:
            needed.add(item)
    return reading.sees(*needed)


def _whole(name: str, table: pd.DataFrame) -> bool:
    """Tell whether a table has the columns without which it cannot be read."""
    given: dict[str, Any] = {name: table}
    try:
        CustomerRecords(**given)
    except MissingColumnError:
        # the role does not see them
        return False
    return True


def _sections(
    reading: Reading, found: IndicatorTable, peers: pd.DataFrame | None
) -> tuple[DossierSection, ...]:
    beside = _peer_row(reading, peers)
    places = Places(reading=reading).of(found)
    rows: list[dict[str, Any]] = []
    missing: dict[str, list[str]] = {}
    for one in found.indicators:
        measured = found.measured[one.name]
        value, reason = float(measured.values[0]), measured.reasons[0]
        if reason is not None:
            missing.setdefault(_REASONS.get(reason.kind, reason.kind), []).append(one.name)
            continue
        median, place = _against(one, value, beside)
        rows.append({
            "indicator": one.name, "group": one.group, "value": value, "unit": one.unit,
            "direction": one.direction, "median": median, "against_peers": value - median,
            "place": place, "how": "told" if found.told[one.name].iloc[0] else "",
        })  # fmt: skip
    table = pd.DataFrame(rows, columns=[*_COLUMNS[: None if beside is not None else 5], "how"])
    if not (table["how"] == "told").any():
        table = table.drop(columns="how")
    rests_on = [places.get(name, ()) for name in table["indicator"]]
    own_row = [(f"i-{name}",) for name in table["indicator"]]
    known = DossierSection(
        name="indicators", table=table,
        basis={"value": rests_on, "against_peers": own_row, "place": own_row},
        charts=() if beside is None else _drawn(found, table),
        anchors=tuple(f"i-{name}" for name in table["indicator"]),
    )  # fmt: skip
    listed = pd.DataFrame({
        "reason": list(missing), "n": [len(names) for names in missing.values()],
        "indicators": [", ".join(names) for names in missing.values()],
    })  # fmt: skip
    return known, DossierSection(name="indicators_missing", table=listed)


_REASONS = {"stale": "stale_input", "currency": "mixed_currency"}


def peers_by(peers: pd.DataFrame) -> str:
    """Return the item by which benchmarks of peers are told apart."""
    return next(name for name in PEERS_BY if name in peers.columns)


def _peer_row(reading: Reading, peers: pd.DataFrame | None) -> Mapping[str, Any] | None:
    """Return the benchmarks of the customer's peers that were known last."""
    if peers is None:
        return None
    by = peers_by(peers)
    if not reading.sees(by):
        return None
    mine = reading.facts.loc[reading.facts["item"] == by, "value"]
    last_day = min(pd.Timestamp(reading.day), reading.instant.tz_localize(None))
    known = pd.to_datetime(peers["known_on"]) <= last_day
    rows = peers[known & peers[by].isin(list(mine))]
    if not len(rows):
        return None
    last = rows.sort_values(["period_end", "known_on"], kind="stable").iloc[-1]
    return {str(name): value for name, value in last.items()}


def _against(one: Indicator, value: float, beside: Mapping[str, Any] | None) -> tuple[float, float]:
    """Return the median of the peers, and the place: -1 and 1 are the quartiles, 1 the safer."""
    if beside is None:
        return math.nan, math.nan
    low, median, high = (
        float(beside.get(f"{one.name}_{level}", math.nan))
        for level in ("lower_quartile", "median", "upper_quartile")
    )
    half = high - median if value > median else median - low
    half = half or (high - low) / 2
    if math.isnan(value) or math.isnan(half) or not half or one.direction == "neither":
        return median, math.nan
    place = (value - median) / half
    return median, -place if one.direction == "lower" else place


def _drawn(found: IndicatorTable, table: pd.DataFrame) -> tuple[Chart, ...]:
    """Draw the indicators that are furthest from the median, in the order of the table."""
    placed = table[table["place"].notna()]
    if not len(placed):
        return ()
    furthest = placed["place"].abs().sort_values(ascending=False, kind="stable").index
    rows = placed.loc[sorted(furthest[:_MOST_DRAWN])]
    labels = FoundIndicators(table=found, names=frozenset()).labels
    notes = [
        f"{short(value)} ({short(median)})"
        for value, median in zip(rows["value"], rows["median"], strict=True)
    ]
    return (Chart(
        kind="places", title=pair_of("chart_peers"),
        names=tuple(labels[name] for name in rows["indicator"]),
        values=tuple(float(place) for place in rows["place"]),
        notes=tuple((note, note) for note in notes),
    ),)  # fmt: skip
