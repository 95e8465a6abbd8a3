"""Risk environment: shrunken rates, the index, events by the day, the cycle without look-ahead."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from creditscore.exceptions import EmptyDataError, InvalidDataError, InvalidParameterError
from creditscore.indicators import (
    ENVIRONMENT,
    CustomerRecords,
    IndicatorSet,
    IndustryIndex,
    cycle_phases,
    shrunken_rates,
)

AS_OF = "2024-06-30"


def days(*texts: str | None) -> Any:
    return pd.to_datetime(list(texts))


def why(found: Any, customer: str, name: str) -> tuple[str, str]:
    assert np.isnan(found.values.loc[customer, name])
    kind = str(found.reason_kinds.loc[customer, name])
    return kind, str(found.reasons.loc[customer, name])


# --- shrunken rates ------------------------------------------------------------------


def naive_rates(defaults: list[float], firms: list[float]) -> list[float]:
    """Follow the formula of the docstring group by group."""
    total, mean = sum(firms), sum(defaults) / sum(firms)
    groups = [(d, n) for d, n in zip(defaults, firms, strict=True) if n]
    s = sum(n * (d / n - mean) ** 2 for d, n in groups)
    chance = mean * (1 - mean) * (len(groups) - 1)
    scale = mean * (1 - mean) * (total - sum(n**2 for _, n in groups) / total - len(groups) + 1)
    phi = (s - chance) / scale
    if phi <= 0:
        return [mean] * len(defaults)
    size = max(1 / phi - 1, 0)
    pairs = zip(defaults, firms, strict=True)
    return [(d + mean * size) / (n + size) if n + size else mean for d, n in pairs]


def test_rates_follow_the_formula() -> None:
    defaults, firms = [30.0, 10.0, 1.0, 0.0], [1000.0, 1000.0, 80.0, 0.0]
    found = shrunken_rates(defaults, firms)
    assert found.rates.tolist() == pytest.approx(naive_rates(defaults, firms), rel=1e-12)
    assert found.prior_mean == pytest.approx(41 / 2080)
    # who has no firms has the rate of all
    assert found.rates[3] == pytest.approx(found.prior_mean)
    assert found.rate(30, 1000) == found.rates[0]
    assert "towards 0.0197 with the weight of" in repr(found)


def test_moments_are_near_the_likelihood_on_many_groups() -> None:
    rng = np.random.default_rng(5)
    firms = rng.integers(20, 400, 400)
    defaults = rng.binomial(firms, rng.beta(2, 48, 400))
    found = shrunken_rates(defaults, firms)

    def minus_log_likelihood(x: Any) -> float:
        a, b = np.exp(x)
        return -float(stats.betabinom.logpmf(defaults, firms, a, b).sum())

    a, b = np.exp(optimize.minimize(minus_log_likelihood, [0.0, 3.0], method="Nelder-Mead").x)
    assert found.prior_mean == pytest.approx(a / (a + b), rel=0.05)
    assert found.prior_size == pytest.approx(a + b, rel=0.25)
    assert found.prior_size == pytest.approx(50, rel=0.25)


def test_groups_that_differ_by_chance_alone_have_one_rate() -> None:
    found = shrunken_rates([2, 40, 0], [20, 400, 0])
    assert found.prior_size == math.inf
    assert found.rates.tolist() == pytest.approx([0.1] * 3)


@pytest.mark.parametrize(
    ("defaults", "firms", "rates"),
    [
        ([3], [60], [0.05]),  # one group
        ([3, 0], [60, 0], [0.05, 0.05]),  # one group with firms
        ([0, 0], [10, 500], [0, 0]),  # nobody defaulted
        ([10, 500], [10, 500], [1, 1]),  # everybody did
        ([1, 0, 0], [1, 1, 1], [1, 0, 0]),  # one firm in each
        ([100, 0], [100, 100], [1, 0]),  # as different as can be
    ],
)
def test_edges_of_rates(defaults: Any, firms: Any, rates: Any) -> None:
    found = shrunken_rates(defaults, firms)
    assert found.rates.tolist() == pytest.approx(rates)
    assert found.prior_size == 0


groups = st.lists(
    st.tuples(st.integers(0, 500), st.floats(0, 1)).map(lambda p: (round(p[0] * p[1]), p[0])),
    min_size=1, max_size=15,
).filter(lambda found: sum(n for _, n in found) > 0)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(found=groups)
def test_a_rate_lies_between_its_own_and_that_of_all(found: list[tuple[int, int]]) -> None:
    defaults, firms = np.array(found, dtype=float).T
    made = shrunken_rates(defaults, firms)
    raw = np.divide(defaults, firms, out=np.full(len(firms), made.prior_mean), where=firms > 0)
    low, high = np.minimum(raw, made.prior_mean), np.maximum(raw, made.prior_mean)
    assert ((made.rates >= low - 1e-12) & (made.rates <= high + 1e-12)).all()
    order = np.random.default_rng(0).permutation(len(firms))
    again = shrunken_rates(defaults[order], firms[order])
    assert again.rates.tolist() == pytest.approx(made.rates[order].tolist(), abs=1e-9)


@pytest.mark.parametrize(
    ("defaults", "firms", "error", "match"),
    [
        ([2], [1], InvalidDataError, "Got 2 defaults among 1 firms at row 0"),
        ([0, -1], [1, 1], InvalidDataError, "Got -1 defaults"),
        ([np.nan], [1], InvalidDataError, "0 <= defaults <= firms"),
        ([0], [np.inf], InvalidDataError, "0 <= defaults <= firms"),
        ([0, 0], [1], InvalidDataError, "of one length"),
        ([0.1, 0.02], [300, 500], InvalidDataError, r"as much as one: the most is 0.1.*rates"),
        ([0, 0.02], [300, 500], InvalidDataError, "Multiply rates by firms"),
        ([0, 0], [0, 0], EmptyDataError, "No group has a firm"),
    ],
)
def test_rates_refuse_what_are_no_counts(
    defaults: Any, firms: Any, error: type[Exception], match: str
) -> None:
    with pytest.raises(error, match=match):
        shrunken_rates(defaults, firms)


def test_a_rate_under_the_prior_is_of_counts_alone() -> None:
    found = shrunken_rates([30, 10, 1], [1000, 1000, 80])
    assert found.rate(0, 0) == pytest.approx(found.prior_mean)
    for defaults, firms in ((5, 3), (np.nan, 3), (-1, 3), (1, np.inf)):
        with pytest.raises(InvalidDataError, match="0 <= defaults <= firms"):
            found.rate(defaults, firms)
    with pytest.raises(InvalidDataError, match="Are they rates"):
        found.rate(0.02, 500)


# --- industries ----------------------------------------------------------------------

OUTPUT = [100.0, 104.0, 108.0, 113.0, 121.0, 123.0, 119.0]
PROFILE = pd.DataFrame({
    "customer": ["A", "B", "C"], "known_on": days(*["2020-01-01"] * 3),
    "industry": ["steel", "paper", None], "country": ["CN", "DE", "CN"],
})  # fmt: skip


def industries(**columns: Any) -> pd.DataFrame:
    """Return seven years of steel, paper and glass, known in the April after."""
    years = [*range(2017, 2024)] * 3
    return pd.DataFrame({
        "industry": ["steel"] * 7 + ["paper"] * 7 + ["glass"] * 7,
        "period_end": days(*[f"{year}-12-31" for year in years]),
        "known_on": days(*[f"{year + 1}-04-30" for year in years]),
        "firms": [1000.0] * 14 + [80.0] * 7,
        "defaults": [*[20.0] * 6, 30.0, *[12.0] * 6, 10.0, *[1.0] * 7],
        "output": OUTPUT * 3, "hhi": 0.08, **columns,
    })  # fmt: skip


def compute(as_of: str = AS_OF, profile: Any = PROFILE, **tables: Any) -> Any:
    records = CustomerRecords(profile=profile, **tables)
    return ENVIRONMENT.compute(records, as_of=as_of)


def test_industries_by_hand() -> None:
    found = compute(industries=industries()).values
    rates = naive_rates([30, 10, 1], [1000, 1000, 80])
    assert found["industry_default_rate"].tolist()[:2] == pytest.approx(rates[:2], rel=1e-12)
    growth = [b / a - 1 for a, b in pairwise(OUTPUT)]
    steel = found.loc["A"]
    assert steel["industry_growth"] == pytest.approx(119 / 123 - 1)
    assert steel["industry_volatility"] == pytest.approx(np.std(growth[-5:], ddof=1))
    assert steel["industry_concentration"] == 0.08
    assert steel["industry_cycle"] == pytest.approx(growth[-1] - np.mean(growth[-4:-1]))
    assert steel["industry_cycle_phase"] == 1.0
    index = IndustryIndex().score(
        default_rate=rates[0], growth=growth[-1], volatility=np.std(growth[-5:], ddof=1),
        concentration=0.08,
    )  # fmt: skip
    assert steel["industry_index"] == pytest.approx(index[0], rel=1e-12)


def test_rates_rest_on_what_all_industries_had_shown_by_then() -> None:
    before = compute("2024-04-29", industries=industries()).values.loc["A"]
    expected = naive_rates([20, 12, 1], [1000, 1000, 80])[0]
    assert before["industry_default_rate"] == pytest.approx(expected, rel=1e-12)


def test_an_industry_without_firms_has_the_rate_of_all() -> None:
    table = industries()
    table.loc[table["industry"] == "steel", ["firms", "defaults"]] = 0.0
    found = compute(industries=table).values["industry_default_rate"]
    assert found["A"] == pytest.approx(11 / 1080)
    nobody = compute(industries=industries(firms=0.0, defaults=0.0))
    assert why(nobody, "A", "industry_default_rate")[0] == "zero_denominator"


def test_a_row_of_more_defaults_than_firms_is_an_error() -> None:
    table = industries()
    table.loc[20, "defaults"] = 81.0
    with pytest.raises(InvalidDataError, match="industry 'glass' has more defaults than firms"):
        compute(industries=table)
    # a gap is none, and only that industry lacks its rate
    table.loc[20, "defaults"] = np.nan
    found = compute(industries=table)
    assert found.values.loc["A", "industry_default_rate"] == pytest.approx(
        naive_rates([30, 10], [1000, 1000])[0]
    )


def test_who_has_no_industry_is_told_so() -> None:
    found = compute(industries=industries())
    for name in ("industry_default_rate", "industry_growth", "industry_index"):
        assert why(found, "C", name) == ("not_given", "the industry of the customer is not known")


def test_volatility_needs_each_year() -> None:
    table = industries()
    short = table[table["period_end"] > "2018-12-31"]
    found = compute(industries=short)
    assert why(found, "A", "industry_volatility")[0] == "period"
    assert "2018-12" in why(found, "A", "industry_volatility")[1]
    assert not np.isnan(found.values.loc["A", "industry_growth"])


# --- the index -----------------------------------------------------------------------


def test_the_index_between_its_reference_points() -> None:
    index = IndustryIndex(weights=(0.5, 0.5, 0, 0))
    any_other = {"volatility": 0.0, "concentration": 0.0}
    worst = index.score(default_rate=0.5, growth=-0.5, **any_other)
    best = index.score(default_rate=0.0, growth=0.2, **any_other)
    middle = index.score(default_rate=[0.04, np.nan], growth=[0.0, 0.0], **any_other)
    assert (worst[0], best[0], middle[0]) == (0.0, 100.0, 50.0)
    assert np.isnan(middle[1])


def test_the_index_as_an_indicator_of_own_reference_points() -> None:
    own = IndustryIndex(default_rate=(0.05, 0.01), concentration=(0.3, 0.0))
    found = IndicatorSet(indicators=(own.indicator("own_index"),)).compute(
        CustomerRecords(profile=PROFILE, industries=industries()), as_of=AS_OF
    )
    assert 0 < found.values.loc["A", "own_index"] < 100
    assert "default_rate (0.05 is 0, 0.01 is 100)" in found.indicators[0].formula
    assert IndustryIndex() == IndustryIndex()
    growth_alone = IndustryIndex(weights=(0, 1, 0, 0)).indicator()
    assert {str(entry) for entry in growth_alone.inputs} == {
        "profile.industry", "industries.output", "industries.output@-1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"default_rate": [0.1, 0.2], "growth": [0.0] * 3}, "Got 2 of default_rate, 3 of growth"),
        ({"default_rate": np.inf}, "default_rate must hold finite numbers"),
        ({"growth": [[0.1]]}, "growth must hold finite numbers"),
        ({"volatility": "low"}, "volatility must hold numbers"),
    ],
)
def test_the_index_refuses_what_is_no_row_of_numbers(given: Any, match: str) -> None:
    parts = {"default_rate": 0.0, "growth": 0.0, "volatility": 0.0, "concentration": 0.0}
    with pytest.raises(InvalidDataError, match=match):
        IndustryIndex().score(**{**parts, **given})


@pytest.mark.parametrize(
    ("details", "match"),
    [
        ({"growth": (0.1, 0.1)}, "two different values"),
        ({"growth": 0.1}, "'growth' parameter of IndustryIndex must be two numbers"),
        ({"growth": (0.1, math.inf)}, "growth"),
        ({"weights": (0.5, 0.5)}, "must be four numbers, of default_rate, growth"),
        ({"weights": (0.5, 0.2, 0.1, 0.1)}, "must sum to 1. Got 0.9"),
        ({"weights": (1.5, -0.5, 0, 0)}, "'weights'"),
    ],
)
def test_the_index_refuses_what_is_no_scale(details: Any, match: str) -> None:
    with pytest.raises(InvalidParameterError, match=match):
        IndustryIndex(**details)


# --- events --------------------------------------------------------------------------


def events(*rows: dict[str, Any]) -> pd.DataFrame:
    common = {"known_on": "2024-01-15", "effective_on": "2024-03-01", "ends_on": None,
              "direction": -1.0, "severity": 0.5, "exposure": 0.4, "industry": None,
              "country": None, "customer": None}  # fmt: skip
    frame = pd.DataFrame([{"event": f"event {i}", **common, **row} for i, row in enumerate(rows)])
    for column in ("known_on", "effective_on", "ends_on"):
        frame[column] = pd.to_datetime(frame[column])
    return frame


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2024-01-14", None),  # not known
        ("2024-01-15", (0.0, -0.2, 0.0)),  # announced
        ("2024-02-29", (0.0, -0.2, 0.0)),
        ("2024-03-01", (-0.2, 0.0, 1.0)),  # in effect
        ("2024-06-01", (-0.2, 0.0, 1.0)),
        ("2024-06-02", (0.0, 0.0, 0.0)),  # over
    ],
)
def test_an_event_is_planted_and_seen_from_its_days_on(day: str, expected: Any) -> None:
    planted = events({"industry": "steel", "ends_on": "2024-06-01"})
    found = compute(day, events=planted)
    names = ["event_exposure", "announced_event_exposure", "adverse_events"]
    if expected is None:
        assert why(found, "A", "event_exposure") == ("no_rows", f"no event is known on {day}")
        return
    assert found.values.loc["A", names].tolist() == pytest.approx(list(expected))
    assert found.values.loc["B", names].tolist() == [0.0, 0.0, 0.0]


def test_whom_an_event_concerns() -> None:
    table = events(
        {"industry": "steel"},
        {"country": "CN", "direction": 1.0},
        {"industry": "steel", "country": "DE"},
        {"customer": "B", "severity": 1.0, "exposure": 1.0},
        {"direction": 1.0},
    )
    profile = PROFILE.assign(industry=["steel", "steel", "paper"])
    found = compute(profile=profile, events=table).values
    assert found["adverse_events"].tolist() == [1.0, 3.0, 0.0]
    assert found["favourable_events"].tolist() == [2.0, 1.0, 2.0]
    assert found["event_exposure"].tolist() == pytest.approx([0.2, -1.2, 0.4])


def test_an_event_for_an_industry_leaves_those_of_none_in_doubt() -> None:
    steel = events({"industry": "steel"})
    found = compute(events=steel)
    kind, text = why(found, "C", "event_exposure")
    assert kind == "not_given"
    assert text == "the industry of the customer is not known, and event 'event 0' asks for it"
    # in another country it cannot concern them, whatever their industry
    elsewhere = compute(events=events({"industry": "steel", "country": "DE"}))
    assert elsewhere.values.loc["C", "event_exposure"] == 0.0


def test_a_corrected_event_supersedes_from_the_day_it_is_known() -> None:
    table = events({"event": "tax", "severity": 0.5},
                   {"event": "tax", "severity": 1.0, "known_on": "2024-05-01"})  # fmt: skip
    found = [compute(day, events=table).values.loc["A"] for day in ("2024-04-30", "2024-05-01")]
    assert [row["event_exposure"] for row in found] == pytest.approx([-0.2, -0.4])
    assert [row["adverse_events"] for row in found] == [1.0, 1.0]


def test_factors_that_are_not_there_count_as_one_and_gaps_are_gaps() -> None:
    plain = events({}).drop(columns=["severity", "exposure", "ends_on", "industry", "country"])
    assert compute(events=plain).values.loc["C", "event_exposure"] == -1.0
    gap = compute(events=events({"severity": None}))
    assert why(gap, "A", "event_exposure")[1] == (
        "direction, severity or exposure of an event is missing"
    )
    with pytest.raises(InvalidDataError, match="direction of event 'event 0' must be -1"):
        compute(events=events({"direction": 2.0}))


def test_customers_named_by_numbers_are_matched() -> None:
    profile = PROFILE.assign(customer=[1, 2, 3])
    found = compute(profile=profile, events=events({"customer": 2}).astype({"customer": int}))
    assert found.values["adverse_events"].tolist() == [0.0, 1.0, 0.0]


# --- cycle, surveys, countries -------------------------------------------------------


def test_phases_by_hand() -> None:
    levels = [100, 110, 121, 133.1, 159.72, 175.692, 175.692, 193.2612]
    found = cycle_phases(levels, window=2)
    # growth .1 .1 .1 .2 .1 0 .1, its mean over the two before .1 .1 .15 .15 .05
    assert found["deviation"].tolist()[3:] == pytest.approx([0, 0.1, -0.05, -0.15, 0.05])
    assert found["phase"].tolist()[:4] == [None] * 4
    assert found["phase"].tolist()[4:] == ["expansion", "slowdown", "slowdown", "expansion"]
    turning = cycle_phases([100, 110, 121, 145.2, 166.98, 166.98, 175.329], window=1)
    assert turning["phase"].tolist()[3:] == ["expansion", "slowdown", "slowdown", "expansion"]


def test_all_four_phases() -> None:
    growth = [0.0, 0.0, 0.04, 0.03, -0.05, -0.02, 0.0]
    levels = 100 * np.cumprod(1 + np.array([0.0, *growth]))
    found = cycle_phases(levels, window=2)["phase"].dropna().tolist()
    assert found == ["downturn", "slowdown", "recovery", "expansion"]


@pytest.mark.parametrize("growth", [2.0, 1.04, 1.0, 0.93])
def test_steady_growth_is_expansion(growth: float) -> None:
    # whatever way the last bit of a quotient is rounded
    levels = [100 * growth**k for k in range(40)]
    assert cycle_phases(levels)["phase"].dropna().tolist() == ["expansion"] * 35
    found = compute(industries=industries(output=levels[:7] * 3)).values.loc["A"]
    assert found["industry_cycle"] == pytest.approx(0.0, abs=1e-12)
    assert found["industry_cycle_phase"] == 4.0


@settings(max_examples=50, deadline=None)
@given(
    levels=st.lists(st.floats(1, 1e6), min_size=1, max_size=20),
    more=st.lists(st.floats(1, 1e6), min_size=1, max_size=5),
    window=st.integers(1, 4),
)
def test_later_levels_change_no_phase(levels: list[float], more: list[float], window: int) -> None:
    alone = cycle_phases(levels, window=window)
    longer = cycle_phases([*levels, *more], window=window).head(len(levels))
    pd.testing.assert_frame_equal(alone, longer)


def test_the_phase_of_an_industry_is_that_of_its_series() -> None:
    numbers = {"slowdown": 1.0, "downturn": 2.0, "recovery": 3.0, "expansion": 4.0}
    rng = np.random.default_rng(3)
    seen = set()
    for _ in range(20):
        levels = 100 * np.cumprod(1 + rng.normal(0.02, 0.05, 7))
        found = compute(industries=industries(output=np.tile(levels, 3))).values.loc["A"]
        phase = cycle_phases(levels)["phase"].iloc[-1]
        assert found["industry_cycle_phase"] == numbers[phase]
        seen.add(phase)
    assert seen == set(numbers)


@pytest.mark.parametrize("levels", [[1.0, 0.0], [1.0, -2.0], [1.0, np.inf]])
def test_phases_refuse_levels_that_have_no_growth(levels: list[float]) -> None:
    with pytest.raises(InvalidDataError, match="above zero"):
        cycle_phases(levels)


def test_phases_of_gaps_and_of_nothing() -> None:
    gap = cycle_phases([1, 2, np.nan, 4, 5, 6, 7, 8], window=1)["phase"].tolist()
    assert gap == [None] * 6 + ["recovery"] * 2
    assert len(cycle_phases([])) == 0
    with pytest.raises(InvalidParameterError, match="'window'"):
        cycle_phases([1, 2], window=0)
    with pytest.raises(InvalidDataError, match="one series"):
        cycle_phases([[1, 2]])


def test_the_last_survey_of_each_kind_counts() -> None:
    surveys = pd.DataFrame({
        "industry": "steel", "survey": ["climate", "climate", "orders", "orders", "old"],
        "period_end": days("2024-03-31", "2024-05-31", "2024-05-31", "2024-05-31", "2023-06-30"),
        "known_on": days("2024-04-20", "2024-07-01", "2024-06-10", "2024-06-20", "2023-07-20"),
        "balance": [-0.1, 0.9, 0.8, 0.3, 0.7],
    })  # fmt: skip
    found = compute(surveys=surveys)
    assert found.values.loc["A", "survey_balance"] == pytest.approx(0.1)
    assert why(found, "B", "survey_balance")[0] == "not_given"


def test_the_class_of_a_country_is_that_known_on_the_day() -> None:
    countries = pd.DataFrame({
        "country": ["CN", "CN", "DE"], "known_on": days("2023-01-01", "2024-07-01", "2024-07-01"),
        "risk_class": [2.0, 3.0, 0.0],
    })  # fmt: skip
    found = compute(countries=countries)
    assert found.values.loc["A", "country_risk_class"] == 2.0
    assert why(found, "B", "country_risk_class")[0] == "not_known_yet"
