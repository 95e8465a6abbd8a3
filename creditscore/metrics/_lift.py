"""How many times the overall bad rate the riskiest cases have."""

from __future__ import annotations

from typing import Any

import numpy as np

from creditscore._validation import check_real
from creditscore.metrics._class_counts import ClassCounts


def lift(is_bad: Any, score: Any, *, share: float = 0.1, sample_weight: Any = None) -> float:
    """Bad rate among the riskiest cases over that of all cases.

    Parameters
    ----------
    is_bad : array-like of shape (n_samples,)
        1 for bad, 0 for good; both must occur.
    score : array-like of shape (n_samples,)
        Higher is safer. For a probability of default, pass ``-prob_default``.
    share : float, default=0.1
        Share of cases that is looked at, the riskiest first, in (0, 1].
    sample_weight : array-like of shape (n_samples,), optional
        Frequencies, zero or more; fractions will do.

    Returns
    -------
    float
        From 0 to the lesser of 1 / share and 1 / bad rate; 1 is no better than chance.

    Raises
    ------
    InvalidTargetError, InvalidDataError
        As in :func:`creditscore.metrics.auc`.

    See Also
    --------
    gains_table : Lift and cumulative lift of all groups, whose bounds part no tie.

    Notes
    -----
    Where the share ends among equal scores, or within a case, it takes a part of them, with the
    same part of their bads: the mean over all ways to put tied cases in an order. The lift hence
    does not depend on the order of rows. O(n log n) time.

    References
    ----------
    .. [1] N. Siddiqi, *Intelligent Credit Scoring*, 2nd ed., Wiley, 2017, ch. 10.

    Examples
    --------
    >>> from creditscore.metrics import lift
    >>> is_bad, score = [1, 1, 0, 1, 0, 0, 0, 0], [480, 490, 500, 520, 520, 560, 600, 610]
    >>> round(lift(is_bad, score, share=0.25), 4), round(lift(is_bad, score, share=0.5), 4)
    (2.6667, 1.6667)
    """
    check_real(share, "share", "lift", low=0, high=1, closed="right")
    counts = ClassCounts.from_scores(is_bad, score, sample_weight)
    cases, bad = (np.append(0.0, np.cumsum(n)) for n in (counts.good + counts.bad, counts.bad))
    caught = float(np.interp(share * cases[-1], cases, bad))
    return caught / float(bad[-1]) / share
