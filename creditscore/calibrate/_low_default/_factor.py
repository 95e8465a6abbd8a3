"""What is assumed of the factor that moves all customers at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from creditscore._typing import Philosophy
from creditscore._validation import check_integer, check_real


@dataclass(frozen=True, kw_only=True)
class Factor:
    """One normal factor a period, correlated from period to period.

    Attributes
    ----------
    correlation : float
        Of the asset values of any two customers, in [0, 1).
    n_periods : int
        Periods that customers are observed for.
    period_correlation : float
        Of the factors of neighbouring periods, in [0, 1].
    """

    correlation: float
    n_periods: int
    period_correlation: float

    @classmethod
    def checked(cls, correlation: Any, n_periods: Any, period_correlation: Any, owner: str) -> Self:
        """Read what a caller gives."""
        return cls(
            correlation=check_real(correlation, "correlation", owner, low=0, high=1, closed="left"),
            n_periods=check_integer(n_periods, "n_periods", owner, low=1),
            period_correlation=check_real(
                period_correlation, "period_correlation", owner, low=0, high=1, closed="both"
            ),
        )

    @property
    def philosophy(self) -> Philosophy | None:
        """What a probability means that is averaged over the factor; None where none is."""
        return "through_the_cycle" if self.correlation else None

    def in_words(self) -> str:
        """Say how defaults depend on each other."""
        told = "independent defaults"
        if self.correlation:
            told = f"asset correlation {self.correlation:g}"
        if self.n_periods > 1:
            told += f", {self.n_periods} periods"
            if self.correlation:
                told += f" correlated by {self.period_correlation:g}"
        return told
