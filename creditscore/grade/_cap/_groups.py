"""Who owns whom: parents before their subsidiaries, and rings of owners found."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from creditscore._typing import Int1D
from creditscore.exceptions import InvalidDataError

_MOST_NAMED = 12


def levels_of_groups(parent: Int1D, names: Sequence[object]) -> list[Int1D]:
    """Return rows level by level, each after the row of its parent; -1 is no parent among them.

    The first level is of those without one. O(n log d) for groups of d levels.

    Raises
    ------
    InvalidDataError
        Customers own each other in a ring; the message names it.
    """
    depth = np.zeros(len(parent), dtype=np.intp)
    owner = parent.copy()
    owned = np.flatnonzero(owner >= 0)
    depth[owned] = 1
    # the way up that is known of each row doubles, and none is longer than there are rows
    for _ in range(len(parent).bit_length()):
        above = owner[owned]
        depth[owned] += depth[above]
        owner[owned] = owner[above]
        owned = owned[owner[owned] >= 0]
    if len(owned):
        raise _ring(parent, int(owned[0]), names)
    order = np.argsort(depth, kind="stable")
    return np.split(order, np.cumsum(np.bincount(depth))[:-1])


def _ring(parent: Int1D, start: int, names: Sequence[object]) -> InvalidDataError:
    """Follow owners from a row until one comes again, and name those between."""
    seen: dict[int, int] = {}
    row = start
    while row not in seen:
        seen[row] = len(seen)
        row = int(parent[row])
    ring = list(seen)[seen[row] :]
    shown = [str(names[place]) for place in ring[:_MOST_NAMED]]
    more = ["…"] if len(ring) > _MOST_NAMED else []
    path = " → ".join([*shown, *more, str(names[row])])
    who = "A customer is its own parent" if len(ring) == 1 else "Customers own each other in a ring"
    return InvalidDataError(
        f"{who}: {path} (each beside its parent). Correct the parents, or leave one missing where "
        "the group begins."
    )
