"""A boosting of trees that somebody else has fitted, on the columns of a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from creditscore._frame import Table
from creditscore._typing import Float1D, Float2D, Level, NativeFrame
from creditscore.binning import CategoricalPartition, NumericPartition
from creditscore.exceptions import ColumnTypeError, InvalidDataError, InvalidParameterError
from creditscore.scorecard._boosted._design import Design, Feature

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier

_OWNER = "scorecard_from_boosting"


@dataclass(frozen=True, kw_only=True)
class FittedBoosting:
    """What a fitted boosting says of the rows of a matrix, whose levels are places.

    Attributes
    ----------
    model : HistGradientBoostingClassifier
        As the user fitted it.
    design : Design
        Columns of the table in the order of the model, and their matrix.
    levels : tuple of ndarray or None
        For each column of levels what the model sees of each, and of a gap; None for amounts.
    rows : table
        The columns of the model, in its order.
    sign : int
        1 where the model's second class is the bad one, else -1.
    """

    model: HistGradientBoostingClassifier
    design: Design
    levels: tuple[np.ndarray[Any, Any] | None, ...]
    rows: nw.DataFrame[Any]
    sign: int

    @classmethod
    def of(
        cls, model: HistGradientBoostingClassifier, table: Table, X: NativeFrame, sign: int
    ) -> FittedBoosting:
        """Read the columns of a table as the model does."""
        names = _names(model, table)
        rows = nw.from_native(X, eager_only=True).select(names)
        if rows.implementation.is_pyarrow():
            # older versions of scikit-learn take no such tables
            rows = nw.from_native(rows.to_pandas(), eager_only=True)
        by_level = model.is_categorical_
        features: list[Feature] = []
        columns: list[Float1D] = []
        seen: list[np.ndarray[Any, Any] | None] = []
        for place, name in enumerate(names):
            is_level = by_level is not None and bool(by_level[place])
            if not is_level and table.kind(name) == "numeric":
                features.append(Feature(name=name, known=NumericPartition(), place=place))
                columns.append(table.numeric(name))
                seen.append(None)
                continue
            codes, levels = table.levels(name)
            partition = CategoricalPartition(groups=tuple((level,) for level in levels))
            features.append(Feature(name=name, known=partition, place=place, levels=levels))
            columns.append(np.where(codes < 0, np.nan, codes.astype(np.float64)))
            gaps = np.flatnonzero(codes < 0).tolist()
            # None is a level of its own to the model, NaN is not
            gap = rows[name][gaps[0]] if gaps else np.nan
            seen.append(_as_seen(name, levels, gap, by_number=not is_level))
        design = Design(
            features=tuple(features),
            matrix=np.column_stack(columns),
            categorical=np.array([values is not None for values in seen]),
        )
        return cls(model=model, design=design, levels=tuple(seen), rows=rows, sign=sign)

    def decide(self, matrix: Float2D) -> Float1D:
        """Return the log-odds of being bad for the rows of a matrix."""
        columns = [
            matrix[:, place] if levels is None else levels.take(_places(matrix[:, place]))
            for place, levels in enumerate(self.levels)
        ]
        return self._asked(_as_fitted(self.model, columns))

    def of_rows(self) -> Float1D:
        """Return the log-odds of being bad for the rows of the table itself."""
        has_names = hasattr(self.model, "feature_names_in_")
        return self._asked(self.rows.to_native() if has_names else self.rows.to_numpy())

    def _asked(self, rows: Any) -> Float1D:
        log_odds: Float1D = self.sign * self.model.decision_function(rows)
        return log_odds


def check_model(model: Any) -> None:
    """Refuse what is no fitted boosting of one score, or whose trees look at several columns."""
    # takes time to import
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415

    if not isinstance(model, HistGradientBoostingClassifier):
        msg = (
            f"The 'model' parameter of {_OWNER} must be a HistGradientBoostingClassifier of "
            f"scikit-learn. Got {model!r} instead. Of a search take best_estimator_; of a pipeline "
            "take the last step, and the table as the steps before hand it on."
        )
        raise InvalidParameterError(msg)
    check_is_fitted(model)
    if len(model.classes_) != 2:
        msg = (
            f"The 'model' of {_OWNER} must tell two classes apart. It was fitted on "
            f"{len(model.classes_)}: {', '.join(map(repr, model.classes_.tolist()[:5]))}."
        )
        raise InvalidParameterError(msg)
    if not _is_additive(model):
        msg = (
            f"The trees of the 'model' of {_OWNER} may look at several columns together "
            f"(interaction_cst={model.interaction_cst!r}, max_depth={model.max_depth!r}, "
            f"max_leaf_nodes={model.max_leaf_nodes!r}), and a card adds up single columns. Fit it "
            'with interaction_cst="no_interactions", or max_depth=1.'
        )
        raise InvalidParameterError(msg)


def _is_additive(model: HistGradientBoostingClassifier) -> bool:
    asked, n_columns = model.interaction_cst, int(model.n_features_in_)
    if model.max_depth == 1 or model.max_leaf_nodes == 2 or n_columns == 1:
        return True
    if asked is None or isinstance(asked, str):
        return bool(asked == "no_interactions")
    groups = [set(group) for group in asked]
    # columns in none of the groups are one of their own
    n_left = n_columns - len(set().union(*groups))
    return max([n_left, *map(len, groups)]) <= 1


def _names(model: HistGradientBoostingClassifier, table: Table) -> tuple[str, ...]:
    """Return the columns in the order of the fit: by name where it had any, else by place."""
    if hasattr(model, "feature_names_in_"):
        names = tuple(model.feature_names_in_.tolist())
        table.require(names)
        return names
    if len(table.names) != model.n_features_in_:
        msg = (
            f"The model was fitted on {model.n_features_in_} columns without names, and X has "
            f"{len(table.names)}: {', '.join(map(repr, table.names[:10]))}. Give the columns of "
            "the fit, in its order."
        )
        raise InvalidDataError(msg)
    return table.names


def _as_seen(
    name: str, levels: tuple[Level, ...], gap: Any, *, by_number: bool
) -> np.ndarray[Any, Any]:
    """Return what the model sees of each level, and of a missing one at the end."""
    kinds = set(map(type, levels))
    if kinds <= {int, float} or (by_number and kinds <= {int, float, bool}):
        return np.array([*levels, np.nan], dtype=np.float64)
    if by_number:
        text = next(level for level in levels if isinstance(level, str))
        msg = (
            f"Column {name!r} holds text, such as {text!r}, and the model takes it for numbers. "
            "Make it numbers, and fit the model on them."
        )
        raise ColumnTypeError(msg)
    return np.array([*levels, gap], dtype=object)


def _places(codes: Float1D) -> np.ndarray[Any, Any]:
    """Return codes as places; missing is the last."""
    return np.where(np.isnan(codes), -1.0, codes).astype(np.intp)


def _as_fitted(
    model: HistGradientBoostingClassifier, columns: Sequence[np.ndarray[Any, Any]]
) -> NativeFrame:
    """Return columns as a table of the names of the fit, or as an array where it had none."""
    if not hasattr(model, "feature_names_in_"):
        return np.column_stack(columns)
    # of their own type: objects would become text, and None in them NaN
    as_they_are = [pd.Series(column, dtype=column.dtype) for column in columns]
    return pd.DataFrame(dict(zip(model.feature_names_in_.tolist(), as_they_are, strict=True)))
