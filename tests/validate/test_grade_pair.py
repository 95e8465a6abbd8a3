"""Whether neighbouring grades differ, and whether a grade is one; many tests at once."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, fisher_exact
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportions_ztest

from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.validate import (
    adjust_p_values,
    heterogeneity_test,
    homogeneity_test,
    split_grades,
)

SIDES = {"greater": "larger", "less": "smaller", "two-sided": "two-sided"}

tallies = st.lists(
    st.integers(5, 80).flatmap(lambda n: st.tuples(st.integers(1, n - 1), st.just(n))),
    min_size=2,
    max_size=5,
)


# --- neighbours --------------------------------------------------------------------------


@settings(deadline=None, max_examples=40)
@given(rows=tallies)
@pytest.mark.parametrize("alternative", list(SIDES))
def test_neighbours_by_statsmodels_and_scipy(alternative: str, rows: list) -> None:
    n_bad, n_total = zip(*rows, strict=True)
    z, p_value = heterogeneity_test(n_bad, n_total, alternative=alternative)
    exact = heterogeneity_test(n_bad, n_total, alternative=alternative, method="fisher")
    for i in range(len(rows) - 1):
        pair = slice(i + 1, None if i == 0 else i - 1, -1)
        expected = proportions_ztest(
            np.array(n_bad)[pair], np.array(n_total)[pair], alternative=SIDES[alternative]
        )
        assert (z[i], p_value[i]) == pytest.approx(expected, abs=1e-9)
        (b, n), (d, m) = rows[i], rows[i + 1]
        ratio, p = fisher_exact([[d, m - d], [b, n - b]], alternative=alternative)
        assert (exact.statistic[i], exact.p_value[i]) == pytest.approx((ratio, p))


def test_a_riskier_grade_with_more_defaults_has_a_small_p_value() -> None:
    found = heterogeneity_test([5, 20, 20], [1000, 1000, 1000])
    assert found.p_value[0] < 0.01
    assert (found.statistic[1], found.p_value[1]) == (0, 0.5)


def test_neighbours_without_customers_or_without_variance() -> None:
    found = heterogeneity_test([0, 0, 0, 3], [10, 20, 0, 30])
    assert np.isnan(found.p_value).all()
    exact = heterogeneity_test([0, 0, 0, 3], [10, 20, 0, 30], method="fisher")
    assert np.array_equal(exact.p_value, [1, math.nan, math.nan], equal_nan=True)


def test_what_neighbours_refuse() -> None:
    with pytest.raises(InvalidDataError, match="two grades or more"):
        heterogeneity_test([1], [10])
    with pytest.raises(InvalidParameterError, match="'alternative' parameter"):
        heterogeneity_test([1, 2], [10, 10], alternative="larger")
    with pytest.raises(InvalidParameterError, match="'method' parameter"):
        heterogeneity_test([1, 2], [10, 10], method="chi2")


# --- within a grade ----------------------------------------------------------------------


@settings(deadline=None, max_examples=40)
@given(rows=tallies)
def test_parts_by_scipy(rows: list) -> None:
    n_bad, n_total = (np.array(column) for column in zip(*rows, strict=True))
    found = homogeneity_test([n_bad], [n_total])
    expected = chi2_contingency([n_bad, n_total - n_bad], correction=False)
    assert found.statistic[0] == pytest.approx(expected.statistic, abs=1e-9)
    assert found.p_value[0] == pytest.approx(expected.pvalue, abs=1e-9)


def test_of_two_parts_it_is_the_square_of_z() -> None:
    z = heterogeneity_test([4, 13], [100, 110]).statistic[0]
    assert homogeneity_test([[4, 13]], [[100, 110]]).statistic[0] == pytest.approx(z**2)


def test_parts_without_customers_are_left_out() -> None:
    found = homogeneity_test([[4, 0, 13], [4, 0, 0], [0, 0, 0]], [[100, 0, 110]] + 2 * [[9, 0, 0]])
    expected = homogeneity_test([[4, 13]], [[100, 110]])
    assert found.p_value[0] == pytest.approx(expected.p_value[0])
    assert np.isnan(found.statistic[1:]).all()
    assert np.isnan(found.p_value[1:]).all()


def test_what_parts_refuse() -> None:
    for n_bad, n_total in (([1, 2], [10, 10]), ([[1], [2]], [[10], [10]])):
        with pytest.raises(InvalidDataError, match="a column for each of two parts or more"):
            homogeneity_test(n_bad, n_total)


cases = st.lists(
    st.tuples(st.booleans(), st.integers(0, 9), st.sampled_from("ABC"), st.integers(0, 3)),
    min_size=1,
    max_size=40,
).filter(lambda rows: any(row[3] for row in rows))


@settings(deadline=None, max_examples=60)
@given(rows=cases, n_parts=st.integers(2, 4))
def test_parts_are_by_the_middle_rank(rows: list, n_parts: int) -> None:
    is_bad, score, grades, weights = zip(*rows, strict=True)
    found = split_grades(is_bad, score, grades, n_parts=n_parts, sample_weight=weights)
    repeated = [row for row in rows for _ in range(row[3])]
    held = {row[2] for row in repeated}
    mean = {g: np.mean([row[1] for row in repeated if row[2] == g]) for g in held}
    assert list(found.grades) == sorted(held, key=lambda g: (-mean[g], g))
    for place, grade in enumerate(found.grades):
        members = [row for row in repeated if row[2] == grade]
        n_bad, n_total = np.zeros(n_parts), np.zeros(n_parts)
        for bad, value, *_ in members:
            above = sum(row[1] > value for row in members)
            middle = above + sum(row[1] == value for row in members) / 2
            part = int(middle * n_parts // len(members))
            n_bad[part] += bad
            n_total[part] += 1
        assert found.n_bad[place].tolist() == n_bad.tolist()
        assert found.n_total[place].tolist() == n_total.tolist()


def test_a_grade_that_is_two_is_found() -> None:
    rng = np.random.default_rng(2)
    score = rng.uniform(0, 100, 4000)
    grades = np.where(score > 50, "A", "B")
    is_bad = rng.random(4000) < np.where(score > 50, 0.05, np.where(score > 25, 0.1, 0.4))
    parts = split_grades(is_bad, score, grades)
    assert parts.grades == ("A", "B")
    p_value = homogeneity_test(parts.n_bad, parts.n_total).p_value
    assert p_value[0] > 0.05
    assert p_value[1] < 1e-6


def test_what_splitting_refuses() -> None:
    with pytest.raises(InvalidParameterError, match="'n_parts' parameter"):
        split_grades([1, 0], [1, 2], ["A", "A"], n_parts=1)
    with pytest.raises(InvalidDataError, match="infinite values"):
        split_grades([1, 0], [1, math.inf], ["A", "A"])
    with pytest.raises(InvalidDataError, match=r"grades has 1 missing value\(s\)"):
        split_grades([1, 0], [1, 2], ["A", math.nan])
    with pytest.raises(InvalidDataError, match="different orders"):
        split_grades([1, 0], pd.Series([1, 2]), pd.Series(["A", "B"], index=[1, 0]))


# --- many tests --------------------------------------------------------------------------

METHODS = {
    "bonferroni": "bonferroni",
    "benjamini_hochberg": "fdr_bh",
    "benjamini_yekutieli": "fdr_by",
}


@settings(deadline=None, max_examples=60)
@given(p_values=st.lists(st.one_of(st.floats(0, 1), st.just(math.nan)), max_size=25))
@pytest.mark.parametrize("method", list(METHODS))
def test_adjusted_as_by_statsmodels(method: str, p_values: list) -> None:
    given_values = np.array(p_values, dtype=float)
    found = adjust_p_values(given_values, method=method)
    known = ~np.isnan(given_values)
    assert np.array_equal(np.isnan(found), ~known)
    if known.any():
        expected = multipletests(given_values[known], method=METHODS[method])[1]
        assert found[known] == pytest.approx(expected, abs=1e-12)


@settings(deadline=None, max_examples=60)
@given(p_values=st.lists(st.floats(0, 1), min_size=1, max_size=25))
def test_holm_rejects_step_by_step(p_values: list) -> None:
    # by its definition: go up from the least, and stop at the first that is too great
    m = len(p_values)
    adjusted = adjust_p_values(p_values)
    for level in (0.01, 0.05, 0.3):
        rejected = np.zeros(m, dtype=bool)
        for step, i in enumerate(np.argsort(p_values, kind="stable")):
            if p_values[i] * (m - step) > level:
                break
            rejected[i] = True
        assert np.array_equal(adjusted <= level, rejected)


def test_holm_of_statsmodels() -> None:
    p_values = [0.01, 0.04, 0.03, 0.005, 0.2, 0.03]
    expected = multipletests(p_values, method="holm")[1]
    assert adjust_p_values(p_values) == pytest.approx(expected, abs=1e-15)


def test_shapes_and_single_numbers() -> None:
    matrix = np.array([[0.01, math.nan], [0.02, 0.5]])
    assert adjust_p_values(matrix).shape == (2, 2)
    assert adjust_p_values(matrix)[0, 0] == pytest.approx(0.03)
    # the given ones stay as they are
    assert matrix[0, 0] == 0.01
    assert isinstance(adjust_p_values(0.03), np.float64)


def test_what_adjustment_refuses() -> None:
    with pytest.raises(InvalidParameterError, match="'method' parameter"):
        adjust_p_values([0.1], method="fdr_bh")
    with pytest.raises(InvalidDataError, match="p_values must hold fractions"):
        adjust_p_values([0.1, 1.2])
