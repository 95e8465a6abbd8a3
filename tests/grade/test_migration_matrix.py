"""Matrices of migration against published ones, and what may be done with them."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from creditscore.exceptions import (
    AlteredDocumentError,
    InvalidDataError,
    InvalidParameterError,
    MigrationWarning,
)
from creditscore.grade import MigrationMatrix, chain_matrices, cohort_migration, generator_of

LABELS = ("AAA", "AA", "A", "BBB", "BB", "B", "CCC", "D")

SP = [
    [87.05, 9.03, 0.53, 0.05, 0.08, 0.03, 0.05, 0.00, 3.17],
    [0.52, 86.82, 8.00, 0.51, 0.05, 0.07, 0.02, 0.02, 3.99],
    [0.03, 1.77, 87.79, 5.33, 0.32, 0.13, 0.02, 0.06, 4.55],
    [0.01, 0.10, 3.51, 85.56, 3.79, 0.51, 0.12, 0.18, 6.23],
    [0.01, 0.03, 0.12, 4.97, 76.98, 6.92, 0.61, 0.72, 9.63],
    [0.00, 0.03, 0.09, 0.19, 5.15, 74.26, 4.46, 3.76, 12.06],
    [0.00, 0.00, 0.13, 0.19, 0.63, 12.91, 43.97, 26.78, 15.39],
]
"""S&P, global corporates 1981-2016, one year, per cent, with ratings withdrawn in the last column,
as transcribed in open-risk/transitionMatrix."""

CREDIT_METRICS = [
    [90.81, 8.33, 0.68, 0.06, 0.12, 0, 0, 0],
    [0.70, 90.65, 7.79, 0.64, 0.06, 0.14, 0.02, 0],
    [0.09, 2.27, 91.05, 5.52, 0.74, 0.26, 0.01, 0.06],
    [0.02, 0.33, 5.95, 86.93, 5.30, 1.17, 0.12, 0.18],
    [0.03, 0.14, 0.67, 7.73, 80.53, 8.84, 1.00, 1.06],
    [0, 0.11, 0.24, 0.43, 6.48, 83.46, 4.07, 5.20],
    [0.22, 0, 0.22, 1.30, 2.38, 11.24, 64.86, 19.79],
]
"""CreditMetrics, *Technical Document*, 1997, as transcribed in four public repositories; the
variant of CRAN packages (BBB 85.93 and 1.12, among others) is another."""


def sp(**options: str) -> MigrationMatrix:
    columns = [*LABELS, "NR"]
    return MigrationMatrix.from_percent(SP, labels=columns, row_sums="normalise", **options)


def simple() -> MigrationMatrix:
    return MigrationMatrix.from_percent([[90, 8, 2], [10, 80, 10]], labels=["A", "B", "D"])


# --- reference -----------------------------------------------------------------------


def test_withdrawn_ratings_of_standard_and_poors() -> None:
    matrix = sp().without_withdrawals()
    assert matrix.labels == LABELS
    # 87.05 / (99.99 - 3.17), because the row sums to 99.99
    expected = [0.89909, 0.09327, 0.00547, 0.00052, 0.00083, 0.00031, 0.00052, 0.0]
    assert matrix.array[0] == pytest.approx(expected, abs=5e-6)
    rates = matrix.default_rates()
    assert rates["B"] == pytest.approx(0.04276, abs=5e-6)
    assert rates["CCC"] == pytest.approx(0.31651, abs=5e-6)


def test_withdrawn_ratings_that_stay() -> None:
    matrix = sp().without_withdrawals("no_change")
    assert matrix.array[1, 1] == pytest.approx(0.8682 + 0.0399, rel=1e-12)
    assert matrix.default_rates()["B"] == pytest.approx(0.0376, rel=1e-12)
    assert matrix.withdrawals == "no_change"


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        (2, [0.00001788, 0.000177, 0.0014791, 0.00480816, 0.0258554, 0.10416374, 0.33233426]),
        (5, [0.00037852, 0.00183256, 0.00644011, 0.02104987, 0.08671149, 0.24405889, 0.54163169]),
        (10, [0.0029468, 0.00917557, 0.02401082, 0.06611265, 0.19673475, 0.4088963, 0.66828218]),
    ],
)
def test_powers_of_credit_metrics(years: int, expected: list[float]) -> None:
    # R 4.2.2, expm 0.999-7: P / rowSums(P) %^% years
    matrix = MigrationMatrix.from_percent(CREDIT_METRICS, labels=LABELS, row_sums="normalise")
    for found in (matrix.power(years), matrix.over(years)):
        assert found.default_rates().tolist() == pytest.approx(expected, abs=5e-9)
        assert found.years == years
    assert matrix.cumulative_default([years])[years].tolist() == pytest.approx(expected, abs=5e-9)


def test_rounded_rows_are_refused_until_told() -> None:
    with pytest.raises(InvalidDataError, match=r"'B' 0\.9999, 'CCC' 1\.0001.*row_sums='normalise'"):
        MigrationMatrix.from_percent(CREDIT_METRICS, labels=LABELS)
    matrix = MigrationMatrix.from_percent(CREDIT_METRICS, labels=LABELS, row_sums="diagonal")
    assert matrix.array[5, 5] == pytest.approx(0.8347, rel=1e-12)
    assert matrix.array[6, 6] == pytest.approx(0.6485, rel=1e-12)
    assert matrix.array[5, 7] == pytest.approx(0.052, rel=1e-12)


def test_a_column_that_was_left_out_is_told() -> None:
    rated = [row[:-1] for row in SP]
    with pytest.warns(MigrationWarning, match=r"'AAA' 0\.9682.*may be missing"):
        matrix = MigrationMatrix.from_percent(rated, labels=LABELS, row_sums="normalise")
    assert matrix.array == pytest.approx(sp().without_withdrawals().array, rel=1e-12)


# --- reading tables ------------------------------------------------------------------


def test_a_table_with_names() -> None:
    table = pd.DataFrame(SP, index=LABELS[:-1], columns=[*LABELS, "NR"])
    shuffled = table.sample(frac=1, random_state=0)
    shuffled = shuffled[["NR", *LABELS]]
    found = MigrationMatrix.from_percent(shuffled, labels=[*LABELS, "NR"], row_sums="normalise")
    assert found.array == pytest.approx(sp().array, rel=1e-14)
    assert found.withdrawn_label == "NR"
    assert found.grades == LABELS[:-1]


def test_tables_of_other_libraries_go_by_their_names() -> None:
    frame = pl.DataFrame({"A": [90, 10], "B": [8, 80], "D": [2, 10]})
    for table in (frame, frame.to_arrow(), frame.to_pandas()):
        assert MigrationMatrix.from_percent(table) == simple()


def test_rows_with_numbers_for_names() -> None:
    table = pd.DataFrame([[10, 80, 10], [90, 8, 2]], index=[2, 1], columns=[1, 2, "D"])
    assert MigrationMatrix.from_percent(table).default_rates().to_dict() == {"1": 0.02, "2": 0.1}
    turned = table.set_axis(pd.RangeIndex(2, 0, -1), axis="index")
    assert MigrationMatrix.from_percent(turned) == MigrationMatrix.from_percent(table)
    with pytest.raises(InvalidParameterError, match="'5'"):
        MigrationMatrix.from_percent(table.set_axis([5, 1], axis="index"))


def test_fractions_are_no_percentages() -> None:
    with pytest.raises(InvalidDataError, match=r"sum to about 1, .* from_probabilities"):
        MigrationMatrix.from_percent([[0.9, 0.1]], labels=["A", "D"], row_sums="normalise")


def test_without_default() -> None:
    matrix = MigrationMatrix.from_probabilities(
        [[0.9, 0.1], [0.2, 0.8]], labels=["high", "low"], default_label=None
    )
    assert matrix.grades == ("high", "low")
    assert matrix.power(2).array[0, 0] == pytest.approx(0.83)
    with pytest.raises(InvalidDataError, match="no state of default"):
        matrix.default_rates()


@pytest.mark.parametrize(
    ("table", "labels", "error", "match"),
    [
        ([[90, 10]], ["A", "D"], InvalidDataError, "Are these percentages"),
        ([[0.9, -0.1, 0.2]], ["A", "B", "D"], InvalidDataError, "holds -0.1"),
        ([[0.9, math.nan]], ["A", "D"], InvalidDataError, "Put 0 where a table has a blank"),
        ([[0.9, 0.05, 0.05]], ["A", "B", "D"], InvalidDataError, "no row for 'B'"),
        ([[0.9, 0.1]], None, InvalidDataError, "needs the 'labels'"),
        ([[0.9, 0.1]], ["A", "B"], InvalidParameterError, "no column 'D' in the table"),
        ([[0.9, 0.1]], ["A", "A", "D"], InvalidDataError, r"Got the shape \(1, 2\)"),
    ],
)
def test_tables_that_cannot_be_read(table: list, labels: list, error: type, match: str) -> None:
    with pytest.raises(error, match=match):
        MigrationMatrix.from_probabilities(table, labels=labels)


def test_a_row_that_is_no_column_is_named() -> None:
    table = pd.DataFrame([[0.9, 0.1], [0.2, 0.8]], index=["A", "CCC/C"], columns=["A", "D"])
    with pytest.raises(InvalidParameterError, match="no column for the row 'CCC/C'"):
        MigrationMatrix.from_probabilities(table, labels=["A", "D"])


def test_a_diagonal_that_would_be_below_zero() -> None:
    with pytest.raises(InvalidDataError, match="'A' those who leave sum to more than 1"):
        MigrationMatrix.from_probabilities(
            [[0.0, 0.501, 0.5], [0, 1, 0]], labels=["A", "B", "D"], row_sums="diagonal"
        )


# --- what it is ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"probabilities": [[0.5, 0.6], [0, 1]]}, "fractions that sum to 1"),
        ({"probabilities": [[0.5, 0.5]]}, r"Got the shape \(1, 2\)"),
        ({"probabilities": [[0.5, math.nan], [0, 1]]}, "NaN throughout"),
        ({"probabilities": [["a", "b"], [0, 1]]}, "must be numbers"),
        ({"labels": ("D", "A")}, "default comes after all grades"),
        ({"labels": ("A", "A")}, "different states"),
        ({"labels": (1, 2)}, "must be text"),
        ({"withdrawn_label": "NR"}, "must be the last of the labels"),
        ({"years": 0}, r"in the range \(0, inf\)"),
        ({"n_withdrawn": (1.0,)}, "a number for each of its 2 labels"),
    ],
)
def test_what_is_no_matrix(change: dict, match: str) -> None:
    fields = {"labels": ("A", "D"), "probabilities": [[0.9, 0.1], [0.0, 1.0]]}
    with pytest.raises(InvalidParameterError, match=match):
        MigrationMatrix(**{**fields, **change})


def test_a_file_holds_it(tmp_path) -> None:
    start, end = ["A", "A", "B", "B"], ["A", "NR", "B", "D"]
    matrix = cohort_migration(start, end, labels=["A", "B", "C"])
    assert math.isnan(matrix.array[2, 0])
    for value in (matrix, sp(), simple().over(0.5)):
        path = tmp_path / "matrix.json"
        value.to_json(path)
        assert MigrationMatrix.from_json(path) == value
    text = simple().to_json().replace("0.08", "0.09")
    with pytest.raises(AlteredDocumentError, match="altered or damaged"):
        MigrationMatrix.from_json(text)


def test_it_says_what_it_is() -> None:
    assert (
        repr(sp())
        == "<MigrationMatrix: 9 states AAA to NR, 1 year; given; 0.00% to 26.78% default>"
    )
    html = sp()._repr_html_()
    assert html.count("<tr>") == 10
    assert "26.78%" in html
    empty = cohort_migration(["A"], ["A"], labels=["A", "B<"])
    assert "1 without customers" in repr(empty)
    assert "B&lt;" in empty._repr_html_()


def test_the_array_is_a_copy() -> None:
    matrix = simple()
    matrix.array[0, 0] = 0
    frame = matrix.frame()
    frame.loc["A", "A"] = 0
    assert matrix.array[0, 0] == 0.9


# --- periods -------------------------------------------------------------------------


def test_a_grade_without_customers_has_no_powers() -> None:
    matrix = cohort_migration(["A"], ["A"], labels=["A", "B"])
    with pytest.raises(InvalidDataError, match=r"Nobody was in 'B'.*empty='stay'"):
        matrix.power(2)
    with pytest.raises(InvalidDataError, match="Nobody was in 'B'"):
        generator_of(matrix)
    assert matrix.power(1) is matrix


def test_horizons() -> None:
    half = simple().over(0.5)
    assert half.cumulative_default(4).columns.tolist() == [0.5, 1.0, 1.5, 2.0]
    assert half.cumulative_default([0.25, 1]).loc["B", 1] == pytest.approx(0.1, abs=1e-12)
    for years in ([], [2, 1], [0, 1], [1, math.inf]):
        with pytest.raises(InvalidParameterError, match="horizons above zero that increase"):
            half.cumulative_default(years)
    with pytest.raises(InvalidParameterError, match="'years' parameter"):
        half.over(-1)
    with pytest.raises(InvalidParameterError, match="'n' parameter"):
        half.power(0)


def test_periods_of_different_matrices() -> None:
    good, poor = simple(), MigrationMatrix.from_percent(
        [[80, 15, 5], [5, 75, 20]], labels=["A", "B", "D"], years=2
    )  # fmt: skip
    both = chain_matrices(poor, good)
    assert both.array == pytest.approx(poor.array @ good.array, rel=1e-12)
    assert both.years == 3
    assert chain_matrices(good, good).array == pytest.approx(good.power(2).array, rel=1e-12)
    with pytest.raises(InvalidDataError, match="same states"):
        chain_matrices(good, sp())
    with pytest.raises(InvalidDataError, match="one matrix or more"):
        chain_matrices()
    with pytest.raises(InvalidDataError, match="Nobody was in 'B'"):
        chain_matrices(good, cohort_migration(["A"], ["A"], labels=["A", "B"]))


def test_default_without_migration_stays_exact() -> None:
    still = MigrationMatrix.from_percent([[100, 0]], labels=["A", "D"])
    assert still.over(7.3).array.tolist() == [[1.0, 0.0], [0.0, 1.0]]


# --- laws ----------------------------------------------------------------------------

rates = st.floats(0, 0.5, allow_subnormal=False)


@st.composite
def embeddable(draw: st.DrawFn) -> MigrationMatrix:
    """A matrix that has a generator, with an absorbing default."""
    n = draw(st.integers(2, 5))
    generator = np.array([[draw(rates) for _ in range(n)] for _ in range(n)])
    generator[-1] = 0
    np.fill_diagonal(generator, 0)
    generator -= np.diag(generator.sum(axis=1))
    labels = (*(f"grade {place}" for place in range(n - 1)), "D")
    return MigrationMatrix(labels=labels, probabilities=expm(generator))


@given(embeddable(), st.floats(0.1, 3))
@settings(deadline=None, max_examples=25)
def test_rows_sum_to_one_over_any_period(matrix: MigrationMatrix, years: float) -> None:
    found = matrix.over(years)
    assert found.array.sum(axis=1) == pytest.approx(np.ones(len(found.labels)), abs=1e-12)
    assert (found.array >= 0).all()
    assert found.array[-1].tolist() == [0.0] * (len(found.labels) - 1) + [1.0]


@given(embeddable(), st.floats(0.1, 2), st.floats(0.1, 2))
@settings(deadline=None, max_examples=20)
def test_periods_follow_on_each_other(matrix: MigrationMatrix, one: float, two: float) -> None:
    product = matrix.over(one).array @ matrix.over(two).array
    assert product == pytest.approx(matrix.over(one + two).array, abs=1e-9)


@given(embeddable())
@settings(deadline=None, max_examples=20)
def test_default_only_grows(matrix: MigrationMatrix) -> None:
    rates = matrix.cumulative_default(6).to_numpy()
    assert (np.diff(rates, axis=1) >= -1e-12).all()


# --- withdrawn ratings that are kept -------------------------------------------------


def test_further_periods_of_kept_withdrawals_are_warned_of() -> None:
    kept = sp()
    rates = kept.without_withdrawals().cumulative_default(3)
    message = r"kept as the state 'NR', which nobody leaves.*without_withdrawals\(\)"
    for further in (
        lambda: kept.power(2),
        lambda: kept.over(0.5),
        lambda: generator_of(kept),
        lambda: chain_matrices(kept, kept),
        lambda: kept.cumulative_default([1, 2]),
    ):
        with pytest.warns(MigrationWarning, match=message):
            further()
    with pytest.warns(MigrationWarning, match=message) as told:
        too_low = kept.cumulative_default(3)
    assert len(told) == 1
    assert (too_low[3.0] < rates[3.0]).all()
    with pytest.warns(MigrationWarning, match=message):
        generator = generator_of(kept)
    with pytest.warns(MigrationWarning, match=message):
        generator.cumulative_default(2)


def test_what_says_nothing_of_later_defaults_is_not_warned_of() -> None:
    kept = sp()
    assert kept.power(1) is kept
    assert kept.over(1.0) is kept
    assert kept.cumulative_default(1)[1.0].tolist() == kept.default_rates().tolist()
    assert chain_matrices(kept).array == pytest.approx(kept.array)
    # who comes back may default
    rows = [[0.8, 0.05, 0.15], [0, 1, 0], [0.3, 0.1, 0.6]]
    back = MigrationMatrix.from_probabilities(rows, labels=["A", "D", "NR"])
    assert back.power(2).default_rates()["A"] == pytest.approx(0.05 + 0.8 * 0.05 + 0.15 * 0.1)


def test_withdrawn_ratings_of_another_name() -> None:
    table = [[90, 5, 2, 3], [5, 80, 5, 10]]
    labels = ["A", "B", "D", "WR"]
    with pytest.raises(InvalidDataError, match=r"no row for 'WR'.*say withdrawn_label='WR'"):
        MigrationMatrix.from_percent(table, labels=labels)
    told = MigrationMatrix.from_percent(table, labels=labels, withdrawn_label="WR")
    assert told.withdrawn_label == "WR"
