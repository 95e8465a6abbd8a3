"""Cards from files: one card, or one a segment, and what they read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

from creditscore._document import document_format
from creditscore._typing import Level
from creditscore.binning import CategoricalPartition, Partition
from creditscore.exceptions import DocumentError
from creditscore.scorecard import Scorecard, SegmentedScorecard, Segments

AnyCard: TypeAlias = Scorecard | SegmentedScorecard
"""What customers can be scored with."""

_SEGMENTED = "creditscore.segmented_scorecard"
_EXPERT = "creditscore.expert_scorecard"


def read_card(path: Path, *, key: bytes | None = None) -> AnyCard:
    """Read a card, or a card a segment, as its file says what it is."""
    kind = document_format(path)
    if kind == _SEGMENTED:
        return SegmentedScorecard.from_json(path, key=key)
    if kind == _EXPERT:
        msg = (
            f"{path} holds an expert scorecard, whose veto rules no command applies. Write its "
            f"card as points in Python, ExpertScorecard.from_json({str(path)!r}).scorecard"
            ".to_json('card.json'), and name that file."
        )
        raise DocumentError(msg)
    return Scorecard.from_json(path, key=key)


def cards_of(card: AnyCard) -> tuple[Scorecard, ...]:
    """Return the cards that a card holds: one, or one a segment."""
    return card.cards if isinstance(card, SegmentedScorecard) else (card,)


def text_columns(card: AnyCard) -> list[str]:
    """List the columns that are text wherever they are read, be it codes of digits."""
    return [name for name, found in _partitions(card).items() if all(map(_holds_text_only, found))]


def columns_without_text(card: AnyCard) -> list[str]:
    """List the columns that are numbers or booleans wherever they are read."""
    return [
        name for name, found in _partitions(card).items() if not any(map(_may_hold_text, found))
    ]


def columns_of_empty_text(card: AnyCard) -> list[str]:
    """List the columns of which a card knows the empty text as a level."""
    return [
        name
        for name, found in _partitions(card).items()
        if any("" in _levels(p) for p in found if isinstance(p, CategoricalPartition))
    ]


def numeric_columns(card: AnyCard) -> list[str]:
    """List the columns that are amounts wherever they are read."""
    return [
        name
        for name, found in _partitions(card).items()
        if all(partition.kind == "numeric" for partition in found)
    ]


def _partitions(card: AnyCard) -> dict[str, list[Partition]]:
    """Return all ways in which each column is read."""
    found: dict[str, list[Partition]] = {name: [] for name in card.names}
    if isinstance(card, SegmentedScorecard):
        for name, partition in _of_rules(card.segments):
            found[name].append(partition)
    for one in cards_of(card):
        for characteristic in one.characteristics:
            found[characteristic.name].append(characteristic.partition)
    return found


def _of_rules(segments: Segments) -> Iterable[tuple[str, Partition]]:
    for rule in (segments, *(inner for _, inner in segments.within)):
        if rule.column is not None and rule.partition is not None:
            yield rule.column, rule.partition


def _holds_text_only(partition: Partition) -> bool:
    if not isinstance(partition, CategoricalPartition):
        return False
    return all(isinstance(level, str) for level in _levels(partition))


def _may_hold_text(partition: Partition) -> bool:
    if isinstance(partition, CategoricalPartition):
        return any(isinstance(level, str) for level in _levels(partition))
    return partition.kind != "numeric"


def _levels(partition: CategoricalPartition) -> list[Level]:
    return [*partition.special_codes, *(level for group in partition.groups for level in group)]
