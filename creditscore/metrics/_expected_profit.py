"""Expected maximum profit of a score in consumer credit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from creditscore._validation import check_real
from creditscore.exceptions import InvalidParameterError
from creditscore.metrics._class_counts import ClassCounts
from creditscore.metrics._risk_blocks import RiskBlocks


@dataclass(frozen=True, kw_only=True, repr=False)
class ExpectedMaximumProfit:
    """What a score earns with the best cut-off; by :func:`expected_maximum_profit`.

    Attributes
    ----------
    profit : float
        Expected profit a case, over that of accepting all, as a fraction of the amount lent.
    fraction : float
        Expected share of cases to refuse, the riskiest first.

    Examples
    --------
    >>> from creditscore.metrics import expected_maximum_profit
    >>> expected_maximum_profit([1, 1, 0, 0], [480, 510, 510, 600])
    <ExpectedMaximumProfit: 0.1108 of the amount lent, 29.12% of cases refused>
    """

    profit: float
    fraction: float

    def __repr__(self) -> str:
        """Say in one line what is earned by what."""
        return (
            f"<ExpectedMaximumProfit: {self.profit:.4f} of the amount lent, {self.fraction:.2%} of "
            "cases refused>"
        )


def expected_maximum_profit(
    is_bad: Any,
    score: Any,
    *,
    p0: float = 0.55,
    p1: float = 0.10,
    roi: float = 0.2644,
    sample_weight: Any = None,
) -> ExpectedMaximumProfit:
    """Return the expected maximum profit of a score in consumer credit (EMP, EMPC).

    Parameters
    ----------
    is_bad : array-like of shape (n_samples,)
        1 for bad, 0 for good; both must occur.
    score : array-like of shape (n_samples,)
        Higher is safer. For a probability of default, pass ``-prob_default``.
    p0 : float, default=0.55
        Chance that a bad case loses nothing, in [0, 1].
    p1 : float, default=0.10
        Chance that a bad case loses the whole amount, in [0, 1]; what is left of 1 is spread
        evenly between the two.
    roi : float, default=0.2644
        Return that a good case brings, as a fraction of the amount, zero or more.
    sample_weight : array-like of shape (n_samples,), optional
        Frequencies, zero or more; fractions will do.

    Returns
    -------
    ExpectedMaximumProfit

    Raises
    ------
    InvalidParameterError
        A parameter is out of range, or `p0` and `p1` add up to more than 1.
    InvalidTargetError, InvalidDataError
        As in :func:`creditscore.metrics.auc`.

    Notes
    -----
    Where a bad case loses the fraction λ of the amount, the cut-off t earns
    λ · share_bad · F_bad(t) - roi · share_good · F_good(t), F being shares below it, over
    accepting all. EMP is the mean over λ of the most that any t earns [1]_, and the fraction the
    mean of the cases refused there; where λ = 0, nobody is. The defaults are those of [1]_, from
    consumer loans of one lender: other portfolios have their own.

    The best cut-offs are corners of the convex hull of the ROC curve; ties are refused or
    accepted together. The formula is exact. O(n log n) time.

    References
    ----------
    .. [1] T. Verbraken, C. Bravo, R. Weber and B. Baesens, "Development and application of
       consumer credit scoring models using profit-based classification measures", *European
       Journal of Operational Research* 238, 2014, pp. 505-513.

    Examples
    --------
    >>> from creditscore.metrics import expected_maximum_profit
    >>> is_bad, prob_default = [0, 1, 0, 1, 0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.8, 0.9]
    >>> found = expected_maximum_profit(is_bad, [-p for p in prob_default], p0=0.1, p1=0.1, roi=0.1)
    >>> round(found.profit, 5), round(found.fraction, 4)
    (0.21775, 0.7275)
    """
    owner = "expected_maximum_profit"
    check_real(p0, "p0", owner, low=0, high=1, closed="both")
    check_real(p1, "p1", owner, low=0, high=1, closed="both")
    check_real(roi, "roi", owner, low=0, high=math.inf, closed="left")
    spread = 1 - p0 - p1
    if spread < -1e-12:
        msg = f"p0 and p1 are chances of two outcomes and add up to 1 at most. Got {p0} and {p1}."
        raise InvalidParameterError(msg)
    good, bad = RiskBlocks.from_counts(ClassCounts.from_scores(is_bad, score, sample_weight))
    # a block is refused where its bads lose more than its goods bring
    refused = roi * good < bad
    good, bad = good[refused], bad[refused]
    least = roi * good / bad
    evenly = bad * (1 - least**2) / 2 - roi * good * (1 - least)
    spread = max(0.0, spread)
    return ExpectedMaximumProfit(
        profit=float(np.sum(spread * evenly + p1 * (bad - roi * good))),
        fraction=float(np.sum((good + bad) * (spread * (1 - least) + p1))),
    )
