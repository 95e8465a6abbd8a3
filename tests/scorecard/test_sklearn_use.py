"""LogisticScorecard where scikit-learn's users put it: searches, folds, copies, calibration."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import (
    GridSearchCV,
    StratifiedKFold,
    cross_val_predict,
    cross_val_score,
)
from sklearn.pipeline import make_pipeline

from creditscore import LogisticScorecard, PointsScale, WOEEncoder
from creditscore.metrics import auc

FOLDS = StratifiedKFold(3, shuffle=True, random_state=0)


@pytest.fixture
def y(applicants: pd.DataFrame) -> pd.Series:
    return applicants["is_bad"]


def test_cross_validation_on_the_raw_table(features: pd.DataFrame, y: pd.Series) -> None:
    values = cross_val_score(LogisticScorecard(), features, y, scoring="roc_auc", cv=FOLDS)
    assert values.min() > 0.7
    prob = cross_val_predict(LogisticScorecard(), features, y, cv=FOLDS, method="predict_proba")[
        :, 1
    ]
    assert auc(y, -prob) > 0.7


def test_cross_validation_with_labels_of_text(features: pd.DataFrame, y: pd.Series) -> None:
    labels = y.map({0: "good", 1: "bad"})
    model = LogisticScorecard(bad_label="bad")
    expected = cross_val_score(LogisticScorecard(), features, y, scoring="roc_auc", cv=FOLDS)
    got = cross_val_score(model, features, labels, scoring="roc_auc", cv=FOLDS)
    assert got.tolist() == pytest.approx(expected.tolist(), rel=1e-12)


def test_grid_search_over_the_bins(features: pd.DataFrame, y: pd.Series) -> None:
    search = GridSearchCV(
        LogisticScorecard(encoder=WOEEncoder()),
        {"encoder__min_bin_size": [0.05, 0.2], "min_iv": [0.02, 0.1]},
        scoring="neg_log_loss",
        cv=FOLDS,
        error_score="raise",
    ).fit(features, y)
    assert set(search.best_params_) == {"encoder__min_bin_size", "min_iv"}
    best = search.best_estimator_
    assert best.encoder_.min_bin_size == search.best_params_["encoder__min_bin_size"]
    assert search.predict_proba(features).tolist() == best.predict_proba(features).tolist()


def test_clone_has_the_parameters_and_no_fit(model: LogisticScorecard) -> None:
    copy = clone(model)
    assert copy.get_params()["encoder__special_codes"] == {"months_employed": [-9]}
    assert not hasattr(copy, "scorecard_")


def test_clone_keeps_the_scale(features: pd.DataFrame, y: pd.Series) -> None:
    scale = PointsScale(base_score=500)
    assert clone(LogisticScorecard(scale=scale)).fit(features, y).scorecard_.scale == scale


def test_pickle(model: LogisticScorecard, features: pd.DataFrame) -> None:
    again = pickle.loads(pickle.dumps(model))  # noqa: S301 - made two words before
    assert again.scorecard_ == model.scorecard_
    assert again.predict_proba(features).tolist() == model.predict_proba(features).tolist()


@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
def test_calibrated_classifier(features: pd.DataFrame, y: pd.Series, method: str) -> None:
    calibrated = CalibratedClassifierCV(LogisticScorecard(), method=method, cv=FOLDS)
    prob = calibrated.fit(features, y).predict_proba(features)[:, 1]
    assert prob.mean() == pytest.approx(y.mean(), abs=0.02)
    assert roc_auc_score(y, prob) > 0.7


def test_encoder_before_another_classifier(features: pd.DataFrame, y: pd.Series) -> None:
    # a card is a logistic regression on the encoder's output
    pipeline = make_pipeline(WOEEncoder(), LogisticRegression(C=1e14, tol=1e-10, max_iter=1_000))
    pipeline.fit(features, y)
    model = LogisticScorecard(min_iv=0).fit(features, y)
    np.testing.assert_allclose(
        pipeline.predict_proba(features), model.predict_proba(features), atol=1e-5
    )


def test_refit_forgets_the_first_fit(features: pd.DataFrame, y: pd.Series) -> None:
    model = LogisticScorecard().fit(features, y)
    model.fit(features[["housing"]], y)
    assert model.scorecard_ == LogisticScorecard().fit(features[["housing"]], y).scorecard_
    assert model.n_features_in_ == 1
    assert model.feature_names_in_.tolist() == ["housing"]
