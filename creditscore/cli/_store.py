"""The commands of a store; what they do is loaded when one is called, for it takes time."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from creditscore.cli._errors import reporting
from creditscore.cli._store_options import (
    FOUND,
    STORE_CODES,
    Access,
    ActorName,
    AsOf,
    Keys,
    KnownAt,
    Overwrite,
    Place,
    Purpose,
    Role,
)


class Language(StrEnum):
    """Languages of a dossier."""

    en = "en"
    zh = "zh"
    both = "both"


store_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    epilog=STORE_CODES,
    help="The customers' credit file: facts with their sources and history, kept and guarded.\n\n"
    "Start with [bold]init[/bold], [bold]load[/bold] files by mappings, and take a "
    "[bold]snapshot[/bold] of what was known on a day.\n\nKeys and passwords stand in files and "
    "in the environment, never in a command.",
)


@store_app.command(epilog=STORE_CODES)
def init(
    store: Place = None,
    new_keys: Annotated[
        Path | None,
        typer.Option(help="File of new master keys to make, for its owner alone to read."),
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option(
            help="Access policy (YAML or JSON), or the word standard for that of the library; "
            "without one, everybody may do everything."
        ),
    ] = None,
    catalogue: Annotated[
        Path | None, typer.Option(help="YAML file of the items to keep; else the standard ones.")
    ] = None,
    keys: Keys = None,
    actor: ActorName = None,
    role: Role = None,
    purpose: Purpose = None,
) -> None:
    """Make a store: a new SQLite file, or the tables in an empty PostgreSQL database.

    Example: creditscore store init --store customers.db --new-keys keys.json --policy standard
    """
    with reporting() as console:
        from creditscore.cli import _store_keep  # noqa: PLC0415 - takes time to import

        access = Access.of(store, keys, actor, role, purpose)
        _store_keep.init(console, access, new_keys=new_keys, policy=policy, catalogue=catalogue)


@store_app.command(epilog=STORE_CODES)
def key(
    out: Annotated[Path, typer.Argument(help="File to make, for its owner alone to read.")],
) -> None:
    """Make a file of new master keys, for a store that is still to be made.

    Example: creditscore store key keys.json
    """
    with reporting() as console:
        from creditscore.cli import _store_keep  # noqa: PLC0415

        _store_keep.new_key_file(out)
        _store_keep.tell_of_keys(console, out)


@store_app.command(epilog=STORE_CODES)
def load(  # noqa: PLR0913, PLR0917 - a command's options are its documentation
    data: Annotated[
        Path, typer.Argument(help="File of facts: CSV, Excel, JSON or Parquet, packed or not.")
    ],
    mapping: Annotated[
        Path | None,
        typer.Option(
            help="YAML file that says what its columns mean; with --guess its entry 'file' alone "
            "counts, such as file: {separator: ';', decimal: ','}."
        ),
    ] = None,
    store: Place = None,
    rejects: Annotated[
        Path | None,
        typer.Option(
            help="CSV or Parquet file for rows that cannot be used, with reasons; protected "
            "values are hidden in it. The store keeps them whole and encrypted."
        ),
    ] = None,
    collected_at: Annotated[
        str | None,
        typer.Option(
            help="When the file was exported; needed where the mapping does not say when facts "
            "were collected. No row counts as collected later, so that verify finds days in the "
            "future."
        ),
    ] = None,
    backfill: Annotated[
        bool,
        typer.Option(
            "--backfill",
            help="History known elsewhere before: facts count as known from when they were "
            "collected, and not from now.",
        ),
    ] = False,
    note: Annotated[str, typer.Option(help="What the batch is; else the name of the file.")] = "",
    guess: Annotated[
        bool,
        typer.Option("--guess", help="Show what the columns seem to hold, and load nothing."),
    ] = False,
    write_mapping: Annotated[
        Path | None,
        typer.Option(help="With --guess: YAML file for the mapping, which the actor confirms."),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            help="With --write-mapping: internal_record, public_filing, third_party or site_visit."
        ),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            help="With --write-mapping: questionnaire, interview, observation or data_analysis."
        ),
    ] = None,
    source_name: Annotated[
        str, typer.Option(help="With --write-mapping: which system, register or agency.")
    ] = "",
    change: Annotated[
        list[str] | None,
        typer.Option(
            help="With --write-mapping: COLUMN=ITEM, another field or item than was guessed, or "
            "COLUMN=ignore; repeatable."
        ),
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(
            help="With --write-mapping: FIELD=VALUE that holds of all rows, such as "
            "true_from=2023-12-31, or FIELD=column:COLUMN, also one that is of another use, such "
            "as true_from=column:InvoiceDate; repeatable."
        ),
    ] = None,
    overwrite: Overwrite = False,
    keys: Keys = None,
    actor: ActorName = None,
    role: Role = None,
    purpose: Purpose = None,
) -> None:
    """Load the facts of a file; rows that cannot be used are put aside, and the rest is loaded.

    A file may be loaded twice, and exports may overlap: what the store knows is passed over.

    The exit code is 5 where rows were rejected.

    Example: creditscore store load ledger.csv --mapping ledger.yaml --store customers.db --keys
    keys.json --rejects rejects.csv

    Example: creditscore store load new.csv --guess --write-mapping new.yaml --source third_party
    --method data_analysis --change Ref=ignore
    """
    rejected = False
    with reporting() as console:
        from creditscore.cli import _store_load as work  # noqa: PLC0415

        access = Access.of(store, keys, actor, role, purpose)
        if guess or mapping is None:
            said = work.Confirmed(
                write=write_mapping, source=source, method=method, source_name=source_name,
                changes=tuple(change or ()), fields=tuple(field or ()), overwrite=overwrite,
                mapping=mapping,
            )  # fmt: skip
            work.guess_or_refuse(console, access, data, said, guess=guess)
        else:
            told = work.Told(
                data=data, mapping=mapping, rejects=rejects, collected_at=collected_at,
                backfill=backfill, note=note, overwrite=overwrite,
            )  # fmt: skip
            rejected = work.load(console, access, told)
    if rejected:
        raise typer.Exit(FOUND)


@store_app.command(epilog=STORE_CODES)
def snapshot(  # noqa: PLR0913, PLR0917
    store: Place = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    item: Annotated[
        list[str] | None,
        typer.Option(help="Item to take; repeatable; else all that the actor may read."),
    ] = None,
    customer: Annotated[
        list[str] | None, typer.Option(help="Customer to take; repeatable; else all.")
    ] = None,
    resolve: Annotated[
        bool, typer.Option("--resolve", help="Read merged customers as the one that they are.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="CSV or Parquet file; without, the first rows are shown.")
    ] = None,
    overwrite: Overwrite = False,
    keys: Keys = None,
    actor: ActorName = None,
    role: Role = None,
    purpose: Purpose = None,
) -> None:
    """Take what was known at an instant to be true on a day: a row a customer, a column an item.

    What the actor may see masked is masked, and what it may not see is not there.

    In CSV, no text is a formula that a spreadsheet would run.

    Example: creditscore store snapshot --store customers.db --keys keys.json --as-of 2024-06-30
    --known-at 2024-06-30 --item revenue --item equity --out facts.csv
    """
    with reporting() as console:
        from creditscore.cli import _store_look as work  # noqa: PLC0415

        access = Access.of(store, keys, actor, role, purpose)
        asked = work.Asked(as_of=as_of, known_at=known_at, out=out, overwrite=overwrite)
        work.snapshot(console, access, asked, items=item, customers=customer, resolve=resolve)


@store_app.command(epilog=STORE_CODES)
def due(  # noqa: PLR0913, PLR0917
    store: Place = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    exposure: Annotated[
        Path | None,
        typer.Option(
            help="CSV or Parquet file with the columns customer and exposure, and owner where "
            "somebody looks after a customer; without, each customer counts 1."
        ),
    ] = None,
    horizon_days: Annotated[
        int, typer.Option(help="Days ahead in which what ends is due soon.", min=0)
    ] = 60,
    out: Annotated[
        Path | None, typer.Option(help="CSV or Parquet file; without, the first tasks are shown.")
    ] = None,
    overwrite: Overwrite = False,
    keys: Keys = None,
    actor: ActorName = None,
    role: Role = None,
    purpose: Purpose = None,
) -> None:
    """List whom to ask for what: stale, missing and soon due facts, most at stake first.

    Example: creditscore store due --store customers.db --keys keys.json --exposure exposure.csv
    """
    with reporting() as console:
        from creditscore.cli import _store_look as work  # noqa: PLC0415

        access = Access.of(store, keys, actor, role, purpose)
        asked = work.Asked(as_of=as_of, known_at=known_at, out=out, overwrite=overwrite)
        work.due(console, access, asked, exposure=exposure, horizon_days=horizon_days)


@store_app.command(epilog=STORE_CODES)
def verify(  # noqa: PLR0913, PLR0917
    store: Place = None,
    as_of: Annotated[
        str | None, typer.Option(help="Last day from which facts are true; else all of them.")
    ] = None,
    known_at: KnownAt = None,
    trail: Annotated[
        bool,
        typer.Option(
            "--trail",
            help="Check the audit trail, and the tables by it, too: for roles that read and audit.",
        ),
    ] = False,
    out: Annotated[Path | None, typer.Option(help="CSV or Parquet file of the findings.")] = None,
    overwrite: Overwrite = False,
    keys: Keys = None,
    actor: ActorName = None,
    role: Role = None,
    purpose: Purpose = None,
) -> None:
    """Check all facts that the actor may read: ranges, identities, conflicts, outliers, duplicates.

    Prints how many errors, doubts and notes there are by check. Nothing is changed.

    The exit code is 5 where there are errors, and 3 where the audit trail is broken, or the tables
    do not hold what it tells.

    Example: creditscore store verify --store customers.db --keys keys.json --out findings.csv
    """
    wrong = False
    with reporting() as console:
        from creditscore.cli import _store_look as work  # noqa: PLC0415

        access = Access.of(store, keys, actor, role, purpose)
        asked = work.Asked(as_of=as_of, known_at=known_at, out=out, overwrite=overwrite)
        wrong = work.verify_facts(console, access, asked, trail=trail)
    if wrong:
        raise typer.Exit(FOUND)


@store_app.command(epilog=STORE_CODES)
def audit(  # noqa: PLR0913, PLR0917
    store: Place = None,
    after: Annotated[
        int, typer.Option(help="Number of the record after which to begin.", min=0)
    ] = 0,
    last: Annotated[
        int | None,
        typer.Option(
            help="How many records to show at most: the last ones, or those that follow --after; "
            "else 20, or none with a check.",
            min=1,
        ),
    ] = None,
    check: Annotated[
        bool,
        typer.Option(
            "--check",
            help="Check that no record was changed, moved or lost, and the tables by the records.",
        ),
    ] = False,
    anchors: Annotated[
        Path | None, typer.Option(help="Check it against the anchors in this file, too.")
    ] = None,
    write_anchor: Annotated[
        Path | None,
        typer.Option(help="Check it, and add an anchor of it to this file, kept elsewhere."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="CSV or Parquet file of the records.")] = None,
    overwrite: Overwrite = False,
    keys: Keys = None,
    actor: ActorName = None,
    role: Role = None,
    purpose: Purpose = None,
) -> None:
    """Show who read and changed what; check the trail; anchor it.

    An anchor that is kept elsewhere shows that the end of the trail was cut off, or that an older
    copy of the store took its place.

    The exit code is 3 where the trail is broken, or the tables do not hold what it tells: where
    somebody took out a hold, a merge or an erasure, for one, by another program.

    Example: creditscore store audit --store customers.db --keys keys.json --last 50

    Example: creditscore store audit --store customers.db --keys keys.json --anchors
    /mnt/other/anchors.jsonl --write-anchor /mnt/other/anchors.jsonl
    """
    with reporting() as console:
        from creditscore.cli import _store_look as work  # noqa: PLC0415

        access = Access.of(store, keys, actor, role, purpose)
        asked = work.Trail(
            after=after, last=last, check=check, anchors=anchors, anchor=write_anchor, out=out,
            overwrite=overwrite,
        )  # fmt: skip
        work.audit(console, access, asked)


@store_app.command(epilog=STORE_CODES)
def dossier(  # noqa: PLR0913, PLR0917
    customer: Annotated[str, typer.Argument(help="Whose dossier.")],
    out: Annotated[Path, typer.Option(help="HTML file, as confidential as the store.")],
    store: Place = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    language: Annotated[
        Language, typer.Option(help="English, Chinese, or both side by side.")
    ] = Language.en,
    overwrite: Overwrite = False,
    keys: Keys = None,
    actor: ActorName = None,
    role: Role = None,
    purpose: Purpose = None,
) -> None:
    """Write all that the actor may know of a customer as a page that needs nothing else.

    What the actor may see masked is masked, and what it may not see is not in the file. A purpose
    is needed, which goes into the audit trail.

    Example: creditscore store dossier C00001 --out C00001.html --store customers.db --keys
    keys.json --role analyst --purpose "credit decision" --as-of 2024-06-30 --language zh
    """
    with reporting() as console:
        from creditscore.cli._store_dossier import dossier as write  # noqa: PLC0415
        from creditscore.cli._store_look import Asked  # noqa: PLC0415

        access = Access.of(store, keys, actor, role, purpose)
        asked = Asked(as_of=as_of, known_at=known_at, out=None, overwrite=overwrite)
        write(console, access, asked, out, customer=customer, language=language.value)


@store_app.command(epilog=STORE_CODES)
def backup(
    path: Annotated[Path, typer.Argument(help="File to make; a document beside it seals it.")],
    store: Place = None,
    approval: Annotated[
        str, typer.Option(help="Number of an approved request, where the policy asks for one.")
    ] = "",
    keys: Keys = None,
    actor: ActorName = None,
    role: Role = None,
    purpose: Purpose = None,
) -> None:
    """Write all of a store to a file, from which it can be restored to SQLite or PostgreSQL.

    The master keys are not in it.

    Example: creditscore store backup 2024-06-30.db --store customers.db --keys keys.json
    """
    with reporting() as console:
        from creditscore.cli import _store_keep  # noqa: PLC0415

        access = Access.of(store, keys, actor, role, purpose)
        _store_keep.backup(console, access, path, approval=approval)


@store_app.command(epilog=STORE_CODES)
def restore(
    path: Annotated[Path, typer.Argument(help="File of a backup, its document beside it.")],
    store: Place = None,
    register: Annotated[
        Path | None,
        typer.Option(
            help="Register of erasures: whom it names is erased again, before there is a store "
            "that anybody could read. Without it, who was erased after the backup is back."
        ),
    ] = None,
    keys: Keys = None,
    actor: ActorName = None,
    role: Role = None,
    purpose: Purpose = None,
) -> None:
    """Make a store of a backup, after checks that it is whole.

    One of an older release is brought up to date on the way, and stays as it is itself.

    Example: creditscore store restore 2024-06-30.db --store restored.db --keys keys.json
    --register erasures.jsonl
    """
    with reporting() as console:
        from creditscore.cli import _store_keep  # noqa: PLC0415

        access = Access.of(store, keys, actor, role, purpose)
        _store_keep.restore(console, access, path, register=register)


@store_app.command(epilog=STORE_CODES)
def migrate(
    store: Place = None,
    keys: Keys = None,
    actor: ActorName = None,
    role: Role = None,
    purpose: Purpose = None,
) -> None:
    """Bring a store of an older release up to date. Copy its file or database before.

    Example: creditscore store migrate --store customers.db --keys keys.json
    """
    with reporting() as console:
        from creditscore.cli import _store_keep  # noqa: PLC0415

        _store_keep.migrate(console, Access.of(store, keys, actor, role, purpose))
