"""Keys of subjects: one a customer, under the master key, and gone for good when deleted."""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

import sqlalchemy as sa

from creditscore.exceptions import DecryptionError, KeyStoreError
from creditscore.organise._store._schema import subject_keys
from creditscore.organise._store._settings import PROTECTION, Settings, read_protection
from creditscore.protect import FieldCipher, KeyRing, unwrap_key, wrap_key

STORE, CUSTOMER, REJECTS = "store", "customer", "rejects"
EVIDENCE, NAME = "the evidence", "the name"
"""What evidence and names are encrypted as; a blank is in the name of no item."""
_KEY_BYTES = 32
_AT_ONCE = 10_000
"""Owners named in one statement."""
_SUBJECT_VERSION = 1


class Vault:
    """The secret of a store and the ring that its keys are wrapped by; it shows neither."""

    __slots__ = ("__ring", "__secret", "__uid")

    def __init__(self, uid: str, secret: bytes, ring: KeyRing | None) -> None:
        self.__uid = uid
        self.__secret = secret
        self.__ring = ring

    @property
    def has_keys(self) -> bool:
        """Whether protected values can be kept."""
        return self.__ring is not None

    def derive(self, purpose: str) -> bytes:
        """Return the key of a purpose, which stays when the master key is changed."""
        return hmac.digest(self.__secret, f"creditscore.store/{purpose}".encode(), "sha256")

    def new_key(
        self, connection: sa.Connection, kind: str, owners: Iterable[int]
    ) -> dict[int, bytes]:
        """Make keys, keep them wrapped, and return them."""
        keys = {owner: secrets.token_bytes(_KEY_BYTES) for owner in owners}
        rows = [
            {"kind": kind, "owner": owner, "wrapped": self.wrap(key, kind, owner)}
            for owner, key in keys.items()
        ]
        if rows:
            connection.execute(subject_keys.insert(), rows)
        return keys

    def wrap(self, key: bytes, kind: str, owner: int) -> bytes:
        """Encrypt a key for its owner alone."""
        return wrap_key(key, self._ring(), subject=self._subject(kind, owner))

    def unwrap(self, wrapped: Any, kind: str, owner: int) -> bytes:
        """Decrypt the key of an owner.

        Raises
        ------
        DecryptionError
            It was wrapped for another, or is not what the store wrote.
        """
        return unwrap_key(as_bytes(wrapped), self._ring(), subject=self._subject(kind, owner))

    def under(self, ring: KeyRing) -> Vault:
        """Return the same secret under another ring."""
        return Vault(self.__uid, self.__secret, ring)

    @property
    def uid(self) -> str:
        """Which store it is; no secret."""
        return self.__uid

    @property
    def version(self) -> int | None:
        """Version of the master key that keys are wrapped by, None where there is none."""
        return None if self.__ring is None else self.__ring.current

    def _ring(self) -> KeyRing:
        if self.__ring is None:
            msg = (
                "The store was made without keys, so it keeps no protected values. Make a store "
                "with keys=KeyRing.generate(), or leave those items out."
            )
            raise KeyStoreError(msg)
        return self.__ring

    def _subject(self, kind: str, owner: int) -> str:
        return f"{self.__uid} {kind} {owner}"

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        """Refuse to be pickled: the pickle would hold the keys."""
        msg = "A store is not pickled, for its keys would be in the bytes. Open it anew."
        raise KeyStoreError(msg)

    def __repr__(self) -> str:
        """Say whether there are keys, and nothing of them."""
        return f"<Vault: {self.__ring!r}>"


def make_vault(connection: sa.Connection, ring: KeyRing | None) -> Vault:
    """Give a new store its secret; without keys it lies open beside what it seals."""
    uid, secret = secrets.token_hex(16), secrets.token_bytes(_KEY_BYTES)
    vault = Vault(uid, secret, ring)
    kept = secret if ring is None else vault.wrap(secret, STORE, 0)
    connection.execute(subject_keys.insert().values(kind=STORE, owner=0, wrapped=kept))
    said = json.dumps({"store": uid, "keys": ring is not None})
    settings_of(connection, vault).add(PROTECTION, said)
    return vault


def renew_protection(connection: sa.Connection, vault: Vault) -> None:
    """Add the same protection again, so that whoever has the store open must open it anew."""
    settings_of(connection, vault).add(PROTECTION, json.dumps(read_protection(connection)))


def settings_of(connection: sa.Connection, vault: Vault) -> Settings:
    """Return the documents of a store, whose seals are checked."""
    return Settings(connection=connection, key=vault.derive("settings"))


def open_vault(connection: sa.Connection, ring: KeyRing | None) -> Vault:
    """Check that the keys are those of the store, and return its secrets.

    Raises
    ------
    KeyStoreError
        The keys are missing or others, or there are keys for a store without.
    """
    said = read_protection(connection)
    if said["keys"] is not (ring is not None):
        msg = (
            "The store was made with keys. Give them: CustomerStore.open(place, keys=…)."
            if said["keys"]
            else "The store was made without keys. Open it without."
        )
        raise KeyStoreError(msg)
    mine = (subject_keys.c.kind == STORE) & (subject_keys.c.owner == 0)
    kept = connection.execute(sa.select(subject_keys.c.wrapped).where(mine)).scalar()
    if kept is None:
        msg = "The store has lost its own key. Restore it from a backup."
        raise KeyStoreError(msg)
    if ring is None:
        return Vault(said["store"], as_bytes(kept), None)
    try:
        secret = Vault(said["store"], b"", ring).unwrap(kept, STORE, 0)
    except (DecryptionError, KeyStoreError):
        secret = b""
    if not secret:
        msg = (
            "These are not the keys of the store: none of them opens it. Give the ring with which "
            "it was made, or which it was last changed to."
        )
        raise KeyStoreError(msg)
    return Vault(said["store"], secret, ring)


def keys_of(
    connection: sa.Connection, vault: Vault, kind: str, owners: Sequence[int]
) -> dict[int, bytes]:
    """Return the keys of owners; those whose key was destroyed are not among them."""
    found: dict[int, bytes] = {}
    for start in range(0, len(owners), _AT_ONCE):
        these = list(owners[start : start + _AT_ONCE])
        wanted = sa.select(subject_keys.c.owner, subject_keys.c.wrapped).where(
            subject_keys.c.kind == kind, subject_keys.c.owner.in_(these)
        )
        for owner, wrapped in connection.execute(wanted):
            found[owner] = vault.unwrap(wrapped, kind, owner)
    return found


def as_bytes(kept: Any, what: str = "A key of the store", table: str = subject_keys.name) -> bytes:
    """Return what was encrypted as the bytes that it is.

    Raises
    ------
    DecryptionError
        It is something else: SQLite keeps whatever is put into a column.
    """
    if not isinstance(kept, bytes):
        msg = (
            f"{what} is no bytes: the table {table!r} was changed by somebody else. Restore the "
            "store from a backup."
        )
        raise DecryptionError(msg)
    return kept


def cipher_of(key: bytes) -> FieldCipher:
    """Return the cipher of a subject's key."""
    return FieldCipher(key, _SUBJECT_VERSION)


def fingerprint_key(key: bytes) -> bytes:
    """Return the key under which the protected values of a subject are told apart."""
    return hmac.digest(key, b"creditscore.store/fingerprint", "sha256")
