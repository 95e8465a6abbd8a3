"""Weights of items from the last opinions of a panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from creditscore._validation import check_choice
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.expert._delphi._stop_rule import History
from creditscore.expert._weights._experts import expert_shares
from creditscore.expert._weights._weights import Weights

_OWNER = "DelphiStudy.weights"


def panel_counts(experts: Sequence[str], given: Any, statistic: str) -> dict[str, float]:
    """Return how much each expert of a panel counts, 1 where nothing is given."""
    check_choice(statistic, "statistic", _OWNER, ("mean", "median"))
    if given is None:
        return dict.fromkeys(experts, 1.0)
    if statistic == "median":
        msg = (
            "Weights of experts go with the mean, as weighted answers have several medians. Leave "
            "'expert_weights' out, or take statistic='mean'."
        )
        raise InvalidParameterError(msg)
    shares = expert_shares(given, experts, _OWNER)
    return dict(zip(experts, shares.tolist(), strict=True))


def panel_weights(
    histories: Mapping[str, History],
    counts: Mapping[str, float],
    statistic: str,
    *,
    tell_counts: bool,
) -> Weights:
    """Divide the middles of the last answers on each item by their sum."""
    scores = {item: _middle(item, h, counts, statistic) for item, h in histories.items()}
    evidence: dict[str, Any] = {
        "statistic": statistic,
        "round_number": {item: history[-1][0] for item, history in histories.items()},
        "n": {item: len(history[-1][1]) for item, history in histories.items()},
        "score": scores,
    }
    if tell_counts:
        evidence["expert_weights"] = dict(counts)
    return Weights.of(scores, method="delphi", evidence=evidence)


def _middle(item: str, history: History, counts: Mapping[str, float], statistic: str) -> float:
    answers = history[-1][1] if history else {}
    weights = np.array([counts[code] for code in answers])
    if not weights.any():
        msg = (
            f"Item {item!r} has no answer that counts in the last round that asked about it. Ask "
            "about it again, or give the experts who answered a weight."
        )
        raise InvalidDataError(msg)
    values = np.array(list(answers.values()))
    if statistic == "median":
        return float(np.median(values))
    return float(np.average(values, weights=weights))
