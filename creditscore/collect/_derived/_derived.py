"""What was derived: values with their lineage, and what is new about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from creditscore._checks import unknown_name
from creditscore._display import counted, html_table
from creditscore.collect._derived._derivation import Derivation
from creditscore.collect._derived._facts import Facts
from creditscore.collect._derived._lineage import groups_of
from creditscore.collect._observation._observations import Observations


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Derived:
    """Derived items, what they were made of, and what is new about them.

    Made by :func:`derive` and :func:`recompute`.

    Attributes
    ----------
    observations : Observations or None
        Values that are new or changed, to be loaded into a store; their evidence names the
        lineage. None where nothing is new.
    lineage : DataFrame
        A row a customer and derived item, the unchanged ones too: lineage (a digest of all that
        decides the value), customer, item, value (NaN where there is none), reason (why), function,
        version, parameters (JSON), window_months, derivation (digest of how it is made), as_of,
        known_at, n_inputs (observations that could be seen of its inputs), inputs_digest and
        confidence (the least of the inputs).
    changes : DataFrame
        A row a value that is new, changed or gone: customer, item, before, after, why.
    facts : Facts
        Observations that could be seen.
    derivations : tuple of Derivation
        How the items are made.
    groups : mapping of str to Series
        For items whose values rest on facts of others, the group of each customer.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import Observations, derive, ready_derivations
    >>> rows = [
    ...     ("I1", "invoice.due_on", "2024-03-01"), ("I1", "invoice.settled_on", "2024-03-11"),
    ...     ("I2", "invoice.due_on", "2024-04-01"), ("I2", "invoice.settled_on", "2024-04-05"),
    ... ]
    >>> observations = Observations.from_frame(pd.DataFrame({
    ...     "customer": "A", "record": [r[0] for r in rows], "item": [r[1] for r in rows],
    ...     "value": [r[2] for r in rows], "true_from": "2024-03-01", "source": "internal_record",
    ...     "method": "data_analysis", "collected_at": "2024-05-01",
    ... }))
    >>> late = ready_derivations()["average_days_late"]
    >>> derived = derive(observations, [late], as_of="2024-06-30")
    >>> derived
    Derived(1 value of 1 customer, 1 item, on 2024-06-30; 1 new or changed)
    >>> derived.lineage[["customer", "value", "n_inputs"]].to_dict("records")
    [{'customer': 'A', 'value': 7.0, 'n_inputs': 4}]
    >>> len(derived.links())
    4
    """

    observations: Observations | None
    lineage: pd.DataFrame
    changes: pd.DataFrame
    facts: Facts
    derivations: tuple[Derivation, ...]
    groups: Mapping[str, pd.Series]

    def links(self, item: str | None = None) -> pd.DataFrame:
        """Return which observations each value was made of.

        Parameters
        ----------
        item : str, optional
            One derived item; without, all.

        Returns
        -------
        DataFrame
            A row a value and observation: lineage, and observation (its number in the store; for
            observations that are in none, a number of their content).
        """
        parts = []
        for one in self.derivations:
            if item not in (None, one.item):
                continue
            facts = self.facts.of(one.inputs).table
            of = groups_of(facts["customer"], self.groups.get(one.item))
            rows = self.lineage[self.lineage["item"] == one.item]
            keys = groups_of(rows["customer"], self.groups.get(one.item))
            left = pd.DataFrame({"lineage": rows["lineage"].to_numpy(), "key": keys.to_numpy()})
            right = pd.DataFrame({"key": of.to_numpy(), "observation": facts["id"].to_numpy()})
            parts.append(left.merge(right, on="key")[["lineage", "observation"]])
        if not parts:
            raise unknown_name(item, [one.item for one in self.derivations], "item", "the lineage")
        return pd.concat(parts, ignore_index=True)

    @property
    def missing(self) -> pd.DataFrame:
        """Customers and items that have no value, and why: customer, item, reason."""
        rows = self.lineage[self.lineage["value"].isna()]
        return rows[["customer", "item", "reason"]].reset_index(drop=True)

    def __repr__(self) -> str:
        """Say in one line how much was made."""
        there = self.lineage[self.lineage["value"].notna()]
        day = self.facts.as_of
        return (
            f"Derived({counted(len(there), 'value')} of "
            f"{counted(there['customer'].nunique(), 'customer')}, "
            f"{counted(there['item'].nunique(), 'item')}, on {day}; "
            f"{len(self.changes):,} new or changed)"
        )

    def _repr_html_(self) -> str:
        """Show how much was made of each item."""
        rows = self.lineage.groupby("item", sort=False)
        shown = rows["value"].agg(["count", "size", "median"]).reset_index()
        shown = shown.set_axis(["item", "values", "customers", "median"], axis=1)
        return html_table(shown, caption=repr(self), formats={"median": "{:,.4g}"})
