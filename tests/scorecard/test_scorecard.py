"""Scorecard: its table, its answers as tables of the caller's kind, what it refuses."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from creditscore import LogisticScorecard, PointsScale, Scorecard
from creditscore.exceptions import (
    ColumnTypeError,
    CreditScoreError,
    EmptyDataError,
    InfiniteValueError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
    UncalibratedCardError,
)
from creditscore.scorecard import Characteristic

YEARS = Characteristic.numeric("years", cuts=[2, 10], points=[0, 20, 40], missing_points=5)
AUDIT = Characteristic.categorical(
    "audit", points={"clean": 30, ("qualified", "none"): 5}, missing_points=0, other_points=-3
)
HAND_MADE = Scorecard(characteristics=(YEARS, AUDIT), base_points=100)
FIRMS = pd.DataFrame(
    {"audit": ["clean", None, "none"], "years": [12.0, 1.0, math.nan]}, index=[30, 10, 30]
)


# --- answers -------------------------------------------------------------------------


def test_score_and_parts() -> None:
    expected = pd.Series([170.0, 100.0, 110.0], index=FIRMS.index, name="score")
    pd.testing.assert_series_equal(HAND_MADE.score(FIRMS), expected)
    parts = pd.DataFrame({"years": [40.0, 0.0, 5.0], "audit": [30.0, 0.0, 5.0]}, index=FIRMS.index)
    pd.testing.assert_frame_equal(HAND_MADE.score_parts(FIRMS), parts)


def test_names_are_in_the_order_of_the_card() -> None:
    assert HAND_MADE.names == ("years", "audit")
    assert HAND_MADE.score_range == (97, 170)


def test_table_of_a_hand_made_card() -> None:
    table = HAND_MADE.table()
    assert table["characteristic"].tolist() == ["(base points)", *["years"] * 4, *["audit"] * 4]
    assert table["kind"].tolist() == [
        "base", *["bin"] * 3, "missing", *["bin"] * 2, "missing", "other",
    ]  # fmt: skip
    assert table["points"].tolist() == [100, 0, 20, 40, 5, 30, 5, 0, -3]
    assert table["lower"].tolist()[1:4] == [-math.inf, 2, 10]
    assert table["upper"].tolist()[1:4] == [2, 10, math.inf]
    unknown = table[["count", "bad_rate", "woe", "coefficient"]]
    assert unknown.isna().all(axis=None)
    assert unknown.dtypes.eq("float64").all()


def test_table_of_an_estimated_card_adds_up(model: LogisticScorecard, card: Scorecard) -> None:
    table = card.table()
    counts = table.groupby("characteristic", sort=False)["count"].sum()
    assert counts.tolist() == [1_500.0] * len(card.names)
    coefficients = table.groupby("characteristic", sort=False)["coefficient"].unique()
    assert np.concatenate(coefficients.tolist()).tolist() == model.coef_.tolist()
    assert table["slope"].eq(0).all()


def test_tables_are_copies(card: Scorecard) -> None:
    first = card.table()
    first.loc[:, "points"] = 0.0
    assert card.table()["points"].abs().sum() > 0


def test_callers_table_is_not_changed(card: Scorecard, features: pd.DataFrame) -> None:
    before = features.copy(deep=True)
    card.score(features)
    card.score_parts(features)
    card.reasons(features)
    pd.testing.assert_frame_equal(features, before)


def test_column_order_does_not_matter_and_other_columns_are_ignored(
    card: Scorecard, features: pd.DataFrame
) -> None:
    expected = card.score(features)
    turned = features[features.columns[::-1]]
    more = turned.assign(note="x", opened=pd.Timestamp("2024-01-01"), ratio=math.inf)
    pd.testing.assert_series_equal(card.score(turned), expected)
    pd.testing.assert_series_equal(card.score(more), expected)


@pytest.mark.parametrize(
    "extra",
    [pd.DataFrame([[1, 2, 3]] * 3, columns=["e", "e", "f"]), pd.DataFrame([[1]] * 3, columns=[0])],
    ids=["names twice", "name that is no text"],
)
def test_other_columns_are_ignored_whatever_their_names(extra: pd.DataFrame) -> None:
    both = pd.concat([FIRMS, extra.set_axis(FIRMS.index)], axis="columns")
    pd.testing.assert_series_equal(HAND_MADE.score(both), HAND_MADE.score(FIRMS))


def test_prob_default_is_that_of_the_score(card: Scorecard, features: pd.DataFrame) -> None:
    prob = card.prob_default(features)
    assert prob.name == "pd"
    pd.testing.assert_index_equal(prob.index, features.index)
    assert card.scale is not None
    assert (prob == card.scale.prob_default(card.score(features))).all()


SCALES = [
    PointsScale(base_score=500, base_odds=20, pdo=40),
    PointsScale(base_score=0, base_odds=1, pdo=10),
    PointsScale(),
]


@pytest.mark.parametrize("scale", SCALES)
def test_another_scale_keeps_probabilities_and_order(
    card: Scorecard, features: pd.DataFrame, scale: PointsScale
) -> None:
    other = card.on_scale(scale)
    assert card.scale is not None
    expected = scale.score(card.scale.odds(card.score(features)))
    np.testing.assert_allclose(other.score(features), expected, rtol=1e-12, atol=1e-9)
    prob = card.prob_default(features)
    np.testing.assert_allclose(other.prob_default(features), prob, rtol=1e-10)
    pd.testing.assert_frame_equal(other.reasons(features), card.reasons(features))
    back = other.on_scale(card.scale)
    np.testing.assert_allclose(back.score_parts(features), card.score_parts(features), rtol=1e-9)


@pytest.mark.parametrize("scale", SCALES)
def test_another_scale_is_what_a_fit_on_it_gives(
    model: LogisticScorecard, features: pd.DataFrame, applicants: pd.DataFrame, scale: PointsScale
) -> None:
    fitted = clone(model).set_params(scale=scale).fit(features, applicants["is_bad"]).scorecard_
    moved = model.scorecard_.on_scale(scale)
    columns = ["points", "slope", "woe", "coefficient"]
    np.testing.assert_allclose(moved.table()[columns], fitted.table()[columns], rtol=1e-9)
    neutral = [[c.neutral_points for c in each.characteristics] for each in (moved, fitted)]
    np.testing.assert_allclose(neutral[0], neutral[1], rtol=1e-9)


def test_another_scale_of_slopes_and_base_points() -> None:
    sloped = Characteristic.numeric(
        "years", cuts=[2, 10], points=[0, 4, 40], slopes=[0, 4.5, 0], missing_points=1
    )
    card = Scorecard(characteristics=(sloped, AUDIT), base_points=100, scale=PointsScale())
    scale = PointsScale(base_score=650, pdo=40)
    other = card.on_scale(scale)
    firms = FIRMS.assign(years=[3.7, 9.9, 10.0])
    expected = 650 + (card.score(firms) - 600) * 2
    np.testing.assert_allclose(other.score(firms), expected, rtol=1e-12)
    assert other.base_points == 200
    assert other.characteristics[0].attributes[1].slope == 9


def test_a_card_without_a_scale_gets_it_as_it_is() -> None:
    assert HAND_MADE.on_scale(PointsScale()) == replace(HAND_MADE, scale=PointsScale())
    with pytest.raises(InvalidParameterError, match=r"'scale' parameter of Scorecard.on_scale"):
        HAND_MADE.on_scale(600)


def test_points_of_an_estimate_must_be_those_of_its_scale(card: Scorecard) -> None:
    for change in ({"scale": SCALES[0]}, {"characteristics": card.characteristics[1:]}):
        with pytest.raises(InvalidParameterError, match=r"neutral points .* card\.on_scale"):
            replace(card, **change)
    assert replace(card, scale=SCALES[0], fit_summary=None).scale == SCALES[0]
    assert replace(card, scale=None).on_scale(PointsScale()) == card


def test_change_is_another_card(card: Scorecard, features: pd.DataFrame) -> None:
    shifted = replace(card, base_points=10.0)
    assert shifted.score(features).tolist() == pytest.approx(
        (card.score(features) + 10).tolist(), rel=1e-15
    )
    with pytest.raises(FrozenInstanceError):
        card.base_points = 10.0


def test_cards_compare_by_content() -> None:
    assert replace(HAND_MADE) == HAND_MADE
    assert replace(HAND_MADE, base_points=1.0) != HAND_MADE
    assert hash(replace(HAND_MADE)) == hash(HAND_MADE)


def test_repr_is_a_line_that_says_what_it_is(model: LogisticScorecard, card: Scorecard) -> None:
    assert (
        repr(HAND_MADE) == "<Scorecard: 2 characteristics, scores from 97 to 170; not calibrated>"
    )
    assert repr(replace(HAND_MADE, characteristics=(YEARS,), scale=PointsScale())) == (
        "<Scorecard: 1 characteristic, scores from 100 to 140; calibrated to 600 points at odds of "
        "50:1, 20 to double them>"
    )
    assert repr(card).startswith("<Scorecard: 4 characteristics, scores from ")
    assert repr(card).endswith("; estimated on 1,500 cases>")
    assert str(card) == repr(card)


def test_html_shows_the_table_and_escapes_it() -> None:
    odd = Characteristic.categorical(
        "<b>", points={"<script>": 1}, missing_points=0, other_points=0
    )
    html = Scorecard(characteristics=(odd,))._repr_html_()
    assert "&lt;script&gt;" in html
    assert "<script>" not in html
    assert "<b>" not in html


# --- bad cards -----------------------------------------------------------------------


def test_empty_card() -> None:
    with pytest.raises(EmptyDataError, match="at least one characteristic"):
        Scorecard(characteristics=())


def test_characteristics_of_one_name() -> None:
    with pytest.raises(InvalidParameterError, match=r"more than once: \['years'\]"):
        Scorecard(characteristics=(YEARS, AUDIT, YEARS))


@pytest.mark.parametrize("name", ["characteristics", "fit_summary"])
def test_parts_are_of_their_kind(name: str) -> None:
    parts = {"characteristics": (YEARS,), name: ("years",)}
    with pytest.raises(InvalidParameterError, match=f"'{name}' parameter of Scorecard"):
        Scorecard(**parts)


@pytest.mark.parametrize("base_points", [math.nan, math.inf, -math.inf, "100", None])
def test_base_points_are_a_finite_number(base_points: object) -> None:
    with pytest.raises(InvalidParameterError, match="base_points"):
        Scorecard(characteristics=(YEARS,), base_points=base_points)


def test_scale_is_a_points_scale() -> None:
    with pytest.raises(InvalidParameterError, match="scale"):
        Scorecard(characteristics=(YEARS,), scale=600)


def test_a_list_of_characteristics_makes_the_same_card() -> None:
    assert Scorecard(characteristics=[YEARS]) == Scorecard(characteristics=(YEARS,))


def test_no_probability_without_a_scale() -> None:
    with pytest.raises(UncalibratedCardError, match=r"card\.on_scale\(PointsScale"):
        HAND_MADE.prob_default(FIRMS)
    assert replace(HAND_MADE, scale=PointsScale()).prob_default(FIRMS).between(0, 1).all()


def test_uncalibrated_is_said_before_the_data_are_read() -> None:
    with pytest.raises(UncalibratedCardError):
        HAND_MADE.prob_default(pd.DataFrame({"other": [1]}))


# --- bad tables ----------------------------------------------------------------------


def test_missing_column_is_named_with_its_neighbours() -> None:
    wrong = FIRMS.rename(columns={"years": "year", "audit": "audits"})
    expected = r"Columns 'years' \(near: 'year'\), 'audit' \(near: 'audits'\) are not in the table"
    with pytest.raises(MissingColumnError, match=expected):
        HAND_MADE.score(wrong)


@pytest.mark.parametrize("name", ["YEARS", "Years", " years"])
def test_near_names_do_not_mind_capitals(name: str) -> None:
    with pytest.raises(MissingColumnError, match=f"'years' \\(near: '{name}'"):
        HAND_MADE.score(FIRMS.rename(columns={"years": name}))


@pytest.mark.parametrize(
    "method", ["score", "score_parts", "shortfalls", "reasons", "reason_details"]
)
def test_array_without_names(method: str) -> None:
    expected = "reads its columns by name.*'years', 'audit'"
    with pytest.raises(ColumnTypeError, match=expected):
        getattr(HAND_MADE, method)(np.ones((3, 2)))


def test_frame_with_numbers_for_names() -> None:
    with pytest.raises(ColumnTypeError, match="reads its columns by name"):
        HAND_MADE.score(FIRMS.set_axis([0, 1], axis="columns"))


@pytest.mark.parametrize(
    ("values", "error"),
    [
        (["12", "1", None], ColumnTypeError),
        (pd.to_datetime(["2024-01-01"] * 3), ColumnTypeError),
        (pd.to_timedelta([1, 2, 3], unit="D"), ColumnTypeError),
        ([12.0, math.inf, 1.0], InfiniteValueError),
        ([1j, 2j, 3j], ColumnTypeError),
        ([[1], [2], [3]], ColumnTypeError),
    ],
    ids=["text", "date", "duration", "inf", "complex", "list"],
)
def test_numeric_characteristic_needs_finite_numbers(
    values: object, error: type[CreditScoreError]
) -> None:
    with pytest.raises(error, match="'years'"):
        HAND_MADE.score(FIRMS.assign(years=values))


@pytest.mark.parametrize(
    "values",
    [[1.5, 2.5, 3.5], pd.to_datetime(["2024-01-01"] * 3)],
    ids=["numbers", "dates"],
)
def test_levels_of_text_are_not_sought_in_a_column_of_another_kind(values: object) -> None:
    # the whole column would count as "Other": the column is wrong, not its spelling
    with pytest.raises(ColumnTypeError, match="'audit'"):
        HAND_MADE.score(FIRMS.assign(audit=values))


@pytest.mark.parametrize("table", [None, 5, "years", {"years": 1.0, "audit": "clean"}])
def test_what_is_no_table(table: object) -> None:
    with pytest.raises(InvalidDataError):
        HAND_MADE.score(table)


def test_no_rows() -> None:
    with pytest.raises(EmptyDataError, match=r"0 sample\(s\)"):
        HAND_MADE.score(FIRMS.head(0))
