"""What reasons compare with where nobody says."""

from __future__ import annotations

from creditscore._typing import ReasonBaseline
from creditscore.scorecard import Scorecard


def baseline_of(card: Scorecard, baseline: ReasonBaseline | None) -> ReasonBaseline:
    """Return the baseline asked for, or "neutral", or "maximum" without neutral points."""
    if baseline is not None:
        return baseline
    neutral = all(c.neutral_points is not None for c in card.characteristics)
    return "neutral" if neutral else "maximum"
