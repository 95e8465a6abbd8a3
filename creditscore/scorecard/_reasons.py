"""Why a score is not safer: shortfalls against a baseline, largest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import narwhals as nw
import numpy as np
import numpy.typing as npt

from creditscore._frame import Table
from creditscore._typing import Float2D, Int1D, NativeFrame, ReasonBaseline
from creditscore._validation import check_choice
from creditscore.exceptions import UncalibratedCardError
from creditscore.scorecard._characteristic import Characteristic

Int2D: TypeAlias = npt.NDArray[np.intp]
Bool2D: TypeAlias = npt.NDArray[np.bool_]
FloatArray: TypeAlias = npt.NDArray[np.float64]

LEAST_SHORTFALL = 1e-9
"""Points up to which a difference is rounding and no reason."""
BILLIONTHS = 1e9
"""Parts of a point by which shortfalls are compared."""


def in_billionths(shortfalls: FloatArray) -> FloatArray:
    """Return what shortfalls are ordered by: whole billionths of a point, 0 for no reason.

    So differences of rounding, as between 0.3 - 0.2 and 1.3 - 1.2, break no tie. A half is rounded
    up, by operations that are exact in any language, so that compiled and exported cards order in
    the same way.
    """
    with np.errstate(over="ignore"):
        rounded = np.floor(shortfalls * BILLIONTHS + 0.5)
    return np.where(shortfalls > LEAST_SHORTFALL, rounded, 0.0)


def reference_points(
    characteristic: Characteristic, baseline: ReasonBaseline, *, higher_is_safer: bool = True
) -> float:
    """Return the points that a row's points in this characteristic are compared with.

    "maximum" is the best that can be had: on a reversed scale, the least points.
    """
    check_choice(baseline, "baseline", "reasons", ("neutral", "average", "maximum"))
    if baseline == "maximum":
        return characteristic.points_range[1 if higher_is_safer else 0]
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


@dataclass(frozen=True)
class Ranking:
    """The n largest shortfalls of each row that count, in order.

    Attributes
    ----------
    order : ndarray of int, shape (n_rows, n_ranks)
        Places of characteristics.
    points : ndarray of shape (n_rows, n_ranks)
        Their shortfalls.
    counts : ndarray of bool, shape (n_rows, n_ranks)
        Whether there is a reason of this rank.
    n : int
        Ranks asked for; there may be more than characteristics.
    """

    order: Int2D
    points: Float2D
    counts: Bool2D
    n: int

    @classmethod
    def of(cls, shortfalls: Float2D, n: int) -> Ranking:
        """Rank; of shortfalls equal to nine decimals, those first in the card come first."""
        order = np.argsort(-in_billionths(shortfalls), axis=1, kind="stable")[:, :n]
        points = np.take_along_axis(shortfalls, order, axis=1)
        return cls(order=order, points=points, counts=points > LEAST_SHORTFALL, n=n)

    def names(self, names: Sequence[str]) -> dict[str, list[str | None]]:
        """Return the characteristics, a list a rank, None where there is no reason."""
        return self._columns("reason_{}", np.asarray(names, dtype=object)[self.order])

    def detailed_frame(
        self,
        table: Table,
        names: Sequence[str],
        codes: Sequence[Int1D],
        labels: Sequence[Sequence[str]],
    ) -> NativeFrame:
        """Return characteristics, points lost and attributes side by side, rank by rank.

        `codes` holds the attribute of each row and `labels` their texts, by characteristic.
        """
        starts = np.cumsum([0, *map(len, labels)])[:-1]
        texts = np.array([text for of_one in labels for text in of_one], dtype=object)
        places = np.take_along_axis(np.column_stack(codes) + starts, self.order, axis=1)
        attributes = self._columns("reason_{}_attribute", texts[places])
        reasons = self.names(names)
        frame = nw.from_native(table.to_frame(reasons | attributes, text=True), eager_only=True)
        # typed, because a rank that no row reaches has no value to tell the type by
        points = [
            nw.new_series(title, values, nw.Float64, backend=frame.implementation)
            for title, values in self._columns("reason_{}_points", self.points).items()
        ]
        order = [f"{name}{ending}" for name in reasons for ending in ("", "_points", "_attribute")]
        return frame.with_columns(*points).select(order).to_native()

    def _columns(self, title: str, values: np.ndarray[Any, Any]) -> dict[str, list[Any]]:
        shown = np.full((len(values), self.n), None, dtype=object)
        shown[:, : values.shape[1]][self.counts] = values[self.counts]
        return {title.format(rank + 1): shown[:, rank].tolist() for rank in range(self.n)}
