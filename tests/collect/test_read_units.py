"""Units: scales that change a number, currencies that must not be lost, and what is none."""

from __future__ import annotations

import re
import warnings
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from creditscore.collect import (
    Collected,
    FieldRule,
    Item,
    ItemCatalogue,
    ItemRule,
    LongRule,
    Observations,
    SourceMapping,
    guess_mapping,
    read_source,
    read_statements,
)
from creditscore.collect._guess._unit_of import unit_of
from creditscore.collect._reader._measure import factor_to
from creditscore.collect._reader._units import currency_of, says_a_currency
from creditscore.exceptions import (
    InvalidDataError,
    InvalidParameterError,
    RejectedRowsWarning,
)

REVENUE = ItemCatalogue.standard()["revenue"]
SHARE = ItemCatalogue.standard()["largest_customer_share"]
SOURCE: dict[str, Any] = {"source": "public_filing", "method": "data_analysis"}
AT = "2024-05-02"
FOOTNOTE = "has {!r} beside its number, such as the mark of a footnote: leave it out"
NO_NUMBER = "is no number written with '.' for decimals and ',' between thousands"


@pytest.mark.parametrize(
    ("text", "factor", "unit"),
    [
        ("TEUR", 1_000, "EUR"), ("kEUR", 1_000, "EUR"), ("T€", 1_000, "EUR"),
        ("USDm", 1_000_000, "USD"), ("RMB'000", 1_000, "CNY"), ("RMB", 1, "CNY"),
        ("人民币万元", 10_000, "CNY"), ("人民币元", 1, "CNY"), ("人民币", 1, "CNY"),
        ("亿元人民币", 100_000_000, "CNY"), ("万美元", 10_000, "USD"), ("XAU", 1, "XAU"),
        ("thousands of EUR", 1_000, "EUR"), ("mn", 1, None), ("TEAM", 1, None), ("eur", 1, "EUR"),
        ("thousand usd", 1_000, "USD"), ("ＵＳＤ", 1, "USD"), ("（千元）", 1_000, "CNY"),
        ("all", 1, None), ("top", 1, None), ("百分比", 1, None),
        ("10,000 CNY", 10_000, "CNY"), ("RMB 10000", 10_000, "CNY"), ("10k yuan", 10_000, "CNY"),
        ("ten thousand of CNY", 10_000, "CNY"), ("CNY (10,000)", 10_000, "CNY"),
        ("1,000 CNY", 1_000, "CNY"), ("100 million CNY", 100_000_000, "CNY"),
        ("mln EUR", 1_000_000, "EUR"),
        ("10,000 pieces", 1, None), ("12,000 CNY", 1, None),
        ("MEUR", 1_000_000, "EUR"), ("persons", 1, None),
    ],
)  # fmt: skip
def test_units_of_amounts(text: str, factor: int, unit: str | None) -> None:
    if unit is None:
        with pytest.raises(InvalidParameterError, match="is no currency with what it is counted"):
            factor_to(REVENUE, text)
    else:
        assert factor_to(REVENUE, text) == (factor, unit)


@pytest.mark.parametrize(("text", "several"), [("￥", "CNY, JPY"), ("thousand $", "ARS, AUD, ")])
def test_a_sign_of_several_currencies_is_no_unit(text: str, several: str) -> None:
    with pytest.raises(InvalidParameterError, match=f"is the sign of {several}.*is meant"):
        factor_to(REVENUE, text)


@pytest.mark.parametrize("text", ["百分比", "per cent", "%", "％"])
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
    assert "what stands there is no currency" in second


def test_observations_are_in_the_unit_of_their_item() -> None:
    facts = pd.DataFrame({
        "customer": "C1", "item": ["months", "largest_customer_share", "revenue"],
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


@pytest.mark.parametrize("unit", ["kg", "EUR?", "persons", "thousand kg", "$", "1"])
def test_amounts_of_observations_are_in_currencies_as_those_of_readers_are(unit: str) -> None:
    facts = pd.DataFrame({
        "customer": "A", "item": ["industry", "cash", "total_assets"], "value": ["kg", 1, 5],
        "unit": ["kg", "元", unit], "true_from": "2023-12-31", "source": "public_filing",
        "method": "data_analysis", "collected_at": AT,
    })  # fmt: skip
    with pytest.raises(InvalidDataError, match=f"row 2, unit '{re.escape(unit)}' does not fit: '"):
        Observations.from_frame(facts)
    mapping = SourceMapping(
        source="public_filing", method="data_analysis", customer=FieldRule(columns=("customer",)),
        true_from=FieldRule(columns=("true_from",)), unit=FieldRule(columns=("unit",)),
        columns={"value": ItemRule(item="total_assets")},
    )  # fmt: skip
    with pytest.warns(RejectedRowsWarning):
        found = read_source(facts.iloc[2:], mapping, collected_at=AT)
    # the cell may be anything where a row has shifted: it stands beside the reason, not in it
    fault = found.rejects.table.iloc[0]
    assert fault["value"] == unit
    reason = fault["reason"].replace("what stands there", repr(unit))
    with pytest.raises(InvalidDataError, match=re.escape(reason)):
        Observations.from_frame(facts)
    # of texts and under other names they are no fault
    assert len(Observations.from_frame(facts.iloc[:2])) == 2


@pytest.mark.parametrize(
    ("column", "item", "expected"),
    [
        ("营业收入（万元）", REVENUE, ("营业收入", "万元", "")),
        ("营业收入万元", REVENUE, ("营业收入", "万元", "")),
        ("total assets (thousand EUR)", REVENUE, ("total assets", "thousand EUR", "")),
        ("Revenue [in thousands of EUR]", REVENUE, ("Revenue", "thousands of EUR", "")),
        ("Umsatz in TEUR", REVENUE, ("Umsatz", "TEUR", "")),
        ("total assets (CNY thousand)", REVENUE, ("total assets", "CNY thousand", "")),
        ("revenue EUR million", REVENUE, ("revenue", "EUR million", "")),
        ("revenue_keur", REVENUE, ("revenue", "KEUR", "")),
        ("Revenue (2023)", REVENUE, ("Revenue", "", "2023")),
        ("Revenue (YTD)", REVENUE, ("Revenue", "", "YTD")),
        ("share (%)", SHARE, ("share", "%", "")),
        ("share（％）", SHARE, ("share", "％", "")),
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


def amounts(
    unit: str, *cells: Any, item: str = "net_income", thousands: str = ",", factor: float = 1.0
) -> Collected:
    mapping = SourceMapping(
        **SOURCE, customer=FieldRule(columns=("firm",)), true_from=FieldRule(value="2023-12-31"),
        columns={"sales": ItemRule(item=item, unit=unit, thousands=thousands, factor=factor)},
    )  # fmt: skip
    table = pd.DataFrame({"firm": [f"C{n}" for n in range(len(cells))], "sales": cells})
    with warnings.catch_warnings(action="ignore"):
        return read_source(table, mapping, collected_at=AT)


@pytest.mark.parametrize(
    ("unit", "cell", "number"),
    [
        ("CNY", "￥12,000.50", 12_000.5), ("CNY", "¥ -5", -5), ("CNY", "-¥5", -5),
        ("CNY", "(¥5)", -5), ("JPY", "¥7", 7),
        ("USD", "USD 3,000", 3_000), ("USD", "$3,000", 3_000), ("USD", "3,000 美元", 3_000),
        ("EUR", "1.5 €", 1.5), ("CNY", "12元", 12), ("CNY", "RMB12", 12), ("CNY", "cny 12", 12),
        ("CNY", "4,500.00万", 45_000_000), ("CNY", "¥1.2万元", 12_000),
        ("CNY", "1.2 million", 1.2e6),
        ("万元", "4,500.00万", 45_000_000), ("万元", "3 万元", 30_000), ("万元", "￥3万", 30_000),
        ("thousand USD", "$ 3,000 thousand", 3e6), ("usd", "USD 3", 3),
    ],
)  # fmt: skip
def test_a_number_may_have_the_unit_of_its_row_beside_it(
    unit: str, cell: str, number: float
) -> None:
    assert amounts(unit, cell).observations.table["number"].tolist() == [number]
    # a factor of the rule is another matter
    turned = amounts(unit, cell, factor=-1)
    assert turned.observations.table["number"].tolist() == [-number]


@pytest.mark.parametrize(
    ("unit", "cell", "reason"),
    [
        ("", "￥12", "names the currency ¥, and nothing says its 'unit'"),
        ("CNY", "USD 3,000", "names the currency USD, and is to be in CNY"),
        ("EUR", "$3", "names the currency $, and is to be in EUR"),
        ("CNY", "$3 元", "names the currency $, and is to be in CNY"),
        ("万元", "12元", "is counted in 1, and its column in 10,000"),
        ("万元", "￥3,000", "is counted in 1, and its column in 10,000"),
        ("thousand EUR", "€3", "is counted in 1, and its column in 1,000"),
        ("thousand EUR", "3 EUR", "is counted in 1, and its column in 1,000"),
        ("CNY", "1250²", FOOTNOTE.format("²")), ("CNY", "1,250 ¹", FOOTNOTE.format("¹")),
        ("CNY", "①", FOOTNOTE.format("①")), ("CNY", "12⑴", FOOTNOTE.format("⑴")),
        ("CNY", "12₃", FOOTNOTE.format("₃")),
        ("thousand USD", "3 million", "is counted in 1,000,000, and its column in 1,000"),
        ("CNY", "12 boxes", "has words beside its number that are no unit, and is to be in CNY"),
        ("CNY", "CNY", NO_NUMBER), ("CNY", "CNY 1-2", NO_NUMBER), ("CNY", "— 12", NO_NUMBER),
        ("CNY", "(¥-5)", NO_NUMBER), ("CNY", "5" + " " * 5_000 + "(", NO_NUMBER),
        ("CNY", "45%", "is per cent, and to be in CNY"),
        ("", "45%", "is per cent, and to be in a currency"),
    ],
)  # fmt: skip
def test_a_number_with_another_unit_is_rejected(unit: str, cell: str, reason: str) -> None:
    assert amounts(unit, cell).rejects.table["reason"].tolist() == [reason]


def test_the_unit_of_a_row_is_that_of_its_cell() -> None:
    mapping = SourceMapping(
        **SOURCE, customer=FieldRule(columns=("firm",)), true_from=FieldRule(value="2023-12-31"),
        unit=FieldRule(columns=("ccy",)),
        columns={"sales": ItemRule(item="revenue"), "ccy": ItemRule(item="currency")},
    )  # fmt: skip
    table = pd.DataFrame({
        "firm": [*"ABCD"], "ccy": ["人民币", "美元", "USD", "人民币"],
        "sales": ["￥12", "USD 3", "￥7", "5"],
    })  # fmt: skip
    with pytest.warns(RejectedRowsWarning, match="names the currency ¥, and is to be in USD"):
        found = read_source(table, mapping, collected_at=AT).observations.table
    shown = found[["customer", "number", "text", "unit"]].dropna(subset=["number"])
    assert shown[["customer", "number", "unit"]].to_numpy().tolist() == [
        ["A", 12.0, "CNY"], ["B", 3.0, "USD"], ["D", 5.0, "CNY"],
    ]  # fmt: skip
    assert found["text"].dropna().tolist() == ["CNY", "USD", "CNY"]


def test_signs_of_thousands_that_nobody_said_are_told() -> None:
    told = "is no number written with '.' for decimals; if ',' parts its thousands, say so in "
    found = amounts("CNY", "￥12,000.50", thousands="")
    assert found.rejects.table["reason"].tolist() == [f"{told}'thousands'"]


def test_a_share_may_be_written_as_per_cent() -> None:
    cells = ["45%", "45 %", "13％", "0.5", "-5%", "(5%)"]
    for unit, plain in (("", 0.5), ("fraction", 0.5), ("percent", 0.005)):
        found = amounts(unit, *cells[:4], item="largest_customer_share").observations.table
        assert found["number"].tolist() == [0.45, 0.45, 0.13, plain]
    minus = amounts("", *cells[4:], item="purchase_trend").observations.table
    assert minus["number"].tolist() == [-0.05, -0.05]
    assert len(amounts("‰", "45%", item="largest_customer_share").rejects) == 1


def test_persons_are_counted_in_ten_thousands_too() -> None:
    found = amounts("", "1.2万", "12 persons", "12 USD", item="employees")
    assert found.observations.table["number"].tolist() == [12_000.0, 12.0]
    assert found.rejects.table["reason"].tolist() == [
        "names the currency USD, and is to be in persons"
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("人民币", "CNY"), ("RMB", "CNY"), ("元", "CNY"), ("美元", "USD"), ("all", "ALL"),
        (" usd ", "USD"), ("€", "EUR"), ("ＣＮＹ", "CNY"), ("XAU", "XAU"), ("Euro", "EUR"),
        ("Yuan", "CNY"),
    ],
)  # fmt: skip
def test_a_currency_has_one_name(text: str, code: str) -> None:
    assert currency_of(text) == code


@pytest.mark.parametrize(
    ("text", "told"),
    [("万元", "10,000"), ("CNY thousand", "1,000"), ("million US dollars", "1,000,000")],
)
def test_what_a_currency_is_counted_in_is_not_lost(text: str, told: str) -> None:
    with pytest.raises(InvalidParameterError, match=f"is counted in {told}: name its column as "):
        currency_of(text)
    mapping = SourceMapping(
        **SOURCE, customer=FieldRule(columns=("firm",)), true_from=FieldRule(value="2023-12-31"),
        unit=FieldRule(columns=("ccy",)),
        columns={"sales": ItemRule(item="revenue"), "ccy": ItemRule(item="currency")},
    )  # fmt: skip
    table = pd.DataFrame({"firm": ["C1"], "ccy": [text], "sales": [5]})
    # no amount is wrong where it counts them
    found = read_source(table, mapping, collected_at=AT).observations.table
    assert found["number"].dropna().tolist() == [5 * float(told.replace(",", ""))]
    assert found["text"].dropna().isin(["CNY", "USD"]).all()
    # and it does not where it is that of something else
    with pytest.warns(RejectedRowsWarning, match="name its column as 'unit'"):
        read_source(table, replace(mapping, unit=None), collected_at=AT)


def test_per_cent_is_a_part_of_what_its_row_is_in() -> None:
    mapping = SourceMapping(
        **SOURCE, customer=FieldRule(columns=("firm",)), true_from=FieldRule(value="2023-12-31"),
        unit=FieldRule(columns=("u",)),
        long=LongRule(item="item", value="v", items={"s": ItemRule(item="reference_opinion")}),
    )  # fmt: skip
    told = [("61%", "%"), ("61%", "percent"), ("61%", "％"), ("61", "%"), ("61%", "fraction"),
            ("61%", "Fraction"), ("0.61", ""), ("61%", ""), ("6.1%", "‰"),
            ("610", "‰")]  # fmt: skip
    table = pd.DataFrame(told, columns=["v", "u"]).assign(item="s")
    table["firm"] = [f"C{n}" for n in range(len(table))]
    with pytest.warns(RejectedRowsWarning, match="is per cent, and to be in fraction"):
        found = read_source(table, mapping, collected_at=AT)
    assert found.observations.table["number"].tolist() == [0.61] * 9
    assert found.rejects.table["value"].tolist() == ["6.1%"]


def test_a_currency_that_is_unclear_is_asked_for() -> None:
    mapping = SourceMapping(
        **SOURCE, customer=FieldRule(columns=("firm",)), record=FieldRule(columns=("no",)),
        true_from=FieldRule(value="2023-12-31"),
        columns={"ccy": ItemRule(item="invoice.currency")},
    )  # fmt: skip
    table = pd.DataFrame({"firm": "C1", "no": ["1", "2", "3"], "ccy": ["￥", "RMB", "Taler"]})
    with pytest.warns(RejectedRowsWarning) as told:
        rejected = read_source(table, mapping, collected_at=AT).rejects.table
    assert rejected["reason"].tolist() == [
        "is the sign of CNY, JPY: say in 'words' which is meant",
        "is no currency that is known, such as CNY: say in 'words' which is meant",
    ]
    # what is none may be a name, and is not shown
    assert "Taler" not in str(told[0].message)
    words = {"￥": "人民币", "Taler": "EUR"}
    rule = ItemRule(item="invoice.currency", words=words)
    found = read_source(table, replace(mapping, columns={"ccy": rule}), collected_at=AT)
    assert found.observations.table["text"].tolist() == ["CNY", "CNY", "EUR"]


def test_which_items_are_currencies() -> None:
    found = [item.name for item in ItemCatalogue.standard() if says_a_currency(item)]
    assert found == [
        "currency", "market_currency", "invoice.currency", "contract.currency", "trade.currency",
    ]  # fmt: skip


def test_a_currency_of_statements_is_that_of_their_amounts() -> None:
    facts = pd.DataFrame({
        "entity": "K1", "concept": ["资产总计"] * 2, "end": ["2022-12-31", "2023-12-31"],
        "value": [100, 5], "unit": ["人民币", "万元"],
    })  # fmt: skip
    found = read_statements(facts, collected_at=AT).observations.table
    assert found[found["item"] == "total_assets"][["number", "unit"]].to_numpy().tolist() == [
        [100.0, "CNY"], [50_000.0, "CNY"],
    ]  # fmt: skip
    assert found["text"].dropna().tolist() == ["CNY", "CNY"]
