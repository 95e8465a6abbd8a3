"""JSON documents with a format, a schema version, a hash and, on request, a signature.

The hash finds accidents: a cut-off file, an edited number. It can be computed by anybody; the
signature, keyed with HMAC-SHA256 (RFC 2104), finds intent. Neither hides the content.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from creditscore._files import whole_file
from creditscore.exceptions import (
    AlteredDocumentError,
    DocumentError,
    InvalidDataError,
    InvalidParameterError,
    SchemaVersionError,
)

_ENTRIES = {"format", "schema_version", "content", "sha256", "hmac_sha256"}


def write_document(
    path: str | os.PathLike[str],
    content: Mapping[str, Any],
    *,
    kind: str,
    version: int,
    key: bytes | None = None,
) -> None:
    """Write a document; the file is there whole or stays as it was."""
    _check_key(key)
    sealed = {"format": kind, "schema_version": version, "content": content}
    try:
        digest = _canonical(sealed)
    except (TypeError, ValueError) as error:
        msg = f"{path} was not written, because a JSON file cannot hold the content: {error}."
        raise InvalidDataError(msg) from error
    document: dict[str, Any] = {**sealed, "sha256": hashlib.sha256(digest).hexdigest()}
    if key is not None:
        document["hmac_sha256"] = hmac.new(key, digest, hashlib.sha256).hexdigest()
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def read_document(
    path: str | os.PathLike[str], *, kind: str, version: int, key: bytes | None = None
) -> dict[str, Any]:
    """Read the content of a document and check what it claims.

    Raises
    ------
    DocumentError
        Not JSON, or another kind of document.
    SchemaVersionError
        Written in another version.
    AlteredDocumentError
        The hash does not match, or a key is given and the signature is missing or wrong.
    """
    _check_key(key)
    document = _parse(path)
    if document.get("format") != kind:
        msg = f"{path} is not a {kind} file. Its format is {document.get('format')!r}."
        raise DocumentError(msg)
    found = document.get("schema_version")
    if found != version:
        msg = (
            f"{path} has schema version {found!r}; this release reads version {version}. Read it "
            "with the release that wrote it, or write it anew."
        )
        raise SchemaVersionError(msg)
    unsealed = sorted(document.keys() - _ENTRIES)
    if unsealed:
        msg = f"{path} holds entries that its hash does not cover: {', '.join(unsealed)}."
        raise AlteredDocumentError(msg)
    sealed = {name: document.get(name) for name in ("format", "schema_version", "content")}
    digest = _canonical(sealed)
    if document.get("sha256") != hashlib.sha256(digest).hexdigest():
        msg = (
            f"{path} was altered or damaged after it was written: its content does not match its "
            "hash. Get the original file again."
        )
        raise AlteredDocumentError(msg)
    if key is not None:
        _check_signature(path, document.get("hmac_sha256"), digest, key)
    content = document["content"]
    if not isinstance(content, dict):
        msg = f"{path} holds no content that could be read."
        raise DocumentError(msg)
    return content


@contextmanager
def reading_content(path: str | os.PathLike[str]) -> Iterator[None]:
    """Turn what goes wrong with well-sealed but odd content into a DocumentError."""
    try:
        yield
    except (LookupError, TypeError, AttributeError, ArithmeticError, ValueError) as error:
        msg = f"{path} is sealed well, but its content is not what this format holds: {error!r}."
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


def document_format(path: str | os.PathLike[str]) -> str:
    """Tell which kind of document a file says it is; empty where it says nothing."""
    found = _parse(path).get("format")
    return found if isinstance(found, str) else ""


def _check_key(key: Any) -> None:
    if key is not None and (not isinstance(key, bytes) or not key):
        # the value is a secret, so the message does not show it
        msg = (
            "The 'key' must be bytes, one or more, or None for no signature. Got "
            f"{'no bytes' if key == b'' else type(key).__name__} instead."
        )
        raise InvalidParameterError(msg)


def _check_signature(
    path: str | os.PathLike[str], signature: Any, digest: bytes, key: bytes
) -> None:
    expected = hmac.new(key, digest, hashlib.sha256).hexdigest()
    if not isinstance(signature, str):
        msg = f"{path} is not signed, and a key was given. Ask for a signed file."
        raise AlteredDocumentError(msg)
    if not hmac.compare_digest(signature.encode(), expected.encode()):
        msg = f"{path} was not signed with this key. Do not use it before its origin is clear."
        raise AlteredDocumentError(msg)


def _parse(path: str | os.PathLike[str]) -> dict[str, Any]:
    try:
        document = json.loads(
            Path(path).read_text(encoding="utf-8"),
            parse_constant=_finite,
            parse_float=_finite,
        )
        # JSON may escape halves of characters, which no text holds
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        msg = f"{path} is not JSON: {error}. Is it cut off, or another kind of file?"
        raise DocumentError(msg) from error
    if not isinstance(document, dict):
        msg = f"{path} is not a creditscore document: it holds a {type(document).__name__}."
        raise DocumentError(msg)
    return document


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
