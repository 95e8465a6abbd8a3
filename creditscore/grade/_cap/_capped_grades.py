"""Grades before and after caps, and which cap bound whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias

import numpy as np
import pandas as pd

from creditscore._display import counted, html_table
from creditscore._typing import Bool1D, Int1D, Level
from creditscore.grade._ladder import places_of

CapKind: TypeAlias = Literal["support", "country", "rule", "parent"]
NO_CAP = -1
_SHOWN_ROWS = 50


class CapTexts(Protocol):
    """What a cap says, in English and Chinese, by a code."""

    def __getitem__(self, code: int, /) -> tuple[str, str]:
        """Return the two texts."""
        ...


class CapPart(NamedTuple):
    """One cap: the place of its grade by row, -1 where it does not apply, and what it says.

    `text_of` are the codes in `texts` by row, of any value where the cap does not apply.
    """

    kind: CapKind
    cap: Int1D
    texts: CapTexts
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
        bound_by = [""] * len(self.before)
        for part, rows, _, binds in _lines(self):
            for row in rows[binds].tolist():
                bound_by[row] += f"; {part.kind}" if bound_by[row] else part.kind
        before, after = (places_of(grades, self.order) for grades in (self.before, self.after))
        return pd.DataFrame(
            {
                "grade_before": self.before,
                "grade_after": self.after,
                "lowered": after > before,
                "lifted": after < before,
                "bound_by": bound_by,
                "reasons": cap_reasons(self),
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
        for number, (part, rows, caps, binds) in enumerate(_lines(self)):
            texts_of = _texts_of(part, rows)
            of_rows = zip(rows.tolist(), caps.tolist(), binds.tolist(), texts_of, strict=True)
            for row, cap, bind, texts in of_rows:
                pair = (self.before[row], self.after[row], self.order[cap], bind)
                lines.append((row, number, self.customers[row], part.kind, *pair, *texts))
        columns = ["customer", "kind", "grade_before", "grade_after", "cap", "binds", "reason",
                   "reason_zh"]  # fmt: skip
        return pd.DataFrame([line[2:] for line in sorted(lines, key=lambda line: line[:2])],
                            columns=columns)  # fmt: skip

    def __repr__(self) -> str:
        """Say in one line how many were lowered, and by what."""
        before, after = (places_of(grades, self.order) for grades in (self.before, self.after))
        kinds: dict[str, int] = {}
        for part, _, _, binds in _lines(self):
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


def cap_reasons(capped: CappedGrades) -> list[str]:
    """Return what the caps that bind say of each customer, and support; joined by "; "."""
    reasons = [""] * len(capped.before)
    for part, rows, _, binds in _lines(capped):
        told = rows[binds | (part.kind == "support")]
        for row, (text, _) in zip(told.tolist(), _texts_of(part, told), strict=True):
            reasons[row] += f"; {text}" if reasons[row] else text
    return reasons


def _texts_of(part: CapPart, rows: Int1D) -> list[tuple[str, str]]:
    """Return what a cap says of rows; each text is written once."""
    codes, place = np.unique(part.text_of[rows], return_inverse=True)
    texts = [part.texts[code] for code in codes.tolist()]
    return [texts[text] for text in place.tolist()]


def _lines(capped: CappedGrades) -> list[tuple[CapPart, Int1D, Int1D, Bool1D]]:
    """Return each cap with the rows that it lowers, its grade there, and whether it binds."""
    start, after = (places_of(grades, capped.order) for grades in (capped.before, capped.after))
    found = []
    for part in capped.parts:
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
