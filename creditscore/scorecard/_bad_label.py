"""The label of the bad class, as estimators within estimators were told it."""

from __future__ import annotations

from typing import Any


def bad_label_of(estimator: Any) -> Any:
    """Return the label that an estimator, or the nearest one inside it, was told; else None."""
    told = [
        (name.count("__"), name, value)
        for name, value in estimator.get_params().items()
        if name.split("__")[-1] == "bad_label" and value is not None
    ]
    return min(told, key=lambda one: one[:2])[2] if told else None
