"""Why a score is not higher: shortfalls against a baseline, largest first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from creditscore._typing import Float2D, ReasonBaseline
from creditscore._validation import check_choice
from creditscore.exceptions import UncalibratedCardError
from creditscore.scorecard._characteristic import Characteristic

_ROUNDING = 1e-9
"""Points below which a difference is rounding and no reason."""


def reference_points(characteristic: Characteristic, baseline: ReasonBaseline) -> float:
    """Return the points that a row's points in this characteristic are compared with."""
    check_choice(baseline, "baseline", "reasons", ("neutral", "average", "maximum"))
    if baseline == "maximum":
        return characteristic.points_range[1]
    if baseline == "neutral":
        if characteristic.neutral_points is None:
            msg = (
                f"Characteristic {characteristic.name!r} has no neutral points. Set "
                "neutral_points, or use baseline='maximum'."
            )
            raise UncalibratedCardError(msg)
        return characteristic.neutral_points
    return _average_points(characteristic)


def _average_points(characteristic: Characteristic) -> float:
    counts = []
    for attribute in characteristic.attributes:
        if attribute.n_good is None or attribute.n_bad is None:
            raise _no_average(characteristic, "holds no counts to average over")
        counts.append(attribute.n_good + attribute.n_bad)
        if attribute.slope and counts[-1]:
            # counts say how many rows an interval holds, not where in it they lie
            raise _no_average(characteristic, "has linear points, whose average is not known")
    if not any(counts):
        raise _no_average(characteristic, "has counts of 0 only, so there is no average")
    points = [attribute.points for attribute in characteristic.attributes]
    return float(np.average(points, weights=counts))


def _no_average(characteristic: Characteristic, why: str) -> UncalibratedCardError:
    return UncalibratedCardError(
        f"Characteristic {characteristic.name!r} {why}. Use baseline='maximum', or a card that "
        "was estimated."
    )


def reason_columns(
    shortfalls: Float2D, names: Sequence[str], n: int
) -> dict[str, list[str | None]]:
    """Return the names of the n largest positive shortfalls of each row, a list a rank."""
    order = np.argsort(-shortfalls, axis=1, kind="stable")[:, :n]
    counts = np.take_along_axis(shortfalls, order, axis=1) > _ROUNDING
    columns: dict[str, list[str | None]] = {}
    for rank in range(n):
        if rank < order.shape[1]:
            columns[f"reason_{rank + 1}"] = [
                names[i] if yes else None
                for i, yes in zip(order[:, rank], counts[:, rank], strict=True)
            ]
        else:
            columns[f"reason_{rank + 1}"] = [None] * len(shortfalls)
    return columns
