"""Reports of bureaus: what is counted, by hand; and that a report with a fault is not used."""

from __future__ import annotations

import gzip
import json
import warnings
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore.collect import Collected, PaymentHistory, read_bureau_reports
from creditscore.datasets import load_trading_firm, trading_firm_path
from creditscore.exceptions import (
    DocumentError,
    DocumentNotFoundError,
    InvalidDataError,
    InvalidParameterError,
    MixedUnitsWarning,
    RejectedRowsWarning,
    UnsafeInputError,
)
from creditscore.protect import InputLimits

REPORT: dict[str, Any] = {
    "report": {"agency": "B", "report_number": "7", "reported_on": "2024-05-31"},
    "subject": {
        "customer": "P1", "name": "Wei Zhang", "identity_number": "000101199001011230",
        "birth_year": 1990, "address_since": "2022-02-28", "employed_since": "2023-06-01",
    },
    "tradelines": [
        {"account": "A", "kind": "revolving", "opened_on": "2018-06-01", "limit": 20000,
         "balance": 5000, "monthly_payment": 500, "payments": "NNNNNNNNNN12NNNNNNNNNNNN"},
        {"account": "B", "kind": "mortgage", "opened_on": "2020-01-15", "balance": 900000,
         "monthly_payment": 4800, "payments": "NNNNNNNNNNNNNNNNNNNNNNN*"},
        {"account": "C", "kind": "instalment", "opened_on": "2016-03-31",
         "closed_on": "2023-01-01", "balance": 70, "payments": "NNN4D///////////////////"},
    ],
    "enquiries": [
        {"on": "2024-05-01", "reason": "application"},
        {"on": "2023-12-01", "reason": "application"},
        {"on": "2023-11-30", "reason": "application"}, {"on": "2024-04-01", "reason": "own"},
        {"on": "2024-04-02", "reason": "review"},
    ],
    "public_records": [
        {"kind": "court_judgement", "on": "2022-01-01", "amount": 100},
        {"kind": "court_judgement", "on": "2021-01-01", "settled_on": "2023-01-01"},
        {"kind": "tax_arrears", "on": "2024-01-01", "amount": 320.5},
    ],
}  # fmt: skip


def values(collected: Collected) -> dict[str, Any]:
    table = collected.observations.table
    return dict(zip(table["item"], collected.observations.values, strict=True))


def changed(*path: Any, to: Any) -> dict[str, Any]:
    report = deepcopy(REPORT)
    at: Any = report
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = to
    return report


def twice(first: str, second: str = "", **other: Any) -> dict[str, Any]:
    """Return a report with the first account and another of that number."""
    report = changed("tradelines", 0, "account", to=first)
    line = report["tradelines"][0] | {"account": second or first}
    report["tradelines"].append(line | other)
    return report


def test_a_report_by_hand() -> None:
    collected = read_bureau_reports(REPORT)
    assert values(collected) == {
        "name": "Wei Zhang", "identity_number": "000101199001011230", "birth_year": 1990.0,
        # 2022-02-28 to 2024-05-31, and 2023-06-01 to the day before a year is full
        "months_at_address": 27.0, "months_in_job": 11.0,
        # of A two months, of C two, though it was closed; the worst a guarantor's payment
        "delinquencies_24m": 4.0, "worst_status_24m": 7.0,
        "n_accounts": 2.0, "age_of_oldest_account_months": 98.0,
        "revolving_limit": 20000.0, "revolving_balance": 5000.0,
        "total_debt": 905000.0, "monthly_debt_service": 5300.0,
        "enquiries_6m": 2.0, "court_judgements": 1.0, "tax_arrears": 320.5,
    }  # fmt: skip
    table = collected.observations.table
    assert table["evidence"][0] == "credit bureau#report=1&column=name"
    assert set(table["true_from"].astype(str)) == {"2024-05-31"}
    assert set(table["source"]) == {"third_party"}
    assert collected.ignored == ()


def test_a_report_in_chinese() -> None:
    report = {
        "报告信息": {"报告日期": "2024年5月31日"}, "信息主体": {"客户号": "P1", "姓名": "张伟"},
        "信贷账户": [{"账户类型": "信用卡", "开立日期": "2023-05-31", "授信额度": 100, "余额": 30,
                   "还款记录": "////////////NNNNNNNNNNN1", "币种": "CNY"}],
        "查询记录": [{"日期": "2024-05-01", "原因": "本人查询"}],
        "公共记录": [{"账户类型": "欠税", "日期": "2024-01-01", "金额": 5}],
    }  # fmt: skip
    collected = read_bureau_reports(report)
    found = values(collected)
    assert found["name"] == "张伟"
    assert (found["enquiries_6m"], found["tax_arrears"], found["delinquencies_24m"]) == (0, 5, 1)
    assert found["age_of_oldest_account_months"] == 12.0
    units = collected.observations.table.set_index("item")["unit"]
    assert units["total_debt"] == "CNY"


def test_a_report_of_another_bureau() -> None:
    report = {
        "report": "R1", "reported_on": "2024-01-31", "identity": {"customer": "P1"},
        "summary": {"n_accounts": 99},
        "tradelines": [
            {"account": 1, "kind": "credit card", "opened_on": "2023-01-01", "limit": 6000,
             "balance": 729, "is_open": True, "payment_status": "0120000000000-----------"},
            {"account": 2, "kind": "mortgage", "opened_on": "2013-05-01", "balance": 5,
             "is_open": False, "payment_status": "0" * 24},
        ],
        "enquiries": [{"enquired_on": "2024-01-20", "lender": "L", "purpose": "account review"}],
        "public_records": [{"recorded_on": "2022-04-29", "kind": "judgement for an unpaid debt"}],
    }  # fmt: skip
    found = values(read_bureau_reports(report))
    assert (found["delinquencies_24m"], found["worst_status_24m"], found["n_accounts"]) == (2, 2, 1)
    assert (found["total_debt"], found["enquiries_6m"], found["court_judgements"]) == (729, 0, 1)


def test_the_trading_firm_agrees_with_the_counts_of_its_bureau() -> None:
    firm = load_trading_firm()
    table = read_bureau_reports(trading_firm_path("bureau_reports")).observations.table
    wide = table.astype({"customer": str, "item": str}).pivot_table(
        index="customer", columns="item", values="number"
    )
    told = firm.bureau_reports.set_index("customer").loc[wide.index]
    for item in ("delinquencies_24m", "worst_status_24m", "n_accounts", "total_debt"):
        assert (wide[item] == told[item]).all()


def test_a_part_that_is_missing_is_not_zero() -> None:
    report = {name: REPORT[name] for name in ("report", "subject")}
    assert not {"enquiries_6m", "n_accounts", "court_judgements"} & set(values(
        read_bureau_reports(report)))  # fmt: skip
    found = values(read_bureau_reports(report | {"enquiries": [], "tradelines": []}))
    assert (found["enquiries_6m"], found["n_accounts"]) == (0.0, 0.0)
    assert "age_of_oldest_account_months" not in found


@pytest.mark.parametrize(
    ("report", "why"),
    [
        (changed("report", "reported_on", to="31/05/2024"), "reported_on is no day written"),
        (changed("report", "reported_on", to=None), "report reported_on is empty"),
        (changed("subject", "customer", to=""), "is empty, and must not be"),
        (changed("subject", "salary", to=1), "subject salary is no entry of this part"),
        (changed("hobby", to={}), "hobby is no part of a report"),
        (changed("tradelines", to={}), "tradelines is no list of entries"),
        (changed("tradelines", 0, "kind", to="loan"), "tradelines kind is none of revolving"),
        (changed("tradelines", 0, "payments", to="NN"), "it has 2 letters"),
        (changed("tradelines", 0, "payments", to="X" * 24), "it has the letters X"),
        (changed("tradelines", 0, "payments", to=None), "tradelines payments is empty"),
        (changed("tradelines", 0, "balance", to="many"), "tradelines balance is no number"),
        (changed("tradelines", 0, "balance", to=-1), "is below zero or not finite"),
        (changed("tradelines", 0, "opened_on", to="2024-06-01"), "is after the day of the report"),
        (changed("tradelines", 0, "currency", to="USD"), "is not named by all accounts"),
        (twice("A1", "a1 "), "tradelines account stands in the report twice"),
        (changed("tradelines", 0, "currency", to="Zloty"), "is no currency that is known"),
        (changed("tradelines", 0, "currency", to="$"), "is the sign of ARS, AUD"),
        (changed("tradelines", 2, "closed_on", to="2016-03-30"), "is before the account was open"),
        (changed("enquiries", 0, "on", to=None), "enquiries on is empty"),
        (changed("public_records", 0, "kind", to=[1]), "is no single value"),
        (changed("subject", "birth_year", to=1800), "is not within 1900 to 2100"),
    ],
)
def test_a_report_with_a_fault_is_not_used(report: dict[str, Any], why: str) -> None:
    with pytest.warns(RejectedRowsWarning, match="1 row of the reports"):
        collected = read_bureau_reports([REPORT, report])
    assert collected.rejects.table["reason"].str.contains(why, regex=False).any()
    assert collected.observations.values.equals(read_bureau_reports(REPORT).observations.values)
    cells = json.loads(collected.rejects.table["cells"][0])
    assert cells["report"] == report


@pytest.mark.parametrize("number", ["****1234", "XXXX1234", "••••1234", "##1234", "n/a"])
def test_masked_numbers_of_accounts_may_be_the_same(number: str) -> None:
    assert values(read_bureau_reports(twice(number)))["n_accounts"] == 3.0


def test_accounts_of_one_number_that_differ_are_several() -> None:
    # of another kind and day; closed, and its number given again; a card in two currencies
    last_digits = changed("tradelines", 0, "account", to="1234")
    last_digits["tradelines"][1]["account"] = "1234"
    assert values(read_bureau_reports(last_digits)) == values(read_bureau_reports(REPORT))
    again = twice("1", opened_on="2016-01-01", closed_on="2018-01-01")
    assert values(read_bureau_reports(again))["n_accounts"] == 2.0
    cards = twice("1", currency="USD", closed_on="2024-01-01")
    assert values(read_bureau_reports(cards, currency="CNY"))["n_accounts"] == 2.0


def test_no_personal_value_in_a_warning() -> None:
    report = changed("subject", "identity_number", to=["000101199001011230"])
    with pytest.warns(RejectedRowsWarning) as told:
        collected = read_bureau_reports(report)
    assert "0001011990" not in str(told[0].message) + collected._repr_html_()


def test_files_and_customers_by_identity(tmp_path: Path) -> None:
    report = changed("subject", "customer", to=None)
    (tmp_path / "r.jsonl").write_text(json.dumps(report) + "\n" + json.dumps(report) + "\n")
    known = {"000101199001011230": "P7"}
    collected = read_bureau_reports(tmp_path / "r.jsonl", customers=known)
    assert collected.observations.customers == ("P7",)
    assert collected.observations.table["evidence"].iloc[-1].startswith("r.jsonl#report=2&")
    (tmp_path / "r.json").write_text(json.dumps([report]))
    with warnings.catch_warnings(action="ignore"):
        assert read_bureau_reports(tmp_path / "r.json").rejects.n_rows == 1
    (tmp_path / "r.json").write_text("[]")
    with pytest.raises(DocumentError, match="holds no report"):
        read_bureau_reports(tmp_path / "r.json")
    with pytest.raises(DocumentNotFoundError, match="There is no file"):
        read_bureau_reports(tmp_path / "no.json")


def test_payment_strings() -> None:
    found = PaymentHistory.from_text("/" * 12 + "nnnn12NNNN*#")
    assert found == PaymentHistory(n_late=2, worst=2, n_known=10)
    with pytest.raises(InvalidDataError, match="it has 0 letters"):
        PaymentHistory.from_text("")


@given(st.text(alphabet="N01234567CDZG/*#", min_size=24, max_size=24))
def test_payment_strings_in_general(text: str) -> None:
    found = PaymentHistory.from_text(text)
    assert 0 <= found.n_late <= found.n_known <= 24
    assert 0 <= found.worst <= 7
    assert (found.worst > 0) == (found.n_late > 0)
    # the order of months does not count
    assert PaymentHistory.from_text(text[::-1]) == found


@pytest.mark.parametrize(
    ("path", "item"),
    [
        (("tradelines", 1, "balance"), "total_debt"),
        (("tradelines", 0, "balance"), "revolving_balance"),
        (("tradelines", 0, "limit"), "revolving_limit"),
        (("tradelines", 1, "monthly_payment"), "monthly_debt_service"),
    ],
)
def test_a_sum_with_a_gap_is_none(path: tuple[Any, ...], item: str) -> None:
    found = values(read_bureau_reports(changed(*path, to=None)))
    assert item not in found
    assert found["n_accounts"] == 2.0


def test_a_closed_account_and_a_mortgage_may_lack_what_is_not_added() -> None:
    assert values(read_bureau_reports(REPORT))["revolving_limit"] == 20000.0
    found = values(read_bureau_reports(changed("tradelines", to=[])))
    assert (found["total_debt"], found["n_accounts"]) == (0.0, 0.0)


@pytest.mark.parametrize("word", ["no", "否", "closed", False, "False", 0])
def test_words_for_a_closed_account(word: Any) -> None:
    assert (
        values(read_bureau_reports(changed("tradelines", 0, "is_open", to=word)))["n_accounts"]
        == 1.0
    )


@pytest.mark.parametrize(
    ("path", "to", "reason"),
    [
        (("public_records", 2, "amount"), None, "public_records amount is empty"),
        (("enquiries", 0, "reason"), "curiosity", "enquiries reason is none of application"),
        (("tradelines", 0, "is_open"), "perhaps", "tradelines is_open is none of true"),
        (("tradelines", 0, "账户类型"), "revolving", "kind stands twice, by two names"),
    ],
)
def test_what_is_not_known_is_not_counted(path: tuple[Any, ...], to: Any, reason: str) -> None:
    with pytest.warns(RejectedRowsWarning, match=reason):
        assert len(read_bureau_reports(changed(*path, to=to)).observations) == 0


@pytest.mark.parametrize(("word", "n"), [("Own", 1.0), ("Account review", 1.0), ("", 2.0)])
def test_reasons_of_enquiries_in_any_case(word: str, n: float) -> None:
    found = values(read_bureau_reports(changed("enquiries", 0, "reason", to=word)))
    assert found["enquiries_6m"] == n


def test_reports_of_lines_and_packed_ones(tmp_path: Path) -> None:
    # a sign that parts lines elsewhere stands within a name
    report = changed("subject", "name", to="Wei\u2028Zhang")
    text = json.dumps(report, ensure_ascii=False)
    (tmp_path / "a.jsonl").write_text(text + "\n" + text, encoding="utf-8")
    assert read_bureau_reports(tmp_path / "a.jsonl").n_rows == 2
    with gzip.open(tmp_path / "a.json.gz", "wt", encoding="utf-8") as file:
        file.write(text)
    assert values(read_bureau_reports(tmp_path / "a.json.gz"))["name"] == "Wei\u2028Zhang"


@pytest.mark.parametrize(
    ("part", "entry", "told"),
    [
        ("信贷账户", {"授信总额": 5}, "授信总额 is no entry of this part; did you mean 授信额度?"),
        ("信贷账户", {"利率": 5}, "利率 is no entry of this part; known: 账户编号, 账户类型, "),
        ("enquiries", {"why": "x"}, "why is no entry of this part; known: on, by, reason"),
        ("enquiry", {}, "enquiry is no part of a report; did you mean enquiries?"),
    ],
)  # fmt: skip
def test_names_that_are_not_known_are_told_what_is(
    part: str, entry: dict[str, Any], told: str
) -> None:
    report = {"report": REPORT["report"], "subject": REPORT["subject"], part: [entry]}
    with pytest.warns(RejectedRowsWarning):
        reasons = read_bureau_reports(report).rejects.table["reason"]
    assert reasons.str.contains(told, regex=False).any()


def test_other_names_in_chinese() -> None:
    report = {
        "报告信息": {"报告日期": "2024-05-31"}, "信息主体": {"客户号": "P1"},
        "信贷账户": [
            {"账户类型": "信用卡", "开立日期": "2020-02-10", "信用额度": 20000, "余额": 5000,
             "还款记录": "N" * 24},
        ],
        "查询记录": [{"查询日期": "2024-05-01", "查询原因": "贷款审批"}],
        "公共记录": [{"记录类型": "法院判决", "日期": "2022-01-01", "金额": 100}],
    }  # fmt: skip
    found = values(read_bureau_reports(report))
    assert (found["revolving_limit"], found["enquiries_6m"], found["court_judgements"]) == (
        20000, 1, 1,
    )  # fmt: skip


# --- the currency of reports that name none, and how many there may be --------------------


def units(collected: Collected) -> dict[str, str]:
    table = collected.observations.table.astype({"item": str, "unit": str})
    amounts = table[table["item"].isin(["total_debt", "tax_arrears", "revolving_limit"])]
    return dict(zip(amounts["item"], amounts["unit"], strict=True))


def test_a_currency_that_is_given_is_of_reports_that_name_none() -> None:
    assert set(units(read_bureau_reports(REPORT)).values()) == {""}
    assert set(units(read_bureau_reports(REPORT, currency="人民币")).values()) == {"CNY"}
    without = {name: REPORT[name] for name in ("report", "subject", "public_records")}
    assert units(read_bureau_reports(without, currency="CNY")) == {"tax_arrears": "CNY"}
    # one account names it, by another name
    named = changed("tradelines", 0, "currency", to="RMB")
    assert set(units(read_bureau_reports(named, currency="CNY")).values()) == {"CNY"}
    named["tradelines"][1]["currency"] = "CNY"
    assert set(units(read_bureau_reports(named)).values()) == {"CNY"}


def test_a_currency_that_some_accounts_do_not_name_is_asked_for() -> None:
    named = changed("tradelines", 0, "currency", to="RMB")
    with pytest.warns(RejectedRowsWarning, match="is not named by all accounts: give the 'curr"):
        read_bureau_reports(named)
    # the same one by several names is one
    for line, name in zip(named["tradelines"], ("RMB", "人民币", "cny"), strict=True):
        line["currency"] = name
    assert set(units(read_bureau_reports(named)).values()) == {"CNY"}


def test_the_currency_of_a_report_wins_and_that_both_differ_is_told() -> None:
    dollars = deepcopy(REPORT)
    for line in dollars["tradelines"]:
        line["currency"] = "USD"
    with pytest.warns(
        MixedUnitsWarning, match="1 report of the reports in USD, and the 'currency'"
    ):
        collected = read_bureau_reports([dollars, REPORT], currency="CNY")
    table = collected.observations.table
    assert table.loc[table["item"] == "total_debt", "unit"].tolist() == ["USD", "CNY"]
    # accounts in two currencies have no sum
    with pytest.warns(RejectedRowsWarning, match="differs between accounts"):
        read_bureau_reports(changed("tradelines", 0, "currency", to="USD"), currency="CNY")


def test_a_sign_is_of_the_currency_that_is_given() -> None:
    named = changed("tradelines", 0, "currency", to="￥")
    # without a warning that they differ
    assert set(units(read_bureau_reports(named, currency="CNY")).values()) == {"CNY"}
    with pytest.warns(RejectedRowsWarning) as told:
        found = read_bureau_reports(named)
    assert len(told) == 1
    assert "is the sign of CNY, JPY: give the 'currency'" in found.rejects.table["reason"][0]


def test_a_word_that_is_no_currency_is_told_once_and_not_as_another() -> None:
    for line in (strange := deepcopy(REPORT))["tradelines"]:
        line["currency"] = "???"
    with pytest.warns(RejectedRowsWarning) as told:
        found = read_bureau_reports(strange, currency="CNY")
    assert len(told) == 1
    assert found.rejects.n_rows == 1


@pytest.mark.parametrize("currency", ["XYZ", "¥", "万元"])
def test_a_currency_that_is_none(currency: str) -> None:
    with pytest.raises(InvalidParameterError, match="must be a currency, such as 'CNY'"):
        read_bureau_reports(REPORT, currency=currency)


def test_reports_beyond_the_limits_are_refused(tmp_path: Path) -> None:
    text = json.dumps(REPORT)
    (tmp_path / "a.jsonl").write_text("\n".join([text] * 3))
    limits = InputLimits(max_rows=2)
    told = r"more than 2 rows.*read_bureau_reports\(…, limits=InputLimits\(max_rows="
    with pytest.raises(UnsafeInputError, match=told):
        read_bureau_reports(tmp_path / "a.jsonl", limits=limits)
    (tmp_path / "a.json").write_text(f"[{text}, {text}]")
    assert read_bureau_reports(tmp_path / "a.json", limits=limits).n_rows == 2
    # many small parts are refused before they are parsed
    (tmp_path / "b.json").write_text("[" + "{}," * 250_000 + "{}]")
    with pytest.raises(UnsafeInputError, match="objects, lists or lines"):
        read_bureau_reports(tmp_path / "b.json", limits=limits)
    with pytest.raises(UnsafeInputError, match="bytes"):
        read_bureau_reports(tmp_path / "a.json", limits=InputLimits(max_bytes=10))
    with pytest.raises(InvalidParameterError, match="'limits'"):
        read_bureau_reports(REPORT, limits=5)  # type: ignore[arg-type]
