"""The solver of optbinning in the place of ours."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, cast

import numpy as np

from creditscore._typing import Float1D, Float2D, ObjectiveName
from creditscore._validation import check_choice, check_real
from creditscore._warn import warn_user
from creditscore.binning._constraints import BinConstraints, place_of
from creditscore.binning._objective import OBJECTIVES, Objective
from creditscore.binning._pairs import FoundTrend
from creditscore.binning._problem import Solution
from creditscore.binning._rounding import ROUNDING
from creditscore.binning.foreign._extra import import_binning_cp, import_binning_mip
from creditscore.exceptions import (
    InvalidDataError,
    InvalidParameterError,
    NonConvergenceWarning,
)

_SCALE = 1_000_000
"""Rates and values are whole multiples of a millionth to optbinning's constraint programming."""
_FOREIGN_OBJECTIVES = ("iv", "js", "hellinger", "triangular")
_PLAIN_TRENDS = ("ascending", "descending", "peak", "valley", "concave", "convex", "none")
_ABSENT = {
    "preferred_cuts": "cuts that are preferred and not fixed",
    "forbidden_cuts": "cuts that are forbidden",
    "concentration_penalty": "a penalty on the Herfindahl-Hirschman index",
    "min_rate_ratio": "a least ratio of rates",
    "max_rate_ratio": "a greatest ratio of rates",
    "min_period_size": "periods",
}
"""Constraints of ours that optbinning has no word for."""
_PROVEN = ("OPTIMAL", "INFEASIBLE")


@dataclass(frozen=True)
class OptbinningSolver:
    """Solve the binning problem by optbinning's own models, in the place of :func:`solve_bins`.

    An instance is called as :func:`creditscore.binning.solve_bins` is, on the same counts and
    constraints, and returns the same kind of solution.

    Parameters
    ----------
    solver : {"cp", "mip"}, default="cp"
        Constraint programming (CP-SAT) or mixed-integer programming (BOP).
    time_limit : float, default=100.0
        Seconds for one trend, above 0; "mip" rounds them up to whole ones.

    Raises
    ------
    InvalidParameterError
        A parameter is out of range. When called: a constraint or objective that optbinning cannot
        express, which is named.
    InvalidDataError
        When called: counts that its model cannot take.
    MissingDependencyError
        When called: optbinning is not installed.

    Warns
    -----
    NonConvergenceWarning
        The time ran out: the solution is the best one seen, or one bin of everything where none
        was seen.

    See Also
    --------
    creditscore.binning.solve_bins : Our own solver, which is faster and exact.

    Notes
    -----
    The models are ``BinningCP`` and ``BinningMIP`` of optbinning 1.0 [1]_, built on the pre-bins
    given, with its own objective. Where that is not the one asked for, because missing values or
    special codes are among the totals, or because smoothing makes the value of a bin of one class
    finite, the values of our objective are put in its place.

    What differs from :func:`solve_bins`, under the same constraints:

    - "cp" cuts rates and values off after six digits, so that neighbours whose rates differ by
      less count as equal, and so do solutions;
    - neighbours may have equal rates;
    - "concave" and "convex" bind every three bins as if they stood side by side; ours bind
      neighbours. Bins whose rates are high they also forbid where no three are at odds, because
      the constant of the rule is too small to set it aside;
    - without a least difference of rates, "ascending" and "descending" forbid cuts where two
      pre-bins go against the trend, and more beyond them, which loses optima under other
      constraints; ``min_rate_difference=1e-6`` sets that rule aside.

    "auto" solves for both directions and takes the better, ascending on a tie; "auto_one_bend" of
    an encoder for four trends, each within the time limit, of which peak and valley need few
    pre-bins (`max_n_prebins` of 20, say). ``feasible`` is
    what optbinning says. `value` is computed from the counts by our objective, not by its rounded
    one.

    References
    ----------
    .. [1] G. Navas-Palencia, "Optimal binning: mathematical programming formulation",
       arXiv:2001.08025, 2020.

    Examples
    --------
    >>> from creditscore.binning.foreign import OptbinningSolver
    >>> solver = OptbinningSolver(time_limit=10)
    >>> solver
    OptbinningSolver(solver='cp', time_limit=10.0)
    >>> solver(good, bad, constraints=BinConstraints(max_n_bins=5))  # doctest: +SKIP
    Solution(starts=(0, 3), value=0.3, trend='ascending', feasible=True)
    """

    solver: Literal["cp", "mip"] = "cp"
    time_limit: float = 100.0

    def __post_init__(self) -> None:
        """Refuse parameters out of range."""
        owner = type(self).__name__
        check_choice(self.solver, "solver", owner, ("cp", "mip"))
        limit = check_real(self.time_limit, "time_limit", owner, low=0, high=math.inf)
        object.__setattr__(self, "time_limit", limit)

    def __call__(
        self,
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
        """Join neighbouring pre-bins into the best bins; see :func:`solve_bins`."""
        asked = constraints or BinConstraints()
        _check_expressible(asked, objective, periods)
        counts = _counts(good, bad)
        totals = (
            float(counts[0].sum()) if total_good is None else total_good,
            float(counts[1].sum()) if total_bad is None else total_bad,
        )
        problem = _Problem(*counts, asked, objective, *totals, smoothing)
        trend = asked.trend or "auto"
        if trend != "auto":
            return self._solve(problem, cast("FoundTrend", trend))
        first, second = (self._solve(problem, way) for way in ("ascending", "descending"))
        if first.feasible != second.feasible:
            return first if first.feasible else second
        return second if second.value > first.value + ROUNDING else first

    def _solve(self, problem: _Problem, trend: FoundTrend) -> Solution:
        starts, status = problem.run(self.solver, trend, self.time_limit)
        if status not in _PROVEN:
            seen = (
                "the best bins seen are returned" if status == "FEASIBLE" else "no bins were seen"
            )
            warn_user(
                f"The solver {self.solver!r} of optbinning proved nothing within "
                f"{self.time_limit:g} s under the trend {trend!r}: its status is {status}, and "
                f"{seen}. Raise time_limit, lower the number of pre-bins, or take solve_bins, "
                "which is exact.",
                NonConvergenceWarning,
            )
        found = status in ("OPTIMAL", "FEASIBLE")
        starts = starts if found else (0,)
        return Solution(starts, problem.value(starts), trend, feasible=found)


@dataclass(frozen=True, eq=False)
class _Problem:
    """Counts and constraints in optbinning's words."""

    good: Float1D
    bad: Float1D
    asked: BinConstraints
    objective: ObjectiveName
    total_good: float
    total_bad: float
    smoothing: float

    def value(self, starts: tuple[int, ...]) -> float:
        """Return our objective of bins."""
        first = np.asarray(starts, dtype=np.intp)
        good, bad = (np.add.reduceat(side, first) for side in (self.good, self.bad))
        return float(self._ours.parts(good, bad).sum())

    def run(self, solver: str, trend: FoundTrend, limit: float) -> tuple[tuple[int, ...], str]:
        """Build and solve the model; return the first pre-bin of each bin, and the status."""
        least, most = self._sizes()
        told_apart = len(self.good) > 1 and self.good.any() and self.bad.any()
        if not told_apart or (most is not None and least is not None and least > most):
            # no model is needed, and none can be built
            return (0,), "OPTIMAL" if self._one_bin_fits(least, most) else "INFEASIBLE"
        model = self._model(solver, trend, least, most, limit)
        good, bad = self.good.astype(np.int64), self.bad.astype(np.int64)
        replaced = self._needs_our_values()
        with np.errstate(divide="ignore", invalid="ignore"):
            # its tests of bins of one class are 0 / 0; its triangular discrimination is finite
            model.build_model("triangular" if replaced else self.objective, good, bad, None)
        if replaced:
            self._aim(model, solver)
        status, solution = model.solve()
        ends = np.flatnonzero(solution)
        return (0, *(int(end) + 1 for end in ends[:-1])), str(status)

    @property
    def _ours(self) -> Objective:
        return OBJECTIVES[self.objective](self.total_good, self.total_bad, self.smoothing)

    def _model(
        self, solver: str, trend: FoundTrend, least: float | None, most: float | None, limit: float
    ) -> Any:
        asked = self.asked
        min_bad, min_good = (_up(side) or None for side in (asked.min_bad, asked.min_good))
        fixed = None
        if asked.fixed_cuts:
            places = {place_of(cut, "fixed_cuts", len(self.good)) for cut in asked.fixed_cuts}
            fixed = [place + 1 in places for place in range(len(self.good))]
        settings = [
            None if trend == "none" else trend,
            asked.min_n_bins if asked.min_n_bins > 1 else None,
            asked.max_n_bins,
            *(least, most, min_bad, None, min_good, None),
            *(asked.min_rate_difference, asked.max_p_value, "consecutive", 0, fixed),
        ]
        if solver == "cp":
            return import_binning_cp().BinningCP(*settings, limit)
        # optbinning makes milliseconds of it, which must be a whole number
        return import_binning_mip().BinningMIP(*settings, "bop", math.ceil(limit))

    def _sizes(self) -> tuple[float | None, float | None]:
        """Return the least and the most weight of a bin; whole counts are as well bounded so."""
        total = self.total_good + self.total_bad
        least, most = (
            None if size is None else size * total if size <= 1 else size
            for size in (self.asked.min_bin_size, self.asked.max_bin_size)
        )
        down = None if most is None else math.floor(most * (1 + ROUNDING))
        return (None if least is None else _up(least)), down

    def _one_bin_fits(self, least: float | None, most: float | None) -> bool:
        weight = self.good.sum() + self.bad.sum()
        enough = self.good.sum() >= self.asked.min_good and self.bad.sum() >= self.asked.min_bad
        sized = (least or 0) <= weight and (most is None or weight <= most)
        single = self.asked.min_n_bins == 1 and not self.asked.fixed_cuts
        return bool(enough and sized and single)

    def _needs_our_values(self) -> bool:
        sums = float(self.good.sum()), float(self.bad.sum())
        alike = np.allclose(sums, (self.total_good, self.total_bad), rtol=ROUNDING, atol=0)
        pure = (self.good == 0).any() or (self.bad == 0).any()
        return not alike or (self.objective == "iv" and bool(pure))

    def _aim(self, model: Any, solver: str) -> None:
        """Put our value of each run of pre-bins in the place of optbinning's."""
        values = self._values()
        if not np.isfinite(values).all():
            msg = (
                "A bin of one class has an infinite information value without smoothing, which "
                "optbinning's model cannot hold. Give smoothing above 0, or join pre-bins of one "
                "class to others."
            )
            raise InvalidDataError(msg)
        # x[i, j] tells that pre-bin j is in the bin that ends with pre-bin i
        x, rows = model._x, range(len(values))  # noqa: SLF001 - optbinning has no other way in
        if solver == "cp":
            whole = (values * _SCALE).astype(np.int64)
            terms = [
                int(gain) * x[i, j] for i in rows for j, gain in enumerate(_steps(whole[i], i))
            ]
            model._model.Maximize(sum(terms))  # noqa: SLF001
        else:
            terms = [
                float(gain) * x[i, j] for i in rows for j, gain in enumerate(_steps(values[i], i))
            ]
            model.solver_.Maximize(model.solver_.Sum(terms))

    def _values(self) -> Float2D:
        """Return the value of the run from pre-bin j to pre-bin i, by i and j; 0 elsewhere."""
        ours, n = self._ours, len(self.good)
        values = np.zeros((n, n))
        for end in range(n):
            good, bad = (side[end::-1].cumsum()[::-1] for side in (self.good, self.bad))
            values[end, : end + 1] = ours.parts(good, bad)
        return values


def _steps(row: Any, end: int) -> list[Any]:
    """Turn the values of runs that end together into what each pre-bin adds to the next."""
    return [*(a - b for a, b in pairwise(row[: end + 1])), row[end]]


def _up(size: float) -> int:
    """Round up, but for what is a whole number but for rounding."""
    return math.ceil(size * (1 - ROUNDING))


def _counts(good: Float1D, bad: Float1D) -> tuple[Float1D, Float1D]:
    try:
        sides = tuple(np.asarray(side, dtype=np.float64) for side in (good, bad))
    except (TypeError, ValueError) as error:
        msg = f"good and bad must be numbers, in arrays of one length. {error}"
        raise InvalidDataError(msg) from error
    if sides[0].ndim != 1 or sides[0].shape != sides[1].shape or not len(sides[0]):
        msg = (
            "good and bad must be 1D, of one length. Got shapes "
            f"{sides[0].shape} and {sides[1].shape}."
        )
        raise InvalidDataError(msg)
    if not all((np.isfinite(side) & (side >= 0)).all() for side in sides):
        msg = "good and bad must be counts, finite and zero or more."
        raise InvalidDataError(msg)
    if (sides[0] + sides[1] == 0).any():
        msg = (
            "optbinning's models have no rate for a pre-bin without rows. Join it to its neighbour."
        )
        raise InvalidDataError(msg)
    if not all((side % 1 == 0).all() for side in sides):
        msg = (
            "optbinning's models count in whole numbers, and these weights have fractions. Take "
            "whole weights, or solve_bins."
        )
        raise InvalidDataError(msg)
    return sides[0], sides[1]


def _check_expressible(
    asked: BinConstraints, objective: ObjectiveName, periods: tuple[Float2D, Float2D] | None
) -> None:
    """Refuse what optbinning has no word for, by name."""
    check_choice(objective, "objective", "OptbinningSolver", _FOREIGN_OBJECTIVES)
    trend = asked.trend or "auto"
    if trend not in ("auto", *_PLAIN_TRENDS):
        msg = (
            f"optbinning cannot express the trend {trend!r}. OptbinningSolver takes 'auto', "
            f"{', '.join(map(repr, _PLAIN_TRENDS))}; solve_bins takes it."
        )
        raise InvalidParameterError(msg)
    absent = [name for name in _ABSENT if getattr(asked, name)]
    if periods is not None and "min_period_size" not in absent:
        absent.append("min_period_size")
    if absent:
        listed = ", ".join(f"{_ABSENT[name]} ({name!r})" for name in absent)
        msg = f"optbinning cannot express {listed}. Leave it out, or take solve_bins."
        raise InvalidParameterError(msg)
