"""Prepare the next item while the present one is worked on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def prepared_ahead(
    prepare: Callable[[Item], Result], items: Iterable[Item], *, threaded: bool
) -> Iterator[Result]:
    """Yield ``prepare(item)`` in order; with a thread, the next two are under way meanwhile.

    Worth a thread where `prepare` spends its time in numpy calls that let go of the interpreter,
    such as sorting, and what the caller does with the results does not. An error of `prepare` is
    raised at its item's turn.
    """
    if not threaded:
        yield from map(prepare, items)
        return
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(max_workers=1) as pool:
        for item in items:
            waiting.append(pool.submit(prepare, item))
            if len(waiting) > 2:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
