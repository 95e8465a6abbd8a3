"""The file of an encoder: its tables, and how it shows them."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from creditscore._document import (
    check_nothing_lost,
    read_document,
    reading_content,
    write_document,
)
from creditscore.binning._table import BinTable

_FORMAT = "creditscore-encoder"
_SCHEMA_VERSION = 1


def write_encoder(
    encoder: Any, path: str | os.PathLike[str] | None, *, key: bytes | None = None
) -> str | None:
    """Write a fitted encoder to a file, or return its text."""
    return write_document(path, _content(encoder), kind=_FORMAT, version=_SCHEMA_VERSION, key=key)


def read_encoder(cls: type, source: str | os.PathLike[str], *, key: bytes | None = None) -> Any:
    """Read a fitted encoder."""
    content = read_document(source, kind=_FORMAT, version=_SCHEMA_VERSION, key=key)
    with reading_content(source):
        tables = [BinTable.from_dict(entry) for entry in content["tables"]]
        encoder = cls(
            output=content["output"],
            bad_label=content["bad_label"],
            user_cuts={table.feature: table for table in tables},
        )
        encoder.tables_ = {table.feature: table for table in tables}
        encoder.classes_ = np.asarray(content["classes"])
        encoder.n_features_in_ = len(tables)
        if content["has_names"]:
            encoder.feature_names_in_ = np.asarray(list(encoder.tables_), dtype=object)
        check_nothing_lost(content, _content(encoder))
    return encoder


def _content(encoder: Any) -> dict[str, Any]:
    return {
        "tables": [table.to_dict() for table in encoder.tables_.values()],
        "classes": encoder.classes_.tolist(),
        "bad_label": encoder.bad_label,
        "output": encoder.output,
        "has_names": hasattr(encoder, "feature_names_in_"),
    }
