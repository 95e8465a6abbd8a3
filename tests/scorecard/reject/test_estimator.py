"""The estimator: two fits, one sample, a frozen card with a caveat."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score

from creditscore import LogisticScorecard, PointsScale, Scorecard, WOEEncoder
from creditscore.datasets import load_german_credit
from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    InvalidWeightError,
    MissingColumnError,
    RejectInferenceWarning,
    UnseenCategoryWarning,
)
from creditscore.scorecard import FitSummary
from creditscore.scorecard.reject import (
    Applications,
    FuzzyAugmentation,
    HardCutoff,
    HeckmanTwoStep,
    Parcelling,
    RejectInferenceScorecard,
    RejectMethod,
    Reweighting,
    reject_sensitivity,
)
from creditscore.scorecard.selection import Selection, Stepwise


@pytest.fixture(scope="module")
def model(seen: Applications) -> RejectInferenceScorecard:
    model = RejectInferenceScorecard(method=FuzzyAugmentation(odds_ratio=2.0))
    return model.fit(seen.accepted, seen.is_bad, rejected=seen.rejected)


# --- what it does --------------------------------------------------------------------


def test_bins_and_fit_both_see_the_sample(
    seen: Applications, model: RejectInferenceScorecard, known: LogisticScorecard
) -> None:
    sample = model.sample_
    by_hand = LogisticScorecard().fit(sample.X, sample.is_bad, sample.weights)
    pd.testing.assert_frame_equal(model.scorecard_.table(), by_hand.scorecard_.table())
    assert model.known_good_bad_.scorecard_ == known.scorecard_
    # all applications are counted in the bins
    counts = model.scorecard_.table().groupby("characteristic")["count"].sum()
    np.testing.assert_allclose(counts, len(seen.accepted) + len(seen.rejected))
    # more bads among the rejected make the card more careful
    assert (
        model.scorecard_.score(seen.rejected).mean() < known.scorecard_.score(seen.rejected).mean()
    )


def test_it_predicts_what_its_card_says(
    seen: Applications, model: RejectInferenceScorecard
) -> None:
    prob = model.predict_proba(seen.rejected)[:, 1]
    np.testing.assert_allclose(prob, model.scorecard_.prob_default(seen.rejected), rtol=1e-12)
    assert model.predict(seen.rejected).tolist() == (prob > 0.5).tolist()
    np.testing.assert_allclose(model.decision_function(seen.rejected) > 0, prob > 0.5)
    assert model.score(seen.accepted, seen.is_bad) > 0.7


def test_two_labels_and_weights(seen: Applications) -> None:
    words = np.where(seen.is_bad, "default", "paid")
    rng = np.random.default_rng(0)
    weights, others = rng.integers(0, 3, len(words)), rng.integers(0, 3, len(seen.rejected))
    model = RejectInferenceScorecard(
        method=Parcelling(assignment="expected"), approval_rate=0.3, bad_label="default"
    )
    model.fit(seen.accepted, words, weights, rejected=seen.rejected, rejected_weight=others)
    assert model.classes_.tolist() == ["default", "paid"]
    np.testing.assert_allclose(
        model.predict_proba(seen.rejected)[:, 0], model.scorecard_.prob_default(seen.rejected)
    )
    rejected = model.sample_.weights[model.sample_.inferred].sum()
    assert weights.sum() / (weights.sum() + rejected) == pytest.approx(0.3)
    plain = RejectInferenceScorecard(method=Parcelling(assignment="expected"), approval_rate=0.3)
    plain.fit(seen.accepted, seen.is_bad, weights, rejected=seen.rejected, rejected_weight=others)
    pd.testing.assert_frame_equal(plain.scorecard_.table(), model.scorecard_.table())


def test_settings_of_the_estimator_hold_in_both_fits(seen: Applications) -> None:
    scale = PointsScale(base_score=500, base_odds=10, pdo=50, reverse=True)
    estimator = LogisticScorecard(
        encoder=WOEEncoder(max_n_bins=3, cross_fit=3), scale=scale, coefficient_sign="enforce"
    )
    model = RejectInferenceScorecard(estimator=estimator, method=FuzzyAugmentation(odds_ratio=2.0))
    model.fit(seen.accepted, seen.is_bad, rejected=seen.rejected)
    assert not hasattr(estimator, "scorecard_")
    for fitted in (model.known_good_bad_, model.estimator_):
        assert fitted.scorecard_.scale == scale
        assert max(table.n_bins for table in fitted.encoder_.tables_.values()) == 3
    np.testing.assert_allclose(
        model.predict_proba(seen.rejected)[:, 1], model.scorecard_.prob_default(seen.rejected)
    )


def test_columns_of_the_acceptance_alone_are_in_no_card(with_office: Applications) -> None:
    model = RejectInferenceScorecard(method=HeckmanTwoStep(exclusion=("office_load",)))
    model.fit(with_office.accepted, with_office.is_bad, rejected=with_office.rejected)
    apart = with_office.without(["office_load"])
    assert model.feature_names_in_.tolist() == list(apart.names)
    assert "office_load" not in model.known_good_bad_.encoder_.tables_
    prob = model.predict_proba(with_office.rejected)
    np.testing.assert_array_equal(model.predict_proba(apart.rejected), prob)
    with pytest.raises(InvalidDataError, match="names columns, and this table has no names"):
        model.fit(
            with_office.accepted.to_numpy(),
            with_office.is_bad,
            rejected=with_office.rejected.to_numpy(),
        )
    with pytest.raises(MissingColumnError, match="'office_load'"):
        model.fit(apart.accepted, apart.is_bad, rejected=apart.rejected)


def test_reweighting_is_a_fit_by_sampling_weights(seen: Applications) -> None:
    model = RejectInferenceScorecard(method=Reweighting())
    model.fit(seen.accepted, seen.is_bad, rejected=seen.rejected)
    summary = model.scorecard_.fit_summary
    assert summary.weight_type == "sampling"
    assert "take the acceptance rates behind them as known" in summary.caveat
    assert model.known_good_bad_.scorecard_.fit_summary.weight_type == "frequency"


def test_real_applicants_under_a_mask() -> None:
    german = load_german_credit()
    columns = ["checking_status", "duration_months", "savings_status", "credit_amount"]
    masked = Applications.masked(
        german[columns], german["is_bad"], accepted=german["checking_status"] != "< 0 DM"
    )
    model = RejectInferenceScorecard(method=FuzzyAugmentation(odds_ratio=1.5))
    with pytest.warns(UnseenCategoryWarning, match="'checking_status' holds 1 level"):
        model.fit(masked.accepted, masked.is_bad, rejected=masked.rejected)
    # the level that only rejected cases have is a bin of the card now
    assert "< 0 DM" in " ".join(model.scorecard_.table()["attribute"])


# --- the caveat ----------------------------------------------------------------------


def test_errors_of_inferred_outcomes_are_not_presented_as_sound(
    model: RejectInferenceScorecard, tmp_path: Path
) -> None:
    summary = model.scorecard_.fit_summary
    assert summary == model.estimator_.scorecard_.fit_summary
    said = (
        "The outcomes of 1,200 rejected cases are inferred by FuzzyAugmentation(odds_ratio=2.0), "
        "not observed: standard errors and p-values take them for evidence and are too small"
    )
    assert summary.caveat == said
    assert said in str(summary)
    assert said in summary._repr_html_()
    assert model.known_good_bad_.scorecard_.fit_summary.caveat == ""
    path = tmp_path / "card.json"
    model.scorecard_.to_json(path)
    assert Scorecard.from_json(path) == model.scorecard_


def test_a_summary_without_a_caveat_is_as_it_was(known: LogisticScorecard) -> None:
    summary = known.scorecard_.fit_summary
    assert "caveat" not in json.dumps(summary.to_dict())
    assert str(summary).splitlines()[0].endswith("taken as given beforehand")
    assert FitSummary.from_dict(summary.to_dict()) == summary
    with pytest.raises(InvalidParameterError, match="'caveat' parameter of FitSummary"):
        replace(summary, caveat=None)


# --- scikit-learn --------------------------------------------------------------------


def test_clone_pickle_and_search_over_methods(seen: Applications) -> None:
    model = RejectInferenceScorecard(method=HardCutoff(bad_rate=0.4))
    assert clone(model).method == model.method
    model.fit(seen.accepted, seen.is_bad, rejected=seen.rejected)
    again = pickle.loads(pickle.dumps(model))  # noqa: S301 - our own bytes
    np.testing.assert_array_equal(
        again.predict_proba(seen.rejected), model.predict_proba(seen.rejected)
    )
    methods = [FuzzyAugmentation(), FuzzyAugmentation(odds_ratio=3.0)]
    search = GridSearchCV(RejectInferenceScorecard(), {"method": methods}, cv=2, scoring="roc_auc")
    search.fit(seen.accepted, seen.is_bad, rejected=seen.rejected)
    assert search.best_params_["method"] in methods
    areas = cross_val_score(
        model,
        seen.accepted,
        seen.is_bad,
        cv=2,
        scoring="roc_auc",
        params={"rejected": seen.rejected},
    )
    assert (areas > 0.75).all()


def test_a_fit_that_fails_leaves_the_last_one_whole(seen: Applications) -> None:
    model = RejectInferenceScorecard().fit(seen.accepted, seen.is_bad, rejected=seen.rejected)
    card = model.scorecard_
    with pytest.raises(MissingColumnError, match="'housing'"):
        model.fit(seen.accepted, seen.is_bad, rejected=seen.rejected.drop(columns="housing"))
    assert model.scorecard_ is card


# --- periods -------------------------------------------------------------------------


def crossing(seed: int) -> Applications:
    """Applications of two years, in the second of which debts of the middle change sides."""
    rng = np.random.default_rng(seed)
    n = 6_000
    debts, late = rng.integers(0, 4, n), rng.random(n) < 0.5
    rate = np.where(late, np.array([0.1, 0.3, 0.2, 0.45])[debts], 0.1 + 0.1 * debts)
    return Applications.masked(
        pd.DataFrame({"debts": debts.astype(float), "rooms": rng.integers(0, 5, n) * 1.0}),
        rng.random(n) < rate,
        accepted=rng.random(n) < 0.7 - 0.1 * debts,
        periods=np.where(late, "2024", "2023"),
    )


def test_periods_are_asked_of_both_fits() -> None:
    seen = crossing(0)
    model = RejectInferenceScorecard(
        estimator=LogisticScorecard(min_iv=0.0), method=Parcelling(random_state=0)
    )
    times: Any = {"periods": seen.periods, "rejected_periods": seen.rejected_periods}
    model.fit(seen.accepted, seen.is_bad, rejected=seen.rejected, **times)
    sample = model.sample_
    assert sample.periods is not None
    assert sample.periods.tolist() == [*seen.periods, *seen.rejected_periods]
    known = LogisticScorecard(min_iv=0.0).fit(seen.accepted, seen.is_bad, periods=seen.periods)
    assert model.known_good_bad_.scorecard_ == known.scorecard_
    by_hand = LogisticScorecard(min_iv=0.0).fit(
        sample.X, sample.is_bad, sample.weights, sample.periods
    )
    assert model.estimator_.encoder_.tables_ == by_hand.encoder_.tables_
    without = LogisticScorecard(min_iv=0.0).fit(sample.X, sample.is_bad, sample.weights)
    cuts = [one.encoder_.tables_["debts"].n_bins for one in (model.estimator_, without)]
    assert cuts[0] < cuts[1]
    with pytest.warns(RejectInferenceWarning, match="No rejected applications were given"):
        model.fit(seen.accepted, seen.is_bad, periods=seen.periods)
    assert model.scorecard_ == known.scorecard_
    assert model.sample_.periods.tolist() == list(seen.periods)


def test_periods_without_rejects(seen: Applications) -> None:
    with pytest.raises(InvalidDataError, match="rejected_periods was given without any rejected"):
        RejectInferenceScorecard().fit(seen.accepted, seen.is_bad, rejected_periods=["2024"])


# --- edges and errors ----------------------------------------------------------------


@pytest.mark.parametrize("nobody", [None, slice(0, 0)])
def test_no_rejects(seen: Applications, known: LogisticScorecard, nobody: Any) -> None:
    rejected = None if nobody is None else seen.rejected[nobody]
    model = RejectInferenceScorecard()
    with pytest.warns(RejectInferenceWarning, match="No rejected applications were given"):
        model.fit(seen.accepted, seen.is_bad, rejected=rejected)
    assert model.scorecard_ == known.scorecard_
    assert model.estimator_ is model.known_good_bad_
    assert not model.sample_.inferred.any()
    with pytest.raises(InvalidWeightError, match="without any rejected cases"):
        model.fit(seen.accepted, seen.is_bad, rejected_weight=[1.0])


def test_one_class_among_the_accepted(seen: Applications) -> None:
    with pytest.raises(InvalidTargetError, match="one class only"):
        RejectInferenceScorecard().fit(
            seen.accepted, np.zeros(len(seen.accepted)), rejected=seen.rejected
        )


def test_nothing_to_learn_from(seen: Applications) -> None:
    noise = pd.DataFrame({"a": np.arange(len(seen.accepted)) % 7})
    with pytest.raises(EmptyDataError, match="No column is left for the card"):
        RejectInferenceScorecard(estimator=LogisticScorecard(min_iv=5.0)).fit(
            noise, seen.is_bad, rejected=noise
        )


@pytest.mark.parametrize(
    ("parameters", "match"),
    [
        ({"estimator": "card"}, "'estimator' parameter of RejectInferenceScorecard"),
        ({"method": "fuzzy"}, "'method' parameter of RejectInferenceScorecard must be a RejectM"),
        ({"approval_rate": 1.5}, r"'approval_rate' parameter .* \(0, 1\)"),
    ],
)
def test_parameters(seen: Applications, parameters: Any, match: str) -> None:
    with pytest.raises(InvalidParameterError, match=match):
        RejectInferenceScorecard(**parameters).fit(
            seen.accepted, seen.is_bad, rejected=seen.rejected
        )


@pytest.mark.parametrize("method", [FuzzyAugmentation(odds_ratio=2.0), Reweighting()], ids=str)
def test_a_penalised_card(seen: Applications, method: RejectMethod) -> None:
    """It has no standard errors, so there is no summary to write a caveat into."""
    penalised = LogisticScorecard(regression=LogisticRegression(C=0.1))
    model = RejectInferenceScorecard(estimator=penalised, method=method)
    model.fit(seen.accepted, seen.is_bad, rejected=seen.rejected)
    assert model.scorecard_.fit_summary is None
    sample = model.sample_
    by_hand = clone(penalised).fit(sample.X, sample.is_bad, sample.weights)
    assert model.scorecard_ == by_hand.scorecard_
    assert sample.caveat
    report = reject_sensitivity(seen, estimator=penalised, methods=[method])
    assert report.cards[1] == model.scorecard_


def test_a_search_keeps_its_caveat_beside_that_of_the_method(seen: Applications) -> None:
    estimator = LogisticScorecard(selection=Selection(search=Stepwise()))
    model = RejectInferenceScorecard(estimator=estimator, method=FuzzyAugmentation())
    model.fit(seen.accepted, seen.is_bad, rejected=seen.rejected)
    caveat = model.scorecard_.fit_summary.caveat
    assert model.estimator_.selection_.caveat in caveat
    assert model.sample_.caveat in caveat
