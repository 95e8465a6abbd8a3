"""Options that all commands of a store share: where it is, its keys, who uses it and what for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from creditscore.cli._errors import EXIT_CODES
from creditscore.exceptions import InvalidParameterError

FOUND = 5
"""Exit code where the work is done, and a person must look at what was found."""
STORE_CODES = f"{EXIT_CODES.removesuffix('.')}; 5 done, but rows were rejected or errors found."

PLACE, KEYS = "CREDITSCORE_STORE", "CREDITSCORE_KEYS"
ACTOR, ROLES, PURPOSE = "CREDITSCORE_ACTOR", "CREDITSCORE_ROLES", "CREDITSCORE_PURPOSE"

Place: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--store",
        help=f"File of the store, or URL of its PostgreSQL database; otherwise {PLACE} says it.",
    ),
]
Keys: TypeAlias = Annotated[
    Path | None,
    typer.Option("--keys", help=f"File of the master keys; otherwise {KEYS} holds them."),
]
ActorName: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--actor", help=f"Who uses the store; otherwise {ACTOR}, or the user of the machine."
    ),
]
Role: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--role",
        help=f"Role of the actor; repeatable; otherwise {ROLES}, parted by commas. That for "
        "emergencies needs a running one (store.break_glass).",
    ),
]
Purpose: TypeAlias = Annotated[
    str | None,
    typer.Option("--purpose", help=f"What the actor does it for; otherwise {PURPOSE}."),
]
AsOf: TypeAlias = Annotated[
    str | None,
    typer.Option("--as-of", help="Day on which facts are true, such as 2024-06-30; else today."),
]
KnownAt: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--known-at",
        help="Day or instant at which they were known: a day means its end in UTC; else now.",
    ),
]
Overwrite: TypeAlias = Annotated[
    bool, typer.Option("--overwrite", help="Replace files that are there already.")
]


@dataclass(frozen=True, kw_only=True)
class Access:
    """What was said of the store and of who uses it; what was not, the environment says."""

    place: str | None
    keys: Path | None
    actor: str | None
    roles: tuple[str, ...]
    purpose: str | None

    @classmethod
    def of(
        cls,
        place: str | None,
        keys: Path | None,
        actor: str | None,
        roles: list[str] | None,
        purpose: str | None,
    ) -> Access:
        """Take the options of a command in their order.

        Raises
        ------
        InvalidParameterError
            One was given and is empty: what was meant would be replaced by something else.
        """
        names = tuple(roles or ())
        given = {"--store": (place,), "--actor": (actor,), "--role": names, "--purpose": (purpose,)}
        for option, texts in given.items():
            if any(text is not None and not text.strip() for text in texts):
                msg = f"{option} is empty. Is a variable of the shell not set?"
                raise InvalidParameterError(msg)
        return cls(place=place, keys=keys, actor=actor, roles=names, purpose=purpose)
