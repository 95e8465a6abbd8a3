"""How often grades are overridden, and whether those who were defaulted as their grades said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import pyplot as plt

from creditscore import GradeScale, MasterScale
from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
)
from creditscore.grade import (
    GradeOverride,
    OverriddenGrades,
    OverrideDisplay,
    OverridePolicy,
    override_outcomes,
    override_rate,
    override_table,
)
from creditscore.metrics import auc, jeffreys_interval, wilson_interval

SCALE = GradeScale(labels=("A", "B", "C", "E"), bounds=(0.01, 0.05, 0.2))


def overridden(*moves: tuple[str, str, str, str], n_kept: int = 0) -> OverriddenGrades:
    """Apply moves (before, after, reason, author) of a customer each."""
    overrides = [
        GradeOverride(
            customer=f"c{n}", grade_before=before, grade_after=after, reason=reason, text="x" * 20,
            author=author, approved_by="Wang", decided_on="2025-01-01",
        )
        for n, (before, after, reason, author) in enumerate(moves)
    ]  # fmt: skip
    grades = [move[0] for move in moves] + ["B"] * n_kept
    names = [f"c{n}" for n in range(len(grades))]
    return OverridePolicy(max_up=3).apply(
        pd.Series(grades, index=names, dtype="str"), overrides, SCALE, as_of="2025-02-01"
    )


FOUND = overridden(
    ("B", "A", "security", "Li"),
    ("C", "A", "security", "Zhao"),
    ("C", "E", "management", "Li"),
    ("A", "A", "management", "Li"),
    n_kept=6,
)


# --- how often -------------------------------------------------------------------------------


def test_rate_by_hand() -> None:
    rate = override_rate(FOUND)
    assert (rate.share.estimate, rate.n_up, rate.n_down) == (0.3, 2, 1)
    lower, upper = wilson_interval(3, 10)
    assert (rate.share.lower, rate.share.upper) == (lower, upper)
    assert rate.mean_notches == pytest.approx((1 + 2 - 1) / 3)
    assert rate.mean_distance == pytest.approx(4 / 3)
    assert rate.verdict == "watch"
    assert repr(rate) == "<OverrideRate: 30.0% of 10 customers (2 up, 1 down), watch: above 10%>"
    assert rate.table()["share"].tolist() == [0.2, 0.1, 0.3]
    assert rate.table()["side"].tolist() == ["low_side", "high_side", ""]
    assert "low_side" in rate._repr_html_()
    assert override_rate(FOUND, watch_share=0.3).verdict == "within"


def test_tables_by_hand() -> None:
    by_reason = override_table(FOUND)
    assert by_reason["reason"].tolist() == ["security", "management"]
    assert by_reason["count"].tolist() == [2, 1]
    assert by_reason["share"].tolist() == pytest.approx([2 / 3, 1 / 3])
    assert by_reason["mean_notches"].tolist() == [1.5, -1.0]
    by_grade = override_table(FOUND, by="grade_before")
    assert by_grade["grade_before"].tolist() == ["A", "B", "C", "E", "D"]
    assert by_grade["count"].tolist() == [0, 1, 2, 0, 0]
    assert by_grade["share"].fillna(-1).tolist() == pytest.approx([0, 1 / 7, 1, -1, -1])
    assert by_grade["mean_distance"].fillna(-1).tolist() == [-1, 1, 1.5, -1, -1]


@given(
    moves=st.lists(
        st.tuples(
            st.sampled_from(SCALE.labels), st.sampled_from(SCALE.labels),
            st.sampled_from(["management", "data_error"]), st.sampled_from(["Li", "Zhao"]),
        ),
        max_size=12,
    ),
    n_kept=st.integers(1, 5),
)  # fmt: skip
@settings(deadline=None, max_examples=40)
def test_all_tables_count_the_same_overrides(moves: list[Any], n_kept: int) -> None:
    found = overridden(*moves, n_kept=n_kept)
    rate = override_rate(found)
    moved = [move for move in moves if move[0] != move[1]]
    assert rate.n_up + rate.n_down == len(moved)
    assert rate.share.estimate == pytest.approx(len(moved) / len(found.before))
    for by in ("reason", "author", "grade_before", "grade_after"):
        table = override_table(found, by=by)
        assert table["count"].sum() == len(moved)
        assert table["n_up"].sum() == rate.n_up
        assert table["n_down"].sum() == rate.n_down
    counts = OverrideDisplay.from_grades(found).frame()
    assert counts["count"].sum() == len(found.before)
    assert counts.loc[counts["direction"] == "up", "count"].sum() == rate.n_up
    assert counts.loc[counts["direction"] == "down", "count"].sum() == rate.n_down


def test_no_overrides() -> None:
    none = overridden(n_kept=3)
    assert override_rate(none).share.estimate == 0
    assert np.isnan(override_rate(none).mean_notches)
    assert override_table(none).empty
    assert override_table(none, by="grade_after")["count"].sum() == 0
    with pytest.raises(EmptyDataError, match="no customers, so there is no rate"):
        override_rate(overridden())
    with pytest.raises(EmptyDataError, match="no customers, so there is nothing to draw"):
        OverrideDisplay.from_grades(overridden())


@pytest.mark.parametrize("function", [override_rate, override_table, OverrideDisplay.from_grades])
def test_what_is_no_result_of_a_policy(function: Any) -> None:
    with pytest.raises(InvalidParameterError, match="must be an OverriddenGrades"):
        function(["A"])


def test_parameters_that_are_refused() -> None:
    with pytest.raises(InvalidParameterError, match="'watch_share' parameter of override_rate"):
        override_rate(FOUND, watch_share=1.5)
    with pytest.raises(InvalidParameterError, match="'by' parameter of override_table"):
        override_table(FOUND, by="colour")  # type: ignore[arg-type]


# --- outcomes --------------------------------------------------------------------------------


def test_outcomes_by_hand() -> None:
    # 40 lifted from B to A of whom 1 is bad; 20 lowered from A to C, 6 bad; 40 kept at B, 4 bad
    before = ["B"] * 40 + ["A"] * 20 + ["B"] * 40
    after = ["A"] * 40 + ["C"] * 20 + ["B"] * 40
    is_bad = [1] + [0] * 39 + [1] * 6 + [0] * 14 + [1] * 4 + [0] * 36
    found = override_outcomes(
        is_bad, before, after, SCALE, prob_default={"A": 0.01, "B": 0.15, "C": 0.20}
    )
    table = found.table().set_index("direction")
    assert table["count"].to_dict() == {"up": 40, "down": 20, "none": 40, "all": 100}
    assert table["observed"].tolist() == pytest.approx([0.025, 0.3, 0.1, 0.11])
    assert table["predicted_before"].tolist() == pytest.approx([0.15, 0.01, 0.15, 0.122])
    assert table["predicted_after"].tolist() == pytest.approx([0.01, 0.2, 0.15, 0.104])
    assert table["against_before"].tolist() == ["lower", "higher", "as predicted", "as predicted"]
    assert table["against_after"].tolist() == ["as predicted"] * 4
    lower, upper = jeffreys_interval(1, 40)
    assert table.loc["up", ["observed_lower", "observed_upper"]].tolist() == [lower, upper]
    place = {"A": 0, "B": -1, "C": -2}
    assert found.auc.auc_a.estimate == pytest.approx(auc(is_bad, [place[g] for g in before]))
    assert found.auc.auc_b.estimate == pytest.approx(auc(is_bad, [place[g] for g in after]))
    assert found.auc.difference.estimate > 0
    assert repr(found).startswith("<OverrideOutcomes: 40 up, 20 down of 100 customers; AUC ")
    assert "15.00%" in found._repr_html_()


def test_outcomes_by_a_master_scale() -> None:
    master = MasterScale(scale=SCALE, prob_default=(0.005, 0.03, 0.1, 0.3))
    before, after = ["B", "B", "A", "C"], ["A", "B", "A", "E"]
    found = override_outcomes([0, 1, 0, 1], before, after, master).table()
    given_ = dict(zip(master.labels, master.prob_default, strict=True))
    by_hand = override_outcomes([0, 1, 0, 1], before, after, SCALE, prob_default=given_).table()
    pd.testing.assert_frame_equal(found, by_hand)
    assert found["predicted_before"].tolist() == pytest.approx([0.03, 0.1, 0.0175, 0.04125])
    other = dict.fromkeys("ABCE", 0.5)
    told = override_outcomes([0, 1, 0, 1], before, after, master, prob_default=other).table()
    assert told["predicted_after"].tolist() == [0.5] * 4


def test_without_overrides_the_auc_stays() -> None:
    grades = ["A", "B", "A", "C", "C", "B"]
    found = override_outcomes([0, 1, 0, 1, 1, 0], grades, grades, SCALE)
    assert found.auc.difference.estimate == 0
    table = found.table()
    assert table["observed"].isna().tolist() == [True, True, False, False]
    assert table["predicted_before"].isna().all()
    assert (table["against_before"] == "").all()


@pytest.mark.parametrize(
    ("error", "message", "change"),
    [
        (InvalidDataError, "2 grades before and 1 after", {"grade_after": ["A"]}),
        (InvalidDataError, "at row 1 is in default", {"grade_before": ["A", "D"]}),
        (InvalidDataError, "grade at row 0 is 'X'", {"grade_after": ["X", "A"]}),
        (InvalidTargetError, "one class only", {"is_bad": [0, 0]}),
        (InvalidParameterError, "no probability of the grade 'B'", {"prob_default": {"A": 0.1}}),
        (InvalidParameterError, "'prob_default'", {"prob_default": {"A": 10, "B": 0.2}}),
        (InvalidParameterError, "'level' parameter", {"level": 95}),
        (InvalidParameterError, "'scale' parameter of override_outcomes", {"scale": None}),
        (EmptyDataError, "no outcomes", {"is_bad": [], "grade_before": [], "grade_after": []}),
    ],
)
def test_outcomes_that_are_refused(error: Any, message: str, change: dict[str, Any]) -> None:
    given_ = {"is_bad": [0, 1], "grade_before": ["A", "B"], "grade_after": ["A", "A"],
              "scale": SCALE}  # fmt: skip
    with pytest.raises(error, match=message):
        override_outcomes(**{**given_, **change})


def test_columns_of_other_rows_are_refused() -> None:
    grades = pd.Series(["A", "B"], index=["x", "y"])
    with pytest.raises(InvalidDataError, match="another index"):
        override_outcomes([0, 1], grades, grades[::-1], SCALE)


# --- picture ---------------------------------------------------------------------------------


def test_the_matrix_shows_who_moved() -> None:
    display = OverrideDisplay.from_grades(FOUND).plot()
    texts = [text.get_text() for text in display.ax_.texts]
    # grades that nobody has are left out, and cells of nobody stay empty
    assert sorted(texts) == ["1", "1", "1", "1", "6"]
    assert [label.get_text() for label in display.ax_.get_yticklabels()] == ["A", "B", "C", "E"]
    words = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert words == ["lifted, low side (2)", "lowered, high side (1)", "kept"]
    assert repr(display) == "OverrideDisplay(10 customers, 3 of them overridden)"
    axes = plt.subplots()[1]
    assert OverrideDisplay.from_grades(overridden(n_kept=2)).plot(axes).ax_ is axes
    plt.close("all")
