"""Tables from and to files, by the ending of the name; a file is written whole or not at all."""

from __future__ import annotations

import errno
import os
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
from pyarrow.lib import ArrowException

from creditscore._display import shorten
from creditscore._files import whole_file
from creditscore._warn import warn_user
from creditscore.exceptions import (
    CreditScoreWarning,
    DocumentError,
    DuplicateColumnError,
    EmptyDataError,
    InvalidParameterError,
)

_CSV = (".csv", ".csv.gz")
_PARQUET = (".parquet", ".pq")
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
_EXACT_BY_DEFAULT = (3, 1)
_pandas = tuple(int(part) for part in pd.__version__.split(".")[:2])
_EVERY_BIT: dict[str, Any] = (
    # older parsers may miss the last bit of a number, and a number may lie on a cut
    {} if _pandas >= _EXACT_BY_DEFAULT else {"float_precision": "round_trip"}
)
_ONLY_EMPTY: dict[str, Any] = {"keep_default_na": False, "na_values": [""]}
"""None, NA and null may be levels, so that only an empty cell is missing."""


def read_table(
    path: Path, *, wanted: Collection[str] | None = None, text: Iterable[str] = ()
) -> pd.DataFrame:
    """Read a CSV or Parquet file, rows counted from 0; in CSV, only an empty cell is missing.

    Parameters
    ----------
    path : Path
        The file.
    wanted : collection of str, optional
        Columns that will be used; others may share a name. By default none may.
    text : iterable of str
        Columns of a CSV file that are text even where all their cells look like numbers.
    """
    if path.is_dir() and not path.name.endswith(_PARQUET):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if table_kind(path) == "parquet":
        frame = _read_parquet(path)
    else:
        header = _header(path)
        _check_names(path, header if wanted is None else [n for n in header if n in wanted])
        frame = _parse_csv(path, dtype=dict.fromkeys(text, str), **_ONLY_EMPTY, **_EVERY_BIT)
    if not len(frame):
        msg = f"{path} has a header and no rows, so there is nothing to read."
        raise EmptyDataError(msg)
    return frame


def read_as_written(path: Path, columns: Sequence[str], frame: pd.DataFrame) -> pd.DataFrame:
    """Read columns of a CSV file as they stand there: leading zeros, empty cells and all.

    Parameters
    ----------
    path : Path
        The file.
    columns : sequence of str
        One or more names.
    frame : DataFrame
        What :func:`read_table` made of the file.
    """
    places = [frame.columns.get_loc(column) for column in columns]
    return _parse_csv(path, usecols=places, dtype=str, na_filter=False)[list(columns)]


def read_with_words_missing(
    path: Path, columns: Sequence[str], frame: pd.DataFrame, words: Iterable[str]
) -> pd.DataFrame:
    """Read columns of a CSV file so that some words are missing values there, as empty cells are.

    Parameters
    ----------
    path : Path
        The file.
    columns : sequence of str
        One or more names.
    frame : DataFrame
        What :func:`read_table` made of the file.
    words : iterable of str
        Whole cells.
    """
    places = [frame.columns.get_loc(column) for column in columns]
    options: dict[str, Any] = {"keep_default_na": False, "na_values": ["", *words]}
    return _parse_csv(path, usecols=places, **options, **_EVERY_BIT)[list(columns)]


def warn_of_stray_text(
    frame: pd.DataFrame, columns: Iterable[str], codes: Collection[str] = ()
) -> None:
    """Name the cells, special codes apart, that keep columns from being read as numbers."""
    for name in columns:
        if pd.api.types.is_numeric_dtype(frame[name]):
            continue
        filled = frame[name].dropna()
        filled = filled[~filled.isin(codes)]
        stray = filled[pd.to_numeric(filled.astype("str"), errors="coerce").isna()]
        if 0 < len(stray) < len(filled) / 2:
            verb = "is" if len(stray) == 1 else "are"
            warn_user(
                f"Column {name!r} counts as text, because {len(stray):,} of its {len(filled):,} "
                f"filled cells {verb} no number, such as {stray.iloc[0]!r} at row "
                f"{stray.index[0]}. If it should hold numbers, correct or empty these cells.",
                CreditScoreWarning,
            )


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a CSV or Parquet file without an index."""
    kind = table_kind(path)
    with whole_file(path) as temporary:
        if kind == "parquet":
            frame.to_parquet(temporary, index=False)
        else:
            compression = "gzip" if path.name.endswith(".gz") else None
            frame.to_csv(temporary, index=False, compression=compression, lineterminator="\n")


def table_kind(path: Path) -> str:
    """Return "csv" or "parquet", so that a wrong name is refused before any work."""
    name = path.name.lower()
    if name.endswith(_CSV):
        return "csv"
    if name.endswith(_PARQUET):
        return "parquet"
    endings = ", ".join((*_CSV, *_PARQUET))
    msg = f"The name of a table's file must end in one of {endings}. Got {str(path)!r} instead."
    raise InvalidParameterError(msg)


def _header(path: Path) -> list[str]:
    """Return the names of the columns as they stand, after checks that pandas does not make."""
    as_they_stand: dict[str, Any] = {"header": None, "dtype": str, "na_filter": False}
    names: list[str] = _parse_csv(path, nrows=1, **as_they_stand).iloc[0].tolist()
    used = next((mark for mark in _SEPARATORS if mark in names[0]), None)
    if len(names) == 1 and used is not None:
        msg = (
            f"{path} seems to part its cells by {_SEPARATORS[used]}, and commas are needed: its "
            f"first line is {shorten(names[0], 60)!r}. Save it as CSV with commas, and with "
            "points in decimal numbers."
        )
        raise DocumentError(msg)
    # a row with more cells than the header is an error here; below a header, pandas would take
    # the first cell of each row for an index
    _parse_csv(path, nrows=2, **as_they_stand)
    return names


def _check_names(path: Path, names: Sequence[str]) -> None:
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        msg = (
            f"{path} has more than one column named {', '.join(map(repr, twice))}, so which is "
            "meant is not known. Rename or remove one."
        )
        raise DuplicateColumnError(msg)


def _parse_csv(path: Path, **options: Any) -> pd.DataFrame:
    with _reading(path, "CSV"):
        # the whole column decides on its type, not the part of it that is read first
        return pd.read_csv(path, low_memory=False, **options)


def _read_parquet(path: Path) -> pd.DataFrame:
    with _reading(path, "Parquet"):
        frame = pd.read_parquet(path)
    # what was a named index in memory is columns in any other file
    named = [name for name in frame.index.names if name is not None and name not in frame]
    return (frame.reset_index(named) if named else frame).reset_index(drop=True)


@contextmanager
def _reading(path: Path, kind: str) -> Iterator[None]:
    """Say plainly what is wrong with a file, whichever package found it."""
    if not path.is_dir():
        path.open("rb").close()  # the system's own error names the file
    try:
        yield
    except pd.errors.EmptyDataError as error:
        msg = f"{path} is empty: there is no header and no row."
        raise EmptyDataError(msg) from error
    except UnicodeDecodeError as error:
        msg = (
            f"{path} is not a text file in UTF-8. Save it as CSV in that encoding, which "
            "spreadsheet programs call 'CSV UTF-8'."
        )
        raise DocumentError(msg) from error
    except pd.errors.ParserError as error:
        reason = str(error).removeprefix("Error tokenizing data. C error: ").strip()
        msg = (
            f"{path} cannot be read as CSV: {reason}. Each row needs as many cells as the header; "
            "put cells that hold commas in double quotes."
        )
        raise DocumentError(msg) from error
    except (OSError, ArrowException, EOFError, zlib.error) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # of the system; readers raise OSError for damage too, then without a number
        reason = str(error).strip().rstrip(".")
        msg = f"{path} cannot be read as {kind}: {reason}. Is it cut off, or another kind of file?"
        raise DocumentError(msg) from error
