"""A bend where bins that rise or fall are refuted, and not elsewhere."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2
from sklearn.isotonic import IsotonicRegression

from creditscore import WOEEncoder
from creditscore.binning import BinConstraints, solve_bins, solve_mean_bins
from creditscore.binning._bend import (
    gain_p_value,
    likelihood_of_beginnings,
    log_likelihood,
    may_bend,
)
from creditscore.exceptions import InvalidParameterError

cells = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30)).filter(any), min_size=1, max_size=9
)


def likelihood_under(rates: np.ndarray, good: np.ndarray, bad: np.ndarray) -> float:
    """Log-likelihood of outcomes, term by term."""
    terms = [0.0]
    for rate, n_good, n_bad in zip(rates, good, bad, strict=True):
        terms += [n_good * np.log(1 - rate)] if n_good else []
        terms += [n_bad * np.log(rate)] if n_bad else []
    return float(np.sum(terms))


def isotonic(good: np.ndarray, bad: np.ndarray, *, rising: bool) -> float:
    if not len(good):
        return 0.0
    fit = IsotonicRegression(increasing=rising, y_min=0, y_max=1)
    place = np.arange(len(good))
    rates = fit.fit(place, bad / (good + bad), good + bad).predict(place)
    return likelihood_under(rates, good, bad)


@settings(deadline=None, max_examples=60)
@given(counts=cells)
def test_likelihood_of_beginnings_is_that_of_isotonic_regression(
    counts: list[tuple[int, int]],
) -> None:
    good, bad = np.array(counts, dtype=float).T
    expected = [isotonic(good[:n], bad[:n], rising=True) for n in range(len(good) + 1)]
    assert likelihood_of_beginnings(good, bad) == pytest.approx(np.array(expected), abs=1e-6)


@settings(deadline=None, max_examples=60)
@given(counts=cells, p_value=st.sampled_from([0.9, 0.5, 0.1, 1e-3]))
def test_a_bend_that_may_be_is_that_of_the_best_place(
    counts: list[tuple[int, int]], p_value: float
) -> None:
    good, bad = np.array(counts, dtype=float).T
    straight = max(isotonic(good, bad, rising=rising) for rising in (True, False))
    bent = [
        max(
            isotonic(good[:place], bad[:place], rising=rising)
            + isotonic(good[place:], bad[place:], rising=not rising)
            for place in range(len(good) + 1)
        )
        for rising in (True, False)
    ]
    needed = straight + 0.8 * chi2.isf(p_value, 1) / 2
    if min(abs(one - needed) for one in bent) > 1e-6:
        assert may_bend(good, bad, p_value) == tuple(one >= needed for one in bent)


def test_p_value_is_that_of_the_likelihood_ratio() -> None:
    # one bin of 250 goods and 50 bads; or rates of 10 %, 30 % and 10 %
    straight = np.array([250.0]), np.array([50.0])
    bent = np.array([90.0, 70.0, 90.0]), np.array([10.0, 30.0, 10.0])
    gain = 2 * (
        180 * np.log(0.9) + 20 * np.log(0.1) + 70 * np.log(0.7) + 30 * np.log(0.3)
        - 250 * np.log(250 / 300) - 50 * np.log(50 / 300)
    )  # fmt: skip
    assert gain_p_value(straight, bent) == pytest.approx(chi2.sf(gain, 3))
    assert gain_p_value(straight, straight) == 1.0
    pure = np.array([5.0, 0.0]), np.array([0.0, 5.0])
    assert log_likelihood(*pure) == 0.0


def test_only_the_bend_that_may_be_is_looked_into() -> None:
    good, bad = np.array([190.0, 120.0, 160.0]), np.array([10.0, 80.0, 40.0])
    assert may_bend(good, bad, 1e-6) == (True, False)
    assert may_bend(good[::-1], bad[::-1], 1e-6) == (True, False)
    assert may_bend(bad, good, 1e-6) == (False, True)
    assert may_bend(good, bad, 1e-60) == (False, False)


def sample(shape: str, n: int = 6_000, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    risk = {"valley": np.abs(x) - 2, "peak": -np.abs(x), "rise": x - 1, "noise": 0 * x - 1}[shape]
    return pd.DataFrame({"ratio": x}), (rng.random(n) < 1 / (1 + np.exp(-risk))).astype(int)


@pytest.mark.parametrize("shape", ["valley", "peak"])
def test_a_column_that_bends_gets_its_bend(shape: str) -> None:
    X, y = sample(shape)
    table = WOEEncoder(trend="auto_one_bend").fit(X, y).tables_["ratio"]
    assert table.trend == shape
    bent = WOEEncoder(trend=shape).fit(X, y).tables_["ratio"]
    assert table.partition.cuts == bent.partition.cuts
    rates = table.frame()["bad_rate"].iloc[: table.n_bins].to_numpy()
    turns = np.diff(np.sign(np.diff(rates)))
    assert np.count_nonzero(turns) == 1


def test_a_column_that_rises_gets_the_bins_of_auto() -> None:
    X, y = sample("rise")
    one = WOEEncoder(trend="auto_one_bend").fit(X, y).tables_["ratio"]
    other = WOEEncoder().fit(X, y).tables_["ratio"]
    assert (one.partition, one.n_good, one.n_bad) == (other.partition, other.n_good, other.n_bad)


def test_a_bend_by_chance_is_not_made() -> None:
    rng = np.random.default_rng(5)
    X = pd.DataFrame(rng.normal(size=(2_000, 60))).add_prefix("noise_")
    y = (rng.random(2_000) < 0.2).astype(int)
    tables = WOEEncoder(trend="auto_one_bend").fit(X, y).tables_
    assert not [name for name, table in tables.items() if table.trend in ("peak", "valley")]
    # without the test, most columns would have one
    eager = WOEEncoder(trend="auto_one_bend", constraints=BinConstraints(min_bend_gain=0))
    bent = [
        t for t in eager.fit(X.iloc[:, :6], y).tables_.values() if t.trend in ("peak", "valley")
    ]
    assert len(bent) > 3


@pytest.mark.parametrize(
    ("column", "trend"), [([1.0] * 40, "none"), ([np.nan] * 40, "none"), ([1.0, 2.0] * 20, None)]
)
def test_columns_with_little_to_tell(column: list[float], trend: str | None) -> None:
    X, y = pd.DataFrame({"a": column}), np.arange(40) % 3 == 0
    encoder = WOEEncoder(trend="auto_one_bend")
    plain = WOEEncoder()
    with pytest.warns(UserWarning, match="a"):
        found = encoder.fit(X, y).tables_["a"]
    with pytest.warns(UserWarning, match="a"):
        expected = plain.fit(X, y).tables_["a"]
    assert found.n_bins == expected.n_bins
    assert found.n_bad == expected.n_bad


def test_special_codes_missing_values_and_weights_stand_beside_a_bend() -> None:
    X, y = sample("valley")
    X.loc[:199, "ratio"] = np.nan
    X.loc[200:499, "ratio"] = -9.0
    weights = np.where(y, 1.0, 2.0)
    encoder = WOEEncoder(trend="auto_one_bend", special_codes=[-9])
    table = encoder.fit(X, y, sample_weight=weights).tables_["ratio"]
    assert table.trend == "valley"
    frame = table.frame().set_index("bin")
    assert frame.loc["Missing", "n_good"] == 2 * (y[:200] == 0).sum()
    assert frame["count"].sum() == pytest.approx(weights.sum())


def test_the_solver_keeps_to_it_as_well() -> None:
    good, bad = np.array([90.0, 70.0, 90.0]), np.array([10.0, 30.0, 10.0])
    asked = {"trend": "auto_one_bend", "min_bend_gain": 0}
    limit = gain_p_value(
        _joined(good, bad, solve_bins(good, bad, constraints=BinConstraints(trend="auto")).starts),
        (good, bad),
    )
    above, below = limit * 1.01, limit * 0.99
    made = solve_bins(good, bad, constraints=BinConstraints(**asked, max_bend_p_value=above))
    not_made = solve_bins(good, bad, constraints=BinConstraints(**asked, max_bend_p_value=below))
    assert (made.trend, not_made.trend) == ("peak", "ascending")


def test_what_is_asked_of_a_bend_by_default() -> None:
    nothing = BinConstraints(trend="auto_one_bend")
    assert nothing.bend_limits(two_classes=True) == (0.0, 1e-6)
    assert nothing.bend_limits(two_classes=False) == (0.1, None)
    gain = BinConstraints(min_bend_gain=0.3)
    assert gain.bend_limits(two_classes=True) == (0.3, None)
    both = BinConstraints(min_bend_gain=0.3, max_bend_p_value=0.01)
    assert both.bend_limits(two_classes=True) == (0.3, 0.01)


def test_amounts_bend_by_their_gain() -> None:
    weight = np.full(3, 100.0)
    asked = BinConstraints(trend="auto_one_bend")
    assert solve_mean_bins(weight, np.array([100.0, 500, 100]), constraints=asked).trend == "peak"
    # the peak gains one hundredth
    total = np.array([100.0, 500, 490])
    assert solve_mean_bins(weight, total, constraints=asked).trend == "ascending"


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(InvalidParameterError, match="max_bend_p_value"):
        BinConstraints(max_bend_p_value=0)
    asked = BinConstraints(trend="auto_one_bend", max_bend_p_value=0.01)
    with pytest.raises(InvalidParameterError, match="no classes to test a bend by"):
        solve_mean_bins(np.ones(3), np.arange(3.0), constraints=asked)


def _joined(
    good: np.ndarray, bad: np.ndarray, starts: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    return np.add.reduceat(good, list(starts)), np.add.reduceat(bad, list(starts))
