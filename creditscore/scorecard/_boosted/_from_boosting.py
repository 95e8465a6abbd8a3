"""The card of a boosting of trees that somebody has fitted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from creditscore._checks import check_kind
from creditscore._frame import as_table, read_named
from creditscore._typing import NativeFrame
from creditscore._validation import (
    check_both_classes,
    check_same_order,
    check_target,
    check_weights,
)
from creditscore.exceptions import InvalidTargetError, InvalidWeightError
from creditscore.scorecard._boosted._convert import Sample, card_of_function
from creditscore.scorecard._boosted._fitted_boosting import FittedBoosting, check_model
from creditscore.scorecard._scale import PointsScale
from creditscore.scorecard._scorecard import Scorecard
from creditscore.scorecard._threads import few_threads

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier


def scorecard_from_boosting(
    model: HistGradientBoostingClassifier,
    X: NativeFrame,
    y: Any,
    *,
    sample_weight: Any = None,
    scale: PointsScale | None = None,
    bad_label: Any = None,
) -> Scorecard:
    """Return the card that a fitted boosting of trees is, if each tree looks at one column.

    Parameters
    ----------
    model : HistGradientBoostingClassifier
        Fitted, of two classes, with ``max_depth=1``, ``max_leaf_nodes=2`` or
        ``interaction_cst="no_interactions"``. It is not changed.
    X : table of shape (n_samples, n_features)
        pandas, polars or pyarrow: the table that it was fitted on. A model that was fitted on an
        array takes its columns by place, and the card their names. Further columns are ignored
        where the model knows names.
    y : array-like of shape (n_samples,)
        The target of the fit, for the counts of the card.
    sample_weight : array-like of shape (n_samples,), optional
        Weights of the fit, zero or more, for the counts.
    scale : PointsScale or None, default=None
        Points and odds; None means ``PointsScale()``.
    bad_label : scalar, optional
        Label of the bad class, where the target is not 0/1 or boolean.

    Returns
    -------
    Scorecard
        Its log-odds are those of the model, to rounding, for every row: also of missing values
        and levels that the fit never met, which the card, as always, warns of.

    Raises
    ------
    InvalidParameterError
        The model is of another kind, or its trees look at several columns together.
    NotFittedError
        The model was not fitted.
    InvalidDataError
        In a row of X the card would not say what the model says: another table, or other trees
        than the model's parameters tell of.
    InvalidTargetError, InvalidWeightError
        Target or weights cannot be used, or the labels are not those of the model.
    ColumnTypeError, InfiniteValueError
        The table has no names; a column holds text that the model takes for numbers, or infinite
        values, which a card refuses.
    EmptyDataError
        The model says the same of all rows.

    See Also
    --------
    BoostedScorecard : Fits such a model, and chooses the number of trees.

    Notes
    -----
    The model is asked at the values of each column, beside one fixed row, and where it steps
    between two of them by bisection down to the last float. Settings of its fit, such as
    ``class_weight``, ``monotonic_cst`` or early stopping, are in its trees, and so in the card: the
    probabilities of a model with ``class_weight="balanced"`` are those of a balanced sample.
    Neutral points are those of a column's mean over X. Columns that no tree cuts are left out.
    O(p · trees) time for each of about a thousand values a column, and once for each row.

    Examples
    --------
    >>> from sklearn.ensemble import HistGradientBoostingClassifier
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard import scorecard_from_boosting
    >>> german = load_german_credit()
    >>> X, y = german[["duration_months", "age_years", "credit_amount"]], german["is_bad"]
    >>> model = HistGradientBoostingClassifier(max_depth=1, max_iter=30).fit(X, y)
    >>> card = scorecard_from_boosting(model, X, y)
    >>> float(abs(card.prob_default(X) - model.predict_proba(X)[:, 1]).max()) < 1e-12
    True
    """
    scale = PointsScale() if scale is None else scale
    check_kind(scale, "scale", "scorecard_from_boosting", PointsScale)
    check_model(model)
    table = as_table(X)
    read_named(X, getattr(model, "feature_names_in_", table.names))
    check_same_order(X, y)
    check_same_order(X, sample_weight, name="sample_weight", error=InvalidWeightError)
    target = check_target(y, n_rows=table.n_rows, bad_label=bad_label)
    weights = check_weights(sample_weight, n_rows=table.n_rows)
    check_both_classes(target.is_bad, weights)
    if not np.array_equal(target.classes, model.classes_):
        msg = (
            f"The labels of y are {target.classes.tolist()}, those of the model "
            f"{model.classes_.tolist()}. Give the target that it was fitted on."
        )
        raise InvalidTargetError(msg)
    boosting = FittedBoosting.of(model, table, X, 1 if target.bad_index == 1 else -1)
    with few_threads(table.n_rows, model.n_features_in_):
        sample = Sample(
            design=boosting.design,
            table=table,
            is_bad=target.is_bad,
            weights=weights,
            expected=boosting.of_rows(),
        )
        card, _ = card_of_function(boosting.decide, sample, scale, unmet_is_neutral=False)
    return card
