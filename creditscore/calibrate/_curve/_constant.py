"""One probability for all, where values say nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from creditscore._typing import Float1D
from creditscore._validation import check_real
from creditscore.calibrate._curve._axis import Measure
from creditscore.calibrate._curve._curve import CalibrationCurve, check_measure


@dataclass(frozen=True, kw_only=True)
class ConstantCurve(CalibrationCurve):
    """The same probability of default for every value.

    What is left where values do not rank cases: no curve of the other kinds can say so.

    Parameters
    ----------
    rate : float
        The probability, in [0, 1].

    Raises
    ------
    InvalidParameterError
        A rate that is no fraction.

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.calibrate import ConstantCurve
    >>> ConstantCurve(rate=0.05).prob_default(np.array([500.0, 600.0]), "score")
    array([0.05, 0.05])
    """

    kind: ClassVar[str] = "constant"

    rate: float

    def __post_init__(self) -> None:
        """Check the rate."""
        rate = check_real(self.rate, "rate", type(self).__name__, low=0, high=1, closed="both")
        object.__setattr__(self, "rate", rate)

    def prob_default(self, values: Float1D, measure: Measure) -> Float1D:
        """Return the rate for each value."""
        check_measure(measure, self)
        return np.full(np.shape(values), self.rate)

    def check(self, measure: Measure) -> None:
        """Accept either measure: whoever writes this curve down knows what it says."""

    def describe(self, measure: Measure) -> str:
        """Say that there is one rate."""
        return f"constant, {self.rate:.4%} whatever the {measure}"
