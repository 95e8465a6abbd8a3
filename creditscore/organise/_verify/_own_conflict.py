"""Sources that contradict themselves: two values of one fact, told in one breath."""

from __future__ import annotations

import numpy as np
import pandas as pd

from creditscore.organise._verify._findings import findings, nothing
from creditscore.organise._verify._same_fact import FACT, SOURCE, other_unit, same_values
from creditscore.organise._verify._tidy_facts import codes_of, values_of

_LOADED = "recorded_at"
"""Of facts from a store: what a later load says of the same instant corrects the earlier."""


def own_conflicts(table: pd.DataFrame) -> pd.DataFrame:
    """Return values that the same source replaced at the very instant at which it told them.

    The last of them is what counts. A value is found once a fact, however often it was told.
    """
    together = [*FACT, *SOURCE, "collected_at", *(_LOADED for _ in {_LOADED} & set(table))]
    rows = table[table.duplicated(together, keep=False).to_numpy()].dropna(subset=together)
    if not len(rows):
        return nothing()
    code = codes_of(rows, together)
    order = np.argsort(code, kind="stable")
    ends = np.append(np.diff(code[order]) != 0, True)
    last = np.empty(len(rows), dtype=np.int64)
    last[code[order[ends]]] = rows.index.to_numpy()[order[ends]]
    one, other = rows.index.to_numpy(), last[code]
    differs = ~same_values(table, one, other, 0.0) & ~other_unit(table, one, other)
    at_odds = rows[differs].assign(code=code[differs], chosen=other[differs])
    at_odds = at_odds.drop_duplicates(["code", "number", "text"])
    return findings(
        "conflict", "error", at_odds.drop(columns=["code", "chosen"]), value=values_of(at_odds),
        expected=values_of(table).loc[at_odds["chosen"]].astype(str).to_numpy(),
        hint="the same source told both at one instant; the last counts",
    )  # fmt: skip
