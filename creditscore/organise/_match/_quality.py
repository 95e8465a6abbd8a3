"""How well customers were matched, where it is known who is who."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from creditscore._display import html_table
from creditscore._typing import Int1D
from creditscore.exceptions import InvalidDataError


@dataclass(frozen=True, kw_only=True)
class MatchQuality:
    """Precision, recall and F1 of a matching; made by :func:`match_quality`.

    Attributes
    ----------
    n_found_pairs, n_true_pairs, n_right_pairs : int
        Pairs of customers in one found group, really the same, and both.
    n_found_clusters, n_true_clusters, n_right_clusters : int
        Groups of two customers or more: found, real, and found exactly as they are.

    Examples
    --------
    >>> from creditscore.organise import match_quality
    >>> quality = match_quality({"A": 1, "B": 1, "C": 1}, {"A": 1, "B": 1, "C": 2})
    >>> quality.frame()[["of", "found", "true", "right"]].values.tolist()
    [['pairs', 3, 1, 1], ['clusters', 1, 1, 0]]
    """

    n_found_pairs: int
    n_true_pairs: int
    n_right_pairs: int
    n_found_clusters: int
    n_true_clusters: int
    n_right_clusters: int

    @property
    def precision(self) -> float:
        """Share of found pairs that are right; NaN where none was found."""
        return _share(self.n_right_pairs, self.n_found_pairs)

    @property
    def recall(self) -> float:
        """Share of true pairs that were found; NaN where there is none."""
        return _share(self.n_right_pairs, self.n_true_pairs)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, 2 · right / (found + true)."""
        return _share(2 * self.n_right_pairs, self.n_found_pairs + self.n_true_pairs)

    def frame(self) -> pd.DataFrame:
        """Return a row of pairs and one of clusters, with their numbers and shares."""
        pairs = (self.n_found_pairs, self.n_true_pairs, self.n_right_pairs)
        clusters = (self.n_found_clusters, self.n_true_clusters, self.n_right_clusters)
        rows = [
            {
                "of": of, "found": found, "true": true, "right": right,
                "precision": _share(right, found), "recall": _share(right, true),
                "f1": _share(2 * right, found + true),
            }
            for of, (found, true, right) in (("pairs", pairs), ("clusters", clusters))
        ]  # fmt: skip
        return pd.DataFrame(rows)

    def __repr__(self) -> str:
        """Say in one line how good it is."""
        return (
            f"MatchQuality(precision {self.precision:.3f}, recall {self.recall:.3f}, "
            f"F1 {self.f1:.3f} by pair)"
        )

    def _repr_html_(self) -> str:
        """Show both rows."""
        formats = dict.fromkeys(("precision", "recall", "f1"), "{:.3f}")
        return html_table(self.frame(), caption=repr(self), formats=formats)


def match_quality(
    found: Mapping[str, Any] | pd.Series, truth: Mapping[str, Any] | pd.Series
) -> MatchQuality:
    """Compare who was taken for the same customer with who is.

    Parameters
    ----------
    found : mapping or Series
        By customer, into whom it was merged, or any other label of its group; as
        ``MatchResult.resolve()`` and ``MergeLog.resolve()`` give it.
    truth : mapping or Series
        By customer, who it really is: customers of one label are the same.

    Returns
    -------
    MatchQuality

    Raises
    ------
    InvalidDataError
        The two name other customers, or a label is missing.

    Notes
    -----
    A pair counts as found if both customers have one label, however they came to it; so a wrong
    merge of two large groups costs many pairs. A cluster is right only if it is exactly a real
    one. O(n log n) time.

    Examples
    --------
    >>> from creditscore.organise import match_quality
    >>> match_quality({"A": 1, "B": 1, "C": 3, "D": 3}, {"A": 1, "B": 1, "C": 1, "D": 4})
    MatchQuality(precision 0.500, recall 0.333, F1 0.400 by pair)
    """
    customers = [str(name) for name in dict(found)]
    of_found = labels_of(found, customers, "found")
    of_truth = labels_of(truth, customers, "truth")
    if len(dict(truth)) != len(customers):
        other = sorted({str(name) for name in dict(truth)} - set(customers))
        msg = f"Customer {other[0]!r} is in 'truth' and not in 'found'. Both must name the same."
        raise InvalidDataError(msg)
    both = of_found * (len(customers) + 1) + of_truth
    clusters = [_clusters(labels) for labels in (of_found, of_truth)]
    return MatchQuality(
        n_found_pairs=_n_pairs(of_found), n_true_pairs=_n_pairs(of_truth),
        n_right_pairs=_n_pairs(both), n_found_clusters=len(clusters[0]),
        n_true_clusters=len(clusters[1]), n_right_clusters=len(clusters[0] & clusters[1]),
    )  # fmt: skip


def labels_of(labels: Any, customers: Sequence[Any], name: str) -> Int1D:
    """Return the labels of customers as numbers from 0."""
    given = {str(customer): label for customer, label in dict(labels).items()}
    for customer in customers:
        label = given.get(str(customer))
        if label is None or label != label:  # noqa: PLR0124 - NaN
            msg = f"{name!r} must give a label to each customer. It gives none to {customer!r}."
            raise InvalidDataError(msg)
    places: dict[Any, int] = {}
    codes = [places.setdefault(given[str(name)], len(places)) for name in customers]
    return np.array(codes, dtype=np.intp)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


def _n_pairs(labels: Int1D) -> int:
    counts = np.unique(labels, return_counts=True)[1]
    return int((counts * (counts - 1) // 2).sum())


def _clusters(labels: Int1D) -> set[tuple[int, ...]]:
    members: dict[int, list[int]] = {}
    for place, label in enumerate(labels.tolist()):
        members.setdefault(label, []).append(place)
    return {tuple(places) for places in members.values() if len(places) > 1}
