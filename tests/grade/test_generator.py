"""Generators against R, against optimisation, and by laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm, logm
from scipy.optimize import minimize

from creditscore.exceptions import AlteredDocumentError, InvalidDataError, InvalidParameterError
from creditscore.grade import GeneratorMatrix, MigrationMatrix, embedding_table, generator_of

LABELS = ("AAA", "AA", "A", "BBB", "BB", "B", "CCC", "D")
JLT = [
    [0.8910, 0.0963, 0.0078, 0.0019, 0.0030, 0.0000, 0.0000, 0.0000],
    [0.0086, 0.9010, 0.0747, 0.0099, 0.0029, 0.0029, 0.0000, 0.0000],
    [0.0009, 0.0291, 0.8894, 0.0649, 0.0101, 0.0045, 0.0000, 0.0009],
    [0.0006, 0.0043, 0.0656, 0.8427, 0.0644, 0.0160, 0.0018, 0.0045],
    [0.0004, 0.0022, 0.0079, 0.0719, 0.7764, 0.1043, 0.0127, 0.0241],
    [0.0000, 0.0019, 0.0031, 0.0066, 0.0517, 0.8246, 0.0435, 0.0685],
    [0.0000, 0.0000, 0.0116, 0.0116, 0.0203, 0.0754, 0.6493, 0.2319],
]
"""R. A. Jarrow, D. Lando and S. M. Turnbull, 1997, as transcribed in open-risk/transitionMatrix."""


def jlt() -> MigrationMatrix:
    return MigrationMatrix.from_probabilities(JLT, labels=LABELS, row_sums="normalise")


# --- reference: R 4.2.2, expm 0.999-7, logm and expm of P / rowSums(P) -------------------


def test_rates_below_zero_of_r() -> None:
    raw = logm(jlt().array)
    for (row, column), expected in {
        (0, 5): -0.000409,
        (1, 6): -0.000114,
        (6, 1): -0.000420,
    }.items():
        assert raw[row, column] == pytest.approx(expected, abs=5e-7)
    generator = generator_of(jlt())
    beside = raw[~np.eye(8, dtype=bool)]
    assert generator.n_negative == (beside < -1e-13).sum()
    assert generator.least_rate == pytest.approx(beside.min(), rel=1e-9)


@pytest.mark.parametrize(
    ("method", "diagonal", "error"),
    [
        (
            "diagonal",
            [-0.116380, -0.106414, -0.121456, -0.177417, -0.261078, -0.199708, -0.435879],
            0.002736276,
        ),
        (
            "weighted",
            [-0.116155, -0.106272, -0.121319, -0.177417, -0.261078, -0.199695, -0.435661],
            0.002686601,
        ),
        (
            "jlt",
            [-0.115411, -0.104250, -0.117008, -0.171044, -0.252987, -0.192757, -0.431960],
            None,
        ),
    ],
)
def test_adjustments_of_r(method: str, diagonal: list, error: float | None) -> None:
    generator = generator_of(jlt(), method=method)
    assert np.diag(generator.array)[:7] == pytest.approx(diagonal, abs=5e-7)
    assert generator.array[7].tolist() == [0] * 8
    if error is not None:
        assert generator.error == pytest.approx(error, abs=5e-10)


def test_default_rates_of_r() -> None:
    half = [0.0000108, 0.0000423, 0.00037745, 0.00194409, 0.01127896, 0.03406535, 0.12754781]
    five = [0.00198096, 0.00523014, 0.01352363, 0.04481025, 0.15339301, 0.31421187, 0.62443826]
    generator = generator_of(jlt())
    assert generator.over(0.5).default_rates().tolist() == pytest.approx(half, abs=5e-9)
    assert generator.over(5).default_rates().tolist() == pytest.approx(five, abs=5e-9)
    assert generator.cumulative_default([5])[5].tolist() == pytest.approx(five, abs=5e-9)
    assert jlt().over(0.5).default_rates().tolist() == pytest.approx(half, abs=5e-9)
    # of a matrix of two years, the generator is still by the year
    two = MigrationMatrix(labels=LABELS, probabilities=expm(2 * generator.array), years=2)
    assert generator_of(two, method="none").array == pytest.approx(generator.array, abs=1e-9)


# --- what is found ---------------------------------------------------------------------


def test_quasi_optimisation_is_the_nearest() -> None:
    raw = logm(jlt().array)
    found = generator_of(jlt(), method="quasi_optimisation").array
    for place in range(7):
        # rows of rates: zero or more beside the diagonal, which makes up for their sum
        others = np.delete(np.arange(8), place)

        def distance(rates: np.ndarray, row: np.ndarray = raw[place], at: int = place) -> float:
            return float((np.insert(rates, at, -rates.sum()) - row) @ (
                np.insert(rates, at, -rates.sum()) - row))  # fmt: skip

        best = minimize(distance, np.maximum(raw[place, others], 0), bounds=[(0, None)] * 7,
                        method="L-BFGS-B", options={"ftol": 1e-15, "gtol": 1e-12})  # fmt: skip
        assert found[place, others] == pytest.approx(best.x, abs=1e-6)
        assert distance(found[place, others]) <= best.fun + 1e-12
    nearest, cut = (np.linalg.norm(generator_of(jlt(), method=m).array - raw)
                    for m in ("quasi_optimisation", "diagonal"))  # fmt: skip
    assert nearest < cut


def test_none_is_refused_where_rates_are_below_zero() -> None:
    with pytest.raises(InvalidDataError, match=r"has 9 rate\(s\) below zero, down to -0.00042"):
        generator_of(jlt(), method="none")


def test_no_logarithm() -> None:
    swapped = MigrationMatrix.from_probabilities(
        [[0.1, 0.9], [0.9, 0.1]], labels=["A", "B"], default_label=None
    )
    with pytest.raises(InvalidDataError, match=r"-0\.8 is among its eigenvalues"):
        generator_of(swapped)
    assert generator_of(swapped, method="jlt").array[0, 0] == pytest.approx(np.log(0.1))
    gone = MigrationMatrix.from_percent([[0, 100]], labels=["A", "D"])
    with pytest.raises(InvalidDataError, match="has no logarithm, because 0 is among"):
        generator_of(gone)
    with pytest.raises(InvalidDataError, match="chance to stay, which is zero in row 0"):
        generator_of(gone, method="jlt")


def test_parameters() -> None:
    with pytest.raises(InvalidParameterError, match="'method' parameter of generator_of"):
        generator_of(jlt(), method="cut")
    with pytest.raises(InvalidParameterError, match="must be a MigrationMatrix"):
        generator_of(JLT)
    with pytest.raises(InvalidParameterError, match="'adjustment' parameter"):
        jlt().over(0.5, adjustment="cut")


@pytest.mark.parametrize(
    ("rates", "match"),
    [
        ([[-0.1, 0.2], [0, 0]], "sum to zero in each row"),
        ([[0.1, -0.1], [0, 0]], "zero or more beside the diagonal"),
        ([[0.0]], r"Got the shape \(1, 1\)"),
    ],
)
def test_what_is_no_generator(rates: list, match: str) -> None:
    with pytest.raises(InvalidParameterError, match=match):
        GeneratorMatrix(labels=("A", "D"), rates=rates)


def test_a_file_holds_it() -> None:
    generator = generator_of(jlt(), method="weighted")
    assert GeneratorMatrix.from_json(generator.to_json()) == generator
    with pytest.raises(AlteredDocumentError, match="altered or damaged"):
        GeneratorMatrix.from_json(generator.to_json().replace('"weighted"', '"diagonal"'))
    assert "9 rates below zero adjusted" in repr(generator)
    assert generator._repr_html_().count("<tr>") == 9


# --- conditions ------------------------------------------------------------------------


def test_conditions_of_an_agency_matrix() -> None:
    table = embedding_table(jlt()).set_index("condition")["holds"]
    assert table.tolist() == [True, True, False, True, False, False]
    # Israel, Rosenthal and Wei: AAA reaches D by way of others, and not within a year
    reached = embedding_table(jlt()).set_index("condition")["value"]
    assert reached["all that can be reached is within one period"] == (np.array(JLT) == 0).sum()


def test_conditions_of_an_embeddable_matrix() -> None:
    rates = np.array([[-0.1, 0.06, 0.04], [0.05, -0.25, 0.2], [0, 0, 0]])
    table = embedding_table(expm(rates))
    assert table["holds"].all()
    # two thirds of each row move on in a ring, which no chain in continuous time does
    ring = embedding_table(np.array([[1, 2, 0], [0, 1, 2], [2, 0, 1]]) / 3)
    held = dict(zip(ring["condition"], ring["holds"], strict=True))
    assert not held["determinant at most product of diagonal"]
    assert not held["eigenvalues distinct, real and above 0"]
    with pytest.raises(InvalidDataError, match="probabilities that sum to 1"):
        embedding_table([[1, 1], [0, 1]])


# --- laws ------------------------------------------------------------------------------


@st.composite
def chances(draw: st.DrawFn) -> MigrationMatrix:
    """A matrix in which more than half stay, so that there is a logarithm."""
    n = draw(st.integers(2, 6))
    moves = np.array([[draw(st.integers(0, 10)) for _ in range(n)] for _ in range(n)], float)
    moves += np.diag(moves.sum(axis=1) * draw(st.floats(1.05, 5)) + 1)
    moves[-1] = np.arange(n) == n - 1
    labels = (*(f"grade {place}" for place in range(n - 1)), "D")
    return MigrationMatrix(labels=labels, probabilities=moves / moves.sum(axis=1, keepdims=True))


@given(chances(), st.sampled_from(["diagonal", "weighted", "quasi_optimisation", "jlt"]))
@settings(deadline=None, max_examples=40)
def test_what_is_found_is_a_generator(matrix: MigrationMatrix, method: str) -> None:
    generator = generator_of(matrix, method=method)
    rates = generator.array
    assert (rates[~np.eye(len(rates), dtype=bool)] >= 0).all()
    assert rates.sum(axis=1) == pytest.approx(np.zeros(len(rates)), abs=1e-12)
    year = generator.over(1).array
    assert year.sum(axis=1) == pytest.approx(np.ones(len(rates)), abs=1e-12)
    assert (year >= 0).all()
    if method != "jlt" and not generator.n_negative:
        assert year == pytest.approx(matrix.array, abs=1e-10)
        assert generator.error < 1e-9


@given(chances())
@settings(deadline=None, max_examples=25)
def test_the_logarithm_is_that_of_scipy(matrix: MigrationMatrix) -> None:
    expected = logm(matrix.array)
    found = generator_of(matrix).array
    kept = (expected > 1e-12) & ~np.eye(len(expected), dtype=bool)
    assert found[kept] == pytest.approx(np.real(expected[kept]), abs=1e-9)
