"""A campaign: a sample with strata, and what happened with each customer of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from creditscore._cells import word_of
from creditscore._checks import check_kind, read_entries
from creditscore._days import check_day
from creditscore._display import counted, html_table
from creditscore._document import JsonDocument
from creditscore._typing import NativeFrame
from creditscore._validation import check_integer
from creditscore.collect._campaign._event import (
    CAMPAIGN_STATUSES,
    EVENT_KINDS,
    TRANSITIONS,
    CampaignEvent,
    CampaignEventKind,
)
from creditscore.collect._observation._incoming import incoming_frame, read_days
from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
)

_MOST_TOLD = 5


@dataclass(frozen=True, kw_only=True, repr=False)
class Campaign(JsonDocument):
    """Customers who were asked something, and what became of it.

    Parameters
    ----------
    name : str
        What it is called.
    sample : tuple of (str, str)
        Each customer with its stratum, a group of customers that is looked at by itself.
    events : tuple of CampaignEvent, default=()
        What happened; those of a customer in the order in which they happened.

    Raises
    ------
    EmptyDataError
        No sample.
    InvalidDataError
        A customer twice in the sample; an event of somebody who is not in it, that cannot follow
        what was before, or lies before it.
    InvalidParameterError
        An entry of another kind.

    See Also
    --------
    Campaign.from_sample : A campaign of which nothing happened yet.
    Campaign.from_log : A campaign from a table of events.
    response_table : Rates of response.
    class_weights, propensity_weights, raking_weights : Weights against non-response.

    Notes
    -----
    A questionnaire is sent; the customer may be reminded any number of times; it comes back whole
    or in part, is refused, or cannot be delivered. One that came back in part may still come back
    whole; one who refused may still answer; one that could not be delivered may be sent to
    another address. Customers who turn out not to belong to those asked are ineligible.

    Examples
    --------
    >>> from creditscore.collect import Campaign
    >>> campaign = Campaign.from_sample(
    ...     {"C1": "small", "C2": "small", "C3": "large"}, name="terms 2024"
    ... )
    >>> campaign = campaign.record("sent", ["C1", "C2", "C3"], on="2024-03-04")
    >>> campaign = campaign.record("returned", ["C3"], on="2024-03-11")
    >>> campaign.record("reminded", ["C1", "C2"], on="2024-03-25")
    Campaign(terms 2024: 3 customers, 2 strata; 2 sent, 1 returned)
    """

    name: str
    sample: tuple[tuple[str, str], ...]
    events: tuple[CampaignEvent, ...] = ()
    _format: ClassVar[str] = "creditscore.campaign"

    def __post_init__(self) -> None:
        """Check the sample, and that each event may follow those before it."""
        check_kind(self.name, "name", "Campaign", str)
        sample = tuple(tuple(pair) for pair in read_entries(self.sample, "sample", "Campaign"))
        events = read_entries(self.events, "events", "Campaign")
        if not sample:
            msg = "A campaign needs a sample: customers with the stratum of each."
            raise EmptyDataError(msg)
        if any(len(pair) != 2 or not all(isinstance(p, str) for p in pair) for pair in sample):
            msg = "The 'sample' of Campaign must be pairs of texts: a customer and its stratum."
            raise InvalidParameterError(msg)
        if not all(isinstance(event, CampaignEvent) for event in events):
            msg = "The 'events' of Campaign must each be a CampaignEvent."
            raise InvalidParameterError(msg)
        customers = [pair[0] for pair in sample]
        if len(set(customers)) < len(customers):
            twice = next(iter(pd.Index(customers)[pd.Index(customers).duplicated()]))
            msg = f"Customer {twice!r} stands twice in the sample. Leave out one of the two."
            raise InvalidDataError(msg)
        object.__setattr__(self, "sample", sample)
        object.__setattr__(self, "events", tuple(events))
        _ = self._states

    @classmethod
    def from_sample(cls, sample: Any, *, name: str) -> Self:
        """Begin a campaign.

        Parameters
        ----------
        sample : table, or mapping of str to str
            The columns customer and stratum; or customers with their stratum. A number and its
            text are one customer.
        name : str
            What it is called.
        """
        if isinstance(sample, Mapping):
            entries = {"customer": list(sample), "stratum": list(sample.values())}
            table = pd.DataFrame(entries, dtype=object)
        else:
            table = _columns_of(sample, ("customer", "stratum"), "sample")
        return cls(name=name, sample=tuple(_pairs(table)))

    @classmethod
    def from_log(
        cls, log: NativeFrame, *, name: str, words: Mapping[str, CampaignEventKind] | None = None
    ) -> Self:
        """Read a campaign from a table of its events.

        Parameters
        ----------
        log : table
            The columns customer, stratum, event and on (the day); note, where it is there. Rows
            of one day stay in their order.
        name : str
            What it is called.
        words : mapping of str to str, optional
            What the words of the log mean, where they are not those of
            :class:`CampaignEvent`: ``{"reminder 1": "reminded"}``.

        Raises
        ------
        MissingColumnError
            A column is not there.
        InvalidDataError
            A word that is not known, no day, a customer of two strata, or events that cannot
            follow each other.
        """
        table = _columns_of(log, ("customer", "stratum", "event", "on"), "log")
        pairs = _pairs(table[["customer", "stratum"]].drop_duplicates())
        found = cls(name=name, sample=tuple(pairs))
        return found.with_events(table.drop(columns="stratum"), words=words)

    def with_events(
        self, events: NativeFrame, *, words: Mapping[str, CampaignEventKind] | None = None
    ) -> Self:
        """Return the campaign with further events of a table.

        Parameters
        ----------
        events : table
            The columns customer, event and on; note, where it is there.
        words : mapping of str to str, optional
            As in :meth:`from_log`.
        """
        table = _columns_of(events, ("customer", "event", "on"), "table of events")
        meaning = {**{word: word for word in EVENT_KINDS}, **(words or {})}
        given = table["event"].map(word_of)
        strange = sorted(set(given) - set(meaning))
        if strange:
            msg = (
                f"The log holds the events {', '.join(map(repr, strange[:_MOST_TOLD]))}, whose "
                f"meaning is not known. Pass words={{…: one of {', '.join(EVENT_KINDS)}}}."
            )
            raise InvalidDataError(msg)
        days = read_days(table["on"])
        if days.isna().any():
            row = int(days.isna().to_numpy().argmax())
            msg = (
                f"Row {row} of the log has no day in 'on'. Got {table['on'].iloc[row]!r}; write "
                "days as YYYY-MM-DD."
            )
            raise InvalidDataError(msg)
        notes = table["note"].map(word_of) if "note" in table.columns else [""] * len(table)
        order = np.argsort(days.to_numpy(), kind="stable")
        columns = (table["customer"].map(word_of), given, days.dt.strftime("%Y-%m-%d"), notes)
        rows = list(zip(*columns, strict=True))
        new = [
            CampaignEvent(customer=who, event=meaning[word], on=on, note=note)  # type: ignore[arg-type]
            for who, word, on, note in (rows[place] for place in order)
        ]
        return replace(self, events=(*self.events, *new))

    def record(
        self, event: CampaignEventKind, customers: Iterable[Any], *, on: Any, note: str = ""
    ) -> Self:
        """Return the campaign with one event of each of some customers.

        Parameters
        ----------
        event : str
            As in :class:`CampaignEvent`.
        customers : iterable of str or int
            Whom it happened with.
        on : day
            When.
        note : str, default=""
            What else there is to say.
        """
        names = read_entries(customers, "customers", "Campaign.record")
        new = [CampaignEvent(customer=c, event=event, on=on, note=note) for c in names]
        return replace(self, events=(*self.events, *new))

    @cached_property
    def _states(self) -> dict[str, dict[str, Any]]:
        """What is known of each customer at the end of all events."""
        return _states_of(self.sample, self.events)

    def status(self, as_of: Any = None) -> pd.DataFrame:
        """Return a row a customer: how things stand.

        Parameters
        ----------
        as_of : day, optional
            Events after it are not seen; without, all are.

        Returns
        -------
        DataFrame
            Index customer; stratum, status (not_sent, sent, returned, returned_in_part, refused,
            undeliverable or ineligible), sent_on (first), n_reminders, last_contact_on (last
            time that it was sent or reminded), answered_on (first time that anything came back),
            after_reminders (reminders before that; missing without an answer).
        """
        if as_of is None:
            states = self._states
        else:
            day = check_day(as_of, "as_of", "Campaign.status")
            seen = [event for event in self.events if event.day <= day]
            states = _states_of(self.sample, seen)
        table = pd.DataFrame.from_dict(states, orient="index")
        table.index.name = "customer"
        for name in ("sent_on", "last_contact_on", "answered_on"):
            table[name] = pd.to_datetime(table[name]).astype("datetime64[s]")
        table["after_reminders"] = table["after_reminders"].astype("Int64")
        return table

    def answered(self, as_of: Any = None) -> pd.Series:
        """Return which of those who were asked answered, as weights against non-response need it.

        Parameters
        ----------
        as_of : day, optional
            As in :meth:`status`.

        Returns
        -------
        Series of int
            Index customer: 1 for who answered whole or in part, 0 for who did not. Customers who
            are ineligible, or to whom nothing was sent, are not in it.
        """
        status = self.status(as_of)["status"]
        asked = status[~status.isin(["not_sent", "ineligible"])]
        answered = asked.isin(["returned", "returned_in_part"])
        return answered.astype(np.int64).rename("answered")

    def to_remind(
        self, as_of: Any, *, after_days: int = 14, max_reminders: int = 3
    ) -> pd.DataFrame:
        """List whom to remind: those who have not answered whole for so long.

        Parameters
        ----------
        as_of : day
            Today.
        after_days : int, default=14
            Days since the last letter, 1 or more.
        max_reminders : int, default=3
            Nobody is reminded more often, 1 or more.

        Returns
        -------
        DataFrame
            customer, stratum, status, n_reminders, days_since, stratum_rate (share of those
            sent to in the stratum who answered); strata that answer least come first, then those
            who wait longest.
        """
        check_integer(after_days, "after_days", "Campaign.to_remind", low=1)
        check_integer(max_reminders, "max_reminders", "Campaign.to_remind", low=1)
        day = check_day(as_of, "as_of", "Campaign.to_remind")
        table = self.status(day)
        asked = table[~table["status"].isin(["not_sent", "ineligible"])]
        answered = asked["status"].isin(["returned", "returned_in_part"])
        rate = answered.groupby(asked["stratum"]).mean()
        table["days_since"] = (pd.Timestamp(day) - table["last_contact_on"]).dt.days.astype("Int64")
        table["stratum_rate"] = table["stratum"].map(rate)
        due = (
            table["status"].isin(["sent", "returned_in_part"])
            & (table["n_reminders"] < max_reminders)
            & (table["days_since"] >= after_days)
        )
        columns = ["stratum", "status", "n_reminders", "days_since", "stratum_rate"]
        found = table.loc[due, columns].reset_index()
        return found.sort_values(
            ["stratum_rate", "days_since"], ascending=[True, False], kind="stable",
            ignore_index=True,
        )  # fmt: skip

    def frame(self) -> pd.DataFrame:
        """Return a row an event: customer, event, on, note."""
        rows = [asdict(event) for event in self.events]
        table = pd.DataFrame(rows, columns=["customer", "event", "on", "note"])
        return table.assign(on=pd.to_datetime(table["on"]).astype("datetime64[s]"))

    def _content(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "sample": [list(pair) for pair in self.sample],
            "events": [asdict(event) for event in self.events],
        }

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        events = tuple(CampaignEvent(**entry) for entry in content["events"])
        sample = tuple((customer, stratum) for customer, stratum in content["sample"])
        return cls(name=content["name"], sample=sample, events=events)

    def __repr__(self) -> str:
        """Say in one line how far it is."""
        strata = {stratum for _, stratum in self.sample}
        statuses = [state["status"] for state in self._states.values()]
        parts = [
            f"{statuses.count(word):,} {word.replace('_', ' ')}"
            for word in CAMPAIGN_STATUSES
            if word in statuses
        ]
        n_strata = f"{len(strata):,} {'stratum' if len(strata) == 1 else 'strata'}"
        return (
            f"Campaign({self.name}: {counted(len(self.sample), 'customer')}, {n_strata}; "
            f"{', '.join(parts)})"
        )

    def _repr_html_(self) -> str:
        """Show statuses by stratum."""
        table = self.status()
        counts = pd.crosstab(table["stratum"], table["status"])
        shown = counts[[word for word in CAMPAIGN_STATUSES if word in counts]].reset_index()
        return html_table(shown, caption=repr(self), formats={})


def _states_of(
    sample: Iterable[tuple[str, str]], events: Iterable[CampaignEvent]
) -> dict[str, dict[str, Any]]:
    """Follow the events of each customer, checking that each may follow the one before."""
    states: dict[str, dict[str, Any]] = {
        customer: {
            "stratum": stratum, "status": "not_sent", "sent_on": None, "n_reminders": 0,
            "last_contact_on": None, "answered_on": None, "after_reminders": None,
        }
        for customer, stratum in sample
    }  # fmt: skip
    last: dict[str, str] = {}
    for event in events:
        state = states.get(event.customer)
        if state is None:
            msg = (
                f"Customer {event.customer!r} has the event {event.event!r} of {event.on}, and is "
                "not in the sample. Draw it into a campaign of its own."
            )
            raise InvalidDataError(msg)
        _check_order(event, state["status"], last.get(event.customer, ""))
        last[event.customer] = event.on
        _apply(event, state)
    return states


def _check_order(event: CampaignEvent, status: str, last_on: str) -> None:
    if event.event not in TRANSITIONS[status]:
        may = ", ".join(TRANSITIONS[status]) or "nothing"
        msg = (
            f"Customer {event.customer!r} is {status!r}, and cannot be {event.event!r} on "
            f"{event.on}. What may follow: {may}."
        )
        raise InvalidDataError(msg)
    if event.on < last_on:
        msg = (
            f"The event {event.event!r} of customer {event.customer!r} is of {event.on}, before "
            f"the last one of {last_on}. Record events in the order of their days."
        )
        raise InvalidDataError(msg)


def _apply(event: CampaignEvent, state: dict[str, Any]) -> None:
    if event.event == "reminded":
        state["n_reminders"] += 1
    else:
        state["status"] = event.event
    if event.event in ("sent", "reminded"):
        state["last_contact_on"] = event.on
    if event.event == "sent" and state["sent_on"] is None:
        state["sent_on"] = event.on
    if event.event in ("returned", "returned_in_part") and state["answered_on"] is None:
        state["answered_on"] = event.on
        state["after_reminders"] = state["n_reminders"]


def _columns_of(table: Any, names: tuple[str, ...], what: str) -> pd.DataFrame:
    frame = incoming_frame(table)
    lacking = [name for name in names if name not in frame.columns]
    if lacking:
        msg = (
            f"The {what} of a campaign needs the columns {', '.join(map(repr, lacking))}, which "
            f"are not there. It has: {', '.join(map(repr, frame.columns))}."
        )
        raise MissingColumnError(msg)
    return frame


def _pairs(table: pd.DataFrame) -> list[tuple[str, str]]:
    columns = (table["customer"].map(word_of), table["stratum"].map(word_of))
    pairs = list(zip(*columns, strict=True))
    empty = next((row for row, pair in enumerate(pairs) if not pair[0]), None)
    if empty is not None:
        msg = f"Row {empty} has no customer. Each row of a campaign is of one."
        raise InvalidDataError(msg)
    return pairs
