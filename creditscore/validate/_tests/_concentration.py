"""Whether customers crowd into fewer grades than they did."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtr

from creditscore._typing import Float1D
from creditscore._validation import as_floats, check_order
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.validate._tests._p_text import p_equals


@dataclass(frozen=True, kw_only=True, repr=False)
class ConcentrationTest:
    """How evenly customers spread over grades, then and now; by :func:`concentration_test`.

    Attributes
    ----------
    herfindahl_initial, herfindahl_current : float
        Herfindahl index in [0, 1]: 0 where all grades are alike, 1 where all is in one grade.
    cv_initial, cv_current : float
        Coefficient of variation of the shares, zero or more.
    statistic : float
        Above zero where the shares have become less even.
    p_value : float
        Small where they have by more than chance.
    n_grades : int
        Grades, empty ones among them.
    band : str
        Where the current index lies among the cuts, such as "below 0.2" or "0.2 to 0.25".

    Examples
    --------
    >>> from creditscore.validate import concentration_test
    >>> initial = [0.13, 0.14, 0.23, 0.20, 0.11, 0.10, 0.09]
    >>> concentration_test(initial, [0.13, 0.14, 0.24, 0.21, 0.11, 0.09, 0.08])
    <ConcentrationTest: Herfindahl index 0.057 to 0.073, below 0.2; p = 0.3508>
    """

    herfindahl_initial: float
    herfindahl_current: float
    cv_initial: float
    cv_current: float
    statistic: float
    p_value: float
    n_grades: int
    band: str

    def __repr__(self) -> str:
        """Say in one line how the index went."""
        return (
            f"<ConcentrationTest: Herfindahl index {self.herfindahl_initial:.3f} to "
            f"{self.herfindahl_current:.3f}, {self.band}; {p_equals(self.p_value)}>"
        )


def concentration_test(
    initial: Any, current: Any, *, cuts: Any = (0.20, 0.25, 0.30)
) -> ConcentrationTest:
    """Test whether customers are more concentrated in few grades than at the initial validation.

    Parameters
    ----------
    initial, current : array-like of shape (n_grades,)
        Customers, exposures or shares of each grade, then and now, zero or more; empty grades are
        listed too. Two grades or more, without those of customers in default.
    cuts : array-like of shape (n_cuts,), default=(0.2, 0.25, 0.3)
        Rising bounds that the current index is read by; a cut belongs to the band above it.

    Returns
    -------
    ConcentrationTest

    Raises
    ------
    InvalidDataError
        Fewer than two grades, different numbers of them, numbers that are negative or not finite,
        or nothing in all grades.
    InvalidParameterError
        Cuts that do not rise within (0, 1).

    See Also
    --------
    herfindahl_index : The index alone.
    creditscore.metrics.hhi : The sum of squared shares, which is another scale.

    Notes
    -----
    With shares R of K grades, CV = √(K · Σ (R - 1/K)²), the index is
    1 + ln((CV² + 1) / K) / ln K, where (CV² + 1) / K = Σ R². The p-value is
    1 - Φ(√(K - 1) · (CV - CV₀) / √(CV² · (0.5 + CV²))), with CV₀ the initial one and known without
    error [1]_. The number of customers does not enter, and the test may fail to reject even where
    all customers are in one grade: with seven grades p is then 0.2 [2]_. Hence the cuts. An
    even spread now leaves no variance: p is 1 after an uneven one, and NaN after an even one.
    O(K) time.

    References
    ----------
    .. [1] European Central Bank, *Instructions for reporting the validation results of internal
       models: IRB Pillar I models for credit risk*, February 2019, section 2.5.5.3.
    .. [2] A. Djurovic, *Herfindahl index and coefficient of variation testing*,
       github.com/andrija-djurovic/adsfcr.

    Examples
    --------
    >>> from creditscore.validate import concentration_test
    >>> initial = [0.13, 0.14, 0.23, 0.20, 0.11, 0.10, 0.09]
    >>> found = concentration_test(initial, [1, 0, 0, 0, 0, 0, 0])
    >>> round(found.herfindahl_initial, 3), found.herfindahl_current, round(found.p_value, 4)
    (0.057, 1.0, 0.2043)
    """
    bounds = _read_cuts(cuts)
    check_order(initial=initial, current=current)
    old, new = _read_shares(initial, "initial"), _read_shares(current, "current")
    k = len(new)
    if len(old) != k:
        msg = f"initial and current must list the same grades. Got {len(old)} and {k}."
        raise InvalidDataError(msg)
    cv_old, cv_new = _variation(old), _variation(new)
    index = _index(new)
    statistic = math.nan
    if cv_new > 0:
        error = math.sqrt(cv_new**2 * (0.5 + cv_new**2))
        statistic = math.sqrt(k - 1) * (cv_new - cv_old) / error
    elif cv_old > 0:
        statistic = -math.inf
    return ConcentrationTest(
        herfindahl_initial=_index(old),
        herfindahl_current=index,
        cv_initial=cv_old,
        cv_current=cv_new,
        statistic=statistic,
        p_value=float(ndtr(-statistic)),
        n_grades=k,
        band=_band(index, bounds),
    )


def herfindahl_index(counts: Any) -> float:
    """Measure how concentrated customers are in few grades, on the scale of the ECB.

    Parameters
    ----------
    counts : array-like of shape (n_grades,)
        Customers, exposures or shares of each grade, zero or more, empty ones listed too; two
        grades or more.

    Returns
    -------
    float
        In [0, 1]: 0 where all grades are alike, 1 where all is in one grade.

    Raises
    ------
    InvalidDataError
        As in :func:`concentration_test`.

    See Also
    --------
    creditscore.metrics.hhi : The sum of squared shares.

    Notes
    -----
    1 + ln(Σ R²) / ln K over shares R of K grades [1]_. It depends on how many grades there are.
    O(K) time.

    References
    ----------
    .. [1] European Central Bank, *Instructions for reporting the validation results of internal
       models: IRB Pillar I models for credit risk*, February 2019, section 2.5.5.3.

    Examples
    --------
    >>> from creditscore.validate import herfindahl_index
    >>> round(herfindahl_index([13, 14, 23, 20, 11, 10, 9]), 3)
    0.057
    """
    return _index(_read_shares(counts, "counts"))


def _read_shares(values: Any, name: str) -> Float1D:
    numbers = as_floats(values, name)
    fine = np.isfinite(numbers) & (numbers >= 0)
    if numbers.ndim != 1 or len(numbers) < 2 or not fine.all() or not numbers.any():
        got = f"shape {numbers.shape}"
        if not fine.all():
            got = f"{numbers[~fine][0]:g}"
        elif numbers.size and not numbers.any():
            got = "all zero"
        msg = (
            f"{name} must be a list of counts or shares of two grades or more, zero or more and "
            f"finite, that do not all vanish. Got {got}."
        )
        raise InvalidDataError(msg)
    # by the largest first, because the sum of very large ones is infinite
    relative = numbers / numbers.max()
    shares: Float1D = relative / relative.sum()
    return shares


def _variation(shares: Float1D) -> float:
    k = len(shares)
    # equal grades have equal shares, whatever 1 / k is in binary
    if np.ptp(shares) == 0:
        return 0.0
    return math.sqrt(k * float(((shares - 1 / k) ** 2).sum()))


def _index(shares: Float1D) -> float:
    k = len(shares)
    if np.ptp(shares) == 0:
        return 0.0
    return max(0.0, 1 + math.log(float((shares**2).sum())) / math.log(k))


def _read_cuts(cuts: Any) -> list[float]:
    bounds = as_floats(cuts, "cuts")
    ends = np.concatenate([[0.0], np.ravel(bounds), [1.0]])
    if bounds.ndim != 1 or not len(bounds) or not (np.diff(ends) > 0).all():
        msg = (
            "The 'cuts' parameter of concentration_test must hold rising numbers in (0, 1). "
            f"Got {cuts!r} instead."
        )
        raise InvalidParameterError(msg)
    return [float(bound) for bound in bounds]


def _band(index: float, bounds: list[float]) -> str:
    place = int(np.searchsorted(bounds, index, side="right"))
    if place == 0:
        return f"below {bounds[0]:g}"
    if place == len(bounds):
        return f"{bounds[-1]:g} or more"
    return f"{bounds[place - 1]:g} to {bounds[place]:g}"
