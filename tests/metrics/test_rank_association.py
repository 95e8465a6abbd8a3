"""Somers' D and Kendall's tau against published tables, scipy and all pairs."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    InvalidWeightError,
)
from creditscore.metrics import gini, kendall_tau, somers_d, somers_d_test

Scores = tuple[np.ndarray, np.ndarray]

HOTEL = np.array([[27, 25, 14, 7, 0], [7, 14, 18, 35, 12], [1, 3, 2, 7, 17]])
"""Ranks of hotels by cleanliness (rows) and satisfaction, of the documentation of scipy."""


def columns(table: np.ndarray) -> dict[str, np.ndarray]:
    """Write a table as rows with weights."""
    x, y = np.indices(table.shape)
    return {"x": x.ravel(), "y": y.ravel(), "sample_weight": table.ravel()}


# --- reference -------------------------------------------------------------------------


def test_published_hotels() -> None:
    # scipy.stats.somersd prints 0.6032766111513396 and 1.0007091191074533e-27
    assert somers_d(**columns(HOTEL)) == pytest.approx(0.6032766111513396, rel=1e-14)
    found = somers_d_test(**columns(HOTEL))
    assert found.p_value == pytest.approx(1.0007091191074533e-27, rel=1e-10)
    assert found.n == HOTEL.sum()


def test_published_study(tomography: Scores) -> None:
    # Hanley and McNeil 1982, Table I: AR = D(y|x), D(x|y) and tau-b
    is_bad, score = tomography
    assert somers_d(is_bad, -score) == pytest.approx(0.7863421231, abs=5e-11)
    assert somers_d(-score, is_bad) == pytest.approx(0.5317786923, abs=5e-11)
    assert kendall_tau(is_bad, -score) == pytest.approx(0.6466529099, abs=5e-11)
    assert somers_d(is_bad, score) == pytest.approx(-gini(is_bad, score), rel=1e-12)


# --- oracle: all pairs, and scipy ------------------------------------------------------

pairs = st.lists(
    st.tuples(st.integers(-4, 4), st.integers(-3, 3), st.integers(0, 3)), min_size=1, max_size=40
)


def split(rows: list) -> tuple[np.ndarray, ...]:
    front = [(0, 1, 1), (1, 0, 2), (2, 2, 1)]
    return tuple(map(np.array, zip(*front, *rows, strict=True)))


@settings(deadline=None)
@given(rows=pairs)
def test_over_all_pairs(rows: list) -> None:
    x, y, weight = split(rows)
    a, b = np.repeat(x, weight), np.repeat(y, weight)
    order = np.sign(a[:, None] - a) * np.sign(b[:, None] - b)
    untied_x, untied_y = (a[:, None] != a).sum(), (b[:, None] != b).sum()
    weighted = {"x": x, "y": y, "sample_weight": weight}
    assert somers_d(**weighted) == pytest.approx(order.sum() / untied_x, abs=1e-14)
    tau = order.sum() / math.sqrt(untied_x * untied_y)
    assert kendall_tau(**weighted) == pytest.approx(tau, abs=1e-14)
    expected = stats.kendalltau(a, b, variant="c").statistic
    assert kendall_tau(**weighted, variant="c") == pytest.approx(expected, abs=1e-14)


@settings(deadline=None)
@given(rows=pairs)
def test_the_test_is_scipys(rows: list) -> None:
    x, y, weight = split(rows)
    expected = stats.somersd(np.repeat(x, weight), np.repeat(y, weight))
    found = somers_d_test(x, y, sample_weight=weight)
    assert found.p_value == pytest.approx(expected.pvalue, rel=1e-9, abs=1e-300)
    assert np.sign(found.statistic) == np.sign(round(float(expected.statistic), 12))


@pytest.mark.parametrize("n", [2, 3, 1000, 1025, 20_000])
def test_without_ties_it_is_scipys_tau(n: int) -> None:
    rng = np.random.default_rng(n)
    x = rng.permutation(n)
    y = x + rng.normal(size=n) * n / 2
    expected = stats.kendalltau(x, y).statistic
    assert kendall_tau(x, y) == pytest.approx(expected, abs=1e-14)
    assert somers_d(x, y) == pytest.approx(expected, abs=1e-14)


# --- laws ------------------------------------------------------------------------------


@settings(deadline=None)
@given(rows=pairs, seed=st.integers(0, 99))
def test_laws(rows: list, seed: int) -> None:
    x, y, weight = split(rows)
    d, tau = somers_d(x, y, sample_weight=weight), kendall_tau(x, y, sample_weight=weight)
    assert -1 <= d <= 1
    assert tau**2 == pytest.approx(d * somers_d(y, x, sample_weight=weight), abs=1e-12)
    assert somers_d(x, -y, sample_weight=weight) == pytest.approx(-d, abs=1e-14)
    assert somers_d(np.exp(x), y**3, sample_weight=weight) == pytest.approx(d, abs=1e-14)
    # fractions weigh as well, and the order of rows is nothing
    assert somers_d(x, y, sample_weight=weight / 7) == pytest.approx(d, abs=1e-12)
    mixed = np.random.default_rng(seed).permutation(len(x))
    again = somers_d(x[mixed], y[mixed], sample_weight=weight[mixed])
    assert again == pytest.approx(d, abs=1e-14)


def test_many_rows_without_ties() -> None:
    rng = np.random.default_rng(0)
    is_bad = rng.random(200_000) < 0.1
    score = rng.normal(size=200_000) - is_bad
    found = somers_d_test(is_bad, -score)
    assert somers_d(is_bad, -score) == pytest.approx(gini(is_bad, score), rel=1e-12)
    # without ties and with two outcomes it is the rank sum test, up to its finite correction
    good = stats.mannwhitneyu(score[~is_bad], score[is_bad], method="asymptotic",
                              use_continuity=False)  # fmt: skip
    n, m = (~is_bad).sum(), is_bad.sum()
    z = (good.statistic - n * m / 2) / math.sqrt(n * m * (n + m + 1) / 12)
    assert found.statistic == pytest.approx(z, rel=0.1)
    assert found.n == 200_000


# --- edges and errors ------------------------------------------------------------------


def test_edges() -> None:
    assert somers_d([1, 2, 3], [1, 2, 3]) == 1
    assert somers_d([1, 2, 3], [5, 5, 5]) == 0
    assert somers_d([1, 2, 2], [-np.inf, 0, np.inf]) == 1
    constant = somers_d_test([1, 2, 3], [5, 5, 5])
    assert math.isnan(constant.statistic)
    assert math.isnan(constant.p_value)
    assert "not known" in repr(constant)


def test_errors() -> None:
    with pytest.raises(InvalidDataError, match="x has one value only"):
        somers_d([1, 1], [1, 2])
    with pytest.raises(InvalidDataError, match="y has one value only"):
        kendall_tau([1, 2], [1, 1])
    with pytest.raises(InvalidDataError, match="x has one value only"):
        somers_d([1, 2], [1, 2], sample_weight=[1, 0])
    with pytest.raises(InvalidDataError, match=r"y has 1 missing value\(s\) \(NaN\), .* row 1"):
        somers_d([1, 2], [1, np.nan])
    with pytest.raises(InvalidDataError, match=r"one length.*\(3,\) and \(2,\)"):
        somers_d([1, 2, 3], [1, 2])
    with pytest.raises(EmptyDataError, match="nothing to measure"):
        somers_d([], [])
    with pytest.raises(InvalidParameterError, match="must be one of 'b', 'c'"):
        kendall_tau([1, 2], [1, 2], variant="a")  # type: ignore[arg-type]
    with pytest.raises(InvalidWeightError, match="counts of rows"):
        somers_d_test([1, 2], [1, 2], sample_weight=[0.5, 1])
    x, y = pd.Series([1, 2], index=["a", "b"]), pd.Series([1, 2], index=["b", "a"])
    with pytest.raises(InvalidDataError, match="different orders"):
        somers_d(x, y)
