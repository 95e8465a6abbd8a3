"""Consents, purposes, requests, correction, and all that is known of a customer."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from creditscore.exceptions import (
    AccessDeniedError,
    ErasedSubjectError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
    StoreError,
    WithheldValuesWarning,
)
from creditscore.organise import CustomerStore, SubjectAccess
from creditscore.organise._guard import _purpose_limit
from creditscore.protect import (
    AccessPolicy,
    Actor,
    Consent,
    KeyRing,
    ProtectionPlan,
    SubjectRequest,
)
from guarded import ANA, BO, GUARDED, OLE, PLAN, POLICY, SECRETS, approved, guarded_facts
from stores import facts

New = Callable[..., CustomerStore]
PERSON = "P-4711"


@pytest.fixture
def opened(new_place: Callable[[], Any]) -> Iterator[Callable[[Actor], CustomerStore]]:
    """Give what opens one store of several actors."""
    place, keys = new_place(), KeyRing.generate()
    with CustomerStore.create(place, GUARDED, keys=keys, policy=POLICY, actor=ANA) as store:
        store.load(guarded_facts())
    with CustomerStore.open(place, keys=keys, actor=OLE) as store:
        store.change_plan(PLAN)
    made: list[CustomerStore] = []

    def open_(actor: Actor) -> CustomerStore:
        made.append(CustomerStore.open(place, keys=keys, actor=actor))
        return made[-1]

    yield open_
    for store in made:
        store.close()


Opened = Callable[[Actor], CustomerStore]


def test_without_consent_values_of_persons_are_left_out(opened: Opened) -> None:
    bo = opened(BO)
    with pytest.warns(WithheldValuesWarning, match="values of 2 customer.s. are left out"):
        table = bo.snapshot("2024-06-01")
    # the name of a firm is no person's; what is not protected is there
    assert table.loc["F-1", "name"] == "Trade Ltd"
    assert table.loc[[PERSON, "P-4712"], "name"].isna().all()
    assert table.loc[PERSON, "industry"] == "retail"
    with pytest.raises(AccessDeniedError, match="they gave no consent to the purpose 'selling'"):
        bo.snapshot("2024-06-01", customers=[PERSON])
    denied = list(opened(OLE).trail.since())[-1]
    assert (denied.action, denied.n_subjects) == ("denied", 1)
    # other items of the same customers need none
    assert len(bo.snapshot("2024-06-01", items=["industry"], customers=[PERSON])) == 1
    # credit builds on a contract
    assert opened(ANA).snapshot("2024-06-01").loc[PERSON, "name"] == SECRETS[0]


def test_a_denial_is_recorded_where_a_file_has_no_log(tmp_path: Path) -> None:
    """As a backup has none, and no file that was restored by an older version."""
    place, keys = tmp_path / "a.db", KeyRing.generate()
    with CustomerStore.create(place, GUARDED, keys=keys, policy=POLICY, actor=ANA) as store:
        store.load(guarded_facts())
    with CustomerStore.open(place, keys=keys, actor=OLE) as store:
        store.change_plan(PLAN)
    with closing(sqlite3.connect(place)) as file:
        assert file.execute("PRAGMA journal_mode=DELETE").fetchone() == ("delete",)
    with (
        CustomerStore.open(place, keys=keys, actor=BO, busy_seconds=0.1) as store,
        pytest.raises(AccessDeniedError, match="of 1 customer"),
    ):
        store.snapshot("2024-06-01", customers=[PERSON])
    with CustomerStore.open(place, keys=keys, actor=OLE) as store:
        assert list(store.trail.since())[-1].action == "denied"


def test_consent_opens_and_its_withdrawal_closes(opened: Opened) -> None:
    ole, bo = opened(OLE), opened(BO)
    ole.record_consent(
        Consent(subject=PERSON, purpose="selling", given_at="2024-01-01", evidence="form 17")
    )
    assert bo.snapshot("2024-06-01", customers=[PERSON]).loc[PERSON, "name"] == SECRETS[0]
    with pytest.warns(WithheldValuesWarning, match="values of 1 customer"):
        assert bo.observations(items=["name"])["customer"].tolist() == [PERSON, "F-1"]
    ole.withdraw_consent(PERSON, "selling")
    with pytest.raises(AccessDeniedError, match="no consent"):
        bo.snapshot("2024-06-01", customers=[PERSON])
    (consent,) = ole.consents()
    assert consent.withdrawn_at is not None
    with pytest.raises(StoreError, match="no consent of this customer to 'selling'"):
        ole.withdraw_consent(PERSON, "selling")
    # given again, it holds again; one that was given before it was withdrawn does not
    again = Consent(subject=PERSON, purpose="selling", given_at="2024-02-01", evidence="form 18")
    ole.record_consent(again)
    with pytest.raises(AccessDeniedError, match="no consent"):
        bo.snapshot("2024-06-01", customers=[PERSON])
    ole.record_consent(replace(again, given_at=pd.Timestamp.now("UTC")))
    assert len(bo.snapshot("2024-06-01", customers=[PERSON])) == 1
    with pytest.raises(AccessDeniedError, match="bo was denied 'consent'"):
        bo.record_consent(consent)
    with pytest.raises(StoreError, match="no such customer") as told:
        ole.record_consent(
            Consent(subject="X-9", purpose="selling", given_at="2024-01-01", evidence="form")
        )
    assert "X-9" not in str(told.value)


def test_consent_is_not_gone_round_by_a_merged_customer(opened: Opened) -> None:
    opened(ANA).link(PERSON, "F-1", reason="the firm of that person")
    bo = opened(BO)
    assert bo.snapshot("2024-06-01", customers=["F-1"]).loc["F-1", "name"] == "Trade Ltd"
    with pytest.raises(AccessDeniedError, match=r"of 1 customer.s.: they gave no consent"):
        bo.snapshot("2024-06-01", customers=["F-1"], resolve=True)
    with pytest.warns(WithheldValuesWarning, match="values of 2 customer"):
        assert bo.snapshot("2024-06-01", resolve=True).loc["F-1", "name"] == "Trade Ltd"
    # before they were merged, the firm is itself
    before = "2024-01-01"
    assert len(bo.snapshot("2024-06-01", before, customers=["F-1"], resolve=True)) == 1


def test_consent_begins_by_the_clock_of_the_store(opened: Opened, clock: Any) -> None:
    ole, bo = opened(OLE), opened(BO)
    clock.set("2099-01-01T00:00Z")
    ole.record_consent(
        Consent(subject=PERSON, purpose="selling", given_at="2099-02-01", evidence="form 17")
    )
    with pytest.raises(AccessDeniedError, match="no consent"):
        bo.snapshot("2024-06-01", customers=[PERSON])
    clock.set("2099-02-02T00:00Z")
    assert bo.snapshot("2024-06-01", customers=[PERSON]).loc[PERSON, "name"] == SECRETS[0]


def test_only_kinds_of_the_customers_asked_for_are_read(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Any] = []
    find = _purpose_limit.find

    def watched(known: Any, scope: Any) -> Any:
        read.append(scope.customers)
        return find(known, scope)

    monkeypatch.setattr(_purpose_limit, "find", watched)
    opened(BO).snapshot("2024-06-01", customers=["F-1"])
    assert [len(customers) for customers in read] == [1]


def test_reads_under_another_name_are_told_to_the_customer(opened: Opened) -> None:
    ana, ole = opened(ANA), opened(OLE)
    ana.link(PERSON, "F-1", reason="the firm of that person")
    assert ana.snapshot("2024-06-01", customers=["F-1"], resolve=True)["income"].notna().all()
    # nothing of it was found, and it was looked for all the same
    ana.observations(customers=[PERSON], items=["income"], as_of="1999-12-31")
    number = approved(ole, "export", PERSON, items=GUARDED.items)
    reads = ole.subject_access(PERSON, approval=number).content["reads"]
    told = [(read["action"], read["n_subjects"], read["about"]) for read in reads]
    assert told == [("snapshot", 2, "perhaps"), ("observations", 1, "you")]


def test_a_purpose_that_no_plan_knows_reads_nothing_protected(new_store: New) -> None:
    store = new_store(catalogue=GUARDED, actor=Actor(name="ana", purpose="curiosity"))
    store.load(guarded_facts())
    assert store.snapshot("2024-06-01").loc[PERSON, "name"] == SECRETS[0]
    store.change_plan(PLAN)
    assert "name" not in store.snapshot("2024-06-01")
    assert store.snapshot("2024-06-01").loc["F-1", "revenue"] == 100
    with pytest.raises(AccessDeniedError, match="the plan has no purpose 'curiosity'"):
        store.snapshot("2024-06-01", items=["name"])
    assert list(store.trail.since())[-1].action == "denied"
    assert store.plan == PLAN
    with pytest.raises(InvalidParameterError, match="must be a ProtectionPlan"):
        store.change_plan("plan")  # type: ignore[arg-type]


def test_whose_kind_is_not_known_is_a_person(new_store: New) -> None:
    store = new_store(catalogue=GUARDED, actor=Actor(name="bo", purpose="selling"))
    store.load(facts(("X", "name", "Somebody", "2024-01-01")))
    store.change_plan(PLAN)
    with pytest.raises(AccessDeniedError, match="1 customer"):
        store.observations(customers=["X"])
    with pytest.warns(WithheldValuesWarning):
        assert store.snapshot("2024-06-01").empty


def test_requests_are_answered_in_time_or_told(opened: Opened) -> None:
    ole = opened(OLE)
    asked = SubjectRequest(subject=PERSON, kind="objection", received_on="2024-01-31")
    ole.record_request(asked)
    ole.record_request(SubjectRequest(subject=PERSON, kind="portability", received_on="2024-02-01"))
    assert [request.state_on("2024-03-15") for request in ole.requests()] == ["overdue"] * 2
    ole.record_request(
        SubjectRequest(
            subject=PERSON, kind="objection", received_on="2024-01-31",
            answered_on="2024-02-10", outcome="stopped",
        )
    )  # fmt: skip
    assert [request.state_on("2024-03-15") for request in ole.requests()] == ["answered", "overdue"]


def test_a_correction_takes_the_place_and_leaves_the_old_one(new_store: New) -> None:
    store = new_store(catalogue=GUARDED)
    store.load(guarded_facts())
    table = store.observations(items=["income"], history=True)
    before = table["known_at"].iloc[0]
    number = int(table["observation"].iloc[0])
    result = store.rectify(number, 1000.5, evidence="letter of 3 May")
    assert result.n_loaded == 1
    assert store.snapshot("2024-06-01").loc[PERSON, "income"] == 1000.5
    assert store.snapshot("2024-06-01", known_at=before).loc[PERSON, "income"] == 54321.125
    new = store.observations(items=["income"])
    assert new["evidence"].tolist() == ["letter of 3 May"]
    assert new["true_from"].tolist() == table["true_from"].tolist()
    assert store.batches()["note"].iloc[-1] == f"rectification of observation {number}"
    with pytest.raises(StoreError, match="no observation 99"):
        store.rectify(99, 1, evidence="letter")
    with pytest.raises(InvalidParameterError, match=r"'income', was corrected since, and .* 13 "):
        store.rectify(number, 1, evidence="letter")
    number = int(new["observation"].iloc[0])
    with pytest.raises(InvalidDataError):
        store.rectify(number, "much", evidence="letter")
    for missing in (None, float("nan"), " "):
        with pytest.raises(InvalidParameterError, match="'value' parameter"):
            store.rectify(number, missing, evidence="letter")
    for lacking in (None, ""):
        with pytest.raises(InvalidParameterError, match="'evidence' parameter"):
            store.rectify(number, 1, evidence=lacking)  # type: ignore[arg-type]
    store.erase(PERSON, reason="asked for")
    with pytest.raises(ErasedSubjectError):
        store.rectify(number, 1, evidence="letter")


# --- all that is known ----------------------------------------------------------------


def _scores() -> pd.DataFrame:
    return pd.DataFrame(
        {"customer": [PERSON, "P-4712"], "score": [612, 701.5], "grade": ["B", "A"]}
    )


def test_a_customer_gets_all_that_is_known_of_it(opened: Opened) -> None:
    ana, ole = opened(ANA), opened(OLE)
    ana.snapshot("2024-06-01", customers=[PERSON])
    ana.snapshot("2024-06-01")
    ana.rectify(4, 60000, evidence="letter")
    ana.retract([5], reason="a trial")
    ana.link("P-4712", PERSON, "one person")
    ole.record_consent(
        Consent(subject=PERSON, purpose="selling", given_at="2024-01-01", evidence="form 17")
    )
    ole.record_request(SubjectRequest(subject=PERSON, kind="access", received_on="2024-05-01"))
    number = approved(ole, "export", PERSON, items=GUARDED.items)
    found = ole.subject_access(PERSON, scores=_scores(), approval=number)
    content = json.loads(found.to_json())
    assert content["customer"] == PERSON
    values = {(f["item"], f["value"], f["counts"], f["retracted"]) for f in content["facts"]}
    assert values == {
        ("customer_kind", "person", True, False), ("name", SECRETS[0], True, False),
        ("identity_number", SECRETS[1], True, False), ("income", 54321.125, False, False),
        ("income", 60000, True, False), ("industry", "retail", False, True),
        ("invoice.amount", 250, True, False), ("invoice.payer", SECRETS[0], True, False),
    }  # fmt: skip
    assert SECRETS[2] in {fact["evidence"] for fact in content["facts"]}
    assert content["scores"] == [{"score": 612, "grade": "B"}]
    reads = [(r["actor"], r["about"], r["n_subjects"]) for r in content["reads"]]
    assert reads == [("ana", "you", 1), ("ana", "perhaps", 3)]
    named = {name for read in content["reads"] for name in read["items"]}
    assert named <= set(content["labels"]) == set(GUARDED.names)
    assert content["linked"] == [{"customer": "P-4712"}]
    assert [c["purpose"] for c in content["consents"]] == ["selling"]
    assert content["requests"][0]["due_on"] == "2024-06-01"
    assert {p["name"] for p in content["purposes"]} == {"credit", "selling", "request"}
    kept = {(r["item"], r["rule"], r["status"]) for r in content["retention"]}
    assert ("identity_number", "personal", "due") in kept
    # of others nothing is there
    assert "Ana Maria" not in found.to_json()
    last = list(ole.trail.since())[-1]
    assert (last.action, last.details["facts"]) == ("export", 8)
    assert repr(found).startswith("<SubjectAccess: 8 facts, made ")


def test_the_right_needs_an_approval(opened: Opened) -> None:
    with pytest.raises(AccessDeniedError, match="needs the approval"):
        opened(OLE).subject_access(PERSON)
    with pytest.raises(AccessDeniedError, match="ana was denied 'export'"):
        opened(ANA).subject_access(PERSON)
    # who may not have it does not learn who is there
    with pytest.raises(AccessDeniedError, match="ana was denied 'export'"):
        opened(ANA).subject_access("X-9")
    store = opened(OLE)
    number = approved(store, "export", "X-9", items=GUARDED.items)
    with pytest.raises(StoreError, match="no such customer"):
        store.subject_access("X-9", approval=number)


def test_scores_must_say_whose_they_are(new_store: New) -> None:
    store = new_store(catalogue=GUARDED)
    store.load(guarded_facts())
    by_index = _scores().set_index("customer")
    assert store.subject_access(PERSON, scores=by_index).content["scores"] == [
        {"score": 612, "grade": "B"}
    ]
    with pytest.raises(MissingColumnError, match="index named 'customer'"):
        store.subject_access(PERSON, scores=pd.DataFrame({"score": [1]}))
    assert store.subject_access(PERSON).content["scores"] == []
    store.erase(PERSON, reason="asked for")
    with pytest.raises(ErasedSubjectError):
        store.subject_access(PERSON)


class _Page(HTMLParser):
    """Tags and texts of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


EVIL = "<script>alert(1)</script>\"'&<img src=x onerror=alert(1)>"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_pages_show_everything_and_run_nothing(tmp_path: Path, language: str) -> None:
    with CustomerStore.create(tmp_path / "a.db", GUARDED, keys=KeyRing.generate()) as store:
        store.load(facts((EVIL, "name", EVIL, "2024-01-01"), evidence=EVIL, source_name=EVIL))
        found = store.subject_access(EVIL, scores=pd.DataFrame({"customer": [EVIL], EVIL: [EVIL]}))
    page = _Page()
    text = found.to_html(language)
    page.feed(text)
    assert page.tags == {
        "html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "strong", "table",
        "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip
    assert page.attributes <= {"lang", "charset", "http-equiv", "content", "class"}
    assert page.texts.count(EVIL) >= 4
    assert ("What we know of you" if language == "en" else "我们所掌握的关于您的信息") in text
    assert "http" not in text.replace("http-equiv", "")
    with pytest.raises(InvalidParameterError, match="language"):
        found.to_html("de")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["invoice: Amount", "note: note.text", "site audit: Amount", "Name"]),
        ("zh", ["发票金额", "备注：意见", "site_audit：金额", "名称"]),
    ],
)
def test_pages_are_for_people(language: str, expected: list[str]) -> None:
    named = [("invoice.amount", "Amount", "发票金额"), ("note.text", "", "意见"),
             ("site_audit.amount", "Amount", "金额"), ("name", "Name", "名称")]  # fmt: skip
    rows = [
        {"item": item, "label": label, "label_zh": zh, "value": 1, "unit": "", "true_to": None,
         "recorded_at": "2024-01-31T07:57:09.158495+00:00", "evidence": "a" * 99, "counts": False}
        for item, label, zh in named
    ]  # fmt: skip
    content = {"customer": "X", "made_at": "2024-02-01T08:17:37.893145+00:00", "facts": rows}
    page = _Page()
    page.feed(SubjectAccess(content=content).to_html(language))
    texts = page.texts
    assert [text for text in texts if text in expected] == expected
    assert {"2024-02-01 08:17", "2024-01-31 07:57"} <= set(texts)
    assert not any("09.158" in text or "37.893" in text for text in texts)
    # columns without anything take no room, and what is False is something
    assert not {"Unit", "True until before", "单位", "失效日期"} & set(texts)
    assert {"Counts now", "当前有效"} & set(texts)
    assert '<td class="long">aaa' in SubjectAccess(content=content).to_html(language)


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "Opinion, 0 to 1; invoice: Amount; gone"), ("zh", "评价；发票金额；gone")],
)
def test_what_was_read_is_called_by_its_labels(language: str, told: str) -> None:
    content = {
        "customer": "X", "made_at": "2024-02-01", "reads": [
            {"at": "2024-01-31", "items": ["opinion", "invoice.amount", "gone"]},
            {"at": "2024-01-30", "items": []},
        ],
        "labels": {
            "opinion": {"label": "Opinion, 0 to 1", "label_zh": "评价"},
            "invoice.amount": {"label": "Amount", "label_zh": "发票金额"},
        },
    }  # fmt: skip
    page = _Page()
    page.feed(SubjectAccess(content=content).to_html(language))
    assert told in page.texts
    assert "opinion" not in page.texts


def test_files_are_written_once_for_their_owner_alone(tmp_path: Path) -> None:
    found = SubjectAccess(content={"customer": "X", "made_at": "2024-01-01", "facts": []})
    folder = found.write(tmp_path / "new" / "x")
    names = {"data.json", "index.html", "index_zh.html", "files.json"}
    assert {path.name for path in folder.iterdir()} == names
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(InvalidParameterError, match="is not empty"):
        found.write(folder)
    archive = found.write_zip(tmp_path / "x.zip")
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    with zipfile.ZipFile(archive) as opened:
        assert set(opened.namelist()) == names
        hashes = json.loads(opened.read("files.json"))["sha256"]
        for name, told in hashes.items():
            assert hashlib.sha256(opened.read(name)).hexdigest() == told
            assert opened.read(name) == (folder / name).read_bytes()
    with pytest.raises(InvalidParameterError, match="There is a file"):
        found.write_zip(archive)


def test_the_report_has_the_numbers_of_the_store(opened: Opened) -> None:
    ole = opened(OLE)
    ole.record_request(SubjectRequest(subject=PERSON, kind="access", received_on="2024-01-31"))
    ole.place_hold(PERSON, reason="claim 17")
    anchor = ole.trail.anchor()
    report = ole.protection_report(anchors=anchor)
    numbers = dict(report.frame().to_numpy().tolist())
    assert numbers["purposes"] == 3
    assert numbers["requests overdue"] == numbers["holds in force"] == 1
    assert numbers["personal or sensitive items"] == 4
    assert numbers["observations under a hold"] == 4
    assert numbers["observations due for erasure"] == 2
    assert "1 request is overdue" in report.to_markdown()
    assert report.tables()["Keys"]["version"].tolist() == [1]
    assert PERSON not in report.to_html()
    with pytest.raises(AccessDeniedError, match="'audit'"):
        opened(ANA).protection_report()


def test_the_officer_of_the_standard_policy_makes_the_report(tmp_path: Path) -> None:
    place, keys = tmp_path / "a.db", KeyRing.generate()
    with CustomerStore.create(place, GUARDED, keys=keys) as store:
        store.load(guarded_facts())
        store.change_plan(ProtectionPlan.standard())
        store.change_policy(AccessPolicy.standard())
    for role, allowed in (("data_protection_officer", True), ("auditor", True), ("sales", False)):
        actor = Actor(name="min", roles=(role,), purpose="sales")
        with CustomerStore.open(place, keys=keys, actor=actor) as store:
            if allowed:
                assert dict(store.protection_report().frame().to_numpy().tolist())["items"] > 0
            else:
                with pytest.raises(AccessDeniedError, match="'audit'"):
                    store.protection_report()


def test_a_report_needs_a_plan(new_store: New) -> None:
    with pytest.raises(StoreError, match="The store has no plan"):
        new_store().protection_report()
