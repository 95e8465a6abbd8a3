"""One override: a person gave a customer another grade than the model did."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from creditscore._columns import is_level
from creditscore._days import check_day
from creditscore._frame import missing_message, read_named
from creditscore._typing import Level, NativeFrame
from creditscore.exceptions import InvalidDataError, InvalidParameterError, MissingColumnError

_TEXTS = ("grade_before", "grade_after", "reason", "text", "author")
_DAYS = ("decided_on", "expires_on")


@dataclass(frozen=True, kw_only=True, repr=False)
class GradeOverride:
    """A decision of a person to give a customer another grade.

    Parameters
    ----------
    customer : str or int
        Whose grade, named as the grades name their customers.
    grade_before : str
        Grade that the model gave when this was decided.
    grade_after : str
        Grade that the person gives.
    reason : str
        Code of the reason, one of those of the policy.
    text : str
        Why, in the author's words.
    author : str
        Who proposes it.
    decided_on : str or date
        First day of the override; kept as text YYYY-MM-DD.
    approved_by : str, default=""
        Who approved it; empty where nobody did.
    expires_on : str or date, optional
        Day from which it holds no more; the policy may end it sooner.

    Raises
    ------
    InvalidParameterError
        No customer, an empty text, something that is no day, or an expiry that is not after the
        decision.

    See Also
    --------
    OverridePolicy : Says which overrides count.

    Examples
    --------
    >>> from creditscore.grade import GradeOverride
    >>> GradeOverride(
    ...     customer="X", grade_before="BB", grade_after="BBB", reason="guarantee",
    ...     text="A bank guarantee covers all that is owed until June.", author="Li",
    ...     approved_by="Wang", decided_on="2025-01-15",
    ... )
    <GradeOverride: X from BB to BBB by Li, 2025-01-15 (guarantee)>
    """

    customer: Level
    grade_before: str
    grade_after: str
    reason: str
    text: str
    author: str
    decided_on: Any
    approved_by: str = ""
    expires_on: Any = None

    def __post_init__(self) -> None:
        """Check that texts are some, and days are days."""
        owner = type(self).__name__
        customer: Any = self.customer
        if isinstance(customer, np.generic):
            customer = customer.item()
            object.__setattr__(self, "customer", customer)
        if not is_level(customer) or not str(customer).strip():
            msg = (
                f"The 'customer' parameter of {owner} must be a text or a number. Got "
                f"{customer!r} instead."
            )
            raise InvalidParameterError(msg)
        for name in (*_TEXTS, "approved_by"):
            text: Any = getattr(self, name)
            # what a reason says is judged by the policy, so it may be empty here
            empty_allowed = name in ("text", "approved_by")
            if not isinstance(text, str) or not (text.strip() or empty_allowed):
                msg = f"The {name!r} parameter of {owner} must be a text. Got {text!r} instead."
                raise InvalidParameterError(msg)
        for name in _DAYS:
            day = getattr(self, name)
            if name == "decided_on" or day is not None:
                object.__setattr__(self, name, str(check_day(day, name, owner)))
        if self.expires_on is not None and self.expires_on <= self.decided_on:
            msg = (
                f"The 'expires_on' parameter of {owner} must be after 'decided_on', which is "
                f"{self.decided_on}. Got {self.expires_on} instead."
            )
            raise InvalidParameterError(msg)

    def __repr__(self) -> str:
        """Say in one line what was decided, by whom and when."""
        return (
            f"<GradeOverride: {self.customer} from {self.grade_before} to {self.grade_after} by "
            f"{self.author}, {self.decided_on} ({self.reason})>"
        )


def read_overrides(table: NativeFrame) -> tuple[GradeOverride, ...]:
    """Read overrides of a table, a row each.

    Parameters
    ----------
    table : table of shape (n_overrides, n_columns)
        Columns named as the parameters of :class:`GradeOverride`, days as dates; approved_by and
        expires_on may be left out, and hold missing values. A table without rows is one of no
        overrides.

    Returns
    -------
    tuple of GradeOverride
        In the order of the rows.

    Raises
    ------
    MissingColumnError
        A column is not there.
    InvalidDataError
        A row is no override; the message says which and why.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.grade import read_overrides
    >>> table = pd.DataFrame({
    ...     "customer": ["X"], "grade_before": ["BB"], "grade_after": ["B"], "reason": ["news"],
    ...     "text": ["The largest customer of X has gone."], "author": ["Li"],
    ...     "decided_on": pd.to_datetime(["2025-01-15"]),
    ... })
    >>> read_overrides(table)
    (<GradeOverride: X from BB to B by Li, 2025-01-15 (news)>,)
    """
    needed = ["customer", *_TEXTS, "decided_on"]
    if nw.dependencies.is_into_dataframe(table) and not len(table):
        names = nw.from_native(table, eager_only=True).columns
        missing = [name for name in needed if name not in names]
        if missing:
            raise MissingColumnError(missing_message(missing, names))
        return ()
    read = read_named(table, needed, reader="read_overrides")
    columns: dict[str, list[Any]] = {}
    for field in fields(GradeOverride):
        name = field.name
        if name not in read.names:
            continue
        if name in _DAYS:
            days = read.days(name)
            columns[name] = [None if np.isnat(day) else day for day in days]
            continue
        codes, levels = read.levels(name)
        none = "" if name in ("approved_by", "text") else None
        columns[name] = [(*levels, none)[code] for code in codes.tolist()]
    return tuple(
        _read_row(row, dict(zip(columns, values, strict=True)))
        for row, values in enumerate(zip(*columns.values(), strict=True))
    )


def _read_row(row: int, values: dict[str, Any]) -> GradeOverride:
    if values["customer"] is None:
        msg = f"Row {row} of the overrides names no customer."
        raise InvalidDataError(msg)
    try:
        return GradeOverride(**values)
    except InvalidParameterError as error:
        msg = f"Row {row} of the overrides, of customer {values['customer']!r}: {error}"
        raise InvalidDataError(msg) from error


def overrides_frame(overrides: tuple[GradeOverride, ...]) -> pd.DataFrame:
    """Return a row an override, with its parameters as columns and days as dates."""
    names = [field.name for field in fields(GradeOverride)]
    frame = pd.DataFrame(
        [[getattr(override, name) for name in names] for override in overrides], columns=names
    )
    for name in _DAYS:
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[s]")
    return frame
