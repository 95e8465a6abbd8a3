"""Parts of the Brier score, which add up to it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.exceptions import InvalidDataError, InvalidParameterError, InvalidTargetError
from creditscore.metrics import brier_decomposition, brier_score

IS_BAD = np.array([0, 0, 0, 1, 0, 1, 1, 0, 1, 1])
PROB = np.array([0.1, 0.1, 0.2, 0.2, 0.4, 0.4, 0.6, 0.6, 0.8, 0.9])


def test_murphy_by_hand() -> None:
    found = brier_decomposition(IS_BAD[:8], PROB[:8], n_groups=None)
    # groups of two: bad rates 0, 1/2, 1/2, 1/2 with 0.1, 0.2, 0.4, 0.6; overall 3/8
    assert found.reliability == pytest.approx((0.01 + 0.09 + 0.01 + 0.01) / 4, rel=1e-12)
    assert found.resolution == pytest.approx(((3 / 8) ** 2 + 3 * (1 / 8) ** 2) / 4, rel=1e-12)
    assert found.uncertainty == pytest.approx(3 / 8 * 5 / 8, rel=1e-12)
    assert found.n_groups == 4
    assert found.within_variance == pytest.approx(0, abs=1e-30)
    assert found.within_covariance == pytest.approx(0, abs=1e-16)


def test_stephenson_by_hand() -> None:
    found = brier_decomposition(IS_BAD[-2:], PROB[-2:], n_groups=1)
    assert found.within_variance == pytest.approx(0.05**2, rel=1e-12)
    assert found.within_covariance == pytest.approx(0, abs=1e-16)
    mixed = brier_decomposition([1, 0], [0.9, 0.7], n_groups=1)
    # twice the mean of 0.1 · 0.5 and -0.1 · -0.5
    assert mixed.within_covariance == pytest.approx(0.1, rel=1e-12)
    assert mixed.resolution == 0
    assert mixed.generalised_resolution == pytest.approx(0.1 - 0.01, rel=1e-12)


rows = st.lists(
    st.tuples(st.booleans(), st.integers(0, 20), st.integers(0, 3)), min_size=1, max_size=40
)


@settings(deadline=None)
@given(rows=rows, n_groups=st.one_of(st.none(), st.integers(1, 12)))
def test_the_parts_add_up(rows: list, n_groups: int | None) -> None:
    is_bad, twentieths, weight = map(np.array, zip((True, 3, 1), *rows, strict=True))
    prob = twentieths / 20
    found = brier_decomposition(is_bad, prob, n_groups=n_groups, sample_weight=weight)
    expected = brier_score(is_bad, prob, sample_weight=weight)
    assert found.brier_score == pytest.approx(expected, abs=1e-15)
    parts = (
        found.reliability
        - found.resolution
        + found.uncertainty
        + found.within_variance
        - found.within_covariance
    )
    assert parts == pytest.approx(expected, abs=1e-14)
    generalised = found.reliability - found.generalised_resolution + found.uncertainty
    assert generalised == pytest.approx(expected, abs=1e-14)
    assert min(found.reliability, found.resolution, found.within_variance) >= 0
    if n_groups is None:
        assert found.within_variance == pytest.approx(0, abs=1e-28)
        assert found.n_groups == len(set(prob[weight > 0]))


def test_edges() -> None:
    good_only = brier_decomposition([0, 0], [0.1, 0.3])
    assert good_only.uncertainty == 0
    assert good_only.resolution == 0
    assert math.isnan(good_only.skill_score)
    one = brier_decomposition([1], [0.8])
    assert one.reliability == pytest.approx(0.04, rel=1e-12)
    assert brier_decomposition(IS_BAD, IS_BAD).skill_score == 1
    constant = brier_decomposition(IS_BAD, np.full(10, 0.5))
    assert constant.skill_score == pytest.approx(0, abs=1e-12)
    assert "within groups" in repr(brier_decomposition(IS_BAD, PROB, n_groups=2))


def test_errors() -> None:
    with pytest.raises(InvalidParameterError, match="'n_groups' parameter of brier_decomposition"):
        brier_decomposition([0, 1], [0.1, 0.2], n_groups=0)
    with pytest.raises(InvalidDataError, match=r"fractions in \[0, 1\]"):
        brier_decomposition([0, 1], [1, 20])
    with pytest.raises(InvalidTargetError, match="missing"):
        brier_decomposition([0, np.nan], [0.1, 0.2])
