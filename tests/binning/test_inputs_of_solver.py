"""What the solver refuses: counts, totals, periods and constraints that make no problem."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from creditscore.binning import BinConstraints, solve_bins, solve_mean_bins
from creditscore.exceptions import InvalidDataError, InvalidParameterError

GOOD, BAD = np.array([10.0, 30.0, 20.0]), np.array([20.0, 10.0, 15.0])
HALVES = np.array([GOOD / 2, GOOD / 2]), np.array([BAD / 2, BAD / 2])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"constraints": {"min_bad": 3}}, "'constraints' parameter of solve_bins must be a Bin"),
        ({"constraints": BinConstraints(cut_digits=2)}, "leave cut_digits at None"),
        ({"constraints": BinConstraints(min_level_size=30)}, "leave min_level_size at None"),
        ({"total_good": "many"}, "'total_good' parameter of solve_bins must be a number"),
        ({"total_bad": float("inf")}, "'total_bad' parameter of solve_bins must be a number"),
        ({"constraints": BinConstraints(min_period_size=3)}, "min_period_size needs periods"),
    ],
)
def test_parameters_that_cannot_be(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        solve_bins(GOOD, BAD, **changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"good": -GOOD}, "finite and zero or more"),
        ({"good": ["many", "few", "few"]}, "good and bad must be numbers"),
        ({"periods": 5}, r"two arrays of shape \(n_periods, 3\). Got 5"),
        ({"periods": ([[1, 2, 3], [4]], [[1, 2, 3], [4]])}, "periods must be numbers, in arrays"),
        ({"bad": 0 * BAD}, "total_bad is 0: without rows, or with one class only"),
        ({"good": 0 * GOOD, "total_good": 0.0}, "total_good is 0"),
        ({"total_good": 59.0}, "total_good must be 60 or more, what the pre-bins hold. Got 59"),
        ({"periods": HALVES[:1]}, r"two arrays of shape \(n_periods, 3\)"),
        ({"periods": (HALVES[0], HALVES[1][:, :2])}, r"Got \(2, 3\) and \(2, 2\)"),
        ({"periods": (HALVES[0][:0], HALVES[1][:0])}, r"Got \(0, 3\) and \(0, 3\)"),
        ({"periods": (np.stack([2 * GOOD, -GOOD]), HALVES[1])}, "counts zero or more"),
        ({"periods": (HALVES[0], HALVES[1] + 1)}, "must add up to those of the pre-bins"),
    ],
)
def test_counts_that_cannot_be(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidDataError, match=message):
        solve_bins(**{"good": GOOD, "bad": BAD, **changes})


def test_totals_may_hold_more_than_the_prebins() -> None:
    exact = solve_bins(GOOD, BAD, total_good=60.0, total_bad=45.0)
    assert exact == solve_bins(GOOD, BAD)
    assert solve_bins(GOOD, BAD, total_good=600).value != exact.value
    # sums of many weights differ by their rounding
    assert solve_bins(GOOD, BAD, total_good=60 * (1 - 1e-12)).starts == exact.starts


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"constraints": [0.1]}, InvalidParameterError, "of solve_mean_bins must be a Bin"),
        ({"constraints": BinConstraints(cut_digits=1)}, InvalidParameterError, "cut_digits"),
        ({"squares": GOOD[:2]}, InvalidDataError, r"squares and weight must be 1D, of one"),
        ({"squares": GOOD * np.nan}, InvalidDataError, "squares and weight must be finite"),
        ({"squares": np.zeros(3)}, InvalidDataError, "squares must be sums of the squared target"),
        ({"sample_weight": 59.0}, InvalidDataError, "sample_weight must be 60 or more"),
        ({"weight": np.array([0.0, 30, 20])}, InvalidDataError, "total must be 0 in pre-bins with"),
        ({"sample_mean": float("nan")}, InvalidParameterError, "'sample_mean' .* number"),
        ({"sample_weight": None, "periods": (-HALVES[0], HALVES[1])}, InvalidDataError, "finite"),
    ],
)
def test_amounts_that_cannot_be(
    changes: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        solve_mean_bins(**{"weight": GOOD, "total": BAD - 12.0, **changes})


def test_totals_of_amounts_may_be_below_zero_in_a_period() -> None:
    total = BAD - 12.0
    periods = np.stack([GOOD / 2, GOOD / 2]), np.stack([total / 2, total / 2])
    assert solve_mean_bins(GOOD, total, periods=periods) == solve_mean_bins(GOOD, total)
