"""The committed trading firm is the one that the generator makes and its manifest describes."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import FrozenInstanceError
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from creditscore.datasets import (
    TradingFirm,
    _manifest,
    describe_trading_firm,
    load_trading_firm,
    make_trading_firm,
    trading_firm_path,
)
from creditscore.datasets._trading_firm._files import bureau_rows, read_content, table_csv
from creditscore.exceptions import DatasetNotFoundError, InvalidParameterError

SAMPLES = Path(__file__).parents[2] / "data" / "sample"
FOLDER = SAMPLES / "trading_firm"
BUNDLE: dict[str, Any] = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
ENTRIES = {entry["name"]: entry for entry in BUNDLE["tables"]}
DTYPES = {
    "numeric": "float64",
    "code": "int64",
    "flag": "bool",
    "date": "datetime64[ns]",
    "instant": "datetime64[ns, UTC]",
}


@pytest.fixture(scope="module")
def firm() -> TradingFirm:
    return load_trading_firm()


# --- law: files, manifest, generator, loader and README agree ------------------------


def test_rebuild_gives_the_committed_content(rebuild: ModuleType) -> None:
    files = rebuild.build_firm(BUNDLE)
    assert set(files) == {entry["file"] for entry in ENTRIES.values()}
    for file, content in files.items():
        assert read_content(FOLDER / file) == content, file


def test_the_loader_returns_what_the_generator_makes(firm: TradingFirm) -> None:
    sizes = BUNDLE["n_enterprises"], BUNDLE["n_persons"]
    made = make_trading_firm(*sizes, random_state=BUNDLE["random_state"])
    for name, table in firm:
        assert_frame_equal(table, getattr(made, name))


@pytest.mark.parametrize("name", ENTRIES)
def test_file_is_the_one_of_the_manifest(name: str) -> None:
    entry = ENTRIES[name]
    content = read_content(trading_firm_path(name))
    assert trading_firm_path(name).name == entry["file"]
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    assert b"\r" not in content
    if entry["file"].endswith(".json"):
        assert len(bureau_rows(content)[name]) == entry["rows"]
    else:
        assert content.count(b"\n") == entry["rows"] + 1


def test_files_are_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir() if path.is_file()) < 600_000


@pytest.mark.parametrize("name", ENTRIES)
def test_table_agrees_with_the_manifest(firm: TradingFirm, name: str) -> None:
    entry, table = ENTRIES[name], getattr(firm, name)
    assert len(table) == entry["rows"]
    assert table.columns.to_list() == [column["name"] for column in entry["columns"]]
    assert isinstance(table.index, pd.RangeIndex)
    for column in entry["columns"]:
        values = table[column["name"]]
        if column["kind"] == "text":
            assert pd.api.types.is_string_dtype(values.dropna())
        else:
            assert values.dtype == DTYPES[column["kind"]]
        # A unit belongs to a quantity.
        assert (column["unit"] is not None) == (column["kind"] == "numeric")
        assert re.search("[\u4e00-\u9fff]", column["meaning_zh"])


def test_tables_are_those_of_the_bundle(firm: TradingFirm) -> None:
    assert [name for name, _ in firm] == list(ENTRIES)
    assert list(firm.tables) == [name for name in ENTRIES if name not in ("outcomes", "planted")]
    assert firm.tables["invoices"] is firm.invoices
    assert int(firm.outcomes["is_bad"].sum()) == BUNDLE["bad_count"]
    assert f"{BUNDLE['bad_count']} of them bad" in (load_trading_firm.__doc__ or "")


def test_every_kind_is_planted_in_the_sample(firm: TradingFirm) -> None:
    docstring = make_trading_firm.__doc__ or ""
    counts = firm.planted.groupby(["table", "kind"]).size()
    for table, kind in counts.index:
        assert re.search(rf"^    {kind} +{table} ", docstring, re.MULTILINE), (table, kind)
    rows = re.findall(r"^    [a-z-]+ [a-z -]+ +\w+ +[\w.]+  ", docstring, re.MULTILINE)
    assert len(counts) == len(rows)
    assert counts.min() >= 2


def test_docstring_says_the_rows_of_each_table() -> None:
    docstring = load_trading_firm.__doc__ or ""
    for name, entry in ENTRIES.items():
        assert re.search(rf"^ +{name} +{entry['rows']:,} ", docstring, re.MULTILINE), name


def test_readme_is_what_the_script_writes(rebuild: ModuleType) -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert rebuild.fill_firm(readme, BUNDLE) == readme
    for entry in ENTRIES.values():
        assert f"| `{entry['name']}` | `{entry['file']}` | {entry['rows']:,} |" in readme
        for column in entry["columns"]:
            assert f"| `{entry['name']}` | `{column['name']}` | {column['kind']} |" in readme


def test_describe_trading_firm() -> None:
    dictionary = describe_trading_firm()
    assert len(dictionary) == sum(len(entry["columns"]) for entry in ENTRIES.values())
    one = describe_trading_firm("invoices")
    assert one["column"].to_list() == [column["name"] for column in ENTRIES["invoices"]["columns"]]
    assert set(one["table"]) == {"invoices"}
    assert not dictionary.isna().any().any()


@pytest.mark.parametrize("name", [name for name in ENTRIES if not name.startswith("bureau_")])
def test_other_readers_see_the_same_rows(firm: TradingFirm, name: str) -> None:
    polars = pytest.importorskip("polars")
    frame = polars.read_csv(read_content(trading_firm_path(name)), infer_schema_length=None)
    assert frame.shape == getattr(firm, name).shape
    assert frame.columns == getattr(firm, name).columns.to_list()


def test_bureau_reports_nest_their_details(firm: TradingFirm) -> None:
    document = json.loads(trading_firm_path("bureau_reports").read_text(encoding="utf-8"))
    first = next(report for report in document if report["tradelines"])
    assert list(first) == [
        "report", "reported_on", "identity", "summary", "tradelines", "enquiries", "public_records",
    ]  # fmt: skip
    assert list(first["identity"]) == ["customer", "name", "identity_number"]
    accounts = firm.bureau_accounts[firm.bureau_accounts["report"] == first["report"]]
    assert [line["account"] for line in first["tradelines"]] == accounts["account"].to_list()
    assert "report" not in first["tradelines"][0]


def test_the_bundle_is_frozen_and_every_load_is_fresh(firm: TradingFirm) -> None:
    with pytest.raises(FrozenInstanceError):
        firm.invoices = pd.DataFrame()  # type: ignore[misc]
    with pytest.raises(TypeError, match="does not support item assignment"):
        firm.tables["invoices"] = pd.DataFrame()  # type: ignore[index]
    other = load_trading_firm()
    other.outcomes["is_bad"] = -1
    assert set(load_trading_firm().outcomes["is_bad"]) == {0, 1}
    assert firm.outcomes is not other.outcomes


def test_a_folder_holds_the_same_content(firm: TradingFirm, tmp_path: Path) -> None:
    paths = firm.to_folder(tmp_path / "new")
    assert {path.name for path in paths} == {entry["file"] for entry in ENTRIES.values()}
    for path in paths:
        assert read_content(path) == read_content(FOLDER / path.name)
    # A file with the same content stays as it is, another one is replaced.
    stamp = paths[0].stat().st_mtime_ns
    paths[1].write_bytes(b"else")
    firm.to_folder(tmp_path / "new")
    assert paths[0].stat().st_mtime_ns == stamp
    assert read_content(paths[1]) == read_content(FOLDER / paths[1].name)


def test_values_are_written_as_they_are() -> None:
    frame = pd.DataFrame(
        {
            "a": [1.0, None],
            "b": [0.1, 2.0],
            "at": pd.to_datetime(["2024-01-02T03:04:05Z", None]),
            "on": pd.to_datetime(["2024-01-02", None]),
        }
    )
    assert table_csv(frame) == b"a,b,at,on\n1,0.1,2024-01-02T03:04:05Z,2024-01-02\n,2.0,,\n"


# --- errors --------------------------------------------------------------------------


@pytest.mark.parametrize("read", [describe_trading_firm, trading_firm_path])
def test_unknown_table(read: Any) -> None:
    with pytest.raises(InvalidParameterError, match=rf"'table' parameter of {read.__name__}"):
        read("statement")


def test_a_missing_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    describe_trading_firm()  # reads the manifest before the folders change
    monkeypatch.setattr(_manifest, "_FOLDERS", (tmp_path,))
    with pytest.raises(DatasetNotFoundError, match=r"'trading_firm/bureau\.json' must be in"):
        load_trading_firm()


def test_a_change_stops_the_script(rebuild: ModuleType) -> None:
    changed = BUNDLE | {"random_state": 1}
    with pytest.raises(SystemExit, match=r"must be .* Got .* instead"):
        rebuild.build_firm(changed)
