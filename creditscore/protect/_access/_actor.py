"""Who acts, in which roles and for what."""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass, replace
from typing import Any, Self

from creditscore.exceptions import InvalidParameterError
from creditscore.protect._fields import instant_text, same_person, set_instant, set_text, set_texts

_JOINERS = "\u200c\u200d"
"""Not seen, and still part of names in some writings."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Actor:
    """A person or a program that acts, with its roles and the purpose of the moment.

    Parameters
    ----------
    name : str
        Who it is; spellings that differ in case, blanks, width of letters or characters that are
        not seen are one person.
    roles : tuple of str, default=()
        Roles that it has; without any, it may do nothing.
    purpose : str, default=""
        What it does it for, in the words of the policy: ``"credit decision"``.
    until : str, date or datetime, optional
        Instant from which its roles count no more; a time without a zone is one of UTC.

    Raises
    ------
    InvalidParameterError
        A name without a letter that is seen, or with control characters; roles that are no texts.

    Notes
    -----
    Letters of two writings that look alike, as Latin and Cyrillic a do, are two, and so are names
    with them: give names from a directory of the firm, and not as people type them.

    The library believes what an actor says: who a person is, and which roles it has, is for the
    program around it to know, such as a directory of the firm or the log-in of a database.

    Examples
    --------
    >>> from creditscore.protect import Actor
    >>> ana = Actor(name="ana", roles=("analyst",), purpose="credit decision")
    >>> ana
    Actor(ana as analyst, for credit decision)
    >>> ana.for_purpose("collection")
    Actor(ana as analyst, for collection)
    """

    name: str
    roles: tuple[str, ...] = ()
    purpose: str = ""
    until: Any = None

    def __post_init__(self) -> None:
        """Check the name, the roles and the purpose."""
        set_text(self, "name")
        if not same_person(self.name) or any(
            unicodedata.category(letter) in ("Cc", "Cf") and letter not in _JOINERS
            for letter in self.name
        ):
            msg = (
                "The 'name' parameter of Actor must be letters that are seen, without control "
                f"characters. Got {self.name!r} instead."
            )
            raise InvalidParameterError(msg)
        set_text(self, "purpose", empty=True)
        set_texts(self, "roles")
        set_instant(self, "until")

    def for_purpose(self, purpose: str) -> Self:
        """Return the same actor with another purpose."""
        return replace(self, purpose=purpose)

    def is_person(self, name: str) -> bool:
        """Tell whether a name is the actor's, however it is spelt."""
        return same_person(self.name) == same_person(name)

    def has_roles_at(self, at: dt.datetime) -> bool:
        """Tell whether its roles still count at an instant."""
        return self.until is None or at < self.until

    def __repr__(self) -> str:
        """Say in one line who acts."""
        roles = f" as {', '.join(self.roles)}" if self.roles else " without a role"
        purpose = f", for {self.purpose}" if self.purpose else ""
        until = f", until {instant_text(self.until)}" if self.until is not None else ""
        return f"Actor({self.name}{roles}{purpose}{until})"
