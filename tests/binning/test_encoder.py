"""The encoder as an estimator: parameters, state, pipelines, searches, copies."""

from __future__ import annotations

import copy
import pickle
import re
import warnings
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn import clone
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from creditscore.binning import WOEEncoder
from creditscore.exceptions import (
    InvalidParameterError,
    InvalidTargetError,
    MissingColumnError,
    UnseenValueWarning,
)


@pytest.fixture(scope="module")
def encoder(applicants: pd.DataFrame, is_bad: np.ndarray) -> WOEEncoder:
    return WOEEncoder().fit(applicants, is_bad)


# --- what it learns ---------------------------------------------------------------------


def test_summary_reads_the_tables(encoder: WOEEncoder, applicants: pd.DataFrame) -> None:
    summary = encoder.summary().set_index("feature")
    assert list(summary.index) == list(applicants.columns)
    for name, table in encoder.tables_.items():
        row = summary.loc[name]
        assert row["iv"] == table.iv == table.frame()["iv"].sum()
        assert (row["dtype"], row["trend"], row["status"]) == (
            *(table.dtype, table.trend, table.status),
        )
        assert row["n_bins"] == (table.frame()["kind"] == "bin").sum()
        assert row["missing_share"] == pytest.approx(applicants[name].isna().mean())


def test_transform_is_the_woe_of_each_bin(
    encoder: WOEEncoder, applicants: pd.DataFrame, is_bad: np.ndarray
) -> None:
    encoded = encoder.transform(applicants)
    counts = pd.crosstab(encoded["housing"], is_bad)
    shares = counts / counts.sum()
    np.testing.assert_allclose(np.log(shares[0] / shares[1]), shares.index)


def test_fit_transform_is_fit_then_transform(
    encoder: WOEEncoder, applicants: pd.DataFrame, is_bad: np.ndarray
) -> None:
    pd.testing.assert_frame_equal(
        WOEEncoder().fit_transform(applicants, is_bad), encoder.transform(applicants)
    )


def test_woe_does_not_depend_on_which_class_is_called_bad(
    encoder: WOEEncoder, applicants: pd.DataFrame, is_bad: np.ndarray
) -> None:
    turned = WOEEncoder(bad_label=0).fit(applicants, is_bad)
    for name, table in encoder.tables_.items():
        assert turned.tables_[name].iv == pytest.approx(table.iv, rel=1e-12)
    numbers = ["income", "n_loans"]
    np.testing.assert_allclose(
        turned.transform(applicants)[numbers], -encoder.transform(applicants)[numbers]
    )


# --- parameters --------------------------------------------------------------------------


RANGES = {
    "min_bin_size": "a number in the range [0, 0.5]",
    "max_n_bins": "an integer, 1 or more",
    "max_n_prebins": "an integer, 2 or more",
    "smoothing": "a number in the range [0, inf)",
    "trend": (
        "one of 'auto', 'auto_one_bend', 'ascending', 'descending', 'peak', 'valley', 'concave', "
        "'convex', 'none'"
    ),
    "objective": "one of 'iv', 'js', 'hellinger', 'triangular', 'log_likelihood'",
    "output": "one of 'woe', 'bin', 'label', 'bad_rate'",
    "n_jobs": "None, a number of processes, or -1 for one on each core",
    "constraints": "a mapping of column names to BinConstraints objects",
    "policy": "a mapping of column names to BinPolicy objects",
    "cross_fit": "an integer, 2 or more",
    "solver": "None or be called as solve_bins is",
    "user_cuts": "a mapping of column names to cuts",
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("min_bin_size", value) for value in (-0.1, 0.6, 5, "5%", np.nan, True)],
        *[("max_n_bins", value) for value in (0, 2.5, "3")],
        *[("max_n_prebins", value) for value in (1, None, 10.0)],
        *[("smoothing", value) for value in (-1, np.inf, np.nan, None)],
        *[("trend", value) for value in ("up", None)],
        *[("user_cuts", value) for value in ([1, 2], "income")],
        *[("objective", value) for value in ("gini", None)],
        *[("output", value) for value in ("points", None)],
        *[("n_jobs", value) for value in (0, 1.5, True)],
        ("constraints", "peak"),
        ("policy", "neutral"),
        ("solver", "cp"),
        *[("cross_fit", value) for value in (1, 2.5, True)],
    ],
)
def test_parameter_out_of_range_says_range_and_value(
    applicants: pd.DataFrame, is_bad: np.ndarray, name: str, value: Any
) -> None:
    message = f"The {name!r} parameter of WOEEncoder must be {RANGES[name]}. Got {value!r} instead."
    encoder = WOEEncoder(**{name: value})
    with pytest.raises(InvalidParameterError, match=re.escape(message)):
        encoder.fit(applicants, is_bad)


@pytest.mark.parametrize(
    "codes",
    [
        *(-9, "-9", [None], {"income": -9}, {"income": "-9"}, {"income": ["n/a"]}),
        {"housing": "own"},
    ],
    ids=str,
)
def test_special_codes_that_are_no_values_of_the_column(
    applicants: pd.DataFrame, is_bad: np.ndarray, codes: Any
) -> None:
    encoder = WOEEncoder(special_codes=codes)
    with pytest.raises(InvalidParameterError, match="'special_codes'"):
        encoder.fit(applicants, is_bad)


def test_trend_of_one_column_must_be_a_trend(applicants: pd.DataFrame, is_bad: np.ndarray) -> None:
    encoder = WOEEncoder(trend={"income": "up"})
    with pytest.raises(InvalidParameterError, match=r"'trend' parameter .* Got 'up' instead"):
        encoder.fit(applicants, is_bad)


@pytest.mark.parametrize("parameter", ["trend", "special_codes", "user_cuts"])
def test_mapping_of_an_unknown_column_lists_near_names(
    applicants: pd.DataFrame, is_bad: np.ndarray, parameter: str
) -> None:
    value: Any = {"trend": "auto", "special_codes": [-9], "user_cuts": [1]}[parameter]
    encoder = WOEEncoder(**{parameter: {"Income": value}})
    with pytest.raises(MissingColumnError, match=r"'Income' \(near: 'income'\)"):
        encoder.fit(applicants, is_bad)


@pytest.mark.parametrize("parameter", ["trend", "special_codes", "user_cuts"])
def test_mapping_of_a_number_names_no_column(
    applicants: pd.DataFrame, is_bad: np.ndarray, parameter: str
) -> None:
    """A frame whose column names are numbers goes by place, as x0, x1, …"""
    value: Any = {"trend": "auto", "special_codes": [-9], "user_cuts": [1]}[parameter]
    X = applicants[["income"]].set_axis([10], axis="columns")
    encoder = WOEEncoder(**{parameter: {10: value}})
    with pytest.raises(MissingColumnError, match=r"Column 10 .* It has: 'x0'"):
        encoder.fit(X, is_bad)


def test_numpy_numbers_are_numbers(
    encoder: WOEEncoder, applicants: pd.DataFrame, is_bad: np.ndarray
) -> None:
    other = WOEEncoder(min_bin_size=np.float32(0.05), max_n_prebins=np.int64(100))
    assert list(other.fit(applicants, is_bad).tables_) == list(encoder.tables_)


def test_constructor_stores_and_does_nothing_else() -> None:
    cuts = {"income": [3, 2, 1]}
    encoder = WOEEncoder(user_cuts=cuts, min_bin_size="nonsense")
    assert encoder.get_params()["user_cuts"] is cuts
    assert clone(encoder).get_params() == encoder.get_params()


# --- state -------------------------------------------------------------------------------


@pytest.mark.parametrize("ask", ["transform", "summary", "get_feature_names_out"])
def test_not_fitted(applicants: pd.DataFrame, ask: str) -> None:
    encoder = WOEEncoder()
    arguments = [applicants] if ask == "transform" else []
    with pytest.raises(NotFittedError, match="WOEEncoder instance is not fitted"):
        getattr(encoder, ask)(*arguments)


def test_fit_again_forgets(applicants: pd.DataFrame, is_bad: np.ndarray) -> None:
    encoder = WOEEncoder().fit(applicants, np.where(is_bad, "b", "g") == "b")
    encoder.fit(applicants[["n_loans"]], is_bad)
    assert list(encoder.tables_) == ["n_loans"]
    assert encoder.n_features_in_ == 1
    assert encoder.classes_.tolist() == [0, 1]
    encoder.fit(applicants[["n_loans"]].to_numpy(), is_bad)
    assert list(encoder.tables_) == ["x0"]
    assert not hasattr(encoder, "feature_names_in_")


def test_failed_fit_leaves_the_state_of_the_last_one(
    applicants: pd.DataFrame, is_bad: np.ndarray
) -> None:
    encoder = WOEEncoder().fit(applicants[["n_loans"]], is_bad)
    before = encoder.transform(applicants)
    with pytest.raises(InvalidTargetError, match="one class"):
        encoder.fit(applicants, np.zeros(len(applicants)))
    pd.testing.assert_frame_equal(encoder.transform(applicants[["n_loans"]]), before)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda e: pickle.loads(pickle.dumps(e))])  # noqa: S301
def test_copies_encode_alike(encoder: WOEEncoder, applicants: pd.DataFrame, copied: Any) -> None:
    other = copied(encoder)
    assert other.tables_ == encoder.tables_
    pd.testing.assert_frame_equal(other.transform(applicants), encoder.transform(applicants))


# --- among scikit-learn's own ------------------------------------------------------------


def test_feature_names_out(encoder: WOEEncoder, applicants: pd.DataFrame) -> None:
    assert encoder.get_feature_names_out().tolist() == list(applicants.columns)
    with pytest.raises(ValueError, match="input_features is not equal"):
        encoder.get_feature_names_out(["a", "b", "c", "d"])


def test_feature_names_out_of_an_array(is_bad: np.ndarray) -> None:
    encoder = WOEEncoder().fit(np.column_stack([is_bad, 1 - is_bad]), is_bad)
    assert encoder.get_feature_names_out().tolist() == ["x0", "x1"]


@pytest.mark.parametrize("container", ["default", "pandas", "polars"])
@pytest.mark.parametrize("given_as", ["pandas", "polars", "array"])
def test_set_output(
    applicants: pd.DataFrame, is_bad: np.ndarray, given_as: str, container: str
) -> None:
    numbers = applicants[["income", "n_loans"]]
    X: Any = {
        "pandas": numbers,
        "polars": pl.from_pandas(numbers),
        "array": numbers.to_numpy(),
    }[given_as]
    encoder = WOEEncoder().set_output(transform=container).fit(X, is_bad)
    encoded = encoder.transform(X)
    wanted: Any = {"default": type(X), "pandas": pd.DataFrame, "polars": pl.DataFrame}[container]
    assert type(encoded) is wanted
    expected = WOEEncoder().fit(numbers, is_bad).transform(numbers)
    np.testing.assert_array_equal(np.asarray(encoded), expected.to_numpy())
    if container != "default":
        assert list(encoded.columns) == encoder.get_feature_names_out().tolist()
    if given_as == container == "pandas":
        assert encoded.index.equals(applicants.index)


def test_pipeline_scores_new_applicants(applicants: pd.DataFrame, is_bad: np.ndarray) -> None:
    model = make_pipeline(WOEEncoder(), LogisticRegression()).fit(applicants, is_bad)
    assert model.predict_proba(applicants.head(7)).shape == (7, 2)
    assert model[:-1].get_feature_names_out().tolist() == list(applicants.columns)
    # positive WOE is safer
    assert (model[-1].coef_[0][[0]] < 0).all()


def test_weights_reach_the_encoder_through_a_pipeline(
    applicants: pd.DataFrame, is_bad: np.ndarray
) -> None:
    weights = np.arange(len(is_bad)) % 3
    model = make_pipeline(WOEEncoder(), StandardScaler())
    model.fit(applicants, is_bad, woeencoder__sample_weight=weights)
    assert model[0].tables_ == WOEEncoder().fit(applicants, is_bad, weights).tables_


def test_column_transformer(
    encoder: WOEEncoder, applicants: pd.DataFrame, is_bad: np.ndarray
) -> None:
    by_kind = ColumnTransformer(
        [
            ("numbers", WOEEncoder(), make_column_selector(dtype_include="number")),
            ("levels", WOEEncoder(), ["housing", "has_phone"]),
        ],
        verbose_feature_names_out=False,
    ).set_output(transform="pandas")
    encoded = by_kind.fit_transform(applicants, is_bad)
    pd.testing.assert_frame_equal(encoded, encoder.transform(applicants))


def test_grid_search_over_the_size_of_bins(applicants: pd.DataFrame, is_bad: np.ndarray) -> None:
    model = make_pipeline(WOEEncoder(), LogisticRegression())
    grid = {"woeencoder__min_bin_size": [0.05, 0.2], "woeencoder__max_n_bins": [2, None]}
    search = GridSearchCV(model, grid, cv=3, scoring="roc_auc", error_score="raise")
    search.fit(applicants, is_bad)
    assert search.best_score_ > 0.6
    best = search.best_estimator_[0]
    assert best.min_bin_size == search.best_params_["woeencoder__min_bin_size"]


def test_cross_validation_meets_levels_that_a_fold_lacks(
    applicants: pd.DataFrame, is_bad: np.ndarray
) -> None:
    X = applicants[["housing"]].copy()
    X.iloc[0, 0] = "castle"
    model = make_pipeline(WOEEncoder(), LogisticRegression())
    with pytest.warns(UserWarning, match="'castle'"):
        scores = cross_val_score(model, X, is_bad, scoring="roc_auc", cv=3, error_score="raise")
    assert np.isfinite(scores).all()


def test_html(encoder: WOEEncoder) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "WOEEncoder" in WOEEncoder()._repr_html_()
    html = encoder._repr_html_()
    assert "4 columns" in html
    assert "income" in html


def test_values_never_met_are_named_once_for_all_columns(
    applicants: pd.DataFrame, is_bad: np.ndarray
) -> None:
    columns = ["n_loans", "has_phone"]
    encoder = WOEEncoder().fit(applicants[columns], is_bad)
    X = applicants[columns].head(3).astype(object)
    X.iloc[:2, 0], X.iloc[0, 1] = None, None
    with pytest.warns(UnseenValueWarning) as caught:
        encoder.transform(X)
    (message,) = (str(warning.message) for warning in caught)
    assert "column 'n_loans' is 'Missing' in 2 row(s)" in message
    assert "column 'has_phone' is 'Missing' in 1 row(s)" in message
    assert caught[0].filename == __file__
