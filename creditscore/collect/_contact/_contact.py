"""One contact with a customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from creditscore._checks import check_kind, read_entries
from creditscore._validation import check_choice
from creditscore.collect._interview._instant import instant_and_day
from creditscore.exceptions import InvalidParameterError

ContactChannel: TypeAlias = Literal["telephone", "e-mail", "message", "letter", "visit", "meeting"]
ContactOutcome: TypeAlias = Literal[
    "reached", "promised to pay", "will call back", "refused", "no answer", "wrong address"
]

CONTACT_CHANNELS: tuple[str, ...] = get_args(ContactChannel)
CONTACT_OUTCOMES: tuple[str, ...] = get_args(ContactOutcome)
NOT_REACHED = ("no answer", "wrong address")
"""Outcomes after which nobody of the customer was spoken with."""


@dataclass(frozen=True, kw_only=True)
class Contact:
    """One contact with a customer, or an attempt.

    Parameters
    ----------
    contact : str
        What it is called; the evidence of confirmations names it.
    customer : str
        With whom.
    at : time
        When, such as ``"2024-05-06T09:30+08:00"``; a time without a zone is one of UTC. It is
        kept as text in UTC.
    by : str
        Who of the firm.
    channel : {"telephone", "e-mail", "message", "letter", "visit", "meeting"}
        How.
    direction : {"out", "in"}, default="out"
        Whether the firm or the customer began it.
    outcome : {"reached", "promised to pay", "will call back", "refused", "no answer", \
"wrong address"}, default="reached"
        What came of it. After the last two nobody was reached.
    confirmed : tuple of str, default=()
        Items whose values the customer said are still true.
    note : str, default=""
        What else there is to say.
    on : day, default=""
        The day on which it was; without, that of `at` in the zone that was given with it.

    Raises
    ------
    InvalidParameterError
        An entry that is empty or of another kind; something confirmed by nobody; a day
        that is nowhere that of `at`.

    Examples
    --------
    >>> from creditscore.collect import Contact
    >>> contact = Contact(
    ...     contact="J1", customer="C1", at="2024-05-06T07:30+08:00", by="S01",
    ...     channel="telephone", confirmed=("phone", "address"),
    ... )
    >>> contact.at, contact.on
    ('2024-05-05T23:30:00+00:00', '2024-05-06')
    """

    contact: str
    customer: str
    at: str
    by: str
    channel: ContactChannel
    direction: Literal["out", "in"] = "out"
    outcome: ContactOutcome = "reached"
    confirmed: tuple[str, ...] = ()
    note: str = ""
    on: str = ""

    def __post_init__(self) -> None:
        """Check each entry."""
        for name in ("contact", "customer", "by", "note"):
            check_kind(getattr(self, name), name, "Contact", str)
            if name != "note" and not getattr(self, name).strip():
                msg = f"The {name!r} parameter of Contact must not be empty."
                raise InvalidParameterError(msg)
        check_choice(self.channel, "channel", "Contact", CONTACT_CHANNELS)
        check_choice(self.direction, "direction", "Contact", ("out", "in"))
        check_choice(self.outcome, "outcome", "Contact", CONTACT_OUTCOMES)
        confirmed = tuple(dict.fromkeys(read_entries(self.confirmed, "confirmed", "Contact")))
        object.__setattr__(self, "confirmed", confirmed)
        at, on = instant_and_day(self.at, self.on, "Contact")
        object.__setattr__(self, "at", at)
        object.__setattr__(self, "on", on)
        if confirmed and not self.is_reached:
            msg = (
                f"Contact {self.contact!r} confirms {', '.join(confirmed)}, and its outcome is "
                f"{self.outcome!r}: nobody was there to confirm anything."
            )
            raise InvalidParameterError(msg)

    @property
    def is_reached(self) -> bool:
        """Whether somebody of the customer was spoken with."""
        return self.outcome not in NOT_REACHED
