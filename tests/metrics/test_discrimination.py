"""AUC, Gini and their sampling error against publications and plain implementations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, somersd
from sklearn.metrics import roc_auc_score

from creditscore.exceptions import (
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    InvalidWeightError,
)
from creditscore.metrics import (
    Interval,
    auc,
    auc_interval,
    auc_variance,
    gini,
    gini_interval,
    ks,
    ks_interval,
)

Scores = tuple[np.ndarray, np.ndarray]


# --- reference: Hanley and McNeil 1982, Table I ------------------------------------------


def test_published_study(tomography: Scores) -> None:
    # printed: W = 0.893; exact 2642 / (58 · 51). The variance of DeLong from numpy and from
    # the Python package riskvalidation, the accuracy ratio from R (Hmisc) as Somers' D.
    assert auc(*tomography) == pytest.approx(2642 / (58 * 51), rel=1e-12)
    assert round(auc(*tomography), 10) == 0.8931710615
    assert auc_variance(*tomography) == pytest.approx(0.0009439892703, rel=1e-9)
    assert round(gini(*tomography), 10) == 0.7863421231


def test_published_study_from_its_table(tomography: Scores) -> None:
    # Table I as it is printed, a row a rating, the numbers of patients as weights
    rating = np.tile([1, 2, 3, 4, 5], 2)
    patients = [33, 6, 6, 11, 2, 3, 2, 2, 11, 33]
    table = np.repeat([0, 1], 5), -rating
    assert auc_variance(*table, sample_weight=patients) == pytest.approx(0.0009439892703, rel=1e-9)
    assert auc_interval(*table, sample_weight=patients) == auc_interval(*tomography)
    weighted = ks_interval(*table, sample_weight=patients, n_resamples=100)
    assert weighted == ks_interval(*tomography, n_resamples=100)


def test_published_standard_error(tomography: Scores) -> None:
    # SE 0.0307244084; the ends are the normal quantile away, as ECB 2019, § 2.5.4, has it
    interval = auc_interval(*tomography)
    margin = 1.959963984540054 * 0.0307244084
    assert interval == Interval(
        pytest.approx(0.8931710615),
        pytest.approx(0.8931710615 - margin),
        pytest.approx(0.8931710615 + margin),
        0.95,
    )


# --- oracles ---------------------------------------------------------------------------


def wins(is_bad: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Compare every bad case (rows) with every good one: 1 won by the good, 1/2 tied."""
    bad, good = score[is_bad == 1, None], score[None, is_bad == 0]
    return (good > bad) + 0.5 * (good == bad)


def test_auc_is_scikit_learns(scores: Scores) -> None:
    is_bad, score = scores
    assert auc(is_bad, score) == pytest.approx(roc_auc_score(is_bad, -score), rel=1e-12)


def test_weighted_auc_is_scikit_learns(scores: Scores) -> None:
    is_bad, score = scores
    weights = np.random.default_rng(1).exponential(size=len(score))
    expected = roc_auc_score(is_bad, -score, sample_weight=weights)
    assert auc(is_bad, score, sample_weight=weights) == pytest.approx(expected, rel=1e-12)


def test_gini_is_somers_d(scores: Scores) -> None:
    is_bad, score = scores
    assert gini(is_bad, score) == pytest.approx(somersd(1 - is_bad, score).statistic, rel=1e-12)


def test_variance_is_delongs_over_all_pairs(scores: Scores) -> None:
    won = wins(*scores)
    n_bad, n_good = won.shape
    expected = won.mean(axis=1).var(ddof=1) / n_bad + won.mean(axis=0).var(ddof=1) / n_good
    assert auc(*scores) == pytest.approx(won.mean(), rel=1e-12)
    assert auc_variance(*scores) == pytest.approx(expected, rel=1e-9)


# --- laws ------------------------------------------------------------------------------

pairs = st.lists(
    st.tuples(st.booleans(), st.integers(-20, 20), st.integers(0, 3)), min_size=2, max_size=30
)


def split(rows: list) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return outcomes, scores and weights, with one row of each class in front."""
    is_bad, score, weights = map(np.array, zip((True, 1, 1), (False, 0, 1), *rows, strict=True))
    return is_bad, score, weights


@pytest.mark.parametrize("measure", [auc, ks, gini])
@given(rows=pairs)
def test_whole_weight_is_repetition(measure: Callable, rows: list) -> None:
    is_bad, score, weights = split(rows)
    repeated = measure(np.repeat(is_bad, weights), np.repeat(score, weights))
    assert measure(is_bad, score, sample_weight=weights) == pytest.approx(repeated, abs=1e-12)


@pytest.mark.parametrize("measure", [auc_variance, auc_interval, gini_interval, ks_interval])
@given(rows=pairs)
def test_sampling_error_of_whole_weights_is_that_of_repeated_rows(
    measure: Callable, rows: list
) -> None:
    is_bad, score, weights = split(rows)
    weights[:2] = 2  # two cases of each class
    settings = {"n_resamples": 20} if measure is ks_interval else {}
    repeated = measure(np.repeat(is_bad, weights), np.repeat(score, weights), **settings)
    weighted = measure(is_bad, score, sample_weight=weights, **settings)
    np.testing.assert_allclose(weighted, repeated, rtol=1e-12, atol=1e-15)


def test_ks_interval_of_whole_weights_draws_the_same_resamples() -> None:
    # rows of weight 0 must not take up any of the 1,024 blocks
    rng = np.random.default_rng(0)
    is_bad, score = rng.random(4_000) < 0.3, rng.normal(size=4_000)
    weights = rng.integers(0, 3, size=4_000)
    weighted = ks_interval(is_bad, score, sample_weight=weights, n_resamples=50)
    repeated = ks_interval(np.repeat(is_bad, weights), np.repeat(score, weights), n_resamples=50)
    assert weighted == repeated


def test_variance_of_doubled_rows() -> None:
    # by hand: V10 = (1, 3/4) and V01 = (1, 3/4) have variance 1/32; two rows each make it
    # 4/3 · 1/64 with denominator n - 1 = 3, and 2 · (1/48) / 4 in all
    is_bad, score = [1, 1, 0, 0], [480, 510, 510, 600]
    assert auc_variance(is_bad, score) == pytest.approx(2 * (1 / 32) / 2)
    assert auc_variance(is_bad, score, sample_weight=2) == pytest.approx(2 * (1 / 48) / 4)


@pytest.mark.parametrize("measure", [auc, ks])
@given(rows=pairs, order=st.randoms(use_true_random=False))
def test_row_order_and_any_rising_scale_do_not_matter(
    measure: Callable, rows: list, order: Any
) -> None:
    is_bad, score, _ = split(rows)
    places = list(range(len(score)))
    order.shuffle(places)
    expected = measure(is_bad, score)
    assert measure(is_bad[places], score[places]) == expected
    assert measure(is_bad, np.exp(score / 7.0)) == expected
    assert measure(is_bad, 600 + 20 * score) == expected


@given(rows=pairs)
def test_turned_score_turns_auc_and_keeps_the_rest(rows: list) -> None:
    is_bad, score, _ = split(rows)
    assert auc(is_bad, -score) == pytest.approx(1 - auc(is_bad, score), abs=1e-12)
    assert auc(~is_bad, score) == pytest.approx(1 - auc(is_bad, score), abs=1e-12)
    assert gini(is_bad, -score) == pytest.approx(-gini(is_bad, score), abs=1e-12)
    assert ks(is_bad, -score) == pytest.approx(ks(is_bad, score), abs=1e-12)


@given(rows=pairs)
def test_ranges(rows: list) -> None:
    is_bad, score, _ = split(rows)
    assert 0 <= auc(is_bad, score) <= 1
    assert 0 <= ks(is_bad, score) <= 1
    # the distance is at least that of the mean, |2 AUC - 1| / 2, and at most 1
    assert ks(is_bad, score) >= abs(gini(is_bad, score)) / 2 - 1e-12


# --- intervals -------------------------------------------------------------------------


def test_gini_interval_is_the_auc_interval_rescaled(scores: Scores) -> None:
    area, coefficient = auc_interval(*scores, level=0.9), gini_interval(*scores, level=0.9)
    assert coefficient.level == area.level == 0.9
    np.testing.assert_allclose(coefficient[:3], 2 * np.array(area[:3]) - 1, rtol=1e-12)


def test_higher_level_is_wider(tomography: Scores) -> None:
    widths = [np.ptp(auc_interval(*tomography, level=level)[1:3]) for level in (0.5, 0.9, 0.99)]
    assert widths == sorted(widths)


def test_interval_stays_between_0_and_1() -> None:
    interval = auc_interval([1, 1, 0, 0, 0], [1, 3, 2, 4, 5], level=0.999)
    assert 0 <= interval.lower < interval.estimate < interval.upper <= 1


def test_auc_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    # N(0, 1) against N(1, 1): the true AUC is Φ(1/√2). Of 500 samples 95 % are covered, with a
    # standard error of 1 %; three of them are let pass.
    truth = norm.cdf(1 / np.sqrt(2))
    rng = np.random.default_rng(2)
    is_bad = np.repeat([1, 0], [60, 240])
    covered = 0
    for _ in range(500):
        interval = auc_interval(is_bad, rng.normal(size=300) - is_bad)
        covered += interval.lower <= truth <= interval.upper
    assert 0.92 <= covered / 500 <= 0.98


def test_interval_reads_as_text() -> None:
    assert str(Interval(0.7546, 0.7231, 0.7861, 0.95)) == "0.755 (0.723 to 0.786)"


# --- edges -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("score", "area"), [([1, 2, 3, 4], 1.0), ([4, 3, 2, 1], 0.0), ([5, 5, 5, 5], 0.5)]
)
def test_perfect_turned_and_tied_scores(score: list, area: float) -> None:
    is_bad = [1, 1, 0, 0]
    assert auc(is_bad, score) == area
    assert gini(is_bad, score) == 2 * area - 1
    assert ks(is_bad, score) == abs(2 * area - 1)
    assert auc_variance(is_bad, score) == 0


def test_infinite_scores_are_ranked() -> None:
    assert auc([1, 0, 0], [-np.inf, 3, np.inf]) == 1


@pytest.mark.parametrize("measure", [auc, auc_variance, auc_interval, gini, ks, ks_interval])
@pytest.mark.parametrize(
    ("is_bad", "score", "error", "message"),
    [
        ([0, 0, 0], [1, 2, 3], InvalidTargetError, "one class only"),
        ([1, 1, 1], [1, 2, 3], InvalidTargetError, "one class only"),
        ([0, 1, 2], [1, 2, 3], InvalidTargetError, "Only binary"),
        ([0, 1, np.nan], [1, 2, 3], InvalidTargetError, r"1 missing value\(s\) .* row\(s\) 2"),
        ([0, 1, 1], [1, np.nan, 3], InvalidDataError, r"The score has 1 missing value\(s\)"),
        ([0, 1, 1, 0], [1, 2, 3], InvalidTargetError, "inconsistent numbers"),
    ],
    ids=["only good", "only bad", "three classes", "NaN outcome", "NaN score", "lengths"],
)
def test_outcomes_and_scores_that_cannot_be_used(
    measure: Callable, is_bad: list, score: list, error: type, message: str
) -> None:
    with pytest.raises(error, match=message):
        measure(is_bad, score)


@pytest.mark.parametrize("measure", [auc, gini, ks])
def test_weights_that_cannot_be_used(measure: Callable) -> None:
    with pytest.raises(InvalidWeightError, match="must not be negative"):
        measure([0, 1], [1, 2], sample_weight=[1, -1])
    with pytest.raises(InvalidTargetError, match="one class only"):
        measure([0, 1], [1, 2], sample_weight=[1, 0])


@pytest.mark.parametrize("measure", [auc_variance, auc_interval, gini_interval, ks_interval])
def test_sampling_error_takes_counts_only(measure: Callable) -> None:
    is_bad, score = [1, 1, 0, 0], [480, 510, 510, 600]
    with pytest.raises(InvalidWeightError, match=r"whole numbers.* Got 0\.5 at row 2"):
        measure(is_bad, score, sample_weight=[1, 2, 0.5, 1])
    with pytest.raises(InvalidWeightError, match="more than can be counted"):
        measure(is_bad, score, sample_weight=1e300)


@pytest.mark.parametrize("measure", [auc, gini, ks])
def test_weights_whose_sum_is_no_float(measure: Callable) -> None:
    with pytest.raises(InvalidWeightError, match="adds up to infinity"):
        measure([0, 1], [1, 2], sample_weight=[1e308, 1e308])


def test_variance_needs_two_cases_of_each_class() -> None:
    with pytest.raises(InvalidDataError, match=r"two cases of each class\. Got 3 good and 1 bad"):
        auc_variance([1, 0, 0, 0], [1, 2, 3, 4])


@pytest.mark.parametrize("measure", [auc_interval, gini_interval, ks_interval])
@pytest.mark.parametrize("level", [0, 1, 95, -0.1, np.nan, "95%"])
def test_level_is_a_fraction(measure: Callable, level: Any) -> None:
    with pytest.raises(InvalidParameterError, match=r"'level' .* in the range \(0, 1\)"):
        measure([1, 1, 0, 0], [1, 2, 3, 4], level=level)


@pytest.mark.parametrize(
    "column",
    [list, pd.Series, pl.Series, lambda v: pd.Series(v, dtype="Int64")],
    ids=["list", "pandas", "polars", "Int64"],
)
def test_columns_of_any_library(tomography: Scores, column: Callable) -> None:
    is_bad, score = (column(values.tolist()) for values in tomography)
    assert auc(is_bad, score) == auc(*tomography)
