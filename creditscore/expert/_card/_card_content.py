"""What a JSON file of an expert scorecard holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from creditscore.expert._subscore._subscore import SubScore
from creditscore.expert._weights._hierarchy import WeightHierarchy
from creditscore.expert._weights._weights import Weights
from creditscore.scorecard import VetoRule

if TYPE_CHECKING:
    from creditscore.expert._card._expert_scorecard import ExpertScorecard


def card_content(card: ExpertScorecard) -> dict[str, Any]:
    """Return a card as plain values that :func:`card_parameters` reads back."""
    return {
        "subscores": [
            {"name": name, **subscore.to_dict()} for name, subscore in card.subscores.items()
        ],
        "weights": {
            "levels": isinstance(card.weights, WeightHierarchy),
            **card.weights._content(),  # noqa: SLF001 - a format within another
        },
        "scale_to": card.scale_to,
        "title": card.title,
        "title_zh": card.title_zh,
        "description": card.description,
        "labels": dict(card.labels),
        "labels_zh": dict(card.labels_zh),
        "five_c": {name: list(tags) for name, tags in card.five_c.items()},
        "vetoes": [veto.to_dict() for veto in card.vetoes],
    }


def card_parameters(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of the card that :func:`card_content` wrote."""
    entries = dict(content)
    weights = dict(entries.pop("weights"))
    kind = WeightHierarchy if weights.pop("levels") else Weights
    named = [dict(subscore) for subscore in entries.pop("subscores")]
    return {
        "subscores": {entry.pop("name"): SubScore.from_dict(entry) for entry in named},
        "weights": kind._from_content(weights),  # noqa: SLF001 - a format within another
        "vetoes": tuple(VetoRule.from_dict(veto) for veto in entries.pop("vetoes")),
        **entries,
    }
