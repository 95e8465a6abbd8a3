"""What a rectified day moves: the fact itself, and whatever else is true from that event."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

import numpy as np
import pandas as pd

from creditscore._days import NoDayError, read_day
from creditscore.collect import Item, ItemCatalogue
from creditscore.exceptions import InvalidParameterError
from creditscore.organise._store._customers import Customers
from creditscore.organise._store._finding import find
from creditscore.organise._store._reliability import source_ranks
from creditscore.organise._store._scope import Scope, retracted

_SOURCE = ["source", "source_name"]
_KEPT = (
    "record", "item", "value", "unit", "true_to", *_SOURCE, "method", "collected_by",
    "collected_at", "evidence", "confidence",
)  # fmt: skip
_RANKS = ["rank", "confidence"]


def event_items(catalogue: ItemCatalogue, item: Item) -> tuple[Item, ...]:
    """Return what may be told of one event, beside the item: what happens once in its record."""
    if not item.record_kind:
        return (item,)
    return tuple(one for one in catalogue.of_record(item.record_kind) if one.once)


def check_counts(known: Customers, row: Any, item: Item) -> None:
    """Check that a fact is the last word of its source, and was not taken back.

    Raises
    ------
    InvalidParameterError
        It was corrected or retracted since; the number of the one that counts is in the message.
    """
    scope = Scope(
        items=(row.item_id,), customers=np.array([row.customer_id]), with_retracted=True
    )  # fmt: skip
    found = find(known, scope, with_record=True)
    facts = found.facts
    own = facts.id == row.id
    if not own.any():
        # erased when its time was over: nothing is known of it
        return
    peers = (facts.place == facts.place[own][0]) & (facts.source == facts.source[own][0])
    if not item.once:
        peers &= facts.true_from == row.true_from
    gone = np.isin(facts.id, retracted(known.connection, Scope(items=scope.items)))
    left = facts.rows(peers & ~gone)
    last = int(left.id[np.lexsort((left.id, left.known))][-1]) if len(left) else None
    if last == row.id:
        return
    how = "retracted" if gone[own][0] else "corrected"
    way = (
        "and nothing else counts in its place: load what is right"
        if last is None
        else f"and observation {last} counts in its place: rectify that one"
    )
    msg = f"Observation {row.id}, of {item.name!r}, was {how} since, {way}. Nothing was done."
    raise InvalidParameterError(msg)


def check_ends(number: int, item: str, true_from: Any, true_to: Any) -> None:
    """Check that the day from which a fact is to be true is before its end.

    Raises
    ------
    InvalidParameterError
        It is not.
    """
    try:
        first = read_day(true_from)
    except NoDayError:
        # that it is none is told of the fact
        return
    if not pd.isna(true_to) and first >= np.datetime64(true_to, "D"):
        msg = (
            f"Observation {number}, of {item!r}, is true until {np.datetime64(true_to, 'D')}, and "
            f"would be true from {first} only. Load what is right with both days, and retract the "
            "observation."
        )
        raise InvalidParameterError(msg)


def moved_facts(
    known: pd.DataFrame, gone: Set[int], catalogue: ItemCatalogue, number: int, value: Any
) -> tuple[str, list[dict[str, Any]]]:
    """Return the day from which a rectified fact is true, where it moves, and what moves with it.

    Parameters
    ----------
    known : DataFrame
        Facts of the customer about :func:`event_items`, as a store gives its observations, with
        those that were retracted.
    gone : set of int
        Numbers of those.
    catalogue : ItemCatalogue
        What the items are.
    number : int
        Number of the fact, whose item is a day and happens once.
    value : str or date
        The day that it should have been.

    Returns
    -------
    tuple of str and list of dict
        An empty text where it stays: it was not true from the day that it named. Of the others,
        those of the same record that were true from that day, as last known of each source, but
        of those that tell the day themselves. Each is as it was, with the new day; the one known
        last comes first, since of those that are known at once the first counts.

    Raises
    ------
    InvalidParameterError
        Another day of the record is the same, so that it is not clear which of them moves; or one
        that moves would displace what another source told later.
    """
    own = known[known["observation"] == number]
    try:
        new = read_day(value)
    except NoDayError:
        # that the value is none is told of the fact
        return "", []
    old = _first_days(own)[:1]
    if own.empty or not _is_own_day(own).all() or old[0] == new:
        return "", []
    item = str(own["item"].iloc[0])
    if not catalogue[item].record_kind:
        return str(new), []
    plain = known.assign(**{name: known[name].astype(str) for name in ("item", *_SOURCE)})
    told = plain[plain["record"].astype(str) == str(own["record"].iloc[0])]
    last = _last_of_sources(told[~told["observation"].isin(gone)])
    sources = pd.MultiIndex.from_frame(last[_SOURCE])
    mine = own[_SOURCE].astype(str).iloc[0]
    tells = sources.isin(sources[(last["item"] == item).to_numpy()])
    tells &= ~(last[_SOURCE] == mine).all(axis=1).to_numpy()
    moves = (_first_days(last) == old[0]) & (last["item"] != item).to_numpy() & ~tells
    rest = last[moves]
    _check_alone(item, rest)
    _check_displaced(rest, last[~moves])
    for _, row in rest.iterrows():
        check_ends(int(row["observation"]), row["item"], str(new), row["true_to"])
    # what was told of the new day before would be known already, and be passed over
    before = told[_first_days(told) == new]
    names = ["item", *_SOURCE]
    is_back = pd.MultiIndex.from_frame(rest[names]).isin(pd.MultiIndex.from_frame(before[names]))
    rows = rest[list(_KEPT)].astype(object).to_dict("records")
    return str(new), [
        {**row, "true_from": str(new), "collected_at": None if back else row["collected_at"]}
        for row, back in zip(rows, is_back, strict=True)
    ]


def _last_of_sources(told: pd.DataFrame) -> pd.DataFrame:
    """Return what each source told last of each item, the one known last first, with its value."""
    ordered = told.sort_values(["known_at", "observation"])
    last = ordered.groupby(["item", *_SOURCE], sort=False).tail(1)
    last = last.sort_values(["known_at", "observation"], ascending=[False, True])
    values = np.where(last["text"].notna(), last["text"], last["number"].astype(object))
    return last.assign(value=values, rank=source_ranks(last), place=range(len(last)))


def _check_displaced(moving: pd.DataFrame, staying: pd.DataFrame) -> None:
    """Check that nothing which moves, and so is known last, counts for what was told after it."""
    for _, row in moving.iterrows():
        others = staying[(staying["item"] == row["item"]) & (staying["value"] != row["value"])]
        others = others[(others[_RANKS] == row[_RANKS]).all(axis=1)]
        later = others[others["place"] < row["place"]]
        if len(later):
            msg = (
                f"Observation {row['observation']}, of {row['item']!r}, would move with the day, "
                f"and count in the place of observation {later['observation'].iloc[0]}, which "
                "another source told later, of another day or with a day of its own. Say the day "
                "as 'true_from': then nothing moves with it."
            )
            raise InvalidParameterError(msg)


def _check_alone(item: str, rest: pd.DataFrame) -> None:
    others = sorted(rest["item"].astype(str)[_is_own_day(rest)])
    if others:
        names = ", ".join(map(repr, others))
        msg = (
            f"{item!r} is true from the day that it names, and so is {names} of the same record: "
            "whether the fact is true from that day still, as a day due is from that of its "
            "invoice, or from the new one, is not clear. Say it as 'true_from'."
        )
        raise InvalidParameterError(msg)


def _first_days(facts: pd.DataFrame) -> Any:
    return facts["true_from"].to_numpy().astype("datetime64[D]")


def _is_own_day(facts: pd.DataFrame) -> Any:
    """Tell which facts are true from the day that they name."""
    return facts["text"].astype(object).to_numpy() == _first_days(facts).astype(str)
