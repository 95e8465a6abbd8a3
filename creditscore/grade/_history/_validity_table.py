"""The table of a rating history: how it is made, changed and written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Self, TypeAlias

import pandas as pd

from creditscore._checks import unknown_name
from creditscore._days import Days, check_day
from creditscore._display import counted, html_table
from creditscore._typing import Int1D, Level, NativeFrame
from creditscore._validation import check_choice
from creditscore.exceptions import InvalidParameterError
from creditscore.grade._history._known import known_by, with_row
from creditscore.grade._history._lookup import names_of, words_of
from creditscore.grade._history._validities import (
    NONE,
    ReadRows,
    Validities,
    check_gaps,
    columns_table,
    first_days,
    read_events,
    read_validities,
    warn_of_last_days,
)
from creditscore.grade._ladder import GradeLadder, read_ladder

Gaps: TypeAlias = Literal["allow", "refuse"]
_SHOWN_ROWS = 10


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ValidityTable:
    """Grades of customers with the days between which they were valid."""

    labels: tuple[str, ...]
    default_label: str
    no_grade: str
    customers: tuple[Level, ...]
    rows: Validities

    @classmethod
    def from_frame(
        cls,
        table: NativeFrame,
        labels: Sequence[str] | GradeLadder,
        *,
        default_label: str | None = None,
        no_grade: str = "NR",
        gaps: Gaps = "allow",
    ) -> Self:
        """Read a table of validities; any order of rows will do.

        Parameters
        ----------
        table : table of shape (n_rows, n_columns)
            customer (text or whole number), grade, valid_from, valid_to (dates; the latter is the
            first day on which the grade does not hold any more, and missing while it is valid;
            a day of 2200 or later, such as 9999-12-31, counts as missing), and perhaps known_on
            (date from which the row is known). Other columns do not matter.
        labels : sequence of str or GradeScale
            Grades, the safest first, or a scale that has them.
        default_label : str, optional
            Grade of customers in default; without it, that of the scale, else "D".
        no_grade : str, default="NR"
            Word for having no grade.
        gaps : {"allow", "refuse"}, default="allow"
            Whether a customer may be without a grade between two rows.

        Returns
        -------
        RatingHistory

        Raises
        ------
        InvalidDataError
            Missing values, unknown grades, validities of a customer that overlap or end before
            they begin, gaps where these are refused. MissingColumnError, ColumnTypeError: a
            column is not there, or holds no dates.

        Warns
        -----
        ValidityWarning
            Most validities end a day before the next begins: the table seems to give last days.

        Notes
        -----
        O(n log n), and O(n) of rows that are in order.

        Examples
        --------
        >>> import pandas as pd
        >>> from creditscore.grade import RatingHistory
        >>> table = pd.DataFrame({
        ...     "customer": ["X", "X"], "grade": ["A", "B"],
        ...     "valid_from": pd.to_datetime(["2023-01-01", "2024-03-01"]),
        ...     "valid_to": pd.to_datetime(["2024-01-01", None]),
        ... })
        >>> history = RatingHistory.from_frame(table, labels=("A", "B", "C"))
        >>> history.as_of("2024-02-01", customers=["X"]).tolist()
        ['NR']
        """
        names, default = _names(labels, default_label, no_grade, "RatingHistory.from_frame")
        check_choice(gaps, "gaps", "RatingHistory.from_frame", ("allow", "refuse"))
        found = read_validities(table, names, no_grade)
        if gaps == "allow":
            warn_of_last_days(found.rows)
        return cls._made(found, names, default, no_grade, gaps)

    @classmethod
    def from_events(
        cls,
        customer: Any,
        grade: Any,
        assigned_on: Any,
        *,
        labels: Sequence[str] | GradeLadder,
        withdrawn_on: Any = None,
        known_on: Any = None,
        default_label: str | None = None,
        no_grade: str = "NR",
    ) -> Self:
        """Make a history of assignments, each of which ends the one before.

        Parameters
        ----------
        customer, grade : Series or array-like of shape (n_events,)
            Who, and which grade; the word `no_grade` withdraws the one before.
        assigned_on : Series or array-like of dates, shape (n_events,)
            First day of the grade.
        labels : sequence of str or GradeScale
            Grades, the safest first, or a scale that has them.
        withdrawn_on : Series or array-like of dates, shape (n_events,), optional
            Day from which there is no grade any more; missing where it was not withdrawn before
            the next assignment.
        known_on : Series or array-like of dates, shape (n_events,), optional
            Day from which the assignment is known.
        default_label : str, optional
            Grade of customers in default; without it, that of the scale, else "D".
        no_grade : str, default="NR"
            Word for having no grade.

        Returns
        -------
        RatingHistory

        Raises
        ------
        InvalidDataError
            As in :meth:`from_frame`; also two grades of a customer on one day, a withdrawal
            after the next assignment, and Series of one index in different orders.

        Examples
        --------
        >>> import pandas as pd
        >>> from creditscore.grade import RatingHistory
        >>> days = pd.to_datetime(["2023-01-01", "2024-03-01"])
        >>> RatingHistory.from_events(["X", "X"], ["A", "B"], days, labels=("A", "B")).to_frame()
          customer grade valid_from   valid_to
        0        X     A 2023-01-01 2024-03-01
        1        X     B 2024-03-01        NaT
        """
        names, default = _names(labels, default_label, no_grade, "RatingHistory.from_events")
        columns = {"customer": customer, "grade": grade, "assigned_on": assigned_on}
        table = columns_table(**columns, withdrawn_on=withdrawn_on, known_on=known_on)
        found = read_events(table, names, no_grade)
        return cls._made(found, names, default, no_grade, "allow")

    def to_frame(self) -> pd.DataFrame:
        """Return the table that :meth:`from_frame` reads, in the order of customers and days.

        Returns
        -------
        DataFrame
            customer, grade, valid_from, valid_to (NaT while valid), and known_on if it is known.
        """
        rows = self.rows
        columns: dict[str, Any] = {
            "customer": self._who(rows.customer),
            "grade": self._words(rows.grade),
            "valid_from": times_of(rows.start),
            "valid_to": times_of(rows.stop),
        }
        if rows.known is not None:
            columns["known_on"] = times_of(rows.known)
        return pd.DataFrame(columns)

    def at_most_known(self, day: Any) -> Self:
        """Return the history as it was known on a day, for a model that must not see the future.

        Parameters
        ----------
        day : str, date or Timestamp
            The day; rows with a later `known_on` are left out.

        Returns
        -------
        RatingHistory
            An end that came about by a later row, or a withdrawal after `day`, was not known
            either: such validities are open, or end where the next known one begins.

        Raises
        ------
        InvalidDataError
            Nobody told since when the rows are known, or none of them is by then.

        Examples
        --------
        >>> import pandas as pd
        >>> from creditscore.grade import RatingHistory
        >>> history = RatingHistory.from_events(
        ...     ["X", "X"], ["A", "B"], pd.to_datetime(["2023-01-01", "2024-01-01"]),
        ...     labels=("A", "B"), known_on=pd.to_datetime(["2023-01-10", "2024-02-01"]),
        ... )
        >>> history.at_most_known("2024-01-15").as_of("2024-01-15").tolist()
        ['A']
        """
        on = check_day(day, "day", "RatingHistory.at_most_known")
        return self._with(known_by(self.rows, self.customers, on))

    def record(self, customer: Level, grade: str, valid_from: Any, *, known_on: Any = None) -> Self:
        """Return a new history with one more grade; the validity before it ends where it begins.

        Parameters
        ----------
        customer : str or int
            A customer of the history, or a new one.
        grade : str
            One of `labels`, or `no_grade` to withdraw the grade.
        valid_from : str, date or Timestamp
            First day, after that of the customer's last grade: the past is not rewritten.
        known_on : str, date or Timestamp, optional
            Since when it is known, where the history has that; `valid_from` without it.

        Returns
        -------
        RatingHistory

        Raises
        ------
        InvalidParameterError
            An unknown grade, a day that is not after the last one, no name of a customer or one
            that the history knows as a number instead of text, or `known_on` for a history that
            does not tell it.

        Examples
        --------
        >>> import pandas as pd
        >>> from creditscore.grade import RatingHistory
        >>> history = RatingHistory.from_events(
        ...     ["X"], ["A"], pd.to_datetime(["2023-01-01"]), labels=("A", "B")
        ... )
        >>> history.record("X", "B", "2024-01-01").to_frame()[["grade", "valid_to"]]
          grade   valid_to
        0     A 2024-01-01
        1     B        NaT
        """
        owner = "RatingHistory.record"
        if grade != self.no_grade and grade not in self.labels:
            raise unknown_name(grade, (*self.labels, self.no_grade), "grade", "the history")
        if known_on is not None and self.rows.known is None:
            msg = (
                "The 'known_on' parameter of RatingHistory.record is for histories that tell "
                f"since when their rows are known, and this one does not. Got {known_on!r}."
            )
            raise InvalidParameterError(msg)
        code = NONE if grade == self.no_grade else self.labels.index(grade)
        start = check_day(valid_from, "valid_from", owner)
        known = None if known_on is None else check_day(known_on, "known_on", owner)
        found = ReadRows(self.rows, self.customers)
        return self._with(with_row(found, customer, code, start, known))

    @classmethod
    def _made(
        cls, found: ReadRows, labels: tuple[str, ...], default_label: str, no_grade: str, gaps: Gaps
    ) -> Self:
        if gaps == "refuse":
            check_gaps(*found)
        return cls(
            labels=labels,
            default_label=default_label,
            no_grade=no_grade,
            customers=found.customers,
            rows=found.rows,
        )

    def _with(self, found: ReadRows) -> Self:
        return replace(self, rows=found.rows, customers=found.customers)

    def _words(self, codes: Int1D) -> Any:
        return words_of(codes, self.labels, self.no_grade)

    def _who(self, codes: Int1D) -> Any:
        return names_of(codes, self.customers)

    def __repr__(self) -> str:
        """Say in one line how much there is."""
        rows = self.rows
        first, last = first_days(rows)
        gap = rows.followed & ~rows.joined & (rows.grade != NONE)
        gaps = f", {counted(int(gap.sum()), 'gap')} without a grade" if gap.any() else ""
        return (
            f"<RatingHistory: {counted(len(self.customers), 'customer')}, "
            f"{counted(len(rows.customer), 'row')}, {first} to {last}{gaps}>"
        )

    def _repr_html_(self) -> str:
        """Show the first rows."""
        shown = self.rows.taken(slice(0, _SHOWN_ROWS))
        frame = replace(self, rows=shown).to_frame()
        of_all = "" if len(shown.customer) == len(self.rows.customer) else "; the first rows"
        days = dict.fromkeys(frame.columns[2:], "{:%Y-%m-%d}")
        return html_table(frame, caption=repr(self).strip("<>") + of_all, formats=days)


def times_of(days: Days) -> Any:
    """Return days as the times of pandas, by the second: nanoseconds end in 2262."""
    return days.astype("datetime64[s]")


def _names(
    labels: Any, default_label: Any, no_grade: Any, owner: str
) -> tuple[tuple[str, ...], str]:
    """Read the grades, and check that the word for none is not one of them."""
    names, default = read_ladder(labels, default_label, owner)
    if not isinstance(no_grade, str) or not no_grade or no_grade in names:
        msg = (
            f"The 'no_grade' parameter of {owner} must be a text that is no grade. Got "
            f"{no_grade!r}, and the grades {', '.join(names)}."
        )
        raise InvalidParameterError(msg)
    return names, default
