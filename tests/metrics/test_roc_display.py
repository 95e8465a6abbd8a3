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


def test_one_bad_case_has_no_interval() -> None:
    with pytest.raises(InvalidDataError, match="two cases of each class"):
        RocDisplay.from_scores([1, 2, 3], [1, 0, 0])
