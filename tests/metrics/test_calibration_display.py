"""Calibration by groups: against hand computation and scikit-learn, and its picture."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve

from creditscore.exceptions import (
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    InvalidWeightError,
)
from creditscore.metrics import (
    CalibrationDisplay,
    calibration_table,
    clopper_pearson_interval,
    jeffreys_interval,
    wilson_interval,
)

INTERVALS = {
    "jeffreys": jeffreys_interval,
    "wilson": wilson_interval,
    "clopper_pearson": clopper_pearson_interval,
}

# --- numbers -----------------------------------------------------------------------------


def test_by_hand() -> None:
    prob, is_bad = [0.30, 0.10, 0.20, 0.12], [1, 0, 1, 0]
    table = calibration_table(is_bad, prob, n_groups=2)
    lower, upper = jeffreys_interval([0, 2], [2, 2])
    assert table.to_dict("list") == {
        "group": ["1", "2"],
        "prob_lower": [0.10, 0.20],
        "prob_upper": [0.12, 0.30],
        "count": [2, 2],
        "share": [0.5, 0.5],
        "n_bad": [0, 2],
        "predicted": pytest.approx([0.11, 0.25]),
        "observed": [0, 1],
        "observed_lower": lower.tolist(),
        "observed_upper": upper.tolist(),
    }


def test_rates_are_scikit_learns() -> None:
    rng = np.random.default_rng(0)
    prob = rng.random(1_000) ** 2
    is_bad = rng.random(1_000) < prob
    table = calibration_table(is_bad, prob)
    observed, predicted = calibration_curve(is_bad, prob, n_bins=10, strategy="quantile")
    np.testing.assert_allclose(table["predicted"], predicted, rtol=1e-12)
    np.testing.assert_allclose(table["observed"], observed, rtol=1e-12)


@pytest.mark.parametrize("interval", INTERVALS)
@pytest.mark.parametrize("level", [0.5, 0.99])
def test_intervals_are_those_asked_for(interval: str, level: float) -> None:
    rng = np.random.default_rng(1)
    prob = rng.random(100)
    table = calibration_table(rng.random(100) < prob, prob, interval=interval, level=level)
    expected = INTERVALS[interval](table["n_bad"], table["count"], level=level)
    np.testing.assert_array_equal(table["observed_lower"], expected[0])
    np.testing.assert_array_equal(table["observed_upper"], expected[1])


def test_grades_come_in_the_order_of_their_probability() -> None:
    table = calibration_table(
        [0, 1, 0, 0], [0.4, 0.6, 0.1, 0.1], grades=["CCC", "CCC", "AAA", "A"], n_groups=1
    )
    # of two with one probability, the name decides
    assert table["group"].tolist() == ["A", "AAA", "CCC"]
    assert table["predicted"].tolist() == [0.1, 0.1, 0.5]
    assert table["observed"].tolist() == [0, 0, 0.5]


@pytest.mark.parametrize(
    "grades",
    [
        pd.Series(["b", "a", "b"], dtype="category"),
        pl.Series(["b", "a", "b"]),
        np.array(["b", "a", "b"]),
    ],
    ids=["category", "polars", "numpy"],
)
def test_grades_of_any_library(grades: object) -> None:
    table = calibration_table([0, 1, 1], [0.1, 0.2, 0.3], grades=grades)
    assert table["group"].tolist() == ["a", "b"]
    assert table["observed"].tolist() == [1, 0.5]


cases = st.lists(
    st.tuples(st.booleans(), st.sampled_from([0.0, 0.1, 0.2, 0.5, 0.7, 1.0]), st.integers(0, 3)),
    min_size=0,
    max_size=30,
)


@given(rows=cases, n_groups=st.integers(1, 8))
def test_groups_part_the_cases(rows: list, n_groups: int) -> None:
    is_bad, prob, _ = map(np.array, zip((True, 0.1, 1), *rows, strict=True))
    table = calibration_table(is_bad, prob, n_groups=n_groups)
    assert 1 <= len(table) <= n_groups
    assert (table["prob_upper"].to_numpy()[:-1] < table["prob_lower"].to_numpy()[1:]).all()
    assert table["count"].sum() == len(prob)
    assert table["n_bad"].sum() == is_bad.sum()
    assert (table["predicted"] * table["count"]).sum() == pytest.approx(prob.sum())
    assert table["predicted"].between(table["prob_lower"], table["prob_upper"]).all()


@pytest.mark.parametrize("graded", [False, True])
@given(rows=cases)
def test_whole_weights_are_repeated_rows(graded: bool, rows: list) -> None:
    is_bad, prob, weights = map(np.array, zip((True, 0.1, 1), *rows, strict=True))
    grades = np.where(prob < 0.3, "safe", "risky")
    weighted = calibration_table(
        is_bad, prob, n_groups=3, grades=grades if graded else None, sample_weight=weights
    )
    repeated = calibration_table(
        np.repeat(is_bad, weights),
        np.repeat(prob, weights),
        n_groups=3,
        grades=np.repeat(grades, weights) if graded else None,
    )
    pd.testing.assert_frame_equal(weighted, repeated)


# --- edges and errors --------------------------------------------------------------------


@pytest.mark.parametrize("is_bad", [0, 1])
def test_one_class_and_one_row(is_bad: int) -> None:
    table = calibration_table([is_bad], [0.25])
    assert table[["count", "predicted", "observed"]].to_numpy().tolist() == [[1, 0.25, is_bad]]


@pytest.mark.parametrize("prob", [[10, 20], [-0.1, 0.5], [0.5, np.inf]])
def test_percentages_are_no_fractions(prob: list) -> None:
    with pytest.raises(InvalidDataError, match=r"fractions in \[0, 1\]"):
        calibration_table([0, 1], prob)


def test_grades_that_are_missing_or_not_as_many() -> None:
    with pytest.raises(
        InvalidDataError, match=r"grades has 1 missing value\(s\), the first at row 1"
    ):
        calibration_table([0, 1], [0.1, 0.2], grades=["A", None])
    with pytest.raises(InvalidDataError, match=r"one for each of the 2 .* shape \(3,\)"):
        calibration_table([0, 1], [0.1, 0.2], grades=["A", "B", "C"])


def test_grades_in_another_order() -> None:
    prob = pd.Series([0.1, 0.2], index=["x", "y"])
    grades = pd.Series(["B", "A"], index=["y", "x"])
    with pytest.raises(InvalidDataError, match="same index in different orders"):
        calibration_table([0, 1], prob, grades=grades)


@pytest.mark.parametrize(
    "wrong",
    [{"n_groups": 0}, {"interval": "wald"}, {"level": 95}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_parameters(wrong: dict) -> None:
    (name,) = wrong
    with pytest.raises(InvalidParameterError, match=f"'{name}' parameter"):
        calibration_table([0, 1], [0.1, 0.2], **wrong)


def test_intervals_need_weights_that_count() -> None:
    with pytest.raises(InvalidWeightError, match="whole numbers"):
        calibration_table([0, 1], [0.1, 0.2], sample_weight=[0.5, 1])


# --- picture -----------------------------------------------------------------------------


@pytest.fixture
def display() -> CalibrationDisplay:
    rng = np.random.default_rng(3)
    prob = np.exp(rng.normal(-3, 1, size=3_000)).clip(0, 1)
    # outcomes are worse than said, among the riskier ones
    is_bad = rng.random(3_000) < np.where(prob > 0.1, 1.6 * prob, prob)
    return CalibrationDisplay.from_probabilities(prob, is_bad)


def test_groups_outside_their_interval_stand_apart(display: CalibrationDisplay) -> None:
    frame = display.frame()
    outside = (frame["predicted"] < frame["observed_lower"]) | (
        frame["predicted"] > frame["observed_upper"]
    )
    assert 0 < outside.sum() < len(frame)
    display.plot()
    inside_bars, outside_bars = display.ax_.containers
    assert inside_bars.lines[0].get_xdata().tolist() == frame.loc[~outside, "predicted"].tolist()
    assert outside_bars.lines[0].get_ydata().tolist() == frame.loc[outside, "observed"].tolist()
    assert f"{outside.sum()} outside their interval" in repr(display)
    labels = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert labels[-1] == "prediction outside the 95% interval"


def test_rates_that_are_far_apart_are_drawn_on_a_bent_axis(display: CalibrationDisplay) -> None:
    near = CalibrationDisplay.from_probabilities([0.1, 0.2, 0.3, 0.4], [0, 1, 0, 1], n_groups=2)
    for drawn, scale in ((near.plot(), "linear"), (display.plot(), "symlog")):
        ax = drawn.ax_
        assert (ax.get_xscale(), ax.get_yscale()) == (scale, scale)
        assert ax.get_xlim() == ax.get_ylim()
        assert max(ax.get_xticks()) <= 1
        x, y = ax.lines[0].get_data()
        assert x.tolist() == y.tolist()


def test_grades_are_named_and_groups_are_not(display: CalibrationDisplay) -> None:
    assert not display.plot().ax_.texts
    graded = CalibrationDisplay.from_probabilities(
        [0.1, 0.2], [0, 1], grades=["$A^+$", "B" * 40], level=0.9
    ).plot()
    graded.ax_.figure.canvas.draw()  # a dollar sign is no formula
    assert graded.ax_.texts[0].get_text() == "$A^+$"
    assert all(len(text.get_text()) <= 12 for text in graded.ax_.texts)
    assert "90% interval" in graded.ax_.get_legend().get_texts()[-1].get_text()


@pytest.mark.parametrize("prob", [[0.0, 0.0], [1.0, 1.0], [0.5, 0.5], [0.0, 1.0]])
@pytest.mark.parametrize("is_bad", [[0, 0], [1, 1], [0, 1]])
def test_tiny_samples_are_drawn(prob: list, is_bad: list) -> None:
    drawn = CalibrationDisplay.from_probabilities(prob, is_bad).plot()
    drawn.ax_.figure.canvas.draw()
    assert drawn.ax_.get_xlim()[1] <= 1
    assert "\n" not in repr(drawn)


def test_what_every_display_does(display: CalibrationDisplay) -> None:
    from matplotlib.figure import Figure

    before, ax = dict(mpl.rcParams), Figure().subplots()
    assert display.plot(ax=ax) is display
    assert display.ax_ is ax
    assert dict(mpl.rcParams) == before
    expected, changed = display.frame(), display.frame()
    changed["observed"] = 7.0
    pd.testing.assert_frame_equal(display.frame(), expected)


def test_errors_of_the_display_name_it() -> None:
    with pytest.raises(InvalidParameterError, match=r"CalibrationDisplay\.from_probabilities"):
        CalibrationDisplay.from_probabilities([0.1, 0.2], [0, 1], level=1)
    with pytest.raises(InvalidTargetError, match="missing"):
        CalibrationDisplay.from_probabilities([0.1, 0.2], [0, np.nan])
