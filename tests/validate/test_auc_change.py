"""Whether the AUC has fallen."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.exceptions import InvalidDataError, InvalidParameterError, InvalidTargetError
from creditscore.metrics import auc, auc_variance
from creditscore.validate import auc_drop_test, auc_samples_test

# Hanley and McNeil, Radiology 143, 1982, table I: ratings 1 to 5 of 58 normal, 51 abnormal cases
IS_BAD = np.repeat([0, 1], [58, 51])
SCORE = -np.repeat([1, 2, 3, 4, 5] * 2, [33, 6, 6, 11, 2, 3, 2, 2, 11, 33])


def test_drop_from_an_initial_auc() -> None:
    # the formula of the ECB with DeLong's variance 0.0009439892703 of riskvalidation
    found = auc_drop_test(IS_BAD, SCORE, initial_auc=0.93)
    assert found.statistic == pytest.approx(1.1986866604, abs=5e-11)
    assert found.p_value == pytest.approx(0.1153249035, abs=5e-11)
    assert found.n == 109
    expected = (0.93 - 2642 / (58 * 51)) / math.sqrt(0.0009439892703)
    assert found.statistic == pytest.approx(expected, rel=1e-9)


@settings(deadline=None, max_examples=40)
@given(initial=st.floats(0, 1), weights=st.lists(st.integers(1, 3), min_size=109, max_size=109))
def test_whole_weights_are_repeated_rows(initial: float, weights: list) -> None:
    weighted = auc_drop_test(IS_BAD, SCORE, initial_auc=initial, sample_weight=weights)
    repeated = auc_drop_test(
        np.repeat(IS_BAD, weights), np.repeat(SCORE, weights), initial_auc=initial
    )
    assert weighted.statistic == pytest.approx(repeated.statistic, abs=1e-8)
    assert weighted.n == repeated.n


def test_the_auc_of_today_is_no_drop() -> None:
    found = auc_drop_test(IS_BAD, SCORE, initial_auc=auc(IS_BAD, SCORE))
    assert (found.statistic, found.p_value) == (0, 0.5)


def test_a_perfect_score_leaves_no_variance() -> None:
    is_bad, score = [1, 1, 0, 0], [1, 2, 3, 4]
    assert auc_drop_test(is_bad, score, initial_auc=0.9).statistic == -math.inf
    assert auc_drop_test(is_bad, score, initial_auc=0.9).p_value == 1
    assert math.isnan(auc_drop_test(is_bad, score, initial_auc=1).p_value)
    # the worst there is
    found = auc_drop_test(is_bad, [4, 3, 2, 1], initial_auc=0.9)
    assert (found.statistic, found.p_value) == (math.inf, 0)


def test_two_samples() -> None:
    other = SCORE[::-1].copy()
    first = (IS_BAD, SCORE)
    second = (IS_BAD, np.where(np.arange(109) % 3 == 0, other, SCORE))
    z = (auc(*first) - auc(*second)) / math.sqrt(auc_variance(*first) + auc_variance(*second))
    found = auc_samples_test(*first, *second)
    assert found.statistic == pytest.approx(z)
    assert found.p_value < 0.05
    assert found.n == 218
    back = auc_samples_test(*second, *first, alternative="less")
    assert (back.statistic, back.p_value) == pytest.approx((-z, found.p_value))
    both = auc_samples_test(*first, *second, alternative="two-sided")
    assert both.p_value == pytest.approx(2 * found.p_value)
    assert found.hypothesis != both.hypothesis != back.hypothesis


def test_the_initial_auc_counts_for_less_where_it_was_estimated() -> None:
    initial = (IS_BAD, SCORE)
    current = (IS_BAD, np.roll(SCORE, 20))
    known = auc_drop_test(*current, initial_auc=auc(*initial))
    estimated = auc_samples_test(*initial, *current)
    assert 0 < estimated.statistic < known.statistic


def test_what_is_refused() -> None:
    with pytest.raises(InvalidParameterError, match="'initial_auc' parameter"):
        auc_drop_test(IS_BAD, SCORE, initial_auc=93)
    with pytest.raises(InvalidTargetError, match="one class only"):
        auc_drop_test([0, 0, 0], [1, 2, 3], initial_auc=0.8)
    with pytest.raises(InvalidDataError, match="two cases of each class"):
        auc_drop_test([1, 0, 0], [1, 2, 3], initial_auc=0.8)
    with pytest.raises(InvalidParameterError, match="'alternative' parameter"):
        auc_samples_test(IS_BAD, SCORE, IS_BAD, SCORE, alternative="up")
