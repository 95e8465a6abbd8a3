"""Margin of conservatism: what is added to a best estimate, and why."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from creditscore._checks import set_number
from creditscore._typing import Float1D
from creditscore._validation import check_choice
from creditscore.calibrate._level._shift import moved
from creditscore.exceptions import InvalidParameterError

MarginCategory: TypeAlias = Literal["A", "B", "C"]
MarginUnit: TypeAlias = Literal["relative", "log_odds"]
_CATEGORIES = {
    "A": "deficiencies of data and methods",
    "B": "changes of standards, appetite or market",
    "C": "error of estimation",
}


@dataclass(frozen=True, kw_only=True)
class Margin:
    """One part of a margin of conservatism.

    Parameters
    ----------
    category : {"A", "B", "C"}
        A: deficiencies of data and methods; B: changes of underwriting standards, risk appetite,
        collection or any other cause of further uncertainty; C: general error of estimation.
    value : float
        Above zero: a share of the best estimate, 0.1 for a tenth, or a shift of the log-odds.
    reason : str
        Why, and how it was quantified.
    unit : {"relative", "log_odds"}, default="relative"
        Which of the two `value` is.

    Raises
    ------
    InvalidParameterError
        A value that is not above zero, or no reason. An estimate without a margin has none,
        rather than one of zero.

    See Also
    --------
    Calibration.estimation_margin : Category C from the interval of a calibration.

    Notes
    -----
    Parts add up within their unit, as the guidelines have it for the categories [1]_: the
    log-odds of the best estimate are moved by the sum of the one kind, and the result is
    multiplied by 1 plus the sum of the other, up to a probability of 1.

    References
    ----------
    .. [1] European Banking Authority, *Guidelines on PD estimation, LGD estimation and the
       treatment of defaulted exposures*, EBA/GL/2017/16, section 4.4.

    Examples
    --------
    >>> from creditscore.calibrate import Margin
    >>> Margin(category="A", value=0.05, reason="outcomes of 2019 were rebuilt from the ledger")
    Margin(A +5.00 %: outcomes of 2019 were rebuilt from the ledger)
    """

    category: MarginCategory
    value: float
    reason: str
    unit: MarginUnit = "relative"

    def __post_init__(self) -> None:
        """Check that there is a margin and a reason for it."""
        owner = type(self).__name__
        check_choice(self.category, "category", owner, tuple(_CATEGORIES))
        check_choice(self.unit, "unit", owner, ("relative", "log_odds"))
        set_number(self, "value", low=0)
        if not isinstance(self.reason, str) or not self.reason.strip():
            msg = (
                f"The 'reason' parameter of {owner} must be text that says why the margin is "
                f"there. Got {self.reason!r} instead."
            )
            raise InvalidParameterError(msg)

    @property
    def size(self) -> str:
        """The value with its unit, as text; above 1, also what it multiplies the estimate by."""
        if self.unit == "log_odds":
            return f"+{self.value:.4g} log-odds"
        # a percentage that was given for a fraction shows by what it does
        told = f" (times {1 + self.value:.3g})" if self.value > 1 else ""
        return f"+{100 * self.value:.2f} %{told}"

    def __repr__(self) -> str:
        """Say in one line how much and why."""
        return f"{type(self).__name__}({self.category} {self.size}: {self.reason})"

    def content(self) -> dict[str, Any]:
        """Return plain values for a file."""
        return {
            "category": self.category,
            "value": self.value,
            "reason": self.reason,
            "unit": self.unit,
        }


def with_margins(prob: Float1D, margins: Sequence[Margin]) -> Float1D:
    """Add margins to probabilities, which stay fractions."""
    shift = math.fsum(margin.value for margin in margins if margin.unit == "log_odds")
    share = math.fsum(margin.value for margin in margins if margin.unit == "relative")
    return np.minimum(moved(prob, shift) * (1 + share), 1.0) if margins else prob
