"""Aliases that say what an array holds and which words a parameter takes."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

Float1D: TypeAlias = npt.NDArray[np.float64]
Float2D: TypeAlias = npt.NDArray[np.float64]
Int1D: TypeAlias = npt.NDArray[np.intp]
Int2D: TypeAlias = npt.NDArray[np.intp]
Bool1D: TypeAlias = npt.NDArray[np.bool_]
Bool2D: TypeAlias = npt.NDArray[np.bool_]

Level: TypeAlias = str | int | float | bool
"""One value of a categorical column."""

NativeFrame: TypeAlias = Any
"""A pandas, polars or pyarrow table (or a 2-D array where that is said)."""
NativeSeries: TypeAlias = Any
"""A column of the caller's frame library (or a 1-D array where that is said)."""

ColumnKind: TypeAlias = Literal["numeric", "categorical", "ordered", "mixed"]
"""How a column is binned: by value, by level, by level in an order, numbers and words apart."""
Trend: TypeAlias = Literal[
    "auto",
    "auto_one_bend",
    "ascending",
    "descending",
    "peak",
    "valley",
    "concave",
    "convex",
    "none",
]
ObjectiveName: TypeAlias = Literal["iv", "js", "hellinger", "triangular", "log_likelihood"]
"""What the bins of a binary target make as large as can be."""
CoefficientSign: TypeAlias = Literal["warn", "enforce"]
WeightType: TypeAlias = Literal["frequency", "sampling"]
"""A weight of 3 is three rows, or one row that stands for three of the population."""
ReasonBaseline: TypeAlias = Literal["neutral", "average", "maximum"]
GradeMeasure: TypeAlias = Literal["prob_default", "score"]
Philosophy: TypeAlias = Literal["point_in_time", "through_the_cycle", "hybrid"]
"""What a probability of default means: the coming year, an average of the cycle, or between."""
Closed: TypeAlias = Literal["left", "right"]
