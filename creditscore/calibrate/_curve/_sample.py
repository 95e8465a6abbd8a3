"""The sample that a calibration was estimated on, in a few facts."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from creditscore._checks import check_kind, set_number
from creditscore.exceptions import InvalidParameterError


@dataclass(frozen=True, kw_only=True)
class CalibrationSample:
    """How many cases a calibration was estimated on, over which values and from when.

    Parameters
    ----------
    n, n_bad : float
        Cases and bad ones among them, by weight; both classes are there.
    lowest, highest : float
        Ends of the values that were seen.
    period : str, default=""
        When the cases are from, in words.

    Raises
    ------
    InvalidParameterError
        Counts or ends that do not fit together.

    Examples
    --------
    >>> from creditscore.calibrate import CalibrationSample
    >>> CalibrationSample(n=1000, n_bad=300, lowest=420.5, highest=610, period="1973 to 1975").rate
    0.3
    """

    n: float
    n_bad: float
    lowest: float
    highest: float
    period: str = ""

    def __post_init__(self) -> None:
        """Check the facts."""
        owner = type(self).__name__
        for name in ("n", "n_bad", "lowest", "highest"):
            set_number(self, name)
        if not 0 < self.n_bad < self.n or self.lowest > self.highest:
            msg = (
                f"{owner} needs 0 < n_bad < n and lowest <= highest. Got n_bad={self.n_bad:g}, "
                f"n={self.n:g}, lowest={self.lowest:g}, highest={self.highest:g}."
            )
            raise InvalidParameterError(msg)
        check_kind(self.period, "period", owner, str)

    @property
    def rate(self) -> float:
        """Default rate of the sample."""
        return self.n_bad / self.n

    @property
    def log_odds(self) -> float:
        """Log-odds of default of the sample."""
        return math.log(self.n_bad / (self.n - self.n_bad))

    def __str__(self) -> str:
        """Say in a few words how many and from when."""
        period = f" of {self.period}" if self.period else ""
        return f"{self.n:,.0f} cases{period}, {self.n_bad:,.0f} bad ({self.rate:.2%})"

    def content(self) -> dict[str, Any]:
        """Return plain values for a file."""
        return asdict(self)
