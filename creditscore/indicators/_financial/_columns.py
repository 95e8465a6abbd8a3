"""Numbers of firms given as arrays, read as what indicators compute with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from creditscore._typing import Float1D
from creditscore._validation import as_floats
from creditscore.exceptions import InvalidDataError
from creditscore.indicators._measured import Measured


def read_columns(owner: str, **columns: Any) -> dict[str, Measured]:
    """Read columns of one length; a single number stands for each row.

    Raises
    ------
    InvalidDataError
        A column holds other than numbers, an infinite one, or is of another length.
    """
    arrays = {name: as_floats(values, f"{owner}: {name!r}") for name, values in columns.items()}
    lengths = {name: len(array) for name, array in arrays.items() if array.ndim == 1}
    if any(array.ndim > 1 for array in arrays.values()) or len(set(lengths.values())) > 1:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        msg = f"{owner} needs columns of one length, or single numbers. Got {shapes}."
        raise InvalidDataError(msg)
    n = next(iter(lengths.values()), 1)
    return {name: Measured.of(name, np.broadcast_to(a, n).copy()) for name, a in arrays.items()}


def mapped(measured: Measured, function: Callable[[Float1D], Float1D], name: str) -> Measured:
    """Apply a function that is finite for every number; what is missing stays missing."""
    return replace(measured, name=name, values=function(measured.values))
