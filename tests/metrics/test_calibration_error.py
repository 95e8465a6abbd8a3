"""Expected and maximum calibration error."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.metrics import calibration_table, expected_calibration_error

IS_BAD = np.array([0, 0, 1, 0, 1, 1, 1, 0])
PROB = np.array([0.0, 0.1, 0.2, 0.21, 0.3, 0.5, 0.95, 1.0])


def test_by_hand() -> None:
    prob, is_bad = [0.1, 0.1, 0.2, 0.2, 0.3, 0.3], [0, 0, 0, 1, 0, 1]
    # differences 0.1, 0.3 and 0.2 of three groups of two
    for norm, expected in (("l1", 0.2), ("l2", (0.14 / 3) ** 0.5), ("max", 0.3)):
        found = expected_calibration_error(is_bad, prob, n_groups=3, norm=norm)  # type: ignore[arg-type]
        assert found == pytest.approx(expected, rel=1e-12)


def test_groups_of_equal_width_are_closed_on_the_right() -> None:
    # (0, 0.2] holds 0, 0.1 and 0.2; (0.2, 0.4] 0.21 and 0.3; (0.4, 0.6] 0.5; (0.8, 1] the rest
    parts = [abs(0.3 - 1), abs(0.51 - 1), abs(0.5 - 1), abs(1.95 - 1)]
    found = expected_calibration_error(IS_BAD, PROB, n_groups=5, strategy="uniform")
    assert found == pytest.approx(sum(parts) / 8, rel=1e-12)
    largest = expected_calibration_error(IS_BAD, PROB, n_groups=5, strategy="uniform", norm="max")
    assert largest == pytest.approx(0.5, rel=1e-12)


def test_weights_are_cases_where_a_border_falls_on_one() -> None:
    """The middle of the second value is case 2 of 22, where the second of 11 groups begins."""
    weight = np.array([1, 2, 1, 3, 3, 3, 3, 3, 3])
    prob = np.array([3, 4, 5, 5, 5, 5, 5, 6, 6]) / 40
    is_bad = np.array([1] + [0] * 8)
    weighted = expected_calibration_error(is_bad, prob, n_groups=11, sample_weight=weight)
    is_bad, prob = np.repeat(is_bad, weight), np.repeat(prob, weight)
    assert weighted == pytest.approx(
        expected_calibration_error(is_bad, prob, n_groups=11), abs=1e-12
    )


rows = st.lists(
    st.tuples(st.booleans(), st.integers(0, 40), st.integers(0, 3)), min_size=1, max_size=40
)


@settings(deadline=None)
@given(rows=rows, n_groups=st.integers(1, 12), strategy=st.sampled_from(["quantile", "uniform"]))
def test_laws(rows: list, n_groups: int, strategy: str) -> None:
    is_bad, fortieths, weight = map(np.array, zip((True, 3, 1), *rows, strict=True))
    prob = fortieths / 40
    asked = {"n_groups": n_groups, "strategy": strategy}
    errors = [
        expected_calibration_error(is_bad, prob, sample_weight=weight, norm=norm, **asked)
        for norm in ("l1", "l2", "max")
    ]
    assert 0 <= errors[0] <= errors[1] + 1e-12
    assert errors[1] <= errors[2] + 1e-12
    assert errors[2] <= 1
    written = expected_calibration_error(
        np.repeat(is_bad, weight), np.repeat(prob, weight), **asked
    )
    assert written == pytest.approx(errors[0], abs=1e-12)
    # no grouping makes less of the difference on the whole
    on_the_whole = abs(weight @ (prob - is_bad)) / weight.sum()
    assert errors[0] >= on_the_whole - 1e-12
    turned = expected_calibration_error(is_bad, is_bad * 1.0, sample_weight=weight, **asked)
    assert turned == 0


def test_groups_are_those_of_the_table() -> None:
    rng = np.random.default_rng(0)
    prob = rng.random(200).round(2)
    is_bad = rng.random(200) < prob**2
    table = calibration_table(is_bad, prob, n_groups=7)
    expected = table["share"] @ (table["predicted"] - table["observed"]).abs()
    assert expected_calibration_error(is_bad, prob, n_groups=7) == pytest.approx(
        expected, rel=1e-12
    )


def test_errors() -> None:
    with pytest.raises(InvalidParameterError, match="must be one of 'quantile', 'uniform'"):
        expected_calibration_error([0, 1], [0.1, 0.2], strategy="width")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="must be one of 'l1', 'l2', 'max'"):
        expected_calibration_error([0, 1], [0.1, 0.2], norm="l0")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="'n_groups' parameter"):
        expected_calibration_error([0, 1], [0.1, 0.2], n_groups=0)
    with pytest.raises(InvalidDataError, match="a percentage is divided by 100"):
        expected_calibration_error([0, 1], [10, 20])
