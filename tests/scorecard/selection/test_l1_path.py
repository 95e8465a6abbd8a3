"""The path of the L1 penalty: against scikit-learn, by the conditions of a maximum, in the card."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.special import expit

from creditscore import LogisticScorecard
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard.selection import L1Path, Selection
from creditscore.scorecard.selection._l1_path import _Path
from creditscore.scorecard.selection._working import WorkingModel


def draw(seed: int, *, weighted: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(500, 8)) + 0.8 * rng.normal(size=(500, 1))
    effect = rng.normal(scale=0.6, size=8) * (rng.random(8) < 0.5)
    is_bad = rng.random(500) < expit(features @ effect - 1)
    return features, is_bad, rng.integers(0, 4, size=500).astype(float) if weighted else None


@pytest.mark.parametrize("negative", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_each_fit_is_a_maximum(seed: int, negative: bool) -> None:
    features, is_bad, weights = draw(seed, weighted=seed % 2 == 1)
    rows = WorkingModel(features, is_bad, weights)
    cost = np.append(0.0, features.std(axis=0))
    cost[3] = 0.0  # as of a column forced in
    fixed = np.zeros(9, dtype=bool)
    path = _Path(rows, cost, fixed, negative=np.full(8, negative))
    theta = np.zeros(9)
    for penalty in (60.0, 20.0, 5.0, 0.5):
        theta = path.follow(theta, penalty)
        slopes = rows.slopes(theta[0] + rows.features @ theta[1:])
        bound = penalty * cost
        scale = 1 + penalty
        moving = theta != 0
        moving[0] = True
        assert np.abs(slopes[moving] - bound[moving] * np.sign(theta[moving])).max() < 2e-2 * scale
        still = ~moving
        if negative:
            assert (theta[1:] <= 0).all()
            assert (slopes[still] >= -bound[still] - 2e-2 * scale).all()
        else:
            assert (np.abs(slopes[still]) <= bound[still] + 2e-2 * scale).all()


@pytest.mark.parametrize("seed", range(3))
def test_a_penalised_fit_against_statsmodels(seed: int) -> None:
    features, is_bad, _ = draw(seed, weighted=False)
    features = features / features.std(axis=0)
    path = _Path(
        WorkingModel(features, is_bad, None),
        np.append(0.0, np.ones(8)),
        np.zeros(9, dtype=bool),
        negative=np.zeros(8, dtype=bool),
    )
    theta = path.follow(np.zeros(9), 12.0)
    design = sm.add_constant(features)
    other = sm.Logit(is_bad, design).fit_regularized(
        alpha=np.append(0.0, np.full(8, 12.0)), disp=0, acc=1e-12, maxiter=2_000, trim_mode="off"
    )
    np.testing.assert_allclose(theta, other.params, atol=2e-3)


def sample(seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    features, is_bad, _ = draw(seed, weighted=False)
    features = np.tile(features, (3, 1)) + np.random.default_rng(seed).normal(size=(1500, 8)) / 5
    return pd.DataFrame(np.round(features, 1), columns=list("abcdefgh")), np.tile(is_bad, 3)


@pytest.mark.parametrize("criterion", ["bic", "aic"])
def test_the_best_set_on_the_path_makes_the_card(criterion: str) -> None:
    X, is_bad = sample(2)
    asked = Selection(search=L1Path(criterion=criterion))
    model = LogisticScorecard(selection=asked, min_iv=0).fit(X, is_bad)
    path = model.selection_.path()
    best = path[criterion].idxmin()
    assert len(model.selection_.kept) == path["n_features"][best]
    summary = model.scorecard_.fit_summary
    assert summary is not None
    assert path["log_likelihood"][best] == pytest.approx(summary.log_likelihood, abs=1e-5)
    assert (np.diff(path["statistic"]) < 0).all()
    expected = -2 * path["log_likelihood"] + math.log(len(X)) * (path["n_features"] + 1)
    np.testing.assert_allclose(path["bic"], expected)
    table = model.selection_.table().set_index("feature")
    assert (table.loc[table["kept"], "stage"] == "kept").all()
    assert table["reason"].str.contains("path").all()


def test_forced_columns_caps_and_signs() -> None:
    X, is_bad = sample(1)
    X["noise"] = np.random.default_rng(5).integers(0, 25, size=len(X)).astype(float)
    asked = Selection(
        search=L1Path(criterion="aic"),
        forced_in=["noise"],
        groups={"first": list("abcd")},
        max_per_group=1,
        max_features=3,
    )
    model = LogisticScorecard(selection=asked, min_iv=0, coefficient_sign="enforce")
    log = model.fit(X, is_bad).selection_
    assert model.dropped_.get("noise", "") in ("", "coefficient would have the wrong sign")
    assert len(log.kept) <= 3
    assert sum(name in "abcd" for name in log.kept) <= 1
    assert (model.coef_ < 0).all()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"criterion": "cv"}, "'criterion'"),
        ({"n_penalties": 1}, "'n_penalties'"),
        ({"least_penalty": 1.0}, "'least_penalty'"),
    ],
)
def test_parameters(settings: dict[str, float], message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        L1Path(**settings)


def test_weights_are_rows() -> None:
    X, is_bad = sample(2)
    times = np.arange(len(X)) % 4
    model = LogisticScorecard(selection=Selection(search=L1Path()), min_iv=0)
    weighted = model.fit(X, is_bad, times).selection_.path()
    repeated = X.iloc[np.repeat(np.arange(len(X)), times)]
    by_rows = model.fit(repeated, np.repeat(is_bad, times)).selection_.path()
    pd.testing.assert_frame_equal(weighted, by_rows, rtol=1e-6)
