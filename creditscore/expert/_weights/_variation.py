"""Weights by the coefficient of variation."""

from __future__ import annotations

import numpy as np

from creditscore._typing import NativeFrame
from creditscore._validation import check_integer
from creditscore.exceptions import InvalidParameterError
from creditscore.expert._weights._indicator_matrix import by_name, read_indicators
from creditscore.expert._weights._weights import Weights


def variation_weights(X: NativeFrame, *, ddof: int = 1) -> Weights:
    r"""Weigh indicators by their standard deviations as parts of their means.

    Parameters
    ----------
    X : table of shape (n_cases, n_indicators)
        Numbers that are zero or more, as :func:`orient` makes them; two rows or more. A mean
        that negative numbers bring near zero would give any weight at all.
    ddof : {0, 1}, default=1
        The sum of squares is divided by the number of cases less this. It changes the
        coefficients of the evidence, and cancels in the weights.

    Returns
    -------
    Weights
        With the evidence "coefficient_of_variation" by indicator, "ddof" and "n_cases". A
        constant column has weight 0.

    Raises
    ------
    InvalidDataError
        A negative or missing value, or every column is constant.
    InfiniteValueError, ColumnTypeError
        An infinite value, or a column of other things than numbers.
    EmptyDataError
        One row only.
    InvalidParameterError
        `ddof` is neither 0 nor 1.

    Warns
    -----
    ConstantColumnWarning
        A column holds one value only; so does one of mean zero, as all its values are zero.

    Notes
    -----
    :math:`v_j = s_j / \bar x_j` and :math:`w_j = v_j / \sum_k v_k`. Costs O(cases · indicators).

    References
    ----------
    K. Pearson, "Regression, heredity and panmixia", *Philosophical Transactions of the Royal
    Society A* 187, 1896 (the coefficient).

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.expert import variation_weights
    >>> firms = pd.DataFrame({"margin": [1.0, 3.0], "liquidity": [3.0, 5.0]})
    >>> weights = variation_weights(firms)
    >>> weights
    Weights(margin 66.7 %, liquidity 33.3 %; variation)
    """
    if check_integer(ddof, "ddof", "variation_weights", low=0) > 1:
        msg = f"The 'ddof' parameter of variation_weights must be 0 or 1. Got {ddof!r} instead."
        raise InvalidParameterError(msg)
    names, values, varies = read_indicators(X, "variation_weights", signed=False)
    coefficient = np.zeros(len(names))
    # by the largest first: squares of large numbers could be infinite
    parts = values[:, varies] / values[:, varies].max(axis=0)
    coefficient[varies] = parts.std(axis=0, ddof=ddof) / parts.mean(axis=0)
    return Weights.of(
        by_name(names, coefficient),
        method="variation",
        evidence={
            "coefficient_of_variation": by_name(names, coefficient),
            "ddof": int(ddof),
            "n_cases": len(values),
        },
    )
