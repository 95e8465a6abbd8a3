"""Gains, lift, CAP and KS: numbers of the pictures against measures, pictures against numbers."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import trapezoid
from scipy.stats import ks_2samp

from creditscore.exceptions import InvalidParameterError, InvalidTargetError, InvalidWeightError
from creditscore.metrics import (
    CapDisplay,
    GainsDisplay,
    KsDisplay,
    LiftDisplay,
    gains_table,
    gini,
    ks,
)

Scores = tuple[np.ndarray, np.ndarray]
DISPLAYS = [GainsDisplay, LiftDisplay, CapDisplay, KsDisplay]
OF_GROUPS = [GainsDisplay, LiftDisplay]
TINY: list[Scores] = [
    (np.array([1, 0]), np.array([1, 2])),
    (np.array([1, 0]), np.array([2, 1])),
    (np.array([1, 0, 0]), np.array([5, 5, 5])),
    (np.array([1, 1, 0]), np.array([-np.inf, 3, np.inf])),
]
"""Outcomes and scores: two cases, turned, all tied, and with endless scores."""


def texts(display: Any) -> list[str]:
    return [text.get_text() for text in display.ax_.texts]


# --- numbers -----------------------------------------------------------------------------


@pytest.mark.parametrize("display", OF_GROUPS)
@pytest.mark.parametrize("n_groups", [1, 4, 10])
def test_groups_are_those_of_the_table(display: Any, n_groups: int, scores: Scores) -> None:
    is_bad, score = scores
    weights = np.arange(len(score)) % 3 + 0.5
    drawn = display.from_scores(score, is_bad, n_groups=n_groups, sample_weight=weights)
    expected = gains_table(is_bad, score, n_groups=n_groups, sample_weight=weights)
    pd.testing.assert_frame_equal(drawn.frame(), expected)


def test_accuracy_ratio_is_the_gini(scores: Scores) -> None:
    is_bad, score = scores
    display = CapDisplay.from_scores(score, is_bad)
    assert display.accuracy_ratio == pytest.approx(gini(is_bad, score), abs=1e-12)
    assert display.bad_rate == pytest.approx(is_bad.mean())


@given(
    rows=st.lists(
        st.tuples(st.booleans(), st.integers(-9, 9), st.floats(0, 3)), min_size=0, max_size=30
    )
)
def test_area_of_the_profile_is_its_accuracy_ratio(rows: list) -> None:
    is_bad, score, weights = map(np.array, zip((True, 1, 1), (False, 0, 1), *rows, strict=True))
    display = CapDisplay.from_scores(score, is_bad, sample_weight=weights)
    frame = display.frame()
    above_diagonal = trapezoid(frame["refused_bad"], frame["refused"]) - 0.5
    # the perfect profile is half a triangle of base 1 - bad rate above the diagonal
    perfect = (1 - display.bad_rate) / 2
    assert above_diagonal / perfect == pytest.approx(display.accuracy_ratio, abs=1e-9)
    expected = gini(is_bad, score, sample_weight=weights)
    assert display.accuracy_ratio == pytest.approx(expected, abs=1e-9)


def test_distance_is_the_ks(scores: Scores) -> None:
    is_bad, score = scores
    display = KsDisplay.from_scores(score, is_bad)
    assert display.ks == pytest.approx(ks(is_bad, score), abs=1e-12)
    expected = ks_2samp(score[is_bad == 1], score[is_bad == 0], method="asymp").statistic
    assert display.ks == pytest.approx(expected, abs=1e-12)
    frame = display.frame()
    at = frame.loc[frame["cutoff_score"] == display.ks_score, "distance"].abs()
    assert at.item() == frame["distance"].abs().max() == display.ks


@pytest.mark.parametrize("display", [CapDisplay, KsDisplay])
def test_points_are_what_their_cutoff_refuses(display: Any, scores: Scores) -> None:
    is_bad, score = scores
    for row in display.from_scores(score, is_bad).frame().itertuples():
        below = score < row.cutoff_score
        assert row.refused_bad == pytest.approx(below[is_bad == 1].mean())
        if display is KsDisplay:
            assert row.refused_good == pytest.approx(below[is_bad == 0].mean())
        else:
            assert row.refused == pytest.approx(below.mean())


@pytest.mark.parametrize("display", DISPLAYS)
@settings(max_examples=20)
@given(data=st.data())
def test_whole_weights_are_repeated_rows(display: Any, data: st.DataObject) -> None:
    rows = data.draw(
        st.lists(
            st.tuples(st.booleans(), st.integers(-9, 9), st.integers(0, 3)), min_size=0, max_size=30
        )
    )
    is_bad, score, weights = map(np.array, zip((True, 1, 1), (False, 0, 1), *rows, strict=True))
    weighted = display.from_scores(score, is_bad, sample_weight=weights)
    repeated = display.from_scores(np.repeat(score, weights), np.repeat(is_bad, weights))
    pd.testing.assert_frame_equal(weighted.frame(), repeated.frame())
    assert repr(weighted) == repr(repeated)


# --- pictures ----------------------------------------------------------------------------


def test_gains_draws_its_numbers(scores: Scores) -> None:
    is_bad, score = scores
    display = GainsDisplay.from_scores(score, is_bad, n_groups=5).plot()
    frame = display.frame()
    bars = [bar.get_height() for bar in display.ax_.patches]
    assert bars == pytest.approx((frame["n_bad"] / frame["n_bad"].sum()).tolist())
    found, cases = display.ax_.lines
    assert found.get_ydata().tolist() == [0, *frame["cumulative_bad"]]
    assert cases.get_ydata().tolist() == [0, *frame["cumulative_share"]]
    assert texts(display) == [f"{share:.0%}" for share in bars]


@pytest.mark.parametrize("turned", [False, True])
def test_words_of_gains_stand_where_the_line_is_not(turned: bool) -> None:
    is_bad = [1] * 50 + [0] * 50
    ax = GainsDisplay.from_scores(range(100), is_bad[::-1] if turned else is_bad).plot().ax_
    ax.figure.draw_without_rendering()
    box = ax.get_legend().get_window_extent()
    for line in ax.lines:
        x, y = line.get_data()
        along = np.linspace(x[0], x[-1], 500)
        at = ax.transData.transform(np.column_stack([along, np.interp(along, x, y)]))
        assert not any(box.contains(*place) for place in at)


def test_lift_draws_its_numbers(scores: Scores) -> None:
    is_bad, score = scores
    display = LiftDisplay.from_scores(score, is_bad, n_groups=5).plot()
    frame = display.frame()
    assert [bar.get_height() for bar in display.ax_.patches] == frame["lift"].tolist()
    assert display.ax_.lines[0].get_ydata().tolist() == frame["cumulative_lift"].tolist()
    # both axes show one thing in two units
    low, high = display.ax_.get_ylim()
    assert display.ax_rate_.get_ylim() == pytest.approx((low, high * is_bad.mean()))
    assert max(display.ax_rate_.get_yticks()) <= 1


def test_profile_is_drawn_between_the_perfect_one_and_the_diagonal(tomography: Scores) -> None:
    is_bad, score = tomography
    display = CapDisplay.from_scores(score, is_bad).plot()
    perfect, profile, diagonal = display.ax_.lines
    assert perfect.get_xdata() == pytest.approx([0, is_bad.mean(), 1])
    np.testing.assert_array_equal(profile.get_xdata(), display.refused)
    np.testing.assert_array_equal(profile.get_ydata(), display.refused_bad)
    assert diagonal.get_xdata().tolist() == diagonal.get_ydata().tolist() == [0, 1]
    assert "accuracy ratio 0.786" in texts(display)[0]


def test_steps_of_the_distributions_hold_up_to_their_cutoff(tomography: Scores) -> None:
    is_bad, score = tomography
    display = KsDisplay.from_scores(score, is_bad).plot()
    bads, goods, distance = display.ax_.lines
    for line, group in ((bads, 1), (goods, 0)):
        assert line.get_drawstyle() == "steps-pre"
        x, y = line.get_data()
        # what holds on ]-4, -3] is the share below -3
        assert y[x == -3].item() == (score[is_bad == group] < -3).mean()
    assert list(distance.get_xdata()) == [display.ks_score] * 2
    assert np.ptp(distance.get_ydata()) == pytest.approx(display.ks)
    assert texts(display) == ["KS 0.639\nat score -3"]


@pytest.mark.parametrize("display", [CapDisplay, KsDisplay])
def test_long_curves_are_drawn_by_some_of_their_points(display: Any) -> None:
    rng = np.random.default_rng(0)
    is_bad = rng.random(50_000) < 0.2
    drawn = display.from_scores(rng.normal(size=50_000) - is_bad, is_bad).plot()
    assert len(drawn.frame()) == 50_001
    assert 2_000 < max(len(line.get_xdata()) for line in drawn.ax_.lines) < 5_000


@pytest.mark.parametrize("display", DISPLAYS)
@pytest.mark.parametrize(("is_bad", "score"), TINY, ids=["two", "turned", "tied", "endless"])
def test_tiny_samples_are_drawn(display: Any, is_bad: np.ndarray, score: np.ndarray) -> None:
    drawn = display.from_scores(score, is_bad).plot()
    drawn.ax_.figure.canvas.draw()
    assert drawn.ax_.get_title(loc="left")
    assert "\n" not in repr(drawn)


@pytest.mark.parametrize("n_groups", [16, 200])
def test_many_groups_are_named_now_and_then(n_groups: int) -> None:
    rng = np.random.default_rng(0)
    is_bad = rng.random(2_000) < 0.2
    display = GainsDisplay.from_scores(rng.normal(size=2_000), is_bad, n_groups=n_groups).plot()
    figure = display.ax_.figure
    figure.canvas.draw()
    boxes = [label.get_window_extent() for label in display.ax_.get_xticklabels()]
    assert len(boxes) > 5
    assert all(one.x1 < other.x0 for one, other in pairwise(boxes))
    assert texts(display) == []


@pytest.mark.parametrize("display", DISPLAYS)
def test_what_every_display_does(display: Any, tomography: Scores) -> None:
    from matplotlib.figure import Figure

    is_bad, score = tomography
    drawn = display.from_scores(score, is_bad)
    before = dict(mpl.rcParams)
    ax = Figure().subplots()
    assert drawn.plot(ax=ax) is drawn
    assert drawn.ax_ is ax
    assert dict(mpl.rcParams) == before
    expected = drawn.frame()
    changed = drawn.frame()
    changed.iloc[:, -1] = 7.0
    pd.testing.assert_frame_equal(drawn.frame(), expected)
    assert repr(drawn).startswith(f"{display.__name__}(")


# --- errors ------------------------------------------------------------------------------


@pytest.mark.parametrize("display", DISPLAYS)
def test_one_class(display: Any) -> None:
    with pytest.raises(InvalidTargetError, match="one class only"):
        display.from_scores([1, 2, 3], [0, 0, 0])


@pytest.mark.parametrize("display", DISPLAYS)
def test_weights_that_are_none(display: Any) -> None:
    with pytest.raises(InvalidWeightError, match="must not be negative"):
        display.from_scores([1, 2, 3], [0, 0, 1], sample_weight=[1, -1, 1])


@pytest.mark.parametrize("display", OF_GROUPS)
@pytest.mark.parametrize("n_groups", [0, 1.5])
def test_number_of_groups(display: Any, n_groups: object) -> None:
    with pytest.raises(InvalidParameterError, match=f"parameter of {display.__name__}"):
        display.from_scores([1, 2, 3], [0, 0, 1], n_groups=n_groups)
