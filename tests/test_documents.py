"""Documents: what is found when a file is not what it was, and that none is left half written."""

from __future__ import annotations

import hashlib
import json
import math
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from creditscore import GradeScale, PointsScale, Scorecard, _document
from creditscore._files import whole_file
from creditscore.exceptions import (
    AlteredDocumentError,
    CreditScoreError,
    DocumentError,
    DocumentNotFoundError,
    InvalidDataError,
    InvalidParameterError,
    SchemaVersionError,
)
from creditscore.scorecard import Attribute, Characteristic, FitSummary

CARD = Scorecard(
    characteristics=(
        Characteristic.numeric(
            "years", cuts=[2, 10.5], points=[0, 4, 40], slopes=[0, 4.5, 0],
            special_points={-9: 7}, missing_points=1,
        ),
        Characteristic.categorical(
            "audit", points={"sauber, geprüft": 30, ('"qualified"', "none\n", "", 3, True): 5},
            missing_points=2, other_points=-3,
        ),
    ),
    base_points=0.1 + 0.2,
    scale=PointsScale(base_score=500),
    fit_summary=FitSummary(
        names=("years", "audit"), intercept=-1.0, coefficients=(-1.0, -0.9), intercept_error=0.1,
        standard_errors=(0.2, 0.3), n_good=70.0, n_bad=30.0, log_likelihood=-50.0,
    ),
)  # fmt: skip
SCALE = GradeScale(labels=("好", "A\u2028", "C"), bounds=(0.02, 1 / 3), closed="left")
KEY = b"a secret"

artefacts = pytest.mark.parametrize("artefact", [CARD, SCALE], ids=["Scorecard", "GradeScale"])
Artefact = Scorecard | GradeScale


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "document.json"


def kind(artefact: Artefact) -> str:
    return "creditscore.scorecard" if isinstance(artefact, Scorecard) else "creditscore.grade_scale"


def load(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def store(path: Path, document: Any, **options: Any) -> None:
    path.write_text(json.dumps(document, **options), encoding="utf-8")


def reseal(document: dict[str, Any]) -> dict[str, Any]:
    """Give an edited document a hash that fits, as anybody can."""
    sealed = {name: document[name] for name in ("format", "schema_version", "content")}
    text = json.dumps(sealed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return {**sealed, "sha256": hashlib.sha256(text.encode()).hexdigest()}


def leaves(value: Any, route: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to each number, word, truth and null of a document."""
    if isinstance(value, dict):
        return [way for name, item in value.items() for way in leaves(item, (*route, name))]
    if isinstance(value, list):
        return [way for place, item in enumerate(value) for way in leaves(item, (*route, place))]
    return [route]


def change(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return "something"
    return (
        value + 1e-9 if isinstance(value, float) else value + (1 if isinstance(value, int) else "x")
    )


# --- what a document holds -----------------------------------------------------------


@artefacts
def test_round_trip(artefact: Artefact, path: Path) -> None:
    artefact.to_json(path)
    assert type(artefact).from_json(path) == artefact
    artefact.to_json(str(path))
    assert type(artefact).from_json(str(path)) == artefact


@artefacts
def test_a_document_names_its_format_its_version_and_its_hash(
    artefact: Artefact, path: Path
) -> None:
    artefact.to_json(path)
    document = load(path)
    assert list(document) == ["format", "schema_version", "content", "sha256"]
    assert document["format"] == kind(artefact)
    assert document["schema_version"] == 1
    assert document["sha256"] == reseal(document)["sha256"]


@artefacts
def test_the_same_content_makes_the_same_file(artefact: Artefact, path: Path) -> None:
    artefact.to_json(path)
    first = path.read_bytes()
    type(artefact).from_json(path).to_json(path)
    assert path.read_bytes() == first
    assert b"\r" not in first
    assert first.endswith(b"\n")


def test_the_scale_is_in_the_file(path: Path) -> None:
    CARD.to_json(path)
    assert load(path)["content"]["scale"] == {"base_score": 500, "base_odds": 50.0, "pdo": 20.0}


# --- accidents -----------------------------------------------------------------------


@artefacts
def test_every_altered_value_is_found(artefact: Artefact, path: Path) -> None:
    artefact.to_json(path)
    document = load(path)
    routes = leaves(document)
    assert len(routes) > 8
    for *way, last in routes:
        altered = json.loads(json.dumps(document))
        holder = altered
        for step in way:
            holder = holder[step]
        holder[last] = change(holder[last])
        store(path, altered)
        with pytest.raises(DocumentError, match=str(path)):
            type(artefact).from_json(path)


@artefacts
def test_altered_content_is_called_altered(artefact: Artefact, path: Path) -> None:
    artefact.to_json(path)
    document = load(path)
    document["content"]["added"] = 1
    store(path, document)
    with pytest.raises(AlteredDocumentError, match="altered or damaged after it was written"):
        type(artefact).from_json(path)


@artefacts
def test_entries_beside_the_sealed_ones_are_refused(artefact: Artefact, path: Path) -> None:
    artefact.to_json(path, key=KEY)
    store(path, load(path) | {"approved_by": "me"})
    with pytest.raises(AlteredDocumentError, match="does not cover: approved_by"):
        type(artefact).from_json(path, key=KEY)


@artefacts
@pytest.mark.parametrize("sha256", [None, "", 5, "0" * 64])
def test_missing_or_wrong_hash(artefact: Artefact, path: Path, sha256: object) -> None:
    artefact.to_json(path)
    document = load(path) | {"sha256": sha256}
    if sha256 is None:
        del document["sha256"]
    store(path, document)
    with pytest.raises(AlteredDocumentError, match="does not match its hash"):
        type(artefact).from_json(path)


@artefacts
def test_spacing_and_order_of_keys_are_no_alteration(artefact: Artefact, path: Path) -> None:
    artefact.to_json(path, key=KEY)
    document = load(path)
    for options in ({"indent": 7}, {"separators": (",", ":")}, {"sort_keys": True}):
        store(path, dict(reversed(document.items())), **options)
        assert type(artefact).from_json(path, key=KEY) == artefact
        store(path, document, ensure_ascii=False, **options)
        assert type(artefact).from_json(path, key=KEY) == artefact


@artefacts
@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.9, 0.99])
def test_truncated_file(artefact: Artefact, path: Path, share: float) -> None:
    artefact.to_json(path)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(DocumentError, match=r"is not JSON.*cut off"):
        type(artefact).from_json(path)


@artefacts
@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"\x80\x04\x95", b"\xff\xfe\x00", b"[1, 2]", b"5", b"null", b'"card"', b"{}"],
)
def test_what_is_no_document(artefact: Artefact, path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(DocumentError):
        type(artefact).from_json(path)


@artefacts
@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_none(artefact: Artefact, path: Path, number: str) -> None:
    artefact.to_json(path)
    path.write_text(
        path.read_text("utf-8").replace("0.02", number).replace("10.5", number), "utf-8"
    )
    with pytest.raises(DocumentError):
        type(artefact).from_json(path)


@artefacts
def test_text_that_is_none(artefact: Artefact, path: Path) -> None:
    artefact.to_json(path)
    text = path.read_text("utf-8").replace('"format"', '"note": "\\ud800", "format"')
    altered = text.replace("years", "\\ud800").replace("好", "\\ud800")
    path.write_text(altered, "utf-8")
    with pytest.raises(DocumentError):
        type(artefact).from_json(path)


@artefacts
def test_endless_nesting(artefact: Artefact, path: Path) -> None:
    path.write_text("[" * 100_000)
    with pytest.raises(DocumentError):
        type(artefact).from_json(path)


# --- other kinds and versions --------------------------------------------------------


def test_a_card_is_no_grade_scale(path: Path) -> None:
    CARD.to_json(path)
    with pytest.raises(
        DocumentError, match=r"not a creditscore.grade_scale.*creditscore.scorecard"
    ):
        GradeScale.from_json(path)
    SCALE.to_json(path)
    with pytest.raises(DocumentError, match=r"not a creditscore.scorecard"):
        Scorecard.from_json(path)


@artefacts
@pytest.mark.parametrize("version", [0, 2, 99, None, "1", 1.5])
def test_another_schema_version(artefact: Artefact, path: Path, version: object) -> None:
    artefact.to_json(path)
    store(path, reseal(load(path) | {"schema_version": version}))
    with pytest.raises(SchemaVersionError, match=r"this release reads version 1\b"):
        type(artefact).from_json(path)


@artefacts
def test_version_is_said_before_the_hash(artefact: Artefact, path: Path) -> None:
    # a later version may well compute its hash in another way
    artefact.to_json(path)
    store(path, load(path) | {"schema_version": 2, "sha256": "unknown"})
    with pytest.raises(SchemaVersionError):
        type(artefact).from_json(path)


def without(name: str) -> Callable[[dict[str, Any]], Any]:
    return lambda content: content.pop(name)


CARD_EDITS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "no scale": without("scale"),
    "no characteristics": without("characteristics"),
    "empty": lambda content: content.clear(),
    "unknown entry": lambda content: content.update(colour="red"),
    "base points of text": lambda content: content.update(base_points="5"),
    "unknown scale": lambda content: content.update(scale={"points": 600}),
    "scale out of range": lambda content: content["scale"].update(pdo=-20),
    "no cuts": lambda content: content["characteristics"][0]["partition"].pop("cuts"),
    "unknown kind": lambda content: content["characteristics"][0]["partition"].update(
        kind="spline"
    ),
    "cuts that fall": lambda content: content["characteristics"][0]["partition"].update(
        cuts=[2, 1]
    ),
    "points of text": lambda content: content["characteristics"][0]["attributes"][0].update(
        points="5"
    ),
    "points of truth": lambda content: content["characteristics"][0]["attributes"][0].update(
        points=True
    ),
    "unknown of an attribute": lambda content: content["characteristics"][0]["attributes"][
        0
    ].update(x=1),
    "attribute too few": lambda content: content["characteristics"][0]["attributes"].pop(),
    "level that is a list": lambda content: content["characteristics"][1]["partition"].update(
        groups=[[["a"]], ["b"]]
    ),
    "name that is a number": lambda content: content["characteristics"][0].update(name=5),
}
SCALE_EDITS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "no labels": without("labels"),
    "no bounds": without("bounds"),
    "empty": lambda content: content.clear(),
    "unknown entry": lambda content: content.update(colour="red"),
    "bounds that fall": lambda content: content.update(bounds=[0.5, 0.1]),
    "bounds of text": lambda content: content.update(bounds=["0.1", "0.2"]),
    "labels of text": lambda content: content.update(labels="ABC"),
}
EDITS = [(CARD, name, edit) for name, edit in CARD_EDITS.items()]
EDITS += [(SCALE, name, edit) for name, edit in SCALE_EDITS.items()]


@pytest.mark.parametrize(
    ("artefact", "edit"),
    [
        pytest.param(artefact, edit, id=f"{type(artefact).__name__}-{name}")
        for artefact, name, edit in EDITS
    ],
)
def test_content_that_is_no_card_in_spite_of_its_hash(
    artefact: Artefact, edit: Callable[[dict[str, Any]], Any], path: Path
) -> None:
    artefact.to_json(path)
    document = load(path)
    edit(document["content"])
    store(path, reseal(document))
    with pytest.raises(DocumentError, match=str(path)):
        type(artefact).from_json(path)


# --- signatures ----------------------------------------------------------------------


@artefacts
def test_signed_file_is_read_with_its_key_and_without_one(artefact: Artefact, path: Path) -> None:
    artefact.to_json(path, key=KEY)
    assert type(artefact).from_json(path, key=KEY) == artefact
    assert type(artefact).from_json(path) == artefact
    assert KEY.decode() not in path.read_text("utf-8")


@artefacts
def test_wrong_key(artefact: Artefact, path: Path) -> None:
    artefact.to_json(path, key=KEY)
    with pytest.raises(AlteredDocumentError, match="not signed with this key"):
        type(artefact).from_json(path, key=KEY + b"!")


@artefacts
def test_unsigned_file_is_refused_where_a_key_is_given(artefact: Artefact, path: Path) -> None:
    artefact.to_json(path)
    with pytest.raises(AlteredDocumentError, match="is not signed"):
        type(artefact).from_json(path, key=KEY)


@artefacts
def test_edit_with_a_new_hash_is_found_by_the_key(artefact: Artefact, path: Path) -> None:
    artefact.to_json(path, key=KEY)
    document = load(path)
    edited = json.loads(json.dumps(document).replace("0.02", "0.03").replace("40.0", "41.0"))
    store(path, reseal(edited) | {"hmac_sha256": document["hmac_sha256"]})
    assert type(artefact).from_json(path) != artefact
    with pytest.raises(AlteredDocumentError, match="not signed with this key"):
        type(artefact).from_json(path, key=KEY)


@pytest.mark.parametrize("signature", [5, "", "ü", None, ["x"]])
def test_signature_of_another_kind(path: Path, signature: object) -> None:
    CARD.to_json(path, key=KEY)
    store(path, load(path) | {"hmac_sha256": signature})
    with pytest.raises(AlteredDocumentError):
        Scorecard.from_json(path, key=KEY)


@pytest.mark.parametrize("key", [b"", "a secret", 5])
def test_a_key_is_bytes_and_not_empty(path: Path, key: Any) -> None:
    # an empty key, as from a variable that is not set, signs nothing: anybody has it
    with pytest.raises(CreditScoreError, match="key"):
        CARD.to_json(path, key=key)
    CARD.to_json(path, key=KEY)
    with pytest.raises(CreditScoreError, match="key"):
        Scorecard.from_json(path, key=key)


# --- writing -------------------------------------------------------------------------


def stop(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def write_half(self: Path, text: str, *_: object, **__: object) -> None:
    self.write_bytes(text.encode()[: len(text) // 2])
    stop()


@artefacts
@pytest.mark.parametrize(
    ("owner", "name", "fails"),
    [
        (json, "dumps", stop),
        (Path, "write_text", write_half),
        (Path, "replace", stop),
        (os, "fsync", stop),
    ],
    ids=["json.dumps", "half written", "replace", "fsync"],
)
def test_failed_write_leaves_the_old_file_and_nothing_beside_it(
    artefact: Artefact,
    owner: Any,
    name: str,
    fails: Callable[..., None],
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path.write_bytes(b"the old file")
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, fails)
        with pytest.raises(OSError, match="No space left"):
            artefact.to_json(path)
    assert path.read_bytes() == b"the old file"
    assert list(path.parent.iterdir()) == [path]


def test_content_that_no_file_can_hold(path: Path) -> None:
    for value in ({1, 2}, math.nan, "\udc80"):
        with pytest.raises(InvalidDataError, match="was not written"):
            _document.write_document(path, {"value": value}, kind="k", version=1)
    assert list(path.parent.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_a_private_file_is_private_while_it_is_written(path: Path) -> None:
    path.touch(mode=0o600)
    with whole_file(path) as temporary:
        assert stat.S_IMODE(temporary.stat().st_mode) == 0o600


@artefacts
def test_failed_first_write_leaves_nothing(
    artefact: Artefact, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", stop)
        with pytest.raises(OSError, match="No space left"):
            artefact.to_json(path)
    assert list(path.parent.iterdir()) == []


@artefacts
def test_missing_folders_are_made(artefact: Artefact, tmp_path: Path) -> None:
    path = tmp_path / "cards" / "2024" / "card.json"
    artefact.to_json(path)
    assert type(artefact).from_json(path) == artefact


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_permissions_are_those_of_a_plain_file_and_stay(path: Path) -> None:
    plain = path.with_name("plain")
    plain.touch()
    SCALE.to_json(path)
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)
    path.chmod(0o600)
    SCALE.to_json(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600, "a private file was opened to others"


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_a_link_stays_a_link(path: Path) -> None:
    SCALE.to_json(path)
    link = path.with_name("link.json")
    link.symlink_to(path)
    GradeScale.agency().to_json(link)
    assert link.is_symlink()
    assert GradeScale.from_json(path) == GradeScale.agency()


# --- reading by path -----------------------------------------------------------------


@pytest.mark.parametrize("as_path", [str, Path])
def test_there_is_no_file_to_read(as_path: Callable[[Path], Any], path: Path) -> None:
    SCALE.to_json(path.with_name("scorecard_1.json"))
    with pytest.raises(DocumentNotFoundError) as caught:
        Scorecard.from_json(as_path(path.with_name("scorecard.json")))
    message = str(caught.value)
    assert f"There is no file '{path.with_name('scorecard.json')}'" in message
    assert "It holds 'scorecard_1.json'" in message
    assert "The text of a document begins with '{'" in message


def test_no_file_is_still_the_error_of_the_system(path: Path) -> None:
    for error in (FileNotFoundError, OSError, DocumentError, ValueError, CreditScoreError):
        with pytest.raises(error):
            Scorecard.from_json(path)


def test_there_is_no_folder_to_read_from(path: Path) -> None:
    with pytest.raises(DocumentNotFoundError, match="Nor is there a folder"):
        Scorecard.from_json(path.parent / "cards" / "card.json")
    path.write_text("a file")
    with pytest.raises(DocumentNotFoundError, match="There is no file"):
        Scorecard.from_json(path / "card.json")


@pytest.mark.parametrize("as_path", [str, Path])
def test_a_folder_is_no_document(as_path: Callable[[Path], Any], path: Path) -> None:
    CARD.to_json(path)
    with pytest.raises(DocumentNotFoundError, match=r"is a folder.*It holds 'document\.json'"):
        Scorecard.from_json(as_path(path.parent))
    with pytest.raises(InvalidParameterError, match=r"is a folder\. Name the file"):
        CARD.to_json(as_path(path.parent))


def test_no_path_at_all(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    with pytest.raises(DocumentNotFoundError, match=r"^'?\.'? is a folder"):
        Scorecard.from_json("")


@pytest.mark.parametrize("text", ["[1, 2]", "card\0", "x" * 100_000, "[" + "1, " * 5_000 + "1]"])
def test_text_that_is_neither_path_nor_document(text: str) -> None:
    with pytest.raises(DocumentNotFoundError, match="text of a document begins with") as caught:
        Scorecard.from_json(text)
    assert len(str(caught.value)) < 1_000


@pytest.mark.parametrize("wrong", [None, 5, b"secret", {"format": "x"}, CARD])
def test_what_is_no_path(wrong: Any) -> None:
    with pytest.raises(InvalidParameterError, match="'path' must be a str or a Path") as caught:
        Scorecard.from_json(wrong)
    assert "secret" not in str(caught.value)
    if wrong is not None:
        with pytest.raises(InvalidParameterError, match="'path' must be a str or a Path") as caught:
            CARD.to_json(wrong)
        assert "secret" not in str(caught.value)


def test_other_trouble_is_that_of_the_system(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    CARD.to_json(path)

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(PermissionError, match="Permission denied") as caught:
        Scorecard.from_json(path)
    assert not isinstance(caught.value, CreditScoreError)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"is not JSON: it is empty \(0 bytes\)"),
        (b" \n", r"is not JSON: it is empty \(2 bytes\)"),
        (b"hello", r"is not JSON: .* It begins with 'hello'"),
        (b"\x80\x04\x95", r"is not JSON: .* It begins with the bytes 80 04 95"),
        (b'{"format": "creditscore.sco', r"is not JSON: .* Is it cut off"),
        (b"[1, 2]", "not a creditscore document: it holds a list"),
        (b'{"a": 1, "b": 2}', "does not say its format; its entries are: 'a', 'b'"),
        (b"{}", "does not say its format; its entries are: none"),
        (b'{"format": 5}', "does not say its format"),
        (b'{"format": "creditscore.policy"}', "Its format is 'creditscore.policy'"),
    ],
)
def test_what_was_seen_is_said(path: Path, content: bytes, message: str) -> None:
    path.write_bytes(content)
    with pytest.raises(DocumentError, match=message) as caught:
        Scorecard.from_json(path)
    assert str(path) in str(caught.value)


# --- text instead of a file ----------------------------------------------------------


@pytest.mark.parametrize("key", [None, KEY])
def test_text_is_what_the_file_holds(path: Path, key: bytes | None) -> None:
    CARD.to_json(path, key=key)
    text = CARD.to_json(key=key)
    assert text.encode() == path.read_bytes()
    assert Scorecard.from_json(text, key=key) == CARD
    assert Scorecard.from_json(f"\n  {text}", key=key) == CARD
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_is_called_like_a_text_is_read_by_its_path(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    CARD.to_json("{card}.json")
    assert Scorecard.from_json(Path("{card}.json")) == CARD
    assert Scorecard.from_json("./{card}.json") == CARD
    with pytest.raises(DocumentError, match="The text is not JSON"):
        Scorecard.from_json("{card}.json")


def test_errors_of_a_text_do_not_repeat_it() -> None:
    text = CARD.to_json(key=KEY)
    half, other = text[:200], json.dumps(json.loads(text) | {"schema_version": 2})
    for wrong, error, message in (
        (half, DocumentError, "The text is not JSON"),
        ("{}", DocumentError, "The text is not a creditscore.scorecard document"),
        (other, SchemaVersionError, "The text has schema version 2"),
        (text.replace("40.0", "41.0"), AlteredDocumentError, "The text was altered"),
        (json.dumps(reseal(json.loads(text) | {"content": {}})), DocumentError,
         "The text is sealed well, but"),
        ("{" + "\ud800", DocumentError, "The text is not JSON"),
    ):  # fmt: skip
        with pytest.raises(error, match=message) as caught:
            Scorecard.from_json(wrong)
        assert len(str(caught.value)) < 500
    with pytest.raises(AlteredDocumentError, match="The text was not signed with this key"):
        Scorecard.from_json(text, key=b"another")


def test_text_of_content_that_json_cannot_hold() -> None:
    with pytest.raises(InvalidDataError, match="was not written"):
        _document.document_text({"value": math.nan}, kind="k", version=1)


# --- numbers and levels of numpy -----------------------------------------------------


@pytest.mark.parametrize("level", [np.str_("a"), np.int64(1), np.float64(2.5), np.bool_(True)])
def test_levels_of_numpy_are_saved(level: Any, path: Path) -> None:
    part = Characteristic.categorical("x", points={level: 5}, missing_points=0, other_points=0)
    card = Scorecard(characteristics=(part,))
    card.to_json(path)
    assert Scorecard.from_json(path) == card


def test_points_of_numpy_are_saved(path: Path) -> None:
    part = CARD.characteristics[0]
    attributes = (Attribute(points=np.int64(3), n_good=np.int64(5)), *part.attributes[1:])
    card = Scorecard(
        characteristics=(
            Characteristic(name="x", partition=part.partition, attributes=attributes),
        ),
        base_points=np.int64(5),
    )
    card.to_json(path)
    assert Scorecard.from_json(path) == card


def test_a_level_that_is_no_text_is_refused_when_made_or_written(path: Path) -> None:
    with pytest.raises(CreditScoreError):
        Scorecard(
            characteristics=(
                Characteristic.categorical(
                    "x", points={"\ud800": 5}, missing_points=0, other_points=0
                ),
            )
        ).to_json(path)
    assert not path.exists()


def test_hash_is_of_what_the_file_says(path: Path) -> None:
    # one text for one content: sorted keys, no spaces, UTF-8
    content = {"b": [1, 2.5], "a": "ü"}
    _document.write_document(path, content, kind="k", version=3)
    text = '{"content":{"a":"ü","b":[1,2.5]},"format":"k","schema_version":3}'
    assert load(path)["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert _document.read_document(path, kind="k", version=3) == content


@artefacts
def test_a_key_that_stands_twice_is_refused(artefact: Artefact, path: Path) -> None:
    artefact.to_json(path, key=b"secret")
    text = path.read_text(encoding="utf-8")
    twice = text.replace('"content": {', '"content": {}, "content": {', 1)
    path.write_text(twice, encoding="utf-8")
    with pytest.raises(DocumentError, match="the key 'content' stands twice"):
        type(artefact).from_json(path, key=b"secret")
