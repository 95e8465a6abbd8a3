"""What came of a load."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from creditscore._display import counted


@dataclass(frozen=True, kw_only=True, repr=False)
class LoadResult:
    """What became of observations that were loaded; by :meth:`CustomerStore.load`.

    Attributes
    ----------
    batch : int
        Number of the load.
    recorded_at : pandas.Timestamp
        When it was recorded, by the clock of the store, in UTC.
    n_loaded : int
        Observations that are new.
    n_known : int
        Those that the store had already, or that stand twice among those given.
    n_refused : int
        Those of customers whose data were erased; they are among the rejects of the batch.
    n_late : int, default=0
        Of a backfill, those that the store had already by a load that was none: they stay known
        from when that was recorded, which is later than when they were collected.

    Examples
    --------
    >>> from creditscore.organise import LoadResult
    >>> import pandas as pd
    >>> at = pd.Timestamp("2024-06-30T12:00Z")
    >>> LoadResult(batch=1, recorded_at=at, n_loaded=90, n_known=10, n_refused=0)
    <LoadResult: batch 1, 90 observations loaded, 10 known already>
    """

    batch: int
    recorded_at: pd.Timestamp
    n_loaded: int
    n_known: int
    n_refused: int
    n_late: int = 0

    def __repr__(self) -> str:
        """Say in one line what became of them."""
        refused = f", {self.n_refused:,} refused" if self.n_refused else ""
        return (
            f"<LoadResult: batch {self.batch}, {counted(self.n_loaded, 'observation')} loaded, "
            f"{self.n_known:,} known already{refused}>"
        )
