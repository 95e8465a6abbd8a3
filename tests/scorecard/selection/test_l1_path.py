"""The path of the L1 penalty: against statsmodels, by the conditions of a maximum, in the card."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.special import expit

from creditscore import LogisticScorecard, WOEEncoder
from creditscore.exceptions import CoefficientSignWarning, InvalidParameterError
from creditscore.scorecard.selection import L1Path, L1PathDisplay, Selection, Stepwise, select
from creditscore.scorecard.selection._penalised import PenalisedFits
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
    spread = np.append(0.0, features.std(axis=0))
    spread[3] = 0.0  # as of a column forced in
    high = np.append(np.inf, np.full(8, 0.0 if negative else np.inf))
    path = PenalisedFits(rows, spread, np.full(9, -np.inf), high)
    theta = np.zeros(9)
    for penalty in (60.0, 20.0, 5.0, 0.5, 0.05):
        theta = path.fit(theta, penalty)
        slopes = rows.slopes(theta[0] + rows.features @ theta[1:])
        bound, least = penalty * spread, 1e-6 * penalty
        moving = theta != 0
        moving[0] = True
        assert np.abs(slopes[moving] - bound[moving] * np.sign(theta[moving])).max() < least
        still = ~moving
        if negative:
            assert (theta[1:] <= 0).all()
            assert (slopes[still] >= -bound[still] - least).all()
        else:
            assert (np.abs(slopes[still]) <= bound[still] + least).all()


@pytest.mark.parametrize("seed", range(3))
def test_a_penalised_fit_against_statsmodels(seed: int) -> None:
    features, is_bad, _ = draw(seed, weighted=False)
    features = features / features.std(axis=0)
    endless = np.full(9, np.inf)
    rows = WorkingModel(features, is_bad, None)
    theta = PenalisedFits(rows, np.append(0.0, np.ones(8)), -endless, endless).fit(
        np.zeros(9), 12.0
    )
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


# --- copies, caps, bounds --------------------------------------------------------------


def test_copies_and_complements_count_once() -> None:
    X, is_bad = sample(2)
    alone = LogisticScorecard(selection=Selection(search=L1Path()), min_iv=0).fit(X, is_bad)
    twins = X.assign(**{f"{name}_turned": -X[name] for name in X})
    # the bins of -x are those of x only up to ties at their edges, so they are given
    cuts = {f"{n}_turned": (-np.array(t.partition.cuts)[::-1] + 1e-9).tolist()
            for n, t in alone.encoder_.tables_.items()}  # fmt: skip
    cuts |= {n: t.partition.cuts for n, t in alone.encoder_.tables_.items()}
    model = LogisticScorecard(
        encoder=WOEEncoder(user_cuts=cuts), selection=Selection(search=L1Path()), min_iv=0
    ).fit(twins, is_bad)
    woe = model.encoder_.transform(twins)
    assert np.abs(woe["a"] - woe["a_turned"]).max() < 1e-9
    kept = [name.removesuffix("_turned") for name in model.selection_.kept]
    assert sorted(kept) == sorted(alone.selection_.kept)
    table = model.selection_.table().set_index("feature")
    copies = table[table["reason"].str.contains("determine it")]
    assert len(copies) == len(X.columns)
    assert (copies["rule"] == "l1").all()


def test_a_sum_of_columns_is_left_out_and_a_forced_copy_stays() -> None:
    X, is_bad = sample(2)
    woe = WOEEncoder().fit(X, is_bad)
    tables = dict(woe.tables_)
    encoded = woe.transform(X)
    encoded["h"] = encoded["a"] + encoded["b"]
    # a sum is no WOE of any bin
    log = select(tables, encoded, is_bad, Selection(search=L1Path()), min_iv=0, cross_fitted=True)
    dropped = [name for name, why in log.dropped.items() if "determine it" in why]
    assert len(dropped) == 1
    assert dropped[0] in ("a", "b", "h")
    forced = select(
        tables,
        encoded,
        is_bad,
        Selection(search=L1Path(), forced_in=["a", "b", "h"]),
        min_iv=0,
        cross_fitted=True,
    )
    assert {"a", "b", "h"} <= set(forced.kept)


@pytest.mark.parametrize("caps", ["group", "all"])
def test_a_cap_does_not_end_the_path(caps: str) -> None:
    """Where the group of the first to come is full, the others go on to come in."""
    rng = np.random.default_rng(1)
    n = 3_000
    features = rng.normal(size=(n, 6))
    effect = np.array([1.2, 1.1, 1.0, 0.5, 0.45, 0.4])
    is_bad = rng.random(n) < expit(features @ effect - 1)
    X = pd.DataFrame(np.round(features, 1), columns=list("abcdef"))
    asked = Selection(
        search=L1Path(),
        groups={"strong": list("abc")},
        max_per_group=1 if caps == "group" else None,
        max_features=None if caps == "group" else 4,
    )
    log = LogisticScorecard(selection=asked).fit(X, is_bad).selection_
    table = log.table().set_index("feature")
    if caps == "group":
        assert log.kept == ("a", "d", "e", "f")
        assert table.loc[["b", "c"], "rule"].tolist() == ["group", "group"]
        assert "has its columns already" in table.loc["b", "reason"]
    else:
        assert log.kept == ("a", "b", "c", "d")
        assert table.loc[["e", "f"], "rule"].tolist() == ["cap", "cap"]
        assert "the card has its 4 columns" in table.loc["f", "reason"]
    path = log.coefficient_path()
    inside = path[list("abc")] != 0 if caps == "group" else path != 0
    assert inside.sum(axis=1).max() == (1 if caps == "group" else 4)


@pytest.mark.parametrize("box", [(None, 0), (-0.4, 0.1), (-0.6, -0.2)])
def test_the_path_keeps_bounds(box: tuple[float | None, float]) -> None:
    X, is_bad = sample(1)
    model = LogisticScorecard(
        selection=Selection(search=L1Path(criterion="aic")), min_iv=0, coefficient_bounds=box
    )
    with warnings.catch_warnings(action="ignore", category=CoefficientSignWarning):
        log = model.fit(X, is_bad).selection_
    low = -np.inf if box[0] is None else box[0]
    assert ((model.coef_ >= low) & (model.coef_ <= box[1])).all()
    path = log.coefficient_path()
    assert (path >= min(low, 0)).all(axis=None)
    assert (path <= max(box[1], 0)).all(axis=None)
    assert not (log.table()["stage"] == "fit").any()
    summary = model.scorecard_.fit_summary
    assert summary is not None
    assert log.path()["aic"].min() == pytest.approx(summary.aic, abs=1e-4)


# --- the picture -----------------------------------------------------------------------


def test_the_picture_of_the_path() -> None:
    X, is_bad = sample(2)
    log = LogisticScorecard(selection=Selection(search=L1Path()), min_iv=0).fit(X, is_bad)
    display = L1PathDisplay.from_log(log.selection_)
    pd.testing.assert_frame_equal(display.frame(), log.selection_.coefficient_path())
    axes = display.plot().ax_
    left, right = axes.get_xlim()
    assert left > right
    drawn = [line.get_ydata() for line in axes.get_lines()]
    for name in X:
        assert any(np.array_equal(values, display.frame()[name]) for values in drawn)
    assert f"8 columns at 60 penalties, {len(log.selection_.kept)} in the chosen set" in repr(
        display
    )
    plain = LogisticScorecard(selection=Selection(search=Stepwise()), min_iv=0).fit(X, is_bad)
    with pytest.raises(InvalidParameterError, match="this log has none: it is of stepwise both"):
        L1PathDisplay.from_log(plain.selection_)
    with pytest.raises(InvalidParameterError, match="'log' parameter"):
        L1PathDisplay.from_log(plain)  # type: ignore[arg-type]
