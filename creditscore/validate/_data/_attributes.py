"""The columns of samples as attributes: by quantiles and levels, where no bins are given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from creditscore._frame import Table
from creditscore._typing import Bool1D, Float1D, Int1D, Level
from creditscore.binning import (
    CategoricalPartition,
    MixedPartition,
    NumericPartition,
    Partition,
)
from creditscore.exceptions import ColumnTypeError, InvalidParameterError

MOST_LEVELS = 20
"""So many levels or words are attributes of their own; the rarer ones share the last."""
STRANGE = "holds neither numbers nor levels nor dates: convert it, or drop it"
"""Why a column is not looked at."""


def simple_partition(table: Table, name: str, n_bins: int) -> Partition:
    """Part a column by its own quantiles, or by its most frequent levels."""
    kind = table.kind(name)
    if kind == "numeric":
        values = NumericPartition().values(table, name)
        return NumericPartition(cuts=quantile_cuts(values, n_bins))
    if kind == "mixed":
        return _mixed_partition(table, name, n_bins)
    codes, levels = table.levels(name)
    counts = np.bincount(codes[codes >= 0], minlength=len(levels))
    # of equal counts the first comes first, whatever the library
    order = np.argsort(-counts, kind="stable")
    ranked: list[Level] = [levels[place] for place in order if counts[place]]
    groups: list[tuple[Level, ...]] = [(level,) for level in ranked[: MOST_LEVELS - 1]]
    if len(ranked) >= MOST_LEVELS:
        groups.append(tuple(ranked[MOST_LEVELS - 1 :]))
    return CategoricalPartition(groups=tuple(groups))


def quantile_cuts(values: Float1D, n_bins: int) -> tuple[float, ...]:
    """Return cuts into about equally frequent bins; a frequent value has a bin of its own.

    So a column that is zero in nearly all rows still has two bins.
    """
    known = values[~np.isnan(values)]
    if not len(known):
        return ()
    distinct, counts = np.unique(known, return_counts=True)
    if len(distinct) == 1:
        # other values, of another sample, are told from the only one
        return distinct[0], NumericPartition.just_above(distinct[0])
    if len(distinct) <= n_bins:
        return tuple(distinct[1:].tolist())
    heavy = counts >= len(known) / n_bins
    starts = heavy | np.append(False, heavy[:-1])
    light = np.where(heavy, 0, counts)
    n_light = int(light.sum())
    if n_light:
        n_parts = max(1, round(n_bins * n_light / len(known)))
        part = (np.cumsum(light) - light) * n_parts // n_light
        starts |= np.diff(part, prepend=0) > 0
    starts[0] = False
    return tuple(distinct[starts].tolist())


def numbers_of(partition: Partition, table: Table, name: str) -> Float1D | None:
    """Return the amounts of a column, NaN for missing values, codes and words; None of levels."""
    if not isinstance(partition, NumericPartition):
        return None
    values = partition.values(table, name)
    codes = partition.special_values
    if codes:
        values = np.where(np.isin(values, list(codes)), np.nan, values)
    return values


def strange_among(table: Table, names: Iterable[str]) -> tuple[str, ...]:
    """Return the columns that cannot be parted as they are: dates, times, what is no value."""
    found = []
    for name in names:
        try:
            table.kind(name)
        except ColumnTypeError:
            found.append(name)
    return tuple(found)


def has_days(table: Table, name: str) -> bool:
    """Tell whether a column holds dates."""
    try:
        table.days(name)
    except ColumnTypeError:
        return False
    return True


def checked_names(columns: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the columns that are asked for, each once."""
    listed = isinstance(columns, Iterable) and not isinstance(columns, str)
    names = tuple(dict.fromkeys(columns)) if listed else ()
    if not names:
        msg = f"columns must be a list of names, such as ['age', 'sales']. Got {columns!r}."
        raise InvalidParameterError(msg)
    return names


def count_codes(codes: Int1D, n_codes: int, weights: Float1D | None = None) -> Float1D:
    """Count rows, or add up their weights, by attribute."""
    return np.bincount(codes, weights, minlength=n_codes).astype(np.float64)


def class_counts(
    codes: Int1D, n_codes: int, is_bad: Bool1D, weights: Float1D | None = None
) -> tuple[Float1D, Float1D]:
    """Count goods and bads by attribute."""
    good, bad = (
        count_codes(codes[rows], n_codes, None if weights is None else weights[rows])
        for rows in (~is_bad, is_bad)
    )
    return good, bad


def _mixed_partition(table: Table, name: str, n_bins: int) -> MixedPartition:
    column = table.mixed(name)
    counts = np.bincount(column.word_codes, minlength=len(column.words))
    order = np.argsort(-counts, kind="stable")
    words = [column.words[place] for place in order if counts[place]]
    n_pooled = len(words) - MOST_LEVELS + 1
    return MixedPartition(
        cuts=quantile_cuts(column.values, n_bins),
        special_codes=tuple(words),
        n_pooled=n_pooled if n_pooled > 1 else 0,
    )
