"""TOPSIS against frozen ideals: how near a customer is to the best, and how far from the worst."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from creditscore._checks import check_kind
from creditscore._document import JsonDocument
from creditscore._typing import NativeFrame, NativeSeries
from creditscore.expert._distance._ideal_points import IdealPoints, Normalisation
from creditscore.expert._weights._hierarchy import WeightHierarchy
from creditscore.expert._weights._weights import Weights


@dataclass(frozen=True, kw_only=True, repr=False)
class TopsisScore(JsonDocument):
    """Closeness of customers to the best: 1 at the best in all criteria, 0 at the worst.

    It is a score and no :class:`~creditscore.Scorecard`: distances are roots of sums of squares,
    and the closeness a ratio of two of them, so that what a criterion adds depends on all others.

    Parameters
    ----------
    weights : Weights
        Of the criteria; of a :class:`WeightHierarchy`, those of its leaves are kept.
    ideals : IdealPoints
        The best and the worst value of each criterion, and the normalisation.

    Raises
    ------
    InvalidParameterError
        Criteria of the weights and of the ideal points that differ.
    InvalidDataError
        A criterion with a weight whose best value is its worst.

    See Also
    --------
    GreyRelationalScore : Each criterion's nearness to the best, added up.

    Notes
    -----
    With d_j the shortfall of a value from the best and e_j its lead on the worst, both divided by
    the unit of the criterion, the distances are D⁺ = √Σ (w_j d_j)² and D⁻ = √Σ (w_j e_j)², and the
    closeness is D⁻ / (D⁺ + D⁻). Of the sample that the ideals are made of, this is the classic
    TOPSIS. New customers are measured from the same ideals, so that nobody's score moves when
    others come or go; values beyond an ideal count as the ideal. O(n_criteria) for each customer.

    References
    ----------
    Hwang, C.-L. and Yoon, K. (1981), *Multiple Attribute Decision Making*, Springer.

    Opricovic, S. and Tzeng, G.-H. (2004), "Compromise solution by MCDM methods: a comparative
    analysis of VIKOR and TOPSIS", European Journal of Operational Research 156, 445-455.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.expert import TopsisScore, Weights
    >>> firms = pd.DataFrame({"debt": [1, 2, 5], "sales": [3000, 3750, 4500]})
    >>> topsis = TopsisScore.from_sample(
    ...     firms, Weights.of({"debt": 1, "sales": 1}), {"debt": "lower", "sales": "higher"},
    ...     normalisation="min_max",
    ... )
    >>> topsis.score(firms).round(3).tolist()
    [0.5, 0.617, 0.5]
    """

    _format: ClassVar[str] = "creditscore.topsis_score"

    weights: Weights
    ideals: IdealPoints

    def __post_init__(self) -> None:
        """Check that weights and ideal points are of the same criteria."""
        owner = type(self).__name__
        check_kind(self.ideals, "ideals", owner, IdealPoints)
        object.__setattr__(self, "weights", self.ideals.checked_weights(self.weights, owner))

    @classmethod
    def from_sample(
        cls,
        X: NativeFrame,
        weights: Weights | WeightHierarchy,
        directions: Mapping[str, str],
        *,
        normalisation: Normalisation,
    ) -> Self:
        """Measure from the best and the worst values of a sample.

        Parameters
        ----------
        X : table of shape (n_customers, n_columns)
            pandas, polars or pyarrow; holds a column of each criterion.
        weights : Weights or WeightHierarchy
            As in :class:`TopsisScore`.
        directions : mapping of str to {"higher", "lower"}
            For each criterion, which of its values are safer.
        normalisation : {"vector", "min_max"}
            As in :class:`IdealPoints`.

        Raises
        ------
        InvalidParameterError, InvalidDataError
            As of the class and of :meth:`IdealPoints.from_sample`.
        """
        ideals = IdealPoints.from_sample(X, directions, normalisation=normalisation)
        weighed = ideals.checked_weights(weights, cls.__name__)
        return cls(weights=weighed, ideals=ideals)

    @property
    def score_range(self) -> tuple[float, float]:
        """Lowest and highest score that any customer can have."""
        return 0.0, 1.0

    def score(self, X: NativeFrame) -> NativeSeries:
        """Return the closeness of each customer, in the library and index of `X`.

        Parameters
        ----------
        X : table of shape (n_customers, n_columns)
            pandas, polars or pyarrow; holds a column of each criterion.

        Returns
        -------
        Series of float64, named "score"
            In [0, 1]; a higher one is safer.

        Raises
        ------
        MissingColumnError, ColumnTypeError, InfiniteValueError
            A column is not there or cannot be read; the message names it.
        RefusedValueError
            A column holds a missing value.
        """
        table, short = self.ideals.shortfall_array(X, type(self).__name__)
        spans, weights = self.ideals.spans, self.weights.array(self.ideals.names)
        # by the largest span: squares of small numbers could be zero, and it cancels out
        weights = weights / (weights * spans).max()
        to_best = np.linalg.norm(weights * short, axis=1)
        to_worst = np.linalg.norm(weights * (spans - short), axis=1)
        return table.to_series("score", to_worst / (to_best + to_worst))

    def _content(self) -> dict[str, Any]:
        # formats within another
        return {"weights": self.weights._content(), "ideals": self.ideals._content()}  # noqa: SLF001

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls(
            weights=Weights._from_content(content["weights"]),  # noqa: SLF001 - as above
            ideals=IdealPoints._from_content(content["ideals"]),  # noqa: SLF001
        )

    def __repr__(self) -> str:
        """Say in one line what is measured from where."""
        return f"TopsisScore({self.weights!r}, {self.ideals!r})"
