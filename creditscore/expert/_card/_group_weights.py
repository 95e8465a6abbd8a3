"""Weights of the groups of a card, and other ones in their place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from creditscore._typing import Float1D
from creditscore.exceptions import InvalidParameterError
from creditscore.expert._weights._hierarchy import WeightHierarchy
from creditscore.expert._weights._weights import Weights


def within_groups(weights: Weights | WeightHierarchy) -> dict[str, Weights]:
    """Return the weights of the criteria within each group, which add up to 1."""
    if isinstance(weights, Weights):
        first, parts = weights, {}
    else:
        first, parts = weights.weights, dict(weights.parts)
    return {
        name: parts[name].leaves() if name in parts else Weights.of({name: 1})
        for name in first.names
    }


def group_means(
    weights: Weights | WeightHierarchy, columns: Mapping[str, Float1D]
) -> dict[str, Float1D]:
    """Return the weighted mean of the columns of each group."""
    return {
        group: sum((weight * columns[name] for name, weight in own.to_dict().items()), np.zeros(1))
        for group, own in within_groups(weights).items()
    }


def exchanged(own: Weights | WeightHierarchy, weights: Any) -> Any:
    """Return `weights`; if they are those of the groups of `own`, with the parts of these."""
    if isinstance(own, Weights) or not isinstance(weights, Weights):
        return weights
    if not any(group in weights.names for group in own.parts):
        return weights
    first = own.weights.names
    lacking = [name for name in first if name not in weights.names]
    strange = [name for name in weights.names if name not in first]
    if lacking or strange:
        told = [f"{what}: {', '.join(map(repr, found))}" for what, found in (
            ("not given", lacking), ("not known", strange)) if found]  # fmt: skip
        msg = (
            f"Weights of groups must be of all groups of the card ({', '.join(first)}) and of "
            f"nothing else; {'; '.join(told)}. For other groups, give a hierarchy, "
            "WeightHierarchy(weights=…, parts=…), in which card.weights.parts has the parts."
        )
        raise InvalidParameterError(msg)
    return WeightHierarchy(weights=weights, parts=own.parts)
