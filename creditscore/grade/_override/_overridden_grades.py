"""Grades before and after overrides, and what became of each override."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import pandas as pd

from creditscore._display import counted, html_table
from creditscore._typing import Level
from creditscore.grade._override._grade_override import overrides_frame
from creditscore.grade._override._rulings import OverrideRuling

_WORDS = {"not_yet": "not yet decided"}
_SHOWN_ROWS = 50
_RULED = ("status", "why", "holds_until")


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class OverriddenGrades:
    """Grades before and after overrides; by :meth:`OverridePolicy.apply`.

    Attributes
    ----------
    grades : Series of str in the library and index of the grades given, else ndarray of str
        Grades after the overrides.
    before, after : tuple of str
        Grades by row.
    rulings : tuple of OverrideRuling
        What became of each override, in their order.
    customers : tuple
        Customers by row.
    order : tuple of str
        All grades, the safest first.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore import GradeScale
    >>> from creditscore.grade import GradeOverride, OverridePolicy
    >>> lost = GradeOverride(customer="X", grade_before="A", grade_after="BBB", author="Li",
    ...                      reason="adverse_event", decided_on="2025-01-15",
    ...                      text="The largest customer has gone.")
    >>> grades = pd.Series(["A", "BB"], index=["X", "Y"])
    >>> OverridePolicy().apply(grades, [lost], GradeScale.agency(), as_of="2025-02-01")
    <OverriddenGrades: 2 customers; 1 override, 1 applied>
    """

    grades: Any
    before: tuple[str, ...]
    after: tuple[str, ...]
    rulings: tuple[OverrideRuling, ...]
    customers: tuple[Level, ...]
    order: tuple[str, ...]

    def frame(self) -> pd.DataFrame:
        """Return a row a customer, with the customers as its index.

        Returns
        -------
        DataFrame
            grade_before, grade_after, notches (up the scale; negative is down), reason, author
            (empty where no override is applied).
        """
        rank = {grade: place for place, grade in enumerate(self.order)}
        applied = {r.override.customer: r.override for r in self.rulings if r.status == "applied"}
        found = [applied.get(customer) for customer in self.customers]
        pairs = zip(self.before, self.after, strict=True)
        return pd.DataFrame(
            {
                "grade_before": self.before,
                "grade_after": self.after,
                "notches": [rank[before] - rank[after] for before, after in pairs],
                "reason": ["" if override is None else override.reason for override in found],
                "author": ["" if override is None else override.author for override in found],
            },
            index=pd.Index(self.customers, name="customer"),
        )

    def told(self) -> pd.DataFrame:
        """Return a row an override, in their order, with what became of it.

        Returns
        -------
        DataFrame
            customer, grade_before, grade_after, reason, text, author, decided_on, approved_by,
            expires_on, as decided; status, why (what speaks against it), holds_until (text).
        """
        frame = overrides_frame(tuple(ruling.override for ruling in self.rulings))
        for name in _RULED:
            frame[name] = [getattr(ruling, name) for ruling in self.rulings]
        return frame

    def applied(self) -> pd.DataFrame:
        """Return the rows of :meth:`told` that count."""
        return self._of("applied")

    def refused(self) -> pd.DataFrame:
        """Return the rows of :meth:`told` that break a rule; `why` says which."""
        return self._of("refused")

    def _of(self, status: str) -> pd.DataFrame:
        told = self.told()
        return told[told["status"] == status].reset_index(drop=True)

    def __repr__(self) -> str:
        """Say in one line what became of the overrides."""
        counts = Counter(ruling.status for ruling in self.rulings)
        parts = [f", {n} {_WORDS.get(status, status)}" for status, n in sorted(counts.items())]
        customers = counted(len(self.before), "customer")
        overrides = counted(len(self.rulings), "override")
        return f"<OverriddenGrades: {customers}; {overrides}{''.join(parts)}>"

    def _repr_html_(self) -> str:
        """Show what became of the overrides, the first of them where these are many."""
        told = self.told()[
            ["customer", "grade_before", "grade_after", "reason", "author", "status", "why"]
        ]
        shown = told.head(_SHOWN_ROWS)
        cut = f"; the first {_SHOWN_ROWS} of them" if len(told) > len(shown) else ""
        return html_table(shown, caption=repr(self).strip("<>") + cut, formats={})
