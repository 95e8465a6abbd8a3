"""The best chain of bins under a concave or convex trend: three neighbours decide."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from creditscore._typing import Bool2D, Float1D, Int1D
from creditscore.binning._neighbours import Neighbours
from creditscore.binning._pairs import Layers, best_before, keep_better
from creditscore.binning._rounding import ROUNDING
from creditscore.binning._runs import Runs
from creditscore.exceptions import InvalidParameterError

MOST_PREBINS = 256
"""Beyond so many pre-bins the state of a bend takes gigabytes."""


def best_bend(
    runs: Runs, neighbours: Neighbours, trend: Literal["concave", "convex"], layers: Layers
) -> tuple[int, ...] | None:
    """Return the starts of the best chain whose level bends one way only, or None.

    The step of the level from bin to bin never grows (concave) or never falls (convex); bins at a
    distance are not compared.

    Notes
    -----
    The state is the last pair of runs: n pre-bins make up to n³ / 6 pairs and n⁴ / 24 triples, so
    O(n⁴ · layers) time and O(n³ · layers) memory.
    """
    n_places = runs.n_prebins + 1
    if runs.n_prebins > MOST_PREBINS:
        msg = (
            f"The trend {trend!r} takes {MOST_PREBINS} pre-bins at most. Got {runs.n_prebins}. "
            "Lower max_n_prebins, or ask for 'peak' or 'valley'."
        )
        raise InvalidParameterError(msg)
    value = runs.square(runs.value, -np.inf)
    search = _Search.over(n_places, neighbours, layers, 1.0 if trend == "concave" else -1.0)
    # what must hold in every period is the bend
    beside = replace(neighbours, periods=None)
    for middle in range(1, n_places - 1):
        starts = np.flatnonzero(value[:middle, middle] > -np.inf)
        ends = middle + 1 + np.flatnonzero(value[middle, middle + 1 :] > -np.inf)
        if not len(starts) or not len(ends):
            continue
        differ = beside.meet(starts, middle, ends).may("either")
        for start, allowed in zip(starts.tolist(), differ.T, strict=True):
            after = ends[allowed]
            if start == 0:
                search.begin(middle, after, value[0, middle] + value[middle, after])
            elif len(after):
                search.extend(start, middle, after, value[middle, after])
    return search.traced(float(value[0, -1]))


@dataclass(frozen=True, eq=False)
class _Search:
    """Chains of two runs or more, by their last pair (start, middle), (middle, end).

    Attributes
    ----------
    neighbours : Neighbours
        Levels of the runs.
    layers : Layers
        Numbers of bins.
    sign : float
        1 for concave, -1 for convex.
    best : ndarray of shape (n_layers, n_places, n_places, n_places)
        Value of the best chain.
    back : ndarray of the same shape
        Its layer and pair before.
    """

    neighbours: Neighbours
    layers: Layers
    sign: float
    best: npt.NDArray[np.float64]
    back: npt.NDArray[np.int32]

    @classmethod
    def over(cls, n_places: int, neighbours: Neighbours, layers: Layers, sign: float) -> _Search:
        best = np.full((layers.n, n_places, n_places, n_places), -np.inf)
        return cls(neighbours, layers, sign, best, np.full(best.shape, -1, dtype=np.int32))

    def begin(self, middle: int, ends: Int1D, total: Float1D) -> None:
        """Enter chains of two runs."""
        if self.layers.n > 1:
            self.best[1, 0, middle, ends] = total
        elif self.layers.open_ended:
            self.best[0, 0, middle, ends] = total

    def extend(self, start: int, middle: int, ends: Int1D, gain: Float1D) -> None:
        """Continue the chains that end in the run from start to middle by runs to the ends."""
        before = self.best[:, :start, start, middle]
        first = np.flatnonzero(before.max(axis=0) > -np.inf)
        if not len(first):
            return
        chosen, total = best_before(before[:, first], self._bends(first, start, middle, ends))
        with np.errstate(invalid="ignore"):
            # no chain and a run of infinite value make no number, and no chain
            total += gain
        codes = first[chosen] + self.best.shape[1] * np.arange(self.layers.n)[:, None]
        for rows, to_rows in self.layers.moves():
            keep_better(
                self.best[to_rows, start, middle],
                self.back[to_rows, start, middle],
                ends,
                total[rows],
                codes[rows],
            )

    def _bends(self, first: Int1D, start: int, middle: int, ends: Int1D) -> Bool2D:
        """Tell which steps after a run are no higher (times the sign) than which before it."""
        levels, periods = self.neighbours.levels, self.neighbours.periods
        incoming = self.sign * (levels[start, middle] - levels[first, start])
        outgoing = self.sign * (levels[middle, ends] - levels[start, middle])
        bends: Bool2D = outgoing[:, None] <= incoming[None, :] + ROUNDING
        if periods is not None:
            here = self.neighbours.levels_behind(start, np.array([middle]))
            arriving = self.sign * (here - self.neighbours.levels_before(first, start))
            leaving = self.sign * (self.neighbours.levels_behind(middle, ends) - here)
            bends &= (leaving[:, :, None] <= arriving[:, None, :] + ROUNDING).all(axis=0)
        return bends

    def traced(self, one_bin: float) -> tuple[int, ...] | None:
        """Follow the best whole chain back to its first run; one bin of everything is one too."""
        first_valid = self.layers.first_valid
        whole = self.best[first_valid:, :, :, -1]
        at = int(whole.argmax())
        single = one_bin if first_valid == 0 else -np.inf
        if single >= whole.flat[at]:
            return (0,) if single > -np.inf else None
        layer, start, middle = (int(i) for i in np.unravel_index(at, whole.shape))
        layer, end = layer + first_valid, self.best.shape[-1] - 1
        starts = [middle, start]
        while (code := int(self.back[layer, start, middle, end])) >= 0:
            layer, first = divmod(code, self.best.shape[1])
            start, middle, end = first, start, middle
            starts.append(start)
        return tuple(reversed(starts))
