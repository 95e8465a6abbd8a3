"""Weights by entropy: an indicator counts by how unevenly its values are spread."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import xlog1py

from creditscore._typing import Float1D, Float2D, NativeFrame
from creditscore.expert._weights._indicator_matrix import by_name, read_indicators
from creditscore.expert._weights._weights import Weights


def entropy_weights(X: NativeFrame) -> Weights:
    r"""Weigh indicators by how much their values differ from even ones, measured by entropy.

    Parameters
    ----------
    X : table of shape (n_cases, n_indicators)
        Numbers that are zero or more, as :func:`orient` makes them; two rows or more. The unit
        of a column has no effect, but its zero has: a column and the same column plus a constant
        have other weights. pandas, polars, pyarrow, or an array, whose columns are called
        ``x0, x1, …``.

    Returns
    -------
    Weights
        With the evidence "entropy" by indicator and "n_cases". A constant column has weight 0.

    Raises
    ------
    InvalidDataError
        A negative or missing value, or every column is constant.
    InfiniteValueError, ColumnTypeError
        An infinite value, or a column of other things than numbers.
    EmptyDataError
        One row only.

    Warns
    -----
    ConstantColumnWarning
        A column holds one value only, be it zero.

    Notes
    -----
    With :math:`p_{ij} = x_{ij} / \sum_i x_{ij}` of :math:`m` cases, and :math:`0 \ln 0 = 0`,

    .. math:: E_j = -\frac{1}{\ln m} \sum_i p_{ij} \ln p_{ij},
       \qquad w_j = \frac{1 - E_j}{\sum_k (1 - E_k)}.

    :math:`1 - E_j` is summed from parts that are never negative, not taken as a difference from
    1, so that columns that hardly vary keep their digits. Costs O(cases · indicators).

    References
    ----------
    C. E. Shannon, "A mathematical theory of communication", *Bell System Technical Journal* 27,
    1948. C.-L. Hwang and K. Yoon, *Multiple Attribute Decision Making*, Springer, 1981.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.expert import entropy_weights
    >>> firms = pd.DataFrame({"margin": [1, 4], "liquidity": [2, 16]})
    >>> entropy_weights(firms)
    Weights(margin 35.9 %, liquidity 64.1 %; entropy)
    """
    names, values, varies = read_indicators(X, "entropy_weights", signed=False)
    divergence = np.zeros(len(names))
    divergence[varies] = _divergence(values[:, varies])
    return Weights.of(
        by_name(names, divergence),
        method="entropy",
        evidence={"entropy": by_name(names, 1 - divergence), "n_cases": len(values)},
    )


def _divergence(values: Float2D) -> Float1D:
    """Return 1 − E of each column: how far its shares are from even ones.

    With d the difference of a value from the mean of its column, as a part of that mean, it is
    the mean of (1 + d) ln(1 + d) − d over the logarithm of the number of cases.
    """
    # by the largest first: the sum of large numbers could be infinite
    parts = values / values.max(axis=0)
    excess = parts / parts.mean(axis=0) - 1
    each = np.maximum(xlog1py(1 + excess, excess) - excess, 0.0)
    result: Float1D = np.minimum(each.mean(axis=0) / math.log(len(values)), 1.0)
    return result
