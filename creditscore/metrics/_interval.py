"""An estimate with its confidence interval."""

from __future__ import annotations

from typing import NamedTuple


class Interval(NamedTuple):
    """An estimate and the interval around it.

    Attributes
    ----------
    estimate : float
        The point estimate.
    lower, upper : float
        Ends of the interval.
    level : float
        Confidence level, a fraction.

    Examples
    --------
    >>> from creditscore.metrics import Interval
    >>> print(Interval(0.75, 0.72, 0.78, 0.95))
    0.750 (0.720 to 0.780)
    """

    estimate: float
    lower: float
    upper: float
    level: float

    def __str__(self) -> str:
        return f"{self.estimate:.3f} ({self.lower:.3f} to {self.upper:.3f})"
