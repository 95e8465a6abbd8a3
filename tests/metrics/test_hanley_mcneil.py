"""Hanley and McNeil's variance and sample sizes against their paper."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from creditscore.exceptions import InvalidParameterError
from creditscore.metrics import (
    auc,
    auc_sample_size,
    auc_variance,
    hanley_mcneil_moments,
    hanley_mcneil_variance,
)

Scores = tuple[np.ndarray, np.ndarray]

TABLE_III = {
    (0.70, 0.75): (652, 897, 1131),
    (0.75, 0.80): (565, 776, 976),
    (0.80, 0.85): (463, 634, 797),
    (0.70, 0.80): (158, 216, 271),
}
"""Cases of each class at one-sided 5 % and a power of 80, 90 and 95 %."""


def test_published_study(tomography: Scores) -> None:
    # Tables I and II of the paper: W 0.893, Q1 0.8182, Q2 0.8313, standard error 0.032
    found = hanley_mcneil_moments(*tomography)
    assert found.auc == pytest.approx(2642 / (58 * 51), rel=1e-12)
    assert (round(found.q1, 4), round(found.q2, 4)) == (0.8182, 0.8313)
    variance = hanley_mcneil_variance(found.auc, n_good=58, n_bad=51, q1=found.q1, q2=found.q2)
    assert variance**0.5 == pytest.approx(0.0319904082, abs=5e-11)
    assert variance == pytest.approx(auc_variance(*tomography), rel=0.1)


def test_published_smoothed_curve() -> None:
    # of the area 0.905: Q1 .8265, Q2 .8599, standard error .0307
    variance = hanley_mcneil_variance(0.905, n_good=58, n_bad=51)
    assert round(variance**0.5, 4) == 0.0307
    given_both = hanley_mcneil_variance(0.905, n_good=58, n_bad=51, q1=0.8265, q2=0.8599)
    assert variance == pytest.approx(given_both, rel=1e-3)


@pytest.mark.parametrize(("areas", "sizes"), TABLE_III.items())
def test_published_sample_sizes(areas: tuple, sizes: tuple) -> None:
    exact = [auc_sample_size(*areas, power=power) for power in (0.80, 0.90, 0.95)]
    assert exact == pytest.approx(sizes, rel=0.01)
    # the paper rounds the normal quantiles to 1.645, 0.84 and 1.28, and drops the fraction
    alpha = float(ndtr(-1.645))
    rounded = [
        auc_sample_size(*areas, power=float(ndtr(z)), alpha=alpha) - 1 for z in (0.84, 1.28, 1.645)
    ]
    assert tuple(rounded) == sizes


def over_all_triples(is_bad: np.ndarray, score: np.ndarray) -> tuple[float, float]:
    """Compare each good with each two bads, the same twice included, and the reverse."""
    good, bad = score[is_bad == 0], score[is_bad == 1]

    def mean(one: np.ndarray, two: np.ndarray) -> float:
        above, tied = one[:, None] > two[None, :], one[:, None] == two[None, :]
        first, second = (part[:, :, None] for part in (above, tied))
        also, even = (part[:, None, :] for part in (above, tied))
        chance = first & also | 0
        chance = chance + 0.5 * (first & even) + 0.5 * (second & also) + (second & even) / 3
        return float(chance.mean())

    return mean(good, bad), mean(-bad, -good)


def test_moments_are_those_over_all_triples(scores: Scores) -> None:
    is_bad, score = scores
    found = hanley_mcneil_moments(is_bad, score)
    assert found[1:] == pytest.approx(over_all_triples(is_bad, score), rel=1e-10)
    assert found.auc == pytest.approx(auc(is_bad, score), rel=1e-12)


@given(area=st.floats(0, 1), n_bad=st.integers(1, 1000), n_good=st.integers(1, 1000))
def test_variance_laws(area: float, n_bad: int, n_good: int) -> None:
    variance = hanley_mcneil_variance(area, n_good=n_good, n_bad=n_bad)
    assert variance >= 0
    # no variance of a mean over pairs is above this one
    assert variance <= area * (1 - area) / min(n_bad, n_good) + 1e-12
    assert hanley_mcneil_variance(area, n_good=n_good + 1, n_bad=n_bad + 1) <= variance + 1e-15
    # ranks the other way round: the classes change places
    turned = hanley_mcneil_variance(
        area, n_good=n_bad, n_bad=n_good, q1=2 * area**2 / (1 + area), q2=area / (2 - area)
    )
    assert turned == pytest.approx(variance, rel=1e-9, abs=1e-15)


@settings(deadline=None)
@given(
    old=st.floats(0.55, 0.9),
    gain=st.floats(0.01, 0.09),
    power=st.floats(0.5, 0.95),
    correlation=st.floats(0, 0.9),
    goods=st.floats(1, 50),
)
def test_sample_size_laws(
    old: float, gain: float, power: float, correlation: float, goods: float
) -> None:
    size = auc_sample_size(
        old, old + gain, power=power, correlation=correlation, goods_per_bad=goods
    )
    assert size >= 1
    assert size <= auc_sample_size(old, old + gain, power=power, goods_per_bad=goods)
    assert size <= auc_sample_size(old, old + gain, power=power, correlation=correlation)
    two_sided = auc_sample_size(
        old, old + gain, power=power, correlation=correlation, goods_per_bad=goods, two_sided=True
    )
    assert two_sided >= size


@pytest.mark.parametrize("goods", [1, 9])
def test_the_size_has_the_power_that_was_asked(goods: int) -> None:
    # the difference is found if it is beyond the 5 % point of that between two equal areas
    n = auc_sample_size(0.75, 0.80, power=0.9, goods_per_bad=goods)
    error = [
        hanley_mcneil_variance(area, n_good=goods * n, n_bad=n) ** 0.5 for area in (0.75, 0.80)
    ]
    beyond = 1.6448536269514722 * 2**0.5 * error[0]
    power = ndtr((0.05 - beyond) / (error[0] ** 2 + error[1] ** 2) ** 0.5)
    assert power == pytest.approx(0.9, abs=0.002)


def test_counts_go_by_name_only() -> None:
    with pytest.raises(TypeError, match="positional argument"):
        hanley_mcneil_variance(0.8, 10, 90)  # type: ignore[call-arg, misc]


def test_errors() -> None:
    with pytest.raises(InvalidParameterError, match="'auc' parameter of hanley_mcneil_variance"):
        hanley_mcneil_variance(1.2, n_good=10, n_bad=10)
    with pytest.raises(InvalidParameterError, match="'n_bad' parameter of hanley_mcneil_variance"):
        hanley_mcneil_variance(0.8, n_good=10, n_bad=0)
    with pytest.raises(InvalidParameterError, match=r"too small for an AUC of 0\.8"):
        hanley_mcneil_variance(0.8, n_good=100, n_bad=100, q1=0.1, q2=0.1)
    with pytest.raises(InvalidParameterError, match=r"both 0\.7: no number of cases"):
        auc_sample_size(0.7, 0.7)
    with pytest.raises(InvalidParameterError, match="'correlation' parameter of auc_sample_size"):
        auc_sample_size(0.7, 0.8, correlation=1.0)
