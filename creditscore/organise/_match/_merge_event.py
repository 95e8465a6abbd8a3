"""One merge of customers, or what takes it back, and what many of them lead to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.organise._match._event import check_text, instant_text


@dataclass(frozen=True, kw_only=True)
class MergeEvent:
    """One customer was merged into another, or taken out again.

    Parameters
    ----------
    customer : str
        Who was merged, or taken out.
    into : str or None
        Into whom; None where it was taken out.
    at : str or datetime
        Instant; one without a zone is of UTC. Kept as text.
    by : str
        Who did it.
    reason : str
        Why.

    Raises
    ------
    InvalidParameterError
        A text is empty, the instant is none, or a customer goes into itself.

    Examples
    --------
    >>> from creditscore.organise import MergeEvent
    >>> MergeEvent(customer="D1", into="C7", at="2024-06-30T12:00+08:00", by="ana", reason="same")
    MergeEvent(D1 into C7 by ana, 2024-06-30T04:00:00.000000Z)
    """

    customer: str
    into: str | None
    at: Any
    by: str
    reason: str

    def __post_init__(self) -> None:
        """Check each entry."""
        owner = "MergeEvent"
        for name in ("customer", "by", "reason"):
            check_text(getattr(self, name), name, owner)
        if self.into is not None:
            check_text(self.into, "into", owner)
        if self.into == self.customer:
            msg = f"Customer {self.customer!r} cannot be merged into itself."
            raise InvalidParameterError(msg)
        object.__setattr__(self, "at", instant_text(self.at, "at", owner))

    def __repr__(self) -> str:
        """Say in one line what was done."""
        done = "taken out" if self.into is None else f"into {self.into}"
        return f"MergeEvent({self.customer} {done} by {self.by}, {self.at})"


@dataclass
class MergeState:
    """Who is who after events, and who was taken apart by one of them."""

    into: dict[str, str] = field(default_factory=dict)
    """Whom each merged customer went into."""
    parted: dict[str, dict[str, str]] = field(default_factory=dict)
    """By customer, from whom it was taken, in either direction, and when."""

    @classmethod
    def of(cls, events: Iterable[MergeEvent], until: str | None = None) -> Self:
        """Return what events lead to, all or those up to an instant."""
        state = cls()
        for event in events:
            if until is None or event.at <= until:
                state.add(event)
        return state

    def root(self, customer: str) -> str:
        """Return who a customer is."""
        while customer in self.into:
            customer = self.into[customer]
        return customer

    def were_parted(self, one: str, other: str, since: str = "") -> bool:
        """Tell whether anybody of the one root was taken from anybody of the other, from when on.

        What was made one again later does not count, for it has one root.
        """
        return any(
            {self.root(name), self.root(from_whom)} == {one, other}
            for name, taken in self.parted.items()
            for from_whom, at in taken.items()
            if at >= since
        )

    def add(self, event: MergeEvent) -> None:
        """Take one event more.

        Raises
        ------
        InvalidDataError
            It cannot follow the others.
        """
        into = self.into
        if event.into is None:
            if event.customer not in into:
                msg = f"{event.customer!r} is merged into nobody, so it cannot be taken out."
                raise InvalidDataError(msg)
            from_whom = into.pop(event.customer)
            self.parted.setdefault(event.customer, {})[from_whom] = event.at
            return
        if event.customer in into:
            msg = (
                f"{event.customer!r} is merged into {into[event.customer]!r} already. Take it out "
                "first, or merge that one."
            )
            raise InvalidDataError(msg)
        if self.root(event.into) == event.customer:
            msg = (
                f"{event.customer!r} cannot be merged into {event.into!r}, which is merged into "
                f"{event.customer!r} itself."
            )
            raise InvalidDataError(msg)
        into[event.customer] = event.into
