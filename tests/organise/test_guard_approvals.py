"""Four eyes: each call that may need another person takes an approval, and uses it once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from creditscore.exceptions import AccessDeniedError, ErasedSubjectError, StoreError
from creditscore.organise import CustomerStore, MergeLog
from creditscore.protect import (
    AccessPolicy,
    Actor,
    Consent,
    FourEyes,
    Grant,
    KeyRing,
    ProtectionPlan,
    SubjectRequest,
)
from guarded import ANA, GUARDED, OLE, PLAN, POLICY, WEI, approved, guarded_facts

Opened = Callable[[Actor], CustomerStore]
PERSON = "P-4711"
_RULES = tuple(
    FourEyes(action=action, approvers=("manager",))
    for action in ("merge", "consent", "hold", "erase", "export", "backup", "rotate_keys",
                   "manage_policy")
)  # fmt: skip
_MORE = Grant(actions=("backup",))
STRICT = replace(
    POLICY,
    roles=tuple(
        replace(role, grants=(*role.grants, _MORE)) if role.name == "officer" else role
        for role in POLICY.roles
    ),
    four_eyes=_RULES,
)
_LETTER = {"reason": "asked for by letter"}
_CONSENT = Consent(subject=PERSON, purpose="credit", given_at="2024-01-01", evidence="form 17")


def opener(place: Any, keys: KeyRing, made: list[CustomerStore]) -> Opened:
    def open_(actor: Actor) -> CustomerStore:
        made.append(CustomerStore.open(place, keys=keys, actor=actor))
        return made[-1]

    return open_


@pytest.fixture
def opened(new_place: Callable[[], Any]) -> Iterator[Opened]:
    """Give what opens one store of several actors, under four eyes for all that can be."""
    place, keys = new_place(), KeyRing.generate()
    made: list[CustomerStore] = []
    with CustomerStore.create(place, GUARDED, keys=keys, policy=STRICT, actor=ANA) as store:
        store.load(guarded_facts())
    yield opener(place, keys, made)
    for store in made:
        store.close()


def _once(
    store: CustomerStore, action: str, subjects: tuple[str, ...], call: Any, other: str
) -> Any:
    """Check that a call needs an approval for these customers, and return what it gives then."""
    with pytest.raises(AccessDeniedError, match=f"{action} needs the approval of a second person"):
        call(approval="")
    with pytest.raises(AccessDeniedError, match="for other details, items or customers"):
        call(approval=other)
    number = approved(store, action, *subjects)
    found = call(approval=number)
    with pytest.raises((AccessDeniedError, StoreError, ErasedSubjectError)):
        call(approval=number)
    return found


def test_each_call_takes_the_approval_of_another_person(opened: Opened, tmp_path: Path) -> None:
    ana, ole = opened(ANA), opened(OLE)
    both, mine = (PERSON, "F-1"), (PERSON,)
    other = approved(ana, "merge", "P-4712")
    _once(ana, "merge", both, lambda **by: ana.link(*both, "the same", **by), other)
    _once(ana, "merge", mine, lambda **by: ana.unlink(PERSON, "not the same", **by), other)
    assert len(ana.links()) == 2
    other = approved(ole, "hold", "P-4712")
    asked = SubjectRequest(subject=PERSON, kind="access", law="GDPR", received_on="2024-06-01")
    calls: list[tuple[str, tuple[str, ...], Any]] = [
        ("consent", mine, lambda **by: ole.record_consent(_CONSENT, **by)),
        ("consent", mine, lambda **by: ole.withdraw_consent(PERSON, "credit", **by)),
        ("consent", mine, lambda **by: ole.record_request(asked, **by)),
        ("hold", mine, lambda **by: ole.place_hold(PERSON, reason="claim 7", **by)),
        ("hold", mine, lambda **by: ole.release_hold(PERSON, reason="it ended", **by)),
        ("backup", (), lambda **by: ole.backup(tmp_path / "backup.db", **by)),
        ("manage_policy", (), lambda **by: ole.change_plan(PLAN, **by)),
        ("erase", mine, lambda **by: ole.erase(PERSON, **_LETTER, **by)),
    ]
    for action, subjects, call in calls:
        _once(ole, action, subjects, call, other)
    assert (len(ole.consents()), len(ole.requests()), ole.holds()) == (1, 1, ())
    assert ole.customers()[0] == "erased:1"
    assert ole.trail.verify().is_whole


def test_an_approval_is_used_by_what_is_done_alone(opened: Opened) -> None:
    """What cannot be done for another reason leaves the request as it is."""
    ana, ole = opened(ANA), opened(OLE)
    merge = approved(ana, "merge", PERSON)
    with pytest.raises(StoreError, match="is not linked"):
        ana.unlink(PERSON, "not the same", approval=merge)
    hold = approved(ole, "hold", PERSON)
    with pytest.raises(StoreError, match="Nothing of this customer is held"):
        ole.release_hold(PERSON, reason="it ended", approval=hold)
    nobody = approved(ole, "consent", "X-9")
    with pytest.raises(StoreError, match="no such customer"):
        ole.record_consent(replace(_CONSENT, subject="X-9"), approval=nobody)
    ole.place_hold(PERSON, reason="claim 7", approval=hold)
    erasing = approved(ole, "erase", PERSON)
    with pytest.raises(StoreError, match="A legal hold keeps this customer"):
        ole.erase(PERSON, **_LETTER, approval=erasing)
    states = {request.id: request.is_used for request in ole.approvals.requests()}
    assert [states[one] for one in (merge, hold, nobody, erasing)] == [False, True, False, False]


def test_who_may_not_learns_nothing(opened: Opened) -> None:
    """Neither who is there, nor who was erased, held or kept; and each try is recorded."""
    ole, ana = opened(OLE), opened(ANA)
    ole.place_hold(PERSON, reason="claim 7", approval=approved(ole, "hold", PERSON))
    gone = approved(ole, "erase", "P-4712")
    ole.erase("P-4712", **_LETTER, rules=[], approval=gone)
    before = ole.trail.sink.head().number
    names = (PERSON, "P-4712", "X-9")
    for name in names:
        with pytest.raises(AccessDeniedError, match="ana was denied 'erase'"):
            ana.erase(name, **_LETTER, rules=[], approval="none")
        with pytest.raises(AccessDeniedError, match="ana was denied 'export'"):
            ana.subject_access(name, approval="none")
    bo = opened(Actor(name="bo", roles=("sales",), purpose="selling"))
    for number in (1, 999_999):
        with pytest.raises(AccessDeniedError, match="bo was denied 'write'"):
            bo.rectify(number, "x", evidence="letter")
        with pytest.raises(AccessDeniedError, match="bo was denied 'write'"):
            bo.retract([number], reason="wrong")
    records = list(ole.trail.since(before))
    assert [record.action for record in records] == ["denied"] * (2 * len(names) + 4)
    # who may erase without an approval does not look either
    with pytest.raises(AccessDeniedError, match="erase needs the approval"):
        ole.erase(PERSON, **_LETTER)
    with pytest.raises(ErasedSubjectError):
        ole.erase("P-4712", **_LETTER, approval=gone)


def test_a_log_of_merges_is_written_with_approvals(opened: Opened) -> None:
    ana = opened(ANA)
    log = MergeLog().merge(PERSON, "P-4712", by="li", reason="same", at="2024-06-01T08:00Z")
    with pytest.raises(AccessDeniedError, match="merge needs the approval"):
        log.write_to(ana)
    numbers = {log.events[0]: approved(ana, "merge", PERSON, "P-4712")}
    assert log.write_to(ana, approvals=numbers) == 1
    assert log.write_to(ana) == 0


# --- the standard policy -----------------------------------------------------------------------

_FOR = "data subject request"
_ADMIN = Actor(name="kim", roles=("administrator",))
_OFFICER = Actor(name="ole", roles=("data_protection_officer",), purpose=_FOR)
_ANALYST = Actor(name="ana", roles=("analyst",), purpose="credit decision")
_AUDITOR = Actor(name="sun", roles=("auditor",), purpose="audit")


def _by(store: CustomerStore, who: Actor, action: str, *subjects: str, items: Any = ()) -> str:
    asked = store.approvals.ask(
        store.actor, action, reason="needed", subjects=subjects or None, items=items
    )
    store.approvals.approve(asked.id, who)
    return str(asked.id)


def test_the_standard_policy_lets_all_be_done(new_place: Callable[[], Any], tmp_path: Path) -> None:
    """Each call of the store that changes it or gives it out, by the role that is there for it."""
    place, keys = new_place(), KeyRing.generate()
    made: list[CustomerStore] = []
    standard = AccessPolicy.standard()
    manager = replace(WEI, roles=("credit_manager",))
    with CustomerStore.create(place, GUARDED, keys=keys, policy=standard, actor=_ANALYST) as ana:
        ana.load(guarded_facts())
        ana.link(PERSON, "F-1", "the same")
        ana.unlink(PERSON, "not the same")
        ana.retract([4], reason="wrong")
    open_ = opener(place, keys, made)
    kim, ole, sun = open_(_ADMIN), open_(_OFFICER), open_(_AUDITOR)
    kim.backup(tmp_path / "backup.db")
    plan = ProtectionPlan.standard()
    kim.change_plan(plan, approval=_by(kim, _OFFICER, "manage_policy"))
    kim.change_catalogue(GUARDED, approval=_by(kim, _OFFICER, "manage_policy"))
    kim.change_policy(standard, approval=_by(kim, _OFFICER, "manage_policy"))
    if isinstance(place, Path):
        with pytest.raises(StoreError, match="SQLite has no log-ins"):
            kim.assign_customers([PERSON], "li")
    else:
        roles = {"prefix": "std", "assigned": ("analyst",)}
        kim.install_roles(**roles, approval=_by(kim, _OFFICER, "manage_policy"))
        with pytest.raises(AccessDeniedError, match="needs the approval of a second person"):
            kim.assign_customers([PERSON], "li")
        number = _by(kim, _OFFICER, "manage_policy", "X-9")
        with pytest.raises(StoreError, match="no such customer"):
            kim.assign_customers(["X-9"], "li", approval=number)
        for assigned in (True, False):
            number = _by(kim, _OFFICER, "manage_policy", PERSON, "F-1")
            kim.assign_customers([PERSON, "F-1"], "li", assigned=assigned, approval=number)
    ring = keys.rotated()
    kim.rotate_keys(ring, approval=_by(kim, _OFFICER, "rotate_keys"))
    open_ = opener(place, ring, made)
    ole, sun = open_(_OFFICER), open_(_AUDITOR)
    purpose = next(one.name for one in plan.purposes if one.needs_consent)
    ole.record_consent(replace(_CONSENT, purpose=purpose))
    ole.withdraw_consent(PERSON, purpose)
    ole.record_request(
        SubjectRequest(subject=PERSON, kind="erasure", law="GDPR", received_on="2024-06-01")
    )
    ole.rectify(3, "7311199001015545", evidence="letter")
    ole.place_hold(PERSON, reason="claim 7")
    ole.release_hold(PERSON, reason="it ended")
    items = ole.catalogue.items
    assert ole.subject_access(PERSON, approval=_by(ole, manager, "export", PERSON, items=items))
    due = ole.retention(rules=PLAN.rules)
    subjects = tuple(sorted(set(due.due()["customer"])))
    ole.apply_retention(due, reason="time", approval=_by(ole, manager, "erase", *subjects))
    assert ole.protection_report(retention=due)
    assert sun.verify_trail().is_whole
    for store in made:
        store.close()
