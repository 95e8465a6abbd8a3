"""What a role may do, or may not: actions on items, for purposes, for a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, Protocol, TypeAlias, get_args

from creditscore._checks import check_kind, read_entries
from creditscore._validation import check_choice
from creditscore.exceptions import InvalidParameterError
from creditscore.protect._fields import instant_text, set_instant, set_text, set_texts

DataAction: TypeAlias = Literal["read", "read_masked", "write", "export"]
WorkAction: TypeAlias = Literal[
    "merge", "set_limit", "override_grade", "consent", "hold", "erase", "audit", "approve",
    "backup", "restore", "migrate", "rotate_keys", "manage_policy", "break_glass",
]  # fmt: skip
DATA_ACTIONS: tuple[str, ...] = get_args(DataAction)
WORK_ACTIONS: tuple[str, ...] = get_args(WorkAction)
ACTIONS = (*DATA_ACTIONS, *WORK_ACTIONS)
_OF_ONE = ("read", "read_masked", "write", "audit", "restore", "migrate", "approve", "break_glass")
"""Actions that cannot carry an approval: single facts, looking on, what comes before the trail."""
_OF_TWO = tuple(action for action in ACTIONS if action not in _OF_ONE)
LEVELS = ("public", "internal", "personal", "sensitive")
"""How sensitive items are, from the least."""
ANY = "*"
"""Stands for every purpose."""
_OPEN = ("public", "internal")
_INSTANTS = ("since", "until")


class GuardedItem(Protocol):
    """What a policy must know of an item: its name, its group and how sensitive it is.

    :class:`creditscore.collect.Item` is one, and so is whatever has these three texts.

    Examples
    --------
    >>> from creditscore.collect import Item
    >>> from creditscore.protect import GuardedItem
    >>> item: GuardedItem = Item(name="revenue", group="financial")
    >>> item.sensitivity
    'internal'
    """

    @property
    def name(self) -> str:
        """Name of the item."""
        ...

    @property
    def group(self) -> str:
        """Group that it belongs to."""
        ...

    @property
    def sensitivity(self) -> str:
        """public, internal, personal or sensitive."""
        ...


@dataclass(frozen=True, kw_only=True, repr=False)
class Grant:
    """What a role may do; or, with `deny`, what it may not do whatever else says so.

    Parameters
    ----------
    actions : tuple of str
        On items: read, read_masked, write, export. Of work: merge, set_limit, override_grade,
        consent, hold, erase, audit, approve, backup, restore, migrate, rotate_keys,
        manage_policy, break_glass.
    items : tuple of str, default=()
        Items by name, however sensitive they are.
    groups : tuple of str, default=()
        Groups of items, of those sensitivities that are given beside them.
    sensitivities : tuple of {"public", "internal", "personal", "sensitive"}, default=()
        Of the groups, or without groups of all items. Where groups are given and no sensitivity,
        public and internal ones are allowed, and all of them are denied.
    purposes : tuple of str, default=()
        For what; ``"*"`` is any purpose of the policy. A grant of actions on items must name some;
        one of work, or one that denies, holds for every purpose where it names none.
    deny : bool, default=False
        Whether this is forbidden; what is forbidden cannot be allowed by any other grant.
    since, until : str, date or datetime, optional
        Instants between which it holds: from the first on, and before the second.

    Raises
    ------
    InvalidParameterError
        An unknown action or sensitivity; actions on items that are allowed without items, groups
        or sensitivities, or without purposes; a time that ends before it begins.

    Notes
    -----
    Who may read an item may also see it masked; who is denied even that may not read it.

    Examples
    --------
    >>> from creditscore.collect import Item
    >>> from creditscore.protect import Grant
    >>> grant = Grant(actions=("read",), groups=("financial",), purposes=("credit decision",))
    >>> grant.reaches(Item(name="revenue", group="financial"))
    True
    >>> grant.reaches(Item(name="income", group="financial", sensitivity="personal"))
    False
    """

    actions: tuple[str, ...]
    items: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    sensitivities: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    deny: bool = False
    since: Any = None
    until: Any = None

    def __post_init__(self) -> None:
        """Check each entry."""
        set_texts(self, "actions", "items", "groups", "sensitivities", "purposes")
        set_instant(self, *_INSTANTS)
        check_kind(self.deny, "deny", "Grant", bool)
        for action in self.actions:
            check_choice(action, "actions", "Grant", ACTIONS)
        for level in self.sensitivities:
            check_choice(level, "sensitivities", "Grant", LEVELS)
        if not self.actions:
            msg = "The 'actions' parameter of Grant must name an action or more. Got none."
            raise InvalidParameterError(msg)
        if self.since is not None and self.until is not None and self.until <= self.since:
            msg = f"The 'until' parameter of Grant must be after 'since'. Got {self.until}."
            raise InvalidParameterError(msg)
        self._check_scope()

    def _check_scope(self) -> None:
        on_items = [action for action in self.actions if action in DATA_ACTIONS]
        if self.deny or not on_items:
            return
        if not (self.items or self.groups or self.sensitivities):
            msg = (
                f"A Grant of {', '.join(on_items)} must say on what: items, groups or "
                "sensitivities. For all items, name all four sensitivities."
            )
            raise InvalidParameterError(msg)
        if not self.purposes:
            msg = (
                f"A Grant of {', '.join(on_items)} must name the purposes that it serves, or '*' "
                "for any."
            )
            raise InvalidParameterError(msg)

    def reaches(self, item: GuardedItem | None) -> bool:
        """Tell whether an item is among those that it is about; no item is work, and always is."""
        if item is None or item.name in self.items:
            return True
        if not (self.groups or self.sensitivities):
            return self.deny and not self.items
        levels = self.sensitivities or (LEVELS if self.deny else _OPEN)
        return (not self.groups or item.group in self.groups) and item.sensitivity in levels

    def covers(self, action: str) -> bool:
        """Tell whether it is about an action: reading goes with masked reading.

        Parameters
        ----------
        action : str
            One of those of `actions`.
        """
        if self.deny and action == "read" and "read_masked" in self.actions:
            return True
        if not self.deny and action == "read_masked" and "read" in self.actions:
            return True
        return action in self.actions

    def serves(self, purpose: str) -> bool:
        """Tell whether it holds for a purpose."""
        return not self.purposes or ANY in self.purposes or purpose in self.purposes

    def holds_at(self, at: dt.datetime) -> bool:
        """Tell whether it holds at an instant."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)

    def content(self) -> dict[str, Any]:
        """Return what differs from the defaults, as plain values."""
        plain: dict[str, Any] = {}
        for entry in fields(self):
            value = getattr(self, entry.name)
            if value in ((), None, False):
                continue
            if entry.name in _INSTANTS:
                value = instant_text(value)
            plain[entry.name] = list(value) if isinstance(value, tuple) else value
        return plain

    def __repr__(self) -> str:
        """Say in one line what it allows or denies."""
        what = [*self.items, *self.groups, *self.sensitivities]
        on = f" on {', '.join(what)}" if what else ""
        purposes = f" for {', '.join(self.purposes)}" if self.purposes else ""
        return f"<Grant: {'no ' if self.deny else ''}{', '.join(self.actions)}{on}{purposes}>"


@dataclass(frozen=True, kw_only=True, repr=False)
class Role:
    """A role with what it may do.

    Parameters
    ----------
    name : str
        What actors have it by.
    grants : tuple of Grant, default=()
        What it may do; without, nothing.
    title, title_zh : str, default=""
        What people read, in English and Chinese; without, the name.

    Examples
    --------
    >>> from creditscore.protect import Grant, Role
    >>> Role(name="auditor", grants=(Grant(actions=("audit",)),), title_zh="审计员")
    Role(auditor: 1 grant)
    """

    name: str
    grants: tuple[Grant, ...] = ()
    title: str = ""
    title_zh: str = ""

    def __post_init__(self) -> None:
        """Check names and grants."""
        set_text(self, "name")
        set_text(self, "title", "title_zh", empty=True)
        grants = read_entries(self.grants, "grants", f"Role {self.name!r}")
        for grant in grants:
            check_kind(grant, "grants", f"Role {self.name!r}", Grant)
        object.__setattr__(self, "grants", grants)

    def content(self) -> dict[str, Any]:
        """Return what differs from the defaults, as plain values."""
        plain: dict[str, Any] = {"name": self.name}
        plain |= {n: getattr(self, n) for n in ("title", "title_zh") if getattr(self, n)}
        return {**plain, "grants": [grant.content() for grant in self.grants]}

    @classmethod
    def from_plain(cls, entries: Mapping[str, Any]) -> Role:
        """Read what :meth:`content` gave."""
        grants = tuple(Grant(**grant) for grant in entries.get("grants") or ())
        return cls(**{**entries, "grants": grants})

    def __repr__(self) -> str:
        """Say in one line how much it may do."""
        n = len(self.grants)
        return f"Role({self.name}: {n} grant{'' if n == 1 else 's'})"


@dataclass(frozen=True, kw_only=True)
class FourEyes:
    """An action that one person asks for and another approves.

    Parameters
    ----------
    action : str
        One of export, merge, set_limit, override_grade, consent, hold, erase, backup, rotate_keys
        and manage_policy; who may do it may ask for it.
    approvers : tuple of str
        Roles that may approve it, each with a grant of ``"approve"``.
    valid_hours : float, default=72
        Hours from the asking after which it can be neither approved nor done, above 0.

    Raises
    ------
    InvalidParameterError
        Another action, no approvers, or hours that are none.

    Notes
    -----
    Each call of a store that does one of these takes the number of an approved request
    (`approval`). The other actions cannot carry one, so that a rule on them would forbid them
    altogether: facts are read and written in calls of any number, with a record of each; who
    audits and who approves must be able to look; and a store that is restored or migrated cannot
    be asked for its approvals before. Outside of stores, such as for limits, ask the desk.

    Examples
    --------
    >>> from creditscore.protect import FourEyes
    >>> FourEyes(action="erase", approvers=("data_protection_officer",))
    FourEyes(action='erase', approvers=('data_protection_officer',), valid_hours=72)
    """

    action: str
    approvers: tuple[str, ...]
    valid_hours: float = 72

    def __post_init__(self) -> None:
        """Check the action, the roles and the hours."""
        if self.action in _OF_ONE:
            msg = (
                f"The 'action' parameter of FourEyes must be one of {', '.join(_OF_TWO)}. Got "
                f"{self.action!r}, which cannot carry an approval, so that nobody could do it."
            )
            raise InvalidParameterError(msg)
        check_choice(self.action, "action", "FourEyes", _OF_TWO)
        set_texts(self, "approvers")
        if not self.approvers:
            msg = "The 'approvers' parameter of FourEyes must name a role or more. Got none."
            raise InvalidParameterError(msg)
        hours = self.valid_hours
        if isinstance(hours, bool) or not isinstance(hours, (int, float)) or not 0 < hours < 1e6:
            msg = f"The 'valid_hours' parameter of FourEyes must be above 0. Got {hours!r}."
            raise InvalidParameterError(msg)

    def content(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "action": self.action,
            "approvers": list(self.approvers),
            "valid_hours": self.valid_hours,
        }
