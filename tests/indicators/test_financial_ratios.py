"""Financial indicators: each by hand on one firm, by its own formula, and with items missing."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from creditscore.indicators import (
    FINANCIAL,
    PIOTROSKI,
    CustomerRecords,
    IndicatorSet,
    IndicatorTable,
)

Firm = Mapping[str, tuple[float, float, float]]
"""Items of 2023, 2022 and 2021."""

FIRM: dict[str, tuple[float, float, float]] = {
    "revenue": (1200, 1000, 900),
    "cost_of_sales": (800, 700, 650),
    "operating_expenses": (200, 180, 170),
    "depreciation": (40, 38, 36),
    "amortisation": (10, 9, 8),
    "ebit": (160, 128, 90),
    "interest_expense": (20, 18, 15),
    "lease_expense": (20, 20, 20),
    "pretax_income": (140, 110, 75),
    "tax": (40, 30, 20),
    "net_income": (100, 80, 55),
    "operating_cash_flow": (150, 120, 100),
    "funds_from_operations": (120, 100, 90),
    "capital_expenditure": (60, 50, 40),
    "dividends": (30, 25, 20),
    "debt_repayment": (60, 50, 40),
    "total_assets": (1100, 900, 800),
    "current_assets": (500, 400, 380),
    "cash": (80, 60, 50),
    "receivables": (170, 130, 120),
    "inventory": (180, 140, 130),
    "fixed_assets": (450, 350, 300),
    "intangible_assets": (50, 45, 40),
    "total_liabilities": (550, 450, 420),
    "current_liabilities": (250, 250, 240),
    "payables": (110, 90, 80),
    "short_term_debt": (100, 90, 80),
    "long_term_debt": (200, 200, 190),
    "retained_earnings": (220, 150, 95),
    "equity": (550, 450, 380),
    "market_equity": (880, 700, 600),
    "shares_issued": (110, 100, 100),
    "gnp_index": (1.1, 1.0, 0.95),
}

BY_HAND = {
    "current_ratio": 2.0,
    "quick_ratio": 1.28,
    "cash_ratio": 0.32,
    "working_capital_to_assets": 250 / 1100,
    "inventory_to_working_capital": 0.72,
    "defensive_days": 365 * 250 / 960,
    "debt_ratio": 0.5,
    "equity_ratio": 0.5,
    "debt_to_equity": 1.0,
    "tangible_net_worth": 500.0,
    "debt_to_tangible_net_worth": 1.1,
    "long_term_debt_to_capital": 200 / 750,
    "net_debt_to_equity": 0.4,
    "interest_bearing_debt_share": 300 / 550,
    "short_term_debt_share": 1 / 3,
    "fixed_assets_to_equity": 450 / 550,
    "interest_cover": 8.0,
    "ebitda_interest_cover": 10.5,
    "fixed_charge_cover": 4.5,
    "cash_interest_cover": 10.5,
    "debt_service_cover": 2.125,
    "cash_flow_to_debt": 150 / 550,
    "debt_to_ebitda": 300 / 210,
    "gross_margin": 1 / 3,
    "operating_margin": 160 / 1200,
    "ebitda_margin": 0.175,
    "net_margin": 1 / 12,
    "return_on_assets": 0.1,
    "return_on_total_assets": 0.16,
    "return_on_equity": 0.2,
    "return_on_capital_employed": 160 / 750,
    "profit_to_costs": 140 / 1020,
    "equity_multiplier": 2.0,
    "tax_burden": 100 / 140,
    "interest_burden": 0.875,
    "asset_turnover": 1.2,
    "current_asset_turnover": 1200 / 450,
    "fixed_asset_turnover": 3.0,
    "receivables_turnover": 8.0,
    "inventory_turnover": 5.0,
    "payables_turnover": 8.0,
    "receivables_days": 45.625,
    "inventory_days": 73.0,
    "payables_days": 45.625,
    "cash_conversion_days": 73.0,
    "receivables_days_closing": 365 * 170 / 1200,
    "payables_days_closing": 365 * 110 / 800,
    "sales_growth": 0.2,
    "operating_profit_growth": 0.25,
    "profit_growth": 0.25,
    "asset_growth": 200 / 900,
    "equity_growth": 100 / 450,
    "capital_preservation_rate": 550 / 450,
    "sustainable_growth": 70 / 450,
    "operating_cash_flow_ratio": 0.6,
    "cash_flow_to_sales": 0.125,
    "cash_flow_to_profit": 1.5,
    "cash_return_on_assets": 0.15,
    "accruals_to_assets": -0.05,
    "free_cash_flow_to_debt": 0.3,
    "capex_cover": 2.5,
    "capex_to_depreciation": 1.5,
    # of the scores, terms rounded to six decimals are added up
    "altman_z": 0.272727 + 0.28 + 0.48 + 0.96 + 1.089818,
    "altman_z_prime": 0.162955 + 0.1694 + 0.451927 + 0.42 + 1.088727,
    "altman_z_double_prime": 1.490909 + 0.652 + 0.977455 + 1.05,
    "altman_em": 1.490909 + 0.652 + 0.977455 + 1.05 + 3.25,
    "ohlson_o": (-1.32 - 2.811456 + 3.015 - 0.325 + 0.03785 - 0.215455 - 0.399273 - 0.057889),
    "ohlson_probability": 0.111429,
    "zmijewski_score": -4.336 - 0.410273 + 2.8395 + 0.008,
    "zmijewski_probability": 0.028797,
    "piotroski_f": 8.0,
}
EVERY = FINANCIAL.with_indicators(*PIOTROSKI)
CASES = [(found.name, read.item, read.years_before) for found in EVERY for read in found.inputs]


def records_of(firm: Firm, customer: str = "A") -> CustomerRecords:
    return CustomerRecords(statements=statements_of(firm, customer))


def statements_of(firm: Firm, customer: str = "A") -> pd.DataFrame:
    years = ("2023", "2022", "2021")
    return pd.DataFrame(
        {
            "customer": customer,
            "period_end": pd.to_datetime([f"{year}-12-31" for year in years]),
            "known_on": pd.to_datetime([f"{int(year) + 1}-04-30" for year in years]),
            **{item: np.asarray(values, dtype=float) for item, values in firm.items()},
        }
    )


def computed(firm: Firm, indicators: IndicatorSet = EVERY) -> IndicatorTable:
    return indicators.compute(records_of(firm), as_of="2024-06-30")


# --- by hand -------------------------------------------------------------------------


def test_every_indicator_is_computed_by_hand() -> None:
    assert set(BY_HAND) == set(FINANCIAL.names)


@pytest.mark.parametrize("name", FINANCIAL.names)
def test_by_hand(name: str) -> None:
    found = computed(FIRM, FINANCIAL.only([name])).values.loc["A", name]
    assert found == pytest.approx(BY_HAND[name], abs=2e-6, rel=1e-9)


def test_all_of_a_sound_firm_is_within_the_sensible_ranges() -> None:
    assert computed(FIRM).flags.empty


# --- the formula that is shown is the one that is computed -----------------------------


def by_formula(formula: str, firm: Firm, others: Mapping[str, float]) -> float:
    """Compute a formula from the text that readers see."""

    def before(x: Any, years: int = 1) -> Any:
        return np.append(np.asarray(x, dtype=float)[years:], [np.nan] * years)

    def normal(x: Any) -> Any:
        return norm.cdf(x)

    words: dict[str, Any] = {name: np.array([*values, np.nan]) for name, values in firm.items()}
    words |= {name: np.full(4, value) for name, value in others.items()}
    words |= {
        "before": before, "average": lambda x: (x + before(x)) / 2, "ln": np.log, "exp": np.exp,
        "abs": np.abs, "Φ": normal,
    }  # fmt: skip
    with np.errstate(all="ignore"):
        return float(eval(formula, {"__builtins__": {}}, words)[0])  # noqa: S307 - our own text


FORMULAS = [name for name in EVERY.names if name != "piotroski_f"]


@pytest.mark.parametrize("name", FORMULAS)
def test_the_formula_in_the_catalogue_gives_the_value(name: str) -> None:
    table = computed(FIRM).values.loc["A"]
    assert by_formula(EVERY[name].formula, FIRM, table.to_dict()) == pytest.approx(
        table[name], rel=1e-12
    )


def test_the_f_score_is_the_sum_of_its_signals() -> None:
    values = computed(FIRM, PIOTROSKI).values.loc["A"]
    assert values["piotroski_f"] == values.drop("piotroski_f").sum() == 8
    assert values["piotroski_no_issue"] == 0


@pytest.mark.filterwarnings("ignore::creditscore.exceptions.ExpenseSignWarning")
@settings(max_examples=60)
@given(data=st.data())
def test_any_firm_has_a_finite_value_by_the_formula_or_a_reason(data: st.DataObject) -> None:
    amounts = st.sampled_from([-300.0, -1.0, 0.0, 1.0, 50.0, 700.0])
    firm = {item: data.draw(st.tuples(amounts, amounts, amounts), label=item) for item in FIRM}
    table = computed(firm)
    values, reasons = table.values.loc["A"], table.reasons.loc["A"]
    for name in FORMULAS:
        assert math.isnan(values[name]) == (reasons[name] != "")
        if not math.isnan(values[name]):
            expected = by_formula(EVERY[name].formula, firm, values.to_dict())
            assert values[name] == pytest.approx(expected, rel=1e-9, abs=1e-9)
    kinds = set(table.reason_kinds.loc["A"]) - {""}
    assert kinds <= {"zero_denominator", "negative_denominator", "undefined"}


# --- what is missing -------------------------------------------------------------------


@pytest.mark.parametrize(("item", "years"), sorted({(item, years) for _, item, years in CASES}))
def test_a_missing_entry_makes_missing_what_reads_it_and_nothing_else(
    item: str, years: int
) -> None:
    gap = tuple(np.nan if year == years else value for year, value in enumerate(FIRM[item]))
    table = computed({**FIRM, item: gap})  # type: ignore[dict-item]
    readers = [name for name, read, before in CASES if (read, before) == (item, years)]
    others = [name for name in EVERY.names if name not in readers]
    before = {0: "", 1: " of the year before", 2: " of 2 years before"}[years]
    assert table.values.loc["A", readers].isna().all()
    assert set(table.reasons.loc["A", readers]) == {f"{item}{before} is not given"}
    assert set(table.reason_kinds.loc["A", readers]) == {"not_given"}
    pd.testing.assert_series_equal(
        table.values.loc["A", others], computed(FIRM).values.loc["A", others]
    )


@pytest.mark.parametrize("item", sorted(FIRM))
def test_a_missing_column_makes_missing_what_reads_it_and_nothing_else(item: str) -> None:
    firm = {other: values for other, values in FIRM.items() if other != item}
    table = computed(firm)
    readers = list(dict.fromkeys(name for name, read, _ in CASES if read == item))
    assert table.values.loc["A", readers].isna().all()
    assert table.reasons.loc["A", readers].str.contains(f"no column '{item}'").all()
    assert table.values.loc["A"].drop(readers).notna().all()


def test_without_the_years_before_only_closing_figures_are_known() -> None:
    records = CustomerRecords(statements=statements_of(FIRM).iloc[:1])
    table = EVERY.compute(records, as_of="2024-06-30")
    for found in EVERY:
        if any(read.years_before for read in found.inputs):
            assert np.isnan(table.values.loc["A", found.name])
            assert re.search("no statement to 202[12]-12", table.reasons.loc["A", found.name])
        else:
            assert np.isfinite(table.values.loc["A", found.name])
    assert np.isfinite(table.values.loc["A", "receivables_days_closing"])
    assert np.isnan(table.values.loc["A", "return_on_equity"])


@pytest.mark.parametrize(
    ("name", "changes", "reason"),
    [
        ("current_ratio", {"current_liabilities": 0}, "current_liabilities is zero"),
        ("debt_ratio", {"total_assets": 0}, "total_assets is zero"),
        ("interest_cover", {"interest_expense": 0}, "interest_expense is zero"),
        ("debt_to_equity", {"equity": -10}, "equity is negative"),
        ("return_on_equity", {"equity": -550}, "average equity is negative"),
        ("return_on_equity", {"equity": -450}, "average equity is zero"),
        ("equity_multiplier", {"equity": -550}, "average equity is negative"),
        (
            "debt_to_tangible_net_worth",
            {"intangible_assets": 600},
            "(equity - intangible_assets) is negative",
        ),
        ("debt_to_ebitda", {"ebit": -80}, "((ebit + depreciation) + amortisation) is negative"),
        ("net_margin", {"revenue": 0}, "revenue is zero"),
        (
            "inventory_to_working_capital",
            {"current_assets": 200},
            "(current_assets - current_liabilities) is negative",
        ),
        (
            "short_term_debt_share",
            {"short_term_debt": 0, "long_term_debt": 0},
            "(short_term_debt + long_term_debt) is zero",
        ),
        ("cash_flow_to_profit", {"net_income": -5}, "net_income is negative"),
        ("tax_burden", {"pretax_income": -5}, "pretax_income is negative"),
        ("altman_z", {"total_liabilities": 0}, "total_liabilities is zero"),
        ("ohlson_o", {"total_liabilities": 0}, "total_liabilities is zero"),
        ("zmijewski_probability", {"current_liabilities": 0}, "current_liabilities is zero"),
        ("piotroski_f", {"revenue": 0}, "revenue is zero"),
    ],
)
def test_a_ratio_without_meaning_is_missing(
    name: str, changes: dict[str, float], reason: str
) -> None:
    firm = {item: (changes.get(item, new), *old) for item, (new, *old) in FIRM.items()}
    table = computed(firm, EVERY.only([name]))  # type: ignore[arg-type]
    assert np.isnan(table.values.loc["A", name])
    assert table.reasons.loc["A", name] == reason


@pytest.mark.parametrize(
    ("name", "item", "base", "kind"),
    [
        ("profit_growth", "net_income", -80, "negative_denominator"),
        ("profit_growth", "net_income", 0, "zero_denominator"),
        ("operating_profit_growth", "ebit", -1, "negative_denominator"),
        ("capital_preservation_rate", "equity", -450, "negative_denominator"),
        ("sustainable_growth", "equity", 0, "zero_denominator"),
    ],
)
def test_growth_from_a_base_of_zero_or_less_is_missing(
    name: str, item: str, base: float, kind: str
) -> None:
    new, _, oldest = FIRM[item]
    table = computed({**FIRM, item: (new, base, oldest)}, EVERY.only([name]))
    assert table.reason_kinds.loc["A", name] == kind
    assert f"{item} of the year before" in table.reasons.loc["A", name]


def test_losses_and_negative_equity_in_the_numerator_keep_their_sign() -> None:
    firm = {**FIRM, "net_income": (-50.0, 80.0, 55.0), "equity": (-110.0, 450.0, 380.0)}
    values = computed(firm).values.loc["A"]
    assert values["net_margin"] == pytest.approx(-50 / 1200)
    assert values["profit_growth"] == pytest.approx(-1.625)
    assert values["equity_ratio"] == pytest.approx(-0.1)
    assert values["altman_z_double_prime"] == pytest.approx(
        BY_HAND["altman_z_double_prime"] - 1.05 - 1.05 * 0.2, abs=2e-6
    )


def test_a_change_of_currency_takes_what_mixes_amounts_and_leaves_what_compares_ratios() -> None:
    statements = statements_of(FIRM).assign(currency=["EUR", "CNY", "CNY"])
    table = EVERY.compute(CustomerRecords(statements=statements), as_of="2024-06-30")
    values, reasons = table.values.loc["A"], table.reasons.loc["A"]
    assert reasons["sales_growth"] == "revenue and revenue of the year before are of two currencies"
    assert table.reason_kinds.loc["A", "return_on_equity"] == "currency"
    assert values["piotroski_liquidity"] == values["piotroski_margin"] == 1
    closing = [f.name for f in EVERY if not any(read.years_before for read in f.inputs)]
    pd.testing.assert_series_equal(values[closing], computed(FIRM).values.loc["A", closing])


# --- laws ------------------------------------------------------------------------------


@settings(max_examples=20)
@given(k=st.floats(1e-3, 1e6))
def test_the_unit_of_amounts_does_not_matter(k: float) -> None:
    # Ohlson's score does not scale unless the index, which turns amounts into those of 1968, does
    scaled = {
        item: values if item == "shares_issued" else tuple(k * v for v in values)
        for item, values in FIRM.items()
    }
    before, after = computed(FIRM).values.loc["A"], computed(scaled).values.loc["A"]  # type: ignore[arg-type]
    assert after.pop("tangible_net_worth") == pytest.approx(k * before.pop("tangible_net_worth"))
    # equal ratios may differ in the last digit after scaling, and signals compare them
    equal = ["piotroski_leverage", "piotroski_liquidity"]
    pd.testing.assert_series_equal(
        after.drop(equal), before.drop(equal), check_exact=False, rtol=1e-9
    )


def test_a_customer_has_the_same_values_alone_and_among_others() -> None:
    other = {item: tuple(v * 3 + 1 for v in values) for item, values in FIRM.items()}
    both = pd.concat([statements_of(other, "B"), statements_of(FIRM, "A")])  # type: ignore[arg-type]
    among = EVERY.compute(CustomerRecords(statements=both), as_of="2024-06-30").values
    pd.testing.assert_series_equal(among.loc["A"], computed(FIRM).values.loc["A"])


def test_the_directions_are_right_where_they_can_be_seen() -> None:
    """Of a firm that is worse in most respects, an indicator is worse or the same."""
    factors = {
        **dict.fromkeys(("ebit", "pretax_income", "net_income", "operating_cash_flow"), 0.7),
        "cash": 0.6,
        **dict.fromkeys(("revenue", "funds_from_operations", "retained_earnings"), 0.9),
        **dict.fromkeys(("equity", "market_equity", "total_assets", "current_assets"), 0.9),
        **dict.fromkeys(("interest_expense", "lease_expense", "operating_expenses"), 1.1),
        **dict.fromkeys(("total_liabilities", "current_liabilities", "payables"), 1.1),
        **dict.fromkeys(("short_term_debt", "long_term_debt", "intangible_assets"), 1.1),
        **dict.fromkeys(("receivables", "inventory", "fixed_assets", "shares_issued"), 1.1),
    }
    weaker = {item: (new * factors.get(item, 1.0), *old) for item, (new, *old) in FIRM.items()}
    sound, weak = computed(FIRM).values.loc["A"], computed(weaker).values.loc["A"]  # type: ignore[arg-type]
    sign = {"higher": 1, "lower": -1, "neither": 0}
    better = {f.name for f in EVERY if (weak - sound)[f.name] * sign[f.direction] > 1e-12}
    assert better == set()


# --- the catalogue -----------------------------------------------------------------------


def test_the_catalogue_is_complete() -> None:
    table = EVERY.table()
    for column in ("label", "label_zh", "formula", "source", "five_c", "unit", "inputs"):
        assert (table[column] != "").all(), column
    assert (table["group"] == "financial").all()
    assert (table["low"] < table["high"]).all()
    assert table["label"].is_unique
    assert table["label_zh"].is_unique
    assert table["label_zh"].str.contains(r"[\u4e00-\u9fff]").all()
    assert not table["label"].str.contains(r"[\u4e00-\u9fff]").any()


def test_the_indicators_of_the_measures_of_2006_name_them() -> None:
    """The eight basic financial indicators of 国资发评价〔2006〕157号, by their Chinese names."""
    names = {
        "return_on_equity": "净资产收益率",
        "return_on_total_assets": "总资产报酬率",
        "asset_turnover": "总资产周转率",
        "receivables_turnover": "应收账款周转率",
        "debt_ratio": "资产负债率",
        "interest_cover": "已获利息倍数",
        "sales_growth": "销售增长率",
        "capital_preservation_rate": "资本保值增值率",
    }
    assert {name: FINANCIAL[name].label_zh for name in names} == names
    assert all("〔2006〕157号" in FINANCIAL[name].source for name in names)


def test_inputs_are_items_of_statements() -> None:
    assert {read.item for found in EVERY for read in found.inputs} == set(FIRM)
    assert {read.table for found in EVERY for read in found.inputs} == {"statements"}
