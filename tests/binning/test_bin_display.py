"""The picture of a feature's bins shows the numbers of its table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from creditscore.binning import BinDisplay, BinPolicy, BinTable, NumericPartition
from creditscore.exceptions import InvalidParameterError
from creditscore.metrics import jeffreys_interval


def incomes(**fields: Any) -> BinTable:
    whole: dict[str, Any] = {
        "feature": "income",
        "partition": NumericPartition(cuts=(1_000.0, 2_000.0), special_codes=(-9.0, -8.0)),
        "n_good": (40.0, 0.0, 50.0, 0.0, 0.0, 5.0),
        "n_bad": (20.0, 0.0, 5.0, 0.0, 6.0, 10.0),
    }
    return BinTable(**(whole | fields))


@pytest.fixture
def table() -> BinTable:
    return incomes()


def words(ax: Any) -> list[str]:
    return [text.get_text() for text in ax.texts]


def dots(ax: Any, hollow: bool = False) -> list[tuple[float, float]]:
    """Return where the markers of estimates, or of WOE that is set, stand."""
    return [
        pair
        for line in ax.lines
        if line.get_marker() == "o" and (line.get_markerfacecolor() == "white") == hollow
        for pair in zip(line.get_xdata(), line.get_ydata(), strict=True)
    ]


def test_frame_holds_regular_bins_and_what_else_has_rows(table: BinTable) -> None:
    display = BinDisplay.from_table(table)
    shown = display.frame()
    every = table.frame()
    expected = every.iloc[[0, 1, 2, 4, 5]].reset_index(drop=True)
    pd.testing.assert_frame_equal(shown[every.columns.tolist()], expected)
    low, high = jeffreys_interval([20, 5, 6, 10], [60, 55, 6, 15])
    np.testing.assert_allclose(shown["bad_rate_low"].drop(1), low)
    np.testing.assert_allclose(shown["bad_rate_high"].drop(1), high)
    assert shown.loc[1, ["bad_rate", "bad_rate_low", "bad_rate_high"]].isna().all()
    assert shown["treatment"].tolist() == [
        "empirical", "unmet neutral", "empirical", "empirical", "empirical",
    ]  # fmt: skip
    assert (display.iv, display.iv_se) == (table.iv, table.iv_se)


def test_a_column_without_values_has_no_empty_bin() -> None:
    empty = incomes(n_good=(0, 0, 0, 0, 0, 7), n_bad=(0, 0, 0, 0, 0, 3), status="all missing")
    assert BinDisplay.from_table(empty).frame()["bin"].tolist() == ["Missing"]


def test_the_level_moves_both_intervals(table: BinTable) -> None:
    wide, narrow = (BinDisplay.from_table(table, level=level).frame() for level in (0.99, 0.8))
    for rate in ("bad_rate", "woe"):
        held = [0, 2, 4]
        assert (wide[f"{rate}_low"] < narrow[f"{rate}_low"])[held].all()
        assert (wide[f"{rate}_high"] > narrow[f"{rate}_high"])[held].all()


def test_frame_is_a_copy(table: BinTable) -> None:
    display = BinDisplay.from_table(table)
    frame = display.frame()
    frame["share"] = 0.0
    assert display.frame()["share"].sum() == pytest.approx(1)


def test_bars_are_shares_and_dots_are_bad_rates(table: BinTable) -> None:
    display = BinDisplay.from_table(table)
    assert display.plot() is display
    heights = [bar.get_height() for bar in display.ax_.patches]
    np.testing.assert_allclose(heights, [60 / 136, 0, 55 / 136, 6 / 136, 15 / 136])
    # special codes and missing values stand half a bar apart
    np.testing.assert_allclose(
        dots(display.ax_rate_), [(0, 20 / 60), (2, 5 / 55), (3.5, 1), (4.5, 10 / 15)]
    )
    assert words(display.ax_) == ["no rows"]
    assert display.ax_.get_title(loc="left").startswith("income  (IV ")


def test_woe_dots_are_hollow_where_the_policy_sets_them() -> None:
    policy = BinPolicy(missing="neutral", special="error")
    table = incomes(policy=policy)
    display = BinDisplay.from_table(table, rate="woe").plot()
    np.testing.assert_allclose(dots(display.ax_rate_), [(0, table.woe[0]), (2, table.woe[2])])
    assert dots(display.ax_rate_, hollow=True) == [(1, 0), (4.5, 0)]
    assert words(display.ax_rate_) == ["refused"]


def test_intervals_of_woe_are_those_of_the_table(table: BinTable) -> None:
    display = BinDisplay.from_table(table, rate="woe").plot()
    (bars,) = [c.get_segments() for c in display.ax_rate_.collections if hasattr(c, "get_segments")]
    frame = table.frame().iloc[[0, 2, 4, 5]]
    ends = [(segment[0][1], segment[1][1]) for segment in bars]
    np.testing.assert_allclose(ends, frame[["woe_low", "woe_high"]])


def test_infinite_woe_is_marked_at_the_edge() -> None:
    table = incomes(smoothing=0, n_good=(40, 3, 50, 0, 0, 5), n_bad=(20, 0, 5, 0, 6, 10))
    display = BinDisplay.from_table(table, rate="woe").plot()
    edges = {line.get_marker(): line for line in display.ax_rate_.lines}
    assert list(edges["^"].get_xdata()) == [1]
    assert list(edges["v"].get_xdata()) == [3.5]
    assert words(display.ax_rate_) == ["∞", "−∞"]
    assert display.ax_.get_title(loc="left") == "income  (IV ∞)"
    assert np.isfinite(display.ax_rate_.get_ylim()).all()


def test_line_joins_intervals_only(table: BinTable) -> None:
    line = BinDisplay.from_table(table).plot().ax_rate_.lines[0]
    assert list(line.get_xdata()) == [0, 2]


def test_stacked_bars_part_goods_and_bads(table: BinTable) -> None:
    ax = BinDisplay.from_table(table).plot(stacked=True).ax_
    bad, good = ([bar.get_height() for bar in bars] for bars in ax.containers)
    np.testing.assert_allclose(bad, np.array([20, 0, 5, 6, 10]) / 136)
    np.testing.assert_allclose(good, np.array([40, 0, 50, 0, 5]) / 136)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["bad", "good"]


@pytest.mark.parametrize(
    ("ceiling", "said"), [(None, False), (0.5, True)], ids=["unknown", "higher"]
)
def test_the_ceiling_is_named_where_it_is_higher(ceiling: float | None, said: bool) -> None:
    table = incomes(n_good=(40, 30, 50, 0, 0, 0), n_bad=(20, 9, 5, 0, 0, 0), ceiling=ceiling)
    text = repr(BinDisplay.from_table(table))
    assert text.startswith(f"BinDisplay('income', 3 bins, IV {table.iv:.3f} ± {table.iv_se:.3f}")
    assert ("ceiling 0.500" in text) == said
    same = incomes(ceiling=float("nan"))
    assert "ceiling" not in repr(BinDisplay.from_table(same))


def test_dollar_signs_are_no_formulas() -> None:
    table = incomes(feature="$income$ in $")
    ax = BinDisplay.from_table(table).plot().ax_
    ax.figure.draw_without_rendering()
    assert ax.get_title(loc="left").startswith("$income$ in $")
    assert not any(label.get_parse_math() for label in ax.get_xticklabels())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda table: BinDisplay.from_table(table.frame()), "draws a BinTable.*Got DataFrame"),
        (lambda table: BinDisplay.from_table(table, rate="odds"), "'rate'.*'bad_rate', 'woe'"),
        (lambda table: BinDisplay.from_table(table, level=1.5), "'level'"),
    ],
)
def test_what_cannot_be_drawn_is_refused(call: Any, message: str, table: BinTable) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        call(table)
