"""What each role may do to each group of items, as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from creditscore.protect._access._findings import imagined_items, role_may
from creditscore.protect._access._grant import LEVELS, WORK_ACTIONS, GuardedItem, Role

if TYPE_CHECKING:
    from creditscore.protect._access._policy import AccessPolicy

_WORDS = (("read", "reads"), ("read_masked", "sees masked"), ("write", "writes"),
          ("export", "exports"))  # fmt: skip


def role_matrix(policy: AccessPolicy, items: Sequence[GuardedItem]) -> pd.DataFrame:
    """Return a row a role, a column a group."""
    known = tuple(items) or imagined_items(policy)
    groups = dict.fromkeys(item.group for item in known)
    columns = {
        group: [_cell(role, [i for i in known if i.group == group]) for role in policy.roles]
        for group in groups
    }
    columns["work"] = [
        ", ".join(action for action in WORK_ACTIONS if role_may(role, action))
        for role in policy.roles
    ]
    return pd.DataFrame(columns, index=pd.Index(policy.names, name="role"))


def _cell(role: Role, items: Sequence[GuardedItem]) -> str:
    return "; ".join(_phrases(role, items))


def _phrases(role: Role, items: Sequence[GuardedItem]) -> Iterator[str]:
    """Yield what a role may do to items of a group, by sensitivity."""
    for action, word in _WORDS:
        told = []
        for level in LEVELS:
            of_level = [item for item in items if item.sensitivity == level]
            if action == "read_masked":
                of_level = [item for item in of_level if not role_may(role, "read", item)]
            n = sum(role_may(role, action, item) for item in of_level)
            if n:
                told.append(level if n == len(of_level) else f"some {level}")
        if told:
            yield f"{word} {', '.join(told)}"
