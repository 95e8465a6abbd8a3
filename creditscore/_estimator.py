"""What estimators share: noting the columns of the fit, and finding them again afterwards."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from creditscore._frame import Table, as_table
from creditscore._typing import NativeFrame
from creditscore.exceptions import InvalidDataError


def note_columns(estimator: Any, table: Table) -> None:
    """Note the columns of a fit on the estimator, as scikit-learn does.

    Called once everything else of the fit has worked: a fit that fails leaves the last one whole.
    """
    estimator.n_features_in_ = len(table.names)
    if table.has_names:
        estimator.feature_names_in_ = np.asarray(table.names, dtype=object)
    elif hasattr(estimator, "feature_names_in_"):
        del estimator.feature_names_in_
    estimator.column_labels_ = table.labels


def table_after_fit(estimator: Any, X: NativeFrame) -> Table:
    """Read a table with the columns of the fit: by name where there are names, else by place.

    Further columns are ignored, and so is the order of columns that have names. Columns that are
    labelled by numbers or tuples go by place, and are refused where a label has another place.
    """
    check_is_fitted(estimator)
    owner = type(estimator).__name__
    names = getattr(estimator, "feature_names_in_", None)
    n_features: int = estimator.n_features_in_
    expected = [f"x{i}" for i in range(n_features)] if names is None else [str(n) for n in names]
    table = as_table(X, wanted=None if names is None else expected)
    if table.has_names and names is not None:
        table.require(expected)
        return table
    if len(table.names) != n_features:
        msg = (
            f"X has {len(table.names)} features, but {owner} is expecting {n_features} features "
            "as input."
        )
        raise InvalidDataError(msg)
    _check_places(table.labels, estimator.column_labels_, owner)
    if table.has_names:
        warnings.warn(
            f"X has feature names, but {owner} was fitted without feature names",
            UserWarning,
            stacklevel=3,
        )
    elif names is not None:
        warnings.warn(
            f"X does not have valid feature names, but {owner} was fitted with feature names",
            UserWarning,
            stacklevel=3,
        )
    return table.renamed(expected)


def _check_places(labels: tuple[str, ...], known: tuple[str, ...], owner: str) -> None:
    """Refuse columns that go by place and stand at another one than in the fit."""
    # where labels repeat, they tell nothing
    place_of = (
        {label: place for place, label in enumerate(known)} if len(set(known)) == len(known) else {}
    )
    for place, label in enumerate(labels):
        if place_of.get(label, place) != place:
            msg = (
                f"{owner} takes columns without names of text by their place, and column {label} "
                f"is at place {place}, after place {place_of[label]} in the fit. Bring the columns "
                "into the order of the fit, give them text for names, or pass an array."
            )
            raise InvalidDataError(msg)
