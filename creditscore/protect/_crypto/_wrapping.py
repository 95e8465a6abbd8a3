"""Keys under keys: each subject has one, which the ring's current master key encrypts."""

from __future__ import annotations

from typing import Final

import numpy as np

from creditscore.exceptions import InvalidParameterError
from creditscore.protect._crypto._field_cipher import key_version_of
from creditscore.protect._crypto._key_ring import KeyRing
from creditscore.protect._crypto._secret import key_fault

_PURPOSE: Final = "wrap keys of subjects"
_FIELD: Final = "key of a subject"


def wrap_key(key: bytes, ring: KeyRing, *, subject: str | int) -> bytes:
    """Encrypt the key of a subject under the current master key.

    Parameters
    ----------
    key : bytes of length 32
        Secret of the subject: ``secrets.token_bytes(32)``.
    ring : KeyRing
        Whose current key wraps it.
    subject : str or int
        Whose key it is; a number is its decimal text.

    Returns
    -------
    bytes
        64 bytes that say the version of the master key; see :class:`FieldCipher`.

    Raises
    ------
    InvalidParameterError
        A key that is not 32 bytes, or a subject that is no name.
    MissingDependencyError
        The package cryptography is not installed.

    See Also
    --------
    unwrap_key : The other way.

    Notes
    -----
    AES-256-GCM under a key that is derived for this purpose; the subject is associated data, so
    that a key cannot be given to another subject. Who destroys all copies of the wrapped key
    makes what the subject's key encrypted unreadable. After a rotation, unwrap each and wrap it
    again: the values that it encrypted stay as they are.

    Examples
    --------
    >>> import secrets
    >>> from creditscore.protect import KeyRing, unwrap_key, wrap_key
    >>> ring, key = KeyRing.generate(), secrets.token_bytes(32)
    >>> wrapped = wrap_key(key, ring, subject="C17")
    >>> unwrap_key(wrapped, ring.rotated(), subject="C17") == key
    True
    """
    fault = key_fault(key, "wrap_key")
    named = isinstance(subject, (str, int, np.integer)) and not isinstance(subject, bool)
    if fault is None and not named:
        fault = (
            "The 'subject' parameter of wrap_key must be a text or an integer. Got "
            f"{type(subject).__name__} instead."
        )
    if fault is not None:
        del key
        raise InvalidParameterError(fault)
    return ring.cipher(_PURPOSE).encrypt_bytes(key, record=subject, field=_FIELD)


def unwrap_key(wrapped: bytes, ring: KeyRing, *, subject: str | int) -> bytes:
    """Decrypt the key of a subject, whichever version of the ring wrapped it.

    Parameters
    ----------
    wrapped : bytes
        Of :func:`wrap_key`.
    ring : KeyRing
        With the version that wrapped it.
    subject : str or int
        Whose key it is.

    Returns
    -------
    bytes
        32 bytes.

    Raises
    ------
    DecryptionError
        Another ring or subject, or bytes that were altered.
    KeyStoreError
        The ring does not have the version that wrapped it.

    Examples
    --------
    >>> import secrets
    >>> from creditscore.protect import KeyRing, unwrap_key, wrap_key
    >>> ring, key = KeyRing.generate(), secrets.token_bytes(32)
    >>> wrapped = wrap_key(key, ring, subject="C17")
    >>> unwrap_key(wrapped, ring, subject="C18")
    Traceback (most recent call last):
    creditscore.exceptions.DecryptionError: The value of 'key of a subject' in record 'C18' ...
    """
    cipher = ring.cipher(_PURPOSE, version=key_version_of(wrapped))
    return cipher.decrypt_bytes(wrapped, record=subject, field=_FIELD)
