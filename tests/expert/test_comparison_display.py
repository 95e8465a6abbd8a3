"""ComparisonDisplay: what it marks, and what it draws."""

from __future__ import annotations

import math
from typing import Any

import pytest
from matplotlib.patches import Rectangle

from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.expert import ComparisonDisplay, PairwiseComparison

ODD = PairwiseComparison.of(["a", "b", "c", "d"], [2, 1 / 4, 8, 2, 4, 2])


def test_frame_marks_the_odd_judgement_both_ways() -> None:
    display = ComparisonDisplay.from_comparison(ODD)
    frame = display.frame()
    assert len(frame) == 16
    marked = frame[frame["marked"]]
    assert marked[["criterion", "compared_with"]].to_numpy().tolist() == [["a", "c"], ["c", "a"]]
    weights = ODD.weights(threshold=math.inf)
    implied = frame.set_index(["criterion", "compared_with"])["implied"]
    assert implied["a", "d"] == pytest.approx(weights["a"] / weights["d"])
    assert display.consistency_ratio == pytest.approx(ODD.consistency_ratio())


def test_plot_outlines_and_writes() -> None:
    ax = ComparisonDisplay.from_comparison(ODD, n_marked=2).plot().ax_
    outlines = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    assert len(outlines) == 4
    texts = [text.get_text() for text in ax.texts]
    assert "1/4" in texts
    assert "→ 4" in texts
    assert "→ 1/4" in texts
    assert "0.407" in ax.get_title(loc="left")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b", "c", "d"]


def test_consistent_and_missing_judgements() -> None:
    comparison = PairwiseComparison.of(["a", "b", "c", "d"], [2, 4, 8, 2, 4, None])
    display = ComparisonDisplay.from_comparison(comparison, n_marked=3)
    assert not display.frame()["marked"].any()
    ax = display.plot().ax_
    assert not [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    assert [text.get_text() for text in ax.texts].count("–") == 2
    assert "outlined" not in ax.get_xlabel()


@pytest.mark.parametrize("names", [["a"], ["a", "b"]])
def test_few_criteria(names: list[str]) -> None:
    comparison = PairwiseComparison.of(names, [3] * (len(names) - 1))
    ax = ComparisonDisplay.from_comparison(comparison).plot().ax_
    assert len(ax.texts) == len(names) ** 2


def test_axes_of_the_caller_and_representation() -> None:
    from matplotlib import pyplot as plt

    ax: Any = plt.subplots()[1]
    display = ComparisonDisplay.from_comparison(ODD, random_index="saaty_1980", on_scale=True)
    assert display.plot(ax).ax_ is ax
    assert repr(display).startswith("<ComparisonDisplay: 4 criteria, consistency ratio 0.403, 1 m")


def test_errors() -> None:
    with pytest.raises(InvalidParameterError, match="'n_marked'"):
        ComparisonDisplay.from_comparison(ODD, n_marked=0)
    with pytest.raises(InvalidParameterError, match="'comparison' parameter"):
        ComparisonDisplay.from_comparison(ODD.matrix)  # type: ignore[arg-type]
    with pytest.raises(InvalidDataError, match="2 groups"):
        ComparisonDisplay.from_comparison(PairwiseComparison.of(["a", "b"], [None]))
