"""Cards of optbinning give here the scores and probabilities that it gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier

from creditscore import Scorecard
from creditscore.binning import CategoricalPartition
from creditscore.datasets import load_german_credit
from creditscore.exceptions import (
    ForeignRulesWarning,
    InvalidParameterError,
    UncalibratedCardError,
    UnseenValueWarning,
)
from creditscore.scorecard.foreign import scorecard_from_optbinning
from foreign_probes import around, probe_rows
from tests.scorecard.foreign.conftest import Quietly

LEVELS = ["checking_status", "purpose", "housing"]
NUMBERS = ["duration_months", "credit_amount", "age_years"]
SCALING: dict[Any, dict[str, float] | None] = {
    "pdo_odds": {"pdo": 20, "odds": 50, "scorecard_points": 600},
    "min_max": {"min": 300, "max": 850},
    None: None,
}
NEVER = "never met"
Fit = Callable[..., Any]


def german() -> tuple[pd.DataFrame, pd.Series]:
    """Return columns with missing values, -9 and -8, and who went bad."""
    table = load_german_credit()
    X, rng = table[[*LEVELS, *NUMBERS]].copy(), np.random.default_rng(5)
    for name in NUMBERS:
        draw = rng.random(len(X))
        X[name] = X[name].astype(float)
        X.loc[draw < 0.06, name] = np.nan
        X.loc[(draw > 0.06) & (draw < 0.11), name] = -9.0
        X.loc[(draw > 0.11) & (draw < 0.14), name] = -8.0
    X = X.astype(dict.fromkeys(LEVELS, object))
    X.loc[rng.random(len(X)) < 0.05, "housing"] = None
    return X, table["is_bad"].astype(int)


@pytest.fixture
def fit(optbinning: ModuleType, quietly: Quietly) -> Fit:
    """Return a function that fits a card of optbinning to German credit."""

    def fitted(
        method: str | None = "pdo_odds",
        *,
        process: Mapping[str, Any] | None = None,
        metrics: Mapping[str, Any] | None = None,
        estimator: Any = None,
        data: tuple[pd.DataFrame, pd.Series] | None = None,
        **settings: Any,
    ) -> Any:
        X, y = german() if data is None else data
        bins = optbinning.BinningProcess(
            list(X.columns), **{"categorical_variables": LEVELS, **(process or {})}
        )
        card = optbinning.Scorecard(
            bins,
            LogisticRegression() if estimator is None else estimator,
            scaling_method=method,
            scaling_method_params=SCALING[method],
            **settings,
        )
        return quietly(card.fit, X, y, **(metrics or {}))

    return fitted


def rows_of(card: Scorecard) -> pd.DataFrame:
    """Return the sample and rows at every cut and level, missing, special and unseen ones."""
    X, _ = german()
    values: dict[str, list[Any]] = {}
    for characteristic in card.characteristics:
        partition = characteristic.partition
        if isinstance(partition, CategoricalPartition):
            levels = [level for group in partition.groups for level in group]
            values[characteristic.name] = [*levels, None, NEVER]
        else:
            cuts = partition.cuts  # type: ignore[attr-defined]
            values[characteristic.name] = [*around(cuts), np.nan, -9.0, -8.0, 1e12, -1e12]
    return pd.concat([probe_rows(X, values), X], ignore_index=True)


def check_scores(card: Scorecard, theirs: Any, quietly: Quietly) -> pd.DataFrame:
    """Hold scores against those of optbinning; levels never met and the like warn elsewhere."""
    rows = rows_of(card)
    expected = quietly(theirs.score, rows)
    np.testing.assert_allclose(quietly(card.score, rows), expected, rtol=0, atol=1e-9)
    return rows


def check_equal(card: Scorecard, theirs: Any, quietly: Quietly) -> None:
    """Hold scores, and probabilities where there are any, against those of optbinning."""
    rows = check_scores(card, theirs, quietly)
    if card.scale is not None and not theirs.rounding:
        seen = rows[~(rows == NEVER).any(axis=1)]
        expected = quietly(theirs.predict_proba, seen)[:, 1]
        found = quietly(card.prob_default, seen)
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


# --- the scores of optbinning ------------------------------------------------------------


@pytest.mark.engine("optbinning")
@pytest.mark.parametrize("rounding", [False, True])
@pytest.mark.parametrize("based", [False, True])
@pytest.mark.parametrize("method", ["pdo_odds", "min_max"])
def test_scores_and_probabilities(
    method: str, based: bool, rounding: bool, fit: Fit, quietly: Quietly
) -> None:
    theirs = fit(method, intercept_based=based, rounding=rounding)
    card = scorecard_from_optbinning(theirs)
    assert card.scale is not None
    assert bool(card.base_points) == based
    check_equal(card, theirs, quietly)


@pytest.mark.engine("optbinning")
@pytest.mark.parametrize("based", [False, True])
@pytest.mark.parametrize(
    ("method", "reverse"), [("pdo_odds", True), ("min_max", True), (None, False), (None, True)]
)
def test_cards_of_which_higher_scores_are_riskier(
    method: str | None, reverse: bool, based: bool, fit: Fit, quietly: Quietly
) -> None:
    theirs = fit(method, reverse_scorecard=reverse, intercept_based=based)
    card = scorecard_from_optbinning(theirs)
    assert card.scale is not None
    assert card.scale.reverse
    check_equal(card, theirs, quietly)


@pytest.mark.engine("optbinning")
@pytest.mark.parametrize("special", [[-9, -8], {"both": [-9, -8]}, {"a": -9, "b": [-8, -7, "z"]}])
@pytest.mark.parametrize(
    "metrics",
    [
        {},
        {"metric_missing": "empirical", "metric_special": "empirical"},
        {"metric_missing": 0.3, "metric_special": -0.2},
    ],
)
def test_missing_values_and_special_codes(
    special: Any, metrics: Mapping[str, Any], fit: Fit, quietly: Quietly
) -> None:
    theirs = fit(metrics=metrics, process={"special_codes": special})
    if metrics:
        # a level never seen is scored as a missing value is, which is not WOE 0 here
        with pytest.warns(ForeignRulesWarning, match="levels of 'housing' never seen earn"):
            card = scorecard_from_optbinning(theirs)
    else:
        card = scorecard_from_optbinning(theirs)
    codes = [c.partition.special_codes for c in card.characteristics if c.name in NUMBERS]
    assert (
        codes == [(-9, -8, -7) if len(special) == 2 and isinstance(special, dict) else (-9, -8)] * 3
    )
    check_equal(card, theirs, quietly)


@pytest.mark.engine("optbinning")
def test_bins_of_others_of_users_and_selected_variables(fit: Fit, quietly: Quietly) -> None:
    groups = [["own"], ["rent", "for free"]]
    theirs = fit(
        "min_max",
        process={
            "binning_fit_params": {
                "purpose": {"cat_cutoff": 0.1},
                "housing": {"user_splits": np.array(groups, dtype=object)},
                "age_years": {"user_splits": [30, 40.5]},
            },
            "selection_criteria": {"iv": {"min": 0.01}},
            "fixed_variables": ["housing", "age_years", "purpose"],
        },
    )
    card = scorecard_from_optbinning(theirs)
    assert list(card.names) == list(theirs.binning_process_.get_support(names=True))
    purpose, housing = (c for c in card.characteristics if c.name in ("purpose", "housing"))
    assert sorted(map(sorted, housing.partition.groups)) == sorted(map(sorted, groups))  # type: ignore[attr-defined]
    assert len(purpose.partition.groups[-1]) > 3  # type: ignore[attr-defined]
    check_equal(card, theirs, quietly)


@pytest.mark.engine("optbinning")
def test_the_card_survives_its_file(fit: Fit, tmp_path: Path) -> None:
    card = scorecard_from_optbinning(fit("min_max", process={"special_codes": [-9, -8]}))
    card.to_json(tmp_path / "card.json")
    again, X = Scorecard.from_json(tmp_path / "card.json"), german()[0]
    np.testing.assert_array_equal(again.prob_default(X), card.prob_default(X))


# --- what a card holds beyond points -----------------------------------------------------


@pytest.mark.engine("optbinning")
def test_counts_woe_coefficients_and_neutral_points(fit: Fit, quietly: Quietly) -> None:
    theirs = fit(process={"special_codes": {"a": -9, "b": -8}}, intercept_based=True)
    card = scorecard_from_optbinning(theirs)
    ours, expected = card.table(), quietly(theirs.table, "detailed")
    counts = expected.groupby("Variable", sort=False)["Count"].sum()
    found = ours.groupby("characteristic", sort=False)["count"].sum()
    assert found.drop("(base points)").tolist() == counts.tolist() == [1000] * len(card.names)
    bins = ours[ours["kind"] == "bin"]
    theirs_bins = expected[~expected["Bin"].isin(["a", "b", "Missing"])]
    np.testing.assert_array_equal(bins["woe"], theirs_bins["WoE"].astype(float))
    np.testing.assert_array_equal(bins["coefficient"], theirs_bins["Coefficient"])
    # metric_missing is 0 unless told otherwise, so missing values are neutral in spite of counts
    missing = ours[ours["kind"] == "missing"]
    assert set(missing["woe"]) == {0.0}
    neutral = [c.neutral_points for c in card.characteristics]
    np.testing.assert_allclose(missing["points"], neutral)
    assert set(card.reasons(german()[0], n=2)["reason_1"].dropna()) == set(card.names)


@pytest.mark.engine("optbinning")
@pytest.mark.parametrize("rounding", [False, True])
def test_what_the_fit_never_met_warns_when_it_comes(rounding: bool, fit: Fit) -> None:
    X, y = german()
    whole = X.dropna()
    card = scorecard_from_optbinning(fit(data=(whole, y[whole.index]), rounding=rounding))
    gap = whole.head(2).assign(age_years=[30.0, np.nan])
    with pytest.warns(UnseenValueWarning, match="'age_years' is 'Missing' in 1 row"):
        card.score(gap)


@pytest.mark.engine("optbinning")
def test_rounded_points_stand_for_a_range_of_probabilities(fit: Fit, quietly: Quietly) -> None:
    theirs = fit(rounding=True)
    card, X = scorecard_from_optbinning(theirs), german()[0]
    assert card.scale is not None
    p, q = np.asarray(card.prob_default(X)), quietly(theirs.predict_proba, X)[:, 1]
    points = card.scale.factor * np.abs(np.log(p / (1 - p)) - np.log(q / (1 - q)))
    assert 0 < points.max() <= 0.5 * len(card.names) + 1e-9


# --- where its own score and table part --------------------------------------------------


@pytest.mark.engine("optbinning")
def test_a_whole_number_as_metric_is_the_place_of_a_row(fit: Fit, quietly: Quietly) -> None:
    params = {"age_years": {"metric_missing": 0, "metric_special": 1}}
    theirs = fit(process={"special_codes": [-9, -8], "binning_transform_params": params})
    with pytest.warns(ForeignRulesWarning) as warned:
        card = scorecard_from_optbinning(theirs)
    text = str(warned[0].message)
    for what in ("missing values of 'age_years'", "special code -9 of 'age_years'"):
        assert re.search(rf"{what} earn [\d.]+ points, as score has it", text)
    check_scores(card, theirs, quietly)


@pytest.mark.engine("optbinning")
def test_metrics_of_single_variables(fit: Fit, quietly: Quietly) -> None:
    params = {
        "age_years": {"metric_missing": "empirical", "metric_special": 0.25},
        "credit_amount": {"metric_missing": 0.5},
    }
    theirs = fit(process={"special_codes": [-9, -8], "binning_transform_params": params})
    check_equal(scorecard_from_optbinning(theirs), theirs, quietly)


@pytest.mark.engine("optbinning")
@pytest.mark.parametrize("place", [0, 2, -3])
def test_unknown_categories_by_place(place: int, fit: Fit, quietly: Quietly) -> None:
    theirs = fit(process={"binning_fit_params": {"purpose": {"cat_unknown": place}}})
    with pytest.warns(ForeignRulesWarning, match="levels of 'purpose' never seen earn"):
        card = scorecard_from_optbinning(theirs)
    check_scores(card, theirs, quietly)


@pytest.mark.engine("optbinning")
@pytest.mark.parametrize("unknown", [0.5, 99])
def test_unknown_categories_that_optbinning_cannot_score(
    unknown: float, fit: Fit, quietly: Quietly
) -> None:
    theirs = fit(process={"binning_fit_params": {"purpose": {"cat_unknown": unknown}}})
    with pytest.raises((ValueError, IndexError)):
        quietly(theirs.score, german()[0].assign(purpose=NEVER))
    with pytest.raises(InvalidParameterError, match="'purpose'"):
        scorecard_from_optbinning(theirs)


# --- scales that cannot be trusted -------------------------------------------------------


@pytest.mark.engine("optbinning")
def test_an_estimator_without_probabilities(fit: Fit, quietly: Quietly) -> None:
    theirs = fit(estimator=RidgeClassifier())
    with pytest.warns(ForeignRulesWarning, match="RidgeClassifier is no logistic model"):
        card = scorecard_from_optbinning(theirs)
    check_equal(card, theirs, quietly)


class Halved(LogisticRegression):
    """A model whose probabilities are not those of its coefficients."""

    def predict_proba(self, X: Any) -> Any:
        return super().predict_proba(X) / 2


@pytest.mark.engine("optbinning")
def test_an_estimator_with_probabilities_of_its_own(fit: Fit) -> None:
    with pytest.warns(ForeignRulesWarning, match="Halved is no logistic model"):
        assert scorecard_from_optbinning(fit(estimator=Halved())).scale is None


@pytest.mark.engine("optbinning")
def test_a_range_of_one_score(fit: Fit, quietly: Quietly, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SCALING, "min_max", {"min": 500, "max": 500})
    theirs = fit("min_max")
    with pytest.warns(ForeignRulesWarning, match="no scale.*all its scores are one"):
        card = scorecard_from_optbinning(theirs)
    check_equal(card, theirs, quietly)
    with pytest.raises(UncalibratedCardError, match="no scale"):
        card.prob_default(german()[0])


@pytest.mark.engine("optbinning")
def test_points_that_somebody_changed(fit: Fit, quietly: Quietly) -> None:
    theirs = fit()
    theirs._df_scorecard.iloc[0, theirs._df_scorecard.columns.get_loc("Points")] += 7
    with pytest.warns(ForeignRulesWarning, match="its points are not those of its coefficients"):
        card = scorecard_from_optbinning(theirs)
    check_equal(card, theirs, quietly)


# --- errors ------------------------------------------------------------------------------


def test_what_is_no_card_is_refused() -> None:
    for given in (None, {"x": 1}, pd.DataFrame({"Variable": ["x"], "Points": [1]})):
        with pytest.raises(InvalidParameterError, match="takes a fitted Scorecard of optbinning"):
            scorecard_from_optbinning(given)


def test_a_card_that_is_not_fitted_is_refused() -> None:
    parts = dict.fromkeys(("binning_process_", "estimator_", "scaling_method", "table"))
    with pytest.raises(InvalidParameterError, match="not fitted"):
        scorecard_from_optbinning(SimpleNamespace(**parts, _is_fitted=False))


@pytest.mark.engine("optbinning")
def test_an_amount_as_target_is_refused(fit: Fit) -> None:
    X, _ = german()
    data = (X.drop(columns="credit_amount"), X["credit_amount"].fillna(0.5))
    theirs = fit(None, estimator=LinearRegression(), data=data)
    with pytest.raises(InvalidParameterError, match=r"of a binary target\. Got Continuous"):
        scorecard_from_optbinning(theirs)


@pytest.mark.engine("optbinning")
def test_a_metric_of_a_single_variable_is_refused(fit: Fit) -> None:
    theirs = fit(process={"binning_transform_params": {"purpose": {"metric": "event_rate"}}})
    with pytest.raises(InvalidParameterError, match="metric of its own for 'purpose'"):
        scorecard_from_optbinning(theirs)


@pytest.mark.engine("optbinning")
def test_bins_that_changed_after_the_fit_are_refused(
    fit: Fit, optbinning: ModuleType, quietly: Quietly
) -> None:
    theirs, (X, y) = fit(), german()
    other = optbinning.OptimalBinning("age_years", user_splits=[20, 25, 30, 35, 40, 45, 50, 55, 60])
    quietly(other.fit, X["age_years"], y)
    theirs.binning_process_._binned_variables["age_years"] = other
    with pytest.raises(InvalidParameterError, match=r"rows for 'age_years'.*Fit the card again"):
        scorecard_from_optbinning(theirs)


@pytest.mark.engine("optbinning")
def test_a_scaling_that_is_not_known_is_refused(fit: Fit) -> None:
    theirs = fit()
    theirs.scaling_method = "to the moon"
    with pytest.raises(InvalidParameterError, match="Got 'to the moon'"):
        scorecard_from_optbinning(theirs)


@pytest.mark.engine("optbinning")
def test_another_kind_of_bins_is_refused(fit: Fit, optbinning: ModuleType) -> None:
    theirs = fit()
    theirs.binning_process_._binned_variables["age_years"] = optbinning.OptimalPWBinning()
    with pytest.raises(InvalidParameterError, match="Got OptimalPWBinning for 'age_years'"):
        scorecard_from_optbinning(theirs)
