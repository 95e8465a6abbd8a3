"""Shares in firms as of a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from creditscore._days import check_day
from creditscore._frame import Table, read_named
from creditscore._typing import Float1D, Int1D, NativeFrame
from creditscore.exceptions import InvalidDataError
from creditscore.organise._match._records import as_texts
from creditscore.organise._outcome._performance import day_values

_ROUNDING = 1e-9
_COLUMNS = ["owner", "owned", "share"]


@dataclass(frozen=True, eq=False)
class Ownership:
    """Shares as of a day: owner and owned as places in `names`, each pair once."""

    names: tuple[str, ...]
    owner: Int1D
    owned: Int1D
    share: Float1D


def read_ownership(table: NativeFrame, as_of: Any, caller: str) -> Ownership:
    """Read shares, and keep those that hold on a day.

    A share holds from true_from on and until before true_to; one without either holds always.

    Raises
    ------
    InvalidDataError
        A share is not in (0, 1], a firm owns itself or more than all of it is owned, a row ends
        before it begins, or two rows of one owner and owned hold on the day.
    """
    day = check_day(as_of, "as_of", caller)
    if hasattr(table, "columns") and not len(table):
        # a table without rows has no types either
        names = getattr(table, "column_names", table.columns)
        read_named(pd.DataFrame(columns=list(names), index=[0]), _COLUMNS, reader=caller)
        nothing = np.zeros(0, dtype=np.intp)
        return Ownership((), nothing, nothing, np.zeros(0))
    read = read_named(table, _COLUMNS, reader=caller)
    owner, owned, share = as_texts(read, "owner"), as_texts(read, "owned"), read.numeric("share")
    _check_rows(owner, owned, share)
    rows = np.flatnonzero(_holds(read, day))
    names = sorted({*owner[rows].tolist(), *owned[rows].tolist()})
    place = {name: at for at, name in enumerate(names)}
    found = Ownership(
        names=tuple(names),
        owner=np.array([place[name] for name in owner[rows]], dtype=np.intp),
        owned=np.array([place[name] for name in owned[rows]], dtype=np.intp),
        share=share[rows],
    )
    _check_sums(found, day)
    return found


def _holds(read: Table, day: np.datetime64) -> np.ndarray[Any, np.dtype[np.bool_]]:
    never = np.full(read.n_rows, np.datetime64("NaT"), dtype="datetime64[D]")
    start, end = (
        day_values(read, name, gaps=True) if name in read.names else never
        for name in ("true_from", "true_to")
    )
    wrong = np.flatnonzero(start >= end)
    if len(wrong):
        msg = f"Row {wrong[0]} of the ownership holds from {start[wrong[0]]} until before "
        msg += f"{end[wrong[0]]}, which is no time."
        raise InvalidDataError(msg)
    # comparisons with NaT are false
    holds: np.ndarray[Any, np.dtype[np.bool_]] = ~(start > day) & ~(end <= day)
    return holds


def _check_rows(owner: Any, owned: Any, share: Float1D) -> None:
    for wrong, why in (
        ((owner == "") | (owned == ""), "names no owner or nobody owned"),
        (owner == owned, "says that a firm owns itself; leave own shares out of the total"),
        (~((share > 0) & (share <= 1)), "must have a share above 0 and at most 1, a fraction"),
    ):
        rows = np.flatnonzero(wrong)
        if len(rows):
            msg = f"Row {rows[0]} of the ownership {why}."
            raise InvalidDataError(msg)


def _check_sums(found: Ownership, day: np.datetime64) -> None:
    pairs = found.owner * len(found.names) + found.owned
    unique, counts = np.unique(pairs, return_counts=True)
    if (counts > 1).any():
        one, other = divmod(int(unique[counts > 1][0]), len(found.names))
        msg = (
            f"Two shares of {found.names[one]!r} in {found.names[other]!r} hold on {day}. End the "
            "older one by its true_to, or add them up."
        )
        raise InvalidDataError(msg)
    total = np.bincount(found.owned, weights=found.share, minlength=len(found.names))
    if (total > 1 + _ROUNDING).any():
        worst = int(total.argmax())
        msg = (
            f"{total[worst]:.4g} of {found.names[worst]!r} is owned on {day}, more than all of it."
        )
        raise InvalidDataError(msg)
