"""Tables from and to files, by the ending of the name; a file is written whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from pyarrow.lib import ArrowInvalid

from creditscore._files import whole_file
from creditscore.exceptions import DocumentError, EmptyDataError, InvalidParameterError

_CSV = (".csv", ".csv.gz")
_PARQUET = (".parquet", ".pq")
_EXACT_BY_DEFAULT = (3, 1)
_pandas = tuple(int(part) for part in pd.__version__.split(".")[:2])
_EVERY_BIT: dict[str, Any] = (
    # older parsers may miss the last bit of a number, and a number may lie on a cut
    {} if _pandas >= _EXACT_BY_DEFAULT else {"float_precision": "round_trip"}
)


def read_table(path: Path) -> pd.DataFrame:
    """Read a CSV or Parquet file."""
    kind = _kind(path)
    try:
        frame = pd.read_csv(path, **_EVERY_BIT) if kind == "csv" else pd.read_parquet(path)
    except pd.errors.EmptyDataError as error:
        msg = f"{path} is empty: there is no header and no row."
        raise EmptyDataError(msg) from error
    except (pd.errors.ParserError, UnicodeDecodeError, ArrowInvalid) as error:
        msg = f"{path} cannot be read as {kind}: {error}."
        raise DocumentError(msg) from error
    if not len(frame):
        msg = f"{path} has a header and no rows."
        raise EmptyDataError(msg)
    return frame


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a CSV or Parquet file without an index."""
    kind = check_writable(path)
    with whole_file(path) as temporary:
        if kind == "parquet":
            frame.to_parquet(temporary, index=False)
        else:
            compression = "gzip" if path.name.endswith(".gz") else None
            frame.to_csv(temporary, index=False, compression=compression, lineterminator="\n")


def check_writable(path: Path) -> str:
    """Return "csv" or "parquet", so that a wrong name is refused before any work."""
    return _kind(path)


def _kind(path: Path) -> str:
    name = path.name.lower()
    if name.endswith(_CSV):
        return "csv"
    if name.endswith(_PARQUET):
        return "parquet"
    endings = ", ".join((*_CSV, *_PARQUET))
    msg = f"The file name must end in one of {endings}. Got {path.name!r} instead."
    raise InvalidParameterError(msg)
