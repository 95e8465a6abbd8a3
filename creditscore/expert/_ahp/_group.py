"""Comparisons of several experts in one: of their judgements, or of their priorities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from creditscore._checks import check_kind
from creditscore._typing import Float2D
from creditscore._validation import check_choice
from creditscore.exceptions import InvalidParameterError
from creditscore.expert._ahp._pairwise import PairwiseComparison
from creditscore.expert._ahp._pairwise_weights import weights_of
from creditscore.expert._ahp._random_index import RandomIndex, told
from creditscore.expert._weights._experts import expert_shares
from creditscore.expert._weights._weights import Weights, check_same_names


def group_judgements(
    comparisons: Mapping[str, PairwiseComparison],
    *,
    expert_weights: Mapping[str, float] | Sequence[float] | None = None,
) -> PairwiseComparison:
    r"""Return the group's comparison: of each judgement the geometric mean of the experts.

    For a group that wants to judge as one (aggregation of individual judgements).

    Parameters
    ----------
    comparisons : mapping of str to PairwiseComparison
        By expert, all of the same criteria, in whatever order.
    expert_weights : mapping of str to float, or sequence of float, optional
        How much each expert counts, zero or more; without, all alike. A sequence is in the order
        of `comparisons`.

    Returns
    -------
    PairwiseComparison
        With the criteria in the order of the first expert. A judgement that only some made is
        the mean of those; one that none made is missing.

    Raises
    ------
    InvalidParameterError
        No expert, other criteria of another expert, weights of other experts.
    InvalidWeightError
        Weights that are negative, missing, infinite or all zero.

    See Also
    --------
    group_priorities : The mean of what each expert's judgements come to.

    Notes
    -----
    :math:`\ln a_{ij} = \sum_k s_k \ln a_{ij}^{(k)} / \sum_k s_k` over the experts k who
    compared the pair. The geometric mean is the one that keeps judgements reciprocal (Aczél and
    Saaty 1983).

    References
    ----------
    Aczél, J. and Saaty, T. L. (1983). Procedures for synthesizing ratio judgements. Journal of
    Mathematical Psychology 27, 93-102.

    Examples
    --------
    >>> from creditscore.expert import PairwiseComparison, group_judgements
    >>> risk = PairwiseComparison.of(["capacity", "capital"], [8])
    >>> sales = PairwiseComparison.of(["capacity", "capital"], [1 / 2])
    >>> round(group_judgements({"risk": risk, "sales": sales})["capacity", "capital"], 9)
    2.0
    """
    owner = "group_judgements"
    names, logs = log_judgements(comparisons, owner)
    shares = expert_shares(expert_weights, tuple(comparisons), owner)
    mean = mean_logs(logs, np.asarray(shares))
    return PairwiseComparison.of(names, np.exp(mean).tolist())


def group_priorities(
    comparisons: Mapping[str, PairwiseComparison],
    *,
    expert_weights: Mapping[str, float] | Sequence[float] | None = None,
    mean: Literal["geometric", "arithmetic"] = "geometric",
    method: Literal["eigenvector", "geometric_mean"] = "eigenvector",
    random_index: RandomIndex = "saaty_2005",
    threshold: float | Literal["by_size"] = 0.10,
) -> Weights:
    """Return the mean of the experts' priorities.

    For a group of people who each keep to their own values (aggregation of individual
    priorities).

    Parameters
    ----------
    comparisons : mapping of str to PairwiseComparison
        By expert, all of the same criteria, in whatever order.
    expert_weights : mapping of str to float, or sequence of float, optional
        As in :func:`group_judgements`.
    mean : {"geometric", "arithmetic"}, default="geometric"
        Of the priorities of a criterion; the results are divided by their sum.
    method : {"eigenvector", "geometric_mean"}, default="eigenvector"
        As in :meth:`PairwiseComparison.weights`, as are the others. By geometric means, of
        complete comparisons, it is the same to take the mean of judgements or of priorities.
    random_index : str or mapping of int to float, default="saaty_2005"
        Table of random indices.
    threshold : float or "by_size", default=0.1
        Consistency ratio above which a warning is given, by each expert.

    Returns
    -------
    Weights
        Of method "ahp_group", with the experts' weights as parents; the evidence names the
        experts, what they count and their consistency ratios.

    Raises
    ------
    InvalidParameterError, InvalidWeightError
        As of :func:`group_judgements`.
    InvalidDataError
        An expert's comparisons do not link all criteria.

    Warns
    -----
    InconsistentJudgementWarning
        An expert's consistency ratio is above the threshold; the message names the expert.

    References
    ----------
    Forman, E. and Peniwati, K. (1998). Aggregating individual judgments and priorities with the
    analytic hierarchy process. European Journal of Operational Research 108, 165-169.

    Examples
    --------
    >>> from creditscore.expert import PairwiseComparison, group_priorities
    >>> risk = PairwiseComparison.of(["capacity", "capital"], [4])
    >>> sales = PairwiseComparison.of(["capacity", "capital"], [1])
    >>> group_priorities({"risk": risk, "sales": sales}, mean="arithmetic")
    Weights(capacity 65.0 %, capital 35.0 %; ahp_group)
    """
    owner = "group_priorities"
    check_choice(mean, "mean", owner, ("geometric", "arithmetic"))
    names = check_comparisons(comparisons, owner)
    shares = expert_shares(expert_weights, tuple(comparisons), owner)
    settings = {"method": method, "random_index": random_index, "threshold": threshold}
    parents = [
        weights_of(one.names, one.matrix, settings, of=f" by {expert!r}")
        for expert, one in comparisons.items()
    ]
    values = np.array([parent.array(names) for parent in parents])
    if mean == "geometric":
        logs = shares @ np.log(values)
        found = np.exp(logs - logs.max())
    else:
        found = shares @ values
    experts = list(comparisons)
    return Weights.of(
        dict(zip(names, found.tolist(), strict=True)),
        method="ahp_group",
        evidence={
            "mean": mean,
            "expert_weights": dict(zip(experts, shares.tolist(), strict=True)),
            "consistency_ratios": {
                expert: parent.evidence["consistency_ratio"]
                for expert, parent in zip(experts, parents, strict=True)
            },
            "random_index": told(random_index),
        },
        parents=parents,
    )


def check_comparisons(comparisons: Any, owner: str) -> tuple[str, ...]:
    """Return the criteria, in the order of the first of one or more experts."""
    check_kind(comparisons, "comparisons", owner, Mapping)
    if not comparisons:
        msg = f"{owner} needs the comparisons of one expert or more. Got none."
        raise InvalidParameterError(msg)
    for expert, one in comparisons.items():
        check_kind(expert, "comparisons", owner, str)
        check_kind(one, f"comparisons[{expert!r}]", owner, PairwiseComparison)
    first, *others = comparisons
    names: tuple[str, ...] = comparisons[first].names
    for expert in others:
        check_same_names(names, comparisons[expert].names, f"expert {first!r}")
    return names


def log_judgements(comparisons: Any, owner: str) -> tuple[tuple[str, ...], Float2D]:
    """Return the criteria, and logarithms of judgements: a row an expert, a column a pair."""
    names = check_comparisons(comparisons, owner)
    upper = np.triu_indices(len(names), 1)
    rows = []
    for one in comparisons.values():
        order = [one.names.index(name) for name in names]
        rows.append(np.log(one.matrix[np.ix_(order, order)][upper]))
    return names, np.array(rows)


def mean_logs(logs: Float2D, shares: Float2D) -> Float2D:
    """Return for each pair the weighted mean of those who compared it, NaN where nobody did."""
    made = ~np.isnan(logs)
    counted = shares @ made
    sums = shares @ np.where(made, logs, 0.0)
    return np.where(counted > 0, sums / np.where(counted > 0, counted, 1.0), np.nan)
