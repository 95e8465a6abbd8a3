"""Who saw what against who may: reads outside role and purpose, of own files, and in bursts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from creditscore._cells import word_of
from creditscore._checks import check_kind, read_entries
from creditscore._display import counted, html_table
from creditscore._frame import as_table
from creditscore._validation import check_real
from creditscore.collect import ItemCatalogue
from creditscore.exceptions import EmptyDataError, InvalidDataError, InvalidParameterError
from creditscore.organise._principles._access_table import access_table
from creditscore.protect import AccessPolicy, Actor, GuardedItem

BREACH_KINDS = ("role", "purpose", "own file", "volume")
_GUARDED = ("personal", "sensitive")
_LEAST_HISTORY = 5
"""Other days of a person, or of its peers, from which a day can be told to be unusual."""


@dataclass(frozen=True, kw_only=True)
class _Unlisted:
    """An item that no catalogue knows: a policy must name it, or nobody may read it."""

    name: str
    group: str = ""
    sensitivity: str = "sensitive"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AccessReview:
    """Accesses against a policy; made by :func:`access_review`.

    Attributes
    ----------
    breaches : pandas.DataFrame
        A row an access that should not have been, in the order of time: entry, at, actor, roles,
        purpose, action, item, customer, kind ("role", "purpose", "own file" or "volume") and why.
        Of several kinds, the first counts.
    denials : pandas.DataFrame
        A row an access that was asked for and refused, of the same columns but for kind
        and why.
    days : pandas.DataFrame
        A row an actor and day: roles, n (customers that were read), z_own, z_peers and
        is_unusual.
    actors : pandas.DataFrame
        A row an actor: n (accesses), n_denied, a column a kind of breach, and share_in_policy.
    customers : pandas.DataFrame
        A row a customer: n (accesses), n_breaches and share_in_policy. Empty for records of a
        trail, which name no customers.
    n : int
        Accesses that were not refused, a row an item and call (or an entry of the log).
    protected_share : float
        Protected values that are kept encrypted / protected values; NaN where it is not known.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import access_review
    >>> from creditscore.protect import AccessPolicy
    >>> log = pd.DataFrame({
    ...     "at": ["2024-06-03T09:00"], "actor": "bo", "role": "sales", "purpose": "curiosity",
    ...     "item": "phone", "customer": "A",
    ... })
    >>> access_review(log, AccessPolicy.standard()).breaches["kind"].tolist()
    ['purpose']
    """

    breaches: pd.DataFrame
    denials: pd.DataFrame
    days: pd.DataFrame
    actors: pd.DataFrame
    customers: pd.DataFrame
    n: int
    protected_share: float

    @property
    def number(self) -> float:
        """1 − breaches / accesses, from 0 to 1; NaN where there was no access."""
        return 1 - len(self.breaches) / self.n if self.n else float("nan")

    @property
    def unjudged(self) -> pd.DataFrame:
        """Rows of `days` with too few others to tell whether so many reads are unusual."""
        return self.days[self.days["z_peers"].isna().to_numpy()].reset_index(drop=True)

    def counts(self) -> pd.Series:
        """Return how many breaches there are of each kind."""
        found = self.breaches["kind"].value_counts()
        return found.reindex(list(BREACH_KINDS), fill_value=0).rename("n")

    def __repr__(self) -> str:
        """Say in one line how many breaches there are."""
        parts = ", ".join(f"{n} {kind}" for kind, n in self.counts().items() if n)
        found = f"{len(self.breaches):,} in breach ({parts})" if parts else "none in breach"
        few = len(self.unjudged)
        few_days = f"; {counted(few, 'day')} not judged" if few else ""
        return (
            f"AccessReview({self.n:,} accesses, {found}; {len(self.denials):,} refused{few_days})"
        )

    def _repr_html_(self) -> str:
        """Show the actors with most breaches."""
        worst = self.actors.sort_values("share_in_policy", kind="stable").head(10)
        formats = {"share_in_policy": "{:.1%}"}
        return html_table(worst.reset_index(), caption=repr(self), formats=formats)


def access_review(
    accesses: Any,
    policy: AccessPolicy,
    *,
    items: Iterable[GuardedItem] | None = None,
    related: Mapping[str, Collection[str]] | None = None,
    least_z: float = 4.0,
    stored: Any = None,
) -> AccessReview:
    r"""Hold who read what against who may read what, and look for unusual days.

    Parameters
    ----------
    accesses : table or iterable of AuditRecord
        A log with a row an access: at (instant; without a zone, of UTC), actor, role (or roles,
        parted by semicolons), purpose and item, and where known action (read, read_masked or
        export; else read), customer and entry. Or the records of an audit trail, of which those of
        reads, exports and denials count.
    policy : AccessPolicy
        Who may read what, for what.
    items : iterable of GuardedItem, optional
        What is known of items; without, the standard catalogue. An item that is not in it is taken
        for sensitive and of no group: nobody may read it unless a grant names it.
    related : mapping of str to collection of str, optional
        Customers that an actor should not read: itself and its relatives, as far as known. Only
        a log that names customers can be held against it.
    least_z : float, default=4.0
        From where on a day is unusual, above 0.
    stored : table, optional
        A row a value that is kept: ``item`` and ``is_encrypted`` (True or False), for the share of
        protected values that are encrypted. Items that are not known are taken for protected.

    Returns
    -------
    AccessReview

    Raises
    ------
    MissingColumnError, InvalidDataError
        A column is not there; an instant, an actor or an item is missing, or an action unknown.
    EmptyDataError
        There are no accesses at all.
    InvalidParameterError
        `related` is given, and no access names a customer, as in an audit trail.

    Notes
    -----
    Four kinds of breach: the *role* is not granted the item, or is denied it; it is, but not for
    this *purpose*; the customer is the actor *itself or related*; and an unusual *volume*: of each
    actor and day, x is the number of customers read, and :math:`2\sqrt{x + 3/8}`, which makes
    the spread of counts about 1 [1]_, is held against its median over the actor's other days and
    over the other days of all actors of the same roles, in units of 1.4826 × the median absolute
    deviation, but of 1 at least. A day is unusual if z is `least_z` or more against both; with
    fewer than five own days, against the peers alone. Days without an access do not count. All
    accesses of an unusual day count as breaches until somebody has explained them; volume is a
    question, the other kinds are answers. Days of roles of which no more than five are known are
    not judged (`unjudged`), whatever was read on them. What was refused is no breach, and is shown
    apart.

    O(n_accesses log n_accesses) time.

    References
    ----------
    .. [1] Anscombe, F. J. (1948). The transformation of Poisson, binomial and negative-binomial
       data. Biometrika 35, 246–254.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import access_review
    >>> from creditscore.protect import AccessPolicy
    >>> log = pd.DataFrame({
    ...     "at": ["2024-06-03T09:00", "2024-06-03T09:05", "2024-06-04T10:00"], "actor": "bo",
    ...     "role": "sales", "purpose": ["sales", "sales", "curiosity"],
    ...     "item": ["phone", "birth_year", "phone"], "customer": ["A", "A", "B"],
    ... })
    >>> review = access_review(log, AccessPolicy.standard())
    >>> review
    AccessReview(3 accesses, 2 in breach (1 role, 1 purpose); 0 refused; 2 days not judged)
    >>> review.breaches[["item", "kind"]].values.tolist()
    [['birth_year', 'role'], ['phone', 'purpose']]
    """
    owner = "access_review"
    check_kind(policy, "policy", owner, AccessPolicy)
    least_z = check_real(least_z, "least_z", owner, low=0, high=np.inf, closed="neither")
    table = access_table(accesses)
    if not len(table):
        msg = "There are no accesses that could be held against the policy."
        raise EmptyDataError(msg)
    known = {item.name: item for item in (ItemCatalogue.standard() if items is None else items)}
    done = table[~table["was_denied"]].reset_index(drop=True)
    kind, why = _by_policy(done, policy, known)
    mine = _is_own(done, related or {}, owner)
    kind, why = (
        kind.where((kind != "") | ~mine, "own file"),
        why.where((kind != "") | ~mine, "the customer is the actor itself, or related"),
    )
    days = _days(done, least_z)
    unusual = _on(done, days)
    kind, why = (
        kind.where((kind != "") | ~unusual, "volume"),
        why.where((kind != "") | ~unusual, "far more customers than on other days"),
    )
    rows = done.drop(columns=["n_subjects", "was_denied"]).assign(kind=kind, why=why)
    breaches = rows[(kind != "").to_numpy()].sort_values("at", kind="stable", ignore_index=True)
    denied = table[table["was_denied"]].drop(columns=["n_subjects", "was_denied"])
    return AccessReview(
        breaches=breaches, denials=denied.reset_index(drop=True), days=days,
        actors=_by_actor(table, rows), customers=_by_customer(rows), n=len(done),
        protected_share=_protected_share(stored, known, owner),
    )  # fmt: skip


def _by_policy(
    done: pd.DataFrame, policy: AccessPolicy, known: Mapping[str, GuardedItem]
) -> tuple[pd.Series, pd.Series]:
    """Return for each access the kind of breach by the policy, and why it is one."""
    timed = any(g.since or g.until for role in policy.roles for g in role.grants)
    kinds, reasons = [], []
    seen: dict[Any, tuple[str, str]] = {}
    columns = ["actor", "roles", "purpose", "action", "item", "at"]
    for actor, roles, purpose, action, name, at in done[columns].itertuples(index=False):
        key = (actor, roles, purpose, action, name, at if timed else None)
        if key not in seen:
            who = Actor(name=actor, roles=roles, purpose=purpose)
            item = known.get(name) or _Unlisted(name=name)
            seen[key] = _breach(policy, who, action, item, at.to_pydatetime())
        kinds.append(seen[key][0])
        reasons.append(seen[key][1])
    kind, why = (pd.Series(words, index=done.index, dtype=object) for words in (kinds, reasons))
    return kind, why


def _breach(
    policy: AccessPolicy, actor: Actor, action: str, item: GuardedItem, at: Any
) -> tuple[str, str]:
    if action not in ("read", "read_masked", "export"):
        msg = f"The action of an access must be read, read_masked or export. Got {action!r}."
        raise InvalidDataError(msg)
    # a second person approves before, and such a record stands for itself
    found = policy.decide(actor, action, item, at=at, approved=True)
    if found.allowed:
        return "", ""
    elsewhere = (actor.for_purpose(purpose) for purpose in policy.purposes)
    may = any(policy.decide(one, action, item, at=at, approved=True).allowed for one in elsewhere)
    return ("purpose" if may else "role"), found.why


def _is_own(done: pd.DataFrame, related: Mapping[str, Any], owner: str) -> pd.Series:
    if related and not (done["customer"] != "").any():
        msg = (
            f"The 'related' parameter of {owner} has no effect: no access names its customer, for "
            "an audit trail keeps digests of them. Pass a log that names them, or leave it out."
        )
        raise InvalidParameterError(msg)
    pairs = {
        (word_of(actor), word_of(name))
        for actor, names in related.items()
        for name in read_entries(names, "related", owner)
    }
    found = [pair in pairs for pair in zip(done["actor"], done["customer"], strict=True)]
    return pd.Series(found, index=done.index, dtype=bool)


def _days(done: pd.DataFrame, least_z: float) -> pd.DataFrame:
    rows = done.assign(
        day=done["at"].dt.tz_localize(None).dt.floor("D"), roles=done["roles"].map("; ".join)
    )
    keys = ["actor", "roles", "day"]
    named = rows[(rows["customer"] != "").to_numpy()].groupby(keys)["customer"].nunique()
    # a call of a trail is one entry of several items, of the same customers
    calls = rows[(rows["customer"] == "").to_numpy()].drop_duplicates([*keys, "entry"])
    n = named.add(calls.groupby(keys)["n_subjects"].sum(), fill_value=0)
    days = n.rename("n").reset_index()
    days["n"] = days["n"].astype(np.int64)
    level = 2 * np.sqrt(days["n"].to_numpy() + 3 / 8)
    days["z_own"] = _robust(level, days["actor"])
    days["z_peers"] = _robust(level, days["roles"])
    own = days["z_own"].isna() | (days["z_own"] >= least_z)
    return days.assign(is_unusual=own & (days["z_peers"] >= least_z))


def _robust(level: Any, group: pd.Series) -> Any:
    """Return how far each value is from the others of its group; NaN where they are few."""
    z = np.full(len(level), np.nan)
    for places in group.groupby(group).indices.values():
        if len(places) <= _LEAST_HISTORY:
            continue
        values = level[places]
        # with one value of many left out, median and deviation hardly move: those of all serve
        middle = np.median(values)
        spread = 1.4826 * float(np.median(np.abs(values - middle)))
        z[places] = (values - middle) / max(1.0, spread)
    return z


def _on(done: pd.DataFrame, days: pd.DataFrame) -> pd.Series:
    keys = ["actor", "roles", "day"]
    bad = set(days.loc[days["is_unusual"], keys].itertuples(index=False, name=None))
    day = done["at"].dt.tz_localize(None).dt.floor("D")
    found = [
        key in bad
        for key in zip(done["actor"], done["roles"].map("; ".join), day, strict=True)
    ]  # fmt: skip
    return pd.Series(found, index=done.index, dtype=bool)


def _by_actor(table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    actors = pd.Index(sorted(table["actor"].unique()), name="actor", dtype=object)
    n = rows["actor"].value_counts().reindex(actors, fill_value=0)
    denied = table.loc[table["was_denied"], "actor"].value_counts().reindex(actors, fill_value=0)
    kinds = pd.crosstab(rows["actor"], rows["kind"]) if len(rows) else pd.DataFrame()
    kinds = kinds.reindex(index=actors, columns=list(BREACH_KINDS), fill_value=0)
    counts = pd.DataFrame({"n": n, "n_denied": denied}).join(kinds)
    share = 1 - kinds.sum(axis=1) / n.where(n > 0)
    return counts.assign(share_in_policy=share).rename_axis(index="actor", columns=None)


def _by_customer(rows: pd.DataFrame) -> pd.DataFrame:
    named = rows[(rows["customer"] != "").to_numpy()]
    bad = (named["kind"] != "").groupby(named["customer"]).agg(["size", "sum"])
    table = pd.DataFrame({"n": bad["size"], "n_breaches": bad["sum"].astype(np.int64)})
    return table.assign(share_in_policy=1 - table["n_breaches"] / table["n"])


def _protected_share(stored: Any, known: Mapping[str, GuardedItem], owner: str) -> float:
    if stored is None:
        return float("nan")
    table = as_table(stored)
    table.require(("item", "is_encrypted"))
    codes, names = table.levels("item")
    flags = table.numeric("is_encrypted")
    if not np.isin(flags, [0.0, 1.0]).all():
        msg = f"The column 'is_encrypted' of 'stored' in {owner} must hold True and False."
        raise InvalidDataError(msg)
    guarded = [
        (known.get(str(name)) or _Unlisted(name=str(name))).sensitivity in _GUARDED
        for name in (*names, "")
    ]
    own = np.array(guarded, dtype=bool)[codes]
    return float(flags[own].mean()) if own.any() else float("nan")
