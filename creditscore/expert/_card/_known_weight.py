"""How much of a card is known of each customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from creditscore._frame import Table
from creditscore._typing import Float1D

if TYPE_CHECKING:
    from creditscore.expert._card._expert_scorecard import ExpertScorecard


def known_weight(card: ExpertScorecard, table: Table) -> Float1D:
    """Return the share of weight whose values are there, in each row."""
    known, missing = np.zeros(table.n_rows), np.zeros(table.n_rows)
    for name, weight in card.leaves.to_dict().items():
        partition = card.subscores[name].characteristic(name).partition
        codes, _ = partition.coded(table, name)
        there = codes != partition.missing_code
        known[there] += weight
        missing[~there] += weight
    # weights add up to 1 but for rounding; this way all is 1 and nothing 0
    return known / (known + missing)
