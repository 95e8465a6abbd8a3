"""Which of several facts about one thing counts: the rule of a snapshot, in columns.

Nothing here knows a database.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from creditscore._typing import Bool1D, Float1D, Int1D
from creditscore.organise._store._clock import END

_DAY_PLACES = 2**23
"""More than there are days, so that place and day together are one number in their order."""
_ANY_DAY = 0
"""Stands for the day from which facts are true of what happens once, whatever it is."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Candidates:
    """Facts that were known, as columns of one length.

    Attributes
    ----------
    id : ndarray of int
        Number of the observation.
    place : ndarray of int
        What it is about: customer, item and record, as one number from 0.
    true_from, true_to : ndarray of int
        Days since 1970; `END` where it is true until replaced.
    source : ndarray of int
        Number of source and name together.
    known : ndarray of int
        Instant from which it was known.
    reliability, confidence : ndarray of float
        Of its source, and its own.
    once : ndarray of bool, optional
        Whether its item happens once; none does without.
    """

    id: Int1D
    place: Int1D
    true_from: Int1D
    true_to: Int1D
    source: npt.NDArray[np.int32]
    known: Int1D
    reliability: Float1D
    confidence: Float1D
    once: Bool1D | None = None

    def __len__(self) -> int:
        """Return the number of facts."""
        return len(self.id)

    def rows(self, keep: Bool1D | Int1D) -> Candidates:
        """Return some of them."""
        columns = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return replace(
            self, **{name: part[keep] for name, part in columns.items() if part is not None}
        )


def chosen(facts: Candidates, as_of: int | Int1D) -> Int1D:
    """Return the row of the fact that counts on a day for each place, in the order of places.

    The day is one for all facts, or one for each, the same for all of a place.

    1. Of facts of one place, one day from which they are true and one source, the one known last
       counts, and of those the one recorded last: it corrects the others. Where the item happens
       once, it corrects those of other days as well.
    2. Facts that are not true on the day are left out, and only now: what was corrected does not
       come back because its correction has ended, or has not begun.
    3. Of the rest counts the latest from which one is true, unless the item happens once; then the
       more reliable source; the higher confidence; the one known last; the one recorded first.

    O(n log n) time; O(n) where the rows are in the order of their places, as loads leave them.
    """
    day = np.broadcast_to(np.asarray(as_of, dtype=np.int64), len(facts))
    once, first = facts.once, facts.true_from
    if once is not None:
        first = np.where(once, _ANY_DAY, first)
    key = facts.place * _DAY_PLACES + (first + _DAY_PLACES // 2)
    order = np.argsort(key, kind="stable")
    begun = facts.true_from[order] <= day[order]
    order = order[begun if once is None else begun | once[order]]
    last = _last_of_source(facts, key, order)
    true = facts.true_to[last] > day[last]
    if once is not None:
        true &= facts.true_from[last] <= day[last]
    last = last[true]
    best = _best_of_day(facts, key, last)
    return best[_ends(facts.place[best])]


def _last_of_source(facts: Candidates, key: Int1D, order: Int1D) -> Int1D:
    """Keep of each key and source the row known last, in the order of keys."""
    tied = _tied(key[order])
    rows = order[tied]
    rows = rows[np.lexsort((facts.id[rows], facts.known[rows], facts.source[rows], key[rows]))]
    of_one = np.append(
        (key[rows][1:] == key[rows][:-1]) & (facts.source[rows][1:] == facts.source[rows][:-1]),
        False,
    )
    return _put_back(key, order[~tied], rows[~of_one[: len(rows)]])


def _best_of_day(facts: Candidates, key: Int1D, order: Int1D) -> Int1D:
    """Keep of each key the row of the best source."""
    tied = _tied(key[order])
    rows = order[tied]
    ranks = (
        -facts.id[rows], facts.known[rows], facts.confidence[rows], facts.reliability[rows],
        key[rows],
    )  # fmt: skip
    rows = rows[np.lexsort(ranks)]
    return _put_back(key, order[~tied], rows[_ends(key[rows])])


def _put_back(key: Int1D, alone: Int1D, others: Int1D) -> Int1D:
    if not len(others):
        return alone
    both = np.concatenate([alone, others])
    return both[np.argsort(key[both], kind="stable")]


def _tied(key: Int1D) -> Bool1D:
    """Tell which of sorted keys stand there more than once."""
    same = key[1:] == key[:-1]
    tied = np.zeros(len(key), dtype=bool)
    tied[1:] |= same
    tied[:-1] |= same
    return tied


def _ends(key: Int1D) -> Bool1D:
    """Tell which of sorted keys are the last of their kind."""
    ends = np.ones(len(key), dtype=bool)
    ends[:-1] = key[1:] != key[:-1]
    return ends


def displaced(facts: Candidates) -> tuple[Int1D, Int1D]:
    """Return rows of what happens once that a later one of their source displaces, and that one.

    Both are true from different days: of one day the later one corrects the other anyway.
    """
    rows: Int1D = np.flatnonzero(facts.once) if facts.once is not None else np.empty(0, np.int64)
    rows = rows[
        np.lexsort((facts.id[rows], facts.known[rows], facts.source[rows], facts.place[rows]))
    ]
    old, new = rows[:-1], rows[1:]
    follows = (facts.place[old] == facts.place[new]) & (facts.source[old] == facts.source[new])
    follows &= facts.true_from[old] != facts.true_from[new]
    return old[follows], new[follows]


def versions(group: Int1D, day: Int1D) -> list[tuple[Int1D, Int1D]]:
    """Return which facts were there at each day on which something was added to their group.

    `group` says which facts make one row of a table, and `day` when each became part of it. The
    k-th entry holds rows of facts of groups with k days or more, those of the first k days, and
    the k-th day of the group of each. There are as many entries as a group has days at most.

    O(n log n) time, and for each group that of its facts times its days.
    """
    order = np.lexsort((day, group))
    groups, days = group[order], day[order]
    new_group = _begins(groups)
    new_day = new_group | _begins(days)
    counted: Int1D = np.cumsum(new_day)
    number = counted - np.maximum.accumulate(np.where(new_group, counted, 0)) + 1
    of_group = np.cumsum(new_group) - 1
    n_groups = int(new_group.sum())
    n_days = np.zeros(n_groups, dtype=np.int64)
    np.maximum.at(n_days, of_group, number)
    found = []
    at = np.full(n_groups, END)
    rows: Int1D = np.arange(len(order))
    for k in range(1, int(n_days.max(initial=0)) + 1):
        # only groups that have so many days: the busiest one alone is gone through to its end
        rows = rows[n_days[of_group[rows]] >= k]
        of_day = rows[number[rows] == k]
        at[of_group[of_day]] = days[of_day]
        keep = rows[number[rows] <= k]
        found.append((order[keep], at[of_group[keep]]))
    return found


def _begins(sorted_values: Int1D) -> Bool1D:
    """Tell where another value begins."""
    begins = np.ones(len(sorted_values), dtype=bool)
    begins[1:] = sorted_values[1:] != sorted_values[:-1]
    return begins
