"""Which columns hold what, if a table is of customers, or of records of one kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._reader._rule import FIELDS

LEAST = 0.7
"""Guesses of less are not made."""
_ONE_COLUMN = 0.5
"""A reading that is better by less is not known to be the right one."""
_AS_GOOD = 0.05
RECORD = "record"


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """How likely a column holds something, and how alike their names are alone."""

    score: float
    alike: float


Scores = Mapping[str, Mapping[str, Likeness]]
"""By column, then by field or item; the record of a kind is by :func:`record_of`."""


def record_of(kind: str) -> str:
    """Return what stands in scores for the record of a kind."""
    return f"{RECORD} of {kind}"


def plain_target(target: str) -> str:
    """Return the field or item of what stands in scores."""
    return RECORD if target.startswith(f"{RECORD} of ") else target


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Columns given to fields and items, each once, of which all are of one kind.

    Attributes
    ----------
    kind : str
        Of the records; empty for items of the customer.
    chosen : mapping of str to str
        The field or item of each column that has one.
    total : float
        Sum of their scores.
    """

    kind: str
    chosen: Mapping[str, str]
    total: float

    @property
    def n_items(self) -> int:
        """How many of the columns hold items."""
        return sum(plain_target(target) not in FIELDS for target in self.chosen.values())

    @property
    def of_records(self) -> bool:
        """Whether a column says which record, and another something of it."""
        has_record = RECORD in map(plain_target, self.chosen.values())
        return has_record and self.n_items > 0


def readings_of(scores: Scores, catalogue: ItemCatalogue) -> tuple[Reading, ...]:
    """Return the best reading, and then the others that are as good.

    Items of customers and of records do not stand in one mapping. Where a column says which
    record, and another something of it, the table is of records, unless far more columns are
    numbers of customers, which have their last invoice beside them; else it is of what more
    columns are alike to.
    """
    kinds = dict.fromkeys(("", *(item.record_kind for item in catalogue)))
    found = [_reading(scores, kind, catalogue) for kind in kinds]
    # exports of records have names and addresses of customers, too, and none of their numbers
    n_numbers = sum(
        target in catalogue.names and catalogue[target].kind == "number"
        for target in found[0].chosen.values()
    )
    of_records = [
        reading for reading in found if reading.of_records and n_numbers <= 2 * reading.n_items
    ]
    found = of_records or [reading for reading in found if reading.n_items or not reading.kind]
    found.sort(key=lambda reading: -reading.total)
    best = found[0]
    others = [reading for reading in found[1:] if reading.total > best.total - _ONE_COLUMN]
    return (best, *others)


def _reading(scores: Scores, kind: str, catalogue: ItemCatalogue) -> Reading:
    pairs = sorted(_pairs(scores, kind, catalogue), key=lambda pair: -pair[0])
    chosen: dict[str, str] = {}
    taken: set[str] = set()
    total = 0.0
    for score, column, target in pairs:
        if column not in chosen and plain_target(target) not in taken:
            chosen[column] = target
            taken.add(plain_target(target))
            total += score
    return Reading(kind=kind, chosen=chosen, total=total)


def _pairs(scores: Scores, kind: str, catalogue: ItemCatalogue) -> Iterator[tuple[float, str, str]]:
    for column, found in scores.items():
        for target, likeness in found.items():
            if plain_target(target) == RECORD:
                fits = bool(kind) and target in (RECORD, record_of(kind))
            else:
                fits = target in FIELDS or catalogue[target].record_kind == kind
            if fits and likeness.score >= LEAST:
                yield likeness.score, column, target


def rivals_of(
    column: str, readings: tuple[Reading, ...], scores: Scores, catalogue: ItemCatalogue
) -> tuple[str, ...]:
    """Return the items that a column with an item is as alike to, and that no other column holds.

    They are of the same kind, or of another by which the table is read as well.
    """
    best = readings[0].chosen.get(column, "")
    if best not in catalogue.names:
        return ()
    least = scores[column][best].score - _AS_GOOD
    found = [
        target for target, likeness in scores[column].items()
        if likeness.score >= least and target in catalogue.names
        and catalogue[target].record_kind == readings[0].kind
        and target not in readings[0].chosen.values()
    ]  # fmt: skip
    for reading in readings[1:]:
        target = reading.chosen.get(column, "")
        if target in catalogue.names and scores[column][target].score >= least:
            found.append(target)
    return tuple(found)


def elsewhere_of(column: str, reading: Reading, scores: Scores, catalogue: ItemCatalogue) -> str:
    """Return the item of another kind that a column without a guess seems to hold, or nothing."""
    for target, likeness in scores[column].items():
        if likeness.score < LEAST:
            return ""
        if target in catalogue.names and catalogue[target].record_kind != reading.kind:
            return target
        if plain_target(target) != RECORD:
            return ""
    return ""
