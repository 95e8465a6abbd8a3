"""Groups of records that hold together by pairs, and whether they may be merged unseen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from creditscore._typing import Bool1D, Int1D
from creditscore.organise._match._records import Records

Unlike = Callable[[Int1D, Int1D], Bool1D]
"""Tells of pairs whether they are unlike by themselves."""


def clusters_of(left: Int1D, right: Int1D) -> list[list[int]]:
    """Return the groups that pairs make, each in the order of its records."""
    into: dict[int, int] = {}

    def root(place: int) -> int:
        while into.setdefault(place, place) != place:
            into[place] = into[into[place]]
            place = into[place]
        return place

    for one, other in zip(left.tolist(), right.tolist(), strict=True):
        low, high = sorted((root(one), root(other)))
        into[high] = low
    groups: dict[int, list[int]] = {}
    for place in sorted(into):
        groups.setdefault(root(place), []).append(place)
    return list(groups.values())


def doubts(
    records: Records,
    cluster: Sequence[int],
    *,
    unlike: Unlike,
    max_cluster: int,
) -> tuple[str, list[tuple[int, int]]]:
    """Say why a group may not be merged unseen, and which pairs speak against it.

    Empty where nothing does.
    """
    for column, words in _NUMBERS.items():
        numbers = {records[column][place] for place in cluster} - {""}
        if len(numbers) > 1:
            return f"two different {words} in one group", []
    if len(cluster) > max_cluster:
        return f"a group of {len(cluster)}, more than {max_cluster}", []
    if len(cluster) == 2:
        return "", []
    first, second = np.triu_indices(len(cluster), 1)
    places = np.array(cluster)
    left, right = places[first], places[second]
    weak = unlike(left, right)
    if weak.any():
        pairs = zip(left[weak].tolist(), right[weak].tolist(), strict=True)
        return "the group hangs together by others only: two of it are unlike", list(pairs)
    return "", []


_NUMBERS = {
    "registration_number": "registration numbers",
    "identity_number": "identity numbers",
}


def merges_of(clusters: Sequence[Sequence[int]], customers: Any) -> pd.DataFrame:
    """Return who is merged into whom: all of a group into its first."""
    rows = [(place, cluster[0]) for cluster in clusters for place in cluster[1:]]
    names = np.asarray(customers, dtype=object)
    return pd.DataFrame(
        {
            "customer": names[[one for one, _ in rows]] if rows else [],
            "into": names[[into for _, into in rows]] if rows else [],
        },
        dtype=object,
    )
