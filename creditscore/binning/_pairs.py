"""The best chain of bins where neighbours decide: dynamic programming over pairs of runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from creditscore._typing import Bool2D, Float2D, Int1D, Int2D
from creditscore.binning._neighbours import Neighbours, Step
from creditscore.binning._runs import Runs

FoundTrend: TypeAlias = Literal[
    "ascending", "descending", "peak", "valley", "concave", "convex", "none"
]
"""Trends that bins are found under: of each choice, the one it comes to."""


@dataclass(frozen=True)
class Course:
    """The ways of the level that are searched in one pass, as steps from phase to phase.

    Attributes
    ----------
    first : tuple of int
        Phases of the first bin.
    steps : tuple of (int, int, str)
        From which phase to which a step leads, and how the level goes there.
    last : dict of trend to tuple of int
        Phases in which the chains of each trend may end.
    """

    first: tuple[int, ...]
    steps: tuple[tuple[int, int, Step], ...]
    last: dict[FoundTrend, tuple[int, ...]]


_RISE: tuple[int, int, Step] = (0, 0, "rise")
_FALL: tuple[int, int, Step] = (1, 1, "fall")
_PEAK: tuple[tuple[int, int, Step], ...] = ((0, 2, "fall"), (2, 2, "fall"))
_VALLEY: tuple[tuple[int, int, Step], ...] = ((1, 3, "rise"), (3, 3, "rise"))
COURSES: dict[str, Course] = {
    "ascending": Course((0,), (_RISE,), {"ascending": (0,)}),
    "descending": Course((1,), (_FALL,), {"descending": (1,)}),
    "auto": Course((0, 1), (_RISE, _FALL), {"ascending": (0,), "descending": (1,)}),
    "none": Course((0,), ((0, 0, "either"),), {"none": (0,)}),
    "peak": Course((0,), (_RISE, *_PEAK), {"peak": (0, 2)}),
    "valley": Course((1,), (_FALL, *_VALLEY), {"valley": (1, 3)}),
    "auto_one_bend": Course(
        (0, 1),
        (_RISE, _FALL, *_PEAK, *_VALLEY),
        {"ascending": (0,), "descending": (1,), "peak": (0, 2), "valley": (1, 3)},
    ),
}
"""Each trend by its phases: 0 has risen only, 1 fallen only, 2 fallen after that, 3 risen."""


@dataclass(frozen=True)
class Layers:
    """How chains are told apart by their number of bins.

    Attributes
    ----------
    n : int
        Layers: layer k holds chains of k + 1 bins.
    open_ended : bool
        Whether the last layer also holds longer chains.
    first_valid : int
        First layer in which a whole chain may end.
    """

    n: int
    open_ended: bool
    first_valid: int

    @classmethod
    def of(cls, min_n_bins: int, max_n_bins: int | None, n_prebins: int) -> Layers:
        """Take as many layers as the limits need."""
        if max_n_bins is None or max_n_bins >= n_prebins:
            return cls(min_n_bins, open_ended=True, first_valid=min_n_bins - 1)
        return cls(max_n_bins, open_ended=False, first_valid=min_n_bins - 1)

    def moves(self) -> list[tuple[slice, slice]]:
        """Return from which layers to which a bin more leads."""
        up = [(slice(self.n - 1), slice(1, self.n))] if self.n > 1 else []
        last = slice(self.n - 1, self.n)
        return [*up, (last, last)] if self.open_ended else up


def best_chains(
    runs: Runs, neighbours: Neighbours, trend: str, layers: Layers
) -> dict[FoundTrend, tuple[int, ...] | None]:
    """Return the starts of the best chain of runs from first to last place, by trend.

    Parameters
    ----------
    runs : Runs
        Those that may be a bin.
    neighbours : Neighbours
        Which may follow which.
    trend : str
        One of :data:`COURSES`: "auto" finds the best of each direction at once, as what is
        compared for one serves the other.
    layers : Layers
        Numbers of bins.

    Notes
    -----
    The state is the last run of a chain, with the phase of the trend and the number of bins. At
    each place, all runs that end there meet all that start there, so that n pre-bins make at most
    n³ / 6 pairs: O(n³ · layers · phases) time and O(n² · layers · phases) memory.
    """
    course, n_places = COURSES[trend], runs.n_prebins + 1
    phases = sorted({phase for ends in course.last.values() for phase in ends})
    row = {phase: i for i, phase in enumerate(phases)}
    steps = [(row[phase], row[to_phase], step) for phase, to_phase, step in course.steps]
    value = runs.square(runs.value, -np.inf)
    best = np.full((layers.n, len(phases), n_places, n_places), -np.inf)
    for phase in course.first:
        best[0, row[phase], 0] = value[0]
    back = np.full(best.shape, -1, dtype=np.int32)
    layer = np.arange(layers.n)[:, None]
    for place in range(1, n_places - 1):
        known = best[:, :, :place, place]
        starts = np.flatnonzero((known > -np.inf).any(axis=(0, 1)))
        ends = place + 1 + np.flatnonzero(value[place, place + 1 :] > -np.inf)
        if not len(starts) or not len(ends):
            continue
        meeting = neighbours.meet(starts, place, ends)
        gain = value[place].take(ends)
        for phase, to_phase, step in steps:
            before = known[:, phase].take(starts, axis=1)
            if before.max() == -np.inf:
                continue
            chosen, total = best_before(before, meeting.may(step))
            with np.errstate(invalid="ignore"):
                # no chain and a run of infinite value make no number, and no chain
                total += gain
            codes = starts[chosen] + n_places * (phase + len(phases) * layer)
            for rows, to_rows in layers.moves():
                keep_better(
                    best[to_rows, to_phase, place],
                    back[to_rows, to_phase, place],
                    ends,
                    total[rows],
                    codes[rows],
                )
    return {
        way: _traced(best, back, layers.first_valid, [row[phase] for phase in last])
        for way, last in course.last.items()
    }


def best_before(before: Float2D, allowed: Bool2D) -> tuple[Int2D, Float2D]:
    """Return, for each layer and each run to come, the best chain it may continue and its value.

    Parameters
    ----------
    before : ndarray of shape (n_layers, n_left)
        Value of the chains so far.
    allowed : ndarray of bool, shape (n_right, n_left)
        Which run may follow which.
    """
    totals = np.where(allowed, before[:, None, :], -np.inf)
    chosen = totals.argmax(axis=2)
    places = np.arange(0, totals.size, totals.shape[2]).reshape(chosen.shape)
    return chosen, totals.ravel().take(places + chosen)


def keep_better(
    best: Float2D, back: npt.NDArray[np.int32], ends: Int1D, total: Float2D, codes: Int2D
) -> None:
    """Write totals to columns of the best, and codes of their origin, where they are better."""
    known = best[:, ends]
    better = total > known
    best[:, ends] = np.where(better, total, known)
    back[:, ends] = np.where(better, codes, back[:, ends])


def _traced(
    best: npt.NDArray[np.float64],
    back: npt.NDArray[np.int32],
    first_valid: int,
    phases: Sequence[int],
) -> tuple[int, ...] | None:
    """Follow the best whole chain that ends in one of the phases back to its first run."""
    whole = best[first_valid:, :, :, -1][:, phases]
    at = int(whole.argmax())
    if whole.flat[at] == -np.inf:
        return None
    layer, phase, start = np.unravel_index(at, whole.shape)
    state, end = (int(layer) + first_valid, phases[int(phase)], int(start)), best.shape[-1] - 1
    starts = [state[2]]
    while (code := int(back[(*state, end)])) >= 0:
        end = state[2]
        state = tuple(map(int, np.unravel_index(code, best.shape[:3])))  # type: ignore[assignment]
        starts.append(state[2])
    return tuple(reversed(starts))
