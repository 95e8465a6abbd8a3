"""What expert cards are held against: a card, rows, outcomes and weights, each checked once."""

from __future__ import annotations

from typing import Any

import numpy as np

from creditscore._typing import Bool1D, Float1D, NativeFrame
from creditscore._validation import (
    check_both_classes,
    check_outcomes,
    check_same_order,
    check_weights,
)
from creditscore.exceptions import (
    InvalidDataError,
    InvalidParameterError,
    InvalidWeightError,
    UncalibratedCardError,
)
from creditscore.scorecard import PointsScale, Scorecard

LEAST_CASES = 5
"""Cases of the rarer class for each coefficient, below which errors mean little."""


def plain_card(card: Any, name: str, owner: str) -> Scorecard:
    """Return a card of points; of an expert card, the one that it makes."""
    plain = getattr(card, "scorecard", card)
    if not isinstance(plain, Scorecard):
        msg = (
            f"The {name!r} parameter of {owner} must be a Scorecard or an ExpertScorecard. Got "
            f"{card!r} instead. A fitted model holds its card as model.scorecard_; of a segmented "
            "one, pass the card and the rows of one segment at a time."
        )
        raise InvalidParameterError(msg)
    return plain


def scale_of(card: Scorecard, name: str, owner: str) -> PointsScale:
    """Return the scale of a card, or refuse one that has none."""
    if card.scale is None:
        msg = (
            f"The {name!r} card of {owner} has no scale, so nothing says which odds belong to its "
            f"scores. Estimate it: calibrated({name}, X, is_bad); or, where the odds at a score "
            "are known, card.on_scale(PointsScale(…))."
        )
        raise UncalibratedCardError(msg)
    return card.scale


def read_outcomes(
    X: NativeFrame, is_bad: Any, sample_weight: Any, n_rows: int
) -> tuple[Bool1D, Float1D | None]:
    """Return outcomes, both of them, and weights of rows that were scored."""
    check_same_order(X, is_bad, name="is_bad")
    check_same_order(X, sample_weight, name="sample_weight", error=InvalidWeightError)
    bad = check_outcomes(is_bad, n_rows=n_rows, beside="X")
    weights = check_weights(sample_weight, n_rows=n_rows)
    check_both_classes(bad, weights)
    return bad, weights


def counts_of(is_bad: Bool1D, weights: Float1D | None) -> tuple[float, float]:
    """Return how many are good and how many are bad."""
    counts = np.ones(len(is_bad)) if weights is None else weights
    n_bad = float(counts[is_bad].sum())
    return float(counts.sum()) - n_bad, n_bad


def log_odds_of(card: Scorecard, scale: PointsScale, X: NativeFrame) -> Float1D:
    """Return ln(good / bad) of each row by a card on a scale."""
    return scale.log_odds(np.asarray(card.score(X), dtype=np.float64))


def check_spread(values: Float1D, weights: Float1D | None, what: str) -> None:
    """Refuse numbers that are all one, from which nothing can be learnt."""
    seen = values if weights is None else values[weights > 0]
    if np.ptp(seen) == 0:
        msg = (
            f"All cases have one {what}, {seen[0]:g}, so that outcomes say nothing of it. Bring "
            "cases that differ."
        )
        raise InvalidDataError(msg)
