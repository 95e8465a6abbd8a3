"""Records that share a name and nothing else, and are left alone: how many, said aloud."""

from __future__ import annotations

from collections import Counter

import numpy as np

from creditscore._display import counted
from creditscore._typing import Bool1D, Float1D
from creditscore._warn import warn_user
from creditscore.exceptions import NamesakeWarning
from creditscore.organise._match._blocking import CandidatePairs
from creditscore.organise._match._levels import Comparison
from creditscore.organise._match._records import COMPARED, Records

_SCRIPTS = (("name", "core"), ("name_zh", "core_zh"))


def warn_of_namesakes(
    records: Records,
    pairs: CandidatePairs,
    compared: Comparison,
    probability: Float1D,
    *,
    review_from: float,
    max_block: int,
) -> None:
    """Say how many pairs of one name are neither merged nor looked at, if there are any."""
    left_alone = (probability < review_from) & compared.same_name & compared.by_name_alone
    parts = []
    if left_alone.any():
        ends = np.concatenate([pairs.left[left_alone], pairs.right[left_alone]])
        parts.append(
            "The same name and nothing else to compare: "
            f"{counted(int(left_alone.sum()), 'pair')} of {len(np.unique(ends)):,} records, whose "
            f"names say too little by themselves (a probability below {review_from:g}; a lower "
            "'review_from' puts them into the queue)."
        )
    crowded = int(_crowded(records, max_block).sum())
    if crowded:
        parts.append(
            f"Nothing but a name that more than {max_block} records have, and so not compared at "
            f"all ('max_block'): {counted(crowded, 'record')}."
        )
    if parts:
        parts.append("They are neither merged nor in the queue: give the table more columns.")
        warn_user(" ".join(parts), NamesakeWarning)


def _crowded(records: Records, max_block: int) -> Bool1D:
    """Return who has nothing but names which make larger blocks than are compared."""
    crowded = np.ones(len(records), dtype=bool)
    named = np.zeros(len(records), dtype=bool)
    for column, core in _SCRIPTS:
        bearers = Counter(records[core].tolist())
        there = records[column] != ""
        many = np.array([bearers[name] > max_block for name in records[core].tolist()], dtype=bool)
        crowded &= many | ~there
        named |= there
    for column in COMPARED:
        if column not in dict(_SCRIPTS):
            crowded &= records[column] == ""
    return crowded & named
