"""Who owns the customer, and whom it owns, as far as the role may read it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from creditscore.report._dossier._reading import Reading, with_values
from creditscore.report._dossier._section import DossierSection, observed

if TYPE_CHECKING:
    from creditscore.organise import CustomerStore

_MOST = 200


def group_tree(store: CustomerStore, reading: Reading) -> tuple[DossierSection, pd.DataFrame]:
    """Return the customer's group, and the facts about it.

    Parents come first, up to the ultimate one, then those of the same parent, then those that it
    owns, directly or not. A customer that owns itself by a ring stands once. A parent that was
    merged into another customer is that one.
    """
    from creditscore.organise import merged_customers  # noqa: PLC0415 - an extra

    nothing = DossierSection(name="group_tree", table=pd.DataFrame()), reading.facts.iloc[:0]
    if not reading.sees("parent"):
        return nothing
    asked: dict[str, Any] = {
        "as_of": pd.Timestamp(reading.day), "known_at": reading.instant, "resolve": True,
    }  # fmt: skip
    # who is below a customer stands in the facts about others
    known = with_values(store.observations(items=["parent"], **asked), frozenset())
    parents = known[known["text"] != ""].set_index("customer")
    into = merged_customers(store, reading.instant)
    told = {str(name): str(owner) for name, owner in parents["text"].items()}
    # who was merged into its own parent is owned by nobody
    parent_of = {
        name: into.get(owner, owner) for name, owner in told.items()
        if into.get(owner, owner) != name
    }  # fmt: skip
    relations = _relations(reading.customer, parent_of)
    if len(relations) < 2:
        return nothing
    names = [name for name, _ in relations]
    known = known[known["customer"].isin(names)]
    owned = [name for name in names if name in parent_of]
    if reading.sees("ownership_share"):
        more = store.observations(items=["ownership_share"], customers=owned, **asked)
        known = pd.concat([known, with_values(more, frozenset())], ignore_index=True)
    shares = known[known["item"] == "ownership_share"].set_index("customer")
    table = pd.DataFrame({
        "customer": names, "relation": [relation for _, relation in relations],
        "parent": [parent_of.get(name, "") for name in names],
        "ownership_share": [
            float(shares["number"].get(name, math.nan)) for name in names
        ],
    })  # fmt: skip
    numbers = {
        "parent": parents["observation"].to_dict(),
        "ownership_share": shares["observation"].to_dict(),
    }
    basis = {
        column: [observed(of[name]) if name in of else () for name in names]
        for column, of in numbers.items()
    }
    return DossierSection(name="group_tree", table=table, basis=basis), known


def _relations(customer: str, parent_of: dict[str, str]) -> list[tuple[str, str]]:
    above: list[str] = []
    name = parent_of.get(customer, "")
    while name and name != customer and name not in above:
        above.append(name)
        name = parent_of.get(name, "")
    found = dict.fromkeys([*reversed(above), customer], "parent")
    found[customer] = "itself"
    children: dict[str, list[str]] = {}
    for child, owner in sorted(parent_of.items()):
        children.setdefault(owner, []).append(child)
    for name in children.get(above[0] if above else "", []):
        found.setdefault(name, "sister")
    waiting = [customer]
    while waiting and len(found) < _MOST:
        for name in children.get(waiting.pop(0), []):
            if name not in found or found[name] == "sister":
                found[name] = "subsidiary"
                waiting.append(name)
    return list(found.items())
