"""What may be asked of the bins of one feature, and how they are sought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise
from typing import Any, Protocol, cast

from creditscore._typing import Float1D, Float2D, ObjectiveName, Trend
from creditscore.binning._constraints import BinConstraints
from creditscore.binning._policy import BinPolicy
from creditscore.binning._problem import Solution
from creditscore.exceptions import InvalidParameterError

_SIMPLE = (
    *("trend", "min_bin_size", "max_n_bins", "min_level_size"),
    *("min_bend_gain", "max_bend_p_value", "small_bin_p_value"),
)
"""Constraints that do not keep a column from the fast way: the last three are no matter of it."""


class Solver(Protocol):
    """Anything that is called as :func:`creditscore.binning.solve_bins` is."""

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
        """Return the best bins of ordered pre-bins."""
        ...


@dataclass(frozen=True, kw_only=True)
class BinSettings:
    """How the bins of one feature are sought; the meaning is in :class:`WOEEncoder`.

    Attributes
    ----------
    constraints : BinConstraints
        With the trend and the sizes of the encoder filled in.
    objective : str
        What is made as large as can be.
    max_n_prebins : int
        Pre-bins that the solver chooses among.
    smoothing : float
        As in :func:`creditscore.metrics.woe`.
    special_codes : tuple
        Values that are no amounts.
    given : object
        Bins given by the user, or None.
    policy : BinPolicy
        Treatment of what falls in no regular bin.
    solver : Solver or None
        What solves in the place of our own solver.
    """

    constraints: BinConstraints = field(default_factory=BinConstraints)
    objective: ObjectiveName = "iv"
    max_n_prebins: int = 64
    smoothing: float = 0.5
    special_codes: tuple[Any, ...] = ()
    given: Sequence[Any] | Any = None
    policy: BinPolicy = field(default_factory=BinPolicy)
    solver: Solver | None = None

    @property
    def min_bin_size(self) -> float:
        """Least size of a bin: a share of all rows up to 1, a weight above it."""
        return self.constraints.min_bin_size or 0.0

    @property
    def max_n_bins(self) -> int | None:
        """Most bins."""
        return self.constraints.max_n_bins

    @property
    def trend(self) -> Trend:
        """How the bad rate moves."""
        return self.constraints.trend or "auto"

    def min_weight(self, total: float) -> float:
        """Return the least weight of a bin among rows of so much weight."""
        return self.min_bin_size * total if self.min_bin_size <= 1 else self.min_bin_size

    def under(self, trend: Trend) -> BinSettings:
        """Return the same settings with another trend."""
        return replace(self, constraints=replace(self.constraints, trend=trend))

    @property
    def plain(self) -> bool:
        """Whether nothing is asked beyond a simple trend, the least size and the most bins."""
        simple = self.trend in ("auto", "ascending", "descending", "none")
        beyond = any(
            getattr(self.constraints, one.name) != one.default
            for one in fields(BinConstraints)
            if one.name not in _SIMPLE
        )
        return simple and not beyond and self.objective == "iv" and self.solver is None

    @property
    def straight(self) -> BinSettings:
        """The same settings without a bend."""
        asked = replace(self.constraints, trend="auto", min_bend_gain=None, max_bend_p_value=None)
        return replace(self, constraints=asked)

    @property
    def plain_but_for_a_bend(self) -> bool:
        """Whether nothing is asked beyond that but a bend where monotone bins are refuted."""
        tested = self.constraints.bend_limits(two_classes=True)[1] is not None
        return self.trend == "auto_one_bend" and tested and self.straight.plain


def check_solution(solution: Any, n_prebins: int) -> Solution:
    """Check what a solver that is not ours gives back."""
    starts = getattr(solution, "starts", None)
    fits = isinstance(solution, Solution) and isinstance(starts, tuple) and starts[:1] == (0,)
    if not fits or any(a >= b for a, b in pairwise((*solution.starts, n_prebins))):
        msg = (
            "The 'solver' parameter of WOEEncoder must return a Solution, whose starts begin with "
            f"0 and increase below the {n_prebins} pre-bins. Got {solution!r} instead."
        )
        raise InvalidParameterError(msg)
    return cast("Solution", solution)
