"""What happens once, in tables that have a row for each day on which something was added.

A corrected day is a fact of another day, so that the correction is to be seen where the old one is.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from creditscore._typing import Bool1D, Int1D
from creditscore.organise._store._choice import displaced
from creditscore.organise._store._clock import day_of
from creditscore.organise._store._finding import Found


def with_removals(found: Found) -> Found:
    """Add that facts were displaced by one of another day: rows of no length, known with that one.

    Among facts of the same day they correct the old fact, and count nowhere themselves.
    """
    old, new = displaced(found.facts)
    if not len(old):
        return found
    n = len(found)
    both = found.rows(np.concatenate([np.arange(n), old]))
    number, known, end = both.facts.id, both.facts.known, both.facts.true_to
    number[n:], known[n:] = found.facts.id[new], found.facts.known[new]
    end[n:] = both.facts.true_from[n:]
    return replace(both, facts=replace(both.facts, id=number, known=known, true_to=end))


def with_beginnings(found: Found) -> tuple[Found, Int1D]:
    """Return facts and the day on which each becomes part of a profile: known and true.

    What happens once displaces an earlier version when it is known, and is shown when it is true:
    where these are two days, it is there for each of them.
    """
    known, first = day_of(found.facts.known), found.facts.true_from
    day = np.maximum(known, first)
    if found.facts.once is None:
        return found, day
    later = np.flatnonzero(found.facts.once & (first > known))
    rows = np.concatenate([np.arange(len(found)), later])
    return found.rows(rows), np.concatenate([np.where(found.facts.once, known, day), first[later]])


def emptied(group: Int1D, once: Bool1D | None, best: Int1D) -> Int1D:
    """Return a row of each group with something that happens once of which nothing counts."""
    if once is None:
        return np.empty(0, dtype=np.intp)
    rows = np.flatnonzero(once)
    rows = rows[~np.isin(group[rows], group[best])]
    return rows[np.unique(group[rows], return_index=True)[1]]
