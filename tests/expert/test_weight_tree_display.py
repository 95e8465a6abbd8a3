"""The tree of weights: each criterion in a box, in its row, with its weights."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pytest

from creditscore.exceptions import InvalidParameterError
from creditscore.expert import WeightHierarchy, Weights, WeightTreeDisplay


def tree() -> WeightHierarchy:
    """Write one in three levels, with a leaf on each."""
    return WeightHierarchy.of(
        {
            "financial": (60, {"liquidity": (50, {"current": 1, "quick": 3}), "leverage": 50}),
            "market": (30, {"share": 1, "growth": 2}),
            "management": 10,
        }
    )


def test_rows_and_weights() -> None:
    frame = WeightTreeDisplay.from_hierarchy(tree()).frame().set_index("criterion")
    leaves = frame.loc[frame["is_leaf"], "row"]
    assert leaves.to_dict() == {
        "current": 0, "quick": 1, "leverage": 2, "share": 3, "growth": 4, "management": 5
    }  # fmt: skip
    assert frame.loc[["liquidity", "financial", "market"], "row"].tolist() == [0.5, 1.25, 3.5]
    assert frame.loc["quick", "parent_row"] == 0.5
    assert pd.isna(frame.loc["management", "parent_row"])
    assert frame.loc["quick", "weight"] == pytest.approx(0.6 * 0.5 * 0.75)


def test_each_box_says_its_weights() -> None:
    display = WeightTreeDisplay.from_hierarchy(tree(), labels={"quick": "Quick ratio"})
    assert repr(display).startswith("<WeightTreeDisplay: 3 levels, 6 leaves;")
    said = [text.get_text() for text in display.plot().ax_.texts]
    assert "Quick ratio" in said
    assert "75 % of its group, 22.5 % of all" in said
    assert "60 %" in said
    # the root, and two texts for each of the nine criteria
    assert len(said) == 1 + 2 * 9


def test_boxes_do_not_overlap() -> None:
    wide = {f"criterion number {i}": i + 1 for i in range(30)}
    ax = WeightTreeDisplay.from_hierarchy(WeightHierarchy.of(wide)).plot().ax_
    boxes = sorted((p.get_y(), p.get_y() + p.get_height()) for p in ax.patches[::2])
    assert len(boxes) == 30
    assert all(a[1] < b[0] for a, b in pairwise(boxes))


def test_small_axes_have_one_line_a_box() -> None:
    from matplotlib import pyplot as plt

    _, ax = plt.subplots(figsize=(6, 1.2))
    display = WeightTreeDisplay.from_hierarchy(tree()).plot(ax)
    assert display.ax_ is ax
    said = [text.get_text() for text in ax.texts]
    assert "22.5 %" in said
    assert not any("of its group" in text for text in said)


def test_long_names_are_cut_in_their_middle() -> None:
    name = "share of receivables that are more than ninety days past due at the end of the year"
    ax = WeightTreeDisplay.from_hierarchy(WeightHierarchy.of({name: 1, "$x$": 1})).plot().ax_
    said = [text.get_text() for text in ax.texts]
    cut = next(text for text in said if text.startswith("share of"))
    assert "…" in cut
    assert cut.endswith("year")
    assert "$x$" in said


def test_refuses_what_is_no_hierarchy() -> None:
    with pytest.raises(InvalidParameterError, match="'hierarchy' parameter"):
        WeightTreeDisplay.from_hierarchy(Weights.of({"a": 1}))  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="'labels' parameter"):
        WeightTreeDisplay.from_hierarchy(tree(), labels=["Quick ratio"])  # type: ignore[arg-type]
