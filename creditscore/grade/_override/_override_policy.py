"""The rules of overrides: who may change which grade how far, why and for how long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

import narwhals as nw
import numpy as np
import pandas as pd

from creditscore._checks import check_kind, read_entries
from creditscore._days import check_day, months_later
from creditscore._display import html_table
from creditscore._document import JsonDocument
from creditscore._validation import check_choice, check_integer
from creditscore.exceptions import InvalidParameterError
from creditscore.grade._customers import GradedRows, customers_of
from creditscore.grade._ladder import GradeLadder, grades_like, rank_of, ranks_of, read_grades
from creditscore.grade._override._grade_override import GradeOverride
from creditscore.grade._override._overridden_grades import OverriddenGrades
from creditscore.grade._override._override_reason import STANDARD_REASONS, OverrideReason
from creditscore.grade._override._rulings import GradeChanged, Limits, rulings_on

_CHANGED = ("refuse", "keep_grade", "keep_notches")
_APPLY = "OverridePolicy.apply"


@dataclass(frozen=True, kw_only=True, repr=False)
class OverridePolicy(JsonDocument):
    """Rules by which overrides of grades count.

    Parameters
    ----------
    reasons : tuple of OverrideReason, optional
        Reasons that are allowed; without them, those of :attr:`standard_reasons`.
    max_up : int, default=2
        Most notches by which a grade may be lifted.
    max_down : int, optional
        Most notches by which a grade may be lowered; without it, any number.
    alone_up : int, default=0
        Notches up that an author decides alone; beyond them another person must approve (four
        eyes). Capitals and spaces make no other person of the author.
    alone_down : int, default=1
        The same of notches down.
    authors, approvers : tuple of str, default=()
        Who may propose and approve; anybody where none is listed.
    min_text : int, default=20
        Characters that the text must have, spaces at its ends left out.
    valid_months : int, default=12
        Months after which an override holds no more, if it does not say an earlier day.
    forbidden : tuple of str, default=()
        Grades that nobody is overridden out of or into. That of customers in default always is
        one: default is a fact.
    grade_changed : {"refuse", "keep_grade", "keep_notches"}, default="refuse"
        What counts of an override once the model's grade is no longer the one it was made for:
        nothing until a person decides anew, the grade it gave, or the notches it moved. The last
        two keep to the limits from the grade of today.

    Raises
    ------
    InvalidParameterError
        Numbers below zero, an unknown word, two reasons of one code.

    See Also
    --------
    GradeOverride : One decision.
    override_table : How often, how far and by whom grades are overridden.
    override_outcomes : Whether overridden customers defaulted as their grades said.

    Notes
    -----
    Practice, not law, sets such rules; supervisors ask that overrides be limited, documented and
    tracked, and that their outcomes be watched [1]_ [2]_.

    References
    ----------
    .. [1] Regulation (EU) No 575/2013 (CRR), article 172(3): the grounds of overrides, the staff
       responsible, and the performance of the exposures are documented.
    .. [2] Office of the Comptroller of the Currency, *Credit Scoring Models: Examination
       Guidance*, OCC Bulletin 1997-24.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore import GradeScale
    >>> from creditscore.grade import GradeOverride, OverridePolicy
    >>> policy = OverridePolicy(max_up=1)
    >>> guarantee = GradeOverride(
    ...     customer="X", grade_before="BB", grade_after="BBB", reason="security",
    ...     text="A bank guarantee covers all that is owed until June.", author="Li",
    ...     approved_by="Wang", decided_on="2025-01-15",
    ... )
    >>> grades = pd.Series(["BB", "A"], index=["X", "Y"])
    >>> overridden = policy.apply(grades, [guarantee], GradeScale.agency(), as_of="2025-06-30")
    >>> overridden.grades.to_dict()
    {'X': 'BBB', 'Y': 'A'}
    >>> later = policy.apply(grades, [guarantee], GradeScale.agency(), as_of="2026-06-30")
    >>> later.rulings[0].status, later.rulings[0].why
    ('expired', 'it held until 2026-01-15')
    """

    _format: ClassVar[str] = "creditscore.override_policy"
    standard_reasons: ClassVar[tuple[OverrideReason, ...]] = STANDARD_REASONS

    reasons: tuple[OverrideReason, ...] | None = None
    max_up: int = 2
    max_down: int | None = None
    alone_up: int = 0
    alone_down: int = 1
    authors: tuple[str, ...] = ()
    approvers: tuple[str, ...] = ()
    min_text: int = 20
    valid_months: int = 12
    forbidden: tuple[str, ...] = ()
    grade_changed: GradeChanged = "refuse"

    def __post_init__(self) -> None:
        """Check numbers, words and reasons."""
        owner = type(self).__name__
        if self.reasons is None:
            object.__setattr__(self, "reasons", self.standard_reasons)
        reasons = read_entries(self.reasons, "reasons", owner)
        for reason in reasons:
            check_kind(reason, "reasons", owner, OverrideReason)
        codes = [reason.code for reason in reasons]
        if len(set(codes)) != len(codes) or not codes:
            msg = (
                f"The 'reasons' parameter of {owner} must hold one reason or more, of different "
                f"codes. Got the codes {codes}."
            )
            raise InvalidParameterError(msg)
        object.__setattr__(self, "reasons", reasons)
        for name, low in (("max_up", 0), ("alone_up", 0), ("alone_down", 0), ("min_text", 0),
                          ("valid_months", 1)):  # fmt: skip
            check_integer(getattr(self, name), name, owner, low=low)
        if self.max_down is not None:
            check_integer(self.max_down, "max_down", owner, low=0)
        for name in ("authors", "approvers", "forbidden"):
            entries = read_entries(getattr(self, name), name, owner)
            if not all(isinstance(entry, str) and entry for entry in entries):
                msg = f"The {name!r} parameter of {owner} must hold texts. Got {entries!r} instead."
                raise InvalidParameterError(msg)
            object.__setattr__(self, name, entries)
        check_choice(self.grade_changed, "grade_changed", owner, _CHANGED)

    def apply(
        self,
        grades: Any,
        overrides: Sequence[GradeOverride],
        scale: GradeLadder,
        *,
        as_of: Any,
        customers: Any = None,
    ) -> OverriddenGrades:
        """Change the grades of customers whose overrides count on a day.

        Parameters
        ----------
        grades : Series or array-like of str, shape (n_customers,)
            Grades of the model, or the `default_label`. A pandas Series has the customers as its
            index.
        overrides : sequence of GradeOverride
            Decisions on these customers and others, of whatever day.
        scale : GradeScale or MasterScale
            Says which grade is above which.
        as_of : str, date or Timestamp
            The day.
        customers : array-like of shape (n_customers,), optional
            Who the grades belong to, where they are no pandas Series.

        Returns
        -------
        OverriddenGrades
            With a ruling on each override.

        Raises
        ------
        InvalidDataError
            Grades that are not of the scale, a customer with two grades, or no customers.
        InvalidParameterError
            Something that is no override; a forbidden grade that the scale does not have.

        Notes
        -----
        An override that breaks a rule is refused and has no effect. Of those that keep them, the
        last decision on a customer supersedes all before it (of one day, the later in the
        sequence), and does so also once it has expired: what it replaced does not come back.
        O(n + m) for n customers and m overrides.
        """
        ranks = ranks_of(scale, _APPLY)
        given = read_grades(grades, ranks)
        names = customers_of(grades, customers, len(given), needed_by="An override")
        rows = GradedRows(grades, given, names, ranks, scale.default_label)
        return override_grades(self, rows, overrides, check_day(as_of, "as_of", _APPLY))

    def table(self) -> pd.DataFrame:
        """Return a row a rule: rule, value."""
        return pd.DataFrame(
            [(field.name, self._in_words(field.name)) for field in fields(self)],
            columns=["rule", "value"],
        )

    @property
    def _reasons(self) -> tuple[OverrideReason, ...]:
        return self.reasons or self.standard_reasons

    def _in_words(self, name: str) -> str:
        value = getattr(self, name)
        if name == "reasons":
            return ", ".join(reason.code for reason in self._reasons)
        if isinstance(value, tuple):
            return ", ".join(value) or ("default only" if name == "forbidden" else "anybody")
        return "any" if value is None else str(value)

    def _content(self) -> dict[str, Any]:
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        reasons = tuple(OverrideReason.from_dict(reason) for reason in content["reasons"])
        return cls(**{**content, "reasons": reasons})

    def __repr__(self) -> str:
        """Say in one line how far grades may be overridden, and for how long."""
        down = "any number" if self.max_down is None else str(self.max_down)
        return (
            f"OverridePolicy({len(self._reasons)} reasons, up to {self.max_up} notches up and "
            f"{down} down, for {self.valid_months} months)"
        )

    def _repr_html_(self) -> str:
        """Show the rules."""
        return html_table(self.table(), caption="Override policy", formats={})


def override_grades(
    policy: OverridePolicy, rows: GradedRows, overrides: Any, day: np.datetime64
) -> OverriddenGrades:
    """Override grades that are read already."""
    if nw.dependencies.is_into_dataframe(overrides):
        msg = f"{_APPLY} takes overrides, not their table. Pass read_overrides(table)."
        raise InvalidParameterError(msg)
    decided = read_entries(overrides, "overrides", _APPLY)
    for override in decided:
        check_kind(override, "overrides", _APPLY, GradeOverride)
    for grade in policy.forbidden:
        rank_of(grade, rows.ranks, "forbidden grade of the override policy")
    limits = Limits(
        max_up=policy.max_up,
        max_down=policy.max_down,
        alone_up=policy.alone_up,
        alone_down=policy.alone_down,
        authors=policy.authors,
        approvers=policy.approvers,
        min_text=policy.min_text,
        reasons={reason.code: reason for reason in policy.reasons or ()},
        forbidden=frozenset((*policy.forbidden, rows.default_label)),
        grade_changed=policy.grade_changed,
    )
    ends = _ends(decided, policy.valid_months)
    after, rulings = rulings_on(rows, decided, ends, limits, str(day))
    return OverriddenGrades(
        grades=grades_like(rows.column, after),
        before=tuple(rows.grades),
        after=tuple(after),
        rulings=rulings,
        customers=tuple(rows.names),
        order=tuple(rows.ranks),
    )


def _ends(decided: Sequence[GradeOverride], valid_months: int) -> list[str]:
    """Return the day from which each override holds no more, as text."""
    starts = np.array([override.decided_on for override in decided], dtype="datetime64[D]")
    last = months_later(starts, valid_months).astype(str).tolist()
    return [
        end if override.expires_on is None else min(end, override.expires_on)
        for end, override in zip(last, decided, strict=True)
    ]


def _plain(value: Any) -> Any:
    """Return what a file holds of a rule."""
    if isinstance(value, tuple):
        return [v.to_dict() if isinstance(v, OverrideReason) else v for v in value]
    return value
