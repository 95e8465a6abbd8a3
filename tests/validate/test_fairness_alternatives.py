"""Proxies of protected attributes, and the search for less discriminatory alternatives."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import mutual_info_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.preprocessing import OneHotEncoder

from creditscore import LogisticScorecard
from creditscore._frame import as_table
from creditscore.binning import BinConstraints, WOEEncoder
from creditscore.datasets import load_german_credit
from creditscore.exceptions import (
    FailedFitWarning,
    InvalidDataError,
    InvalidParameterError,
)
from creditscore.metrics import auc_variance, information_value
from creditscore.scorecard import CoefficientPrior, Folds
from creditscore.validate import (
    AlternativesDisplay,
    AlternativeSearch,
    DiscriminationAlternatives,
    ProxyDisplay,
    less_discriminatory_alternatives,
    protected_proxies,
)
from creditscore.validate._fairness._alternative_bins import SharedBins
from creditscore.validate._fairness._alternative_card import BaselineCard, Change, changed_card
from creditscore.validate._fairness._alternative_judge import CardJudge, area_moves, safest_share
from creditscore.validate._fairness._groups import Groups


def invented(n: int = 1500, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """A sample with a proxy of the group that tells some of the income, which is known roughly."""
    rng = np.random.default_rng(seed)
    group = np.where(rng.random(n) < 0.4, "女", "男")
    income, debt = rng.normal(size=n), rng.normal(size=n)
    risk = -1 - income + 0.8 * debt
    bad = (rng.random(n) < 1 / (1 + np.exp(-risk))).astype(int)
    proxy = np.where(group == "女", -1.0, 1.0) + 0.6 * income + 0.7 * rng.normal(size=n)
    X = pd.DataFrame({"income": income + rng.normal(size=n), "debt": debt, "proxy": proxy})
    return X, bad, group


# --- proxies ---------------------------------------------------------------------------------


def test_information_is_scikit_learns() -> None:
    X, bad, group = invented()
    X = X.assign(level=np.where(X["debt"] > 0, "x", "y"))
    found = protected_proxies(X, group, is_bad=bad)
    table = found.table.set_index("feature")
    shares = pd.Series(group).value_counts(normalize=True)
    entropy = -(shares * np.log(shares)).sum()
    raw = mutual_info_score(X["level"], group)
    assert table.loc["level", "mutual_information"] == pytest.approx(max(0, raw - 1 / 3000))
    bins = pd.qcut(X["proxy"], 10, labels=False)
    expected = mutual_info_score(bins, group) - 9 / 3000
    assert table.loc["proxy", "mutual_information"] == pytest.approx(expected)
    assert table.loc["proxy", "strength"] == pytest.approx(expected / entropy)
    counts = pd.crosstab(bins, bad)
    assert table.loc["proxy", "iv"] == pytest.approx(information_value(counts[0], counts[1]))
    assert found.table["feature"][0] == "proxy"
    assert table.loc["proxy", "p_value"] < 1e-6 < table.loc["debt", "p_value"]


def test_all_together_are_guessed_out_of_fold() -> None:
    X, _, group = invented()
    logistic = protected_proxies(X, group)
    boosted = protected_proxies(X, group, model="boosted")
    bins = OneHotEncoder().fit_transform(X.apply(lambda x: pd.qcut(x, 10, labels=False)))
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    prob = cross_val_predict(
        LogisticRegression(max_iter=1000), bins, group, cv=folds, method="predict_proba"
    )
    expected = roc_auc_score(group == "男", prob[:, 1])
    assert logistic.joint["auc"][1] == pytest.approx(expected, abs=1e-6)
    # two groups are told from each other alike
    assert logistic.joint["auc"][0] == pytest.approx(logistic.joint["auc"][1])
    assert 0.8 < boosted.joint["auc"][0] < 0.95
    noise = np.random.default_rng(5).permutation(group)
    none = protected_proxies(X, noise).joint
    assert none["lower"][0] < 0.5 < none["upper"][0]
    again = protected_proxies(X, group)
    pd.testing.assert_frame_equal(again.joint, logistic.joint)


def test_shuffles_give_p_values() -> None:
    X, _, group = invented(400)
    found = protected_proxies(X, group, n_permutations=49).table.set_index("feature")
    assert found.loc["proxy", "p_value"] == pytest.approx(1 / 50)
    assert found.loc["debt", "p_value"] > 0.02
    same = protected_proxies(X, group, n_permutations=49).table.set_index("feature")
    pd.testing.assert_frame_equal(found, same)


@settings(deadline=None, max_examples=12)
@given(
    hnp.arrays(int, 60, elements=st.integers(0, 3)),
    hnp.arrays(int, 60, elements=st.integers(0, 2)),
)
def test_laws_of_proxies(codes: np.ndarray, group: np.ndarray) -> None:
    group[:6] = [0, 0, 1, 1, 2, 2]
    X = pd.DataFrame({"itself": group.astype(str), "other": codes.astype(str)})
    table = protected_proxies(X, group).table.set_index("feature")
    assert table["strength"].between(0, 1).all()
    shares = np.bincount(group) / 60
    entropy = -(shares * np.log(shares)).sum()
    assert table.loc["itself", "mutual_information"] == pytest.approx(entropy - 4 / 120)


def test_gaps_words_constants_and_tables() -> None:
    X, bad, group = invented(200)
    X.loc[::7, "income"] = math.nan
    X["same"] = 1
    X["mixed"] = np.where(X["debt"] > 0, "none", "3.5")
    found = protected_proxies(X, group, is_bad=bad)
    table = found.table.set_index("feature")
    assert table.loc["income", "n_bins"] == 11
    assert table.loc["mixed", "n_bins"] == 2
    assert table.loc["same", "note"] == "one value only: it tells nothing"
    assert math.isnan(table.loc["same", "p_value"])
    by_polars = protected_proxies(pl.from_pandas(X), group, is_bad=bad)
    np.testing.assert_allclose(
        by_polars.table.set_index("feature")["strength"][table.index], table["strength"]
    )
    names = pd.DataFrame({"name": [f"客户{i}" for i in range(200)]})
    assert "n_permutations" in protected_proxies(names, group).table["note"][0]
    assert len(found.findings()) == 7
    assert {line.verdict for line in found.findings()} == {"information"}
    assert "strength" in found._repr_html_()


def test_errors_of_proxies() -> None:
    X, _, group = invented(100)
    with pytest.raises(InvalidDataError, match="all cases are in one group: 'a'"):
        protected_proxies(X, ["a"] * 100)
    with pytest.raises(InvalidDataError, match="Group 'b' has one case"):
        protected_proxies(X, ["a"] * 99 + ["b"])
    with pytest.raises(InvalidParameterError, match="'n_bins'"):
        protected_proxies(X, group, n_bins=1)
    with pytest.raises(InvalidParameterError, match="'model'"):
        protected_proxies(X, group, model="tree")
    with pytest.raises(InvalidDataError, match="no information value to draw"):
        ProxyDisplay.from_proxies(protected_proxies(X, group))
    with pytest.raises(InvalidParameterError, match="ProtectedProxies"):
        ProxyDisplay.from_proxies(X)


def test_proxies_as_a_picture() -> None:
    X, bad, group = invented(300)
    display = ProxyDisplay.from_proxies(protected_proxies(X, group, is_bad=bad))
    ax = display.plot().ax_
    drawn = sum(len(points.get_offsets()) for points in ax.collections)
    assert drawn == len(display.frame()) == 3
    assert "proxy" in {text.get_text() for text in ax.texts}


# --- less discriminatory alternatives --------------------------------------------------------


@pytest.fixture(scope="module")
def found() -> DiscriminationAlternatives:
    X, bad, group = invented()
    return less_discriminatory_alternatives(
        X, bad, group, approval_rate=0.6, search=AlternativeSearch(n_candidates=10)
    )


def test_a_proxy_is_found(found: DiscriminationAlternatives) -> None:
    table = found.table
    assert table["impact_ratio"][0] < 0.9
    without = table[table["changes"].str.fullmatch("without proxy")].iloc[0]
    assert without["impact_ratio"] > table["impact_ratio"][0] + 0.05
    assert without["auc_change"] > -0.01
    assert without["ratio_change_lower"] > 0
    assert len(table) <= 10
    assert table["changes"].is_unique


def test_the_frontier_is_not_beaten(found: DiscriminationAlternatives) -> None:
    frontier = found.frontier()
    assert frontier["impact_ratio"].is_monotonic_increasing
    assert frontier["auc"].is_monotonic_decreasing
    for row in found.table.to_dict("records"):
        beaten = (
            (found.table["auc"] >= row["auc"])
            & (found.table["impact_ratio"] >= row["impact_ratio"])
            & (found.table[["auc", "impact_ratio"]] != [row["auc"], row["impact_ratio"]]).any(
                axis=1
            )
        )
        assert row["on_frontier"] == (not beaten.any())
    held = found.table["auc_holdout"].notna()
    assert (held == (found.table["on_frontier"] | (found.table["number"] == 0))).all()


def test_the_baseline_is_a_loop_by_hand() -> None:
    X, bad, group = invented(800)
    search = AlternativeSearch(n_candidates=2, holdout_share=0, folds=Folds(n_folds=3))
    found = less_discriminatory_alternatives(
        X, bad, group, approval_rate=0.5, search=search, estimator=LogisticScorecard()
    )
    areas, approved = [], np.zeros(800)
    for train, test in Folds(n_folds=3).split(bad == 1, 0):
        model = LogisticScorecard(min_iv=0).fit(X.iloc[train], bad[train])
        score = model.scorecard_.score(X.iloc[test]).to_numpy()
        areas.append(roc_auc_score(1 - bad[test], score))
        line = np.sort(score)[::-1][len(test) // 2]
        approved[test] = score > line
    first = found.table.iloc[0]
    assert first["auc"] == pytest.approx(np.mean(areas))
    rates = pd.Series(approved).groupby(group).mean()
    # ties at the line are shared by the search, and refused here
    assert first["impact_ratio"] == pytest.approx(rates.min() / rates.max(), abs=0.03)
    assert found.rates.loc[0, ["女", "男"]].tolist() == pytest.approx(
        [rates["女"], rates["男"]], abs=0.02
    )
    shares = pd.Series(group).value_counts(normalize=True)
    assert (found.rates.loc[0, shares.index] * shares).sum() == pytest.approx(0.5)


def test_the_same_seed_gives_the_same_cards(found: DiscriminationAlternatives) -> None:
    X, bad, group = invented()
    again = less_discriminatory_alternatives(
        pl.from_pandas(X), bad, group, approval_rate=0.6, search=AlternativeSearch(n_candidates=10)
    )
    assert again.table["changes"].tolist() == found.table["changes"].tolist()
    np.testing.assert_allclose(again.table["impact_ratio"], found.table["impact_ratio"])


def test_cards_fit_themselves(found: DiscriminationAlternatives) -> None:
    X, bad, _ = invented()
    number = int(found.table["changes"].eq("without proxy").idxmax())
    card = found.cards[number]
    model = card.fit(X, bad)
    assert set(model.scorecard_.names) == set(card.columns)
    assert "proxy" not in card.columns
    assert repr(found.cards[0]) == "<AlternativeCard 0: the baseline>"


def test_changes_do_what_they_say() -> None:
    X, bad, _ = invented()
    estimator = LogisticScorecard(coefficient_bounds={"debt": (-3, 0), "income": (-3, 0)})
    base = BaselineCard.fitted(estimator, as_table(X), bad)
    changes = (
        Change("drop", "proxy"),
        Change("merge", "income", 2.0),
        Change("limit", "debt", 0.25),
    )
    card = changed_card(base, changes, 1)
    model = card.fit(X, bad)
    assert set(model.scorecard_.names) == {"income", "debt"}
    assert model.encoder_.tables_["income"].n_bins == 2
    assert model.encoder_.tables_["debt"].n_bins == base.n_bins["debt"]
    debt = dict(zip(model.scorecard_.names, model.coef_, strict=True))["debt"]
    assert debt == pytest.approx(0.25 * base.coefficients["debt"])
    asked = LogisticScorecard(
        encoder=WOEEncoder(constraints={"debt": BinConstraints(max_n_bins=3)})
    )
    base = BaselineCard.fitted(asked, as_table(X), bad)
    model = changed_card(base, (Change("merge", "income", 2.0),), 1).fit(X, bad)
    assert model.encoder_.tables_["debt"].n_bins <= 3


def test_findings_say_what_is_left_on_cases_held_out(found: DiscriminationAlternatives) -> None:
    first, second = found.findings()
    assert first.verdict == "information"
    assert second.measure == "change of ratio, held out"
    assert second.verdict in ("watch", "information")
    assert (second.verdict == "watch") == (second.lower > 0)
    number = int(second.subject.removeprefix("card "))
    table = found.table.assign(ratio_change_holdout_lower=0.01)
    assert replace(found, table=table).findings()[1].verdict == "watch"
    # what costs more on cases held out than an alternative may is none
    table.loc[number, "auc_change_holdout"] = -0.03
    assert replace(found, table=table).findings()[1].verdict == "information"
    X, bad, group = invented(600)
    none = less_discriminatory_alternatives(
        X[["debt"]], bad, group, approval_rate=0.5,
        search=AlternativeSearch(n_candidates=2, changes=("limit",), holdout_share=0),
    )  # fmt: skip
    assert none.findings()[1].verdict == "not tested"
    apart = found.table.drop(columns=[name for name in found.table if "holdout" in name])
    assert "looks better than it is" in replace(found, table=apart).findings()[1].note
    assert "cards" in repr(none)


def test_the_search_as_a_picture(found: DiscriminationAlternatives) -> None:
    display = found.plot()
    assert isinstance(display, AlternativesDisplay)
    assert len(display.ax_.collections[0].get_offsets()) == len(found.table)
    assert len(display.frame()) == len(found.table)
    assert "on the frontier" in repr(display)
    assert "without proxy" in found._repr_html_()
    with pytest.raises(InvalidParameterError, match="DiscriminationAlternatives"):
        AlternativesDisplay.from_alternatives(found.table)


def test_a_prior_is_kept_for_the_columns_left() -> None:
    X, bad, _ = invented(600)
    means = {"proxy": -1.0, "income": -1.0}
    for sd in (0.1, {"proxy": 0.1, "income": 0.2}):
        prior = CoefficientPrior(means=means, sd=sd)
        base = BaselineCard.fitted(LogisticScorecard(prior=prior), as_table(X), bad)
        card = changed_card(base, (Change("drop", "proxy"),), 1)
        assert card.estimator.prior.names == ("income",)
        assert card.fit(X, bad).scorecard_.names == ("income", "debt")
        both = (Change("drop", "proxy"), Change("drop", "income"))
        assert changed_card(base, both, 1).estimator.prior is None


class OtherEncoder(WOEEncoder):
    """An encoder whose bins are found anew for each card."""


def test_bins_are_shared_and_what_is_asked_of_columns_is_kept() -> None:
    X, bad, group = invented(600)
    X["income"] = X["income"].round(1)
    asked = {
        "special_codes": {"income": [0.0]},
        "user_cuts": {"proxy": [-0.5, 0.5]},
        "constraints": {"debt": BinConstraints(max_n_bins=3)},
    }
    search = AlternativeSearch(n_candidates=10, changes=("drop", "merge"), folds=Folds(n_folds=2))
    shared, anew = (
        less_discriminatory_alternatives(
            X, bad, group, approval_rate=0.6, search=search,
            estimator=LogisticScorecard(encoder=encoder),
        )
        for encoder in (WOEEncoder(**asked), OtherEncoder(**asked))
    )  # fmt: skip
    pd.testing.assert_frame_equal(shared.table, anew.table)
    pd.testing.assert_frame_equal(shared.rates, anew.rates)
    changes = set(shared.table["changes"])
    assert {"without income", "without proxy", "without debt"} <= changes
    # bins that the user gave are not merged
    assert shared.table["changes"].str.contains("income in at most").any()
    assert not shared.table["changes"].str.contains("proxy in at most").any()
    number = int(shared.table["changes"].eq("without income").idxmax())
    assert shared.cards[number].estimator.encoder.special_codes == {}
    found: dict[Any, Any] = {}
    first = SharedBins.of(WOEEncoder(), found).fit(X[["debt", "proxy"]], bad)
    again = clone(first).fit(X[["proxy", "income"]], bad)
    assert again.tables_["proxy"] is first.tables_["proxy"]
    assert list(again.tables_) == ["proxy", "income"]
    fewer = WOEEncoder(constraints=BinConstraints(max_n_bins=2))
    assert SharedBins.of(fewer, found).fit(X[["proxy"]], bad).tables_["proxy"].n_bins == 2


def test_a_bar_is_shown_only_if_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    X, bad, group = invented(300)
    search = AlternativeSearch(n_candidates=2, holdout_share=0, folds=Folds(n_folds=2))
    for progress in (False, True):
        less_discriminatory_alternatives(
            X, bad, group, approval_rate=0.5, search=search, progress=progress
        )
        shown = capsys.readouterr()
        assert shown.out == ""
        assert ("Cards" in shown.err) == progress


class Fussy(LogisticScorecard):
    """A card that is not made without the proxy."""

    def fit(self, X: Any, y: Any, sample_weight: Any = None, periods: Any = None) -> Fussy:
        if "proxy" not in as_table(X).names:
            msg = "no proxy"
            raise InvalidDataError(msg)
        return super().fit(X, y, sample_weight, periods)


def test_cards_that_fail_are_named() -> None:
    X, bad, group = invented(600)
    with pytest.warns(FailedFitWarning, match=r"1 of \d cards.*without proxy: no proxy"):
        found = less_discriminatory_alternatives(
            X, bad, group, approval_rate=0.6, estimator=Fussy(),
            search=AlternativeSearch(n_candidates=4, changes=("drop", "limit"), holdout_share=0),
        )  # fmt: skip
    assert found.table["number"].tolist() == list(range(len(found.table)))
    assert not found.table["changes"].str.contains("without proxy").any()


def test_several_groups_and_named_references() -> None:
    X, bad, group = invented(900)
    young = np.random.default_rng(1).random(900) < 0.3
    search = AlternativeSearch(n_candidates=3, reference="女 × True", holdout_share=0)
    found = less_discriminatory_alternatives(
        X, bad, {"group": group, "young": young}, approval_rate=0.6, search=search
    )
    rates = found.rates.loc[0].drop("number")
    others = rates.drop("女 × True")
    assert found.table["impact_ratio"][0] == pytest.approx(others.min() / rates["女 × True"])


def test_errors_of_the_search() -> None:
    X, bad, group = invented(300)
    with pytest.raises(InvalidParameterError, match="'approval_rate'"):
        less_discriminatory_alternatives(X, bad, group, approval_rate=1)
    with pytest.raises(InvalidParameterError, match="'estimator'"):
        less_discriminatory_alternatives(
            X, bad, group, approval_rate=0.5, estimator=LogisticRegression()
        )
    with pytest.raises(InvalidDataError, match="needs two groups"):
        less_discriminatory_alternatives(X, bad, ["a"] * 300, approval_rate=0.5)
    penalised = LogisticScorecard(regression=LogisticRegression())
    with pytest.raises(InvalidParameterError, match="knows no bounds"):
        less_discriminatory_alternatives(
            X, bad, group, approval_rate=0.5, estimator=penalised,
            search=AlternativeSearch(changes=("limit",)),
        )  # fmt: skip
    with pytest.raises(InvalidParameterError, match="holdout_share=0"):
        less_discriminatory_alternatives(
            X, bad, group, approval_rate=0.5,
            search=AlternativeSearch(folds=Folds(groups=np.arange(300))),
        )  # fmt: skip
    with pytest.raises(InvalidParameterError, match="one or more of"):
        AlternativeSearch(changes=())
    with pytest.raises(InvalidParameterError, match="'changes'"):
        AlternativeSearch(changes=("add",))
    with pytest.raises(InvalidParameterError, match="'limit'"):
        AlternativeSearch(limit=1)
    assert repr(AlternativeSearch()) == "AlternativeSearch()"


# --- what cards are judged by ----------------------------------------------------------------

scores = hnp.arrays(float, st.integers(8, 60), elements=st.integers(0, 12).map(float))


@settings(deadline=None, max_examples=30)
@given(scores, st.floats(0.01, 0.99))
def test_the_share_is_exact_and_the_safest(score: np.ndarray, share: float) -> None:
    approved = safest_share(score, share)
    assert approved.sum() == pytest.approx(share * len(score))
    for a, b in zip(score, approved, strict=True):
        assert (approved[score > a] >= b).all()
        assert np.allclose(approved[score == a], b)


@settings(deadline=None, max_examples=30)
@given(scores, st.integers(0, 1000))
def test_the_influence_of_cases_is_that_of_delong(score: np.ndarray, seed: int) -> None:
    bad = np.zeros(len(score), dtype=bool)
    bad[: 2 + seed % (len(score) - 4)] = True
    bad = np.random.default_rng(seed).permutation(bad)
    area, moves = area_moves(bad, score)
    assert area == pytest.approx(roc_auc_score(~bad, score))
    assert moves.mean() == pytest.approx(0, abs=1e-9)
    # DeLong divides by n - 1 in each class, the influence by n
    n_bad, n = bad.sum(), len(bad)
    parts = (moves[bad] / n).var(ddof=1) * n_bad + (moves[~bad] / n).var(ddof=1) * (n - n_bad)
    assert parts == pytest.approx(auc_variance(bad, score), abs=1e-9)


def test_the_influence_of_cases_on_the_ratio_is_its_jackknife() -> None:
    rng = np.random.default_rng(0)
    codes = rng.permutation(np.repeat([0, 1, 2], [150, 100, 50]))
    approved = (rng.random(300) < np.array([0.7, 0.4, 0.6])[codes]).astype(float)
    groups = Groups(codes, ("a", "b", "c"))
    judge = CardJudge(as_table(np.zeros((300, 1))), codes > 0, groups, np.ones(3, bool), 0.5, None)
    found = judge.judged(0.5, np.zeros(300), approved, np.arange(300))
    assert (found.group, found.reference) == ("b", 0)

    def ratio(rows: np.ndarray) -> float:
        return float(approved[rows & (codes == 1)].mean() / approved[rows & (codes == 0)].mean())

    without = np.array([ratio(np.arange(300) != i) for i in range(300)])
    np.testing.assert_allclose(found.ratio_moves, found.ratio - without, rtol=0.03, atol=1e-12)


def test_german_credit() -> None:
    german = load_german_credit()
    X = german[["age_years", "housing", "checking_status", "duration_months", "dependents"]]
    young = np.where(german["age_years"] < 25, "under 25", "25 or more")
    proxies = protected_proxies(X.drop(columns="age_years"), young, is_bad=german["is_bad"])
    assert proxies.table["feature"][0] == "housing"
    found = less_discriminatory_alternatives(
        X, german["is_bad"], young, approval_rate=0.7, search=AlternativeSearch(n_candidates=8)
    )
    assert found.table["least_group"][0] == "under 25"
    assert found.frontier()["impact_ratio"].max() > found.table["impact_ratio"][0] + 0.05
