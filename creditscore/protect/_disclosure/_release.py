"""Releases: tables that leave the house, without names and with enough rows that look alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import narwhals as nw
import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import counted, html_table
from creditscore._frame import native_rows, read_named
from creditscore._typing import Bool1D, Int1D, NativeFrame
from creditscore._validation import check_choice, check_integer
from creditscore._warn import warn_user
from creditscore.exceptions import (
    DisclosureWarning,
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
)
from creditscore.protect._disclosure._bare import bare_table
from creditscore.protect._disclosure._classes import factorised, native_column, pairs_of
from creditscore.protect._disclosure._identifying import warn_of_own_values, warn_of_rows_of_one
from creditscore.protect._disclosure._k_anonymity import KAnonymity, customer_codes, k_anonymity
from creditscore.protect._disclosure._l_diversity import LDiversity, l_diversity
from creditscore.protect._pseudonym._pseudonymiser import Pseudonymiser

ColumnRole: TypeAlias = Literal["direct", "customer", "quasi", "sensitive", "other"]
COLUMN_ROLES: tuple[str, ...] = get_args(ColumnRole)
"""What a column of a release is."""
_WHAT_BECOMES = {
    "direct": "left out", "customer": "counted, and left out", "quasi": "kept, counted for k",
    "sensitive": "kept, counted for l", "other": "kept",
}  # fmt: skip
_JOINED = "counted, and replaced by pseudonyms"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Release:
    """A table that may leave the house, and what was done to it; by :func:`release_table`.

    Attributes
    ----------
    table : table
        Of the kind that was given. Rows have a new order and no index, which could tell whose
        they are. Categories that no row has are gone, as are remarks about the table or a column
        (attrs, metadata); categories of polars and pyarrow are text.
    roles : mapping of str to str
        The role of each column that was given.
    least_k, least_l : int
        What was asked for.
    k : int
        Rows, or customers, of the smallest class of the table.
    diversity : mapping of str to int
        Fewest distinct values of a class, by sensitive column.
    n_given, n_suppressed : int
        Rows that were given, and rows of those that were left out.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.protect import release_table
    >>> table = pd.DataFrame({"name": list("abcd"), "region": list("NNSS"), "bad": [0, 1, 0, 1]})
    >>> roles = {"name": "direct", "region": "quasi", "bad": "sensitive"}
    >>> release = release_table(table, roles, k=2, l=2)
    >>> release
    <Release: 4 of 4 rows, k = 2 (2 asked for), l = 2 (2 asked for)>
    >>> list(release.table.columns)
    ['region', 'bad']
    """

    table: NativeFrame
    roles: Mapping[str, ColumnRole]
    least_k: int
    least_l: int
    k: int
    diversity: Mapping[str, int]
    n_given: int
    n_suppressed: int

    def frame(self) -> pd.DataFrame:
        """Return a row a column of what was given.

        Returns
        -------
        DataFrame
            column, role, what was done, distinct_values (fewest of a class; of sensitive columns).
        """
        left = nw.from_native(self.table, eager_only=True).columns
        done = [
            _JOINED if role == "customer" and name in left else _WHAT_BECOMES[role]
            for name, role in self.roles.items()
        ]
        return pd.DataFrame({
            "column": list(self.roles),
            "role": list(self.roles.values()),
            "done": done,
            "distinct_values": pd.array(
                [self.diversity.get(name, pd.NA) for name in self.roles], dtype="Int64"
            ),
        })  # fmt: skip

    def __repr__(self) -> str:
        """Say rows, k and l, and nothing of the rows."""
        kept = self.n_given - self.n_suppressed
        told = f"k = {self.k:,} ({self.least_k} asked for)"
        if self.diversity:
            told += f", l = {min(self.diversity.values()):,} ({self.least_l} asked for)"
        return f"<Release: {kept:,} of {counted(self.n_given, 'row')}, {told}>"

    def _repr_html_(self) -> str:
        """Show what was done, and nothing of the rows."""
        return html_table(self.frame(), caption=repr(self), formats={"distinct_values": "{:,}"})


def release_table(
    table: NativeFrame,
    roles: Mapping[str, ColumnRole],
    *,
    pseudonymiser: Pseudonymiser | None = None,
    k: int = 5,
    l: int = 2,  # noqa: E741 - the name of the measure
    below: Literal["refuse", "suppress"] = "refuse",
) -> Release:
    """Make a table that may leave the house, or refuse to.

    Parameters
    ----------
    table : table of shape (n_rows, n_columns)
        Any pandas, polars or pyarrow table.
    roles : mapping of str to {"direct", "customer", "quasi", "sensitive", "other"}
        What each column is, and none left out: a name or number that tells who somebody is
        (direct, which is left out), the customer's number (customer, by which persons are counted,
        one column at most), what may be known of a person (quasi), what nobody should learn
        (sensitive), or none of these. Where customers have several rows, one must be the customer,
        or rows are taken for persons.
    pseudonymiser : Pseudonymiser, optional
        Gives the pseudonyms that stand in the place of the customer; without, that column is
        counted and left out, so that nobody can join the rows of a person.
    k : int, default=5
        Fewest rows that share the quasi-identifiers of each, 2 or more; customers, where there is
        a customer column.
    l : int, default=2
        Fewest distinct values of each sensitive column in such a class, 1 or more; 1 asks nothing.
    below : {"refuse", "suppress"}, default="refuse"
        What becomes of rows in smaller or less diverse classes: all of the release is refused, or
        these rows are left out, which is said.

    Returns
    -------
    Release

    Raises
    ------
    InvalidDataError
        Rows at risk, and they are to be refused; a sensitive column with missing values; a row
        that does not say whose it is; rows of one pseudonym with different quasi-identifiers,
        which together tell more than each: give one row a customer, or no pseudonymiser.
    EmptyDataError
        No rows, or none left.
    InvalidParameterError
        A column without a role, a role without a column, an unknown role, or two customer columns.

    Warns
    -----
    DisclosureWarning
        Rows were left out, and how many: what is left is no fair sample of all. In an "other"
        column, values of one row or customer alone stand in nine of ten rows or more. Without a
        customer column, a class has fewer than k different values of the direct columns, so that
        its rows may be of fewer than k persons.

    See Also
    --------
    k_anonymity, l_diversity : The measures.
    to_bands, to_prefixes, to_periods : Coarser values, before rows are left out.

    Notes
    -----
    Whole classes are left out, so the other classes stay as they are, and one pass is enough. The
    rows of the release are in the order of their values, pseudonyms first, and not in the order
    that they came in. k and l bound what the quasi-identifiers give away, if all of them were
    named. They bound nothing against who knows the other columns, and two releases of the same
    persons together may tell more than each. Such a table is still personal data as long as
    somebody has the key.

    References
    ----------
    .. [1] L. Sweeney, *Achieving k-anonymity privacy protection using generalization and
       suppression*, International Journal on Uncertainty, Fuzziness and Knowledge-based Systems
       10(5), 2002, 571-588.
    .. [2] A. Machanavajjhala, D. Kifer, J. Gehrke, M. Venkitasubramaniam, *l-diversity: privacy
       beyond k-anonymity*, ACM Transactions on Knowledge Discovery from Data 1(1), 2007.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.protect import Pseudonymiser, release_table
    >>> table = pd.DataFrame({
    ...     "customer": ["C1", "C2", "C3"], "name": ["Ana", "Bo", "Cy"],
    ...     "region": ["N", "N", "S"], "owes": [10, 20, 30],
    ... })
    >>> roles = {"customer": "customer", "name": "direct", "region": "quasi", "owes": "sensitive"}
    >>> study = Pseudonymiser(bytes(range(32)), "study 7")
    >>> release_table(table, roles, pseudonymiser=study, k=2)
    Traceback (most recent call last):
    creditscore.exceptions.InvalidDataError: 1 of 3 rows would tell too much: ...
    """
    owner = "release_table"
    check_kind(roles, "roles", owner, Mapping)
    check_choice(below, "below", owner, ("refuse", "suppress"))
    least_k = check_integer(k, "k", owner, low=2)
    least_l = check_integer(l, "l", owner, low=1)
    _check_roles(table, roles)
    customer = _customer(roles, pseudonymiser)
    quasi = _of(roles, "quasi")
    if customer is not None and pseudonymiser is not None:
        _check_one_class(table, quasi, customer)
    anonymity = k_anonymity(table, quasi, customer=customer)
    diversities = [
        l_diversity(table, quasi, name, customer=customer) for name in _of(roles, "sensitive")
    ]
    risky = anonymity.at_risk(least_k)
    for diversity in diversities:
        risky |= diversity.at_risk(least_l)
    _judge(risky, anonymity, diversities, (least_k, least_l), below)
    kept = np.flatnonzero(~risky)
    _warn_of_roles(table, roles, kept, anonymity, least_k)
    left = np.unique(anonymity.classes.codes[kept])
    return Release(
        table=_released(table, roles, kept, pseudonymiser),
        roles=dict(roles),
        least_k=least_k,
        least_l=least_l,
        k=int(anonymity.sizes[left].min()),
        diversity={d.sensitive: int(d.distinct_values[left].min()) for d in diversities},
        n_given=len(risky),
        n_suppressed=int(risky.sum()),
    )


def _of(roles: Mapping[str, str], role: str) -> tuple[str, ...]:
    return tuple(name for name, given in roles.items() if given == role)


def _check_roles(table: NativeFrame, roles: Mapping[str, ColumnRole]) -> None:
    for name, role in roles.items():
        check_choice(role, f"roles[{name!r}]", "release_table", COLUMN_ROLES)
    names = read_named(table, list(roles), reader="release_table").names
    # of a table of pandas, columns that are not named by text are none of `names`
    there = list(table.columns) if isinstance(table, pd.DataFrame) else list(names)
    unsaid = [name for name in there if name not in roles]
    if unsaid:
        msg = (
            f"The 'roles' of release_table must say what each column is. Nothing is said of "
            f"{', '.join(map(repr, unsaid))}: give a role, 'direct' to leave it out."
        )
        raise InvalidParameterError(msg)


def _customer(roles: Mapping[str, str], pseudonymiser: Pseudonymiser | None) -> str | None:
    names = _of(roles, "customer")
    if len(names) > 1:
        msg = f"One column can be the customer. Got {', '.join(map(repr, names))}."
        raise InvalidParameterError(msg)
    if pseudonymiser is not None:
        check_kind(pseudonymiser, "pseudonymiser", "release_table", Pseudonymiser)
    return names[0] if names else None


def _check_one_class(table: NativeFrame, quasi: tuple[str, ...], customer: str) -> None:
    """Refuse customers whose rows are in several classes: their pseudonym joins these."""
    whose = customer_codes(table, customer, owner="release_table")
    classes = k_anonymity(table, quasi).classes.codes
    several = int((np.bincount(pairs_of(whose, classes)[0]) > 1).sum())
    if several:
        msg = (
            f"Rows of {counted(several, 'customer')} differ in the quasi-identifiers, and the rows "
            f"of one pseudonym together tell more than each. Give a row a customer, or no "
            f"pseudonymiser: then {customer!r} is counted and left out."
        )
        raise InvalidDataError(msg)


def _judge(
    risky: Bool1D,
    anonymity: KAnonymity,
    diversities: list[LDiversity],
    least: tuple[int, int],
    below: str,
) -> None:
    """Refuse rows at risk, or warn that they are left out."""
    n_risky, n_rows = int(risky.sum()), len(risky)
    if not n_risky:
        return
    why = [f"{anonymity.n_at_risk(least[0]):,} are in classes of fewer than {least[0]}"]
    why += [
        f"{int(diversity.at_risk(least[1]).sum()):,} in classes of fewer than {least[1]} values of "
        f"{diversity.sensitive!r}"
        for diversity in diversities
    ]
    told = f"{n_risky:,} of {counted(n_rows, 'row')} would tell too much: {', '.join(why)}."
    if below == "refuse":
        msg = (
            f"{told} Make values coarser (to_bands, to_prefixes, to_periods), leave columns out, "
            "or leave these rows out: below='suppress'."
        )
        raise InvalidDataError(msg)
    if n_risky == n_rows:
        msg = f"{told} No row is left. Make values coarser: to_bands, to_prefixes, to_periods."
        raise EmptyDataError(msg)
    warn_user(f"{told} They are left out, and what is left is no fair sample.", DisclosureWarning)


def _warn_of_roles(
    table: NativeFrame,
    roles: Mapping[str, str],
    kept: Int1D,
    anonymity: KAnonymity,
    least_k: int,
) -> None:
    """Warn where what goes out does not look like what its columns were called."""
    customer = next(iter(_of(roles, "customer")), None)
    whose = None if customer is None else customer_codes(table, customer, owner="release_table")
    warn_of_own_values(table, _of(roles, "other"), kept, whose)
    if customer is None:
        warn_of_rows_of_one(table, _of(roles, "direct"), kept, anonymity.classes, least_k)


def _released(
    table: NativeFrame,
    roles: Mapping[str, ColumnRole],
    kept: Int1D,
    pseudonymiser: Pseudonymiser | None,
) -> NativeFrame:
    """Return rows without direct identifiers, with pseudonyms, in an order that tells nothing."""
    frame = nw.from_native(native_rows(table, kept), eager_only=True)
    customer = _of(roles, "customer")
    frame = frame.drop(list(_of(roles, "direct")))
    if pseudonymiser is None:
        frame, customer = frame.drop(list(customer)), ()
    else:
        for name in customer:
            pseudonyms = pseudonymiser.pseudonym(frame[name].to_native())
            # columns of pyarrow have no name, so a new one would stand beside the old
            frame = frame.with_columns(nw.from_native(pseudonyms, series_only=True).alias(name))
    native = frame.to_native()
    names = sorted(frame.columns, key=lambda name: name not in customer)
    return bare_table(native_rows(native, _order_of_values(native, tuple(names))))


def _order_of_values(table: Any, names: tuple[str, ...]) -> Int1D:
    """Order rows by what stands in them, the first column first."""
    keys = []
    for name in names:
        codes, values = factorised(name, native_column(table, name))
        ranks = np.argsort(np.argsort([*map(str, values)], kind="stable"), kind="stable")
        keys.append(np.append(ranks, len(values))[codes])
    # without a column, no row differs from another
    order: Int1D = np.lexsort(keys[::-1]) if keys else np.arange(len(table))
    return order
