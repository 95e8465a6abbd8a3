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


def table_after_fit(estimator: Any, X: NativeFrame) -> Table:
    """Read a table with the columns of the fit: by name where there are names, else by place.

    Further columns are ignored, and so is the order of columns that have names.
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
