"""Facts from files into a store, by a mapping that a person has seen."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from creditscore._yaml import read_yaml_file
from creditscore.cli._outputs import check_outputs
from creditscore.cli._render import counted
from creditscore.cli._store_access import actor_of, check_there, needed_files, opened
from creditscore.cli._store_options import PLACE, Access
from creditscore.cli._store_show import check_out, show_table, write_out
from creditscore.cli._visible import shown
from creditscore.collect import (
    Collected,
    FileForm,
    ItemCatalogue,
    MappingProposal,
    SourceMapping,
    guess_mapping,
    read_source,
)
from creditscore.exceptions import DocumentError, InvalidParameterError
from creditscore.organise import LoadResult

_COLUMN = "column:"
"""What a value of --field begins with that is the name of a column."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a command was told of a load."""

    data: Path
    mapping: Path
    rejects: Path | None
    collected_at: str | None
    backfill: bool
    note: str
    overwrite: bool


def load(console: Console, access: Access, told: Told) -> bool:
    """Load a file; return whether rows were rejected."""
    check_there(told.data, told.mapping)
    needed = [told.data, told.mapping, *needed_files(access)]
    check_out(told.rejects, needed, overwrite=told.overwrite)
    mapping = SourceMapping.from_yaml(told.mapping)
    with opened(access) as store:
        collected = read_source(
            told.data, mapping, catalogue=store.catalogue, collected_at=told.collected_at
        )
        loaded = store.load(
            collected.observations,
            note=told.note or told.data.name,
            backfill=told.backfill,
            progress=sys.stderr.isatty(),
        )
        if len(collected.rejects):
            store.reject(collected.rejects, batch=loaded.batch)
    _tell(console, collected, loaded)
    if told.rejects is not None and len(collected.rejects):
        write_out(console, collected.rejects.masked(), told.rejects)
    return bool(len(collected.rejects) or loaded.n_refused)


def _tell(console: Console, collected: Collected, loaded: LoadResult) -> None:
    summary = collected.summary.iloc[0]
    console.print(
        f"{counted(int(summary['rows']), 'row')} read: {summary['used']:,} used, "
        f"{summary['rejected']:,} rejected, {summary['skipped']:,} skipped."
    )
    if collected.ignored:
        console.print(f"Columns not used: {shown(', '.join(collected.ignored))}.", soft_wrap=True)
    if loaded.n_loaded or loaded.n_refused:
        refused = f", {loaded.n_refused:,} refused" if loaded.n_refused else ""
        console.print(
            f"Batch {loaded.batch}: {counted(loaded.n_loaded, 'observation')} loaded, "
            f"{loaded.n_known:,} known already{refused}."
        )
    elif not loaded.n_known:
        console.print(f"Batch {loaded.batch}: nothing was loaded.")
    else:
        known = counted(loaded.n_known, "observation")
        console.print(f"Batch {loaded.batch}: nothing new; the store knows all {known} already.")
    if len(collected.rejects):
        show_table(console, collected.rejects.reasons, most=20)


@dataclass(frozen=True, kw_only=True)
class Confirmed:
    """What a person says of a guess."""

    write: Path | None
    source: str | None
    method: str | None
    source_name: str
    changes: tuple[str, ...]
    fields: tuple[str, ...]
    overwrite: bool
    mapping: Path | None
    """File whose entry 'file' says how the data are written; nothing else of it is read."""


def guess_or_refuse(
    console: Console, access: Access, data: Path, said: Confirmed, *, guess: bool
) -> None:
    """Show what columns seem to hold; write a mapping if somebody answers for it.

    Raises
    ------
    InvalidParameterError
        Nobody asked for it: there is no mapping, and none is made unasked.
    """
    check_there(data)
    if not guess:
        msg = (
            "Name the file that says what the columns mean by --mapping, or see by --guess what "
            "they seem to hold."
        )
        raise InvalidParameterError(msg)
    form = FileForm() if said.mapping is None else _form_of(said.mapping)
    catalogue = ItemCatalogue.standard()
    if access.place is not None or os.environ.get(PLACE):
        with opened(access) as store:
            catalogue = store.catalogue
    if said.write is not None:
        needed = [data, *filter(None, [said.mapping]), *needed_files(access)]
        check_outputs([said.write], needed, overwrite=said.overwrite)
        if said.write.suffix.lower() not in (".yaml", ".yml"):
            msg = f"--write-mapping writes YAML: its name must end in .yaml. Got {said.write}."
            raise InvalidParameterError(msg)
    proposal = guess_mapping(data, catalogue=catalogue, form=form)
    show_table(console, proposal.frame())
    if said.write is None:
        console.print(
            "Nothing was loaded. Write the mapping by --write-mapping, with --source and --method; "
            "look at the file, and load by --mapping.",
            soft_wrap=True,
        )
        return
    _confirm(proposal, said, by=actor_of(access).name).to_yaml(said.write)
    console.print(
        f"Mapping written, nothing loaded: {shown(said.write)}. Look at it, and load by --mapping.",
        soft_wrap=True,
    )


def _form_of(path: Path) -> FileForm:
    """Return what the entry 'file' of a mapping says, which may have no other entry yet."""
    check_there(path)
    content = read_yaml_file(path)
    if not isinstance(content, Mapping) or "file" not in content:
        msg = f"{path} has no entry 'file', which says with --guess how the data are written."
        raise DocumentError(msg)
    try:
        return FileForm.from_plain(content["file"])
    except InvalidParameterError as error:
        msg = f"{path}, entry 'file': {error}"
        raise DocumentError(msg) from error


def _confirm(proposal: MappingProposal, said: Confirmed, *, by: str) -> SourceMapping:
    lacking = [name for name in ("source", "method") if not getattr(said, name)]
    if lacking:
        msg = f"Say what is never guessed: {' and '.join(f'--{name}' for name in lacking)}."
        raise InvalidParameterError(msg)
    source: Any = said.source
    method: Any = said.method
    return proposal.confirmed(
        by=by,
        source=source,
        method=method,
        source_name=said.source_name,
        changes=_pairs(said.changes, "--change"),
        fields=_fields(said.fields),
    )


def _fields(given: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Read values of fields, and columns that hold them."""
    found = {}
    for name, text in _pairs(given, "--field").items():
        field, equals, rest = name.partition("=")
        # the name of a column may hold the sign, and the name of a field does not
        value = f"{rest}={text}" if equals else text
        column = value.removeprefix(_COLUMN)
        found[field] = {"value": value} if column == value else {"column": column}
    return found


def _pairs(given: tuple[str, ...], option: str) -> dict[str, str]:
    """Read what is written as name=value."""
    for entry in given:
        if "=" not in entry:
            msg = f"{option} needs a name, = and a value. Got {entry!r}."
            raise InvalidParameterError(msg)
    # a name may hold the sign itself, and what it stands for does not
    parts = [entry.rpartition("=") for entry in given]
    return {name: value for name, _, value in parts}
