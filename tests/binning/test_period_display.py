"""Bins over time: lines of rates, places that were changed, shares beneath."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import pyplot as plt
from matplotlib.text import Text

from creditscore.binning import BinTable, NumericPartition, PeriodCounts, PeriodDisplay
from creditscore.exceptions import InvalidParameterError

GOOD = [[10, 20, 30, 0, 4], [12, 18, 0, 0, 6], [20, 10, 30, 0, 0]]
BAD = [[10, 8, 6, 0, 2], [11, 9, 0, 0, 0], [4, 10, 3, 0, 3]]


def incomes(good: Any = GOOD, bad: Any = BAD, **fields: Any) -> BinTable:
    """Return bins "< 1", "[1, 2)", ">= 2", a special code without rows, and missing values."""
    labels = [f"2024-{month:02}" for month in range(1, len(good) + 1)]
    return BinTable(
        feature="income",
        partition=NumericPartition(cuts=(1, 2), special_codes=(-9,)),
        n_good=np.sum(good, axis=0),
        n_bad=np.sum(bad, axis=0),
        periods=PeriodCounts(labels, good, bad),
        **fields,
    )


def lines(ax: Any) -> list[np.ndarray]:
    """Return the values of the lines of bins."""
    return [line.get_ydata() for line in ax.lines if line.get_markersize() == 3.5]


def rings(ax: Any) -> set[tuple[float, float]]:
    return {
        (float(x), round(float(y), 9))
        for line in ax.lines
        if line.get_markersize() == 9
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
    }


def test_frame_is_that_of_the_table_without_empty_attributes() -> None:
    table = incomes()
    display = PeriodDisplay.from_table(table)
    every = table.frame_by_period()
    expected = every[every["bin"] != "Special -9"].reset_index(drop=True)
    frame = display.frame()
    pd.testing.assert_frame_equal(frame[every.columns.tolist()], expected)
    assert frame["kind"].tolist() == ["bin", "bin", "bin", "missing"] * 3
    frame["share"] = 0.0
    assert display.frame()["share"].sum() == pytest.approx(3)


def test_bins_that_changed_places_are_found() -> None:
    # over all, "< 1" has 25 bads of 67, "[1, 2)" 27 of 75, ">= 2" 9 of 69
    display = PeriodDisplay.from_table(incomes())
    assert display.order == (">= 2", "[1, 2)", "< 1")
    frame = display.frame()
    assert frame.loc[frame["crosses"], ["period", "bin"]].to_numpy().tolist() == [
        ["2024-03", "< 1"], ["2024-03", "[1, 2)"],
    ]  # fmt: skip
    assert display.crossings == ("2024-03",)
    assert repr(display) == "PeriodDisplay('income', 3 periods, bins changed places in 1)"


@given(
    st.lists(
        st.tuples(*[st.tuples(st.integers(0, 9), st.integers(0, 9)) for _ in range(3)]),
        min_size=1, max_size=5,
    )
)  # fmt: skip
def test_order_is_kept_where_rates_rise_in_it(counts: list[Any]) -> None:
    """No crossing means that rates rise in the order over all, and the other way round."""
    good = [[g for g, _ in row] + [1, 1] for row in counts]
    bad = [[b for _, b in row] + [1, 1] for row in counts]
    display = PeriodDisplay.from_table(incomes(good, bad))
    frame = display.frame()
    for period, rows in frame[frame["kind"] == "bin"].groupby("period"):
        rates = rows.set_index("bin").loc[list(display.order), "bad_rate"].dropna().to_numpy()
        assert (period in display.crossings) == bool((np.diff(rates) < -1e-12).any())


def test_lines_are_rates_and_rings_are_crossings() -> None:
    table = incomes()
    display = PeriodDisplay.from_table(table, rate="bad_rate")
    assert display.plot() is display
    rates = table.periods.bad_rate  # type: ignore[union-attr]
    for drawn, code in zip(lines(display.ax_), [2, 1, 0, 4], strict=True):
        np.testing.assert_allclose(drawn, rates[:, code])
    assert rings(display.ax_) == {(2, round(4 / 24, 9)), (2, 0.5)}


def test_shares_are_stacked_to_the_whole() -> None:
    display = PeriodDisplay.from_table(incomes()).plot()
    tops = np.zeros(3)
    for bars in display.ax_share_.containers:
        np.testing.assert_allclose([bar.get_y() for bar in bars], tops)
        tops += [bar.get_height() for bar in bars]
    np.testing.assert_allclose(tops, 1)
    assert display.ax_share_.containers[0][1].get_height() == 0


def test_every_line_has_its_label_and_none_touches_another() -> None:
    n = 20
    good = np.arange(3 * (n + 1)).reshape(3, -1) % 7 + 20
    bad = np.full((3, n + 1), 10)
    table = BinTable(
        feature="income", partition=NumericPartition(cuts=tuple(range(1, n))),
        n_good=good.sum(axis=0), n_bad=bad.sum(axis=0), periods=PeriodCounts("abc", good, bad),
    )  # fmt: skip
    display = PeriodDisplay.from_table(table).plot()
    display.figure_.draw_without_rendering()
    labels = [text for text in display.ax_.texts if text.get_text()]
    assert {text.get_text() for text in labels} == set(table.labels)
    # the lines that lead to them are no part of their text
    boxes = sorted(_ends(text) for text in labels)
    assert all(low[1] <= high[0] + 0.5 for low, high in pairwise(boxes))


def _ends(text: Text) -> tuple[float, float]:
    """Return where a text begins and ends from below."""
    extent = Text.get_window_extent(text)
    return extent.y0, extent.y1


def test_infinite_woe_of_a_period_is_marked_at_the_edge() -> None:
    display = PeriodDisplay.from_table(incomes(smoothing=0)).plot()
    marks = {line.get_marker(): list(line.get_xdata()) for line in display.ax_.lines}
    # missing values: no bad in the second period, no good in the third
    assert marks["^"] == [1]
    assert marks["v"] == [2]
    assert np.isfinite(display.ax_.get_ylim()).all()


@pytest.mark.parametrize("n_periods", [1, 24])
def test_any_number_of_periods(n_periods: int) -> None:
    table = incomes(GOOD[:1] * n_periods, BAD[:1] * n_periods)
    display = PeriodDisplay.from_table(table).plot()
    assert all(len(values) == n_periods for values in lines(display.ax_))
    ending = "1 period, order kept" if n_periods == 1 else "24 periods, order kept"
    assert display.figure_.get_suptitle() == f"income  ({ending})"
    assert list(display.ax_.get_xticks()) == list(display.ax_share_.get_xticks())


def test_it_fits_into_the_axes_of_others() -> None:
    figure, axes = plt.subplots(1, 2, figsize=(12, 5), layout="constrained")
    display = PeriodDisplay.from_table(incomes()).plot(axes[0])
    figure.draw_without_rendering()
    right = axes[1].get_window_extent().x0
    assert display.ax_.get_window_extent().x1 < right
    assert display.ax_share_.get_window_extent().y1 < display.ax_.get_window_extent().y0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: PeriodDisplay.from_table("income"), "draws a BinTable.*Got str"),
        (lambda: PeriodDisplay.from_table(incomes(), rate="iv"), "'rate' parameter"),
        (
            lambda: PeriodDisplay.from_table(
                BinTable(feature="v", partition=NumericPartition(cuts=()), n_good=(3, 1),
                         n_bad=(2, 1))
            ),
            "no counts by period",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused(call: Any, message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        call()
