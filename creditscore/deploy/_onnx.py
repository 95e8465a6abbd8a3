"""A card as an ONNX graph in double precision."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np

from creditscore._typing import ReasonBaseline
from creditscore.deploy._baseline import baseline_of
from creditscore.deploy._rules import CardRules, ColumnRules, rules_of
from creditscore.deploy._steps import Steps, steps_of
from creditscore.exceptions import InvalidParameterError, MissingDependencyError
from creditscore.scorecard import Scorecard

_OPSETS = {"": 17, "ai.onnx.ml": 3}
_IR_VERSION = 8
_LEAST_SHORTFALL = 1e-9
"""Points below which a difference is rounding and no reason, as in the card."""
_MOST_COMPARED = 64
"""So many starts are compared with all rows at once; more are searched by halves."""


def to_onnx(
    card: Scorecard,
    *,
    n_reasons: int = 4,
    baseline: ReasonBaseline | None = None,
    missing_text: str = "",
) -> bytes:
    """Write a card as an ONNX model in double precision.

    Parameters
    ----------
    card : Scorecard
        The card.
    n_reasons : int, default=4
        Most reasons that the model gives; 0 leaves the output out.
    baseline : {"neutral", "average", "maximum"}, optional
        What reasons compare with, as in :meth:`Scorecard.reasons`: "neutral" unless given, or
        "maximum" where the card holds no neutral points.
    missing_text : str, default=""
        Text that stands for a missing value in columns of text, which have no other way to say so.

    Returns
    -------
    bytes
        A serialised ModelProto of opset 17, for a file or a session of onnxruntime. Its inputs
        are the columns, of shape (n,): float64 where they hold numbers, booleans (True being 1) or
        levels that are either, text where they hold text. A column of numbers and words has two
        inputs: under its name the numbers, NaN where the row holds a word, and under its name with
        ``_words`` the words, `missing_text` where it holds a number.

        Its outputs are score, float64 of shape (n,); points, float64 of shape
        (n, n_characteristics); pd, float64 of shape (n,), where the card has a scale; and reasons,
        text of shape (n, min(n_reasons, n_characteristics)), the names of the characteristics that
        cost most points, ``""`` where there are no more.

    Raises
    ------
    InvalidParameterError
        A level that is `missing_text`; a name or level that UTF-8 cannot hold or that has the
        character NUL; a characteristic with levels of text and of numbers; names that meet those
        of the outputs or of each other.
    UncalibratedCardError
        The card holds no neutral points or counts for the baseline asked for.
    MissingDependencyError
        onnx is not installed.

    Notes
    -----
    Score, points and reasons equal those of the card to the last bit: every operation is one of
    double precision, and points are added in the order of the card. Probabilities are equal up to
    the last bits. The number of starts of intervals, special codes and levels at or below a value
    is the place of its points in a table: O(n · starts) time and memory for a column of up to 64
    starts, O(n · log starts) time for more.

    NaN is missing. What the card refuses, and infinite numbers, have NaN for points and score, and
    no reasons. Levels and words that the card does not know earn what it gives to others. Where a
    row of a column of numbers and words has both, the word counts; text that is a plain decimal
    number is a number to the card. onnxruntime takes text as arrays of objects, and writes None
    and NaN among them out as the levels ``"None"`` and ``"nan"``: fill them with `missing_text`
    before. Its option to take denormal numbers for zero must be off, as it is unless set. The
    names of the characteristics, in the order of the points, are in the metadata of the model as
    JSON, under "characteristics".

    Examples
    --------
    >>> import numpy as np
    >>> import onnxruntime  # doctest: +SKIP
    >>> from creditscore import Scorecard
    >>> from creditscore.deploy import to_onnx
    >>> from creditscore.scorecard import Characteristic
    >>> years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
    >>> model = to_onnx(Scorecard(characteristics=[years], base_points=500))  # doctest: +SKIP
    >>> session = onnxruntime.InferenceSession(model)  # doctest: +SKIP
    >>> session.run(["score"], {"years": np.array([1.0, 3.0, np.nan])})  # doctest: +SKIP
    [array([500., 520., 505.])]
    """
    onnx = _onnx()
    rules = rules_of(card, n_reasons=n_reasons, baseline=baseline_of(card, baseline))
    _check(rules, missing_text)
    return _Graph(onnx, rules, missing_text).model(repr(card).strip("<>"))


def _onnx() -> Any:
    try:
        import onnx  # noqa: PLC0415 - an extra
    except ImportError as error:
        msg = 'onnx is needed for this: pip install "creditscore[onnx]".'
        raise MissingDependencyError(msg) from error
    return onnx


def _check(rules: CardRules, missing_text: Any) -> None:
    if not isinstance(missing_text, str):
        msg = f"The 'missing_text' parameter of to_onnx must be a text. Got {missing_text!r}."
        raise InvalidParameterError(msg)
    for column in rules.columns:
        texts = _texts(column)
        if missing_text in texts:
            msg = (
                f"Column {column.name!r} has the level {missing_text!r}, which stands for a "
                "missing value. Choose another text by the 'missing_text' parameter of to_onnx."
            )
            raise InvalidParameterError(msg)
        strange = next((t for t in (column.name, missing_text, *texts) if _is_strange(t)), None)
        if strange is not None or not column.name:
            msg = (
                f"Column {column.name!r} has the text {strange or ''!r}, which ONNX cannot hold: "
                "texts are UTF-8 without NUL, and names are not empty. Change it before the card "
                "is made."
            )
            raise InvalidParameterError(msg)
        if column.kind != "mixed" and 0 < len(texts) < len(column.values):
            msg = (
                f"Column {column.name!r} has levels of text and of numbers, and an input of ONNX "
                "holds one of the two. Make all of them text before the card is made."
            )
            raise InvalidParameterError(msg)
    names = [name for column in rules.columns for name in _inputs(column)]
    names += ["score", "points", "pd", "reasons"]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        msg = (
            f"The model of to_onnx would have two inputs or outputs named {twice!r}. Rename the "
            "characteristic."
        )
        raise InvalidParameterError(msg)


def _is_strange(text: str) -> bool:
    return "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text)


def _texts(column: ColumnRules) -> list[str]:
    return [level for level, _ in column.values if isinstance(level, str)]


def _is_text(column: ColumnRules) -> bool:
    levels = column.kind in ("categorical", "ordered")
    return levels and len(_texts(column)) == len(column.values)


def _inputs(column: ColumnRules) -> dict[str, str]:
    """Return the inputs of a column, and of which type each is."""
    if column.kind == "mixed":
        return {column.name: "DOUBLE", f"{column.name}_words": "STRING"}
    return {column.name: "STRING" if _is_text(column) else "DOUBLE"}


class _Graph:
    """Collects the nodes of a graph; a method adds some and returns the name of what comes out."""

    def __init__(self, onnx: Any, rules: CardRules, missing_text: str) -> None:
        self.onnx, self.rules, self.missing_text = onnx, rules, missing_text
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.outputs: list[Any] = []
        # nothing in the graph must be called as a column is
        self.prefix = "_"
        while any(column.name.startswith(self.prefix) for column in rules.columns):
            self.prefix += "_"

    def model(self, description: str) -> bytes:
        """Build the graph of a card and serialise it."""
        helper = self.onnx.helper
        self._points_and_score()
        inputs = [
            helper.make_tensor_value_info(name, getattr(self.onnx.TensorProto, kind), ["n"])
            for column in self.rules.columns
            for name, kind in _inputs(column).items()
        ]
        graph = helper.make_graph(self.nodes, "scorecard", inputs, self.outputs, self.constants)
        model = helper.make_model(
            graph,
            producer_name="creditscore",
            producer_version=version("creditscore"),
            doc_string=description,
            ir_version=_IR_VERSION,
            opset_imports=[helper.make_opsetid(*opset) for opset in _OPSETS.items()],
        )
        names = json.dumps([column.name for column in self.rules.columns], ensure_ascii=False)
        helper.set_model_props(model, {"characteristics": names})
        serialised: bytes = model.SerializeToString()
        return serialised

    def _points_and_score(self) -> None:
        rules = self.rules
        earned = [self._points(column) for column in rules.columns]
        *firsts, last = earned
        score = self._constant(rules.base_points)
        for points in firsts:
            score = self._add("Add", score, points)
        score = self._add("Add", score, last, called="score")
        axis = self._constant([1], np.int64)
        columns = [self._add("Unsqueeze", points, axis) for points in earned]
        table = self._add("Concat", *columns, called="points", axis=1)
        self._output("score", "DOUBLE", "n")
        self._output("points", "DOUBLE", "n", len(columns))
        if rules.offset is not None and rules.factor is not None:
            self._prob_default(score, rules.offset, rules.factor)
            self._output("pd", "DOUBLE", "n")
        if rules.n_reasons:
            n_ranks = min(rules.n_reasons, len(columns))
            self._reasons(table, self._add("Unsqueeze", score, axis), n_ranks)
            self._output("reasons", "STRING", "n", n_ranks)

    def _add(self, operator: str, *inputs: str, called: str = "", **attributes: Any) -> str:
        """Add a node and return the name of what it gives."""
        name = called or f"{self.prefix}{operator}_{len(self.nodes)}"
        self.nodes.append(self.onnx.helper.make_node(operator, inputs, [name], **attributes))
        return name

    def _constant(self, values: Any, dtype: Any = np.float64) -> str:
        name = f"{self.prefix}constant_{len(self.constants)}"
        array = np.asarray(values, dtype=dtype)
        self.constants.append(self.onnx.numpy_helper.from_array(array, name))
        return name

    def _texts(self, texts: Sequence[str]) -> str:
        name = f"{self.prefix}constant_{len(self.constants)}"
        encoded = [text.encode() for text in texts]
        kind = self.onnx.TensorProto.STRING
        self.constants.append(self.onnx.helper.make_tensor(name, kind, [len(texts)], encoded))
        return name

    def _cast(self, values: str, kind: str) -> str:
        return self._add("Cast", values, to=getattr(self.onnx.TensorProto, kind))

    def _output(self, name: str, kind: str, *shape: int | str) -> None:
        kind = getattr(self.onnx.TensorProto, kind)
        self.outputs.append(self.onnx.helper.make_tensor_value_info(name, kind, shape))

    def _points(self, column: ColumnRules) -> str:
        if _is_text(column):
            place, earned = self._looked_up(column.name, column, column.missing)
            return self._taken(earned, place)
        of_number = self._of_number(column.name, steps_of(_without_words(column)))
        if column.kind != "mixed":
            return of_number
        place, earned = self._looked_up(f"{column.name}_words", column, None)
        is_number = self._add("Equal", place, self._constant(0, np.int64))
        of_word = self._taken(earned, place)
        return self._add("Where", is_number, of_number, of_word)

    def _looked_up(
        self, values: str, column: ColumnRules, missing: float | None
    ) -> tuple[str, str]:
        """Return places and the points at them: 0 is the missing text, 1 are texts not listed."""
        listed = [(v, points) for v, points in column.values if isinstance(v, str)]
        place = self._add(
            "LabelEncoder",
            values,
            domain="ai.onnx.ml",
            keys_strings=[self.missing_text, *(text for text, _ in listed)],
            values_int64s=[0, *range(2, len(listed) + 2)],
            default_int64=1,
        )
        earned = [missing, column.other, *(points for _, points in listed)]
        return place, self._constant(_floats(earned))

    def _of_number(self, values: str, steps: Steps) -> str:
        place = self._place(values, steps.starts)
        earned = self._constant(_floats([step.points for step in steps.earned]))
        points = self._taken(earned, place)
        if not steps.is_linear:
            return points
        slope = self._taken(self._constant([step.slope for step in steps.earned]), place)
        low = self._taken(self._constant([step.low or 0.0 for step in steps.earned]), place)
        zero = self._constant(0.0)
        above = self._add("Sub", values, low)
        # NaN and infinities are on steps without a slope
        rise = self._add("Where", self._add("Equal", slope, zero), zero, above)
        return self._add("Add", points, self._add("Mul", slope, rise))

    def _taken(self, table: str, place: str) -> str:
        # ten times as fast as Gather, which copies value by value
        return self._add("GatherElements", table, place)

    def _place(self, values: str, starts: Sequence[float]) -> str:
        """Count the starts at or below each value."""
        if len(starts) > _MOST_COMPARED:
            return self._searched(values, starts)
        down = self._constant(np.reshape(starts, (-1, 1)))
        reached = self._cast(self._add("GreaterOrEqual", values, down), "FLOAT")
        # a product with ones counts several times faster than a sum
        ones = self._constant(np.ones(len(starts)), np.float32)
        return self._cast(self._add("MatMul", ones, reached), "INT32")

    def _searched(self, values: str, starts: Sequence[float]) -> str:
        """Count them by halves: the count grows by a power of two where that start is reached."""
        n_halves = len(starts).bit_length()
        # no value reaches NaN
        table = self._constant([*starts, *[math.nan] * (2**n_halves - len(starts))])
        count = self._constant([0], np.int64)
        for half in reversed(range(n_halves)):
            next_one = self._add("Add", count, self._constant(2**half - 1, np.int64))
            reached = self._add("GreaterOrEqual", values, self._taken(table, next_one))
            step = self._add("Mul", self._cast(reached, "INT64"), self._constant(2**half, np.int64))
            count = self._add("Add", count, step)
        return count

    def _prob_default(self, score: str, offset: float, factor: float) -> None:
        above = self._add("Sub", score, self._constant(offset))
        odds = self._add("Exp", self._add("Div", above, self._constant(factor)))
        one = self._constant(1.0)
        self._add("Div", one, self._add("Add", one, odds), called="pd")

    def _reasons(self, table: str, score: str, n_ranks: int) -> None:
        """Rank shortfalls; of equal ones TopK puts the lower place first."""
        columns = self.rules.columns
        references = self._constant(_floats([column.reference for column in columns]))
        ends = (references, table) if self.rules.higher_is_safer else (table, references)
        short = self._add("Sub", *ends)
        # a row without a score has no reasons
        short = self._add("Where", self._add("IsNaN", score), self._constant(0.0), short)
        ranked = [f"{self.prefix}largest", f"{self.prefix}places"]
        inputs = [short, self._constant([n_ranks], np.int64)]
        self.nodes.append(self.onnx.helper.make_node("TopK", inputs, ranked, axis=1))
        counts = self._add("Greater", ranked[0], self._constant(_LEAST_SHORTFALL))
        nothing = self._constant(len(columns), np.int64)
        chosen = self._add("Where", counts, ranked[1], nothing)
        names = self._texts([*(column.name for column in columns), ""])
        self._add("Gather", names, chosen, called="reasons")


def _floats(points: Sequence[float | None]) -> list[float]:
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
