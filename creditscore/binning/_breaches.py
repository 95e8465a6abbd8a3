"""Which constraints the bins of a table break."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from creditscore._typing import Float1D
from creditscore.binning._constraints import BinConstraints, span_of
from creditscore.binning._period_counts import follows
from creditscore.binning._rounding import ROUNDING

if TYPE_CHECKING:
    from creditscore.binning._table import BinTable


def breaches(table: BinTable) -> list[str]:
    """Name what the regular bins break of the constraints they were found under.

    What is asked of periods is left out: an edit compares the order in each before and after, where
    there are counts by period.
    """
    asked = table.constraints
    if asked is None:
        return []
    found = [*_sizes(table, asked), *_numbers(table, asked), *_shape(table, asked)]
    return [*found, *_neighbours(table, asked), *_places(table, asked)]


def _sizes(table: BinTable, asked: BinConstraints) -> Iterator[str]:
    n, labels = table.n_bins, table.labels
    good, bad = np.asarray(table.n_good), np.asarray(table.n_bad)
    weight = good + bad
    limits = (
        ("rows", weight, _absolute(asked.min_bin_size, weight), "at least"),
        ("rows", weight, _absolute(asked.max_bin_size, weight), "at most"),
        ("goods", good, asked.min_good, "at least"),
        ("bads", bad, asked.min_bad, "at least"),
    )
    for what, counts, limit, kind in limits:
        if limit is None:
            continue
        slack = ROUNDING * float(weight.sum())
        over = counts[:n] < limit - slack if kind == "at least" else counts[:n] > limit + slack
        for place in np.flatnonzero(over):
            yield (
                f"{labels[place]!r} has {counts[place]:g} {what} where {kind} {limit:g} were asked"
            )


def _absolute(size: float | None, weight: Float1D) -> float | None:
    """Return a size as weight: up to 1 it is a share of all rows."""
    if size is None:
        return None
    return size * float(weight.sum()) if size <= 1 else size


def _numbers(table: BinTable, asked: BinConstraints) -> Iterator[str]:
    n = table.n_bins
    if n < asked.min_n_bins:
        yield f"there are {n} bins where at least {asked.min_n_bins} were asked"
    if asked.max_n_bins is not None and n > asked.max_n_bins:
        yield f"there are {n} bins where at most {asked.max_n_bins} were asked"


def _shape(table: BinTable, asked: BinConstraints) -> Iterator[str]:
    trend = asked.trend or "auto"
    if table.trend == "by rate":
        return
    if not follows(table.bad_rate[: table.n_bins], trend):
        wish = "ascending or descending" if trend == "auto" else trend
        yield f"the bad rate is {table.trend} where {wish} was asked"


def _neighbours(table: BinTable, asked: BinConstraints) -> Iterator[str]:
    n, labels = table.n_bins, table.labels
    weight = (np.asarray(table.n_good) + np.asarray(table.n_bad))[:n]
    bad = np.asarray(table.n_bad)[:n]
    held = np.flatnonzero(weight > 0)
    if table.trend == "by rate":
        held = held[np.argsort(bad[held] / weight[held], kind="stable")]
    for i, j in pairwise(held):
        apart = abs(bad[j] / weight[j] - bad[i] / weight[i])
        if apart < asked.min_rate_difference - ROUNDING:
            yield (
                f"the bad rates of {labels[i]!r} and {labels[j]!r} differ by {apart:.4f} where at "
                f"least {asked.min_rate_difference:g} was asked"
            )
        yield from _ratio((labels[i], labels[j]), (bad[i] / weight[i], bad[j] / weight[j]), asked)
        if asked.max_p_value is not None:
            p_value = _p_value(apart, (bad[i] + bad[j]), weight[i], weight[j])
            if p_value > asked.max_p_value + ROUNDING:
                yield (
                    f"{labels[i]!r} and {labels[j]!r} differ with a p-value of {p_value:.4f} where "
                    f"at most {asked.max_p_value:g} was asked"
                )


def _ratio(
    labels: tuple[str, str], rates: tuple[float, float], asked: BinConstraints
) -> Iterator[str]:
    low, high = sorted(map(float, rates))
    ratio = high / low if low > 0 else math.inf
    least, most = asked.min_rate_ratio, asked.max_rate_ratio
    for limit, breaks, kind in (
        (least, least is not None and high < least * low * (1 - ROUNDING), "at least"),
        (most, most is not None and high > most * low * (1 + ROUNDING), "at most"),
    ):
        if breaks:
            yield (
                f"the ratio of the bad rates of {labels[0]!r} and {labels[1]!r} is {ratio:.4g} "
                f"where {kind} {limit:g} was asked"
            )


def _p_value(apart: float, bad: float, first: float, second: float) -> float:
    """Two-sided z-test of two proportions, variance pooled."""
    rate = bad / (first + second)
    error = np.sqrt(rate * (1 - rate) * (1 / first + 1 / second))
    return float(2 * ndtr(-apart / error)) if error > 0 else 1.0


def _places(table: BinTable, asked: BinConstraints) -> Iterator[str]:
    cuts = getattr(table.partition, "cuts", None)
    if cuts is None:
        return
    for cut in asked.fixed_cuts:
        if cut not in cuts:
            yield f"there is no cut at {cut:g}, which was fixed"
    for cut in cuts:
        if any(low <= cut <= high for low, high in map(span_of, asked.forbidden_cuts)):
            yield f"there is a cut at {cut:g}, which was forbidden"
