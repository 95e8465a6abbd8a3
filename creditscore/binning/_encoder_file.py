"""What the file of an encoder holds: its tables, and how it shows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np

from creditscore.binning._table import BinTable

_E = TypeVar("_E")


def encoder_content(encoder: Any) -> dict[str, Any]:
    """Return plain values that :func:`encoder_of` reads back."""
    label = encoder.bad_label
    return {
        "tables": [table.to_dict() for table in encoder.tables_.values()],
        "classes": encoder.classes_.tolist(),
        "bad_label": label.item() if isinstance(label, np.generic) else label,
        "output": encoder.output,
        "has_names": hasattr(encoder, "feature_names_in_"),
        "labels": list(encoder.column_labels_),
    }


def encoder_of(cls: Callable[..., _E], content: Mapping[str, Any]) -> _E:
    """Return a fitted encoder; its bins are its `user_cuts`, so that a fit counts them anew."""
    tables = {entry["feature"]: BinTable.from_dict(entry) for entry in content["tables"]}
    encoder: Any = cls(
        output=content["output"], bad_label=content["bad_label"], user_cuts=dict(tables)
    )
    encoder.tables_ = tables
    encoder.classes_ = np.asarray(content["classes"])
    encoder.n_features_in_ = len(tables)
    encoder.column_labels_ = tuple(content["labels"])
    if content["has_names"]:
        encoder.feature_names_in_ = np.asarray(list(tables), dtype=object)
    fitted: _E = encoder
    return fitted
