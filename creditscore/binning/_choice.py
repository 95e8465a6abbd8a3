"""Which trend to take, where more than one may be meant: "auto" and "auto_one_bend"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeVar

from creditscore._typing import Trend
from creditscore.binning._bend import Counts, gain_p_value
from creditscore.binning._constraints import BinConstraints

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

    @property
    def counts(self) -> Counts | None:
        """Goods and bads of the bins; None where the target is an amount."""
        ...


_C = TypeVar("_C", bound=Candidate)


def chosen(found: Mapping[str, _C], trend: str, *, asked: BinConstraints, least_gain: float) -> _C:
    """Return the best of what was found under the trends that may be meant; of equals the first.

    A bend must better the best bins that rise or fall by as much as is asked.
    """
    if trend not in MEANT:
        return found[trend]
    straight = _better(found["ascending"], found["descending"], least_gain)
    if trend == "auto":
        return straight
    bent = _better(found["peak"], found["valley"], least_gain)
    if straight.feasible and not gains_enough(straight, bent, asked):
        return straight
    return _better(straight, bent, least_gain)


def gains_enough(straight: Candidate, bent: Candidate, asked: BinConstraints) -> bool:
    """Return whether bins with a bend better the others by as much as is asked."""
    known, other = straight.counts, bent.counts
    gain, limit = asked.bend_limits(two_classes=known is not None)
    if bent.value < straight.value + gain * abs(straight.value):
        return False
    if limit is None or known is None or other is None:
        return True
    return gain_p_value(known, other) <= limit


def _better(first: _C, second: _C, least_gain: float) -> _C:
    if first.feasible and second.feasible:
        return second if second.worth > first.worth + least_gain else first
    return second if second.feasible else first
