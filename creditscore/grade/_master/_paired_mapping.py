"""A mapping of grades estimated from customers who have a rating on both scales."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from creditscore._display import Format, counted, html_table
from creditscore._typing import Int1D
from creditscore.exceptions import EmptyDataError, InvalidDataError
from creditscore.grade._inputs import check_same_rows
from creditscore.grade._ladder import read_grades, read_labels
from creditscore.grade._master._grade_mapping import GradeMapping


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PairedMapping:
    """Grades beside the ratings that the same customers have on another scale.

    Made by :func:`mapping_from_pairs`.

    Attributes
    ----------
    grades : tuple of str
        Grades of one's own scale, the safest first.
    target_labels : tuple of str
        Grades of the other scale, the safest first.
    counts : ndarray of int, shape (n_grades, n_target_labels)
        Customers by both grades.

    Examples
    --------
    >>> from creditscore.grade import mapping_from_pairs
    >>> pairs = mapping_from_pairs(
    ...     ["1", "1", "2"], ["A", "B", "B"], labels=["1", "2"], target_labels=["A", "B"]
    ... )
    >>> pairs.table().loc[:1, ["grade", "count", "target", "agreement"]]
      grade  count target  agreement
    0     1      2      B        0.5
    1     2      1      B        1.0
    """

    grades: tuple[str, ...]
    target_labels: tuple[str, ...]
    counts: npt.NDArray[np.int64]

    @property
    def mapping(self) -> GradeMapping:
        """The median grade of the other scale for each grade that has customers."""
        held = np.flatnonzero(self._n)
        medians = self._medians()
        return GradeMapping(
            grades=tuple(self.grades[place] for place in held),
            targets=tuple(self.target_labels[medians[place]] for place in held),
            target_labels=self.target_labels,
        )

    @property
    def agreement(self) -> float:
        """Share of the customers whose other rating is the target of their grade."""
        return self._share_within(0)

    @property
    def within_one(self) -> float:
        """Share of the customers whose other rating is at most one notch from that target."""
        return self._share_within(1)

    def table(self) -> pd.DataFrame:
        """Return how the other ratings lie about the target of each grade.

        Returns
        -------
        DataFrame
            A row a grade, empty ones too: grade, count, target (the median; "" where there are no
            customers), agreement and within_one (shares at the target, and at most one notch
            from it), mean_notch (mean notches from the target, above zero where the other scale is
            riskier), safest and riskiest (other ratings met). NaN and "" in empty grades.
        """
        medians, rows = self._medians(), []
        places = np.arange(len(self.target_labels))
        for counts, median, grade in zip(self.counts, medians, self.grades, strict=True):
            n = int(counts.sum())
            if not n:
                rows.append((grade, 0, "", np.nan, np.nan, np.nan, "", ""))
                continue
            away, met = places - median, np.flatnonzero(counts)
            ends = (self.target_labels[place] for place in (met[0], met[-1]))
            shares = [counts[abs(away) <= within].sum() / n for within in (0, 1)]
            rows.append((grade, n, self.target_labels[median], *shares, counts @ away / n, *ends))
        columns = ["grade", "count", "target", "agreement", "within_one", "mean_notch", "safest",
                   "riskiest"]  # fmt: skip
        return pd.DataFrame(rows, columns=columns)

    def matrix(self) -> pd.DataFrame:
        """Return customers by their grade (index) and their other rating (columns)."""
        return pd.DataFrame(
            self.counts.copy(),
            index=pd.Index(self.grades, name="grade"),
            columns=pd.Index(self.target_labels, name="target"),
        )

    @property
    def _n(self) -> Int1D:
        return np.asarray(self.counts.sum(axis=1), dtype=np.intp)

    def _medians(self) -> Int1D:
        """Return the place of the median, the riskier of the two middle ones."""
        below = np.cumsum(self.counts, axis=1)
        # of n customers in order, number n // 2, counted from 0
        return np.asarray((below <= (self._n // 2)[:, None]).sum(axis=1), dtype=np.intp).clip(
            0, len(self.target_labels) - 1
        )

    def _share_within(self, notches: int) -> float:
        away = np.abs(np.arange(len(self.target_labels)) - self._medians()[:, None])
        return float(self.counts[away <= notches].sum() / self.counts.sum())

    def __repr__(self) -> str:
        """Say in one line how many customers there are, and how well the ratings agree."""
        return (
            f"<{type(self).__name__}: {counted(int(self.counts.sum()), 'customer')}, "
            f"{self.agreement:.0%} at the median grade, {self.within_one:.0%} within one notch>"
        )

    def _repr_html_(self) -> str:
        formats: dict[str, Format] = {
            **dict.fromkeys(("agreement", "within_one"), "{:.0%}"),
            "mean_notch": "{:+.2f}",
        }
        return html_table(self.table(), caption=repr(self).strip("<>"), formats=formats)


def mapping_from_pairs(
    grades: Any,
    targets: Any,
    *,
    labels: Sequence[str],
    target_labels: Sequence[str],
    default_label: str = "D",
) -> PairedMapping:
    """Estimate which grade of another scale each grade corresponds to, from customers with both.

    Parameters
    ----------
    grades : Series or array-like of str, shape (n_samples,)
        Grades on one's own scale.
    targets : Series or array-like of str, shape (n_samples,)
        Ratings of the same customers on the other scale, such as an agency's. Two pandas Series
        must have one index.
    labels, target_labels : sequence of str
        All grades of each scale, the safest first.
    default_label : str, default="D"
        Grade of customers in default on both scales, put last where it is not listed.

    Returns
    -------
    PairedMapping
        Its `mapping` takes each grade to the median rating of its customers.

    Raises
    ------
    InvalidDataError
        No pairs; grades that are missing or not listed, or not as many as ratings.
    InvalidParameterError
        Labels that are not different texts.

    Notes
    -----
    Of two middle ratings the riskier one is the median. Grades without customers are not mapped,
    and applying the mapping to them is an error; grades whose median goes against the order of
    risk are seen by :attr:`GradeMapping.is_monotone`.

    Examples
    --------
    >>> from creditscore.grade import mapping_from_pairs
    >>> pairs = mapping_from_pairs(
    ...     ["1", "1", "1", "2", "2"],
    ...     ["AA", "A", "A", "BBB", "A"],
    ...     labels=["1", "2"],
    ...     target_labels=["AAA", "AA", "A", "BBB"],
    ... )
    >>> pairs
    <PairedMapping: 5 customers, 60% at the median grade, 100% within one notch>
    >>> pairs.mapping.apply(["1", "2"]).tolist()
    ['A', 'BBB']
    """
    own = read_labels(labels, default_label, "mapping_from_pairs")
    other = read_labels(target_labels, default_label, "mapping_from_pairs")
    check_same_rows(grades=grades, targets=targets)
    ranks, other_ranks = ({g: place for place, g in enumerate(of)} for of in (own, other))
    rows = [ranks[grade] for grade in read_grades(grades, ranks)]
    columns = [other_ranks[grade] for grade in read_grades(targets, other_ranks)]
    if len(rows) != len(columns):
        msg = f"There are {len(rows)} grades and {len(columns)} targets. Give the same customers."
        raise InvalidDataError(msg)
    if not rows:
        msg = "There are no customers with both ratings to estimate a mapping from."
        raise EmptyDataError(msg)
    counts = np.zeros((len(own), len(other)), dtype=np.int64)
    np.add.at(counts, (rows, columns), 1)
    return PairedMapping(grades=own, target_labels=other, counts=counts)
