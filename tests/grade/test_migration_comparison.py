"""Distances, mobility and tests of matrices: closed forms, scipy, laws."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2, chi2_contingency

from creditscore.exceptions import InvalidDataError, InvalidParameterError, MigrationWarning
from creditscore.grade import (
    MigrationMatrix,
    cohort_migration,
    directional_difference,
    given_matrix_test,
    homogeneity_test,
    markov_order_test,
    matrix_distance,
    migration_from_counts,
    mobility_indices,
)

DISTANCES = ["l1", "l1_mean", "l2", "l2_mean", "maximum", "svd"]


def two_states(up: float, down: float) -> np.ndarray:
    return np.array([[1 - down, down], [up, 1 - up]])


# --- closed forms ----------------------------------------------------------------------


def test_distances_by_hand() -> None:
    a, b = two_states(0.2, 0.1), two_states(0.3, 0.2)
    expected = {"l1": 0.4, "l1_mean": 0.1, "l2": 0.2, "l2_mean": 0.05, "maximum": 0.1}
    for method, value in expected.items():
        assert matrix_distance(a, b, method=method) == pytest.approx(value, rel=1e-12)
    # P - I = (-1, 1)' weights; its singular values are sqrt(2 (up² + down²)) and 0
    svd = [math.sqrt(2 * (0.2**2 + 0.1**2)) / 2, math.sqrt(2 * (0.3**2 + 0.2**2)) / 2]
    assert matrix_distance(a, b) == pytest.approx(svd[1] - svd[0], rel=1e-12)
    assert directional_difference(a, b) == pytest.approx(0, abs=1e-15)
    assert directional_difference(a, two_states(0.2, 0.2)) == pytest.approx(0.05, rel=1e-12)


def test_jafry_and_schuermann_calibrate_by_the_chance_to_move() -> None:
    # of the matrix that moves all states alike with chance p, the index is p (2004):
    # all singular values of p (J / n - I) n / (n - 1) are p n / (n - 1), but one is zero
    for n, p in ((3, 0.1), (8, 0.25)):
        matrix = np.full((n, n), p / (n - 1))
        np.fill_diagonal(matrix, 1 - p)
        found = mobility_indices(matrix, default_label=None)
        assert found.svd == pytest.approx(p, rel=1e-12)
        assert found.trace == pytest.approx(n * p / (n - 1), rel=1e-12)


def test_mobility_by_hand() -> None:
    found = mobility_indices(two_states(0.2, 0.1), default_label=None, weights=[3, 1])
    assert found.trace == pytest.approx(0.3)
    assert found.eigenvalues == pytest.approx(0.3)
    assert found.determinant == pytest.approx(0.3)
    assert found.second_eigenvalue == pytest.approx(0.3)
    assert found.upgrade_share == pytest.approx(0.05)
    assert found.downgrade_share == pytest.approx(0.075)
    assert found.stay_share == pytest.approx(0.875)
    assert found.downgrade_ratio == pytest.approx(1.5)
    assert found.mean_notches == pytest.approx(0.025)
    assert len(found.frame()) == 10
    assert "Mobility" in found._repr_html_()


def test_mobility_counts_customers_of_grades_alone() -> None:
    counts = [[80, 15, 5, 10], [30, 50, 20, 0], [0, 0, 7, 0]]
    matrix = migration_from_counts(counts, labels=["A", "B"])
    found = mobility_indices(matrix)
    assert found.downgrade_share == pytest.approx((15 + 5 + 20) / 200)
    assert found.upgrade_share == pytest.approx(30 / 200)
    kept = mobility_indices(migration_from_counts(counts, labels=["A", "B"], withdrawals="keep"))
    assert kept.downgrade_share == pytest.approx((15 + 5 + 20) / 210)
    assert kept.upgrade_share + kept.downgrade_share + kept.stay_share < 1
    still = mobility_indices(np.eye(3))
    assert math.isnan(still.downgrade_ratio)
    assert (still.trace, still.svd, still.determinant) == (0, 0, 0)


def test_weights_name_the_grades_in_their_order() -> None:
    matrix = MigrationMatrix.from_percent([[90, 8, 2], [10, 80, 10]], labels=["A", "B", "D"])
    by_name = pd.Series([1, 3], index=["B", "A"])
    for table in (matrix, matrix.frame()):
        with pytest.raises(InvalidDataError, match=r"weights are of \['B', 'A'\].*weights\.loc\["):
            mobility_indices(table, weights=by_name)
        right = mobility_indices(table, weights=by_name.loc[["A", "B"]])
        assert right == mobility_indices(table, weights=[3, 1])
    of_states = pd.Series([0, 3, 1], index=["D", "A", "B"])
    with pytest.raises(InvalidDataError, match="weights are of"):
        mobility_indices(matrix, weights=of_states)
    # other names say nothing of the order
    assert mobility_indices(matrix, weights=pd.Series([3, 1])) == right


# --- homogeneity -----------------------------------------------------------------------

YEAR_1 = np.array([[90, 10, 0], [8, 85, 7], [0, 0, 5]])
YEAR_2 = np.array([[80, 19, 1], [5, 80, 15], [0, 0, 9]])


@pytest.mark.parametrize(
    ("statistic", "name"), [("likelihood_ratio", "log-likelihood"), ("chi_square", "pearson")]
)
def test_homogeneity_is_that_of_scipy(statistic: str, name: str) -> None:
    parts = [chi2_contingency(np.array([YEAR_1[i], YEAR_2[i]]), correction=False, lambda_=name)
             for i in range(2)]  # fmt: skip
    found = homogeneity_test(YEAR_1, YEAR_2, statistic=statistic)
    assert found.statistic == pytest.approx(sum(part[0] for part in parts), rel=1e-12)
    assert found.df == sum(part[2] for part in parts) == 4
    assert found.p_value == pytest.approx(chi2.sf(found.statistic, 4), rel=1e-10)
    assert found.n == YEAR_1.sum() + YEAR_2.sum()


def test_empty_cells_and_rows_take_degrees_of_freedom() -> None:
    third = np.array([[70, 30, 0], [0, 0, 0], [0, 0, 0]])
    found = homogeneity_test([YEAR_1, YEAR_2, third])
    # three samples and three states in A; two samples and three states in B
    assert found.df == 2 * 2 + 1 * 2
    assert homogeneity_test(np.array([YEAR_1, YEAR_2, third])) == found
    same = homogeneity_test(YEAR_1, 2 * YEAR_1)
    assert (same.statistic, same.p_value) == (pytest.approx(0, abs=1e-10), 1)
    alone = homogeneity_test([[5, 0], [0, 5]], [[5, 0], [0, 5]])
    assert math.isnan(alone.p_value)
    assert alone.df == 0


def test_matrices_and_tables_may_be_mixed() -> None:
    matrices = [migration_from_counts(counts[:2], labels=["A", "B"]) for counts in (YEAR_1, YEAR_2)]
    expected = homogeneity_test(YEAR_1[:2], YEAR_2[:2])
    assert homogeneity_test(*matrices).statistic == pytest.approx(expected.statistic)
    assert homogeneity_test(matrices).statistic == pytest.approx(expected.statistic)
    assert homogeneity_test(pd.DataFrame(YEAR_1), YEAR_2) == homogeneity_test(YEAR_1, YEAR_2)


def test_the_order_of_the_chain() -> None:
    before = ["A"] * 40 + ["B"] * 40 + ["A"] * 10
    start = ["B"] * 80 + ["A"] * 10
    end = ["B"] * 30 + ["C"] * 10 + ["B"] * 38 + ["C"] * 2 + ["A"] * 9 + ["NR"]
    expected = chi2_contingency([[30, 10], [38, 2]], correction=False)
    found = markov_order_test(before, start, end, labels=list("ABC"), statistic="chi_square")
    assert (found.statistic, found.p_value) == pytest.approx(tuple(expected[:2]), rel=1e-10)
    assert (found.df, found.n) == (1, 89)
    for triple in ((["A"], ["NR"], ["A"]), (["A"], ["A"], ["A", "A"])):
        with pytest.raises(InvalidDataError, match="needs a grade on the first two days"):
            markov_order_test(*triple, labels=list("ABC"))


def test_a_given_matrix() -> None:
    chances = [[0.9, 0.09, 0.01], [0.1, 0.8, 0.1], [0, 0, 1]]
    found = given_matrix_test(YEAR_1, chances, statistic="chi_square")
    awaited = YEAR_1.sum(axis=1, keepdims=True) * np.array(chances)
    some = awaited > 0
    expected = ((YEAR_1 - awaited)[some] ** 2 / awaited[some]).sum()
    assert found.statistic == pytest.approx(expected, rel=1e-12)
    assert found.df == 4
    impossible = given_matrix_test(YEAR_1, [[1, 0, 0], [0.1, 0.8, 0.1], [0, 0, 1]])
    assert (impossible.statistic, impossible.p_value) == (math.inf, 0)
    with pytest.raises(InvalidDataError, match="same states"):
        given_matrix_test(YEAR_1, np.eye(2))


def test_samples_of_one_matrix_are_mostly_not_refused() -> None:
    rng = np.random.default_rng(5)
    chances = np.array([[0.8, 0.15, 0.05], [0.2, 0.6, 0.2]])
    p_values = []
    for _ in range(400):
        cube = [[rng.multinomial(300, row) for row in chances] for _ in range(3)]
        p_values.append(homogeneity_test(cube).p_value)
    share = np.mean(np.array(p_values) < 0.05)
    # 20 expected of 400, with a standard deviation of 4.4
    assert 0.02 < share < 0.085


# --- errors ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "match"),
    [
        ((YEAR_1,), "must hold counts"),
        (([YEAR_1],), "Two or more tables"),
        ((YEAR_1, YEAR_2[:2]), "Two or more tables"),
        ((YEAR_1, -YEAR_1), "must hold counts, zero or more"),
        ((YEAR_1 / 100, YEAR_2 / 100), "are these probabilities"),
    ],
)
def test_what_cannot_be_tested(counts: tuple, match: str) -> None:
    with pytest.raises(InvalidDataError, match=match):
        homogeneity_test(*counts)


def test_names_of_tables_are_compared() -> None:
    table = pd.DataFrame(np.eye(3), index=list("ABD"), columns=list("ABD"))
    turned = table.loc[list("BAD"), list("BAD")]
    matrix = MigrationMatrix.from_probabilities(table)
    for other in (table, matrix, np.eye(3)):
        assert matrix_distance(table, other) == 0
    for other in (table, matrix):
        with pytest.raises(InvalidDataError, match=r"same states, in one order.*'B', 'A', 'D'"):
            matrix_distance(turned, other)
    with pytest.raises(InvalidDataError, match="names of its columns"):
        mobility_indices(table.loc[list("BAD")])
    counts = 10 * table.iloc[:2]
    with pytest.raises(InvalidDataError, match="same rows, in one order"):
        homogeneity_test(counts, counts.iloc[::-1])
    with pytest.raises(InvalidDataError, match="same states, in one order"):
        homogeneity_test(counts, counts[["B", "A", "D"]])
    with pytest.raises(InvalidDataError, match="same states, in one order"):
        given_matrix_test(10 * turned, matrix)


def test_periods_of_other_lengths_are_told() -> None:
    one = migration_from_counts([[90, 10]], labels=["A"])
    five = migration_from_counts([[60, 40]], labels=["A"], years=5)
    for compare in (matrix_distance, directional_difference, homogeneity_test, given_matrix_test):
        with pytest.warns(MigrationWarning, match="from 1 to 5 years"):
            compare(one, five)
    leap = migration_from_counts([[60, 40]], labels=["A"], years=366 / 365.25)
    assert matrix_distance(one, leap) > 0


def test_the_row_of_default_may_be_left_out_of_counts() -> None:
    expected = np.array([[0.9, 0.09, 0.01], [0.1, 0.8, 0.1], [0, 0, 1]])
    counts = [[80, 20, 0], [10, 70, 20]]
    assert given_matrix_test(counts, expected) == given_matrix_test([*counts, [0] * 3], expected)


def test_the_row_of_default_may_be_left_out_of_tables() -> None:
    labels = list("ABD")
    counts = pd.DataFrame([[80, 20, 0], [10, 70, 20], [0, 0, 0]], index=labels, columns=labels)
    expected = pd.DataFrame(
        [[0.9, 0.09, 0.01], [0.1, 0.8, 0.1], [0, 0, 1]], index=labels, columns=labels
    )
    whole = given_matrix_test(counts, expected)
    for some in (counts, counts.iloc[:2], counts.iloc[:2].to_numpy()):
        for chances in (expected, expected.iloc[:2], expected.iloc[:2].to_numpy().tolist()):
            assert given_matrix_test(some, chances) == whole
    with pytest.raises(InvalidDataError, match="expected must be a square matrix"):
        given_matrix_test(counts, expected.iloc[:1])


def test_matrices_without_counts() -> None:
    given = MigrationMatrix.from_percent([[90, 10]], labels=["A", "D"])
    with pytest.raises(InvalidDataError, match="without counts of customers"):
        homogeneity_test(given, given)
    with pytest.raises(InvalidParameterError, match="'statistic'"):
        homogeneity_test(YEAR_1, YEAR_2, statistic="g")


def test_matrices_that_do_not_compare() -> None:
    a = MigrationMatrix.from_percent([[90, 10]], labels=["A", "D"])
    b = MigrationMatrix.from_percent([[90, 10]], labels=["B", "D"])
    empty = cohort_migration(["A"], ["A"], labels=["A", "B"])
    for pair, match in (
        ((a, b), "same states"),
        ((a, np.eye(3)), "same states"),
        ((empty, empty), "Row 1 of a holds no probabilities"),
        (([[1, 0]], np.eye(2)), "must be a square matrix"),
        (([[1, 1], [0, 1]], np.eye(2)), "must be probabilities that sum to 1"),
    ):
        with pytest.raises(InvalidDataError, match=match):
            matrix_distance(*pair)
    with pytest.raises(InvalidParameterError, match="'method'"):
        matrix_distance(a, a, method="l3")
    with pytest.raises(InvalidDataError, match="weights must be a number for each of the 1"):
        mobility_indices(a, weights=[0])


# --- laws ------------------------------------------------------------------------------

row = st.lists(st.integers(0, 9), min_size=4, max_size=4).filter(any)
square = st.lists(row, min_size=4, max_size=4).map(
    lambda rows: np.array(rows) / np.sum(rows, axis=1, keepdims=True)
)


@given(square, square, st.sampled_from(DISTANCES), st.permutations(range(4)))
@settings(deadline=None, max_examples=60)
def test_distances_are_symmetric(a: np.ndarray, b: np.ndarray, method: str, order: list) -> None:
    there = matrix_distance(a, b, method=method)
    assert matrix_distance(b, a, method=method) == pytest.approx(there, abs=1e-12)
    assert matrix_distance(a, a, method=method) == 0
    assert there >= 0
    moved = [matrix[np.ix_(order, order)] for matrix in (a, b)]
    assert matrix_distance(*moved, method=method) == pytest.approx(there, abs=1e-9)
    assert directional_difference(a, b) == pytest.approx(-directional_difference(b, a), abs=1e-12)


@given(square)
@settings(deadline=None, max_examples=40)
def test_shares_of_all_who_move_and_stay_are_one(a: np.ndarray) -> None:
    found = mobility_indices(a, default_label=None)
    assert found.upgrade_share + found.downgrade_share + found.stay_share == pytest.approx(1)
    assert found.second_eigenvalue + 1e-9 >= 0
    assert found.determinant + 1e-9 >= 0
    assert found.svd >= 0


@given(st.lists(st.lists(row, min_size=3, max_size=3), min_size=2, max_size=4))
@settings(deadline=None, max_examples=40)
def test_the_order_of_samples_and_states_does_not_matter(cube: list) -> None:
    tables = np.array(cube)
    found = homogeneity_test(tables)
    for other in (tables[::-1], tables[:, ::-1], tables[:, :, ::-1]):
        turned = homogeneity_test(other)
        assert turned.df == found.df
        if found.df:
            assert turned.statistic == pytest.approx(found.statistic, abs=1e-9)
