"""Traffic lights of both kinds, and the normal test over several years."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.validate import (
    binomial_test,
    multi_period_test,
    oenb_traffic_light,
    traffic_light_test,
    vasicek_test,
)

COLOURS = ["green", "yellow", "orange", "red"]


# --- reference ---------------------------------------------------------------------------


def test_five_years_of_riskvalidation() -> None:
    found = traffic_light_test([10, 14, 8, 16, 11], 1000, 0.01)
    assert found.standardised == pytest.approx(
        [0, 1.27128345, -0.63564173, 1.90692518, 0.31782086], abs=5e-9
    )
    assert found.colours == ("green", "orange", "green", "red", "yellow")
    assert found.statistic == 2111
    assert found.p_value == pytest.approx(0.246875, abs=1e-12)
    assert found.counts == {"green": 2, "yellow": 1, "orange": 1, "red": 1}


def test_multi_period_of_riskvalidation() -> None:
    found = multi_period_test([0.025, 0.03, 0.02, 0.035, 0.028], 0.02)
    assert found.statistic == pytest.approx(3.0375709145, abs=5e-11)
    assert found.p_value == pytest.approx(0.0011924664, abs=5e-11)
    assert found.n == 5


# --- oracle and laws ---------------------------------------------------------------------


@settings(deadline=None, max_examples=40)
@given(data=st.data(), n=st.integers(1, 5))
def test_the_p_value_is_that_over_all_sequences_of_colours(data: st.DataObject, n: int) -> None:
    n_bad = data.draw(st.lists(st.integers(0, 40), min_size=n, max_size=n))
    parts = data.draw(st.lists(st.floats(0.1, 1), min_size=4, max_size=4))
    chances = np.array(parts) / sum(parts)
    found = traffic_light_test(n_bad, 100, 0.15, colour_probs=chances)
    total = 0.0
    for sequence in itertools.product(range(4), repeat=n):
        numbers = np.bincount(sequence, minlength=4)
        if numbers @ [1000, 100, 10, 1] <= found.statistic:
            total += math.prod(chances[list(sequence)])
    assert found.p_value == pytest.approx(total, abs=1e-10)


def test_all_green_is_the_best_and_all_red_the_worst() -> None:
    assert traffic_light_test([0, 0, 0], 100, 0.1).p_value == pytest.approx(1)
    assert traffic_light_test([90, 90, 90], 100, 0.1).p_value == pytest.approx(0.05**3)


def test_many_years_have_more_digits() -> None:
    n_bad = [0] * 3 + [90] * 12
    found = traffic_light_test(n_bad, 100, 0.1)
    assert found.statistic == 3_00_00_12
    # fewer than three green years, or three and nothing but red ones
    q = 0.5
    below = sum(math.comb(15, k) for k in range(3)) * q**15
    assert found.p_value == pytest.approx(below + math.comb(15, 3) * q**3 * 0.05**12)


def test_thousands_of_years() -> None:
    n_bad = np.full(3000, 10)
    n_bad[:1500] = 9
    found = traffic_light_test(n_bad, 100, 0.1, ties="worse")
    assert found.counts == {"green": 1500, "yellow": 1500, "orange": 0, "red": 0}
    # half of them green, and never more yellow than all others
    assert found.p_value == pytest.approx(0.5 + math.sqrt(1 / (2 * math.pi * 3000)), abs=1e-4)


def test_ten_years_keep_the_digits_of_the_working_paper() -> None:
    assert traffic_light_test([0] * 9 + [90], 100, 0.1).statistic == 9001
    assert traffic_light_test([0] * 10, 100, 0.1).statistic == 10_000


def test_a_rate_on_a_bound() -> None:
    # exactly as many as foretold, in numbers that binary fractions round
    for n_bad, n_total, prob in ((10, 1000, 0.01), (21, 300, 0.07), (3, 10, 0.3)):
        better = traffic_light_test([n_bad], n_total, prob)
        worse = traffic_light_test([n_bad], n_total, prob, ties="worse")
        assert (better.colours, worse.colours) == (("green",), ("yellow",))


@settings(deadline=None, max_examples=40)
@given(n_bad=st.lists(st.integers(0, 60), min_size=1, max_size=8))
def test_limits_are_where_colours_change(n_bad: list) -> None:
    found = traffic_light_test(n_bad, 200, 0.1)
    place = (found.default_rate[:, None] > found.limits + 1e-12).sum(axis=1)
    assert [COLOURS[i] for i in place] == list(found.colours)


@pytest.mark.parametrize("correlation", [0, 0.12])
def test_oenb_colours_by_p_value(correlation: float) -> None:
    n_bad = np.arange(0, 130, 3)
    found = oenb_traffic_light(n_bad, 1000, 0.01, correlation=correlation)
    p_value = vasicek_test(n_bad, 1000, 0.01, correlation=correlation).p_value
    assert found.p_value == pytest.approx(p_value)
    expected = np.where(p_value > 0.05, "green", np.where(p_value > 0.001, "yellow", "red"))
    assert list(found.colours) == expected.tolist()
    assert set(found.colours) == {"green", "yellow", "red"}
    place = (found.default_rate[:, None] > found.limits).sum(axis=1)
    assert [["green", "yellow", "red"][i] for i in place] == list(found.colours)


def test_oenb_levels() -> None:
    p_value = float(binomial_test(14, 1000, 0.01).p_value)
    assert 0.1 < p_value < 0.2
    assert oenb_traffic_light([14], 1000, 0.01).colours == ("green",)
    assert oenb_traffic_light([14], 1000, 0.01, levels=(0.8, 0.95)).colours == ("yellow",)
    assert oenb_traffic_light([14], 1000, 0.01, levels=(0.5, 0.8)).colours == ("red",)


@settings(deadline=None, max_examples=40)
@given(
    apart=st.lists(st.integers(-50, 50), min_size=2, max_size=12),
    prob=st.floats(0.1, 0.5),
)
def test_multi_period_is_a_t_statistic_read_by_the_normal_distribution(
    apart: list, prob: float
) -> None:
    rates = prob + np.array(apart) / 1000
    found = multi_period_test(rates, prob)
    if len(set(apart)) == 1:
        assert math.isnan(found.statistic)
        assert math.isnan(found.p_value)
        return
    t = np.mean(apart) / (np.std(apart, ddof=1) / math.sqrt(len(apart)))
    assert found.statistic == pytest.approx(t, abs=1e-9)


# --- edges and errors --------------------------------------------------------------------


def test_a_probability_for_each_year() -> None:
    found = multi_period_test([0.02, 0.05], [0.01, 0.02])
    assert found.statistic == pytest.approx(0.04 / (math.sqrt(2) * math.sqrt(2) * 0.01))
    lights = traffic_light_test([2, 5], [100, 100], [0.01, 0.05])
    assert lights.prob_default.tolist() == [0.01, 0.05]


def test_lines_and_tables() -> None:
    found = traffic_light_test([10, 14, 8, 16, 11], 1000, 0.01)
    assert repr(found) == "<TrafficLightTest: G O G R Y, statistic 2111, p = 0.2469>"
    assert found.table()["colour"].tolist() == list(found.colours)
    assert "<td" in found._repr_html_()
    lights = oenb_traffic_light([10, 18, 25], 1000, 0.01)
    assert repr(lights) == "<OenbTrafficLights: G Y R>"
    assert list(lights.table()) == ["prob_default", "default_rate", "p_value", "colour"]
    assert "yellow" in lights._repr_html_()


@pytest.mark.parametrize("lights", [traffic_light_test, oenb_traffic_light])
def test_what_lights_refuse(lights: object) -> None:
    assert callable(lights)
    with pytest.raises(InvalidDataError, match="n_total is 0 at place 1"):
        lights([1, 0], [10, 0], 0.1)
    with pytest.raises(InvalidDataError, match="must be lists of years"):
        lights([[1, 2], [3, 4]], 10, 0.1)
    with pytest.raises(InvalidDataError, match="11 of 10"):
        lights([11], 10, 0.1)


def test_what_the_test_of_colours_refuses() -> None:
    with pytest.raises(
        InvalidDataError, match=r"prob_default must lie between 0 and 1.* in year 1"
    ):
        traffic_light_test([1, 0], 10, [0.1, 0])
    for chances in ((0.5, 0.3, 0.2), (0.5, 0.3, 0.2, 0.1), (0.5, 0.5, 0, 0), (math.nan,) * 4):
        with pytest.raises(InvalidParameterError, match="'colour_probs' parameter"):
            traffic_light_test([1], 10, 0.1, colour_probs=chances)
    with pytest.raises(InvalidParameterError, match="'ties' parameter"):
        traffic_light_test([1], 10, 0.1, ties="lower")


def test_what_the_lights_of_the_guideline_refuse() -> None:
    for levels in ((0.999, 0.95), (0.95,), (0, 0.9), (95, 99.9), (math.nan, 0.9)):
        with pytest.raises(InvalidParameterError, match="'levels' parameter"):
            oenb_traffic_light([1], 10, 0.1, levels=levels)
    with pytest.raises(InvalidParameterError, match="'correlation' parameter"):
        oenb_traffic_light([1], 10, 0.1, correlation=1)


def test_what_the_multi_period_test_refuses() -> None:
    for rates, prob in (([0.02], 0.01), (0.02, 0.01), ([0.02, 0.03], [0.01] * 3)):
        with pytest.raises(InvalidDataError, match="a list of two years or more"):
            multi_period_test(rates, prob)
    with pytest.raises(InvalidDataError, match="default_rates must hold fractions"):
        multi_period_test([2, 3], 0.01)


def test_results_are_compared_by_identity() -> None:
    found = traffic_light_test([1, 2], 100, 0.01)
    assert found == found  # noqa: PLR0124
    assert found != traffic_light_test([1, 2], 100, 0.01)
    assert len({found, oenb_traffic_light([1], 100, 0.01)}) == 2
