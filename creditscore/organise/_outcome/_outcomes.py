"""What became of customers, and which of them a model may learn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from creditscore._display import counted, html_table

if TYPE_CHECKING:
    from creditscore.organise._outcome._definition import OutcomeDefinition

OUTCOMES = ["good", "indeterminate", "bad", "already bad", "too short"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Outcomes:
    """What became of customers after their days; made by :meth:`OutcomeDefinition.classify`.

    Attributes
    ----------
    definition : OutcomeDefinition
        What bad means here.
    table : pandas.DataFrame
        A row a customer and day: customer, as_of, outcome, is_bad (1 for bad, 0 for good, NaN
        for others), worst_dpd of the window, first_bad_month (its last day), months_known.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import OutcomeDefinition
    >>> months = pd.DataFrame({
    ...     "customer": ["A", "A", "B", "B"], "dpd": [0, 95, 0, 45],
    ...     "month": ["2024-01-31", "2024-02-29"] * 2,
    ... })
    >>> definition = OutcomeDefinition(performance_months=1, min_months=1)
    >>> definition.classify(months, "2024-01-31").counts()["n"].to_dict()
    {'good': 0, 'indeterminate': 1, 'bad': 1, 'already bad': 0, 'too short': 0}
    """

    definition: OutcomeDefinition
    table: pd.DataFrame

    def counts(self) -> pd.DataFrame:
        """Return a row an outcome: n, share of all rows."""
        n = self.table["outcome"].value_counts().reindex(OUTCOMES, fill_value=0)
        n.index = pd.Index(OUTCOMES, name="outcome")
        return pd.DataFrame({"n": n, "share": n / max(len(self.table), 1)})

    @property
    def bad_rate(self) -> float:
        """Bads among goods and bads; NaN without any."""
        return float(self.table["is_bad"].mean())

    def modelling_sample(self) -> pd.DataFrame:
        """Return customer, as_of and is_bad (0 or 1) of those that are good or bad."""
        known = self.table[self.table["is_bad"].notna()]
        sample = known[["customer", "as_of", "is_bad"]].reset_index(drop=True)
        return sample.assign(is_bad=sample["is_bad"].astype(np.int64))

    def __repr__(self) -> str:
        """Say in one line how many there are of each."""
        n = self.counts()["n"]
        parts = ", ".join(f"{n[name]:,} {name}" for name in OUTCOMES if n[name])
        return f"Outcomes({counted(len(self.table), 'row')}: {parts or 'none'})"

    def _repr_html_(self) -> str:
        """Show how many there are of each."""
        shown = self.counts().reset_index()
        return html_table(shown, caption=repr(self), formats={"n": "{:,}", "share": "{:.1%}"})
