"""Predicted and observed default rates of groups."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from creditscore._typing import Bool1D, Float1D, Int1D
from creditscore._validation import (
    check_choice,
    check_fractions,
    check_grades,
    check_integer,
    check_order,
    check_row_counts,
)
from creditscore.metrics._calibration import jeffreys_interval
from creditscore.metrics._inputs import read_cases
from creditscore.metrics._ranked import equal_groups
from creditscore.metrics._rate_interval import clopper_pearson_interval, wilson_interval

RateInterval: TypeAlias = Literal["jeffreys", "wilson", "clopper_pearson"]
"""Interval of a default rate; each is a function of this package."""

_INTERVALS = {
    "jeffreys": jeffreys_interval,
    "wilson": wilson_interval,
    "clopper_pearson": clopper_pearson_interval,
}


def calibration_table(
    is_bad: Any,
    prob_default: Any,
    *,
    n_groups: int = 10,
    grades: Any = None,
    sample_weight: Any = None,
    interval: RateInterval = "jeffreys",
    level: float = 0.95,
) -> pd.DataFrame:
    """Compare predicted with observed default rates, group by group, the safest first.

    Parameters
    ----------
    is_bad : array-like of shape (n_samples,)
        1 for bad, 0 for good; all of one kind is fine.
    prob_default : array-like of shape (n_samples,)
        Fractions in [0, 1].
    n_groups : int, default=10
        Number of groups of nearly equal size, 1 or more. Equal probabilities are never parted,
        so that there may be fewer. Not looked at where grades are given.
    grades : array-like of shape (n_samples,), optional
        Grade or other group of each case, in place of groups by probability.
    sample_weight : array-like of shape (n_samples,), optional
        Counts of rows, whole numbers, zero or more, as the intervals need them.
    interval : {"jeffreys", "wilson", "clopper_pearson"}, default="jeffreys"
        Interval of the observed rate.
    level : float, default=0.95
        Its confidence level in (0, 1).

    Returns
    -------
    DataFrame
        A row a group: group (a number from 1, or the grade, as text), prob_lower and prob_upper
        (least and greatest probability in it), count, share, n_bad, predicted (mean
        probability), observed (default rate), observed_lower, observed_upper. Grades come in the
        order of their mean probability.

    Raises
    ------
    InvalidParameterError
        A parameter is out of range.
    InvalidTargetError
        Missing outcomes; outcomes and probabilities that were swapped.
    InvalidDataError
        A probability outside [0, 1] or missing; grades that are missing or not as many; weights
        that are no whole numbers.

    Notes
    -----
    An interval is that of one group by itself: of ten groups that are all well calibrated, it is
    no surprise if one at 95 % does not hold its prediction. It takes outcomes as independent;
    defaults of one bad year are not, and are spread more widely.

    References
    ----------
    .. [1] Basel Committee on Banking Supervision, *Studies on the Validation of Internal Rating
       Systems*, Working Paper 14, 2005, part III.

    Examples
    --------
    >>> from creditscore.metrics import calibration_table
    >>> prob = [0.1, 0.1, 0.2, 0.2, 0.3, 0.3]
    >>> table = calibration_table([0, 0, 0, 1, 0, 1], prob, n_groups=3)
    >>> table[["group", "count", "predicted", "observed", "observed_upper"]].round(3)
      group  count  predicted  observed  observed_upper
    0     1    2.0        0.1       0.0           0.667
    1     2    2.0        0.2       0.5           0.939
    2     3    2.0        0.3       0.5           0.939
    """
    check_integer(n_groups, "n_groups", "calibration_table", low=1)
    check_choice(interval, "interval", "calibration_table", tuple(_INTERVALS))
    bad, prob, weights = read_cases(
        is_bad, prob_default, sample_weight, name="prob_default", one_class=True
    )
    check_fractions(prob)
    check_row_counts(weights)
    counts = np.ones(len(bad)) if weights is None else weights
    held = counts > 0
    if grades is None:
        codes, labels = _by_probability(prob[held], counts[held], n_groups)
    else:
        check_order(prob_default=prob_default, grades=grades)
        codes, labels = _by_grade(grades, prob, counts)
    rows = _group_rows(codes, bad[held], prob[held], counts[held])
    table = pd.DataFrame({"group": labels, **rows})
    lower, upper = _INTERVALS[interval](rows["n_bad"], rows["count"], level=level)
    return table.assign(observed_lower=lower, observed_upper=upper)


def _by_probability(prob: Float1D, counts: Float1D, n_groups: int) -> tuple[Int1D, list[str]]:
    """Part cases into groups of nearly equal size."""
    _, places = np.unique(prob, return_inverse=True)
    group = equal_groups(np.bincount(places, counts).astype(np.float64), n_groups)
    return group[places], [str(number) for number in range(1, int(group[-1]) + 2)]


def _by_grade(grades: Any, prob: Float1D, counts: Float1D) -> tuple[Int1D, list[str]]:
    """Part cases of some weight by their grade, the grades in the order of their probability."""
    given = check_grades(grades, n_rows=len(prob))
    held = counts > 0
    places, names = pd.factorize(pd.Series(given[held]).map(str))
    mean = np.bincount(places, prob[held] * counts[held]) / np.bincount(places, counts[held])
    # of grades with one mean, the name decides, so that the order of rows does not
    order = sorted(range(len(names)), key=lambda i: (mean[i], names[i]))
    rank = np.argsort(order)
    return rank[places], [str(names[i]) for i in order]


def _group_rows(codes: Int1D, bad: Bool1D, prob: Float1D, counts: Float1D) -> dict[str, Float1D]:
    n = int(codes.max()) + 1
    lower, upper = np.full(n, np.inf), np.full(n, -np.inf)
    np.minimum.at(lower, codes, prob)
    np.maximum.at(upper, codes, prob)
    count = np.bincount(codes, counts)
    n_bad = np.bincount(codes, counts * bad)
    return {
        "prob_lower": lower,
        "prob_upper": upper,
        "count": count,
        "share": count / count.sum(),
        "n_bad": n_bad,
        # rounding may take the mean of like numbers beyond them
        "predicted": np.clip(np.bincount(codes, counts * prob) / count, lower, upper),
        "observed": n_bad / count,
    }
