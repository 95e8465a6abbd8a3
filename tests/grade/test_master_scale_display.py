"""The picture of a master scale says what its table says."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib import pyplot as plt

from creditscore import GradeScale, PointsScale
from creditscore.exceptions import InvalidParameterError
from creditscore.grade import MasterScale, MasterScaleDisplay


def drawn(master: MasterScale) -> MasterScaleDisplay:
    return MasterScaleDisplay.from_scale(master).plot()


def test_bars_are_intervals_and_marks_probabilities() -> None:
    master = MasterScale.agency(notches=True)
    display = drawn(master)
    ax = display.ax_
    ends = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in ax.patches]
    assert len(ends) == len(master.labels)
    assert [high for _, high in ends] == pytest.approx([*master.scale.bounds, 1])
    assert [low for low, _ in ends[1:]] == pytest.approx(list(master.scale.bounds))
    # the first begins at zero, which is beyond the end of a logarithmic axis
    assert ends[0][0] == ax.get_xlim()[0] < master.prob_default[0]
    marks = ax.lines[0].get_xdata()
    assert np.asarray(marks).tolist() == [*master.prob_default, 1.0]
    assert [text.get_text() for text in ax.get_yticklabels()] == [*master.labels, "D"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]
    assert ax.texts[1].get_text() == "0.0159%"
    plt.close("all")


def test_zero_is_drawn_hollow_at_the_end() -> None:
    scale = GradeScale(labels=("A", "B"), bounds=(0.1,))
    ax = drawn(MasterScale(scale=scale, prob_default=(0, 0.5))).ax_
    hollow = ax.lines[1]
    assert list(hollow.get_xdata()) == [ax.get_xlim()[0]]
    assert hollow.get_markerfacecolor() == "white"
    plt.close("all")


def test_scores_have_no_intervals_of_probabilities() -> None:
    scale = GradeScale.agency().on_score(PointsScale())
    master = MasterScale.from_scale(scale, prob_default=MasterScale.agency().prob_default)
    display = drawn(master)
    assert len(display.ax_.patches) == 0
    assert display.closed is None
    assert display.frame().equals(master.table())
    plt.close("all")


def test_axes_that_are_given_are_used() -> None:
    _, ax = plt.subplots()
    display = MasterScaleDisplay.from_scale(MasterScale.agency())
    assert display.plot(ax).ax_ is ax
    assert repr(display) == "MasterScaleDisplay(8 grades, 0.01% to 100%)"
    plt.close("all")


def test_other_scales_are_refused() -> None:
    with pytest.raises(InvalidParameterError, match=r"'master' .* must be a MasterScale"):
        MasterScaleDisplay.from_scale(GradeScale.agency())  # type: ignore[arg-type]


def test_it_fills_its_axes_beside_others() -> None:
    figure, axes = plt.subplots(1, 2, figsize=(10, 4))
    MasterScaleDisplay.from_scale(MasterScale.agency()).plot(axes[1])
    figure.tight_layout()
    assert axes[0].get_position().width > 0.3
