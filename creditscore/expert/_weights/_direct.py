"""Weights that one expert or several say straight out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from creditscore._frame import as_table
from creditscore._typing import NativeFrame
from creditscore.exceptions import InvalidParameterError, InvalidWeightError
from creditscore.expert._weights._experts import expert_shares, row_labels
from creditscore.expert._weights._weights import Weights, check_names


def direct_weights(
    amounts: Mapping[str, float] | NativeFrame,
    *,
    expert_weights: Mapping[Any, float] | Sequence[float] | None = None,
) -> Weights:
    """Weigh criteria by amounts that experts give them, such as 100 points to divide.

    So are weighed, too, the points of SMART, where the least important criterion has 10 and the
    others are valued beside it.

    Parameters
    ----------
    amounts : mapping of str to float, or table
        Zero or more for each criterion, of one expert; or a table with a row an expert and a
        column a criterion. What an expert gives is divided by its sum, so that one who gives
        large numbers counts no more than another. The index of a pandas table names the experts,
        who are numbered from 0 else.
    expert_weights : mapping or sequence of float, optional
        How much each expert counts, zero or more, by their names (as text) or in the order
        of the rows; without, all alike.

    Returns
    -------
    Weights
        Of method "direct": the mean of the experts' weights. Those are its parents where the
        amounts are a table, and the evidence says what each expert counts.

    Raises
    ------
    InvalidWeightError
        An amount, or the weight of an expert, is negative, missing or infinite; all are zero.
    InvalidParameterError
        No criterion, one twice, one that is no text; weights of other experts, or with one
        expert's amounts.
    ColumnTypeError
        A column that is no numbers.

    See Also
    --------
    swing_weights : Points for the way from the worst to the best of a criterion.

    References
    ----------
    Edwards, W. (1977). How to use multiattribute utility measurement for social decisionmaking.
    IEEE Transactions on Systems, Man, and Cybernetics 7, 326-340 (SMART).

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.expert import direct_weights
    >>> direct_weights({"financial": 50, "operating": 30, "reputation": 20})
    Weights(financial 50.0 %, operating 30.0 %, reputation 20.0 %; direct)
    >>> opinions = pd.DataFrame(
    ...     {"financial": [70, 4], "operating": [30, 6]}, index=["risk", "sales"]
    ... )
    >>> direct_weights(opinions)
    Weights(financial 55.0 %, operating 45.0 %; direct)
    >>> direct_weights(opinions, expert_weights={"risk": 2, "sales": 1})
    Weights(financial 60.0 %, operating 40.0 %; direct)
    """
    owner = "direct_weights"
    if isinstance(amounts, Mapping):
        if expert_weights is not None:
            msg = (
                "The 'expert_weights' go with a table of several experts, a row each. Got amounts "
                "of one expert."
            )
            raise InvalidParameterError(msg)
        return Weights.of(amounts)
    table = as_table(amounts)
    names = check_names(table.names, owner)
    table = table.with_kinds(dict.fromkeys(names, "numeric"))
    experts = check_names(row_labels(amounts, table.n_rows), owner, what="experts")
    shares = expert_shares(expert_weights, experts, owner)
    rows = np.column_stack([table.numeric(name) for name in names]).tolist()
    parents = [
        _opinion(dict(zip(names, row, strict=True)), expert)
        for row, expert in zip(rows, experts, strict=True)
    ]
    mean = shares @ np.array([parent.array() for parent in parents])
    return Weights.of(
        dict(zip(names, mean.tolist(), strict=True)),
        evidence={"expert_weights": dict(zip(experts, shares.tolist(), strict=True))},
        parents=parents,
    )


def _opinion(amounts: Mapping[str, float], expert: str) -> Weights:
    """Return the weights of one expert, who is named if they cannot be."""
    try:
        return Weights.of(amounts)
    except InvalidWeightError as error:
        msg = f"Of expert {expert!r}: {error}"
        raise InvalidWeightError(msg) from error
