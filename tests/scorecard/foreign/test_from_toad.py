"""Cards of toad give here the scores that toad gave; fixtures/toad.json holds both."""

from __future__ import annotations

import copy
import json
import math
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from creditscore import PointsScale, Scorecard
from creditscore.exceptions import (
    ForeignRulesWarning,
    InfiniteValueError,
    InvalidParameterError,
    UncalibratedCardError,
    UnseenCategoryWarning,
)
from creditscore.scorecard.foreign import scorecard_from_toad
from foreign_probes import from_lists

CARDS: dict[str, Any] = json.loads(
    (Path(__file__).parent / "fixtures" / "toad.json").read_text(encoding="utf-8")
)["cards"]
SCALE = PointsScale(base_score=750, base_odds=35, pdo=60)


@pytest.fixture(params=sorted(CARDS))
def kept(request: pytest.FixtureRequest) -> Any:
    return copy.deepcopy(CARDS[request.param])


def object_of(kept: Any, *, fitted: bool = True) -> SimpleNamespace:
    """Stand in for a ScoreCard: the attributes that are read of one."""
    rules = {}
    for name, rule in kept["rules"].items():
        numeric = all(isinstance(value, float) for value in rule["bins"])
        bins = np.array(rule["bins"], dtype=float if numeric else object)
        rules[name] = {
            "bins": bins,
            "scores": np.array(rule["scores"]),
            "woes": np.array(rule["woes"]),
            "weight": np.float64(rule["weight"]),
        }
    model = SimpleNamespace()
    if fitted:
        model.coef_ = np.array([kept["coefficients"]])
        model.intercept_ = np.array([kept["intercept"]])
    return SimpleNamespace(
        rules=rules, model=model, factor=kept["factor"], offset=kept["offset"], **kept["settings"]
    )


def scores_of(card: Scorecard, kept: Any) -> np.ndarray[Any, Any]:
    with pytest.warns(UnseenCategoryWarning, match="level"):
        return np.asarray(card.score(from_lists(kept["rows"])))


# --- the scores of toad ------------------------------------------------------------------


def test_a_fitted_card_scores_as_predict(kept: Any) -> None:
    card = scorecard_from_toad(object_of(kept))
    np.testing.assert_allclose(scores_of(card, kept), kept["scores"], rtol=0, atol=1e-9)


def test_its_probabilities_are_those_of_toad(kept: Any) -> None:
    card = scorecard_from_toad(object_of(kept))
    with pytest.warns(UnseenCategoryWarning, match="level"):
        found = card.prob_default(from_lists(kept["rows"]))
    np.testing.assert_allclose(found, kept["prob_default"], rtol=0, atol=1e-12)


def test_rules_alone_score_as_predict_and_have_no_scale(kept: Any) -> None:
    with pytest.warns(ForeignRulesWarning, match=r"keeps neither pdo nor base_odds.*give scale="):
        card = scorecard_from_toad(object_of(kept).rules)
    np.testing.assert_allclose(scores_of(card, kept), kept["scores"], rtol=0, atol=1e-9)
    with pytest.raises(UncalibratedCardError, match="no scale"):
        card.prob_default(from_lists(kept["rows"]))


@pytest.mark.parametrize("form", ["exported", "table"])
def test_an_exported_card_scores_as_toad_loads_it(kept: Any, form: str) -> None:
    given = pd.DataFrame(kept["table"]) if form == "table" else kept["exported"]
    card = scorecard_from_toad(given, scale=SCALE)
    assert card.scale == SCALE
    np.testing.assert_allclose(scores_of(card, kept), kept["scores_of_loaded"], rtol=0, atol=1e-9)


def test_a_table_read_from_a_file_has_a_missing_value_for_the_bin_nan(kept: Any) -> None:
    table = pd.DataFrame(kept["table"]).replace({"value": {"nan": None}})
    card = scorecard_from_toad(table, scale=SCALE)
    np.testing.assert_allclose(scores_of(card, kept), kept["scores_of_loaded"], rtol=0, atol=1e-9)


@pytest.mark.parametrize("default", ["max", 500])
def test_levels_in_no_group_earn_the_default(kept: Any, default: Any) -> None:
    card = scorecard_from_toad(object_of(kept), default=default)
    expected = kept[f"scores_of_default_{default}"]
    np.testing.assert_allclose(scores_of(card, kept), expected, rtol=0, atol=1e-9)
    assert expected != kept["scores"]


def test_the_card_survives_its_file(kept: Any, tmp_path: Path) -> None:
    card = scorecard_from_toad(object_of(kept))
    card.to_json(tmp_path / "card.json")
    again = Scorecard.from_json(tmp_path / "card.json")
    np.testing.assert_array_equal(scores_of(again, kept), scores_of(card, kept))


# --- what a card holds beyond points -----------------------------------------------------


def test_a_fitted_card_has_scale_woe_and_neutral_points(kept: Any) -> None:
    card = scorecard_from_toad(object_of(kept))
    settings = kept["settings"]
    assert card.scale is not None
    assert card.scale.base_odds == settings["base_odds"]
    assert card.scale.pdo == pytest.approx(
        settings["pdo"] * math.log(2) / math.log(settings["rate"])
    )
    table = card.table().dropna(subset="woe")
    # ours: WOE is higher where safer, so its coefficient in the log-odds of bad is negative
    assert (table["coefficient"] < 0).all()
    expected = card.characteristics[0].neutral_points - (
        table["woe"] * table["coefficient"] * card.scale.factor
    )
    np.testing.assert_allclose(table["points"], expected)


def test_factor_and_offset_come_before_the_settings_they_were_made_of(kept: Any) -> None:
    source = object_of(kept)
    source.base_odds = 7.0
    card = scorecard_from_toad(source)
    assert card.scale is not None
    assert card.scale.offset == pytest.approx(kept["offset"], abs=1e-9)


def test_a_rate_below_one_turns_the_scale_round(kept: Any) -> None:
    source = object_of(kept)
    source.factor = -source.factor
    card = scorecard_from_toad(source)
    assert card.scale is not None
    assert card.scale.reverse
    assert card.scale.factor == pytest.approx(source.factor)
    assert card.scale.offset == pytest.approx(kept["offset"], abs=1e-9)


def test_a_factor_of_zero_is_no_scale(kept: Any) -> None:
    source = object_of(kept)
    source.factor = 0.0
    with pytest.warns(ForeignRulesWarning, match="does not say its scale"):
        assert scorecard_from_toad(source).scale is None


def test_a_loaded_card_has_the_settings_of_toad_and_no_scale_of_its_own(kept: Any) -> None:
    with pytest.warns(ForeignRulesWarning, match="does not say its scale"):
        card = scorecard_from_toad(object_of(kept, fitted=False))
    assert card.scale is None
    assert card.characteristics[0].neutral_points is None


# --- missing values ----------------------------------------------------------------------


def test_a_missing_number_without_a_bin_is_minus_one() -> None:
    exported = {"x": {"[-inf ~ -1.5)": 1, "[-1.5 ~ 0)": 2, "[0 ~ inf)": 3}}
    card = scorecard_from_toad(exported, scale=SCALE)
    assert list(card.score(pd.DataFrame({"x": [None, -2.0, 5.0]}))) == [2, 1, 3]


@pytest.mark.parametrize(
    ("groups", "points"),
    [
        ({"a": 1, "nan": 2, "else": 3}, 2),
        ({"a": 1, "b": 5, "else": 3}, 3),
        ({"a": 1, "b": 5}, 1),
        ({"a": 1, "b,nan": 5}, 5),
    ],
)
def test_a_missing_level(groups: dict[str, float], points: float) -> None:
    card = scorecard_from_toad({"x": groups}, scale=SCALE)
    assert list(card.score(pd.DataFrame({"x": ["a", None]}))) == [1, points]


def test_none_as_a_level_is_named() -> None:
    with pytest.warns(ForeignRulesWarning, match=r"in 'x' toad takes None.*earn the 1 points"):
        card = scorecard_from_toad({"x": {"a": 1, "None": 4}}, scale=SCALE)
    assert list(card.score(pd.DataFrame({"x": ["None", None]}))) == [4, 1]


def test_infinite_values_are_refused() -> None:
    card = scorecard_from_toad({"x": {"[-inf ~ 0)": 1, "[0 ~ inf)": 2}}, scale=SCALE)
    with pytest.raises(InfiniteValueError, match="'x'"):
        card.score(pd.DataFrame({"x": [np.inf]}))


# --- the text of bins --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("labels", "cuts"),
    [
        (["[-inf ~ 1e-05)", "[1e-05 ~ 2.5e+16)", "[2.5e+16 ~ inf)"], (1e-05, 2.5e16)),
        (["[-inf-10)", "[10-20)", "[20-inf)"], (10, 20)),
        (["[-inf ~ -3)", "[-3 ~ inf)"], (-3,)),
        (["[-inf ~ inf)"], ()),
        (["[-inf ~ inf)", "nan"], ()),
    ],
)
def test_intervals_are_read(labels: list[str], cuts: tuple[float, ...]) -> None:
    exported = {"x": {label: float(i) for i, label in enumerate(labels)}}
    card = scorecard_from_toad(exported, scale=SCALE)
    assert card.characteristics[0].partition.cuts == cuts  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "labels",
    [
        ["[-inf ~ 1)", "[2 ~ inf)"],
        ["[-inf ~ 1)", "[1 ~ 2)"],
        ["[-inf ~ 1)", "[1 ~ inf)", "odd"],
        ["[-inf ~ 1)", "nan", "[1 ~ inf)"],
    ],
)
def test_intervals_that_do_not_join_are_refused(labels: list[str]) -> None:
    exported = {"x": {label: float(i) for i, label in enumerate(labels)}}
    with pytest.raises(InvalidParameterError, match="intervals of 'x'"):
        scorecard_from_toad(exported, scale=SCALE)


@pytest.mark.parametrize("groups", [{"a, b": 1, "c": 2}, {"a,b": 1, "a,c": 2}])
def test_commas_in_levels_are_named(groups: dict[str, float]) -> None:
    with pytest.warns(ForeignRulesWarning, match="comma may belong to levels of 'x'"):
        scorecard_from_toad({"x": groups}, scale=SCALE)


def test_a_level_of_two_groups_is_in_the_last() -> None:
    rules = {"x": {"bins": [["a", "b"], ["b"], ["a"]], "scores": [1, 2, 3]}}
    card = scorecard_from_toad(rules, scale=SCALE)
    assert list(card.score(pd.DataFrame({"x": ["a", "b"]}))) == [3, 2]
    assert card.characteristics[0].partition.n_regular == 2


# --- errors ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({}, "takes a ScoreCard of toad"),
        ("card", "takes a ScoreCard of toad"),
        ({1: {"a": 1}}, "takes a ScoreCard of toad"),
        ({"x": [26.0, 35.0]}, "for 'x'"),
        ({"x": {}}, "for 'x'"),
        ({"x": {"a": "many"}}, "finite numbers for 'x'"),
        ({"x": {"a": math.nan}}, "finite numbers for 'x'"),
        ({"x": {"bins": [1.0, 2.0], "scores": [1, 2]}}, "3 bins of 'x'. Got 2 points"),
        (
            {"x": {"bins": [1.0], "scores": [1, 2], "woes": [1]}},
            "2 bins of 'x'. Got 2 points and 1 WOE",
        ),
        ({"x": {"bins": [2.0, 1.0], "scores": [1, 2, 3]}}, "cannot use the bins of 'x'"),
        ({"x": {"bins": [["a"], [1.5, math.inf]], "scores": [1, 2]}}, "cannot use the bins of 'x'"),
        (pd.DataFrame({"name": ["x"], "bin": ["a"]}), "needs the columns name, value, score"),
        (SimpleNamespace(rules={}, export=None), "takes a ScoreCard of toad"),
    ],
)
def test_what_is_no_card_is_refused(given: Any, match: str) -> None:
    with pytest.raises(InvalidParameterError, match=re.escape(match)):
        scorecard_from_toad(given, scale=SCALE)


def test_parameters_are_checked() -> None:
    exported = {"x": {"[-inf ~ inf)": 1}}
    with pytest.raises(InvalidParameterError, match="'scale' parameter of scorecard_from_toad"):
        scorecard_from_toad(exported, scale=600)  # type: ignore[arg-type]
    for default in ("mean", math.nan, True, None):
        with pytest.raises(InvalidParameterError, match="'default' parameter"):
            scorecard_from_toad(exported, scale=SCALE, default=default)  # type: ignore[arg-type]
