"""A policy: which role may do what with which items, for which purpose; all else is denied."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any, ClassVar, Self

import pandas as pd

from creditscore._checks import check_kind, read_entries, unknown_name
from creditscore._display import html_table
from creditscore._document import JsonDocument
from creditscore._validation import check_choice, check_real
from creditscore._yaml import read_yaml, read_yaml_file
from creditscore.exceptions import AccessDeniedError, InvalidParameterError
from creditscore.protect._access._actor import Actor
from creditscore.protect._access._decision import AccessDecision, ReadableItems, ruling
from creditscore.protect._access._findings import PolicyFinding, policy_findings
from creditscore.protect._access._grant import (
    ACTIONS,
    ANY,
    DATA_ACTIONS,
    FourEyes,
    GuardedItem,
    Role,
)
from creditscore.protect._access._matrix import role_matrix
from creditscore.protect._access._policy_file import policy_entries
from creditscore.protect._fields import now, read_instant, set_text, set_texts
from creditscore.protect._yaml_file import at_entry

if TYPE_CHECKING:
    from creditscore.protect._audit._record import AuditRecord
    from creditscore.protect._audit._trail import AuditTrail


@dataclass(frozen=True, kw_only=True, repr=False)
class AccessPolicy(JsonDocument):
    """Who may do what: roles with grants, and actions that need a second person.

    Parameters
    ----------
    roles : tuple of Role
        One or more, of different names.
    purposes : tuple of str, default=()
        All purposes that there are: items are read, written and exported for one of them, and
        grants name no others.
    four_eyes : tuple of FourEyes, default=()
        Actions that one asks for and another approves.
    emergency_role : str, default=""
        Role that :func:`break_glass` adds for some hours; without, there is no such way. A store
        takes it from nobody without a running record of that, so no other work belongs to it.
    emergency_hours : float, default=4
        For how long, above 0 and up to 72.

    Raises
    ------
    InvalidParameterError
        No role, or two of one name; a purpose or a role that is not listed; an action with two
        rules of four eyes.

    See Also
    --------
    AccessPolicy.standard : The policy that comes with the library.
    ApprovalDesk : Asks for and approves what needs four eyes.

    Notes
    -----
    An action is allowed where

    1. a role that the actor has, and that has not ended, grants it for the item, for the purpose
       and at the time, and
    2. no role that the actor has denies it: a denial wins over every grant, and
    3. it needs no second person, or a second one has approved.

    All else is denied: an unknown role, an item of an unknown group, and, on items, a purpose that
    is empty or that the policy does not list, also where a grant is for any. The policy
    is one of the library. Whoever opens the database with another program goes round it; there
    the database's own roles and the encryption of personal values must hold.

    References
    ----------
    .. [1] R. S. Sandhu, E. J. Coyne, H. L. Feinstein, C. E. Youman, "Role-Based Access Control
       Models", *IEEE Computer* 29(2), 1996, 38-47.

    Examples
    --------
    >>> from creditscore.collect import Item
    >>> from creditscore.protect import AccessPolicy, Actor, Grant, Role
    >>> policy = AccessPolicy(
    ...     roles=(Role(name="analyst", grants=(
    ...         Grant(actions=("read",), groups=("financial",), purposes=("credit decision",)),
    ...     )),),
    ...     purposes=("credit decision",),
    ... )
    >>> ana = Actor(name="ana", roles=("analyst",), purpose="credit decision")
    >>> policy.decide(ana, "read", Item(name="revenue", group="financial")).allowed
    True
    >>> policy.decide(ana, "read", Item(name="name", group="identity", kind="text")).allowed
    False
    """

    _format: ClassVar[str] = "creditscore.access_policy"

    roles: tuple[Role, ...]
    purposes: tuple[str, ...] = ()
    four_eyes: tuple[FourEyes, ...] = ()
    emergency_role: str = ""
    emergency_hours: float = 4

    def __post_init__(self) -> None:
        """Check that names are known, each once."""
        for name, kind in (("roles", Role), ("four_eyes", FourEyes)):
            entries = read_entries(getattr(self, name), name, "AccessPolicy")
            for entry in entries:
                check_kind(entry, name, "AccessPolicy", kind)
            object.__setattr__(self, name, entries)
        set_texts(self, "purposes")
        set_text(self, "emergency_role", empty=True)
        check_real(
            self.emergency_hours, "emergency_hours", "AccessPolicy", low=0, high=72, closed="right"
        )
        if not self.roles:
            msg = "The 'roles' parameter of AccessPolicy must hold a Role or more. Got none."
            raise InvalidParameterError(msg)
        for what, names in (
            ("role", self.names),
            ("rule of four eyes for", tuple(rule.action for rule in self.four_eyes)),
        ):
            name, n = Counter(names).most_common(1)[0] if names else ("", 0)
            if n > 1:
                msg = f"The {what} {name!r} stands twice in the policy. Leave out one of the two."
                raise InvalidParameterError(msg)
        self._check_known()

    def _check_known(self) -> None:
        named = [role for rule in self.four_eyes for role in rule.approvers]
        for role in (*named, *filter(None, (self.emergency_role,))):
            if role not in self.names:
                raise unknown_name(role, self.names, "role", "the policy")
        grants = [grant for role in self.roles for grant in role.grants]
        for purpose in (name for grant in grants for name in grant.purposes):
            if purpose not in (ANY, *self.purposes):
                raise unknown_name(purpose, self.purposes, "purpose", "the policy")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the roles, in order."""
        return tuple(role.name for role in self.roles)

    def __getitem__(self, name: str) -> Role:
        """Return a role by its name; near names are listed where there is none."""
        found = next((role for role in self.roles if role.name == name), None)
        if found is None:
            raise unknown_name(name, self.names, "role", "the policy")
        return found

    def four_eyes_of(self, action: str) -> FourEyes | None:
        """Return the rule by which an action needs a second person, None where there is none."""
        return next((rule for rule in self.four_eyes if rule.action == action), None)

    def decide(
        self,
        actor: Actor,
        action: str,
        item: GuardedItem | None = None,
        *,
        at: Any = None,
        approved: bool = False,
    ) -> AccessDecision:
        """Tell whether an actor may do something, and why.

        Parameters
        ----------
        actor : Actor
            Who, in which roles and for what.
        action : str
            An action of grants.
        item : GuardedItem, optional
            On which item; needed for reading, writing and exporting, and for nothing else.
        at : str, date or datetime, optional
            When; without, now.
        approved : bool, default=False
            Whether a second person approved it, as :class:`ApprovalDesk` checks.

        Returns
        -------
        AccessDecision

        Raises
        ------
        InvalidParameterError
            An unknown action; an item where there should be none, or none where there should.
        """
        check_kind(actor, "actor", "AccessPolicy.decide", Actor)
        check_choice(action, "action", "AccessPolicy.decide", ACTIONS)
        if (item is None) is (action in DATA_ACTIONS):
            needs = "an item" if item is None else "no item"
            msg = f"The action {action!r} needs {needs} in AccessPolicy.decide."
            raise InvalidParameterError(msg)
        instant = now() if at is None else read_instant(at, "at", "AccessPolicy.decide")
        allowed, why = ruling(self.roles, actor, action, item, instant)
        if allowed and item is not None and actor.purpose not in self.purposes:
            # another spelling of a purpose would go round what is denied for it
            why = f"the policy has no purpose {actor.purpose!r}"
            return AccessDecision(allowed=False, why=why)
        if allowed and not approved and self.four_eyes_of(action) is not None:
            return AccessDecision(
                allowed=False, why=f"{action} needs the approval of a second person"
            )
        return AccessDecision(allowed=allowed, why=why)

    def allows(
        self, actor: Actor, action: str, item: GuardedItem | None = None, *, at: Any = None
    ) -> bool:
        """Tell whether an actor may do something; parameters and errors as in :meth:`decide`."""
        return self.decide(actor, action, item, at=at).allowed

    def check(
        self,
        actor: Actor,
        action: str,
        item: GuardedItem | None = None,
        *,
        at: Any = None,
        trail: AuditTrail | None = None,
    ) -> None:
        """Raise an error where an actor may not do something.

        Parameters
        ----------
        actor : Actor
            Who, in which roles and for what.
        action : str
            An action of grants.
        item : GuardedItem, optional
            On which item.
        at : str, date or datetime, optional
            When; without, now.
        trail : AuditTrail, optional
            Where a denial is recorded, as ``"denied"``, before the error is raised.

        Raises
        ------
        AccessDeniedError
            It may not; the message says who asked for what, and why not.
        InvalidParameterError
            As by :meth:`decide`.
        """
        decision = self.decide(actor, action, item, at=at)
        if decision.allowed:
            return
        on = "" if item is None else f" of item {item.name!r}"
        if trail is not None:
            details = {"asked": action, "why": decision.why}
            trail.append(
                actor, "denied", details if item is None else {**details, "item": item.name}
            )
        msg = f"{actor.name} was denied {action!r}{on}: {decision.why}."
        raise AccessDeniedError(msg)

    def readable(
        self, actor: Actor, items: Iterable[GuardedItem], *, at: Any = None
    ) -> ReadableItems:
        """Part items into those that an actor may read in clear, masked, and not at all.

        Parameters
        ----------
        actor : Actor
            Who, in which roles and for what.
        items : iterable of GuardedItem
            Such as an :class:`~creditscore.collect.ItemCatalogue`.
        at : str, date or datetime, optional
            When; without, now.

        Returns
        -------
        ReadableItems
        """
        instant = now() if at is None else at
        parts: dict[str, list[str]] = {"read": [], "read_masked": [], "hidden": []}
        for item in items:
            ways = (
                way for way in ("read", "read_masked") if self.allows(actor, way, item, at=instant)
            )
            parts[next(ways, "hidden")].append(item.name)
        clear, masked, hidden = (tuple(part) for part in parts.values())
        return ReadableItems(clear=clear, masked=masked, hidden=hidden)

    def findings(
        self,
        items: Iterable[GuardedItem] = (),
        records: Iterable[AuditRecord] = (),
        *,
        at: Any = None,
    ) -> tuple[PolicyFinding, ...]:
        """Say where the policy gives more than is needed, or lets one person make and check.

        Parameters
        ----------
        items : iterable of GuardedItem, default=()
            The items that there are; with them, grants that reach none of them are found.
        records : iterable of AuditRecord, default=()
            Records of a trail; with them, actions that a role was granted and never did.
        at : str, date or datetime, optional
            When; without, now.

        Returns
        -------
        tuple of PolicyFinding

        Examples
        --------
        >>> from creditscore.protect import AccessPolicy, Grant, Role
        >>> everything = Grant(actions=("read",), purposes=("*",), sensitivities=(
        ...     "public", "internal", "personal", "sensitive"))
        >>> AccessPolicy(roles=(Role(name="boss", grants=(everything,)),)).findings()
        (<PolicyFinding: reads_everything, boss>,)
        """
        instant = now() if at is None else read_instant(at, "at", "AccessPolicy.findings")
        return policy_findings(self, tuple(items), tuple(records), instant)

    def table(self, items: Iterable[GuardedItem] = ()) -> pd.DataFrame:
        """Return a row a role and a column a group, with what the role may do to the group.

        Parameters
        ----------
        items : iterable of GuardedItem, default=()
            The items that there are; without, an item of each sensitivity in every group that
            grants name is imagined.

        Returns
        -------
        DataFrame
            Index role; a column a group, and ``work`` with the other actions. Any purpose and any
            time count, for the table shows what a role can ever do.
        """
        return role_matrix(self, tuple(items))

    @classmethod
    def standard(cls) -> Self:
        """Return the policy of a trading firm, to begin with.

        Its roles are analyst, credit_manager, sales, collector, data_scientist, auditor,
        data_protection_officer, administrator and, for some hours, emergency; their titles are
        there in English and Chinese.

        Examples
        --------
        >>> from creditscore.protect import AccessPolicy
        >>> AccessPolicy.standard()["auditor"].title_zh
        '审计员'
        """
        name = "access_policy.yaml"
        raw = (resources.files("creditscore.protect") / "templates" / name).read_bytes()
        return cls(**policy_entries(read_yaml(raw, name), name))

    @classmethod
    def from_yaml(cls, path: str | os.PathLike[str]) -> Self:
        """Read a policy that a person wrote; the standard one is the model.

        Parameters
        ----------
        path : path-like
            File with the entries format, version, purposes, roles, four_eyes and emergency.

        Raises
        ------
        DocumentNotFoundError
            There is no such file.
        DocumentError
            It is no YAML, or holds something else; the message names the entry.
        """
        entries = policy_entries(read_yaml_file(path), str(path))
        with at_entry(str(path), "roles"):
            return cls(**entries)

    def _content(self) -> dict[str, Any]:
        content: dict[str, Any] = {
            "purposes": list(self.purposes),
            "roles": [role.content() for role in self.roles],
            "four_eyes": [rule.content() for rule in self.four_eyes],
        }
        if self.emergency_role:
            content["emergency"] = {"role": self.emergency_role, "hours": self.emergency_hours}
        return content

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        emergency = content.get("emergency", {"role": "", "hours": 4})
        return cls(
            purposes=tuple(content["purposes"]),
            roles=tuple(Role.from_plain(role) for role in content["roles"]),
            four_eyes=tuple(FourEyes(**rule) for rule in content["four_eyes"]),
            emergency_role=emergency["role"],
            emergency_hours=emergency["hours"],
        )

    def __repr__(self) -> str:
        """Say in one line which roles there are."""
        return f"AccessPolicy({len(self.roles)} roles: {', '.join(self.names)})"

    def _repr_html_(self) -> str:
        """Show what each role may do to each group."""
        return html_table(self.table().reset_index(), caption=repr(self), formats={})
