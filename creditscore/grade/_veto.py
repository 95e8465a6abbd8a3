"""Vetoes: facts about a customer that cap the grade, whatever the score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind, read_entries
from creditscore._display import html_table
from creditscore._document import JsonDocument
from creditscore._frame import Table, as_table
from creditscore._typing import Bool1D, NativeFrame
from creditscore.exceptions import InvalidDataError, MissingColumnError, RefusedValueError
from creditscore.grade._ladder import (
    GradeLadder,
    grades_like,
    grades_of,
    places_of,
    rank_of,
    ranks_of,
    read_grades,
)
from creditscore.scorecard import VetoRule

_OF_UNKNOWN = {
    "pass": "give {}, which this rule lets pass (missing='pass'), or",
    "cap": "give {}, by which this rule caps all (missing='cap'), or",
    "refuse": "give the rule missing='cap' or missing='pass' and {}, or",
}
"""What to do about a column that nobody knows, by what the rule says of missing values."""


@dataclass(frozen=True, kw_only=True, repr=False)
class VetoRules(JsonDocument):
    """Rules that cap grades.

    Parameters
    ----------
    rules : tuple of VetoRule
        In the order in which they are told; none is allowed.

    Raises
    ------
    InvalidParameterError
        One is no veto rule.

    See Also
    --------
    creditscore.expert.ExpertScorecard : Holds the rules of a template as `vetoes`.

    Notes
    -----
    A cap only ever lowers a grade. All rules that a customer meets are told, the ones that lower
    nothing too; the lowest cap counts. Whoever is in default keeps that grade.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore import GradeScale
    >>> from creditscore.scorecard import VetoRule
    >>> from creditscore.grade import VetoRules
    >>> scale = GradeScale(labels=("A", "B", "C"), bounds=(70, 50), measure="score")
    >>> rules = VetoRules(rules=[VetoRule(
    ...     column="court_judgement", operator="==", value=True, cap="C",
    ...     reason="a court judgement is not satisfied",
    ... )])
    >>> firms = pd.DataFrame({"court_judgement": [False, True]}, index=["X", "Y"])
    >>> grades = scale.grade(pd.Series([80, 90], index=["X", "Y"]))
    >>> vetoed = rules.apply(grades, firms, scale)
    >>> vetoed.grades.tolist()
    ['A', 'C']
    >>> vetoed.fired()[["row", "grade_before", "cap", "reason"]]
      row grade_before cap                              reason
    0   Y            A   C  a court judgement is not satisfied
    """

    _format: ClassVar[str] = "creditscore.veto_rules"

    rules: tuple[VetoRule, ...]

    def __post_init__(self) -> None:
        """Check that all are rules."""
        owner = type(self).__name__
        object.__setattr__(self, "rules", read_entries(self.rules, "rules", owner))
        for rule in self.rules:
            check_kind(rule, "rules", owner, VetoRule)

    def apply(self, grades: Any, X: NativeFrame, scale: GradeLadder) -> VetoedGrades:
        """Cap the grades of the customers who meet a rule.

        Parameters
        ----------
        grades : Series or array-like of str, shape (n_samples,)
            Grades of `scale`, or its `default_label`.
        X : table of shape (n_samples, n_columns)
            The same customers, with the columns of the rules. Two pandas objects must have the
            same index.
        scale : GradeScale or MasterScale
            Says which grade is above which.

        Returns
        -------
        VetoedGrades

        Raises
        ------
        InvalidParameterError
            A cap is no grade of the scale; near names are listed.
        InvalidDataError
            Grades are missing, not of the scale, or not of the rows of `X`. RefusedValueError: a
            value is missing, and its rule refuses that. ColumnTypeError: text where a rule compares
            numbers, or the reverse. MissingColumnError: a column of a rule is not there, whatever
            its `missing` says of values, because a slip in a name would switch the rule off. What
            nobody knows is a column of None.

        Warns
        -----
        UnseenCategoryWarning
            A text differs from one of a rule only in capital letters or spaces, and is not capped.
        """
        ranks = ranks_of(scale, "VetoRules.apply")
        given = read_grades(grades, ranks)
        table = as_table(X, wanted=[rule.column for rule in self.rules])
        check_rows(grades, X, len(given), table.n_rows)
        return veto_grades(self.rules, grades, given, table, ranks)

    def table(self) -> pd.DataFrame:
        """Return a row a rule: column, condition, cap, reason, reason_zh, missing."""
        return pd.DataFrame(
            [(r.column, r.in_words, r.cap, r.reason, r.reason_zh, r.missing) for r in self.rules],
            columns=["column", "condition", "cap", "reason", "reason_zh", "missing"],
        )

    def _content(self) -> dict[str, Any]:
        return {"rules": [rule.to_dict() for rule in self.rules]}

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls(rules=tuple(VetoRule.from_dict(rule) for rule in content["rules"]))

    def __repr__(self) -> str:
        """Say in one line how many rules there are."""
        columns = ", ".join(dict.fromkeys(rule.column for rule in self.rules)) or "none"
        return f"VetoRules({len(self.rules)} rule{'s' * (len(self.rules) != 1)}, on {columns})"

    def _repr_html_(self) -> str:
        """Show the rules."""
        return html_table(self.table(), caption="Veto rules", formats={})


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class VetoedGrades:
    """Grades before and after vetoes, and which rules each customer met.

    Attributes
    ----------
    grades : Series of str in the library and index of the grades given, else ndarray of str
        Grades after the vetoes.
    rules : tuple of VetoRule
        The rules.
    before, after : tuple of str
        Grades by row.
    met : tuple of tuples of int
        Rows that meet each rule.
    unknown : tuple of tuples of int
        Rows that each rule caps because their value is missing.
    order : tuple of str
        All grades, the safest first.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore import GradeScale
    >>> from creditscore.scorecard import VetoRule
    >>> from creditscore.grade import VetoRules
    >>> late = VetoRule(column="dpd", operator=">", value=180, cap="CCC", reason="180 days late")
    >>> vetoed = VetoRules(rules=[late]).apply(
    ...     ["AA", "B"], pd.DataFrame({"dpd": [200, 0]}), GradeScale.odds_ladder()
    ... )
    >>> vetoed
    <VetoedGrades: 2 customers, 1 with a veto, 1 lowered>
    """

    grades: Any
    rules: tuple[VetoRule, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    met: tuple[tuple[int, ...], ...]
    unknown: tuple[tuple[int, ...], ...]
    order: tuple[str, ...]

    def frame(self) -> pd.DataFrame:
        """Return a row a customer, with the index of the grades where these are pandas.

        Returns
        -------
        DataFrame
            grade_before, grade_after, lowered, n_vetoes (rules that cap it), reasons (joined by
            "; ", empty where there is none).
        """
        n_vetoes = np.zeros(len(self.before), dtype=np.int64)
        for rows in (*self.met, *self.unknown):
            n_vetoes[list(rows)] += 1
        return pd.DataFrame(
            {
                "grade_before": self.before,
                "grade_after": self.after,
                "lowered": [a != b for a, b in zip(self.after, self.before, strict=True)],
                "n_vetoes": n_vetoes,
                "reasons": veto_reasons(self),
            },
            index=self._index,
        )

    def fired(self) -> pd.DataFrame:
        """Return a row for each rule that caps a customer's grade, customer by customer.

        Returns
        -------
        DataFrame
            row (label in the index, or place), grade_before, grade_after, cap, lowers (whether
            this cap alone lowers the grade), condition (that is met, or that the value is
            missing), reason, reason_zh.
        """
        columns = ["row", "grade_before", "grade_after", "cap", "lowers", "condition", "reason",
                   "reason_zh"]  # fmt: skip
        return pd.DataFrame([self._line(*found) for found in self._caps], columns=columns)

    def _line(self, row: int, n: int, missing: bool) -> tuple[Any, ...]:
        rule, before, order = self.rules[n], self.before[row], self.order
        lowers = order.index(rule.cap) > order.index(before)
        condition = f"{rule.column} is missing" if missing else rule.in_words
        texts = (condition, rule.reason, rule.reason_zh)
        return (self._index[row], before, self.after[row], rule.cap, lowers, *texts)

    @cached_property
    def _caps(self) -> list[tuple[int, int, bool]]:
        """Rows with the rules that cap them, and whether for want of a value."""
        pairs = [(self.met, False), (self.unknown, True)]
        return sorted(
            (row, n, missing)
            for of_rules, missing in pairs
            for n, rows in enumerate(of_rules)
            for row in rows
        )

    @cached_property
    def _index(self) -> pd.Index:
        given = self.grades
        return given.index if isinstance(given, pd.Series) else pd.RangeIndex(len(self.before))

    def __repr__(self) -> str:
        """Say in one line how many were vetoed."""
        n = len(self.before)
        vetoed = len({row for row, _, _ in self._caps})
        lowered = sum(a != b for a, b in zip(self.after, self.before, strict=True))
        noun = "customer" if n == 1 else "customers"
        return f"<VetoedGrades: {n} {noun}, {vetoed} with a veto, {lowered} lowered>"

    def _repr_html_(self) -> str:
        """Show whom a rule caps."""
        shown = self.fired().drop(columns=["reason_zh"])
        return html_table(shown, caption=repr(self).strip("<>"), formats={})


def veto_grades(
    rules: Sequence[VetoRule],
    grades: Any,
    given: Sequence[str],
    table: Table,
    ranks: Mapping[str, int],
) -> VetoedGrades:
    """Cap grades that are read already; `grades` is the column that the result is like."""
    caps = [rank_of(rule.cap, ranks, "cap of a veto rule") for rule in rules]
    for rule in rules:
        _require(rule, table)
    found = [_met(rule, table) for rule in rules]
    after = places_of(given, ranks)
    for (met, missing), cap in zip(found, caps, strict=True):
        capped = met | missing
        after[capped] = np.maximum(after[capped], cap)
    final = grades_of(after, ranks)
    return VetoedGrades(
        rules=tuple(rules),
        before=tuple(given),
        after=final,
        met=tuple(_rows(met) for met, _ in found),
        unknown=tuple(_rows(missing) for _, missing in found),
        grades=grades_like(grades, final),
        order=tuple(ranks),
    )


def veto_reasons(vetoed: VetoedGrades) -> list[str]:
    """Return the reasons of the rules that cap each customer, in their order, joined by "; "."""
    reasons = [""] * len(vetoed.before)
    for rule, met, unknown in zip(vetoed.rules, vetoed.met, vetoed.unknown, strict=True):
        missing = f"{rule.reason} (unknown: {rule.column} is missing)"
        for rows, reason in ((met, rule.reason), (unknown, missing)):
            for row in rows:
                reasons[row] += f"; {reason}" if reasons[row] else reason
    return reasons


def check_rows(grades: Any, X: Any, n_grades: int, n_rows: int) -> None:
    """Refuse a table that is not of the customers whose grades these are."""
    if n_grades != n_rows:
        msg = f"There are {n_grades} grades and {n_rows} rows of X. Give the same customers."
        raise InvalidDataError(msg)
    if (
        isinstance(grades, pd.Series)
        and isinstance(X, pd.DataFrame)
        and not grades.index.equals(X.index)
    ):
        msg = (
            "The grades have another index than X, so customers would be mixed up. Bring X into "
            "their order, X.loc[grades.index], or pass grades.to_numpy() if the places are right."
        )
        raise InvalidDataError(msg)


def _require(rule: VetoRule, table: Table) -> None:
    """Check that the column of a rule is there, and say what to do if nobody knows its values."""
    try:
        table.require([rule.column])
    except MissingColumnError as error:
        name = rule.column
        empty = f"{name}=None" if name.isidentifier() else f"**{{{name!r}: None}}"
        unknown = _OF_UNKNOWN[rule.missing].format(f"X.assign({empty})")
        msg = (
            f"{error} The veto rule {rule.in_words} reads it. Where nobody knows it, {unknown} "
            f"leave the rule out: VetoRules(rules=[r for r in rules if r.column != {name!r}])."
        )
        raise MissingColumnError(msg) from error


def _met(rule: VetoRule, table: Table) -> tuple[Bool1D, Bool1D]:
    """Tell whom a rule caps: those who meet it, and those whose value is missing if it says so."""
    met, missing = rule.met(table)
    if rule.missing == "refuse" and missing.any():
        row = int(missing.argmax())
        msg = (
            f"Column {rule.column!r} has {int(missing.sum())} missing value(s), the first at row "
            f"{row}, and the veto rule {rule.in_words} refuses them. Find the values, or give the "
            "rule missing='cap' or missing='pass'."
        )
        raise RefusedValueError(msg)
    return met & ~missing, missing & (rule.missing == "cap")


def _rows(found: Bool1D) -> tuple[int, ...]:
    return tuple(np.flatnonzero(found).tolist())
