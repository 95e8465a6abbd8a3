"""From the model's grade to the final one: each step of each customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from creditscore._display import counted, html_table
from creditscore._typing import Level
from creditscore.grade._cap._capped_grades import CappedGrades, cap_reasons
from creditscore.grade._customers import place_of_customer
from creditscore.grade._ladder import places_of
from creditscore.grade._override._overridden_grades import OverriddenGrades
from creditscore.grade._veto import VetoedGrades, veto_reasons

STEPS = ("model", "overrides", "caps", "vetoes", "groups", "default")
"""Steps in their order; "groups" are parents whom a veto lowered."""


class RatingStep(NamedTuple):
    """One step: the grade after it and what was said."""

    step: str
    grade: str
    why: str


@dataclass(frozen=True, kw_only=True, repr=False)
class RatingDecision:
    """How one customer came by the final grade; by :meth:`FinalGrades.of`.

    Attributes
    ----------
    customer : str or int
        Who.
    steps : tuple of RatingStep
        Step, grade after it, and why it changed; in the order in which they are taken.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore import GradeScale
    >>> from creditscore.grade import RatingRules
    >>> grades = pd.Series(["A"], index=["X"])
    >>> firms = pd.DataFrame({"country": ["DE"]}, index=["X"])
    >>> found = RatingRules().apply(grades, firms, GradeScale.agency(), in_default=[True])
    >>> found.of("X")
    <RatingDecision: X is D (model A, default D)>
    """

    customer: Level
    steps: tuple[RatingStep, ...]

    @property
    def grade(self) -> str:
        """The final grade."""
        return self.steps[-1].grade

    def table(self) -> pd.DataFrame:
        """Return a row a step: step, grade, changed, why."""
        grades = [step.grade for step in self.steps]
        before = [grades[0], *grades[:-1]]
        return pd.DataFrame(
            {
                "step": [step.step for step in self.steps],
                "grade": grades,
                "changed": [a != b for a, b in zip(grades, before, strict=True)],
                "why": [step.why for step in self.steps],
            }
        )

    def __repr__(self) -> str:
        """Say in one line the grade, and at which steps it changed."""
        table = self.table()
        moved = table[table["changed"] | (table["step"] == "model")]
        words = [
            f"{step} {grade}" for step, grade in zip(moved["step"], moved["grade"], strict=True)
        ]
        return f"<RatingDecision: {self.customer} is {self.grade} ({', '.join(words)})>"

    def _repr_html_(self) -> str:
        """Show the steps."""
        return html_table(self.table(), caption=repr(self).strip("<>"), formats={})


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class FinalGrades:
    """Final grades, and the grade of each customer after each step; by :meth:`RatingRules.apply`.

    Attributes
    ----------
    grades : Series of str in the library and index of the grades given, else ndarray of str
        Final grades.
    model : tuple of str
        Grades of the model by row.
    in_default : tuple of bool
        Who is in default.
    overridden : OverriddenGrades or None
        After the overrides, where there were any.
    capped : CappedGrades
        After the caps.
    vetoed : VetoedGrades
        After the vetoes.
    groups : CappedGrades
        After the parents whom a veto lowered capped their subsidiaries.
    customers : tuple
        Customers by row, or their places.
    order : tuple of str
        All grades, the safest first.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore import GradeScale
    >>> from creditscore.grade import GradeCaps, ParentCap, RatingRules
    >>> owners = pd.DataFrame({"parent": [None, "P"]}, index=["P", "S"])
    >>> rules = RatingRules(caps=GradeCaps(parent=ParentCap()))
    >>> found = rules.apply(
    ...     pd.Series(["BB", "A"], index=["P", "S"]), owners, GradeScale.agency()
    ... )
    >>> found
    <FinalGrades: 2 customers, 0 above and 1 below the model's grade>
    >>> found.frame()[["model", "caps", "grade", "decided_by"]].values.tolist()
    [['BB', 'BB', 'BB', 'model'], ['A', 'BB', 'BB', 'caps']]
    """

    grades: Any
    model: tuple[str, ...]
    in_default: tuple[bool, ...]
    overridden: OverriddenGrades | None
    capped: CappedGrades
    vetoed: VetoedGrades
    groups: CappedGrades
    customers: tuple[Level, ...]
    order: tuple[str, ...]

    def frame(self) -> pd.DataFrame:
        """Return a row a customer, with the customers as its index.

        Returns
        -------
        DataFrame
            model, overrides, caps, vetoes, groups (grades after these steps), grade (the final
            one), decided_by (the last step that changed the grade, or "model"), notches (up from
            the model's; negative is down), why (what was said at all steps).
        """
        columns: dict[str, Any] = dict(zip((*STEPS[:-1], "grade"), self._after, strict=True))
        ranks = self._ranks
        decided = np.zeros(len(self.customers), dtype=np.intp)
        for place in range(1, len(STEPS)):
            decided[ranks[place] != ranks[place - 1]] = place
        columns["decided_by"] = [STEPS[place] for place in decided.tolist()]
        columns["notches"] = ranks[0] - ranks[-1]
        texts = zip(*self._why, strict=True)
        columns["why"] = ["; ".join(filter(None, row)) for row in texts]
        return pd.DataFrame(columns, index=pd.Index(self.customers, name="customer"))

    def table(self) -> pd.DataFrame:
        """Return a row a step: how many grades it changes.

        Returns
        -------
        DataFrame
            step, n_up, n_down, share (of customers whose grade it changes), mean_notches (of
            those; negative is down, NaN where there are none).
        """
        ranks, rows = self._ranks, []
        for place, step in enumerate(STEPS[1:], start=1):
            notches = ranks[place - 1] - ranks[place]
            moved = notches[notches != 0]
            mean = float(moved.mean()) if len(moved) else np.nan
            n_up, n_down = int((moved > 0).sum()), int((moved < 0).sum())
            rows.append((step, n_up, n_down, len(moved) / max(1, len(notches)), mean))
        return pd.DataFrame(rows, columns=["step", "n_up", "n_down", "share", "mean_notches"])

    def of(self, customer: Level) -> RatingDecision:
        """Return the steps of one customer.

        Raises
        ------
        InvalidParameterError
            There is no such customer; near names are listed. InvalidDataError: two have this name.
        """
        row = place_of_customer(customer, self.customers, "the final grades")
        steps = (
            RatingStep(step, grades[row], texts[row])
            for step, grades, texts in zip(STEPS, self._after, self._why, strict=True)
        )
        return RatingDecision(customer=customer, steps=tuple(steps))

    @cached_property
    def _after(self) -> tuple[Sequence[str], ...]:
        """Grades after each step; of customers in default, the model's until the last step."""
        overridden = self.capped.before
        steps = (overridden, self.capped.after, self.vetoed.after, self.groups.after)
        bad = [row for row, defaulted in enumerate(self.in_default) if defaulted]
        shown = [list(grades) for grades in steps]
        for grades in shown:
            for row in bad:
                grades[row] = self.model[row]
        return (self.model, *shown, self.groups.after)

    @cached_property
    def _why(self) -> tuple[Sequence[str], ...]:
        """What was said of each customer at each step, empty where nothing was."""
        nothing = ("",) * len(self.model)
        overrides = nothing if self.overridden is None else _reasons(self.overridden)
        default = tuple("in default" if bad else "" for bad in self.in_default)
        return (
            nothing, overrides, cap_reasons(self.capped), veto_reasons(self.vetoed),
            cap_reasons(self.groups), default,
        )  # fmt: skip

    @cached_property
    def _ranks(self) -> npt.NDArray[np.intp]:
        return np.array([places_of(grades, self.order) for grades in self._after])

    def __repr__(self) -> str:
        """Say in one line how many grades differ from the model's."""
        ranks = self._ranks
        above, below = int((ranks[-1] < ranks[0]).sum()), int((ranks[-1] > ranks[0]).sum())
        return (
            f"<FinalGrades: {counted(len(self.customers), 'customer')}, {above:,} above and "
            f"{below:,} below the model's grade>"
        )

    def _repr_html_(self) -> str:
        """Show how many grades each step changes."""
        formats = {"share": "{:.1%}", "mean_notches": "{:+.2f}"}
        return html_table(self.table(), caption=repr(self).strip("<>"), formats=formats)


def _reasons(overridden: OverriddenGrades) -> tuple[str, ...]:
    """Say who overrode each grade and why."""
    applied = {r.override.customer: r.override for r in overridden.rulings if r.status == "applied"}
    found = [applied.get(customer) for customer in overridden.customers]
    return tuple("" if o is None else f"{o.author}: {o.text} ({o.reason})" for o in found)
