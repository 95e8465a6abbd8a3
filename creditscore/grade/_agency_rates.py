"""Default rates of an agency's letter grades, and the bounds between grades of known rates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

AGENCY_LABELS = ("AAA", "AA", "A", "BBB", "BB", "B", "CCC")
AGENCY_RATES = {
    1: (0.0000, 0.0002, 0.0005, 0.0014, 0.0056, 0.0293, 0.2612),
    5: (0.0034, 0.0028, 0.0039, 0.0136, 0.0575, 0.1560, 0.4653),
}
"""Average cumulative default rates over one and five years, fractions, of global corporates
1981-2024: S&P 2024 study, table 24. The last is of CCC, CC and C together."""
LEAST_RATE = 0.0001
"""What a rate of zero is put at, which has no place among ratios."""


def bounds_between(rates: Sequence[float]) -> tuple[float, ...]:
    """Return the geometric mean of each rate and the next."""
    return tuple(math.sqrt(a * b) for a, b in pairwise(rates))
