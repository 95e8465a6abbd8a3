"""All that is known of one customer, as it may ask for: data and pages that can be read."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from creditscore._display import counted
from creditscore._files import whole_file
from creditscore.exceptions import InvalidParameterError
from creditscore.organise._guard._access_page import access_page
from creditscore.protect import checked_path

_PAGES = {"index.html": "en", "index_zh.html": "zh"}
_MODE = 0o600


@dataclass(frozen=True, kw_only=True, repr=False)
class SubjectAccess:
    """What a store knows of one customer; by :meth:`CustomerStore.subject_access`.

    Attributes
    ----------
    content : mapping
        customer, made_at, facts, rejects, scores, reads, labels (of items, by their names),
        consents, requests, purposes, retention and linked (names under which more is kept), as
        plain values.

    Notes
    -----
    GDPR Art. 15 and 20, PIPL Art. 45: a copy, in a form that a program can read. The files hold
    personal data in the clear; only their owner may read them. Hand them over on a way that is
    safe, to nobody but the customer, and delete them then.

    Examples
    --------
    >>> from creditscore.organise import SubjectAccess
    >>> found = SubjectAccess(content={"customer": "X", "made_at": "2025-01-31", "facts": []})
    >>> found
    <SubjectAccess: 0 facts, made 2025-01-31>
    """

    content: Mapping[str, Any]

    def to_json(self) -> str:
        """Return all of it as JSON."""
        return json.dumps(dict(self.content), ensure_ascii=False, indent=1, allow_nan=False)

    def to_html(self, language: str = "en") -> str:
        """Return all of it as a page that needs nothing else.

        Parameters
        ----------
        language : {"en", "zh"}, default="en"
            English or Chinese; values stay as they were collected.
        """
        return access_page(self.content, language)

    def write(self, folder: str | os.PathLike[str]) -> Path:
        """Write ``data.json``, a page in English, one in Chinese, and a list with their hashes.

        Parameters
        ----------
        folder : path-like
            Folder that is not there yet, or empty.

        Returns
        -------
        Path
            The folder.

        Raises
        ------
        InvalidParameterError
            There is something in it.
        """
        place = Path(folder)
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(place.iterdir()):
            msg = f"The folder {str(place)!r} is not empty. Name one that is not there yet."
            raise InvalidParameterError(msg)
        for name, content in self._files().items():
            _write(checked_path(place, name), content)
        return place

    def write_zip(self, path: str | os.PathLike[str]) -> Path:
        """Write the files of :meth:`write` into one archive.

        Parameters
        ----------
        path : path-like
            File that is not there yet.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        InvalidParameterError
            There is such a file.
        """
        place = Path(path)
        if place.exists():
            msg = f"There is a file {str(place)!r} already. Name another."
            raise InvalidParameterError(msg)
        with whole_file(place) as temporary:
            temporary.chmod(_MODE)
            with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, content in self._files().items():
                    archive.writestr(name, content)
        return place

    def _files(self) -> dict[str, bytes]:
        files = {"data.json": self.to_json().encode("utf-8")}
        for name, language in _PAGES.items():
            files[name] = self.to_html(language).encode("utf-8")
        hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        files["files.json"] = json.dumps({"sha256": hashes}, indent=1).encode("utf-8")
        return files

    def __repr__(self) -> str:
        """Say in one line how much there is; the customer is not named."""
        n = counted(len(self.content.get("facts", ())), "fact")
        return f"<SubjectAccess: {n}, made {self.content['made_at']}>"


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
