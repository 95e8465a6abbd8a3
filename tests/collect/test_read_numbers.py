"""Numbers as files hold them: strokes for no cents, factors, gaps, and what is no number."""

from __future__ import annotations

import warnings
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.collect import (
    Collected,
    FieldRule,
    FileForm,
    ItemRule,
    SourceMapping,
    guess_mapping,
    read_source,
)

GERMAN, SWISS = FileForm(decimal=",", thousands="."), FileForm(thousands="'")
COMMAS = FileForm(thousands=",")
NO_NUMBER = "is no number written with "


def read(cells: pd.Series, rule: ItemRule, form: FileForm | None = None) -> Collected:
    mapping = SourceMapping(
        source="public_filing", method="data_analysis", customer=FieldRule(columns=("firm",)),
        true_from=FieldRule(value="2023-12-31"), columns={"x": rule}, file=form or FileForm(),
    )  # fmt: skip
    table = pd.DataFrame({"firm": [f"C{n}" for n in range(len(cells))], "x": cells})
    with warnings.catch_warnings(action="ignore"):
        return read_source(table, mapping, collected_at="2024-05-02")


def cells(*given: Any) -> pd.Series:
    # arrays, too, are one cell each
    column = np.empty(len(given), dtype=object)
    for place, cell in enumerate(given):
        column[place] = cell
    return pd.Series(column)


def numbers(found: Collected) -> list[float]:
    return found.observations.table["number"].tolist()


def reasons(found: Collected) -> list[str]:
    return found.rejects.table["reason"].tolist()


@pytest.mark.parametrize(
    ("form", "unit", "expected"),
    [
        (GERMAN, "EUR", {
            "500,-": 500, "1.200,-": 1200, "1.200,--": 1200, "500,–": 500, "500,—": 500,
            "- 500": -500, "+ 500": 500, "\u2212 500": -500, "- 1.200,50": -1200.5, "- 500,-": -500,
            "500, -": 500, "€ 500,-": 500, "500,- €": 500, "500,\uff0d": 500, "-500,-": -500,
            "(500,-)": -500, "500,00-": -500, "500-": -500, "5 -": -5, "1,2 Mio. €": 1.2e6,
            "3 Tsd. EUR": 3e3,
        }),
        (SWISS, "CHF", {"500.-": 500, "CHF 1'200.-": 1200, "1’200.--": 1200, "0.-": 0}),
    ],
)  # fmt: skip
def test_a_stroke_for_no_cents_is_no_minus(
    form: FileForm, unit: str, expected: dict[str, float]
) -> None:
    found = read(cells(*expected), ItemRule(item="net_income", unit=unit), form)
    assert (numbers(found), reasons(found)) == ([*expected.values()], [])


@pytest.mark.parametrize(
    ("form", "unit", "expected"),
    [
        (GERMAN, "EUR", {
            "(500) €": -500, "€ (500)": -500, "(500)€": -500, "EUR (1.234,50)": -1234.5,
            "( 500 ) €": -500, "(1,2) Mio. €": -1.2e6, "(500,-) €": -500, "500- €": -500,
            "500 - EUR": -500, "500,00-€": -500, "(€500)": -500, "EUR 500-": -500, "500 EUR-": -500,
            "\u2013500": -500, "\u2013 500 €": -500, "€ \u2013500": -500, "\u2013€ 500": -500,
            "\u2012500": -500, "\u2013,5": -0.5, "\uff08500\uff09€": -500,
        }),
        (COMMAS, "USD", {"$(500)": -500, "$ (1,234.50)": -1234.5, "USD (0)": 0}),
    ],
)  # fmt: skip
def test_a_minus_may_stand_about_the_number_or_about_all(
    form: FileForm, unit: str, expected: dict[str, float]
) -> None:
    found = read(cells(*expected), ItemRule(item="net_income", unit=unit), form)
    assert (numbers(found), reasons(found)) == ([*expected.values()], [])
    share = read(cells("(5)%", "5-%", "(5%)"), ItemRule(item="purchase_trend"), form)
    assert numbers(share) == [-0.05] * 3


@pytest.mark.parametrize(
    "cell",
    ["((500)) €", "(-500) €", "-(500) €", "(500)- €", "((500) €)", "(500) €-", "-500- €", "--500",
     "500-5 €", "1\u20132 €", "1 \u2013 2", "(500 €", "500) €", "3-months", "5-EUR", "(5) (6)",
     "\u2013", "()", "(€)", "\u2014500"],
)  # fmt: skip
def test_two_signs_of_a_minus_are_none(cell: str) -> None:
    found = read(cells(cell), ItemRule(item="net_income", unit="EUR"), GERMAN)
    assert (numbers(found), len(reasons(found))) == ([], 1)
    assert reasons(found)[0].startswith(NO_NUMBER)


@pytest.mark.parametrize(
    ("form", "given"),
    [
        (GERMAN, ["500.-", "500,--5"]), (SWISS, ["500,-", "500,–"]),
        (COMMAS, ["500,-", "EUR.500"]),
    ],
)  # fmt: skip
def test_a_stroke_behind_another_sign_is_none(form: FileForm, given: list[str]) -> None:
    found = read(cells(*given), ItemRule(item="net_income", unit="EUR"), form)
    assert numbers(found) == []
    told = (NO_NUMBER, "has words beside its number that are no unit")
    assert [reason.startswith(told) for reason in reasons(found)] == [True, True]


def test_strokes_for_no_cents_are_known_as_numbers() -> None:
    table = pd.DataFrame({
        "customer": ["A", "B"], "period end": "2023-12-31", "revenue": ["1.200,-", "€ 2.500,-"],
    })  # fmt: skip
    shown = guess_mapping(table, form=GERMAN).frame().set_index("column")
    assert shown.loc["revenue", ["guess", "unit"]].tolist() == ["revenue", "EUR"]


@pytest.mark.parametrize(
    ("cell", "rule", "told"),
    [
        ("1.2万", ItemRule(item="revenue", unit="CNY", factor=10_000), "is counted in 10,000"),
        ("3 million", ItemRule(item="revenue", unit="USD", factor=1000), "counted in 1,000,000"),
        ("45.3%", ItemRule(item="largest_customer_share", factor=0.01), "is per cent"),
    ],
)
def test_what_a_cell_names_is_not_multiplied_by_a_factor_too(
    cell: str, rule: ItemRule, told: str
) -> None:
    found = read(cells(cell, "12"), rule)
    assert numbers(found) == [pytest.approx(12 * rule.factor)]
    assert told in reasons(found)[0]
    assert "has the factor" in reasons(found)[0]


def test_a_factor_that_is_none_of_a_cell_is_another_matter() -> None:
    # a sign, what the column itself is counted in, and cells that name no scale
    minus = read(cells("1.2万", "45"), ItemRule(item="net_income", unit="CNY", factor=-1))
    assert numbers(minus) == [-12_000.0, -45.0]
    half = read(cells("4 万元", "¥4万"), ItemRule(item="net_income", unit="万元", factor=0.5))
    assert numbers(half) == [20_000.0, 20_000.0]
    named = read(cells("￥4"), ItemRule(item="net_income", unit="CNY", factor=10_000))
    assert numbers(named) == [40_000.0]
    share = ItemRule(item="largest_customer_share", unit="percent", factor=0.5)
    assert numbers(read(cells("45%"), share)) == [0.225]


@pytest.mark.parametrize(
    ("form", "missing", "given"),
    [
        (GERMAN, -999, ["-999,00", "-999,0", "999-", "(999)", "-999", -999, "\u2212999"]),
        (GERMAN, -9999.5, ["-9.999,5", "-9999,50", "(9.999,5)"]),
        (COMMAS, -9999, ["-9,999", "-9999.00", "-9,999.0", Decimal("-9999.00")]),
    ],
)
def test_numbers_that_stand_for_nothing_do_so_in_each_writing(
    form: FileForm, missing: float, given: list[Any]
) -> None:
    form = FileForm(decimal=form.decimal, thousands=form.thousands, missing=(missing, "k.A."))
    for rule in (ItemRule(item="net_income", unit="EUR"),
                 ItemRule(item="net_income", unit="TEUR", words={"nil": 0})):  # fmt: skip
        found = read(cells(*given, "1", "k.a."), rule, form)
        assert (found.n_empty, reasons(found)) == (len(given) + 1, [])
        assert numbers(found) == [1000.0 if rule.unit == "TEUR" else 1.0]
    beside = read(cells(f"EUR {given[0]}"), ItemRule(item="net_income", unit="EUR"), form)
    assert (beside.n_empty, reasons(beside)) == (1, [])
    required = read(cells(given[0]), ItemRule(item="net_income", required=True), form)
    assert reasons(required) == ["is empty, and must not be"]


def test_texts_that_only_a_program_would_read_as_nothing_are_kept() -> None:
    form = FileForm(decimal=",", thousands=".", missing=(-999, 99, 1))
    found = read(cells("-999.000", "99.000", "1.000", "99"), ItemRule(item="net_income"), form)
    assert (numbers(found), found.n_empty) == ([-999_000.0, 99_000.0, 1000.0], 1)
    names = read(cells("0099", "9.9e1", " 99", 99, 99.0, "099"), ItemRule(item="name"), form)
    assert names.observations.table["text"].tolist() == ["0099", "9.9e1", "099"]
    assert names.n_empty == 3


def test_what_a_cell_multiplies_is_not_the_number_that_stands_there() -> None:
    form = FileForm(missing=(-1, 9990))
    found = read(cells("-100%", "(100%)", "-50%", "-1"), ItemRule(item="purchase_trend"), form)
    assert (numbers(found), found.n_empty, reasons(found)) == ([-1.0, -1.0, -0.5], 1, [])
    money = ItemRule(item="net_income", unit="EUR")
    found = read(cells("9.99k EUR", "9990 EUR"), money, form)
    assert (numbers(found), found.n_empty) == ([9990.0], 1)


def test_a_confidence_that_stands_for_nothing_does_so_in_each_writing() -> None:
    mapping = SourceMapping(
        source="public_filing", method="data_analysis", customer=FieldRule(columns=("firm",)),
        true_from=FieldRule(value="2023-12-31"), confidence=FieldRule(columns=("sure",)),
        columns={"x": ItemRule(item="net_income")}, file=FileForm(missing=(-9,)),
    )  # fmt: skip
    table = pd.DataFrame({"firm": ["A", "B"], "x": [1, 2], "sure": ["-9.0", "0.5"]})
    found = read_source(table, mapping, collected_at="2024-05-02")
    assert found.observations.table["confidence"].tolist() == [1.0, 0.5]


ODD = [(1, 2), (), {1}, frozenset({1}), np.array([1]), np.array([]), [1], {"a": 1},
       Decimal("sNaN")]  # fmt: skip


@pytest.mark.parametrize(
    ("item", "told"),
    [("net_income", NO_NUMBER), ("industry", "is a list or a mapping, and no single value")],
)
def test_what_is_no_single_value_is_a_fault_of_its_row(item: str, told: str) -> None:
    # tuples alone do not stop pandas, and the others do
    for odd in (ODD[:2], ODD):
        found = read(cells(*odd, "5"), ItemRule(item=item))
        assert found.observations.table["customer"].tolist() == [f"C{len(odd)}"]
        assert [reason.startswith(told) for reason in reasons(found)] == [True] * len(odd)


def test_a_column_of_lists_is_rejected_row_by_row() -> None:
    table = pa.table({"firm": ["C1", "C2"], "x": [[1, 2], None]})
    mapping = SourceMapping(
        source="public_filing", method="data_analysis", customer=FieldRule(columns=("firm",)),
        true_from=FieldRule(value="2023-12-31"), columns={"x": ItemRule(item="net_income")},
    )  # fmt: skip
    nested = table.to_pandas(types_mapper=pd.ArrowDtype)
    with warnings.catch_warnings(action="ignore"):
        for given in (table, nested):
            found = read_source(given, mapping, collected_at="2024-05-02")
            assert (found.rejects.n_rows, found.n_empty) == (1, 1)


@pytest.mark.parametrize("unit", ["%", "‰", "fraction"])
def test_numbers_of_a_library_are_what_their_texts_are(unit: str) -> None:
    given = [45.3, 45, 7.1, 0.1, 0.3, 100.0, None]
    rule = ItemRule(item="purchase_trend", unit=unit)
    as_numbers = numbers(read(pd.Series(given), rule))
    assert as_numbers == numbers(read(cells(*map(str, given[:-1])), rule))
    # floats of fewer digits, of each kind of column
    for dtype in (np.float32, "Float32", pd.ArrowDtype(pa.float32())):
        assert numbers(read(pd.Series(given, dtype=dtype), rule)) == as_numbers


@pytest.mark.parametrize(
    ("kind", "number"), [(np.float32, 123_456_792.0), (np.float16, 65_504.0), (np.float16, 0.1)]
)
def test_short_floats_are_what_they_are_or_what_they_are_written_as(
    kind: Any, number: float
) -> None:
    for some in (pd.Series([number, None], dtype=kind), cells(kind(number))):
        assert numbers(read(some, ItemRule(item="net_income"))) == [number]


@settings(deadline=None, max_examples=15)
@given(
    values=st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=8),
    factor=st.sampled_from([1000.0, 10_000.0, 0.01, 0.001, -1.0, 0.5, 1.17, -1e-6]),
)
def test_columns_and_cells_are_multiplied_alike(values: list[float], factor: float) -> None:
    rule = ItemRule(item="net_income", factor=factor)
    assert numbers(read(pd.Series(values), rule)) == numbers(read(cells(*values), rule))


def test_too_large_a_product_is_told() -> None:
    found = read(pd.Series([1e307, 1.0]), ItemRule(item="net_income", unit="thousand CNY"))
    assert (numbers(found), reasons(found)) == ([1000.0], ["is not finite"])


def test_what_is_no_number_is_no_fault_of_a_unit() -> None:
    rule = ItemRule(item="net_income", unit="thousand EUR")
    found = read(cells("3 000", "12.5.3", "many"), rule, COMMAS)
    assert [reason.startswith(NO_NUMBER) for reason in reasons(found)] == [True] * 3
