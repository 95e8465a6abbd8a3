"""HMAC and HKDF of SHA-256: message codes, and keys made of keys."""

from __future__ import annotations

import hmac
from typing import Any, Final

import numpy as np

from creditscore.exceptions import InvalidParameterError
from creditscore.protect._crypto._secret import bytes_fault

_HASH_BYTES: Final = 32
MOST_KEY_BYTES = 255 * _HASH_BYTES


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    r"""Return the message authentication code HMAC-SHA256.

    Parameters
    ----------
    key : bytes
        Secret, of any length; 32 bytes or more are as strong as the code.
    message : bytes
        What is to be authenticated.

    Returns
    -------
    bytes
        32 bytes. Compare them by :func:`hmac.compare_digest`, never by ``==``, which tells by the
        time it takes how many of the first bytes are right.

    Raises
    ------
    InvalidParameterError
        The key or the message is no bytes.

    Notes
    -----
    .. math:: \mathrm{HMAC}(K, m) = H((K' \oplus \mathrm{opad}) \| H((K' \oplus
              \mathrm{ipad}) \| m))

    where K' is the key filled up with zeros to 64 bytes, and its hash first if it is longer.

    References
    ----------
    .. [1] H. Krawczyk, M. Bellare, R. Canetti, *HMAC: Keyed-Hashing for Message Authentication*,
       RFC 2104, 1997; vectors in RFC 4231.

    Examples
    --------
    >>> from creditscore.protect import hmac_sha256
    >>> hmac_sha256(b"Jefe", b"what do ya want for nothing?").hex()
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'
    """
    fault = bytes_fault("key", key, "hmac_sha256") or bytes_fault("message", message, "hmac_sha256")
    if fault is not None:
        # whoever shows the variables of a failed call must not show the secret
        del key
        raise InvalidParameterError(fault)
    return hmac.digest(key, message, "sha256")


def hkdf_sha256(
    key_material: bytes, *, salt: bytes = b"", info: bytes = b"", length: int = 32
) -> bytes:
    r"""Make a key of another one, by HKDF of SHA-256.

    Parameters
    ----------
    key_material : bytes
        Secret. A password is none: it can be guessed, and this function is fast.
    salt : bytes, default=b""
        Random and not secret, or nothing, which counts as 32 zeros.
    info : bytes, default=b""
        What the key is for: keys of other purposes tell nothing about it.
    length : int, default=32
        Bytes to return, 1 to 8160.

    Returns
    -------
    bytes
        As many as asked for.

    Raises
    ------
    InvalidParameterError
        Something that is no bytes, or a length out of range.

    Notes
    -----
    .. math:: P = \mathrm{HMAC}(\mathrm{salt}, \mathrm{IKM}), \qquad
              T_i = \mathrm{HMAC}(P, T_{i-1} \| \mathrm{info} \| i), \qquad
              \mathrm{OKM} = T_1 \| T_2 \| \dots

    References
    ----------
    .. [1] H. Krawczyk, P. Eronen, *HMAC-based Extract-and-Expand Key Derivation Function (HKDF)*,
       RFC 5869, 2010.

    Examples
    --------
    >>> from creditscore.protect import hkdf_sha256
    >>> key = hkdf_sha256(bytes([0x0B] * 22), salt=bytes(range(13)),
    ...                   info=bytes(range(0xF0, 0xFA)), length=42)
    >>> key.hex()
    '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865'
    """
    owner = "hkdf_sha256"
    fault = (
        bytes_fault("key_material", key_material, owner)
        or bytes_fault("salt", salt, owner)
        or bytes_fault("info", info, owner)
        or length_fault(length, owner, least=1)
    )
    if fault is not None:
        del key_material
        raise InvalidParameterError(fault)
    pseudorandom = hmac.digest(salt or bytes(_HASH_BYTES), key_material, "sha256")
    block, made = b"", bytearray()
    for number in range(1, -(-length // _HASH_BYTES) + 1):
        block = hmac.digest(pseudorandom, block + info + bytes([number]), "sha256")
        made += block
    return bytes(made[:length])


def length_fault(length: Any, owner: str, *, least: int) -> str | None:
    """Say why a key cannot have so many bytes; None where it can."""
    whole = isinstance(length, (int, np.integer)) and not isinstance(length, bool)
    if whole and least <= length <= MOST_KEY_BYTES:
        return None
    return (
        f"The 'length' parameter of {owner} must be an integer from {least} to {MOST_KEY_BYTES}. "
        f"Got {length!r} instead."
    )
