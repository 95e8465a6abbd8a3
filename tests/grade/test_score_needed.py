"""The score that a grade needs: held against the grades of it and of the next riskier float."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore import GradeScale, PointsScale
from creditscore.exceptions import InvalidParameterError

SCALES = (GradeScale.odds_ladder(), GradeScale.agency())


@given(
    grades=st.sampled_from(SCALES),
    closed=st.sampled_from(["left", "right"]),
    reverse=st.booleans(),
    base_score=st.floats(-1000, 1000),
    pdo=st.floats(0.5, 200),
    place=st.integers(0, 5),
)
def test_one_float_riskier_is_the_next_grade(
    grades: GradeScale, closed: str, reverse: bool, base_score: float, pdo: float, place: int
) -> None:
    grades = replace(grades, closed=closed)
    scale = PointsScale(base_score=base_score, pdo=pdo, reverse=reverse)
    needed = grades.score_needed(grades.labels[place], scale)
    riskier = math.nextafter(needed, math.inf if reverse else -math.inf)
    got = grades.grade(scale.prob_default(np.array([needed, riskier]))).tolist()
    assert got == list(grades.labels[place : place + 2])


@pytest.mark.parametrize("closed", ["left", "right"])
def test_bounds_on_the_score(closed: str) -> None:
    grades = GradeScale(
        labels=("A", "B", "C"), bounds=(600.0, 550.0), measure="score", closed=closed
    )
    assert grades.score_needed("C") == -math.inf
    for place, bound in enumerate(grades.bounds):
        needed = grades.score_needed(grades.labels[place])
        assert needed == (bound if closed == "left" else math.nextafter(bound, math.inf))
        got = grades.grade([needed, math.nextafter(needed, -math.inf)]).tolist()
        assert got == list(grades.labels[place : place + 2])


def test_any_score_gets_the_last_grade() -> None:
    assert SCALES[0].score_needed("C", PointsScale()) == -math.inf
    assert SCALES[0].score_needed("C", PointsScale(reverse=True)) == math.inf


def test_what_cannot_be_answered() -> None:
    with pytest.raises(InvalidParameterError, match=r"no grade 'AAB' .* Did you mean 'AA"):
        SCALES[0].score_needed("AAB", PointsScale())
    with pytest.raises(InvalidParameterError, match="no grade 'D' on the scale"):
        SCALES[0].score_needed("D", PointsScale())
    with pytest.raises(InvalidParameterError, match="depends on a points scale"):
        SCALES[0].score_needed("AA")
    # grades by score hold a higher one for safer
    by_score, turned = SCALES[0].on_score(PointsScale()), PointsScale(reverse=True)
    for grade in ("AA", "C"):
        with pytest.raises(InvalidParameterError, match="on this scale it is riskier"):
            by_score.score_needed(grade, turned)
    with pytest.raises(InvalidParameterError, match="on this scale it is riskier"):
        by_score.on_score(turned)
