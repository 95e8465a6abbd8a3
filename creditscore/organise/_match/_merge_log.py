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
from creditscore._warn import warn_user
from creditscore.exceptions import ConflictWarning, InvalidDataError, InvalidParameterError
from creditscore.organise._match._event import end_text
from creditscore.organise._match._merge_event import MergeEvent, MergeState
from creditscore.organise._match._records import as_texts

_SHOWN = 5
_ERASED = "erased:"
"""What begins the name that a store has for somebody who was erased."""


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
        state = MergeState()
        before = ""
        for event in events:
            if not isinstance(event, MergeEvent):
                msg = f"The events of MergeLog must be MergeEvents. Got {event!r}."
                raise InvalidParameterError(msg)
            if event.at < before:
                msg = f"{event} is earlier than the event before it, of {before}."
                raise InvalidDataError(msg)
            before = event.at
            state.add(event)

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

        Warns
        -----
        ConflictWarning
            Customers would become one that somebody took apart. They stay apart; to make them one
            again is for :meth:`merge`.

        Notes
        -----
        So files may be matched again and again. What is one already is passed over. Of two
        customers that were merged into others before, those go together that they are by now.
        """
        if not len(merges):
            return self
        read = read_named(merges, ["customer", "into"], reader="MergeLog.merge_all")
        new: list[MergeEvent] = []
        kept_apart: list[str] = []
        state = MergeState.of(self.events)
        columns = (as_texts(read, "customer").tolist(), as_texts(read, "into").tolist())
        for name, other in zip(*columns, strict=True):
            # each entry is checked, also of what is passed over
            asked = MergeEvent(customer=name, into=other, at=at, by=by, reason=reason)
            customer, into = state.root(name), state.root(other)
            if customer == into:
                continue
            if state.were_parted(customer, into):
                kept_apart.append(f"{name!r} from {other!r}")
                continue
            new.append(replace(asked, customer=customer, into=into))
            state.add(new[-1])
        if kept_apart:
            shown = ", ".join(kept_apart[:_SHOWN]) + (" …" if len(kept_apart) > _SHOWN else "")
            warn_user(
                f"Somebody took customers apart that would be merged: {shown}. They stay apart; to "
                "make them one after all, use MergeLog.merge.",
                ConflictWarning,
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
        until = None if at is None else end_text(at, "at", "MergeLog.resolve")
        state = MergeState.of(self.events, until)
        names = list(customers)
        index = pd.Index(names, name="customer", dtype=object)
        values = np.array([state.root(name) for name in names], dtype=object)
        return pd.Series(values, index=index, name="into", dtype=object)

    def frame(self) -> pd.DataFrame:
        """Return a row an event: customer, into (None where taken out), at, by, reason."""
        names = [field.name for field in fields(MergeEvent)]
        return pd.DataFrame([asdict(event) for event in self.events], columns=names, dtype=object)

    def write_to(self, store: Any, *, approvals: Mapping[MergeEvent, str] | None = None) -> int:
        """Write to a store of customers the events that it does not have yet, in their order.

        Parameters
        ----------
        store : CustomerStore
            Or anything with ``link(customer, into, reason=…)``, ``unlink(customer, reason=…)`` and
            ``links()``, a table of its events. It notes its own time and actor, so ours go into
            the reason, by which an event is known again.
        approvals : mapping of MergeEvent to str, optional
            Numbers of approved requests, where the policy of the store asks for four eyes.

        Returns
        -------
        int
            How many were written: none where the store has them all.

        Raises
        ------
        StoreError
            The store refuses an event. Those before it are written, and the next call goes on
            with it.
        """
        new = self.events[self._n_written(store.links()) :]
        for event in new:
            said = {"reason": _told(event)}
            if approvals is not None and event in approvals:
                said["approval"] = approvals[event]
            if event.into is None:
                store.unlink(event.customer, **said)
            else:
                store.link(event.customer, event.into, **said)
        return len(new)

    def _n_written(self, links: pd.DataFrame) -> int:
        """Count the first events that are among those of a store, which others may lie between."""
        n = 0
        for customer, into, reason in links[["customer", "into", "reason"]].to_numpy().tolist():
            if n < len(self.events) and _is_same(self.events[n], customer, into, reason):
                n += 1
        return n

    def _content(self) -> dict[str, Any]:
        return {"events": [asdict(event) for event in self.events]}

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls(events=tuple(MergeEvent(**event) for event in content["events"]))

    def __repr__(self) -> str:
        """Say in one line how many are merged."""
        merged = len(MergeState.of(self.events).into)
        return f"MergeLog({counted(len(self.events), 'event')}, {merged:,} merged)"

    def _repr_html_(self) -> str:
        """Show the last events."""
        return html_table(self.frame().tail(15), caption=repr(self), formats={})


def _told(event: MergeEvent) -> str:
    """Return the reason with which a store keeps an event."""
    return f"{event.reason} (by {event.by}, {event.at})"


def _is_same(event: MergeEvent, customer: Any, into: Any, reason: Any) -> bool:
    """Tell whether an event of a store is one of ours; who was erased has another name there."""
    if reason != _told(event) or pd.isna(into) is not (event.into is None):
        return False
    pairs = ((event.customer, customer), (event.into, into))
    return all(
        ours is None or ours == theirs or str(theirs).startswith(_ERASED) for ours, theirs in pairs
    )
