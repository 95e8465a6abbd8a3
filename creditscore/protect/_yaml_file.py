"""Files that a person wrote in YAML: what is wrong in one is told with its name and the entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from creditscore._checks import unknown_name
from creditscore.exceptions import (
    DocumentError,
    InvalidDataError,
    InvalidParameterError,
)


def entries_of(
    content: Any, file: str, *, kind: str, known: Sequence[str], needed: Sequence[str]
) -> Mapping[str, Any]:
    """Return the entries of a file of a format, version 1, all of them known."""
    if not isinstance(content, Mapping):
        msg = f"{file} must hold entries, and is {type(content).__name__}."
        raise DocumentError(msg)
    form = content.get("format"), content.get("version")
    if form != (kind, 1):
        msg = (
            f"{file} must have the entries 'format: {kind}' and 'version: 1'. Got {form[0]!r} and "
            f"{form[1]!r}. What to_json() wrote is read by from_json()."
        )
        raise DocumentError(msg)
    for name in content:
        if name not in ("format", "version", *known):
            with at_entry(file, str(name)):
                raise unknown_name(name, known, "entry", "the file")
    lacking = [name for name in needed if not content.get(name)]
    if lacking:
        msg = f"{file} lacks the entries {', '.join(map(repr, lacking))}."
        raise DocumentError(msg)
    return content


@contextmanager
def at_entry(file: str, entry: str) -> Iterator[None]:
    """Name the file and the entry in whatever goes wrong."""
    try:
        yield
    except DocumentError:
        raise
    except (
        InvalidParameterError, InvalidDataError, ArithmeticError, AttributeError, LookupError,
        TypeError, ValueError,
    ) as error:  # fmt: skip
        msg = f"{file}, entry {entry!r}: {error}"
        raise DocumentError(msg) from error
