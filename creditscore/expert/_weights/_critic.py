"""CRITIC weights: how much an indicator varies, and how little others say the same."""

from __future__ import annotations

import numpy as np

from creditscore._typing import NativeFrame
from creditscore.exceptions import InvalidDataError
from creditscore.expert._weights._indicator_matrix import by_name, on_unit, read_indicators
from creditscore.expert._weights._weights import Weights

_NO_CONFLICT = 1e-12
"""Sum of 1 − r of a column with the others up to which it is rounding of zero."""


def critic_weights(X: NativeFrame) -> Weights:
    r"""Weigh indicators by their contrast, and by their conflict with the other indicators.

    Parameters
    ----------
    X : table of shape (n_cases, n_indicators)
        Any numbers of which more is safer, as :func:`orient` makes them; two rows or more. Each
        column is put on [0, 1] by its own smallest and largest value, which changes nothing in
        columns that are so already. A column of which less is safer would be correlated with
        the wrong sign.

    Returns
    -------
    Weights
        With the evidence "contrast" (standard deviation on [0, 1], of n − 1), "conflict" (the
        sum of 1 − r over the other indicators), both by indicator, "correlation" (of all pairs,
        rows in the order of the indicators; null beside a constant column) and "n_cases". A
        constant column has weight 0 and is no indicator to be in conflict with.

    Raises
    ------
    InvalidDataError
        A missing value, every column is constant, or several columns vary and all of them rise
        and fall together, so that none conflicts with another.
    InfiniteValueError, ColumnTypeError
        An infinite value, or a column of other things than numbers.
    EmptyDataError
        One row only.

    Warns
    -----
    ConstantColumnWarning
        A column holds one value only.

    Notes
    -----
    :math:`C_j = s_j \sum_k (1 - r_{jk})` and :math:`w_j = C_j / \sum_k C_k`, with Pearson's
    correlation :math:`r`. Where only one column varies it has all the weight. Costs
    O(cases · indicators²).

    References
    ----------
    D. Diakoulaki, G. Mavrotas, L. Papayannakis, "Determining objective weights in multiple
    criteria problems: the CRITIC method", *Computers & Operations Research* 22, 1995.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.expert import critic_weights
    >>> firms = pd.DataFrame(
    ...     {"margin": [0.0, 0.5, 1.0], "growth": [0.0, 0.4, 1.0], "liquidity": [1.0, 0.0, 1.0]}
    ... )
    >>> critic_weights(firms)
    Weights(margin 24.7 %, growth 22.0 %, liquidity 53.3 %; critic)
    """
    names, values, varies = read_indicators(X, "critic_weights", signed=True)
    unit = on_unit(values[:, varies])
    r = np.clip(np.atleast_2d(np.corrcoef(unit, rowvar=False)), -1.0, 1.0)
    np.fill_diagonal(r, 1.0)
    contrast, conflict = np.zeros(len(names)), np.zeros(len(names))
    contrast[varies] = unit.std(axis=0, ddof=1)
    conflict[varies] = (1 - r).sum(axis=1)
    if varies.sum() > 1 and conflict.max() <= _NO_CONFLICT * len(names):
        msg = (
            "All columns that vary are perfectly correlated with each other, so that none "
            "conflicts with another and critic_weights has nothing to weigh by. Keep one of them, "
            "or use variation_weights."
        )
        raise InvalidDataError(msg)
    information = contrast * conflict if varies.sum() > 1 else varies.astype(np.float64)
    correlation = np.full((len(names), len(names)), None, dtype=object)
    correlation[np.ix_(varies, varies)] = r
    return Weights.of(
        by_name(names, information),
        method="critic",
        evidence={
            "contrast": by_name(names, contrast),
            "conflict": by_name(names, conflict),
            "correlation": correlation.tolist(),
            "n_cases": len(values),
        },
    )
