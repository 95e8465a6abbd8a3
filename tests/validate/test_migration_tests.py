"""Migration between grades, and concentration in them."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.grade import cohort_migration
from creditscore.metrics import hhi
from creditscore.validate import (
    concentration_test,
    herfindahl_index,
    migration_bandwidth,
    migration_stability_test,
)

INITIAL = [0.13, 0.14, 0.23, 0.20, 0.11, 0.10, 0.09]

matrices = st.integers(2, 6).flatmap(
    lambda k: st.lists(st.lists(st.integers(0, 30), min_size=k, max_size=k), min_size=k, max_size=k)
)


# --- migration: reference ----------------------------------------------------------------


def test_the_matrix_of_meliora() -> None:
    # examples of the package meliora 0.2: bandwidths 0.8, z of the first cell 2 / sqrt(11)
    counts = [[2, 1, 1], [1, 2, 1], [1, 1, 2]]
    found = migration_bandwidth(counts)
    assert (found.upper, found.lower) == pytest.approx((0.8, 0.8))
    test = migration_stability_test(counts)
    assert test.statistic[0, 1] == pytest.approx(2 / math.sqrt(11))
    assert (test.statistic[0, 2], test.p_value[0, 2]) == (0, 0.5)
    assert np.isnan(np.diag(test.statistic)).all()


@settings(deadline=None, max_examples=60)
@given(counts=matrices)
def test_bandwidth_by_loops(counts: list) -> None:
    # ECB 2019, section 2.5.5.1, with grades 1 to K
    k = len(counts)
    ends = {}
    for side in (1, -1):
        cells = [(i, j) for i in range(1, k + 1) for j in range(1, k + 1) if side * (j - i) > 0]
        top = sum(abs(i - j) * counts[i - 1][j - 1] for i, j in cells)
        norm_ = sum(max(i - 1, k - i) * counts[i - 1][j - 1] for i, j in cells)
        ends[side] = top / norm_ if norm_ else math.nan
    found = migration_bandwidth(counts)
    assert found.upper == pytest.approx(ends[1], nan_ok=True)
    assert found.lower == pytest.approx(ends[-1], nan_ok=True)
    assert found.n_upper + found.n_lower + found.n_stayed == np.sum(counts)


@settings(deadline=None, max_examples=60)
@given(counts=matrices)
def test_stability_by_loops(counts: list) -> None:
    # ECB 2019, section 2.5.5.2
    k = len(counts)
    found = migration_stability_test(counts)
    for i in range(k):
        n = sum(counts[i])
        for j in range(k):
            z = math.nan
            if n and i != j:
                p = counts[i][j] / n
                q = counts[i][j - 1 if j > i else j + 1] / n
                variance = p * (1 - p) + q * (1 - q) + 2 * p * q
                z = (q - p) / math.sqrt(variance / n) if variance > 1e-15 else math.nan
            assert found.statistic[i, j] == pytest.approx(z, nan_ok=True)
            assert found.p_value[i, j] == pytest.approx(norm.cdf(z), nan_ok=True)


# --- migration: edges and errors ---------------------------------------------------------


def test_nobody_moved() -> None:
    found = migration_bandwidth(np.diag([5, 6, 7]))
    assert math.isnan(found.upper)
    assert math.isnan(found.lower)
    assert repr(found) == (
        "<MigrationBandwidth: upper not known, lower not known; 0 down, 0 up, 18 stayed>"
    )


def test_longest_moves_have_the_greatest_bandwidth() -> None:
    assert migration_bandwidth([[0, 0, 4], [0, 9, 0], [3, 0, 0]]).upper == 1
    assert migration_bandwidth([[0, 0, 4], [0, 9, 0], [3, 0, 0]]).lower == 1


def test_a_far_move_that_is_likelier_is_found() -> None:
    found = migration_stability_test([[60, 5, 35], [10, 80, 10], [0, 20, 80]])
    assert found.p_value[0, 2] < 1e-4
    assert found.p_value[2, 0] > 0.99


def test_rows_without_customers_and_pairs_of_empty_cells_have_no_test() -> None:
    found = migration_stability_test([[9, 0, 0], [0, 0, 0], [0, 2, 7]])
    # all of the first row stayed: there is no variance to test with
    assert np.isnan(found.statistic[:2]).all()
    assert np.isnan(found.p_value[2]).tolist() == [False, False, True]


def test_customers_who_defaulted_or_left_count_at_the_begin() -> None:
    counts = np.array([[60, 20, 10], [10, 70, 10], [5, 20, 60]])
    found = migration_stability_test(counts, n_initial=[100, 100, 100])
    p, q = 0.2, 0.6
    z = (q - p) / math.sqrt((p * (1 - p) + q * (1 - q) + 2 * p * q) / 100)
    assert found.statistic[0, 1] == pytest.approx(z)
    alike = migration_stability_test(counts, n_initial=counts.sum(axis=1))
    expected = migration_stability_test(counts).statistic
    assert alike.statistic == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("measure", [migration_bandwidth, migration_stability_test])
def test_what_migration_refuses(measure: object) -> None:
    assert callable(measure)
    with pytest.raises(InvalidDataError, match=r"square matrix.* Got shape \(2, 3\)"):
        measure([[1, 2, 3], [4, 5, 6]])
    with pytest.raises(InvalidDataError, match="square matrix"):
        measure([[1]])
    with pytest.raises(InvalidDataError, match=r"Got -1 in row 1, column 0"):
        measure([[1, 2], [-1, 3]])
    with pytest.raises(InvalidDataError, match=r"Got nan in row 0, column 1"):
        measure([[1, math.nan], [1, 3]])


def test_fewer_customers_at_the_begin_than_at_the_end() -> None:
    with pytest.raises(InvalidDataError, match="no fewer than the customers in its row"):
        migration_stability_test([[1, 2], [3, 4]], n_initial=[3, 6])
    with pytest.raises(InvalidDataError, match="n_initial must hold one number for each grade"):
        migration_stability_test([[1, 2], [3, 4]], n_initial=[3, 7, 9])


# --- concentration -----------------------------------------------------------------------


def test_published_concentration() -> None:
    # A. Djurovic, hi_cv_testing.pdf: 0.057, then 1 with p 0.2043, or 0.0734; more digits by R
    found = concentration_test(INITIAL, [1, 0, 0, 0, 0, 0, 0])
    assert round(found.herfindahl_initial, 3) == 0.057
    assert found.herfindahl_initial == pytest.approx(0.05695306905, abs=5e-12)
    assert found.cv_initial == pytest.approx(0.34234485537, abs=5e-12)
    assert found.herfindahl_current == 1
    assert found.cv_current == pytest.approx(2.449489743, abs=5e-10)
    assert found.p_value == pytest.approx(0.204263031, abs=5e-10)
    found = concentration_test(INITIAL, [0.13, 0.14, 0.24, 0.21, 0.11, 0.09, 0.08])
    assert found.cv_current == pytest.approx(0.3919183588, abs=5e-11)
    assert found.herfindahl_current == pytest.approx(0.0734296430, abs=5e-11)
    assert found.p_value == pytest.approx(0.3507700028, abs=5e-11)


shares = st.lists(st.integers(0, 50), min_size=2, max_size=12).filter(any)


@settings(deadline=None, max_examples=60)
@given(counts=shares)
def test_the_index_is_that_of_the_squared_shares_on_a_scale_from_zero_to_one(counts: list) -> None:
    k = len(counts)
    found = concentration_test(np.ones(k), counts)
    assert 0 <= found.herfindahl_current <= 1
    assert found.herfindahl_current == pytest.approx(
        1 + math.log(hhi(counts)) / math.log(k), abs=1e-12
    )
    assert hhi(counts) == pytest.approx((found.cv_current**2 + 1) / k)
    assert herfindahl_index(counts) == found.herfindahl_current


def test_shares_counts_and_exposures_are_alike() -> None:
    assert herfindahl_index(np.array(INITIAL) * 1e300) == pytest.approx(herfindahl_index(INITIAL))


def test_even_grades() -> None:
    found = concentration_test([5, 5, 5], [7, 7, 7])
    assert (found.herfindahl_current, found.cv_current) == (0, 0)
    assert math.isnan(found.p_value)
    assert "p not known" in repr(found)
    assert concentration_test([5, 6, 7], [7, 7, 7]).p_value == 1
    assert concentration_test(INITIAL, INITIAL).p_value == 0.5


def test_bands() -> None:
    def band(index: float) -> str:
        # of two grades the index rises from 0 to 1 with the larger share
        low, high = 0.5, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            if herfindahl_index([middle, 1 - middle]) < index:
                low = middle
            else:
                high = middle
        return concentration_test([1, 1], [high, 1 - high]).band

    assert [band(index) for index in (0.1, 0.21, 0.26, 0.5)] == [
        "below 0.2", "0.2 to 0.25", "0.25 to 0.3", "0.3 or more",
    ]  # fmt: skip
    assert concentration_test([1, 1], [0.5, 0.5], cuts=[0.4]).band == "below 0.4"
    assert concentration_test([1, 1], [1, 0], cuts=[0.4]).band == "0.4 or more"


def test_what_concentration_refuses() -> None:
    with pytest.raises(InvalidDataError, match=r"same grades. Got 2 and 3"):
        concentration_test([1, 2], [1, 2, 3])
    with pytest.raises(InvalidDataError, match=r"initial must be a list .* Got shape \(1,\)"):
        concentration_test([1], [1, 2])
    with pytest.raises(InvalidDataError, match=r"current must be a list .* Got -2"):
        concentration_test([1, 2], [1, -2])
    with pytest.raises(InvalidDataError, match=r"counts must be a list .* Got all zero"):
        herfindahl_index([0, 0])
    for cuts in ([], [0.3, 0.2], [0, 0.5], [25], 0.2):
        with pytest.raises(InvalidParameterError, match="'cuts' parameter"):
            concentration_test([1, 2], [1, 2], cuts=cuts)
    with pytest.raises(InvalidDataError, match="different orders"):
        concentration_test(pd.Series([1, 2]), pd.Series([1, 2], index=[1, 0]))


# --- migration: what is no table of counts -----------------------------------------------


@pytest.mark.parametrize("test", [migration_bandwidth, migration_stability_test])
@pytest.mark.parametrize("scale", [1, 100])
def test_shares_in_the_place_of_counts_are_refused(test: object, scale: float) -> None:
    counts = np.array([[500, 20, 60], [30, 500, 30], [5, 60, 500]])
    shares = scale * counts / counts.sum(axis=1, keepdims=True)
    with pytest.raises(InvalidDataError, match="look like shares or percentages"):
        test(shares)
    test(counts)


@pytest.mark.parametrize("test", [migration_bandwidth, migration_stability_test])
def test_names_in_two_orders_are_refused(test: object) -> None:
    names = list("ABC")
    counts = pd.DataFrame([[50, 3, 1], [4, 50, 6], [1, 2, 50]], index=names, columns=names)
    test(counts)
    test(counts.reset_index(drop=True))
    with pytest.raises(InvalidDataError, match="same grades in the same order"):
        test(counts[names[::-1]])


def test_customers_at_the_begin_in_another_order_are_refused() -> None:
    names = list("ABC")
    counts = pd.DataFrame([[50, 3, 1], [4, 50, 6], [1, 2, 50]], index=names, columns=names)
    n_initial = pd.Series([60, 70, 60], index=names)
    migration_stability_test(counts, n_initial=n_initial)
    with pytest.raises(InvalidDataError, match="different orders"):
        migration_stability_test(counts, n_initial=n_initial[::-1])


def test_a_migration_matrix_gives_its_grades() -> None:
    start, end = list("AABBCCA"), list("ABBCCBD")
    matrix = cohort_migration(start, end, labels=list("ABC"))
    counts = [[1, 1, 0], [0, 1, 1], [0, 1, 1]]
    assert migration_bandwidth(matrix) == migration_bandwidth(counts)
    np.testing.assert_array_equal(
        migration_stability_test(matrix).statistic, migration_stability_test(counts).statistic
    )
