"""Encryption: published vectors come out, and what was moved or changed cannot be read."""

from __future__ import annotations

import copy
import pickle
import struct
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore.exceptions import DecryptionError, InvalidParameterError, KeyStoreError
from creditscore.protect import (
    Actor,
    AuditRecord,
    AuditTrail,
    FieldCipher,
    KeyRing,
    MemorySink,
    Pseudonymiser,
    aes_gcm,
    chain_hash,
    decrypt,
    encrypt,
    hkdf_sha256,
    hmac_sha256,
    key_version_of,
    reencrypt,
    subjects_digest,
    unwrap_key,
    verify_records,
    wrap_key,
)
from creditscore.protect._crypto import _field_cipher

KEY = bytes(range(32))
OTHER = bytes(range(1, 33))
CIPHER = FieldCipher(KEY, 3)
PLACE: dict[str, Any] = {"record": "17", "field": "name"}
GCM_KEY = bytes.fromhex("feffe9928665731c6d6a8f9467308308")
GCM_NONCE = bytes.fromhex("cafebabefacedbaddecaf888")
GCM_TEXT = bytes.fromhex(
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
)
GCM_DATA = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")


# --- published vectors -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "nonce", "plain", "data", "sealed"),
    [
        # McGrew and Viega, The Galois/Counter Mode of Operation, test cases 14, 4 and 16
        (bytes(32), bytes(12), bytes(16), b"",
         "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"),
        (GCM_KEY, GCM_NONCE, GCM_TEXT, GCM_DATA,
         ("42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
         "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
         "5bc94fbc3221a5db94fae95ae7121a47")),
        (GCM_KEY * 2, GCM_NONCE, GCM_TEXT, GCM_DATA,
         ("522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
         "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
         "76fc6ece0f4e1768cddf8853bb2d551b")),
    ],
    ids=["TC14", "TC4", "TC16"],
)  # fmt: skip
def test_aes_gcm_vectors(key: bytes, nonce: bytes, plain: bytes, data: bytes, sealed: str) -> None:
    assert aes_gcm(key, nonce, plain, data).hex() == sealed
    if len(key) == 32:
        assert decrypt(nonce + bytes.fromhex(sealed), key=key, associated=data) == plain


@pytest.mark.parametrize(
    ("key", "message", "code"),
    [
        # RFC 4231, cases 1, 2, 3 and 6
        (b"\x0b" * 20, b"Hi There",
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (b"Jefe", b"what do ya want for nothing?",
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (b"\xaa" * 20, b"\xdd" * 50,
         "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        (b"\xaa" * 131, b"Test Using Larger Than Block-Size Key - Hash Key First",
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
    ],
)  # fmt: skip
def test_hmac_vectors(key: bytes, message: bytes, code: str) -> None:
    assert hmac_sha256(key, message).hex() == code


@pytest.mark.parametrize(
    ("material", "salt", "info", "length", "okm"),
    [
        # RFC 5869, appendix A, cases 1 to 3
        (b"\x0b" * 22, bytes(range(13)), bytes(range(0xF0, 0xFA)), 42,
         "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"),
        (bytes(range(80)), bytes(range(0x60, 0xB0)), bytes(range(0xB0, 0x100)), 82,
         ("b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c6"
         "5e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87")),
        (b"\x0b" * 22, b"", b"", 42,
         "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"),
    ],
)  # fmt: skip
def test_hkdf_vectors(material: bytes, salt: bytes, info: bytes, length: int, okm: str) -> None:
    assert hkdf_sha256(material, salt=salt, info=info, length=length).hex() == okm


# --- laws ------------------------------------------------------------------------------------

NAMES = st.text(max_size=12) | st.integers()


@given(st.binary(max_size=200), st.binary(min_size=32, max_size=32), st.binary(max_size=50))
def test_decrypting_undoes_encrypting(value: bytes, key: bytes, associated: bytes) -> None:
    sealed = encrypt(value, key=key, associated=associated)
    assert len(sealed) == len(value) + 28
    assert decrypt(sealed, key=key, associated=associated) == value


@given(st.binary(max_size=40), st.data())
def test_any_flipped_bit_is_found(value: bytes, data: st.DataObject) -> None:
    sealed = bytearray(encrypt(value, key=KEY, associated=b"here"))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(DecryptionError, match="cannot be decrypted"):
        decrypt(bytes(sealed), key=KEY, associated=b"here")


def test_each_bit_of_a_field_is_guarded() -> None:
    sealed = CIPHER.encrypt_text("Ana", **PLACE)
    for bit in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(DecryptionError, match="'name' in record '17' cannot be decrypted"):
            CIPHER.decrypt_text(bytes(changed), **PLACE)


@given(st.text(max_size=30), NAMES, st.text(max_size=12))
def test_texts_come_back(value: str, record: str | int, field: str) -> None:
    sealed = CIPHER.encrypt_text(value, record=record, field=field)
    assert len(sealed) == len(value.encode()) + 32
    assert CIPHER.decrypt_text(sealed, record=record, field=field) == value
    assert CIPHER.decrypt_text(sealed, record=str(record), field=field) == value


@given(st.floats())
def test_all_bits_of_numbers_come_back(value: float) -> None:
    sealed = CIPHER.encrypt_number(value, **PLACE)
    assert struct.pack(">d", CIPHER.decrypt_number(sealed, **PLACE)) == struct.pack(">d", value)


@given(st.tuples(NAMES, st.text(max_size=6)), st.tuples(NAMES, st.text(max_size=6)))
def test_no_value_can_be_moved(place: tuple[Any, str], other: tuple[Any, str]) -> None:
    sealed = CIPHER.encrypt_text("Ana", record=place[0], field=place[1])
    if (str(place[0]), place[1]) == (str(other[0]), other[1]):
        return
    with pytest.raises(DecryptionError, match="altered or moved"):
        CIPHER.decrypt_text(sealed, record=other[0], field=other[1])


@pytest.mark.parametrize(
    ("first", "second"),
    [(("ab", "c"), ("a", "bc")), (("a", ""), ("", "a")), (("a|b", "c"), ("a", "b|c")),
     (("1", "2"), ("12", "")), (("a\0", "b"), ("a", "\0b"))],
)  # fmt: skip
def test_places_that_look_alike_in_a_row_are_two(first: Any, second: Any) -> None:
    sealed = CIPHER.encrypt_text("Ana", record=first[0], field=first[1])
    with pytest.raises(DecryptionError, match="altered or moved"):
        CIPHER.decrypt_text(sealed, record=second[0], field=second[1])


@given(st.lists(st.none() | st.text(max_size=8), max_size=8))
def test_many_texts_are_each_by_itself(values: list[str | None]) -> None:
    records = list(range(len(values)))
    sealed = CIPHER.encrypt_texts(values, records=records, field="name")
    assert [v is None for v in values] == [v is None for v in sealed]
    for record, value in enumerate(sealed):
        if value is not None:
            assert CIPHER.decrypt_text(value, record=record, field="name") == values[record]
    assert CIPHER.decrypt_texts(sealed, records=records, field="name") == values
    fields = [f"field {record}" for record in records]
    again = CIPHER.encrypt_texts(values, records=records, field=fields)
    assert CIPHER.decrypt_texts(again, records=records, field=fields) == values


def test_no_nonce_comes_twice() -> None:
    sealed = CIPHER.encrypt_texts(["same"] * 5_000, records=[1] * 5_000, field="f")
    assert len({value[4:16] for value in sealed if value is not None}) == 5_000


# --- fields ----------------------------------------------------------------------------------


def test_the_form_of_a_field() -> None:
    sealed = CIPHER.encrypt_text("Ana", **PLACE)
    assert sealed[:4] == b"\x01t\x00\x03"
    place = b"creditscore.field\x00\x00\x00\x0217\x00\x00\x00\x04name"
    assert decrypt(sealed[4:], key=KEY, associated=sealed[:4] + place) == b"Ana"
    assert key_version_of(sealed) == 3


def test_what_was_one_kind_is_not_read_as_another() -> None:
    number = CIPHER.encrypt_number(np.float32(2.5), **PLACE)
    with pytest.raises(DecryptionError, match="It is a number, and a text was asked for"):
        CIPHER.decrypt_text(number, **PLACE)
    raw = CIPHER.encrypt_bytes(b"\x00\xff", **PLACE)
    assert CIPHER.decrypt_bytes(raw, **PLACE) == b"\x00\xff"
    with pytest.raises(DecryptionError, match="altered or moved"):
        CIPHER.decrypt_text(b"\x01t" + raw[2:], **PLACE)


def test_another_key_and_another_version() -> None:
    sealed = CIPHER.encrypt_text("Ana", **PLACE)
    with pytest.raises(DecryptionError, match="another key"):
        FieldCipher(OTHER, 3).decrypt_text(sealed, **PLACE)
    with pytest.raises(DecryptionError, match="key version 3, and this is the key of 4"):
        FieldCipher(KEY, 4).decrypt_text(sealed, **PLACE)
    with pytest.raises(DecryptionError, match="altered or moved"):
        FieldCipher(KEY, 4).decrypt_text(sealed[:2] + b"\x00\x04" + sealed[4:], **PLACE)


@pytest.mark.parametrize(
    ("value", "why"),
    [(b"", "It has 0 bytes"), (b"\x01t\x00\x03" + bytes(27), "It has 31 bytes"),
     (bytes(40), "does not begin as an encrypted value"),
     (b"\x01x\x00\x03" + bytes(40), "does not begin as an encrypted value")],
)  # fmt: skip
def test_what_is_no_encrypted_value(value: bytes, why: str) -> None:
    with pytest.raises(DecryptionError, match=why):
        CIPHER.decrypt_text(value, **PLACE)
    if why.startswith("It has 0") or "begin" in why:
        with pytest.raises(DecryptionError, match="no value that a FieldCipher encrypted"):
            key_version_of(value)


@pytest.mark.parametrize("kind", ["text", "number", "bytes"])
def test_reencrypting_keeps_the_value_and_its_kind(kind: str) -> None:
    value = {"text": "Ana", "number": -0.0, "bytes": b"\x00"}[kind]
    new = FieldCipher(OTHER, 4)
    sealed = getattr(CIPHER, f"encrypt_{kind}")(value, **PLACE)
    again = reencrypt(sealed, CIPHER, new, **PLACE)
    assert key_version_of(again) == 4
    assert repr(getattr(new, f"decrypt_{kind}")(again, **PLACE)) == repr(value)
    with pytest.raises(DecryptionError, match="key version 4"):
        reencrypt(again, CIPHER, new, **PLACE)


def test_a_key_is_used_so_often_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_field_cipher, "MOST_MESSAGES", 2)
    cipher = FieldCipher(KEY)
    for n in (1, 2):
        cipher.encrypt_text("x", **PLACE)
        assert cipher.n_encrypted == n
    with pytest.raises(KeyStoreError, match=r"the most it may. Rotate the keys"):
        cipher.encrypt_text("x", **PLACE)
    assert cipher.n_encrypted == 2


@pytest.mark.parametrize(
    ("call", "why"),
    [
        (lambda: CIPHER.encrypt_text(5, **PLACE), "must be a text. Got int"),  # type: ignore[arg-type]
        (lambda: CIPHER.encrypt_text("\ud800", **PLACE), "half a character"),
        (lambda: CIPHER.encrypt_number(True, **PLACE), "must be a number. Got bool"),
        (lambda: CIPHER.encrypt_number("5", **PLACE), "must be a number. Got str"),  # type: ignore[arg-type]
        (lambda: CIPHER.encrypt_number(2**53 + 1, **PLACE), "no double holds.* as text"),
        (lambda: CIPHER.encrypt_number(np.int64(110101199003070017), **PLACE), "no double holds"),  # type: ignore[arg-type]
        (lambda: CIPHER.encrypt_number(10**400, **PLACE), "no double holds"),
        (lambda: CIPHER.encrypt_bytes("b", **PLACE), "must be bytes. Got str"),  # type: ignore[arg-type]
        (lambda: CIPHER.encrypt_text("x", record=1.5, field="f"), "'record' of an encrypted"),  # type: ignore[arg-type]
        (lambda: CIPHER.encrypt_text("x", record=True, field="f"), "'record' of an encrypted"),
        (lambda: CIPHER.encrypt_text("x", record=1, field=None), "'field' of an encrypted"),  # type: ignore[arg-type]
        (lambda: CIPHER.encrypt_texts(["x"], records=[1, 2], field="f"), "'records' .* each of 1"),
        (lambda: CIPHER.decrypt_texts([None], records=[1], field=["f", "g"]), "'field' .* of 1"),
        (lambda: CIPHER.decrypt_text("x", **PLACE), "must be bytes. Got str"),  # type: ignore[arg-type]
        (lambda: FieldCipher(KEY, 0), "from 1 to 65,535. Got 0"),
        (lambda: FieldCipher(KEY, 2**16), "from 1 to 65,535. Got 65536"),
        (lambda: FieldCipher(KEY[:31], 1), "must be 32 bytes.* Got 31 bytes"),
        (lambda: encrypt("x", key=KEY, associated=b""), "'value'.*Got str"),  # type: ignore[arg-type]
        (lambda: encrypt(b"x", key=KEY, associated=None), "'associated'.*Got NoneType"),  # type: ignore[arg-type]
        (lambda: encrypt(b"x", key="k" * 32, associated=b""), "'key'.*Got str"),  # type: ignore[arg-type]
        (lambda: decrypt(bytes(40), key=b"short", associated=b""), "'key'.*Got 5 bytes"),
        (lambda: aes_gcm(KEY, bytes(11), b""), "a nonce of 12. Got 32 and 11"),
        (lambda: aes_gcm(KEY[:20], bytes(12), b""), "24 or 32 bytes.*Got 20 and 12"),
        (lambda: hkdf_sha256(KEY, length=0), "'length'.* from 1 to 8160. Got 0"),
        (lambda: hkdf_sha256(KEY, length=8161), "from 1 to 8160. Got 8161"),
        (lambda: hkdf_sha256(KEY, info="x"), "'info'.*Got str"),  # type: ignore[arg-type]
        (lambda: hmac_sha256("k", b""), "'key'.*Got str"),  # type: ignore[arg-type]
    ],
)  # fmt: skip
def test_wrong_parameters(call: Callable[[], Any], why: str) -> None:
    with pytest.raises(InvalidParameterError, match=why):
        call()


def test_a_value_cut_short() -> None:
    with pytest.raises(DecryptionError, match="27 bytes is too short"):
        decrypt(bytes(27), key=KEY, associated=b"")


# --- keys under keys -------------------------------------------------------------------------


def test_keys_of_subjects_are_wrapped_for_their_subject() -> None:
    ring = KeyRing.generate()
    wrapped = wrap_key(OTHER, ring, subject="C1")
    assert len(wrapped) == 64
    assert unwrap_key(wrapped, ring, subject="C1") == OTHER
    with pytest.raises(DecryptionError, match="in record 'C2' cannot be decrypted"):
        unwrap_key(wrapped, ring, subject="C2")
    with pytest.raises(DecryptionError, match="another key"):
        unwrap_key(wrapped, KeyRing.generate(), subject="C1")


def test_rotation_wraps_keys_anew_and_leaves_values() -> None:
    ring = KeyRing.generate()
    value = FieldCipher(OTHER).encrypt_text("Ana", **PLACE)
    wrapped = wrap_key(OTHER, ring, subject="C1")
    new = ring.rotated()
    again = wrap_key(unwrap_key(wrapped, new, subject="C1"), new, subject="C1")
    assert (key_version_of(wrapped), key_version_of(again)) == (1, 2)
    last = new.without(1)
    key = unwrap_key(again, last, subject="C1")
    assert FieldCipher(key).decrypt_text(value, **PLACE) == "Ana"
    with pytest.raises(KeyStoreError, match=r"no key of version 1. The ring has 2"):
        unwrap_key(wrapped, last, subject="C1")


# --- secrets stay secret ---------------------------------------------------------------------

ANA = Actor(name="ana")
RECORD = AuditTrail(MemorySink(), key=KEY).append(ANA, "read")


def broken() -> Iterator[AuditRecord]:
    """Give records of a place that can no longer be read."""
    yield RECORD
    msg = "The disk is gone."
    raise OSError(msg)


FAILURES: list[Callable[[], Any]] = [
    lambda: decrypt(bytes(40), key=KEY, associated=b""),
    lambda: decrypt(bytes(3), key=KEY, associated=b""),
    lambda: FieldCipher(KEY, 0),
    lambda: FieldCipher(KEY + b"x", 1),
    lambda: CIPHER.decrypt_text(bytes(40), **PLACE),
    lambda: wrap_key(KEY + b"x", KeyRing.generate(), subject="C1"),
    lambda: aes_gcm(KEY + b"x", bytes(12), b""),
    lambda: KeyRing({1: KEY, 2: b"short"}),
    lambda: KeyRing({1: KEY}, 2),
    lambda: KeyRing({1: KEY, 2: KEY}),
    lambda: KeyRing({1: KEY}).derive(""),
    lambda: KeyRing({1: KEY}).derive("x", version=9),
    lambda: KeyRing({1: KEY}).derive("x", length=99_999),
    lambda: KeyRing({1: KEY}).derive("\ud800"),
    lambda: encrypt("x", key=KEY, associated=b""),  # type: ignore[arg-type]
    lambda: encrypt(b"x", key=KEY, associated="x"),  # type: ignore[arg-type]
    lambda: decrypt("x", key=KEY, associated=b""),  # type: ignore[arg-type]
    lambda: decrypt(bytes(40), key=KEY, associated="x"),  # type: ignore[arg-type]
    lambda: aes_gcm(KEY, b"short", b""),
    lambda: aes_gcm(KEY, bytes(12), "x"),  # type: ignore[arg-type]
    lambda: aes_gcm(KEY, bytes(12), b"", "x"),  # type: ignore[arg-type]
    lambda: hmac_sha256(KEY, "x"),  # type: ignore[arg-type]
    lambda: hkdf_sha256(KEY, salt="x"),  # type: ignore[arg-type]
    lambda: hkdf_sha256(KEY, length=0),
    lambda: wrap_key(KEY, KeyRing.generate(), subject=1.5),  # type: ignore[arg-type]
    lambda: subjects_digest(["X", 1.5], key=KEY),
    lambda: subjects_digest("X", key=KEY),
    lambda: subjects_digest(["X"], key=KEY[:9]),
    lambda: RECORD.is_of([None], key=KEY),
    lambda: chain_hash("0" * 64, {"a": float("nan")}, key=KEY),
    lambda: chain_hash("0", {}, key=KEY),
    lambda: AuditTrail(MemorySink(), key=KEY[:15]),
    lambda: AuditTrail(MemorySink(), key=KEY).append(ANA, "read", subjects=[1.5]),
    lambda: AuditTrail(MemorySink(), key=KEY).append(ANA, "read", {"a": ANA}),
    lambda: verify_records(broken(), key=KEY),
    lambda: verify_records([], key=KEY[:15]),
    lambda: verify_records([], key=KEY, anchors=[5]),  # type: ignore[list-item]
    lambda: verify_records([replace(RECORD, details={"a": ANA})], key=KEY).check(),
    lambda: Pseudonymiser(KEY, "x").pseudonym(1.5),  # type: ignore[arg-type]
    lambda: KeyRing.from_callback(lambda: {0: KEY}),
    lambda: KeyRing.from_text(KeyRing({1: KEY}).to_text()[:-9]),
    lambda: KeyRing.from_text(KeyRing({1: KEY}).to_text().replace('"current": 1', '"current": 2')),
]


@pytest.mark.parametrize("number", range(len(FAILURES)))
def test_no_error_shows_a_key_nor_do_the_variables_of_our_frames(number: int) -> None:
    with pytest.raises(Exception, match=r"[.]") as caught:
        FAILURES[number]()
    error: BaseException | None = caught.value
    shown = ["".join(traceback.format_exception(caught.value))]
    while error is not None:
        for frame, _ in traceback.walk_tb(error.__traceback__):
            if "creditscore/protect" in frame.f_code.co_filename.replace("\\", "/"):
                shown += [f"{value!r}" for value in frame.f_locals.values()]
        error = error.__cause__ or error.__context__
    text = "\n".join(shown)
    assert repr(KEY)[2:30] not in text
    assert KEY.hex()[:20] not in text
    assert "AAECAwQFBgcICQ" not in text


@pytest.mark.parametrize("holder", [KeyRing({1: KEY}), FieldCipher(KEY, 2)], ids=repr)
def test_holders_of_keys_are_not_pickled_and_show_nothing(holder: Any) -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(KeyStoreError, match="is not pickled"):
            pickle.dumps(holder, protocol)
    assert copy.copy(holder) is holder
    assert copy.deepcopy([holder])[0] is holder
    assert not hasattr(holder, "__dict__")
    for shown in (repr(holder), str(holder), f"{holder}", f"{holder!s:>80}"):
        assert "\\x" not in shown
        assert "AAEC" not in shown


def test_what_is_missing_is_named() -> None:
    code = (
        "import sys; sys.modules['cryptography'] = None\n"
        "from creditscore.protect import KeyRing, encrypt, hmac_sha256\n"
        "KeyRing.generate().derive('x'); hmac_sha256(b'k', b'm')\n"
        "encrypt(b'', key=bytes(32), associated=b'')"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert (
        'MissingDependencyError: cryptography is needed to encrypt: pip install "creditscore[s'
        in (done.stderr)
    )


@settings(max_examples=20)
@given(st.sampled_from(["derive", "cipher"]), st.text(min_size=1, max_size=5))
def test_purposes_do_not_share_keys(what: str, purpose: str) -> None:
    ring = KeyRing({1: KEY})
    if not purpose.strip():
        return
    if what == "derive":
        assert ring.derive(purpose) == ring.derive(purpose) != ring.derive(purpose + "x")
        assert ring.derive(purpose, length=64)[:32] != ring.derive(purpose)
        return
    assert ring.cipher(purpose) is ring.cipher(purpose)
    sealed = ring.cipher(purpose).encrypt_text("Ana", **PLACE)
    with pytest.raises(DecryptionError, match="another key"):
        ring.cipher(purpose + "x").decrypt_text(sealed, **PLACE)
