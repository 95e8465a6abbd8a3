"""Scores of the metric tests: a published study, and seeded ones with ties and weights."""

from __future__ import annotations

import numpy as np
import pytest

Scores = tuple[np.ndarray, np.ndarray]


@pytest.fixture(scope="session")
def tomography() -> Scores:
    """Ratings of Hanley and McNeil, Radiology 143, 1982, Table I: 58 normal, 51 abnormal.

    The ratings run from 1, definitely normal, to 5; a safe score is hence their negative.
    """
    normal, abnormal = (33, 6, 6, 11, 2), (3, 2, 2, 11, 33)
    is_bad = np.repeat([0, 1], [sum(normal), sum(abnormal)])
    rating = np.repeat([1, 2, 3, 4, 5, 1, 2, 3, 4, 5], [*normal, *abnormal])
    return is_bad, -rating


def draw(seed: int, n: int, digits: int) -> Scores:
    """Draw outcomes and scores; rounding to few digits makes ties."""
    rng = np.random.default_rng(seed)
    is_bad = (rng.random(n) < 0.3).astype(int)
    is_bad[:4] = [0, 0, 1, 1]
    return is_bad, np.round(rng.normal(size=n) - 0.8 * is_bad, digits)


@pytest.fixture(
    params=[(1, 12, 0), (2, 60, 0), (3, 300, 1), (4, 500, 9)],
    ids=["12 rows, many ties", "60 rows, many ties", "300 rows, ties", "500 rows, no tie"],
)
def scores(request: pytest.FixtureRequest) -> Scores:
    return draw(*request.param)
