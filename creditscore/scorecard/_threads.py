"""Threads of boosting: one where the work is too little to share out."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

_WORTH_SHARING = 1_000_000
"""Cells of a matrix from which trees are grown faster by several threads."""


def few_threads(n_rows: int, n_columns: int) -> AbstractContextManager[Any]:
    """Let scikit-learn's trees of small tables use one thread inside the context.

    Threads of OpenMP meet after each step of each tree, and on a busy machine each meeting waits
    for the slowest: many times the work itself, where that is short.
    """
    limit = 1 if n_rows * n_columns < _WORTH_SHARING else None
    limited: AbstractContextManager[Any] = threadpool_limits(limit, user_api="openmp")
    return limited
