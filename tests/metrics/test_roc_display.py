"""The ROC curve agrees with the measures that it shows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import trapezoid
from sklearn.metrics import roc_curve

from creditscore.exceptions import InvalidDataError
from creditscore.metrics import RocDisplay, auc, auc_interval, ks

Scores = tuple[np.ndarray, np.ndarray]


@pytest.fixture
def display(scores: Scores) -> RocDisplay:
    is_bad, score = scores
    return RocDisplay.from_scores(score, is_bad)


def test_area_under_the_points_is_the_auc(display: RocDisplay, scores: Scores) -> None:
    frame = display.frame()
    area = trapezoid(frame["refused_bad"], frame["refused_good"])
    assert area == pytest.approx(auc(*scores), rel=1e-12)
    assert display.area == auc_interval(*scores)


def test_largest_distance_of_the_points_is_the_ks(display: RocDisplay, scores: Scores) -> None:
    frame = display.frame()
    distance = (frame["refused_bad"] - frame["refused_good"]).abs().max()
    assert distance == pytest.approx(ks(*scores), rel=1e-12)


def test_points_are_scikit_learns(display: RocDisplay, scores: Scores) -> None:
    is_bad, score = scores
    good, bad, _ = roc_curve(is_bad, -score, drop_intermediate=False)
    np.testing.assert_allclose(display.refused_good, good, atol=1e-12)
    np.testing.assert_allclose(display.refused_bad, bad, atol=1e-12)


def test_point_is_what_its_cutoff_refuses(display: RocDisplay, scores: Scores) -> None:
    is_bad, score = scores
    for cutoff, good, bad in display.frame().itertuples(index=False):
        assert good == pytest.approx((score[is_bad == 0] < cutoff).mean())
        assert bad == pytest.approx((score[is_bad == 1] < cutoff).mean())


def test_frame_is_a_copy(display: RocDisplay) -> None:
    before = display.frame()
    changed = display.frame()
    changed["refused_bad"] = 7.0
    pd.testing.assert_frame_equal(display.frame(), before)


def test_picture_shows_the_curve(display: RocDisplay) -> None:
    assert display.plot() is display
    curve = display.ax_.lines[1]
    np.testing.assert_array_equal(curve.get_xdata(), display.refused_good)
    np.testing.assert_array_equal(curve.get_ydata(), display.refused_bad)


@pytest.mark.parametrize("direction", [1, -1], ids=["higher is safer", "higher is riskier"])
def test_picture_names_auc_and_ks(tomography: Scores, direction: int) -> None:
    is_bad, score = tomography
    display = RocDisplay.from_scores(direction * score, is_bad).plot()
    texts = " ".join(text.get_text() for text in display.ax_.texts)
    assert f"KS {ks(is_bad, score):.3f}" in texts
    assert f"AUC {auc_interval(is_bad, direction * score)}" in texts


def test_given_axes_are_drawn_on(display: RocDisplay) -> None:
    from matplotlib.figure import Figure

    ax = Figure().subplots()
    assert display.plot(ax=ax).ax_ is ax


@pytest.mark.parametrize("direction", [1, -1])
def test_words_stay_within_the_picture(tomography: Scores, direction: int) -> None:
    is_bad, score = [1, 1, 0, 0], direction * np.array([1, 2, 3, 4])
    ax = RocDisplay.from_scores(score, is_bad).plot().ax_
    ax.figure.canvas.draw()
    frame = ax.get_window_extent()
    for text in ax.texts:
        extent = text.get_window_extent()
        assert frame.x0 <= extent.x0 < extent.x1 <= frame.x1


def test_tied_scores_have_no_point_of_largest_distance() -> None:
    ax = RocDisplay.from_scores([5, 5, 5, 5], [1, 1, 0, 0]).plot().ax_
    assert len(ax.lines) == 2
    assert not any("KS" in text.get_text() for text in ax.texts)


def test_long_curve_is_drawn_by_some_of_its_points() -> None:
    rng = np.random.default_rng(0)
    is_bad = rng.random(50_000) < 0.2
    display = RocDisplay.from_scores(rng.normal(size=50_000) - is_bad, is_bad).plot()
    x, y = display.ax_.lines[1].get_data()
    assert len(display.frame()) == 50_001
    assert len(x) < 5_000
    assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1)
    # neighbours are a fraction of a pixel apart
    assert max(np.diff(x).max(), np.diff(y).max()) < 1e-3
    largest = np.abs(display.refused_bad - display.refused_good).max()
    assert np.abs(y - x).max() == largest


def test_whole_weights_are_repeated_rows(scores: Scores) -> None:
    is_bad, score = scores
    weights = np.random.default_rng(3).integers(0, 4, size=len(score))
    weights[:4] = 1
    weighted = RocDisplay.from_scores(score, is_bad, sample_weight=weights)
    repeated = RocDisplay.from_scores(np.repeat(score, weights), np.repeat(is_bad, weights))
    pd.testing.assert_frame_equal(weighted.frame(), repeated.frame())
    assert weighted.area == repeated.area == auc_interval(is_bad, score, sample_weight=weights)


def test_one_line_says_what_it_is(tomography: Scores) -> None:
    is_bad, score = tomography
    assert repr(RocDisplay.from_scores(score, is_bad)) == (
        "RocDisplay(AUC 0.893 (0.833 to 0.953), KS 0.639 at score -3, 6 cut-offs)"
    )


def test_one_bad_case_has_no_interval() -> None:
    with pytest.raises(InvalidDataError, match="two cases of each class"):
        RocDisplay.from_scores([1, 2, 3], [1, 0, 0])
