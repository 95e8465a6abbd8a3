"""Kolmogorov-Smirnov distance and its bootstrap interval."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ks_2samp, norm

from creditscore.exceptions import InvalidParameterError
from creditscore.metrics import ks, ks_interval
from creditscore.metrics._ks_bootstrap import resample_distances

Scores = tuple[np.ndarray, np.ndarray]


def draw_in_full(
    rng: np.random.Generator, good: np.ndarray, bad: np.ndarray, *, size: int
) -> np.ndarray:
    """Draw every score of every resample: what the fast bootstrap must amount to."""
    drawn_good, drawn_bad = (
        rng.multinomial(int(n.sum()), n / n.sum(), size=size).cumsum(axis=1) / n.sum()
        for n in (good, bad)
    )
    return np.abs(drawn_bad - drawn_good).max(axis=1)


class Drawn:
    """A generator that counts what it draws."""

    def __init__(self, seed: int) -> None:
        self.rng, self.n = np.random.default_rng(seed), 0

    def multinomial(self, n: int, p: np.ndarray, *, size: int) -> np.ndarray:
        self.n += len(p) * size
        return self.rng.multinomial(n, p, size=size)

    def binomial(self, n: np.ndarray, p: np.ndarray) -> np.ndarray:
        self.n += len(n)
        return self.rng.binomial(n, p)


class Expected:
    """A generator whose every draw is its mean, so that a resample is the sample itself."""

    def multinomial(self, n: int, p: np.ndarray, *, size: int) -> np.ndarray:
        return np.tile(np.round(n * p).astype(np.int64), (size, 1))

    def binomial(self, n: np.ndarray, p: np.ndarray) -> np.ndarray:
        return np.round(n * p).astype(np.int64)


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


def test_batches_of_resamples_are_drawn_on(monkeypatch: pytest.MonkeyPatch, scores: Scores) -> None:
    """Little memory gives as many resamples: the interval stays about the same."""
    whole = ks_interval(*scores, n_resamples=1_000)
    monkeypatch.setattr("creditscore.metrics._ks_bootstrap._CELLS_AT_ONCE", 1_500)
    np.testing.assert_allclose(ks_interval(*scores, n_resamples=1_000)[1:3], whole[1:3], atol=0.05)


def test_few_distinct_scores_are_drawn_in_full(scores: Scores) -> None:
    """Up to 1,024 distinct scores, the resamples are those of the plain method, draw for draw."""
    is_bad, score = scores
    places = np.unique(score, return_inverse=True)[1]
    good, bad = (np.bincount(places[is_bad == y], minlength=places.max() + 1) for y in (0, 1))
    plain = draw_in_full(np.random.default_rng(5), good, bad, size=300)
    fast = resample_distances(np.random.default_rng(5), good, bad, size=300)
    np.testing.assert_allclose(fast, plain, rtol=1e-12)


@given(
    counts=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=80),
    blocks=st.integers(1, 9),
)
def test_blocks_that_are_not_split_hold_nothing_larger(
    counts: list[tuple[int, int]], blocks: int
) -> None:
    """Where every draw is its mean, the search must find the distance of the sample itself."""
    good, bad = map(np.array, zip((1, 0), *counts, (0, 1), strict=True))
    plain = np.abs(bad.cumsum() / bad.sum() - good.cumsum() / good.sum()).max()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("creditscore.metrics._ks_bootstrap._BLOCKS", blocks)
        found = resample_distances(Expected(), good, bad, size=3)
    assert found.tolist() == pytest.approx([plain] * 3, rel=1e-12)


@pytest.mark.parametrize("shift", [0, 0.5, 4], ids=["noise", "some", "strong"])
def test_split_blocks_have_the_distribution_of_full_draws(
    monkeypatch: pytest.MonkeyPatch, shift: float
) -> None:
    rng = np.random.default_rng(3)
    is_bad = rng.random(600) < 0.2
    order = np.argsort(rng.normal(size=600) - shift * is_bad)
    good, bad = (~is_bad)[order].astype(int), is_bad[order].astype(int)
    monkeypatch.setattr("creditscore.metrics._ks_bootstrap._BLOCKS", 8)
    fast = resample_distances(np.random.default_rng(0), good, bad, size=4_000)
    plain = draw_in_full(np.random.default_rng(1), good, bad, size=4_000)
    assert ks_2samp(fast, plain).pvalue > 0.01


def test_many_distinct_scores_cost_no_more_than_a_thousand() -> None:
    rng = np.random.default_rng(0)
    is_bad = rng.random(200_000) < 0.1
    order = np.argsort(rng.normal(size=200_000) - is_bad)
    counting = Drawn(0)
    resample_distances(counting, (~is_bad)[order].astype(int), is_bad[order].astype(int), size=20)
    # both classes; in full they would be 400,000 a resample
    assert counting.n / 20 < 1.5 * 2 * 1_024


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


def test_a_generator_is_drawn_from(tomography: Scores) -> None:
    first, second = (
        ks_interval(*tomography, n_resamples=50, random_state=np.random.default_rng(seed))
        for seed in (7, 7)
    )
    assert first == second == ks_interval(*tomography, n_resamples=50, random_state=7)


@pytest.mark.parametrize("random_state", ["a", -1, None, 1.5, True])
def test_seed(random_state: object) -> None:
    message = r"'random_state' .* must be an integer, 0 or more.*Generator"
    with pytest.raises(InvalidParameterError, match=message):
        ks_interval([1, 0], [1, 2], random_state=random_state)


@pytest.mark.parametrize("n_resamples", [0, -5, 2.5, True, None])
def test_number_of_resamples(n_resamples: object) -> None:
    message = r"'n_resamples' .* must be an integer, 1 or more"
    with pytest.raises(InvalidParameterError, match=message):
        ks_interval([1, 0], [1, 2], n_resamples=n_resamples)
