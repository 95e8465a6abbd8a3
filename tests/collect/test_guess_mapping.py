"""Guesses of columns: shown with their doubts, and of no effect before a person confirms them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore.collect import (
    FieldRule,
    FileForm,
    MappingProposal,
    guess_mapping,
    read_ledger,
    read_source,
)
from creditscore.collect._guess._similarity import plain_name, similarity
from creditscore.exceptions import InvalidParameterError, RejectedRowsWarning

TABLE = pd.DataFrame(
    {
        "Kundennummer": ["C1", "C2"], "Invoice No": ["R1", "R2"],
        "InvoiceDate": ["03.04.2024", "13.04.2024"], "Due date": ["03/05/2024", "04/05/2024"],
        "Betrag": ["12.5", "7"], "币种": ["CNY", "CNY"], "Phone": ["0151 23", "0151 24"],
        "zzz": ["a", "b"],
    }
)  # fmt: skip
SOURCE = {"source": "internal_record", "method": "data_analysis"}
CHANGES = {
    "zzz": "ignore", "Phone": "ignore",
    "Due date": {"item": "invoice.due_on", "format": "%d/%m/%Y"},
    "InvoiceDate": {"field": "true_from", "format": "%d.%m.%Y"},
}  # fmt: skip


@cache
def proposal() -> MappingProposal:
    return guess_mapping(TABLE)


def test_guesses_with_their_doubts() -> None:
    found = proposal().frame().set_index("column")
    assert found["guess"].to_dict() == {
        "Kundennummer": "customer", "Invoice No": "record", "InvoiceDate": "invoice.invoiced_on",
        "Due date": "invoice.due_on", "Betrag": "invoice.amount", "币种": "unit", "Phone": "",
        "zzz": "",
    }  # fmt: skip
    assert found.loc["InvoiceDate", "format"] == "%d.%m.%Y"
    # the third of May or the fifth of March: that is not decided here
    assert found.loc["Due date", "question"] == "which format: %d/%m/%Y or %m/%d/%Y?"
    assert found.loc["zzz", "question"] == "of what use is it?"
    # it is of the customer, and the others of invoices
    assert found.loc["Phone", "question"].startswith(
        "of what use is it? As phone it takes a mapping of its own"
    )
    assert found["confidence"].between(0, 1).all()
    assert repr(proposal()) == (
        "MappingProposal(6 of 8 columns guessed, 3 to decide; not confirmed)"
    )


def test_samples_show_the_form_of_what_is_personal() -> None:
    found = proposal().frame().set_index("column")["samples"]
    assert found["Phone"] == "9999 99, 9999 99"
    assert found["Betrag"] == "12.5, 7"
    assert found["Kundennummer"] == "A9, A9"
    assert "0151" not in proposal()._repr_html_()


def test_confirmed_by_whom_and_when() -> None:
    mapping = proposal().confirmed(by=" Li ", changes=CHANGES, at="2024-05-02T08:00Z", **SOURCE)
    assert (mapping.confirmed_by, mapping.confirmed_at) == ("Li", "2024-05-02T08:00:00+00:00")
    assert mapping.true_from == FieldRule(columns=("InvoiceDate",), format="%d.%m.%Y")
    assert mapping.ignore == ("Phone", "zzz")
    found = read_source(TABLE, mapping, collected_at="2024-05-02").observations.table
    assert found["text"].dropna().tolist() == ["2024-05-03", "2024-05-04"]
    again = type(mapping).from_json(mapping.to_json())
    assert again == mapping


def test_nothing_is_read_by_a_proposal() -> None:
    with pytest.raises(InvalidParameterError, match="a proposal that nobody has confirmed"):
        read_source(TABLE, proposal(), collected_at="2024-05-02")  # type: ignore[arg-type]


def test_open_questions_must_be_answered() -> None:
    with pytest.raises(InvalidParameterError, match=r"what is open: 'Due date' \(which format"):
        proposal().confirmed(by="Li", **SOURCE)
    with pytest.raises(InvalidParameterError, match="must name who looked"):
        proposal().confirmed(by=" ", changes=CHANGES, **SOURCE)
    with pytest.raises(InvalidParameterError, match="There is no column 'Due'"):
        proposal().confirmed(by="Li", changes={"Due": "ignore"}, **SOURCE)
    with pytest.raises(InvalidParameterError, match=r"no field or item 'invoice\.due'"):
        proposal().confirmed(by="Li", changes=CHANGES | {"zzz": "invoice.due"}, **SOURCE)
    with pytest.raises(InvalidParameterError, match="No column holds 'true_from'"):
        proposal().confirmed(by="Li", changes=CHANGES | {"InvoiceDate": "ignore"}, **SOURCE)
    fields = {"true_from": {"value": "2024-04-30"}}
    changes = CHANGES | {"InvoiceDate": "invoice.invoiced_on"}
    mapping = proposal().confirmed(by="Li", changes=changes, fields=fields, **SOURCE)
    assert mapping.columns["InvoiceDate"].format == "%d.%m.%Y"
    assert mapping.confirmed_at.endswith("+00:00")


def test_records_and_facts_of_the_customer_do_not_go_together() -> None:
    with pytest.raises(InvalidParameterError, match="has no use for a 'record'"):
        proposal().confirmed(by="Li", changes=CHANGES | {"Phone": "phone"}, **SOURCE)


def test_values_speak_against_a_name() -> None:
    table = pd.DataFrame({"revenue": ["high", "low"], "founded": ["12", "x"]})
    found = guess_mapping(table).frame()
    assert found["guess"].tolist() == ["", ""]


def test_days_that_are_days_have_no_format() -> None:
    table = pd.DataFrame({"founded_on": pd.to_datetime(["1999-01-02"])})
    assert guess_mapping(table).guesses[0].formats == ("",)


def test_no_rows_and_no_columns() -> None:
    assert guess_mapping(TABLE.head(0)).frame()["guess"].tolist()[0] == "customer"
    assert repr(guess_mapping(pd.DataFrame())) == (
        "MappingProposal(0 of 0 columns guessed, 0 to decide; not confirmed)"
    )


@pytest.mark.parametrize(
    ("one", "other", "least"),
    [("InvoiceDate", "invoice_date", 1.0), ("营业收入（万元）", "营业收入", 1.0),
     ("主营业务收入", "营业收入", 0.4), ("Net-Sales", "sales net", 0.9), ("ＡＢＣ", "abc", 1.0)],
)  # fmt: skip
def test_names_that_are_alike(one: str, other: str, least: float) -> None:
    assert similarity(plain_name(one), plain_name(other)) >= least


@given(st.text(max_size=12), st.text(max_size=12))
def test_similarity_in_general(one: str, other: str) -> None:
    a, b = plain_name(one), plain_name(other)
    assert 0 <= similarity(a, b) <= 1
    assert similarity(a, a) == (1.0 if a else 0.0)


@pytest.mark.parametrize(
    ("cells", "guess", "question"),
    [(["12 Mill Road", "7 High Street"], "address", "is it address or region?"),
     (["Shanghai", "Hubei"], "region", "")],
)  # fmt: skip
def test_a_location_is_an_address_or_a_region(cells: list[str], guess: str, question: str) -> None:
    found = guess_mapping(pd.DataFrame({"Location": cells})).frame()
    assert found[["guess", "question"]].to_numpy().tolist() == [[guess, question]]


def test_the_last_day_of_validity_is_asked_for() -> None:
    table = pd.DataFrame({"valid until": ["2024-12-31"]})
    assert guess_mapping(table).frame()["question"][0].startswith("is it the first day after?")


def test_a_change_keeps_what_it_does_not_say() -> None:
    table = pd.DataFrame({"customer": ["C1"], "date": ["13.04.2024"], "sales": [1.0]})
    changes = {"date": {"field": "collected_at", "zone": "Asia/Shanghai"}}
    mapping = guess_mapping(table).confirmed(
        by="Li",
        changes=changes,
        **SOURCE,
        fields={"true_from": {"value": "2024-01-01"}, "unit": {"value": "CNY"}},
    )
    assert mapping.collected_at == FieldRule(
        columns=("date",), format="%d.%m.%Y", zone="Asia/Shanghai"
    )


def test_amounts_without_a_currency_are_asked_about() -> None:
    table = pd.DataFrame({
        "客户编号": ["C1"], "报告期": ["2023-12-31"], "资产总计": [5.0], "营业收入（万元）": [7.0],
        "净利润（万）": [1.0], "员工人数": [12],
    })  # fmt: skip
    found = guess_mapping(table)
    asked = "in which currency is it, as its 'unit' or as the field 'unit' of all?"
    assert found.frame()["question"].tolist() == ["", "", asked, "", asked, ""]
    assert repr(found).endswith("2 to decide; not confirmed)")
    with pytest.raises(InvalidParameterError, match=r"'资产总计' \(in which currency"):
        found.confirmed(by="Li", **SOURCE)
    changes = {"资产总计": {"unit": "千元"}, "净利润（万）": {"unit": "万元"}}
    each = found.confirmed(by="Li", changes=changes, **SOURCE)
    assert each.columns["资产总计"].unit == "千元"
    of_all = found.confirmed(by="Li", fields={"unit": {"value": "CNY"}}, **SOURCE)
    read = read_source(table, of_all, collected_at="2024-05-02").observations.table
    assert read[["number", "unit"]].to_numpy().tolist() == [
        [5.0, "CNY"], [70_000.0, "CNY"], [10_000.0, "CNY"], [12.0, "persons"],
    ]  # fmt: skip
    # a column that says it answers for all, until somebody takes it away
    with_column = guess_mapping(table.assign(币种="CNY"))
    assert with_column.frame()["question"].tolist() == [""] * 7
    with pytest.raises(InvalidParameterError, match="in which currency is it"):
        with_column.confirmed(by="Li", changes={"币种": "ignore"}, **SOURCE)


def test_a_field_is_said_once() -> None:
    table = pd.DataFrame({"客户编号": ["C1"], "报告期": [45291], "年度": [2023], "员工人数": [12]})
    found = guess_mapping(table)
    changes = {"报告期": "true_from", "年度": "ignore"}
    fields = {"true_from": {"column": "报告期", "format": "excel"}}
    with pytest.raises(
        InvalidParameterError,
        match="'true_from' is said twice, by 'fields' and by the column '报告期'",
    ):
        found.confirmed(by="Li", changes=changes, fields=fields, **SOURCE)
    with pytest.raises(InvalidParameterError, match="by the column '报告期' and by the column '年"):
        found.confirmed(by="Li", changes=changes | {"年度": "true_from"}, **SOURCE)
    mapping = found.confirmed(by="Li", changes=changes, **SOURCE)
    assert mapping.true_from == FieldRule(columns=("报告期",), format="excel")


def test_numbers_of_five_digits_are_days_by_their_name_only() -> None:
    table = pd.DataFrame({"客户编号": ["45291", "45292"], "开票日期": ["45291", "2024-01-05"]})
    shown = guess_mapping(table).frame()
    assert shown["guess"].tolist() == ["customer", "invoice.invoiced_on"]
    assert (shown["confidence"] == 1.0).all()
    assert shown["format"].tolist() == ["", "excel"]


def test_a_day_that_is_none_does_not_hide_the_others() -> None:
    days = ["20240105", "20240110", "20240230"]
    table = pd.DataFrame({"开票日期": days, "Due date": ["03/04/2024", "13/04/2024", "31/31/2024"]})
    shown = guess_mapping(table).frame()
    assert shown["guess"].tolist() == ["invoice.invoiced_on", "invoice.due_on"]
    assert shown["format"].tolist() == ["%Y%m%d", "%d/%m/%Y"]
    assert (shown["confidence"] < 1).all()
    # where two are as likely, that is not decided here
    table = pd.DataFrame({"Due date": ["03/04/2024", "04/05/2024", "31/31/2024"]})
    assert guess_mapping(table).frame()["question"][0].startswith("which format: %d/%m/%Y or %m/")


@pytest.mark.parametrize(
    ("name", "cell", "guess"),
    [("开票日期", "2024-01-05", "invoice.invoiced_on"), ("更新", "2024-01-05", "collected_at"),
     ("cust", "K1", "customer"), ("amt", 5.0, "invoice.amount"), ("名称", "海天", "name")],
)  # fmt: skip
def test_names_that_exports_have(name: str, cell: object, guess: str) -> None:
    assert guess_mapping(pd.DataFrame({name: [cell]})).frame()["guess"].tolist() == [guess]


# --- what cells say beside their numbers --------------------------------------------------

CURRENCY = "in which currency is it, as its 'unit' or as the field 'unit' of all?"


def of_cells(*cells: object, name: str = "营业收入", **columns: object) -> MappingProposal:
    table = pd.DataFrame({"客户编号": "C1", "报告期": "2023-12-31", name: [*cells]})
    return guess_mapping(table.assign(**columns))


def shown_of(proposal: MappingProposal, column: str = "营业收入") -> tuple[str, str, str, str]:
    row = proposal.frame().set_index("column").loc[column]
    return row["guess"], row["unit"], row["format"], row["question"]


@pytest.mark.parametrize(
    ("name", "cells", "unit", "values"),
    [
        ("营业收入", ["EUR 12", "13.5 EUR", "0"], "EUR", [12.0, 13.5, 0.0]),
        ("营业收入", ["1.2万元", "¥3"], "CNY", [12_000.0, 3.0]),
        ("净利润", ["(EUR 5)", "€7-"], "EUR", [-5.0, -7.0]),
        ("最大买方占比", ["45%", "12.5％", 0], "percent", [0.45, 0.125, 0.0]),
        ("average_days_late", ["12 days", "3"], "days", [12.0, 3.0]),
    ],
)  # fmt: skip
def test_a_unit_that_all_cells_say_is_shown_and_read_by(
    name: str, cells: list[object], unit: str, values: list[float]
) -> None:
    found = of_cells(*cells, name=name)
    assert shown_of(found, name)[1:] == (unit, "", "")
    assert (found.frame()["confidence"] == 1.0).all()
    mapping = found.confirmed(by="Li", **SOURCE)
    assert mapping.columns[name].unit == unit
    table = pd.DataFrame({"客户编号": "C1", "报告期": "2023-12-31", name: cells})
    read = read_source(table, mapping, collected_at="2024-05-02")
    assert read.observations.table["number"].tolist() == values


@pytest.mark.parametrize(
    ("name", "cells", "unit", "question"),
    [
        ("营业收入", ["EUR 5", "USD 6", "EUR 7"], "EUR, USD", "its cells are in EUR, USD: "),
        ("营业收入", ["￥3", "￥4"], "¥", f"its cells say ¥, the sign of CNY, JPY: {CURRENCY}"),
        ("营业收入", ["EUR 3", "4"], "EUR", "some cells say EUR, and others none: what is"),
        ("revenue (EUR)", ["USD 3", "4"], "EUR", "its name says EUR, and its cells USD: in which"),
        ("采购额月增长率", ["45%", "0.3"], "percent", "some cells are per cent: are the others"),
        ("营业收入", ["3,000"], "", "how are its numbers written: ',' between thousands or ',' f"),
    ],
)  # fmt: skip
def test_units_that_are_not_clear_are_asked_about(
    name: str, cells: list[object], unit: str, question: str
) -> None:
    found = of_cells(*cells, name=name)
    shown = shown_of(found, name)
    assert shown[0]
    assert shown[1] == unit
    assert shown[3].startswith(question)
    with pytest.raises(InvalidParameterError, match="Answer in 'changes' what is open"):
        found.confirmed(by="Li", **SOURCE)
    answer = {"unit": "fraction" if "percent" in unit else "EUR", "decimal": ","}
    assert found.confirmed(by="Li", changes={name: answer}, **SOURCE).columns[name].unit


def test_a_column_of_currencies_answers_for_the_cells_too() -> None:
    cells = ("EUR 5", "USD 6", "USD 7")
    found = of_cells(*cells, 币种=["EUR", "USD", "EUR"])
    assert shown_of(found) == ("revenue", "USD, EUR", "", "")
    same = of_cells("EUR 5", "EUR 6", "EUR 7", 币种=["EUR", "USD", "EUR"])
    # the cells are held against their rows, and do not take their place
    mapping = same.confirmed(by="Li", **SOURCE)
    assert mapping.columns["营业收入"].unit == ""
    table = pd.DataFrame(
        {"客户编号": "C1", "报告期": "2023-12-31", "营业收入": "EUR 5", "币种": ["USD"]}
    )
    with pytest.warns(RejectedRowsWarning, match="names the currency EUR, and is to be in USD"):
        read_source(table, mapping, collected_at="2024-05-02")


@pytest.mark.parametrize(
    ("cells", "signs", "value"),
    [
        (["EUR 1.200,50", "EUR 3"], "',' for decimals and '.' between thousands", 1200.5),
        (["EUR 1,200,000"], "',' between thousands", 1_200_000.0),
        (["EUR 1'200"], '"\'" between thousands', 1200.0),
        (["EUR 0,25"], "',' for decimals", 0.25), (["EUR 1.250"], "", 1.25),
    ],
)  # fmt: skip
def test_signs_within_numbers_that_the_form_has_not(
    cells: list[str], signs: str, value: float
) -> None:
    found = of_cells(*cells)
    assert shown_of(found) == ("revenue", "EUR", signs, "")
    mapping = found.confirmed(by="Li", **SOURCE)
    table = pd.DataFrame({"客户编号": "C1", "报告期": "2023-12-31", "营业收入": cells[:1]})
    read = read_source(table, mapping, collected_at="2024-05-02").observations.table
    assert read["number"].tolist() == [value]


def test_signs_that_the_file_is_said_to_have_come_first() -> None:
    table = pd.DataFrame({"营业收入": ["EUR 1.200,50", "EUR 1.200"]})
    form = FileForm(decimal=",", thousands=".")
    assert guess_mapping(table, form=form).guesses[0].signs == ()


def test_cells_of_another_kind_of_unit_speak_against_a_name() -> None:
    assert shown_of(of_cells("45%", "50%"))[0] == ""
    assert shown_of(of_cells("5 days"))[0] == ""
    assert shown_of(of_cells("EUR 5", name="average_days_late"), "average_days_late")[0] == ""


def test_one_cell_among_many_that_says_no_unit_is_seen() -> None:
    cells = [f"{n / 10}%" for n in range(1, 400)]
    assert shown_of(of_cells(*cells, name="采购额月增长率"), "采购额月增长率")[3] == ""
    found = shown_of(of_cells(*cells, "0.3", name="采购额月增长率"), "采购额月增长率")
    assert found[3].startswith("some cells are per cent")
    table = pd.DataFrame({"采购额月增长率": [*cells, "-9"]})
    form = FileForm(missing=("-9",))
    assert guess_mapping(table, form=form).frame()["question"].tolist() == [""]


def test_per_cent_and_currencies_that_a_workbook_shows(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["客户编号", "报告期", "营业收入", "最大买方占比"])
    for row, shown in ((2, "#,##0.00 [$€-407]"), (3, '"EUR" 0')):
        sheet.append([f"C{row}", "2023-12-31", 1200.5, 0.25 * row])
        sheet.cell(row, 3).number_format = shown
        sheet.cell(row, 4).number_format = "0.0%"
    book.save(tmp_path / "a.xlsx")
    found = guess_mapping(tmp_path / "a.xlsx")
    assert found.frame()["unit"].tolist() == ["", "", "EUR", "percent"]
    assert found.frame()["question"].tolist() == [""] * 4
    mapping = found.confirmed(by="Li", **SOURCE)
    read = read_source(tmp_path / "a.xlsx", mapping, collected_at="2024-05-02").observations.table
    assert read["number"].tolist() == [1200.5, 0.5, 1200.5, 0.75]
    sheet.cell(3, 3).number_format = "[$USD] 0"
    book.save(tmp_path / "a.xlsx")
    assert "EUR, USD" in guess_mapping(tmp_path / "a.xlsx").frame()["question"][2]


# --- customers, and records of one kind ---------------------------------------------------

RECEIVABLES = pd.DataFrame({
    "countryCode": ["391"], "customerID": ["0379-NEVHP"], "PaperlessDate": ["2013-04-06"],
    "invoiceNumber": ["0000611365"], "InvoiceDate": ["2013-01-02"], "DueDate": ["2013-02-01"],
    "InvoiceAmount": ["55.94"], "Disputed": ["No"], "SettledDate": ["2013-01-15"],
    "PaperlessBill": ["Paper"], "DaysToSettle": ["13"], "DaysLate": ["0"],
})  # fmt: skip
NO_USE = ("countryCode", "PaperlessDate", "Disputed", "PaperlessBill", "DaysToSettle", "DaysLate")
CONTRACTS = {"contract": ["K1"], "due_on": ["2024-05-01"], "fulfilled_on": ["2024-05-03"],
             "amount": [5.0]}  # fmt: skip


def guessed(table: object) -> dict[str, str]:
    found = guess_mapping(pd.DataFrame(table)).frame().set_index("column")["guess"]
    return {str(column): guess for column, guess in found.items() if guess}


def test_columns_of_invoices_are_no_items_of_the_customer() -> None:
    assert guessed(RECEIVABLES) == {
        "customerID": "customer", "invoiceNumber": "record", "InvoiceDate": "invoice.invoiced_on",
        "DueDate": "invoice.due_on", "InvoiceAmount": "invoice.amount",
        "SettledDate": "invoice.settled_on",
    }  # fmt: skip
    # without a record they are the customer's, though its name says no average
    found = guess_mapping(RECEIVABLES[["customerID", "DaysLate"]]).frame()
    assert found["guess"].tolist() == ["customer", "average_days_late"]
    assert found["question"][1] == "is it average_days_late or days_late_trend?"


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"payment": ["P1"], "invoice": ["R1"], "paid_on": ["2024-05-01"], "amount": [5.0]},
         ["record", "payment.invoice", "payment.paid_on", "payment.amount"]),
        ({"invoice": ["R1"], "invoiced_on": ["2024-05-01"], "paid_on": ["2024-05-01"],
          "amount": [5.0]},
         ["record", "invoice.invoiced_on", "invoice.settled_on", "invoice.amount"]),
        (CONTRACTS, ["record", "contract.due_on", "contract.fulfilled_on", "contract.amount"]),
        ({"role": ["supplier"], "amount": [5.0]}, ["trade.role", "trade.amount"]),
        ({"Agency": ["X"], "Rating": ["AA"]}, ["rating.agency", "rating.rating"]),
        # customers that have a number, and no record that something is said of
        ({"record": ["R1"], "mobile": ["0151 1"], "mail": ["a@b.cd"]}, ["phone", "email"]),
        ({"name": ["A"], "revenue": [5.0], "returned_on": ["2024-05-01"]}, ["name", "revenue"]),
    ],
)  # fmt: skip
def test_a_table_is_of_one_kind(columns: dict[str, list[object]], expected: list[str]) -> None:
    assert [*guessed(columns).values()] == expected


def test_customers_with_their_last_invoice_are_customers() -> None:
    columns: dict[str, list[object]] = {
        "Customer": ["A", "B"], "Revenue": [1.5, 2], "Total assets": [1, 2], "Equity": [1, 2],
        "Net income": [1, 2], "Invoice number": ["R1", "R2"], "Invoice amount": [5, 6],
    }  # fmt: skip
    expected = ["customer", "revenue", "total_assets", "equity", "net_income"]
    assert [*guessed(columns).values()] == expected
    # names and addresses of customers stand in exports of records, too
    export: dict[str, list[object]] = {
        "Name": ["A"], "Address": ["Hill 5"], "Phone": ["0151 1"], "Email": ["a@b.cd"],
        "Invoice number": ["R1"], "Invoice amount": [5],
    }  # fmt: skip
    assert [*guessed(export).values()][-2:] == ["record", "invoice.amount"]


def test_kinds_that_are_as_likely_are_asked_for() -> None:
    table = pd.DataFrame({"client": ["C1"], "date": ["2024-05-01"], "amount": [5.0]})
    found = guess_mapping(table.assign(currency="EUR"))
    assert found.frame()["question"].tolist() == [
        "", "", "is it invoice.amount or payment.amount or contract.amount or trade.amount?", "",
    ]  # fmt: skip
    changes = {"amount": "payment.amount"}
    with pytest.raises(InvalidParameterError, match="No column holds 'record'"):
        found.confirmed(by="Li", changes=changes, **SOURCE)
    fields = {"record": {"column": "date"}}
    mapping = found.confirmed(by="Li", changes=changes, fields=fields, **SOURCE)
    assert mapping.record == FieldRule(columns=("date",))


@pytest.mark.parametrize(
    "name",
    ["SettledDate", "Settlement date", "Clearing date", "Paid on", "结清日期", "Ausgleichsdatum"],
)
def test_names_of_the_day_settled(name: str) -> None:
    day = ["2024-05-01"]
    table = {"invoice": ["R1"], "invoice date": day, "amount": [5.0], name: day}
    assert guessed(table)[name] == "invoice.settled_on"


RATIOS = [
    "grossProfitMargin", "netProfitMargin", "operatingProfitMargin", "operatingCashFlowPerShare",
    "Net income growth", "Total assets turnover", "Net income, prior year", "毛利率", "净利润率",
    "净利润增长率", "非流动资产合计", "其他应收账款", "Total non-current assets",
    "Eigenkapitalquote",
]  # fmt: skip


@pytest.mark.parametrize("name", RATIOS)
def test_a_margin_is_no_profit(name: str) -> None:
    assert guessed({name: [0.18]}) == {}


def test_a_name_that_is_only_alike_is_asked_about() -> None:
    table = pd.DataFrame({"firms": [12], "period end": ["2023-12-31"], "employees": [3]})
    found = guess_mapping(table)
    asked = "is it customer? Its name is only like those known."
    assert found.frame()["question"].tolist() == [asked, "", ""]
    with pytest.raises(InvalidParameterError, match="is it customer"):
        found.confirmed(by="Li", **SOURCE)
    mapping = found.confirmed(by="Li", changes={"firms": "customer"}, **SOURCE)
    assert mapping.customer == FieldRule(columns=("firms",))
    # a form of days that is not clear is asked for besides
    table = pd.DataFrame({"net due date": ["03/04/2024"], "invoice": ["R1"]})
    assert (
        guess_mapping(table)
        .frame()["question"][0]
        .endswith("And which format: %d/%m/%Y or %m/%d/%Y?")
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [("open amount", "open accounts"), ("filed on", "fulfilled on"),
     ("effective on", "effective to"), ("settlement date", "statement date"),
     ("month end", "months")],
)  # fmt: skip
def test_names_that_share_letters_only_are_not_alike(one: str, other: str) -> None:
    assert similarity(one, other) < 0.7


@pytest.mark.parametrize(("item", "cell"), [("Telephone", "yes"), ("e-mail", "none")])
def test_cells_speak_against_numbers_and_addresses(item: str, cell: str) -> None:
    assert guessed({item: [cell]}) == {}


def test_a_column_may_be_a_day_of_the_row_and_an_item() -> None:
    table = RECEIVABLES.assign(
        InvoiceDate=["02.01.2013"], SettledDate=["15.01.2013"], currency="USD"
    )
    found = guess_mapping(table)
    changes = dict.fromkeys(NO_USE, "ignore")
    with pytest.raises(InvalidParameterError, match=r"'true_from': \{'column': 'InvoiceDate'\}"):
        found.confirmed(by="Li", changes=changes, **SOURCE)
    fields = {"true_from": {"column": "InvoiceDate"}}
    mapping = found.confirmed(by="Li", changes=changes, fields=fields, **SOURCE)
    german = FieldRule(columns=("InvoiceDate",), format="%d.%m.%Y")
    own = FieldRule(columns=("SettledDate",), format="%d.%m.%Y")
    assert mapping.true_from == german
    settled = mapping.columns["SettledDate"]
    assert (settled.true_from, settled.collected_at) == (own, None)
    assert mapping.columns["DueDate"].true_from is None
    ledger = read_ledger(table, mapping, collected_at="2014-01-31")
    assert len(ledger.open_items("2013-01-14")) == 1
    assert len(ledger.open_items("2013-01-15")) == 0
    # nobody knew of the payment when the invoice was written
    fields |= {"collected_at": {"column": "InvoiceDate"}}
    mapping = found.confirmed(by="Li", changes=changes, fields=fields, **SOURCE)
    assert mapping.collected_at == german
    assert mapping.columns["SettledDate"].collected_at == own
    facts = read_source(table, mapping).observations.table.set_index("item")
    days = facts[["true_from", "collected_at"]].map(lambda day: f"{day:%Y-%m-%d}")
    assert days.loc["invoice.due_on"].tolist() == ["2013-01-02"] * 2
    assert days.loc["invoice.settled_on"].tolist() == ["2013-01-15"] * 2


def test_fields_that_are_not_there() -> None:
    table = pd.DataFrame({"customer": ["C1"], "employees": [3]})
    for fields, told in (
        ({"true_from": {"column": "Day"}}, "There is no column 'Day'"),
        ({"true_from": {"value": "2024-01-01"}, "since": {"value": "x"}}, "no field 'since'"),
    ):
        with pytest.raises(InvalidParameterError, match=told):
            guess_mapping(table).confirmed(by="Li", fields=fields, **SOURCE)
