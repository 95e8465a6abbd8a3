"""Shadow ratings: against statsmodels, as grades of a scale, and what is no order of grades."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.stats import spearmanr
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import cohen_kappa_score
from statsmodels.miscmodels.ordinal_model import OrderedModel

from creditscore import GradeScale, Scorecard
from creditscore.exceptions import (
    CoefficientSignWarning,
    ColumnTypeError,
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    MissingColumnError,
    RefusedValueError,
    SeparationWarning,
    SmallSampleWarning,
)
from creditscore.expert import (
    CategoryScore,
    MinMaxScore,
    PercentileScore,
    ShadowAgreement,
    ShadowRating,
)
from creditscore.expert._shadow._grade_labels import read_labels
from creditscore.expert._shadow._ordered_logit import fit_ordered

LABELS = ("A", "BBB", "BB", "B")


def firms(n: int = 500, seed: int = 0) -> tuple[pd.DataFrame, pd.Series]:
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(
        {"cover": rng.gamma(2, 2, n), "debt": rng.uniform(size=n), "noise": rng.normal(size=n)},
        index=[f"F{i}" for i in range(n)],
    )
    quality = np.log(X["cover"]) - 3 * X["debt"] + rng.logistic(scale=0.6, size=n)
    grades = pd.cut(quality, [-99, -1, 0, 1, 99], labels=LABELS[::-1]).astype(str)
    return X, grades


@pytest.fixture(scope="module")
def rated() -> tuple[pd.DataFrame, pd.Series]:
    return firms()


@pytest.fixture(scope="module")
def model(rated: tuple[pd.DataFrame, pd.Series]) -> ShadowRating:
    X, grades = rated
    return ShadowRating(labels=LABELS).fit(X[["cover", "debt"]], grades)


# --- reference -----------------------------------------------------------------------


def test_it_is_the_ordered_logit_of_statsmodels(
    rated: tuple[pd.DataFrame, pd.Series], model: ShadowRating
) -> None:
    X, grades = rated
    scores = np.column_stack(
        [model.subscores_[name].score(X[name]) / 100 for name in ("cover", "debt")]
    )
    codes = grades.map({label: 3 - i for i, label in enumerate(LABELS)}).to_numpy()
    found = OrderedModel(codes, scores, distr="logit").fit(
        method="bfgs", disp=False, maxiter=1_000, gtol=1e-6
    )
    summary = model.summary()
    coefficients, errors = summary["coefficient"].to_numpy(), summary["std_error"].to_numpy()
    assert summary["parameter"].tolist() == ["cover", "debt", "A | BBB", "BBB | BB", "BB | B"]
    assert 100 * coefficients[:2] == pytest.approx(found.params[:2], rel=1e-4)
    assert 100 * errors[:2] == pytest.approx(found.bse[:2], rel=1e-3)
    thresholds = found.model.transform_threshold_params(found.params)[1:-1]
    assert coefficients[2:] == pytest.approx(thresholds[::-1], rel=1e-4)
    # the first threshold is a parameter there, and so has an error
    assert errors[4] == pytest.approx(found.bse[2], rel=1e-3)
    assert model._fit.log_likelihood == pytest.approx(found.llf, rel=1e-8)
    prob = found.model.predict(found.params, exog=scores)
    assert model.predict_proba(X).to_numpy() == pytest.approx(prob[:, ::-1], abs=1e-4)


def test_two_grades_are_the_binary_logit(rated: tuple[pd.DataFrame, pd.Series]) -> None:
    from statsmodels.discrete.discrete_model import Logit

    X, grades = rated
    safe = grades.isin(["A", "BBB"]).to_numpy()
    fit = fit_ordered(X.to_numpy(), safe.astype(np.intp))
    found = Logit(safe, np.column_stack([np.ones(len(X)), X])).fit(disp=False, tol=1e-12)
    assert fit.coefficients == pytest.approx(found.params[1:], rel=1e-5)
    assert fit.thresholds == pytest.approx([-found.params[0]], rel=1e-5)
    assert fit.errors == pytest.approx(found.bse[1:], rel=1e-4)
    assert fit.threshold_errors == pytest.approx([found.bse[0]], rel=1e-4)
    assert (fit.log_likelihood, fit.null_log_likelihood) == pytest.approx((found.llf, found.llnull))


def test_agreement_is_that_of_scikit_learn(
    rated: tuple[pd.DataFrame, pd.Series], model: ShadowRating
) -> None:
    X, grades = rated
    found, shadow = model.agreement(X, grades), model.predict(X)
    assert found == model.agreement_
    assert found.n_cases == 500
    assert found.accuracy == pytest.approx((shadow == grades).mean())
    places = [
        pd.Series(g).map({label: i for i, label in enumerate(LABELS)}) for g in (grades, shadow)
    ]
    apart = (places[1].to_numpy() - places[0].to_numpy()).astype(int)
    assert found.within_one_notch == pytest.approx((np.abs(apart) <= 1).mean())
    assert found.mean_notches == pytest.approx(apart.mean())
    kappa = cohen_kappa_score(grades, shadow, labels=LABELS, weights="quadratic")
    assert found.weighted_kappa == pytest.approx(kappa, rel=1e-12)
    assert found.table().to_numpy().sum() == 500
    assert found.table().loc["A", "A"] == ((shadow == "A") & (grades == "A")).sum()
    assert "within one notch" in found._repr_html_()


# --- laws ----------------------------------------------------------------------------


def test_the_card_and_its_bounds_grade_as_the_model_does(
    rated: tuple[pd.DataFrame, pd.Series], model: ShadowRating
) -> None:
    X, _ = rated
    card = model.scorecard_
    assert isinstance(card, Scorecard)
    assert card.scale is None
    assert card.score_range == pytest.approx((0, 100))
    assert sum(map(abs, model.weights_.values())) == pytest.approx(1)
    scale = GradeScale(
        labels=model.labels_, bounds=model.thresholds_, measure="score", closed="left"
    )
    assert (scale.grade(card.score(X)) == model.predict(X)).all()
    # a score on a bound has the safer grade, in both
    on_bounds = [model.labels_[-1 - place] for place in model._codes(np.array(model.thresholds_))]
    assert on_bounds == scale.grade(list(model.thresholds_)).tolist() == list(LABELS[:-1])
    assert Scorecard.from_json(card.to_json()).score(X).equals(card.score(X))


def test_a_grade_is_the_median_of_its_probabilities(
    rated: tuple[pd.DataFrame, pd.Series], model: ShadowRating
) -> None:
    X, _ = rated
    prob = model.predict_proba(X)
    assert prob.sum(axis=1).to_numpy() == pytest.approx(np.ones(len(X)))
    assert list(prob.columns) == list(LABELS)
    median = (prob.cumsum(axis=1).to_numpy() < 0.5).sum(axis=1)
    assert model.predict(X).tolist() == [LABELS[i] for i in median]


def test_a_row_alone_is_graded_as_among_others(
    rated: tuple[pd.DataFrame, pd.Series], model: ShadowRating
) -> None:
    X, _ = rated
    alone = [model.predict(X.iloc[[i]]).iloc[0] for i in range(20)]
    assert alone == model.predict(X.head(20)).tolist()
    # a monotone change of a column changes its percentiles' anchors and nothing else
    other = ShadowRating(labels=LABELS).fit(
        X[["cover", "debt"]].assign(cover=np.log(X["cover"])), rated[1]
    )
    assert list(other.weights_.values()) == pytest.approx(list(model.weights_.values()), abs=0.02)


def test_directions_are_found_or_told(rated: tuple[pd.DataFrame, pd.Series]) -> None:
    X, grades = rated
    both = X[["cover", "debt"]]
    found = ShadowRating(labels=LABELS).fit(both, grades).subscores_
    assert isinstance(found["debt"], PercentileScore)
    assert (found["cover"].direction, found["debt"].direction) == ("higher", "lower")  # type: ignore[attr-defined]
    ranks = grades.map({label: 3 - i for i, label in enumerate(LABELS)})
    assert spearmanr(X["debt"], ranks)[0] < 0
    with pytest.warns(CoefficientSignWarning, match=r"'debt' \(z -\d"):
        told = ShadowRating(labels=LABELS, directions={"debt": "higher"}).fit(both, grades)
    assert told.weights_["debt"] < 0
    assert (told.predict(both) == ShadowRating(labels=LABELS).fit(both, grades).predict(both)).all()


def test_other_libraries_and_labels_of_numbers_do_too(
    rated: tuple[pd.DataFrame, pd.Series], model: ShadowRating
) -> None:
    X, grades = rated
    native = pl.from_pandas(X[["debt", "cover"]])
    same = ShadowRating(labels=list(LABELS)).fit(native, pl.Series(grades.to_list()))
    assert same.thresholds_ == pytest.approx(model.thresholds_, rel=1e-6)
    predicted = same.predict(native)
    assert isinstance(predicted, pl.Series)
    assert predicted.to_list() == model.predict(X).tolist()
    assert isinstance(same.predict_proba(native), pl.DataFrame)
    notches = grades.map({label: i + 1 for i, label in enumerate(LABELS)})
    by_number = ShadowRating(labels=[1, 2, 3, 4]).fit(X[["cover", "debt"]], notches)
    assert by_number.predict(X.head(3)).tolist() == [
        LABELS.index(g) + 1 for g in model.predict(X.head(3))
    ]
    ordered = pd.Series(pd.Categorical(grades, categories=LABELS, ordered=True), index=X.index)
    by_dtype = ShadowRating().fit(X[["cover", "debt"]], ordered)
    assert by_dtype.labels_ == LABELS
    assert by_dtype.thresholds_ == model.thresholds_


def test_rules_of_ones_own_are_taken() -> None:
    X, grades = firms(300, seed=2)
    X["audit"] = np.where(grades.isin(["A", "BB"]), "clean", "none")
    rules = {
        "cover": MinMaxScore(low=0, high=10, missing_score=0),
        "audit": CategoryScore(scores={"clean": 100, "none": 0}),
    }
    model = ShadowRating(labels=LABELS, subscores=rules).fit(X, grades)
    assert model.scorecard_.names == ("cover", "audit")
    assert model.subscores_["cover"] == rules["cover"]
    gaps = X.assign(cover=np.nan)
    assert set(model.predict(gaps)) <= {"B", "BB"}
    copied = clone(model)
    assert copied.get_params() == model.get_params()
    with pytest.raises(NotFittedError):
        copied.predict(X)


def test_missing_values_have_a_score_or_are_refused() -> None:
    X, grades = firms(200, seed=3)
    X = X[["cover", "debt"]].copy()
    X.iloc[3, 0] = np.nan
    with pytest.raises(RefusedValueError, match="'cover' has 1 value"):
        ShadowRating(labels=LABELS).fit(X, grades)
    model = ShadowRating(labels=LABELS, missing_score=50).fit(X, grades)
    assert model.subscores_["cover"].n_sample == 199  # type: ignore[attr-defined]


# --- warnings ------------------------------------------------------------------------


def test_a_rare_grade_and_few_cases_are_told() -> None:
    X, grades = firms(200, seed=4)
    rare = grades.copy()
    rare.iloc[:3] = "CCC"
    with pytest.warns(SmallSampleWarning, match=r"fewer than 5 cases: CCC \(3\)"):
        ShadowRating(labels=[*LABELS, "CCC"]).fit(X[["cover", "debt"]], rare)
    few = grades.isin(["A", "BBB"]).map({True: "safe", False: "risky"})[:14]
    with pytest.warns(SmallSampleWarning, match="3 parameters are estimated from 14 cases"):
        ShadowRating(labels=["safe", "risky"]).fit(X[["cover", "debt"]][:14], few)


def test_separated_grades_are_told() -> None:
    X = pd.DataFrame({"cover": np.arange(60.0)})
    grades = np.repeat(["B", "BB", "BBB"], 20)
    with pytest.warns(SeparationWarning, match="apart without error"):
        model = ShadowRating(labels=["BBB", "BB", "B"]).fit(X, grades)
    assert model.agreement_.accuracy == 1.0


# --- errors --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "error", "said"),
    [
        ({"labels": None}, InvalidParameterError, "which is not guessed"),
        ({"labels": "ABC"}, InvalidParameterError, "must be several grades"),
        ({"labels": 3}, InvalidParameterError, "must be several grades"),
        ({"labels": ["A"]}, InvalidParameterError, "two different grades"),
        ({"labels": ["A", "A", "B"]}, InvalidParameterError, "two different grades"),
        ({"labels": ["A", "BBB", "B"]}, InvalidTargetError, "not among the labels.*'BB'"),
        ({"labels": [*LABELS, "C"]}, InvalidTargetError, "No case has the grade"),
        ({"directions": ["debt"]}, InvalidParameterError, "'directions' parameter"),
        ({"directions": {"debt": "up"}}, InvalidParameterError, r"directions\[debt\]"),
        ({"directions": {"dept": "lower"}}, InvalidParameterError, "Did you mean 'debt'"),
        ({"subscores": {"debt": 1}}, InvalidParameterError, r"subscores\[debt\]"),
        ({"subscores": {}}, InvalidParameterError, "hold a rule or more"),
        (
            {"subscores": {"rating": MinMaxScore(low=0, high=1)}},
            MissingColumnError,
            "'rating'",
        ),
    ],
)
def test_what_is_no_order_and_no_rule_is_refused(
    rated: tuple[pd.DataFrame, pd.Series],
    parameters: dict[str, object],
    error: type[Exception],
    said: str,
) -> None:
    X, grades = rated
    model = ShadowRating(**{"labels": LABELS, **parameters})
    with pytest.raises(error, match=said):
        model.fit(X, grades)
    assert not hasattr(model, "scorecard_")


def test_grades_that_are_missing_or_one_and_columns_that_tell_nothing_are_refused(
    rated: tuple[pd.DataFrame, pd.Series],
) -> None:
    X, grades = rated
    model = ShadowRating(labels=LABELS)
    with pytest.raises(InvalidTargetError, match=r"missing in 1 row.*row 2"):
        model.fit(X, grades.where(np.arange(len(X)) != 2, None))
    with pytest.raises(InvalidTargetError, match=r"No case has the grade.*BBB, BB, B"):
        model.fit(X, ["A"] * len(X))
    with pytest.raises(InvalidTargetError, match="one for each of the 500 rows"):
        model.fit(X, grades[:9].tolist())
    with pytest.raises(InvalidTargetError, match="y to be passed"):
        model.fit(X, None)
    with pytest.raises(InvalidTargetError, match="different orders"):
        model.fit(X, grades[::-1])
    with pytest.raises(InvalidDataError, match="'one' has one value"):
        model.fit(X.assign(one=1.0), grades)
    with pytest.raises(InvalidDataError, match="'cover', 'twice' determine each other"):
        model.fit(X.assign(twice=2 * X["cover"]), grades)
    with pytest.raises(ColumnTypeError, match=r"'name' holds text.*CategoryScore"):
        model.fit(X.assign(name="a"), grades)
    constant = {"cover": MinMaxScore(low=500, high=600)}
    with pytest.raises(InvalidDataError, match="sub-score of 'cover' is one for all"):
        ShadowRating(labels=LABELS, subscores=constant).fit(X, grades)


def test_agreement_where_all_have_one_grade_has_no_kappa() -> None:
    found = ShadowAgreement.of(("A", "B"), np.zeros(3, dtype=int), np.zeros(3, dtype=int))
    assert (found.accuracy, found.n_cases) == (1.0, 3)
    assert np.isnan(found.weighted_kappa)


@pytest.mark.parametrize(
    "upwards",
    [LABELS[::-1], ("D", "CCC", "B-", "B", "A+", "AAA"), ("Caa1", "Baa2", "Baa1", "Aaa")],
)
def test_grades_of_an_agency_from_the_riskiest_are_refused(upwards: Any) -> None:
    with pytest.raises(InvalidParameterError, match=r"safest grade first.*labels\[::-1\]"):
        read_labels(upwards, None, "ShadowRating")
    ordered = pd.Series(pd.Categorical(upwards, upwards, ordered=True))
    with pytest.raises(InvalidParameterError, match="safest grade first"):
        read_labels(None, ordered, "ShadowRating")
    assert read_labels(upwards[::-1], None, "ShadowRating") == tuple(upwards[::-1])


@pytest.mark.parametrize("own", [("C", "B", "A"), ("AA-", "AA+"), ("low", "AA", "AAA"), (3, 2, 1)])
def test_other_orders_are_as_they_are_told(own: Any) -> None:
    assert read_labels(own, None, "ShadowRating") == own
