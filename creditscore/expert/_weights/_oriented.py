"""Indicators put on [0, 1] so that more is safer, whatever their unit and direction."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeAlias

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import html_table
from creditscore._document import JsonDocument
from creditscore._frame import as_table
from creditscore._typing import Float1D, NativeFrame
from creditscore._validation import check_real
from creditscore._warn import warn_user
from creditscore.exceptions import ConstantColumnWarning, InvalidParameterError
from creditscore.expert._complete_columns import complete_column
from creditscore.expert._weights._weights import check_names

Direction: TypeAlias = str | tuple[float, float]
"""Which values are safer: "higher", "lower", or those near an interval."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Orientation(JsonDocument):
    r"""How indicators were put on [0, 1], kept so that other cases are put there alike.

    Made by :meth:`from_table`.

    Parameters
    ----------
    names : tuple of str
        Indicators, one or more, each once.
    directions : tuple of str or pair of float
        Which values of an indicator are safer: "higher", "lower", or those nearer to an interval,
        given by its two ends, which may be one number.
    lows, highs : tuple of float
        Smallest and largest value seen of each indicator.

    Raises
    ------
    InvalidParameterError
        Not as many directions, lows and highs as names; a direction that is none of the three; a
        low above its high.

    See Also
    --------
    orient : The table at once.

    Notes
    -----
    With :math:`l` and :math:`h` the smallest and largest value of the sample, a value :math:`x`
    becomes

    - higher: :math:`(x - l) / (h - l)`;
    - lower: :math:`(h - x) / (h - l)`;
    - near the interval :math:`[a, b]`: :math:`1 - d(x) / D`, where
      :math:`d(x) = \max(a - x, x - b, 0)` is the distance from the interval and
      :math:`D = \max(d(l), d(h))` the largest of the sample.

    Values of other cases beyond the sample are cut at 0 and at 1. Where all values of the sample
    are alike (or all lie in the interval) the formula is 0/0, and a value is then 1 if it is at
    least as safe as these, else 0.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.expert import Orientation
    >>> firms = pd.DataFrame({"current_ratio": [0.5, 2.0, 4.0], "debt_ratio": [0.9, 0.4, 0.5]})
    >>> orientation = Orientation.from_table(
    ...     firms, {"current_ratio": (1.5, 2.5), "debt_ratio": "lower"}
    ... )
    >>> orientation.orient(firms)
       current_ratio  debt_ratio
    0       0.333333         0.0
    1       1.000000         1.0
    2       0.000000         0.8
    >>> orientation.orient(pd.DataFrame({"current_ratio": [1.0], "debt_ratio": [0.3]}))
       current_ratio  debt_ratio
    0       0.666667         1.0
    """

    _format: ClassVar[str] = "creditscore.orientation"

    names: tuple[str, ...]
    directions: tuple[Direction, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]

    def __post_init__(self) -> None:
        """Check that each indicator has a direction and a range."""
        owner = type(self).__name__
        object.__setattr__(self, "names", check_names(self.names, owner))
        for part in ("directions", "lows", "highs"):
            given = tuple(getattr(self, part))
            if len(given) != len(self.names):
                msg = (
                    f"{owner} needs one of the {part} for each of its {len(self.names)} "
                    f"indicators. Got {len(given)}."
                )
                raise InvalidParameterError(msg)
            object.__setattr__(self, part, given)
        pairs = zip(self.directions, self.names, strict=True)
        object.__setattr__(self, "directions", tuple(_direction(d, name) for d, name in pairs))
        for part in ("lows", "highs"):
            numbers = [_finite(value, part, owner) for value in getattr(self, part)]
            object.__setattr__(self, part, tuple(numbers))
        for name, low, high in zip(self.names, self.lows, self.highs, strict=True):
            if low > high:
                msg = f"The low of {name!r} is above its high: {low:g} > {high:g}."
                raise InvalidParameterError(msg)

    @classmethod
    def from_table(cls, X: NativeFrame, directions: Mapping[str, Direction]) -> Self:
        """Take the range of each indicator from a table.

        Parameters
        ----------
        X : table of shape (n_cases, n_indicators)
            pandas, polars, pyarrow, or a 2-D array, whose columns are called ``x0, x1, …``.
        directions : mapping of str to str or pair of float
            As in the class, by the name of the column. Columns that are not named here stay out.

        Raises
        ------
        MissingColumnError
            A column is not in the table.
        InvalidParameterError
            A direction is none of the three.
        InvalidDataError
            A value is missing; the message names column, count and first row. A missing value
            has no place between others, and is neither filled in nor left out.
        InfiniteValueError, ColumnTypeError
            A value is infinite, or a column holds other things than numbers.

        Warns
        -----
        ConstantColumnWarning
            All values of a column are equally safe.
        """
        check_kind(directions, "directions", "orient", Mapping)
        table = as_table(X)
        names = check_names(tuple(directions), "orient")
        table.require(names)
        columns = [complete_column(table, name, "orient") for name in names]
        made = cls(
            names=names,
            directions=tuple(directions.values()),
            lows=tuple(float(column.min()) for column in columns),
            highs=tuple(float(column.max()) for column in columns),
        )
        ranges = zip(made.names, made.directions, made.lows, made.highs, strict=True)
        alike = [name for name, direction, low, high in ranges if _is_flat(direction, low, high)]
        if alike:
            warn_user(
                f"All values of column(s) {', '.join(map(repr, alike))} are equally safe, and "
                "become 1. They tell no case from another: leave them out.",
                ConstantColumnWarning,
            )
        return made

    def orient(self, X: NativeFrame) -> NativeFrame:
        """Put the indicators of any cases on [0, 1], higher is safer.

        Parameters
        ----------
        X : table of shape (n_cases, n_columns)
            With the columns of this orientation; others stay out.

        Returns
        -------
        table of shape (n_cases, n_indicators)
            Of the kind of `X`, with its index.

        Raises
        ------
        MissingColumnError, InvalidDataError, InfiniteValueError, ColumnTypeError
            As in :meth:`from_table`.
        """
        table = as_table(X)
        table.require(self.names)
        ranges = zip(self.names, self.directions, self.lows, self.highs, strict=True)
        return table.to_frame(
            {
                name: _on_unit(complete_column(table, name, "orient"), direction, low, high)
                for name, direction, low, high in ranges
            }
        )

    def table(self) -> pd.DataFrame:
        """Return a row an indicator: indicator, safer (in words), low, high.

        Returns
        -------
        DataFrame
        """
        words = [
            d if isinstance(d, str)
            else f"near {d[0]:g} to {d[1]:g}" if d[0] < d[1]
            else f"near {d[0]:g}"
            for d in self.directions
        ]  # fmt: skip
        return pd.DataFrame(
            {"indicator": self.names, "safer": words, "low": self.lows, "high": self.highs}
        )

    def _content(self) -> dict[str, Any]:
        return {
            "names": list(self.names),
            "directions": [list(d) if isinstance(d, tuple) else d for d in self.directions],
            "lows": list(self.lows),
            "highs": list(self.highs),
        }

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        found = content["directions"]
        return cls(
            names=tuple(content["names"]),
            directions=tuple(tuple(d) if isinstance(d, list) else d for d in found),
            lows=tuple(content["lows"]),
            highs=tuple(content["highs"]),
        )

    def __repr__(self) -> str:
        """Say in one line what is oriented."""
        shown = ", ".join(self.names[:6])
        more = f", … {len(self.names) - 6} more" if len(self.names) > 6 else ""
        return f"Orientation({shown}{more})"

    def _repr_html_(self) -> str:
        """Show the table."""
        formats = {"low": "{:.6g}", "high": "{:.6g}"}
        return html_table(self.table(), caption="Orientation of indicators", formats=formats)


def orient(X: NativeFrame, directions: Mapping[str, Direction]) -> NativeFrame:
    """Put indicators on [0, 1] by their own smallest and largest values, higher is safer.

    Weights that are computed from data need this first: they compare spreads, which units and
    directions would else make up.

    Parameters
    ----------
    X : table of shape (n_cases, n_indicators)
        pandas, polars, pyarrow, or a 2-D array, whose columns are called ``x0, x1, …``.
    directions : mapping of str to str or pair of float
        Which values of a column are safer: "higher", "lower", or those nearer to an interval,
        given by its two ends, as in (1.5, 2.5). Columns that are not named here stay out.

    Returns
    -------
    table of shape (n_cases, n_indicators)
        Of the kind of `X`, with its index, columns in the order of `directions`.

    Raises
    ------
    MissingColumnError
        A column is not in the table.
    InvalidParameterError
        A direction is none of the three.
    InvalidDataError
        A value is missing; the message names column, count and first row.
    InfiniteValueError, ColumnTypeError
        A value is infinite, or a column holds other things than numbers.

    Warns
    -----
    ConstantColumnWarning
        All values of a column are equally safe; they become 1.

    See Also
    --------
    Orientation : Keeps the ranges, and gives the formulas.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.expert import orient
    >>> firms = pd.DataFrame({"margin": [0.02, 0.10, 0.06], "debt_ratio": [0.9, 0.4, 0.5]})
    >>> orient(firms, {"margin": "higher", "debt_ratio": "lower"})
       margin  debt_ratio
    0     0.0         0.0
    1     1.0         1.0
    2     0.5         0.8
    """
    return Orientation.from_table(X, directions).orient(X)


def _direction(direction: Any, name: str) -> Direction:
    """Return a direction with floats of Python, after a check of what it says."""
    if isinstance(direction, str) and direction in ("higher", "lower"):
        return direction
    if isinstance(direction, (tuple, list)) and len(direction) == 2:
        low, high = (_finite(end, f"directions[{name!r}]", "orient") for end in direction)
        if low <= high:
            return low, high
    # not a number alone: 1 and -1, which elsewhere say higher and lower, would be best values
    msg = (
        f"The direction of {name!r} must be 'higher', 'lower', or a pair of the ends of the best "
        f"interval, the lower end first, such as (1.5, 2.5). Got {direction!r} instead."
    )
    raise InvalidParameterError(msg)


def _finite(value: Any, name: str, owner: str) -> float:
    return check_real(value, name, owner, low=-math.inf, high=math.inf)


def _is_flat(direction: Direction, low: float, high: float) -> bool:
    """Tell whether all values of a range are equally safe."""
    if isinstance(direction, str):
        return low == high
    return bool(_distance(np.array([low, high]), direction).max() == 0)


def _distance(values: Float1D, interval: tuple[float, float]) -> Float1D:
    first, last = interval
    return np.maximum(np.maximum(first - values, values - last), 0.0)


def _on_unit(values: Float1D, direction: Direction, low: float, high: float) -> Float1D:
    # halves, as the difference of two large numbers could be infinite
    values, low, high = values / 2, low / 2, high / 2
    if isinstance(direction, str):
        gained, whole = values - low, high - low
        if direction == "lower":
            gained = high - values
    else:
        interval = (direction[0] / 2, direction[1] / 2)
        whole = float(_distance(np.array([low, high]), interval).max())
        gained = whole - _distance(values, interval)
    if whole == 0:
        return np.where(gained >= 0, 1.0, 0.0)
    return np.clip(gained / whole, 0.0, 1.0)
