"""Long-run average default rates: closed forms, a simulated cycle, edges, errors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t as student

from creditscore.calibrate import LongRunAverage, long_run_average
from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    InvalidWeightError,
)
from creditscore.metrics import jeffreys_interval

CUSTOMERS = [900, 950, 1000, 1050, 1100]
DEFAULTS = [9, 12, 31, 20, 11]
RATES = np.array(DEFAULTS) / np.array(CUSTOMERS)

# --- reference: closed forms --------------------------------------------------------------


def test_the_mean_of_rates_and_the_pooled_rate() -> None:
    by_year = long_run_average(CUSTOMERS, DEFAULTS)
    assert by_year.average == pytest.approx(RATES.mean(), rel=1e-14)
    pooled = long_run_average(CUSTOMERS, DEFAULTS, method="pooled")
    assert pooled.average == pytest.approx(83 / 5000, rel=1e-14)
    assert pooled.average != by_year.average


def test_the_pooled_interval_is_jeffreys() -> None:
    pooled = long_run_average(CUSTOMERS, DEFAULTS, method="pooled", level=0.9)
    lower, upper = jeffreys_interval(83, 5000, level=0.9)
    assert (pooled.lower, pooled.upper) == (float(lower), float(upper))
    assert math.isnan(pooled.autocorrelation)


def test_the_interval_between_years_step_by_step() -> None:
    found = long_run_average(CUSTOMERS, DEFAULTS)
    n = len(RATES)
    apart = RATES - RATES.mean()
    first = apart[1:] @ apart[:-1] / (apart @ apart)
    rho = min(0.9, max(0.0, first + 1 / n))
    assert found.autocorrelation == pytest.approx(rho, rel=1e-12)
    shared = sum(rho ** abs(i - j) for i in range(n) for j in range(n)) / n**2
    variance = apart @ apart / n / (1 - shared) * shared
    half = student.ppf(0.975, n - 1) * math.sqrt(variance)
    assert found.upper - found.average == pytest.approx(half, rel=1e-10)
    assert found.average - found.lower == pytest.approx(half, rel=1e-10)


def test_independent_years_get_the_usual_interval() -> None:
    """Rates that go up and down have no correlation: the interval of a mean of a sample."""
    defaults = [5, 15, 6, 14, 5, 16, 4, 15]
    found = long_run_average([1000] * 8, defaults)
    assert found.autocorrelation == 0.0
    rates = np.array(defaults) / 1000
    half = student.ppf(0.975, 7) * rates.std(ddof=1) / math.sqrt(8)
    assert found.upper - found.average == pytest.approx(half, rel=1e-10)


def test_the_variance_is_at_least_that_of_independent_defaults() -> None:
    found = long_run_average([100] * 6, [2] * 6)
    half = student.ppf(0.975, 5) * math.sqrt(0.02 * 0.98 / 600)
    assert found.upper - found.average == pytest.approx(half, rel=1e-10)


def test_weights_of_years() -> None:
    found = long_run_average(CUSTOMERS, DEFAULTS, weights=[1, 1, 2, 2, 4])
    assert found.average == pytest.approx(RATES @ [0.1, 0.1, 0.2, 0.2, 0.4], rel=1e-14)
    assert found.weights.sum() == pytest.approx(1)


def test_the_average_of_a_whole_cycle() -> None:
    marked = long_run_average(
        CUSTOMERS, DEFAULTS, bad_years=[False, False, True, False, False], bad_year_share=0.4
    )
    expected = 0.4 * RATES[2] + 0.6 * RATES[[0, 1, 3, 4]].mean()
    assert marked.cycle_average == pytest.approx(expected, rel=1e-14)
    assert math.isnan(long_run_average(CUSTOMERS, DEFAULTS).cycle_average)


def test_a_simulated_cycle_is_held_more_often_than_by_pooling() -> None:
    """Of 400 histories of ten years, with one factor a year for all customers."""
    rng = np.random.default_rng(12)
    held = {"mean_of_rates": 0, "pooled": 0}
    for _ in range(400):
        rates = np.clip(0.02 + 0.01 * rng.standard_normal(10), 0.001, None)
        defaults = rng.binomial(5000, rates)
        for method in held:
            found = long_run_average([5000] * 10, defaults, method=method)  # type: ignore[arg-type]
            held[method] += found.lower <= 0.02 <= found.upper
    assert held["mean_of_rates"] >= 0.88 * 400
    assert held["pooled"] < 0.6 * 400


# --- laws ---------------------------------------------------------------------------------


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    customers = draw(st.lists(st.integers(1, 2000), min_size=1, max_size=12))
    return customers, [draw(st.integers(0, n)) for n in customers]


@settings(deadline=None, max_examples=60)
@given(histories(), st.sampled_from(["mean_of_rates", "pooled"]))
def test_the_average_lies_in_its_interval_and_among_the_rates(
    history: tuple[list[int], list[int]], method: Any
) -> None:
    found = long_run_average(*history, method=method)
    low, high = found.rates.min(), found.rates.max()
    assert low - 1e-12 <= found.average <= high + 1e-12
    if not math.isnan(found.lower):
        assert 0 <= found.lower <= found.average + 1e-12
        assert found.average - 1e-12 <= found.upper <= 1


@settings(deadline=None, max_examples=30)
@given(histories(), st.integers(2, 5))
def test_years_of_one_size_pool_to_the_mean(
    history: tuple[list[int], list[int]], times: int
) -> None:
    defaults = [min(bad, 50 * times) for bad in history[1]]
    customers = [50 * times] * len(defaults)
    by_year = long_run_average(customers, defaults).average
    pooled = long_run_average(customers, defaults, method="pooled").average
    assert by_year == pytest.approx(pooled, rel=1e-12, abs=1e-15)


# --- hints --------------------------------------------------------------------------------


def hints(customers: list[int], defaults: list[int], **more: Any) -> str:
    return " ".join(long_run_average(customers, defaults, **more).hints)


def test_a_good_history_has_no_hints() -> None:
    assert hints([1000] * 10, [12, 25, 9, 10, 11, 12, 24, 10, 11, 9]) == ""


def test_hints_of_what_is_missing() -> None:
    assert "history has 3 years" in hints([1000] * 3, [10, 12, 11])
    assert "Rates rise over the years" in hints([1000] * 6, [5, 8, 11, 15, 20, 26])
    assert "most recent five years" in hints([1000] * 7, [5, 5, 30, 20, 9, 9, 12])
    assert "choice between them matters" in hints([100, 5000] * 4, [10, 50] * 4)
    marks = {"bad_years": [1, 0, 0, 0, 0], "bad_year_share": 0.4}
    assert "20% were bad ones, of a whole cycle 40%" in hints(CUSTOMERS, DEFAULTS, **marks)
    close = {"bad_years": [1] + [0] * 7, "bad_year_share": 0.129}
    assert "12.5% were bad ones, of a whole cycle 12.9%" in hints([1000] * 8, [9] * 8, **close)
    assert "All years were good ones" in hints(CUSTOMERS, DEFAULTS, bad_years=[0] * 5)
    assert "All years were bad ones" in hints(CUSTOMERS, DEFAULTS, bad_years=[1] * 5)


# --- adjustments --------------------------------------------------------------------------


def test_adjustments_add_up_and_keep_their_reasons() -> None:
    history = long_run_average(CUSTOMERS, DEFAULTS)
    moved = history.adjusted(0.002, "late defaults").adjusted(-0.0005, "merger of 2021")
    assert moved.central_tendency == pytest.approx(history.average + 0.0015)
    assert moved.average == history.average
    assert moved.adjustments == (("late defaults", 0.002), ("merger of 2021", -0.0005))
    assert "adjusted to 1.80%" in repr(moved)


def test_adjustments_that_are_refused() -> None:
    history = long_run_average(CUSTOMERS, DEFAULTS)
    with pytest.raises(InvalidParameterError, match="'reason' parameter"):
        history.adjusted(0.002, " ")
    with pytest.raises(InvalidParameterError, match=r"central tendency in \(0, 1\)"):
        history.adjusted(-0.5, "too much")
    with pytest.raises(InvalidParameterError, match="'amount' parameter"):
        history.adjusted(2, "per cent")


# --- edges --------------------------------------------------------------------------------


def test_no_default_in_any_year() -> None:
    found = long_run_average([900, 800], [0, 0])
    _, upper = jeffreys_interval(0, 1700)
    assert (found.average, found.lower, found.upper) == (0.0, 0.0, float(upper))


def test_one_year_has_no_spread() -> None:
    found = long_run_average(900, 9)
    assert found.average == 0.01
    assert math.isnan(found.lower)
    assert math.isnan(found.upper)
    assert "interval" not in repr(found)
    assert not math.isnan(long_run_average(900, 9, method="pooled").upper)


def test_weight_on_one_year_has_no_spread_either() -> None:
    found = long_run_average(CUSTOMERS, DEFAULTS, weights=[0, 0, 1, 0, 0])
    assert found.average == 0.031
    assert math.isnan(found.upper)


def test_the_table() -> None:
    history = long_run_average(CUSTOMERS, DEFAULTS, years=range(2019, 2024))
    assert isinstance(history, LongRunAverage)
    table = history.table()
    assert table["year"].tolist() == ["2019", "2020", "2021", "2022", "2023"]
    assert table["bad_year"].isna().all()
    assert ((table["observed_lower"] < RATES) & (table["observed_upper"] > RATES)).all()
    assert "bad_year" not in history._repr_html_()
    assert "bad_year" in long_run_average(10, 1, bad_years=[True])._repr_html_()
    with pytest.raises(ValueError, match="read-only"):
        history.weights[0] = 1


# --- errors -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "error", "match"),
    [
        ({"method": "median"}, InvalidParameterError, "'method' parameter"),
        ({"level": 95}, InvalidParameterError, "'level' parameter"),
        ({"bad_year_share": 1.5}, InvalidParameterError, "'bad_year_share' parameter"),
        ({"method": "pooled", "weights": [1] * 5}, InvalidParameterError, "weighs yearly rates"),
        ({"weights": [1, 2]}, InvalidWeightError, "^weights must .* length 5"),
        ({"weights": [-1, 1, 1, 1, 1]}, InvalidWeightError, "^weights must not be negative"),
        ({"weights": [0] * 5}, InvalidWeightError, "^weights is zero"),
        ({"years": [2020, 2021]}, InvalidDataError, "name each of the 5"),
        ({"years": range(2024, 2019, -1)}, InvalidDataError, r"oldest first.* Got \[2024, 2023"),
        ({"bad_years": [1, 0]}, InvalidDataError, "one boolean for each of the 5"),
        ({"bad_years": [2, 0, 0, 0, 0]}, InvalidDataError, "one boolean"),
    ],
)
def test_what_is_refused(more: dict[str, Any], error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        long_run_average(CUSTOMERS, DEFAULTS, **more)


def test_counts_that_cannot_be() -> None:
    with pytest.raises(InvalidDataError, match="zero in the year '2021'"):
        long_run_average([100, 0], [1, 0], years=[2020, 2021])
    with pytest.raises(InvalidDataError, match="must not exceed"):
        long_run_average([100, 10], [1, 11])
    with pytest.raises(EmptyDataError, match="zero everywhere"):
        long_run_average([0], [0])
