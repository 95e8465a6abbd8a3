"""AES in Galois/counter mode: what is encrypted can neither be read nor changed unseen."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from creditscore.exceptions import DecryptionError, InvalidParameterError, MissingDependencyError
from creditscore.protect._crypto._secret import bytes_fault, key_fault

NONCE_BYTES = 12
TAG_BYTES = 16
MOST_MESSAGES = 2**32
"""Random nonces of 96 bits under one key: beyond it, two of them may well be the same."""
_MOST_BYTES = 2**31 - 64
_AES_KEYS = (16, 24, 32)

HOW_IT_FAILED = (
    "It was encrypted under another key or with other associated data, or it was altered or moved."
)


@cache
def aes_gcm_class() -> Any:
    """Return the cipher of the package cryptography, which the extra installs."""
    try:
        from cryptography.hazmat.primitives.ciphers.aead import (  # noqa: PLC0415 - an extra
            AESGCM,
        )
    except ImportError as error:
        msg = 'cryptography is needed to encrypt: pip install "creditscore[store]".'
        raise MissingDependencyError(msg) from error
    return AESGCM


@cache
def _invalid_tag() -> type[Exception]:
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - an extra

    return InvalidTag


def opened(cipher: Any, nonce: bytes, sealed: bytes, associated: bytes) -> bytes | None:
    """Decrypt by a cipher; None where the tag is not right."""
    try:
        plain: bytes = cipher.decrypt(nonce, sealed, associated)
    except _invalid_tag():
        return None
    return plain


def message_fault(name: str, value: Any, owner: str) -> str | None:
    """Say why a message is not what the cipher takes, without showing it; None where it is."""
    fault = bytes_fault(name, value, owner)
    if fault is not None or len(value) <= _MOST_BYTES:
        return fault
    return (
        f"The {name!r} parameter of {owner} must have at most {_MOST_BYTES:,} bytes. Got "
        f"{len(value):,}: encrypt it in parts."
    )


def aes_gcm(key: bytes, nonce: bytes, plaintext: bytes, associated: bytes = b"") -> bytes:
    """Encrypt with a nonce that is given: the bare cipher, to check against published vectors.

    Parameters
    ----------
    key : bytes
        16, 24 or 32 bytes.
    nonce : bytes
        12 bytes. Two messages of one nonce and key give away both of them and the means to forge
        others; :func:`encrypt` draws a new one each time, so use that.
    plaintext : bytes
        What is encrypted, at most 2 GiB.
    associated : bytes, default=b""
        What is authenticated, and not encrypted.

    Returns
    -------
    bytes
        Ciphertext, as long as the plaintext, and a tag of 16 bytes.

    Raises
    ------
    InvalidParameterError
        Bytes of another number.
    MissingDependencyError
        The package cryptography is not installed.

    See Also
    --------
    encrypt : With a nonce of its own.

    References
    ----------
    .. [1] M. Dworkin, *Recommendation for Block Cipher Modes of Operation: Galois/Counter Mode
       (GCM) and GMAC*, NIST SP 800-38D, 2007.
    .. [2] D. A. McGrew, J. Viega, *The Galois/Counter Mode of Operation (GCM)*, 2005, test cases.

    Examples
    --------
    >>> from creditscore.protect import aes_gcm
    >>> aes_gcm(bytes(32), bytes(12), bytes(16)).hex()
    'cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919'
    """
    owner = "aes_gcm"
    fault = (
        bytes_fault("key", key, owner)
        or bytes_fault("nonce", nonce, owner)
        or bytes_fault("associated", associated, owner)
        or message_fault("plaintext", plaintext, owner)
    )
    if fault is None and (len(key) not in _AES_KEYS or len(nonce) != NONCE_BYTES):
        fault = (
            f"{owner} takes a key of 16, 24 or 32 bytes and a nonce of {NONCE_BYTES}. Got "
            f"{len(key)} and {len(nonce)}."
        )
    if fault is not None:
        # whoever shows the variables of a failed call must not show the secret
        del key, plaintext
        raise InvalidParameterError(fault)
    sealed: bytes = aes_gcm_class()(key).encrypt(nonce, plaintext, associated)
    return sealed


def encrypt(value: bytes, *, key: bytes, associated: bytes) -> bytes:
    r"""Encrypt bytes so that they can be read with the key alone, and changed by nobody.

    Parameters
    ----------
    value : bytes
        What is encrypted, at most 2 GiB; its length can be seen.
    key : bytes of length 32
        Secret, such as :meth:`KeyRing.derive` gives.
    associated : bytes
        Where the value belongs, such as the name of its record: it is not encrypted, and
        without the very same bytes the value cannot be decrypted, so it cannot be moved.

    Returns
    -------
    bytes
        Nonce of 12 bytes, ciphertext, tag of 16 bytes.

    Raises
    ------
    InvalidParameterError
        The key is not 32 bytes, or something else is no bytes.
    MissingDependencyError
        The package cryptography is not installed.

    See Also
    --------
    FieldCipher : Values of records and fields, with the version of the key.

    Notes
    -----
    AES-256-GCM with a random nonce of 96 bits. Of n messages under one key, two have the same
    nonce with a probability of about n² / 2⁹⁷, so a key is used for at most 2³² messages (then
    2⁻³³; SP 800-38D, 8.3). This function does not count them: :class:`FieldCipher` does, in each
    process, and keys by subject, as the store has them, stay far below.

    References
    ----------
    .. [1] M. Dworkin, *Recommendation for Block Cipher Modes of Operation: Galois/Counter Mode
       (GCM) and GMAC*, NIST SP 800-38D, 2007.

    Examples
    --------
    >>> from creditscore.protect import KeyRing, decrypt, encrypt
    >>> key = KeyRing.generate().derive("letters")
    >>> sealed = encrypt(b"for you alone", key=key, associated=b"letter 7")
    >>> decrypt(sealed, key=key, associated=b"letter 7")
    b'for you alone'
    """
    fault = (
        key_fault(key, "encrypt")
        or message_fault("value", value, "encrypt")
        or bytes_fault("associated", associated, "encrypt")
    )
    if fault is not None:
        del key, value
        raise InvalidParameterError(fault)
    nonce = os.urandom(NONCE_BYTES)
    sealed: bytes = aes_gcm_class()(key).encrypt(nonce, value, associated)
    return nonce + sealed


def decrypt(value: bytes, *, key: bytes, associated: bytes) -> bytes:
    """Decrypt what :func:`encrypt` gave.

    Parameters
    ----------
    value : bytes
        Nonce, ciphertext and tag.
    key : bytes of length 32
        The secret that it was encrypted with.
    associated : bytes
        The associated data that it was encrypted with.

    Returns
    -------
    bytes

    Raises
    ------
    DecryptionError
        Another key, other associated data, or a value that was altered; which of them it is
        cannot be told.
    InvalidParameterError
        The key is not 32 bytes, or something else is no bytes.
    MissingDependencyError
        The package cryptography is not installed.

    Examples
    --------
    >>> from creditscore.protect import decrypt, encrypt
    >>> sealed = encrypt(b"no", key=bytes(32), associated=b"")
    >>> decrypt(sealed, key=bytes(32), associated=b"here")
    Traceback (most recent call last):
    creditscore.exceptions.DecryptionError: A value cannot be decrypted. It was encrypted ...
    """
    fault = (
        key_fault(key, "decrypt")
        or bytes_fault("value", value, "decrypt")
        or bytes_fault("associated", associated, "decrypt")
    )
    if fault is not None:
        del key
        raise InvalidParameterError(fault)
    if len(value) < NONCE_BYTES + TAG_BYTES:
        del key
        msg = f"A value of {len(value)} bytes is too short to be encrypted. Was it cut off?"
        raise DecryptionError(msg)
    plain = opened(aes_gcm_class()(key), value[:NONCE_BYTES], value[NONCE_BYTES:], associated)
    if plain is None:
        del key
        msg = f"A value cannot be decrypted. {HOW_IT_FAILED}"
        raise DecryptionError(msg)
    return plain
