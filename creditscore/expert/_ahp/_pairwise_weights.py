"""Weights of criteria from the matrix of their comparisons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from creditscore._typing import Float2D
from creditscore._validation import check_choice
from creditscore.expert._ahp._consistency import (
    check_threshold,
    linked,
    ratio_of,
    warn_if_inconsistent,
)
from creditscore.expert._ahp._priorities import completed, least_squares, principal
from creditscore.expert._ahp._random_index import told
from creditscore.expert._weights._weights import Weights


def weights_of(
    names: tuple[str, ...], matrix: Float2D, settings: Mapping[str, Any], *, of: str = ""
) -> Weights:
    """Return priorities by the parameters of `PairwiseComparison.weights`.

    A warning says by `of` whose comparisons it is about.
    """
    owner = "PairwiseComparison.weights"
    method, random_index = settings["method"], settings["random_index"]
    check_choice(method, "method", owner, ("eigenvector", "geometric_mean"))
    n = len(names)
    limit = check_threshold(settings["threshold"], n, owner)
    state = principal(completed(linked(names, matrix)))
    ratio = ratio_of(state.excess, n, random_index, owner)
    warn_if_inconsistent(names, matrix, ratio, limit=limit, of=of)
    logs = state.log_right if method == "eigenvector" else least_squares(matrix)
    amounts = np.exp(logs - logs.max())
    return Weights.of(
        dict(zip(names, amounts.tolist(), strict=True)),
        method="ahp",
        evidence={
            "prioritisation": method,
            "lambda_max": n + state.excess,
            "consistency_index": state.excess / (n - 1) if n > 1 else 0.0,
            "consistency_ratio": ratio,
            "random_index": told(random_index),
            "n_missing": int(np.isnan(matrix).sum()) // 2,
        },
    )
