"""Reports of credit bureaus as JSON → items of persons."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._currency import currency_code
from creditscore._display import counted
from creditscore._warn import warn_user
from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._reader._bureau_report import Report, read_report
from creditscore.collect._reader._collect import Collecting
from creditscore.collect._reader._collected import Collected
from creditscore.collect._reader._fields import file_time
from creditscore.collect._reader._file_form import FileForm
from creditscore.collect._reader._mapping import SourceMapping
from creditscore.collect._reader._open import (
    checked_file,
    ending_of,
    json_content,
    unpacked,
)
from creditscore.collect._reader._read_source import told_of
from creditscore.collect._reader._row_limit import RowLimit
from creditscore.collect._reader._rule import FieldRule, ItemRule
from creditscore.collect._reader._source_table import SourceTable
from creditscore.collect._reader._units import split_unit
from creditscore.exceptions import DocumentError, InvalidParameterError, MixedUnitsWarning
from creditscore.protect import InputLimits

_ITEMS = (
    "name", "identity_number", "birth_year", "phone", "email", "address", "months_at_address",
    "months_in_job", "delinquencies_24m", "worst_status_24m", "n_accounts",
    "age_of_oldest_account_months", "revolving_limit", "revolving_balance", "total_debt",
    "monthly_debt_service", "enquiries_6m", "court_judgements", "tax_arrears",
)  # fmt: skip


def read_bureau_reports(
    data: Any,
    *,
    customers: Mapping[str, str] | None = None,
    source_name: str = "credit bureau",
    catalogue: ItemCatalogue | None = None,
    collected_at: Any = None,
    currency: str = "",
    limits: InputLimits | None = None,
) -> Collected:
    """Read reports of a credit bureau, one or many.

    Parameters
    ----------
    data : path, mapping, or list of mappings
        A .json file of a report or a list of them, a .jsonl file of a report a line, packed by
        gzip (.gz) or not, or what such files hold.
    customers : mapping of str to str, optional
        The customer of each identity number, where reports do not hold their own ``customer``.
    source_name : str, default="credit bureau"
        Which bureau.
    catalogue : ItemCatalogue, optional
        What the items are; without, the standard one.
    collected_at : datetime or str, optional
        When the reports were fetched; without, the begin of the day of each report.
    currency : str, default=""
        Code or name of the currency, such as ``"CNY"``, that amounts are in where no open account
        of a report names one. What an account names wins. Without, such amounts have no unit.
    limits : InputLimits, optional
        What a file may measure at most, and how many reports it may have, as rows; without, the
        standard ones: 1 GiB, and 5 million.

    Returns
    -------
    Collected
        Items of each person, true from the day of the report. Evidence names the report.

    Raises
    ------
    DocumentError, DocumentNotFoundError
        The file is not there, or holds no reports.
    InvalidParameterError
        The `currency` is none.
    UnsafeInputError
        The file is larger, or has more reports, than the limits allow.

    Warns
    -----
    RejectedRowsWarning
        Some reports cannot be used.
    MixedUnitsWarning
        Some reports name another currency than `currency`.

    Notes
    -----
    A report is a mapping of five parts, each of which may be missing but ``report`` and
    ``subject``; names are English or, in brackets, Chinese:

    - ``report`` (报告信息): agency (报告机构), report_number (报告编号), reported_on (报告日期);
    - ``subject`` (信息主体): customer (客户号), name (姓名), identity_number (证件号码), birth_year
      (出生年份), phone (手机号码), email (电子邮箱), address (居住地址), address_since
      (居住起始日期), employed_since (就业起始日期);
    - ``tradelines`` (信贷账户): account (账户编号), kind (账户类型: revolving, 信用卡; instalment,
      贷款; mortgage, 房贷), opened_on (开立日期), closed_on (关闭日期) or is_open, limit (授信额度,
      信用额度), balance (余额), monthly_payment (本月应还款), currency (币种), payments (还款记录;
      the string of :class:`PaymentHistory`, the oldest month first) or payment_status (the
      latest month first, ``-`` before it was opened);
    - ``enquiries`` (查询记录): on (日期, 查询日期), by (查询机构), reason (原因, 查询原因:
      application, 贷款审批; guarantee, 担保资格审查; own, 本人查询; review, 贷后管理);
    - ``public_records`` (公共记录): kind (记录类型: court_judgement, 法院判决; tax_arrears, 欠税),
      on (日期), amount (金额), settled_on (结清日期).

    Some names of other bureaus are known besides (identity, accounts, enquired_on, lender,
    purpose, recorded_on). A ``summary`` of the bureau itself is not read: it is counted here.

    Late payments in 24 months are counted over all accounts, closed ones too; accounts, limits,
    balances and payments are those of accounts open on the day of the report; enquiries of 6
    months leave out those of the person itself and reviews of accounts it has; public records
    are those not settled. A part that is missing gives no items: no enquiries known is not zero
    enquiries. Nor is an amount that is missing zero: where an open account has none, there is no
    sum of it. An enquiry without a reason is counted. A report with a fault anywhere is rejected
    whole, with all its faults; tax arrears without an amount are one, an account that is closed
    before it was opened, a currency that is not known, and an account that stands twice: with one
    number, kind, day of opening and currency (masked numbers, such as ``****1234``, are not
    compared). A sign such as ¥ is that of `currency`, if it can be.

    Examples
    --------
    >>> from creditscore.collect import read_bureau_reports
    >>> collected = read_bureau_reports({
    ...     "report": {"reported_on": "2024-05-31"},
    ...     "subject": {"customer": "P1"},
    ...     "tradelines": [{"kind": "revolving", "opened_on": "2020-02-10", "limit": 20000,
    ...                     "balance": 5000, "payments": "NNNNNNNNNNNN1NNNNNNNNNNN"}],
    ... }, currency="CNY")
    >>> collected.observations.table[["item", "number", "unit"]].tail(3)
                    item   number unit
    4    revolving_limit  20000.0  CNY
    5  revolving_balance   5000.0  CNY
    6         total_debt   5000.0  CNY
    """
    catalogue = ItemCatalogue.standard() if catalogue is None else catalogue
    check_kind(catalogue, "catalogue", "read_bureau_reports", ItemCatalogue)
    if limits is not None:
        check_kind(limits, "limits", "read_bureau_reports", InputLimits)
    code = _code(currency)
    contents, name, origin, digest = _contents(data, limits or InputLimits())
    reports = [read_report(content, code) for content in contents]
    _tell_others(reports, code, name)
    table = _table(reports, contents, customers, name=name, origin=origin, digest=digest)
    columns = {item: ItemRule(item=item) for item in _ITEMS if item in catalogue}
    mapping = SourceMapping(
        source="third_party", method="data_analysis", source_name=source_name,
        customer=FieldRule(columns=("customer",)),
        true_from=FieldRule(columns=("reported_on",)),
        collected_at=FieldRule(columns=("reported_on",)) if collected_at is None else None,
        unit=FieldRule(columns=("currency",)),
        columns=columns,
    )  # fmt: skip
    noted = [
        (
            np.array([row]),
            _column(part, entry, table),
            f"{part} {entry} {reason}".replace("  ", " "),
        )
        for row, report in enumerate(reports)
        for part, entry, _, reason in report.faults
    ]
    run = Collecting(
        table=table, mapping=mapping, catalogue=catalogue,
        collected_at=file_time(collected_at), noted=noted,
    )  # fmt: skip
    return told_of(replace(run.collected(), ignored=()), strict=False)


def _code(currency: str) -> str:
    """Return the code of the currency that was given."""
    check_kind(currency, "currency", "read_bureau_reports", str)
    code = currency_code(currency)
    if currency and not code:
        msg = (
            "The 'currency' parameter of read_bureau_reports must be a currency, such as 'CNY'. "
            f"Got {currency!r}."
        )
        raise InvalidParameterError(msg)
    return code


def _tell_others(reports: Sequence[Report], code: str, name: str) -> None:
    """Warn of reports that name another currency than was given."""
    said = [split_unit(report.named)[1] for report in reports if report.named and not report.faults]
    others = [word for word in said if word != code]
    if code and others:
        msg = (
            f"{counted(len(others), 'report')} of {name} in {', '.join(sorted(set(others)))}, and "
            f"the 'currency' that was given is {code}: what a report names counts."
        )
        warn_user(msg, MixedUnitsWarning)


def _column(part: str, entry: str, table: SourceTable) -> str:
    """Return the column of an entry of the subject; other parts have many of each."""
    return entry if part in ("subject", "report") and entry in table.columns else ""


def _contents(data: Any, limits: InputLimits) -> tuple[list[Mapping[str, Any]], str, str, str]:
    """Return reports, what messages and evidence call them, and the digest."""
    if isinstance(data, (str, Path)):
        path = checked_file(data, limits)
        allowed = RowLimit.of(path, limits, "read_bureau_reports")
        raw = unpacked(path, limits)
        by_line = ending_of(path) in (".jsonl", ".ndjson")
        found = json_content(raw, path, FileForm(), allowed, by_line=by_line)
        found = found if isinstance(found, list) else [found]
        allowed.check(len(found))
        name, origin, digest = str(path), path.name, hashlib.sha256(raw).hexdigest()
    else:
        found = data if isinstance(data, list) else [data]
        text = json.dumps(found, sort_keys=True, default=str, ensure_ascii=False)
        name, origin = "the reports", ""
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    if not found or not all(isinstance(report, Mapping) for report in found):
        msg = f"{name} holds no report of a bureau, or something else than reports."
        raise DocumentError(msg)
    return found, name, origin, digest


def _table(
    reports: list[Report], contents: list[Mapping[str, Any]],
    customers: Mapping[str, str] | None, *, name: str, origin: str, digest: str,
) -> SourceTable:  # fmt: skip
    names = ("customer", "reported_on", "currency", *_ITEMS)
    columns = {
        item: pd.Series([report.entries.get(item) for report in reports], dtype=object)
        for item in names
    }
    if customers is not None:
        known = [
            report.entries["customer"] or customers.get(report.entries["identity_number"], "")
            for report in reports
        ]
        columns["customer"] = pd.Series(known, dtype=object)
    stands_for = {item: item for item in names}
    return SourceTable(
        name=name, origin=origin, columns=columns | {"report": pd.Series(contents, dtype=object)},
        places=range(1, len(reports) + 1), digest=digest, place_word="report",
        stands_for=stands_for,
    )  # fmt: skip
