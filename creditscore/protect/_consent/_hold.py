"""Holds: what may not be erased, whatever else is due, since a dispute or an inquiry needs it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

from creditscore._days import check_day
from creditscore._typing import Level
from creditscore.exceptions import InvalidParameterError
from creditscore.protect._consent._purpose import set_subject
from creditscore.protect._fields import set_text


@dataclass(frozen=True, kw_only=True, repr=False)
class LegalHold:
    """That nothing of a customer is erased for some time.

    Parameters
    ----------
    subject : str or int
        The customer.
    reason : str
        The claim, the inquiry or the order that needs the data.
    placed_by : str
        Who placed it.
    starts_on : str or date
        First day; kept as text YYYY-MM-DD.
    ends_on : str or date, optional
        Day from which it holds no more; without, it holds until it is released.

    Raises
    ------
    InvalidParameterError
        No customer, an empty text, no day, or an end that is not after the start.

    Examples
    --------
    >>> from creditscore.protect import LegalHold
    >>> hold = LegalHold(subject="X", reason="claim 4711", placed_by="wei", starts_on="2025-01-31")
    >>> hold.holds_on("2030-01-01"), hold.released("2025-06-30").holds_on("2025-06-30")
    (True, False)
    """

    subject: Level
    reason: str
    placed_by: str
    starts_on: Any
    ends_on: Any = None

    def __post_init__(self) -> None:
        """Check who, why and when."""
        set_subject(self)
        set_text(self, "reason", "placed_by")
        for name in ("starts_on", "ends_on"):
            day = getattr(self, name)
            if name == "starts_on" or day is not None:
                object.__setattr__(self, name, str(check_day(day, name, "LegalHold")))
        if self.ends_on is not None and self.ends_on <= self.starts_on:
            msg = (
                f"The 'ends_on' parameter of LegalHold must be after 'starts_on', which is "
                f"{self.starts_on}. Got {self.ends_on} instead."
            )
            raise InvalidParameterError(msg)

    def holds_on(self, day: Any) -> bool:
        """Tell whether it holds on a day.

        Parameters
        ----------
        day : str or date
            Which.
        """
        asked = str(check_day(day, "day", "LegalHold.holds_on"))
        return bool(self.starts_on <= asked) and (self.ends_on is None or asked < self.ends_on)

    def released(self, on: Any) -> Self:
        """Return it with an end.

        Parameters
        ----------
        on : str or date
            Day from which it holds no more.
        """
        return replace(self, ends_on=on)

    def __repr__(self) -> str:
        """Say in one line why and since when; the customer is not named."""
        end = "" if self.ends_on is None else f" until {self.ends_on}"
        return f"<LegalHold: {self.reason}, from {self.starts_on}{end}>"
