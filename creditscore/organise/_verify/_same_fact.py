"""What different sources say about one fact, side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from creditscore._typing import Bool1D, Float1D, Int1D
from creditscore.collect import ItemCatalogue
from creditscore.organise._verify._currency import plain_unit
from creditscore.organise._verify._same_text import Texts, in_other_scripts, same_texts
from creditscore.organise._verify._tidy_facts import (
    STATE_GROUP,
    codes_of,
    days_of,
    numbers_of,
    words_of,
)

FACT = ["customer", "record", "item", "true_from"]
SOURCE = ["source", "source_name"]
"""Of one source the last word on a fact counts, by whatever method, as in a store."""
WITHIN_DAYS = 92
"""Days by which two words on a state may lie apart and still contradict each other."""
_NEVER = 10**7


@dataclass(frozen=True, kw_only=True, eq=False)
class SameFact:
    """The last word of each source on each fact, the most reliable source of a fact first.

    A word on a state, such as an address, is one on several facts: on that of its own day, and on
    those of later days on which others speak of the state.
    """

    rows: Int1D
    """Place of each word in the table of observations."""
    fact: Int1D
    """Which fact it is about: words of one stand together."""
    first: Int1D
    """Place among the words of the most reliable one on the same fact."""
    compared: Bool1D
    """Whether it would contradict the most reliable one if it said something else."""
    agrees: Bool1D
    """Whether it says the same as the most reliable one."""
    other_unit: Bool1D
    """Whether it is a number in another unit than the most reliable one, so that none can tell."""
    latest: Int1D
    """For each row of the table, the one that is the last word of its source on the fact."""


def facts_of(table: pd.DataFrame, catalogue: ItemCatalogue | None) -> Int1D:
    """Return a number for each row, the same for rows about one fact.

    A fact is of one day, but where the item happens once: there it is one whatever the day.
    """
    days = table["true_from"].where(~are_once(table, catalogue), pd.Timestamp(0))
    return codes_of(table.assign(true_from=days), FACT)


def are_once(table: pd.DataFrame, catalogue: ItemCatalogue | None) -> Bool1D:
    """Tell which rows are of items that happen once."""
    found: Bool1D = table["item"].isin([i.name for i in catalogue or () if i.once]).to_numpy()
    return found


def _state_lives(catalogue: ItemCatalogue) -> dict[str, float]:
    """Return the shelf lives of items without a period, in days; infinite without one."""
    return {
        item.name: np.inf if item.shelf_life_days is None else float(item.shelf_life_days)
        for item in catalogue.of_record("")
        if item.group == STATE_GROUP and not item.once
    }


def words_on_facts(
    table: pd.DataFrame,
    reliability: Float1D,
    relative_tolerance: float,
    catalogue: ItemCatalogue | None = None,
) -> SameFact:
    """Sort what sources say by fact and reliability.

    Facts are of one day. With a catalogue, those of what happens once are of any, and a word on a
    state counts on later days too, until its source speaks again, its validity ends, or its shelf
    life is over. O(n log n) time in observations, and for states in the words that count on each
    day.
    """
    fact, source = facts_of(table, catalogue), codes_of(table, SOURCE)
    lives = {} if catalogue is None else _state_lives(catalogue)
    instant = table["known"].astype("int64").to_numpy()
    order = np.lexsort((numbers_of(table), instant, source, fact))
    # the last word of each source on a fact stands before the next source or fact
    ends = np.append((np.diff(fact[order]) != 0) | (np.diff(source[order]) != 0), True)[: len(fact)]
    last = order[ends]
    latest = np.empty(len(table), dtype=np.int64)
    latest[order] = last[np.cumsum(ends) - ends] if len(order) else 0
    rows, fact, near = _with_states(table, last, fact, source, lives)
    sure = table["confidence"].to_numpy() if "confidence" in table else np.ones(len(table))
    order = np.lexsort((rows, -instant[rows], -sure[rows], -reliability[rows], ~near, fact))
    rows, fact, near = rows[order], fact[order], near[order]
    is_first = np.append(True, np.diff(fact) != 0)[: len(fact)]
    first = np.maximum.accumulate(np.where(is_first, np.arange(len(fact)), 0))
    in_others = other_unit(table, rows, rows[first])
    return SameFact(
        rows=rows, fact=fact, first=first,
        compared=near & ~in_others & ~_other_script(table, rows, rows[first]),
        agrees=same_values(table, rows, rows[first], relative_tolerance) & ~in_others,
        other_unit=near & in_others, latest=latest,
    )  # fmt: skip


def _with_states(
    table: pd.DataFrame, last: Int1D, fact: Int1D, source: Int1D, lives: dict[str, float]
) -> tuple[Int1D, Int1D, Bool1D]:
    """Return the words on each fact, the fact, and whether a word is near enough to its day."""
    is_state = (table["item"].isin(list(lives)) & (table["record"] == "")).to_numpy()[last]
    own, state = last[~is_state], last[is_state]
    place, at, near = _on_later_days(table.iloc[state], source[state], lives)
    facts = np.concatenate([fact[own], at + len(table)])
    rows = np.concatenate([own, state[place]])
    return rows, facts, np.concatenate([np.ones(len(own), dtype=bool), near])


def _on_later_days(
    words: pd.DataFrame, source: Int1D, lives: dict[str, float]
) -> tuple[Int1D, Int1D, Bool1D]:
    """Return which words count on which days: places of words, number of the day, nearness."""
    if not len(words):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)
    thing, day = codes_of(words, ["customer", "item"]), days_of(words["true_from"])
    life = words_of(words["item"]).map(lives).to_numpy(dtype=np.float64)
    end = day + np.where(np.isinf(life), _NEVER, life).astype(np.int64) + 1
    over = words["true_to"].notna().to_numpy()
    end[over] = np.minimum(end[over], days_of(words["true_to"][over]))
    order = np.lexsort((day, source, thing))
    same = (np.diff(thing[order]) == 0) & (np.diff(source[order]) == 0)
    end[order[:-1][same]] = np.minimum(end[order[:-1][same]], day[order[1:][same]])
    # each day on which anybody speaks of the thing is a fact; a word counts on its own at least
    start, span = day.min(), 2 + int(day.max() - day.min())
    key = thing * span + (day - start)
    days = np.unique(key)
    begins = np.searchsorted(days, key)
    stops = np.searchsorted(days, thing * span + np.clip(end - start, 0, span - 1))
    n = np.maximum(stops - begins, 1)
    place = np.repeat(np.arange(len(words)), n)
    at = begins[place] + np.arange(len(place)) - np.repeat(np.cumsum(n) - n, n)
    return place, at, days[at] - key[place] <= WITHIN_DAYS


def unit_codes(table: pd.DataFrame) -> Int1D:
    """Return a number for the unit of each row, -1 for none; two ways of writing one are one."""
    unit = table["unit"].cat.categories.astype(str).map(plain_unit).str.casefold()
    own = np.where(unit == "", -1, pd.factorize(unit)[0])
    codes: Int1D = own[table["unit"].cat.codes.to_numpy()]
    return codes


def other_unit(table: pd.DataFrame, one: Int1D, other: Int1D) -> Bool1D:
    """Tell which pairs are numbers whose units are both told and not the same."""
    code = unit_codes(table)
    is_number = table["number"].notna().to_numpy()
    told = (code[one] >= 0) & (code[other] >= 0) & is_number[one] & is_number[other]
    found: Bool1D = told & (code[one] != code[other])
    return found


def same_values(table: pd.DataFrame, one: Int1D, other: Int1D, relative_tolerance: float) -> Bool1D:
    """Tell whether two rows say the same: numbers within a tolerance, texts in one form."""
    number = table["number"].to_numpy()
    a, b = number[one], number[other]
    same: Bool1D = np.abs(a - b) <= relative_tolerance * np.maximum(np.abs(a), np.abs(b))
    same |= one == other
    texts = np.flatnonzero(_are_texts(table, one, other) & ~same)
    same[texts] = same_texts(*_told(table, one[texts], other[texts]))
    return same


def _other_script(table: pd.DataFrame, one: Int1D, other: Int1D) -> Bool1D:
    """Tell which pairs are names in different scripts, which nobody can compare by letters."""
    found = np.zeros(len(one), dtype=bool)
    texts = np.flatnonzero(_are_texts(table, one, other) & (one != other))
    found[texts] = in_other_scripts(*_told(table, one[texts], other[texts]))
    return found


def _are_texts(table: pd.DataFrame, one: Int1D, other: Int1D) -> Bool1D:
    is_text: Bool1D = table["number"].isna().to_numpy()
    return is_text[one] & is_text[other]


def _told(table: pd.DataFrame, one: Int1D, other: Int1D) -> tuple[Texts, Texts, Texts]:
    """Return the items, and the texts of both rows."""
    item = table["item"].to_numpy(dtype=object)
    text = table["text"].to_numpy(dtype=object, na_value="")
    return item[one], text[one], text[other]
