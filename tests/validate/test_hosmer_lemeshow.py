"""Tests of probabilities over all cases: Hosmer and Lemeshow's, and Spiegelhalter's."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

from creditscore.exceptions import (
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    InvalidWeightError,
)
from creditscore.metrics import brier_score
from creditscore.validate import (
    hosmer_lemeshow_grades,
    hosmer_lemeshow_test,
    normal_test,
    spiegelhalter_test,
)

# mtcars, in the order of R: Henderson and Velleman, Biometrics 37, 1981, pp. 391-411
MPG = [
    21, 21, 22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4, 10.4,
    14.7, 32.4, 30.4, 33.9, 21.5, 15.5, 15.2, 13.3, 19.2, 27.3, 26, 30.4, 15.8, 19.7, 15, 21.4,
]  # fmt: skip
WEIGHT = [
    2.62, 2.875, 2.32, 3.215, 3.44, 3.46, 3.57, 3.19, 3.15, 3.44, 3.44, 4.07, 3.73, 3.78, 5.25,
    5.424, 5.345, 2.2, 1.615, 1.835, 2.465, 3.52, 3.435, 3.84, 3.845, 1.935, 2.14, 1.513, 3.17,
    2.77, 3.57, 2.78,
]  # fmt: skip
VS = np.array(list(map(int, "00110101111000000111100001010001")))
AM = np.array(list(map(int, "11100000000000000111000001111111")))


def fitted(outcome: np.ndarray, feature: list) -> np.ndarray:
    """Fit a logistic regression of one feature on the sample."""
    model = sm.Logit(outcome, sm.add_constant(np.array(feature, dtype=float)))
    return model.fit(disp=0, tol=1e-14, maxiter=100).predict()


# --- reference: R 4.2.2 with ResourceSelection and rms -----------------------------------


def test_hosmer_lemeshow_of_r() -> None:
    # hoslem.test(vs, fitted(glm(vs ~ mpg, binomial)), g = 10), and am ~ wt with g = 5
    found = hosmer_lemeshow_test(VS, fitted(VS, MPG), in_sample=True)
    assert found.statistic == pytest.approx(9.3929323, abs=5e-8)
    assert (found.df, found.n) == (8, 32)
    assert found.p_value == pytest.approx(0.3102401, abs=5e-8)
    found = hosmer_lemeshow_test(AM, fitted(AM, WEIGHT), n_groups=5, in_sample=True)
    assert found.statistic == pytest.approx(0.3134635, abs=5e-8)
    assert found.df == 3
    assert found.p_value == pytest.approx(0.9574768, abs=5e-8)


def test_spiegelhalter_of_r() -> None:
    # rms::val.prob of am ~ wt; the coefficients as R printed them
    prob = 1 / (1 + np.exp(-(12.04036966 - 4.02396994 * np.array(WEIGHT))))
    found = spiegelhalter_test(AM, prob)
    assert found.statistic == pytest.approx(-0.07402648, abs=5e-8)
    assert found.p_value == pytest.approx(0.9409893, abs=5e-7)
    assert brier_score(AM, prob) == pytest.approx(0.08950046931, abs=5e-10)
    found = spiegelhalter_test(AM, 0.8 * prob + 0.02)
    assert found.statistic == pytest.approx(-0.8420254487, abs=5e-9)
    assert found.p_value == pytest.approx(0.3997737088, abs=5e-9)
    assert brier_score(AM, 0.8 * prob + 0.02) == pytest.approx(0.09970258716, abs=5e-10)


def test_seven_grades_of_a_validation_report() -> None:
    # A. Djurovic, vld_report_example.pdf
    n_total = [170, 118, 274, 100, 91, 196, 51]
    n_bad = [3, 10, 47, 31, 43, 122, 44]
    prob = [0.0004717041, 0.1356595537, 0.2334632658, 0.2276874342, 0.3840618209, 0.6803554137,
            0.8417771827]  # fmt: skip
    found = hosmer_lemeshow_grades(n_bad, n_total, prob)
    assert found.statistic == pytest.approx(124.8992174, abs=5e-7)
    assert found.df == 7
    assert found.p_value == pytest.approx(chi2.sf(124.8992174, 7), rel=1e-6)
    within = hosmer_lemeshow_grades(n_bad, n_total, prob, in_sample=True)
    assert (within.df, within.statistic) == (5, found.statistic)


# --- oracle and laws ---------------------------------------------------------------------

cases = st.lists(
    st.tuples(st.booleans(), st.sampled_from([0.05, 0.1, 0.2, 0.3, 0.45, 0.7, 0.9])),
    min_size=8,
    max_size=60,
)


def by_cut(is_bad: np.ndarray, prob: np.ndarray, n_groups: int) -> tuple[float, int]:
    """Group by pandas' cut at numpy's quantiles, and add up goods and bads, as R's test does."""
    breaks = np.unique(np.quantile(prob, np.linspace(0, 1, n_groups + 1)))
    breaks[0] -= 1e-9
    group = pd.cut(prob, breaks + 1e-12)
    table = pd.DataFrame({"y": is_bad, "p": prob}).groupby(group, observed=True)
    total, bad, expected = table["y"].size(), table["y"].sum(), table["p"].sum()
    parts = (bad - expected) ** 2 / expected + (bad - expected) ** 2 / (total - expected)
    return float(parts.sum()), len(parts)


@settings(deadline=None, max_examples=60)
@given(rows=cases, n_groups=st.integers(2, 12))
def test_groups_are_those_between_quantiles(rows: list, n_groups: int) -> None:
    is_bad, prob = (np.array(column) for column in zip(*rows, strict=True))
    if len(np.unique(prob)) < 2:
        return
    statistic, n = by_cut(is_bad, prob, n_groups)
    found = hosmer_lemeshow_test(is_bad, prob, n_groups=n_groups)
    assert found.statistic == pytest.approx(statistic, rel=1e-6)
    assert found.df == n


@settings(deadline=None, max_examples=40)
@given(rows=cases, weights=st.data())
@pytest.mark.parametrize("rule", ["quantile", "equal_size"])
def test_whole_weights_are_repeated_rows(rule: str, rows: list, weights: st.DataObject) -> None:
    is_bad, prob = (np.array(column) for column in zip(*rows, strict=True))
    size = len(rows)
    counts = np.array(weights.draw(st.lists(st.integers(0, 3), min_size=size, max_size=size)))
    if not counts.any():
        return
    weighted = hosmer_lemeshow_test(is_bad, prob, n_groups=4, rule=rule, sample_weight=counts)
    repeated = hosmer_lemeshow_test(
        np.repeat(is_bad, counts), np.repeat(prob, counts), n_groups=4, rule=rule
    )
    assert weighted.statistic == pytest.approx(repeated.statistic, rel=1e-9)
    assert (weighted.df, weighted.n) == (repeated.df, repeated.n)
    there = spiegelhalter_test(is_bad, prob, sample_weight=counts)
    here = spiegelhalter_test(np.repeat(is_bad, counts), np.repeat(prob, counts))
    assert there.statistic == pytest.approx(here.statistic, nan_ok=True)
    assert there.n == here.n


@settings(deadline=None, max_examples=40)
@given(rows=cases)
def test_the_order_of_rows_is_of_no_account(rows: list) -> None:
    is_bad, prob = (np.array(column) for column in zip(*rows, strict=True))
    for rule in ("quantile", "equal_size"):
        there = hosmer_lemeshow_test(is_bad, prob, rule=rule)
        back = hosmer_lemeshow_test(is_bad[::-1], prob[::-1], rule=rule)
        assert there.statistic == pytest.approx(back.statistic)


def test_it_is_the_sum_of_squared_z() -> None:
    n_bad, n_total, prob = [3, 9, 20], [100, 120, 150], [0.02, 0.05, 0.15]
    z = normal_test(n_bad, n_total, prob).statistic
    assert hosmer_lemeshow_grades(n_bad, n_total, prob).statistic == pytest.approx((z**2).sum())


def test_given_grades_are_those_counts() -> None:
    rng = np.random.default_rng(3)
    grades = rng.choice(list("ABC"), 300)
    prob = pd.Series(grades).map({"A": 0.02, "B": 0.1, "C": 0.3}).to_numpy()
    is_bad = rng.random(300) < prob
    n_bad, n_total = (
        [int(value[grades == name].sum()) for name in "ABC"] for value in (is_bad, np.ones(300))
    )
    found = hosmer_lemeshow_test(is_bad, prob, grades=grades)
    expected = hosmer_lemeshow_grades(n_bad, n_total, [0.02, 0.1, 0.3])
    assert found.statistic == pytest.approx(expected.statistic)
    assert found.df == 3


def test_equal_size_splits_ranks_and_no_ties() -> None:
    # ten cases of ten probabilities in five groups of two; then nine of one probability
    prob = np.linspace(0.05, 0.5, 10)
    found = hosmer_lemeshow_test([0] * 10, prob, n_groups=5, rule="equal_size")
    pairs = prob.reshape(5, 2).mean(axis=1)
    assert found.statistic == pytest.approx((2 * pairs / (1 - pairs)).sum())
    tied = hosmer_lemeshow_test([0] * 10, [0.1] * 9 + [0.2], n_groups=5, rule="equal_size")
    assert tied.df == 2


@settings(deadline=None, max_examples=40)
@given(rows=cases)
def test_spiegelhalter_is_the_standardised_brier_score(rows: list) -> None:
    is_bad, prob = (np.array(column) for column in zip(*rows, strict=True))
    n = len(prob)
    mean = (prob * (1 - prob)).mean()
    spread = math.sqrt(((1 - 2 * prob) ** 2 * prob * (1 - prob)).sum()) / n
    expected = (brier_score(is_bad, prob) - mean) / spread
    assert spiegelhalter_test(is_bad, prob).statistic == pytest.approx(expected, abs=1e-9)


def test_calibrated_probabilities_pass_as_often_as_they_should() -> None:
    rng = np.random.default_rng(0)
    prob = rng.uniform(0.01, 0.4, 400)
    p_values = np.array(
        [
            [hosmer_lemeshow_test(y, prob).p_value, spiegelhalter_test(y, prob).p_value]
            for y in rng.random((400, 400)) < prob
        ]
    )
    assert ((p_values < 0.1).mean(axis=0)) == pytest.approx([0.1, 0.1], abs=0.045)


# --- edges -------------------------------------------------------------------------------


def test_all_good_is_fine() -> None:
    assert hosmer_lemeshow_test([0] * 20, np.linspace(0.01, 0.2, 20)).p_value > 0.05
    assert spiegelhalter_test([0] * 20, np.linspace(0.01, 0.2, 20)).statistic < 0


def test_grades_that_hold_no_test_are_left_out() -> None:
    found = hosmer_lemeshow_grades([2, 0, 0, 5], [50, 0, 20, 5], [0.05, 0.1, 0, 1])
    alone = hosmer_lemeshow_grades([2], [50], [0.05])
    assert (found.statistic, found.df) == (alone.statistic, 1)
    assert found.n == 75


def test_a_default_where_there_could_be_none() -> None:
    found = hosmer_lemeshow_grades([1, 2], [50, 50], [0, 0.05])
    assert (found.statistic, found.p_value, found.df) == (math.inf, 0, 2)


@pytest.mark.parametrize("prob", [0, 0.5, 1])
def test_spiegelhalter_without_variance(prob: float) -> None:
    found = spiegelhalter_test([1, 0], [prob, prob])
    assert math.isnan(found.statistic)
    assert math.isnan(found.p_value)


# --- errors ------------------------------------------------------------------------------


def test_no_degree_of_freedom() -> None:
    with pytest.raises(InvalidDataError, match=r"needs 3 or more groups .* Got 2"):
        hosmer_lemeshow_grades([1, 2], [50, 50], [0.1, 0.2], in_sample=True)
    with pytest.raises(InvalidDataError, match=r"needs 1 or more groups .* Got 0"):
        hosmer_lemeshow_grades([0], [50], [0])


def test_what_is_refused() -> None:
    with pytest.raises(InvalidParameterError, match="'n_groups' parameter"):
        hosmer_lemeshow_test([1, 0], [0.1, 0.2], n_groups=1)
    with pytest.raises(InvalidParameterError, match="'rule' parameter"):
        hosmer_lemeshow_test([1, 0], [0.1, 0.2], rule="deciles")
    with pytest.raises(InvalidParameterError, match="'in_sample' parameter"):
        hosmer_lemeshow_test([1, 0], [0.1, 0.2], in_sample="yes")
    with pytest.raises(InvalidDataError, match="grades must be one for each of the 2 cases"):
        hosmer_lemeshow_test([1, 0], [0.1, 0.2], grades=["A"])
    with pytest.raises(
        InvalidDataError, match=r"grades has 1 missing value\(s\), the first at row 1"
    ):
        hosmer_lemeshow_test([1, 0], [0.1, 0.2], grades=["A", None])
    for test in (hosmer_lemeshow_test, spiegelhalter_test):
        with pytest.raises(InvalidDataError, match="a percentage is divided by 100"):
            test([1, 0], [10, 20])
        with pytest.raises(InvalidDataError, match="prob_default has 1 missing"):
            test([1, 0], [0.1, math.nan])
        with pytest.raises(InvalidTargetError, match="prob_default has 3 rows"):
            test([1, 0], [0.1, 0.2, 0.3])
        with pytest.raises(InvalidWeightError, match=r"whole numbers.* Got 0\.5 at row 1"):
            test([1, 0], [0.1, 0.2], sample_weight=[1, 0.5])
        with pytest.raises(InvalidDataError, match="different orders"):
            test(pd.Series([1, 0]), pd.Series([0.1, 0.2], index=[1, 0]))
