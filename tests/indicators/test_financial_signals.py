"""Piotroski's signals, and return on equity taken apart."""

from __future__ import annotations

import math
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.indicators import (
    FINANCIAL,
    PIOTROSKI,
    CustomerRecords,
    Facts,
    PiotroskiRatios,
    dupont,
    dupont_change,
    dupont_factors,
    facts_on,
    piotroski_f,
    piotroski_signals,
)

NAN = math.nan
YEAR = PiotroskiRatios(
    return_on_assets=0.08, cash_flow_to_assets=0.1, leverage=0.2, current_ratio=1.5,
    shares_issued=100.0, gross_margin=0.3, asset_turnover=1.2,
)  # fmt: skip
BETTER = PiotroskiRatios(
    return_on_assets=0.09, cash_flow_to_assets=0.11, leverage=0.19, current_ratio=1.6,
    shares_issued=99.0, gross_margin=0.31, asset_turnover=1.3,
)  # fmt: skip
WORSE = PiotroskiRatios(
    return_on_assets=-0.01, cash_flow_to_assets=-0.02, leverage=0.21, current_ratio=1.4,
    shares_issued=101.0, gross_margin=0.29, asset_turnover=1.1,
)  # fmt: skip


# --- Piotroski -----------------------------------------------------------------------


def test_f_of_a_strong_and_of_a_weak_firm() -> None:
    assert piotroski_f(BETTER, YEAR).tolist() == [9]
    assert piotroski_f(WORSE, YEAR).tolist() == [0]


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        ({"return_on_assets": 0.0}, {"piotroski_return", "piotroski_return_change"}),
        ({"cash_flow_to_assets": 0.0}, {"piotroski_cash_flow", "piotroski_accruals"}),
        ({"return_on_assets": 0.08}, {"piotroski_return_change"}),
        ({"cash_flow_to_assets": 0.09}, {"piotroski_accruals"}),
        ({"leverage": 0.2}, {"piotroski_leverage"}),
        ({"current_ratio": 1.5}, {"piotroski_liquidity"}),
        ({"shares_issued": 100.0}, set()),
        ({"shares_issued": 100.5}, {"piotroski_no_issue"}),
        ({"gross_margin": 0.3}, {"piotroski_margin"}),
        ({"asset_turnover": 1.2}, {"piotroski_turnover"}),
    ],
)
def test_equal_to_the_year_before_is_no_signal_but_for_the_shares(
    change: dict[str, float], lost: set[str]
) -> None:
    """Piotroski (2000): F_ΔX is one if the change is above zero, EQ_OFFER if none was issued."""
    firm = replace(BETTER, **change)
    signals = piotroski_signals(firm, YEAR).loc[0]
    assert set(signals.index[signals == 0]) == lost
    assert piotroski_f(firm, YEAR).tolist() == [9 - len(lost)]


RATIOS = [f.name for f in fields(PiotroskiRatios)]


@pytest.mark.parametrize("name", RATIOS)
def test_a_missing_ratio_makes_f_missing(name: str) -> None:
    firm = replace(BETTER, **{name: [math.nan, getattr(BETTER, name)]})
    assert np.isnan(piotroski_f(firm, YEAR)).tolist() == [True, False]
    signals = piotroski_signals(firm, YEAR)
    assert 1 <= signals.loc[0].isna().sum() <= 3
    assert signals.loc[1].notna().all()


@given(
    now=st.lists(st.floats(-5, 5), min_size=7, max_size=7),
    then=st.lists(st.floats(-5, 5), min_size=7, max_size=7),
)
def test_f_is_the_sum_of_its_signals_and_of_two_orders_not_both_strong(
    now: list[float], then: list[float]
) -> None:
    a = PiotroskiRatios(**dict(zip(RATIOS, now, strict=True)))
    b = PiotroskiRatios(**dict(zip(RATIOS, then, strict=True)))
    assert piotroski_f(a, b)[0] == piotroski_signals(a, b).loc[0].sum()
    changes = ["return_change", "leverage", "liquidity", "margin", "turnover"]
    columns = [f"piotroski_{change}" for change in changes]
    both = piotroski_signals(a, b)[columns] + piotroski_signals(b, a)[columns]
    assert (both <= 1).all(axis=None)


def test_piotroski_says_what_does_not_fit() -> None:
    with pytest.raises(InvalidParameterError, match="'before' parameter of piotroski_signals"):
        piotroski_f(YEAR, None)  # type: ignore[arg-type]
    with pytest.raises(InvalidDataError, match=r"before\.leverage' is infinite"):
        piotroski_f(YEAR, replace(YEAR, leverage=math.inf))
    with pytest.raises(InvalidDataError, match="columns of one length"):
        piotroski_f(replace(YEAR, leverage=[0.1, 0.2]), replace(YEAR, leverage=[0.1, 0.2, 0.3]))


def statements(**items: list[float]) -> pd.DataFrame:
    """Statements of 2023, 2022, 2021, 2020."""
    years = [2023, 2022, 2021, 2020]
    return pd.DataFrame(
        {
            "customer": "A",
            "period_end": pd.to_datetime([f"{year}-12-31" for year in years]),
            "known_on": pd.to_datetime([f"{year + 1}-04-30" for year in years]),
            **items,
        }
    )


def test_the_indicators_use_the_assets_of_the_beginning() -> None:
    """Income over closing assets rose, over those of the beginning it fell (by hand)."""
    table = statements(
        net_income=[100.0, 90.0, 80.0, 70.0], total_assets=[900.0, 1000.0, 800.0, 700.0],
        revenue=[1200.0, 1000.0, 900.0, 800.0], long_term_debt=[200.0, 190.0, 180.0, 170.0],
    )  # fmt: skip
    found = PIOTROSKI.compute(CustomerRecords(statements=table), as_of="2024-06-30")
    values, reasons = found.values.loc["A"], found.reasons.loc["A"]
    assert values["piotroski_return"] == 1
    assert values["piotroski_return_change"] == 0  # 100 / 1000 against 90 / 800
    assert values["piotroski_turnover"] == 0  # 1200 / 1000 against 1000 / 800
    assert values["piotroski_leverage"] == 1  # 200 / 950 against 190 / 900
    assert reasons["piotroski_no_issue"] == "statements have no column 'shares_issued'"
    assert np.isnan(values["piotroski_f"])


# --- DuPont --------------------------------------------------------------------------


def facts_of(**items: list[float]) -> Facts:
    return facts_on(CustomerRecords(statements=statements(**items)), "2024-06-30")


def test_dupont_of_a_firm() -> None:
    """NI 80, sales 1200, assets 1000, equity 500: 0.0666667 · 1.2 · 2 = 0.16."""
    facts = facts_of(
        net_income=[80.0] * 4, revenue=[1200.0] * 4, total_assets=[1000.0] * 4, equity=[500.0] * 4,
        pretax_income=[100.0] * 4, ebit=[125.0] * 4,
    )  # fmt: skip
    three = dupont(facts).values.loc["A"]
    assert three[["net_margin", "asset_turnover", "equity_multiplier"]].tolist() == (
        pytest.approx([0.0666667, 1.2, 2.0], abs=5e-8)
    )
    assert three["return_on_equity"] == pytest.approx(0.16, rel=1e-12)
    five = dupont(facts, steps=5).values.loc["A"]
    assert five[["tax_burden", "interest_burden"]].tolist() == [0.8, 0.8]
    assert five["operating_margin"] == pytest.approx(125 / 1200)
    assert list(five.index) == [
        "tax_burden", "interest_burden", "operating_margin", "asset_turnover", "equity_multiplier",
        "return_on_equity",
    ]  # fmt: skip


amount = st.floats(1, 1e6)
four = st.lists(amount, min_size=4, max_size=4)
ITEMS = ("net_income", "pretax_income", "ebit", "revenue", "total_assets", "equity")
firms = st.fixed_dictionaries(dict.fromkeys(ITEMS, four))


@given(items=firms, steps=st.sampled_from([3, 5]))
def test_the_product_of_the_factors_is_the_return_on_equity(
    items: dict[str, list[float]], steps: int
) -> None:
    facts = facts_of(**items)
    row = dupont(facts, steps=steps).values.loc["A"]  # type: ignore[arg-type]
    assert row.dtype == float
    factors = row.drop("return_on_equity")
    assert len(factors) == steps
    assert np.prod(factors) == pytest.approx(row["return_on_equity"], rel=1e-9)
    for name in row.index:
        assert row[name] == FINANCIAL[name].measure(facts).values[0]


@given(items=firms, steps=st.sampled_from([3, 5]))
def test_effects_add_up_to_the_change_of_the_return(
    items: dict[str, list[float]], steps: int
) -> None:
    row = dupont_change(facts_of(**items), steps=steps).values.loc["A"]  # type: ignore[arg-type]
    ends = ["return_on_equity_before", "return_on_equity"]
    effects = row.drop(ends)
    before, after = row[ends]
    scale = max(abs(before), abs(after), effects.abs().max())
    assert effects.sum() == pytest.approx(after - before, abs=1e-9 * scale)


def test_a_change_of_one_factor_is_its_effect() -> None:
    """Margin 0.05 to 0.06 at a turnover of 1 and a multiplier of 2: 0.02, all by the margin."""
    facts = facts_of(
        net_income=[60.0, 50.0, 50.0, 50.0], revenue=[1000.0] * 4, total_assets=[1000.0] * 4,
        equity=[500.0] * 4,
    )  # fmt: skip
    row = dupont_change(facts).values.loc["A"]
    assert row["net_margin"] == pytest.approx(0.02)
    assert row[["asset_turnover", "equity_multiplier"]].tolist() == [0.0, 0.0]


def test_dupont_says_why_a_factor_is_missing() -> None:
    facts = facts_of(
        net_income=[-80.0] * 4, revenue=[1200.0] * 4, total_assets=[1000.0] * 4,
        equity=[500.0] * 4, pretax_income=[-100.0] * 4, ebit=[-90.0] * 4,
    )  # fmt: skip
    assert (dupont(facts).reasons == "").all(axis=None)
    five = dupont(facts, steps=5)
    assert five.reasons.loc["A", "tax_burden"] == "pretax_income is negative"
    assert five.reasons.loc["A", "return_on_equity"] == ""
    assert np.isnan(five.values.loc["A", "tax_burden"])
    assert five.values.loc["A", "return_on_equity"] == pytest.approx(-0.16)
    assert repr(five).startswith("DuPont(1 customer: tax_burden, interest_burden, ")
    assert "pretax_income is negative" in five._repr_html_()
    short = facts_on(
        CustomerRecords(statements=statements(net_income=[1.0] * 4, equity=[1.0] * 4).iloc[:1]),
        "2024-06-30",
    )
    margin = "statements have no column 'revenue'"
    assert dupont(short).reasons.loc["A", "net_margin"] == margin
    before = dupont_change(short).reasons.loc["A", "return_on_equity_before"]
    assert before == "no statement to 2022-12 is known"


def test_dupont_of_plain_numbers() -> None:
    # 80 / 1200 · 1200 / 1000 · 1000 / 500 = 0.16
    three = dupont_factors(80, 1200, 1000, 500).values
    assert three.loc[0].tolist() == [pytest.approx(1 / 15), 1.2, 2.0, pytest.approx(0.16)]
    found = dupont_factors(
        [80.0, 80.0, NAN], 1200, 1000, [500.0, -500.0, 500.0], pretax_income=100, ebit=125
    )
    factors = ["tax_burden", "interest_burden", "operating_margin", "asset_turnover"]
    five = found.values
    assert five.loc[0, factors].tolist() == pytest.approx([0.8, 0.8, 125 / 1200, 1.2])
    assert five.loc[0].drop("return_on_equity").prod() == pytest.approx(0.16)
    assert found.reasons["return_on_equity"].tolist() == [
        "", "equity is negative", "net_income is not given"
    ]  # fmt: skip
    # what is handed out is a copy
    five["asset_turnover"] = 0.0
    assert (found.values["asset_turnover"] == 1.2).all()
    with pytest.raises(InvalidParameterError, match="need both 'pretax_income' and 'ebit'"):
        dupont_factors(80, 1200, 1000, 500, ebit=125)
    with pytest.raises(InvalidDataError, match="dupont_factors needs columns of one length"):
        dupont_factors([80, 90], 1200, 1000, [1.0, 2.0, 3.0])


def test_dupont_leaves_the_facts_as_they_are_and_says_what_does_not_fit() -> None:
    facts = facts_of(net_income=[1.0] * 4)
    dupont(facts)
    assert facts.inputs == []
    with pytest.raises(InvalidParameterError, match="'steps' parameter of dupont must be 3 or 5"):
        dupont(facts, steps=4)  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="'facts' parameter of dupont_change"):
        dupont_change(pd.DataFrame())  # type: ignore[arg-type]
