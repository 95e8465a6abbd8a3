"""Pictures of bounds by confidence and of default rates by year."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from matplotlib import pyplot as plt

from creditscore.calibrate import (
    ConfidenceDisplay,
    LongRunDisplay,
    long_run_average,
    pluto_tasche_table,
)
from creditscore.exceptions import InvalidParameterError


@pytest.fixture(autouse=True)
def closed_figures() -> Iterator[None]:
    yield
    plt.close("all")


def written(ax: Any) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_bounds_by_confidence() -> None:
    counts: Any = ([100, 400, 300], [0, 2, 1])
    names = ["A", "B", "C"]
    display = ConfidenceDisplay.from_counts(*counts, correlation=0.12, grades=names)
    expected = pluto_tasche_table(*counts, correlation=0.12, grades=names)
    np.testing.assert_array_equal(display.frame(), expected)
    ax = display.plot().ax_
    assert {"A", "B", "C", "observed, all grades"} <= set(written(ax))
    assert ax.get_yscale() == "log"
    np.testing.assert_allclose(ax.lines[0].get_ydata(), expected.iloc[0])
    assert "asset correlation 0.12" in ax.get_title(loc="left")


def test_the_default_rate_is_of_one_period_and_only_there_where_it_is_above_zero() -> None:
    none = ConfidenceDisplay.from_counts([100, 50], [0, 0]).plot()
    assert written(none.ax_) == ["1", "2"]
    several = ConfidenceDisplay.from_counts(1000, 10, n_periods=5, confidences=[0.5])
    assert several.default_rate == pytest.approx(0.002)
    assert several.plot().ax_.get_ylim()[0] < 0.002


def test_of_many_grades_only_those_that_end_apart_are_named() -> None:
    display = ConfidenceDisplay.from_counts([500] * 20, [0] * 20)
    names = written(display.plot().ax_)
    assert len(names) < 20
    assert {"1", "20"} <= set(names)


def test_confidences_are_drawn_in_order_on_given_axes() -> None:
    ax = plt.subplots()[1]
    display = ConfidenceDisplay.from_counts([100, 50], [0, 1], confidences=[0.9, 0.5])
    assert display.plot(ax).ax_ is ax
    assert display.frame().columns.tolist() == [0.5, 0.9]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["50%", "90%"]


def test_default_rates_by_year() -> None:
    history = long_run_average(
        [900, 950, 1000],
        [9, 12, 31],
        years=[2021, 2022, 2023],
        bad_years=[False, False, True],
    ).adjusted(0.002, "late defaults")
    display = LongRunDisplay.from_average(history)
    assert display.frame().equals(history.table())
    ax = display.plot().ax_
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == [
        "95% interval of the average",
        "average 1.79%",
        "adjusted 1.99%",
        "year, 95% interval",
        "bad year, 95% interval",
    ]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["2021", "2022", "2023"]


@pytest.mark.parametrize(
    ("customers", "defaults"), [(90, 80), ([100, 100], [0, 0]), ([10] * 40, [1] * 40)]
)
def test_histories_at_the_edge(customers: Any, defaults: Any) -> None:
    ax = LongRunDisplay.from_average(long_run_average(customers, defaults)).plot().ax_
    low, high = ax.get_ylim()
    assert low == 0 < high
    assert all(tick <= 1 for tick in ax.get_yticks())


def test_something_else_is_refused() -> None:
    with pytest.raises(InvalidParameterError, match="must be a LongRunAverage"):
        LongRunDisplay.from_average([0.1, 0.2])  # type: ignore[arg-type]
