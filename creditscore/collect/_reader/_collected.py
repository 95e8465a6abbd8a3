"""What came of a source: observations, and the rows that could not be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from creditscore._display import counted, html_table
from creditscore.collect._observation._faults import HIDDEN
from creditscore.collect._observation._observations import Observations

REJECT_COLUMNS = (
    "source", "row", "column", "item", "value", "reason", "protected", "cells", "customer",
    "digest",
)  # fmt: skip
OF_THE_MAPPING = "(mapping)"
"""What stands for a column where the mapping has one value for all rows."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Rejects:
    """The rows of a source that could not be used, with a line for each fault.

    Attributes
    ----------
    table : pandas.DataFrame
        source (what was read), row (where the row stands in it), column, item (which the cell
        was meant for, or empty), value (of the cell, as text), reason, protected (whether the
        value may be a personal one), cells (all of the row, as JSON, so that nothing is lost),
        customer (whose observations the row would have made, or empty where that is not legible)
        and digest (SHA-256 of what was read, which tells two files of one name apart). It holds
        values in the clear; what is printed of this object does not.

    Examples
    --------
    >>> import warnings
    >>> import pandas as pd
    >>> from creditscore.collect import FieldRule, ItemRule, SourceMapping, read_source
    >>> mapping = SourceMapping(
    ...     source="site_visit", method="observation", customer=FieldRule(columns=("firm",)),
    ...     true_from=FieldRule(columns=("day",)), columns={"staff": ItemRule(item="employees")},
    ... )
    >>> table = pd.DataFrame({"firm": ["C1", "C2"], "day": "2024-02-01", "staff": ["12", "many"]})
    >>> with warnings.catch_warnings(action="ignore"):
    ...     rejects = read_source(table, mapping, collected_at="2024-02-01").rejects
    >>> rejects
    Rejects(1 fault in 1 row)
    >>> rejects.reasons["reason"][0]
    "is no number written with '.' for decimals"
    """

    table: pd.DataFrame

    @property
    def n_rows(self) -> int:
        """Number of rows that were rejected."""
        return int(self.table[["source", "row"]].drop_duplicates().shape[0])

    @property
    def reasons(self) -> pd.DataFrame:
        """How often each column has each reason, most frequent first."""
        counts = self.table.groupby(["column", "reason"], sort=False).size()
        found = counts.rename("n").reset_index()
        return found.sort_values("n", ascending=False, kind="stable", ignore_index=True)

    def masked(self) -> pd.DataFrame:
        """Return the table without cells, customers and digests, protected values hidden."""
        shown = self.table.drop(columns=["cells", "protected", "customer", "digest"])
        hidden = self.table["protected"].to_numpy(dtype=bool)
        return shown.assign(value=shown["value"].astype(object).mask(hidden, HIDDEN))

    def __len__(self) -> int:
        """Return the number of faults; a row may have several."""
        return len(self.table)

    def __repr__(self) -> str:
        """Say in one line how many there are."""
        return f"Rejects({counted(len(self), 'fault')} in {counted(self.n_rows, 'row')})"

    def _repr_html_(self) -> str:
        """Show the first faults; protected values are hidden."""
        return html_table(self.masked().head(20), caption=repr(self), formats={})


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Collected:
    """What a reader made of a source.

    Attributes
    ----------
    observations : Observations
        Of all rows without a fault. Their evidence names the file, the row and the column.
    rejects : Rejects
        Rows with a fault, none of whose cells was used, each with all its faults.
    source_name : str
        What was read.
    source_digest : str
        SHA-256 of it, in hexadecimal: one file, read twice, gives one digest and equal
        observations.
    n_rows : int
        Rows that were read; each is used, rejected or skipped.
    n_skipped : int
        Rows that the mapping leaves out, by `where`, `skip_rows`, `stop_at` or ignored words.
    n_empty : int
        Cells without a value in rows that were used: they make no observation.
    ignored : tuple of str
        Columns of the source that the mapping neither uses nor names among those to ignore.
    after_export : mapping of str to int, default={}
        By column, how many rows that were used say a later instant than the `collected_at` that
        the reader was given. They count as collected then, for what stands in a file was known
        when it was made. A value of the mapping for all rows is ``"(mapping)"``.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import FieldRule, ItemRule, SourceMapping, read_source
    >>> mapping = SourceMapping(
    ...     source="site_visit", method="observation", customer=FieldRule(columns=("firm",)),
    ...     true_from=FieldRule(columns=("day",)), columns={"staff": ItemRule(item="employees")},
    ... )
    >>> table = pd.DataFrame({"firm": ["C1"], "day": ["2024-02-01"], "staff": [12], "mood": ["up"]})
    >>> read_source(table, mapping, collected_at="2024-02-01")
    Collected(1 observation of 1 row, 0 rejected, 0 skipped; not used: mood)
    """

    observations: Observations
    rejects: Rejects
    source_name: str
    source_digest: str
    n_rows: int
    n_skipped: int
    n_empty: int
    ignored: tuple[str, ...]
    after_export: Mapping[str, int] = field(default_factory=dict)

    @property
    def summary(self) -> pd.DataFrame:
        """What became of the rows, as a table of one row."""
        return pd.DataFrame([self._counts()])

    def _counts(self) -> dict[str, Any]:
        rejected = self.rejects.n_rows
        return {
            "source": self.source_name,
            "rows": self.n_rows,
            "used": self.n_rows - rejected - self.n_skipped,
            "rejected": rejected,
            "skipped": self.n_skipped,
            "observations": len(self.observations),
            "empty_cells": self.n_empty,
            "ignored_columns": ", ".join(self.ignored),
            "after_export": told_later(self.after_export),
            "sha256": self.source_digest,
        }

    def __repr__(self) -> str:
        """Say in one line what became of the rows."""
        unused = f"; not used: {', '.join(self.ignored)}" if self.ignored else ""
        later = told_later(self.after_export)
        late = f"; later than the file: {later}" if later else ""
        return (
            f"Collected({counted(len(self.observations), 'observation')} of "
            f"{counted(self.n_rows, 'row')}, {self.rejects.n_rows:,} rejected, "
            f"{self.n_skipped:,} skipped{unused}{late})"
        )

    def _repr_html_(self) -> str:
        """Show what became of the rows, and why rows were rejected."""
        shown = self.summary.drop(columns=["sha256"])
        whole = html_table(shown, caption="Collected", formats={})
        if not len(self.rejects):
            return whole
        return whole + html_table(self.rejects.reasons, caption=repr(self.rejects), formats={})


def told_later(after_export: Mapping[str, int]) -> str:
    """Say which columns are later than their file, and in how many rows; empty where none is."""
    return ", ".join(f"{column!r} in {counted(n, 'row')}" for column, n in after_export.items())
