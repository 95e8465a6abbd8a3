"""Expected maximum profit against R's EMP, and against integration."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.datasets import load_german_credit
from creditscore.exceptions import InvalidParameterError, InvalidTargetError
from creditscore.metrics import expected_maximum_profit
from tests.metrics.test_auc_difference import ACCOUNT_POINTS, MATURITY_POINTS

IS_BAD = np.array([0, 1, 0, 1, 0, 1, 0, 1])
PROB = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.8, 0.9])


def test_example_of_three_packages() -> None:
    # empCreditScoring(PROB, IS_BAD, p0 = .1, p1 = .1, ROI = .1) of R's EMP; emp-py, empulse alike
    found = expected_maximum_profit(IS_BAD, -PROB, p0=0.1, p1=0.1, roi=0.1)
    assert found.profit == pytest.approx(0.21775, abs=1e-12)
    assert found.fraction == pytest.approx(0.7275, abs=1e-12)


def test_german_credit() -> None:
    # the card of A. Djurovic, Scorecard Scaling: empCreditScoring of R's EMP
    table = load_german_credit()
    months = np.searchsorted([8, 16, 36, 45], table["duration_months"], side="right")
    score = table["checking_status"].map(ACCOUNT_POINTS).to_numpy(float) + MATURITY_POINTS[months]
    found = expected_maximum_profit(table["is_bad"], score)
    assert found.profit == pytest.approx(0.03662907172, abs=5e-12)
    assert found.fraction == pytest.approx(0.18544961069, abs=5e-12)


def integrated(is_bad: np.ndarray, score: np.ndarray, p0: float, p1: float, roi: float) -> float:
    """Find the best cut-off for each loss, and integrate."""
    cuts = np.append(np.unique(score), np.inf)
    bad, good = (
        np.array([((score < cut) & (is_bad == kind)).mean() for cut in cuts]) for kind in (1, 0)
    )

    def most(loss: float) -> float:
        return float((loss * bad - roi * good).max())

    with np.errstate(invalid="ignore", divide="ignore"):
        breaks = roi * np.subtract.outer(good, good) / np.subtract.outer(bad, bad)
    points = np.unique(np.append(breaks[(breaks > 0) & (breaks < 1)], [0.0, 1.0]))
    # between two losses at which cut-offs are equally good, the most is linear
    evenly = sum((most(low) + most(high)) / 2 * (high - low) for low, high in pairwise(points))
    return p0 * most(0.0) + p1 * most(1.0) + (1 - p0 - p1) * evenly


rows = st.lists(st.tuples(st.booleans(), st.integers(-3, 3)), max_size=15)


@settings(deadline=None, max_examples=50)
@given(rows=rows, p0=st.floats(0, 0.5), p1=st.floats(0, 0.5), roi=st.floats(0, 2))
def test_integration(rows: list, p0: float, p1: float, roi: float) -> None:
    is_bad, score = map(np.array, zip((True, 0), (False, 1), *rows, strict=True))
    found = expected_maximum_profit(is_bad, score, p0=p0, p1=p1, roi=roi)
    assert found.profit == pytest.approx(integrated(is_bad, score, p0, p1, roi), abs=1e-9)
    assert 0 <= found.fraction <= 1 + 1e-12


weighted = st.lists(st.tuples(st.booleans(), st.integers(-3, 3), st.integers(0, 3)), max_size=25)


@settings(deadline=None)
@given(rows=weighted)
def test_laws(rows: list) -> None:
    is_bad, score, weight = map(np.array, zip((True, 0, 1), (False, 1, 1), *rows, strict=True))
    found = expected_maximum_profit(is_bad, score, sample_weight=weight)
    written = expected_maximum_profit(np.repeat(is_bad, weight), np.repeat(score, weight))
    assert written.profit == pytest.approx(found.profit, abs=1e-12)
    perfect = expected_maximum_profit(is_bad, 1 - is_bad, sample_weight=weight)
    # who knows all bads loses none of their expected loss, p1 + (1 - p0 - p1) / 2
    rate = weight @ is_bad / weight.sum()
    assert perfect.profit == pytest.approx(rate * (0.10 + 0.35 / 2), rel=1e-12)
    assert 0 <= found.profit <= perfect.profit + 1e-12


def test_nothing_is_refused_where_goods_bring_more_than_bads_cost() -> None:
    found = expected_maximum_profit(IS_BAD, 0 * PROB, roi=1.0)
    assert (found.profit, found.fraction) == (0, 0)
    assert repr(found) == (
        "<ExpectedMaximumProfit: 0.0000 of the amount lent, 0.00% of cases refused>"
    )


def test_errors() -> None:
    with pytest.raises(InvalidParameterError, match="add up to 1 at most"):
        expected_maximum_profit(IS_BAD, PROB, p0=0.6, p1=0.6)
    with pytest.raises(InvalidParameterError, match="'roi' parameter of expected_maximum_profit"):
        expected_maximum_profit(IS_BAD, PROB, roi=-0.1)
    with pytest.raises(InvalidTargetError, match="one class"):
        expected_maximum_profit([1, 1], [1, 2])
