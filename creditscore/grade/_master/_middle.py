"""The geometric middle of each grade's interval of probabilities."""

from __future__ import annotations

import math
from itertools import pairwise

from creditscore._validation import check_real
from creditscore.exceptions import InvalidParameterError
from creditscore.grade._scale import GradeScale

_OWNER = "MasterScale.from_scale"


def geometric_middles(scale: GradeScale, lowest: float | None, highest: float) -> tuple[float, ...]:
    """Return √(lower · upper) of each grade, the outer ends being given."""
    if scale.measure == "score":
        msg = (
            "The scale has bounds on scores, and the middle of an interval of scores is no "
            "probability. Give prob_default."
        )
        raise InvalidParameterError(msg)
    bounds = scale.bounds
    last = bounds[-1] if bounds else 0.0
    high = check_real(highest, "highest", _OWNER, low=last, high=1, closed="right")
    if lowest is None:
        if not bounds:
            msg = "A scale of one grade has no width to take a middle of. Give prob_default."
            raise InvalidParameterError(msg)
        # as wide as the next grade: lowest / first bound = first bound / next end
        low = bounds[0] ** 2 / (bounds[1] if len(bounds) > 1 else high)
    else:
        first = bounds[0] if bounds else high
        low = check_real(lowest, "lowest", _OWNER, low=0, high=first, closed="neither")
    return tuple(math.sqrt(a * b) for a, b in pairwise((low, *bounds, high)))
