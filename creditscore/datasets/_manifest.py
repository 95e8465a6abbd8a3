"""The manifest of the sample data as frozen values, and where the files are."""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Literal

from creditscore.exceptions import DatasetNotFoundError

# The wheel carries the files beside this module. An editable install has no copy there
# and finds them in the repository.
_FOLDERS = (
    Path(__file__).parent / "sample",
    Path(__file__).parents[2] / "data" / "sample",
)


@dataclass(frozen=True, kw_only=True)
class CodeInfo:
    """One value of a column that has a fixed set of values.

    Parameters
    ----------
    value : str or int
        The value in the data file.
    original : str
        The code that stands for it in the original.
    meaning, meaning_zh : str
        What the original's code book says, in English and in Chinese.
    corrected : str or None, default=None
        What the code really stands for, where research found the code book wrong.
    """

    value: str | int
    original: str
    meaning: str
    meaning_zh: str
    corrected: str | None = None


@dataclass(frozen=True, kw_only=True)
class ColumnInfo:
    """One column of a sample data set.

    Parameters
    ----------
    name, original : str
        The name in the data file and in the original.
    kind : {"numeric", "categorical", "code"}
        ``"numeric"`` is a quantity, ``"categorical"`` a label in words, ``"code"`` an
        integer that stands for something else.
    unit : str or None
        The unit of a quantity.
    meaning, meaning_zh : str
        What the column says, in English and in Chinese.
    codes : tuple of CodeInfo
        The values in the order of the code book; empty for a quantity.
    """

    name: str
    original: str
    kind: Literal["numeric", "categorical", "code"]
    unit: str | None
    meaning: str
    meaning_zh: str
    codes: tuple[CodeInfo, ...]


@dataclass(frozen=True, kw_only=True)
class OriginInfo:
    """Who published the data, where and when.

    Parameters
    ----------
    repository, title, creator : str
        The publisher, the title there and the author.
    period : str
        The time that the data are about.
    url, doi : str
        The page and the digital object identifier.
    citation : str
        How the publisher asks to be cited.
    """

    repository: str
    title: str
    creator: str
    period: str
    url: str
    doi: str
    citation: str


@dataclass(frozen=True, kw_only=True)
class LicenceInfo:
    """The licence of the data, which is not the licence of this library.

    Parameters
    ----------
    name, title : str
        The short and the full name.
    url : str
        The text of the licence.
    """

    name: str
    title: str
    url: str


@dataclass(frozen=True, kw_only=True)
class SourceInfo:
    """The package that the data file was taken out of, and how.

    Parameters
    ----------
    package, version : str
        Name and version of the package.
    archive, archive_sha256 : str
        File name and hash of the package's archive.
    member, member_sha256 : str
        Path inside the archive and hash of the file taken.
    extraction : str
        What was changed between that file and the data file here.
    """

    package: str
    version: str
    archive: str
    archive_sha256: str
    member: str
    member_sha256: str
    extraction: str


@dataclass(frozen=True, kw_only=True)
class SampleInfo:
    """One sample data set.

    Parameters
    ----------
    name : str
        The name to load it by.
    title, title_zh : str
        What it is, in English and in Chinese.
    file, sha256 : str
        Name and hash of the data file.
    rows, bad_count : int
        How many rows there are, and how many are bad.
    target : str
        The column with 1 for bad and 0 for good.
    origin : OriginInfo
        Who published it.
    licence : LicenceInfo
        Under which terms.
    source : SourceInfo
        The package it was taken from.
    columns : tuple of ColumnInfo
        The columns in the order of the file.

    Examples
    --------
    >>> from creditscore.datasets import sample_info
    >>> info = sample_info("german_credit")
    >>> info.rows, info.bad_count, info.licence.name
    (1000, 300, 'CC BY 4.0')
    """

    name: str
    title: str
    title_zh: str
    file: str
    rows: int
    target: str
    bad_count: int
    sha256: str
    origin: OriginInfo
    licence: LicenceInfo
    source: SourceInfo
    columns: tuple[ColumnInfo, ...]


def list_samples() -> tuple[str, ...]:
    """Return the names of the sample data sets.

    Returns
    -------
    names : tuple of str
        In alphabetical order.

    Examples
    --------
    >>> from creditscore.datasets import list_samples
    >>> list_samples()
    ('german_credit', 'taiwan_credit')
    """
    return tuple(sorted(_read_manifest()))


def sample_info(name: str) -> SampleInfo:
    """Return what the manifest says about a sample data set.

    Parameters
    ----------
    name : str
        One of `list_samples`.

    Returns
    -------
    info : SampleInfo
        Size, columns, origin, licence and hash.

    Raises
    ------
    DatasetNotFoundError
        If no sample data set has this name.

    Examples
    --------
    >>> from creditscore.datasets import sample_info
    >>> info = sample_info("taiwan_credit")
    >>> info.rows, info.bad_count, info.licence.name
    (30000, 6636, 'CC BY 4.0')
    >>> info.columns[0].name, info.columns[0].unit
    ('limit_amount', 'NT dollars')
    """
    samples = _read_manifest()
    if name in samples:
        return samples[name]
    near = get_close_matches(str(name), samples)
    hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    names = ", ".join(map(repr, list_samples()))
    msg = f"The name of a sample data set must be one of {names}. Got {name!r} instead.{hint}"
    raise DatasetNotFoundError(msg)


def sample_path(name: str) -> Path:
    """Return the CSV file of a sample data set.

    Parameters
    ----------
    name : str
        One of `list_samples`.

    Returns
    -------
    path : pathlib.Path
        The file in the installed package, or else in the repository. It is UTF-8 with
        one header line and no missing value.

    Raises
    ------
    DatasetNotFoundError
        If no sample data set has this name, or its file is not there.

    Examples
    --------
    >>> from creditscore.datasets import sample_path
    >>> sample_path("german_credit").name
    'german_credit.csv'
    """
    return find_file(sample_info(name).file)


def find_file(file: str) -> Path:
    """Return the first of the folders' files with this name."""
    for folder in _FOLDERS:
        if (folder / file).is_file():
            return folder / file
    folders = " or ".join(f"'{folder}'" for folder in _FOLDERS)
    msg = (
        f"The sample file {file!r} must be in {folders}. Got neither. "
        "Install creditscore again; in a clone, run data/sample/rebuild.py."
    )
    raise DatasetNotFoundError(msg)


@cache
def _read_manifest() -> dict[str, SampleInfo]:
    """Read the manifest once; the values are frozen, so sharing them is safe."""
    path = find_file("manifest.json")
    document = json.loads(path.read_text(encoding="utf-8"))
    return {fields["name"]: _sample(fields) for fields in document["samples"]}


def _sample(fields: dict[str, Any]) -> SampleInfo:
    """Return one data set of the manifest as frozen values."""
    parts = {
        "origin": OriginInfo(**fields["origin"]),
        "licence": LicenceInfo(**fields["licence"]),
        "source": SourceInfo(**fields["source"]),
        "columns": tuple(_column(column) for column in fields["columns"]),
    }
    return SampleInfo(**fields | parts)


def _column(fields: dict[str, Any]) -> ColumnInfo:
    """Return one column of the manifest as frozen values."""
    codes = tuple(CodeInfo(**code) for code in fields["codes"])
    return ColumnInfo(**fields | {"codes": codes})
