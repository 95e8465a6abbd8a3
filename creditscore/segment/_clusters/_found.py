"""Groups of customers by k-means, with the evidence that they are there."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from creditscore._checks import unknown_name
from creditscore._typing import NativeFrame
from creditscore._validation import check_choice, check_integer
from creditscore._warn import warn_user
from creditscore.exceptions import InvalidDataError, InvalidParameterError, UnstableSegmentWarning
from creditscore.segment._clusters._evidence import (
    chosen_number,
    jaccard_stability,
    k_means,
    nearest,
    number_evidence,
)
from creditscore.segment._clusters._segments import STABLE, KMeansSegments
from creditscore.segment._clusters._standard import Standardise, standardised


def find_segments(
    X: NativeFrame,
    *,
    n_segments: int | None = None,
    max_segments: int = 8,
    choose_by: str = "silhouette",
    standardise: Standardise = "standard",
    order_by: str | None = None,
    n_resamples: int = 50,
    random_state: int = 0,
) -> KMeansSegments:
    """Find groups of customers by k-means, and test whether another sample would show them.

    Parameters
    ----------
    X : table of shape (n_customers, n_columns)
        Numbers, none missing; all columns are used, each with the same weight. Bring skewed
        amounts onto a logarithm first, or a few large customers make the groups.
    n_segments : int, optional
        Number of groups, 1 or more; without, it is chosen.
    max_segments : int, default=8
        The largest number that is tried, 2 or more.
    choose_by : {"silhouette", "gap"}, default="silhouette"
        What chooses the number. "gap" can also say that there is one group only.
    standardise : {"standard", "robust"}, default="standard"
        Unit of each column: standard deviation from the mean, or interquartile range from the
        median, which a few large customers do not move.
    order_by : str, optional
        Column by whose mean the groups are numbered, the largest first, and by the other columns
        where means are equal; without, the first column.
    n_resamples : int, default=50
        Bootstrap samples of the stability check; 0 leaves it out.
    random_state : int, default=0
        Seed: the same data and seed give the same groups.

    Returns
    -------
    KMeansSegments

    Raises
    ------
    InvalidParameterError
        A parameter out of range.
    InvalidDataError
        Missing values, or fewer different customers than groups. ColumnTypeError: text.

    Warns
    -----
    UnstableSegmentWarning
        The mean Jaccard similarity of a group is below 0.75.
    ConstantColumnWarning
        A column of one value is left out.

    See Also
    --------
    rules_from_tree : Says in rules what tells the groups apart.

    Notes
    -----
    - Number: the mean silhouette [1]_ is largest; or the smallest k with gap(k) ≥ gap(k+1) -
      s(k+1), by ten reference samples that are uniform within the range of each column [2]_. Both
      are shown. The rule of the gap takes the first such k, and so may stop at one group where
      two do not part the data and three do: look at the whole table. Of more than 2,000 customers
      a random 2,000 are looked at.
    - Stability [3]_: k-means on a bootstrap sample (of at most 10,000), and for each group the
      largest Jaccard similarity to a group of it, over the customers drawn, each of whom counts
      once; 0 where nobody of the group was drawn; the mean over samples. 0.85 and above is highly
      stable, 0.75 stable, 0.6 doubtful, and less is not to be trusted: the bounds that the author
      gives with his program [4]_.
      Stable groups may still be an arbitrary cut through a cloud: look at the silhouettes too.
    - k-means++ from ten starts, scikit-learn. O(n · k) a step.

    References
    ----------
    .. [1] P. J. Rousseeuw, "Silhouettes: a graphical aid to the interpretation and validation of
       cluster analysis", *Journal of Computational and Applied Mathematics* 20, 1987, pp. 53-65.
    .. [2] R. Tibshirani, G. Walther and T. Hastie, "Estimating the number of clusters in a data set
       via the gap statistic", *Journal of the Royal Statistical Society B* 63, 2001, pp. 411-423.
    .. [3] C. Hennig, "Cluster-wise assessment of cluster stability", *Computational Statistics &
       Data Analysis* 52, 2007, pp. 258-271.
    .. [4] C. Hennig, ``clusterboot`` in *fpc: Flexible Procedures for Clustering*, package for R.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from creditscore.segment import find_segments
    >>> rng = np.random.default_rng(0)
    >>> centres = np.repeat([[0, 0], [6, 0], [3, 6]], 60, axis=0)
    >>> X = pd.DataFrame(centres + rng.normal(size=(180, 2)), columns=["sales", "growth"])
    >>> segments = find_segments(X, max_segments=5, n_resamples=10)
    >>> segments
    <KMeansSegments: 3 segments of 180 customers, silhouette 0.69, least stability 1.00>
    >>> segments.assign(pd.DataFrame({"sales": [6, 3], "growth": [0, 7]})).tolist()
    ['segment 1', 'segment 2']
    """
    owner = "find_segments"
    check_choice(standardise, "standardise", owner, ("standard", "robust"))
    check_choice(choose_by, "choose_by", owner, ("silhouette", "gap"))
    most = check_integer(max_segments, "max_segments", owner, low=2)
    if n_segments is not None:
        most = max(2, check_integer(n_segments, "n_segments", owner, low=1))
    check_integer(n_resamples, "n_resamples", owner, low=0)
    check_integer(random_state, "random_state", owner, low=0)
    data = standardised(X, standardise)
    if order_by is not None and order_by not in data.columns:
        raise unknown_name(order_by, data.columns, "column, the 'order_by',", "the table")
    _check_enough(data.values, most)
    evidence = number_evidence(data.values, most, random_state)
    k = n_segments if n_segments is not None else chosen_number(evidence, choose_by)
    first = order_by if order_by is not None else data.columns[0]
    centres = k_means(data.values, k, random_state).cluster_centers_
    centres = centres[_order(centres, data.columns.index(first))]
    labels = nearest(data.values, centres)
    stability, rand = jaccard_stability(data.values, labels, k, n_resamples, random_state)
    count = np.bincount(labels, minlength=k)
    means = np.stack([data.values[labels == place].mean(axis=0) for place in range(k)])
    found = KMeansSegments(
        columns=data.columns,
        location=_floats(data.location),
        spread=_floats(data.spread),
        sd=_floats(data.sd),
        centres=tuple(_floats(row) for row in centres),
        means=tuple(_floats(row) for row in data.location + means * data.spread),
        names=tuple(f"segment {place + 1}" for place in range(k)),
        counts=tuple(count.tolist()),
        stability=tuple(None if math.isnan(value) else value for value in stability.tolist()),
        adjusted_rand=None if math.isnan(rand) else rand,
        evidence=evidence,
        settings=(
            ("standardise", standardise),
            ("order_by", first),
            ("chosen_by", "the user" if n_segments is not None else choose_by),
            ("n_resamples", n_resamples),
            ("random_state", random_state),
        ),
    )
    _warn_of_unstable(found)
    return found


def _order(centres: Any, first: int) -> Any:
    """Return the order of centres: the largest in the first column, then in the others."""
    others = [place for place in range(centres.shape[1]) if place != first]
    # lexsort takes the most important key last
    return np.lexsort([-centres[:, place] for place in [*others[::-1], first]])


def _check_enough(values: Any, most: int) -> None:
    distinct = len(np.unique(values, axis=0))
    if distinct <= most:
        msg = (
            f"There are {distinct} different customers in {len(values)} rows, and up to {most} "
            "segments were asked for. Ask for fewer, by max_segments or n_segments, or give more "
            "customers."
        )
        raise (InvalidParameterError if distinct > 2 else InvalidDataError)(msg)


def _warn_of_unstable(found: KMeansSegments) -> None:
    weak = [
        f"{name} {value:.2f}"
        for name, value in zip(found.names, found.stability, strict=True)
        if value is not None and value < STABLE
    ]
    if weak:
        warn_user(
            f"Other samples would not show these segments again, by their mean Jaccard similarity: "
            f"{', '.join(weak)}; {STABLE:g} or more is stable, below 0.6 is not to be trusted. Try "
            "fewer segments or fewer columns, and do not build a treatment on them.",
            UnstableSegmentWarning,
        )


def _floats(values: Any) -> tuple[float, ...]:
    return tuple(np.asarray(values, dtype=np.float64).tolist())
