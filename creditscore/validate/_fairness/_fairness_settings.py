"""Where an assessment of fairness draws its lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from creditscore._repr import changed_repr
from creditscore._validation import check_choice, check_integer, check_real
from creditscore.exceptions import InvalidParameterError
from creditscore.validate._battery._finding import Verdict
from creditscore.validate._fairness._groups import MissingGroup

_PAIRS = (
    ("difference_watch", "difference_fail"),
    ("mean_difference_watch", "mean_difference_fail"),
    ("fail_below", "watch_below"),
)


@dataclass(frozen=True, kw_only=True, repr=False)
class FairnessSettings:
    """Bounds of :func:`fairness_table`; customs, not law.

    Parameters
    ----------
    reference : scalar, optional
        Group that the others are compared with; by default the one that is approved most often.
    missing : {"error", "group"}, default="error"
        Whether a missing group is an error, or a group of its own, named "missing".
    min_share : float, default=0.02
        A group of less than this share of cases is told and not judged; in [0, 1).
    min_count : int, default=1
        The same for a number of cases.
    threshold : float, default=0.8
        An adverse impact ratio strictly below it indicates adverse impact; in (0, 1].
    difference_watch : float, default=0.05
        Difference of rates between groups, of equal opportunity, equalised odds and predictive
        parity, above which the verdict is "watch".
    difference_fail : float, default=0.1
        The same for "fail", if the difference is significant.
    mean_difference_watch : float, default=0.2
        Standardised mean difference, of either sign, above which the verdict is "watch".
    mean_difference_fail : float, default=0.3
        The same for "fail".
    watch_below : float, default=0.05
        p-value below which tests of calibration and AUC say "watch", and a difference of rates is
        significant.
    fail_below : float, default=0.01
        p-value below which tests of calibration and AUC say "fail".
    level : float, default=0.95
        Confidence level of intervals, in (0, 1).

    Raises
    ------
    InvalidParameterError
        A bound is out of range, or "fail" does not lie beyond "watch".

    Examples
    --------
    >>> from creditscore.validate import FairnessSettings
    >>> FairnessSettings(min_count=30, missing="group")
    FairnessSettings(missing='group', min_count=30)
    """

    reference: Any = None
    missing: MissingGroup = "error"
    min_share: float = 0.02
    min_count: int = 1
    threshold: float = 0.8
    difference_watch: float = 0.05
    difference_fail: float = 0.1
    mean_difference_watch: float = 0.2
    mean_difference_fail: float = 0.3
    watch_below: float = 0.05
    fail_below: float = 0.01
    level: float = 0.95

    def __post_init__(self) -> None:
        """Check each bound, and that pairs are in order."""
        owner = type(self).__name__
        check_choice(self.missing, "missing", owner, ("error", "group"))
        check_integer(self.min_count, "min_count", owner, low=0)
        check_real(self.min_share, "min_share", owner, low=0, high=1, closed="left")
        check_real(self.threshold, "threshold", owner, low=0, high=1, closed="right")
        check_real(self.level, "level", owner, low=0, high=1)
        for first, second in _PAIRS:
            low, high = getattr(self, first), getattr(self, second)
            for name, value in ((first, low), (second, high)):
                top = float("inf") if name.startswith("mean") else 1.0
                check_real(value, name, owner, low=0, high=top, closed="both")
            if low > high:
                msg = f"{first} of {owner} must not be above {second}. Got {low:g} and {high:g}."
                raise InvalidParameterError(msg)

    def difference_verdict(self, difference: float, p_value: float) -> Verdict:
        """Grade a difference of rates by its size, and by whether it may be chance."""
        if difference != difference:  # noqa: PLR0124 - NaN
            return "not tested"
        if difference > self.difference_fail and p_value < self.watch_below:
            return "fail"
        return "watch" if difference > self.difference_watch else "pass"

    def __repr__(self) -> str:
        """Show what differs from the defaults."""
        return changed_repr(self)
