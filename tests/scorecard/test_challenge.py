"""Challengers in nested folds: nothing leaks, intervals as told, and what is refused."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.special import expit
from scipy.stats import norm
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from creditscore import LogisticScorecard, WOEEncoder
from creditscore.exceptions import (
    ConstantColumnWarning,
    FailedFitWarning,
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    InvalidWeightError,
    MissingColumnError,
    SingleBinWarning,
)
from creditscore.metrics import auc, auc_difference
from creditscore.scorecard import (
    BoostedScorecard,
    ChallengeDisplay,
    Challenger,
    ChallengeResult,
    Folds,
    ProbitClassifier,
    SegmentedLogisticScorecard,
    Segments,
    challenge,
    default_challengers,
    gap_challengers,
)
from creditscore.scorecard._challenge._challenge_features import OneHotFeatures, RawFeatures

COLUMNS = ["checking_status", "duration_months", "savings_status", "age_years"]
RIDGE = Challenger(name="ridge", estimator=LogisticRegression(C=0.1), encoding="woe")
TREE = Challenger(
    name="tree", estimator=DecisionTreeClassifier(random_state=0), encoding="onehot",
    grid={"max_depth": [1, 3]},
)  # fmt: skip


@pytest.fixture(scope="module", name="X")
def columns(german: pd.DataFrame) -> pd.DataFrame:
    return german[COLUMNS]


@pytest.fixture(scope="module")
def y(german: pd.DataFrame) -> pd.Series:
    return german["is_bad"]


@pytest.fixture(scope="module")
def result(X: pd.DataFrame, y: pd.Series) -> ChallengeResult:
    return challenge(LogisticScorecard(), X, y, [RIDGE, TREE])


# --- reference: the same by hand ---------------------------------------------------------


def test_folds_by_hand(result: ChallengeResult, X: pd.DataFrame, y: pd.Series) -> None:
    assert result.names == ("card", "ridge", "tree")
    parts = StratifiedKFold(5, shuffle=True, random_state=0).split(X, y)
    for fold, (fitted, judged) in enumerate(parts):
        outcome = y.iloc[judged]
        card = LogisticScorecard().fit(X.iloc[fitted], y.iloc[fitted]).scorecard_
        encoder = WOEEncoder().fit(X.iloc[fitted], y.iloc[fitted])
        ridge = LogisticRegression(C=0.1).fit(encoder.transform(X.iloc[fitted]), y.iloc[fitted])
        prob = ridge.predict_proba(encoder.transform(X.iloc[judged]))[:, 1]
        found = auc_difference(outcome, card.score(X.iloc[judged]), -prob)
        assert result.auc[0, fold] == pytest.approx(found.auc_a.estimate, abs=1e-12)
        assert result.auc[1, fold] == pytest.approx(found.auc_b.estimate, abs=1e-12)
        error = (found.difference.upper - found.difference.estimate) / norm.ppf(0.975)
        assert result.pair_error[1, 0, fold] == pytest.approx(error)
        assert result.n_fitted[fold] == len(fitted)
        assert result.n_bad[fold] == outcome.sum()


def made(auc_values: Any, errors: Any, n_fitted: float = 800, n_judged: float = 200) -> Any:
    values = np.asarray(auc_values, dtype=float)
    n_models, n_folds = values.shape
    pair_error = np.zeros((n_models, n_models, n_folds))
    pair_error[:, 0] = pair_error[0] = errors
    return ChallengeResult(
        names=("card", *"abc"[: n_models - 1]),
        folds=tuple(map(str, range(1, n_folds + 1))),
        n_fitted=np.full(n_folds, n_fitted),
        n_good=np.full(n_folds, 0.8 * n_judged),
        n_bad=np.full(n_folds, 0.2 * n_judged),
        auc=values,
        auc_error=np.full(values.shape, 0.02),
        pair_error=pair_error,
        seconds=np.ones(values.shape),
        settings=tuple(({},) * n_folds for _ in values),
    )


def test_interval_of_a_difference() -> None:
    # Nadeau and Bengio (2003): (1 / K + n_judged / n_fitted) times the variance of a fold
    found = made([[0.70, 0.72, 0.74, 0.76, 0.78], [0.71, 0.74, 0.75, 0.78, 0.79]],
                 [[0] * 5, [0.01, 0.01, 0.02, 0.01, 0.01]])  # fmt: skip
    gain = found.difference("a")
    assert gain.estimate == pytest.approx(0.014)
    variance = (4 * 0.01**2 + 0.02**2) / 5
    margin = norm.ppf(0.975) * math.sqrt((1 / 5 + 200 / 800) * variance)
    assert gain[1:3] == pytest.approx((0.014 - margin, 0.014 + margin))
    wider = found.difference("a", level=0.99)
    assert wider.upper - wider.estimate == pytest.approx(margin * norm.ppf(0.995) / norm.ppf(0.975))
    area = found.auc_interval("card")
    assert area.estimate == pytest.approx(0.74)
    assert area.upper - area.estimate == pytest.approx(norm.ppf(0.975) * 0.02 / math.sqrt(5))
    table = found.table().set_index("model")
    z = 0.014 / (margin / norm.ppf(0.975))
    assert table.loc["a", "p_value"] == pytest.approx(2 * norm.sf(z))
    assert table.loc["card", ["difference", "lower", "upper", "p_value"]].isna().all()
    assert found.difference("card")[:3] == (0, 0, 0)


@pytest.mark.parametrize(
    ("gains", "words"),
    [
        ((0.03, 0.01), "a gains +0.030 (+0.023 to +0.037): the card leaves something on the table"),
        ((-0.03, -0.02), "the card beats every challenger; the best, b, differs by -0.020 (-0.027"),
        ((0.001, -0.02), "no challenger is better beyond chance, the best of 2, a, differs by "),
    ],
)
def test_verdicts(gains: tuple[float, float], words: str) -> None:
    card = np.array([0.7, 0.72, 0.74, 0.76, 0.78])
    found = made([card, card + gains[0], card + gains[1]], [[0] * 5, [0.005] * 5, [0.005] * 5])
    assert words in repr(found)
    assert repr(found).startswith("<ChallengeResult: AUC of the card 0.740; ")
    assert found.verdict in found._repr_html_().replace("&gt;", ">")


NAMES = ("card", "boosted card", "monotone boosted card", "gradient boosting")


def test_the_parts_of_a_gap() -> None:
    card = np.array([0.7, 0.72, 0.74, 0.76, 0.78])
    errors = np.full((4, 5), 0.004)
    found = replace(made([card, card + 0.01, card + 0.004, card + 0.04], errors), names=NAMES)
    found.pair_error[3, 1] = found.pair_error[1, 3] = 0.006
    table = found.gap_table().set_index("part")
    assert table["difference"].to_dict() == pytest.approx(
        {"finer shapes": 0.01, "interactions": 0.03, "total": 0.04, "monotone trends": -0.006}
    )
    assert table["share"].tolist()[:3] == pytest.approx([0.25, 0.75, 1.0])
    assert math.isnan(table.loc["monotone trends", "share"])
    margin = norm.ppf(0.975) * math.sqrt(1 / 5 + 200 / 800)
    one = table.loc["interactions"]
    assert (one["lower"], one["upper"]) == pytest.approx(
        (0.03 - margin * 0.006, 0.03 + margin * 0.006)
    )
    assert (one["model"], one["base"]) == ("gradient boosting", "boosted card")
    back = found.difference("boosted card", base="gradient boosting")
    assert back[1:3] == pytest.approx((-one["upper"], -one["lower"]))
    # a total that may be chance has no shares
    none = replace(found, auc=np.array([card, card, card, card + 0.001]))
    assert none.gap_table()["share"].isna().all()
    with pytest.raises(
        InvalidParameterError, match="'boosted card', 'monotone boosted card', 'gra"
    ):
        made([card, card], np.zeros((2, 5))).gap_table()


def test_challengers_of_the_gap(X: pd.DataFrame, y: pd.Series) -> None:
    encoder = WOEEncoder(special_codes={"age_years": [20]})
    rivals = gap_challengers(encoder)[:2]
    found = challenge(LogisticScorecard(), X, y, rivals, folds=2)
    assert found.names == NAMES[:3]
    parts = StratifiedKFold(2, shuffle=True, random_state=0).split(X, y)
    for fold, (fitted, judged) in enumerate(parts):
        scores = [
            BoostedScorecard(encoder=encoder, monotonic=kind)
            .fit(X.iloc[fitted], y.iloc[fitted])
            .scorecard_.score(X.iloc[judged])
            for kind in ("none", "auto")
        ]
        by_hand = auc_difference(y.iloc[judged], *scores)
        assert found.auc[1:, fold] == pytest.approx(
            [by_hand.auc_a.estimate, by_hand.auc_b.estimate], abs=1e-12
        )
        error = (by_hand.difference.upper - by_hand.difference.estimate) / norm.ppf(0.975)
        assert found.pair_error[1, 2, fold] == pytest.approx(error)
        assert found.pair_error[2, 1, fold] == pytest.approx(error)


# --- what the folds do -------------------------------------------------------------------


def test_tables(result: ChallengeResult) -> None:
    table = result.table()
    assert table["model"].iloc[0] == "card"
    assert (np.diff(table["auc"].iloc[1:]) <= 0).all()
    folds = result.by_fold()
    assert len(folds) == 15
    means = folds.groupby("model")["auc"].mean()
    assert table.set_index("model")["auc"].to_dict() == pytest.approx(means.to_dict())
    assert folds["difference"].where(folds["model"] == "card", 0).eq(0).all()
    chosen = folds.loc[folds["model"] == "tree", "setting"]
    assert set(chosen) <= {"max_depth=1", "max_depth=3"}
    assert (folds["seconds"] > 0).all()


class Spy(ClassifierMixin, BaseEstimator):
    """A classifier that notes the rows it is shown; its columns are row numbers."""

    seen: list[tuple[str, frozenset[int]]] = []  # noqa: RUF012 - shared by clones on purpose

    def __init__(self, depth: int = 0) -> None:
        self.depth = depth

    def fit(self, X: Any, y: Any) -> Spy:
        assert set(y) == {0, 1}
        self.seen.append(("fit", frozenset(np.asarray(X)[:, 0].astype(int).tolist())))
        self.classes_ = np.array([0, 1])
        return self

    def decision_function(self, X: Any) -> Any:
        rows = np.asarray(X)[:, 0]
        self.seen.append(("judge", frozenset(rows.astype(int).tolist())))
        return np.sin(rows + self.depth)


def test_no_row_judges_what_it_was_fitted_on() -> None:
    random = np.random.default_rng(0)
    X = pd.DataFrame({"row": np.arange(300.0), "x": random.normal(size=300)})
    y = (random.random(300) < expit(X["x"])).astype(int)
    Spy.seen = []
    spy = Challenger(name="spy", estimator=Spy(), grid={"depth": [1, 2, 3]}, encoding="table")
    challenge(LogisticScorecard(min_iv=0), X, y, [spy], folds=4)
    # three inner folds by three settings, then one fit on all of them that judges the fold
    assert len(Spy.seen) == 4 * (3 * 3 + 1) * 2
    everybody = set(range(300))
    judged: set[int] = set()
    for fold in range(4):
        steps = Spy.seen[fold * 20 : (fold + 1) * 20]
        outer_fit, outer_judge = steps[-2][1], steps[-1][1]
        assert outer_fit | outer_judge == everybody
        assert not outer_fit & outer_judge
        judged |= outer_judge
        for (_, fit), (_, inner) in zip(steps[:18:2], steps[1:18:2], strict=True):
            assert not fit & inner
            assert (fit | inner) == outer_fit
    assert judged == everybody


def test_groups_stay_together_and_periods_go_forward() -> None:
    random = np.random.default_rng(0)
    n = 400
    is_bad = random.random(n) < 0.4
    groups = random.integers(0, 60, n)
    for fitted, judged in Folds(n_folds=4, groups=groups).split(is_bad, 0):
        assert not set(groups[fitted]) & set(groups[judged])
    periods = np.sort(random.choice(["2023-01", "2023-02", "2023-03", "2023-04", "2023-05"], n))
    folds = Folds(n_folds=3, periods=periods)
    parts = folds.split(is_bad, 0)
    for fitted, judged in parts:
        assert max(periods[fitted]) < min(periods[judged])
    assert set().union(*(set(judged) for _, judged in parts)) == set(
        np.flatnonzero(periods > max(periods[parts[0][0]]))
    )
    names = folds.labels(parts)
    assert names[-1].endswith("2023-05")
    assert len(names) == 3
    # within rows of few periods there are fewer folds in time, and then none
    assert repr(folds.inner(parts[2][0], 4)).endswith("each after earlier periods>")
    assert folds.inner(parts[2][0], 4).n_folds <= 3
    assert repr(folds.inner(np.flatnonzero(periods <= "2023-02"), 4)) == "<Folds: 4, at random>"
    few = Folds(n_folds=4, groups=groups).inner(np.flatnonzero(groups < 2), 3)
    assert repr(few) == "<Folds: 2, by whole groups>"


def test_out_of_time(X: pd.DataFrame, y: pd.Series) -> None:
    months = np.arange(len(y)) // 100
    found = challenge(LogisticScorecard(), X, y, [TREE], folds=Folds(n_folds=4, periods=months))
    assert found.folds == ("2 to 3", "4 to 5", "6 to 7", "8 to 9")
    assert found.n_fitted.tolist() == [200, 400, 600, 800]
    card = LogisticScorecard().fit(X[:200], y[:200]).scorecard_
    assert found.auc[0, 0] == pytest.approx(auc(y[200:400], card.score(X[200:400])))


def test_interactions_are_found_on_the_table() -> None:
    random = np.random.default_rng(0)
    n = 3_000
    X = pd.DataFrame(random.normal(size=(n, 3)), columns=["a", "b", "c"])
    y = (random.random(n) < expit(-0.8 + 0.6 * X["c"] + 1.2 * X["a"] * X["b"])).astype(int)
    pairs = make_pipeline(PolynomialFeatures(2), StandardScaler(), LogisticRegression())
    rival = Challenger(name="pairs", estimator=pairs, encoding="onehot")
    found = challenge(LogisticScorecard(min_iv=0.001), X, y, [rival], folds=3)
    assert found.difference("pairs").lower > 0.05
    assert "pairs gains +0." in repr(found)
    assert repr(found).endswith("the card leaves something on the table>")


def test_a_segmented_card_may_challenge_or_be_challenged(X: pd.DataFrame, y: pd.Series) -> None:
    by_age = Segments.by_cuts("age_years", [30], ["young", "settled"])
    segmented = SegmentedLogisticScorecard(segments=by_age)
    rival = Challenger(name="segmented", estimator=segmented, encoding="table")
    found = challenge(LogisticScorecard(), X, y, [rival], folds=3)
    turned = challenge(segmented, X, y, [Challenger(
        name="one", estimator=LogisticScorecard(), encoding="table")], folds=3)  # fmt: skip
    assert turned.difference("one").estimate == pytest.approx(
        -found.difference("segmented").estimate
    )


def test_labels_libraries_and_weights(X: pd.DataFrame, y: pd.Series) -> None:
    plain = challenge(LogisticScorecard(), X, y, [RIDGE], folds=3)
    labels = np.where(y == 1, "bad", "good")
    told = challenge(LogisticScorecard(bad_label="bad"), X, labels, [RIDGE], folds=3)
    assert told.auc.tolist() == plain.auc.tolist()
    other = challenge(LogisticScorecard(), pl.from_pandas(X), y.to_numpy(), [RIDGE], folds=3)
    assert other.auc.tolist() == plain.auc.tolist()
    ones = challenge(LogisticScorecard(), X, y, [RIDGE], folds=3, sample_weight=np.ones(len(y)))
    assert ones.auc == pytest.approx(plain.auc, abs=1e-6)
    weights = np.r_[np.zeros(100), np.ones(len(y) - 100)]
    without = challenge(LogisticScorecard(), X, y, [RIDGE], folds=3, sample_weight=weights)
    dropped = challenge(LogisticScorecard(), X[100:], y[100:], [RIDGE], folds=3)
    assert without.auc == pytest.approx(dropped.auc, abs=1e-6)
    assert without.n_fitted.tolist() == dropped.n_fitted.tolist()


def test_classifiers_without_weights_see_rows_repeatedly(X: pd.DataFrame, y: pd.Series) -> None:
    weights = np.arange(len(y)) % 3
    rival = Challenger(name="lda", estimator=LinearDiscriminantAnalysis(), encoding="woe")
    fitted = rival.fit(X, y, sample_weight=weights)
    rows = np.repeat(np.arange(len(y)), weights)
    written = rival.fit(X.iloc[rows], y.iloc[rows])
    prob = fitted.prob_default(X)
    assert prob.tolist() == pytest.approx(written.prob_default(X).tolist(), abs=1e-9)
    assert prob.name == "pd"
    with pytest.raises(InvalidWeightError, match=r"'lda' takes no sample_weight.*Got 0\.5"):
        rival.fit(X, y, sample_weight=np.full(len(y), 0.5))


def test_warnings_come_once_for_each_model(german: pd.DataFrame, y: pd.Series) -> None:
    X = german[["checking_status", "foreign_worker"]]
    message = r"'(card|ridge)', in 3 of 3 folds: Column 'foreign_worker' stays in one bin"
    with pytest.warns(SingleBinWarning, match=message) as caught:
        challenge(LogisticScorecard(), X, y, [RIDGE], folds=3)
    assert len(caught) == 2


def test_default_challengers(X: pd.DataFrame, y: pd.Series) -> None:
    found = default_challengers(random_state=7)
    names = ["linear discriminant", "probit", "decision tree", "gradient boosting"]
    assert [one.name for one in found] == names
    assert found[2].estimator.random_state == 7
    # the first three are quick; boosting has a fit of its own below
    result = challenge(LogisticScorecard(), X, y, found[:3], folds=2)
    assert list(result.names) == ["card", *names[:3]]
    assert abs(result.difference("probit").estimate) < 0.02


def test_boosting_on_raw_columns(X: pd.DataFrame, y: pd.Series) -> None:
    boosting = HistGradientBoostingClassifier(
        max_iter=10, early_stopping=False, categorical_features="from_dtype", random_state=0
    )
    fitted = Challenger(name="boosting", estimator=boosting).fit(X, y)
    assert fitted.classifier.is_categorical_.tolist() == [True, False, True, False]
    gaps = X.head(3).assign(checking_status=["never seen", None, "< 0 DM"], age_years=np.nan)
    prob = fitted.prob_default(gaps)
    assert prob.notna().all()
    assert prob.index.equals(gaps.index)
    assert fitted.log_odds(gaps).tolist() == pytest.approx(np.log((1 - prob) / prob).tolist())


def test_progress_is_shown_on_standard_error(
    X: pd.DataFrame, y: pd.Series, capsys: pytest.CaptureFixture[str]
) -> None:
    challenge(LogisticScorecard(), X, y, [RIDGE], folds=2, progress=True)
    said = capsys.readouterr()
    assert said.out == ""
    assert "Challenge" in said.err


# --- what challengers see ----------------------------------------------------------------

RAW = pd.DataFrame(
    {
        "number": [1.0, np.nan, 3.0, 4.0],
        "level": ["b", "a", None, "a"],
        "rank": pd.Categorical(["mid", "low", "top", None], ["low", "mid", "top"], ordered=True),
        "flag": [True, False, True, True],
    }
)


def test_raw_features() -> None:
    seen = RawFeatures().fit(RAW)
    found = seen.transform(RAW)
    assert found["number"].tolist()[2:] == [3, 4]
    assert str(found["level"].dtype) == "category"
    assert found["level"].isna().tolist() == [False, False, True, False]
    assert found["rank"].tolist()[:3] == [1, 0, 2]
    other = seen.transform(RAW.assign(level=["z", "a", "b", None], rank=None))
    assert other["level"].isna().tolist() == [True, False, False, True]
    assert other["rank"].isna().all()
    assert other.dtypes.equals(found.dtypes)


def test_raw_features_of_numbers_and_words() -> None:
    n = 60
    X = pd.DataFrame({"bureau": ["NO HIT"] * 10 + [str(500 + i) for i in range(n - 10)]})
    found = RawFeatures().fit(X).transform(X)
    assert list(found.columns) == ["bureau", "bureau word"]
    assert found["bureau"].isna().tolist() == [True] * 10 + [False] * (n - 10)
    assert found["bureau word"].isna().tolist() == [False] * 10 + [True] * (n - 10)
    matrix = OneHotFeatures().fit(X).transform(X)
    assert matrix.shape == (n, 3)
    assert matrix[:, 1].tolist() == matrix[:, 2].tolist() == [1.0] * 10 + [0.0] * (n - 10)


def test_the_most_frequent_levels_are_kept() -> None:
    levels = [f"l{i}" for i in range(300) for _ in range(2)] + ["often"] * 20
    X = pd.DataFrame({"x": levels})
    found = RawFeatures().fit(X).transform(X)
    assert found["x"].nunique() == 250
    assert found["x"].notna().iloc[-1]


def test_one_hot_features() -> None:
    X = pd.concat([RAW] * 10, ignore_index=True)
    seen = OneHotFeatures().fit(X)
    matrix = seen.transform(X)
    # number and its gap; two levels; three ranks; two flags
    assert matrix.shape == (40, 2 + 2 + 3 + 2)
    assert matrix[:4, 0].tolist() == [1, 3, 3, 4]
    assert matrix[:4, 1].tolist() == [0, 1, 0, 0]
    assert matrix[:, 2:4].sum(axis=1)[:4].tolist() == [1, 1, 0, 1]
    unknown = seen.transform(X.assign(level="z"))
    assert not unknown[:, 2:4].any()
    rare = OneHotFeatures().fit(RAW).transform(RAW)
    assert rare.shape == (4, 2)


@pytest.mark.parametrize("features", [RawFeatures, OneHotFeatures])
def test_columns_are_found_by_name(features: Any) -> None:
    seen = features().fit(RAW)
    turned = seen.transform(RAW[RAW.columns[::-1]].assign(more=1))
    pd.testing.assert_frame_equal(pd.DataFrame(turned), pd.DataFrame(seen.transform(RAW)))
    with pytest.raises(MissingColumnError, match="'level'"):
        seen.transform(RAW.drop(columns="level"))


def test_a_transformer_of_ones_own(X: pd.DataFrame, y: pd.Series) -> None:
    encoder = WOEEncoder(max_n_bins=2)
    rival = Challenger(name="two bins", estimator=LogisticRegression(), encoding=encoder)
    fitted = rival.fit(X, y)
    assert all(table.n_bins <= 2 for table in fitted.encoder.tables_.values())
    assert not hasattr(encoder, "tables_")
    assert "WOEEncoder" in repr(rival)


# --- tuning ------------------------------------------------------------------------------


def test_the_best_setting_is_taken(X: pd.DataFrame, y: pd.Series) -> None:
    rival = Challenger(
        name="tree", estimator=DecisionTreeClassifier(random_state=0), encoding="onehot",
        grid=[{"max_depth": [1, 30]}, {"max_depth": [4], "min_samples_leaf": [20]}],
    )  # fmt: skip
    fitted = rival.fit(X, y)
    assert fitted.setting == {"max_depth": 4, "min_samples_leaf": 20}
    assert repr(fitted).endswith("DecisionTreeClassifier with max_depth=4, min_samples_leaf=20>")
    again = rival.fit(X, y)
    assert again.prob_default(X).tolist() == fitted.prob_default(X).tolist()


def test_settings_at_random() -> None:
    rival = Challenger(
        name="ridge", estimator=LogisticRegression(), encoding="woe", n_settings=3,
        grid={"C": norm(5, 1)},
    )  # fmt: skip
    assert len(rival.settings(0)) == 3
    assert rival.settings(0) == rival.settings(0)
    assert rival.settings(0) != rival.settings(1)
    assert repr(rival) == "<Challenger 'ridge': LogisticRegression on woe, 3 settings>"
    assert RIDGE.settings() == [{}]


def test_a_mapping_of_classifiers(X: pd.DataFrame, y: pd.Series) -> None:
    numbers = X[["duration_months", "age_years"]]
    found = challenge(
        LogisticScorecard(), numbers, y, {"forest": DecisionTreeClassifier(max_depth=3)}, folds=2
    )
    assert found.names == ("card", "forest")


# --- the picture -------------------------------------------------------------------------


def test_display(result: ChallengeResult) -> None:
    display = ChallengeDisplay.from_result(result, level=0.9)
    frame = display.frame()
    assert frame["model"].tolist() == ["ridge", "tree"]
    gain = result.difference("tree", level=0.9)
    tree = frame.set_index("model").loc["tree"]
    assert tree[["difference", "lower", "upper"]].tolist() == pytest.approx(list(gain[:3]))
    ax = display.plot().ax_
    assert [label.get_text() for label in ax.get_yticklabels()] == ["ridge", "tree"]
    assert "90% interval" in ax.get_xlabel()
    assert repr(display).startswith("<ChallengeDisplay: 2 challengers beside a card of AUC 0.")
    with pytest.raises(InvalidParameterError, match="must be a ChallengeResult"):
        ChallengeDisplay.from_result(result.table())


# --- errors ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"estimator": WOEEncoder()}, "must be a classifier"),
        ({"estimator": DecisionTreeClassifier}, "must be a classifier"),
        ({"encoding": "dummy"}, "must be one of 'raw', 'woe', 'onehot', 'table'"),
        ({"encoding": WOEEncoder}, "or a transformer"),
        ({"inner_folds": 1}, "'inner_folds'"),
        ({"n_settings": 0}, "'n_settings'"),
        ({"grid": {"depth": [1]}}, "names 'depth', and DecisionTreeClassifier has no such"),
        ({"grid": {"max_depth": 3}}, "'grid' of challenger 'tree' cannot be used"),
        ({"name": 1}, "'name' parameter"),
    ],
)
def test_challengers_that_are_refused(given: dict[str, Any], message: str) -> None:
    fine = {"name": "tree", "estimator": DecisionTreeClassifier()}
    with pytest.raises(InvalidParameterError, match=message):
        Challenger(**fine | given)


def test_challenges_that_are_refused(X: pd.DataFrame, y: pd.Series) -> None:
    card = LogisticScorecard()
    for rivals, message in (
        ([], "one challenger or more, of different names.*Got none"),
        ([RIDGE, RIDGE], "Got 'ridge', 'ridge'"),
        ({"card": DecisionTreeClassifier()}, "none of them 'card'"),
        ([DecisionTreeClassifier()], "'challengers' parameter of challenge must be a Challenger"),
    ):
        with pytest.raises(InvalidParameterError, match=message):
            challenge(card, X, y, rivals)
    with pytest.raises(InvalidParameterError, match="'card_model' of challenge must be an estima"):
        challenge("card", X, y, [RIDGE])
    with pytest.raises(InvalidParameterError, match="must have a card, scorecard_, after its fit"):
        challenge(ProbitClassifier(), X[["age_years"]], y, [RIDGE])
    with pytest.raises(InvalidParameterError, match="'n_folds' parameter of Folds"):
        challenge(card, X, y, [RIDGE], folds=1)
    with pytest.raises(InvalidParameterError, match="'random_state' parameter of challenge"):
        challenge(card, X, y, [RIDGE], random_state="x")
    with pytest.raises(InvalidWeightError, match=r"counts of rows.*Got 0\.5 at row 0"):
        challenge(card, X, y, [RIDGE], sample_weight=np.full(len(y), 0.5))
    with pytest.raises(InvalidTargetError, match="one class only"):
        challenge(card, X, np.zeros(len(y)), [RIDGE])
    with pytest.raises(InvalidParameterError, match=r"10 cases of each class.* There are 4 of one"):
        challenge(card, X.head(40), [1] * 4 + [0] * 36, [RIDGE])


def test_a_challenger_that_fails_is_out_and_the_others_go_on(X: pd.DataFrame, y: pd.Series) -> None:
    """It fails in the second fold, where somebody is 999, and is not tried again."""

    class Picky(DecisionTreeClassifier):  # type: ignore[misc]
        def predict_proba(self, rows: Any) -> Any:
            if (rows["age_years"] == 999).any():
                msg = "Nobody is 999."
                raise ValueError(msg)
            return np.column_stack([1 - rows["age_years"] / 100, rows["age_years"] / 100])

    X = X[["duration_months", "age_years"]].astype(float)
    folds = Folds(n_folds=3)
    judged = folds.split(y.to_numpy(), 0)[1][1]
    X.iloc[judged[0], 1] = 999
    picky = Challenger(name="picky", estimator=Picky(), encoding="table")
    message = r"'picky' could not be fitted or judged.*: in fold 2 ValueError: Nobody is 999\."
    with pytest.warns(FailedFitWarning, match=message):
        found = challenge(LogisticScorecard(), X, y, [picky, RIDGE], folds=folds)
    assert found.failed == {"picky": "in fold 2 ValueError: Nobody is 999."}
    assert np.isfinite(found.auc[1]).tolist() == [True, False, False]
    np.testing.assert_array_equal(np.isnan(found.pair_error[1, 2]), [False, True, True])
    np.testing.assert_array_equal(found.pair_error[1], found.pair_error[:, 1])
    # the others are what they are without it
    alone = challenge(LogisticScorecard(), X, y, [RIDGE], folds=folds)
    np.testing.assert_array_equal(found.auc[[0, 2]], alone.auc)
    assert found.difference("ridge") == alone.difference("ridge")
    last = found.table().iloc[-1]
    assert last["model"] == "picky"
    assert last[["auc", "auc_lower", "difference", "lower", "upper", "p_value"]].isna().all()
    assert found.verdict == f"{alone.verdict}; picky could not be judged"
    display = ChallengeDisplay.from_result(found).plot()
    assert [text.get_text() for text in display.ax_.texts][-1] == "failed"


def test_columns_without_a_value(german: pd.DataFrame, y: pd.Series) -> None:
    """One has no value at all, one has none among the rows that one of the folds is fitted on."""
    X = german[["duration_months", "age_years"]].assign(
        never=np.nan, once=np.where(np.arange(len(y)) == 5, 1.0, np.nan)
    )
    boosting = gap_challengers()[2]
    with pytest.warns(ConstantColumnWarning, match="'never'"):
        found = challenge(LogisticScorecard(), X, y, [boosting], folds=2)
    alone = challenge(LogisticScorecard(), X[["duration_months", "age_years"]], y, [boosting],
                      folds=2)  # fmt: skip
    np.testing.assert_allclose(found.auc, alone.auc, atol=0.01)
    seen = RawFeatures().fit(X)
    assert list(seen.transform(X)) == ["duration_months", "age_years", "once"]
    # whatever other rows hold
    assert list(seen.transform(X.assign(never=1.0))) == ["duration_months", "age_years", "once"]
    many = pd.DataFrame({"x": np.where(np.arange(20_000) < 2, 1.0, np.nan)})
    assert list(RawFeatures().fit(many).transform(many)) == []


def test_columns_without_names_go_by_place(german: pd.DataFrame, y: pd.Series) -> None:
    X = german[["duration_months", "age_years", "credit_amount"]]
    card = Challenger(name="boosted", estimator=BoostedScorecard(n_iterations=20), encoding="table")
    rivals = [card, RIDGE, TREE]
    named = challenge(LogisticScorecard(), X, y, rivals, folds=2)
    for bare in (X.set_axis(range(3), axis=1), X.to_numpy()):
        found = challenge(LogisticScorecard(), bare, y, rivals, folds=2)
        np.testing.assert_allclose(found.auc, named.auc, rtol=1e-12)


def test_an_error_says_whose_it_was(X: pd.DataFrame, y: pd.Series) -> None:
    rival = Challenger(name="table", estimator=DecisionTreeClassifier(), encoding="table")
    with pytest.raises(ValueError, match="could not convert string") as caught:
        challenge(LogisticScorecard(), X, y, [rival])
    assert caught.value.__notes__ == ["This was 'table' in fold 1."]


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"groups": [1, 2], "periods": [1, 2]}, InvalidParameterError, "by groups or by periods"),
        ({"groups": [1] * 50 + [2] * 50}, InvalidParameterError, "need 3 different groups"),
        ({"periods": [1, 2, 3, 4] * 10}, InvalidDataError, "X has 100 rows, periods 40"),
        ({"periods": [1.0, np.nan] * 50}, InvalidDataError, r"periods has 50 missing value\(s\)"),
        ({"periods": np.array(["a", 1, "b", 2] * 25, dtype=object)}, InvalidDataError, "all dates"),
        ({"periods": [1, 2, 3] + [4] * 97}, InvalidDataError, "fold 1 is fitted on hold"),
        ({"groups": np.r_[np.repeat([1, 2], 25), np.repeat([3, 4], 25)]}, InvalidDataError,
         "two of each are needed"),
    ],
)  # fmt: skip
def test_folds_that_are_refused(given: Any, error: type[Exception], message: str) -> None:
    is_bad = np.arange(100) >= 50
    with pytest.raises(error, match=message):
        Folds(n_folds=3, **given).split(is_bad, 0)


def test_a_classifier_without_probabilities(X: pd.DataFrame, y: pd.Series) -> None:
    rival = Challenger(name="margin", estimator=LinearSVC(), encoding="woe")
    found = challenge(LogisticScorecard(), X, y, [rival], folds=2)
    assert abs(found.difference("margin").estimate) < 0.05
    with pytest.raises(InvalidParameterError, match="'margin' gives no probabilities: LinearSVC"):
        rival.fit(X, y).prob_default(X)


def test_unknown_names_and_levels(result: ChallengeResult) -> None:
    with pytest.raises(InvalidParameterError, match="no model 'forest': there are 'card', 'ridge'"):
        result.difference("forest")
    with pytest.raises(InvalidParameterError, match="'level'"):
        result.table(level=95)


def test_bounded_log_odds(X: pd.DataFrame, y: pd.Series) -> None:
    grown = DecisionTreeClassifier(random_state=0)
    fitted = Challenger(name="tree", estimator=grown, encoding="onehot").fit(X, y)
    assert set(fitted.prob_default(X)) >= {0.0, 1.0}
    values = fitted.log_odds(X, least_prob=0.01)
    assert (np.abs(values) <= math.log(99) + 1e-9).all()
    with pytest.raises(InvalidParameterError, match="'least_prob'"):
        fitted.log_odds(X, least_prob=0)
