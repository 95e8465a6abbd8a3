"""Which interval each value falls in, faster than a binary search a value."""

from __future__ import annotations

import numpy as np

from creditscore._typing import Float1D, Int1D

_CELLS = 4096
_SMALL = 4_000
"""Below so many values, building the table of cells costs more than it saves."""
_MOST_CUTS_IN_A_CELL = 4
_FEW_CUTS = 20
"""So many comparisons a value take less time than looking its cell up."""
_CHUNK = 16_384


def digitize(values: Float1D, cuts: Float1D) -> Int1D:
    """Return for each value the number of cuts at or below it; NaN gives 0.

    Parameters
    ----------
    values : ndarray of shape (n,)
        May hold NaN, not infinities.
    cuts : ndarray of shape (m,)
        Strictly increasing, finite.

    Returns
    -------
    ndarray of int, shape (n,)
        As ``np.searchsorted(cuts, values, side="right")`` for values that are not NaN.

    Notes
    -----
    A few cuts are compared with all values one by one, in chunks that stay in the processor's
    cache: a comparison is a fraction of a nanosecond a value. Where they are many, the range of
    the cuts is divided into equal cells. The cell of a value is a monotone function of it, in
    floating point too, so every cut in a lower cell is at or below the value and one look at each
    cut of its own cell settles the rest: exact, O(n), memory of three arrays of n. Where the cuts
    crowd into few cells, a binary search is used instead.
    """
    if len(values) < _SMALL:
        return _search(values, cuts)
    if len(cuts) <= _FEW_CUTS:
        return _compare(values, cuts)
    with np.errstate(over="ignore", divide="ignore"):
        scale = _CELLS / (cuts[-1] - cuts[0])
    if not 0 < scale < np.inf:
        return _search(values, cuts)
    cell_of_cut = _cell(cuts, cuts[0], scale)
    below = np.searchsorted(cell_of_cut, np.arange(_CELLS + 2), side="left").astype(np.int16)
    crowd = int(np.bincount(cell_of_cut).max())
    if crowd > _MOST_CUTS_IN_A_CELL or len(cuts) >= np.iinfo(np.int16).max:
        return _search(values, cuts)
    codes = below.take(_cell(values, cuts[0], scale))
    ends = np.append(cuts, np.inf)
    for _ in range(crowd):
        codes += values >= ends.take(codes)
    return codes.astype(np.intp)


def _compare(values: Float1D, cuts: Float1D) -> Int1D:
    """Count the cuts at or below each value by comparing with each of them."""
    codes = np.empty(len(values), dtype=np.intp)
    counted, reached = np.empty(_CHUNK, dtype=np.int8), np.empty(_CHUNK, dtype=bool)
    for start in range(0, len(values), _CHUNK):
        chunk = values[start : start + _CHUNK]
        count, is_reached = counted[: len(chunk)], reached[: len(chunk)]
        count.fill(0)
        for cut in cuts.tolist():
            np.greater_equal(chunk, cut, out=is_reached)
            count += is_reached.view(np.int8)
        codes[start : start + _CHUNK] = count
    return codes


def _cell(
    values: Float1D, start: float, scale: float
) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    with np.errstate(over="ignore"):
        # beyond the largest float is beyond the last cell all the same
        position = values - start
        position *= scale
    # fmax takes the number where the other is NaN: a missing value goes to cell 0
    np.fmax(position, -1.0, out=position)
    np.fmin(position, float(_CELLS), out=position)
    position += 1.0
    return position.astype(np.int16)


def _search(values: Float1D, cuts: Float1D) -> Int1D:
    codes = np.searchsorted(cuts, values, side="right")
    codes[np.isnan(values)] = 0
    return codes
