"""What was found where the audit trail of a store was checked, and its tables by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import pandas as pd

from creditscore._display import counted, html_table
from creditscore.exceptions import BrokenTrailError
from creditscore.protect import TrailReport

_COLUMNS = ("table", "kind", "first", "last", "told", "held", "record")
_MOST_TOLD = 3
_KINDS: Mapping[str, str] = {
    "taken out": "rows were taken out",
    "put in": "rows were put in",
    "changed": "rows were changed",
    "renumbered": "rows have other numbers",
}


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Rows of a table that are not what the trail tells."""

    table: str
    kind: str
    first: int
    last: int
    told: int
    held: int
    record: int | None

    def __str__(self) -> str:
        """Say in words where they are, and which record tells of them."""
        of = "load " if self.table == "observations" else ""
        numbers = f"{self.first}" if self.first == self.last else f"{self.first} to {self.last}"
        since = "" if self.record is None else f" (record {self.record})"
        return (
            f"in {self.table}, {of}{numbers}, {_KINDS[self.kind]}: {self.told:,} told, "
            f"{self.held:,} held{since}"
        )


@dataclass(frozen=True, kw_only=True, repr=False)
class StoreTrailReport:
    """Whether the trail of a store is whole, and its tables hold what it tells.

    Attributes
    ----------
    trail : TrailReport
        Whether the trail is whole; where it is not, the tables are not compared.
    table : DataFrame
        A row for rows that are not what the trail tells: table; kind (``"taken out"``,
        ``"put in"``, ``"changed"``, ``"renumbered"``); first and last number of them, which is
        that of the load for observations and that of the version for documents
        (``"settings.…"``); told and held, how many the trail tells of and the table has; record,
        the number of the record that tells of them, or of the last one before rows that were put
        in; missing where it is not known.

    See Also
    --------
    CustomerStore.verify_trail : Makes it.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from creditscore.organise import CustomerStore
    >>> with CustomerStore.create(Path(tempfile.mkdtemp()) / "customers.db") as store:
    ...     store.verify_trail()
    <StoreTrailReport: 1 record, whole; the tables hold what it tells>
    """

    trail: TrailReport
    table: pd.DataFrame

    @classmethod
    def of(cls, trail: TrailReport, found: tuple[Difference, ...] = ()) -> StoreTrailReport:
        """Make it of what was found."""
        table = pd.DataFrame([asdict(one) for one in found], columns=list(_COLUMNS))
        return cls(trail=trail, table=table.astype({"record": "Int64"}))

    @property
    def is_whole(self) -> bool:
        """Whether the trail is whole and nothing differs."""
        return self.trail.is_whole and self.table.empty

    def check(self) -> None:
        """Raise an error where the trail is broken, or the tables differ from it.

        Raises
        ------
        BrokenTrailError
            One of both; the message names the first of what differs.
        """
        self.trail.check()
        if self.table.empty:
            return
        rows = self.table.head(_MOST_TOLD).astype(object)
        rows = rows.where(rows.notna(), None)
        shown = "; ".join(str(Difference(**row)) for row in rows.to_dict("records"))
        more = len(self.table) - len(rows)
        msg = (
            f"The tables do not hold what the trail tells: {shown}"
            f"{f'; and {more:,} more' if more else ''}. Somebody changed them by another program: "
            "restore the store from a backup in which they do."
        )
        raise BrokenTrailError(msg)

    def __repr__(self) -> str:
        """Say in one line whether both are whole."""
        if not self.trail.is_whole:
            return f"<StoreTrailReport: broken at record {self.trail.number}, {self.trail.kind}>"
        n = counted(self.trail.n_records, "record")
        found = counted(len(self.table), "difference")
        same = "the tables hold what it tells" if self.table.empty else f"{found} in the tables"
        return f"<StoreTrailReport: {n}, whole; {same}>"

    def _repr_html_(self) -> str:
        """Show what differs."""
        return html_table(self.table, caption=repr(self), formats={})
