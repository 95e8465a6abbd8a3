"""Calibration by the best monotone steps (pool adjacent violators)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.optimize import isotonic_regression

from creditscore._typing import Float1D
from creditscore._validation import as_floats, check_choice, check_order, check_weights
from creditscore._warn import warn_user
from creditscore.calibrate._curve._axis import Cases, Measure
from creditscore.calibrate._curve._curve import (
    CalibrationCurve,
    check_measure,
    set_floats,
    wrong_way,
)
from creditscore.exceptions import InvalidDataError, InvalidParameterError, SeparationWarning

Between: TypeAlias = Literal["linear", "step"]
BETWEEN = ("linear", "step")


def pool_adjacent_violators(values: npt.ArrayLike, *, weights: Any = None) -> Float1D:
    """Return the closest numbers that never fall (isotonic regression).

    Parameters
    ----------
    values : array-like of shape (n,)
        Numbers that should rise, such as the default rates of grades, the safest first.
    weights : array-like of shape (n,), optional
        Weight of each, zero or more, such as the customers of a grade; by default all alike.

    Returns
    -------
    ndarray of shape (n,)
        The numbers y that minimise Σ w · (value - y)² among those that never fall.

    Raises
    ------
    InvalidDataError
        Values that are missing, infinite or none; weights as in all functions.

    Notes
    -----
    Neighbours that fall are pooled to their weighted mean until none are left [1]_. O(n).

    References
    ----------
    .. [1] R. E. Barlow, D. J. Bartholomew, J. M. Bremner and H. D. Brunk, *Statistical Inference
       under Order Restrictions*, Wiley, 1972, section 1.2.

    Examples
    --------
    >>> from creditscore.calibrate import pool_adjacent_violators
    >>> pool_adjacent_violators([0.02, 0.05, 0.04, 0.10]).round(3).tolist()
    [0.02, 0.045, 0.045, 0.1]
    """
    check_order(values=values, weights=weights)
    numbers = as_floats(values, "values")
    if numbers.ndim != 1 or not len(numbers) or not np.isfinite(numbers).all():
        msg = (
            "The values to pool must be one list of finite numbers, one or more. Got shape "
            f"{numbers.shape} with {int((~np.isfinite(numbers)).sum())} that are not finite."
        )
        raise InvalidDataError(msg)
    shares = check_weights(weights, n_rows=len(numbers))
    if shares is None or shares.all():
        return np.asarray(isotonic_regression(numbers, weights=shares).x, dtype=np.float64)
    # what has no weight asks for nothing, and takes the value of the one before it
    held = shares > 0
    pooled = isotonic_regression(numbers[held], weights=shares[held]).x
    places = np.maximum(np.cumsum(held) - 1, 0)
    return np.asarray(pooled[places], dtype=np.float64)


@dataclass(frozen=True, kw_only=True)
class IsotonicCurve(CalibrationCurve):
    """Blocks of values with one default rate each, which never rises as values get safer.

    Parameters
    ----------
    lower, upper : tuple of float
        Least and greatest value of each block, the blocks in rising order and apart.
    rates : tuple of float
        Probability of default of each block: falling on a score, rising on a probability.
    between : {"linear", "step"}, default="linear"
        What holds between the end of a block and the beginning of the next: a straight line, or
        the rate of the riskier of the two. Beyond the outermost blocks their rates hold.

    Raises
    ------
    InvalidParameterError
        Blocks that overlap, or rates that are no fractions or go up and down.

    See Also
    --------
    isotonic_calibration : Estimates one.

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.calibrate import IsotonicCurve
    >>> curve = IsotonicCurve(lower=(500, 600), upper=(550, 700), rates=(0.1, 0.02))
    >>> curve.prob_default(np.array([300.0, 550.0, 575.0, 600.0]), "score").round(3).tolist()
    [0.1, 0.1, 0.06, 0.02]
    """

    kind: ClassVar[str] = "isotonic"

    lower: tuple[float, ...]
    upper: tuple[float, ...]
    rates: tuple[float, ...]
    between: Between = "linear"

    def __post_init__(self) -> None:
        """Check that blocks are apart and rates monotone."""
        owner = type(self).__name__
        check_choice(self.between, "between", owner, BETWEEN)
        lower, upper, rates = (set_floats(self, name) for name in ("lower", "upper", "rates"))
        n = len(rates)
        fits = 0 < n == len(lower) == len(upper)
        if not fits or (lower > upper).any() or (upper[:-1] >= lower[1:]).any():
            msg = (
                f"The blocks of {owner} must be apart and in rising order, with as many 'lower' as "
                f"'upper' and 'rates'. Got {self.lower!r}, {self.upper!r} and {self.rates!r}."
            )
            raise InvalidParameterError(msg)
        steps = np.diff(rates)
        fractions = ((rates >= 0) & (rates <= 1)).all()
        if not fractions or not ((steps >= 0).all() or (steps <= 0).all()):
            msg = (
                f"The 'rates' of {owner} must be fractions that only rise or only fall. Got "
                f"{self.rates!r}."
            )
            raise InvalidParameterError(msg)

    def prob_default(self, values: Float1D, measure: Measure) -> Float1D:
        """Return the rate of the block of each value, and between blocks as `between` says."""
        check_measure(measure, self)
        lower, upper, rates = map(np.asarray, (self.lower, self.upper, self.rates))
        if self.between == "linear":
            knots = np.column_stack([lower, upper]).ravel()
            prob: Float1D = np.interp(values, knots, np.repeat(rates, 2))
            return prob
        if measure == "score":
            # a score between two blocks belongs to the lower, riskier one
            places = np.searchsorted(lower, values, side="right") - 1
        else:
            places = np.searchsorted(upper, values, side="left")
        stepped: Float1D = rates[np.clip(places, 0, len(rates) - 1)]
        return stepped

    def check(self, measure: Measure) -> None:
        """Refuse rates that go the other way, or that are all one."""
        change = self.rates[-1] - self.rates[0]
        if not (change < 0 if measure == "score" else change > 0):
            seen = (
                f"the default rate goes from {self.rates[0]:.4g} at the lowest values to "
                f"{self.rates[-1]:.4g} at the highest"
            )
            raise wrong_way(measure, seen)

    def describe(self, measure: Measure) -> str:
        """Say how many blocks there are, and what holds between and beyond them."""
        del measure
        between = "straight lines" if self.between == "linear" else "steps"
        return f"isotonic, {len(self.rates)} blocks with {between} between them, flat beyond"


def fit_isotonic_curve(cases: Cases, measure: Measure, between: Between) -> IsotonicCurve:
    """Pool cases of one value, then neighbours that rank the wrong way."""
    distinct, places = np.unique(cases.values, return_inverse=True)
    count: Float1D = np.bincount(places, cases.counts).astype(np.float64)
    n_bad: Float1D = np.bincount(places, cases.counts * cases.is_bad).astype(np.float64)
    _check_ranks(n_bad, count, measure)
    found = isotonic_regression(n_bad / count, weights=count, increasing=measure == "prob_default")
    begin = np.asarray(found.blocks[:-1], dtype=np.intp)
    bads, totals = (np.add.reduceat(numbers, begin) for numbers in (n_bad, count))
    # the rate of a block by its own sums, so that blocks of 2 in 40 and 1 in 20 are one
    rates = bads / totals
    rises = np.maximum if measure == "prob_default" else np.minimum
    # of weights with fractions, equal rates may differ by a rounding
    rates = rises.accumulate(rates)
    first = np.append(True, np.diff(rates) != 0)
    begin, rates = begin[first], rates[first]
    end = np.append(begin[1:], len(distinct)) - 1
    curve = IsotonicCurve(
        lower=tuple(distinct[begin].tolist()),
        upper=tuple(distinct[end].tolist()),
        rates=tuple(rates.tolist()),
        between=between,
    )
    curve.check(measure)
    return curve


def warn_of_certainty(curve: IsotonicCurve, measure: Measure, floor: float) -> None:
    """Warn of a block without a bad case, unless a floor is under it, or of one without a good."""
    ends = list(zip(curve.lower, curve.upper, curve.rates, strict=True))
    safest, riskiest = (ends[-1], ends[0]) if measure == "score" else (ends[0], ends[-1])
    sure = [
        f"{rate:g} for a {measure} of {low:g}{f' to {high:g}' if high > low else ''}"
        for (low, high, rate), odd in ((safest, floor == 0), (riskiest, True))
        if rate in (0, 1) and odd
    ]
    if sure:
        floor_too = ", or put a floor under it, such as 0.0005" if sure[0].startswith("0") else ""
        warn_user(
            f"The isotonic curve has a probability of default of {' and '.join(sure)}, as all "
            "cases seen there came out alike: nobody is that safe or lost, and one other outcome "
            f"refutes it. Take a logistic curve{floor_too}.",
            SeparationWarning,
        )


def _check_ranks(n_bad: Float1D, count: Float1D, measure: Measure) -> None:
    """Refuse values that rank cases the wrong way on the whole, whatever a few blocks do."""
    good, bad = count - n_bad, n_bad
    above = good.sum() - np.cumsum(good) + 0.5 * good
    area = float(bad @ above / (bad.sum() * good.sum()))
    area = area if measure == "score" else 1 - area
    if not area > 0.5:
        raise wrong_way(measure, f"its AUC is {area:.4f}")
