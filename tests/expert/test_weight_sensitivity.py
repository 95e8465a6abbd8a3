"""One weight at a time: exact break points, by bisection; what stays and what changes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore.exceptions import (
    ColumnTypeError,
    InvalidParameterError,
    MissingColumnError,
    RefusedValueError,
)
from creditscore.expert import (
    BandScore,
    ExpertScorecard,
    MinMaxScore,
    SensitivityDisplay,
    WeightHierarchy,
    Weights,
    WeightSensitivity,
)

BOUNDS, LABELS = (80.0, 60.0, 40.0), ("A", "B", "C", "D")


def sensitivity(n: int = 6, k: int = 4, seed: int = 0, *, whole: bool = False) -> WeightSensitivity:
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 11, (n, k)) * 10.0 if whole else rng.uniform(0, 100, (n, k))
    table = pd.DataFrame(values, columns=list("abcdefgh"[:k]))
    amounts = dict(zip(table, rng.integers(1, 10, k).tolist(), strict=True))
    return WeightSensitivity.of(table, Weights.of(amounts), bounds=BOUNDS, labels=LABELS)


def scores_at(found: WeightSensitivity, criterion: str, weight: float) -> np.ndarray[Any, Any]:
    """Score with one weight moved and the others in proportion, written out."""
    old = found.weights.to_dict()
    rest = 1 - old[criterion]
    new = [weight if n == criterion else w * (1 - weight) / rest for n, w in old.items()]
    return np.asarray(found.subscores @ np.array(new))


def order_stays(found: WeightSensitivity, scores: np.ndarray[Any, Any]) -> bool:
    """Tell whether no pair that has an order now is the other way round."""
    before = found.scores.to_numpy()
    apart = before[:, None] - before[None] > 1e-7
    return bool((scores[:, None] - scores[None] >= -1e-9)[apart].all())


def winner_stays(found: WeightSensitivity, scores: np.ndarray[Any, Any]) -> bool:
    before = found.scores.to_numpy()
    first = before >= before.max() - 1e-7
    return bool(first.all() or scores[first].min() >= scores[~first].max() - 1e-9)


def grades_stay(found: WeightSensitivity, scores: np.ndarray[Any, Any]) -> bool:
    grade = np.array([sum(s < b for b in BOUNDS) for s in scores])
    before = np.array([LABELS.index(g) for g in found.grades])
    # a break point itself belongs to either side, within what floats can tell
    near = np.min(np.abs(scores[:, None] - np.array(BOUNDS)[None]), axis=1) < 1e-9
    return bool((near | (grade == before)).all())


STAYS = {"order": order_stays, "winner": winner_stays, "grades": grades_stay}


def bisected(found: WeightSensitivity, criterion: str, keep: str, end: float) -> float:
    """Return how far towards an end the weight may move, by halving, if it changes once."""
    inside, outside = found.weights[criterion], end
    if STAYS[keep](found, scores_at(found, criterion, outside)):
        return end
    for _ in range(60):
        middle = (inside + outside) / 2
        if STAYS[keep](found, scores_at(found, criterion, middle)):
            inside = middle
        else:
            outside = middle
    return inside


# --- reference -----------------------------------------------------------------------


def test_two_customers_by_hand() -> None:
    """90 t + 50 (1 − t) = 60 t + 70 (1 − t) at t = 0.4; 90 t + 50 (1 − t) = 70 at t = 0.5."""
    table = pd.DataFrame({"money": [90, 60], "staff": [50, 70]}, index=["Alder", "Birch"])
    found = WeightSensitivity.of(
        table, Weights.of({"money": 60, "staff": 40}), bounds=[70], labels=["A", "B"]
    )
    winner = found.intervals("winner").set_index("criterion")
    assert winner.loc["money", "lowest"] == pytest.approx(0.4)
    assert winner.loc["money", "highest"] == 1.0
    assert winner.loc["money", "change_below"] == "Birch passes Alder"
    assert winner.loc["money", "change_above"] == ""
    assert winner.loc["staff", "highest"] == pytest.approx(0.6)
    grades = found.intervals("grades").set_index("criterion")
    assert grades.loc["money", "lowest"] == pytest.approx(0.5)
    assert grades.loc["money", "change_below"] == "Alder A → B"
    each = found.grade_intervals()
    assert each[["customer", "grade", "criterion"]].to_numpy().tolist() == [
        ["Alder", "A", "money"],
        ["Birch", "B", "money"],
        ["Alder", "A", "staff"],
        ["Birch", "B", "staff"],
    ]
    assert each["grade_above"].tolist() == ["", "", "B", ""]
    # Birch, 60 t + 70 (1 − t), reaches 70 at t = 0 only
    assert each["lowest"].tolist() == pytest.approx([0.5, 0.0, 0.0, 0.0])


@pytest.mark.parametrize("rule", [BandScore(cuts=[30, 60], scores=[20, 60, 80]),
                                  MinMaxScore(low=0, high=100)])  # fmt: skip
def test_scores_and_grades_are_those_of_the_card(rule: Any) -> None:
    """A score of 80 by hand is one, whatever fractions it was added up from."""
    rng = np.random.default_rng(0)
    for n in range(3, 13):
        weights = Weights.of(
            {f"x{i}": int(w) for i, w in enumerate([5, 5, *rng.integers(1, 9, n)])}
        )
        card = ExpertScorecard(subscores=dict.fromkeys(weights.names, rule), weights=weights)
        table = pd.DataFrame(rng.uniform(0, 100, (50, len(weights))), columns=list(weights.names))
        table.iloc[:2] = 80
        table.iloc[1, :2] = [70, 90]
        found = WeightSensitivity.of(card.subscores_of(table), weights, bounds=[80])
        np.testing.assert_allclose(found.scores, card.score(table), rtol=1e-11)
        assert (found.grades == "1").tolist() == (card.score(table) >= 80).tolist()
        assert found.grades[:2].tolist() == ["1", "1"]
        of_first = found.grade_intervals().groupby("customer").get_group(0)
        assert (of_first[["grade_below", "grade_above"]] == "").to_numpy().all()
        for row in found.grade_intervals().itertuples():
            assert 0 <= row.lowest <= row.weight <= row.highest <= 1


# --- laws ----------------------------------------------------------------------------


@given(
    n=st.integers(1, 7),
    k=st.integers(2, 5),
    seed=st.integers(0, 2**31),
    keep=st.sampled_from(["order", "winner", "grades"]),
)
def test_intervals_by_bisection(n: int, k: int, seed: int, keep: Any) -> None:
    found = sensitivity(n, k, seed)
    for row in found.intervals(keep).itertuples():
        assert 0 <= row.lowest <= row.weight <= row.highest <= 1
        for weight in np.linspace(row.lowest, row.highest, 11):
            assert STAYS[keep](found, scores_at(found, row.criterion, weight))
        for end, at, change in (
            (0.0, row.lowest, row.change_below),
            (1.0, row.highest, row.change_above),
        ):
            assert bool(change) == (at != end)
            if change:
                beyond = at + (end - at) * 1e-6
                assert not STAYS[keep](found, scores_at(found, row.criterion, beyond)) or (
                    abs(end - at) < 1e-3
                )


@given(seed=st.integers(0, 2**31), keep=st.sampled_from(["order", "winner"]))
def test_break_points_are_where_halving_finds_them(seed: int, keep: Any) -> None:
    """Two lines cross once, so that halving finds the point of two customers."""
    found = sensitivity(2, 3, seed)
    for row in found.intervals(keep).itertuples():
        assert row.lowest == pytest.approx(bisected(found, row.criterion, keep, 0.0), abs=1e-6)
        assert row.highest == pytest.approx(bisected(found, row.criterion, keep, 1.0), abs=1e-6)


@given(n=st.integers(2, 8), seed=st.integers(0, 2**31), keep=st.sampled_from(["order", "winner"]))
def test_ties_have_no_order_to_lose(n: int, seed: int, keep: Any) -> None:
    found = sensitivity(n, 3, seed, whole=True)
    for row in found.intervals(keep).itertuples():
        for weight in np.linspace(row.lowest, row.highest, 9):
            assert STAYS[keep](found, scores_at(found, row.criterion, weight))
        for end, at in ((0.0, row.lowest), (1.0, row.highest)):
            if at not in (0.0, 1.0):
                beyond = at + (end - at) * 1e-5
                assert not STAYS[keep](found, scores_at(found, row.criterion, beyond))


def test_twins_never_change_places() -> None:
    table = pd.DataFrame({"a": [50, 50], "b": [20, 20]})
    found = WeightSensitivity.of(table, Weights.of({"a": 1, "b": 1}))
    for keep in ("order", "winner"):
        rows = found.intervals(keep)  # type: ignore[arg-type]
        assert rows["lowest"].tolist() == [0, 0]
        assert rows["highest"].tolist() == [1, 1]
        assert (rows[["change_below", "change_above"]] == "").to_numpy().all()


@given(seed=st.integers(0, 2**31), keep=st.sampled_from(["order", "winner", "grades"]))
def test_neither_rows_nor_columns_have_an_order(seed: int, keep: Any) -> None:
    found = sensitivity(6, 4, seed)
    rng = np.random.default_rng(seed)
    names = list(rng.permutation(list(found.weights.names)))
    table = pd.DataFrame(found.subscores, columns=list(found.weights.names))
    turned = WeightSensitivity.of(
        table.iloc[rng.permutation(6)],
        Weights.of({n: found.weights[n] for n in names}),
        bounds=BOUNDS,
        labels=LABELS,
    )
    columns = ["criterion", "weight", "lowest", "highest"]
    one = found.intervals(keep)[columns].sort_values("criterion", ignore_index=True)
    other = turned.intervals(keep)[columns].sort_values("criterion", ignore_index=True)
    pd.testing.assert_frame_equal(one, other)


@given(seed=st.integers(0, 2**31))
def test_the_grades_of_all_are_kept_where_each_is(seed: int) -> None:
    found = sensitivity(6, 4, seed)
    each = found.grade_intervals().groupby("criterion", sort=False)
    together = found.intervals("grades").set_index("criterion")
    np.testing.assert_allclose(together["lowest"], each["lowest"].max(), atol=1e-15)
    np.testing.assert_allclose(together["highest"], each["highest"].min(), atol=1e-15)
    for row in found.grade_intervals().itertuples():
        place = found.customers.index(row.customer)
        for at, to, end in ((row.lowest, row.grade_below, 0), (row.highest, row.grade_above, 1)):
            if to and abs(end - at) > 1e-3:
                beyond = scores_at(found, row.criterion, at + (end - at) * 1e-6)[place]
                assert LABELS[sum(beyond < b for b in BOUNDS)] == to


# --- edges ---------------------------------------------------------------------------


def test_a_weight_of_zero_can_only_rise() -> None:
    table = pd.DataFrame({"a": [60, 50], "b": [40, 45], "c": [0, 100]})
    found = WeightSensitivity.of(table, Weights.of({"a": 1, "b": 1, "c": 0}))
    row = found.intervals("winner").set_index("criterion").loc["c"]
    # 50 (1 − t) = 47.5 (1 − t) + 100 t at t = 2.5 / 102.5
    assert (row["lowest"], row["highest"]) == (0, pytest.approx(2.5 / 102.5))


def test_one_customer_is_always_first() -> None:
    found = sensitivity(1)
    assert found.intervals("winner")["highest"].tolist() == [1.0] * 4


def test_a_score_at_a_bound_has_the_safer_grade() -> None:
    table = pd.DataFrame({"a": [80, 60, 59.9], "b": [80, 60, 59.9]})
    found = WeightSensitivity.of(table, Weights.of({"a": 1, "b": 1}), bounds=BOUNDS)
    assert found.grades.tolist() == ["1", "2", "3"]
    assert found.intervals("grades")["change_above"].tolist() == ["", ""]


def test_tables_and_hierarchies() -> None:
    tree = WeightHierarchy.of({"money": (3, {"a": 1, "b": 2}), "c": 1})
    table = pd.DataFrame(np.eye(3), columns=list("cba"), index=["x", "y", "z"])
    found = WeightSensitivity.of(table, tree)
    assert found.weights == tree.leaves()
    assert found.scores.to_dict() == pytest.approx({"x": 0.25, "y": 0.5, "z": 0.25})
    polars = WeightSensitivity.of(pl.DataFrame({n: table[n].to_numpy() for n in "abc"}), tree)
    assert polars.customers == (0, 1, 2)
    assert repr(found) == "WeightSensitivity(3 customers, 3 criteria)"
    assert "order of the customers stays" in found._repr_html_()
    assert repr(sensitivity()).endswith("4 criteria, 4 grades)")


# --- errors --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weights", "settings", "error", "match"),
    [
        (Weights.of({"a": 1}), {}, InvalidParameterError, "two criteria or more"),
        (Weights.of({"a": 1, "b": 0}), {}, InvalidParameterError, "two criteria or more"),
        ({"a": 1, "b": 1}, {}, InvalidParameterError, "two criteria or more"),
        (Weights.of({"a": 1, "e": 1}), {}, MissingColumnError, "'e'"),
        (Weights.of({"a": 1, "c": 1}), {}, ColumnTypeError, "'c'"),
        (Weights.of({"a": 1, "d": 1}), {}, RefusedValueError, "'d' has 1 missing"),
        (Weights.of({"a": 1, "b": 1}), {"bounds": [1, 2]}, InvalidParameterError, "decreasing"),
        (Weights.of({"a": 1, "b": 1}), {"bounds": [math.nan]}, InvalidParameterError, "bounds"),
        (Weights.of({"a": 1, "b": 1}), {"bounds": [2, 1], "labels": ["A", "B"]},
         InvalidParameterError, "3 different texts"),
        (Weights.of({"a": 1, "b": 1}), {"bounds": [2], "labels": ["A", "A"]},
         InvalidParameterError, "2 different texts"),
        (Weights.of({"a": 1, "b": 1}), {"bounds": [2], "labels": [0, 1]},
         InvalidParameterError, "2 different texts"),
    ],
)  # fmt: skip
def test_input_is_refused(
    weights: Any, settings: dict[str, Any], error: type[Exception], match: str
) -> None:
    table = pd.DataFrame({"a": [1, 2], "b": [3, 4], "c": ["x", "y"], "d": [math.nan, 1]})
    with pytest.raises(error, match=match):
        WeightSensitivity.of(table, weights, **settings)


def test_no_grades_without_bounds() -> None:
    found = WeightSensitivity.of(pd.DataFrame({"a": [1], "b": [2]}), Weights.of({"a": 1, "b": 1}))
    for ask in (lambda: found.grades, found.grade_intervals, lambda: found.intervals("grades")):
        with pytest.raises(InvalidParameterError, match="give the bounds"):
            ask()
    with pytest.raises(InvalidParameterError, match="'keep' parameter"):
        found.intervals("rank")  # type: ignore[arg-type]


# --- picture -------------------------------------------------------------------------


@pytest.mark.parametrize("keep", ["winner", "order", "grades"])
def test_display_draws_each_interval(keep: Any) -> None:
    found = sensitivity(7)
    display = SensitivityDisplay.from_sensitivity(found, keep=keep)
    frame = display.frame()
    assert sorted(frame["criterion"]) == list("abcd")
    assert (frame["highest"] - frame["lowest"]).is_monotonic_increasing
    ax = display.plot().ax_
    assert [label.get_text() for label in ax.get_yticklabels()] == frame["criterion"].tolist()
    bars = ax.containers[1]
    np.testing.assert_allclose([bar.get_x() for bar in bars], frame["lowest"])
    np.testing.assert_allclose(
        [bar.get_width() for bar in bars], frame["highest"] - frame["lowest"]
    )
    said = "\n".join(text.get_text() for text in ax.texts)
    for change in frame["change_above"]:
        assert change in said


def test_display_on_small_axes_says_no_changes() -> None:
    from matplotlib import pyplot as plt

    _, ax = plt.subplots(figsize=(3, 1))
    display = SensitivityDisplay.from_sensitivity(sensitivity(7)).plot(ax)
    assert display.ax_ is ax
    assert [text.get_text() for text in ax.texts] == []
    assert ax.get_title(loc="left").count("\n") >= 1
    with pytest.raises(InvalidParameterError, match="'sensitivity' parameter"):
        SensitivityDisplay.from_sensitivity(pd.DataFrame())  # type: ignore[arg-type]
