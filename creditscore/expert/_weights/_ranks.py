"""Weights of criteria that are only put in an order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from scipy.stats import rankdata

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
        The rank of each criterion, from 1 for the most important to at most the number of
        criteria. Tied criteria have one rank: the first, the mean or the last of the places that
        they take up (1, 2, 2, 4; 1, 2.5, 2.5, 4; 1, 3, 3, 4), or the next number (1, 2, 2, 3);
        all give the same weights. Or the criteria themselves, the most important first.
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
        A rank is missing or infinite, or the numbers are no ranks, such as points.
    InvalidParameterError
        No criterion, one twice, one that is no text, or a method that there is not.

    See Also
    --------
    direct_weights : Of points, where more of them are a larger weight.
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
    _check_ranks(dict(zip(names, given.tolist(), strict=True)), owner)
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


def _check_ranks(ranks: Mapping[str, float], owner: str) -> None:
    given = np.array(list(ranks.values()))
    if any(
        np.array_equal(given, rankdata(given, method=ties))
        for ties in ("min", "average", "max", "dense")
    ):
        return
    shown = ", ".join(f"{name} {rank:g}" for name, rank in list(ranks.items())[:6])
    msg = (
        f"{owner} needs ranks: 1 for the most important of the {len(ranks)} criteria, then 2, and "
        f"so on, without gaps but those of ties. Got {shown}{' …' if len(ranks) > 6 else ''}. "
        "Pass points, where more is more important, to direct_weights; or pass the criteria as a "
        "list, the most important first."
    )
    raise InvalidDataError(msg)


def _centroid(n: int) -> Float1D:
    """Return the weights of places 1 to n by the rank-order centroid."""
    inverse = 1 / np.arange(n, 0, -1)
    return np.asarray(np.cumsum(inverse)[::-1] / n, dtype=np.float64)


def _rank_sum(n: int) -> Float1D:
    """Return the weights of places 1 to n by the rank sum."""
    return np.arange(n, 0, -1) * 2 / (n * (n + 1))
