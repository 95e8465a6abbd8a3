"""Fuzzy augmentation adds nothing, but new bins do, and its standard errors shrink falsely.

A. Ehrhardt, C. Biernacki, V. Vandewalle, P. Heinrich and S. Beben, "Reject Inference Methods in
Credit Scoring", Journal of Applied Statistics 48, 2021, pp. 2734-2754.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM

from creditscore import LogisticScorecard
from creditscore._newton import fit_logistic
from creditscore.scorecard.reject import (
    Applications,
    AugmentedSample,
    FuzzyAugmentation,
    RejectInferenceScorecard,
    simulate_applications,
)


def frozen_woe(known: LogisticScorecard, sample: AugmentedSample) -> npt.NDArray[np.float64]:
    """Encode a sample by the bins and the WOE of the accepted."""
    woe: pd.DataFrame = known.encoder_.transform(sample.X)
    return woe[list(known.scorecard_.names)].to_numpy()


def with_weights(seen: Applications, approval_rate: float | None) -> Applications:
    rng = np.random.default_rng(3)
    return Applications(
        accepted=seen.accepted,
        is_bad=seen.is_bad,
        rejected=seen.rejected,
        sample_weight=rng.integers(0, 4, len(seen.accepted)),
        rejected_weight=rng.random(len(seen.rejected)),
        approval_rate=approval_rate,
    )


# --- the theorem ---------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_frozen_bins_give_the_coefficients_of_the_accepted(seed: int) -> None:
    seen = simulate_applications(2_000, hidden=0.5, random_state=seed).without(["office_load"])
    known = LogisticScorecard().fit(seen.accepted, seen.is_bad)
    sample = FuzzyAugmentation().augment(seen, known.scorecard_)
    woe = frozen_woe(known, sample)
    start = np.zeros(1 + woe.shape[1])
    again = fit_logistic(woe, sample.is_bad, sample.weights, start=start)
    np.testing.assert_allclose(again.coefficients, known.coef_, rtol=0, atol=1e-8)
    assert again.intercept == pytest.approx(known.intercept_, rel=0, abs=1e-8)


@pytest.mark.parametrize("approval_rate", [None, 0.1, 0.9])
def test_so_it_is_with_any_weights(seen: Applications, approval_rate: float | None) -> None:
    weighted = with_weights(seen, approval_rate)
    known = LogisticScorecard().fit(weighted.accepted, weighted.is_bad, weighted.sample_weight)
    sample = FuzzyAugmentation().augment(weighted, known.scorecard_)
    woe = frozen_woe(known, sample)
    again = fit_logistic(woe, sample.is_bad, sample.weights, start=np.zeros(1 + woe.shape[1]))
    np.testing.assert_allclose(again.coefficients, known.coef_, rtol=0, atol=1e-8)


def test_so_it_is_by_statsmodels(seen: Applications, known: LogisticScorecard) -> None:
    sample = FuzzyAugmentation().augment(seen, known.scorecard_)
    design = np.column_stack([np.ones(len(sample.weights)), frozen_woe(known, sample)])
    model: Any = GLM(
        sample.is_bad.astype(float),
        design,
        family=families.Binomial(),
        freq_weights=sample.weights,
    )
    found = model.fit(tol=1e-14).params
    np.testing.assert_allclose(found, [known.intercept_, *known.coef_], rtol=0, atol=1e-8)


def test_another_assumption_moves_it(seen: Applications, known: LogisticScorecard) -> None:
    sample = FuzzyAugmentation(odds_ratio=2.0).augment(seen, known.scorecard_)
    woe = frozen_woe(known, sample)
    again = fit_logistic(woe, sample.is_bad, sample.weights, start=np.zeros(1 + woe.shape[1]))
    assert np.abs(again.coefficients - known.coef_).max() > 1e-2


def test_a_penalty_moves_it(seen: Applications, known: LogisticScorecard) -> None:
    sample = FuzzyAugmentation().augment(seen, known.scorecard_)
    model = LogisticRegression(C=0.01, tol=1e-10, max_iter=1_000)
    woe, accepted = frozen_woe(known, sample), ~sample.inferred
    alone = model.fit(woe[accepted], sample.is_bad[accepted]).coef_.copy()
    together = model.fit(woe, sample.is_bad, sample_weight=sample.weights).coef_
    assert np.abs(together - alone).max() > 1e-2


# --- what does change ----------------------------------------------------------------


def test_new_bins_move_it(seen: Applications, known: LogisticScorecard) -> None:
    model = RejectInferenceScorecard(method=FuzzyAugmentation())
    model.fit(seen.accepted, seen.is_bad, rejected=seen.rejected)
    assert model.scorecard_.names == known.scorecard_.names
    assert np.abs(model.estimator_.coef_ - known.coef_).max() > 1e-2
    woe, before = (
        np.concatenate([model.tables_[name].woe for name in known.scorecard_.names])
        for model in (model.estimator_.encoder_, known.encoder_)
    )
    assert len(woe) != len(before) or np.abs(woe - before).max() > 1e-2


def test_standard_errors_shrink_falsely() -> None:
    """The spread of the estimate over 300 samples, beside what two kinds of errors say of it."""
    rng = np.random.default_rng(11)
    estimates, errors, naive = [], [], []
    start = np.array([-1.0, 0.7, -0.5])
    for _ in range(300):
        X = rng.normal(size=(900, 2))
        is_bad = rng.random(900) < expit(start[0] + X @ start[1:])
        accepted = X @ [0.6, -0.3] + rng.normal(size=900) < 0
        alone = fit_logistic(X[accepted], is_bad[accepted], None, start=start)
        prob = expit(alone.intercept + X[~accepted] @ alone.coefficients)
        rows = np.vstack([X[accepted], X[~accepted], X[~accepted]])
        outcomes = np.repeat([True, False], len(prob))
        fit = fit_logistic(
            rows,
            np.concatenate([is_bad[accepted], outcomes]),
            np.concatenate([np.ones(accepted.sum()), prob, 1 - prob]),
            start=start,
        )
        np.testing.assert_allclose(fit.coefficients, alone.coefficients, rtol=0, atol=1e-8)
        estimates.append(fit.coefficients)
        errors.append(np.sqrt(np.diag(alone.covariance))[1:])
        naive.append(np.sqrt(np.diag(fit.covariance))[1:])
    true = np.std(estimates, axis=0)
    # the spread of 300 estimates is known to 4 %
    np.testing.assert_allclose(np.mean(errors, axis=0), true, rtol=0.12)
    assert (np.mean(naive, axis=0) < 0.8 * true).all()


def test_so_do_those_of_the_card(seen: Applications, known: LogisticScorecard) -> None:
    """The card on the augmented sample knows no more, and its summary says that it seems to."""
    model = RejectInferenceScorecard(method=FuzzyAugmentation())
    model.fit(seen.accepted, seen.is_bad, rejected=seen.rejected)
    alone, together = known.scorecard_.fit_summary, model.scorecard_.fit_summary
    assert alone is not None
    assert together is not None
    assert together.names == alone.names
    assert (np.array(together.standard_errors) < 0.95 * np.array(alone.standard_errors)).all()
    assert "take them for evidence and are too small" in together.caveat
    assert not alone.caveat
