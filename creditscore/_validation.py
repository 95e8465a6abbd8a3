"""Checks at the boundary: each names what it checks and returns the cleaned array."""

from __future__ import annotations

import math
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import combinations
from numbers import Number
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import column_or_1d
from sklearn.utils.multiclass import type_of_target

from creditscore._typing import Bool1D, Float1D
from creditscore._warn import warn_user
from creditscore.exceptions import (
    EmptyDataError,
    InfiniteValueError,
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    InvalidWeightError,
    WeightScaleWarning,
)

_LEAST_MEAN_WEIGHT = 0.01
"""Frequencies may be a part of a row, but not so small a part in the mean."""
_MOST_ROWS = 2.0**53
"""Beyond it not every whole number is a float, and sums of counts are no longer exact."""


@dataclass(frozen=True)
class Target:
    """A binary target: who is bad, and the two labels in scikit-learn's sorted order."""

    is_bad: Bool1D
    classes: np.ndarray[Any, Any]
    bad_index: int


def check_target(y: Any, *, n_rows: int, bad_label: Any = None) -> Target:
    """Read a binary target without guessing.

    Parameters
    ----------
    y : array-like of shape (n_rows,)
        0/1 or booleans with 1 = bad, or two labels of any kind with `bad_label`.
    n_rows : int
        Rows of the table it belongs to.
    bad_label : scalar, optional
        The label that means bad.

    Returns
    -------
    Target

    Raises
    ------
    InvalidTargetError
        Missing values, one class, more than two, labels of several types, unknown labels, wrong
        length.
    """
    if y is None:
        msg = "This estimator requires y to be passed, but the target y is None."
        raise InvalidTargetError(msg)
    values = _read_labels(y, n_rows=n_rows, name="y", beside="X")
    labels = _distinct(values)
    if len(labels) == 1:
        msg = (
            f"The target y has one class only, {labels.tolist()[0]!r}. Good and bad cases are both "
            "needed to tell them apart: check the outcome definition or the sample."
        )
        raise InvalidTargetError(msg)
    if len(labels) > 2:
        _reject_many(values, labels)
    return _with_bad_label(values, labels, bad_label)


def check_outcomes(
    is_bad: Any, *, n_rows: int, one_class: bool = False, beside: str = "score"
) -> Bool1D:
    """Return outcomes for a metric: 1 or True is bad, 0 or False is good, nothing else.

    `one_class` admits samples without a good or without a bad case; `beside` names the values
    that the outcomes belong to.
    """
    values = _read_labels(is_bad, n_rows=n_rows, name="is_bad", beside=beside)
    labels = _distinct(values).tolist()
    if values.dtype.kind not in "biuf" or not {0, 1}.issuperset(labels):
        shown = ", ".join(map(repr, labels[:5])) + (", …" if len(labels) > 5 else "")
        msg = f"Only binary outcomes are measured: is_bad is 1 for bad, 0 for good. Got {shown}."
        raise InvalidTargetError(msg)
    if len(labels) == 1 and not one_class:
        what = "bad" if labels[0] else "good"
        msg = f"is_bad has one class only: every case is {what}, and both kinds are needed."
        raise InvalidTargetError(msg)
    return values.astype(bool)


def _read_labels(y: Any, *, n_rows: int, name: str, beside: str) -> np.ndarray[Any, Any]:
    """Return labels as an array that numpy can sort, one a row and none missing."""
    # numpy would turn the numbers of a mixed list into text
    raw = np.asarray(y, dtype=object if isinstance(y, (list, tuple)) else None)
    try:
        values: np.ndarray[Any, Any] = column_or_1d(raw, warn=True)
    except ValueError as error:
        msg = f"The target {name} should be a 1d array, got an array of shape {raw.shape} instead."
        raise InvalidTargetError(msg) from error
    if len(values) != n_rows:
        msg = (
            f"Found input variables with inconsistent numbers of samples: {beside} has {n_rows} "
            f"rows, {name} has {len(values)}."
        )
        raise InvalidTargetError(msg)
    _reject_missing(values, name)
    if values.dtype.kind == "O":
        _reject_mixed(values, name)
        values = np.asarray(values.tolist())
    return values


def _distinct(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the labels that occur, sorted; one or two of them are found without sorting."""
    others = values[values != values[:1]]
    if (others == others[:1]).all():
        return np.unique(np.concatenate([values[:1], others[:1]]))
    return np.unique(values)


def _reject_missing(values: np.ndarray[Any, Any], name: str) -> None:
    missing = np.flatnonzero(pd.isna(values))
    if len(missing):
        rows = ", ".join(map(str, missing[:5])) + (", …" if len(missing) > 5 else "")
        msg = (
            f"The target {name} has {len(missing)} missing value(s) (NaN) at row(s) {rows}. A case "
            "without an outcome is neither good nor bad: drop these rows, or label them first."
        )
        raise InvalidTargetError(msg)
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        msg = f"The target {name} contains infinity. Use 1 for bad and 0 for good."
        raise InvalidTargetError(msg)


def _reject_mixed(values: np.ndarray[Any, Any], name: str) -> None:
    """Refuse objects that numpy would make alike, such as 1 and "1"."""
    types = {type(value) for value in values}
    if all(issubclass(t, str) for t in types):
        return
    if all(issubclass(t, (Number, np.bool_)) for t in types):
        return
    listed = ", ".join(sorted(t.__name__ for t in types))
    msg = (
        f"The labels of the target {name} must be all text or all numbers. Got the types {listed}. "
        "Convert them to one type."
    )
    raise InvalidTargetError(msg)


def _reject_many(values: np.ndarray[Any, Any], labels: np.ndarray[Any, Any]) -> None:
    kind = type_of_target(values)
    if kind.startswith("continuous"):
        msg = (
            f"Unknown label type: {kind}. The target y must have two labels, such as 0 for good "
            "and 1 for bad; it holds real numbers."
        )
        raise InvalidTargetError(msg)
    shown = ", ".join(map(repr, labels[:5].tolist())) + (", …" if len(labels) > 5 else "")
    msg = (
        f"Only binary classification is supported. The type of the target is {kind}. Its "
        f"{len(labels)} labels are {shown}: drop indeterminate cases, or join labels to two."
    )
    raise InvalidTargetError(msg)


def _with_bad_label(
    values: np.ndarray[Any, Any], labels: np.ndarray[Any, Any], bad_label: Any
) -> Target:
    if bad_label is None:
        if values.dtype.kind == "b" or (values.dtype.kind in "iuf" and labels.tolist() == [0, 1]):
            return Target(values.astype(bool), labels, 1)
        msg = (
            f"The labels of y are {labels.tolist()}, and which of them is bad is not guessed: "
            "pass bad_label=…, or code the target as 1 for bad and 0 for good."
        )
        raise InvalidTargetError(msg)
    names = labels.tolist()
    if not pd.api.types.is_scalar(bad_label) or pd.isna(bad_label) or bad_label not in names:
        spelt = {str(label): label for label in names}
        near = get_close_matches(str(bad_label), list(spelt))
        hint = f" Did you mean {spelt[near[0]]!r}?" if near else ""
        msg = f"bad_label={_plain(bad_label)!r} is not among the labels {names} of y.{hint}"
        raise InvalidTargetError(msg)
    place = names.index(bad_label)
    return Target(values == labels[place], labels, place)


def check_weights(
    sample_weight: Any, *, n_rows: int, name: str = "sample_weight"
) -> Float1D | None:
    """Return weights as a finite, non-negative array, or None where all rows count alike."""
    if sample_weight is None:
        return None
    weights = as_floats(sample_weight, name, InvalidWeightError)
    if weights.ndim == 0:
        weights = np.full(n_rows, float(weights))
    if weights.ndim != 1 or len(weights) != n_rows:
        msg = (
            f"{name} must be a 1D array of length {n_rows}, one weight a row. "
            f"Got shape {weights.shape} instead."
        )
        raise InvalidWeightError(msg)
    for bad, what in ((np.isnan(weights), "missing (NaN)"), (np.isinf(weights), "infinite")):
        if bad.any():
            row = int(bad.argmax())
            msg = f"{name} has {int(bad.sum())} {what} value(s), the first at row {row}."
            raise InvalidWeightError(msg)
    if (weights < 0).any():
        row = int((weights < 0).argmax())
        msg = (
            f"{name} must not be negative. Got {weights[row]} at row {row}. Leave a row "
            "out by weight 0."
        )
        raise InvalidWeightError(msg)
    if not weights.any():
        msg = f"{name} is zero in every row, so no row counts and no class is left."
        raise InvalidWeightError(msg)
    return weights


def check_row_counts(weights: Float1D | None) -> None:
    """Check that weights are counts of rows, as a sampling error needs them."""
    if weights is None:
        return
    split = weights != np.floor(weights)
    if split.any():
        row = int(split.argmax())
        msg = (
            "A sampling error takes sample_weight as counts of rows, whole numbers: 2 for two "
            f"rows alike. Got {weights[row]:g} at row {row}. Other weights need the variance of "
            "the design that they come from; the measure itself takes them."
        )
        raise InvalidWeightError(msg)
    if weights.sum() > _MOST_ROWS:
        msg = f"sample_weight counts {weights.sum():g} rows, more than can be counted exactly."
        raise InvalidWeightError(msg)


def warn_of_weight_scale(weights: Float1D | None) -> None:
    """Warn of weights that count next to nothing, so that bins by them are smoothed away."""
    if weights is None or (total := float(weights.sum())) >= _LEAST_MEAN_WEIGHT * len(weights):
        return
    warn_user(
        f"sample_weight adds up to {total:g} over {len(weights)} rows. Bins count rows by weight, "
        f"sampling weights too: the sample counts as {total:g} customers, and bins of so few are "
        "smoothed away. Multiply relative weights by the number of rows over their sum.",
        WeightScaleWarning,
    )


def as_floats(values: Any, name: str, error: type[InvalidDataError] = InvalidDataError) -> Float1D:
    """Return numbers as an array of floats of the same shape, NaN for a missing value.

    Text is no number even if it looks like one.
    """
    try:
        raw = np.asarray(values)
        what = _other_than_numbers(raw)
        if what is None:
            return np.asarray(raw, dtype=np.float64)
    except (TypeError, ValueError) as reason:
        msg = f"{name} must hold numbers, in rows of equal length."
        raise error(msg) from reason
    msg = f"{name} must hold numbers. Got {what}: convert them first."
    raise error(msg)


def _other_than_numbers(values: np.ndarray[Any, Any]) -> str | None:
    """Name what numpy would turn into numbers without a word."""
    kind = values.dtype.kind
    if kind in "UST" or (kind == "O" and any(isinstance(v, (str, bytes)) for v in values.flat)):
        return "text"
    if kind in "mM":
        return "dates or durations"
    return "complex numbers" if kind == "c" else None


def check_same_order(
    X: Any,
    y: Any,
    *,
    beside: str = "X",
    name: str = "y",
    error: type[InvalidDataError] = InvalidTargetError,
) -> None:
    """Refuse a pandas column whose index shows that its rows are not those of a table or column.

    Rows are paired by place, as in scikit-learn. The same labels in another order, or names some
    of which are others, as of columns that lost different rows, show that this is not what was
    meant. Numbers may count anything, and columns that share no name may be called anew.
    """
    if (
        not isinstance(X, (pd.DataFrame, pd.Series))
        or not isinstance(y, pd.Series)
        or len(X) != len(y)
    ):
        return
    if X.index.equals(y.index) or not (X.index.is_unique and y.index.is_unique):
        return
    n_shared = int(X.index.isin(y.index).sum())
    if n_shared == len(X):
        msg = (
            f"{beside} and {name} hold the same index in different orders, and they are paired by "
            f"place. Align them: {name}.loc[{beside}.index]; or pass {name}.to_numpy() if the "
            "places are right."
        )
        raise error(msg)
    if n_shared and X.index.inferred_type == y.index.inferred_type == "string":
        msg = (
            f"{beside} and {name} share {n_shared:,} of the {len(X):,} names in their index and "
            "differ in the others, and they are paired by place. Bring both to the same rows in "
            f"the same order; or pass {name}.to_numpy() if the places are right."
        )
        raise error(msg)


def check_both_classes(is_bad: Bool1D, weights: Float1D | None) -> None:
    """Check that good and bad both keep some weight."""
    if weights is not None and (not weights[is_bad].any() or not weights[~is_bad].any()):
        msg = (
            "After rows of weight 0 are left out, the target has one class only. "
            "Good and bad cases are both needed."
        )
        raise InvalidTargetError(msg)


def check_finite(values: Float1D, *, name: str) -> Float1D:
    """Return the values of a column, refusing infinite ones (NaN is missing, and fine)."""
    infinite = np.isinf(values)
    if infinite.any():
        row = int(infinite.argmax())
        msg = (
            f"Column {name!r} holds {int(infinite.sum())} infinite value(s) (infinity), the "
            f"first at row {row}: {values[row]}. A ratio over zero makes them: set them to "
            "missing, or to a special code of their own."
        )
        raise InfiniteValueError(msg)
    return values


def check_real(
    value: Any, name: str, owner: str, *, low: float, high: float, closed: str = "neither"
) -> float:
    """Return a parameter as float within its range; `closed` is left, right, both or neither."""
    above = low <= _number(value) if closed in ("left", "both") else low < _number(value)
    below = _number(value) <= high if closed in ("right", "both") else _number(value) < high
    if not (above and below):
        opening = "[" if closed in ("left", "both") else "("
        closing = "]" if closed in ("right", "both") else ")"
        msg = (
            f"The {name!r} parameter of {owner} must be a number in the range "
            f"{opening}{low:g}, {high:g}{closing}. Got {_plain(value)!r} instead."
        )
        raise InvalidParameterError(msg)
    return float(value)


def check_integer(value: Any, name: str, owner: str, *, low: int) -> int:
    """Return a parameter as an integer that is at least `low`."""
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or value < low:
        msg = (
            f"The {name!r} parameter of {owner} must be an integer, {low} or more. "
            f"Got {_plain(value)!r} instead."
        )
        raise InvalidParameterError(msg)
    return int(value)


def check_random_state(random_state: Any, owner: str) -> np.random.Generator:
    """Return a generator of the caller's, or a new one of a seed."""
    if isinstance(random_state, np.random.Generator):
        return random_state
    try:
        seed = check_integer(random_state, "random_state", owner, low=0)
    except InvalidParameterError as error:
        msg = f"{error} A numpy.random.Generator will do as well."
        raise InvalidParameterError(msg) from None
    return np.random.default_rng(seed)


def check_choice(value: Any, name: str, owner: str, choices: tuple[str, ...]) -> str:
    """Return a parameter that must be one of a few words."""
    if not isinstance(value, str) or value not in choices:
        listed = ", ".join(map(repr, choices))
        msg = (
            f"The {name!r} parameter of {owner} must be one of {listed}. "
            f"Got {_plain(value)!r} instead."
        )
        raise InvalidParameterError(msg)
    return value


def check_scores(
    is_bad: Any, score: Any, *, name: str = "score", one_class: bool = False
) -> tuple[Bool1D, Float1D]:
    """Return outcomes and scores of equal length for a metric, without missing values."""
    values = as_floats(score, name)
    if values.ndim != 1:
        msg = f"The {name} must be a 1D array, one value a case. Got shape {values.shape} instead."
        raise InvalidDataError(msg)
    if not len(values):
        msg = f"The {name} is empty, so there is nothing to measure."
        raise EmptyDataError(msg)
    outcomes = check_outcomes(is_bad, n_rows=len(values), one_class=one_class, beside=name)
    missing = int(np.isnan(values).sum())
    if missing:
        msg = f"The {name} has {missing} missing value(s) (NaN); drop those rows."
        raise InvalidDataError(msg)
    return outcomes, values


def _plain(value: Any) -> Any:
    """Return numpy's scalars as Python's, which are written without their type."""
    return value.item() if isinstance(value, np.generic) else value


def _number(value: Any) -> float:
    real = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    return float(value) if real else math.nan


def check_order(**columns: Any) -> None:
    """Refuse pandas columns that name the same rows, or groups, in different orders."""
    for (first, values), (other, others) in combinations(columns.items(), 2):
        if isinstance(values, pd.Series):
            check_same_order(values, others, beside=first, name=other, error=InvalidDataError)


def check_rate_counts(n_bad: Float1D, n_total: Float1D) -> None:
    """Check that bad cases of groups are some of all their cases."""
    odd = ~((n_bad >= 0) & (n_bad <= n_total) & np.isfinite(n_total))
    if odd.any():
        at = int(odd.argmax())
        msg = (
            "n_bad must lie between 0 and n_total, both finite, in every group. Got "
            f"{n_bad.flat[at]:g} of {n_total.flat[at]:g} in group {at}."
        )
        if (n_bad > n_total)[odd].all():
            msg += " Were n_bad and n_total swapped?"
        raise InvalidDataError(msg)


def check_grades(grades: Any, *, n_rows: int) -> np.ndarray[Any, Any]:
    """Return the grade of each case, none of them missing."""
    given = np.asarray(grades, dtype=object)
    if given.shape != (n_rows,):
        msg = (
            f"grades must be one for each of the {n_rows} cases. Got an array of shape "
            f"{given.shape}."
        )
        raise InvalidDataError(msg)
    missing = pd.isna(given)
    if missing.any():
        msg = (
            f"grades has {int(missing.sum())} missing value(s), the first at row "
            f"{int(missing.argmax())}. Leave out those cases, or give them a grade of their own."
        )
        raise InvalidDataError(msg)
    return given


def check_fractions(prob: Float1D) -> None:
    """Check that probabilities are such."""
    if prob.min() < 0 or prob.max() > 1:
        msg = (
            "prob_default must hold fractions in [0, 1]. Got values from "
            f"{prob.min():g} to {prob.max():g}; a percentage is divided by 100."
        )
        raise InvalidDataError(msg)
