"""What a store knows, what is due, what was found, and who did what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from rich.console import Console

from creditscore._frame import as_table
from creditscore.cli._outputs import check_outputs
from creditscore.cli._render import counted
from creditscore.cli._store_access import check_there, clear_items, needed_files, opened
from creditscore.cli._store_options import Access
from creditscore.cli._store_show import check_out, show_table, write_out
from creditscore.cli._tables import read_table
from creditscore.cli._visible import shown
from creditscore.organise import freshness, refresh_tasks, verify
from creditscore.protect import AnchorFile

_MOST = 20
"""Rows that are printed of what may be long."""
_WIDEST_DETAILS = 500


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a table is asked for, and where it goes."""

    as_of: str | None
    known_at: str | None
    out: Path | None
    overwrite: bool

    @property
    def day(self) -> str:
        """The day of which facts are asked: today where none was said."""
        return datetime.now(UTC).date().isoformat() if self.as_of is None else self.as_of


def snapshot(
    console: Console,
    access: Access,
    asked: Asked,
    *,
    items: list[str] | None,
    customers: list[str] | None,
    resolve: bool,
) -> None:
    """Print or write what was known at an instant to be true on a day."""
    check_out(asked.out, needed_files(access), overwrite=asked.overwrite)
    with opened(access) as store:
        table = store.snapshot(
            asked.day, asked.known_at, items=items, customers=customers, resolve=resolve
        )
    frame = table.rename_axis("customer").reset_index()
    if asked.out is not None:
        write_out(console, frame, asked.out)
        return
    show_table(console, frame, most=_MOST, fit=True)


def due(
    console: Console,
    access: Access,
    asked: Asked,
    *,
    exposure: Path | None,
    horizon_days: int,
) -> None:
    """Print or write what is stale, missing or due soon, most at stake first."""
    check_out(asked.out, [*needed_files(access), exposure], overwrite=asked.overwrite)
    amounts, owners = (None, None) if exposure is None else _exposures(exposure)
    with opened(access) as store:
        catalogue = clear_items(store, masked=True)
        facts = store.observations(
            items=catalogue.names, as_of=asked.day, known_at=asked.known_at, resolve=True
        )
    state = freshness(facts, as_of=asked.day, catalogue=catalogue, horizon_days=horizon_days)
    tasks = refresh_tasks(state, exposure=amounts, owners=owners)
    n = tasks.table["customer"].nunique()
    console.print(
        f"On {asked.day}: {counted(len(tasks.table), 'task')} for {counted(n, 'customer')}, "
        f"{counted(len(tasks.due), 'item')} due."
    )
    if asked.out is not None:
        write_out(console, tasks.table, asked.out)
        return
    show_table(console, tasks.table.drop(columns=["n_stale", "n_missing"]), most=_MOST)


def _exposures(path: Path) -> tuple[pd.Series, pd.Series | None]:
    frame = read_table(path, text=("customer", "owner"))
    as_table(frame).require(["customer", "exposure"])
    by_customer = frame.set_index("customer")
    return by_customer["exposure"], by_customer["owner"] if "owner" in frame else None


def verify_facts(console: Console, access: Access, asked: Asked, *, trail: bool) -> bool:
    """Print and write what is wrong with facts; return whether there are errors."""
    check_out(asked.out, needed_files(access), overwrite=asked.overwrite)
    with opened(access) as store:
        if trail:
            store.verify_trail().check()
        catalogue = clear_items(store)
        facts = store.observations(
            items=catalogue.names, as_of=asked.as_of, known_at=asked.known_at, history=True,
            resolve=True,
        )  # fmt: skip
    found = verify(facts, catalogue=catalogue, known_at=asked.known_at)
    counts = found.counts()
    if trail:
        console.print("The audit trail is whole, and the tables hold what it tells.")
    console.print(
        f"{counted(len(found.status), 'observation')} checked, "
        f"{counted(len(found.findings), 'finding')}."
    )
    if len(found.findings):
        show_table(console, counts.reset_index())
    if asked.out is not None:
        write_out(console, found.findings, asked.out)
    return bool((found.findings["severity"] == "error").any())


@dataclass(frozen=True, kw_only=True)
class Trail:
    """What is asked of the audit trail."""

    after: int
    last: int | None
    check: bool
    anchors: Path | None
    anchor: Path | None
    out: Path | None
    overwrite: bool

    @property
    def verifies(self) -> bool:
        """Whether the trail is to be checked."""
        return self.check or self.anchors is not None or self.anchor is not None


def audit(console: Console, access: Access, asked: Trail) -> None:
    """Print records of the trail; check it; write an anchor of it."""
    needed = needed_files(access)
    check_out(asked.out, [*needed, asked.anchors, asked.anchor], overwrite=asked.overwrite)
    check_there(asked.anchors)
    if asked.anchor is not None:
        # lines are added to what is there
        check_outputs([asked.anchor], needed, overwrite=True)
    with opened(access) as store:
        if store.policy is not None:
            store.policy.check(store.actor, "audit", trail=store.trail)
        if asked.verifies:
            anchors = () if asked.anchors is None else AnchorFile(asked.anchors).anchors()
            found = store.verify_trail(anchors)
            found.check()
            left = f"; {found.trail.n_unanchored:,} after the last anchor" if anchors else ""
            n = counted(found.trail.n_records, "record")
            console.print(f"The trail is whole: {n}{left}. The tables hold what it tells.")
        if asked.anchor is not None:
            anchor = store.trail.anchor()
            AnchorFile(asked.anchor).append(anchor)
            console.print(
                f"Anchor of {counted(anchor.number, 'record')} written: {shown(asked.anchor)}. "
                "Keep it away from the store.",
                soft_wrap=True,
            )
        table = store.trail.table(asked.after)
    if asked.out is not None:
        write_out(console, table, asked.out)
    elif asked.last is not None or not asked.verifies:
        columns = ["number", "at", "actor", "purpose", "action", "n_subjects", "details"]
        most = asked.last or _MOST
        shown_rows = table[columns].head(most) if asked.after else table[columns].tail(most)
        show_table(console, shown_rows, widest=_WIDEST_DETAILS)
