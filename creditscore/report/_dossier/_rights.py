"""Which of what a caller gives to a dossier a role may see: what it may read of the like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from creditscore.grade import RatingHistory
from creditscore.report._dossier._indicators import FoundIndicators, peers_by
from creditscore.report._dossier._reading import Reading
from creditscore.report._dossier._words import pair_of

if TYPE_CHECKING:
    from creditscore.organise import CustomerStore

_LIKE: Mapping[str, tuple[str, ...]] = {
    "grades": ("rating.rating", "rating.grade", "rating.notch"),
    "contacts": ("phone", "email"),
}
"""Items that tell in the store what a part tells; catalogues of one's own may lack some."""


def hidden_parts(
    store: CustomerStore,
    reading: Reading,
    found: FoundIndicators,
    given: Mapping[str, RatingHistory | pd.DataFrame | None],
) -> tuple[str, ...]:
    """Return the names of what was given and the role may not see.

    Without a policy nothing is hidden. With one, what the catalogue has no like of is.
    """
    if store.policy is None:
        return ()
    return tuple(
        name for name, part in given.items()
        if part is not None and not _may_see(store, reading, found, name, part)
    )  # fmt: skip


def _may_see(
    store: CustomerStore,
    reading: Reading,
    found: FoundIndicators,
    name: str,
    part: RatingHistory | pd.DataFrame,
) -> bool:
    if name == "peers" and isinstance(part, pd.DataFrame):
        ends = "_median"
        told = {column.removesuffix(ends) for column in map(str, part) if column.endswith(ends)}
        return reading.sees(peers_by(part)) and not (told and told.isdisjoint(found.names))
    like = [item for item in _LIKE[name] if item in store.catalogue]
    return bool(like) and reading.sees(*like)


def notes_of(hidden: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return one line that names what is hidden, in English and Chinese; none where nothing is."""
    if not hidden:
        return ()
    en, zh = pair_of("note_not_shown")
    names = [pair_of(f"given_{name}") for name in hidden]
    return ((
        en.format(parts=", ".join(name for name, _ in names)),
        zh.format(parts="、".join(name for _, name in names)),
    ),)  # fmt: skip
