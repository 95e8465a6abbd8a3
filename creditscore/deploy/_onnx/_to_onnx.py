"""A card as an ONNX graph in double precision."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from creditscore._typing import ReasonBaseline
from creditscore.deploy._alike import check_alike, check_whole_levels
from creditscore.deploy._description import AnyCard, rules_of
from creditscore.deploy._onnx._graph import model_of
from creditscore.deploy._onnx._inputs import inputs_of, is_text, texts_of
from creditscore.deploy._rules import ColumnRules, Rules, SegmentedRules, columns_in
from creditscore.exceptions import InvalidParameterError, MissingDependencyError


def to_onnx(
    card: AnyCard,
    *,
    n_reasons: int = 4,
    baseline: ReasonBaseline | None = None,
    missing_text: str = "",
) -> bytes:
    """Write a card as an ONNX model in double precision.

    Parameters
    ----------
    card : Scorecard or SegmentedScorecard
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
        cost most points, ``""`` where there are no more. Of a segmented card also segment, text of
        shape (n,), ``""`` where a row belongs to none; its characteristics are those of all cards.

    Raises
    ------
    InvalidParameterError
        A level that is `missing_text`, or a whole number of 2⁵³ or more; a name or level that UTF-8
        cannot hold or that has the character NUL; a characteristic with levels of text and of
        numbers; a column that cards of segments read differently; names that meet those of the
        outputs or of each other.
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

    Of a segmented card, all cards are worked out for all rows, and the segment chooses: its time is
    that of all cards together. Points of characteristics that the card of a row does not have are
    NaN.

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
    rules = rules_of(card, n_reasons=n_reasons, baseline=baseline)
    _check(rules, missing_text)
    return model_of(onnx, rules, missing_text, repr(card).strip("<>"))


def _onnx() -> Any:
    try:
        import onnx  # noqa: PLC0415 - an extra
    except ImportError as error:
        msg = 'onnx is needed for this: pip install "creditscore[onnx]".'
        raise MissingDependencyError(msg) from error
    return onnx


def _check(rules: Rules, missing_text: Any) -> None:
    if not isinstance(missing_text, str):
        msg = f"The 'missing_text' parameter of to_onnx must be a text. Got {missing_text!r}."
        raise InvalidParameterError(msg)
    for column in columns_in(rules):
        _check_column(column, missing_text)
    outputs = ["score", "points", "pd", "reasons"]
    if isinstance(rules, SegmentedRules):
        outputs.append("segment")
        for name in rules.segments.names:
            if _is_strange(name):
                what = "A segment"
                raise _strange_error(what, name)
    check_alike(rules, _held_by, "an input of ONNX")
    names = [*_input_names(rules), *outputs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        msg = (
            f"The model of to_onnx would have two inputs or outputs named {twice!r}. Rename the "
            "characteristic."
        )
        raise InvalidParameterError(msg)


def _check_column(column: ColumnRules, missing_text: str) -> None:
    texts = texts_of(column)
    if missing_text in texts:
        msg = (
            f"Column {column.name!r} has the level {missing_text!r}, which stands for a "
            "missing value. Choose another text by the 'missing_text' parameter of to_onnx."
        )
        raise InvalidParameterError(msg)
    strange = next((t for t in (column.name, missing_text, *texts) if _is_strange(t)), None)
    if strange is not None or not column.name:
        what = f"Column {column.name!r}"
        raise _strange_error(what, strange or "")
    if column.kind != "mixed" and 0 < len(texts) < len(column.values):
        msg = (
            f"Column {column.name!r} has levels of text and of numbers, and an input of ONNX "
            "holds one of the two. Make all of them text before the card is made."
        )
        raise InvalidParameterError(msg)
    check_whole_levels(column, "an input of ONNX")


def _strange_error(what: str, text: str) -> InvalidParameterError:
    return InvalidParameterError(
        f"{what} has the text {text!r}, which ONNX cannot hold: texts are UTF-8 without NUL, and "
        "names are not empty. Change it before the card is made."
    )


def _input_names(rules: Rules) -> Iterator[str]:
    """Yield the inputs of each column, once though several cards read it."""
    columns = {column.name: column for column in columns_in(rules)}
    for column in columns.values():
        yield from inputs_of(column)


def _held_by(column: ColumnRules) -> str:
    if column.kind == "mixed":
        return "numbers and words"
    return "text" if is_text(column) else "numbers"


def _is_strange(text: str) -> bool:
    return "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text)
