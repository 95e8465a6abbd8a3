"""The table of an expert scorecard: its criteria, their weights and their rules in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from creditscore.expert._card._expert_scorecard import ExpertScorecard


def card_table(card: ExpertScorecard) -> pd.DataFrame:
    """Return a row a criterion of a card."""
    group_of = {name: group for group, names in card.groups.items() for name in names}
    rows = []
    for name, weight in card.leaves.to_dict().items():
        subscore = card.subscores[name]
        missing = subscore.missing_score
        row = {
            "criterion": name,
            "label": card.labels.get(name, name),
            "group": "" if group_of[name] == name else group_of[name],
            "weight": weight,
            "kind": subscore.kind,
            "rule": subscore.in_words,
            "missing": math.nan if missing is None else missing,
        }
        rows.append(row)
    return pd.DataFrame(rows)
