"""What was done to the points of a card after it was made: who changed what, when and why."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

import pandas as pd

from creditscore._checks import check_kind, set_number
from creditscore._validation import check_choice
from creditscore.exceptions import InvalidParameterError

if TYPE_CHECKING:
    from creditscore.scorecard._scorecard import Scorecard

_ACTIONS = ("with_points", "rounded", "rescaled", "laid_out")
_COLUMNS = {
    "action": "str",
    "characteristic": "str",
    "attribute": "str",
    "before": "float64",
    "after": "float64",
    "by": "str",
    "reason": "str",
    "at": "str",
    "detail": "str",
}


@dataclass(frozen=True, kw_only=True)
class PointsChange:
    """Points of one attribute before and after an override.

    Attributes
    ----------
    characteristic, attribute : str
        Column, and label of the attribute in the points table.
    before, after : float
        Points, as the card had them at that time.
    slope_before : float, default=0
        Points for each unit, where the attribute was a linear piece; it is constant after.

    Examples
    --------
    >>> from creditscore.scorecard import PointsChange
    >>> print(PointsChange(characteristic="age", attribute="< 26", before=31.2, after=35))
    age '< 26': 31.2 to 35 points
    """

    characteristic: str
    attribute: str
    before: float
    after: float
    slope_before: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what is no text and no number."""
        for name in ("characteristic", "attribute"):
            check_kind(getattr(self, name), name, type(self).__name__, str)
        for name in ("before", "after", "slope_before"):
            set_number(self, name)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values; the slope only where there was one."""
        content = {
            "characteristic": self.characteristic,
            "attribute": self.attribute,
            "before": self.before,
            "after": self.after,
        }
        return content | {"slope_before": self.slope_before} if self.slope_before else content

    def __str__(self) -> str:
        return f"{self.characteristic} {self.attribute!r}: {self.before:g} to {self.after:g} points"


@dataclass(frozen=True, kw_only=True)
class PointsEdit:
    """One thing that was done to the points of a card.

    Attributes
    ----------
    action : {"with_points", "rounded", "rescaled", "laid_out"}
        Points set by hand; rounded; put on another scale or range; or moved between the
        characteristics and the base points. The last two stand in a history that has begun only:
        they leave probabilities as they are, but earlier entries then speak of other points.
    detail : str
        What was done, in words.
    by, reason : str or None
        Who did it, and why; None of all but points set by hand, which is arithmetic.
    at : str or None
        When, in UTC (ISO 8601).
    changes : tuple of PointsChange
        Points set by hand, one by one; none of anything else.

    Examples
    --------
    >>> from creditscore.scorecard import PointsChange, PointsEdit
    >>> change = PointsChange(characteristic="age", attribute="< 26", before=31.2, after=35)
    >>> print(PointsEdit(
    ...     action="with_points", detail="1 attribute", by="A. Analyst", reason="fairness review",
    ...     at="2026-01-31T12:00:00+00:00", changes=(change,),
    ... ))
    with_points age '< 26': 31.2 to 35 points; fairness review (A. Analyst, \
2026-01-31T12:00:00+00:00)
    """

    action: str
    detail: str
    by: str | None = None
    reason: str | None = None
    at: str | None = None
    changes: tuple[PointsChange, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an override without an author, a reason, a time or any change."""
        owner = type(self).__name__
        check_choice(self.action, "action", owner, _ACTIONS)
        check_kind(self.detail, "detail", owner, str)
        object.__setattr__(self, "changes", tuple(self.changes))
        for change in self.changes:
            check_kind(change, "changes", owner, PointsChange)
        if self.action != "with_points":
            return
        for name in ("by", "reason", "at"):
            check_text(getattr(self, name), name)
        if not self.changes:
            msg = "An override needs the points of one attribute or more. Got none."
            raise InvalidParameterError(msg)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that :meth:`from_dict` reads back."""
        content: dict[str, Any] = {"action": self.action, "detail": self.detail}
        for name in ("by", "reason", "at"):
            if getattr(self, name) is not None:
                content[name] = getattr(self, name)
        if self.changes:
            content["changes"] = [change.to_dict() for change in self.changes]
        return content

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """Read back what :meth:`to_dict` wrote."""
        changes = tuple(PointsChange(**change) for change in content.get("changes", ()))
        return cls(**{**content, "changes": changes})

    def __str__(self) -> str:
        what = ", ".join(map(str, self.changes)) or self.detail
        said = f"{self.action} {what}"
        return said if self.by is None else f"{said}; {self.reason} ({self.by}, {self.at})"


def followed(before: Scorecard, after: Scorecard, action: str, detail: str) -> Scorecard:
    """Return a card on another scale or layout, with an entry where the history has begun."""
    if not before.history or after == before:
        return after
    edit = PointsEdit(action=action, detail=detail)
    return replace(after, history=(*before.history, edit))


def history_table(history: Sequence[PointsEdit]) -> pd.DataFrame:
    """Return a row a change of points by hand, and one for each other entry."""
    nothing = {"characteristic": None, "attribute": None, "before": math.nan, "after": math.nan}
    rows = []
    for edit in history:
        said = {name: getattr(edit, name) for name in ("action", "by", "reason", "at", "detail")}
        changes = [
            {name: getattr(change, name) for name in nothing} for change in edit.changes
        ] or [nothing]
        rows += [{**said, **change} for change in changes]
    columns = {
        name: pd.Series([row[name] for row in rows], dtype=dtype)
        for name, dtype in _COLUMNS.items()
    }
    return pd.DataFrame(columns)


def check_text(value: Any, name: str) -> None:
    """Refuse an override without a name, a reason or a time."""
    if not isinstance(value, str) or not value.strip():
        what = {"by": "who sets the points", "reason": "why they are set", "at": "when"}[name]
        msg = f"The {name!r} of points set by hand must be a text that says {what}. Got {value!r}."
        raise InvalidParameterError(msg)


def time_of(when: datetime | str | None) -> str:
    """Return a time in UTC, to the second; now where there is none."""
    msg = (
        "The 'when' of points set by hand must be a time with its zone, such as "
        f"'2026-01-31T12:00:00+00:00'. Got {when!r} instead."
    )
    moment = datetime.now(UTC) if when is None else when
    if isinstance(moment, str):
        try:
            moment = datetime.fromisoformat(moment)
        except ValueError as error:
            raise InvalidParameterError(msg) from error
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise InvalidParameterError(msg)
    try:
        return moment.astimezone(UTC).isoformat(timespec="seconds")
    except OverflowError as error:
        raise InvalidParameterError(msg) from error
