"""What changes a store: loads, rejects, retractions, links of customers, catalogue and policy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd
import sqlalchemy as sa

from creditscore._checks import check_kept, check_kind
from creditscore._warn import warn_user
from creditscore.collect import ItemCatalogue, Observations
from creditscore.exceptions import KnownRowsWarning, RejectedRowsWarning, StoreError
from creditscore.organise._store._base import OWNER, StoreBase
from creditscore.organise._store._linking import add_link, check_link, link_table
from creditscore.organise._store._load_result import LoadResult
from creditscore.organise._store._names import next_id
from creditscore.organise._store._numbering import row_number, row_numbers
from creditscore.organise._store._rejecting import add_rejects, reject_table
from creditscore.organise._store._schema import items, retractions
from creditscore.organise._store._schema import observations as facts
from creditscore.organise._store._settings import check_change
from creditscore.organise._store._subjects import settings_of
from creditscore.organise._store._writing import Load, check_items, next_instant
from creditscore.protect import AccessPolicy

_AT_ONCE = 500
_MOST_SHOWN = 3


class StoreChanges(StoreBase):
    """Writing; see :class:`CustomerStore`."""

    def load(
        self,
        observations: Observations,
        *,
        note: str = "",
        backfill: bool = False,
        progress: bool = False,
    ) -> LoadResult:
        """Add observations, all of them or none.

        Parameters
        ----------
        observations : Observations
            Checked facts; their items must be those of the store's catalogue.
        note : str, default=""
            What the batch is, for people.
        backfill : bool, default=False
            Whether it is history that was known elsewhere before: then each fact counts as known
            from when it was collected, and the batch remembers that.
        progress : bool, default=False
            Whether a bar on the error stream says how far it is.

        Returns
        -------
        LoadResult

        Raises
        ------
        InvalidDataError
            An item is not in the catalogue of the store, or is of another kind or unit there.
        KeyStoreError
            Values are protected, and the store has no keys.
        AccessDeniedError
            The policy does not let the actor write one of the items.
        StoreBusyError
            Others wrote for longer than the store waits.

        Warns
        -----
        RejectedRowsWarning
            Rows are of customers whose data were erased; they are not kept.
        KnownRowsWarning
            Rows of a backfill are known already, by a load that was none: they stay known from
            when that was recorded.

        Notes
        -----
        A fact is the same as one that the store has if customer, record, item, value, unit, both
        days, source and its name, method, who collected it and when, and the confidence are the
        same; the evidence alone may differ. So a file may be loaded twice and exports may
        overlap: what is known is passed over. A value that differs in anything else is a new
        fact, and corrects one of the same item, first day and source from when it is known. A
        value that goes back to what it was before a correction is known, too, if it has the same
        instant of collection: give it the instant at which it was corrected.

        Facts are told apart by 16 bytes of a keyed hash: BLAKE2b for those that are not
        protected, HMAC-SHA256 under the key of the customer for those that are, so that nobody
        can try out values against it.

        One transaction, O(n log n) time; a process that is killed on the way leaves nothing.
        """
        self._check_open()
        check_kind(observations, "observations", f"{OWNER}.load", Observations)
        check_kind(note, "note", f"{OWNER}.load", str)
        check_kept(note, "note", f"{OWNER}.load")
        check_items(observations, self.catalogue)
        used = [self.catalogue[str(name)] for name in observations.table["item"].unique()]
        self._desk.check_items("write", used)
        load = Load(
            observations=observations, catalogue=self.catalogue, vault=self._desk.vault, note=note,
            backfill=backfill, by=self.actor.name, progress=progress,
        )  # fmt: skip
        with self._writing() as connection:
            result = load.run(connection)
            said = {
                "batch": result.batch, "loaded": result.n_loaded, "known": result.n_known,
                "refused": result.n_refused, "backfill": backfill,
                "items": sorted(item.name for item in used),
            }  # fmt: skip
            self._desk.record_change(connection, "load", said, observations.customers)
        if result.n_refused:
            msg = (
                f"{result.n_refused:,} observations are of customers whose data were erased; they "
                f"were not kept. See store.rejects(batch={result.batch})."
            )
            warn_user(msg, RejectedRowsWarning)
        if result.n_late:
            msg = (
                f"{result.n_late:,} observations of the backfill are in the store already, by a "
                "load that was none. They stay known from when that was recorded, and not from "
                "when they were collected. If they should be, retract them and load them again "
                "with another 'collected_by', by which they are new facts."
            )
            warn_user(msg, KnownRowsWarning)
        return result

    def reject(self, rejects: Any, *, batch: int) -> int:
        """Keep the rows of a source that could not be used.

        Parameters
        ----------
        rejects : Rejects or DataFrame
            Of a reader: source, row, column, item, value, reason, protected and cells; where
            they are there, customer and digest.
        batch : int
            The load that they belong to.

        Returns
        -------
        int
            Rows that were kept; what is kept already, of the same source, row and fault with the
            same cells, is passed over.

        Raises
        ------
        StoreError
            There is no such batch.
        MissingColumnError
            A column is not there.
        InvalidParameterError
            The batch is no number, or the rejects are no table.
        InvalidDataError
            A cell holds an array, or "protected" is neither True nor False.
        AccessDeniedError
            The policy does not let the actor write any item.

        Warns
        -----
        RejectedRowsWarning
            Rows are of customers whose data were erased, or may name them, or were erased with
            them; they are not kept. The first of them are named by source and row.

        Notes
        -----
        Values, reasons, which may quote a cell, whole rows and their customers are encrypted, each
        reject under a key of its own, so that those of a customer can be erased: those of which
        the reader read it as the customer, and where it read none that the store knows, those of
        which a cell names it, in whatever letters (NFKC, and upper as lower case). Where the
        reader read somebody, a cell that is a number, and no text, names nobody: it may as well be
        an amount. The same rows are not kept once the customer was erased; after a backup was
        restored, other letters are known by the register, if this release wrote it.

        A store without keys keeps what may be personal not at all: of a protected value neither
        the value nor the reason. There a row is kept already where one of the same place, fault,
        value and digest of the source is.
        """
        self._check_open()
        table = getattr(rejects, "table", rejects)
        batch = row_number(batch, "batch", f"{OWNER}.reject")
        self._check_writer()
        with self._writing() as connection:
            n, refused = add_rejects(self._desk.customers(connection), table, batch)
            said = {"batch": batch, "rows": n, "refused": len(refused)}
            self._desk.record_change(connection, "reject", said)
        if refused:
            msg = (
                f"{len(refused):,} rejected rows are of, or may name, customers whose data were "
                f"erased; they were not kept: {_rows_in_words(refused)}."
            )
            warn_user(msg, RejectedRowsWarning)
        return n

    def rejects(self, batch: int | None = None) -> pd.DataFrame:
        """Return rows that could not be used.

        Parameters
        ----------
        batch : int or None, default=None
            The load that they belong to; without, all.

        Returns
        -------
        DataFrame
            batch, source, row, column, item, value, reason, protected, cells and customer, as
            the reader read it. Of rows that were erased, value, reason, cells and customer are
            missing. Reading values that may be personal leaves a record in the trail.

        Raises
        ------
        AccessDeniedError
            The policy does not let the actor write what rejects are corrected to: no item at all.
        """
        self._check_open()
        if batch is not None:
            batch = row_number(batch, "batch", f"{OWNER}.rejects")
        self._check_writer()
        with self._reading() as connection:
            table = reject_table(connection, self._desk.vault, batch).reset_index(drop=True)
        if len(table) and table["protected"].any():
            said = {"call": "rejects", "batch": batch, "rows": len(table)}
            self._desk.trail().append(self.actor, "read", said)
        return table

    def retract(self, observation_ids: Iterable[int], *, reason: str) -> int:
        """Take back observations; from now on they are not known any more.

        Parameters
        ----------
        observation_ids : sequence of int
            Their numbers, as :meth:`observations` gives them.
        reason : str
            Why; it stays for good.

        Returns
        -------
        int
            Observations that were retracted; those that were before are not counted.

        Raises
        ------
        StoreError
            There is no such observation.
        InvalidParameterError
            A number is none, or the reason is empty.
        AccessDeniedError
            The policy does not let the actor write one of the items.

        Notes
        -----
        Nothing is deleted: a snapshot of an instant before still has it. What the observation had
        corrected counts again. An equal fact that is loaded later is known, and stays retracted.

        One of a backfill is in the past that was brought in, in which nobody knew it. It leaves
        that past as well: a snapshot of any instant is without it, unless `recorded_by` asks for
        what was recorded before the retraction.
        """
        self._check_open()
        ids = row_numbers(observation_ids, "observation_ids", f"{OWNER}.retract")
        self._check_reason(reason, "retract")
        # who may write nothing does not learn what is there; and that something was denied is
        # written by itself, before writing begins
        self._check_writer()
        with self._reading() as connection:
            there = _kept(connection, ids)
        lacking = next((one for one in ids if one not in there), None)
        if lacking is not None:
            msg = f"There is no observation {lacking}. Nothing was retracted."
            raise StoreError(msg)
        named = {name for _, name in there.values()}
        self._desk.check_items("write", (self.catalogue[name] for name in sorted(named)))
        with self._writing() as connection:
            before = _among(connection, retractions.c.observation_id, ids)
            new = [one for one in ids if one not in before]
            first, at = next_id(connection, retractions), next_instant(connection)
            rows = [
                {
                    "id": first + place, "observation_id": one, "reason": reason,
                    "recorded_at": at, "recorded_by": self.actor.name,
                }
                for place, one in enumerate(new)
            ]  # fmt: skip
            if rows:
                connection.execute(retractions.insert(), rows)
                owners = {there[one][0] for one in new}
                names = self._desk.customers(connection).names(owners)
                subjects = [names[owner] for owner in owners]
                said = {"observations": new, "reason": reason}
                self._desk.record_change(connection, "retract", said, subjects)
        return len(new)

    def link(self, customer: str, into: str, reason: str, *, approval: str = "") -> None:
        """Record that a customer is another one; reading with ``resolve=True`` then joins them.

        All that is known of both is then under the name of the other one, whichever of the two is
        asked for.

        Parameters
        ----------
        customer : str
            The one that is read as the other from now on.
        into : str
            The other one.
        reason : str
            Why; it stays for good.
        approval : str, default=""
            Number of an approved request to merge the two, where the policy asks for four eyes.

        Raises
        ------
        InvalidParameterError
            A customer is no text, as where a cell of a table of merges is empty.
        StoreError
            There is no such customer, it is linked already, or the two would go in a circle.
        AccessDeniedError
            The policy does not let the actor merge customers, or nobody approved it.
        """
        check_kind(customer, "customer", f"{OWNER}.link", str)
        # without a word, nothing would be merged, and what was would be parted
        check_kind(into, "into", f"{OWNER}.link", str)
        self._relink("link", customer, into, reason, approval)

    def unlink(self, customer: str, reason: str, *, approval: str = "") -> None:
        """Record that a customer is one of its own after all; nothing of it was lost.

        Parameters
        ----------
        customer : str
            One that was linked.
        reason : str
            Why; it stays for good.
        approval : str, default=""
            Number of an approved request to ``"merge"`` for this customer, where the policy asks
            for four eyes.

        Raises
        ------
        InvalidParameterError
            The customer is no text.
        StoreError
            There is no such customer, or it is not linked.
        AccessDeniedError
            The policy does not let the actor merge customers, or nobody approved it.
        """
        check_kind(customer, "customer", f"{OWNER}.unlink", str)
        self._relink("unlink", customer, None, reason, approval)

    def links(self) -> pd.DataFrame:
        """Return a row an event: customer, into (missing where unlinked), reason, when, by whom."""
        self._check_reader("merge")
        with self._reading() as connection:
            return link_table(self._desk.customers(connection))

    def change_catalogue(self, catalogue: ItemCatalogue, *, approval: str = "") -> None:
        """Give the store another catalogue; the one before stays among its settings.

        Parameters
        ----------
        catalogue : ItemCatalogue
            With all items that have observations, of the same kind, unit and protection.
        approval : str, default=""
            Number of an approved request, where the policy asks for four eyes.

        Raises
        ------
        StoreError
            An item with observations is missing, of another kind or unit, or otherwise protected.
        AccessDeniedError
            The policy does not let the actor manage it.
        """
        self._check_open()
        check_kind(catalogue, "catalogue", f"{OWNER}.change_catalogue", ItemCatalogue)
        self._desk.allow("manage_policy", approval)
        with self._writing() as connection:
            documents = settings_of(connection, self._desk.vault)
            check_change(connection, documents.catalogue(), catalogue)
            version = documents.add("catalogue", str(catalogue.to_json()))
            said = {"items": len(catalogue), "version": version}
            self._desk.record_change(connection, "change_catalogue", said)
        self._read_settings()

    def change_policy(self, policy: AccessPolicy, *, approval: str = "") -> None:
        """Give the store another policy; the one before stays among its settings.

        Parameters
        ----------
        policy : AccessPolicy
            Who may do what from now on. Other programs that have the store open get an error until
            they open it again, as for another catalogue or plan, so that nobody goes on under what
            was withdrawn.
        approval : str, default=""
            Number of an approved request, where the policy asks for four eyes.

        Raises
        ------
        AccessDeniedError
            The policy so far does not let the actor manage it.
        """
        self._check_open()
        check_kind(policy, "policy", f"{OWNER}.change_policy", AccessPolicy)
        # who acts in the role for emergencies of the new policy could not go on under it
        self._desk.under(policy)
        self._desk.allow("manage_policy", approval)
        with self._writing() as connection:
            documents = settings_of(connection, self._desk.vault)
            version = documents.add("policy", str(policy.to_json()))
            said = {"roles": list(policy.names), "version": version}
            self._desk.record_change(connection, "change_policy", said)
        self._read_settings()

    def _relink(
        self, action: str, customer: str, into: str | None, reason: str, approval: str
    ) -> None:
        self._check_open()
        self._check_reason(reason, action)
        self._desk.check_granted("merge", approval)
        both = [name for name in (customer, into) if name is not None]
        with self._reading() as connection:
            check_link(self._desk.customers(connection), customer, into)
        self._desk.allow("merge", approval, subjects=both)
        with self._writing() as connection:
            row = {"reason": reason, "recorded_by": self.actor.name}
            entries = {**row, "recorded_at": next_instant(connection)}
            add_link(self._desk.customers(connection), customer, into, entries)
            self._desk.record_change(connection, action, {"reason": reason}, both)

    def _check_writer(self) -> None:
        """Refuse who may not write any item."""
        policy = self._desk.policy
        may = policy is None or any(
            policy.allows(self.actor, "write", item) for item in self.catalogue
        )
        if not may:
            self._desk.check("write", self.catalogue.items[0])


def _rows_in_words(places: Iterable[tuple[str, str]]) -> str:
    """Name the first rows of sources, and say how many there are besides."""
    told = [f"row {row} of {source!r}" for source, row in dict.fromkeys(places)]
    more = [f"{len(told) - _MOST_SHOWN:,} more"] if len(told) > _MOST_SHOWN else []
    return ", ".join([*told[:_MOST_SHOWN], *more])


def _kept(connection: sa.Connection, ids: list[int]) -> dict[int, tuple[int, str]]:
    """Return customer and item of observations that are there."""
    found: dict[int, tuple[int, str]] = {}
    for part in _parts(ids):
        rows = sa.select(facts.c.id, facts.c.customer_id, items.c.name).join(
            items, items.c.id == facts.c.item_id
        )
        for number, owner, name in connection.execute(rows.where(facts.c.id.in_(part))):
            found[number] = (owner, name)
    return found


def _among(connection: sa.Connection, column: Any, ids: list[int]) -> set[int]:
    found: set[int] = set()
    for part in _parts(ids):
        found |= set(connection.execute(sa.select(column).where(column.in_(part))).scalars())
    return found


def _parts(ids: list[int]) -> list[list[int]]:
    """Return a few hundred at a time, as many as a statement names."""
    return [ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE)]
