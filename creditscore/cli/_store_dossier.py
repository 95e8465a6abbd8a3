"""The dossier of a customer as a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console

from creditscore.cli._outputs import check_outputs
from creditscore.cli._render import counted
from creditscore.cli._store_access import actor_of, needed_files, opened
from creditscore.cli._store_look import Asked
from creditscore.cli._store_options import PURPOSE, Access
from creditscore.cli._store_show import private_files
from creditscore.cli._visible import shown
from creditscore.exceptions import InvalidParameterError
from creditscore.report import customer_dossier


def dossier(
    console: Console, access: Access, asked: Asked, out: Path, *, customer: str, language: Any
) -> None:
    """Write the page of what the actor may know of a customer."""
    if out.suffix.lower() not in (".html", ".htm"):
        msg = f"A dossier is a page, and its name must end in .html. Got {str(out)!r} instead."
        raise InvalidParameterError(msg)
    if not actor_of(access).purpose:
        msg = f"A dossier is for a purpose, which the trail keeps: give --purpose, or {PURPOSE}."
        raise InvalidParameterError(msg)
    check_outputs([out], needed_files(access), overwrite=asked.overwrite)
    with opened(access) as store:
        found = customer_dossier(
            store, customer, as_of=asked.day, known_at=asked.known_at, language=language
        )
    with private_files():
        found.to_html(out)
    n = len(found.tables["observations"])
    console.print(
        f"Dossier of {shown(customer)} on {found.as_of}, of {counted(n, 'observation')}, written: "
        f"{shown(out)}. It is as confidential as the store.",
        soft_wrap=True,
    )
