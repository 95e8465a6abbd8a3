"""One question: its texts, what answers it takes, which item it fills, what it earns."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, Literal, Self, TypeAlias, get_args

from creditscore._checks import check_kind, read_entries, unknown_name
from creditscore._validation import check_choice, check_integer
from creditscore.collect._questionnaire._condition import Condition
from creditscore.collect._questionnaire._counted import check_counted
from creditscore.collect._questionnaire._parts import (
    Anchor,
    Choice,
    PointsBand,
    check_key,
    check_words,
    in_language,
    plain_number,
)
from creditscore.exceptions import InvalidParameterError

QuestionKind: TypeAlias = Literal[
    "number", "choice", "choices", "scale", "yes_no", "text", "day", "table"
]
QUESTION_KINDS: tuple[str, ...] = get_args(QuestionKind)

_OF_KINDS: dict[str, tuple[str, ...]] = {
    "unit": ("number",), "unit_zh": ("number",), "unit_from": ("number",),
    "factor": ("number",), "decimals": ("number",),
    "low": ("number", "scale"), "high": ("number", "scale"), "bands": ("number", "scale"),
    "choices": ("choice", "choices"), "anchors": ("scale",),
    "points_yes": ("yes_no",), "points_no": ("yes_no",),
    "columns": ("table",), "rows": ("table",),
}  # fmt: skip
"""Parameters that only some kinds of questions have."""
_NOT_OF_COLUMNS = ("show_if", "true_from", "unit_from", "bands", "points_yes", "points_no")
_COLUMN_KINDS = ("number", "choice", "yes_no", "text", "day")
_MOST_STEPS = 11
_MOST_ROWS = 50
_LISTS: dict[str, Any] = {"choices": Choice, "anchors": Anchor, "bands": PointsBand}


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question, or a column of a table of rows.

    Parameters
    ----------
    key : str
        Small letters, digits and underscores; stays the same whatever the texts.
    kind : {"number", "choice", "choices", "scale", "yes_no", "text", "day", "table"}, \
default="text"
        What is answered: one choice or several of them, a step of a scale, rows of a table.
    text, text_zh : str, default=""
        What is asked, in English and Chinese; one of the two at least.
    help, help_zh : str, default=""
        What helps to answer.
    required : bool, default=False
        Whether an answer must be given where the question is asked.
    item : str, default=""
        The item of the catalogue that the answer fills; without, it stays in the answers.
    true_from : str, default=""
        Key of an earlier question of a day since when the answer is true, such as the end of a
        year of which the revenue is asked.
    unit, unit_zh : str, default=""
        What a number is counted in, in English and Chinese: ``"thousand USD"``, ``"TEUR"``,
        ``"万元"``, ``"%"``, ``"days"``. Both must mean the same. Numbers are turned into the unit
        of the item, and amounts keep their currency; the factor is read from these words, as by
        :class:`ItemRule`. Words for one of what is counted, such as cases or 台, mean the unit of
        an item that counts, and so do its own. All others, such as working days, % of sales,
        boxes of 12 and EUR/kg, need a `factor`.
    unit_from : str, default=""
        Key of an earlier choice or text that holds the unit, such as the currency of amounts.
    low : float, default=-inf
        Least number, itself allowed; of a scale a whole number, 1 unless given.
    high : float, default=inf
        Greatest number, itself allowed; of a scale a whole number, 5 unless given.
    decimals : int, optional
        Most decimals of a number, 0 or more; without, any.
    factor : float, optional
        What a number is multiplied by for the item, where its unit does not say it: 1 where words
        that nobody else can read mean that of the item; another one than it says is refused.
    choices : tuple of Choice, default=()
        What a choice offers, two or more.
    anchors : tuple of Anchor, default=()
        What steps of a scale mean.
    bands : tuple of PointsBand, default=()
        Points of numbers and steps, in rising order; the first has no bound.
    points_yes, points_no : float, optional
        Points of yes and no; both or none.
    columns : tuple of Question, default=()
        Columns of a table, of the kinds number, choice, yes_no, text or day.
    rows : int, default=5
        Rows that a table has room for, 1 to 50.
    show_if : Condition, optional
        When the question is asked; without, always.

    Examples
    --------
    >>> from creditscore.collect import PointsBand, Question
    >>> Question(
    ...     key="years", kind="number", text="Years in business", unit="years", low=0,
    ...     bands=(PointsBand(points=0), PointsBand(at_least=3, points=10)),
    ... ).points_range
    (0.0, 10.0)
    """

    key: str
    kind: QuestionKind = "text"
    text: str = ""
    text_zh: str = ""
    help: str = ""
    help_zh: str = ""
    required: bool = False
    item: str = ""
    true_from: str = ""
    unit: str = ""
    unit_zh: str = ""
    unit_from: str = ""
    low: float = -math.inf
    high: float = math.inf
    decimals: int | None = None
    factor: float | None = None
    choices: tuple[Choice, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    bands: tuple[PointsBand, ...] = ()
    points_yes: float | None = None
    points_no: float | None = None
    columns: tuple[Question, ...] = ()
    rows: int = 5
    show_if: Condition | None = None

    def __post_init__(self) -> None:
        """Check each entry, and that all of them fit the kind."""
        check_key(self.key, "Question")
        owner = f"Question {self.key!r}"
        check_choice(self.kind, "kind", owner, QUESTION_KINDS)
        check_words(self, owner, "text")
        check_words(self, owner, "help", needed=False)
        check_words(self, owner, "unit", needed=False)
        check_kind(self.required, "required", owner, bool)
        for name in ("item", "true_from", "unit_from"):
            check_kind(getattr(self, name), name, owner, str)
        for name, kind in (*_LISTS.items(), ("columns", Question)):
            self._set_parts(name, kind, owner)
        if self.show_if is not None:
            check_kind(self.show_if, "show_if", owner, Condition)
        self._check_fits(owner)
        self._set_numbers(owner)
        self._check_choices(owner)
        self._check_points(owner)
        self._check_columns(owner)
        check_counted(self, owner)

    def _set_parts(self, name: str, kind: type, owner: str) -> None:
        parts = read_entries(getattr(self, name), name, owner)
        object.__setattr__(self, name, parts)
        for part in parts:
            check_kind(part, name, owner, kind)

    def _check_fits(self, owner: str) -> None:
        for name, kinds in _OF_KINDS.items():
            default = next(field.default for field in fields(self) if field.name == name)
            if self.kind not in kinds and getattr(self, name) != default:
                msg = f"{owner} is a {self.kind}, and {name!r} is of a {' or '.join(kinds)} only."
                raise InvalidParameterError(msg)

    def _set_numbers(self, owner: str) -> None:
        if self.kind == "scale":
            for name, default in (("low", 1.0), ("high", 5.0)):
                value = getattr(self, name)
                object.__setattr__(self, name, default if value in (-math.inf, math.inf) else value)
        for name in ("low", "high"):
            value = getattr(self, name)
            if value not in (-math.inf, math.inf):
                value = plain_number(value, name, owner)
            object.__setattr__(self, name, float(value))
        if not self.low < self.high:
            msg = f"{owner} must have a low below its high. Got {self.low:g} and {self.high:g}."
            raise InvalidParameterError(msg)
        if self.kind == "scale":
            self._check_steps(owner)
        if self.factor is not None:
            self._set_factor(owner)
        if self.decimals is not None:
            check_integer(self.decimals, "decimals", owner, low=0)
        check_integer(self.rows, "rows", owner, low=1)
        if self.rows > _MOST_ROWS:
            msg = f"{owner} has room for {_MOST_ROWS} rows at most. Got {self.rows}."
            raise InvalidParameterError(msg)

    def _set_factor(self, owner: str) -> None:
        object.__setattr__(self, "factor", plain_number(self.factor, "factor", owner))
        if self.factor == 0:
            msg = f"{owner} must have a factor other than 0."
            raise InvalidParameterError(msg)

    def _check_steps(self, owner: str) -> None:
        whole = self.low.is_integer() and self.high.is_integer()
        if not whole or self.high - self.low >= _MOST_STEPS:
            msg = (
                f"{owner} is a scale, whose low and high must be whole numbers, at most "
                f"{_MOST_STEPS} steps. Got {self.low:g} and {self.high:g}."
            )
            raise InvalidParameterError(msg)
        values = [anchor.value for anchor in self.anchors]
        if values != sorted(set(values)) or not all(self.low <= v <= self.high for v in values):
            msg = f"{owner} must have anchors of its steps, in rising order. Got {values}."
            raise InvalidParameterError(msg)

    def _check_choices(self, owner: str) -> None:
        if self.kind not in ("choice", "choices"):
            return
        if len(self.choices) < 2:
            msg = f"{owner} must offer two choices or more."
            raise InvalidParameterError(msg)
        shown: list[list[str]] = [[choice.key for choice in self.choices]]
        # sheets know a choice by its text, and compare without regard to case
        shown += [[choice.words(lang).casefold() for choice in self.choices] for lang in _BOTH]
        if any(len(set(names)) < len(names) for names in shown):
            msg = f"{owner} has two choices of one key or text. Give each its own."
            raise InvalidParameterError(msg)
        if self.kind == "choice" and any(choice.alone for choice in self.choices):
            msg = f"{owner} takes one choice only, so that none needs 'alone'."
            raise InvalidParameterError(msg)
        scored = [choice.points is not None for choice in self.choices]
        if any(scored) and not all(scored):
            msg = f"{owner} has choices with points and without. Give points to all, or to none."
            raise InvalidParameterError(msg)

    def _check_points(self, owner: str) -> None:
        for name in ("points_yes", "points_no"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, plain_number(getattr(self, name), name, owner))
        if (self.points_yes is None) != (self.points_no is None):
            msg = f"{owner} must have points of yes and of no, or none."
            raise InvalidParameterError(msg)
        bounds = [band.at_least for band in self.bands]
        if bounds and (bounds[0] != -math.inf or bounds != sorted(set(bounds))):
            msg = (
                f"{owner} must have bands in rising order, of which the first has no 'at_least'. "
                f"Got {bounds}."
            )
            raise InvalidParameterError(msg)

    def _check_columns(self, owner: str) -> None:
        if self.kind != "table":
            return
        if self.item or not self.columns:
            msg = f"{owner} is a table, which has columns, and items by column only."
            raise InvalidParameterError(msg)
        keys = [column.key for column in self.columns]
        if len(set(keys)) < len(keys):
            msg = f"{owner} has two columns of one key. Give each its own."
            raise InvalidParameterError(msg)
        for column in self.columns:
            odd = [name for name in _NOT_OF_COLUMNS if getattr(column, name) not in _NOTHING]
            odd += ["points"] if column.points_range is not None else []
            if column.kind not in _COLUMN_KINDS or odd:
                what = f"is a {column.kind}" if column.kind not in _COLUMN_KINDS else f"has {odd}"
                msg = f"Column {column.key!r} of {owner} {what}, which columns of tables can't be."
                raise InvalidParameterError(msg)

    def words(self, language: str) -> str:
        """Return what is asked in English ("en") or Chinese ("zh")."""
        return in_language(self.text, self.text_zh, language)

    @property
    def steps(self) -> range:
        """The steps of a scale."""
        return range(int(self.low), int(self.high) + 1) if self.kind == "scale" else range(0)

    @property
    def points_range(self) -> tuple[float, float] | None:
        """Fewest and most points that an answer can earn; None where it doesn't count."""
        if self.points_yes is not None and self.points_no is not None:
            both = (self.points_yes, self.points_no)
            return min(both), max(both)
        if self.bands:
            # bands that no answer falls into earn nobody anything
            ends = [*(band.at_least for band in self.bands[1:]), math.inf]
            earned = [
                band.points for band, end in zip(self.bands, ends, strict=True)
                if end > self.low and band.at_least <= self.high
            ]  # fmt: skip
            return min(earned), max(earned)
        points = [choice.points for choice in self.choices if choice.points is not None]
        if not points:
            return None
        if self.kind == "choice":
            return min(points), max(points)
        return self._sums(min), self._sums(max)

    def _sums(self, best: Any) -> float:
        """Return the least or greatest sum of points of choices of which several may be taken."""
        together = [choice.points or 0.0 for choice in self.choices if not choice.alone]
        alone = [choice.points or 0.0 for choice in self.choices if choice.alone]
        taken = [points for points in together if best(points, 0.0) == points and points != 0]
        sums = [*together, *alone, *([sum(taken)] if taken else [])]
        return float(best(sums))

    def choice(self, key: str) -> Choice:
        """Return a choice by its key; near keys are listed where there is none."""
        found = next((choice for choice in self.choices if choice.key == key), None)
        if found is None:
            keys = [choice.key for choice in self.choices]
            raise unknown_name(key, keys, "choice", f"question {self.key!r}")
        return found

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """Read a question from plain values, as files have them.

        Raises
        ------
        InvalidParameterError
            An entry is unknown or doesn't fit; the message names it.

        Examples
        --------
        >>> from creditscore.collect import Question
        >>> Question.from_dict({"key": "vat", "kind": "yes_no", "text": "Registered?"}).kind
        'yes_no'
        """
        entries = dict(content)
        for name, kind in _LISTS.items():
            if name in entries:
                entries[name] = tuple(made_of(kind, part) for part in _listed(entries[name], name))
        if "columns" in entries:
            columns = _listed(entries["columns"], "columns")
            entries["columns"] = tuple(
                cls.from_dict(_mapping(part, "Question")) for part in columns
            )
        if "show_if" in entries:
            entries["show_if"] = Condition.from_dict(entries["show_if"])
        made: Self = made_of(cls, entries)
        return made


_BOTH = ("en", "zh")
_NOTHING: tuple[Any, ...] = (None, "", ())


def _listed(value: Any, name: str) -> tuple[Any, ...]:
    return read_entries(value, name, "Question")


def _mapping(value: Any, owner: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        msg = f"{owner} must be given by its entries. Got {value!r} instead."
        raise InvalidParameterError(msg)
    return value


def made_of(kind: Any, entries: Any) -> Any:
    """Make a frozen value of plain entries; unknown and lacking ones are named."""
    known = [field.name for field in fields(kind)]
    for name in _mapping(entries, kind.__name__):
        if name not in known:
            raise unknown_name(name, known, "entry", kind.__name__)
    lacking = [
        field.name for field in fields(kind)
        if field.default is MISSING and field.name not in entries
    ]  # fmt: skip
    if lacking:
        msg = f"{kind.__name__} lacks {', '.join(map(repr, lacking))}. Got {dict(entries)!r:.200}."
        raise InvalidParameterError(msg)
    return kind(**entries)


def plain_of(value: Any) -> Any:
    """Return a part of a questionnaire as plain values, without what is as by default."""
    if isinstance(value, Condition):
        return value.to_dict()
    if isinstance(value, tuple):
        return [plain_of(part) for part in value]
    if not hasattr(value, "__dataclass_fields__"):
        return int(value) if isinstance(value, float) and value.is_integer() else value
    entries = ((field, getattr(value, field.name)) for field in fields(value))
    return {
        field.name: plain_of(entry) for field, entry in entries
        if field.default is MISSING or entry != field.default
    }  # fmt: skip
