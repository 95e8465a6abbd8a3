"""Which values do as well as the one that a change names."""

from __future__ import annotations

import math
from typing import Any

from creditscore.binning import CategoricalPartition, NumericPartition
from creditscore.scorecard._characteristic import Characteristic
from creditscore.scorecard._counterfactual._change_words import Aim
from creditscore.scorecard._counterfactual._counterfactual_search import Option
from creditscore.scorecard._counterfactual._whole_numbers import from_end


def aim_of(
    characteristic: Characteristic,
    code: int,
    before: Any,
    option: Option,
    sign: int,
    *,
    whole: bool,
) -> Aim:
    """Return the levels or amounts that do as well as the value of an option.

    Bins that lie beyond it in the direction of the move count too, as long as they earn no less.

    Parameters
    ----------
    characteristic : Characteristic
        Of the card.
    code : int
        Attribute of the value that is there.
    before : float, str, bool or None
        That value.
    option : Option
        What it becomes.
    sign : int
        1 where more points are safer, else -1.
    whole : bool
        Whether values are whole numbers; the ends then are such, both included.
    """
    partition, aim = characteristic.partition, option.code
    if aim >= partition.n_regular:
        return Aim(None, None, False, ())
    if isinstance(partition, CategoricalPartition):
        return Aim(None, None, False, partition.groups[aim])
    lower, upper = (ends.tolist() for ends in partition.bounds())
    upwards = _moves(code < partition.n_regular, before, option.value)
    low, high = lower[aim], upper[aim]
    slope = sign * characteristic.attributes[aim].slope
    step = 1 if upwards else -1 if upwards is not None else 0
    if slope and slope * step <= 0:
        # further on it earns less: the value itself is needed, or one just below the cut
        below = not whole and math.nextafter(option.value, math.inf) >= high
        return Aim(option.value, high if below else option.value, not below, ())
    last = aim
    while (
        step
        and 0 <= last + step < partition.n_regular
        and (_least(characteristic, last + step, lower, upper, sign) >= option.points)
    ):
        last += step
    low = option.value if slope and step > 0 else min(low, lower[last])
    high = option.value if slope and step < 0 else max(high, upper[last])
    included = bool(slope and step < 0)
    if whole and isinstance(partition, NumericPartition):
        special = frozenset(partition.special_values)
        low = low if math.isinf(low) else from_end(low, special)
        if not included and not math.isinf(high):
            high, included = from_end(high, special, below=True), True
    return Aim(_finite(low), _finite(high), included, ())


def _moves(from_amount: bool, before: Any, after: Any) -> bool | None:
    """Tell whether a change goes upwards; None from what is no amount."""
    return bool(after > before) if from_amount else None


def _least(
    characteristic: Characteristic, code: int, lower: list[float], upper: list[float], sign: int
) -> float:
    """Return the fewest signed points of an interval; endless ones and refused ones have none."""
    attribute = characteristic.attributes[code]
    if attribute.refused:
        return -math.inf
    first = sign * attribute.points
    if not attribute.slope:
        return first
    return min(first, first + sign * attribute.slope * (upper[code] - lower[code]))


def _finite(end: float) -> float | None:
    return None if math.isinf(end) else end
