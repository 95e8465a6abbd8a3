"""The paired test of two AUC against R and against all pairs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from creditscore.datasets import load_german_credit
from creditscore.exceptions import (
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    InvalidWeightError,
)
from creditscore.metrics import auc_difference, auc_interval, auc_variance

ACCOUNT_POINTS = {
    "< 0 DM": 232.3811,
    "0 to < 200 DM": 244.3001,
    ">= 200 DM or salary account": 267.3785,
    "no checking account": 289.4256,
}
"""Points that A. Djurovic, *Scorecard Scaling*, gives the account of the German credits."""
MATURITY_POINTS = np.array([292.7871, 265.5565, 252.7159, 240.9885, 223.7726])
"""The same of the maturity: below 8 months, below 16, below 36, below 45, and above."""


@pytest.fixture(scope="module")
def german() -> dict[str, np.ndarray]:
    """Outcomes of the German credits, and points of the account, the maturity and both."""
    table = load_german_credit()
    account = table["checking_status"].map(ACCOUNT_POINTS).to_numpy(dtype=float)
    places = np.searchsorted([8, 16, 36, 45], table["duration_months"], side="right")
    maturity = MATURITY_POINTS[places]
    return {
        "y": table["is_bad"].to_numpy(),
        "account": account,
        "maturity": maturity,
        "both": account + maturity,
    }


# --- reference: R 4.2.2 with pROC 1.18.0 -------------------------------------------------


@pytest.mark.parametrize(
    ("names", "areas", "z", "p_value", "ends"),
    [
        (
            ("both", "account"),
            (0.754635714285714, 0.707769047619048),
            -4.50450610685664,
            6.65274849137002e-06,
            (-0.0672589086934426, -0.0264744246398908),
        ),
        (
            ("both", "maturity"),
            (0.754635714285714, 0.633361904761905),
            -7.2666230385265,
            3.68585498795066e-13,
            (-0.153983955306029, -0.0885636637415899),
        ),
        (
            ("account", "maturity"),
            (0.707769047619048, 0.633361904761905),
            -3.05444031680621,
            0.00225480874028971,
            (-0.12215249227193, -0.0266617934423554),
        ),
    ],
)
def test_r(german: dict, names: tuple, areas: tuple, z: float, p_value: float, ends: tuple) -> None:
    # roc.test(roc(y, a, direction = ">"), roc(y, b, direction = ">"), method = "delong",
    # paired = TRUE); R takes the first less the second, here it is the second less the first
    found = auc_difference(german["y"], *(german[name] for name in names))
    assert (found.auc_a.estimate, found.auc_b.estimate) == pytest.approx(areas, rel=1e-12)
    assert found.z == pytest.approx(z, rel=1e-9)
    assert found.p_value == pytest.approx(p_value, rel=1e-7)
    assert found.difference.estimate == pytest.approx(areas[1] - areas[0], rel=1e-9)
    assert found.difference[1:3] == pytest.approx(ends, rel=1e-9)


def test_covariance_of_r(german: dict) -> None:
    # cov(roc(y, both), roc(y, account)) of pROC, over the root of both variances
    found = auc_difference(german["y"], german["both"], german["account"])
    expected = 0.000211626962450114 / math.sqrt(0.000258990862834299 * 0.000272514524411025)
    assert found.correlation == pytest.approx(expected, rel=1e-9)


# --- oracle: all pairs of cases ----------------------------------------------------------

two_scores = st.lists(
    st.tuples(st.booleans(), st.integers(-5, 5), st.integers(-5, 5), st.integers(0, 3)),
    min_size=1,
    max_size=30,
)


def split(rows: list) -> tuple[np.ndarray, ...]:
    """Return outcomes, two scores and weights, with two cases of each class in front."""
    front = [(True, 1, 2, 1), (True, 0, 3, 2), (False, 0, 1, 1), (False, 2, 0, 1)]
    return tuple(map(np.array, zip(*front, *rows, strict=True)))


def over_all_pairs(is_bad: np.ndarray, scores: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return areas and their covariance by comparing each bad case with each good one."""
    won = [
        (score[~is_bad][None, :] > score[is_bad][:, None])
        + 0.5 * (score[~is_bad][None, :] == score[is_bad][:, None])
        for score in scores
    ]
    of_bad = np.cov(np.array([pairs.mean(axis=1) for pairs in won]))
    of_good = np.cov(np.array([pairs.mean(axis=0) for pairs in won]))
    covariance = of_bad / is_bad.sum() + of_good / (~is_bad).sum()
    return np.array([pairs.mean() for pairs in won]), covariance


@given(rows=two_scores, level=st.sampled_from([0.5, 0.95, 0.99]))
def test_covariance_is_that_over_all_pairs(rows: list, level: float) -> None:
    is_bad, a, b, _ = split(rows)
    found = auc_difference(is_bad, a, b, level=level)
    areas, covariance = over_all_pairs(is_bad, [a, b])
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    margin = norm.ppf(0.5 + level / 2) * math.sqrt(max(variance, 0))
    difference = areas[1] - areas[0]
    assert found.difference.estimate == pytest.approx(difference, abs=1e-12)
    assert found.difference.lower == pytest.approx(max(-1, difference - margin), abs=1e-7)
    assert found.difference.upper == pytest.approx(min(1, difference + margin), abs=1e-7)
    if variance > 1e-12:
        assert found.z == pytest.approx(difference / math.sqrt(variance), abs=1e-6)
        assert found.p_value == pytest.approx(2 * norm.sf(abs(found.z)), abs=1e-12)
    if min(covariance[0, 0], covariance[1, 1]) > 1e-12:
        expected = covariance[0, 1] / math.sqrt(covariance[0, 0] * covariance[1, 1])
        assert found.correlation == pytest.approx(expected, abs=1e-9)


# --- laws --------------------------------------------------------------------------------


@given(rows=two_scores)
def test_each_score_has_the_interval_that_it_has_alone(rows: list) -> None:
    is_bad, a, b, _ = split(rows)
    found = auc_difference(is_bad, a, b)
    for interval, score in ((found.auc_a, a), (found.auc_b, b)):
        assert interval == pytest.approx(auc_interval(is_bad, score), abs=1e-12)


@given(rows=two_scores)
def test_turned_about_it_is_the_opposite(rows: list) -> None:
    is_bad, a, b, _ = split(rows)
    there, back = auc_difference(is_bad, a, b), auc_difference(is_bad, b, a)
    estimate, lower, upper, _ = back.difference
    assert there.difference[:3] == pytest.approx((-estimate, -upper, -lower), abs=1e-12)
    assert there.z == pytest.approx(-back.z, nan_ok=True)
    assert there.p_value == pytest.approx(back.p_value, nan_ok=True)


@given(rows=two_scores)
def test_whole_weights_are_repeated_rows(rows: list) -> None:
    is_bad, a, b, weights = split(rows)
    weighted = auc_difference(is_bad, a, b, sample_weight=weights)
    repeated = auc_difference(*(np.repeat(column, weights) for column in (is_bad, a, b)))
    for name in ("auc_a", "auc_b", "difference"):
        assert getattr(weighted, name) == pytest.approx(getattr(repeated, name), abs=1e-9)


@settings(max_examples=30)
@given(rows=two_scores)
def test_any_rising_scale_leaves_all_as_it_is(rows: list) -> None:
    is_bad, a, b, _ = split(rows)
    expected = auc_difference(is_bad, a, b)
    assert repr(auc_difference(is_bad, np.exp(a / 9), 600 + 20 * b)) == repr(expected)


def test_variance_of_a_difference_from_a_constant_is_that_of_the_score(german: dict) -> None:
    # all cases tied: AUC 1/2 in every sample
    y, score = german["y"], german["both"]
    found = auc_difference(y, np.zeros(len(y)), score)
    margin = norm.ppf(0.975) * math.sqrt(auc_variance(y, score))
    assert found.auc_a == (0.5, 0.5, 0.5, 0.95)
    assert found.difference.upper - found.difference.estimate == pytest.approx(margin)
    assert math.isnan(found.correlation)


# --- edges -------------------------------------------------------------------------------


def test_scores_that_rank_alike_leave_nothing_to_test(german: dict) -> None:
    found = auc_difference(german["y"], german["both"], 3 * german["both"] + 1)
    assert found.difference == (0, 0, 0, 0.95)
    assert math.isnan(found.z)
    assert math.isnan(found.p_value)
    assert found.correlation == pytest.approx(1)
    assert "p not known" in repr(found)


def test_perfect_scores_leave_nothing_to_test() -> None:
    found = auc_difference([1, 1, 0, 0], [1, 2, 3, 4], [2, 1, 4, 3])
    assert found.difference == (0, 0, 0, 0.95)
    assert math.isnan(found.p_value)


def test_a_line_says_what_was_found(german: dict) -> None:
    found = auc_difference(german["y"], german["both"], german["maturity"])
    assert repr(found) == (
        "<AucDifference: -0.121 (-0.154 to -0.089), from 0.755 to 0.633; p < 0.0001>"
    )


@pytest.mark.parametrize(
    ("is_bad", "weights"),
    [([1, 0, 0, 0], None), ([1, 1, 1, 0], None), ([1, 1, 0, 0], [1, 0, 1, 1])],
)
def test_two_cases_of_each_class(is_bad: list, weights: list | None) -> None:
    with pytest.raises(InvalidDataError, match="needs two cases of each class"):
        auc_difference(is_bad, [1, 2, 3, 4], [4, 3, 2, 1], sample_weight=weights)


def test_one_class() -> None:
    with pytest.raises(InvalidTargetError, match="one class only"):
        auc_difference([0, 0, 0], [1, 2, 3], [1, 2, 3])
    with pytest.raises(InvalidTargetError, match="has one class only"):
        auc_difference([1, 1, 0], [1, 2, 3], [1, 2, 3], sample_weight=[0, 0, 1])


def test_weights_count_rows() -> None:
    with pytest.raises(InvalidWeightError, match="whole numbers"):
        auc_difference([1, 1, 0, 0], [1, 2, 3, 4], [1, 2, 3, 4], sample_weight=[0.5, 1, 1, 1])


def test_the_second_score_is_checked_too() -> None:
    with pytest.raises(InvalidDataError, match=r"score_b has 1 missing value\(s\)"):
        auc_difference([1, 1, 0, 0], [1, 2, 3, 4], [1, 2, 3, np.nan])
    with pytest.raises(InvalidTargetError, match="score_b has 3 rows"):
        auc_difference([1, 1, 0, 0], [1, 2, 3, 4], [1, 2, 3])


@pytest.mark.parametrize("level", [0, 1, 95])
def test_level_is_a_fraction(level: float) -> None:
    with pytest.raises(InvalidParameterError, match=r"'level' .* in the range \(0, 1\)"):
        auc_difference([1, 1, 0, 0], [1, 2, 3, 4], [4, 3, 2, 1], level=level)
