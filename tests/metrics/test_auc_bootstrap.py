"""AUC of bootstrap resamples: the distribution of a full draw, on few cells."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare, ks_2samp

from creditscore.exceptions import InvalidDataError, InvalidParameterError, InvalidWeightError
from creditscore.metrics import _auc_bootstrap as bootstrap
from creditscore.metrics import auc, auc_interval, auc_variance, bootstrap_aucs, gini_interval

Scores = tuple[np.ndarray, np.ndarray]


@pytest.fixture(params=[0, 10**9], ids=["by cells", "by cases"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw all cells by binomial numbers, or all cases one by one."""
    monkeypatch.setattr(bootstrap, "_CASES_A_CELL", request.param)


def draw_rows(is_bad: np.ndarray, score: np.ndarray, size: int, seed: int) -> np.ndarray:
    """Draw rows of each class with replacement, and measure each resample anew."""
    rng = np.random.default_rng(seed)
    bad, good = np.flatnonzero(is_bad), np.flatnonzero(np.asarray(is_bad) == 0)
    areas = []
    for _ in range(size):
        rows = np.concatenate([rng.choice(bad, len(bad)), rng.choice(good, len(good))])
        areas.append(auc(is_bad[rows], score[rows]))
    return np.array(areas)


# --- the distribution ------------------------------------------------------------------


@pytest.mark.usefixtures("way")
def test_all_resamples_of_a_tiny_sample() -> None:
    is_bad, score = np.array([1, 1, 0, 0, 0]), np.array([1.0, 3.0, 2.0, 3.0, 4.0])
    exact: dict[float, int] = {}
    for bad in itertools.product((0, 1), repeat=2):
        for good in itertools.product((2, 3, 4), repeat=3):
            rows = [*bad, *good]
            area = round(auc(is_bad[rows] * 1, score[rows]), 9)
            exact[area] = exact.get(area, 0) + 1
    found = bootstrap_aucs(is_bad, score, n_resamples=20_000).round(9)
    values, times = np.unique(found, return_counts=True)
    assert values.tolist() == sorted(exact)
    expected = np.array([exact[value] for value in sorted(exact)]) / sum(exact.values())
    assert chisquare(times, expected * len(found)).pvalue > 1e-3


@pytest.mark.usefixtures("way")
def test_distribution_is_that_of_rows_drawn_one_by_one(scores: Scores) -> None:
    is_bad, score = scores
    expected = draw_rows(is_bad, score, 1_500, seed=5)
    found = bootstrap_aucs(is_bad, score, n_resamples=1_500, random_state=6)
    assert ks_2samp(found, expected).pvalue > 1e-3


@pytest.mark.usefixtures("way")
def test_a_weight_is_a_row_written_out() -> None:
    is_bad, score = np.array([1, 0, 1, 0, 0]), np.array([1, 2, 3, 3, 4])
    weight = np.array([3, 1, 4, 5, 0])
    weighted = bootstrap_aucs(is_bad, score, sample_weight=weight, n_resamples=50)
    written = bootstrap_aucs(np.repeat(is_bad, weight), np.repeat(score, weight), n_resamples=50)
    assert weighted.tolist() == written.tolist()


def test_both_ways_agree_on_a_large_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(7)
    is_bad = rng.random(20_000) < 0.3
    score = rng.normal(size=20_000) - is_bad
    found = []
    for limit in (0, 10**9):
        monkeypatch.setattr(bootstrap, "_CASES_A_CELL", limit)
        found.append(bootstrap_aucs(is_bad, score, n_resamples=400, random_state=8))
    deviation = auc_variance(is_bad, score) ** 0.5
    for areas in found:
        assert areas.mean() == pytest.approx(auc(is_bad, score), abs=5 * deviation / 20)
        assert areas.std() == pytest.approx(deviation, rel=0.15)
    assert ks_2samp(*found).pvalue > 1e-3


class Mean:
    """A generator whose every draw is its mean, so that a resample is the sample itself."""

    def multinomial(self, n: int, p: np.ndarray, *, size: int) -> np.ndarray:
        return np.tile(np.round(n * p).astype(np.int64), (size, 1))

    def integers(self, low: int, high: int, *, size: int) -> np.ndarray:
        assert high - low == size
        return np.arange(low, high)


few = st.lists(st.tuples(st.booleans(), st.integers(-4, 4), st.integers(0, 3)), max_size=30)


@settings(deadline=None)
@given(rows=few, limit=st.sampled_from([0, 3, 10**9]))
def test_a_resample_of_every_row_once_is_the_sample(rows: list, limit: int) -> None:
    front = [(True, 0, 1), (False, 0, 2)]
    is_bad, score, weight = map(np.array, zip(*front, *rows, strict=True))
    counts = bootstrap.ClassCounts.from_scores(is_bad, score, weight, whole=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bootstrap, "_CASES_A_CELL", limit)
        patch.setattr(bootstrap, "_CELLS_AT_ONCE", 8)
        areas = bootstrap.resample_areas(Mean(), counts, size=3)  # type: ignore[arg-type]
    assert areas == pytest.approx([auc(is_bad, score, sample_weight=weight)] * 3, rel=1e-12)


def test_runs_of_one_class_are_one_cell() -> None:
    counts = bootstrap.ClassCounts(
        np.arange(7.0), np.array([2, 1, 0, 0, 1, 1, 3.0]), np.array([0, 0, 1, 4, 1, 2, 0.0])
    )
    good, bad = bootstrap._runs(counts)
    assert good.tolist() == [3, 3, 4, 5, 8]
    assert bad.tolist() == [0, 5, 6, 8, 8]


# --- intervals -------------------------------------------------------------------------


def test_interval_is_between_quantiles(tomography: Scores) -> None:
    areas = bootstrap_aucs(*tomography, n_resamples=500, random_state=3)
    found = auc_interval(
        *tomography, method="bootstrap", n_resamples=500, random_state=3, level=0.9
    )
    assert found.estimate == pytest.approx(0.8931710615280596, rel=1e-12)
    assert found[1:3] == pytest.approx(tuple(np.quantile(areas, [0.05, 0.95])))
    # the sample is large enough for the normal interval to be near
    assert found[1:3] == pytest.approx(auc_interval(*tomography, level=0.9)[1:3], abs=0.02)
    gini = gini_interval(
        *tomography, method="bootstrap", n_resamples=500, random_state=3, level=0.9
    )
    assert gini == pytest.approx((*(2 * end - 1 for end in found[:3]), 0.9))


def test_a_seed_or_a_generator_makes_it_repeatable(scores: Scores) -> None:
    first, second = (
        bootstrap_aucs(*scores, n_resamples=20, random_state=np.random.default_rng(4))
        for _ in range(2)
    )
    assert first.tolist() == second.tolist()
    assert first.tolist() == bootstrap_aucs(*scores, n_resamples=20, random_state=4).tolist()
    assert first.tolist() != bootstrap_aucs(*scores, n_resamples=20, random_state=5).tolist()


def test_edges() -> None:
    # separated, tied throughout, and one case of each class
    assert (bootstrap_aucs([1, 1, 0, 0], [1, 2, 3, 4], n_resamples=5) == 1).all()
    assert (bootstrap_aucs([1, 1, 0, 0], [3, 4, 1, 2], n_resamples=5) == 0).all()
    assert (bootstrap_aucs([1, 0, 0, 1], [1, 1, 1, 1], n_resamples=5) == 0.5).all()
    assert bootstrap_aucs([1, 0], [1, np.inf], n_resamples=1).tolist() == [1.0]


def test_large_weights_need_no_memory() -> None:
    areas = bootstrap_aucs(
        [1, 0, 1, 0], [1, 2, 3, 4], sample_weight=[10**12, 10**12, 10**12, 10**12], n_resamples=10
    )
    assert areas == pytest.approx([0.75] * 10, abs=1e-5)


# --- errors ----------------------------------------------------------------------------


def test_errors() -> None:
    y, s = [1, 1, 0, 0], [1, 2, 3, 4]
    with pytest.raises(InvalidParameterError, match="'n_resamples' parameter of bootstrap_aucs"):
        bootstrap_aucs(y, s, n_resamples=0)
    with pytest.raises(InvalidParameterError, match=r"auc_interval.*numpy\.random\.Generator"):
        auc_interval(y, s, method="bootstrap", random_state="now")
    with pytest.raises(InvalidParameterError, match="must be one of 'delong', 'bootstrap'"):
        auc_interval(y, s, method="jackknife")  # type: ignore[arg-type]
    with pytest.raises(InvalidWeightError, match="counts of rows, whole numbers"):
        bootstrap_aucs(y, s, sample_weight=[1, 0.5, 1, 1])
    with pytest.raises(InvalidDataError, match="two cases of each class"):
        auc_interval([1, 0, 0], [1, 2, 3], method="bootstrap")
