"""Scores as lines of one weight: how far it may move before two cross, or one crosses a bound."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from creditscore._typing import Float1D, Float2D, Int1D
from creditscore.expert._card._rounded_score import rounded_score

SAME = 1e-9
"""Part of the largest score up to which scores are the same but for rounding."""
_FLAT = 1e-12
"""Part of the largest score below which a slope is rounding."""

_TOP = 100.0
"""Top of the scale of sub-scores."""


@dataclass(frozen=True)
class Room:
    """How far a weight may move to one side, and which pair of customers then changes places."""

    distance: float = np.inf
    rising: int = -1
    falling: int = -1


def weighed_scores(subscores: Float2D, weights: Float1D) -> Float1D:
    """Return the scores, one criterion added after the other, as a card adds its points."""
    scores = np.zeros(len(subscores))
    for column, weight in zip(subscores.T, weights.tolist(), strict=True):
        scores += weight * column
    return scores


def shown_scores(scores: Float1D) -> Float1D:
    """Round scores as an expert card does, so that one that is a bound has the card's grade."""
    return rounded_score(scores, _TOP)


def slopes(subscores: Float2D, weights: Float1D, k: int) -> Float1D:
    """Return by how much each score moves with the weight of a criterion.

    The other weights change in proportion: the score is s + (t − w_k) · slope at the weight t.
    """
    rest = np.delete(weights, k)
    others = np.delete(subscores, k, axis=1) @ (rest / rest.sum())
    slope = subscores[:, k] - others
    scale = float(np.abs(subscores).max())
    return np.where(np.abs(slope) <= _FLAT * scale, 0.0, slope)


def tied_runs(scores: Float1D) -> tuple[Int1D, Int1D]:
    """Return the order from the highest score down, and where in it each run of ties begins."""
    order = np.argsort(-scores, kind="stable")
    gaps = -np.diff(scores[order])
    new = gaps > SAME * float(np.abs(scores).max())
    return order, np.flatnonzero(np.concatenate([[True], new]))


def order_room(scores: Float1D, slope: Float1D, *, winner_only: bool) -> tuple[Room, Room]:
    """Return the room below and above until some pair, or the first and another, change places.

    Of two neighbouring runs of ties, those meet first that move towards each other most: no other
    pairs need to be looked at.
    """
    order, starts = tied_runs(scores)
    if winner_only:
        # the first run against each of the others
        second = starts[1] if len(starts) > 1 else len(scores)
        starts = np.append(0, np.arange(second, len(scores)))
    lower = np.arange(1, len(starts))
    upper = np.zeros_like(lower) if winner_only else lower - 1
    ends = np.append(starts[1:], len(scores))
    gaps = scores[order[ends[upper] - 1]] - scores[order[starts[lower]]]
    runs = (starts, ends, upper, lower)
    moves = slope[order]
    below, above = (_first_meeting(gaps, side, order, runs) for side in (-moves, moves))
    return below, above


def _first_meeting(
    gaps: Float1D, moves: Float1D, order: Int1D, runs: tuple[Int1D, Int1D, Int1D, Int1D]
) -> Room:
    """Return how far the weight moves until the first pair of runs meets, and which customers do.

    `runs` holds where each run begins and ends, and of each pair the upper and the lower run.
    """
    starts, ends, upper, lower = runs
    if not len(gaps):
        return Room()
    speed = np.maximum.reduceat(moves, starts)[lower] - np.minimum.reduceat(moves, starts)[upper]
    meet = speed > _FLAT * float(np.abs(moves).max())
    distance = np.where(meet, gaps / np.where(meet, speed, 1.0), np.inf)
    i = int(distance.argmin())
    if not meet[i]:
        return Room()
    first, second = starts[lower[i]], starts[upper[i]]
    rising = first + int(moves[first : ends[lower[i]]].argmax())
    falling = second + int(moves[second : ends[upper[i]]].argmin())
    return Room(float(distance[i]), int(order[rising]), int(order[falling]))


def grade_places(scores: Float2D, bounds: Float1D) -> Int1D:
    """Return the place of each score's grade, 0 the safest; a score at a bound has the safer."""
    return np.searchsorted(-bounds, -scores, side="left")


def grade_room(
    scores: Float1D, place: Int1D, slope: Float1D, bounds: Float1D
) -> tuple[Float1D, Float1D]:
    """Return for each score the room below and above until its grade changes; infinite if never.

    `place` holds the grades of the rounded scores, which those at a bound may fall short of.
    """
    to_better = np.append(np.inf, bounds)[place] - scores
    to_worse = np.maximum(scores - np.append(bounds, -np.inf)[place], 0.0)
    above = np.full(len(scores), np.inf)
    below = np.full(len(scores), np.inf)
    up, down = slope > 0, slope < 0
    above[up], above[down] = to_better[up] / slope[up], to_worse[down] / -slope[down]
    below[up], below[down] = to_worse[up] / slope[up], to_better[down] / -slope[down]
    return below, above
