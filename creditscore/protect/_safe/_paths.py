"""Names of files that others chose, kept inside the folder that they are meant for."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path
from typing import Any

from creditscore.exceptions import UnsafeInputError

_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9])", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[<>:"|?*\\]')
_MOST_BYTES = 255
_SHOWN = 60


def checked_path(folder: str | os.PathLike[str], name: str) -> Path:
    r"""Return the path of a name inside a folder, and refuse what leads out of it.

    Parameters
    ----------
    folder : path-like
        Folder that is there.
    name : str
        Name of a file in it, with ``/`` between folders; it need not be there yet.

    Returns
    -------
    Path
        Absolute, links followed, below the folder.

    Raises
    ------
    UnsafeInputError
        An absolute name, ``..``, a backslash, a null byte or another character that is not seen,
        a name that Windows reserves (``NUL``, ``com1.csv``) or cuts (a dot or blank at the end),
        a part of more than 255 bytes, a letter that some systems take for one of these, or a link
        that leads out of the folder. The folder is not there.

    Notes
    -----
    What is refused is so on every system, so that a file written on one can be read on another. A
    folder that others can write to may change after the check: use one of your own.

    Examples
    --------
    >>> import tempfile
    >>> from creditscore.protect import checked_path
    >>> folder = tempfile.mkdtemp()
    >>> checked_path(folder, "exports/2025.csv").name
    '2025.csv'
    >>> checked_path(folder, "../../etc/passwd")
    Traceback (most recent call last):
    creditscore.exceptions.UnsafeInputError: The name '../../etc/passwd' is refused: it has ...
    """
    given: Any = name
    if not isinstance(given, str):
        msg = f"The 'name' of a file must be a text. Got {type(given).__name__} instead."
        raise UnsafeInputError(msg)
    base = Path(os.path.realpath(folder))
    if not base.is_dir():
        msg = f"There is no folder {str(folder)!r} to put files in, or take them from."
        raise UnsafeInputError(msg)
    why = name_fault(name)
    if why is None:
        path = Path(os.path.realpath(base / name))
        if path != base and path.is_relative_to(base):
            return path
        why = "a link on its way leads out of the folder"
    msg = f"The name {name[:_SHOWN]!r} is refused: {why}. Name a file inside the folder."
    raise UnsafeInputError(msg)


def name_fault(name: str) -> str | None:
    """Say why a relative name could lead out of its folder or hide something; else None."""
    # letters that look like dots and slashes become them on some systems
    for text in (name, unicodedata.normalize("NFKC", name)):
        if not text.strip():
            return "it is empty"
        if any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") for letter in text):
            return "it has a null byte or another character that is not seen"
        if text.startswith(("/", "~")) or _FORBIDDEN.search(text):
            return (
                'it begins as an absolute path does, or has one of the characters < > : " | ? * \\'
            )
        for part in text.split("/"):
            why = _part_fault(part)
            if why is not None:
                return why
    return None


def _part_fault(part: str) -> str | None:
    if part in ("", ".", ".."):
        return "it has an empty part, '.' or '..'"
    if part != part.rstrip(". ") or part != part.lstrip(" "):
        return "a part of it begins with a blank, or ends with a blank or a dot"
    if len(part.encode("utf-8")) > _MOST_BYTES:
        return f"a part of it has more than {_MOST_BYTES} bytes"
    if _RESERVED.fullmatch(part.partition(".")[0].rstrip()):
        return "a part of it is the name of a device on Windows"
    return None
