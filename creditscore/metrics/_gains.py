"""Cases in groups from the riskiest to the safest: bad rates, lift, capture."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from creditscore._validation import check_integer
from creditscore.metrics._class_counts import ClassCounts
from creditscore.metrics._ranked import equal_groups


def gains_table(
    is_bad: Any, score: Any, *, n_groups: int = 10, sample_weight: Any = None
) -> pd.DataFrame:
    """Part cases into groups of nearly equal size by their score, the riskiest first.

    Parameters
    ----------
    is_bad : array-like of shape (n_samples,)
        1 for bad, 0 for good; both must occur.
    score : array-like of shape (n_samples,)
        Higher is safer. For a probability of default, pass ``-prob_default``.
    n_groups : int, default=10
        Number of groups, 1 or more.
    sample_weight : array-like of shape (n_samples,), optional
        Frequencies, zero or more; fractions will do.

    Returns
    -------
    DataFrame
        A row a group: group (1 is the riskiest), score_lower and score_upper (least and greatest
        score in it), count, share (of all cases), n_good, n_bad, bad_rate, odds (good:bad,
        infinite without a bad case), lift (bad rate over that of all cases), then of this and
        all riskier groups together cumulative_share, cumulative_good and cumulative_bad (shares
        of all cases, of all goods and of all bads), cumulative_bad_rate and cumulative_lift, and
        ks (cumulative_bad less cumulative_good).

    Raises
    ------
    InvalidParameterError
        A number of groups that is none.
    InvalidTargetError
        Missing outcomes or one class only; outcomes and scores that were swapped.
    InvalidDataError
        Missing scores; text and dates; pandas Series with one index in different orders.

    Notes
    -----
    Equal scores are never parted. A score stands in the group in which the middle one of its
    cases falls, so that with many ties groups are of unequal size, and there are fewer of them.
    The largest distance in the column ks is at most :func:`creditscore.metrics.ks`, which looks
    at every cut-off. O(n log n) time.

    References
    ----------
    .. [1] N. Siddiqi, *Intelligent Credit Scoring*, 2nd ed., Wiley, 2017, ch. 10 and 12.

    Examples
    --------
    >>> from creditscore.metrics import gains_table
    >>> table = gains_table([1, 1, 0, 1, 0, 0], [480, 490, 500, 520, 560, 600], n_groups=3)
    >>> table[["group", "score_upper", "bad_rate", "lift", "cumulative_bad", "ks"]].round(3)
       group  score_upper  bad_rate  lift  cumulative_bad     ks
    0      1        490.0       1.0   2.0           0.667  0.667
    1      2        520.0       0.5   1.0           1.000  0.667
    2      3        600.0       0.0   0.0           1.000  0.000
    """
    check_integer(n_groups, "n_groups", "gains_table", low=1)
    return group_counts(ClassCounts.from_scores(is_bad, score, sample_weight), n_groups)


def group_counts(counts: ClassCounts, n_groups: int) -> pd.DataFrame:
    """Make the table of :func:`gains_table` of counts that are at hand already."""
    group = equal_groups(counts.good + counts.bad, n_groups)
    first = np.flatnonzero(np.diff(group, prepend=-1))
    good, bad = (np.bincount(group, weights) for weights in (counts.good, counts.bad))
    count = good + bad
    rate = bad.sum() / count.sum()
    odds = np.divide(good, bad, out=np.full(len(bad), np.inf), where=bad > 0)
    until, good_until, bad_until = (np.cumsum(part) for part in (count, good, bad))
    cumulative_good, cumulative_bad = good_until / good_until[-1], bad_until / bad_until[-1]
    return pd.DataFrame(
        {
            "group": np.arange(1, len(count) + 1),
            "score_lower": counts.score[first],
            "score_upper": counts.score[np.append(first[1:], len(group)) - 1],
            "count": count,
            "share": count / count.sum(),
            "n_good": good,
            "n_bad": bad,
            "bad_rate": bad / count,
            "odds": odds,
            "lift": bad / count / rate,
            "cumulative_share": until / until[-1],
            "cumulative_good": cumulative_good,
            "cumulative_bad": cumulative_bad,
            "cumulative_bad_rate": bad_until / until,
            "cumulative_lift": bad_until / until / rate,
            "ks": cumulative_bad - cumulative_good,
        }
    )
