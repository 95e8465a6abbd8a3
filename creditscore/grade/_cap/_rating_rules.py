"""The order of rules: the model's grade, overrides, caps, vetoes, default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._days import check_day
from creditscore._display import html_table
from creditscore._document import JsonDocument
from creditscore._frame import Table, as_table
from creditscore._typing import Bool1D, NativeFrame
from creditscore.exceptions import InvalidParameterError
from creditscore.grade._cap._final_grades import FinalGrades
from creditscore.grade._cap._grade_caps import GradeCaps, cap_grades, columns_of, parents_of
from creditscore.grade._customers import GradedRows, customers_of
from creditscore.grade._inputs import check_same_rows, read_defaulted
from creditscore.grade._ladder import GradeLadder, ranks_of, read_grades
from creditscore.grade._override._grade_override import GradeOverride
from creditscore.grade._override._overridden_grades import OverriddenGrades
from creditscore.grade._override._override_policy import OverridePolicy, override_grades
from creditscore.grade._veto import VetoedGrades, VetoRules, check_rows, veto_grades

_APPLY = "RatingRules.apply"


@dataclass(frozen=True, kw_only=True, repr=False)
class RatingRules(JsonDocument):
    """All that may change the grade of a model, in the order in which it does.

    Parameters
    ----------
    overrides : OverridePolicy, optional
        Which overrides count.
    caps : GradeCaps, optional
        Caps by parent, country and rules.
    vetoes : VetoRules, optional
        Facts that cap grades.

    Raises
    ------
    InvalidParameterError
        A part of another kind.

    Notes
    -----
    The order is: the model's grade, overrides, caps, vetoes, default. So an override does not lift
    a customer over a cap or a veto, and default, a fact, overrules all. Customers in default are
    so from the beginning, which caps their subsidiaries. Where a veto lowers a parent, its
    subsidiaries are capped once more by the grade that is left ("groups"); support lifts nobody
    then.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore import GradeScale
    >>> from creditscore.grade import GradeCaps, GradeOverride, OverridePolicy, ParentCap
    >>> from creditscore.grade import RatingRules
    >>> rules = RatingRules(
    ...     overrides=OverridePolicy(), caps=GradeCaps(parent=ParentCap(notches_above=1))
    ... )
    >>> lifted = GradeOverride(
    ...     customer="S", grade_before="BBB", grade_after="AA", reason="security", author="Li",
    ...     approved_by="Wang", decided_on="2025-01-15", text="A bank guarantees what is owed.",
    ... )
    >>> final = rules.apply(
    ...     pd.Series(["BBB", "BBB"], index=["P", "S"]),
    ...     pd.DataFrame({"parent": [None, "P"]}, index=["P", "S"]),
    ...     GradeScale.agency(), overrides=[lifted], as_of="2025-06-30",
    ... )
    >>> final.of("S").table()[["step", "grade", "changed"]].head(3)
            step grade  changed
    0      model   BBB    False
    1  overrides    AA     True
    2       caps     A     True
    """

    _format: ClassVar[str] = "creditscore.rating_rules"

    overrides: OverridePolicy | None = None
    caps: GradeCaps | None = None
    vetoes: VetoRules | None = None

    def __post_init__(self) -> None:
        """Check that all parts are what they should be."""
        for name, kind in (("overrides", OverridePolicy), ("caps", GradeCaps),
                           ("vetoes", VetoRules)):  # fmt: skip
            if getattr(self, name) is not None:
                check_kind(getattr(self, name), name, type(self).__name__, kind)

    def apply(
        self,
        grades: Any,
        X: NativeFrame | None,
        scale: GradeLadder,
        *,
        overrides: Sequence[GradeOverride] = (),
        as_of: Any = None,
        in_default: Any = None,
        customers: Any = None,
        parent_grades: Mapping[Any, str] | pd.Series | None = None,
    ) -> FinalGrades:
        """Take all steps from the grades of a model to the final ones.

        Parameters
        ----------
        grades : Series or array-like of str, shape (n_customers,)
            Grades of `scale`, or its `default_label`. A pandas Series has the customers as its
            index.
        X : table of shape (n_customers, n_columns) or None
            The same customers, with the columns of caps and vetoes; None where no rule reads one.
            Two pandas objects must have the same index.
        scale : GradeScale or MasterScale
            Says which grade is above which.
        overrides : sequence of GradeOverride, default=()
            Decisions; they need an override policy and `as_of`.
        as_of : str, date or Timestamp, optional
            Day on which overrides must hold.
        in_default : array-like of bool, shape (n_customers,), optional
            Customers in default; those whose grade says so already are, too.
        customers : array-like of shape (n_customers,), optional
            Who the grades belong to, where they are no pandas Series; overrides and parents need
            that.
        parent_grades : mapping or Series of str, optional
            Grades of parents that are no customers here, by name.

        Returns
        -------
        FinalGrades

        Raises
        ------
        InvalidParameterError
            Overrides without a policy, or without a day; no table, and rules that read it.
        InvalidDataError
            As in :meth:`OverridePolicy.apply`, :meth:`GradeCaps.apply`, :meth:`VetoRules.apply`.

        Notes
        -----
        O(n log d) for groups of d levels of ownership.
        """
        ranks = ranks_of(scale, _APPLY)
        model = read_grades(grades, ranks)
        defaulted = _defaulted(grades, model, in_default, scale.default_label)
        known = [
            scale.default_label if bad else grade
            for grade, bad in zip(model, defaulted.tolist(), strict=True)
        ]
        names = customers_of(grades, customers, len(model), needed_by=self._needs_names(overrides))
        table = self._read_table(X, grades, len(model))
        rows = GradedRows(grades, known, names, ranks, scale.default_label)
        overridden = self._overridden(rows, overrides, as_of)
        if overridden is not None:
            rows = rows._replace(grades=overridden.after)
        caps, vetoes = self.caps or GradeCaps(), self.vetoes or VetoRules(rules=())
        parents = parents_of(caps, rows, table, parent_grades)
        capped = cap_grades(caps, rows, table, parents)
        vetoed = veto_grades(vetoes.rules, grades, capped.after, table, ranks)
        owners = None if parents is None else parents.without_support()
        groups = cap_grades(
            self._of_groups(vetoed), rows._replace(grades=vetoed.after), table, owners
        )
        return FinalGrades(
            grades=groups.grades,
            model=tuple(model),
            in_default=tuple(defaulted.tolist()),
            overridden=overridden,
            capped=capped,
            vetoed=vetoed,
            groups=groups,
            customers=tuple(names),
            order=tuple(ranks),
        )

    def _needs_names(self, overrides: Sequence[GradeOverride]) -> str | None:
        if len(overrides):
            return "An override"
        return "The parent cap" if self.caps is not None and self.caps.parent is not None else None

    def _overridden(
        self, rows: GradedRows, overrides: Sequence[GradeOverride], as_of: Any
    ) -> OverriddenGrades | None:
        if not len(overrides):
            return None
        if self.overrides is None or as_of is None:
            what = "an override policy" if self.overrides is None else "the day as_of"
            msg = f"There are {len(overrides)} override(s), and {what} is missing. Give it."
            raise InvalidParameterError(msg)
        day = check_day(as_of, "as_of", _APPLY)
        return override_grades(self.overrides, rows, overrides, day)

    def _read_table(self, X: NativeFrame | None, grades: Any, n: int) -> Table:
        columns = [] if self.caps is None else columns_of(self.caps)
        columns += [] if self.vetoes is None else [rule.column for rule in self.vetoes.rules]
        if X is None:
            if columns:
                listed = ", ".join(map(repr, dict.fromkeys(columns)))
                msg = (
                    f"The rules read the column(s) {listed}, and X is None. Give the table of the "
                    "customers."
                )
                raise InvalidParameterError(msg)
            # a table that nobody reads
            return as_table(np.zeros((n, 1)))
        table = as_table(X, wanted=columns)
        check_rows(grades, X, n, table.n_rows)
        return table

    def _of_groups(self, vetoed: VetoedGrades) -> GradeCaps:
        """Return the cap of parents, where a veto lowered anybody."""
        if self.caps is None or self.caps.parent is None or vetoed.before == vetoed.after:
            return GradeCaps()
        return GradeCaps(parent=self.caps.parent)

    def table(self) -> pd.DataFrame:
        """Return a row a step, in their order: step, rules."""
        overrides, caps, vetoes = (
            "none" if part is None else repr(part)
            for part in (self.overrides, self.caps, self.vetoes)
        )
        rows = [
            ("model", "the grade of the model"),
            ("overrides", overrides),
            ("caps", caps),
            ("vetoes", vetoes),
            ("groups", "parents whom a veto lowered cap their subsidiaries"),
            ("default", "customers in default, whatever the rest says"),
        ]
        return pd.DataFrame(rows, columns=["step", "rules"])

    def _content(self) -> dict[str, Any]:
        return {
            name: None if part is None else part._content()  # noqa: SLF001 - parts of this document
            for name, part in self._parts.items()
        }

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        kinds: dict[str, Any] = {"overrides": OverridePolicy, "caps": GradeCaps,
                                 "vetoes": VetoRules}  # fmt: skip
        return cls(
            **{
                name: None if content[name] is None else kind._from_content(content[name])  # noqa: SLF001
                for name, kind in kinds.items()
            }
        )

    @property
    def _parts(self) -> dict[str, OverridePolicy | GradeCaps | VetoRules | None]:
        return {"overrides": self.overrides, "caps": self.caps, "vetoes": self.vetoes}

    def __repr__(self) -> str:
        """Say in one line which rules there are."""
        given = [repr(part) for part in self._parts.values() if part is not None]
        return f"RatingRules({', '.join(given) or 'none'})"

    def _repr_html_(self) -> str:
        """Show the steps."""
        return html_table(self.table(), caption="Rules of rating", formats={})


def _defaulted(grades: Any, model: Sequence[str], in_default: Any, default_label: str) -> Bool1D:
    graded = np.array([grade == default_label for grade in model], dtype=bool)
    if in_default is None:
        return graded
    check_same_rows(values=grades, in_default=in_default)
    return graded | read_defaulted(in_default, len(model))
