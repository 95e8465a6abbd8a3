"""Weights of criteria that are only put in an order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from creditscore._typing import Float1D
from creditscore._validation import as_floats, check_choice
from creditscore.exceptions import InvalidDataError
from creditscore.expert._weights._weights import Weights, check_names


def rank_weights(
    ranks: Mapping[str, float] | Sequence[str],
    *,
    method: Literal["centroid", "sum"] = "centroid",
) -> Weights:
    r"""Weigh criteria by their rank alone.

    Parameters
    ----------
    ranks : mapping of str to float, or sequence of str
        The rank of each criterion, 1 for the most important; only their order counts, and equal
        ranks are ties. Or the criteria themselves, the most important first.
    method : {"centroid", "sum"}, default="centroid"
        Rank-order centroid, the mean of all weights that are in this order; or rank sum, weights
        that fall by equal steps, which differ less from each other.

    Returns
    -------
    Weights
        Of method "rank_centroid" or "rank_sum"; the evidence holds the places, those of ties
        being their mean.

    Raises
    ------
    InvalidDataError
        A rank is missing or infinite.
    InvalidParameterError
        No criterion, one twice, one that is no text, or a method that there is not.

    See Also
    --------
    swing_weights : Where experts can say how much more important.

    Notes
    -----
    The criterion at place k of n has weight :math:`\frac{1}{n} \sum_{i=k}^n \frac{1}{i}` by the
    centroid, and :math:`2 (n + 1 - k) / (n (n + 1))` by the sum. Tied criteria share the mean
    weight of the places that they take up together.

    References
    ----------
    Stillwell, W. G., Seaver, D. A. and Edwards, W. (1981). A comparison of weight approximation
    techniques in multiattribute utility decision making. Organizational Behavior and Human
    Performance 28, 62-77.

    Barron, F. H. and Barrett, B. E. (1996). Decision quality using ranked attribute weights.
    Management Science 42, 1515-1523.

    Examples
    --------
    >>> from creditscore.expert import rank_weights
    >>> rank_weights(["capacity", "character", "capital"])
    Weights(capacity 61.1 %, character 27.8 %, capital 11.1 %; rank_centroid)
    >>> rank_weights({"capacity": 1, "character": 2, "capital": 2}, method="sum")
    Weights(capacity 50.0 %, character 25.0 %, capital 25.0 %; rank_sum)
    """
    owner = "rank_weights"
    check_choice(method, "method", owner, ("centroid", "sum"))
    if isinstance(ranks, Mapping):
        names = check_names(tuple(ranks), owner)
        given = as_floats(list(ranks.values()), f"The ranks of {owner}")
    else:
        names = check_names(ranks, owner)
        given = np.arange(1.0, len(names) + 1)
    if given.shape != (len(names),):
        msg = f"{owner} needs one rank for each criterion. Got ranks of shape {given.shape}."
        raise InvalidDataError(msg)
    for name, rank in zip(names, given.tolist(), strict=True):
        if not np.isfinite(rank):
            msg = (
                f"The rank of {name!r} must be a finite number, 1 for the most important. Got "
                f"{rank:g}: leave a criterion out that has none."
            )
            raise InvalidDataError(msg)
    by_place = _centroid(len(names)) if method == "centroid" else _rank_sum(len(names))
    _, group, sizes = np.unique(given, return_inverse=True, return_counts=True)
    last = np.cumsum(sizes)
    shared = np.array(
        [by_place[end - size : end].mean() for end, size in zip(last, sizes, strict=True)]
    )
    places = last - (sizes - 1) / 2
    return Weights.of(
        dict(zip(names, shared[group].tolist(), strict=True)),
        method=f"rank_{method}",
        evidence={"places": dict(zip(names, places[group].tolist(), strict=True))},
    )


def _centroid(n: int) -> Float1D:
    """Return the weights of places 1 to n by the rank-order centroid."""
    inverse = 1 / np.arange(n, 0, -1)
    return np.asarray(np.cumsum(inverse)[::-1] / n, dtype=np.float64)


def _rank_sum(n: int) -> Float1D:
    """Return the weights of places 1 to n by the rank sum."""
    return np.arange(n, 0, -1) * 2 / (n * (n + 1))
