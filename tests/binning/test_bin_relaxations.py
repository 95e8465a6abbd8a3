"""What stands in the way of bins is told of plain counts too."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from creditscore.binning import BinConstraints, Relaxation, bin_relaxations, solve_bins
from creditscore.exceptions import InvalidDataError, InvalidParameterError

GOOD, BAD = np.array([180.0, 240, 300]), np.array([20.0, 60, 200])
"""Bad rates of 10, 20 and 40 %."""


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        # two bins are 2.5 times apart or more, three are twice
        ({"max_rate_ratio": 1.5}, Relaxation("max_rate_ratio", 1.5, 2.0)),
        ({"min_rate_ratio": 5, "trend": "ascending"}, Relaxation("min_rate_ratio", 5.0, 3.25)),
        ({"min_rate_ratio": 2.5, "min_n_bins": 3}, Relaxation("min_rate_ratio", 2.5, 2.0)),
    ],
)
def test_ratio_that_is_too_much(asked: dict[str, Any], expected: Relaxation) -> None:
    ways = bin_relaxations(GOOD, BAD, constraints=BinConstraints(**asked))
    assert (expected,) in ways
    eased = {**asked, "min_n_bins": asked.get("min_n_bins", 2)}
    eased[expected.constraint] = expected.needed
    assert solve_bins(GOOD, BAD, constraints=BinConstraints(**eased)).feasible


def test_a_rate_of_zero_is_no_bound_where_others_are_there() -> None:
    good, bad = np.array([50.0, 50, 50, 50]), np.array([0.0, 3, 5, 30])
    ways = bin_relaxations(good, bad, constraints=BinConstraints(max_rate_ratio=1.5))
    (needed,) = (way[0].needed for way in ways if way[0].constraint == "max_rate_ratio")
    # the best of all ways: a bin of the first two (3 bads in 103) and one of the others
    low, middle, high = 3 / 103, 5 / 55, 30 / 80
    assert needed == pytest.approx(max(middle / low, high / middle), rel=0.01)


def test_a_rate_of_zero_that_cannot_be_joined() -> None:
    good, bad = np.array([50.0, 50]), np.array([0.0, 5])
    (way,) = bin_relaxations(good, bad, constraints=BinConstraints(max_rate_ratio=1.5))
    assert way == (Relaxation("max_rate_ratio", 1.5, None),)
    assert str(way[0]) == "leave out max_rate_ratio"


def test_nothing_stands_in_the_way() -> None:
    assert bin_relaxations(GOOD, BAD, constraints=BinConstraints(max_rate_ratio=3)) == ()


def test_ratios_that_contradict_each_other() -> None:
    with pytest.raises(InvalidParameterError, match="ratios of rates of at least 3 and at most 2"):
        BinConstraints(min_rate_ratio=3, max_rate_ratio=2)
    for value in (0.9, np.inf, "2"):
        with pytest.raises(InvalidParameterError, match="'max_rate_ratio' parameter"):
            BinConstraints(max_rate_ratio=value)


def test_counts_are_checked() -> None:
    with pytest.raises(InvalidDataError, match="of one length"):
        bin_relaxations(GOOD, BAD[:2], constraints=BinConstraints())
