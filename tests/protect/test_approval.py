"""Four eyes: another person approves, once, in time, and for exactly what was asked."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.collect import Item
from creditscore.exceptions import AccessDeniedError, BrokenTrailError, InvalidParameterError
from creditscore.protect import (
    AccessPolicy,
    Actor,
    ApprovalDesk,
    AuditTrail,
    FileSink,
    FourEyes,
    Grant,
    MemorySink,
    Role,
)

KEY = b"a secret of 16 bytes or more"
POLICY = AccessPolicy.standard()
LIMIT = {"limit": 50_000}


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = dt.datetime(2025, 1, 31, 9, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.at

    def pass_hours(self, hours: float) -> None:
        self.at += dt.timedelta(hours=hours)


CLOCK = Clock()


@pytest.fixture
def trail() -> AuditTrail:
    return AuditTrail(MemorySink(), key=KEY, clock=CLOCK)


@pytest.fixture
def desk(trail: AuditTrail) -> ApprovalDesk:
    return ApprovalDesk(POLICY, trail)


def actor(name: str, *roles: str) -> Actor:
    return Actor(name=name, roles=roles, purpose="credit decision")


ANA = actor("ana", "analyst")
WEI = actor("wei", "credit_manager")


def ask(desk: ApprovalDesk, who: Actor = ANA, **kwargs: Any) -> str:
    given = {"details": LIMIT, "subjects": ["X"], "reason": "season"}
    return desk.ask(who, "set_limit", **{**given, **kwargs}).id


def write(trail: AuditTrail, who: Actor, action: str, details: dict[str, Any]) -> None:
    """Write into a trail what only a desk does, as whoever has the key can."""
    trail._append_step(who, action, details, subjects=None)


def use(desk: ApprovalDesk, id_: str, who: Actor = ANA, **kwargs: Any) -> Any:
    given = {"action": "set_limit", "details": LIMIT, "subjects": ["X"]}
    return desk.use(id_, who, **{**given, **kwargs})


# --- by hand ---------------------------------------------------------------------------------


def test_asked_approved_used_and_all_of_it_in_the_trail(
    desk: ApprovalDesk, trail: AuditTrail
) -> None:
    asked = desk.ask(ANA, "set_limit", LIMIT, subjects=["X"], reason=" season ")
    assert (asked.state_at(CLOCK.at), asked.made_by, asked.reason) == ("pending", "ana", "season")
    assert asked.expires_at - asked.made_at == dt.timedelta(hours=72)
    approved = desk.approve(asked.id, WEI)
    assert (approved.state_at(CLOCK.at), approved.approved_by) == ("approved", "wei")
    used = use(desk, asked.id)
    assert used.state_at(CLOCK.at) == "used"
    assert repr(used) == "<ApprovalRequest: set_limit, made by ana, approved by wei, used>"
    assert repr(desk) == "ApprovalDesk(AuditTrail(3 records in MemorySink))"
    records = list(trail.since())
    assert [record.actor for record in records] == ["ana", "wei", "ana"]
    assert records[0].is_of(["X"], key=KEY)
    assert records[2].is_of(["X"], key=KEY)
    assert trail.verify().is_whole


@pytest.mark.parametrize(
    "same",
    [
        actor("ana", "credit_manager"),
        actor("ana", "analyst", "credit_manager"),
        actor(" ANA ", "credit_manager"),
        actor("ａｎａ", "credit_manager"),
        actor("a na", "credit_manager"),
        actor("a\u200dna", "credit_manager"),
        actor("ana\ufe0f", "credit_manager"),
        actor("a\u034fn\u3164a", "credit_manager"),
    ],
)
def test_nobody_approves_the_own_request_in_whatever_role_or_spelling(
    desk: ApprovalDesk, trail: AuditTrail, same: Actor
) -> None:
    id_ = ask(desk)
    with pytest.raises(AccessDeniedError, match="was made by ana, who cannot approve it"):
        desk.approve(id_, same)
    with pytest.raises(AccessDeniedError, match="is pending, and cannot be used"):
        use(desk, id_)
    assert [record.action for record in trail.since()] == ["request.made", "denied", "denied"]


@pytest.mark.parametrize("role", ["analyst", "sales", "administrator", "nobody"])
def test_only_the_roles_of_the_rule_approve(desk: ApprovalDesk, role: str) -> None:
    id_ = ask(desk)
    with pytest.raises(AccessDeniedError, match=rf"No role of bo \({role}\) may approve set_limit"):
        desk.approve(id_, actor("bo", role))


def test_a_role_that_approves_other_things_does_not_approve_this(desk: ApprovalDesk) -> None:
    id_ = ask(desk)
    officer = actor("bo", "data_protection_officer")
    with pytest.raises(AccessDeniedError, match="may approve set_limit"):
        desk.approve(id_, officer)


def test_a_role_of_the_rule_without_a_grant_does_not_approve(trail: AuditTrail) -> None:
    roles = (
        Role(name="maker", grants=(Grant(actions=("erase",)),)),
        Role(name="checker"),
        Role(name="other", grants=(Grant(actions=("approve",)),)),
    )
    rule = FourEyes(action="erase", approvers=("checker",), valid_hours=1)
    desk = ApprovalDesk(AccessPolicy(roles=roles, four_eyes=(rule,)), trail)
    id_ = desk.ask(actor("ana", "maker"), "erase", reason="asked for").id
    # the grant of another role is no grant of the one that the rule names
    with pytest.raises(AccessDeniedError, match="may approve erase"):
        desk.approve(id_, actor("bo", "checker", "other"))


def test_a_request_is_used_once(desk: ApprovalDesk) -> None:
    id_ = ask(desk)
    desk.approve(id_, WEI)
    use(desk, id_)
    with pytest.raises(AccessDeniedError, match=r"is used, and cannot be used. Ask anew"):
        use(desk, id_)
    with pytest.raises(AccessDeniedError, match="is used, and cannot be approved"):
        desk.approve(id_, WEI)


def test_a_request_that_another_desk_used_is_used(trail: AuditTrail) -> None:
    one, other = ApprovalDesk(POLICY, trail), ApprovalDesk(POLICY, trail)
    id_ = ask(one)
    other.approve(id_, WEI)
    use(one, id_)
    with pytest.raises(AccessDeniedError, match="is used, and cannot be used"):
        use(other, id_)


def test_requests_expire(desk: ApprovalDesk) -> None:
    id_ = ask(desk)
    late = ask(desk)
    desk.approve(id_, WEI)
    CLOCK.pass_hours(72)
    for step in (lambda: use(desk, id_), lambda: desk.approve(late, WEI)):
        with pytest.raises(AccessDeniedError, match="is expired at 2025-02-03T09:00:00"):
            step()
    CLOCK.pass_hours(-72)
    assert use(desk, id_).is_used


@pytest.mark.parametrize(
    "kwargs",
    [
        {"details": {"limit": 50_001}},
        {"details": None},
        {"subjects": ["Y"]},
        {"subjects": ["X", "Y"]},
        {"subjects": None},
        {"action": "override_grade"},
        {"items": [Item(name="revenue", group="financial")]},
    ],
)
def test_a_request_is_used_for_exactly_what_was_asked(
    desk: ApprovalDesk, kwargs: dict[str, Any]
) -> None:
    id_ = ask(desk)
    desk.approve(id_, WEI)
    with pytest.raises(AccessDeniedError, match="was made for another action, or for other"):
        use(desk, id_, **kwargs)
    assert use(desk, id_).is_used


def test_only_who_asked_uses(desk: ApprovalDesk) -> None:
    id_ = ask(desk)
    desk.approve(id_, WEI)
    with pytest.raises(AccessDeniedError, match="was made by ana; bo cannot use it"):
        use(desk, id_, actor("bo", "analyst"))
    # and only while the policy still grants it
    with pytest.raises(AccessDeniedError, match="ana was denied 'set_limit'"):
        use(desk, id_, actor("ana", "sales"))


def test_refused_and_taken_back(desk: ApprovalDesk) -> None:
    refused, taken_back, open_ = ask(desk), ask(desk), ask(desk)
    assert desk.refuse(refused, WEI, reason="too much").refused_by == "wei"
    desk.approve(taken_back, WEI)
    assert desk.refuse(taken_back, ANA).state_at(CLOCK.at) == "refused"
    for id_ in (refused, taken_back):
        with pytest.raises(AccessDeniedError, match="is refused, and cannot be used"):
            use(desk, id_)
    with pytest.raises(AccessDeniedError, match="may approve set_limit"):
        desk.refuse(open_, actor("bo", "sales"))
    assert [one.state_at(CLOCK.at) for one in desk.requests()] == ["refused", "refused", "pending"]


def test_who_may_ask(desk: ApprovalDesk, trail: AuditTrail) -> None:
    with pytest.raises(
        AccessDeniedError, match=r"bo was denied 'set_limit': no role of bo \(sales"
    ):
        ask(desk, actor("bo", "sales"))
    with pytest.raises(InvalidParameterError, match="'merge' needs no second person"):
        desk.ask(ANA, "merge", reason="the same firm")
    with pytest.raises(InvalidParameterError, match=r"'reason' parameter of ApprovalDesk.ask"):
        ask(desk, reason=" ")
    with pytest.raises(InvalidParameterError, match="There is no request 'none' in the trail"):
        desk.approve("none", WEI)
    assert [record.action for record in trail.since()] == ["denied"]


def test_an_export_names_its_items(desk: ApprovalDesk) -> None:
    revenue = Item(name="revenue", group="financial")
    phone = Item(name="phone", kind="text", group="identity", sensitivity="personal")
    dan = Actor(name="dan", roles=("data_scientist",), purpose="model development")
    with pytest.raises(InvalidParameterError, match="'export' is one on items: name them"):
        desk.ask(dan, "export", reason="a sample")
    with pytest.raises(AccessDeniedError, match="the role data_scientist is denied it"):
        desk.ask(dan, "export", reason="a sample", items=[revenue, phone])
    asked = desk.ask(dan, "export", reason="a sample", items=[revenue])
    assert asked.items == ("revenue",)
    desk.approve(asked.id, WEI)
    with pytest.raises(AccessDeniedError, match="for other details, items"):
        desk.use(asked.id, dan, "export", items=[revenue, phone])
    assert desk.use(asked.id, dan, "export", items=[revenue]).is_used


# --- what others do meanwhile ----------------------------------------------------------------


def test_a_use_that_comes_between_is_seen(tmp_path: Path) -> None:
    """Another program uses the request after this one has read that it is approved."""
    path = tmp_path / "trail.jsonl"

    class Slow(FileSink):
        def append(self, make: Any) -> Any:
            if first:
                use(first.pop(), id_)
            return super().append(make)

    trail = AuditTrail(Slow(path), key=KEY, clock=CLOCK)
    first: list[ApprovalDesk] = []
    desk = ApprovalDesk(POLICY, trail)
    id_ = ask(desk)
    desk.approve(id_, WEI)
    first.append(ApprovalDesk(POLICY, AuditTrail(FileSink(path), key=KEY, clock=CLOCK)))
    with pytest.raises(AccessDeniedError, match="is used, and cannot be used"):
        use(desk, id_)
    actions = [record.action for record in trail.since()]
    assert actions.count("request.used") == 1


def test_approvals_without_the_key_are_found(desk: ApprovalDesk, trail: AuditTrail) -> None:
    id_ = ask(desk)
    forged = AuditTrail(trail.sink, key=b"another secret of an attacker")
    write(forged, WEI, "request.approved", {"id": id_})
    with pytest.raises(BrokenTrailError, match="broken at record 2"):
        use(desk, id_)


@pytest.mark.parametrize(
    "written",
    [
        (ANA, "request.approved", {"id": 0}),
        (actor("A\u200dna", "credit_manager"), "request.approved", {"id": 0}),
        (actor("bo", "credit_manager"), "request.used", {"id": 0}),
        (WEI, "request.approved", {}),
        (WEI, "request.approved", {"id": "unknown"}),
        (WEI, "request.approved", {"id": ["X"]}),
        (ANA, "request.made", {"id": "x"}),
    ],
)
def test_what_a_desk_would_refuse_is_no_step_in_the_trail_either(
    desk: ApprovalDesk, trail: AuditTrail, written: tuple[Actor, str, dict[str, Any]]
) -> None:
    id_ = ask(desk)
    who, action, details = written
    write(trail, who, action, {n: id_ if v == 0 else v for n, v in details.items()})
    for one in (desk, ApprovalDesk(POLICY, trail)):
        with pytest.raises(AccessDeniedError, match="is pending, and cannot be used"):
            use(one, id_)
    desk.approve(id_, WEI)
    assert use(ApprovalDesk(POLICY, trail), id_).is_used


def test_a_request_that_is_made_again_is_not_open_again(
    desk: ApprovalDesk, trail: AuditTrail
) -> None:
    id_ = ask(desk)
    made = next(trail.since())
    desk.approve(id_, WEI)
    use(desk, id_)
    trail._append_step(ANA, "request.made", made.details, subjects=["X"])
    assert [request.is_used for request in ApprovalDesk(POLICY, trail).requests()] == [True]


def test_a_denial_leaves_one_record(desk: ApprovalDesk, trail: AuditTrail) -> None:
    id_ = ask(desk)
    desk.approve(id_, WEI)
    with pytest.raises(AccessDeniedError, match="ana was denied 'set_limit'"):
        use(desk, id_, actor("ana", "sales"))
    made, approved, denied = trail.since()
    assert [r.action for r in (made, approved)] == ["request.made", "request.approved"]
    assert denied.details["asked"] == "request.used"
    assert "ana was denied 'set_limit'" in denied.details["why"]


def test_one_text_is_no_set_of_customers(desk: ApprovalDesk) -> None:
    with pytest.raises(InvalidParameterError, match="'subjects' must be customers in a list"):
        ask(desk, subjects="X1")
    id_ = ask(desk, subjects=[7])
    desk.approve(id_, WEI)
    with pytest.raises(InvalidParameterError, match="'subjects' must be customers in a list"):
        use(desk, id_, subjects="7")
    assert use(desk, id_, subjects=["7"]).is_used


# --- law -------------------------------------------------------------------------------------

steps = st.lists(
    st.tuples(
        st.sampled_from(["approve", "refuse", "use", "wait"]), st.sampled_from(["ana", "wei"])
    ),
    max_size=8,
)


@settings(deadline=None, max_examples=80)
@given(steps=steps)
def test_whatever_is_done_a_use_follows_an_approval_by_another_and_comes_once(
    steps: list[tuple[str, str]],
) -> None:
    clock = Clock()
    trail = AuditTrail(MemorySink(), key=KEY, clock=clock)
    desk = ApprovalDesk(POLICY, trail)
    both = {name: actor(name, "analyst", "credit_manager") for name in ("ana", "wei")}
    id_ = ask(desk, both["ana"])
    for step, name in steps:
        if step == "wait":
            clock.pass_hours(30)
            continue
        try:
            if step == "use":
                use(desk, id_, both[name])
            else:
                getattr(desk, step)(id_, both[name])
        except AccessDeniedError:
            pass
    done = [(r.action.removeprefix("request."), r.actor) for r in trail.since()
            if r.action.startswith("request.")]  # fmt: skip
    assert done[0] == ("made", "ana")
    uses = [place for place, (action, _) in enumerate(done) if action == "used"]
    assert len(uses) <= 1
    for place in uses:
        assert ("approved", "wei") in done[:place]
        assert done[place][1] == "ana"
        assert not any(action == "refused" for action, _ in done[:place])
