"""A chain of hashes: each takes in the one before it, so that no link can be changed alone."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.protect._subjects import subjects_of

GENESIS = "0" * 64
"""What the first record of a trail follows."""

_HEX = re.compile(r"[0-9a-f]{64}")
_LEAST_KEY_BYTES = 16
encode = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
).encode


def canonical_json(value: Any) -> str:
    r"""Write plain values in the one way that a hash is taken of.

    Parameters
    ----------
    value : mapping, list, str, int, float, bool or None
        Plain values; the keys of mappings are texts.

    Returns
    -------
    str
        JSON with the keys of every object sorted by code point, without blanks, and with no
        escapes but those that JSON needs.

    Raises
    ------
    InvalidDataError
        JSON cannot hold a value: no number, infinite, a key that is no text, half a character.

    Examples
    --------
    >>> from creditscore.protect import canonical_json
    >>> canonical_json({"b": [1, None], "a": "名"})
    '{"a":"名","b":[1,null]}'
    """
    try:
        _check_keys(value)
        text = encode(value)
        text.encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        msg = f"JSON cannot hold the value: {error}. Give texts, numbers, lists and mappings."
        raise InvalidDataError(msg) from error
    return text


def chain_hash(previous: str, record: Mapping[str, Any], *, key: bytes | None = None) -> str:
    r"""Return the hash of a record that follows another.

    Parameters
    ----------
    previous : str
        Hash of the record before, 64 hexadecimal digits; 64 zeros for the first.
    record : mapping
        Plain values.
    key : bytes, optional
        Secret, with which nobody without it can make a chain anew.

    Returns
    -------
    str
        64 hexadecimal digits in small letters.

    Raises
    ------
    InvalidParameterError
        `previous` is no such text, or the key is empty or no bytes.
    InvalidDataError
        JSON cannot hold the record.

    Notes
    -----
    .. math:: h_i = \mathrm{SHA256}(h_{i-1} \| \mathrm{JSON}(r_i)), \qquad
              h_i = \mathrm{HMAC}_k(h_{i-1} \| \mathrm{JSON}(r_i))

    without and with a key, of the text of the hash before and the canonical JSON. Whoever can
    write a chain without a key can change a record and compute all hashes after it anew. Neither
    chain shows by itself that its end was cut off: an :class:`Anchor` does.

    References
    ----------
    .. [1] H. Krawczyk, M. Bellare, R. Canetti, *HMAC: Keyed-Hashing for Message Authentication*,
       RFC 2104, 1997.

    Examples
    --------
    >>> from creditscore.protect import chain_hash
    >>> first = chain_hash("0" * 64, {"actor": "u1", "event": "create"})
    >>> first
    '5b21867293290e6de77286d8392dc189e4650fc5b4a804e9ffba47cd915005ce'
    >>> chain_hash(first, {"actor": "u2", "event": "approve"})
    'c9c774605444f5d91ba3f6297d609c1216499ae19cdb42184f7e0904dae6c4c4'
    """
    fault = None if key is None else audit_key_fault(key, "chain_hash", least=1)
    if not is_hash(previous):
        fault = (
            "The 'previous' parameter of chain_hash must be 64 hexadecimal digits in small "
            f"letters. Got {previous!r} instead."
        )
    if fault is not None:
        del key
        raise InvalidParameterError(fault)
    try:
        text = canonical_json(record)
    except InvalidDataError:
        # whoever shows the variables of a failed call must not show the secret
        del key
        raise
    return linked(previous, text, key)


def is_hash(value: Any) -> bool:
    """Tell whether a value is a hash as it is written: 64 hexadecimal digits in small letters."""
    return isinstance(value, str) and _HEX.fullmatch(value) is not None


def linked(previous: str, text: str, key: bytes | None) -> str:
    """Return the hash of a canonical text that follows a hash."""
    message = (previous + text).encode("utf-8")
    if key is None:
        return hashlib.sha256(message).hexdigest()
    return hmac.digest(key, message, "sha256").hex()


def sealed(text: str, key: bytes, use: str) -> str:
    """Return a seal of a text, by a key of its own for each use."""
    own = hmac.digest(key, f"creditscore/{use}".encode(), "sha256")
    return hmac.digest(own, text.encode("utf-8"), "sha256").hex()


def same(one: str, other: str) -> bool:
    """Compare two hashes in a time that does not depend on where they differ."""
    # a file may hold anything in the place of a hash, half a character too
    first, second = (text.encode("utf-8", "surrogatepass") for text in (one, other))
    return hmac.compare_digest(first, second)


def subjects_digest(subjects: Iterable[Any], *, key: bytes) -> str:
    """Return a keyed digest of a set of customers.

    Parameters
    ----------
    subjects : iterable of str or int
        Customers, in any order; one that stands twice counts once.
    key : bytes
        Secret of the trail, 16 bytes or more.

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    InvalidParameterError
        The key is too short or no bytes, or one text is given for a set.
    InvalidDataError
        A customer that is no text and no whole number.

    Notes
    -----
    HMAC-SHA256 of the canonical JSON of the sorted set. A whole number is its decimal text, as in
    all of this library, and blanks at the ends of a text do not count. The set cannot be read from
    it, nor be found by trying without the key, but who has the key and a set can show that it was
    this one.

    Examples
    --------
    >>> from creditscore.protect import subjects_digest
    >>> key = b"a secret of 16 bytes or more"
    >>> subjects_digest(["Y", "X", "Y"], key=key) == subjects_digest(["X", "Y"], key=key)
    True
    """
    fault = audit_key_fault(key, "subjects_digest")
    if fault is not None:
        del key
        raise InvalidParameterError(fault)
    try:
        text = canonical_json(sorted(map(canonical_json, subjects_of(subjects))))
    except Exception:
        del key
        raise
    return sealed(text, key, "subjects")


def audit_key_fault(key: Any, owner: str, *, least: int = _LEAST_KEY_BYTES) -> str | None:
    """Say what is wrong with a key, without showing it; None where it is bytes enough."""
    if isinstance(key, bytes) and len(key) >= least:
        return None
    got = f"{len(key)} bytes" if isinstance(key, bytes) else type(key).__name__
    return (
        f"The 'key' parameter of {owner} must be bytes, {least} or more, such as a KeyRing "
        f"derives. Got {got} instead."
    )


def _check_keys(value: Any) -> None:
    """Refuse keys that are no texts: JSON would make texts of them, in another order."""
    if isinstance(value, Mapping):
        odd = next((key for key in value if not isinstance(key, str)), None)
        if odd is not None or None in value:
            msg = f"the key {odd!r} of a mapping is no text"
            raise TypeError(msg)
        for part in value.values():
            _check_keys(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            _check_keys(part)
