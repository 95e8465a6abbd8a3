"""What was derived made anew, where its inputs changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from creditscore._display import counted
from creditscore.collect._derived._derivation import Derivation
from creditscore.collect._derived._derive import (
    catalogue_of,
    check_items,
    checked_derivations,
)
from creditscore.collect._derived._derived import Derived
from creditscore.collect._derived._facts import Facts, seen_facts
from creditscore.collect._derived._lineage import (
    LINEAGE_COLUMNS,
    derived_observations,
    lineage_of,
)
from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._observation._observations import Observations
from creditscore.exceptions import EmptyDataError, InvalidParameterError, MissingColumnError

_CHANGE_COLUMNS = ("customer", "item", "before", "after", "why")


def recompute(
    previous: Derived | pd.DataFrame,
    observations: Any,
    derivations: Iterable[Derivation] | None = None,
    *,
    as_of: Any = None,
    known_at: Any = None,
    catalogue: ItemCatalogue | None = None,
    collected_by: str = "",
) -> Derived:
    """Make anew what changed since items were derived, and say what and why.

    Parameters
    ----------
    previous : Derived or DataFrame
        What was derived before, or its lineage.
    observations : Observations or DataFrame
        What is known now.
    derivations : iterable of Derivation, optional
        What is to be made; without, those of `previous`, which must then be a Derived.
    as_of : day, optional
        Without, that of `previous`. On another day all is made anew, for windows end elsewhere.
    known_at : time, optional
        As in :func:`derive`. Without, all that is in the table counts, whenever it became known.
    catalogue : ItemCatalogue, optional
        As in :func:`derive`.
    collected_by : str, default=""
        Who made this.

    Returns
    -------
    Derived
        The lineage is of all values; observations and changes are of what is new, changed or
        gone. What is gone is to be retracted.

    Raises
    ------
    EmptyDataError, InvalidParameterError, MissingColumnError, InvalidDataError
        As in :func:`derive`; or no derivations are known.

    Notes
    -----
    A value is kept where the digest of its inputs, its derivation and its day are the same: then
    its function is not called. Items whose values rest on facts of others (`across`) are made
    anew whole, and those whose inputs are the same are kept.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import Observations, derivation, derive, recompute
    >>> from creditscore.collect import Item, ItemCatalogue
    >>> catalogue = ItemCatalogue(items=(
    ...     Item(name="invoice.amount", group="operating"), Item(name="bought", group="operating"),
    ... ))
    >>> @derivation("bought", ("invoice.amount",))
    ... def bought(inputs):
    ...     return inputs.records("invoice").groupby("customer")["amount"].sum()
    >>> def invoices(*rows):
    ...     table = pd.DataFrame(rows, columns=["customer", "record", "value", "collected_at"])
    ...     return Observations.from_frame(table.assign(
    ...         item="invoice.amount", true_from="2024-01-31", source="internal_record",
    ...         method="data_analysis"), catalogue=catalogue)
    >>> before = invoices(("A", "1", 5, "2024-02-01"), ("B", "2", 7, "2024-02-01"))
    >>> derived = derive(before, [bought], as_of="2024-02-29", catalogue=catalogue)
    >>> after = before + invoices(("A", "3", 20, "2024-03-05"))
    >>> again = recompute(derived, after, catalogue=catalogue)
    >>> again.changes[["customer", "before", "after"]].to_dict("records")
    [{'customer': 'A', 'before': 5.0, 'after': 25.0}]
    >>> again.changes["why"][0]
    'inputs changed: 2 observations instead of 1'
    >>> len(again.observations), len(again.lineage)
    (1, 2)
    """
    owner = "recompute"
    old = _old_lineage(previous)
    if derivations is None:
        if not isinstance(previous, Derived):
            msg = "A lineage does not hold the functions: pass derivations=[…] as well."
            raise InvalidParameterError(msg)
        derivations = previous.derivations
    made = checked_derivations(derivations, owner)
    catalogue = catalogue_of(observations, catalogue)
    check_items(made, catalogue)
    day = old["as_of"].iloc[0] if as_of is None else as_of
    known_at = pd.Timestamp("2262-01-01", tz="UTC") if known_at is None else known_at
    items = tuple(dict.fromkeys(name for one in made for name in one.inputs))
    seen = seen_facts(observations, items, catalogue, as_of=day, known_at=known_at, owner=owner)
    facts = Facts(seen.table, seen.as_of, _last_known(observations, seen.known_at))
    parts, groups = [], {}
    for one in made:
        before = old[old["item"] == one.item]
        table, group = _again(one, facts, catalogue, before)
        parts.append(table)
        if group is not None:
            groups[one.item] = group
    lineage = pd.concat(parts, ignore_index=True)
    changes = _changes(old[old["item"].isin([one.item for one in made])], lineage)
    new = lineage.merge(changes[["customer", "item"]], on=["customer", "item"])
    return Derived(
        observations=derived_observations(new, catalogue, collected_by),
        lineage=lineage,
        changes=changes,
        facts=facts,
        derivations=made,
        groups=groups,
    )


def _old_lineage(previous: Any) -> pd.DataFrame:
    old = previous.lineage if isinstance(previous, Derived) else previous
    if not isinstance(old, pd.DataFrame):
        msg = f"recompute takes what was derived, or its lineage. Got {type(old).__name__}."
        raise InvalidParameterError(msg)
    lacking = [name for name in LINEAGE_COLUMNS if name not in old.columns]
    if lacking:
        msg = f"A lineage has the columns {', '.join(lacking)}, which are not there."
        raise MissingColumnError(msg)
    if not len(old):
        msg = "The lineage is empty: use derive() to begin with."
        raise EmptyDataError(msg)
    return old


def _last_known(observations: Any, known_at: pd.Timestamp) -> pd.Timestamp:
    """Return the last instant at which anything became known, up to an instant."""
    table = observations.table if isinstance(observations, Observations) else observations
    known = table["known_at"] if "known_at" in table.columns else table["collected_at"]
    seen = known[(known <= known_at).to_numpy()]
    last: pd.Timestamp = seen.max() if len(seen) else known_at
    return last


def _again(
    one: Derivation, facts: Facts, catalogue: ItemCatalogue, before: pd.DataFrame
) -> tuple[pd.DataFrame, pd.Series | None]:
    """Return the lineage of an item, made anew for those customers whose inputs changed."""
    same = before[
        (before["derivation"] == one.key) & (before["as_of"] == pd.Timestamp(facts.as_of))
    ].set_index("customer")
    if one.across:
        table, group = lineage_of(one, facts, catalogue)
        unchanged = _unchanged(same, table.set_index("customer"))
        changed = ~table["customer"].isin(unchanged).to_numpy()
        return _joined(table[changed], same.loc[unchanged]), group
    own = facts.of(one.inputs)
    now = own.digests()
    unchanged = _unchanged(same, now)
    others = now.index.difference(unchanged)
    table, _ = lineage_of(one, own.of(one.inputs, others), catalogue)
    return _joined(table, same.loc[unchanged]), None


def _unchanged(before: pd.DataFrame, now: pd.DataFrame) -> pd.Index:
    both = before.index.intersection(now.index)
    equal = before.loc[both, "inputs_digest"] == now.loc[both, "inputs_digest"]
    return both[equal.to_numpy()]


def _joined(new: pd.DataFrame, kept: pd.DataFrame) -> pd.DataFrame:
    rows = kept.rename_axis("customer").reset_index()[list(LINEAGE_COLUMNS)]
    parts = [part for part in (rows, new) if len(part)]
    whole = pd.concat(parts, ignore_index=True) if parts else new
    return whole.sort_values("customer", kind="stable", ignore_index=True)


def _changes(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Return the values that are not what they were, and why."""
    both = old.merge(new, on=["customer", "item"], how="outer", suffixes=("_old", "_new"))
    rows = []
    for row in both.itertuples(index=False):
        before, after = row.value_old, row.value_new
        if before == after or (pd.isna(before) and pd.isna(after)):
            continue
        rows.append((row.customer, row.item, before, after, _why(row)))
    return pd.DataFrame(rows, columns=list(_CHANGE_COLUMNS))


def _why(row: Any) -> str:
    if pd.isna(row.lineage_old):
        return "new"
    if pd.isna(row.lineage_new):
        return "no inputs are left"
    if row.derivation_old != row.derivation_new:
        return f"made otherwise: {row.function_new} {row.version_new}, {row.parameters_new}"
    if row.as_of_old != row.as_of_new:
        return f"as of {row.as_of_new:%Y-%m-%d} instead of {row.as_of_old:%Y-%m-%d}"
    now, before = counted(int(row.n_inputs_new), "observation"), int(row.n_inputs_old)
    if row.n_inputs_new == before:
        return f"inputs changed: {now} as before, but not the same"
    return f"inputs changed: {now} instead of {before:,}"
