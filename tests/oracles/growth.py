"""How time grows with size, for tests: seconds say nothing on a busy machine, ratios do."""

from __future__ import annotations

import gc
from collections.abc import Callable
from time import process_time
from typing import Any

_RUNS = 3


def growth(prepare: Callable[[int], Callable[[], Any]], few: int, many: int) -> float:
    """Return how many times as long many take as few.

    Parameters
    ----------
    prepare : callable
        Gives for a size what is timed; preparing it is not.
    few, many : int
        Sizes.
    """
    return fastest(prepare(many)) / fastest(prepare(few))


def fastest(run: Callable[[], Any]) -> float:
    """Return the least seconds of processor time of three runs, without collections of garbage."""
    was_enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        taken = []
        for _ in range(_RUNS):
            begin = process_time()
            run()
            taken.append(process_time() - begin)
    finally:
        if was_enabled:
            gc.enable()
    return min(taken)
