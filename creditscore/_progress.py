"""A bar for long work, on the error stream and only if it is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

Step = TypeVar("Step")


def tracked(
    steps: Iterable[Step], what: str, *, progress: bool = True, total: int | None = None
) -> Iterable[Step]:
    """Go through steps; with `progress`, a bar says how many are done.

    `total` is the number of steps where they have no length.
    """
    if not progress:
        return steps
    from rich.console import Console  # noqa: PLC0415 - takes time to import
    from rich.progress import track  # noqa: PLC0415

    return track(steps, description=what, total=total, console=Console(stderr=True))
