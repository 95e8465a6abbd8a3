"""What a calibration is given: values of a measure, outcomes, weights; and columns as they came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from creditscore._typing import Bool1D, Float1D
from creditscore._validation import (
    as_floats,
    check_both_classes,
    check_same_order,
    check_scores,
    check_weights,
)
from creditscore.exceptions import InvalidDataError, InvalidWeightError, RankingError

Measure: TypeAlias = Literal["score", "prob_default"]
MEASURES = ("score", "prob_default")


@dataclass(frozen=True, eq=False)
class Cases:
    """Rows of some weight: outcomes, what foretold them, and how often each counts."""

    is_bad: Bool1D
    values: Float1D
    weights: Float1D | None

    @property
    def counts(self) -> Float1D:
        """Weights, or ones."""
        return np.ones(len(self.values)) if self.weights is None else self.weights

    @property
    def n(self) -> float:
        """How many rows there are, by weight."""
        return float(self.counts.sum())

    @property
    def n_bad(self) -> float:
        """How many of them are bad."""
        return float(self.counts[self.is_bad].sum())


def read_cases(
    is_bad: Any, values: Any, sample_weight: Any, measure: Measure, name: str | None = None
) -> Cases:
    """Read outcomes of both kinds, finite values that differ, and weights."""
    called = measure if name is None else name
    check_same_order(is_bad, values, beside="is_bad", name=called, error=InvalidDataError)
    check_same_order(is_bad, sample_weight, beside="is_bad", name="sample_weight",
                     error=InvalidWeightError)  # fmt: skip
    bad, numbers = check_scores(is_bad, values, name=called)
    weights = check_weights(sample_weight, n_rows=len(numbers))
    check_both_classes(bad, weights)
    check_measured(numbers, measure, called)
    if weights is not None and not weights.all():
        rows = weights > 0
        bad, numbers, weights = bad[rows], numbers[rows], weights[rows]
    if np.ptp(numbers) == 0:
        msg = (
            f"All cases have one {called}, {numbers[0]:g}, so that outcomes say nothing of it. "
            "Bring cases that differ."
        )
        raise RankingError(msg)
    return Cases(bad, numbers, weights)


def check_measured(values: Float1D, measure: Measure, name: str) -> None:
    """Refuse missing values, infinite scores, and probabilities that are none."""
    if measure == "prob_default":
        odd, what = ~((values >= 0) & (values <= 1)), "fractions in [0, 1]"
    else:
        odd, what = ~np.isfinite(values), "finite numbers"
    if not odd.any():
        return
    row = int(odd.argmax())
    missing = bool(np.isnan(values.flat[row]))
    hint = (
        "Score these customers first, or leave them out."
        if missing
        else "A percentage is divided by 100; of a score, say measure='score'."
        if measure == "prob_default"
        else "No card gives such a score: odds of zero may have made it."
    )
    shown = "missing (NaN)" if missing else f"{values.flat[row]:g}"
    msg = (
        f"The {name} to calibrate must hold {what}. Got {int(odd.sum()):,} other value(s), the "
        f"first at row {row}: {shown}. {hint}"
    )
    raise InvalidDataError(msg)


def read_values(values: Any, measure: Measure) -> Float1D:
    """Read values of any shape at which a calibration is asked."""
    numbers = as_floats(values, f"The {measure}")
    check_measured(numbers, measure, measure)
    return numbers
