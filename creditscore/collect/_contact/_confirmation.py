"""What customers confirmed, as observations of the day on which they did."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from creditscore._display import counted
from creditscore._warn import warn_user
from creditscore.collect._contact._contact_log import ContactLog
from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._observation._columns import TEXT_COLUMNS
from creditscore.collect._observation._incoming import read_days, read_instants
from creditscore.collect._observation._observations import Observations
from creditscore.collect._observation._tidy_table import tidy_table
from creditscore.collect._reader._collected import REJECT_COLUMNS, Rejects
from creditscore.exceptions import RejectedRowsWarning

_NEEDED = (
    "customer", "record", "item", "number", "text", "unit", "true_from", "true_to", "source",
    "source_name", "collected_at", "confidence",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Confirmations:
    """What was confirmed, and what could not be.

    Made by :func:`confirmed_observations`.

    Attributes
    ----------
    observations : Observations or None
        The values as they were before, true from the day of the contact; None where nothing could
        be confirmed.
    rejects : Rejects
        Items that were confirmed without a value, with the reasons.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import ContactLog, Observations, confirmed_observations
    >>> known = Observations.from_frame(pd.DataFrame({
    ...     "customer": ["C1"], "item": ["industry"], "value": ["retail"], "source": "site_visit",
    ...     "true_from": ["2022-01-31"], "method": ["observation"], "collected_at": ["2022-01-31"],
    ... }))
    >>> log = ContactLog.from_frame(pd.DataFrame({
    ...     "contact": ["J1"], "customer": ["C1"], "at": ["2024-05-06T02:00Z"], "by": ["S01"],
    ...     "channel": ["visit"], "confirmed": ["industry"],
    ... }))
    >>> confirmed_observations(log, known).observations.values.tolist()
    ['retail']
    """

    observations: Observations | None
    rejects: Rejects

    def __repr__(self) -> str:
        """Say in one line how many there are."""
        n = 0 if self.observations is None else len(self.observations)
        return f"Confirmations({counted(n, 'observation')}, {len(self.rejects):,} rejected)"


def confirmed_observations(
    log: ContactLog, observations: Any, *, catalogue: ItemCatalogue | None = None
) -> Confirmations:
    """Make observations of what customers confirmed, so that these facts are fresh again.

    Parameters
    ----------
    log : ContactLog
        Whose contacts name the items that were confirmed.
    observations : Observations or DataFrame
        What is known, such as a store's observations with history: the values that were
        confirmed.
    catalogue : ItemCatalogue, optional
        What the items are; without, that of the observations, or the standard one.

    Returns
    -------
    Confirmations

    Raises
    ------
    InvalidParameterError, MissingColumnError
        The table is none of observations.

    Warns
    -----
    RejectedRowsWarning
        Something was confirmed that has no value, or is no item of the customer itself.

    Notes
    -----
    The value is that which was known when the contact took place, and true on its day: of the
    latest day of truth, the higher confidence, the one known last. The new observation is true
    from the day of the contact until the end of the old one, of the source site_visit for
    visits and internal_record else, of the method interview, and of the old one's confidence. It
    says that the customer holds to the value, not that anybody else does.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import Contact, ContactLog, Observations, confirmed_observations
    >>> known = Observations.from_frame(pd.DataFrame({
    ...     "customer": ["C1"], "item": ["employees"], "value": [40], "true_from": ["2022-01-31"],
    ...     "source": ["public_filing"], "method": ["data_analysis"],
    ...     "collected_at": ["2022-03-01"],
    ... }))
    >>> log = ContactLog(contacts=(Contact(
    ...     contact="J1", customer="C1", at="2024-05-06T02:00Z", by="S01", channel="telephone",
    ...     confirmed=("employees",),
    ... ),))
    >>> found = confirmed_observations(log, known)
    >>> found
    Confirmations(1 observation, 0 rejected)
    >>> found.observations.table[["number", "source", "evidence"]].values.tolist()
    [[40.0, 'internal_record', 'contact:J1']]
    """
    owner = "confirmed_observations"
    catalogue = catalogue or getattr(observations, "catalogue", None) or ItemCatalogue.standard()
    table = tidy_table(observations, _NEEDED, owner).reset_index(drop=True)
    asked = _asked(log)
    faults = [_unusable(item, catalogue) for item in asked["item"]]
    usable = np.array([not fault for fault in faults], dtype=bool)
    found = _values(asked[usable], table)
    has_value = asked["place"].isin(found["place"]).to_numpy()
    reasons = np.where(
        usable, "no value was known that could be confirmed", np.array(faults, dtype=object)
    )
    rejected = asked.assign(reason=reasons)[~has_value]
    if len(rejected):
        first = rejected.iloc[0]
        warn_user(
            f"{counted(len(rejected), 'confirmation')} could not be used, the first of "
            f"{first['item']!r} by contact {first['contact']!r}: {first['reason']}. All are in "
            ".rejects.",
            RejectedRowsWarning,
        )
    made = _observations(found, catalogue) if len(found) else None
    return Confirmations(observations=made, rejects=_rejects(rejected))


def _asked(log: ContactLog) -> pd.DataFrame:
    rows = [
        (one.contact, one.customer, one.at, one.on, one.by, one.channel, item)
        for one in log
        for item in one.confirmed
    ]
    names = ["contact", "customer", "at", "day", "by", "channel", "item"]
    table = pd.DataFrame(rows, columns=names)
    table["at"] = read_instants(table["at"].astype(object))
    table["day"] = read_days(table["day"].astype(object))
    return table.assign(place=np.arange(len(table)))


def _unusable(item: str, catalogue: ItemCatalogue) -> str:
    """Say why an item cannot be confirmed; empty where it can."""
    if item not in catalogue:
        return "is no item of the catalogue"
    kind = catalogue[item].record_kind
    return f"is of one {kind} of several, and the log does not say of which" if kind else ""


def _values(asked: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Return the value of each confirmation that has one."""
    known = table["known_at"] if "known_at" in table.columns else table["collected_at"]
    rows = table[(table["record"] == "").to_numpy() & table["item"].isin(asked["item"]).to_numpy()]
    rows = rows.assign(known=known[rows.index])
    words = [name for name in TEXT_COLUMNS if name in rows.columns]
    rows = rows.astype(dict.fromkeys(words, object))
    dropped = ["record", "collected_by", "method", "evidence", "collected_at"]
    rows = rows.drop(columns=[name for name in dropped if name in rows.columns])
    both = asked.merge(rows, on=["customer", "item"])
    is_true = (both["true_from"] <= both["day"]) & ~(both["true_to"] <= both["day"])
    both = both[(both["known"] <= both["at"]) & (both["true_from"] <= both["day"])]
    both = both.sort_values("known", kind="stable").drop_duplicates(
        ["place", "true_from", "source", "source_name"], keep="last"
    )
    both = both[is_true[both.index]]
    both = both.sort_values(["place", "true_from", "confidence", "known"], kind="stable")
    return both.drop_duplicates("place", keep="last")


def _observations(found: pd.DataFrame, catalogue: ItemCatalogue) -> Observations:
    evidence = "contact:" + found["contact"]
    if "observation" in found.columns:
        evidence = evidence + " confirms observation " + found["observation"].astype(str)
    table = pd.DataFrame(
        {
            "customer": found["customer"], "item": found["item"], "number": found["number"],
            "text": found["text"], "unit": found["unit"], "true_from": found["day"],
            "true_to": found["true_to"],
            "source": np.where(found["channel"] == "visit", "site_visit", "internal_record"),
            "source_name": "contact log", "method": "interview", "collected_by": found["by"],
            "collected_at": found["at"], "evidence": evidence, "confidence": found["confidence"],
        }
    )  # fmt: skip
    return Observations.from_frame(table.reset_index(drop=True), catalogue=catalogue)


def _rejects(rejected: pd.DataFrame) -> Rejects:
    cells = [
        json.dumps({"contact": row.contact, "customer": row.customer, "item": row.item})
        for row in rejected.itertuples()
    ]
    table = pd.DataFrame(
        {
            "source": "contact log", "row": rejected["contact"].to_numpy(), "column": "confirmed",
            "item": rejected["item"].to_numpy(), "value": "",
            "reason": rejected["reason"].to_numpy(), "protected": False, "cells": cells,
            "customer": rejected["customer"].to_numpy(), "digest": "",
        }
    )  # fmt: skip
    return Rejects(table=table[list(REJECT_COLUMNS)])
