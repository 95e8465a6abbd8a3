"""Prepare a few items at a time in two threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_THREADS = 2
_AT_ONCE = 6
"""Items prepared together, and so held in memory together."""


def prepared_ahead(
    prepare: Callable[[Item], Result], items: Sequence[Item], *, threaded: bool
) -> Iterator[Result]:
    """Yield ``prepare(item)`` in order; with threads, a few items are prepared together.

    Worth it where `prepare` spends its time in numpy calls that let go of the interpreter, such
    as sorting. The caller works while no thread does: a thread that wants the interpreter back
    from a busy one waits longer than a sort takes. An error of `prepare` is raised at its item's
    turn.
    """
    if not threaded:
        yield from map(prepare, items)
        return
    with ThreadPoolExecutor(max_workers=_THREADS) as pool:
        for start in range(0, len(items), _AT_ONCE):
            yield from list(pool.map(prepare, items[start : start + _AT_ONCE]))
