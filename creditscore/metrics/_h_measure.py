"""Hand's H-measure: the loss that a score saves, over a distribution of costs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.special import betainc, betaincc

from creditscore._typing import Float1D
from creditscore._validation import check_real
from creditscore.exceptions import InvalidParameterError
from creditscore.metrics._class_counts import ClassCounts
from creditscore.metrics._risk_blocks import RiskBlocks


def h_measure(
    is_bad: Any,
    score: Any,
    *,
    severity: float | None = None,
    shape: Sequence[float] | None = None,
    sample_weight: Any = None,
) -> float:
    """Share of the loss by misclassification that a score saves, averaged over costs.

    Parameters
    ----------
    is_bad : array-like of shape (n_samples,)
        1 for bad, 0 for good; both must occur.
    score : array-like of shape (n_samples,)
        Higher is safer. For a probability of default, pass ``-prob_default``.
    severity : float, optional
        Cost of a good case taken for bad over that of a bad case taken for good, above 0: the
        ``severity.ratio`` of the R package hmeasure [3]_. The distribution of the cost share is
        then Beta(2, 1 + 1 / severity), most dense at severity / (1 + severity). The default of
        that package is the number of bads over that of goods.
    shape : sequence of two floats, optional
        Parameters of the Beta distribution of the cost share instead, each above 0: (2, 2) is
        that of 2009 [1]_.
    sample_weight : array-like of shape (n_samples,), optional
        Frequencies, zero or more; fractions will do.

    Returns
    -------
    float
        In [0, 1]: 0 where no cut-off is better than to treat all cases alike, 1 where goods and
        bads are separated.

    Raises
    ------
    InvalidParameterError
        A parameter is out of range, or both `severity` and `shape` are given.
    InvalidTargetError, InvalidDataError
        As in :func:`creditscore.metrics.auc`.

    Notes
    -----
    Let c be the cost of a good case taken for bad, and 1 - c that of a bad case taken for good.
    With the best cut-off for each c, a score loses L, and without a score one loses
    L_max = ∫ min(c · share of goods, (1 - c) · share of bads); H = 1 - L / L_max, both over the
    distribution of c. By default, that is Beta(1 + share of bads, 1 + share of goods) [2]_, most
    dense at the share of bads and the same for all scores of one sample. Which distribution is
    meant must be said beside the figure: the R package's default is another one, see `severity`.

    The best cut-offs are the corners of the convex hull of the ROC curve. A score that ranks the
    wrong way round hence has an H of 0, or near it, and not of what it would have turned round.
    O(n log n) time.

    References
    ----------
    .. [1] D. J. Hand, "Measuring classifier performance: a coherent alternative to the area under
       the ROC curve", *Machine Learning* 77, 2009, pp. 103-123.
    .. [2] D. J. Hand and C. Anagnostopoulos, "A better Beta for the H measure of classification
       performance", *Pattern Recognition Letters* 40, 2014, pp. 41-46.
    .. [3] C. Anagnostopoulos and D. J. Hand, R package *hmeasure*, function ``HMeasure``.

    Examples
    --------
    >>> from creditscore.metrics import h_measure
    >>> is_bad, score = [1, 0, 1, 0, 0, 0], [480, 490, 500, 520, 560, 600]
    >>> round(h_measure(is_bad, score), 4), round(h_measure(is_bad, score, shape=(2, 2)), 4)
    (0.6348, 0.6165)
    """
    given = _read_shape(severity, shape)
    counts = ClassCounts.from_scores(is_bad, score, sample_weight)
    good, bad = RiskBlocks.from_counts(counts)
    share_bad = float(bad.sum())
    a, b = given or (1 + share_bad, 2 - share_bad)
    lost = _loss(good, bad, a, b).sum()
    most = _loss(np.array([1 - share_bad]), np.array([share_bad]), a, b).sum()
    return float(np.clip(1 - lost / most, 0.0, 1.0))


def _read_shape(severity: Any, shape: Any) -> tuple[float, float] | None:
    owner = "h_measure"
    if severity is not None and shape is not None:
        msg = (
            "severity and shape both say how costs are distributed. Give one of them, or none for "
            "the distribution of Hand and Anagnostopoulos (2014)."
        )
        raise InvalidParameterError(msg)
    if severity is not None:
        ratio = check_real(severity, "severity", owner, low=0, high=math.inf)
        return 2.0, 1 + 1 / ratio
    if shape is None:
        return None
    if not isinstance(shape, Sequence) or isinstance(shape, str) or len(shape) != 2:
        msg = (
            f"The 'shape' parameter of {owner} must be two numbers, such as (2, 2). Got {shape!r} "
            "instead."
        )
        raise InvalidParameterError(msg)
    a, b = (check_real(value, "shape", owner, low=0, high=math.inf) for value in shape)
    return a, b


def _loss(good: Float1D, bad: Float1D, a: float, b: float) -> Float1D:
    """Return the least loss of each block, ∫ min(c · good, (1 - c) · bad), c being Beta(a, b).

    A block is taken for bad while c is below its bad rate.
    """
    rate = bad / (good + bad)
    loss: Float1D = (good * a * betainc(a + 1, b, rate) + bad * b * betaincc(a, b + 1, rate)) / (
        a + b
    )
    return loss
