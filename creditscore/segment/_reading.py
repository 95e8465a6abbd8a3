"""What a classification is given: numbers, names and tables of names, missing values allowed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionDtype
from pandas.api.types import is_numeric_dtype

from creditscore._checks import read_entries
from creditscore._display import counted
from creditscore._frame import as_table
from creditscore._typing import Float1D, Int1D, NativeFrame
from creditscore._validation import as_floats
from creditscore.exceptions import InfiniteValueError, InvalidDataError, InvalidParameterError

UNKNOWN = "unknown"
"""What a customer is called of whom a needed fact is missing."""
MOST_LISTED = 5


def read_labels(value: Any, name: str, owner: str) -> tuple[str, ...]:
    """Read different texts of a parameter, one or more; "unknown" is kept for missing facts."""
    labels = read_entries(value, name, owner)
    fine = all(isinstance(label, str) and label and label != UNKNOWN for label in labels)
    if not labels or not fine or len(set(labels)) != len(labels):
        msg = (
            f"The {name!r} parameter of {owner} must hold different texts, one or more, and not "
            f"{UNKNOWN!r}, which is kept for missing facts. Got {value!r} instead."
        )
        raise InvalidParameterError(msg)
    return labels


def check_text(value: Any, name: str, owner: str, *, empty: bool = False) -> str:
    """Return a parameter that must be a text."""
    if not isinstance(value, str) or not (value or empty):
        msg = f"The {name!r} parameter of {owner} must be a text. Got {value!r} instead."
        raise InvalidParameterError(msg)
    return value


def read_numbers(values: Any, name: str) -> Float1D:
    """Read one column of numbers, NaN where missing; text, dates and infinity are refused."""
    if isinstance(values, pd.Series) and isinstance(values.dtype, ExtensionDtype):
        # older pandas make objects of numbers with gaps of their own
        values = (
            values.to_numpy(np.float64, na_value=np.nan) if is_numeric_dtype(values) else values
        )
    numbers = as_floats(values, name)
    if numbers.ndim != 1:
        msg = f"{name} must be one column. Got an array of shape {numbers.shape}."
        raise InvalidDataError(msg)
    infinite = np.isinf(numbers)
    if infinite.any():
        row = int(infinite.argmax())
        msg = (
            f"{name} holds {counted(int(infinite.sum()), 'infinite value')}, the first at row "
            f"{row}. A ratio over zero makes them: set them to missing."
        )
        raise InfiniteValueError(msg)
    return numbers


def read_names(values: Any, name: str) -> tuple[Int1D, tuple[str, ...]]:
    """Read one column of texts as codes into those that occur, -1 where missing."""
    native: Any
    if nw.dependencies.is_into_series(values) and not isinstance(values, pd.Series):
        native = np.array(nw.from_native(values, series_only=True).to_list(), dtype=object)
    elif isinstance(values, (pd.Series, pd.Index)):
        native = values
    else:
        native = np.asarray(values, dtype=object)
    if native.ndim != 1:
        msg = f"{name} must be one column. Got an array of shape {native.shape}."
        raise InvalidDataError(msg)
    codes, levels = pd.factorize(native)
    found = list(levels)
    strange = next((level for level in found if not isinstance(level, str)), None)
    if strange is not None:
        msg = f"{name} must hold texts. Got {strange!r} ({type(strange).__name__}): convert it."
        raise InvalidDataError(msg)
    return np.asarray(codes, dtype=np.intp), tuple(map(str, found))


def codes_among(values: Any, name: str, known: Sequence[str], *, of: str) -> Int1D:
    """Read names as places in a list of known ones, -1 where missing; others are refused."""
    codes, found = read_names(values, name)
    places = {label: place for place, label in enumerate(known)}
    strange = next((label for label in found if label not in places), None)
    if strange is not None:
        row = int((codes == found.index(strange)).argmax())
        listed = ", ".join(map(repr, known))
        msg = f"{name} at row {row} is {strange!r}, which is none of {of}: {listed}."
        raise InvalidDataError(msg)
    place_of = np.array([*(places[label] for label in found), -1], dtype=np.intp)
    return place_of.take(codes)


def check_same_rows(**columns: Any) -> None:
    """Refuse columns of other lengths, and pandas columns that are not of the same rows."""
    given = [(name, column) for name, column in columns.items() if column is not None]
    for name, column in given:
        if not hasattr(column, "__len__") or isinstance(column, str):
            msg = (
                f"{name} must be a column, with an entry for each customer. Got {column!r}: where "
                "it is the same for all, repeat it."
            )
            raise InvalidDataError(msg)
    first, values = given[0]
    for name, column in given[1:]:
        if len(column) != len(values):
            msg = (
                f"{first} has {counted(len(values), 'row')} and {name} has {len(column):,}. Give "
                "the same customers."
            )
            raise InvalidDataError(msg)
    labelled = [
        (name, column) for name, column in given if isinstance(column, (pd.Series, pd.DataFrame))
    ]
    for name, column in labelled[1:]:
        first, values = labelled[0]
        if not values.index.equals(column.index):
            msg = (
                f"{name} has another index than {first}, so customers would be mixed up. Bring it "
                f"into their order, {name}.reindex({first}.index), or pass {name}.to_numpy() if "
                "it is in their order already."
            )
            raise InvalidDataError(msg)


def index_of(*columns: Any, n: int) -> pd.Index:
    """Return the index of the first pandas column, else places."""
    for column in columns:
        if isinstance(column, (pd.Series, pd.DataFrame)):
            return column.index
    return pd.RangeIndex(n)


def named(labels: Sequence[str], codes: Int1D) -> np.ndarray[Any, Any]:
    """Return the label of each code; the code -1 is unknown."""
    names = np.array([*labels, UNKNOWN], dtype=object)
    return np.asarray(names[codes])


def frame_of(table: NativeFrame, columns: Sequence[str], *, what: str) -> pd.DataFrame:
    """Read columns of an edited table as pandas, in this order; other columns are refused."""
    read = as_table(table, wanted=columns)
    read.require(list(columns))
    if isinstance(table, pd.DataFrame):
        extra = [name for name in table.columns if name not in columns]
        found = table
    else:
        native = nw.from_native(table, eager_only=True)
        extra = [name for name in native.columns if name not in columns]
        found = pd.DataFrame({name: native[name].to_list() for name in native.columns})
    if extra:
        msg = (
            f"{what} is made of the columns {', '.join(columns)}. Got others too: "
            f"{', '.join(map(repr, extra))}. A slip in a name would be lost: leave them out."
        )
        raise InvalidDataError(msg)
    return found[list(columns)].reset_index(drop=True)


def listed_some(items: Sequence[Any]) -> str:
    """List the first few, and say how many more there are."""
    shown = "; ".join(map(str, items[:MOST_LISTED]))
    more = len(items) - MOST_LISTED
    return shown + (f"; and {more} more" if more > 0 else "")
