"""Bins before and after an edit: the same axes, what changed, who did it and why."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from matplotlib import pyplot as plt

from creditscore.binning import (
    BinPolicy,
    BinTable,
    CategoricalPartition,
    EditDisplay,
    FineIntervals,
    NumericPartition,
    compare,
)
from creditscore.exceptions import InvalidParameterError

WHO: dict[str, Any] = {
    "by": "A. Analyst", "reason": "one rule below $30", "when": "2026-01-31T12:00:00+00:00",
}  # fmt: skip


def ages(**fields: Any) -> BinTable:
    whole: dict[str, Any] = {
        "feature": "age",
        "partition": NumericPartition(cuts=(30, 40, 50)),
        "n_good": (20, 30, 40, 50, 4),
        "n_bad": (20, 15, 10, 5, 6),
    }
    return BinTable(**(whole | fields))


def changed(rows: pd.DataFrame) -> list[str]:
    return rows.loc[rows["changed"], "bin"].tolist()


def outlined(ax: Any) -> list[int]:
    return [place for place, bar in enumerate(ax.patches) if bar.get_edgecolor()[3] > 0]


def test_a_merge() -> None:
    before = ages()
    after = before.merge(1, 2, **WHO)
    display = EditDisplay.from_tables(before, after)
    assert changed(display.before) == ["[30, 40)", "[40, 50)"]
    assert changed(display.after) == ["[30, 50)"]
    frame = display.frame()
    pd.testing.assert_frame_equal(frame.drop(columns="changed"), compare(before, after).frame())
    assert frame["changed"].tolist() == [False, True, True, False, False]
    assert display.edits == after.history


def test_a_split() -> None:
    fine = FineIntervals([34], [35], good=[12, 18], bad=[9, 6])
    before = ages(partition=NumericPartition(cuts=()), fine=fine, n_good=(30, 4), n_bad=(15, 6))
    display = EditDisplay.from_tables(before, before.split(0, 35, **WHO))
    assert changed(display.before) == ["all values"]
    assert changed(display.after) == ["< 35", ">= 35"]


def test_levels_that_moved() -> None:
    before = BinTable(
        feature="home", partition=CategoricalPartition(groups=(("own",), ("rent",), ("free",))),
        n_good=(30, 20, 10, 0, 0), n_bad=(9, 12, 8, 0, 0),
    )  # fmt: skip
    display = EditDisplay.from_tables(before, before.group("rent", "free", **WHO))
    assert changed(display.before) == ["rent", "free"]
    assert changed(display.after) == [display.after["bin"][1]]


def test_missing_values_that_joined_a_bin_have_changed_with_it() -> None:
    before = ages()
    display = EditDisplay.from_tables(before, before.merge(0, 4, **WHO))
    for rows in (display.before, display.after):
        assert changed(rows) == ["< 30", "Missing"]


def test_another_policy_changes_what_it_treats() -> None:
    before = ages()
    display = EditDisplay.from_tables(before, ages(policy=BinPolicy(missing="neutral")))
    assert changed(display.after) == ["Missing"]
    assert display.edits == ()


def test_another_sample_changes_no_bin() -> None:
    display = EditDisplay.from_tables(ages(), ages(n_good=(25, 35, 40, 55, 4)))
    assert changed(display.before) == changed(display.after) == []
    # nothing to tell apart, so nothing is pale
    ax = display.plot().axes_[0]
    assert ax.patches[0].get_facecolor()[3] == pytest.approx(0.55)


def test_both_panels_have_the_same_axes_and_outline_what_changed() -> None:
    before = ages()
    after = before.merge(1, 2, **WHO)
    display = EditDisplay.from_tables(before, after, rate="woe")
    assert display.plot() is display
    for axes in (display.axes_, display.axes_rate_):
        assert axes[0].get_ylim() == axes[1].get_ylim()
    assert [outlined(ax) for ax in display.axes_] == [[1, 2], [1]]
    titles = [ax.get_title(loc="left") for ax in display.axes_]
    assert titles == [
        f"before: IV {before.iv:.3f} ± {before.iv_se:.3f}",
        f"after: IV {after.iv:.3f} ± {after.iv_se:.3f} ({after.iv - before.iv:+.3f})",
    ]


def test_author_and_reason_are_told() -> None:
    before = ages()
    once = before.merge(1, 2, **WHO)
    twice = once.merge(1, 2, by="B. Board", reason="two rules", when=WHO["when"])
    figure = EditDisplay.from_tables(before, once).plot().figure_
    assert figure.get_suptitle() == "age  (merge '[30, 40)' and '[40, 50)')"
    assert figure.get_supxlabel() == "one rule below $30 (A. Analyst, 2026-01-31)"
    figure = EditDisplay.from_tables(before, twice).plot().figure_
    assert "2 edits, the last: merge" in figure.get_suptitle()
    assert figure.get_supxlabel() == "two rules (B. Board, 2026-01-31)"
    # what the first table had seen already is no news
    assert EditDisplay.from_tables(once, twice).edits == twice.history[1:]


def test_tables_without_a_common_history_name_no_edit() -> None:
    before, other = ages().merge(0, 1, **WHO), ages().merge(1, 2, **WHO)
    display = EditDisplay.from_tables(before, other).plot()
    assert display.edits == ()
    assert display.figure_.get_suptitle() == "age"
    assert display.figure_.get_supxlabel() == ""


def test_it_takes_a_comparison_and_the_axes_of_others() -> None:
    before = ages()
    comparison = compare(before, before.merge(1, 2, **WHO))
    figure, axes = plt.subplots(2, 1, figsize=(9, 9), layout="constrained")
    display = EditDisplay.from_comparison(comparison).plot(axes[1])
    figure.draw_without_rendering()
    above = axes[0].get_window_extent().y0
    assert all(ax.get_window_extent().y1 < above for ax in display.axes_)
    assert repr(display).startswith("EditDisplay('age', before: IV ")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: EditDisplay.from_tables(ages(), 3), "must be a BinTable. Got 3"),
        (lambda: EditDisplay.from_tables(ages(), ages(feature="b")), "'age' and 'b'"),
        (lambda: EditDisplay.from_tables(ages(), ages(), rate="iv"), "'rate' parameter"),
    ],
)
def test_what_cannot_be_drawn_is_refused(call: Any, message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        call()
