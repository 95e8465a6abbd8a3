"""Scores of many rows, part by part: memory for one part, whatever the rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from creditscore._frame import Table
from creditscore._typing import Float1D
from creditscore.binning import NumericPartition
from creditscore.scorecard._characteristic import Characteristic
from creditscore.scorecard._unseen import Tally, warn_of_unmet

CHUNK = 2**17
"""Rows scored at a time: their arrays stay in the cache of a processor."""


def summed_points(
    characteristics: Sequence[Characteristic], table: Table, base_points: float
) -> Float1D:
    """Return the points of each row, added up one characteristic after the other.

    Parts of a table are scored in turn. Warnings and refusals come once all are read and count
    the rows of all. The sum of a row is the same whatever rows are beside it.
    """
    score = np.full(table.n_rows, base_points)
    tallies = [Tally(characteristic) for characteristic in characteristics]
    for part, sums in _parts(characteristics, table, score):
        for tally in tallies:
            _, points = tally.read(part)
            np.add(sums, points, out=sums)
    for tally in tallies:
        tally.settle()
    warn_of_unmet(tallies)
    return score


def in_parts(function: Callable[[Float1D], Float1D], values: Float1D) -> Float1D:
    """Put what a function makes of each value in its place, a part at a time."""
    for start in range(0, len(values), CHUNK):
        part = values[start : start + CHUNK]
        part[:] = function(part)
    return values


def _parts(
    characteristics: Sequence[Characteristic], table: Table, score: Float1D
) -> Iterator[tuple[Table, Float1D]]:
    """Yield parts of a table with their places in the score."""
    if table.n_rows <= CHUNK:
        yield table, score
        return
    for characteristic in characteristics:
        if isinstance(characteristic.partition, NumericPartition):
            # a column is of one kind, which some rows alone may not tell
            table.kind(characteristic.name)
    for start in range(0, table.n_rows, CHUNK):
        stop = min(start + CHUNK, table.n_rows)
        yield table.rows(start, stop), score[start:stop]
