"""Observations of one fact by several sources, side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from creditscore._typing import Bool1D, Int1D

FACT = ["customer", "record", "item", "true_from"]
SOURCE = ["source", "source_name", "method"]


@dataclass(frozen=True, kw_only=True, eq=False)
class SameFact:
    """The last word of each source on each fact, the most reliable source of a fact first."""

    rows: Int1D
    """Place of each word in the table of observations."""
    fact: Int1D
    """Which fact it is about: words of one stand together."""
    is_first: Bool1D
    """Whether it is the most reliable word on its fact."""
    first: Int1D
    """Place among the words of the most reliable one on the same fact."""
    agrees: Bool1D
    """Whether it says the same as the most reliable one."""


def words_on_facts(
    table: pd.DataFrame, reliability: pd.Series, relative_tolerance: float
) -> SameFact:
    """Sort what sources say by fact and reliability. O(n log n) time in observations."""
    fact = table.groupby(FACT, sort=False, observed=True).ngroup().to_numpy()
    source = table.groupby(SOURCE, sort=False, observed=True).ngroup().to_numpy()
    instant = table["collected_at"].astype("int64").to_numpy()
    order = np.lexsort((np.arange(len(table)), instant, source, fact))
    # the last word of each source on a fact stands before the next source or fact
    differs = (np.diff(fact[order]) != 0) | (np.diff(source[order]) != 0)
    last = order[np.append(differs, True)] if len(order) else order
    believed = reliability.to_numpy()
    last = last[np.lexsort((last, -instant[last], -believed[last], fact[last]))]
    here = fact[last]
    is_first = np.append(True, np.diff(here) != 0)[: len(here)]
    first = np.maximum.accumulate(np.where(is_first, np.arange(len(here)), 0))
    agrees = same_values(table, last, last[first], relative_tolerance)
    return SameFact(rows=last, fact=here, is_first=is_first, first=first, agrees=agrees)


def same_values(table: pd.DataFrame, one: Int1D, other: Int1D, relative_tolerance: float) -> Bool1D:
    """Tell whether two rows say the same: numbers within a tolerance, texts but for case."""
    number = table["number"].to_numpy()
    a, b = number[one], number[other]
    close = np.abs(a - b) <= relative_tolerance * np.maximum(np.abs(a), np.abs(b))
    text = table["text"].fillna("").astype(str).str.strip().str.casefold().to_numpy()
    both_text = np.isnan(a) & np.isnan(b)
    same_text: Bool1D = text[one] == text[other]
    return np.where(both_text, same_text, close)
