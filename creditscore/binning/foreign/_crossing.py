"""Rectangles of two numeric columns, each a level of one column of text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np

from creditscore._document import JsonDocument
from creditscore._frame import Table, as_table
from creditscore._typing import Float1D, Int1D, NativeFrame, NativeSeries
from creditscore._validation import check_finite
from creditscore.binning._digitize import digitize
from creditscore.binning._partition import NumericPartition, is_code, number_texts
from creditscore.exceptions import InvalidParameterError

SPECIAL = "Special"
"""Level of rows in which one of the two columns holds a special code."""


@dataclass(frozen=True)
class Rectangle:
    """A range of each of two columns, closed on the left: ``low <= value < high``.

    Attributes
    ----------
    first_low, first_high : float
        Ends in the first column; infinite where it is open.
    second_low, second_high : float
        Ends in the second column.

    Examples
    --------
    >>> import math
    >>> from creditscore.binning.foreign import Rectangle
    >>> Rectangle(-math.inf, 30.0, 0.0, 1_000.0).first_high
    30.0
    """

    first_low: float
    first_high: float
    second_low: float
    second_high: float

    def __post_init__(self) -> None:
        """Take any numbers as floats; refuse ranges that hold none."""
        for end in fields(self):
            object.__setattr__(self, end.name, float(getattr(self, end.name)))
        if not (self.first_low < self.first_high and self.second_low < self.second_high):
            msg = f"The ends of a rectangle must increase, low < high. Got {self!r} instead."
            raise InvalidParameterError(msg)


@dataclass(frozen=True, kw_only=True)
class Crossing(JsonDocument):
    """Two numeric columns as one of text, whose levels are rectangles.

    Attributes
    ----------
    columns : tuple of str
        The two columns.
    name : str
        Name of the column of text.
    rectangles : tuple of Rectangle
        They cover the plane, and none overlaps another.
    special_codes : tuple of tuple of float
        Special codes of the first and of the second column.

    Notes
    -----
    A row that lacks one of the two values is missing in the column of text, whatever the other
    value. One in which either value is a special code, and none is missing, has the level
    "Special".

    Examples
    --------
    >>> import math
    >>> import pandas as pd
    >>> from creditscore.binning.foreign import Crossing, Rectangle
    >>> low, high = -math.inf, math.inf
    >>> crossing = Crossing(
    ...     columns=("age", "amount"),
    ...     name="age × amount",
    ...     rectangles=(
    ...         Rectangle(low, 30, low, 1_000),
    ...         Rectangle(low, 30, 1_000, high),
    ...         Rectangle(30, high, low, high),
    ...     ),
    ... )
    >>> crossing.labels
    ('< 30 × < 1000', '< 30 × >= 1000', '>= 30 × all values')
    >>> crossing.encode(pd.DataFrame({"age": [25, 40], "amount": [1_000, 500]})).tolist()
    ['< 30 × >= 1000', '>= 30 × all values']
    >>> Crossing.from_dict(crossing.to_dict()) == crossing
    True
    """

    _format: ClassVar[str] = "creditscore.crossing"

    columns: tuple[str, str]
    name: str
    rectangles: tuple[Rectangle, ...]
    special_codes: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())

    def __post_init__(self) -> None:
        """Refuse rectangles that overlap or leave a part of the plane out."""
        if len(self.columns) != 2 or self.columns[0] == self.columns[1]:
            msg = f"A crossing needs two different columns. Got {self.columns!r} instead."
            raise InvalidParameterError(msg)
        for codes in self.special_codes:
            NumericPartition(special_codes=codes)
        covered = np.zeros(tuple(len(cuts) + 1 for cuts in self._cuts), dtype=np.intp)
        for box in self._boxes:
            covered[box] += 1
        if (covered != 1).any():
            what = "leave a part of the plane out" if (covered == 0).any() else "overlap"
            msg = f"The rectangles of {self.name!r} {what}. Each pair of values must lie in one."
            raise InvalidParameterError(msg)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Level of each rectangle, all different."""
        first, second = (_range_texts(ranges) for ranges in self._ranges)
        return tuple(f"{a} × {b}" for a, b in zip(first, second, strict=True))

    def encode(self, X: NativeFrame | Table) -> NativeSeries:
        """Return the level of each row of a table, in the library of `X`.

        Raises
        ------
        MissingColumnError
            One of the columns is not there.
        ColumnTypeError
            One of them holds text.
        InfiniteValueError
            One of them holds infinite values.
        """
        table = as_table(X)
        table.require(list(self.columns))
        return table.to_series(self.name, self.levels(table), text=True)

    def levels(self, table: Table) -> np.ndarray[Any, Any]:
        """Return the level of each row as objects: text, or None where a value is missing."""
        reader = NumericPartition()
        first, second = (
            check_finite(reader.values(table, name), name=name) for name in self.columns
        )
        places = self.places_of(first, second)
        texts = np.array([*self.labels, SPECIAL, None], dtype=object)
        return texts.take(places)

    def places_of(self, first: Float1D, second: Float1D) -> Int1D:
        """Return the rectangle of each pair, then one more for special codes and for missing."""
        codes = [
            digitize(values, cuts) for values, cuts in zip((first, second), self._cuts, strict=True)
        ]
        missing = np.isnan(first) | np.isnan(second)
        for code in codes:
            # the place of a missing value is of no meaning
            code[missing] = 0
        places: Int1D = self._grid[codes[0], codes[1]]
        for values, special in zip((first, second), self.special_codes, strict=True):
            for number in special:
                places[is_code(values, number)] = len(self.rectangles)
        places[missing] = len(self.rectangles) + 1
        return places

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that :meth:`from_dict` reads back; open ends are None."""
        return {
            "columns": list(self.columns),
            "name": self.name,
            "rectangles": [
                [None if np.isinf(end) else end for end in astuple(box)] for box in self.rectangles
            ],
            "special_codes": [list(codes) for codes in self.special_codes],
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """Read back what :meth:`to_dict` wrote."""
        open_ends = (-np.inf, np.inf, -np.inf, np.inf)
        boxes = tuple(
            Rectangle(
                *(
                    float(open_end if end is None else end)
                    for end, open_end in zip(ends, open_ends, strict=True)
                )
            )
            for ends in content["rectangles"]
        )
        first, second = (tuple(map(float, codes)) for codes in content["special_codes"])
        a, b = content["columns"]
        return cls(
            columns=(a, b), name=content["name"], rectangles=boxes, special_codes=(first, second)
        )

    def _content(self) -> dict[str, Any]:
        return self.to_dict()

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls.from_dict(content)

    @property
    def _ranges(self) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
        return (
            [(box.first_low, box.first_high) for box in self.rectangles],
            [(box.second_low, box.second_high) for box in self.rectangles],
        )

    @cached_property
    def _cuts(self) -> tuple[Float1D, Float1D]:
        first, second = (_cuts_of(ranges) for ranges in self._ranges)
        return first, second

    @cached_property
    def _boxes(self) -> list[tuple[slice, slice]]:
        """Return the cells of each rectangle on the grid of all cuts."""
        first, second = (
            [_cells(cuts, low, high) for low, high in ranges]
            for cuts, ranges in zip(self._cuts, self._ranges, strict=True)
        )
        return list(zip(first, second, strict=True))

    @cached_property
    def _grid(self) -> Int1D:
        """Return the rectangle of each cell."""
        grid = np.zeros(tuple(len(cuts) + 1 for cuts in self._cuts), dtype=np.intp)
        for place, box in enumerate(self._boxes):
            grid[box] = place
        return grid


def _cuts_of(ranges: list[tuple[float, float]]) -> Float1D:
    ends = np.unique(np.array(ranges, dtype=np.float64))
    return ends[np.isfinite(ends)]


def _cells(cuts: Float1D, low: float, high: float) -> slice:
    ends = [-np.inf, *cuts.tolist(), np.inf]
    return slice(ends.index(low), ends.index(high))


def _range_texts(ranges: list[tuple[float, float]]) -> list[str]:
    """Write ranges of one column as the bins of numbers are written."""
    cuts = _cuts_of(ranges)
    texts = dict(zip(cuts.tolist(), number_texts(tuple(cuts.tolist())), strict=True))
    return [_range_text(low, high, texts) for low, high in ranges]


def _range_text(low: float, high: float, texts: Mapping[float, str]) -> str:
    if low == -np.inf and high == np.inf:
        return "all values"
    if low == -np.inf:
        return f"< {texts[high]}"
    return f">= {texts[low]}" if high == np.inf else f"[{texts[low]}, {texts[high]})"
