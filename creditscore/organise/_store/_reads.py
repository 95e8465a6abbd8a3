"""What a store gives: snapshots, records, history, and the observations themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from creditscore._checks import read_entries, unknown_name
from creditscore._typing import Int1D
from creditscore.exceptions import InvalidParameterError
from creditscore.organise._guard._purpose_limit import limited, refuse
from creditscore.organise._store import _clock
from creditscore.organise._store._access import Readable
from creditscore.organise._store._base import OWNER, StoreBase
from creditscore.organise._store._customers import Customers
from creditscore.organise._store._indicator_tables import indicator_tables
from creditscore.organise._store._names import item_numbers
from creditscore.organise._store._schema import batches
from creditscore.organise._store._scope import Scope, at_roots, once_of
from creditscore.organise._store._tables import Tables, retraction_table
from creditscore.organise._store._values import Reader

_WHOLE = ("backup", "restore")
"""Who may do this has the whole file, and with it all names."""


class StoreReads(StoreBase):
    """Reading; see :class:`CustomerStore`."""

    def snapshot(
        self,
        as_of: Any,
        known_at: Any = None,
        *,
        items: Any = None,
        customers: Any = None,
        recorded_by: Any = None,
        resolve: bool = False,
    ) -> pd.DataFrame:
        """Return what was known at an instant to be true on a day.

        Parameters
        ----------
        as_of : str, date or datetime
            Day on which facts are true: from the first day of each until before its last.
        known_at : str, date, datetime or None, default=None
            Instant at which they were known. A time without a zone is one of UTC; a day means
            its end in UTC. Without, all that is known now; so too of an instant to come, such as
            the end of today, of which the answer changes with each load until then.
        items : sequence of str, optional
            Items of the customer itself; without, all that the actor may read.
        customers : sequence of str, optional
            Customers, in the order of the rows; without, all of whom something is known. With
            `resolve`, a merged one stands for the one that it is, under whose name the row is.
        recorded_by : str, date, datetime or None, default=None
            Instant by which facts were recorded, too: a result from before a backfill comes out
            again as it was.
        resolve : bool, default=False
            Whether customers that were merged by then are read as the one that they are, and
            asked for by any of their names. Nobody is read as one whose data were erased.

        Returns
        -------
        DataFrame
            Index customer; a column an item: numbers as float, texts as object, days as
            datetime64, flags as nullable boolean. Masked items hold bullets.

        Raises
        ------
        InvalidParameterError
            No such day, instant, item or customer; or an item of records.
        AccessDeniedError
            An item is named that the actor may not read; or the actor may read none at all.
        DecryptionError
            A protected value was altered or moved.

        Warns
        -----
        MixedUnitsWarning
            A column holds amounts in several units, or a row amounts of statements in several
            currencies, which :meth:`observations` tells.

        Notes
        -----
        Of facts about one item of one customer that were known at the instant and not retracted
        by then:

        1. of those with one first day, one source and one name of it, the one known last counts,
           and of several that became known at once the one recorded last: it corrects the others;
        2. it is true on a day from its first day until before its last, if it has one. What was
           corrected does not come back when the correction has ended;
        3. of the rest counts the one that is true from the latest day; then the one of the more
           reliable source and method (:class:`SourceReliability`); then the one of the higher
           confidence, the one known last, and the one recorded first.

        Of items that happen once (``Item.once``) no two days are apart: by 1. the version of each
        source that was known last is the only one that counts, and where it is not yet true on
        the day, as when a settlement turns out to have come later, the source says nothing; by 3.
        the more reliable source comes first, whatever its day.

        A fact is known from the instant at which it was recorded, by the store's own clock; one
        of a backfill from when it was collected, if that is earlier. Days are calendar days
        without a zone; instants are UTC, in which no hour is repeated or left out. So a snapshot
        of an instant that has passed stays what it was, except for backfills and retractions of
        what they brought in, which `recorded_by` shuts out. A load becomes visible when it is
        whole, up to some seconds after the instant of its record where it is large: for a result
        to be made again, let `known_at` be a little before now.

        O(n) time and memory for n facts of the items where loads were in the order of customers,
        O(n log n) otherwise; with `customers`, by their facts alone, where they are up to 1,000
        or a tenth of all (at most 20,000).

        One record of the trail is left where protected items are among the columns, of the
        customers that were asked for and of those under whose names facts were found.

        Examples
        --------
        >>> import pandas as pd, tempfile
        >>> from pathlib import Path
        >>> from creditscore.collect import Observations
        >>> from creditscore.organise import CustomerStore
        >>> facts = Observations.from_frame(pd.DataFrame({
        ...     "customer": ["C1", "C1"], "item": ["revenue", "revenue"], "value": [1200, 1180],
        ...     "true_from": "2023-12-31", "source": "public_filing", "method": "data_analysis",
        ...     "collected_at": ["2024-04-30", "2024-09-15"],
        ... }))
        >>> with CustomerStore.create(Path(tempfile.mkdtemp()) / "customers.db") as store:
        ...     loaded = store.load(facts, backfill=True)
        ...     before = store.snapshot("2024-06-30", "2024-06-30", items=["revenue"])
        ...     after = store.snapshot("2024-06-30", items=["revenue"])
        >>> [float(table.loc["C1", "revenue"]) for table in (before, after)]
        [1200.0, 1180.0]
        """
        day = _clock.day_number(as_of, "as_of", f"{OWNER}.snapshot")
        readable = self._of_customer(items, "snapshot")
        details = {"as_of": as_of, "known_at": known_at, "recorded_by": recorded_by}
        with self._tables(
            "snapshot", readable, customers, details, as_of=day, resolve=resolve
        ) as tables:
            return tables.snapshot(tables.scope.customers)

    def records(
        self,
        kind: str,
        as_of: Any,
        known_at: Any = None,
        *,
        customers: Any = None,
        recorded_by: Any = None,
        resolve: bool = False,
    ) -> pd.DataFrame:
        """Return the records of a kind, such as invoices, as they were known and true.

        Parameters
        ----------
        kind : str
            Kind of record: what stands before the dot in names of items.
        as_of : str, date or datetime
            Day on which facts are true, as that of :meth:`snapshot`, with the same errors.
        known_at : str, date, datetime or None, default=None
            Instant at which they were known, as that of :meth:`snapshot`.
        customers : sequence of str, optional
            Customers; without, all.
        recorded_by : str, date, datetime or None, default=None
            Instant by which facts were recorded, too.
        resolve : bool, default=False
            Whether merged customers are read as one, as those of :meth:`snapshot`.

        Returns
        -------
        DataFrame
            A row a customer and record: customer, record, known_on (the first day on which
            something of it was known and true), and a column an item, without the kind. Where a
            record does not state its currency, it is the unit of its amounts.

        Warns
        -----
        MixedUnitsWarning
            Amounts in another currency than the rest of their record are left out; or a record
            states its currency by a word that is none of ISO 4217, and gets the unit of its
            amounts.

        Notes
        -----
        What happens to a record once (``Item.once``), such as its days and its amount in the
        standard catalogue, is corrected by a load that says otherwise, from when that is known;
        before, the old version counts. Load a correction without `backfill`, or it counts as known
        from when it says that it was collected. What an export leaves out, and a row that is the
        very same as one loaded before, corrects nothing: retract the wrong one (``retract``). A
        store keeps the catalogue that it was made with; what happens once by a newer one is told
        by ``change_catalogue``, and from then on of the past, too.
        """
        owner = f"{OWNER}.records"
        day = _clock.day_number(as_of, "as_of", owner)
        names = [item.name for item in self.catalogue.of_record(kind)] if kind else []
        if not names:
            kinds = sorted({item.record_kind for item in self.catalogue} - {""})
            raise unknown_name(kind, kinds, "kind of record", "the catalogue")
        readable = self._desk.readable(self.catalogue, None, owner)
        readable = _only(readable, names)
        details = {"kind": kind, "as_of": as_of, "known_at": known_at, "recorded_by": recorded_by}
        with self._tables(
            "records", readable, customers, details, as_of=day, resolve=resolve
        ) as tables:
            currency = f"{kind}.currency"
            clear = {item.name for item in readable.items} - readable.masked
            return replace(tables, currency=currency if currency in clear else "").records()

    def history(
        self,
        *,
        items: Any = None,
        customers: Any = None,
        known_at: Any = None,
        recorded_by: Any = None,
        resolve: bool = False,
        by_source: bool = False,
    ) -> pd.DataFrame:
        """Return all that was ever true, with each of its corrections.

        Parameters
        ----------
        items : sequence of str, optional
            Items of the customer itself; without, all that the actor may read.
        customers : sequence of str, optional
            Customers; without, all.
        known_at : str, date, datetime or None, default=None
            Instant at which they were known, as that of :meth:`snapshot`.
        recorded_by : str, date, datetime or None, default=None
            Instant by which facts were recorded, too.
        resolve : bool, default=False
            Whether merged customers are read as one, as those of :meth:`snapshot`.
        by_source : bool, default=False
            Whether each source has rows of its own, and no row mixes two; a column ``source``
            then holds the name of it.

        Returns
        -------
        DataFrame
            A row a customer, true_from and known_on (day of UTC on which something about that
            day became known): customer, true_from, known_on, and a column an item. A row holds
            all that was known then, so that a later one takes the place of an earlier one whole;
            what happens once is missing in it from when it turned out to be true from another day.

        Warns
        -----
        MixedUnitsWarning
            A column holds amounts in several units, or a row amounts of statements in several
            currencies, which :meth:`observations` tells.
        """
        readable = self._of_customer(items, "history")
        details = {"known_at": known_at, "recorded_by": recorded_by}
        with self._tables("history", readable, customers, details, resolve=resolve) as tables:
            return tables.history(by_source=by_source, warns=True)

    def observations(
        self,
        *,
        items: Any = None,
        customers: Any = None,
        as_of: Any = None,
        known_at: Any = None,
        recorded_by: Any = None,
        resolve: bool = False,
        history: bool = False,
    ) -> pd.DataFrame:
        """Return facts with all that is known of them.

        Parameters
        ----------
        items : sequence of str, optional
            Items, also those of records; without, all that the actor may read.
        customers : sequence of str, optional
            Customers; without, all.
        as_of : str, date or datetime, optional
            Day on which facts are true; without, the day of UTC of `known_at`, or today's. With
            `history`, the last day from which they may be true; without, any.
        known_at : str, date, datetime or None, default=None
            Instant at which they were known, as that of :meth:`snapshot`.
        recorded_by : str, date, datetime or None, default=None
            Instant by which facts were recorded, too.
        resolve : bool, default=False
            Whether merged customers are read as one, as those of :meth:`snapshot`.
        history : bool, default=False
            Whether all facts come, those that were corrected or have ended too; else the one that
            counts for each item and record.

        Returns
        -------
        DataFrame
            observation (its number), the columns of :class:`~creditscore.collect.Observations`,
            batch, recorded_at and known_at. Retracted ones are not among them. For
            :func:`~creditscore.collect.derive` and :func:`verify` read the whole history, for a
            correction may be true from a later day than what it corrects.
        """
        owner = f"{OWNER}.observations"
        readable = self._desk.readable(self.catalogue, items, owner)
        instant = _clock.last_instant(known_at, "known_at", owner)
        day = _clock.END if history else int(_clock.day_of(np.array(min(instant, _clock.now()))))
        if as_of is not None:
            day = _clock.day_number(as_of, "as_of", owner)
        details = {
            "as_of": as_of, "known_at": known_at, "recorded_by": recorded_by,
            "history": history or None,
        }  # fmt: skip
        with self._tables(
            "observations", readable, customers, details, as_of=day, resolve=resolve
        ) as tables:
            return tables.observations(history=history)

    def _for_indicators(
        self, as_of: Any, known_at: Any, customers: Any, recorded_by: Any, *, resolve: bool
    ) -> dict[str, pd.DataFrame]:
        """Return tables for indicators; see :func:`customer_records`."""
        day = _clock.day_number(as_of, "as_of", "customer_records")
        known_at = np.datetime64(day, "D") if known_at is None else known_at
        readable = self._desk.readable(self.catalogue, None, "customer_records")
        clear = {item.name for item in readable.items} - readable.masked
        readable = _only(readable, sorted(clear))
        details = {"as_of": as_of, "known_at": known_at, "recorded_by": recorded_by}
        with self._tables(
            "customer_records", readable, customers, details, as_of=day, resolve=resolve
        ) as tables:
            return indicator_tables(tables)

    def batches(self) -> pd.DataFrame:
        """Return a row a load: batch, recorded_at, recorded_by, is_backfill, note and counts."""
        self._check_reader(*_WHOLE)
        with self._reading() as connection:
            rows = connection.execute(sa.select(batches).order_by(batches.c.id)).all()
        names = ["batch", *[column.name for column in batches.c][1:]]
        table = pd.DataFrame(rows, columns=names)
        table["recorded_at"] = _clock.as_instants(table["recorded_at"].to_numpy(dtype=np.int64))
        return table

    def customers(self) -> tuple[str, ...]:
        """Return the names of all customers, in the order in which they were first loaded.

        Those whose data were erased are ``"erased:1"``, with their number in the store.

        Raises
        ------
        AccessDeniedError
            The policy does not let the actor read any item, nor audit, erase, keep consents or
            holds, back up or restore.
        """
        self._check_reader("consent", "hold", "erase", *_WHOLE)
        with self._reading() as connection:
            known = self._desk.customers(connection)
            return tuple(known.names(known.ids()).values())

    def retractions(self) -> pd.DataFrame:
        """Return a row a retraction: observation, reason, recorded_at, recorded_by."""
        self._check_reader()
        with self._reading() as connection:
            return retraction_table(connection)

    @contextmanager
    def _tables(
        self, call: str, readable: Readable, who: Any, details: Mapping[str, Any],
        *, as_of: int = _clock.END, resolve: bool = False,
    ) -> Iterator[Tables]:  # fmt: skip
        """Give what makes tables of a question, by one state of the store; record the read."""
        owner = f"{OWNER}.{call}"
        known_at, recorded = (
            _clock.last_instant(details[name], name, owner) for name in ("known_at", "recorded_by")
        )
        with self._reading() as connection:
            names = [item.name for item in readable.items]
            numbers = item_numbers(connection, names)
            # items that nobody has yet are columns all the same
            by_number = {
                numbers.get(item.name, -1 - place): item
                for place, item in enumerate(readable.items)
            }
            known = self._desk.customers(connection)
            asked = Scope(
                items=tuple(numbers.values()), customers=_asked(known, who, owner),
                as_of=as_of, known_at=known_at, recorded_by=recorded, resolve=resolve,
                once=once_of(by_number),
            )  # fmt: skip
            scope = at_roots(connection, asked)
            scope, denied = limited(
                known, self._desk, self.catalogue, scope, named=who is not None,
                guarded=tuple(n for n in numbers.values() if by_number[n].is_protected),
            )  # fmt: skip
            if not denied:
                reader = Reader(items=by_number, masked=readable.masked, vault=self._desk.vault)
                tables = Tables(customers=known, scope=scope, reader=reader)
                yield tables
                # whoever was asked for, and under whatever names facts were found
                seen = set().union(*(owners.tolist() for owners in tables.seen))
                for question in (asked, scope):
                    if question.customers is not None:
                        seen.update(question.customers.tolist())
                subjects = known.names(seen)
        if denied:
            refuse(self._desk, denied)
        self._desk.record_read(call, readable, details, subjects.values())

    def _of_customer(self, asked: Any, call: str) -> Readable:
        """Return readable items of the customer itself."""
        owner = f"{OWNER}.{call}"
        readable = self._desk.readable(self.catalogue, asked, owner)
        of_record = [item.name for item in readable.items if item.record_kind]
        if asked is not None and of_record:
            kind = self.catalogue[of_record[0]].record_kind
            msg = (
                f"The item {of_record[0]!r} is of one {kind} of several, which a row a customer "
                f"cannot hold. Ask {OWNER}.records({kind!r}, …)."
            )
            raise InvalidParameterError(msg)
        return _only(readable, [item.name for item in readable.items if not item.record_kind])


def _only(readable: Readable, names: list[str]) -> Readable:
    wanted = set(names)
    return Readable(
        items=tuple(item for item in readable.items if item.name in wanted),
        masked=readable.masked & wanted,
    )


def _asked(known: Customers, who: Any, owner: str) -> Int1D | None:
    """Return the numbers of customers that are asked for, in their order."""
    if who is None:
        return None
    names = [str(name) for name in dict.fromkeys(read_entries(who, "customers", owner))]
    found = known.asked(names)
    strange = next((name for name in names if name not in found), None)
    if strange is not None:
        # the others are not listed, for their numbers are nobody's business
        msg = f"There is no customer {strange!r} in the store."
        raise InvalidParameterError(msg)
    return np.array([found[name] for name in names], dtype=np.int64)
