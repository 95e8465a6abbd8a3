"""Single values looked up in tables that are made once: their points, and what there is to say."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias, cast

from creditscore._words import LARGEST_WHOLE, number_in
from creditscore.binning import CategoricalPartition, MixedPartition, NumericPartition, Partition
from creditscore.scorecard._characteristic import Characteristic
from creditscore.scorecard._one_row import plain_value
from creditscore.scorecard._unseen import Tally, unmet_codes, warn_of_unmet

Look: TypeAlias = Callable[[Any], float | None]
"""From a value to its points; None for what is not looked up so."""


class Found(NamedTuple):
    """Points of a value, and what there is to say of it, if anything."""

    points: float
    tally: Tally | None = None


def plain_look(
    partition: Partition, points: Sequence[float | None], slopes: Sequence[float]
) -> Look:
    """Return the points of numbers and text of Python; None for all other values.

    Parameters
    ----------
    partition : Partition
        What values are attributes.
    points : sequence of float or None
        Of each attribute; None for those that are not looked up so.
    slopes : sequence of float
        Of each attribute.
    """
    if isinstance(partition, CategoricalPartition):
        return _look_of_levels(partition, points)
    of_number = _look_of_numbers(cast("NumericPartition", partition), points, slopes)
    if isinstance(partition, MixedPartition):
        return _look_of_words(partition, points, of_number)
    return of_number


def careful_look(characteristic: Characteristic, look: Look) -> Callable[[Any], Found | None]:
    """Return the points of more values, those that are warned of among them.

    None is left for what is refused and for types that only a table knows.
    """
    partition, attributes = characteristic.partition, characteristic.attributes
    unmet = set(unmet_codes(characteristic))
    codes = [
        float(code) if code in unmet and not attribute.refused and not attribute.slope else None
        for code, attribute in enumerate(attributes)
    ]
    unmet_code = plain_look(partition, codes, [0.0] * len(codes))
    is_other = _look_of_other(partition)
    made_plain = _maker_of_plain(partition)
    other = attributes[partition.other_code] if partition.has_other else None

    def found(value: Any) -> Found | None:
        value = made_plain(value)
        points = look(value)
        if points is not None:
            return Found(points)
        code = unmet_code(value)
        if code is not None:
            tally = Tally(characteristic)
            tally.counts[int(code)] = 1
            return Found(attributes[int(code)].points, tally)
        if other is None or other.refused or not is_other(value):
            return None
        tally = Tally(characteristic)
        tally.levels, tally.other = {value: None}, 1
        return Found(other.points, tally)

    return found


def warn_of_tallies(tallies: Sequence[Tally]) -> None:
    """Say of the values of one applicant what a table of one row would say."""
    for tally in tallies:
        tally.settle()
    warn_of_unmet(tallies)


def _maker_of_plain(partition: Partition) -> Callable[[Any], Any]:
    """Return what makes numbers of numpy, decimals and booleans those that a look knows."""
    if isinstance(partition, CategoricalPartition):
        return plain_value
    takes_booleans = not isinstance(partition, MixedPartition)

    def number(value: Any) -> Any:
        value = plain_value(value)
        kind = type(value)
        if kind is Decimal and not value.is_snan():
            return float(value)
        return float(value) if kind is bool and takes_booleans else value

    return number


def _look_of_other(partition: Partition) -> Callable[[Any], bool]:
    """Return whether a value that no table holds is surely a level or a word never seen."""
    if isinstance(partition, MixedPartition):
        return lambda value: (
            type(value) is str and number_in(value) is None and value not in partition.words
        )
    if not isinstance(partition, CategoricalPartition):
        return lambda _: False
    known = {*partition.special_codes, *(level for group in partition.groups for level in group)}
    texts = [isinstance(level, str) for level in known]
    # where there are no levels, any may come
    holds_text, holds_numbers = any(texts) or not texts, not all(texts) or not texts

    def is_other(value: Any) -> bool:
        kind = type(value)
        if kind is str:
            return holds_text and value not in known
        # a fraction may be a level that 32 bits hold
        whole = value.is_integer() if kind is float else kind is bool or kind is int
        plain = whole and -LARGEST_WHOLE <= value <= LARGEST_WHOLE
        return plain and holds_numbers and value not in known

    return is_other


def _look_of_levels(partition: CategoricalPartition, points: Sequence[float | None]) -> Look:
    of_level = {
        level: points[code] for code, group in enumerate(partition.groups) for level in group
    }
    n = partition.n_regular
    of_level |= {code: points[n + i] for i, code in enumerate(partition.special_codes)}
    missing = points[partition.missing_code]
    known = of_level.get

    def look(value: Any) -> float | None:
        kind = type(value)
        if kind is str or kind is int or kind is bool:
            return known(value)
        if value is None or (kind is float and value != value):  # noqa: PLR0124 - NaN
            return missing
        return known(value) if kind is float else None

    return look


def _look_of_numbers(
    partition: NumericPartition, points: Sequence[float | None], slopes: Sequence[float]
) -> Look:
    cuts = list(partition.cuts)
    missing = points[partition.missing_code]
    special = {value: points[code] for value, code in partition.special_values.items()}
    starts = [0.0, *cuts]
    linear = any(slopes)

    def look(value: Any) -> float | None:
        kind = type(value)
        if kind is float:
            if value != value:  # noqa: PLR0124 - NaN
                return missing
            plain = -math.inf < value < math.inf
        elif kind is int:
            plain = -LARGEST_WHOLE <= value <= LARGEST_WHOLE
        else:
            return missing if value is None else None
        if not plain:
            return None
        if special and value in special:
            return special[value]
        code = bisect_right(cuts, value)
        earned = points[code]
        if linear and slopes[code] and earned is not None:
            return float(earned + slopes[code] * (value - starts[code]))
        return earned

    return look


def _look_of_words(
    partition: MixedPartition,
    points: Sequence[float | None],
    of_number: Look,
) -> Look:
    of_word = {word: points[code] for word, code in partition.words.items()}

    def look(value: Any) -> float | None:
        if type(value) is not str:
            return of_number(value)
        number = number_in(value)
        return of_word.get(value) if number is None else of_number(number)

    return look
