"""Lift of the riskiest share of cases."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.exceptions import InvalidParameterError, InvalidTargetError
from creditscore.metrics import gains_table, lift

Scores = tuple[np.ndarray, np.ndarray]


def test_published_study(tomography: Scores) -> None:
    # Hanley and McNeil 1982, Table I: 33 abnormal among the 35 patients rated 5, of 51 among 109
    assert lift(*tomography, share=35 / 109) == pytest.approx((33 / 35) / (51 / 109), rel=1e-12)
    # half of those 35, with half of their bads
    assert lift(*tomography, share=17.5 / 109) == pytest.approx((33 / 35) / (51 / 109), rel=1e-12)


def test_it_is_the_cumulative_lift_of_the_gains(scores: Scores) -> None:
    table = gains_table(*scores, n_groups=7)
    for share, expected in zip(table["cumulative_share"], table["cumulative_lift"], strict=True):
        assert lift(*scores, share=min(share, 1.0)) == pytest.approx(expected, rel=1e-12)


rows = st.lists(st.tuples(st.booleans(), st.integers(-3, 3), st.integers(0, 3)), max_size=25)


@settings(deadline=None)
@given(rows=rows, share=st.floats(0.01, 1))
def test_laws(rows: list, share: float) -> None:
    is_bad, score, weight = map(np.array, zip((True, 0, 1), (False, 1, 1), *rows, strict=True))
    found = lift(is_bad, score, share=share, sample_weight=weight)
    rate = weight @ is_bad / weight.sum()
    assert -1e-12 <= found <= min(1 / share, 1 / rate) + 1e-12
    assert lift(is_bad, score, share=1.0, sample_weight=weight) == pytest.approx(1)
    assert lift(is_bad, 0 * score, share=share, sample_weight=weight) == pytest.approx(1)
    assert lift(is_bad[::-1], score[::-1], share=share, sample_weight=weight[::-1]) == found


def test_ties_are_the_mean_over_their_orders() -> None:
    is_bad, score = [1, 0, 0, 1, 0], [1, 2, 2, 2, 3]
    # of two cases one is the first and one any of the three that are tied
    means = [lift(is_bad, [1, *order, 9], share=0.4) for order in ([2, 3, 4], [3, 2, 4], [3, 4, 2])]
    assert lift(is_bad, score, share=0.4) == pytest.approx(np.mean(means), rel=1e-12)


@pytest.mark.parametrize("share", [0, 1.5, np.nan])
def test_share_out_of_range(share: float) -> None:
    with pytest.raises(InvalidParameterError, match="'share' parameter of lift"):
        lift([1, 0], [1, 2], share=share)


def test_one_class() -> None:
    with pytest.raises(InvalidTargetError, match="one class"):
        lift([0, 0], [1, 2])
