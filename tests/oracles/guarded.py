"""A store with persons, roles and purposes, for tests of what guards it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from creditscore.collect import Item, Observations
from creditscore.protect import (
    AccessPolicy,
    Actor,
    FourEyes,
    Grant,
    ProtectionPlan,
    Purpose,
    RetentionRule,
    Role,
)
from stores import CATALOGUE, facts

GUARDED = CATALOGUE.with_items(
    Item(name="customer_kind", kind="text", group="identity", allowed=("enterprise", "person")),
    Item(name="identity_number", kind="text", group="identity", sensitivity="sensitive"),
)
_ALL = ("public", "internal", "personal", "sensitive")
POLICY = AccessPolicy(
    roles=(
        Role(name="analyst", grants=(
            Grant(actions=("read", "write"), sensitivities=_ALL, purposes=("credit",)),
            Grant(actions=("merge",)),
        )),
        Role(name="sales", grants=(
            Grant(actions=("read",), groups=("identity",), purposes=("selling",)),
            Grant(actions=("read",), items=("name",), purposes=("selling",)),
        )),
        Role(name="scientist", grants=(
            Grant(actions=("read",), groups=("financial",), purposes=("credit",)),
            Grant(actions=("read",), deny=True, sensitivities=("personal", "sensitive")),
        )),
        Role(name="officer", grants=(
            Grant(actions=("read", "export"), sensitivities=_ALL, purposes=("request",)),
            Grant(actions=("erase", "hold", "consent", "audit", "manage_policy", "rotate_keys")),
        )),
        Role(name="manager", grants=(Grant(actions=("approve",)),)),
    ),
    purposes=("credit", "selling", "request"),
    four_eyes=(
        FourEyes(action="erase", approvers=("manager",)),
        FourEyes(action="export", approvers=("manager",)),
        FourEyes(action="rotate_keys", approvers=("manager",)),
    ),
)  # fmt: skip
PLAN = ProtectionPlan(
    purposes=(
        Purpose(name="credit", gdpr="contract"),
        Purpose(name="selling", gdpr="consent"),
        Purpose(name="request", gdpr="legal_obligation"),
    ),
    rules=(
        RetentionRule(name="personal", after="true_from", months=24,
                      sensitivities=("personal", "sensitive")),
        RetentionRule(name="tax", after="true_from", months=120, keep=True,
                      record_kinds=("invoice",), sensitivities=("public", "internal")),
    ),
)  # fmt: skip
ANA = Actor(name="ana", roles=("analyst",), purpose="credit")
BO = Actor(name="bo", roles=("sales",), purpose="selling")
OLE = Actor(name="ole", roles=("officer",), purpose="request")
WEI = Actor(name="wei", roles=("manager",))

SECRETS = ("Zoë Quaresma-Ødegård", "7311199001015544", "passage 7: owes her brother 9,000")
"""What of the customer P-4711 must be nowhere once it is erased."""


def guarded_facts() -> Observations:
    """Return facts of a person, of another one, and of a firm."""
    name, number, passage = SECRETS
    rows = [
        ("P-4711", "customer_kind", "person", "2020-01-01"),
        ("P-4711", "name", name, "2020-01-01"),
        ("P-4711", "identity_number", number, "2020-01-01"),
        ("P-4711", "income", 54321.125, "2023-01-01"),
        ("P-4711", "industry", "retail", "2020-01-01"),
        ("P-4712", "customer_kind", "person", "2020-01-01"),
        ("P-4712", "name", "Ana Maria", "2020-01-01"),
        ("F-1", "customer_kind", "enterprise", "2020-01-01"),
        ("F-1", "name", "Trade Ltd", "2020-01-01"),
        ("F-1", "revenue", 100, "2023-12-31"),
        ("P-4711", "invoice.amount", 250, "2023-06-01"),
        ("P-4711", "invoice.payer", name, "2023-06-01"),
    ]
    records = [""] * 10 + ["i1", "i1"]
    evidence = [passage if row[1] == "income" else "" for row in rows]
    return facts(*rows, catalogue=GUARDED, record=records, evidence=evidence)


def approved(store: Any, action: str, *subjects: str, items: Any = ()) -> str:
    """Return the number of a request of the actor that somebody else approved."""
    desk = store.approvals
    request = desk.ask(
        store.actor, action, reason="asked for by letter", subjects=subjects or None, items=items
    )
    desk.approve(request.id, WEI)
    return str(request.id)


def all_bytes(place: Path) -> bytes:
    """Return the bytes of a file of SQLite, and of all that stands beside it."""
    return b"".join(path.read_bytes() for path in sorted(place.parent.glob(f"{place.name}*")))
