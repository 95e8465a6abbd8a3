"""What was known of a history on a day, and one more row of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from creditscore._columns import is_level
from creditscore._typing import Level
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.grade._customers import unknown_customer
from creditscore.grade._history._validities import NONE, ReadRows, Validities

_NEVER = np.datetime64("NaT", "D")


def known_by(rows: Validities, customers: Sequence[Level], day: np.datetime64) -> ReadRows:
    """Leave out rows that became known later, and open the validities that these ended."""
    if rows.known is None:
        msg = (
            "Nobody told since when the rows of this history are known. Give the table a column "
            "'known_on', or from_events its known_on."
        )
        raise InvalidDataError(msg)
    kept = rows.known <= day
    if not kept.any():
        msg = (
            f"No row of the history was known on {day}; the first became so on {rows.known.min()}."
        )
        raise InvalidDataError(msg)
    ender_known = np.append(kept[1:], False)
    told = np.where(rows.joined, ender_known, rows.stop <= day)
    found, sure = rows.taken(kept), told[kept]
    following = np.append(found.start[1:], _NEVER)
    following[~found.followed] = _NEVER
    found = found._replace(stop=np.where(sure, found.stop, following))
    codes, places = np.unique(found.customer, return_inverse=True)
    names = tuple(customers[code] for code in codes.tolist())
    return ReadRows(found._replace(customer=places.astype(np.intp)), names)


def with_row(
    found: ReadRows, customer: Level, grade: int, start: np.datetime64, known: np.datetime64 | None
) -> ReadRows:
    """Add a row, and end the validity before it where it begins."""
    rows, customers = found
    places = {name: place for place, name in enumerate(customers)}
    code = places.get(customer, len(customers))
    at = int(np.searchsorted(rows.customer, code, side="right"))
    stop = rows.stop.copy()
    if code < len(customers):
        _check_later(rows, at - 1, customer, start)
        if not stop[at - 1] <= start:
            stop[at - 1] = start
    elif not is_level(customer) or any(str(name) == str(customer) for name in customers):
        raise unknown_customer(customer, customers, "the history")
    elif grade == NONE:
        msg = f"Customer {customer!r} is not in the history, so there is no grade to withdraw."
        raise InvalidParameterError(msg)
    new = Validities(
        customer=np.insert(rows.customer, at, code),
        grade=np.insert(rows.grade, at, grade),
        start=np.insert(rows.start, at, start),
        stop=np.insert(stop, at, _NEVER),
        known=None if rows.known is None else np.insert(rows.known, at, known or start),
    )
    return ReadRows(new, customers if code < len(customers) else (*customers, customer))


def _check_later(rows: Validities, last: int, customer: Level, start: np.datetime64) -> None:
    if start <= rows.start[last]:
        msg = (
            f"The last grade of customer {customer!r} begins on {rows.start[last]}, and the new "
            f"one would on {start}. The past is not rewritten: record a later day, or make the "
            "history anew of a corrected table."
        )
        raise InvalidParameterError(msg)
