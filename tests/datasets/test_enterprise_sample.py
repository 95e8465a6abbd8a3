"""The committed enterprises are those that the generator makes and the manifest describes."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from dataclasses import FrozenInstanceError
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from creditscore.datasets import (
    Enterprises,
    _manifest,
    describe_enterprises,
    load_enterprises,
    make_enterprises,
    make_persons,
)
from creditscore.datasets._enterprises._firms import make_firms
from creditscore.exceptions import DatasetNotFoundError, InvalidParameterError

FOLDER = Path(__file__).parents[2] / "data" / "sample"
BUNDLE: dict[str, Any] = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))[
    "enterprises"
]
ENTRIES = {entry["name"]: entry for entry in BUNDLE["tables"]}
DTYPES = {"numeric": "float64", "code": "int64", "flag": "bool", "date": "datetime64[ns]"}


@pytest.fixture(scope="module")
def enterprises() -> Enterprises:
    return load_enterprises()


# --- law: files, manifest, generator, loader and README agree ------------------------


def test_rebuild_gives_the_committed_content(rebuild: ModuleType) -> None:
    files = rebuild.build_enterprises(BUNDLE)
    assert set(files) == {entry["file"] for entry in ENTRIES.values()}
    for file, content in files.items():
        assert rebuild.read_csv(FOLDER / file) == content, file


def test_the_loader_returns_what_the_generator_makes(enterprises: Enterprises) -> None:
    made = make_enterprises(BUNDLE["n_firms"], random_state=BUNDLE["random_state"])
    for name, table in enterprises:
        assert_frame_equal(table, getattr(made, name))


@pytest.mark.parametrize("name", ENTRIES)
def test_file_is_the_one_of_the_manifest(rebuild: ModuleType, name: str) -> None:
    entry = ENTRIES[name]
    content = rebuild.read_csv(FOLDER / entry["file"])
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    assert content.isascii()
    assert b"\r" not in content
    assert content.count(b"\n") == entry["rows"] + 1


def test_files_are_small() -> None:
    sizes = [(FOLDER / entry["file"]).stat().st_size for entry in ENTRIES.values()]
    assert sum(sizes) < 1_500_000


@pytest.mark.parametrize("name", ENTRIES)
def test_table_agrees_with_the_manifest(enterprises: Enterprises, name: str) -> None:
    entry, table = ENTRIES[name], getattr(enterprises, name)
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


def test_tables_are_those_of_the_bundle(enterprises: Enterprises) -> None:
    assert [name for name, _ in enterprises] == list(ENTRIES)
    assert list(enterprises.tables) == [name for name in ENTRIES if name != "outcomes"]
    assert enterprises.tables["ledger"] is enterprises.ledger
    assert int(enterprises.outcomes["is_bad"].sum()) == BUNDLE["bad_count"] == 33


def test_the_tables_that_hold_rows_of_later_days_are_named(enterprises: Enterprises) -> None:
    later = {
        name
        for name, table in enterprises.tables.items()
        if "known_on" in table and (table["known_on"] > BUNDLE["as_of"]).any()
    }
    words = " ".join((Enterprises.__doc__ or "").split())
    said = re.search(r"Of ([\w, ]+) and (\w+), some are known after 30 June 2024", words)
    assert said is not None
    assert later == {*said[1].split(", "), said[2]}


def test_peers_are_medians_of_the_firms_known_with_the_figures(enterprises: Enterprises) -> None:
    days = ["industry", "period_end", "known_on"]
    both = enterprises.peers.merge(enterprises.industries, on=days)
    assert len(both) == len(enterprises.peers)
    assert enterprises.peers["period_end"].dt.year.unique().tolist() == [2020, 2021, 2022, 2023]
    statements = enterprises.statements[enterprises.statements["months"] == 12]
    latest = statements.groupby(["customer", "period_end"], as_index=False).last()
    merged = latest.merge(enterprises.profile[["customer", "industry"]], on="customer")
    merged["margin"] = merged["ebit"] / merged["revenue"]
    own = merged.groupby(["industry", "period_end"])["margin"].median()
    told = enterprises.peers.set_index(["industry", "period_end"])["operating_margin_median"]
    # the office knows all firms, a creditor those that publish, without missing items
    assert (told - own).abs().max() < 0.02


def test_docstring_says_the_rows_of_each_table() -> None:
    docstring = load_enterprises.__doc__ or ""
    for name, entry in ENTRIES.items():
        assert re.search(rf"^ +{name} +{entry['rows']:,} ", docstring, re.MULTILINE), name


def test_readme_is_what_the_script_writes(rebuild: ModuleType) -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert rebuild.fill_enterprises(readme, BUNDLE) == readme
    for entry in ENTRIES.values():
        assert f"| `{entry['name']}` | `{entry['file']}` | {entry['rows']:,} |" in readme
        for column in entry["columns"]:
            assert f"| `{entry['name']}` | `{column['name']}` | {column['kind']} |" in readme


def test_describe_enterprises() -> None:
    dictionary = describe_enterprises()
    assert len(dictionary) == sum(len(entry["columns"]) for entry in ENTRIES.values())
    one = describe_enterprises("ledger")
    assert one["column"].to_list() == [column["name"] for column in ENTRIES["ledger"]["columns"]]
    assert set(one["table"]) == {"ledger"}
    assert not dictionary.isna().any().any()


@pytest.mark.parametrize("name", ENTRIES)
def test_other_readers_see_the_same_rows(enterprises: Enterprises, name: str) -> None:
    polars = pytest.importorskip("polars")
    path = FOLDER / ENTRIES[name]["file"]
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    frame = polars.read_csv(content, infer_schema_length=None)
    assert frame.shape == getattr(enterprises, name).shape
    assert frame.columns == getattr(enterprises, name).columns.to_list()


# --- law: the seed decides everything ------------------------------------------------


def test_the_same_seed_gives_the_same_tables() -> None:
    first, second = (make_enterprises(80, random_state=5) for _ in range(2))
    other = make_enterprises(80, random_state=6)
    for name, table in first:
        assert_frame_equal(table, getattr(second, name))
    assert not first.statements["revenue"].equals(other.statements["revenue"])
    assert_frame_equal(make_persons(30, random_state=5), make_persons(30, random_state=5))
    assert not make_persons(30).equals(make_persons(30, random_state=1))


def test_the_generator_leaves_the_global_seed_alone() -> None:
    before = np.random.get_state()[1].tolist()  # noqa: NPY002 - that it is untouched
    make_enterprises(20)
    make_persons(20)
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002 - the same


def test_every_load_is_fresh(enterprises: Enterprises) -> None:
    other = load_enterprises()
    other.outcomes["is_bad"] = -1
    assert set(load_enterprises().outcomes["is_bad"]) == {0, 1}
    assert enterprises.outcomes is not other.outcomes


def test_the_bundle_is_frozen(enterprises: Enterprises) -> None:
    with pytest.raises(FrozenInstanceError):
        enterprises.ledger = pd.DataFrame()  # type: ignore[misc]
    with pytest.raises(TypeError, match="does not support item assignment"):
        enterprises.tables["ledger"] = pd.DataFrame()  # type: ignore[index]


def test_names_of_many_firms_stay_in_order() -> None:
    customers = pd.Series(make_firms(120_000, np.random.default_rng(1)).customer)
    assert customers.is_unique
    assert customers.is_monotonic_increasing


# --- persons -------------------------------------------------------------------------


def test_persons() -> None:
    persons = make_persons(2_000, random_state=2)
    assert persons["customer"].is_unique
    assert (persons["annual_income"] == 12 * persons["monthly_income"]).all()
    assert (persons["total_debt"] >= persons["revolving_balance"]).all()
    late = persons["delinquencies_24m"] > 0
    assert late.equals(persons["worst_status_24m"] > 0)
    assert (persons["monthly_income"] == 0).equals(persons["months_in_job"].isna())
    # What makes a ratio fail is there: no income, no line, a line overdrawn.
    for share in (
        (persons["monthly_income"] == 0).mean(),
        (persons["revolving_limit"] == 0).mean(),
        (persons["revolving_balance"] > persons["revolving_limit"]).mean(),
    ):
        assert 0.005 < share < 0.15
    numbers = persons.drop(columns=["customer", "known_on"])
    assert (numbers.min() >= 0).all()
    assert persons["known_on"].max() <= pd.Timestamp("2024-06-30")


# --- errors --------------------------------------------------------------------------


@pytest.mark.parametrize("make", [make_enterprises, make_persons])
@pytest.mark.parametrize("wrong", [0, -5, 2.5, "many", True])
def test_wrong_sizes(make: Any, wrong: Any) -> None:
    with pytest.raises(InvalidParameterError, match=f"{make.__name__} must be .*{wrong!r}"):
        make(wrong)


@pytest.mark.parametrize("make", [make_enterprises, make_persons])
def test_wrong_seeds(make: Any) -> None:
    with pytest.raises(InvalidParameterError, match=r"'random_state' parameter of make_.*-1"):
        make(10, random_state=-1)


def test_unknown_table() -> None:
    with pytest.raises(InvalidParameterError, match=r"'table' parameter of describe_enterprises"):
        describe_enterprises("statement")


def test_a_missing_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    describe_enterprises()  # reads the manifest before the folders change
    monkeypatch.setattr(_manifest, "_FOLDERS", (tmp_path,))
    with pytest.raises(DatasetNotFoundError, match=r"'enterprise_statements\.csv\.gz' must be in"):
        load_enterprises()


def test_a_change_stops_the_script(rebuild: ModuleType) -> None:
    changed = BUNDLE | {"random_state": 1}
    with pytest.raises(SystemExit, match=r"must be .* Got .* instead"):
        rebuild.build_enterprises(changed)


def test_a_file_with_the_same_content_stays(rebuild: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "table.csv.gz"
    path.write_bytes(gzip.compress(b"a\n1\n", 1))
    before = path.read_bytes()
    rebuild.write_csv(path, b"a\n1\n")
    assert path.read_bytes() == before
    rebuild.write_csv(path, b"a\n2\n")
    assert rebuild.read_csv(path) == b"a\n2\n"


def test_numbers_are_written_as_they_are(rebuild: ModuleType) -> None:
    frame = pd.DataFrame({"a": [1.0, None], "b": [0.1, 2.0], "c": [True, False]})
    assert rebuild.table_csv(frame) == b"a,b,c\n1,0.1,True\n,2.0,False\n"
