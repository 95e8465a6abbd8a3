"""Guesses of columns: shown with their doubts, and of no effect before a person confirms them."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore.collect import FieldRule, MappingProposal, guess_mapping, read_source
from creditscore.collect._guess._similarity import plain_name, similarity
from creditscore.exceptions import InvalidParameterError

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


def proposal() -> MappingProposal:
    return guess_mapping(TABLE)


def test_guesses_with_their_doubts() -> None:
    found = proposal().frame().set_index("column")
    assert found["guess"].to_dict() == {
        "Kundennummer": "customer", "Invoice No": "record", "InvoiceDate": "invoice.invoiced_on",
        "Due date": "invoice.due_on", "Betrag": "invoice.amount", "币种": "unit", "Phone": "phone",
        "zzz": "",
    }  # fmt: skip
    assert found.loc["InvoiceDate", "format"] == "%d.%m.%Y"
    # the third of May or the fifth of March: that is not decided here
    assert found.loc["Due date", "question"] == "which format: %d/%m/%Y or %m/%d/%Y?"
    assert found.loc["zzz", "question"] == "of what use is it?"
    assert found["confidence"].between(0, 1).all()
    assert repr(proposal()) == (
        "MappingProposal(7 of 8 columns guessed, 2 to decide; not confirmed)"
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
    ("cells", "guess"),
    [(["12 Mill Road", "7 High Street"], "address"), (["Shanghai", "Hubei"], "region")],
)
def test_a_location_is_an_address_or_a_region(cells: list[str], guess: str) -> None:
    found = guess_mapping(pd.DataFrame({"Location": cells})).frame()
    assert found["guess"].tolist() == [guess]


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
