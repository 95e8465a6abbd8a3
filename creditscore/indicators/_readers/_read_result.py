"""What a reader made of a table: the rows that can be used, and the others with their faults."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from creditscore._display import html_table


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ReadResult:
    """A table that was read, and what could not be; made by the readers of this stage.

    Attributes
    ----------
    kind : str
        The table of :class:`CustomerRecords` that it fits.
    name : str
        The file, or "the table".
    table : DataFrame
        Rows without a fault: ``CustomerRecords(industries=result.table)``.
    rejects : DataFrame
        A row a fault: row (the line of a CSV file, the row of a sheet, or the place in a table,
        from 0), column, value and reason.
    n_rows : int
        Rows that were there.
    ignored : tuple of str
        Columns that were not read, as they are not declared.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.indicators import read_survey
    >>> answers = pd.DataFrame({
    ...     "industry": ["steel", "steel"], "survey": ["climate", "climate"],
    ...     "period_end": ["2024-03-31", "2024-06-30"], "balance": [0.1, 7.0],
    ... })
    >>> result = read_survey(answers, source="institute", known_lag_days=20, strict=False)
    >>> result
    ReadResult(surveys from the table: 1 of 2 rows, 1 rejected)
    >>> result.rejects.values.tolist()
    [[1, 'balance', 7.0, 'is not within -1 to 1']]
    """

    kind: str
    name: str
    table: pd.DataFrame
    rejects: pd.DataFrame
    n_rows: int
    ignored: tuple[str, ...]

    def __repr__(self) -> str:
        """Say in one line how much could be read."""
        rejected = self.n_rows - len(self.table)
        ignored = f"; columns not read: {', '.join(self.ignored)}" if self.ignored else ""
        return (
            f"ReadResult({self.kind} from {self.name}: {len(self.table):,} of {self.n_rows:,} "
            f"rows, {rejected:,} rejected{ignored})"
        )

    def _repr_html_(self) -> str:
        """Show what was rejected, or else the first rows."""
        shown = self.rejects if len(self.rejects) else self.table
        return html_table(shown.head(10), caption=repr(self), formats={})
