"""KS distances of bootstrap resamples, each drawn only where its largest distance can be."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from creditscore._typing import Bool1D, Float1D, Int1D

_BLOCKS = 1_024
"""Blocks of neighbouring scores that every resample draws; what is in them is drawn on demand."""
_CELLS_AT_ONCE = 2_000_000
"""Blocks of a batch of resamples: bounds the memory to some 150 megabytes."""


def resample_distances(
    rng: np.random.Generator, good: Float1D, bad: Float1D, *, size: int
) -> Float1D:
    """Return the KS distances of `size` resamples, goods and bads drawn apart.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where the draws come from.
    good, bad : ndarray of shape (n_scores,)
        Whole numbers of goods and bads at each distinct score, in the order of the scores.
    size : int
        Number of resamples.

    Returns
    -------
    ndarray of shape (size,)

    Notes
    -----
    A resample is a multinomial draw over the distinct scores. To draw the totals of blocks of
    scores, and then to split a block by a binomial draw, again and again, is the same draw [1]_.
    Within a block the distance is at most that below it plus the share of one class that the
    block holds, so a block is split only while this exceeds the largest distance seen. What is
    never drawn could not have changed the result: the distances have exactly the distribution of
    those of full draws. With up to 1,024 distinct scores nothing is left to split.

    References
    ----------
    .. [1] L. Devroye, *Non-Uniform Random Variate Generation*, Springer, 1986, ch. XI.1.
    """
    sample = _Sample.from_counts(good, bad)
    batch = max(1, _CELLS_AT_ONCE // min(_BLOCKS, len(good)))
    return np.concatenate(
        [
            _largest_distances(rng, sample, size=min(batch, size - start))
            for start in range(0, size, batch)
        ]
    )


class _Sample(NamedTuple):
    """Goods and bads of the sample, summed over the scores: from none of them to all."""

    good: Float1D
    bad: Float1D

    @classmethod
    def from_counts(cls, good: Float1D, bad: Float1D) -> _Sample:
        return cls(np.append(0.0, np.cumsum(good)), np.append(0.0, np.cumsum(bad)))

    def distance(self, good_below: Float1D | Int1D, bad_below: Float1D | Int1D) -> Float1D:
        """Return share of bads minus share of goods, of resampled counts."""
        distance: Float1D = bad_below / self.bad[-1] - good_below / self.good[-1]
        return distance


class _Blocks(NamedTuple):
    """Blocks of neighbouring scores, each of one resample, as columns."""

    resample: Int1D
    first: Int1D
    """Place of the first score."""
    stop: Int1D
    """Place after the last score."""
    good_below: Int1D
    bad_below: Int1D
    good: Int1D
    bad: Int1D

    def only(self, chosen: Bool1D) -> _Blocks:
        return _Blocks(*(column[chosen] for column in self))

    def beside(self, other: _Blocks) -> _Blocks:
        return _Blocks(*(np.concatenate(pair) for pair in zip(self, other, strict=True)))


def _largest_distances(rng: np.random.Generator, sample: _Sample, *, size: int) -> Float1D:
    """Draw resamples, and split their blocks until none can hold a larger distance."""
    best, blocks = _draw_blocks(rng, sample, size=size)
    while len(blocks.resample):
        lower, upper = _split(rng, sample, blocks)
        distance = np.abs(sample.distance(upper.good_below, upper.bad_below))
        np.maximum.at(best, upper.resample, distance)
        halves = lower.beside(upper)
        blocks = halves.only(_worth_splitting(sample, halves, best[halves.resample]))
    return best


def _draw_blocks(
    rng: np.random.Generator, sample: _Sample, *, size: int
) -> tuple[Float1D, _Blocks]:
    """Draw the totals of blocks; return the largest distance at their ends, and what to split."""
    n_scores = len(sample.good) - 1
    edges = np.linspace(0, n_scores, min(_BLOCKS, n_scores) + 1).round().astype(np.intp)
    good, bad = (
        rng.multinomial(int(below[-1]), np.diff(below[edges]) / below[-1], size=size)
        for below in sample
    )
    good_until, bad_until = np.cumsum(good, axis=1), np.cumsum(bad, axis=1)
    best: Float1D = np.abs(sample.distance(good_until, bad_until)).max(axis=1)
    resample = np.arange(size)[:, None]
    grid = _Blocks(resample, edges[:-1], edges[1:], good_until - good, bad_until - bad, good, bad)
    chosen = _worth_splitting(sample, grid, best[resample])
    return best, _Blocks(*(np.broadcast_to(column, good.shape) for column in grid)).only(chosen)


def _worth_splitting(sample: _Sample, blocks: _Blocks, best: Float1D) -> Bool1D:
    """Find the blocks of several scores that may hold a distance beyond the largest so far."""
    below = sample.distance(blocks.good_below, blocks.bad_below)
    # as if all bads of the block came before its goods, or the other way round
    reach = np.maximum(below + blocks.bad / sample.bad[-1], blocks.good / sample.good[-1] - below)
    chosen: Bool1D = (reach > best) & (blocks.stop - blocks.first > 1)
    return chosen


def _split(rng: np.random.Generator, sample: _Sample, blocks: _Blocks) -> tuple[_Blocks, _Blocks]:
    """Split blocks in the middle and draw what falls into the halves, given the whole."""
    middle = (blocks.first + blocks.stop) // 2
    good, bad = (
        rng.binomial(total, _share_before(middle, blocks, below))
        for total, below in ((blocks.good, sample.good), (blocks.bad, sample.bad))
    )
    lower = blocks._replace(stop=middle, good=good, bad=bad)
    upper = blocks._replace(
        first=middle,
        good_below=blocks.good_below + good,
        bad_below=blocks.bad_below + bad,
        good=blocks.good - good,
        bad=blocks.bad - bad,
    )
    return lower, upper


def _share_before(middle: Int1D, blocks: _Blocks, below: Float1D) -> Float1D:
    """Share of a class of the sample that a block holds before its middle; 0 where it has none."""
    held = below[blocks.stop] - below[blocks.first]
    share = np.zeros(len(held))
    np.divide(below[middle] - below[blocks.first], held, out=share, where=held > 0)
    return share
