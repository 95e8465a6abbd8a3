"""Hosmer and Lemeshow's test: observed against expected defaults over all groups."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
from scipy.special import chdtrc

from creditscore._checks import check_kind
from creditscore._typing import Float1D, Int1D
from creditscore._validation import check_choice, check_integer, check_order
from creditscore.exceptions import InvalidDataError
from creditscore.metrics import SignificanceTest
from creditscore.validate._tests._inputs import check_fractions, read_cases, read_groups, read_rates

GroupRule: TypeAlias = Literal["quantile", "equal_size"]


def hosmer_lemeshow_test(
    is_bad: Any,
    prob_default: Any,
    *,
    n_groups: int = 10,
    grades: Any = None,
    in_sample: bool = False,
    rule: GroupRule = "quantile",
    sample_weight: Any = None,
) -> SignificanceTest:
    """Test whether probabilities of default are right in all their groups at once.

    Parameters
    ----------
    is_bad : array-like of shape (n_samples,)
        1 for bad, 0 for good; all of one kind is fine.
    prob_default : array-like of shape (n_samples,)
        Fractions in [0, 1].
    n_groups : int, default=10
        Groups by probability, 2 or more. Equal probabilities are never parted, so that there may
        be fewer. Not looked at where grades are given.
    grades : array-like of shape (n_samples,), optional
        Grade or other group of each case, in place of groups by probability.
    in_sample : bool, default=False
        Whether the probabilities were fitted on these cases, which costs two degrees of freedom.
    rule : {"quantile", "equal_size"}, default="quantile"
        How groups by probability are made: "quantile", as R's ``hoslem.test`` of the package
        ResourceSelection does, between the different ones among the quantiles 0, 1 / n_groups, … 1
        of the probabilities (interpolated linearly, type 7 of R), each with its upper end, the
        first with its lower end as well; "equal_size", in the order
        of the probabilities so that group sizes differ by as little as ties let them.
    sample_weight : array-like of shape (n_samples,), optional
        Counts of rows, whole numbers, zero or more.

    Returns
    -------
    SignificanceTest
        Small p-values speak against the probabilities, whichever way they are off.

    Raises
    ------
    InvalidParameterError
        A parameter is out of range.
    InvalidTargetError
        Missing outcomes.
    InvalidDataError
        A probability outside [0, 1] or missing; grades that are missing or not as many; weights
        that are no whole numbers; no degree of freedom left.

    See Also
    --------
    hosmer_lemeshow_grades : The same from counts of grades.

    Notes
    -----
    Σ (n_bad - n · PD)² / (n · PD · (1 - PD)) over groups with mean probability PD [1]_. Degrees
    of freedom: the number of groups k where the probabilities were made elsewhere, k - 2 on the
    cases of their fit. R takes `n_groups` - 2 even where ties left fewer groups. The statistic
    depends on how groups are made; with very many cases it rejects any model. O(n log n) time.

    References
    ----------
    .. [1] D. W. Hosmer and S. Lemeshow, "Goodness of fit tests for the multiple logistic
       regression model", *Communications in Statistics: Theory and Methods* 9, 1980,
       pp. 1043-1069.

    Examples
    --------
    >>> from creditscore.validate import hosmer_lemeshow_test
    >>> prob = [0.1, 0.1, 0.2, 0.2, 0.3, 0.3]
    >>> hosmer_lemeshow_test([0, 0, 0, 1, 0, 1], prob, n_groups=3)
    <SignificanceTest: Hosmer-Lemeshow test, statistic 1.728, df 3, p = 0.6307>
    """
    owner = "hosmer_lemeshow_test"
    check_integer(n_groups, "n_groups", owner, low=2)
    check_choice(rule, "rule", owner, ("quantile", "equal_size"))
    check_order(is_bad=is_bad, grades=grades)
    bad, prob, counts = read_cases(is_bad, prob_default, sample_weight)
    check_fractions(prob, "prob_default")
    held = counts > 0
    if grades is not None:
        codes = read_groups(grades, len(prob))[0][held]
    else:
        make = _between_quantiles if rule == "quantile" else _of_equal_size
        codes = make(prob[held], counts[held], n_groups)
    total = np.bincount(codes, counts[held])
    full = total > 0
    n_bad = np.bincount(codes, (counts * bad)[held])[full]
    expected = np.bincount(codes, (counts * prob)[held])[full]
    mean = np.minimum(expected / total[full], 1.0)
    return hosmer_lemeshow_grades(n_bad, total[full], mean, in_sample=in_sample)


def hosmer_lemeshow_grades(
    n_bad: Any, n_total: Any, prob_default: Any, *, in_sample: bool = False
) -> SignificanceTest:
    """Test whether the probabilities of default of all grades are right at once.

    Parameters
    ----------
    n_bad, n_total : array-like of shape (n_grades,)
        Defaults and customers of each grade.
    prob_default : array-like of shape (n_grades,)
        Probability of default of each grade, a fraction in [0, 1].
    in_sample : bool, default=False
        Whether the probabilities were fitted on these customers, which costs two degrees of
        freedom.

    Returns
    -------
    SignificanceTest
        Small p-values speak against the probabilities, whichever way they are off. Grades without
        customers are left out, and so are grades of probability 0 or 1 that went as foretold: the
        degrees of freedom count the others.

    Raises
    ------
    InvalidDataError
        As in :func:`binomial_test`; no degree of freedom left.

    Notes
    -----
    Σ (n_bad - n_total · PD)² / (n_total · PD · (1 - PD)), chi-squared with k degrees of freedom
    for k grades, and k - 2 in sample [1]_. It is the sum of the squares of :func:`normal_test`.
    A grade of probability 0 with a default makes it infinite. O(k) time.

    References
    ----------
    .. [1] Basel Committee on Banking Supervision, *Studies on the Validation of Internal Rating
       Systems*, Working Paper 14, 2005, part III.

    Examples
    --------
    >>> from creditscore.validate import hosmer_lemeshow_grades
    >>> hosmer_lemeshow_grades([3, 10, 47], [170, 118, 274], [0.01, 0.08, 0.2])
    <SignificanceTest: Hosmer-Lemeshow test, statistic 2.428, df 3, p = 0.4884>
    """
    check_kind(in_sample, "in_sample", "hosmer_lemeshow_grades", bool)
    bad, total, prob = (np.ravel(each) for each in read_rates(n_bad, n_total, prob_default))
    variance = total * prob * (1 - prob)
    apart = (bad - total * prob) ** 2
    tested = (total > 0) & ((variance > 0) | (apart > 0))
    df = int(tested.sum()) - (2 if in_sample else 0)
    if df < 1:
        msg = (
            f"The test needs {3 if in_sample else 1} or more groups of customers whose "
            f"probability is neither 0 nor 1. Got {int(tested.sum())}."
        )
        raise InvalidDataError(msg)
    with np.errstate(divide="ignore", over="ignore"):
        statistic = float((apart[tested] / variance[tested]).sum())
    return SignificanceTest(
        name="Hosmer-Lemeshow test",
        statistic=statistic,
        p_value=float(chdtrc(df, statistic)),
        hypothesis="the probability of default is right in every group",
        source="Hosmer and Lemeshow 1980; BCBS Working Paper 14, 2005",
        df=float(df),
        n=int(total.sum()),
    )


def _between_quantiles(prob: Float1D, counts: Float1D, n_groups: int) -> Int1D:
    """Return numbers of the intervals between quantiles, closed on the right, that cases lie in."""
    order = np.argsort(prob, kind="stable")
    values, until = prob[order], np.cumsum(counts[order])
    last = int(until[-1]) - 1
    breaks = []
    for i in range(1, n_groups):
        # in whole numbers, so that a quantile that is a value of the sample is exactly that
        place, rest = divmod(i * last, n_groups)
        low, high = values[np.searchsorted(until, [place, min(place + 1, last)], side="right")]
        breaks.append(low + rest / n_groups * (high - low))
    # a quantile that is the least value begins no group, for the first one holds its lower end
    inner = [end for end in np.unique(breaks) if end > values[0]]
    return np.searchsorted(inner, prob, side="left").astype(np.intp)


def _of_equal_size(prob: Float1D, counts: Float1D, n_groups: int) -> Int1D:
    """Return numbers of groups by the middle rank of each probability, so that none is parted."""
    _, places = np.unique(prob, return_inverse=True)
    here = np.bincount(places, counts)
    middle = np.cumsum(here) - here / 2
    group: Int1D = np.floor(middle * n_groups / here.sum()).astype(np.intp)
    return group[places]
