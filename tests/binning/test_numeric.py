"""The best bins of a numeric column against the exact solver on all its values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore.binning import BinCounts, NumericPartition, Outcomes, solve_bins
from creditscore.binning._numeric import NumericResult, best_numeric_bins, count_column
from creditscore.binning._settings import BinSettings
from creditscore.metrics import information_value

TRENDS = ("auto", "ascending", "descending", "none")


def settings(**changes: object) -> BinSettings:
    values = {"min_bin_size": 0.05, "max_n_bins": None, "max_n_prebins": 64, "smoothing": 0.5,
              "trend": "auto", **changes}  # fmt: skip
    return BinSettings(**values)


def best(
    values: np.ndarray,
    is_bad: np.ndarray,
    asked: BinSettings,
    *,
    weights: np.ndarray | None = None,
    special: tuple[float, ...] = (),
) -> NumericResult:
    outcomes = Outcomes.of(is_bad, weights)
    column = count_column("x", values, outcomes, special)
    return best_numeric_bins(column, special, asked)


def on_all_values(values: np.ndarray, is_bad: np.ndarray, asked: BinSettings) -> float:
    """Solve over a pre-bin for each distinct value."""
    distinct, codes = np.unique(values, return_inverse=True)
    good = np.bincount(codes[~is_bad], minlength=len(distinct)).astype(float)
    bad = np.bincount(codes[is_bad], minlength=len(distinct)).astype(float)
    return solve_bins(
        good,
        bad,
        total_good=good.sum(),
        total_bad=bad.sum(),
        min_weight=asked.min_bin_size * len(values),
        max_n_bins=asked.max_n_bins,
        trend=asked.trend,
        smoothing=asked.smoothing,
    ).iv


def iv(result: NumericResult) -> float:
    return information_value(result.counts.good, result.counts.bad)


def sample(seed: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=n)
    is_bad = rng.random(n) < 1 / (1 + np.exp(1.5 - 0.7 * values + 0.3 * values**2))
    return values, is_bad


@given(
    rows=st.lists(st.tuples(st.integers(0, 25), st.booleans()), min_size=4, max_size=200),
    trend=st.sampled_from(TRENDS),
    size=st.sampled_from([0.0, 0.05, 0.2]),
    most=st.sampled_from([None, 2, 3]),
)
def test_exact_where_the_values_are_few(
    rows: list[tuple[int, bool]], trend: str, size: float, most: int | None
) -> None:
    values = np.array([float(value) for value, _ in rows])
    is_bad = np.array([bad for _, bad in rows])
    if is_bad.all() or not is_bad.any():
        return
    asked = settings(trend=trend, min_bin_size=size, max_n_bins=most)
    result = best(values, is_bad, asked)
    assert iv(result) == pytest.approx(on_all_values(values, is_bad, asked), abs=1e-9)


@pytest.mark.parametrize("trend", TRENDS)
@pytest.mark.parametrize("seed", range(5))
def test_close_to_exact_where_the_values_are_many(trend: str, seed: int) -> None:
    # 300 distinct values are more than the shortlist holds, and few enough for the exact solver
    values, is_bad = sample(seed, 300)
    asked = settings(trend=trend, max_n_prebins=30, max_n_bins=5)
    exact = on_all_values(values, is_bad, asked)
    assert 0.97 * exact <= iv(best(values, is_bad, asked)) <= exact + 1e-9


@pytest.mark.parametrize("seed", range(5))
def test_better_than_quantiles(seed: int) -> None:
    values, is_bad = sample(seed, 20_000)
    asked = settings(max_n_bins=8)
    edges = np.quantile(values, np.linspace(0, 1, 101)[1:-1])
    coarse = np.searchsorted(edges, values, side="right").astype(float)
    assert iv(best(values, is_bad, asked)) >= on_all_values(coarse, is_bad, asked) - 1e-9


@pytest.mark.parametrize("trend", ["ascending", "descending"])
@pytest.mark.parametrize("seed", range(5))
def test_constraints_hold(trend: str, seed: int) -> None:
    values, is_bad = sample(seed, 5_000)
    result = best(values, is_bad, settings(trend=trend, max_n_bins=6, min_bin_size=0.08))
    n = result.counts.partition.n_regular
    good, bad = result.counts.good[:n], result.counts.bad[:n]
    assert n <= 6
    assert (good + bad).min() >= 0.08 * 5_000
    steps = np.diff(bad / (good + bad))
    assert (steps > 0).all() if trend == "ascending" else (steps < 0).all()


@pytest.mark.parametrize("seed", range(5))
def test_auto_is_the_better_direction(seed: int) -> None:
    values, is_bad = sample(seed, 3_000)
    both = [iv(best(values, is_bad, settings(trend=t))) for t in ("ascending", "descending")]
    assert iv(best(values, is_bad, settings())) == pytest.approx(max(both), abs=1e-12)


@pytest.mark.parametrize("rare_is_bad", [True, False])
@pytest.mark.parametrize("trend", TRENDS)
def test_counts_are_those_of_the_cuts(trend: str, rare_is_bad: bool) -> None:
    values, is_bad = sample(3, 4_000)
    values = np.round(values, 2)
    values[:300], values[300:500] = np.nan, -9.0
    is_bad = is_bad if rare_is_bad else ~is_bad
    result = best(values, is_bad, settings(trend=trend), special=(-9.0,))
    partition = result.counts.partition
    assert isinstance(partition, NumericPartition)
    counted = BinCounts.from_codes(partition, partition.codes_of(values), Outcomes.of(is_bad))
    assert result.counts.good.tolist() == counted.good.tolist()
    assert result.counts.bad.tolist() == counted.bad.tolist()


def test_goods_and_bads_may_change_places() -> None:
    values, is_bad = sample(7, 4_000)
    ascending = best(values, is_bad, settings(trend="ascending"))
    descending = best(values, ~is_bad, settings(trend="descending"))
    assert ascending.counts.partition == descending.counts.partition


def test_row_order_and_repetition_do_not_matter() -> None:
    values, is_bad = sample(11, 3_000)
    rng = np.random.default_rng(0)
    times = rng.integers(1, 4, len(values))
    order = rng.permutation(len(values))
    weighted = best(values[order], is_bad[order], settings(), weights=times[order].astype(float))
    repeated = best(np.repeat(values, times), np.repeat(is_bad, times), settings())
    assert weighted.counts.partition == repeated.counts.partition
    assert weighted.counts.bad.tolist() == repeated.counts.bad.tolist()


@pytest.mark.parametrize("most", [2, 3, 4, 5, 8, 64])
@pytest.mark.parametrize("trend", TRENDS)
def test_no_more_bins_than_prebins(most: int, trend: str) -> None:
    values, is_bad = sample(2, 5_000)
    asked = settings(max_n_prebins=most, min_bin_size=0.01, trend=trend)
    result = best(values, is_bad, asked)
    assert 2 <= result.counts.partition.n_regular <= most


@pytest.mark.parametrize("giant", [1e11, 1e300])
def test_one_giant_value_changes_nothing_but_the_upper_bin(giant: float) -> None:
    values, is_bad = sample(6, 60_000)
    usual = best(values, is_bad, settings())
    values[np.argmax(values)] = giant
    assert iv(best(values, is_bad, settings())) == pytest.approx(iv(usual), rel=2e-3)
