"""Two characteristics of one column in one, whose points are the sum of both: exactly."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from creditscore._frame import as_table
from creditscore._typing import Level
from creditscore.binning import (
    CategoricalPartition,
    MixedPartition,
    NumericPartition,
    Partition,
)
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard import Attribute, Characteristic

Pair: TypeAlias = tuple[int | None, int | None]
"""An attribute of each of two characteristics; None where one cannot read the value at all."""
_SAME = 1e-9
"""Points up to which two sums are one but for rounding."""


def merged(first: Characteristic, second: Characteristic) -> Characteristic:
    """Add two characteristics of one column, so that any value earns the points of both.

    Parameters
    ----------
    first, second : Characteristic
        Of the same name, their points on one scale. Counts are those of `second`.

    Returns
    -------
    Characteristic
        Without WOE and coefficient, which sums do not have; with neutral points where both have
        them, and with the counts of `second` where none of its attributes is taken apart.

    Raises
    ------
    InvalidParameterError
        One reads levels and the other numbers, or other kinds of levels; the message names the
        column.

    Notes
    -----
    Intervals are cut at the cuts of both; within each of them both are linear, and so is their
    sum. A special code of one that is a number to the other keeps an attribute of its own. Levels
    are grouped by the pair of groups that they fall in, and a level that one does not know has
    its points of "Other". What one refuses, the sum refuses. O(m) for m attributes in all.
    """
    one, other = first.partition, second.partition
    if isinstance(one, NumericPartition) and isinstance(other, NumericPartition):
        return _numbers(first, second, one, other)
    if isinstance(one, CategoricalPartition) and isinstance(other, CategoricalPartition):
        return _levels(first, second, one, other)
    msg = (
        f"Column {first.name!r} cannot be blended: one card reads it as {one.kind} and the other "
        f"as {other.kind}. Write one of both anew on the bins of the other, or leave the column "
        "out of one card."
    )
    raise InvalidParameterError(msg)


@dataclass(frozen=True)
class _Cell:
    """One attribute of the sum: where it lies in both, and what it is worth."""

    pair: Pair
    points: float
    slope: float = 0.0


def _numbers(
    first: Characteristic,
    second: Characteristic,
    one: NumericPartition,
    other: NumericPartition,
) -> Characteristic:
    cuts = tuple(sorted({*one.cuts, *other.cuts}))
    both = tuple(dict.fromkeys((*_codes(one), *_codes(other))))
    partition: NumericPartition
    words: tuple[str, ...] = ()
    if isinstance(one, MixedPartition) or isinstance(other, MixedPartition):
        words = tuple(dict.fromkeys((*_words(one), *_words(other))))
        partition = MixedPartition(cuts=cuts, special_codes=(*both, *words))
    else:
        partition = NumericPartition(cuts=cuts, special_codes=both)
    cells = [_constant(first, second, (0, 0))]
    for start in cuts:
        pair = (_interval(one, start), _interval(other, start))
        cells.append(_Cell(pair, *_on_interval(first, second, pair, start)))
    cells += _special_numbers(first, second, partition, both)
    cells += [_constant(first, second, (_word(one, w), _word(other, w))) for w in words]
    cells.append(_constant(first, second, (one.missing_code, other.missing_code)))
    if isinstance(partition, MixedPartition):
        cells.append(_constant(first, second, (_word(one, None), _word(other, None))))
    return _assembled(first, second, partition, cells)


def _codes(partition: NumericPartition) -> list[float]:
    codes: tuple[Any, ...] = partition.special_codes
    return [code for code in codes if not isinstance(code, str)]


def _words(partition: NumericPartition) -> tuple[str, ...]:
    return tuple(partition.words) if isinstance(partition, MixedPartition) else ()


def _word(partition: NumericPartition, word: str | None) -> int | None:
    """Return the attribute of a word; None where words are refused."""
    if not isinstance(partition, MixedPartition):
        return None
    return partition.other_code if word is None else partition.words.get(word, partition.other_code)


def _interval(partition: NumericPartition, start: float) -> int:
    """Return the interval that a number lies in, be it a special code or not."""
    return int(np.searchsorted(partition.cuts, start, side="right"))


def _on_interval(
    first: Characteristic, second: Characteristic, pair: tuple[int, int], start: float
) -> tuple[float, float]:
    """Return points at the start of a cut interval, and the slope."""
    points = _at(first, pair[0], start) + _at(second, pair[1], start)
    return points, first.attributes[pair[0]].slope + second.attributes[pair[1]].slope


def _at(characteristic: Characteristic, code: int, value: float) -> float:
    """Return the points of a number in an attribute."""
    attribute = characteristic.attributes[code]
    if not attribute.slope:
        return attribute.points
    lower = float(characteristic.partition.bounds()[0][code])
    return attribute.points + attribute.slope * (value - lower)


def _special_numbers(
    first: Characteristic,
    second: Characteristic,
    partition: NumericPartition,
    codes: Sequence[float],
) -> list[_Cell]:
    """Return the cells of numbers that are special codes of one or both."""
    found: dict[int, list[_Cell]] = {}
    for value, place in partition.special_values.items():
        pair = (_number(first.partition, value), _number(second.partition, value))
        points = _at(first, pair[0], value) + _at(second, pair[1], value)
        found.setdefault(place, []).append(_Cell(pair, points))
    cells = []
    for place, code in enumerate(codes, partition.n_regular):
        # the same code, as 64 and as 32 bits hold it
        twins = found[place]
        same = max(1.0, abs(twins[0].points)) * _SAME
        if any(abs(twin.points - twins[0].points) > same for twin in twins):
            msg = (
                f"Column {first.name!r} cannot be blended: {code:g} is a special code of one card "
                "and an amount in the other, where it earns other points in 32 than in 64 bits. "
                "Make it a special code of both."
            )
            raise InvalidParameterError(msg)
        cells.append(twins[0])
    return cells


def _number(partition: Partition, value: float) -> int:
    assert isinstance(partition, NumericPartition)  # noqa: S101 - of its caller
    return int(partition.codes_of(np.array([value]))[0])


def _levels(
    first: Characteristic,
    second: Characteristic,
    one: CategoricalPartition,
    other: CategoricalPartition,
) -> Characteristic:
    special = tuple(dict.fromkeys((*one.special_codes, *other.special_codes)))
    levels = tuple(dict.fromkeys((*_grouped(one), *_grouped(other))))
    regular = [level for level in levels if level not in special]
    pairs = _pairs(first.name, (one, other), (*regular, *special))
    groups: dict[Pair, list[Level]] = {}
    for level in regular:
        groups.setdefault(pairs[level], []).append(level)
    partition = CategoricalPartition(
        groups=tuple(map(tuple, groups.values())),
        special_codes=special,
        ordered=one.ordered and other.ordered and _grouped(one) == _grouped(other),
    )
    places: list[Pair] = [
        *groups,
        *(pairs[level] for level in special),
        (one.missing_code, other.missing_code),
        (one.other_code, other.other_code),
    ]
    cells = [_constant(first, second, pair) for pair in places]
    return _assembled(first, second, partition, cells)


def _grouped(partition: CategoricalPartition) -> tuple[Level, ...]:
    return tuple(level for group in partition.groups for level in group)


def _pairs(
    name: str, partitions: Iterable[CategoricalPartition], levels: Sequence[Level]
) -> Mapping[Level, Pair]:
    """Return where each level lies in two partitions, as these themselves say."""
    if not levels:
        return {}
    one, other = partitions
    sorts = [{isinstance(v, str) for v in (*_grouped(p), *p.special_codes)} for p in (one, other)]
    if sorts[0] != sorts[1] and all(sorts):
        msg = (
            f"Column {name!r} cannot be blended: the levels of one card are text and those of the "
            "other numbers or booleans. Write both with the levels that the column has."
        )
        raise InvalidParameterError(msg)
    table = as_table(pd.DataFrame({name: pd.Series(list(levels), dtype=object)}))
    codes = [partition.coded(table, name)[0].tolist() for partition in (one, other)]
    return dict(zip(levels, zip(*codes, strict=True), strict=True))


def _constant(first: Characteristic, second: Characteristic, pair: Pair) -> _Cell:
    points = sum(
        0.0 if code is None else characteristic.attributes[code].points
        for characteristic, code in zip((first, second), pair, strict=True)
    )
    return _Cell(pair, float(points))


def _assembled(
    first: Characteristic, second: Characteristic, partition: Partition, cells: Sequence[_Cell]
) -> Characteristic:
    counts = _counts(second, [cell.pair[1] for cell in cells])
    attributes = tuple(
        _attribute(first, second, cell, *(counts[place] if counts else (None, None)))
        for place, cell in enumerate(cells)
    )
    neutral = (first.neutral_points, second.neutral_points)
    known = neutral[0] is not None and neutral[1] is not None
    return Characteristic(
        name=first.name,
        partition=partition,
        attributes=attributes,
        neutral_points=math.fsum(n or 0.0 for n in neutral) if known else None,
    )


def _attribute(
    first: Characteristic,
    second: Characteristic,
    cell: _Cell,
    n_good: float | None,
    n_bad: float | None,
) -> Attribute:
    parts = [
        None if code is None else characteristic.attributes[code]
        for characteristic, code in zip((first, second), cell.pair, strict=True)
    ]
    return Attribute(
        points=cell.points,
        slope=cell.slope,
        n_good=n_good,
        n_bad=n_bad,
        treatment="error" if any(part is None or part.refused for part in parts) else None,
        overridden=any(part is not None and part.overridden for part in parts),
    )


def _counts(
    characteristic: Characteristic, codes: Sequence[int | None]
) -> list[tuple[float | None, float | None]] | None:
    """Return the counts of the cells; None where an attribute with counts was taken apart."""
    if sorted(code for code in codes if code is not None) != list(
        range(len(characteristic.attributes))
    ):
        return None
    of = characteristic.attributes
    if any(attribute.n_good is None or attribute.n_bad is None for attribute in of):
        return None
    # a word that the characteristic refuses was met by no row
    return [(0.0, 0.0) if c is None else (of[c].n_good, of[c].n_bad) for c in codes]
