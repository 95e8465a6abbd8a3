"""The table of an expert scorecard, its criteria, weights and rules in words, and its line."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from creditscore._display import counted
from creditscore.expert._weights._hierarchy import WeightHierarchy

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


def card_line(card: ExpertScorecard) -> str:
    """Say in one line what a card weighs."""
    title = f"{card.title}: " if card.title else ""
    n = len(card.names)
    criteria = f"{n} criteri{'on' if n == 1 else 'a'}"
    groups = counted(len(card.groups), "group")
    within = f" in {groups}" if isinstance(card.weights, WeightHierarchy) else ""
    vetoes = f", {counted(len(card.vetoes), 'veto rule')}" if card.vetoes else ""
    return f"<ExpertScorecard {title}{criteria}{within}, to {card.scale_to:g}{vetoes}>"
