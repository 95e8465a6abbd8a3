"""Units: scales that change a number, currencies that must not be lost, and what is none."""

from __future__ import annotations

import warnings
from typing import Any

import pandas as pd
import pytest

from creditscore.collect import (
    Collected,
    FieldRule,
    Item,
    ItemCatalogue,
    ItemRule,
    Observations,
    SourceMapping,
    guess_mapping,
    read_source,
)
from creditscore.collect._guess._unit_of import unit_of
from creditscore.collect._reader._units import factor_to
from creditscore.exceptions import InvalidDataError, InvalidParameterError

REVENUE = ItemCatalogue.standard()["revenue"]
SHARE = ItemCatalogue.standard()["customer_concentration"]
SOURCE: dict[str, Any] = {"source": "public_filing", "method": "data_analysis"}
AT = "2024-05-02"


@pytest.mark.parametrize(
    ("text", "factor", "unit"),
    [
        ("TEUR", 1_000, "EUR"), ("kEUR", 1_000, "EUR"), ("T€", 1_000, "EUR"),
        ("USDm", 1_000_000, "USD"), ("RMB'000", 1_000, "CNY"), ("RMB", 1, "CNY"),
        ("人民币万元", 10_000, "CNY"), ("人民币元", 1, "CNY"), ("人民币", 1, "CNY"),
        ("亿元人民币", 100_000_000, "CNY"), ("万美元", 10_000, "USD"), ("XAU", 1, "XAU"),
        ("thousands of EUR", 1_000, "EUR"), ("mn", 1, None), ("TEAM", 1, None), ("eur", 1, None),
        ("$", 1, None), ("百分比", 1, None), ("MEUR", 1, None), ("persons", 1, None),
    ],
)  # fmt: skip
def test_units_of_amounts(text: str, factor: int, unit: str | None) -> None:
    if unit is None:
        with pytest.raises(InvalidParameterError, match="is no currency with what it is counted"):
            factor_to(REVENUE, text)
    else:
        assert factor_to(REVENUE, text) == (factor, unit)


@pytest.mark.parametrize("text", ["百分比", "per cent", "%"])
def test_a_hundredth_is_no_hundred(text: str) -> None:
    assert float(factor_to(SHARE, text)[0]) == 0.01


def read(rule: ItemRule, *units: str) -> Collected:
    mapping = SourceMapping(
        **SOURCE, customer=FieldRule(columns=("firm",)), true_from=FieldRule(value="2023-12-31"),
        unit=FieldRule(columns=("ccy",)), columns={"sales": rule},
    )  # fmt: skip
    table = pd.DataFrame({"firm": [f"C{n}" for n in range(len(units))], "ccy": units, "sales": 5.0})
    with warnings.catch_warnings(action="ignore"):
        return read_source(table, mapping, collected_at=AT)


def test_a_scale_of_the_rule_keeps_the_currency_of_the_row() -> None:
    found = read(ItemRule(item="revenue", unit="thousand"), "EUR", "CNY", "", "万元", "Taler")
    table = found.observations.table
    assert table[["number", "unit"]].to_numpy().tolist() == [
        [5000.0, "EUR"], [5000.0, "CNY"], [5000.0, ""],
    ]  # fmt: skip
    first, second = found.rejects.table["reason"]
    assert "names a scale of its own" in first
    assert "'Taler' is no currency" in second


def test_observations_are_in_the_unit_of_their_item() -> None:
    facts = pd.DataFrame({
        "customer": "C1", "item": ["months", "customer_concentration", "revenue"],
        "value": [1, 0.5, 5], "unit": ["years", "fraction", "EUR"], "true_from": "2023-12-31",
        "source": "public_filing", "method": "data_analysis", "collected_at": AT,
    })  # fmt: skip
    with pytest.raises(InvalidDataError, match="row 0, unit 'years' is not the unit of months, "
                       "which is kept in months"):  # fmt: skip
        Observations.from_frame(facts)
    assert len(Observations.from_frame(facts.iloc[1:])) == 2
    # a reader would multiply, and nobody does so here
    with pytest.raises(InvalidDataError, match="unit 'TEUR' counts in 1,000: give numbers in EUR"):
        Observations.from_frame(facts.iloc[2:].assign(unit="TEUR"))
    with pytest.raises(InvalidDataError, match="counts in 10,000: give numbers in whole units"):
        Observations.from_frame(facts.iloc[2:].assign(unit="万"))


@pytest.mark.parametrize(
    ("column", "item", "expected"),
    [
        ("营业收入（万元）", REVENUE, ("营业收入", "万元", "")),
        ("营业收入万元", REVENUE, ("营业收入", "万元", "")),
        ("total assets (thousand EUR)", REVENUE, ("total assets", "thousand EUR", "")),
        ("Revenue [in thousands of EUR]", REVENUE, ("Revenue", "thousands of EUR", "")),
        ("Umsatz in TEUR", REVENUE, ("Umsatz", "TEUR", "")),
        ("revenue_keur", REVENUE, ("revenue", "KEUR", "")),
        ("Revenue (2023)", REVENUE, ("Revenue", "", "2023")),
        ("Revenue (YTD)", REVENUE, ("Revenue", "", "YTD")),
        ("share (%)", SHARE, ("share", "%", "")),
        ("TOTAL TAX", REVENUE, ("TOTAL TAX", "", "")),
        ("sales team", REVENUE, ("sales team", "", "")),
    ],
)
def test_units_in_names_of_columns(column: str, item: Item, expected: tuple[str, ...]) -> None:
    assert unit_of(column, item) == expected


def test_a_unit_in_a_header_is_shown_and_read_by() -> None:
    table = pd.DataFrame({
        "customer": ["C1"], "period end": ["2023-12-31"], "营业收入（万元）": [1200.0],
        "total assets (thousand EUR)": [5.0], "equity (audited)": [7.0],
    })  # fmt: skip
    proposal = guess_mapping(table)
    shown = proposal.frame().set_index("column")
    assert shown["unit"].tolist() == ["", "", "万元", "thousand EUR", ""]
    assert shown.loc["equity (audited)", "question"] == (
        "what does (audited) mean, and in which unit is it?"
    )
    with pytest.raises(InvalidParameterError, match=r"what does \(audited\) mean"):
        proposal.confirmed(by="Li", **SOURCE)
    changes = {"equity (audited)": "equity", "营业收入（万元）": {"item": "cost_of_sales"}}
    mapping = proposal.confirmed(by="Li", changes=changes, **SOURCE)
    found = read_source(table, mapping, collected_at=AT).observations.table
    assert found[["item", "number", "unit"]].to_numpy().tolist() == [
        ["cost_of_sales", 12_000_000.0, "CNY"], ["total_assets", 5_000.0, "EUR"],
        ["equity", 7.0, ""],
    ]  # fmt: skip
