"""Whether the tables hold what the audit trail tells: rows that somebody took out, put in, changed.

Each record of a change tells which rows it added, by their numbers and a keyed digest. Records of
older releases tell at most how many, and are compared by that.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hmac import compare_digest
from itertools import groupby
from typing import Any, NamedTuple

import sqlalchemy as sa

from creditscore.exceptions import StoreError
from creditscore.organise._store._added import ADDED, Numbered, Row, digest_of, last_numbers
from creditscore.organise._store._engine import is_sqlite
from creditscore.organise._store._older_records import OlderCounts
from creditscore.organise._store._schema import observations
from creditscore.organise._store._store_trail_report import Difference
from creditscore.organise._store._subjects import Vault
from creditscore.organise._store._trail import SqlSink
from creditscore.protect import AuditRecord


class _Added(NamedTuple):
    """Rows of a table that a record tells of."""

    first: int
    last: int
    digest: str
    record: int

    @property
    def n(self) -> int:
        """How many there were."""
        return self.last - self.first + 1


@dataclass(eq=False)
class Told:
    """What a trail says of the tables, gathered from record to record. O(changes) memory."""

    added: dict[str, list[_Added]] = field(default_factory=dict)
    loaded: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Observations of each load, and the record that tells it."""
    older: OlderCounts = field(default_factory=OlderCounts)
    """Of records from before the first one that tells which rows it added."""
    is_older: bool = True

    def take(self, record: AuditRecord) -> None:
        """Take in a record; one that is not as the store made it breaks the trail, and no more."""
        details = record.details
        said = details.get(ADDED)
        if isinstance(said, dict):
            self.is_older = False
            for name, rows in said.items():
                if record.action == "migrate":
                    # a script has written all rows anew
                    self.added.pop(name, None)
                    self.older.drop(name)
                match rows:
                    case [int() as first, int() as last, str() as digest]:
                        one = _Added(first, last, digest, record.number)
                        self.added.setdefault(name, []).append(one)
        elif self.is_older:
            self.older.take(record)
        else:
            return
        if record.action == "load":
            batch, n = details.get("batch"), details.get("loaded")
            if isinstance(batch, int) and isinstance(n, int):
                self.loaded[batch] = (n, record.number)


class FollowedSink(SqlSink):
    """Records of a store, each of which is passed on to somebody who follows the reader."""

    def __init__(self, connection: sa.Connection, follow: Callable[[AuditRecord], None]) -> None:
        super().__init__(connection)
        self._follow = follow

    def records(self, after: int = 0) -> Iterator[AuditRecord]:
        """Yield the records."""
        for record in super().records(after):
            self._follow(record)
            yield record


def check_sees_all(connection: sa.Connection, what: str) -> None:
    """Check that row-level security hides nothing, which would look as if it were taken out.

    `what` says what is to be done by another log-in.

    Raises
    ------
    StoreError
        The log-in of PostgreSQL sees a part of the rows.
    """
    if is_sqlite(connection):
        return
    # who may be the owner is denied only what the roles are whose rights it inherits
    asked = sa.text(
        "SELECT NOT row_security_active('observations') "
        "OR EXISTS (SELECT FROM pg_policies, unnest(roles) AS role "
        "WHERE tablename = 'observations' AND schemaname = current_schema() "
        "AND cmd = 'ALL' AND qual = 'true' AND role <> 'public' AND pg_has_role(role, 'USAGE')) "
        "AND NOT EXISTS ("
        "SELECT FROM pg_class, pg_policies, unnest(roles) AS role "
        "WHERE oid = 'observations'::regclass AND permissive = 'RESTRICTIVE' "
        "AND schemaname = current_schema() AND role <> 'public' "
        "AND pg_has_role(session_user, role, CASE "
        "WHEN pg_has_role(session_user, relowner, 'MEMBER') THEN 'USAGE' ELSE 'MEMBER' END))"
    )
    if not connection.execute(asked).scalar():
        msg = (
            f"This log-in of PostgreSQL sees a part of the rows. {what} by one that is a member of "
            "the role of the library, as is that of the program that loads."
        )
        raise StoreError(msg)


def differences(connection: sa.Connection, vault: Vault, told: Told) -> Iterator[Difference]:
    """Yield what tables hold otherwise than a trail that is whole tells.

    O(rows) time: each table is read once in the order of its numbers, and observations are counted
    by the database.
    """
    for name in sorted({*last_numbers(connection), *told.added}):
        yield from of_table(name, connection, told, vault)
    yield from _of_observations(connection, told.loaded)


def of_table(
    name: str, connection: sa.Connection, told: Told, vault: Vault
) -> Iterator[Difference]:
    """Yield what one table holds otherwise, whose rows are read in the order of their numbers."""
    rows = Numbered.of(name).rows(connection)
    said, again = _in_force(told.added.get(name, ()))
    firsts = [one.first for one in said]

    def place(row: Row) -> tuple[int, bool]:
        at = bisect_right(firsts, row[0]) - 1
        return at, at >= 0 and row[0] <= said[at].last

    older, found = [], set()
    for (at, is_told), group in groupby(rows, place):
        if at < 0:
            older = [number for number, _ in group]
        elif is_told:
            found.add(at)
            yield from _of_added(name, said[at], group, vault)
        else:
            numbers = [number for number, _ in group]
            yield Difference(
                table=name, kind="put in", first=numbers[0], last=numbers[-1], told=0,
                held=len(numbers), record=said[at].record,
            )  # fmt: skip
    yield from _of_older(name, older, told.older.of(name), said[0] if said else None)
    lost = [one for at, one in enumerate(said) if at not in found]
    yield from (_taken_out(name, one, 0) for one in [*again, *lost])


def _in_force(said: Iterable[_Added]) -> tuple[list[_Added], list[_Added]]:
    """Part what still holds from what was gone when a later record gave its numbers again."""
    kept: list[_Added] = []
    again = []
    for one in said:
        while kept and kept[-1].last >= one.first:
            again.append(kept.pop())
        kept.append(one)
    return kept, again


def _of_older(
    name: str, numbers: Sequence[int], n_told: int | None, then: _Added | None
) -> Iterator[Difference]:
    """Compare rows from before records told which they are: by count, and without a gap."""
    if n_told is not None:
        n = n_told
    elif then is not None:
        n = then.first - 1
    else:
        n = max(numbers, default=0)
    if list(numbers) != list(range(1, n + 1)):
        kind = "renumbered"
        if len(numbers) != n:
            kind = "taken out" if len(numbers) < n else "put in"
        yield Difference(
            table=name, kind=kind, first=min([1, *numbers]), last=max([n, *numbers]), told=n,
            held=len(numbers), record=None if then is None else then.record,
        )  # fmt: skip


def _of_added(name: str, one: _Added, rows: Iterable[Row], vault: Vault) -> Iterator[Difference]:
    digest, n = digest_of(name, rows, vault)
    if n < one.n:
        yield _taken_out(name, one, n)
    elif not compare_digest(digest.encode(), one.digest.encode()):
        yield Difference(
            table=name, kind="changed", first=one.first, last=one.last, told=one.n, held=n,
            record=one.record,
        )  # fmt: skip


def _taken_out(name: str, one: _Added, held: int) -> Difference:
    return Difference(
        table=name, kind="taken out", first=one.first, last=one.last, told=one.n, held=held,
        record=one.record,
    )  # fmt: skip


def _of_observations(
    connection: sa.Connection, loaded: Mapping[int, tuple[int, int]]
) -> Iterator[Difference]:
    """Compare how many observations each load has."""
    of_batch = observations.c.batch_id
    counts = sa.select(of_batch, sa.func.count()).group_by(of_batch)
    held: dict[Any, int] = {batch: int(n) for batch, n in connection.execute(counts)}
    for batch in sorted({*loaded, *held}, key=str):
        told, record = loaded.get(batch, (0, None))
        n = held.get(batch, 0)
        if n != told:
            yield Difference(
                table="observations", kind="taken out" if n < told else "put in", first=batch,
                last=batch, told=told, held=n, record=record,
            )  # fmt: skip
