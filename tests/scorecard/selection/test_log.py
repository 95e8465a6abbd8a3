"""What a selection tells: rules, clusters, paths, caveats; and what it is as a value."""

from __future__ import annotations

import copy
import pickle
import re
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.special import expit
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from creditscore import LogisticScorecard, WOEEncoder
from creditscore.exceptions import (
    ColumnTypeError,
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    InvalidWeightError,
    MissingColumnError,
)
from creditscore.metrics import psi
from creditscore.scorecard.selection import L1Path, Selection, SelectionLog, Stepwise, select


@pytest.fixture(scope="module", name="X")
def columns() -> pd.DataFrame:
    rng = np.random.default_rng(8)
    n = 2_000
    first, second, third = rng.normal(size=(3, n))
    return pd.DataFrame(
        {
            "first": first,
            "echo": first + rng.normal(scale=0.3, size=n),
            "second": second,
            "mirror": -second + rng.normal(scale=0.2, size=n),
            "gap": np.where(rng.random(n) < 0.8, np.nan, third),
            "noise": rng.choice(["a", "b"], size=n),
        }
    )


@pytest.fixture(scope="module", name="y")
def outcomes(X: pd.DataFrame) -> np.ndarray:
    draw = np.random.default_rng(9).random(len(X))
    gap = X["gap"].fillna(0)
    return (
        draw < expit(-1.2 * X["first"] - 0.5 * X["echo"] - 0.8 * X["second"] - gap - 1).to_numpy()
    )


def fitted(X: Any, y: Any, asked: Selection, **settings: Any) -> SelectionLog:
    return LogisticScorecard(selection=asked, **settings).fit(X, y).selection_


# --- rules -----------------------------------------------------------------------------


def test_each_row_names_its_rule(X: pd.DataFrame, y: np.ndarray) -> None:
    asked = Selection(
        max_missing=0.5, max_correlation=0.8, forced_out=["mirror"], search=Stepwise()
    )
    with pytest.warns(UserWarning, match="'fixed'"):
        table = fitted(X.assign(fixed=1), y, asked).table().set_index("feature")
    assert table["rule"].to_dict() == {
        "first": "stepwise",
        "echo": "correlation",
        "second": "stepwise",
        "mirror": "forced",
        "gap": "missing",
        "noise": "iv",
        "fixed": "constant",
    }
    decided = table[table["rule"].isin(["correlation", "missing", "iv", "stepwise"])]
    assert decided[["statistic", "limit"]].notna().all(axis=None)
    assert table.loc["gap", ["statistic", "limit"]].tolist() == [X["gap"].isna().mean(), 0.5]
    kept = fitted(X, y, Selection(forced_in=["first"])).table().set_index("feature")["rule"]
    assert kept[["first", "second"]].tolist() == ["forced", ""]


def test_other_rules(X: pd.DataFrame, y: np.ndarray) -> None:
    vif = fitted(X, y, Selection(max_vif=5)).table()
    assert set(vif.loc[~vif["kept"], "rule"]) == {"inflation", "iv"}
    other = X.assign(second=X["second"] + 3)
    moved = fitted(X, y, Selection(max_psi=0.25, compare_with=other)).table()
    assert moved.set_index("feature").loc["second", "rule"] == "psi"
    caps = Selection(
        search=Stepwise(),
        groups={"all": ["first", "echo"], "rest": ["second", "mirror"]},
        max_per_group={"all": 1},
        max_features=1,
    )
    capped = fitted(X, y, caps).table().set_index("feature")["rule"]
    assert capped[["first", "second"]].tolist() == ["stepwise", "cap"]
    assert capped["echo"] in ("group", "stepwise")


# --- clusters --------------------------------------------------------------------------


def test_clusters_say_who_was_kept(X: pd.DataFrame, y: np.ndarray) -> None:
    log = fitted(X, y, Selection(max_correlation=0.8))
    clusters = log.clusters()
    assert clusters["feature"].tolist() == ["first", "echo", "second", "mirror"]
    assert clusters["cluster"].tolist() == [0, 0, 1, 1]
    assert clusters["kept"].tolist() == [True, False, True, False]
    woe = WOEEncoder().fit(X, y).transform(X).corr()
    expected = [1.0, woe.loc["first", "echo"], 1.0, woe.loc["second", "mirror"]]
    np.testing.assert_allclose(clusters["correlation"], expected)
    assert clusters["iv"].tolist() == log.table().set_index("feature")["iv"][
        clusters["feature"]
    ].tolist()  # fmt: skip
    none = fitted(X, y, Selection(max_correlation=0.999)).clusters()
    assert none.empty
    assert list(none) == list(clusters)


# --- what it means for the errors ------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "settings", "said"),
    [
        (Selection(), {}, "1 of 6 .* by information value .* a little too small"),
        (Selection(), {"min_iv": 0.02}, "1 of 6 .* by information value .* too narrow"),
        (Selection(iv_level=0.9), {}, "by information value .* too narrow"),
        (
            Selection(max_correlation=0.8),
            {"min_iv": 0},
            "2 of 6 .* by information value among correlated ones .* too narrow",
        ),
        (Selection(search=Stepwise()), {}, "chosen on the same rows .stepwise both by BIC"),
        (Selection(search=L1Path()), {}, "chosen on the same rows .L1 path by BIC"),
        (Selection(max_missing=0.5), {"min_iv": 0}, "^$"),
        (Selection(forced_out=["noise"]), {}, "^$"),
    ],
)
def test_the_caveat_is_as_strong_as_the_choice(
    X: pd.DataFrame, y: np.ndarray, asked: Selection, settings: dict[str, Any], said: str
) -> None:
    model = LogisticScorecard(selection=asked, **settings).fit(X, y)
    summary = model.scorecard_.fit_summary
    assert summary is not None
    assert summary.caveat == model.selection_.caveat
    assert re.search(said, summary.caveat)


def test_columns_left_out_by_their_sign_are_in_the_caveat() -> None:
    rng = np.random.default_rng(7)
    first = rng.normal(size=4_000)
    second = first + rng.normal(scale=0.4, size=4_000)
    is_bad = rng.random(4_000) < expit(1.8 * first - 0.9 * second - 1)
    X = pd.DataFrame({"first": first, "second": second})
    model = LogisticScorecard(coefficient_sign="enforce").fit(X, is_bad)
    assert model.selection_.table()["rule"].tolist() == ["", "sign"]
    summary = model.scorecard_.fit_summary
    assert summary is not None
    assert "left out by the sign of their coefficient" in summary.caveat


# --- the path of an L1 penalty ---------------------------------------------------------


def test_the_log_keeps_the_coefficients_of_the_path(X: pd.DataFrame, y: np.ndarray) -> None:
    log = fitted(X, y, Selection(search=L1Path(n_penalties=20)))
    path = log.coefficient_path()
    assert path.shape == (20, 5)
    assert (np.diff(path.index) < 0).all()
    assert (path.iloc[0] == 0).all()
    assert log.penalty_path is not None
    chosen = path.iloc[log.penalty_path.chosen]
    assert set(chosen.index[chosen != 0]) == set(log.kept)
    assert fitted(X, y, Selection()).coefficient_path().empty


# --- by itself -------------------------------------------------------------------------


@pytest.mark.parametrize("library", ["pandas", "polars", "array"])
def test_select_is_the_selection_of_the_card(X: pd.DataFrame, y: np.ndarray, library: str) -> None:
    weights = np.arange(len(y)) % 3
    asked = Selection(max_correlation=0.9, search=Stepwise(criterion="aic"))
    table = {"pandas": X, "polars": pl.from_pandas(X), "array": X.iloc[:, :4].to_numpy()}[library]
    model = LogisticScorecard(selection=asked, weight_type="sampling", coefficient_bounds=(None, 0))
    inside = model.fit(table, y, weights).selection_
    encoder = WOEEncoder().fit(table, y, weights)
    log = select(
        encoder.tables_,
        encoder.transform(table),
        y,
        asked,
        sample_weight=weights,
        weight_type="sampling",
        coefficient_bounds=(None, 0),
    )
    assert log.kept == inside.kept
    pd.testing.assert_frame_equal(log.table(), inside.table())
    pd.testing.assert_frame_equal(log.path(), inside.path())


def test_what_select_refuses(X: pd.DataFrame, y: np.ndarray) -> None:
    encoder = WOEEncoder().fit(X, y)
    tables, woe, asked = encoder.tables_, encoder.transform(X), Selection(search=Stepwise())
    with pytest.raises(InvalidParameterError, match="bins of the candidates, one BinTable"):
        select({}, woe, y, asked)
    with pytest.raises(InvalidParameterError, match="'selection' parameter of select"):
        select(tables, woe, y, Stepwise())  # type: ignore[arg-type]
    with pytest.raises(MissingColumnError, match="'noise' is not in the table"):
        select(tables, woe.drop(columns="noise"), y, asked)
    with pytest.raises(InvalidDataError, match="'first' of woe has values that are missing"):
        select(tables, woe.mask(woe > 0), y, asked)
    with pytest.raises(InvalidTargetError, match="1 for bad, 0 for good"):
        select(tables, woe, np.where(y, "bad", "good"), asked)
    with pytest.raises(InvalidTargetError, match="woe and is_bad hold the same index"):
        select(tables, woe, pd.Series(y)[::-1], asked)
    with pytest.raises(InvalidWeightError, match="must not be negative"):
        select(tables, woe, y, asked, sample_weight=-np.ones(len(y)))
    with pytest.raises(InvalidParameterError, match="'min_iv' parameter of select"):
        select(tables, woe, y, asked, min_iv=-1)
    with pytest.raises(EmptyDataError, match="No column is left"):
        select(tables, woe, y, asked, min_iv=50)
    with pytest.raises(MissingColumnError, match="'third'"):
        select(tables, woe, y, Selection(forced_in=["third"]))


@pytest.mark.parametrize("output", ["bad_rate", "bin"])
def test_select_refuses_what_is_not_the_woe_of_the_bins(
    X: pd.DataFrame, y: np.ndarray, output: str
) -> None:
    tables = WOEEncoder().fit(X, y).tables_
    other = WOEEncoder(output=output).fit(X, y).transform(X)
    message = "Column 'first' of woe holds values that are not WOE of its bins, such as"
    with pytest.raises(InvalidDataError, match=message):
        select(tables, other, y, Selection(search=Stepwise()))


@pytest.mark.parametrize("output", ["label", None])
def test_select_refuses_text(X: pd.DataFrame, y: np.ndarray, output: str | None) -> None:
    tables = WOEEncoder().fit(X, y).tables_
    words = X if output is None else WOEEncoder(output=output).fit(X, y).transform(X)
    some = {"noise": tables["noise"]}
    with pytest.raises(ColumnTypeError, match="Column 'noise' of woe is categorical, not numbers"):
        select(some, words, y, Selection(forced_in=["noise"]))


def test_select_takes_woe_that_a_file_has_rounded(X: pd.DataFrame, y: np.ndarray) -> None:
    encoder = WOEEncoder().fit(X, y)
    woe, asked = encoder.transform(X), Selection(search=Stepwise())
    exact = select(encoder.tables_, woe, y, asked)
    for same in (woe.round(8), woe.astype(np.float32), woe.iloc[::-1].iloc[::-1]):
        assert select(encoder.tables_, same, y, asked).kept == exact.kept


def test_select_takes_cross_fitted_woe_as_the_card_does(X: pd.DataFrame, y: np.ndarray) -> None:
    encoder = WOEEncoder(cross_fit=5)
    asked = Selection(search=Stepwise())
    woe = encoder.fit_transform(X, y)
    with pytest.raises(InvalidDataError, match="cross_fitted=True"):
        select(encoder.tables_, woe, y, asked)
    log = select(encoder.tables_, woe, y, asked, cross_fitted=True)
    inside = fitted(X, y, asked, encoder=WOEEncoder(cross_fit=5))
    pd.testing.assert_frame_equal(log.table(), inside.table())


# --- a selection as a value and as parameters ------------------------------------------


def test_equality_and_hash_with_a_table_inside(X: pd.DataFrame) -> None:
    asked = Selection(max_psi=0.2, compare_with=X, groups={"one": ["first"]})
    same = Selection(max_psi=0.2, compare_with=X, groups={"one": ["first"]})
    assert asked == same
    assert hash(asked) == hash(same)
    assert asked != Selection(max_psi=0.2, compare_with=X.copy(), groups={"one": ["first"]})
    assert asked != Selection(max_psi=0.3, compare_with=X, groups={"one": ["first"]})
    assert asked != "Selection"
    assert len({asked, same}) == 1


def test_copies_of_a_model_share_the_selection(X: pd.DataFrame) -> None:
    asked = Selection(max_psi=0.2, compare_with=X, forced_in=["first"], search=L1Path())
    assert clone(LogisticScorecard(selection=asked)).selection is asked
    for again in (pickle.loads(pickle.dumps(asked)), copy.deepcopy(asked)):  # noqa: S301
        assert again.search == asked.search
        assert again.forced_in == ("first",)


def test_parameters_of_a_selection_are_parameters_of_the_model() -> None:
    model = LogisticScorecard(selection=Selection(search=Stepwise(), max_vif=9))
    known = model.get_params()
    assert known["selection__max_vif"] == 9
    assert known["selection__search__criterion"] == "bic"
    before = model.selection
    model.set_params(selection__search__criterion="aic", selection__max_vif=4, min_iv=0.1)
    assert model.selection == Selection(search=Stepwise(criterion="aic"), max_vif=4)
    assert before == Selection(search=Stepwise(), max_vif=9)
    assert model.min_iv == 0.1
    assert LogisticScorecard().set_params(selection__max_vif=4).selection == Selection(max_vif=4)
    other = model.set_params(selection__search=L1Path(), selection__search__criterion="aic")
    assert other.selection.search == L1Path(criterion="aic")
    for settings, message in (
        ({"selection__max_viff": 3}, "no parameter 'max_viff'. Did you mean 'max_vif'"),
        ({"selection__max_vif": 0}, "'max_vif'"),
        ({"selection__max_vif__a": 0}, "'max_vif' of Selection, which is 4"),
        ({"selection__search__enter": 0}, "no parameter 'enter'"),
    ):
        with pytest.raises(InvalidParameterError, match=message):
            model.set_params(**settings)
    assert model.selection.max_vif == 4


def test_a_grid_over_the_parameters_of_a_selection(X: pd.DataFrame, y: np.ndarray) -> None:
    grid = {
        "logisticscorecard__selection__search__criterion": ["bic", "aic"],
        "logisticscorecard__selection__max_correlation": [None, 0.5],
    }
    model = LogisticScorecard(selection=Selection(search=Stepwise()))
    search = GridSearchCV(make_pipeline(model), grid, cv=2, scoring="roc_auc")
    search.fit(X, y.astype(int))
    assert len(search.cv_results_["params"]) == 4
    best = search.best_estimator_[-1].selection
    for name, value in search.best_params_.items():
        short = name.removeprefix("logisticscorecard__selection__")
        assert best.get_params()[short] == value
    assert "Selection" in repr(search)
    assert "<" in model._repr_html_()


# --- the table to compare with ---------------------------------------------------------


def test_the_other_table_needs_the_candidates_only(X: pd.DataFrame, y: np.ndarray) -> None:
    other = X.drop(columns=["noise", "gap"])
    asked = Selection(max_missing=0.5, max_psi=0.25, compare_with=other)
    assert "gap" not in fitted(X, y, asked).kept
    with pytest.raises(MissingColumnError, match="'gap'"):
        fitted(X, y, Selection(max_psi=0.25, compare_with=other))


def test_the_other_table_has_weights(X: pd.DataFrame, y: np.ndarray) -> None:
    times = np.where(X["second"] > 0, 3, 1)
    other = Selection(max_psi=1e-9, compare_with=X, compare_weights=times)
    repeated = Selection(max_psi=1e-9, compare_with=X.iloc[np.repeat(np.arange(len(X)), times)])
    bins = WOEEncoder().fit(X, y).tables_["second"]
    codes = np.digitize(X["second"], bins.partition.cuts)
    here = np.bincount(codes, minlength=bins.n_bins)
    expected = psi(here, np.bincount(codes, times, minlength=bins.n_bins))
    for asked in (other, repeated):
        with pytest.raises(EmptyDataError, match=f"'second': PSI {expected:.3f} to the other"):
            fitted(X[["second"]], y, asked)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"compare_with": 3}, "must be a table .* Got int"),
        ({"compare_with": pl.LazyFrame({"first": [1]})}, "must be a table .* Got LazyFrame"),
        ({"compare_with": [1, 2]}, "must be a table .* Got list"),
        ({"compare_weights": [1.0]}, "compare_weights are those of the rows of compare_with"),
    ],
)
def test_what_is_no_table_is_refused_at_once(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        Selection(max_psi=0.2, **settings)
    with pytest.raises(InvalidWeightError, match="sample_weight"):
        Selection(max_psi=0.2, compare_with=np.zeros((3, 1)), compare_weights=[1.0, 2.0])


# --- names -----------------------------------------------------------------------------


def test_columns_with_numbers_for_labels(X: pd.DataFrame, y: np.ndarray) -> None:
    numbered = X.rename(columns={"first": 10, "echo": 20, "second": 30, "mirror": 40})
    numbered = numbered[[10, 20, 30, 40]]
    asked = Selection(
        forced_in=[20],
        forced_out=["x0"],
        groups={1: [30, 40]},
        max_per_group={1: np.int64(1)},
        search=Stepwise(),
        max_psi=5,
        compare_with=numbered[[40, 30, 20]],
    )
    bounds = {40: (np.int64(-2), None), "30": (None, np.float64(0))}
    model = LogisticScorecard(selection=asked, coefficient_bounds=bounds).fit(numbered, y)
    table = model.selection_.table().set_index("feature")
    assert table.loc["x0", "reason"] == "forced out"
    assert table.loc["x1", "rule"] == "forced"
    assert table.loc[["x2", "x3"], "kept"].sum() == 1
    with pytest.raises(MissingColumnError, match=r"'50' is not in the table\. It has: '10'"):
        fitted(numbered, y, Selection(forced_in=[50]))
    with pytest.raises(InvalidParameterError, match="coefficient_bounds of LogisticScorecard"):
        LogisticScorecard(coefficient_bounds={50: (-1, 0)}).fit(numbered, y)
    array = Selection(max_psi=5, compare_with=numbered.to_numpy()[:, :2])
    with pytest.raises(InvalidDataError, match="compare_with must have the columns of the fit"):
        fitted(numbered.to_numpy(), y, array)


def test_repeated_names_count_once(X: pd.DataFrame, y: np.ndarray) -> None:
    asked = Selection(
        forced_in=["first", "first"],
        groups={"one": ["first", "first", "echo"]},
        max_per_group=1,
        max_features=1,
        search=Stepwise(),
    )
    assert asked.forced_in == ("first",)
    assert fitted(X, y, asked).kept == ("first",)


@pytest.mark.parametrize(
    "bounds", [(None, None), (None, 0), (np.float32(-1.0), np.int64(0)), [-1, np.inf]]
)
def test_bounds_of_any_number(X: pd.DataFrame, y: np.ndarray, bounds: Any) -> None:
    model = LogisticScorecard(coefficient_bounds=bounds).fit(X[["first", "second"]], y)
    assert model.scorecard_.names == ("first", "second")
