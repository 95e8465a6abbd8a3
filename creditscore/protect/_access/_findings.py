"""Where a policy gives more than is needed, or lets one person do what two should."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from creditscore.protect._access._grant import DATA_ACTIONS, LEVELS, Grant, GuardedItem, Role

if TYPE_CHECKING:
    from creditscore.protect._access._policy import AccessPolicy
    from creditscore.protect._audit._record import AuditRecord

FindingKind: TypeAlias = Literal[
    "makes_and_checks", "no_maker", "no_checker", "one_person_suffices", "reads_everything",
    "keeps_keys_and_reads", "audits_itself", "idle_grant", "ended_grant", "unused_grant",
]  # fmt: skip
FINDING_KINDS: tuple[str, ...] = get_args(FindingKind)
_FOR_TWO = ("erase", "export", "set_limit", "override_grade", "manage_policy", "rotate_keys")
"""Actions of which one person alone should not be able to do harm.

Restoring is none: it makes a store where there is none, from a copy whose trail may not hold the
approval; who may put that store in the place of the other, the machine decides.
"""
_OF_KEYS = ("rotate_keys", "manage_policy")


@dataclass(frozen=True, kw_only=True, repr=False)
class PolicyFinding:
    """Something in a policy that should be looked at; by :meth:`AccessPolicy.findings`.

    Attributes
    ----------
    kind : str
        ``"makes_and_checks"``: a role may ask for an action and approve it. ``"no_maker"``,
        ``"no_checker"``: nobody may ask for, or approve, what needs four eyes.
        ``"one_person_suffices"``: an action that could do harm needs no second person.
        ``"reads_everything"``: a role reads all items of every sensitivity in clear.
        ``"keeps_keys_and_reads"``: a role changes keys or the policy, and reads personal items.
        ``"audits_itself"``: a role that audits also changes what is audited. ``"idle_grant"``: a
        grant that allows nothing that others of the role do not, that is denied altogether, or
        that reaches no item. ``"ended_grant"``: its time is over. ``"unused_grant"``: an action
        that no actor of the role did, by the trail.
    role : str
        The role, or the action where it is about that.
    told : str
        What was found, in words.

    Examples
    --------
    >>> from creditscore.protect import AccessPolicy, FourEyes, Grant, Role
    >>> limits = Role(name="limits", grants=(Grant(actions=("set_limit", "approve")),))
    >>> rule = FourEyes(action="set_limit", approvers=("limits",))
    >>> AccessPolicy(roles=(limits,), four_eyes=(rule,)).findings()
    (<PolicyFinding: makes_and_checks, limits>,)
    """

    kind: FindingKind
    role: str
    told: str

    def __repr__(self) -> str:
        """Say in one line what was found."""
        return f"<PolicyFinding: {self.kind}, {self.role}>"


@dataclass(frozen=True)
class ImaginedItem:
    """An item of a group and a sensitivity, which stands for all of them."""

    name: str
    group: str
    sensitivity: str


def imagined_items(policy: AccessPolicy) -> tuple[GuardedItem, ...]:
    """Return an item of each sensitivity in every group that grants name, and in another."""
    named = (group for role in policy.roles for grant in role.grants for group in grant.groups)
    groups = dict.fromkeys((*named, "others"))
    return tuple(ImaginedItem("", group, level) for group, level in product(groups, LEVELS))


def role_may(
    role: Role, action: str, item: GuardedItem | None = None, *, without: Grant | None = None
) -> bool:
    """Tell whether a role may ever do something for some purpose, also without one grant."""
    about = [
        grant
        for grant in role.grants
        if grant is not without and grant.covers(action) and grant.reaches(item)
    ]
    denied = any(grant.deny and not grant.purposes for grant in about)
    return not denied and any(not grant.deny for grant in about)


def policy_findings(
    policy: AccessPolicy,
    items: Sequence[GuardedItem],
    records: Sequence[AuditRecord],
    at: dt.datetime,
) -> tuple[PolicyFinding, ...]:
    """Collect all findings, in the order of roles and actions."""
    known = tuple(items) or imagined_items(policy)
    found = [*_of_four_eyes(policy)]
    for role in policy.roles:
        found += _of_role(policy, role, known)
        found += _of_grants(role, items, at)
    if records:
        found += _unused(policy, records)
    return tuple(found)


def _of_four_eyes(policy: AccessPolicy) -> Iterator[PolicyFinding]:
    items = imagined_items(policy)
    for rule in policy.four_eyes:
        makers = [role.name for role in policy.roles if _may_at_all(role, rule.action, items)]
        checkers = [name for name in rule.approvers if role_may(policy[name], "approve")]
        for name in checkers:
            if name in makers:
                told = f"{name} may ask for {rule.action} and approve it; only persons keep apart"
                yield PolicyFinding(kind="makes_and_checks", role=name, told=told)
        if not makers:
            told = f"{rule.action} needs four eyes, and no role may ask for it"
            yield PolicyFinding(kind="no_maker", role=rule.action, told=told)
        if not checkers:
            told = f"{rule.action} needs four eyes, and no role that approves has a grant to"
            yield PolicyFinding(kind="no_checker", role=rule.action, told=told)
    for action in _FOR_TWO:
        makers = [role.name for role in policy.roles if _may_at_all(role, action, items)]
        if makers and policy.four_eyes_of(action) is None:
            told = f"{action} needs no second person; {', '.join(makers)} may do it alone"
            yield PolicyFinding(kind="one_person_suffices", role=action, told=told)


def _of_role(
    policy: AccessPolicy, role: Role, items: Sequence[GuardedItem]
) -> Iterator[PolicyFinding]:
    if role.name == policy.emergency_role:
        return
    guarded = [item for item in items if item.sensitivity in LEVELS[2:]]
    reads = [item for item in guarded if role_may(role, "read", item)]
    if reads and all(role_may(role, "read", item) for item in items):
        told = f"{role.name} reads every item in clear; does its work need all of them?"
        yield PolicyFinding(kind="reads_everything", role=role.name, told=told)
    keys = [action for action in _OF_KEYS if role_may(role, action)]
    if keys and reads:
        told = f"{role.name} has {', '.join(keys)} and reads personal items in clear"
        yield PolicyFinding(kind="keeps_keys_and_reads", role=role.name, told=told)
    changes = [action for action in ("erase", *_OF_KEYS) if role_may(role, action)]
    changes += ["write"] * any(role_may(role, "write", item) for item in items)
    if role_may(role, "audit") and changes:
        told = f"{role.name} audits, and has {', '.join(changes)}, which it would audit of itself"
        yield PolicyFinding(kind="audits_itself", role=role.name, told=told)


def _of_grants(
    role: Role, items: Sequence[GuardedItem], at: dt.datetime
) -> Iterator[PolicyFinding]:
    for place, grant in enumerate(role.grants, 1):
        where = f"grant {place} of {role.name}"
        if grant.until is not None and grant.until <= at:
            told = f"{where} has ended and can be taken out"
            yield PolicyFinding(kind="ended_grant", role=role.name, told=told)
        elif grant.deny:
            continue
        elif any(
            _contains(other, grant) and (other != grant or before < place)
            for before, other in enumerate(role.grants, 1)
            if before != place
        ):
            told = f"{where} allows nothing that another grant of the role does not, or is denied"
            yield PolicyFinding(kind="idle_grant", role=role.name, told=told)
        elif set(grant.actions) <= set(DATA_ACTIONS) and not any(map(grant.reaches, items or ())):
            told = f"{where} reaches none of the items that there are"
            if items:
                yield PolicyFinding(kind="idle_grant", role=role.name, told=told)


def _contains(other: Grant, grant: Grant) -> bool:
    """Tell whether one grant allows, or denies, all that another allows, at all times."""
    if other.since is not None or other.until is not None:
        return False
    if not all(other.covers(action) for action in grant.actions):
        return False
    purposes = grant.purposes or ("",)
    if not all(other.serves(purpose) for purpose in purposes):
        return False
    if not set(grant.actions) & set(DATA_ACTIONS):
        return True
    if other.deny and not (other.items or other.groups or other.sensitivities):
        return True
    classes = grant.groups or grant.sensitivities
    by_group = not classes or (
        bool(other.groups or other.sensitivities)
        and (not other.groups or (bool(grant.groups) and set(grant.groups) <= set(other.groups)))
        and set(_levels(grant)) <= set(_levels(other))
    )
    return by_group and set(grant.items) <= set(other.items)


def _levels(grant: Grant) -> tuple[str, ...]:
    return grant.sensitivities or (LEVELS if grant.deny else LEVELS[:2])


def _unused(policy: AccessPolicy, records: Sequence[AuditRecord]) -> Iterator[PolicyFinding]:
    done = {(role, record.action) for record in records for role in record.roles}
    done |= {
        (role, record.details["asked"])
        for record in records
        for role in record.roles
        if record.action == "request.used"
    }
    # who approves leaves a record of another name
    done |= {(role, "approve") for role, action in done if action == "request.approved"}
    for role in policy.roles:
        granted = dict.fromkeys(a for grant in role.grants if not grant.deny for a in grant.actions)
        unused = [action for action in granted if (role.name, action) not in done]
        if unused:
            told = f"nobody used what {role.name} is granted: {', '.join(unused)}"
            yield PolicyFinding(kind="unused_grant", role=role.name, told=told)


def _may_at_all(role: Role, action: str, items: Sequence[GuardedItem]) -> bool:
    if action in DATA_ACTIONS:
        named = any(
            grant.covers(action) and grant.items and not grant.deny for grant in role.grants
        )
        return named or any(role_may(role, action, item) for item in items)
    return role_may(role, action)
