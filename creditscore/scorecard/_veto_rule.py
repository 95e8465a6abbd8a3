"""A veto rule: a fact about a customer that no score makes up for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Literal, Self, TypeAlias

import numpy as np

from creditscore._checks import unknown_name
from creditscore._frame import Table, is_level
from creditscore._typing import Bool1D, Level
from creditscore._validation import check_choice, check_finite, check_real
from creditscore._warn import warn_user
from creditscore.binning import CategoricalPartition
from creditscore.exceptions import ColumnTypeError, InvalidParameterError, UnseenCategoryWarning

Operator: TypeAlias = Literal["==", "!=", "in", "not in", "<", "<=", ">", ">="]
"""How a column is compared with the value of a rule."""
MissingVeto: TypeAlias = Literal["refuse", "cap", "pass"]

_OPERATORS = ("==", "!=", "in", "not in", "<", "<=", ">", ">=")
_ORDER = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}
_MISSING = ("refuse", "cap", "pass")


@dataclass(frozen=True, kw_only=True, repr=False)
class VetoRule:
    """What caps a grade: a condition on one column, the cap and the reason.

    Parameters
    ----------
    column : str
        Column of the customer's file; it need not be one that is scored.
    operator : {"==", "!=", "in", "not in", "<", "<=", ">", ">="}
        How the column is compared with `value`.
    value : level, number, or list of levels
        A text, number or boolean; a list of them with "in" and "not in"; a finite number with an
        order. With booleans only, the column may hold booleans, 0 and 1, and no other number.
    cap : str
        Best grade that is left where the rule is met.
    reason : str
        What is said of it.
    reason_zh : str, default=""
        The same in Chinese.
    missing : {"refuse", "cap", "pass"}, default="refuse"
        What a missing value does: it is refused, counts as met, or does not.

    Raises
    ------
    InvalidParameterError
        A value that the operator cannot compare with, an unknown word, an empty text.

    See Also
    --------
    creditscore.grade.VetoRules : Applies rules to grades.

    Examples
    --------
    >>> from creditscore.scorecard import VetoRule
    >>> VetoRule(
    ...     column="audit_opinion", operator="in", value=["adverse", "disclaimer"], cap="CC",
    ...     reason="the auditor refused an opinion, or gave an adverse one",
    ... )
    VetoRule(audit_opinion in 'adverse', 'disclaimer': at best CC; missing: refuse)
    """

    _called: ClassVar[str] = "veto rule"
    _owner: ClassVar[str] = "VetoRule"
    """What messages call it, and its class."""

    column: str
    operator: Operator
    value: Level | Sequence[Level]
    cap: str
    reason: str
    reason_zh: str = ""
    missing: MissingVeto = "refuse"

    def __post_init__(self) -> None:
        """Check that operator and value fit together, and that all texts are some."""
        owner = self._owner
        for name in ("column", "cap", "reason", "reason_zh"):
            text: Any = getattr(self, name)
            if not isinstance(text, str) or (not text and name != "reason_zh"):
                msg = f"The {name!r} parameter of {owner} must be a text. Got {text!r} instead."
                raise InvalidParameterError(msg)
        check_choice(self.operator, "operator", owner, _OPERATORS)
        check_choice(self.missing, "missing", owner, _MISSING)
        if self.operator in _ORDER:
            number = check_real(self.value, "value", owner, low=-math.inf, high=math.inf)
            object.__setattr__(self, "value", number)
            return
        several = self.operator in ("in", "not in")
        given: Any = self.value
        listed = isinstance(given, (list, tuple, set, frozenset, np.ndarray))
        levels = tuple(map(_plain, given)) if listed else (_plain(given),)
        if listed != several or not levels or not all(map(is_level, levels)):
            what = "a list of texts, finite numbers or booleans" if several else "one of these"
            msg = (
                f"The 'value' parameter of {owner} must be {what} with the operator "
                f"{self.operator!r}. Got {given!r} instead."
            )
            raise InvalidParameterError(msg)
        # in an order of its own, where a set has none
        ordered = sorted(levels, key=repr) if isinstance(given, (set, frozenset)) else levels
        distinct = tuple(dict.fromkeys(ordered))
        object.__setattr__(self, "value", distinct if several else levels[0])

    def met(self, table: Table) -> tuple[Bool1D, Bool1D]:
        """Tell which rows of a table meet the condition, and which have no value.

        Raises
        ------
        ColumnTypeError, InfiniteValueError
            The column cannot be compared with the value: text with a number, infinity, or a number
            other than 0 and 1, such as a count, with a boolean.

        Warns
        -----
        UnseenCategoryWarning
            The column holds a text that differs from one of the rule only in capital letters or
            spaces. It is another text to the rule.
        """
        if self.operator in _ORDER:
            values = self._numbers(table)
            missing = np.isnan(values)
            # NaN is neither above nor below
            return _ORDER[self.operator](values, self.value), missing
        partition = CategoricalPartition(groups=(self._levels,))
        try:
            codes, others = partition.coded(table, self.column)
        except ColumnTypeError as error:
            msg = (
                f"Column {self.column!r} holds values of another sort than the {self._called} "
                f"{self.in_words} compares: text, or numbers and booleans. Convert the column, or "
                "write the rule with values as they are in it."
            )
            raise ColumnTypeError(msg) from error
        self._check_booleans(others)
        self._warn_of_spelling(others)
        missing = codes == partition.missing_code
        found = codes == 0
        if self.operator in ("==", "in"):
            return found, missing
        return ~found & ~missing, missing

    @property
    def in_words(self) -> str:
        """The condition in words."""
        return f"{self.column} {self.operator} {', '.join(map(repr, self._levels))}"

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that :meth:`from_dict` reads back: what is not as by default."""
        content = {
            entry.name: getattr(self, entry.name)
            for entry in fields(self)
            if getattr(self, entry.name) != entry.default
        }
        if isinstance(self.value, tuple):
            content["value"] = list(self.value)
        return content

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """Read back what :meth:`to_dict` wrote; unknown and lacking entries are named."""
        names = [entry.name for entry in fields(cls)]
        for name in content:
            if name not in names:
                raise unknown_name(name, names, "entry", "a veto rule")
        lacking = [name for name in names[:5] if name not in content]
        if lacking:
            msg = f"A veto rule needs the entries {', '.join(lacking)}, which are not given."
            raise InvalidParameterError(msg)
        return cls(**content)

    @property
    def _levels(self) -> tuple[Level, ...]:
        value: Any = self.value
        return value if isinstance(value, tuple) else (value,)

    def _check_booleans(self, others: Sequence[Level]) -> None:
        """Refuse counts where the rule asks yes or no: 2 is no True, and would not be capped."""
        if not all(isinstance(level, bool) for level in self._levels):
            return
        strange = [other for other in others if other not in (0, 1)]
        if not strange:
            return
        caps_true = (True in self._levels) == (self.operator in ("==", "in"))
        operator, number = (">=", 1) if caps_true else ("==", 0)
        msg = (
            f"Column {self.column!r} holds {strange[0]!r}, and the {self._called} {self.in_words} "
            "compares booleans, which only 0 and 1 stand for. If the column counts, give the rule "
            f"the operator {operator!r} and the value {number}; else convert the column to "
            "booleans."
        )
        raise ColumnTypeError(msg)

    def _warn_of_spelling(self, others: Sequence[Level]) -> None:
        known = {_spelt(level): level for level in self._levels if isinstance(level, str)}
        for other in others:
            if isinstance(other, str) and _spelt(other) in known:
                warn_user(
                    f"Column {self.column!r} holds {other!r}, which is not the "
                    f"{known[_spelt(other)]!r} of the {self._called} {self.in_words}, because "
                    "capital letters or spaces differ. Write both alike.",
                    UnseenCategoryWarning,
                )

    def _numbers(self, table: Table) -> Any:
        if table.kind(self.column) == "numeric":
            return check_finite(table.numeric(self.column), name=self.column)
        msg = (
            f"Column {self.column!r} holds text or categories, and the {self._called} "
            f"{self.in_words} compares numbers. Convert the column to numbers."
        )
        raise ColumnTypeError(msg)

    def __repr__(self) -> str:
        """Say the rule in one line."""
        return f"VetoRule({self.in_words}: at best {self.cap}; missing: {self.missing})"


def _spelt(text: str) -> str:
    """Return a text without what a slip of writing changes."""
    return "".join(text.casefold().split())


def _plain(level: Any) -> Any:
    """Return a level of numpy as Python's own, which a file can hold."""
    return level.item() if isinstance(level, np.generic) else level
