"""The nodes of a graph: operators, constants, and the points of columns."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from creditscore.deploy._onnx._inputs import is_text
from creditscore.deploy._rules import ColumnRules
from creditscore.deploy._steps import Steps, steps_of

_MOST_COMPARED = 64
"""So many starts are compared with all rows at once; more are searched by halves."""


class Nodes:
    """Collects the nodes of a graph; a method adds some and returns the name of what comes out.

    Parameters
    ----------
    onnx : module
        ``onnx``.
    names : iterable of str
        Inputs, whose names nothing in the graph must have.
    missing_text : str
        Text that stands for a missing value.
    """

    def __init__(self, onnx: Any, names: Iterable[str], missing_text: str) -> None:
        self.onnx, self.missing_text = onnx, missing_text
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.outputs: list[Any] = []
        self.prefix = "_"
        taken = tuple(names)
        while any(name.startswith(self.prefix) for name in taken):
            self.prefix += "_"

    def add(self, operator: str, *inputs: str, called: str = "", **attributes: Any) -> str:
        """Add a node and return the name of what it gives."""
        name = called or f"{self.prefix}{operator}_{len(self.nodes)}"
        self.nodes.append(self.onnx.helper.make_node(operator, inputs, [name], **attributes))
        return name

    def add_two(self, operator: str, *inputs: str, **attributes: Any) -> tuple[str, str]:
        """Add a node that gives two things, and return the names of both."""
        name = f"{self.prefix}{operator}_{len(self.nodes)}"
        both = f"{name}_first", f"{name}_second"
        self.nodes.append(self.onnx.helper.make_node(operator, inputs, both, **attributes))
        return both

    def constant(self, values: Any, dtype: Any = np.float64) -> str:
        """Add a constant and return its name."""
        name = f"{self.prefix}constant_{len(self.constants)}"
        array = np.asarray(values, dtype=dtype)
        self.constants.append(self.onnx.numpy_helper.from_array(array, name))
        return name

    def texts(self, texts: Sequence[str]) -> str:
        """Add a constant of texts and return its name."""
        name = f"{self.prefix}constant_{len(self.constants)}"
        encoded = [text.encode() for text in texts]
        kind = self.onnx.TensorProto.STRING
        self.constants.append(self.onnx.helper.make_tensor(name, kind, [len(texts)], encoded))
        return name

    def cast(self, values: str, kind: str) -> str:
        """Add a change of type."""
        return self.add("Cast", values, to=getattr(self.onnx.TensorProto, kind))

    def output(self, name: str, kind: str, *shape: int | str) -> None:
        """Declare what was added last under a name as an output."""
        kind = getattr(self.onnx.TensorProto, kind)
        self.outputs.append(self.onnx.helper.make_tensor_value_info(name, kind, shape))

    def points(self, column: ColumnRules) -> str:
        """Add the points of a column; NaN where a value is refused."""
        if is_text(column):
            place, earned = self._looked_up(column.name, column, column.missing)
            return self._taken(earned, place)
        of_number = self._of_number(column.name, steps_of(_without_words(column)))
        if column.kind != "mixed":
            return of_number
        place, earned = self._looked_up(f"{column.name}_words", column, None)
        is_number = self.add("Equal", place, self.constant(0, np.int64))
        of_word = self._taken(earned, place)
        return self.add("Where", is_number, of_number, of_word)

    def _looked_up(
        self, values: str, column: ColumnRules, missing: float | None
    ) -> tuple[str, str]:
        """Return places and the points at them: 0 is the missing text, 1 are texts not listed."""
        listed = [(v, points) for v, points in column.values if isinstance(v, str)]
        place = self.add(
            "LabelEncoder",
            values,
            domain="ai.onnx.ml",
            keys_strings=[self.missing_text, *(text for text, _ in listed)],
            values_int64s=[0, *range(2, len(listed) + 2)],
            default_int64=1,
        )
        earned = [missing, column.other, *(points for _, points in listed)]
        return place, self.constant(floats_of(earned))

    def _of_number(self, values: str, steps: Steps) -> str:
        place = self._place(values, steps.starts)
        earned = self.constant(floats_of([step.points for step in steps.earned]))
        points = self._taken(earned, place)
        if not steps.is_linear:
            return points
        slope = self._taken(self.constant([step.slope for step in steps.earned]), place)
        low = self._taken(self.constant([step.low or 0.0 for step in steps.earned]), place)
        zero = self.constant(0.0)
        above = self.add("Sub", values, low)
        # NaN and infinities are on steps without a slope
        rise = self.add("Where", self.add("Equal", slope, zero), zero, above)
        return self.add("Add", points, self.add("Mul", slope, rise))

    def _taken(self, table: str, place: str) -> str:
        # ten times as fast as Gather, which copies value by value
        return self.add("GatherElements", table, place)

    def _place(self, values: str, starts: Sequence[float]) -> str:
        """Count the starts at or below each value."""
        if len(starts) > _MOST_COMPARED:
            return self._searched(values, starts)
        down = self.constant(np.reshape(starts, (-1, 1)))
        reached = self.cast(self.add("GreaterOrEqual", values, down), "FLOAT")
        # a product with ones counts several times faster than a sum
        ones = self.constant(np.ones(len(starts)), np.float32)
        return self.cast(self.add("MatMul", ones, reached), "INT32")

    def _searched(self, values: str, starts: Sequence[float]) -> str:
        """Count them by halves: the count grows by a power of two where that start is reached."""
        n_halves = len(starts).bit_length()
        # no value reaches NaN
        table = self.constant([*starts, *[math.nan] * (2**n_halves - len(starts))])
        count = self.constant([0], np.int64)
        for half in reversed(range(n_halves)):
            next_one = self.add("Add", count, self.constant(2**half - 1, np.int64))
            reached = self.add("GreaterOrEqual", values, self._taken(table, next_one))
            step = self.add("Mul", self.cast(reached, "INT64"), self.constant(2**half, np.int64))
            count = self.add("Add", count, step)
        return count


def floats_of(points: Sequence[float | None]) -> list[float]:
    """Return points as floats, NaN where they are refused."""
    return [math.nan if earned is None else float(earned) for earned in points]


def _without_words(column: ColumnRules) -> ColumnRules:
    numbers = tuple((v, points) for v, points in column.values if not isinstance(v, str))
    return ColumnRules(
        name=column.name,
        kind=column.kind,
        missing=column.missing,
        intervals=column.intervals,
        values=numbers,
        other=column.other,
    )
