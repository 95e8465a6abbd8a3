"""The picture of a feature's bins shows the numbers of its table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from creditscore.binning import BinDisplay, BinTable, NumericPartition


@pytest.fixture
def table() -> BinTable:
    return BinTable(
        feature="income",
        partition=NumericPartition(cuts=(1_000.0, 2_000.0), special_codes=(-9.0,)),
        n_good=(40.0, 0.0, 50.0, 0.0, 5.0),
        n_bad=(20.0, 0.0, 5.0, 0.0, 10.0),
    )


def test_frame_leaves_out_attributes_without_rows(table: BinTable) -> None:
    display = BinDisplay.from_table(table)
    every = table.frame()
    expected = every[every["count"] > 0].reset_index(drop=True)
    pd.testing.assert_frame_equal(display.frame(), expected)
    assert display.iv == table.iv


def test_frame_is_a_copy(table: BinTable) -> None:
    display = BinDisplay.from_table(table)
    frame = display.frame()
    frame["share"] = 0.0
    assert display.frame()["share"].sum() == pytest.approx(1)


def test_bars_are_shares_and_dots_are_bad_rates(table: BinTable) -> None:
    display = BinDisplay.from_table(table)
    assert display.plot() is display
    heights = [bar.get_height() for bar in display.ax_.patches]
    np.testing.assert_allclose(heights, [60 / 130, 55 / 130, 15 / 130])
    dots = display.ax_rate_.lines[-1].get_ydata()
    np.testing.assert_allclose(dots, [20 / 60, 5 / 55, 10 / 15])
    assert "income" in display.ax_.get_title(loc="left") + display.ax_.get_title()


def test_line_joins_intervals_only(table: BinTable) -> None:
    line = BinDisplay.from_table(table).plot().ax_rate_.lines[0]
    assert len(line.get_xdata()) == 2
