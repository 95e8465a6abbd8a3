"""Which constraints on bins stand in the way of counts, and the least that would help."""

from __future__ import annotations

from creditscore._typing import Float1D, ObjectiveName
from creditscore.binning._constraints import BinConstraints
from creditscore.binning._relax import smallest_relaxations
from creditscore.binning._relaxation import Relaxation
from creditscore.binning._solver import binary_problem


def bin_relaxations(
    good: Float1D,
    bad: Float1D,
    *,
    constraints: BinConstraints,
    objective: ObjectiveName = "iv",
    smoothing: float = 0.5,
) -> tuple[tuple[Relaxation, ...], ...]:
    """Say what would have to give for bins that constraints do not admit.

    Parameters
    ----------
    good, bad : ndarray of shape (n_prebins,)
        Counts, as of :func:`solve_bins`.
    constraints : BinConstraints
        What is asked; `min_n_bins` bins are looked for, and two at least.
    objective : {"iv", "js", "hellinger", "triangular", "log_likelihood"}, default="iv"
        As of :func:`solve_bins`.
    smoothing : float, default=0.5
        As of :func:`solve_bins`.

    Returns
    -------
    tuple of tuple of Relaxation
        Each is a way: what must give together, mostly one constraint alone. Empty where nothing
        stands in the way, or nothing helps: the bad rate is the same on both sides of every split.

    Raises
    ------
    InvalidDataError, InvalidParameterError
        As :func:`solve_bins`.

    Notes
    -----
    Bounds are searched by halving: some bins keep the value that is named, and none keep one
    nearer to what was asked by more than a thousandth of the distance, written to three digits.

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.binning import BinConstraints, bin_relaxations
    >>> good, bad = np.array([180.0, 240, 300]), np.array([20.0, 60, 200])
    >>> asked = BinConstraints(max_rate_ratio=1.5, min_n_bins=2)
    >>> [[str(one) for one in way] for way in bin_relaxations(good, bad, constraints=asked)]
    [['raise max_rate_ratio to 2']]
    """
    problem = binary_problem(
        good,
        bad,
        constraints=constraints,
        objective=objective,
        total_good=None,
        total_bad=None,
        smoothing=smoothing,
        periods=None,
    )
    return smallest_relaxations(problem, max(2, constraints.min_n_bins))
