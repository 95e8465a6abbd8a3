"""Key rings: versions, rotation, and files, variables and functions that keys come from."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from creditscore.exceptions import InvalidParameterError, KeyStoreError
from creditscore.protect import KeyRing, hkdf_sha256

ONE, TWO = bytes(range(32)), bytes(range(32, 64))
RING = KeyRing({1: ONE, 2: TWO})
needs_owners = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs owners of POSIX")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "keys").mkdir(mode=0o700)
    return tmp_path / "keys" / "ring.json"


# --- rings -----------------------------------------------------------------------------------


def test_versions_and_rotation() -> None:
    assert (RING.versions, RING.current) == ((1, 2), 2)
    assert KeyRing({1: ONE, 2: TWO}, current=1).current == 1
    new = RING.rotated()
    assert (new.versions, new.current) == ((1, 2, 3), 3)
    assert new.derive("x", version=1) == RING.derive("x", version=1)
    assert new.derive("x") != RING.derive("x")
    assert new.without(1).versions == (2, 3)
    assert RING.versions == (1, 2)
    assert repr(new) == "<KeyRing: 3 keys, current version 3>"
    assert repr(KeyRing({7: ONE})) == "<KeyRing: 1 key, current version 7>"


def test_what_is_derived_is_hkdf_of_length_and_purpose() -> None:
    info = (32).to_bytes(8, "big") + "审计".encode()
    expected = hkdf_sha256(TWO, salt=b"creditscore.key_ring", info=info)
    assert RING.derive("审计") == expected


def test_rings_compare_by_all_their_keys() -> None:
    assert KeyRing({2: TWO, 1: ONE}) == RING
    assert hash(KeyRing({2: TWO, 1: ONE})) == hash(RING)
    assert KeyRing({1: TWO, 2: ONE}) != RING
    assert KeyRing({1: ONE, 2: TWO}, current=1) != RING
    assert KeyRing({1: ONE}) != RING
    assert RING != "a ring"
    assert KeyRing.generate() != KeyRing.generate()


@pytest.mark.parametrize(
    ("keys", "current", "why"),
    [
        ({}, None, "needs keys by their version.*Got no key"),
        ([ONE], None, "needs keys by their version.*Got list"),
        ({0: ONE}, None, "whole numbers from 1 to 65,535"),
        ({True: ONE}, None, "whole numbers from 1 to 65,535"),
        ({"1": ONE}, None, "whole numbers from 1 to 65,535"),
        ({65536: ONE}, None, "whole numbers from 1 to 65,535"),
        ({1: ONE[:16]}, None, "version 1 of a KeyRing must be 32 bytes.*Got 16 bytes"),
        ({1: "k" * 32}, None, "version 1 of a KeyRing must be 32 bytes.*Got str"),
        ({1: ONE, 2: ONE}, None, "Version 2 has the key of another version"),
        ({1: ONE}, 2, "current version 2 has no key. The ring has 1"),
        ({1: ONE}, True, "current version True has no key"),
        ({1: ONE}, 1.0, r"current version 1\.0 has no key"),
    ],
)
def test_what_is_no_ring(keys: Any, current: Any, why: str) -> None:
    with pytest.raises(KeyStoreError, match=why):
        KeyRing(keys, current)


def test_what_a_ring_does_not_do() -> None:
    with pytest.raises(KeyStoreError, match="Version 2 is the current one"):
        RING.without(2)
    with pytest.raises(KeyStoreError, match=r"no key of version 3. The ring has 1, 2"):
        RING.without(3)
    with pytest.raises(KeyStoreError, match=r"no key of version \[1\]"):
        RING.derive("x", version=[1])  # type: ignore[arg-type]
    with pytest.raises(KeyStoreError, match="whole numbers from 1 to 65,535"):
        KeyRing({65535: ONE}).rotated()
    with pytest.raises(InvalidParameterError, match=r"'purpose'.*Got ' '"):
        RING.derive(" ")
    with pytest.raises(InvalidParameterError, match=r"'length'.*from 16 to 8160"):
        RING.derive("x", length=8)


def test_blanks_at_the_ends_of_a_purpose_make_no_other_key() -> None:
    assert RING.derive(" audit trail ") == RING.derive("audit trail")
    assert RING.derive("audit  trail") != RING.derive("audit trail")


def test_the_name_of_a_new_file_is_written_to_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without, a crash may leave a store whose keys are gone."""
    synced = []
    real = os.fsync

    def fsync(handle: int) -> None:
        synced.append(stat.S_ISDIR(os.fstat(handle).st_mode))
        real(handle)

    tmp_path.chmod(0o700)
    monkeypatch.setattr(os, "fsync", fsync)
    RING.to_file(tmp_path / "keys")
    assert synced == [False, True]


# --- texts -----------------------------------------------------------------------------------


def test_texts_come_back() -> None:
    found = json.loads(RING.to_text())
    assert found["format"] == "creditscore.key_ring"
    assert found["keys"]["1"] == "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    assert KeyRing.from_text(RING.to_text()) == RING
    assert KeyRing.from_text(KeyRing({1: ONE, 2: TWO}, 1).to_text()).current == 1


def altered(**changes: Any) -> str:
    found = {**json.loads(RING.to_text()), **changes}
    return json.dumps({name: value for name, value in found.items() if value is not None})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not the text of a KeyRing"),
        ("[]", "not the text of a KeyRing"),
        ("[" * 100_000, "not the text of a KeyRing"),
        (RING.to_text()[:-3], "not the text of a KeyRing"),
        (altered(format="creditscore.scorecard"), "not the text of a KeyRing"),
        (altered(schema_version=2), "not the text of a KeyRing"),
        (altered(check=None), "not the text of a KeyRing"),
        (altered(more=1), "not the text of a KeyRing"),
        (altered(keys={"one": "AAEC"}), "not the text of a KeyRing"),
        (altered(keys={"1": "?"}), "not the text of a KeyRing"),
        (altered(keys={"1": 5}), "not the text of a KeyRing"),
        (altered(keys=[]), "not the text of a KeyRing"),
        (altered(check=5), "not the text of a KeyRing"),
        (altered(check="ä"), "not the text of a KeyRing"),
        (altered(keys={"1": "AAEC"}), "must be 32 bytes.*Got 3 bytes"),
        (altered(current=3), "current version 3 has no key"),
        (altered(current=1), "damaged: its keys do not match"),
        (altered(check="0" * 16), "damaged: its keys do not match"),
        (RING.to_text().replace("AAEC", "AAED"), "damaged: its keys do not match"),
    ],
)
def test_texts_that_are_none(text: str, why: str) -> None:
    with pytest.raises(KeyStoreError, match=why) as caught:
        KeyRing.from_text(text)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


# --- files -----------------------------------------------------------------------------------


def test_files_come_back(place: Path) -> None:
    old = os.umask(0)
    try:
        RING.to_file(place)
    finally:
        os.umask(old)
    assert KeyRing.from_file(place) == RING
    if hasattr(os, "geteuid"):
        assert stat.S_IMODE(place.stat().st_mode) == 0o600


def test_keys_are_never_overwritten(place: Path) -> None:
    RING.to_file(place)
    with pytest.raises(KeyStoreError, match=r"there already. A file of keys is never overwritten"):
        KeyRing.generate().to_file(place)
    assert KeyRing.from_file(place) == RING


@needs_owners
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o660, 0o777, 0o610, 0o601])
def test_a_file_that_others_can_get_at(place: Path, mode: int) -> None:
    RING.to_file(place)
    place.chmod(mode)
    with pytest.raises(KeyStoreError, match=f"the permissions {mode:04o}.*chmod 600"):
        KeyRing.from_file(place)


@needs_owners
def test_a_file_of_another_user(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    RING.to_file(place)
    mine = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    with pytest.raises(KeyStoreError, match=f"belongs to the user {mine}, and you are {mine + 1}"):
        KeyRing.from_file(place)


@needs_owners
def test_links_pipes_and_folders(place: Path) -> None:
    RING.to_file(place)
    link = place.with_name("link.json")
    link.symlink_to(place)
    with pytest.raises(KeyStoreError, match=r"is a link. Name the file of keys itself"):
        KeyRing.from_file(link)
    with pytest.raises(KeyStoreError, match="there already"):
        RING.to_file(link)
    dangling = place.with_name("dangling.json")
    dangling.symlink_to(place.with_name("elsewhere.json"))
    with pytest.raises(KeyStoreError, match="there already"):
        RING.to_file(dangling)
    assert not place.with_name("elsewhere.json").exists()
    with pytest.raises(KeyStoreError, match="is no plain file"):
        KeyRing.from_file(place.parent)
    pipe = place.with_name("pipe")
    os.mkfifo(pipe, 0o600)
    with pytest.raises(KeyStoreError, match="is no plain file"):
        KeyRing.from_file(pipe)


@needs_owners
@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o702])
def test_a_folder_that_everybody_writes_to(place: Path, mode: int) -> None:
    RING.to_file(place)
    place.parent.chmod(mode)
    try:
        with pytest.raises(KeyStoreError, match="Everybody can write into the folder"):
            KeyRing.from_file(place)
        with pytest.raises(KeyStoreError, match="Everybody can write into the folder"):
            RING.to_file(place.with_name("other.json"))
    finally:
        place.parent.chmod(0o700)


@needs_owners
def test_a_folder_above_counts_unless_it_is_sticky(place: Path) -> None:
    RING.to_file(place)
    above = place.parent.parent
    before = stat.S_IMODE(above.stat().st_mode)
    try:
        above.chmod(0o1777)
        assert KeyRing.from_file(place) == RING
        above.chmod(0o777)
        with pytest.raises(KeyStoreError, match="Everybody can write"):
            KeyRing.from_file(place)
    finally:
        above.chmod(before)


def test_files_that_hold_something_else(place: Path) -> None:
    with pytest.raises(KeyStoreError, match=r"no file of keys .*generate"):
        KeyRing.from_file(place)
    with pytest.raises(KeyStoreError, match=r"no folder .* for the keys"):
        RING.to_file(place.parent / "none" / "ring.json")
    for number, (content, why) in enumerate([
        (b"\xff\xfe", "not text in UTF-8"),
        (b"x" * 70_000, "more than 65,536 bytes"),
        (b"{}", "not the text of a KeyRing"),
    ]):  # fmt: skip
        path = place.with_name(f"{number}.json")
        path.write_bytes(content)
        path.chmod(0o600)
        with pytest.raises(KeyStoreError, match=why):
            KeyRing.from_file(path)


@needs_owners
def test_a_write_that_fails_leaves_nothing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        RING.to_file(place)
    assert not place.exists()


# --- environment and functions ---------------------------------------------------------------


def test_keys_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDITSCORE_KEYS", RING.to_text())
    assert KeyRing.from_environment() == RING
    monkeypatch.setenv("OTHER_KEYS", "oops")
    with pytest.raises(KeyStoreError, match="not the text of a KeyRing"):
        KeyRing.from_environment("OTHER_KEYS")
    monkeypatch.setenv("OTHER_KEYS", "")
    with pytest.raises(KeyStoreError, match="'OTHER_KEYS' of the environment is not set"):
        KeyRing.from_environment("OTHER_KEYS")


@pytest.mark.parametrize("answer", [RING.to_text(), {1: ONE, 2: TWO}])
def test_a_function_is_asked_once(answer: Any) -> None:
    asked = []

    def fetch() -> Any:
        asked.append(1)
        return answer

    ring = KeyRing.from_callback(fetch)
    assert ring == RING
    ring.derive("x")
    ring.cipher("y")
    assert asked == [1]


def test_a_function_that_has_no_keys() -> None:
    with pytest.raises(KeyStoreError, match=r"needs keys by their version.*Got NoneType"):
        KeyRing.from_callback(lambda: None)  # type: ignore[arg-type,return-value]

    def unreachable() -> str:
        msg = "the key service does not answer"
        raise TimeoutError(msg)

    with pytest.raises(TimeoutError, match="does not answer"):
        KeyRing.from_callback(unreachable)
