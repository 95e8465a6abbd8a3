"""Spells: the times that customers spend in a grade without leaving it."""

from __future__ import annotations

import numpy as np

from creditscore._typing import Bool1D, Int1D
from creditscore.grade._history._validities import NONE, Validities

DAYS_A_YEAR = 365.25
_CENSORED = -2
"""Code of a grade that is not known because the time of observation ended."""


def runs_of(rows: Validities) -> tuple[Validities, Int1D]:
    """Join rows of one grade that follow on each other, and tell what comes after each.

    What comes after is the code of a grade, -1 for none, -2 where the row is still valid.
    """
    joined = rows.joined
    goes_on = joined.copy()
    goes_on[:-1] &= rows.grade[1:] == rows.grade[:-1]
    first = np.append(True, ~goes_on[:-1])
    last = ~goes_on
    runs = rows.taken(first)._replace(stop=rows.stop[last])
    after = np.where(np.isnat(runs.stop), _CENSORED, NONE)
    followed = np.flatnonzero(joined[last])
    after[followed] = runs.grade[followed + 1]
    graded = runs.grade != NONE
    return runs.taken(graded), after[graded]


def spells_between(
    rows: Validities, start: np.datetime64, end: np.datetime64
) -> tuple[Validities, Int1D]:
    """Return runs cut to a time of observation; what comes after its end is not known."""
    runs, after = runs_of(rows)
    seen = (runs.start < end) & ~(runs.stop <= start)
    runs, after = runs.taken(seen), after[seen]
    ended: Bool1D = runs.stop <= end
    cut = runs._replace(start=np.maximum(runs.start, start), stop=np.where(ended, runs.stop, end))
    return cut, np.where(ended, after, _CENSORED)


def changes_of(rows: Validities) -> tuple[Validities, Int1D, Int1D]:
    """Return rows on whose first day a grade begins or ends, and the grades before and after.

    The customer and `start` of each row tell who and when.
    """
    runs, after = runs_of(rows)
    # of no runs, none begins
    begun = np.append(True, ~runs.joined[:-1])[: len(after)]
    births = runs.taken(begun)
    left = after != _CENSORED
    ends = runs.taken(left)
    n = len(births.customer)
    both = Validities(
        customer=np.append(births.customer, ends.customer),
        grade=np.append(births.grade, ends.grade),
        start=np.append(births.start, ends.stop),
        stop=np.append(births.stop, ends.stop),
        known=None,
    )
    before = np.append(np.full(n, NONE), ends.grade)
    now = np.append(births.grade, after[left])
    order = np.lexsort((both.start, both.customer))
    return both.taken(order), before[order], now[order]
