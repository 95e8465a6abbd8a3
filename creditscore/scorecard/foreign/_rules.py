"""What readers of foreign cards share: checks, partitions, and words on what differs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from creditscore._checks import check_kind
from creditscore._typing import Level
from creditscore._warn import warn_user
from creditscore.binning import CategoricalPartition, NumericPartition
from creditscore.exceptions import ForeignRulesWarning, InvalidParameterError
from creditscore.scorecard._scale import PointsScale


def check_names(rules: Any, owner: str, what: str) -> Mapping[str, Any]:
    """Return rules that are a mapping, not an empty one, of the names of columns."""
    named = isinstance(rules, Mapping) and all(isinstance(name, str) for name in rules)
    if not named or not rules:
        msg = f"{owner} takes {what}. Got {rules!r:.200} instead."
        raise InvalidParameterError(msg)
    given: Mapping[str, Any] = rules
    return given


def check_scale(scale: Any, owner: str) -> None:
    """Refuse a scale that is none."""
    if scale is not None:
        check_kind(scale, "scale", owner, PointsScale)


def is_nan(value: Any) -> bool:
    """Tell whether a value is a missing number, or none at all."""
    return value is None or (isinstance(value, (float, np.floating)) and math.isnan(value))


def plain(value: Any) -> Any:
    """Return a value of numpy as Python's own."""
    return value.item() if isinstance(value, np.generic) else value


def number_in(text: str) -> float | None:
    """Read text as a number; None where it is none, or not a number by name."""
    try:
        number = float(text)
    except ValueError:
        return None
    return None if math.isnan(number) else number


def numbers_of(values: Any, owner: str, name: str) -> list[float]:
    """Return points that are finite numbers; the error names the column."""
    try:
        points = [float(value) for value in values]
    except (TypeError, ValueError):
        points = [math.nan]
    if not all(map(math.isfinite, points)):
        msg = f"{owner} needs points that are finite numbers for {name!r}. Got {values!r:.200}."
        raise InvalidParameterError(msg)
    return points


def numeric_partition(
    owner: str, name: str, cuts: Sequence[float], special_codes: Sequence[float] = ()
) -> NumericPartition:
    """Make intervals closed on the left; the error names the column."""
    try:
        return NumericPartition(cuts=tuple(cuts), special_codes=tuple(special_codes))
    except InvalidParameterError as error:
        msg = f"{owner} cannot use the bins of {name!r}. {error}"
        raise InvalidParameterError(msg) from error


def categorical_partition(
    owner: str, name: str, groups: Sequence[Sequence[Level]], special_codes: Sequence[Level] = ()
) -> CategoricalPartition:
    """Make groups of levels; the error names the column."""
    try:
        return CategoricalPartition(
            groups=tuple(map(tuple, groups)), special_codes=tuple(special_codes)
        )
    except InvalidParameterError as error:
        msg = f"{owner} cannot use the bins of {name!r}. {error}"
        raise InvalidParameterError(msg) from error


def check_joined(
    owner: str, name: str, starts: Sequence[float], ends: Sequence[float]
) -> list[float]:
    """Return the cuts of intervals that cover all numbers, each from where the last one ends."""
    whole = [-math.inf, *ends[:-1]] == list(starts) and ends[-1] == math.inf
    if not whole:
        gaps = ", ".join(f"[{low:g}, {high:g})" for low, high in zip(starts, ends, strict=True))
        msg = (
            f"{owner} needs intervals of {name!r} that go from -inf to inf without a gap. Got "
            f"{gaps}."
        )
        raise InvalidParameterError(msg)
    return list(ends[:-1])


def warn_of_differences(source: str, differences: Sequence[str]) -> None:
    """Warn once of all in which the card and its source are not the same."""
    if differences:
        warn_user(
            f"The card of {source} and this one are not the same in all: {'; '.join(differences)}.",
            ForeignRulesWarning,
        )
