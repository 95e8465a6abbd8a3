"""How much judgements contradict each other, which of them most, and what would mend it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from creditscore._typing import Float2D
from creditscore._validation import check_real
from creditscore._warn import warn_user
from creditscore.exceptions import InconsistentJudgementWarning, InvalidDataError
from creditscore.expert._ahp._priorities import completed, groups_of, principal
from creditscore.expert._ahp._random_index import RandomIndex, random_index_of

_BY_SIZE = {3: 0.05, 4: 0.08}
"""Saaty's stricter thresholds of small matrices; that of all others is 0.10."""
_USUAL = 0.10
_SAATY_SCALE = tuple([1 / k for k in range(9, 1, -1)] + [float(k) for k in range(1, 10)])
_MOST_NAMED = 6
_NO_RATIO = 1e-12
"""Consistency ratio that is rounding, and no contradiction."""


@dataclass(frozen=True)
class Contradiction:
    """A judgement beside the value that the others ask for; criteria by their places."""

    first: int
    second: int
    given: float
    consistent: float
    excess: float
    """Largest eigenvalue less the number of criteria, with the consistent value in its place."""


def linked(names: Sequence[str], matrix: Float2D) -> Float2D:
    """Return a matrix, having checked that comparisons link all criteria."""
    groups = groups_of(matrix)
    if len(groups) > 1:
        parts = "; ".join(", ".join(names[i] for i in group) for group in groups)
        msg = (
            f"No chain of comparisons links these {len(groups)} groups of criteria: {parts}. "
            "Compare at least one of each with one of another."
        )
        raise InvalidDataError(msg)
    return matrix


def ratio_of(excess: float, n: int, random_index: RandomIndex, owner: str) -> float:
    """Return the consistency ratio of an excess of the largest eigenvalue over `n`."""
    index = random_index_of(random_index, n, owner)
    return excess / (n - 1) / index if index else 0.0


def contradictions(matrix: Float2D, *, on_scale: bool = False) -> list[Contradiction]:
    """Return the judgements that others speak to, the one whose change mends most first.

    A judgement is taken out, and its place filled so that what is left is as consistent as can
    be. Where taking it out would cut criteria off, nothing else speaks to it.
    """
    n = len(matrix)
    found = []
    for first, second in zip(*np.triu_indices(n, 1), strict=True):
        given = matrix[first, second]
        if np.isnan(given):
            continue
        without = matrix.copy()
        without[first, second] = without[second, first] = np.nan
        if len(groups_of(without)) > 1:
            continue
        filled = completed(without)
        value = float(filled[first, second])
        if on_scale:
            value = nearest_on_scale(value)
            without[first, second], without[second, first] = value, 1 / value
            filled = completed(without)
        excess = principal(filled).excess
        found.append(Contradiction(int(first), int(second), float(given), value, excess))
    return sorted(found, key=_rank)


def _rank(found: Contradiction) -> tuple[float, float]:
    """Sort by what is left and by how far off the judgement is; rounding decides nothing."""
    return round(found.excess, 9), -round(abs(math.log(found.given / found.consistent)), 9)


def nearest_on_scale(value: float) -> float:
    """Return the value of Saaty's scale, 1/9 to 9, that is nearest in its ratio."""
    return min(_SAATY_SCALE, key=lambda step: abs(math.log(step / value)))


def judgement_text(value: float) -> str:
    """Write a judgement as people say it: 3, 1/5, 2.41, 0.73."""
    for number, pattern in ((value, "{}"), (1 / value, "1/{}")):
        if abs(number - round(number)) < 1e-9 * number and number >= 1:
            return pattern.format(round(number))
    return f"{value:.3g}"


def check_threshold(threshold: Any, n: int, owner: str) -> float:
    """Return the consistency ratio above which judgements are said to be inconsistent."""
    if isinstance(threshold, str) and threshold == "by_size":
        return _BY_SIZE.get(n, _USUAL)
    return check_real(threshold, "threshold", owner, low=0, high=math.inf, closed="both")


def warn_if_inconsistent(
    names: Sequence[str], matrix: Float2D, ratio: float, *, limit: float, of: str
) -> None:
    """Warn of a consistency ratio above the limit, and name the judgement most at odds."""
    if ratio <= max(limit, _NO_RATIO):
        return
    n = len(names)
    listed = ", ".join(names[:_MOST_NAMED])
    more = f" and {n - _MOST_NAMED} more" if n > _MOST_NAMED else ""
    found = contradictions(matrix)
    worst = found[0]
    equal = sum(_rank(one) == _rank(worst) for one in found)
    most = (
        "Most at odds with the rest is" if equal == 1 else f"{equal} are equally at odds, such as"
    )
    # the random index is the same before and after
    now = principal(completed(matrix)).excess
    mended = ratio * worst.excess / now
    warn_user(
        f"The comparisons of {listed}{more}{of} have a consistency ratio of {ratio:.3g}, above "
        f"{limit:g}. {most} {names[worst.first]} to {names[worst.second]}, given as "
        f"{judgement_text(worst.given)}; {judgement_text(worst.consistent)} would lower the ratio "
        f"to {mended:.3f}. Ask again; most_inconsistent() lists more, and mended() puts a "
        "value in.",
        InconsistentJudgementWarning,
    )
