"""Why the numbers of a column stay in one bin, in the words of what was asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from creditscore.binning._cells import CountedColumn
from creditscore.binning._constrained import (
    Candidates,
    candidates_of,
    cells_before,
    every_place,
    rounded,
)
from creditscore.binning._constraints import BinConstraints
from creditscore.binning._objective import BinaryObjective
from creditscore.binning._one_cut import OneCut
from creditscore.binning._problem import Problem
from creditscore.binning._relax import FEW_PREBINS, one_cut_is_enough, smallest_relaxations
from creditscore.binning._relaxation import Relaxation
from creditscore.binning._settings import BinSettings

_MOST_DIGITS = 17
"""Digits that tell any two floats apart."""

Way = tuple[Relaxation, ...]


@dataclass(frozen=True, eq=False)
class Blocked:
    """A column that stays in one bin under what is asked.

    Attributes
    ----------
    column : CountedColumn
        Its regular values.
    objective : BinaryObjective
        What is made as large as can be.
    settings : BinSettings
        What is asked.
    """

    column: CountedColumn
    objective: BinaryObjective
    settings: BinSettings

    @cached_property
    def candidates(self) -> Candidates:
        """Some places all over the column, for what takes more than one cut."""
        settings = self.settings
        if settings.trend in ("concave", "convex"):
            few = min(settings.max_n_prebins, FEW_PREBINS)
            settings = replace(settings, max_n_prebins=few)
        return candidates_of(self.column, self.objective, settings, in_search=False)

    @cached_property
    def every(self) -> Candidates:
        """All places, for single cuts."""
        return every_place(self.column, self.objective, self.settings)

    def ways(self) -> tuple[Way, ...]:
        """Return what would have to give for two bins.

        Cuts of few digits are among few places: each way holds with the digits that are asked for,
        or says how many it takes.
        """
        digits = self.settings.constraints.cut_digits
        if digits is None:
            return self._ways(self.candidates, self.every)
        few = self._ways(rounded(self.candidates, digits), rounded(self.every, digits))
        more = self.fewest_digits(digits + 1)
        if few or more is not None:
            alone = () if more is None else ((Relaxation("cut_digits", digits, more),),)
            return (*few, *alone)
        return tuple(self._with_digits(digits))

    def _with_digits(self, digits: int) -> Iterator[Way]:
        """Yield what would have to give among all places, each with the digits that it takes."""
        for way in self._ways(self.candidates, self.every):
            enough = self._eased(way).fewest_digits(digits)
            if enough == digits:
                yield way
            elif enough is not None:
                yield (*way, Relaxation("cut_digits", digits, enough))

    def _ways(self, candidates: Candidates, every: Candidates) -> tuple[Way, ...]:
        found = smallest_relaxations(candidates.problem, 2, every=every.problem)
        return tuple(tuple(_as_numbers(one, candidates) for one in way) for way in found)

    def fewest_digits(self, least: int) -> int | None:
        """Return the fewest digits, from the least, with which cuts keep all else."""
        digits = range(least, _MOST_DIGITS + 1)
        return next((n for n in digits if self._parts_with(n)), None)

    def _parts_with(self, digits: int) -> bool:
        if one_cut_is_enough(self.settings.constraints):
            return OneCut(rounded(self.every, digits).problem).best() is not None
        return _parts(rounded(self.candidates, digits).problem)

    def _eased(self, way: Way) -> Blocked:
        """Return the column under what a way leaves of what is asked."""
        column, settings, asked = self.column, self.settings, self.settings.constraints
        changes: dict[str, Any] = {}
        for one in way:
            if one.constraint == "smoothing":
                settings = replace(settings, smoothing=one.needed)
            elif one.constraint == "periods":
                column = replace(column, outcomes=column.outcomes.timeless())
                changes["min_period_size"] = None
            elif one.constraint == "fixed_cuts":
                changes["fixed_cuts"] = tuple(
                    cut for cut in asked.fixed_cuts if cut not in one.asked
                )
            elif one.constraint == "forbidden_cuts":
                changes["forbidden_cuts"] = ()
            else:
                changes[one.constraint] = one.needed
        objective = replace(self.objective, smoothing=settings.smoothing)
        settings = replace(settings, constraints=replace(asked, **changes))
        return Blocked(column, objective, settings)


def _parts(problem: Problem) -> bool:
    """Tell whether two bins or more keep what is asked."""
    asked: BinConstraints = problem.constraints
    low = replace(asked, min_n_bins=max(2, asked.min_n_bins))
    return replace(problem, constraints=low).solve().feasible


def _as_numbers(found: Relaxation, candidates: Candidates) -> Relaxation:
    """Name cuts by the numbers that were asked for, in place of places between pre-bins."""
    asked = candidates.constraints
    if found.constraint == "forbidden_cuts":
        return replace(found, asked=asked.forbidden_cuts)
    if found.constraint == "fixed_cuts":
        places = np.array(found.asked, dtype=np.intp) - 1
        blocking = set(candidates.after[places].tolist())
        cells = cells_before(candidates.column, asked.fixed_cuts).tolist()
        named = (cut for cut, cell in zip(asked.fixed_cuts, cells, strict=True) if cell in blocking)
        return replace(found, asked=tuple(named))
    return found
