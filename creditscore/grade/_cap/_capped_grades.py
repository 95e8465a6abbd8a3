"""Grades before and after caps, and which cap bound whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from creditscore._display import counted, html_table
from creditscore._typing import Bool1D, Int1D, Level

CapKind: TypeAlias = Literal["support", "country", "rule", "parent"]
NO_CAP = -1
_SHOWN_ROWS = 50


class CapPart(NamedTuple):
    """One cap: the place of its grade by row, -1 where it does not apply, and what it says.

    `texts` are what is said in both languages, and `text_of` the place in them by row.
    """

    kind: CapKind
    cap: Int1D
    texts: tuple[tuple[str, str], ...]
    text_of: Int1D


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class CappedGrades:
    """Grades before and after caps; by :meth:`GradeCaps.apply`.

    Attributes
    ----------
    grades : Series of str in the library and index of the grades given, else ndarray of str
        Grades after the caps.
    before, after : tuple of str
        Grades by row.
    parts : tuple of CapPart
        What capped, or lifted, which rows.
    customers : tuple
        Customers by row, or their places.
    order : tuple of str
        All grades, the safest first.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore import GradeScale
    >>> from creditscore.grade import GradeCaps, ParentCap
    >>> grades = pd.Series(["BB", "A"], index=["P", "S"])
    >>> owners = pd.DataFrame({"parent": [None, "P"]}, index=["P", "S"])
    >>> GradeCaps(parent=ParentCap()).apply(grades, owners, GradeScale.agency())
    <CappedGrades: 2 customers, 1 lowered (parent 1)>
    """

    grades: Any
    before: tuple[str, ...]
    after: tuple[str, ...]
    parts: tuple[CapPart, ...]
    customers: tuple[Level, ...]
    order: tuple[str, ...]

    def frame(self) -> pd.DataFrame:
        """Return a row a customer, with the customers as its index.

        Returns
        -------
        DataFrame
            grade_before, grade_after, lowered, lifted (by support), bound_by (kinds of the caps
            that the grade now is at, joined by "; "; empty where no cap lowers it), reasons (of
            these and of support).
        """
        bound_by: dict[int, list[str]] = {}
        reasons: dict[int, list[str]] = {}
        for part, rows, _, binds in self._lines():
            told = binds | (part.kind == "support")
            for row, bind in zip(rows[told].tolist(), binds[told].tolist(), strict=True):
                if bind:
                    bound_by.setdefault(row, []).append(part.kind)
                reasons.setdefault(row, []).append(part.texts[part.text_of[row]][0])
        before, after = self._ranks(self.before), self._ranks(self.after)
        return pd.DataFrame(
            {
                "grade_before": self.before,
                "grade_after": self.after,
                "lowered": after > before,
                "lifted": after < before,
                "bound_by": self._joined(bound_by),
                "reasons": self._joined(reasons),
            },
            index=pd.Index(self.customers, name="customer"),
        )

    def fired(self) -> pd.DataFrame:
        """Return a row for each cap that lowers a customer's grade, customer by customer.

        Returns
        -------
        DataFrame
            customer, kind ("country", "rule", "parent", or "support", which lifts), grade_before,
            grade_after, cap (the grade that it leaves at best; of support, the one that it lifts
            to), binds (whether the grade now is at this cap), reason, reason_zh. Caps that lower
            nothing are left out.
        """
        lines: list[tuple[Any, ...]] = []
        for number, (part, rows, caps, binds) in enumerate(self._lines()):
            for row, cap, bind in zip(rows.tolist(), caps.tolist(), binds.tolist(), strict=True):
                pair = (self.before[row], self.after[row], self.order[cap], bind)
                texts = part.texts[part.text_of[row]]
                lines.append((row, number, self.customers[row], part.kind, *pair, *texts))
        columns = ["customer", "kind", "grade_before", "grade_after", "cap", "binds", "reason",
                   "reason_zh"]  # fmt: skip
        return pd.DataFrame([line[2:] for line in sorted(lines, key=lambda line: line[:2])],
                            columns=columns)  # fmt: skip

    def _lines(self) -> list[tuple[CapPart, Int1D, Int1D, Bool1D]]:
        """Return each cap with the rows that it lowers, its grade there, and whether it binds."""
        after = self._ranks(self.after)
        start = self._ranks(self.before)
        found = []
        for part in self.parts:
            told = part.cap != NO_CAP
            if part.kind == "support":
                rows = np.flatnonzero(told)
                found.append((part, rows, part.cap[rows], np.zeros(len(rows), dtype=bool)))
                start = np.where(told, part.cap, start)
                continue
            rows = np.flatnonzero(told & (part.cap > start))
            caps = part.cap[rows]
            found.append((part, rows, caps, caps == after[rows]))
        return found

    def _joined(self, texts: dict[int, list[str]]) -> list[str]:
        joined = [""] * len(self.before)
        for row, found in texts.items():
            joined[row] = "; ".join(found)
        return joined

    def _ranks(self, grades: tuple[str, ...]) -> Int1D:
        place = {grade: rank for rank, grade in enumerate(self.order)}
        return np.array([place[grade] for grade in grades], dtype=np.intp)

    def __repr__(self) -> str:
        """Say in one line how many were lowered, and by what."""
        before, after = self._ranks(self.before), self._ranks(self.after)
        kinds: dict[str, int] = {}
        for part, _, _, binds in self._lines():
            kinds[part.kind] = kinds.get(part.kind, 0) + int(binds.sum())
        by = ", ".join(f"{kind} {n:,}" for kind, n in kinds.items() if n)
        lifted = int((after < before).sum())
        return (
            f"<CappedGrades: {counted(len(self.before), 'customer')}, "
            f"{int((after > before).sum()):,} lowered{f' ({by})' if by else ''}"
            f"{f', {lifted:,} lifted by support' if lifted else ''}>"
        )

    def _repr_html_(self) -> str:
        """Show whom a cap lowers, the first of them where these are many."""
        fired = self.fired().drop(columns=["reason_zh"])
        shown = fired.head(_SHOWN_ROWS)
        cut = f"; the first {_SHOWN_ROWS} of {len(fired):,} caps" if len(fired) > len(shown) else ""
        return html_table(shown, caption=repr(self).strip("<>") + cut, formats={})
