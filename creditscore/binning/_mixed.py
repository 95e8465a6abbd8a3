"""The best bins of a column of numbers and words: intervals, and an attribute for each word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from creditscore._columns import some
from creditscore._frame import Table
from creditscore._typing import Float1D, Level
from creditscore._warn import warn_user
from creditscore._words import MixedValues
from creditscore.binning._counts import BinCounts, LevelCounts, Outcomes
from creditscore.binning._levels import rare_below
from creditscore.binning._numbers import NumberBins, best_number_bins
from creditscore.binning._numeric import count_column
from creditscore.binning._partition import MixedPartition, NumericPartition
from creditscore.binning._settings import BinSettings
from creditscore.exceptions import MixedColumnWarning


def read_mixed(table: Table, name: str) -> MixedValues:
    """Read a column at the fit; say so where nobody has asked for it to be read so."""
    column = table.mixed(name)
    if name not in table.told:
        words = f", with the words {some(column.words)} among them" if column.words else ""
        warn_user(
            f"Column {name!r} holds text and is read as numbers{words}. The numbers are cut into "
            "intervals, and each word is an attribute of its own. Where they are codes, give "
            f"kinds={{{name!r}: 'categorical'}}; with 'mixed' this is not said again.",
            MixedColumnWarning,
        )
    return column


def mixed_partition(
    column: MixedValues,
    outcomes: Outcomes,
    settings: BinSettings,
    *,
    cuts: Sequence[float] = (),
) -> MixedPartition:
    """Make a partition that knows all words of a column.

    Special codes come first, as they were given, however few rows they hold; then the other
    words by name; and last the rare ones, see :func:`rare_below`, which share one attribute,
    unless the policy names them.
    "Other" is left to words that the fit never met.
    """
    given = MixedPartition(special_codes=settings.special_codes).special_codes
    rare = rare_below(settings, sum(outcomes.totals()))
    of_word = _count_words(column, outcomes)
    found = sorted(set(of_word.good) - set(given), key=str)
    by_code = settings.policy.special
    named = {code for code, _ in by_code} if isinstance(by_code, tuple) else set()
    few = [
        word
        for word in found
        if of_word.good[word] + of_word.bad[word] < rare and word not in named
    ]
    few = few if len(few) > 1 else []
    own = sorted(set(found) - set(few), key=str)
    codes = (*given, *map(str, own), *map(str, few))
    return MixedPartition(cuts=tuple(cuts), special_codes=codes, n_pooled=len(few))


def best_mixed_bins(
    name: str,
    column: MixedValues,
    outcomes: Outcomes,
    settings: BinSettings,
) -> NumberBins:
    """Find the best bins of the numbers, with the words counted beside them.

    Parameters
    ----------
    name : str
        Of the column.
    column : MixedValues
        Rows that have weight.
    outcomes : Outcomes
        Of the same rows.
    settings : BinSettings
        Constraints; special codes are numbers or words, and rare words are pooled, see
        :func:`rare_below`.

    Returns
    -------
    NumberBins
        As of :func:`best_number_bins`, its counts on a :class:`MixedPartition`.
    """
    partition = mixed_partition(column, outcomes, settings)
    numbers = tuple(code for code in partition.special_codes if not isinstance(code, str))
    values, regular = column.values, outcomes
    if len(column.word_rows):
        is_number = np.ones(len(values), dtype=bool)
        is_number[column.word_rows] = False
        values, regular = values[is_number], outcomes.at(is_number)
    counted = count_column(name, values, regular, numbers)
    of_word = _count_words(column, outcomes)
    good = _aside(partition, numbers, counted.aside_good, of_word.good)
    bad = _aside(partition, numbers, counted.aside_bad, of_word.bad)
    result = best_number_bins(replace(counted, aside_good=good, aside_bad=bad), numbers, settings)
    found = result.counts.partition
    partition = replace(partition, cuts=found.cuts if isinstance(found, NumericPartition) else ())
    # no row of the fit holds a word that the fit never met
    counts = BinCounts(
        partition, np.append(result.counts.good, 0.0), np.append(result.counts.bad, 0.0)
    )
    return replace(result, counts=counts)


def _aside(
    partition: MixedPartition,
    numbers: tuple[float, ...],
    of_numbers: Float1D,
    of_words: Mapping[Level, float],
) -> Float1D:
    """Return the weight of each special attribute and, last, of missing values."""
    weight: dict[Level, float] = {**of_words}
    weight |= dict(zip(numbers, of_numbers[:-1].tolist(), strict=True))
    each = [weight.get(code, 0.0) for code in partition.special_codes]
    n_own = len(each) - partition.n_pooled
    pooled = [sum(each[n_own:])] if partition.n_pooled else []
    return np.array([*each[:n_own], *pooled, of_numbers[-1]])


def _count_words(column: MixedValues, outcomes: Outcomes) -> LevelCounts:
    of_words = outcomes.at(column.word_rows)
    return LevelCounts.from_codes(column.word_codes, column.words, of_words)
