"""Events of policy and regulation as rows of the customers whom they concern."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from creditscore._typing import Int1D
from creditscore.exceptions import InvalidDataError
from creditscore.indicators._latest_rows import last_by
from creditscore.indicators._lazy_columns import taken
from creditscore.indicators._reason import Reason
from creditscore.indicators._rows import CustomerRows

if TYPE_CHECKING:
    from creditscore.indicators._facts import Facts

_PARTIES = ("industry", "country", "customer")


def events_of(facts: Facts) -> CustomerRows:
    """Return the events that concern each customer, as rows of their own.

    An event concerns whom all the parties that it names fit: of its industry, its country, itself;
    one that names none concerns everybody. Of an event known several times with the same parties
    the last counts. A customer whose industry or country is not known has no events where one
    might concern it, and while no event at all is known, none tells anything.
    """
    known = facts.rows("events")
    if "events" not in facts.records.tables:
        return known
    events = last_by(known, ("event", *_PARTIES), "known_on")
    _check_direction(events)
    own: dict[str, Any] = {
        "industry": facts.profile.words("industry"),
        "country": facts.profile.words("country"),
        "customer": np.array([*facts.customers, None], dtype=object)[:-1],
    }
    event, customer, doubtful = _matches(events, own)
    absent = np.full(len(facts.customers), None, dtype=object)
    absent[:] = Reason("no_rows", f"no event is known on {facts.as_of}")
    for place in np.flatnonzero(doubtful >= 0).tolist():
        absent[place] = _doubt(events, int(doubtful[place]), own, place)
    key_of = np.arange(len(facts.customers), dtype=np.intp)
    key_of[(doubtful >= 0) | (len(events) == 0)] = -1
    return CustomerRows(
        name="events", columns=taken(events.columns, event), owner=customer, key_of=key_of,
        n_keys=max(len(facts.customers), 1), as_of=facts.as_of, dated_by=events.dated_by,
        days=events.days, absent=absent,
        negative_denominator=facts.negative_denominator,
    )  # fmt: skip


def _matches(events: CustomerRows, own: dict[str, Any]) -> tuple[Int1D, Int1D, Int1D]:
    """Return pairs of an event and a customer, and an event that may concern each, or -1."""
    codes = {party: _codes(events, party, own[party]) for party in _PARTIES}
    doubtful = np.full(len(own["customer"]), -1, dtype=np.intp)
    concerned: list[Int1D] = []
    for event in range(len(events)):
        fits = np.ones(len(doubtful), dtype=bool)
        unknown = np.zeros(len(doubtful), dtype=bool)
        for of_event, of_customer in codes.values():
            if of_event[event] >= 0:
                fits &= (of_customer == of_event[event]) | (of_customer < 0)
                unknown |= of_customer < 0
        doubtful[fits & unknown & (doubtful < 0)] = event
        concerned.append(np.flatnonzero(fits & ~unknown))
    if not concerned:
        none = np.array([], dtype=np.intp)
        return none, none, doubtful
    counts = [len(found) for found in concerned]
    return np.repeat(np.arange(len(events)), counts), np.concatenate(concerned), doubtful


def _codes(events: CustomerRows, party: str, own: Any) -> tuple[Int1D, Int1D]:
    """Return a party of each event and of each customer as codes, -1 where there is none."""
    named = np.full(len(events), None, dtype=object)
    if events.has(party):
        named[:] = events.column(party)
    codes = pd.factorize(np.concatenate([named, own]))[0].astype(np.intp)
    return codes[: len(named)], codes[len(named) :]


def _doubt(events: CustomerRows, event: int, own: dict[str, Any], place: int) -> Reason:
    """Say which party of an event cannot be compared."""
    party = next(
        p
        for p in _PARTIES
        if events.has(p) and own[p][place] is None and events.column(p)[event] is not None
    )
    name = events.column("event")[event]
    text = f"the {party} of the customer is not known, and event {name!r} asks for it"
    return Reason("not_given", text)


def _check_direction(events: CustomerRows) -> None:
    direction = np.asarray(events.column("direction"), dtype=np.float64)
    wrong = ~np.isin(direction, (-1.0, 1.0)) & ~np.isnan(direction)
    if wrong.any():
        row = int(wrong.argmax())
        msg = (
            f"Table 'events': the direction of event {events.event[row]!r} must be -1 (adverse) or "
            f"1 (favourable). Got {direction[row]:g}."
        )
        raise InvalidDataError(msg)
