"""Targets and weights are read without guessing, or refused with the reason."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from creditscore.binning import WOEEncoder
from creditscore.exceptions import (
    InvalidDataError,
    InvalidTargetError,
    InvalidWeightError,
    SmallSampleWarning,
    WeightScaleWarning,
)
from creditscore.scorecard import LogisticScorecard

N = 40
X = pd.DataFrame({"v": np.resize([1.0, 2.0, 3.0, 4.0], N)})
Y = np.resize([1, 1, 1, 0, 0, 1, 0, 0], N)


def fit(y: Any, weights: Any = None, **params: Any) -> WOEEncoder:
    return WOEEncoder(**params).fit(X, y, weights)


# --- targets that are read ---------------------------------------------------------------

AS: dict[str, Callable[[np.ndarray], Any]] = {
    "list": np.ndarray.tolist,
    "bool array": lambda y: y.astype(bool),
    "float array": lambda y: y.astype(float),
    "pandas": pd.Series,
    "pandas bool": lambda y: pd.Series(y.astype(bool)),
    "pandas Int64": lambda y: pd.Series(y, dtype="Int64"),
    "pandas Float64": lambda y: pd.Series(y, dtype="Float64"),
    "pandas boolean": lambda y: pd.Series(y, dtype="boolean"),
    "pandas category": lambda y: pd.Series(y, dtype="category"),
    "pandas object": lambda y: pd.Series(y.tolist(), dtype=object),
    "pandas pyarrow": lambda y: pd.Series(y, dtype="int64[pyarrow]"),
    "polars": pl.Series,
    "polars bool": lambda y: pl.Series(y.astype(bool)),
    "pyarrow": pa.array,
    "pyarrow chunks": lambda y: pa.chunked_array([y[:9], y[9:]]),
}


@pytest.mark.parametrize("kind", AS)
def test_one_is_bad_in_any_library(kind: str) -> None:
    encoder = fit(AS[kind](Y))
    assert encoder.tables_ == fit(Y).tables_
    assert encoder.classes_.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("labels", "bad_label"),
    [
        (("good", "bad"), "bad"),
        (("bad", "zzz"), "zzz"),
        ((1, 2), 2),
        ((2, 1), 1),
        ((1, 0), 0),
        ((1.0, -1.0), -1.0),
        ((True, False), False),
    ],
)
def test_bad_label_says_which_label_is_bad(labels: tuple, bad_label: Any) -> None:
    good, bad = labels
    encoder = fit(np.where(Y == 1, bad, good), bad_label=bad_label)
    assert encoder.tables_ == fit(Y).tables_
    assert encoder.classes_.tolist() == sorted(labels)


def test_target_goes_by_position_not_by_index() -> None:
    """As everywhere in scikit-learn."""
    assert fit(pd.Series(Y, index=range(N, 2 * N))).tables_ == fit(Y).tables_


# --- targets that are refused ------------------------------------------------------------

MISSING: dict[str, Callable[[list], Any]] = {
    "list with None": list,
    "list with NaN": lambda y: [np.nan if v is None else v for v in y],
    "numpy": lambda y: np.array([np.nan if v is None else v for v in y]),
    "numpy object": lambda y: np.array(y, dtype=object),
    "pandas": lambda y: pd.Series([np.nan if v is None else v for v in y]),
    "pandas Int64": lambda y: pd.Series(y, dtype="Int64"),
    "pandas Float64": lambda y: pd.Series(y, dtype="Float64"),
    "pandas boolean": lambda y: pd.Series(y, dtype="boolean"),
    "pandas category": lambda y: pd.Series(y, dtype="category"),
    "pandas pyarrow": lambda y: pd.Series(y, dtype="int64[pyarrow]"),
    "pandas text": lambda y: pd.Series(["b" if v else v if v is None else "g" for v in y]),
    "polars": pl.Series,
    "polars NaN": lambda y: pl.Series([np.nan if v is None else float(v) for v in y]),
    "pyarrow": pa.array,
}


@pytest.mark.parametrize("kind", MISSING)
def test_missing_outcome_is_refused(kind: str) -> None:
    y = Y.tolist()
    y[3] = y[17] = None
    bad_label = "b" if kind == "pandas text" else None
    with pytest.raises(
        InvalidTargetError, match=r"has 2 missing value\(s\) .* at row\(s\) 3, 17\."
    ):
        fit(MISSING[kind](y), bad_label=bad_label)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.resize([0, 1, 2], N), r"3 labels are 0, 1, 2: drop indeterminate cases"),
        (np.resize(["g", "b", "i"], N), r"3 labels are 'b', 'g', 'i'"),
        (np.linspace(0, 1, N), r"it holds real numbers"),
        (np.zeros(N), r"one class only"),
        (np.ones(N, dtype=bool), r"one class only"),
        (np.resize(["good", "bad"], N), r"\['bad', 'good'\].* is not guessed: pass bad_label"),
        (np.resize(["0", "1"], N), r"is not guessed"),
        (np.resize([1, 2], N), r"\[1, 2\].* is not guessed"),
        (np.resize([-1, 1], N), r"is not guessed"),
        (np.resize([0.0, np.inf], N), r"infinity"),
        (None, r"requires y to be passed, but the target y is None"),
        (Y[:-1], r"inconsistent numbers of samples: X has 40 rows, y has 39"),
    ],
    ids=[
        *("0/1/2", "three texts", "real numbers", "only good", "only bad", "texts", "digits"),
        *("1/2", "-1/1", "infinity", "None", "too short"),
    ],
)
def test_target_that_is_not_binary_is_refused(y: Any, message: str) -> None:
    with pytest.raises(InvalidTargetError, match=message):
        fit(y)


@pytest.mark.parametrize(
    ("bad_label", "message"),
    [
        (
            "Bad",
            "bad_label='Bad' is not among the labels ['bad', 'good'] of y. Did you mean 'bad'?",
        ),
        (1, "bad_label=1 is not among the labels ['bad', 'good'] of y."),
        (["bad", "?"], "bad_label=['bad', '?'] is not among the labels ['bad', 'good'] of y."),
    ],
    ids=["near", "other type", "list"],
)
def test_unknown_bad_label_lists_the_labels(bad_label: Any, message: str) -> None:
    y = np.where(Y == 1, "bad", "good")
    with pytest.raises(InvalidTargetError, match=re.escape(message)):
        fit(y, bad_label=bad_label)


def test_labels_of_two_types_are_not_made_one() -> None:
    y = np.array(Y.tolist(), dtype=object)
    y[:4] = ["1", "1", "1", "0"]
    with pytest.raises(InvalidTargetError, match="label"):
        fit(y, bad_label="1")


def test_two_columns_are_no_target() -> None:
    with pytest.raises(ValueError, match="1d array"):
        fit(np.column_stack([Y, Y]))


# --- weights ---------------------------------------------------------------------------


def changed(row: int, value: float) -> np.ndarray:
    weights = np.ones(N)
    weights[row] = value
    return weights


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (changed(7, -0.5), r"must not be negative. Got -0.5 at row 7"),
        (changed(8, np.nan), r"1 missing \(NaN\) value\(s\), the first at row 8"),
        (changed(9, np.inf), r"1 infinite value\(s\), the first at row 9"),
        (np.ones(N - 1), r"length 40, one weight a row. Got shape \(39,\)"),
        (np.ones((N, 1)), r"Got shape \(40, 1\)"),
        (np.zeros(N), r"zero in every row"),
        (pd.Series([1] * (N - 1) + [None], dtype="Int64"), r"1 missing \(NaN\).* row 39"),
        (["heavy"] * N, r"sample_weight"),
    ],
    ids=[
        *("negative", "NaN", "infinite", "too short", "2-D", "all zero", "NA", "text"),
    ],
)
def test_weights_that_cannot_be_used(weights: Any, message: str) -> None:
    with pytest.raises(InvalidWeightError, match=message):
        fit(Y, weights)


@pytest.mark.parametrize("kept", [Y == 1, Y == 0])
def test_each_class_keeps_some_weight(kept: np.ndarray) -> None:
    with pytest.raises(InvalidTargetError, match="After rows of weight 0 are left out"):
        fit(Y, kept.astype(float))


@pytest.mark.parametrize(
    "as_weights",
    [np.ndarray.tolist, pd.Series, pl.Series, lambda w: pd.Series(w, dtype="Int64")],
    ids=["list", "pandas", "polars", "Int64"],
)
def test_weights_in_any_library(as_weights: Callable[[np.ndarray], Any]) -> None:
    weights = np.arange(N) % 3
    assert fit(Y, as_weights(weights)).tables_ == fit(Y, weights.astype(float)).tables_


def test_errors_are_value_errors() -> None:
    """So that code that knows scikit-learn alone catches them."""
    assert issubclass(InvalidTargetError, InvalidDataError)
    assert issubclass(InvalidDataError, ValueError)


@pytest.mark.parametrize("estimator", [WOEEncoder(), LogisticScorecard(min_iv=0)])
def test_same_index_in_another_order_is_refused(estimator: WOEEncoder | LogisticScorecard) -> None:
    X = pd.DataFrame({"x": np.arange(100.0)})
    y = pd.Series(np.arange(100) % 3 == 0)
    with pytest.raises(InvalidTargetError, match="same index in different orders"):
        estimator.fit(X, y[::-1])
    estimator.fit(X, y[::-1].to_numpy())
    estimator.fit(X.set_axis(range(500, 600)), y)


@pytest.mark.parametrize("estimator", [WOEEncoder, LogisticScorecard])
def test_weights_of_the_same_rows_in_another_order_are_refused(estimator: type) -> None:
    weights = pd.Series(np.arange(N) + 1.0)
    with pytest.raises(InvalidWeightError, match=r"X and sample_weight hold the same index"):
        estimator().fit(X, Y, weights[::-1])


def test_weights_that_add_up_to_next_to_nothing_are_named() -> None:
    with pytest.warns(WeightScaleWarning, match="adds up to 1 over 4000 rows"):
        WOEEncoder().fit(pd.concat([X] * 100), np.tile(Y, 100), np.full(100 * N, 0.01 / N))


@pytest.mark.parametrize("weight_type", ["frequency", "sampling"])
def test_small_weights_are_spoken_of_as_what_they_are(weight_type: str) -> None:
    """Bins count by weight whatever weights mean, and the message does not say what they mean."""
    many, outcomes = pd.concat([X] * 100), np.tile(Y, 100)
    model = LogisticScorecard(weight_type=weight_type, min_iv=0)
    with (
        pytest.warns(WeightScaleWarning, match="count rows by weight, sampling weights too"),
        warnings.catch_warnings(action="ignore", category=SmallSampleWarning),
    ):
        model.fit(many, outcomes, np.full(100 * N, 0.01 / N))
