"""That all parts of a card, and the tables it reads, speak of the same criteria and groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from creditscore._checks import check_kind, unknown_name
from creditscore.exceptions import InvalidParameterError
from creditscore.expert._card._five_c import checked_tags
from creditscore.expert._weights._hierarchy import WeightHierarchy
from creditscore.expert._weights._weights import Weights


def criteria_of(weights: Any, owner: str) -> tuple[str, ...]:
    """Return the criteria and groups of all levels, each of a name of its own."""
    if isinstance(weights, Weights):
        return weights.names
    check_kind(weights, "weights", owner, WeightHierarchy)
    every = tuple(weights.table()["criterion"])
    twice = sorted({name for name in every if every.count(name) > 1})
    if twice:
        msg = (
            f"Each criterion and each group of {owner} needs a name of its own. Seen more than "
            f"once: {', '.join(map(repr, twice))}."
        )
        raise InvalidParameterError(msg)
    return every


def check_rules(subscores: Mapping[str, Any], leaves: Sequence[str]) -> None:
    """Check that each criterion has a weight and a rule."""
    for name in subscores:
        if name not in leaves:
            raise unknown_name(name, leaves, "weight for the sub-score", "the weights")
    rules = tuple(subscores)
    for name in leaves:
        if name not in rules:
            raise unknown_name(name, rules, "sub-score for the criterion", "the card")


def check_labels(
    entries: Mapping[str, Mapping[str, Any]], every: Sequence[str], owner: str
) -> None:
    """Check that labels are texts, of criteria and groups that there are."""
    for entry, labels in entries.items():
        _check_known(labels, every, entry)
        for name, text in labels.items():
            check_kind(text, f"{entry}[{name!r}]", owner, str)


def checked_five_c(
    five_c: Mapping[str, Any], every: Sequence[str], owner: str
) -> dict[str, tuple[str, ...]]:
    """Return which of the five C each criterion or group tells of."""
    _check_known(five_c, every, "five_c")
    return {name: checked_tags(name, given, owner) for name, given in five_c.items()}


def _check_known(names: Iterable[str], every: Sequence[str], entry: str) -> None:
    for name in names:
        if name not in every:
            raise unknown_name(name, every, "criterion", f"the card, which {entry!r} names")
