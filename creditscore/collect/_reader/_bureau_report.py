"""One report of a credit bureau, checked: who, accounts, enquiries, public records."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, TypeVar

import numpy as np

from creditscore._cells import is_empty, word_of
from creditscore._currency import currency_code
from creditscore._days import NoDayError, months_later, read_day
from creditscore.collect._reader._payment_string import PaymentHistory
from creditscore.collect._reader._units import SIGNS, is_currency, split_unit
from creditscore.exceptions import InvalidDataError

_ZH = {
    "report": "报告信息", "agency": "报告机构", "report_number": "报告编号",
    "reported_on": "报告日期",
    "subject": "信息主体", "customer": "客户号", "name": "姓名", "identity_number": "证件号码",
    "birth_year": "出生年份", "phone": "手机号码", "email": "电子邮箱", "address": "居住地址",
    "address_since": "居住起始日期", "employed_since": "就业起始日期",
    "tradelines": "信贷账户", "account": "账户编号", "kind": "账户类型", "opened_on": "开立日期",
    "closed_on": "关闭日期", "limit": "授信额度", "balance": "余额",
    "monthly_payment": "本月应还款",
    "currency": "币种", "payments": "还款记录",
    "enquiries": "查询记录", "on": "日期", "by": "查询机构", "reason": "原因",
    "public_records": "公共记录", "amount": "金额", "settled_on": "结清日期",
}  # fmt: skip
FIELDS = {
    "report": ("agency", "report_number", "reported_on"),
    "subject": (
        "customer", "name", "identity_number", "birth_year", "phone", "email", "address",
        "address_since", "employed_since",
    ),
    "tradelines": (
        "account", "kind", "opened_on", "closed_on", "limit", "balance", "monthly_payment",
        "currency", "payments", "payment_status", "is_open",
    ),
    "enquiries": ("on", "by", "reason"),
    "public_records": ("kind", "on", "amount", "settled_on"),
}  # fmt: skip
"""The parts of a report, and the entries of each."""
Made = TypeVar("Made")
_WORDS = {
    "循环": "revolving", "信用卡": "revolving", "贷记卡": "revolving", "分期": "instalment",
    "贷款": "instalment", "房贷": "mortgage", "个人住房贷款": "mortgage",
    "法院判决": "court_judgement",
    "强制执行": "court_judgement", "欠税": "tax_arrears", "本人查询": "own", "贷后管理": "review",
    "贷款审批": "application", "信用卡审批": "application", "credit card": "revolving",
    "store card": "revolving", "instalment loan": "instalment", "account review": "review",
    "judgement for an unpaid debt": "court_judgement", "credit application": "application",
    "担保资格审查": "guarantee",
}  # fmt: skip
_SINCE = {"address_since": "months_at_address", "employed_since": "months_in_job"}
KINDS = ("revolving", "instalment", "mortgage")
RECORDS = ("court_judgement", "tax_arrears")
REASONS = ("application", "own", "review", "guarantee")
NOT_COUNTED = ("own", "review")
"""Enquiries that say nothing of a wish for credit."""
_IS_OPEN = {
    "true": True, "1": True, "yes": True, "open": True, "是": True, "false": False, "0": False,
    "no": False, "closed": False, "否": False,
}  # fmt: skip
_ENGLISH = {zh: name for name, zh in _ZH.items()} | {
    "identity": "subject", "accounts": "tradelines", "enquired_on": "on", "recorded_on": "on",
    "lender": "by", "purpose": "reason",
    "信用额度": "limit", "查询日期": "on", "查询原因": "reason", "类型": "kind", "记录类型": "kind",
}  # fmt: skip
"""Names in Chinese, and others that reports have."""
_MASK = re.compile(r"[*＊•●…]|[x#·.]{2}")
"""What stands for the digits of a number that are not shown."""
_NOT_READ = "summary"
"""The bureau's own counts, of which it is not known what they count."""


@dataclass(kw_only=True)
class Report:
    """One report as it was read; `faults` are parts, entries, values and reasons."""

    entries: dict[str, Any] = field(default_factory=dict)
    faults: list[tuple[str, str, str, str]] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    """Parts with a fault, of which nothing is counted."""
    named: str = ""
    """The currency that an open account names, or nothing."""


def read_report(content: Mapping[str, Any], currency: str = "") -> Report:
    """Check a report, its names in English or in Chinese, and count what it says.

    Its amounts are in `currency` where it does not name one.
    """
    twice: list[str] = []
    plain = _in_parts(english(content, twice))
    report = Report(entries={"currency": currency})
    for name in twice:
        report.faults.append((name, "", "", "stands twice, by two names"))
    for name in plain:
        if name not in FIELDS:
            told = f"is no part of a report{_meant(str(name), FIELDS)}"
            report.faults.append((str(name), "", "", told))
    about = _part(report, plain, "report")
    subject = _part(report, plain, "subject")
    read = _Cells(report)
    day = read.day("report", about, "reported_on", needed=True)
    report.entries["customer"] = read.word("subject", subject, "customer")
    report.entries["reported_on"] = None if day is None else str(day)
    for name in ("name", "identity_number", "phone", "email", "address"):
        report.entries[name] = read.word("subject", subject, name)
    report.entries["birth_year"] = read.number("subject", subject, "birth_year")
    if day is None:
        return report
    for since, item in (
        ("address_since", "months_at_address"),
        ("employed_since", "months_in_job"),
    ):
        begin = read.day("subject", subject, since, last=day)
        report.entries[item] = None if begin is None else months_between(begin, day)
    _accounts(report, read, _list(report, plain, "tradelines"), day)
    _enquiries(report, read, _list(report, plain, "enquiries"), day)
    _records(report, read, _list(report, plain, "public_records"), day)
    return report


def english(content: Any, twice: list[str]) -> Any:
    """Return a report with English names and words; names that two entries have are noted."""
    if isinstance(content, Mapping):
        named = [(_ENGLISH.get(str(name), str(name)), value) for name, value in content.items()]
        names = [name for name, _ in named]
        twice += [name for name in dict.fromkeys(names) if names.count(name) > 1]
        return {name: english(value, twice) for name, value in named}
    if isinstance(content, list):
        return [english(entry, twice) for entry in content]
    return content


def _in_parts(plain: dict[str, Any]) -> dict[str, Any]:
    """Return a report whose number and day stand in their part, where they stood at its top."""
    rest = {name: value for name, value in plain.items() if name != _NOT_READ}
    if isinstance(rest.get("report"), Mapping):
        return rest
    about = {"report_number": rest.pop("report", "")}
    about |= {name: rest.pop(name) for name in FIELDS["report"] if name in rest}
    return {"report": about, **rest}


def months_between(first: np.datetime64, last: np.datetime64) -> int:
    """Return the whole months from one day to another."""
    months = int((last.astype("datetime64[M]") - first.astype("datetime64[M]")).astype(int))
    return months if months_later(first, months) <= last else months - 1


def _part(report: Report, plain: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = plain.get(name, {})
    if not isinstance(found, Mapping):
        report.faults.append((name, "", "", "is no mapping of names to values"))
        return {}
    _check_names(report, found, name)
    return found


def _list(
    report: Report, plain: Mapping[str, Any], name: str
) -> Sequence[Mapping[str, Any]] | None:
    """Return the entries of a part; None where the report has none, which is not zero of them."""
    if name not in plain:
        return None
    found = plain[name]
    if not isinstance(found, list) or not all(isinstance(entry, Mapping) for entry in found):
        report.faults.append((name, "", "", "is no list of entries"))
        report.broken.add(name)
        return None
    for entry in found:
        _check_names(report, entry, name)
    return found


def _check_names(report: Report, entry: Mapping[str, Any], part: str) -> None:
    for name in entry:
        if name not in FIELDS[part]:
            told = f"is no entry of this part{_meant(str(name), FIELDS[part])}"
            report.faults.append((part, str(name), "", told))
            report.broken.add(part)


def _meant(name: str, known: Iterable[str]) -> str:
    """Return which name may be meant, or which are known, in the language of the name."""
    wanted = [*known]
    every = [*wanted, *(other for other, meant in _ENGLISH.items() if meant in wanted)]
    near = get_close_matches(name, every, n=1)
    if near:
        return f"; did you mean {near[0]}?"
    names = wanted if name.isascii() else [_ZH[other] for other in wanted if other in _ZH]
    return f"; known: {', '.join(names)}"


def _accounts(
    report: Report, read: _Cells, lines: Sequence[Mapping[str, Any]] | None, day: np.datetime64
) -> None:
    if lines is None:
        return
    late, worst, oldest, n_open = 0, 0, None, 0
    sums = _Sums()
    currencies, known = set(), set[tuple[Any, ...]]()
    given = report.entries["currency"]
    for line in lines:
        kind = read.word("tradelines", line, "kind", among=KINDS)
        opened = read.day("tradelines", line, "opened_on", needed=True, last=day)
        word = _code_of(read.word("tradelines", line, "currency"), given)
        _check_number(read, line, (kind, opened, word or given), known)
        closed = read.day("tradelines", line, "closed_on", first=opened)
        history = read.history(line)
        if history is not None:
            late, worst = late + history.n_late, max(worst, history.worst)
        oldest = opened if oldest is None or (opened is not None and opened < oldest) else oldest
        is_open = read.word("tradelines", line, "is_open", among=("", *_IS_OPEN)) or "true"
        if not _IS_OPEN.get(is_open, True) or (closed is not None and closed <= day):
            continue
        n_open += 1
        fault = _no_currency(word)
        if fault:
            read.note("tradelines", "currency", line["currency"], fault)
        report.named = report.named or word
        currencies.add(word or given)
        for name in ("limit", "balance", "monthly_payment"):
            amount = read.number("tradelines", line, name)
            sums.add(name, amount)
            if kind == "revolving":
                sums.add(f"{name} of cards", amount)
    if len(currencies) > 1:
        read.note("tradelines", "currency", "", _not_one(currencies))
    if "tradelines" in report.broken:
        return
    report.entries |= {
        "delinquencies_24m": late, "worst_status_24m": worst, "n_accounts": n_open,
        "age_of_oldest_account_months": None if oldest is None else months_between(oldest, day),
        "revolving_limit": sums.of("limit of cards"),
        "revolving_balance": sums.of("balance of cards"), "total_debt": sums.of("balance"),
        "monthly_debt_service": sums.of("monthly_payment"),
        "currency": next(iter(currencies), given),
    }  # fmt: skip


def _check_number(
    read: _Cells, line: Mapping[str, Any], about: tuple[Any, ...], known: set[tuple[Any, ...]]
) -> None:
    """Note an account that stands in the report a second time, and would count twice.

    Its last digits alone, or a number that was given to a later account, are not enough: what it
    is, since when and in which currency must be the same, too.
    """
    number = read.word("tradelines", line, "account").casefold()
    # of a masked number several accounts may have what is shown
    if _MASK.search(number) or not any(map(str.isdigit, number)):
        return
    if (number, *about) in known:
        read.note("tradelines", "account", line["account"], "stands in the report twice")
    known.add((number, *about))


def _code_of(word: str, given: str) -> str:
    """Return the code of the currency that an account names, where it can be told, or its word.

    The sign of several is that of the one that was given, if it is among them.
    """
    name = unicodedata.normalize("NFKC", word)
    return given if given and given in SIGNS.get(name, ()) else currency_code(name) or word


def _no_currency(word: str) -> str:
    """Return why the currency that an account names cannot be told, or nothing."""
    _, unit = split_unit(word)
    if unit in SIGNS:
        return f"is the sign of {', '.join(SIGNS[unit])}: give the 'currency' that is meant"
    known = not word or is_currency(unit)
    return "" if known else "is no currency that is known, such as CNY"


def _not_one(currencies: Collection[str]) -> str:
    """Return why amounts in several currencies, an empty one where none is named, have no sum."""
    if len(currencies) == 2 and "" in currencies:
        return "is not named by all accounts: give the 'currency' of the others"
    return "differs between accounts, which cannot be added"


@dataclass
class _Sums:
    """Adds amounts; a sum of which one is not known is not known."""

    known: dict[str, float | None] = field(default_factory=dict)

    def add(self, name: str, amount: float | None) -> None:
        before = self.of(name)
        self.known[name] = None if before is None or amount is None else before + amount

    def of(self, name: str) -> float | None:
        """Return a sum, zero where nothing was added."""
        return self.known.get(name, 0.0)


def _enquiries(
    report: Report, read: _Cells, lines: Sequence[Mapping[str, Any]] | None, day: np.datetime64
) -> None:
    if lines is None:
        return
    first, n = months_later(day, -6), 0
    for line in lines:
        on = read.day("enquiries", line, "on", needed=True, last=day)
        reason = read.word("enquiries", line, "reason", among=("", *REASONS))
        n += on is not None and on > first and reason not in NOT_COUNTED
    if "enquiries" not in report.broken:
        report.entries["enquiries_6m"] = n


def _records(
    report: Report, read: _Cells, lines: Sequence[Mapping[str, Any]] | None, day: np.datetime64
) -> None:
    if lines is None:
        return
    judgements, arrears = 0, 0.0
    for line in lines:
        kind = read.word("public_records", line, "kind", among=RECORDS)
        read.day("public_records", line, "on", needed=True, last=day)
        settled = read.day("public_records", line, "settled_on")
        amount = read.number("public_records", line, "amount")
        if settled is not None and settled <= day:
            continue
        judgements += kind == "court_judgement"
        if kind == "tax_arrears" and amount is None:
            read.note("public_records", "amount", "", "is empty, and must not be")
        arrears += (amount or 0.0) if kind == "tax_arrears" else 0.0
    if "public_records" not in report.broken:
        report.entries |= {"court_judgements": judgements, "tax_arrears": arrears}


@dataclass
class _Cells:
    """Reads entries, and notes those that cannot be read."""

    report: Report

    def note(self, part: str, name: str, value: Any, reason: str) -> None:
        self.report.faults.append((part, name, "" if is_empty(value) else str(value), reason))
        self.report.broken.add(part)

    def word(
        self, part: str, entry: Mapping[str, Any], name: str, *, among: Sequence[str] = ()
    ) -> str:
        value = entry.get(name)
        if isinstance(value, (list, dict)):
            self.note(part, name, "", "is no single value")
            return ""
        word = word_of(value) if value is not None else ""
        if among:
            word = _WORDS.get(word.casefold(), word.casefold())
        if among and word not in among:
            self.note(part, name, value, f"is none of {', '.join(filter(None, among))}")
        return word

    def day(
        self, part: str, entry: Mapping[str, Any], name: str, *, needed: bool = False,
        first: np.datetime64 | None = None, last: np.datetime64 | None = None,
    ) -> np.datetime64 | None:  # fmt: skip
        value = entry.get(name)
        if value is None or value == "":
            if needed:
                self.note(part, name, "", "is empty, and must not be")
            return None
        return self._tried(part, name, value, lambda: _within(read_day(value), first, last))

    def number(self, part: str, entry: Mapping[str, Any], name: str) -> float | None:
        value = entry.get(name)
        if value is None or value == "":
            return None
        return self._tried(part, name, value, lambda: _amount(value))

    def history(self, entry: Mapping[str, Any]) -> PaymentHistory | None:
        value = entry.get("payments")
        if value is None and isinstance(entry.get("payment_status"), str):
            value = entry["payment_status"][::-1].replace("-", "/")
        if value is None:
            self.note("tradelines", "payments", "", "is empty, and must not be")
            return None
        read = lambda: PaymentHistory.from_text(str(value))  # noqa: E731
        return self._tried("tradelines", "payments", value, read)

    def _tried(self, part: str, name: str, value: Any, read: Callable[[], Made]) -> Made | None:
        try:
            return read()
        except (NoDayError, InvalidDataError, ValueError, TypeError) as error:
            self.note(part, name, value, str(error))
            return None


def _within(
    day: np.datetime64, first: np.datetime64 | None, last: np.datetime64 | None
) -> np.datetime64:
    if first is not None and day < first:
        msg = "is before the account was opened"
        raise NoDayError(msg)
    if last is not None and day > last:
        msg = "is after the day of the report"
        raise NoDayError(msg)
    return day


def _amount(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        msg = "is no number"
        raise InvalidDataError(msg)
    if not math.isfinite(value) or value < 0:
        msg = "is below zero or not finite"
        raise InvalidDataError(msg)
    return float(value)
