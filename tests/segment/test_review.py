"""Hysteresis and confirmation: nobody flips within the margin; without one it is plain."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore import GradeScale, MasterScale
from creditscore.exceptions import EmptyDataError, InvalidDataError, InvalidParameterError
from creditscore.segment import Bands, ClassMigrationDisplay, Confirmation, Hysteresis

BANDS = Bands(bounds=(100, 200))
PLACES = {"low": 0, "medium": 1, "high": 2}
PATHS = st.lists(st.lists(st.floats(0, 300), min_size=4, max_size=4), min_size=1, max_size=6)


def history(rule: Hysteresis, path: list[float]) -> list[str]:
    return rule.over(pd.DataFrame([path])).classes.iloc[0].tolist()


# --- laws ----------------------------------------------------------------------------


@settings(deadline=None, max_examples=30)
@given(paths=PATHS, closed=st.sampled_from(["left", "right"]))
def test_without_margin_the_class_is_that_of_today(paths: list, closed: str) -> None:
    bands = Bands(bounds=(100, 200), closed=closed)  # type: ignore[arg-type]
    found = Hysteresis(bands=bands).over(pd.DataFrame(paths))
    assert found.classes.equals(found.plain)
    assert (found.counts()["n_avoided"] == 0).all()


@settings(deadline=None, max_examples=50)
@given(paths=PATHS, margin=st.floats(0, 60), relative=st.booleans())
def test_no_bound_is_crossed_from_within_its_margin(
    paths: list, margin: float, relative: bool
) -> None:
    margin = margin / 100 if relative else margin
    rule = Hysteresis(bands=BANDS, margin=margin, relative=relative)
    found = rule.over(pd.DataFrame(paths))
    codes = found.classes.apply(lambda c: c.map(PLACES)).to_numpy()
    values = np.array(paths)
    for before, after, value in zip(
        codes[:, :-1].ravel(), codes[:, 1:].ravel(), values[:, 1:].ravel(), strict=True
    ):
        for place, bound in enumerate(BANDS.bounds):
            crossed = min(before, after) <= place < max(before, after)
            width = margin * bound if relative else margin
            # a hair for the rounding of the bound
            assert not (crossed and abs(value - bound) < width - 1e-9 * bound)
    # whoever is beyond all margins is of today's class
    plain = found.plain.apply(lambda c: c.map(PLACES)).to_numpy()
    clear = np.ones(values.shape, dtype=bool)
    for bound in BANDS.bounds:
        clear &= np.abs(values - bound) > (margin * bound if relative else margin) * (1 + 1e-9)
    assert (codes[clear] == plain[clear]).all()


@settings(deadline=None, max_examples=30)
@given(paths=PATHS, margin=st.floats(0, 60))
def test_a_margin_never_adds_flips_to_and_fro(paths: list, margin: float) -> None:
    found = Hysteresis(bands=BANDS, margin=margin).over(pd.DataFrame(paths))
    codes = found.classes.apply(lambda c: c.map(PLACES)).to_numpy()
    plain = found.plain.apply(lambda c: c.map(PLACES)).to_numpy()
    # the way travelled is no longer
    assert (np.abs(np.diff(codes)).sum(axis=1) <= np.abs(np.diff(plain)).sum(axis=1)).all()


# --- cases by hand -------------------------------------------------------------------


def test_reviews_in_a_row_confirm() -> None:
    rule = Hysteresis(bands=BANDS, margin=20, n_confirmations=3)
    assert history(rule, [90, 105, 106, 107]) == ["low", "low", "low", "medium"]
    # a review on the old side begins anew
    assert history(rule, [90, 105, 95, 107, 108]) == ["low"] * 5


def test_after_a_step_the_next_one_waits_anew() -> None:
    rule = Hysteresis(bands=BANDS, margin=150, n_confirmations=2)
    # 150 asks for medium, 210 for more than that: two reviews confirm medium, the nearest of both.
    # 210 has asked for high as well, so that 211 confirms it
    assert history(rule, [90, 150, 210, 211]) == ["low", "low", "medium", "high"]


def test_at_once_into_the_riskiest() -> None:
    scale = GradeScale(labels=("A", "B", "C"), bounds=(0.02, 0.10))
    rule = Hysteresis.from_scale(scale, margin=0.5, relative=True, immediate=("C",))
    found = rule.review(["B", "C", "B"], [0.11, 0.09, 0.025])
    assert found.classes.tolist() == ["C", "C", "B"]
    assert found.frame()["reason"].tolist() == [
        "changed: at once, as the rule says of this class", "kept: within the margin", "as before",
    ]  # fmt: skip


def test_scores_run_the_other_way() -> None:
    scale = GradeScale(labels=("A", "B"), bounds=(600.0,), measure="score")
    rule = Hysteresis.from_scale(scale, margin=10)
    assert rule.review(["A", "A", "B", "B"], [595, 585, 605, 610]).classes.tolist() == [
        "A", "B", "B", "A",
    ]  # fmt: skip
    master = MasterScale.from_scale(scale, prob_default=(0.01, 0.1))
    assert Hysteresis.from_scale(master, margin=10) == rule
    plain = Hysteresis.from_scale(scale)
    values = [599.9, 600.0, 600.1]
    assert plain.review(["A"] * 3, values).classes.tolist() == scale.grade(values).tolist()


def test_new_and_unknown_customers() -> None:
    rule = Hysteresis(bands=BANDS, margin=10, n_confirmations=2)
    found = rule.review(["low", None, None, "low"], [np.nan, 150, np.nan, 105])
    assert found.classes.tolist() == ["low", "medium", "unknown", "low"]
    frame = found.frame()
    assert frame["reason"].tolist() == [
        "nothing known today: as before", "new customer: as of today",
        "nothing known today: as before", "kept: not yet confirmed",
    ]  # fmt: skip
    assert frame["reason_zh"].tolist() == [
        "今日无资料：维持原类", "新客户：以今日为准", "今日无资料：维持原类", "维持：尚未确认",
    ]  # fmt: skip
    assert frame["waiting_for"].tolist() == ["", "", "", "medium"]
    # a review without a measure leaves the waiting as it is
    later = rule.review(found, [np.nan, np.nan, 150, np.nan])
    assert later.frame()["n_waiting"].tolist() == [0, 0, 0, 1]
    assert rule.review(later, [90, 150, 150, 105]).classes.tolist()[3] == "medium"


def test_counts_of_flips() -> None:
    rule = Hysteresis(bands=BANDS, margin=10)
    found = rule.review(["low", "low", "high", "medium"], [105, 115, 195, 150])
    assert found.avoided.tolist() == [True, False, True, False]
    assert found.changed.tolist() == [False, True, False, False]
    counts = found.counts().set_index("reason")["count"]
    assert counts["kept: within the margin"] == 2
    assert counts.sum() == 4
    table = rule.over(pd.DataFrame({"a": [99], "b": [101], "c": [99], "d": [101]})).counts()
    assert table["n_changes_plain"].tolist() == [1, 1, 1]
    assert table["n_changes"].tolist() == [0, 0, 0]
    assert "flips avoided" in repr(found)
    assert "kept" in found._repr_html_()


def test_columns_come_back_in_their_library() -> None:
    rule = Hysteresis(bands=BANDS, margin=10)
    previous = pd.Series(["low", "low"], index=["x", "y"])
    found = rule.review(previous, pd.Series([105, 150], index=["x", "y"]))
    assert found.classes.to_dict() == {"x": "low", "y": "medium"}
    assert rule.review(found, pd.Series([105, 89], index=["x", "y"])).classes["y"] == "low"
    in_polars = rule.review(pl.Series(["low"]), pl.Series([150.0]))
    assert in_polars.classes.to_list() == ["medium"]
    with pytest.raises(InvalidDataError, match="measure has another index than previous"):
        rule.review(found, pd.Series([105, 150], index=["y", "x"]))
    with pytest.raises(InvalidDataError, match="Give the same customers"):
        rule.review(["low"], [1, 2])
    with pytest.raises(InvalidDataError, match="The previous classes hold 'top'"):
        rule.review(["top"], [1])


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        ({"margin": -1}, "'margin' parameter of Hysteresis"),
        ({"margin": 1.0, "relative": True}, "'margin' parameter of Hysteresis"),
        ({"n_confirmations": 1}, "'n_confirmations'"),
        ({"immediate": ("top",)}, "There is no class"),
        ({"bands": (1, 2)}, "must be a Bands"),
        ({"bands": Bands(bounds=(-1, 1)), "relative": True}, "needs bounds above zero"),
    ],
)
def test_hysteresis_refuses(changed: dict, match: str) -> None:
    with pytest.raises(InvalidParameterError, match=match):
        Hysteresis(**{"bands": BANDS, **changed})


# --- classes without an order --------------------------------------------------------


@settings(deadline=None, max_examples=30)
@given(st.lists(st.lists(st.sampled_from("abc"), min_size=5, max_size=5), min_size=1, max_size=5))
def test_one_review_confirms_is_plain(paths: list) -> None:
    found = Confirmation(n_confirmations=1).over(pd.DataFrame(paths))
    assert found.classes.equals(found.plain)


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.lists(st.sampled_from("abc"), min_size=6, max_size=6), min_size=1, max_size=5),
    st.integers(2, 3),
)
def test_a_change_has_as_many_reviews_behind_it(paths: list, n: int) -> None:
    found = Confirmation(n_confirmations=n).over(pd.DataFrame(paths))
    classes, plain = found.classes.to_numpy(), found.plain.to_numpy()
    for row, alone in zip(classes, plain, strict=True):
        for place in range(1, len(row)):
            if row[place] != row[place - 1]:
                assert set(alone[place - n + 1 : place + 1]) == {row[place]}
            elif place >= n:
                last = set(alone[place - n + 1 : place + 1])
                assert len(last) > 1 or last == {row[place]}


def test_confirmation_by_hand() -> None:
    rule = Confirmation(n_confirmations=2, immediate=("risk",))
    first = rule.review(["a", "a", "a", None], ["b", "risk", "unknown", "b"])
    assert first.classes.tolist() == ["a", "risk", "a", "b"]
    second = rule.review(first, ["b", "a", "b", "b"])
    assert second.classes.tolist() == ["b", "risk", "a", "b"]
    assert second.frame()["reason"].tolist() == [
        "changed: confirmed by reviews in a row", "kept: not yet confirmed",
        "kept: not yet confirmed", "as before",
    ]  # fmt: skip
    with pytest.raises(InvalidParameterError, match="'n_confirmations'"):
        Confirmation(n_confirmations=0)
    with pytest.raises(InvalidParameterError, match="'immediate'"):
        Confirmation(immediate=(1,))  # type: ignore[arg-type]


def test_documents_come_back() -> None:
    rule = Hysteresis(bands=BANDS, margin=0.1, relative=True, n_confirmations=2, immediate=("low",))
    assert Hysteresis.from_json(rule.to_json()) == rule
    assert repr(rule) == (
        "Hysteresis(low, medium, high: margin 0.1 of the bound, or 2 reviews in a row; at once "
        "into low)"
    )
    confirmation = Confirmation(immediate=("risk",))
    assert Confirmation.from_json(confirmation.to_json()) == confirmation


def test_a_change_waits_on_while_nothing_is_known() -> None:
    rule = Confirmation(n_confirmations=2)
    first = rule.review(["ordinary", "ordinary"], ["potential", "potential"])
    second = rule.review(first, [None, "ordinary"])
    assert second.frame()["waiting_for"].tolist() == ["potential", ""]
    third = rule.review(second, ["potential", "potential"])
    assert third.classes.tolist() == ["potential", "ordinary"]


def test_classes_come_back_with_the_labels_of_the_customers() -> None:
    before = pd.Series(["low", "high"], index=["x", "y"])
    rule = Hysteresis(bands=BANDS, margin=10)
    first = rule.review(before, [150, 150])
    assert first.classes.to_dict() == {"x": "medium", "y": "medium"}
    assert rule.review(first, [90, 80]).classes.to_dict() == {"x": "medium", "y": "low"}
    assert Confirmation().review(before, ["low", "low"]).classes.index.tolist() == ["x", "y"]


# --- migration -----------------------------------------------------------------------


def test_migration_pairs_customers() -> None:
    before = pd.Series(["a", "a", "b", "b"], index=list("wxyz"))
    after = pd.Series(["b", "b", "a", "c"], index=list("zyxv"))
    display = ClassMigrationDisplay.from_classes(before, after, order=["a", "b", "c"])
    assert display.counts.to_numpy().tolist() == [
        [1, 0, 0, 1], [0, 2, 0, 0], [0, 0, 0, 0], [0, 0, 1, 0],
    ]  # fmt: skip
    frame = display.frame()
    assert frame["count"].sum() == 5
    assert frame.loc[frame["before"] == "a", "share"].tolist() == [0.5, 0, 0, 0.5]
    assert frame.loc[frame["before"] == "c", "share"].isna().all()
    assert repr(display) == "ClassMigrationDisplay(3 customers, 0 changed class)"
    display.plot().ax_.figure.canvas.draw()
    assert [t.get_text() for t in display.ax_.get_yticklabels()] == [
        "a (2)", "b (2)", "c (0)", "(new) (1)",
    ]  # fmt: skip
    assert "before" in display._repr_html_()


def test_migration_by_place() -> None:
    display = ClassMigrationDisplay.from_classes(["a", "b"], ["b", "b"])
    assert display.counts.to_dict() == {"a": {"a": 0, "b": 0}, "b": {"a": 1, "b": 1}}
    with pytest.raises(InvalidDataError, match="Give the same customers"):
        ClassMigrationDisplay.from_classes(["a"], ["b", "b"])
    with pytest.raises(InvalidDataError, match="initial has 1 missing value"):
        ClassMigrationDisplay.from_classes(["a", None], ["b", "b"])
    with pytest.raises(InvalidParameterError, match="It lacks 'b'"):
        ClassMigrationDisplay.from_classes(["a"], ["b"], order=["a"])
    with pytest.raises(EmptyDataError, match="no customers"):
        ClassMigrationDisplay.from_classes([], [])
    twice = pd.Series(["a", "b"], index=["x", "x"])
    with pytest.raises(InvalidDataError, match="current holds the customer 'x' twice"):
        ClassMigrationDisplay.from_classes(pd.Series(["a"], index=["x"]), twice)


def test_messages_name_what_was_given() -> None:
    before, today = pd.Series(["low", "high"], index=["x", "y"]), ["low", "low", "low"]
    with pytest.raises(InvalidDataError, match=r"previous has 2 rows and current has 3"):
        Confirmation().review(before, today)
    turned = pd.Series(["low", "high"], index=["y", "x"])
    with pytest.raises(InvalidDataError, match="current has another index than previous"):
        Confirmation().review(before, turned)
    with pytest.raises(InvalidDataError, match=r"current must hold texts\. Got 1"):
        Confirmation().review(["low"], [1])
    with pytest.raises(InvalidDataError, match="measure has another index than previous"):
        Hysteresis(bands=Bands(bounds=(100, 200))).review(before, turned.eq("low").astype(float))
