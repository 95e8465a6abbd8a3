"""Merges of customers, and what takes them back, as a list of events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from creditscore._checks import read_entries
from creditscore._display import counted, html_table
from creditscore._document import JsonDocument
from creditscore._frame import read_named
from creditscore._typing import NativeFrame
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.organise._match._event import check_text, end_text, instant_text
from creditscore.organise._match._records import as_texts


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


@dataclass(frozen=True, kw_only=True, repr=False)
class MergeLog(JsonDocument):
    """All merges, in the order in which they were made; nothing is ever taken off the list.

    Parameters
    ----------
    events : tuple of MergeEvent, default=()
        Not earlier than the one before each.

    Raises
    ------
    InvalidDataError
        Events are out of order, a customer is merged that is merged already or goes round to
        itself, or one is taken out that is not merged.

    Notes
    -----
    A merge says that a customer is another one, no more: whoever was merged into it before stays
    so and follows it. To take it out drops that one saying, so that all is exactly as if it had
    never been, other merges being kept.

    Examples
    --------
    >>> from creditscore.organise import MergeLog
    >>> log = MergeLog().merge("B", "A", by="ana", reason="same number", at="2024-06-01T08:00Z")
    >>> log = log.merge("A", "C", by="ana", reason="same address", at="2024-06-02T08:00Z")
    >>> log.resolve(["A", "B", "D"]).tolist()
    ['C', 'C', 'D']
    >>> log = log.unmerge("A", by="li", reason="another firm", at="2024-06-03T08:00Z")
    >>> log.resolve(["A", "B"]).tolist(), log.resolve(["B"], at="2024-06-02").tolist()
    (['A', 'A'], ['C'])
    """

    events: tuple[MergeEvent, ...] = ()
    _format: ClassVar[str] = "creditscore.merge_log"

    def __post_init__(self) -> None:
        """Check that events can follow each other."""
        events = read_entries(self.events, "events", "MergeLog")
        object.__setattr__(self, "events", events)
        into: dict[str, str] = {}
        before = ""
        for event in events:
            if not isinstance(event, MergeEvent):
                msg = f"The events of MergeLog must be MergeEvents. Got {event!r}."
                raise InvalidParameterError(msg)
            if event.at < before:
                msg = f"{event} is earlier than the event before it, of {before}."
                raise InvalidDataError(msg)
            before = event.at
            _apply(event, into)

    def merge(self, customer: str, into: str, *, by: str, reason: str, at: Any) -> Self:
        """Return the log with one merge more.

        Raises
        ------
        InvalidDataError
            The customer is merged already, or what it goes into leads back to it.
        """
        event = MergeEvent(customer=customer, into=into, at=at, by=by, reason=reason)
        return replace(self, events=(*self.events, event))

    def merge_all(self, merges: NativeFrame, *, by: str, reason: str, at: Any) -> Self:
        """Return the log with the merges of a table: customer and into, as of a MatchResult.

        A table without rows merges nobody.

        Raises
        ------
        InvalidDataError
            As :meth:`merge`; then none is made.
        """
        if not len(merges):
            return self
        read = read_named(merges, ["customer", "into"], reader="MergeLog.merge_all")
        pairs = zip(as_texts(read, "customer"), as_texts(read, "into"), strict=True)
        new = (
            MergeEvent(customer=customer, into=into, at=at, by=by, reason=reason)
            for customer, into in pairs
        )
        return replace(self, events=(*self.events, *new))

    def unmerge(self, customer: str, *, by: str, reason: str, at: Any) -> Self:
        """Return the log with a customer taken out of the one it was merged into.

        Raises
        ------
        InvalidDataError
            It is not merged.
        """
        event = MergeEvent(customer=customer, into=None, at=at, by=by, reason=reason)
        return replace(self, events=(*self.events, event))

    def resolve(self, customers: Iterable[str], at: Any = None) -> pd.Series:
        """Return by customer who it is.

        Parameters
        ----------
        customers : iterable of str
            Names; customers of which the log says nothing are themselves.
        at : str or date, optional
            What counted at this instant, or at the end of this day in UTC; without, all.

        Returns
        -------
        Series
            Its index are the customers.
        """
        into = self._into(at)
        names = list(customers)
        index = pd.Index(names, name="customer", dtype=object)
        values = np.array([_root(name, into) for name in names], dtype=object)
        return pd.Series(values, index=index, name="into", dtype=object)

    def frame(self) -> pd.DataFrame:
        """Return a row an event: customer, into (None where taken out), at, by, reason."""
        names = [field.name for field in fields(MergeEvent)]
        return pd.DataFrame([asdict(event) for event in self.events], columns=names, dtype=object)

    def write_to(self, store: Any, *, start: int = 0) -> int:
        """Write events to a store of customers, in their order.

        Parameters
        ----------
        store : CustomerStore
            Or anything with ``link(customer, into, reason=…)`` and ``unlink(customer, reason=…)``.
            It notes its own time and actor, so ours go into the reason.
        start : int, default=0
            Place of the first event to write: as many as were written before.

        Returns
        -------
        int
            How many were written.
        """
        new = self.events[start:]
        for event in new:
            reason = f"{event.reason} (by {event.by}, {event.at})"
            if event.into is None:
                store.unlink(event.customer, reason=reason)
            else:
                store.link(event.customer, event.into, reason=reason)
        return len(new)

    def _into(self, at: Any) -> dict[str, str]:
        until = None if at is None else end_text(at, "at", "MergeLog.resolve")
        into: dict[str, str] = {}
        for event in self.events:
            if until is None or event.at <= until:
                _apply(event, into)
        return into

    def _content(self) -> dict[str, Any]:
        return {"events": [asdict(event) for event in self.events]}

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls(events=tuple(MergeEvent(**event) for event in content["events"]))

    def __repr__(self) -> str:
        """Say in one line how many are merged."""
        merged = len(self._into(None))
        return f"MergeLog({counted(len(self.events), 'event')}, {merged:,} merged)"

    def _repr_html_(self) -> str:
        """Show the last events."""
        return html_table(self.frame().tail(15), caption=repr(self), formats={})


def _apply(event: MergeEvent, into: dict[str, str]) -> None:
    if event.into is None:
        if event.customer not in into:
            msg = f"{event.customer!r} is merged into nobody, so it cannot be taken out."
            raise InvalidDataError(msg)
        del into[event.customer]
        return
    if event.customer in into:
        msg = (
            f"{event.customer!r} is merged into {into[event.customer]!r} already. Take it out "
            "first, or merge that one."
        )
        raise InvalidDataError(msg)
    if _root(event.into, into) == event.customer:
        msg = (
            f"{event.customer!r} cannot be merged into {event.into!r}, which is merged into "
            f"{event.customer!r} itself."
        )
        raise InvalidDataError(msg)
    into[event.customer] = event.into


def _root(customer: str, into: Mapping[str, str]) -> str:
    while customer in into:
        customer = into[customer]
    return customer
