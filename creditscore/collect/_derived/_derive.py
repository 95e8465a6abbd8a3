"""Items derived from observations, as of a day and by what was known then."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from creditscore._checks import unknown_name
from creditscore.collect._derived._derivation import Derivation
from creditscore.collect._derived._derived import Derived
from creditscore.collect._derived._facts import seen_facts
from creditscore.collect._derived._lineage import derived_observations, lineage_of
from creditscore.collect._derived._ready import ready_derivations
from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.exceptions import EmptyDataError, InvalidParameterError


def derive(
    observations: Any,
    derivations: Iterable[Derivation],
    *,
    as_of: Any,
    known_at: Any = None,
    catalogue: ItemCatalogue | None = None,
    collected_by: str = "",
) -> Derived:
    """Make items of observations, as of a day, by what was known then.

    Parameters
    ----------
    observations : Observations or DataFrame
        What is known, such as a store's observations with history. Where the table has them, the
        columns observation (numbers) and known_at are used.
    derivations : iterable of Derivation
        What is to be made; each of another item.
    as_of : day
        Facts that are true from a later day only are not seen, and windows end here.
    known_at : time, optional
        What became known later is not seen; a day means its end in UTC. Without, the end of
        `as_of`.
    catalogue : ItemCatalogue, optional
        What the items are; without, that of the observations with the items of
        :func:`ready_derivations`, or the standard one, which has them.
    collected_by : str, default=""
        Who made this.

    Returns
    -------
    Derived

    Raises
    ------
    EmptyDataError
        No derivations, or no value could be made.
    InvalidParameterError
        Two derivations of one item, items that the catalogue does not have, no day or instant;
        an item that is less protected than what it is derived from.
    MissingColumnError
        The table is none of observations.
    InvalidDataError
        A function returned something else, or a value that the item cannot have.

    See Also
    --------
    recompute : Make anew only what changed.

    Notes
    -----
    Of one customer, record, item and day of truth, the fact known last counts for each source; of
    several sources the more reliable one, then that of higher confidence, then the one known last,
    as in a store's snapshot. Values are of the source internal_record and the method
    data_analysis, true from `as_of`, and known from `known_at`, so that deriving twice makes equal
    observations. Their confidence is the least of their inputs. The lineage counts all facts of
    the inputs that could be seen, of which a window uses some.
    O(n log n) time in the facts, for each derivation.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import Observations, derive, ready_derivations
    >>> known = Observations.from_frame(pd.DataFrame({
    ...     "customer": "A", "record": ["I1", "I2"], "item": "invoice.invoiced_on",
    ...     "value": ["2024-05-01", "2024-06-20"], "true_from": ["2024-05-01", "2024-06-20"],
    ...     "source": "internal_record", "method": "data_analysis",
    ...     "collected_at": ["2024-05-01", "2024-06-20"],
    ... }))
    >>> since = ready_derivations()["days_since_purchase"]
    >>> for day in ("2024-06-15", "2024-06-30"):
    ...     print(derive(known, [since], as_of=day).lineage["value"].tolist())
    [45.0]
    [10.0]
    """
    owner = "derive"
    made = checked_derivations(derivations, owner)
    catalogue = catalogue_of(observations, catalogue)
    check_items(made, catalogue)
    items = tuple(dict.fromkeys(name for one in made for name in one.inputs))
    facts = seen_facts(observations, items, catalogue, as_of=as_of, known_at=known_at, owner=owner)
    parts, groups = [], {}
    for one in made:
        table, group = lineage_of(one, facts, catalogue)
        parts.append(table)
        if group is not None:
            groups[one.item] = group
    lineage = pd.concat(parts, ignore_index=True)
    if not lineage["value"].notna().any():
        msg = (
            f"No value could be made as of {facts.as_of} by what was known at "
            f"{facts.known_at:%Y-%m-%d %H:%M} UTC, from {len(facts.table)} facts of "
            f"{', '.join(items[:5])}."
        )
        raise EmptyDataError(msg)
    changes = pd.DataFrame(
        {
            "customer": lineage["customer"], "item": lineage["item"], "before": np.nan,
            "after": lineage["value"], "why": "new",
        }
    )[lineage["value"].notna().to_numpy()]  # fmt: skip
    return Derived(
        observations=derived_observations(lineage, catalogue, collected_by),
        lineage=lineage,
        changes=changes.reset_index(drop=True),
        facts=facts,
        derivations=made,
        groups=groups,
    )


def checked_derivations(derivations: Iterable[Derivation], owner: str) -> tuple[Derivation, ...]:
    """Check that there are derivations, each of another item."""
    made = tuple(derivations)
    if not made:
        msg = f"{owner} needs derivations, such as those of ready_derivations()."
        raise EmptyDataError(msg)
    if not all(isinstance(one, Derivation) for one in made):
        msg = f"The 'derivations' of {owner} must each be a Derivation; see derivation()."
        raise InvalidParameterError(msg)
    items = [one.item for one in made]
    twice = next((item for item in items if items.count(item) > 1), None)
    if twice is not None:
        msg = f"Two derivations make the item {twice!r}. Leave one out, or name it otherwise."
        raise InvalidParameterError(msg)
    return made


def catalogue_of(observations: Any, catalogue: ItemCatalogue | None) -> ItemCatalogue:
    """Return the catalogue given, or that of the observations with the items of this stage.

    Where it has all of them it is the same, so that what is derived can be joined to it.
    """
    if catalogue is not None:
        return catalogue
    standard = ItemCatalogue.standard()
    found: ItemCatalogue = getattr(observations, "catalogue", None) or standard
    return found.with_items(*(standard[name] for name in ready_derivations() if name not in found))


def check_items(made: tuple[Derivation, ...], catalogue: ItemCatalogue) -> None:
    """Check that the catalogue has all items, and that those made can be and are protected."""
    for one in made:
        for name in (one.item, *one.inputs):
            if name not in catalogue:
                raise unknown_name(name, catalogue.names, "item", "the catalogue")
        if catalogue[one.item].kind not in ("number", "flag") or catalogue[one.item].record_kind:
            msg = (
                f"The item {one.item!r} cannot be derived: it must be a number or a flag of the "
                "customer itself."
            )
            raise InvalidParameterError(msg)
        bare = not catalogue[one.item].is_protected
        source = next((name for name in one.inputs if catalogue[name].is_protected), None)
        if bare and source is not None:
            msg = (
                f"The item {one.item!r} is derived from {source!r}, which is "
                f"{catalogue[source].sensitivity}, and so tells of it. Give it the sensitivity "
                "'personal' or 'sensitive' in the catalogue, so that it is encrypted, and goes "
                "with the customer's key."
            )
            raise InvalidParameterError(msg)
