"""Quasi-moment matching and van der Burgt's curve: reference numbers, laws, edges and errors."""

from __future__ import annotations

import math

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, reject
from scipy.integrate import quad
from scipy.optimize import root
from scipy.stats import norm

from creditscore.calibrate import (
    Calibration,
    QuasiMomentCurve,
    accuracy_ratio_from_pds,
    quasi_moment_calibration,
    quasi_moment_matching,
    van_der_burgt,
)
from creditscore.exceptions import InvalidDataError, InvalidParameterError, RankingError
from creditscore.metrics import gini

# --- reference: R's package LDPD, which takes grades the worst first ------------------


def test_accuracy_ratio_of_ldpd() -> None:
    # its ARestimate of c(.1, .05, .025, .01, .001) on c(10, 20, 30, 50, 10)
    found = accuracy_ratio_from_pds([0.001, 0.01, 0.025, 0.05, 0.1], [10, 50, 30, 20, 10])
    assert found.accuracy_ratio == pytest.approx(0.4897885396, abs=5e-11)
    assert found.central_tendency == pytest.approx(0.02716666667, abs=5e-12)


def test_lambda_of_ldpd() -> None:
    # uniroot of R stops at a tolerance of 1.2e-4 in lambda, which here is 2e-7 beside the root
    found = van_der_burgt([10, 40, 30, 20, 10], central_tendency=0.1, accuracy_ratio=0.5)
    assert dict(found.parameters)["lambda"] == pytest.approx(3.107439376, abs=1e-6)


def matched_by_ldpd(n_customers: np.ndarray, mean: float, ratio: float) -> np.ndarray:
    """Solve the two equations of QMMRecalibrate, grades the worst first, by scipy's root."""
    until = np.cumsum(n_customers)
    place = (until + np.append(0, until[:-1])) / (2 * until[-1])
    share = n_customers / until[-1]

    def prob_of(theta: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-theta[0] - theta[1] * norm.ppf(place)))

    def gaps(theta: np.ndarray) -> list[float]:
        prob = prob_of(theta)
        ct = prob @ share
        before = np.append(0, np.cumsum(prob * share)[:-1])
        pairs = 2 * ((1 - prob) * share) @ before + (prob * (1 - prob)) @ share**2
        return [pairs / (ct * (1 - ct)) - 1 - ratio, ct - mean]

    return prob_of(root(gaps, [-3.0, -1.0], tol=1e-12).x)


def test_example_of_ldpd() -> None:
    # QMMRecalibrate(.05, c(.2, .1, .005, .001, .001), c(100, 200, 200, 200, 100)) asks for the
    # accuracy ratio of these probabilities
    counts = np.array([100, 200, 200, 200, 100])
    ratio = accuracy_ratio_from_pds([0.2, 0.1, 0.005, 0.001, 0.001], counts).accuracy_ratio
    assert ratio == pytest.approx(0.697318689960, abs=1e-11)
    found = quasi_moment_matching(counts[::-1], central_tendency=0.05, accuracy_ratio=ratio)
    expected = [0.000842718970, 0.004438596994, 0.016198385168, 0.057321098455, 0.243241119797]
    assert found.prob_default == pytest.approx(expected, rel=1e-9)
    assert dict(found.parameters) == pytest.approx({"alpha": 4.106512709, "beta": 1.936954206})


@given(
    counts=st.lists(st.integers(1, 500), min_size=5, max_size=9),
    mean=st.floats(0.01, 0.3),
    ratio=st.floats(0.1, 0.5),
)
def test_any_grades_of_ldpd(counts: list, mean: float, ratio: float) -> None:
    n_customers = np.array(counts, dtype=float)
    try:
        found = quasi_moment_matching(n_customers, central_tendency=mean, accuracy_ratio=ratio)
    except InvalidParameterError:
        # one grade holds too many to be told apart
        reject()
    assert found.central_tendency == pytest.approx(mean, rel=1e-10)
    assert found.accuracy_ratio == pytest.approx(ratio, rel=1e-9)
    assert (np.diff(found.prob_default) > 0).all()
    if dict(found.parameters)["beta"] < 5:
        expected = matched_by_ldpd(n_customers[::-1], mean, ratio)[::-1]
        assert found.prob_default == pytest.approx(expected, rel=1e-5)


def test_distribution_of_survivors() -> None:
    counts, good = np.array([500, 300, 100]), np.array([499, 290, 80])
    found = quasi_moment_matching(counts, central_tendency=0.03, accuracy_ratio=0.5, n_good=good)
    until = np.cumsum(good[::-1])[::-1]
    z = norm.ppf((until - good / 2) / good.sum())
    alpha, beta = (value for _, value in found.parameters)
    assert found.prob_default == pytest.approx(1 / (1 + np.exp(alpha + beta * z)))
    assert found.central_tendency == pytest.approx(0.03)


# --- van der Burgt -------------------------------------------------------------------


@pytest.mark.parametrize(("ratio", "rate"), [(0.5, 0.1), (0.05, 0.3), (0.9, 0.001), (1e-7, 0.1)])
def test_area_of_the_cap_curve(ratio: float, rate: float) -> None:
    found = van_der_burgt(
        [1, 1], central_tendency=rate / 50, accuracy_ratio=ratio, sample_rate=rate
    )
    bend = dict(found.parameters)["lambda"]
    area = quad(lambda x: math.expm1(-bend * x) / math.expm1(-bend), 0, 1)[0]
    assert (2 * area - 1) / (1 - rate) == pytest.approx(ratio, rel=1e-6, abs=1e-9)


def test_mean_over_grades_is_the_central_tendency() -> None:
    counts = [10, 0, 40, 30, 20, 10]
    told = {"central_tendency": 0.1, "accuracy_ratio": 0.5}
    middle = van_der_burgt(counts, **told)
    average = van_der_burgt(counts, at="average", **told)
    assert average.central_tendency == pytest.approx(0.1, rel=1e-12)
    assert middle.central_tendency == pytest.approx(0.0980, abs=1e-4)
    assert (np.diff(average.prob_default) > 0).all()
    assert average.prob_default[1] == pytest.approx(middle.prob_default[1], rel=1e-6)


# --- the measure ---------------------------------------------------------------------


@given(prob=st.lists(st.floats(0.001, 0.999), min_size=2, max_size=12), seed=st.integers(0, 99))
def test_it_is_the_gini_of_expected_outcomes(prob: list, seed: int) -> None:
    counts = np.random.default_rng(seed).integers(1, 9, len(prob)).astype(float)
    found = accuracy_ratio_from_pds(prob, counts)
    p = np.array(prob)
    is_bad = np.repeat([1, 0], len(p))
    weights = np.concatenate([counts * p, counts * (1 - p)])
    expected = gini(is_bad, np.tile(-p, 2), sample_weight=weights)
    assert found.accuracy_ratio == pytest.approx(expected, abs=1e-9)
    order = np.random.default_rng(seed).permutation(len(p))
    assert accuracy_ratio_from_pds(p[order], counts[order]) == pytest.approx(found)


def test_no_ratio_without_risk() -> None:
    assert math.isnan(accuracy_ratio_from_pds([0.0, 0.0]).accuracy_ratio)
    assert math.isnan(accuracy_ratio_from_pds([1.0, 1.0]).accuracy_ratio)


# --- scores --------------------------------------------------------------------------


@pytest.mark.parametrize("n", [300, 3000, 30_000])
def test_scores_meet_both_targets(n: int) -> None:
    rng = np.random.default_rng(n)
    is_bad = rng.random(n) < 0.1
    score = rng.normal(600 - 40 * is_bad, 40)
    found = quasi_moment_calibration(is_bad, score, philosophy="hybrid")
    implied = accuracy_ratio_from_pds(found.prob_default(score))
    assert implied.central_tendency == pytest.approx(is_bad.mean(), rel=1e-9)
    assert implied.accuracy_ratio == pytest.approx(gini(is_bad, score), rel=2e-3)
    told = {"central_tendency": 0.02, "accuracy_ratio": 0.3}
    prob = 1 / (1 + np.exp((score - 500) / 40))
    turned = quasi_moment_calibration(
        is_bad, prob, philosophy="hybrid", measure="prob_default", **told
    )
    asked = accuracy_ratio_from_pds(turned.prob_default(prob))
    assert asked == pytest.approx((0.3, 0.02), rel=2e-3)


def test_scores_of_grades_are_the_grades() -> None:
    counts = [100, 200, 200, 200, 100]
    score = np.repeat([50, 40, 30, 20, 10], counts)
    is_bad = np.arange(800) % 10 == 0
    is_bad[-100:] = True
    told = {"central_tendency": 0.05, "accuracy_ratio": 0.6}
    by_grade = quasi_moment_matching(counts, **told)
    by_score = quasi_moment_calibration(is_bad, score, philosophy="hybrid", **told)
    assert by_score.prob_default([50, 40, 30, 20, 10]) == pytest.approx(by_grade.prob_default)
    turned = quasi_moment_calibration(
        is_bad, 1 - score / 100, philosophy="hybrid", measure="prob_default", **told
    )
    assert turned.prob_default([0.5, 0.9]) == pytest.approx(by_score.prob_default([50, 10]))


def test_any_rising_scale_of_the_score_gives_the_same() -> None:
    rng = np.random.default_rng(3)
    is_bad = rng.random(500) < 0.2
    score = rng.normal(-1.0 * is_bad)
    one = quasi_moment_calibration(is_bad, score, philosophy="hybrid").prob_default(score)
    bent = np.exp(score)
    other = quasi_moment_calibration(is_bad, bent, philosophy="hybrid").prob_default(bent)
    assert other == pytest.approx(one, rel=1e-9)


# --- errors --------------------------------------------------------------------------


def test_a_ratio_beyond_the_grades() -> None:
    with pytest.raises(InvalidParameterError, match=r"accuracy ratio of 0.95 .* the most is 0\.\d"):
        quasi_moment_matching([500, 500], central_tendency=0.2, accuracy_ratio=0.95)


def test_counts() -> None:
    told = {"central_tendency": 0.05, "accuracy_ratio": 0.5}
    for counts in ([5], [[1, 2]], [1, -1], [0, 0], [1, np.nan]):
        with pytest.raises(InvalidDataError, match="counts of two grades or more"):
            quasi_moment_matching(counts, **told)
    with pytest.raises(InvalidDataError, match="An outermost grade is empty"):
        quasi_moment_matching([10, 5, 0], **told)
    with pytest.raises(InvalidDataError, match="n_good must be no more than n_customers"):
        quasi_moment_matching([10, 5], n_good=[10, 6], **told)


@pytest.mark.parametrize("name", ["central_tendency", "accuracy_ratio"])
@pytest.mark.parametrize("value", [0, 1, 5, "a"])
@pytest.mark.parametrize("match", [quasi_moment_matching, van_der_burgt])
def test_targets_are_fractions(name: str, value: object, match: object) -> None:
    told = {"central_tendency": 0.05, "accuracy_ratio": 0.5} | {name: value}
    with pytest.raises(InvalidParameterError, match=rf"'{name}' .* in the range \(0, 1\)"):
        match([10, 5], **told)


def test_a_probability_above_1() -> None:
    with pytest.raises(InvalidParameterError, match="would have a probability of"):
        van_der_burgt([90, 5, 5], central_tendency=0.4, accuracy_ratio=0.9, sample_rate=0.05)


def test_probabilities_that_are_none() -> None:
    for prob in ([], [0.1, 2], [np.nan], [[0.1]]):
        with pytest.raises(InvalidDataError, match="must be one list of fractions"):
            accuracy_ratio_from_pds(prob)


def test_scores_that_rank_the_wrong_way_or_without_error() -> None:
    with pytest.raises(RankingError, match=r"its accuracy ratio is -1\.0000"):
        quasi_moment_calibration([0, 0, 1, 1], [1, 2, 3, 4], philosophy="hybrid")
    with pytest.raises(InvalidDataError, match="no curve has an accuracy ratio of 1"):
        quasi_moment_calibration([1, 1, 0, 0], [1, 2, 3, 4], philosophy="hybrid")


def test_curves_that_cannot_be() -> None:
    for values, normal in (((1, 1), (0, 1)), ((1, 2, 3), (0, 1, 0)), ((1,), (0,)), ((1, 2), (0,))):
        with pytest.raises(InvalidParameterError, match="two 'values' or more that rise"):
            QuasiMomentCurve(values=values, normal_scores=normal, alpha=0, beta=1)
    curve = QuasiMomentCurve(values=(1, 2), normal_scores=(1, -1), alpha=3, beta=1)
    Calibration(curve=curve, measure="prob_default", philosophy="hybrid")
    with pytest.raises(RankingError, match="beta is 1"):
        Calibration(curve=curve, measure="score", philosophy="hybrid")


def test_a_table_of_grades() -> None:
    found = quasi_moment_matching([30, 10], central_tendency=0.05, accuracy_ratio=0.4)
    table = found.table()
    assert table.columns.tolist() == ["grade", "n_customers", "share", "pd"]
    assert table["share"].tolist() == [0.75, 0.25]
    assert "accuracy ratio 0.400" in found._repr_html_()
