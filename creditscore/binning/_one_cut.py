"""What would have to give for one cut: every place is looked at, and nothing is solved."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from creditscore._typing import Bool1D, Bool2D, Float1D
from creditscore.binning._measures import BOUNDS, Chains, asked_bounds
from creditscore.binning._problem import Problem
from creditscore.binning._relaxation import Relaxation, written_bound
from creditscore.binning._rounding import ROUNDING
from creditscore.binning._runs import LEAST_GAIN


@dataclass(frozen=True, eq=False)
class OneCut:
    """All ways to part the pre-bins in two, and which constraint each breaks.

    Attributes
    ----------
    problem : Problem
        Without fixed cuts and a greatest size, which may take more than one cut to keep.

    Notes
    -----
    O(n · c) for n pre-bins and c constraints (times the periods, where they are given). Under a
    trend that rises or falls, bins that keep sizes, differences and periods still keep them when
    those on one side of a cut are joined, so that where no single cut will do, no bins will.
    """

    problem: Problem

    @cached_property
    def chains(self) -> Chains:
        """The two bins of each place that tells anything: their levels differ."""
        places = np.arange(1, self.problem.n_prebins)
        starts = np.stack([np.zeros_like(places), places], axis=1)
        every = Chains.of(self.problem, starts)
        # the level of no rows is no number
        tells = np.flatnonzero(np.nan_to_num(every.steps()[:, 0]))
        return Chains(self.problem, every.starts[tells], every.ends[tells])

    @cached_property
    def kept(self) -> dict[str, Bool1D]:
        """Which places keep which of the constraints that are asked for."""
        problem = self.problem
        kept: dict[str, Bool1D] = {}
        for name, bound in asked_bounds(problem).items():
            reached, slack = self.measure[name], bound * ROUNDING
            if name.startswith("max_"):
                kept[name] = np.asarray(reached <= bound + slack)
            else:
                kept[name] = np.asarray(reached >= bound - slack)
        places = self.chains.starts[:, 1]
        forbidden = problem.rules().forbidden
        if forbidden is not None:
            kept["forbidden_cuts"] = ~forbidden[places]
        trend = problem.constraints.trend
        if trend in ("ascending", "descending"):
            rises = np.asarray(self.chains.steps()[:, 0] > 0)
            kept["trend"] = rises if trend == "ascending" else ~rises
        if problem.periods is not None:
            kept["periods"] = np.all(self._holds_in_period, axis=0)
        return kept

    @cached_property
    def measure(self) -> dict[str, Float1D]:
        """What each place reaches of each bound that is asked for."""
        return {name: BOUNDS[name][1](self.chains) for name in asked_bounds(self.problem)}

    @cached_property
    def _holds_in_period(self) -> Bool2D:
        """In which period both bins have rows and the step does not go the other way."""
        filled: Bool2D = np.all(self.chains.period_weight() > 0, axis=2)
        if self.problem.constraints.trend in ("concave", "convex"):
            # what must hold in every period is the bend, and two bins have none
            return filled
        direction = np.sign(self.chains.steps()[:, 0])
        along = self.chains.period_steps()[:, :, 0] * direction >= 0
        return filled & along

    @cached_property
    def _large_in_period(self) -> Bool2D:
        """In which period both bins are as large as asked."""
        weight, size = self.chains.period_weight(), self.problem.constraints.min_period_size or 0.0
        whole = weight.sum(axis=2) if size <= 1 else 1.0
        large: Bool2D = weight.min(axis=2) >= size * whole * (1 - ROUNDING)
        return large

    def best(self) -> int | None:
        """Return the place that keeps all constraints and is worth most; None without any.

        Where smoothing makes one bin worth more, there is none either.
        """
        admitted = np.all(
            [np.ones(len(self.chains.starts), dtype=bool), *self.kept.values()], axis=0
        )
        chosen = np.flatnonzero(admitted)
        if not len(chosen):
            return None
        problem, places = self.problem, self.chains.starts[chosen, 1].tolist()
        objective, penalty = problem.objective, problem.constraints.concentration_penalty
        worth = objective.parts(*self.chains.amounts()).sum(axis=1)[chosen]
        weight = self.chains.weight()[chosen]
        worth -= penalty * ((weight / weight.sum(axis=1, keepdims=True)) ** 2).sum(axis=1)
        whole = objective.parts(*problem.amounts.between(0, problem.n_prebins)).sum() - penalty
        at = int(worth.argmax())
        return places[at] if worth[at] > whole + LEAST_GAIN * objective.unit else None

    def alone(self) -> tuple[Relaxation, ...]:
        """Return the constraints that stand in the way by themselves, and what they must be."""
        found = (self._eased(name, self._by_others(name)) for name in self.kept)
        return tuple(one for one in found if one is not None)

    def together(self) -> tuple[Relaxation, ...]:
        """Return the fewest constraints that must give together, at the place of most value."""
        if not len(self.chains.starts):
            return ()
        broken = np.sum([~keeps for keeps in self.kept.values()], axis=0)
        value = self.problem.objective.parts(*self.chains.amounts()).sum(axis=1)
        place = np.zeros(len(value), dtype=bool)
        place[np.lexsort((-value, broken))[0]] = True
        names = [name for name, keeps in self.kept.items() if not keeps[place][0]]
        if "periods" in names:
            names = [name for name in names if name != "min_period_size"]
        eased = (self._eased(name, place) for name in names)
        return tuple(one for one in eased if one is not None)

    def _by_others(self, name: str) -> Bool1D:
        """Tell which places all other constraints admit."""
        # without the periods, nothing is asked of them
        free = {name, "min_period_size"} if name == "periods" else {name}
        others = [keeps for other, keeps in self.kept.items() if other not in free]
        kept: Bool1D = np.all([np.ones_like(self.kept[name]), *others], axis=0)
        return kept

    def _eased(self, name: str, places: Bool1D) -> Relaxation | None:
        """Return what a constraint must be so that one of the places is admitted."""
        if not places.any():
            return None
        asked: Any = getattr(self.problem.constraints, name, None)
        if name in self.measure:
            reached = self.measure[name][places]
            best = float(reached.min() if name.startswith("max_") else reached.max())
            return Relaxation(name, asked, written_bound(name, asked, best))
        if name == "trend":
            return Relaxation(name, asked, "auto")
        if name == "periods":
            fails = ~(self._holds_in_period & self._large_in_period)[:, places]
            fewest = fails[:, fails.sum(axis=0).argmin()]
            return Relaxation(name, tuple(np.flatnonzero(fewest).tolist()), None)
        return Relaxation(name, asked, None)
