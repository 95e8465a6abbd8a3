"""What criteria are called in a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from creditscore._checks import check_kind


def criterion_labels(names: Sequence[str], labels: Any, owner: str) -> tuple[str, ...]:
    """Return the label of each criterion, or its name where it has none.

    Labels of other criteria are passed over, as those of a card are of its groups too.
    """
    named: Mapping[str, str] = {} if labels is None else labels
    check_kind(named, "labels", owner, Mapping)
    return tuple(named.get(name, name) for name in names)
