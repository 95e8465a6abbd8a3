"""Master keys by version: the current one encrypts, and older ones still decrypt."""

from __future__ import annotations

import base64
import hmac
import json
import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final, Self, TypeVar

from creditscore.exceptions import InvalidParameterError, KeyStoreError
from creditscore.protect._crypto._field_cipher import MOST_VERSIONS, FieldCipher
from creditscore.protect._crypto._hashing import hkdf_sha256, length_fault
from creditscore.protect._crypto._key_file import read_private, write_private
from creditscore.protect._crypto._secret import KEY_BYTES, SecretHolder, key_fault

_FORMAT: Final = "creditscore.key_ring"
_SCHEMA_VERSION: Final = 1
_SALT = b"creditscore.key_ring"
_Ring = TypeVar("_Ring", bound="KeyRing")
_ENTRIES = {"format", "schema_version", "current", "keys", "check"}


class KeyRing(SecretHolder):
    """Master keys by version, of which one is current.

    Parameters
    ----------
    keys : mapping of int to bytes
        Keys of 32 random bytes by their version, 1 to 65,535.
    current : int, optional
        Version that new values are encrypted under; the highest, if it is not said.

    Raises
    ------
    KeyStoreError
        No key, a key that is not 32 bytes, a version out of range, two versions of one key, or a
        current version without a key.

    See Also
    --------
    FieldCipher : Encrypts values of records and fields; :meth:`cipher` makes it.

    Notes
    -----
    A ring never shows its keys: not as text, not in messages, not in a pickle, which is refused.
    Copies are the ring itself. Rings compare in constant time. What is shown of one is the number
    of its keys and the current version.

    Master keys encrypt nothing themselves. :meth:`derive` makes a key for each purpose, by
    HKDF-SHA256 (RFC 5869) with a fixed salt, and as info the length and the purpose, so that one
    that gets known tells nothing about another.

    The steps of a rotation: ``new = ring.rotated()``, ``new.to_file(...)`` to a new file, encrypt
    again what was encrypted under the old version (:func:`reencrypt`, :func:`wrap_key`), and then
    ``new.without(old version)``. What backups hold can be read with old versions only: keep them
    as long as the backups.

    Examples
    --------
    >>> from creditscore.protect import KeyRing
    >>> ring = KeyRing.generate()
    >>> ring
    <KeyRing: 1 key, current version 1>
    >>> ring.rotated()
    <KeyRing: 2 keys, current version 2>
    >>> len(ring.derive("pseudonyms"))
    32
    """

    __slots__ = ("__ciphers", "__current", "__keys")

    def __init__(self, keys: Mapping[int, bytes], current: int | None = None) -> None:
        # a ring that fails is shown, too, by reports of errors
        self.__keys: dict[int, bytes] = {}
        self.__current = 0
        fault = _fault(keys, current)
        if fault is not None:
            # whoever shows the variables of a failed call must not show the secrets
            del keys
            raise KeyStoreError(fault)
        self.__keys = dict(keys)
        self.__current = max(keys) if current is None else current
        self.__ciphers: dict[tuple[str, int], FieldCipher] = {}

    @classmethod
    def generate(cls) -> Self:
        """Make a ring of one new key, drawn from the random source of the system.

        Returns
        -------
        KeyRing
            Version 1.
        """
        return cls({1: secrets.token_bytes(KEY_BYTES)})

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read what :meth:`to_text` wrote.

        Parameters
        ----------
        text : str
            JSON.

        Raises
        ------
        KeyStoreError
            Not such a text, or one that was damaged; the message shows nothing of it.
        """
        found = _read_text(cls, text)
        del text
        if isinstance(found, str):
            raise KeyStoreError(found)
        return found

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> Self:
        """Read the keys of a file that nobody else can read or swap.

        Parameters
        ----------
        path : path-like
            File of :meth:`to_file`.

        Raises
        ------
        KeyStoreError
            There is no such file, or it is a link, a folder or a pipe; another user owns it;
            others may read or write it; everybody may write into its folder, or into one above
            that is not sticky as /tmp is; it is no file of keys, or was damaged.

        Notes
        -----
        All is checked of the open file, so it cannot be swapped in between. Where the system has
        no owners and permissions as POSIX has them (Windows), those are not checked: give the
        folder to yourself alone.
        """
        return cls.from_text(read_private(path))

    @classmethod
    def from_environment(cls, variable: str = "CREDITSCORE_KEYS") -> Self:
        """Read the keys of a variable of the environment.

        Parameters
        ----------
        variable : str, default="CREDITSCORE_KEYS"
            Name of the variable, which holds the text of :meth:`to_text`.

        Raises
        ------
        KeyStoreError
            There is no such variable, or it holds something else.

        Notes
        -----
        Every program that this one starts gets the variable too, and so may reports of a crash:
        a file tells fewer.
        """
        if not os.environ.get(variable):
            msg = (
                f"The variable {variable!r} of the environment is not set, or empty. It must hold "
                "what KeyRing.to_text() gives."
            )
            raise KeyStoreError(msg)
        return cls.from_text(os.environ[variable])

    @classmethod
    def from_callback(cls, fetch: Callable[[], str | Mapping[int, bytes]]) -> Self:
        """Ask a function of yours for the keys, such as one that asks a key service.

        Parameters
        ----------
        fetch : callable
            Takes nothing; returns the text of :meth:`to_text`, or keys by version, of which the
            highest is current.

        Raises
        ------
        KeyStoreError
            It returned something else. What it raises itself comes through.

        Notes
        -----
        It is asked once, here, so that wrong keys are found before anything is done with them
        and 100,000 values are not 100,000 questions. The ring keeps the answer as long as it
        lives, and the function not at all: to ask anew, make a new ring.
        """
        answer: Any = fetch()
        is_text = isinstance(answer, str)
        found = _read_text(cls, answer) if is_text else _made(cls, answer, None)
        del answer
        if isinstance(found, str):
            raise KeyStoreError(found)
        return found

    def to_text(self) -> str:
        """Return the keys as text. It is the secret itself: show it nobody, and log it nowhere.

        Returns
        -------
        str
            JSON of one line: format, schema_version, current, keys (base64 by version), and a
            check value that finds damage.

        Examples
        --------
        >>> from creditscore.protect import KeyRing
        >>> ring = KeyRing.generate()
        >>> KeyRing.from_text(ring.to_text()) == ring
        True
        """
        keys = {str(v): base64.b64encode(key).decode() for v, key in sorted(self.__keys.items())}
        return json.dumps({
            "format": _FORMAT, "schema_version": _SCHEMA_VERSION, "current": self.__current,
            "keys": keys, "check": _check_value(self),
        })  # fmt: skip

    def to_file(self, path: str | os.PathLike[str]) -> None:
        """Write the keys into a new file that you alone can read (permissions 0600).

        Parameters
        ----------
        path : path-like
            File to make, in a folder that is there and not open to everybody.

        Raises
        ------
        KeyStoreError
            The file is there already: keys are never overwritten. The folder is not there, or
            everybody may write into it.
        """
        write_private(path, self.to_text() + "\n")

    @property
    def versions(self) -> tuple[int, ...]:
        """Versions that have a key, rising."""
        return tuple(sorted(self.__keys))

    @property
    def current(self) -> int:
        """Version that new values are encrypted under."""
        return self.__current

    def rotated(self) -> Self:
        """Return a ring with one more key, which is its current one.

        Returns
        -------
        KeyRing
            All keys of this one, and a new one of the next version.

        Raises
        ------
        KeyStoreError
            No version is left above the highest.
        """
        version = max(self.__keys) + 1
        return type(self)({**self.__keys, version: secrets.token_bytes(KEY_BYTES)}, version)

    def without(self, version: int) -> Self:
        """Return a ring without an old key. What was encrypted under it is lost with it.

        Parameters
        ----------
        version : int
            A version that is not the current one.

        Raises
        ------
        KeyStoreError
            There is no such key, or it is the current one.
        """
        self.__key(version)
        if version == self.__current:
            msg = f"Version {version} is the current one. Rotate the keys before you take it away."
            raise KeyStoreError(msg)
        left = {v: key for v, key in self.__keys.items() if v != version}
        return type(self)(left, self.__current)

    def derive(self, purpose: str, *, version: int | None = None, length: int = KEY_BYTES) -> bytes:
        """Make the key of a purpose.

        Parameters
        ----------
        purpose : str
            What the key is for: "audit trail". Each purpose has a key of its own; blanks at its
            ends do not count.
        version : int, optional
            Version of the master key; the current one, if it is not said.
        length : int, default=32
            Bytes of the key, 16 to 8160. Keys of two lengths share no beginning.

        Returns
        -------
        bytes
            The same for the same purpose, version and length.

        Raises
        ------
        KeyStoreError
            There is no key of this version.
        InvalidParameterError
            An empty purpose, or a length out of range.
        """
        fault = length_fault(length, "KeyRing.derive", least=16)
        named = purpose.strip().encode("utf-8", "replace") if isinstance(purpose, str) else b""
        if not named or named.decode("utf-8") != purpose.strip():
            fault = (
                "The 'purpose' parameter of KeyRing.derive must say in words what the key is for. "
                f"Got {purpose!r} instead."
            )
        if fault is not None:
            raise InvalidParameterError(fault)
        # all is checked by now, so that no call fails that has the master key
        info = int(length).to_bytes(8, "big") + named
        key = self.__key(self.__current if version is None else version)
        return hkdf_sha256(key, salt=_SALT, info=info, length=length)

    def cipher(self, purpose: str, *, version: int | None = None) -> FieldCipher:
        """Return the cipher of a purpose, made once and kept.

        Parameters
        ----------
        purpose : str
            What it encrypts, in words.
        version : int, optional
            Version of the master key; the current one, if it is not said.

        Returns
        -------
        FieldCipher
            Its key version is that of the master key.

        Raises
        ------
        KeyStoreError
            There is no key of this version. MissingDependencyError: cryptography is not installed.
        """
        known = self.__current if version is None else version
        if (purpose, known) not in self.__ciphers:
            self.__ciphers[purpose, known] = FieldCipher(self.derive(purpose, version=known), known)
        return self.__ciphers[purpose, known]

    def __key(self, version: int) -> bytes:
        try:
            return self.__keys[version]
        except (KeyError, TypeError):
            known = _have(self.__keys)
        msg = f"There is no key of version {version!r}. {known}"
        raise KeyStoreError(msg)

    def __eq__(self, other: object) -> bool:
        """Compare in constant time."""
        if not isinstance(other, KeyRing):
            return NotImplemented
        if (self.versions, self.current) != (other.versions, other.current):
            return False
        mine, others = (
            b"".join(ring.__keys[version] for version in self.versions)  # noqa: SLF001 - a ring
            for ring in (self, other)
        )
        return hmac.compare_digest(mine, others)

    def __hash__(self) -> int:
        """Tell rings apart by their versions, which are no secret."""
        return hash((self.versions, self.current))

    def __repr__(self) -> str:
        """Say how many keys there are, and nothing of them."""
        n = len(self.__keys)
        return f"<KeyRing: {n} key{'' if n == 1 else 's'}, current version {self.__current}>"


def _fault(keys: Any, current: Any) -> str | None:
    """Say what is wrong with the keys of a ring, without showing any; None where nothing is."""
    if not isinstance(keys, Mapping) or not keys:
        return (
            "A KeyRing needs keys by their version, {1: 32 random bytes}; KeyRing.generate() makes "
            f"one. Got {'no key' if isinstance(keys, Mapping) else type(keys).__name__}."
        )
    seen: list[bytes] = []
    for version, key in keys.items():
        if not _is_version(version):
            return f"Versions of keys are whole numbers from 1 to {MOST_VERSIONS:,}."
        fault = key_fault(key, f"version {version} of a KeyRing")
        if fault is not None:
            return fault
        if any(hmac.compare_digest(key, other) for other in seen):
            return f"Version {version} has the key of another version. Each needs a key of its own."
        seen.append(key)
    if current is not None and not (_is_version(current) and current in keys):
        return f"The current version {current!r} has no key. {_have(keys)}"
    return None


def _is_version(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_VERSIONS


def _have(keys: Mapping[int, bytes]) -> str:
    return f"The ring has {', '.join(map(str, sorted(keys)))}."


def _check_value(ring: KeyRing) -> str:
    """Return what tells a damaged text; nobody learns a key from it."""
    parts = (ring.derive("check value", version=version) for version in ring.versions)
    return hmac.digest(b"".join(parts), str(ring.current).encode(), "sha256")[:8].hex()


def _made(cls: type[_Ring], keys: Any, current: Any) -> _Ring | str:
    """Make a ring, or say what is wrong; an error would have the secrets among its variables."""
    return _fault(keys, current) or cls(keys, current)


def _read_text(cls: type[_Ring], text: str) -> _Ring | str:
    """Read a ring, or say what is wrong; the errors of parsers hold the text."""
    with suppress(ValueError, TypeError, AttributeError, RecursionError):
        found = json.loads(text)
        said = (found.get("format"), found.get("schema_version"))
        if said == (_FORMAT, _SCHEMA_VERSION) and found.keys() == _ENTRIES:
            keys = {
                int(version): base64.b64decode(key, validate=True)
                for version, key in found["keys"].items()
            }
            ring = _made(cls, keys, found["current"])
            if isinstance(ring, str) or hmac.compare_digest(_check_value(ring), found["check"]):
                return ring
            return (
                "The text of a KeyRing was damaged: its keys do not match its check value. Get "
                "the original again."
            )
    return (
        "This is not the text of a KeyRing, or it was damaged. KeyRing.to_text() and to_file() "
        "write such texts."
    )
