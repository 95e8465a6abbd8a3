"""Prior correction and mean matching: reference numbers, laws, edges."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logit

from creditscore.calibrate import mean_matching, mean_matching_shift, prior_correction
from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    InvalidWeightError,
)

PROB = [0.01, 0.05, 0.2, 0.5]

# --- reference: closed form of Saerens et al. and Elkan; a root found by another solver ----


def test_prior_correction_of_the_reference() -> None:
    moved = prior_correction(PROB, sample_rate=0.2, population_rate=0.03)
    expected = [0.00124805, 0.00646900, 0.03, 0.11009174]
    np.testing.assert_allclose(moved, expected, atol=5e-9)
    np.testing.assert_allclose(logit(moved) - logit(PROB), -2.0898043287, atol=1e-9)


def test_mean_matching_of_the_reference() -> None:
    shift = mean_matching_shift(PROB, central_tendency=0.03)
    assert shift == pytest.approx(-2.3163717377, abs=1e-9)
    moved = mean_matching(PROB, central_tendency=0.03)
    expected = [0.00099528, 0.00516429, 0.02406433, 0.08977611]
    np.testing.assert_allclose(moved, expected, atol=5e-9)
    assert moved.mean() == pytest.approx(0.03, rel=1e-14)


def test_the_two_are_different_problems() -> None:
    corrected = prior_correction(PROB, sample_rate=float(np.mean(PROB)), population_rate=0.03)
    assert corrected.mean() > 0.035
    alike = [0.2, 0.2, 0.2]
    by_prior = prior_correction(alike, sample_rate=0.2, population_rate=0.03)
    np.testing.assert_allclose(by_prior, mean_matching(alike, central_tendency=0.03), rtol=1e-12)


# --- laws ---------------------------------------------------------------------------------

fractions = st.floats(1e-6, 1 - 1e-6)
middling = st.floats(1e-3, 1 - 1e-3)


@settings(deadline=None, max_examples=60)
@given(st.lists(middling, min_size=1, max_size=30), middling, middling)
def test_prior_correction_there_and_back(prob: list[float], old: float, new: float) -> None:
    there = prior_correction(prob, sample_rate=old, population_rate=new)
    back = prior_correction(there, sample_rate=new, population_rate=old)
    # a probability within 1e-9 of 1 has lost some digits on the way
    np.testing.assert_allclose(back, prob, rtol=1e-6)


@settings(deadline=None, max_examples=60)
@given(st.lists(fractions, min_size=1, max_size=30), st.floats(1e-9, 1 - 1e-9))
def test_mean_matching_reaches_its_target_and_keeps_the_order(
    prob: list[float], target: float
) -> None:
    moved = mean_matching(prob, central_tendency=target)
    assert moved.mean() == pytest.approx(target, rel=1e-10)
    order = np.argsort(prob, kind="stable")
    assert (np.diff(moved[order]) >= 0).all()


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.tuples(fractions, st.integers(0, 4)), min_size=1, max_size=12).filter(
        lambda rows: any(count for _, count in rows)
    )
)
def test_weights_are_repeated_rows(rows: list[tuple[float, int]]) -> None:
    prob, counts = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    weighted = mean_matching_shift(prob, central_tendency=0.1, sample_weight=counts)
    repeated = mean_matching_shift(np.repeat(prob, counts.astype(int)), central_tendency=0.1)
    assert weighted == pytest.approx(repeated, abs=1e-9)


def test_weights_may_be_the_customers_of_grades() -> None:
    prob, customers = np.array([0.01, 0.05, 0.2]), np.array([700.0, 250.0, 50.0])
    moved = mean_matching(prob, central_tendency=0.04, sample_weight=customers)
    assert float(moved @ customers / customers.sum()) == pytest.approx(0.04, rel=1e-12)


# --- edges --------------------------------------------------------------------------------


def test_certain_probabilities_stay() -> None:
    given_ = [0.0, 0.1, 1.0]
    moved = prior_correction(given_, sample_rate=0.5, population_rate=0.1)
    assert moved[[0, 2]].tolist() == [0.0, 1.0]
    moved = mean_matching(given_, central_tendency=0.5)
    assert moved[[0, 2]].tolist() == [0.0, 1.0]
    assert moved.mean() == pytest.approx(0.5)


def test_equal_rates_give_an_array_of_its_own() -> None:
    prob = np.array([0.1, 0.3])
    found = prior_correction(prob, sample_rate=0.2, population_rate=0.2)
    assert found.tolist() == prob.tolist()
    assert not np.shares_memory(found, prob)


def test_very_small_probabilities_and_targets() -> None:
    moved = mean_matching([1e-300, 1e-12, 0.5], central_tendency=1e-12)
    assert moved.mean() == pytest.approx(1e-12, rel=1e-12)
    assert mean_matching_shift([0.3, 0.3], central_tendency=0.3) == 0.0


def test_a_row_of_no_weight_does_not_count() -> None:
    alone = mean_matching_shift([0.1, 0.2], central_tendency=0.3)
    beside = mean_matching_shift([0.1, 0.2, 1.0], central_tendency=0.3, sample_weight=[1, 1, 0])
    assert alone == pytest.approx(beside, abs=1e-12)


def test_shapes() -> None:
    assert prior_correction(0.2, sample_rate=0.2, population_rate=0.03).shape == ()
    square = prior_correction([[0.1, 0.2]], sample_rate=0.2, population_rate=0.03)
    assert square.shape == (1, 2)


# --- errors -------------------------------------------------------------------------------


@pytest.mark.parametrize("target", [0.2, 0.85])
def test_an_unreachable_target_is_refused(target: float) -> None:
    with pytest.raises(InvalidParameterError, match=r"between 0\.25 and 0\.75"):
        mean_matching([0.0, 0.1, 0.2, 1.0], central_tendency=target)


def test_certain_probabilities_alone_cannot_be_moved() -> None:
    with pytest.raises(InvalidParameterError, match=r"stays at 0\.5, where it is"):
        mean_matching_shift([0.0, 1.0], central_tendency=0.5)


@pytest.mark.parametrize("rate", [0, 1, -0.1, 3, math.nan, "0.1", True])
def test_rates_out_of_range(rate: float) -> None:
    with pytest.raises(InvalidParameterError, match="'sample_rate' parameter"):
        prior_correction(PROB, sample_rate=rate, population_rate=0.1)
    with pytest.raises(InvalidParameterError, match="'population_rate' parameter"):
        prior_correction(PROB, sample_rate=0.1, population_rate=rate)
    with pytest.raises(InvalidParameterError, match="'central_tendency' parameter"):
        mean_matching(PROB, central_tendency=rate)


@pytest.mark.parametrize("prob", [[0.1, math.nan], [0.1, 1.2], [-0.1, 0.2]])
def test_no_probabilities(prob: list[float]) -> None:
    with pytest.raises(InvalidDataError, match=r"fractions in \[0, 1\], none missing"):
        prior_correction(prob, sample_rate=0.2, population_rate=0.1)
    with pytest.raises(InvalidDataError, match=r"fractions in \[0, 1\], none missing"):
        mean_matching(prob, central_tendency=0.1)


def test_other_shapes_and_weights_are_refused() -> None:
    with pytest.raises(EmptyDataError, match="has no mean"):
        mean_matching([], central_tendency=0.1)
    with pytest.raises(InvalidDataError, match="1D array"):
        mean_matching([[0.1]], central_tendency=0.1)
    with pytest.raises(InvalidWeightError, match="must not be negative"):
        mean_matching([0.1, 0.2], central_tendency=0.1, sample_weight=[1, -1])
    prob = pd.Series([0.1, 0.2], index=["a", "b"])
    with pytest.raises(InvalidDataError, match="same index in different orders"):
        mean_matching(prob, central_tendency=0.1, sample_weight=prob[::-1])
