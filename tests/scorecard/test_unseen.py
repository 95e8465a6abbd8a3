"""Values that the fit never met: they score as neutral, and every answer of a card says so."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from creditscore import LogisticScorecard, PointsScale, Scorecard, WOEEncoder
from creditscore.exceptions import (
    CreditScoreWarning,
    IdleCutWarning,
    UnseenCategoryWarning,
    UnseenValueWarning,
)
from creditscore.scorecard import Attribute, Characteristic

ANSWERS = ("score", "score_parts", "prob_default", "shortfalls", "reasons", "reason_details")
CLASSIFIER = ("decision_function", "predict_proba", "predict")


def heard(answer: Callable[..., Any], *arguments: Any) -> list[warnings.WarningMessage]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", CreditScoreWarning)
        answer(*arguments)
    return caught


@pytest.fixture
def rows(features: pd.DataFrame) -> pd.DataFrame:
    """Ten rows, three without months (the fit met -9, but no gaps) and two without insurance."""
    rows = features.head(10).astype({"insured": object})
    rows.loc[rows.index[:3], "months_employed"] = np.nan
    rows.loc[rows.index[5:7], "insured"] = None
    return rows


@pytest.mark.parametrize("method", ANSWERS)
def test_one_warning_an_answer_names_columns_rows_and_points(
    card: Scorecard, rows: pd.DataFrame, method: str
) -> None:
    (warning,) = heard(getattr(card, method), rows)
    assert warning.category is UnseenValueWarning
    neutral = card.characteristics[0].neutral_points
    message = str(warning.message)
    for expected in ("'months_employed' is 'Missing' in 3 row(s)", "'insured' is 'Missing' in 2"):
        assert f"{expected}" in message
    assert message.count(f"{neutral:.1f} points each") == 2
    # gaps that the fit met, and special codes that it met, are no news
    assert "income_amount" not in message
    assert "housing" not in message
    assert "Special" not in message
    assert warning.filename == __file__


@pytest.mark.parametrize("method", CLASSIFIER)
def test_the_classifier_warns_once_too(
    model: LogisticScorecard, rows: pd.DataFrame, method: str
) -> None:
    (warning,) = heard(getattr(model, method), rows)
    assert warning.category is UnseenValueWarning
    assert "'months_employed' is 'Missing' in 3 row(s)" in str(warning.message)


def test_rows_that_the_fit_could_have_met_are_silent(
    model: LogisticScorecard, card: Scorecard, features: pd.DataFrame
) -> None:
    for method in ANSWERS:
        assert heard(getattr(card, method), features) == []
    for method in CLASSIFIER:
        assert heard(getattr(model, method), features) == []


def test_special_codes_and_bins_without_a_row(applicants: pd.DataFrame) -> None:
    encoder = WOEEncoder(
        special_codes={"months_employed": [-9, -8]},
        user_cuts={
            "months_employed": [40, 80, 500],
            "housing": [["own"], ["rent", "free"], ["boat"]],
        },
    )
    X = applicants[["months_employed", "housing"]]
    with (
        pytest.warns(IdleCutWarning, match="'housing' name levels that it does not hold: 'boat'"),
        pytest.warns(IdleCutWarning, match="'months_employed' make a bin without a row: >= 500"),
    ):
        card = LogisticScorecard(encoder=encoder).fit(X, applicants["is_bad"]).scorecard_
    rows = pd.DataFrame({"months_employed": [-8.0, 600.0, 50.0], "housing": ["boat", "own", "own"]})
    (warning,) = heard(card.score, rows)
    for expected in (
        "'months_employed' is 'Special -8' in 1 row(s)",
        "'months_employed' is '>= 500' in 1 row(s)",
        "'housing' is 'boat' in 1 row(s)",
    ):
        assert expected in str(warning.message)


def test_levels_never_seen_have_their_own_warning_only(
    card: Scorecard, features: pd.DataFrame
) -> None:
    (warning,) = heard(card.score, features.head(3).assign(housing="castle"))
    assert warning.category is UnseenCategoryWarning


def test_points_of_another_scale(card: Scorecard, rows: pd.DataFrame) -> None:
    other = card.on_scale(PointsScale(base_score=0, base_odds=7, pdo=33))
    (warning,) = heard(other.score, rows)
    assert f"{other.characteristics[0].neutral_points:.1f} points each" in str(warning.message)


def test_a_file_warns_as_the_card_does(card: Scorecard, rows: pd.DataFrame) -> None:
    again = Scorecard.from_json(card.to_json())
    first, second = heard(card.score, rows), heard(again.score, rows)
    assert [str(w.message) for w in first] == [str(w.message) for w in second]
    with pytest.warns(UnseenValueWarning):
        assert again.score(rows).tolist() == card.score(rows).tolist()


# --- points that somebody gave -------------------------------------------------------


def test_points_written_by_hand_are_meant() -> None:
    years = Characteristic.numeric(
        "years", cuts=[2], points=[0, 20], missing_points=5, special_points={-9: 5}
    )
    for neutral in (None, 5.0):
        card = Scorecard(characteristics=(replace(years, neutral_points=neutral),))
        assert heard(card.score, pd.DataFrame({"years": [np.nan, -9.0]})) == []


def test_points_that_an_author_gave_an_estimated_card_are_meant(
    card: Scorecard, rows: pd.DataFrame
) -> None:
    def given(characteristic: Characteristic) -> Characteristic:
        code = characteristic.partition.missing_code
        attributes = list(characteristic.attributes)
        attributes[code] = replace(attributes[code], points=attributes[code].points - 10)
        return replace(characteristic, attributes=tuple(attributes))

    own = replace(card, characteristics=tuple(map(given, card.characteristics)))
    assert heard(own.score, rows) == []


@pytest.mark.parametrize(
    ("counts", "unmet"), [((0, 0), True), ((None, None), False), ((0, 2), False), ((0.5, 0), False)]
)
def test_an_attribute_knows_whether_it_was_met(
    counts: tuple[float | None, float | None], unmet: bool
) -> None:
    assert Attribute(points=1, n_good=counts[0], n_bad=counts[1]).unmet is unmet
