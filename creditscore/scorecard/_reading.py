"""What a card is given: a table of applicants, or one applicant as a mapping or a row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from creditscore._frame import Table, read_named
from creditscore._typing import Float1D, Int1D
from creditscore.binning import CategoricalPartition, MixedPartition, NumericPartition
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard._characteristic import Characteristic
from creditscore.scorecard._one_row import one_row
from creditscore.scorecard._scorecard import Scorecard
from creditscore.scorecard._unseen import codes_and_points


def read_applicants(card: Scorecard, X: Any, *, empty: bool = False) -> Table:
    """Read a table by the names of a card; a mapping, or a row of pandas, is a table of one row.

    With `empty` it may have no rows, as a table of those who were refused may.
    """
    if isinstance(X, pd.Series):
        X = X.to_dict()
    if isinstance(X, Mapping):
        return one_row(X, card.names)
    if empty and nw.dependencies.is_into_dataframe(X):
        frame = nw.from_native(X, eager_only=True)
        if not len(frame):
            table = Table(tuple(map(str, frame.columns)), 0, True, frame, None)
            table.require(card.names)
            return table
    return read_named(X, card.names)


def read_one(card: Scorecard, applicant: Any, owner: str) -> Table:
    """Read one applicant: a mapping, a row of pandas, or a table of one row."""
    table = read_applicants(card, applicant)
    if table.n_rows != 1:
        msg = (
            f"{owner} takes one applicant: a mapping of names to values, a row, or a table of one "
            f"row. Got {table.n_rows} rows instead."
        )
        raise InvalidParameterError(msg)
    return table


def earned(card: Scorecard, table: Table) -> tuple[list[Int1D], list[Float1D], Float1D]:
    """Return attributes and points of all rows by characteristic, and the scores."""
    score = np.full(table.n_rows, float(card.base_points))
    codes, points = [], []
    # added one after the other, as the card adds them, so that the last bit is the same
    for code, point in codes_and_points(card.characteristics, table):
        codes.append(code)
        points.append(point)
        score += point
    return codes, points, score


def raw_values(characteristic: Characteristic, table: Table) -> list[Any]:
    """Return the values of a column as Python's own, None where missing."""
    partition, name = characteristic.partition, characteristic.name
    if isinstance(partition, CategoricalPartition):
        codes, levels = table.levels(name)
        known = [*levels, None]
        return [known[code] for code in codes.tolist()]
    if isinstance(partition, MixedPartition):
        column = table.mixed(name)
        values = _plain(column.values)
        for row, word in zip(column.word_rows.tolist(), column.word_codes.tolist(), strict=True):
            values[row] = column.words[word]
        return values
    if isinstance(partition, NumericPartition):
        return _plain(partition.values(table, name))
    msg = f"Characteristic {name!r} has a partition of an unknown kind."
    raise InvalidParameterError(msg)


def direction(card: Scorecard) -> int:
    """Return 1 where a higher score is safer, -1 where the scale of the card is reversed."""
    return 1 if card.higher_is_safer else -1


def _plain(values: Float1D) -> list[Any]:
    return [None if value != value else value for value in values.tolist()]  # noqa: PLR0124 - NaN
