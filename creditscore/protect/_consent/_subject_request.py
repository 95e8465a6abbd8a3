"""What customers ask for about their own data, by when it must be answered, and what is overdue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._days import check_day, months_later
from creditscore._typing import Level
from creditscore._validation import check_choice, check_integer
from creditscore.exceptions import InvalidParameterError
from creditscore.protect._consent._purpose import set_subject
from creditscore.protect._fields import set_text

SubjectRequestKind: TypeAlias = Literal[
    "access", "correction", "erasure", "objection", "portability"
]
REQUEST_KINDS: tuple[str, ...] = get_args(SubjectRequestKind)
_LAWS = ("GDPR", "PIPL")
_DAYS = ("received_on", "extended_on", "answered_on")


@dataclass(frozen=True, kw_only=True, repr=False)
class SubjectRequest:
    """What a customer asked for about the own data, and when it was answered.

    Parameters
    ----------
    subject : str or int
        The customer.
    kind : {"access", "correction", "erasure", "objection", "portability"}
        What is asked for.
    received_on : str or date
        Day on which it came; kept as text YYYY-MM-DD, as all days are.
    law : {"GDPR", "PIPL"}, default="GDPR"
        By which law.
    answered_on : str or date, optional
        Day on which it was answered; without, it is open.
    extended_on : str or date, optional
        Day on which the customer was told, with the reasons, that it takes two months more;
        by GDPR only, and within the first month.
    promptly_days : int, default=15
        What the firm takes "promptly" to mean, where PIPL applies: that law has no number of days.
    outcome : str, default=""
        What was answered; no values of the customer.

    Raises
    ------
    InvalidParameterError
        An unknown kind or law, an answer before the request, an extension that came too late or
        that the law does not know.

    Notes
    -----
    GDPR Art. 12(3): without undue delay, and within one month of receipt; two further months
    where the number and the complexity of requests need them. PIPL Art. 45 and 46: promptly. A
    month ends on the day of the same number, or on the last of a shorter month; weekends and
    holidays, which can move the end of a time, are not looked at.

    Examples
    --------
    >>> from creditscore.protect import SubjectRequest
    >>> request = SubjectRequest(subject="X", kind="access", received_on="2025-01-31")
    >>> request.due_on
    '2025-02-28'
    """

    subject: Level
    kind: SubjectRequestKind
    received_on: Any
    law: Literal["GDPR", "PIPL"] = "GDPR"
    answered_on: Any = None
    extended_on: Any = None
    promptly_days: int = 15
    outcome: str = ""

    def __post_init__(self) -> None:
        """Check words and days."""
        owner = "SubjectRequest"
        set_subject(self)
        set_text(self, "outcome", empty=True)
        check_choice(self.kind, "kind", owner, REQUEST_KINDS)
        check_choice(self.law, "law", owner, _LAWS)
        check_integer(self.promptly_days, "promptly_days", owner, low=1)
        for name in _DAYS:
            value = getattr(self, name)
            if name == "received_on" or value is not None:
                object.__setattr__(self, name, str(check_day(value, name, owner)))
        for name in _DAYS[1:]:
            if getattr(self, name) is not None and getattr(self, name) < self.received_on:
                msg = f"The {name!r} parameter of {owner} must not be before 'received_on'."
                raise InvalidParameterError(msg)
        if self.extended_on is None:
            return
        if self.law != "GDPR" or self.extended_on > self._months(1):
            msg = (
                f"The 'extended_on' parameter of {owner} must be a day within the first month of a "
                f"request by GDPR, which alone knows of it. Got {self.extended_on}, by {self.law}."
            )
            raise InvalidParameterError(msg)

    @property
    def due_on(self) -> str:
        """Last day on which it can be answered in time, by all that is known of it."""
        return self._due_on(extended=self.extended_on is not None)

    def due_as_of(self, day: Any) -> str:
        """Return the last day on which it could be answered in time as it stood on a day.

        Parameters
        ----------
        day : str or date
            Which; an extension counts from the day on which the customer was told.
        """
        asked = str(check_day(day, "day", "SubjectRequest.due_as_of"))
        return self._due_on(extended=self.extended_on is not None and self.extended_on <= asked)

    def _due_on(self, *, extended: bool) -> str:
        if self.law == "GDPR":
            return self._months(3 if extended else 1)
        received = np.datetime64(self.received_on, "D")
        return str(received + np.timedelta64(self.promptly_days, "D"))

    def state_on(self, day: Any) -> str:
        """Tell what became of it by a day.

        Parameters
        ----------
        day : str or date
            Which.

        Returns
        -------
        str
            ``"open"``, ``"overdue"``, ``"answered"`` or ``"answered late"``.
        """
        asked = str(check_day(day, "day", "SubjectRequest.state_on"))
        due_on = self.due_as_of(asked)
        if self.answered_on is not None and self.answered_on <= asked:
            return "answered" if self.answered_on <= due_on else "answered late"
        return "open" if asked <= due_on else "overdue"

    def _months(self, months: int) -> str:
        return str(months_later(np.datetime64(self.received_on, "D"), months))

    def __repr__(self) -> str:
        """Say in one line what was asked for; the customer is not named."""
        end = (
            f"due on {self.due_on}" if self.answered_on is None else f"answered {self.answered_on}"
        )
        return f"<SubjectRequest: {self.kind} by {self.law}, {self.received_on}, {end}>"


def request_table(requests: Iterable[SubjectRequest], *, as_of: Any) -> pd.DataFrame:
    """List requests that had come by a day, and what became of each.

    Parameters
    ----------
    requests : iterable of SubjectRequest
        In any order.
    as_of : str or date
        The day.

    Returns
    -------
    DataFrame
        subject, kind, law, received_on, due_on, answered_on, state, days_left (to the last day;
        negative where it has passed, missing where it is answered); the first due comes first.

    Raises
    ------
    InvalidParameterError
        No day, or what is no request.

    Examples
    --------
    >>> from creditscore.protect import SubjectRequest, request_table
    >>> asked = SubjectRequest(subject="X", kind="access", received_on="2025-01-31")
    >>> request_table([asked], as_of="2025-03-02")[["kind", "due_on", "state", "days_left"]]
         kind     due_on    state  days_left
    0  access 2025-02-28  overdue         -2
    """
    day = check_day(as_of, "as_of", "request_table")
    rows = []
    for request in requests:
        check_kind(request, "requests", "request_table", SubjectRequest)
        if request.received_on > str(day):
            continue
        state = request.state_on(day)
        due_on = request.due_as_of(day)
        left = (np.datetime64(due_on, "D") - day).astype(int)
        answered = request.answered_on if state.startswith("answered") else None
        rows.append([request.subject, request.kind, request.law, request.received_on,
                     due_on, answered, state, pd.NA if answered else left])  # fmt: skip
    names = ["subject", "kind", "law", "received_on", "due_on", "answered_on", "state", "days_left"]
    frame = pd.DataFrame(rows, columns=names)
    for name in ("received_on", "due_on", "answered_on"):
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[s]")
    frame["days_left"] = frame["days_left"].astype("Int64")
    return frame.sort_values(["due_on", "received_on"], kind="stable", ignore_index=True)
