"""The data-protection report: its numbers are those of its parts, and it names no customer."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from creditscore.collect import ItemCatalogue
from creditscore.exceptions import AccessDeniedError, InvalidParameterError
from creditscore.protect import (
    AccessPolicy,
    Actor,
    AuditTrail,
    Consent,
    DataProtectionReport,
    LegalHold,
    MemorySink,
    ProtectionPlan,
    SubjectRequest,
    break_glass,
    due_for_erasure,
)
from creditscore.protect._access._findings import FINDING_KINDS
from creditscore.protect._consent._report_words import COLUMNS, POLICY_ZH, TITLES

KEY = b"a secret of 16 bytes or more"
PLAN = ProtectionPlan.standard()
POLICY = AccessPolicy.standard()
CATALOGUE = ItemCatalogue.standard()
AS_OF = "2025-03-31"


def trail() -> AuditTrail:
    made = AuditTrail(MemorySink(), key=KEY, clock=lambda: dt.datetime(2025, 3, 1, tzinfo=dt.UTC))
    wei = Actor(name="wei", roles=("credit_manager",), purpose="credit decision")
    for _ in range(2):
        made.append(wei, "read", {"items": ["phone"]}, subjects=["Zhang", "Li"])
    with pytest.raises(AccessDeniedError):
        POLICY.check(wei, "erase", trail=made)
    break_glass(POLICY, wei, reason="The claim <b>falls</b> due | today.", trail=made)
    return made


def report(**kwargs: Any) -> DataProtectionReport:
    audited = trail()
    facts = pd.DataFrame({"customer": ["Zhang", "Li"], "item": "phone"})
    ended = pd.DataFrame({"relationship_ended_on": pd.to_datetime(["2022-01-31"] * 2),
                          "customer_kind": "person",
                          "action_notified_on": pd.to_datetime(["2020-01-31"] * 2)},
                         index=["Zhang", "Li"])  # fmt: skip
    hold = LegalHold(subject="Li", reason="claim 4711", placed_by="wei", starts_on="2025-01-01")
    rules = [rule for rule in PLAN.rules if "money laundering" not in rule.name]
    given: dict[str, Any] = {
        "as_of": AS_OF,
        "plan": PLAN,
        "items": CATALOGUE,
        "consents": [
            Consent(subject="Zhang", purpose="sales", given_at="2025-01-31", evidence="form 17"),
            Consent(subject="Li", purpose="sales", given_at="2025-01-31", evidence="form 18",
                    withdrawn_at="2025-03-31T12:00:00Z"),
        ],
        "requests": [
            SubjectRequest(subject="Zhang", kind="access", received_on="2025-01-31"),
            SubjectRequest(subject="Li", kind="erasure", received_on="2025-03-15"),
            SubjectRequest(subject="Li", kind="erasure", received_on="2025-04-15"),
        ],
        "holds": [hold],
        "retention": due_for_erasure(
            facts, rules, [hold], as_of=AS_OF, items=CATALOGUE, customers=ended
        ),
        "records": audited.since(),
        "trail": audited.verify(),
        "keys_made": {2: "2024-01-31", 1: dt.date(2022, 1, 31)},
        "policy": POLICY,
    }  # fmt: skip
    return DataProtectionReport(**{**given, **kwargs})


def test_the_numbers_are_those_of_the_parts() -> None:
    numbers = report().frame().set_index("measure")["value"].to_dict()
    assert numbers == {
        "purposes": 7,
        "rules of retention": 6,
        "items": len(CATALOGUE),
        "personal or sensitive items": sum(item.is_protected for item in CATALOGUE),
        "consents in force": 1,
        "requests open": 1,
        "requests overdue": 1,
        "observations due for erasure": 1,
        "observations under a hold": 1,
        "denials": 1,
        "emergencies": 1,
        "holds in force": 1,
        "findings": len(report().findings()),
    }


def test_the_tables() -> None:
    tables = report().tables()
    assert list(tables) == [
        "Purposes and lawful bases", "Items by group and sensitivity", "Rules of retention",
        "Due for erasure", "Requests of customers", "What was done, by the audit trail",
        "Denials and emergencies", "Keys", "Legal holds",
    ]  # fmt: skip
    sales = tables["Purposes and lawful bases"].set_index("name").loc["sales"]
    assert (sales["consents_in_force"], sales["consents_withdrawn"]) == (1, 1)
    items = tables["Items by group and sensitivity"]
    assert int(items.drop(columns="group").to_numpy().sum()) == len(CATALOGUE)
    done = tables["What was done, by the audit trail"].set_index("action")
    assert done.loc["read", ["records", "subjects_in_all"]].tolist() == [2, 4]
    assert tables["Denials and emergencies"]["action"].tolist() == ["denied", "break_glass"]
    assert tables["Keys"]["age_days"].tolist() == [1155, 425]
    assert tables["Due for erasure"]["status"].tolist() == ["due", "held"]


def test_the_findings() -> None:
    found = report().findings()
    assert found[:2] == (
        "1 request is overdue, the longest since 2025-02-28.",
        "1 observation is due for erasure by the rules of retention.",
    )
    assert any(one.startswith("4 records of the audit trail came after the last") for one in found)
    assert "1 emergency access is to be looked at." in found
    assert "The newest key is 425 days old; rotate it after 365." in found
    assert "1 hold is in force without an end; see whether still needed." in found
    assert any("'credit decision' builds on consent, and nobody's is in force" in f for f in found)
    assert not any("'sales'" in one or "Access policy" in one for one in found)
    assert "The newest key" not in " ".join(report(oldest_key_days=425).findings())


def test_a_broken_trail_is_told_and_one_that_nobody_verified_too() -> None:
    audited = trail()
    anchor = audited.anchor()
    cut = MemorySink()
    broken = AuditTrail(cut, key=KEY).verify(anchor)
    assert any("broken at record 1: an anchor" in one for one in report(trail=broken).findings())
    assert any("Nobody says whether" in one for one in report(trail=None).findings())
    whole = audited.verify(anchor)
    assert not any("audit trail" in one for one in report(trail=whole).findings())


def test_items_that_no_rule_erases_and_findings_of_the_policy() -> None:
    plan = ProtectionPlan(purposes=PLAN.purposes)
    alone = replace(POLICY, four_eyes=())
    found = report(plan=plan, policy=alone).findings()
    assert any(one.startswith("No rule ever erases name, name_zh") for one in found)
    assert any(one.startswith("Access policy: erase needs no second person") for one in found)


def test_no_customer_is_named_and_texts_are_escaped(tmp_path: Path) -> None:
    made = report()
    page, text = made.to_html(), made.to_markdown()
    assert page is not None
    for shown in (page, text, repr(made), made._repr_html_()):
        assert "Zhang" not in shown
    assert "&lt;b&gt;falls" in page
    assert "<b>" not in page
    assert "\\<b>falls" in text
    assert "due \\| today" in text
    assert text.startswith("# Data protection, 2025-03-31\n\nIllustration, no legal advice")
    assert page.count("<table") == len(made.tables())
    # every line of a table has the cells of its head
    for block in text.split("\n\n"):
        lines = block.splitlines()
        if lines[0].startswith("| "):
            assert len({line.replace("\\|", "").count("|") for line in lines}) == 1
    path = tmp_path / "report.html"
    made.to_html(path)
    assert path.read_text(encoding="utf-8") == page


def test_the_report_speaks_english_or_chinese() -> None:
    made = report()
    english, chinese = made.to_html() or "", made.to_html(language="zh") or ""
    assert '<html lang="en">' in english
    assert '<html lang="zh">' in chinese
    for page in (english, chinese, made.to_markdown(), made.to_markdown("zh")):
        # no names of columns or of events, no values of Python, no parts of seconds
        assert not re.search(r"[a-z]_[a-z]+</th>|_in_force|_days|True|False|_ended_on|Z<", page)
        assert "2025-03-01 00:00" in page
    assert ">Consents in force</th>" in english
    assert ">end of the relationship</td>" in english
    assert ">yes</td>" in english
    assert not re.search("[一-鿿]", re.sub("征信业管理条例", "", english))
    for word in (
        "个人信息保护报告",
        "有效的同意",
        "业务关系结束",
        "24 个月",
        "是</td>",
        "已到期",
        "1 项请求逾期未答复，最早到期日为 2025-02-28。",
        "紧急访问",
        "企业自定",
    ):
        assert word in chinese
    with pytest.raises(InvalidParameterError, match="'language' parameter of DataProtectionReport"):
        made.to_html(language="de")  # type: ignore[arg-type]


def test_every_finding_and_every_column_has_chinese() -> None:
    full = report(plan=ProtectionPlan(purposes=PLAN.purposes), policy=replace(POLICY, four_eyes=()))
    for made in (full, report(trail=None), report(trail=AuditTrail(MemorySink(), key=KEY).verify(
            trail().anchor()))):  # fmt: skip
        english, chinese = made.findings(), made.findings("zh")
        assert len(english) == len(chinese)
        assert all(re.search("[一-鿿]", one) and one.endswith("。") for one in chinese)
        assert set(made.tables()) <= set(TITLES)
        assert {name for table in made.tables().values() for name in table} <= {*COLUMNS, "text_zh"}
    assert set(POLICY_ZH) == set(FINDING_KINDS)


def test_a_report_of_a_plan_alone() -> None:
    made = DataProtectionReport(as_of=AS_OF, plan=PLAN)
    assert list(made.tables()) == ["Purposes and lawful bases", "Rules of retention"]
    assert "催收" in made.to_markdown("zh")
    assert "催收" not in made.to_markdown()
    assert made.to_html() is not None


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"as_of": "now"}, "'as_of' parameter of DataProtectionReport must be a day"),
        ({"plan": None}, "'plan' parameter of DataProtectionReport must be a ProtectionPlan"),
        ({"consents": ["X"]}, "'consents' parameter of DataProtectionReport must be a Consent"),
        ({"trail": "whole"}, "'trail' parameter of DataProtectionReport must be a TrailReport"),
        ({"keys_made": {1: "2025-04-01"}}, "has a day after 'as_of', 2025-03-31"),
        ({"oldest_key_days": 0}, "'oldest_key_days' parameter of DataProtectionReport"),
    ],
)
def test_errors(kwargs: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        report(**kwargs)
