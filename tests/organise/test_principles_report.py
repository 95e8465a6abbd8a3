"""The report of the four principles, and the planted errors that it finds again."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from creditscore.collect import Observations, SourceMapping, read_source
from creditscore.datasets import (
    TradingFirm,
    load_trading_firm,
    trading_firm_mappings,
    trading_firm_path,
)
from creditscore.exceptions import AlteredDocumentError, InvalidDataError, InvalidParameterError
from creditscore.organise import (
    PrincipleFinding,
    PrinciplesDisplay,
    PrinciplesReport,
    access_review,
    completeness,
    file_coverage,
    freshness,
    objectivity,
    override_bias,
    principles_report,
    rater_severity,
)
from creditscore.organise._principles._finding_text import TEXTS
from creditscore.protect import AccessPolicy, Grant, Role

AS_OF = "2024-06-30"


def firm_observations(customers: pd.DataFrame) -> Observations:
    """Return what the firm knows of its customers, by the mappings of the sample."""
    parts = []
    for name in ("customers", "customers_unverified", "statements", "questionnaires"):
        table = trading_firm_path(name.removesuffix("_unverified"))
        mapping = SourceMapping.from_yaml(trading_firm_mappings()[name])
        with warnings.catch_warnings(action="ignore"):
            parts.append(read_source(table, mapping).observations)
    whole = Observations.concat(parts)
    once = whole.table["customer"].isin(list(customers["customer"]))
    return Observations(table=whole.table[once].reset_index(drop=True), catalogue=whole.catalogue)


@pytest.fixture(scope="module")
def firm() -> TradingFirm:
    return load_trading_firm()


@pytest.fixture(scope="module")
def customers(firm: TradingFirm) -> pd.DataFrame:
    return firm.customers[~firm.customers["customer"].str.startswith("D")]


@pytest.fixture(scope="module")
def observations(customers: pd.DataFrame) -> Observations:
    return firm_observations(customers)


@pytest.fixture(scope="module")
def report(
    firm: TradingFirm, customers: pd.DataFrame, observations: Observations
) -> PrinciplesReport:
    rules = firm.access_rules.groupby("role")
    roles = tuple(
        Role(name=str(role), grants=(Grant(
            actions=("read",), items=tuple(rows["item"]), purposes=tuple(set(rows["purpose"])),
        ),))
        for role, rows in rules
    )  # fmt: skip
    policy = AccessPolicy(roles=roles, purposes=tuple(firm.access_rules["purpose"].unique()))
    known = firm.performance[firm.performance["month_end"] <= AS_OF]
    balance = known.groupby("customer")["balance"].last()
    ledger = customers[["customer", "kind", "size", "region"]].assign(
        exposure=customers["customer"].map(balance).fillna(0.0)
    )
    marks = ["order", "stock_condition", "equipment", "staff_morale", "management"]
    visits = firm.visits.melt(["customer", "visitor"], marks, value_name="score").dropna()
    visits["customer"] = visits["customer"] + visits["variable"]
    grades = ["AAA", "AA", "A", "BBB", "BB", "B", "CCC", "CC", "C", "D"]
    place = {grade: k for k, grade in enumerate(grades)}
    ratings = firm.ratings
    overrides = pd.DataFrame({
        "analyst": ratings["analyst"], "is_bad": ratings["is_bad_later"], "prob_default": 0.1,
        "notches": ratings["model_grade"].map(place) - ratings["final_grade"].map(place),
    })  # fmt: skip
    facts = freshness(observations, as_of=AS_OF)
    return principles_report(
        facts,
        complete=completeness(facts, traits=ledger[["customer", "region"]]),
        objective=objectivity(observations, as_of=AS_OF),
        accesses=access_review(firm.access_log, policy),
        files=file_coverage(ledger, firm.files.set_index("customer")["reviewed_on"], as_of=AS_OF),
        severity=rater_severity(visits.rename(columns={"visitor": "rater"})),
        overrides=override_bias(overrides),
    )


def found(report: PrinciplesReport, code: str) -> list[dict[str, Any]]:
    return [dict(finding.values) for finding in report.findings if finding.code == code]


def test_planted_errors_of_each_kind_are_in_the_report(
    report: PrinciplesReport, firm: TradingFirm
) -> None:
    n = firm.planted["kind"].value_counts()
    assert found(report, "no_file")[0]["n"] == n["missing file"]
    assert "west" in found(report, "file_bias")[0]["level"]
    assert found(report, "stale_file")[0]["n"] == n["stale file"]
    breaches = sum(one["n"] for one in found(report, "breach"))
    volume = [(one["actor"], one["n"]) for one in found(report, "volume")]
    assert volume == [("S02", 12)]
    assert breaches + 12 == n["unauthorised read"]
    assert {one["who"] for one in found(report, "rater")} == {"V03", "V05"}
    assert [one["who"] for one in found(report, "overrides")] == ["A04"]
    assert found(report, "own_word")[0]["n"] == n["self-declared only"]


def test_planted_unverified_values_and_self_declared_customers_are_found(
    firm: TradingFirm, observations: Observations
) -> None:
    facts = objectivity(observations, as_of=AS_OF)
    planted = firm.planted.groupby("kind")["key"].agg(set)
    names = facts.table[facts.table["item"] == "phone"].set_index("customer")["status"]
    assert set(names.index[names == "unverified"]) == planted["unverified value"]
    answers = firm.questionnaires.set_index("questionnaire")["customer"]
    assert set(facts.own_word_only()) == set(answers[list(planted["self-declared only"])])


def test_planted_missing_items_are_missing_in_the_file(
    firm: TradingFirm, observations: Observations
) -> None:
    planted = firm.planted[
        (firm.planted["kind"] == "missing item") & (firm.planted["table"] == "statements")
    ]
    rows = firm.statements.set_index("statement").loc[planted["key"]]
    latest = firm.statements.groupby("customer")["period_end"].max()
    is_last = rows["period_end"].to_numpy() == latest[rows["customer"]].to_numpy()
    told_on = observations.table.loc[
        observations.table["true_from"] == pd.Timestamp("2023-12-31"), ["customer", "item"]
    ]
    there = set(told_on.astype(str).itertuples(index=False, name=None))
    pairs = list(zip(rows["customer"], planted["column"], strict=True))
    missed = [pair for pair, last in zip(pairs, is_last, strict=True) if last]
    assert missed
    facts = freshness(observations, as_of=AS_OF).table.set_index(["customer", "item"])
    # what a later statement lacks is known of an earlier year only, if at all
    ages = facts.loc[[p for p in missed if p not in there], "age_days"]
    assert (ages.isna() | (ages > 365)).all()


def test_the_four_numbers_follow_from_the_customers(report: PrinciplesReport) -> None:
    numbers = report.overall["number"]
    assert numbers.between(0, 1).all()
    customers = report.customers
    for name in ("complete", "current"):
        assert numbers[name] == pytest.approx(customers[name].mean())
        by_exposure = np.average(customers[name], weights=customers["exposure"])
        assert report.overall.loc[name, "by_exposure"] == pytest.approx(by_exposure)
    figures = report.figures.set_index("measure")["value"]
    parts = [figures["verified"], figures["not the customer's own word"],
             1 - figures["variance that hangs on the rater"]]  # fmt: skip
    assert numbers["objective"] == pytest.approx(np.mean(parts))
    assert numbers["confidential"] == pytest.approx(1 - 22 / 812)
    assert (customers["current"] <= customers["complete"] + 1e-12).all()


def test_customers_without_a_file_count_nothing(
    report: PrinciplesReport, firm: TradingFirm
) -> None:
    planted = firm.planted.loc[firm.planted["kind"] == "missing file", "key"]
    assert (report.customers.loc[list(planted), ["complete", "current"]] == 0).all(axis=None)


def test_by_a_trait_and_the_lowest(report: PrinciplesReport, customers: pd.DataFrame) -> None:
    region = customers.set_index("customer")["region"]
    by = report.by(region[region != "north"])
    assert by["n"].sum() == len(customers)
    assert by.loc["west", "complete"] < by.loc["south", "complete"]
    assert by.loc["(not known)", "n"] == (region == "north").sum()
    lowest = report.lowest(3)
    assert len(lowest) == 3
    mean = report.customers.iloc[:, :4].mean(axis=1)
    assert mean[lowest.index].max() <= mean.drop(lowest.index).min()


def test_customers_of_a_ledger_may_be_numbers() -> None:
    observations = Observations.from_frame(pd.DataFrame({
        "customer": [7, 8], "item": "phone", "value": "1", "true_from": "2024-01-01",
        "source": "internal_record", "method": "interview", "collected_at": "2024-01-01",
    }))  # fmt: skip
    ledger = pd.DataFrame({"customer": [7.0, 8.0], "exposure": [30.0, 10.0]})
    files = file_coverage(ledger, {7: "2024-01-01"}, as_of=AS_OF)
    assert files.table["state"].to_dict() == {"7": "current", "8": "missing"}
    facts = freshness(observations, as_of=AS_OF)
    report = principles_report(facts, exposure={7: 30.0, 8: 10.0})
    assert report.customers["exposure"].to_dict() == {"7": 30.0, "8": 10.0}
    assert report.overall.loc["complete", "by_exposure"] > 0
    by = report.by(pd.Series({7: "west", 8: None}))
    assert by["n"].to_dict() == {"(not known)": 1, "west": 1}
    with pytest.raises(InvalidDataError, match="'trait' of PrinciplesReport"):
        report.by({"A": "west"})
    with pytest.raises(InvalidDataError, match="'exposure' of principles_report is known"):
        principles_report(facts, exposure={"A": 5.0})


def test_findings_are_in_the_order_of_their_severity(report: PrinciplesReport) -> None:
    rank = [("error", "doubt", "note").index(finding.severity) for finding in report.findings]
    assert rank == sorted(rank)


def test_the_document_comes_back_whole(report: PrinciplesReport, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    report.to_json(path)
    back = PrinciplesReport.from_json(path)
    assert back.to_json() == report.to_json()
    for name in ("overall", "customers", "groups", "figures"):
        pd.testing.assert_frame_equal(
            getattr(back, name), getattr(report, name), check_names=False, check_index_type=False
        )
    assert back.to_html(language="zh") == report.to_html(language="zh")
    path.write_text(path.read_text(encoding="utf-8").replace("V03", "V04"), encoding="utf-8")
    with pytest.raises(AlteredDocumentError, match="does not match"):
        PrinciplesReport.from_json(path)


def test_pages_in_two_languages_need_nothing_else(report: PrinciplesReport, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    assert report.to_html(path) is None
    page = path.read_text(encoding="utf-8")
    assert page == report.to_html()
    assert "overrides of A04 are one-sided" in page
    for word in ("http", "<script", "src="):
        assert word not in page
    chinese = report.to_html(language="zh") or ""
    assert 'lang="zh"' in chinese
    assert "信用档案四项原则" in chinese
    assert "没有档案" in report.to_markdown("zh")
    assert report.to_markdown().count("\n| confidential |") >= 2


def test_reading_a_report_changes_nothing_of_it(report: PrinciplesReport) -> None:
    before, figures = report.to_json(), report.figures.copy()
    report.to_markdown("zh")
    report.to_html(language="zh")
    pd.testing.assert_frame_equal(report.figures, figures)
    assert report.to_json() == before


def test_no_markup_of_names_reaches_the_page() -> None:
    bad = "<b>|x"
    observations = Observations.from_frame(pd.DataFrame({
        "customer": [bad], "item": "phone", "value": "1", "true_from": "2024-01-01",
        "source": "internal_record", "method": "interview", "collected_at": "2024-01-01",
    }))  # fmt: skip
    report = principles_report(freshness(observations, as_of=AS_OF))
    assert "<b>|x" not in (report.to_html() or "")
    assert "&lt;b&gt;|x" in (report.to_html() or "")
    assert r"\<b>\|x" in report.to_markdown()


def test_what_is_not_given_is_not_known(observations: Observations) -> None:
    report = principles_report(freshness(observations, as_of=AS_OF))
    assert report.overall["number"].isna().to_dict() == {
        "complete": False, "current": False, "confidential": True, "objective": True,
    }  # fmt: skip
    assert found(report, "no_accesses") == [{}]
    assert "objective not known" in repr(report)
    assert PrinciplesReport.from_json(report.to_json()).to_json() == report.to_json()
    assert PrinciplesDisplay.from_report(report).plot().axes_[2].texts[0].get_text() == (
        "no numbers by customer"
    )


def test_parts_of_another_kind_are_refused(observations: Observations) -> None:
    facts = freshness(observations, as_of=AS_OF)
    with pytest.raises(InvalidParameterError, match="'accesses'"):
        principles_report(facts, accesses=facts)  # type: ignore[arg-type]
    with pytest.raises(InvalidDataError, match="override_bias"):
        principles_report(facts, overrides=pd.DataFrame({"analyst": []}))
    with pytest.raises(InvalidDataError, match="exposure of customer"):
        principles_report(facts, exposure={"C00001": -1})


def test_few_overrides_are_told_and_not_judged(observations: Observations) -> None:
    few = override_bias(pd.DataFrame({
        "analyst": ["Li"] * 2, "notches": [1, 1], "prob_default": 0.1, "is_bad": [1, 1],
    }))  # fmt: skip
    report = principles_report(freshness(observations, as_of=AS_OF), overrides=few)
    assert found(report, "overrides") == []
    assert found(report, "few_overrides") == [{"n": 1}]


class _Any(dict[str, Any]):
    def __missing__(self, key: str) -> Any:
        numbers = ("share", "others", "exposure", "effect", "raised_expected", "lowered_expected")
        return 1.0 if key in numbers else "x"


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_each_kind_of_finding_has_both_languages(code: str) -> None:
    _, severity, what, advice, what_zh, advice_zh = TEXTS[code]
    assert severity in ("error", "doubt", "note")
    for english, chinese in ((what, what_zh), (advice, advice_zh)):
        assert english.isascii()
        assert not chinese.isascii()
    names = {part.split(":")[0] for part in what.replace("}", "{").split("{")[1::2]}
    names_zh = {part.split(":")[0] for part in what_zh.replace("}", "{").split("{")[1::2]}
    assert names_zh <= names
    finding = PrincipleFinding(code=code, values={name: _Any()[name] for name in names})
    assert "{" not in finding.told("zh") + finding.told()


def test_chinese_says_all_its_words_and_leaves_names_alone() -> None:
    breach = PrincipleFinding(code="breach", values={"actor": "role", "n": 3,
                                                     "kind": "role, own file"})  # fmt: skip
    assert breach.told("zh") == "role 有 3 次越权读取（角色、本人或关联客户）"
    whole = PrincipleFinding(code="breach", values={"actor": "identity", "n": 1,
                                                    "kind": "volume, role, purpose"})  # fmt: skip
    assert whole.told("zh") == "identity 有 1 次越权读取（异常数量、角色、目的）"
    bias = PrincipleFinding(code="item_bias", values={
        "item": "any of financial", "direction": "less often", "trait": "region × size",
        "level": "(not known), role", "share": 0.1, "others": 0.2,
    })  # fmt: skip
    assert bias.told("zh") == (
        "region × size 为 （未知）, role 时，任一财务项 缺失更少：10%，其他客户为 20%"
    )
    kind = PrincipleFinding(code="overrides", values={
        "who": "Li", "verdict": "one-sided, too kind", "raised": 20, "raised_bad": 9,
        "raised_expected": 2.0, "lowered": 0, "lowered_bad": 0, "lowered_expected": 0.0,
    })  # fmt: skip
    assert kind.told("zh").startswith(
        "Li 的人工调整单向、过于宽松：上调 20 次（违约 9 个，模型预计 2.0 个）"
    )


def test_findings_and_languages_that_there_are_not() -> None:
    with pytest.raises(InvalidParameterError, match="no finding 'nofile'"):
        PrincipleFinding(code="nofile", values={})
    finding = PrincipleFinding(code="no_accesses", values={})
    with pytest.raises(InvalidParameterError, match="language"):
        finding.told("de")  # type: ignore[arg-type]
    assert repr(replace(finding)) == (
        "<PrincipleFinding: confidential, note: nobody looked at who read what>"
    )


def test_the_picture_has_its_numbers(report: PrinciplesReport) -> None:
    display = PrinciplesDisplay.from_report(report).plot()
    frame = display.frame()
    for name, panel in zip(report.overall.index, display.axes_, strict=True):
        rows = frame[frame["principle"] == name]
        assert [bar.get_height() for bar in panel.patches] == rows["n"].tolist()
        assert rows["n"].sum() == report.customers[name].notna().sum()
        assert panel.lines[0].get_xdata()[0] == pytest.approx(report.overall.loc[name, "number"])
    with pytest.raises(InvalidParameterError, match="PrinciplesReport"):
        PrinciplesDisplay.from_report(None)  # type: ignore[arg-type]
