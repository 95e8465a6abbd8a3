"""JSON documents with a format, a schema version, a hash and, on request, a signature.

The hash finds accidents: a cut-off file, an edited number. It can be computed by anybody; the
signature, keyed with HMAC-SHA256 (RFC 2104), finds intent. Neither hides the content.
"""

from __future__ import annotations

import errno
import hashlib
import hmac
import json
import math
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any, ClassVar, Self, TypeAlias, overload

from creditscore._files import whole_file
from creditscore.exceptions import (
    AlteredDocumentError,
    DocumentError,
    DocumentNotFoundError,
    InvalidDataError,
    InvalidParameterError,
    SchemaVersionError,
)

Source: TypeAlias = str | os.PathLike[str]
"""Path of a document, or its text: text begins with a brace, which a path in a `str` may not."""

_ENTRIES = {"format", "schema_version", "content", "sha256", "hmac_sha256"}
_BLANK = " \t\r\n"
_SHOWN_BYTES = 20
_SHOWN_PATH = 300
_HOW_TEXT_BEGINS = "The text of a document begins with '{'."


def document_text(
    content: Mapping[str, Any], *, kind: str, version: int, key: bytes | None = None
) -> str:
    """Return the text of a document."""
    _check_key(key)
    sealed = {"format": kind, "schema_version": version, "content": content}
    try:
        digest = _canonical(sealed)
    except (TypeError, ValueError) as error:
        msg = f"The {kind} was not written, because JSON cannot hold the content: {error}."
        raise InvalidDataError(msg) from error
    document: dict[str, Any] = {**sealed, "sha256": hashlib.sha256(digest).hexdigest()}
    if key is not None:
        document["hmac_sha256"] = hmac.new(key, digest, hashlib.sha256).hexdigest()
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def write_document(
    path: str | os.PathLike[str] | None,
    content: Mapping[str, Any],
    *,
    kind: str,
    version: int,
    key: bytes | None = None,
) -> str | None:
    """Write a document, whose file is there whole or stays as it was; without a path, return it."""
    if path is not None:
        _check_kind_of_path(path, "or None for the text")
    text = document_text(content, kind=kind, version=version, key=key)
    if path is None:
        return text
    if Path(path).is_dir():
        msg = f"{path} is a folder. Name the file in it that is to be written."
        raise InvalidParameterError(msg)
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    return None


def read_document(
    source: Source, *, kind: str, version: int, key: bytes | None = None
) -> dict[str, Any]:
    """Read the content of a document, by its path or its text, and check what it claims.

    Raises
    ------
    DocumentNotFoundError
        There is no file at the path, or it is a folder.
    DocumentError
        Empty, not JSON, or another kind of document.
    SchemaVersionError
        Written in another version.
    AlteredDocumentError
        The hash does not match, or a key is given and the signature is missing or wrong.
    """
    _check_key(key)
    document = _parse(source)
    name = _name(source)
    _check_format(name, document, kind)
    found = document.get("schema_version")
    if found != version:
        msg = (
            f"{name} has schema version {found!r}; this release reads version {version}. Read it "
            "with the release that wrote it, or write it anew."
        )
        raise SchemaVersionError(msg)
    unsealed = sorted(document.keys() - _ENTRIES)
    if unsealed:
        msg = f"{name} holds entries that its hash does not cover: {', '.join(unsealed)}."
        raise AlteredDocumentError(msg)
    sealed = {entry: document.get(entry) for entry in ("format", "schema_version", "content")}
    digest = _canonical(sealed)
    if document.get("sha256") != hashlib.sha256(digest).hexdigest():
        msg = (
            f"{name} was altered or damaged after it was written: its content does not match its "
            "hash. Get the original again."
        )
        raise AlteredDocumentError(msg)
    if key is not None:
        _check_signature(name, document.get("hmac_sha256"), digest, key)
    content = document["content"]
    if not isinstance(content, dict):
        msg = f"{name} holds no content that could be read."
        raise DocumentError(msg)
    return content


@contextmanager
def reading_content(source: Source) -> Iterator[None]:
    """Turn what goes wrong with well-sealed but odd content into a DocumentError."""
    try:
        yield
    except (LookupError, TypeError, AttributeError, ArithmeticError, ValueError) as error:
        msg = (
            f"{_name(source)} is sealed well, but its content is not what this format holds: "
            f"{error!r}."
        )
        raise DocumentError(msg) from error


def check_nothing_lost(content: Mapping[str, Any], understood: Mapping[str, Any]) -> None:
    """Check that what was understood of a content says all that the content says.

    An entry of another release or a number written as text would else go unnoticed.
    """
    if content != understood:
        names = sorted(
            name for name in content.keys() | understood.keys()
            if name not in content or name not in understood or content[name] != understood[name]
        )  # fmt: skip
        msg = f"not understood as it stands: {', '.join(map(repr, names))}"
        raise DocumentError(msg)


class JsonDocument(ABC):
    """A frozen value that a file can hold; what is read back equals what was written."""

    _format: ClassVar[str]
    _schema_version: ClassVar[int] = 1

    @abstractmethod
    def _content(self) -> dict[str, Any]:
        """Return plain values that :meth:`_from_content` reads back."""

    @classmethod
    @abstractmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        """Read back what :meth:`_content` gave."""

    @overload
    def to_json(self, path: None = None, *, key: bytes | None = None) -> str: ...

    @overload
    def to_json(self, path: str | os.PathLike[str], *, key: bytes | None = None) -> None: ...

    def to_json(
        self, path: str | os.PathLike[str] | None = None, *, key: bytes | None = None
    ) -> str | None:
        """Write this to a file, which is there whole or stays as it was, or to a text.

        Parameters
        ----------
        path : path-like, optional
            File to write, with the folders that are not there; without one, the text that would
            be in it is returned.
        key : bytes, optional
            Secret to sign the file with (HMAC-SHA256). A hash against accidents is always
            there.

        Returns
        -------
        str or None
            The text, where there is no path.

        Examples
        --------
        >>> from creditscore import Scorecard
        >>> from creditscore.scorecard import Characteristic
        >>> years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=0)
        >>> card = Scorecard(characteristics=(years,))
        >>> Scorecard.from_json(card.to_json()) == card
        True
        """
        content, version = self._content(), self._schema_version
        return write_document(path, content, kind=self._format, version=version, key=key)

    @classmethod
    def from_json(cls, path: str | os.PathLike[str], *, key: bytes | None = None) -> Self:
        """Read what :meth:`to_json` wrote; all numbers come back to the last bit.

        Parameters
        ----------
        path : path-like or str
            File to read, or the text of one: a `str` that begins with a brace is text. A file
            of such a name is read by its Path.
        key : bytes, optional
            Secret that the file must be signed with.

        Raises
        ------
        DocumentNotFoundError
            There is no file at the path, or it is a folder.
        DocumentError
            Empty, not JSON, or another kind of document. SchemaVersionError,
            AlteredDocumentError: another version; content, hash and signature don't match.
        """
        content = read_document(path, kind=cls._format, version=cls._schema_version, key=key)
        with reading_content(path):
            document = cls._from_content(content)
            check_nothing_lost(content, document._content())  # noqa: SLF001 - of this very class
        return document


def document_format(source: Source) -> str:
    """Tell which kind of document a file or a text says it is; empty where it says nothing."""
    found = _parse(source).get("format")
    return found if isinstance(found, str) else ""


def is_signed(source: Source) -> bool:
    """Tell whether a document holds a signature, be it a good one or not."""
    return "hmac_sha256" in _parse(source)


def _check_key(key: Any) -> None:
    if key is not None and (not isinstance(key, bytes) or not key):
        # the value is a secret, so the message does not show it
        msg = (
            "The 'key' must be bytes, one or more, or None for no signature. Got "
            f"{'no bytes' if key == b'' else type(key).__name__} instead."
        )
        raise InvalidParameterError(msg)


def _check_signature(name: str, signature: Any, digest: bytes, key: bytes) -> None:
    expected = hmac.new(key, digest, hashlib.sha256).hexdigest()
    if not isinstance(signature, str):
        msg = f"{name} is not signed, and a key was given. Ask for a signed file."
        raise AlteredDocumentError(msg)
    if not hmac.compare_digest(signature.encode(), expected.encode()):
        msg = f"{name} was not signed with this key. Do not use it before its origin is clear."
        raise AlteredDocumentError(msg)


def _check_format(name: str, document: Mapping[str, Any], kind: str) -> None:
    found = document.get("format")
    if found == kind:
        return
    if isinstance(found, str):
        hint = f"Its format is {found!r}: read it with what wrote it."
    else:
        entries = ", ".join(map(repr, list(document)[:5])) or "none"
        hint = (
            f"It is JSON that does not say its format; its entries are: {entries}. Documents come "
            "from to_json()."
        )
    msg = f"{name} is not a {kind} document. {hint}"
    raise DocumentError(msg)


def _check_kind_of_path(path: Any, what: str) -> None:
    if not isinstance(path, (str, os.PathLike)):
        # what was passed may be a secret, so the message shows its type only
        msg = f"The 'path' must be a str or a Path, {what}. Got {type(path).__name__} instead."
        raise InvalidParameterError(msg)


def _is_text(source: Source) -> bool:
    return isinstance(source, str) and source.lstrip(_BLANK).startswith("{")


def _name(source: Source) -> str:
    """Name a source in messages."""
    return "The text" if _is_text(source) else str(source)


def _parse(source: Source) -> dict[str, Any]:
    _check_kind_of_path(source, "or the text of a document")
    name = _name(source)
    content = str(source).encode("utf-8", "surrogatepass") if _is_text(source) else _bytes(source)
    if not content.strip():
        msg = (
            f"{name} is not JSON: it is empty ({len(content)} bytes). Was it cut off while it was "
            "copied? Get the original again."
        )
        raise DocumentError(msg)
    try:
        document = strict_json(content.decode("utf-8"))
        # JSON may escape halves of characters, which no text holds
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        msg = (
            f"{name} is not JSON: {error}. It begins with {_beginning(content)}. Is it cut off, or "
            "another kind of file?"
        )
        raise DocumentError(msg) from error
    if not isinstance(document, dict):
        msg = f"{name} is not a creditscore document: it holds a {type(document).__name__}."
        raise DocumentError(msg)
    return document


def _bytes(path: Source) -> bytes:
    shown = _shown(path)
    try:
        return Path(path).read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        near = _near(Path(path).name, Path(path).parent)
        msg = f"There is no file {shown!r}.{near} Check the path. {_HOW_TEXT_BEGINS}"
        raise DocumentNotFoundError(msg) from error
    except (IsADirectoryError, PermissionError) as error:
        # a folder is refused as a directory, or on Windows by its permissions
        if not Path(path).is_dir():
            raise
        msg = f"{shown} is a folder. Name the file in it.{_near('', Path(path))}"
        raise DocumentNotFoundError(msg) from error
    except (OSError, ValueError) as error:
        # a text that begins otherwise is taken for a path: too long for one, or with a null byte
        if isinstance(error, OSError) and error.errno not in (errno.ENAMETOOLONG, errno.EINVAL):
            raise
        msg = f"{shown!r} can be no path. {_HOW_TEXT_BEGINS}"
        raise DocumentNotFoundError(msg) from error


def _shown(path: Source) -> str:
    text = str(Path(path))
    return text if len(text) <= _SHOWN_PATH else f"{text[:_SHOWN_PATH]}…"


def _near(name: str, folder: Path) -> str:
    """List the JSON files of a folder that are called nearly so, or some of all of them."""
    if not folder.is_dir():
        return f" Nor is there a folder {_shown(folder)!r}."
    names = sorted(path.name for path in folder.glob("*.json"))
    near = get_close_matches(name, names) if name else names[:3]
    return f" It holds {', '.join(map(repr, near))}." if near else ""


def _beginning(content: bytes) -> str:
    """Show how a file begins, as text if it is some."""
    start = content[:_SHOWN_BYTES]
    try:
        return repr(start.decode("ascii"))
    except UnicodeDecodeError:
        return f"the bytes {start.hex(' ')}"


def strict_json(text: str) -> Any:
    """Read a JSON text of finite numbers, in which no key stands twice; else a ValueError."""
    return json.loads(
        text, parse_constant=_finite, parse_float=_finite, object_pairs_hook=_each_key_once
    )


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        msg = f"{text} is no finite number"
        raise ValueError(msg)
    return number


def _canonical(sealed: Mapping[str, Any]) -> bytes:
    """One text for one content, whatever the order of keys or the spacing of the file."""
    text = json.dumps(
        sealed, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode("utf-8")


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a key that stands twice: readers differ in which of the two they believe."""
    entries = dict(pairs)
    if len(entries) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        msg = f"the key {twice!r} stands twice in one object"
        raise ValueError(msg)
    return entries
