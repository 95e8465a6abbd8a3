"""Weights by comparisons with the best and with the worst criterion alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy.optimize import brentq, linprog

from creditscore._checks import check_kind
from creditscore._typing import Float1D
from creditscore._validation import as_floats, check_choice
from creditscore.exceptions import InvalidDataError
from creditscore.expert._weights._weights import Weights, check_names, check_same_names

_SAME = 1e-9
"""Difference up to which two ways of giving one judgement are the same."""


@dataclass(frozen=True)
class _Judgements:
    """What was compared: places of the best and the worst, and the judgements of both."""

    names: tuple[str, ...]
    best: int
    worst: int
    to_others: Float1D
    to_worst: Float1D

    @property
    def widest(self) -> float:
        """Return the judgement of the best to the worst."""
        return float(self.to_others[self.worst])

    @property
    def between(self) -> list[int]:
        """Return the places of all other criteria."""
        return [i for i in range(len(self.names)) if i not in (self.best, self.worst)]


def best_worst_weights(
    *,
    best_to_others: Mapping[str, float],
    others_to_worst: Mapping[str, float],
    model: Literal["linear", "nonlinear"] = "linear",
) -> Weights:
    """Weigh criteria by comparing the best one with all, and all with the worst one.

    It asks for 2 n - 3 judgements, where all pairs of n criteria are n (n - 1) / 2. Both sets of
    judgements are passed by name: the one in the place of the other would turn the weights round.

    Parameters
    ----------
    best_to_others : mapping of str to float
        How many times as important the best criterion is as each: 1 for itself, then 1 to 9 (or
        more). It tells which one is the best.
    others_to_worst : mapping of str to float
        How many times as important each criterion is as the worst: 1 for the worst itself. The
        best has the number here that the worst has above.
    model : {"linear", "nonlinear"}, default="linear"
        Which deviation is made as small as can be. The linear one takes
        :math:`|w_B - a_{Bj} w_j|` and :math:`|w_j - a_{jW} w_W|` (Rezaei 2016). The nonlinear one
        takes :math:`|w_B / w_j - a_{Bj}|` and :math:`|w_j / w_W - a_{jW}|` (Rezaei 2015); with
        more than three criteria many weights may be equally good, and the middle of their
        intervals is returned, divided by its sum.

    Returns
    -------
    Weights
        Of method "best_worst". The evidence holds best, worst, model, deviation (the largest,
        0 where nothing contradicts) and input_consistency_ratio, from 0 to 1; of the nonlinear
        model also consistency_index, consistency_ratio (deviation by index) and intervals (the
        lowest and highest weight of each criterion).

    Raises
    ------
    InvalidDataError
        A judgement is missing, infinite or below 1; no criterion has 1; the best is also the
        worst; the best to the worst differs in the two; a criterion is further from the best, or
        from the worst, than these are from each other.
    InvalidParameterError
        Criteria that differ in the two, or a model that there is not.

    See Also
    --------
    PairwiseComparison : All pairs, or some of them.

    Notes
    -----
    The input consistency ratio is the largest of
    :math:`|a_{Bj} a_{jW} - a_{BW}| / (a_{BW}^2 - a_{BW})` over the criteria (Liang, Brunelli and
    Rezaei 2020). The consistency index is the smaller root of
    :math:`x^2 - (1 + 2 a_{BW}) x + a_{BW}^2 - a_{BW} = 0`, Rezaei's table of 0, 0.44, 1.00, 1.63,
    2.30, 3.00, 3.73, 4.47 and 5.23 for :math:`a_{BW}` of 1 to 9. It is the largest deviation of
    one criterion: two that contradict in opposite ways can come to a ratio of 1.14 where
    :math:`a_{BW}` is below 3. The linear model is a linear
    programme of n + 1 variables; the nonlinear one comes down to a root in one unknown: given the
    ratio of best to worst, each criterion's own condition is an interval.

    References
    ----------
    Rezaei, J. (2015). Best-worst multi-criteria decision-making method. Omega 53, 49-57.

    Rezaei, J. (2016). Best-worst multi-criteria decision-making method: some properties and a
    linear model. Omega 64, 126-130.

    Liang, F., Brunelli, M. and Rezaei, J. (2020). Consistency issues in the best worst method:
    measurements and thresholds. Omega 96, 102175.

    Examples
    --------
    >>> from creditscore.expert import best_worst_weights
    >>> best_worst_weights(
    ...     best_to_others={"capacity": 1, "capital": 2, "conditions": 8},
    ...     others_to_worst={"capacity": 8, "capital": 4, "conditions": 1},
    ... )
    Weights(capacity 61.5 %, capital 30.8 %, conditions 7.7 %; best_worst)
    """
    owner = "best_worst_weights"
    check_choice(model, "model", owner, ("linear", "nonlinear"))
    given = _read(best_to_others, others_to_worst, owner)
    values, evidence = _linear(given) if model == "linear" else _nonlinear(given)
    return Weights.of(
        dict(zip(given.names, values.tolist(), strict=True)),
        method="best_worst",
        evidence={
            "best": given.names[given.best],
            "worst": given.names[given.worst],
            "model": model,
            "input_consistency_ratio": _input_ratio(given),
            **evidence,
        },
    )


def _read(best_to_others: Any, others_to_worst: Any, owner: str) -> _Judgements:
    check_kind(best_to_others, "best_to_others", owner, Mapping)
    check_kind(others_to_worst, "others_to_worst", owner, Mapping)
    names = check_names(tuple(best_to_others), owner)
    check_same_names(names, list(others_to_worst), "best_to_others")
    to_others = _values(best_to_others, names, "best_to_others")
    to_worst = _values(others_to_worst, names, "others_to_worst")
    # of criteria as good as the best, and as bad as the worst, those that are furthest apart
    best = max(_ones(to_others, "best_to_others", "best"), key=lambda i: to_worst[i])
    worst = max(_ones(to_worst, "others_to_worst", "worst"), key=lambda i: to_others[i])
    if best == worst and len(names) > 1:
        others = [i for i in _ones(to_worst, "others_to_worst", "worst") if i != best]
        if not others or to_others.max() > 1 + _SAME or to_worst.max() > 1 + _SAME:
            msg = f"{names[best]!r} is given as the best and as the worst criterion."
            raise InvalidDataError(msg)
        worst = others[-1]
    given = _Judgements(names, best, worst, to_others, to_worst)
    _check_contradictions(given)
    return given


def _values(judgements: Mapping[str, Any], names: tuple[str, ...], what: str) -> Float1D:
    values = as_floats([judgements[name] for name in names], f"The judgements of {what}")
    for name, value in zip(names, values.tolist(), strict=True):
        if not 1 <= value < math.inf:
            msg = (
                f"The judgement of {name!r} in {what} must be a number, 1 or more, as the best "
                f"is at least as important as any, and any as the worst. Got {value:g}."
            )
            raise InvalidDataError(msg)
    return values


def _ones(values: Float1D, what: str, which: str) -> list[int]:
    found = np.flatnonzero(values <= 1 + _SAME)
    if not len(found):
        msg = f"No criterion has 1 in {what}: the {which} one, compared with itself, has it."
        raise InvalidDataError(msg)
    return [int(i) for i in found]


def _check_contradictions(given: _Judgements) -> None:
    names, best, worst = given.names, given.names[given.best], given.names[given.worst]
    widest, other = given.widest, float(given.to_worst[given.best])
    if abs(widest - other) > _SAME * widest:
        msg = (
            f"The best criterion {best!r} is {widest:g} times as important as the worst {worst!r} "
            f"in best_to_others, and {other:g} times in others_to_worst: it is one judgement."
        )
        raise InvalidDataError(msg)
    for values, text in (
        (given.to_others, f"The best criterion {best!r} is {{0:g}} times as important as {{1!r}}"),
        (given.to_worst, f"{{1!r}} is {{0:g}} times as important as the worst criterion {worst!r}"),
    ):
        most = int(values.argmax())
        if values[most] > widest * (1 + _SAME):
            told = text.format(float(values[most]), names[most])
            msg = (
                f"{told}, and best to worst are only {widest:g} apart: is {names[most]!r} not "
                "further out itself?"
            )
            raise InvalidDataError(msg)


def _input_ratio(given: _Judgements) -> float:
    widest = given.widest
    if widest <= 1 + _SAME:
        return 0.0
    off = np.abs(given.to_others * given.to_worst - widest)[given.between]
    return float(off.max(initial=0.0) / (widest**2 - widest))


def _linear(given: _Judgements) -> tuple[Float1D, dict[str, Any]]:
    """Solve the linear programme of Rezaei (2016)."""
    n = len(given.names)
    rows = []
    for j in range(n):
        for left, right, times in (
            (given.best, j, given.to_others[j]),
            (j, given.worst, given.to_worst[j]),
        ):
            if left != right:
                row = np.zeros(n + 1)
                row[left], row[right] = 1.0, -times
                rows += [row, -row]
    limits = np.array(rows).reshape(-1, n + 1)
    limits[:, n] = -1.0
    found = linprog(
        np.eye(n + 1)[n],
        A_ub=limits,
        b_ub=np.zeros(len(limits)),
        A_eq=[[1.0] * n + [0.0]],
        b_eq=[1.0],
        method="highs",
    )
    return np.maximum(found.x[:n], 0.0), {"deviation": max(0.0, float(found.x[n]))}


def _nonlinear(given: _Judgements) -> tuple[Float1D, dict[str, Any]]:
    """Solve the model of Rezaei (2015), and return the middle of its best weights."""
    widest = given.widest
    index = (1 + 2 * widest - math.sqrt(1 + 8 * widest)) / 2
    deviation = 0.0 if _gap(given, 0.0) <= _SAME else float(brentq(
        lambda x: _gap(given, x), 0.0, widest, xtol=1e-14))  # fmt: skip
    low, high = _intervals(given, deviation)
    middle = (low + high) / 2
    names = given.names
    return middle / middle.sum(), {
        "deviation": deviation,
        "consistency_index": index,
        "consistency_ratio": deviation / index if index > _SAME else 0.0,
        "intervals": {
            name: [float(a), float(b)] for name, a, b in zip(names, low, high, strict=True)
        },
    }


def _bounds(given: _Judgements, deviation: float) -> tuple[Float1D, Float1D]:
    """Return what each criterion allows the ratio of best to worst to be."""
    others, worst = given.to_others[given.between], given.to_worst[given.between]
    low = np.maximum(others - deviation, 0) * np.maximum(worst - deviation, 0)
    high = (others + deviation) * (worst + deviation)
    return np.append(low, given.widest - deviation), np.append(high, given.widest + deviation)


def _gap(given: _Judgements, deviation: float) -> float:
    low, high = _bounds(given, deviation)
    return float(low.max() - high.min())


def _intervals(given: _Judgements, deviation: float) -> tuple[Float1D, Float1D]:
    """Return the lowest and highest weights at the least deviation."""
    low, high = _bounds(given, deviation)
    ratio = float(low.max() + high.min()) / 2
    n = len(given.names)
    least, most = np.ones(n), np.ones(n)
    if n > 1:
        least[given.best] = most[given.best] = ratio
    for j in given.between:
        a, b = given.to_others[j], given.to_worst[j]
        bounds = (
            max(b - deviation, ratio / (a + deviation)),
            min(b + deviation, ratio / (a - deviation) if a > deviation else math.inf),
        )
        # at the criterion that sets the deviation both ends are one number, but for rounding
        least[j], most[j] = min(bounds), max(bounds)
    return least / (least + most.sum() - most), most / (most + least.sum() - least)
