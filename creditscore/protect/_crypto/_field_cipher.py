"""Values of records, encrypted each for its own place."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np

from creditscore.exceptions import DecryptionError, InvalidParameterError, KeyStoreError
from creditscore.protect._crypto._aes_gcm import (
    HOW_IT_FAILED,
    MOST_MESSAGES,
    NONCE_BYTES,
    TAG_BYTES,
    aes_gcm_class,
    message_fault,
    opened,
)
from creditscore.protect._crypto._secret import SecretHolder, check_bytes, key_fault

MOST_VERSIONS: Final = 2**16 - 1
_FORM: Final = 1
_TEXT, _NUMBER, _BYTES = b"t", b"n", b"b"
_KINDS = {_TEXT: "a text", _NUMBER: "a number", _BYTES: "bytes"}
_HEADER = struct.Struct(">BcH")
_LENGTH = struct.Struct(">I")
_FLOAT = struct.Struct(">d")
_PLACE = b"creditscore.field"
_OVERHEAD = _HEADER.size + NONCE_BYTES + TAG_BYTES


class FieldCipher(SecretHolder):
    r"""Encrypts the values of records so that each can be read in its own place alone.

    Parameters
    ----------
    key : bytes of length 32
        Secret, of one subject or of one purpose.
    key_version : int, default=1
        Version of the key, 1 to 65,535, which each value carries.

    Raises
    ------
    InvalidParameterError
        A key that is not 32 bytes, or a version out of range.
    MissingDependencyError
        The package cryptography is not installed.

    See Also
    --------
    KeyRing.cipher : The cipher of a purpose.
    reencrypt : The same value under another key.

    Notes
    -----
    AES-256-GCM with a random nonce of 96 bits. A value is encrypted to

    ====================  =========  ============================================
    part                  bytes      holds
    ====================  =========  ============================================
    form                  1          1, the version of this form
    kind                  1          t, n or b: a text, a number or bytes
    key version           2          big-endian
    nonce                 12         random
    ciphertext            as value   UTF-8, big-endian double, or the bytes
    tag                   16
    ====================  =========  ============================================

    Its associated data are the first three, the record and the field, both with their lengths in
    front: ``("ab", "c")`` and ``("a", "bc")`` are two places. So a value that was moved to
    another record or field, was given another kind or key version, or was changed in any bit
    cannot be decrypted. What can be seen is how long a value is, and that two are of one length.

    An older value of the same record, field and key can be put back: give each new version of a
    value a record of its own, as the store does.

    A cipher counts what it encrypts and refuses more than 2³² values (SP 800-38D, 8.3); it cannot
    know what others encrypted under the same key.

    Examples
    --------
    >>> from creditscore.protect import FieldCipher
    >>> cipher = FieldCipher(bytes(range(32)), 1)
    >>> cipher
    <FieldCipher: key version 1>
    >>> sealed = cipher.encrypt_text("Ana", record="17", field="name")
    >>> cipher.decrypt_text(sealed, record="17", field="name")
    'Ana'
    >>> cipher.decrypt_text(sealed, record="18", field="name")
    Traceback (most recent call last):
    creditscore.exceptions.DecryptionError: The value of 'name' in record '18' cannot be ...
    """

    __slots__ = ("__cipher", "__headers", "__n", "__version")

    def __init__(self, key: bytes, key_version: int = 1) -> None:
        # a cipher that fails is shown, too, by reports of errors
        self.__version = 0
        fault = key_fault(key, "FieldCipher")
        whole = isinstance(key_version, int) and not isinstance(key_version, bool)
        if fault is None and not (whole and 1 <= key_version <= MOST_VERSIONS):
            fault = (
                "The 'key_version' parameter of FieldCipher must be an integer from 1 to "
                f"{MOST_VERSIONS:,}. Got {key_version!r} instead."
            )
        if fault is not None:
            # whoever shows the variables of a failed call must not show the secret
            del key
            raise InvalidParameterError(fault)
        self.__cipher = aes_gcm_class()(key)
        self.__version = key_version
        self.__headers = {kind: _HEADER.pack(_FORM, kind, key_version) for kind in _KINDS}
        self.__n = 0

    @property
    def key_version(self) -> int:
        """Version of the key."""
        return self.__version

    @property
    def n_encrypted(self) -> int:
        """How many values this object encrypted so far."""
        return self.__n

    def encrypt_text(self, value: str, *, record: str | int, field: str) -> bytes:
        """Encrypt a text.

        Parameters
        ----------
        value : str
            Text, which may be empty.
        record : str or int
            Name of the record; a number is its decimal text.
        field : str
            Name of the field.

        Returns
        -------
        bytes
            32 bytes more than the text has in UTF-8.

        Raises
        ------
        InvalidParameterError
            The value is no text, or the record or the field is no name.
        KeyStoreError
            The key is used up.
        """
        return self._sealed(_TEXT, _text_bytes(value), _place(record, field))

    def decrypt_text(self, value: bytes, *, record: str | int, field: str) -> str:
        """Decrypt what :meth:`encrypt_text` gave for the same record and field.

        Parameters
        ----------
        value : bytes
            Encrypted value.
        record : str or int
            Name of the record.
        field : str
            Name of the field.

        Raises
        ------
        DecryptionError
            Another key, record, field or kind, or a value that was altered.
        """
        return self._opened(_TEXT, value, record, field).decode("utf-8")

    def encrypt_number(self, value: float, *, record: str | int, field: str) -> bytes:
        """Encrypt a number; parameters and errors are those of :meth:`encrypt_text`.

        All 64 bits come back, those of NaN and infinity too. A whole number that no double holds,
        such as one of 18 digits, is refused: it is a name of something, so encrypt its text.
        """
        fault = _number_fault(value)
        if fault is not None:
            del value
            raise InvalidParameterError(fault)
        return self._sealed(_NUMBER, _FLOAT.pack(value), _place(record, field))

    def decrypt_number(self, value: bytes, *, record: str | int, field: str) -> float:
        """Decrypt a number; parameters and errors are those of :meth:`decrypt_text`."""
        number: float = _FLOAT.unpack(self._opened(_NUMBER, value, record, field))[0]
        return number

    def encrypt_bytes(self, value: bytes, *, record: str | int, field: str) -> bytes:
        """Encrypt bytes; parameters and errors are those of :meth:`encrypt_text`."""
        fault = message_fault("value", value, "FieldCipher.encrypt_bytes")
        if fault is not None:
            del value
            raise InvalidParameterError(fault)
        return self._sealed(_BYTES, value, _place(record, field))

    def decrypt_bytes(self, value: bytes, *, record: str | int, field: str) -> bytes:
        """Decrypt bytes; parameters and errors are those of :meth:`decrypt_text`."""
        return self._opened(_BYTES, value, record, field)

    def encrypt_texts(
        self,
        values: Iterable[str | None],
        *,
        records: Sequence[str | int],
        field: str | Sequence[str],
    ) -> list[bytes | None]:
        """Encrypt many texts; None stays None.

        Parameters
        ----------
        values : iterable of str or None
            Texts, of which one that is missing is None.
        records : sequence of str or int
            The record of each.
        field : str or sequence of str
            The field of all, or of each.

        Returns
        -------
        list of bytes or None

        Raises
        ------
        InvalidParameterError
            Sequences of other lengths, or something that is no text.
        KeyStoreError
            The key is used up.
        """
        texts = list(values)
        places = _places(records, field, len(texts))
        return [
            None if text is None else self._sealed(_TEXT, _text_bytes(text), place)
            for text, place in zip(texts, places, strict=True)
        ]

    def decrypt_texts(
        self,
        values: Iterable[bytes | None],
        *,
        records: Sequence[str | int],
        field: str | Sequence[str],
    ) -> list[str | None]:
        """Decrypt many texts; None stays None.

        Parameters
        ----------
        values : iterable of bytes or None
            Encrypted texts.
        records : sequence of str or int
            The record of each.
        field : str or sequence of str
            The field of all, or of each.

        Returns
        -------
        list of str or None

        Raises
        ------
        DecryptionError
            The first value that cannot be decrypted; the message names its record and field.
        InvalidParameterError
            Sequences of other lengths.
        """
        sealed = list(values)
        fields = [field] * len(sealed) if isinstance(field, str) else field
        _check_lengths(len(sealed), records=len(records), field=len(fields))
        return [
            None if value is None else self._opened(_TEXT, value, record, name).decode("utf-8")
            for value, record, name in zip(sealed, records, fields, strict=True)
        ]

    def _sealed(self, kind: bytes, plain: bytes, place: bytes) -> bytes:
        if self.__n >= MOST_MESSAGES:
            del plain
            msg = "This key has encrypted 2³² values, the most it may. Rotate the keys."
            raise KeyStoreError(msg)
        self.__n += 1
        header, nonce = self.__headers[kind], os.urandom(NONCE_BYTES)
        sealed: bytes = self.__cipher.encrypt(nonce, plain, header + place)
        return header + nonce + sealed

    def _opened(self, kind: bytes, value: bytes, record: str | int, field: str) -> bytes:
        place = _place(record, field)
        why = self._misfit(kind, value)
        if why is None:
            start = _HEADER.size + NONCE_BYTES
            nonce, sealed = value[_HEADER.size : start], value[start:]
            plain = opened(self.__cipher, nonce, sealed, self.__headers[kind] + place)
            if plain is not None:
                return plain
            why = HOW_IT_FAILED
        msg = f"The value of {field!r} in record {record!r} cannot be decrypted. {why}"
        raise DecryptionError(msg)

    def _misfit(self, kind: bytes, value: bytes) -> str | None:
        """Say what of the open part is not as it should be."""
        check_bytes(value, "value", "FieldCipher")
        if value.startswith(self.__headers[kind]) and len(value) >= _OVERHEAD:
            return None
        if len(value) < _OVERHEAD:
            return f"It has {len(value)} bytes, fewer than an encrypted value. Was it cut off?"
        form, found, version = _HEADER.unpack_from(value)
        if form != _FORM or found not in _KINDS:
            return "It does not begin as an encrypted value does."
        if version != self.__version:
            return f"It is of key version {version}, and this is the key of {self.__version}."
        return f"It is {_KINDS[found]}, and {_KINDS[kind]} was asked for."

    def __repr__(self) -> str:
        """Say the version of the key, and nothing of the key."""
        return f"<FieldCipher: key version {self.__version}>"


def key_version_of(value: bytes) -> int:
    """Tell which version of the key a value was encrypted under, without any key.

    Parameters
    ----------
    value : bytes
        Of :class:`FieldCipher`, or a key of :func:`wrap_key`.

    Returns
    -------
    int
        What the value says; whether it is true shows when it is decrypted.

    Raises
    ------
    DecryptionError
        It is no encrypted value.

    Examples
    --------
    >>> from creditscore.protect import FieldCipher, key_version_of
    >>> cipher = FieldCipher(bytes(range(32)), 7)
    >>> key_version_of(cipher.encrypt_text("Ana", record=1, field="name"))
    7
    """
    return _header(value)[1]


def reencrypt(
    value: bytes, old: FieldCipher, new: FieldCipher, *, record: str | int, field: str
) -> bytes:
    """Decrypt a value and encrypt it under another key, for the same record and field.

    Parameters
    ----------
    value : bytes
        Encrypted by `old`: a text, a number or bytes.
    old, new : FieldCipher
        Ciphers before and after the rotation.
    record : str or int
        Name of the record.
    field : str
        Name of the field.

    Returns
    -------
    bytes
        The same value under the new key, with a new nonce.

    Raises
    ------
    DecryptionError
        Another key, record or field, or a value that was altered.

    Examples
    --------
    >>> from creditscore.protect import FieldCipher, reencrypt
    >>> old, new = FieldCipher(bytes(32), 1), FieldCipher(bytes(range(32)), 2)
    >>> sealed = old.encrypt_text("Ana", record=1, field="name")
    >>> again = reencrypt(sealed, old, new, record=1, field="name")
    >>> new.decrypt_text(again, record=1, field="name")
    'Ana'
    """
    kind, _ = _header(value)
    plain = old._opened(kind, value, record, field)  # noqa: SLF001 - of this very file
    return new._sealed(kind, plain, _place(record, field))  # noqa: SLF001


def _header(value: bytes) -> tuple[bytes, int]:
    """Return kind and key version that a value says it has."""
    check_bytes(value, "value", "key_version_of")
    if len(value) >= _OVERHEAD:
        form, kind, version = _HEADER.unpack_from(value)
        if form == _FORM and kind in _KINDS and version:
            return kind, version
    msg = f"These {len(value)} bytes are no value that a FieldCipher encrypted."
    raise DecryptionError(msg)


def _text_bytes(value: Any) -> bytes:
    try:
        if isinstance(value, str):
            return value.encode("utf-8")
        got = type(value).__name__
    except UnicodeEncodeError:
        got = "one with half a character"
    del value
    msg = f"The 'value' to encrypt must be a text. Got {got} instead."
    raise InvalidParameterError(msg)


def _number_fault(value: Any) -> str | None:
    """Say why a number would not come back as it is, without showing it; None where it would."""
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole and not isinstance(value, (float, np.floating)):
        return f"The 'value' to encrypt must be a number. Got {type(value).__name__} instead."
    try:
        exact = not whole or int(float(value)) == int(value)
    except OverflowError:
        exact = False
    if exact:
        return None
    return (
        "The 'value' to encrypt is a whole number that no double holds, so that another would come "
        "back. It looks like an identifier: encrypt it as text."
    )


def _place(record: Any, field: Any) -> bytes:
    """Return the associated data of a place: each name with its length in front."""
    first, second = _name_bytes(record, "record"), _name_bytes(field, "field")
    return b"".join((_PLACE, _LENGTH.pack(len(first)), first, _LENGTH.pack(len(second)), second))


def _places(
    records: Sequence[str | int], field: str | Sequence[str], n_values: int
) -> Iterable[bytes]:
    fields = [field] * n_values if isinstance(field, str) else field
    _check_lengths(n_values, records=len(records), field=len(fields))
    return map(_place, records, fields)


def _name_bytes(value: Any, name: str) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
        return b"%d" % int(value)
    msg = f"The {name!r} of an encrypted value must be a text or an integer. Got {value!r} instead."
    raise InvalidParameterError(msg)


def _check_lengths(n_values: int, **others: int) -> None:
    for name, n in others.items():
        if n != n_values:
            msg = f"The {name!r} parameter must have one for each of {n_values} values. Got {n}."
            raise InvalidParameterError(msg)
