"""Values that the sample of a card never held: how they score, and that it is said."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from creditscore._frame import Table
from creditscore._typing import Float1D, Int1D
from creditscore._warn import warn_user
from creditscore.exceptions import UnseenValueWarning
from creditscore.scorecard._characteristic import Characteristic


def codes_and_points(
    characteristics: Sequence[Characteristic], table: Table
) -> Iterator[tuple[Int1D, Float1D]]:
    """Yield attributes and points of all rows by characteristic.

    One warning at the end names all values that the sample never held, so that a caller of a
    card hears of them once.
    """
    unseen: list[str] = []
    by_policy = False
    for characteristic in characteristics:
        codes, points = characteristic.codes_and_points(table)
        found = _unseen_values(characteristic, codes)
        by_policy |= any(characteristic.attributes[code].treatment for code in found)
        unseen += _described(characteristic, codes, found)
        yield codes, points
    if unseen:
        policy = ", or as the policy of their bins says" if by_policy else ""
        warn_user(
            f"Values that the fit never met score as neutral{policy}: {'; '.join(unseen)}. Nothing "
            "is known of their risk: find out why they occur now, fit again with data that hold "
            "them, or give these attributes points of your own.",
            UnseenValueWarning,
        )


def _unseen_values(characteristic: Characteristic, codes: Int1D) -> list[int]:
    """Find the attributes that rows fall in now and that no row of the fit fell in.

    Points that are not the neutral ones were given by an author, who meant them, as were those of
    a treatment that a policy names. Levels never seen are not listed: the partition names them
    with its own warning.
    """
    unmet = unmet_codes(characteristic)
    if not unmet:
        return []
    counts = np.bincount(codes, minlength=len(characteristic.attributes))
    return [code for code in unmet if counts[code]]


def _described(characteristic: Characteristic, codes: Int1D, found: Sequence[int]) -> list[str]:
    if not found:
        return []
    counts = np.bincount(codes, minlength=len(characteristic.attributes))
    labels = characteristic.partition.labels
    return [
        f"column {characteristic.name!r} is {labels[code]!r} in {counts[code]} row(s), "
        f"{characteristic.attributes[code].points:.1f} points each"
        for code in found
    ]


def unmet_codes(characteristic: Characteristic) -> list[int]:
    """Return the attributes without a row of the fit whose points nobody gave them."""
    neutral = characteristic.neutral_points
    if neutral is None:
        return []
    kinds = characteristic.partition.attribute_kinds
    return [
        code
        for code, attribute in enumerate(characteristic.attributes)
        if attribute.unmet
        and kinds[code] != "other"
        and (
            attribute.treatment == "unmet"
            if attribute.treatment
            else math.isclose(attribute.points, neutral, rel_tol=1e-9, abs_tol=1e-9)
        )
    ]
