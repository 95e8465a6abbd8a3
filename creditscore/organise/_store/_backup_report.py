"""What was written to a backup."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from creditscore._display import counted, html_table
from creditscore.protect import TrailHead


@dataclass(frozen=True, kw_only=True, repr=False)
class BackupReport:
    """What was written to a backup; by :meth:`CustomerStore.backup`.

    Attributes
    ----------
    path : str
        The file.
    sha256 : str
        Hash of its bytes, in hexadecimal.
    rows : mapping of str to int
        How many rows each table has.
    head : TrailHead
        Number and hash of the last record of the audit trail in it.

    Examples
    --------
    >>> from creditscore.organise import BackupReport
    >>> from creditscore.protect import TrailHead
    >>> BackupReport(path="b.db", sha256="00", rows={"observations": 2}, head=TrailHead(number=3))
    <BackupReport: 2 observations and 3 records of the trail in 'b.db'>
    """

    path: str
    sha256: str
    rows: Mapping[str, int]
    head: TrailHead

    def frame(self) -> pd.DataFrame:
        """Return a row a table: table, rows."""
        return pd.DataFrame({"table": list(self.rows), "rows": list(self.rows.values())})

    def __repr__(self) -> str:
        """Say in one line how much there is."""
        n = counted(self.rows.get("observations", 0), "observation")
        records = counted(self.head.number, "record")
        return f"<BackupReport: {n} and {records} of the trail in {self.path!r}>"

    def _repr_html_(self) -> str:
        """Show the rows of each table."""
        return html_table(self.frame(), caption=repr(self), formats={})
