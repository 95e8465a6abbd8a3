"""Weights by principal components: what an indicator shares with the main movements of all."""

from __future__ import annotations

import numpy as np

from creditscore._typing import Float1D, Float2D, NativeFrame
from creditscore._validation import check_real
from creditscore.expert._weights._indicator_matrix import by_name, on_unit, read_indicators
from creditscore.expert._weights._weights import Weights

_SAME = 1e-9
"""Difference up to which eigenvalues, whose mean is 1, are equal but for rounding."""


def component_weights(X: NativeFrame, *, variance_share: float | None = None) -> Weights:
    r"""Weigh indicators by how much of them the main principal components explain.

    Parameters
    ----------
    X : table of shape (n_cases, n_indicators)
        Any numbers; two rows or more. Unit, zero and direction of a column have no effect, as
        the components are those of the correlations.
    variance_share : float in (0, 1], optional
        Keep the fewest components that explain at least this part of the variance. Without it,
        those of eigenvalue 1 or more are kept, which explain more than one indicator alone does.

    Returns
    -------
    Weights
        With the evidence "eigenvalues" (all, largest first), "n_components" kept, "explained"
        (their part of the variance), "communality" by indicator (the part of its variance that
        they explain) and "n_cases". A constant column has weight 0.

    Raises
    ------
    InvalidDataError
        A missing value, or every column is constant.
    InfiniteValueError, ColumnTypeError
        An infinite value, or a column of other things than numbers.
    EmptyDataError
        One row only.
    InvalidParameterError
        `variance_share` is outside its range.

    Warns
    -----
    ConstantColumnWarning
        A column holds one value only.

    Notes
    -----
    With eigenvalues :math:`\lambda_k` of the correlations and loadings :math:`l_{jk}` (the
    eigenvector times :math:`\sqrt{\lambda_k}`), squared loadings are scaled to the sum 1 in
    each component, and components weighted by the variance that they explain, as in the Handbook:

    .. math:: w_j = \sum_k \frac{\lambda_k}{\sum_{k'} \lambda_{k'}}
       \frac{l_{jk}^2}{\lambda_k} = \frac{h_j^2}{\sum_{j'} h_{j'}^2}, \qquad
       h_j^2 = \sum_k l_{jk}^2,

    over the components that are kept. The Handbook takes of each indicator its largest loading
    after a rotation; here all its loadings count, so that a rotation would change nothing: the
    weight is the indicator's share of the communalities. With all components kept, all
    indicators that vary count alike. Where the last component that is kept has an equal, that
    is kept too, as the two are not distinct. Such weights follow what indicators have in common:
    they say nothing of what matters for default. Costs O(cases · indicators² + indicators³).

    References
    ----------
    OECD and JRC, *Handbook on Constructing Composite Indicators*, 2008, part 2, on weights based
    on principal components or factor analysis. G. Nicoletti, S. Scarpetta, O. Boylaud, *Summary
    Indicators of Product Market Regulation*, OECD Economics Working Paper 226, 2000.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.expert import component_weights
    >>> firms = pd.DataFrame({
    ...     "margin": [1, 2, 3, 4], "return": [1, 2, 3, 5], "liquidity": [4, 1, 3, 3],
    ... })
    >>> weights = component_weights(firms)
    >>> weights
    Weights(margin 49.7 %, return 49.3 %, liquidity 1.0 %; components)
    >>> weights.evidence["n_components"]
    1
    """
    if variance_share is not None:
        variance_share = check_real(
            variance_share, "variance_share", "component_weights", low=0, high=1, closed="right"
        )
    names, values, varies = read_indicators(X, "component_weights", signed=True)
    eigenvalues, vectors = _components(values[:, varies])
    n = _n_kept(eigenvalues, variance_share)
    communality = np.zeros(len(names))
    communality[varies] = vectors[:, :n] ** 2 @ eigenvalues[:n]
    return Weights.of(
        by_name(names, communality),
        method="components",
        evidence={
            "eigenvalues": eigenvalues.tolist(),
            "n_components": n,
            "explained": float(eigenvalues[:n].sum() / eigenvalues.sum()),
            "communality": by_name(names, communality),
            "n_cases": len(values),
        },
    )


def _components(values: Float2D) -> tuple[Float1D, Float2D]:
    """Return eigenvalues of the correlations, largest first, and their vectors as columns."""
    correlations = np.atleast_2d(np.corrcoef(on_unit(values), rowvar=False))
    eigenvalues, vectors = np.linalg.eigh(correlations)
    return np.maximum(eigenvalues[::-1], 0.0), vectors[:, ::-1]


def _n_kept(eigenvalues: Float1D, variance_share: float | None) -> int:
    if variance_share is None:
        return int((eigenvalues >= 1 - _SAME).sum())
    explained = np.cumsum(eigenvalues) / eigenvalues.sum()
    last = int(np.argmax(explained >= variance_share - _SAME))
    return int((eigenvalues >= eigenvalues[last] - _SAME).sum())
