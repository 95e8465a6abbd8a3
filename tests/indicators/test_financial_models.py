"""Altman, Ohlson, Zmijewski: published and computed vectors, zones, edges and errors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from creditscore.exceptions import InfiniteValueError, InvalidDataError, InvalidParameterError
from creditscore.indicators import (
    FINANCIAL,
    CustomerRecords,
    altman_rating,
    altman_z,
    altman_zone,
    ohlson_indicators,
    ohlson_o,
    ohlson_probability,
    zmijewski_probability,
    zmijewski_score,
)

# The firm of J. C. Hull, Risk Management and Financial Institutions, in its example of the Z score
HULL = {
    "current_assets": 170e3, "current_liabilities": 0.0, "total_assets": 670e3,
    "retained_earnings": 300e3, "ebit": 60e3, "market_equity": 380e3, "equity": 430e3,
    "total_liabilities": 240e3, "revenue": 2.2e6,
}  # fmt: skip
HULL_RATIOS = (170 / 670, 300 / 670, 60 / 670)
NAN = float("nan")


def indicator_value(
    name: str, items: dict[str, float], before: dict[str, float] | None = None
) -> float:
    statements = pd.DataFrame(
        {
            "customer": ["A", "A"],
            "period_end": pd.to_datetime(["2023-12-31", "2022-12-31"]),
            "known_on": pd.to_datetime(["2024-04-30", "2023-04-30"]),
            **{item: [value, (before or {}).get(item, NAN)] for item, value in items.items()},
        }
    )
    table = FINANCIAL.only([name]).compute(
        CustomerRecords(statements=statements), as_of="2024-06-30"
    )
    return float(table.values.loc["A", name])


# --- Altman --------------------------------------------------------------------------


def test_altman_z_of_hulls_firm() -> None:
    """The book prints 5.46; more digits by its arithmetic."""
    ratios = (*HULL_RATIOS, 380 / 240, 2200 / 670)
    assert altman_z(*ratios)[0] == pytest.approx(5.45716418, abs=1e-8)
    assert altman_z(*ratios, sales_coefficient=1.0)[0] == pytest.approx(5.46044776, abs=1e-8)
    assert indicator_value("altman_z", HULL) == pytest.approx(5.45716418, abs=1e-8)


@pytest.mark.parametrize(
    ("variant", "name", "expected"),
    [
        ("z_prime", "altman_z_prime", 4.86893284),
        ("z_double_prime", "altman_z_double_prime", 5.60722015),
        ("em", "altman_em", 8.85722015),
    ],
)
def test_altman_variants_of_hulls_firm_with_book_equity(
    variant: Any, name: str, expected: float
) -> None:
    sales = 2200 / 670 if variant == "z_prime" else None
    found = altman_z(*HULL_RATIOS, 430 / 240, sales, variant=variant)
    assert found[0] == pytest.approx(expected, abs=1e-8)
    assert indicator_value(name, HULL) == pytest.approx(expected, abs=1e-8)


def test_altman_z_of_printed_ratios() -> None:
    """wizedu 366502 prints 2.70, with 1.0 for sales; Saunders and Cornett's style gives 2.22."""
    ratios = ([0.34, 0.10], [0.15, 0.20], [0.0, 0.20], [0.80, 0.60], [1.6, 0.80])
    assert altman_z(*ratios, sales_coefficient=1.0) == pytest.approx([2.698, 2.22], abs=1e-12)
    assert altman_z(*ratios) == pytest.approx([2.6964, 2.2192], abs=1e-12)


def test_altman_zones_end_where_they_are_printed() -> None:
    ends = {
        "z": (1.81, 2.99), "z_prime": (1.23, 2.9), "z_double_prime": (1.10, 2.60),
        "em": (4.35, 5.85),
    }  # fmt: skip
    for variant, (low, high) in ends.items():
        scores = [np.nextafter(low, -9), low, high, np.nextafter(high, 9), NAN]
        zones = altman_zone(scores, variant).tolist()  # type: ignore[arg-type]
        assert zones == ["distress", "grey", "grey", "safe", None]


def test_the_zones_of_em_are_those_of_z_double_prime_shifted() -> None:
    scores = np.arange(-2, 6, 0.125) + 0.01
    assert altman_zone(scores + 3.25, "em").tolist() == (
        altman_zone(scores, "z_double_prime").tolist()
    )


def test_altman_ratings_begin_at_their_bounds() -> None:
    bounds = {
        "AAA": 8.15, "AA+": 7.60, "AA": 7.30, "AA-": 7.00, "A+": 6.85, "A": 6.65, "A-": 6.40,
        "BBB+": 6.25, "BBB": 5.85, "BBB-": 5.65, "BB+": 5.25, "BB": 4.95, "BB-": 4.75, "B+": 4.50,
        "B": 4.15, "B-": 3.75, "CCC+": 3.20, "CCC": 2.50, "CCC-": 1.75,
    }  # fmt: skip
    assert altman_rating(list(bounds.values())).tolist() == list(bounds)
    below = [np.nextafter(bound, -9) for bound in bounds.values()]
    assert altman_rating(below).tolist() == [*list(bounds)[1:], "D"]
    assert altman_rating([99.0, -99.0, NAN]).tolist() == ["AAA", "D", None]
    assert altman_rating(5.0).tolist() == ["BB"]


@given(st.lists(st.floats(-10, 20), min_size=1, max_size=20))
def test_a_higher_score_never_has_a_worse_rating_or_zone(scores: list[float]) -> None:
    ordered = sorted(scores)
    best_first = list(dict.fromkeys(altman_rating(np.arange(20, -10, -0.01)).tolist()))
    ranks = [best_first.index(rating) for rating in altman_rating(ordered).tolist()]
    assert ranks == sorted(ranks, reverse=True)
    zones = [
        ["distress", "grey", "safe"].index(zone) for zone in altman_zone(ordered, "z").tolist()
    ]
    assert zones == sorted(zones)


def test_altman_of_a_missing_ratio_is_missing_and_negative_equity_counts() -> None:
    found = altman_z([0.1, NAN], 0.2, 0.2, [-0.5, 0.6], variant="z_double_prime")
    assert found[0] == pytest.approx(0.656 + 0.652 + 1.344 - 0.525)
    assert math.isnan(found[1])


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((0.1, 0.1, 0.1, 0.1), {}, "Variant 'z' of altman_z needs 'sales_to_assets'"),
        ((0.1,) * 5, {"variant": "em"}, "'em' of altman_z has no place for 'sales_to_assets'"),
        (
            (0.1,) * 4,
            {"variant": "em", "sales_coefficient": 1.0},
            "'em' of altman_z has no place for 'sales_coefficient'",
        ),
        ((0.1,) * 5, {"variant": "zeta"}, "'variant' parameter of altman_z must be one of 'z'"),
        ((0.1,) * 5, {"sales_coefficient": NAN}, "'sales_coefficient' parameter of altman_z"),
    ],
)
def test_altman_z_says_what_does_not_fit(
    arguments: Any, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        altman_z(*arguments, **options)


def test_scores_of_no_use_are_refused() -> None:
    with pytest.raises(InvalidDataError, match="'ebit_to_assets' is infinite"):
        altman_z([0.1, 0.1], 0.1, [0.1, math.inf], 0.1, 0.1)
    with pytest.raises(InvalidDataError, match=r"columns of one length.*ebit_to_assets \(3,\)"):
        altman_z([0.1, 0.1], 0.1, [0.1] * 3, 0.1, 0.1)
    with pytest.raises(InvalidDataError, match="altman_z: 'ebit_to_assets' must hold numbers"):
        altman_z(0.1, 0.1, ["a"], 0.1, 0.1)
    with pytest.raises(InfiniteValueError, match="'score' holds 1 infinite"):
        altman_zone([math.inf], "z")
    with pytest.raises(InfiniteValueError, match="'em_score' holds 1 infinite"):
        altman_rating([-math.inf])
    with pytest.raises(InvalidDataError, match="must be one column"):
        altman_zone([[1.0]], "z")
    with pytest.raises(InvalidParameterError, match="'variant' parameter of altman_zone"):
        altman_zone([1.0], "y")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'variant'"):
        altman_zone([1.0])  # type: ignore[call-arg]


# --- Ohlson --------------------------------------------------------------------------

SOUND = (1000, 500, 400, 200, 80, 60, 120, 1)
FAILING = (1000, 1100, 300, 400, -50, -20, 10, 1)


def test_ohlson_of_two_firms() -> None:
    """By closed form: the second has more liabilities than assets, and two years of loss."""
    columns = [list(pair) for pair in zip(SOUND, FAILING, strict=True)]
    o = ohlson_o(*columns)
    assert o == pytest.approx([-2.0678349700, 1.6356262854], abs=1e-9)
    assert ohlson_probability(o) == pytest.approx([0.1122626238, 0.8369389264], abs=1e-9)


@pytest.mark.parametrize(
    ("firm", "o", "probability"),
    [(SOUND, -2.0678349700, 0.1122626238), (FAILING, 1.6356262854, 0.8369389264)],
)
def test_ohlson_indicators_give_the_same(firm: Any, o: float, probability: float) -> None:
    names = (
        "total_assets", "total_liabilities", "current_assets", "current_liabilities", "net_income",
    )  # fmt: skip
    items = dict(zip(names, firm[:5], strict=True))
    items |= {"funds_from_operations": firm[6], "gnp_index": firm[7]}
    before = {"net_income": firm[5]}
    assert indicator_value("ohlson_o", items, before) == pytest.approx(o, abs=1e-9)
    assert indicator_value("ohlson_probability", items, before) == pytest.approx(
        probability, abs=1e-9
    )


@pytest.mark.parametrize(
    ("place", "value"),
    [(0, 0.0), (0, -5.0), (1, 0.0), (2, 0.0), (6, NAN), (7, 0.0), (7, -1.0), (7, NAN)],
)
def test_ohlson_is_missing_where_a_ratio_has_no_meaning(place: int, value: float) -> None:
    firm = [*SOUND[:place], value, *SOUND[place + 1 :]]
    assert math.isnan(ohlson_o(*firm)[0])


def test_ohlson_without_income_in_both_years_is_missing() -> None:
    assert math.isnan(ohlson_o(1000, 500, 400, 200, 0, 0, 120, 1)[0])
    assert math.isfinite(ohlson_o(1000, 500, 400, 200, 0, 1, 120, 1)[0])


def test_ohlson_needs_both_losses_and_more_liabilities_than_assets() -> None:
    one_loss = ohlson_o(1000, 500, 400, 200, -50, 50, 120, 1)
    two_losses = ohlson_o(1000, 500, 400, 200, -50, -50, 120, 1)
    # the change is -1 after a profit and 0 after an equal loss
    assert two_losses - one_loss == pytest.approx([0.285 - 0.521])
    equal = ohlson_o(1000, [1000, np.nextafter(1000, 2000)], 400, 200, 80, 60, 120, 1)
    assert equal[1] - equal[0] == pytest.approx(-1.72)


@given(k=st.floats(1e-3, 1e6))
def test_ohlson_scales_with_the_index_only(k: float) -> None:
    amounts, index = np.array(SOUND[:7]), SOUND[7]
    assert ohlson_o(*(amounts * k), index * k) == pytest.approx(ohlson_o(*SOUND), rel=1e-9)
    assert ohlson_o(*(amounts * k), index) == pytest.approx(
        ohlson_o(*SOUND) - 0.407 * math.log(k), rel=1e-9
    )


def test_ohlson_with_an_index_for_all_firms() -> None:
    items = {
        "total_assets": 1000.0, "total_liabilities": 500.0, "current_assets": 400.0,
        "current_liabilities": 200.0, "net_income": 80.0, "funds_from_operations": 120.0,
    }  # fmt: skip
    statements = pd.DataFrame(
        {
            "customer": ["A", "A"],
            "period_end": pd.to_datetime(["2023-12-31", "2022-12-31"]),
            "known_on": pd.to_datetime(["2024-04-30", "2023-04-30"]),
            **{item: [value, 60.0] for item, value in items.items()},
        }
    )
    records = CustomerRecords(statements=statements)
    own = FINANCIAL.only(["ohlson_o", "ohlson_probability"])
    told = own.compute(records, as_of="2024-06-30").reasons.loc["A"]
    way = "(one for all firms: ohlson_indicators(gnp_index=…))"
    assert set(told) == {f"statements have no column 'gnp_index' {way}"}
    given_one = own.with_indicators(*ohlson_indicators(gnp_index=2))
    assert "total_assets / 2)" in given_one["ohlson_o"].formula
    found = given_one.compute(records, as_of="2024-06-30").values.loc["A"]
    assert found["ohlson_o"] == pytest.approx(-2.0678349700 + 0.407 * math.log(2))
    assert found["ohlson_probability"] == pytest.approx(1 / (1 + math.exp(-found["ohlson_o"])))
    for index in (0, -1.0, math.inf, "1"):
        with pytest.raises(InvalidParameterError, match="'gnp_index' parameter of ohlson_ind"):
            ohlson_indicators(gnp_index=index)  # type: ignore[arg-type]


# --- Zmijewski -----------------------------------------------------------------------


def test_zmijewski_of_a_firm() -> None:
    """By closed form, with both signs of the liquidity coefficient that texts print."""
    score = zmijewski_score(80 / 1000, 500 / 1000, 400 / 200)
    assert score == pytest.approx([-1.84954], abs=1e-12)
    assert zmijewski_probability(score) == pytest.approx([0.0321899387], abs=1e-9)
    other = zmijewski_score(80 / 1000, 500 / 1000, 400 / 200, liquidity_coefficient=-0.004)
    assert other == pytest.approx([-1.86554], abs=1e-12)
    assert zmijewski_probability(other) == pytest.approx([0.0310528754], abs=1e-9)
    items = {
        "net_income": 80.0, "total_assets": 1000.0, "total_liabilities": 500.0,
        "current_assets": 400.0, "current_liabilities": 200.0,
    }  # fmt: skip
    assert indicator_value("zmijewski_score", items) == pytest.approx(-1.84954, abs=1e-12)
    assert indicator_value("zmijewski_probability", items) == pytest.approx(0.0321899387, abs=1e-9)


@given(st.floats(-6, 6))
def test_zmijewski_links(score: float) -> None:
    assert zmijewski_probability(score) == pytest.approx([norm.cdf(score)], rel=1e-9)
    logistic = zmijewski_probability(score, link="logistic")
    assert logistic == pytest.approx([1 / (1 + math.exp(-score))], rel=1e-12)


def test_zmijewski_of_what_is_missing_and_errors() -> None:
    assert np.isnan(zmijewski_score([NAN, 0.1], 0.5, [2.0, NAN])).all()
    assert np.isnan(zmijewski_probability([NAN])).all()
    assert np.isnan(ohlson_probability([NAN])).all()
    with pytest.raises(InvalidParameterError, match="'liquidity_coefficient' parameter"):
        zmijewski_score(0.1, 0.5, 2.0, liquidity_coefficient=math.inf)
    with pytest.raises(InvalidParameterError, match="'link' parameter of zmijewski_probability"):
        zmijewski_probability([0.0], link="log")  # type: ignore[arg-type]
    with pytest.raises(InvalidDataError, match="'current_ratio' is infinite"):
        zmijewski_score(0.1, 0.5, math.inf)
    with pytest.raises(InvalidDataError, match="'o_score' is infinite"):
        ohlson_probability([math.inf])
