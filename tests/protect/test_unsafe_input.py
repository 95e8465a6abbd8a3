"""Input that could do harm: paths, archives, sizes, names and YAML."""

from __future__ import annotations

import os
import struct
import zipfile
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore._yaml import read_yaml, write_yaml
from creditscore.exceptions import (
    DocumentError,
    DocumentNotFoundError,
    InvalidParameterError,
    UnsafeInputError,
)
from creditscore.protect import (
    AccessPolicy,
    InputLimits,
    check_archive,
    check_size,
    checked_name,
    checked_path,
)

# --- paths -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["a.csv", "2025/a b.csv", "公司/报告.html", "..a", "a..b", "consent.csv", "com10", ".x"]
)
def test_names_inside_a_folder(tmp_path: Path, name: str) -> None:
    assert checked_path(tmp_path, name) == Path(os.path.realpath(tmp_path)) / name


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../a", r"'\.\.'"), ("a/../../b", r"'\.\.'"), ("a/..", r"'\.\.'"), ("..", r"'\.\.'"),
        (".", "empty part"), ("a//b", "empty part"), ("a/", "empty part"), ("./a", "empty part"),
        ("/etc/passwd", "absolute"), ("~root/x", "absolute"), ("C:/x", "absolute"),
        ("C:x", "absolute"), ("..\\a", "absolute"), ("a\\b", "absolute"),
        ("\\\\host\\x", "absolute"),
        ("a.txt:stream", "absolute"), ("a|b", "absolute"), ("a?", "absolute"), ("*", "absolute"),
        ("a\0.csv", "null byte"), ("a\nb", "null byte"), ("a\u202etxt.exe", "null byte"),
        ("a\u200b", "null byte"), ("\ud800", "null byte"),
        ("", "empty"), ("  ", "empty"),
        ("．．/a", r"'\.\.'"), ("‥/a", r"'\.\.'"), ("a／../b", "ends with"), ("..／a", r"'\.\.'"),
        ("nul", "device"), ("NUL.csv", "device"), ("a/com1.txt", "device"), ("Aux .x", "device"),
        ("lpt9", "device"), ("com¹", "device"), ("conin$", "device"),
        ("a.", "ends with a blank or a dot"), ("a ", "ends with a blank"), (" a", "begins with"),
        ("...", "ends with"), ("x" * 256, "more than 255 bytes"), ("公" * 86, "more than 255"),
    ],
)  # fmt: skip
def test_names_that_lead_out_or_hide_something(tmp_path: Path, name: str, why: str) -> None:
    with pytest.raises(UnsafeInputError, match=why):
        checked_path(tmp_path, name)


def test_links(tmp_path: Path) -> None:
    base = tmp_path / "base"
    (base / "in").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    (base / "out").symlink_to(tmp_path / "outside")
    (base / "alias").symlink_to(base / "in")
    (base / "self").symlink_to(base)
    (base / "file").symlink_to(tmp_path / "outside" / "x.csv")
    assert checked_path(base, "alias/x.csv") == Path(os.path.realpath(base)) / "in" / "x.csv"
    for name in ("out/x.csv", "out", "file", "self"):
        with pytest.raises(UnsafeInputError, match="a link on its way leads out"):
            checked_path(base, name)
    # the folder itself may be reached by a link, as /tmp is on some systems
    (tmp_path / "link").symlink_to(base)
    assert checked_path(tmp_path / "link", "x").parent == Path(os.path.realpath(base))
    # a sibling whose name begins alike is outside
    (tmp_path / "base2").mkdir()
    (base / "near").symlink_to(tmp_path / "base2")
    with pytest.raises(UnsafeInputError, match="leads out"):
        checked_path(base, "near")


def test_paths_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(UnsafeInputError, match="There is no folder"):
        checked_path(tmp_path / "none", "a")
    with pytest.raises(UnsafeInputError, match=r"must be a text. Got PosixPath|Got WindowsPath"):
        checked_path(tmp_path, tmp_path)  # type: ignore[arg-type]


@given(st.text(st.sampled_from("./\\a~: \0"), max_size=10) | st.text(max_size=8))
def test_every_name_stays_inside_or_is_refused(tmp_path_factory: Any, name: str) -> None:
    folder = Path(os.path.realpath(tmp_path_factory.getbasetemp()))
    try:
        path = checked_path(folder, name)
    except UnsafeInputError:
        return
    assert folder in path.parents


# --- archives --------------------------------------------------------------------------------


def archive(path: Path, files: dict[str, bytes], **kwargs: Any) -> Path:
    with zipfile.ZipFile(path, "w", kwargs.pop("compression", zipfile.ZIP_DEFLATED)) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return path


def test_a_workbook_and_a_plain_archive_pass(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in range(2_000):
        book.worksheets[0].append([row, "the same text", -1.5])
    book.save(tmp_path / "book.xlsx")
    check_archive(tmp_path / "book.xlsx")
    check_archive(archive(tmp_path / "a.zip", {"a/b.csv": b"x" * 1_000, "公司.txt": b""}))
    check_archive(archive(tmp_path / "none.zip", {}))
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        check_archive(archive(tmp_path / "m.zip", {"a": b"x" * 500}, compression=method))


@pytest.mark.parametrize(
    ("files", "limits", "why"),
    [
        ({"a": bytes(3_000_000)}, {}, "'a' unpacks to 3,000,000 bytes, .* 100 times are allowed"),
        ({"a": b"12345", "b": b"123456"}, {"max_unpacked_bytes": 10}, "unpacks to 11 bytes; 10"),
        ({"a": b"", "b": b"", "c": b""}, {"max_entries": 2}, "it holds 3 files; 2 are allowed"),
        ({"a": os.urandom(999)}, {"max_bytes": 500}, "bytes, and at most 500 are read"),
        ({"a.zip": b""}, {}, "'a.zip': it is an archive in the archive"),
        ({"x/B.TAR.GZ": b""}, {}, "archive in the archive"),
        ({"data.bin": b"PK\x03\x04rest"}, {}, "'data.bin': it is an archive in the archive"),
        ({"data.bin": b"\x1f\x8b\x08"}, {}, "'data.bin': it is an archive in the archive"),
        ({"../a": b""}, {}, r"'\.\./a': it has an empty part"),
        ({"/etc/passwd": b""}, {}, "absolute"),
        ({"a\\..\\b": b""}, {}, "absolute"),
        ({"nul.txt": b""}, {}, "device"),
        ({"a": b"", "A": b""}, {}, "'A': two files have this name"),
        ({"x.xml": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'}, {},
         "XML that declares a document type"),
        ({"x.xml": '<?xml version="1.0"?><!doctype x><x/>'.encode("utf-16")}, {},
         "XML that declares a document type"),
        ({"x.bin": b"\xef\xbb\xbf <?xml?><!DOCTYPE x>"}, {}, "declares a document type"),
        # behind a comment that fills the first block, and across the border of two
        ({"x.xml": b"<!--" + b"x" * 80_000 + b"--><!DOCTYPE x><x/>"}, {"max_ratio": 10**6},
         "declares a document type"),
        ({"x.xml": b"<!--" + b"x" * 65_525 + b"--><!DOCTYPE x><x/>"}, {"max_ratio": 10**6},
         "declares a document type"),
    ],
)  # fmt: skip
def test_archives_that_are_refused(tmp_path: Path, files: Any, limits: Any, why: str) -> None:
    path = archive(tmp_path / "a.zip", files)
    with pytest.raises(UnsafeInputError, match=why):
        check_archive(path, limits=InputLimits(**limits))


def test_the_list_of_files_is_not_read_where_it_is_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small file may list millions, and the module would make an object of each."""
    path = archive(tmp_path / "a.zip", {"a": b"x"})
    raw = bytearray(path.read_bytes())
    end = raw.rindex(b"PK\x05\x06")
    monkeypatch.setattr(zipfile, "ZipFile", None)
    struct.pack_into("<H", raw, end + 10, 20_000)
    path.write_bytes(raw)
    with pytest.raises(UnsafeInputError, match="it holds 20,000 files; 10,000 are allowed"):
        check_archive(path)
    # a number that is too small does not hide the list itself
    struct.pack_into("<HI", raw, end + 10, 1, 9_000_000)
    path.write_bytes(raw)
    with pytest.raises(UnsafeInputError, match="its list of files has 9,000,000 bytes"):
        check_archive(path)
    large = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 10**7, 47 * 10**7, 0)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
    path.write_bytes(bytes(raw[:end]) + large + locator + bytes(raw[end:]))
    with pytest.raises(UnsafeInputError, match="it holds 10,000,000 files"):
        check_archive(path)


def test_an_archive_with_a_remark_and_one_of_many_files_pass(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        made.comment = b"x" * 65_000
        for n in range(3_000):
            made.writestr(f"folder/{n:05d}", b"")
    check_archive(tmp_path / "a.zip")


def test_text_about_document_types_is_no_xml(tmp_path: Path) -> None:
    check_archive(archive(tmp_path / "a.zip", {"a.txt": b"write <!DOCTYPE html> first"}))


def test_links_encrypted_files_and_double_names(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as made:
        made.writestr(link, "/etc/passwd")
    with pytest.raises(UnsafeInputError, match="'link': it is a link"):
        check_archive(tmp_path / "link.zip")

    raw = bytearray(archive(tmp_path / "secret.zip", {"a": b"x"}).read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "secret.zip").write_bytes(raw)
    with pytest.raises(UnsafeInputError, match="'a': it is encrypted"):
        check_archive(tmp_path / "secret.zip")


def directory_of(raw: bytes) -> int:
    """Return where the directory of an archive begins."""
    return int(struct.unpack_from("<I", raw, raw.rindex(b"PK\x05\x06") + 16)[0])


def test_files_that_share_bytes(tmp_path: Path) -> None:
    # Fifield (2019): many entries of the directory point into one run of packed bytes
    raw = bytearray(archive(tmp_path / "a.zip", {"a": os.urandom(500), "b": b"x"}).read_bytes())
    second = raw.index(b"PK\x01\x02", directory_of(bytes(raw)) + 4)
    struct.pack_into("<I", raw, second + 42, 20)
    (tmp_path / "a.zip").write_bytes(raw)
    with pytest.raises(UnsafeInputError, match="it shares bytes with another file"):
        check_archive(tmp_path / "a.zip")


def test_files_that_are_longer_than_they_say(tmp_path: Path) -> None:
    raw = bytearray(archive(tmp_path / "a.zip", {"a": bytes(3_000_000)}).read_bytes())
    struct.pack_into("<I", raw, directory_of(bytes(raw)) + 24, 10)
    (tmp_path / "a.zip").write_bytes(raw)
    with pytest.raises(DocumentError, match="no zip archive, or a damaged one"):
        check_archive(tmp_path / "a.zip")


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_damaged_archives(tmp_path: Path, method: int) -> None:
    path = archive(tmp_path / "a.zip", {"a": os.urandom(2_000)}, compression=method)
    raw = path.read_bytes()
    broken = (raw[:300] + bytes(100) + raw[400:], raw[:-40], raw[:900], b"", b"PK", b"a,b\n1,2\n")
    for content in broken:
        path.write_bytes(content)
        with pytest.raises(DocumentError, match="no zip archive, or a damaged one"):
            check_archive(path)


@given(st.data())
def test_no_broken_byte_gets_another_error(tmp_path_factory: Any, data: st.DataObject) -> None:
    path = archive(tmp_path_factory.getbasetemp() / "a.zip", {"a/b": b"x" * 300, "c": b"y"})
    raw = bytearray(path.read_bytes())
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(raw)
    with suppress(UnsafeInputError, DocumentError):
        check_archive(path)


# --- sizes -----------------------------------------------------------------------------------


def test_sizes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"12345")
    check_size(path, limits=InputLimits(max_bytes=5))
    check_size(b"12345", limits=InputLimits(max_bytes=5))
    check_size(path)
    with pytest.raises(UnsafeInputError, match="has 5 bytes, and at most 4 are read"):
        check_size(path, limits=InputLimits(max_bytes=4))
    with pytest.raises(DocumentNotFoundError, match="no file"):
        check_size(tmp_path / "none")
    with pytest.raises(DocumentNotFoundError, match="is a folder"):
        check_size(tmp_path)
    for check in (check_size, check_archive):
        with pytest.raises(DocumentNotFoundError, match="no file"):
            check("a\0b")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes of POSIX")
def test_files_without_an_end(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(UnsafeInputError, match="a device or a pipe"):
            check_size(path)
        with pytest.raises(DocumentNotFoundError, match=r"There is no file .* that could be read"):
            AccessPolicy.from_yaml(path)


@pytest.mark.parametrize("name", [field.name for field in fields(InputLimits)])
def test_limits_are_whole_numbers(name: str) -> None:
    with pytest.raises(InvalidParameterError, match=f"'{name}'.*1 or more"):
        InputLimits(**{name: 0})


# --- names in SQL ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a", "_", "Invoice_2025", "select", "x" * 63])
def test_names_that_may_stand_in_sql(name: str) -> None:
    assert checked_name(name) is name


@pytest.mark.parametrize(
    "name",
    ["", "1a", "a b", "a;b", 'a"b', "a'b", "a.b", "a--", "a\n", "a\0", "é", "ａ", "x" * 64, "a-b",
     "公司", "$1", "a/*", None, 5],
)  # fmt: skip
def test_names_that_may_not(name: Any) -> None:
    with pytest.raises(UnsafeInputError, match=r"The column .* cannot stand in SQL"):
        checked_name(name, what="column")


# --- YAML ------------------------------------------------------------------------------------

TAGS = [
    "!!python/object/apply:os.system ['true']", "!!python/name:os.system", "!!python/module:os",
    "!!python/object/new:os.system ['true']", "!!binary aGk=", "!!set {a}",
    "!!timestamp 2024-01-01", "!!omap [a: 1]", "!own x", "!<tag:x> y", "!!python/tuple [1]",
]  # fmt: skip


@pytest.mark.parametrize("tag", TAGS)
def test_tags_make_no_objects(tag: str) -> None:
    with pytest.raises(DocumentError, match=r"rules.yaml cannot be read as YAML: .*tag"):
        read_yaml(f"a: {tag}".encode(), "rules.yaml")


def test_references_are_no_bomb() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 10)]
    with pytest.raises(DocumentError, match="line 2 refers to another entry"):
        read_yaml("\n".join(lines).encode(), "rules.yaml")
    with pytest.raises(DocumentError, match=r"refers to another entry|merge|recursive"):
        read_yaml(b"a: &a {b: 1}\nc: {<<: *a}", "rules.yaml")


@pytest.mark.parametrize("deep", [101, 5_000, 200_000])
def test_depth_is_limited(deep: int) -> None:
    with pytest.raises(DocumentError, match="line 1 has entries within entries, 100 deep"):
        read_yaml(b"[" * deep + b"]" * deep, "rules.yaml")


def test_depth_that_is_fine() -> None:
    value: Any = "x"
    for _ in range(45):
        value = {"a": [value]}
    assert read_yaml(write_yaml(value).encode(), "rules.yaml") == value
    wide = {f"k{i}": [i] for i in range(300)}
    assert read_yaml(write_yaml(wide).encode(), "rules.yaml") == wide


def test_size_is_limited() -> None:
    with pytest.raises(DocumentError, match="has more than 10,000,000 bytes"):
        read_yaml(b"#" * 10_000_001, "rules.yaml")
