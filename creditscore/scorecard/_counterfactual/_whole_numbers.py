"""Which columns hold whole numbers, and the ones that lie in an interval."""

from __future__ import annotations

import math
from itertools import pairwise

from creditscore._frame import Table
from creditscore.binning import NumericPartition
from creditscore.scorecard._characteristic import Characteristic

_LARGEST = 2.0**53
"""Up to it, floats tell whole numbers apart."""
_NEAR = 1e-9
"""Part by which a cut between two whole numbers may be off their middle."""


def is_whole(characteristic: Characteristic, table: Table, *, alone: bool) -> bool:
    """Tell whether a column holds whole numbers only, by its type and the cuts of the card.

    Parameters
    ----------
    characteristic : Characteristic
        Of the card.
    table : Table
        The applicants.
    alone : bool
        Whether the table was made of the values of one applicant. Their types say less than that
        of a column: a ratio may be 1 by chance. The cuts then must be such as lie at whole
        numbers or halfway between two.

    Returns
    -------
    bool
        False also where an interval of the card holds no whole number that is an amount.
    """
    partition = characteristic.partition
    if not isinstance(partition, NumericPartition) or not table.is_whole(characteristic.name):
        return False
    cuts, special = partition.cuts, frozenset(partition.special_values)
    if any(abs(cut) >= _LARGEST for cut in cuts):
        return False
    if any(from_end(low, special) >= high for low, high in pairwise(cuts)):
        return False
    return not alone or all(
        abs(2 * cut - round(2 * cut)) <= _NEAR * max(1.0, abs(cut)) for cut in cuts
    )


def from_end(end: float, special: frozenset[float], *, below: bool = False) -> float:
    """Return the whole number nearest to an end of an interval that is no special code.

    It is at the end or above it; with `below`, below it.
    """
    value = float(math.ceil(end))
    step = -1.0 if below else 1.0
    if below:
        value += step
    while value in special:
        value += step
    return value
