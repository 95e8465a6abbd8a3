"""Two samples of the same columns, read once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from creditscore._frame import Table, as_table
from creditscore._typing import Bool1D, Float1D, Float2D, Int1D, NativeFrame
from creditscore._validation import check_weights
from creditscore.binning import NumericPartition, Partition
from creditscore.exceptions import ColumnTypeError, InvalidDataError
from creditscore.validate._data._attributes import (
    STRANGE,
    checked_names,
    has_days,
    simple_partition,
    strange_among,
)
from creditscore.validate._data._representativeness_settings import RepresentativenessSettings


@dataclass(frozen=True, eq=False)
class TwoSamples:
    """The development sample and the current one, their common columns and their weights."""

    development: Table
    current: Table
    names: tuple[str, ...]
    skipped: Mapping[str, str]
    weights: tuple[Float1D | None, Float1D | None]
    settings: RepresentativenessSettings

    @classmethod
    def read(
        cls,
        development: NativeFrame,
        current: NativeFrame,
        columns: Sequence[str] | None,
        weights: tuple[Any, Any],
        settings: RepresentativenessSettings,
    ) -> TwoSamples:
        """Read both samples; columns that were not asked for by name may be left out, and why."""
        wanted = None if columns is None else checked_names(columns)
        tables = as_table(development, wanted=wanted), as_table(current, wanted=wanted)
        if wanted is None:
            names, skipped = _common(*tables)
        else:
            names, skipped = wanted, {}
            for table in tables:
                table.require(names)
        first, second = tables
        read = tuple(
            check_weights(weight, n_rows=table.n_rows)
            for weight, table in zip(weights, tables, strict=True)
        )
        first, second = _read_alike(first, second, names)
        return cls(first, second, names, skipped, (read[0], read[1]), settings)

    @cached_property
    def partitions(self) -> dict[str, Partition]:
        """Each column by quantiles and levels of the development sample."""
        return {
            name: simple_partition(self.development, name, self.settings.n_bins)
            for name in self.names
        }

    def drawn(self) -> tuple[Int1D, Int1D]:
        """Draw rows of both samples, as their weights say, and no row twice."""
        rng = np.random.default_rng(self.settings.random_state)
        first, second = (
            _drawn(table.n_rows, weights, self.settings.most_rows, rng)
            for table, weights in zip((self.development, self.current), self.weights, strict=True)
        )
        return first, second

    def design(self, rows: tuple[Int1D, Int1D]) -> tuple[Float2D, Bool1D]:
        """Return some rows of both as numbers for a classifier, and which columns are codes."""
        is_code = np.array(
            [type(self.partitions[name]) is not NumericPartition for name in self.names]
        )
        X = np.empty((sum(map(len, rows)), len(self.names)))
        for place, name in enumerate(self.names):
            partition = self.partitions[name]
            parts = [
                _as_numbers(partition, table, name, codes=bool(is_code[place]))[kept]
                for table, kept in zip((self.development, self.current), rows, strict=True)
            ]
            X[:, place] = np.concatenate(parts)
        return X, is_code


def _common(first: Table, second: Table) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the columns that both hold and that can be parted, and why others are left out."""
    skipped = {
        name: "not in the current sample" for name in first.names if name not in second.names
    }
    skipped |= {
        name: "not in the development sample" for name in second.names if name not in first.names
    }
    shared = [name for name in first.names if name not in skipped]
    for table in (first, second):
        strange = strange_among(table, shared)
        skipped |= {
            name: "holds dates, which always move on" if has_days(table, name) else STRANGE
            for name in strange
        }
    names = tuple(name for name in shared if name not in skipped)
    if not names:
        msg = (
            "The two samples have no column in common that can be compared. The first has: "
            f"{', '.join(map(repr, first.names[:20]))}; the second: "
            f"{', '.join(map(repr, second.names[:20]))}."
        )
        raise InvalidDataError(msg)
    return names, skipped


def _read_alike(first: Table, second: Table, names: Sequence[str]) -> tuple[Table, Table]:
    """Read each column of both samples in one way: one without any value has no type of its own."""
    for name in names:
        kinds = first.kind(name), second.kind(name)
        if kinds[0] == kinds[1] or set(kinds) == {"categorical", "ordered"}:
            continue
        if not len(first.levels(name)[1]):
            first = first.with_kinds({name: kinds[1]})
            continue
        try:
            second = second.with_kinds({name: kinds[0]})
        except ColumnTypeError as error:
            msg = (
                f"Column {name!r} is {kinds[0]} in the development sample and {kinds[1]} in the "
                "current one, so that their values cannot be compared. Convert one of them."
            )
            raise ColumnTypeError(msg) from error
    return first, second


def _drawn(n: int, weights: Float1D | None, most: int, rng: np.random.Generator) -> Int1D:
    rows = np.arange(n)
    if weights is not None:
        rows = rows[rng.random(n) * weights.max() < weights]
    if len(rows) > most:
        rows = rng.choice(rows, most, replace=False)
    drawn: Int1D = np.sort(rows)
    return drawn


def _as_numbers(partition: Partition, table: Table, name: str, *, codes: bool) -> Float1D:
    if codes or not isinstance(partition, NumericPartition):
        return partition.coded(table, name)[0].astype(np.float64)
    return partition.values(table, name)
