"""Tests of default rates, group by group: binomial, Jeffreys, normal, and their power."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta as beta_distribution
from scipy.stats import binom, binomtest

from creditscore.exceptions import EmptyDataError, InvalidDataError, InvalidParameterError
from creditscore.validate import (
    RateTest,
    binomial_power,
    binomial_test,
    jeffreys_test,
    normal_test,
    vasicek_test,
)

# A. Djurovic, vld_report_example.pdf (github.com/andrija-djurovic/adsfcr): grades R01 to R07
N_TOTAL = [170, 118, 274, 100, 91, 196, 51]
N_BAD = [3, 10, 47, 31, 43, 122, 44]
PROB = [
    0.0004717041, 0.1356595537, 0.2334632658, 0.2276874342, 0.3840618209, 0.6803554137, 0.8417771827
]  # fmt: skip
TESTS: list[Callable[..., RateTest]] = [binomial_test, jeffreys_test, normal_test]
BY_NAME = {"binomial": binomial_test, "jeffreys": jeffreys_test, "normal": normal_test}

groups = st.integers(1, 60).flatmap(
    lambda n: st.tuples(st.integers(0, n), st.just(n), st.floats(0.001, 0.999))
)


# --- reference ---------------------------------------------------------------------------


def test_printed_p_values_of_the_binomial_test() -> None:
    printed = [
        7.9596e-05, 0.96682999912, 0.99495191372, 0.03590130777, 0.05299616355, 0.96379413142,
        0.43041998679,
    ]  # fmt: skip
    found = binomial_test(N_BAD, N_TOTAL, PROB)
    assert found.p_value == pytest.approx(printed, rel=1e-5)
    assert found.p_value[1:] == pytest.approx(printed[1:], rel=1e-8)
    assert found.statistic.tolist() == N_BAD


def test_jeffreys_of_r() -> None:
    # by pbeta, at the probability, with d + 0.5 and n - d + 0.5
    expected = [
        1.150895e-05, 0.9537003119, 0.9937121331, 0.02795446685, 0.04253208518, 0.9574708113,
        0.3549415009,
    ]  # fmt: skip
    assert jeffreys_test(N_BAD, N_TOTAL, PROB).p_value == pytest.approx(expected, rel=1e-6)


def test_z_of_r() -> None:
    expected = [
        10.31330363, -1.615135002, -2.423279655, 1.962908508, 1.735106938, -1.73841419,
        0.4103053795,
    ]  # fmt: skip
    assert normal_test(N_BAD, N_TOTAL, PROB).statistic == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize(
    ("test", "printed", "exact"),
    [
        (binomial_test, 0.0530, 0.05299903904),
        (normal_test, 0.0321, 0.03206334645),
        (jeffreys_test, 0.0387, 0.03872463255),
    ],
)
def test_three_p_values_of_one_grade(
    test: Callable[..., RateTest], printed: float, exact: float
) -> None:
    # A. Djurovic, statistical_power_of_pd_pp_tests.pdf; exact values by R
    p_value = test(15, 99, 0.09656014).p_value
    assert p_value == pytest.approx(exact, rel=1e-9)
    assert round(float(p_value), 4) == printed


def test_jeffreys_is_the_distribution_at_the_probability_not_what_is_above_it() -> None:
    # 30 of 100 defaulted at a probability of 1 %: the probability is too low
    assert jeffreys_test(30, 100, 0.01).p_value < 1e-20
    assert jeffreys_test(30, 100, 0.01, alternative="less").p_value == pytest.approx(1)


# --- laws --------------------------------------------------------------------------------


@settings(deadline=None, max_examples=60)
@given(group=groups)
def test_binomial_alternatives_are_those_of_scipy(group: tuple) -> None:
    n_bad, n_total, prob = group
    for alternative in ("greater", "less", "two-sided"):
        expected = binomtest(n_bad, n_total, prob, alternative=alternative).pvalue
        found = binomial_test(n_bad, n_total, prob, alternative=alternative).p_value
        assert found == pytest.approx(expected, rel=1e-9)


@settings(deadline=None, max_examples=60)
@given(group=groups)
def test_jeffreys_lies_between_the_two_binomial_tests(group: tuple) -> None:
    # P(X > n_bad) <= posterior <= P(X >= n_bad): Clopper and Pearson's interval is the wider one
    n_bad, n_total, prob = group
    jeffreys = jeffreys_test(n_bad, n_total, prob).p_value
    at_least = binomial_test(n_bad, n_total, prob).p_value
    more = 1 - binomial_test(n_bad, n_total, prob, alternative="less").p_value
    assert more - 1e-9 <= jeffreys <= at_least + 1e-9


@settings(deadline=None, max_examples=60)
@given(group=groups)
@pytest.mark.parametrize("test", TESTS)
def test_more_defaults_speak_more_against_the_probability(
    test: Callable[..., RateTest], group: tuple
) -> None:
    _, n_total, prob = group
    p_values = test(np.arange(n_total + 1), n_total, prob).p_value
    assert (np.diff(p_values) <= 1e-12).all()


@settings(deadline=None, max_examples=60)
@given(group=groups)
def test_z_turns_about_with_goods_and_bads(group: tuple) -> None:
    n_bad, n_total, prob = group
    there = normal_test(n_bad, n_total, prob)
    back = normal_test(n_total - n_bad, n_total, 1 - prob, alternative="less")
    assert there.statistic == pytest.approx(-back.statistic, abs=1e-8)
    assert there.p_value == pytest.approx(back.p_value, abs=1e-8)


@settings(deadline=None, max_examples=40)
@given(group=groups)
def test_two_sided_of_jeffreys_and_z_is_twice_the_lesser(group: tuple) -> None:
    for test in (jeffreys_test, normal_test):
        above, below, both = (
            test(*group, alternative=name).p_value for name in ("greater", "less", "two-sided")
        )
        assert above + below == pytest.approx(1)
        assert both == pytest.approx(2 * min(above, below))


# --- edges -------------------------------------------------------------------------------


@pytest.mark.parametrize("test", TESTS)
def test_a_grade_without_customers_has_no_result(test: Callable[..., RateTest]) -> None:
    for alternative in ("greater", "less", "two-sided"):
        found = test([0, 3], [0, 170], [0.1, 0.02], alternative=alternative)
        assert np.isnan(found.statistic).tolist() == [True, False]
        assert np.isnan(found.p_value).tolist() == [True, False]


def test_probabilities_of_zero_and_one() -> None:
    n_bad, n_total, prob = [0, 3, 5, 4], [5, 5, 5, 5], [0, 0, 1, 1]
    assert binomial_test(n_bad, n_total, prob).p_value.tolist() == [1, 0, 1, 1]
    less = binomial_test(n_bad, n_total, prob, alternative="less").p_value
    assert less.tolist() == [1, 1, 1, 0]
    assert jeffreys_test(n_bad, n_total, prob).p_value.tolist() == [0, 0, 1, 1]
    z = normal_test(n_bad, n_total, prob)
    assert np.array_equal(z.statistic, [math.nan, math.inf, math.nan, -math.inf], equal_nan=True)
    assert np.array_equal(z.p_value, [math.nan, 0, math.nan, 1], equal_nan=True)


@pytest.mark.parametrize("prob", [5e-324, 2.2250738585072014e-308, 1e-200, 1 - 1e-16])
def test_probabilities_next_to_zero_and_one(prob: float) -> None:
    sure = round(prob)
    for alternative in ("greater", "less", "two-sided"):
        found = binomial_test([0, 1, 4], 4, prob, alternative=alternative).p_value
        expected = binomial_test([0, 1, 4], 4, sure, alternative=alternative).p_value
        assert found == pytest.approx(expected, abs=1e-14)
        mixed = vasicek_test([0, 1, 4], 4, prob, correlation=0.3, alternative=alternative).p_value
        assert mixed == pytest.approx(np.minimum(expected, 1), abs=1e-14)


def test_no_default_and_nothing_but_defaults() -> None:
    assert binomial_test(0, 100, 0.02).p_value == 1
    assert binomial_test(100, 100, 0.5).p_value == pytest.approx(0.5**100, rel=1e-12)
    expected = beta_distribution.cdf(0.02, 0.5, 100.5)
    assert jeffreys_test(0, 100, 0.02).p_value == pytest.approx(expected)


def test_a_million_customers() -> None:
    found = [test(10_300, 1_000_000, 0.01) for test in TESTS]
    assert found[0].p_value == pytest.approx(binom.sf(10_299, 1_000_000, 0.01), rel=1e-12)
    assert [float(each.p_value) for each in found] == pytest.approx([0.00135] * 3, rel=0.06)


@pytest.mark.parametrize("test", TESTS)
def test_single_numbers_give_floats_and_lists_give_arrays(test: Callable[..., RateTest]) -> None:
    single = test(3, 170, 0.02)
    assert isinstance(single.statistic, np.float64)
    assert isinstance(single.p_value, np.float64)
    many = test(pd.Series([3, 4]), [170.0, 180.0], 0.02)
    assert isinstance(many.p_value, np.ndarray)
    assert many.p_value[0] == single.p_value


def test_whole_floats_are_counts_and_others_are_not() -> None:
    assert binomial_test(3.0, 170.0, 0.02).p_value == binomial_test(3, 170, 0.02).p_value
    with pytest.raises(InvalidDataError, match=r"n_bad must hold counts .* Got 2\.5 in group 1"):
        jeffreys_test([3, 2.5], [170, 20], 0.02)
    with pytest.raises(InvalidDataError, match=r"n_total must hold counts .* Got 20\.5"):
        normal_test([3, 2], [170, 20.5], 0.02)


# --- errors ------------------------------------------------------------------------------


@pytest.mark.parametrize("test", TESTS)
def test_what_is_refused(test: Callable[..., RateTest]) -> None:
    with pytest.raises(InvalidDataError, match=r"170 of 3 in group 0\. Were n_bad and n_total"):
        test(170, 3, 0.02)
    with pytest.raises(InvalidDataError, match="between 0 and n_total"):
        test([1, -1], [10, 10], 0.02)
    with pytest.raises(InvalidDataError, match="between 0 and n_total"):
        test([1, math.nan], [10, 10], 0.02)
    with pytest.raises(InvalidDataError, match="between 0 and n_total"):
        test(1, math.inf, 0.02)
    with pytest.raises(InvalidDataError, match="a percentage is divided by 100"):
        test(1, 10, 2.5)
    with pytest.raises(InvalidDataError, match="Got nan at place 1"):
        test([1, 1], [10, 10], [0.1, math.nan])
    with pytest.raises(InvalidDataError, match=r"must have one shape, or be single numbers"):
        test([1, 1], [10, 10, 10], 0.1)
    with pytest.raises(InvalidDataError, match=r"n_total and prob_default must have one shape"):
        test([1, 1], [10, 10], [0.1, 0.1, 0.1])
    with pytest.raises(EmptyDataError, match="no group to test"):
        test([], [], 0.1)
    with pytest.raises(InvalidParameterError, match="'alternative' parameter"):
        test(1, 10, 0.1, alternative="above")


def test_series_in_different_orders() -> None:
    n_bad = pd.Series([1, 2], index=["A", "B"])
    with pytest.raises(InvalidDataError, match="same index in different orders"):
        binomial_test(n_bad, pd.Series([10, 20], index=["B", "A"]), 0.1)
    with pytest.raises(InvalidDataError, match="same index in different orders"):
        binomial_test(n_bad, [10, 20], pd.Series([0.1, 0.2], index=["B", "A"]))


# --- power -------------------------------------------------------------------------------


@settings(deadline=None, max_examples=40)
@given(group=groups, true=st.floats(1e-9, 1) | st.just(0), alpha=st.floats(0.001, 0.5))
@pytest.mark.parametrize("name", list(BY_NAME))
def test_power_is_that_by_enumeration(name: str, group: tuple, true: float, alpha: float) -> None:
    _, n_total, prob = group
    n_bad = np.arange(n_total + 1)
    rejected = BY_NAME[name](n_bad, n_total, prob).p_value <= alpha
    expected = binom.pmf(n_bad, n_total, true)[rejected].sum()
    found = binomial_power(n_total, prob, true, alpha=alpha, test=name)
    assert found == pytest.approx(expected, abs=1e-10)


def test_the_size_of_the_binomial_test_is_no_more_than_its_level() -> None:
    n_total = np.arange(1, 400)
    size = binomial_power(n_total, 0.03, 0.03)
    assert (size <= 0.05).all()
    assert (binomial_power(n_total, 0.03, 0.03, test="jeffreys") > 0.05).any()


def test_power_grows_with_the_true_rate_and_with_customers() -> None:
    assert (np.diff(binomial_power(500, 0.02, np.linspace(0.02, 0.1, 30))) > 0).all()
    assert (np.diff(binomial_power([100, 1000, 10_000, 100_000], 0.02, 0.025)) > 0).all()
    assert binomial_power(1_000_000, 0.02, 0.025) == 1


def test_power_without_any_number_that_is_rejected() -> None:
    # one of one at a probability of 50 %: p = 0.5
    assert binomial_power(1, 0.5, 0.9) == 0
    assert binomial_power(5, 1, 1) == 0


def test_power_refuses() -> None:
    with pytest.raises(InvalidDataError, match="n_total is 0 at place 1"):
        binomial_power([10, 0], 0.1, 0.2)
    with pytest.raises(InvalidDataError, match="true_rate must hold fractions"):
        binomial_power(10, 0.1, 20)
    with pytest.raises(InvalidDataError, match="true_rate must have one shape"):
        binomial_power([10, 20], 0.1, [0.1, 0.2, 0.3])
    with pytest.raises(InvalidParameterError, match="'alpha' parameter"):
        binomial_power(10, 0.1, 0.2, alpha=1)
    with pytest.raises(InvalidParameterError, match="'test' parameter"):
        binomial_power(10, 0.1, 0.2, test="vasicek")


def test_vasicek_without_correlation_is_the_binomial_test() -> None:
    for alternative in ("greater", "less"):
        found = vasicek_test(N_BAD, N_TOTAL, PROB, correlation=0, alternative=alternative)
        expected = binomial_test(N_BAD, N_TOTAL, PROB, alternative=alternative)
        assert found.p_value == pytest.approx(expected.p_value, rel=1e-12)
