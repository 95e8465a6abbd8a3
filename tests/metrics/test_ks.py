"""Kolmogorov-Smirnov distance and its bootstrap interval."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ks_2samp, norm

from creditscore.exceptions import InvalidParameterError
from creditscore.metrics import ks, ks_interval

Scores = tuple[np.ndarray, np.ndarray]


def test_published_study(tomography: Scores) -> None:
    # the shares of normal and abnormal patients rated 1 to 3 are 45/58 and 7/51
    assert ks(*tomography) == pytest.approx(45 / 58 - 7 / 51, rel=1e-12)


def test_distance_is_scipys(scores: Scores) -> None:
    is_bad, score = scores
    expected = ks_2samp(score[is_bad == 1], score[is_bad == 0]).statistic
    assert ks(is_bad, score) == pytest.approx(expected, rel=1e-12)


def test_weighted_distance_is_that_of_repeated_rows(scores: Scores) -> None:
    is_bad, score = scores
    weights = np.random.default_rng(3).integers(0, 4, size=len(score))
    weights[:4] = 1
    many, y = np.repeat(score, weights), np.repeat(is_bad, weights)
    expected = ks_2samp(many[y == 1], many[y == 0]).statistic
    assert ks(is_bad, score, sample_weight=weights) == pytest.approx(expected, rel=1e-12)


# --- interval --------------------------------------------------------------------------


def test_same_seed_same_interval(scores: Scores) -> None:
    first = ks_interval(*scores, n_resamples=200, random_state=7)
    assert ks_interval(*scores, n_resamples=200, random_state=7) == first
    assert first.estimate == ks(*scores)


def test_another_seed_another_interval_about_as_wide(tomography: Scores) -> None:
    first, second = (ks_interval(*tomography, random_state=seed) for seed in (0, 1))
    assert first != second
    np.testing.assert_allclose(first[1:3], second[1:3], atol=0.04)


def test_row_order_does_not_matter(scores: Scores) -> None:
    is_bad, score = scores
    order = np.random.default_rng(0).permutation(len(score))
    assert ks_interval(is_bad[order], score[order], n_resamples=50) == ks_interval(
        is_bad, score, n_resamples=50
    )


def test_blocks_of_resamples_are_drawn_on(monkeypatch: pytest.MonkeyPatch, scores: Scores) -> None:
    """Little memory gives as many resamples: the interval stays about the same."""
    whole = ks_interval(*scores, n_resamples=1_000)
    monkeypatch.setattr("creditscore.metrics._ks._RESAMPLES_AT_ONCE", 1_500)
    np.testing.assert_allclose(ks_interval(*scores, n_resamples=1_000)[1:3], whole[1:3], atol=0.05)


def test_interval_is_that_of_a_bootstrap_by_rows(scores: Scores) -> None:
    """Draw rows with replacement within each class, and sort each time."""
    is_bad, score = scores
    rng = np.random.default_rng(1)
    bad, good = score[is_bad == 1], score[is_bad == 0]
    drawn = [
        ks(
            is_bad[np.argsort(is_bad)],
            np.r_[rng.choice(good, len(good)), rng.choice(bad, len(bad))],
        )
        for _ in range(400)
    ]
    interval = ks_interval(is_bad, score, level=0.9)
    np.testing.assert_allclose(interval[1:3], np.quantile(drawn, [0.05, 0.95]), atol=0.06)


def test_interval_covers_the_truth_mostly() -> None:
    # N(0, 1) against N(1, 1): the true distance is 2 Φ(1/2) - 1. The interval leans upwards in
    # small samples, as its Notes say, so less than 95 % of 100 samples are asked for.
    truth = 2 * norm.cdf(0.5) - 1
    rng = np.random.default_rng(4)
    is_bad = np.repeat([1, 0], [400, 1_600])
    covered = 0
    for seed in range(100):
        score = np.round(rng.normal(size=2_000) - is_bad, 1)
        interval = ks_interval(is_bad, score, n_resamples=200, random_state=seed)
        covered += interval.lower <= truth <= interval.upper
    assert covered >= 85


def test_separated_classes() -> None:
    assert ks_interval([1, 1, 0, 0], [1, 2, 3, 4], n_resamples=20)[:3] == (1, 1, 1)


@pytest.mark.parametrize("n_resamples", [0, -5, 2.5, True, None])
def test_number_of_resamples(n_resamples: object) -> None:
    message = r"'n_resamples' .* must be an integer, 1 or more"
    with pytest.raises(InvalidParameterError, match=message):
        ks_interval([1, 0], [1, 2], n_resamples=n_resamples)
