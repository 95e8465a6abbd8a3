"""Shapley values of a model for some cases."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._typing import Float1D, Float2D
from creditscore._validation import check_real


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ShapleyValues:
    """How much each characteristic moves what a model says of a case, from a background on.

    Made by :func:`shapley_values` or :func:`card_shapley_values`.

    Attributes
    ----------
    names : tuple of str
        Columns, or groups of columns.
    values : ndarray of shape (n_cases, n_names)
        Shapley values; those of a case add up to its prediction less the base value.
    standard_errors : ndarray of shape (n_cases, n_names)
        Of the sampling of permutations; zero where the values are exact.
    base_value : float
        Mean prediction for the background.
    predictions : ndarray of shape (n_cases,)
        Predictions for the cases.
    exact : bool
        Whether all coalitions were enumerated.
    n_predicted : int
        Rows that the model was asked of.
    index : Index or None
        Index of the cases, of a pandas table.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.scorecard import shapley_values
    >>> X = pd.DataFrame({"a": [1.0, 3.0], "b": [2.0, 2.0]}, index=["first", "second"])
    >>> background = pd.DataFrame({"a": [0.0], "b": [1.0]})
    >>> shapley_values(lambda rows: rows["a"] * rows["b"], X, background)
    <ShapleyValues: 2 cases, 2 names, exact>
    >>> shapley_values(lambda rows: rows["a"] * rows["b"], X, background).frame()
              a    b
    first   1.5  0.5
    second  4.5  1.5
    """

    names: tuple[str, ...]
    values: Float2D
    standard_errors: Float2D
    base_value: float
    predictions: Float1D
    exact: bool
    n_predicted: int
    index: Any = None

    def frame(self) -> pd.DataFrame:
        """Return the values as a table, a row a case."""
        return pd.DataFrame(self.values, columns=list(self.names), index=self.index)

    def importance(self) -> pd.DataFrame:
        """Return how much each name moves predictions on average, the most first.

        Returns
        -------
        DataFrame
            name, mean_absolute (mean absolute value over the cases), mean.
        """
        found = pd.DataFrame(
            {
                "name": self.names,
                "mean_absolute": np.abs(self.values).mean(axis=0),
                "mean": self.values.mean(axis=0),
            }
        )
        return found.sort_values("mean_absolute", ascending=False, kind="stable", ignore_index=True)

    def scaled(self, factor: float) -> Self:
        """Return the values in other units, such as points for log-odds.

        Parameters
        ----------
        factor : float
            What all values, errors, predictions and the base are multiplied by; finite.
        """
        number = check_real(factor, "factor", "ShapleyValues.scaled", low=-np.inf, high=np.inf)
        return replace(
            self,
            values=self.values * number,
            standard_errors=self.standard_errors * abs(number),
            base_value=self.base_value * number,
            predictions=self.predictions * number,
        )

    def __repr__(self) -> str:
        """Say in one line how many, and how sure."""
        how = "exact" if self.exact else (
            f"sampled with standard errors up to {self.standard_errors.max():.3g}"
        )  # fmt: skip
        n, k = self.values.shape
        return f"<{type(self).__name__}: {n:,} cases, {k} names, {how}>"
