"""A condition on one column, as rules are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

from creditscore._frame import Table
from creditscore._typing import Bool1D, Level
from creditscore.scorecard import VetoRule

ORDERED = ("<", "<=", ">", ">=")
"""Operators that compare numbers."""
_CHINESE = {
    "==": "为", "!=": "不为", "in": "属于", "not in": "不属于",
    "<": "低于", "<=": "不超过", ">": "高于", ">=": "不低于",
}  # fmt: skip


class _Comparison(VetoRule):
    """The comparison of a veto rule, which caps nothing here."""

    _called: ClassVar[str] = "condition"
    _owner: ClassVar[str] = "Condition"


@dataclass(frozen=True, kw_only=True, repr=False)
class Condition:
    """A comparison of a column with a value, in the words of :class:`VetoRule`.

    Parameters
    ----------
    column : str
        Column of the customer's file.
    operator : {"==", "!=", "in", "not in", "<", "<=", ">", ">="}
        How the column is compared with `value`.
    value : level, number, or list of levels
        A text, number or boolean; a list of them with "in" and "not in"; a finite number with an
        order.

    Raises
    ------
    InvalidParameterError
        A value that the operator cannot compare with, an unknown word, an empty name.

    See Also
    --------
    creditscore.scorecard.VetoRule : The same conditions, which cap a grade.

    Examples
    --------
    >>> from creditscore.segment import Condition
    >>> Condition(column="overdue_days", operator=">", value=60)
    Condition(overdue_days > 60)
    >>> Condition(column="grade", operator="in", value=["B", "C"])
    Condition(grade in (B, C))
    """

    column: str
    operator: str
    value: Level | Sequence[Level]

    def __post_init__(self) -> None:
        """Check the condition as that of a veto rule, and keep the value as that does."""
        object.__setattr__(self, "value", self._comparison.value)

    def met(self, table: Table) -> tuple[Bool1D, Bool1D]:
        """Tell which rows of a table meet the condition, and which have no value.

        Raises
        ------
        ColumnTypeError, InfiniteValueError
            The column cannot be compared with the value.

        Warns
        -----
        UnseenCategoryWarning
            The column holds a text that differs from one of the condition only in capital letters
            or spaces.
        """
        found, missing = self._comparison.met(table)
        return found & ~missing, missing

    @property
    def levels(self) -> tuple[Level, ...]:
        """The values compared with."""
        value: Any = self.value
        return value if isinstance(value, tuple) else (value,)

    @property
    def in_words(self) -> str:
        """The condition in words."""
        shown = self._shown
        listed = f"({', '.join(shown)})" if self.operator in ("in", "not in") else shown[0]
        return f"{self.column} {self.operator} {listed}"

    @property
    def in_words_zh(self) -> str:
        """The condition in Chinese words."""
        return f"{self.column} {_CHINESE[self.operator]} {'、'.join(self._shown)}"

    @property
    def _shown(self) -> list[str]:
        return [f"{v:.12g}" if type(v) in (int, float) else str(v) for v in self.levels]

    @cached_property
    def _comparison(self) -> _Comparison:
        operator: Any = self.operator
        # a condition caps nothing; a veto rule must name a cap and a reason
        return _Comparison(column=self.column, operator=operator, value=self.value, cap="none",
                           reason="none", missing="pass")  # fmt: skip

    def _content(self) -> dict[str, Any]:
        value = list(self.value) if isinstance(self.value, tuple) else self.value
        return {"column": self.column, "operator": self.operator, "value": value}

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls(**content)

    def __repr__(self) -> str:
        """Say the condition in one line."""
        return f"Condition({self.in_words})"
