"""Which trend to take, where more than one may be meant: "auto" and "auto_one_bend"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeVar

from creditscore._typing import Trend

MEANT: dict[str, tuple[Trend, ...]] = {
    "auto": ("ascending", "descending"),
    "auto_one_bend": ("ascending", "descending", "peak", "valley"),
}
"""The trends that each of them chooses among."""


class Candidate(Protocol):
    """Bins that were found under one trend."""

    @property
    def feasible(self) -> bool:
        """Whether they keep what is asked."""
        ...

    @property
    def value(self) -> float:
        """What they are worth by the objective."""
        ...

    @property
    def worth(self) -> float:
        """The value less penalties."""
        ...


_C = TypeVar("_C", bound=Candidate)


def chosen(found: Mapping[str, _C], trend: str, *, min_bend_gain: float, least_gain: float) -> _C:
    """Return the best of what was found under the trends that may be meant; of equals the first.

    A bend must better the best bins that rise or fall by the share `min_bend_gain` of their value.
    """
    if trend not in MEANT:
        return found[trend]
    straight = _better(found["ascending"], found["descending"], least_gain)
    if trend == "auto":
        return straight
    bent = _better(found["peak"], found["valley"], least_gain)
    needed = straight.value + min_bend_gain * abs(straight.value)
    if straight.feasible and bent.value < needed:
        return straight
    return _better(straight, bent, least_gain)


def _better(first: _C, second: _C, least_gain: float) -> _C:
    if first.feasible and second.feasible:
        return second if second.worth > first.worth + least_gain else first
    return second if second.feasible else first
