"""Cards of scorecardpy give here the scores it gave; fixtures/scorecardpy.json holds both."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from creditscore import PointsScale, Scorecard
from creditscore.exceptions import (
    ForeignRulesWarning,
    InvalidParameterError,
    UncalibratedCardError,
    UnseenCategoryWarning,
)
from creditscore.scorecard.foreign import scorecard_from_scorecardpy
from foreign_probes import from_lists

FIXTURE: dict[str, Any] = json.loads(
    (Path(__file__).parent / "fixtures" / "scorecardpy.json").read_text(encoding="utf-8")
)
SCALE = PointsScale(base_score=600, base_odds=19, pdo=50)
SPECIAL = r"special value\(s\)"


@pytest.fixture(params=sorted(FIXTURE["cards"]))
def kept(request: pytest.FixtureRequest) -> Any:
    return copy.deepcopy(FIXTURE["cards"][request.param])


def read(card: Any) -> Scorecard:
    with pytest.warns(ForeignRulesWarning, match=SPECIAL):
        return scorecard_from_scorecardpy(card, scale=SCALE)


def frames(card: Any) -> dict[str, pd.DataFrame]:
    return {name: pd.DataFrame(part) for name, part in card.items()}


def scores_of(card: Scorecard, rows: pd.DataFrame) -> np.ndarray[Any, Any]:
    with pytest.warns(UnseenCategoryWarning, match="level"):
        return np.asarray(card.score(rows))


# --- the scores of scorecardpy -----------------------------------------------------------


@pytest.mark.parametrize("form", ["columns", "frames", "records", "one table"])
def test_scores_are_those_of_scorecardpy(kept: Any, form: str) -> None:
    given: Any = kept["card"]
    if form == "frames":
        given = frames(given)
    elif form == "records":
        given = {name: part.to_dict("records") for name, part in frames(given).items()}
    elif form == "one table":
        given = pd.concat(frames(given), ignore_index=True)
    rows = from_lists(FIXTURE["rows"])
    found, expected = scores_of(read(given), rows), np.array(kept["scores"])
    # special values beside a bin of missing values: scorecardpy takes them for amounts
    taken = rows["duration_months"].isin([-9, -8]).to_numpy()
    np.testing.assert_allclose(found[~taken], expected[~taken], rtol=0, atol=1e-9)
    assert 0 < taken.sum() < 20
    assert (found[taken] != expected[taken]).all()


def test_special_values_are_named_with_what_scorecardpy_does(kept: Any) -> None:
    with pytest.warns(ForeignRulesWarning) as warned:
        scorecard_from_scorecardpy(kept["card"], scale=SCALE)
    (text,) = [str(one.message) for one in warned]
    assert "-9, -8 of 'duration_months' earn the points of their bin, where scorecardpy" in text
    assert "-9 of 'age_years' earn the points of their bin, in scorecardpy only if" in text


def test_special_values_earn_the_points_of_their_bin(kept: Any) -> None:
    card = read(kept["card"])
    part = kept["card"]["duration_months"]
    points = dict(zip(part["bin"], part["points"], strict=True))
    rows = from_lists(FIXTURE["rows"]).head(3).assign(duration_months=[-9.0, -8.0, np.nan])
    found = card.score_parts(rows)["duration_months"]
    assert list(found) == [points["-9.0"], points["-8.0"], points["missing"]]


def test_scale_of_the_defaults_gives_the_probabilities_of_the_model() -> None:
    rows = from_lists(FIXTURE["sample_rows"])
    expected = np.array(FIXTURE["sample_prob_default"])
    # where scorecardpy takes special values for amounts, its model does so too
    plain = ~rows["duration_months"].isin([-9, -8]).to_numpy()
    found = np.asarray(read(FIXTURE["cards"]["defaults"]["card"]).prob_default(rows))
    # points are whole numbers: seven of them, each off by half a point at most
    wide = 7 * 0.5 / SCALE.factor
    log_odds = np.log(found / (1 - found)) - np.log(expected / (1 - expected))
    assert np.abs(log_odds[plain]).max() < wide
    assert np.abs(log_odds[plain]).mean() < wide / 3


def test_without_a_scale_there_are_no_probabilities(kept: Any) -> None:
    with pytest.warns(ForeignRulesWarning, match=r"does not say its scale.*1 / odds0"):
        card = scorecard_from_scorecardpy(kept["card"])
    with pytest.raises(UncalibratedCardError, match="no scale"):
        card.prob_default(from_lists(FIXTURE["sample_rows"]))


def test_base_points_and_neutral_points() -> None:
    card = read(FIXTURE["cards"]["defaults"]["card"])
    assert card.base_points == FIXTURE["cards"]["defaults"]["card"]["basepoints"]["points"][0] > 0
    assert {c.neutral_points for c in card.characteristics} == {0.0}
    spread = read(FIXTURE["cards"]["base points spread"]["card"])
    assert spread.base_points == 0
    assert {c.neutral_points for c in spread.characteristics} == {None}


# --- single bins -------------------------------------------------------------------------


def table(bins: list[Any], points: list[float]) -> dict[str, Any]:
    return {"x": {"variable": ["x"] * len(bins), "bin": bins, "points": points}}


@pytest.mark.parametrize(
    ("bins", "values", "expected"),
    [
        (["[-inf,1.0)", "[1.0,inf)"], [0.5, 1.0, None], [10, 20, 0]),
        (["[-inf,1.0)%,%missing", "[1.0,inf)"], [0.5, 1.0, None], [10, 20, 10]),
        (["[1.0,inf)", "[-inf,1.0)"], [0.5, 1.0, None], [20, 10, 0]),
        (["[-Inf,1e-05)", "[1e-05, Inf)"], [0.0, 1e-05, None], [10, 20, 0]),
        (["[-inf,inf)", "missing"], [0.0, 1.0, None], [10, 10, 20]),
        (["a%,%b", "missing"], ["b", None, ""], [10, 20, 20]),
        (["a%,%missing", "b"], ["a", None, ""], [10, 10, 10]),
        (["a", "b"], ["b", None, "a"], [20, 0, 10]),
        (["a", ""], ["a", None, ""], [10, 0, 20]),
    ],
)
def test_bins(bins: list[str], values: list[Any], expected: list[float]) -> None:
    card = scorecard_from_scorecardpy(table(bins, [10, 20]), scale=SCALE)
    assert list(card.score(pd.DataFrame({"x": values}))) == expected


def test_special_values_in_one_bin_are_codes_of_the_same_points() -> None:
    bins = ["-9%,%-8", "[-inf,1.0)", "[1.0,inf)"]
    with pytest.warns(ForeignRulesWarning, match="-9, -8 of 'x'.*only if the column holds whole"):
        card = scorecard_from_scorecardpy(table(bins, [5, 10, 20]), scale=SCALE)
    assert list(card.score(pd.DataFrame({"x": [-9, -8, -7]}))) == [5, 5, 10]


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({}, "takes what scorecardpy.scorecard returns"),
        (26.0, "takes what scorecardpy.scorecard returns"),
        ({"x": [26, 35]}, "takes what scorecardpy.scorecard returns"),
        (pd.DataFrame({"variable": ["x"], "bin": ["a"]}), "takes what scorecardpy.scorecard"),
        (
            {"basepoints": {"variable": ["basepoints"], "bin": [None], "points": [400]}},
            "Got base points only",
        ),
        (table(["[-inf,1)", "[2,inf)"], [1, 2]), "intervals of 'x'"),
        (table(["[-inf,1)", "[1,2)"], [1, 2]), "intervals of 'x'"),
        (table(["[-inf,1)", "[1,inf)", "odd"], [1, 2, 3]), "Got 'odd' among them"),
        (table(["a", "a%,%b"], [1, 2]), "cannot use the bins of 'x'"),
        (table(["a", "b"], [1, None]), "finite numbers for 'x'"),  # type: ignore[list-item]
    ],
)
def test_what_is_no_card_is_refused(given: Any, match: str) -> None:
    with pytest.raises(InvalidParameterError, match=re.escape(match)):
        scorecard_from_scorecardpy(given, scale=SCALE)


def test_a_scale_of_another_kind_is_refused() -> None:
    with pytest.raises(InvalidParameterError, match="'scale' parameter"):
        scorecard_from_scorecardpy(table(["a"], [1]), scale=(600, 19, 50))  # type: ignore[arg-type]
