"""Who owns whom: parents before their subsidiaries, and rings of owners found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from creditscore._typing import Int1D
from creditscore.exceptions import InvalidDataError

_MOST_NAMED = 12


def levels_of_groups(parent: Int1D, names: Sequence[object]) -> Iterator[Int1D]:
    """Yield rows level by level, each after the row of its parent; -1 is no parent among them.

    O(n) for each level.

    Raises
    ------
    InvalidDataError
        Customers own each other in a ring; the message names it.
    """
    done = parent < 0
    yield np.flatnonzero(done)
    pending = np.flatnonzero(~done)
    while len(pending):
        ready = done[parent[pending]]
        if not ready.any():
            raise _ring(parent, int(pending[0]), names)
        yield pending[ready]
        done[pending[ready]] = True
        pending = pending[~ready]


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
