"""The best chain of bins where neighbours decide: dynamic programming over pairs of runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from creditscore._typing import Bool2D, Float2D, Int1D, Int2D
from creditscore.binning._neighbours import Neighbours, Step
from creditscore.binning._runs import Runs

PHASES: dict[str, tuple[tuple[int, int, Step], ...]] = {
    "ascending": ((0, 0, "rise"),),
    "descending": ((0, 0, "fall"),),
    "none": ((0, 0, "either"),),
    "peak": ((0, 0, "rise"), (0, 1, "fall"), (1, 1, "fall")),
    "valley": ((0, 0, "fall"), (0, 1, "rise"), (1, 1, "rise")),
}
"""Steps from phase to phase of a trend; each starts in phase 0 and may end in any."""


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


def best_chain(
    runs: Runs, neighbours: Neighbours, trend: str, layers: Layers
) -> tuple[int, ...] | None:
    """Return the starts of the best chain of runs from first to last place, or None.

    Notes
    -----
    The state is the last run of a chain, with the phase of the trend and the number of bins. At
    each place, all runs that end there meet all that start there, so that n pre-bins make at most
    n³ / 6 pairs: O(n³ · layers · phases) time and O(n² · layers · phases) memory.
    """
    n_places = runs.n_prebins + 1
    n_phases = 1 + max(to for _, to, _ in PHASES[trend])
    value = runs.square(runs.value, -np.inf)
    best = np.full((layers.n, n_phases, n_places, n_places), -np.inf)
    best[0, 0, 0] = value[0]
    back = np.full(best.shape, -1, dtype=np.int32)
    for place in range(1, n_places - 1):
        reached = best[:, :, :place, place].max(axis=(0, 1))
        starts = np.flatnonzero(reached > -np.inf)
        ends = place + 1 + np.flatnonzero(value[place, place + 1 :] > -np.inf)
        if not len(starts) or not len(ends):
            continue
        allowed = {
            step: neighbours.may_step(step, starts, place, ends)
            for step in {step for _, _, step in PHASES[trend]}
        }
        for phase, to_phase, step in PHASES[trend]:
            before = best[:, phase, starts, place]
            chosen, total = best_before(before, allowed[step])
            with np.errstate(invalid="ignore"):
                # no chain and a run of infinite value make no number, and no chain
                total += value[place, ends]
            codes = starts[chosen] + n_places * (phase + n_phases * np.arange(layers.n)[:, None])
            for rows, to_rows in layers.moves():
                keep_better(
                    best[to_rows, to_phase, place],
                    back[to_rows, to_phase, place],
                    ends,
                    total[rows],
                    codes[rows],
                )
    return _traced(best, back, layers.first_valid)


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
    return chosen, np.take_along_axis(totals, chosen[:, :, None], axis=2)[:, :, 0]


def keep_better(
    best: Float2D, back: npt.NDArray[np.int32], ends: Int1D, total: Float2D, codes: Int2D
) -> None:
    """Write totals to columns of the best, and codes of their origin, where they are better."""
    known = best[:, ends]
    better = total > known
    best[:, ends] = np.where(better, total, known)
    back[:, ends] = np.where(better, codes, back[:, ends])


def _traced(
    best: npt.NDArray[np.float64], back: npt.NDArray[np.int32], first_valid: int
) -> tuple[int, ...] | None:
    """Follow the best whole chain back to its first run."""
    whole = best[first_valid:, :, :, -1]
    at = int(whole.argmax())
    if whole.flat[at] == -np.inf:
        return None
    layer, phase, start = np.unravel_index(at, whole.shape)
    state, end = (int(layer) + first_valid, int(phase), int(start)), best.shape[-1] - 1
    starts = [state[2]]
    while (code := int(back[(*state, end)])) >= 0:
        end = state[2]
        state = tuple(map(int, np.unravel_index(code, best.shape[:3])))  # type: ignore[assignment]
        starts.append(state[2])
    return tuple(reversed(starts))
