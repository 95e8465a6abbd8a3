"""Answers turned into observations: items, units, days and where they come from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from creditscore.collect import (
    Answers,
    Choice,
    Item,
    ItemCatalogue,
    Question,
    Questionnaire,
    Section,
    load_questionnaire,
)
from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
)
from forms import FILLED, TRADE, form_of, reasons

# --- observations ----------------------------------------------------------------------------

WHEN: dict[str, Any] = {"collected_by": "ana", "collected_at": "2025-03-05T01:30+08:00"}


def rows_of(answers: Answers, **entries: Any) -> list[list[Any]]:
    given = {"source": "third_party", **WHEN, **entries}
    found = answers.to_observations("C1", **given)
    table = found.table.assign(value=found.values)
    names = ["item", "value", "unit", "record", "true_from", "evidence"]
    return table[names].astype({"true_from": str}).to_numpy().tolist()  # type: ignore[no-any-return]


def test_a_site_visit_is_observed() -> None:
    form = load_questionnaire("site_visit")
    answers = form.answers({"visited_on": "2025-03-04", "premises_order": 4, "cooperation": 5})
    given = WHEN | {"source": "site_visit"}
    found = answers.to_observations("C7", record="V1", evidence="visit.xlsx", **given)
    table = found.table
    assert table["method"].unique().tolist() == ["observation"]
    assert table["source_name"].unique().tolist() == ["site_visit 1"]
    assert str(table["collected_at"][0]) == "2025-03-04 17:30:00+00:00"
    assert rows_of(answers, record="V1", evidence="visit.xlsx") == [
        ["visit.order", 4.0, "score", "V1", "2025-03-04", "visit.xlsx#premises_order"],
        ["cooperation", 5.0, "score", "", "2025-03-04", "visit.xlsx#cooperation"],
    ]
    with pytest.raises(InvalidDataError, match="is of one visit of several"):
        answers.to_observations("C7", **given)


def test_an_application_is_observed() -> None:
    form = load_questionnaire("trade_credit_enterprise")
    values: dict[str, Any] = {
        "name": "Ace Trading Ltd", "industry": "retail", "employees": 12, "largest_buyer": 7,
        "has_statements": True, "year_end": "2024-12-31", "currency": "usd", "audited": False,
        "revenue": 1234.5, "net_income": -3,
        "partners": [
            {"name": "A", "role": "supplier", "amount": 10}, {"name": "B", "role": "customer"},
        ],
    }  # fmt: skip
    answers = form.answers(values)
    assert rows_of(answers) == [
        ["name", "Ace Trading Ltd", "", "", "2025-03-05", "name"],
        ["industry", "retail", "", "", "2025-03-05", "industry"],
        ["employees", 12.0, "persons", "", "2025-03-05", "employees"],
        ["largest_customer_share", 0.07, "fraction", "", "2025-03-05", "largest_buyer"],
        ["currency", "USD", "", "", "2024-12-31", "currency"],
        ["audited", False, "", "", "2024-12-31", "audited"],
        ["revenue", 1234500.0, "USD", "", "2024-12-31", "revenue"],
        ["net_income", -3000.0, "USD", "", "2024-12-31", "net_income"],
        ["trade.role", "supplier", "", "partners-1", "2025-03-05", "partners, row 1"],
        ["trade.amount", 10.0, "CNY", "partners-1", "2025-03-05", "partners, row 1"],
        ["trade.role", "customer", "", "partners-2", "2025-03-05", "partners, row 2"],
    ]
    assert rows_of(answers, true_from="2025-01-01")[0][4] == "2025-01-01"
    assert rows_of(answers, record="app-1")[-1][3] == "app-1-partners-2"


@pytest.mark.parametrize(
    ("collected_at", "day"),
    [
        # half past one in China is the day before in UTC
        ("2025-03-05T01:30+08:00", "2025-03-05"),
        (pd.Timestamp("2025-03-04 22:00", tz="America/New_York"), "2025-03-04"),
        ("2025-03-04T17:30Z", "2025-03-04"),
        ("2025-03-04 23:30", "2025-03-04"),
        (dt.date(2025, 3, 4), "2025-03-04"),
    ],
)
def test_answers_are_true_from_the_day_in_the_zone_that_was_given(
    collected_at: Any, day: str
) -> None:
    answers = load_questionnaire("trade_credit_enterprise").answers({"name": "Ace Trading Ltd"})
    assert [row[4] for row in rows_of(answers, collected_at=collected_at)] == [day]


def test_answers_are_of_the_customer_that_the_form_names() -> None:
    form = load_questionnaire("trade_credit_enterprise")
    theirs = Answers(questionnaire=form, values={"name": "Ace Trading Ltd"}, customer="C7")
    given = WHEN | {"source": "third_party"}
    for found in (theirs.to_observations(**given), theirs.to_observations("C7", **given)):
        assert found.table["customer"].tolist() == ["C7"]
    with pytest.raises(InvalidParameterError, match="answers are of customer 'C7', and to_obs"):
        theirs.to_observations("C8", **given)
    with pytest.raises(InvalidParameterError, match="names no customer"):
        form.answers({"name": "Ace Trading Ltd"}).to_observations(**given)


def test_an_answer_without_its_day_or_unit_is_rejected() -> None:
    form = load_questionnaire("trade_credit_enterprise")
    given = {"has_statements": True, "currency": "usd", "revenue": 5}
    assert [row for row in reasons(given, form) if row[0] in given] == [
        ["currency", "", "needs an answer to 'year_end', which is the day since when it is true"],
        ["revenue", "", "needs an answer to 'year_end', which is the day since when it is true"],
    ]
    given = {"has_statements": True, "year_end": "2024-12-31", "revenue": 5}
    assert ["revenue", "", "needs an answer to 'currency', which is its unit"] in reasons(
        given, form
    )


@pytest.mark.parametrize("percent", [7, 12.5, 29, 57, 100])
def test_percentages_become_fractions_to_the_last_bit(percent: float) -> None:
    catalogue = ItemCatalogue(items=(Item(name="share", group="environment", low=0, high=1),))
    question = Question(
        key="p", kind="number", text="P", low=0, high=100, factor=0.01, item="share"
    )
    answers = form_of([question]).answers({"p": percent})
    assert rows_of(answers, catalogue=catalogue)[0][1] == percent / 100


def kept(answer: float, item: str, told: str = "", **entries: Any) -> list[Any]:
    """Return number and unit of an answer to one question of a number."""
    question = Question(key="q", kind="number", text="Q", item=item, **{"low": 0, **entries})
    answers: dict[str, Any] = {"in": told, "q": answer} if told else {"q": answer}
    form = form_of([*([Question(key="in", text="In?")] if told else []), question])
    return rows_of(form.answers(answers))[-1][1:3]


@pytest.mark.parametrize(
    ("entries", "number", "unit"),
    [
        ({"unit": "万元", "factor": 10_000}, 120_000, "CNY"),
        ({"unit": "万元"}, 120_000, "CNY"),
        ({"unit_zh": "万元"}, 120_000, "CNY"),
        ({"unit": "TEUR", "factor": 1_000}, 12_000, "EUR"),
        ({"unit": "thousand USD", "unit_zh": "千美元"}, 12_000, "USD"),
        ({"unit": "RMB", "unit_zh": "元"}, 12, "CNY"),
        ({"unit": "CNY", "unit_zh": "元（人民币）"}, 12, "CNY"),
        ({"unit_zh": "单位：万元"}, 120_000, "CNY"),
        ({"unit": "thousand AUD", "unit_zh": "千澳元"}, 12_000, "AUD"),
        ({"unit": "EUR", "unit_zh": "单位 欧元"}, 12, "EUR"), ({"unit_zh": "（美元）"}, 12, "USD"),
        ({"unit": "Stk.", "item": "output"}, 12, "units"),
        ({"unit": "late payments", "unit_zh": "次数", "item": "delinquencies_24m"}, 12, "count"),
        ({"unit": "Raten", "unit_zh": "期", "item": "worst_status_24m", "high": 99}, 12,
         "instalments late"),
        ({"unit": "CNY", "unit_zh": "¥"}, 12, "CNY"),
        ({"unit": "million USD", "factor": -1_000_000, "low": 0, "item": "net_income"}, -12e6,
         "USD"),
        ({"unit": "thousands", "unit_zh": "千元", "unit_from": "in", "told": "rmb"}, 12_000, "CNY"),
        ({"unit_from": "in", "told": "万元"}, 120_000, "CNY"),
        ({"unit": "thousand persons", "item": "employees"}, 12_000, "persons"),
        ({"unit_zh": "万人", "factor": 10_000, "item": "employees"}, 120_000, "persons"),
        ({"unit_zh": "万人", "item": "employees"}, 120_000, "persons"),
        ({"unit": "employees", "item": "employees"}, 12, "persons"),
        ({"unit_zh": "万股", "item": "shares_issued"}, 120_000, "shares"),
        ({"unit": "million m²", "factor": 1e6, "item": "capacity"}, 12e6, "units"),
        ({"unit": "千米", "factor": 1, "item": "capacity"}, 12, "units"),
        ({"unit": "万台", "item": "capacity"}, 120_000, "units"),
        ({"unit": "10,000 CNY", "unit_zh": "万元"}, 120_000, "CNY"),
        ({"unit": "RMB 10,000", "unit_zh": "万元", "factor": 10_000}, 120_000, "CNY"),
        ({"unit": "tens of thousands", "unit_zh": "万元", "factor": 10_000}, 120_000, "CNY"),
        ({"unit_zh": "万元", "factor": -1, "low": 0, "item": "net_income"}, -120_000, "CNY"),
        ({"unit": "CNY per month", "unit_zh": "元/月", "factor": 1}, 12, "CNY"),
        ({"unit": "EUR per year", "factor": 1 / 12}, 1, "EUR"),
        ({"unit": "EUR per month", "factor": 12}, 144, "EUR"),
        ({"unit": "TEUR per month", "factor": 12_000}, 144_000, "EUR"),
        ({"unit": "EUR/kg", "factor": 1}, 12, "EUR"),
        ({"unit": "1,000 shares", "unit_zh": "千股", "item": "shares_issued"}, 12_000, "shares"),
        ({"unit": "10,000 t", "unit_zh": "万吨", "factor": 10_000, "item": "capacity"}, 120_000,
         "units"),
        ({"unit": "bps", "item": "largest_customer_share", "high": 99}, 0.0012, "fraction"),
        ({"unit": "weeks/month", "item": "days_late_trend"}, 84, "days per month"),
        ({"unit_from": "in", "told": "年", "item": "months"}, 144, "months"),
        ({"unit": "in thousand EUR"}, 12_000, "EUR"),
        ({"unit": "working days", "factor": 1.4, "item": "average_days_late"}, 16.8, "days"),
        ({"unit": "days overdue", "unit_zh": "逾期天数", "item": "average_days_late"}, 12, "days"),
        ({"unit": "hours", "factor": 0.5, "item": "average_days_late"}, 6, "days"),
        ({"unit": "% of sales", "factor": 0.01, "item": "largest_customer_share", "high": 100},
         0.12, "fraction"),
        ({"unit": "cases", "item": "court_judgements"}, 12, "count"),
        ({"unit": "cases per year", "factor": 1, "item": "court_judgements"}, 12, "count"),
        ({"unit": "boxes of 12", "factor": 12, "item": "capacity"}, 144, "units"),
        ({"unit": "persons / 人", "item": "employees"}, 12, "persons"),
        ({"unit": "weeks", "factor": 1, "item": "average_days_late"}, 84, "days"),
        ({"unit": "天", "item": "average_days_late"}, 12, "days"),
        ({"unit": "weeks", "item": "average_days_late"}, 84, "days"),
        ({"unit": "年", "item": "months"}, 144, "months"),
        ({"unit": "%", "item": "largest_customer_share", "high": 100}, 0.12, "fraction"),
    ],
)  # fmt: skip
def test_units_of_questions_are_read_as_those_of_rules(
    entries: dict[str, Any], number: float, unit: str
) -> None:
    assert kept(12, **{"item": "revenue", **entries}) == [number, unit]


@pytest.mark.parametrize(
    ("entries", "match"),
    [
        ({"unit": "kg"}, "The unit of question 'q' is none .* 'kg' is no currency"),
        ({"unit": "EUR per year", "item": "monthly_income"}, "per what .*: give the factor"),
        ({"unit": "EUR/a", "item": "monthly_income"}, "'EUR/a' says per what amounts are"),
        ({"unit": "EUR per 12 months", "item": "monthly_income"}, "says per what amounts are"),
        ({"unit": "EUR/kg"}, "'EUR/kg' says per what amounts are"),
        ({"unit": "EUR", "unit_zh": "金额（万）"}, "is neither a currency nor a scale"),
        ({"unit": "EUR", "unit_zh": "欧元/年", "item": "monthly_income"}, "a scale alone, beside"),
        ({"unit": "working days", "item": "average_days_late"}, "'working days' cannot be turned"),
        ({"unit": "百米", "item": "capacity"}, "cannot be turned .* give its factor, 1 where it"),
        ({"unit": "CNY", "item": "employees"}, "is kept in persons, and 'CNY' cannot be turned"),
        ({"unit": "m of cable", "item": "employees"}, "'m of cable' cannot be turned .*; name its"),
        ({"unit": "% per year", "item": "largest_customer_share", "high": 1}, "or give its factor"),
        ({"unit": "in 100", "item": "largest_customer_share", "high": 1}, "or give its factor"),
        ({"unit": "hours", "item": "average_days_late"}, "'hours' cannot be turned"),
        ({"unit": "half days", "item": "average_days_late"}, "'half days' cannot be turned"),
        ({"unit": "USD/EUR"}, "'USD/EUR' is no currency"),
        ({"unit": "CNY", "unit_zh": "万元"}, "Let both mean the same"),
        ({"unit": "employees", "unit_zh": "千人", "factor": 1_000, "item": "employees"},
         "Let both mean the same"),
        ({"unit": "days", "item": "months"}, "is kept in months, and 'days' cannot be turned"),
        ({"unit": "%", "item": "employees"}, "'%' cannot be turned .* such as 'persons', or give"),
        ({"unit": "days", "item": "days_late_trend"}, "'days' cannot be turned"),
        ({"unit": "12 pieces", "item": "capacity"}, "'12 pieces' cannot be turned"),
        ({"unit": "cases per year", "item": "court_judgements"}, "its factor, 1 where it means"),
        ({"unit": "%", "unit_zh": "倍", "item": "largest_customer_share", "high": 1},
         "'%' stands for 0.01 fraction, and '倍' for 1; let both mean the same"),
        ({"unit": "t", "unit_zh": "千克", "item": "capacity"}, "read as 1,000 kg and 1 kg. Let"),
        ({"unit": "months", "item": "months", "factor": 12}, "stands for 1 .* the factor is 12"),
        ({"unit": "%", "item": "largest_customer_share", "high": 1, "factor": 0.1},
         "'%' stands for 0.01 of the item 'largest_customer_share', and the factor is 0.1"),
    ],
)  # fmt: skip
def test_units_that_are_none_of_the_item(entries: dict[str, Any], match: str) -> None:
    with pytest.raises(InvalidParameterError, match=match):
        kept(1, **{"item": "revenue", **entries})


@pytest.mark.parametrize(
    ("unit", "told", "match"),
    [
        ("thousands", "万元", "'万元' that is answered counts in 10,000, .* multiplied by 1,000"),
        ("", "$", r"cannot be used, by that to 'in': '\$' is the sign of"),
        ("", "dollars", "'dollars' is no currency"),
    ],
)
def test_units_that_are_answered_and_are_none(unit: str, told: str, match: str) -> None:
    with pytest.raises(InvalidDataError, match=match):
        kept(1, "revenue", told, unit=unit, unit_from="in")


def test_a_choice_of_currencies_may_have_another() -> None:
    choices = tuple(Choice(key=k.lower(), text=k, value=k) for k in ("CNY", "USD", "Other"))
    asked = Question(key="in", kind="choice", text="In?", choices=choices)
    amount = Question(key="q", kind="number", text="Q", item="revenue", unit_from="in", low=0)
    form = form_of([asked, amount])
    assert rows_of(form.answers({"in": "usd", "q": 5}))[-1][1:3] == [5, "USD"]
    with pytest.raises(InvalidDataError, match="by that to 'in': 'Other' is no currency"):
        rows_of(form.answers({"in": "other", "q": 5}))
    odd = replace(asked, choices=(choices[2], Choice(key="other_2", text="None")))
    with pytest.raises(InvalidParameterError, match="'Other' is no currency with what"):
        form_of([odd, amount]).check_items()


def test_numbers_are_multiplied_as_they_are_written() -> None:
    share = {"item": "largest_customer_share", "high": 100}
    assert kept(45.3, unit="%", **share) == kept(45.3, factor=0.01, **share) == [0.453, "fraction"]
    assert kept(1.1, "revenue", unit="thousand EUR") == [1100, "EUR"]


def test_several_choices_fill_a_text() -> None:
    catalogue = ItemCatalogue(items=(Item(name="papers", kind="text", group="reputation"),))
    choices = (Choice(key="tax", text="Tax", value="Tax bill"), Choice(key="bank", text="Bank"))
    question = Question(key="p", kind="choices", text="P", choices=choices, item="papers")
    answers = form_of([question]).answers({"p": ["bank", "tax"]})
    assert rows_of(answers, catalogue=catalogue)[0][1] == "Tax bill; bank"


@pytest.mark.parametrize(
    ("form", "values", "error", "match"),
    [
        (TRADE, FILLED, EmptyDataError, "None of 8 answers to 'trade' fills an item"),
        (
            form_of([Question(key="q", text="Q", item="names")]), {"q": "x"},
            InvalidParameterError, "Did you mean 'name'",
        ),
    ],
)  # fmt: skip
def test_answers_that_are_no_observations(
    form: Questionnaire, values: Mapping[str, Any], error: type[Exception], match: str
) -> None:
    with pytest.raises(error, match=match):
        form.answers(values).to_observations("C1", source="third_party", **WHEN)


@pytest.mark.parametrize(
    ("entries", "match"),
    [
        ({"collected_at": "yesterday"}, "collected_at"),
        ({"collected_at": "5/3/2025 16:00"}, "collected_at '5/3/2025 16:00' cannot be read"),
        ({"source": "hearsay"}, "source 'hearsay' is none of"),
        ({"customer": ""}, "customer '' is empty"),
        ({"true_from": "31.12.2024"}, "true_from"),
    ],
)
def test_provenance_is_checked(entries: dict[str, Any], match: str) -> None:
    form = Questionnaire(
        id="x", version=1, title="X", answered_by="interviewer",
        sections=(Section(key="s", title="S", questions=(
            Question(key="q", kind="scale", text="Q", item="strategy"),
        )),),
    )  # fmt: skip
    given = {"customer": "C1", "source": "third_party", **WHEN, **entries}
    with pytest.raises(InvalidDataError, match=match):
        form.answers({"q": 3}).to_observations(given.pop("customer"), **given)
