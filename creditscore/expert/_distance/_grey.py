"""Grey relational analysis against frozen ideals: how near each criterion is to the best."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from creditscore._checks import check_kind
from creditscore._document import JsonDocument
from creditscore._frame import Table
from creditscore._typing import Float2D, NativeFrame, NativeSeries
from creditscore._validation import check_real
from creditscore.expert._distance._ideal_points import IdealPoints, Normalisation
from creditscore.expert._weights._hierarchy import WeightHierarchy
from creditscore.expert._weights._weights import Weights


@dataclass(frozen=True, kw_only=True, repr=False)
class GreyRelationalScore(JsonDocument):
    """Grey relational grade of customers: 1 at the best in all criteria, less elsewhere.

    It is a score and no :class:`~creditscore.Scorecard`: what the criteria add up to falls as a
    hyperbola from the best value, and the points of a card are constant or linear in each interval.

    Parameters
    ----------
    weights : Weights
        Of the criteria; of a :class:`WeightHierarchy`, those of its leaves are kept.
    ideals : IdealPoints
        The best value of each criterion, which is the reference sequence, and the worst one.
    distinguishing : float, default=0.5
        Distinguishing coefficient ρ, in (0, 1]; a smaller one tells more apart near the best.

    Raises
    ------
    InvalidParameterError
        Criteria of the weights and of the ideal points that differ, or ρ outside its range.
    InvalidDataError
        A criterion with a weight whose best value is its worst.

    See Also
    --------
    TopsisScore : Distances to the best and the worst, over all criteria at once.

    Notes
    -----
    With Δ_j the difference of a value from the best, divided by the unit of the criterion, the
    coefficient is ξ_j = (Δ_min + ρ Δ_max) / (Δ_j + ρ Δ_max) and the grade Σ w_j ξ_j. Differences
    run from Δ_min = 0, at the best itself, to Δ_max, the largest span between best and worst of
    any criterion; in the sample that the ideals are made of, these are its own least and largest
    difference, and the grade is the classic one. Both are frozen with the ideals, so that nobody's
    score moves when others come or go. Values beyond an ideal count as the ideal. The lowest grade
    is above zero: ρ / (1 + ρ) with the normalisation "min_max". O(n_criteria) for each customer.

    References
    ----------
    Deng, J.-L. (1982), "Control problems of grey systems", Systems & Control Letters 1, 288-294.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.expert import GreyRelationalScore, IdealPoints, Weights
    >>> grey = GreyRelationalScore(
    ...     weights=Weights.of({"debt_ratio": 1, "margin": 1}),
    ...     ideals=IdealPoints(
    ...         best={"debt_ratio": 0.2, "margin": 0.3}, worst={"debt_ratio": 0.8, "margin": 0.0},
    ...         normalisation="min_max",
    ...     ),
    ... )
    >>> firms = pd.DataFrame({"debt_ratio": [0.2, 0.5, 0.8], "margin": [0.3, 0.15, 0.0]})
    >>> grey.score(firms).round(4).tolist()
    [1.0, 0.5, 0.3333]
    """

    _format: ClassVar[str] = "creditscore.grey_relational_score"

    weights: Weights
    ideals: IdealPoints
    distinguishing: float = 0.5

    def __post_init__(self) -> None:
        """Check that weights and ideal points are of the same criteria."""
        owner = type(self).__name__
        check_kind(self.ideals, "ideals", owner, IdealPoints)
        object.__setattr__(self, "weights", self.ideals.checked_weights(self.weights, owner))
        rho = check_real(
            self.distinguishing, "distinguishing", owner, low=0.0, high=1.0, closed="right"
        )
        object.__setattr__(self, "distinguishing", rho)

    @classmethod
    def from_sample(
        cls,
        X: NativeFrame,
        weights: Weights | WeightHierarchy,
        directions: Mapping[str, str],
        *,
        normalisation: Normalisation,
        distinguishing: float = 0.5,
    ) -> Self:
        """Measure from the best values of a sample.

        Parameters
        ----------
        X : table of shape (n_customers, n_columns)
            pandas, polars or pyarrow; holds a column of each criterion.
        weights : Weights or WeightHierarchy
            As in :class:`GreyRelationalScore`.
        directions : mapping of str to {"higher", "lower"}
            For each criterion, which of its values are safer.
        normalisation : {"vector", "min_max"}
            As in :class:`IdealPoints`; "min_max" is usual.
        distinguishing : float, default=0.5
            As in :class:`GreyRelationalScore`.

        Raises
        ------
        InvalidParameterError, InvalidDataError
            As of the class and of :meth:`IdealPoints.from_sample`.
        """
        ideals = IdealPoints.from_sample(X, directions, normalisation=normalisation)
        weighed = ideals.checked_weights(weights, cls.__name__)
        return cls(weights=weighed, ideals=ideals, distinguishing=distinguishing)

    @property
    def score_range(self) -> tuple[float, float]:
        """Lowest and highest score that any customer can have."""
        lowest = self._coefficients_at(self.ideals.spans[None])
        return float((lowest @ self.weights.array(self.ideals.names))[0]), 1.0

    def coefficients(self, X: NativeFrame) -> NativeFrame:
        """Return the grey relational coefficient of each criterion of each customer.

        Parameters
        ----------
        X : table of shape (n_customers, n_columns)
            As in :meth:`score`, with its errors.

        Returns
        -------
        table of float64
            Customers × criteria, in (0, 1], in the library and index of `X`.
        """
        table, found = self._coefficients_of(X)
        return table.to_frame(dict(zip(self.ideals.names, found.T.copy(), strict=True)))

    def score(self, X: NativeFrame) -> NativeSeries:
        """Return the grey relational grade of each customer, in the library and index of `X`.

        Parameters
        ----------
        X : table of shape (n_customers, n_columns)
            pandas, polars or pyarrow; holds a column of each criterion.

        Returns
        -------
        Series of float64, named "score"
            In (0, 1]; a higher one is safer.

        Raises
        ------
        MissingColumnError, ColumnTypeError, InfiniteValueError
            A column is not there or cannot be read; the message names it.
        RefusedValueError
            A column holds a missing value.
        """
        table, found = self._coefficients_of(X)
        return table.to_series("score", found @ self.weights.array(self.ideals.names))

    def _coefficients_of(self, X: NativeFrame) -> tuple[Table, Float2D]:
        table, short = self.ideals.shortfall_array(X, type(self).__name__)
        return table, self._coefficients_at(short)

    def _coefficients_at(self, short: Float2D) -> Float2D:
        level = self.distinguishing * self.ideals.spans.max()
        return np.asarray(level / (short + level))

    def _content(self) -> dict[str, Any]:
        return {
            "weights": self.weights._content(),  # noqa: SLF001 - a format within another
            "ideals": self.ideals._content(),  # noqa: SLF001 - as above
            "distinguishing": self.distinguishing,
        }

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls(
            weights=Weights._from_content(content["weights"]),  # noqa: SLF001 - as above
            ideals=IdealPoints._from_content(content["ideals"]),  # noqa: SLF001
            distinguishing=content["distinguishing"],
        )

    def __repr__(self) -> str:
        """Say in one line what is measured from where."""
        return f"GreyRelationalScore({self.weights!r}, {self.ideals!r}, ρ {self.distinguishing:g})"
