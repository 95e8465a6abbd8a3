"""Access: what is not granted is denied, a denial wins, and the policy tells its own faults."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.collect import ITEM_GROUPS, SENSITIVITIES, Item, ItemCatalogue
from creditscore.exceptions import (
    AccessDeniedError,
    AlteredDocumentError,
    DocumentError,
    DocumentNotFoundError,
    InvalidParameterError,
)
from creditscore.protect import (
    ACTIONS,
    DATA_ACTIONS,
    FINDING_KINDS,
    AccessPolicy,
    Actor,
    AuditTrail,
    FourEyes,
    Grant,
    MemorySink,
    Role,
    break_glass,
    in_emergency,
)
from creditscore.protect._access._grant import LEVELS

KEY = b"a secret of 16 bytes or more"
STANDARD = AccessPolicy.standard()
CATALOGUE = ItemCatalogue.standard()
FOR = "credit decision"


@dataclass(frozen=True)
class Thing:
    name: str = "revenue"
    group: str = "financial"
    sensitivity: str = "internal"


def actor(*roles: str, purpose: str = FOR, name: str = "ana") -> Actor:
    return Actor(name=name, roles=roles, purpose=purpose)


def grant(*actions: str, **kwargs: Any) -> Grant:
    given = {"groups": ("financial",), "purposes": (FOR,)}
    return Grant(actions=actions, **{**given, **kwargs})


def policy(*grants: Grant, **kwargs: Any) -> AccessPolicy:
    given = {"purposes": (FOR, "sales"), "roles": (Role(name="r", grants=grants),)}
    return AccessPolicy(**{**given, **kwargs})


# --- by hand ---------------------------------------------------------------------------------


def test_sensitivities_are_those_of_items() -> None:
    assert LEVELS == SENSITIVITIES


@pytest.mark.parametrize(
    ("item", "allowed"),
    [
        (Thing(), True),
        (Thing(sensitivity="public"), True),
        (Thing(sensitivity="personal"), False),
        (Thing(sensitivity="secret"), False),
        (Thing(group="identity"), False),
        (Thing(group=""), False),
        (Thing(name="phone", group="identity", sensitivity="sensitive"), True),
    ],
)
def test_what_a_grant_reaches(item: Thing, allowed: bool) -> None:
    found = policy(grant("read", items=("phone",)))
    assert found.allows(actor("r"), "read", item) is allowed


def test_sensitivities_without_groups_are_of_all_items() -> None:
    found = policy(grant("read", groups=(), sensitivities=("personal",)))
    assert found.allows(actor("r"), "read", Thing(group="anything", sensitivity="personal"))
    assert not found.allows(actor("r"), "read", Thing(group="anything"))


@pytest.mark.parametrize(
    ("who", "action", "why"),
    [
        (actor(), "read", r"no role of ana \(none\) is one of the policy"),
        (actor("R"), "read", r"no role of ana \(R\) is one of the policy"),
        (actor("r"), "write", r"no role of ana \(r\) is granted it"),
        (actor("r", purpose="sales"), "read", "it is not granted for the purpose 'sales'"),
        (actor("r", purpose=""), "read", "it is not granted without a purpose"),
        (
            Actor(name="ana", roles=("r",), purpose=FOR, until="2025-01-01"),
            "read",
            r"the roles of ana \(r\) have ended",
        ),
    ],
)
def test_what_is_not_granted_is_denied_with_a_reason(who: Actor, action: str, why: str) -> None:
    with pytest.raises(AccessDeniedError, match=rf"ana was denied '{action}' of item .*: {why}"):
        policy(grant("read")).check(who, action, Thing(), at="2025-01-01")


def test_every_item_of_the_standard_catalogue_can_be_written_and_corrected() -> None:
    """An identity number too: by who takes up an application, and where a customer asks for it."""
    for role, purpose in (("analyst", FOR), ("data_protection_officer", "data subject request")):
        who = actor(role, purpose=purpose)
        assert all(STANDARD.allows(who, "write", item) for item in CATALOGUE)
        sensitive = [item.name for item in CATALOGUE if item.sensitivity == "sensitive"]
        assert "identity_number" in sensitive
        assert set(sensitive) == set(STANDARD.readable(who, CATALOGUE).masked)
    for role, purpose in (
        ("analyst", "monitoring"),
        ("sales", "sales"),
        ("collector", "collection"),
    ):
        who = actor(role, purpose=purpose)
        assert not STANDARD.allows(who, "write", CATALOGUE["identity_number"])


def test_a_purpose_that_the_policy_does_not_list_is_none() -> None:
    """Else another spelling would go round what is denied for a purpose."""
    found = policy(
        grant("read", purposes=("*",)),
        Grant(actions=("read",), sensitivities=("internal",), purposes=("sales",), deny=True),
    )
    allowed = {
        purpose: found.allows(actor("r", purpose=purpose), "read", Thing())
        for purpose in (FOR, "sales", "Sales", "sales.", "nonsense", "")
    }
    assert allowed == dict.fromkeys(allowed, False) | {FOR: True}
    why = found.decide(actor("r", purpose="Sales"), "read", Thing()).why
    assert why == "the policy has no purpose 'Sales'"
    assert found.readable(actor("r", purpose="nonsense"), [Thing()]).hidden == ("revenue",)


@pytest.mark.parametrize("name", ["", " ", "\u200b", "\u3164", "a\u202eb", "a\x00", "ana\u00ad"])
def test_an_actor_has_a_name_that_is_seen(name: str) -> None:
    with pytest.raises(InvalidParameterError, match="'name' parameter of Actor"):
        Actor(name=name)


def test_joiners_are_part_of_names_and_make_no_other_person() -> None:
    name = "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627"
    assert Actor(name=name).is_person(name.replace("\u200c", ""))
    assert Actor(name="Zoë").is_person("zoe\u0308")
    # letters of another writing that look alike are two, as the Notes say
    assert not Actor(name="ana").is_person("\u0430na")
    for odd in ({"name": "a\ud800"}, {"name": "ana", "roles": ("r\ud800",)}):
        with pytest.raises(InvalidParameterError, match="a character that cannot be kept"):
            Actor(**odd)


@pytest.mark.parametrize(
    "until",
    ["03/04/2025", "31/01/2025", "now", "Jan 2025", "2025-13-01", "2025-01-31T25:00",
     np.int64(20250131), 20250131, 1.5, True],
)  # fmt: skip
def test_instants_are_never_guessed(until: Any) -> None:
    for made in (
        lambda: Actor(name="ana", until=until),
        lambda: grant("read", until=until),
        lambda: policy(grant("read")).decide(actor("r"), "read", Thing(), at=until),
    ):
        with pytest.raises(InvalidParameterError, match="must be a time, such as '2025-01-31T09"):
            made()


@pytest.mark.parametrize(
    "until",
    ["2025-01-31T01:30:00Z", "2025-01-31 01:30", "2025-01-31T09:30:00+08:00",
     "2025-01-31T09:30:00.000000+0800", dt.datetime(2025, 1, 31, 1, 30, tzinfo=dt.UTC),
     pd.Timestamp("2025-01-31T09:30", tz="Asia/Shanghai"), np.datetime64("2025-01-31T01:30")],
)  # fmt: skip
def test_instants_in_many_forms(until: Any) -> None:
    assert Actor(name="ana", until=until).until == dt.datetime(2025, 1, 31, 1, 30, tzinfo=dt.UTC)
    for day in ("2025-01-31", "2025/1/31", "2025年1月31日", dt.date(2025, 1, 31)):
        whole = Actor(name="ana", until=day).until
        assert whole == dt.datetime(2025, 1, 31, tzinfo=dt.UTC)


def test_a_denial_is_recorded_and_names_the_item_and_no_value() -> None:
    trail = AuditTrail(MemorySink(), key=KEY)
    with pytest.raises(AccessDeniedError):
        policy(grant("read")).check(actor("r"), "write", Thing(), trail=trail)
    policy(grant("read")).check(actor("r"), "read", Thing(), trail=trail)
    (record,) = trail.since()
    assert (record.action, record.actor, record.roles) == ("denied", "ana", ("r",))
    assert record.details["asked"] == "write"
    assert record.details["item"] == "revenue"


def test_a_denial_wins_over_the_grant_of_another_role() -> None:
    roles = (
        Role(name="r", grants=(grant("read"),)),
        Role(name="intern", grants=(Grant(actions=("read",), groups=("financial",), deny=True),)),
    )
    found = policy(roles=roles)
    assert found.allows(actor("r"), "read", Thing())
    assert not found.allows(actor("r", "intern"), "read", Thing())
    assert not found.allows(actor("intern", "r"), "read", Thing())
    # a denial of a group is one of all its items, however sensitive
    assert not roles[1].grants[0].reaches(Thing(group="identity"))
    assert roles[1].grants[0].reaches(Thing(sensitivity="sensitive"))


def test_a_denial_may_be_for_one_purpose() -> None:
    found = policy(
        grant("read", purposes=("*",)), Grant(actions=("read",), deny=True, purposes=("sales",))
    )
    assert found.allows(actor("r"), "read", Thing())
    assert not found.allows(actor("r", purpose="sales"), "read", Thing())


def test_who_reads_also_sees_masked_and_who_may_not_see_masked_does_not_read() -> None:
    assert policy(grant("read")).allows(actor("r"), "read_masked", Thing())
    assert not policy(grant("read_masked")).allows(actor("r"), "read", Thing())
    denied = policy(grant("read"), Grant(actions=("read_masked",), deny=True))
    assert not denied.allows(actor("r"), "read", Thing())
    only_masked = policy(grant("read"), Grant(actions=("read",), deny=True))
    assert only_masked.allows(actor("r"), "read_masked", Thing()) is True
    assert not only_masked.allows(actor("r"), "read", Thing())


def test_grants_hold_from_an_instant_on_and_before_another() -> None:
    found = policy(grant("read", since="2025-01-01", until="2025-02-01T08:00:00+08:00"))
    asked = [
        ("2024-12-31T23:59:59.999999Z", False),
        ("2025-01-01", True),
        ("2025-01-31T23:59:59Z", True),
        ("2025-02-01T00:00:00Z", False),
        (dt.datetime(2025, 2, 1, 7, 59, tzinfo=dt.timezone(dt.timedelta(hours=8))), True),
    ]
    assert [found.allows(actor("r"), "read", Thing(), at=at) for at, _ in asked] == [
        allowed for _, allowed in asked
    ]
    assert found.decide(actor("r"), "read", Thing(), at="2026-01-01").why == (
        "the time for which it was granted has ended, or not begun"
    )


def test_readable_parts_all_items() -> None:
    items = [Thing("a"), Thing("b", sensitivity="personal"), Thing("c", group="identity")]
    found = policy(grant("read"), grant("read_masked", sensitivities=("personal",)))
    parts = found.readable(actor("r"), items)
    assert (parts.clear, parts.masked, parts.hidden) == (("a",), ("b",), ("c",))
    nothing = found.readable(actor("r", purpose="sales"), items)
    assert nothing.hidden == ("a", "b", "c")


# --- the standard policy ---------------------------------------------------------------------


def test_the_standard_policy_has_no_findings_and_both_languages() -> None:
    assert STANDARD.findings() == ()
    assert STANDARD.findings(CATALOGUE) == ()
    assert all(role.title and role.title_zh for role in STANDARD.roles)


@pytest.mark.parametrize(
    ("role", "purpose", "clear", "masked", "hidden"),
    [
        ("analyst", FOR, "phone", "identity_number", ""),
        ("sales", "sales", "phone", "", "birth_year"),
        ("collector", "collection", "phone", "", "revenue"),
        ("data_scientist", "model development", "revenue", "phone", "identity_number"),
        ("auditor", "audit", "", "identity_number", ""),
        ("administrator", "audit", "", "", "revenue"),
        ("data_protection_officer", "data subject request", "phone", "identity_number", ""),
    ],
)
def test_what_standard_roles_read(
    role: str, purpose: str, clear: str, masked: str, hidden: str
) -> None:
    found = STANDARD.readable(actor(role, purpose=purpose), CATALOGUE)
    for name, part in ((clear, found.clear), (masked, found.masked), (hidden, found.hidden)):
        assert not name or name in part
    assert not clear or STANDARD.readable(actor(role, purpose=""), CATALOGUE).clear == ()


def test_no_standard_role_but_the_emergency_reads_sensitive_items_in_clear() -> None:
    item = CATALOGUE["identity_number"]
    may = {
        role
        for role in STANDARD.names
        for purpose in STANDARD.purposes
        if STANDARD.allows(actor(role, purpose=purpose), "read", item)
    }
    assert may == {"emergency"}


def test_what_needs_four_eyes_is_not_done_alone() -> None:
    analyst = actor("analyst")
    assert STANDARD.decide(analyst, "set_limit").why == (
        "set_limit needs the approval of a second person"
    )
    assert STANDARD.decide(analyst, "set_limit", approved=True).allowed
    assert not STANDARD.decide(actor("sales"), "set_limit", approved=True).allowed


def test_the_table_says_what_roles_do_to_groups() -> None:
    table = STANDARD.table(CATALOGUE)
    assert list(table.columns) == [*ITEM_GROUPS, "work"]
    assert table.index.tolist() == list(STANDARD.names)
    assert table.loc["sales", "identity"] == "reads internal, some personal; writes some personal"
    assert table.loc["administrator", "identity"] == ""
    assert table.loc["auditor", "work"] == "audit"
    assert "催收" not in STANDARD._repr_html_()
    assert "reads" in STANDARD._repr_html_()


# --- findings --------------------------------------------------------------------------------

ALL = ("public", "internal", "personal", "sensitive")


@pytest.mark.parametrize(
    ("kind", "grants", "kwargs"),
    [
        (
            "makes_and_checks",
            [Grant(actions=("set_limit", "approve"))],
            {"four_eyes": (FourEyes(action="set_limit", approvers=("r",)),)},
        ),
        (
            "no_maker",
            [Grant(actions=("approve",))],
            {"four_eyes": (FourEyes(action="set_limit", approvers=("r",)),)},
        ),
        (
            "no_checker",
            [Grant(actions=("set_limit",))],
            {"four_eyes": (FourEyes(action="set_limit", approvers=("r",)),)},
        ),
        ("one_person_suffices", [Grant(actions=("erase",))], {}),
        ("reads_everything", [grant("read", groups=(), sensitivities=ALL)], {}),
        (
            "keeps_keys_and_reads",
            [Grant(actions=("rotate_keys",)), grant("read", sensitivities=("personal",))],
            {"four_eyes": (FourEyes(action="rotate_keys", approvers=("other",)),)},
        ),
        ("audits_itself", [Grant(actions=("audit",)), grant("write")], {}),
        ("idle_grant", [grant("read"), grant("read", sensitivities=("public",))], {}),
        ("idle_grant", [grant("read"), grant("read")], {}),
        ("idle_grant", [grant("read"), Grant(actions=("read", "read_masked"), deny=True)], {}),
        ("ended_grant", [grant("read", until="2020-01-01")], {}),
    ],
)
def test_findings(kind: str, grants: list[Grant], kwargs: dict[str, Any]) -> None:
    roles = (
        Role(name="r", grants=tuple(grants)),
        Role(name="other", grants=(Grant(actions=("approve",)),)),
    )
    found = policy(roles=roles, **kwargs).findings()
    assert [one.kind for one in found] == [kind]
    assert kind in FINDING_KINDS


def test_grants_that_differ_are_not_idle() -> None:
    grants = (
        grant("read"),
        grant("read", purposes=("sales",)),
        grant("read", items=("phone",), groups=()),
        grant("read", sensitivities=("personal",)),
        grant("write"),
        grant("read", groups=("identity",)),
        grant("read", until="2030-01-01", groups=("operating",)),
    )
    assert policy(*grants).findings(at="2025-01-01") == ()


def test_grants_that_reach_nothing_and_grants_that_nobody_used() -> None:
    found = policy(grant("read"), grant("write", groups=("reputation",)), grant("export"))
    (alone, idle) = found.findings([Thing()])
    assert alone.kind == "one_person_suffices"
    assert (idle.kind, "grant 2 of r" in idle.told) == ("idle_grant", True)
    trail = AuditTrail(MemorySink(), key=KEY)
    trail.append(actor("r"), "read")
    (*_, unused) = found.findings(records=trail.since())
    assert unused.told == "nobody used what r is granted: write, export"


# --- in an emergency -------------------------------------------------------------------------


def test_breaking_the_glass_gives_some_hours_and_leaves_a_record() -> None:
    clock = [dt.datetime(2025, 1, 31, 9, tzinfo=dt.UTC)]
    trail = AuditTrail(MemorySink(), key=KEY, clock=lambda: clock[0])
    wei = actor("credit_manager", name="wei")
    item = CATALOGUE["identity_number"]
    assert not STANDARD.allows(wei, "read", item)
    reason = "The claim falls due today, and the person in charge is away."
    now = break_glass(STANDARD, wei, reason=reason, trail=trail)
    assert STANDARD.allows(now, "read", item, at="2025-01-31T12:59:59Z")
    assert not STANDARD.allows(now, "read", item, at="2025-01-31T13:00:00Z")
    (record,) = trail.since()
    assert record.details == {
        "reason": reason, "until": "2025-01-31T13:00:00.000000Z", "earlier": 0,
    }  # fmt: skip
    with pytest.raises(AccessDeniedError, match="wei has the role emergency by now"):
        break_glass(STANDARD, now, reason=reason, trail=trail)
    with pytest.raises(AccessDeniedError, match="ana was denied 'break_glass'"):
        break_glass(STANDARD, actor("sales"), reason=reason, trail=trail)
    assert [record.action for record in trail.since()] == ["break_glass", "denied"]
    with pytest.raises(InvalidParameterError, match="must have 20 characters or more"):
        break_glass(STANDARD, wei, reason="urgent", trail=trail)
    with pytest.raises(InvalidParameterError, match="no emergency role"):
        break_glass(policy(grant("read")), wei, reason=reason, trail=trail)


def test_the_emergency_role_is_that_of_a_running_emergency() -> None:
    clock = [dt.datetime(2025, 1, 31, 9, tzinfo=dt.UTC)]
    trail = AuditTrail(MemorySink(), key=KEY, clock=lambda: clock[0])
    plain, by_hand = actor("credit_manager", name="Wei"), actor("emergency", name="Wei")
    assert in_emergency(STANDARD, plain, trail=trail) is plain
    # nor does a policy without such a role ask
    none = replace(STANDARD, emergency_role="")
    assert in_emergency(none, by_hand, trail=trail) is by_hand
    with pytest.raises(AccessDeniedError, match=r"Wei was denied the role 'emergency': no emerg"):
        in_emergency(STANDARD, by_hand, trail=trail)
    (denied,) = trail.since()
    assert (denied.action, denied.details["role"]) == ("denied", "emergency")
    # nobody makes a record of one by hand, and one that was not granted counts for nothing
    with pytest.raises(InvalidParameterError, match="which break_glass alone does"):
        trail.append(by_hand, " break_glass", {"until": "2099-01-01T00:00:00Z"})
    told = {"reason": "x" * 20, "until": "2099-01-01T00:00:00Z"}
    trail._append_step(by_hand, "break_glass", told, subjects=None)
    with pytest.raises(AccessDeniedError, match="no emergency of Wei is running"):
        in_emergency(STANDARD, by_hand, trail=trail)
    # nor longer than the policy says
    trail._append_step(plain, "break_glass", told, subjects=None)
    end = clock[0] + dt.timedelta(hours=4)
    assert in_emergency(STANDARD, by_hand, trail=trail).until == end
    short = replace(by_hand, until=clock[0] + dt.timedelta(hours=1))
    assert in_emergency(STANDARD, short, trail=trail).until == short.until
    with pytest.raises(AccessDeniedError, match="no emergency of bo is running"):
        in_emergency(STANDARD, actor("emergency", name="bo"), trail=trail)
    clock[0] = end
    with pytest.raises(AccessDeniedError, match="no emergency of Wei is running"):
        in_emergency(STANDARD, by_hand, trail=trail)


def test_no_emergency_is_prolonged_and_each_has_a_reason_of_its_own() -> None:
    clock = [dt.datetime(2025, 1, 31, 9, tzinfo=dt.UTC)]
    trail = AuditTrail(MemorySink(), key=KEY, clock=lambda: clock[0])
    # a record in this form that no emergency left
    odd = {"until": "soon"}
    trail._append_step(actor("credit_manager", name="wei"), "break_glass", odd, subjects=None)
    reasons = ("The claim falls due today.", "  the CLAIM falls \u200bdue today. ",
               "A second claim falls due.")  # fmt: skip

    def broken(name: str, reason: str) -> Any:
        return break_glass(
            STANDARD, actor("credit_manager", name=name), reason=reason, trail=trail
        ).until

    end = broken("wei", reasons[0])
    clock[0] += dt.timedelta(hours=3)
    # a program that was started again, with the same person in another spelling
    assert broken("Wei", reasons[0]) == broken("wei", reasons[2]) == end
    assert broken("ana", reasons[0]) == end + dt.timedelta(hours=3)
    clock[0] += dt.timedelta(hours=1)
    for reason in reasons:
        with pytest.raises(AccessDeniedError, match="wei broke the glass for this reason before"):
            broken("wei", reason)
    assert broken("wei", "A third claim falls due.") == end + dt.timedelta(hours=4)
    records = list(trail.since())
    assert [record.details.get("earlier") for record in records[1:]] == [
        0, 0, 0, 0, None, None, None, 1,
    ]  # fmt: skip
    assert [record.action for record in records[-4:-1]] == ["denied"] * 3


# --- laws ------------------------------------------------------------------------------------

things = st.builds(
    Thing,
    name=st.sampled_from(["revenue", "phone"]),
    group=st.sampled_from(["financial", "identity"]),
    sensitivity=st.sampled_from(LEVELS),
)
scopes = st.fixed_dictionaries(
    {
        "actions": st.lists(st.sampled_from(DATA_ACTIONS), min_size=1, max_size=2),
        "items": st.lists(st.sampled_from(["revenue", "phone"]), max_size=1),
        "groups": st.lists(st.sampled_from(["financial", "identity"]), max_size=2),
        "sensitivities": st.lists(st.sampled_from(LEVELS), min_size=1, max_size=3),
        "purposes": st.lists(st.sampled_from([FOR, "sales", "*"]), min_size=1, max_size=2),
        "deny": st.booleans(),
    }
)
grants_drawn = st.lists(scopes.map(lambda entries: Grant(**entries)), max_size=5)


@settings(deadline=None, max_examples=150)
@given(grants=grants_drawn, more=grants_drawn, item=things, action=st.sampled_from(DATA_ACTIONS))
def test_more_denials_never_allow_and_more_grants_never_deny(
    grants: list[Grant], more: list[Grant], item: Thing, action: str
) -> None:
    before = policy(*grants).allows(actor("r"), action, item)
    denials = [one for one in more if one.deny]
    allowing = [one for one in more if not one.deny]
    assert before or not policy(*grants, *denials).allows(actor("r"), action, item)
    assert not before or policy(*grants, *allowing).allows(actor("r"), action, item)
    # the order of grants, and whether one role or two have them, does not count
    assert policy(*grants[::-1]).allows(actor("r"), action, item) == before
    parted = policy(roles=(Role(name="r", grants=tuple(grants[:2])),
                           Role(name="s", grants=tuple(grants[2:]))))  # fmt: skip
    assert parted.allows(actor("r", "s"), action, item) == before


@settings(deadline=None, max_examples=100)
@given(grants=grants_drawn, item=things)
def test_reading_implies_seeing_masked_unless_that_is_denied(
    grants: list[Grant], item: Thing
) -> None:
    found = policy(*grants)
    if found.allows(actor("r"), "read", item):
        assert found.allows(actor("r"), "read_masked", item)


@settings(deadline=None, max_examples=50)
@given(grants=grants_drawn)
def test_json_round_trip(grants: list[Grant]) -> None:
    found = policy(*grants)
    assert AccessPolicy.from_json(found.to_json()) == found


# --- files -----------------------------------------------------------------------------------


def test_json_of_the_standard_policy(tmp_path: Path) -> None:
    path = tmp_path / "policy.json"
    STANDARD.to_json(path, key=KEY)
    assert AccessPolicy.from_json(path, key=KEY) == STANDARD
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("administrator", "administratoR"), encoding="utf-8")
    with pytest.raises(AlteredDocumentError, match="does not match its hash"):
        AccessPolicy.from_json(path)


def test_time_limited_grants_survive_files() -> None:
    found = policy(grant("read", since="2025-01-01", until="2025-02-01"), emergency_role="r")
    assert AccessPolicy.from_json(found.to_json()) == found


HEAD = "format: creditscore.access_policy\nversion: 1\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("roles: {}\n", "must have the entries 'format: creditscore.access_policy'"),
        ("- a\n", "must hold entries, and is list"),
        (HEAD, "lacks the entries 'roles'"),
        (HEAD + "rolls: {}\n", "entry 'rolls': There is no entry 'rolls' in the file"),
        (HEAD + "roles: {r: {grants: [{actions: [reed]}]}}\n", "entry 'roles.r': .*'reed'"),
        (HEAD + "roles: {r: {grant: []}}\n", "entry 'roles.r': .*unexpected keyword.*'grant'"),
        (HEAD + "roles: [r]\n", "entry 'roles'"),
        (HEAD + "roles: {r: {}}\nfour_eyes: [{action: erase}]\n", "entry 'four_eyes, rule 1'"),
        (
            HEAD + "roles: {r: {}}\nfour_eyes: [{action: erase, approvers: [q]}]\n",
            "There is no role 'q' in the policy",
        ),
        (HEAD + "roles: {r: {}}\nemergency: {role: r, days: 1}\n", "'role' and 'hours'.*'days'"),
        (HEAD + "roles: {r: !!python/name:os.system {}}\n", "cannot be read as YAML"),
        (HEAD + "roles: {r: {}, r: {}}\n", "stands twice"),
    ],
)
def test_files_that_are_no_policy(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DocumentError, match=message):
        AccessPolicy.from_yaml(path)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(DocumentNotFoundError, match="There is no file"):
        AccessPolicy.from_yaml(tmp_path / "policy.yaml")
    with pytest.raises(InvalidParameterError, match=r"must be a str or a Path. Got int"):
        AccessPolicy.from_yaml(3)  # type: ignore[arg-type]


# --- errors ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"actions": ("reed",)}, "'actions' parameter of Grant must be one of 'read'"),
        ({"actions": "read"}, "'actions' parameter of Grant must be a tuple"),
        ({"actions": ()}, "must name an action or more"),
        ({"actions": ("read",), "purposes": (FOR,)}, "A Grant of read must say on what"),
        ({"actions": ("read",), "groups": ("financial",)}, "must name the purposes"),
        ({"actions": ("read",), "sensitivities": ("secret",)}, "'sensitivities' parameter"),
        ({"actions": ("erase",), "deny": 1}, "'deny' parameter of Grant must be a bool"),
        ({"actions": ("erase",), "purposes": ("",)}, "'purposes' parameter of Grant must hold"),
        ({"actions": ("erase",), "since": "soon"}, "'since' parameter of Grant must be a time"),
        ({"actions": ("erase",), "since": 5}, "'since' parameter of Grant must be a time"),
        (
            {"actions": ("erase",), "since": "2025-02-01", "until": "2025-02-01"},
            "'until' parameter of Grant must be after 'since'",
        ),
    ],
)
def test_odd_grants(kwargs: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        Grant(**kwargs)


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"roles": ()}, "must hold a Role or more"),
        ({"roles": (Role(name="r"), Role(name="r"))}, "The role 'r' stands twice"),
        ({"roles": ("r",)}, "'roles' parameter of AccessPolicy must be a Role"),
        ({"emergency_role": "q"}, "There is no role 'q' in the policy"),
        ({"emergency_hours": 73}, "'emergency_hours' parameter of AccessPolicy"),
        (
            {"purposes": (), "roles": (Role(name="r", grants=(grant("read"),)),)},
            "There is no purpose 'credit decision' in the policy",
        ),
        (
            {"four_eyes": (FourEyes(action="erase", approvers=("r",)),) * 2},
            "The rule of four eyes for 'erase' stands twice",
        ),
    ],
)
def test_odd_policies(kwargs: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        policy(**kwargs)


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"action": "approve"}, "'action' parameter of FourEyes must be one of"),
        ({"action": "read"}, "one of export, merge.* Got 'read', which cannot carry an approval"),
        ({"action": "audit"}, "Got 'audit', which cannot carry an approval, so that nobody could"),
        ({"action": "hug"}, "'action' parameter of FourEyes must be one of"),
        ({"approvers": ()}, "must name a role or more"),
        ({"valid_hours": 0}, "'valid_hours' parameter of FourEyes must be above 0"),
        ({"valid_hours": True}, "'valid_hours' parameter of FourEyes must be above 0"),
    ],
)
def test_odd_rules_of_four_eyes(kwargs: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        FourEyes(**{"action": "erase", "approvers": ("r",), **kwargs})


def test_odd_questions() -> None:
    found = policy(grant("read"))
    with pytest.raises(InvalidParameterError, match=r"'action' parameter of .*decide must be one"):
        found.decide(actor("r"), "reed", Thing())
    with pytest.raises(InvalidParameterError, match="The action 'read' needs an item"):
        found.decide(actor("r"), "read")
    with pytest.raises(InvalidParameterError, match="The action 'erase' needs no item"):
        found.decide(actor("r"), "erase", Thing())
    with pytest.raises(InvalidParameterError, match=r"'actor' parameter of .* must be an Actor"):
        found.decide("ana", "erase")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="There is no role 'admin' in the policy"):
        STANDARD["admin"]
    with pytest.raises(InvalidParameterError, match="'name' parameter of Actor must be a text"):
        Actor(name=" ")
    with pytest.raises(InvalidParameterError, match="'roles' parameter of Actor must be a tuple"):
        Actor(name="ana", roles="analyst")  # type: ignore[arg-type]
    assert set(DATA_ACTIONS) < set(ACTIONS)
    assert policy(grant("read")).allows(actor("r"), "read", Item(name="revenue", group="financial"))
