"""Pictures of grades against their band, and of traffic lights."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib as mpl
import numpy as np
import pytest
from scipy.stats import binom

mpl.use("Agg")
from matplotlib import pyplot as plt

from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.validate import (
    GradeBacktestDisplay,
    TrafficLightDisplay,
    oenb_traffic_light,
    traffic_light_test,
)


@pytest.fixture(autouse=True)
def _close() -> Iterator[None]:
    yield
    plt.close("all")


def test_the_band_is_what_neither_test_rejects() -> None:
    display = GradeBacktestDisplay.from_counts([5], [100], [0.05])
    numbers = np.arange(101)
    above = binom.sf(numbers - 1, 100, 0.05) > 0.025
    below = binom.cdf(numbers, 100, 0.05) > 0.025
    inside = numbers[above & below]
    row = display.frame().iloc[0]
    assert (row["band_lower"], row["band_upper"]) == (inside[0] / 100, inside[-1] / 100)
    assert row["verdict"] == "in band"


def test_verdicts() -> None:
    display = GradeBacktestDisplay.from_counts(
        [30, 5, 0, 0], [100, 100, 500, 0], [0.05, 0.05, 0.05, 0.05], grades=["A", "B", "C", "D"]
    )
    assert display.frame()["verdict"].tolist() == [
        "PD too low",
        "in band",
        "PD too high",
        "no customers",
    ]
    assert repr(display) == "GradeBacktestDisplay(4 grades, 1 with a PD too low, 1 too high)"
    assert np.isnan(display.frame()["observed"]).tolist() == [False, False, False, True]


def test_correlation_widens_the_band() -> None:
    alone, together = (
        GradeBacktestDisplay.from_counts([30], [1000], [0.02], correlation=rho).frame().iloc[0]
        for rho in (0, 0.1)
    )
    assert together["band_upper"] > alone["band_upper"]
    assert together["band_lower"] < alone["band_lower"]
    assert together["p_value"] > alone["p_value"]


def test_the_frame_is_a_copy() -> None:
    display = GradeBacktestDisplay.from_counts([5], [100], [0.05])
    frame = display.frame()
    frame["n_bad"] = 0
    assert display.frame()["n_bad"].tolist() == [5]


@pytest.mark.parametrize(
    ("n_bad", "n_total", "prob"),
    [
        ([5, 9], [100, 100], [0.05, 0.1]),
        ([0, 9, 0], [10_000, 100, 0], [0.0003, 0.1, 0.2]),
        ([0, 0], [10, 10], [0, 0]),
        ([10], [10], [1]),
    ],
)
def test_grades_are_drawn(n_bad: list, n_total: list, prob: list) -> None:
    ax = GradeBacktestDisplay.from_counts(n_bad, n_total, prob).plot().ax_
    ax.figure.canvas.draw()
    assert [label.get_text() for label in ax.get_xticklabels()] == [
        str(i + 1) for i in range(len(n_bad))
    ]
    drawn = sorted(y for line in ax.lines for y in np.atleast_1d(line.get_ydata()))
    rates = sorted(b / n for b, n in zip(n_bad, n_total, strict=True) if n)
    assert drawn == pytest.approx(rates)


def test_it_draws_on_given_axes() -> None:
    _, ax = plt.subplots()
    assert GradeBacktestDisplay.from_counts([5], [100], [0.05]).plot(ax).ax_ is ax


def test_what_grades_refuse() -> None:
    with pytest.raises(InvalidDataError, match="one place for each grade"):
        GradeBacktestDisplay.from_counts([5], [100], [0.05], grades=["A", "B"])
    with pytest.raises(InvalidDataError, match="one place for each grade"):
        GradeBacktestDisplay.from_counts([[5, 6]], [[100, 100]], 0.05)
    with pytest.raises(InvalidParameterError, match="'level' parameter"):
        GradeBacktestDisplay.from_counts([5], [100], [0.05], level=95)
    with pytest.raises(InvalidParameterError, match="'correlation' parameter"):
        GradeBacktestDisplay.from_counts([5], [100], [0.05], correlation=2)


def test_lights_over_years() -> None:
    found = traffic_light_test([10, 14, 8, 16, 11], 1000, 0.01)
    display = TrafficLightDisplay.from_lights(found, periods=range(2019, 2024))
    frame = display.frame()
    assert frame["period"].tolist() == ["2019", "2020", "2021", "2022", "2023"]
    assert list(frame)[4:] == ["from_yellow", "from_orange", "from_red"]
    assert repr(display) == "TrafficLightDisplay(5 periods: 2 green, 1 yellow, 1 orange, 1 red)"
    ax = display.plot().ax_
    ax.figure.canvas.draw()
    assert [text.get_text() for text in ax.texts] == list("GOGRY")
    assert "statistic 2111, p = 0.2469" in ax.get_title(loc="left")


def test_lights_of_grades() -> None:
    found = oenb_traffic_light([10, 18, 25, 0], [1000, 1000, 1000, 5], 0.01)
    display = TrafficLightDisplay.from_lights(found)
    assert list(display.frame())[4:] == ["from_yellow", "from_red"]
    assert repr(display) == "TrafficLightDisplay(4 periods: 2 green, 1 yellow, 1 red)"
    ax = display.plot().ax_
    ax.figure.canvas.draw()
    assert [text.get_text() for text in ax.texts] == list("GYRG")
    assert ax.get_title(loc="left") == "Traffic lights"


def test_one_name_a_period() -> None:
    with pytest.raises(InvalidDataError, match=r"each of the 2 periods\. Got 3 names"):
        TrafficLightDisplay.from_lights(oenb_traffic_light([1, 2], 10, 0.1), periods="abc")
