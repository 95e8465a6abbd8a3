"""The best bins of a numeric column against the exact solver on all its values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore.binning import BinConstraints, BinCounts, NumericPartition, Outcomes, solve_bins
from creditscore.binning._curve import Curve
from creditscore.binning._numeric import NumericResult, best_numeric_bins, count_column
from creditscore.binning._objective import InformationValue
from creditscore.binning._settings import BinSettings
from creditscore.binning._shortlist import hull, propose
from creditscore.metrics import information_value

TRENDS = ("auto", "ascending", "descending", "none")


def settings(**changes: object) -> BinSettings:
    asked = {"trend": "auto", "min_bin_size": 0.05, "max_n_bins": None}
    asked |= {name: changes.pop(name) for name in list(changes) if name in asked}
    return BinSettings(constraints=BinConstraints(**asked), **changes)


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
        constraints=asked.constraints,
        smoothing=asked.smoothing,
    ).value


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


@pytest.mark.parametrize("most", [None, 6])
@pytest.mark.parametrize("strength", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("seed", range(3))
def test_next_to_exact_where_tangents_propose(seed: int, strength: float, most: int | None) -> None:
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 250, 30_000).astype(float)
    is_bad = rng.random(30_000) < 0.15 + 0.1 * strength * (values / 250) ** 2
    asked = settings(max_n_bins=most)
    exact = on_all_values(values, is_bad, asked)
    assert 0.999 * exact <= iv(best(values, is_bad, asked)) <= exact + 1e-9


@pytest.mark.parametrize("min_weight", [0.0, 40.0, 150.0])
@pytest.mark.parametrize("most", [None, 1, 3])
@pytest.mark.parametrize("seed", range(4))
def test_proposed_cuts_keep_weight_and_number(
    seed: int, most: int | None, min_weight: float
) -> None:
    rng = np.random.default_rng(seed)
    bad, good = np.cumsum(rng.integers(0, 9, 100)), np.cumsum(rng.integers(1, 30, 100))
    curve = Curve(*(c[:-1].astype(float) for c in (bad, good)), float(bad[-1]), float(good[-1]))
    curve = curve.within(min_weight)
    objective = InformationValue(curve.n_other, curve.n_rising, 0.5)
    free, limited = propose(curve, hull(curve), objective, min_weight=min_weight, max_n_bins=most)
    for cuts in (free, limited):
        rising, other = curve.between(cuts)
        assert (rising + other).min() >= min_weight
        assert (np.diff(cuts) > 0).all()
    assert len(limited) < (most or 100)


@pytest.mark.parametrize("seed", range(3))
def test_noise_is_not_searched_worse_than_quantiles(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values, is_bad = rng.normal(size=40_000), rng.random(40_000) < 0.1
    edges = np.quantile(values, np.linspace(0, 1, 201)[1:-1])
    coarse = np.searchsorted(edges, values, side="right").astype(float)
    assert iv(best(values, is_bad, settings())) >= on_all_values(coarse, is_bad, settings())


@pytest.mark.parametrize("trend", TRENDS)
@pytest.mark.parametrize("of_missing", [True, False])
def test_one_class_may_have_no_value(trend: str, of_missing: bool) -> None:
    values, _ = sample(0, 2_000)
    values[:200] = np.nan
    result = best(values, np.isnan(values) == of_missing, settings(trend=trend))
    assert result.counts.partition.n_regular == 1


@pytest.mark.parametrize("n", [4_000, 40_000])
@pytest.mark.parametrize("trend", TRENDS)
def test_fine_counts_hold_every_row_and_every_cut(trend: str, n: int) -> None:
    values, is_bad = sample(4, n)
    values[:300], values[300:500] = np.nan, -9.0
    result = best(values, is_bad, settings(trend=trend, max_n_bins=5), special=(-9.0,))
    regular = ~np.isnan(values) & (values != -9.0)
    for edges in (result.fine_above, np.nextafter(result.fine_below, np.inf)):
        codes = np.searchsorted(edges, values[regular], side="right")
        for rows, fine in ((is_bad, result.fine_bad), (~is_bad, result.fine_good)):
            counted = np.bincount(codes[rows[regular]], minlength=len(edges) + 1)
            assert counted.tolist() == fine.tolist()
    assert np.isin(result.fine_below, values).all()
    cuts = result.counts.partition.cuts
    at = np.searchsorted(result.fine_above, cuts)
    assert (result.fine_below[at] < cuts).all()
    assert (cuts <= result.fine_above[at]).all()
    assert len(cuts) < len(result.fine_above) <= 64 + 6


def test_fine_counts_part_all_values_that_are_few() -> None:
    values = np.repeat(np.arange(30.0), 20)
    is_bad = np.random.default_rng(0).random(600) < values / 60
    result = best(values, is_bad, settings(min_bin_size=0.2))
    assert result.fine_below.tolist() == list(range(29))
    assert result.fine_above.tolist() == list(range(1, 30))
    assert (result.fine_good + result.fine_bad).tolist() == [20.0] * 30


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


@pytest.mark.parametrize("seed", [314, *range(5)])
def test_no_further_cut_would_help(seed: int) -> None:
    """Try every value as one more cut, by plain counting; in the noise of 314 one was missed."""
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 1_000, 6_000).astype(float)
    is_bad = rng.random(6_000) < 0.15
    result = best(values, is_bad, settings())
    cuts = list(result.counts.partition.cuts)
    for value in set(np.unique(values)[1:]) - set(cuts):
        codes = np.searchsorted(sorted([*cuts, value]), values, side="right")
        good, bad = (
            np.bincount(codes[rows], minlength=len(cuts) + 2) for rows in (~is_bad, is_bad)
        )
        steps = np.diff(bad / (good + bad))
        if (good + bad).min() >= 300 and ((steps > 0).all() or (steps < 0).all()):
            assert information_value(good, bad) <= iv(result) * (1 + 2e-4)
