"""Whole points found: by steps from one choice to better ones, and by an integer programme."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from creditscore._typing import Float1D, Int1D
from creditscore.scorecard._rounding._integer_problem import Choice, Problem

_GAIN = 1e-12
"""Part of the value below which a gain is rounding."""
_LEAST_TURNED, _MOST_TURNED = 2, 10
_LEAST_KICKS, _MOST_KICKS = 20, 500
_WORK = 25_000_000
"""Entries of the design that all kicks together may look through, about."""
_STATUS = {0: "optimal", 1: "time limit"}


@dataclass(frozen=True, eq=False)
class Solved:
    """What the integer programme found.

    Attributes
    ----------
    choice : Choice or None
        The best one; None where there was no time for any.
    bound : float
        No choice has a smaller value.
    status : {"optimal", "time limit", "not solved"}
        Whether it was searched to the end.
    """

    choice: Choice | None
    bound: float
    status: str


class Search:
    """Steps from one choice to better ones.

    Attributes
    ----------
    problem : Problem
        What is searched.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._of_column = problem.design.tocsc()
        entries = problem.design.tocoo()
        part = entries.data != 1
        self._rows, self._columns, self._parts = (
            entries.row[part],
            entries.col[part],
            (entries.data[part]),
        )
        kept = ~part
        whole = (np.ones(int(kept.sum())), (entries.col[kept], entries.row[kept]))
        self._whole = sparse.csr_array(whole, shape=entries.shape[::-1])

    def descend(self, choice: Choice) -> Choice:
        """Change the choice one by one, the best change first, while the value falls."""
        problem, weights = self.problem, self.problem.weights
        up, constant, off = choice.up.copy(), choice.constant, problem.off(choice)
        least = _GAIN * (1 + float(weights.sum()))
        while True:
            now = np.abs(off)
            more, less = (weights * (np.abs(off + move) - now) for move in (1, -1))
            by_level = np.where(up == 0, self._change(off, more, 1), self._change(off, less, -1))
            by_level[~_may_turn(problem, up)] = np.inf
            best = int(by_level.argmin()) if len(by_level) else -1
            by_constant = {1: float(more.sum()), -1: float(less.sum())}
            move = min(by_constant, key=by_constant.__getitem__)
            of_level = by_level[best] if best >= 0 else np.inf
            if min(of_level, by_constant[move]) > -least:
                return Choice(up, constant)
            if of_level <= by_constant[move]:
                held = slice(*self._of_column.indptr[best : best + 2])
                sign = 1 if up[best] == 0 else -1
                off[self._of_column.indices[held]] += sign * self._of_column.data[held]
                up[best] = 1 - up[best]
            else:
                constant, off = constant + move, off + move

    def search(self, start: Choice) -> Choice:
        """Descend from `start`, then again and again from the best choice with some turned."""
        problem = self.problem
        best = self.descend(start)
        n = len(problem.fraction)
        if not n:
            return best
        value = problem.value(best)
        # the same turns each time
        rng = np.random.default_rng(0)
        kicks = int(np.clip(_WORK // max(1, problem.design.nnz), _LEAST_KICKS, _MOST_KICKS))
        for _ in range(kicks):
            size = min(int(rng.integers(_LEAST_TURNED, _MOST_TURNED + 1)), n)
            places = rng.choice(n, size=size, replace=False)
            found = self.descend(replace(best, up=_turned(problem, best.up, places)))
            reached = problem.value(found)
            if reached < value * (1 - _GAIN):
                best, value = found, reached
        return best

    def _change(self, off: Float1D, of_one: Float1D, sign: int) -> Float1D:
        """Return by how much the value grows where each level is moved by one, alone."""
        change: Float1D = self._whole @ of_one
        if len(self._parts):
            rows, weights = self._rows, self.problem.weights
            step = np.abs(off[rows] + sign * self._parts) - np.abs(off[rows])
            change += np.bincount(
                self._columns, weights=weights[rows] * step, minlength=len(change)
            )
        return change


def solved(problem: Problem, time_limit: float) -> Solved:
    """Solve the problem as an integer programme (HiGHS by :func:`scipy.optimize.milp`).

    A whole score is off by `part` or more downwards, by 1 - `part` or more upwards: on the line
    through both, or above it. What a pattern is off by is written as that line (for a score that
    need not be whole, as the difference itself) and a rest, which mostly is zero. This takes
    fewer conditions than absolute values and lines beside them, and bounds as well.
    """
    m, n = problem.design.shape
    n_owners = len(problem.references)
    middle = round(problem.constant)
    target = problem.design @ problem.fraction + (problem.constant - middle)
    whole, part = problem.whole_scores()
    slope, lift = np.ones(m), np.zeros(m)
    slope[whole], lift[whole] = 1 - 2 * part, 2 * part * (1 - part)
    # unknowns: what is rounded up, the constant less its middle, the rest of each pattern
    each = sparse.eye_array(m, format="csr")
    terms = sparse.hstack([problem.design, sparse.csr_array(np.ones((m, 1)))], "csr")
    conditions = []
    for sign, rows in ((-1, np.arange(m)), (1, whole)):
        # the rest is what the difference, times the sign, is above the line
        steep = sign - slope[rows]
        above = sparse.hstack([sparse.diags_array(-steep) @ terms[rows], each[rows]], "csr")
        least = -steep * target[rows] - lift[rows]
        conditions.append(LinearConstraint(above, least, np.inf))
    pairs = np.flatnonzero(problem.above >= 0)
    if len(pairs):
        conditions.append(LinearConstraint(_order(problem, pairs, m), -np.inf, 0))
    highest = np.concatenate([problem.fraction > 0, [n_owners], np.full(m, np.inf)])
    lowest = np.concatenate([np.zeros(n), [-n_owners], np.zeros(m)])
    result = milp(
        np.concatenate([terms.T @ (problem.weights * slope), problem.weights]),
        integrality=np.concatenate([np.ones(n + 1), np.zeros(m)]),
        bounds=Bounds(lowest, highest),
        constraints=conditions,
        options={"time_limit": time_limit, "mip_rel_gap": 0.0},
    )
    offset = float(problem.weights @ (lift - slope * target))
    status = _STATUS.get(result.status, "not solved")
    bound = getattr(result, "mip_dual_bound", None)
    # whatever is chosen, a whole score is off by its distance from the nearest whole number
    floor = float(problem.weights[whole] @ np.minimum(part, 1 - part))
    if bound is not None and np.isfinite(bound):
        floor = max(floor, float(bound) + offset)
    if result.x is None:
        return Solved(None, floor, "not solved" if status == "optimal" else status)
    up = np.rint(result.x[:n]).astype(np.intp)
    return Solved(Choice(up, middle + round(float(result.x[n]))), floor, status)


def _may_turn(problem: Problem, up: Int1D) -> Any:
    """Tell which levels can be rounded the other way without a change of order."""
    higher = np.where(problem.above < 0, 1, up[problem.above])
    lower = np.where(problem.below < 0, 0, up[problem.below])
    return (problem.fraction > 0) & np.where(up == 0, higher == 1, lower == 0)


def _turned(problem: Problem, up: Int1D, places: Int1D) -> Int1D:
    """Round levels the other way, and with them those that the order asks for."""
    new = up.copy()
    for place in places:
        target = 1 - new[place]
        beside = problem.above if target else problem.below
        at = int(place)
        while at >= 0:
            new[at] = target
            at = int(beside[at])
    return np.where(problem.fraction > 0, new, 0)


def _order(problem: Problem, pairs: Int1D, m: int) -> Any:
    n_pairs, n = len(pairs), len(problem.fraction)
    rows = np.concatenate([np.arange(n_pairs)] * 2)
    columns = np.concatenate([pairs, problem.above[pairs]])
    signs: Float1D = np.repeat([1.0, -1.0], n_pairs)
    return sparse.csr_array((signs, (rows, columns)), shape=(n_pairs, n + 1 + m))
