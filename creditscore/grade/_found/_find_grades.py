"""The best grades for cases of known outcomes, under constraints."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from creditscore._checks import read_entries
from creditscore._display import counted
from creditscore._typing import Bool1D, Float1D, GradeMeasure, ObjectiveName
from creditscore._validation import (
    check_choice,
    check_integer,
    check_real,
    check_weights,
    warn_of_weight_scale,
)
from creditscore.binning import BinConstraints, Relaxation, Solution, bin_relaxations, solve_bins
from creditscore.exceptions import EmptyDataError, InvalidParameterError, InvalidTargetError
from creditscore.grade._found._found_scale import FoundScale
from creditscore.grade._found._places import Places
from creditscore.grade._inputs import check_same_rows, read_numbers, read_outcomes
from creditscore.grade._master._master_scale import MasterScale
from creditscore.grade._scale import GradeScale

_OWNER = "find_grades"
_OBJECTIVES = ("iv", "log_likelihood", "js", "hellinger", "triangular")
_MOST_PREBINS = 1000
_NAMES = {
    "min_bin_size": "min_share",
    "max_bin_size": "max_share",
    "min_rate_ratio": "min_ratio",
    "max_rate_ratio": "max_ratio",
    "min_n_bins": "the least n_grades",
    "max_n_bins": "the most n_grades",
}
"""What constraints on bins are called here."""


def find_grades(  # noqa: PLR0913 - one parameter a choice
    is_bad: Any,
    values: Any,
    *,
    sample_weight: Any = None,
    n_grades: int | tuple[int, int] | None = None,
    min_share: float = 0.02,
    max_share: float | None = None,
    min_bad: float = 1.0,
    max_p_value: float | None = None,
    min_ratio: float | None = None,
    max_ratio: float | None = None,
    measure: GradeMeasure = "prob_default",
    labels: Sequence[str] | None = None,
    objective: ObjectiveName = "iv",
    max_n_prebins: int = 200,
) -> FoundScale:
    """Find the bounds that part cases into the best grades.

    Parameters
    ----------
    is_bad : array-like of shape (n_samples,)
        1 or True for bad, 0 or False for good.
    values : array-like of shape (n_samples,)
        Probabilities of default or scores, as `measure` says. Of pandas Series, both must have
        one index.
    sample_weight : array-like of shape (n_samples,), optional
        How often each case counts, zero or more: the number of such cases, or the inverse of the
        share of them that was sampled. Sizes, rates and tests are by weight.
    n_grades : int or (int, int), optional
        Number of grades, or the least and the most. As many as there are `labels`, or 2 to 10,
        unless given.
    min_share : float, default=0.02
        Least share of the cases in a grade, a fraction in [0, 1].
    max_share : float, optional
        Greatest share.
    min_bad : float, default=1.0
        Least number of bads in a grade. With 0, the safest grade may have a default rate of zero.
    max_p_value : float, optional
        Highest p-value in (0, 1] of neighbours having one default rate: a two-sided z-test of two
        proportions with pooled variance.
    min_ratio, max_ratio : float, optional
        Least and greatest ratio of the default rate of a grade to that of the one before: 1 or
        more.
    measure : {"prob_default", "score"}, default="prob_default"
        What the values are: a higher probability is riskier, a higher score safer.
    labels : sequence of str, optional
        Grades, the safest first, as many as are found; "1", "2", … unless given.
    objective : {"iv", "log_likelihood", "js", "hellinger", "triangular"}, default="iv"
        What is made as large as can be: the information value of the grades, the likelihood of a
        rate for each grade, or another measure of :func:`creditscore.binning.solve_bins`.
    max_n_prebins : int, default=200
        Where there are more different values, bounds are placed between so many groups of nearly
        equal size, 2 to 1000.

    Returns
    -------
    FoundScale
        The scale, with the default rate of each grade as its probability, and the evidence.

    Raises
    ------
    InvalidParameterError
        A parameter is out of range; no grades keep all that is asked: the message names what
        stands in the way and the least that would help; not as many labels as grades.
    InvalidTargetError
        Outcomes that are none, of one class only, or swapped with the values.
    InvalidDataError
        Values that are missing, infinite, or no probabilities. InvalidWeightError: weights that
        are missing, infinite or negative.

    Warns
    -----
    WeightScaleWarning
        Weights add up to next to nothing beside the number of cases.

    See Also
    --------
    GradeScale.odds_ladder : Grades by equal ratios of the odds, without outcomes.
    MasterScale.from_rates : Grades by given default rates.
    creditscore.binning.solve_bins : The solver.

    Notes
    -----
    The default rate rises from grade to grade, strictly, and no other bounds between the same
    groups keep all that is asked and have a greater value: dynamic programming over pairs of
    neighbouring grades (:func:`creditscore.binning.solve_bins`), O(n³ · n_grades) time for n
    groups, after one sort of the values. A bound is half-way between the neighbouring values on
    its sides; what lies exactly at it gets the safer grade, as :class:`GradeScale` says by
    `closed`.

    A grade of one class alone has its information value with 0.5 added to both counts.

    The grades fit the cases they were found on better than others. Check them on cases of another
    time, by :meth:`MasterScale.check_table`.

    References
    ----------
    .. [1] Basel Committee on Banking Supervision, *Basel Framework*, CRE36: a meaningful
       distribution of exposures across grades with no excessive concentrations.

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.grade import find_grades
    >>> prob_default = np.repeat([0.02, 0.03, 0.05, 0.20], 200)
    >>> is_bad = np.concatenate([np.arange(200) < n for n in (4, 5, 10, 40)])
    >>> found = find_grades(is_bad, prob_default, min_ratio=2, labels=["A", "B", "C"])
    >>> found.master.scale.bounds, found.master.prob_default
    ((0.04, 0.125), (0.0225, 0.05, 0.2))
    """
    check_choice(objective, "objective", _OWNER, _OBJECTIVES)
    most = check_integer(max_n_prebins, "max_n_prebins", _OWNER, low=2)
    if most > _MOST_PREBINS:
        msg = f"The 'max_n_prebins' parameter of {_OWNER} must be 2 to {_MOST_PREBINS}. Got {most}."
        raise InvalidParameterError(msg)
    grades = None if labels is None else read_entries(labels, "labels", _OWNER)
    number = _number(n_grades, grades)
    asked = BinConstraints(
        trend="ascending",
        min_n_bins=number[0],
        max_n_bins=number[1],
        max_p_value=_checked(max_p_value, "max_p_value", 0, 1, "right"),
        min_bad=_checked(min_bad, "min_bad", 0, math.inf, "left") or 0.0,
        **_pair(("min_bin_size", "max_bin_size"), (min_share, max_share), 0, 1, "both"),
        **_pair(("min_rate_ratio", "max_rate_ratio"), (min_ratio, max_ratio), 1, math.inf, "left"),
    )
    measured, bad, weights = _cases(is_bad, values, sample_weight, measure)
    search = _Search(Places.of(measured, bad, weights, measure, most), asked, objective)
    return search.found(grades)


def _number(n_grades: Any, labels: tuple[Any, ...] | None) -> tuple[int, int]:
    """Return the least and the most grades."""
    if n_grades is None:
        return (2, 10) if labels is None else (len(labels), len(labels))
    ends = tuple(n_grades) if isinstance(n_grades, (tuple, list)) else (n_grades, n_grades)
    if len(ends) != 2:
        msg = (
            f"The 'n_grades' parameter of {_OWNER} must be a number, or the least and the most. "
            f"Got {n_grades!r} instead."
        )
        raise InvalidParameterError(msg)
    least, most = (check_integer(end, "n_grades", _OWNER, low=1) for end in ends)
    if least > most:
        msg = f"The 'n_grades' parameter of {_OWNER} asks for at least {least} and at most {most}."
        raise InvalidParameterError(msg)
    return least, most


def _checked(value: Any, name: str, low: float, high: float, closed: str) -> float | None:
    if value is None:
        return None
    return check_real(value, name, _OWNER, low=low, high=high, closed=closed)


def _pair(
    names: tuple[str, str], values: tuple[Any, Any], low: float, high: float, closed: str
) -> dict[str, Any]:
    """Check a least and a greatest value, and return them by the names of constraints on bins."""
    called = [_NAMES[name] for name in names]
    least, most = (
        _checked(value, name, low, high, closed) for value, name in zip(values, called, strict=True)
    )
    if least is not None and most is not None and least > most:
        msg = (
            f"{_OWNER} was asked for {called[0]}={least:g} and {called[1]}={most:g}, which is less."
        )
        raise InvalidParameterError(msg)
    return {names[0]: least, names[1]: most}


def _cases(
    is_bad: Any, values: Any, sample_weight: Any, measure: GradeMeasure
) -> tuple[Float1D, Bool1D, Float1D]:
    """Read outcomes of both classes, values that a scale can grade, and weights above zero."""
    anything = GradeScale(labels=("all",), bounds=(), measure=measure)
    measured = read_numbers(values, "values to grade")
    if not len(measured):
        msg = "There are no values to grade. Grades are found on cases with known outcomes."
        raise EmptyDataError(msg)
    anything.grade(measured)
    check_same_rows(values=values, is_bad=is_bad, sample_weight=sample_weight)
    bad = read_outcomes(is_bad, measured)
    weights = check_weights(sample_weight, n_rows=len(measured))
    warn_of_weight_scale(weights)
    weights = np.ones(len(measured)) if weights is None else weights
    counting = weights > 0
    measured, bad, weights = measured[counting], bad[counting], weights[counting]
    if bad.all() or not bad.any():
        msg = (
            f"All {len(bad)} cases {'' if sample_weight is None else 'with weight '}are "
            f"{'bad' if bad.all() else 'good'}, so nothing tells grades apart. Take a scale that "
            "needs no outcomes: GradeScale.odds_ladder(), or MasterScale.agency()."
        )
        raise InvalidTargetError(msg)
    return measured, bad, weights


@dataclass(frozen=True, eq=False)
class _Search:
    """Groups of values, and what grades of them must keep."""

    places: Places
    asked: BinConstraints
    objective: ObjectiveName

    def found(self, labels: tuple[Any, ...] | None) -> FoundScale:
        """Return the best grades."""
        places, solution = self.places, self._solution()
        starts = list(solution.starts)
        n = len(starts)
        if labels is not None and len(labels) != n:
            msg = (
                f"The best scale has {n} grades, and there are {len(labels)} labels. Give as many, "
                f"or fix their number by n_grades={len(labels)}."
            )
            raise InvalidParameterError(msg)
        good, bad, total = (
            np.add.reduceat(part, starts) for part in (places.n_good, places.n_bad, places.total)
        )
        count = good + bad
        scale = GradeScale(
            labels=tuple(map(str, range(1, n + 1))) if labels is None else labels,
            bounds=places.bounds(starts[1:]),
            measure=places.measure,
        )
        return FoundScale(
            master=replace(
                MasterScale.from_scale(scale, prob_default=(bad / count).tolist()), margin="none"
            ),
            n_good=tuple(good.tolist()),
            n_bad=tuple(bad.tolist()),
            mean=tuple((total / count).tolist()),
            objective=self.objective,
            value=solution.value,
            n_places=len(places.n_bad),
            n_values=places.n_values,
        )

    def _solution(self) -> Solution:
        places = self.places
        good, bad = places.n_good, places.n_bad
        solution = solve_bins(good, bad, constraints=self.asked, objective=self.objective)
        if solution.feasible:
            return solution
        ways = bin_relaxations(good, bad, constraints=self.asked, objective=self.objective)
        least, most = self.asked.min_n_bins, self.asked.max_n_bins
        helps = [
            " and ".join(_said(one, exact=least == most) for one in way)
            for way in ways
            if all(map(_is_asked, way))
        ]
        what = f"What would help: {'; or '.join(helps)}." if helps else self._why_none()
        number = least if least == most else f"{least} to {most}"
        msg = (
            f"No {number} grades keep all that {_OWNER} was asked for, on "
            f"{counted(len(bad), 'group')} of values. {what}"
        )
        raise InvalidParameterError(msg)

    def _why_none(self) -> str:
        """Say what no parameter helps against."""
        places = self.places
        if len(places.n_bad) < self.asked.min_n_bins:
            return (
                f"There is no more than {counted(places.n_values, 'different value')}. Ask for "
                "fewer grades, or raise max_n_prebins."
            )
        return (
            "The default rate does not rise from the safest values to the riskiest. Check that "
            f"measure={places.measure!r} is what the values are, and that they rank the cases."
        )


def _is_asked(one: Relaxation) -> bool:
    """Tell whether a constraint is one of the caller's, who cannot ask for another trend."""
    return one.constraint != "trend"


def _said(one: Relaxation, *, exact: bool) -> str:
    """Say in the words of the parameters here what to do; `exact` where the number is fixed."""
    name = _NAMES.get(one.constraint, one.constraint)
    if exact and one.constraint.endswith("_n_bins"):
        name = "n_grades"
    if one.needed is None:
        return f"leave out {name}"
    verb = "raise" if one.constraint.startswith("max_") else "lower"
    return f"{verb} {name} to {one.needed:g}"
