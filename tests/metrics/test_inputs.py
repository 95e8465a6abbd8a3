"""What every metric does with its columns: order, kind, library, and arguments swapped."""

from __future__ import annotations

import dataclasses
import inspect
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from creditscore import metrics
from creditscore.exceptions import InvalidDataError, InvalidTargetError, InvalidWeightError
from creditscore.metrics import (
    AucDifference,
    CalibrationDisplay,
    CapDisplay,
    GainsDisplay,
    KsDisplay,
    LiftDisplay,
    RocDisplay,
)

IS_BAD, SCORE = [1, 1, 0, 0, 1], [480, 510, 510, 600, 520]
WEIGHTS = [1, 2, 3, 1, 1]
CASES = {"is_bad": IS_BAD, "score": SCORE, "sample_weight": WEIGHTS}
PROBABILITIES = {
    "is_bad": IS_BAD,
    "prob_default": [0.7, 0.4, 0.2, 0.1, 0.5],
    "sample_weight": WEIGHTS,
}
MIXED = PROBABILITIES | {"prob_default": [0.7, 0.2, 0.4, 0.1, 0.5]}
"""Probabilities that do not part goods and bads."""
TWO_COLUMNS = {"x": [1, 1, 0, 0, 1], "y": [3, 1, 2, 5, 4], "sample_weight": WEIGHTS}
TWO_SCORES = {
    "is_bad": IS_BAD,
    "score_a": SCORE,
    "score_b": [3, 1, 2, 5, 4],
    "sample_weight": WEIGHTS,
}
RATES = {"n_bad": [1, 2, 3, 4, 0], "n_total": [9, 8, 7, 6, 5]}
BINS = {"n_good": [139, 164, 49, 348, 1], "n_bad": [135, 105, 14, 46, 2]}

COLUMNS: dict[Callable[..., Any], dict[str, list[float]]] = {
    metrics.auc: CASES,
    metrics.auc_variance: CASES,
    metrics.auc_interval: CASES,
    metrics.gini: CASES,
    metrics.gini_interval: CASES,
    metrics.ks: CASES,
    metrics.ks_interval: CASES,
    metrics.auc_difference: TWO_SCORES,
    metrics.bootstrap_aucs: CASES,
    metrics.hanley_mcneil_moments: CASES,
    metrics.lift: CASES,
    metrics.h_measure: CASES,
    metrics.expected_maximum_profit: CASES,
    metrics.discrimination_table: {
        "is_bad": IS_BAD,
        "score": SCORE,
        "by": [1, 1, 1, 1, 1],
        "sample_weight": WEIGHTS,
    },
    metrics.somers_d: TWO_COLUMNS,
    metrics.kendall_tau: TWO_COLUMNS,
    metrics.somers_d_test: TWO_COLUMNS,
    metrics.gains_table: CASES,
    RocDisplay.from_scores: CASES,
    GainsDisplay.from_scores: CASES,
    LiftDisplay.from_scores: CASES,
    CapDisplay.from_scores: CASES,
    KsDisplay.from_scores: CASES,
    metrics.brier_score: PROBABILITIES,
    metrics.brier_decomposition: PROBABILITIES,
    metrics.expected_calibration_error: PROBABILITIES,
    metrics.calibration_line: MIXED,
    metrics.calibration_table: PROBABILITIES,
    CalibrationDisplay.from_probabilities: PROBABILITIES,
    metrics.woe: BINS,
    metrics.iv_parts: BINS,
    metrics.woe_se: BINS,
    metrics.iv_se: BINS,
    metrics.information_value: BINS,
    metrics.psi: {"expected": [40, 30, 20, 5, 5], "actual": [35, 25, 20, 10, 10]},
    metrics.psi_test: {"expected": [40, 30, 20, 5, 5], "actual": [35, 25, 20, 10, 10]},
    metrics.jeffreys_interval: RATES,
    metrics.wilson_interval: RATES,
    metrics.clopper_pearson_interval: RATES,
}
"""Every public measure and display of two columns or more, and columns that it takes."""
OF_NUMBERS = {metrics.hanley_mcneil_variance, metrics.auc_sample_size, metrics.psi_benchmark}
"""Measures that take single numbers and no columns."""
OF_LABELS = {metrics.krippendorff_alpha, metrics.weighted_kappa}
"""Measures of ratings, which may be words; test_agreement.py and test_kappa.py look at them."""

PAIRS = [
    pytest.param(measure, name, other, id=f"{measure.__qualname__}-{name}-{other}")
    for measure, columns in COLUMNS.items()
    for name, other in itertools.combinations(columns, 2)
]
OF_CASES = [measure for measure, columns in COLUMNS.items() if "is_bad" in columns]


def numbers(result: Any) -> Any:
    """Return what can be compared of a measure or a display."""
    if isinstance(result, AucDifference):
        return np.array([result.auc_a, result.auc_b, result.difference])
    if dataclasses.is_dataclass(result) and not hasattr(result, "frame"):
        parts: tuple = dataclasses.astuple(result)  # type: ignore[arg-type]
        found = np.concatenate([np.ravel(np.array(part, dtype=object)) for part in parts])
        return np.array([value for value in found if not isinstance(value, str)], dtype=float)
    table = result.frame() if hasattr(result, "frame") else result
    if isinstance(table, pd.DataFrame):
        return table.select_dtypes("number").to_numpy(dtype=float)
    return np.asarray(table)


def values_of(measure: Callable) -> str:
    """Name the column that foretells the outcomes."""
    return next(n for n in COLUMNS[measure] if n not in ("is_bad", "sample_weight"))


def test_no_public_measure_is_left_out() -> None:
    functions = [getattr(metrics, name) for name in metrics.__all__]
    several = {
        function
        for function in functions
        if inspect.isfunction(function)
        and sum(
            parameter.default is inspect.Parameter.empty
            for parameter in inspect.signature(function).parameters.values()
        )
        > 1
    }
    displays = {getattr(metrics, name) for name in metrics.__all__ if name.endswith("Display")}
    assert {m for m in COLUMNS if inspect.isfunction(m)} == several - OF_NUMBERS - OF_LABELS
    assert {m.__self__ for m in COLUMNS if inspect.ismethod(m)} == displays


# --- order -------------------------------------------------------------------------------


@pytest.mark.parametrize(("measure", "name", "other"), PAIRS)
def test_one_index_in_different_orders_is_refused(measure: Callable, name: str, other: str) -> None:
    columns: dict[str, Any] = dict(COLUMNS[measure])
    rows = [f"customer {i}" for i in range(5)]
    columns[name] = pd.Series(columns[name], index=rows)
    columns[other] = pd.Series(columns[other], index=rows)[::-1]
    message = "hold the same index in different orders, and they are paired by place"
    with pytest.raises(InvalidDataError, match=message) as caught:
        measure(**columns)
    # what the message advises works
    first, second = str(caught.value).split(" hold ")[0].split(" and ")
    assert {first, second} == {name, other}
    columns[second] = columns[second].loc[columns[first].index]
    aligned = numbers(measure(**columns))
    np.testing.assert_array_equal(aligned, numbers(measure(**COLUMNS[measure])))


@pytest.mark.parametrize("measure", COLUMNS, ids=lambda measure: measure.__qualname__)
@pytest.mark.parametrize(
    "index", [list("edcba"), [7] * 5, pd.MultiIndex.from_product([["x"], range(5)])]
)
def test_one_index_is_fine(measure: Callable, index: Any) -> None:
    columns = {name: pd.Series(v, index=index) for name, v in COLUMNS[measure].items()}
    expected = numbers(measure(**COLUMNS[measure]))
    np.testing.assert_array_equal(numbers(measure(**columns)), expected)


def test_another_index_is_paired_by_place() -> None:
    # predictions of a model come with a fresh index, and outcomes with that of their table
    is_bad = pd.Series(IS_BAD, index=list("abcde"))
    assert metrics.auc(is_bad, pd.Series(SCORE)) == metrics.auc(IS_BAD, SCORE)


def test_bins_sorted_by_their_counts() -> None:
    # value_counts() puts the largest bin first, which need not be the same bin in both samples
    old, new = pd.Series(["a"] * 6 + ["b"] * 4), pd.Series(["a"] * 3 + ["b"] * 7)
    with pytest.raises(InvalidDataError, match=r"actual\.loc\[expected\.index\]"):
        metrics.psi(old.value_counts(), new.value_counts())
    counts = old.value_counts(), new.value_counts().loc[["a", "b"]]
    assert metrics.psi(*counts) == metrics.psi([6, 4], [3, 7])


# --- swapped -----------------------------------------------------------------------------


@pytest.mark.parametrize("measure", OF_CASES, ids=lambda measure: measure.__qualname__)
@pytest.mark.parametrize("column", [list, pd.Series, np.array])
def test_swapped_outcomes_are_named(measure: Callable, column: Callable) -> None:
    name = values_of(measure)
    columns = COLUMNS[measure] | {"is_bad": column(COLUMNS[measure][name]), name: column(IS_BAD)}
    with pytest.raises(InvalidTargetError, match=f"were {name} and is_bad swapped\\?"):
        measure(**columns)


@pytest.mark.parametrize(
    ("is_bad", "score"), [([0, 1, 2], [480, 510, 600]), (["g", "b", "g"], [0, 1, 0]), ([0], [0, 1])]
)
def test_other_mistakes_are_not_called_swapped(is_bad: list, score: list) -> None:
    with pytest.raises(InvalidTargetError) as caught:
        metrics.auc(is_bad, score)
    assert "swapped" not in str(caught.value)


def test_binary_scores_are_scores() -> None:
    # rates 2/3 and 0 of bads and goods at the score 0: (1 + 2/3) / 2
    assert metrics.auc(IS_BAD, [False, False, True, True, True]) == pytest.approx(5 / 6)


# --- kinds -------------------------------------------------------------------------------

TEXTS = {
    "list": list,
    "numpy": np.array,
    "objects": lambda v: np.array(v, dtype=object),
    "pandas": pd.Series,
    "polars": pl.Series,
    "pyarrow": pa.array,
}


@pytest.mark.parametrize(
    ("measure", "name"), [(m, n) for m, c in COLUMNS.items() for n in c if n != "by"]
)
@pytest.mark.parametrize("column", TEXTS.values(), ids=TEXTS)
def test_text_is_no_number_even_if_it_looks_like_one(
    measure: Callable, name: str, column: Callable
) -> None:
    columns = COLUMNS[measure] | {name: column([str(v) for v in COLUMNS[measure][name]])}
    error = {"is_bad": InvalidTargetError, "sample_weight": InvalidWeightError}
    with pytest.raises(error.get(name, InvalidDataError), match=r"must hold numbers|binary"):
        measure(**columns)


@pytest.mark.parametrize(
    "dates",
    [
        pd.Series(pd.date_range("2024-01-01", periods=5)),
        np.arange(5).astype("m8[D]"),
        pl.Series(range(5)).cast(pl.Date),
    ],
    ids=["timestamps", "durations", "dates"],
)
def test_dates_are_no_numbers(dates: Any) -> None:
    with pytest.raises(InvalidDataError, match=r"score must hold numbers\. Got dates"):
        metrics.auc(IS_BAD, dates)


LIBRARIES: dict[str, Callable] = {
    "bool": lambda v: pd.Series(v, dtype="bool"),
    "boolean": lambda v: pd.Series(v, dtype="boolean"),
    "Int64": lambda v: pd.Series(v, dtype="Int64"),
    "pandas arrow": lambda v: pd.Series(v, dtype="int64[pyarrow]"),
    "pandas objects": lambda v: pd.Series(v, dtype=object),
    "category": lambda v: pd.Series(v, dtype="category"),
    "polars": pl.Series,
    "polars boolean": lambda v: pl.Series(v).cast(pl.Boolean),
    "pyarrow": pa.array,
    "pyarrow chunks": lambda v: pa.chunked_array([v[:2], v[2:]]),
    "pyarrow boolean": lambda v: pa.array([None if x is None else bool(x) for x in v]),
}


@pytest.mark.parametrize("column", LIBRARIES.values(), ids=LIBRARIES)
@pytest.mark.parametrize("measure", OF_CASES, ids=lambda measure: measure.__qualname__)
def test_outcomes_of_any_library(measure: Callable, column: Callable) -> None:
    columns = COLUMNS[measure]
    result = numbers(measure(**columns | {"is_bad": column(IS_BAD)}))
    np.testing.assert_array_equal(result, numbers(measure(**columns)))


@pytest.mark.parametrize("column", [c for n, c in LIBRARIES.items() if n != "bool"])
def test_missing_outcomes_of_any_library(column: Callable) -> None:
    with pytest.raises(InvalidTargetError, match=r"1 missing value\(s\) .* row\(s\) 2"):
        metrics.auc(column([1, 1, None, 0, 1]), SCORE)


@pytest.mark.parametrize("measure", OF_CASES, ids=lambda measure: measure.__qualname__)
@pytest.mark.parametrize(
    "column",
    [
        lambda v: pd.Series(v, dtype="Float64"),
        lambda v: pd.Series(v, dtype="double[pyarrow]"),
        lambda v: pl.Series(v, dtype=pl.Float32),
        lambda v: pa.chunked_array([pa.array(v, pa.float64())]),
    ],
    ids=["Float64", "pandas arrow", "polars", "pyarrow"],
)
def test_numbers_of_any_library(measure: Callable, column: Callable) -> None:
    plain = COLUMNS[measure]
    columns = {name: v if name == "is_bad" else column(v) for name, v in plain.items()}
    result = numbers(measure(**columns))
    np.testing.assert_allclose(result, numbers(measure(**plain)), rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("is_bad", [[1], [0]])
def test_one_row(is_bad: list) -> None:
    assert metrics.brier_score(is_bad, [0.25]) == (is_bad[0] - 0.25) ** 2
    with pytest.raises(InvalidTargetError, match="one class only"):
        metrics.auc(is_bad, [500])


def test_nothing_is_not_measured() -> None:
    for measure in OF_CASES:
        columns = {name: [] for name in COLUMNS[measure] if name != "sample_weight"}
        with pytest.raises(InvalidDataError, match=f"The {values_of(measure)} is empty"):
            measure(**columns)
