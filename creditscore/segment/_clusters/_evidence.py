"""How many groups there are, and whether another sample would show them again."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from creditscore._typing import Float1D, Float2D, Int1D

MOST_ROWS_FOR_NUMBER = 2_000
"""Customers by whom the number of groups is chosen; silhouettes take the square of them."""
MOST_ROWS_FOR_STABILITY = 10_000
"""Customers in each resample."""
_REFERENCES = 10
_LEAST_INERTIA = 1e-300
_STARTS = 10
_STARTS_OF_RESAMPLES = 3


@dataclass(frozen=True, kw_only=True)
class NumberEvidence:
    """What speaks for a number of groups.

    Attributes
    ----------
    n_segments : int
        The number.
    inertia : float
        Sum of squared distances to the nearest centre, in standardised units.
    silhouette : float or None
        Mean silhouette, in [-1, 1]; None for one group.
    gap : float
        Logarithm of the inertia that customers without groups would have, less that of these.
    gap_error : float
        Standard error of the gap by the reference samples.

    Examples
    --------
    >>> from creditscore.segment import NumberEvidence
    >>> NumberEvidence(n_segments=2, inertia=50.0, silhouette=0.6, gap=0.3, gap_error=0.02).gap
    0.3
    """

    n_segments: int
    inertia: float
    silhouette: float | None
    gap: float
    gap_error: float


def number_evidence(values: Float2D, most: int, seed: int) -> tuple[NumberEvidence, ...]:
    """Measure 1 to `most` groups by silhouette and by gap, on a part of many customers."""
    from sklearn.metrics import silhouette_score  # noqa: PLC0415 - takes time to import

    rng = np.random.default_rng(seed)
    sample = values
    if len(values) > MOST_ROWS_FOR_NUMBER:
        sample = values[np.sort(rng.choice(len(values), MOST_ROWS_FOR_NUMBER, replace=False))]
    low, high = sample.min(axis=0), sample.max(axis=0)
    references = [rng.uniform(low, high, size=sample.shape) for _ in range(_REFERENCES)]
    found = []
    for k in range(1, most + 1):
        fit = k_means(sample, k, seed)
        silhouette = None if k == 1 else float(silhouette_score(sample, fit.labels_))
        logs = np.log([k_means(r, k, seed, starts=1).inertia_ for r in references])
        error = float(logs.std() * math.sqrt(1 + 1 / _REFERENCES))
        # groups of equal customers only have no spread at all, and zero no logarithm
        gap = float(logs.mean() - math.log(max(fit.inertia_, _LEAST_INERTIA)))
        found.append(
            NumberEvidence(
                n_segments=k,
                inertia=float(fit.inertia_),
                silhouette=silhouette,
                gap=gap,
                gap_error=error,
            )
        )
    return tuple(found)


def chosen_number(evidence: tuple[NumberEvidence, ...], by: str) -> int:
    """Return the number of groups that the evidence is for; of equals, the smallest."""
    if by == "silhouette":
        return max(evidence[1:], key=lambda e: (e.silhouette or 0.0, -e.n_segments)).n_segments
    for now, after in pairwise(evidence):
        if now.gap >= after.gap - after.gap_error:
            return now.n_segments
    return evidence[-1].n_segments


def k_means(values: Float2D, k: int, seed: int, *, starts: int = _STARTS) -> Any:
    """Fit k-means from several starts."""
    from sklearn.cluster import KMeans  # noqa: PLC0415 - takes time to import

    return KMeans(n_clusters=k, n_init=starts, random_state=seed).fit(values)


def nearest(values: Float2D, centres: Float2D) -> Int1D:
    """Return the nearest centre of each row; of two as near, the first."""
    distances = np.stack([((values - centre) ** 2).sum(axis=1) for centre in centres], axis=1)
    return np.asarray(distances.argmin(axis=1), dtype=np.intp)


def jaccard_stability(
    values: Float2D, labels: Int1D, k: int, n_resamples: int, seed: int
) -> tuple[Float1D, float]:
    """Return the mean Jaccard similarity of each group to the most similar of bootstrap samples.

    The second value is the mean adjusted Rand index between the groups and those of the samples.
    """
    from sklearn.metrics import adjusted_rand_score  # noqa: PLC0415 - takes time to import

    if n_resamples == 0:
        return np.full(k, math.nan), math.nan
    rng = np.random.default_rng(seed)
    size = min(len(values), MOST_ROWS_FOR_STABILITY)
    similar, rand = np.empty((n_resamples, k)), np.empty(n_resamples)
    for place in range(n_resamples):
        rows = rng.choice(len(values), size=size, replace=True)
        start = int(rng.integers(2**31))
        fit = k_means(values[rows], k, start, starts=_STARTS_OF_RESAMPLES)
        # a customer drawn twice counts once, or copies would look like agreement
        distinct, first = np.unique(rows, return_index=True)
        similar[place] = best_jaccard(labels[distinct], fit.labels_[first], k)
        rand[place] = adjusted_rand_score(labels[distinct], fit.labels_[first])
    return similar.mean(axis=0), float(rand.mean())


def best_jaccard(labels: Int1D, others: Int1D, k: int) -> Float1D:
    """Return, for each group, the largest Jaccard similarity to a group of another partition.

    It is 0 for a group without a member, which such a sample does not show.
    """
    joint = np.bincount(labels * (int(others.max()) + 1) + others,
                        minlength=k * (int(others.max()) + 1)).reshape(k, -1)  # fmt: skip
    sizes, other_sizes = joint.sum(axis=1, keepdims=True), joint.sum(axis=0, keepdims=True)
    return np.asarray((joint / (sizes + other_sizes - joint)).max(axis=1))
