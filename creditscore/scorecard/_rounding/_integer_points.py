"""Whole points for all attributes together, so that scores are off by as little as can be."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from creditscore._frame import Table
from creditscore._typing import Bool1D, Float1D, Int1D
from creditscore._validation import (
    check_both_classes,
    check_choice,
    check_integer,
    check_outcomes,
    check_real,
    check_same_order,
    check_weights,
)
from creditscore.exceptions import InvalidParameterError, InvalidWeightError, UncalibratedCardError
from creditscore.metrics import auc
from creditscore.scorecard._layout import layout_of
from creditscore.scorecard._rounding._integer_problem import Choice, Problem, choice_of, problem_of
from creditscore.scorecard._rounding._integer_search import Search, solved
from creditscore.scorecard._rounding._levels import Levels, nearest, rounded, with_wholes
from creditscore.scorecard._rounding._order_kept import turned_and_tied
from creditscore.scorecard._rounding._patterns import Patterns, patterns_of
from creditscore.scorecard._rounding._points_rounding import PointsRounding, ScoreDeviation

if TYPE_CHECKING:
    from creditscore.scorecard._scorecard import Scorecard

RoundingMeasure: TypeAlias = Literal["score", "prob_default"]

_OWNER = "Scorecard.rounded_optimally"
_MEASURES = ("score", "prob_default")
_LEAST_UNIT = 1e-6
_SEARCHED = (2_000, 10_000)
"""Patterns that the search by steps looks at, one number after the other; last it looks at all."""
_BETTER = 1e-9
"""Part by which a measure must be smaller to be so."""


@dataclass(frozen=True, kw_only=True)
class RoundingTask:
    """What is asked of a rounding: see :meth:`Scorecard.rounded_optimally`."""

    unit: float
    measure: RoundingMeasure
    time_limit: float
    max_patterns: int

    def __post_init__(self) -> None:
        """Check the parameters."""
        check_unit(self.unit, _OWNER)
        check_choice(self.measure, "measure", _OWNER, _MEASURES)
        check_real(self.time_limit, "time_limit", _OWNER, low=0, high=math.inf)
        check_integer(self.max_patterns, "max_patterns", _OWNER, low=1)


@dataclass(frozen=True, eq=False)
class _Sample:
    """The patterns that a card is rounded for, with what they score, and the outcomes of rows."""

    card: Scorecard
    levels: list[Levels]
    patterns: Patterns
    exact: Float1D
    is_bad: Bool1D | None
    weights: Float1D | None

    def auc(self, score: Float1D) -> float | None:
        if self.is_bad is None:
            return None
        safety = score if self.card.higher_is_safer else -score
        return auc(self.is_bad, safety[self.patterns.of_row], sample_weight=self.weights)


def check_unit(unit: Any, owner: str) -> float:
    """Return the unit that points are multiples of."""
    return check_real(unit, "unit", owner, low=_LEAST_UNIT, high=math.inf, closed="left")


def plainly_rounded(card: Scorecard, unit: float) -> Scorecard:
    """Return the card with each number of points rounded for itself."""
    check_unit(unit, "Scorecard.rounded")
    return rounded(card, [Levels.of(c, unit) for c in card.characteristics], unit)


def optimally_rounded(
    card: Scorecard, table: Table | None, outcomes: Any, sample_weight: Any, task: RoundingTask
) -> PointsRounding:
    """Round all points of a card together, and say how well."""
    began = perf_counter()
    sample = _sample(card, table, outcomes, sample_weight, task.unit)
    costs = _costs(sample, task)
    levels, patterns, unit = sample.levels, sample.patterns, task.unit
    plain_wholes = [nearest(of_one.values) for of_one in levels]
    plain_base = int(nearest(np.array([card.base_points / unit]))[0])
    plain_value = _value(sample, costs, plain_wholes, plain_base)
    plain = rounded(card, levels, unit)
    problem = problem_of(patterns, levels, card.base_points / unit, costs)
    start = choice_of(problem, plain_wholes, plain_base)
    found = _searched(problem, start, sample.exact)
    part, taken = problem.some(task.max_patterns, sample.exact)
    answer = solved(part, task.time_limit)
    starts = [start, found, *([] if answer.choice is None else [answer.choice])]
    everything = Search(problem)
    best = min((everything.descend(one) for one in starts), key=problem.value)
    wholes, base = _laid_out(sample, problem, best)
    value = _value(sample, costs, wholes, base)
    chosen = value < plain_value * (1 - _BETTER)
    detail = f"to multiples of {unit:g} together, {value:.4g} off ({plain_value:.4g} one by one)"
    gap = _gap(min(part.value(one) for one in (best, *starts)), answer.bound)
    proven = gap == 0 and len(taken) == len(patterns)
    return PointsRounding(
        card=with_wholes(card, levels, wholes, base, unit, detail) if chosen else plain,
        plain=plain,
        method=("optimal" if proven else "together") if chosen else "plain",
        unit=float(unit),
        measure=task.measure,
        value=value if chosen else plain_value,
        plain_value=plain_value,
        status=answer.status,
        gap=gap,
        seconds=perf_counter() - began,
        n_patterns=len(patterns),
        n_solved=len(taken),
        share=float(patterns.weights[taken].sum() / patterns.weights.sum()),
        deviation=_deviation(
            sample, *((wholes, base) if chosen else (plain_wholes, plain_base)), unit
        ),
        plain_deviation=_deviation(sample, plain_wholes, plain_base, unit),
        exact_auc=sample.auc(sample.exact),
    )


def _gap(reached: float, bound: float) -> float:
    """Return the part of a value by which a better one may be below it."""
    if reached * (1 - _BETTER) <= bound or reached <= _BETTER * (1 + bound):
        return 0.0
    return 1 - bound / reached


def _searched(problem: Problem, start: Choice, order: Float1D) -> Choice:
    """Search on few patterns, where a step costs little, and from there on more of them."""
    found, seen = start, 0
    for n in _SEARCHED:
        part, taken = problem.some(n, order)
        if len(taken) > seen:
            found, seen = Search(part).search(found), len(taken)
    return found


def _sample(
    card: Scorecard, table: Table | None, outcomes: Any, sample_weight: Any, unit: float
) -> _Sample:
    levels = [Levels.of(c, unit) for c in card.characteristics]
    is_bad, weights = None, None
    if table is not None:
        weights = check_weights(sample_weight, n_rows=table.n_rows)
        if outcomes is not None:
            is_bad = check_outcomes(outcomes, n_rows=table.n_rows, beside="X")
            check_both_classes(is_bad, weights)
    patterns = patterns_of(card, levels, table, weights)
    exact = patterns.scores([of_one.values for of_one in levels], card.base_points / unit)
    return _Sample(card, levels, patterns, exact, is_bad, weights)


def _costs(sample: _Sample, task: RoundingTask) -> Float1D:
    """Return what a unit off costs each pattern: points, or what the probability changes by."""
    weights = sample.patterns.weights
    shares: Float1D = weights / weights.sum() * task.unit
    if task.measure == "score":
        return shares
    scale = sample.card.scale
    if scale is None:
        msg = (
            "measure='prob_default' asks for probabilities, and this card has no scale. Use "
            "measure='score', or give it one: card.on_scale(PointsScale(…))."
        )
        raise UncalibratedCardError(msg)
    prob = scale.prob_default(sample.exact * task.unit)
    costs: Float1D = shares * prob * (1 - prob) / abs(scale.factor)
    return costs


def _value(sample: _Sample, costs: Float1D, wholes: Sequence[Int1D], base: int) -> float:
    return float(costs @ np.abs(sample.patterns.scores(wholes, base) - sample.exact))


def _deviation(sample: _Sample, wholes: Sequence[Int1D], base: int, unit: float) -> ScoreDeviation:
    patterns, scale = sample.patterns, sample.card.scale
    after, before = patterns.scores(wholes, base), sample.exact
    shares = patterns.weights / patterns.weights.sum()
    held = shares > 0
    off = np.abs(after - before) * unit
    mean_prob = max_prob = None
    if scale is not None:
        change = np.abs(scale.prob_default(after * unit) - scale.prob_default(before * unit))
        mean_prob, max_prob = float(shares @ change), float(change[held].max())
    turned, tied = turned_and_tied(before, after, patterns.weights)
    return ScoreDeviation(
        mean_score=float(shares @ off),
        max_score=float(off[held].max()),
        mean_prob=mean_prob,
        max_prob=max_prob,
        turned=turned,
        tied=tied,
        auc=sample.auc(after),
    )


def _laid_out(sample: _Sample, problem: Problem, choice: Choice) -> tuple[list[Int1D], int]:
    """Return whole points of all levels, and the base points, in the layout of the card."""
    levels, card = sample.levels, sample.card
    apart = problem.floor + choice.up
    wholes, means = [], []
    for place, of_one in enumerate(levels):
        reference = int(problem.references[place])
        whole = np.zeros(len(of_one.values), dtype=np.intp)
        known = np.zeros(len(whole), dtype=bool)
        known[reference] = True
        own = problem.owner == place
        known[problem.level[own]] = True
        whole[problem.level[own]] = apart[own]
        whole += int(nearest(of_one.values[[reference]])[0])
        whole[~known] = 0
        mean = _mean_off(sample.patterns, place, whole - of_one.values)
        wholes.append(_filled(of_one.values, whole, known, mean))
        means.append(mean)
    base = choice.constant - sum(
        int(whole[k]) for whole, k in zip(wholes, problem.references, strict=True)
    )
    layout = layout_of(card)
    if layout == "base":
        shifts = [-int(w[of.neutral or 0]) for w, of in zip(wholes, levels, strict=True)]
    elif layout == "lowest":
        shifts = [-int(whole[0]) for whole in wholes]
    else:
        # a card without base points stays without them
        shifts = _shares_of(base, means) if card.base_points == 0 else [0] * len(wholes)
    moved = [whole + shift for whole, shift in zip(wholes, shifts, strict=True)]
    return moved, base - sum(shifts)


def _mean_off(patterns: Patterns, place: int, off: Float1D) -> float:
    along = patterns.along[:, place]
    of_rows = (1 - along) * off[patterns.start[:, place]] + along * off[patterns.end[:, place]]
    return float(np.average(of_rows, weights=patterns.weights))


def _filled(values: Float1D, whole: Int1D, known: Bool1D, mean: float) -> Int1D:
    """Round levels that no row has as those that rows have were on average, in their order."""
    wanted = nearest(values + mean)
    far = np.iinfo(np.intp).max
    least = np.maximum.accumulate(np.where(known, whole, -far))
    most = np.minimum.accumulate(np.where(known, whole, far)[::-1])[::-1]
    return np.where(known, whole, np.clip(wanted, least, most))


def _shares_of(base: int, means: Sequence[float]) -> list[int]:
    """Part whole base points among characteristics, each time where it brings most."""
    off, shares = list(means), [0] * len(means)
    step = 1 if base > 0 else -1
    for _ in range(abs(base)):
        place = min(range(len(off)), key=lambda j: step * off[j])
        off[place] += step
        shares[place] += step
    return shares


def check_rows(X: Any, outcomes: Any, sample_weight: Any) -> None:
    """Refuse outcomes and weights of no rows, or in another order than the rows."""
    if X is None:
        if outcomes is None and sample_weight is None:
            return
        msg = f"{_OWNER} takes is_bad and sample_weight beside rows only: pass X too."
        raise InvalidParameterError(msg)
    check_same_order(X, outcomes, name="is_bad")
    check_same_order(X, sample_weight, name="sample_weight", error=InvalidWeightError)
