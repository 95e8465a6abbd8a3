"""The smallest changes that reach a score, exactly: a multiple-choice knapsack by its frontiers.

Points are signed here: more is safer, whatever the scale. Sums are taken in the order of the card,
as the card takes them, so that what reaches the target here reaches it there to the last bit.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from creditscore._typing import Float1D, Float2D, Int1D

Key: TypeAlias = tuple[Any, ...]
"""What answers are compared by, the better one smaller."""

_COST_DIGITS = 9
"""Decimals to which costs are compared."""
_SLACK = 1e-9
"""Share of the points by which bounds are loosened, as they are not summed in the same order."""


@dataclass(frozen=True)
class Option:
    """One way to change a characteristic: the attribute, its points, what it costs, a value."""

    code: int
    points: float
    cost: float
    value: Any


@dataclass(frozen=True)
class Piece:
    """An interval with linear points: every value from `near` to `far` is an option.

    Points are `constant` + `slope` · (value - `lower`), times `sign`, and rise from near to far.
    Special codes among the values are none; where it is `whole`, nor are fractions.
    """

    place: int
    near: Option
    far: Option
    constant: float
    slope: float
    lower: float
    sign: int
    special: frozenset[float]
    whole: bool

    def at(self, value: float) -> Option:
        """Return the option of a value; its cost lies between those of the ends."""
        share = (value - self.near.value) / (self.far.value - self.near.value)
        points = self.sign * (self.constant + self.slope * (value - self.lower))
        cost = self.near.cost + (self.far.cost - self.near.cost) * share
        return Option(self.near.code, points, cost, value)

    def least(self, reaches: Callable[[Option], bool]) -> Option:
        """Return the option nearest to `near` that reaches; `far` does."""
        short, enough = float(self.near.value), float(self.far.value)
        while True:
            half = (enough - short) / 2
            middle = short + (math.trunc(half) if self.whole else half)
            if middle in (short, enough):
                while enough in self.special:
                    enough = self._further(enough)
                return self.at(enough)
            if reaches(self.at(middle)):
                enough = middle
            else:
                short = middle

    def _further(self, value: float) -> float:
        """Return the next value towards the far end."""
        far = float(self.far.value)
        if self.whole:
            return value + math.copysign(1.0, far - value)
        return math.nextafter(value, far)


@dataclass(frozen=True)
class Way:
    """Changes of some characteristics.

    Attributes
    ----------
    picks : tuple of (int, Option)
        Places of characteristics in the card, increasing, and what becomes of them.
    cost : float
        Sum of the costs.
    score : float
        Signed score that is reached.
    """

    picks: tuple[tuple[int, Option], ...]
    cost: float
    score: float

    @cached_property
    def places(self) -> frozenset[int]:
        """Characteristics that change."""
        return frozenset(place for place, _ in self.picks)

    def key(self, measure: str) -> Key:
        """Return what it is compared by; of equals, later characteristics are left alone."""
        # costs that differ by rounding only, as those of two ways to share a change, are equal
        cost = round(self.cost, _COST_DIGITS)
        size = (len(self.picks), cost) if measure == "changes" else (
            cost, len(self.picks))  # fmt: skip
        order = tuple((place, option.code) for place, option in reversed(self.picks))
        return (*size, -self.score, order)


@dataclass(frozen=True)
class Problem:
    """One applicant: what there is, what may be had instead, and what is to be reached.

    Attributes
    ----------
    base : float
        Signed base points.
    current : tuple of float
        Signed points by characteristic.
    options : tuple of tuples of Option
        By characteristic, each with more points than there are, none beaten by another.
    pieces : tuple of Piece
        Linear intervals, whose ends are among the options.
    target : float
        Signed score to reach.
    """

    base: float
    current: tuple[float, ...]
    options: tuple[tuple[Option, ...], ...]
    pieces: tuple[Piece, ...]
    target: float

    def score(self, picks: Sequence[tuple[int, Option]]) -> float:
        """Return the signed score with some characteristics changed, as the card adds it up."""
        points = dict(enumerate(self.current)) | {place: o.points for place, o in picks}
        total = self.base
        for place in range(len(self.current)):
            total += points[place]
        return total

    def way(self, picks: Sequence[tuple[int, Option]]) -> Way:
        """Return changes with their cost, added up in the order of the card, and score."""
        ordered = tuple(sorted(picks, key=lambda pick: pick[0]))
        return Way(ordered, sum(option.cost for _, option in ordered), self.score(ordered))

    def largest(self, max_changes: int) -> Way:
        """Return the changes that add most points."""
        best = [
            (max(of_one, key=lambda o: o.points), place)
            for place, of_one in enumerate(self.options)
            if of_one
        ]
        best.sort(key=lambda pair: (self.current[pair[1]] - pair[0].points, pair[1]))
        return self.way([(place, option) for option, place in best[:max_changes]])


def n_best(problem: Problem, n: int, *, measure: str, max_changes: int) -> list[Way]:
    """Return the best way, and further ones that each do without a part of every one before.

    Each further way is the best of those that leave out, of every way before it, at least one of
    the characteristics that it changes. So no answer is another one with an idle change added.
    """
    found: list[Way] = []
    nodes: list[tuple[Key, list[int], Way]] = []
    seen: set[frozenset[int]] = set()

    def add(frozen: frozenset[int]) -> None:
        if frozen in seen:
            return
        seen.add(frozen)
        way = best_way(problem, frozen, measure=measure, max_changes=max_changes)
        if way is not None:
            heapq.heappush(nodes, (way.key(measure), sorted(frozen), way))

    add(frozenset())
    while nodes and len(found) < n:
        _, frozen, way = heapq.heappop(nodes)
        inside = next((w.places for w in found if w.places <= way.places), None)
        if inside is None:
            found.append(way)
            inside = way.places
        if len(found) < n:
            # whatever is still to be found lacks one of these
            for place in sorted(inside):
                add(frozenset((*frozen, place)))
    return found


def best_way(
    problem: Problem, frozen: frozenset[int], *, measure: str, max_changes: int
) -> Way | None:
    """Return the best way that leaves some characteristics alone; None where none reaches."""
    free = _without(problem, frozen)
    ways: list[Way] = []
    for n in range(1, max_changes + 1):
        largest = free.largest(n)
        if largest.score < free.target - _slack(free):
            continue
        ways = [largest] if largest.score >= free.target else []
        most = largest.cost if ways else math.inf
        ways += Frontier.of(free, n if measure == "changes" else max_changes, most=most).ways()
        if ways:
            break
    if not ways:
        return None
    for piece in free.pieces:
        best = min(ways, key=lambda way: way.key(measure))
        limit = len(best.picks) if measure == "changes" else max_changes
        ways += _within(free, piece, limit, best.cost)
    return min(ways, key=lambda way: way.key(measure))


def _without(problem: Problem, frozen: frozenset[int]) -> Problem:
    """Return the problem without options for some characteristics."""
    if not frozen:
        return problem
    options = tuple(
        () if place in frozen else of_one for place, of_one in enumerate(problem.options)
    )
    pieces = tuple(piece for piece in problem.pieces if piece.place not in frozen)
    return Problem(problem.base, problem.current, options, pieces, problem.target)


def _within(problem: Problem, piece: Piece, limit: int, most: float) -> list[Way]:
    """Return the best ways, by number of changes, with a value inside a linear interval.

    With costs linear in the points, no more than one value need lie inside: of two, the one whose
    points are dearer could move to an end of its interval, and the other make up for it.
    """
    room = piece.far.points - piece.near.points
    options = tuple(
        (piece.near,) if place == piece.place else of_one
        for place, of_one in enumerate(problem.options)
    )
    lower = Problem(problem.base, problem.current, options, (), problem.target - room)
    frontier = Frontier.of(lower, limit, most=most, forced=piece.place)
    lacking = problem.target - frontier.score
    slack = _slack(problem)
    inside = np.flatnonzero((lacking > -slack) & (lacking <= room + slack))
    cost = frontier.cost + (piece.far.cost - piece.near.cost) / room * lacking
    best: dict[int, Way] = {}
    for row in inside[np.argsort(cost[inside], kind="stable")].tolist():
        n = int(frontier.n[row])
        if n in best:
            continue
        others = [pick for pick in frontier.picks(row) if pick[0] != piece.place]

        def reaches(option: Option, others: list[tuple[int, Option]] = others) -> bool:
            return problem.score([*others, (piece.place, option)]) >= problem.target

        if reaches(piece.far) and not reaches(piece.near):
            best[n] = problem.way([*others, (piece.place, piece.least(reaches))])
    return list(best.values())


@dataclass(frozen=True, eq=False)
class Frontier:
    """The ways that no other beats: of as many changes, none costs less and reaches as much.

    Attributes
    ----------
    n, cost, score : ndarray
        Of each way; ordered by the number of changes, then cost, and score rises with cost.
    """

    problem: Problem
    n: Int1D
    cost: Float1D
    score: Float1D
    steps: list[tuple[Int1D, Int1D]]

    @classmethod
    def of(
        cls, problem: Problem, limit: int, *, most: float = math.inf, forced: int | None = None
    ) -> Frontier:
        """Add up the card characteristic by characteristic, and drop what is beaten on the way.

        Parameters
        ----------
        problem : Problem
            What there is and may be had.
        limit : int
            Most changes.
        most : float
            Highest cost.
        forced : int, optional
            A characteristic that changes in any case.
        """
        bounds = _Bounds(problem, limit, forced)
        n = np.zeros(1, dtype=np.intp)
        cost, score = np.zeros(1), np.full(1, problem.base)
        steps: list[tuple[Int1D, Int1D]] = []
        for place, options in enumerate(problem.options):
            size = len(n)
            keeps = place != forced
            choices = len(options) + keeps
            points = [problem.current[place]] * keeps + [o.points for o in options]
            costs = [0.0] * keeps + [o.cost for o in options]
            # those that keep it come first, so that of equals they stay
            score = (score + np.array(points)[:, None]).ravel()
            if choices == 1 and keeps:
                steps.append((np.arange(size), np.zeros(size, dtype=np.intp)))
                continue
            cost = (cost + np.array(costs)[:, None]).ravel()
            n = (n + np.array([0] * keeps + [1] * len(options))[:, None]).ravel()
            chosen = np.repeat(np.arange(choices) + (not keeps), size)
            before = np.tile(np.arange(size), choices)
            kept = np.flatnonzero(bounds.may_reach(place + 1, n, cost, score, most))
            kept = kept[_unbeaten(n[kept], cost[kept], score[kept])]
            n, cost, score = n[kept], cost[kept], score[kept]
            steps.append((before[kept], chosen[kept]))
        return cls(problem, n, cost, score, steps)

    def picks(self, row: int) -> list[tuple[int, Option]]:
        """Return the changes of a way."""
        found = []
        for place in reversed(range(len(self.steps))):
            before, chosen = self.steps[place]
            if chosen[row]:
                found.append((place, self.problem.options[place][chosen[row] - 1]))
            row = int(before[row])
        return found[::-1]

    def ways(self) -> list[Way]:
        """Return the cheapest way that reaches, for each number of changes."""
        reaching = np.flatnonzero(self.score >= self.problem.target)
        _, first = np.unique(self.n[reaching], return_index=True)
        return [self.problem.way(self.picks(row)) for row in reaching[first].tolist()]


class _Bounds:
    """What the characteristics that are still to come can add at most, and at what cost."""

    def __init__(self, problem: Problem, limit: int, forced: int | None) -> None:
        self._target = problem.target - _slack(problem)
        self._limit = limit
        m = len(problem.current)
        self._rest = np.zeros(m + 1)
        self._gains: Float2D = np.zeros((m + 1, limit + 1))
        self._rate = np.zeros(m + 1)
        gains: list[float] = []
        for place in reversed(range(m)):
            now, options = problem.current[place], problem.options[place]
            rate = self._rate[place + 1]
            if place == forced:
                now, options = options[0].points, ()
            if options:
                gains = sorted([*gains, max(o.points for o in options) - now], reverse=True)
                rates = [(o.points - now) / o.cost if o.cost > 0 else math.inf for o in options]
                rate = max(rate, *rates)
            self._rest[place] = self._rest[place + 1] + now
            self._gains[place, 1:] = np.cumsum([*gains[:limit], *[0.0] * (limit - len(gains))])
            self._rate[place] = rate

    def may_reach(
        self, place: int, n: Int1D, cost: Float1D, score: Float1D, most: float
    ) -> np.ndarray[Any, Any]:
        """Tell which beginnings can still reach the target, with so many changes, at such a cost.

        A point that is lacking costs no less than the cheapest one of what is to come.
        """
        left = self._limit - n
        expected = score + self._rest[place]
        reach = expected + self._gains[place].take(np.maximum(left, 0)) >= self._target
        kept: np.ndarray[Any, Any] = (left >= 0) & reach
        if math.isfinite(most):
            lacking = np.maximum(self._target - expected, 0.0)
            rate = self._rate[place]
            dear = lacking / rate if rate > 0 else np.where(lacking > 0, math.inf, 0.0)
            kept &= cost + dear <= most + _SLACK * (1 + most)
        return kept


def _unbeaten(n: Int1D, cost: Float1D, score: Float1D) -> Int1D:
    """Return the places of ways that none of as many changes beats, in order; first of equals."""
    order = np.lexsort((-score, cost, n))
    # ranks instead of scores, so that those of more changes can be put above all others
    rank = np.unique(score, return_inverse=True)[1].ravel()[order] + n[order] * len(score)
    highest = np.maximum.accumulate(rank)
    first = np.ones(len(rank), dtype=bool)
    first[1:] = rank[1:] > highest[:-1]
    kept: Int1D = order[first]
    return kept


def _slack(problem: Problem) -> float:
    most = [max((abs(o.points) for o in of_one), default=0.0) for of_one in problem.options]
    size = abs(problem.base) + abs(problem.target) + sum(most) + sum(map(abs, problem.current))
    return _SLACK * (1 + size)
