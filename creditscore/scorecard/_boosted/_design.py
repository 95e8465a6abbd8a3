"""Columns of a table as the columns that a boosting of trees takes, and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from creditscore._frame import Table
from creditscore._typing import Bool1D, Float1D, Float2D, Int1D, Level
from creditscore.binning import (
    BinTable,
    CategoricalPartition,
    FineLevels,
    NumericPartition,
    Partition,
    rows_of_prior,
)

MOST_LEVELS = 254
"""Categories that scikit-learn's histograms can hold, less one for all rarer levels."""
LEAST_SHARE = 30 / 200_000
"""Least share of rows with a value: of the 200,000 rows by which scikit-learn bins columns, none
has one but by a chance of e⁻³⁰."""
_FEW_LEVELS = 10
"""Columns of so many levels or fewer keep them all: among few, trees fit little chance."""


@dataclass(frozen=True, kw_only=True)
class Feature:
    """How a column of the table goes into the matrix of the boosting.

    Attributes
    ----------
    name : str
        The column.
    known : Partition
        How the column is read: its kind and special codes.
    place : int
        Column of the matrix with its amounts, or the places of its levels.
    code_place : int or None
        Column of the matrix that says which special code a row holds; NaN for none. Amounts of
        such rows are NaN.
    levels : tuple of level
        Of a column of levels: by place.
    rare : tuple of level
        Levels that share the last place: of too few rows to stand for themselves, or beyond the
        most that a histogram holds.
    """

    name: str
    known: Partition
    place: int
    code_place: int | None = None
    levels: tuple[Level, ...] = ()
    rare: tuple[Level, ...] = ()

    @property
    def is_level(self) -> bool:
        """Whether the column holds levels without an order."""
        return self.known.kind == "categorical"

    @property
    def n_levels(self) -> int:
        """Places of levels."""
        return len(self.levels) + bool(self.rare)


@dataclass(frozen=True, kw_only=True)
class Design:
    """Features and the matrix of the rows of a fit."""

    features: tuple[Feature, ...]
    matrix: Float2D
    categorical: Bool1D

    @classmethod
    def of(cls, table: Table, tables: Sequence[BinTable]) -> Design:
        """Read the columns of the bins."""
        features: list[Feature] = []
        columns: list[Float1D] = []
        categorical: list[bool] = []
        for bins in tables:
            place = len(columns)
            if isinstance(bins.partition, CategoricalPartition):
                feature, values = _levels(table, bins, place)
                columns.append(values)
                categorical.append(feature.is_level)
                features.append(feature)
                continue
            amounts, codes = _amounts(table, bins)
            columns.append(amounts)
            categorical.append(False)
            if codes is None:
                features.append(Feature(name=bins.feature, known=bins.partition, place=place))
                continue
            columns.append(codes)
            categorical.append(True)
            features.append(
                Feature(name=bins.feature, known=bins.partition, place=place, code_place=place + 1)
            )
        return cls(
            features=tuple(features),
            matrix=np.column_stack(columns),
            categorical=np.array(categorical),
        )


def _amounts(table: Table, bins: BinTable) -> tuple[Float1D, Float1D | None]:
    """Return amounts, and which special code or word a row holds instead."""
    partition = bins.partition
    assert isinstance(partition, NumericPartition)  # noqa: S101 - the caller has looked
    values = partition.values(table, bins.feature)
    if not partition.n_special:
        return values, None
    attributes = partition.codes(table, bins.feature)
    first, last = partition.n_regular, partition.n_regular + partition.n_special
    special = (attributes >= first) & (attributes < last)
    codes = np.where(special, attributes - float(first), np.nan)
    return np.where(special, np.nan, values), codes


def _levels(table: Table, bins: BinTable, place: int) -> tuple[Feature, Float1D]:
    """Return the places of levels: in their order, or codes and the most frequent ones first."""
    codes, levels = table.levels(bins.feature)
    counts = np.bincount(codes[codes >= 0], minlength=len(levels))
    order: Int1D = np.arange(len(levels))
    rare: Int1D = order[:0]
    if bins.partition.kind == "categorical":
        # special codes come first, so that they are never among the rare
        special = np.array([level in bins.partition.special_codes for level in levels])
        silent = _silent(levels, bins) & ~special
        order = np.lexsort([-counts, silent, ~special])
        n_own = len(order) - int(np.count_nonzero(silent))
        if len(order) > MOST_LEVELS + 1:
            n_own = min(n_own, MOST_LEVELS)
        order, rare = order[:n_own], order[n_own:]
    places = np.full(len(levels) + 1, np.nan)  # the last is for missing values
    places[order] = np.arange(len(order))
    places[rare] = len(order)
    feature = Feature(
        name=bins.feature,
        known=bins.partition,
        place=place,
        levels=tuple(levels[i] for i in order),
        rare=tuple(levels[i] for i in rare),
    )
    return feature, places.take(codes)


def _silent(levels: Sequence[Level], bins: BinTable) -> Bool1D:
    """Tell of which levels the others say more than their own rows do.

    Among many levels, trees sort out those that chance has made risky or safe. So a level stands
    for itself only where it has as many rows as weigh what all levels say of it together; where
    levels differ by no more than chance, none has.
    """
    fine = bins.fine
    if not isinstance(fine, FineLevels) or len(fine.levels) <= _FEW_LEVELS:
        return np.zeros(len(levels), dtype=np.bool_)
    least = rows_of_prior(fine.good, fine.bad)
    found = {level for level, n in zip(fine.levels, fine.good + fine.bad, strict=True) if n < least}
    return np.array([level in found for level in levels], dtype=np.bool_)


def cuttable(matrix: Float2D, least: int) -> Float2D:
    """Return a matrix to fit trees on: columns of next to no value become constant.

    scikit-learn cannot bin columns without a value, be it among rows of a fold or among the
    200,000 that it draws of more. No tree could cut columns of fewer than `least` values, the
    fewest rows of a leaf; so trees are the same, and those of the fit may judge other rows.
    """
    n_values = np.count_nonzero(~np.isnan(matrix), axis=0)
    hollow = n_values < max(least, LEAST_SHARE * len(matrix), 1)
    return np.where(hollow, 0.0, matrix) if hollow.any() else matrix
