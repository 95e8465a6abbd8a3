"""Intervals of a default rate against a textbook, scipy and what defines them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest, norm

from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.metrics import clopper_pearson_interval, wilson_interval

BOTH = [wilson_interval, clopper_pearson_interval]

groups = st.integers(1, 2_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
levels = st.sampled_from([0.5, 0.9, 0.95, 0.999])


@pytest.mark.parametrize(
    ("n_bad", "n_total", "wilson", "clopper"),
    [
        (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
        (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
        (0, 20, (0.0, 0.1611), (0.0, 0.1684)),
        (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
    ],
)
def test_published_intervals(n_bad: int, n_total: int, wilson: tuple, clopper: tuple) -> None:
    # R. G. Newcombe, Statistics in Medicine 17, 1998, pp. 857-872, table I, methods 3 and 5
    for interval, printed in ((wilson_interval, wilson), (clopper_pearson_interval, clopper)):
        assert tuple(round(float(end), 4) for end in interval(n_bad, n_total)) == printed


@given(rates=groups, level=levels)
def test_wilson_is_scipys(rates: tuple[int, int], level: float) -> None:
    lower, upper = wilson_interval(*rates, level=level)
    expected = binomtest(*rates).proportion_ci(confidence_level=level, method="wilson")
    assert float(lower) == pytest.approx(expected.low, abs=1e-12)
    assert float(upper) == pytest.approx(expected.high, abs=1e-12)


@given(rates=groups, level=levels)
def test_wilson_ends_where_the_score_test_refuses(rates: tuple[int, int], level: float) -> None:
    n_bad, n = rates
    for end in map(float, wilson_interval(n_bad, n, level=level)):
        if 0 < end < 1:
            z = abs(n_bad / n - end) / np.sqrt(end * (1 - end) / n)
            assert z == pytest.approx(norm.ppf(0.5 + level / 2), rel=1e-6)


@given(rates=groups, level=levels)
def test_clopper_ends_where_the_binomial_tests_refuse(rates: tuple[int, int], level: float) -> None:
    n_bad, n = rates
    lower, upper = map(float, clopper_pearson_interval(n_bad, n, level=level))
    tail = (1 - level) / 2
    if n_bad > 0:
        assert binom.sf(n_bad - 1, n, lower) == pytest.approx(tail, rel=1e-6)
    if n_bad < n:
        assert binom.cdf(n_bad, n, upper) == pytest.approx(tail, rel=1e-6)


@pytest.mark.parametrize("interval", BOTH)
@given(rates=groups)
def test_laws_of_both(interval: Callable, rates: tuple[int, int]) -> None:
    n_bad, n = rates
    lower, upper = map(float, interval(n_bad, n))
    assert 0 <= lower <= n_bad / n <= upper <= 1
    assert (lower == 0) == (n_bad == 0)
    assert (upper == 1) == (n_bad == n)
    # goods and bads change places
    mirrored = interval(n - n_bad, n)
    assert (1 - float(mirrored[1]), 1 - float(mirrored[0])) == pytest.approx(
        (lower, upper), abs=1e-9
    )


@pytest.mark.parametrize("interval", BOTH)
def test_groups_at_once_are_groups_by_themselves(interval: Callable) -> None:
    n_bad, n_total = [0, 3, 10, 0], [10, 170, 10, 0]
    together = np.transpose(interval(n_bad, n_total))
    apart = [interval(*rates) for rates in zip(n_bad, n_total, strict=True)]
    np.testing.assert_array_equal(together, apart)
    assert together[-1].tolist() == [0, 1]


@pytest.mark.parametrize("interval", BOTH)
def test_errors(interval: Callable) -> None:
    with pytest.raises(InvalidDataError, match=r"Were n_bad and n_total swapped\?"):
        interval([170], [3])
    with pytest.raises(InvalidDataError, match="must have one shape"):
        interval([1, 2, 3], [10, 10])
    with pytest.raises(InvalidParameterError, match=r"'level' .* in the range \(0, 1\)"):
        interval(1, 10, level=95)
