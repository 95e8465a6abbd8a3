"""Service tiers: every combination, both ways as a table, warnings where risk is upside down."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore import GradeScale
from creditscore.exceptions import (
    DoubtfulRuleWarning,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
)
from creditscore.segment import (
    Bands,
    CustomerGrid,
    RiskBands,
    ServiceTier,
    ServiceTiers,
    TierDisplay,
)

GRADED = ["A", "B", "C", "D"]
RISK = RiskBands(grades={"A": "low", "B": "medium", "C": "high", "D": "default"})
TIERS = ServiceTiers.illustration(RISK)


def test_illustration_covers_all_and_rises_nowhere() -> None:
    tiers = ServiceTiers.illustration(RiskBands.from_scale(GradeScale.agency()))
    assert len(tiers.tiers) == 6 * 9
    assert tiers.grades[-2:] == ("D", "unrated")
    assert tiers.doubts().empty
    frame = tiers.to_frame()
    texts = [name for name in frame.columns if frame[name].dtype.kind not in "if"]
    assert (frame[texts] != "").all(axis=None)
    chinese = frame[[name for name in texts if name.endswith("_zh")]].to_numpy().ravel()
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in text) for text in chinese)
    in_default = frame[(frame["grade"] == "D") | (frame["class"] == "default")]
    assert (in_default["limit_factor"] == 0).all()
    assert (in_default["prepayment_share"] == 1).all()


def test_table_there_and_back() -> None:
    frame = TIERS.to_frame()
    assert ServiceTiers.from_frame(frame, grades=TIERS.grades) == TIERS
    # tables of other libraries, and days that a table made floats of
    as_floats = frame.astype({"payment_terms_days": float, "review_months": float})
    assert ServiceTiers.from_frame(pl.from_pandas(as_floats), grades=TIERS.grades) == TIERS
    assert ServiceTiers.from_json(TIERS.to_json()) == TIERS
    with pytest.raises(MissingColumnError, match="'limit_factor'"):
        ServiceTiers.from_frame(frame.drop(columns="limit_factor"), grades=TIERS.grades)
    with pytest.raises(InvalidDataError, match="Got others too: 'note'"):
        ServiceTiers.from_frame(frame.assign(note=1), grades=TIERS.grades)
    with pytest.raises(InvalidParameterError, match=r"'payment_terms_days' .* high-value × A"):
        ServiceTiers.from_frame(frame.assign(payment_terms_days=1.5), grades=TIERS.grades)


@settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.tuples(st.sampled_from(TIERS.classes), st.sampled_from(TIERS.grades)),
        min_size=1,
        max_size=30,
    )
)
def test_each_customer_has_the_tier_of_its_cell(cells: list) -> None:
    classes, grades = zip(*cells, strict=True)
    found = TIERS.assign(list(classes), list(grades))
    by_cell = {(tier.customer_class, tier.grade): tier for tier in TIERS.tiers}
    for (name, grade), row in zip(cells, found.to_dict("records"), strict=True):
        tier = by_cell[name, grade]
        assert (row["class"], row["grade"]) == (name, grade)
        assert row["limit_factor"] == tier.limit_factor
        assert row["contact_zh"] == tier.contact_zh


def test_customers_keep_their_labels() -> None:
    classes = pd.Series(["risk", "potential"], index=["x", "y"])
    found = TIERS.assign(classes, ["A", "B"])
    assert found.index.tolist() == ["x", "y"]
    other = pd.Series(["A", "B"], index=["y", "x"])
    with pytest.raises(InvalidDataError, match="grades has another index than classes"):
        TIERS.assign(classes, other)


@pytest.mark.parametrize(
    ("classes", "grades", "match"),
    [
        (["vip"], ["A"], "There is no class, at row 0, 'vip'"),
        (["risk", "risk"], ["A", "E"], "There is no grade, at row 1, 'E'"),
        ([None], ["A"], "classes has 1 missing value"),
        (["risk"], ["A", "A"], "Give the same customers"),
    ],
)
def test_customers_without_a_tier_are_refused(classes: list, grades: list, match: str) -> None:
    with pytest.raises(InvalidDataError, match=match):
        TIERS.assign(classes, grades)


def test_missing_grades_need_tiers() -> None:
    graded = tuple(tier for tier in TIERS.tiers if tier.grade in GRADED)
    tiers = ServiceTiers(tiers=graded, grades=tuple(GRADED))
    with pytest.raises(InvalidDataError, match="no tiers of the grade 'unrated'"):
        tiers.assign(["risk"], [None])


def test_customers_without_a_grade_are_served_as_at_high_risk() -> None:
    # what a grid does not know has a tier
    grid = CustomerGrid.standard(value=Bands(bounds=(1, 2)), potential=Bands(bounds=(1, 2)),
                                 risk=RISK)  # fmt: skip
    grades = pd.Series(["A", None], index=["x", "y"])
    found = grid.classify([3, 3], [0, 0], grades)
    table = TIERS.assign(found.classes, grades)
    assert table["class"].tolist() == ["high-value", "unknown"]
    assert table["grade"].tolist() == ["A", "unrated"]
    assert table.index.tolist() == ["x", "y"]
    frame = TIERS.to_frame().drop(columns="grade")
    grade = TIERS.to_frame()["grade"]
    at_high, unrated = (frame[grade == g].reset_index(drop=True) for g in ("C", "unrated"))
    pd.testing.assert_frame_equal(unrated, at_high)
    assert repr(TIERS) == "ServiceTiers(6 classes × 4 grades and unrated)"


def test_a_band_of_customers_without_a_grade_stands() -> None:
    risk = RiskBands(grades={"A": "low", "unrated": "medium", "C": "high", "D": "default"})
    tiers = ServiceTiers.illustration(risk)
    assert tiers.grades == ("A", "unrated", "C", "D")
    assert tiers.assign(["ordinary"], [None])["limit_factor"].tolist() == [0.6]


def test_every_hole_is_named() -> None:
    with pytest.raises(InvalidParameterError, match=r"1 combination without one: high-value × A\."):
        ServiceTiers(tiers=TIERS.tiers[1:], grades=TIERS.grades)
    with pytest.raises(InvalidParameterError, match="two tiers for high-value × A"):
        ServiceTiers(tiers=(*TIERS.tiers, TIERS.tiers[0]), grades=TIERS.grades)
    with pytest.raises(InvalidParameterError, match="There is no grade, that of a tier"):
        ServiceTiers(tiers=TIERS.tiers, grades=("A", "B", "C"))
    with pytest.raises(InvalidParameterError, match="Got none"):
        ServiceTiers(tiers=(), grades=())
    with pytest.raises(InvalidParameterError, match="must be a ServiceTier"):
        ServiceTiers(tiers=("a",), grades=("A",))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("entry", "value", "told"),
    [
        ("limit_factor", 2.0, "limit_factor is 1.5 at A and 2 at B"),
        ("payment_terms_days", 90, "payment_terms_days is 60 at A and 90 at B"),
        ("review_months", 24, "review_months is 12 at A and 24 at B"),
    ],
)
def test_better_terms_for_more_risk_are_told(entry: str, value: float, told: str) -> None:
    frame = TIERS.to_frame()
    frame.loc[(frame["class"] == "high-value") & (frame["grade"] == "B"), entry] = value
    with pytest.warns(DoubtfulRuleWarning, match=told):
        tiers = ServiceTiers.from_frame(frame, grades=TIERS.grades)
    assert tiers.doubts()["entry"].tolist() == [entry]


def test_less_prepayment_for_more_risk_is_told() -> None:
    frame = TIERS.to_frame()
    frame.loc[(frame["class"] == "risk") & (frame["grade"] == "D"), "prepayment_share"] = 0.2
    with pytest.warns(DoubtfulRuleWarning, match=r"prepayment_share is 0\.5 at C and 0\.2 at D"):
        ServiceTiers.from_frame(frame, grades=TIERS.grades)


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        ({"payment_terms_days": -1}, "an integer, 0 or more"),
        ({"review_months": 0}, "an integer, 1 or more"),
        ({"limit_factor": np.nan}, "'limit_factor'"),
        ({"prepayment_share": 30}, "'prepayment_share'"),
        ({"contact": ""}, "'contact'"),
    ],
)
def test_odd_tiers_are_refused(changed: dict, match: str) -> None:
    with pytest.raises(InvalidParameterError, match=match):
        replace(TIERS.tiers[0], **changed)
    assert isinstance(TIERS.tiers[0], ServiceTier)


def test_other_bands_of_risk_are_refused() -> None:
    two = RiskBands(grades={"A": "good", "B": "bad"}, bands=("good", "bad"))
    with pytest.raises(InvalidParameterError, match="make a table of your own"):
        ServiceTiers.illustration(two)


def test_picture_holds_every_tier() -> None:
    shuffled = replace(TIERS, tiers=TIERS.tiers[::-1])
    for tiers in (TIERS, shuffled):
        display = TierDisplay.from_tiers(tiers).plot()
        assert len(display.ax_.texts) == 30
        assert [t.get_text() for t in display.ax_.get_xticklabels()] == [*GRADED, "unrated"]
        display.ax_.figure.canvas.draw()
    assert (
        TierDisplay.from_tiers(TIERS).plot().ax_.texts[0].get_text() == "60 days\n× 1.5\n12 months"
    )
    assert "Service tiers" in TIERS._repr_html_()
