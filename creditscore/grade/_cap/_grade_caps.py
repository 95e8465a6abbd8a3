"""Caps on grades: by the parent, by the country, by a rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind, read_entries
from creditscore._display import html_table
from creditscore._document import JsonDocument
from creditscore._frame import Table, as_table
from creditscore._typing import Int1D, NativeFrame
from creditscore.exceptions import InvalidDataError
from creditscore.grade._cap._cap_rules import CountryCap, ParentCap
from creditscore.grade._cap._capped_grades import NO_CAP, CapPart, CappedGrades
from creditscore.grade._cap._groups import levels_of_groups
from creditscore.grade._cap._parents import Parents, ParentTexts, read_parents
from creditscore.grade._customers import GradedRows, customers_of
from creditscore.grade._ladder import (
    GradeLadder,
    grades_like,
    grades_of,
    places_of,
    rank_of,
    ranks_of,
    read_grades,
)
from creditscore.grade._veto import VetoedGrades, check_rows, veto_grades
from creditscore.scorecard import VetoRule

_APPLY = "GradeCaps.apply"


@dataclass(frozen=True, kw_only=True, repr=False)
class GradeCaps(JsonDocument):
    """Caps on grades by parent, country and rules.

    Parameters
    ----------
    parent : ParentCap, optional
        How far a subsidiary may be above its parent.
    country : CountryCap, optional
        Ceilings of countries.
    rules : tuple of VetoRule, default=()
        Conditions on a column that cap a grade, such as few years in business.

    Raises
    ------
    InvalidParameterError
        A part of another kind.

    See Also
    --------
    VetoRules : Facts that cap grades whatever else is known.
    RatingRules : Overrides, caps and vetoes in their order.

    Notes
    -----
    A cap never lifts a grade, and the lowest one counts. First a supported customer is lifted, if
    the parent cap has a column of support; then ceilings and rules cap; then, from the top of each
    group down, parents cap their subsidiaries. Whoever is in default keeps that grade.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore import GradeScale
    >>> from creditscore.grade import CountryCap, GradeCaps, ParentCap
    >>> caps = GradeCaps(
    ...     parent=ParentCap(notches_above=1), country=CountryCap(ceilings={"DE": "AAA", "AR": "B"})
    ... )
    >>> firms = pd.DataFrame(
    ...     {"parent": [None, "P", None], "country": ["DE", "DE", "AR"]}, index=["P", "S", "T"]
    ... )
    >>> grades = pd.Series(["BB", "A", "BBB"], index=["P", "S", "T"])
    >>> capped = caps.apply(grades, firms, GradeScale.agency())
    >>> capped.grades.to_dict()
    {'P': 'BB', 'S': 'BBB', 'T': 'B'}
    >>> capped.fired()[["customer", "kind", "cap", "reason"]].values.tolist()
    [['S', 'parent', 'BBB', 'at most 1 notch above its parent P, which is BB'],
     ['T', 'country', 'B', 'the ceiling of the country AR is B']]
    """

    _format: ClassVar[str] = "creditscore.grade_caps"

    parent: ParentCap | None = None
    country: CountryCap | None = None
    rules: tuple[VetoRule, ...] = ()

    def __post_init__(self) -> None:
        """Check that all parts are what they should be."""
        owner = type(self).__name__
        if self.parent is not None:
            check_kind(self.parent, "parent", owner, ParentCap)
        if self.country is not None:
            check_kind(self.country, "country", owner, CountryCap)
        object.__setattr__(self, "rules", read_entries(self.rules, "rules", owner))
        for rule in self.rules:
            check_kind(rule, "rules", owner, VetoRule)

    def apply(
        self,
        grades: Any,
        X: NativeFrame,
        scale: GradeLadder,
        *,
        customers: Any = None,
        parent_grades: Mapping[Any, str] | pd.Series | None = None,
    ) -> CappedGrades:
        """Cap the grades of customers.

        Parameters
        ----------
        grades : Series or array-like of str, shape (n_customers,)
            Grades of `scale`, or its `default_label`.
        X : table of shape (n_customers, n_columns)
            The same customers, with the columns of the caps. Two pandas objects must have the
            same index.
        scale : GradeScale or MasterScale
            Says which grade is above which.
        customers : array-like of shape (n_customers,), optional
            What the column of parents calls the customers; without it, the index of a pandas
            Series. Only the parent cap needs it.
        parent_grades : mapping or Series of str, optional
            Grades of parents that are no customers here, by name.

        Returns
        -------
        CappedGrades

        Raises
        ------
        InvalidParameterError
            A cap or a ceiling is no grade of the scale.
        InvalidDataError
            As in :meth:`VetoRules.apply`; also a ring of owners, which is named, a parent without
            a grade or a country without a ceiling where these are refused, and two customers of
            one name.

        Notes
        -----
        O(n log d) for groups of d levels of ownership.
        """
        ranks = ranks_of(scale, _APPLY)
        given = read_grades(grades, ranks)
        table = as_table(X, wanted=columns_of(self))
        check_rows(grades, X, len(given), table.n_rows)
        needed_by = "The parent cap" if self.parent else None
        names = customers_of(grades, customers, len(given), needed_by=needed_by)
        rows = GradedRows(grades, given, names, ranks, scale.default_label)
        return cap_grades(self, rows, table, parents_of(self, rows, table, parent_grades))

    def table(self) -> pd.DataFrame:
        """Return a row a cap: kind, column, condition, cap."""
        rows = []
        if self.country is not None:
            column = self.country.column
            rows += [
                ("country", column, place, cap) for place, cap in self.country.ceilings.items()
            ]
        rows += [("rule", rule.column, rule.in_words, rule.cap) for rule in self.rules]
        if self.parent is not None:
            words = f"{_notches(self.parent.notches_above)} above its grade at most"
            rows.append(("parent", self.parent.column, "any parent", words))
            if self.parent.support_column is not None:
                lift = f"lifted to {_notches(self.parent.support_below)} below its grade"
                rows.append(("support", self.parent.support_column, "true", lift))
        return pd.DataFrame(rows, columns=["kind", "column", "condition", "cap"])

    def _content(self) -> dict[str, Any]:
        return {
            "parent": None if self.parent is None else self.parent.to_dict(),
            "country": None if self.country is None else self.country.to_dict(),
            "rules": [rule.to_dict() for rule in self.rules],
        }

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        parent, country = content["parent"], content["country"]
        return cls(
            parent=None if parent is None else ParentCap.from_dict(parent),
            country=None if country is None else CountryCap.from_dict(country),
            rules=tuple(VetoRule.from_dict(rule) for rule in content["rules"]),
        )

    def __repr__(self) -> str:
        """Say in one line what caps."""
        parts = []
        if self.parent is not None:
            parts.append(f"parent {_notches(self.parent.notches_above)} above at most")
        if self.country is not None:
            n = len(self.country.ceilings)
            parts.append(f"{n} countr{'y' if n == 1 else 'ies'}")
        if self.rules:
            parts.append(f"{len(self.rules)} rule{'s' * (len(self.rules) != 1)}")
        return f"GradeCaps({', '.join(parts) or 'none'})"

    def _repr_html_(self) -> str:
        """Show the caps."""
        return html_table(self.table(), caption="Caps on grades", formats={})


def columns_of(caps: GradeCaps) -> list[str]:
    """Return the columns that caps read."""
    columns = [] if caps.country is None else [caps.country.column]
    if caps.parent is not None:
        columns.append(caps.parent.column)
        columns += [] if caps.parent.support_column is None else [caps.parent.support_column]
    return [*columns, *(rule.column for rule in caps.rules)]


def parents_of(
    caps: GradeCaps,
    rows: GradedRows,
    table: Table,
    parent_grades: Mapping[Any, str] | pd.Series | None,
) -> Parents | None:
    """Read the parents, where they cap."""
    if caps.parent is None:
        return None
    columns = [caps.parent.column, caps.parent.support_column]
    table.require([column for column in columns if column is not None])
    return read_parents(caps.parent, table, rows.names, rows.ranks, parent_grades)


def cap_grades(
    caps: GradeCaps, rows: GradedRows, table: Table, parents: Parents | None
) -> CappedGrades:
    """Cap grades that are read already."""
    vetoed = veto_grades(caps.rules, rows.column, rows.grades, table, rows.ranks)
    parts = _rule_parts(caps.rules, vetoed, rows.ranks)
    if caps.country is not None:
        parts.insert(0, _country_part(caps.country, table, rows.ranks))
    before = after = places_of(rows.grades, rows.ranks)
    for part in parts:
        after = np.maximum(after, part.cap)
    if caps.parent is not None and parents is not None:
        after, support, part = _with_parents(caps.parent, parents, before, parts, rows.worst)
        parts = [*support, *parts, part]
    final = grades_of(after, rows.ranks)
    return CappedGrades(
        grades=grades_like(rows.column, final),
        before=tuple(rows.grades),
        after=final,
        parts=tuple(parts),
        customers=tuple(rows.names),
        order=tuple(rows.ranks),
    )


def _rule_parts(
    rules: Sequence[VetoRule], vetoed: VetoedGrades, ranks: Mapping[str, int]
) -> list[CapPart]:
    parts = []
    for rule, met, unknown in zip(rules, vetoed.met, vetoed.unknown, strict=True):
        cap = np.full(len(vetoed.before), NO_CAP, dtype=np.intp)
        text_of = np.zeros(len(cap), dtype=np.intp)
        cap[list(met)] = cap[list(unknown)] = ranks[rule.cap]
        text_of[list(unknown)] = 1
        missing = f"{rule.reason} (unknown: {rule.column} is missing)"
        texts = ((rule.reason, rule.reason_zh), (missing, rule.reason_zh))
        parts.append(CapPart("rule", cap, texts, text_of))
    return parts


def _country_part(rule: CountryCap, table: Table, ranks: Mapping[str, int]) -> CapPart:
    table.require([rule.column])
    for ceiling in rule.ceilings.values():
        rank_of(ceiling, ranks, "ceiling of a country")
    codes, countries = table.levels(rule.column)
    caps = [
        ranks[rule.ceilings[country]] if country in rule.ceilings else NO_CAP  # type: ignore[index]
        for country in countries
    ]
    cap = np.array([*caps, NO_CAP], dtype=np.intp).take(codes)
    if rule.unknown == "refuse" and (cap == NO_CAP).any():
        row = int((cap == NO_CAP).argmax())
        what = "is missing" if codes[row] < 0 else f"{countries[codes[row]]!r} has no ceiling"
        msg = (
            f"Column {rule.column!r}: the country at row {row} {what}, one of "
            f"{int((cap == NO_CAP).sum())} row(s) that the country cap refuses. Add the ceiling, "
            "or give CountryCap(unknown='pass')."
        )
        raise InvalidDataError(msg)
    texts = tuple(
        (f"the ceiling of the country {country} is {rule.ceilings.get(str(country), '')}",
         f"{country} 的国家上限为 {rule.ceilings.get(str(country), '')}")
        for country in countries
    )  # fmt: skip
    return CapPart("country", cap, (*texts, ("", "")), codes)


def _with_parents(
    rule: ParentCap, parents: Parents, before: Int1D, parts: Sequence[CapPart], worst: int
) -> tuple[Int1D, list[CapPart], CapPart]:
    """Return places after support, other caps and parents; the part of support, and of parents."""
    rank = before.copy()
    cap = np.full(len(before), NO_CAP, dtype=np.intp)
    lift = np.full(len(before), NO_CAP, dtype=np.intp)
    for rows in levels_of_groups(parents.row, parents.names):
        inside = parents.row[rows]
        above = np.where(inside >= 0, rank[inside], parents.outside[rows])
        owned = above >= 0
        held, above = rows[owned], above[owned]
        supported = parents.supported[held] & (before[held] <= worst)
        lifted = np.minimum(above + rule.support_below, worst)
        higher = supported & (lifted < before[held])
        lift[held[higher]] = rank[held[higher]] = lifted[higher]
        cap[held] = np.minimum(np.maximum(above - rule.notches_above, 0), worst)
        for part in parts:
            rank[rows] = np.maximum(rank[rows], part.cap[rows])
        rank[held] = np.maximum(rank[held], cap[held])
    texts = partial(ParentTexts, parents=parents, rank=rank)
    capped = CapPart("parent", cap, texts(write=partial(_capped_by, rule)), parents.code)
    lifted = CapPart("support", lift, texts(write=_supported_by), parents.code)
    return rank, [lifted] if (lift != NO_CAP).any() else [], capped


def _capped_by(rule: ParentCap, parent: Any, grade: str) -> tuple[str, str]:
    if not rule.notches_above:
        return f"no better than its parent {parent}, which is {grade}", (
            f"不高于母公司 {parent}（{grade}）"
        )
    return (
        f"at most {_notches(rule.notches_above)} above its parent {parent}, which is {grade}",
        f"最多比母公司 {parent}（{grade}）高 {rule.notches_above} 级",
    )


def _supported_by(parent: Any, grade: str) -> tuple[str, str]:
    return f"supported by its parent {parent}, which is {grade}", f"母公司 {parent}（{grade}）支持"


def _notches(number: int) -> str:
    return f"{number} notch{'es' * (number != 1)}"
