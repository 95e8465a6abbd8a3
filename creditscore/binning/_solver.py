"""From counts of ordered pre-bins to the best bins: exact, by dynamic programming."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from creditscore._typing import Float1D, Float2D, ObjectiveName
from creditscore._validation import check_choice, check_real
from creditscore.binning._constraints import BinConstraints
from creditscore.binning._objective import OBJECTIVES, SumOfSquares
from creditscore.binning._problem import Problem, Solution
from creditscore.binning._rounding import LEVEL_ROUNDING
from creditscore.binning._runs import Amounts
from creditscore.exceptions import InvalidDataError, InvalidParameterError


def solve_bins(
    good: Float1D,
    bad: Float1D,
    *,
    constraints: BinConstraints | None = None,
    objective: ObjectiveName = "iv",
    total_good: float | None = None,
    total_bad: float | None = None,
    smoothing: float = 0.5,
    periods: tuple[Float2D, Float2D] | None = None,
) -> Solution:
    """Join neighbouring pre-bins into the best bins for a target of goods and bads.

    Parameters
    ----------
    good, bad : ndarray of shape (n_prebins,)
        Counts (weights) of ordered pre-bins, at least one.
    constraints : BinConstraints, optional
        What the bins must keep; none by default but neighbours that differ in bad rate. Cuts are
        places here: place 3 is between the third and the fourth pre-bin.
    objective : {"iv", "js", "hellinger", "triangular", "log_likelihood"}, default="iv"
        Information value, Jensen-Shannon divergence, squared Hellinger distance, triangular
        discrimination, or the log-likelihood of a rate for each bin over that of one for all.
    total_good, total_bad : float, optional
        Goods and bads of the whole sample, with missing values and special codes, so that the
        objective adds up over all of a characteristic's attributes; the sums unless given.
    smoothing : float, default=0.5
        As in :func:`creditscore.metrics.woe`; for information value alone.
    periods : tuple of ndarray of shape (n_periods, n_prebins), optional
        Goods and bads of each period: a bin must hold rows in every period
        (`min_period_size`), and the trend must hold in every period, where rates may be equal.

    Returns
    -------
    Solution
        The same for the same counts, always; of equal solutions one with fewer bins.

    Raises
    ------
    InvalidDataError
        Counts that are negative, not finite, or of different length; totals below what the
        pre-bins hold, or of one class only; periods that do not add up to the counts.
    InvalidParameterError
        A parameter is out of range, or has no meaning on counts (`cut_digits`,
        `min_level_size`).

    Notes
    -----
    The trends: "ascending" and "descending" hold from bin to bin, strictly; "auto" is the better
    of the two, ascending on a tie. "peak" ascends to a bin and descends from it, which may be the
    first or the last; "valley" is its mirror; "auto_one_bend" takes one of these where it
    betters "auto" by more than chance would (`max_bend_p_value`, by default 1e-6), or by the share
    `min_bend_gain` if that is given. "concave" and "convex" bind the steps of
    neighbours: none is higher (lower) than the one before. "none" only asks that neighbours
    differ, as all do. In every period, a step must not go against its direction in the whole
    sample, whatever the trend; but for concave and convex, the bend must hold.

    Rates are compared exactly where the counts are whole numbers; of weights with fractions, whose
    sums are off in their last digits, rates that differ by less than a billionth are equal.

    All are exact over the pre-bins. For n of them, a plain ascending or descending trend takes
    O(n² log n) time (`_scan.py`), and O(max_n_bins) for each run of pre-bins that a limit leaves
    in doubt. Peaks, valleys, no trend, and any trend under a test, a bound on differences or
    ratios, a least number of bins or periods take O(n³ · max_n_bins) (`_pairs.py`), concave and
    convex O(n⁴ · max_n_bins) (`_bends.py`).

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.binning import BinConstraints, solve_bins
    >>> good, bad = np.array([10.0, 30, 20, 40]), np.array([20.0, 10, 15, 5])
    >>> solve_bins(good, bad).starts
    (0, 1, 3)
    >>> solve_bins(good, bad, constraints=BinConstraints(trend="none")).starts
    (0, 1, 2, 3)
    """
    problem = binary_problem(
        good,
        bad,
        constraints=constraints,
        objective=objective,
        total_good=total_good,
        total_bad=total_bad,
        smoothing=smoothing,
        periods=periods,
    )
    return problem.solve()


def binary_problem(
    good: Float1D,
    bad: Float1D,
    *,
    constraints: BinConstraints | None,
    objective: ObjectiveName,
    total_good: float | None,
    total_bad: float | None,
    smoothing: float,
    periods: tuple[Float2D, Float2D] | None,
) -> Problem:
    """Return the problem that :func:`solve_bins` solves, checked."""
    check_choice(objective, "objective", "solve_bins", tuple(OBJECTIVES))
    asked = _asked(constraints, "solve_bins")
    first, second = _checked(good, bad, "good and bad")
    if (first < 0).any() or (second < 0).any():
        msg = "good and bad must be counts, finite and zero or more."
        raise InvalidDataError(msg)
    totals = (
        _total(first, total_good, "total_good", "solve_bins"),
        _total(second, total_bad, "total_bad", "solve_bins"),
    )
    smoothing = check_real(
        smoothing, "smoothing", "solve_bins", low=0, high=math.inf, closed="left"
    )
    return Problem(
        amounts=Amounts.of(first, second),
        objective=OBJECTIVES[objective](*totals, smoothing),
        constraints=asked,
        total_weight=sum(totals),
        periods=_by_period(asked, periods, first, second, signed=False),
    )


def solve_mean_bins(
    weight: Float1D,
    total: Float1D,
    *,
    constraints: BinConstraints | None = None,
    squares: Float1D | None = None,
    sample_weight: float | None = None,
    sample_mean: float | None = None,
    periods: tuple[Float2D, Float2D] | None = None,
) -> Solution:
    """Join neighbouring pre-bins into the best bins for a target that is an amount.

    The sum of squares between the bins, Σ weight · (mean - overall mean)², is made as large as can
    be: loss given default, customer value, days late.

    Parameters
    ----------
    weight, total : ndarray of shape (n_prebins,)
        Weight of ordered pre-bins, and the weighted sum of the target in each.
    constraints : BinConstraints, optional
        As for :func:`solve_bins`, with means in place of bad rates. `min_rate_difference` is in
        units of the target; `min_good`, `min_bad` and the bounds on the ratio of rates have no
        meaning and are refused.
    squares : ndarray of shape (n_prebins,), optional
        Weighted sum of the squared target, needed for `max_p_value`: Welch's t-test.
    sample_weight, sample_mean : float, optional
        Weight and mean of the whole sample, with missing values and special codes; those of the
        pre-bins unless given.
    periods : tuple of ndarray of shape (n_periods, n_prebins), optional
        Weight and total of each period, as in :func:`solve_bins`.

    Returns
    -------
    Solution
        With the sum of squares between the bins as its value.

    Raises
    ------
    InvalidDataError
        Amounts that are not finite, or of different length; weights below zero; periods that do
        not add up to the amounts.
    InvalidParameterError
        A parameter is out of range, or has no meaning here.

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.binning import solve_mean_bins
    >>> weight, loss = np.array([10.0, 10, 10]), np.array([2.0, 2.0, 5.0])
    >>> solution = solve_mean_bins(weight, loss)
    >>> solution.starts, round(solution.value, 3)
    ((0, 2), 0.6)
    """
    asked = _asked(constraints, "solve_mean_bins")
    first, second = _checked(weight, total, "weight and total")
    if (first < 0).any():
        msg = "weight must be zero or more."
        raise InvalidDataError(msg)
    if asked.min_good or asked.min_bad:
        msg = "solve_mean_bins has neither goods nor bads: leave min_good and min_bad at 0."
        raise InvalidParameterError(msg)
    if asked.min_rate_ratio is not None or asked.max_rate_ratio is not None:
        msg = (
            "solve_mean_bins has means, which may be below zero and have no ratio: leave "
            "min_rate_ratio and max_rate_ratio at None."
        )
        raise InvalidParameterError(msg)
    if asked.max_bend_p_value is not None:
        msg = "solve_mean_bins has no classes to test a bend by: leave max_bend_p_value at None."
        raise InvalidParameterError(msg)
    if asked.max_p_value is not None and squares is None:
        msg = "max_p_value needs the sums of squares of the target: give squares as well."
        raise InvalidParameterError(msg)
    if (second[first == 0] != 0).any():
        msg = "total must be 0 in pre-bins without weight."
        raise InvalidDataError(msg)
    whole = _total(first, sample_weight, "sample_weight", "solve_mean_bins")
    held = max(float(first.sum()), 1e-300)
    mean = float(second.sum()) / held if sample_mean is None else sample_mean
    check_real(mean, "sample_mean", "solve_mean_bins", low=-math.inf, high=math.inf)
    objective = SumOfSquares(mean, 1.0)
    spread = float(objective.parts(first, second).sum())
    squared = None if squares is None else _squares(squares, first, second)
    return Problem(
        amounts=Amounts.of(first, second),
        objective=replace(objective, spread=spread),
        constraints=asked,
        total_weight=whole,
        squares=None if squared is None else Amounts.of(first, squared).second,
        periods=_by_period(asked, periods, first, second, signed=True),
    ).solve()


def _asked(constraints: Any, owner: str) -> BinConstraints:
    """Refuse what is no constraint, or means nothing on counts."""
    if constraints is None:
        return BinConstraints()
    if not isinstance(constraints, BinConstraints):
        msg = (
            f"The 'constraints' parameter of {owner} must be a BinConstraints. "
            f"Got {constraints!r} instead."
        )
        raise InvalidParameterError(msg)
    for name in ("cut_digits", "min_level_size"):
        if getattr(constraints, name) is not None:
            msg = f"{owner} sees counts, neither numbers nor levels: leave {name} at None."
            raise InvalidParameterError(msg)
    return constraints


def _total(counts: Float1D, total: Any, name: str, owner: str) -> float:
    """Return the total of a class, or of weight, in the sample: all counts or more, and not 0."""
    held = float(counts.sum())
    given = held if total is None else total
    number = check_real(given, name, owner, low=0, high=math.inf, closed="left")
    if number < held * (1 - LEVEL_ROUNDING):
        msg = f"{name} must be {held:g} or more, what the pre-bins hold. Got {number:g}."
        raise InvalidDataError(msg)
    if not number:
        msg = f"{name} is 0: without rows, or with one class only, bins tell nothing."
        raise InvalidDataError(msg)
    return number


def _checked(first: Float1D, second: Float1D, names: str) -> tuple[Float1D, Float1D]:
    first, second = _floats(first, names), _floats(second, names)
    if first.ndim != 1 or first.shape != second.shape or not len(first):
        msg = f"{names} must be 1D, of one length. Got shapes {first.shape} and {second.shape}."
        raise InvalidDataError(msg)
    if not (np.isfinite(first) & np.isfinite(second)).all():
        msg = f"{names} must be finite."
        raise InvalidDataError(msg)
    return first, second


def _squares(squares: Any, weight: Float1D, total: Float1D) -> Float1D:
    """Return sums of squares, which are no less than those of equal values."""
    squared, _ = _checked(squares, weight, "squares and weight")
    least = np.divide(total**2, weight, out=np.zeros_like(weight), where=weight > 0)
    if (squared < least * (1 - LEVEL_ROUNDING)).any():
        msg = "squares must be sums of the squared target: total² / weight or more in each pre-bin."
        raise InvalidDataError(msg)
    return squared


def _floats(values: Any, name: str) -> Float1D:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        msg = f"{name} must be numbers, in arrays of one length. {error}"
        raise InvalidDataError(msg) from error


def _by_period(
    asked: BinConstraints,
    periods: tuple[Float2D, Float2D] | None,
    first: Float1D,
    second: Float1D,
    *,
    signed: bool,
) -> Amounts | None:
    """Check the amounts of periods, which make up those of all rows."""
    if periods is None:
        if asked.min_period_size is not None:
            msg = "min_period_size needs periods: give them, or leave it at None."
            raise InvalidParameterError(msg)
        return None
    parts = [_floats(part, "periods") for part in periods] if hasattr(periods, "__len__") else []
    shapes = [part.shape for part in parts]
    if (
        len(parts) != 2
        or shapes[0] != shapes[1]
        or shapes[0][1:] != first.shape
        or not shapes[0][0]
    ):
        msg = (
            f"periods must be two arrays of shape (n_periods, {len(first)}). Got "
            f"{' and '.join(map(str, shapes)) or repr(periods)}."
        )
        raise InvalidDataError(msg)
    below_zero = (parts[0] < 0).any() or (not signed and (parts[1] < 0).any())
    if below_zero or not all(np.isfinite(part).all() for part in parts):
        msg = "The amounts of periods must be finite, and counts zero or more."
        raise InvalidDataError(msg)
    for part, whole in zip(parts, (first, second), strict=True):
        if not np.allclose(part.sum(axis=0), whole, rtol=1e-6, atol=1e-6 * np.abs(whole).max()):
            msg = "The amounts of periods must add up to those of the pre-bins. They do not."
            raise InvalidDataError(msg)
    return Amounts.of(*parts)
