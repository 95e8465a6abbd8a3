"""The dossier of a customer: what is in it, what it rests on, and what is not in it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pytest

from creditscore.datasets import load_trading_firm
from creditscore.exceptions import EmptyDataError, InvalidParameterError, MissingColumnError
from creditscore.expert import ExpertScorecard, MinMaxScore, Weights
from creditscore.indicators import (
    ENTERPRISE,
    FINANCIAL,
    CustomerRecords,
    peer_benchmarks,
)
from creditscore.organise import customer_records
from creditscore.report import Dossier, customer_dossier

AS_OF = "2024-06-30"
GRADES = ("AAA", "AA", "A", "BBB", "BB", "B", "CCC", "CC", "C", "D")
Of: TypeAlias = Callable[..., Dossier]
OPEN = ["not due", "1-30", "31-60", "61-90", "91+"]


def page_of(dossier: Dossier) -> str:
    page = dossier.to_html()
    assert page is not None
    return page


# --- what is in it -------------------------------------------------------------------


def test_sections_hold_what_the_store_knows(enterprise: Dossier) -> None:
    firm = load_trading_firm()
    master = firm.customers.set_index("customer").loc["C00001"]
    identity = enterprise.tables["identity"].set_index("item")["value"]
    assert identity["registration_number"] == master["registration_number"]
    assert identity["employees"] == master["employees"]
    filed = firm.statements[firm.statements["customer"] == "C00001"]
    figures = enterprise.tables["statements"].set_index("item")
    assert figures.loc["revenue"].tolist() == ["CNY", *filed["revenue"]]
    assert list(figures.columns) == ["unit", *(f"{day:%Y-%m-%d}" for day in filed["period_end"])]
    facts = enterprise.tables["facts"].set_index("item").loc["revenue"]
    assert facts["value"] == filed["revenue"].iloc[-1]
    assert facts["age_days"] == 182
    assert (facts["state"], facts["status"]) == ("fresh", "verified")
    assert (facts["source"], facts["method"]) == ("public_filing", "data_analysis")
    assert facts["evidence"] == "register#row=2&column=revenue"


def test_contradictions_become_questions(enterprise: Dossier) -> None:
    found = enterprise.tables["conflicts"].iloc[0]
    assert (found["item"], found["chosen"], found["other"]) == ("employees", 56, 400)
    asked = enterprise.tables["questions"]
    assert asked["question"].iloc[0] == "Who guarantees the loan of the parent?"
    assert asked["reason"].iloc[:2].tolist() == ["asked", "contradicted"]
    assert "Employees" in asked["question"].iloc[1]
    assert "员工人数" in asked["question_zh"].iloc[1]
    assert {"stale", "missing"} <= set(asked["reason"])
    stale = asked.loc[asked["reason"] == "stale", "question"]
    assert stale.str.contains("1712 days").all()


@pytest.mark.parametrize("customer", ["C00001", "C00009", "P00001"])
def test_what_is_open_is_what_the_ledger_says(dossier_of: Of, customer: str) -> None:
    firm = load_trading_firm()
    dossier = dossier_of(customer)
    mine = firm.invoices[firm.invoices["customer"] == customer].drop_duplicates("invoice")
    listed = dossier.tables["invoices"].set_index("record")
    assert set(listed.index) <= set(mine["invoice"])
    due = listed.loc[listed["bucket"] != "settled"]
    table = dossier.tables["exposure"]
    total = table.loc[table["bucket"] == "total"]
    assert total["n"].sum() == len(due)
    assert total["amount"].sum() == pytest.approx(due["amount"].sum())
    late = (pd.Timestamp(AS_OF) - due["due_on"]).dt.days
    bucket = pd.cut(late, [-np.inf, 0, 30, 60, 90, np.inf], labels=OPEN).astype(str)
    assert due["bucket"].tolist() == bucket.tolist()
    parts = table[table["bucket"] != "total"].groupby("bucket")["n"].sum()
    counts = due["bucket"].value_counts().reindex(parts.index, fill_value=0)
    assert parts.tolist() == counts.tolist()


def test_what_comes_later_has_not_happened(open_firm: Callable[..., Any]) -> None:
    """Settlements and grades after the day are not in a dossier of the day."""
    day = pd.Timestamp("2023-09-30")
    ratings = load_trading_firm().ratings
    given = ratings.rename(columns={"final_grade": "grade", "rated_on": "valid_from"})
    dossier = customer_dossier(open_firm(), "C00001", as_of=day, grades=given)
    for name, table in dossier.tables.items():
        for column in table.select_dtypes("datetime"):
            if column != "due_on":
                assert not (table[column] > day).any(), (name, column)
    grades = dossier.tables["grades"]
    assert grades["valid_from"].max() == pd.Timestamp("2023-06-30")
    assert grades["valid_to"].isna().all()
    assert dossier["grades"].charts == ()  # of a table nobody knows the order of grades
    assert "2023-12-31" not in dossier.tables["statements"]


def test_what_was_not_known_is_not_there(open_firm: Callable[..., Any]) -> None:
    """The statement of 2023 became known on 29 February 2024."""
    store = open_firm()
    before = customer_dossier(store, "C00001", as_of=AS_OF, known_at="2024-02-28")
    after = customer_dossier(store, "C00001", as_of=AS_OF, known_at="2024-02-29")
    assert "2023-12-31" not in before.tables["statements"]
    assert "2023-12-31" in after.tables["statements"]
    assert before.known_at == "2024-02-28T23:59:59Z"
    assert "invoices" not in before.tables  # the ledger was exported on 30 June 2024


def test_a_time_of_day_is_an_instant(open_firm: Callable[..., Any]) -> None:
    store = open_firm()
    dossier = customer_dossier(store, "C00001", as_of=AS_OF, known_at="2024-02-29T08:00+08:00")
    assert dossier.known_at == "2024-02-29T00:00:00Z"


def test_behaviour_by_hand(dossier_of: Of) -> None:
    dossier = dossier_of("C00001")
    paid = dossier.tables["invoices"]
    paid = paid[paid["settled_on"].notna()]
    late = (paid["settled_on"] - paid["due_on"]).dt.days
    told = dossier.tables["behaviour"]
    found = told[told["measure"] != "mean_days_late_amount"].set_index("measure")["value"]
    assert found["n_settled"] == len(paid)
    assert found["mean_days_late"] == pytest.approx(late.mean())
    by_amount = told[told["measure"] == "mean_days_late_amount"].set_index("currency")["value"]
    assert by_amount.index.tolist() == ["CNY", "USD"]
    for currency, mean in by_amount.items():
        mine = paid[paid["currency"] == currency]
        assert mean == pytest.approx((late * mine["amount"]).sum() / mine["amount"].sum())
    assert found["share_late"] == pytest.approx((late > 0).mean())
    assert found["worst_days_late"] == late.max()


def test_indicators_beside_peers(open_firm: Callable[..., Any]) -> None:
    store = open_firm()
    measures = FINANCIAL.only(["current_ratio", "debt_ratio", "net_margin"])
    customers = [name for name in store.customers() if name.startswith("C")]
    tables = customer_records(store, AS_OF, customers=customers)
    found = measures.compute(CustomerRecords(**tables), as_of=AS_OF)
    peers = peer_benchmarks(found, by="country", period_end=AS_OF, known_on=AS_OF)
    dossier = customer_dossier(store, "C00001", as_of=AS_OF, indicators=measures, peers=peers)
    table = dossier.tables["indicators"].set_index("indicator")
    own = found.values.loc["C00001"]
    for name in table.index:
        median = float(peers[f"{name}_median"].iloc[0])
        assert table.loc[name, "value"] == own[name]
        assert table.loc[name, "against_peers"] == pytest.approx(own[name] - median)
        safer = own[name] < median if name == "debt_ratio" else own[name] > median
        assert (table.loc[name, "place"] > 0) == safer
    basis = dossier["indicators"].basis["value"][table.index.get_loc("current_ratio")]
    appendix = dossier.tables["observations"].set_index("observation")["item"]
    assert {appendix[int(place[1:])] for place in basis} == {
        "current_assets", "current_liabilities",
    }  # fmt: skip


def test_peers_of_later_are_not_seen(open_firm: Callable[..., Any]) -> None:
    peers = pd.DataFrame({
        "country": ["CN"], "period_end": ["2025-01-01"], "known_on": ["2025-01-01"],
        "current_ratio_median": [1.0],
    })  # fmt: skip
    dossier = customer_dossier(open_firm(), "C00001", as_of=AS_OF, peers=peers)
    assert "median" not in dossier.tables["indicators"]


def test_peers_that_were_not_known_are_not_seen(open_firm: Callable[..., Any]) -> None:
    peers = pd.DataFrame({
        "country": ["CN"], "period_end": ["2024-03-31"], "known_on": ["2024-05-15"],
        "current_ratio_median": [1.0],
    })  # fmt: skip
    store = open_firm()
    for known_at, seen in (("2024-05-14", False), ("2024-05-15", True)):
        dossier = customer_dossier(
            store, "C00001", as_of=AS_OF, known_at=known_at, peers=peers,
            indicators=FINANCIAL.only(["current_ratio"]),
        )  # fmt: skip
        assert ("median" in dossier.tables["indicators"]) == seen


def card() -> ExpertScorecard:
    return ExpertScorecard(
        subscores={
            "current_ratio": MinMaxScore(low=0, high=3), "employees": MinMaxScore(low=0, high=200)
        },
        weights=Weights.of({"current_ratio": 3, "employees": 1}),
    )  # fmt: skip


def test_scores_add_up(open_firm: Callable[..., Any]) -> None:
    dossier = customer_dossier(open_firm(), "C00001", as_of=AS_OF, scorecard=card())
    table = dossier.tables["scores"].set_index("characteristic")
    value = dossier.tables["indicators"].set_index("indicator").loc["current_ratio", "value"]
    by_hand = 75 * value / 3 + 25 * 56 / 200
    assert table.loc["total", "points"] == pytest.approx(by_hand, abs=0.01)
    assert table["points"].drop("total").sum() == pytest.approx(by_hand)
    points = dossier["scores"].basis["points"]
    assert points[0] == ("i-current_ratio",)
    assert points[-2:] == [(), (*points[0], *points[1])]


def test_grades_have_a_path(enterprise: Dossier) -> None:
    ratings = load_trading_firm().ratings
    mine = ratings[ratings["customer"] == "C00001"].sort_values("rated_on")
    assert enterprise.tables["grades"]["grade"].tolist() == mine["final_grade"].tolist()
    chart = enterprise["grades"].charts[0]
    assert chart.values == tuple(float(GRADES.index(grade)) for grade in mine["final_grade"])
    assert enterprise.tables["grades"]["valid_to"].iloc[-1:].isna().all()


def test_a_group_goes_up_and_down(dossier_of: Of) -> None:
    owners = load_trading_firm().customers.set_index("customer")["parent"].dropna()
    child, parent = str(owners.index[0]), str(owners.iloc[0])
    of_child = dossier_of(child).tables["group_tree"]
    assert of_child["relation"].tolist()[:2] == ["parent", "itself"]
    assert of_child["customer"].tolist()[:2] == [parent, child]
    of_parent = dossier_of(parent)
    table = of_parent.tables["group_tree"].set_index("customer")
    assert table.loc[child, "relation"] == "subsidiary"
    # the child's own observation is in the appendix
    appendix = of_parent.tables["observations"]
    assert child in set(appendix.loc[appendix["item"] == "parent", "customer"])


def test_contacts_are_those_of_the_customer_up_to_the_day(enterprise: Dossier) -> None:
    log = load_trading_firm().contacts
    mine = log[log["customer"] == "C00001"]
    table = enterprise.tables["contacts"]
    assert int(table["channel"].notna().sum()) == len(mine)
    assert table["at"].is_monotonic_decreasing
    assert "interview" in set(table["method"])


def test_four_principles_are_shares(enterprise: Dossier) -> None:
    found = enterprise.tables["principles"].set_index("principle")["number"]
    facts = enterprise.tables["facts"]
    assert 0 < found["current"] < found["complete"] < 1
    assert 0 < found["objective"] <= 1
    assert np.isnan(found["confidential"])  # an analyst may not audit
    assert len(facts)


# --- what a role does not see --------------------------------------------------------


def protected_texts(customer: str) -> dict[str, str]:
    row = load_trading_firm().customers.set_index("customer").loc[customer]
    names = ("name", "name_zh", "phone", "email", "address", "identity_number")
    return {name: str(row[name]) for name in names if isinstance(row[name], str)}


@pytest.mark.parametrize("customer", ["C00001", "P00001"])
def test_no_unauthorised_field_is_in_the_bytes(
    dossier_of: Of, tmp_path: Path, customer: str
) -> None:
    """An auditor sees masks; a data scientist masks of what is not sensitive, and not the rest."""
    texts = protected_texts(customer)
    assert texts["phone"] in page_of(dossier_of(customer))
    for role in ("auditor", "data_scientist"):
        dossier = dossier_of(customer, role, "both")
        path = tmp_path / f"{role}.html"
        assert dossier.to_html(path) is None
        shown = path.read_bytes().decode() + dossier._repr_html_() + repr(dossier)
        held = "".join(table.to_csv() for table in dossier.tables.values())
        for name, text in texts.items():
            assert text not in shown, (role, name)
            assert text not in held, (role, name)
        assert "•••" in shown
        assert "owes 3,000" not in shown
        assert "Sound" not in shown


def test_numbers_of_a_person_are_not_in_the_bytes(dossier_of: Of) -> None:
    person = load_trading_firm().applications.set_index("customer").loc["P00003"]
    amounts = {f"{int(person[name]):,}" for name in ("savings", "monthly_income")}
    amounts |= {f"{person[name]:.0f}" for name in ("savings", "monthly_living_costs")}
    clear = dossier_of("P00003")
    assert f"{int(person['savings']):,}" in page_of(clear)
    assert "monthly_income" in set(clear.tables["indicators"]["indicator"])
    for role in ("sales", "auditor", "collector"):
        dossier = dossier_of("P00003", role)
        cells = [str(cell) for table in dossier.tables.values() for cell in table.to_numpy().flat]
        page = page_of(dossier)
        for amount in amounts:
            assert not re.search(rf"(?<![\d,.]){amount}(?![\d,.])", page), (role, amount)
            assert amount not in cells
        assert "monthly_income" not in page
        assert "Income of a month" not in page or role == "auditor"


def test_hidden_items_are_absent_by_name(dossier_of: Of) -> None:
    """Sales may not read the number of the identity card, not even masked."""
    dossier = dossier_of("P00001", "sales", "both")
    page = page_of(dossier)
    for name in ("identity_number", "身份证", "identity card", "birth_year", "note.text"):
        assert name not in page
    assert "opinion" not in dossier.tables
    assert "identity_number" not in dossier.labels


def test_a_score_of_hidden_inputs_is_not_told(open_firm: Callable[..., Any]) -> None:
    scorecard = ExpertScorecard(
        subscores={"savings": MinMaxScore(low=0, high=1e6)}, weights=Weights.of({"savings": 1})
    )
    seen = customer_dossier(open_firm(), "P00003", as_of=AS_OF, scorecard=scorecard)
    assert "scores" in seen.tables
    for role, purpose in (("sales", "sales"), ("auditor", "audit")):
        store = open_firm(role, purpose)
        hidden = customer_dossier(store, "P00003", as_of=AS_OF, scorecard=scorecard)
        assert "scores" not in hidden.tables


def test_masked_values_neither_agree_nor_contradict(dossier_of: Of) -> None:
    dossier = dossier_of("C00001", "auditor", "both")
    assert len(dossier.tables["conflicts"]) == 0
    assert set(dossier.tables["identity"]["status"]) == {"masked"}
    asked = dossier.tables["questions"]
    assert not asked["question"].str.contains("Kind of customer").any()


def test_confirmed_items_that_are_hidden_are_not_told(open_firm: Callable[..., Any]) -> None:
    log = pd.DataFrame({
        "customer": ["P00001"], "at": ["2024-05-01T10:00"], "by": ["S01"],
        "confirmed": ["phone; identity_number"], "remark": ["a secret"],
    })  # fmt: skip
    store = open_firm("sales", "sales")
    dossier = customer_dossier(store, "P00001", as_of=AS_OF, contacts=log)
    told = dossier.tables["contacts"]
    assert "phone" in set(told["confirmed"])
    assert "a secret" not in page_of(dossier)
    assert "identity_number" not in page_of(dossier)


def test_confidentiality_is_for_those_who_audit(dossier_of: Of) -> None:
    dossier = dossier_of("C00001", "auditor", "both")
    found = dossier.tables["principles"].set_index("principle")["number"]
    assert found["confidential"] == 1.0


def test_one_record_a_dossier(open_firm: Callable[..., Any]) -> None:
    store, auditor = open_firm(), open_firm("auditor", "audit")
    n_before = len(list(auditor.trail.since()))
    dossier = customer_dossier(store, "P00001", as_of=AS_OF)
    dossier.to_html()
    dossier._repr_html_()
    records = list(auditor.trail.since(n_before))
    made = [record for record in records if record.action == "dossier"]
    assert len(made) == 1
    assert (made[0].actor, made[0].purpose, made[0].n_subjects) == ("ana", "credit decision", 1)
    assert made[0].details["as_of"] == AS_OF
    assert "phone" in made[0].details["items"]
    assert made[0].details["masked"] == ["identity_number"]
    assert "P00001" not in str(made[0].details)
    # no other person's protected facts were read for it
    assert all(record.n_subjects <= 1 for record in records if record.action == "read")
    assert auditor.trail.verify().is_whole


def test_a_dossier_is_recorded_of_all_whom_it_tells_of(open_firm: Callable[..., Any]) -> None:
    owners = load_trading_firm().customers.set_index("customer")["parent"].dropna()
    store = open_firm()
    dossier = customer_dossier(store, str(owners.iloc[0]), as_of=AS_OF)
    told = set(dossier.tables["observations"]["customer"])
    assert len(told) > 1
    records = open_firm("auditor", "audit").trail.table()
    assert records.loc[records["action"] == "dossier", "n_subjects"].iloc[-1] >= len(told)


# --- errors --------------------------------------------------------------------------


def test_errors(open_firm: Callable[..., Any]) -> None:
    store = open_firm()
    with pytest.raises(InvalidParameterError, match="no customer 'X9'"):
        customer_dossier(store, "X9", as_of=AS_OF)
    with pytest.raises(EmptyDataError, match="Nothing is known of customer 'C00001' on 1990"):
        customer_dossier(store, "C00001", as_of="1990-01-01")
    with pytest.raises(InvalidParameterError, match="'language' parameter"):
        customer_dossier(store, "C00001", as_of=AS_OF, language="fr")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="'known_at' parameter"):
        customer_dossier(store, "C00001", as_of=AS_OF, known_at="soon")
    with pytest.raises(InvalidParameterError, match="must be a Scorecard or an ExpertScorecard"):
        customer_dossier(store, "C00001", as_of=AS_OF, scorecard=3)  # type: ignore[arg-type]
    grades = pd.DataFrame({"customer": ["C00001"], "grade": ["A"]})
    with pytest.raises(MissingColumnError, match="the columns 'valid_from' are not in it"):
        customer_dossier(store, "C00001", as_of=AS_OF, grades=grades)
    with pytest.raises(InvalidParameterError, match="must be a RatingHistory or its table"):
        customer_dossier(store, "C00001", as_of=AS_OF, grades=["A"])  # type: ignore[arg-type]
    with pytest.raises(MissingColumnError, match="'peers' of customer_dossier must be a table"):
        customer_dossier(store, "C00001", as_of=AS_OF, peers=pd.DataFrame({"x": [1]}))
    peers = pd.DataFrame({"known_on": [AS_OF], "period_end": [AS_OF]})
    with pytest.raises(MissingColumnError, match="a column of industry, region, country"):
        customer_dossier(store, "C00001", as_of=AS_OF, peers=peers)
    with pytest.raises(
        InvalidParameterError, match="'indicators' parameter of customer_dossier must be"
    ):
        customer_dossier(store, "C00001", as_of=AS_OF, indicators="all")  # type: ignore[arg-type]
    with pytest.raises(MissingColumnError, match="the columns 'at' are not in it"):
        customer_dossier(
            store, "C00001", as_of=AS_OF, contacts=pd.DataFrame({"customer": ["C00001"]})
        )
    with pytest.raises(InvalidParameterError, match="There is no section 'fact'"):
        customer_dossier(store, "C00001", as_of=AS_OF)["fact"]


def test_what_is_wrong_is_said_before_anything_is_read(open_firm: Callable[..., Any]) -> None:
    store, auditor = open_firm(), open_firm("auditor", "audit")
    n_before = len(list(auditor.trail.since()))
    with pytest.raises(InvalidParameterError, match="must be a Scorecard"):
        customer_dossier(store, "P00001", as_of=AS_OF, scorecard="card")  # type: ignore[arg-type]
    assert len(list(auditor.trail.since())) == n_before


def test_reports_can_be_imported_without_the_extras() -> None:
    blocked = "import sys; sys.modules['sqlalchemy'] = None; sys.modules['cryptography'] = None"
    code = f"{blocked}; import creditscore.report as r; print(r.DossierSection.__name__)"
    done = subprocess.run(  # noqa: S603 - a fixed program
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "DossierSection\n"), done.stderr


def test_a_purpose_is_needed_and_counts(open_firm: Callable[..., Any]) -> None:
    with pytest.raises(InvalidParameterError, match="is for a purpose"):
        customer_dossier(open_firm("analyst", ""), "C00001", as_of=AS_OF)
    with pytest.raises(EmptyDataError, match="another role or purpose"):
        customer_dossier(open_firm("analyst", "sales"), "C00001", as_of=AS_OF)
    with pytest.raises(EmptyDataError, match="another role or purpose"):
        customer_dossier(open_firm("nobody", "sales"), "C00001", as_of=AS_OF)


def test_a_merged_customer_has_one_dossier(open_firm: Callable[..., Any]) -> None:
    store = open_firm()
    store.link("C00002", "C00009", "the same firm")
    merged = customer_dossier(store, "C00009", as_of=AS_OF)
    mine = load_trading_firm().invoices
    both = mine.loc[mine["customer"].isin(["C00002", "C00009"]), "invoice"]
    listed = set(merged.tables["invoices"]["record"])
    assert listed & set(mine.loc[mine["customer"] == "C00002", "invoice"])
    assert listed <= set(both)
    # indicators are of both as well
    tables = customer_records(store, AS_OF, "2099-01-01", customers=["C00009"], resolve=True)
    late = ENTERPRISE.only(["average_days_late"]).compute(CustomerRecords(**tables), as_of=AS_OF)
    found = merged.tables["indicators"].set_index("indicator")["value"]
    assert found["average_days_late"] == late.values.loc["C00009", "average_days_late"]
    behaviour = merged.tables["behaviour"].set_index("measure")["value"]
    assert len(tables["ledger"]) > behaviour["n_settled"] > 10
    with pytest.raises(InvalidParameterError, match="'C00002' is merged into 'C00009'"):
        customer_dossier(store, "C00002", as_of=AS_OF)
