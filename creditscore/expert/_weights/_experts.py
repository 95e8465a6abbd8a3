"""Experts of a group: their names in a table, and how much each of them counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from creditscore._typing import Float1D
from creditscore._validation import as_floats
from creditscore.exceptions import InvalidWeightError
from creditscore.expert._weights._weights import Weights, check_same_names


def expert_shares(expert_weights: Any, experts: Sequence[str], owner: str) -> Float1D:
    """Return fractions that add up to 1, one an expert in their order; None is all alike.

    Raises
    ------
    InvalidWeightError
        Negative, missing, infinite, all zero, or not as many.
    InvalidParameterError
        A mapping of other experts.
    """
    if expert_weights is None:
        amounts = [1.0] * len(experts)
    elif isinstance(expert_weights, (Mapping, Weights)) or _has_labels(expert_weights):
        pairs = expert_weights if isinstance(expert_weights, Mapping) else expert_weights.to_dict()
        given = {str(name): amount for name, amount in pairs.items()}
        check_same_names(experts, list(given), "group", what="experts")
        amounts = [given[name] for name in experts]
    else:
        amounts = as_floats(expert_weights, f"The expert_weights of {owner}").tolist()
        if not isinstance(amounts, list) or len(amounts) != len(experts):
            msg = (
                f"The expert_weights of {owner} must be one number for each of {len(experts)} "
                f"experts. Got {expert_weights!r}."
            )
            raise InvalidWeightError(msg)
    return Weights.of(dict(zip(experts, amounts, strict=True))).array()


def row_labels(table: Any, n_rows: int) -> tuple[str, ...]:
    """Name the rows of a table by its index, or by their numbers from 0."""
    if isinstance(table, pd.DataFrame):
        return tuple(map(str, table.index.tolist()))
    return tuple(map(str, range(n_rows)))


def _has_labels(expert_weights: Any) -> bool:
    """Tell whether weights are a pandas column whose index says whose they are."""
    return isinstance(expert_weights, pd.Series) and not isinstance(
        expert_weights.index, pd.RangeIndex
    )
