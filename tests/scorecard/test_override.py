"""Points set by hand: who, why, what from and to; kept in the card, shown, and refused."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest

from creditscore import PointsScale, Scorecard
from creditscore.exceptions import DocumentError, InvalidParameterError, UnseenValueWarning
from creditscore.scorecard import Attribute, Characteristic, PointsChange, PointsEdit

WHO = {"by": "A. Analyst", "reason": "as the committee has it"}
WHEN = "2026-01-31T12:00:00+00:00"
YEARS = Characteristic.numeric(
    "years", cuts=[2, 10], points=[0, 4, 40], slopes=[0, 4.5, 0], missing_points=5
)
AUDIT = Characteristic.categorical(
    "audit", points={"clean": 30, ("qualified", "none"): 5}, missing_points=0, other_points=-3
)
CARD = Scorecard(characteristics=(YEARS, AUDIT), base_points=100, scale=PointsScale(base_score=150))
FIRMS = pd.DataFrame({"audit": ["clean", None, "none"], "years": [12.0, 6.0, np.nan]})


def test_points_are_set_by_label_and_by_place() -> None:
    card = CARD.with_points({("years", "Missing"): 7.5, ("audit", 1): -2}, **WHO, when=WHEN)
    assert card.score(FIRMS).tolist() == [170, 122, 105.5]
    assert CARD.score(FIRMS).tolist() == [170, 122, 110]
    assert card.table().loc[[4, 6], "points"].tolist() == [7.5, -2]
    np_place = CARD.with_points({("audit", np.int64(1)): -2}, **WHO, when=WHEN)
    assert np_place.characteristics[1] == card.characteristics[1]


def test_history_says_who_what_when_and_why() -> None:
    card = CARD.with_points({("years", "Missing"): 7.5, ("audit", 1): -2}, **WHO, when=WHEN)
    (edit,) = card.history
    assert (edit.action, edit.by, edit.reason, edit.at) == (
        "with_points", "A. Analyst", "as the committee has it", WHEN,
    )  # fmt: skip
    assert edit.changes == (
        PointsChange(characteristic="years", attribute="Missing", before=5, after=7.5),
        PointsChange(characteristic="audit", attribute="qualified, none", before=5, after=-2),
    )
    second = card.with_points({("audit", "clean"): 33}, by="B. Boss", reason="x", when=WHEN)
    assert len(second.history) == 2
    table = second.history_table()
    assert table.columns.tolist() == [
        "action", "characteristic", "attribute", "before", "after", "by", "reason", "at", "detail",
    ]  # fmt: skip
    assert table["characteristic"].tolist() == ["years", "audit", "audit"]
    assert table["before"].tolist() == [5, 5, 30]
    assert table["after"].tolist() == [7.5, -2, 33]
    assert table["by"].tolist() == ["A. Analyst", "A. Analyst", "B. Boss"]
    assert table["detail"].tolist() == ["2 attributes", "2 attributes", "1 attribute"]


def test_no_history_is_an_empty_table() -> None:
    table = CARD.history_table()
    assert (len(table), len(table.columns)) == (0, 9)
    assert CARD.history == ()


def test_rounding_stands_in_the_history_without_an_author() -> None:
    table = CARD.with_points({("years", 3): 0.5}, **WHO).rounded().history_table()
    assert table["action"].tolist() == ["with_points", "rounded"]
    assert table["by"].isna().tolist() == [False, True]
    assert table["characteristic"].isna().tolist() == [False, True]
    assert table["before"].isna().tolist() == [False, True]


def test_time_is_kept_in_utc_and_is_now_unless_given() -> None:
    east = datetime(2026, 1, 31, 20, 0, tzinfo=timezone(timedelta(hours=8)))
    card = CARD.with_points({("years", 0): 1}, **WHO, when=east)
    assert card.history[0].at == WHEN
    before = datetime.now(UTC).replace(microsecond=0)
    at = datetime.fromisoformat(CARD.with_points({("years", 0): 1}, **WHO).history[0].at)
    assert before <= at <= datetime.now(UTC)


def test_a_linear_piece_becomes_constant_and_its_slope_is_kept_in_the_history() -> None:
    card = CARD.with_points({("years", "[2, 10)"): 20}, **WHO, when=WHEN)
    assert card.score(FIRMS).tolist()[1] == 120
    assert card.characteristics[0].attributes[1].slope == 0
    assert card.history[0].changes[0].slope_before == 4.5


def test_marks_in_the_table_and_its_page(card: Scorecard) -> None:
    changed = card.with_points({("housing", "own"): 150}, **WHO)
    table = changed.table()
    marked = table[table["overridden"]]
    assert marked[["characteristic", "attribute", "points"]].to_numpy().tolist() == [
        ["housing", "own", 150]
    ]
    assert not card.table()["overridden"].any()
    html = changed._repr_html_()
    assert "150.0 *" in html
    assert "* points set by hand" in html
    assert html.count(" *<") == 1
    assert "set by hand" not in card._repr_html_()
    assert repr(changed).endswith("; 1 attribute set by hand>")


def test_marked_attributes_are_shown_although_the_sample_held_no_row(card: Scorecard) -> None:
    places = card.characteristics[card.names.index("housing")].partition.labels
    changed = card.with_points({("housing", places.index("Other")): 99}, **WHO)
    assert "99.0 *" in changed._repr_html_()


def test_scores_probabilities_and_reasons_follow(card: Scorecard, features: pd.DataFrame) -> None:
    own = features["housing"] == "own"
    before = card.score_parts(features)["housing"]
    changed = card.with_points({("housing", "own"): before[own].iloc[0] - 50}, **WHO)
    expected = card.score(features) - 50 * own
    np.testing.assert_allclose(changed.score(features), expected, rtol=1e-12)
    np.testing.assert_allclose(
        changed.prob_default(features), card.scale.prob_default(expected), rtol=1e-10
    )
    gain = changed.shortfalls(features)["housing"] - card.shortfalls(features)["housing"]
    np.testing.assert_allclose(gain, 50 * own, atol=1e-9)
    assert (changed.reasons(features, n=1)[own]["reason_1"] == "housing").mean() > (
        card.reasons(features, n=1)[own]["reason_1"] == "housing"
    ).mean()


def test_the_estimate_stays_what_it_was(card: Scorecard) -> None:
    changed = card.with_points({("housing", "own"): 150}, **WHO)
    assert changed.fit_summary == card.fit_summary
    columns = ["count", "bad_rate", "woe", "coefficient"]
    pd.testing.assert_frame_equal(changed.table()[columns], card.table()[columns])


def test_points_given_to_what_the_fit_never_met_no_longer_warn(
    card: Scorecard, features: pd.DataFrame
) -> None:
    gap = features.head(1).assign(insured=np.array([None], dtype=object))
    (insured,) = (c for c in card.characteristics if c.name == "insured")
    with pytest.warns(UnseenValueWarning, match="'insured' is 'Missing'"):
        score = card.score(gap)
    # who gives such a value the neutral points has confirmed them
    changed = card.with_points({("insured", "Missing"): insured.neutral_points}, **WHO)
    assert changed.score(gap).tolist() == score.tolist()
    assert changed.compile()(gap.iloc[0].to_dict()).score == score.iloc[0]


def test_files_keep_the_history_and_the_marks(tmp_path) -> None:
    card = CARD.with_points({("years", "[2, 10)"): 20, ("audit", 0): 31}, **WHO, when=WHEN)
    card.rounded().to_json(tmp_path / "card.json")
    again = Scorecard.from_json(tmp_path / "card.json")
    assert again == card.rounded()
    assert again.history == card.rounded().history
    content = json.loads(card.to_json())["content"]
    assert content["history"][0]["changes"][0]["slope_before"] == 4.5
    assert [a.get("overridden") for a in content["characteristics"][1]["attributes"]] == [
        True, None, None, None,
    ]  # fmt: skip


def test_files_of_cards_that_nobody_changed_are_as_before() -> None:
    text = CARD.to_json()
    assert "history" not in text
    assert "overridden" not in text


def test_an_override_without_its_author_is_no_card() -> None:
    content = CARD.with_points({("audit", 0): 31}, **WHO)._content()
    del content["history"][0]["by"]
    with pytest.raises(InvalidParameterError, match="'by' of points set by hand"):
        Scorecard._from_content(content)
    whole = json.loads(CARD.to_json())
    whole["content"]["history"] = []
    with pytest.raises(DocumentError, match="altered"):
        Scorecard.from_json(json.dumps(whole))


# --- what is refused -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ({("yeers", "Missing"): 1}, "no characteristic 'yeers' in the card. Did you mean 'years'"),
        ({("years", "Mising"): 1}, "no attribute 'Mising' in 'years'.*Did you mean 'Missing'"),
        ({("years", 4): 1}, r"no attribute 4 in 'years', whose places are 0 to 3"),
        ({("years", -1): 1}, "no attribute -1"),
        ({("years", True): 1}, "no attribute True"),
        ({("years", 1.0): 1}, r"no attribute 1\.0"),
        ({("years", 0): 1, ("years", "< 2"): 2}, "Attribute '< 2' of 'years' is named twice"),
        ({"years": 1}, "its characteristic and its label or place"),
        ({("years", 0, 1): 1}, "its characteristic and its label or place"),
        ({("years", 0): np.nan}, "'points' parameter of Scorecard.with_points"),
        ({("years", 0): "12"}, "'points' parameter of Scorecard.with_points"),
        ({}, "takes points by attribute"),
        ([("years", 0)], "takes points by attribute"),
    ],
)
def test_points_that_cannot_be_set(points: object, message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        CARD.with_points(points, **WHO)


@pytest.mark.parametrize("name", ["by", "reason"])
@pytest.mark.parametrize("value", ["", "  ", None, 7])
def test_somebody_has_a_reason(name: str, value: object) -> None:
    with pytest.raises(InvalidParameterError, match=f"The '{name}' of points set by hand must be"):
        CARD.with_points({("years", 0): 1}, **{**WHO, name: value})


@pytest.mark.parametrize("when", ["yesterday", "2026-01-31T12:00:00", datetime(2026, 1, 31), 7])  # noqa: DTZ001 - that is refused
def test_times_have_a_zone(when: object) -> None:
    with pytest.raises(InvalidParameterError, match="'when' of points set by hand must be a time"):
        CARD.with_points({("years", 0): 1}, **WHO, when=when)


def test_what_a_policy_refuses_gets_no_points() -> None:
    refused = replace(AUDIT.attributes[2], treatment="error")
    audit = replace(AUDIT, attributes=(*AUDIT.attributes[:2], refused, AUDIT.attributes[3]))
    card = Scorecard(characteristics=(audit,))
    with pytest.raises(InvalidParameterError, match=r"'Missing' of 'audit' are refused.*BinPolicy"):
        card.with_points({("audit", "Missing"): 1}, **WHO)


def test_attributes_of_one_name_are_named_by_place() -> None:
    odd = Characteristic.categorical(
        "x", points={"Missing": 1, "a": 2}, missing_points=3, other_points=4
    )
    card = Scorecard(characteristics=(odd,))
    labels = odd.partition.labels
    if labels.count("Missing") == 2:
        with pytest.raises(InvalidParameterError, match="2 attributes of 'x' are called 'Missing'"):
            card.with_points({("x", "Missing"): 9}, **WHO)
    place = odd.partition.missing_code
    changed = card.with_points({("x", place): 9}, **WHO)
    assert changed.score(pd.DataFrame({"x": ["Missing", None]})).tolist() == [1, 9]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"action": "guessed"}, "'action' parameter of PointsEdit"),
        ({"changes": ()}, "needs the points of one attribute"),
        ({"changes": ("years",)}, "'changes' parameter of PointsEdit"),
        ({"at": None}, "'at' of points set by hand"),
        ({"detail": None}, "'detail' parameter of PointsEdit"),
    ],
)
def test_entries_that_are_none(change: dict, message: str) -> None:
    (edit,) = CARD.with_points({("years", 0): 1}, **WHO).history
    with pytest.raises(InvalidParameterError, match=message):
        replace(edit, **change)


def test_parts_of_a_change_are_of_their_kind() -> None:
    with pytest.raises(InvalidParameterError, match="'before' parameter of PointsChange"):
        PointsChange(characteristic="a", attribute="b", before=np.nan, after=1)
    with pytest.raises(InvalidParameterError, match="'attribute' parameter of PointsChange"):
        PointsChange(characteristic="a", attribute=1, before=0, after=1)
    with pytest.raises(InvalidParameterError, match="'overridden' parameter of Attribute"):
        Attribute(points=1, overridden=1)
    with pytest.raises(InvalidParameterError, match="'history' parameter of Scorecard"):
        replace(CARD, history=("rounded",))


def test_an_entry_is_a_line() -> None:
    card = CARD.with_points({("years", 0): 1}, **WHO, when=WHEN).rounded()
    assert [str(edit) for edit in card.history] == [
        f"with_points years '< 2': 0 to 1 points; as the committee has it (A. Analyst, {WHEN})",
        "rounded to multiples of 1, each number for itself",
    ]
    assert isinstance(card.history[0], PointsEdit)


# --- what follows an override or a rounding -----------------------------------------------


def test_a_later_change_of_scale_range_or_layout_stands_in_the_history() -> None:
    first = CARD.with_points({("years", 0): 1}, **WHO, when=WHEN)
    moved = first.on_scale(PointsScale(base_score=0, base_odds=1, pdo=40))
    ranged = moved.on_range(0, 100)
    card = ranged.with_layout("lowest")
    assert [edit.action for edit in card.history] == [
        "with_points", "rescaled", "rescaled", "laid_out",
    ]  # fmt: skip
    # after each entry points are what it says: twice as far apart, for pdo 20 is 40
    assert points_of(moved, "audit")[0] - points_of(moved, "audit")[1] == pytest.approx(2 * 25)
    low, high = moved.score_range
    between = f"from the scale of {moved.scale}, to that of {ranged.scale}"
    assert [edit.detail for edit in card.history[1:]] == [
        f"from the scale of {CARD.scale}, to that of {moved.scale}",
        f"scores of {low:g} to {high:g} become 0 to 100, {between}",
        "from layout 'spread' to 'lowest'",
    ]
    assert str(card.history[-1]) == "laid_out from layout 'spread' to 'lowest'"
    assert Scorecard.from_json(card.to_json()) == card
    table = card.history_table()
    assert table["by"].isna().tolist() == [False, True, True, True]


def test_points_that_are_whole_no_longer_are_said_to_be_rescaled(card: Scorecard) -> None:
    rounded = card.rounded()
    assert rounded.on_scale(PointsScale(pdo=30)).history[-1].action == "rescaled"
    # what changes nothing is no change
    assert rounded.on_scale(rounded.scale) == rounded
    bare = replace(card.rounded(), scale=None)
    assert bare.on_scale(PointsScale()).history[-1].detail == (
        "from no scale to that of 600 points at odds of 50:1, 20 to double them"
    )
    assert bare.on_range(0, 10).history[-1].detail.endswith(" become 0 to 10")


def test_a_card_that_nobody_changed_has_no_history_on_any_scale(card: Scorecard) -> None:
    moved = card.on_scale(PointsScale(pdo=30)).on_range(0, 100).with_layout("base")
    assert moved.history == ()


def points_of(card: Scorecard, name: str) -> list[float]:
    return [a.points for a in card.characteristics[card.names.index(name)].attributes]
