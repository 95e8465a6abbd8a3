"""Who may see what, who saw what, contacts with customers, and consents of persons."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.random import Generator

from creditscore.datasets._enterprises._draws import (
    UNKNOWN_DAY,
    Int1D,
    Text1D,
    chance,
    numbered,
    pick,
    table,
    whole,
)
from creditscore.datasets._enterprises._firms import AS_OF
from creditscore.datasets._trading_firm._parties import Parties
from creditscore.datasets._trading_firm._planting import SHARES, Planted, choose
from creditscore.datasets._trading_firm._visits import (
    N_ANALYSTS,
    N_AUDITORS,
    N_COLLECTORS,
    N_SALES,
    N_VISITORS,
)

PURPOSES = {
    "analyst": "credit decision",
    "visitor": "site visit",
    "sales": "customer care",
    "collector": "collection",
    "auditor": "audit",
}
"""The one purpose for which each role may read."""
READABLE = {
    "analyst": (
        "name", "phone", "address", "identity_number", "monthly_income", "total_debt", "revenue",
        "invoice.amount", "note.text",
    ),
    "visitor": ("name", "phone", "address", "contact_person"),
    "sales": ("name", "phone", "email", "contact_person", "invoice.amount"),
    "collector": ("name", "phone", "address", "invoice.amount", "payment.amount"),
    "auditor": (
        "name", "identity_number", "monthly_income", "total_debt", "revenue", "invoice.amount",
        "payment.amount", "note.text",
    ),
}  # fmt: skip
"""The items that each role may read."""
_FORBIDDEN = {
    "visitor": ("monthly_income", "total_debt"),
    "sales": ("identity_number", "monthly_income", "note.text"),
    "collector": ("identity_number", "note.text"),
}
"""Items that those who overstep read, by role."""
_LETTERS = {"analyst": "A", "visitor": "V", "sales": "S", "collector": "K", "auditor": "U"}
_HEADS = {
    "analyst": N_ANALYSTS, "visitor": N_VISITORS, "sales": N_SALES, "collector": N_COLLECTORS,
    "auditor": N_AUDITORS,
}  # fmt: skip
_WEIGHTS = (0.45, 0.1, 0.25, 0.17, 0.03)
_DAYS = 90
"""Days before `AS_OF` of which there is a log."""
_BURST_BY = "S02"
_BURST_AT = np.datetime64("2024-05-19T01:40:00", "s")
"""Who read many customers in one night, and when it began."""


def make_rules() -> pd.DataFrame:
    """Return who may read which item for which purpose; what is not there is forbidden."""
    rows = [(role, PURPOSES[role], item) for role, items in READABLE.items() for item in items]
    columns = zip(*rows, strict=True)
    names = ("role", "purpose", "item")
    return table(
        {name: np.array(values, dtype=object) for name, values in zip(names, columns, strict=True)}
    )


def instants(seconds: Any) -> pd.DatetimeIndex:
    """Return instants in UTC of one unit under each version of pandas."""
    return pd.DatetimeIndex(np.asarray(seconds).astype("datetime64[ns]")).tz_localize("UTC")


def make_access_log(parties: Parties, planted: Planted, rng: Generator) -> pd.DataFrame:
    """Return reads of single items of single customers in three months, by instant.

    Of the reads that break a rule, some are of items that the role may not see, some for a
    purpose that the role does not have, and a burst of one night is of nothing forbidden but
    of many customers.
    """
    rows = max(60, 4 * parties.n)
    roles = list(PURPOSES)
    role = pick(rng, rows, _WEIGHTS)
    log: dict[str, Any] = {
        "at": _working_hours(rows, rng),
        "actor": np.empty(rows, dtype=object),
        "role": np.array(roles, dtype=object)[role],
        "purpose": np.array(list(PURPOSES.values()), dtype=object)[role],
        "item": np.empty(rows, dtype=object),
    }
    for place, name in enumerate(roles):
        mine = np.flatnonzero(role == place)
        number = whole(rng, 1, _HEADS[name], len(mine))
        log["actor"][mine] = numbered(_LETTERS[name], number, 2)
        items = np.array(READABLE[name], dtype=object)
        log["item"][mine] = items[whole(rng, 0, len(items) - 1, len(mine))]
    breach = np.full(rows, "", dtype=object)
    _overstep(log, breach, rng)
    log["customer"] = parties.customer[whole(rng, 0, parties.n - 1, rows)]
    burst = _burst(parties, max(12, round(SHARES["unauthorised read"] * rows)), rng)
    n = len(burst["at"])
    both = {name: np.concatenate([log[name], burst[name]]) for name in log}
    breach = np.concatenate([breach, np.full(n, "volume", dtype=object)])
    order = np.argsort(both["at"], kind="stable")
    entry = numbered("L", np.arange(1, rows + n + 1), max(6, len(str(rows + n))))
    names = ("actor", "role", "purpose", "customer", "item")
    read = {name: both[name][order] for name in names}
    breach = breach[order]
    broken = np.flatnonzero(breach != "")
    column = {"role": "item", "purpose": "purpose", "volume": "customer"}
    for kind, name in column.items():
        some = broken[breach[broken] == kind]
        planted.note(
            "access_log",
            "unauthorised read",
            name,
            key=entry[some],
            value=read[name][some],
            true_value="",
            detail=kind,
        )
    return table({"entry": entry, "at": instants(both["at"][order])} | read)


def _overstep(log: dict[str, Any], breach: Text1D, rng: Generator) -> None:
    """Change some reads so that they break a rule, and say which."""
    can = np.isin(log["role"].astype(str), list(_FORBIDDEN))
    rows = choose(SHARES["unauthorised read"] / 2, can, rng)
    draw = rng.random(len(rows))
    for row, part in zip(rows, draw, strict=True):
        items = _FORBIDDEN[log["role"][row]]
        log["item"][row] = items[int(part * len(items))]
    breach[rows] = "role"
    rows = choose(SHARES["unauthorised read"] / 2, breach == "", rng)
    log["purpose"][rows] = "private interest"
    breach[rows] = "purpose"


def _working_hours(rows: int, rng: Generator) -> Any:
    """Return instants between 08:00 and 18:00 UTC, Monday to Friday."""
    days = AS_OF - whole(rng, 0, _DAYS - 1, rows).astype("timedelta64[D]")
    # Weekends are free: what falls on them is moved to a day of the week before.
    weekday = (days.astype(np.int64) + 3) % 7
    back = weekday - 4 + whole(rng, 0, 4, rows)
    days = days - np.where(weekday >= 5, back, 0).astype("timedelta64[D]")
    return days.astype("datetime64[s]") + whole(rng, 8 * 3600, 18 * 3600, rows).astype("m8[s]")


def _burst(parties: Parties, n: int, rng: Generator) -> dict[str, Any]:
    """Return reads of telephone numbers, one after the other in one night."""
    who = np.argsort(rng.random(parties.n), kind="stable")[:n]
    count = len(who)
    return {
        "at": _BURST_AT + np.cumsum(whole(rng, 4, 9, count)).astype("m8[s]"),
        "actor": np.full(count, _BURST_BY, dtype=object),
        "role": np.full(count, "sales", dtype=object),
        "purpose": np.full(count, PURPOSES["sales"], dtype=object),
        "item": np.full(count, "phone", dtype=object),
        "customer": parties.customer[who],
    }


# --- contacts and consents -----------------------------------------------------------

_CHANNELS = ("telephone", "e-mail", "visit", "message")
_OUTCOMES = ("reached", "no answer", "promised to pay", "will call back")
_CONFIRMED = ("phone;address", "phone", "email;phone", "contact_person;phone", "address")


def make_contacts(parties: Parties, rng: Generator) -> pd.DataFrame:
    """Return when customers were spoken with, and which facts they confirmed."""
    n = parties.n
    counts = np.where(chance(rng, 0.1, n), 0, whole(rng, 1, 4, n))
    counts[0] = max(counts[0], 1)
    who = np.repeat(np.arange(n), counts)
    rows = len(who)
    span = np.maximum(730 - np.maximum(parties.opened[who], 0), 1)
    days = AS_OF - np.floor(rng.random(rows) * span).astype("timedelta64[D]")
    at = days.astype("datetime64[s]") + whole(rng, 8 * 3600, 18 * 3600, rows).astype("m8[s]")
    sales = chance(rng, 0.65, rows)
    by = np.where(
        sales,
        numbered("S", whole(rng, 1, N_SALES, rows), 2),
        numbered("K", whole(rng, 1, N_COLLECTORS, rows), 2),
    )
    outcome = np.where(
        sales, pick(rng, rows, [0.75, 0.25]), pick(rng, rows, [0.3, 0.3, 0.25, 0.15])
    )
    confirms = (outcome == 0) & chance(rng, 0.5, rows)
    confirmed = _word(_CONFIRMED, whole(rng, 0, len(_CONFIRMED) - 1, rows))
    order = np.argsort(at, kind="stable")
    inbound = chance(rng, 0.25, rows)
    columns = {
        "customer": parties.customer[who],
        "at": at,
        "by": by,
        "channel": _word(_CHANNELS, pick(rng, rows, [0.55, 0.2, 0.1, 0.15])),
        "direction": np.where(inbound, "in", "out").astype(object),
        "outcome": _word(_OUTCOMES, outcome),
        "confirmed": np.where(confirms, confirmed, np.nan),
    }
    sorted_columns = {name: values[order] for name, values in columns.items()}
    sorted_columns["at"] = instants(sorted_columns["at"])
    number = numbered("J", np.arange(1, rows + 1), max(5, len(str(rows))))
    return table({"contact": number} | sorted_columns)


def _word(words: tuple[str, ...], places: Int1D) -> Text1D:
    chosen: Text1D = np.array(words, dtype=object)[places]
    return chosen


def make_consents(parties: Parties, rng: Generator) -> pd.DataFrame:
    """Return consents of persons by purpose; some were withdrawn."""
    persons = np.flatnonzero(parties.is_person)
    parts = []
    for purpose, share, withdrawn in (
        ("credit decision", 0.96, 0.03),
        ("monitoring", 0.94, 0.03),
        ("sales", 0.5, 0.2),
    ):
        who = persons[chance(rng, share, len(persons))]
        n = len(who)
        given = np.maximum(parties.opened_on[who], AS_OF - whole(rng, 90, 1500, n).astype("m8[D]"))
        ended = np.minimum(given + whole(rng, 20, 800, n).astype("m8[D]"), AS_OF)
        columns = {
            "customer": parties.customer[who],
            "purpose": np.full(n, purpose, dtype=object),
            "given_on": given,
            "withdrawn_on": np.where(chance(rng, withdrawn, n), ended, UNKNOWN_DAY),
            "form": np.where(chance(rng, 0.6, n), "paper", "online").astype(object),
        }
        parts.append(table(columns))
    consents = pd.concat(parts).sort_values(["customer", "purpose"], ignore_index=True)
    rows = len(consents)
    consents.insert(0, "consent", numbered("W", np.arange(1, rows + 1), max(5, len(str(rows)))))
    return consents
