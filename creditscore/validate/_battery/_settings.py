"""Where a validation draws its lines."""

from __future__ import annotations

import math
from dataclasses import dataclass

from creditscore._repr import changed_repr
from creditscore._validation import check_choice, check_integer, check_real
from creditscore.exceptions import InvalidParameterError
from creditscore.validate._battery._finding import Verdict, verdict_of
from creditscore.validate._tests._multiple import ADJUSTMENTS, Adjustment


@dataclass(frozen=True, kw_only=True, repr=False)
class ValidationSettings:
    """Bounds and parameters of the battery; none of them is a law of nature.

    Parameters
    ----------
    watch_below : float, default=0.05
        A p-value below it is a verdict "watch".
    fail_below : float, default=0.01
        A p-value below it is a verdict "fail".
    judge_adjusted : bool, default=False
        Whether verdicts that go by p-values go by the adjusted ones. Those by bounds, such as of a
        traffic light, stay.
    adjustment : {"holm", "bonferroni", "benjamini_hochberg", "benjamini_yekutieli"}, \
default="holm"
        How p-values are adjusted for their number; the table has both.
    level : float, default=0.95
        Confidence level of intervals, in (0, 1).
    correlation : float, default=0.12
        Asset correlation of the Vasicek test, in [0, 1): 0.12 is the least of Basel's corporates.
    n_groups : int, default=10
        Groups of nearly equal size, for Hosmer and Lemeshow's test, calibration errors and shares
        of the score.
    psi_watch : float, default=0.10
        A population stability index above it is a verdict "watch".
    psi_fail : float, default=0.25
        The same for "fail".
    concentration_watch : float, default=0.20
        A Herfindahl index of grades, as :func:`herfindahl_index` has it (0 where all are held
        alike, 1 where one has all), above it is a verdict "watch": practice, no rule of the ECB.
    concentration_fail : float, default=0.30
        The same for "fail".
    lift_share : float, default=0.10
        Riskiest share whose lift is told, in (0, 1].
    min_auc : float, optional
        AUC below it fails; without it, the AUC alone has no verdict.
    initial_auc : float, optional
        AUC at the initial validation; that of the reference sample, where there is one. On the
        sample of the fit the AUC flatters: give that of :func:`cross_validated_auc` then.
    n_resamples : int, default=0
        Bootstrap resamples of AUC and KS; 0 for none.
    random_state : int, default=0
        Seed of the resamples.

    Raises
    ------
    InvalidParameterError
        A bound is out of range, or "fail" does not lie beyond "watch".

    Examples
    --------
    >>> from creditscore.validate import ValidationSettings
    >>> ValidationSettings(watch_below=0.1, fail_below=0.05)
    ValidationSettings(watch_below=0.1, fail_below=0.05)
    """

    watch_below: float = 0.05
    fail_below: float = 0.01
    judge_adjusted: bool = False
    adjustment: Adjustment = "holm"
    level: float = 0.95
    correlation: float = 0.12
    n_groups: int = 10
    psi_watch: float = 0.10
    psi_fail: float = 0.25
    concentration_watch: float = 0.20
    concentration_fail: float = 0.30
    lift_share: float = 0.10
    min_auc: float | None = None
    initial_auc: float | None = None
    n_resamples: int = 0
    random_state: int = 0

    def __post_init__(self) -> None:
        """Check the ranges."""
        owner = type(self).__name__
        check_choice(self.adjustment, "adjustment", owner, ADJUSTMENTS)
        for name in ("watch_below", "fail_below", "level"):
            check_real(getattr(self, name), name, owner, low=0, high=1)
        check_real(self.correlation, "correlation", owner, low=0, high=1, closed="left")
        check_real(self.lift_share, "lift_share", owner, low=0, high=1, closed="right")
        for name in ("psi_watch", "psi_fail", "concentration_watch", "concentration_fail"):
            check_real(getattr(self, name), name, owner, low=0, high=math.inf)
        for name in ("min_auc", "initial_auc"):
            if getattr(self, name) is not None:
                check_real(getattr(self, name), name, owner, low=0, high=1, closed="both")
        check_integer(self.n_groups, "n_groups", owner, low=2)
        check_integer(self.n_resamples, "n_resamples", owner, low=0)
        check_integer(self.random_state, "random_state", owner, low=0)
        self._check_order("fail_below", "watch_below")
        self._check_order("psi_watch", "psi_fail")
        self._check_order("concentration_watch", "concentration_fail")

    def verdict(self, p_value: float) -> Verdict:
        """Return what follows from a p-value: "pass", "watch", "fail", or "not tested" of NaN."""
        return verdict_of(p_value, watch_below=self.watch_below, fail_below=self.fail_below)

    def _check_order(self, low: str, high: str) -> None:
        if getattr(self, low) > getattr(self, high):
            msg = (
                f"The {low!r} parameter of ValidationSettings must not be above {high!r}. Got "
                f"{getattr(self, low):g} and {getattr(self, high):g}."
            )
            raise InvalidParameterError(msg)

    def __repr__(self) -> str:
        """Show what differs from the defaults."""
        return changed_repr(self)
