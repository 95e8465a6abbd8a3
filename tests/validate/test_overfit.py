"""How much of a fit is the sample: folds, resamples, learning curves."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from creditscore import LogisticScorecard
from creditscore.datasets import load_german_credit
from creditscore.exceptions import (
    FailedFitWarning,
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
)
from creditscore.metrics import auc_variance
from creditscore.scorecard import Folds
from creditscore.validate import (
    LearningCurveDisplay,
    ValidationSample,
    bootstrap_optimism,
    cross_validated_auc,
    learning_curve,
    validate_scores,
)


def invented(n: int = 400, seed: int = 0, slope: float = 1.0) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(n, 4)), columns=list("abcd"))
    y = (rng.random(n) < 1 / (1 + np.exp(1 - slope * X["a"]))).astype(int)
    return X, y.to_numpy()


class TestCrossValidatedAuc:
    def test_folds_are_those_of_a_loop_by_hand(self) -> None:
        X, y = invented()
        found = cross_validated_auc(LogisticRegression(), X, y, random_state=3)
        areas = []
        for train, test in Folds().split(y == 1, 3):
            model = LogisticRegression().fit(X.iloc[train], y[train])
            prob = model.predict_proba(X.iloc[test])[:, 1]
            np.testing.assert_allclose(found.prob_default[test], prob)
            areas.append(roc_auc_score(y[test], prob))
        np.testing.assert_allclose(found.table["auc_test"], areas)
        assert found.auc.estimate == pytest.approx(np.mean(areas))
        whole = LogisticRegression().fit(X, y).predict_proba(X)[:, 1]
        assert found.apparent == pytest.approx(roc_auc_score(y, whole))

    @pytest.mark.parametrize("digits", [9, 1])
    def test_its_variance_is_delongs_where_the_score_is_given(self, digits: int) -> None:
        """A model that learns nothing from the sample ranks alike in all folds."""
        X, y = invented(20_000)
        fixed = LogisticRegression().fit(X, y)

        class Given(DummyClassifier):
            def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
                return fixed.predict_proba(X).round(digits)

        found = cross_validated_auc(Given(), X, y)
        width = found.auc.upper - found.auc.lower
        delong = auc_variance(y, -fixed.predict_proba(X).round(digits)[:, 1]) ** 0.5
        assert width / 2 / 1.959963984540054 == pytest.approx(delong, rel=0.01)

    def test_the_interval_covers_as_often_as_it_says(self) -> None:
        new, outcomes = invented(5_000, 999)
        covered = 0
        for seed in range(30):
            X, y = invented(300, seed)
            found = cross_validated_auc(GaussianNB(), X, y, random_state=seed)
            true = roc_auc_score(outcomes, GaussianNB().fit(X, y).predict_proba(new)[:, 1])
            covered += found.auc.lower <= true <= found.auc.upper
        assert covered >= 26

    def test_groups_and_periods_of_folds_are_kept(self) -> None:
        X, y = invented(300)
        periods = np.repeat([2019, 2020, 2021], 100)
        found = cross_validated_auc(
            LogisticRegression(), X, y, folds=Folds(n_folds=2, periods=periods)
        )
        assert np.isnan(found.prob_default[:100]).all()
        assert found.table["fold"].tolist() == ["2020", "2021"]

    def test_a_scorecard_and_a_polars_table_are_taken(self) -> None:
        german = load_german_credit()
        X = german[["checking_status", "duration_months", "age_years"]]
        found = cross_validated_auc(LogisticScorecard(), X, german["is_bad"])
        same = cross_validated_auc(
            LogisticScorecard(), pl.from_pandas(X), german["is_bad"].to_numpy()
        )
        assert found.auc == same.auc
        assert 0.6 < found.auc.estimate < found.apparent + 0.02

    def test_its_lines_go_into_a_report(self) -> None:
        X, y = invented()
        found = cross_validated_auc(LogisticRegression(), X, y)
        report = validate_scores(ValidationSample(is_bad=y, score=-X["a"])).with_findings(found)
        table = report.table()
        lines = table[table["part"] == "overfitting"]
        assert lines["statistic"].tolist()[:2] == [found.auc.estimate, found.apparent]
        assert "<table" in found._repr_html_()


class TestBootstrapOptimism:
    def test_it_is_that_of_a_loop_by_hand(self) -> None:
        X, y = invented(200)
        found = bootstrap_optimism(LogisticRegression(), X, y, n_resamples=20, random_state=5)
        rng = np.random.default_rng(5)
        gaps = []
        for _ in range(20):
            rows = rng.integers(0, 200, 200)
            model = LogisticRegression().fit(X.iloc[rows], y[rows])
            drawn, whole = (model.predict_proba(each)[:, 1] for each in (X.iloc[rows], X))
            gaps.append(
                (
                    roc_auc_score(y[rows], drawn) - roc_auc_score(y, whole),
                    brier_score_loss(y[rows], drawn) - brier_score_loss(y, whole),
                )
            )
        table = found.table.set_index("measure")
        expected = np.mean(gaps, axis=0)
        np.testing.assert_allclose(table.loc[["AUC", "Brier score"], "optimism"], expected)
        np.testing.assert_allclose(
            table.loc[["AUC", "Brier score"], "optimism_se"], np.std(gaps, axis=0, ddof=1) / 20**0.5
        )
        prob = LogisticRegression().fit(X, y).predict_proba(X)[:, 1]
        assert table.loc["AUC", "corrected"] == pytest.approx(roc_auc_score(y, prob) - expected[0])
        assert table.loc["Gini", "corrected"] == pytest.approx(
            2 * table.loc["AUC", "corrected"] - 1
        )

    def test_a_tree_that_learns_noise_by_heart_is_found_out(self) -> None:
        X, y = invented(300, slope=0)
        found = bootstrap_optimism(DecisionTreeClassifier(random_state=0), X, y, n_resamples=30)
        row = found.table.iloc[0]
        assert row["apparent"] == 1.0
        assert row["optimism"] > 0.1

    def test_probabilities_of_zero_have_a_slope(self) -> None:
        X, y = invented(300)
        tree = DecisionTreeClassifier(max_depth=4, random_state=0)
        assert tree.fit(X, y).predict_proba(X).min() == 0
        found = bootstrap_optimism(tree, X, y, n_resamples=5).table
        assert found["n"].tolist() == [5] * 4
        assert found["optimism"].notna().all()

    def test_the_slope_of_many_columns_of_noise_is_below_one(self) -> None:
        rng = np.random.default_rng(0)
        X, y = rng.normal(size=(200, 30)), rng.integers(0, 2, 200)
        model = LogisticRegression(C=1e6, max_iter=2_000)
        found = bootstrap_optimism(model, X, y, n_resamples=20).table.set_index("measure")
        assert found.loc["calibration slope", "apparent"] == pytest.approx(1, abs=0.01)
        assert found.loc["calibration slope", "corrected"] < 0.8

    def test_resamples_that_fail_are_told_and_do_not_count(self) -> None:
        X, y = np.arange(14.0).reshape(-1, 1), np.array([1] + [0] * 13)
        with pytest.warns(FailedFitWarning, match="could not be fitted and counted nowhere"):
            found = bootstrap_optimism(LogisticRegression(), X, y, n_resamples=30)
        assert found.n_failed > 0
        assert found.table.loc[0, "n"] == 30 - found.n_failed
        assert "failed" in repr(found)
        assert "failed" in found.findings()[0].note

    def test_when_all_fail_there_is_no_result(self) -> None:
        class Broken(LogisticRegression):
            fitted = 0

            def fit(self, X: object, y: object) -> object:
                type(self).fitted += 1
                if type(self).fitted > 1:
                    msg = "no luck"
                    raise ValueError(msg)
                return super().fit(X, y)

        X, y = invented(50)
        with pytest.raises(InvalidDataError, match="such as: no luck"):
            bootstrap_optimism(Broken(), X, y, n_resamples=3)


class TestLearningCurve:
    def test_sizes_grow_and_keep_the_share_of_bads(self) -> None:
        X, y = invented(1_000)
        curve = learning_curve(LogisticRegression(), X, y, shares=(0.1, 0.5, 1))
        table = curve.table
        assert table["n_train"].tolist() == pytest.approx([80, 400, 800], abs=1)
        shares = table["n_bad"] / table["n_train"]
        np.testing.assert_allclose(shares, y.mean(), atol=0.02)
        assert (table["n_folds"] == 5).all()

    def test_the_last_size_is_cross_validation(self) -> None:
        X, y = invented()
        curve = learning_curve(LogisticRegression(), X, y, shares=(0.5, 1))
        folds = cross_validated_auc(LogisticRegression(), X, y).table
        assert curve.table.iloc[-1]["auc_test"] == pytest.approx(folds["auc_test"].mean(), rel=1e-9)
        assert curve.table.iloc[-1]["auc_test_sd"] == pytest.approx(folds["auc_test"].std())
        assert curve.gap == pytest.approx((folds["auc_train"] - folds["auc_test"]).mean(), rel=1e-9)

    def test_words_say_whether_more_cases_may_help(self) -> None:
        X, y = invented(4_000, slope=3)
        assert learning_curve(LogisticRegression(), X, y, shares=(0.5, 1)).in_words == "a plateau"
        tree = DecisionTreeClassifier(min_samples_leaf=40, random_state=0)
        rising = learning_curve(tree, X, y, shares=(0.05, 1))
        assert rising.in_words.startswith("still rising")
        assert rising.gap > 0.02
        one = learning_curve(LogisticRegression(), X, y, shares=(1,))
        assert one.in_words == "one size says nothing about more cases"
        assert rising.findings()[0].note == rising.in_words

    def test_the_picture_has_both_curves(self) -> None:
        X, y = invented()
        curve = learning_curve(LogisticRegression(), X, y, shares=(0.5, 1))
        display = LearningCurveDisplay.from_curve(curve).plot()
        lines = [line.get_ydata().tolist() for line in display.ax_.lines]
        assert lines == [curve.table["auc_train"].tolist(), curve.table["auc_test"].tolist()]
        assert display.frame().equals(curve.table)
        with pytest.raises(InvalidParameterError, match="must be a LearningCurve"):
            LearningCurveDisplay.from_curve(curve.table)

    @pytest.mark.parametrize("shares", [(), (0.5, 0.5), (1, 0.5), 0.5])
    def test_shares_that_do_not_rise(self, shares: tuple[float, ...]) -> None:
        X, y = invented(100)
        with pytest.raises(InvalidParameterError, match="'shares' parameter of learning_curve"):
            learning_curve(LogisticRegression(), X, y, shares=shares)

    def test_a_share_that_leaves_next_to_no_bads(self) -> None:
        X, y = invented(100)
        with pytest.raises(InvalidParameterError, match="Begin with a larger share"):
            learning_curve(LogisticRegression(), X, y, shares=(0.01, 1))


@pytest.mark.parametrize(
    "measure",
    [cross_validated_auc, partial(bootstrap_optimism, n_resamples=5), learning_curve],
    ids=["folds", "resamples", "curve"],
)
class TestAll:
    def test_labels_are_not_guessed(self, measure: object) -> None:
        X, y = invented(100)
        words = np.where(y == 1, "bad", "good")
        with pytest.raises(InvalidTargetError, match="which of them is bad is not guessed"):
            measure(GaussianNB(), X, words)
        assert repr(measure(GaussianNB(), X, words, bad_label="bad")) == repr(
            measure(GaussianNB(), X, y)
        )

    def test_no_classifier_is_refused(self, measure: object) -> None:
        X, y = invented(100)
        with pytest.raises(InvalidParameterError, match="must be a classifier"):
            measure("logistic", X, y)
        with pytest.raises(InvalidParameterError, match="must be a classifier"):
            measure(GaussianNB, X, y)

    def test_one_class_is_refused(self, measure: object) -> None:
        X, y = invented(100)
        with pytest.raises(InvalidTargetError, match="one class only"):
            measure(GaussianNB(), X, np.zeros_like(y))

    def test_progress_is_shown_on_the_error_stream(
        self, measure: object, capsys: pytest.CaptureFixture[str]
    ) -> None:
        X, y = invented(100)
        measure(GaussianNB(), X, y, progress=True)
        assert capsys.readouterr().out == ""
