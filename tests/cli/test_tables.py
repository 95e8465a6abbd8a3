"""Reading and writing tables: what is wrong with a file is said plainly, and nothing is guessed."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest

from creditscore.cli._tables import (
    read_as_written,
    read_table,
    table_kind,
    warn_of_stray_text,
    write_table,
)
from creditscore.exceptions import (
    CreditScoreWarning,
    DocumentError,
    DuplicateColumnError,
    EmptyDataError,
    InvalidParameterError,
)


def file(folder: Path, content: str | bytes, name: str = "d.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(("text", "message"), [("", "is empty"), ("\n\n", "is empty"),
                                               ("a,b\n", "no rows")])  # fmt: skip
def test_empty_files(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(EmptyDataError, match=message):
        read_table(file(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a;b\n1,5;2\n", "by semicolons, and commas are needed: its first line is 'a;b'"),
        ("a\tb\n1\t2\n", "by tabs"),
        ("a|b\n1|2\n", "by bars"),
    ],
)
def test_other_separators(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        read_table(file(tmp_path, text))


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,2,3\n4,5,6\n",  # pandas would take the first column for an index
        "a,b\n1,2,\n",
        "a,b\n1,2\n1,2,3\n",
    ],
)
def test_rows_longer_than_the_header(tmp_path: Path, text: str) -> None:
    with pytest.raises(DocumentError, match=r"Expected 2 fields in line \d, saw 3\. Each row"):
        read_table(file(tmp_path, text))


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_other_encodings(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(DocumentError, match="not a text file in UTF-8"):
        read_table(file(tmp_path, "a,b\nMüller,1\n".encode(encoding)))


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path: Path) -> None:
    frame = read_table(file(tmp_path, "a,b\n007,1\n".encode("utf-8-sig")))
    assert list(frame) == ["a", "b"]
    assert list(read_as_written(tmp_path / "d.csv", ["a"], frame)["a"]) == ["007"]


def test_columns_of_one_name(tmp_path: Path) -> None:
    path = file(tmp_path, "a,b,b\n1,2,3\n")
    with pytest.raises(DuplicateColumnError, match="more than one column named 'b'"):
        read_table(path)
    with pytest.raises(DuplicateColumnError, match="more than one column named 'b'"):
        read_table(path, wanted=["b"])
    assert read_table(path, wanted=["a"])["a"].tolist() == [1]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"PAR1 not really", "d.parquet"),
        (b"", "d.parquet"),
        (b"hello", "d.csv.gz"),
        (gzip.compress(b"a,b\n1,2\n" * 1000)[:40], "d.csv.gz"),
    ],
)
def test_damaged_files(tmp_path: Path, content: bytes, name: str) -> None:
    with pytest.raises(DocumentError, match=r"cannot be read as .*Is it cut off, or another kind"):
        read_table(file(tmp_path, content, name))


def test_damage_inside_parquet(tmp_path: Path) -> None:
    path = tmp_path / "d.parquet"
    write_table(pd.DataFrame({"a": range(1000)}), path)
    content = bytearray(path.read_bytes())
    content[-20:-12] = b"\xff" * 8
    with pytest.raises(DocumentError, match="cannot be read as Parquet"):
        read_table(file(tmp_path, bytes(content), "d.parquet"))


def test_a_system_error_names_the_file(tmp_path: Path) -> None:
    for name in ("gone.csv", "gone.parquet"):
        with pytest.raises(FileNotFoundError) as caught:
            read_table(tmp_path / name)
        assert caught.value.filename == str(tmp_path / name)
    with pytest.raises(IsADirectoryError):
        read_table(tmp_path)


def test_a_folder_of_parquet_files_is_a_table(tmp_path: Path) -> None:
    (tmp_path / "d.parquet").mkdir()
    for i in range(2):
        write_table(pd.DataFrame({"a": [i]}), tmp_path / "d.parquet" / f"part-{i}.parquet")
    assert sorted(read_table(tmp_path / "d.parquet")["a"]) == [0, 1]


def test_a_column_has_one_type_however_long_it_is(tmp_path: Path) -> None:
    rows = 400_000
    path = file(tmp_path, "code,x\n" + "12345,1\n" * rows + "A1,1\n")
    codes = read_table(path)["code"]
    assert codes.map(type).eq(str).all()
    assert len(codes) == rows + 1


def test_a_named_index_is_columns(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1, 2]}, index=pd.Index(["x", "y"], name="id"))
    frame.to_parquet(tmp_path / "d.parquet")
    found = read_table(tmp_path / "d.parquet")
    assert found["id"].tolist() == ["x", "y"]
    assert found.index.tolist() == [0, 1]


def test_columns_as_written(tmp_path: Path) -> None:
    path = file(tmp_path, 'x,id,note,flag\n1,007,"a, ""b""",TRUE\n2,,NA,\n')
    frame = read_table(path)
    found = read_as_written(path, ["note", "id", "flag", "x"], frame)
    assert found.to_dict("list") == {
        "note": ['a, "b"', "NA"], "id": ["007", ""], "flag": ["TRUE", ""], "x": ["1", "2"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "noted"),
    [
        (["1", "2", "3", "old"], True),
        (["1", "2", "old", "older"], False),  # no less likely to be text on purpose
        (["1", "2", "3", ""], False),
        (["a", "b", "c", "d"], False),
    ],
)
def test_stray_text(tmp_path: Path, cells: list[str], noted: bool) -> None:
    frame = read_table(file(tmp_path, "x,y\n" + "".join(f"{cell},1\n" for cell in cells)))
    if noted:
        with pytest.warns(CreditScoreWarning, match="1 of its 4 filled cells is no number"):
            warn_of_stray_text(frame, ["x", "y"])
    else:
        warn_of_stray_text(frame, ["x", "y"])


@pytest.mark.parametrize("name", ["scores.txt", "scores", "loans.xlsx"])
def test_wrong_endings(name: str) -> None:
    with pytest.raises(InvalidParameterError, match=r"must end in one of \.csv"):
        table_kind(Path(name))
