"""Weights of the same criteria side by side: do they rank alike, and how far apart are they."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import kendalltau, rankdata

from creditscore._checks import check_kind
from creditscore._display import counted, html_table
from creditscore._typing import Float1D
from creditscore.exceptions import InvalidParameterError
from creditscore.expert._weights._weights import Weights, check_same_names

_DIGITS = 12
"""Decimals to which weights are compared for order: beyond them they differ by rounding."""


@dataclass(frozen=True, kw_only=True, repr=False)
class WeightComparison:
    """Weights of the same criteria side by side, and how far each pair agrees.

    Made by :func:`compare_weights`.

    Attributes
    ----------
    weights : mapping of str to Weights
        What is compared, by its label.

    Examples
    --------
    >>> from creditscore.expert import Weights, compare_weights
    >>> judged = Weights.of({"a": 5, "b": 3, "c": 2})
    >>> computed = Weights.of({"a": 4, "b": 2, "c": 4}, method="entropy")
    >>> comparison = compare_weights([judged, computed])
    >>> comparison
    WeightComparison(2 weights of 3 criteria; farthest apart: direct and entropy, 0.4 in all)
    >>> comparison.frame()
      criterion  direct  entropy
    0         a     0.5      0.4
    1         b     0.3      0.2
    2         c     0.2      0.4
    """

    weights: Mapping[str, Weights]

    def frame(self) -> pd.DataFrame:
        """Return a row a criterion, and a column of weights for each label.

        Returns
        -------
        DataFrame
        """
        names = self._names
        columns = {label: one.array(names) for label, one in self.weights.items()}
        return pd.DataFrame({"criterion": names, **columns})

    def table(self) -> pd.DataFrame:
        """Return a row a pair of weights: how far they agree.

        Returns
        -------
        DataFrame
            first, second (labels), spearman and kendall (correlations of ranks in [−1, 1], tau-b,
            equal weights sharing their rank; missing where either has equal weights only),
            euclidean, manhattan (distances: 0 for equal weights, at most √2 and 2),
            largest_difference (second less first) and the criterion where it is.
        """
        pairs = combinations(self.weights, 2)
        return pd.DataFrame([self._agreement(first, second) for first, second in pairs])

    @property
    def _names(self) -> tuple[str, ...]:
        return next(iter(self.weights.values())).names

    def _agreement(self, first: str, second: str) -> dict[str, Any]:
        names = self._names
        one, other = (self.weights[label].array(names) for label in (first, second))
        # to the decimals that count, so that of equal differences the first is named
        difference = (other - one).round(_DIGITS)
        place = int(np.abs(difference).argmax())
        spearman, kendall = _rank_correlations(one, other)
        return {
            "first": first,
            "second": second,
            "spearman": spearman,
            "kendall": kendall,
            "euclidean": math.sqrt(float(difference @ difference)),
            "manhattan": float(np.abs(difference).sum()),
            "largest_difference": float(difference[place]),
            "criterion": names[place],
        }

    def __repr__(self) -> str:
        """Say in one line what is compared, and which two are farthest apart."""
        table = self.table()
        worst = table.loc[table["manhattan"].idxmax()]
        return (
            f"WeightComparison({len(self.weights)} weights of "
            f"{counted(len(self._names), 'criterion').replace('criterions', 'criteria')}; farthest "
            f"apart: {worst['first']} and {worst['second']}, {worst['manhattan']:.3g} in all)"
        )

    def _repr_html_(self) -> str:
        """Show the weights, and the table of pairs below."""
        columns = ("spearman", "kendall", "euclidean", "manhattan", "largest_difference")
        return html_table(
            self.frame(), caption="Weights", formats=dict.fromkeys(self.weights, "{:.4f}")
        ) + html_table(self.table(), caption="Agreement", formats=dict.fromkeys(columns, "{:.3f}"))


def compare_weights(weights: Sequence[Weights] | Mapping[str, Weights]) -> WeightComparison:
    """Compare weights of the same criteria, each pair of them.

    Parameters
    ----------
    weights : sequence of Weights, or mapping of str to Weights
        Two or more of the same criteria, in whatever order these are. Without labels of their own
        they are called by their method, and numbered where a method occurs twice.

    Returns
    -------
    WeightComparison

    Raises
    ------
    InvalidParameterError
        Fewer than two, or of different criteria.

    Notes
    -----
    Weights that differ by less than 5e-13 share their rank, as they differ by rounding.

    References
    ----------
    C. Spearman, "The proof and measurement of association between two things", *American Journal
    of Psychology* 15, 1904. M. G. Kendall, *Rank Correlation Methods*, Griffin, 1948 (tau-b).

    Examples
    --------
    >>> from creditscore.expert import Weights, compare_weights
    >>> board = Weights.of({"a": 5, "b": 3, "c": 2})
    >>> staff = Weights.of({"c": 1, "a": 6, "b": 3})
    >>> compare_weights({"board": board, "staff": staff}).table().round(3).T
                            0
    first               board
    second              staff
    spearman              1.0
    kendall               1.0
    euclidean           0.141
    manhattan             0.2
    largest_difference    0.1
    criterion               a
    """
    return WeightComparison(weights=labelled(weights, "compare_weights"))


def labelled(weights: Any, owner: str) -> dict[str, Weights]:
    """Return two or more weights of the same criteria by label."""
    if isinstance(weights, (Weights, str)) or not isinstance(weights, (Mapping, Sequence)):
        msg = f"{owner} needs several Weights, as a list or by label. Got {weights!r} instead."
        raise InvalidParameterError(msg)
    found = list(weights.values() if isinstance(weights, Mapping) else weights)
    if len(found) < 2:
        msg = f"{owner} needs two Weights or more. Got {len(found)}."
        raise InvalidParameterError(msg)
    for one in found:
        check_kind(one, "weights", owner, Weights)
        check_same_names(found[0].names, one.names, "first weights")
    if isinstance(weights, Mapping):
        for label in weights:
            check_kind(label, "label of weights", owner, str)
        return dict(weights)
    methods = [one.method for one in found]
    labels = [
        m if methods.count(m) == 1 else f"{m} {methods[:place].count(m) + 1}"
        for place, m in enumerate(methods)
    ]
    if len(set(labels)) < len(labels):
        labels = [f"{place} {m}" for place, m in enumerate(methods, start=1)]
    return dict(zip(labels, found, strict=True))


def _rank_correlations(first: Float1D, second: Float1D) -> tuple[float, float]:
    """Return Spearman's and Kendall's correlation; NaN where either is constant."""
    one, other = rankdata(first.round(_DIGITS)), rankdata(second.round(_DIGITS))
    if one.min() == one.max() or other.min() == other.max():
        return math.nan, math.nan
    # correlations are at most 1, whatever their last bits
    spearman = float(np.clip(np.corrcoef(one, other)[0, 1], -1.0, 1.0))
    return spearman, float(np.clip(kendalltau(one, other).statistic, -1.0, 1.0))
