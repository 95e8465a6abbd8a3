"""Where a search for leaks draws its lines."""

from __future__ import annotations

import math
from dataclasses import dataclass

from creditscore._repr import changed_repr
from creditscore._validation import check_integer, check_real
from creditscore.validate._data._bounds import checked_bounds


@dataclass(frozen=True, kw_only=True, repr=False)
class LeakageSettings:
    """Bounds of the search for leaks.

    Parameters
    ----------
    auc_bounds : tuple of two floats, default=(0.80, 0.90)
        AUC of one column alone above which a leak is possible, and likely; in [0, 1).
    iv_bounds : tuple of two floats, default=(0.5, 1.0)
        The same for its information value; 0.5 is Siddiqi's "suspicious".
    missing_gap : float, default=0.3
        Difference between the shares of missing values of goods and bads, from which on a hint is
        given, in (0, 1].
    order_auc : float, default=0.55
        AUC of the order of rows, either way, and of identifiers; in (0.5, 1).
    period_ratio : float, default=2
        How many times as high the information value of one period is as that of the others, for a
        hint; above 1.
    chance : float, default=1e-6
        Findings that chance would make this often, or more often, give no hint; in (0, 1).
    n_bins : int, default=20
        Most bins of a number, 2 or more; fewer where goods or bads are few.

    Raises
    ------
    InvalidParameterError
        A number is out of range, or bounds are not two, the lower first.

    Examples
    --------
    >>> from creditscore.validate import LeakageSettings
    >>> LeakageSettings(auc_bounds=(0.75, 0.85))
    LeakageSettings(auc_bounds=(0.75, 0.85))
    """

    auc_bounds: tuple[float, float] = (0.80, 0.90)
    iv_bounds: tuple[float, float] = (0.5, 1.0)
    missing_gap: float = 0.3
    order_auc: float = 0.55
    period_ratio: float = 2.0
    chance: float = 1e-6
    n_bins: int = 20

    def __post_init__(self) -> None:
        """Check the ranges."""
        owner = type(self).__name__
        for name, high in (("auc_bounds", 1.0), ("iv_bounds", math.inf)):
            object.__setattr__(self, name, checked_bounds(getattr(self, name), name, owner, high))
        check_real(self.missing_gap, "missing_gap", owner, low=0, high=1, closed="right")
        check_real(self.order_auc, "order_auc", owner, low=0.5, high=1)
        check_real(self.period_ratio, "period_ratio", owner, low=1, high=math.inf)
        check_real(self.chance, "chance", owner, low=0, high=1)
        check_integer(self.n_bins, "n_bins", owner, low=2)

    def __repr__(self) -> str:
        """Show what differs from the defaults."""
        return changed_repr(self)
