"""The file of a policy that people read and edit."""

from __future__ import annotations

from typing import Any

from creditscore.protect._access._grant import FourEyes, Role
from creditscore.protect._yaml_file import at_entry, entries_of

_ENTRIES = ("purposes", "roles", "four_eyes", "emergency")


def policy_entries(content: Any, file: str) -> dict[str, Any]:
    """Return the parameters of the policy that the content of a file describes."""
    entries = entries_of(
        content, file, kind="creditscore.access_policy", known=_ENTRIES, needed=("roles",)
    )
    roles = []
    with at_entry(file, "roles"):
        for name, role in dict(entries["roles"]).items():
            with at_entry(file, f"roles.{name}"):
                roles.append(Role.from_plain({"name": name, **(role or {})}))
    rules = []
    for place, rule in enumerate(entries.get("four_eyes") or (), 1):
        with at_entry(file, f"four_eyes, rule {place}"):
            rules.append(FourEyes(**rule))
    with at_entry(file, "emergency"):
        emergency = dict(entries.get("emergency") or {"role": ""})
        role, hours = emergency.pop("role"), emergency.pop("hours", 4)
        if emergency:
            msg = f"only 'role' and 'hours' stand here, and not {', '.join(map(repr, emergency))}"
            raise ValueError(msg)
    return {
        "roles": tuple(roles),
        "purposes": tuple(entries.get("purposes") or ()),
        "four_eyes": tuple(rules),
        "emergency_role": role,
        "emergency_hours": hours,
    }
