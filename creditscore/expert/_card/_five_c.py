"""The five C of credit, of which a criterion may tell."""

from __future__ import annotations

from typing import Any

from creditscore._checks import unknown_name
from creditscore.exceptions import InvalidParameterError

FIVE_C = ("character", "capacity", "capital", "collateral", "conditions")


def checked_tags(name: str, given: Any, owner: str) -> tuple[str, ...]:
    """Return which of the five C a criterion tells of, each once."""
    tags = (given,) if isinstance(given, str) else given
    if not isinstance(tags, (list, tuple)) or not tags:
        msg = (
            f"The five C of {name!r} in {owner} must be some of {', '.join(FIVE_C)}. "
            f"Got {given!r} instead."
        )
        raise InvalidParameterError(msg)
    for tag in tags:
        if tag not in FIVE_C:
            raise unknown_name(tag, FIVE_C, "C", f"the five C, of which {name!r} is said to tell")
    return tuple(dict.fromkeys(tags))
